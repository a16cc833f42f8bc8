"""Changes planned for so far ahead that what comes back is not followed until then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gitsm.calendar.stretches import Around, around, horizon, peak_calendar
from gitsm.calendar.work import Work, plans
from gitsm.intervals import Interval
from gitsm.records.calendar import Calendar, Recurrence
from gitsm.records.capacity import Capacity
from gitsm.repository import Record, Repository


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A change, and what comes back that it is not held against."""

    work: Work
    last: datetime
    """The moment until which what comes back is followed."""
    comes_back: Sequence[tuple[str, Record[Calendar] | Record[Capacity]]]
    """What it is called, and the record that says so."""


def unjudged(repository: Repository) -> Iterator[Unjudged]:
    """The changes whose windows end after what comes back is followed, where anything that comes back concerns
    them: its freezes, maintenance windows and peaks may be there, and nobody has asked."""
    every, standing, followed = plans(repository), around(repository), horizon(repository)
    for work in every.works:
        if work.window is None or work.window.end <= followed.end:
            continue
        found = dict(_coming_back(repository, standing, followed, work))
        if found:
            yield Unjudged(work, followed.end, list(found.items()))


def _coming_back(
    repository: Repository, around: Around, followed: Interval, work: Work
) -> Iterator[tuple[str, Record[Calendar] | Record[Capacity]]]:
    named, reached = sorted(work.footprint.named), list(work.footprint.at_stake)
    takes_down = work.change.fields.outage in ("degraded", "full")
    asked = [("freeze", reached if takes_down else named)]
    if work.change.fields.type != "emergency":  # which keeps to no maintenance window
        asked.append(("maintenance", named))
    for kind, services in asked:
        for service in services:
            for calendar in around.of_service(kind, service):
                if _comes_back(calendar.fields, followed):
                    what = "the maintenance windows" if kind == "maintenance" else "the freeze"
                    yield f"{what} {calendar.id}", calendar
    for service in reached:
        plan = repository.get(Capacity, service)
        for peak in plan.fields.peaks if plan is not None else ():
            calendar_of = peak_calendar(repository, peak)
            if _goes_on(peak.recurrence, followed) or (
                calendar_of is not None and _comes_back(calendar_of.fields, followed)
            ):
                assert plan is not None
                yield f"the peak {peak.name} of {service}", plan


def _comes_back(calendar: Calendar, followed: Interval) -> bool:
    return bool(calendar.weekly or calendar.exceptions) or _goes_on(calendar.recurrence, followed)


def _goes_on(comes: Recurrence | None, followed: Interval) -> bool:
    """Whether something comes back after the time that is followed."""
    last = followed.end.date()
    return comes is not None and (
        comes.until is None or comes.until >= last or any(day >= last for day in comes.besides)
    )
