"""Service reviews: what was measured in a period, and what was decided because of it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from pydantic import Field

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import Day, ImprovementRef, Line, Number, TeamRef, Text


class Figure(Fields):
    """A measured figure and where it comes from."""

    value: Number = Field(description="The figure.")
    source: Line = Field(description="What measured it.")


class MeasuredFigures(Fields):
    """The figures of a period."""

    availability: Figure | None = Field(default=None, description="Uptime, in percent.")
    csat: Figure | None = Field(default=None, description="Customer satisfaction, in percent.")
    first_contact_resolution: Figure | None = Field(
        default=None, description="Contacts resolved at once, in percent."
    )
    mean_time_to_restore: Figure | None = Field(default=None, description="Average, in minutes.")
    incidents: Figure | None = Field(default=None, description="How many there were.")
    requests: Figure | None = Field(default=None, description="How many there were.")
    changes: Figure | None = Field(default=None, description="How many were implemented.")
    change_success_rate: Figure | None = Field(default=None, description="In percent.")


class Action(Fields):
    """Something that somebody will do about it."""

    what: Text = Field(description="What is done.")
    owner: TeamRef | None = Field(default=None, description="Who does it.")
    due: Day | None = Field(default=None, description="By when.")
    done: Day | None = Field(default=None, description="When it was done.")
    improvement: ImprovementRef | None = Field(default=None, description="The improvement it became.")


REVIEW = """\
---
period: 2026-10
measured:
  availability: {value: 99.7, source: Monitoring}
  csat: {value: 92, source: Survey of October}
  first_contact_resolution: {value: 74, source: Service desk}
  mean_time_to_restore: {value: 95, source: Incident records}
  incidents: {value: 1, source: Incident records}
  requests: {value: 41, source: Service desk}
  changes: {value: 2, source: Change records}
  change_success_rate: {value: 100, source: Change records}
decisions:
  - The pay run moves one hour earlier.
actions:
  - what: Measure the pay run by company
    owner: payroll-team
    due: 2026-12-31
    done: 2026-11-20
    improvement: faster-pay-runs
labels: {chair: service-owner}
links:
  - {title: Slides, url: https://wiki.example.com/review-2026-10}
tags: [finance]
---

The month was quiet. One late pay run was noticed by an alert and not by an employee.
"""


@kind(
    "service-review",
    title="Service review",
    plural="Service reviews",
    pattern="services/<service>/reviews/<period>.md",
    examples={"services/payroll/reviews/2026-10.md": REVIEW},
)
class ServiceReview(RecordFields):
    """What a service delivered in a period, held against what it promised, and what was decided."""

    period: Line = Field(description="The stretch that was reviewed, such as 2026-10 or 2026-Q3.")
    measured: MeasuredFigures | None = Field(default=None, description="The figures, each with its source.")
    decisions: tuple[Text, ...] = Field(default=(), strict=False, description="What was decided.")
    actions: tuple[Action, ...] = Field(default=(), strict=False, description="Who will do what.")


_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_PERIODS: Sequence[re.Pattern[str]] = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<year>2[01]\d\d)",
        r"(?P<year>2[01]\d\d)[- /]?q(?P<quarter>[1-4])|q(?P<quarter_>[1-4])[- /]?(?P<year_>2[01]\d\d)",
        r"(?P<year>2[01]\d\d)[- /]?h(?P<half>[12])|h(?P<half_>[12])[- /]?(?P<year_>2[01]\d\d)",
        r"(?P<year>2[01]\d\d)-?w(?P<week>\d\d?)",
        r"(?P<year>2[01]\d\d)[-/](?P<month>\d\d?)|(?P<month_>\d\d?)/(?P<year_>2[01]\d\d)",
        r"(?P<year>2[01]\d\d)-(?P<month>\d\d)-(?P<day>\d\d)",
        r"(?P<name>[a-z]{3,9})\.?[ -](?P<year>2[01]\d\d)|(?P<year_>2[01]\d\d)[ -](?P<name_>[a-z]{3,9})",
    )
)
_FROM_TO = re.compile(r"(.+?)\s*(?:/|\.\.|–|\bto\b| - )\s*(.+)")


def days_of(period: str) -> tuple[date, date] | None:
    """The first and the last day of a period such as 2026, 2026-10, 2026-Q3, 2026-H1, 2026-W40, October 2026,
    a day, or one of these to another; None for what can't be read, such as a business year."""
    text = period.strip().casefold()
    single = _days_of_one(text)
    if single is not None:
        return single
    whole = _FROM_TO.fullmatch(text) if len(text) <= 60 else None
    first, last = (_days_of_one(part.strip()) for part in whole.groups()) if whole else (None, None)
    if first is None or last is None or first[0] > last[1]:
        return None
    return first[0], last[1]


def _days_of_one(text: str) -> tuple[date, date] | None:
    match = next((found for form in _PERIODS if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    said = {name.rstrip("_"): value for name, value in match.groupdict().items() if value is not None}
    year = int(said["year"])
    try:
        if "week" in said:
            monday = date.fromisocalendar(year, int(said["week"]), 1)
            return monday, monday + timedelta(days=6)
        if "day" in said:
            day = date(year, int(said["month"]), int(said["day"]))
            return day, day
        first, months = _months(said)
        start = date(year, first, 1)
    except ValueError:
        return None
    after = year * 12 + first - 1 + months
    return start, date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def _months(said: Mapping[str, str]) -> tuple[int, int]:
    """The first month of a stretch of a year, and how many there are."""
    if "quarter" in said:
        return int(said["quarter"]) * 3 - 2, 3
    if "half" in said:
        return int(said["half"]) * 6 - 5, 6
    if "month" in said:
        return int(said["month"]), 1
    if "name" in said:
        # Three letters at least tell each month from all others.
        name = next((name for name in _MONTHS if name.startswith(said["name"])), "")
        return _MONTHS.index(name) + 1, 1
    return 1, 12
