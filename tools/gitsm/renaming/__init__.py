"""Gives a record another id: where its files go, and every reference and link that follows them."""

from __future__ import annotations

from gitsm.renaming.committed import uncommitted
from gitsm.renaming.mentions import Mention
from gitsm.renaming.moves import NotRenamed
from gitsm.renaming.record import Renaming, rename

__all__ = ["Mention", "NotRenamed", "Renaming", "rename", "uncommitted"]
