"""What promises rest on: who needs whom, and which agreements hold on a day.

A service needs its hard dependencies. A dependency with a fallback is none of them: while it is down
the service still works, if only worse, and so does one whose dependency is soft. What is retired works
for nobody, and what is only being built for none that is in use.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from gitsm.records.agreement import Agreement
from gitsm.records.service import IN_USE, Dependency, Service
from gitsm.repository import Record, Repository, once

MOST_VISITS = 10_000_000
"""How many services and agreements are visited for all promises of a repository together; what is left after that stays
undetermined, so that no estate, however tangled, keeps anybody waiting."""


_FAR = timedelta(days=36_525)
"""Agreements that begin later than in a hundred years are judged as if they began then."""


class TooEntangled(Exception):
    """There is more to compute than is reasonable; the text says of what."""


@dataclass(frozen=True, slots=True)
class Group:
    """A redundancy group: how many of which services must work."""

    name: str
    needed: int
    members: tuple[str, ...]
    unclear: str = ""
    """Why nobody can tell what it needs; empty where that is clear."""


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
            self._agreements[service_of(agreement)].append(agreement)
        self.memo: dict[object, object] = {}
        """What computations remember, by a key of their own."""
        self._needs: dict[str, Needs] = {}
        self._visits = 0
        self._bits: dict[str, int] = {}
        self._stands_on: dict[str, int] = {}

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

    def stands_on(self, service: str) -> int:
        """All services that one needs, alone or in groups, however far below, as a set of bits."""
        if service not in self._stands_on:
            found, seen, waiting = 0, {service}, [service]
            while waiting:
                self.visit()
                for on in self.needs(waiting.pop()).all:
                    if on not in seen:
                        seen.add(on)
                        found |= self.bit(on) | self._stands_on.get(on, 0)
                        waiting.extend([] if on in self._stands_on else [on])
            self._stands_on[service] = found
        return self._stands_on[service]

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
    if len(alone) >= needed or needed > len(standing) or any(why for _, why in without):
        return Group(name, needed, standing)
    if needed == len(standing):  # without any one of them too few are left
        return Group(name, len(alone), alone)
    return Group(name, needed, standing, "which of its members can be missed, as some have a fallback")


@dataclass(frozen=True)
class Judged:
    """An agreement that is judged, and the day from which on."""

    ground: Ground
    agreement: Record[Agreement]
    day: date
    """Today, or its first day where that is still to come."""

    @property
    def service(self) -> str:
        """The id of the service that it is about."""
        return service_of(self.agreement)

    @property
    def fields(self) -> Agreement:
        """What it says."""
        return self.agreement.fields

    @property
    def record(self) -> Record[Service] | None:
        """The service that it is about, where it can be read."""
        return self.ground.services.get(self.service)

    @property
    def is_given(self) -> bool:
        """Whether it is a contract about what stands in a supplier's records, and not in ours."""
        record = self.record
        return self.fields.type == "UC" and (record is None or record.fields.owner != self.fields.provider)

    def ours(self, service: str) -> bool:
        """Whether a service is run by those who promise, so that no agreement is needed between them."""
        record = self.ground.services.get(service)
        owners = {self.fields.provider} | ({self.record.fields.owner} if self.record is not None else set())
        return record is not None and record.fields.owner in owners

    def nearest(self, service: str, has: Callable[[Agreement], object]) -> Record[Agreement] | None:
        """The agreement of another service that counts for this one: the best that is in force and has
        what is asked for.

        First comes one that this agreement names in `underpinned_by`, then one with its own provider as
        customer, then operational level agreements before contracts before agreements with others.
        """
        holding = [
            each
            for each in self.ground.agreements_of(service)
            if in_force(each, self.day) and each is not self.agreement and has(each.fields)
        ]
        return min(holding, key=self._rank, default=None)

    def _rank(self, agreement: Record[Agreement]) -> tuple[bool, bool, int, str]:
        fields = agreement.fields
        return (
            agreement.id not in self.fields.underpinned_by,
            fields.customer != self.fields.provider,
            ("OLA", "UC", "SLA").index(fields.type),
            agreement.id,
        )

    def beside(self, has: Callable[[Agreement], object]) -> Record[Agreement] | None:
        """The agreement about the same service that this one rests on, where it has what is asked for.

        It is one that this agreement names, or one in which its provider is the customer of another.
        """
        named = [
            each
            for each in self.ground.agreements_of(self.service)
            if each is not self.agreement
            and in_force(each, self.day)
            and has(each.fields)
            and (
                each.id in self.fields.underpinned_by
                or (each.fields.customer == self.fields.provider != each.fields.provider)
            )
            and _below(each.fields.type, self.fields.type)
        ]
        return min(named, key=self._rank, default=None)

    def named_elsewhere(self, has: Callable[[Agreement], object]) -> list[Record[Agreement]]:
        """The agreements that this one names though its service depends on theirs in no way."""
        fields = self.fields
        named = [self.ground.repository.get(Agreement, id) for id in dict.fromkeys(fields.underpinned_by)]
        found = [a for a in named if a is not None and service_of(a) != self.service]
        if not found:
            return []
        reached = self.ground.below(self.service, hard=False, most=5_000)
        return [
            each
            for each in found
            if reached is not None
            and service_of(each) not in reached
            and in_force(each, self.day)
            and has(each.fields)
        ]


def judged(repository: Repository, agreement: Record[Agreement]) -> Judged | None:
    """An agreement as it is judged; None where it holds no longer."""
    valid, today = agreement.fields.valid, repository.today
    if valid is not None and valid.to is not None and valid.to < today:
        return None
    first = valid.from_ if valid is not None and valid.from_ is not None else today
    return Judged(ground_of(repository), agreement, min(max(first, today), today + _FAR))


def in_force(agreement: Record[Agreement], day: date) -> bool:
    """Whether an agreement holds on a day."""
    first, last = span_of(agreement)
    return first <= day <= last


def span_of(agreement: Record[Agreement]) -> tuple[date, date]:
    """The first and the last day of an agreement; the ends of the calendar where it names none."""
    valid = agreement.fields.valid
    first = valid.from_ if valid is not None else None
    last = valid.to if valid is not None else None
    return first or date.min, last or date.max - timedelta(days=1)


def _below(lower: str, upper: str) -> bool:
    """Whether agreements of a type lie below those of another: a contract can carry an operational level
    agreement, and that one a service level agreement; two of a type carry each other."""
    order = ("SLA", "OLA", "UC")
    return order.index(lower) >= order.index(upper)
