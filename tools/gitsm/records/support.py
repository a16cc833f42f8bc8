"""What several kinds say alike: who is called and after how long, and how much loss is bearable."""

from typing import Literal

from pydantic import Field

from gitsm.schema.kind import Fields
from gitsm.schema.values import Length, TeamRef


class EscalationStep(Fields):
    """One step of an escalation path."""

    team: TeamRef = Field(description="The team that is called.")
    after: Length = Field(description="How long after detection it is called: `0 min` for at once.")


class Continuity(Fields):
    """How much downtime and loss of data a disaster may bring."""

    rto: Length | None = Field(
        default=None, description="Recovery time objective: how long until the service runs again."
    )
    rpo: Length | None = Field(
        default=None, description="Recovery point objective: how much of the latest data may be lost."
    )


Priority = Literal["P1", "P2", "P3", "P4", "P5"]
"""How urgently an incident is worked on, from P1 (first) to P5 (last)."""
