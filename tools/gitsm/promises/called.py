"""Who is called when a service fails, and how long it takes until somebody of them is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from gitsm.promises.judged import Judged
from gitsm.promises.plain_ways import Spec
from gitsm.promises.support import escalation_of, support_calendar
from gitsm.records.agreement import Agreement
from gitsm.records.support import EscalationStep
from gitsm.repository import Record
from gitsm.schema.values import Duration

MOST_STEPS = 20
"""How many steps of an escalation path are looked at."""


@dataclass(frozen=True, slots=True)
class Called:
    """Who is called, and the way until somebody of them is there."""

    words: str = ""
    stages: tuple[Spec, ...] = ()
    least: float = 0.0
    """After how many minutes somebody is called at the earliest."""
    first: int | None = None
    """Which step of the path that is; None without a path."""
    who: str = ""
    """Who is at it then, in words: a team, or somebody of several; empty without a path."""


def called_for(judged: Judged, below: Record[Agreement] | None, *, everybody: bool = False) -> Called:
    """Who is called for an agreement below: its provider where the path names it, and when that is there
    its agreement says. Else the provider of the promise, or whoever comes first where the path doesn't name
    it, and everybody else on the path until somebody is there; from the first one on, where it is enough
    that somebody answers."""
    steps = escalation_of(judged)
    if not steps or judged.is_given:  # our own path is not the supplier's
        return Called()
    named = below.fields.provider if below is not None else None
    named = named if any(step.team == named for step in steps) else None
    key = ("called", named, everybody)
    if key not in judged.memo:
        judged.memo[key] = _called(judged, steps, named, everybody=everybody)
    return cast("Called", judged.memo[key])


def _called(
    judged: Judged, steps: tuple[EscalationStep, ...], named: str | None, *, everybody: bool
) -> Called:
    support = support_calendar(judged)
    teams = [step.team for step in steps]
    if named is not None:
        index = teams.index(named)
        step = steps[index]
        words = f"{step.team} called after {step.after}"
        return Called(words, (_let(step.after, support),), step.after.minutes, index, step.team)
    provider = judged.fields.provider
    first = teams.index(provider) if provider in teams and not everybody else 0
    # Who was called before has it until then, and goes on where nobody else is there.
    head = steps[first].after
    ways: list[tuple[Spec, ...]] = []
    for index, step in enumerate(steps[:MOST_STEPS]):
        after = step.after if index >= first else head
        there = hours_of_team(judged, step.team)
        # Whoever is called in the middle of support's hours is there; later they may have gone home.
        waits = there != support or (after.minutes and not after.business)
        waiting: tuple[Spec, ...] = (("wait", there),) if there is not None and waits else ()
        ways.append((_let(after, support), *waiting))
    asked = steps[first:MOST_STEPS]
    words = ", then ".join(
        f"{step.team} called after {step.after}" if index == 0 else f"{step.team} after {step.after}"
        for index, step in enumerate(asked[:4])
    )
    words += f", and {len(asked) - 4} more" if len(asked) > 4 else ""
    least = min(step.after.minutes for step in asked)
    who = teams[0] if len(set(teams)) == 1 else "somebody who is called"
    return Called(words, (("enough", 1, tuple(dict.fromkeys(ways))),), least, first, who)


def _let(length: Duration, calendar: str | None) -> Spec:
    if length.business and calendar is not None and length.minutes:
        return ("work", calendar, length.minutes)
    return ("let", length.minutes)


def hours_of_team(judged: Judged, id: str) -> str | None:
    """The calendar of a team's hours; None where its record names none."""
    team = judged.ground.team(id)
    return team.fields.hours if team is not None else None
