"""How much of the downtime that a figure allows one period of a promise may hold, and must.

A figure of 99.9 % a month around the clock allows three quarters of an hour, and all of it may fall into
office hours; or none. Both are counted in the calendars, period by period, and nothing is taken to be
spread evenly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from gitsm.intervals import Interval, common
from gitsm.promises.gaps import stretches, window_of
from gitsm.promises.judged import Judged
from gitsm.promises.support import zone_of
from gitsm.promises.worst_moment import Hours
from gitsm.records.agreement import Agreement, AvailabilityTarget

DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "quarter": (90, 92), "year": (365, 366)}
"""How many days a period has at least and at most, from the shortest to the longest."""
_WITHIN = {("year", "quarter"): 365 / 90, ("year", "month"): 365 / 28, ("quarter", "month"): 90 / 28}
"""How many times as long as the shortest part of it a period is, in the year in which that is the most."""
_ORDER = list(DAYS)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a figure comes to in the worst period of a promise, as shares of the promised hours."""

    low: float
    """How often it works at least there."""
    high: float
    """How often it works at most there, for all that is known."""
    uncovered: float = 0.0
    """The largest share of the promised hours of a period of which the figure says nothing."""
    best: float | None = None
    """How often it works at most in another period, where that is more."""
    period: int = 0
    """Which period is the one of `high`."""


def spent_at_once(given: str, promised: str) -> float:
    """How many times as much downtime a period of the promise may hold as a figure given for another
    period says: a year's may all be spent in one month. A shorter period's never adds up to more."""
    if (given, promised) in _WITHIN:
        return _WITHIN[given, promised]
    is_longer = _ORDER.index(given) > _ORDER.index(promised)
    return DAYS[given][1] / DAYS[promised][0] if is_longer else 1.0


def spent(judged: Judged, below: Agreement) -> Spent:
    """What the figure of an agreement comes to for a promise. Raises UnknownHours."""
    figure, mine = below.availability, judged.fields.availability
    assert figure is not None
    assert mine is not None
    share, crosses = figure.target / 100, "week" in (figure.period, mine.period) and figure.period != "day"
    crosses = crosses and figure.period != mine.period and mine.period != "day"
    if below.hours == judged.fields.hours and (
        figure.period == mine.period or (below.hours is None and not crosses)
    ):
        least = max(0.0, 1 - (1 - share) * spent_at_once(figure.period, mine.period))
        return Spent(least, least)
    window, zone = window_of(judged), zone_of(judged)
    key = ("spent", figure.target, figure.period, below.hours, mine.period, judged.fields.hours, window, zone)
    memo = judged.ground.memo
    if key not in memo:
        memo[key] = _counted(judged, below.hours, figure, mine.period, window, ZoneInfo(zone))
    return cast("Spent", memo[key])


def _counted(
    judged: Judged,
    hours: str | None,
    figure: AvailabilityTarget,
    period: str,
    window: Interval,
    zone: ZoneInfo,
) -> Spent:
    allowed = 1 - figure.target / 100
    mine = list(_periods(period, window, zone))
    whole = Interval(mine[0].start, mine[-1].end)
    given = list(_periods(figure.period, whole, zone))
    whole = Interval(min(whole.start, given[0].start), max(whole.end, given[-1].end))
    promised, covered = (stretches(judged.ground, each, whole) for each in (judged.fields.hours, hours))
    ours, theirs, both = Hours(promised), Hours(covered), Hours(common(promised, covered))
    is_longer = _ORDER.index(figure.period) > _ORDER.index(period)
    lows, highs, uncovered = [], [], [0.0]
    first = 0
    for part in mine:
        total = _within(ours, part)
        while given[first].end <= part.start:
            first += 1
        if total <= 0:
            continue
        most = least = 0.0
        index = first
        while index < len(given) and given[index].start < part.end:
            other = given[index]
            inner = Interval(max(part.start, other.start), min(part.end, other.end))
            budget, shared = allowed * _within(theirs, other), _within(both, inner)
            # A longer period's downtime counts where it does the most harm, as if it were all spent there.
            room = _within(theirs, inner if is_longer else other) - shared
            most += min(budget, shared)
            least += min(max(budget - room, 0.0), shared)
            index += 1
        left = total - _within(both, part)
        lows.append(max(0.0, 1 - (most + left) / total))
        highs.append(1 - least / total)
        uncovered.append(left / total)
    if not lows:
        return Spent(1.0, 1.0)
    low, high, best = min(lows), min(highs), max(highs)
    more = best if best > high and not is_longer else None
    return Spent(low, max(low, high), max(uncovered), more, highs.index(high))


def _within(hours: Hours, part: Interval) -> float:
    return hours.until(part.end.timestamp() / 60) - hours.until(part.start.timestamp() / 60)


def _periods(period: str, window: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    """The periods of the calendar that meet a window, each in full."""
    day = _first_day(period, window.start.astimezone(zone).date())
    while True:
        start, following = _midnight(day, zone), _next(period, day)
        if start >= window.end:
            return
        yield Interval(start, _midnight(following, zone))
        day = following


def _first_day(period: str, day: date) -> date:
    if period == "day":
        return day
    if period == "week":
        return day - timedelta(days=day.weekday())
    if period == "year":
        return day.replace(month=1, day=1)
    return day.replace(month=day.month if period == "month" else (day.month - 1) // 3 * 3 + 1, day=1)


def _next(period: str, day: date) -> date:
    if period in ("day", "week"):
        return day + timedelta(days=DAYS[period][0])
    months = day.year * 12 + day.month - 1 + {"month": 1, "quarter": 3, "year": 12}[period]
    return date(months // 12, months % 12 + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
