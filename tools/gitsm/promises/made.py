"""How often a structure works at least and at most, for all that is known of its parts.

Parts fail independently of each other. But a figure of an agreement hides what its downtime comes from: two of
them that stand on the same may be down at once, at the best, or never.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitsm.promises.redundancy import All, Chance, Vote
from gitsm.promises.redundancy import Part as Key
from gitsm.promises.structure import TINY, Enough, Part, Reach, Structure, keys_of

_MOST_PERIODS = 6
"""How many periods are looked at for the one in which parts together are at their worst."""
_MOST_PAIRS = 1_000
"""How many pairs of parts of two groups are looked at; where there are more, they are taken to share something."""


class Made:
    """A structure with its parts, to be computed with."""

    def __init__(
        self,
        whole: Structure,
        parts: Mapping[Key, Part],
        implied: Mapping[Key, frozenset[Key]],
        reach: Mapping[Key, Reach],
        covered: Mapping[str, Key],
    ):
        self.whole, self.parts, self.implied, self._reach = whole, parts, implied, reach
        self.covered = covered
        """The groups that aren't in it because an agreement covers them, by name, each with that agreement."""
        self.steps = 0
        """How many cases were looked at for all figures together."""
        self._known_apart: dict[int, tuple[Structure, bool]] = {}

    def at_least(self, changed: Mapping[Key, float] | None = None) -> float:
        """How often it works, with nothing good assumed of what is unknown. Raises TooEntangled."""
        return self._of(self.whole, {key: part.low for key, part in self.parts.items()}, changed, high=False)

    def at_most(self, changed: Mapping[Key, float] | None = None) -> float:
        """How often it works, where everything unknown is perfect. Raises TooEntangled."""
        return self._at_most(self.whole, changed or {})

    def alone(self, whole: Structure, *, high: bool) -> float:
        """How often a piece of it works by itself."""
        if high:
            return self._at_most(whole, {})
        return self._of(whole, {key: part.low for key, part in self.parts.items()}, {}, high=False)

    def is_unclear(self, whole: Structure) -> bool:
        """Whether a piece of it may work more or less often, though all of its figures were known."""
        up = {key: part.low for key, part in self.parts.items()}
        return self._of(whole, up, {}, high=True) - self._of(whole, up, {}, high=False) > TINY

    def _at_most(self, whole: Structure, changed: Mapping[Key, float]) -> float:
        """How often a piece of it works where everything unknown is perfect, in the period in which that
        is the least. Figures have their worst periods at different times, so those of one period at a time
        are taken together, and the others are taken at their best."""
        best = {key: part.best if part.best is not None else part.high for key, part in self.parts.items()}
        worst: dict[int, dict[Key, float]] = {}
        for key, part in self.parts.items():
            if part.best is not None and part.best > part.high:
                worst.setdefault(part.period, {})[key] = part.high
        if not worst:
            return self._of(whole, best, changed, high=True)
        return min(
            self._of(whole, best | worst[period], changed, high=True)
            for period in sorted(worst, key=lambda each: -len(worst[each]))[:_MOST_PERIODS]
        )

    def _of(
        self, whole: Structure, up: Mapping[Key, float], changed: Mapping[Key, float] | None, *, high: bool
    ) -> float:
        chances = {**up, **(changed or {})}
        chance = Chance(chances, self.implied)
        try:
            return chance.of(self._resolved(whole, chances, high=high))
        finally:
            self.steps += chance.steps + len(self.parts)

    def _resolved(self, whole: Structure, up: Mapping[Key, float], *, high: bool) -> All:
        """A structure in which what may fail together is counted as often, or as seldom, as it may work."""
        if high:
            worst = [bundle[0] for bundle in self.sharing(whole, up)]
            whole = Structure(
                frozenset(key for one in worst for key in one.parts),
                tuple(enough for one in worst for enough in one.groups),
            )
        return All(whole.parts, tuple(_vote(self, enough, up, high=high) for enough in whole.groups))

    def sharing(self, whole: Structure, up: Mapping[Key, float] | None = None) -> list[list[Structure]]:
        """The parts and groups of a structure in bundles, the worst of each bundle first: the others in it may
        be down only while that one is, for all that the figures say. What an agreement covers is in none."""
        chances = up if up is not None else {key: part.high for key, part in self.parts.items()}
        covered = {other for key in whole.parts for other in self.implied.get(key, ()) if other != key}
        each = [Structure(frozenset({key})) for key in sorted(whole.parts - covered)]
        each += [Structure(groups=(enough,)) for enough in whole.groups]
        if self._is_apart(whole, each):
            return [[one] for one in each]
        found: list[list[Structure]] = []
        met = Reach()
        for one in sorted(each, key=lambda one: self._chance_of(one, chances)):
            reach, bundle = self.reach(one), None
            if met.shares_with(reach):
                bundle = next((bundle for bundle in found if self._may_share(bundle[0], one)), None)
            if bundle is not None:
                bundle.append(one)
            else:
                found.append([one])
                met |= reach
        return found

    def reach(self, whole: Structure) -> Reach:
        """What a structure stands on."""
        found = Reach()
        for key in whole.parts:
            found |= self._reach[key]
        for enough in whole.groups:
            for member in enough.members:
                found |= member.reach
        return found

    def _is_apart(self, whole: Structure, each: Sequence[Structure]) -> bool:
        """Whether none of the pieces of a structure hides what another one stands on."""
        known = self._known_apart.get(id(whole))
        if known is None or known[0] is not whole:
            met, apart = Reach(), True
            for one in each:
                reach = self.reach(one)
                apart = apart and not met.shares_with(reach)
                met |= reach
            known = self._known_apart[id(whole)] = whole, apart
        return known[1]

    def _chance_of(self, one: Structure, up: Mapping[Key, float]) -> float:
        if one.parts:
            return min(up[key] for key in one.parts)
        votes = tuple(_vote(self, enough, up, high=True) for enough in one.groups)
        return Chance(up, self.implied).of(All(frozenset(), votes))

    def _may_share(self, one: Structure, other: Structure) -> bool:
        """Whether a figure in one piece hides downtime that one in another piece has as well. What stands in
        both, or is surely up with a part, is computed with and hides nothing."""
        mine, others = list(dict.fromkeys(keys_of(one))), list(dict.fromkeys(keys_of(other)))
        if len(mine) * len(others) > _MOST_PAIRS:
            return True
        surely = {
            pair
            for first, second in ((one, other), (other, one))
            for key in first.parts
            for covered in self.implied.get(key, ())
            for pair in ((key, covered), (covered, key))
        }
        return any(
            key != another
            and (key, another) not in surely
            and self._reach[key].shares_with(self._reach[another])
            for key in mine
            for another in others
        )


