"""The map of services in the forms that other programs draw and read, one file for each form.

A drawing is made in two steps: `drawing` says which boxes, arrows and frames there are, and each form
writes them down. No form takes anything but plain text out of a record: no link, no markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gitsm.exporters.graph.data import as_json
from gitsm.exporters.graph.dot import dot
from gitsm.exporters.graph.drawing import GROUPINGS, Drawing, drawing
from gitsm.exporters.graph.mermaid import MAX_EDGES, mermaid
from gitsm.exporters.graph.svg import CannotDraw, svg
from gitsm.graph import Graph

__all__ = [
    "FORMATS",
    "GROUPINGS",
    "MAX_EDGES",
    "CannotDraw",
    "Drawing",
    "as_json",
    "dot",
    "drawing",
    "mermaid",
    "svg",
]

FORMATS: Mapping[str, Callable[[Graph], str]] = {
    "mermaid": lambda graph: mermaid(drawing(graph)),
    "dot": lambda graph: dot(drawing(graph)),
    "json": as_json,
}
"""The forms that need nothing but Python, by name."""
