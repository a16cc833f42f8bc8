"""What Git knows of how records came to be what they are: since when a value stands, and what stood before.

Versions are ordered by their place in the first-parent history, never by their dates, which are
claims: what a branch did counts from the merge that brought it. The history is read in one pass, and
the contents of old versions only where somebody asks for them. What a clone without its whole history
can't tell is `Unknown`.

Each of these files imports only from those above it:

- `version`: points in the history, and the answer where it has none
- `passage`: one pass over the history, and which blobs the files of records held
- `contents`: what those blobs hold
- `records`: `history_of`, and what it can be asked
"""

from __future__ import annotations

from gitsm.history.contents import ABSENT, Absent, value_at
from gitsm.history.records import History, history_of
from gitsm.history.version import NOT_COMMITTED, Unknown, Version

__all__ = [
    "ABSENT",
    "NOT_COMMITTED",
    "Absent",
    "History",
    "Unknown",
    "Version",
    "history_of",
    "value_at",
]
