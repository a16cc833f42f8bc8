"""The calendar as a table, or as a list where the terminal is narrow."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.calendar_views import (
    COLOUR_OF,
    Row,
    Shown,
    footing,
    nothing,
    services_of,
    span_of,
    trouble_lines,
    what_of,
)
from gitsm.terminal import COLOURS, cells, cut, safe, styled, wrapped

_WIDE = 110
"""From how many columns on a table is easier to read than a list."""
_HEADINGS = ("from", "to", "what", "title", "services")


def render(shown: Shown, *, colour: bool, width: int) -> Iterator[str]:
    """A line for each thing that is planned, what comes back once, and below them the conflicts."""
    if not shown.rows:
        yield nothing(shown)
        return
    yield from _table(shown, colour, width) if width >= _WIDE else _list(shown, colour, width)
    yield ""
    if shown.conflicts or shown.exceptions:
        yield from trouble_lines(shown, colour=colour, width=width)
        yield ""
    yield footing(shown)


def _table(shown: Shown, colour: bool, width: int) -> Iterator[str]:
    rows = [[*span_of(shown, row.items[0]), _what(shown, row), *_words(row)] for row in shown.rows]
    texts = [[safe(cell) for cell in row] for row in rows]
    counts = [f" ×{len(row.items)}" if len(row.items) > 1 else "" for row in shown.rows]
    sizes = [max(map(cells, column)) for column in zip(_HEADINGS, *texts, strict=True)]
    titles = (text[3] + count for text, count in zip(texts, counts, strict=True))
    sizes[3] = max(map(cells, (_HEADINGS[3], *titles)))
    room = width - sum(sizes[:3]) - 2 * (len(sizes) - 1)
    # Services give way first: a reader who does not see them all still knows what it is about.
    sizes[4] = min(sizes[4], max(room - sizes[3], 20))
    sizes[3] = min(sizes[3], room - sizes[4])
    heading = (_padded(text, size) for text, size in zip(_HEADINGS, sizes, strict=True))
    yield styled("  ".join(heading).rstrip(), colour, bold=True)
    for row, text, count in zip(shown.rows, texts, counts, strict=True):
        text[3] = cut(text[3], sizes[3] - len(count)) + count
        padded = [_padded(cell, size) for cell, size in zip(text, sizes, strict=True)]
        padded[2] = _coloured(shown, row, padded[2], colour)
        yield "  ".join(padded).rstrip()


def _padded(text: str, size: int) -> str:
    text = cut(text, size)
    return text + " " * (size - cells(text))


def _list(shown: Shown, colour: bool, width: int) -> Iterator[str]:
    for row in shown.rows:
        what = _coloured(shown, row, safe(_what(shown, row)), colour)
        yield f"{' - '.join(span_of(shown, row.items[0]))}  {what}"
        title, services = _words(row)
        if len(row.items) > 1:
            title += f", {len(row.items)} times until {shown.local(row.items[-1].start):%a %Y-%m-%d}"
        yield from wrapped(safe(f"{title} ({services})"), width, "  ")


def _what(shown: Shown, row: Row) -> str:
    """What it is, and a sign where it is in trouble: the conflicts below say in which."""
    return f"{what_of(row.items[0])}{' !' if shown.trouble(row.items[0]) else ''}"


def _coloured(shown: Shown, row: Row, text: str, colour: bool) -> str:
    trouble = shown.trouble(row.items[0])
    return styled(text, colour, fg=COLOURS[trouble] if trouble else COLOUR_OF.get(row.what))


def _words(row: Row) -> tuple[str, str]:
    return row.title, services_of(row.services)
