"""Calendars in words: hours, holidays, freezes and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from gitsm.records.calendar import Calendar, DateRange, Holidays, Recurrence, Scope, WeeklyHours
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, bullets, chip, facts, join, quiet
from gitsm.site.page import Section
from gitsm.site.tables import table
from gitsm.site.when import MONTHS

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_TYPES = {
    "service_hours": "Service hours",
    "holidays": "Holidays",
    "freeze": "Freezes",
    "maintenance": "Maintenance windows",
}


def weekdays(days: Sequence[str]) -> str:
    """Days of the week in words: `Mon–Fri`, `Sat, Sun`."""
    places = sorted({_WEEK.index(day) for day in days})
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    names = [[_WEEK[place].capitalize() for place in run] for run in runs]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in names)


def weekly(hours: Iterable[WeeklyHours]) -> str:
    """Hours of each week in words: `Mon–Fri 08:00-17:00`."""
    shown = [f"{weekdays(entry.days)} {str(entry.hours).replace('-', '–')}" for entry in hours]
    return "; ".join(shown).replace("Mon–Sun 00:00–24:00", "around the clock")


def hours_of(here: Here, calendar: Record[Calendar] | None) -> Markup:
    """When somebody is there, in words that lead to the calendar."""
    if calendar is None or calendar.checked is None:
        return join(here.link(calendar) if calendar else None)
    fields = calendar.fields
    shown = weekly(fields.weekly)
    apart = f" ({fields.timezone})" if shown and fields.timezone != here.repository.policy.timezone else ""
    free = ", not on holidays" if fields.holidays is not None and shown else ""
    return here.link(calendar, (shown + apart + free) or None)


def recurrence(comes: Recurrence) -> str:
    """When something comes back, in words: `every month on day 25 at 06:00, for 60 h`."""
    every = f"every {comes.every}" if comes.interval == 1 else f"every {comes.interval} {comes.every}s"
    months = " or ".join(MONTHS[month - 1] for month in comes.months)
    days = " and ".join(
        "the last day" if day == -1 else str(day) if months else f"day {day}" for day in comes.month_days
    )
    week = f"{_ORDINALS[comes.week_of_month]} " if comes.week_of_month else ""
    named = " or ".join(day.capitalize() for day in comes.weekdays)
    parts = [
        every,
        f"on the {week}{named}" if week and named else f"on {weekdays(comes.weekdays)}" if named else "",
        f"on {days}" if days else "",
        f"{'' if days else 'in '}{months}" if months else "",
        f"at {comes.starts:%H:%M}" if comes.starts else "",
    ]
    return " ".join(part for part in parts if part) + (f", for {comes.takes}" if comes.takes else "")


def ranges(here: Here, dates: Iterable[DateRange]) -> Markup:
    """Stretches of time that come once."""
    return bullets(
        [here.clock.span(entry.from_, entry.to), f" {entry.name}" if entry.name else ""] for entry in dates
    )


def holidays(days: Holidays) -> str:
    """Which days are off, in words."""
    place = "-".join(part for part in (days.country, days.subdivision) if part)
    plus = ", ".join(str(day) for day in days.plus)
    minus = ", ".join(str(day) for day in days.minus)
    parts = [
        f"public holidays of {place}" if place else "",
        f"besides: {plus}" if plus else "",
        f"worked: {minus}" if minus else "",
    ]
    return "; ".join(part for part in parts if part)


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
            rows.append((last, [recurrence(comes), *what]))
    rows.sort(key=lambda row: row[0])
    return table(["When", "Freeze", "For"], [row for _, row in rows])


def concerns(of: Scope | None, service: Record[Any]) -> bool:
    """Whether a scope holds a service."""
    if of is None:
        return True
    fields = service.fields
    return (
        service.id in of.services
        or fields.tier in of.tiers
        or bool(set(fields.tags) & set(of.tags))
        or (fields.system is not None and fields.system in of.systems)
    )


def _freeze(fields: Calendar) -> Markup:
    hard = fields.freeze == "hard"
    return chip("hard freeze" if hard else "soft freeze", "bad" if hard else "warn")


@status("calendar")
def _status(here: Here, calendar: Record[Calendar]) -> Iterator[Markup]:
    if calendar.fields.type == "freeze":
        yield _freeze(calendar.fields)
        if any(start <= here.clock.now for start, _ in ahead(here, calendar)):
            yield chip("now", "bad")


@columns("calendar")
def _columns(here: Here, calendar: Record[Calendar]) -> dict[str, Content]:
    fields = calendar.fields
    coming = min(ahead(here, calendar), key=lambda found: found[0], default=None)
    return {
        "Hours": weekly(fields.weekly),
        "Next": here.clock.span(coming[1].from_, coming[1].to) if coming else None,
        "Comes back": recurrence(fields.recurrence) if fields.recurrence else None,
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
        ("Holidays", holidays(fields.holidays) if fields.holidays else None),
        ("Comes back", recurrence(fields.recurrence) if fields.recurrence else None),
        ("For", scope(here, fields.scope) if fields.type in ("freeze", "maintenance") else None),
        ("Reason", fields.reason),
    ]
    yield Section("When it holds", facts(rows))
    coming = [entry for _, entry in sorted(ahead(here, calendar), key=lambda found: found[0])]
    yield Section("Ahead", ranges(here, coming))
    yield Section("Past", ranges(here, [entry for entry in fields.dates if entry not in coming]))
    shown = {"name", "type", "timezone", "weekly", "holidays", "dates", "scope", "reason", "freeze"}
    if fields.recurrence is not None and _is_told(fields.recurrence):
        shown.add("recurrence")
    yield from Fields(here, calendar).sections(without=shown)


def _is_told(comes: Recurrence) -> bool:
    """Whether the words of a recurrence say all of it."""
    return not (comes.from_ or comes.until or comes.besides or comes.except_)
