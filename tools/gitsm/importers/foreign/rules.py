"""Recurrence rules of iCalendar (RFC 5545): the days that they name, and the same rule as a record has it.

A rule is followed day by day inside a stretch of time, and everything that is looked at counts
against a budget: a rule that never comes, or comes without end, costs no more than any other.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gitsm.recurrence import WEEKDAYS
from gitsm.source import Value

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
"""The first and the last day that a record may name."""
MAX_INTERVAL = 1_000

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_EVERY = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_NUMBER = re.compile(r"[+-]?\d{1,3}", re.ASCII)
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_LIMITS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND")
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_LIMITS, *_CLOCK}


class CannotFollow(ValueError):
    """The rule is none, or none whose days are certain; the text says why."""


class Budget:
    """How much may be looked at in all while rules are followed."""

    def __init__(self, days: int) -> None:
        self._left = days

    def spend(self, days: int) -> None:
        """Raises CannotFollow where nothing is left."""
        self._left -= days
        if self._left < 0:
            raise CannotFollow("the rules of this file take too long to follow")


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule."""

    every: str
    """`day`, `week`, `month` or `year`."""
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    """A day, a local time, or an instant with its offset."""
    week_start: int = 0
    weekdays: tuple[tuple[int, int], ...] = ()
    """Which one of a month or year, 0 for each of them, and the day of the week from Monday on."""
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()


def read_rule(text: str, begins: datetime) -> Rule:
    """The rule that a text is, for what begins at a local time. Raises CannotFollow."""
    parts = _parts(text)
    freq = parts.get("FREQ", "")
    if freq not in _EVERY:
        raise CannotFollow(
            f"it comes back {freq.lower()}, oftener than once a day"
            if freq in ("SECONDLY", "MINUTELY", "HOURLY")
            else "its rule has no frequency"
        )
    clock = {"BYHOUR": begins.hour, "BYMINUTE": begins.minute, "BYSECOND": begins.second}
    for name in _CLOCK:
        if name in parts and _numbers(parts, name, 59) != (clock[name],):
            raise CannotFollow("it comes several times a day, or at another time than it begins")
    found = Rule(
        _EVERY[freq],
        _positive(parts, "INTERVAL", MAX_INTERVAL) or 1,
        _positive(parts, "COUNT", None),
        _until(parts.get("UNTIL")),
        _week_start(parts.get("WKST", "MO")),
        _weekdays(parts.get("BYDAY")),
        *(_numbers(parts, name, limit) for name, limit in _LIMITS.items()),
    )
    _refuse_undefined(found)
    return found


def _parts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.strip().upper().rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name not in _KNOWN:
            raise CannotFollow(f"its rule says {part[:40]}, which no rule does")
        if name in found:
            raise CannotFollow(f"its rule says {name} twice")
        found[name] = value
    return found


def _positive(parts: Mapping[str, str], name: str, most: int | None) -> int | None:
    text = parts.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII) or int(text) == 0:
        raise CannotFollow(f"its rule has {name}={text[:40]}")
    if most is not None and int(text) > most:
        raise CannotFollow(f"its rule has {name}={text}, and {most:,} is the most")
    return int(text)


def _numbers(parts: Mapping[str, str], name: str, limit: int) -> tuple[int, ...]:
    if name not in parts:
        return ()
    words = parts[name].split(",")
    if not all(_NUMBER.fullmatch(word) for word in words):
        raise CannotFollow(f"its rule has {name}={parts[name][:40]}")
    numbers = tuple(sorted({int(word) for word in words}))
    lowest = 0 if name in _CLOCK else 1 if name == "BYMONTH" else -limit
    if any(not lowest <= number <= limit or (number == 0 and name not in _CLOCK) for number in numbers):
        raise CannotFollow(f"its rule has {name}={parts[name][:40]}")
    return numbers


def _weekdays(text: str | None) -> tuple[tuple[int, int], ...]:
    found = set()
    for word in text.split(",") if text is not None else ():
        match = _BYDAY.fullmatch(word)
        if match is None or (match[1] is not None and not 1 <= abs(int(match[1])) <= 53):
            raise CannotFollow(f"its rule has BYDAY={(text or '')[:40]}")
        found.add((int(match[1] or 0), _DAYS.index(match[2])))
    return tuple(sorted(found))


