"""The report as JSON, for other programs. Its shape is versioned and described by a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gitsm.diagnostic import Place, Severity
from gitsm.lint import Report

VERSION = 1
"""Grows when a reader of the last version would no longer understand."""


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """One JSON document."""
    yield json.dumps(as_data(report), indent=2, ensure_ascii=True)


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "version": VERSION,
        "files": report.files,
        "records": report.records,
        "suppressed": report.suppressed,
        "stood_before": report.stood_before,
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "findings": [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "message": finding.message,
                "hint": finding.hint,
                "place": _place(finding.place),
                "related": [_place(place) for place in finding.related],
            }
            for finding in report.findings
        ],
    }


def _place(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {"file": place.file, "path": list(place.path), "label": place.label}
    if place.span is not None:
        found |= {
            "line": place.span.line,
            "column": place.span.column,
            "end_line": place.span.end_line,
            "end_column": place.span.end_column,
        }
    return found


_PLACE: dict[str, Any] = {
    "type": "object",
    "description": "Lines and columns count from 1, columns in characters; the end is exclusive.",
    "properties": {
        "file": {"type": "string", "description": "The path in the repository."},
        "path": {
            "type": "array",
            "description": "Keys and list indices down to the value; empty for the whole record.",
            "items": {"type": ["string", "integer"]},
        },
        "label": {"type": "string"},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "end_line": {"type": "integer", "minimum": 1},
        "end_column": {"type": "integer", "minimum": 1},
    },
    "required": ["file", "path", "label"],
    "additionalProperties": False,
}
_COUNT = {"type": "integer", "minimum": 0}

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "gitsm check --format json",
    "type": "object",
    "properties": {
        "version": {"const": VERSION},
        "files": _COUNT,
        "records": _COUNT,
        "suppressed": _COUNT,
        "stood_before": {**_COUNT, "description": "With --since: findings that the base has as well."},
        "counts": {
            "type": "object",
            "properties": {severity.value: _COUNT for severity in Severity},
            "required": [severity.value for severity in Severity],
            "additionalProperties": False,
        },
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "rule": {"type": "string"},
                    "severity": {"enum": [severity.value for severity in Severity]},
                    "message": {"type": "string"},
                    "hint": {"type": "string", "description": "Advice; may be empty."},
                    "place": {"$ref": "#/$defs/place"},
                    "related": {"type": "array", "items": {"$ref": "#/$defs/place"}},
                },
                "required": ["rule", "severity", "message", "hint", "place", "related"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["version", "files", "records", "suppressed", "stood_before", "counts", "findings"],
    "additionalProperties": False,
    "$defs": {"place": _PLACE},
}
"""The JSON Schema of what `render` writes."""
