"""The map in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.exporters.graph.drawing import Arrow, Box, Drawing


def dot(drawing: Drawing) -> str:
    """A digraph: an arrow leads from a service to what it stands on.

    It is dashed where the dependency is soft, and begins with a circle where it is one of a redundancy
    group. So is the box of what is not in use, or what no file defines. Labels are quoted texts, never HTML-like ones.
    """
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph services {"
    yield '  graph [rankdir=LR, fontname="sans-serif", nodesep=0.2, ranksep=0.6];'
    yield '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=11];'
    yield '  edge [fontname="sans-serif", fontsize=9, arrowsize=0.7];'
    for words in drawing.outlined:
        yield f"  // {words}"
    for number, (frame, boxes) in enumerate(drawing.frames(), 1):
        yield f"  subgraph cluster_{number} {{"
        if frame:
            yield f"    label={_text(frame)}; color=gray60; fontsize=11;"
        else:
            yield "    peripheries=0;"
        for box in boxes:
            yield f"    {_text(box.id)} [{_look(box)}];"
        yield "  }"
    for arrow in drawing.arrows:
        look = ", ".join(_arrow(arrow))
        yield f"  {_text(arrow.tail)} -> {_text(arrow.head)}{f' [{look}]' if look else ''};"
    if drawing.arrows:
        yield from _legend()
    yield "}"


def _legend() -> Iterator[str]:
    # No service has an id with a slash at its beginning.
    yield "  subgraph cluster_legend {"
    yield '    label="Legend"; color=gray60; fontsize=11;'
    yield '    "/1" [label="a service"];'
    yield '    "/2" [label="it fails without"]; "/1" -> "/2";'
    yield '    "/3" [label="it works worse without"]; "/1" -> "/3" [style=dashed];'
    yield '    "/4" [label="it needs some of"]; "/1" -> "/4" [dir=both, arrowtail=odot];'
    yield "  }"


def _look(box: Box) -> str:
    if box.stage in ("live", "transition", "retiring"):
        return f"label={_text(box.label + ('' if box.stage == 'live' else f' ({box.stage})'))}"
    return f'label={_text(f"{box.label} ({box.stage})")}, style="rounded,dashed", fontcolor=gray40'


def _arrow(arrow: Arrow) -> Iterator[str]:
    # Labels in the middle of arrows, together with frames, make some versions of Graphviz give up.
    if not arrow.hard:
        yield "style=dashed"
    if arrow.group:
        yield f"dir=both, arrowtail=odot, taillabel={_text(arrow.group)}"
    elif arrow.stands_for > 1:
        yield f"taillabel={_text(str(arrow.stands_for))}"


def _text(text: str) -> str:
    # A backslash would begin an escape such as \N, which stands for the name of the node. Graphviz
    # resolves HTML's entities in every label: an ampersand is written as one.
    text = "".join(char if char.isprintable() else " " for char in text)
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
