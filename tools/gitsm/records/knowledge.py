"""Knowledge articles: what users and the service desk need to know."""

from typing import Literal

from pydantic import Field

from gitsm.schema.kind import RecordFields, kind
from gitsm.schema.values import Day, Line, ServiceRef, TeamRef

PAY_SLIP = """\
---
title: How to read your pay slip
audience: users
services: [payroll]
state: published
owner: payroll-team
valid_to: 2027-12-31
labels: {language: en}
links:
  - {title: Tax office, url: https://tax.example.com}
tags: [finance]
---

The first block shows what you earned, the second what was withheld.
"""


@kind(
    "knowledge",
    title="Knowledge article",
    plural="Knowledge articles",
    pattern="knowledge/**/<article>.md",
    examples={"knowledge/read-your-pay-slip.md": PAY_SLIP},
)
class Knowledge(RecordFields):
    """An article that answers a question of users, the service desk or support."""

    title: Line = Field(description="The question that it answers.")
    audience: Literal["users", "service_desk", "support"] | None = Field(
        default=None, description="Who it is written for."
    )
    services: tuple[ServiceRef, ...] = Field(default=(), strict=False, description="What it is about.")
    state: Literal["draft", "published", "retired"] = Field(
        default="published", description="Whether readers may rely on it."
    )
    owner: TeamRef | None = Field(default=None, description="Who keeps it right.")
    valid_to: Day | None = Field(default=None, description="Until when it holds.")
