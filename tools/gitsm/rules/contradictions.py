"""What a record says twice, against itself, or without saying anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import re2
from pydantic_core import PydanticCustomError

from gitsm.diagnostic import DataPath, Severity
from gitsm.hollow import DECIDED, is_put_off
from gitsm.lint import Findings, rule
from gitsm.repository import Record, Repository
from gitsm.schema.values import Duration, read_duration

LISTS: Mapping[str, Sequence[tuple[str, tuple[str, ...]]]] = {
    "change": [("services", ()), ("requires", ())],
    "incident": [("services", ())],
    "problem": [("services", ())],
    "raci": [("activities", ("name", "stage"))],
    "runbook": [("services", ()), ("alerts", ())],
    "service": [
        ("depends_on", ("service", "redundancy_group")),
        ("monitoring", ("alert",)),
        ("access", ("role", "holders")),
        ("escalation", ("team", "after")),
    ],
    "team": [("members", ()), ("roles", ()), ("escalation", ("team", "after"))],
}
"""Lists in which each thing stands once, and by which of its keys an entry is that thing."""


@rule(severity=Severity.WARNING)
def listed_twice(repository: Repository) -> Findings:
    """A list names the same thing twice.

    A reader believes the first one, a machine the last. Where the two differ, such as a dependency
    that is once hard and once soft, one of them is wrong; where they don't, one is of no use. The
    same service in two redundancy groups is left alone.

    Bad:

        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate, event: exception}, {alert: PayrollRunLate, event: warning}]

    Good:

        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate, event: exception}]
    """
    for kind, lists in LISTS.items():
        for record in repository.all(kind):
            for field, keys in lists:
                yield from _twice(record, field, keys)


def _twice(record: Record[Any], field: str, keys: Sequence[str]) -> Findings:
    entries = record.data.get(field)
    first: dict[tuple[str, ...], int] = {}
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        named = _named(entry, keys)
        if named is None:
            continue
        if named in first:
            where: DataPath = (keys[0],) if keys else ()
            yield record.problem(
                f"{record} names {named[0]} twice in {field}",
                *(field, index, *where),
                hint="keep the one that is right",
                related=[record.place(field, first[named], *where, label="the first time")],
            )
        else:
            first[named] = index


def _named(entry: object, keys: Sequence[str]) -> tuple[str, ...] | None:
    """What an entry is, by its keys; None where it isn't well-formed, which its schema says."""
    if not keys:
        return (entry,) if isinstance(entry, str) else None
    if not isinstance(entry, dict) or not isinstance(entry.get(keys[0]), str):
        return None
    values = (entry.get(key) for key in keys)
    return tuple(str(value.get("name") if isinstance(value, dict) else value) for value in values)


@rule
def escalation_out_of_order(repository: Repository) -> Findings:
    """A step of an escalation path is due before the one above it.

    The path is followed from top to bottom. Whoever reads it at night waits for a team that should
    have been called half an hour ago.

    Bad:

        # services/payroll/service.yaml
        escalation: [{team: payroll-team, after: 30 min}, {team: finance-department, after: 10 min}]

    Good:

        # services/payroll/service.yaml
        escalation: [{team: finance-department, after: 10 min}, {team: payroll-team, after: 30 min}]
    """
    for kind in ("service", "team"):
        for record in repository.all(kind):
            path = record.data.get("escalation")
            last: tuple[int, Duration] | None = None
            for index, step in enumerate(path if isinstance(path, list) else ()):
                after = _after(step)
                if after is None:
                    continue
                comparable = last is not None and last[1].business == after.business
                if last is not None and comparable and after.minutes < last[1].minutes:
                    yield record.problem(
                        f"{record} escalates to {step.get('team')} after {after},"
                        f" below a step that is due after {last[1]}",
                        *("escalation", index, "after"),
                        hint="order the steps by when they are due",
                        related=[record.place("escalation", last[0], "after", label=f"after {last[1]}")],
                    )
                else:
                    last = index, after


def _after(step: object) -> Duration | None:
    try:
        return read_duration(step["after"]) if isinstance(step, dict) else None
    except (KeyError, PydanticCustomError):
        return None


_WORDS = rf"tbd|tba|tbc|t\.b\.d|todo|to do|fixme|to be (?:done|{DECIDED})"
_PLACEHOLDER = re.compile(
    rf"\W*(?:{_WORDS})\W*|(?-i:TODO|TBD|FIXME):.{{0,200}}|[?.…_]+|x{{3,}}", re.IGNORECASE | re.DOTALL
)
_MAY_HOLD_ONE = re2.compile(
    rf"(?i)\b(?:{_WORDS})\b|xxx|[:,\[]\s+[\"']?\s*[?._…]|\[[\"']?\s*[?._…]|-\s+[\"']?\s*[?._…]|[|>][+-]?\s+[?._…]"
)
"""What every file that holds a placeholder matches: nearly none does, and this looks at its text alone."""
_FREE = ("labels", "links", "tags")
_EARLY = ("idea", "design")
_JUDGED_ELSEWHERE = {"change": frozenset(("rollback", "tests", "handover", "closure"))}
"""Fields of which rules of their own say when they are hollow."""


@rule
def placeholder_for_an_answer(repository: Repository) -> Findings:
    """A field holds a placeholder, such as TBD, where its answer should stand.

    It satisfies whoever only looks whether the field is filled, the policy among them, and tells the
    reader nothing. A rollback that is yet to be written is none. A service that is an idea or being
    designed may still have open answers.

    Bad:

        # services/payroll/service.yaml
        design: {security: TBD}

    Good:

        # services/payroll/service.yaml
        design: {security: Salaries are encrypted at rest; two people release each pay run.}
    """
    for record in repository.all():
        if record.kind.model is None or not _MAY_HOLD_ONE.search(record.document.text):
            continue
        if record.kind.name == "service" and record.data.get("lifecycle") in _EARLY:
            continue
        elsewhere = _JUDGED_ELSEWHERE.get(record.kind.name, frozenset())
        for path, text in _texts(record.data):
            if path[0] not in elsewhere and (_PLACEHOLDER.fullmatch(text.strip()) or is_put_off(text)):
                yield record.problem(
                    f"{_field(path)} of {record} is {text.strip()[:40]!r}, which is no answer",
                    *path,
                    hint="write what is true, or leave the field out until somebody knows",
                )


def _texts(data: object) -> Iterator[tuple[DataPath, str]]:
    """Every text in a record's data with its path, save those that are anybody's to choose."""
    waiting: list[tuple[DataPath, object]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, list):
            waiting.extend(((*path, index), entry) for index, entry in enumerate(value))
        elif isinstance(value, dict):
            waiting.extend(((*path, key), entry) for key, entry in value.items() if path or key not in _FREE)


def _field(path: DataPath) -> str:
    return ".".join(str(step) for step in path)
