"""Changes against themselves: their order, the length of their windows, who is there, and who was told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from gitsm.calendar.conflict import Conflict, ConflictKind, grade, milder
from gitsm.calendar.duration import amount, in_hours, least_minutes, rollback_minutes
from gitsm.calendar.work import Plans, Work, is_to_come, window_of
from gitsm.change_control import notice_of
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval, common, minutes, union, without
from gitsm.on_duty import duty_hours, path_of
from gitsm.records.change import Change, Communication
from gitsm.records.policy import Policy
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository
from gitsm.schema.values import Duration
from gitsm.working_time import UnknownHolidays

_MINUTE = timedelta(minutes=1)
LONGEST = timedelta(days=366)
"""How much of a window and of a watch is held against hours of duty; nobody is there for longer."""


def out_of_order(plans: Plans, work: Work) -> Iterator[Conflict]:
    """The changes that one requires and that are not done when it begins."""
    for index, id in enumerate(work.change.fields.requires):
        other = plans.repository.get(Change, id)
        if other is None or other is work.change or not is_to_come(plans.repository, other):
            continue
        when = window_of(other)
        if when is not None and when.end > work.when.start:
            yield _early(plans, work, other, when, index)


def before_its_successors(plans: Plans, work: Work) -> Iterator[Conflict]:
    """The changes that require this one and begin before it is done, in a window that is only tried."""
    for other in plans.requiring.get(work.id, ()):
        if other.id != work.id and work.when.end > other.when.start:
            index = other.change.fields.requires.index(work.id)
            yield _early(plans, other, work.change, work.when, index)


def _early(plans: Plans, work: Work, other: Record[Change], when: Interval, index: int) -> Conflict:
    early = Interval(work.when.start, when.end)
    how = "ends before" if work.when.end <= when.start else "begins before"
    what = "begins" if work.when.end <= when.start else "is done"
    return Conflict(
        ConflictKind.ORDER,
        work.change,
        Severity.ERROR,
        f"{work.change} {how} {other.id}, which it requires, {what}",
        ("requires", index),
        hint="move one of the two windows",
        related=(
            work.change.place("window", "start", label="this one begins"),
            other.place("window", "end", label="the required one ends"),
        ),
        others=(other,),
        overlap=early,
        minutes=early.minutes,
    )


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


def off_duty(plans: Plans, work: Work) -> Iterator[Conflict]:
    """Whether the team that carries a change out is not on duty then.

    Who names people has found somebody, whatever the hours of their team.
    """
    team = plans.repository.get(Team, work.team)
    if team is None or work.people:
        return
    hours = duty_hours(plans.repository, team.fields.hours)
    if hours is None:
        return
    when = Interval(work.when.start, min(work.when.end, work.when.start + LONGEST))
    try:
        missing = without([when], hours.between(when.start, when.end))
    except UnknownHolidays:
        return
    if not missing:
        return
    found = grade(work.footprint.tier, work.footprint.outage, minutes(missing))
    yield Conflict(
        ConflictKind.NOBODY_ON_DUTY,
        work.change,
        milder(found) if found is Severity.ERROR else found,
        f"{team.id} carries out {work.change} and is off duty for {amount(minutes(missing))} of its"
        f" {amount(work.when.minutes)}, by {team.fields.hours}",
        ("window", "start"),
        hint="name who does it, `assignees: [...]`, or choose a window inside the hours of the team",
        related=(team.place("hours", label="its hours"),),
        others=(team,),
        overlap=missing[0],
        minutes=minutes(missing),
    )


def unwatched(plans: Plans, work: Work) -> Iterator[Conflict]:
    """Whether nobody who supports a change's services is on duty while it is watched."""
    watch = work.change.fields.watch
    if watch is None or watch.until <= work.when.end:
        return
    until = min(watch.until.astimezone(UTC), work.when.end + LONGEST)
    period = Interval(work.when.end, until)
    duty = _duty(plans, work, period)
    if duty is None:
        return
    present = minutes(duty)
    ends_alone = not duty or duty[-1].end < until
    if present and not (ends_alone and present * 2 < period.minutes):
        return
    found = grade(work.footprint.tier, work.footprint.outage, period.minutes - present)
    yield Conflict(
        ConflictKind.NOBODY_WATCHES,
        work.change,
        Severity.NOTE if present else milder(found) if found is Severity.ERROR else found,
        f"{work.change} is watched for {in_hours(period.minutes)}, and who supports {_named(work)} is on duty for"
        f" {in_hours(present)} of them" + (", and not when the watch ends" if present else ""),
        ("watch", "until"),
        hint="watch until somebody is there, or name a team in `escalation` that is",
        overlap=period,
        minutes=period.minutes - present,
    )


def _named(work: Work) -> str:
    names = sorted(work.footprint.named)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _duty(plans: Plans, work: Work, period: Interval) -> list[Interval] | None:
    """When somebody is on duty who carries a change out or supports one of its services; None where that
    can't be known."""
    repository = plans.repository
    calendars: set[str | None] = set()
    for id in sorted(work.footprint.named)[:50]:
        service = repository.get(Service, id)
        if service is None:
            return None
        owner, path = repository.get(Team, service.fields.owner), path_of(repository, service)
        called = [repository.get(Team, step.team) for step in (path.steps if path is not None else ())]
        support = service.fields.support_hours or (owner.fields.hours if owner is not None else None)
        if support is None:
            return None
        calendars |= {support, *(team.fields.hours for team in called if team is not None)}
    team = repository.get(Team, work.team)
    calendars.add(team.fields.hours if team is not None else None)
    every: list[Interval] = []
    for calendar in sorted(filter(None, calendars)):
        hours = duty_hours(repository, calendar)
        if hours is None:
            return None
        try:
            every.extend(hours.between(period.start, period.end))
        except UnknownHolidays:
            return None
    return common(union(every), [period])


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
