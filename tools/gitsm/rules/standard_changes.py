"""Standard changes, and the models that authorise them in advance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gitsm.change_control import ended_within, open_changes
from gitsm.diagnostic import Diagnostic, Severity
from gitsm.history import History, Unknown, Version, history_of
from gitsm.lint import Findings, rule
from gitsm.records.change import Change, PlanStep
from gitsm.records.change_model import ChangeModel
from gitsm.repository import Record, Repository
from gitsm.requirements import all_lacks
from gitsm.risk import LEVELS, computed_risk, risk_of
from gitsm.rules.requirements import ASKED, Asked
from gitsm.schema.values import Period

_MODEL = Asked("change", "field", "model")


@rule
def standard_change_without_model(repository: Repository) -> Findings:
    """A standard change names no change model, so nothing authorises it in advance.

    Standard means that its steps, its risk and its way back were assessed once, for all such
    changes. Without the model, it is a normal change that nobody has assessed. In a repository
    without any change model this is said only where the policy asks for one.

    Bad:

        # changes/2026/2026-11-20-payroll-minor.yaml (whole)
        title: Minor release of the payroll database
        type: standard
        services: [payroll]
        plan: Upgrade it.
        rollback: Restore the snapshot.

    Good:

        # changes/2026/2026-11-20-payroll-minor.yaml (whole)
        title: Minor release of the payroll database
        type: standard
        model: database-minor-upgrade
        services: [payroll]
        plan: By the model.
        rollback: By the model.
    """
    hint = "name its `model`, or make it a normal change"
    seen = set()
    for record, lack in all_lacks(repository):
        if _MODEL.covers(record, lack) and record.file not in seen:
            seen.add(record.file)
            yield record.problem(f"{record} names no change model, {lack.asked}", "type", hint=hint)
    if not repository.all("change-model"):
        return
    for change in open_changes(repository):
        if change.fields.type == "standard" and change.fields.model is None and change.file not in seen:
            yield change.problem(
                f"{change} is a standard change, and names no change model", "type", hint=hint
            )


ASKED[_MODEL] = "standard-change-without-model"


@rule
def standard_change_off_its_model(repository: Repository) -> Findings:
    """A standard change does something else than its model, or on another service, or with more risk.

    The model was assessed, and not what is done here. A plan that is a text can't be compared, and
    is taken at its word. Its steps may say more than those of the model, and a step that only looks,
    waits or tells somebody may be added; any other that the model doesn't have is off it.

    Bad:

        # changes/2026/2026-11-20-ledger-minor.yaml (whole)
        title: Minor release of the ledger's database
        type: standard
        model: database-minor-upgrade
        services: [ledger]
        plan:
          - {step: Upgrade the old primary in place}
        rollback: By the model.

    Good:

        # changes/2026/2026-11-20-ledger-minor.yaml (whole)
        title: Minor release of the ledger's database
        type: standard
        model: database-minor-upgrade
        services: [ledger]
        plan:
          - {step: Fail over to ledger-2}
          - {step: Upgrade the old primary}
          - {step: Tell the bookkeepers}
        rollback: By the model.
    """
    for change in open_changes(repository):
        model = repository.get(ChangeModel, change.fields.model)
        if change.fields.type == "standard" and model is not None:
            yield from _other_services(change, model)
            yield from _other_steps(change, model)
            yield from _more_risk(repository, change, model)


def _other_services(change: Record[Change], model: Record[ChangeModel]) -> Iterator[Diagnostic]:
    allowed = set(model.fields.services)
    for index, service in enumerate(change.fields.services):
        if allowed and service not in allowed:
            yield change.problem(
                f"{change} is on {service}, which {model} is not for",
                "services",
                index,
                hint="make it a normal change, or have the model assessed for this service",
                related=[model.place("services", label="what the model is for")],
            )


def _other_steps(change: Record[Change], model: Record[ChangeModel]) -> Iterator[Diagnostic]:
    plan, steps = change.fields.plan, model.fields.steps
    if isinstance(plan, str) or not steps:
        return
    hint = "follow the model, or make it a normal change"
    missing = [index for index, step in enumerate(steps) if not any(_same_step(step, own) for own in plan)]
    for index in missing:
        yield change.problem(
            f'{change} leaves out a step of {model}: "{_short(steps[index].step)}"',
            "plan",
            on_key=True,
            hint=hint,
            related=[model.place("steps", index, "step", label="the step")],
        )
    # Beside a step that is missing, one that is not the model's is most often that step in other words.
    extra = [] if missing else [index for index, own in enumerate(plan) if not _is_of_model(own, steps)]
    for index in extra:
        yield change.problem(
            f'{change} takes a step that {model} does not have: "{_short(plan[index].step)}"',
            "plan",
            index,
            "step",
            hint="leave it out, have it assessed with the model, or make it a normal change",
            related=[model.place("steps", label="the steps of the model", on_key=True)],
        )
    if not missing and not extra and not _in_order(steps, plan):
        related = [model.place("steps", label="the order of the model", on_key=True)]
        message = f"{change} takes the steps of {model} in another order"
        yield change.problem(message, "plan", on_key=True, hint=hint, related=related)


def _in_order(steps: Sequence[PlanStep], plan: Sequence[PlanStep]) -> bool:
    """Whether the steps of a model can be found in a plan one after the other."""
    ahead = iter(plan)
    return all(any(_same_step(step, own) for own in ahead) for step in steps)


def _same_step(step: PlanStep, own: PlanStep) -> bool:
    """Whether a step of a plan is one of the model's: the same words, perhaps with more, or shorter."""
    wanted, found = _words(step.step), _words(own.step)
    return bool(found) and (wanted <= found or (found <= wanted and len(found) * 2 >= len(wanted)))


