"""Whether recovery after a disaster is as quick, and loses as little, below as it is promised above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from gitsm.promises.descent import Descent, Gone, Met, MetGroup
from gitsm.promises.fallbacks import fallbacks_for
from gitsm.promises.ground import TooEntangled
from gitsm.promises.judged import Judged
from gitsm.promises.verdict import Link, Mend, Name, Promise, Verdict, first_of
from gitsm.records.agreement import Agreement
from gitsm.repository import Record
from gitsm.schema.values import Duration

_WORDS = {"rto": "running again within", "rpo": "data lost at most"}
MOST_NESTED = 3
"""How deep in each other groups are looked at."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """How soon something below recovers, or how much it loses, and who says so."""

    kind: str
    id: str
    says: Duration
    way: tuple[str, ...]
    record: Record[Agreement] | None = None


Fit = Literal["slower", "within", "unclear"]


@dataclass(frozen=True, slots=True)
class _Below:
    """Something below, and whether it recovers as promised."""

    fit: Fit
    recovery: Recovery | None
    """The one that decides it; None where nothing is said."""
    unsure: tuple[str, ...] = ()
    """What would have to be known, where it is unclear."""


def continuity(judged: Judged, about: str | None = None) -> Iterator[Promise]:
    """What is said of the recovery time and the recovery point that are promised, or of one of them."""
    promised = judged.fields.continuity
    for name in ("rto", "rpo"):
        target: Duration | None = getattr(promised, name) if promised is not None else None
        if target is not None and about in (None, name.upper()):
            yield _promise(judged, name, target)


def _promise(judged: Judged, name: str, target: Duration) -> Promise:
    words, path, about = f"{_WORDS[name]} {target}", ("continuity", name), name.upper()
    which: Name = "continuity"
    if judged.is_given:
        because = "what its supplier stands on is not in these records"
        return Promise(
            which, about, words, "undetermined", because, path, missing=("the supplier's own agreements",)
        )
    try:
        found = list(_Recoveries(judged, name, target).all())
    except TooEntangled as error:
        return Promise(which, about, words, "undetermined", str(error), path, missing=(str(error),))
    slower = [each.recovery for each in found if each.recovery is not None and each.fit == "slower"]
    if slower:
        worst = max(slower, key=lambda each: each.says.minutes)
        because = (
            f"{_who(worst)} takes {worst.says}" if name == "rto" else f"{_who(worst)} may lose {worst.says}"
        )
        return Promise(
            which, about, words, "refuted", because, path, (_link(judged, worst, name),),
            candidates=partial(_mends, judged, name, target, slower),
        )  # fmt: skip
    missing = tuple(dict.fromkeys(what for each in found for what in each.unsure))
    if missing:
        because = f"nothing says {first_of(missing)}"
        return Promise(which, about, words, "undetermined", because, path, missing=missing)
    verdict: Verdict = "proved"
    because = "nothing below it takes longer" if name == "rto" else "nothing below it loses more"
    links = tuple(_link(judged, each.recovery, name) for each in found if each.recovery is not None)
    return Promise(which, about, words, verdict, because if found else "nothing stands below it", path, links)


class _Recoveries:
    """Finds how soon everything below recovers, down to the nearest agreements."""

    def __init__(self, judged: Judged, name: str, target: Duration) -> None:
        self._judged, self._name, self._target = judged, name, target
        what = "so many services below it have to be recovered that nobody can tell"
        self._descent = Descent(judged, self._has, what)

    def all(self) -> Iterator[_Below]:
        """Everything that has to recover: the service itself, and all that it needs."""
        judged = self._judged
        here = (judged.service,)
        beside = judged.beside(self._has)
        if beside is not None:
            yield self._agreed(beside, here)
            if judged.covers_all(beside):
                return
        yield self._own(judged.service, here)
        for named in judged.named_elsewhere(self._has):
            yield self._agreed(named, here)
        yield from self._below(judged.service, here, 0)

    def _has(self, agreement: Agreement) -> object:
        return _of(agreement.continuity, self._name)

    def _below(self, start: str, way: tuple[str, ...], nested: int) -> Iterator[_Below]:
        for met in self._descent.below(start, way):
            match met:
                case Gone():
                    yield self._unknown(met.why)
                case MetGroup():
                    yield self._group(met, nested)
                case Met():
                    yield from self._itself(met)

    def _itself(self, met: Met) -> Iterator[_Below]:
        """What a service says itself, or its agreement; where that doesn't cover what is ours of it, both."""
        if met.agreement is not None:
            yield self._agreed(met.agreement, met.way)
        own = _of_service(self._judged, met.service, self._name)
        if met.agreement is None or (own is not None and not met.is_covered):
            yield self._own(met.service, met.way)

    def _group(self, met: MetGroup, nested: int) -> _Below:
        """The member with which enough of a group are back, if all of it has to be recovered."""
        group = met.group
        if nested > MOST_NESTED or group.needed > len(group.members):
            return self._unknown(", ".join(group.members))
        each = [self._member(member, met.way, nested) for member in group.members]
        found = _enough(each, group.needed)
        if not group.or_all:
            return found
        alone = group.those_of(each)
        return _enough([found, _enough(alone, len(alone))], 1)

    def _member(self, member: str, way: tuple[str, ...], nested: int) -> _Below:
        """What of a member takes longest, itself or what it needs."""
        met = self._descent.met(member, (*way, member))
        found = list(self._itself(met))
        if not met.is_covered and member not in way:
            found += self._below(member, met.way, nested + 1)
        slower = _ranked(found, "slower")
        if slower:
            return slower[-1]
        return _unclear(found) if any(each.unsure for each in found) else _ranked(found, "within")[-1]

    def _agreed(self, agreement: Record[Agreement], way: tuple[str, ...]) -> _Below:
        says = _of(agreement.fields.continuity, self._name)
        assert says is not None
        return self._fit(Recovery("agreement", agreement.id, says, way, agreement))

    def _own(self, service: str, way: tuple[str, ...]) -> _Below:
        own = _of_service(self._judged, service, self._name)
        if own is not None:
            return self._fit(Recovery("service", service, own, way))
        if service == self._judged.service:
            return self._unknown(service, "the own ")
        lacks = f"has no {self._name.upper()}"
        return self._unknown(f"{service}{self._judged.passed_over(service, self._has, lacks)}")

    def _fit(self, recovery: Recovery) -> _Below:
        """Working time lasts at least as long as it says, and elapsed time just that long."""
        says, target = recovery.says, self._target
        if says.surely_longer_than(target):
            return _Below("slower", recovery)
        if says.minutes <= target.minutes and (not says.business or target.business):
            return _Below("within", recovery)
        return _Below("unclear", recovery, (f"how long {says} of {recovery.id} take at the worst",))

    def _unknown(self, of: str, the: str = "the ") -> _Below:
        return _Below("unclear", None, (f"{the}{self._name.upper()} of {of}",))


