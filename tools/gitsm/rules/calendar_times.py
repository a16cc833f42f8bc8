"""What a calendar or a peak says of its hours and days, and can't mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.calendar import HORIZON_AHEAD
from gitsm.calendar.stretches import PEAK_CALENDARS
from gitsm.diagnostic import DataPath, Severity
from gitsm.lint import Findings, rule
from gitsm.local_days import MINUTES_OF_A_DAY
from gitsm.records.calendar import Calendar, Recurrence
from gitsm.records.capacity import Capacity
from gitsm.recurrence import WEEKDAYS, days, says_its_days
from gitsm.repository import Record, Repository, once
from gitsm.schema.values import in_timezone
from gitsm.working_time import UnknownHolidays, public_holidays


@rule
def unknown_public_holidays(repository: Repository) -> Findings:
    """A calendar asks for the public holidays of a country, or of a part of one, that is not known.

    Its hours are then computed as if there were no holidays, or not at all. Countries go by their ISO
    3166 code, parts by the code after it: `country: AT`, `subdivision: "9"`.

    Bad:

        # organization/calendars/office-hours.yaml
        holidays: {country: DE, subdivision: BAV}

    Good:

        # organization/calendars/office-hours.yaml
        holidays: {country: DE, subdivision: BY}
    """
    year = repository.today.year
    for calendar in repository.of(Calendar):
        asked = calendar.fields.holidays
        if asked is None:
            continue
        if asked.country is None:
            if asked.subdivision is not None:
                yield calendar.problem(
                    f"{calendar} names the part {asked.subdivision} of a country, and no country",
                    "holidays",
                    "subdivision",
                    hint="add its `country`",
                )
            continue
        try:
            public_holidays(asked.country, asked.subdivision, year)
        except UnknownHolidays as error:
            part = asked.subdivision is not None and _is_known(asked.country, year)
            yield calendar.problem(
                f"in {calendar}, {error}", "holidays", "subdivision" if part else "country",
                hint="use its ISO 3166 code, or list the days under `plus`",
            )  # fmt: skip


def _is_known(country: str, year: int) -> bool:
    try:
        public_holidays(country, None, year)
    except UnknownHolidays:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Comes:
    """Something that comes back, and where it is written."""

    record: Record[Any]
    path: DataPath
    comes: Recurrence
    timezone: str

    @property
    def name(self) -> str:
        """What it is, for a message."""
        if isinstance(self.record.fields, Capacity):
            index = self.path[1]
            assert isinstance(index, int)
            return f"the peak {self.record.fields.peaks[index].name} of {self.record.id}"
        return str(self.record)


@once
def coming_back(repository: Repository) -> list[Comes]:
    """Every calendar and every peak that comes back."""
    found = [
        Comes(calendar, ("recurrence",), calendar.fields.recurrence, calendar.fields.timezone)
        for calendar in repository.of(Calendar)
        if calendar.fields.recurrence is not None
    ]
    found.extend(
        Comes(plan, ("peaks", index, "recurrence"), peak.recurrence, repository.policy.timezone)
        for plan in repository.of(Capacity)
        for index, peak in enumerate(plan.fields.peaks)
        if peak.recurrence is not None
    )
    return found


@rule
def recurrence_without_days(repository: Repository) -> Findings:
    """Something comes back, and does not say on which days.

    `every: week` alone could be any day of the week, and every second week any of two. Days follow
    from `weekdays` or `month_days`, or from the first day, `from`. Until then it never comes.

    Bad:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, starts: "19:00", takes: 3 h}

    Good:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "19:00", takes: 3 h}
    """
    for one in coming_back(repository):
        if says_its_days(one.comes):
            continue
        often = "" if one.comes.interval == 1 else f"{one.comes.interval} "
        unit = one.comes.every + ("s" if one.comes.interval > 1 else "")
        yield one.record.problem(
            f"{one.name} comes every {often}{unit} and does not say on which day",
            *one.path,
            "every",
            hint="add `from` with its first day"
            if one.comes.interval > 1
            else "add `weekdays` or `month_days`",
        )


@rule
def recurrence_in_business_hours(repository: Repository) -> Findings:
    """Something that comes back lasts so many business hours, and no hours are named that would tell which.

    A freeze or a peak runs through the night; how long eight business hours of it are, nobody can say.

    Bad:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "19:00", takes: 3 business hours}

    Good:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "19:00", takes: 3 h}
    """
    for one in coming_back(repository):
        takes = one.comes.takes
        if takes is not None and takes.business:
            yield one.record.problem(
                f"{one.name} takes {takes}, and nothing says which hours those are",
                *one.path,
                "takes",
                hint=f"say it in hours of the clock, such as `takes: {takes.minutes / 60:g} h`",
            )


@rule
def recurrence_without_a_pause(repository: Repository) -> Findings:
    """Something that comes back lasts so long that it never ends before it comes again.

    A freeze that never ends, or a peak that is always, is not what was meant: most often minutes
    became hours, or the days of one occurrence were written as those on which it comes.

    Bad:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "19:00", takes: 180 h}

    Good:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "19:00", takes: 3 h}
    """
    for one in coming_back(repository):
        takes = one.comes.takes
        if takes is None or takes.minutes <= MINUTES_OF_A_DAY:
            # A day each day is how some write always, and says what it means.
            continue
        ruled = one.comes.model_copy(update={"besides": (), "except_": ()})
        first = max(repository.today, one.comes.from_ or repository.today)
        found = days(ruled, first, min(first + HORIZON_AHEAD, date(2199, 12, 31)))
        gaps = [(later - earlier).days for earlier, later in pairwise(found)]
        if gaps and max(gaps) * MINUTES_OF_A_DAY < takes.minutes:
            often = f"{max(gaps)} days" if max(gaps) > 1 else "day"
            yield one.record.problem(
                f"{one.name} comes every {often} or oftener and takes {takes}, so that it never ends",
                *one.path,
                "takes",
            )


@rule
def peak_in_an_unfit_calendar(repository: Repository) -> Findings:
    """A peak of demand names a calendar that says no peak: service hours, holidays or maintenance.

    When the peak is, is then not known, and no change is kept out of it. A calendar of type `peak` is
    shared by services that are busy together; the freeze that protects a peak can be named as well.

    Bad:

        # services/ledger/capacity.yaml (whole)
        peaks: [{name: Month close, calendar: office-hours}]

    Good:

        # services/ledger/capacity.yaml (whole)
        peaks: [{name: Month close, calendar: year-end-freeze}]
    """
    for plan in repository.of(Capacity):
        for index, peak in enumerate(plan.fields.peaks):
            calendar = repository.get(Calendar, peak.calendar)
            if calendar is not None and calendar.fields.type not in PEAK_CALENDARS:
                yield plan.problem(
                    f"the peak {peak.name} of {plan.id} names {calendar}, which is of type {calendar.fields.type}",
                    "peaks",
                    index,
                    "calendar",
                    hint="name a calendar of type peak, or a freeze",
                    related=[calendar.place("type", label="its type")],
                )


@rule(severity=Severity.WARNING)
def time_in_a_clock_change(repository: Repository) -> Findings:
    """A time of a calendar or a peak does not exist on a day to come, or is passed twice.

    When clocks go forward an hour is missing, when they go back one comes twice. What begins in a
    missing hour begins when clocks go on, in an hour that comes twice the first time; was that meant?

    Bad:

        # organization/calendars/ledger-nights.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [sun], starts: "02:30", takes: 2 h}

    Good:

        # organization/calendars/ledger-nights.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [sun], starts: "03:30", takes: 2 h}
    """
    for one in coming_back(repository):
        if one.comes.starts is not None:
            moments = [
                datetime.combine(day, one.comes.starts)
                for day in clock_changes(one.timezone, repository.today)
                if days(one.comes, day, day)
            ]
            yield from _in_changes(one.record, (*one.path, "starts"), one.timezone, moments, ends=False)
    for calendar in repository.of(Calendar):
        for path, starts, ends in _edges(calendar, repository.today):
            yield from _in_changes(calendar, path, calendar.fields.timezone, starts, ends=False)
            yield from _in_changes(calendar, path, calendar.fields.timezone, ends, ends=True)


def _in_changes(
    record: Record[Any], path: DataPath, timezone: str, moments: list[datetime], *, ends: bool
) -> Findings:
    for moment in moments:
        wrong = _wrong(moment, timezone)
        # Until an hour is until just before it: only inside the change is it in doubt.
        if wrong is None or (ends and _wrong(moment - timedelta(minutes=1), timezone) is None):
            continue
        yield record.problem(
            f"in {record}, {wrong}",
            *path,
            hint="choose another time, or say what holds on that day under `except` or `exceptions`",
        )
        return  # the next one of the same sort says nothing new


def _wrong(local: datetime, timezone: str) -> str | None:
    try:
        in_timezone(local, timezone)
    except ValueError as error:
        return str(error).removesuffix(": give its offset from UTC")
    return None


def _edges(
    calendar: Record[Calendar], today: date
) -> Iterator[tuple[DataPath, list[datetime], list[datetime]]]:
    """The hours that a person wrote, each with its beginnings and its ends on days on which clocks change."""
    fields = calendar.fields
    changes = clock_changes(fields.timezone, today) if fields.weekly or fields.exceptions else ()
    exceptional = {entry.on for entry in fields.exceptions}
    for index, weekly in enumerate(fields.weekly):
        begun = [
            day
            for change in changes
            for day in (change - timedelta(days=1), change)
            if WEEKDAYS[day.weekday()] in weekly.days and day not in exceptional and day >= today
        ]
        yield ("weekly", index, "hours"), *_moments(begun, weekly.hours.start, weekly.hours.end)
    for index, entry in enumerate(fields.exceptions):
        near = [entry.on] if {entry.on, entry.on + timedelta(days=1)} & set(changes) else []
        for number, hours in enumerate(entry.hours):
            yield ("exceptions", index, "hours", number), *_moments(near, hours.start, hours.end)


def _moments(begun: list[date], start: int, end: int) -> tuple[list[datetime], list[datetime]]:
    last = end if end > start else end + MINUTES_OF_A_DAY
    midnights = [datetime.combine(day, time()) for day in begun]
    return (
        [midnight + timedelta(minutes=start) for midnight in midnights],
        [midnight + timedelta(minutes=last) for midnight in midnights],
    )


@lru_cache(maxsize=512)
def clock_changes(timezone: str, first: date) -> tuple[date, ...]:
    """The days, from one on and as far as the horizon reaches, on which the clocks of a zone change."""
    zone = ZoneInfo(timezone)
    number = min(HORIZON_AHEAD.days, (date(2200, 12, 31) - first).days)
    midnights = [datetime.combine(first + timedelta(days=n), time(), zone) for n in range(number + 1)]
    return tuple(
        before.date() for before, after in pairwise(midnights) if before.utcoffset() != after.utcoffset()
    )
