"""How the sentences of `gitsm impact` are laid out."""

from __future__ import annotations

from gitsm.terminal import safe, wrapped

VERSION = 1
"""Of the JSON: grows when a reader of the last version would no longer understand."""


def paragraph(text: str, width: int, indent: str) -> list[str]:
    """A text in lines of a width; none for none."""
    return wrapped(safe(text), width, indent) if text else []


def counted(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
