"""The ways by which service is restored: who is called, what runs, and what the worst moment is of each.

An incident is detected when it begins, support begins in its hours, the escalation path calls whoever
answers, and the agreement below runs from its own hours on, for as long as it may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf, isclose

from gitsm.promises.called import Called, called_for
from gitsm.promises.ground import Group, TooEntangled, service_of
from gitsm.promises.judged import Judged
from gitsm.promises.plain_ways import Spec, Specs, size_of
from gitsm.promises.support import business_calendar, support_calendar
from gitsm.promises.way_times import UnknownWay, end_of, plain_for, waits_for, worst_of
from gitsm.promises.worst_moment import Worst
from gitsm.records.agreement import Agreement
from gitsm.records.support import Priority
from gitsm.repository import Record
from gitsm.schema.values import Duration

MOST_MEMBERS = 20
MOST_WALKED = 500
AT_ONCE = Duration(0)
_MOMENT = 1e-6
"""Moments that are less than this many minutes apart are the same."""
MOST_NESTED = 12
MOST_COMBINED = 100
"""How many ways that differ a redundancy group may consist of, with all that lies below its members."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one agreement below restores service, or enough of several courses do: what happens, and not yet
    how long it takes."""

    agreement: Record[Agreement] | None
    """None for the provider alone, who must be called in time."""
    through: tuple[str, ...]
    called: Called
    stages: Specs
    always: bool
    """Whether it takes too long at any moment, whatever the hours."""
    parts: tuple[Course, ...] = ()
    """Of what it consists; none where it is one agreement's."""
    unsure: str = ""
    """What may be quicker for all that is known; empty where all of it is known."""
    size: int = 1
    """Of how many courses that differ it consists."""


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


def ways(judged: Judged, priority: Priority, target: Duration, missing: list[str]) -> Iterator[Way]:
    """The ways of a priority: the provider's own, and that of each agreement below. What nothing says is
    added to what is missing. Raises UnknownWay, TooEntangled."""
    for course in _Courses(judged, priority, target).all(missing):
        way = _seen(judged, target, course)
        if way.spare < 0 and course.unsure:
            missing.append(course.unsure)
        else:
            yield way


