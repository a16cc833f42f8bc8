"""What the policy asks of a record, and what the record lacks: one mechanism for every kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gitsm.conditions import meets
from gitsm.markdown import Heading
from gitsm.records.change import Change
from gitsm.records.policy import Requirement, When
from gitsm.records.presets import preset
from gitsm.repository import Record, Repository, once
from gitsm.risk import risk_of


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that the policy asks for and the record does not have."""

    sort: str
    """Which sort of thing: `field`, `test`, `section` or `record`."""
    name: str
    """Its name: `rollback.tested`, `functional`, `Mitigation`, `agreement`."""
    what: str
    """It in words: `field rollback.tested`, `passed functional test`."""
    requirement: Requirement


def requirements(repository: Repository) -> tuple[Requirement, ...]:
    """What the policy asks for: its preset's requirements, then its own."""
    return (*preset(repository.policy.preset), *repository.policy.requirements)


def lacks(repository: Repository, record: Record[Any]) -> Iterator[Lack]:
    """What a record lacks. A change that was merged and closed lacks nothing: it was judged while it was open.

    What a policy that can't be read asks for is unknown, and its own findings say so.
    """
    if record.checked is None or not repository.policy_is_known or _judged(repository, record):
        return
    seen: set[tuple[str, str]] = set()
    for requirement in requirements(repository):
        if applies(repository, record, requirement.when):
            for sort, name, what in _lacking(repository, record, requirement):
                if (sort, name) not in seen:
                    seen.add((sort, name))
                    yield Lack(sort, name, what, requirement)


@once
def all_lacks(repository: Repository) -> Sequence[tuple[Record[Any], Lack]]:
    """What every record lacks, by kind and id."""
    return [(record, lack) for record in repository.all() for lack in lacks(repository, record)]


def applies(repository: Repository, record: Record[Any], when: When) -> bool:
    """Whether a condition of the policy holds for a record."""
    if not meets(repository, record, when):
        return False
    return not when.risk or (isinstance(record.checked, Change) and risk_of(repository, record) in when.risk)


def _judged(repository: Repository, record: Record[Any]) -> bool:
    merged = repository.authorised is None or record.file in repository.authorised
    return merged and isinstance(record.fields, Change) and record.fields.closure is not None


def _lacking(
    repository: Repository, record: Record[Any], requirement: Requirement
) -> Iterator[tuple[str, str, str]]:
    """What is lacking: its sort, its name, and both in words."""
    require = requirement.require
    for path in require.fields:
        if not _filled(record.data, path) and not _inherited(repository, record, path):
            yield "field", path, f"field {path}"
    passed = {test.kind for test in getattr(record.fields, "tests", ()) if test.result == "passed"}
    for kind in require.tests:
        if kind not in passed:
            yield "test", kind, f"passed {kind} test"
    if require.sections:
        said = {heading.text.casefold() for heading in filled_sections(record)}
        for section in require.sections:
            if section.casefold() not in said:
                yield "section", section, f"section {section}"
    for kind in require.records:
        if not _accompanied(repository, record, kind):
            yield "record", kind, repository.kinds[kind].noun if kind in repository.kinds else kind


def filled_sections(record: Record[Any]) -> Iterator[Heading]:
    """The headings of a record's text under which something stands: a text, or headings of their own."""
    headings = record.prose.headings
    lines = record.document.text.split("\n") if headings else []
    for heading, following in zip(headings, (*headings[1:], None), strict=False):
        is_above = following is not None and following.level > heading.level
        end = following.line - 1 if following is not None else len(lines)
        if is_above or _says_something(lines[heading.line : end]):
            yield heading


def _says_something(lines: Sequence[str]) -> bool:
    """Whether there is more than comments and lines that only divide or underline."""
    text, at = "\n".join(lines), 0
    while at >= 0:
        comment = text.find("<!--", at)
        if text[at : comment if comment >= 0 else len(text)].strip("-=*_> \t\r\n"):
            return True
        end = text.find("-->", comment) if comment >= 0 else -1
        at = end + 3 if end >= 0 else -1
    return False


def _filled(data: object, path: str) -> bool:
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data not in (None, "", [], {})


_OF_THE_OWNER = {"support_hours": "hours", "escalation": "escalation"}
"""Fields of a service that its owner's stand in for, by their names there."""


def _inherited(repository: Repository, record: Record[Any], path: str) -> bool:
    """Whether what a record does not say itself follows: for a service from its owner, for the rollback of
    a change that is done by a model from that."""
    if record.kind.name == "service" and path in _OF_THE_OWNER:
        owner = repository.find("team", record.data.get("owner"))
        return owner is not None and _filled(owner.data, _OF_THE_OWNER[path])
    if record.kind.name == "change" and path.startswith("rollback."):
        model = repository.find("change-model", record.data.get("model"))
        return (
            isinstance(record.data.get("rollback"), str) and model is not None and _filled(model.data, path)
        )
    return False


def _accompanied(repository: Repository, record: Record[Any], kind: str) -> bool:
    """Whether a record of a kind stands in this record's folder, or refers to it."""
    if any(link.source.kind.name == kind for link in repository.links_to(record)):
        return True
    return record.kind.name == "service" and bool(repository.all_beside(record, kind))
