"""The hours of teams and services, and whether somebody is on duty at a moment, until when.

A team whose hours are not recorded, or can't be worked out, is neither on duty nor off: its hours are
unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository
from gitsm.working_time import UnknownHolidays, WorkingTime, working_times


def duty_hours(repository: Repository, calendar: str | None) -> WorkingTime | None:
    """The hours of a calendar; None where it can't be read, or says none."""
    record = repository.get(Calendar, calendar)
    if record is None:
        return None
    fields = record.fields
    says_hours = fields.weekly or fields.recurrence or fields.dates or fields.exceptions
    return working_times(repository)[record.id] if says_hours else None


def hours_of_team(repository: Repository, team: str) -> WorkingTime | None:
    """When a team is on duty; None where that is unknown."""
    record = repository.get(Team, team)
    return duty_hours(repository, record.fields.hours) if record is not None else None


def zone_of_team(repository: Repository, team: str) -> ZoneInfo:
    """The zone in which a team lives: that of its calendar, else the policy's."""
    record = repository.get(Team, team)
    calendar = repository.get(Calendar, record.fields.hours) if record is not None else None
    return ZoneInfo(calendar.fields.timezone) if calendar is not None else repository.timezone


def support_hours(repository: Repository, service: Record[Service]) -> WorkingTime | None:
    """When a service is supported: its own hours, else its owner's; None where that is unknown."""
    if service.fields.support_hours is not None:
        return duty_hours(repository, service.fields.support_hours)
    return hours_of_team(repository, service.fields.owner)


class Presence(StrEnum):
    """Whether somebody is there."""

    ON = "on duty"
    OFF = "off duty"
    UNKNOWN = "hours unknown"


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether a team is on duty at a moment."""

    presence: Presence
    until: datetime | None = None
    """When its duty ends; None where it doesn't within two years, or where it is not on duty."""
    back: datetime | None = None
    """When it is on duty again; None where it isn't within two years, or where it is on duty."""


def duty_at(hours: WorkingTime | None, moment: datetime) -> Duty:
    """Whether a team with such hours is on duty at a moment."""
    if hours is None:
        return Duty(Presence.UNKNOWN)
    try:
        return _duty(hours, moment.astimezone(UTC))
    except UnknownHolidays:
        return Duty(Presence.UNKNOWN)


def _duty(hours: WorkingTime, moment: datetime) -> Duty:
    on, end = False, moment
    for stretch in hours.ahead(moment):
        if not on and stretch.start > moment:
            return Duty(Presence.OFF, back=stretch.start)
        if on and stretch.start > end:
            return Duty(Presence.ON, until=end)
        on, end = True, stretch.end
    if not on:
        return Duty(Presence.OFF)
    # A stretch that reaches the end of what is looked at has no end that is known.
    return Duty(Presence.ON, until=end if duty_ends(hours, end) else None)


def duty_ends(hours: WorkingTime, moment: datetime) -> bool:
    """Whether a moment is no longer worked."""
    return not hours.is_open(moment)
