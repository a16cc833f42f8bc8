"""The rules about changes, on innocent and on guilty records: the subtle ones first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from tests.test_rules import committed

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import run
from gitsm.opening import open_repository
from gitsm.repository import Repository
from gitsm.rules import RULES

FILE = "changes/2026/2026-11-20-move.yaml"
HEAD = "title: Move the pay run\nservices: [payroll]\nplan: Move it.\n"
NORMAL = HEAD + "type: normal\n"
PLAIN = NORMAL + "rollback: Move it back, 10 min.\n"
WINDOW = "window: {start: 2026-12-12T20:00+01:00, end: 2026-12-12T22:00+01:00}\n"
PAST = "window: {start: 2026-11-24T20:00+01:00, end: 2026-11-24T22:00+01:00}\n"
DONE = "actual: {start: 2026-11-24T20:05+01:00, end: 2026-11-24T21:00+01:00}\n"
CLOSED = DONE + "closure: {code: successful, on: 2026-11-25}\n"
CANCELED = "closure: {code: canceled, on: 2026-11-25, notes: No longer wanted.}\n"
POLICY = "organization/policy.yaml"
ROLES = "roles: [{name: service-owner}, {name: change-manager}]\n"

Files = Mapping[str, str]
Found = Callable[..., list[Diagnostic]]


@pytest.fixture
def found(example_files: dict[str, str], repository_of: Callable[..., Repository]) -> Found:
    """What one rule finds in the kinds' examples with some files laid over them."""

    def find(rule: str, files: Files | str, **options: object) -> list[Diagnostic]:
        laid = {FILE: files} if isinstance(files, str) else files
        repository = repository_of({**example_files, **laid}, **options)
        problems = [fault.message for fault in repository.faults]
        assert problems == []
        return list(run(repository, [RULES[rule]]).findings)

    return find


def requiring(require: str, when: str = "kind: change") -> str:
    """A policy that asks something of changes."""
    return f"{ROLES}requirements:\n  - {{when: {{{when}}}, require: {{{require}}}, because: it matters}}\n"


def with_tests(*entries: str) -> str:
    """The tests of a change."""
    return "tests:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


GUILTY: list[tuple[str, str]] = [
    # --- evidence
    ("failed-test", PLAIN + with_tests("kind: security, result: failed")),
    ("failed-test", PLAIN + with_tests("kind: security, result: passed", "kind: security, result: failed")),
    (
        "failed-test",  # the newest stands first, and the dates tell
        PLAIN
        + with_tests(
            "kind: security, result: failed, on: 2026-11-20", "kind: security, result: passed, on: 2026-11-19"
        ),
    ),
    (
        "failed-test",  # another kind passed
        PLAIN + with_tests("kind: performance, result: failed", "kind: functional, result: passed"),
    ),
    (
        "test-of-another-version",
        PLAIN + 'version: "18.1"\n' + with_tests('kind: functional, result: passed, version: "18.0"'),
    ),
    (
        "test-of-another-version",  # a release candidate is not the release
        PLAIN + 'version: "18.1"\n' + with_tests('kind: functional, result: passed, version: "18.1-rc2"'),
    ),
    (
        "test-of-another-version",  # the other kind was of the right one
        PLAIN
        + "version: v4\n"
        + with_tests(
            "kind: functional, result: passed, version: v4", "kind: security, result: passed, version: v3"
        ),
    ),
    (
        "test-of-another-version",
        PLAIN
        + "version: payroll 4.12\n"
        + with_tests("kind: functional, result: passed, version: payroll 4.11"),
    ),
    ("recorded-before-it-happened", PLAIN + with_tests("kind: functional, result: passed, on: 2026-12-24")),
    ("recorded-before-it-happened", PLAIN + "actual: {start: 2026-12-24T20:00+01:00}\n"),
    ("recorded-before-it-happened", PLAIN + "closure: {code: successful, on: 2027-11-25}\n"),
    (
        "recorded-before-it-happened",
        PLAIN + "confirmations: [{service: ledger, by: payroll-team, on: 2026-12-13}]\n",
    ),
    ("recorded-before-it-happened", NORMAL + "rollback: {plan: Move it back., tested: {on: 2026-12-11}}\n"),
    ("change-without-origin", PLAIN + "origin: {}\n"),
    ("change-without-origin", PLAIN + "origin: {demand: TBD}\n"),
    # --- rollback
    *[
        ("rollback-missing", NORMAL + f"rollback: {text!r}\n")
        for text in (
            "none",
            "None.",
            "N/A",
            "n.a.",
            "-",
            "--",
            "?",
            "...",
            "TBD",
            "to be defined",
            "TODO",
            "Not needed.",
            "not possible",
            "Not applicable!",
            "see above",
            "No rollback",
            "no rollback possible",
            "No backout plan.",
            "Rollback is not possible.",
            "Cannot be rolled back",
            "can't be undone",
            "Impossible",
            "none required",
            "There is no way back.",
            "(none)",
            "  nothing  ",
            "<todo>",
            "No roll-back plan available",
        )
    ],
    ("rollback-missing", NORMAL + "rollback: {plan: none, takes: 5 min}\n"),
    ("rollback-missing", NORMAL + "rollback: By the model.\n"),  # it has no model
    (
        "rollback-slower-than-claimed",
        NORMAL + "rollback: {plan: Back., takes: 10 min, tested: {on: 2026-11-19, took: 11 min}}\n",
    ),
    (
        "rollback-slower-than-claimed",
        NORMAL + "rollback: {plan: Back., takes: 90 min, tested: {on: 2026-11-19, took: 2 h}}\n",
    ),
    (
        "rollback-slower-than-claimed",
        NORMAL
        + "rollback: {plan: B., takes: 4 business hours, tested: {on: 2026-11-19, took: 8 business hours}}\n",
    ),
    (
        "rollback-slower-than-claimed",  # eight hours of work take at least eight hours
        NORMAL + "rollback: {plan: Back., takes: 4 h, tested: {on: 2026-11-19, took: 8 business hours}}\n",
    ),
    # --- handover
    ("support-not-briefed", PLAIN + "handover: {support_briefed: {}}\n"),
    ("support-not-briefed", PLAIN + "handover: {support_briefed: {by: payroll-team}}\n"),
    ("support-not-briefed", PLAIN + "handover: {support_briefed: {on: 2026-11-24}}\n"),
    ("support-not-briefed", PLAIN + "handover: {support_briefed: {unaffected: n/a}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {knowledge: {}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {knowledge: {on: 2026-11-24}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {knowledge: {unaffected: unaffected}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {knowledge: {by: payroll-team, articles: []}}\n"),
    ("runbooks-untouched", PLAIN + "handover: {runbooks: {}}\n"),
    ("runbooks-untouched", PLAIN + "handover: {runbooks: {by: payroll-team}}\n"),
    ("runbooks-untouched", PLAIN + "handover: {runbooks: {unaffected: none}}\n"),
    ("runbooks-untouched", PLAIN + 'handover: {runbooks: {unaffected: "-"}}\n'),
    # --- confirmations
    ("unconfirmed-dependency", PLAIN + "confirmations: [{service: portal, needs: A banner}]\n"),
    ("unconfirmed-dependency", PLAIN + "confirmations: [{service: portal, on: 2026-11-21}]\n"),
    ("confirmed-by-the-changing-team", PLAIN + "confirmations: [{service: portal, by: payroll-team}]\n"),
    # --- timing
    (
        "watch-over-before-its-change",
        PLAIN + WINDOW + "watch: {until: 2026-12-12T21:59+01:00}\n",
    ),
    (
        "told-after-the-fact",
        PLAIN + WINDOW + "communications: [{audience: All, at: 2026-12-12T22:00+01:00}]\n",
    ),
    ("service-named-twice", PLAIN.replace("[payroll]", "[payroll, ledger, payroll]")),
    # --- closure
    ("unrecorded-change", PLAIN + PAST),
    ("change-not-closed", PLAIN + PAST.replace("11-24", "11-20") + DONE.replace("11-24", "11-20")),
    (
        "change-not-closed",
        PLAIN + PAST.replace("11-24", "11-20") + "actual: {start: 2026-11-20T20:05+01:00}\n",
    ),
    ("closure-without-notes", PLAIN + DONE + "closure: {code: unsuccessful, on: 2026-11-25}\n"),
    ("closure-without-notes", PLAIN + DONE + "closure: {code: successful_with_issues}\n"),
    ("closure-without-notes", PLAIN + "closure: {code: canceled, on: 2026-11-25}\n"),
    ("closure-without-notes", PLAIN + DONE + "closure: {code: unsuccessful, notes: TBD}\n"),
    (
        "closure-without-notes",
        PLAIN
        + PAST
        + "actual: {start: 2026-11-24T20:05+01:00, end: 2026-11-25T03:00+01:00}\nclosure: {code: successful}\n",
    ),
    (
        "closure-without-notes",
        PLAIN
        + PAST
        + "actual: {start: 2026-11-23T20:05+01:00, end: 2026-11-24T21:00+01:00}\nclosure: {code: successful}\n",
    ),
    ("failed-change-without-review", PLAIN + "closure: {code: unsuccessful, notes: It fell over.}\n"),
    (
        "emergency-without-review",
        HEAD
        + "type: emergency\nrollback: Back.\n"
        + CLOSED.replace("11-24", "11-02").replace("11-25", "11-03"),
    ),
    (
        "emergency-without-review",  # not closed either
        HEAD + "type: emergency\nrollback: Back.\n" + DONE.replace("11-24", "11-02"),
    ),
    (
        "emergency-without-review",  # without times, the day on which it was closed
        HEAD + "type: emergency\nrollback: Back.\nclosure: {code: successful, on: 2026-11-03}\n",
    ),
]

