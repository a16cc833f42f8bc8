"""What a user's schema may not say: everything that reaches outside it, and everything that has no bound."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitsm.lint import Report

ABOUT = {"x-gitsm": {"kind": "x", "folder": "xs"}}


@pytest.fixture
def findings_of(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> Callable[..., list[tuple[str, str]]]:
    def check(schema: dict[str, Any], record: object) -> list[tuple[str, str]]:
        files = {"schemas/x.schema.json": json.dumps({**ABOUT, **schema}), "xs/r.yaml": json.dumps(record)}
        return [(found.rule, found.message) for found in report_of({**example_files, **files}).findings]

    return check


def test_no_file_is_read_and_no_address_opened(
    findings_of: Callable[..., list[tuple[str, str]]], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"foo": {"const": "TOPSECRET"}}')
    hidden = {"properties": {"a": {"$id": secret.as_uri(), "$ref": "#/foo"}}}
    for schema in (
        {"$ref": "#/zz", "zz": hidden},
        {**hidden, "$defs": {"foo": {}}},
        {"$id": secret.as_uri(), "$ref": "#/$defs/foo", "$defs": {"foo": {"$ref": "#/foo"}}},
        {"$dynamicRef": secret.as_uri()},
        {"$ref": secret.as_uri()},
    ):
        found = findings_of(schema, {"a": 1})
        assert found
        assert {rule for rule, _ in found} == {"invalid-schema"}
        assert not any("TOPSECRET" in message for _, message in found)


def chain(length: int) -> dict[str, Any]:
    below = {"properties": {"a": {"$ref": "#/$defs/d{}"}}}
    return {f"d{n}": json.loads(json.dumps(below).replace("{}", str(n + 1))) for n in range(length)} | {
        f"d{length}": {}
    }


NO_SCHEMA = {
    "a keyword nobody knows": {"typ": "object"},
    "a type nobody knows": {"type": 5},
    "types without end": {"type": [{"a": n} for n in range(3000)]},
    "a mapping that is none": {"properties": 7},
    "a list that is none": {"allOf": {}},
    "a definition that is missing": {"$ref": "#/$defs/no"},
    "a definition in a place that is none": {"$ref": "#/allOf/0", "allOf": [{}]},
    "patterns with backtracking": {
        "unevaluatedProperties": False,
        "allOf": [{"patternProperties": {"(a+)+$": True}}],
    },
    "subschemas without end": {"allOf": [{}] * 3000},
    "a bound that is none": {"minProperties": "x"},
    "an expression that is none": {"properties": {"a": {"pattern": 5}}},
}


@pytest.mark.parametrize("schema", NO_SCHEMA.values(), ids=NO_SCHEMA.keys())
def test_what_is_no_schema_here_is_a_finding_at_its_place(
    schema: dict[str, Any], findings_of: Callable[..., list[tuple[str, str]]]
) -> None:
    found = findings_of(schema, {"a": "b"})
    assert found
    assert {rule for rule, _ in found} == {"invalid-schema"}


def test_a_finding_in_a_schema_has_its_line(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    schema = '{"x-gitsm": {"kind": "x", "folder": "xs"},\n "type": "objekt"}\n'
    found = report_of({**example_files, "schemas/x.schema.json": schema}).findings
    assert [
        (finding.place.span.line, finding.place.span.column) for finding in found if finding.place.span
    ] == [(2, 10)]


HEAVY = {
    "a long chain of definitions": ({"$ref": "#/$defs/d0", "$defs": chain(900)}, {"a": {"a": 1}}),
    "many branches on a long list": (
        {"properties": {"a": {"items": {"anyOf": [{"const": -n} for n in range(1, 1500)]}}}},
        {"a": list(range(1, 5000))},
    ),
    "many branches on a long text": ({"anyOf": [{"allOf": [{"type": "object"}] * 1500}]}, ["x" * 100_000]),
    "definitions that lead to each other": (
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/b"}] * 2}, "b": {"$ref": "#/$defs/a"}},
        },
        {"a": 1},
    ),
}


@pytest.mark.parametrize(("schema", "record"), HEAVY.values(), ids=HEAVY.keys())
def test_what_takes_too_many_steps_ends(
    schema: dict[str, Any], record: object, findings_of: Callable[..., list[tuple[str, str]]]
) -> None:
    assert len(findings_of(schema, record)) <= 100


def test_a_kind_can_not_be_named_role(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    schema = json.dumps({"x-gitsm": {"kind": "role", "folder": "parts"}})
    found = report_of({**example_files, "schemas/role.schema.json": schema}).findings
    assert [finding.rule for finding in found] == ["invalid-schema"]
