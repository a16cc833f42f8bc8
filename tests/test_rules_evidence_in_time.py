"""The rules about the evidence of changes: when it was made, of what, and whether it can be looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitsm.diagnostic import Diagnostic
from gitsm.lint import run
from gitsm.repository import Repository
from gitsm.rules import RULES

FILE = "changes/2026/2026-11-20-index.yaml"
OTHER = "changes/2026/2026-11-10-schema.yaml"
PLAIN = "title: A new index\ntype: normal\nservices: [ledger]\nplan: Create it.\nrollback: Drop it, 1 min.\n"
WINDOW = "window: {start: 2026-12-12T20:00+01:00, end: 2026-12-12T21:00+01:00}\n"
DONE = "actual: {start: 2026-11-24T20:00+01:00, end: 2026-11-24T21:00+01:00}\n"
CLOSED = DONE + "closure: {code: successful, on: 2026-11-25, notes: As planned.}\n"
POLICY = "organization/policy.yaml"
ROLES = "roles: [{name: service-owner}, {name: change-manager}]\n"

Found = Callable[..., list[Diagnostic]]


@pytest.fixture
def found(example_files: dict[str, str], repository_of: Callable[..., Repository]) -> Found:
    """What one rule finds in the kinds' examples with some files laid over them."""

    def find(rule: str, files: dict[str, str]) -> list[Diagnostic]:
        repository = repository_of({**example_files, **files})
        assert repository.faults == []
        return [one for one in run(repository, [RULES[rule]]).findings if one.place.file == FILE]

    return find


def with_tests(*entries: str) -> str:
    """The tests of a change."""
    return "tests:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


PASSED = "kind: functional, result: passed, on: 2026-11-19"

WITHOUT = [
    (with_tests(PASSED), 1),
    (with_tests(PASSED + ", evidence: n/a"), 1),
    (with_tests(PASSED, PASSED.replace("functional", "security") + ", evidence: Report 7"), 1),
    (with_tests(PASSED + ", evidence: https://ci.example.com/1"), 0),
    (with_tests(PASSED + ", evidence: Check lists of five teams"), 0),
    (with_tests(PASSED, PASSED + ", evidence: Run 7"), 0),  # one of the two can be seen
    (with_tests(PASSED.replace("passed", "failed")), 0),  # another rule
    (with_tests(PASSED.replace("functional", "security")), 0),  # nobody asked for it
    (with_tests(PASSED) + CLOSED, 0),
]


@pytest.mark.parametrize(("more", "count"), WITHOUT)
def test_evidence_that_nobody_can_look_at(more: str, count: int, found: Found) -> None:
    files = {FILE: PLAIN + more, POLICY: f"preset: regulated\n{ROLES}"}
    assert len(found("passed-test-without-evidence", files)) == count
    assert found("passed-test-without-evidence", {FILE: PLAIN + more, POLICY: ROLES}) == []


AFTER = [
    (with_tests(PASSED.replace("11-19", "11-25")) + CLOSED, 1),
    (with_tests(PASSED.replace("11-19", "11-25")) + DONE, 1),
    (with_tests(PASSED.replace("11-19", "11-25"), PASSED.replace("11-19", "11-26")) + CLOSED, 1),
    (with_tests(PASSED.replace("11-19", "11-25"), PASSED.replace("functional", "security")) + CLOSED, 1),
    # Two kinds are one finding.
    (
        with_tests(PASSED.replace("11-19", "11-25"), "kind: security, result: passed, on: 2026-11-26")
        + CLOSED,
        1,
    ),
    (with_tests(PASSED) + CLOSED, 0),
    (with_tests(PASSED.replace("11-19", "11-24")) + CLOSED, 0),  # on the day itself
    (with_tests(PASSED, PASSED.replace("11-19", "11-25")) + CLOSED, 0),  # once more in production
    (with_tests("kind: functional, result: passed") + CLOSED, 0),
    (with_tests(PASSED.replace("11-19", "11-25").replace("passed", "failed")) + CLOSED, 0),
    (with_tests(PASSED.replace("11-19", "11-25")) + CLOSED.replace("successful", "unsuccessful"), 0),
    (with_tests(PASSED.replace("11-19", "11-25")) + WINDOW, 0),
]


@pytest.mark.parametrize(("more", "count"), AFTER)
def test_evidence_after_the_fact(more: str, count: int, found: Found) -> None:
    assert len(found("evidence-after-the-fact", {FILE: PLAIN + more})) == count
    emergency = PLAIN.replace("normal", "emergency") + more
    assert found("evidence-after-the-fact", {FILE: emergency}) == []


def test_the_trial_of_a_rollback_after_the_fact(found: Found) -> None:
    tried = PLAIN.replace(
        "Drop it, 1 min.", "{{plan: Drop it., tested: {{on: 2026-11-{}}}}}"
    ) + CLOSED.replace("{", "{{").replace("}", "}}")
    (finding,) = found("evidence-after-the-fact", {FILE: tried.format(25)})
    assert finding.place.path == ("rollback", "tested", "on")
    assert found("evidence-after-the-fact", {FILE: tried.format(24)}) == []


SINCE = [
    (with_tests(PASSED), "", 1),
    (with_tests(PASSED, "kind: security, result: passed, on: 2026-11-18"), "", 1),  # one finding for both
    (with_tests(PASSED.replace("11-19", "11-02")), "", 1),
    (with_tests(PASSED.replace("11-19", "11-25")), "", 0),
    (with_tests(PASSED.replace("11-19", "11-24")), "", 0),  # that day, perhaps after it
    (with_tests(PASSED + ", version: '4.2'"), "", 0),
    (with_tests("kind: functional, result: passed"), "", 0),
    (with_tests(PASSED, PASSED.replace("11-19", "11-26")), "", 0),  # tested again
    (with_tests(PASSED), "type: standard", 0),
    (with_tests(PASSED), "services: [payroll]", 0),
    (with_tests(PASSED), "closure: {code: unsuccessful, notes: No.}", 0),
    (with_tests(PASSED), "closure: null", 0),
]


@pytest.mark.parametrize(("more", "other", "count"), SINCE)
def test_tests_that_are_older_than_what_runs(more: str, other: str, count: int, found: Found) -> None:
    before = PLAIN + CLOSED
    if other:
        key = other.partition(":")[0]
        kept = [line for line in before.split("\n") if not line.startswith(f"{key}:")]
        before = "\n".join([*kept, "" if other.endswith("null") else other, ""])
    findings = found("test-older-than-what-runs", {FILE: PLAIN + WINDOW + more, OTHER: before})
    assert len(findings) == count
    assert all("before change 2026-11-10-schema was carried out" in one.message for one in findings)


def test_what_is_not_planned_or_already_done_is_left_alone(found: Found) -> None:
    for more in ("", DONE, WINDOW.replace("2026-12-12", "2026-11-23")):
        files = {FILE: PLAIN + more + with_tests(PASSED), OTHER: PLAIN + CLOSED}
        assert found("test-older-than-what-runs", files) == []