INNOCENT: list[tuple[str, str]] = [
    # --- evidence
    ("failed-test", PLAIN + with_tests("kind: security, result: failed", "kind: security, result: passed")),
    (
        "failed-test",  # the newest stands first, and the dates tell
        PLAIN
        + with_tests(
            "kind: security, result: passed, on: 2026-11-20", "kind: security, result: failed, on: 2026-11-19"
        ),
    ),
    (
        "failed-test",  # one has no date, and the order tells
        PLAIN
        + with_tests("kind: security, result: failed, on: 2026-11-20", "kind: security, result: passed"),
    ),
    ("failed-test", PLAIN + with_tests("kind: security, result: failed") + CLOSED),
    ("failed-test", PLAIN + with_tests("kind: security, result: failed") + CANCELED),
    ("failed-test", PLAIN),
    *[
        (
            "test-of-another-version",
            PLAIN
            + f'version: "{brought}"\n'
            + with_tests(f'kind: functional, result: passed, version: "{tested}"'),
        )
        for brought, tested in (
            ("18.1", "18.1"),
            ("18.1", "v18.1"),
            ("4.12", "4.12.0"),
            ("4.12", "payroll 4.12"),
            ("payroll 4.12", "4.12"),
            ("4.12", "4.12+build77"),
            ("4.12", "4.12 (a1b2c3d)"),
            ("release 4.12", "Version 4.12"),
            ("pay@4.12", "4.12"),
        )
    ],
    ("test-of-another-version", PLAIN + with_tests('kind: functional, result: passed, version: "18.0"')),
    ("test-of-another-version", PLAIN + 'version: "18.1"\n' + with_tests("kind: functional, result: passed")),
    (
        "test-of-another-version",  # tested again with the right one
        PLAIN
        + "version: v4\n"
        + with_tests(
            "kind: functional, result: passed, version: v4", "kind: functional, result: passed, version: v3"
        ),
    ),
    (
        "test-of-another-version",  # it failed, and that is another finding
        PLAIN + "version: v4\n" + with_tests("kind: functional, result: failed, version: v3"),
    ),
    ("recorded-before-it-happened", PLAIN + with_tests("kind: functional, result: passed, on: 2026-12-01")),
    # In Auckland it is tomorrow already.
    ("recorded-before-it-happened", PLAIN + with_tests("kind: functional, result: passed, on: 2026-12-02")),
    ("recorded-before-it-happened", PLAIN + WINDOW + "watch: {until: 2027-01-10T08:00+01:00}\n"),
    (
        "recorded-before-it-happened",  # a briefing may be planned
        PLAIN + "handover: {support_briefed: {by: payroll-team, on: 2026-12-10}}\n",
    ),
    ("recorded-before-it-happened", PLAIN + "communications: [{audience: All, at: 2026-12-24T08:00Z}]\n"),
    ("change-without-origin", PLAIN),
    ("change-without-origin", PLAIN + "origin: {demand: The council asked for it}\n"),
    ("change-without-origin", PLAIN + "origin: {problem: slow-tax-tables}\n"),
    ("change-without-origin", PLAIN + "origin: {event: Security update of November}\n"),
    # --- rollback
    *[
        ("rollback-missing", NORMAL + f"rollback: {text!r}\n")
        for text in (
            "Revert.",
            "Redeploy the previous release.",
            "git revert",
            "Not possible once the job has run; forward only.",
            "None is needed: the old release goes on running beside the new one.",
            "No rollback: the data is copied first.",
            "Restore the snapshot of 21:45, 25 min.",
            "n/a for readers, writers are switched back by the flag",
            "Undo",
            "kubectl rollout undo",
            "As in the runbook pay-run-late.",
            "Umkehrbar mit dem alten Paket.",
            "See above for how the flag is set; set it to off.",
            "No way back after step 3; before it, stop the job.",
        )
    ],
    ("rollback-missing", NORMAL + "rollback: None.\n" + CLOSED),
    (
        "rollback-missing",
        NORMAL + "rollback: By the model.\nmodel: database-minor-upgrade\n",
    ),
    *[
        (
            "rollback-slower-than-claimed",
            NORMAL + f"rollback: {{plan: B., {claim}tested: {{on: 2026-11-19{took}}}}}\n",
        )
        for claim, took in (
            ("takes: 10 min, ", ", took: 10 min"),
            ("takes: 1 h, ", ", took: 60 min"),
            ("takes: 10 min, ", ""),
            ("", ", took: 10 h"),
            # Four hours of work may be more than six on the clock.
            ("takes: 4 business hours, ", ", took: 6 h"),
            ("takes: 4 h, ", ", took: 3 business hours"),
        )
    ],
    # --- handover
    ("support-not-briefed", PLAIN),
    ("support-not-briefed", PLAIN + "handover: {support_briefed: {by: payroll-team, on: 2026-11-24}}\n"),
    ("support-not-briefed", PLAIN + "handover: {support_briefed: {unaffected: Nobody but us sees it.}}\n"),
    ("support-not-briefed", PLAIN + "handover: {support_briefed: {}}\n" + CLOSED),
    ("support-not-briefed", PLAIN + "handover: {knowledge: {}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {knowledge: {articles: [read-your-pay-slip]}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {knowledge: {by: payroll-team, on: 2026-11-24}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {knowledge: {unaffected: No screen changes.}}\n"),
    ("knowledge-untouched", PLAIN + "handover: {support_briefed: {by: payroll-team, on: 2026-11-24}}\n"),
    ("runbooks-untouched", PLAIN + "handover: {runbooks: {runbooks: [pay-run-late]}}\n"),
    (
        "runbooks-untouched",  # a runbook of another service
        PLAIN.replace("[payroll]", "[ledger]") + "handover: {runbooks: {runbooks: [pay-run-late]}}\n",
    ),
    ("runbooks-untouched", PLAIN + "handover: {runbooks: {unaffected: The steps stay the same.}}\n"),
    ("runbooks-untouched", PLAIN),
    # --- confirmations
    ("unconfirmed-dependency", PLAIN + "confirmations: [{service: portal, by: finance-department}]\n"),
    (
        "unconfirmed-dependency",  # a note of the changing team about its own service
        PLAIN + "team: payroll-team\nconfirmations: [{service: ledger, needs: No run is open}]\n",
    ),
    ("unconfirmed-dependency", PLAIN + "confirmations: [{service: portal, needs: A banner}]\n" + CLOSED),
    ("confirmed-by-the-changing-team", PLAIN + "confirmations: [{service: ledger, by: payroll-team}]\n"),
    (
        "confirmed-by-the-changing-team",
        PLAIN + "confirmations: [{service: portal, by: role:service-owner}]\n",
    ),
    (
        "confirmed-by-the-changing-team",
        PLAIN + "confirmations: [{service: portal, by: finance-department}]\n",
    ),
    (
        "confirmed-by-the-changing-team",  # on duty for the owner, and not who makes the change
        PLAIN + "team: finance-department\nconfirmations: [{service: portal, by: payroll-team}]\n",
    ),
    # --- timing
    ("watch-over-before-its-change", PLAIN + WINDOW + "watch: {until: 2026-12-12T22:00+01:00}\n"),
    ("watch-over-before-its-change", PLAIN + WINDOW + "watch: {until: 2026-12-12T21:30Z}\n"),
    ("watch-over-before-its-change", PLAIN + "watch: {until: 2026-12-12T22:00+01:00}\n"),
    (
        "told-after-the-fact",
        PLAIN + WINDOW + "communications: [{audience: All, at: 2026-12-12T21:00+01:00}]\n",
    ),
    (
        "told-after-the-fact",  # all clear, after a first message
        PLAIN
        + WINDOW
        + "communications: [{audience: A, at: 2026-12-09T21:00+01:00}, {audience: A, at: 2026-12-13T07:00+01:00}]\n",
    ),
    (
        "told-after-the-fact",
        HEAD
        + "type: emergency\nrollback: Back.\n"
        + WINDOW
        + "communications: [{audience: All, at: 2026-12-13T07:00+01:00}]\n",
    ),
    ("told-after-the-fact", PLAIN + WINDOW),
    ("service-named-twice", PLAIN.replace("[payroll]", "[payroll, ledger]")),
    # --- closure
    ("unrecorded-change", PLAIN + WINDOW),
    ("unrecorded-change", PLAIN + "window: {start: 2026-11-30T20:00+01:00, end: 2026-11-30T22:00+01:00}\n"),
    ("unrecorded-change", PLAIN + PAST + "actual: {start: 2026-11-24T20:05+01:00}\n"),
    ("unrecorded-change", PLAIN + PAST + CANCELED),
    ("unrecorded-change", PLAIN),
    ("change-not-closed", PLAIN + PAST + DONE.replace("11-24", "11-27")),
    ("change-not-closed", PLAIN + PAST + CLOSED),
    ("change-not-closed", PLAIN + WINDOW),
    (
        "change-not-closed",  # still watched
        PLAIN + DONE.replace("11-24", "11-10") + "watch: {until: 2026-12-05T08:00+01:00}\n",
    ),
    (
        "change-not-closed",
        PLAIN + "actual: {start: 2026-06-01T08:00+02:00}\n",
    ),  # a long migration without a window
    ("closure-without-notes", PLAIN + PAST + CLOSED.replace("25}", "25, notes: As planned.}")),
    ("closure-without-notes", HEAD + "type: standard\nrollback: Back.\n" + PAST + CLOSED),
    ("closure-without-notes", PLAIN + "closure: {code: successful}\nreview: {actions: [Shorten it]}\n"),
    ("closure-without-notes", PLAIN + CANCELED),
    (
        "closure-without-notes",  # half an hour late
        HEAD
        + "type: standard\nrollback: Back.\n"
        + PAST
        + "actual: {start: 2026-11-24T20:05+01:00, end: 2026-11-24T22:30+01:00}\nclosure: {code: successful}\n",
    ),
    ("failed-change-without-review", PLAIN + CLOSED),
    ("failed-change-without-review", PLAIN + CANCELED),
    ("failed-change-without-review", PLAIN + "closure: {code: successful_with_issues, notes: Slow.}\n"),
    (
        "emergency-without-review",
        HEAD + "type: emergency\nrollback: Back.\n" + CLOSED,
    ),  # a week ago
    ("emergency-without-review", PLAIN + CLOSED.replace("11-24", "11-02").replace("11-25", "11-03")),
    ("emergency-without-review", HEAD + "type: emergency\nrollback: Back.\n" + CANCELED),
    (
        "emergency-without-review",  # history, which nobody reviews any more
        HEAD + "type: emergency\nrollback: Back.\nclosure: {code: successful, on: 2024-11-03}\n",
    ),
    (
        "emergency-without-review",
        HEAD
        + "type: emergency\nrollback: Back.\nclosure: {code: successful, on: 2026-11-03}\nreview: {actions: [Alert]}\n",
    ),
]

