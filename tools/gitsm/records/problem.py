"""Problems: why things broke, what is known about it, and how to live with it until it is fixed."""

from typing import Literal

from pydantic import Field

from gitsm.schema.kind import RecordFields, kind
from gitsm.schema.values import Line, ServiceRef, TeamRef, Text

SLOW = """\
---
title: Tax tables make pay runs slow
services: [payroll]
state: fix_in_progress
owner: payroll-team
root_cause: The tax tables are read once for each employee.
workaround: Resume the run with two more workers.
known_error: true
labels: {ticket: PRB-9}
links:
  - {title: Profile, url: https://monitoring.example.com/prb-9}
tags: [finance]
---

Seen at each month-end since September.
"""


@kind(
    "problem",
    title="Problem",
    plural="Problems",
    pattern="problems/<problem>.md",
    examples={"problems/slow-tax-tables.md": SLOW},
)
class Problem(RecordFields):
    """A cause, or potential cause, of one or more incidents. Its incidents and fixes are derived."""

    title: Line = Field(description="What is wrong.")
    services: tuple[ServiceRef, ...] = Field(strict=False, description="The services that suffer from it.")
    state: Literal["new", "assess", "root_cause_analysis", "fix_in_progress", "resolved", "closed"] = Field(
        default="new", description="How far it has come; people decide it."
    )
    owner: TeamRef | None = Field(default=None, description="Who drives it to its solution.")
    root_cause: Text | None = Field(default=None, description="Why it happens.")
    workaround: Text | None = Field(default=None, description="How to live with it until it is fixed.")
    known_error: bool = Field(default=False, description="Whether its cause is known but not yet fixed.")
