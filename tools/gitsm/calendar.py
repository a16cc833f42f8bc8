"""What is planned: the windows of changes, freezes, maintenance windows and peaks of demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gitsm import calendar_words
from gitsm.change_control import ChangeState, state_of
from gitsm.records.calendar import Calendar, DateRange, Scope
from gitsm.records.capacity import Capacity
from gitsm.records.change import Change
from gitsm.records.service import Service
from gitsm.repository import Record, Repository


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that takes up a stretch of time; the end is exclusive."""

    start: datetime
    end: datetime
    what: str
    """`change`, `hard freeze`, `soft freeze`, `maintenance` or `peak`."""
    title: str
    services: tuple[str, ...] | None
    """The services that it is about; None where it is about all of them."""
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
        (
            record,
            f"{_kind_of(record.fields)} {record.title}: {calendar_words.recurring(record.fields.recurrence)}",
        )
        for record in repository.of(Calendar)
        if record.fields.recurrence is not None and record.fields.type in ("freeze", "maintenance")
    ]
    found.extend(
        (record, f"peak {peak.name}: {calendar_words.recurring(peak.recurrence)}")
        for record in repository.of(Capacity)
        for peak in record.fields.peaks
        if peak.recurrence is not None
    )
    return found


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
        services = None if fields.scope is None else _in_scope(repository, fields.scope)
        for number, dates in enumerate(fields.dates):
            start, end = stretch_of(dates, ZoneInfo(fields.timezone))
            if start < end:
                title = dates.name or record.title
                yield Planned(start, end, _kind_of(fields), title, services, record, number=number)


def concerns(scope: Scope | None, service: Record[Service]) -> bool:
    """Whether a service is in a scope: any part of it may name the service; no scope is everything."""
    if scope is None:
        return True
    fields = service.fields
    return (
        service.id in scope.services
        or fields.tier in scope.tiers
        or fields.system in scope.systems
        or not set(scope.tags).isdisjoint(fields.tags)
    )


def _in_scope(repository: Repository, scope: Scope) -> tuple[str, ...]:
    return tuple(service.id for service in repository.of(Service) if concerns(scope, service))


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
