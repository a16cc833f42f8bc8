"""The graph of services and what they stand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gitsm.records.service import Dependency, Service
from gitsm.repository import Record, Repository, once


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency: `service` stands on `on`."""

    service: str
    on: str
    dependency: Dependency

    @property
    def hard(self) -> bool:
        """Whether the service fails without it."""
        return self.dependency.criticality == "hard"


@dataclass(frozen=True)
class Graph:
    """Services and their dependencies, by id. Dependencies on services that no file defines are left out."""

    services: Mapping[str, Record[Service]]
    edges: tuple[Edge, ...]

    def on(self, service: str) -> list[Edge]:
        """What a service stands on."""
        return self._on.get(service, [])

    def of(self, service: str) -> list[Edge]:
        """What stands on a service."""
        return self._of.get(service, [])

    @cached_property
    def _on(self) -> Mapping[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.service, []).append(edge)
        return found

    @cached_property
    def _of(self) -> Mapping[str, list[Edge]]:
        found: dict[str, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.on, []).append(edge)
        return found

    def around(self, service: str, *, up: bool = True, down: bool = True, steps: int | None = None) -> Graph:
        """The part of the graph that a service stands on (`up` the chain of supply), and that stands
        on it (`down`), within a number of steps."""
        kept = {service}
        for wanted, follow in ((up, self._suppliers()), (down, self._consumers())):
            if wanted:
                kept |= _reach(service, follow, steps)
        return Graph(
            {id: record for id, record in self.services.items() if id in kept},
            tuple(edge for edge in self.edges if edge.service in kept and edge.on in kept),
        )

    def brought_down_by(self, services: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """What fails or gets worse for its users when services are down, each with the way there.

        The services themselves are among it, each with a way of one step. A service goes down with a
        hard dependency, except where a fallback keeps its users from noticing, or where enough
        members of its redundancy group still stand.
        """
        ways: dict[str, tuple[str, ...]] = {id: (id,) for id in sorted(services)}
        edge = list(ways)
        while edge:
            after = sorted({(down.service, down.on) for id in edge for down in self.of(id)})
            edge = []
            for service, on in after:
                if service not in ways and self._goes_down(service, ways):
                    ways[service] = (*ways[on], service)
                    edge.append(service)
        return ways

    def _goes_down(self, service: str, down: Mapping[str, object]) -> bool:
        groups: dict[str, list[Edge]] = {}
        for edge in self.on(service):
            fallback, group = edge.dependency.fallback, edge.dependency.redundancy_group
            if not edge.hard or (fallback is not None and not fallback.degraded):
                continue
            if group is not None:
                groups.setdefault(group.name, []).append(edge)
            elif edge.on in down:
                return True
        return any(_too_few(members, down) for members in groups.values())

    def cycles(self) -> Iterator[tuple[str, ...]]:
        """Each cycle of dependencies, from its alphabetically first service round to it again.

        Of services that are entangled in many cycles, the shortest through the first one is given.
        """
        from graphlib import CycleError, TopologicalSorter

        suppliers = self._suppliers()
        try:
            TopologicalSorter(suppliers).prepare()
        except CycleError:
            import networkx  # imported only where there is something to untangle

            whole: networkx.DiGraph[str] = networkx.DiGraph((edge.service, edge.on) for edge in self.edges)
            for knot in sorted(networkx.strongly_connected_components(whole), key=min):
                start = min(knot)
                if len(knot) > 1 or whole.has_edge(start, start):
                    yield _round(start, {id: suppliers.get(id, set()) & knot for id in knot})

    def _suppliers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for edge in self.edges:
            found.setdefault(edge.service, set()).add(edge.on)
        return found

    def _consumers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for edge in self.edges:
            found.setdefault(edge.on, set()).add(edge.service)
        return found


@once
def graph_of(repository: Repository) -> Graph:
    """The graph of every service of a repository."""
    services = {record.id: record for record in repository.of(Service)}
    edges = tuple(
        Edge(record.id, dependency.service, dependency)
        for record in services.values()
        for dependency in record.fields.depends_on
        if dependency.service in services
    )
    return Graph(services, edges)


def _too_few(members: Sequence[Edge], down: Mapping[str, object]) -> bool:
    """Whether a redundancy group has too few members left; the members may differ in how many they ask for."""
    groups = [edge.dependency.redundancy_group for edge in members]
    standing = sum(edge.on not in down for edge in members)
    lost = len(members) - standing
    return lost > 0 and standing < max(group.needed for group in groups if group is not None)


def _reach(start: str, follow: Mapping[str, set[str]], steps: int | None) -> set[str]:
    reached, edge = {start}, {start}
    while edge and (steps is None or steps > 0):
        edge = {after for id in edge for after in follow.get(id, ())} - reached
        reached |= edge
        steps = None if steps is None else steps - 1
    return reached


def _round(start: str, follow: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The shortest way from a service back to itself; there is one."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for after in sorted(follow[way[-1]]):
            if after == start:
                return (*way, start)
            if after not in seen:
                seen.add(after)
                ways.append((*way, after))
    raise AssertionError(f"{start} is in no cycle")
