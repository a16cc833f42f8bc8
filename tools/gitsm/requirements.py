"""What the policy asks of a record, and what the record lacks: one mechanism for every kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gitsm.records.change import Change
from gitsm.records.policy import Requirement, When
from gitsm.records.presets import preset
from gitsm.records.service import Service
from gitsm.repository import Record, Repository


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that the policy asks for and the record does not have."""

    what: str
    """In words: `field rollback.tested`, `section Mitigation`."""
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
    seen: set[str] = set()
    for requirement in requirements(repository):
        if applies(repository, record, requirement.when):
            for what in _lacking(repository, record, requirement):
                if what not in seen:
                    seen.add(what)
                    yield Lack(what, requirement)


def applies(repository: Repository, record: Record[Any], when: When) -> bool:
    """Whether a condition of the policy holds for a record."""
    if record.kind.name != when.kind:
        return False
    if when.type and record.data.get("type") not in when.type:
        return False
    if when.risk and record.data.get("risk") not in when.risk:
        return False
    services = services_of(repository, record)
    if when.tier:
        tiers = [service.fields.tier for service in services if service.fields.tier is not None]
        if not tiers or min(tiers) not in when.tier:
            return False
    return not when.lifecycle or any(service.fields.lifecycle in when.lifecycle for service in services)


def services_of(repository: Repository, record: Record[Any]) -> list[Record[Service]]:
    """The services that a record is about: itself, the one whose folder it is in, or those it names."""
    if record.kind.name == "service":
        ids = [record.id]
    elif record.file.startswith("services/"):
        ids = [record.file.split("/")[1]]
    else:
        named = record.data.get("services")
        ids = [id for id in named if isinstance(id, str)] if isinstance(named, list) else []
    return [service for service in (repository.get(Service, id) for id in ids) if service is not None]


def _judged(repository: Repository, record: Record[Any]) -> bool:
    merged = repository.authorised is None or record.file in repository.authorised
    return merged and isinstance(record.fields, Change) and record.fields.closure is not None


def _lacking(repository: Repository, record: Record[Any], requirement: Requirement) -> Iterator[str]:
    require = requirement.require
    for path in require.fields:
        if not _filled(record.data, path):
            yield f"field {path}"
    passed = {test.kind for test in getattr(record.fields, "tests", ()) if test.result == "passed"}
    for kind in require.tests:
        if kind not in passed:
            yield f"passed {kind} test"
    if require.sections:
        headings = {heading.text.casefold() for heading in record.prose.headings}
        for section in require.sections:
            if section.casefold() not in headings:
                yield f"section {section}"
    for kind in require.records:
        if not _accompanied(repository, record, kind):
            yield repository.kinds[kind].noun if kind in repository.kinds else kind


def _filled(data: object, path: str) -> bool:
    for key in path.split("."):
        data = data.get(key) if isinstance(data, dict) else None
    return data not in (None, "", [], {})


def _accompanied(repository: Repository, record: Record[Any], kind: str) -> bool:
    """Whether a record of a kind stands in this record's folder, or refers to it."""
    if any(link.source.kind.name == kind for link in repository.links_to(record)):
        return True
    return record.kind.name == "service" and bool(repository.all_beside(record, kind))
