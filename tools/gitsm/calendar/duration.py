"""How long a change takes, and how long it takes to undo, as far as its record says so."""

from __future__ import annotations

from collections.abc import Sequence

from gitsm.change_control import rollback_of
from gitsm.records.change import Change, PlanStep
from gitsm.records.change_model import ChangeModel
from gitsm.repository import Record, Repository


def steps_of(repository: Repository, change: Record[Change]) -> Sequence[PlanStep]:
    """The steps of a change: its own, else those of its model; none where it is told in a text."""
    if not isinstance(change.fields.plan, str):
        return change.fields.plan
    model = repository.get(ChangeModel, change.fields.model)
    return model.fields.steps if model is not None else ()


def least_minutes(repository: Repository, change: Record[Change]) -> float:
    """How long a plan takes at least: what its steps say. Working time lasts no less than it says."""
    return sum(step.takes.minutes for step in steps_of(repository, change) if step.takes is not None)


def plan_minutes(repository: Repository, change: Record[Change]) -> float | None:
    """How long a plan takes; None where one of its steps does not say it, or says it in working time."""
    steps = steps_of(repository, change)
    known = [step.takes.minutes for step in steps if step.takes is not None and not step.takes.business]
    return sum(known) if steps and len(known) == len(steps) else None


def rollback_minutes(repository: Repository, change: Record[Change]) -> float:
    """How long it takes at least to undo a change; 0 where nobody said."""
    rollback = rollback_of(repository, change)
    return rollback.takes.minutes if rollback is not None and rollback.takes is not None else 0.0


def amount(minutes: float) -> str:
    """Minutes as a message says them: `45 min`, `6500 min`; below ten with a tenth, and in seconds below one."""
    if minutes < 1:
        return f"{max(minutes * 60, 1):.0f} s" if minutes else "0 min"
    shown = round(minutes, 1) if minutes < 10 else round(minutes)
    return f"{shown:.0f} min" if shown == int(shown) else f"{shown} min"


def in_hours(minutes: float) -> str:
    """Minutes as hours, as a message says them: `6500 h`, `2.5 h`; below an hour as minutes."""
    if minutes < 60:
        return amount(minutes)
    shown = round(minutes / 60, 1) if minutes < 6000 else round(minutes / 60)
    return f"{shown:.0f} h" if shown == int(shown) else f"{shown} h"
