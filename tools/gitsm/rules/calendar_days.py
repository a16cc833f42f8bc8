"""Days that a calendar sets apart, and that contradict each other or change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.calendar import Calendar, Holidays
from gitsm.repository import Record, Repository
from gitsm.working_time import UnknownHolidays, public_holidays

_NEAR = 10
"""How many days away a holiday may be that was meant by another day."""


@rule(severity=Severity.WARNING)
def worked_holiday_that_is_none(repository: Repository) -> Findings:
    """A calendar takes a day out of its public holidays that is none of them.

    It changes nothing, and the holiday that was meant is still a day off: most often the day is that of
    another year, of another part of the country, or was mistyped.

    Bad:

        # organization/calendars/office-hours.yaml
        holidays: {country: AT, subdivision: "9", minus: [2026-12-09]}

    Good:

        # organization/calendars/office-hours.yaml
        holidays: {country: AT, subdivision: "9", minus: [2026-12-08]}
    """
    for calendar, holidays in _with_holidays(repository):
        off = frozenset(holidays.plus)
        for index, day in enumerate(holidays.minus):
            public = _public(holidays, day.year)
            if public is None or day in public or day in off:
                continue
            of = f"public holiday of {_place(holidays)}" if holidays.country else "holiday of any country"
            yield calendar.problem(
                f"{calendar} has {day} worked as a holiday, and it is no {of}",
                "holidays",
                "minus",
                index,
                hint=_nearest(public, day)
                if holidays.country
                else "name the `country` whose holidays it has",
            )


@rule(severity=Severity.WARNING)
def holiday_named_again(repository: Repository) -> Findings:
    """A calendar adds a day to its holidays that is one anyway, or adds it twice.

    It changes nothing today. Somebody meant another day, or holds the public holidays for unknown: a
    list kept by hand then stays behind when a holiday moves.

    Bad:

        # organization/calendars/office-hours.yaml
        holidays: {country: AT, subdivision: "9", plus: [2026-12-25]}

    Good:

        # organization/calendars/office-hours.yaml
        holidays: {country: AT, subdivision: "9", plus: [2026-12-24]}
    """
    for calendar, holidays in _with_holidays(repository):
        first: dict[date, int] = {}
        worked = frozenset(holidays.minus)
        for index, day in enumerate(holidays.plus):
            before = first.setdefault(day, index)
            if before != index:
                yield calendar.problem(
                    f"{calendar} adds the holiday {day} twice",
                    "holidays",
                    "plus",
                    index,
                    related=[calendar.place("holidays", "plus", before, label="added here")],
                )
                continue
            name = (_public(holidays, day.year) or {}).get(day)
            if name is not None and day not in worked:
                yield calendar.problem(
                    f"{calendar} adds the holiday {day}, which is {name} of {_place(holidays)} anyway",
                    "holidays",
                    "plus",
                    index,
                    hint="leave it out, or name the day that was meant",
                )


@rule(severity=Severity.WARNING)
def day_both_off_and_worked(repository: Repository) -> Findings:
    """A calendar names the same day under `plus`, as a day off, and under `minus`, as one that is worked.

    One of the two is wrong. The hours are counted as worked, and those who read the other line stay at
    home.

    Bad:

        # organization/calendars/office-hours.yaml
        holidays: {country: AT, plus: [2026-12-24], minus: [2026-12-24]}

    Good:

        # organization/calendars/office-hours.yaml
        holidays: {country: AT, plus: [2026-12-24], minus: [2026-12-08]}
    """
    for calendar, holidays in _with_holidays(repository):
        off = {day: index for index, day in enumerate(holidays.plus)}
        for index, day in enumerate(holidays.minus):
            if day in off:
                yield calendar.problem(
                    f"{calendar} has {day} both as a day off and as a day that is worked",
                    "holidays",
                    "minus",
                    index,
                    related=[calendar.place("holidays", "plus", off[day], label="a day off")],
                )


@rule(severity=Severity.WARNING)
def day_with_two_exceptions(repository: Repository) -> Findings:
    """A calendar says twice which other hours hold on a day.

    Only the last of them counts; the one before it looks as if it held. Hours that are in two parts
    stand in one list: `hours: [08:00-12:00, 14:00-16:00]`.

    Bad:

        # organization/calendars/office-hours.yaml
        exceptions:
          - {on: 2026-12-31, hours: [08:00-12:00]}
          - {on: 2026-12-31, hours: [14:00-16:00]}

    Good:

        # organization/calendars/office-hours.yaml
        exceptions:
          - {on: 2026-12-31, hours: [08:00-12:00, 14:00-16:00]}
    """
    for calendar in repository.of(Calendar):
        last: dict[date, int] = {}
        for index, entry in enumerate(calendar.fields.exceptions):
            before = last.get(entry.on)
            last[entry.on] = index
            if before is not None:
                yield calendar.problem(
                    f"{calendar} has two exceptions on {entry.on}, of which the last one counts",
                    "exceptions",
                    index,
                    "on",
                    hint="put the hours of both into one list, or leave one out",
                    related=[calendar.place("exceptions", before, label="does not count")],
                )


def _with_holidays(repository: Repository) -> Iterator[tuple[Record[Calendar], Holidays]]:
    for calendar in repository.of(Calendar):
        if calendar.fields.holidays is not None:
            yield calendar, calendar.fields.holidays


def _public(holidays: Holidays, year: int) -> Mapping[date, str] | None:
    """The public holidays of a year; None where they can't be known, of which another rule speaks."""
    if holidays.country is None:
        return {}
    try:
        return public_holidays(holidays.country, holidays.subdivision, year)
    except UnknownHolidays:
        return None


def _place(holidays: Holidays) -> str:
    return f"{holidays.country}-{holidays.subdivision}" if holidays.subdivision else holidays.country or ""


def _nearest(public: Mapping[date, str], day: date) -> str:
    """The holiday that may have been meant, as a hint."""
    near = [each for each in public if abs(each - day) <= timedelta(days=_NEAR)]
    if not near:
        return "look at the year, and at the part of the country"
    meant = min(near, key=lambda each: (abs(each - day), each))
    return f"did you mean {meant}, {public[meant]}?"
