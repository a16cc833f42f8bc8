"""Whether the agreements that a promise rests on hold for as long as it does."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Literal

from gitsm.promises.ground import TooEntangled, service_of
from gitsm.promises.judged import Judged, in_force, span_of
from gitsm.promises.verdict import Link, Mend, Promise, Verdict, first_of
from gitsm.records.agreement import Agreement
from gitsm.repository import Record

MOST_WALKED = 2_000
MOST_DEEP = 100
"""How far down agreements are looked for."""
Trouble = Literal["missing", "gone", "not there", "not started", "ended", "ends first", "ends"]


@dataclass(frozen=True, slots=True)
class Support:
    """Something below, and what is wrong with it."""

    service: str
    agreement: Record[Agreement] | None
    """None where there is none at all."""
    trouble: Trouble | None
    ends: date | None = None
    """The last day of the agreements below, without a gap; None where they go on."""
    path: tuple[str | int, ...] = ()
    """Where the promise names it, else empty."""
    why: str = ""
    """What is gone, or which agreement isn't there, in words."""
    way: tuple[str, ...] = ()
    """The services that lead there, from the promised one on."""
    follows: Record[Agreement] | None = None
    """What takes its place after a gap; None where nothing does."""


def validity(judged: Judged) -> Promise:
    """What is said of how long a promise is carried."""
    found = list(supports(judged))
    last = span_of(judged.agreement)[1]
    promised = "until ended" if last >= date.max - timedelta(days=1) else f"until {last}"
    wrong = [s for s in found if s.trouble in ("not started", "ended", "ends first")]
    open_ = [s for s in found if s.trouble in ("missing", "gone", "not there", "ends")]
    links = tuple(_link(judged, s) for s in (wrong or open_ or found))
    if wrong:
        because = first_of([said(judged, support) for support in wrong])
        tried = partial(_mends, judged, wrong)
        return Promise("validity", "", promised, "refuted", because, ("valid",), links, candidates=tried)
    if open_:
        missing = tuple(dict.fromkeys(_missing(support) for support in open_))
        because = first_of([said(judged, support) for support in open_])
        return Promise("validity", "", promised, "undetermined", because, ("valid",), links, missing)
    verdict: Verdict = "proved"
    because = "all that it rests on holds as long" if found else "it rests on no agreement with anybody else"
    return Promise("validity", "", promised, verdict, because, ("valid",), links)


def supports(judged: Judged) -> Iterable[Support]:
    """Each agreement that a promise names, and each service of another team that it can't do without, down
    to the nearest agreements."""
    told: set[tuple[str, str]] = set()
    for index, id in enumerate(judged.fields.underpinned_by):
        agreement = judged.ground.agreement(id)
        if agreement is None:
            way = (judged.service, id.partition("/")[0])
            yield Support(way[-1], None, "not there", path=("underpinned_by", index), why=id, way=way)
        elif agreement is not judged.agreement:
            service = service_of(agreement)
            # One and what follows it are one support, where both are named.
            if (service, agreement.fields.type) not in told:
                told.add((service, agreement.fields.type))
                alike = [
                    each
                    for each in judged.ground.agreements_of(service)
                    if each.fields.type == agreement.fields.type and each is not judged.agreement
                ]
                down = tuple(dict.fromkeys((judged.service, service)))
                yield _judged(judged, agreement, alike, ("underpinned_by", index), down)
    if judged.is_given:
        return
    beside = judged.beside(lambda _: True)
    if beside is None or not judged.covers_all(beside):
        yield from _below(judged, {service for service, _ in told})


def _below(judged: Judged, named: set[str]) -> Iterator[Support]:
    """What stands below a service; what has no agreement stands on something in its turn."""
    ground = judged.ground
    top: tuple[str, ...] = (judged.service,)
    waiting, seen = deque([(judged.service, top)]), {judged.service}
    while waiting:
        here, path = waiting.popleft()
        ground.visit()
        needs = ground.needs(here)
        for on, why in needs.gone.items():
            yield Support(on, None, "gone", why=why, way=(*path, on))
        for group in needs.groups:
            if group.needed > len(group.members):
                why = f"{group.name_in(here)}, which has too few members in use"
                yield Support(here, None, "gone", why=why, way=path)
        for on in dict.fromkeys(on for on in needs.all if on not in needs.gone):
            if on in seen:
                continue
            seen.add(on)
            if len(seen) > MOST_WALKED:
                raise TooEntangled("for how long what so many services below it rest on holds")
            way, alike = (*path, on), list(ground.agreements_of(on))
            holding = judged.nearest(on, lambda _: True)
            if alike and on not in named:
                yield _judged(judged, holding or max(alike, key=span_of), alike, (), way)
            if alike and (holding is None or judged.covers_all(holding)):
                continue
            if not alike and not judged.ours(on) and on in ground.services:
                yield Support(on, None, "missing", way=way)
            if len(way) >= MOST_DEEP:
                raise TooEntangled(f"for how long what stands more than {MOST_DEEP} services below holds")
            waiting.append((on, way))


