"""Teams: our own, our suppliers and our customers."""

from typing import Annotated, Literal

from pydantic import Field

from gitsm.records.support import EscalationStep
from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import CalendarRef, Line, Slug


class Contact(Fields):
    """A way to reach a team."""

    channel: Literal["phone", "email", "chat", "pager", "portal"] = Field(description="What sort of way.")
    value: Line = Field(description="The number, address or name.")
    when: Line | None = Field(default=None, description="When to use it.")


class Handles(Fields):
    """What a team is called on the code hosts."""

    github: Line | None = Field(default=None, description="As @organization/team.")
    gitlab: Line | None = Field(default=None, description="As @group/subgroup.")


class TeamCapacity(Fields):
    """How much a team can do at once."""

    concurrent_changes: Annotated[int, Field(ge=1, le=1000)] = Field(
        description="How many changes it can carry out at the same time."
    )


PAYROLL_TEAM = """\
name: Payroll team
description: Builds and runs payroll and the ledger.
type: internal
roles: [service-owner, change-manager]
members: [payroll-lead, payroll-oncall]
hours: office-hours
contacts:
  - {channel: phone, value: +43 1 555 0100, when: P1 and P2}
escalation:
  - {team: finance-department, after: 2 h}
handles: {github: "@example/payroll", gitlab: "@example/payroll"}
capacity: {concurrent_changes: 1}
labels: {floor: "3"}
links:
  - {title: Team page, url: https://wiki.example.com/payroll-team}
tags: [finance]
"""

FINANCE = """\
name: Finance department
type: customer
contacts:
  - {channel: email, value: finance@example.com}
"""


@kind(
    "team",
    title="Team",
    plural="Teams",
    pattern="organization/teams/<team>.yaml",
    examples={
        "organization/teams/payroll-team.yaml": PAYROLL_TEAM,
        "organization/teams/finance-department.yaml": FINANCE,
    },
)
class Team(RecordFields):
    """People who answer for something together: one of our teams, a supplier or a customer."""

    name: Line = Field(description="What people call the team.")
    description: Line | None = Field(default=None, description="What it does.")
    type: Literal["internal", "supplier", "customer"] = Field(
        default="internal", description="Whether it is ours, works for us, or is served by us."
    )
    roles: tuple[Slug, ...] = Field(
        default=(), strict=False, description="Roles of the policy that it holds."
    )
    members: tuple[Slug, ...] = Field(default=(), strict=False, description="Handles of its members.")
    hours: CalendarRef | None = Field(default=None, description="When it is on duty.")
    contacts: tuple[Contact, ...] = Field(default=(), strict=False, description="How it is reached.")
    escalation: tuple[EscalationStep, ...] = Field(
        default=(), strict=False, description="Who is called when it does not answer."
    )
    handles: Handles | None = Field(default=None, description="Its names on the code hosts.")
    capacity: TeamCapacity | None = Field(default=None, description="How much it can do at once.")
