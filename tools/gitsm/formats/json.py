"""The report as JSON, for other programs. Its shape is versioned and described by a JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from gitsm.diagnostic import Diagnostic, Edit, NewKey, NewSection, NewText, NewValue, Place, Severity, Span
from gitsm.formats import fingerprints, harmless_json
from gitsm.lint import Report

VERSION = 1
"""Grows when a reader of the last version would no longer understand."""


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """One JSON document."""
    yield from harmless_json(as_data(report)).split("\n")


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    new, stood = fingerprints(report)
    return {
        "version": VERSION,
        "files": report.files,
        "records": report.records,
        "suppressed": report.suppressed,
        "stood_before": report.stood_before,
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "findings": [_finding(*pair) for pair in zip(report.findings, new, strict=True)],
        "stood": [_finding(*pair) for pair in zip(report.stood, stood, strict=True)],
    }


def _finding(finding: Diagnostic, fingerprint: str) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "place": _place(finding.place),
        "related": [_place(place) for place in finding.related],
        "edit": _edit(finding.edit) if finding.edit is not None else None,
        "fingerprint": fingerprint,
    }


def _place(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {"file": place.file, "path": list(place.path), "label": place.label}
    return found if place.span is None else found | asdict(place.span)


_EDITS = {NewValue: "value", NewKey: "key", NewSection: "section", NewText: "text"}


def _edit(edit: Edit) -> dict[str, Any]:
    found: dict[str, Any] = {"new": _EDITS[type(edit)]}
    for name, value in asdict(edit).items():
        if name == "rank":
            continue  # it orders edits that are made at once, and the findings come in order as well
        found |= value if name == "span" else {name: list(value) if isinstance(value, tuple) else value}
    return found


_FILE = {"type": "string", "description": "The path in the repository."}
_PATH = {
    "type": "array",
    "description": "Keys and list indices down to the value; empty for the whole record.",
    "items": {"type": ["string", "integer"]},
}
_SPAN = {field.name: {"type": "integer", "minimum": 1} for field in fields(Span)}
_PLACE: dict[str, Any] = {
    "type": "object",
    "description": "Lines and columns count from 1, columns in characters; the end is exclusive.",
    "properties": {"file": _FILE, "path": _PATH, "label": {"type": "string"}, **_SPAN},
    "required": ["file", "path", "label"],
    "additionalProperties": False,
}
_COUNT = {"type": "integer", "minimum": 0}


def _edit_schema(new: str, says: str, **properties: object) -> dict[str, Any]:
    properties = {"new": {"const": new}, "file": _FILE, **properties, "safe": {"type": "boolean"}}
    return {
        "type": "object",
        "description": says,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_EDIT: dict[str, Any] = {
    "description": "What would mend it. A safe one can only state what its author meant.",
    "oneOf": [
        {"type": "null"},
        _edit_schema("value", "The scalar at the path gets another value.", path=_PATH, value=_TEXT),
        _edit_schema("key", "The key at the path gets another name.", path=_PATH, key=_TEXT),
        _edit_schema(
            "section",
            "The body gets a heading of its second level: above the first of these headings, else at its end.",
            heading=_TEXT,
            above={"type": "array", "items": _TEXT},
        ),
        _edit_schema("text", "A stretch of the body is replaced.", **_SPAN, text=_TEXT),
    ],
}
_FINDING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "rule": {"type": "string"},
        "severity": {"enum": [severity.value for severity in Severity]},
        "message": {"type": "string"},
        "hint": {"type": "string", "description": "Advice; may be empty."},
        "place": {"$ref": "#/$defs/place"},
        "related": {"type": "array", "items": {"$ref": "#/$defs/place"}},
        "edit": {"$ref": "#/$defs/edit"},
        "fingerprint": {
            "type": "string",
            "description": "The same from run to run, wherever the line moves; no other finding has it.",
            "pattern": "^[0-9a-f]{32}$",
        },
    },
    "required": ["rule", "severity", "message", "hint", "place", "related", "edit", "fingerprint"],
    "additionalProperties": False,
}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "gitsm check --format json",
    "type": "object",
    "properties": {
        "version": {"const": VERSION},
        "files": _COUNT,
        "records": _COUNT,
        "suppressed": _COUNT,
        "stood_before": {**_COUNT, "description": "How many findings the base has as well."},
        "counts": {
            "type": "object",
            "properties": {severity.value: _COUNT for severity in Severity},
            "required": [severity.value for severity in Severity],
            "additionalProperties": False,
        },
        "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
        "stood": {
            "type": "array",
            "description": "What the base has as well; it fails nothing.",
            "items": {"$ref": "#/$defs/finding"},
        },
    },
    "required": ["version", "files", "records", "suppressed", "stood_before", "counts", "findings", "stood"],
    "additionalProperties": False,
    "$defs": {"place": _PLACE, "edit": _EDIT, "finding": _FINDING},
}
"""The JSON Schema of what `render` writes."""
