"""RACI matrices: who does, answers for, advises on and hears of each activity of a service."""

from typing import Literal

from pydantic import Field

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import Line, Parties


class Activity(Fields):
    """One row of the matrix. Each entry is a team or `role:<role>`."""

    name: Line = Field(description="What is done.")
    stage: Literal["plan", "build", "release", "support"] = Field(description="When in a service's life.")
    responsible: Parties = Field(default=(), description="Who does it.")
    accountable: Parties = Field(default=(), description="Who answers for it: exactly one.")
    consulted: Parties = Field(default=(), description="Who is asked before.")
    informed: Parties = Field(default=(), description="Who is told after.")


PAYROLL_RACI = """\
activities:
  - name: Plan capacity
    stage: plan
    responsible: [payroll-team]
    accountable: [role:service-owner]
    consulted: [finance-department]
    informed: [role:change-manager]
  - name: Change the pay run
    stage: build
    responsible: [payroll-team]
    accountable: [payroll-team]
    consulted: [finance-department]
    informed: [role:service-owner]
  - name: Release
    stage: release
    responsible: [payroll-team]
    accountable: [role:change-manager]
    consulted: [role:service-owner]
    informed: [finance-department]
  - name: Restore service
    stage: support
    responsible: [payroll-team]
    accountable: [payroll-team]
    consulted: [role:service-owner]
    informed: [finance-department]
labels: {approved-in: "2026"}
links:
  - {title: Minutes, url: https://wiki.example.com/raci}
tags: [finance]
"""


@kind(
    "raci",
    title="RACI matrix",
    plural="RACI matrices",
    pattern="services/<service>/raci.yaml",
    examples={"services/payroll/raci.yaml": PAYROLL_RACI},
)
class Raci(RecordFields):
    """Who is responsible (does it), accountable (answers for it), consulted and informed, for each
    activity of a service."""

    activities: tuple[Activity, ...] = Field(
        strict=False, min_length=1, description="The rows of the matrix."
    )
