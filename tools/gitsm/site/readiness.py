"""How ready a change is: what the policy asks for, what is there, who must say yes, and what is in its way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gitsm.calendar import Conflict, conflicts
from gitsm.change_control import ChangeState, latest_tests, notice_of, rollback_of, state_of
from gitsm.conditions import services_of
from gitsm.diagnostic import Severity
from gitsm.parties import speaks_for
from gitsm.records.change import Change
from gitsm.records.service import Service
from gitsm.repository import Record, Repository, once
from gitsm.requirements import Lack, applies, lacks, requirements
from gitsm.site.when import MONTHS


class Standing(StrEnum):
    """Whether something that a change needs is there."""

    MISSING = "missing"
    DOUBTFUL = "look"
    """There, or not there, in a way that somebody has to judge."""
    DONE = "done"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a change needs, or that stands in its way."""

    standing: Standing
    name: str
    said: str = ""
    field: str = ""
    """The field of the record that has it."""
    others: tuple[Record[Any], ...] = ()
    """The records that it is about."""


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval that the policy asks for: by whom, how many, and who that is today."""

    party: str
    count: int
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything that is asked of a change, what lacks before what is there."""

    points: Sequence[Point]
    approvals: Sequence[Approval]
    merged: bool | None
    """Whether it is on the default branch, where its approvals were asked for; None where nobody knows."""

    def count(self, standing: Standing) -> int:
        """How many points stand so."""
        return sum(point.standing is standing for point in self.points)


def is_judged(state: ChangeState) -> bool:
    """Whether it matters how ready a change is: not of one that is done, or should have been."""
    return state in _JUDGED


_JUDGED = (
    ChangeState.UNKNOWN,
    ChangeState.ASSESS,
    ChangeState.AUTHORIZED,
    ChangeState.SCHEDULED,
    ChangeState.IMPLEMENT,
)


def readiness_of(repository: Repository, change: Record[Change]) -> Readiness:
    """How ready a change is that is ahead or under way."""
    known = _assessed(repository)
    if change.id not in known:
        order = list(Standing)
        points = sorted(_points(repository, change), key=lambda point: order.index(point.standing))
        merged = None if repository.authorised is None else change.file in repository.authorised
        known[change.id] = Readiness(points, list(_approvals(repository, change)), merged)
    return known[change.id]


@once
def _assessed(_repository: Repository) -> dict[str, Readiness]:
    """What was found so far: a change stands on the pages of many."""
    return {}


def _points(repository: Repository, change: Record[Change]) -> Iterator[Point]:
    if change.damaged:
        yield Point(Standing.MISSING, "File", "there are errors in it, and what they are in is left out")
    if state_of(repository, change) is not ChangeState.IMPLEMENT:
        yield from _window(repository, change)
        yield from _collisions(repository, change)
        yield from _required(repository, change)
    asked = list(_asked_for(repository, change))
    yield from asked
    yield from _tests(change)
    # What the policy asks for is said already.
    named = {point.name for point in asked}
    for name, point in (
        ("Rollback: tested", _rollback(repository, change)),
        ("Confirmations", _confirmed(change)),
    ):
        if point is not None and (name not in named or point.standing is Standing.MISSING):
            yield point


# --- the calendar


def _window(repository: Repository, change: Record[Change]) -> Iterator[Point]:
    if change.fields.window is None:
        yield Point(Standing.DOUBTFUL, "Window", "none is set", "window")
        return
    if change.fields.window.end <= repository.now:
        yield Point(Standing.MISSING, "Window", "it is over, and nothing was recorded", "window")
    notice = notice_of(repository, change)
    if notice is None:
        yield Point(Standing.NOT_NEEDED, "Notice", "the policy asks for none, or its day is not known")
    else:
        days = notice.at_most.total_seconds() / 86_400
        said = f"{max(days, 0):.0f} days before its window; the policy asks for {notice.lead}"
        yield Point(Standing.MISSING if notice.is_short else Standing.DONE, "Notice", said)


@once
def _conflicts(repository: Repository) -> Mapping[str, Sequence[Conflict]]:
    """The conflicts of every change, by the files of both ends."""
    found: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in conflicts(repository):
        for file in dict.fromkeys(record.file for record in (conflict.change, *conflict.others)):
            found[file].append(conflict)
    return found


def _collisions(repository: Repository, change: Record[Change]) -> Iterator[Point]:
    found = _conflicts(repository).get(change.file, ())
    for conflict in found:
        ends = tuple(one for one in (conflict.change, *conflict.others) if one.file != change.file)
        bad = conflict.severity is Severity.ERROR
        standing = Standing.MISSING if bad else Standing.DOUBTFUL
        yield Point(standing, f"Conflict: {conflict.kind.value}", conflict.message, others=ends)
    if not found and change.fields.window is not None:
        yield Point(Standing.DONE, "Calendar", "nothing is in its way")


