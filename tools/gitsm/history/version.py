"""Points in the history, and the answer where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Version:
    """A point in the history, at which a commit changed a file; or what is not committed yet."""

    position: int
    """Its place among the commits that changed records: 1 is the newest, 0 is not committed yet."""
    commit: str | None = None
    time: datetime | None = None
    """When it was committed, by the commit's own account."""

    @property
    def is_committed(self) -> bool:
        """Whether it is a commit at all."""
        return self.commit is not None

    def is_newer_than(self, other: Version) -> bool:
        """Whether it came after another one."""
        return self.position < other.position


NOT_COMMITTED = Version(0)
"""What stands in the work tree alone: newer than every commit."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer to what can't be known, and why not. It is neither true nor false."""

    reason: str

    def __bool__(self) -> NoReturn:
        """Refuse to be taken for an answer."""
        raise TypeError("what is unknown is neither true nor false: ask whether it is Unknown first")
