"""Who is called for a service at a moment: its escalation path, and who on it is on duty, until when.

Each of these files imports only from those above it:

- `hours`: the hours of teams and services, and whether somebody is on duty at a moment
- `contacts`: which of the ways to reach a team is meant for a moment
- `calls`: who is called for a service, in order and when
- `coverage`: when somebody is there over the next year
- `table`: a team's duty in the coming days as plain data
"""

from __future__ import annotations

from gitsm.on_duty.calls import Called, Escalation, Path, escalation_at, path_of
from gitsm.on_duty.contacts import fits
from gitsm.on_duty.coverage import YEAR, covered, year_of
from gitsm.on_duty.hours import (
    Duty,
    Presence,
    duty_at,
    duty_ends,
    duty_hours,
    hours_of_team,
    support_hours,
    zone_of_team,
)
from gitsm.on_duty.table import DutyTable, duty_table

__all__ = [
    "YEAR",
    "Called",
    "Duty",
    "DutyTable",
    "Escalation",
    "Path",
    "Presence",
    "covered",
    "duty_at",
    "duty_ends",
    "duty_hours",
    "duty_table",
    "escalation_at",
    "fits",
    "hours_of_team",
    "path_of",
    "support_hours",
    "year_of",
    "zone_of_team",
]