def _judged(
    judged: Judged,
    agreement: Record[Agreement],
    alike: list[Record[Agreement]],
    path: tuple[str | int, ...],
    way: tuple[str, ...],
) -> Support:
    service = service_of(agreement)
    if not any(in_force(each, judged.day) for each in alike):
        started = any(span_of(each)[0] <= judged.day for each in alike)
        return Support(service, agreement, "ended" if started else "not started", path=path, way=way)
    ends, at_last, follows = _until(alike, judged.day, agreement)
    last, forever = span_of(judged.agreement)[1], date.max - timedelta(days=1)
    if ends >= last:
        return Support(service, at_last, None, None if ends >= forever else ends, path, way=way)
    trouble: Trouble = "ends" if last >= forever and follows is None else "ends first"
    return Support(service, at_last, trouble, ends, path, way=way, follows=follows)


def _until(
    agreements: list[Record[Agreement]], day: date, meant: Record[Agreement]
) -> tuple[date, Record[Agreement], Record[Agreement] | None]:
    """The last day up to which one agreement or its successor holds, from a day on; which of them holds
    last, and which one begins after a gap."""
    held = [each for each in agreements if in_force(each, day)]
    holding = meant if meant in held else max(held, key=span_of)
    at = span_of(holding)[1]
    for each in sorted(agreements, key=span_of):
        first, last = span_of(each)
        if (first - at).days <= 1 and last > at:
            at, holding = last, each
    later = (each for each in agreements if span_of(each)[0] > at)
    return at, holding, min(later, key=span_of, default=None)


def said(judged: Judged, support: Support) -> str:
    """What is wrong with an agreement below, in words."""
    if support.trouble == "gone":
        return f"nothing carries {support.why}"
    if support.trouble == "not there":
        return f"{support.why} is named and no file that can be read has it"
    if support.agreement is None:
        return f"nobody has promised anything for {support.service}"
    first, last = span_of(support.agreement)
    id = support.agreement.id
    return {
        "not started": f"{id} does not hold before {first}",
        "ended": f"{id} ended on {last}",
        "ends first": f"{id} ends on {support.ends}, {_then(judged, support)}",
        "ends": f"{id} ends on {support.ends}, and {judged.agreement.id} names no end",
    }.get(support.trouble or "", f"{id} holds")


def _then(judged: Judged, support: Support) -> str:
    if support.follows is None or support.ends is None:
        return f"before {judged.agreement.id} does"
    first, last = support.ends + timedelta(days=1), span_of(support.follows)[0] - timedelta(days=1)
    days = str(first) if first == last else f"{first} to {last}"
    return f"and {support.follows.id} begins on {span_of(support.follows)[0]}: nothing holds on {days}"


def _missing(support: Support) -> str:
    if support.trouble == "gone":
        return f"what carries {support.why}"
    if support.trouble == "not there":
        return f"agreement {support.why}"
    if support.agreement is None:
        return f"an agreement for {support.service}"
    return f"what follows {support.agreement.id} after {support.ends}"


def _mends(judged: Judged, wrong: list[Support]) -> Iterator[Mend]:
    if len(wrong) == 1:
        if wrong[0].follows is not None:
            yield from _closed(wrong[0], wrong[0].follows)
        yield _mend(judged, wrong[0])


def _closed(support: Support, follows: Record[Agreement]) -> Iterator[Mend]:
    """The ways to close a gap between two agreements: from its end, and from its beginning."""
    assert support.agreement is not None
    assert support.ends is not None
    begins = support.ends + timedelta(days=1)
    words = f"have {follows.id} begin on {begins}"
    yield Mend(words, "agreement", follows.id, ("valid", "from"), str(begins))
    ends, id = span_of(follows)[0] - timedelta(days=1), support.agreement.id
    yield Mend(f"renew {id} until {ends}", "agreement", id, ("valid", "to"), str(ends))


def _mend(judged: Judged, support: Support) -> Mend:
    assert support.agreement is not None
    id, last = support.agreement.id, span_of(judged.agreement)[1]
    if support.trouble == "not started":
        words = f"have {id} begin by {judged.day}"
        return Mend(words, "agreement", id, ("valid", "from"), str(judged.day))
    if last >= date.max - timedelta(days=1):
        return Mend(f"renew {id}", "agreement", id, ("valid", "to"))
    return Mend(f"renew {id} until {last}", "agreement", id, ("valid", "to"), str(last))


def _link(judged: Judged, support: Support) -> Link:
    if support.agreement is None:
        record = judged.ground.services.get(support.service)
        return Link(
            "service", support.service, "no agreement", support.way, record.place() if record else None
        )
    fields = support.agreement.fields.valid
    says = " ".join(
        part
        for part in (
            f"from {fields.from_}" if fields is not None and fields.from_ else "",
            f"until {fields.to}" if fields is not None and fields.to else "",
        )
        if part
    )
    at = support.agreement.place("valid") if fields is not None else support.agreement.place()
    return Link("agreement", support.agreement.id, says or "always", support.way, at)
