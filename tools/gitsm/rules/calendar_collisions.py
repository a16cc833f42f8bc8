"""Changes that collide: with each other in a service, in what stands in for it, in a team and in a person."""

from __future__ import annotations

from gitsm.calendar import ConflictKind, conflicts_with
from gitsm.lint import Findings, rule
from gitsm.repository import Repository


@rule(graded=True)
def changes_of_one_service_at_once(repository: Repository) -> Findings:
    """Two changes work on the same service at the same time.

    When something fails, nobody can tell which of them it was, and the rollback of one may undo the
    other. It is said of the change that is not authorised yet, else of the one with the later id.
    Windows that touch end to end don't overlap. A change that has begun takes until it is recorded to
    have ended, past its window too.

    Bad:

        # changes/2026/2026-11-20-ledger-index.yaml (whole)
        title: Index the new columns
        type: normal
        services: [ledger]
        plan: Build the index.
        rollback: Drop the index.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T10:00+01:00, end: 2026-12-03T12:00+01:00}

    Good:

        # changes/2026/2026-11-20-ledger-index.yaml (whole)
        title: Index the new columns
        type: normal
        services: [ledger]
        plan: Build the index.
        rollback: Drop the index.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T11:00+01:00, end: 2026-12-03T13:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.SAME_SERVICE):
        yield conflict.finding()


@rule(graded=True)
def changes_meeting_in_a_dependency(repository: Repository) -> Findings:
    """Two changes at the same time bring down one service, by dependencies that neither of them names.

    Each of them expects everything else to stand still. What each may bring down is followed through
    hard dependencies of any depth; those with a fallback that users don't notice, and groups of which
    enough stay up, end the way. The ways of both are named.

    Bad:

        # services/portal/service.yaml (whole)
        name: Portal
        owner: payroll-team
        lifecycle: live
        depends_on: [{service: payroll, criticality: hard}, {service: ledger, criticality: hard}]
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move payroll to new storage
        type: normal
        services: [payroll]
        outage: full
        plan: Stop, copy, start.
        rollback: Start on the old storage.
        confirmations: [{service: portal, by: finance-department, on: 2026-11-23}]
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        outage: degraded
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T10:00+01:00, end: 2026-12-03T12:00+01:00}

    Good:

        # services/portal/service.yaml (whole)
        name: Portal
        owner: payroll-team
        lifecycle: live
        depends_on: [{service: payroll, criticality: hard}, {service: ledger, criticality: hard}]
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move payroll to new storage
        type: normal
        services: [payroll]
        outage: full
        plan: Stop, copy, start.
        rollback: Start on the old storage.
        confirmations: [{service: portal, by: finance-department, on: 2026-11-23}]
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        outage: degraded
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T11:00+01:00, end: 2026-12-03T12:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.DEPENDENCY):
        yield conflict.finding()


@rule(graded=True)
def redundancy_taken_down_at_once(repository: Repository) -> Findings:
    """Changes work on so many members of a redundancy group at once that too few stay up, or may do.

    Each change alone is harmless, because the other line is there. That is why nobody asks, and why
    both carriers work in the same night. Where too few would stay up only if a change without an outage
    went wrong, it counts as no outage; where enough stay up and none can be spared, it is noted.

    Bad:

        # services/line-a/service.yaml (whole)
        name: Line A
        owner: finance-department
        lifecycle: live
        # services/line-b/service.yaml (whole)
        name: Line B
        owner: finance-department
        lifecycle: live
        # services/portal/service.yaml (whole)
        name: Portal
        owner: finance-department
        lifecycle: live
        depends_on:
          - {service: line-a, redundancy_group: {name: lines, needed: 1}}
          - {service: line-b, redundancy_group: {name: lines, needed: 1}}
        # changes/2026/2026-11-20-line-a.yaml (whole)
        title: New router on line A
        type: normal
        services: [line-a]
        plan: Replace it.
        rollback: Put the old one back.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-line-b.yaml (whole)
        title: New router on line B
        type: normal
        services: [line-b]
        plan: Replace it.
        rollback: Put the old one back.
        window: {start: 2026-12-03T10:00+01:00, end: 2026-12-03T12:00+01:00}

    Good:

        # services/line-a/service.yaml (whole)
        name: Line A
        owner: finance-department
        lifecycle: live
        # services/line-b/service.yaml (whole)
        name: Line B
        owner: finance-department
        lifecycle: live
        # services/portal/service.yaml (whole)
        name: Portal
        owner: finance-department
        lifecycle: live
        depends_on:
          - {service: line-a, redundancy_group: {name: lines, needed: 1}}
          - {service: line-b, redundancy_group: {name: lines, needed: 1}}
        # changes/2026/2026-11-20-line-a.yaml (whole)
        title: New router on line A
        type: normal
        services: [line-a]
        plan: Replace it.
        rollback: Put the old one back.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-line-b.yaml (whole)
        title: New router on line B
        type: normal
        services: [line-b]
        plan: Replace it.
        rollback: Put the old one back.
        window: {start: 2026-12-04T09:00+01:00, end: 2026-12-04T11:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.REDUNDANCY):
        yield conflict.finding()


@rule(graded=True)
def team_booked_twice(repository: Repository) -> Findings:
    """A team has more changes to carry out at once than it says it can.

    One of them gets the people who know how, and the other those who are left. The team of a step is
    busy for that step: from the beginning of the window and what the steps before it take. A team that
    states no `capacity` is only noted, where both changes name it. Changes that collide in a service or
    in a person anyway are said once, there.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        outage: none
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        team: payroll-team
        outage: none
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T10:00+01:00, end: 2026-12-03T12:00+01:00}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        outage: none
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        team: payroll-team
        outage: none
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T11:00+01:00, end: 2026-12-03T12:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.TEAM):
        yield conflict.finding()


@rule(graded=True)
def person_booked_twice(repository: Repository) -> Findings:
    """Somebody is assigned to two changes at the same time.

    Two windows with one pair of hands: when both need attention at once, one of them waits with a
    service down.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        assignees: [payroll-oncall]
        outage: none
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        assignees: [payroll-lead, payroll-oncall]
        outage: none
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T10:00+01:00, end: 2026-12-03T12:00+01:00}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        assignees: [payroll-oncall]
        outage: none
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
        # changes/2026/2026-11-21-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        assignees: [payroll-lead, payroll-oncall]
        outage: none
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T11:00+01:00, end: 2026-12-03T12:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.PERSON):
        yield conflict.finding()
