"""Runbooks, knowledge and alerts: innocent records break no rule, guilty ones do, the subtle ones first."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from gitsm.diagnostic import Diagnostic, NewValue
from gitsm.lint import Report, run
from gitsm.opening import open_repository
from gitsm.rules import RULES

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
TEAM = {"organization/teams/payroll-team.yaml": "name: Payroll\n"}
RUNBOOK = "runbooks/pay-run-late.md"


def service(text: str = "", *, lifecycle: str = "live") -> str:
    return f"name: Payroll\nowner: payroll-team\nlifecycle: {lifecycle}\n{text}"


def runbook(front: str = "services: [payroll]", body: str = "## Mitigation\n\nResume it.\n") -> str:
    return f"---\n{front}\n---\n\n{body}"


def block(commands: str, language: str = "sh") -> str:
    return runbook(body=f"## Mitigation\n\n```{language}\n{commands}\n```\n")


@pytest.fixture
def broken(report_of: Callable[..., Report]) -> Callable[..., list[Diagnostic]]:
    """The findings of a rule in files laid over a team and a service."""

    def check(rule: str, files: Mapping[str, str]) -> list[Diagnostic]:
        assert rule in RULES
        whole = {**TEAM, "services/payroll/service.yaml": service(), **files}
        return [finding for finding in report_of(whole).findings if finding.rule == rule]

    return check


# review-overdue


def policy(text: str) -> dict[str, str]:
    return {"organization/policy.yaml": text}


@pytest.mark.parametrize(
    ("front", "cadence", "expected"),
    [
        ("reviewed: 2025-01-01", "", []),  # nobody asks for it
        ("reviewed: 2025-11-30\nreview_every: 1 year", "", ["due on 2026-11-30, 1 day ago"]),
        ("reviewed: 2025-12-01\nreview_every: 1 year", "", []),  # due today
        ("review_every: 1 year", "", ["every 1 year, and never was"]),
        (
            "reviewed: 2026-05-01",
            "{when: {kind: runbook}, every: 6 months}",
            ["due on 2026-11-01, 30 days ago"],
        ),
        ("", "{when: {kind: runbook}, every: 6 months}", ["every 6 months by the policy, and never was"]),
        # its own cadence wins, and a cadence for another tier or kind is not its own
        ("reviewed: 2026-05-01\nreview_every: 1 year", "{when: {kind: runbook}, every: 6 months}", []),
        ("reviewed: 2026-05-01", "{when: {kind: runbook, tier: [1]}, every: 6 months}", []),
        ("reviewed: 2026-05-01", "{when: {kind: service}, every: 1 month}", []),
        # of two that hold, the stricter one
        (
            "reviewed: 2026-05-01",
            "{when: {kind: runbook}, every: 1 year}, {when: {kind: runbook, tier: [2]}, every: 6 months}",
            ["due on 2026-11-01, 30 days ago"],
        ),
    ],
)
def test_reviews_are_due_by_the_runbook_or_the_policy(
    broken: Callable[..., list[Diagnostic]], front: str, cadence: str, expected: Sequence[str]
) -> None:
    found = broken(
        "review-overdue",
        {
            "services/payroll/service.yaml": service("tier: 2\n"),
            RUNBOOK: runbook(f"services: [payroll]\n{front}"),
            **policy(f"reviews: [{cadence}]\n"),
        },
    )
    assert len(found) == len(expected)
    assert all(text in finding.message for text, finding in zip(expected, found, strict=True))


# runbook-never-rehearsed


@pytest.mark.parametrize(
    ("tier", "preset", "front", "expected"),
    [
        (1, "regulated", "", 1),
        (2, "regulated", "", 1),
        (1, "regulated", "rehearsed: {on: 2020-01-01}", 0),  # long ago is not never
        (3, "regulated", "", 0),
        (1, "small-team", "", 0),
    ],
)
def test_a_rehearsal_is_missing_where_the_policy_asks_for_one(
    broken: Callable[..., list[Diagnostic]], tier: int, preset: str, front: str, expected: int
) -> None:
    files = {
        "services/payroll/service.yaml": service(f"tier: {tier}\n"),
        RUNBOOK: runbook(f"services: [payroll]\n{front}"),
        **policy(f"preset: {preset}\n"),
    }
    found = broken("runbook-never-rehearsed", files)
    assert len(found) == expected
    others = [finding.message for finding in broken("requirement-unmet", files)]
    assert not [message for message in others if "rehears" in message]


# suspect-runbook


def commit(folder: Path, files: Mapping[str, str]) -> None:
    """A commit in which these files stand anew."""

    def git(*words: str) -> None:
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_COMMITTER_DATE": "2026-11-01T12:00:00Z",
            "GIT_AUTHOR_DATE": "2026-11-01T12:00:00Z",
        }
        who = ("-c", "user.name=T", "-c", "user.email=t@example.org")
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, env=environment)

    if not (folder / ".git").exists():
        git("init", "--quiet", "-b", "main")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "-m", "text")


def suspects(folder: Path) -> list[str]:
    report = run(open_repository(folder, clock=lambda: NOW), RULES.values())
    return [finding.message for finding in report.findings if finding.rule == "suspect-runbook"]


THEN = """\
tier: 1
depends_on:
  - {service: ledger, criticality: hard}
