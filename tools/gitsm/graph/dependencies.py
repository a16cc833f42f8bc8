"""Services and their dependencies as a graph."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from gitsm.graph.circles import Tangle, circle_through, tangles
from gitsm.graph.edge import Edge
from gitsm.graph.spread import Spread
from gitsm.records.service import IN_USE, Service
from gitsm.repository import Record, Repository, once

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Graph:
    """Services and their dependencies, by id."""

    services: Mapping[str, Record[Service]]
    edges: tuple[Edge, ...]
    """The dependencies on services that a file defines."""
    undeclared: tuple[Edge, ...] = ()
    """The dependencies on what no file defines."""

    @property
    def all_edges(self) -> tuple[Edge, ...]:
        """All dependencies, also those on what no file defines."""
        return self.edges + self.undeclared

    def on(self, service: str) -> list[Edge]:
        """What a service stands on, as far as files define it."""
        return self._on.get(service, [])

    def of(self, service: str) -> list[Edge]:
        """What stands on a service, whether or not a file defines it."""
        return self._of.get(service, [])

    def all_on(self, service: str) -> list[Edge]:
        """What a service stands on, also what no file defines."""
        return self._all_on.get(service, [])

    def between(self, service: str, on: str) -> list[Edge]:
        """The dependencies of a service on another one: most often there is one at most."""
        return self._between.get((service, on), [])

    @cached_property
    def guards(self) -> Mapping[str, list[str]]:
        """For what may fail, the services that have a fallback or a redundancy group for it."""
        found: dict[str, list[str]] = {}
        for edge in self.all_edges:
            if edge.group is not None or edge.dependency.fallback is not None:
                found.setdefault(edge.on, []).append(edge.service)
        return found

    @cached_property
    def _on(self) -> Mapping[str, list[Edge]]:
        return _by(lambda edge: edge.service, self.edges)

    @cached_property
    def _all_on(self) -> Mapping[str, list[Edge]]:
        return _by(lambda edge: edge.service, self.all_edges)

    @cached_property
    def _of(self) -> Mapping[str, list[Edge]]:
        return _by(lambda edge: edge.on, self.all_edges)

    @cached_property
    def _between(self) -> Mapping[tuple[str, str], list[Edge]]:
        return _by(lambda edge: (edge.service, edge.on), self.all_edges)

    def is_retired(self, service: str) -> bool:
        """Whether a service runs no more."""
        record = self.services.get(service)
        return record is not None and record.fields.lifecycle == "retired"

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every service that a file defines or a dependency names."""
        return frozenset(self.services) | {edge.on for edge in self.undeclared}

    @cached_property
    def fatal(self) -> Spread:
        """How far the failure of services makes others fail."""
        return self._spread(Edge.is_fatal)

    @cached_property
    def hard(self) -> Spread:
        """How far it makes them fail, or run on a fallback that users notice."""
        return self._spread(Edge.is_hard_and_felt)

    @cached_property
    def felt(self) -> Spread:
        """How far users notice anything, by whatever dependency."""
        return self._spread(Edge.is_felt)

    @cached_property
    def any(self) -> Spread:
        """What stands on what by any dependency, whatever keeps it from failing."""
        return self._spread(lambda edge: True)

    def _spread(self, counts: Callable[[Edge], bool]) -> Spread:
        # Where there are neither soft dependencies nor fallbacks, all of them are the same.
        those = tuple(map(counts, self.all_edges))
        if those not in self._spreads:
            self._spreads[those] = Spread(self.ids, self.all_edges, self._stands_in, counts)
        return self._spreads[those]

    @cached_property
    def _spreads(self) -> dict[tuple[bool, ...], Spread]:
        return {}

    def _stands_in(self, edge: Edge) -> bool:
        """Whether a member of a redundancy group is there at all, when others fail.

        What no file defines isn't, nor what is retired, nor what is only being built while the service
        that counts on it is in use.
        """
        if edge.on not in self.services:
            return False
        there = self.services[edge.on].fields.lifecycle
        return there in IN_USE or (
            there != "retired" and self.services[edge.service].fields.lifecycle not in IN_USE
        )

    def around(self, service: str, *, up: bool = True, down: bool = True, steps: int | None = None) -> Graph:
        """The part of the graph that a service stands on (`up` the chain of supply), and that stands
        on it (`down`), within a number of steps."""
        return self.near([service], up=up, down=down, steps=steps)

    def near(
        self, services: Iterable[str], *, up: bool = True, down: bool = True, steps: int | None = None
    ) -> Graph:
        """The part of the graph that several services stand on, and that stands on them: also what no file
        defines, and from there on."""
        start = set(services)
        kept = set(start)
        suppliers: dict[str, set[str]] = {}
        consumers: dict[str, set[str]] = {}
        for edge in self.all_edges:
            suppliers.setdefault(edge.service, set()).add(edge.on)
            consumers.setdefault(edge.on, set()).add(edge.service)
        for wanted, follow in ((up, suppliers), (down, consumers)):
            if wanted:
                kept |= _reach(start, follow, steps)
        return self.only(kept)

    def only(self, kept: set[str]) -> Graph:
        """The part of the graph that some services make."""
        return Graph(
            {id: record for id, record in self.services.items() if id in kept},
            tuple(edge for edge in self.edges if edge.service in kept and edge.on in kept),
            tuple(edge for edge in self.undeclared if edge.service in kept and edge.on in kept),
        )

    def parts(self) -> list[Graph]:
        """The parts of the graph that have nothing to do with each other, the largest first."""
        around: dict[str, set[str]] = {id: set() for id in self.ids}
        for edge in self.all_edges:
            around[edge.service].add(edge.on)
            around[edge.on].add(edge.service)
        place: dict[str, str] = {}
        for id in sorted(around):
            if id not in place:
                place.update(dict.fromkeys(_reach({id}, around, None), id))
        services: dict[str, dict[str, Record[Service]]] = {}
        edges: dict[str, list[Edge]] = {}
        undeclared: dict[str, list[Edge]] = {}
        for id, record in self.services.items():
            services.setdefault(place[id], {})[id] = record
        for edge in self.edges:
            edges.setdefault(place[edge.service], []).append(edge)
        for edge in self.undeclared:
            undeclared.setdefault(place[edge.service], []).append(edge)
        found = [
            Graph(part, tuple(edges.get(id, ())), tuple(undeclared.get(id, ())))
            for id, part in services.items()
        ]
        return sorted(found, key=lambda part: (-len(part.services), min(part.services)))

    def brought_down_by(self, services: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """What fails or gets worse for its users when services are down, each with the shortest way there.

        The services themselves are among it, each with a way of one step. A service goes down with a
        hard dependency, except where a fallback keeps its users from noticing, or where enough
        members of its redundancy group still stand. What soft dependencies do is left out: `impact`
        tells it.
        """
        start = sorted(services)
        came_from = self.hard.ways(start, self.hard.reached(start))
        ways: dict[str, tuple[str, ...]] = {}
        for id, before in came_from.items():
            ways[id] = (*ways[before], id) if before is not None else (id,)
        return ways

    def cycles(self) -> Iterator[tuple[str, ...]]:
        """Cycles of dependencies, each from its alphabetically first service round to it again.

        Every dependency that is on a cycle is on one of these, but for those that `tangles` counts.
        """
        for tangle in self.tangles:
            yield from tangle.circles

    @cached_property
    def tangles(self) -> tuple[Tangle, ...]:
        """The knots of services that depend on each other in circles."""
        return tuple(tangles(self._suppliers()))

    def circles_of(self, service: str) -> list[tuple[str, ...]]:
        """Those of the cycles that a service is on, each from it round to it again, the shortest first.

        Where too many cycles are entangled to be named, at least the shortest of the service.
        """
        shortest = self.circle_through(service)
        if shortest is None:
            return []
        found = {shortest: None}
        for circle in self.cycles():
            if service in circle:
                start = circle.index(service)
                found[(*circle[start:-1], *circle[:start], service)] = None
        return sorted(found, key=lambda circle: (len(circle), circle))

    def circle_through(self, service: str) -> tuple[str, ...] | None:
        """The shortest circle of dependencies from a service round to it again; None where there is none."""
        return circle_through(service, self._suppliers())

    def _suppliers(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for edge in self.edges:
            found.setdefault(edge.service, set()).add(edge.on)
        return found


@once
def graph_of(repository: Repository) -> Graph:
    """The graph of every service of a repository."""
    services = {record.id: record for record in repository.of(Service)}
    edges: list[Edge] = []
    undeclared: list[Edge] = []
    for record in services.values():
        for dependency in record.fields.depends_on:
            where = edges if dependency.service in services else undeclared
            where.append(Edge(record.id, dependency.service, dependency))
    return Graph(services, tuple(edges), tuple(undeclared))


def _by(key: Callable[[Edge], Key], edges: Iterable[Edge]) -> dict[Key, list[Edge]]:
    found: dict[Key, list[Edge]] = {}
    for edge in edges:
        found.setdefault(key(edge), []).append(edge)
    return found


def _reach(start: set[str], follow: Mapping[str, set[str]], steps: int | None) -> set[str]:
    reached, edge = set(start), set(start)
    while edge and (steps is None or steps > 0):
        edge = {after for id in edge for after in follow.get(id, ())} - reached
        reached |= edge
        steps = None if steps is None else steps - 1
    return reached
