"""Whether the agreements that a promise rests on hold for as long as it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Literal

from gitsm.promises.ground import service_of
from gitsm.promises.judged import Judged, in_force, span_of
from gitsm.promises.verdict import Link, Mend, Promise, Verdict
from gitsm.records.agreement import Agreement
from gitsm.repository import Record

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


def validity(judged: Judged) -> Promise:
    """What is said of how long a promise is carried."""
    found = list(supports(judged))
    last = span_of(judged.agreement)[1]
    promised = "until ended" if last >= date.max - timedelta(days=1) else f"until {last}"
    wrong = [s for s in found if s.trouble in ("not started", "ended", "ends first")]
    open_ = [s for s in found if s.trouble in ("missing", "gone", "not there", "ends")]
    links = tuple(_link(judged, s) for s in (wrong or open_ or found))
    if wrong:
        because = "; ".join(said(judged, support) for support in wrong[:3])
        tried = partial(_mends, judged, wrong)
        return Promise("validity", "", promised, "refuted", because, ("valid",), links, candidates=tried)
    if open_:
        missing = tuple(dict.fromkeys(_missing(support) for support in open_))
        because = "; ".join(said(judged, support) for support in open_[:3])
        return Promise("validity", "", promised, "undetermined", because, ("valid",), links, missing)
    verdict: Verdict = "proved"
    because = "all that it rests on holds as long" if found else "it rests on no agreement with anybody else"
    return Promise("validity", "", promised, verdict, because, ("valid",), links)


def supports(judged: Judged) -> Iterable[Support]:
    """Each agreement that a promise names, and each service of another team that it can't do without."""
    ground, told = judged.ground, set()
    for index, id in enumerate(judged.fields.underpinned_by):
        agreement = ground.agreement(id)
        if agreement is None:
            yield Support(id.partition("/")[0], None, "not there", path=("underpinned_by", index), why=id)
        if agreement is not None and agreement is not judged.agreement and id not in told:
            told.add(id)
            alike = [
                each
                for each in ground.agreements_of(service_of(agreement))
                if each.fields.type == agreement.fields.type and each is not judged.agreement
            ]
            yield _judged(judged, agreement, alike, ("underpinned_by", index))
    named = {id.partition("/")[0] for id in told}
    needs = ground.needs(judged.service)
    for on, why in needs.gone.items():
        yield Support(on, None, "gone", why=why)
    for group in needs.groups:
        if group.needed > len(group.members) and not judged.is_given:
            why = f"redundancy group {group.name} of {judged.service}, which has too few members in use"
            yield Support(judged.service, None, "gone", why=why)
    for on in dict.fromkeys(on for on in needs.all if on not in needs.gone):
        if on in named or judged.is_given:
            continue
        alike = list(ground.agreements_of(on))
        if alike:
            holding = judged.nearest(on, lambda _: True)
            yield _judged(judged, holding or max(alike, key=span_of), alike, ())
        elif on in ground.services and not judged.ours(on):
            yield Support(on, None, "missing")


def _judged(
    judged: Judged, agreement: Record[Agreement], alike: list[Record[Agreement]], path: tuple[str | int, ...]
) -> Support:
    service = service_of(agreement)
    if not any(in_force(each, judged.day) for each in alike):
        started = any(span_of(each)[0] <= judged.day for each in alike)
        return Support(service, agreement, "ended" if started else "not started", path=path)
    ends = _until(alike, judged.day)
    last, forever = span_of(judged.agreement)[1], date.max - timedelta(days=1)
    if ends >= last:
        return Support(service, agreement, None, None if ends >= forever else ends, path)
    return Support(service, agreement, "ends" if last >= forever else "ends first", ends, path)


def _until(agreements: list[Record[Agreement]], day: date) -> date:
    """The last day up to which one agreement or its successor holds, from a day on."""
    at = day
    for first, last in sorted(map(span_of, agreements)):
        if (first - at).days <= 1 and last > at:
            at = last
    return at


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
        "ends first": f"{id} ends on {support.ends}, before {judged.agreement.id} does",
        "ends": f"{id} ends on {support.ends}, and {judged.agreement.id} names no end",
    }.get(support.trouble or "", f"{id} holds")


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
        yield _mend(judged, wrong[0])


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
        way = (judged.service, support.service)
        record = judged.ground.services.get(support.service)
        return Link("service", support.service, "no agreement", way, record.place() if record else None)
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
    return Link("agreement", support.agreement.id, says or "always", (judged.service, support.service), at)
