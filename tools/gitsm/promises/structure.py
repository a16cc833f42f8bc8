"""What a promise is made of: parts with their figures, and redundancy groups of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitsm.diagnostic import Place
from gitsm.promises.ground import Group
from gitsm.promises.redundancy import All, Chance, Vote
from gitsm.promises.redundancy import Part as Key

TINY = 1e-12
"""What is less than this apart is the same figure."""
_MOST_PERIODS = 6
"""How many periods are looked at for the one in which parts together are at their worst."""


@dataclass(frozen=True, slots=True)
class Step:
    """A service on the way down, and the one before it. Ways share their beginnings."""

    service: str
    before: Step | None = None

    @property
    def way(self) -> tuple[str, ...]:
        """The services from the first one to this."""
        found = []
        step: Step | None = self
        while step is not None:
            found.append(step.service)
            step = step.before
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Part:
    """Something that works so often: a service's own part, or all that an agreement covers."""

    key: Key
    """`agreement` with its id, `own` with a service's id, or `unknown`."""
    service: str
    low: float
    """How often it works at least, as a share of the time; 0 where nothing is known of it."""
    high: float
    """How often it works at most, for all that is known."""
    says: str
    """Its figure in words."""
    missing: str
    """What would have to be known of it."""
    step: Step
    figure: float | None = None
    """The figure as the record has it, in percent."""
    spent: float = 1.0
    """How many times as much downtime as the figure says a period of the promise may hold."""
    at: Place | None = None
    best: float | None = None
    """How often it works at most in its best period, where `high` is that of its worst; else None."""
    period: int = 0
    """Which period is its worst."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a redundancy group."""

    service: str
    whole: Structure
    hidden: int
    """Services that its agreements cover without telling which of the downtime is theirs, as a set of bits."""
    met: int
    """Services that the walk itself met, as a set of bits."""
    hidden_hard: int = 0
    """Those that are covered without which it surely fails, and that are in no group."""
    met_hard: int = 0
    """Those that were met without which it surely fails, and that are in no group."""

    def shares_with(self, other: Member, *, hard: bool = False) -> int:
        """The services on which both stand where an agreement hides how much of the downtime is theirs, as
        a set of bits. What the walk itself met in both is computed with, and needs none."""
        if hard:
            return self.hidden_hard & (other.hidden_hard | other.met_hard) | self.met_hard & other.hidden_hard
        return self.hidden & (other.hidden | other.met) | self.met & other.hidden


@dataclass(frozen=True, slots=True)
class Enough:
    """A redundancy group, with its members in bundles."""

    group: Group
    owner: str
    bundles: tuple[tuple[Member, ...], ...]
    """Members that may fail together, as they share something that an agreement hides."""
    hard: tuple[tuple[Member, ...], ...]
    """Members that surely fail together, as neither works without what they share."""

    @property
    def members(self) -> tuple[Member, ...]:
        """All of its members."""
        return tuple(member for bundle in self.bundles for member in bundle)


@dataclass(frozen=True, slots=True)
class Structure:
    """What is needed: all of the parts, and enough of each group."""

    parts: frozenset[Key] = frozenset()
    groups: tuple[Enough, ...] = ()


class Made:
    """A structure with its parts, to be computed with."""

    def __init__(
        self,
        whole: Structure,
        parts: Mapping[Key, Part],
        implied: Mapping[Key, frozenset[Key]],
        hidden: Mapping[Key, int],
    ):
        self.whole, self.parts, self.implied, self.hidden = whole, parts, implied, hidden
        self.steps = 0
        """How many cases were looked at for all figures together."""

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
        parts = whole.parts
        if high and (shared := self.sharing(parts)):
            # All downtime of those that share something may be that one's: at the best they fail at once.
            covered = {other for key in parts for other in self.implied.get(key, ()) if other != key}
            worst = {min(each, key=lambda key: (up[key], key)) for each in shared}
            parts = (parts - covered) - {key for each in shared for key in each} | worst
        return All(parts, tuple(_vote(self, enough, up, high=high) for enough in whole.groups))

    def sharing(self, parts: frozenset[Key]) -> list[list[Key]]:
        """The parts, two and more together, whose figures hide how much of the downtime is that of one
        service on which they stand, by name."""
        hiding = [key for key in sorted(parts) if self.hidden.get(key)]
        if len(hiding) < 2:
            return []
        covered = {other for key in parts for other in self.implied.get(key, ()) if other != key}
        found: list[tuple[int, list[Key]]] = []
        for key in hiding:
            if key in covered:
                continue
            touched = [each for each in found if each[0] & self.hidden[key]]
            bits, keys = self.hidden[key], [key]
            for each in touched:
                found.remove(each)
                bits, keys = bits | each[0], [*each[1], *keys]
            found.append((bits, keys))
        return [sorted(keys) for _, keys in found if len(keys) > 1]


def _vote(made: Made, enough: Enough, up: Mapping[Key, float], *, high: bool) -> Vote:
    """A group as a vote. Where one member is enough, of those that fail together the best one is left.

    Where more are needed of members that all fail together, as many work as are needed for as long as
    the one with which there are enough; or it is as if they failed alone, whichever is worse, or better.
    Where only some fail together, at least the best of them works, and at most all with it.
    """
    needed = enough.group.needed
    # What is shared through a group of its own may be down for both, or for neither.
    together = enough.hard if high and needed == 1 else enough.bundles
    bundles = [[made._resolved(member.whole, up, high=high) for member in each] for each in together]
    ranked = [sorted(each, key=Chance(up).of, reverse=True) if len(each) > 1 else each for each in bundles]
    if needed > 1 and len(ranked) == 1 and len(ranked[0]) >= needed:
        as_one = Vote(1, (ranked[0][needed - 1],))
        apart = Vote(needed, tuple(bundles[0]))
        return (max if high else min)(
            as_one, apart, key=lambda vote: Chance(up).of(All(frozenset(), (vote,)))
        )
    copies = [len(each) if high and needed > 1 else 1 for each in ranked]
    return Vote(
        needed, tuple(each[0] for each, count in zip(ranked, copies, strict=True) for _ in range(count))
    )


def name_of(key: Key) -> str:
    """What a part is called: the id of an agreement, or whose own part it is."""
    kind, id = key
    return id if kind == "agreement" else f"the own part of {id}" if kind == "own" else id


def keys_of(whole: Structure) -> Iterator[Key]:
    """The parts of a structure, as often as they stand in it."""
    yield from whole.parts
    for enough in whole.groups:
        for bundle in enough.bundles:
            for member in bundle:
                yield from keys_of(member.whole)


def groups_of(whole: Structure) -> Iterator[Enough]:
    """The redundancy groups of a structure, with those that stand in their members."""
    for enough in whole.groups:
        yield enough
        for member in enough.members:
            yield from groups_of(member.whole)
