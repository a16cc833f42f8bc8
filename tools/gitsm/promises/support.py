"""Who answers for a promised service: in which hours, and who is called."""

from __future__ import annotations

from dataclasses import replace

from gitsm.promises.judged import Judged
from gitsm.records.agreement import Agreement
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.records.support import EscalationStep
from gitsm.records.team import Team
from gitsm.repository import Record
from gitsm.schema.values import Duration


def supported_by(judged: Judged) -> str:
    """The team whose support hours count where the service names none: its owner, also where somebody
    else promises; for a contract with a supplier its provider."""
    record = judged.record
    return judged.fields.provider if record is None or judged.is_given else record.fields.owner


def support_calendar(judged: Judged) -> str | None:
    """The calendar of the service's support hours: its own, else its owner's; where neither names one, the
    provider's. None where the records don't tell."""
    record = judged.record
    if record is not None and not judged.is_given and record.fields.support_hours is not None:
        return record.fields.support_hours
    for id in (supported_by(judged), judged.fields.provider):
        team = judged.ground.team(id)
        if team is not None and team.fields.hours is not None:
            return team.fields.hours
    return None


def business_calendar(judged: Judged, below: Record[Agreement]) -> str | None:
    """The calendar that says which the business hours of an agreement below are: its own, else that of its
    service's support or its provider; None where nobody names one."""
    if below.fields.hours is not None:
        return below.fields.hours
    case = replace(judged, agreement=below)
    found, record = support_calendar(case), case.record
    if found is not None or record is None:
        return found
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