monitoring:
  - {alert: PayrollRunLate, event: exception}
  - {alert: PayrollQueueFull, event: warning}
escalation:
  - {team: payroll-team, after: 0 min}
  - {team: platform-team, after: 1 h}
"""
OTHERS = {
    **TEAM,
    "organization/teams/platform-team.yaml": "name: Platform\n",
    "services/ledger/service.yaml": service(),
    "services/tax-feed/service.yaml": service(),
}
REVIEWED = runbook("services: [payroll]\nreviewed: 2026-10-28")


@pytest.fixture
def reviewed(tmp_path: Path) -> Path:
    """A repository in which the runbook of payroll was reviewed in its first commit."""
    commit(tmp_path, {**OTHERS, "services/payroll/service.yaml": service(THEN), RUNBOOK: REVIEWED})
    return tmp_path


ON = "since the review of runbook pay-run-late on 2026-10-28: "


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (THEN, []),
        (THEN.replace("tier: 1", "tier: 2\ndescription: Pays."), []),  # nothing that a runbook rests on
        # written in another way, and in another order, it says the same
        (
            """\
escalation: [{after: 0 min, team: payroll-team}, {after: 60 min, team: platform-team}]
monitoring: [{event: warning, alert: PayrollQueueFull}, {alert: PayrollRunLate}]
depends_on: [{service: ledger}]
""",
            [],
        ),
        (
            THEN.replace("depends_on:\n", "depends_on:\n  - {service: tax-feed}\n"),
            [f"{ON}payroll depends on tax-feed"],
        ),
        (
            THEN.replace(
                "  - {service: ledger, criticality: hard}\n", "  - {service: ledger, criticality: soft}\n"
            ),
            [f"{ON}payroll depends on ledger soft, not hard"],
        ),
        (
            THEN.replace("criticality: hard}", "criticality: hard, fallback: {what: Waits, degraded: true}}"),
            [f"{ON}what payroll does without ledger changed"],
        ),
        (
            THEN.replace("depends_on:\n  - {service: ledger, criticality: hard}\n", ""),
            [f"{ON}payroll no longer depends on ledger"],
        ),
        (
            THEN.replace("PayrollQueueFull", "PayrollQueueLong"),
            [f"{ON}payroll raises PayrollQueueLong and payroll no longer raises PayrollQueueFull"],
        ),
        (
            THEN.replace("warning", "informational"),
            [f"{ON}PayrollQueueFull is an event of class informational"],
        ),
        (THEN.replace("1 h", "2 h"), [f"{ON}the escalation of payroll changed"]),
        (
            THEN.replace("payroll-team, after: 0 min", "platform-team, after: 0 min"),
            [f"{ON}the escalation of payroll changed"],
        ),
    ],
)
def test_a_runbook_is_suspect_where_its_service_says_something_else(
    reviewed: Path, now: str, expected: Sequence[str]
) -> None:
    commit(reviewed, {"services/payroll/service.yaml": service(now)})
    assert suspects(reviewed) == expected


def test_a_review_takes_the_suspicion_away_and_what_was_undone_brings_none(reviewed: Path) -> None:
    changed = service(THEN.replace("1 h", "2 h"))
    commit(reviewed, {"services/payroll/service.yaml": changed})
    assert suspects(reviewed)
    commit(reviewed, {"services/payroll/service.yaml": service(THEN)})
    assert not suspects(reviewed)
    commit(reviewed, {"services/payroll/service.yaml": changed})
    commit(reviewed, {RUNBOOK: REVIEWED + "\nMore words.\n"})  # an edit is no review
    assert suspects(reviewed)
    commit(reviewed, {RUNBOOK: REVIEWED.replace("2026-10-28", "2026-11-20")})
    assert not suspects(reviewed)


def test_what_is_not_committed_yet_counts_as_well(reviewed: Path) -> None:
    (reviewed / "services/payroll/service.yaml").write_text(
        service(THEN.replace("1 h", "2 h")), encoding="utf-8"
    )
    assert suspects(reviewed)
    (reviewed / RUNBOOK).write_text(REVIEWED.replace("2026-10-28", "2026-11-20"), encoding="utf-8")
    assert not suspects(reviewed)


def test_without_a_path_of_its_own_the_path_of_the_owner_holds(reviewed: Path) -> None:
    own = THEN.partition("escalation")[0]
    team = "name: Payroll\nescalation:\n  - {team: payroll-team, after: 0 min}\n"
    changed = {"services/payroll/service.yaml": service(own), "organization/teams/payroll-team.yaml": team}
    commit(reviewed, {**changed, RUNBOOK: REVIEWED.replace("2026-10-28", "2026-11-20")})
    assert not suspects(reviewed)
    commit(reviewed, {"organization/teams/payroll-team.yaml": team.replace("0 min", "10 min")})
    assert len(suspects(reviewed)) == 1
    # written at the service as it was with the owner, it is the same path
    path = "escalation: [{team: payroll-team, after: 0 min}]\n"
    commit(reviewed, {"services/payroll/service.yaml": service(own + path)})
    assert not suspects(reviewed)


def test_a_service_that_came_later_and_a_runbook_that_moved_raise_no_suspicion(reviewed: Path) -> None:
    both = REVIEWED.replace("[payroll]", "[payroll, benefits]")
    commit(reviewed, {RUNBOOK: both, "services/benefits/service.yaml": service("monitoring: [{alert: A}]\n")})
    assert not suspects(reviewed)
    (reviewed / RUNBOOK).unlink()
    commit(reviewed, {"runbooks/payroll/pay-run-late.md": both})
    assert not suspects(reviewed)
    commit(reviewed, {"services/payroll/service.yaml": service(THEN.replace("1 h", "2 h"))})
    assert len(suspects(reviewed)) == 1


def test_where_the_history_is_missing_nothing_is_suspect(reviewed: Path, tmp_path: Path) -> None:
    commit(reviewed, {"services/payroll/service.yaml": service(THEN.replace("1 h", "2 h"))})
    clone = tmp_path / "clone"
    address = reviewed.as_uri()
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", address, str(clone)], check=True, capture_output=True
    )
    assert not suspects(clone)


# orphans


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ["change-tape"]),
        ({"knowledge/a.md": "---\ntitle: A\n---\n\nAs in change-tape-drive.\n"}, ["change-tape"]),
        ({"knowledge/a.md": "---\ntitle: A\n---\n\nSee [it](../runbooks/change-tape.md).\n"}, []),
        ({"docs/night.md": "First `change-tape`, then sleep.\n"}, []),
        ({"README.md": "[The tape](runbooks/change-tape.md)\n"}, []),
        (
            {
                "services/payroll/service.yaml": service(
                    "links: [{title: T, url: https://x.example/change-tape/}]\n"
                )
            },
            [],
        ),
        (
            {
                "rules.yaml": "groups: [{rules: [{alert: A, annotations: {runbook_url: 'https://x/change-tape'}}]}]\n"
            },
            [],
        ),
        ({"runbooks/change-tape.md": runbook("services: []\nalerts: [TapeFull]")}, []),
        ({"runbooks/change-tape.md": runbook("services: [payroll]")}, []),
        # it leads to others, so it is where people begin
        (
            {
                "runbooks/change-tape.md": runbook(
                    "services: []", "## Mitigation\n\n[a](x-a.md) [b](x-b.md) [c](x-c.md)\n"
                )
            },
            [],
        ),
    ],
)
def test_a_runbook_that_nothing_speaks_of_is_an_orphan(
    broken: Callable[..., list[Diagnostic]], files: Mapping[str, str], expected: Sequence[str]
) -> None:
    found = broken("orphan-runbook", {"runbooks/change-tape.md": runbook("services: []"), **files})
    assert [finding.place.file.rpartition("/")[2].removesuffix(".md") for finding in found] == expected


def test_a_name_of_one_word_is_no_mention_by_itself(broken: Callable[..., list[Diagnostic]]) -> None:
    tape = {"runbooks/tape.md": runbook("services: []")}
    assert broken("orphan-runbook", {**tape, "docs/a.md": "Take the tape out.\n"})
    assert not broken("orphan-runbook", {**tape, "docs/a.md": "[Take it out](../runbooks/tape.md)\n"})


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("title: A", 1),
        ("title: A\naudience: support\nservices: []", 0),
        ("title: A\nservices: [payroll]", 0),
        ("title: A\nstate: draft", 0),
        ("title: A\nstate: retired", 0),
    ],
)
def test_an_article_for_nobody_about_nothing_is_an_orphan(
    broken: Callable[..., list[Diagnostic]], front: str, expected: int
) -> None:
    article = f"---\n{front}\n---\n\nWords.\n"
    assert len(broken("orphan-article", {"knowledge/power-cut.md": article})) == expected
    linked = {"knowledge/power-cut.md": article, "docs/a.md": "[A](../knowledge/power-cut.md)\n"}
    assert not broken("orphan-article", linked)


# articles


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("valid_to: 2026-11-30", 1),
        ("valid_to: 2026-12-01", 0),  # today it still holds
        ("valid_to: 2026-11-30\nstate: draft", 0),
        ("valid_to: 2026-11-30\nstate: retired", 0),
        ("valid_to: 2026-11-30\nstate: published", 1),
        ("audience: users", 0),
    ],
)
def test_a_published_article_expires(
    broken: Callable[..., list[Diagnostic]], front: str, expected: int
) -> None:
    article = f"---\ntitle: A\nservices: [payroll]\n{front}\n---\n\nWords.\n"
    assert len(broken("expired-article", {"knowledge/a.md": article})) == expected


@pytest.mark.parametrize(
    ("lifecycle", "services", "state", "expected"),
    [
        ("retired", "[payroll]", "published", 1),
        ("retired", "[payroll]", "retired", 0),
        ("retired", "[payroll, ledger]", "published", 0),  # one of them lives
        ("retiring", "[payroll]", "published", 0),  # people still use it
        ("retired", "[payroll, gone]", "published", 0),  # of that one nobody knows
        ("retired", "[]", "published", 0),
    ],
)
def test_an_article_of_retired_services_is_retired_too(
    broken: Callable[..., list[Diagnostic]], lifecycle: str, services: str, state: str, expected: int
) -> None:
    files = {
        "services/payroll/service.yaml": service(lifecycle=lifecycle),
        "services/ledger/service.yaml": service(),
        "knowledge/a.md": f"---\ntitle: A\nservices: {services}\nstate: {state}\n---\n\nWords.\n",
    }
    assert len(broken("article-of-retired-services", files)) == expected


# alerts


def rules(*alerts: str, kind: str = "") -> str:
    entries = "".join(f"      - {{{alert}}}\n" for alert in alerts)
    return f"{kind}groups:\n  - name: payroll\n    rules:\n{entries}"


@pytest.mark.parametrize(
    ("monitoring", "files", "expected"),
    [
        ("[{alert: A1}]", {}, ["A1"]),
        ("[{alert: A1, event: informational}]", {}, []),
        ("[{alert: A1, event: warning}]", {}, ["A1"]),
        ("[{alert: A1}]", {RUNBOOK: runbook("services: []\nalerts: [A1]")}, []),
        # a runbook with another mistake answers all the same
        ("[{alert: A1}]", {RUNBOOK: runbook("services: payroll\nalerts: [A1]")}, []),
        (
            "[{alert: A1}]",
            {"p.yaml": rules("alert: A1, annotations: {runbook_url: 'https://wiki.example/1'}")},
            [],
        ),
        ("[{alert: A1}]", {"p.yaml": rules("alert: A1")}, ["A1"]),
        (
            "[{alert: A1}]",
            {
                "mkdocs.yml": "site_url: https://ops.example/\n",
                "p.yaml": rules("alert: A1, annotations: {runbook_url: 'https://ops.example/runbooks/no/'}"),
            },
            ["A1"],
        ),
    ],
)
def test_an_alert_is_answered(
    broken: Callable[..., list[Diagnostic]],
    monitoring: str,
    files: Mapping[str, str],
    expected: Sequence[str],
) -> None:
    raised = {"services/payroll/service.yaml": service(f"monitoring: {monitoring}\n")}
    found = broken("alert-without-runbook", {**raised, **files})
    assert [finding.message.split(",")[0].rpartition(" ")[2] for finding in found] == expected


@pytest.mark.parametrize("lifecycle", ["idea", "design", "build", "retired"])
def test_where_nobody_is_called_no_alert_needs_an_answer(
    broken: Callable[..., list[Diagnostic]], lifecycle: str
) -> None:
    text = service("monitoring: [{alert: A1}]\n", lifecycle=lifecycle)
    assert not broken("alert-without-runbook", {"services/payroll/service.yaml": text})


@pytest.mark.parametrize(
    ("front", "files", "expected"),
    [
        ("services: [payroll]\nalerts: [PayrollRunSlow]", {}, ["PayrollRunSlow"]),
        ("services: [payroll]\nalerts: [PayrollRunLate]", {}, []),
        ("services: [payroll]\nalerts: [payrollrunlate]", {}, ["payrollrunlate"]),
        ("services: [ledger]\nalerts: [PayrollRunLate]", {}, []),  # raised, for whichever service
        ("services: [ledger]\nalerts: [LedgerDown]", {}, []),  # ledger says nothing of its monitoring
        ("services: [payroll, ledger]\nalerts: [LedgerDown]", {}, []),
        ("services: [gone]\nalerts: [GoneDown]", {}, []),
        ("services: [payroll]\nalerts: [Defined]", {"ops/rules.yml": rules("alert: Defined")}, []),
        (
            "services: [payroll]\nalerts: [Defined]",
            {"ops/rule.yaml": "spec:\n  groups: [{name: a, rules: [{record: r}, {alert: Defined}]}]\n"},
            [],
        ),
        # what can't be read may define it
        ("services: [payroll]\nalerts: [Defined]", {"ops/rules.yml": "groups: {{ }}\n alert: [\n"}, []),
        # one of two is raised, so what is raised is written down
        ("services: []\nalerts: [PayrollRunLate, Other]", {}, ["Other"]),
        # a collection that somebody brought along
        ("services: []\nalerts: [PayrollRunLate, One, Two]", {}, []),
    ],
)
def test_an_alert_that_is_answered_is_raised(
    broken: Callable[..., list[Diagnostic]], front: str, files: Mapping[str, str], expected: Sequence[str]
) -> None:
    raised = {
        "services/payroll/service.yaml": service("monitoring: [{alert: PayrollRunLate}]\n"),
        "services/ledger/service.yaml": service(),
    }
    found = broken("alert-that-nothing-raises", {**raised, RUNBOOK: runbook(front), **files})
    assert [finding.message.split(",")[0].rpartition(" ")[2] for finding in found] == expected


def test_an_alert_that_is_nearly_raised_has_an_edit_that_is_asked_for(
    broken: Callable[..., list[Diagnostic]],
) -> None:
    raised = {"services/payroll/service.yaml": service("monitoring: [{alert: PayrollRunLate}]\n")}
    answered = {RUNBOOK: runbook("services: [payroll]\nalerts: [PayrollRunlate]")}
    (found,) = broken("alert-that-nothing-raises", {**raised, **answered})
    assert found.hint == "did you mean PayrollRunLate?"
    assert found.edit == NewValue(RUNBOOK, ("alerts", 0), "PayrollRunLate", safe=False)


# runbook-url-to-nothing

SITE = {"mkdocs.yml": "site_name: A\nsite_url: 'https://ops.example/desk'\nplugins: [!!python/name:x ]\n"}
CODE = "https://git.example/acme/desk/-/blob/main/"


@pytest.mark.parametrize(
    ("url", "files", "expected"),
    [
        ("https://ops.example/desk/runbooks/pay-run-late/", SITE, False),
        ("https://ops.example/desk/runbooks/pay-run-late.html#mitigation", SITE, False),
        ("https://ops.example/desk/runbooks/pay-run-late?from=alert", SITE, False),
        ("https://ops.example/desk/runbooks/", SITE, False),
        ("http://ops.example/desk/runbooks/pay-run-lat/", SITE, True),
        ("https://ops.example/desk/runbooks/payroll/pay-run-late/", SITE, True),  # folders mean nothing there
        ("https://ops.example/desk/services/payroll/", SITE, False),
        ("https://ops.example/desk/services/payrol/", SITE, True),
        ("https://ops.example/other/runbooks/pay-run-lat/", SITE, False),  # elsewhere on the host
        ("https://ops.example/desk/search/", SITE, False),
        ("https://wiki.example/runbooks/nothing", SITE, False),
        ("https://ops.example/desk/runbooks/{{ $labels.job }}/", SITE, False),
        ("https://ops.example/desk/runbooks/pay-{{ $labels.job }}/", SITE, False),
        ("https://ops.example/desk/runbooks/tax-{{ $labels.job }}/", SITE, True),
        ("{{ $externalURL }}/runbooks/nothing", SITE, False),
        ("https://ops.example/desk/runbooks/pay-run-late/", {}, False),
        ("https://ops.example/desk/runbooks/nothing/", {}, False),  # nobody knows where the site is
        ("runbooks/pay-run-late.md", {}, False),
        ("/runbooks/pay-run-late/", {}, False),
        ("runbooks/pay-run-slow.md", {}, True),
        ("mailto:night@ops.example", {}, False),
        (f"{CODE}runbooks/pay-run-late.md", {}, False),
        (f"{CODE}runbooks/nothing.md", {}, False),  # whose repository that is, nobody knows
        (f"{CODE}runbooks/nothing.md", {"mkdocs.yml": "repo_url: https://git.example/acme/desk\n"}, True),
        (
            f"{CODE}runbooks/pay-run-late.md",
            {"mkdocs.yml": "repo_url: https://git.example/acme/desk\n"},
            False,
        ),
    ],
)
def test_where_an_alert_leads_there_is_a_page(
    broken: Callable[..., list[Diagnostic]], url: str, files: Mapping[str, str], expected: bool
) -> None:
    text = rules(f'alert: A1, annotations: {{runbook_url: "{url}"}}')
    found = broken("runbook-url-to-nothing", {RUNBOOK: runbook(), "monitoring/a.yaml": text, **files})
    assert bool(found) is expected
    if found:
        assert found[0].place.file == "monitoring/a.yaml"
        span = found[0].place.span
        assert span is not None
        assert text.split("\n")[span.line - 1][span.column : span.end_column - 2] == url


def test_an_address_that_is_right_says_where_the_site_and_the_repository_are(
    broken: Callable[..., list[Diagnostic]],
) -> None:
    urls = (
        "https://a.example/runbooks/pay-run-late/",
        "https://a.example/runbooks/no/",
        f"{CODE}{RUNBOOK}",
        f"{CODE}runbooks/no.md",
    )
    alerts = [f"alert: A{index}, annotations: {{runbook_url: '{url}'}}" for index, url in enumerate(urls)]
    found = broken("runbook-url-to-nothing", {RUNBOOK: runbook(), "monitoring/a.yaml": rules(*alerts)})
    assert [finding.message.split()[2] for finding in found] == ["A1", "A3"]


@pytest.mark.parametrize(
    "text",
    [
        "groups: [",
        "alert groups\n- x",
        "groups: &a [*a]\nalert: 1\n",
        "groups: {name: x}\nalert: []\n",
        "groups: [1, {rules: 2}, {rules: [3, {alert: [x]}, {alert: A, annotations: []}]}]\n",
        "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ngroups: *c\n# alert\n",
        "? [a]\n: groups alert\n",
        "groups: alert\n---\n- x\n...\n%TAG ! x\n",
        "groups" + "[" * 5_000 + "alert",
        "\x00 groups alert",
    ],
)
def test_a_foreign_file_is_read_or_left(broken: Callable[..., list[Diagnostic]], text: str) -> None:
    assert broken("runbook-url-to-nothing", {**SITE, "monitoring/a.yaml": text}) == []


def test_anchors_tags_and_several_documents_of_a_rule_file_are_read_over(
    broken: Callable[..., list[Diagnostic]],
) -> None:
    url = "annotations: &a {runbook_url: 'https://ops.example/desk/runbooks/no/'}"
    entries = f"[{{alert: A1, {url}}}, {{alert: A2, annotations: *a}}]"
    text = f"--- !x\na: 1\n---\nitems:\n- spec: {{groups: [{{rules: {entries}}}]}}\n"
    found = broken("runbook-url-to-nothing", {**SITE, "monitoring/a.yml": text})
    assert [finding.message.split()[2] for finding in found] == ["A1"]


# unknown-name-in-command

HOSTS = "hosts: [pg-1.int.example.com, pg-2.int.example.com, 'web-*.int.example.com', jump]\n"


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        # known, each in its own way
        ("ssh pg-1.int.example.com uptime", []),
        ("ssh -p 22 admin@pg-2 'ssh pg-9.int.example.com'", []),
        ("ssh PG-1.int.example.com", []),
        ("ping -c 3 web-17.int.example.com", []),
        ("curl -s https://monitoring.example.com/api https://other.int.example.org/", []),
        ("ssh grafana.int.example.com", []),  # an address in a record
        # placeholders
        ("ssh $HOST.int.example.com; ssh <host>.int.example.com; ssh ${host}", []),
        ("ssh pg-N.int.example.com; ssh pg-xx.int.example.com; ssh pg-{1..3}.int.example.com", []),
        ("ssh pg-{{ n }}.int.example.com; ssh your-host.int.example.com; ssh [host].int.example.com", []),
        ("for n in 8 9; do ssh pg-$n.int.example.com; done", []),
        # no host at all
        ("echo pg-9.int.example.com # ssh pg-9.int.example.com", []),
        ("cat <<EOF\nssh pg-9.int.example.com\nEOF", []),
        ("grep ssh pg-9.int.example.com.log > pg-9.int.example.com", []),
        ("scp ./pg-9.int.example.com /tmp/", []),
        ("ssh -i pg-9.int.example.com pg-1", []),
        ("ping 10.0.0.9; psql -h localhost", []),
        ("ping bastion.example.org; nc -z db-1.elsewhere.example.org 5432", []),  # anybody's
        ("ssh bastion; ssh db-1.elsewhere.example.org", ["bastion", "db-1.elsewhere.example.org"]),
        # guilty
        ("ssh pg-9.int.example.com uptime", ["pg-9.int.example.com"]),
        ("sudo -u ops ssh -vp 22 admin@pg-9.int.example.com", ["pg-9.int.example.com"]),
        ("time ssh -J jump,old.int.example.com pg-1", ["old.int.example.com"]),
        ("ssh pg-9", ["pg-9"]),  # another number
        ("ssh jumpp", ["jumpp"]),
        ("scp -r a b:/x ops@pg-9.int.example.com:/tmp/ .", ["pg-9.int.example.com"]),
        ("rsync -a pg-1:/x pg-9.int.example.com:/x", ["pg-9.int.example.com"]),
        ("curl --url=https://old.int.example.com:8443/x", ["old.int.example.com"]),
        (
            'PGUSER=x psql "host=pg-9.int.example.com dbname=x" -c "select\n1" | wc -l',
            ["pg-9.int.example.com"],
        ),
        ("psql \\\n  --host pg-9.int.example.com", ["pg-9.int.example.com"]),
        ("mysqldump --host=pg-9.int.example.com", ["pg-9.int.example.com"]),
        ("if ! nc -z -w 3 pg-9.int.example.com 5432; then x; fi", ["pg-9.int.example.com"]),
        ("openssl s_client -connect pg-9.int.example.com:443 < /dev/null", ["pg-9.int.example.com"]),
        (
            "x && (ssh pg-8.int.example.com || ssh pg-9.int.example.com)",
            ["pg-8.int.example.com", "pg-9.int.example.com"],
        ),
    ],
)
def test_a_host_in_a_command_is_known(
    broken: Callable[..., list[Diagnostic]], commands: str, expected: Sequence[str]
) -> None:
    links = "links: [{title: G, url: 'https://grafana.int.example.com/d/1'}]\n"
    files = {"services/payroll/service.yaml": service(HOSTS + links), RUNBOOK: block(commands)}
    found = broken("unknown-name-in-command", files)
    lines = files[RUNBOOK].split("\n")
    shown = []
    for finding in found:
        span = finding.place.span
        assert span is not None
        shown.append(lines[span.line - 1][span.column - 1 : span.end_column - 1])
    assert shown == expected


STRANGE_HOSTS = (
    "ssh db-prod-07\nscp a root@backup01:/srv/\nping db-7.corp.example.internal\nssh far.example.org"
)
ANYBODYS_HOSTS = (
    "ssh git@github.com\nping www.example.org\ncurl https://legacy-7.internal/\nssh pg-1\nping 10.0.0.9\nssh $H"
)


def test_where_all_hosts_are_named_no_other_is_known(broken: Callable[..., list[Diagnostic]]) -> None:
    named = {"services/payroll/service.yaml": service(HOSTS)}
    found = broken("unknown-name-in-command", {**named, RUNBOOK: block(STRANGE_HOSTS)})
    assert [finding.message.split(" the host ")[1].split(",")[0] for finding in found] == [
        "db-prod-07",
        "backup01",
        "db-7.corp.example.internal",
        "far.example.org",
    ]
    assert not broken("unknown-name-in-command", {**named, RUNBOOK: block(ANYBODYS_HOSTS)})
    # A runbook for a service that names none, too, may be about any host.
    both = block(STRANGE_HOSTS).replace("[payroll]", "[payroll, ledger]")
    assert not broken("unknown-name-in-command", {**named, RUNBOOK: both})


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("bash", "ssh pg-9", 1),
        ("console", "$ ssh pg-1\nssh pg-9", 0),  # what it prints
        ("console", "root@jump:~# ssh pg-9\nok", 1),
        ("console", "ssh pg-9", 1),
        ("", "$ ssh pg-9\nok", 1),
        ("", "ssh pg-9", 1),  # by the program's name
        ("", "then https://old.int.example.com/ answers", 0),
        ("yaml", "ssh pg-9", 0),
        ("python", "ssh pg-9", 0),
    ],
)
def test_only_commands_are_commands(
    broken: Callable[..., list[Diagnostic]], language: str, text: str, expected: int
) -> None:
    files = {"services/payroll/service.yaml": service(HOSTS), RUNBOOK: block(text, language)}
    assert len(broken("unknown-name-in-command", files)) == expected


def test_where_nobody_names_hosts_none_is_unknown(broken: Callable[..., list[Diagnostic]]) -> None:
    assert not broken("unknown-name-in-command", {RUNBOOK: block("ssh pg-9.int.example.com")})


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        ("opsctl restart --service payroll --team payroll-team", []),
        ("opsctl restart --service payrol", ["service payrol"]),
        ("opsctl restart --service=warehouse", ["service warehouse"]),
        ("opsctl page --team night-watch", ["team night-watch"]),
        ("opsctl restart --service payroll-worker", []),  # a part of it
        ("opsctl restart --service $SERVICE --team <team> --service my-service", []),
        ("opsctl restart --service Payrol --service 'pay roll'", []),  # no ids
        ("aws ecs update-service --service warehouse", []),  # a service of theirs
        ("aws ecs update-service --service payrol", ["service payrol"]),
        ("make deploy service=payrol", ["service payrol"]),
        ("make deploy service=warehouse", []),
        ("curl 'https://x.example/?service=payrol&a=1'", ["service payrol"]),
        ("gitsm map payrol", ["service payrol"]),
        ("gitsm map --up payroll", []),
        ("gitsm map warehouse", ["service warehouse"]),
        ("systemctl restart payrol.service", []),
        ("psql service=prod", []),
    ],
)
def test_a_service_or_team_in_a_command_is_known(
    broken: Callable[..., list[Diagnostic]], commands: str, expected: Sequence[str]
) -> None:
    found = broken("unknown-name-in-command", {RUNBOOK: block(commands)})
    named = [finding.message.split(" names the ")[1].split(",")[0] for finding in found]
    assert named == expected
