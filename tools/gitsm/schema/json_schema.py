"""The JSON Schema of our own kinds, as `gitsm schema` writes it and editors read it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from gitsm.source import Format, read

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema_of(
    model: type[BaseModel], *, name: str, title: str, pattern: str, examples: Mapping[str, str]
) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kind, with its place in the repository under `x-gitsm`."""
    schema = model.model_json_schema()
    _tidy(schema)
    fields = {key: value for key, value in schema.items() if key not in ("title", "description")}
    return {
        "$schema": DIALECT,
        "title": title,
        "description": " ".join(schema.get("description", "").split()),
        "x-gitsm": {"kind": name, "path": pattern, "format": _format(pattern).value},
        **fields,
        "examples": [_data(path, text) for path, text in list(examples.items())[:1]],
    }


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as the text of its file: the same bytes each time."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _format(path: str) -> Format:
    return Format.MARKDOWN if path.endswith(".md") else Format.YAML


def _data(path: str, text: str) -> object:
    return read(path, text.encode(), _format(path)).data


def _tidy(node: Any, *, names: bool = False) -> None:
    """Drop what helps no reader: defaults of nothing, and titles that only repeat the key."""
    if isinstance(node, list):
        for item in node:
            _tidy(item)
    elif isinstance(node, dict):
        if not names:
            node.pop("title", None)
            if node.get("default", 0) in (None, [], {}):
                del node["default"]
            if isinstance(node.get("description"), str):
                node["description"] = " ".join(node["description"].split())
        for key, value in node.items():
            if key not in ("examples", "enum", "required"):
                _tidy(value, names=key in ("properties", "$defs") and not names)


def editor_settings(patterns: Mapping[str, str]) -> dict[str, Any]:
    """Editor settings that map each schema of a YAML kind to its folder, from patterns by schema file.

    They are those of the YAML language server, as Visual Studio Code keeps them.
    """
    schemas = {
        f"./{file}": _globs(pattern) for file, pattern in patterns.items() if _format(pattern) is Format.YAML
    }
    return {"yaml.schemas": schemas, "yaml.yamlVersion": "1.2", "files.insertFinalNewline": True}


def _globs(pattern: str) -> list[str]:
    """The globs of the files that a kind's pattern means: `<a:b|c>` is one of b and c, or begins so."""
    stems = re.search(r"<[^>:]+:([^>]+)>", pattern)
    if stems is None:
        return [re.sub(r"<[^>]+>", "*", pattern)]
    return [
        re.sub(r"<[^>]+>", "*", pattern.replace(stems.group(), name))
        for stem in stems.group(1).split("|")
        for name in (stem, f"{stem}-*")
    ]
