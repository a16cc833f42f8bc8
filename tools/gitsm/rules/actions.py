"""What somebody promised to do after an incident or a service review."""

from __future__ import annotations

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.incident import Incident
from gitsm.records.service_review import ServiceReview
from gitsm.repository import Record, Repository


@rule(severity=Severity.WARNING)
def action_overdue(repository: Repository) -> Findings:
    """An action of an incident or a service review is past its day and not done.

    What was learnt is lost, and the same incident comes back with the same lesson. An action that
    became an improvement is followed there. Time alone brings this, so it is a warning.

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        actions:
          - {what: Watch the pay run for a month, owner: payroll-team, due: 2026-11-26}

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        actions:
          - {what: Watch the pay run for a month, owner: payroll-team, due: 2026-11-26, done: 2026-11-26}
    """
    records: list[Record[Incident] | Record[ServiceReview]]
    records = [*repository.of(Incident), *repository.of(ServiceReview)]
    for record in records:
        for index, action in enumerate(record.fields.actions):
            if action.due is None or action.done is not None or action.improvement is not None:
                continue
            if (days := (repository.today - action.due).days) > 0:
                yield record.problem(
                    f"an action of {record} was due on {action.due}, {days} day{'' if days == 1 else 's'} ago",
                    "actions",
                    index,
                    "due",
                    hint="write when it was `done`, or what is to become of it: a new day, or an improvement",
                )
