"""The rules about services: for each, records that break it and innocent ones that are nearly like them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.diagnostic import Diagnostic
from gitsm.lint import run
from gitsm.records.presets import preset
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.schema.values import Period
from gitsm.tree import MappingTree

Files = dict[str, str]
TEAM = "name: Operations\ncontacts: [{channel: phone, value: '1'}]\n"
OPS = {"organization/teams/ops.yaml": TEAM}


def service(id: str = "shop", lines: str = "", *, lifecycle: str = "live", owner: str = "ops") -> Files:
    """A service's file with lines added."""
    head = f"name: {id.capitalize()}\nowner: {owner}\nlifecycle: {lifecycle}\n"
    return {f"services/{id}/service.yaml": head + "".join(f"{line}\n" for line in lines.split("\n") if line)}


def policy(text: str) -> Files:
    return {"organization/policy.yaml": text + "\n"}


REGULATED = policy("preset: regulated\nroles: [{name: service-owner}]")


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[[str, Files], list[Diagnostic]]:
    """What one rule finds in a repository of texts."""

    def find(rule: str, files: Files) -> list[Diagnostic]:
        return list(run(repository_of({**OPS, **files}), [RULES[rule]]).findings)

    return find


BOTH = {**service("shop", "tier: 1"), **service("db", "tier: 2")}


def on(*entries: str, of: str = "tier: 1", lifecycle: str = "live", other: str = "tier: 2") -> Files:
    """A service that depends on another, which is called db."""
    lines = of + "\ndepends_on:\n" + "\n".join(f"  - {{{entry}}}" for entry in entries)
    return {**service("shop", lines, lifecycle=lifecycle), **service("db", other)}


