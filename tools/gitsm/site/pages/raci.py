"""RACI matrices as tables, by stage, with a letter and a word for each part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup

from gitsm.records.raci import Activity, Raci
from gitsm.repository import Record
from gitsm.site.appearance import Sections, columns, sections
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, div, fold, join, paragraph, quiet, span, tag
from gitsm.site.page import Section
from gitsm.site.tables import table

_STAGES = ("plan", "build", "release", "support")
_PARTS = ("responsible", "accountable", "consulted", "informed")


_MEANS = {
    "responsible": "does it",
    "accountable": "answers for it",
    "consulted": "is asked before",
    "informed": "is told after",
}
_MOST_PARTIES = 16
"""Above this the matrix is wider than any page, and the words say it better."""
_FEW_PARTIES = 6
"""Up to so many names stand upright over their columns."""


def matrix(here: Here, raci: Record[Raci]) -> Markup:
    """The whole matrix, its activities in the order of a service's life: in colours, and in words."""
    order = {stage: place for place, stage in enumerate(_STAGES)}
    activities = sorted(raci.fields.activities, key=lambda activity: order[activity.stage])
    parties = _parties(activities)
    headings = ["Activity", "Stage", *(part.capitalize() for part in _PARTS)]
    words = table(headings, [list(_row(here, activity)) for activity in activities])
    if not activities or len(parties) > _MOST_PARTIES:
        return words
    head = [
        tag("th", "Activity", scope="col"),
        *(tag("th", span("g-matrix__party", here.party(name)), scope="col") for name in parties),
    ]
    body = [tag("tr", join(list(_cells(activity, parties)), "\n")) for activity in activities]
    class_ = "g-matrix g-matrix--many" if len(parties) > _FEW_PARTIES else "g-matrix"
    parts = tag("thead", tag("tr", head)), tag("tbody", join(body, "\n"))
    shown = tag("table", *parts, class_=class_, data_search_exclude="true")
    legend = join([[_letter(part), f" {_MEANS[part]}"] for part in _PARTS], ", ")
    return join([
        div("g-scroll", shown), paragraph(quiet(legend), class_="g-matrix__legend"),
        fold("The same in words", words),
    ])  # fmt: skip


def _parties(activities: Iterable[Activity]) -> list[str]:
    """Everybody who has a part, whoever does most first."""
    counts: dict[str, list[int]] = {}
    for activity in activities:
        for place, part in enumerate(_PARTS):
            for name in getattr(activity, part):
                counts.setdefault(name, [0, 0, 0, 0])[place] -= 1
    return sorted(counts, key=lambda name: (counts[name], name))


def _cells(activity: Activity, parties: Iterable[str]) -> Iterator[Content]:
    yield tag("th", activity.name, " ", quiet(activity.stage), scope="row")
    for name in parties:
        parts = [part for part in _PARTS if name in getattr(activity, part)]
        yield tag("td", join([_letter(part) for part in parts], " "))


def _letter(part: str) -> Markup:
    """A part as its letter in its colour; the word stands behind it for whoever doesn't see it."""
    return tag("abbr", part[0].upper(), class_=f"g-raci g-raci--{part[0]}", title=part.capitalize())


def _row(here: Here, activity: Activity) -> Iterator[Content]:
    yield tag("strong", activity.name)
    yield activity.stage
    for part in _PARTS:
        names: tuple[str, ...] = getattr(activity, part)
        yield join([_letter(part), here.parties(names)], " ") if names else None


@columns("raci")
def _columns(here: Here, raci: Record[Raci]) -> dict[str, Content]:
    return {"Activities": str(len(raci.fields.activities))}


@sections("raci")
def _sections(here: Here, raci: Record[Raci]) -> Sections:
    service = here.site.service_of(raci)
    about = tag("p", "For the service ", here.link(service), ".") if service is not None else Markup("")
    yield Section("", about + matrix(here, raci))
    yield from Fields(here, raci).sections(without={"activities"})