PORTAL = """\
name: Portal
owner: finance-department
lifecycle: live
depends_on: [{service: payroll, criticality: hard}]
"""


@pytest.mark.parametrize(("rule", "text"), GUILTY)
def test_guilty(rule: str, text: str, found: Found) -> None:
    findings = found(rule, {FILE: text, POLICY: ROLES, "services/portal/service.yaml": PORTAL})
    assert [finding.place.file for finding in findings] == [FILE]


@pytest.mark.parametrize(("rule", "text"), INNOCENT)
def test_innocent(rule: str, text: str, found: Found) -> None:
    findings = found(rule, {FILE: text, POLICY: ROLES, "services/portal/service.yaml": PORTAL})
    assert [finding.message for finding in findings] == []


# --- what the policy asks for

ASKED = [
    ("change-without-test-evidence", "tests: [security]", PLAIN, "no passed security test"),
    (
        "change-without-test-evidence",
        "tests: [security]",
        PLAIN + with_tests("kind: functional, result: passed"),
        "no passed security test",
    ),
    (
        "change-without-test-evidence",
        "tests: [security]",
        PLAIN + with_tests("kind: security, result: failed"),
        "the security test of change 2026-11-20-move failed, and the policy asks",
    ),
    ("untested-rollback", "fields: [rollback.tested]", PLAIN, "was never tried"),
    (
        "untested-rollback",
        "fields: [rollback.tested.evidence]",
        NORMAL + "rollback: {plan: Back., tested: {on: 2026-11-19}}\n",
        "does not say evidence",
    ),
    ("support-not-briefed", "fields: [handover.support_briefed]", PLAIN, "support was not told"),
    (
        "support-not-briefed",
        "fields: [handover.support_briefed.by]",
        PLAIN + "handover: {support_briefed: {unaffected: Users do not notice.}}\n",
        "support was not told",
    ),
    ("support-not-briefed", "fields: [handover.support_briefed]", PLAIN + "handover: {support_briefed: {}}\n", "told"),
    ("knowledge-untouched", "fields: [handover.knowledge]", PLAIN, "no knowledge article was touched"),
    ("runbooks-untouched", "fields: [handover.runbooks]", PLAIN, "no runbook was touched"),
    ("change-without-origin", "fields: [origin]", PLAIN, "does not say where it comes from"),
    ("change-without-origin", "fields: [origin]", PLAIN + "origin: {}\n", "does not say where it comes from"),
    ("standard-change-without-model", "fields: [model]", HEAD + "type: standard\nrollback: Back.\n", "no change model"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "require", "text", "words"), ASKED)