def cases() -> Iterator[tuple[str, str, Files, int]]:
    """A rule, what is tried, the files, and how many findings it gives."""
    rule = "hard-dependency-on-lesser-service"
    three = {**service("db2", "tier: 3"), **service("db3", "tier: 3")}
    group = "service: {}, redundancy_group: {{name: dbs, needed: {}}}"
    yield rule, "hard by default", on("service: db"), 1
    yield rule, "tier 3 on tier 4", on("service: db", of="tier: 3", other="tier: 4"), 1
    yield rule, "being built", on("service: db", lifecycle="build"), 1
    yield rule, "both members are needed", {**on(group.format("db", 2), group.format("db2", 2)), **three}, 2
    yield rule, "a group of one", on(group.format("db", 1)), 1
    twice = on(group.format("db", 1), group.format("db", 1))
    yield rule, "the same member twice is no redundancy", twice, 2
    yield rule, "the other member is retired", {
        **on(group.format("db", 1), group.format("db2", 1)), **service("db2", "tier: 1", lifecycle="retired"),
    }, 1  # fmt: skip
    yield rule, "soft", on("service: db, criticality: soft"), 0
    yield rule, "fallback", on("service: db, fallback: {what: Orders wait, degraded: true}"), 0
    yield rule, "the same tier", on("service: db", other="tier: 1"), 0
    yield rule, "matters more", on("service: db", of="tier: 3"), 0
    yield rule, "no tier of its own", on("service: db", of=""), 0
    yield rule, "no tier there", on("service: db", other=""), 0
    yield rule, "retired itself", on("service: db", lifecycle="retired"), 0
    yield rule, "one of two", {**on(group.format("db", 1), group.format("db2", 1)), **three}, 0
    yield rule, "the other member is nowhere", on(group.format("db", 1), group.format("gone", 1)), 0

    rule, gone = "dependency-on-retired-service", service("db", lifecycle="retired")
    for stage in ("idea", "design", "build", "transition", "live", "retiring"):
        yield rule, stage, {**on("service: db", lifecycle=stage), **gone}, 1
    yield rule, "soft", {**on("service: db, criticality: soft"), **gone}, 1
    yield rule, "both retired", {**on("service: db", lifecycle="retired"), **gone}, 0
    yield rule, "retiring", {**on("service: db"), **service("db", lifecycle="retiring")}, 0
    yield rule, "live", on("service: db"), 0
    yield rule, "no such service", service("shop", "depends_on: [{service: gone}]"), 0

    rule, going = "dependency-on-retiring-service", service("db", lifecycle="retiring")
    second = service("db2")
    yield rule, "hard", {**on("service: db"), **going}, 1
    yield rule, "soft", {**on("service: db, criticality: soft"), **going}, 1
    yield rule, "worse", {**on("service: db, fallback: {what: Slow, degraded: true}"), **going}, 1
    yield rule, "the last of a group", {**on(group.format("db", 1)), **going}, 1
    plan = "roadmap: [{title: %s}]"
    yield rule, "another plan", {**on("service: db", of=plan % "New colours"), **going}, 1
    yield rule, "planned", {**on("service: db", of=plan % "Leave the DB for good"), **going}, 0
    yield rule, "unnoticed", {**on("service: db, fallback: {what: Copy, degraded: false}"), **going}, 0
    yield rule, "others remain", {**on(group.format("db", 1), group.format("db2", 1)), **going, **second}, 0
    yield rule, "both go", {**on("service: db", lifecycle="retiring"), **going}, 0
    yield rule, "retired", {**on("service: db"), **gone}, 0

    rule = "dependency-on-unbuilt-service"
    for stage in ("idea", "design", "build"):
        yield rule, stage, {**on("service: db"), **service("db", lifecycle=stage)}, 1
    unbuilt = service("db", lifecycle="build")
    yield rule, "retiring", {**on("service: db", lifecycle="retiring"), **unbuilt}, 1
    yield rule, "soft", {**on("service: db, criticality: soft"), **unbuilt}, 0
    yield rule, "fallback", {**on("service: db, fallback: {what: Wait, degraded: true}"), **unbuilt}, 0
    yield rule, "in a group", {**on(group.format("db", 1)), **unbuilt}, 0
    yield rule, "both are built", {**on("service: db", lifecycle="build"), **unbuilt}, 0
    yield rule, "in transition", {**on("service: db"), **service("db", lifecycle="transition")}, 0

    rule = "impossible-redundancy-group"
    yield rule, "one of two there", on(group.format("db", 2)), 1
    yield rule, "at odds", on(group.format("db", 1), group.format("db2", 2)), 1
    yield rule, "the same one twice", on(group.format("db", 2), group.format("db", 2)), 1
    others = on(group.format("db", 2), "service: x, redundancy_group: {name: other, needed: 1}")
    yield rule, "another group's member", others, 1
    yield rule, "all are needed", on(group.format("db", 2), group.format("db2", 2)), 0
    yield rule, "one is enough", on(group.format("db", 1), group.format("db2", 1)), 0
    yield rule, "a group of one", on(group.format("db", 1)), 0
    yield rule, "none", on("service: db"), 0

    rule = "access-review-overdue"
    right = "access: [{{role: Admin, holders: [ops], {}}}]"
    yield rule, "over", service(lines=right.format("review_every: 3 months, reviewed: 2026-08-31")), 1
    yield rule, "never", service(lines=right.format("review_every: 3 months")), 1
    yield rule, "a day over", service(lines=right.format("review_every: 1 month, reviewed: 2026-10-31")), 1
    two = right.format("review_every: 1 year") + "\n"
    yield rule, "retiring", service(lines=two, lifecycle="retiring"), 1
    yield rule, "due today", service(lines=right.format("review_every: 1 month, reviewed: 2026-11-01")), 0
    yield rule, "no interval", service(lines=right.format("reviewed: 2020-01-01")), 0
    yield rule, "nobody uses it yet", service(lines=two, lifecycle="build"), 0
    old = right.format("review_every: 1 year, reviewed: 2020-01-01")
    yield rule, "retired", service(lines=old, lifecycle="retired"), 0
    yield rule, "no access", service(), 0

    rule = "access-approved-by-holder"
    access = "access: [{{role: Admin, holders: [{}], approver: {}}}]"
    yield rule, "a team", service(lines=access.format("ops", "ops")), 1
    yield rule, "one of several", service(lines=access.format("desk, ops", "ops")), 1
    yield rule, "a role", service(lines=access.format("'role:service-owner'", "role:service-owner")), 1
    many = (
        "access:\n  - {role: A, holders: [ops], approver: desk}\n  - {role: B, holders: [ops], approver: ops}"
    )
    yield rule, "the second right", service(lines=many), 1
    yield rule, "another team", service(lines=access.format("ops", "desk")), 0
    yield rule, "a role of it", service(lines=access.format("ops", "role:service-owner")), 0
    alone = {"organization/teams/ops.yaml": TEAM + "roles: [service-owner]\n"}
    both = {**alone, "organization/teams/desk.yaml": TEAM + "roles: [service-owner]\n"}
    held, holds = access.format("ops", "role:service-owner"), access.format("'role:service-owner'", "ops")
    yield rule, "a role that it alone holds", {**service(lines=held), **alone}, 1
    yield rule, "one that holds the role alone", {**service(lines=holds), **alone}, 1
    yield (
        rule,
        "one of several",
        {**service(lines=access.format("desk, ops", "role:service-owner")), **alone},
        1,
    )
    yield rule, "a role of two teams", {**service(lines=held), **both}, 0
    yield rule, "one of two that hold the role", {**service(lines=holds), **both}, 0
    yield (
        rule,
        "a role of another",
        {**service(lines=access.format("desk", "role:service-owner")), **alone},
        0,
    )
    yield rule, "retired, by a role", {**service(lines=held, lifecycle="retired"), **alone}, 0
    yield rule, "nobody", service(lines="access: [{role: Admin, holders: [ops]}]"), 0
    yield rule, "retired", service(lines=access.format("ops", "ops"), lifecycle="retired"), 0

    rule = "owner-team-empty"
    empty = {"organization/teams/ops.yaml": TEAM + "members: []\n"}
    yield rule, "live", {**service(), **empty}, 1
    yield rule, "being designed", {**service(lifecycle="design"), **empty}, 1
    yield rule, "two services", {**service(), **service("db"), **empty}, 1
    handles = {"organization/teams/ops.yaml": TEAM + "members: []\nhandles: {github: '@a/b'}\n"}
    yield rule, "with a handle", {**service(), **handles}, 1
    yield rule, "retired", {**service(lifecycle="retired"), **empty}, 0
    yield rule, "says nothing of members", service(), 0
    yield rule, "members", {**service(), "organization/teams/ops.yaml": TEAM + "members: [ann]\n"}, 0
    yield rule, "owns nothing", empty, 0
    yield rule, "no such team", service(owner="gone"), 0

    rule = "escalation-to-empty-team"
    path = "escalation: [{team: desk, after: 0 min}, {team: ops, after: 1 h}]"
    yield rule, "a service", {**service(owner="desk", lines=path), **empty}, 1
    yield rule, "of what it owns itself", {**service(lines=path), **empty}, 0
    yield rule, "a team", {"organization/teams/desk.yaml": f"name: Desk\n{path}\n", **empty}, 1
    yield rule, "retired", {**service(lines=path, lifecycle="retired"), **empty}, 0
    yield rule, "says nothing of members", service(lines=path), 0
    yield rule, "is not called", {**service(owner="desk"), **empty}, 0

    rule, customer = "customer-as-owner", {"organization/teams/ops.yaml": TEAM + "type: customer\n"}
    yield rule, "live", {**service(), **customer}, 1
    yield rule, "retiring", {**service(lifecycle="retiring"), **customer}, 1
    yield rule, "an idea of theirs", {**service(lifecycle="idea"), **customer}, 0
    yield rule, "retired", {**service(lifecycle="retired"), **customer}, 0
    yield rule, "supplier", {**service(), "organization/teams/ops.yaml": TEAM + "type: supplier\n"}, 0
    yield rule, "internal", service(), 0

    rule, item = "roadmap-item-overdue", "roadmap: [{{title: Phone, target: 2026-11-30{}}}]"
    change = "title: Phone\ntype: normal\nservices: [shop]\nplan: p\nrollback: r\n"
    path = "changes/2026/2026-10-01-phone.yaml"
    named = service(lines=item.format(", change: 2026-10-01-phone"))
    improved = service(lines=item.format(", improvement: phone"))
    closure = "closure: {{code: {}, on: 2026-11-20, notes: n}}\n"
    improvement = "title: Phone\nsource: demand\nstate: {}\n"
    yield rule, "nothing named", service(lines=item.format("")), 1
    yield rule, "not done", {**named, path: change}, 1
    yield rule, "failed", {**named, path: change + closure.format("unsuccessful")}, 1
    yield rule, "canceled", {**named, path: change + closure.format("canceled")}, 1
    yield rule, "going on", {**improved, "improvements/phone.yaml": improvement.format("in_progress")}, 1
    yield rule, "given up", {**improved, "improvements/phone.yaml": improvement.format("canceled")}, 1
    yield rule, "done", {**named, path: change + closure.format("successful")}, 0
    yield rule, "with issues", {**named, path: change + closure.format("successful_with_issues")}, 0
    ended = "actual: {start: 2026-11-20T10:00Z, end: 2026-11-20T11:00Z}\n"
    yield rule, "ended", {**named, path: change + ended}, 0
    yield rule, "improved", {**improved, "improvements/phone.yaml": improvement.format("closed")}, 0
    yield rule, "no such change", named, 0
    yield rule, "due today", service(lines=item.format("").replace("11-30", "12-01")), 0
    yield rule, "no target", service(lines="roadmap: [{title: Phone}]"), 0
    yield rule, "retired", service(lines=item.format(""), lifecycle="retired"), 0

    rule, own = "untried-recovery-promise", "continuity: {rto: 4 h}"
    sla = "type: SLA\nprovider: ops\ncustomer: desk\ncontinuity: {rto: 4 h}\n"
    promised = {"services/shop/sla.yaml": sla}
    yield rule, "tier 1", service(lines="tier: 1\n" + own), 1
    yield rule, "tier 2", service(lines="tier: 2\ncontinuity: {rpo: 4 h}"), 1
    yield rule, "retiring", service(lines="tier: 2\n" + own, lifecycle="retiring"), 1
    yield rule, "to a customer", {**service(lines="tier: 1"), **promised}, 1
    yield rule, "tier 3", service(lines="tier: 3\n" + own), 0
    yield rule, "exercised", service(lines="tier: 1\ncontinuity: {rto: 4 h, exercised: 2026-01-01}"), 0
    yield rule, "promised and exercised", {
        **service(lines="tier: 1\ncontinuity: {exercised: 2026-01-01}"), **promised,
    }, 0  # fmt: skip
    over = {"services/shop/sla.yaml": sla + "valid: {to: 2025-12-31}\n"}
    yield rule, "no longer promised", {**service(lines="tier: 1"), **over}, 0
    yield rule, "nothing promised", service(lines="tier: 1"), 0
    yield rule, "being built", service(lines="tier: 1\n" + own, lifecycle="build"), 0
    yield rule, "the policy says it", {**service(lines="tier: 1\n" + own), **REGULATED}, 0

    rule = "continuity-never-exercised"
    yield rule, "tier 1", {**service(lines="tier: 1\n" + own), **REGULATED}, 1
    yield rule, "nothing said", {**service(lines="tier: 2"), **REGULATED}, 1
    yield rule, "tier 3", {**service(lines="tier: 3\n" + own), **REGULATED}, 0
    yield rule, "small team", service(lines="tier: 1\n" + own), 0
    exercised = "tier: 1\ncontinuity: {rto: 4 h, exercised: 2026-01-01}"
    yield rule, "exercised", {**service(lines=exercised), **REGULATED}, 0

    rule = "design-question-unanswered"
    yield rule, "all four of tier 1", {**service(lines="tier: 1"), **REGULATED}, 4
    yield rule, "one is left", {
        **service(lines="tier: 1\ndesign: {security: s, usability: u, scalability: s}", lifecycle="design"),
        **REGULATED,
    }, 1  # fmt: skip
    yield rule, "no answer", {**service(lines="tier: 4\ndesign: {}"), **REGULATED}, 1
    yield rule, "no tier yet", {**service(lifecycle="design"), **REGULATED}, 1
    yield rule, "security is enough for tier 3", {
        **service(lines="tier: 3\ndesign: {security: s}"), **REGULATED,
    }, 0  # fmt: skip
    yield rule, "an idea", {**service(lines="tier: 1", lifecycle="idea"), **REGULATED}, 0
    yield rule, "going", {**service(lines="tier: 1", lifecycle="retiring"), **REGULATED}, 0
    yield rule, "small team", service(lines="tier: 1"), 0

    yield from support()
    yield from contradictions()


