"""CODEOWNERS: what a code host makes of the file is what the records say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.codeowners import (
    HOSTS,
    Host,
    code_owners,
    escaped,
    handle_of,
    host_of,
    is_handle,
    likely_host,
    place_of,
    why_no_handle,
)
from gitsm.lint import Report
from gitsm.opening import open_repository
from gitsm.records.raci import Raci
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Repository

ROOT = Path(__file__).parent.parent

# --- what the hosts make of such a file, by their manuals


def regex_of(pattern: str) -> re.Pattern[str]:
    """A pattern of CODEOWNERS as an expression over whole paths."""
    anchored, body, found, i = pattern.startswith("/"), pattern.removeprefix("/"), "", 0
    while i < len(body):
        char = body[i]
        if char == "\\" and i + 1 < len(body):
            found += re.escape(body[i + 1])
            i += 1
        elif body.startswith("**", i):
            found += ".*"
            i += 1
        else:
            found += {"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char))
        i += 1
    below = ".+" if body.endswith("/") else "(?:/.+)?"
    return re.compile(("" if anchored else "(?:.*/)?") + found + below, re.DOTALL)


def words_of(line: str) -> list[str]:
    """The words of a line: the blank that an escape stands before ends none, and ` #` begins a comment."""
    return re.findall(r"(?:\\.|[^\s\\])+", re.sub(r"(?<!\\)\s#.*", "", line))


def on_github(text: str, path: str) -> tuple[str, ...]:
    """Whom GitHub asks about a file: the last line that matches."""
    asked: tuple[str, ...] = ()
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            pattern, *owners = words_of(line)
            if regex_of(pattern).fullmatch(path):
                asked = tuple(owners)
    return asked


@dataclass(frozen=True)
class Asked:
    """Whom a section of GitLab asks, how many of them must approve, and whether it may be left."""

    owners: tuple[str, ...]
    count: int = 1
    optional: bool = False


HEADING = re.compile(r"(\^?)\[([^\]]+)\](?:\[(\d+)\])?(.*)")


def on_gitlab(text: str, path: str) -> dict[str, Asked]:
    """Whom GitLab asks about a file: in each section the last line that matches."""
    found: dict[str, Asked] = {}
    name, count, optional = "", 1, False
    for line in text.splitlines():
        heading = HEADING.fullmatch(line)
        if heading is not None:
            optional, name, count = bool(heading[1]), heading[2], int(heading[3] or 1)
        elif line.strip() and not line.startswith("#"):
            pattern, *owners = words_of(line)
            if regex_of(pattern).fullmatch(path):
                found[name] = Asked(tuple(owners), count, optional)
    return found


@pytest.mark.parametrize(
    ("text", "path", "owners"),
    [
        ("* @all\n/docs/ @writers\n", "docs/a/b.md", ("@writers",)),
        ("/docs/ @writers\n* @all\n", "docs/a/b.md", ("@all",)),
        ("/docs/* @writers\n", "docs/a.md", ("@writers",)),
        ("/docs/*.md @writers\n", "docs/a/b.md", ()),
        ("docs/ @writers\n", "other/docs/b.md", ("@writers",)),
        ("/docs/ @writers\n", "other/docs/b.md", ()),
        ("/my\\ docs/ @writers # theirs\n", "my docs/a.md", ("@writers",)),
        ("/docs/ @writers\n/docs/a.md\n", "docs/a.md", ()),
    ],
)
def test_the_matcher_reads_as_the_manual_says(text: str, path: str, owners: tuple[str, ...]) -> None:
    assert on_github(text, path) == owners


# --- the example organisation


@pytest.fixture(scope="module")
def example() -> Repository:
    from datetime import UTC, datetime

    return open_repository(ROOT, clock=lambda: datetime.now(UTC))


def texts(repository: Repository) -> Mapping[Host, str]:
    return {host: code_owners(repository, host).text for host in HOSTS}


def test_every_record_of_the_example_has_the_owners_that_the_records_say(example: Repository) -> None:
    """On GitHub, in the words of the issue: each service's files go to its owner, and so on."""
    text = texts(example)["github"]
    governing = {"@example/service-management", "@example/identity-team"}
    handles = {team.id: handle_of(team, "github") for team in example.of(Team)}
    owners = {service.id: handles[service.fields.owner] for service in example.of(Service)}
    for record in example.all():
        asked = set(on_github(text, record.file))
        top, *parts = record.file.split("/")
        if top == "services":
            expected = handles.get(record.data.get("provider", "")) or owners[parts[0]]
            assert expected in asked, record.file
        elif top == "organization":
            assert asked == governing, record.file
        elif top in ("runbooks", "knowledge", "problems", "improvements") and "owner" in record.data:
            assert asked == {handles[record.data["owner"]]}, record.file
        else:
            assert asked, record.file


