"""Who decides about a change: the RACI matrices of every service that it affects, taken together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gitsm.change_control import affected_by
from gitsm.graph import graph_of
from gitsm.parties import Teams, speaks_for
from gitsm.records.change import Change
from gitsm.records.raci import Activity, Raci
from gitsm.records.service import Service
from gitsm.repository import Record, Repository

STAGES = ("plan", "build", "release", "support")
"""The stages of a service's life that a matrix speaks of, in their order."""
PARTS = ("responsible", "accountable", "consulted", "informed")
"""The parts that somebody can have in an activity: R, A, C and I."""

Ways = Mapping[str, tuple[str, ...]]
"""For each service that is affected, the way there: from one that the change names, up to itself."""


@dataclass(frozen=True, slots=True)
class Party:
    """A team or a role that has a part in an activity, and of which services."""

    name: str
    """As the matrices say it: a team, or `role:<role>`."""
    services: tuple[str, ...]
    teams: tuple[str, ...]
    """The teams that speak for it there; none where nobody is known."""


@dataclass(frozen=True, slots=True)
class Duty:
    """An activity of one or several services, and who has which part in it."""

    stage: str
    name: str
    services: tuple[str, ...]
    parts: Mapping[str, tuple[Party, ...]]
    """By part, as in `PARTS`."""


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """The matrices of several services as one."""

    ways: Ways
    without_matrix: tuple[str, ...]
    """The services that have none."""
    unread: tuple[str, ...]
    """The services whose matrix can't be read."""
    duties: tuple[Duty, ...]
    """In the order of the stages, each stage's in the order in which the services say them."""
    soft: frozenset[str] = frozenset()
    """The services that only work worse: a soft dependency lies on each way there."""
    undefined: tuple[str, ...] = ()
    """The services that a change names and no file defines, or none that can be read."""

    def parties(self) -> Mapping[str, tuple[str, ...]]:
        """Everybody who has a part, in the order of their first one, with the teams that speak for them."""
        found: dict[str, dict[str, None]] = {}
        for duty in self.duties:
            for part in PARTS:
                for party in duty.parts[part]:
                    found.setdefault(party.name, {}).update(dict.fromkeys(party.teams))
        return {name: tuple(teams) for name, teams in found.items()}


def responsibilities_for(repository: Repository, change: Record[Change]) -> Responsibilities:
    """Who decides about a change, over every service that it affects."""
    hard = affected_by(repository, change)
    soft = {} if change.fields.outage == "none" else _softly(repository, hard, change)
    named = dict.fromkeys(change.fields.services)
    undefined = tuple(id for id in named if repository.get(Service, id) is None)
    return replace(responsibilities_of(repository, hard, soft), undefined=undefined)


def _softly(repository: Repository, hard: Ways, change: Record[Change]) -> Ways:
    """The services that users find worse by soft dependencies, while those that a change names are down."""
    graph = graph_of(repository)
    start = [service for service in change.fields.services if service in graph.ids]
    came_from = graph.felt.ways(start, graph.felt.reached(start))
    ways: dict[str, tuple[str, ...]] = {}
    for id, before in came_from.items():
        ways[id] = (*ways[before], id) if before is not None else (id,)
    return {
        id: way
        for id, way in ways.items()
        if id not in hard and id in graph.services and not graph.is_retired(id)
    }


def responsibilities_of(repository: Repository, ways: Ways, soft: Ways | None = None) -> Responsibilities:
    """The matrices of services as one: those that are named come first, then those that are nearest.

    Services that are only affected through `soft` dependencies come last.
    """
    ways = {**(soft or {}), **ways}
    softly = frozenset(soft or ()) & ways.keys()
    order = sorted(ways, key=lambda id: (id in softly, len(ways[id]), id))
    known = [(id, service) for id in order if (service := repository.get(Service, id)) is not None]
    matrices = _matrices(repository)
    merged: dict[tuple[str, str], list[tuple[Record[Service], Activity]]] = {}
    for id, service in known:
        for activity in matrices[id].fields.activities if id in matrices else ():
            key = (activity.stage, " ".join(activity.name.casefold().split()))
            merged.setdefault(key, []).append((service, activity))
    duties = [_duty(repository, stage, rows) for (stage, _), rows in merged.items()]
    return Responsibilities(
        {id: ways[id] for id in order},
        tuple(id for id in order if id not in matrices and not repository.defines("raci", id)),
        tuple(id for id in order if id not in matrices and repository.defines("raci", id)),
        tuple(sorted(duties, key=lambda duty: STAGES.index(duty.stage))),
        softly,
    )


def _matrices(repository: Repository) -> Mapping[str, Record[Raci]]:
    return {raci.file.split("/")[1]: raci for raci in repository.of(Raci)}


def _duty(repository: Repository, stage: str, rows: Sequence[tuple[Record[Service], Activity]]) -> Duty:
    services = tuple(dict.fromkeys(service.id for service, _ in rows))
    parts = {part: tuple(_parties(repository, part, rows)) for part in PARTS}
    return Duty(stage, rows[0][1].name, services, parts)


def _parties(
    repository: Repository, part: str, rows: Sequence[tuple[Record[Service], Activity]]
) -> Iterator[Party]:
    """Who has a part, once each; a role that other teams hold in another service's case stands with all."""
    services: dict[str, dict[str, None]] = {}
    teams: dict[str, dict[str, None]] = {}
    for service, activity in rows:
        named: tuple[str, ...] = getattr(activity, part)
        for name in named:
            speaking: Teams = speaks_for(repository, name, service)
            services.setdefault(name, {})[service.id] = None
            teams.setdefault(name, {}).update(dict.fromkeys(team.id for team in speaking))
    for name, where in services.items():
        yield Party(name, tuple(where), tuple(teams[name]))


def service_of(repository: Repository, raci: Record[Raci]) -> Record[Service] | None:
    """The service that a matrix is about; None where no file defines it, or it can't be read."""
    return repository.get(Service, raci.file.split("/")[1])
