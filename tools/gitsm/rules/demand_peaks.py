"""Demand peaks that are ahead, and whether anybody has tried what they will ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from gitsm.calendar.stretches import stretches_of_peak
from gitsm.change_control import days_long, ended, proposed_on
from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.capacity import Capacity, Peak
from gitsm.records.change import Change
from gitsm.records.service import Service
from gitsm.repository import Record, Repository, once
from gitsm.risk import LEVELS, risk_of


@rule(severity=Severity.WARNING)
def peak_without_performance_test(repository: Repository, *, days: int = 60) -> Findings:
    """A demand peak is ahead, and since the last major change of the service nobody tested its performance.

    The peak is the first to find out whether what was changed carries it. Major is a change that was
    done with success, is not standard, and has an impact of 1 or a risk that is high. A performance
    test counts where that change or any later one of the service records it as passed; and a peak
    that has come since, and was carried, is a test as well.

    Options:

        days: how many days ahead a peak is looked for

    Bad:

        # services/payroll/capacity.yaml
        peaks:
          - name: Christmas bonus
            dates: [{from: 2026-12-10, to: 2026-12-11}]
        # changes/2026/2026-11-02-payroll-engine.yaml (whole)
        title: A new engine for pay runs
        type: normal
        services: [payroll]
        impact: 1
        plan: Deploy it.
        rollback: Deploy the old one, 20 min.
        actual: {start: 2026-11-15T20:02+01:00, end: 2026-11-15T20:40+01:00}
        closure: {code: successful, on: 2026-11-16, notes: Quietly.}

    Good:

        # services/payroll/capacity.yaml
        peaks:
          - name: Christmas bonus
            dates: [{from: 2026-12-10, to: 2026-12-11}]
        # changes/2026/2026-11-02-payroll-engine.yaml (whole)
        title: A new engine for pay runs
        type: normal
        services: [payroll]
        impact: 1
        plan: Deploy it.
        rollback: Deploy the old one, 20 min.
        tests:
          - {kind: performance, result: passed, on: 2026-11-11, evidence: "https://ci.example.com/load/91"}
        actual: {start: 2026-11-15T20:02+01:00, end: 2026-11-15T20:40+01:00}
        closure: {code: successful, on: 2026-11-16, notes: Quietly.}
    """
    ahead = days_long(min(days, 730))
    for capacity in repository.of(Capacity):
        id = capacity.file.split("/")[1]
        service = repository.get(Service, id)
        if service is None or service.fields.lifecycle == "retired" or not capacity.fields.peaks:
            continue
        major = _last_major(repository, id)
        if major is None or _tested_since(repository, id, *major):
            continue
        change, end = major
        for index, peak in enumerate(capacity.fields.peaks[:_MOST_PEAKS]):
            comes = _next(repository, peak, ahead)
            if comes is not None and not _came_since(repository, peak, end):
                yield capacity.problem(
                    f"the peak {peak.name} of {id} comes on {comes}, and {id} passed no performance test"
                    f" since {change}",
                    "peaks",
                    index,
                    "name",
                    hint="test what the peak will ask for, and record it in a change of the service",
                    related=[change.place("title", label="the last major change")],
                )


_MOST_PEAKS = 200
"""So many peaks of a service are looked at: expanding the thousands of a stranger's takes its time."""


@once
def _by_service(repository: Repository) -> Mapping[str, Sequence[Record[Change]]]:
    found: dict[str, list[Record[Change]]] = defaultdict(list)
    for change in repository.of(Change):
        for service in set(change.fields.services):
            found[service].append(change)
    return found


def _last_major(repository: Repository, service: str) -> tuple[Record[Change], datetime] | None:
    """The last major change of a service, and when it ended."""
    done = [
        (end, change.id, change)
        for change in _by_service(repository).get(service, ())
        if (end := _done(repository, change)) is not None and end <= repository.now
    ]
    for end, _, change in sorted(done, key=lambda found: found[:2], reverse=True):
        if _is_major(repository, change):
            return change, end
    return None


def _done(repository: Repository, change: Record[Change]) -> datetime | None:
    """When a change was done with success; None for one that was not."""
    closure = change.fields.closure
    good = closure is not None and closure.code in ("successful", "successful_with_issues")
    return ended(repository, change) if good else None


def _is_major(repository: Repository, change: Record[Change]) -> bool:
    fields = change.fields
    if fields.type == "standard" or fields.impact == 3:
        return False
    return fields.impact == 1 or LEVELS.index(risk_of(repository, change)) >= LEVELS.index("high")


def _tested_since(repository: Repository, service: str, major: Record[Change], end: datetime) -> bool:
    """Whether a major change, or anything of the service after it, records a passed performance test."""
    last = end.astimezone(repository.timezone).date()
    for change in _by_service(repository)[service]:
        for test in change.fields.tests:
            if test.kind == "performance" and test.result == "passed":
                when = test.on or _day_of(repository, change)
                if change is major or when is None or when >= last:
                    return True
    return False


def _day_of(repository: Repository, change: Record[Change]) -> date | None:
    """The day by which a change counts as earlier or later; None where nobody knows."""
    end = ended(repository, change)
    return end.astimezone(repository.timezone).date() if end is not None else proposed_on(change)


def _next(repository: Repository, peak: Peak, ahead: timedelta) -> date | None:
    """The next day on which a peak begins, within a stretch of time from now."""
    today = repository.today
    begins = (first for first, _ in _days(repository, peak))
    return min((day for day in begins if today < day <= today + ahead), default=None)


def _came_since(repository: Repository, peak: Peak, end: datetime) -> bool:
    """Whether a peak certainly came and was over since a moment, at most a year back."""
    since = max(end.astimezone(repository.timezone).date(), repository.today - timedelta(days=366))
    return any(since < first and last < repository.today for first, last in _days(repository, peak))


def _days(repository: Repository, peak: Peak) -> Iterator[tuple[date, date]]:
    """The first and the last day of each time that a peak comes, in the policy's time zone."""
    zone = repository.timezone
    for one in stretches_of_peak(repository, peak):
        last = one.when.end - timedelta(microseconds=1)
        yield one.when.start.astimezone(zone).date(), last.astimezone(zone).date()
