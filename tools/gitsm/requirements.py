"""What the policy asks of a record, and what the record lacks: one mechanism for every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitsm.conditions import meets
from gitsm.hollow import is_postponed
from gitsm.markdown import Heading
from gitsm.records.change import Change
from gitsm.records.policy import Requirement, When
from gitsm.records.presets import preset
from gitsm.records.service import Service
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

    @property
    def asked(self) -> str:
        """Who asks for it, and why: the end of the sentence that says that it is lacking."""
        return f"which the policy asks for{self.reason}"

    @property
    def reason(self) -> str:
        """Why it is asked for, after a colon; empty where the policy gives no reason."""
        because = (self.requirement.because or "").rstrip(".")
        return f": {because}" if because else ""


OR_ASK_LESS = "or change what organization/policy.yaml asks for"
"""The other way out, for the hint."""


def requirements(repository: Repository) -> tuple[Requirement, ...]:
    """What the policy asks for: its preset's requirements, then its own."""
    return (*preset(repository.policy.preset), *repository.policy.requirements)


@once
def _by_kind(repository: Repository) -> Mapping[str, Sequence[Requirement]]:
    """What the policy asks of each kind of record."""
    found: dict[str, list[Requirement]] = {}
    for requirement in requirements(repository):
        found.setdefault(requirement.when.kind, []).append(requirement)
    return found


def lacks(repository: Repository, record: Record[Any]) -> Iterator[Lack]:
    """What a record lacks. What was merged and closed lacks nothing: it was judged while it was open.

    Nor does what is canceled or retired. What a policy that can't be read asks for is unknown, and its
    own findings say so.
    """
    asked = _by_kind(repository).get(record.kind.name)
    if asked is None or record.checked is None or not repository.policy_is_known:
        return
    if _is_past(repository, record):
        return
    retired = _is_retired(repository, record)
    seen: set[tuple[str, str]] = set()
    for requirement in asked:
        if retired and "retired" not in requirement.when.lifecycle:
            continue
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


def _is_past(repository: Repository, record: Record[Any]) -> bool:
    """Whether a record is canceled or retired, or was closed and merged as it is."""
    closure = record.fields.closure if isinstance(record.fields, Change) else None
    state = closure.code if closure is not None else getattr(record.fields, "state", None)
    closed = closure is not None or state == "closed"
    merged = repository.authorised is None or record.file in repository.authorised
    return state in ("canceled", "retired") or (closed and merged)


def _is_retired(repository: Repository, record: Record[Any]) -> bool:
    """Whether a record is a retired service, or stands in the folder of one."""
    if not record.file.startswith("services/"):
        return False
    service = repository.find("service", record.file.split("/")[1])
    return service is not None and service.data.get("lifecycle") == "retired"


def _lacking(
    repository: Repository, record: Record[Any], requirement: Requirement
) -> Iterator[tuple[str, str, str]]:
    """What is lacking: its sort, its name, and both in words."""
    require = requirement.require
    for path in require.fields:
        if not _fills(record, path) and not _inherited(repository, record, path):
            yield "field", path, f"field {path}"
    passed = {test.kind for test in getattr(record.fields, "tests", ()) if test.result == "passed"}
    for kind in require.tests:
        if kind not in passed:
            yield "test", kind, f"passed {kind} test"
    if require.sections:
        said = list(filled_sections(record))
        for section in require.sections:
            if not any(is_section(heading.text, section) for heading in said):
                yield "section", section, f"section {section}"
    for kind in require.records:
        if not _accompanied(repository, record, kind):
            yield "record", kind, repository.kinds[kind].noun if kind in repository.kinds else kind


_NUMBER = re.compile(r"\A[\W\d_]+")


def is_section(heading: str, section: str) -> bool:
    """Whether a heading is that of a section: its words come first, as in `Mitigation steps` or `4. Mitigation`."""
    wanted = section.casefold()
    for words in (heading.casefold(), _NUMBER.sub("", heading.casefold())):
        if words.startswith(wanted) and not words[len(wanted) :][:1].isalnum():
            return True
    return False


def filled_sections(record: Record[Any]) -> Iterator[Heading]:
    """The headings of a record's text under which something stands: a text, or headings of their own."""
    headings = record.prose.headings
    lines = record.document.text.split("\n") if headings else []
    for heading, following in zip(headings, (*headings[1:], None), strict=False):
        is_above = following is not None and following.level > heading.level
        end = following.line - 1 if following is not None else len(lines)
        if is_above or _says_something(lines[heading.line : end]):
            yield heading


_LONG = 400
"""A text with more characters says something, whatever it is."""


def _says_something(lines: Sequence[str]) -> bool:
    """Whether there is more than comments, lines that only divide or underline, and `To be written.`"""
    text, at = "\n".join(lines), 0
    said = []
    while at >= 0:
        comment = text.find("<!--", at)
        said.append(text[at : comment if comment >= 0 else len(text)].strip("-=*_> \t\r\n"))
        end = text.find("-->", comment) if comment >= 0 else -1
        at = end + 3 if end >= 0 else -1
    rest = " ".join(filter(None, said))
    return len(rest) > _LONG or (rest != "" and not is_postponed(rest))


def _fills(record: Record[Any], path: str) -> bool:
    """Whether a record has something in a field; alerts that call nobody are no monitoring."""
    if (record.kind.name, path) == ("service", "monitoring") and isinstance(record.checked, Service):
        return any(alert.event != "informational" for alert in record.checked.monitoring)
    return _filled(record.data, path)


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
    """Whether a record of a kind stands in this record's folder, or refers to it, or may: where one can't be
    read, nobody knows."""
    if any(link.source.kind.name == kind for link in repository.links_to(record)):
        return True
    if record.kind.name == "service" and repository.all_beside(record, kind):
        return True
    stands = repository.kinds[kind].pattern if kind in repository.kinds else ""
    return repository.is_unread(kind, record.id if stands.startswith("services/<service>/") else None)