def support() -> Iterator[tuple[str, str, Files, int]]:
    """What a live service needs, where the policy asks for it."""
    records = {
        "agreement": {"services/shop/ola.yaml": "type: OLA\nprovider: ops\ncustomer: ops\n"},
        "raci": {"services/shop/raci.yaml": "activities: [{name: a, stage: plan, accountable: ops}]\n"},
        "runbook": {"runbooks/a.md": "---\nservices: [shop]\n---\n## Mitigation\n"},
    }
    for name, files in records.items():
        rule = f"service-without-{name}"
        live = {**service(lines="tier: 1"), **REGULATED}
        yield rule, "live", live, 1
        yield rule, "tier 3", {**live, **service(lines="tier: 3")}, 1
        yield rule, "of another service", {
            **live, **{path.replace("shop", "db"): text.replace("shop", "db") for path, text in files.items()},
        }, 1  # fmt: skip
        yield rule, "there", {**live, **files}, 0
        for stage in ("idea", "design", "build", "retired"):
            yield rule, stage, {**live, **service(lines="tier: 1", lifecycle=stage)}, 0
    yield "service-without-runbook", "a small team's tier 1", service(lines="tier: 1"), 1
    yield "service-without-runbook", "a small team's tier 2", service(lines="tier: 2"), 0
    yield "service-without-agreement", "a small team", service(lines="tier: 1"), 0
    fields = {
        "support_hours": ("support_hours: always", "hours: always"),
        "escalation": ("escalation: [{team: ops, after: 0 min}]", "escalation: [{team: desk, after: 1 h}]"),
        "monitoring": ("monitoring: [{alert: A}]", ""),
    }
    for name, (here, there) in fields.items():
        rule = f"service-without-{name.replace('_', '-')}"
        yield rule, "live", {**service(lines="tier: 1"), **REGULATED}, 1
        if here.endswith("]"):
            yield rule, "empty", {**service(lines=f"tier: 1\n{name}: []"), **REGULATED}, 1
        yield rule, "own", {**service(lines=f"tier: 1\n{here}"), **REGULATED}, 0
        yield rule, "small team", service(lines="tier: 1"), 0
        yield rule, "retired", {**service(lines="tier: 1", lifecycle="retired"), **REGULATED}, 0
        if there:
            owner = {"organization/teams/ops.yaml": f"{TEAM}{there}\n"}
            yield rule, "the owner's", {**service(lines="tier: 1"), **owner, **REGULATED}, 0


