"""Times of calendars and peaks that clocks skip, or pass twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.calendar import HORIZON_AHEAD
from gitsm.diagnostic import DataPath, Severity
from gitsm.lint import Findings, rule
from gitsm.local_days import MINUTES_OF_A_DAY
from gitsm.records.calendar import Calendar
from gitsm.recurrence import WEEKDAYS, days
from gitsm.repository import Record, Repository
from gitsm.rules.calendar_times import Comes, coming_back
from gitsm.schema.values import in_timezone


@rule(severity=Severity.WARNING)
def time_in_a_clock_change(repository: Repository) -> Findings:
    """A time of a calendar or a peak does not exist on a day to come, or is passed twice.

    When clocks go forward an hour is missing, when they go back one comes twice. What begins in a
    missing hour begins when clocks go on, in an hour that comes twice the first time; was that meant?
    Days that are named by their date are looked at whenever they are to come; what comes back, and the
    hours of each week, for 24 months from today or from its first day, because nobody knows what laws on
    summer time will be after that.

    Bad:

        # organization/calendars/ledger-nights.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [sun], starts: "02:30", takes: 2 h}

    Good:

        # organization/calendars/ledger-nights.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [sun], starts: "03:30", takes: 2 h}
    """
    for one in coming_back(repository):
        if one.comes.starts is not None:
            moments = [datetime.combine(day, one.comes.starts) for day in _in_doubt(one, repository.today)]
            yield from _in_changes(one.record, (*one.path, "starts"), one.timezone, moments, ends=False)
    for calendar in repository.of(Calendar):
        for path, starts, ends in _edges(calendar, repository.today):
            yield from _in_changes(calendar, path, calendar.fields.timezone, starts, ends=False)
            yield from _in_changes(calendar, path, calendar.fields.timezone, ends, ends=True)


def _in_doubt(one: Comes, today: date) -> list[date]:
    """The days to come on which something comes and the clocks change."""
    first = max(today, one.comes.from_ or today)
    if one.comes.until is not None and one.comes.until < first:
        first = today
    found = {day for day in clock_changes(one.timezone, first) if days(one.comes, day, day)}
    named = {day for day in one.comes.besides if day >= today} - set(one.comes.except_)
    return sorted(found | {day for day in named if _changes(one.timezone, day)})


def _in_changes(
    record: Record[Any], path: DataPath, timezone: str, moments: list[datetime], *, ends: bool
) -> Findings:
    for moment in moments:
        wrong = _wrong(moment, timezone)
        # Until an hour is until just before it: only inside the change is it in doubt.
        if wrong is None or (ends and _wrong(moment - timedelta(minutes=1), timezone) is None):
            continue
        yield record.problem(
            f"in {record}, {wrong}",
            *path,
            hint="choose another time, or say what holds on that day under `except` or `exceptions`",
        )
        return  # the next one of the same sort says nothing new


def _wrong(local: datetime, timezone: str) -> str | None:
    try:
        in_timezone(local, timezone)
    except ValueError as error:
        return str(error).removesuffix(": give its offset from UTC")
    return None


def _edges(
    calendar: Record[Calendar], today: date
) -> Iterator[tuple[DataPath, list[datetime], list[datetime]]]:
    """The hours that a person wrote, each with its beginnings and its ends on days on which clocks change."""
    fields = calendar.fields
    changes = clock_changes(fields.timezone, today) if fields.weekly else ()
    exceptional = {entry.on for entry in fields.exceptions}
    for index, weekly in enumerate(fields.weekly):
        begun = [
            day
            for change in changes
            for day in (change - timedelta(days=1), change)
            if WEEKDAYS[day.weekday()] in weekly.days and day not in exceptional and day >= today
        ]
        yield ("weekly", index, "hours"), *_moments(begun, weekly.hours.start, weekly.hours.end)
    for index, entry in enumerate(fields.exceptions):
        is_near = entry.on >= today and any(
            _changes(fields.timezone, entry.on + timedelta(days=n)) for n in (0, 1)
        )
        near = [entry.on] if is_near else []
        for number, hours in enumerate(entry.hours):
            yield ("exceptions", index, "hours", number), *_moments(near, hours.start, hours.end)


def _moments(begun: list[date], start: int, end: int) -> tuple[list[datetime], list[datetime]]:
    last = end if end > start else end + MINUTES_OF_A_DAY
    midnights = [datetime.combine(day, time()) for day in begun]
    return (
        [midnight + timedelta(minutes=start) for midnight in midnights],
        [midnight + timedelta(minutes=last) for midnight in midnights],
    )


@lru_cache(maxsize=4096)
def _changes(timezone: str, day: date) -> bool:
    """Whether the clocks of a zone change on a day."""
    midnight = datetime.combine(day, time(), ZoneInfo(timezone))
    return midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset()


@lru_cache(maxsize=512)
def clock_changes(timezone: str, first: date) -> tuple[date, ...]:
    """The days, from one on and as far as the horizon reaches, on which the clocks of a zone change."""
    zone = ZoneInfo(timezone)
    number = min(HORIZON_AHEAD.days, (date(2200, 12, 31) - first).days)
    midnights = [datetime.combine(first + timedelta(days=n), time(), zone) for n in range(number + 1)]
    return tuple(
        before.date() for before, after in pairwise(midnights) if before.utcoffset() != after.utcoffset()
    )
