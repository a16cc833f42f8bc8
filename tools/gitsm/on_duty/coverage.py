"""Hours of the next year, and when somebody of several teams is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from gitsm.intervals import Interval, union
from gitsm.on_duty.hours import duty_hours
from gitsm.repository import Repository, once
from gitsm.working_time import UnknownHolidays

YEAR = timedelta(days=365)
"""How far ahead hours are held against who is there."""


@once
def _years(repository: Repository) -> dict[str, Sequence[Interval] | None]:
    """The stretches of each calendar over the next year that were worked out so far."""
    return {}


def year_of(repository: Repository, calendar: str | None) -> Sequence[Interval] | None:
    """The stretches of a calendar over the next year; None where they can't be known."""
    if calendar is None:
        return None
    known = _years(repository)
    if calendar not in known:
        hours = duty_hours(repository, calendar)
        try:
            known[calendar] = (
                hours.between(repository.now, repository.now + YEAR) if hours is not None else None
            )
        except UnknownHolidays:
            known[calendar] = None
    return known[calendar]


@once
def _unions(repository: Repository) -> dict[tuple[str, ...], list[Interval]]:
    """When somebody is there, by the calendars that were asked for so far: most paths are of the same few."""
    return {}


def covered(repository: Repository, calendars: Iterable[str]) -> list[Interval]:
    """When somebody is there over the next year, of teams with these calendars."""
    key, known = tuple(sorted(set(calendars))), _unions(repository)
    if key not in known:
        known[key] = union(stretch for calendar in key for stretch in year_of(repository, calendar) or ())
    return known[key]
