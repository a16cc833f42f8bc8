"""What the calendar of the site shows: everything planned, month by month, each with its conflicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.calendar import HORIZON_AHEAD, Conflict, Planned, between, planned
from gitsm.calendar_views import Row, Shown
from gitsm.change_control import ChangeState
from gitsm.records.calendar import Calendar
from gitsm.records.change import Change
from gitsm.repository import Record, Repository, once

BEHIND = timedelta(days=30)
"""How much of the past is shown; older changes stand in the list of changes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is planned, with each time that it comes in one month."""

    row: Row
    number: int
    """Tells it from all others of the calendar."""
    times: tuple[Planned, ...]
    conflicts: Sequence[Conflict]
    """Those of a change, the worst ones first, whichever of the two ends it is."""
    team: str | None
    """The team that carries a change out."""
    zone: ZoneInfo
    """The zone that its record tells times in."""

    @property
    def change(self) -> Record[Change] | None:
        """The change that it is; None for what is none."""
        return self.row.record if self.row.what == "change" else None

    @property
    def state(self) -> ChangeState | None:
        """The state of a change."""
        return self.times[0].state


@dataclass(frozen=True, slots=True)
class Schedule:
    """The part of the calendar that the site shows."""

    start: datetime
    end: datetime
    months: Mapping[date, Sequence[Entry]]
    """Every month of it by its first day, in order, each with what takes place in it, by its start."""


@once
def schedule_of(repository: Repository) -> Schedule:
    """What is planned from a month ago to as far as what comes back is followed."""
    zone = repository.timezone
    start, end = repository.now - BEHIND, repository.now + HORIZON_AHEAD
    shown = Shown(repository, start, end, between(planned(repository), start, end))
    conflicts = _by_change(shown)
    found: dict[date, list[Entry]] = {month: [] for month in _months(start, end, zone)}
    for number, row in enumerate(shown.rows):
        has = conflicts.get(row.record.file, ()) if row.what == "change" else ()
        team, own = team_of(repository, row.record), zone_of(repository, row.record)
        for month, times in _by_month(row, start, end, zone).items():
            found[month].append(Entry(row, number, tuple(times), has, team, own))
    for entries in found.values():
        entries.sort(key=lambda one: (one.times[0].start, one.times[0].end, one.number))
    return Schedule(start, end, found)


def _months(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[date]:
    """The first day of each month that a stretch of time touches."""
    month, last = start.astimezone(zone).date().replace(day=1), end.astimezone(zone).date()
    while month <= last:
        yield month
        month = following(month)


def following(month: date) -> date:
    """The first day of the month after one."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _by_month(row: Row, start: datetime, end: datetime, zone: ZoneInfo) -> dict[date, list[Planned]]:
    found: dict[date, list[Planned]] = defaultdict(list)
    for item in row.items:
        # The end is exclusive: what lasts until midnight takes nothing of the day after.
        last = min(item.end - timedelta(microseconds=1), end)
        for month in _months(max(item.start, start), last, zone):
            found[month].append(item)
    return found


def _by_change(shown: Shown) -> Mapping[str, Sequence[Conflict]]:
    """The conflicts that each change takes part in, by its file."""
    found: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in shown.conflicts:
        for record in (conflict.change, *conflict.others):
            found[record.file].append(conflict)
    return found


def team_of(repository: Repository, record: Record[Any]) -> str | None:
    """Who carries a change out: its team, else the owner of its first service."""
    fields = record.fields
    if not isinstance(fields, Change):
        return None
    if fields.team is not None:
        return fields.team
    return owner_of(repository, fields.services[0])


def owner_of(repository: Repository, service: str) -> str | None:
    """The team that owns a service, also where its record has findings."""
    record = repository.find("service", service)
    owner = record.data.get("owner") if record is not None else None
    return owner if isinstance(owner, str) else None


def zone_of(repository: Repository, record: Record[Any]) -> ZoneInfo:
    """The zone in which a record tells its times; the policy's where it names none."""
    fields, named = record.fields, None
    if isinstance(fields, Change) and fields.window is not None:
        named = fields.window.timezone
    elif isinstance(fields, Calendar):
        named = fields.timezone
    return ZoneInfo(named) if named is not None else repository.timezone
