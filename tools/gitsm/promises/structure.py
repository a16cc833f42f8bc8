"""What an availability is made of: parts with their figures, and redundancy groups of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gitsm.diagnostic import Place
from gitsm.promises.ground import Group
from gitsm.promises.redundancy import Part as Key

TINY = 1e-12
"""What is less than this apart is the same figure."""


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
class Reach:
    """The services that something stands on, as sets of bits."""

    hidden: int = 0
    """Those that agreements cover without telling which of the downtime is theirs."""
    met: int = 0
    """Those that the walk itself met."""

    def __or__(self, other: Reach) -> Reach:
        return Reach(self.hidden | other.hidden, self.met | other.met)

    def shares_with(self, other: Reach) -> int:
        """The services on which both stand where an agreement hides how much of the downtime is theirs. What
        the walk itself met in both is computed with, and needs none."""
        return self.hidden & (other.hidden | other.met) | self.met & other.hidden


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a redundancy group."""

    service: str
    whole: Structure
    reach: Reach
    """All that it stands on."""
    hard: Reach
    """That without which it surely fails, and which is in no group."""


@dataclass(frozen=True, slots=True)
class Enough:
    """A redundancy group, with its members in bundles."""

    group: Group
    owner: str
    needed: int
    """How many of its members have to work."""
    bundles: tuple[tuple[Member, ...], ...]
    """Members that may fail together, as they share something that an agreement hides."""
    hard: tuple[tuple[Member, ...], ...]
    """Members that surely fail together, as neither works without what they share."""

    @property
    def name(self) -> str:
        """Whose group it is, in words."""
        return self.group.name_in(self.owner)

    @property
    def members(self) -> tuple[Member, ...]:
        """All of its members."""
        return tuple(member for bundle in self.bundles for member in bundle)


@dataclass(frozen=True, slots=True)
class Structure:
    """What is needed: all of the parts, and enough of each group."""

    parts: frozenset[Key] = frozenset()
    groups: tuple[Enough, ...] = ()


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
