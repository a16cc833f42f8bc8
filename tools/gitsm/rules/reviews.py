"""Things that must be looked at again, and were not."""

from __future__ import annotations

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.presets import preset_reviews
from gitsm.records.runbook import Runbook
from gitsm.repository import Record, Repository
from gitsm.requirements import all_lacks, applies
from gitsm.schema.values import Period


@rule(severity=Severity.WARNING)
def review_overdue(repository: Repository) -> Findings:
    """A runbook was not reviewed for longer than it, or the policy, says it must be.

    Hosts, commands and people change. A runbook that nobody has looked at for a year is followed by
    somebody who does not know that. How often it is reviewed stands in its `review_every`; for one that
    names nothing, in the policy's `reviews`. Time alone brings this, so it is a warning.

    Bad:

        # runbooks/pay-run-late.md
        review_every: 6 months
        reviewed: 2026-01-31

    Good:

        # runbooks/pay-run-late.md
        review_every: 6 months
        reviewed: 2026-10-31
    """
    said = {record.file for record, lack in all_lacks(repository) if lack.name == "reviewed"}
    for runbook in repository.of(Runbook):
        own, reviewed = runbook.fields.review_every, runbook.fields.reviewed
        every = own or _of_the_policy(repository, runbook)
        if every is None or runbook.file in said:
            continue  # that it never was is said where the policy asks for it
        if reviewed is None:
            yield runbook.problem(
                f"{runbook} is to be reviewed every {every}{'' if own else ' by the policy'}, and never was",
                "review_every" if own else "services",
                on_key=own is None,
                hint="read it as if it were night, mend it, and set `reviewed`",
            )
        elif (due := every.after(reviewed)) < repository.today:
            days = (repository.today - due).days
            yield runbook.problem(
                f"the review of {runbook} was due on {due}, {days} day{'' if days == 1 else 's'} ago",
                "reviewed",
                hint="read it as if it were night, mend it, and set `reviewed`",
            )


def _of_the_policy(repository: Repository, runbook: Record[Runbook]) -> Period | None:
    """How often the policy has a runbook reviewed: by its own words, else by its preset's."""
    if not repository.policy_is_known:
        return None
    for cadences in (repository.policy.reviews, preset_reviews(repository.policy.preset)):
        every = [cadence.every for cadence in cadences if applies(repository, runbook, cadence.when)]
        if every:
            return min(every, key=lambda period: period.after(repository.today))
    return None