def test_what_the_policy_asks_for_is_said_once_and_by_its_own_rule(
    rule: str, require: str, text: str, words: str, found: Found
) -> None:
    files = {FILE: text, POLICY: requiring(require)}
    findings = [one for one in found(rule, files) if one.place.file == FILE]
    assert len(findings) == 1
    assert words in findings[0].message
    assert findings[0].message.endswith(": it matters")
    assert findings[0].hint not in ("", "it matters")
    assert found("requirement-unmet", files) == []
    # Nothing of it is asked of a change that is closed.
    assert found(rule, {**files, FILE: text + CLOSED}) == []


def test_the_trial_of_a_model_counts_for_its_changes(found: Found) -> None:
    tried = "title: M\nrollback: {plan: Back., tested: {on: 2026-11-02}}\n"
    text = BY + "plan: By the model.\n"
    files = {FILE: text, POLICY: requiring("fields: [rollback.tested]"), MODEL: tried}
    assert found("untested-rollback", files) == []
    (finding,) = found("untested-rollback", {**files, MODEL: "title: M\nrollback: Back.\n"})
    assert finding.place.file == FILE


def test_a_test_that_failed_is_not_said_twice(found: Found) -> None:
    files = {
        FILE: PLAIN + with_tests("kind: security, result: failed"),
        POLICY: requiring("tests: [security]"),
    }
    assert found("failed-test", files) == []


def test_nothing_is_missing_where_the_policy_asks_for_nothing(found: Found) -> None:
    for rule in sorted({rule for rule, *_ in ASKED} - {"standard-change-without-model"}):
        assert found(rule, PLAIN) == []


# --- the history of a rollback

PLAN = "rollback:\n  plan: {plan}\n  tested: {{on: {on}, environment: staging}}\n"
HISTORIES = [
    (["Set it back.", "2026-11-19"], ["Restore the snapshot.", "2026-11-19"], True),
    (["Set it back.", "2026-11-19"], ["Restore the snapshot.", "2026-11-25"], False),
    (["Set it back.", "2026-11-19"], ["Set it  back", "2026-11-19"], False),
    (["Set it back.", "2026-11-19"], ["Set it back.", "2026-11-19"], False),
]


@pytest.mark.parametrize(("before", "now_", "guilty"), HISTORIES)
def test_a_rollback_is_held_against_the_plan_that_was_tried(
    before: list[str],
    now_: list[str],
    guilty: bool,
    example_files: dict[str, str],
    tmp_path: Path,
    now: datetime,
) -> None:
    for plan, on in (before, now_):
        text = NORMAL + PLAN.format(plan=plan, on=on)
        committed(tmp_path, {**example_files, FILE: text}, "A step")
    repository = open_repository(tmp_path, clock=lambda: now)
    findings = run(repository, [RULES["rollback-test-outdated"]]).findings
    assert [finding.place.path for finding in findings] == [("rollback", "tested")] * guilty


def test_without_history_no_trial_is_outdated(found: Found) -> None:
    text = NORMAL + PLAN.format(plan="Restore it.", on="2026-11-19")
    assert found("rollback-test-outdated", text) == []


# --- dependencies