def _enough(each: list[_Below], needed: int) -> _Below:
    """The one with which so many of several are back."""
    within = _ranked(each, "within")
    if len(within) >= needed:
        return within[needed - 1]
    slower = _ranked(each, "slower")
    # Whatever is unclear may be back before all of those, or after them.
    before = needed - 1 - (len(each) - len(slower))
    return slower[before] if before >= 0 else _unclear(each)


def _ranked(each: list[_Below], fit: Fit) -> list[_Below]:
    """Those that fit so, the quickest first."""
    found = [one for one in each if one.fit == fit]
    return sorted(found, key=lambda one: one.recovery.says.minutes if one.recovery is not None else 0.0)


def _unclear(each: list[_Below]) -> _Below:
    return _Below("unclear", None, tuple(dict.fromkeys(what for one in each for what in one.unsure)))


def _of_service(judged: Judged, service: str, name: str) -> Duration | None:
    record = judged.ground.services.get(service)
    return _of(record.fields.continuity, name) if record is not None else None


def _of(continuity: object, name: str) -> Duration | None:
    found: Duration | None = getattr(continuity, name, None)
    return found


def _who(each: Recovery) -> str:
    return each.id if each.kind == "agreement" else f"service {each.id}"


def _link(judged: Judged, each: Recovery, name: str) -> Link:
    record = each.record or judged.ground.services.get(each.id)
    at = record.place("continuity", name) if record is not None else None
    return Link(each.kind, each.id, f"{name.upper()} {each.says}", each.way, at)


def _mends(judged: Judged, name: str, target: Duration, slower: list[Recovery]) -> Iterator[Mend]:
    path = ("continuity", name)
    if len(slower) == 1:
        (one,) = slower
        yield Mend(
            f"bring the {name.upper()} of {_who(one)} down to {target}", one.kind, one.id, path, str(target)
        )
    yield from fallbacks_for(judged, (each.way[1] for each in slower if len(each.way) > 1))
    longest = max(slower, key=lambda each: each.says.minutes).says
    words = f"promise an {name.upper()} of {longest}"
    yield Mend(words, "agreement", judged.agreement.id, path, str(longest))
