"""Demand that outgrows a service, and peaks for which too few people are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import ceil, inf, log

from gitsm.calendar.stretches import stretches_of_peak
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval
from gitsm.lint import Findings, rule
from gitsm.records.capacity import Capacity
from gitsm.records.service import IN_USE, Service
from gitsm.repository import Record, Repository
from gitsm.working_time import UnknownHolidays, working_times

_MOST_PEAKS = 200
"""So many peaks of a service are looked at: expanding the thousands of a stranger's takes its time."""
_YEARS = 10
"""How far ahead growth is followed; peaks are known for two years."""


@rule(severity=Severity.WARNING)
def capacity_runs_out(repository: Repository) -> Findings:
    """Demand outgrows what a service carries, and nothing is planned in time.

    Demand on ordinary days and at each peak grows by `growth` percent a year from today; `forecast` is
    taken as it stands. The first day on which one of them is above `threshold` percent of `capacity` is
    the day by which more must be there, and `lead_time` before it is the day by which a roadmap item of
    the service, with its change or improvement, must be done.

    Bad:

        # services/payroll/capacity.yaml
        peaks: []
        forecast: []
        baseline: 700
        growth: 10
        capacity: 1000
        threshold: 80
        lead_time: 3 months
        # services/payroll/service.yaml
        roadmap: []

    Good:

        # services/payroll/capacity.yaml
        peaks: []
        forecast: []
        baseline: 700
        growth: 10
        capacity: 1000
        threshold: 80
        lead_time: 3 months
        # services/payroll/service.yaml
        roadmap: [{title: Twice the workers, target: 2027-06-30, change: 2026-11-12-payroll-database-upgrade}]
    """
    for plan, service in _plans(repository):
        found = runs_out(repository, plan)
        if found is None:
            continue
        day, what = found
        lead = plan.fields.lead_time
        latest = day - (lead.after(day) - day) if lead is not None else day
        planned = [
            item.target
            for item in service.fields.roadmap
            if item.target is not None and (item.change or item.improvement)
        ]
        if not any(target <= latest for target in planned):
            yield plan.problem(
                f"{what} of {service.id} is above {plan.fields.threshold or 100:g} % of its capacity on {day},"
                f" and no change or improvement on its roadmap is due by {latest}",
                "capacity",
                hint="plan more capacity on the roadmap of the service, or correct the forecast",
                related=[service.place("roadmap") if service.fields.roadmap else service.place()],
            )


def runs_out(repository: Repository, plan: Record[Capacity]) -> tuple[date, str] | None:
    """The first day on which demand is above what a service may carry, and which demand; None where that
    doesn't come within what is looked at, or the plan doesn't say enough."""
    fields, today = plan.fields, repository.today
    if fields.capacity is None:
        return None
    limit = fields.capacity * (fields.threshold or 100) / 100
    found: list[tuple[date, str]] = []
    if fields.baseline is not None:
        days = _days_until(fields.baseline, limit, fields.growth)
        if days <= _YEARS * 365.25:
            found.append((today + timedelta(days=ceil(days)), "demand on ordinary days"))
    for peak in fields.peaks[:_MOST_PEAKS]:
        days = _days_until(peak.level, limit, fields.growth) if peak.level is not None else inf
        for one in stretches_of_peak(repository, peak) if days < inf else ():
            first = one.when.start.astimezone(repository.timezone).date()
            if first >= today and (first - today).days >= days:
                found.append((first, f"the peak {peak.name}"))
    for each in fields.forecast:
        if each.on >= today and each.level > limit:
            found.append((each.on, "the forecast"))
    return min(found, default=None)


def _days_until(level: float, limit: float, growth: float | None) -> float:
    """After how many days demand that grows by so many percent a year is above a limit."""
    if level > limit:
        return 0.0
    if growth is None or growth <= 0 or level <= 0 or limit <= 0:
        return inf
    return (log(limit) - log(level)) / log(1 + growth / 100) * 365.25


@rule(severity=Severity.WARNING)
def too_few_people_at_a_peak(repository: Repository) -> Findings:
    """A demand peak needs more people than are on duty in it.

    `people` of the peak says how many it takes, `staffing` who is there in which hours. What counts is
    the moment of the next time it comes at which the fewest are there, of the hours in which somebody is.

    Bad:

        # services/payroll/capacity.yaml
        peaks: [{name: Bonus run, dates: [{from: 2026-12-10, to: 2026-12-11}], people: 4}]
        staffing: [{hours: office-hours, people: 3}]

    Good:

        # services/payroll/capacity.yaml
        peaks:
          - {name: Bonus run, dates: [{from: 2026-12-10T09:00+01:00, to: 2026-12-10T15:00+01:00}], people: 3}
        staffing: [{hours: office-hours, people: 3}]
    """
    for plan, service in _plans(repository):
        for index, peak in enumerate(plan.fields.peaks[:_MOST_PEAKS] if plan.fields.staffing else ()):
            if not peak.people:
                continue
            ahead = [
                one.when for one in stretches_of_peak(repository, peak) if one.when.start > repository.now
            ]
            fewest = _fewest(repository, plan.fields, min(ahead)) if ahead else None
            if fewest is not None and fewest[0] < peak.people:
                there, moment = fewest
                yield plan.problem(
                    f"the peak {peak.name} of {service.id} needs {peak.people} on duty, and {there} are there"
                    f" on {moment.astimezone(repository.timezone):%Y-%m-%d at %H:%M}",
                    *("peaks", index, "people"),
                    hint="plan more people for it under `staffing`, in the hours of a calendar that covers it",
                    related=[plan.place("staffing")],
                )


def _fewest(repository: Repository, plan: Capacity, when: Interval) -> tuple[int, datetime] | None:
    """How many are on duty at the moment of a stretch at which the fewest are; None where hours are unknown."""
    edges: dict[datetime, int] = defaultdict(int, {when.start: 0})
    for each in plan.staffing:
        hours = working_times(repository).get(each.hours)
        if hours is None:
            return None
        try:
            for part in hours.between(when.start, when.end):
                edges[part.start] += each.people
                edges[part.end] -= each.people
        except UnknownHolidays:
            return None
    there, found = 0, []
    for moment in sorted(each for each in edges if each < when.end):
        there += edges[moment]
        found.append((there, moment))
    # Hours in which nobody is ever there are a matter of support hours, unless they are all of the peak.
    return min([each for each in found if each[0]] or found)


def _plans(repository: Repository) -> Iterator[tuple[Record[Capacity], Record[Service]]]:
    """The capacity plans of services that are in use."""
    for plan in repository.of(Capacity):
        service = repository.get(Service, plan.file.split("/")[1])
        if service is not None and service.fields.lifecycle in IN_USE:
            yield plan, service
