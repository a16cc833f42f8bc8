"""What a schema says about a value: its label, its meaning, its choices. Read from any JSON Schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from pydantic import TypeAdapter

from gitsm.schema.references import resolve
from gitsm.schema.values import Day, Instant, Moment

_MOST_NODES = 50

FORMERLY = "x-formerly"
"""The keyword with the names that a field had before."""


class Shape:
    """The places of a schema that describe one value, its alternatives side by side."""

    def __init__(self, schema: Mapping[str, Any], nodes: Iterable[Mapping[str, Any]]) -> None:
        self.schema = schema
        self.nodes = tuple(nodes)
        self._found: dict[str | int, Shape] = {}

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Shape:
        """What a whole record of this schema is."""
        return cls(schema, _alternatives(schema, [schema]))

    def at(self, key: str | int) -> Shape:
        """What a value below this one is, by its key or its index."""
        key = key if isinstance(key, str) else 0  # the items of a list are all alike
        if key not in self._found:
            self._found[key] = Shape(self.schema, _alternatives(self.schema, self._below(key)))
        return self._found[key]

    def _below(self, key: str | int) -> Iterator[object]:
        for node in self.nodes:
            if isinstance(key, int):
                yield node.get("items")
                continue
            properties = node.get("properties")
            if isinstance(properties, Mapping) and key in properties:
                yield properties[key]
            else:
                yield node.get("additionalProperties")

    @cached_property
    def properties(self) -> Mapping[str, Shape]:
        """The values below this one that the schema names, in its order."""
        found = {key: None for node in self.nodes for key in _mapping(node.get("properties"))}
        return {key: self.at(key) for key in found}

    @cached_property
    def required(self) -> frozenset[str]:
        """The keys that must be there."""
        return frozenset(
            key for node in self.nodes for key in _list(node.get("required")) if isinstance(key, str)
        )

    def _first(self, keyword: str) -> str:
        return next((node[keyword] for node in self.nodes if isinstance(node.get(keyword), str)), "")

    @property
    def title(self) -> str:
        """What it is called, where the schema gives it a name; empty elsewhere."""
        return self._first("title")

    @property
    def meaning(self) -> str:
        """What the schema says that it is; empty where it says nothing."""
        return self._first("description")

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """The words that it must be one of; empty where it is free."""
        found = [_list(node.get("enum")) or _list([node.get("const")]) for node in self.nodes]
        return tuple(str(word) for words in found for word in words if isinstance(word, str | int))

    @cached_property
    def is_time(self) -> bool:
        """Whether it is a day or an instant."""
        return any(
            node.get("format") in ("date", "date-time") or node.get("pattern") in _time_patterns()
            for node in self.nodes
            if isinstance(node.get("pattern", ""), str)
        )

    @cached_property
    def is_one_line(self) -> bool:
        """Whether it is a name or a number of some sort, and no text that somebody wrote for readers."""
        return any("pattern" in node or "maxLength" in node for node in self.nodes)

    @cached_property
    def formerly(self) -> tuple[str, ...]:
        """The names that it had before it got the one it has."""
        names = [name for node in self.nodes for name in _list(node.get(FORMERLY))]
        return tuple(name for name in names if isinstance(name, str))

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The names that values below this one had before, each with the one it has now."""
        return {
            old: key
            for key, below in self.properties.items()
            for old in below.formerly
            if old not in self.properties
        }

    @property
    def reference(self) -> str:
        """The kind of record that it names; empty where it names none."""
        return self._first("x-ref")


@cache
def _time_patterns() -> frozenset[str]:
    types: tuple[Any, ...] = (Day, Instant, Moment)
    return frozenset(TypeAdapter(type).json_schema()["pattern"] for type in types)


def _alternatives(schema: Mapping[str, Any], below: Any) -> Iterator[Mapping[str, Any]]:
    """Nodes with their references followed and their alternatives laid out, each of them once."""
    # Definitions may refer to each other in a circle: a node that was seen is not followed again.
    waiting, seen = list(below), set[int]()
    while waiting and len(seen) < _MOST_NODES:
        node = waiting.pop(0)
        if not isinstance(node, Mapping) or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node.get("$ref"), str):
            waiting.append(resolve(schema, node["$ref"]))
        for keyword in ("anyOf", "oneOf", "allOf"):
            waiting.extend(_list(node.get(keyword)))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return [item for item in value if item is not None] if isinstance(value, list) else []
