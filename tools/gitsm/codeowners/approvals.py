"""Who governs, and whose approval the policy asks for, as far as the path of a file tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gitsm.parties import Teams, holders, speaks_for
from gitsm.records.policy import Approval
from gitsm.records.service import Service
from gitsm.repository import Record, Repository
from gitsm.schema.kind import Kind

_GOVERNED = ("policy", "team", "calendar", "change-model")
"""Kinds by which others are judged: whoever approves them governs."""


def governors(repository: Repository) -> tuple[str, ...]:
    """The teams that govern: they approve the policy, the teams, the calendars and the change models.

    Whoever approves the policy, else whoever holds the change manager's role, else whoever approves teams,
    calendars or change models, else whoever approves anything, else nobody. A role that several teams hold is
    nobody in particular, unless there is nobody else.
    """
    approvals = repository.policy.approvals

    def approving(kinds: Iterable[str]) -> tuple[str, ...]:
        needs = [need.role for each in approvals if each.when.kind in kinds for need in each.need]
        return _one_each(repository, needs) or _each(repository, needs)

    return (
        approving(["policy"])
        or ids(holders(repository).get("change-manager", ()))
        or approving(_GOVERNED)
        or _one_each(repository, [need.role for each in approvals for need in each.need])
    )


def _one_each(repository: Repository, parties: Iterable[str]) -> tuple[str, ...]:
    """The teams that alone speak for parties."""
    found = (speaks_for(repository, party) for party in parties)
    return tuple(dict.fromkeys(teams[0].id for teams in found if len(teams) == 1))


def _each(repository: Repository, parties: Iterable[str]) -> tuple[str, ...]:
    """All teams that speak for parties."""
    return tuple(dict.fromkeys(team.id for party in parties for team in speaks_for(repository, party)))


def ids(teams: Teams) -> tuple[str, ...]:
    """The ids of teams, in their order."""
    return tuple(team.id for team in teams)


@dataclass(frozen=True, slots=True)
class Need:
    """An approval that the policy may ask for of the records that a pattern names."""

    party: str
    count: int
    certain: bool
    teams: tuple[str, ...]
    """Whoever can give it: any of them. None where no path tells who that is."""


def needs_of(
    repository: Repository, kind: str, service: Record[Service] | None, type_: str = ""
) -> list[Need]:
    """The approvals of a kind of record, as far as a path tells which they are."""
    found: dict[str, Need] = {}
    for approval in repository.policy.approvals:
        certain = _holds(approval, repository.kinds[kind], service, type_)
        if certain is None:
            continue
        for need in approval.need:
            teams = _speaking(repository, need.role, repository.kinds[kind], service)
            before = found.get(need.role)
            if before is None or (certain, need.count) > (before.certain, before.count):
                found[need.role] = Need(need.role, need.count, certain, teams)
    return list(found.values())


def _speaking(
    repository: Repository, party: str, kind: Kind, service: Record[Service] | None
) -> tuple[str, ...]:
    """The teams that can speak for a party about the records of a pattern: any of them.

    Where the holders of a role own services, each answers for its own; of a pattern that names no
    service, nobody knows which of them that is.
    """
    teams = speaks_for(repository, party, service)
    if service is None and len(teams) > 1 and kind.folder != "organization/":
        owners = {each.fields.owner for each in repository.of(Service)}
        if any(team.id in owners for team in teams):
            return ()
    return ids(teams)


def _holds(approval: Approval, kind: Kind, service: Record[Service] | None, type_: str) -> bool | None:
    """Whether an approval is asked for by what a path tells: True, False for perhaps, None for never.

    What hangs on the service's tier or lifecycle is said of each service's own folder.
    """
    when = approval.when
    if when.kind != kind.name or (type_ and when.type and type_ not in when.type):
        return None
    if service is not None:
        if when.tier and service.fields.tier not in when.tier:
            return None
        if when.lifecycle and service.fields.lifecycle not in when.lifecycle:
            return None
    by_service = bool(when.tier or when.lifecycle) and service is None
    if by_service and kind.folder == "services/":
        return None
    return not (by_service or when.risk or (when.type and not type_))
