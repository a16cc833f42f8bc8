"""Incidents: how urgent, for how long, why, and what was learnt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from markupsafe import Markup

from gitsm.records.incident import Incident
from gitsm.records.support import Priority
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, chip, facts, outside
from gitsm.site.page import Rank, Section
from gitsm.site.prose import sections_of, written
from gitsm.site.tables import table
from gitsm.site.when import lasting

_TONES: dict[Priority, str] = {"P1": "bad", "P2": "bad", "P3": "warn", "P4": "info", "P5": "quiet"}
_STEPS = ("started", "detected", "acknowledged", "restored", "resolved")


def is_open(incident: Record[Incident]) -> bool:
    """Whether users still suffer from it, as far as the record says."""
    return incident.fields.restored is None and incident.fields.resolved is None


def open_incidents(incidents: Iterable[Record[Incident]], here: Here) -> list[Record[Incident]]:
    """Those that are not restored, the most urgent first."""
    found = [incident for incident in incidents if is_open(incident)]
    return sorted(
        found, key=lambda incident: (priority(here, incident) or "P9", _began(incident), incident.id)
    )


def priority(here: Here, incident: Record[Incident]) -> Priority | None:
    """Its priority by the policy; None where its impact or urgency is not known."""
    fields = incident.fields
    if fields.impact is None or fields.urgency is None:
        return None
    return here.repository.policy.priority_of(fields.impact, fields.urgency)


def began_at(incident: Record[Incident]) -> datetime | None:
    """When it began, or was first seen; None where neither is recorded."""
    return incident.fields.started or incident.fields.detected


def latest_first(incidents: Iterable[Record[Incident]]) -> list[Record[Incident]]:
    """Incidents by when they began; those of which nobody knows it come last."""
    return sorted(incidents, key=lambda incident: (_began(incident), incident.id), reverse=True)


def _began(incident: Record[Incident]) -> datetime:
    return began_at(incident) or datetime.min.replace(tzinfo=UTC)


@status("incident")
def _status(here: Here, incident: Record[Incident]) -> Iterator[Markup]:
    level = priority(here, incident)
    if level is not None:
        yield chip(level, _TONES[level], title="Priority, from impact and urgency")
    if is_open(incident):
        yield chip("open", "bad")
    elif incident.fields.resolved is None:
        yield chip("restored", "warn")
    else:
        yield chip("resolved", "good")


@columns("incident")
def _columns(here: Here, incident: Record[Incident]) -> dict[str, Content]:
    fields, began = incident.fields, began_at(incident)
    return {
        "Services": here.references("service", fields.services),
        "Began": here.clock.show(began) if began else None,
        "Lasted": lasting(fields.restored - began) if began and fields.restored else None,
        "Problem": here.reference("problem", fields.problem) if fields.problem else None,
    }


@groups("incident")
def _groups(here: Here, incidents: Sequence[Record[Incident]]) -> Groups:
    suffered = open_incidents(incidents, here)
    yield "Open", suffered
    yield "Over", [incident for incident in latest_first(incidents) if not is_open(incident)]


@rank("incident")
def _rank(here: Here, incident: Record[Incident]) -> Rank:
    return Rank.OPEN if is_open(incident) else Rank.OVER


@sections("incident")
def _sections(here: Here, incident: Record[Incident]) -> Sections:
    fields, shown = incident.fields, Fields(here, incident)
    rows: list[tuple[Content, Content]] = [
        ("Services", here.references("service", fields.services)),
        ("Impact and urgency", _degrees(fields)),
        ("Meet at", outside(fields.bridge) if fields.bridge and is_open(incident) else None),
        ("Problem", here.reference("problem", fields.problem) if fields.problem else None),
        ("Caused by", here.reference("change", fields.caused_by) if fields.caused_by else None),
        ("Category", fields.category),
        ("What became of it", fields.disposition),
    ]
    yield Section("At a glance", facts(rows))
    yield from sections_of(here, incident)
    yield Section("Cause", written(here, incident, fields.cause))
    yield Section("Times", _times(here, fields))
    yield Section("Timeline", _timeline(here, incident))
    told = {
        "title",
        "services",
        "impact",
        "urgency",
        "problem",
        "caused_by",
        "category",
        "disposition",
        "cause",
    }
    yield from shown.sections(
        without={*told, *_STEPS, "timeline"} | ({"bridge"} if is_open(incident) else set())
    )


def _degrees(fields: Incident) -> str:
    words = {1: "high", 2: "medium", 3: "low"}
    if fields.impact is None or fields.urgency is None:
        return "not recorded"
    return f"impact {words[fields.impact]}, urgency {words[fields.urgency]}"


def _times(here: Here, fields: Incident) -> Markup:
    began = fields.started or fields.detected
    rows: list[list[Content]] = []
    for name in _STEPS:
        at: datetime | None = getattr(fields, name)
        after = lasting(at - began) if at and began and at > began else None
        rows.append([name.capitalize(), here.clock.show(at) if at else "not recorded", after])
    return table(["", "When", "After its beginning"], rows)


def _timeline(here: Here, incident: Record[Incident]) -> Markup:
    entries = sorted(incident.fields.timeline, key=lambda entry: entry.at)
    return table(
        ["When", "What"],
        [
            [here.clock.show(entry.at, relative=False), written(here, incident, entry.what)]
            for entry in entries
        ],
    )
