"""Who answers for a promised service: in which hours, and who is called."""

from __future__ import annotations

from gitsm.promises.ground import Judged
from gitsm.records.calendar import Calendar
from gitsm.records.support import EscalationStep
from gitsm.records.team import Team


def support_calendar(judged: Judged) -> str | None:
    """The calendar of the provider's support hours; None where the records don't tell."""
    record, provider = judged.record, judged.fields.provider
    team = judged.ground.repository.get(Team, provider)
    hours = team.fields.hours if team is not None else None
    if record is None:
        return hours
    if record.fields.owner == provider:
        return record.fields.support_hours or hours
    if hours is not None or judged.is_given:
        return hours
    owner = judged.ground.repository.get(Team, record.fields.owner)
    return record.fields.support_hours or (owner.fields.hours if owner is not None else None)


def escalation_of(judged: Judged) -> tuple[EscalationStep, ...]:
    """Who is called when the service fails, in order: the service's path, else its owner's."""
    record = judged.record
    if record is None:
        return ()
    if record.fields.escalation:
        return record.fields.escalation
    owner = judged.ground.repository.get(Team, record.fields.owner)
    return owner.fields.escalation if owner is not None else ()


def zone_of(judged: Judged) -> str:
    """The time zone in which an agreement's moments are told: that of its hours, else the policy's."""
    repository, hours = judged.ground.repository, judged.fields.hours
    calendar = repository.get(Calendar, hours) if hours is not None else None
    return calendar.fields.timezone if calendar is not None else repository.timezone.key
