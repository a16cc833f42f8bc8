"""When there is room for a change: the earliest windows that are free of every conflict.

Each start on a grid of 15 minutes is tried with the conflicts of the calendar itself. What takes up time,
such as a freeze or another change, is jumped over; what is found is a window for which the calendar has
nothing to say. Where there is none, each window tells what stands in its way, and the windows in whose
way one thing alone stands tell what lifting it would free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from gitsm.calendar import Conflict, ConflictKind, conflicts_of
from gitsm.calendar.duration import plan_minutes, rollback_minutes
from gitsm.calendar.work import window_of
from gitsm.change_control import proposed_on
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval
from gitsm.records.change import Change
from gitsm.repository import Record, Repository

GRID = timedelta(minutes=15)
"""How far apart the starts are that are tried."""
COARSE = timedelta(hours=1)
"""How far apart they are where the question is only what stands in the way."""
_TAKES_UP_TIME = frozenset(
    {
        ConflictKind.SAME_SERVICE,
        ConflictKind.DEPENDENCY,
        ConflictKind.REDUNDANCY,
        ConflictKind.TEAM,
        ConflictKind.PERSON,
        ConflictKind.FREEZE,
        ConflictKind.PEAK,
        ConflictKind.NOBODY_ON_DUTY,
    }
)
"""Conflicts that every window has that begins before they end."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way of windows, and what lifting it alone would free."""

    kind: ConflictKind
    others: tuple[str, ...]
    """The records at its other end, such as `calendar year-end-freeze`; none for the change's own."""
    example: str
    """What the calendar says of one of the windows."""
    freed: tuple[Interval, ...]
    """Windows that nothing else stands in the way of, the first ones."""
    windows: int
    """How many windows of those that were tried it stands in the way of."""


@dataclass
class _Way:
    """What is known of an obstacle while windows are tried."""

    example: str = ""
    freed: list[Interval] = field(default_factory=list)
    windows: int = 0


def length_of(repository: Repository, change: Record[Change]) -> timedelta | None:
    """How long a window of a change must be: its plan and its rollback, and no less than its window now.

    None where neither is known.
    """
    window = window_of(change)
    plan = plan_minutes(repository, change)
    known = [window.end - window.start] if window is not None else []
    if plan is not None:
        known.append(timedelta(minutes=plan + rollback_minutes(repository, change)))
    return max(known, default=None)


def earliest(repository: Repository, change: Record[Change]) -> datetime:
    """The first moment at which a change may begin: not before now, nor before the policy's notice is over."""
    lead = next((n.lead for n in repository.policy.notice if n.type == change.fields.type), None)
    proposed = proposed_on(change)
    announced = repository.now
    if proposed is not None:
        announced = datetime.combine(proposed, time(), repository.timezone)
    waited = announced + timedelta(minutes=lead.minutes if lead is not None else 0)
    return _on_grid(max(repository.now, waited).astimezone(UTC))


def _on_grid(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + GRID if past else moment


def free(
    repository: Repository, change: Record[Change], length: timedelta, until: datetime
) -> Iterator[Interval]:
    """The free windows of a length that begin before a moment, one after the other."""
    start = earliest(repository, change)
    while start < until:
        window = Interval(start, start + length)
        standing = _standing(repository, change, window)
        if not standing:
            yield window
            start = _on_grid(window.end)
        else:
            over = [c.overlap.end for c in standing if c.kind in _TAKES_UP_TIME and c.overlap is not None]
            start = max(start + GRID, _on_grid(max(over, default=start)))


def obstacles(
    repository: Repository, change: Record[Change], length: timedelta, until: datetime, most: int = 3
) -> list[Obstacle]:
    """What stands in the way, first what would free a window if it alone were lifted, the earliest window first."""
    ways: dict[tuple[ConflictKind, tuple[str, ...]], _Way] = defaultdict(_Way)
    start = earliest(repository, change)
    while start < until:
        window = Interval(start, start + length)
        standing = {(c.kind, tuple(map(str, c.others))): c for c in _standing(repository, change, window)}
        for key, conflict in standing.items():
            way = ways[key]
            way.windows += 1
            way.example = way.example or conflict.message
            if len(standing) == 1 and len(way.freed) < most:
                way.freed.append(window)
        start += COARSE
    found = [
        Obstacle(kind, others, way.example, tuple(way.freed), way.windows)
        for (kind, others), way in ways.items()
    ]
    return sorted(found, key=lambda one: (not one.freed, one.freed[:1], -one.windows, one.kind, one.others))


def _standing(repository: Repository, change: Record[Change], window: Interval) -> Sequence[Conflict]:
    """The conflicts that a person would have to answer for; notes are worth knowing, and stop nobody."""
    found = conflicts_of(repository, change, window)
    return [conflict for conflict in found if conflict.severity is not Severity.NOTE]
