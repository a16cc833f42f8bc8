"""What is planned, and where it gets in its own way: windows, freezes, peaks, and their conflicts."""

from gitsm.calendar.called_off import called_off
from gitsm.calendar.conflict import Conflict, ConflictKind
from gitsm.calendar.conflicts import conflicts, conflicts_of, conflicts_with, exceptions_of
from gitsm.calendar.freezes import Stale, stale_exceptions
from gitsm.calendar.planned import Planned, between, planned, recurring
from gitsm.calendar.stretches import HORIZON_AHEAD, HORIZON_BEHIND, concerns
from gitsm.calendar.work import past_their_windows

__all__ = [
    "HORIZON_AHEAD",
    "HORIZON_BEHIND",
    "Conflict",
    "ConflictKind",
    "Planned",
    "Stale",
    "between",
    "called_off",
    "concerns",
    "conflicts",
    "conflicts_of",
    "conflicts_with",
    "exceptions_of",
    "past_their_windows",
    "planned",
    "recurring",
    "stale_exceptions",
]
