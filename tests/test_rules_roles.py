"""The rules about who decides and who is there: records that break each, and innocent ones nearly like them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gitsm.diagnostic import Diagnostic
from gitsm.lint import run
from gitsm.repository import Repository
from gitsm.rules import RULES

Files = dict[str, str]
HEAD = "name: {0}\ntype: service_hours\ntimezone: UTC\nweekly: [{{days: [{1}], hours: {2}}}]\n"
OFFICE = HEAD.format("Office", "mon, tue, wed, thu, fri", "09:00-17:00")
ALWAYS = HEAD.format("Always", "mon, tue, wed, thu, fri, sat, sun", "00:00-24:00")
BANK = OFFICE + "holidays: {plus: [2026-12-24]}\n"
ROLES = "roles: [{name: service-owner}, {name: change-manager}]\n"


def team(id: str = "ops", lines: str = "hours: office", *, contacts: bool = True) -> Files:
    reached = "contacts: [{channel: phone, value: '1'}]\n" if contacts else ""
    return {f"organization/teams/{id}.yaml": f"name: {id}\n{reached}{lines}\n"}


def service(id: str = "shop", lines: str = "", *, lifecycle: str = "live", owner: str = "ops") -> Files:
    return {f"services/{id}/service.yaml": f"name: {id}\nowner: {owner}\nlifecycle: {lifecycle}\n{lines}\n"}


def raci(*rows: str, of: str = "shop") -> Files:
    return {f"services/{of}/raci.yaml": "activities:\n" + "".join(f"  - {{{row}}}\n" for row in rows)}


def rows(stages: str, who: str = "responsible: ops, accountable: ops") -> list[str]:
    return [f"name: {stage}, stage: {stage}, {who}" for stage in stages.split()]


def policy(lines: str = "") -> Files:
    return {"organization/policy.yaml": ROLES + lines}


def calendars() -> Files:
    texts = {"office": OFFICE, "always": ALWAYS, "bank": BANK}
    return {f"organization/calendars/{id}.yaml": text for id, text in texts.items()}


GROUND = {**calendars(), **team(), **policy(), **service()}


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[[str, Files], list[Diagnostic]]:
    """What one rule finds in a repository of texts."""

    def find(rule: str, files: Files) -> list[Diagnostic]:
        return list(run(repository_of({**GROUND, **files}), [RULES[rule]]).findings)

    return find


def of_matrices() -> Iterator[tuple[str, str, Files, int]]:
    """A rule, what is tried, the files, and how many findings it gives."""
    rule = "activity-without-responsible"
    yield rule, "none", raci("name: A, stage: plan, accountable: ops"), 1
    yield rule, "an empty list", raci("name: A, stage: plan, responsible: [], accountable: ops"), 1
    yield rule, "consulted alone", raci("name: A, stage: plan, consulted: ops, accountable: ops"), 1
    yield rule, "two of three", raci(*rows("plan build", "accountable: ops"), *rows("release")), 2
    yield rule, "one", raci(*rows("plan")), 0
    yield rule, "several", raci("name: A, stage: plan, responsible: [ops, x], accountable: ops"), 0
    yield rule, "a role", raci("name: A, stage: plan, responsible: role:service-owner, accountable: ops"), 0
    yield rule, "nobody at all is accountable", raci("name: A, stage: plan, responsible: ops"), 0

    rule = "stage-without-activity"
    contract = {"services/shop/uc.yaml": "type: UC\nprovider: ops\ncustomer: ops\n"}
    yield rule, "no release", raci(*rows("plan build support")), 1
    yield rule, "release alone", raci(*rows("release")), 1
    yield rule, "no build", raci(*rows("plan release support")), 1
    yield rule, "a contract, and no release", {**raci(*rows("plan support")), **contract}, 1
    yield rule, "all", raci(*rows("plan build release support support")), 0
    yield rule, "built by the supplier", {**raci(*rows("plan release support")), **contract}, 0
    yield rule, "in transition", {**raci(*rows("release")), **service(lifecycle="transition")}, 0
    yield rule, "retiring", {**raci(*rows("support")), **service(lifecycle="retiring")}, 0
    yield rule, "no matrix", {}, 0

    rule, by_role = (
        "accountable-role-held-by-several",
        raci(*rows("plan", "accountable: role:change-manager")),
    )
    two = {**team("a", "roles: [change-manager]"), **team("b", "roles: [change-manager]")}
    yield rule, "two hold it", {**by_role, **two}, 1
    yield (
        rule,
        "in two activities",
        {**two, **raci(*rows("plan build", "accountable: role:change-manager"))},
        2,
    )
    yield rule, "three, none of them the owner", {**by_role, **two, **team("c", "roles: [change-manager]")}, 1
    yield rule, "the owner holds another role", {**by_role, **two, **team("ops", "roles: [service-owner]")}, 1
    yield rule, "the owner is one of them", {**by_role, **two, **team("ops", "roles: [change-manager]")}, 0
    yield rule, "one holds it", {**by_role, **team("a", "roles: [change-manager]")}, 0
    yield rule, "nobody holds it", by_role, 0
    yield (
        rule,
        "responsible",
        {**two, **raci("name: A, stage: plan, responsible: role:change-manager, accountable: ops")},
        0,
    )
    yield rule, "retired", {**by_role, **two, **service(lifecycle="retired")}, 0
    yield rule, "twice in one list", {**by_role, **team("a", "roles: [change-manager, change-manager]")}, 0

    rule, gone = "activity-of-nobody", team("gone", "members: []\nroles: [change-manager]")
    yield (
        rule,
        "accountable",
        {**gone, **raci("name: A, stage: plan, responsible: ops, accountable: gone")},
        1,
    )
    yield (
        rule,
        "responsible",
        {**gone, **raci("name: A, stage: plan, responsible: gone, accountable: ops")},
        1,
    )
    yield rule, "both", {**gone, **raci("name: A, stage: plan, responsible: gone, accountable: gone")}, 2
    yield (
        rule,
        "by its role",
        {**gone, **raci(*rows("plan", "responsible: ops, accountable: role:change-manager"))},
        1,
    )
    yield (
        rule,
        "somebody else does it too",
        {**gone, **raci("name: A, stage: plan, responsible: [gone, ops], accountable: ops")},
        0,
    )
    yield (
        rule,
        "consulted",
        {**gone, **raci("name: A, stage: plan, responsible: ops, accountable: ops, consulted: gone")},
        0,
    )
    yield rule, "members aren't listed", raci(*rows("plan")), 0
    yield rule, "somebody holds the role with them", {
        **gone, **team("a", "roles: [change-manager]"),
        **raci(*rows("plan", "responsible: ops, accountable: role:change-manager")),
    }, 0  # fmt: skip
    yield rule, "no such team", raci("name: A, stage: plan, responsible: nowhere, accountable: ops"), 0


def of_roles() -> Iterator[tuple[str, str, Files, int]]:
    """The rules about the roles of the policy, and about the policy's limit."""
    rule = "role-held-by-nobody"
    holder = team("a", "roles: [change-manager]")
    matrix = raci(*rows("plan", "responsible: ops, accountable: role:change-manager"))
    approval = policy("approvals: [{when: {kind: change}, need: [{role: role:change-manager}]}]\n")
    yield rule, "in a matrix", matrix, 1
    yield rule, "in an approval", approval, 1
    yield rule, "in both, said once", {**matrix, **approval}, 1
    yield rule, "another is held", {**matrix, **team("a", "roles: [service-owner]")}, 1
    yield (
        rule,
        "in an access right",
        service(lines="access: [{role: Sells, holders: [role:change-manager]}]"),
        1,
    )
    yield rule, "held", {**matrix, **approval, **holder}, 0
    yield rule, "not used", {}, 0
    yield rule, "no role of the policy", raci(*rows("plan", "accountable: role:emperor")), 0
    yield (
        rule,
        "a team that can't be read may hold it",
        {**matrix, "organization/teams/b.yaml": "name: [\n"},
        0,
    )
    yield rule, "of a retired service", {**matrix, **service(lifecycle="retired")}, 0

    rule = "accountable-for-too-much"
    limit = policy("limits: {accountable_services: 2}\n")
    three = {**service("a"), **service("b"), **service("c")}
    each = {**raci(*rows("plan build"), of="a"), **raci(*rows("plan"), of="b"), **raci(*rows("plan"), of="c")}
    owner = {
        path: text.replace("accountable: ops", "accountable: role:service-owner")
        for path, text in each.items()
    }
    held = team("ops", "roles: [service-owner]")
    yield rule, "three of two", {**limit, **three, **each}, 1
    yield rule, "by a role that it alone holds", {**limit, **three, **owner, **held}, 1
    yield rule, "by a role that several hold, as owner", {
        **limit, **three, **owner, **held, **team("x", "roles: [service-owner]"),
    }, 1  # fmt: skip
    yield rule, "by a role that others hold", {
        **limit, **three, **owner, **team("x", "roles: [service-owner]"), **team("y", "roles: [service-owner]"),
    }, 1  # fmt: skip
    yield rule, "no limit", {**three, **each}, 0
    yield rule, "as many as allowed", {**policy("limits: {accountable_services: 3}\n"), **three, **each}, 0
    yield (
        rule,
        "many activities of two services",
        {
            **limit,
            **service("a"),
            **raci(*rows("plan build release support"), of="a"),
            **raci(*rows("plan build release")),
        },
        0,
    )
    yield rule, "one is retired", {**limit, **three, **each, **service("c", lifecycle="retired")}, 0
    yield rule, "responsible in three", {
        **limit, **three,
        **{path: text.replace("accountable: ops", "accountable: x") for path, text in each.items() if "/a/" in path},
        **{path: text for path, text in each.items() if "/a/" not in path},
    }, 0  # fmt: skip