def _week_start(text: str) -> int:
    if text not in _DAYS:
        raise CannotFollow(f"its rule has WKST={text[:40]}")
    return _DAYS.index(text)


def _until(text: str | None) -> date | datetime | None:
    if text is None:
        return None
    match = _UNTIL.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        day = date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return day
        zone = "+00:00" if match[7] else ""
        return datetime.fromisoformat(f"{day}T{match[4]}:{match[5]}:{min(int(match[6]), 59):02}{zone}")
    except ValueError:
        raise CannotFollow(f"its rule has UNTIL={text[:40]}, which is no day or time") from None


def _refuse_undefined(rule: Rule) -> None:
    """Refuse what the standard leaves open or forbids, and of which every program makes something else."""
    numbered = any(ordinal for ordinal, _ in rule.weekdays)
    by = (rule.weekdays, rule.months, rule.month_days, rule.year_days, rule.weeks)
    for wrong, why in (
        (rule.count is not None and rule.until is not None, "both COUNT and UNTIL"),
        (numbered and rule.every in ("day", "week"), f"numbered days of the week in each {rule.every}"),
        (numbered and rule.weeks, "numbered days of the week in numbered weeks"),
        (rule.month_days and rule.every == "week", "days of the month in each week"),
        (rule.year_days and rule.every != "year", f"days of the year in each {rule.every}"),
        (rule.weeks and rule.every != "year", f"weeks of the year in each {rule.every}"),
        (rule.weeks and not rule.weekdays, "weeks of the year without a day of the week"),
        (any(not 2 <= abs(week) <= 51 for week in rule.weeks), "weeks that may belong to two years"),
        (rule.positions and not any(by), "positions in a set that it does not name"),
        (rule.positions and rule.every == "week", "positions in weeks, of which the first is not whole"),
    ):
        if wrong:
            raise CannotFollow(f"its rule has {why}")


def days(rule: Rule, begins: date, first: date, last: date, budget: Budget) -> Iterator[date]:
    """The days from `first` to `last` on which a rule comes that began on a day; `until` is left to the caller.

    Where it comes a number of times, these are counted from its beginning.
    """
    left = rule.count
    for period in _periods(rule, begins, first if left is None else begins, last):
        budget.spend(len(period) + 1)
        found = [day for day in period if _comes_on(rule, begins, day)]
        for day in _in_positions(found, rule.positions):
            if day < begins:
                continue
            if left is not None:
                if left == 0:
                    return
                left -= 1
            if first <= day <= last:
                yield day


def last_of_plain(rule: Rule, begins: date) -> date | None:
    """The last day of a rule that comes a number of times, each so many days or weeks after the one before;
    None for any other rule, whose days have to be counted."""
    limited = (
        rule.weekdays or rule.months or rule.month_days or rule.year_days or rule.weeks or rule.positions
    )
    if rule.count is None or limited or rule.every not in ("day", "week"):
        return None
    length = (rule.count - 1) * rule.interval * (7 if rule.every == "week" else 1)
    return date.fromordinal(min(begins.toordinal() + length, LAST.toordinal()))


