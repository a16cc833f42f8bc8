"""Who answers for a promised service: in which hours, and who is called."""

from __future__ import annotations

from gitsm.promises.judged import Judged
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.records.support import EscalationStep
from gitsm.records.team import Team
from gitsm.repository import Record
from gitsm.schema.values import Duration


def support_calendar(judged: Judged) -> str | None:
    """The calendar of the provider's support hours; None where the records don't tell."""
    record, provider = judged.record, judged.fields.provider
    team = judged.ground.team(provider)
    hours = team.fields.hours if team is not None else None
    if record is None:
        return hours
    if record.fields.owner == provider:
        return record.fields.support_hours or hours
    if hours is not None or judged.is_given:
        return hours
    owner = judged.ground.team(record.fields.owner)
    return record.fields.support_hours or (owner.fields.hours if owner is not None else None)


def escalation_record(judged: Judged) -> Record[Service] | Record[Team] | None:
    """The record whose escalation path counts when the service fails: the service, else its owner."""
    record = judged.record
    if record is None or record.fields.escalation:
        return record
    return judged.ground.team(record.fields.owner)


def escalation_of(judged: Judged) -> tuple[EscalationStep, ...]:
    """Who is called when the service fails, in order: the service's path, else its owner and then the
    owner's path."""
    record = escalation_record(judged)
    if record is None:
        return ()
    steps = record.fields.escalation
    if record is judged.record or any(step.team == record.id and not step.after.minutes for step in steps):
        return steps
    return (EscalationStep.model_construct(team=record.id, after=Duration(0, text="0 min")), *steps)


def zone_of(judged: Judged) -> str:
    """The time zone in which an agreement's moments are told: that of its hours, else the policy's."""
    repository, hours = judged.ground.repository, judged.fields.hours
    calendar = repository.get(Calendar, hours) if hours is not None else None
    return calendar.fields.timezone if calendar is not None else repository.timezone.key