def of_duty() -> Iterator[tuple[str, str, Files, int]]:
    """The rules about escalation paths, and the hours of those who are on them."""
    rule = "support-hours-with-nobody-on-duty"
    night = team("night", "hours: always")
    path = "escalation: [{team: ops, after: 0 min}, {team: night, after: 1 h}]"
    only_ops = "escalation: [{team: ops, after: 0 min}]"
    yield rule, "all day, office alone", service(lines=f"support_hours: always\n{only_ops}"), 1
    yield rule, "the owner's path", service(lines="support_hours: always"), 1
    yield rule, "a day off", {**team("ops", "hours: bank"), **service(lines="support_hours: office")}, 1
    yield rule, "the owner's hours, and it isn't called", {
        **team("ops", "hours: always"), **team("day", "hours: office"),
        **service(lines="escalation: [{team: day, after: 0 min}]"),
    }, 1  # fmt: skip
    yield rule, "retiring", service(lines="support_hours: always", lifecycle="retiring"), 1
    yield rule, "the same hours", service(lines=f"support_hours: office\n{only_ops}"), 0
    yield rule, "fewer hours", {**team("ops", "hours: always"), **service(lines="support_hours: office")}, 0
    yield rule, "somebody later on the path", {**night, **service(lines=f"support_hours: always\n{path}")}, 0
    yield rule, "unknown hours", {**team("night", ""), **service(lines=f"support_hours: always\n{path}")}, 0
    yield rule, "a team that isn't there", service(lines=f"support_hours: always\n{path}"), 0
    yield rule, "no hours of its own", service(), 0
    yield rule, "a calendar that isn't there", service(lines="support_hours: nowhere"), 0
    yield rule, "not live yet", service(lines="support_hours: always", lifecycle="build"), 0
    yield rule, "owner without hours", {**team("ops", ""), **service(lines="support_hours: office")}, 0

    rule = "called-team-without-hours"
    silent = team("night", "")
    yield rule, "nobody else is there", {**silent, **service(lines=f"support_hours: always\n{path}")}, 1
    yield rule, "the owner", {**team("ops", ""), **service(lines="support_hours: office")}, 1
    yield rule, "said once of two services", {
        **silent, **service(lines=f"support_hours: always\n{path}"), **service("b", f"support_hours: always\n{path}"),
    }, 1  # fmt: skip
    yield (
        rule,
        "two are silent",
        {**silent, **team("ops", ""), **service(lines=f"support_hours: always\n{path}")},
        2,
    )
    yield rule, "others are there", {**silent, **service(lines=f"support_hours: office\n{path}")}, 0
    yield rule, "no hours are claimed", {**silent, **service(lines=path)}, 0
    yield rule, "on no path", {**silent, **service(lines=f"support_hours: always\n{only_ops}")}, 0
    yield rule, "it says some", {**night, **service(lines=f"support_hours: always\n{path}")}, 0

    rule = "called-team-without-contact"
    mute = team("night", "hours: always", contacts=False)
    asked = policy("requirements: [{when: {kind: team}, require: {fields: [contacts]}}]\n")
    below = team("ops", "hours: office\nescalation: [{team: night, after: 1 h}]")
    yield rule, "on the path", {**mute, **service(lines=path)}, 1
    yield rule, "on the owner's path", {**mute, **below}, 1
    yield rule, "said once", {**mute, **service(lines=path), **service("b", path)}, 1
    yield rule, "retiring", {**mute, **service(lines=path, lifecycle="retiring")}, 1
    yield rule, "it has one", {**night, **service(lines=path)}, 0
    yield rule, "on no path", mute, 0
    yield rule, "the policy asks already", {**mute, **asked, **service(lines=path)}, 0
    yield rule, "an idea", {**mute, **service(lines=path, lifecycle="idea")}, 0
    yield rule, "an owner that no path names", {**team(contacts=False)}, 0


