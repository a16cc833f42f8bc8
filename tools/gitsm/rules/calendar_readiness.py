"""Windows against their own change: how long it takes, who is there, and who was told."""

from __future__ import annotations

from gitsm.calendar import ConflictKind, conflicts_with
from gitsm.lint import Findings, rule
from gitsm.repository import Repository


@rule(graded=True)
def window_too_short(repository: Repository) -> Findings:
    """The steps of a plan and the rollback take longer than the window of the change.

    The window then ends with half of it done, and with no time to go back. A change that says its
    plan in a text is judged by the steps of its model. What is said in business hours takes at least
    as long. An error where the plan alone has no room; where the rollback has none, the less it
    matters, by the tier of the services, their outage and the minutes that are missing, the less
    it is: a warning or a note.

    Bad:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan:
          - {step: Copy the tables, takes: 90 min}
          - {step: Deploy the reports, takes: 20 min}
        rollback: {plan: Deploy the previous ones., takes: 30 min}
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}

    Good:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan:
          - {step: Copy the tables, takes: 90 min}
          - {step: Deploy the reports, takes: 20 min}
        rollback: {plan: Deploy the previous ones., takes: 30 min}
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T12:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.TOO_SHORT):
        yield conflict.finding()


@rule(graded=True)
def team_off_duty(repository: Repository) -> Findings:
    """The team that carries a change out is off duty in its window, and nobody is named to do it.

    Somebody has to be found, woken and let in, by then at the latest. Who is named under `assignees`
    has been found. The team is the change's, else the owner of its first service. The team of a step
    is asked for the time of that step: the beginning of the window, and what the steps before it take.
    A warning; a note where little is at stake, by the tier of the services, their outage and how long
    nobody is there.

    Bad:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-05T21:00+01:00, end: 2026-12-05T23:00+01:00}

    Good:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        assignees: [payroll-oncall]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-05T21:00+01:00, end: 2026-12-05T23:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.NOBODY_ON_DUTY):
        yield conflict.finding()


@rule(graded=True)
def watch_without_support(repository: Repository) -> Findings:
    """A change is watched while nobody who supports its services is on duty, or is so when the watch ends.

    The signals come to an empty desk. On duty are the hours of the service's support, of the teams
    that its escalation calls, and of the team that made the change. Where they cover a part of the
    watch, and not its end, that is noted; and so it is where only the hours of support cover the end,
    and neither who made the change nor who is called for the service.

    Bad:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-04T15:00+01:00, end: 2026-12-04T17:00+01:00}
        watch: {until: 2026-12-06T20:00+01:00}

    Good:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-04T15:00+01:00, end: 2026-12-04T17:00+01:00}
        watch: {until: 2026-12-07T12:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.NOBODY_WATCHES):
        yield conflict.finding()


@rule(graded=True)
def told_too_late(repository: Repository) -> Findings:
    """Those whom a change affects are told of it later than the policy's notice asks.

    They learn of it when they can no longer object or make room. The first message to each audience
    counts; an error where none of them comes in time, else a warning. A change that was itself
    proposed too late is not blamed twice. Notice in business hours runs in the hours of the team
    that carries it out.

    Bad:

        # organization/policy.yaml
        notice: [{type: normal, lead: 72 h}]
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-07T09:00+01:00, end: 2026-12-07T11:00+01:00}
        communications:
          - {audience: Payroll clerks, at: 2026-12-05T09:00+01:00}

    Good:

        # organization/policy.yaml
        notice: [{type: normal, lead: 72 h}]
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-07T09:00+01:00, end: 2026-12-07T11:00+01:00}
        communications:
          - {audience: Payroll clerks, at: 2026-12-03T09:00+01:00}
          - {audience: Payroll clerks, at: 2026-12-07T08:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.LATE_WORD):
        yield conflict.finding()
