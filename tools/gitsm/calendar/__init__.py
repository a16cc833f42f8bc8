"""What is planned, and where it gets in its own way: windows, freezes, peaks, and their conflicts."""

from gitsm.calendar.conflict import Conflict, ConflictKind
from gitsm.calendar.conflicts import conflicts, conflicts_of, conflicts_with, exceptions_of
from gitsm.calendar.planned import Planned, between, planned, recurring
from gitsm.calendar.stretches import HORIZON_AHEAD, HORIZON_BEHIND, concerns

__all__ = [
    "HORIZON_AHEAD",
    "HORIZON_BEHIND",
    "Conflict",
    "ConflictKind",
    "Planned",
    "between",
    "concerns",
    "conflicts",
    "conflicts_of",
    "conflicts_with",
    "exceptions_of",
    "planned",
    "recurring",
]
