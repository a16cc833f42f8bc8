"""RACI matrices as tables, by stage, with a letter and a word for each part."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from gitsm.records.raci import Activity, Raci
from gitsm.repository import Record
from gitsm.site.appearance import Sections, columns, sections
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, join, span, tag
from gitsm.site.page import Section
from gitsm.site.tables import table

_STAGES = ("plan", "build", "release", "support")
_PARTS = ("responsible", "accountable", "consulted", "informed")


def matrix(here: Here, raci: Record[Raci]) -> Markup:
    """The whole matrix, its activities in the order of a service's life."""
    order = {stage: place for place, stage in enumerate(_STAGES)}
    activities = sorted(raci.fields.activities, key=lambda activity: order[activity.stage])
    headings = ["Activity", "Stage", *(part.capitalize() for part in _PARTS)]
    return table(headings, [list(_row(here, activity)) for activity in activities])


def _row(here: Here, activity: Activity) -> Iterator[Content]:
    yield tag("strong", activity.name)
    yield activity.stage
    for part in _PARTS:
        names: tuple[str, ...] = getattr(activity, part)
        letter = span(f"g-raci g-raci--{part[0]}", part[0].upper())
        yield join([letter, here.parties(names)], " ") if names else None


@columns("raci")
def _columns(here: Here, raci: Record[Raci]) -> dict[str, Content]:
    return {"Activities": str(len(raci.fields.activities))}


@sections("raci")
def _sections(here: Here, raci: Record[Raci]) -> Sections:
    service = here.site.service_of(raci)
    about = tag("p", "For the service ", here.link(service), ".") if service is not None else Markup("")
    yield Section("", about + matrix(here, raci))
    yield from Fields(here, raci).sections(without={"activities"})