def test_whoever_answers_for_releases_is_asked_too(example: Repository) -> None:
    for host, text in texts(example).items():
        asked = on_github(text, "services/payroll/service.yaml")
        assert asked == ("@example/payroll-team", "@example/service-management"), host


@pytest.mark.parametrize(
    "path",
    [
        "organization/policy.yaml",
        "organization/teams/new-team.yaml",
        "organization/calendars/freeze.yaml",
        "gitsm.toml",
        "schemas/risk.schema.json",
        "CODEOWNERS",
        "docs/CODEOWNERS",
        ".ci/run",
        # And whatever nobody else is named for.
        "mkdocs.yml",
        "README.md",
        "pyproject.toml",
        ".github/workflows/check.yml",
        ".github/dependabot.yml",
        ".pre-commit-config.yaml",
        "tools/gitsm/cli.py",
        "new-folder/new-file",
    ],
)
@pytest.mark.parametrize("host", HOSTS)
def test_what_others_are_judged_by_is_kept_by_those_who_govern(
    example: Repository, host: Host, path: str
) -> None:
    text = texts(example)[host]
    asked = on_github(text, path) if host == "github" else on_gitlab(text, path)[""].owners
    assert asked == ("@example/service-management", "@example/identity-team")


def test_a_new_file_has_its_owners_by_the_base(example: Repository) -> None:
    text = texts(example)["github"]
    new = {
        "changes/2027/2027-01-02-new.yaml": {"@example/service-management", "@example/operations"},
        "runbooks/payroll/new.md": {"@example/payroll-team"},
        "incidents/2027/2027-01-02-new.md": {"@example/operations"},
        "services/payroll/sla-gold.yaml": {"@example/payroll-team", "@example/service-management"},
        "services/new/service.yaml": {"@example/service-management"},
        "problems/new.md": {"@example/service-management"},
    }
    assert {path: set(on_github(text, path)) for path in new} == new


def test_each_approval_of_the_policy_is_a_section_on_gitlab(example: Repository) -> None:
    text = texts(example)["gitlab"]
    keepers = Asked(("@example/service-management", "@example/identity-team"))
    manager, officer = Asked(("@example/service-management",)), Asked(("@example/identity-team",))
    assert on_gitlab(text, "organization/policy.yaml") == {
        "": keepers,
        "Policy: change-manager": manager,
        "Policy: security-officer": officer,
    }
    # Both must agree to an SLA, and the owner is the one of this service.
    sla = on_gitlab(text, "services/benefits/sla.yaml")
    assert sla["Agreement: service-level-manager"] == manager
    assert sla["Agreement: service-owner"] == Asked(("@example/benefits-team",))
    assert "Agreement: service-owner" not in on_gitlab(text, "services/payroll/ola.yaml")
    # Whether a change is risky, no path tells: nobody is kept waiting for it.
    asked = on_gitlab(text, "changes/2027/2027-01-02-new.yaml")
    assert asked["Change: duty-manager"] == Asked(("@example/operations",), optional=True)


GOVERNED = """\
roles: [{name: boss}, {name: owner}, {name: "law"}]
approvals:
  - {when: {kind: policy}, need: [{role: role:boss, count: 2}]}
  - {when: {kind: service, tier: [1]}, need: [{role: role:boss}]}
  - {when: {kind: service, tier: [2]}, need: [{role: role:boss, count: 3}]}
  - {when: {kind: raci}, need: [{role: role:owner}]}
  - {when: {kind: change, risk: [high]}, need: [{role: role:boss, count: 2}, {role: "x]\\n* @evil"}]}
"""


