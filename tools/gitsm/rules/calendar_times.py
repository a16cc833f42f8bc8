"""What a calendar or a peak says of its hours and days, and can't mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from gitsm.calendar import HORIZON_AHEAD
from gitsm.calendar.stretches import PEAK_CALENDARS
from gitsm.diagnostic import DataPath
from gitsm.lint import Findings, rule
from gitsm.local_days import MINUTES_OF_A_DAY
from gitsm.records.calendar import Calendar, Recurrence
from gitsm.records.capacity import Capacity
from gitsm.recurrence import days, says_its_days
from gitsm.repository import Record, Repository, once
from gitsm.working_time import UnknownHolidays, public_holidays


@rule
def unknown_public_holidays(repository: Repository) -> Findings:
    """A calendar asks for the public holidays of a country, or of a part of one, that is not known.

    Its hours are then computed as if there were no holidays, or not at all. Countries go by their ISO
    3166 code, parts by the code after it: `country: AT`, `subdivision: "9"`. Looked at are this year and
    the next two. Holidays of far years are not known, and hours of theirs unknown wherever they are asked for.

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
        for each in range(year, (repository.today + HORIZON_AHEAD).year + 1):
            try:
                public_holidays(asked.country, asked.subdivision, each)
            except UnknownHolidays as error:
                part = asked.subdivision is not None and _is_known(asked.country, each)
                yield calendar.problem(
                    f"in {calendar}, {error}", "holidays", "subdivision" if part else "country",
                    hint="use its ISO 3166 code, or list the days under `plus`",
                )  # fmt: skip
                break


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
