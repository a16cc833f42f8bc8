"""The parts that an availability is made of: the walk from a promise down to the figures that carry it.

The walk stops at the nearest agreement in force, whose figure covers its service and everything below
it. Where there is none, a service counts with its own part, and the walk goes further down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_

from gitsm.promises.covering import Covering
from gitsm.promises.figures import Figures, percent
from gitsm.promises.ground import Ground, Group, TooEntangled
from gitsm.promises.judged import Judged
from gitsm.promises.made import Made
from gitsm.promises.redundancy import Part as Key
from gitsm.promises.structure import (
    Enough,
    Member,
    Part,
    Reach,
    Step,
    Structure,
    keys_of,
    name_of,
)
from gitsm.records.agreement import Agreement
from gitsm.repository import Record

MOST_MEMBERS = 20
"""The largest redundancy group that is computed."""
MOST_NESTED = 12
_MOST_PARTS = 1_000


class Walk:
    """Walks down from the service of a promise. Raises TooEntangled."""

    def __init__(self, judged: Judged, *, spared: str | None = None) -> None:
        self._judged, self._figure_of, self._spared = judged, Figures(judged).of, spared
        self._ground: Ground = judged.ground
        self._parts: dict[Key, Part] = {}
        self._maybe: set[Key] = set()
        self._size = 0

    def made(self) -> Made:
        """Everything that the promise stands on."""
        judged, top = self._judged, Step(self._judged.service)
        beside = judged.beside(_has_figure)
        if beside is not None and judged.covers_all(beside):
            # It covers the service itself and all that is below it.
            whole = Structure(frozenset({self._add(self._figure_of(beside, top))}))
        else:
            whole = self._service(top, top=True)
            further = judged.named_elsewhere(_has_figure)
            if beside is not None:
                further.append(beside)
            keys = {self._add(self._figure_of(each, top)) for each in further}
            whole = replace(whole, parts=whole.parts | keys)
        whole, covered = Covering(judged, self._parts).without_groups(whole)
        parts = {key: self._parts[key] for key in dict.fromkeys(keys_of(whole))}
        reach = {key: self._reach([key]) for key in parts}
        return Made(whole, parts, Covering(judged, parts).parts(), reach, covered)

    def _service(self, start: Step, *, top: bool = False, nested: int = 0, maybe: bool = False) -> Structure:
        """What a service needs in order to work: parts one after the other, and groups.

        What needs each other in a circle is up or down together: each of them counts once, and what leads
        back to a service on the way needs nothing that isn't counted already.
        """
        keys: set[Key] = set()
        groups: list[Enough] = []
        above = set(start.before.way) if start.before is not None else set()
        # What surely counts comes first, and then what contracts may cover or not.
        waiting, hidden = deque([start]), deque[Step]()
        seen = {start.service}
        while waiting or hidden:
            if not waiting:
                fresh = {each.service: each for each in reversed(hidden) if each.service not in seen}
                maybe, waiting, hidden = True, deque(reversed(fresh.values())), deque()
                seen |= fresh.keys()
                continue
            step = waiting.popleft()
            here = step.service
            self._count(nested)
            agreement = None if top and step is start else self._judged.nearest(here, _has_figure)
            own = self._own(step)
            if agreement is not None:
                keys.add(self._add(self._figure_of(agreement, step), maybe=maybe))
                if self._judged.covers_all(agreement):
                    continue
            if agreement is None or own.figure is not None:
                keys.add(self._add(own, maybe=maybe or agreement is not None))
            below = maybe or agreement is not None
            for group in self._ground.needs(here).groups:
                if not self._is_spared(here, f"group {group.name}"):
                    found = self._group(step, group, nested, maybe=below)
                    keys.update([found] if isinstance(found, tuple) else [])
                    groups.extend([found] if isinstance(found, Enough) else [])
            for on in self._ground.needs(here).each:
                if self._is_spared(here, on):
                    continue
                if on in self._ground.needs(here).gone:
                    keys.add(self._add(self._gone(here, on, step), maybe=below))
                elif on not in above and on not in seen and not self._is_suppliers(agreement, on):
                    if below and not maybe:
                        hidden.append(Step(on, step))
                    else:
                        seen.add(on)
                        waiting.append(Step(on, step))
        return Structure(frozenset(keys), tuple(groups))

    def _gone(self, here: str, on: str, step: Step) -> Part:
        why = self._ground.needs(here).gone[on]
        missing = f"how often {on} works{why.removeprefix(f'service {on}')}"
        return replace(_unknown(on, step, missing), key=("gone", why))

    def _is_suppliers(self, contract: Record[Agreement] | None, on: str) -> bool:
        """Whether a service below a contract is its supplier's own, so that the contract covers it."""
        record = self._ground.services.get(on)
        return contract is not None and record is not None and record.fields.owner == contract.fields.provider

    def _is_spared(self, here: str, on: str) -> bool:
        return on == self._spared and here == self._judged.service

    def _count(self, nested: int) -> None:
        self._ground.visit()
        self._size += nested > 0
        if self._size > _MOST_PARTS:
            raise TooEntangled("its redundancy groups stand on too many services")

    def _group(self, step: Step, group: Group, nested: int, *, maybe: bool) -> Enough | Key:
        why = _not_computed(group, nested)
        name = group.name_in(step.service)
        if group.needed > group.listed:
            says = f"it needs {group.needed}, and has {group.listed}: it never works"
            return self._add(Part(("group", name), step.service, 0.0, 0.0, says, "", step))
        if why:
            return self._add(_unknown(name, step, f"how often enough of {name} work: {why}"))
        members = []
        for service in group.members:
            if service in step.way:  # it is up whenever this is asked
                members.append(Member(service, Structure(), Reach(), Reach()))
                continue
            whole = self._service(Step(service, step), nested=nested + 1, maybe=maybe)
            hard = self._reach(whole.parts, hard=True)
            members.append(Member(service, whole, self._reach(keys_of(whole)), hard))
        found = _enough(group, step.service, group.needed, members)
        if not group.or_all:
            return found
        # Enough of all, or all of those that have no fallback: one of the two is enough.
        reach = reduce(or_, [each.reach for each in members])
        alone = group.those_of(members)
        whole = Structure(
            frozenset(key for each in alone for key in each.whole.parts),
            tuple(enough for each in alone for enough in each.whole.groups),
        )
        hard = reduce(or_, [each.hard for each in alone])
        some = Member(f"enough of {group.name}", Structure(groups=(found,)), reach, Reach())
        either = [
            some,
            Member(" and ".join(group.or_all), whole, reduce(or_, [each.reach for each in alone]), hard),
        ]
        return _enough(group, step.service, 1, either)

    def _reach(self, keys: Iterable[Key], *, hard: bool = False) -> Reach:
        hidden = met = 0
        for key in keys:
            service = self._parts[key].service
            met |= self._ground.bit(service) if key[0] in ("agreement", "own") else 0
            hidden |= self._ground.stands_on(service, hard=hard) if key[0] == "agreement" else 0
        return Reach(hidden, met)

    def _own(self, step: Step) -> Part:
        service = step.service
        record = self._ground.services.get(service)
        if record is None:
            return _unknown(service, step, f"how often {service} works, which no file defines")
        figure = record.fields.own_availability
        mine = service == self._judged.service
        missing = f"the own_availability of {service}"
        if not mine:
            passed = self._judged.passed_over(service, _has_figure, "has no figure of availability")
            missing = f"an agreement or own_availability of {service}{passed}"
        elif self._judged.fields.underpinned_by:
            missing += self._judged.passed_over(service, _has_figure, "has no figure of availability")
        if figure is None:
            return Part(("own", service), service, 0.0, 1.0, "unknown", missing, step, at=record.place())
        place = record.place("own_availability")
        says = f"{percent(figure)} for its own part"
        return Part(("own", service), service, figure / 100, figure / 100, says, "", step, figure, at=place)

    def _add(self, part: Part, *, maybe: bool = False) -> Key:
        """Count a part once; one that a contract may cover can be perfect for all that is known, unless
        the walk meets it elsewhere as well."""
        if maybe and part.key not in self._parts:
            missing = part.missing or f"whether a contract above {name_of(part.key)} covers it"
            self._parts[part.key] = replace(part, high=1.0, best=None, missing=missing)
            self._maybe.add(part.key)
        elif part.key not in self._parts or (part.key in self._maybe and not maybe):
            self._parts[part.key] = part
            self._maybe.discard(part.key)
        return part.key