OUTAGES = [
    ("outage: full\n", PORTAL, True),
    ("outage: degraded\n", PORTAL, True),
    ("outage: none\n", PORTAL, False),
    ("", PORTAL, False),
    ("outage: full\n", PORTAL.replace("hard", "soft"), False),
    ("outage: full\n", PORTAL.replace("live", "design"), False),
    ("outage: full\n", PORTAL.replace("finance-department", "payroll-team"), False),
    ("outage: full\nteam: finance-department\n", PORTAL, False),
    ("outage: full\nconfirmations: [{service: portal, by: finance-department}]\n", PORTAL, False),
    ("outage: full\nconfirmations: [{service: portal, by: role:service-owner}]\n", PORTAL, False),
    (
        "outage: full\n",
        PORTAL.replace("hard}", "hard, fallback: {what: A queue, degraded: false}}"),
        False,
    ),
    ("outage: full\n", PORTAL.replace("hard}", "hard, fallback: {what: Old data, degraded: true}}"), True),
    (
        "outage: full\n",
        PORTAL.replace("hard}", "hard, redundancy_group: {name: two, needed: 1}}").replace(
            "}}]", "}}, {service: ledger, redundancy_group: {name: two, needed: 1}}]"
        ),
        False,
    ),
    (
        "outage: full\n",
        PORTAL.replace("hard}", "hard, redundancy_group: {name: two, needed: 2}}").replace(
            "}}]", "}}, {service: ledger, redundancy_group: {name: two, needed: 2}}]"
        ),
        True,
    ),
    ("outage: full\n" + CLOSED, PORTAL, False),
    ("outage: full\n" + DONE, PORTAL, False),
]


@pytest.mark.parametrize(("more", "portal", "guilty"), OUTAGES)
def test_whose_word_is_needed(more: str, portal: str, guilty: bool, found: Found) -> None:
    findings = found("unconfirmed-dependency", {FILE: PLAIN + more, "services/portal/service.yaml": portal})
    assert [finding.place.path for finding in findings] == [("outage",)] * guilty
    for finding in findings:
        assert "portal (finance-department)" in finding.message


def test_a_standard_change_was_confirmed_with_its_model(found: Found) -> None:
    text = HEAD + "type: standard\nmodel: database-minor-upgrade\nrollback: Back.\noutage: full\n"
    files = {FILE: text, "services/portal/service.yaml": PORTAL}
    assert found("unconfirmed-dependency", files) == []


def test_what_stands_on_it_through_another_service_is_asked_too(found: Found) -> None:
    behind = PORTAL.replace("Portal", "App").replace("service: payroll", "service: portal")
    files = {
        FILE: PLAIN + "outage: full\nconfirmations: [{service: portal, by: finance-department}]\n",
        "services/portal/service.yaml": PORTAL,
        "services/app/service.yaml": behind.replace("finance-department", "app-team"),
        "organization/teams/app-team.yaml": "name: App team\n",
    }
    (finding,) = found("unconfirmed-dependency", files)
    assert "what app (app-team, through portal) cannot do without" in finding.message
    assert [place.file for place in finding.related] == ["services/app/service.yaml"]
    app = files["services/app/service.yaml"]
    # The owner of another affected service spoke for all of his.
    same = {**files, "services/app/service.yaml": app.replace("app-team", "finance-department")}
    assert found("unconfirmed-dependency", same) == []
    # Nothing is drawn in by what it can do without.
    soft = {**files, "services/app/service.yaml": app.replace("hard", "soft")}
    assert found("unconfirmed-dependency", soft) == []
    said = files[FILE].replace("}]", "}, {service: app, by: app-team, on: 2026-11-21}]")
    assert found("unconfirmed-dependency", {**files, FILE: said}) == []


def required(requires: str, other: str) -> Files:
    """A change that requires another one."""
    return {FILE: PLAIN + WINDOW + f"requires: [{requires}]\n", "changes/2026/2026-11-19-first.yaml": other}


REQUIRED = [
    ("required-change-failed", PLAIN + "closure: {code: unsuccessful, notes: No.}\n", True),
    ("required-change-failed", PLAIN + CANCELED, True),
    ("required-change-failed", PLAIN + CLOSED, False),
    ("required-change-failed", PLAIN, False),
    ("required-change-comes-later", PLAIN + WINDOW.replace("12-12", "12-13"), True),
    ("required-change-comes-later", PLAIN + WINDOW, True),  # at once
    ("required-change-comes-later", PLAIN + WINDOW.replace("12-12", "12-11"), False),
    ("required-change-comes-later", PLAIN, False),
    ("required-change-comes-later", PLAIN + WINDOW.replace("12-12", "12-13") + DONE, False),
    ("required-change-comes-later", PLAIN + WINDOW.replace("12-12", "12-13") + CANCELED, False),
    ("changes-required-in-a-circle", PLAIN + "requires: [2026-11-20-move]\n", True),
    ("changes-required-in-a-circle", PLAIN, False),
]


@pytest.mark.parametrize(("rule", "other", "guilty"), REQUIRED)
def test_required_changes(rule: str, other: str, guilty: bool, found: Found) -> None:
    findings = found(rule, required("2026-11-19-first", other))
    assert len(findings) == guilty


def test_a_change_that_requires_itself(found: Found) -> None:
    findings = found("changes-required-in-a-circle", PLAIN + "requires: [2026-11-20-move]\n")
    assert "2026-11-20-move > 2026-11-20-move" in findings[0].message
    assert found("changes-required-in-a-circle", PLAIN + CLOSED + "requires: [2026-11-20-move]\n") == []


# --- notice

NOTICES = [
    ("normal", "72 h", "2026-11-22T23:59+01:00", True),
    ("normal", "72 h", "2026-11-23T00:00+01:00", False),
    ("normal", "72 h", "2026-11-22T23:30Z", False),
    ("normal", "72 h", "2026-11-19T20:00+01:00", True),
    ("normal", "40 business hours", "2026-11-21T12:00+01:00", True),
    ("normal", "40 business hours", "2026-11-26T12:00+01:00", False),
    ("standard", "72 h", "2026-11-20T20:00+01:00", False),
    ("emergency", "72 h", "2026-11-20T20:00+01:00", False),
]


@pytest.mark.parametrize(("type", "lead", "start", "guilty"), NOTICES)
def test_notice(type: str, lead: str, start: str, guilty: bool, found: Found) -> None:
    window = f"window: {{start: {start}, end: 2026-12-31T00:00+01:00}}\n"
    text = HEAD + f"type: {type}\nrollback: Back.\n" + window
    policy = f"timezone: Europe/Vienna\n{ROLES}notice: [{{type: normal, lead: {lead}}}]\n"
    assert len(found("short-notice", {FILE: text, POLICY: policy})) == guilty
    assert found("short-notice", {FILE: text + CLOSED, POLICY: policy}) == []
    assert found("short-notice", {FILE: text, POLICY: ROLES}) == []


WINDOWS = {  # by when it was committed: the start of the window that day
    "a back-dated id": (["2026-11-29T08:00Z", "2026-12-02T10:00Z"], "since 2026-11-29, at most 82 h before it begins"),
    "a window moved nearer": (
        ["2026-11-21T08:00Z", "2026-12-20T10:00Z", "2026-11-30T08:00Z", "2026-12-02T10:00Z"],
        "since 2026-11-30, at most 58 h before it begins",
    ),
    "a window moved away": (["2026-11-21T08:00Z", "2026-12-02T10:00Z", "2026-11-30T08:00Z", "2026-12-20T10:00Z"], ""),
    "a title mended": (["2026-11-21T08:00Z", "2026-12-02T10:00Z", "2026-11-30T08:00Z", "2026-12-02T10:00Z"], ""),
    "in time": (["2026-11-25T23:00Z", "2026-12-02T10:00Z"], ""),
    "a clock that is ahead": (["2027-01-01T08:00Z", "2026-12-02T10:00Z"], ""),
}  # fmt: skip


