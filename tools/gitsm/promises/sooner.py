"""Single changes after which an incident is answered, or service restored, in time.

They are candidates: what is named in the end was tried on the whole promise. Of one kind the smallest comes
first: of lengths that are cut the one of which the fewest minutes are cut, to the second, or in working time
to half an hour; of hours that are widened those to which the fewest are added; of fallbacks that for the
fewest dependencies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor, inf

from gitsm.intervals import in_words, minutes
from gitsm.promises.called import called_for
from gitsm.promises.fallbacks import fallbacks_for
from gitsm.promises.gaps import UnknownHours, all_hours, gaps, window_of
from gitsm.promises.judged import Judged
from gitsm.promises.support import escalation_of, escalation_record
from gitsm.promises.verdict import Mend
from gitsm.promises.way_times import UnknownWay, worst_of
from gitsm.promises.ways import Way, begun, responding, way_of
from gitsm.records.support import Priority
from gitsm.schema.values import Duration

_STEP = 30.0
"""Working time is looked for in steps of so many minutes."""
_MOST_TEAMS = 3
"""How many teams of a path are tried with other hours."""
_LONGEST = 60_000.0
"""The longest working time that is proposed, in minutes."""


@dataclass(frozen=True)
class Sooner:
    """Finds what would mend the targets of one priority."""

    asked: Judged
    priority: Priority

    @cached_property
    def judged(self) -> Judged:
        """What is asked, on ground on which things are only tried."""
        return replace(self.asked, ground=self.asked.ground.as_trial())

    def begin_within(self, response: Duration, target: Duration) -> Iterator[Mend]:
        """For a response that comes after service is restored."""

        def in_time(within: Duration) -> bool:
            if within.business == target.business:
                return within.minutes <= target.minutes
            worst = begun(self.judged, within, target)
            return worst is None or worst.spare >= 0

        soon = self._shorter(response, in_time)
        if target.business == response.business or soon is None:
            soon = str(target)
        yield self._mine(f"respond within {said(soon)}", "response", soon)
        late = self._longer(target, lambda within: self._begins(response, within))
        if target.business == response.business or late is None:
            late = str(response)
        yield self._mine(f"promise that {self.priority} is restored within {said(late)}", "resolution", late)

    def _begins(self, response: Duration, target: Duration) -> bool:
        worst = begun(self.judged, response, target)
        return worst is None or worst.spare >= 0

    def answer(self, way: Way, response: Duration) -> Iterator[Mend]:
        """For a response that comes before anybody who is called is there."""
        yield from self._called_sooner([way])
        yield from self._there()
        late = None
        if not response.business and way.spare > -inf:
            late = length(response.minutes - way.spare, up=True)
        elif response.business:
            late = self._longer(response, lambda within: responding(self.judged, within).spare >= 0)
        if late is not None:
            yield self._mine(
                f"promise that work on {self.priority} begins within {said(late)}", "response", late
            )

    def restore(self, target: Duration, late: list[Way]) -> Iterator[Mend]:
        """For a restoration that comes too late: a quicker agreement below, somebody called sooner, wider
        hours below, a fallback, or a slower promise."""
        below = {way.agreement.id: way for way in late if way.agreement is not None}
        alone = len(below) == 1 and all(way.agreement is not None for way in late)
        if alone:
            yield from self._quicker(next(iter(below.values())), target)
        yield from self._called_sooner(late)
        if alone:
            yield from self._wider(next(iter(below.values())))
        yield from fallbacks_for(self.judged, (way.through[1] for way in late if len(way.through) > 1))
        yield from self._there()
        yield from self._slower(target, late)

    # --- each of them

    def _quicker(self, way: Way, target: Duration) -> Iterator[Mend]:
        agreement = way.agreement
        assert agreement is not None
        current = agreement.fields.resolution[self.priority]
        value = None
        if not current.business and way.spare > -inf and current.minutes + way.spare > 0:
            value = length(current.minutes + way.spare)
        elif current.business:
            value = self._shorter(
                current,
                lambda within: way_of(self.judged, target, agreement, way.through, within).spare >= 0,
            )
        if value is not None:
            words = f"have {agreement.id} restore {self.priority} within {said(value)}"
            yield Mend(words, "agreement", agreement.id, ("resolution", self.priority), value)

    def _called_sooner(self, late: list[Way]) -> Iterator[Mend]:
        """Whoever is called for the late ways, called sooner by as much as is missing, or at once."""
        record, spare = escalation_record(self.judged), min(way.spare for way in late)
        if record is None or spare == -inf:
            return
        steps = escalation_of(self.judged)
        inserted = len(steps) - len(record.fields.escalation)  # the owner, where no file calls it
        found: list[tuple[float, Mend]] = []
        for first in dict.fromkeys(
            called_for(self.judged, way.agreement, everybody=not way.restores).first for way in late
        ):
            index = first - inserted if first is not None else -1
            if index < 0:
                continue
            step = record.fields.escalation[index]
            if step.after.business or step.after.minutes <= 0:
                continue
            for sooner in dict.fromkeys((max(step.after.minutes + spare, 0.0), 0.0)):
                value = length(sooner)
                words = f"call {step.team} after {said(value)}"
                path = ("escalation", index, "after")
                mend = Mend(words, record.kind.name, record.id, path, value)
                found.append((step.after.minutes - sooner, mend))
        yield from (mend for _, mend in sorted(found, key=lambda each: each[0]))

    def _there(self) -> Iterator[Mend]:
        """Somebody who is called, or support, there in all promised hours, or at any hour."""
        judged = self.judged
        hours = judged.fields.hours or all_hours(judged)
        if hours is None or judged.is_given:
            return
        record, when = (
            judged.record,
            f"in the hours of {hours}" if judged.fields.hours else "around the clock",
        )
        found: list[tuple[float, Mend]] = []
        if record is not None and record.fields.support_hours not in (None, hours):
            mend = Mend(f"support {record.id} {when}", "service", record.id, ("support_hours",), hours)
            found.append((self._added(record.fields.support_hours, hours), mend))
        called = [step.team for step in escalation_of(judged)]
        for id in list(dict.fromkeys(called))[:_MOST_TEAMS]:
            team = judged.ground.team(id)
            if team is not None and team.fields.hours not in (None, hours):
                mend = Mend(f"have {id} on duty {when}", "team", id, ("hours",), hours)
                found.append((self._added(team.fields.hours, hours), mend))
        yield from (mend for _, mend in sorted(found, key=lambda each: each[0]))

    def _added(self, present: str | None, wanted: str) -> float:
        """How many minutes of duty come on top, in all that is looked at."""
        try:
            return minutes(gaps(self.judged.ground, wanted, present, window_of(self.judged)))
        except UnknownHours:
            return inf

    def _wider(self, way: Way) -> Iterator[Mend]:
        agreement, hours = way.agreement, self.judged.fields.hours
        assert agreement is not None
        if agreement.fields.hours is not None and agreement.fields.hours != hours:
            words = f"have {agreement.id} hold {'in the hours of ' + hours if hours else 'around the clock'}"
            yield Mend(words, "agreement", agreement.id, ("hours",), hours)

    def _slower(self, target: Duration, late: list[Way]) -> Iterator[Mend]:
        worst, value = min(way.spare for way in late), None
        if not target.business or self.judged.fields.hours is None:
            value = length(target.minutes - worst, up=True) if worst > -inf else None
        else:
            value = self._longer(target, lambda within: all(self._is_in_time(way, within) for way in late))
        if value is not None:
            words = f"promise that {self.priority} is restored within {said(value)}"
            yield self._mine(words, "resolution", value)

    def _is_in_time(self, way: Way, target: Duration) -> bool:
        worst = worst_of(self.judged, way.stages, target)
        return worst is None or worst.spare >= 0

    def _mine(self, words: str, which: str, value: str) -> Mend:
        return Mend(words, "agreement", self.judged.agreement.id, (which, self.priority), value)

    # --- how long

    def _shorter(self, current: Duration, does: Callable[[Duration], bool]) -> str | None:
        """The longest length below the present one that does."""
        most = ceil(current.minutes / _STEP) - 1
        found = _first(most, lambda count: does(_counted((most - count) * _STEP, current)))
        return _text((most - found) * _STEP, current) if found is not None and most > found else None

    def _longer(self, current: Duration, does: Callable[[Duration], bool]) -> str | None:
        """The shortest length above the present one that does."""
        least = floor(current.minutes / _STEP) + 1
        most = int(_LONGEST / _STEP)
        found = _first(most - least, lambda count: does(_counted((least + count) * _STEP, current)))
        return _text((least + found) * _STEP, current) if found is not None else None


def _first(most: int, does: Callable[[int], bool]) -> int | None:
    """The first number up to a limit that does, where each one after it does as well."""
    try:
        low, step = 0, 1
        while not does(min(step - 1, most)):
            if step - 1 >= most:
                return None
            low, step = step, step * 2
        high = min(step - 1, most)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if does(middle) else (middle + 1, high)
    except UnknownWay:  # too many ways were computed already
        return None
    return low


def _counted(minutes: float, like: Duration) -> Duration:
    return Duration(minutes, like.business, _text(minutes, like))


def _text(minutes: float, like: Duration) -> str:
    if not like.business:
        return length(minutes)
    hours = round(minutes / 60, 3)
    return f"{hours:g} business hour{'' if hours == 1 else 's'}"


def said(written: str) -> str:
    """A length of a record in words: `4110 min` as `68 h 30 min`, which no record would take."""
    number, unit = written.split(" ", 1)
    long = {"s": 1 / 60, "min": 1.0, "h": 60.0}.get(unit)
    return written if long is None else in_words(float(number) * long)


def length(minutes: float, *, up: bool = False) -> str:
    """A length as a record writes it: `4 h`, `90 min`; never longer, or where that is asked never shorter."""
    if abs(minutes - round(minutes)) > 1e-6:
        seconds = minutes * 60
        return f"{ceil(seconds - 1e-6) if up else floor(seconds + 1e-6)} s"
    minutes = round(minutes)
    return f"{minutes // 60} h" if minutes % 60 == 0 and minutes else f"{minutes} min"
