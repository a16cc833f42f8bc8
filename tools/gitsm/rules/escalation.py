"""Whether somebody is there when a service needs them: hours that are claimed, paths, and who is on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gitsm.diagnostic import Place, Severity
from gitsm.intervals import Interval, minutes, without
from gitsm.lint import Findings, rule
from gitsm.on_duty import Path, covered, path_of, year_of
from gitsm.records.agreement import Agreement
from gitsm.records.service import IN_OPERATION, Service
from gitsm.records.support import Priority
from gitsm.records.team import Team
from gitsm.repository import Record, Repository
from gitsm.requirements import all_lacks
from gitsm.schema.values import Duration

_MOST = 3
"""How many gaps are listed."""
_FEW = 0.05
"""The share of the hours up to which a gap is a matter of single days, such as holidays."""


@rule(graded=True)
def support_hours_with_nobody_on_duty(repository: Repository) -> Findings:
    """A service claims hours of support in which nobody on its escalation path is on duty.

    Whoever calls in those hours was told that somebody is there, and reaches a phone that nobody
    answers. It is an error where whole parts of the week are empty, and a warning where single days
    are, such as holidays. Where the hours of a team on the path are not recorded, nothing is said.

    Bad:

        # organization/calendars/all-day.yaml
        name: All day
        type: service_hours
        timezone: Europe/Vienna
        weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]
        # services/ledger/service.yaml
        support_hours: all-day
        escalation: [{team: payroll-team, after: 0 min}]

    Good:

        # organization/calendars/all-day.yaml
        name: All day
        type: service_hours
        timezone: Europe/Vienna
        weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]
        # organization/teams/night-shift.yaml
        name: Night shift
        hours: all-day
        contacts: [{channel: phone, value: +43 1 555 0190}]
        # services/ledger/service.yaml
        support_hours: all-day
        escalation: [{team: payroll-team, after: 0 min}, {team: night-shift, after: 15 min}]
    """
    for service, path in _called(repository):
        claim = _claim(repository, service)
        stretches = year_of(repository, claim[0]) if claim is not None else None
        calendars = _calendars(repository, path)
        if claim is None or not stretches or None in calendars.values():
            continue
        gaps = without(
            stretches, covered(repository, {name for name in calendars.values() if name is not None})
        )
        if not gaps:
            continue
        grade = Severity.ERROR if minutes(gaps) > _FEW * minutes(stretches) else Severity.WARNING
        listed = ", ".join(_stretch(repository, gap) for gap in gaps[:_MOST])
        found = claim[1].problem(
            f"{service} claims the hours of {claim[0]}, and nobody on its escalation path is on duty for"
            f" {minutes(gaps) / 60:,.3g} h of them within a year, first {listed}",
            claim[2],
            hint="put a team on the path that is on duty then, or claim the hours in which somebody is",
            related=[path.record.place("escalation", on_key=True, label="the path")]
            if not path.inserted
            else (),
        )
        yield replace(found, severity=grade)


def _called(repository: Repository) -> Iterator[tuple[Record[Service], Path]]:
    """The services on which people rely today, with those who are called for them."""
    for service in repository.of(Service):
        path = path_of(repository, service) if service.fields.lifecycle in IN_OPERATION else None
        if path is not None:
            yield service, path


def _claim(repository: Repository, service: Record[Service]) -> tuple[str, Record[Service], str] | None:
    """The calendar of the hours that a service claims, and where that stands: its own, else its owner's."""
    own = service.fields.support_hours
    if own is not None:
        return own, service, "support_hours"
    owner = repository.get(Team, service.fields.owner)
    hours = owner.fields.hours if owner is not None else None
    return (hours, service, "owner") if hours is not None else None


def _calendars(repository: Repository, path: Path) -> dict[str, str | None]:
    """The calendar of each team on a path; None where its hours can't be known."""
    found: dict[str, str | None] = {}
    for step in path.steps:
        team = repository.get(Team, step.team)
        hours = team.fields.hours if team is not None else None
        found[step.team] = hours if year_of(repository, hours) is not None else None
    return found


def _stretch(repository: Repository, gap: Interval) -> str:
    start, end = gap.start.astimezone(repository.timezone), gap.end.astimezone(repository.timezone)
    shown = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M}–{shown}"


@rule(severity=Severity.WARNING)
def called_team_without_hours(repository: Repository) -> Findings:
    """A team on an escalation path records no hours, and without it nobody is there for hours that are claimed.

    Whether anybody answers then can't be known before it is tried, at night.

    Bad:

        # organization/calendars/all-day.yaml
        name: All day
        type: service_hours
        timezone: Europe/Vienna
        weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]
        # organization/teams/night-shift.yaml
        name: Night shift
        contacts: [{channel: phone, value: +43 1 555 0190}]
        # services/ledger/service.yaml
        support_hours: all-day
        escalation: [{team: payroll-team, after: 0 min}, {team: night-shift, after: 15 min}]

    Good:

        # organization/calendars/all-day.yaml
        name: All day
        type: service_hours
        timezone: Europe/Vienna
        weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]
        # organization/teams/night-shift.yaml
        name: Night shift
        hours: all-day
        contacts: [{channel: phone, value: +43 1 555 0190}]
        # services/ledger/service.yaml
        support_hours: all-day
        escalation: [{team: payroll-team, after: 0 min}, {team: night-shift, after: 15 min}]
    """
    said: set[str] = set()
    for service, path in _called(repository):
        own = service.fields.support_hours
        claimed = year_of(repository, own)
        if own is None or not claimed:
            continue
        calendars = _calendars(repository, path)
        known = {name for name in calendars.values() if name is not None}
        silent = [team for team in calendars if _says_no_hours(repository, team) and team not in said]
        if not silent or not without(claimed, covered(repository, known)):
            continue
        for id in silent:
            said.add(id)
            team = repository.get(Team, id)
            assert team is not None
            yield team.problem(
                f"{team} records no hours and is called for {service}, which claims those of {own}:"
                " nobody else on its escalation path is on duty for all of them",
                "name",
                hint="name the calendar of its duty in `hours`",
                related=[service.place("support_hours", label="what is claimed")],
            )


