"""Agreements: what is promised to whom, in figures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, get_args

from markupsafe import Markup

from gitsm.promises import Answer, Promise, Verdict, answer
from gitsm.promises.verdict import VERDICTS
from gitsm.records.agreement import Agreement
from gitsm.records.calendar import Calendar
from gitsm.records.support import Priority
from gitsm.repository import Record, Repository, once
from gitsm.site.appearance import Sections, columns, name, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, bullets, chip, div, facts, join, paragraph, quiet, tag
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
    broken = [promise for promise in answer_of(here, agreement).promises if promise.verdict == "refuted"]
    if broken:
        yield chip("can't be kept", "bad", title=", ".join(sorted({_PROMISES[one.name] for one in broken})))


@columns("agreement")
def _columns(here: Here, agreement: Record[Agreement]) -> dict[str, Content]:
    fields = agreement.fields
    first = next((level for level in LEVELS if level in fields.resolution), None)
    return {
        "Between": [here.party(fields.provider), " → ", here.party(fields.customer)],
        "Availability": _availability(fields),
        "Hours": hours_promised(here, agreement),
        "Restored within": f"{fields.resolution[first]} ({first})" if first else None,
    }


def hours_promised(here: Here, agreement: Record[Agreement]) -> Content:
    """The hours in which an agreement promises anything."""
    hours = agreement.fields.hours
    if hours is None:
        return "unknown, as they can't be read" if "hours" in agreement.lost else "around the clock"
    return hours_of(here, here.repository.get(Calendar, hours))


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
        ("Hours", hours_promised(here, agreement)),
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
    yield Section("Whether it can be kept", kept(here, agreement))
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


TONES: dict[Verdict, str] = {"proved": "good", "refuted": "bad", "undetermined": "warn"}
"""The colour of a verdict."""
_PROMISES = {
    "availability": "Availability",
    "restore": "Time to restore",
    "hours": "Hours",
    "validity": "Validity",
    "continuity": "Continuity",
}
_MOST_LINKS, _MOST_MENDS, _MOST_NOTES, _MOST_FIGURES = 8, 3, 6, 3


def answer_of(here: Here, agreement: Record[Agreement]) -> Answer:
    """What is said of the promises of an agreement; worked out once for all pages that show it."""
    known = _answers(here.repository)
    if agreement.id not in known:
        known[agreement.id] = answer(here.repository, agreement)
    return known[agreement.id]


@once
def _answers(repository: Repository) -> dict[str, Answer]:
    return {}


def kept(here: Here, agreement: Record[Agreement]) -> Markup:
    """Each promise of an agreement with its verdict, what decides it, and what would mend it."""
    promises = answer_of(here, agreement).promises
    rows = [
        [
            " ".join(part for part in (_PROMISES[promise.name], promise.about) if part),
            _worded(here, promise.promised, promise),
            chip(promise.verdict, TONES[promise.verdict]),
            join([_worded(here, promise.because, promise), *_mends(here, promise), _chain(here, promise)]),
        ]
        for promise in promises
    ]
    if not rows:
        why = answer_of(here, agreement).unbound
        ended = "" if agreement.damaged else ", so that nobody is bound by it any more"
        return paragraph(quiet(f"Not judged: {why}{ended}."))
    notes = list(dict.fromkeys(note for promise in promises for note in promise.notes))
    more = [f"{len(notes) - _MOST_NOTES:,} assumptions more"] if len(notes) > _MOST_NOTES else []
    assumed = join([*(_worded(here, note) for note in notes[:_MOST_NOTES]), *more], "; ")
    shown = table(["Promise", "What is promised", "Can it be kept?", "Because"], rows, searchable=False)
    return shown + (paragraph(quiet("Assumed: ", assumed, ".")) if assumed else NOTHING)


def promises_in_short(here: Here, agreement: Record[Agreement]) -> Markup:
    """The verdict on each sort of promise in a line, and the whole proof folded below it."""
    by_name: dict[str, list[Promise]] = {}
    for promise in answer_of(here, agreement).promises:
        by_name.setdefault(promise.name, []).append(promise)
    rows: list[list[Content]] = []
    for sort, promises in by_name.items():
        worst = min(promises, key=lambda promise: VERDICTS.index(promise.verdict))
        figures = [
            join([promise.about, _worded(here, promise.promised, promise)], " ")
            for promise in promises[:_MOST_FIGURES]
        ]
        more = [f"and {len(promises) - _MOST_FIGURES:,} more"] if len(promises) > _MOST_FIGURES else []
        about = f"{worst.about}: " if worst.about and len(promises) > 1 else ""
        rows.append(
            [
                _PROMISES[sort],
                join([tag("div", figure) for figure in (*figures, *more)]),
                chip(worst.verdict, TONES[worst.verdict]),
                join([about, _worded(here, worst.because, worst), *_mends(here, worst)]),
            ]
        )
    if not rows:
        return kept(here, agreement)
    shown = table(["Promise", "What is promised", "Can it be kept?", "Because"], rows)
    whole = tag("details", tag("summary", "The proof, step by step"), kept(here, agreement),
                class_="g-fold", data_search_exclude="true")  # fmt: skip
    return shown + whole


_SAID = re.compile(
    r"(?:\b[A-Z][a-z]{2} )?\b(?P<day>\d{4}-\d\d-\d\d)\b(?: (?P<time>\d\d:\d\d)\b)?"
    r"|(?<![\w/-])(?P<id>[a-z0-9]+(?:[-/][a-z0-9]+)*)(?![\w/-])"
)


def _worded(here: Here, words: str, promise: Promise | None = None) -> Markup:
    """What is said of a promise, its days as the site has them and its records by their names.

    What a sentence calls by one plain word may be a word: it is a record where the promise is about that.
    """
    about = {link.id for link in promise.chain} if promise is not None else set()
    parts: list[Content] = []
    at = 0
    for found in _SAID.finditer(words):
        shown = _day(here, found) if found["day"] else _named(here, found["id"], about)
        if shown is not None:
            parts += [words[at : found.start()], shown]
            at = found.end()
    return join([*parts, words[at:]])


def _day(here: Here, found: re.Match[str]) -> Markup | None:
    try:
        day = here.clock.show(date.fromisoformat(found["day"]), relative=False)
    except ValueError:
        return None
    return day + f", {found['time']}" if found["time"] else day


def _named(here: Here, id: str, about: Collection[str]) -> Markup | None:
    """A link to what has an id; None where nothing has it, or where it may be a word."""
    if "/" in id:
        agreement = here.repository.get(Agreement, id)
        return here.link(agreement) if agreement is not None else None
    if "-" not in id and id not in about:
        return None
    found = (here.repository.find(kind, id) for kind in _NAMED)
    return next((here.link(record) for record in found if record is not None), None)


_NAMED = ("calendar", "team", "service")


def _mends(here: Here, promise: Promise) -> Iterator[Content]:
    """The smallest single changes after which a promise would be kept, or what would have to be known."""
    if promise.verdict == "refuted":
        for number, mend in enumerate(promise.mends[:_MOST_MENDS]):
            yield div(
                "g-mend",
                "or: " if number else tag("strong", "To mend it: "),
                _worded(here, mend.words, promise),
            )
    missing = [each for each in promise.missing if each not in promise.because]
    if missing:
        yield div(
            "g-mend", quiet("Not known: ", join([_worded(here, one, promise) for one in missing], ", "))
        )


def _chain(here: Here, promise: Promise) -> Markup:
    """The records that decide it, one below the other."""
    if not promise.chain:
        return NOTHING
    links = []
    for link in promise.chain[:_MOST_LINKS]:
        way = [[here.reference("service", id), " > "] for id in link.way[:-1]]
        says = _worded(here, link.says, promise)
        links.append(tag("li", way, here.reference(link.kind, link.id), ": ", says))
    more = len(promise.chain) - _MOST_LINKS
    links.extend([tag("li", quiet(f"and {more} more"))] if more > 0 else [])
    return tag("details", tag("summary", "What decides it"), tag("ol", links), class_="g-chain")


def _valid(here: Here, fields: Agreement) -> Content:
    valid = fields.valid
    if valid is None or (valid.from_ is None and valid.to is None):
        return None
    start = ["from ", here.clock.show(valid.from_, relative=False)] if valid.from_ else None
    end = [" until ", here.clock.show(valid.to)] if valid.to else None
    return [start, end]
