"""Things that must be looked at again, and were not."""

from __future__ import annotations

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.runbook import Runbook
from gitsm.repository import Repository


@rule(severity=Severity.WARNING)
def review_overdue(repository: Repository) -> Findings:
    """A runbook was not reviewed for longer than it says it must be.

    Hosts, commands and people change. A runbook that nobody has looked at for a year is followed by
    somebody who does not know that. Time alone brings this, so it is a warning.

    Bad:

        # runbooks/pay-run-late.md
        review_every: 6 months
        reviewed: 2026-01-31

    Good:

        # runbooks/pay-run-late.md
        review_every: 6 months
        reviewed: 2026-10-31
    """
    for runbook in repository.of(Runbook):
        every, reviewed = runbook.fields.review_every, runbook.fields.reviewed
        if every is None:
            continue
        if reviewed is None:
            yield runbook.problem(f"{runbook} is to be reviewed every {every}, and never was", "review_every")
        elif (due := every.after(reviewed)) < repository.today:
            days = (repository.today - due).days
            yield runbook.problem(
                f"the review of {runbook} was due on {due}, {days} day{'' if days == 1 else 's'} ago",
                "reviewed",
                hint="read it as if it were night, mend it, and set `reviewed`",
            )