@pytest.mark.parametrize("what", WINDOWS)
def test_notice_is_counted_from_when_the_window_was_set(
    what: str, example_files: dict[str, str], tmp_path: Path, now: datetime
) -> None:
    steps, said = WINDOWS[what]
    policy = {POLICY: f"timezone: UTC\n{ROLES}notice: [{{type: normal, lead: 120 h}}]\n"}
    committed(tmp_path, {**example_files, **policy}, "Before", at="2026-11-01T12:00:00Z")
    for number, (at, start) in enumerate(zip(steps[::2], steps[1::2], strict=True)):
        text = (
            PLAIN.replace("Move the", f"{number} Move the")
            + f"window: {{start: {start}, end: 2026-12-31T00:00Z}}\n"
        )
        committed(tmp_path, {**example_files, **policy, FILE: text}, "A step", at=at.replace("Z", ":00Z"))
    repository = open_repository(tmp_path, clock=lambda: now)
    findings = run(repository, [RULES["short-notice"]]).findings
    assert [said in finding.message for finding in findings] == [True] * bool(said)
    assert all(finding.severity is Severity.WARNING for finding in findings)


def test_what_came_with_the_first_commit_may_be_older(
    example_files: dict[str, str], tmp_path: Path, now: datetime
) -> None:
    text = PLAIN + "window: {start: 2026-12-02T10:00Z, end: 2026-12-31T00:00Z}\n"
    policy = {POLICY: f"timezone: UTC\n{ROLES}notice: [{{type: normal, lead: 120 h}}]\n"}
    committed(tmp_path, {**example_files, **policy, FILE: text}, "Imported", at="2026-11-30T08:00:00Z")
    repository = open_repository(tmp_path, clock=lambda: now)
    assert run(repository, [RULES["short-notice"]]).findings == ()
    # What is not committed yet is announced now.
    (tmp_path / FILE).write_text(text.replace("12-02", "12-03"), encoding="utf-8")
    (finding,) = run(open_repository(tmp_path, clock=lambda: now), [RULES["short-notice"]]).findings
    assert "has its present window since 2026-12-01" in finding.message


def test_an_emergency_has_a_notice_where_the_policy_gives_it_one(found: Found) -> None:
    text = (
        HEAD
        + "type: emergency\nrollback: Back.\nwindow: {start: 2026-11-20T00:30Z, end: 2026-11-20T02:00Z}\n"
    )
    policy = f"timezone: UTC\n{ROLES}notice: [{{type: emergency, lead: 1 h}}]\n"
    (finding,) = found("short-notice", {FILE: text, POLICY: policy})
    assert "at most 0 h before its window; the policy asks 1 h of an emergency one" in finding.message
    assert [place.path for place in finding.related] == [("notice", 0, "lead")]


# --- standard changes

STANDARD = "title: Minor release\ntype: standard\nservices: [payroll]\nrollback: By the model.\n"
BY = STANDARD + "model: database-minor-upgrade\n"
OFF = [
    (BY + "plan: Anything, it is a text.\n", 0),
    (BY + "plan: [{step: Fail over}, {step: Upgrade the old primary}]\n", 0),
    (BY + "plan: [{step: fail over.}, {step: Upgrade old primary}]\n", 0),
    (
        BY
        + "plan: [{step: Tell the clerks}, {step: Fail over to pg-2}, {step: Upgrade the old primary, pg-1}]\n",
        0,
    ),
    (BY + "plan: [{step: Fail over}, {step: Check the lag}, {step: Upgrade the old primary}]\n", 0),
    (
        BY
        + "plan: [{step: Fail over}, {step: Upgrade the old primary}, {step: Wait 10 min, verify: No errors}]\n",
        0,
    ),
    # Steps of the model in parts, and one of them twice.
    (BY + "plan: [{step: Fail over}, {step: Upgrade the old primary}, {step: The old primary}]\n", 0),
    (BY + "plan: [{step: Fail over}, {step: Upgrade the old primary}, {step: Upgrade the kernel}]\n", 1),
    (BY + "plan: [{step: Fail over}, {step: Enlarge the disk}, {step: Upgrade the old primary}]\n", 1),
    (BY + "plan: [{step: Fail over}, {step: Upgrade the old primary}, {step: Drop a}, {step: Drop b}]\n", 2),
    (BY + "plan: [{step: Upgrade the old primary}, {step: Fail over}]\n", 1),
    (BY + "plan: [{step: Fail over}]\n", 1),
    (BY + "plan: [{step: Fail over}, {step: Reinstall the server from the image}]\n", 1),
    (BY + "plan: [{step: Delete everything}]\n", 2),
    (BY.replace("[payroll]", "[payroll, portal]") + "plan: By the model.\n", 1),
    (BY.replace("[payroll]", "[payroll, ledger]") + "plan: By the model.\n", 0),
    (BY + "plan: By the model.\nrisk: low\n", 0),
    (BY + "plan: By the model.\nrisk: high\n", 1),
    (BY + "plan: By the model.\noutage: full\n", 1),  # which makes it moderate on a service of tier 1
    (BY.replace("standard", "normal") + "plan: [{step: Something else}]\nrisk: high\n", 0),
    (BY + "plan: [{step: Delete everything}]\n" + CLOSED, 0),
]


@pytest.mark.parametrize(("text", "count"), OFF)
def test_off_its_model(text: str, count: int, found: Found) -> None:
    files = {
        FILE: text.replace("old primary, pg-1", "old primary pg-1"),
        "services/portal/service.yaml": PORTAL,
    }
    assert len(found("standard-change-off-its-model", files)) == count


def test_a_model_without_steps_and_services_is_for_everything(found: Found) -> None:
    model = "title: Anything\n"
    files = {
        FILE: BY + "plan: [{step: Do it}]\nrisk: high\n",
        "organization/change-models/database-minor-upgrade.yaml": model,
    }
    assert found("standard-change-off-its-model", files) == []


def test_a_model_that_says_nothing_of_a_rollback(found: Found) -> None:
    model = {"organization/change-models/database-minor-upgrade.yaml": "title: Minor release\n"}
    (finding,) = found("rollback-missing", {FILE: BY + "plan: By the model.\n", **model})
    assert "is undone by its model" in finding.message
    empty = {"organization/change-models/database-minor-upgrade.yaml": "title: M\nrollback: none\n"}
    (finding,) = found("rollback-missing", {FILE: BY + "plan: By the model.\n", **empty})
    assert finding.place.file.startswith("organization/change-models/")


