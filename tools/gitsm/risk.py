"""The risk of a change: what the policy computes from its facts, and what a person declared.

A person may raise a risk and never lower it: the higher of the two counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from gitsm.change_control import affected_by, notice_of
from gitsm.conditions import meets
from gitsm.records.change import Change, Risk, Rollback
from gitsm.records.policy import FailedChanges, RiskRule, RiskWhen
from gitsm.records.presets import preset_risks
from gitsm.repository import Record, Repository, once
from gitsm.schema.values import Period

LEVELS: tuple[Risk, ...] = ("low", "moderate", "high", "very_high")
"""The risks, the lowest first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a change has a risk: a rule of the policy, and the facts that it met."""

    rule: RiskRule
    facts: tuple[str, ...]

    def __str__(self) -> str:
        facts = ", ".join(self.facts)
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
    return _assessments(repository)[change.id]


@once
def _assessments(repository: Repository) -> Mapping[str, Assessment]:
    return {change.id: _assessed(repository, change) for change in repository.of(Change)}


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
    facts = [fact for part in _PARTS for fact in part(repository, change, when)]
    return None if None in facts else tuple(fact for fact in facts if fact is not None)


def _kind_of_change(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.type:
        yield f"{change.fields.type} change"
    if when.tier:
        yield f"service of tier {' or '.join(map(str, when.tier))}"
    if when.lifecycle:
        yield f"{' or '.join(when.lifecycle)} service"


def _affected(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    affected = affected_by(repository, change)
    if when.affects:
        named = [service for service in when.affects if service in affected]
        yield f"affects {', '.join(named)}" if named else None
    if when.affects_at_least is not None:
        yield f"{len(affected)} services affected" if len(affected) >= when.affects_at_least else None


def _outage(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.outage:
        outage = change.fields.outage
        words = {"none": "no outage", "degraded": "degraded service", "full": "full outage", None: None}
        yield words[outage] if outage in when.outage else None


def _evidence(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.rollback:
        rollback = change.fields.rollback
        tested = isinstance(rollback, Rollback) and rollback.tested is not None
        yield None if tested else "rollback not tested"
    if when.without_passed:
        passed = {test.kind for test in change.fields.tests if test.result == "passed"}
        missing = [kind for kind in when.without_passed if kind not in passed]
        yield f"no passed {' or '.join(missing)} test" if missing else None


def _history(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.failed_changes is not None:
        failed = failed_changes(repository, change, when.failed_changes)
        enough = len(failed) >= when.failed_changes.at_least
        yield f"{len(failed)} failed within {when.failed_changes.within}" if enough else None


def _notice(repository: Repository, change: Record[Change], when: RiskWhen) -> Iterator[str | None]:
    if when.short_notice:
        notice = notice_of(repository, change)
        yield "announced late" if notice is not None and notice.is_short else None


_PARTS: tuple[Fact, ...] = (_kind_of_change, _affected, _outage, _evidence, _history, _notice)


def failed_changes(
    repository: Repository, change: Record[Change], wanted: FailedChanges
) -> list[Record[Change]]:
    """Other changes of the same services that failed in the stretch of time before now."""
    services = set(change.fields.services)
    return [
        other
        for other in _failures(repository)
        if other is not change
        and not services.isdisjoint(other.fields.services)
        and ended_within(repository, other, wanted.within)
    ]


@once
def _failures(repository: Repository) -> list[Record[Change]]:
    return [
        change
        for change in repository.of(Change)
        if change.fields.closure is not None and change.fields.closure.code == "unsuccessful"
    ]


def ended_within(repository: Repository, change: Record[Change], stretch: Period) -> bool:
    """Whether a change ended in a stretch of time before now; one without a recorded end did not."""
    end = ended(repository, change)
    return (
        end is not None and end <= repository.now and repository.today <= stretch.after(_day(repository, end))
    )


def ended(repository: Repository, change: Record[Change]) -> datetime | None:
    """When a change ended: its actual end, else the end of the day on which it was closed."""
    fields = change.fields
    if fields.actual is not None and fields.actual.end is not None:
        return fields.actual.end
    if fields.closure is not None and fields.closure.on is not None:
        return datetime.combine(fields.closure.on, time(), repository.timezone).astimezone(UTC) + timedelta(
            days=1
        )
    return None


def _day(repository: Repository, moment: datetime) -> date:
    return moment.astimezone(repository.timezone).date()
