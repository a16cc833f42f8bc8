"""Who is called for a service at a moment: its escalation path, and who on it is on duty, until when.

A team whose hours are not recorded, or can't be worked out, is neither on duty nor off: its hours are
unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from gitsm.intervals import Interval, union
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.records.support import EscalationStep
from gitsm.records.team import Contact, Team
from gitsm.repository import Record, Repository, once
from gitsm.schema.values import Duration
from gitsm.working_time import UnknownHolidays, WorkingTime, working_times

AT_ONCE = Duration(0, text="0 min")


@dataclass(frozen=True, slots=True)
class Path:
    """An escalation path: whose it is, and its steps."""

    record: Record[Any]
    """The service, or the owner whose path stands in for the service's own."""
    steps: tuple[EscalationStep, ...]
    inserted: int = 0
    """How many steps at its beginning stand in no file: the owner is called before its own path begins."""


def path_of(repository: Repository, service: Record[Service]) -> Path | None:
    """Who is called for a service, in order: its own path, else its owner and then the owner's path.

    None where the service has no path of its own and its owner can't be read.
    """
    if service.fields.escalation:
        return Path(service, service.fields.escalation)
    owner = repository.get(Team, service.fields.owner)
    if owner is None:
        return None
    below = owner.fields.escalation
    if any(step.team == owner.id and not step.after.minutes for step in below):
        return Path(owner, below)
    return Path(owner, (EscalationStep.model_construct(team=owner.id, after=AT_ONCE), *below), 1)


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


@dataclass(frozen=True, slots=True)
class Called:
    """A step of the path, at the moment that is asked about."""

    team: str
    record: Record[Team] | None
    """None where no file defines the team, or it can't be read."""
    after: Duration
    at: datetime | None
    """When it is called for what is detected at the moment; None where that can't be known."""
    now: Duty
    then: Duty
    """Whether it is on duty when it is called."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is called for a service, for what is detected at a moment."""

    service: Record[Service]
    moment: datetime
    path: Path | None
    steps: tuple[Called, ...]
    successor: Called | None
    """Who takes over when the duty of the first one ends: the first on the path who is on duty then."""

    @property
    def first(self) -> Called | None:
        """The first on the path who is on duty now; None where nobody is known to be."""
        return next((step for step in self.steps if step.now.presence is Presence.ON), None)

    @property
    def following(self) -> Called | None:
        """Who is called when the first one doesn't answer."""
        first = self.first
        if first is None:
            return None
        return next(iter(self.steps[self.steps.index(first) + 1 :]), None)

    @property
    def is_known(self) -> bool:
        """Whether the hours of everybody on the path are known."""
        return bool(self.steps) and all(step.now.presence is not Presence.UNKNOWN for step in self.steps)


def escalation_at(repository: Repository, service: Record[Service], moment: datetime) -> Escalation:
    """Who is called for a service when something is detected at a moment."""
    path = path_of(repository, service)
    moment = moment.astimezone(UTC)
    hours = support_hours(repository, service)
    steps = tuple(_called(repository, step, moment, hours) for step in (path.steps if path else ()))
    found = Escalation(service, moment, path, steps, None)
    first = found.first
    if first is None or first.now.until is None:
        return found
    end = first.now.until
    on_then = (
        step for step in steps if duty_at(hours_of_team(repository, step.team), end).presence is Presence.ON
    )
    return Escalation(service, moment, path, steps, next(on_then, None))


def _called(
    repository: Repository, step: EscalationStep, moment: datetime, support: WorkingTime | None
) -> Called:
    hours = hours_of_team(repository, step.team)
    at = _due(step.after, moment, support)
    then = duty_at(hours, at) if at is not None else Duty(Presence.UNKNOWN)
    record = repository.get(Team, step.team)
    return Called(step.team, record, step.after, at, duty_at(hours, moment), then)


def _due(after: Duration, moment: datetime, support: WorkingTime | None) -> datetime | None:
    """When a step is due. Business hours run in the hours in which the service is supported."""
    if not after.business:
        try:
            return moment + timedelta(minutes=after.minutes)
        except OverflowError:
            return None
    try:
        return support.after(moment, after.minutes) if support is not None else None
    except (UnknownHolidays, OverflowError):
        return None


# --- how somebody is reached


_WHILE_AWAY = re.compile(
    r"\b(?:(?:outside|out of|after|off)[ -](?:of )?(?:the )?(?:\w+ )?hours|off duty|at night|nights?)\b",
    re.IGNORECASE,
)
_WHILE_THERE = re.compile(
    r"\b(?:(?:office|working|business|service|desk|support|duty) hours|during the day|on duty|daytime)\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(
    r"\b(?:any hour|any time|always|around the clock|24/7|24x7|day and night)\b", re.IGNORECASE
)


def fits(contact: Contact, presence: Presence) -> bool:
    """Whether a way to reach a team is meant for now, as far as the words of its `when` tell."""
    when = contact.when or ""
    if _ALWAYS.search(when) or presence is Presence.UNKNOWN:
        return True
    away = bool(_WHILE_AWAY.search(when))
    # `outside office hours` names office hours too, and means none of them.
    there = bool(_WHILE_THERE.search(_WHILE_AWAY.sub("", when)))
    if away == there:
        return True
    return away is (presence is Presence.OFF)


# --- hours that are claimed, and nobody there


YEAR = timedelta(days=365)
"""How far ahead hours are held against who is there."""


@once
def _years(repository: Repository) -> dict[str, Sequence[Interval] | None]:
    """The stretches of each calendar over the next year that were worked out so far."""
    return {}


def year_of(repository: Repository, calendar: str | None) -> Sequence[Interval] | None:
    """The stretches of a calendar over the next year; None where they can't be known."""
    if calendar is None:
        return None
    known = _years(repository)
    if calendar not in known:
        hours = duty_hours(repository, calendar)
        try:
            known[calendar] = (
                hours.between(repository.now, repository.now + YEAR) if hours is not None else None
            )
        except UnknownHolidays:
            known[calendar] = None
    return known[calendar]


@once
def _unions(repository: Repository) -> dict[tuple[str, ...], list[Interval]]:
    """When somebody is there, by the calendars that were asked for so far: most paths are of the same few."""
    return {}


def covered(repository: Repository, calendars: Iterable[str]) -> list[Interval]:
    """When somebody is there over the next year, of teams with these calendars."""
    key, known = tuple(sorted(set(calendars))), _unions(repository)
    if key not in known:
        known[key] = union(stretch for calendar in key for stretch in year_of(repository, calendar) or ())
    return known[key]