def test_a_standard_change_without_a_model(found: Found, example_files: dict[str, str]) -> None:
    text = STANDARD + "plan: Do it.\n"
    assert len(found("standard-change-without-model", text)) == 1
    assert found("standard-change-without-model", text + CLOSED) == []
    assert found("standard-change-without-model", PLAIN) == []
    # Nobody here works with models.
    model = "organization/change-models/database-minor-upgrade.yaml"
    del example_files[model]
    upgrade = next(path for path in example_files if path.endswith("database-upgrade.yaml"))
    example_files[upgrade] = example_files[upgrade].replace("model: database-minor-upgrade\n", "")
    assert found("standard-change-without-model", text) == []


MODEL = "organization/change-models/database-minor-upgrade.yaml"


def failures(*days: str) -> Files:
    """Changes by the model that failed on those days."""
    return {
        f"changes/2026/{day}-minor.yaml": BY
        + f"plan: By the model.\nclosure: {{code: unsuccessful, on: {day}, notes: It failed.}}\n"
        for day in days
    }


FAILED = [
    (failures("2026-11-02", "2026-10-05"), ["warning"]),
    ({**failures("2026-11-02", "2026-10-05"), FILE: BY + "plan: By the model.\n"}, ["error"]),
    (
        {**failures("2026-11-02", "2026-10-05"), FILE: BY.replace("standard", "normal") + "plan: P\n"},
        ["warning"],
    ),
    ({**failures("2026-11-02", "2026-10-05"), FILE: BY + "plan: P\n" + CLOSED}, ["warning"]),
    ({**failures("2026-11-02"), FILE: BY + "plan: By the model.\n"}, []),
    ({**failures("2026-11-02", "2026-04-05"), FILE: BY + "plan: By the model.\n"}, []),
]


@pytest.mark.parametrize(("files", "severities"), FAILED)
def test_a_model_that_failed(files: Files, severities: list[str], found: Found) -> None:
    findings = found("model-failed-lately", files)
    assert sorted(finding.severity.value for finding in findings) == severities


def test_a_model_that_was_mended_after_its_failures_counts_anew(
    example_files: dict[str, str], tmp_path: Path, now: datetime
) -> None:
    files = {**example_files, FILE: BY + "plan: By the model.\n"}
    mended = files[MODEL].replace(
        "The same version runs on staging for a week", "The standby is checked before"
    )

    def findings() -> int:
        repository = open_repository(tmp_path, clock=lambda: now)
        return len(run(repository, [RULES["model-failed-lately"]]).findings)

    committed(tmp_path, files, "Before")
    committed(tmp_path, {**files, **failures("2026-11-02", "2026-10-05")}, "It failed twice")
    assert findings() == 1
    committed(tmp_path, {**files, **failures("2026-11-02", "2026-10-05"), MODEL: mended}, "Assessed anew")
    assert findings() == 0


# --- reviews

ANSWERS = {"missed_dependency": "None.", "rollback_realistic": "No.", "support_informed": "Yes."}


@pytest.mark.parametrize("code", ["unsuccessful", "successful_with_issues", "successful"])
@pytest.mark.parametrize("open_question", [None, *ANSWERS])
@pytest.mark.parametrize("answer", [None, "TBD", "?", "to be done"])
def test_the_three_questions(code: str, open_question: str | None, answer: str | None, found: Found) -> None:
    answers = {**ANSWERS, **({open_question: answer} if open_question else {})}
    review = "".join(f"  {name}: '{text}'\n" for name, text in answers.items() if text is not None)
    text = PLAIN + f"closure: {{code: {code}, on: 2026-11-25, notes: So it went.}}\nreview:\n{review}"
    guilty = open_question is not None and code != "successful"
    findings = found("review-with-open-question", text)
    assert [finding.rule for finding in findings] == ["review-with-open-question"] * guilty


def test_a_review_that_is_being_written_is_left_alone(found: Found) -> None:
    assert found("review-with-open-question", PLAIN + DONE + "review: {missed_dependency: None.}\n") == []


# --- risk


def test_the_finding_says_why_the_risk_is_higher(found: Found) -> None:
    policy = f"""{ROLES}risk_rules:
  - {{when: {{tier: [1], outage: [full]}}, risk: high, because: nobody is paid}}
  - {{when: {{type: [normal]}}, risk: moderate}}
  - {{when: {{affects: [portal]}}, risk: high}}
"""
    files = {POLICY: policy, "services/portal/service.yaml": PORTAL}
    text = PLAIN + "outage: full\nrisk: moderate\n"
    (finding,) = found("declared-risk-too-low", {**files, FILE: text})
    assert finding.message == (
        "change 2026-11-20-move declares its risk as moderate, and the policy makes it high:"
        " payroll of tier 1, full outage: nobody is paid; affects portal"
    )
    assert [place.path for place in finding.related] == [("risk_rules", 0, "risk"), ("risk_rules", 2, "risk")]
    for innocent in ("risk: high\n", "risk: very_high\n", ""):
        assert found("declared-risk-too-low", {**files, FILE: PLAIN + "outage: full\n" + innocent}) == []
    assert found("declared-risk-too-low", {**files, FILE: text + CLOSED}) == []


# --- demand peaks

CAPACITY = "services/payroll/capacity.yaml"
MAJOR = PLAIN + "impact: 1\n" + CLOSED
ONCE = "peaks: [{name: Bonus, dates: [{from: 2026-12-10, to: 2026-12-11}]}]\n"
TESTED = with_tests("kind: performance, result: passed, on: 2026-11-19")
PEAKS = [
    (MAJOR, ONCE, True),
    (PLAIN + "risk: high\n" + CLOSED, ONCE, True),
    (MAJOR, "peaks: [{name: Bonus, recurrence: {every: year, months: [12], month_days: [10]}}]\n", True),
    (MAJOR, "peaks: [{name: Pay run, recurrence: {every: month, month_days: [25], takes: 200 h}}]\n", True),
    (MAJOR + with_tests("kind: performance, result: failed, on: 2026-11-19"), ONCE, True),
    (MAJOR + with_tests("kind: functional, result: passed, on: 2026-11-19"), ONCE, True),
    (MAJOR + TESTED, ONCE, False),
    (PLAIN + CLOSED, ONCE, False),
    (PLAIN + "impact: 1\n" + CANCELED, ONCE, False),
    (PLAIN + "impact: 1\n", ONCE, False),
    (PLAIN + "impact: 3\nrisk: high\n" + CLOSED, ONCE, False),
    (MAJOR, ONCE.replace("2026-12", "2027-12"), False),
    (MAJOR, ONCE.replace("12-10", "11-28").replace("12-11", "12-03"), False),  # it has begun
    (MAJOR, "peaks: [{name: Bonus, recurrence: {every: year, months: [6]}}]\n", False),
    (MAJOR, "peaks: [{name: Bonus, recurrence: {every: week, interval: 3}}]\n", False),  # from when on?
    # Since the 24th it came on Monday, and was carried; what lasts until Wednesday is not over yet.
    (MAJOR, "peaks: [{name: Mondays, recurrence: {every: week, weekdays: [mon], takes: 3 h}}]\n", False),
    (MAJOR, "peaks: [{name: Mondays, recurrence: {every: week, weekdays: [mon], takes: 60 h}}]\n", True),
    (MAJOR, "unit: slips\n", False),
]