def test_counts_tiers_and_risks_make_sections_of_their_own(repository_of: Callable[..., Repository]) -> None:
    team = "name: x\nroles: [%s]\nhandles: {gitlab: '@org/%s'}\n"
    files = {
        "organization/policy.yaml": GOVERNED,
        "organization/teams/top.yaml": team % ("boss", "top"),
        "organization/teams/a.yaml": team % ("owner", "a"),
        "organization/teams/b.yaml": team % ("owner", "b"),
        "services/first/service.yaml": "name: x\nowner: a\nlifecycle: live\ntier: 1\n",
        "services/second/service.yaml": "name: x\nowner: b\nlifecycle: live\ntier: 2\n",
        "services/third/service.yaml": "name: x\nowner: b\nlifecycle: live\ntier: 3\n",
    }
    text = code_owners(repository_of(files), "gitlab").text
    top, a, b = Asked(("@org/top",)), Asked(("@org/a",)), Asked(("@org/b",))
    assert "[Policy: boss][2]" in text.splitlines()
    assert "^[Change: boss]" in text.splitlines()
    assert on_gitlab(text, "organization/policy.yaml") == {"": top, "Policy: boss": Asked(("@org/top",), 2)}
    assert on_gitlab(text, "services/first/service.yaml") == {"": a, "Service: boss": top}
    assert on_gitlab(text, "services/second/service.yaml") == {
        "": b,
        "Service: boss 2": Asked(("@org/top",), 3),
    }
    assert on_gitlab(text, "services/third/service.yaml") == {"": b}
    # Each owner speaks for the role in its own service.
    assert on_gitlab(text, "services/first/raci.yaml") == {"": a, "RACI matrix: owner": a}
    assert on_gitlab(text, "services/third/raci.yaml") == {"": b, "RACI matrix: owner": b}
    assert [line for line in text.splitlines() if line.startswith("*")] == ["* @org/top"]
    assert "@evil" not in re.sub(r"(?m)^#.*", "", text)
    # What may be left has no count there.
    assert "# The policy asks for 2; GitLab counts none where approval is optional." in text.splitlines()


def party(*roles: str, type_: str = "internal", handle: str = "'@org/{id}'") -> str:
    held = ", ".join(roles)
    return f"name: x\ntype: {type_}\nroles: [{held}]\nhandles: {{github: {handle}, gitlab: {handle}}}\n"


def organisation(policy: str, teams: Mapping[str, str], **services: str) -> dict[str, str]:
    """A policy, teams with their ids as handles, and services by their owner."""
    return {
        "organization/policy.yaml": policy,
        **{f"organization/teams/{id}.yaml": text.replace("{id}", id) for id, text in teams.items()},
        **{
            f"services/{id}/service.yaml": f"name: x\nlifecycle: live\nowner: {owner}\n"
            for id, owner in services.items()
        },
    }


SEVERAL = """\
roles: [{name: boss}, {name: officer}, {name: owner}]
approvals:
  - {when: {kind: policy}, need: [{role: role:boss}, {role: role:officer}]}
  - {when: {kind: agreement, type: [SLA]}, need: [{role: role:officer}, {role: role:owner}]}
  - {when: {kind: improvement}, need: [{role: role:officer}, {role: role:owner}]}
"""


def test_a_role_that_several_hold_is_asked_of_any_of_them(repository_of: Callable[..., Repository]) -> None:
    """Neither of the two officers owns the service: each can approve, and both are asked."""
    teams = {
        "top": party("boss"),
        "law": party("officer"),
        "risk": party("officer"),
        "a": party("owner"),
        "b": party("owner"),
    }
    files = organisation(SEVERAL, teams, first="a", second="b")
    github, gitlab = (code_owners(repository_of(files), host).text for host in HOSTS)
    assert set(on_github(github, "services/first/sla.yaml")) == {"@org/a", "@org/law", "@org/risk"}
    officers = Asked(("@org/law", "@org/risk"))
    assert on_gitlab(gitlab, "services/first/sla.yaml") == {
        "": Asked(("@org/a",)),
        "Agreement: officer": officers,
        "Agreement: owner": Asked(("@org/a",)),
    }
    assert set(on_github(github, "organization/policy.yaml")) == {"@org/top", "@org/law", "@org/risk"}
    # Whose service an improvement is about, no path tells: the owners aren't all asked about each.
    assert set(on_github(github, "improvements/new.yaml")) == {"@org/top", "@org/law", "@org/risk"}
    assert on_gitlab(gitlab, "improvements/new.yaml") == {
        "": Asked(("@org/top",)),
        "Improvement: officer": officers,
    }
    said = [line for line in github.splitlines() if line.startswith("# - ")]
    assert said == [
        "# - Agreement: 1 of officer; 1 of owner",
        "# - Improvement: 1 of officer; 1 of owner (no path tells whom to ask)",
        "# - Policy: 1 of boss; 1 of officer",
    ]
    assert "# - Policy" not in gitlab


