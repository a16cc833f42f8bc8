"""Changes against themselves: the length of their windows, and who was told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from gitsm.calendar.conflict import Conflict, ConflictKind, grade
from gitsm.calendar.duration import amount, in_hours, least_minutes, rollback_minutes
from gitsm.calendar.work import Plans, Work, window_of
from gitsm.change_control import notice_of
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval
from gitsm.on_duty import duty_hours
from gitsm.records.change import Communication
from gitsm.records.policy import Policy
from gitsm.records.team import Team
from gitsm.repository import Repository
from gitsm.schema.values import Duration
from gitsm.working_time import UnknownHolidays

_MINUTE = timedelta(minutes=1)


def too_short(plans: Plans, work: Work) -> Iterator[Conflict]:
    """Whether a window has no room for the plan and for the way back."""
    repository, change = plans.repository, work.change
    plan, back = least_minutes(repository, change), rollback_minutes(repository, change)
    missing = plan + back - work.when.minutes
    if not plan or missing <= 0:
        return
    way_back = f" and its rollback {amount(back)}" if back else ""
    yield Conflict(
        ConflictKind.TOO_SHORT,
        change,
        Severity.ERROR
        if plan > work.when.minutes
        else grade(work.footprint.tier, work.footprint.outage, missing),
        f"the plan of {change} takes {amount(plan)}{way_back}, and its window has {amount(work.when.minutes)}",
        ("window", "end"),
        hint="make the window longer, or do less in one go",
        related=(change.place("plan", label=f"{amount(plan)} in all"),),
        minutes=missing,
    )


def told_late(plans: Plans, work: Work) -> Iterator[Conflict]:
    """The audiences of a change that get their first word later than the policy's notice asks for.

    An error where nobody gets it in time, a warning where somebody does. A change that was proposed
    too late has told its audiences as early as it could, and an emergency tells them when it comes.
    """
    repository, fields = plans.repository, work.change.fields
    place = next((i for i, entry in enumerate(repository.policy.notice) if entry.type == fields.type), None)
    if place is None or not fields.communications:
        return
    lead = repository.policy.notice[place].lead
    notice = notice_of(repository, work.change)
    if notice is not None and notice.is_short and window_of(work.change) == work.when:
        return
    latest = _latest(repository, work, lead)
    if latest is None:
        return
    first = _first_words(fields.communications)
    late = {audience: index for audience, index in first.items() if fields.communications[index].at > latest}
    policy = repository.get(Policy, "policy")
    zone = repository.timezone
    for index in late.values():
        message = fields.communications[index]
        early = work.when.start - message.at
        before = f"{in_hours(early / _MINUTE)} before" if early > timedelta() else "after"
        late_by = (message.at - latest) / _MINUTE
        yield Conflict(
            ConflictKind.LATE_WORD,
            work.change,
            Severity.ERROR if len(late) == len(first) and fields.type != "emergency" else Severity.WARNING,
            f"{message.audience} is told of {work.change} {before} its window begins,"
            f" {in_hours(late_by)} too late: the policy asks {lead} of"
            f" {'an' if fields.type == 'emergency' else 'a'} {fields.type} change",
            ("communications", index, "at"),
            hint=f"tell them by {latest.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key}), or choose a later window",
            related=(policy.place("notice", place, "lead", label="the policy's notice"),) if policy else (),
            overlap=Interval(latest, message.at.astimezone(UTC)),
            minutes=late_by,
        )


def _first_words(messages: Sequence[Communication]) -> Mapping[str, int]:
    """For each audience the place of the first message to it."""
    first: dict[str, int] = {}
    for index, message in enumerate(messages):
        audience = " ".join(message.audience.casefold().split())
        if audience not in first or message.at < messages[first[audience]].at:
            first[audience] = index
    return first


def _latest(repository: Repository, work: Work, lead: Duration) -> datetime | None:
    """The last moment at which a word comes in time. Business hours are those of the team that carries it
    out; where it states none, no moment is known for certain but the one that any hours would give."""
    plain = work.when.start - timedelta(minutes=lead.minutes)
    if not lead.business:
        return plain
    team = repository.get(Team, work.team)
    hours = duty_hours(repository, team.fields.hours if team is not None else None)
    if hours is None:
        return plain
    left = timedelta(minutes=lead.minutes)
    end = work.when.start
    for _ in range(40):  # by the month, backwards
        start = end - timedelta(days=32)
        try:
            stretches = hours.between(start, end)
        except UnknownHolidays:
            return plain
        for stretch in reversed(stretches):
            length = stretch.end - stretch.start
            if length >= left:
                return stretch.end - left
            left -= length
        end = start
    return None
