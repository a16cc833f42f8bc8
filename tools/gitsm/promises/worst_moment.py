"""The worst moment at which an incident can begin: found, not sampled.

Restoring a service is a way through working hours: somebody waits until support is there, until the
next one is called, until an agreement below begins to hold, and until its target has run out. How long
that takes jumps only where hours begin or end, seen from the end of the way or from its beginning.
Between two such moments an incident that begins later has no longer to wait, and its deadline moves
with it. So the worst minute is one right at or right after a jump, and it is enough to look there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor, inf
from typing import Protocol

from gitsm.intervals import Interval


class Hours:
    """Working time on a line of minutes. Before its first stretch and after its last nobody works."""

    def __init__(self, stretches: Sequence[Interval]) -> None:
        self.starts = [part.start.timestamp() / 60 for part in stretches]
        self.ends = [part.end.timestamp() / 60 for part in stretches]
        self.worked = [0.0]
        """How much is worked before each stretch, and in all of them."""
        for start, end in zip(self.starts, self.ends, strict=True):
            self.worked.append(self.worked[-1] + end - start)

    def next(self, at: float) -> float:
        """The first worked moment from a moment on; never, where there is none."""
        index = bisect_right(self.ends, at)
        return max(at, self.starts[index]) if index < len(self.starts) else inf

    def until(self, at: float) -> float:
        """How much is worked before a moment."""
        index = bisect_right(self.starts, at) - 1
        return self.worked[index] + min(at, self.ends[index]) - self.starts[index] if index >= 0 else 0.0

    def when(self, worked: float) -> float:
        """The first moment before which so much is worked; never, where there is not so much."""
        index = bisect_left(self.worked, worked) - 1
        if index < 0:
            return self.starts[0] if self.starts else inf
        if index >= len(self.starts):
            return inf
        return self.starts[index] + worked - self.worked[index]

    def when_next(self, worked: float) -> float:
        """The last moment before which no more is worked: the next stretch begins where one ends with that."""
        index = bisect_right(self.worked, worked) - 1
        return self.starts[index] + worked - self.worked[index] if 0 <= index < len(self.starts) else inf

    def edges(self) -> Iterator[float]:
        """Where hours begin and end."""
        yield from self.starts
        yield from self.ends


class Stage(Protocol):
    """A part of the way: later moments never come out earlier."""

    def each(self, moments: Sequence[float]) -> list[float]:
        """When somebody who comes to it at each of some moments is through with it."""

    def jumps(self, *, after: bool) -> Sequence[float]:
        """The moments at which it jumps, or those right after which it does."""

    def back(self, outs: Sequence[float], *, after: bool) -> list[float]:
        """The first moment each that comes out at some moments or later, or the last one that comes out no
        later: whoever waits comes out at one moment from many."""


@dataclass(frozen=True)
class Wait:
    """Wait until somebody is there."""

    hours: Hours

    def each(self, moments: Sequence[float]) -> list[float]:
        starts, ends = self.hours.starts, self.hours.ends
        places = [bisect_right(ends, at) for at in moments]
        never, last = inf, len(starts)
        return [
            (at if at > starts[place] else starts[place]) if place < last else never
            for at, place in zip(moments, places, strict=True)
        ]

    def jumps(self, *, after: bool) -> Sequence[float]:
        return () if after else self.hours.ends

    def back(self, outs: Sequence[float], *, after: bool) -> list[float]:
        starts, ends = self.hours.starts, self.hours.ends
        last, found = len(starts), []
        for out in outs:
            place = bisect_left(ends, out)
            if place < last and (out >= starts[place] if after else out > starts[place]):
                found.append(out)
            else:
                found.append(ends[place - 1] if place > 0 else -inf)
        return found


@dataclass(frozen=True)
class Elapse:
    """Let time go by."""

    minutes: float

    def each(self, moments: Sequence[float]) -> list[float]:
        minutes = self.minutes
        return [at + minutes for at in moments]

    def jumps(self, *, after: bool) -> Sequence[float]:
        return ()

    def back(self, outs: Sequence[float], *, after: bool) -> list[float]:
        minutes = self.minutes
        return [out - minutes for out in outs]


@dataclass(frozen=True)
class Work:
    """Let working time go by; it is over at the end of the last worked minute, and not when the next one
    begins."""

    hours: Hours
    minutes: float

    def each(self, moments: Sequence[float]) -> list[float]:
        if self.minutes <= 0:
            return list(moments)
        hours, minutes = self.hours, self.minutes
        starts, ends, worked = hours.starts, hours.ends, hours.worked
        found, last = [], len(starts)
        for at in moments:
            # `until` and `when` written out: this is where the time goes.
            place = bisect_right(starts, at) - 1
            wanted = minutes
            if place >= 0:
                end = ends[place]
                wanted += worked[place] + (at if at < end else end) - starts[place]
            place = bisect_left(worked, wanted, max(place, 0)) - 1
            found.append(starts[place] + wanted - worked[place] if place < last else inf)
        return found

    def jumps(self, *, after: bool) -> Sequence[float]:
        return self._jumps if after else ()

    @cached_property
    def _jumps(self) -> Sequence[float]:
        return self.back(self.hours.ends, after=True) if self.minutes > 0 else ()

    def back(self, outs: Sequence[float], *, after: bool) -> list[float]:
        if self.minutes <= 0:
            return list(outs)
        until, minutes = self.hours.until, self.minutes
        when = self.hours.when_next if after else self.hours.when
        worked = [until(out) - minutes for out in outs]
        return [when(each) if each >= 0 else -inf for each in worked]


@dataclass(frozen=True)
class Soonest:
    """Go several ways at once, and be through as soon as enough of them are: the quickest, or more."""

    ways: tuple[tuple[Stage, ...], ...]
    needed: int = 1

    def each(self, moments: Sequence[float]) -> list[float]:
        ends = [through(way, moments) for way in self.ways]
        if self.needed == 1:
            return [min(each) for each in zip(*ends, strict=True)]
        return [sorted(each)[self.needed - 1] for each in zip(*ends, strict=True)]

    def jumps(self, *, after: bool) -> Sequence[float]:
        return self._after if after else self._at

    @cached_property
    def _at(self) -> Sequence[float]:
        return sorted({jump for way in self.ways for jump in _jumps(way, after=False)})

    @cached_property
    def _after(self) -> Sequence[float]:
        return sorted({jump for way in self.ways for jump in _jumps(way, after=True)})

    def back(self, outs: Sequence[float], *, after: bool) -> list[float]:
        # Only where each of the ways comes out later does the quickest of them; of the second all but one.
        ends = [_back(way, outs, after=after) for way in self.ways]
        return [sorted(each)[-self.needed] for each in zip(*ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Worst:
    """The moment that leaves the least time, in minutes since 1970."""

    at: float
    restored: float
    """When service is back, if everything takes as long as it may; infinite where never."""
    deadline: float

    @property
    def spare(self) -> float:
        """How many minutes are left; less than nothing where it is too late."""
        return -inf if self.restored == inf else self.deadline - self.restored


def through(way: Iterable[Stage], moments: Sequence[float]) -> list[float]:
    """When somebody who sets out at each of some moments comes out at the end."""
    found = list(moments)
    for stage in way:
        found = stage.each(found)
    return found


def worst_moment(begins: Hours, way: Sequence[Stage], deadline: Stage) -> Worst | None:
    """The whole minute in some hours that leaves the least time between the way's end and the deadline.

    The first of several that are alike; None where the hours hold no minute, or every deadline lies
    beyond what is looked at.
    """
    minutes = _candidates(begins, way)
    found: Worst | None = None
    least = inf
    for minute, restored, until in zip(minutes, through(way, minutes), deadline.each(minutes), strict=True):
        if until == inf:
            continue
        spare = until - restored if restored < inf else -inf
        if found is None or spare < least:
            found, least = Worst(minute, restored, until), spare
    return found


def _back(way: Sequence[Stage], outs: Sequence[float], *, after: bool) -> Sequence[float]:
    for stage in reversed(way):
        outs = stage.back(outs, after=after)
    return outs


def _jumps(way: Sequence[Stage], *, after: bool) -> Iterator[float]:
    for count, stage in enumerate(way):
        yield from _back(way[:count], stage.jumps(after=after), after=after)


def _candidates(begins: Hours, way: Sequence[Stage]) -> list[float]:
    """The minutes that may be the worst, in order: at or right after each jump, and where hours begin.

    Jumps of the deadline give more time, and never less. Of a jump between two minutes both are looked at,
    as it may be a little beside where it was computed.
    """
    starts, ends = begins.starts, begins.ends
    if not starts:
        return []
    first, last = starts[0] - 1, ends[-1]
    near: set[float] = set()
    for after, jumps in ((False, {*starts, *_jumps(way, after=False)}), (True, set(_jumps(way, after=True)))):
        for jump in jumps:
            if first <= jump < last:
                minute = float(floor(jump))
                if after or minute != jump:
                    near.add(minute + 1)
                if not after or minute != jump:
                    near.add(minute)
    found, index = [], 0
    for minute in sorted(near):
        while index < len(ends) and ends[index] <= minute:
            index += 1
        if index == len(ends):
            break
        if starts[index] <= minute:
            found.append(minute)
    return found
