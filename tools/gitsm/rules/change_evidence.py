"""Whether a change was tested, what came of it, and why there is a change at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from gitsm.change_control import latest_tests, open_changes
from gitsm.diagnostic import DataPath, Diagnostic
from gitsm.hollow import is_postponed
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.repository import Record, Repository
from gitsm.requirements import Lack, all_lacks
from gitsm.rules.requirements import ASKED, Asked, asked


@asked(Asked("change", "test", "*"))
def change_without_test_evidence(change: Record[Any], lack: Lack) -> Diagnostic:
    """A change has no passed test of a kind that the policy asks of its type, tier and risk.

    It is tried for the first time on those who depend on it. Which of the five kinds (functional,
    integration, performance, security, user acceptance) is asked of which change, the policy's
    requirements say.

    Bad:

        # organization/policy.yaml
        requirements:
          - when: {kind: change, tier: [1], type: [normal]}
            require: {tests: [functional, performance]}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        tests:
          - {kind: functional, result: passed, on: 2026-11-19}

    Good:

        # organization/policy.yaml
        requirements:
          - when: {kind: change, tier: [1], type: [normal]}
            require: {tests: [functional, performance]}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        tests:
          - {kind: functional, result: passed, on: 2026-11-19}
          - {kind: performance, result: passed, on: 2026-11-19, evidence: "https://ci.example.com/load/88"}
    """
    kind = lack.name.replace("_", " ")
    hint = f"test it, and record the result under `tests` with kind {lack.name}"
    failed = latest_tests(change.checked).get(lack.name) if isinstance(change.checked, Change) else None
    if failed is not None:
        message = f"the {kind} test of {change} failed, and the policy asks for one that passed{lack.reason}"
        return change.problem(message, "tests", failed, "result", hint=hint)
    where: DataPath = ("tests",) if "tests" in change.data else ("type",)
    message = f"{change} has no passed {kind} test, {lack.asked}"
    return change.problem(message, *where, hint=hint, on_key="tests" in change.data)


@rule
def failed_test(repository: Repository) -> Findings:
    """The latest test of its kind failed, and the change is still open.

    Whoever merges it authorises what is known not to work. A later test of the same kind that
    passed makes up for it; where tests carry no date, their order counts.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        tests:
          - {kind: performance, result: failed, on: 2026-11-19}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        tests:
          - {kind: performance, result: failed, on: 2026-11-19}
          - {kind: performance, result: passed, on: 2026-11-23}
    """
    lacking = {
        (record.file, lack.name)
        for record, lack in all_lacks(repository)
        if record.kind.name == "change" and lack.sort == "test"
    }
    for change in open_changes(repository):
        for kind, index in latest_tests(change.fields).items():
            test = change.fields.tests[index]
            if test.result == "failed" and (change.file, kind) not in lacking:
                yield change.problem(
                    f"the latest {kind.replace('_', ' ')} test of {change} failed",
                    "tests",
                    index,
                    "result",
                    hint="mend it, test it again, and add the new result below this one",
                )


@rule
def test_of_another_version(repository: Repository) -> Findings:
    """All tests of a kind were of another version than the one that the change brings.

    What was seen to work is not what will run. Most often a last mend was made after the tests.

    Bad:

        # changes/2026/2026-11-20-payroll-importer.yaml (whole)
        title: An importer that goes on where it broke off
        type: normal
        services: [payroll]
        version: "4.13"
        plan: Deploy it.
        rollback: Deploy 4.11 again, 5 min.
        tests:
          - {kind: functional, result: passed, version: "4.12"}

    Good:

        # changes/2026/2026-11-20-payroll-importer.yaml (whole)
        title: An importer that goes on where it broke off
        type: normal
        services: [payroll]
        version: "4.13"
        plan: Deploy it.
        rollback: Deploy 4.11 again, 5 min.
        tests:
          - {kind: functional, result: passed, version: "4.12"}
          - {kind: functional, result: passed, version: "4.13"}
    """
    for change in open_changes(repository):
        brought = change.fields.version
        if brought is None:
            continue
        latest = latest_tests(change.fields)
        right = {
            test.kind for test in change.fields.tests if test.version is None or _same(test.version, brought)
        }
        for kind, index in latest.items():
            test = change.fields.tests[index]
            if kind not in right and test.result == "passed":
                yield change.problem(
                    f"the {kind.replace('_', ' ')} test of {change} was of version {test.version},"
                    f" and the change brings {brought}",
                    "tests",
                    index,
                    "version",
                    hint="test the version that is deployed, or correct the one that is wrong",
                    related=[change.place("version", label="what is deployed")],
                )


def _same(tested: str, brought: str) -> bool:
    """Whether two texts may name the same version: `v4.12.0`, `payroll 4.12` and `4.12+build7` do."""
    one, other = _words(tested), _words(brought)
    return one <= other or other <= one


def _words(version: str) -> set[str]:
    found = set()
    for word in "".join(sign if sign not in ",;:/@()[]_" else " " for sign in version.casefold()).split():
        bare = word.split("+", 1)[0]
        bare = bare[1:] if bare[:1] == "v" and bare[1:2].isdigit() else bare
        while bare.endswith(".0"):
            bare = bare[:-2]
        found.add(bare)
    return found - {"version", "release", "build", ""}


@rule
def recorded_before_it_happened(repository: Repository) -> Findings:
    """A test, a confirmation or an end is recorded with a date that is still to come.

    What has not happened yet is no evidence. Most often a month or a year is mistyped, or a plan was
    written where a result belongs.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        tests:
          - {kind: performance, result: passed, on: 2027-11-19}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        tests:
          - {kind: performance, result: passed, on: 2026-11-19}
    """
    # Somewhere on earth it may be tomorrow already.
    latest_day, latest = repository.today + timedelta(days=1), repository.now + timedelta(hours=1)
    for change in repository.of(Change):
        for what, path, when in _results(change):
            if when > latest if isinstance(when, datetime) else when > latest_day:
                word = change.data
                for step in path:
                    word = word[step]  # type: ignore[index]
                yield change.problem(f"{what} of {change} is recorded for {word}, still to come", *path)


def _results(change: Record[Change]) -> Iterator[tuple[str, DataPath, date | datetime]]:
    fields = change.fields
    for index, test in enumerate(fields.tests):
        if test.on is not None:
            what = f"the {test.result} {test.kind.replace('_', ' ')} test"
            yield what, ("tests", index, "on"), test.on
    for index, confirmation in enumerate(fields.confirmations):
        if confirmation.on is not None and confirmation.by is not None:
            yield "the confirmation", ("confirmations", index, "on"), confirmation.on
    if not isinstance(fields.rollback, str) and fields.rollback.tested is not None:
        yield "the trial of the rollback", ("rollback", "tested", "on"), fields.rollback.tested.on
    if fields.actual is not None:
        yield "the actual start", ("actual", "start"), fields.actual.start
        if fields.actual.end is not None:
            yield "the actual end", ("actual", "end"), fields.actual.end
    if fields.closure is not None and fields.closure.on is not None:
        yield "the closure", ("closure", "on"), fields.closure.on


@rule
def change_without_origin(repository: Repository) -> Findings:
    """A change does not say where it comes from, and the policy asks for it.

    Nobody can tell whether the incident, the problem or the demand behind it is settled, and what
    nobody asked for is changed as quietly as what somebody did.

    Bad:

        # organization/policy.yaml
        requirements:
          - {when: {kind: change, type: [normal]}, require: {fields: [origin]}}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.

    Good:

        # organization/policy.yaml
        requirements:
          - {when: {kind: change, type: [normal]}, require: {fields: [origin]}}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        origin: {event: Load forecast for December}
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
    """
    hint = "name the demand, incident, problem, improvement or event that it answers"
    seen = set()
    for record, lack in all_lacks(repository):
        if record.file not in seen and _ORIGIN.covers(record, lack):
            seen.add(record.file)
            message = f"{record} does not say where it comes from, {lack.asked}"
            where = "origin" if "origin" in record.data else "type"
            yield record.problem(message, where, hint=hint)
    for change in open_changes(repository):
        origin = change.fields.origin
        if origin is None or change.file in seen:
            continue
        said = [origin.demand, origin.incident, origin.problem, origin.improvement, origin.event]
        if all(word is None or is_postponed(word) for word in said):
            yield change.problem(f"the origin of {change} names nothing", "origin", hint=hint)


_ORIGIN = Asked("change", "field", "origin*")
ASKED[_ORIGIN] = "change-without-origin"
