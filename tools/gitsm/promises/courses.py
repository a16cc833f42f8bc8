"""The courses by which service is restored: what happens in each, down to the nearest agreements below.

What is unknown may be back at once, or never. So each of them is told from both sides: how soon service is
back at the best, and how late at the worst, for all that is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gitsm.promises.called import Called, called_for
from gitsm.promises.descent import Descent, Gone, Met, MetGroup
from gitsm.promises.ground import service_of
from gitsm.promises.judged import Judged
from gitsm.promises.plain_ways import Spec, Specs, size_of
from gitsm.promises.support import business_calendar, support_calendar
from gitsm.promises.way_times import UnknownWay, plain_for
from gitsm.records.agreement import Agreement
from gitsm.records.support import Priority
from gitsm.repository import Record
from gitsm.schema.values import Duration

MOST_MEMBERS = 20
AT_ONCE = Duration(0)
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
    size: int = 1
    """Of how many courses that differ it consists."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what something below is restored, for all that is known. Where all is, both are the same."""

    best: Course | None
    """It takes at least as long; None where it may be back at once."""
    worst: Course | None
    """It takes no longer; None where it may never be back."""
    unsure: tuple[str, ...] = ()
    """What would have to be known."""

    @property
    def is_known(self) -> bool:
        """Whether both are the same course."""
        return self.best is self.worst is not None


class Courses:
    """Finds what restores one priority of an agreement."""

    def __init__(self, judged: Judged, priority: Priority, target: Duration) -> None:
        self._judged, self._priority, self._target = judged, priority, target
        what = "by when so many services below it are restored"
        self._descent = Descent(judged, self._has_target, what)
        self._groups: dict[tuple[str, str], Bounds] = {}

    def all(self) -> Iterator[Bounds]:
        """Everything that has to be over before service is back: the provider's own course, those of the
        agreements below, and those of groups. Raises TooEntangled."""
        judged, here = self._judged, (self._judged.service,)
        yield self._by(None, here)
        if judged.is_given:
            return
        beside = judged.beside(self._has_target)
        if beside is not None:
            yield self._by(beside, here)
            if judged.covers_all(beside):
                return
        yield from self._silent(judged.service, beside)
        for named in judged.named_elsewhere(lambda _: True):
            if self._has_target(named.fields):
                yield self._by(named, (judged.service, service_of(named)))
            elif judged.is_of_others(named):
                yield self._unsaid(service_of(named))
        yield from self._below(judged.service, here, 0)

    def _has_target(self, agreement: Agreement) -> bool:
        """Whether an agreement says by when service is restored."""
        return self._priority in agreement.resolution

    def _by(self, agreement: Record[Agreement] | None, through: tuple[str, ...]) -> Bounds:
        """The course of an agreement below, or of the provider alone: its word is taken."""
        length = agreement.fields.resolution[self._priority] if agreement is not None else AT_ONCE
        course = course_of(self._judged, self._target, agreement, through, length)
        return Bounds(course, course)

    def _below(self, start: str, way: tuple[str, ...], nested: int) -> Iterator[Bounds]:
        """What a service needs, down to the nearest agreements."""
        for met in self._descent.below(start, way):
            match met:
                case Gone():
                    yield _unknown(f"by when anything is restored for {met.why}")
                case MetGroup():
                    yield self._known(met, nested)
                case Met():
                    yield from self._itself(met)

    def _itself(self, met: Met) -> Iterator[Bounds]:
        """When a service is restored that doesn't wait for what it needs: by its agreement, or by those who
        promise, whose own courses are all the same."""
        if met.agreement is not None:
            yield self._by(met.agreement, met.way)
        elif not self._judged.ours(met.service):
            yield self._unsaid(met.service)
            return
        if not met.is_covered:
            yield from self._silent(met.service, met.agreement)

    def _unsaid(self, on: str) -> Bounds:
        passed = self._judged.passed_over(on, self._has_target, f"says nothing of {self._priority}")
        return _unknown(f"by when {on} is restored at {self._priority}{passed}")

    def _silent(self, on: str, counted: Record[Agreement] | None) -> Iterator[Bounds]:
        """What is unknown where others than those who promise have a part in a service, beside the one whose
        agreement is counted, and theirs says nothing: that part is no repair of our own."""
        told = counted.fields.provider if counted is not None else None
        if any(each.fields.provider != told for each in self._judged.silent(on, self._has_target)):
            yield self._unsaid(on)

    def _known(self, met: MetGroup, nested: int) -> Bounds:
        key = (met.owner, met.group.name)
        if key not in self._groups:
            self._groups[key] = self._group(met, nested)
        return self._groups[key]

    def _group(self, met: MetGroup, nested: int) -> Bounds:
        """When enough of the members are back, if all of the group fails at once: they may cover each
        other's nights."""
        group = met.group
        enough = f"by when {group.in_words} are restored at {self._priority}"
        too_few = group.needed > len(group.members)
        if too_few or len(group.members) > MOST_MEMBERS or nested > MOST_NESTED:
            return _unknown(enough)
        each = [self._member(member, met.way, nested) for member in group.members]
        found = self._enough_of(each, group.needed)
        if group.or_all:
            alone = group.those_of(each)
            found = self._enough_of([found, self._enough_of(alone, len(alone))], 1)
        return found if found.unsure or found.is_known else _unknown(f"{enough}: too much stands below them")

    def _member(self, member: str, way: tuple[str, ...], nested: int) -> Bounds:
        """When a member is back, with all that it needs."""
        path = (*way, member)
        if member in way:  # it is back whenever this is asked
            return self._by(None, path)
        met = self._descent.met(member, path)
        found = list(self._itself(met))
        if not met.is_covered:
            found += self._below(member, path, nested + 1)
        return self._enough_of(found, len(found)) if found else self._by(None, path)

    def _enough_of(self, each: list[Bounds], needed: int) -> Bounds:
        """Between what so many of several are over: at the best those that may be over at once are."""
        worst = self._enough([one.worst for one in each if one.worst is not None], needed)
        if all(one.is_known for one in each):
            return Bounds(worst, worst)
        best = [one.best for one in each if one.best is not None]
        unsure = tuple(dict.fromkeys(what for one in each for what in one.unsure))
        return Bounds(self._enough(best, needed - (len(each) - len(best))), worst, unsure)

    def _enough(self, parts: list[Course], needed: int) -> Course | None:
        """The course after which so many of several are over, in its plainest form: what lies below several
        members would be looked at for each of them again, and so with each group further up. None where it
        takes none of them, or more than there are, or where they are too many to compute."""
        if not 0 < needed <= len(parts):
            return None
        if len(parts) == 1:
            return parts[0]
        stages: Specs = (("enough", needed, tuple(part.stages for part in parts)),)
        try:
            stages = plain_for(self._judged, stages)
            size = size_of(stages)
        except UnknownWay:  # it is said where somebody asks how long that takes
            size = sum(part.size for part in parts)
        if size > MOST_COMBINED:
            return None
        always = sum(not part.always for part in parts) < needed
        first = parts[0]
        return Course(first.agreement, first.through, first.called, stages, always, tuple(parts), size)


def _unknown(unsure: str) -> Bounds:
    return Bounds(None, None, (unsure,))


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
