"""What is said of a promise: whether it can be kept, what decides that, and what would mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Literal

from gitsm.diagnostic import DataPath, Place

Name = Literal["availability", "restore", "hours", "validity", "continuity"]
NAMES: tuple[Name, ...] = ("availability", "restore", "hours", "validity", "continuity")
Verdict = Literal["proved", "refuted", "undetermined"]
VERDICTS: tuple[Verdict, ...] = ("refuted", "undetermined", "proved")
"""The worst first: what is said of several promises together is the worst that is said of one."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain that decides a promise: a record, and what it says."""

    kind: str
    """`service`, `agreement`, `team` or `calendar`."""
    id: str
    says: str
    """What counts of it, in words: `99.9 % a month`."""
    way: tuple[str, ...] = ()
    """The services that lead to it, from the promised one on."""
    at: Place | None = field(default=None, compare=False)
    """Where it says so."""


@dataclass(frozen=True, slots=True)
class Mend:
    """A single change after which a promise would be proved."""

    words: str
    kind: str = ""
    """The kind of the record to change, where one value of it is all."""
    id: str = ""
    path: DataPath = ()
    """Where the value stands; empty where the words alone tell."""
    value: Any = None
    """What is to stand there, as it is written; None where the key is to be taken away."""
    file: str = ""
    """The record's file; empty where the words alone tell."""


@dataclass(frozen=True)
class Promise:
    """One promise of an agreement, and what the records make of it."""

    name: Name
    about: str
    """Which of several: the priority, `RTO` or `RPO`; else empty."""
    promised: str
    verdict: Verdict
    because: str
    """The reason in a sentence, without a full stop."""
    path: DataPath = ()
    """Where the agreement promises it."""
    chain: tuple[Link, ...] = ()
    """What decides it: of a promise that is refuted the fewest links that are enough."""
    missing: tuple[str, ...] = ()
    """What would have to be known, where it is undetermined."""
    notes: tuple[str, ...] = ()
    """What is assumed, and what else is worth knowing."""
    figures: tuple[tuple[str, Any], ...] = ()
    """What was computed, by name."""
    candidates: Callable[[], Iterable[Mend]] | None = field(default=None, compare=False, repr=False)
    """What may mend it, where it is refuted."""

    @cached_property
    def mends(self) -> tuple[Mend, ...]:
        """Single changes that would do, of each kind the smallest first; tried where somebody asks for them."""
        return tuple(self.candidates()) if self.candidates is not None else ()

    def first_mends(self, count: int) -> tuple[Mend, ...]:
        """The first of its mends; no more are tried than that takes."""
        return tuple(islice(self.candidates(), count)) if self.candidates is not None else ()

    def figure(self, name: str) -> Any:
        """Something that was computed; None where it wasn't."""
        return dict(self.figures).get(name)


def worst(verdicts: list[Verdict]) -> Verdict | None:
    """The worst of several verdicts; None where there is none."""
    return min(verdicts, key=VERDICTS.index) if verdicts else None


def first_of(words: Sequence[str], most: int = 3, between: str = "; ") -> str:
    """The first of several things in words, and how many more there are."""
    more = [f"and {len(words) - most} more"] if len(words) > most else []
    return between.join([*words[:most], *more])
