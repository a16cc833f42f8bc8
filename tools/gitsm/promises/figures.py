"""Figures of agreements, as they count for a promise: made to fit its period and its hours."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gitsm.promises.ground import Judged
from gitsm.promises.hours import covered_share, hours_in_words
from gitsm.promises.structure import Part, Step
from gitsm.records.agreement import Agreement
from gitsm.repository import Record

TINY = 1e-12
"""What is less than this apart is the same figure."""
DAYS = {"day": (1, 1), "week": (7, 7), "month": (28, 31), "quarter": (90, 92), "year": (365, 366)}
"""How many days a period has at least and at most, from the shortest to the longest."""
_WITHIN = {("year", "quarter"): 365 / 90, ("year", "month"): 365 / 28, ("quarter", "month"): 90 / 28}
"""How many times as long as the shortest part of it a period is, in the year in which that is the most."""


@dataclass(frozen=True)
class Figures:
    """Makes the figures of agreements fit the period and the hours of the promise."""

    judged: Judged

    def of(self, agreement: Record[Agreement], step: Step) -> Part:
        """The part that an agreement is."""
        figure, mine = agreement.fields.availability, self.judged.fields.availability
        assert figure is not None
        assert mine is not None
        spent = spent_at_once(figure.period, mine.period)
        least = max(0.0, 1 - (1 - figure.target / 100) * spent)
        says = f"{percent(figure.target)} a {figure.period}"
        if spent > 1:
            says += f", all of whose downtime may fall into one {mine.period}: {shown(least)} of it"
        missing, low, high = "", least, least
        share = covered_share(self.judged, agreement)
        if share is None or share < 1 - TINY:
            missing = (
                f"a figure of {agreement.id} for the hours that {hours_in_words(agreement.fields)} leave out"
            )
            low, high = (least * share, least * share + 1 - share) if share is not None else (0.0, 1.0)
        return Part(
            ("agreement", agreement.id), agreement.id.partition("/")[0], low, high, says, missing, step,
            figure.target, spent, agreement.place("availability", "target"),
        )  # fmt: skip


def spent_at_once(given: str, promised: str) -> float:
    """How many times as much downtime a period of the promise may hold as a figure given for another
    period says: a year's may all be spent in one month. A shorter period's never adds up to more."""
    order = list(DAYS)
    if (given, promised) in _WITHIN:
        return _WITHIN[given, promised]
    return DAYS[given][1] / DAYS[promised][0] if order.index(given) > order.index(promised) else 1.0


def shown(share: float) -> str:
    """A share as a percentage, never rounded up to a better one."""
    for digits in (2, 3, 4, 6, 8):
        rounded = math.floor(share * 100 * 10**digits + 1e-7) / 10**digits
        if abs(rounded - share * 100) < 0.1 * max(100 - share * 100, 1e-9):
            break
    return percent(rounded)


def percent(figure: float) -> str:
    """A percentage with the digits that it needs."""
    return f"{figure:.10g} %"
