"""When a team is on duty in the coming days, as plain data for whoever asks later, without these records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal, TypedDict

from gitsm.on_duty.hours import duty_hours
from gitsm.records.team import Team
from gitsm.repository import Repository, once
from gitsm.working_time import HORIZON, UnknownHolidays, WorkingTime

MOST_DAYS = 400
MOST_STRETCHES = 1000
"""How much a table holds at most; `to` says how far it got."""


class DutyTable(TypedDict):
    """When a team is on duty, as plain data. All times are whole minutes since 1970 in UTC."""

    start: int
    """From when on the table holds."""
    to: int
    """Until when it holds; of what lies behind, it says nothing."""
    duty: list[tuple[int, int]] | Literal["always"] | None
    """The stretches of duty, half-open and in order, none of which touch; "always" for a team that is
    there around the clock, also behind `to`; None where its hours are unknown."""


def duty_table(repository: Repository, team: str, start: datetime, days: int) -> DutyTable:
    """When a team is on duty in the days after a moment, for a program that has nothing but this.

    Holidays and exceptions are worked in. A team is on duty at the minute `m` where a stretch has
    `stretch[0] <= m < stretch[1]`. The table is short: 400 days and 1,000 stretches at most; where
    those don't reach, `to` comes sooner.
    """
    record = repository.get(Team, team)
    calendar = record.fields.hours if record is not None else None
    known, key = _tables(repository), (calendar, _minute(start), days)
    if key not in known:
        known[key] = _table(duty_hours(repository, calendar), _minute(start), days)
    return known[key]


@once
def _tables(repository: Repository) -> dict[tuple[str | None, int, int], DutyTable]:
    """The tables that were made so far: many teams share a calendar."""
    return {}


def _table(hours: WorkingTime | None, first: int, days: int) -> DutyTable:
    begin = datetime.fromtimestamp(first * 60, UTC)
    end = begin + timedelta(days=max(0, min(days, MOST_DAYS)))
    table = DutyTable(start=first, to=_minute(end), duty=None)
    if hours is None:
        return table
    try:
        if _never_ends(hours, begin):
            return {**table, "duty": "always"}
        stretches = hours.between(begin, end)
    except (UnknownHolidays, OverflowError):
        return table
    # What is shorter than a minute is none, and what parts two for less than one doesn't part them.
    found: list[tuple[int, int]] = []
    for one, other in ((_minute(stretch.start), _minute(stretch.end)) for stretch in stretches):
        if found and one <= found[-1][1]:
            found[-1] = found[-1][0], other
        elif one < other:
            found.append((one, other))
    if len(found) > MOST_STRETCHES:
        table["to"] = found[MOST_STRETCHES][0]
    return {**table, "duty": found[:MOST_STRETCHES]}


def _never_ends(hours: WorkingTime, start: datetime) -> bool:
    """Whether a team is on duty from a moment on for as long as is looked ahead."""
    at = start
    for stretch in hours.ahead(start):
        if stretch.start > at:
            return False
        at = stretch.end
    return at >= start + HORIZON


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
