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

    def after(self, at: float, minutes: float) -> float:
        """The moment at which so many minutes have been worked since a moment; it is the end of the last
        worked minute, and not the beginning of the next one."""
        return at if minutes <= 0 else self.when(self.until(at) + minutes)

    def when(self, worked: float) -> float:
        """The first moment before which so much is worked; never, where there is not so much."""
        index = bisect_left(self.worked, worked) - 1
        if index < 0:
            return self.starts[0] if self.starts else inf
        if index >= len(self.starts):
            return inf
        return self.starts[index] + worked - self.worked[index]

    def edges(self) -> Iterator[float]:
        """Where hours begin and end."""
        yield from self.starts
        yield from self.ends


class Stage(Protocol):
    """A part of the way: later moments never come out earlier."""

    def __call__(self, at: float) -> float: ...

    def jumps(self) -> Iterable[float]:
        """The moments at or right after which it jumps."""

    def back(self, out: float) -> float:
        """About the first moment that comes out at a moment or later."""


@dataclass(frozen=True)
class Wait:
    """Wait until somebody is there."""

    hours: Hours

    def __call__(self, at: float) -> float:
        return self.hours.next(at)

    def jumps(self) -> Iterable[float]:
        return self.hours.ends

    def back(self, out: float) -> float:
        index = bisect_left(self.hours.ends, out)
        if index < len(self.hours.starts) and out > self.hours.starts[index]:
            return out
        return self.hours.ends[index - 1] if index > 0 else -inf


@dataclass(frozen=True)
class Elapse:
    """Let time go by."""

    minutes: float

    def __call__(self, at: float) -> float:
        return at + self.minutes

    def jumps(self) -> Iterable[float]:
        return ()

    def back(self, out: float) -> float:
        return out - self.minutes


@dataclass(frozen=True)
class Work:
    """Let working time go by."""

    hours: Hours
    minutes: float

    def __call__(self, at: float) -> float:
        return self.hours.after(at, self.minutes)

    def jumps(self) -> Iterable[float]:
        if self.minutes > 0:
            yield from (self.back(end) for end in self.hours.ends)

    def back(self, out: float) -> float:
        if self.minutes <= 0:
            return out
        worked = self.hours.until(out) - self.minutes
        return self.hours.when(worked) if worked >= 0 else -inf


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


def through(way: Iterable[Stage], at: float) -> float:
    """When somebody who sets out at a moment comes out at the end."""
    for stage in way:
        if at == inf:
            break
        at = stage(at)
    return at


def worst_moment(begins: Hours, way: Sequence[Stage], deadline: Stage) -> Worst | None:
    """The whole minute in some hours that leaves the least time between the way's end and the deadline.

    The first of several that are alike; None where the hours hold no minute, or every deadline lies
    beyond what is looked at.
    """
    found: Worst | None = None
    for minute in _candidates(begins, way):
        until = deadline(minute)
        if until == inf:
            continue
        restored = through(way, minute)
        if found is None or (found.restored < inf and until - restored < found.deadline - found.restored):
            found = Worst(minute, restored, until)
    return found


def _candidates(begins: Hours, way: Sequence[Stage]) -> Iterator[int]:
    """The minutes that may be the worst, in order: at and right after each jump, and where hours begin.

    Jumps of the deadline give more time, and never less.
    """
    jumps = list(begins.starts)
    for count, stage in enumerate(way):
        for jump in stage.jumps():
            at = jump
            for before in reversed(way[:count]):
                at = before.back(at)
            jumps.append(at)
    near = {floor(jump) + more for jump in jumps if abs(jump) < inf for more in (0, 1)}
    index = 0
    for minute in sorted(near):
        while index < len(begins.ends) and begins.ends[index] <= minute:
            index += 1
        if index == len(begins.ends):
            return
        if begins.starts[index] <= minute:
            yield minute
