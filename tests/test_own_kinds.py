"""Kinds of a user's own, from a JSON Schema alone; and schemas that mean harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gitsm.lint import Report
from gitsm.repository import Repository

FILE = "schemas/risk.schema.json"
RISK: dict[str, Any] = {
    "x-gitsm": {"kind": "risk", "folder": "risks", "format": "yaml", "title": "Risk"},
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "What may happen."},
        "service": {"type": "string", "x-ref": "service"},
        "found_on": {"type": "string", "format": "date"},
        "causes": {"type": "array", "items": {"$ref": "#/$defs/cause"}},
        "code": {"type": "string", "pattern": "^R-[0-9]+$"},
    },
    "required": ["title"],
    "additionalProperties": False,
    "$defs": {
        "cause": {
            "type": "object",
            "properties": {
                "team": {"type": "string", "x-ref": "team"},
                "causes": {"type": "array", "items": {"$ref": "#/$defs/cause"}},
            },
        }
    },
}


@pytest.fixture
def with_risks(example_files: dict[str, str]) -> Callable[..., dict[str, str]]:
    def make(text: str, schema: object = RISK) -> dict[str, str]:
        return {**example_files, FILE: json.dumps(schema), "risks/late-salaries.yaml": text}

    return make


def test_its_records_are_loaded_and_linked(
    with_risks: Callable[..., dict[str, str]], repository_of: Callable[..., Repository]
) -> None:
    repository = repository_of(with_risks("title: Late salaries\nservice: payroll\n"))
    record = repository.find("risk", "late-salaries")
    assert record is not None
    assert record.title == "Late salaries"
    service = repository.find("service", "payroll")
    assert service is not None
    assert record.id in {link.source.id for link in repository.links_to(service)}


@pytest.mark.parametrize(
    ("text", "rule", "message"),
    [
        ("service: payroll\n", "missing-field", "risk has no title"),
        ("title: a\nservcie: b\n", "unknown-field", "risk has no field named servcie"),
        ("title: 7\n", "invalid-value", "title: 7 is not of type 'string'"),
        ("title: a\nfound_on: 2026-99-99\n", "invalid-value", "found_on: '2026-99-99' is not a 'date'"),
        ("title: a\ncode: X\n", "invalid-value", "code: 'X' does not match '^R-[0-9]+$'"),
        (
            "title: a\nservice: payrol\n",
            "unknown-reference",
            "risk late-salaries names service payrol, which no file defines",
        ),
        (
            "title: a\ncauses: [{causes: [{team: nobody}]}]\n",
            "unknown-reference",
            "risk late-salaries names team nobody, which no file defines",
        ),
    ],
)
def test_its_records_are_checked(
    text: str,
    rule: str,
    message: str,
    with_risks: Callable[..., dict[str, str]],
    report_of: Callable[..., Report],
) -> None:
    findings = report_of(with_risks(text)).findings
    assert [(finding.rule, finding.message) for finding in findings] == [(rule, message)]
    assert findings[0].place.span is not None


def _deep(levels: int) -> dict[str, Any]:
    definitions: dict[str, Any] = {"d0": {"type": "integer"}}
    for level in range(1, levels):
        definitions[f"d{level}"] = {"anyOf": [{"$ref": f"#/$defs/d{level - 1}"}] * 2}
    return {**RISK, "$defs": definitions, "properties": {"title": {"$ref": f"#/$defs/d{levels - 1}"}}}


HOSTILE = {
    "a remote definition": (
        {**RISK, "properties": {"title": {"$ref": "https://example.com/a"}}},
        "outside this file",
    ),
    "a definition that is missing": (
        {**RISK, "properties": {"title": {"$ref": "#/$defs/no"}}},
        "does not define",
    ),
    "a definition of itself": (
        {**RISK, "properties": {"title": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}},
        "too many steps",
    ),
    "definitions that multiply": (_deep(40), "too many steps"),
    "no x-gitsm": ({"type": "object"}, "no x-gitsm"),
    "another name": ({**RISK, "x-gitsm": {"kind": "other", "folder": "risks"}}, "the file is named risk"),
    "a folder outside": ({**RISK, "x-gitsm": {"kind": "risk", "folder": "../risks"}}, "no folder of a kind"),
    "another draft": ({**RISK, "$schema": "http://json-schema.org/draft-04/schema#"}, "is written in"),
    "no schema": ({**RISK, "type": "objekt"}, "not one"),
}


@pytest.mark.parametrize(("schema", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_schema_that_means_harm_is_a_finding(
    schema: object, words: str, with_risks: Callable[..., dict[str, str]], report_of: Callable[..., Report]
) -> None:
    findings = report_of(with_risks("title: abc\n", schema)).findings
    assert any(finding.rule == "invalid-schema" and words in finding.message for finding in findings)


@pytest.mark.parametrize("keyword", ["pattern", "patternProperties"])
def test_a_pattern_is_matched_in_linear_time(
    keyword: str, with_risks: Callable[..., dict[str, str]], report_of: Callable[..., Report]
) -> None:
    evil = "^(a+)+$"
    below = (
        {"type": "string", "pattern": evil} if keyword == "pattern" else {"patternProperties": {evil: False}}
    )
    value = "a" * 5000 + "!" if keyword == "pattern" else {"a" * 1000 + "!": 1}
    schema = {**RISK, "properties": {"title": below}}
    findings = report_of(with_risks(f"title: {json.dumps(value)}\n", schema)).findings
    assert [finding.rule for finding in findings] == (["invalid-value"] if keyword == "pattern" else [])


def test_a_schema_of_ours_makes_no_second_kind(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    files = {**example_files, "schemas/service.schema.json": "{}"}
    repository = repository_of(files)
    assert repository.kinds["service"].model is not None
    assert repository.faults == []
