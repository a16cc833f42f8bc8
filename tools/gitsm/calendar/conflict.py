"""A conflict: a change, what it meets, how they meet, for how long, and how bad that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from gitsm.diagnostic import DataPath, Diagnostic, Place, Severity
from gitsm.intervals import Interval
from gitsm.records.change import Change, Outage
from gitsm.repository import Record


class ConflictKind(StrEnum):
    """What a change may meet; each has a rule that speaks of it."""

    SAME_SERVICE = "same service"
    """Another change of the same service, at once."""
    DEPENDENCY = "dependency"
    """Another change that brings down the same service, at once."""
    REDUNDANCY = "redundancy"
    """Another member of a redundancy group, so that too few stay up, or would if it went wrong."""
    TEAM = "team"
    """More changes of its team than that can do at once."""
    PERSON = "person"
    """Another change of one of its people."""
    FREEZE = "freeze"
    """A freeze of its services, or of what it takes down, without an exception."""
    EXCEPTION = "exception"
    """A freeze, with an exception that is not whole."""
    PEAK = "peak"
    """A peak of demand of a service that it brings down."""
    NO_MAINTENANCE = "no maintenance"
    """It does not begin in a maintenance window of its service."""
    MAINTENANCE_EXCEEDED = "maintenance exceeded"
    """It begins in a maintenance window and is not done, or not undone, when that ends."""
    ORDER = "order"
    """A change that it requires, by others or itself, is not done when it begins."""
    TOO_SHORT = "too short"
    """Its plan and its rollback take longer than its window."""
    NOBODY_ON_DUTY = "nobody on duty"
    """The team that carries it out, or one of its steps, is not there."""
    NOBODY_WATCHES = "nobody watches"
    """Nobody who made or supports it is on duty while it is watched, or when that ends."""
    LATE_WORD = "late word"
    """Those whom it affects are told later than the policy asks."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change and what it can't go together with."""

    kind: ConflictKind
    change: Record[Change]
    severity: Severity
    message: str
    path: DataPath
    """Where in the change it is shown."""
    hint: str = ""
    related: tuple[Place, ...] = ()
    others: tuple[Record[Any], ...] = ()
    """The records at its other end: changes, a calendar, a capacity plan, a team; none for its own."""
    people: tuple[str, ...] = ()
    """The people who are booked twice."""
    service: str | None = None
    """The service in which the two meet."""
    ways: tuple[tuple[str, ...], ...] = ()
    """The ways from what is worked on to the service in which they meet, the change's own first."""
    overlap: Interval | None = None
    """The first stretch of time for which it holds."""
    minutes: float = 0
    """For how many minutes it holds in all."""
    after: timedelta = timedelta()
    """How long after the beginning of its window the part of a change begins that is concerned."""
    more: int = 0
    """How many further ones it meets in the same way, which are only counted."""

    def finding(self) -> Diagnostic:
        """The conflict as a finding at its change."""
        found = self.change.problem(self.message, *self.path, hint=self.hint, related=self.related)
        return replace(found, severity=self.severity)


_GRADES: dict[int, tuple[Severity, Severity, Severity]] = {
    1: (Severity.WARNING, Severity.ERROR, Severity.ERROR),
    2: (Severity.WARNING, Severity.WARNING, Severity.ERROR),
    3: (Severity.NOTE, Severity.WARNING, Severity.WARNING),
    4: (Severity.NOTE, Severity.NOTE, Severity.WARNING),
}
"""How bad it is by the tier of the service, for no outage, a degraded service, and a full outage."""

UNSTATED_TIER = 2
UNSTATED_OUTAGE = 1
"""What counts where nobody said: not the worst, and nothing that would hide it."""
SHORT = 15
"""Minutes below which a conflict counts one step less."""
_OUTAGES: dict[Outage | None, int] = {"none": 0, "degraded": 1, "full": 2, None: UNSTATED_OUTAGE}


def outage_degree(outage: Outage | None) -> int:
    """How much users notice: 0 nothing, 1 a worse service, 2 none at all."""
    return _OUTAGES[outage]


def grade(tier: int | None, outage: int, minutes: float) -> Severity:
    """How bad a conflict is that a service of a tier has for so many minutes.

    |        | no outage | degraded | full outage |
    |--------|-----------|----------|-------------|
    | tier 1 | warning   | error    | error       |
    | tier 2 | warning   | warning  | error       |
    | tier 3 | note      | warning  | warning     |
    | tier 4 | note      | note     | warning     |

    Of less than 15 minutes it counts one step less. A tier that nobody named counts as 2, an outage
    that nobody spoke of as a degraded service.
    """
    found = _GRADES[tier or UNSTATED_TIER][min(max(outage, 0), 2)]
    return milder(found) if minutes < SHORT else found


def milder(severity: Severity) -> Severity:
    """One step less; a note stays one."""
    return {Severity.ERROR: Severity.WARNING}.get(severity, Severity.NOTE)
