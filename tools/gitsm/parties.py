"""Who speaks for a party: the team itself, or the teams that hold a role of the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository, once
from gitsm.schema.references import ROLE_PREFIX

Teams = Sequence[Record[Team]]


@once
def holders(repository: Repository) -> Mapping[str, Teams]:
    """The teams that hold each role, by the role's name; roles that nobody holds are not in it."""
    found: dict[str, list[Record[Team]]] = {}
    for team in repository.of(Team):
        for role in dict.fromkeys(team.fields.roles):
            found.setdefault(role, []).append(team)
    return found


@once
def holders_are_known(repository: Repository) -> bool:
    """Whether each team's file says which roles it holds: one that can't be read may hold any."""
    return all(team.checked is not None for team in repository.all("team"))


def is_role(party: str) -> bool:
    """Whether a party is a role, `role:<role>`, and not a team."""
    return party.startswith(ROLE_PREFIX)


def speaks_for(repository: Repository, party: str, service: Record[Service] | None = None) -> Teams:
    """The teams that speak for a party, by id; none where nobody is known.

    Of a role that several teams hold, the owner of the service speaks where it is one of them: each
    owner answers for its own.
    """
    if not is_role(party):
        team = repository.get(Team, party)
        return [team] if team is not None else []
    teams = holders(repository).get(party.removeprefix(ROLE_PREFIX), ())
    if service is not None and len(teams) > 1:
        own = [team for team in teams if team.id == service.fields.owner]
        return own or teams
    return teams


def has_nobody(team: Record[Any]) -> bool:
    """Whether a team says that it has no members; one that doesn't list them keeps them elsewhere."""
    return team.data.get("members") == []
