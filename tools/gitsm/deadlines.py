"""The clock of an agreement: by when work must begin, and by when service must be restored.

A target in business hours runs in the hours of the agreement alone; any other runs on, at night and
on holidays too. Pauses stop both. An agreement that names no hours holds around the clock, and its
business hours are hours like any others: what comes of that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Literal
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
    """One day on the way to a deadline, or several in a row on which the clock stood for one reason, or
    throughout one pause."""

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
    is_paused_through: bool = False
    """Whether it lies in pauses from its beginning to its end, holidays and nights included."""

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

    @property
    def lacks_hours(self) -> bool:
        """Whether it is in business hours, and all time counts because the agreement names no hours."""
        return self.target.business and self.calendar is None


Standing = Literal["in force", "not started", "ended"]


def standing(agreement: Record[Agreement], day: date) -> Standing:
    """Whether an agreement holds on a day."""
    valid = agreement.fields.valid
    if valid is not None and valid.to is not None and valid.to < day:
        return "ended"
    if valid is not None and valid.from_ is not None and day < valid.from_:
        return "not started"
    return "in force"


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
        through = not ran and not without([Interval(at, midnight)], pauses)
        yield Step(day, day, tuple(ran), tuple(paused), because, left.total_seconds() / 60, through)
        at = midnight


def _merged(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps, with days in a row on which nothing happened for the same reason in one, and those of a pause."""
    for _, run in groupby(steps, key=_shape):
        found = list(run)
        first, last = found[0], found[-1]
        if first.ran or (first.paused and not first.is_paused_through):
            yield from found
        else:
            paused = union(stretch for step in found for stretch in step.paused)
            yield replace(last, first=first.first, paused=tuple(paused), because=_one_reason(found))


def _shape(step: Step) -> tuple[object, ...]:
    """What days in a row have in common that are told as one."""
    if step.is_paused_through:
        return ("paused",)
    return ("idle", step.because) if not step.ran and not step.paused else ("its own", step.first)


def _one_reason(steps: Sequence[Step]) -> str:
    """Why other hours held on some days, where that is one reason for all."""
    reasons = {step.because for step in steps}
    return reasons.pop() if len(reasons) == 1 else ""