def _has_figure(agreement: Agreement) -> bool:
    return agreement.availability is not None


def _not_computed(group: Group, nested: int) -> str:
    """Why a group isn't computed; empty where it is."""
    count = len(group.members)
    if group.needed > count:
        return f"it needs {group.needed}, and has {count} in use"
    if count > MOST_MEMBERS:
        return f"it has {count} members, and no more than {MOST_MEMBERS} are computed"
    return f"groups lie more than {MOST_NESTED} deep in each other" if nested >= MOST_NESTED else ""


def _unknown(service: str, step: Step, missing: str) -> Part:
    return Part(("unknown", missing), service, 0.0, 1.0, "unknown", missing, step)


def _enough(group: Group, owner: str, needed: int, members: Sequence[Member]) -> Enough:
    may, surely = _bundles(members, lambda each: each.reach), _bundles(members, lambda each: each.hard)
    return Enough(group, owner, needed, tuple(may), tuple(surely))


def _bundles(members: Sequence[Member], reach: Callable[[Member], Reach]) -> Iterator[tuple[Member, ...]]:
    """Members that share a dependency in one bundle, where the figure of an agreement hides how much of the
    downtime is the shared one's."""
    bundles: list[list[Member]] = []
    for member in members:
        touched = [b for b in bundles if any(reach(member).shares_with(reach(other)) for other in b)]
        for bundle in touched:
            bundles.remove(bundle)
        bundles.append([*(other for bundle in touched for other in bundle), member])
    order = {id(member): index for index, member in enumerate(members)}
    yield from (tuple(b) for b in sorted(bundles, key=lambda b: min(order[id(m)] for m in b)))