@pytest.mark.parametrize(("text", "capacity", "guilty"), PEAKS)
def test_a_peak_ahead(text: str, capacity: str, guilty: bool, found: Found) -> None:
    findings = found("peak-without-performance-test", {FILE: text, CAPACITY: capacity})
    assert [finding.place.path for finding in findings] == [("peaks", 0, "name")] * guilty


@pytest.mark.parametrize(
    ("later", "guilty"),
    [
        (PLAIN + with_tests("kind: performance, result: passed, on: 2026-11-26"), False),
        (PLAIN + with_tests("kind: performance, result: passed"), False),
        (
            PLAIN.replace("[payroll]", "[ledger]")
            + with_tests("kind: performance, result: passed, on: 2026-11-26"),
            True,
        ),
        (PLAIN + with_tests("kind: performance, result: passed, on: 2026-11-10"), True),
    ],
)
def test_a_later_test_of_the_service_counts(later: str, guilty: bool, found: Found) -> None:
    files = {FILE: MAJOR, CAPACITY: ONCE, "changes/2026/2026-11-26-later.yaml": later}
    assert len(found("peak-without-performance-test", files)) == guilty


# --- severity


def test_what_time_alone_brings_is_a_warning() -> None:
    by_time = (
        "unrecorded-change",
        "change-not-closed",
        "emergency-without-review",
        "peak-without-performance-test",
    )
    assert {RULES[name].severity for name in by_time} == {Severity.WARNING}


# --- support is told before, and closures and reviews say something

BRIEFED = "handover: {{support_briefed: {{by: payroll-team, on: {}}}}}\n"
BRIEFINGS = [
    (PLAIN + WINDOW + BRIEFED.format("2026-12-13"), 1),
    (PLAIN + WINDOW + BRIEFED.format("2027-01-12"), 1),
    (PLAIN + PAST + DONE + BRIEFED.format("2026-11-25"), 1),
    (PLAIN + DONE + BRIEFED.format("2026-11-25"), 1),
    (PLAIN + WINDOW + BRIEFED.format("2026-12-12"), 0),  # on its day
    (PLAIN + WINDOW + BRIEFED.format("2026-12-09"), 0),  # planned
    (PLAIN + WINDOW.replace("12-12T22:00+01:00", "12-12T23:30-08:00") + BRIEFED.format("2026-12-13"), 0),
    (PLAIN + BRIEFED.format("2027-01-12"), 0),
    (HEAD + "type: emergency\nrollback: Back.\n" + PAST + DONE + BRIEFED.format("2026-11-25"), 0),
    (PLAIN + PAST + CLOSED + BRIEFED.format("2026-11-26"), 0),
    (PLAIN + PAST + DONE.replace("11-24T21", "11-26T21") + BRIEFED.format("2026-11-25"), 0),  # it took longer
]


@pytest.mark.parametrize(("text", "count"), BRIEFINGS)
def test_support_is_told_before(text: str, count: int, found: Found) -> None:
    findings = found("support-not-briefed", text)
    assert [finding.place.path for finding in findings] == [("handover", "support_briefed", "on")] * count


def test_missing_notes_weigh_by_how_it_went(found: Found) -> None:
    closed = "closure: {{code: {}, on: 2026-11-25}}\n"
    weights = {
        "successful": Severity.NOTE,
        "successful_with_issues": Severity.WARNING,
        "canceled": Severity.WARNING,
    }
    for code, severity in weights.items():
        (finding,) = found("closure-without-notes", PLAIN + closed.format(code))
        assert finding.severity is severity


EMERGENCY = HEAD + "type: emergency\nrollback: Back.\n"
ALL = "missed_dependency: None., rollback_realistic: Yes., support_informed: No."
REVIEWS = [
    (EMERGENCY + CLOSED + "review: {rollback_realistic: Yes.}\n", 2),
    (EMERGENCY + CLOSED + "review: {actions: [An alert]}\n", 3),
    (EMERGENCY + CLOSED + f"review: {{{ALL.replace('No.', 'TBD')}}}\n", 1),
    (
        EMERGENCY
        + CLOSED
        + "review: {missed_dependency: None., rollback_realistic: To be written by Anna.}\n",
        2,
    ),
    (EMERGENCY + CLOSED + f"review: {{{ALL}}}\n", 0),
    (EMERGENCY + CLOSED, 0),  # another rule asks for it, in its time
    (EMERGENCY + CANCELED + "review: {actions: [An alert]}\n", 0),
    (PLAIN + CLOSED + "review: {rollback_realistic: Yes.}\n", 0),  # went as planned
]


@pytest.mark.parametrize(("text", "count"), REVIEWS)
def test_the_review_of_an_emergency_answers_all(text: str, count: int, found: Found) -> None:
    findings = found("review-with-open-question", text)
    assert [finding.severity for finding in findings] == [Severity.WARNING] * count
    assert found(
        "emergency-without-review", text.replace("11-24", "11-04").replace("11-25", "11-05")
    ) == [] or ("review" not in text)


def test_half_a_review_of_an_emergency_that_is_not_closed_is_none(found: Found) -> None:
    done = DONE.replace("11-24", "11-04")
    (finding,) = found("emergency-without-review", EMERGENCY + done + "review: {rollback_realistic: Yes.}\n")
    assert "was not wholly reviewed" in finding.message
    assert found("emergency-without-review", EMERGENCY + done + f"review: {{{ALL}}}\n") == []


PUT_OFF = [
    "TODO: ask Anna.",
    "To be defined by the platform team.",
    "TBD with the vendor",
    "See plan.",
    "see the ticket",
]
SAID = [
    "TODO lists are restored from the backup of the night, 20 min.",
    "See plan in reverse order; 20 min.",
    "To be done by restoring the snapshot, 25 min.",
    "TODO: rehearse it. Restore the snapshot, 25 min.",
]


@pytest.mark.parametrize(("text", "count"), [*((one, 1) for one in PUT_OFF), *((one, 0) for one in SAID)])
def test_a_rollback_that_is_put_off(text: str, count: int, found: Found) -> None:
    assert len(found("rollback-missing", NORMAL + f'rollback: "{text}"\n')) == count
