"""Value streams: where work lies, and where it falls between two teams."""

from __future__ import annotations

from itertools import pairwise

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.value_stream import ValueStream
from gitsm.repository import Repository


@rule(severity=Severity.WARNING)
def wait_without_reason(repository: Repository) -> Findings:
    """A step of a value stream waits, and nobody says for what.

    Most of the time between a request and its delivery is waiting. A wait for an approval is ended by
    other means than one for a window, a tool or an answer; one without a reason is never ended.

    Bad:

        # services/payroll/value-stream.yaml
        steps:
          - {activity: Release it, team: payroll-team, work: 1 h, wait: 40 business hours}

    Good:

        # services/payroll/value-stream.yaml
        steps:
          - {activity: Release it, team: payroll-team, work: 1 h, wait: 40 business hours, wait_for: window}
    """
    for stream in repository.of(ValueStream):
        for index, step in enumerate(stream.fields.steps):
            if step.wait is not None and step.wait.minutes > 0 and step.wait_for is None:
                yield stream.problem(
                    f"step {step.activity!r} of {stream} waits {step.wait}, and does not say for what",
                    "steps",
                    index,
                    "wait",
                    hint="write `wait_for`: approval, information, tool, dependency or window",
                )


@rule(severity=Severity.WARNING)
def handover_not_accepted(repository: Repository) -> Findings:
    """Work goes from one team to another, and nobody of the other side accepts it.

    What nobody accepted is nobody's: it lies between two queues, or comes back half done. The
    hand-over to support is the one that is forgotten most.

    Bad:

        # services/payroll/value-stream.yaml
        steps:
          - {activity: Build and test it, team: payroll-team}
          - {activity: Book it, team: finance-department}

    Good:

        # services/payroll/value-stream.yaml
        steps:
          - {activity: Build and test it, team: payroll-team, accepted_by: finance-department}
          - {activity: Book it, team: finance-department}
    """
    for stream in repository.of(ValueStream):
        for index, (step, after) in enumerate(pairwise(stream.fields.steps)):
            if step.team is None or after.team is None or step.team == after.team:
                continue
            if step.accepted_by not in (None, step.team):
                continue
            by = "nobody accepts it" if step.accepted_by is None else f"{step.team} itself accepts it"
            path = "team" if step.accepted_by is None else "accepted_by"
            yield stream.problem(
                f"step {step.activity!r} of {stream} is handed over by {step.team} to {after.team}, and {by}",
                "steps",
                index,
                path,
                hint=f"name who does: `accepted_by: {after.team}`",
                related=[stream.place("steps", index + 1, "team", label="goes on here")],
            )
