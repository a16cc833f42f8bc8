"""The policy: what this organisation asks of its records, and who decides."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from gitsm.records.change import Degree, Outage, Risk, TestKind
from gitsm.records.service import Lifecycle, Tier
from gitsm.records.support import Priority
from gitsm.schema.kind import Fields, RecordFields, kind
from gitsm.schema.values import Interval, Length, Line, PartyRef, ServiceRef, Slug, Timezone

DEFAULT_MATRIX: Mapping[str, Priority] = {
    "11": "P1",
    "12": "P2",
    "21": "P2",
    "13": "P3",
    "22": "P3",
    "31": "P3",
    "23": "P4",
    "32": "P4",
    "33": "P5",
}
"""Priority by impact and urgency, each from 1 (high) to 3 (low)."""


class Role(Fields):
    """Something that a person or a team answers for across services."""

    name: Slug = Field(description="The role, as `role:<name>` refers to it.")
    description: Line | None = Field(default=None, description="What whoever holds it decides.")


class When(Fields):
    """Which records something is asked of: all conditions must hold, each by one of its values."""

    kind: Slug = Field(description="The kind of record.")
    tier: Annotated[tuple[Tier, ...], Field(strict=False)] = Field(
        default=(), description="The tier of the service, or the highest among a record's services."
    )
    type: Annotated[tuple[Line, ...], Field(strict=False)] = Field(
        default=(), description="The record's own type."
    )
    risk: Annotated[tuple[Risk, ...], Field(strict=False)] = Field(
        default=(), description="The risk of a change: the declared or the computed one, whichever is higher."
    )
    lifecycle: Annotated[tuple[Lifecycle, ...], Field(strict=False)] = Field(
        default=(), description="The lifecycle stage of the service, or of one of a record's services."
    )


class Require(Fields):
    """What a record must carry."""

    fields: Annotated[tuple[Line, ...], Field(strict=False)] = Field(
        default=(), description="Fields that must be filled, such as `window` or `rollback.tested`."
    )
    tests: Annotated[tuple[Line, ...], Field(strict=False)] = Field(
        default=(), description="Kinds of test that must have passed."
    )
    sections: Annotated[tuple[Line, ...], Field(strict=False)] = Field(
        default=(), description="Headings that the body must have."
    )
    records: Annotated[tuple[Slug, ...], Field(strict=False)] = Field(
        default=(), description="Kinds of which a record must stand beside or refer to this one."
    )


class Requirement(Fields):
    """Something that the policy asks of some records."""

    when: When = Field(description="Of which records.")
    require: Require = Field(description="What they must carry.")
    because: Line | None = Field(default=None, description="Why; shown with each finding.")


class Notice(Fields):
    """How long before its window a change must be announced."""

    type: Literal["standard", "normal", "emergency"] = Field(description="For changes of this type.")
    lead: Length = Field(description="How long before.")


class Need(Fields):
    """An approval that is needed."""

    role: PartyRef = Field(description="The role or team that approves.")
    count: Annotated[int, Field(ge=1, le=20)] = Field(default=1, description="How many of them.")
    grade: Literal["signed", "reported"] = Field(default="reported", description="How well it is evidenced.")


class ReviewCadence(Fields):
    """How often some records are looked at again."""

    when: When = Field(
        description="Which: services, each reviewed by a service review, or runbooks that name no cadence."
    )
    every: Interval = Field(description="How often.")


class Approval(Fields):
    """Who must approve which records."""

    when: When = Field(description="Which records.")
    need: tuple[Need, ...] = Field(strict=False, min_length=1, description="Whose approval they need.")


class FailedChanges(Fields):
    """How often the changes of a service failed lately."""

    at_least: Annotated[int, Field(ge=1, le=100)] = Field(description="At least so many failed.")
    within: Interval = Field(description="Within this stretch before now.")


class RiskWhen(Fields):
    """Which changes a risk follows for: all conditions must hold, each by one of its values."""

    kind: Literal["change"] = Field(default="change", description="Changes; nothing else has a risk.")
    tier: Annotated[tuple[Tier, ...], Field(strict=False)] = Field(
        default=(), description="The highest tier among the services that the change names."
    )
    type: Annotated[tuple[Literal["standard", "normal", "emergency"], ...], Field(strict=False)] = Field(
        default=(), description="The type of the change."
    )
    lifecycle: Annotated[tuple[Lifecycle, ...], Field(strict=False)] = Field(
        default=(), description="The lifecycle stage of one of its services."
    )
    affects: Annotated[tuple[ServiceRef, ...], Field(strict=False)] = Field(
        default=(), description="One of these services is affected, if only through its dependencies."
    )
    affects_at_least: Annotated[int, Field(ge=2, le=1000)] | None = Field(
        default=None, description="So many services are affected, those that depend on it included."
    )
    outage: Annotated[tuple[Outage, ...], Field(strict=False)] = Field(
        default=(), description="What users will notice."
    )
    rollback: Annotated[tuple[Literal["untested"], ...], Field(strict=False)] = Field(
        default=(), description="Untested: no trial of the rollback is recorded."
    )
    without_passed: Annotated[tuple[TestKind, ...], Field(strict=False)] = Field(
        default=(), description="There is no passed test of one of these kinds."
    )
    failed_changes: FailedChanges | None = Field(
        default=None, description="Changes of the same services failed lately."
    )
    short_notice: Literal[True] | None = Field(
        default=None, description="It was announced later than the policy's notice."
    )


class RiskRule(Fields):
    """A risk that follows from what a change is; the highest of all that apply counts."""

    when: RiskWhen = Field(description="Which changes.")
    risk: Risk = Field(description="Their least risk.")
    because: Line | None = Field(default=None, description="Why; shown with the risk.")


class Limits(Fields):
    """How much one party may answer for."""

    accountable_services: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="In how many services' RACI matrices one team may be accountable."
    )


POLICY_FILE = "organization/policy.yaml"
"""Where the one policy of a repository stands."""

POLICY = """\
timezone: Europe/Vienna
preset: small-team
default_branch: main
priority:
  - {impact: 1, urgency: 1, priority: P1}
