"""Local days as stretches of UTC: what a clock on a wall shows, across its changes.

A moment is in the hours 22:00 to 06:00 of a day where the clock on the wall shows a time of those
hours. That is all: nothing is guessed on the nights on which clocks change. An hour that is skipped
holds no moment, one that is passed twice holds two, and a day that a country never had is empty.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from gitsm.intervals import Interval

MINUTES_OF_A_DAY = 1440
_LONGEST = timedelta(hours=26)
"""No clock is further from UTC; `Etc/GMT+12` and Kiritimati are 12 and 14 hours away."""
_STEP = timedelta(hours=6)


def hours_of(day: date, start: int, end: int, timezone: str) -> Iterator[Interval]:
    """The moments at which clocks of a zone show a time from `start` to `end` of a day.

    Both are minutes after midnight; an end beyond 1440 reaches into the days after.
    """
    midnight = datetime(day.year, day.month, day.day)
    yield from shown_between(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end), timezone)


def shown_between(start: datetime, end: datetime, timezone: str) -> Iterator[Interval]:
    """The moments at which clocks of a zone show a time from `start` to `end`, both without a zone."""
    for year in range((start - _LONGEST).year, (end + _LONGEST).year + 1):
        for span in _spans(timezone, year):
            first = max(span.start, (start - span.offset).replace(tzinfo=UTC))
            last = min(span.end, (end - span.offset).replace(tzinfo=UTC))
            if first < last:
                yield Interval(first, last)


def wall_clock(moment: datetime, timezone: str) -> datetime:
    """What clocks of a zone show at a moment, without a zone."""
    return moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, fold=0)


class _Span:
    """A stretch of UTC in which a zone keeps its distance from UTC."""

    __slots__ = ("end", "offset", "start")

    def __init__(self, start: datetime, end: datetime, offset: timedelta) -> None:
        self.start, self.end, self.offset = start, end, offset


@lru_cache(maxsize=4096)
def _spans(timezone: str, year: int) -> tuple[_Span, ...]:
    """The spans of a year of UTC, from its first moment to its last."""
    zone = ZoneInfo(timezone)
    at, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found: list[_Span] = []
    start, offset = at, _offset(at, zone)
    while at < last:
        after = min(at + _STEP, last)
        if _offset(after, zone) != offset and (change := _change(at, after, zone)) < last:
            found.append(_Span(start, change, offset))
            start, offset = change, _offset(change, zone)
        at = after
    found.append(_Span(start, last, offset))
    return tuple(found)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment, to the second, from which on a zone has another offset than before."""
    old = _offset(before, zone)
    seconds = range(int((after - before).total_seconds()) + 1)
    index = bisect_right(seconds, False, key=lambda s: _offset(before + timedelta(seconds=s), zone) != old)
    return before + timedelta(seconds=index)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset
