"""Times that can't be as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from gitsm.diagnostic import DataPath
from gitsm.lint import Findings, rule
from gitsm.records.agreement import Agreement
from gitsm.records.calendar import Calendar, DateRange
from gitsm.records.capacity import Capacity
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.repository import Record, Repository

Moment = date | datetime
Stretch = tuple[Record[Any], DataPath, Moment, DataPath, Moment]


@rule
def end_before_start(repository: Repository) -> Findings:
    """Something ends before it begins.

    Every calendar, duration and figure that is computed from it is wrong. Most often a day was not
    carried over midnight, or a time was written in another zone.

    Bad:

        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        window: {start: 2026-11-28T22:00+01:00, end: 2026-11-28T02:00+01:00}

    Good:

        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        window: {start: 2026-11-28T22:00+01:00, end: 2026-11-29T02:00+01:00}
    """
    for record, start_path, start, end_path, end in _stretches(repository):
        if not _in_order(start, end):
            names = ".".join(map(str, start_path)), ".".join(map(str, end_path))
            yield record.problem(
                f"{names[1]} of {record} is {_shown(end)}, before its {names[0]}, {_shown(start)}",
                *end_path,
                related=[record.place(*start_path, label="begins here")],
            )


def _in_order(start: Moment, end: Moment) -> bool:
    if isinstance(start, datetime) and isinstance(end, datetime):
        return start <= end
    # One of them is a whole day, which no zone makes longer than itself.
    return (start.date() if isinstance(start, datetime) else start) <= (
        end.date() if isinstance(end, datetime) else end
    )


def _shown(moment: Moment) -> str:
    return moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()


def _stretches(repository: Repository) -> Iterator[Stretch]:
    for change in repository.of(Change):
        if (window := change.fields.window) is not None:
            yield change, ("window", "start"), window.start, ("window", "end"), window.end
        if (actual := change.fields.actual) is not None and actual.end is not None:
            yield change, ("actual", "start"), actual.start, ("actual", "end"), actual.end
    for incident in repository.of(Incident):
        if (started := incident.fields.started) is not None:
            for name in ("restored", "resolved"):
                if (ended := getattr(incident.fields, name)) is not None:
                    yield incident, ("started",), started, (name,), ended
    for agreement in repository.of(Agreement):
        valid = agreement.fields.valid
        if valid is not None and valid.from_ is not None and valid.to is not None:
            yield agreement, ("valid", "from"), valid.from_, ("valid", "to"), valid.to
    for calendar in repository.of(Calendar):
        yield from _ranges(calendar, ("dates",), calendar.fields.dates)
    for capacity in repository.of(Capacity):
        for index, peak in enumerate(capacity.fields.peaks):
            yield from _ranges(capacity, ("peaks", index, "dates"), peak.dates)


def _ranges(record: Record[Any], path: DataPath, ranges: tuple[DateRange, ...]) -> Iterator[Stretch]:
    for index, dates in enumerate(ranges):
        yield record, (*path, index, "from"), dates.from_, (*path, index, "to"), dates.to
