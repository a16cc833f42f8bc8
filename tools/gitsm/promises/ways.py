"""The ways by which service is restored: who is called, what runs, and what the worst moment is of each.

An incident is detected when it begins, support begins in its hours, the escalation path calls whoever
answers, and the agreement below runs from its own hours on, for as long as it may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isclose

from gitsm.promises.called import Called, called_for
from gitsm.promises.courses import Course, Courses, course_of
from gitsm.promises.judged import Judged
from gitsm.promises.plain_ways import Spec, Specs
from gitsm.promises.support import support_calendar
from gitsm.promises.way_times import end_of, waits_for, worst_of
from gitsm.promises.worst_moment import Worst
from gitsm.records.agreement import Agreement
from gitsm.records.support import Priority
from gitsm.repository import Record
from gitsm.schema.values import Duration

_MOMENT = 1e-6
"""Moments that are less than this many minutes apart are the same."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way by which one agreement below restores service, from its worst moment on."""

    agreement: Record[Agreement] | None
    """None for the provider alone, who must be called in time; of a group the one with which enough is back."""
    through: tuple[str, ...]
    called: Called
    stages: Specs
    worst: Worst | None
    always: bool
    """Whether the time is too short at any moment, whatever the hours."""
    waited: bool
    """Whether at the worst moment nobody of support is there."""
    restores: bool = True
    """Whether service is restored at its end, and not only work begun."""

    @property
    def spare(self) -> float:
        """How many minutes are left at the worst moment."""
        return self.worst.spare if self.worst is not None else inf


@dataclass(frozen=True, slots=True)
class Ways:
    """Something that has to be over before service is back, for all that is known. Where all is, both are the
    same way."""

    best: Way | None
    """It takes at least as long; None where it may be over at once."""
    worst: Way | None
    """It takes no longer; None where it may never be over."""
    unsure: tuple[str, ...]
    """What would have to be known."""

    @property
    def is_late(self) -> bool:
        """Whether even at the best it is over after the deadline."""
        return self.best is not None and self.best.spare < 0

    @property
    def is_in_time(self) -> bool:
        """Whether even at the worst it is over by the deadline."""
        return self.worst is not None and self.worst.spare >= 0


def ways(judged: Judged, priority: Priority, target: Duration) -> Iterator[Ways]:
    """The ways of a priority: the provider's own, and that of each agreement and group below.
    Raises UnknownWay, TooEntangled."""
    for bounds in Courses(judged, priority, target).all():
        best = _seen(judged, target, bounds.best) if bounds.best is not None else None
        worst = best
        if not bounds.is_known:
            worst = _seen(judged, target, bounds.worst) if bounds.worst is not None else None
        yield Ways(best, worst, bounds.unsure)


def _seen(judged: Judged, target: Duration, course: Course) -> Way:
    """A course from its worst moment on. Raises UnknownWay."""
    worst = worst_of(judged, course.stages, target)
    last = course
    while last.parts and worst is not None:
        # Of a group the member is named with which, from that moment on, enough of them are back.
        ends = [end_of(judged, part.stages, worst.at) for part in last.parts]
        at = end_of(judged, last.stages, worst.at)
        last = last.parts[
            next(index for index, end in enumerate(ends) if isclose(end, at, rel_tol=0, abs_tol=_MOMENT))
        ]
    waited = waits_for(judged, support_calendar(judged), worst)
    return Way(last.agreement, last.through, last.called, course.stages, worst, course.always, waited)


def way_of(
    judged: Judged,
    target: Duration,
    below: Record[Agreement] | None,
    through: tuple[str, ...],
    length: Duration,
) -> Way:
    """The way of an agreement below that takes so long, or of the provider alone. Raises UnknownWay."""
    return _seen(judged, target, course_of(judged, target, below, through, length))


def responding(judged: Judged, response: Duration) -> Way:
    """The way to the first who is called and there, seen from when work has to have begun.
    Raises UnknownWay."""
    support = support_calendar(judged)
    called = called_for(judged, None, everybody=True)
    stages: list[Spec] = []
    if support is not None and support != judged.fields.hours:
        stages.append(("wait", support))
    stages += called.stages
    worst = worst_of(judged, tuple(stages), response)
    always = called.least > response.minutes and not response.business
    waited = waits_for(judged, support, worst)
    return Way(None, (judged.service,), called, tuple(stages), worst, always, waited, restores=False)


def begun(judged: Judged, response: Duration, target: Duration) -> Worst | None:
    """The moment from which on work begins the latest, seen from when service has to be restored.
    Raises UnknownWay."""
    hours = judged.fields.hours
    counted: Spec = (
        ("work", hours, response.minutes) if response.business and hours else ("let", response.minutes)
    )
    return worst_of(judged, (counted,), target)
