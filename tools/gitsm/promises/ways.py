"""The ways by which service is restored: who is called, what runs, and what the worst moment is of each.

An incident is detected when it begins, support begins in its hours, the escalation path calls whoever
answers, and the agreement below runs from its own hours on, for as long as it may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from gitsm.promises.called import called_for
from gitsm.promises.ground import Group, TooEntangled, service_of
from gitsm.promises.judged import Judged
from gitsm.promises.support import support_calendar
from gitsm.promises.way_times import Spec, waits_for, worst_of
from gitsm.promises.worst_moment import Worst
from gitsm.records.agreement import Agreement
from gitsm.records.support import Priority
from gitsm.repository import Record
from gitsm.schema.values import Duration

MOST_MEMBERS = 20
MOST_WALKED = 500
AT_ONCE = Duration(0)
MOST_NESTED = 12


@dataclass(frozen=True, slots=True)
class Way:
    """The way by which one agreement below restores service, from its worst moment on."""

    agreement: Record[Agreement] | None
    """None for the provider alone, who must be called in time."""
    through: tuple[str, ...]
    called: str
    """Who is called after how long, in words; empty without an escalation path."""
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
    found = _Ways(judged, priority, target)
    yield found.by(None, (judged.service,))
    if judged.is_given:
        return
    beside = judged.beside(found.has_target)
    if beside is not None:
        yield found.by(beside, (judged.service,))
        if judged.covers_all(beside):
            return
    for named in judged.named_elsewhere(found.has_target):
        yield found.by(named, (judged.service, service_of(named)))
    yield from found.below(judged.service, (judged.service,), missing, 0)


class _Ways:
    """Finds the ways of one priority of an agreement."""

    def __init__(self, judged: Judged, priority: Priority, target: Duration) -> None:
        self._judged, self._priority, self._target = judged, priority, target
        self._groups: dict[tuple[str, str], Way | str | None] = {}
        """The way of each group, or what is missing for it; None while it is being found."""
        self._walked = 0

    def has_target(self, agreement: Agreement) -> bool:
        """Whether an agreement says by when service is restored."""
        return self._priority in agreement.resolution

    def by(self, agreement: Record[Agreement] | None, through: tuple[str, ...]) -> Way:
        """The way of an agreement below, or of the provider alone."""
        length = agreement.fields.resolution[self._priority] if agreement is not None else AT_ONCE
        return way_of(self._judged, self._target, agreement, through, length)

    def below(self, start: str, way: tuple[str, ...], missing: list[str], nested: int) -> Iterator[Way]:
        """The ways of what a service needs, down to the nearest agreements."""
        judged = self._judged
        waiting, seen = deque([(start, way)]), {start}
        while waiting:
            here, path = waiting.popleft()
            judged.ground.visit()
            gone = judged.ground.needs(here).gone
            for group in judged.ground.needs(here).groups:
                found = self._known(here, group, path, nested)
                if isinstance(found, Way):
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
                elif not judged.ours(on):
                    missing.append(self._unsaid(on))
                waiting.append((on, (*path, on)))

    def _unsaid(self, on: str) -> str:
        passed = self._judged.passed_over(on, self.has_target, f"says nothing of {self._priority}")
        return f"by when {on} is restored at {self._priority}{passed}"

    def _known(self, owner: str, group: Group, path: tuple[str, ...], nested: int) -> Way | str | None:
        key = (owner, group.name)
        if key not in self._groups:
            self._groups[key] = None
            self._groups[key] = self._group(group, path, nested)
        return self._groups[key]

    def _group(self, group: Group, path: tuple[str, ...], nested: int) -> Way | str:
        """The way of the member with which enough of a group are back, if all of it fails at once."""
        names = ", ".join(group.members)
        too_few = group.needed > len(group.members)
        if group.unclear or too_few or len(group.members) > MOST_MEMBERS or nested > MOST_NESTED:
            return f"by when enough of {names} is restored"
        each = [self._member(member, (*path, member), nested) for member in group.members]
        known = sorted((way for way in each if way is not None), key=lambda way: -way.spare)
        if len(known) < group.needed:
            return f"by when enough of {names} is restored at {self._priority}"
        found = known[group.needed - 1]
        others = len(group.members) > group.needed
        if found.spare < 0 and ((others and not found.always) or len(known) < len(each)):
            # Members may cover each other's nights: that each alone is late at some moment refutes nothing.
            return f"whether enough of {names} are always restored in time"
        return found

    def _member(self, member: str, path: tuple[str, ...], nested: int) -> Way | None:
        agreement = self._judged.nearest(member, self.has_target)
        if agreement is not None:
            return self.by(agreement, path)
        if not self._judged.ours(member):
            return None
        unsaid: list[str] = []
        found = list(self.below(member, path, unsaid, nested + 1))
        if unsaid:
            return None
        return min(found, key=lambda way: way.spare) if found else self.by(None, path)


def way_of(
    judged: Judged,
    target: Duration,
    below: Record[Agreement] | None,
    through: tuple[str, ...],
    length: Duration,
) -> Way:
    """The way of an agreement below that takes so long, or of the provider alone. Raises UnknownWay."""
    support = support_calendar(judged)
    called = called_for(judged, below)
    stages: list[Spec] = []
    if support is not None and support != judged.fields.hours:  # else nobody has to wait: it begins in them
        stages.append(("wait", support))
    stages += called.stages
    if below is not None:
        hours = below.fields.hours
        if length.business and hours is not None and length.minutes:
            stages.append(("work", hours, length.minutes))  # working time waits for its hours by itself
        else:
            stages.extend([("wait", hours)] if hours is not None else [])
            stages.append(("let", length.minutes))
    worst = worst_of(judged, tuple(stages), target)
    always = called.least + length.minutes > target.minutes and not (
        target.business and judged.fields.hours is not None
    )
    return Way(below, through, called.words, worst, always, waits_for(judged, support, worst))


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
    return Way(None, (judged.service,), called.words, worst, always, waited, restores=False)


def begun(judged: Judged, response: Duration, target: Duration) -> Worst | None:
    """The moment from which on work begins the latest, seen from when service has to be restored.
    Raises UnknownWay."""
    hours = judged.fields.hours
    counted: Spec = (
        ("work", hours, response.minutes) if response.business and hours else ("let", response.minutes)
    )
    return worst_of(judged, (counted,), target)
