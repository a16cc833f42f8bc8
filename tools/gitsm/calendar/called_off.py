"""What was planned and is not any more, as far as the history of the records tells.

A program that imported a calendar, or that is shown a feed anew, goes on showing what it isn't told to
take away. So what an edit takes out of a record is called off, for as long as anybody might still have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pydantic import ValidationError

from gitsm.calendar.planned import Planned, of_calendar, of_capacity, of_change
from gitsm.calendar.stretches import HORIZON_AHEAD, HORIZON_BEHIND
from gitsm.history import History, Unknown, Version, history_of
from gitsm.records.calendar import Calendar
from gitsm.records.capacity import Capacity
from gitsm.records.change import Change
from gitsm.repository import Record, Repository

MOST_EDITS = 50
"""Of how many of a record's last edits it is asked what they took away."""

_Of = Callable[[Any], Iterable[Planned]]


def called_off(repository: Repository) -> list[Planned]:
    """What edits of the last 12 months took out of records that are still there, by its start.

    What was over when it was taken out, or further ahead than 24 months, was not called off by that.
    Without Git nothing is known of it, in a shallow clone only what its commits tell.
    """
    history = history_of(repository)
    if history is None:
        return []
    found = [
        *_of_kind(repository, history, Calendar, of_calendar),
        *_of_kind(repository, history, Capacity, of_capacity),
        *_of_kind(repository, history, Change, of_change),
    ]
    return sorted(found, key=lambda item: (item.start, item.end, item.record.file, item.key))


def _of_kind(
    repository: Repository,
    history: History,
    model: type[Any],
    planned_by: Callable[[Repository, Record[Any], Any], Iterable[Planned]],
) -> Iterator[Planned]:
    for record in repository.of(model):
        if model is Change and record.fields.window is not None:
            continue  # it has one window, which was moved and not taken out
        if len(history.versions(record)) < 2 and history.is_committed(record):
            continue

        def of(fields: Any, record: Record[Any] = record) -> Iterable[Planned]:
            return planned_by(repository, record, fields)

        yield from _taken_out(repository, history, record, of)


def _taken_out(
    repository: Repository, history: History, record: Record[Any], planned_by: _Of
) -> Iterator[Planned]:
    """What was planned by older versions of a record and not by the next, nor is today."""
    now = repository.now.astimezone(UTC)
    standing = {item.key for item in planned_by(record.fields)}
    told: set[str] = set(standing)
    newer: Mapping[str, Planned] | None = None
    edited: datetime = now
    for version, fields in islice(_versions(history, record), MOST_EDITS):
        older = {item.key: item for item in planned_by(fields)}
        gone = older.keys() - (newer.keys() if newer is not None else standing)
        for key in gone - told:
            item = older[key]
            if item.end > edited and item.start < edited + HORIZON_AHEAD:
                yield item
        # What was taken out more than once is told as it was before the last time.
        told |= gone
        newer = older
        # A time to come is made up: whoever commits may write any.
        edited = min(version.time, now).astimezone(UTC) if version.time is not None else edited
        if edited < now - HORIZON_BEHIND:
            return


def _versions(history: History, record: Record[Any]) -> Iterator[tuple[Version, Any]]:
    """The committed versions of a record that can be read, the newest first."""
    for version in history.versions(record):
        if isinstance(version, Unknown):
            return
        data = history.data_at(record, version)
        if data is None or isinstance(data, Unknown):
            continue
        try:
            yield version, type(record.fields).model_validate(data)
        except ValidationError:
            continue  # what nobody could read was in no feed
