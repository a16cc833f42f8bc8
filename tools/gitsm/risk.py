"""The risk of a change: what the policy computes from its facts, and what a person declared.

A person may raise a risk and never lower it: the higher of the two counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitsm.change_control import affected_by, ended_within, latest_tests, notice_of, rollback_of
from gitsm.conditions import highest_tier, meets, services_of
from gitsm.records.change import Change, Risk
from gitsm.records.policy import FailedChanges, RiskRule, RiskWhen
from gitsm.records.presets import preset_risks
from gitsm.repository import Record, Repository, once

LEVELS: tuple[Risk, ...] = ("low", "moderate", "high", "very_high")
"""The risks, the lowest first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a change has a risk: a rule of the policy, and the facts that it met."""

    rule: RiskRule
    facts: tuple[str, ...]

    def __str__(self) -> str:
        facts = ", ".join(self.facts) or "every change"
        return f"{facts}: {self.rule.because}" if self.rule.because else facts


@dataclass(frozen=True, slots=True)
class Assessment:
    """The computed risk of a change with the rules that gave it, all of the highest that applies."""

    risk: Risk
    reasons: tuple[Reason, ...]


def risk_of(repository: Repository, change: Record[Change]) -> Risk:
    """The risk of a change: the declared or the computed one, whichever is higher."""
    return max(computed_risk(repository, change).risk, change.fields.risk or "low", key=LEVELS.index)


def computed_risk(repository: Repository, change: Record[Change]) -> Assessment:
    """The risk that the policy's rules give to a change; low where none applies."""
    known = _assessments(repository)
    if change.id not in known:
        known[change.id] = _assessed(repository, change)
    return known[change.id]


@once
def _assessments(repository: Repository) -> dict[str, Assessment]:
    """What was computed so far: nobody asks for the risk of most changes, which are closed."""
    return {}


def risk_rules(repository: Repository) -> tuple[RiskRule, ...]:
    """The risk rules that hold: the preset's, then the policy's own."""
    return (*preset_risks(repository.policy.preset), *repository.policy.risk_rules)


def _assessed(repository: Repository, change: Record[Change]) -> Assessment:
    found: list[Reason] = []
    if repository.policy_is_known:
        for rule in risk_rules(repository):
            if (facts := _facts(repository, change, rule.when)) is not None:
                found.append(Reason(rule, facts))
    highest: Risk = max((reason.rule.risk for reason in found), key=LEVELS.index, default="low")
    return Assessment(highest, tuple(reason for reason in found if reason.rule.risk == highest))


Fact = Callable[[Repository, Record[Change], RiskWhen], Iterator[str | None]]


def _facts(repository: Repository, change: Record[Change], when: RiskWhen) -> tuple[str, ...] | None:
    """What of a change meets a condition, in words; None where one part of it is not met."""
    if not meets(repository, change, when):
        return None
    facts: list[str] = []
    for part in _PARTS:
        for fact in part(repository, change, when):
            if fact is None:
                return None
            facts.append(fact)
    return tuple(facts)


def _kind_of_change(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    """What `meets` has found already, in words."""
    if when.type:
        yield f"{change.fields.type} change"
    services = services_of(repository, change) if when.tier or when.lifecycle else []
    if when.tier:
        tier = highest_tier(services)
        yield f"{_some([one.id for one in services if one.fields.tier == tier])} of tier {tier}"
    if when.lifecycle:
        stages = [
            (one.id, one.fields.lifecycle) for one in services if one.fields.lifecycle in when.lifecycle
        ]
        yield f"{stages[0][0]} is {stages[0][1]}"


def _outage(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.outage:
        outage = change.fields.outage
        words = {"none": "no outage", "degraded": "degraded service", "full": "full outage", None: None}
        yield words[outage] if outage in when.outage else None


def _evidence(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.rollback:
        rollback = rollback_of(repository, change)
        tested = rollback is not None and rollback.tested is not None
        yield None if tested else "rollback not tested"
    if when.without_passed:
        tests = change.fields.tests
        passed = {kind for kind, at in latest_tests(change.fields).items() if tests[at].result == "passed"}
        missing = [kind.replace("_", " ") for kind in when.without_passed if kind not in passed]
        yield f"no passed {' or '.join(missing)} test" if missing else None


def _notice(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.short_notice:
        notice = notice_of(repository, change)
        yield f"less notice than {notice.lead}" if notice is not None and notice.is_short else None


def _failed(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.failed_changes is not None:
        failed = failed_changes(repository, change, when.failed_changes)
        if len(failed) < when.failed_changes.at_least:
            yield None
            return
        count = f"{len(failed)} change{'s' if len(failed) > 1 else ''} of the same services"
        yield f"{count} failed within {when.failed_changes.within} ({_some([one.id for one in failed])})"


def _affected(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if not when.affects and when.affects_at_least is None:
        return
    affected = affected_by(repository, change)
    if when.affects:
        named = [service for service in when.affects if service in affected]
        yield f"affects {_some(named)}" if named else None
    if when.affects_at_least is not None:
        enough = len(affected) >= when.affects_at_least
        yield f"{len(affected)} services affected ({_some(list(affected))})" if enough else None


# What costs least comes first: the first part that is not met ends the question.
_PARTS: tuple[Fact, ...] = (_kind_of_change, _outage, _evidence, _notice, _failed, _affected)
_MOST_NAMED = 5


def _some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    left = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {left} more" if left > 0 else "")


def failed_changes(
    repository: Repository, change: Record[Change], wanted: FailedChanges
) -> list[Record[Change]]:
    """Other changes of the same services that failed in the stretch of time before now, by id."""
    failures = _failures(repository)
    found = {other.id: other for service in change.fields.services for other in failures.get(service, ())}
    found.pop(change.id, None)
    return [found[id] for id in sorted(found) if ended_within(repository, found[id], wanted.within)]


@once
def _failures(repository: Repository) -> Mapping[str, Sequence[Record[Change]]]:
    """The changes that failed, by service."""
    found: dict[str, list[Record[Change]]] = defaultdict(list)
    for change in repository.of(Change):
        if change.fields.closure is not None and change.fields.closure.code == "unsuccessful":
            for service in set(change.fields.services):
                found[service].append(change)
    return found
