"""When something comes back: a calendar's recurrence, expanded inside a horizon and never beyond it.

What comes back does so by the clock on the wall: every Tuesday at 22:00 is another moment of UTC in
summer than in winter.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from gitsm.intervals import Interval
from gitsm.local_days import shown_between
from gitsm.records.calendar import Recurrence

MAX_OCCURRENCES = 5_000
"""How often something may come back within a horizon; what comes oftener is cut there."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as records name them."""
FIRST_DAY = date(2000, 1, 1)
"""The first day that a record may name."""


def says_its_days(comes: Recurrence) -> bool:
    """Whether a recurrence says on which days it comes, if only by the day on which it begins."""
    if comes.from_ is not None or comes.every == "day":
        return True
    if comes.interval > 1 or (comes.every == "year" and not comes.months):
        return False
    return bool(comes.weekdays or (comes.month_days and comes.every != "week"))


def days(comes: Recurrence, first: date, last: date) -> list[date]:
    """The days from `first` to `last`, both included, on which something comes.

    One that does not say its days comes only on those that it names besides.
    """
    ruled = _by_rule(comes, first, last) if says_its_days(comes) else iter(())
    found = set(islice(ruled, MAX_OCCURRENCES))
    found |= {day for day in comes.besides if first <= day <= last}
    return sorted(found.difference(comes.except_))[:MAX_OCCURRENCES]


def places(comes: Recurrence, first: date, last: date) -> dict[date, str]:
    """The same days, each with its place: its week, month or year, and which day of that it is after the first.

    By its place an occurrence is known when its day is moved within the week, month or year, or others
    are left out. What comes daily has its days for places, and so has what the rule does not name.
    """
    found: dict[date, str] = {}
    if says_its_days(comes):
        count = Counter[str]()
        for day in _by_rule(comes, _begins(comes.every, first), last):
            period = _period(comes.every, day)
            count[period] += 1
            found[day] = period if count[period] == 1 else f"{period}.{count[period]}"
    return {day: found.get(day, day.isoformat()) for day in days(comes, first, last)}


def occurrences(comes: Recurrence, first: date, last: date, timezone: str) -> Iterator[tuple[date, Interval]]:
    """Each day from `first` to `last` on which something begins, and the stretch that it takes.

    It begins when clocks show its time, at the first of two such moments; where they skip it, when
    they go on. Without a length it takes the rest of the day, without a time the day from its midnight.
    """
    for day in days(comes, first, last):
        midnight = datetime.combine(day, time())
        begins = datetime.combine(day, comes.starts or time())
        rest = list(shown_between(begins, midnight + timedelta(days=1), timezone))
        if not rest:
            continue
        start = rest[0].start
        end = rest[-1].end if comes.takes is None else start + timedelta(minutes=comes.takes.minutes)
        yield day, Interval(start, end)


def _by_rule(comes: Recurrence, first: date, last: date) -> Iterator[date]:
    """The days of a stretch on which it comes by its own rule, as RFC 5545 would have it.

    Each day is asked, so that what never comes, such as a 30 February, costs no more than what comes
    each day: libraries that count from one occurrence to the next look for it until the year 9999.
    """
    begins = comes.from_ or FIRST_DAY
    day, end = max(first, begins), min(last, comes.until or last)
    while day <= end:
        if _periods_between(comes, begins, day) % comes.interval == 0 and _comes_on(comes, begins, day):
            yield day
        day += timedelta(days=1)


def _period(every: str, day: date) -> str:
    """The day, week, month or year that a day is in."""
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[every]]


def _begins(every: str, day: date) -> date:
    """The first day of the day, week, month or year that a day is in."""
    if every == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(month=day.month if every != "year" else 1, day=day.day if every == "day" else 1)


def _periods_between(comes: Recurrence, begins: date, day: date) -> int:
    """How many days, weeks from Monday on, months or years lie between two days."""
    if comes.every == "day":
        return (day - begins).days
    if comes.every == "week":
        return (day.toordinal() - day.weekday() - begins.toordinal() + begins.weekday()) // 7
    years = day.year - begins.year
    return years if comes.every == "year" else years * 12 + day.month - begins.month


def _comes_on(comes: Recurrence, begins: date, day: date) -> bool:
    """Whether a day is one of those that are named; where none is, whether it is like the one on which it began."""
    if comes.months and day.month not in comes.months:
        return False
    if not comes.weekdays and not comes.month_days:
        return {
            "day": True,
            "week": day.weekday() == begins.weekday(),
            "month": day.day == begins.day,
            "year": day.day == begins.day and bool(comes.months or day.month == begins.month),
        }[comes.every]
    length = monthrange(day.year, day.month)[1]
    if comes.month_days and not {day.day, day.day - length - 1} & set(comes.month_days):
        return False
    return not comes.weekdays or _is_named_weekday(comes, day, length)


def _is_named_weekday(comes: Recurrence, day: date, length: int) -> bool:
    if WEEKDAYS[day.weekday()] not in comes.weekdays:
        return False
    if comes.week_of_month is None or comes.every not in ("month", "year"):
        return True
    in_week = (day.day - 1) // 7 + 1 if comes.week_of_month > 0 else -((length - day.day) // 7 + 1)
    return in_week == comes.week_of_month
