"""The teams that answer for services, and those that are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.service import IN_OPERATION, Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository, once


@rule
def owner_team_empty(repository: Repository) -> Findings:
    """The owner of a service is a team without members.

    The last one left and the record was forgotten. Calls, approvals and reviews go to nobody. A team
    that lists no members at all is left alone: many keep them elsewhere. It is said once of each team.

    Bad:

        # organization/teams/payroll-team.yaml
        members: []

    Good:

        # organization/teams/payroll-team.yaml
        members: [payroll-lead]
    """
    for id, services in _owned_by_nobody(repository).items():
        team, first = repository.find("team", id), services[0]
        if team is None:
            continue
        more = f" and {len(services) - 1} more" if len(services) > 1 else ""
        yield team.problem(
            f"{team} has no members, and owns {first}{more}",
            "members",
            hint="name who is in it, or hand what it owns over to a team that is there",
            related=[service.place("owner", label="owned by nobody") for service in services[:MAX_SHOWN]],
        )


MAX_SHOWN = 10
"""How many of the services of a team without members are shown."""


@once
def _owned_by_nobody(repository: Repository) -> Mapping[str, Sequence[Record[Service]]]:
    """The services in use of each team without members."""
    found: dict[str, list[Record[Service]]] = defaultdict(list)
    for service in repository.of(Service):
        owner = repository.find("team", service.fields.owner)
        if service.fields.lifecycle != "retired" and owner is not None and owner.data.get("members") == []:
            found[owner.id].append(service)
    return found


@rule
def escalation_to_empty_team(repository: Repository) -> Findings:
    """A step of an escalation path calls a team without members.

    Whoever follows the path at night waits there for nobody, for as long as the next step is away. In the
    path of the team itself, and of the services that it owns, that is said as `owner-team-empty`.

    Bad:

        # organization/teams/night-shift.yaml
        name: Night shift
        members: []
        # services/payroll/service.yaml
        escalation: [{team: night-shift, after: 0 min}, {team: payroll-team, after: 2 h}]

    Good:

        # organization/teams/night-shift.yaml
        name: Night shift
        members: [ann]
        # services/payroll/service.yaml
        escalation: [{team: night-shift, after: 0 min}, {team: payroll-team, after: 2 h}]
    """
    records: list[Record[Any]] = [*repository.of(Service), *repository.of(Team)]
    for record in records:
        if record.data.get("lifecycle") == "retired":
            continue
        for index, step in enumerate(record.fields.escalation):
            team = repository.find("team", step.team)
            if team is None or team.data.get("members") != []:
                continue
            own = record is team or record.data.get("owner") == team.id
            if not (own and team.id in _owned_by_nobody(repository)):
                yield record.problem(
                    f"{record} escalates to {team}, which has no members",
                    *("escalation", index, "team"),
                    hint="call a team that is there, or name who is in this one",
                    related=[team.place("members", label="nobody")],
                )


@rule(severity=Severity.WARNING)
def customer_as_owner(repository: Repository) -> Findings:
    """A service is owned by a team that is a customer.

    The owner answers for a service to its customers, is called when it fails and decides on its
    changes. Who is served can't be the one who answers for it; often provider and customer were
    mixed up, or the team is one of ours.

    Bad:

        # services/ledger/service.yaml
        owner: finance-department

    Good:

        # services/ledger/service.yaml
        owner: payroll-team
    """
    for service in repository.of(Service):
        owner = repository.get(Team, service.fields.owner)
        if owner is None or service.fields.lifecycle not in IN_OPERATION or owner.fields.type != "customer":
            continue
        yield service.problem(
            f"{service} is owned by {owner}, which is a customer",
            "owner",
            hint="name the team that answers for it, or make that one `type: internal`",
            related=[owner.place("type", label="a customer")],
        )
