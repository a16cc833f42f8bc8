"""Improvements: the continual improvement register."""

from typing import Literal

from pydantic import Field

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import Day, Line, Number, TeamRef, Text


class Measured(Fields):
    """A figure on a day."""

    value: Number = Field(description="The figure.")
    on: Day = Field(description="The day it was, or is to be, measured.")


class Measure(Fields):
    """How an improvement shows that it improved anything."""

    what: Line = Field(description="What is measured, with its unit.")
    baseline: Measured | None = Field(default=None, description="The figure before.")
    target: Measured | None = Field(default=None, description="The figure aimed for.")
    result: Measured | None = Field(default=None, description="The figure after.")


FASTER = """\
title: Pay runs in half the time
description: Read the tax tables once and split the run by company.
source: incident
owner: payroll-team
effort: M
state: in_progress
measure:
  what: Duration of the month-end pay run, in minutes
  baseline: {value: 190, on: 2026-10-26}
  target: {value: 95, on: 2027-03-31}
  result: {value: 120, on: 2026-11-13}
labels: {theme: speed}
links:
  - {title: Idea, url: https://wiki.example.com/faster}
tags: [finance]
"""


@kind(
    "improvement",
    title="Improvement",
    plural="Improvements",
    pattern="improvements/<improvement>.yaml",
    examples={"improvements/faster-pay-runs.yaml": FASTER},
)
class Improvement(RecordFields):
    """Something that is to become better, and the figure that will show it."""

    title: Line = Field(description="What becomes better.")
    source: Literal[
        "service_review",
        "retrospective",
        "incident",
        "problem",
        "change_review",
        "demand",
        "feedback",
        "audit",
        "risk",
        "other",
    ] = Field(description="Where the idea comes from.")
    description: Text | None = Field(default=None, description="What is done.")
    owner: TeamRef | None = Field(default=None, description="Who drives it.")
    effort: Literal["S", "M", "L", "XL"] | None = Field(default=None, description="How much work it is.")
    state: Literal["new", "accepted", "in_progress", "on_hold", "closed", "canceled"] = Field(
        default="new", description="How far it has come; people decide it."
    )
    measure: Measure | None = Field(default=None, description="What shows that it worked.")
