"""Changes that require each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from gitsm.calendar import ConflictKind, conflicts_with
from gitsm.change_control import open_changes
from gitsm.graph import circles
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.repository import Record, Repository


@rule
def changes_required_in_a_circle(repository: Repository) -> Findings:
    """Changes require each other in a circle.

    None of them can be done first, so none of them will be done, or one is done against its own plan.

    Bad:

        # changes/2026/2026-11-20-payroll-columns.yaml (whole)
        title: Fill the new columns
        type: normal
        services: [payroll]
        plan: Fill them.
        rollback: Empty them again.
        requires: [2026-11-20-payroll-index]
        # changes/2026/2026-11-20-payroll-index.yaml (whole)
        title: Index the new columns
        type: normal
        services: [payroll]
        plan: Build the index.
        rollback: Drop the index.
        requires: [2026-11-20-payroll-columns]

    Good:

        # changes/2026/2026-11-20-payroll-columns.yaml (whole)
        title: Fill the new columns
        type: normal
        services: [payroll]
        plan: Fill them.
        rollback: Empty them again.
        # changes/2026/2026-11-20-payroll-index.yaml (whole)
        title: Index the new columns
        type: normal
        services: [payroll]
        plan: Build the index.
        rollback: Drop the index.
        requires: [2026-11-20-payroll-columns]
    """
    required: Mapping[str, set[str]] = {
        change.id: set(change.fields.requires) for change in repository.of(Change) if change.fields.requires
    }
    open_ids = {change.id for change in open_changes(repository)}
    for circle in circles(required):
        if open_ids.isdisjoint(circle):
            continue
        places = []
        for id, other in pairwise(circle):
            change = repository.get(Change, id)
            assert change is not None
            index = change.fields.requires.index(other)
            places.append((change, change.place("requires", index, label=f"{id} requires {other}")))
        yield places[0][0].problem(
            f"changes require each other in a circle: {' > '.join(circle)}",
            at=places[0][1],
            related=[place for _, place in places[1:]],
            hint="take the one away that can wait, or make one change of them",
        )


@rule
def required_change_failed(repository: Repository) -> Findings:
    """An open change requires another one that failed, or was canceled.

    What must be done before it will not be. Most often there is a second attempt, and this change
    still names the first.

    Bad:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: unsuccessful, on: 2026-10-26, notes: The copy took too long.}
        review:
          missed_dependency: None.
          rollback_realistic: It took the minutes that were claimed.
          support_informed: Yes, the day before.
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Reports read the wide column
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones, 5 min.
        requires: [2026-10-20-ledger-schema]

    Good:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: successful_with_issues, on: 2026-10-26, notes: The copy took two hours more.}
        review:
          missed_dependency: None.
          rollback_realistic: It took the minutes that were claimed.
          support_informed: Yes, the day before.
        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Reports read the wide column
        type: normal
        services: [ledger]
        plan: Deploy the reports.
        rollback: Deploy the previous ones, 5 min.
        requires: [2026-10-20-ledger-schema]
    """
    for change, index, other in _required(repository):
        code = other.fields.closure.code if other.fields.closure is not None else None
        if code in ("unsuccessful", "canceled"):
            yield change.problem(
                f"{change} requires {other.id}, which {'failed' if code == 'unsuccessful' else 'was canceled'}",
                "requires",
                index,
                hint="name the change that takes its place, or give this one up",
                related=[other.place("closure", "code", label="how it ended")],
            )


@rule
def required_change_comes_later(repository: Repository) -> Findings:
    """A change begins before the window of one that it requires is over.

    Both are planned, and one of the two plans can't be kept. Windows that touch end to end are in
    order. Where a required change has no window, what that one requires must be done as well.

    Bad:

        # changes/2026/2026-11-20-payroll-columns.yaml (whole)
        title: Fill the new columns
        type: normal
        services: [payroll]
        plan: Fill them.
        rollback: Empty them again.
        window: {start: 2026-12-12T20:00+01:00, end: 2026-12-12T22:00+01:00}
        # changes/2026/2026-11-20-payroll-index.yaml (whole)
        title: Index the new columns
        type: normal
        services: [payroll]
        plan: Build the index.
        rollback: Drop the index.
        requires: [2026-11-20-payroll-columns]
        window: {start: 2026-12-11T20:00+01:00, end: 2026-12-11T22:00+01:00}

    Good:

        # changes/2026/2026-11-20-payroll-columns.yaml (whole)
        title: Fill the new columns
        type: normal
        services: [payroll]
        plan: Fill them.
        rollback: Empty them again.
        window: {start: 2026-12-10T20:00+01:00, end: 2026-12-10T22:00+01:00}
        # changes/2026/2026-11-20-payroll-index.yaml (whole)
        title: Index the new columns
        type: normal
        services: [payroll]
        plan: Build the index.
        rollback: Drop the index.
        requires: [2026-11-20-payroll-columns]
        window: {start: 2026-12-11T20:00+01:00, end: 2026-12-11T22:00+01:00}
    """
    for conflict in conflicts_with(repository, ConflictKind.ORDER):
        yield conflict.finding()


def _required(repository: Repository) -> Iterator[tuple[Record[Change], int, Record[Change]]]:
    """Each open change with those that it requires, and where it names them."""
    for change in open_changes(repository):
        for index, id in enumerate(change.fields.requires):
            other = repository.get(Change, id)
            if other is not None and other is not change:
                yield change, index, other
