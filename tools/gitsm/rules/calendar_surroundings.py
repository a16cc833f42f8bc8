"""Windows in the wrong place: inside a freeze or a peak of demand, or beside the maintenance window."""

from __future__ import annotations

from gitsm.calendar import ConflictKind, conflicts_with, stale_exceptions
from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.repository import Repository


@rule(graded=True)
def change_inside_a_freeze(repository: Repository) -> Findings:
    """The window of a change lies inside a freeze of one of its services, and no exception lets it.

    A freeze is a promise that nothing moves while something else must not fail. An error where it is
    hard, a warning where it is soft. A change that says that it has an outage, and takes down with it
    what a freeze is for, is in that freeze too, one step less: nothing frozen is changed, and it goes
    down all the same. A freeze may be broken by an entry under `exceptions` that says why,
    what waiting and what doing may cost, and which role of the policy grants it.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-21T09:00+01:00, end: 2026-12-21T10:00+01:00}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-21T09:00+01:00, end: 2026-12-21T10:00+01:00}
        exceptions:
          - freeze: year-end-freeze
            reason: The bonus run would not be done before the holidays.
            risk_of_waiting: Forty people are paid a week late.
            risk_of_doing: More connections to the database, of which a third is free.
            granted_by: role:change-manager
    """
    for conflict in conflicts_with(repository, ConflictKind.FREEZE):
        yield conflict.finding()


@rule(graded=True)
def incomplete_freeze_exception(repository: Repository) -> Findings:
    """A change lies inside a freeze, and its exception does not say what an exception must say.

    Somebody weighed one risk against another, or nobody did: without both, and the role that granted
    it, the two can't be told apart afterwards. Until then the freeze holds.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-21T09:00+01:00, end: 2026-12-21T10:00+01:00}
        exceptions:
          - freeze: year-end-freeze
            reason: It is urgent.
            granted_by: payroll-team

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-21T09:00+01:00, end: 2026-12-21T10:00+01:00}
        exceptions:
          - freeze: year-end-freeze
            reason: The bonus run would not be done before the holidays.
            risk_of_waiting: Forty people are paid a week late.
            risk_of_doing: More connections to the database, of which a third is free.
            granted_by: role:change-manager
    """
    for conflict in conflicts_with(repository, ConflictKind.EXCEPTION):
        yield conflict.finding()


@rule(severity=Severity.WARNING)
def stale_freeze_exception(repository: Repository) -> Findings:
    """A change has an exception from a freeze that it does not lie in.

    The window was moved, or the freeze was, and the leave stayed. It looks as if somebody had weighed
    the risks of this hour, and lets the change in unasked when its window moves back.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-14T09:00+01:00, end: 2026-12-14T10:00+01:00}
        exceptions:
          - freeze: year-end-freeze
            reason: The bonus run would not be done before the holidays.
            risk_of_waiting: Forty people are paid a week late.
            risk_of_doing: More connections to the database, of which a third is free.
            granted_by: role:change-manager

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler.
        rollback: Set it back.
        window: {start: 2026-12-14T09:00+01:00, end: 2026-12-14T10:00+01:00}
    """
    for stale in stale_exceptions(repository):
        change, calendar = stale.work.change, stale.calendar
        why = "which is for nothing that it touches" if stale.is_for_others else "and does not lie in it"
        yield change.problem(
            f"{change} has an exception from the freeze {calendar.id}, {why}",
            "exceptions",
            stale.index,
            "freeze",
            hint="take the exception away, or name the freeze that the change lies in",
            related=[calendar.place("type", label=f"{calendar.id}")],
        )


@rule(graded=True)
def change_inside_a_peak(repository: Repository) -> Findings:
    """The window of a change lies inside a demand peak of what it works on, or of what goes down with it.

    Then a service is needed most, and has the least to spare. Peaks of every service count that hard
    dependencies join to the change, those of its own services whatever the outage; the margin of a
    peak counts one step less, and an emergency change is only noted. A peak that names a freeze as
    its calendar is left to that freeze.

    Bad:

        # services/ledger/capacity.yaml (whole)
        peaks:
          - name: Month close
            recurrence: {every: month, month_days: [1], starts: "06:00", takes: 84 h}
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}

    Good:

        # services/ledger/capacity.yaml (whole)
        peaks:
          - name: Month close
            recurrence: {every: month, month_days: [1], starts: "06:00", takes: 84 h}
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-07T09:00+01:00, end: 2026-12-07T11:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.PEAK):
        yield conflict.finding()


@rule(graded=True)
def outside_its_maintenance_window(repository: Repository) -> Findings:
    """A service has maintenance windows, and a change of it begins in none of them.

    Users and those who watch were told when the service may be worked on; at any other hour they
    take it for a failure. Emergency changes keep to none, and a change without an outage is only noted.

    Bad:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "09:00", takes: 3 h}
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-04T09:00+01:00, end: 2026-12-04T11:00+01:00}

    Good:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "09:00", takes: 3 h}
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones.
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.NO_MAINTENANCE):
        yield conflict.finding()


@rule(graded=True)
def maintenance_window_exceeded(repository: Repository) -> Findings:
    """A change begins in a maintenance window and is not done, or can't be undone, when that ends.

    Going wrong takes longer than going right. Where the steps of the plan say how long they take, the
    rollback is added to them; where they don't, it may begin as late as the end of the change's own
    window, which counts one step less.

    Bad:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "09:00", takes: 3 h}
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: {plan: Deploy the previous ones., takes: 30 min}
        window: {start: 2026-12-03T10:00+01:00, end: 2026-12-03T12:00+01:00}

    Good:

        # organization/calendars/ledger-evenings.yaml (whole)
        type: maintenance
        timezone: Europe/Vienna
        scope: {services: [ledger]}
        recurrence: {every: week, weekdays: [thu], starts: "09:00", takes: 3 h}
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: {plan: Deploy the previous ones., takes: 30 min}
        window: {start: 2026-12-03T09:00+01:00, end: 2026-12-03T11:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.MAINTENANCE_EXCEEDED):
        yield conflict.finding()
