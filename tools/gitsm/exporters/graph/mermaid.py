"""The map as a Mermaid flowchart."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.exporters.graph.drawing import UNDECLARED, Arrow, Box, Drawing

MAX_EDGES = 500
"""Mermaid draws nothing of a flowchart with more edges, unless the page that shows it allows them; Material
for MkDocs doesn't."""
LEGEND_EDGES = 3


def mermaid(drawing: Drawing) -> str:
    """A flowchart: an arrow leads from a service to what it stands on.

    It is dashed where the dependency is soft, and ends in a circle where it is one of a redundancy group.
    The box of what no file defines is dashed.
    """
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "flowchart LR"
    for words in drawing.outlined:
        yield f"  %% {words}"
    names = _names(drawing)
    for number, (frame, boxes) in enumerate(drawing.frames(), 1):
        if frame:
            yield f'  subgraph g_{number}["{_text(frame)}"]'
        for box in boxes:
            yield f"  {'  ' if frame else ''}{names[box.id]}{_shape(box)}"
        if frame:
            yield "  end"
    for arrow in drawing.arrows:
        yield f"  {names[arrow.tail]} {_arrow(arrow)} {names[arrow.head]}"
    unknown = [names[box.id] for box in drawing.boxes if box.stage == UNDECLARED]
    if unknown:
        yield "  classDef undeclared stroke-dasharray: 4 3"
        yield f"  class {','.join(unknown)} undeclared"
    if drawing.arrows:
        yield from _legend()


def _legend() -> Iterator[str]:
    yield '  subgraph legend["Legend"]'
    yield '    l_1["a service"] -->|"fails without"| l_2["what it stands on"]'
    yield '    l_1 -.->|"works worse without"| l_2'
    yield '    l_1 --o|"needs some of a group"| l_2'
    yield "  end"


def _shape(box: Box) -> str:
    stage = "" if box.stage == "live" else f" ({box.stage})"
    return f'["{_text(box.label + stage)}"]'


def _arrow(arrow: Arrow) -> str:
    line = ("--o" if arrow.hard else "-.-o") if arrow.group else ("-->" if arrow.hard else "-.->")
    words = arrow.group or (str(arrow.stands_for) if arrow.stands_for > 1 else "")
    return f'{line}|"{_text(words)}"|' if words else line


def _names(drawing: Drawing) -> dict[str, str]:
    # Mermaid takes some words, such as `end`, for its own; a prefix keeps ids from being one. An id has no
    # underscore, and what stands for several services begins with a number.
    return {
        box.id: f"u_{box.id.replace('?', '_')}"
        if box.stage == UNDECLARED
        else f"s_{box.id.replace('-', '_').replace('/', '__')}"
        for box in drawing.boxes
    }


def _text(text: str) -> str:
    # Mermaid's own entity codes: everything but letters, digits and harmless marks goes through them.
    return "".join(char if char.isalnum() or char in " -_.,:/()" else f"#{ord(char)};" for char in text)
