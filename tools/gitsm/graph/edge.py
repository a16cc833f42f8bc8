"""A dependency of one service on another, and what the loss of it does."""

from __future__ import annotations

from dataclasses import dataclass

from gitsm.records.service import Dependency


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency: `service` stands on `on`."""

    service: str
    on: str
    dependency: Dependency

    @property
    def hard(self) -> bool:
        """Whether the service fails without it."""
        return self.dependency.criticality == "hard"

    @property
    def group(self) -> str | None:
        """The redundancy group that it belongs to."""
        return self.dependency.redundancy_group.name if self.dependency.redundancy_group else None

    def is_felt(self) -> bool:
        """Whether users notice that it is gone: no fallback keeps it from them."""
        return self.dependency.fallback is None or self.dependency.fallback.degraded

    def is_hard_and_felt(self) -> bool:
        """Whether the service fails without it, or runs on a fallback that users notice."""
        return self.hard and self.is_felt()

    def is_fatal(self) -> bool:
        """Whether the service fails without it, and has no fallback."""
        return self.hard and self.dependency.fallback is None
