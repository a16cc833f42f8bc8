"""Calendars in words: hours of the week, holidays, and what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitsm.records.calendar import Holidays, Recurrence, WeeklyHours

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_ENDINGS = {2: "nd", 3: "rd", 22: "nd", 23: "rd", 21: "st", 31: "st"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def weekdays(days: Sequence[str]) -> str:
    """Days of the week: `Mon–Fri`, `Sat, Sun`."""
    places = sorted({_WEEK.index(day) for day in days})
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    names = [[_WEEK[place].capitalize() for place in run] for run in runs]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(run) for run in names)


def weekly(hours: Iterable[WeeklyHours]) -> str:
    """Hours of each week: `Mon–Fri 08:00–17:00`."""
    shown = [f"{weekdays(entry.days)} {str(entry.hours).replace('-', '–')}" for entry in hours]
    return "; ".join(shown).replace("Mon–Sun 00:00–24:00", "around the clock")


def recurring(comes: Recurrence) -> str:
    """When something comes back: `every month on day 25 at 06:00, for 60 h`."""
    every = f"every {comes.every}" if comes.interval == 1 else f"every {comes.interval} {comes.every}s"
    months = " or ".join(_MONTHS[month - 1] for month in comes.months)
    days = " and ".join(_day_of_month(day, bare=bool(months)) for day in comes.month_days)
    named = " or ".join(day.capitalize() for day in comes.weekdays)
    if comes.week_of_month and named:
        named = f"the {_ORDINALS[comes.week_of_month]} {named}"
    elif named:
        named = weekdays(comes.weekdays)
    parts = [
        every,
        f"on {named}" if named else "",
        f"on {days}" if days else "",
        f"{'' if days else 'in '}{months}" if months else "",
        f"at {comes.starts:%H:%M}" if comes.starts else "",
    ]
    bounds = [
        f"for {comes.takes}" if comes.takes else "",
        f"from {comes.from_}" if comes.from_ else "",
        f"until {comes.until}" if comes.until else "",
        f"also on {', '.join(map(str, comes.besides))}" if comes.besides else "",
        f"not on {', '.join(map(str, comes.except_))}" if comes.except_ else "",
    ]
    return ", ".join([" ".join(part for part in parts if part), *(bound for bound in bounds if bound)])


def _day_of_month(day: int, *, bare: bool) -> str:
    if day == -1:
        return "the last day"
    if day < 0:
        return f"the {-day}{_ENDINGS.get(-day, 'th')} day from the end"
    return str(day) if bare else f"day {day}"


def days_off(days: Holidays) -> str:
    """Which days are off: `public holidays of AT-9; besides: 2026-12-24`."""
    place = "-".join(part for part in (days.country, days.subdivision) if part)
    parts = [
        f"public holidays of {place}" if place else "",
        f"besides: {', '.join(map(str, days.plus))}" if days.plus else "",
        f"worked: {', '.join(map(str, days.minus))}" if days.minus else "",
    ]
    return "; ".join(part for part in parts if part)
