"""Runbooks that can't be relied on, or aren't found."""

from __future__ import annotations

from typing import Any

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import Findings, rule
from gitsm.mentions import unmentioned
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.repository import Record, Repository
from gitsm.requirements import Lack
from gitsm.rules.requirements import Asked, asked
from gitsm.service_history import Difference, since_review


@rule(severity=Severity.WARNING)
def suspect_runbook(repository: Repository) -> Findings:
    """What a runbook rests on changed after its last review: a service's dependencies, escalation or monitoring.

    It may send its reader to a host that is no longer in the way of the fault, or to a team that is no
    longer called. Compared is what the service says now with what it said in the commit that gave the
    runbook's `reviewed` its present value; dates don't count, and neither does another order or layout.
    Without Git, or where a shallow clone hides that commit, nothing is known and nothing is said. It is
    a warning, because only somebody who reads the runbook can tell whether it still holds.

    Bad:

        # runbooks/pay-run-late.md (before)
        reviewed: 2026-10-28
        # services/payroll/service.yaml (before)
        monitoring: [{alert: PayrollRunLate}]
        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate}, {alert: PayrollRunFailed, event: informational}]

    Good:

        # runbooks/pay-run-late.md (before)
        reviewed: 2026-10-28
        # services/payroll/service.yaml (before)
        monitoring: [{alert: PayrollRunLate}]
        # runbooks/pay-run-late.md
        reviewed: 2026-11-30
        # services/payroll/service.yaml
        monitoring: [{alert: PayrollRunLate}, {alert: PayrollRunFailed, event: informational}]
    """
    for runbook in repository.of(Runbook):
        if runbook.fields.reviewed is None:
            continue
        for id in dict.fromkeys(runbook.fields.services):
            service = repository.get(Service, id)
            found = since_review(repository, runbook, service) if service is not None else ()
            if service is not None and found:
                yield _suspect(runbook, service, list(found))


MAX_DIFFERENCES = 3
"""How many differences a finding names."""


def _suspect(runbook: Record[Runbook], service: Record[Service], found: list[Difference]) -> Diagnostic:
    words = [difference.what for difference in found[:MAX_DIFFERENCES]]
    if len(found) > MAX_DIFFERENCES:
        words.append(f"{len(found) - MAX_DIFFERENCES} more")
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return runbook.problem(
        f"since the review of {runbook} on {runbook.fields.reviewed}: {listed}",
        "reviewed",
        hint="read it again as if it were night, mend it, and set `reviewed`",
        related=[difference.place for difference in found[:1]],
    )


@asked(Asked("runbook", "field", "rehearsed"), Asked("runbook", "field", "rehearsed.on"))
def runbook_never_rehearsed(record: Record[Any], lack: Lack) -> Diagnostic:
    """A runbook was never tried out, although the policy asks for that where so much depends on a service.

    A command that nobody has run since it was written fails on the night when it is needed. The
    rehearsal shows what is missing, and how long it really takes.

    Bad:

        # organization/policy.yaml
        preset: regulated
        # runbooks/pay-run-late.md
        rehearsed: null

    Good:

        # organization/policy.yaml
        preset: regulated
        # runbooks/pay-run-late.md
        rehearsed: {on: 2026-10-28, by: payroll-team, took: 20 min}
    """
    return record.problem(
        f"{record} was never rehearsed, {lack.asked}",
        "services",
        on_key=True,
        hint="try it out and set `rehearsed`",
    )


@rule(severity=Severity.WARNING)
def orphan_runbook(repository: Repository) -> Findings:
    """A runbook is for no service, answers no alert, and nothing else speaks of it.

    Nobody comes to it: not from the service that is down, not from the alert's name, not from another
    page. Whoever needs it does not know that it exists.

    Bad:

        # runbooks/change-the-tape.md (whole)
        ---
        services: []
        ---

        ## Mitigation

        Take the tape out and put the next one in.

    Good:

        # runbooks/change-the-tape.md (whole)
        ---
        services: [payroll]
        ---

        ## Mitigation

        Take the tape out and put the next one in.
    """
    alone = [
        runbook
        for runbook in repository.of(Runbook)
        if not runbook.fields.services and not runbook.fields.alerts and not _is_contents(runbook)
    ]
    for runbook in unmentioned(repository, alone):
        yield runbook.problem(
            f"{runbook} is for no service, answers no alert, and nothing speaks of it",
            "services",
            on_key=True,
            hint="name the services it is for or the alerts it answers, or link it where it is needed",
        )


def _is_contents(runbook: Record[Runbook]) -> bool:
    """Whether it is a page that leads to others, which is where people begin."""
    if runbook.id.rpartition("-")[2] in ("readme", "index", "start", "overview"):
        return True
    own = [link for link in runbook.prose.links if "://" not in link.address and not link.image]
    return sum(link.address.partition("#")[0].endswith(".md") for link in own) >= 3
