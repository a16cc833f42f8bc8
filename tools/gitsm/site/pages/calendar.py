"""Calendars in words: hours, holidays, freezes and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from gitsm.calendar import concerns
from gitsm.calendar_words import days_off, recurring, weekly
from gitsm.records.calendar import Calendar, DateRange, Scope
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, bullets, chip, facts, join, quiet, tag
from gitsm.site.page import Rank, Section
from gitsm.site.tables import table

_TYPES = {
    "service_hours": "Service hours",
    "holidays": "Holidays",
    "freeze": "Freezes",
    "maintenance": "Maintenance windows",
    "peak": "Peaks of demand",
}


def hours_of(here: Here, calendar: Record[Calendar] | None) -> Markup:
    """When somebody is there, in words that lead to the calendar."""
    if calendar is None or calendar.checked is None:
        return join(here.link(calendar) if calendar else None)
    fields = calendar.fields
    shown = weekly(fields.weekly)
    apart = f" ({fields.timezone})" if shown and fields.timezone != here.repository.policy.timezone else ""
    free = ", not on holidays" if fields.holidays is not None and shown else ""
    return here.link(calendar, (shown + apart + free) or None)


def ranges(here: Here, dates: Iterable[DateRange]) -> Markup:
    """Stretches of time that come once."""
    return bullets(
        [here.clock.span(entry.from_, entry.to), f" {entry.name}" if entry.name else ""] for entry in dates
    )


def scope(here: Here, of: Scope | None) -> Markup:
    """What a freeze or a maintenance window is for."""
    if of is None:
        return join("everything")
    words = [
        here.references("service", of.services),
        ", ".join(f"tier {tier}" for tier in of.tiers),
        ", ".join(f"tag {tag}" for tag in of.tags),
        ", ".join(f"system {system}" for system in of.systems),
    ]
    return join(words, ", ") or join("everything")


def ahead(here: Here, calendar: Record[Calendar]) -> Iterator[tuple[datetime, DateRange]]:
    """The stretches of a calendar that are not over, each with its beginning."""
    for entry in calendar.fields.dates:
        if here.clock.end(entry.to) > here.clock.now:
            yield here.clock.begin(entry.from_), entry


def freezes(here: Here, *, service: Record[Any] | None = None) -> Markup:
    """Freezes that hold or are ahead, of everything or of what may concern a service."""
    rows: list[tuple[datetime, list[Content]]] = []
    last = datetime.max.replace(tzinfo=here.clock.zone)
    for calendar in here.repository.of(Calendar):
        fields = calendar.fields
        if fields.type != "freeze" or (service is not None and not concerns(fields.scope, service)):
            continue
        what = [here.standing(calendar), scope(here, fields.scope)]
        for start, entry in ahead(here, calendar):
            named = quiet(f" {entry.name}") if entry.name else ""
            rows.append((start, [[here.clock.span(entry.from_, entry.to), named], *what]))
        comes = fields.recurrence
        if comes is not None and (comes.until is None or comes.until >= here.clock.today):
            rows.append((last, [recurring(comes), *what]))
    rows.sort(key=lambda row: row[0])
    return table(["When", "Freeze", "For"], [row for _, row in rows])


def _freeze(fields: Calendar) -> Markup:
    hard = fields.freeze != "soft"  # as everywhere: what says nothing else lets nothing in
    return chip("hard freeze" if hard else "soft freeze", "bad" if hard else "warn")


@status("calendar")
def _status(here: Here, calendar: Record[Calendar]) -> Iterator[Markup]:
    if calendar.fields.type == "freeze":
        yield _freeze(calendar.fields)
        held = _held(here, calendar)
        if held is not None:
            # A script takes it away once that is over.
            minutes = " ".join(str(int(moment.timestamp()) // 60) for moment in held)
            yield tag("span", "now", class_="g-chip g-chip--bad", data_g_while=minutes)


@rank("calendar")
def _rank(here: Here, calendar: Record[Calendar]) -> Rank:
    """A freeze that holds is what somebody means who looks for freezes."""
    holds = calendar.fields.type == "freeze" and _held(here, calendar) is not None
    return Rank.OPEN if holds else Rank.RECORD


def _held(here: Here, calendar: Record[Calendar]) -> tuple[datetime, datetime] | None:
    """From when to when a calendar's stretch of this moment lasts."""
    for start, entry in ahead(here, calendar):
        if start <= here.clock.now:
            return start, here.clock.end(entry.to)
    return None


@columns("calendar")
def _columns(here: Here, calendar: Record[Calendar]) -> dict[str, Content]:
    fields = calendar.fields
    coming = min(ahead(here, calendar), key=lambda found: found[0], default=None)
    return {
        "Hours": weekly(fields.weekly),
        "Next": here.clock.span(coming[1].from_, coming[1].to) if coming else None,
        "Comes back": recurring(fields.recurrence) if fields.recurrence else None,
        "For": scope(here, fields.scope) if fields.type in ("freeze", "maintenance") else None,
    }


@groups("calendar")
def _groups(here: Here, calendars: Sequence[Record[Calendar]]) -> Groups:
    for type_, title in _TYPES.items():
        yield title, [calendar for calendar in calendars if calendar.fields.type == type_]


@sections("calendar")
def _sections(here: Here, calendar: Record[Calendar]) -> Sections:
    fields = calendar.fields
    rows: list[tuple[Content, Content]] = [
        ("Type", fields.type.replace("_", " ")),
        ("Time zone", fields.timezone),
        ("Hours", weekly(fields.weekly)),
        ("Holidays", days_off(fields.holidays) if fields.holidays else None),
        ("Comes back", recurring(fields.recurrence) if fields.recurrence else None),
        ("For", scope(here, fields.scope) if fields.type in ("freeze", "maintenance") else None),
        ("Reason", fields.reason),
    ]
    yield Section("When it holds", facts(rows))
    coming = [entry for _, entry in sorted(ahead(here, calendar), key=lambda found: found[0])]
    yield Section("Ahead", ranges(here, coming))
    yield Section("Past", ranges(here, [entry for entry in fields.dates if entry not in coming]))
    shown = {
        "name",
        "type",
        "timezone",
        "weekly",
        "holidays",
        "dates",
        "scope",
        "reason",
        "freeze",
        "recurrence",
    }
    yield from Fields(here, calendar).sections(without=shown)
