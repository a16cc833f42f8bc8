"""What promises rest on: who needs whom, and which agreements hold on a day.

A service needs its hard dependencies. A dependency with a fallback is none of them: while it is down
the service still works, if only worse, and so does one whose dependency is soft. What is retired works
for nobody, and what is only being built for none that is in use.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gitsm.graph.circles import circles, knots
from gitsm.records.agreement import Agreement
from gitsm.records.service import IN_USE, Dependency, Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository, once

MOST_VISITS = 10_000_000
"""How many services and agreements are visited for all promises of a repository together; what is left
after that stays undetermined, so that no estate, however tangled, keeps anybody waiting."""


Of = TypeVar("Of")


class TooEntangled(Exception):
    """There is more to compute than is reasonable; the text says of what."""


@dataclass(frozen=True, slots=True)
class Group:
    """A redundancy group: how many of which services must work."""

    name: str
    needed: int
    members: tuple[str, ...]
    listed: int = 0
    """How many services its service lists as members, whether they are in use or not."""
    or_all: tuple[str, ...] = ()
    """Members without a fallback: it is enough as well if all of these work; empty where that says no more."""

    def those_of(self, each: Sequence[Of]) -> list[Of]:
        """Of something that is said of each member in turn, what is said of those of `or_all`."""
        return [one for one, member in zip(each, self.members, strict=True) if member in self.or_all]

    def name_in(self, owner: str) -> str:
        """The group and whose it is, in words."""
        return f"redundancy group {self.name} of {owner}"

    @property
    def in_words(self) -> str:
        """What it needs, in words."""
        return f"{self.needed} of {', '.join(self.members)}{self.otherwise}"

    @property
    def otherwise(self) -> str:
        """What is enough as well, in words as they follow the others; empty where nothing is."""
        if len(self.or_all) > 1:
            return f", or all of {', '.join(self.or_all)}"
        return f", or {self.or_all[0]} alone" if self.or_all else ""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a service can't do without."""

    each: tuple[str, ...]
    groups: tuple[Group, ...]
    gone: Mapping[str, str] = field(default_factory=dict)
    """Those of `each` that a file defines and that don't work, with the reason in words."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every service that is named, alone or in a group."""
        return (*self.each, *(member for group in self.groups for member in group.members))


NOTHING = Needs((), ())