_LOOKING = re.compile(
    r"\W*(?:verify|check|confirm|test|make sure|ensure|look|watch|observe|monitor|wait|pause|review|compare|inspect"
    r"|tell|inform|announce|notify|call|mail|e-?mail|write to|post|send|thank|note|record|document|log|report"
    r"|open the ticket|close the ticket|update the (?:ticket|status page|record|change)|sign off|hand over)\b",
    re.IGNORECASE,
)
"""What a step begins with that changes nothing: it looks, waits, or tells somebody."""


def _is_of_model(own: PlanStep, steps: Sequence[PlanStep]) -> bool:
    """Whether a step of a plan is one of the model's, a part of one, or one that changes nothing."""
    found = _words(own.step)
    if not found or _LOOKING.match(own.step):
        return True
    if any(_same_step(step, own) for step in steps):
        return True
    # A step that the model names in one sentence may be taken in several.
    return any(len(found & _words(f"{step.step} {step.verify or ''}")) * 2 > len(found) for step in steps)


_FILLERS = frozenset(
    {"a", "an", "the", "and", "or", "of", "to", "on", "in", "at", "by", "for", "its", "it", "then"}
)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold())) - _FILLERS


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def _more_risk(
    repository: Repository, change: Record[Change], model: Record[ChangeModel]
) -> Iterator[Diagnostic]:
    assessed, risk = model.fields.risk, risk_of(repository, change)
    if assessed is None or LEVELS.index(risk) <= LEVELS.index(assessed):
        return
    declared = change.fields.risk == risk
    why = "" if declared else ": " + "; ".join(map(str, computed_risk(repository, change).reasons))
    yield change.problem(
        f"the risk of {change} is {risk.replace('_', ' ')}, and {model} was assessed as"
        f" {assessed.replace('_', ' ')}{why}",
        "risk" if declared else "model",
        hint="make it a normal change",
        related=[model.place("risk", label="as the model was assessed")],
    )


