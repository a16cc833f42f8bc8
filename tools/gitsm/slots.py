"""When there is room for a change: the earliest windows that are free of every conflict.

Each start on a grid of 5 minutes is tried with the conflicts of the calendar itself, with the watch and the
messages of the change moved with its window. What takes up time, such as a freeze or another change, is jumped
over; what is found is a window for which the calendar has nothing to say. Where there is none, windows tell
what stands in their way, and each of these things, then each pair, is lifted to see what that would free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from itertools import combinations, islice
from typing import Any

from gitsm.calendar import Conflict, ConflictKind, conflicts_of
from gitsm.calendar.duration import plan_minutes, rollback_minutes
from gitsm.calendar.work import window_of
from gitsm.change_control import proposed_on
from gitsm.intervals import Interval
from gitsm.overlay import OverlayTree
from gitsm.records.change import Change, Window
from gitsm.repository import Record, Repository
from gitsm.writing import yaml_text

GRID = timedelta(minutes=5)
"""How far apart the starts are that are tried."""
MANY_REFUSALS = 24
"""After how many refusals in a row the steps grow."""
COARSE = timedelta(hours=1)
"""How far apart they are where the question is only what stands in the way."""
MOST_LIFTED = 6
"""Of how many things that stand in the way it is tried what lifting one of them would free."""
MOST_PAIRED = 4
"""Of how many it is tried what lifting two of them would free, where one alone frees nothing."""
_TAKES_UP_TIME = frozenset(
    {
        ConflictKind.SAME_SERVICE,
        ConflictKind.DEPENDENCY,
        ConflictKind.REDUNDANCY,
        ConflictKind.TEAM,
        ConflictKind.PERSON,
        ConflictKind.FREEZE,
        ConflictKind.EXCEPTION,
        ConflictKind.PEAK,
        ConflictKind.NOBODY_ON_DUTY,
    }
)
"""Conflicts that every window has of which the part that is concerned begins before they end."""

Accepts = Callable[[Repository, Record[Change], Interval], bool]
"""Whether a window that the calendar has nothing against stands before everything else."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What stands in the way of windows, and what lifting it would free: one thing, or two together."""

    others: tuple[Record[Any], ...]
    """The records at its other end; none for what the change says of itself."""
    kinds: tuple[ConflictKind, ...]
    """In which way it stands in theirs, of each."""
    examples: tuple[str, ...]
    """What the calendar says of one of the windows, of each."""
    freed: tuple[Interval, ...]
    """The earliest windows that there would be without it."""
    windows: int
    """How many windows of those that were tried it stands in the way of."""


@dataclass
class _Way:
    """What is known of an obstacle while windows are tried."""

    conflict: Conflict
    others: tuple[Record[Any], ...]
    windows: int = 0
    alone: int = 0
    """In the way of how many windows it stands alone."""


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


def moved(repository: Repository, change: Record[Change], window: Interval) -> Change:
    """The fields of a change in another window: its watch and its messages move with it.

    What was said is said; what is still to be said can't be said in the past.
    """
    fields = change.fields
    edges: dict[str, Any] = {"start": window.start, "end": window.end, "timezone": None}
    old = fields.window
    found: dict[str, Any] = {
        "window": Window.model_construct(**edges) if old is None else old.model_copy(update=edges),
    }
    if old is not None:
        later = window.start - old.start
        if fields.watch is not None:
            found["watch"] = fields.watch.model_copy(update={"until": fields.watch.until + later})
        found["communications"] = tuple(
            said
            if said.at <= repository.now
            else said.model_copy(update={"at": max(said.at + later, repository.now)})
            for said in fields.communications
        )
    return fields.model_copy(update=found)


def free(
    repository: Repository,
    change: Record[Change],
    length: timedelta,
    until: datetime,
    accepts: Accepts = lambda repository, change, window: True,
) -> Iterator[Interval]:
    """The free windows of a length that begin before a moment, one after the other.

    `accepts` may refuse one for a reason of its own. After a refusal the next start of the grid is tried,
    and after many in a row the steps grow up to a day.
    """
    start, refused = earliest(repository, change), 0
    while start < until:
        window = Interval(start, start + length)
        standing = _standing(repository, change, window)
        if standing:
            start = _next(window, standing)
        elif accepts(repository, change, window):
            yield window
            start, refused = _on_grid(window.end), 0
        else:
            refused += 1
            start = _on_grid(start + min(GRID * 2 ** max(0, refused - MANY_REFUSALS), timedelta(days=1)))


