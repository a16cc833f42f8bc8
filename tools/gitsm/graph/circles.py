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
            whole = set(knot)
            yield _round(start, {id: after.get(id, set()) & whole for id in knot})


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


def _round(start: str, follow: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The shortest way from a service back to itself; there is one."""
    came_from: dict[str, str] = {}
    reached = [start]
    for here in reached:
        if start in follow[here]:
            way = [start]
            while here != start:
                way.append(here)
                here = came_from[here]
            return (start, *reversed(way))
        for after in sorted(follow[here]):
            if after not in came_from:
                came_from[after] = here
                reached.append(after)
    raise AssertionError(f"{start} is in no cycle")
