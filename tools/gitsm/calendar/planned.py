"""Everything that is planned: the windows of changes, freezes, maintenance windows and peaks of demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gitsm import calendar_words
from gitsm.calendar.keys import key_of_name
from gitsm.calendar.stretches import (
    MOST_PEAKS,
    in_scope,
    peak_calendar,
    stretches_in,
    stretches_of,
    stretches_of_peak,
    with_margin,
)
from gitsm.change_control import ChangeState, state_of
from gitsm.intervals import Interval
from gitsm.records.calendar import Calendar, Recurrence
from gitsm.records.capacity import Capacity, Peak
from gitsm.records.change import Change
from gitsm.recurrence import MAX_OCCURRENCES
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
    """Tells it from the other stretches of its record, and stays when time goes on."""
    around: Interval | None = None
    """A peak with its margin: the time in which its service should be left alone."""
    key: str = ""
    """Tells it from the other stretches of its record, and stays when it is moved."""
    named: Record[Calendar] | None = None
    """The calendar that says when a peak is, where its record only names it."""


def planned(repository: Repository) -> list[Planned]:
    """Everything that has a date, by its start: what comes once wherever it lies, the past included, and
    what comes back from 12 months ago to 24 months ahead."""
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
        if record.fields.recurrence is not None and record.fields.type in _SHOWN
    ]
    found.extend(
        (record, f"peak {peak.name}: {calendar_words.recurring(comes)}")
        for record in repository.of(Capacity)
        for peak in record.fields.peaks
        if (comes := _recurrence_of(repository, peak)) is not None
    )
    return found


_SHOWN = ("freeze", "maintenance")
"""The types of calendar that stand for themselves; a shared peak is shown with each service that has it."""


def _recurrence_of(repository: Repository, peak: Peak) -> Recurrence | None:
    calendar = peak_calendar(repository, peak)
    return peak.recurrence or (calendar.fields.recurrence if calendar is not None else None)


def _changes(repository: Repository) -> Iterator[Planned]:
    for record in repository.of(Change):
        yield from of_change(repository, record, record.fields)


def _calendars(repository: Repository) -> Iterator[Planned]:
    for record in repository.of(Calendar):
        yield from of_calendar(repository, record, record.fields)


def _peaks(repository: Repository) -> Iterator[Planned]:
    for record in repository.of(Capacity):
        yield from of_capacity(repository, record, record.fields)


def of_change(repository: Repository, record: Record[Change], fields: Change) -> Iterator[Planned]:
    """The window of a change, by its fields as they are or were."""
    window = fields.window
    if window is not None and window.start < window.end:
        start, end = window.start.astimezone(UTC), window.end.astimezone(UTC)
        state = state_of(repository, record)
        yield Planned(start, end, "change", record.title, fields.services, record, state)


def of_calendar(repository: Repository, record: Record[Calendar], fields: Calendar) -> Iterator[Planned]:
    """The stretches of a freeze or a maintenance window, by its fields as they are or were."""
    if fields.type not in _SHOWN:
        return
    services = None if fields.scope is None else in_scope(repository, fields.scope)
    as_it_is = fields is record.fields
    found = stretches_of(repository, record) if as_it_is else stretches_in(repository, fields)
    for one in found:
        title, kind = one.name or record.title, _kind_of(fields)
        start, end, number = one.when.start, one.when.end, one.number
        yield Planned(start, end, kind, title, services, record, number=number, key=one.key)


def of_capacity(repository: Repository, record: Record[Capacity], fields: Capacity) -> Iterator[Planned]:
    """The peaks of a service, by the fields of its capacity plan as they are or were."""
    count, taken, names = 0, set[int](), Counter[str]()
    for peak in fields.peaks[:MOST_PEAKS]:
        name = f"n{key_of_name(peak.name)}"
        names[name] += 1
        key = name if names[name] == 1 else f"{name}.{names[name]}"
        for one in stretches_of_peak(repository, peak):
            number, count = one.number, count + 1
            while number in taken:  # several peaks may begin in one minute
                number += 1
            taken.add(number)
            if count > MAX_OCCURRENCES:
                break
            around = with_margin(one.when, peak) if peak.margin else None
            yield Planned(
                *(one.when.start, one.when.end, "peak", peak.name, (record.id,), record),
                number=number,
                around=around,
                key=f"{key}.{one.key}",
                named=one.calendar,
            )


def _kind_of(calendar: Calendar) -> str:
    return f"{calendar.freeze or 'hard'} freeze" if calendar.type == "freeze" else calendar.type
