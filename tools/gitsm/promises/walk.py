"""The parts that an availability is made of: the walk from a promise down to the figures that carry it.

The walk stops at the nearest agreement in force, whose figure covers its service and everything below
it. Where there is none, a service counts with its own part, and the walk goes further down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gitsm.promises.figures import Figures, percent
from gitsm.promises.ground import Ground, Group, TooEntangled
from gitsm.promises.judged import Judged
from gitsm.promises.redundancy import Part as Key
from gitsm.promises.structure import Enough, Made, Member, Part, Step, Structure, keys_of, name_of
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
        hidden = {key: bits for key in self._parts if (bits := self._hidden([key]))}
        return Made(whole, self._parts, self._implied(whole), hidden)

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
        name = f"redundancy group {group.name} of {step.service}"
        if not group.unclear and group.needed > group.listed:
            says = f"it needs {group.needed}, and has {group.listed}: it never works"
            return self._add(Part(("group", name), step.service, 0.0, 0.0, says, "", step))
        if why:
            return self._add(_unknown(name, step, f"how often enough of {name} work: {why}"))
        members = []
        for service in group.members:
            if service in step.way:  # it is up whenever this is asked
                members.append(Member(service, Structure(), 0, 0))
                continue
            whole = self._service(Step(service, step), nested=nested + 1, maybe=maybe)
            hidden, met = self._hidden(keys_of(whole)), self._met(keys_of(whole))
            alone = self._hidden(whole.parts, hard=True), self._met(whole.parts)
            members.append(Member(service, whole, hidden, met, *alone))
        hard = tuple(_bundles(members, hard=True))
        return Enough(group, step.service, tuple(_bundles(members, hard=False)), hard)

    def _hidden(self, keys: Iterable[Key], *, hard: bool = False) -> int:
        found = 0
        for kind, id in keys:
            if kind == "agreement":
                found |= self._ground.stands_on(self._parts[kind, id].service, hard=hard)
        return found

    def _met(self, keys: Iterable[Key]) -> int:
        found = 0
        for key in keys:
            found |= self._ground.bit(self._parts[key].service)
        return found

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

    def _implied(self, whole: Structure) -> Mapping[Key, frozenset[Key]]:
        """What the figure of each agreement covers of the other parts: it is not counted twice.

        A contract covers what its supplier runs, and nothing of ours.
        """
        found: dict[Key, frozenset[Key]] = {}
        if len(self._parts) < 2:
            return found
        by_service: dict[str, set[Key]] = {}
        for key, part in self._parts.items():
            if key[0] != "gone":  # no agreement about something else brings it back
                by_service.setdefault(part.service, set()).add(key)
        for key, part in self._parts.items():
            agreement = self._ground.agreement(key[1]) if key[0] == "agreement" else None
            if agreement is None or not self._judged.covers_all(agreement):
                continue
            below = self._below(part.service)
            if below and not {self._judged.service, part.service} & below:
                found[key] = frozenset(
                    k for service in below & by_service.keys() for k in by_service[service]
                )
        return found

    def _below(self, service: str) -> frozenset[str]:
        """The services without which one surely fails; none where there are too many to tell."""
        hidden = self._ground.hidden
        if service not in hidden:
            hidden[service] = self._ground.below(service, hard=True, most=200) or frozenset()
        return hidden[service]


def _has_figure(agreement: Agreement) -> bool:
    return agreement.availability is not None


def _not_computed(group: Group, nested: int) -> str:
    """Why a group isn't computed; empty where it is."""
    count = len(group.members)
    if group.unclear:
        return f"it is not clear {group.unclear}"
    if group.needed > count:
        return f"it needs {group.needed}, and has {count} in use"
    if count > MOST_MEMBERS:
        return f"it has {count} members, and no more than {MOST_MEMBERS} are computed"
    return f"groups lie more than {MOST_NESTED} deep in each other" if nested >= MOST_NESTED else ""


def _unknown(service: str, step: Step, missing: str) -> Part:
    return Part(("unknown", missing), service, 0.0, 1.0, "unknown", missing, step)


def _bundles(members: Sequence[Member], *, hard: bool) -> Iterator[tuple[Member, ...]]:
    """Members that share a dependency in one bundle, where the figure of an agreement hides how much of the
    downtime is the shared one's: one without which each of them fails, or any."""
    bundles: list[list[Member]] = []
    for member in members:
        touched = [b for b in bundles if any(member.shares_with(other, hard=hard) for other in b)]
        for bundle in touched:
            bundles.remove(bundle)
        bundles.append([*(other for bundle in touched for other in bundle), member])
    order = {id(member): index for index, member in enumerate(members)}
    yield from (tuple(b) for b in sorted(bundles, key=lambda b: min(order[id(m)] for m in b)))
