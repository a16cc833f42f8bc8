"""Changes against hours of duty: who carries them out, who does a step, and who watches them afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

from gitsm.calendar.bookings import StepTime, carries_out_all, path_of_step, step_times
from gitsm.calendar.conflict import Conflict, ConflictKind, grade, milder
from gitsm.calendar.duration import amount, in_hours
from gitsm.calendar.work import Plans, Work
from gitsm.diagnostic import DataPath, Severity
from gitsm.intervals import Interval, common, minutes, union, without
from gitsm.on_duty import duty_hours, path_of
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository
from gitsm.working_time import UnknownHolidays

LONGEST = timedelta(days=366)
"""How much of a window and of a watch is held against hours of duty; nobody is there for longer."""


def off_duty(plans: Plans, work: Work) -> Iterator[Conflict]:
    """The teams that carry a change out, or a step of it, and are not on duty then.

    Who names people has found somebody, whatever the hours of their team.
    """
    team = plans.repository.get(Team, work.team)
    whole = team if team is not None and carries_out_all(plans.repository, work.change) else None
    if whole is not None and not work.people:
        missing = _missing(plans, whole, [work.when])
        if missing:
            yield _nobody(plans, work, whole, missing, work.when.minutes)
    steps: dict[str, list[StepTime]] = {}
    for step in step_times(plans.repository, work.change, work.when):
        if step.team != (whole.id if whole is not None else None):
            steps.setdefault(step.team, []).append(step)
    for id, its in steps.items():
        other = plans.repository.get(Team, id)
        if other is None or (
            work.people and (other is team or not work.people.isdisjoint(other.fields.members))
        ):
            continue
        yield from _step_off_duty(plans, work, other, its)


def _step_off_duty(
    plans: Plans, work: Work, team: Record[Team], steps: Sequence[StepTime]
) -> Iterator[Conflict]:
    """A team that is off duty in its steps: in the first of them that are so, with the minutes of all."""
    missing: list[Interval] = []
    first: StepTime | None = None
    for step in steps:
        away = _missing(plans, team, [step.when or step.possible])
        if step.when is None and away != [step.possible]:
            continue  # it may be done while somebody is there
        if away:
            first = first or step
            missing.extend(away)
    if first is not None:
        length = minutes([step.when or step.possible for step in steps])
        yield _nobody(plans, work, team, missing, length, first)


def _missing(plans: Plans, team: Record[Team], stretches: Sequence[Interval]) -> list[Interval]:
    """When a team is off duty; never, where its hours can't be known."""
    hours = duty_hours(plans.repository, team.fields.hours)
    if hours is None:
        return []
    found: list[Interval] = []
    for stretch in stretches:
        when = Interval(stretch.start, min(stretch.end, stretch.start + LONGEST))
        try:
            found.extend(without([when], hours.between(when.start, when.end)))
        except UnknownHolidays:
            return []
    return found


def _nobody(
    plans: Plans,
    work: Work,
    team: Record[Team],
    missing: Sequence[Interval],
    length: float,
    step: StepTime | None = None,
) -> Conflict:
    found = grade(work.footprint.tier, work.footprint.outage, minutes(missing))
    path: DataPath = ("window", "start")
    does, of = "carries out", f"of its {amount(length)}"
    hint = "name who does it, `assignees: [...]`, or choose a window inside the hours of the team"
    if step is not None:
        does, path = f"does step {step.index + 1} of", path_of_step(work.change, step.index)
        of = f"of the {amount(length)} that it has, {_stretch(plans, missing[0])}"
        if step.when is None:
            of = f"of the {amount(length)} in which that may be, {_stretch(plans, missing[0])}"
        hint = f"name somebody of {team.id} under `assignees`, or choose a window in which the step is in its hours"
    return Conflict(
        ConflictKind.NOBODY_ON_DUTY,
        work.change,
        milder(found) if found is Severity.ERROR else found,
        f"{team.id} {does} {work.change} and is off duty for {amount(minutes(missing))} {of}, by {team.fields.hours}",
        path,
        hint=hint,
        related=(team.place("hours", label="its hours"),),
        others=(team,),
        # Another window may be found in which a step of unknown length has somebody.
        overlap=None if step is not None and step.when is None else missing[0],
        minutes=minutes(missing),
        after=(step.when or step.possible).start - work.when.start if step is not None else timedelta(),
    )


