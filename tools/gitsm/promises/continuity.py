"""Whether recovery after a disaster is as quick, and loses as little, below as it is promised above."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from gitsm.promises.fallbacks import fallbacks_for
from gitsm.promises.ground import Group, TooEntangled
from gitsm.promises.judged import Judged
from gitsm.promises.verdict import Link, Mend, Name, Promise, Verdict, first_of
from gitsm.records.agreement import Agreement
from gitsm.repository import Record
from gitsm.schema.values import Duration

_WORDS = {"rto": "running again within", "rpo": "data lost at most"}
MOST_WALKED = 2_000


@dataclass(frozen=True, slots=True)
class Recovery:
    """How soon something below recovers, and who says so."""

    kind: str
    id: str
    says: Duration
    way: tuple[str, ...]
    record: Record[Agreement] | None = None


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
    unsaid: list[str] = []
    try:
        found = list(_below(judged, name, unsaid))
    except TooEntangled as error:
        return Promise(which, about, words, "undetermined", str(error), path, missing=(str(error),))
    slower = [each for each in found if each.says.surely_longer_than(target)]
    unclear = [each for each in found if each not in slower and not _surely_within(each.says, target)]
    if slower:
        worst = max(slower, key=lambda each: each.says.minutes)
        because = (
            f"{_who(worst)} takes {worst.says}" if name == "rto" else f"{_who(worst)} may lose {worst.says}"
        )
        return Promise(
            which, about, words, "refuted", because, path, (_link(judged, worst, name),),
            candidates=partial(_mends, judged, name, target, slower),
        )  # fmt: skip
    unsaid += [f"how long {each.says} of {each.id} take at the worst" for each in unclear]
    if unsaid:
        missing = tuple(dict.fromkeys(unsaid))
        return Promise(
            which,
            about,
            words,
            "undetermined",
            f"nothing says {first_of(missing)}",
            path,
            missing=missing,
        )
    verdict: Verdict = "proved"
    because = "nothing below it takes longer" if name == "rto" else "nothing below it loses more"
    links = tuple(_link(judged, each, name) for each in found)
    return Promise(which, about, words, verdict, because if found else "nothing stands below it", path, links)


def _surely_within(length: Duration, target: Duration) -> bool:
    """Whether a length fits into a target whatever the calendar: working time lasts at least as long as
    it says, and elapsed time just that long."""
    return length.minutes <= target.minutes and (not length.business or target.business)


def _below(judged: Judged, name: str, missing: list[str]) -> Iterator[Recovery]:
    def has(agreement: Agreement) -> object:
        return _of(agreement.continuity, name)

    beside = judged.beside(has)
    if beside is not None:
        yield _agreed(beside, name, (judged.service,))
        if judged.covers_all(beside):
            return
    record = judged.record
    own = _of(record.fields.continuity, name) if record is not None else None
    if own is not None:
        yield Recovery("service", judged.service, own, (judged.service,))
    else:
        missing.append(f"the own {name.upper()} of {judged.service}")
    for named in judged.named_elsewhere(has):
        yield _agreed(named, name, (judged.service,))
    yield from _needed(judged, name, judged.service, (judged.service,), missing, 0)


def _needed(
    judged: Judged, name: str, start: str, way: tuple[str, ...], missing: list[str], nested: int
) -> Iterator[Recovery]:
    waiting, seen = deque([(start, way)]), {start}
    while waiting:
        here, path = waiting.popleft()
        judged.ground.visit()
        needs = judged.ground.needs(here)
        for group in needs.groups:
            yield from _group(judged, name, group, path, missing, nested)
        for on in needs.each:
            if on in seen:
                continue
            seen.add(on)
            if len(seen) > MOST_WALKED:
                raise TooEntangled("so many services below it have to be recovered that nobody can tell")
            if on in needs.gone:
                missing.append(f"the {name.upper()} of {needs.gone[on]}")
                continue
            found = _nearest(judged, name, on, (*path, on))
            if found is not None:
                yield found
            else:
                missing.append(f"the {name.upper()} of {on}{_passed_over(judged, name, on)}")
            if found is None or found.record is None:  # an agreement alone covers what is below it
                waiting.append((on, (*path, on)))
            elif not judged.covers_all(found.record):  # a contract covers nothing of ours
                own = _own(judged, name, on, (*path, on))
                yield from [own] if own is not None else []
                waiting.append((on, (*path, on)))


def _group(
    judged: Judged, name: str, group: Group, path: tuple[str, ...], missing: list[str], nested: int
) -> Iterator[Recovery]:
    """The member with which enough of a group are back; of data, the worst, because the copy that is left
    may be any of them."""
    if nested > 3 or group.unclear:
        missing.append(f"the {name.upper()} of {', '.join(group.members)}")
        return
    found = {member: _member(judged, name, member, (*path, member), nested) for member in group.members}
    known = sorted((each for each in found.values() if each is not None), key=lambda each: each.says.minutes)
    unknown = [member for member, each in found.items() if each is None]
    target: Duration | None = _of(judged.fields.continuity, name)
    assert target is not None
    # Where a member is unknown, it may be the first of them that is back, or never come back.
    last, first = group.needed - 1, group.needed - 1 - len(unknown)
    if 0 <= last < len(known) and (not unknown or _surely_within(known[last].says, target)):
        yield known[last]
    elif unknown and 0 <= first < len(known) and known[first].says.surely_longer_than(target):
        yield known[first]
    else:
        missing.append(f"the {name.upper()} of {', '.join(unknown or group.members)}")


def _member(judged: Judged, name: str, member: str, way: tuple[str, ...], nested: int) -> Recovery | None:
    """What of a member of a group takes longest, itself or what it needs; None where something is unknown."""
    own = _nearest(judged, name, member, way)
    if own is None or own.record is not None:
        return own
    unsaid: list[str] = []
    below = list(_needed(judged, name, member, way, unsaid, nested + 1))
    return None if unsaid else max([own, *below], key=lambda each: each.says.minutes)


def _nearest(judged: Judged, name: str, service: str, way: tuple[str, ...]) -> Recovery | None:
    agreement = judged.nearest(service, lambda fields: _of(fields.continuity, name))
    if agreement is not None:
        return _agreed(agreement, name, way)
    return _own(judged, name, service, way)


def _own(judged: Judged, name: str, service: str, way: tuple[str, ...]) -> Recovery | None:
    record = judged.ground.services.get(service)
    own = _of(record.fields.continuity, name) if record is not None else None
    return Recovery("service", service, own, way) if own is not None else None


def _passed_over(judged: Judged, name: str, service: str) -> str:
    return judged.passed_over(service, lambda fields: _of(fields.continuity, name), f"has no {name.upper()}")


def _agreed(agreement: Record[Agreement], name: str, way: tuple[str, ...]) -> Recovery:
    says = _of(agreement.fields.continuity, name)
    assert says is not None
    return Recovery("agreement", agreement.id, says, way, agreement)


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
