"""The ways by which service is restored: who is called, what runs, and what the worst moment is of each.

An incident is detected when it begins, support begins in its hours, the escalation path calls whoever
answers, and the agreement below runs from its own hours on, for as long as it may.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import cast

from gitsm.intervals import Interval
from gitsm.promises.ground import (
    Ground,
    Group,
    Judged,
    TooEntangled,
    service_of,
    span_of,
)
from gitsm.promises.support import escalation_of, support_calendar
from gitsm.promises.worst_moment import Elapse, Hours, Stage, Wait, Work, Worst, worst_moment
from gitsm.records.agreement import Agreement
from gitsm.records.support import Priority
from gitsm.records.team import Team
from gitsm.repository import Record
from gitsm.schema.values import Duration
from gitsm.working_time import UnknownHolidays, working_times

LOOKED_AT = timedelta(days=366)
_BEYOND = timedelta(days=400)
"""How much further hours are known than incidents begin, so that each can be seen to its end."""
MOST_WAYS = 2_000
"""How many different ways are computed for one repository."""
MOST_MEMBERS = 20
MOST_WALKED = 500
MOST_NESTED = 12


class UnknownWay(Exception):
    """A way can't be computed; the text says what would have to be known."""


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
        if beside.fields.type != "UC":
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
        return _way(self._judged, self._target, agreement, through, self._priority)

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
                    continue
                if not judged.ours(on):
                    missing.append(f"by when {on} is restored at {self._priority}: no agreement does")
                waiting.append((on, (*path, on)))

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


def _way(
    judged: Judged,
    target: Duration,
    below: Record[Agreement] | None,
    through: tuple[str, ...],
    priority: Priority,
) -> Way:
    ground, support = judged.ground, support_calendar(judged)
    called, after, there = _called(judged, below)
    window = _while_it_holds(judged)
    stages: list[tuple[str, str | None, Duration | None]] = []
    if support is not None and support != judged.fields.hours:  # else nobody has to wait: it begins in them
        stages.append(("wait", support, None))
    stages.append(("let", support, after))
    if there is not None and there != support:
        stages.append(("wait", there, None))
    constant = 0.0
    if below is not None:
        hours, resolution = below.fields.hours, below.fields.resolution[priority]
        if resolution.business and hours is not None and resolution.minutes:
            stages.append(("let", hours, resolution))  # working time waits for its hours by itself
        else:
            stages.extend([("wait", hours, None)] if hours is not None else [])
            constant = resolution.minutes
    business = target if target.business and judged.fields.hours is not None else None
    worst = _computed(ground, _window(judged), judged.fields.hours, tuple(stages), business)
    if worst is not None and worst.at >= window.end.timestamp() / 60:
        worst = _computed(ground, window, judged.fields.hours, tuple(stages), business)
    if worst is not None:
        spare_target = 0.0 if business is not None else target.minutes
        worst = Worst(worst.at, worst.restored + constant, worst.deadline + spare_target)
    least = after.minutes + (below.fields.resolution[priority].minutes if below is not None else 0.0)
    always = least > target.minutes and business is None
    waited = False
    if worst is not None and support is not None:
        waited = _hours(ground, support, window).next(worst.at) > worst.at
    return Way(below, through, called, worst, always, waited)


def begun(judged: Judged, response: Duration, target: Duration) -> Worst | None:
    """The moment from which on work begins the latest, seen from when service has to be restored.
    Raises UnknownWay."""
    ground, hours, window = judged.ground, judged.fields.hours, _while_it_holds(judged)
    business = target if target.business and hours is not None else None
    worst = _computed(ground, window, hours, (("let", hours, response),), business)
    if worst is None:
        return None
    return Worst(worst.at, worst.restored, worst.deadline + (0.0 if business is not None else target.minutes))


def _called(judged: Judged, below: Record[Agreement] | None) -> tuple[str, Duration, str | None]:
    """After how long whoever answers is called: the provider below where the path names it, else the
    provider itself, else whoever is called first; and the calendar in which the first one is on duty.

    When the provider below is there, its agreement says. A later step is called when its time has come.
    """
    steps = escalation_of(judged)
    if not steps or judged.is_given:  # our own path is not the supplier's
        return "", Duration(0), None
    wanted = [below.fields.provider] if below is not None else []
    for team in [*wanted, judged.fields.provider]:
        for index, step in enumerate(steps):
            if step.team == team:
                there = _hours_of(judged, team) if index == 0 and team not in wanted else None
                return f"{team} called after {step.after}", step.after, there
    first = steps[0]
    return f"{first.team} called after {first.after}", first.after, _hours_of(judged, first.team)


