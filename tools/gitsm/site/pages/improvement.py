"""Improvements: what becomes better, how far it has come, and the figure that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from gitsm.records.change import Change
from gitsm.records.improvement import Improvement, Measure, Measured
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, chip, facts, figure, join, paragraph, quiet, tag
from gitsm.site.labels import label_of
from gitsm.site.listing import listing
from gitsm.site.page import Section
from gitsm.site.pages.change import in_order
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
        "Reached": _reached(measure) if measure else None,
    }


def _figure(measured: Measured | None) -> str:
    return figure(measured.value) if measured else ""


def _reached(measure: Measure) -> str:
    """How much of the way to its target it has come, as a share; empty where that can't be said."""
    before, target, after = measure.baseline, measure.target, measure.result
    if before is None or target is None or after is None or before.value == target.value:
        return ""
    share = 100 * (after.value - before.value) / (target.value - before.value)
    return f"{max(min(share, 999), -999):.0f} %"


@groups("improvement")
def _groups(here: Here, improvements: Sequence[Record[Improvement]]) -> Groups:
    yield "Open", [one for one in improvements if one.fields.state not in _OVER]
    yield "Over", [one for one in improvements if one.fields.state in _OVER]


@sections("improvement")
def _sections(here: Here, improvement: Record[Improvement]) -> Sections:
    fields = improvement.fields
    yield Section("", written(here, improvement, fields.description))
    if fields.measure is not None:
        yield Section("Before and after", _before_and_after(here, fields.measure))
    rows: list[tuple[Content, Content]] = [
        ("Owner", here.party(fields.owner)),
        ("Comes from", _source(here, improvement)),
        ("Effort", fields.effort),
    ]
    yield Section("At a glance", facts(rows))
    yield Section(
        "Changes that serve it",
        listing(here, in_order(here.repository.referring(improvement, Change, "origin"), latest_first=True)),
    )
    told = {"title", "description", "owner", "source", "effort", "state", "measure"}
    yield from Fields(here, improvement).sections(without=told)


def _source(here: Here, improvement: Record[Improvement]) -> Markup:
    """What it comes from, and the records that name it; the changes that carry it out stand elsewhere."""
    links = here.repository.links_to(improvement)
    found = {
        (link.source.kind.name, link.source.id): link for link in links if link.source.kind.name != "change"
    }
    named = [
        join([here.link(link.source), quiet(f" as {label_of(link.field).lower()}")])
        for link in found.values()
    ]
    return join([improvement.fields.source.replace("_", " "), *named], ", ")


# --- before and after


def _before_and_after(here: Here, measure: Measure) -> Markup:
    taken = (("Before", measure.baseline), ("Target", measure.target), ("After", measure.result))
    known = [(name, one) for name, one in taken if one is not None]
    figures = [[name, _figure(one), here.clock.show(one.on)] for name, one in known]
    return join(
        [
            paragraph(tag("strong", measure.what), _verdict(measure)),
            _bars(known),
            table(["", "Figure", "On"], figures),
        ]
    )


def _verdict(measure: Measure) -> Content:
    """What the figures say, in words."""
    before, target, after = measure.baseline, measure.target, measure.result
    if after is None:
        return [": ", quiet("not measured since")] if before is not None else None
    if before is None:
        return [f": {figure(after.value)}", quiet(", and nobody knows what it was before")]
    said = f": from {figure(before.value)} to {figure(after.value)}"
    if target is None or before.value == target.value:
        return said
    wanted_less = target.value < before.value
    if (after.value <= target.value) if wanted_less else (after.value >= target.value):
        return [said, " ", chip("target reached", "good")]
    better = (after.value < before.value) if wanted_less else (after.value > before.value)
    if not better:
        return [said, " ", chip("no better" if after.value == before.value else "worse", "bad")]
    return [said, " ", chip(f"{_reached(measure)} of the way", "info")]


_WIDTH, _ROW, _LABEL = 400.0, 26.0, 70.0
_ROOM = _WIDTH - _LABEL - 70.0


def _bars(known: Sequence[tuple[str, Measured]]) -> Markup:
    """The figures as bars, from nought; the table beside it says the same."""
    largest = max((abs(one.value) for _, one in known), default=0)
    if len(known) < 2 or not 0 < largest < 1e15:
        return NOTHING
    parts: list[Markup] = []
    for number, (name, one) in enumerate(known):
        top, width = number * _ROW + 4, max(_ROOM * abs(one.value) / largest, 1)
        below = " g-bars__bar--minus" if one.value < 0 else ""
        parts.extend(
            (
                tag("text", name, x="0", y=f"{top + 13:g}", class_="g-bars__label"),
                tag(
                    "rect",
                    x=f"{_LABEL:g}",
                    y=f"{top:g}",
                    width=f"{width:.1f}",
                    height="18",
                    class_=f"g-bars__bar g-bars__bar--{name.lower()}{below}",
                ),
                tag(
                    "text",
                    _figure(one),
                    x=f"{_LABEL + width + 6:.1f}",
                    y=f"{top + 13:g}",
                    class_="g-bars__label",
                ),
            )
        )
    height = len(known) * _ROW
    return tag("svg", join(parts), viewBox=f"0 0 {_WIDTH:g} {height:g}", class_="g-bars", aria_hidden="true")
