"""Working time: the hours that a calendar means, as stretches of UTC, and the time that passes in them.

It is the one engine below the clocks of agreements, support hours and calendars. Everything is computed
on half-open stretches in UTC; a moment is worked where the clock on the calendar's wall shows an hour
that is worked. Hours that pass midnight belong to the day on which they begin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from gitsm.intervals import Interval, common, minutes, union
from gitsm.local_days import MINUTES_OF_A_DAY, hours_of, shown_between, wall_clock
from gitsm.records.calendar import Calendar, DateRange, Holidays
from gitsm.recurrence import WEEKDAYS, occurrences
from gitsm.repository import Repository, once
from gitsm.schema.values import HoursOfDay

HORIZON = timedelta(days=731)
"""How far ahead working time is looked for: 24 months."""
_CHUNK = timedelta(days=32)


class UnknownHolidays(ValueError):
    """The holidays of a country or of a part of it can't be known, by that name or in that year; the text says
    which."""


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of a year by day, with their names. Raises UnknownHolidays.

    Some countries have none in some years, and mean it; beyond the years that the library covers it has
    none either, and there nobody knows.
    """
    import holidays  # slow to import, and most commands need none

    place = f"{country}-{subdivision}" if subdivision else country
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    except NotImplementedError:
        raise UnknownHolidays(f"no public holidays of {place} are known") from None
    if not found.start_year <= year <= found.end_year:
        known = f"{found.start_year} to {found.end_year}"
        raise UnknownHolidays(f"no public holidays of {place} are known for {year}, only for {known}")
    return {day: name for day, name in found.items() if day.year == year}


@dataclass(frozen=True)
class Day:
    """What is worked on a day, and why it is not what the week says."""

    day: date
    hours: tuple[Interval, ...]
    """Those that begin on it, in UTC."""
    because: str = ""
    """The holiday, or the name of the exception."""


class WorkingTime:
    """The hours that a calendar means."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.timezone = calendar.timezone
        self._exceptions = {entry.on: entry for entry in calendar.exceptions}
        holidays = calendar.holidays or Holidays()
        self._off, self._on = frozenset(holidays.plus), frozenset(holidays.minus)
        self._country, self._subdivision = holidays.country, holidays.subdivision
        self._days: dict[date, Day] = {}

    def day(self, day: date) -> Day:
        """What is worked on a local day. Raises UnknownHolidays."""
        if day not in self._days:
            self._days[day] = self._worked(day)
        return self._days[day]

    def between(self, start: datetime, end: datetime) -> list[Interval]:
        """The worked stretches from a moment to another. Raises UnknownHolidays."""
        if start >= end:
            return []
        first = wall_clock(start, self.timezone).date() - timedelta(days=1)
        last = wall_clock(end, self.timezone).date()
        days = ((last - first).days + 1) if last >= first else 0
        found = [
            stretch for number in range(days) for stretch in self.day(first + timedelta(days=number)).hours
        ]
        found.extend(self._further(first, last))
        asked = [Interval(start.astimezone(UTC), end.astimezone(UTC))]
        return common(union(found), asked)

    def minutes(self, start: datetime, end: datetime) -> float:
        """How many minutes are worked between two moments."""
        return minutes(self.between(start, end))

    def is_open(self, moment: datetime) -> bool:
        """Whether a moment is worked."""
        return bool(self.between(moment, moment + timedelta(microseconds=1)))

    def after(self, start: datetime, wanted: float) -> datetime | None:
        """The moment at which so many minutes have been worked since a moment.

        It is the end of the last worked minute, and not the beginning of the next one. None where the
        horizon holds fewer.
        """
        left = timedelta(minutes=wanted)
        if not left:
            return start.astimezone(UTC)
        for stretch in self.ahead(start):
            length = stretch.end - stretch.start
            if length >= left:
                return stretch.start + left
            left -= length
        return None

    def ahead(self, start: datetime) -> Iterator[Interval]:
        """The worked stretches from a moment to the horizon, in order; long ones come in pieces."""
        at, last = start.astimezone(UTC), start.astimezone(UTC) + HORIZON
        while at < last:
            following = min(at + _CHUNK, last)
            yield from self.between(at, following)
            at = following

    def _worked(self, day: date) -> Day:
        exception = self._exceptions.get(day)
        if exception is not None:
            return Day(day, self._hours(day, exception.hours), exception.name or "other hours")
        holiday = self._holiday(day)
        if holiday is not None:
            return Day(day, (), holiday)
        weekday = WEEKDAYS[day.weekday()]
        return Day(day, self._hours(day, tuple(w.hours for w in self.calendar.weekly if weekday in w.days)))

    def _holiday(self, day: date) -> str | None:
        """The name of the holiday that a day is, where it is one."""
        if day in self._on:
            return None
        if day in self._off:
            return "day off"
        if self._country is None:
            return None
        return public_holidays(self._country, self._subdivision, day.year).get(day)

    def _hours(self, day: date, hours: tuple[HoursOfDay, ...]) -> tuple[Interval, ...]:
        found: list[Interval] = []
        for each in hours:
            if each.end > each.start:
                found.extend(hours_of(day, each.start, each.end, self.timezone))
            elif any(
                hours_of(day, 0, MINUTES_OF_A_DAY, self.timezone)
            ):  # nothing begins on a day that never was
                found.extend(hours_of(day, each.start, each.end + MINUTES_OF_A_DAY, self.timezone))
        return tuple(union(found))

    def _further(self, first: date, last: date) -> Iterator[Interval]:
        """Stretches that the calendar names besides its weeks: dates, and what comes back."""
        for dates in self.calendar.dates:
            yield stretch_of(dates, self.timezone)
        comes = self.calendar.recurrence
        if comes is not None:
            long = timedelta(minutes=comes.takes.minutes if comes.takes else MINUTES_OF_A_DAY)
            before = first - timedelta(days=long.days + 1)
            yield from (stretch for _, stretch in occurrences(comes, before, last, self.timezone))


def stretch_of(dates: DateRange, timezone: str) -> Interval:
    """The stretch that a range of dates names; whole days count from their first moment to their last."""
    return Interval(_edge(dates.from_, timezone, last=False), _edge(dates.to, timezone, last=True))


def _edge(moment: date | datetime, timezone: str, *, last: bool) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    midnight = datetime.combine(moment, time())
    # A day that a country never had is looked for on both sides, so that the range is not lost with it.
    for days in range(3):
        on = midnight - timedelta(days=days) if last else midnight + timedelta(days=days)
        shown = list(shown_between(on, on + timedelta(days=1), timezone))
        if shown:
            return shown[-1].end if last else shown[0].start
    raise AssertionError(f"three days running are missing in {timezone}")


@once
def working_times(repository: Repository) -> Mapping[str, WorkingTime]:
    """The hours of every calendar, by the calendar's id."""
    return {calendar.id: WorkingTime(calendar.fields) for calendar in repository.of(Calendar)}
