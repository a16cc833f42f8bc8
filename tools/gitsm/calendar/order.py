"""The order of changes: what is required, by a change itself or by what it requires, and not done when it begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from gitsm.calendar.conflict import Conflict, ConflictKind
from gitsm.calendar.duration import amount
from gitsm.calendar.work import Plans, Work, plans, taken_up_by
from gitsm.diagnostic import Place, Severity
from gitsm.intervals import Interval
from gitsm.records.change import Change
from gitsm.repository import Record, Repository, once

MOST_SHOWN = 4
"""How many changes of a way are named."""


@dataclass(frozen=True, slots=True)
class _Way:
    """From a change that is required to the one that is not done, which is the same where nothing is between them."""

    first: tuple[Record[Change], ...]
    """The changes that it begins with, as many as are named."""
    length: int
    last: Record[Change]

    def from_(self, change: Record[Change]) -> _Way:
        """The way from a change that requires the first one of this."""
        return _Way((change, *self.first)[: MOST_SHOWN - 1], self.length + 1, self.last)

    def __str__(self) -> str:
        ids = [change.id for change in self.first]
        left_out = self.length - len(ids) - (self.last is not self.first[-1])
        if left_out > 0:
            ids.append(f"{left_out} more")
        return " > ".join([*ids, self.last.id] if self.last is not self.first[-1] else ids)


@dataclass(frozen=True, slots=True)
class _Awaited:
    """The latest change that one without a window of its own waits for."""

    work: Work
    way: _Way


def out_of_order(plans: Plans, work: Work) -> Iterator[Conflict]:
    """The changes that one requires and that are not done when it begins.

    Where a required change has no window ahead, what that requires must be done as well: of all of it
    the one that ends last is said. What has a window is judged by that itself.
    """
    said: set[str] = set()
    left: list[tuple[int, str]] = []
    for index, id in enumerate(work.change.fields.requires):
        other = plans.to_come.get(id)
        if other is None or other.id == work.id:
            continue
        when = taken_up_by(plans.repository, other)
        if when is not None and when.end > work.when.start:
            said.add(id)
            yield _early(work, _Way((other,), 1, other), when, index)
        elif id not in plans.by_id:
            left.append((index, id))
    awaited = _awaited(plans.repository) if left else {}
    for index, id in left:
        found = awaited.get(id)
        if found is None or found.work.id in said or found.work.id == work.id:
            continue
        if found.work.when.end > work.when.start:
            said.add(found.work.id)
            yield _early(work, found.way, found.work.when, index)


def before_its_successors(plans: Plans, work: Work) -> Iterator[Conflict]:
    """The changes that require this one, themselves or by others without a window, and begin before it is done."""
    ways = {work.id: _Way((work.change,), 1, work.change)}
    asked = [work.id]
    for id in asked:  # which grows
        for by in plans.requiring.get(id, ()):
            if by in ways:
                continue
            other = plans.by_id.get(by)
            ways[by] = ways[id].from_(plans.to_come[by])
            if other is None:
                asked.append(by)
            elif work.when.end > other.when.start:
                yield _early(other, ways[id], work.when, other.change.fields.requires.index(id))


@once
def _awaited(repository: Repository) -> Mapping[str, _Awaited]:
    """For each change without a window ahead the one that ends last of those that it waits for.

    What ends last hands itself on first, so that each is asked once, in whatever circles they require
    each other.
    """
    every = plans(repository)
    found: dict[str, _Awaited] = {}
    for work in sorted(every.works, key=lambda work: (work.when.end, work.id), reverse=True):
        asked, own = [work.id], _Way((work.change,), 1, work.change)
        for id in asked:  # which grows
            way = found[id].way if id in found else own
            for by in every.requiring.get(id, ()):
                if by not in every.by_id and by not in found:
                    found[by] = _Awaited(work, way.from_(every.to_come[by]))
                    asked.append(by)
    return found


def _early(work: Work, way: _Way, when: Interval, index: int) -> Conflict:
    """A change begins before the last of a way is done, the first of which it requires itself."""
    other = way.last
    both = Interval(max(work.when.start, when.start), min(work.when.end, when.end))
    overlap = both if both.start < both.end else Interval(work.when.start, when.end)
    how = "ends before" if work.when.end <= when.start else "begins before"
    what = "begins" if work.when.end <= when.start else "is done"
    by = f" by {way}" if way.length > 1 else ""
    for_ = f": they overlap for {amount(both.minutes)}" if both.start < both.end else ""
    return Conflict(
        ConflictKind.ORDER,
        work.change,
        Severity.ERROR,
        f"{work.change} {how} {other.id}, which it requires{by}, {what}{for_}",
        ("requires", index),
        hint="move one of the two windows",
        related=(*_places(work), *_links(way), _end_of(other)),
        others=(other,),
        overlap=overlap,
        minutes=overlap.minutes,
    )


def _places(work: Work) -> Iterator[Place]:
    if work.change.fields.window is not None:
        yield work.change.place("window", "start", label="this one begins")


def _links(way: _Way) -> Iterator[Place]:
    for change, required in pairwise(way.first):
        index = change.fields.requires.index(required.id)
        yield change.place("requires", index, label=f"requires {required.id}")


def _end_of(change: Record[Change]) -> Place:
    if change.fields.window is None:
        return change.place("actual", "start", label="the required one is under way")
    return change.place("window", "end", label="the required one ends")