def test_whoever_must_approve_is_asked_about_each_file_of_a_kind(
    repository_of: Callable[..., Repository],
) -> None:
    policy = "roles: [{name: boss}, {name: writer}]\napprovals:\n"
    policy += "  - {when: {kind: policy}, need: [{role: role:boss}]}\n"
    policy += "  - {when: {kind: knowledge}, need: [{role: role:writer}]}\n"
    teams = {"top": party("boss"), "law": party("writer"), "a": party(), "b": party()}
    files = organisation(policy, teams, first="a", second="b")
    article = "---\ntitle: x\nowner: {}\nservices: [first]\n---\n\nText.\n"
    files |= {
        "knowledge/d/k.md": article.format("a"),
        "knowledge/d/l.md": article.format("a"),
        "knowledge/m.md": article.format("b"),
    }
    github, gitlab = (code_owners(repository_of(files), host).text for host in HOSTS)
    assert set(on_github(github, "knowledge/d/k.md")) == {"@org/a", "@org/law"}
    assert set(on_github(github, "knowledge/m.md")) == {"@org/b", "@org/law"}
    assert set(on_github(github, "knowledge/new.md")) == {"@org/top", "@org/law"}
    assert on_gitlab(gitlab, "knowledge/m.md") == {
        "": Asked(("@org/b",)), "Knowledge article: writer": Asked(("@org/law",))
    }  # fmt: skip


def test_several_who_manage_answer_or_promise_are_all_asked_each_about_its_own(
    repository_of: Callable[..., Repository],
) -> None:
    policy = GOVERNED_BY_TOP.replace(
        "[{name: boss}]", "[{name: boss}, {name: problem-manager}, {name: release-lead}]"
    )
    teams = {"top": party("boss"), "pm1": party("problem-manager"), "pm2": party("problem-manager")}
    teams |= {"r1": party("release-lead"), "r2": party("release-lead"), "a": party(), "eu": party()}
    files = organisation(policy, teams, first="a")
    files["services/first/raci.yaml"] = (
        "activities:\n  - {name: Release, stage: release, responsible: [a], accountable: [role:release-lead]}\n"
    )
    files["services/first/sla.yaml"] = AGREED.format("SLA", "a", "top")
    files["services/first/sla-eu.yaml"] = AGREED.format("SLA", "eu", "top")
    text = code_owners(repository_of(files), "github").text
    assert set(on_github(text, "problems/new.md")) == {"@org/pm1", "@org/pm2"}
    assert set(on_github(text, "services/first/service.yaml")) == {"@org/a", "@org/r1", "@org/r2"}
    assert on_github(text, "services/first/sla.yaml") == ("@org/a",)
    assert on_github(text, "services/first/sla-eu.yaml") == ("@org/eu",)
    assert set(on_github(text, "services/first/sla-us.yaml")) == {"@org/a", "@org/eu"}


@pytest.mark.parametrize(
    ("manager", "governs"),
    [("change-manager", "@org/top"), ("runner", "@org/law")],
    ids=["a manager", "nobody else"],
)
def test_whoever_approves_calendars_governs_only_where_nobody_else_does(
    repository_of: Callable[..., Repository], manager: str, governs: str
) -> None:
    policy = f"roles: [{{name: {manager}}}, {{name: planner}}]\napprovals:\n"
    policy += "  - {when: {kind: calendar}, need: [{role: role:planner}]}\n"
    teams = {"top": party(manager), "law": party("planner")}
    text = code_owners(repository_of(organisation(policy, teams)), "github").text
    assert on_github(text, "organization/policy.yaml") == (governs,)
    assert set(on_github(text, "organization/calendars/x.yaml")) == {governs, "@org/law"}


def test_where_only_roles_of_several_govern_all_of_them_do(repository_of: Callable[..., Repository]) -> None:
    policy = "roles: [{name: boss}]\napprovals:\n  - {when: {kind: policy}, need: [{role: role:boss}]}\n"
    teams = {"law": party("boss"), "risk": party("boss")}
    text = code_owners(repository_of(organisation(policy, teams)), "github").text
    assert on_github(text, "README.md") == ("@org/law", "@org/risk")


AGREED = "type: {}\nprovider: {}\ncustomer: {}\n"
GOVERNED_BY_TOP = "roles: [{name: boss}]\napprovals:\n  - {when: {kind: policy}, need: [{role: role:boss}]}\n"