def contradictions() -> Iterator[tuple[str, str, Files, int]]:
    """What a record says twice, out of order, or without saying anything."""
    rule = "listed-twice"
    yield rule, "hard and soft", on("service: db, criticality: hard", "service: db, criticality: soft"), 1
    yield rule, "three times", on("service: db", "service: db", "service: db"), 2
    yield (
        rule,
        "an alert",
        service(lines="monitoring: [{alert: A}, {alert: B}, {alert: A, event: warning}]"),
        1,
    )
    yield rule, "a member", {"organization/teams/ops.yaml": TEAM + "members: [ann, bob, ann]\n"}, 1
    step = "{team: ops, after: 5 min}"
    yield rule, "a step", service(lines=f"escalation: [{step}, {step}]"), 1
    activity = "{{name: Release, stage: {}, accountable: ops}}"
    raci = "activities: [{}, {}]\n"
    both = raci.format(activity.format("plan"), activity.format("plan"))
    yield rule, "an activity", {"services/shop/raci.yaml": both, **service()}, 1
    stages = raci.format(activity.format("plan"), activity.format("build"))
    yield rule, "in two stages", {"services/shop/raci.yaml": stages, **service()}, 0
    groups = "service: db, redundancy_group: {{name: {}, needed: 1}}"
    yield rule, "in two groups", on(groups.format("names"), groups.format("mail")), 0
    yield rule, "called again later", service(lines=f"escalation: [{step}, {{team: ops, after: 1 h}}]"), 0
    yield rule, "two alerts", service(lines="monitoring: [{alert: A}, {alert: a}]"), 0
    yield rule, "no list", service(lines="monitoring: A"), 0
    grants = "access: [{{role: Admin, holders: [ops]}}, {{role: Admin, holders: [{}]}}]"
    yield rule, "a right granted twice", service(lines=grants.format("ops")), 1
    yield rule, "a row for each holder", service(lines=grants.format("desk")), 0

    rule = "escalation-out-of-order"
    path = "escalation: [{{team: ops, after: {}}}, {{team: desk, after: {}}}]"
    yield rule, "earlier", service(lines=path.format("30 min", "10 min")), 1
    yield rule, "another unit", service(lines=path.format("2 h", "90 min")), 1
    yield rule, "a team's", {"organization/teams/ops.yaml": TEAM + path.format("1 h", "0 min") + "\n"}, 1
    three = "escalation: [{team: a, after: 1 h}, {team: b, after: 5 min}, {team: c, after: 10 min}]"
    yield rule, "both below", service(lines=three), 2
    yield rule, "at once", service(lines=path.format("0 min", "0 min")), 0
    yield rule, "later", service(lines=path.format("60 min", "1.5 h")), 0
    yield rule, "working time", service(lines=path.format("1 business hour", "30 min")), 0
    yield rule, "no duration", service(lines=path.format("soon", "0 min")), 0

    rule = "placeholder-for-an-answer"
    for text in (
        "TBD",
        "tbd.",
        "TODO",
        "'TODO: ask Ann'",
        "'?'",
        "'???'",
        "...",
        "to be defined",
        "XXX",
        "|\n  TBD",
    ):
        yield rule, text, service(lines=f"description: {text}"), 1
    yield rule, "deep", service(lines="tier: 1\ndesign: {security: tbd}"), 1
    for text in (
        "Lists what is to do", "To do lists for teams", "Nothing", "none", "n/a", "Todo lists, shared", "'-'",
        "To be defined by each client in its own portal", "Answers '?' and TBD", "x",
    ):  # fmt: skip
        yield rule, text, service(lines=f"description: {text}"), 0
    yield rule, "being designed", service(lines="description: TBD", lifecycle="design"), 0
    yield rule, "a label", service(lines="labels: {state: todo}"), 0


