"""What is planned: the windows of changes, freezes, maintenance windows and peaks of demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.change_control import ChangeState, state_of
from gitsm.records.calendar import Calendar, DateRange, Recurrence, Scope
from gitsm.records.capacity import Capacity
from gitsm.records.change import Change
from gitsm.records.service import Service
from gitsm.repository import Record, Repository

_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_ENDINGS = {2: "nd", 3: "rd", 22: "nd", 23: "rd", 21: "st", 31: "st"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that takes up a stretch of time; the end is exclusive."""

    start: datetime
    end: datetime
    what: str
    """`change`, `hard freeze`, `soft freeze`, `maintenance` or `peak`."""
    title: str
    services: tuple[str, ...]
    """The services that it is about; none where it is about all of them."""
    record: Record[Any]
    state: ChangeState | None = None
    """The state of a change."""
    number: int = 0
    """Which of the stretches of its record it is."""


def planned(repository: Repository) -> list[Planned]:
    """Everything that has a date, the past included, by its start.

    Stretches that come back are not expanded yet; `recurring` names them.
    """
    found = [*_changes(repository), *_calendars(repository), *_peaks(repository)]
    return sorted(found, key=lambda item: (item.start, item.end, item.record.file, item.number))


def between(items: list[Planned], start: datetime, end: datetime) -> list[Planned]:
    """The items that overlap a stretch of time; touching it end to end is no overlap."""
    return [item for item in items if item.start < end and item.end > start]


def recurring(repository: Repository) -> list[tuple[Record[Any], str]]:
    """Calendars and peaks that come back, each with when, in words."""
    found: list[tuple[Record[Any], str]] = [
        (record, f"{_kind_of(record.fields)} {record.title}: {in_words(record.fields.recurrence)}")
        for record in repository.of(Calendar)
        if record.fields.recurrence is not None and record.fields.type in ("freeze", "maintenance")
    ]
    found.extend(
        (record, f"peak {peak.name}: {in_words(peak.recurrence)}")
        for record in repository.of(Capacity)
        for peak in record.fields.peaks
        if peak.recurrence is not None
    )
    return found


def in_words(recurrence: Recurrence) -> str:
    """When something comes back: `every month on day 25, from 06:00, for 60 h`."""
    unit = recurrence.every
    words = [f"every {unit}" if recurrence.interval == 1 else f"every {recurrence.interval} {unit}s"]
    if recurrence.months:
        words.append("in " + ", ".join(_MONTHS[month - 1] for month in recurrence.months))
    if recurrence.weekdays:
        week = f"the {_ORDINALS[recurrence.week_of_month]} " if recurrence.week_of_month else ""
        words.append(f"on {week}" + ", ".join(day.capitalize() for day in recurrence.weekdays))
    if recurrence.month_days:
        words.append("on " + ", ".join(_day_of_month(day) for day in recurrence.month_days))
    text = " ".join(words)
    if recurrence.starts is not None:
        text += f", from {recurrence.starts:%H:%M}"
    if recurrence.takes is not None:
        text += f", for {recurrence.takes}"
    if recurrence.besides:
        text += ", also on " + ", ".join(map(str, recurrence.besides))
    if recurrence.except_:
        text += ", not on " + ", ".join(map(str, recurrence.except_))
    return text


def _day_of_month(day: int) -> str:
    if day == -1:
        return "the last day"
    return f"day {day}" if day > 0 else f"the {-day}{_ENDINGS.get(-day, 'th')} day from the end"


def _changes(repository: Repository) -> Iterator[Planned]:
    for record in repository.of(Change):
        window = record.fields.window
        if window is not None and window.start < window.end:
            start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
            services = record.fields.services
            yield Planned(start, end, "change", record.title, services, record, state_of(repository, record))


def _calendars(repository: Repository) -> Iterator[Planned]:
    for record in repository.of(Calendar):
        fields = record.fields
        if fields.type not in ("freeze", "maintenance"):
            continue
        services = services_in(repository, fields.scope) if fields.scope is not None else ()
        for number, dates in enumerate(fields.dates):
            start, end = stretch_of(dates, ZoneInfo(fields.timezone))
            if start < end:
                title = dates.name or record.title
                yield Planned(start, end, _kind_of(fields), title, services, record, number=number)


def services_in(repository: Repository, scope: Scope) -> tuple[str, ...]:
    """The ids of the services that a scope names, by name, tier, tag or system."""
    return tuple(
        service.id
        for service in repository.of(Service)
        if service.id in scope.services
        or service.fields.tier in scope.tiers
        or service.fields.system in scope.systems
        or not set(scope.tags).isdisjoint(service.fields.tags)
    )


def _peaks(repository: Repository) -> Iterator[Planned]:
    for record in repository.of(Capacity):
        dates = [(peak, stretch) for peak in record.fields.peaks for stretch in peak.dates]
        for number, (peak, stretch) in enumerate(dates):
            start, end = stretch_of(stretch, repository.timezone)
            if start < end:
                yield Planned(start, end, "peak", peak.name, (record.id,), record, number=number)


def _kind_of(calendar: Calendar) -> str:
    return f"{calendar.freeze or 'hard'} freeze" if calendar.type == "freeze" else calendar.type


def stretch_of(dates: DateRange, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a range begins and ends, in UTC; a last day counts whole."""
    to = dates.to if isinstance(dates.to, datetime) else dates.to + timedelta(days=1)
    return _instant(dates.from_, zone), _instant(to, zone)


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), zone).astimezone(UTC)
