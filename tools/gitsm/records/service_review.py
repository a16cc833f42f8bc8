"""Service reviews: what was measured in a period, and what was decided because of it."""

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