@rule(graded=True)
def model_failed_lately(repository: Repository, *, months: int = 6) -> Findings:
    """Changes by a model failed as often lately as the model allows, and it has not been assessed anew.

    It is pre-authorised because it always went well, and it no longer does. An open standard change that
    rests on the model is an error; where there is none, the model itself is worth a warning. A failure
    no longer counts once the model's services, steps, rollback, risk, conditions or limit were changed
    after it, as far as the history of the file tells.

    Options:

        months: how many months before now a failure counts

    Bad:

        # organization/change-models/database-minor-upgrade.yaml
        revoked_after: 1
        # changes/2026/2026-11-02-payroll-minor.yaml (whole)
        title: Minor release of the payroll database
        type: standard
        model: database-minor-upgrade
        services: [payroll]
        plan: By the model.
        rollback: By the model.
        closure: {code: unsuccessful, on: 2026-11-09, notes: The standby did not answer.}
        review:
          missed_dependency: None.
          rollback_realistic: Yes, 20 minutes.
          support_informed: Yes.

    Good:

        # organization/change-models/database-minor-upgrade.yaml
        revoked_after: 2
        # changes/2026/2026-11-02-payroll-minor.yaml (whole)
        title: Minor release of the payroll database
        type: standard
        model: database-minor-upgrade
        services: [payroll]
        plan: By the model.
        rollback: By the model.
        closure: {code: unsuccessful, on: 2026-11-09, notes: The standby did not answer.}
        review:
          missed_dependency: None.
          rollback_realistic: Yes, 20 minutes.
          support_informed: Yes.
    """
    stretch = Period(min(max(months, 1), 1200), "month")
    open_ids = {change.id for change in open_changes(repository)}
    for model in repository.of(ChangeModel):
        limit = model.fields.revoked_after
        if limit is None:
            continue
        users = repository.referring(model, Change, "model")
        lately = [one for one in users if _failed(one) and ended_within(repository, one, stretch)]
        if len(lately) < limit:
            continue
        failed = [one for one in lately if not _answered(repository, model, one)]
        if len(failed) < limit:
            continue
        times = "once" if len(failed) == 1 else f"{len(failed)} times"
        said = f"failed {times} within {stretch}, and is revoked after {limit}"
        places = [one.place("closure", "code", label="failed") for one in failed[-3:]]
        resting = [one for one in users if one.id in open_ids and one.fields.type == "standard"]
        for change in resting:
            yield change.problem(
                f"{change} rests on {model}, which {said}",
                "model",
                hint="assess it as a normal change, or assess the model again",
                related=places,
            )
        if not resting:
            found = model.problem(
                f"{model} {said}",
                "revoked_after",
                hint="assess it again: mend its steps or its conditions, or retire it",
                related=places,
            )
            yield replace(found, severity=Severity.WARNING)


def _failed(change: Record[Change]) -> bool:
    return change.fields.closure is not None and change.fields.closure.code == "unsuccessful"


_ASSESSED = ("services", "steps", "rollback", "risk", "conditions", "revoked_after")


def _answered(repository: Repository, model: Record[ChangeModel], failed: Record[Change]) -> bool:
    """Whether a model is certainly another one than it was when a change by it failed."""
    history = history_of(repository)
    then = _just_before(history, model, failed) if history is not None else None
    return then is not None and any(then.get(key) != model.data.get(key) for key in _ASSESSED)


def _just_before(
    history: History, model: Record[ChangeModel], failed: Record[Change]
) -> Mapping[str, Any] | None:
    """A model as it was before the failure of a change was recorded; None where nobody knows.

    What is recorded together with the failure is the answer to it.
    """
    recorded = history.since_when(failed, "closure", "code")
    if isinstance(recorded, Unknown):
        return None
    if recorded.is_committed:
        then = history.data_at(model, Version(recorded.position + 1, recorded.commit, recorded.time))
    else:
        newest = history.versions(model)[:1]
        then = history.data_at(model, newest[0]) if newest and isinstance(newest[0], Version) else None
    return then if isinstance(then, Mapping) else None
