"""Services: what we run, who owns it, what it stands on and how it is watched."""

from typing import Annotated, Literal

from pydantic import Field

from gitsm.records.support import Continuity, EscalationStep
from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import (
    CalendarRef,
    ChangeRef,
    Day,
    ImprovementRef,
    Interval,
    Line,
    PartyRef,
    ServiceRef,
    Share,
    Slug,
    TeamRef,
    Text,
)

Lifecycle = Literal["idea", "design", "build", "transition", "live", "retiring", "retired"]
IN_OPERATION = ("live", "retiring")
"""The stages of the lifecycle in which people rely on a service today."""
IN_USE = ("transition", *IN_OPERATION)
"""The stages in which a service runs, so that it can fail its users."""

Tier = Annotated[int, Field(ge=1, le=4)]


class RedundancyGroup(Fields):
    """Several dependencies of which some are enough."""

    name: Slug = Field(description="The group's name; dependencies with the same name form the group.")
    needed: Annotated[int, Field(ge=1, le=100)] = Field(description="How many members must work.")


class Fallback(Fields):
    """What a service does when a dependency fails."""

    what: Line = Field(description="What happens instead.")
    degraded: bool = Field(description="Whether users notice: true for a worse service, false for none.")


class Dependency(Fields):
    """A service that another one stands on."""

    service: ServiceRef = Field(description="The service that is needed.")
    criticality: Literal["hard", "soft"] = Field(
        default="hard", description="Hard: without it the service fails. Soft: it works, but worse."
    )
    redundancy_group: RedundancyGroup | None = Field(
        default=None, description="The group of interchangeable dependencies that this one belongs to."
    )
    fallback: Fallback | None = Field(default=None, description="What happens while the dependency is down.")


class Alert(Fields):
    """An alert that monitoring raises for a service; runbooks answer it by its name."""

    alert: Line = Field(description="The alert's name, as the monitoring system spells it.")
    event: Literal["informational", "warning", "exception"] = Field(
        default="exception", description="ITIL's class of event: what kind of answer it asks for."
    )


class AccessRight(Fields):
    """Who may do what in a service, and who answers for that."""

    role: Line = Field(description="The right, in the service's own words.")
    holders: tuple[PartyRef, ...] = Field(
        strict=False, min_length=1, description="Teams or roles that hold it."
    )
    approver: PartyRef | None = Field(default=None, description="The team or role that grants it.")
    review_every: Interval | None = Field(default=None, description="How often the holders are reviewed.")
    reviewed: Day | None = Field(default=None, description="When they were last reviewed.")


class ServiceContinuity(Continuity):
    """Recovery objectives, and when recovery was last tried."""

    exercised: Day | None = Field(default=None, description="When recovery was last exercised.")


class Design(Fields):
    """Answers to the questions that a service is designed against."""

    security: Text | None = Field(default=None, description="How it is kept confidential and intact.")
    usability: Text | None = Field(default=None, description="How its users get their work done with it.")
    maintainability: Text | None = Field(default=None, description="How it is changed and repaired.")
    scalability: Text | None = Field(default=None, description="What happens when demand grows.")


class Constraints(Fields):
    """What limits what can be done with a service."""

    budget: Text | None = Field(default=None, description="What it may cost.")
    skills: Text | None = Field(default=None, description="Skills that are scarce.")


class RoadmapItem(Fields):
    """Something planned for a service."""

    title: Line = Field(description="What is planned.")
    target: Day | None = Field(default=None, description="By when.")
    effort: Literal["S", "M", "L", "XL"] | None = Field(default=None, description="How much work it is.")
    change: ChangeRef | None = Field(default=None, description="The change that carries it out.")
    improvement: ImprovementRef | None = Field(default=None, description="The improvement it belongs to.")


PAYROLL = """\
name: Payroll
owner: payroll-team
lifecycle: live
description: Computes and pays the salaries of 2,400 employees each month.
tier: 1
system: people
depends_on:
  - service: ledger
    criticality: hard
    redundancy_group: {name: bookkeeping, needed: 1}
    fallback: {what: Bookings wait in a queue for up to two days, degraded: true}
support_hours: office-hours
escalation:
  - {team: payroll-team, after: 0 min}
  - {team: finance-department, after: 2 h}
monitoring:
  - {alert: PayrollRunLate, event: exception}
hosts: [payroll-1.int.example.com, "payroll-worker-*.int.example.com"]
access:
  - role: May release a pay run
    holders: [payroll-team]
    approver: finance-department
    review_every: 6 months
    reviewed: 2026-09-01
continuity: {rto: 8 h, rpo: 15 min, exercised: 2026-05-30}
own_availability: 99.9
design:
  security: Salaries are encrypted at rest; two people release each pay run.
  usability: Clerks need one page for a month's work.
  maintainability: Deployed from one pipeline; the schema has one owner.
  scalability: Pay runs are split by company; twice the employees need twice the workers.
constraints:
  budget: 180,000 euros a year
  skills: One engineer knows the tax engine.
roadmap:
  - title: Pay slips on the phone
    target: 2027-03-31
    effort: L
    change: 2026-11-12-payroll-database-upgrade
    improvement: faster-pay-runs
labels: {cost-centre: "4711"}
links:
  - {title: Dashboard, url: https://monitoring.example.com/payroll}
tags: [finance]
"""

LEDGER = """\
name: Ledger
owner: payroll-team
lifecycle: live
tier: 2
"""


@kind(
    "service",
    title="Service",
    plural="Services",
    pattern="services/<service>/service.yaml",
    examples={"services/payroll/service.yaml": PAYROLL, "services/ledger/service.yaml": LEDGER},
)
class Service(RecordFields):
    """Something that we run for others: its owner, its place in the lifecycle, what it stands on
    and how it is supported."""

    name: Line = Field(description="What people call the service.")
    owner: TeamRef = Field(description="The team that answers for it.")
    lifecycle: Lifecycle = Field(description="Where it stands between an idea and its retirement.")
    description: Text | None = Field(default=None, description="What it does, and for whom.")
    tier: Tier | None = Field(default=None, description="How much it matters: 1 most, 4 least.")
    system: Slug | None = Field(default=None, description="The larger system that it is a part of.")
    depends_on: tuple[Dependency, ...] = Field(
        default=(), strict=False, description="The services that it stands on."
    )
    support_hours: CalendarRef | None = Field(
        default=None, description="The calendar of its support hours; without one, its owner's hours."
    )
    escalation: tuple[EscalationStep, ...] = Field(
        default=(), strict=False, description="Who is called, in order; without it, its owner's path."
    )
    monitoring: tuple[Alert, ...] = Field(default=(), strict=False, description="The alerts raised for it.")
    hosts: tuple[Line, ...] = Field(
        default=(),
        strict=False,
        description="The machines that it runs on, as commands name them; `*` stands for any text.",
    )
    access: tuple[AccessRight, ...] = Field(default=(), strict=False, description="Who may do what in it.")
    continuity: ServiceContinuity | None = Field(default=None, description="Recovery after a disaster.")
    own_availability: Share | None = Field(
        default=None, description="Availability in percent of its own part, with everything below it up."
    )
    design: Design | None = Field(default=None, description="Answers to the design questions.")
    constraints: Constraints | None = Field(default=None, description="What limits it.")
    roadmap: tuple[RoadmapItem, ...] = Field(default=(), strict=False, description="What is planned for it.")
