"""Promised hours in which somebody else isn't there: what calendars leave out of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from gitsm.intervals import Interval, common, without
from gitsm.promises.ground import Ground
from gitsm.promises.judged import Judged, span_of
from gitsm.records.agreement import Agreement
from gitsm.records.calendar import Calendar
from gitsm.repository import Record
from gitsm.working_time import HORIZON, UnknownHolidays, working_times


@dataclass(frozen=True, slots=True)
class Gap:
    """Promised hours in which the other side isn't there."""

    of: str
    """Whose hours they are, in words."""
    calendar: str | None
    first: tuple[Interval, ...]
    count: int
    minutes: float
    agreement: Record[Agreement] | None = None
    """The agreement whose hours they are; None for support, and for a group."""
    below: tuple[str, str] | None = None
    """The dependency of the promised service that leads there, or its redundancy group: `service` or `group`
    with its name; None for support."""


class UnknownHours(Exception):
    """Hours can't be known; the text says why."""


def window_of(judged: Judged) -> Interval:
    """The next 24 months, or as much of them as the agreement holds."""
    now, zone = judged.ground.repository.now.astimezone(UTC), judged.ground.repository.timezone
    start, last = max(now, datetime(*judged.day.timetuple()[:3], tzinfo=zone).astimezone(UTC)), now + HORIZON
    end = span_of(judged.agreement)[1]
    if end < last.date():
        last = datetime(*(end + timedelta(days=1)).timetuple()[:3], tzinfo=zone).astimezone(UTC)
    return Interval(start, max(last, start + timedelta(minutes=1)))


def stretches(ground: Ground, calendar: str | None, window: Interval) -> list[Interval]:
    """The hours of a calendar in a window; all of it without a calendar."""
    if calendar is None:
        return [window]
    key = ("stretches", calendar, window)
    if key not in ground.memo:
        hours = working_times(ground.repository).get(calendar)
        if hours is None:
            raise UnknownHours(f"calendar {calendar}, which can't be read")
        try:
            ground.memo[key] = hours.between(window.start, window.end)
        except UnknownHolidays as error:
            raise UnknownHours(f"the holidays of calendar {calendar}: {error}") from None
    return cast("list[Interval]", ground.memo[key])


def in_all(ground: Ground, calendars: Iterable[str | None], window: Interval) -> list[Interval]:
    """The hours in a window that are in each of several calendars."""
    names = sorted({calendar for calendar in calendars if calendar is not None})
    key = ("in all", tuple(names), window)
    if key not in ground.memo:
        there = [window]
        for name in names:
            there = common(there, stretches(ground, name, window))
        ground.memo[key] = there
    return cast("list[Interval]", ground.memo[key])


def gaps(ground: Ground, promised: str | None, there: str | None, window: Interval) -> list[Interval]:
    """Promised hours in which the other calendar has none."""
    if there is None or there == promised:
        return []
    key = ("gaps", promised, there, window)
    if key not in ground.memo:
        ground.memo[key] = without(stretches(ground, promised, window), stretches(ground, there, window))
    return cast("list[Interval]", ground.memo[key])


def enough(each: Sequence[Sequence[Interval]], needed: int) -> list[Interval]:
    """The moments that are in at least so many of several sets of stretches."""
    edges: dict[datetime, int] = defaultdict(int)
    for one in each:
        for part in one:
            edges[part.start] += 1
            edges[part.end] -= 1
    found, count, since = [], 0, None
    for moment in sorted(edges):
        count += edges[moment]
        if count >= needed and since is None:
            since = moment
        elif count < needed and since is not None:
            found.append(Interval(since, moment))
            since = None
    return found


def all_hours(judged: Judged) -> str | None:
    """The calendar in which somebody is there at every moment; None where there is none."""
    window = window_of(judged)
    for calendar in judged.ground.repository.of(Calendar):
        try:
            if calendar.fields.type == "service_hours" and not gaps(judged.ground, None, calendar.id, window):
                return calendar.id
        except UnknownHours:
            continue
    return None
