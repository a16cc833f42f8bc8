"""Changes: what is altered, when, how it is undone, and how it ended."""

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Discriminator, Field, Tag, model_validator

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import (
    CalendarRef,
    ChangeModelRef,
    ChangeRef,
    Day,
    ImprovementRef,
    IncidentRef,
    Instant,
    KnowledgeRef,
    Length,
    Line,
    LocalTime,
    PartyRef,
    ProblemRef,
    RunbookRef,
    ServiceRef,
    Slug,
    TeamRef,
    Text,
    Timezone,
    in_timezone,
    refusal,
    shape_of,
)

Degree = Annotated[int, Field(ge=1, le=3)]
Risk = Literal["low", "moderate", "high", "very_high"]
Outage = Literal["none", "degraded", "full"]
TestKind = Literal["functional", "integration", "performance", "security", "user_acceptance"]


class PlanStep(Fields):
    """One step of a plan."""

    step: Text = Field(description="What is done.")
    team: TeamRef | None = Field(default=None, description="Who does it.")
    takes: Length | None = Field(default=None, description="How long it takes.")
    verify: Text | None = Field(default=None, description="How its success is seen.")


class RollbackTest(Fields):
    """A trial of the rollback."""

    on: Day = Field(description="When it was tried.")
    environment: Line | None = Field(default=None, description="Where.")
    evidence: Line | None = Field(default=None, description="Where the record of it is.")
    took: Length | None = Field(default=None, description="How long it took.")


class Rollback(Fields):
    """How a change is undone."""

    plan: Text = Field(description="What is done.")
    trigger: Text | None = Field(default=None, description="What makes us undo it.")
    takes: Length | None = Field(default=None, description="How long it takes.")
    point_of_no_return: Text | None = Field(default=None, description="After what it can't be undone.")
    tested: RollbackTest | None = Field(default=None, description="When it was last tried.")


class Origin(Fields):
    """Why there is a change at all."""

    demand: Line | None = Field(default=None, description="The demand that it answers.")
    incident: IncidentRef | None = Field(default=None, description="The incident that it follows from.")
    problem: ProblemRef | None = Field(default=None, description="The problem that it solves.")
    improvement: ImprovementRef | None = Field(default=None, description="The improvement it carries out.")
    event: Line | None = Field(default=None, description="The event that called for it.")


class Window(Fields):
    """When a change is carried out. Times without an offset are those of `timezone`."""

    start: LocalTime = Field(description="When it begins.")
    end: LocalTime = Field(description="When it has ended, verification included.")
    timezone: Timezone | None = Field(default=None, description="The zone of times without an offset.")

    @model_validator(mode="after")
    def _place_in_timezone(self) -> "Window":
        for name in ("start", "end"):
            value: datetime = getattr(self, name)
            if value.tzinfo is not None:
                continue
            if self.timezone is None:
                clock = value.isoformat(timespec="minutes")
                reason = f"{clock} has no offset from UTC, and the window names no timezone"
                hint = "add its offset, such as +01:00, or `timezone: Europe/Vienna` to the window"
                raise refusal(reason, field=name, hint=hint)
            try:
                object.__setattr__(self, name, in_timezone(value, self.timezone))
            except ValueError as error:
                offset = value.replace(tzinfo=ZoneInfo(self.timezone)).isoformat()[-6:]
                hint = f"add its offset, such as {offset}, or give another time"
                raise refusal(str(error), field=name, hint=hint) from None
        return self


class Test(Fields):
    """Evidence that a change works."""

    kind: TestKind = Field(description="What was tested.")
    result: Literal["passed", "failed"] = Field(description="How it ended.")
    evidence: Line | None = Field(default=None, description="Where the record of it is.")
    on: Day | None = Field(default=None, description="When it was run.")
    version: Line | None = Field(default=None, description="The version that was tested.")


class Confirmation(Fields):
    """The word of an affected service's owner that it can live with the change."""

    service: ServiceRef = Field(description="The affected service.")
    needs: Line | None = Field(default=None, description="What its owner needs.")
    by: PartyRef | None = Field(default=None, description="Who confirmed it.")
    on: Day | None = Field(default=None, description="When.")


class FreezeException(Fields):
    """Leave to work inside a freeze."""

    freeze: CalendarRef = Field(description="The freeze.")
    reason: Text = Field(description="Why it can't wait.")
    risk_of_waiting: Text | None = Field(default=None, description="What waiting may cost.")
    risk_of_doing: Text | None = Field(default=None, description="What doing it may cost.")
    granted_by: PartyRef | None = Field(default=None, description="The role or team that grants it.")