roles:
  - {name: service-owner, description: Answers for a service towards its customers.}
  - {name: change-manager, description: Keeps the calendar and the change policy.}
risk_rules:
  - when: {kind: change, tier: [1], type: [normal]}
    risk: moderate
    because: Everybody notices when a tier 1 service fails.
  - when:
      kind: change
      lifecycle: [live]
      affects: [payroll]
      affects_at_least: 2
      outage: [full]
      rollback: [untested]
      without_passed: [performance]
      failed_changes: {at_least: 2, within: 6 months}
      short_notice: true
    risk: very_high
    because: Nobody is paid when this goes wrong.
requirements:
  - when: {kind: change, tier: [1], type: [normal], risk: [high, very_high], lifecycle: [live]}
    require:
      fields: [window, rollback.tested]
      tests: [functional]
      sections: []
      records: []
    because: A risky change to what matters most needs a rollback that was tried.
notice:
  - {type: normal, lead: 72 h}
reviews:
  - {when: {kind: service, tier: [1]}, every: 3 months}
approvals:
  - when: {kind: change, type: [normal]}
    need:
      - {role: role:change-manager, count: 1, grade: reported}
limits: {accountable_services: 8}
labels: {version: "3"}
links:
  - {title: Decision, url: https://wiki.example.com/policy}
tags: [governance]
"""


class MatrixEntry(Fields):
    """The priority of one impact and one urgency."""

    impact: Degree = Field(description="1 high, 2 medium, 3 low.")
    urgency: Degree = Field(description="1 high, 2 medium, 3 low.")
    priority: Priority = Field(description="The priority that follows.")


@kind(
    "policy",
    title="Policy",
    plural="Policy",
    pattern=POLICY_FILE,
    examples={POLICY_FILE: POLICY},
)
class Policy(RecordFields):
    """What must be there beyond the required fields, which priority follows from impact and urgency,
    how long before a change must be announced, and who approves."""

    timezone: Timezone = Field(default="UTC", description="The zone of plain dates.")
    preset: Literal["small-team", "regulated"] = Field(
        default="small-team", description="The requirements to start from; this policy's own come on top."
    )
    default_branch: Line = Field(default="main", description="The branch on which merging authorises.")
    priority: tuple[MatrixEntry, ...] = Field(
        default=(), strict=False, description="Where the priority matrix differs from the usual one."
    )
    roles: tuple[Role, ...] = Field(default=(), strict=False, description="The roles that there are.")
    risk_rules: tuple[RiskRule, ...] = Field(default=(), strict=False, description="Risks that follow.")
    requirements: tuple[Requirement, ...] = Field(
        default=(), strict=False, description="What records must carry."
    )
    notice: tuple[Notice, ...] = Field(default=(), strict=False, description="How early to announce.")
    reviews: tuple[ReviewCadence, ...] = Field(
        default=(), strict=False, description="How often services and runbooks are reviewed."
    )
    approvals: tuple[Approval, ...] = Field(default=(), strict=False, description="Who must approve what.")
    limits: Limits | None = Field(default=None, description="What is too much for one.")

    def priority_of(self, impact: int, urgency: int) -> Priority:
        """The priority that this policy gives to an impact and an urgency, each from 1 to 3."""
        for entry in self.priority:
            if (entry.impact, entry.urgency) == (impact, urgency):
                return entry.priority
        return DEFAULT_MATRIX[f"{impact}{urgency}"]
