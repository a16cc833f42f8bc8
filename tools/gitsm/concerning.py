"""Whom something planned concerns: a service, a team, or the calendar that it comes from."""

from __future__ import annotations

from collections.abc import Callable

from gitsm.calendar import Planned
from gitsm.records.change import Change
from gitsm.repository import Repository

About = Callable[[Planned], bool]


def concerning(repository: Repository, kind: str, id: str) -> About:
    """Whether something planned concerns the service, team or calendar of an id.

    What is about all services concerns each of them, and each team.
    """
    return {"service": _service, "team": _team, "calendar": _calendar}[kind](repository, id)


def _service(repository: Repository, id: str) -> About:
    return lambda item: item.services is None or id in item.services


def _team(repository: Repository, id: str) -> About:
    """What a team carries out, and what is planned for the services that it owns."""
    owned = {service.id for service in repository.all("service") if service.data.get("owner") == id}

    def about(item: Planned) -> bool:
        fields = item.record.fields
        carries_out = isinstance(fields, Change) and fields.team == id
        return carries_out or item.services is None or not owned.isdisjoint(item.services)

    return about


def _calendar(repository: Repository, id: str) -> About:
    return lambda item: item.record.kind.name == "calendar" and item.record.id == id
