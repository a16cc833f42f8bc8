"""When the teams of a change are busy with it: who carries it out for all of it, who does a step for that step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gitsm.calendar.duration import steps_of
from gitsm.diagnostic import DataPath
from gitsm.intervals import Interval
from gitsm.records.change import Change
from gitsm.repository import Record, Repository


@dataclass(frozen=True, slots=True)
class StepTime:
    """When a step of a plan is done, by the beginning of the window and what the steps before it take."""

    index: int
    team: str
    when: Interval | None
    """None where a step before it, or it itself, doesn't say how long it takes."""
    possible: Interval
    """The time in which it must lie, whatever it takes."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A team that is busy with a change for a stretch of time."""

    team: str
    when: Interval
    is_named: bool
    """Whether the change names the team, and not only the service that the team owns."""
    step: int | None = None
    """The place of the first step that it is busy with; None where it carries the whole change out."""
    after: timedelta = timedelta()
    """How long after the change begins."""


def step_times(repository: Repository, change: Record[Change], when: Interval) -> Sequence[StepTime]:
    """When each step of a plan that names a team is done, were the change done in a window."""
    steps = steps_of(repository, change)
    if not any(step.team for step in steps):
        return ()
    least = [timedelta(minutes=step.takes.minutes) if step.takes else timedelta() for step in steps]
    found: list[StepTime] = []
    start, left, known = when.start, sum(least, timedelta()), True
    for index, step in enumerate(steps):
        left -= least[index]
        known = known and step.takes is not None and not step.takes.business
        end = min(start + least[index], when.end)
        last = max(when.end - left, end)
        if step.team is not None and start < last:
            exact = Interval(start, end) if known and start < end else None
            found.append(StepTime(index, step.team, exact, Interval(start, last)))
        start = min(start + least[index], when.end)
    return found


def carries_out_all(repository: Repository, change: Record[Change]) -> bool:
    """Whether the team of a change is there for all of it: it is named, or a step is left to it."""
    steps = steps_of(repository, change)
    return change.fields.team is not None or not steps or any(step.team is None for step in steps)


def path_of_step(change: Record[Change], index: int) -> DataPath:
    """Where a step names its team; steps of a model are shown where the change names that."""
    return ("model",) if isinstance(change.fields.plan, str) else ("plan", index, "team")


def bookings_of(
    repository: Repository, change: Record[Change], team: str | None, when: Interval
) -> Sequence[Booking]:
    """When which team is busy with a change that takes up a stretch of time.

    A step of which the time can't be known books nobody: its team may do it at any hour of the window.
    """
    found: list[Booking] = []
    whole = team if carries_out_all(repository, change) else None
    if whole is not None:
        found.append(Booking(whole, when, change.fields.team is not None))
    found.extend(_of_steps(step_times(repository, change, when), whole, when))
    return found


def _of_steps(steps: Sequence[StepTime], but: str | None, when: Interval) -> Iterator[Booking]:
    """A booking for the steps of a team that follow each other."""
    last: Booking | None = None
    for step in steps:
        if step.when is None or step.team == but:
            continue
        if last is not None and (last.team, last.when.end) == (step.team, step.when.start):
            last = Booking(last.team, Interval(last.when.start, step.when.end), True, last.step, last.after)
            continue
        if last is not None:
            yield last
        last = Booking(step.team, step.when, True, step.index, step.when.start - when.start)
    if last is not None:
        yield last