def _says_no_hours(repository: Repository, id: str) -> bool:
    team = repository.get(Team, id)
    return team is not None and team.fields.hours is None


@rule(severity=Severity.WARNING)
def called_team_without_contact(repository: Repository) -> Findings:
    """A team on the escalation path of a live service can't be reached: its record names no contact.

    Whoever follows the path at night finds a name, and begins to ask around for a number.

    Bad:

        # organization/teams/night-shift.yaml
        name: Night shift
        # services/ledger/service.yaml
        escalation: [{team: payroll-team, after: 0 min}, {team: night-shift, after: 15 min}]

    Good:

        # organization/teams/night-shift.yaml
        name: Night shift
        contacts: [{channel: phone, value: +43 1 555 0190}]
        # services/ledger/service.yaml
        escalation: [{team: payroll-team, after: 0 min}, {team: night-shift, after: 15 min}]
    """
    # Where the policy asks every team for contacts, that is said already.
    said = {
        record.id
        for record, lack in all_lacks(repository)
        if (record.kind.name, lack.name) == ("team", "contacts")
    }
    for service, path in _called(repository):
        for index, step in enumerate(path.steps[path.inserted :]):
            team = repository.get(Team, step.team)
            if team is None or team.id in said or team.fields.contacts:
                continue
            said.add(team.id)
            yield team.problem(
                f"{team} is called for {service} and names no contact",
                "name",
                hint="say how it is reached, such as `contacts: [{channel: phone, value: ...}]`",
                related=[path.record.place("escalation", index, "team", label="called here")],
            )


@rule
def escalation_slower_than_response(repository: Repository) -> Findings:
    """The first team on an escalation path is called after the response that is promised is due.

    Nobody can begin work before somebody is called: the promise is broken by the path alone, at each
    incident of this priority.

    Bad:

        # services/payroll/service.yaml
        escalation: [{team: payroll-team, after: 30 min}]

    Good:

        # services/payroll/service.yaml
        escalation: [{team: payroll-team, after: 0 min}]
    """
    for agreement, service, path in _promised(repository):
        priority, target = _most_urgent(agreement, "response")
        first = path.steps[0] if path.steps else None
        if priority is None or target is None or first is None or not first.after.surely_longer_than(target):
            continue
        yield agreement.problem(
            f"{agreement} promises a response to {priority} within {target}, and {first.team} is the first"
            f" to be called for {service}, after {first.after}",
            *("response", priority),
            hint="call somebody at once, or promise what the path can keep",
            related=[_step(path, 0)],
        )


@rule(severity=Severity.WARNING)
def escalation_after_resolution(repository: Repository) -> Findings:
    """A step of an escalation path comes when the service should be restored already.

    Whoever is called then can only confirm that the promise is broken. The path was written for
    another promise, or the promise became tighter.

    Bad:

        # services/payroll/service.yaml
        escalation: [{team: payroll-team, after: 0 min}, {team: finance-department, after: 6 h}]

    Good:

        # services/payroll/service.yaml
        escalation: [{team: payroll-team, after: 0 min}, {team: finance-department, after: 1 h}]
    """
    for agreement, service, path in _promised(repository):
        priority, target = _most_urgent(agreement, "resolution")
        if priority is None or target is None:
            continue
        late = [index for index, step in enumerate(path.steps) if step.after.surely_longer_than(target)]
        if not late or late[0] == 0:  # that the first one is late, the response says
            continue
        step = path.steps[late[0]]
        yield agreement.problem(
            f"{agreement} promises {service} restored after {priority} within {target}, and its escalation"
            f" path calls {step.team} after {step.after}",
            *("resolution", priority),
            hint="call them while they can still help, or leave the step out",
            related=[_step(path, late[0])],
        )


def _promised(repository: Repository) -> Iterator[tuple[Record[Agreement], Record[Service], Path]]:
    """What our own teams promise today for services in operation, with who is called for them."""
    paths = {service.id: (service, path) for service, path in _called(repository)}
    for agreement in repository.of(Agreement):
        valid = agreement.fields.valid
        ended = valid is not None and valid.to is not None and valid.to < repository.today
        found = paths.get(agreement.file.split("/")[1])
        if found is not None and agreement.fields.type != "UC" and not ended:
            yield agreement, *found


def _most_urgent(agreement: Record[Agreement], which: str) -> tuple[Priority | None, Duration | None]:
    """The target of the most urgent priority that an agreement names: the path serves all of them."""
    targets: dict[Priority, Duration] = getattr(agreement.fields, which)
    first = min(targets, default=None)
    return first, targets[first] if first is not None else None


def _step(path: Path, index: int) -> Place:
    if index < path.inserted:
        return path.record.place("name", label="its owner, who is called first")
    return path.record.place("escalation", index - path.inserted, "after", label="the step")