class Communication(Fields):
    """A message to people who will notice."""

    audience: Line = Field(description="Who is told.")
    channel: Line | None = Field(default=None, description="How.")
    at: Instant = Field(description="When.")


class Done(Fields):
    """Something handed over to support, or the reason why it need not be."""

    by: PartyRef | None = Field(default=None, description="Who did it.")
    on: Day | None = Field(default=None, description="When.")
    articles: tuple[KnowledgeRef, ...] = Field(default=(), strict=False, description="The articles touched.")
    runbooks: tuple[RunbookRef, ...] = Field(default=(), strict=False, description="The runbooks touched.")
    unaffected: Text | None = Field(default=None, description="Why nothing had to be done.")


class Handover(Fields):
    """What support needs to know before a change is theirs."""

    support_briefed: Done | None = Field(default=None, description="Support was told.")
    knowledge: Done | None = Field(default=None, description="Knowledge articles were brought up to date.")
    runbooks: Done | None = Field(default=None, description="Runbooks were brought up to date.")
    monitoring: Done | None = Field(default=None, description="Monitoring covers what is new.")


class Watch(Fields):
    """The time after a change in which its makers stay near."""

    until: Instant = Field(description="How long.")
    signals: tuple[Line, ...] = Field(default=(), strict=False, description="What they look at.")


class ActualTimes(Fields):
    """When a change really took place."""

    start: Instant = Field(description="When it began.")
    end: Instant | None = Field(default=None, description="When it ended; open while it is under way.")


class Closure(Fields):
    """How a change ended."""

    code: Literal["successful", "successful_with_issues", "unsuccessful", "canceled"] = Field(
        description="The outcome."
    )
    on: Day | None = Field(default=None, description="When it was closed.")
    notes: Text | None = Field(default=None, description="What is worth knowing about it.")


class Review(Fields):
    """What was learnt from a change that did not go as planned."""

    missed_dependency: Text | None = Field(default=None, description="The dependency nobody thought of.")
    rollback_realistic: Text | None = Field(
        default=None, description="Whether the rollback did what it said."
    )
    support_informed: Text | None = Field(default=None, description="Whether support knew what it had to.")
    actions: tuple[Text, ...] = Field(default=(), strict=False, description="What is done about it.")


Plan = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[tuple[PlanStep, ...], Field(strict=False, min_length=1), Tag("list")],
    Discriminator(shape_of),
]
RollbackPlan = Annotated[
    Annotated[Text, Tag("text")] | Annotated[Rollback, Tag("mapping")], Discriminator(shape_of)
]

UPGRADE = """\
title: Upgrade the payroll database to PostgreSQL 18
type: standard
services: [payroll]
plan:
  - {step: Fail over, team: payroll-team, takes: 10 min, verify: The standby answers}
  - {step: Upgrade the old primary, team: payroll-team, takes: 90 min, verify: It reports version 18}
  - {step: Fail back, team: payroll-team, takes: 10 min, verify: A trial pay run is right}
rollback:
  plan: Restore the snapshot taken at 21:45.
  trigger: The trial pay run fails twice.
  takes: 25 min
  point_of_no_return: Once Monday's bookings are in.
  tested:
    on: 2026-11-10
    environment: staging
    evidence: https://ci.example.com/runs/1871
    took: 21 min
model: database-minor-upgrade
release: autumn-2026
version: "18.1"
requested_by: finance-department
team: payroll-team
assignees: [payroll-oncall]
justification: Version 15 gets no security fixes after November.
requirements: Two hours without a pay run.
origin:
  demand: Supported databases only
  incident: 2026-10-26-pay-run-late
  problem: slow-tax-tables
  improvement: faster-pay-runs
  event: DatabaseVersionOutdated
impact: 2
urgency: 3
risk: moderate
outage: degraded
window:
  start: 2026-11-28T22:00
  end: 2026-11-29T02:00
  timezone: Europe/Vienna
tests:
  - kind: functional
    result: passed
    evidence: https://ci.example.com/runs/1869
    on: 2026-11-11
    version: "18.1"
confirmations:
  - {service: ledger, needs: No bookings for ten minutes, by: payroll-team, on: 2026-11-13}
requires: [2026-10-20-ledger-schema]
exceptions:
  - freeze: year-end-freeze
    reason: Security fixes end before the freeze does.
    risk_of_waiting: Four weeks without security fixes.
    risk_of_doing: A late pay run.
    granted_by: role:change-manager
communications:
  - {audience: Payroll clerks, channel: E-mail, at: 2026-11-20T09:00+01:00}
handover:
  support_briefed: {by: payroll-team, on: 2026-11-13}
  knowledge: {by: payroll-team, on: 2026-11-13, articles: [read-your-pay-slip]}
  runbooks: {by: payroll-team, on: 2026-11-13, runbooks: [pay-run-late]}
  monitoring: {unaffected: The alerts name no version.}
watch:
  until: 2026-11-30T18:00+01:00
  signals: [PayrollRunLate]
actual: {start: 2026-11-28T22:03+01:00, end: 2026-11-29T00:40+01:00}
closure: {code: successful, on: 2026-11-30, notes: Took an hour less than planned.}
review:
  missed_dependency: None.
  rollback_realistic: Not needed; the rehearsal took 21 of the 25 minutes claimed.
  support_informed: Yes, on the 13th.
  actions: [Shorten the window of the next upgrade]
labels: {ticket: CHG-118}
links:
  - {title: Release notes, url: https://www.example.com/18.1}
tags: [finance, database]
"""

