"""Request models: what users may ask for, and how each request is fulfilled."""

from typing import Annotated, Literal

from pydantic import Field

from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import KnowledgeRef, Length, Line, PartyRef, TeamRef


class Question(Fields):
    """One thing that the user is asked."""

    ask: Line = Field(description="The question.")
    required: bool = Field(default=True, description="Whether it must be answered.")
    choices: tuple[Line, ...] = Field(default=(), strict=False, description="The answers to choose from.")


class FulfilmentStep(Fields):
    """One step of fulfilling a request."""

    step: Line = Field(description="What is done.")
    team: TeamRef | None = Field(default=None, description="Who does it.")
    takes: Length | None = Field(default=None, description="How long it takes.")


PAY_SLIP = """\
title: Copy of a pay slip
form:
  - {ask: Which month, required: true}
  - {ask: How should it reach you, required: false, choices: [Portal, Letter]}
approver: role:service-owner
steps:
  - {step: Check who is asking, team: payroll-team, takes: 5 min}
  - {step: Send the copy, team: payroll-team, takes: 5 min}
automation: assisted
target: 8 business hours
manual_work: 10 min
monthly_volume: 40
knowledge: read-your-pay-slip
labels: {form-number: P-12}
links:
  - {title: Form, url: https://portal.example.com/p-12}
tags: [finance]
"""


@kind(
    "request-model",
    title="Request model",
    plural="Request models",
    pattern="services/<service>/requests/<request>.yaml",
    examples={"services/payroll/requests/pay-slip-copy.yaml": PAY_SLIP},
)
class RequestModel(RecordFields):
    """A service request that users may make: what they are asked, who approves, which steps fulfil
    it and how long that may take."""

    title: Line = Field(description="What the user asks for.")
    form: tuple[Question, ...] = Field(default=(), strict=False, description="What the user is asked.")
    approver: PartyRef | None = Field(default=None, description="Who approves it; nobody where left out.")
    steps: tuple[FulfilmentStep, ...] = Field(default=(), strict=False, description="How it is fulfilled.")
    automation: Literal["manual", "assisted", "automated"] | None = Field(
        default=None, description="How much of it a machine does."
    )
    target: Length | None = Field(default=None, description="How soon it is fulfilled.")
    manual_work: Length | None = Field(default=None, description="Hands-on time for one request.")
    monthly_volume: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="How many come in a month."
    )
    knowledge: KnowledgeRef | None = Field(default=None, description="The article that helps the user.")
