"""The requirements that a policy starts from: what a small team, or a regulated one, asks of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from gitsm.records.policy import Policy, Requirement, ReviewCadence, RiskRule

_SMALL_TEAM: Sequence[Mapping[str, object]] = (
    {
        "when": {"kind": "service", "tier": [1], "lifecycle": ["live"]},
        "require": {"records": ["runbook"]},
        "because": "whoever is called at night needs to know the first steps",
    },
    {
        "when": {"kind": "runbook"},
        "require": {"sections": ["Mitigation"]},
        "because": "a runbook that does not say what to do helps nobody",
    },
)

_REGULATED: Sequence[Mapping[str, object]] = (
    {
        "when": {"kind": "service", "lifecycle": ["live"]},
        "require": {
            "fields": ["tier", "description", "support_hours", "escalation"],
            "records": ["agreement", "raci"],
        },
        "because": "every live service is promised to somebody, and somebody answers for it at known hours",
    },
    {
        "when": {"kind": "service", "tier": [1, 2, 3], "lifecycle": ["live"]},
        "require": {"fields": ["monitoring"], "records": ["runbook"]},
        "because": "its owner notices before its users do, and knows the first steps",
    },
    {
        "when": {"kind": "service", "tier": [1, 2], "lifecycle": ["live"]},
        "require": {
            "fields": ["continuity.rto", "continuity.rpo", "continuity.exercised", "access"],
            "records": ["capacity"],
        },
        "because": "what the organisation depends on is recoverable, guarded and large enough",
    },
    {
        "when": {"kind": "service", "lifecycle": ["design", "build", "transition", "live"]},
        "require": {"fields": ["design.security"]},
        "because": "security is decided before something is built and not after",
    },
    {
        "when": {
            "kind": "service",
            "tier": [1, 2],
            "lifecycle": ["design", "build", "transition", "live"],
        },
        "require": {"fields": ["design.usability", "design.maintainability", "design.scalability"]},
        "because": "what many depend on must be usable, repairable and able to grow",
    },
    {
        "when": {"kind": "team"},
        "require": {"fields": ["contacts"]},
        "because": "a team that can't be reached answers for nothing",
    },
    {
        "when": {"kind": "runbook"},
        "require": {
            "fields": ["owner", "review_every", "reviewed"],
            "sections": ["Meaning", "Impact", "Diagnosis", "Mitigation", "Verification", "Escalation"],
        },
        "because": "a reader at night finds each answer in the same place",
    },
    {
        "when": {"kind": "runbook", "tier": [1, 2]},
        "require": {"fields": ["rehearsed"]},
        "because": "a command that nobody has tried fails on the night when it is needed",
    },
    {
        "when": {"kind": "knowledge"},
        "require": {"fields": ["audience", "owner", "valid_to"]},
        "because": "an article that nobody keeps is wrong before anybody notices",
    },
    {
        "when": {"kind": "change", "type": ["normal", "emergency"]},
        "require": {"fields": ["team", "justification", "impact", "urgency", "risk", "outage", "origin"]},
        "because": "a change is assessed by what it may do to whom",
    },
    {
        "when": {"kind": "change", "type": ["normal"], "tier": [1, 2]},
        "require": {
            "fields": [
                "window",
                "communications",
                "rollback.takes",
                "rollback.tested",
                "handover.support_briefed",
                "handover.knowledge",
                "handover.runbooks",
            ],
            "tests": ["functional"],
        },
        "because": "what matters most is changed with evidence",
    },
    {
        "when": {"kind": "change", "type": ["normal"], "tier": [1]},
        "require": {"tests": ["integration"]},
        "because": "what matters most fails where it meets others",
    },
    {
        "when": {"kind": "change", "type": ["normal"], "risk": ["high", "very_high"]},
        "require": {
            "fields": ["rollback.trigger", "rollback.tested", "watch"],
            "tests": ["functional", "integration", "performance", "security"],
        },
        "because": "a risky change is tried in every way that can be tried before",
    },
    {
        "when": {"kind": "change", "type": ["normal"], "tier": [1, 2], "risk": ["high", "very_high"]},
        "require": {"tests": ["user_acceptance"]},
        "because": "those who depend on it most have seen it first",
    },
    {
        "when": {"kind": "change", "type": ["emergency"], "tier": [1, 2]},
        "require": {"fields": ["handover.support_briefed"]},
        "because": "the first caller reaches the service desk, also in an emergency",
    },
    {
        "when": {"kind": "change", "type": ["standard"]},
        "require": {"fields": ["model", "window"]},
        "because": "a standard change is pre-authorised by its model alone",
    },
    {
        "when": {"kind": "incident"},
        "require": {"fields": ["impact", "urgency", "started", "detected", "category"]},
        "because": "priority, duration and recurrence follow from them",
    },
    {
        "when": {"kind": "problem"},
        "require": {"fields": ["owner"]},
        "because": "a problem that nobody drives stays one",
    },
    {
        "when": {"kind": "improvement"},
        "require": {"fields": ["owner", "measure.baseline", "measure.target"]},
        "because": "an improvement that nobody measures improved nothing that anybody knows of",
    },
    {
        "when": {"kind": "service-review"},
        "require": {"fields": ["measured"]},
        "because": "a review holds figures against promises",
    },
    {
        "when": {"kind": "request-model"},
        "require": {"fields": ["steps", "target"]},
        "because": "whoever asks for something may know how long it takes",
    },
)


@cache
def preset(name: str) -> tuple[Requirement, ...]:
    """The requirements of a preset: `small-team` or `regulated`."""
    rows = {"small-team": _SMALL_TEAM, "regulated": _REGULATED}[name]
    return Policy.model_validate({"requirements": list(rows)}).requirements


_OFTEN_FAILED: Mapping[str, object] = {
    "when": {"type": ["normal", "emergency"], "failed_changes": {"at_least": 2, "within": "3 months"}},
    "risk": "high",
    "because": "what failed twice lately is not well understood",
}

_SMALL_TEAM_RISKS: Sequence[Mapping[str, object]] = (
    {
        "when": {"tier": [1], "outage": ["full"]},
        "risk": "moderate",
        "because": "nobody can work while it lasts",
    },
    _OFTEN_FAILED,
)

_REGULATED_RISKS: Sequence[Mapping[str, object]] = (
    {
        "when": {"type": ["normal", "emergency"], "tier": [1]},
        "risk": "moderate",
        "because": "everybody notices when it fails",
    },
    {
        "when": {"tier": [1], "outage": ["full"]},
        "risk": "high",
        "because": "nobody can work while it lasts",
    },
    {
        "when": {"type": ["normal", "emergency"], "affects_at_least": 5, "outage": ["degraded", "full"]},
        "risk": "high",
        "because": "many services fail together with it",
    },
    {
        "when": {"tier": [1], "affects_at_least": 10, "outage": ["full"]},
        "risk": "very_high",
        "because": "nearly everything fails with it",
    },
    {
        "when": {"type": ["normal"], "tier": [1, 2], "rollback": ["untested"]},
        "risk": "moderate",
        "because": "nobody knows that the way back works",
    },
    {
        "when": {
            "type": ["normal"],
            "tier": [1, 2],
            "outage": ["degraded", "full"],
            "rollback": ["untested"],
        },
        "risk": "high",
        "because": "users wait for a way back that nobody has tried",
    },
    {
        "when": {"type": ["normal"], "tier": [1, 2], "without_passed": ["functional"]},
        "risk": "moderate",
        "because": "nobody has seen it work",
    },
    {
        "when": {
            "type": ["normal"],
            "tier": [1],
            "outage": ["degraded", "full"],
            "without_passed": ["functional"],
        },
        "risk": "high",
        "because": "users notice it, and nobody has seen it work",
    },
    {
        "when": {"type": ["emergency"]},
        "risk": "high",
        "because": "it was assessed in a hurry",
    },
    {
        "when": {"type": ["normal"], "short_notice": True},
        "risk": "moderate",
        "because": "those whom it affects had no time to object",
    },
    _OFTEN_FAILED,
)


@cache
def preset_risks(name: str) -> tuple[RiskRule, ...]:
    """The risk rules of a preset: `small-team` or `regulated`."""
    rows = {"small-team": _SMALL_TEAM_RISKS, "regulated": _REGULATED_RISKS}[name]
    return Policy.model_validate({"risk_rules": list(rows)}).risk_rules


_REGULATED_REVIEWS: Sequence[Mapping[str, object]] = (
    {"when": {"kind": "service", "tier": [1], "lifecycle": ["live"]}, "every": "3 months"},
    {"when": {"kind": "service", "tier": [2], "lifecycle": ["live"]}, "every": "6 months"},
)


@cache
def preset_reviews(name: str) -> tuple[ReviewCadence, ...]:
    """How often a preset has records looked at again: `small-team` or `regulated`."""
    rows = {"small-team": (), "regulated": _REGULATED_REVIEWS}[name]
    return Policy.model_validate({"reviews": list(rows)}).reviews
