"""Change models: standard changes that are pre-authorised because they are well known."""

from typing import Annotated

from pydantic import Field

from gitsm.records.change import PlanStep, Risk, RollbackPlan
from gitsm.schema.kind import RecordFields, kind
from gitsm.schema.values import Line, ServiceRef, Text

MINOR = """\
title: Minor upgrade of a database
services: [payroll, ledger]
steps:
  - {step: Fail over, team: payroll-team, takes: 10 min, verify: The standby answers}
  - {step: Upgrade the old primary, team: payroll-team, takes: 90 min, verify: It reports the new version}
rollback:
  plan: Restore the snapshot.
  takes: 25 min
risk: low
conditions:
  - The same version runs on staging for a week.
revoked_after: 2
labels: {since: "2025"}
links:
  - {title: Decision, url: https://wiki.example.com/standard-changes}
tags: [database]
"""


@kind(
    "change-model",
    title="Change model",
    plural="Change models",
    pattern="organization/change-models/<model>.yaml",
    examples={"organization/change-models/database-minor-upgrade.yaml": MINOR},
)
class ChangeModel(RecordFields):
    """A change that is done often, is well understood and is authorised in advance, under conditions."""

    title: Line = Field(description="What is done.")
    services: tuple[ServiceRef, ...] = Field(
        default=(), strict=False, description="The services it may be used on; any where left out."
    )
    steps: tuple[PlanStep, ...] = Field(default=(), strict=False, description="How it is carried out.")
    rollback: RollbackPlan | None = Field(default=None, description="How it is undone.")
    risk: Risk | None = Field(default=None, description="The risk of such a change.")
    conditions: tuple[Text, ...] = Field(
        default=(), strict=False, description="Under what conditions it is pre-authorised."
    )
    revoked_after: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="After how many failures it needs assessment again."
    )
