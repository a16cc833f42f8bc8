"""How a change is undone, and whether anybody has tried that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gitsm.change_control import open_changes
from gitsm.diagnostic import DataPath, Diagnostic, NewValue, Severity
from gitsm.history import ABSENT, Unknown, history_of, value_at
from gitsm.hollow import in_short, says_nothing
from gitsm.lint import Findings, rule
from gitsm.records.change import Change, Rollback
from gitsm.records.change_model import ChangeModel
from gitsm.repository import Record, Repository
from gitsm.requirements import OR_ASK_LESS, Lack
from gitsm.rules.requirements import Asked, asked
from gitsm.schema.values import Duration

_WORD = r"(?:roll[ -]?back|back[ -]?out|fall[ -]?back|undo|way back|revert|reversal)"
_END = r"(?:possible|needed|necessary|required|applicable|available|planned|foreseen|defined|provided|documented)"
_NONE = re.compile(
    rf"(?:there is |there's |we have |has )?no {_WORD}(?: plan| procedure| strategy| steps)?(?: is)?(?: {_END}| yet)?"
    rf"|(?:{_WORD}(?: plan)?(?: is)? )?(?:not|none)(?: is)? {_END}"
    rf"|(?:{_WORD}(?: is)? )?(?:impossible|unnecessary|irreversible|not reversible)"
    r"|(?:this |it )?(?:cannot|can not|can't) be (?:undone|rolled back|reverted|reversed)"
    r"|(?:please )?(?:see|same as|as in|as per|like|cf) (?:the )?(?:change |implementation )?"
    r"(?:plan|ticket|wiki|description)(?: above| below)?"
)
_BY_THE_MODEL = re.compile(
    r"(?:as |see |by |per |according to |follow(?:s|ing)? )+(?:in |per |the |its |our )*(?:change |standard )?model"
)


@rule
def rollback_missing(repository: Repository) -> Findings:
    """The rollback of a change says no more than that there is none.

    When the change goes wrong at night, somebody has to invent the way back under pressure. Where
    there really is none, that is worth a sentence: why, and what is done instead.

    Bad:

        # changes/2026/2026-11-20-old-pay-slips.yaml (whole)
        title: Delete pay slips older than ten years
        type: normal
        services: [payroll]
        plan: Run the deletion job for 2015 and earlier.
        rollback: N/A

    Good:

        # changes/2026/2026-11-20-old-pay-slips.yaml (whole)
        title: Delete pay slips older than ten years
        type: normal
        services: [payroll]
        plan: Run the deletion job for 2015 and earlier.
        rollback: Not possible once the job has run; the list of what it deletes is read by two people before.
    """
    hint = "say how it is undone; where it can't be, say why, and what is done instead"
    for change in open_changes(repository):
        path, text = _plan_of(change.fields.rollback)
        if _is_none(text):
            yield change.problem(
                f"{change} has no way back: its rollback says {_quoted(text)}", *path, hint=hint
            )
        elif _BY_THE_MODEL.fullmatch(in_short(text)) and _model_has_none(repository, change):
            message = f"{change} is undone by its model, which says nothing of a rollback"
            model = repository.find("change-model", change.fields.model)
            related = [model.place("title", label="the model")] if model is not None else []
            yield change.problem(message, *path, hint=hint, related=related)
    for model in repository.of(ChangeModel):
        if model.fields.rollback is not None:
            path, text = _plan_of(model.fields.rollback)
            if _is_none(text):
                message = f"changes by {model} have no way back: its rollback says {_quoted(text)}"
                yield model.problem(message, *path, hint=hint)


def _plan_of(rollback: Rollback | str) -> tuple[DataPath, str]:
    return (("rollback",), rollback) if isinstance(rollback, str) else (("rollback", "plan"), rollback.plan)


def _is_none(text: str) -> bool:
    return says_nothing(text) or _NONE.fullmatch(in_short(text)) is not None


def _model_has_none(repository: Repository, change: Record[Change]) -> bool:
    if change.fields.model is None:
        return True
    model = repository.get(ChangeModel, change.fields.model)
    return model is not None and model.fields.rollback is None


def _quoted(text: str) -> str:
    return f'"{" ".join(text.split())}"'


@asked(Asked("change", "field", "rollback.tested*"))
def untested_rollback(change: Record[Any], lack: Lack) -> Diagnostic:
    """Nobody has tried the rollback of a change, and the policy asks for a trial.

    A way back that was never walked takes longer than anybody thinks, and now and then ends in a
    wall: a backup that can't be read, an address that was handed back.

    Bad:

        # organization/policy.yaml
        requirements:
          - {when: {kind: change, tier: [1], type: [normal]}, require: {fields: [rollback.tested]}}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.

    Good:

        # organization/policy.yaml
        requirements:
          - {when: {kind: change, tier: [1], type: [normal]}, require: {fields: [rollback.tested]}}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback:
          plan: Set it back to 12.
          takes: 5 min
          tested: {on: 2026-11-19, environment: staging, took: 3 min}
    """
    missing = lack.name.removeprefix("rollback.tested").removeprefix(".")
    if missing and value_at(change.data, ("rollback", "tested")) is not ABSENT:
        message = f"the trial of the rollback of {change} does not say {missing}, {lack.asked}"
        hint = f"write `{missing}` there, {OR_ASK_LESS}"
        return change.problem(message, "rollback", "tested", hint=hint, on_key=True)
    hint = "try it where nobody is hurt, and record it as `tested: {on: ..., environment: ..., took: ...}`"
    message = f"the rollback of {change} was never tried, {lack.asked}"
    return change.problem(message, "rollback", hint=hint, on_key=True)


@rule(severity=Severity.WARNING)
def rollback_test_outdated(repository: Repository) -> Findings:
    """The plan of a rollback was rewritten after its last trial.

    What was tried is not what will be done. The trial and the plan are compared by what the history
    of their file holds, not by dates: where it is not known, nothing is said.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole, before)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback:
          plan: Set it back to 12.
          tested: {on: 2026-11-19, environment: staging}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback:
          plan: Restore last night's snapshot of the queue and start twelve new workers.
          tested: {on: 2026-11-19, environment: staging}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole, before)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback:
          plan: Set it back to 12.
          tested: {on: 2026-11-19, environment: staging}
        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback:
          plan: Restore last night's snapshot of the queue and start twelve new workers.
          tested: {on: 2026-11-26, environment: staging}
    """
    for change in open_changes(repository):
        rollback = change.fields.rollback
        if isinstance(rollback, str) or rollback.tested is None:
            continue
        before = _plan_when_tried(repository, change)
        if before is not None and _words(before) != _words(rollback.plan):
            yield change.problem(
                f"the rollback of {change} was tried on {rollback.tested.on}, before its plan was rewritten",
                "rollback",
                "tested",
                on_key=True,
                hint="try the new plan, and record that trial",
                related=[change.place("rollback", "plan", label="rewritten since")],
            )


def _plan_when_tried(repository: Repository, change: Record[Change]) -> str | None:
    """The plan that stood when the present trial was recorded; None where nobody knows."""
    history = history_of(repository)
    if history is None:
        return None
    since = history.since_when(change, "rollback", "tested")
    if isinstance(since, Unknown):
        return None
    then = history.data_at(change, since)
    if then is None or isinstance(then, Unknown):
        return None
    plan = value_at(then, ("rollback", "plan"))
    return plan if isinstance(plan, str) else None


def _words(text: str) -> list[str]:
    """The words of a text: other signs, other line ends and capitals make no other plan."""
    return re.findall(r"\w+", text.casefold())


@rule
def rollback_slower_than_claimed(repository: Repository) -> Findings:
    """The trial of a rollback took longer than the rollback claims to take.

    The moment at which whoever is in charge must turn back is computed from that claim. In the
    window it will not be faster than it was in the trial.

    Bad:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback:
          plan: Set it back to 12.
          takes: 10 min
          tested: {on: 2026-11-19, took: 50 min}

    Good:

        # changes/2026/2026-11-20-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback:
          plan: Set it back to 12.
          takes: 1 h
          tested: {on: 2026-11-19, took: 50 min}
    """
    for record, rollback in _in_parts(repository):
        if rollback.takes is None or rollback.tested is None or rollback.tested.took is None:
            continue
        claimed, took = rollback.takes, rollback.tested.took
        if _longer(took, claimed):
            yield _slower(record, claimed, took)


def _slower(record: Record[Any], claimed: Duration, took: Duration) -> Diagnostic:
    found = record.problem(
        f"the rollback of {record} took {took} when it was tried, and claims {claimed}",
        "rollback",
        "takes",
        hint=f"claim what was measured, `takes: {took}`, and see whether the window still holds it",
        related=[record.place("rollback", "tested", "took", label="measured")],
    )
    # It moves the moment of turning back, so somebody should look.
    return replace(found, edit=NewValue(record.file, ("rollback", "takes"), str(took), safe=False))


def _longer(took: Duration, claimed: Duration) -> bool:
    """Whether one time is certainly longer: eight business hours are at least eight hours, perhaps more."""
    return took.minutes > claimed.minutes and (took.business or not claimed.business)


def _in_parts(repository: Repository) -> Iterator[tuple[Record[Any], Rollback]]:
    """The rollbacks, of open changes and of models, that are written in parts."""
    for change in open_changes(repository):
        if not isinstance(change.fields.rollback, str):
            yield change, change.fields.rollback
    for model in repository.of(ChangeModel):
        if isinstance(model.fields.rollback, Rollback):
            yield model, model.fields.rollback
