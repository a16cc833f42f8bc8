"""Calendars: service hours, holidays, freezes, maintenance windows and peaks of demand."""

from typing import Annotated, Literal

from pydantic import Field

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import (
    Day,
    Hours,
    Length,
    Line,
    Moment,
    ServiceRef,
    Slug,
    TimeOfDay,
    Timezone,
)

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class WeeklyHours(Fields):
    """Hours on some days of each week."""

    days: tuple[Weekday, ...] = Field(strict=False, min_length=1, description="The days.")
    hours: Hours = Field(description="The hours on those days, such as 08:00-17:00.")


class DateRange(Fields):
    """A stretch of time that comes once. Whole days count from their first moment to their last."""

    from_: Moment = Field(alias="from", description="Its first day or moment.")
    to: Moment = Field(description="Its last day, included, or the moment at which it ends.")
    name: Line | None = Field(default=None, description="What it is.")


class Recurrence(Fields):
    """A stretch of time that comes back."""

    every: Literal["day", "week", "month", "year"] = Field(description="How often it comes back.")
    interval: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="Every how many days, weeks, months or years."
    )
    weekdays: tuple[Weekday, ...] = Field(default=(), strict=False, description="On which days of the week.")
    week_of_month: Literal[1, 2, 3, 4, 5, -1] | None = Field(
        default=None, description="In which week of the month those weekdays are: -1 for the last."
    )
    month_days: tuple[Annotated[int, Field(ge=-31, le=31)], ...] = Field(
        default=(), strict=False, description="On which days of the month: -1 for the last."
    )
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        default=(), strict=False, description="In which months."
    )
    starts: TimeOfDay | None = Field(default=None, description="The time of day; midnight where left out.")
    takes: Length | None = Field(default=None, description="How long it lasts; a whole day where left out.")
    from_: Day | None = Field(default=None, alias="from", description="The first day it may come.")
    until: Day | None = Field(default=None, description="The last day it may come.")
    besides: tuple[Day, ...] = Field(default=(), strict=False, description="Days on which it comes as well.")
    except_: tuple[Day, ...] = Field(
        default=(), strict=False, alias="except", description="Days on which it does not come."
    )


class Holidays(Fields):
    """Public holidays of a country, and what differs here."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None, description="Its ISO 3166 code."
    )
    subdivision: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")] | None = Field(
        default=None, description="The part of the country, by its ISO 3166-2 code without the country."
    )
    plus: tuple[Day, ...] = Field(default=(), strict=False, description="Further holidays.")
    minus: tuple[Day, ...] = Field(default=(), strict=False, description="Public holidays that are worked.")


class ExceptionalHours(Fields):
    """A day on which other hours hold."""

    on: Day = Field(description="The day.")
    hours: tuple[Hours, ...] = Field(default=(), strict=False, description="Its hours; none for a day off.")
    name: Line | None = Field(default=None, description="Why.")


class Scope(Fields):
    """What a freeze or a maintenance window is for. A service is in it where any of the parts names it."""

    services: tuple[ServiceRef, ...] = Field(default=(), strict=False, description="These services.")
    tiers: tuple[Annotated[int, Field(ge=1, le=4)], ...] = Field(
        default=(), strict=False, description="Services of these tiers."
    )
    tags: tuple[Slug, ...] = Field(default=(), strict=False, description="Services with one of these tags.")
    systems: tuple[Slug, ...] = Field(default=(), strict=False, description="Services of these systems.")


OFFICE_HOURS = """\
name: Office hours
type: service_hours
timezone: Europe/Vienna
weekly:
  - {days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}
holidays: {country: AT, subdivision: "9", plus: [2026-12-24], minus: [2026-12-08]}
exceptions:
  - {on: 2026-12-31, hours: [08:00-12:00], name: New Year's Eve}
labels: {since: "2024"}
links:
  - {title: House rules, url: https://wiki.example.com/hours}
tags: [office]
"""

FREEZE = """\
name: Year-end freeze
type: freeze
timezone: Europe/Vienna
freeze: hard
recurrence:
  every: year
  interval: 1
  months: [12]
  month_days: [18]
  starts: "18:00"
  takes: 300 h
  from: 2026-01-01
  until: 2028-12-31
  besides: [2026-06-30]
  except: [2027-12-18]
dates:
  - {from: 2026-12-18T18:00+01:00, to: 2027-01-03, name: Closing of the books}
scope: {services: [payroll], tiers: [1], tags: [finance], systems: [people]}
reason: The books are closed.
"""

PATCH_NIGHTS = """\
name: Patch nights
type: maintenance
timezone: Europe/Vienna
recurrence: {every: month, weekdays: [tue], week_of_month: 2, starts: "22:00", takes: 4 h}
scope: {tags: [patched-monthly]}
"""


@kind(
    "calendar",
    title="Calendar",
    plural="Calendars",
    pattern="organization/calendars/<calendar>.yaml",
    examples={
        "organization/calendars/year-end-freeze.yaml": FREEZE,
        "organization/calendars/office-hours.yaml": OFFICE_HOURS,
        "organization/calendars/patch-nights.yaml": PATCH_NIGHTS,
    },
)
class Calendar(RecordFields):
    """When something holds: service hours, holidays, a freeze, maintenance windows, or a peak of demand
    that several services share."""

    type: Literal["service_hours", "holidays", "freeze", "maintenance", "peak"] = Field(
        description="What it is for."
    )
    timezone: Timezone = Field(description="The zone of its days and hours.")
    name: Line | None = Field(default=None, description="What people call it.")
    weekly: tuple[WeeklyHours, ...] = Field(default=(), strict=False, description="The hours of each week.")
    holidays: Holidays | None = Field(default=None, description="Days off.")
    recurrence: Recurrence | None = Field(default=None, description="When it comes back.")
    dates: tuple[DateRange, ...] = Field(default=(), strict=False, description="Stretches that come once.")
    exceptions: tuple[ExceptionalHours, ...] = Field(
        default=(), strict=False, description="Days on which other hours hold."
    )
    freeze: Literal["hard", "soft"] | None = Field(
        default=None,
        description="Hard: nothing is changed without an exception. Soft: only with good reason.",
    )
    scope: Scope | None = Field(default=None, description="What it is for; every service where left out.")
    reason: Line | None = Field(default=None, description="Why there is a freeze.")
