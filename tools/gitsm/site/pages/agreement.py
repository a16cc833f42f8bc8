"""Agreements: what is promised to whom, in figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from markupsafe import Markup

from gitsm.promises import Promise, Verdict, answers
from gitsm.promises.availability import ASSUMED
from gitsm.records.agreement import Agreement
from gitsm.records.calendar import Calendar
from gitsm.records.support import Priority
from gitsm.repository import Record, Repository
from gitsm.site.appearance import Sections, columns, name, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, bullets, chip, facts, join, quiet
from gitsm.site.page import Section
from gitsm.site.pages.calendar import hours_of
from gitsm.site.tables import table

LEVELS: tuple[Priority, ...] = get_args(Priority)
"""The priorities, the most urgent first."""


@name("agreement")
def _name(repository: Repository, agreement: Record[Agreement]) -> str:
    service, _, stem = agreement.id.partition("/")
    record = repository.find("service", service)
    variant = stem.partition("-")[2].replace("-", " ")
    of = record.title if record is not None else service
    return f"{agreement.fields.type} of {of}" + (f", {variant}" if variant else "")


@status("agreement")
def _status(here: Here, agreement: Record[Agreement]) -> Iterator[Markup]:
    valid, today = agreement.fields.valid, here.clock.today
    if valid is not None and valid.to is not None and valid.to < today:
        yield chip("expired", "bad")
    elif valid is not None and valid.from_ is not None and valid.from_ > today:
        yield chip("not yet in force", "info")


@columns("agreement")
def _columns(here: Here, agreement: Record[Agreement]) -> dict[str, Content]:
    fields = agreement.fields
    first = next((level for level in LEVELS if level in fields.resolution), None)
    return {
        "Between": [here.party(fields.provider), " → ", here.party(fields.customer)],
        "Availability": _availability(fields),
        "Hours": hours_of(here, here.repository.get(Calendar, fields.hours))
        if fields.hours
        else "around the clock",
        "Restored within": f"{fields.resolution[first]} ({first})" if first else None,
    }


def _availability(fields: Agreement) -> str:
    promise = fields.availability
    return f"{promise.target:g} % a {promise.period}" if promise else ""


@sections("agreement")
def _sections(here: Here, agreement: Record[Agreement]) -> Sections:
    fields = agreement.fields
    quality, continuity = fields.quality, fields.continuity
    service: Record[Any] | None = here.site.service_of(agreement)
    rows: list[tuple[Content, Content]] = [
        ("Service", here.link(service) if service is not None else None),
        ("Promised by", here.party(fields.provider)),
        ("Promised to", here.party(fields.customer)),
        ("In force", _valid(here, fields)),
        (
            "Hours",
            hours_of(here, here.repository.get(Calendar, fields.hours))
            if fields.hours
            else "around the clock",
        ),
        ("Availability", _availability(fields)),
        ("Customer satisfaction", f"{quality.csat:g} %" if quality and quality.csat else None),
        (
            "Resolved at first contact",
            f"{quality.first_contact_resolution:g} %"
            if quality and quality.first_contact_resolution
            else None,
        ),
        (
            "Running again after a disaster within",
            str(continuity.rto) if continuity and continuity.rto else None,
        ),
        ("Data lost at most", str(continuity.rpo) if continuity and continuity.rpo else None),
    ]
    yield Section("The promise", facts(rows))
    levels = [level for level in LEVELS if level in fields.response or level in fields.resolution]
    figures = [
        [level, str(fields.response.get(level, "")), str(fields.resolution.get(level, ""))]
        for level in levels
    ]
    yield Section("By priority", table(["Priority", "Work begins within", "Restored within"], figures))
    yield Section("Whether it can be kept", _kept(here, agreement))
    yield Section("Not covered", bullets(fields.exclusions))
    below = [here.reference("agreement", id) for id in fields.underpinned_by]
    yield Section("Rests on", bullets(below))
    above = here.repository.referring(agreement, Agreement, "underpinned_by")
    yield Section("Carries", bullets(here.link(one) for one in above))
    told = {
        "type",
        "provider",
        "customer",
        "valid",
        "hours",
        "availability",
        "response",
        "resolution",
        "quality",
    }
    yield from Fields(here, agreement).sections(without={*told, "continuity", "exclusions", "underpinned_by"})


_TONES: dict[Verdict, str] = {"proved": "good", "refuted": "bad", "undetermined": "warn"}


def _kept(here: Here, agreement: Record[Agreement]) -> Markup:
    """Each promise with its verdict, and with what decides it."""
    found = answers(here.repository)[agreement.id].promises
    rows = [
        [
            " ".join(part for part in (_PROMISES[promise.name], promise.about) if part),
            chip(promise.verdict, _TONES[promise.verdict]),
            [promise.because, bullets(_proof(here, promise))],
        ]
        for promise in found
    ]
    if not rows:
        return NOTHING
    return join([table(["Promise", "", "Because"], rows), quiet(ASSUMED.capitalize(), ".")], "\n")


_PROMISES = {
    "availability": "Availability",
    "restore": "Time to restore",
    "hours": "Hours",
    "validity": "Validity",
    "continuity": "Continuity",
}
_MOST_LINKS = 8


def _proof(here: Here, promise: Promise) -> Iterator[Content]:
    for link in promise.chain[:_MOST_LINKS] if promise.name in ("availability", "continuity") else ():
        way = " > ".join(link.way[:-1])
        yield [f"{way} > " if way else "", here.reference(link.kind, link.id), f": {link.says}"]
    for number, mend in enumerate(promise.mends):
        yield ["or: " if number else "to mend it: ", mend.words]


def _valid(here: Here, fields: Agreement) -> Content:
    valid = fields.valid
    if valid is None or (valid.from_ is None and valid.to is None):
        return None
    start = ["from ", here.clock.show(valid.from_, relative=False)] if valid.from_ else None
    end = [" until ", here.clock.show(valid.to)] if valid.to else None
    return [start, end]