def _required(repository: Repository, change: Record[Change]) -> Iterator[Point]:
    for id in dict.fromkeys(change.fields.requires):
        other = repository.get(Change, id)
        if other is None:
            said = f"{id} is no change that can be read"
            yield Point(Standing.MISSING, "Requires", said, "requires")
            continue
        state = state_of(repository, other)
        done = state in (ChangeState.CLOSED, ChangeState.REVIEW)
        said = state.value.lower()
        standing = Standing.DONE if done else Standing.DOUBTFUL
        yield Point(standing, "Requires", said, "requires", (other,))


# --- what the policy asks for


def _asked_for(repository: Repository, change: Record[Change]) -> Iterator[Point]:
    """Each thing that the policy asks for, once, as there or as lacking."""
    if not repository.policy_is_known:
        yield Point(Standing.DOUBTFUL, "Policy", "it can't be read, so nobody knows what it asks for")
        return
    lacking = {(lack.sort, lack.name): lack for lack in lacks(repository, change)}
    for lack in lacking.values():
        yield Point(
            Standing.MISSING, _named(lack), lack.reason.removeprefix(": "), _field(lack.sort, lack.name)
        )
    there: dict[tuple[str, str], None] = {}
    for requirement in requirements(repository):
        if applies(repository, change, requirement.when):
            require = requirement.require
            there |= {("field", name): None for name in require.fields}
            there |= {("test", name): None for name in require.tests}
            there |= {("section", name): None for name in require.sections}
            there |= {("record", name): None for name in require.records}
    yield from _there([one for one in there if one not in lacking])


def _there(found: Sequence[tuple[str, str]]) -> Iterator[Point]:
    """What is asked for and there; the parts of one field together, because there may be many."""
    parts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sort, name in found:
        head, _, part = name.partition(".") if sort == "field" else (name, "", "")
        parts[sort, head].extend([part.replace(".", " ").replace("_", " ")] if part else [])
    for (sort, head), below in parts.items():
        words = _words(sort, head) + (f": {', '.join(below)}" if below else "")
        yield Point(Standing.DONE, words, "", _field(sort, head))


def _named(lack: Lack) -> str:
    return _words(lack.sort, lack.name)


def _words(sort: str, name: str) -> str:
    words = name.replace(".", ": ").replace("_", " ").replace("-", " ")
    return f"Passed {words} test" if sort == "test" else words[:1].upper() + words[1:]


def _field(sort: str, name: str) -> str:
    return {"field": name.partition(".")[0], "test": "tests"}.get(sort, "")


def _approvals(repository: Repository, change: Record[Change]) -> Iterator[Approval]:
    """Whose approval the policy asks for; of two requests to one party the larger counts."""
    found: dict[str, Approval] = {}
    for approval in repository.policy.approvals if repository.policy_is_known else ():
        if not applies(repository, change, approval.when):
            continue
        for need in approval.need:
            before = found.get(need.role)
            if before is None or need.count > before.count:
                found[need.role] = Approval(need.role, need.count, _teams(repository, change, need.role))
    yield from found.values()


def _teams(repository: Repository, change: Record[Change], party: str) -> tuple[str, ...]:
    """The teams that speak for a party about the services of a change."""
    services: list[Record[Service] | None] = [*services_of(repository, change)]
    teams = [team.id for service in services or [None] for team in speaks_for(repository, party, service)]
    return tuple(dict.fromkeys(teams))


# --- evidence


def _tests(change: Record[Change]) -> Iterator[Point]:
    tests = change.fields.tests
    for kind, place in latest_tests(change.fields).items():
        if tests[place].result == "failed":
            words = kind.replace("_", " ")
            yield Point(Standing.MISSING, f"{words.capitalize()} test", "the latest one failed", "tests")


def _rollback(repository: Repository, change: Record[Change]) -> Point:
    rollback = rollback_of(repository, change)
    if rollback is not None and rollback.tested is not None:
        on = rollback.tested.on
        said = f"tried on {on.day} {MONTHS[on.month - 1]} {on.year}"
        return Point(Standing.DONE, "Rollback tried", said, "rollback")
    return Point(Standing.NOT_NEEDED, "Rollback tried", field="rollback")


def _confirmed(change: Record[Change]) -> Point | None:
    """The words of the owners of affected services that were asked for."""
    name, entries = "Confirmations", change.fields.confirmations
    waiting = dict.fromkeys(one.service for one in entries if one.by is None)
    if waiting:
        said = f"the word of the owners of {', '.join(waiting)} is not there"
        return Point(Standing.MISSING, name, said, "confirmations")
    if entries:
        return Point(Standing.DONE, name, f"{len(entries)} given", "confirmations")
    return Point(Standing.NOT_NEEDED, name) if change.fields.outage == "none" else None
