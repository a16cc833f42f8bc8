"""When there is room for a change: the earliest windows that are free of every conflict.

Each start on a grid of 5 minutes is tried with the conflicts of the calendar itself. What takes up time,
such as a freeze or another change, is jumped over; what is found is a window for which the calendar has
nothing to say. Where there is none, each window tells what stands in its way, and the windows in whose
way one thing alone stands tell what lifting it would free.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from gitsm.calendar import Conflict, ConflictKind, conflicts_of
from gitsm.calendar.duration import plan_minutes, rollback_minutes
from gitsm.calendar.work import window_of
from gitsm.change_control import proposed_on
from gitsm.intervals import Interval
from gitsm.overlay import OverlayTree
from gitsm.records.change import Change
from gitsm.repository import Record, Repository

GRID = timedelta(minutes=5)
"""How far apart the starts are that are tried."""
AFTER_REFUSAL = timedelta(minutes=15)
"""How much later a window is tried after one that was free and refused for another reason."""
MANY_REFUSALS = 24
"""After how many refusals in a row the steps grow."""
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

    others: tuple[Record[Any], ...]
    """The records at its other end; none for what the change says of itself."""
    kind: ConflictKind
    """One of the ways in which it stands in theirs."""
    example: str
    """What the calendar says of one of the windows."""
    freed: tuple[Interval, ...]
    """Windows that nothing else stands in the way of, the first ones."""
    windows: int
    """How many windows of those that were tried it stands in the way of."""


@dataclass
class _Way:
    """What is known of an obstacle while windows are tried."""

    conflict: Conflict | None = None
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
    past = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + GRID if past else moment


def free(
    repository: Repository,
    change: Record[Change],
    length: timedelta,
    until: datetime,
    accepts: Callable[[Interval], bool] = lambda window: True,
) -> Iterator[Interval]:
    """The free windows of a length that begin before a moment, one after the other.

    `accepts` may refuse one for a reason of its own. After a refusal the search goes on a quarter of
    an hour later, and after many in a row in steps that grow up to a day.
    """
    start, refused = earliest(repository, change), 0
    while start < until:
        window = Interval(start, start + length)
        standing = _standing(repository, change, window)
        if standing:
            over = [c.overlap.end for c in standing if c.kind in _TAKES_UP_TIME and c.overlap is not None]
            start = max(start + GRID, _on_grid(max(over, default=start)))
        elif accepts(window):
            yield window
            start, refused = _on_grid(window.end), 0
        else:
            refused += 1
            start += min(AFTER_REFUSAL * 2 ** max(0, refused - MANY_REFUSALS), timedelta(days=1))


def obstacles(
    repository: Repository, change: Record[Change], length: timedelta, until: datetime, most: int = 3
) -> list[Obstacle]:
    """What stands in the way, first what would free a window if it alone were lifted, the earliest window first.

    What is said to be freed was tried with the records at the other end taken away.
    """
    ways: dict[tuple[Any, ...], _Way] = defaultdict(_Way)
    start = earliest(repository, change)
    while start < until:
        window = Interval(start, start + length)
        standing: dict[tuple[Any, ...], Conflict] = {}
        for conflict in _standing(repository, change, window):
            others = _others(change, conflict)
            standing.setdefault(tuple(other.file for other in others) or (conflict.kind,), conflict)
        for key, conflict in standing.items():
            way = ways[key]
            way.windows += 1
            way.conflict = way.conflict or conflict
            if len(standing) == 1 and len(way.freed) < most:
                way.freed.append(window)
        start += COARSE
    found = [_obstacle(repository, change, way) for way in ways.values()]
    return sorted(found, key=lambda one: (not one.freed, one.freed[:1], -one.windows, one.example))


def _others(change: Record[Change], conflict: Conflict) -> tuple[Record[Any], ...]:
    """The records at the other end of a conflict, from where the change stands."""
    ends = (conflict.change, *conflict.others)
    found = {end.file: end for end in ends if end.file != change.file}
    return tuple(found[file] for file in sorted(found))


def _obstacle(repository: Repository, change: Record[Change], way: _Way) -> Obstacle:
    assert way.conflict is not None
    others = _others(change, way.conflict)
    freed = tuple(way.freed)
    if others and freed:
        lifted = _without(repository, [other.file for other in others])
        same = lifted.get(Change, change.id)
        freed = tuple(w for w in freed if same is not None and not _standing(lifted, same, w))
    return Obstacle(others, way.conflict.kind, way.conflict.message, freed, way.windows)


def _without(repository: Repository, files: Sequence[str]) -> Repository:
    """The repository as it would be without some records."""
    return Repository(
        OverlayTree(repository.tree, {}, removed=files),
        now=repository.now,
        settings=repository.settings,
        authorised=repository.authorised,
        git=repository.git,
        commit=repository.commit,
    )


def _standing(repository: Repository, change: Record[Change], window: Interval) -> Sequence[Conflict]:
    """The conflicts of a change in a window, notes included: a window that is free is free of all."""
    return conflicts_of(repository, change, window)
