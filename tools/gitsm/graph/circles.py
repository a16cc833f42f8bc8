"""Circles of things that follow on each other, named in full, and the knots that they make."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping


def circles(after: Mapping[str, set[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle of things that follow on each other, from its first one by name round to it again.

    Of things that are entangled in many circles, the shortest through the first one is given.
    """
    for knot in sorted(knots(after), key=min):
        start = min(knot)
        if len(knot) > 1 or start in after.get(start, ()):
            found = circle_through(start, after)
            assert found is not None, f"{start} is in no circle"
            yield found


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
