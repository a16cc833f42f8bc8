"""Who does and who decides."""

from __future__ import annotations

from gitsm.lint import Findings, rule
from gitsm.records.raci import Raci
from gitsm.repository import Repository


@rule
def activity_without_one_accountable(repository: Repository) -> Findings:
    """An activity has nobody who answers for it, or several.

    Where two are accountable, each waits for the other; where nobody is, nothing is decided. The
    rule of RACI is exactly one.

    Bad:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, accountable: [payroll-team, finance-department]}

    Good:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, accountable: payroll-team}
    """
    for raci in repository.of(Raci):
        for index, activity in enumerate(raci.fields.activities):
            count = len(activity.accountable)
            if count == 1:
                continue
            path = ("activities", index, "accountable") if count else ("activities", index)
            many = (
                f"{count} accountable: {', '.join(activity.accountable)}" if count else "nobody accountable"
            )
            yield raci.problem(
                f"activity {activity.name!r} of {raci.id} has {many}", *path, hint="name exactly one"
            )
