"""Which records a condition of the policy is about: the `when` of its requirements, risks and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from gitsm.records.service import Service
from gitsm.repository import Record, Repository


class Condition(Protocol):
    """What every `when` of the policy may name; nothing named is no condition."""

    @property
    def kind(self) -> str:
        """The kind of record."""

    @property
    def tier(self) -> Sequence[int]:
        """The tiers of its services of which the highest is one."""

    @property
    def type(self) -> Sequence[str]:
        """The types of record."""

    @property
    def lifecycle(self) -> Sequence[str]:
        """The lifecycle stages of which one of its services is in one."""


def meets(repository: Repository, record: Record[Any], when: Condition) -> bool:
    """Whether a record is of the kind, type, tier and lifecycle that a condition names."""
    if record.kind.name != when.kind:
        return False
    if when.type and record.data.get("type") not in when.type:
        return False
    services = services_of(repository, record)
    if when.tier and highest_tier(services) not in when.tier:
        return False
    return not when.lifecycle or any(service.fields.lifecycle in when.lifecycle for service in services)


def highest_tier(services: Sequence[Record[Service]]) -> int | None:
    """The smallest tier number among services: how much the one that matters most of them matters."""
    return min((service.fields.tier for service in services if service.fields.tier is not None), default=None)


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
