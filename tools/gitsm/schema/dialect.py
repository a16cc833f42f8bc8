"""What a user's JSON Schema may say: the part of draft 2020-12 that can be judged in bounded time and
without looking at anything but the schema itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gitsm.diagnostic import DataPath
from gitsm.schema.shape import FORMERLY
from gitsm.schema.spelling import did_you_mean
from gitsm.schema.values import shown

MAX_SUBSCHEMAS = 2000
"""How many subschemas a schema may have."""

MAX_CHOICES = 2000
"""How many entries a list of the schema may have, such as those of an enum."""

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_MAPS = {"$defs", "dependentSchemas", "patternProperties", "properties"}
_LISTS = {"allOf", "anyOf", "oneOf", "prefixItems"}
_SINGLE = {"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}
_WORDS = {"$comment", "default", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"}
_ASSERTIONS = {
    *("$ref", "const", "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum", "format"),
    *("maxContains", "maxItems", "maxLength", "maxProperties", "maximum", "minContains", "minItems"),
    *("minLength", "minProperties", "minimum", "multipleOf", "pattern", "required", "type", "uniqueItems"),
}
_KNOWN = _MAPS | _LISTS | _SINGLE | _WORDS | _ASSERTIONS
_POINTER = re.compile(r"#/\$defs/([A-Za-z0-9_.-]+)", re.ASCII)


class Objection(NamedTuple):
    """What a schema must not say, where, and what it may say instead."""

    path: DataPath
    message: str
    hint: str = ""


def objections(schema: Mapping[str, Any]) -> Iterator[Objection]:
    """What speaks against a schema. Where nothing does, every part of it is one that a validator knows."""
    definitions = schema.get("$defs")
    names = definitions if isinstance(definitions, dict) else {}
    waiting: list[tuple[DataPath, object]] = [((), schema)]
    count = 0
    while waiting:
        path, node = waiting.pop()
        count += 1
        if count > MAX_SUBSCHEMAS:
            yield Objection(path, f"the schema has more than {MAX_SUBSCHEMAS} subschemas")
            return
        if isinstance(node, bool):
            continue
        if not isinstance(node, dict):
            yield Objection(path, f"a schema is {shown(node)}, where a mapping belongs")
            continue
        yield from _of_keywords(path, node)
        yield from _of_values(path, node, names)
        for keyword, value in node.items():
            waiting.extend(_below((*path, keyword), keyword, value))


def _below(path: DataPath, keyword: str, value: object) -> Iterator[tuple[DataPath, object]]:
    if keyword in _SINGLE:
        yield path, value
    elif keyword in _MAPS and isinstance(value, dict):
        yield from (((*path, key), below) for key, below in value.items())
    elif keyword in _LISTS and isinstance(value, list):
        yield from (((*path, index), below) for index, below in enumerate(value))


def _of_keywords(path: DataPath, node: Mapping[str, Any]) -> Iterator[Objection]:
    for keyword in node:
        if keyword in _KNOWN or keyword.startswith("x-") or (keyword in ("$schema", "$id") and not path):
            continue
        hint = did_you_mean(keyword, _KNOWN) or "keywords of your own begin with x-"
        yield Objection((*path, keyword), f"{shown(keyword)} is no keyword that a schema here may use", hint)


def _of_values(path: DataPath, node: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[Objection]:
    for keyword, value in node.items():
        at = (*path, keyword)
        if keyword in _MAPS and not isinstance(value, dict):
            yield Objection(at, f"{keyword} is {shown(value)}, where a mapping of names to schemas belongs")
        elif keyword in _LISTS and not isinstance(value, list):
            yield Objection(at, f"{keyword} is {shown(value)}, where a list of schemas belongs")
        elif isinstance(value, list) and len(value) > MAX_CHOICES:
            yield Objection(at, f"{keyword} has {len(value)} entries, and may have {MAX_CHOICES}")
        elif keyword == "type" and not _are_types(value):
            yield Objection(at, f"type is {shown(value)}, and must be one or several of {', '.join(_TYPES)}")
        elif keyword == FORMERLY and not _are_texts(value):
            hint = "such as [summary]"
            yield Objection(at, f"{FORMERLY} is {shown(value)}, where a list of names belongs", hint)
        elif keyword == "$ref" and value != "#":
            found = _POINTER.fullmatch(value) if isinstance(value, str) else None
            if found is None or found.group(1) not in names:
                message = f"$ref leads to {shown(value)}, which this schema does not define"
                yield Objection(at, message, "a schema refers to definitions of its own: #/$defs/name")


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _are_types(value: object) -> bool:
    return all(
        isinstance(name, str) and name in _TYPES for name in (value if isinstance(value, list) else [value])
    )
