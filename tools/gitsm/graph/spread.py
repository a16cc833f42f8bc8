"""How far the failure of services reaches.

Every set of services is one whole number here, a bit for each service, so that the reach of all
services of a large estate is found in less than a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from gitsm.graph.circles import knots
from gitsm.graph.edge import Edge


class Group(NamedTuple):
    """A redundancy group, with sets of services as numbers."""

    owner: str
    name: str
    needed: int
    """How many members must work; where they disagree, the largest number."""
    members: int
    standing: int
    """The members that can stand in for others."""
    weighty: int
    """The members of which the owner feels the loss, once too few are left."""


class Spread:
    """What is drawn in when services fail, along those dependencies that count.

    A service is drawn in with what it stands on by a dependency that counts. A member of a redundancy
    group draws it in only where fewer members than needed are left.
    """

    def __init__(
        self,
        ids: Iterable[str],
        edges: Iterable[Edge],
        stands_in: Callable[[Edge], bool],
        counts: Callable[[Edge], bool],
    ) -> None:
        """Prepare the reach of every service; `stands_in` says which members of groups can do so at all."""
        self.counts = counts
        self.ids = sorted(ids)
        self.bit: Mapping[str, int] = {id: 1 << index for index, id in enumerate(self.ids)}
        self._consumers: dict[str, list[str]] = {id: [] for id in self.ids}
        self._suppliers: dict[str, list[str]] = {id: [] for id in self.ids}
        alone: dict[str, set[str]] = {id: set() for id in self.ids}
        grouped: dict[tuple[str, str], list[tuple[Edge, bool]]] = {}
        for edge in edges:
            it_counts = counts(edge)
            if it_counts:
                self._suppliers[edge.service].append(edge.on)
                if edge.group is None:
                    self._consumers[edge.on].append(edge.service)
            if edge.group is not None:
                grouped.setdefault((edge.service, edge.group), []).append((edge, it_counts))
            elif it_counts:
                alone[edge.on].add(edge.service)
        self._alone: dict[str, int] = {}
        for knot in knots(alone):
            reach = 0
            for id in knot:
                reach |= self.bit[id]
                for consumer in alone[id]:
                    # The other parts of the knot are not known yet, and are in it anyway.
                    reach |= self._alone.get(consumer, 0)
            self._alone.update(dict.fromkeys(knot, reach))
        self.groups = [self._group(*key, grouped[key], stands_in) for key in sorted(grouped)]
        self._felt_in: dict[str, list[Group]] = {}
        """The groups whose owners may feel the loss of a service."""
        for group in self.groups:
            for id in self.services(group.weighty):
                self._felt_in.setdefault(id, []).append(group)
        self._group_named = {(group.owner, group.name): group for group in self.groups}
        self._grouped = 0
        self._groups_with: list[list[Group]] = [[] for _ in self.ids]
        for group in self.groups:
            # Also the loss of one that is not felt itself may leave too few.
            self._grouped |= group.weighty | group.standing
            for id in self.services(group.weighty | group.standing):
                self._groups_with[self.bit[id].bit_length() - 1].append(group)

    def _group(
        self,
        owner: str,
        name: str,
        members: list[tuple[Edge, bool]],
        stands_in: Callable[[Edge], bool],
    ) -> Group:
        groups = [edge.dependency.redundancy_group for edge, _ in members]
        return Group(
            owner,
            name,
            max(group.needed for group in groups if group is not None),
            self.number(edge.on for edge, _ in members),
            self.number(edge.on for edge, _ in members if stands_in(edge)),
            self.number(edge.on for edge, it_counts in members if it_counts),
        )

    def groups_of(self, service: str) -> list[Group]:
        """The redundancy groups of a service."""
        return self._groups_of.get(service, [])

    @cached_property
    def _groups_of(self) -> Mapping[str, list[Group]]:
        found: dict[str, list[Group]] = {}
        for group in self.groups:
            found.setdefault(group.owner, []).append(group)
        return found

    def number(self, services: Iterable[str]) -> int:
        """A set of services as a number."""
        found = 0
        for id in services:
            found |= self.bit[id]
        return found

    def services(self, number: int) -> list[str]:
        """The services of a number, by id."""
        return [id for id, bit in zip(self.ids, reversed(f"{number:b}"), strict=False) if bit == "1"]

    def reached(self, services: Iterable[str]) -> int:
        """What is drawn in when services fail together, they themselves among it."""
        found = 0
        for id in services:
            found |= self._alone[id]
        waiting = found & self._grouped
        while waiting:
            member = waiting & -waiting
            waiting ^= member
            for group in self._groups_with[member.bit_length() - 1]:
                if not found & self.bit[group.owner] and found & group.weighty and too_few(group, found):
                    more = self._alone[group.owner] & ~found
                    found |= more
                    waiting |= more & self._grouped
        return found

    def ways(self, start: Iterable[str], within: int, *, until: str | None = None) -> dict[str, str | None]:
        """From what each of the services in a number is reached on the shortest way, nearest first.

        With `until`, no further than to that service.
        """

        bit, felt_in = self.bit, self._felt_in

        def belongs(id: str) -> bool:
            return bool(bit[id] & within)

        def by_groups(id: str) -> list[str]:
            groups = felt_in.get(id)
            return [group.owner for group in groups if too_few(group, within)] if groups else []

        return _nearest(start, self._consumers, belongs, until, by_groups)

    def ways_down(self, service: str) -> dict[str, str | None]:
        """From what each of the services that one stands on is reached on the shortest way, nearest first."""
        return _nearest([service], self._suppliers, lambda id: True)

    def draws(self, edge: Edge, within: int) -> bool:
        """Whether a service is drawn in by a dependency, while the services in a number are: by one of a group only
        where too few are left."""
        if not self.counts(edge):
            return False
        return edge.group is None or too_few(self._group_named[edge.service, edge.group], within)


def _nearest(
    start: Iterable[str],
    after: Mapping[str, list[str]],
    belongs: Callable[[str], bool],
    until: str | None = None,
    further: Callable[[str], list[str]] = lambda id: [],
) -> dict[str, str | None]:
    came_from: dict[str, str | None] = dict.fromkeys(sorted(start))
    edge = list(came_from)
    while edge and until not in came_from:
        found: dict[str, str] = {}
        for id in edge:
            more = further(id)
            for next_one in [*after[id], *more] if more else after[id]:
                if next_one not in came_from and next_one not in found and belongs(next_one):
                    found[next_one] = id
        edge = sorted(found)
        came_from.update((id, found[id]) for id in edge)
    return came_from


def too_few(group: Group, gone: int) -> bool:
    """Whether fewer members of a group than needed are left."""
    return left(group, gone) < group.needed


def left(group: Group, gone: int) -> int:
    """How many members of a group still stand."""
    return (group.standing & ~gone).bit_count()