def of_promises() -> Iterator[tuple[str, str, Files, int]]:
    """Paths that are slower than what is promised."""

    def promised(lines: str, kind: str = "sla") -> Files:
        return {
            f"services/shop/{kind}.yaml": f"type: {kind.upper()}\nprovider: ops\ncustomer: ops\n{lines}\n"
        }

    def called(*after: str) -> Files:
        return service(lines=f"escalation: [{', '.join(f'{{team: ops, after: {each}}}' for each in after)}]")

    rule = "escalation-slower-than-response"
    p1 = promised("response: {P1: 15 min, P2: 1 h}")
    yield rule, "half an hour", {**p1, **called("30 min")}, 1
    yield rule, "business hours at that", {**p1, **called("1 business hours")}, 1
    yield (
        rule,
        "an agreement between teams",
        {**promised("response: {P1: 15 min}", "ola"), **called("30 min")},
        1,
    )
    yield rule, "P2 is the most urgent", {**promised("response: {P2: 1 h, P3: 8 h}"), **called("2 h")}, 1
    yield rule, "at once", {**p1, **called("0 min")}, 0
    yield rule, "just in time", {**p1, **called("15 min")}, 0
    yield rule, "the second is later", {**p1, **called("0 min", "1 h")}, 0
    yield (
        rule,
        "the owner's path begins with the owner",
        {**p1, **team("ops", "escalation: [{team: ops, after: 1 h}]")},
        0,
    )
    yield (
        rule,
        "business hours may be longer",
        {**promised("response: {P1: 1 business hours}"), **called("2 h")},
        0,
    )
    yield rule, "a supplier's contract", {**promised("response: {P1: 15 min}", "uc"), **called("30 min")}, 0
    yield (
        rule,
        "it has ended",
        {**promised("valid: {from: 2025-01-01, to: 2025-12-31}\nresponse: {P1: 15 min}"), **called("30 min")},
        0,
    )
    yield rule, "no response is promised", {**promised("resolution: {P1: 15 min}"), **called("30 min")}, 0

    rule = "escalation-after-resolution"
    four = promised("resolution: {P1: 4 h, P3: 24 h}")
    yield rule, "six hours", {**four, **called("0 min", "6 h")}, 1
    yield rule, "two late steps, said once", {**four, **called("0 min", "6 h", "8 h")}, 1
    yield rule, "the third", {**four, **called("0 min", "1 h", "5 h")}, 1
    yield rule, "business hours at that", {**four, **called("0 min", "5 business hours")}, 1
    yield rule, "in time", {**four, **called("0 min", "1 h")}, 0
    yield rule, "at the very end", {**four, **called("0 min", "4 h")}, 0
    yield rule, "only P3 is promised", {**promised("resolution: {P3: 24 h}"), **called("0 min", "6 h")}, 0
    yield rule, "the first one, which is the response's", {**four, **called("6 h")}, 0


