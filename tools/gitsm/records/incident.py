"""Incidents: what broke, when, for whom, and what was learnt."""

from typing import Annotated, Literal

from pydantic import Field

from gitsm.records.change import Communication
from gitsm.records.service_review import Action
from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import ChangeRef, Instant, Line, ProblemRef, ServiceRef, Slug, Text, Url


class TimelineEntry(Fields):
    """Something that happened during an incident."""

    at: Instant = Field(description="When.")
    what: Text = Field(description="What.")


LATE = """\
---
title: Pay run finished two hours late
services: [payroll]
impact: 2
urgency: 1
started: 2026-10-26T13:05+01:00
detected: 2026-10-26T13:20+01:00
acknowledged: 2026-10-26T13:25+01:00
restored: 2026-10-26T15:10+01:00
resolved: 2026-10-26T17:00+01:00
caused_by: 2026-10-20-ledger-schema
problem: slow-tax-tables
category: performance
cause: The tax tables were read once for each employee.
disposition: problem
bridge: https://meet.example.com/payroll
communications:
  - {audience: Payroll clerks, channel: E-mail, at: 2026-10-26T13:40+01:00}
timeline:
  - {at: 2026-10-26T13:20+01:00, what: The alert PayrollRunLate came in.}
  - {at: 2026-10-26T15:10+01:00, what: The run was resumed with two more workers.}
actions:
  - {what: Load the tax tables once, owner: payroll-team, due: 2026-12-15, improvement: faster-pay-runs}
labels: {ticket: INC-77}
links:
  - {title: Graph, url: https://monitoring.example.com/inc-77}
tags: [finance]
---

Nobody was paid late. The clerks waited for two hours.
"""


@kind(
    "incident",
    title="Incident",
    plural="Incidents",
    pattern="incidents/**/<incident>.md",
    dated=True,
    examples={"incidents/2026/2026-10-26-pay-run-late.md": LATE},
)
class Incident(RecordFields):
    """An unplanned interruption to a service, or a reduction of its quality. Its priority is derived
    from impact and urgency and never typed."""

    title: Line = Field(description="What users noticed.")
    services: tuple[ServiceRef, ...] = Field(strict=False, description="The services that were affected.")
    impact: Annotated[int, Field(ge=1, le=3)] | None = Field(
        default=None, description="How much was affected: 1 high, 3 low."
    )
    urgency: Annotated[int, Field(ge=1, le=3)] | None = Field(
        default=None, description="How soon it had to work again: 1 high, 3 low."
    )
    started: Instant | None = Field(default=None, description="When it began.")
    detected: Instant | None = Field(default=None, description="When it was noticed.")
    acknowledged: Instant | None = Field(default=None, description="When somebody began to work on it.")
    restored: Instant | None = Field(default=None, description="When users could work again.")
    resolved: Instant | None = Field(default=None, description="When nothing was left to do.")
    caused_by: ChangeRef | None = Field(default=None, description="The change that caused it.")
    problem: ProblemRef | None = Field(default=None, description="The problem behind it.")
    category: Slug | None = Field(default=None, description="What sort of failure it was.")
    cause: Text | None = Field(default=None, description="Why it happened.")
    disposition: Literal["resolved", "escalated", "problem"] | None = Field(
        default=None, description="What became of it."
    )
    bridge: Url | None = Field(default=None, description="Where those who work on it meet.")
    communications: tuple[Communication, ...] = Field(
        default=(), strict=False, description="Who was told, how and when."
    )
    timeline: tuple[TimelineEntry, ...] = Field(default=(), strict=False, description="What happened when.")
    actions: tuple[Action, ...] = Field(default=(), strict=False, description="What is done about it.")