def _periods(rule: Rule, begins: date, first: date, last: date) -> Iterator[list[date]]:
    """The days of each period in which a rule comes: of every second week, of every third month."""
    first = max(first, begins)
    if rule.every == "year":
        start = begins.year + _skipped(first.year - begins.year, rule.interval)
        for year in range(start, last.year + 1, rule.interval):
            yield [day for month in rule.months or range(1, 13) for day in _month(year, month)]
    elif rule.every == "month":
        month = begins.year * 12 + begins.month - 1
        month += _skipped(first.year * 12 + first.month - 1 - month, rule.interval)
        while month <= last.year * 12 + last.month - 1:
            wanted = not rule.months or month % 12 + 1 in rule.months
            yield _month(month // 12, month % 12 + 1) if wanted else []
            month += rule.interval
    else:
        length = 7 if rule.every == "week" else 1
        begun = begins.toordinal()
        if rule.every == "week":
            begun -= (begins.weekday() - rule.week_start) % 7
        begun += length * _skipped((first.toordinal() - begun) // length, rule.interval)
        for day in range(begun, last.toordinal() + 1, length * rule.interval):
            yield [date.fromordinal(day + number) for number in range(length)]


def _skipped(periods: int, interval: int) -> int:
    return max(periods, 0) // interval * interval


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _in_positions(found: list[date], positions: tuple[int, ...]) -> list[date]:
    if not positions:
        return found
    picked = {found[n - 1 if n > 0 else n] for n in positions if abs(n) <= len(found)}
    return sorted(picked)


def _comes_on(rule: Rule, begins: date, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if not (rule.weekdays or rule.month_days or rule.year_days or rule.weeks):
        return _is_like(rule, begins, day)
    length = monthrange(day.year, day.month)[1]
    if rule.month_days and not {day.day, day.day - length - 1} & set(rule.month_days):
        return False
    of_year, year = day.timetuple().tm_yday, 366 if monthrange(day.year, 2)[1] == 29 else 365
    if rule.year_days and not {of_year, of_year - year - 1} & set(rule.year_days):
        return False
    if rule.weeks and _week_of(day, rule.week_start) not in _weeks(rule, day):
        return False
    if not rule.weekdays:
        return True
    # Numbered days of the week are numbered in their month, or in a year that names no months.
    place, of = (day.day, length) if rule.every == "month" or rule.months else (of_year, year)
    numbers = (0, (place - 1) // 7 + 1, -((of - place) // 7 + 1))
    return any((number, day.weekday()) in rule.weekdays for number in numbers)


def _is_like(rule: Rule, begins: date, day: date) -> bool:
    """Whether a day is like the one on which a rule began, where the rule names none."""
    return {
        "day": True,
        "week": day.weekday() == begins.weekday(),
        "month": day.day == begins.day,
        "year": day.day == begins.day and bool(rule.months or day.month == begins.month),
    }[rule.every]


def _weeks(rule: Rule, day: date) -> set[int]:
    last = _week_of(date(day.year, 12, 31), rule.week_start)
    if last == 1:
        last = _week_of(date(day.year, 12, 24), rule.week_start)
    return {week if week > 0 else last + 1 + week for week in rule.weeks}


def _week_of(day: date, start: int) -> int:
    """The number of a week that begins on any day; the first has four days of its year at least."""
    middle = day + timedelta(days=3 - (day.weekday() - start) % 7)
    return (middle.timetuple().tm_yday - 1) // 7 + 1


def as_recurrence(rule: Rule, begins: date) -> dict[str, Value] | None:
    """The rule in the fields of a record, without its bounds; None where they can't say it."""
    if rule.year_days or rule.weeks or (rule.every == "week" and rule.interval > 1 and rule.week_start):
        return None
    ordinals = {ordinal for ordinal, _ in rule.weekdays}
    place = next(iter(ordinals)) if len(ordinals) == 1 else 0
    in_month = rule.every == "month" or (rule.every == "year" and bool(rule.months))
    if rule.positions:
        # The second of all Tuesdays is the Tuesday of the second week.
        alone = len(rule.positions) == 1 and len(rule.weekdays) == 1 and not rule.month_days
        if not (alone and in_month and ordinals == {0}) or (rule.every == "year" and len(rule.months) != 1):
            return None
        place = rule.positions[0]
    elif len(ordinals) > 1 or (place and not in_month):
        return None
    if place not in (0, 1, 2, 3, 4, 5, -1):
        return None
    months, month_days = list(rule.months), list(rule.month_days)
    named = [WEEKDAYS[day] for _, day in rule.weekdays]
    if not named and not month_days and rule.every in ("month", "year"):
        month_days = [begins.day]
        months = months or ([begins.month] if rule.every == "year" else [])
    if not named and rule.every == "week":
        named = [WEEKDAYS[begins.weekday()]]
    found: dict[str, Value] = {"every": rule.every}
    if rule.interval > 1:
        found["interval"] = rule.interval
    if named:
        found["weekdays"] = [*named]
    if place:
        found["week_of_month"] = place
    if month_days:
        found["month_days"] = [*month_days]
    if months:
        found["months"] = [*months]
    return found