def _hours_of(judged: Judged, id: str) -> str | None:
    team = judged.ground.repository.get(Team, id)
    return team.fields.hours if team is not None else None


def _window(judged: Judged) -> Interval:
    """The whole minutes of a year, from now or from the first day of the agreement on."""
    memo = judged.ground.memo
    if ("year", judged.day) not in memo:
        memo["year", judged.day] = _year(judged)
    return cast("Interval", memo["year", judged.day])


def _year(judged: Judged) -> Interval:
    repository = judged.ground.repository
    first = datetime(*judged.day.timetuple()[:3], tzinfo=repository.timezone).astimezone(UTC)
    start = max(repository.now.astimezone(UTC), first).replace(second=0, microsecond=0)
    return Interval(start, start + LOOKED_AT)


def _while_it_holds(judged: Judged) -> Interval:
    """As much of that year as the agreement holds."""
    window, last = _window(judged), span_of(judged.agreement)[1]
    if last >= window.end.date():
        return window
    zone = judged.ground.repository.timezone
    end = datetime(*(last + timedelta(days=1)).timetuple()[:3], tzinfo=zone).astimezone(UTC)
    return Interval(window.start, max(min(end, window.end), window.start + timedelta(minutes=1)))


def _computed(
    ground: Ground, window: Interval, hours: str | None, stages: tuple[tuple[str, str | None, Duration | None], ...],
    business: Duration | None,
) -> Worst | None:  # fmt: skip
    """The worst moment of a way, computed once for all agreements that are alike in it.

    What elapses at its end is not in it: it changes how long the way is, and not which moment is worst.
    """
    key = (
        "way",
        window,
        hours,
        tuple((w, c, d and (d.minutes, d.business)) for w, c, d in stages),
        business and business.minutes,
    )
    if key not in ground.memo:
        count = cast("int", ground.memo.get("ways", 0)) + 1
        if count > MOST_WAYS:
            raise UnknownWay("which moment is the worst: there are too many different ways to compute")
        ground.memo["ways"] = count
        begins = Hours(_clipped(ground, hours, window))
        way: list[Stage] = []
        for what, calendar, length in stages:
            if what == "wait":
                way.append(Wait(_hours(ground, calendar, window)))
            elif length is not None and length.business and calendar is not None:
                way.append(Work(_hours(ground, calendar, window), length.minutes))
            elif length is not None and length.minutes:
                way.append(Elapse(length.minutes))
        deadline: Stage = Elapse(0.0)
        if business is not None:
            deadline = Work(_hours(ground, hours, window), business.minutes)
        ground.memo[key] = worst_moment(begins, way, deadline)
    return cast("Worst | None", ground.memo[key])


def _hours(ground: Ground, calendar: str | None, window: Interval) -> Hours:
    """The hours of a calendar, from a window's start to well after its end."""
    key = ("hours", calendar, window)
    if key not in ground.memo:
        ground.memo[key] = Hours(_stretches(ground, calendar, Interval(window.start, window.end + _BEYOND)))
    return cast("Hours", ground.memo[key])


def _clipped(ground: Ground, calendar: str | None, window: Interval) -> Sequence[Interval]:
    return [
        Interval(part.start, min(part.end, window.end))
        for part in _stretches(ground, calendar, Interval(window.start, window.end + _BEYOND))
        if part.start < window.end
    ]


def _stretches(ground: Ground, calendar: str | None, window: Interval) -> list[Interval]:
    if calendar is None:
        return [window]
    key = ("long", calendar, window)
    if key not in ground.memo:
        found = working_times(ground.repository).get(calendar)
        if found is None:
            raise UnknownWay(f"the hours of calendar {calendar}, which can't be read")
        try:
            ground.memo[key] = found.between(window.start, window.end)
        except UnknownHolidays as error:
            raise UnknownWay(f"the holidays of calendar {calendar}: {error}") from None
    return cast("list[Interval]", ground.memo[key])
