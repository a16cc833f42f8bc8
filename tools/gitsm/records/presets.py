"""The requirements that a policy starts from: what a small team, or a regulated one, asks of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from gitsm.records.policy import Policy, Requirement, RiskRule

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
        "when": {"kind": "service", "tier": [1, 2], "lifecycle": ["live"]},
        "require": {
            "fields": ["description", "monitoring", "continuity.rto", "continuity.rpo", "access"],
            "records": ["agreement", "raci", "runbook", "capacity"],
        },
        "because": "what the organisation depends on is promised, watched and recoverable",
    },
    {
        "when": {"kind": "service", "tier": [3, 4], "lifecycle": ["live"]},
        "require": {"records": ["agreement", "raci"]},
        "because": "every live service is promised to somebody and somebody answers for it",
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
        "when": {"kind": "change", "type": ["normal", "emergency"]},
        "require": {"fields": ["team", "justification", "impact", "urgency", "risk", "outage", "origin"]},
        "because": "a change is assessed by what it may do to whom",
    },
    {
        "when": {"kind": "change", "type": ["normal"], "tier": [1, 2]},
        "require": {
            "fields": ["window", "rollback.tested", "communications", "handover.support_briefed"],
            "tests": ["functional"],
        },
        "because": "what matters most is changed with evidence",
    },
    {
        "when": {"kind": "change", "type": ["standard"]},
        "require": {"fields": ["model", "window"]},
        "because": "a standard change is pre-authorised by its model alone",
    },
    {
        "when": {"kind": "incident"},
        "require": {"fields": ["impact", "urgency", "started", "detected"]},
        "because": "priority and duration follow from them",
    },
    {
        "when": {"kind": "improvement"},
        "require": {"fields": ["owner", "measure"]},
        "because": "an improvement that nobody measures improved nothing that anybody knows of",
    },
)


@cache
def preset(name: str) -> tuple[Requirement, ...]:
    """The requirements of a preset: `small-team` or `regulated`."""
    rows = {"small-team": _SMALL_TEAM, "regulated": _REGULATED}[name]
    return Policy.model_validate({"requirements": list(rows)}).requirements


_OFTEN_FAILED: Mapping[str, object] = {
    "when": {"failed_changes": {"at_least": 2, "within": "3 months"}},
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
        "when": {"type": ["normal"], "tier": [1, 2], "rollback": ["untested"]},
        "risk": "high",
        "because": "nobody knows that the way back works",
    },
    {
        "when": {"type": ["normal"], "tier": [1, 2], "without_passed": ["functional"]},
        "risk": "high",
        "because": "nobody has seen it work",
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
