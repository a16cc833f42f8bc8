"""Capacity and demand: when a service is used most, how demand grows, and who is there for it."""

from typing import Annotated, Literal

from pydantic import Field

from gitsm.records.calendar import DateRange, Recurrence
from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import CalendarRef, Day, Interval, Length, Line, Number, Share


class Peak(Fields):
    """A stretch of time in which demand is far above the baseline."""

    name: Line = Field(description="What causes it.")
    recurrence: Recurrence | None = Field(default=None, description="When it comes back.")
    dates: tuple[DateRange, ...] = Field(default=(), strict=False, description="When it comes once.")
    calendar: CalendarRef | None = Field(
        default=None,
        description="The calendar of type peak, or the freeze, that says when it is; several services may share it.",
    )
    level: Number | None = Field(default=None, description="Demand at the peak, in the record's unit.")
    people: Annotated[int, Field(ge=0, le=10_000)] | None = Field(
        default=None, description="How many people must be on duty for it."
    )
    margin: Length | None = Field(
        default=None, description="How long before and after it the service should be left alone."
    )


class Forecast(Fields):
    """Demand expected on a day to come."""

    on: Day = Field(description="The day.")
    level: Number = Field(description="Demand, in the record's unit.")


class Staffing(Fields):
    """How many people are there in which hours."""

    hours: CalendarRef = Field(description="The calendar of those hours.")
    people: Annotated[int, Field(ge=0, le=10_000)] = Field(description="How many are on duty.")


PAYROLL_CAPACITY = """\
peaks:
  - name: Month-end pay run
    recurrence: {every: month, month_days: [25], starts: "06:00", takes: 60 h}
    level: 2400
    margin: 12 h
  - name: Christmas bonus
    dates:
      - {from: 2026-12-10, to: 2026-12-11, name: Bonus run}
    level: 4800
    people: 2
  - name: Closing of the books
    calendar: year-end-freeze
    level: 900
unit: pay slips an hour
baseline: 200
measured: 2026-10-31
growth: 4
growth_period: year
capacity: 8000
lead_time: 3 months
threshold: 80
forecast:
  - {on: 2027-12-31, level: 2500}
staffing:
  - {hours: office-hours, people: 3}
labels: {model: linear}
links:
  - {title: Load test, url: https://tests.example.com/payroll-load}
tags: [finance]
"""


@kind(
    "capacity",
    title="Capacity plan",
    plural="Capacity plans",
    pattern="services/<service>/capacity.yaml",
    examples={"services/payroll/capacity.yaml": PAYROLL_CAPACITY},
)
class Capacity(RecordFields):
    """The demand that a service meets: its peaks, its growth, and the staff and headroom planned for it."""

    peaks: tuple[Peak, ...] = Field(default=(), strict=False, description="When demand is highest.")
    unit: Line | None = Field(default=None, description="What demand is counted in.")
    baseline: Number | None = Field(default=None, description="Demand on an ordinary day, in that unit.")
    measured: Day | None = Field(
        default=None,
        description="The day on which baseline and the levels of peaks were measured: they grow from there on;"
        " from today on where it is left out.",
    )
    growth: Number | None = Field(
        default=None, description="Growth of demand, in percent a year, or in each `growth_period`."
    )
    growth_period: Literal["month", "quarter", "year"] = Field(
        default="year", description="In which time demand grows by so much."
    )
    capacity: Number | None = Field(default=None, description="What the service carries, in that unit.")
    lead_time: Interval | None = Field(default=None, description="How long it takes until it carries more.")
    threshold: Share | None = Field(
        default=None, description="Share of the capacity, in percent, above which it must be raised."
    )
    forecast: tuple[Forecast, ...] = Field(default=(), strict=False, description="Demand to come.")
    staffing: tuple[Staffing, ...] = Field(default=(), strict=False, description="People on duty by hours.")
