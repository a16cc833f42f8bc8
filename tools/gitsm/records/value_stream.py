"""Value streams: the steps from a request to a supported service, and where work waits between them."""

from typing import Literal

from pydantic import Field

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import Length, Line, PartyRef, TeamRef


class Step(Fields):
    """One step of a value stream."""

    activity: Line = Field(description="What is done.")
    team: TeamRef | None = Field(default=None, description="Who does it.")
    work: Length | None = Field(default=None, description="How long the work itself takes.")
    wait: Length | None = Field(default=None, description="How long it lies before the work begins.")
    wait_for: Literal["approval", "information", "tool", "dependency", "window"] | None = Field(
        default=None, description="What it waits for."
    )
    accepted_by: PartyRef | None = Field(default=None, description="Who accepts what this step hands over.")


PAYROLL_STREAM = """\
title: A new wage type
steps:
  - activity: Take the request for a new wage type
    team: payroll-team
    wait: 4 business hours
    wait_for: information
    work: 30 min
    accepted_by: role:service-owner
  - activity: Build and test it
    team: payroll-team
    work: 16 business hours
    accepted_by: finance-department
  - activity: Release it
    team: payroll-team
    work: 1 h
    wait: 40 business hours
    wait_for: window
    accepted_by: payroll-team
labels: {measured-in: "2026"}
links:
  - {title: Workshop notes, url: https://wiki.example.com/value-stream}
tags: [finance]
"""


@kind(
    "value-stream",
    title="Value stream",
    plural="Value streams",
    pattern="services/<service>/value-stream.yaml",
    examples={"services/payroll/value-stream.yaml": PAYROLL_STREAM},
)
class ValueStream(RecordFields):
    """How a demand on a service becomes something delivered and supported: each step's work, its
    wait and its hand-over."""

    title: Line | None = Field(default=None, description="The demand that it follows.")
    steps: tuple[Step, ...] = Field(strict=False, min_length=1, description="The steps, in order.")