LEDGER_SCHEMA = """\
title: Widen the amount column of the ledger
type: normal
services: [ledger]
plan: Add the wide column, copy, switch over.
rollback: Switch back to the old column, which is kept for a month.
actual: {start: 2026-10-24T20:00+02:00, end: 2026-10-24T21:00+02:00}
closure: {code: successful, on: 2026-10-26, notes: As planned.}
"""


@kind(
    "change",
    title="Change",
    plural="Changes",
    pattern="changes/**/<change>.yaml",
    dated=True,
    examples={
        "changes/2026/2026-11-12-payroll-database-upgrade.yaml": UPGRADE,
        "changes/2026/2026-10-20-ledger-schema.yaml": LEDGER_SCHEMA,
    },
)
class Change(RecordFields):
    """The addition, modification or removal of anything that could affect a service. Its state is
    derived and never typed."""

    title: Line = Field(description="What is changed, in the words of whoever reads a calendar.")
    type: Literal["standard", "normal", "emergency"] = Field(
        description="Standard: pre-authorised by a change model. Emergency: can't wait for assessment."
    )
    services: tuple[ServiceRef, ...] = Field(
        strict=False, min_length=1, description="The services that are worked on."
    )
    plan: Plan = Field(description="How it is carried out: a text, or steps.")
    rollback: RollbackPlan = Field(description="How it is undone: a text, or a plan with its trial.")
    model: ChangeModelRef | None = Field(default=None, description="The change model of a standard change.")
    release: Slug | None = Field(default=None, description="The release that it belongs to.")
    version: Line | None = Field(default=None, description="The version that it brings.")
    requested_by: PartyRef | None = Field(default=None, description="Who asked for it.")
    team: TeamRef | None = Field(
        default=None, description="Who carries it out; without one, the owner of the first service."
    )
    assignees: tuple[Slug, ...] = Field(default=(), strict=False, description="Handles of those on it.")
    justification: Text | None = Field(default=None, description="Why it is worth doing.")
    requirements: Text | None = Field(default=None, description="What has to be in place for it.")
    origin: Origin | None = Field(default=None, description="Where it comes from.")
    impact: Degree | None = Field(default=None, description="How much it may hurt: 1 high, 3 low.")
    urgency: Degree | None = Field(default=None, description="How soon it is needed: 1 high, 3 low.")
    risk: Risk | None = Field(
        default=None, description="The risk as a person sees it: it raises the computed one, never lowers it."
    )
    outage: Outage | None = Field(
        default=None, description="What users will notice: nothing, a worse service, or none at all."
    )
    window: Window | None = Field(default=None, description="When it is carried out.")
    tests: tuple[Test, ...] = Field(default=(), strict=False, description="Evidence that it works.")
    confirmations: tuple[Confirmation, ...] = Field(
        default=(), strict=False, description="The word of the owners of affected services."
    )
    requires: tuple[ChangeRef, ...] = Field(
        default=(), strict=False, description="Changes that must be done before."
    )
    exceptions: tuple[FreezeException, ...] = Field(
        default=(), strict=False, description="Freezes that it may break."
    )
    communications: tuple[Communication, ...] = Field(
        default=(), strict=False, description="Who is told, how and when."
    )
    handover: Handover | None = Field(default=None, description="What support is given with it.")
    watch: Watch | None = Field(default=None, description="The time of closer attention after it.")
    actual: ActualTimes | None = Field(default=None, description="When it really took place.")
    closure: Closure | None = Field(default=None, description="How it ended.")
    review: Review | None = Field(default=None, description="What was learnt.")
