"""Stretches of time: half-open, in UTC, and computed with as sets of moments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time from its start to just before its end, both in UTC."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        """How long it is, in minutes."""
        return (self.end - self.start).total_seconds() / 60

    def overlaps(self, other: Interval) -> bool:
        """Whether a moment is in both; stretches that touch end to end have none in common."""
        return self.start < other.end and other.start < self.end


Intervals = Sequence[Interval]
"""Stretches in order that neither overlap nor touch."""


def union(stretches: Iterable[Interval]) -> list[Interval]:
    """The moments that are in any of the stretches; empty and reversed ones hold none."""
    found: list[Interval] = []
    for stretch in sorted(stretch for stretch in stretches if stretch.start < stretch.end):
        if found and stretch.start <= found[-1].end:
            if stretch.end > found[-1].end:
                found[-1] = Interval(found[-1].start, stretch.end)
        else:
            found.append(stretch)
    return found


def common(one: Intervals, other: Intervals) -> list[Interval]:
    """The moments that are in both."""
    found: list[Interval] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i].start, other[j].start), min(one[i].end, other[j].end)
        if start < end:
            found.append(Interval(start, end))
        if one[i].end <= other[j].end:
            i += 1
        else:
            j += 1
    return found


def without(one: Intervals, other: Intervals) -> list[Interval]:
    """The moments that are in one and not in the other."""
    found: list[Interval] = []
    j = 0
    for stretch in one:
        start = stretch.start
        while j < len(other) and other[j].end <= start:
            j += 1
        k = j
        while k < len(other) and other[k].start < stretch.end:
            if start < other[k].start:
                found.append(Interval(start, other[k].start))
            start = max(start, other[k].end)
            k += 1
        if start < stretch.end:
            found.append(Interval(start, stretch.end))
    return found


def minutes(stretches: Intervals) -> float:
    """How long stretches are together, in minutes."""
    return sum(stretch.minutes for stretch in stretches)


def in_words(length: float) -> str:
    """A length in minutes as a message says it: `45 min`, `68 h 30 min`, `20 s`."""
    whole, seconds = divmod(round(length * 60), 60)
    hours, rest = divmod(whole, 60)
    parts = (f"{hours:,} h" if hours else "", f"{rest} min" if rest else "", f"{seconds} s" if seconds else "")
    return " ".join(part for part in parts if part) or "0 min"
