"""Whether the evidence of a change can be looked at, was there in time, and is of what runs today."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from gitsm.change_control import open_changes
from gitsm.diagnostic import DataPath, Severity
from gitsm.hollow import says_nothing
from gitsm.lint import Findings, rule
from gitsm.records.change import Change, Rollback, Test
from gitsm.repository import Record, Repository, once
from gitsm.requirements import applies, requirements


@rule(severity=Severity.WARNING)
def passed_test_without_evidence(repository: Repository) -> Findings:
    """A test that a regulated policy asks for is said to have passed, and nobody can look at it.

    Whoever decides about the change, and the auditor a year later, has a word and no result. Said
    only under the preset regulated, of the tests that its policy asks of the change; one passed test
    of a kind with its `evidence` is enough.

    Bad:

        # organization/policy.yaml
        preset: regulated
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
        preset: regulated
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        tests:
          - {kind: functional, result: passed, on: 2026-11-19, evidence: "https://ci.example.com/runs/88"}
    """
    if repository.policy.preset != "regulated" or not repository.policy_is_known:
        return
    for change in open_changes(repository):
        bare = {
            kind: tests[-1][0]
            for kind, tests in _passed(change.fields).items()
            if all(test.evidence is None or says_nothing(test.evidence) for _, test in tests)
        }
        asked = _asked(repository, change) if bare else set()
        for kind, index in bare.items():
            if kind in asked:
                yield change.problem(
                    f"the {_words(kind)} test of {change} passed, and nothing says where that can be seen",
                    "tests",
                    index,
                    "result",
                    hint="name the run, the report or the minutes in its `evidence`",
                )


def _passed(change: Change) -> Mapping[str, list[tuple[int, Test]]]:
    """The passed tests of a change by their kind, each with its place in the list."""
    found: dict[str, list[tuple[int, Test]]] = {}
    for index, test in enumerate(change.tests):
        if test.result == "passed":
            found.setdefault(test.kind, []).append((index, test))
    return found


def _asked(repository: Repository, change: Record[Change]) -> set[str]:
    """The kinds of tests that the policy asks of a change."""
    asking = (one for one in requirements(repository) if one.require.tests)
    return {kind for one in asking if applies(repository, change, one.when) for kind in one.require.tests}


def _words(kind: str) -> str:
    return kind.replace("_", " ")


@rule(severity=Severity.WARNING)
def evidence_after_the_fact(repository: Repository) -> Findings:
    """A test or the trial of the rollback was made only after the change was done.

    The decision rested on nothing, and what was found later could stop nobody. Most often the record
    was completed to please the policy. A kind of test that had also passed before is left alone, as
    are emergency changes, which may be tested afterwards, and changes that failed.

    Bad:

        # changes/2026/2026-10-20-ledger-schema.yaml
        tests: [{kind: functional, result: passed, on: 2026-10-27}]

    Good:

        # changes/2026/2026-10-20-ledger-schema.yaml
        tests: [{kind: functional, result: passed, on: 2026-10-21}]
    """
    for change in repository.of(Change):
        fields = change.fields
        if fields.type == "emergency" or fields.actual is None or fields.actual.end is None:
            continue
        if fields.closure is not None and fields.closure.code in ("unsuccessful", "canceled"):
            continue
        last = _last_day(repository, fields.actual.end)
        late = [(kind, day, path) for kind, day, path in _results(fields) if day > last]
        if late:
            what = _listed([kind for kind, _, _ in late])
            _, day, path = late[0]
            are = "is" if len(late) == 1 else "are"
            yield change.problem(
                f"the {what} of {change} {are} of {day}, and it was done on {last}",
                *path,
                hint="correct the day that is wrong; what was seen only afterwards belongs into the closure's notes",
                related=[change.place("actual", "end", label="the change was done")],
            )


def _last_day(repository: Repository, moment: datetime) -> date:
    """The day of a moment, where it was written or where the policy is: the later one."""
    return max(moment.date(), moment.astimezone(repository.timezone).date())


def _results(change: Change) -> Iterator[tuple[str, date, DataPath]]:
    """The first passed test of each kind, where all of them say when, and the trial of the rollback."""
    for kind, tests in _passed(change).items():
        days = [(test.on, index) for index, test in tests if test.on is not None]
        if len(days) == len(tests):
            day, index = min(days)
            yield f"{_words(kind)} test", day, ("tests", index, "on")
    if isinstance(change.rollback, Rollback) and change.rollback.tested is not None:
        yield "trial of the rollback", change.rollback.tested.on, ("rollback", "tested", "on")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


@rule(severity=Severity.WARNING)
def test_older_than_what_runs(repository: Repository) -> Findings:
    """The tests of a change were run before another change of the same service was carried out.

    What was tested is no longer what it will meet. A test that names the `version` it was of is held
    against the change's own version instead; standard changes in between don't count.

    Bad:

        # changes/2026/2026-11-20-ledger-index.yaml (whole)
        title: A new index for the bookings
        type: normal
        services: [ledger]
        plan: Create it while nobody books.
        rollback: Drop it, 1 min.
        window: {start: 2026-12-12T20:00+01:00, end: 2026-12-12T21:00+01:00}
        tests: [{kind: functional, result: passed, on: 2026-10-19}]

    Good:

        # changes/2026/2026-11-20-ledger-index.yaml (whole)
        title: A new index for the bookings
        type: normal
        services: [ledger]
        plan: Create it while nobody books.
        rollback: Drop it, 1 min.
        window: {start: 2026-12-12T20:00+01:00, end: 2026-12-12T21:00+01:00}
        tests: [{kind: functional, result: passed, on: 2026-11-19}]
    """
    for change in open_changes(repository):
        fields = change.fields
        if fields.type == "standard" or fields.actual is not None or fields.window is None:
            continue
        newest = {kind: _newest(tests) for kind, tests in _passed(fields).items()}
        dated = {kind: found for kind, found in newest.items() if found is not None}
        between = _before(repository, change, fields.window.start) if dated else None
        if between is None:
            continue
        moment, other = between
        old = [(day, kind, index) for kind, (day, index) in dated.items() if day < moment.date()]
        if old:
            kinds = _listed([_words(kind) for _, kind, _ in sorted(old)])
            day, _, index = max(old)
            yield change.problem(
                f"the {kinds} test{'s were' if len(old) > 1 else ' was'} run by {day}, before {other}"
                f" was carried out on the same service, and {change} comes after it",
                "tests",
                index,
                "on",
                hint="run it again on what stands there now, or name the `version` that was tested",
                related=[other.place("actual", "end", label="carried out since")],
            )


def _newest(tests: Sequence[tuple[int, Test]]) -> tuple[date, int] | None:
    """The day and place of the newest of some tests; None where one of them names a version or no day."""
    if any(test.on is None or test.version is not None for _, test in tests):
        return None
    return max((test.on, index) for index, test in tests if test.on is not None)


def _before(
    repository: Repository, change: Record[Change], start: datetime
) -> tuple[datetime, Record[Change]] | None:
    """The last change of one of the same services that was carried out before a moment, and when."""
    found: tuple[datetime, Record[Change]] | None = None
    for service in change.fields.services:
        ends, changes = _carried_out(repository).get(service, ((), ()))
        place = bisect_left(ends, min(start, repository.now)) - 1
        if place >= 0 and (found is None or ends[place] > found[0]):
            found = ends[place], changes[place]
    return found


@once
def _carried_out(
    repository: Repository,
) -> Mapping[str, tuple[Sequence[datetime], Sequence[Record[Change]]]]:
    """The changes of each service that went well, other than standard ones, by when they ended."""
    done: dict[str, list[tuple[datetime, str, Record[Change]]]] = {}
    for change in repository.of(Change):
        actual, closure = change.fields.actual, change.fields.closure
        if actual is None or actual.end is None or closure is None or change.fields.type == "standard":
            continue
        if closure.code in ("successful", "successful_with_issues"):
            for service in dict.fromkeys(change.fields.services):
                done.setdefault(service, []).append((actual.end, change.id, change))
    sorted_by_end = {service: sorted(found, key=lambda entry: entry[:2]) for service, found in done.items()}
    return {
        service: ([end for end, _, _ in found], [change for _, _, change in found])
        for service, found in sorted_by_end.items()
    }
