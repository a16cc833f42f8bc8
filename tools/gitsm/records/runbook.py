"""Runbooks: how a service is restored and operated, found by the alert that calls for it."""

from pydantic import Field

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import Day, Interval, Length, Line, PartyRef, ServiceRef, TeamRef

SECTIONS = ("Meaning", "Impact", "Diagnosis", "Mitigation", "Verification", "Undo", "Escalation")
"""The sections that a reader at night looks for, in this order. The policy says which are required."""


class Rehearsal(Fields):
    """A trial of a runbook."""

    on: Day = Field(description="When it was tried.")
    by: PartyRef | None = Field(default=None, description="Who tried it.")
    took: Length | None = Field(default=None, description="How long it took.")


PAY_RUN_LATE = """\
---
title: Pay run late
services: [payroll]
alerts: [PayrollRunLate]
owner: payroll-team
review_every: 6 months
reviewed: 2026-10-28
rehearsed: {on: 2026-10-28, by: payroll-team, took: 20 min}
labels: {shift: any}
links:
  - {title: Dashboard, url: https://monitoring.example.com/pay-run}
tags: [finance]
---

## Meaning

The monthly pay run has not finished an hour before the bank's cut-off.

## Impact

Salaries may arrive a day late. The bank's cut-off is at 16:00.

## Diagnosis

```sh
payrollctl run status --latest
```

## Mitigation

```sh
payrollctl run resume --latest
```

## Verification

The run's state is `released`, and the bank's receipt is in the outbox.

## Undo

`payrollctl run suspend --latest` stops it again; nothing is lost.

## Escalation

After 30 minutes call the finance department: they can ask the bank for a later cut-off.
"""


@kind(
    "runbook",
    title="Runbook",
    plural="Runbooks",
    pattern="runbooks/**/<runbook>.md",
    examples={"runbooks/pay-run-late.md": PAY_RUN_LATE},
)
class Runbook(RecordFields):
    """Instructions to restore or operate a service, in the sections Meaning, Impact, Diagnosis,
    Mitigation, Verification, Undo and Escalation."""

    services: tuple[ServiceRef, ...] = Field(
        strict=False, description="The services it is for; empty for one that serves all."
    )
    title: Line | None = Field(default=None, description="Its name; without one, its first heading.")
    alerts: tuple[Line, ...] = Field(default=(), strict=False, description="The alerts that it answers.")
    owner: TeamRef | None = Field(
        default=None, description="Who keeps it; without one, the owner of its first service."
    )
    review_every: Interval | None = Field(default=None, description="How often it must be reviewed.")
    reviewed: Day | None = Field(default=None, description="When it was last reviewed.")
    rehearsed: Rehearsal | None = Field(default=None, description="When it was last tried out.")
