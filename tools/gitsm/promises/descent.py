"""The way down from a service: what it can't do without, as far as the nearest agreements that speak for it.

Each sort of promise asks something else of what is met: hours, targets, recovery. How far down to look is
the same for all of them: as far as the agreement that says what is asked for and covers all that is below it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gitsm.promises.ground import Group, TooEntangled
from gitsm.promises.judged import Judged
from gitsm.records.agreement import Agreement
from gitsm.repository import Record

MOST_WALKED = 2_000
"""How many services are met for one promise."""


@dataclass(frozen=True, slots=True)
class Met:
    """A service that is needed alone, or as a member of a group."""

    service: str
    way: tuple[str, ...]
    """The services that lead to it, from the promised one on; it is the last."""
    agreement: Record[Agreement] | None
    """The nearest agreement that says what is asked for."""
    is_covered: bool
    """Whether that agreement speaks for all that stands below it as well."""


@dataclass(frozen=True, slots=True)
class MetGroup:
    """A redundancy group of which enough are needed."""

    owner: str
    group: Group
    way: tuple[str, ...]
    """The services that lead to its owner, which is the last."""

    @property
    def name(self) -> str:
        """Whose group it is, in words."""
        return self.group.name_in(self.owner)


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that is needed and doesn't work: retired, or not in use yet."""

    why: str


class Descent:
    """Walks down to the nearest agreements that say what is asked for. Raises TooEntangled."""

    def __init__(self, judged: Judged, has: Callable[[Agreement], object], what: str) -> None:
        self._judged, self._has, self._what = judged, has, what
        self._walked = 0

    def below(self, start: str, way: tuple[str, ...]) -> Iterator[Met | MetGroup | Gone]:
        """What a service needs, the nearest first, and what that needs; nothing that is on the way to it."""
        ground = self._judged.ground
        waiting, seen = deque([(start, way)]), {start, *way}
        while waiting:
            here, path = waiting.popleft()
            ground.visit(1 + len(path) // 100)  # the way is copied for each that is met on it
            needs = ground.needs(here)
            for group in needs.groups:
                yield MetGroup(here, group, path)
            for on in needs.each:
                if on in seen:
                    continue
                seen.add(on)
                if on in needs.gone:
                    yield Gone(needs.gone[on])
                    continue
                met = self.met(on, (*path, on))
                yield met
                if not met.is_covered:
                    waiting.append((on, met.way))

    def met(self, service: str, way: tuple[str, ...]) -> Met:
        """A service, with the agreement that counts for it."""
        self._walked += 1
        if self._walked > MOST_WALKED:
            raise TooEntangled(self._what)
        agreement = self._judged.nearest(service, self._has)
        covered = agreement is not None and self._judged.covers_all(agreement)
        return Met(service, way, agreement, covered)
