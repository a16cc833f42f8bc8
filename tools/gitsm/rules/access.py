"""Who may do what in a service, who granted it, and whether anybody looked at it since."""

from __future__ import annotations

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.service import IN_OPERATION, Service
from gitsm.repository import Repository


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


@rule
def access_approved_by_holder(repository: Repository) -> Findings:
    """An access right is granted by a team or role that holds it itself.

    Who may do something must not be who decides on who may: nobody else would notice one holder too
    many. It is the first thing that an auditor asks about.

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
            if service.fields.lifecycle != "retired" and right.approver in right.holders:
                held = right.holders.index(right.approver)
                yield service.problem(
                    f"access to {service} ({right.role}) is granted by {right.approver}, which holds it",
                    *("access", index, "approver"),
                    hint="name somebody else who decides on it, such as the role of the service's owner",
                    related=[service.place("access", index, "holders", held, label="holds it")],
                )
