"""Who is called for a service, in order: its escalation path, and who on it is on duty at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.on_duty.contacts import fits
from gitsm.on_duty.hours import Duty, Presence, duty_at, hours_of_team, support_hours, zone_of_team
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.records.support import EscalationStep
from gitsm.records.team import Contact, Team
from gitsm.repository import Record, Repository
from gitsm.schema.values import Duration
from gitsm.working_time import UnknownHolidays, WorkingTime

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
    zone: ZoneInfo
    """Where its day and its night are."""
    hours: tuple[str, ...] = ()
    """What its hours are called."""

    def fits(self, contact: Contact) -> bool:
        """Whether a way to reach it is meant for the moment at which it is called."""
        local = self.at.astimezone(self.zone) if self.at is not None else None
        return fits(contact, self.then.presence, local, self.hours)


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
        """Who is called when the first one doesn't answer; while nobody is there, `next_there`."""
        first = self.first
        if first is None:
            return self.next_there
        return next(iter(self.steps[self.steps.index(first) + 1 :]), None)

    @property
    def next_there(self) -> Called | None:
        """The next on the path who is on duty at the moment at which it is called."""
        after = self.steps.index(self.first) + 1 if self.first is not None else 0
        return next((step for step in self.steps[after:] if step.then.presence is Presence.ON), None)

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
    calendar = repository.get(Calendar, record.fields.hours) if record is not None else None
    names = (calendar.title, calendar.id.replace("-", " ")) if calendar is not None else ()
    zone = zone_of_team(repository, step.team)
    return Called(step.team, record, step.after, at, duty_at(hours, moment), then, zone, names)


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
