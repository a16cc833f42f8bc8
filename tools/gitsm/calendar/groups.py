"""Redundancy groups as changes meet them: how many of their members must stay up, and which are enough to break one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gitsm.graph import Graph

Group = tuple[str, str]
"""A redundancy group: the service that uses it, and its name there."""


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a redundancy group that can stand in for each other, and how many of them must stand."""

    standing: frozenset[str]
    needed: int
    weighty: frozenset[str]
    """The members of which users notice the loss, once too few are left."""

    def left(self, lost: frozenset[str]) -> int:
        """How many still stand."""
        return len(self.standing - lost)

    def is_broken_by(self, lost: frozenset[str]) -> bool:
        """Whether too few stay up, and users notice."""
        return self.left(lost) < self.needed and not self.weighty.isdisjoint(lost)


def groups_of(graph: Graph) -> Mapping[Group, Members]:
    """The redundancy groups of which users would notice the loss."""
    spread = graph.hard
    return {
        (group.owner, group.name): Members(
            frozenset(spread.services(group.standing)),
            group.needed,
            frozenset(spread.services(group.weighty)),
        )
        for group in spread.groups
        if group.weighty
    }


def broken_together(
    graph: Graph, groups: Mapping[Group, Members], named: frozenset[str], lost: Mapping[Group, frozenset[str]]
) -> Mapping[Group, frozenset[str]]:
    """Of groups with the members that are lost when some services are down, those that are broken by it, and that
    none of the services would break alone."""
    broken = {group: members for group, members in lost.items() if groups[group].is_broken_by(members)}
    if not broken:
        return broken
    spread = graph.hard
    each = [spread.reached([id]) for id in sorted(named & graph.services.keys())]

    def is_broken_by_one(group: Group) -> bool:
        return any(
            groups[group].is_broken_by(frozenset(id for id in broken[group] if spread.bit[id] & down))
            for down in each
        )

    return {group: members for group, members in broken.items() if not is_broken_by_one(group)}