@pytest.mark.parametrize(
    ("rule", "files", "count"),
    [pytest.param(rule, files, count, id=f"{rule}-{what}") for rule, what, files, count in cases()],
)
def test_a_rule_finds_what_is_wrong_and_nothing_else(
    rule: str, files: Files, count: int, found: Callable[[str, Files], list[Diagnostic]]
) -> None:
    findings = found(rule, files)
    assert len(findings) == count, [finding.message for finding in findings]
    assert all(finding.place.span is not None and finding.hint for finding in findings)


def test_each_rule_has_good_and_bad_cases() -> None:
    tried: dict[str, list[int]] = {}
    for rule, _, _, count in cases():
        tried.setdefault(rule, []).append(count)
    assert all(min(counts) == 0 < max(counts) for counts in tried.values())


def test_a_regulated_organisation_asks_for_all_that_a_live_service_needs() -> None:
    asked = {
        name
        for requirement in preset("regulated")
        if requirement.when.kind == "service"
        and set(requirement.when.tier) | {1} == set(requirement.when.tier or [1])
        for name in (*requirement.require.fields, *requirement.require.records)
    }
    assert {"agreement", "raci", "runbook", "support_hours", "escalation", "monitoring", "tier"} <= asked


def test_both_ends_are_named_and_shown(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    [finding] = found("hard-dependency-on-lesser-service", on("service: db"))
    assert finding.message == "service shop is of tier 1 and fails without db, which is of tier 2"
    assert finding.place.path == ("depends_on", 0, "service")
    assert [place.file for place in finding.related] == ["services/db/service.yaml"]


def test_a_service_of_thousands_of_dependencies_is_judged_at_once(
    found: Callable[[str, Files], list[Diagnostic]],
) -> None:
    many = [f"service: db, redundancy_group: {{name: g{n % 7}, needed: 1}}" for n in range(4_000)]
    assert len(found("hard-dependency-on-lesser-service", on(*many))) > 0


@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(1, 36))
def test_an_access_review_is_overdue_after_its_last_day_and_not_before(reviewed: date, months: int) -> None:
    right = f"{{role: A, holders: [ops], review_every: {months} months, reviewed: {reviewed}}}"
    due = Period(months, "month").after(reviewed)
    for days, overdue in ((0, False), (1, True)):
        now = datetime.fromisoformat(f"{due + timedelta(days=days)}T12:00:00Z")
        tree = MappingTree({**OPS, **service(lines=f"access: [{right}]")})
        findings = run(Repository(tree, now=now), [RULES["access-review-overdue"]]).findings
        assert bool(findings) is overdue


def test_every_circle_of_a_knot_is_found(found: Callable[[str, Files], list[Diagnostic]]) -> None:
    said = "services depend on each other in a circle: "
    files = service("a", "depends_on: [{service: a}, {service: b}]") | service(
        "b", "depends_on: [{service: a}, {service: b}]"
    )
    assert sorted(finding.message for finding in found("dependency-cycle", files)) == [
        f"{said}a > a",
        f"{said}a > b > a",
        f"{said}b > b",
    ]
    ids = [f"s{n:02}" for n in range(15)]
    all_of_them: Files = {}
    for id in ids:
        others = ", ".join(f"{{service: {on}}}" for on in ids if on != id)
        all_of_them |= service(id, f"depends_on: [{others}]")
    messages = [finding.message for finding in found("dependency-cycle", all_of_them)]
    assert len(messages) == 100
    assert sum("more" in message for message in messages) == 1
    more = "; 10 more dependencies between services of this knot are on circles as well"
    assert any(message.endswith(more) for message in messages)
