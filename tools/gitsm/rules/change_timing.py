"""How early a change is announced, and how long it is watched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gitsm.change_control import notice_of, notice_of_window, open_changes
from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.policy import Policy
from gitsm.repository import Repository


@rule(graded=True)
def short_notice(repository: Repository) -> Findings:
    """A change is announced later before its window than the policy's notice asks for.

    Whoever is affected has no time to object, to prepare or to be there. The notice is counted from
    the first moment of the day in the change's id to the start of its window. Where the id is early
    enough, but the history of the file says that the window stands where it does only since later, that
    is a warning: the id is dated back, the window was moved, or a pull request was open for long. For
    emergency changes there is no notice, unless the policy names one.

    Bad:

        # organization/policy.yaml
        notice: [{type: normal, lead: 72 h}]
        # changes/2026/2026-12-01-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-12-02T20:00+01:00, end: 2026-12-02T21:00+01:00}

    Good:

        # organization/policy.yaml
        notice: [{type: normal, lead: 72 h}]
        # changes/2026/2026-12-01-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-12-04T20:00+01:00, end: 2026-12-04T21:00+01:00}
    """
    policy = repository.get(Policy, "policy")
    for change in open_changes(repository):
        notice = notice_of(repository, change)
        proposed_late = notice is not None and notice.is_short
        if notice is not None and not notice.is_short:
            notice = notice_of_window(repository, change)
        if notice is None or not notice.is_short:
            continue
        hours = notice.at_most // timedelta(hours=1)
        if proposed_late:
            how_late = f"at most {hours} h before its window" if hours >= 0 else "after its window began"
            said = f"{change} was proposed on {notice.on}, {how_late}"
        else:
            how_late = f"at most {hours} h before it begins" if hours >= 0 else "after it began"
            said = f"{change} has its present window since {notice.on}, {how_late}"
        kind = change.fields.type
        places = []
        if policy is not None:
            index = next(i for i, entry in enumerate(policy.fields.notice) if entry.type == kind)
            places = [policy.place("notice", index, "lead", label="the policy's notice")]
        asked = f"{notice.lead} of {'an emergency one' if kind == 'emergency' else f'a {kind} change'}"
        found = change.problem(
            f"{said}; the policy asks {asked}",
            "window",
            "start",
            hint="choose a later window, so that those whom it affects can still object",
            related=places,
        )
        yield found if proposed_late else replace(found, severity=Severity.WARNING)


@rule
def watch_over_before_its_change(repository: Repository) -> Findings:
    """The closer attention after a change ends before the change itself does.

    Its makers are gone when the first users come. Most often the watch was left where it stood when
    the window was moved.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-12-11T15:00+01:00, end: 2026-12-11T16:00+01:00}
        watch: {until: 2026-12-10T12:00+01:00}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-12-11T15:00+01:00, end: 2026-12-11T16:00+01:00}
        watch: {until: 2026-12-14T12:00+01:00}
    """
    for change in open_changes(repository):
        watch, window = change.fields.watch, change.fields.window
        if watch is not None and window is not None and watch.until < window.end:
            yield change.problem(
                f"the watch of {change} is over before its window ends",
                "watch",
                "until",
                related=[change.place("window", "end", label="the window ends")],
            )


@rule(severity=Severity.WARNING)
def told_after_the_fact(repository: Repository) -> Findings:
    """Every message about a planned change goes out only after its window has ended.

    Those who were to be told learn of it from what no longer works. Most often the window was moved
    forward and the messages were not. Where the policy asks for a notice, the messages are held
    against that instead.

    Bad:

        # organization/policy.yaml
        notice: []
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-12-12T20:00+01:00, end: 2026-12-12T21:00+01:00}
        communications:
          - {audience: Payroll clerks, at: 2026-12-14T09:00+01:00}

    Good:

        # organization/policy.yaml
        notice: []
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-12-12T20:00+01:00, end: 2026-12-12T21:00+01:00}
        communications:
          - {audience: Payroll clerks, at: 2026-12-07T09:00+01:00}
          - {audience: Payroll clerks, at: 2026-12-14T09:00+01:00}
    """
    for change in open_changes(repository):
        window, messages = change.fields.window, change.fields.communications
        if change.fields.type == "emergency" or window is None or not messages:
            continue
        if any(entry.type == change.fields.type for entry in repository.policy.notice):
            continue  # how early everybody is told is then held against the policy
        if all(message.at >= window.end for message in messages):
            yield change.problem(
                f"nobody is told of {change} before its window is over",
                "communications",
                0,
                "at",
                related=[change.place("window", "end", label="the window ends")],
            )


@rule(severity=Severity.WARNING)
def service_named_twice(repository: Repository) -> Findings:
    """A change names the same service twice.

    Most often another service was meant, and its owner and its users are never asked.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll, payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll, ledger]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
    """
    for change in open_changes(repository):
        first: dict[str, int] = {}
        for index, service in enumerate(change.fields.services):
            if first.setdefault(service, index) != index:
                yield change.problem(
                    f"{change} names {service} twice",
                    "services",
                    index,
                    related=[change.place("services", first[service], label="named before")],
                )
