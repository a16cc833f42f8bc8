"""Improvements: what becomes better, how far it has come, and the figure that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from gitsm.records.change import Change
from gitsm.records.improvement import Improvement, Measured
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, chip, facts, paragraph
from gitsm.site.listing import listing
from gitsm.site.page import Section
from gitsm.site.prose import written
from gitsm.site.tables import table

_TONES = {"new": "warn", "accepted": "info", "in_progress": "info", "on_hold": "quiet", "closed": "good"}
_OVER = ("closed", "canceled")


@status("improvement")
def _status(here: Here, improvement: Record[Improvement]) -> Iterator[Markup]:
    state = improvement.fields.state
    yield chip(state.replace("_", " "), _TONES.get(state, "quiet"))


@columns("improvement")
def _columns(here: Here, improvement: Record[Improvement]) -> dict[str, Content]:
    fields, measure = improvement.fields, improvement.fields.measure
    reached = measure.result if measure else None
    return {
        "Owner": here.party(fields.owner),
        "Measured by": measure.what if measure else None,
        "Before": _figure(measure.baseline) if measure else None,
        "Target": _figure(measure.target) if measure else None,
        "After": _figure(reached),
    }


def _figure(measured: Measured | None) -> str:
    return f"{measured.value:g}" if measured else ""


@groups("improvement")
def _groups(here: Here, improvements: Sequence[Record[Improvement]]) -> Groups:
    yield "Open", [one for one in improvements if one.fields.state not in _OVER]
    yield "Over", [one for one in improvements if one.fields.state in _OVER]


@sections("improvement")
def _sections(here: Here, improvement: Record[Improvement]) -> Sections:
    fields = improvement.fields
    yield Section("", written(here, improvement, fields.description))
    rows: list[tuple[Content, Content]] = [
        ("Owner", here.party(fields.owner)),
        ("Comes from", fields.source.replace("_", " ")),
        ("Effort", fields.effort),
    ]
    yield Section("At a glance", facts(rows))
    measure = fields.measure
    if measure is not None:
        taken = (("Before", measure.baseline), ("Target", measure.target), ("After", measure.result))
        figures = [[name, _figure(one), here.clock.show(one.on)] for name, one in taken if one is not None]
        about = paragraph(measure.what)
        yield Section("Before and after", about + table(["", "Figure", "On"], figures))
    yield Section("Changes", listing(here, here.repository.referring(improvement, Change, "origin")))
    told = {"title", "description", "owner", "source", "effort", "state", "measure"}
    yield from Fields(here, improvement).sections(without=told)
