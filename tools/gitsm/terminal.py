"""Text for a terminal: escaped, wrapped and coloured."""

from __future__ import annotations

import os
import re
import sys
import unicodedata

import click

from gitsm.diagnostic import Severity

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def safe(text: str) -> str:
    """A stranger's text with every character that a terminal would obey shown as `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


_COMMAND_ANYWHERE = re.compile(r"##(?=[\w.-]*\[)")
"""Build machines take `##[error]` and `##vso[...]` for a command wherever it stands in a line."""
_COMMAND_AT_START = re.compile(r"(?<!\S)::")
"""`::error::` is one where it begins a line, and a line that is wrapped begins at any word."""


def harmless(text: str) -> str:
    """A stranger's text as a part of one line that no terminal and no build machine obeys."""
    return _COMMAND_AT_START.sub(r"\\x3a:", _COMMAND_ANYWHERE.sub(r"#\\x23", safe(text)))


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as surrogateescape carries it
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: two for wide characters, none for combining ones."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """A text that takes at most a number of cells, ending in an ellipsis where it was longer."""
    taken = 0
    for index, char in enumerate(text):
        taken += _width(char)
        if taken > width:
            return _first(text[:index], width - 1) + "…"
    return text


def _first(text: str, width: int) -> str:
    while cells(text) > width:
        text = text[:-1]
    return text


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """A paragraph as lines, each after an indent. A word that no line has room for is broken."""
    room = max(width, 30) - cells(indent)
    lines: list[str] = []
    line, taken = "", 0
    for word in text.split():
        size = cells(word)
        if line and taken + 1 + size <= room:
            line, taken = f"{line} {word}", taken + 1 + size
            continue
        if line:
            lines.append(indent + line)
        while size > room:
            head = _head(word, room)
            lines.append(indent + head)
            word, size = word[len(head) :], size - cells(head)
        line, taken = word, size
    return [*lines, indent + line] if line else lines or [indent.rstrip()]


def _head(text: str, width: int) -> str:
    """As much of the beginning of a text as a number of cells holds, and one character at least."""
    taken = 0
    for index, char in enumerate(text):
        taken += _width(char)
        if taken > width:
            return text[: max(index, 1)]
    return text


def wants_colour() -> bool:
    """Whether what is printed now may be coloured: on a terminal, unless NO_COLOR says no."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def styled(text: str, colour: bool, **style: object) -> str:
    """A text in a colour, where colours are wanted."""
    return click.style(text, **style) if colour else text  # type: ignore[arg-type]


def table(headings: list[str], rows: list[list[str]], *, width: int, colour: bool = False) -> list[str]:
    """A table as lines. The last column gives way where the terminal is narrow."""
    rows = [[safe(cell) for cell in row] for row in rows]
    columns = [max(cells(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
    spare = width - sum(columns[:-1]) - 2 * (len(columns) - 1)
    columns[-1] = min(columns[-1], max(spare, 12))
    lines = [_row(headings, columns)]
    return [styled(lines[0], colour, bold=True), *(_row(row, columns) for row in rows)]


def _row(row: list[str], columns: list[int]) -> str:
    padded = (cut(cell, size) for cell, size in zip(row, columns, strict=True))
    return "  ".join(
        cell + " " * (size - cells(cell)) for cell, size in zip(padded, columns, strict=True)
    ).rstrip()
