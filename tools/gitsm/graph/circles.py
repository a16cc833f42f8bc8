"""Circles of things that follow on each other, named in full, and the knots that they make."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_CIRCLES = 100
"""Of a knot as many circles are named; of more, how many steps are on none of them."""
MAX_STEPS = 4_000
"""Of as many steps in all they are made; the first one is named whatever its length."""


@dataclass(frozen=True, slots=True)
class Tangle:
    """A knot of things that follow on each other in circles."""

    circles: tuple[tuple[str, ...], ...]
    """Circles that together have every step of the knot: things that follow on themselves first, then for each
    step that is on none of those before, the shortest one with it. Each begins with its first thing by name."""
    more: int
    """How many steps of the knot are on none of them, because there are too many to name."""


def tangles(after: Mapping[str, Collection[str]]) -> Iterator[Tangle]:
    """The knots in which things follow on each other in circles, by their first thing's name."""
    for knot in sorted(knots(after), key=min):
        inside = set(knot)
        steps = {id: sorted(inside.intersection(after.get(id, ()))) for id in sorted(inside)}
        if any(steps.values()):
            yield _tangle(steps)


def circles(after: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """The circles that are named of everything that follows on each other; see `Tangle`."""
    for tangle in tangles(after):
        yield from tangle.circles


def _tangle(steps: Mapping[str, Sequence[str]]) -> Tangle:
    found = [(id, id) for id, following in steps.items() if id in following]
    named: list[tuple[str, ...]] = [*found]
    left = {(one, other): None for one, following in steps.items() for other in following if one != other}
    covered: set[tuple[str, str]] = set()
    length = 0
    for one, other in left:
        if (one, other) in covered:
            continue
        if length and (len(named) - len(found) >= MAX_CIRCLES or length >= MAX_STEPS):
            break
        circle = (one, *_way(other, one, steps))
        covered.update(pairwise(circle))
        length += len(circle) - 1
        first = circle.index(min(circle))
        named.append((*circle[first:-1], *circle[:first], circle[first]))
    return Tangle(tuple(named), len(left.keys() - covered))


def _way(start: str, goal: str, steps: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from one thing of a knot to another one."""
    came_from = {start: start}
    reached = [start]
    for here in reached:
        if goal in came_from:
            break
        for each in steps[here]:
            if each not in came_from:
                came_from[each] = here
                reached.append(each)
    way = [goal]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def knots(after: Mapping[str, Collection[str]]) -> list[Collection[str]]:
    """Everything that follows on something or is followed, as knots: sets of which each part leads to
    each other one. A knot comes after all those that it leads to."""
    from graphlib import CycleError, TopologicalSorter

    try:
        return [(id,) for id in TopologicalSorter(after).static_order()]
    except CycleError:
        import networkx  # imported only where there is something to untangle

        whole: networkx.DiGraph[str] = networkx.DiGraph()
        whole.add_nodes_from(after)
        whole.add_edges_from((one, other) for one, others in after.items() for other in others)
        # Tarjan's way finds a component once everything that it leads to is found.
        return list(networkx.strongly_connected_components(whole))


def circle_through(start: str, after: Mapping[str, Collection[str]]) -> tuple[str, ...] | None:
    """The shortest circle from one thing round to it again; None where there is none."""
    came_from: dict[str, str] = {}
    reached = [start]
    for here in reached:
        following = after.get(here, ())
        if start in following:
            way = [start]
            while here != start:
                way.append(here)
                here = came_from[here]
            return (start, *reversed(way))
        for each in sorted(following):
            if each not in came_from:
                came_from[each] = here
                reached.append(each)
    return None
