"""Calendars that hold nothing, keys of a calendar that change nothing, and calendars named for what they aren't."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from gitsm.change_control import open_changes
from gitsm.diagnostic import DataPath, Severity
from gitsm.lint import Findings, rule
from gitsm.records.calendar import Calendar, Recurrence, Scope
from gitsm.records.capacity import Capacity
from gitsm.records.service import Service
from gitsm.recurrence import FIRST_DAY, days, says_its_days
from gitsm.repository import Record, Repository
from gitsm.rules.calendar_times import coming_back

_YEARS = 40
"""For how long a day is looked for: 29 February on a given weekday comes every 28 years, at most every 40."""
_LAST_DAY = date(2199, 12, 31)
_STANDING = ("freeze", "maintenance", "peak")
"""The types of calendar that say when something is, and not when people are there."""


@rule(severity=Severity.WARNING)
def calendar_that_never_holds(repository: Repository) -> Findings:
    """A freeze, a maintenance window or a peak says no time, a day that never comes, or names no service.

    It looks like protection and gives none: no change is kept out of it, and no view shows it. What
    was only in the past held once, and is none.

    Bad:

        # organization/calendars/ledger-close.yaml (whole)
        type: freeze
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: year, months: [2], month_days: [30]}

    Good:

        # organization/calendars/ledger-close.yaml (whole)
        type: freeze
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: year, months: [2], month_days: [-1]}
    """
    for calendar in repository.of(Calendar):
        fields = calendar.fields
        if fields.type in _STANDING and not (
            fields.dates or fields.weekly or fields.recurrence or fields.exceptions
        ):
            message = f"{calendar} is of type {fields.type} and does not say when that is"
            yield calendar.problem(message, "type", hint="add `dates`, or a `recurrence`")
        if fields.type in ("freeze", "maintenance") and fields.scope is not None:
            yield from _scope(repository, calendar, fields.scope)
    for plan in repository.of(Capacity):
        for index, peak in enumerate(plan.fields.peaks):
            if not (peak.dates or peak.recurrence or peak.calendar):
                message = f"the peak {peak.name} of {plan.id} does not say when it is"
                hint = "add `dates`, a `recurrence`, or the `calendar` that says it"
                yield plan.problem(message, "peaks", index, "name", hint=hint)
    for one in coming_back(repository):
        if one.comes.takes is not None and not one.comes.takes.minutes:
            yield one.record.problem(f"{one.name} takes {one.comes.takes}", *one.path, "takes")
        elif _never_comes(one.comes, repository.today):
            path, why = _reason(one.comes)
            yield one.record.problem(f"{one.name} never comes{why}", *one.path, *path)


def _scope(repository: Repository, calendar: Record[Calendar], scope: Scope) -> Findings:
    services = repository.of(Service)
    # What a broken record says, and a service that no file defines, are spoken of elsewhere.
    if not services or scope.services or len(services) < len(repository.all("service")):
        return
    if repository.is_unread("service"):
        return
    parts = {"tier": scope.tiers, "system": scope.systems, "tag": scope.tags}
    asked = {name: values for name, values in parts.items() if values}
    # Who hands out a tag for maintenance windows may do so before the first service asks for it.
    if calendar.fields.type == "maintenance" and list(asked) == ["tag"]:
        return
    if any(
        service.fields.tier in scope.tiers
        or service.fields.system in scope.systems
        or not set(scope.tags).isdisjoint(service.fields.tags)
        for service in services
    ):
        return
    named = " or ".join(
        f"{name} {', '.join(map(str, values[:3]))}" + (" and others" if len(values) > 3 else "")
        for name, values in asked.items()
    )
    message = f"{calendar} is for services of {named}, and there is none" if asked else ""
    yield calendar.problem(
        message or f"the scope of {calendar} names nothing, so that it is for no service",
        "scope",
        hint="name what it is for; without a scope it is for every service",
    )


@lru_cache(maxsize=4096)
def _never_comes(comes: Recurrence, today: date) -> bool:
    """Whether something that says its days has none, neither in the past nor ahead."""
    if not says_its_days(comes):  # another rule speaks of it
        return False
    if set(comes.besides) - set(comes.except_):
        return False
    begins = comes.from_ or min(comes.until or today, today)
    span = timedelta(days=366 * _YEARS)
    if comes.from_ is None and comes.until is not None and comes.until < today:
        return not days(comes, max(FIRST_DAY, comes.until - span), comes.until)
    # What comes at all mostly comes soon: only what doesn't is looked for through the years.
    soon = min(begins + timedelta(days=400), _LAST_DAY)
    return not days(comes, begins, soon) and not days(comes, soon, min(begins + span, _LAST_DAY))


def _reason(comes: Recurrence) -> tuple[DataPath, str]:
    if comes.from_ is not None and comes.until is not None and comes.until < comes.from_:
        return ("until",), f": it comes until {comes.until} and from {comes.from_} on"
    if comes.month_days:
        return ("month_days",), ": no such day is in those months"
    return ("every",), ": it has no day"


@rule(severity=Severity.WARNING)
def ignored_calendar_field(repository: Repository) -> Findings:
    """A calendar or a peak holds a key that changes nothing beside what it says otherwise.

    Whoever wrote it believes that it holds: every week, though the second one was meant; through the
    holidays, though they were to be left out. `week_of_month` narrows the weekdays of a month or a
    year, holidays and days off narrow `weekly` hours, and only a freeze is hard or soft.

    Bad:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], week_of_month: 2, starts: "19:00", takes: 3 h}

    Good:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: month, weekdays: [thu], week_of_month: 2, starts: "19:00", takes: 3 h}
    """
    for one in coming_back(repository):
        comes = one.comes
        if comes.week_of_month is None or not says_its_days(comes):
            continue
        if comes.every not in ("month", "year"):
            message = f"{one.name} names a week of the month and comes every {comes.every}, in any week"
            yield one.record.problem(message, *one.path, "week_of_month", hint="write `every: month`")
        elif not comes.weekdays:
            message = f"{one.name} names a week of the month and no weekday in it"
            yield one.record.problem(message, *one.path, "week_of_month", hint="add `weekdays`")
    for calendar in repository.of(Calendar):
        fields = calendar.fields
        if fields.freeze is not None and fields.type != "freeze":
            message = f"{calendar} is a {fields.freeze} freeze and of type {fields.type}"
            yield calendar.problem(message, "freeze", hint="write `type: freeze`, or leave it out")
        if fields.type in _STANDING and not fields.weekly:
            yield from _not_narrowed(calendar)


def _not_narrowed(calendar: Record[Calendar]) -> Findings:
    """Days off of what has no weekly hours from which they could be taken."""
    what = f"{calendar} is a {calendar.fields.type} without weekly hours, and"
    hint = "leave such days out under `except` of its recurrence, or split its dates"
    if calendar.fields.holidays is not None:
        yield calendar.problem(f"{what} holds on holidays as well", "holidays", on_key=True, hint=hint)
    for index, entry in enumerate(calendar.fields.exceptions):
        if not entry.hours:
            message = f"{what} holds on {entry.on} as well as on any other day"
            yield calendar.problem(message, "exceptions", index, hint=hint)
            return


@rule
def calendar_of_another_sort(repository: Repository) -> Findings:
    """A record names as its hours a calendar of days without work, or as a freeze one that is none.

    The hours of a team that is on duty in the freeze only are no hours: deadlines stand still for the
    rest of the year, and nobody is called. An exception from what is no freeze leaves the freeze as
    it is. Hours come from a calendar of type `service_hours`.

    Bad:

        # organization/teams/payroll-team.yaml
        hours: year-end-freeze

    Good:

        # organization/teams/payroll-team.yaml
        hours: office-hours
    """
    open_ids = {change.id for change in open_changes(repository)}
    for link in repository.links:
        calendar = repository.get(Calendar, link.id) if link.kind == "calendar" else None
        if calendar is None:
            continue
        type, field = calendar.fields.type, link.path[-1]
        if field in ("hours", "support_hours") and type != "service_hours":
            asked, hint = "hours", "name a calendar of type service_hours"
        elif field == "freeze" and type != "freeze" and link.source.id in open_ids:
            asked, hint = "a freeze", "name the freeze that the exception is from"
        else:
            continue
        yield link.source.problem(
            f"{link.source} names {calendar} as {asked}, which is of type {type}",
            *link.path,
            hint=hint,
            related=[calendar.place("type", label="its type")],
        )
