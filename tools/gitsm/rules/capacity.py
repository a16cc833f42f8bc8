"""Demand that outgrows a service, and peaks for which too few people are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from gitsm.calendar.stretches import stretches_of_peak
from gitsm.demand import MOST_PEAKS, runs_out
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval
from gitsm.lint import Findings, rule
from gitsm.records.capacity import Capacity
from gitsm.records.change import Change
from gitsm.records.improvement import Improvement
from gitsm.records.service import IN_USE, RoadmapItem, Service
from gitsm.repository import Record, Repository
from gitsm.working_time import UnknownHolidays, working_times

_MOST_TIMES = 120
"""How many times are looked at that a peak comes."""


@rule(severity=Severity.WARNING)
def capacity_runs_out(repository: Repository) -> Findings:
    """Demand outgrows what a service carries, and nothing is planned in time.

    Demand on ordinary days and at each peak grows by `growth` percent a year, or in each `growth_period`,
    from the day on which it was `measured`, or else from today. `forecast` is taken as it stands; the last
    one that has come holds until the next, or until a later measurement. The first day on which one of
    them is above `threshold` percent of `capacity` is the day by which more must be there, and `lead_time`
    before it is the day by which a roadmap item of the service must be done, by a change or improvement
    that is neither over nor called off nor on hold.

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
        roadmap: [{title: Twice the workers, target: 2027-06-30, improvement: faster-pay-runs}]
    """
    for plan, service in _plans(repository):
        found = runs_out(repository, plan)
        if found is None:
            continue
        day, what, latest = found.day, found.what, found.latest
        planned = [
            item.target
            for item in service.fields.roadmap
            if item.target is not None and _is_ahead(repository, item)
        ]
        is_, on = ("is", "on") if day >= repository.today else ("has been", "since")
        if not any(target <= latest for target in planned):
            yield plan.problem(
                f"{what} of {service.id} {is_} above {plan.fields.threshold or 100:g} % of its capacity {on} {day},"
                f" and no change or improvement on its roadmap is due by {latest}",
                "capacity",
                hint="plan more capacity on the roadmap of the service, or correct the forecast",
                related=[service.place("roadmap") if service.fields.roadmap else service.place()],
            )


@rule(severity=Severity.WARNING)
def too_few_people_at_a_peak(repository: Repository) -> Findings:
    """A demand peak needs more people than are on duty in it.

    `people` of the peak says how many it takes, `staffing` who is there in which hours. Each time is looked
    at that it comes, from the one that goes on, and of each the moment at which the fewest are there, of the
    hours in which somebody is.

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
        for index, peak in enumerate(plan.fields.peaks[:MOST_PEAKS] if plan.fields.staffing else ()):
            if not peak.people:
                continue
            ahead = [one.when for one in stretches_of_peak(repository, peak) if one.when.end > repository.now]
            each = (_fewest(repository, plan.fields, when) for when in sorted(ahead)[:_MOST_TIMES])
            short = next((found for found in each if found is not None and found[0] < peak.people), None)
            if short is not None:
                there, moment = short
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


def _is_ahead(repository: Repository, item: RoadmapItem) -> bool:
    """Whether a roadmap item has a change or an improvement that is still to be done.

    What is over is in the capacity already, and what was called off or put off brings none.
    """
    change = repository.get(Change, item.change)
    if change is not None:
        return change.fields.closure is None
    improvement = repository.get(Improvement, item.improvement)
    return improvement is not None and improvement.fields.state not in ("closed", "canceled", "on_hold")


def _plans(repository: Repository) -> Iterator[tuple[Record[Capacity], Record[Service]]]:
    """The capacity plans of services that are in use."""
    for plan in repository.of(Capacity):
        service = repository.get(Service, plan.file.split("/")[1])
        if service is not None and service.fields.lifecycle in IN_USE:
            yield plan, service
