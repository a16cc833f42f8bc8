"""The clock of an agreement: by when work must begin, and by when service must be restored.

A target in business hours runs in the hours of the agreement alone; any other runs on, at night and
on holidays too. Pauses stop both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gitsm.intervals import Interval, Intervals, union, without
from gitsm.local_days import MINUTES_OF_A_DAY, hours_of
from gitsm.records.agreement import Agreement
from gitsm.records.support import Priority
from gitsm.repository import Record, Repository
from gitsm.schema.values import Duration
from gitsm.working_time import HORIZON, WorkingTime, working_times


@dataclass(frozen=True, slots=True)
class Step:
    """One day on the way to a deadline, or several in a row on which the clock stood for one reason."""

    first: date
    last: date
    ran: tuple[Interval, ...]
    """When the clock ran."""
    paused: tuple[Interval, ...]
    """When it would have run, and was paused."""
    because: str
    """Why other hours held than on other such days: a holiday, an exception."""
    left: float
    """How many minutes of the target are left after it."""

    @property
    def minutes(self) -> float:
        """How many minutes of the target it used."""
        return sum(stretch.minutes for stretch in self.ran)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a target runs out."""

    name: str
    """`response` or `resolution`."""
    target: Duration
    at: datetime | None
    """None where the hours of two years are not enough."""
    calendar: str | None
    """The calendar whose hours count; None where all time does."""
    timezone: str
    steps: tuple[Step, ...]


class NoHours(ValueError):
    """A target is in business hours, and the agreement's hours can't be known; the text says why."""


def deadlines(
    repository: Repository,
    agreement: Record[Agreement],
    priority: Priority,
    start: datetime,
    pauses: Sequence[Interval] = (),
) -> list[Deadline]:
    """The deadlines of a priority, as far as the agreement has targets for it. Raises NoHours, UnknownHolidays."""
    targets = {"response": agreement.fields.response, "resolution": agreement.fields.resolution}
    return [
        _deadline(repository, agreement, name, target, start, union(pauses))
        for name, by_priority in targets.items()
        if (target := by_priority.get(priority)) is not None
    ]


def _deadline(
    repository: Repository,
    agreement: Record[Agreement],
    name: str,
    target: Duration,
    start: datetime,
    pauses: Intervals,
) -> Deadline:
    hours = _hours(repository, agreement)
    timezone = hours.timezone if hours is not None else repository.timezone.key
    counted = hours if target.business else None
    steps = tuple(_merged(_steps(counted, ZoneInfo(timezone), target.minutes, start, pauses)))
    reached = not steps or steps[-1].left == 0
    at = steps[-1].ran[-1].end if steps and steps[-1].ran else start.astimezone(UTC)
    calendar = agreement.fields.hours if counted is not None else None
    return Deadline(name, target, at if reached else None, calendar, timezone, steps)


def _hours(repository: Repository, agreement: Record[Agreement]) -> WorkingTime | None:
    """The hours of an agreement; None where it holds around the clock."""
    named = agreement.fields.hours
    if named is None:
        return None
    found = working_times(repository).get(named)
    if found is None:
        raise NoHours(f"{agreement} holds in the hours of calendar {named}, which can't be read")
    return found


def _steps(
    hours: WorkingTime | None, zone: ZoneInfo, wanted: float, start: datetime, pauses: Intervals
) -> Iterator[Step]:
    """Each local day from the start to the deadline, or to the end of what is looked at."""
    left, at, last = timedelta(minutes=wanted), start.astimezone(UTC), start.astimezone(UTC) + HORIZON
    while left and at < last:
        day = at.astimezone(zone).date()
        midnight = min(max(part.end for part in hours_of(day, 0, MINUTES_OF_A_DAY, zone.key)), last)
        counted = [Interval(at, midnight)] if hours is None else hours.between(at, midnight)
        ran: list[Interval] = []
        for stretch in without(counted, pauses):
            if left:
                ran.append(replace(stretch, end=min(stretch.end, stretch.start + left)))
                left -= ran[-1].end - ran[-1].start
        end = ran[-1].end if ran and not left else midnight
        paused = without([replace(c, end=min(c.end, end)) for c in counted if c.start < end], ran)
        because = hours.day(day).because if hours is not None else ""
        yield Step(day, day, tuple(ran), tuple(paused), because, left.total_seconds() / 60)
        at = midnight


def _merged(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps, with days in a row on which nothing happened for the same reason in one."""
    before: Step | None = None
    for step in steps:
        idle = not step.ran and not step.paused
        if (
            before is not None
            and idle
            and (before.ran, before.paused, before.because) == ((), (), step.because)
        ):
            before = replace(before, last=step.last)
            continue
        if before is not None:
            yield before
        before = step
    if before is not None:
        yield before
