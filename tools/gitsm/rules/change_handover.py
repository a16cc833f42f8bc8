"""What support is given with a change: a briefing, knowledge and runbooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gitsm.change_control import open_changes
from gitsm.diagnostic import DataPath, Diagnostic, Place
from gitsm.hollow import in_short, says_nothing
from gitsm.lint import Findings, rule
from gitsm.records.change import Change, Done
from gitsm.repository import Record, Repository
from gitsm.requirements import all_lacks
from gitsm.rules.requirements import ASKED, Asked


@rule
def support_not_briefed(repository: Repository) -> Findings:
    """Nobody told support of a change, though the policy asks for it, or only after it was done.

    The first caller tells the service desk what happened, and the desk can't tell whether to wait,
    to escalate or to look for something else. A briefing without who gave it and when is none. An
    emergency may be told of afterwards.

    Bad:

        # organization/policy.yaml
        requirements:
          - {when: {kind: change, tier: [1], type: [normal]}, require: {fields: [handover.support_briefed]}}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.

    Good:

        # organization/policy.yaml
        requirements:
          - {when: {kind: change, tier: [1], type: [normal]}, require: {fields: [handover.support_briefed]}}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        handover:
          support_briefed: {by: payroll-team, on: 2026-11-24}
    """
    yield from _not_handed_over(
        repository,
        "support_briefed",
        "support was not told of {change}",
        "tell the service desk what users will notice and when, and record `{by: ..., on: ...}`",
    )
    for change in open_changes(repository):
        briefed = change.fields.handover.support_briefed if change.fields.handover is not None else None
        if briefed is None or briefed.on is None or change.fields.type == "emergency":
            continue
        for path, moment in _ends(change.fields):
            last = max(moment.date(), moment.astimezone(repository.timezone).date())
            if briefed.on > last:
                when = "its window ends" if path[0] == "window" else "it was done"
                yield change.problem(
                    f"support is told of {change} on {briefed.on}, and {when} on {last}",
                    *("handover", "support_briefed", "on"),
                    hint="tell the service desk before the change, not after the first callers do",
                    related=[change.place(*path, label=when)],
                )
                break


def _ends(change: Change) -> Iterator[tuple[DataPath, datetime]]:
    """When a change was done, else when its window ends."""
    if change.actual is not None and change.actual.end is not None:
        yield ("actual", "end"), change.actual.end
    elif change.window is not None:
        yield ("window", "end"), change.window.end


@rule
def knowledge_untouched(repository: Repository) -> Findings:
    """No knowledge article was touched for a change, nor is there a reason why none is concerned.

    Users and the service desk go on following what was right before the change. The policy says
    which changes must answer this; an answer that names neither articles nor a reason is none.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        handover:
          knowledge: {}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        handover:
          knowledge: {unaffected: Users do not see workers.}
    """
    yield from _not_handed_over(
        repository,
        "knowledge",
        "no knowledge article was touched for {change}, nor said to be unaffected",
        "name the `articles` that were brought up to date, or say why none is `unaffected: ...`",
    )


@rule
def runbooks_untouched(repository: Repository) -> Findings:
    """No runbook was touched for a change, nor is there a reason why none is concerned.

    Whoever is called in the night after follows steps for a system that is no longer there. The
    policy says which changes must answer this; an answer that names neither runbooks nor a reason is none.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        handover:
          runbooks: {unaffected: n/a}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        handover:
          runbooks: {by: payroll-team, on: 2026-11-24, runbooks: [pay-run-late]}
    """
    yield from _not_handed_over(
        repository,
        "runbooks",
        "no runbook was touched for {change}, nor said to be unaffected",
        "name the `runbooks` that were brought up to date, or say why none is `unaffected: ...`",
    )


ASKED[Asked("change", "field", "handover.support_briefed*")] = "support-not-briefed"
ASKED[Asked("change", "field", "handover.knowledge*")] = "knowledge-untouched"
ASKED[Asked("change", "field", "handover.runbooks*")] = "runbooks-untouched"


def _not_handed_over(repository: Repository, part: str, words: str, advice: str) -> Iterator[Diagnostic]:
    """What the policy asks for and is lacking, then what is there and hollow, whatever the policy asks."""
    asked, seen = Asked("change", "field", f"handover.{part}*"), set()
    for record, lack in all_lacks(repository):
        if asked.covers(record, lack) and record.file not in seen:
            seen.add(record.file)
            message = f"{words.format(change=record)}, {lack.asked}"
            yield record.problem(message, at=_place(record, part), hint=advice)
    for change in open_changes(repository):
        done = getattr(change.fields.handover, part, None)
        if done is not None and change.file not in seen and (empty := _emptiness(done, part)):
            message = f"the handover of {change} has {part} without {empty}"
            yield change.problem(message, "handover", part, hint=advice, on_key=True)


def _place(record: Record[Any], part: str) -> Place:
    """The most precise place of what is there: the entry, the handover, or what makes it needed."""
    handover = record.data.get("handover")
    if isinstance(handover, dict):
        return record.place("handover", *((part,) if part in handover else ()), on_key=True)
    return record.place("type")


def _emptiness(done: Done, part: str) -> str:
    """What an entry lacks to say anything; empty where it says enough."""
    if done.unaffected is not None:
        hollow = says_nothing(done.unaffected) or in_short(done.unaffected) in ("unaffected", "not affected")
        return "a reason" if hollow else ""
    if (part == "knowledge" and done.articles) or (part == "runbooks" and done.runbooks):
        return ""
    if done.by is not None and done.on is not None:
        return ""
    if part == "support_briefed":
        return "who did it" if done.by is None else "when it was done"
    return "what was touched or why nothing is affected"