@pytest.mark.parametrize(
    ("owner", "agreements", "asked"),
    [
        ("ours", {"uc": ("UC", "seller", "ours")}, {"@org/ours"}),
        ("ours", {"uc-seller": ("UC", "seller", "other"), "uc-more": ("UC", "seller", "other")}, {"@org/ours"}),
        # Even where the supplier keeps the whole service.
        ("seller", {"uc": ("UC", "seller", "other")}, {"@org/other"}),
        ("seller", {"uc": ("UC", "seller", "client")}, {"@org/top"}),
        ("seller", {}, {"@org/top"}),
        ("seller", {"uc": ("UC", "seller", "silent")}, {"@org/top"}),
        # One of our own that promises is asked about it, as ever.
        ("ours", {"uc": ("UC", "other", "ours")}, {"@org/other"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("host", HOSTS)
def test_no_supplier_is_asked_about_its_own_contract(
    repository_of: Callable[..., Repository],
    host: Host,
    owner: str,
    agreements: dict[str, tuple[str, str, str]],
    asked: set[str],
) -> None:
    teams = {
        "top": party("boss"),
        "ours": party(),
        "other": party(),
        "seller": party(type_="supplier"),
        "client": party(type_="customer"),
        "silent": "name: x\n",
    }
    files = organisation(GOVERNED_BY_TOP, teams, line=owner)
    files |= {f"services/line/{name}.yaml": AGREED.format(*parts) for name, parts in agreements.items()}
    text = code_owners(repository_of(files), host).text
    for name in ("uc", "uc-seller", "uc-new"):
        path = f"services/line/{name}.yaml"
        found = on_github(text, path) if host == "github" else on_gitlab(text, path)[""].owners
        assert set(found) == asked


def test_the_example_has_its_own(example: Repository) -> None:
    content = (ROOT / "CODEOWNERS").read_bytes()
    assert host_of(content) == "github"
    assert content.decode() == texts(example)["github"]


# --- repositories of all sorts

TEAMS = ("alpha", "beta", "gamma", "delta")
POLICY = """\
preset: small-team
roles: [{name: change-manager}, {name: service-owner}]
approvals:
  - {when: {kind: policy}, need: [{role: role:change-manager, count: 2}]}
  - {when: {kind: agreement, type: [SLA]}, need: [{role: role:service-owner}, {role: beta}]}
"""


@st.composite
def organisations(draw: st.DrawFn) -> dict[str, str]:
    """A few teams, not all with a handle; services, matrices, agreements and runbooks in folders."""
    team = st.sampled_from(TEAMS)
    files = {"organization/policy.yaml": POLICY}
    for name in TEAMS:
        handles = (
            f"handles: {{github: '@org/{name}', gitlab: '@org/{name}'}}\n" if draw(st.booleans()) else ""
        )
        roles = "roles: [change-manager, service-owner]\n" if name == "alpha" else "roles: [service-owner]\n"
        files[f"organization/teams/{name}.yaml"] = f"name: {name}\n{roles}{handles}"
    for service in draw(st.lists(st.sampled_from(["pay", "payroll", "ledger"]), unique=True)):
        folder = f"services/{service}"
        files[f"{folder}/service.yaml"] = f"name: x\nlifecycle: live\nowner: {draw(team)}\n"
        if draw(st.booleans()):
            party = draw(st.sampled_from([*TEAMS, "role:change-manager", "role:service-owner"]))
            files[f"{folder}/raci.yaml"] = (
                f"activities: [{{name: Release, stage: release, accountable: '{party}'}}]\n"
            )
        for kind in draw(st.lists(st.sampled_from(["sla", "ola", "ola-gold", "uc"]), unique=True)):
            files[f"{folder}/{kind}.yaml"] = (
                f"type: {kind[:3].rstrip('-').upper()}\nprovider: {draw(team)}\ncustomer: alpha\n"
            )
    for number in range(draw(st.integers(0, 8))):
        folder = draw(st.sampled_from(["", "a/", "b/", "a/c/"]))
        files[f"runbooks/{folder}r{number}.md"] = (
            f"---\nservices: []\nowner: {draw(team)}\n---\n\n## Mitigation\n\nGo.\n"
        )
    return files


def base_of(repository: Repository, service: str) -> list[str]:
    """The owner of a service, and whoever alone answers for its releases."""
    record = repository.get(Service, service)
    assert record is not None
    found = [record.fields.owner]
    for raci in repository.of(Raci):
        if raci.file == f"services/{service}/raci.yaml":
            party = raci.fields.activities[0].accountable[0]
            # Every team holds the role of a service's owner, so the owner of this one speaks for it.
            found.append(
                {"role:change-manager": "alpha", "role:service-owner": record.fields.owner}.get(party, party)
            )
    return found


@given(organisations())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_file_is_asked_of_whom_the_records_say(
    repository_of: Callable[..., Repository], files: dict[str, str]
) -> None:
    repository = repository_of(files)
    handles = {team.id: handle_of(team, "github") for team in repository.of(Team)}
    governing = [handle for handle in [handles["alpha"]] if handle]

    def asked_of(*teams: str) -> set[str]:
        return {handle for team in teams if (handle := handles[team])}

    github, gitlab = (code_owners(repository, host).text for host in HOSTS)
    for record in repository.all():
        on_one, on_other = set(on_github(github, record.file)), on_gitlab(gitlab, record.file)
        top, *parts = record.file.split("/")
        if top == "organization":
            assert on_one == set(governing)
            continue
        if top == "runbooks":
            expected = asked_of(record.data["owner"])
            # Without a handle it is whoever keeps a folder above.
            assert on_one == expected or not expected
            assert set(on_other.get("", Asked(())).owners) == on_one
            continue
        service = parts[0]
        keepers = asked_of(*base_of(repository, service)) or set(governing)
        if record.kind.name != "agreement":
            assert on_one == keepers
            continue
        stem = parts[1][:3].rstrip(".-")
        # Without a handle it is whoever keeps the others of its type.
        own = asked_of(record.data["provider"]) or asked_of(*base_of(repository, service))
        beside = repository.all_beside(repository.find("service", service), "agreement")
        providers = own or asked_of(*(a.data["provider"] for a in beside if a.data["type"] == stem.upper()))
        owner = repository.find("service", service).data["owner"]
        approving = asked_of(owner, "beta") if stem == "sla" else set()
        asked = providers | approving
        assert on_one == (asked or set(governing))
        if stem == "sla":
            for name, team in (("Agreement: service-owner", owner), ("Agreement: beta", "beta")):
                assert set(on_other.get(name, Asked(())).owners) == asked_of(team)


@given(organisations())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_runs_write_the_same_and_no_line_asks_nobody(
    repository_of: Callable[..., Repository], files: dict[str, str]
) -> None:
    for host in HOSTS:
        text = code_owners(repository_of(files), host).text
        assert text == code_owners(repository_of(dict(reversed(files.items()))), host).text
        for line in text.splitlines():
            # On GitHub a pattern without owners takes them away from whoever is named above it.
            assert not line or line[0] in "#[^" or len(words_of(line)) > 1, line


# --- paths and handles


@pytest.mark.parametrize("host", HOSTS)
@given(st.lists(st.text("ab .#!*?[]\\-ü^@", min_size=1, max_size=6), min_size=1, max_size=3))
def test_an_escaped_path_matches_itself(host: Host, parts: list[str]) -> None:
    path = "/".join(parts)
    pattern = escaped("/" + path.replace("*", "?"), host)
    (found,) = words_of(f"{pattern} # x")[:1]
    assert regex_of(found).fullmatch(path)
    assert not regex_of(found).fullmatch(path + "x")
    assert "\n" not in pattern


@pytest.mark.parametrize(
    ("handle", "github", "gitlab"),
    [
        ("@payroll-oncall", True, True),
        ("@example/payroll", True, True),
        ("@example/people/payroll", False, True),
        ("payroll@example.com", True, True),
        ("payroll", False, False),
        ("@example/pay roll", False, False),
        ("@example/payroll @evil", False, False),
        ("@example/payroll # @x", False, False),
        ("@example/payroll\n* @evil", False, False),
        ("[Policy][1] @evil", False, False),
        ("@", False, False),
        ("@exämple/payroll", False, False),
    ],
)
def test_handles(handle: str, github: bool, gitlab: bool) -> None:
    assert (is_handle(handle, "github"), is_handle(handle, "gitlab")) == (github, gitlab)


@pytest.mark.parametrize(
    ("handle", "host", "why"),
    [
        ("@exämple/payroll", "github", "it holds 'ä' (U+00E4)"),
        ("@example/pay roll", "gitlab", "it holds a blank"),
        ("@a\u202eb\n#", "github", "it holds U+202E, U+000A, '#'"),
        ("@a!b$c%d&e", "github", "it holds '!', '$', '%' and 1 more"),
        ("payroll", "github", "it begins with no @"),
        ("pay@roll", "github", "it begins with no @, and is no mail address"),
        ("@", "github", "nothing stands beside its @"),
        ("@example/", "github", "nothing stands beside one of its slashes"),
        ("@a@b", "gitlab", "it holds a second @"),
        ("@example/people/payroll", "github", "it has 2 slashes, and GitHub knows no teams in teams"),
        ("@-example/payroll", "gitlab", "a name in it begins with '-'"),
        ("@example.com/payroll", "github", "'.' has no place in the name of an organization or a user"),
    ],
)
def test_what_is_wrong_with_a_handle_is_said(handle: str, host: Host, why: str) -> None:
    assert why_no_handle(handle, host) == why


@pytest.mark.parametrize("host", HOSTS)
@given(st.text(max_size=12) | st.from_regex(r"@?[a-z@/._%+-]{0,8}", fullmatch=True))
def test_of_each_text_that_is_none_it_is_said_on_one_line(host: Host, text: str) -> None:
    if not is_handle(text, host):
        why = why_no_handle(text, host)
        assert why
        assert why.isprintable()


def test_a_wrong_handle_is_not_called_a_missing_one(repository_of: Callable[..., Repository]) -> None:
    teams = {
        "top": party("boss"),
        "odd": party(handle="'@exämple/odd'"),
        "silent": "name: x\n",
    }
    files = organisation(GOVERNED_BY_TOP, teams, first="odd", second="silent")
    found = code_owners(repository_of(files), "github")
    assert {entry.pattern: entry.why for entry in found.unasked} == {
        "/services/first/": "odd's handle on GitHub is none: it holds 'ä' (U+00E4)",
        "/services/second/": "silent has no handle on GitHub",
    }
    approving = organisation(GOVERNED_BY_TOP, {"odd": teams["odd"].replace("[]", "[boss]")})
    for host in HOSTS:
        text = code_owners(repository_of(approving), host).text
        assert "odd's handle" in next(line for line in text.splitlines() if "boss" in line)
    assert "# /services/first/: odd's handle on GitHub is none: it holds 'ä' (U+00E4)" in found.text


@given(st.text(max_size=30))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_handle_smuggles_a_line(repository_of: Callable[..., Repository], handle: str) -> None:
    import json

    files = {
        "organization/teams/ops.yaml": f"name: Ops\nhandles: {{github: '@org/ops', gitlab: {json.dumps(handle)}}}\n",
        "services/pay/service.yaml": "name: Pay\nlifecycle: live\nowner: ops\n",
    }
    for host in HOSTS:
        for line in code_owners(repository_of(files), host).text.splitlines():
            assert (
                not line or line.startswith("#") or all(is_handle(word, host) for word in words_of(line)[1:])
            )


# --- which host, and where


@pytest.mark.parametrize(
    ("files", "host", "place"),
    [
        ({}, "github", "CODEOWNERS"),
        ({".github/CODEOWNERS": ""}, "github", ".github/CODEOWNERS"),
        ({".github/CODEOWNERS": "", "CODEOWNERS": ""}, "github", ".github/CODEOWNERS"),
        ({"docs/CODEOWNERS": ""}, "github", "docs/CODEOWNERS"),
        ({".gitlab/CODEOWNERS": ""}, "gitlab", ".gitlab/CODEOWNERS"),
        ({".gitlab-ci.yml": "", ".gitlab/CODEOWNERS": "", "CODEOWNERS": ""}, "gitlab", "CODEOWNERS"),
        ({".gitlab-ci.yml": "", ".github/x": ""}, "github", "CODEOWNERS"),
        ({"organization/teams/a.yaml": "name: A\nhandles: {gitlab: '@a'}\n"}, "gitlab", "CODEOWNERS"),
    ],
)
def test_the_host_and_the_place_follow_from_the_files(
    repository_of: Callable[..., Repository], files: dict[str, str], host: Host, place: str
) -> None:
    repository = repository_of(files)
    assert (likely_host(repository), place_of(repository.files, host)) == (host, place)


# --- on the command line


@pytest.fixture
def folder(tmp_path: Path, example_files: dict[str, str]) -> Path:
    for path, text in {**example_files, "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["codeowners", *words, "--repo", str(folder)], catch_exceptions=False)


def test_it_is_written_and_then_current(folder: Path) -> None:
    missing = run(folder, "--check")
    assert (missing.exit_code, "`gitsm codeowners --host github`" in missing.output) == (1, True)
    assert run(folder).exit_code == 0
    written = (folder / "CODEOWNERS").read_bytes()
    assert run(folder, "--check").exit_code == 0
    assert "already" in run(folder).output
    # With the ends of lines of another system it says the same.
    (folder / "CODEOWNERS").write_bytes(written.replace(b"\n", b"\r\n"))
    assert run(folder, "--check").exit_code == 0
    (folder / "CODEOWNERS").write_bytes(written.replace(b"@example/payroll", b"@example/attacker", 1))
    stale = run(folder, "--check")
    assert (stale.exit_code, "is stale" in stale.output) == (1, True)
    assert run(folder).exit_code == 0
    assert (folder / "CODEOWNERS").read_bytes() == written


def test_what_was_written_by_hand_is_left_alone(folder: Path) -> None:
    (folder / "CODEOWNERS").write_text("* @me\n")
    refused = run(folder)
    assert (refused.exit_code, "--replace" in refused.output) == (2, True)
    assert (folder / "CODEOWNERS").read_text() == "* @me\n"
    assert run(folder, "--check").exit_code == 1
    assert run(folder, "--replace").exit_code == 0
    assert host_of((folder / "CODEOWNERS").read_bytes()) == "github"


def test_no_link_is_written_through(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("theirs")
    (folder / "CODEOWNERS").symlink_to(tmp_path / "outside")
    assert run(folder).exit_code == 2
    assert (tmp_path / "outside").read_text() == "theirs"


def test_the_host_that_it_was_written_for_is_remembered(folder: Path) -> None:
    assert run(folder, "--host", "gitlab").exit_code == 0
    assert run(folder, "--check").exit_code == 0
    assert "--host gitlab" in run(folder, "--stdout").output.splitlines()[0]


def test_nobody_with_a_handle_is_said(folder: Path) -> None:
    team = folder / "organization/teams/payroll-team.yaml"
    team.write_text(re.sub(r"handles:.*\n", "", team.read_text()))
    result = run(folder)
    assert (result.exit_code, "nobody can be asked" in result.output) == (2, True)
    assert not (folder / "CODEOWNERS").exists()


# --- the rules


def found(report: Report, *rules: str) -> Iterator[tuple[str, str, str]]:
    return ((f.rule, str(f.severity), f.message) for f in report.findings if f.rule in rules)


def test_a_stale_file_is_found_with_the_command_that_mends_it(
    example_files: dict[str, str], repository_of: Callable[..., Repository], report_of: Callable[..., Report]
) -> None:
    text = code_owners(repository_of(example_files), "gitlab").text
    assert not list(found(report_of({**example_files, "CODEOWNERS": text}), "stale-generated-file"))
    other = text.replace("@example/payroll", "@example/elsewhere")
    report = report_of({**example_files, "CODEOWNERS": other})
    ((_, severity, message),) = found(report, "stale-generated-file")
    assert (severity, message) == ("warning", "CODEOWNERS is not what the records say today")
    assert "`gitsm codeowners --host gitlab`" in next(f.hint for f in report.findings)
    # A file of somebody's own is nobody's business.
    assert not list(found(report_of({**example_files, "CODEOWNERS": "* @me\n"}), "stale-generated-file"))


def test_a_record_that_cant_be_read_leaves_it_open_whether_the_file_is_stale(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    broken = {
        "organization/teams/payroll-team.yaml": "name: [\n",
        "CODEOWNERS": "# Written by `gitsm codeowners --host github`\n",
    }
    assert not list(found(report_of({**example_files, **broken}), "stale-generated-file"))


TEAM = "organization/teams/payroll-team.yaml"
OURS = {"CODEOWNERS": "# Written by `gitsm codeowners --host github`\n"}


@pytest.mark.parametrize(
    ("handles", "files", "expected"),
    [
        ('{github: "@example/payroll"}', OURS, []),
        ("{gitlab: '@example/payroll'}", OURS, ["code-owner-without-handle"]),
        ("{gitlab: '@example/payroll'}", {}, []),
        ("{gitlab: '@example/payroll'}", {"CODEOWNERS": "* @me\n"}, []),
        ("{github: Payroll}", OURS, ["unusable-handle"]),
        ("{github: '@a/b/c'}", {}, ["unusable-handle"]),
        ("{gitlab: '@a/b/c'}", {}, []),
        ("{github: payroll@example.com}", {}, []),
        ("{github: '@a @b'}", {}, ["unusable-handle"]),
    ],
)
def test_handles_are_judged(
    example_files: dict[str, str],
    report_of: Callable[..., Report],
    handles: str,
    files: dict[str, str],
    expected: list[str],
) -> None:
    team = re.sub(r"handles:.*", lambda _: f"handles: {handles}", example_files[TEAM])
    report = report_of({**example_files, TEAM: team, **files})
    assert [rule for rule, _, _ in found(report, "unusable-handle", "code-owner-without-handle")] == expected