def _vote(made: Made, enough: Enough, up: Mapping[Key, float], *, high: bool) -> Vote:
    """A group as a vote. Where one member is enough, of those that fail together the best one is left.

    Where more are needed, and some may fail together, as many work at least as often as the best of them all
    do; at most as often as one of those does of which one has to, as not all of them can be missed. What works
    for the same reasons works together no less often than if it failed alone (association: Esary, Proschan
    and Walkup, 1967).
    """
    needed = enough.needed
    # What is shared through a group of its own may be down for both, or for neither.
    together = enough.hard if high and needed == 1 else enough.bundles
    bundles = [[made._resolved(member.whole, up, high=high) for member in each] for each in together]
    if all(len(each) == 1 for each in bundles):
        return Vote(needed, tuple(each[0] for each in bundles))
    best = [max(each, key=Chance(up).of) for each in bundles]
    if needed == 1:
        return Vote(1, tuple(best))
    ranked = sorted((member for each in bundles for member in each), key=Chance(up).of, reverse=True)
    if high:
        return Vote(1, tuple(ranked[needed - 1 :]))
    votes = (Vote(needed, tuple(ranked[:needed])), Vote(needed, tuple(best)))
    return max(votes, key=lambda vote: Chance(up).of(All(frozenset(), (vote,))))
