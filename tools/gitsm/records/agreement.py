"""Agreements: what a service is promised to deliver, and what is promised in turn underneath."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from gitsm.records.support import Continuity, Priority
from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import AgreementRef, CalendarRef, Day, Length, Share, TeamRef, Text


class Validity(Fields):
    """The days on which an agreement holds, both included."""

    from_: Day | None = Field(default=None, alias="from", description="Its first day.")
    to: Day | None = Field(default=None, description="Its last day; without one it holds until ended.")


class AvailabilityTarget(Fields):
    """How much of the agreed hours a service is up."""

    target: Share = Field(description="In percent of the agreed hours.")
    period: Literal["day", "week", "month", "quarter", "year"] = Field(
        default="month", description="Over which stretch it is measured."
    )


class QualityTargets(Fields):
    """What users are promised beyond uptime."""

    csat: Share | None = Field(default=None, description="Customer satisfaction, in percent.")
    first_contact_resolution: Share | None = Field(
        default=None, description="Share of contacts resolved at once, in percent."
    )


PAYROLL_SLA = """\
type: SLA
provider: payroll-team
customer: finance-department
valid: {from: 2026-01-01, to: 2027-12-31}
hours: office-hours
availability: {target: 99.5, period: month}
response: {P1: 15 min, P2: 1 h, P3: 4 business hours, P4: 8 business hours, P5: 16 business hours}
resolution: {P1: 4 h, P2: 8 h, P3: 16 business hours, P4: 40 business hours, P5: 80 business hours}
quality: {csat: 90, first_contact_resolution: 70}
continuity: {rto: 8 h, rpo: 15 min}
exclusions:
  - Outages of the tax office's own systems
underpinned_by: [ledger/ola]
labels: {contract: "2026-17"}
links:
  - {title: Signed copy, url: https://contracts.example.com/2026-17}
tags: [finance]
"""

LEDGER_OLA = """\
type: OLA
provider: payroll-team
customer: payroll-team
hours: office-hours
availability: {target: 99.9, period: month}
"""


@kind(
    "agreement",
    title="Agreement",
    plural="Agreements",
    pattern="services/<service>/<agreement:sla|ola|uc>.yaml",
    examples={"services/payroll/sla.yaml": PAYROLL_SLA, "services/ledger/ola.yaml": LEDGER_OLA},
)
class Agreement(RecordFields):
    """What the provider of a service promises its customer: a service level agreement (SLA), an
    operational level agreement between our own teams (OLA), or an underpinning contract with a
    supplier (UC)."""

    type: Literal["SLA", "OLA", "UC"] = Field(description="Which of the three it is.")
    provider: TeamRef = Field(description="The team or supplier that promises.")
    customer: TeamRef = Field(description="The team or customer that it is promised to.")
    valid: Validity | None = Field(default=None, description="When it holds.")
    hours: CalendarRef | None = Field(
        default=None, description="The hours that it covers; without a calendar, around the clock."
    )
    availability: AvailabilityTarget | None = Field(default=None, description="How much uptime is promised.")
    response: Mapping[Priority, Length] = Field(
        default={}, description="How soon work on an incident begins, by priority."
    )
    resolution: Mapping[Priority, Length] = Field(
        default={}, description="How soon service is restored, by priority."
    )
    quality: QualityTargets | None = Field(default=None, description="What is promised beyond uptime.")
    continuity: Continuity | None = Field(default=None, description="What is promised after a disaster.")
    exclusions: tuple[Text, ...] = Field(default=(), strict=False, description="What it does not cover.")
    underpinned_by: tuple[AgreementRef, ...] = Field(
        default=(), strict=False, description="The agreements that this promise rests on."
    )
