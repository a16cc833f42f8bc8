"""Where a record refers to other records: read once from its kind, then found in its data.

A property with `x-ref: <kind>` in a JSON Schema holds ids of that kind. Our own kinds are read from
their models, which say the same (a test holds it) and are at hand much sooner than their schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from gitsm.diagnostic import DataPath
from gitsm.schema.values import OneOrMany, Reference

ROLE_PREFIX = "role:"
"""What a party that is a role starts with, as in `role:change-manager`."""

MAX_DEPTH = 100
"""How deep below each other references are looked for; no record's data is as deep."""

ROLE = "role"
"""What `ReferenceMap.find` calls a role, in the place of a kind."""


@dataclass(slots=True)
class ReferenceMap:
    """The branches of a schema that lead to references; everything else is left out."""

    kind: str | None = None
    role: bool = False
    properties: dict[str, ReferenceMap] = field(default_factory=dict)
    others: ReferenceMap | None = None
    items: ReferenceMap | None = None
    unfinished: bool = False

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> ReferenceMap:
        """The references of a JSON Schema with local `$ref` only."""
        return _Reader(schema).read(schema)

    @classmethod
    def of_model(cls, model: type[BaseModel]) -> ReferenceMap:
        """The references of a pydantic model, by the `Reference` marks of its fields."""
        found = cls()
        for name, info in model.model_fields.items():
            below = _of_annotation(info.annotation, info.metadata)
            if not below.empty:
                found.properties[info.alias or name] = below
        return found

    def find(self, data: object, path: DataPath = ()) -> list[tuple[DataPath, str, str]]:
        """Each reference in a record's data: its path, the kind it names, and the id as written.

        A role is of the kind `ROLE`; it is no record, but the policy names it.
        """
        found: list[tuple[DataPath, str, str]] = []
        self._collect(data, path, found)
        return found

    def _collect(self, data: object, path: DataPath, found: list[tuple[DataPath, str, str]]) -> None:
        if isinstance(data, str):
            if self.role and data.startswith(ROLE_PREFIX):
                found.append((path, ROLE, data.removeprefix(ROLE_PREFIX)))
            elif self.kind is not None:
                found.append((path, self.kind, data))
        elif isinstance(data, dict):
            for key, below in self.properties.items():
                if key in data:
                    below._collect(data[key], (*path, key), found)
            if self.others is not None:
                for key, value in data.items():
                    if key not in self.properties:
                        self.others._collect(value, (*path, key), found)
        elif isinstance(data, list) and self.items is not None:
            for index, value in enumerate(data):
                self.items._collect(value, (*path, index), found)

    @property
    def empty(self) -> bool:
        """Whether no reference can stand here or below."""
        if self.unfinished:
            return False  # a definition that contains itself: its references are still being read
        return self.kind is None and not self.properties and self.items is None and self.others is None


class _Reader:
    """Walks a schema once; a definition that refers to itself becomes a map that does."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._root = schema
        self._seen: dict[int, ReferenceMap] = {}
        self._depth = 0

    def read(self, schema: object) -> ReferenceMap:
        schema = self._followed(schema)
        if not isinstance(schema, Mapping) or self._depth > MAX_DEPTH:
            return ReferenceMap()
        if id(schema) in self._seen:
            return self._seen[id(schema)]
        found = self._seen[id(schema)] = ReferenceMap(unfinished=True)
        self._depth += 1
        self._fill(found, schema)
        self._depth -= 1
        found.unfinished = False
        return found

    def _followed(self, schema: object) -> object:
        for _ in range(100):  # a chain of definitions that only point at each other has no end
            if (
                not isinstance(schema, Mapping)
                or "x-ref" in schema
                or not isinstance(schema.get("$ref"), str)
            ):
                return schema
            schema = resolve(self._root, schema["$ref"])
        return None

    def _fill(self, found: ReferenceMap, schema: Mapping[str, Any]) -> None:
        if isinstance(reference := schema.get("x-ref"), str):
            found.kind, found.role = reference, schema.get("x-role") is True
        for name, below in _mapping(schema.get("properties")).items():
            if not (inner := self.read(below)).empty:
                found.properties[name] = inner
        for keyword, slot in (("items", "items"), ("additionalProperties", "others")):
            if not (inner := self.read(schema.get(keyword))).empty:
                setattr(found, slot, inner)
        for part in self._parts(schema):
            _merge(found, self.read(part))

    def _parts(self, schema: Mapping[str, Any]) -> Iterator[object]:
        for keyword in ("anyOf", "oneOf", "allOf"):
            branches = schema.get(keyword)
            if isinstance(branches, list):
                yield from branches


def _of_annotation(annotation: Any, marks: Iterable[object] = ()) -> ReferenceMap:
    found = ReferenceMap()
    for mark in marks:
        if isinstance(mark, Reference):
            found.kind, found.role = mark.kind, mark.role
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        _merge(found, _of_annotation(inner[0], inner[1:]))
    elif origin is tuple:
        items = _of_annotation(inner[0])
        found.items = None if items.empty else items
        if any(isinstance(mark, OneOrMany) for mark in marks):
            _merge(found, items)
    elif origin is Mapping:
        others = _of_annotation(inner[1])
        found.others = None if others.empty else others
    elif origin in (Union, UnionType):
        for branch in inner:
            _merge(found, _of_annotation(branch))
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        _merge(found, ReferenceMap.of_model(annotation))
    return found


def resolve(schema: Mapping[str, Any], pointer: str) -> object:
    """What a local `$ref` such as `#/$defs/Step` points at, or None."""
    found: object = schema
    for part in pointer.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _merge(into: ReferenceMap, other: ReferenceMap) -> None:
    into.kind = into.kind or other.kind
    into.role = into.role or other.role
    into.properties = {**other.properties, **into.properties}
    into.items = into.items or other.items
    into.others = into.others or other.others
