"""The parts that an availability is made of: the walk from a promise down to the figures that carry it.

The walk stops at the nearest agreement in force, whose figure covers its service and everything below
it. Where there is none, a service counts with its own part, and the walk goes further down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gitsm.promises.figures import Figures, percent
from gitsm.promises.ground import Ground, Group, Judged, TooEntangled
from gitsm.promises.redundancy import Part as Key
from gitsm.promises.structure import Enough, Made, Member, Part, Step, Structure, keys_of
from gitsm.records.agreement import Agreement

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
        self._size = 0

    def made(self) -> Made:
        """Everything that the promise stands on."""
        judged, top = self._judged, Step(self._judged.service)
        beside = judged.beside(_has_figure)
        if beside is not None and beside.fields.type != "UC":
            # It covers the service itself and all that is below it.
            whole = Structure(frozenset({self._add(self._figure_of(beside, top))}))
        else:
            whole = self._service(top, top=True)
            further = judged.named_elsewhere(_has_figure)
            if beside is not None:
                further.append(beside)
            keys = {self._add(self._figure_of(each, top)) for each in further}
            whole = replace(whole, parts=whole.parts | keys)
        return Made(whole, self._parts, self._implied(whole))

    def _service(self, start: Step, *, top: bool = False, nested: int = 0) -> Structure:
        """What a service needs in order to work: parts one after the other, and groups."""
        keys: set[Key] = set()
        groups: list[Enough] = []
        opened: dict[str, Step] = {}
        above = set(start.before.way) if start.before is not None else set()
        waiting, seen = deque([start]), {start.service}
        while waiting:
            step = waiting.popleft()
            here = step.service
            self._count(nested)
            agreement = None if top and step is start else self._judged.nearest(here, _has_figure)
            if agreement is not None:
                keys.add(self._add(self._figure_of(agreement, step)))
                continue
            keys.add(self._add(self._own(step)))
            opened[here] = step
            for group in self._ground.needs(here).groups:
                if not self._is_spared(here, f"group {group.name}"):
                    found = self._group(step, group, nested)
                    keys.update([found] if isinstance(found, tuple) else [])
                    groups.extend([found] if isinstance(found, Enough) else [])
            for on in self._ground.needs(here).each:
                if self._is_spared(here, on):
                    continue
                if on in self._ground.needs(here).gone:
                    why = self._ground.needs(here).gone[on]
                    keys.add(self._add(replace(_unknown(on, step, why), key=("gone", why))))
                elif on in above:
                    keys.add(self._add(_unknown(on, step, f"the circle {' > '.join([*step.way, on])}")))
                elif on not in seen:
                    seen.add(on)
                    waiting.append(Step(on, step))
        keys.update(self._circles(opened))
        return Structure(frozenset(keys), tuple(groups))

    def _is_spared(self, here: str, on: str) -> bool:
        return on == self._spared and here == self._judged.service

    def _count(self, nested: int) -> None:
        self._ground.visit()
        self._size += nested > 0
        if self._size > _MOST_PARTS:
            raise TooEntangled("its redundancy groups stand on too many services")

    def _circles(self, opened: Mapping[str, Step]) -> Iterator[Key]:
        """A part that can't be known for services that need each other in a circle."""
        from graphlib import CycleError, TopologicalSorter

        after = {
            here: [
                on for on in self._ground.needs(here).each if on in opened and not self._is_spared(here, on)
            ]
            for here in opened
        }
        try:
            TopologicalSorter(after).prepare()
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            yield self._add(_unknown(circle[0], opened[circle[0]], f"the circle {' > '.join(circle)}"))

    def _group(self, step: Step, group: Group, nested: int) -> Enough | Key:
        name = f"redundancy group {group.name} of {step.service}"
        if group.unclear:
            return self._add(_unknown(name, step, f"{name}: {group.unclear}"))
        if group.needed > len(group.members):
            return self._add(_unknown(name, step, f"{name}: it needs more members than it has in use"))
        if len(group.members) > MOST_MEMBERS:
            return self._add(_unknown(name, step, f"{name}: it has more than {MOST_MEMBERS} members"))
        if nested >= MOST_NESTED or set(group.members) & set(step.way):
            return self._add(_unknown(name, step, f"{name}: its members stand on what needs them"))
        members = []
        for service in group.members:
            whole = self._service(Step(service, step), nested=nested + 1)
            members.append(Member(service, whole, self._hidden(whole), self._met(whole)))
        return Enough(group, step.service, tuple(_bundles(members)))

    def _hidden(self, whole: Structure) -> int:
        found = 0
        for kind, id in keys_of(whole):
            if kind == "agreement":
                found |= self._ground.stands_on(self._parts[kind, id].service)
        return found

    def _met(self, whole: Structure) -> int:
        found = 0
        for key in keys_of(whole):
            found |= self._ground.bit(self._parts[key].service)
        return found

    def _own(self, step: Step) -> Part:
        service = step.service
        record = self._ground.services.get(service)
        if record is None:
            return _unknown(service, step, f"service {service}, which no file defines")
        figure = record.fields.own_availability
        mine = service == self._judged.service
        missing = (
            f"own_availability of {service}" if mine else f"an agreement or own_availability of {service}"
        )
        if figure is None:
            return Part(("own", service), service, 0.0, 1.0, "unknown", missing, step, at=record.place())
        place = record.place("own_availability")
        says = f"{percent(figure)} for its own part"
        return Part(("own", service), service, figure / 100, figure / 100, says, "", step, figure, at=place)

    def _add(self, part: Part) -> Key:
        self._parts.setdefault(part.key, part)
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
            if key[0] != "agreement" or _is_contract(self._ground, key[1]):
                continue
            below = self._below(part.service)
            if below and not {self._judged.service, part.service} & below:
                found[key] = frozenset(
                    k for service in below & by_service.keys() for k in by_service[service]
                )
        return found

    def _below(self, service: str) -> frozenset[str]:
        """The services without which one surely fails; none where there are too many to tell."""
        memo = self._ground.memo
        if ("below", service) not in memo:
            memo["below", service] = self._ground.below(service, hard=True, most=200) or frozenset()
        found = memo["below", service]
        assert isinstance(found, frozenset)
        return found


def _has_figure(agreement: Agreement) -> bool:
    return agreement.availability is not None


def _is_contract(ground: Ground, id: str) -> bool:
    agreement = ground.repository.get(Agreement, id)
    if agreement is None or agreement.fields.type != "UC":
        return False
    service = ground.services.get(id.partition("/")[0])
    return service is None or service.fields.owner != agreement.fields.provider


def _unknown(service: str, step: Step, missing: str) -> Part:
    return Part(("unknown", missing), service, 0.0, 1.0, "unknown", missing, step)


def _bundles(members: Sequence[Member]) -> Iterator[tuple[Member, ...]]:
    """Members that share a hard dependency in one bundle, where the figure of an agreement hides how much
    of the downtime is the shared one's. What the walk itself met in both is computed with, and needs none."""
    bundles: list[list[Member]] = []
    for member in members:
        touched = [b for b in bundles if any(_share(member, other) for other in b)]
        for bundle in touched:
            bundles.remove(bundle)
        bundles.append([*(other for bundle in touched for other in bundle), member])
    order = {id(member): index for index, member in enumerate(members)}
    yield from (tuple(b) for b in sorted(bundles, key=lambda b: min(order[id(m)] for m in b)))


def _share(one: Member, other: Member) -> bool:
    return bool(one.hidden & (other.hidden | other.met) or one.met & other.hidden)