class Ground:
    """The services and agreements of a repository, as promises are walked through them."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.services: Mapping[str, Record[Service]] = {r.id: r for r in repository.of(Service)}
        self._agreements: dict[str, list[Record[Agreement]]] = defaultdict(list)
        for agreement in repository.of(Agreement):
            if not agreement.damaged:  # nothing is proved by what somebody perhaps didn't mean
                self._agreements[service_of(agreement)].append(agreement)
        self.memo: dict[object, object] = {}
        """What computations remember of calendars, by a key of their own."""
        self.hidden: dict[str, frozenset[str]] = {}
        """The services without which one surely fails, of those that were asked for."""
        self.is_trial = False
        """Whether a change is being tried: what that takes has a limit of its own."""
        self._changed: dict[tuple[str, str], Record[Any]] = {}
        self._needs: dict[str, Needs] = {}
        self._visits = 0
        self._bits: dict[str, int] = {}
        self._stands_on: dict[bool, dict[str, int]] = {True: {}, False: {}}
        self._circles: dict[str, tuple[str, ...]] | None = None

    def agreement(self, id: str) -> Record[Agreement] | None:
        """The agreement with an id, where all of it can be read."""
        found = self._changed.get(("agreement", id)) or self.repository.get(Agreement, id)
        return found if found is None or not found.damaged else None

    def team(self, id: str) -> Record[Team] | None:
        """The team with an id, where it can be read."""
        return self._changed.get(("team", id)) or self.repository.get(Team, id)

    def as_trial(self) -> Ground:
        """The same, for what is only tried."""
        found = copy(self)
        found.is_trial = True
        return found

    def with_changed(self, record: Record[Any]) -> Ground:
        """The same with one service, agreement or team as it would be after a change."""
        found = self.as_trial()
        found._changed = {**self._changed, (record.kind.name, record.id): record}
        # What is remembered by calendars stays true; who stands on whom may not.
        found.hidden = {}
        if record.kind.name == "service":
            # Who stands on whom is kept: a change that is tried takes dependencies away, and never adds any.
            found.services = {**self.services, record.id: record}
            found._needs = dict(self._needs)
            found._needs.pop(record.id, None)
        elif record.kind.name == "agreement":
            about = service_of(record)
            changed = [record if each.id == record.id else each for each in self._agreements.get(about, ())]
            found._agreements = defaultdict(list, {**self._agreements, about: changed})
        return found

    def needs(self, service: str) -> Needs:
        """What a service can't do without; nothing where it can't be read."""
        if service not in self._needs:
            record = self.services.get(service)
            self._needs[service] = _needs(self._there(record)) if record is not None else NOTHING
        return self._needs[service]

    def _there(self, record: Record[Service]) -> list[tuple[Dependency, str]]:
        """The dependencies of a service, each with the reason for which what it names isn't there."""
        found = []
        for dependency in record.fields.depends_on:
            on, why = self.services.get(dependency.service), ""
            lifecycle = on.fields.lifecycle if on is not None else "live"
            if lifecycle == "retired":
                why = f"service {dependency.service}, which is retired"
            elif lifecycle not in IN_USE and record.fields.lifecycle in IN_USE:
                why = f"service {dependency.service}, which is not in use yet"
            found.append((dependency, why))
        return found

    def agreements_of(self, service: str) -> Sequence[Record[Agreement]]:
        """The agreements about a service, by id. Raises TooEntangled."""
        found = self._agreements.get(service, ())
        self.visit(len(found))
        return found

    def visit(self, count: int = 1) -> None:
        """Count records that were visited. Raises TooEntangled."""
        self._visits += count
        if self._visits > MOST_VISITS:
            raise TooEntangled("too much stands below the promises of this repository to look at all of it")

    def bit(self, service: str) -> int:
        """The bit that stands for a service in sets of them."""
        return 1 << self._bits.setdefault(service, len(self._bits))

    def stands_on(self, service: str, *, hard: bool = False) -> int:
        """All services that one needs, however far below, as a set of bits: alone or in groups, or only
        those without which it surely fails."""
        known = self._stands_on[hard]
        if not known:
            after = {
                id: tuple(dict.fromkeys(self.needs(id).each if hard else self.needs(id).all))
                for id in self.services
            }
            for knot in knots(after):
                below = [on for id in knot for on in after.get(id, ())]
                found = 0
                for on in below:
                    found |= self.bit(on) | known.get(on, 0)
                known.update(dict.fromkeys(knot, found))
        return known.get(service, 0)

    def circle_of(self, service: str) -> tuple[str, ...]:
        """The circle of services that need each other in which one stands, from its first one by name
        round to it again; empty where it stands in none."""
        if self._circles is None:
            after = {id: set(self.needs(id).each) for id in self.services}
            found = [circle for circle in circles(after) if len(circle) > 1]
            self._circles = {id: circle for circle in found for id in circle}
        return self._circles.get(service, ())

    def nearest_of(self, bits: int) -> list[str]:
        """The services that stand in a set of bits, by name, without those that others of them stand on."""
        ids = list(self._bits)
        found: list[tuple[str, int]] = []
        below = 0
        while bits:
            lowest = bits & -bits
            bits ^= lowest
            id = ids[lowest.bit_length() - 1]
            found.append((id, lowest))
            stands_on = self.stands_on(id)
            # What one stands on that others stand on is known by then, but for a circle that leads back to it.
            if not below & lowest or stands_on & lowest:
                below |= stands_on & ~lowest
        return sorted(id for id, bit in found if not below & bit) or sorted(id for id, _ in found)

    def below(self, service: str, *, hard: bool, most: int) -> frozenset[str] | None:
        """The services below one: those without which it fails, or all; None where there are more than that."""
        found: set[str] = set()
        waiting = deque([service])
        while waiting:
            record = self.services.get(waiting.popleft())
            if record is None:
                continue
            self.visit()
            named = self.needs(record.id).each if hard else [d.service for d in record.fields.depends_on]
            fresh = [each for each in named if each not in found]
            found.update(fresh)
            waiting.extend(fresh)
            if len(found) > most:
                return None
        return frozenset(found)


@once
def ground_of(repository: Repository) -> Ground:
    """What the promises of a repository rest on."""
    return Ground(repository)


def service_of(agreement: Record[Agreement]) -> str:
    """The id of the service that an agreement is about."""
    return agreement.id.partition("/")[0]


def _needs(dependencies: list[tuple[Dependency, str]]) -> Needs:
    each: list[str] = []
    gone: dict[str, str] = {}
    groups: dict[str, list[tuple[Dependency, str]]] = {}
    for dependency, why in dependencies:
        if dependency.redundancy_group is not None:
            groups.setdefault(dependency.redundancy_group.name, []).append((dependency, why))
        elif dependency.criticality == "hard" and dependency.fallback is None:
            each.append(dependency.service)
            gone.update({dependency.service: why} if why else {})
    found = (_group(name, members) for name, members in groups.items())
    return Needs(tuple(dict.fromkeys(each)), tuple(group for group in found if group is not None), gone)


def _group(name: str, members: list[tuple[Dependency, str]]) -> Group | None:
    """A group as it is needed; None where all of it can be done without.

    Members are interchangeable: a soft one can stand in, and so can one that has a fallback. The
    service fails where fewer are left than are needed, and one is down of those without a fallback.
    """
    without = [(member, why) for member, why in members if member.fallback is None]
    if all(member.criticality == "soft" for member, _ in without):
        return None
    needed = max(m.redundancy_group.needed for m, _ in members if m.redundancy_group is not None)
    standing = tuple(dict.fromkeys(member.service for member, why in members if not why))
    alone = tuple(dict.fromkeys(member.service for member, _ in without))
    listed = len({member.service for member, _ in members})
    if len(alone) >= needed or needed > len(standing) or any(why for _, why in without):
        return Group(name, needed, standing, listed)
    if needed == len(standing):  # without any one of them too few are left
        return Group(name, len(alone), alone, listed)
    return Group(name, needed, standing, listed, alone)
