"""Who may do what in a service, who granted it, and whether anybody looked at it since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.service import IN_OPERATION, AccessRight, Service
from gitsm.repository import Repository, once

_ROLE = "role:"


@rule(severity=Severity.WARNING)
def access_review_overdue(repository: Repository) -> Findings:
    """The holders of an access right were not reviewed for longer than the service says they must be.

    People move on, and their rights stay. Whoever left the team last spring may still release a pay
    run. Time alone brings this, so it is a warning.

    Bad:

        # services/payroll/service.yaml
        access:
          - {role: May release a pay run, holders: [payroll-team], review_every: 6 months, reviewed: 2026-03-01}

    Good:

        # services/payroll/service.yaml
        access:
          - {role: May release a pay run, holders: [payroll-team], review_every: 6 months, reviewed: 2026-09-01}
    """
    for service in repository.of(Service):
        for index, right in enumerate(service.fields.access):
            every, reviewed = right.review_every, right.reviewed
            if every is None or service.fields.lifecycle == "retired":
                continue
            if reviewed is None:
                if service.fields.lifecycle in IN_OPERATION:
                    yield service.problem(
                        f"access to {service} ({right.role}) is to be reviewed every {every}, and never was",
                        *("access", index, "review_every"),
                        hint="go through the holders with whoever grants it, and set `reviewed`",
                    )
            elif (due := every.after(reviewed)) < repository.today:
                days = (repository.today - due).days
                yield service.problem(
                    f"the review of access to {service} ({right.role}) was due on {due},"
                    f" {days} day{'' if days == 1 else 's'} ago",
                    *("access", index, "reviewed"),
                    hint="go through the holders with whoever grants it, and set `reviewed`",
                    related=[service.place("access", index, "review_every", label=f"every {every}")],
                )


@rule(graded=True)
def access_approved_by_holder(repository: Repository) -> Findings:
    """An access right is granted by a team or role that holds it itself.

    Who may do something must not be who decides on who may: nobody else would notice one holder too
    many. It is the first thing that an auditor asks about. Where a role stands between the two, which
    one team alone holds, it is a warning: two people of the team may keep an eye on each other.

    Bad:

        # services/payroll/service.yaml
        access:
          - {role: May release a pay run, holders: [payroll-team], approver: payroll-team}

    Good:

        # services/payroll/service.yaml
        access:
          - {role: May release a pay run, holders: [payroll-team], approver: finance-department}
    """
    for service in repository.of(Service):
        for index, right in enumerate(service.fields.access):
            if service.fields.lifecycle == "retired" or right.approver is None:
                continue
            if right.approver in right.holders:
                held = right.holders.index(right.approver)
                yield service.problem(
                    f"access to {service} ({right.role}) is granted by {right.approver}, which holds it",
                    *("access", index, "approver"),
                    hint="name somebody else who decides on it: another team, or a role that another team holds",
                    related=[service.place("access", index, "holders", held, label="holds it")],
                )
            elif found := _through_role(repository, right):
                held, team, role = found
                problem = service.problem(
                    f"access to {service} ({right.role}) is granted by {right.approver} and held by"
                    f" {right.holders[held]}, and {role} is held by {team} alone",
                    *("access", index, "approver"),
                    hint="name somebody else who decides on it, or give the role to another team as well",
                    related=[service.place("access", index, "holders", held, label="holds it")],
                )
                yield replace(problem, severity=Severity.WARNING)


def _through_role(repository: Repository, right: AccessRight) -> tuple[int, str, str] | None:
    """Which holder of a right is the approver by a role that one team alone holds, the team and the role."""
    approver = right.approver or ""
    for index, holder in enumerate(right.holders):
        for role, team in ((approver, holder), (holder, approver)):
            if role.startswith(_ROLE) and _holding(repository).get(role.removeprefix(_ROLE)) == [team]:
                return index, team, role
    return None


@once
def _holding(repository: Repository) -> Mapping[str, Sequence[str]]:
    """The teams that hold each role, by the data as written."""
    found: dict[str, list[str]] = {}
    for team in repository.all("team"):
        roles = team.data.get("roles")
        named = roles if isinstance(roles, list) else ()
        for role in dict.fromkeys(role for role in named if isinstance(role, str)):
            found.setdefault(role, []).append(team.id)
    return found
