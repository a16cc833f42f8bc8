"""Who holds the roles of the policy, and how much one party answers for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitsm.diagnostic import Diagnostic, Place, Severity
from gitsm.lint import Findings, rule
from gitsm.parties import holders, holders_are_known, is_role, speaks_for
from gitsm.records.policy import Policy
from gitsm.records.raci import Raci
from gitsm.records.team import Team
from gitsm.repository import Link, Record, Repository
from gitsm.responsibilities import service_of
from gitsm.schema.references import ROLE, ROLE_PREFIX


@rule(severity=Severity.WARNING)
def role_held_by_nobody(repository: Repository) -> Findings:
    """A role that records refer to is held by no team.

    Whoever follows the record to `role:<role>` finds a name and nobody behind it: no approval, no
    decision and no call gets there.

    Bad:

        # organization/policy.yaml
        roles: [{name: service-owner}, {name: change-manager}, {name: security-officer}]
        # services/payroll/service.yaml
        access: [{role: May read the books, holders: [finance-department], approver: role:security-officer}]

    Good:

        # organization/policy.yaml
        roles: [{name: service-owner}, {name: change-manager}, {name: security-officer}]
        # organization/teams/payroll-team.yaml
        roles: [service-owner, change-manager, security-officer]
        # services/payroll/service.yaml
        access: [{role: May read the books, holders: [finance-department], approver: role:security-officer}]
    """
    policy = repository.get(Policy, "policy")
    if policy is None or not holders_are_known(repository):
        return
    named = {role.name: index for index, role in enumerate(policy.fields.roles)}
    held = holders(repository)
    used: dict[str, list[Link]] = {}
    for link in repository.references:
        if (
            link.kind == ROLE
            and link.id in named
            and link.id not in held
            and _counts(repository, link.source)
        ):
            used.setdefault(link.id, []).append(link)
    for role, links in used.items():
        first = links[0]
        others = len({link.source.file for link in links}) - 1
        more = f", and {others} more" if others else ""
        yield first.source.problem(
            f"{first.source}{more} names {ROLE_PREFIX}{role}, which no team holds",
            *first.path,
            hint=f"write `{role}` under the `roles` of the team that holds it",
            related=[policy.place("roles", named[role], label="the role")],
        )


def _counts(repository: Repository, record: Record[Any]) -> bool:
    """Whether somebody still goes by a record: what is done or gone is kept as it was."""
    if record.data.get("closure") is not None:
        return False
    service = (
        repository.find("service", record.file.split("/")[1]) if record.file.startswith("services/") else None
    )
    return service is None or service.data.get("lifecycle") != "retired"


@rule(severity=Severity.WARNING)
def accountable_role_held_by_several(repository: Repository) -> Findings:
    """The role that answers for an activity is held by several teams.

    Exactly one is accountable in the matrix, and several are in truth: each may think that it is
    another's turn. Where the owner of the service is one of them, it answers for its own.

    Bad:

        # organization/teams/night-shift.yaml
        name: Night shift
        roles: [release-manager]
        # organization/teams/day-shift.yaml
        name: Day shift
        roles: [release-manager]
        # organization/policy.yaml
        roles: [{name: service-owner}, {name: change-manager}, {name: release-manager}]
        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: payroll-team, accountable: role:release-manager}

    Good:

        # organization/teams/night-shift.yaml
        name: Night shift
        # organization/teams/day-shift.yaml
        name: Day shift
        roles: [release-manager]
        # organization/policy.yaml
        roles: [{name: service-owner}, {name: change-manager}, {name: release-manager}]
        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: payroll-team, accountable: role:release-manager}
    """
    for raci in repository.of(Raci):
        service = service_of(repository, raci)
        if service is None or service.fields.lifecycle == "retired":
            continue
        for index, activity in enumerate(raci.fields.activities):
            if len(activity.accountable) != 1 or not is_role(activity.accountable[0]):
                continue
            teams = speaks_for(repository, activity.accountable[0], service)
            if len(teams) > 1:
                names = [team.id for team in teams]
                several = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
                yield raci.problem(
                    f"activity {activity.name!r} of {raci.id} is answered for by {activity.accountable[0]},"
                    f" which {several} hold",
                    *("activities", index, "accountable"),
                    hint="name the team that answers for it here, or give the role to one team",
                    related=[team.place("roles", label="holds it") for team in teams[:4]],
                )


@rule
def accountable_for_too_much(repository: Repository) -> Findings:
    """A team answers for more services than the policy allows.

    Whoever answers for everything decides on nothing in time: approvals wait for one desk, and when
    its owner is away, everything does. The policy's `limits` say how many one team may answer for.

    Bad:

        # organization/policy.yaml
        limits: {accountable_services: 1}
        # services/ledger/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: payroll-team, accountable: payroll-team}

    Good:

        # organization/policy.yaml
        limits: {accountable_services: 2}
        # services/ledger/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: payroll-team, accountable: payroll-team}
    """
    policy = repository.get(Policy, "policy")
    limit = policy.fields.limits.accountable_services if policy is not None and policy.fields.limits else None
    if policy is None or limit is None:
        return
    for party, places in _answers_for(repository).items():
        if len(places) <= limit:
            continue
        names = sorted(places)
        listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        team = repository.get(Team, party)
        at = policy.place("limits", "accountable_services")
        message = (
            f"{team or party} is accountable in {len(places)} services: {listed}; the policy allows {limit}"
        )
        hint = "let their owners answer for some of them, or raise the policy's limit"
        related = [Place(places[name].file, places[name].path, label="one of them") for name in names[:3]]
        if team is None:
            yield Diagnostic(message, at, hint, tuple(related))
        else:
            labelled = policy.place("limits", "accountable_services", label="the limit")
            yield team.problem(message, "name", hint=hint, related=[labelled, *related])


def _answers_for(repository: Repository) -> Mapping[str, dict[str, Place]]:
    """The services in which each party is accountable, with a place for each. A role counts for the one
    team that speaks for it; one that several hold is a party of its own."""
    found: dict[str, dict[str, Place]] = {}
    for raci in repository.of(Raci):
        service = service_of(repository, raci)
        if service is None or service.fields.lifecycle == "retired":
            continue
        for index, activity in enumerate(raci.fields.activities):
            for party in activity.accountable:
                teams = speaks_for(repository, party, service)
                name = teams[0].id if len(teams) == 1 else party
                place = raci.place("activities", index, "accountable")
                found.setdefault(name, {}).setdefault(service.id, place)
    return dict(sorted(found.items()))