def _next(window: Interval, standing: Sequence[Conflict]) -> datetime:
    """The next start that may be free, where some conflicts stand in the way of a window."""
    over = [c.overlap.end - c.after for c in standing if c.kind in _TAKES_UP_TIME and c.overlap is not None]
    following = _on_grid(max([window.start + timedelta(minutes=1), *over]))
    # A maintenance window need not begin on the grid, and may have room from its first moment only.
    begins = [
        c.overlap.end for c in standing if c.kind is ConflictKind.NO_MAINTENANCE and c.overlap is not None
    ]
    return min([following, *(moment for moment in begins if max([window.start, *over]) < moment < following)])


def obstacles(
    repository: Repository,
    change: Record[Change],
    length: timedelta,
    until: datetime,
    most: int = 3,
    accepts: Accepts = lambda repository, change, window: True,
) -> list[Obstacle]:
    """What stands in the way, first what would free a window if it alone were lifted, the earliest window first.

    What is said to be freed was tried without the records at the other end. Where lifting one thing frees
    nothing, two are lifted together.
    """
    ways = _ways(repository, change, length, until)
    likely = sorted(ways, key=lambda way: (not way.alone, -way.windows, way.conflict.message))

    def lifted(*some: _Way) -> Obstacle:
        freed: tuple[Interval, ...] = ()
        others = {other.file: other for way in some for other in way.others}
        if all(way.others for way in some):
            without = _without(repository, list(others.values()))
            same = without.get(Change, change.id)
            if same is not None:
                freed = tuple(islice(free(without, same, length, until, accepts), most))
        return Obstacle(
            tuple(others.values()),
            tuple(way.conflict.kind for way in some),
            tuple(way.conflict.message for way in some),
            freed,
            max(way.windows for way in some),
        )

    found = [lifted(way) for way in likely[:MOST_LIFTED]]
    if not any(one.freed for one in found):
        pairs = [lifted(*pair) for pair in combinations(likely[:MOST_PAIRED], 2)]
        found = [*(pair for pair in pairs if pair.freed), *found]
    return sorted(found, key=lambda one: (not one.freed, one.freed[:1], -one.windows, one.examples))


def _ways(repository: Repository, change: Record[Change], length: timedelta, until: datetime) -> list[_Way]:
    ways: dict[tuple[Any, ...], _Way] = {}
    start = earliest(repository, change)
    while start < until:
        standing: dict[tuple[Any, ...], Conflict] = {}
        for conflict in _standing(repository, change, Interval(start, start + length)):
            others = _others(change, conflict)
            standing.setdefault(tuple(other.file for other in others) or (conflict.kind,), conflict)
        for key, conflict in standing.items():
            way = ways.setdefault(key, _Way(conflict, _others(change, conflict)))
            way.windows += 1
            way.alone += len(standing) == 1
        start += COARSE
    return list(ways.values())


def _others(change: Record[Change], conflict: Conflict) -> tuple[Record[Any], ...]:
    """The records at the other end of a conflict, from where the change stands.

    Of a team that is booked twice they are the other changes: it has hands enough without them.
    """
    ends = [conflict.change, *conflict.others]
    if conflict.kind is ConflictKind.TEAM:
        ends = [end for end in ends if end.kind.name != "team"]
    found = {end.file: end for end in ends if end.file != change.file}
    return tuple(found[file] for file in sorted(found))


def _without(repository: Repository, records: Sequence[Record[Any]]) -> Repository:
    """The repository as it would be without some records; of teams, without their hours."""
    changed: dict[str, str] = {}
    removed: list[str] = []
    for record in records:
        if record.kind.name == "team":
            left = {key: value for key, value in record.data.items() if key != "hours"}
            changed[record.file] = yaml_text(left)
        else:
            removed.append(record.file)
    return Repository(
        OverlayTree(repository.tree, changed, removed=removed),
        now=repository.now,
        settings=repository.settings,
        authorised=repository.authorised,
        git=repository.git,
        commit=repository.commit,
    )


def _standing(repository: Repository, change: Record[Change], window: Interval) -> Sequence[Conflict]:
    """The conflicts of a change in a window, notes included: a window that is free is free of all."""
    there = replace(change, checked=moved(repository, change, window))
    return conflicts_of(repository, there, window)
