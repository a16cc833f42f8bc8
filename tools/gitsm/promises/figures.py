"""Figures of agreements, as they count for a promise: made to fit its period and its hours."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gitsm.promises.gaps import UnknownHours
from gitsm.promises.hours import hours_in_words
from gitsm.promises.judged import Judged
from gitsm.promises.spent import Spent, spent
from gitsm.promises.structure import TINY, Part, Step
from gitsm.records.agreement import Agreement
from gitsm.repository import Record


@dataclass(frozen=True)
class Figures:
    """Makes the figures of agreements fit the period and the hours of the promise."""

    judged: Judged

    def of(self, agreement: Record[Agreement], step: Step) -> Part:
        """The part that an agreement is."""
        figure, mine = agreement.fields.availability, self.judged.fields.availability
        assert figure is not None
        assert mine is not None
        missing, id = "", agreement.id
        try:
            found = spent(self.judged, agreement.fields)
        except UnknownHours as error:
            found, missing = Spent(0.0, 1.0, 1.0), str(error)
        says = f"{percent(figure.target)} a {figure.period}"
        if agreement.fields.hours != self.judged.fields.hours:
            says += f", {self._hours_of(agreement)}"
        allowed = 1 - figure.target / 100
        times = (1 - found.low) / allowed if allowed > TINY and found.uncovered <= TINY else 1.0
        times = times if abs(times - 1) > 1e-9 else 1.0
        if found.high - found.low <= TINY:
            if times > 1:
                says += f", all of whose downtime may fall into one {mine.period}: {shown(found.low)} of it"
        else:
            says += f", which is {shown(found.low)} to {shown(found.high)} of a {mine.period} promised"
            missing = missing or self._unsaid(agreement, found)
        return Part(
            ("agreement", id), id.partition("/")[0], found.low, found.high, says, missing, step,
            figure.target, times, agreement.place("availability", "target"), found.best, found.period,
        )  # fmt: skip

    def _unsaid(self, agreement: Record[Agreement], found: Spent) -> str:
        """What is not known of a figure that may come to more or less."""
        if found.uncovered > TINY:
            return f"how often {agreement.id} holds outside its hours, {hours_in_words(agreement.fields)}"
        if agreement.fields.hours != self.judged.fields.hours:
            return (
                f"which hours the downtime of {agreement.id} falls into: it holds {self._hours_of(agreement)}"
            )
        assert agreement.fields.availability is not None
        assert self.judged.fields.availability is not None
        given, mine = agreement.fields.availability.period, self.judged.fields.availability.period
        return f"which {mine} the downtime of {agreement.id} falls into, where a {given} lies across two"

    def _hours_of(self, agreement: Record[Agreement]) -> str:
        hours = agreement.fields.hours
        return f"in the hours of {hours}" if hours is not None else "around the clock"


def shown(share: float, below: float | None = None) -> str:
    """A share as a percentage, never rounded up to a better one; with as many digits as show that it is
    below another one, where that is asked."""
    return percent(floored(share, below))


def floored(share: float, below: float | None = None) -> float:
    """A share in percent, cut off where less than a tenth of what fails is lost with the rest."""
    exact = share * 100
    rounded = exact
    for digits in (2, 3, 4, 6, 8, 10, 12):
        rounded = math.floor(exact * 10**digits + 1e-7) / 10**digits
        close = abs(rounded - exact) < 0.1 * max(100 - exact, 1e-9)
        if close and (below is None or rounded < below * 100 or exact >= below * 100):
            break
    return rounded


def percent(figure: float) -> str:
    """A percentage with the digits that it needs."""
    return f"{figure:.14g} %"
