"""Where a calendar says that it is at a moment: what a conflict with it points to."""

from __future__ import annotations

from datetime import datetime

from gitsm.diagnostic import DataPath, Place
from gitsm.records.calendar import Calendar
from gitsm.repository import Record
from gitsm.working_time import stretch_of

MOST_DATES = 1_000
"""How many dates of a calendar are looked through; more have only made-up files."""


def place_of(calendar: Record[Calendar], moment: datetime) -> Place:
    """Where a calendar says that it is at a moment."""
    return calendar.place(*_source_of(calendar.fields, moment), label=f"{calendar.id} is then")


def _source_of(fields: Calendar, moment: datetime) -> DataPath:
    for index, dates in enumerate(fields.dates[:MOST_DATES]):
        when = stretch_of(dates, fields.timezone)
        if when.start <= moment < when.end:
            return ("dates", index)
    return ("recurrence",) if fields.recurrence is not None else ("weekly",) if fields.weekly else ("type",)
