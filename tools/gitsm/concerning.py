"""Whom something planned concerns: services, teams, and the calendar that it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from gitsm.calendar import Planned
from gitsm.records.change import Change
from gitsm.repository import Repository

About = Callable[[Planned], bool]
Concerned = tuple[str, str]
"""The name of a kind, and an id."""


def concerning(repository: Repository, kind: str, id: str) -> About:
    """Whether something planned concerns the service, team or calendar of an id.

    What is about all services concerns each of them, and each team.
    """
    owners = _owners(repository)
    return lambda item: (
        (item.services is None and kind != "calendar") or (kind, id) in _concerned(item, owners)
    )


class Concerns:
    """Things planned, by whom they concern."""

    def __init__(self, repository: Repository, items: Sequence[Planned]) -> None:
        owners = _owners(repository)
        self._items = items
        self._everywhere = [number for number, item in enumerate(items) if item.services is None]
        self._of: dict[Concerned, list[int]] = defaultdict(list)
        for number, item in enumerate(items):
            for one in set(_concerned(item, owners)):
                self._of[one].append(number)

    def of(self, kind: str, id: str) -> tuple[Planned, ...]:
        """What concerns the service, team or calendar of an id, in the order of the whole."""
        everywhere = self._everywhere if kind != "calendar" else ()
        return tuple(self._items[number] for number in sorted({*self._of.get((kind, id), ()), *everywhere}))


def _owners(repository: Repository) -> Mapping[str, str]:
    """The owner of each service, also of one that has findings."""
    found = ((service.id, service.data.get("owner")) for service in repository.all("service"))
    return {id: owner for id, owner in found if isinstance(owner, str)}


def _concerned(item: Planned, owners: Mapping[str, str]) -> Iterator[Concerned]:
    for service in item.services or ():
        yield "service", service
        if service in owners:
            yield "team", owners[service]
    fields = item.record.fields
    if isinstance(fields, Change) and fields.team is not None:
        yield "team", fields.team
    if item.record.kind.name == "calendar":
        yield "calendar", item.record.id
