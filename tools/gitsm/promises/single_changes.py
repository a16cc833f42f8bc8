"""The single changes after which an availability that is refuted would be proved.

Each of them was tried: what is named is enough. Of figures that could be raised the one comes first for which
the fewest minutes of downtime are given up, in the hours for which it holds and to a hundredth of a percent, or
finer where that leaves nothing; of the twenty weakest each is tried. Of fallbacks the one comes first that is
for the fewest dependencies.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gitsm.intervals import minutes
from gitsm.promises.fallbacks import fallback_for, fallback_for_group
from gitsm.promises.figures import floored, percent
from gitsm.promises.gaps import UnknownHours, stretches, window_of
from gitsm.promises.judged import Judged
from gitsm.promises.made import Made
from gitsm.promises.structure import TINY, Part, name_of
from gitsm.promises.verdict import Mend
from gitsm.promises.walk import Walk

MOST_STEPS = 5_000
"""How many cases are looked at for what would mend one promise."""
_MOST_RAISED = 20
_MOST_SPARED = 3
_TARGET = ("availability", "target")


@dataclass(frozen=True)
class SingleChanges:
    """Finds what would mend a promise of availability."""

    judged: Judged
    made: Made
    wanted: float

    def found(self) -> Iterator[Mend]:
        """A figure for the right period, the smallest raise of one, a fallback, another raise, and to
        promise less."""
        raises = sorted(self._raises(), key=lambda found: (found[0], found[1].id))
        yield from self._periods()
        yield from (mend for _, mend in raises[:1])
        yield from self._fallback()
        yield from (mend for _, mend in raises[1:2])
        lowered = floored(self.made.at_least())
        if lowered > 0:
            words = f"promise no more than {percent(lowered)}"
            yield Mend(words, "agreement", self.judged.agreement.id, _TARGET, lowered)

    def _periods(self) -> Iterator[Mend]:
        """The figure that would do if it held for the period of the promise."""
        mine = self.judged.fields.availability
        for part in sorted(self.made.parts.values(), key=lambda part: part.key):
            if part.spent == 1 or part.low != part.high or part.figure is None or mine is None:
                continue
            if self.made.steps > MOST_STEPS:
                return
            if self.made.at_least({part.key: part.figure / 100}) >= self.wanted - TINY:
                words = f"have {part.key[1]} promise its {percent(part.figure)} for each {mine.period}"
                yield Mend(words, "agreement", part.key[1], ("availability", "period"), mine.period)
                return

    def _raises(self) -> Iterator[tuple[float, Mend]]:
        """Each figure that would do if it alone were raised, with the minutes of downtime that are given up."""
        weakest = sorted((p for p in self.made.parts.values() if p.figure), key=lambda p: (p.low, p.key))
        for part in weakest[:_MOST_RAISED]:
            if self.made.steps > MOST_STEPS:
                return
            raised = self._raised(part)
            if raised is None or part.figure is None:
                continue
            kind, id = part.key
            if kind == "agreement":
                mend = Mend(f"raise {name_of(part.key)} to {percent(raised)}", kind, id, _TARGET, raised)
            else:
                words = f"raise the own availability of {id} to {percent(raised)}"
                mend = Mend(words, "service", id, ("own_availability",), raised)
            yield (raised - part.figure) / 100 * self._promised_minutes(part), mend

    def _promised_minutes(self, part: Part) -> float:
        """How many minutes a figure is about, in all that is looked at: those of its agreement's hours, or all."""
        kind, id = part.key
        agreement = self.judged.ground.agreement(id) if kind == "agreement" else None
        window = window_of(self.judged)
        try:
            hours = agreement.fields.hours if agreement is not None else None
            return minutes(stretches(self.judged.ground, hours, window))
        except UnknownHours:
            return window.minutes

    def _raised(self, part: Part) -> float | None:
        """The figure at which a part alone would do; None where none below 100 % is enough."""
        if part.low != part.high and part.spent == 1:
            return None
        none, whole = self.made.at_least({part.key: 0.0}), self.made.at_least({part.key: 1.0})
        if whole < self.wanted or whole <= none:
            return None
        needed = (self.wanted - none) / (whole - none)
        exact = 100 * (1 - (1 - needed) / part.spent)
        for digits in range(2, 7):
            raised: float = math.ceil(exact * 10.0**digits - 1e-9) / 10.0**digits
            low = max(0.0, 1 - (1 - raised / 100) * part.spent)
            if raised < 100 and self.made.at_least({part.key: low}) >= self.wanted - TINY:
                # Where another part stands in for it, less may be enough than half-way suggests.
                less = raised - 10.0**-digits
                is_least = less <= (part.figure or 0.0) or not self._does(part, less)
                return raised if is_least else self._searched(part)
        return self._searched(part)

    def _searched(self, part: Part) -> float | None:
        """The same for a part whose figure counts only from somewhere on, as another one stands in for it."""
        assert part.figure is not None
        for digits in (2, 4, 6):
            scale: float = 10.0**digits
            low, high = math.floor(part.figure * scale) + 1, round(100 * scale) - 1
            if low > high or not self._does(part, high / scale):
                continue
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if self._does(part, middle / scale) else (middle + 1, high)
            return low / scale
        return None

    def _does(self, part: Part, raised: float) -> bool:
        up = max(0.0, 1 - (1 - raised / 100) * part.spent)
        return self.made.steps <= MOST_STEPS and self.made.at_least({part.key: up}) >= self.wanted - TINY

    def _fallback(self) -> Iterator[Mend]:
        """The dependency of the service itself without which the promise would hold."""
        needs = self.judged.ground.needs(self.judged.service)
        covered = self.judged.beside(lambda fields: fields.availability and fields.type != "UC")
        if covered is not None or self.made.steps > 2 * MOST_STEPS:
            return
        weak: dict[str, float] = {}
        for part in self.made.parts.values():
            for on in part.step.way[1:2]:
                weak[on] = weak.get(on, 1.0) * part.low
        choices = [(1, weak.get(on, 1.0), on, fallback_for(self.judged, on)) for on in needs.each]
        for group in needs.groups:
            least = min(weak.get(on, 1.0) for on in group.members) if group.members else 1.0
            mend = fallback_for_group(self.judged, group.name)
            choices.append((group.listed, least, f"group {group.name}", mend))
        tried: Counter[int] = Counter()
        for size, _, spared, mend in sorted(choices, key=lambda choice: choice[:3]):
            tried[size] += 1
            # Where it isn't enough to do without the weakest, it rarely is to do without another one.
            if mend is None or tried[size] > _MOST_SPARED:
                continue
            if Walk(self.judged, spared=spared).made().at_least() >= self.wanted - TINY:
                yield mend
                return