def _stretch(plans: Plans, when: Interval) -> str:
    """A stretch of time in words, in the zone of the policy."""
    start, end = (moment.astimezone(plans.repository.timezone) for moment in (when.start, when.end))
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {until}"


def unwatched(plans: Plans, work: Work) -> Iterator[Conflict]:
    """Whether nobody who made a change or supports its services is on duty while it is watched, or at the end.

    Where only the support hours of a service cover the end, and neither who made it nor who is called, that
    is noted.
    """
    watch = work.change.fields.watch
    if watch is None or watch.until <= work.when.end:
        return
    period = Interval(work.when.end, min(watch.until.astimezone(UTC), work.when.end + LONGEST))
    duty = _duty(plans, work, period)
    if duty is None:
        return
    present = union([*(duty.called or ()), *duty.support])
    missing = _alone_at_the_end(period, present)
    says = _watched_by_nobody
    if not missing and duty.called is not None and not work.people:
        missing, says = _alone_at_the_end(period, duty.called), _watched_by_support
    if not missing:
        return
    found = grade(work.footprint.tier, work.footprint.outage, minutes(missing))
    yield Conflict(
        ConflictKind.NOBODY_WATCHES,
        work.change,
        Severity.NOTE if present else milder(found) if found is Severity.ERROR else found,
        f"{work.change} is watched for {in_hours(period.minutes)}, and {says(plans, work, period, missing)}",
        ("watch", "until"),
        hint="watch until somebody is there, or name a team in `escalation` that is",
        overlap=missing[-1],
        minutes=minutes(missing),
    )


def _alone_at_the_end(period: Interval, present: Sequence[Interval]) -> list[Interval]:
    """When nobody is there, where that is so at the end, or all the while."""
    missing = without([period], present)
    return missing if missing and missing[-1].end == period.end else []


def _watched_by_nobody(plans: Plans, work: Work, period: Interval, missing: list[Interval]) -> str:
    who, away = f"who made it or supports {_named(work)}", _stretch(plans, missing[-1])
    if missing == [period]:
        return f"{who} is off duty all the while, {away}"
    present = in_hours(period.minutes - minutes(missing))
    return f"{who} is on duty for {present} of them, and not from {away}, when the watch ends"


def _watched_by_support(plans: Plans, work: Work, period: Interval, missing: list[Interval]) -> str:
    who = (
        f"{work.team} and who is called for {_named(work)}"
        if work.team
        else f"who is called for {_named(work)}"
    )
    while_ = "all the while" if missing == [period] else "when that ends"
    return f"{who} are off duty {while_}, {_stretch(plans, missing[-1])}: only its support hours cover that"


def _named(work: Work) -> str:
    names = sorted(work.footprint.named)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


@dataclass(frozen=True, slots=True)
class _Duty:
    """Who is on duty while a change is watched."""

    called: list[Interval] | None
    """The team that made it, and those that are called for its services; None where none of them says when."""
    support: list[Interval]
    """The support of its services."""


def _duty(plans: Plans, work: Work, period: Interval) -> _Duty | None:
    """When somebody is on duty who carries a change out or supports one of its services; None where that
    can't be known."""
    repository = plans.repository
    support: set[str | None] = set()
    called: set[str | None] = set()
    for id in sorted(work.footprint.named)[:50]:
        service = repository.get(Service, id)
        if service is None:
            return None
        owner, path = repository.get(Team, service.fields.owner), path_of(repository, service)
        hours = service.fields.support_hours or (owner.fields.hours if owner is not None else None)
        if hours is None:
            return None
        support.add(hours)
        teams = [repository.get(Team, step.team) for step in (path.steps if path is not None else ())]
        called |= {team.fields.hours for team in teams if team is not None}
    team = repository.get(Team, work.team)
    called.add(team.fields.hours if team is not None else None)
    of_called, of_support = (_on_duty(repository, hours, period) for hours in (called, support))
    if of_called is None or of_support is None:
        return None
    return _Duty(of_called if any(called) else None, of_support)


def _on_duty(repository: Repository, calendars: set[str | None], period: Interval) -> list[Interval] | None:
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