CASES = [*of_matrices(), *of_roles(), *of_duty(), *of_promises()]


@pytest.mark.parametrize(
    ("rule", "files", "count"),
    [pytest.param(rule, files, count, id=f"{rule}: {what}") for rule, what, files, count in CASES],
)
def test_rules(found: Callable[[str, Files], list[Diagnostic]], rule: str, files: Files, count: int) -> None:
    messages = [finding.message for finding in found(rule, files)]
    assert len(messages) == count, messages


def test_a_stage_that_is_left_out_is_a_note_where_no_matrix_is_asked_for(
    found: Callable[[str, Files], list[Diagnostic]],
) -> None:
    matrix = raci(*rows("release"))
    asked = policy("requirements: [{when: {kind: service, lifecycle: [live]}, require: {records: [raci]}}]\n")
    assert [f.severity for f in found("stage-without-activity", matrix)] == ["note"]
    assert [f.severity for f in found("stage-without-activity", {**matrix, **asked})] == ["warning"]


def test_a_gap_names_its_first_stretches_in_the_policys_zone(
    found: Callable[[str, Files], list[Diagnostic]],
) -> None:
    zone = policy("timezone: Europe/Vienna\n")
    (finding,) = found(
        "support-hours-with-nobody-on-duty", {**zone, **service(lines="support_hours: always")}
    )
    # Office hours are in UTC: from 17:00 to 09:00 there, an hour later on a clock in Vienna.
    assert "first Tue 2026-12-01 09:00–10:00, Tue 2026-12-01 18:00–Wed 2026-12-02 10:00" in finding.message
    assert finding.severity == "error"


def test_a_single_day_is_a_warning(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    files = {**team("ops", "hours: bank"), **service(lines="support_hours: office")}
    (finding,) = found("support-hours-with-nobody-on-duty", files)
    assert (finding.severity, "for 8 h of them within a year, first Thu 2026-12-24" in finding.message) == (
        "warning",
        True,
    )


def test_two_thousand_services_are_judged_in_a_moment(repository_of: Callable[..., Repository]) -> None:
    """Each calendar's year is worked out once, however many services claim it."""
    files: Files = dict(GROUND)
    for number in range(2_000):
        files |= service(f"s{number}", "support_hours: always\nescalation: [{team: ops, after: 0 min}]")
    repository = repository_of(files)
    report = run(repository, [RULES["support-hours-with-nobody-on-duty"], RULES["called-team-without-hours"]])
    assert len(report.findings) == 2_000
