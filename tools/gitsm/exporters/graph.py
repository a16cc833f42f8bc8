"""The dependency graph as Mermaid, DOT and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from gitsm.graph import Graph


def mermaid(graph: Graph) -> str:
    """A Mermaid flowchart: an arrow leads from a service to what it stands on, dashed where it is soft."""
    lines = ["flowchart LR"]
    names = _names(graph)
    for id, name in names.items():
        lines.append(f'  {name}["{_mermaid_text(graph.services[id].title)}"]')
    for edge in graph.edges:
        arrow = "-->" if edge.hard else "-.->"
        lines.append(f"  {names[edge.service]} {arrow} {names[edge.on]}")
    return "\n".join(lines) + "\n"


def dot(graph: Graph) -> str:
    """A DOT digraph, for Graphviz."""
    lines = ["digraph services {", "  rankdir=LR;", "  node [shape=box];"]
    for id in sorted(graph.services):
        lines.append(f"  {_dot_text(id)} [label={_dot_text(graph.services[id].title)}];")
    for edge in graph.edges:
        style = "" if edge.hard else " [style=dashed]"
        lines.append(f"  {_dot_text(edge.service)} -> {_dot_text(edge.on)}{style};")
    return "\n".join([*lines, "}"]) + "\n"


def as_json(graph: Graph) -> str:
    """Nodes and edges as JSON."""
    nodes = [
        {
            "id": id,
            "name": record.title,
            "owner": record.fields.owner,
            "tier": record.fields.tier,
            "lifecycle": record.fields.lifecycle,
            "system": record.fields.system,
        }
        for id, record in sorted(graph.services.items())
    ]
    edges = [
        {"from": edge.service, "to": edge.on, "criticality": edge.dependency.criticality}
        for edge in graph.edges
    ]
    return json.dumps({"nodes": nodes, "edges": edges}, indent=2, ensure_ascii=True) + "\n"


FORMATS: Mapping[str, Callable[[Graph], str]] = {"mermaid": mermaid, "dot": dot, "json": as_json}
"""The forms by name."""


def _names(graph: Graph) -> dict[str, str]:
    # Mermaid takes some words, such as `end`, for its own; a prefix keeps ids from being one.
    return {id: f"s_{id.replace('-', '_')}" for id in sorted(graph.services)}


def _mermaid_text(text: str) -> str:
    # Mermaid's own entity codes: everything but letters, digits and harmless marks goes through them.
    return "".join(char if char.isalnum() or char in " -_.,:/" else f"#{ord(char)};" for char in text)


def _dot_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
