"""The page of each record of every kind, a user's own kinds as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

from markupsafe import Markup

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.repository import Record
from gitsm.site.appearance import appearance_of
from gitsm.site.feeds import feed_of
from gitsm.site.fields import Fields
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, bullets, chip, div, facts, fold, join, quiet, tag
from gitsm.site.labels import label_of
from gitsm.site.page import Draft, Rank, Section, makes_pages
from gitsm.site.prose import sections_of

TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "info"}
"""The colour of a finding."""


@makes_pages
def records(site: Site) -> Iterator[Draft]:
    """A page for each record that could be placed, whatever is wrong with it."""
    for record in site.repository.all():
        yield Draft(
            site.places.of_record(record),
            site.name(record),
            partial(_sections, record),
            partial(_top, record),
            source=record.file,
            parent=site.places.of_kind(record.kind.name),
            rank=partial(_rank, record),
        )


def _rank(record: Record[Any], here: Here) -> Rank:
    rank = appearance_of(record.kind.name).rank
    return rank(here, record) if rank and record.checked is not None else Rank.RECORD


def _top(record: Record[Any], here: Here) -> Markup:
    chips = [quiet(record.kind.title), tag("code", record.id), here.status(record), feed_of(here, record)]
    return join([div("g-chips", join(chips, " ")), here.damage(record), _findings(here, record)])


def _findings(here: Here, record: Record[Any]) -> Markup:
    """What a check found in the record, folded: it is for its author, not for whoever is in a hurry."""
    found = here.site.findings.get(record.file, ())
    if not found:
        return Markup("")
    title = f"{len(found)} finding{'' if len(found) == 1 else 's'} in this file"
    items = bullets(finding(here, one) for one in found)
    return tag("details", tag("summary", title), items, class_="warning", data_search_exclude="true")


def finding(here: Here, found: Diagnostic) -> Markup:
    """A finding in a line: how bad, where, what, and the rule that explains it."""
    line = f"line {found.place.span.line}: " if found.place.span else ""
    rule = here.page(f"reference/rules/{found.rule}.md", found.rule)
    hint: Content = quiet(f" ({found.hint})") if found.hint else None
    severity = chip(found.severity.value, TONES[found.severity])
    return join([severity, f" {line}{found.message}", hint, " ", quiet(rule)])


def _sections(record: Record[Any], here: Here) -> Iterator[Section]:
    look, fields = appearance_of(record.kind.name), Fields(here, record)
    referring = _referring(here, record)
    if look.sections is not None and record.checked is not None:
        yield from look.sections(here, record)
        # Most of it stands above already, in words of its own.
        folded = fold("Everything that refers to it", referring)
        yield Section("", folded if referring else referring)
    else:
        yield from sections_of(here, record)
        yield from fields.sections(without=record.kind.heading)
        yield Section("Referred to by", referring)
    yield from fields.shared()


def _referring(here: Here, record: Record[Any]) -> Markup:
    """The other end of every relation, by the kind and the field that it is written in."""
    found: dict[tuple[str, str], dict[str, Record[Any]]] = defaultdict(dict)
    for link in here.repository.links_to(record):
        found[link.source.kind.plural, link.field][link.source.id] = link.source
    rows = [
        ([plural, quiet(f" as {label_of(field).lower()}")], here.links(sources.values()))
        for (plural, field), sources in sorted(found.items())
    ]
    return facts(rows)
