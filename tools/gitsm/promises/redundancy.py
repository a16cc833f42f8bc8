"""How often something works that needs all of some parts, and enough of others.

Parts fail independently of each other. A part that stands in several places is one part: it is found
up or down once, for all of them. The result is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gitsm.promises.ground import TooEntangled

MOST_STEPS = 5_000
"""How many cases are looked at for one figure."""
Part = tuple[str, str]
"""What a part is, and whose."""


@dataclass(frozen=True, slots=True)
class All:
    """Everything is needed: the parts, and each of the votes."""

    parts: frozenset[Part]
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """Enough are needed: a number of the members."""

    needed: int
    members: tuple[All, ...]


class Chance:
    """Computes how often structures work, of parts that work so often each."""

    def __init__(
        self, up: Mapping[Part, float], implied: Mapping[Part, frozenset[Part]] | None = None
    ) -> None:
        self._up = up
        self._implied = implied or {}
        """Parts that certainly work where another one does, because it stands on them."""
        self._known: dict[tuple[Vote, ...], float] = {}
        self.steps = 0
        """How many cases were looked at."""

    def of(self, whole: All) -> float:
        """How often everything that is needed works. Raises TooEntangled."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooEntangled("its redundancy has too many cases to look at")
        settled = self._settled(whole)
        if settled is None:
            return 0.0
        parts, votes = settled
        result = 1.0
        for part in sorted(parts):
            result *= self._up[part]
        for entangled in _apart(votes):
            result *= self._together(entangled)
        return result

    def _settled(self, whole: All) -> tuple[set[Part], tuple[Vote, ...]] | None:
        """What is certainly needed, and the votes that are left once that is known to be up; None where
        it can't work at all."""
        parts, votes = set(whole.parts), whole.votes
        while True:
            covered = {other for part in parts for other in self._implied.get(part, ()) if other != part}
            left: list[Vote] = []
            for vote in votes:
                known = _known(vote, parts | covered, frozenset())
                if known is None:
                    return None
                left.extend(known)
            certain = [vote for vote in left if vote.needed == len(vote.members)]
            if not certain:
                return parts - covered, tuple(left)
            votes = tuple(vote for vote in left if vote.needed != len(vote.members))
            for vote in certain:
                for member in vote.members:
                    parts |= member.parts
                    votes += member.votes

    def _together(self, votes: tuple[Vote, ...]) -> float:
        """How often votes all succeed that have parts in common."""
        if votes not in self._known:
            self._known[votes] = self._worked_out(votes)
        return self._known[votes]

    def _worked_out(self, votes: tuple[Vote, ...]) -> float:
        shared = _most_shared(votes)
        if shared is None:
            (vote,) = votes
            return at_least(vote.needed, [self.of(member) for member in vote.members])
        up = self._up[shared]
        found = up * self.of(All(frozenset(), _given(votes, frozenset({shared}), frozenset()))) if up else 0.0
        without = [_known(vote, frozenset(), frozenset({shared})) for vote in votes] if up < 1 else [None]
        if all(known is not None for known in without):
            rest = tuple(vote for known in without if known is not None for vote in known)
            found += (1 - up) * self.of(All(frozenset(), rest))
        return found


def at_least(needed: int, chances: Iterable[float]) -> float:
    """How often at least so many of several work, each so often, independently of each other."""
    exactly = [1.0]
    for chance in chances:
        before = [0.0, *exactly]
        exactly = [
            before[count] * chance + (exactly[count] * (1 - chance) if count < len(exactly) else 0.0)
            for count in range(len(before))
        ]
    return sum(exactly[max(needed, 0) :])


def parts_of(whole: All) -> Iterator[Part]:
    """Every part, as often as it stands somewhere."""
    yield from whole.parts
    for vote in whole.votes:
        for member in vote.members:
            yield from parts_of(member)


def _given(votes: tuple[Vote, ...], up: Iterable[Part], down: frozenset[Part]) -> tuple[Vote, ...]:
    found = [_known(vote, up, down) for vote in votes]
    return tuple(vote for known in found if known is not None for vote in known)


def _known(vote: Vote, up: Iterable[Part], down: frozenset[Part]) -> list[Vote] | None:
    """A vote once some parts are known to be up or down: what is left to decide, none where it has
    succeeded; None where it has failed."""
    needed, members = vote.needed, []
    for member in vote.members:
        left = _member(member, up, down)
        if left is None:
            continue
        if not left.parts and not left.votes:
            needed -= 1
        else:
            members.append(left)
    if needed <= 0:
        return []
    return [Vote(needed, tuple(members))] if needed <= len(members) else None


def _member(member: All, up: Iterable[Part], down: frozenset[Part]) -> All | None:
    if member.parts & down:
        return None
    votes: list[Vote] = []
    for vote in member.votes:
        known = _known(vote, up, down)
        if known is None:
            return None
        votes.extend(known)
    return All(member.parts.difference(up), tuple(votes))


def _apart(votes: tuple[Vote, ...]) -> list[tuple[Vote, ...]]:
    """The votes in bundles that have no part in common with each other."""
    bundles: list[tuple[set[Part], list[Vote]]] = []
    for vote in votes:
        parts = {part for member in vote.members for part in parts_of(member)}
        touched = [bundle for bundle in bundles if bundle[0] & parts]
        for bundle in touched:
            bundles.remove(bundle)
            parts |= bundle[0]
        bundles.append((parts, [*(v for _, listed in touched for v in listed), vote]))
    return [tuple(listed) for _, listed in bundles]


def _most_shared(votes: tuple[Vote, ...]) -> Part | None:
    """The part that stands in the most members of the votes; None where none stands in two."""
    count: Counter[Part] = Counter()
    for vote in votes:
        for member in vote.members:
            count.update(set(parts_of(member)))
    most = max(count, key=lambda part: (count[part], part), default=None)
    return most if most is not None and count[most] > 1 else None
