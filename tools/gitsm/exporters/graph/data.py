"""The map as JSON. Its shape is versioned and described by a JSON Schema."""

from __future__ import annotations

import json
from typing import Any, get_args

from gitsm.graph import Edge, Graph
from gitsm.records.service import Lifecycle

VERSION = 1
"""Grows when a reader of the last version would no longer understand."""


def as_json(graph: Graph) -> str:
    """Nodes and edges, what no file defines, and the cycles."""
    return json.dumps(as_data(graph), indent=2, ensure_ascii=True) + "\n"


def as_data(graph: Graph) -> dict[str, Any]:
    """The map as plain data."""
    part_of = {id: number for number, part in enumerate(graph.parts(), 1) for id in part.services}
    nodes = [
        {
            "id": id,
            "name": record.title,
            "owner": record.fields.owner,
            "tier": record.fields.tier,
            "lifecycle": record.fields.lifecycle,
            "system": record.fields.system,
            "part": part_of[id],
        }
        for id, record in sorted(graph.services.items())
    ]
    return {
        "version": VERSION,
        "nodes": nodes,
        "edges": [_edge(edge) for edge in graph.edges],
        "undeclared": [_edge(edge) for edge in graph.undeclared],
        "cycles": [list(cycle) for cycle in graph.cycles()],
        "more_on_cycles": sum(tangle.more for tangle in graph.tangles),
    }


def _edge(edge: Edge) -> dict[str, Any]:
    group, fallback = edge.dependency.redundancy_group, edge.dependency.fallback
    return {
        "from": edge.service,
        "to": edge.on,
        "criticality": edge.dependency.criticality,
        "redundancy_group": {"name": group.name, "needed": group.needed} if group is not None else None,
        "fallback": {"what": fallback.what, "degraded": fallback.degraded} if fallback is not None else None,
    }


def _object(**properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: dict[str, Any], says: str) -> dict[str, Any]:
    return {"description": says, "oneOf": [{"type": "null"}, schema]}


_ID = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_TEXT = {"type": "string"}
_EDGE = _object(
    **{"from": {**_ID, "description": "The service that stands on the other one."}, "to": _TEXT},
    criticality={"enum": ["hard", "soft"]},
    redundancy_group=_or_null(
        _object(name=_ID, needed={"type": "integer", "minimum": 1}),
        "The interchangeable dependencies of the same service that it belongs to.",
    ),
    fallback=_or_null(
        _object(what=_TEXT, degraded={"type": "boolean"}), "What happens while the other one is down."
    ),
)
_NODE = _object(
    id=_ID,
    name=_TEXT,
    owner=_ID,
    tier=_or_null({"type": "integer", "minimum": 1, "maximum": 4}, "How much it matters: 1 most."),
    lifecycle={"enum": list(get_args(Lifecycle))},
    system=_or_null(_ID, "The larger system that it is a part of."),
    part={
        "type": "integer",
        "minimum": 1,
        "description": "Services of different parts have nothing to do with each other; part 1 is the largest.",
    },
)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "gitsm map --format json",
    **_object(
        version={"const": VERSION},
        nodes={"type": "array", "items": {"$ref": "#/$defs/node"}},
        edges={"type": "array", "items": {"$ref": "#/$defs/edge"}},
        undeclared={
            "type": "array",
            "description": "Dependencies on what no file defines.",
            "items": {"$ref": "#/$defs/edge"},
        },
        cycles={
            "type": "array",
            "description": "Each from its first service by name round to it again. Every edge that is on a cycle is"
            " on one of these, where they are not too many to be named.",
            "items": {"type": "array", "items": _ID, "minItems": 2},
        },
        more_on_cycles={
            "type": "integer",
            "minimum": 0,
            "description": "How many more edges are on cycles, none of which is named.",
        },
    ),
    "$defs": {"node": _NODE, "edge": _EDGE},
}
"""The JSON Schema of what `as_json` writes."""