class _Courses:
    """Finds what restores one priority of an agreement."""

    def __init__(self, judged: Judged, priority: Priority, target: Duration) -> None:
        self._judged, self._priority, self._target = judged, priority, target
        self._groups: dict[tuple[str, str], Course | str | None] = {}
        """The course of each group, or what is missing for it; None while it is being found."""
        self._walked = 0

    def all(self, missing: list[str]) -> Iterator[Course]:
        """The provider's own course, and that of each agreement below."""
        judged, here = self._judged, (self._judged.service,)
        yield self.by(None, here)
        if judged.is_given:
            return
        beside = judged.beside(self.has_target)
        if beside is not None:
            yield self.by(beside, here)
            if judged.covers_all(beside):
                return
        missing.extend(self._silent(judged.service, beside))
        for named in judged.named_elsewhere(lambda _: True):
            if self.has_target(named.fields):
                yield self.by(named, (judged.service, service_of(named)))
            elif judged.is_of_others(named):
                missing.append(self._unsaid(service_of(named)))
        yield from self.below(judged.service, here, missing, 0)

    def has_target(self, agreement: Agreement) -> bool:
        """Whether an agreement says by when service is restored."""
        return self._priority in agreement.resolution

    def by(self, agreement: Record[Agreement] | None, through: tuple[str, ...]) -> Course:
        """The course of an agreement below, or of the provider alone."""
        length = agreement.fields.resolution[self._priority] if agreement is not None else AT_ONCE
        return course_of(self._judged, self._target, agreement, through, length)

    def below(self, start: str, way: tuple[str, ...], missing: list[str], nested: int) -> Iterator[Course]:
        """The courses of what a service needs, down to the nearest agreements."""
        judged = self._judged
        waiting, seen = deque([(start, way)]), {start}
        while waiting:
            here, path = waiting.popleft()
            judged.ground.visit()
            gone = judged.ground.needs(here).gone
            for group in judged.ground.needs(here).groups:
                found = self._known(here, group, path, nested)
                if isinstance(found, Course):
                    yield found
                elif found is not None:
                    missing.append(found)
            for on in judged.ground.needs(here).each:
                if on in seen:
                    continue
                seen.add(on)
                if on in gone:
                    missing.append(f"by when anything is restored for {gone[on]}")
                    continue
                self._walked += 1
                if self._walked > MOST_WALKED:
                    raise TooEntangled("by when so many services below it are restored")
                agreement = judged.nearest(on, self.has_target)
                if agreement is not None:
                    yield self.by(agreement, (*path, on))
                    if judged.covers_all(agreement):
                        continue
                if agreement is None and not judged.ours(on):
                    missing.append(self._unsaid(on))
                else:
                    missing.extend(self._silent(on, agreement))
                waiting.append((on, (*path, on)))

    def _unsaid(self, on: str) -> str:
        passed = self._judged.passed_over(on, self.has_target, f"says nothing of {self._priority}")
        return f"by when {on} is restored at {self._priority}{passed}"

    def _silent(self, on: str, counted: Record[Agreement] | None) -> Iterator[str]:
        """What is missing where others than those who promise have a part in a service, beside the one whose
        agreement is counted, and theirs says nothing: that part is no repair of our own."""
        told = counted.fields.provider if counted is not None else None
        if any(each.fields.provider != told for each in self._judged.silent(on, self.has_target)):
            yield self._unsaid(on)

    def _known(self, owner: str, group: Group, path: tuple[str, ...], nested: int) -> Course | str | None:
        key = (owner, group.name)
        if key not in self._groups:
            self._groups[key] = None
            self._groups[key] = self._group(group, path, nested)
        return self._groups[key]

    def _group(self, group: Group, path: tuple[str, ...], nested: int) -> Course | str:
        """The course after which enough of the members are back, if all of the group fails at once: they
        may cover each other's nights."""
        names = ", ".join(group.members)
        too_few = group.needed > len(group.members)
        if group.unclear or too_few or len(group.members) > MOST_MEMBERS or nested > MOST_NESTED:
            return f"by when enough of {names} is restored"
        each = [self._member(member, (*path, member), nested) for member in group.members]
        known = [course for course in each if course is not None]
        if len(known) < group.needed:
            return f"by when enough of {names} is restored at {self._priority}"
        whole = _enough(self._judged, known, group.needed)
        if whole.size > MOST_COMBINED:
            return f"by when enough of {names} is restored, of which too much stands below them"
        is_unsure = len(known) < len(each) or any(course.unsure for course in known)
        unsure = f"whether enough of {names} are always restored in time" if is_unsure else ""
        return replace(whole, unsure=unsure)

    def _member(self, member: str, path: tuple[str, ...], nested: int) -> Course | None:
        agreement = self._judged.nearest(member, self.has_target)
        if agreement is not None:
            return self.by(agreement, path)
        if not self._judged.ours(member) or any(self._silent(member, None)):
            return None
        unsaid: list[str] = []
        found = list(self.below(member, path, unsaid, nested + 1))
        if unsaid:
            return None
        return _enough(self._judged, found, len(found)) if found else self.by(None, path)


def _enough(judged: Judged, parts: list[Course], needed: int) -> Course:
    """The course after which so many of several are over, in its plainest form: what lies below several
    members would be looked at for each of them again, and so with each group further up."""
    if len(parts) == 1:
        return parts[0]
    stages: Specs = (("enough", needed, tuple(part.stages for part in parts)),)
    try:
        stages = plain_for(judged, stages)
        size = size_of(stages)
    except UnknownWay:  # it is said where somebody asks how long that takes
        size = sum(part.size for part in parts)
    always = sum(not part.always for part in parts) < needed
    unsure = next((part.unsure for part in parts if part.unsure), "")
    first = parts[0]
    return Course(first.agreement, first.through, first.called, stages, always, tuple(parts), unsure, size)


def course_of(
    judged: Judged,
    target: Duration,
    below: Record[Agreement] | None,
    through: tuple[str, ...],
    length: Duration,
) -> Course:
    """The course of an agreement below that takes so long, or of the provider alone."""
    support = support_calendar(judged)
    called = called_for(judged, below)
    stages: list[Spec] = []
    if support is not None and support != judged.fields.hours:  # else nobody has to wait: it begins in them
        stages.append(("wait", support))
    stages += called.stages
    if below is not None:
        hours = below.fields.hours
        worked = business_calendar(judged, below)
        if length.business and worked is not None and length.minutes:
            stages.append(("work", worked, length.minutes))  # working time waits for its hours by itself
        else:
            stages.extend([("wait", hours)] if hours is not None else [])
            stages.append(("let", length.minutes))
    always = called.least + length.minutes > target.minutes and not (
        target.business and judged.fields.hours is not None
    )
    return Course(below, through, called, tuple(stages), always)


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
