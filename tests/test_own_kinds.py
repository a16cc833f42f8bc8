"""Kinds of a user's own, from a JSON Schema alone; and schemas that mean harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gitsm.lint import Report
from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.schema.own_kinds import read_own_kind

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
        ("title: 7\n", "invalid-value", "title is 7, where a text belongs"),
        (
            "title: a\nfound_on: 2026-99-99\n",
            "invalid-value",
            "found_on is 2026-99-99, and must be a day such as 2026-11-28",
        ),
        ("title: a\ncode: X\n", "invalid-value", "code is X, which is not of the form asked for"),
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
        "which this schema does not define",
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
    "definitions of each other": (
        {
            **RISK,
            "properties": {"title": {"$ref": "#/$defs/a"}},
            "$defs": {
                "a": {"anyOf": [{"$ref": "#/$defs/b"}, {"$ref": "#/$defs/b"}]},
                "b": {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]},
            },
        },
        "too many steps",
    ),
    "no schema": ({**RISK, "type": "objekt"}, "must be one or several of"),
}


@pytest.mark.parametrize(("schema", "words"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_schema_that_means_harm_is_a_finding(
    schema: object, words: str, with_risks: Callable[..., dict[str, str]], report_of: Callable[..., Report]
) -> None:
    findings = report_of(with_risks("title: abc\n", schema)).findings
    assert any(finding.rule == "invalid-schema" and words in finding.message for finding in findings)


WORDS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "enum": (
        {"enum": ["low", "moderate", "high"]},
        "hihg",
        "is hihg, and must be low, moderate or high",
        "did you mean high?",
    ),
    "a long enum": (
        {"enum": [f"r{number}" for number in range(30)]},
        "x",
        f"is x, and must be {', '.join(f'r{number}' for number in range(20))} or another",
        "",
    ),
    "const": ({"const": 3}, "4", "is 4, and must be 3", ""),
    "nothing": ({"type": "string"}, "", "has no value", "fill it in, or leave the key out"),
    "a number for a text": ({"type": "string"}, "3", "is 3, where a text belongs", "put quotes round it"),
    "a text for a number": (
        {"type": "integer"},
        '"3"',
        "is 3, where a whole number belongs",
        "leave its quotes out",
    ),
    "a text for a list": (
        {"type": "array", "items": {"type": "string"}},
        "a",
        "is a, where a list belongs",
        "write [a]",
    ),
    "several types": (
        {"type": ["number", "boolean"]},
        "a",
        "is a, where a number or true or false belongs",
        "",
    ),
    "minimum": ({"minimum": 3}, "2", "is 2, and must be at least 3", ""),
    "maximum": ({"maximum": 3}, "4", "is 4, and must be at most 3", ""),
    "a length": ({"maxLength": 3}, "abcd", "has 4 characters, and may have 3", ""),
    "an empty list": ({"minItems": 1}, "[]", "is empty", "fill it in, or leave the key out"),
    "an entry twice": ({"uniqueItems": True}, "[1, 1]", "has an entry twice", ""),
    "a format": (
        {"format": "email"},
        "nobody",
        "is nobody, and must be an e-mail address such as desk@example.com",
        "",
    ),
    "a pattern": (
        {"pattern": "^R-[0-9]+$"},
        "x",
        "is x, which is not of the form asked for",
        "it must match ^R-[0-9]+$",
    ),
    "a pattern with an example": (
        {"pattern": "^R-[0-9]+$", "examples": ["R-1"]},
        "x",
        "is x, which is not of the form asked for",
        "such as R-1",
    ),
    "a pattern beyond us": (
        {"pattern": "(?=a)b"},
        "x",
        "can't be judged: the pattern can't be matched in linear time",
        "",
    ),
    "several forms": (
        {"anyOf": [{"type": "string"}, {"type": "array"}]},
        "3",
        "is 3, which has none of the forms it may take",
        "write a list or a text",
    ),
    "one of several forms": (
        {"oneOf": [{"type": "string"}, {"type": "array"}]},
        "3",
        "is 3, which has none of the forms it may take",
        "write a list or a text",
    ),
    "more than one form": (
        {"oneOf": [{"type": "string"}, {"maxLength": 9}]},
        "x",
        "is x, which does not fit the oneOf of its schema",
        "",
    ),
    "what may not be": ({"properties": {"x": False}}, "{x: a}", "holds a, where nothing may stand", ""),
    "any other keyword": (
        {"not": {"type": "string"}},
        "x",
        "is x, which does not fit the not of its schema",
        "",
    ),
}


@pytest.mark.parametrize(("schema", "text", "message", "hint"), WORDS.values(), ids=WORDS.keys())
def test_what_is_wrong_is_said_as_of_our_own_kinds(
    schema: dict[str, Any],
    text: str,
    message: str,
    hint: str,
    with_risks: Callable[..., dict[str, str]],
    report_of: Callable[..., Report],
) -> None:
    own = {**RISK, "properties": {"title": {}, "grade": schema}}
    findings = report_of(with_risks(f"title: a\ngrade: {text}\n", own)).findings
    assert [(finding.rule, finding.message, finding.hint) for finding in findings] == [
        ("invalid-value", f"grade {message}", hint)
    ]


def test_missing_keys_are_told_apart_and_a_misspelt_one_is_one_finding(
    with_risks: Callable[..., dict[str, str]], report_of: Callable[..., Report]
) -> None:
    schema = {**RISK, "required": ["title", "title-of", "code"]}
    findings = report_of(with_risks("titel: a\n", schema)).findings
    assert [(finding.message, finding.hint) for finding in findings] == [
        ("risk has no field named titel", "did you mean title?"),
        ("risk has no code", ""),
        ("risk has no title-of", ""),
    ]
    findings = report_of(with_risks("code: R-1\n")).findings
    assert [(finding.message, finding.hint) for finding in findings] == [
        ("risk has no title", "title: What may happen.")
    ]


ABOUT = {
    "a misspelt key": ({"titel": "Risk"}, "x-gitsm has no field named titel", "did you mean title?"),
    "an unknown key": (
        {"colour": "red"},
        "x-gitsm has no field named colour",
        "it may have kind, folder, format, title, plural",
    ),
    **{
        f"the folder {folder}": (
            {"folder": folder},
            f"x-gitsm.folder is {folder}, which belongs to gitsm's own kinds",
            "a kind has a folder of its own, such as risks",
        )
        for folder in ("services", "organization", "changes/risks", "my/runbooks", "knowledge/", "incidents")
    },
    **{
        f"the folder {folder}": (
            {"folder": folder},
            f"x-gitsm.folder is {folder}, which is kept for other things",
            "a kind has a folder of its own, such as risks",
        )
        for folder in ("docs", "schemas", "site", "tools", "tests", "assets/risks")
    },
}


@pytest.mark.parametrize(("about", "message", "hint"), ABOUT.values(), ids=ABOUT.keys())
def test_what_a_schema_says_of_its_kind_is_checked(about: dict[str, str], message: str, hint: str) -> None:
    schema = {**RISK, "x-gitsm": {**RISK["x-gitsm"], **about}}
    kind, faults = read_own_kind(FILE, json.dumps(schema).encode(), KINDS)
    assert kind is None
    assert [(fault.rule, fault.message, fault.hint) for fault in faults] == [
        ("invalid-schema", message, hint)
    ]


@pytest.mark.parametrize("folder", ["risks", "risks/", "risks/old"])
def test_two_kinds_share_no_folder(folder: str) -> None:
    risk, _ = read_own_kind(FILE, json.dumps(RISK).encode(), KINDS)
    assert risk is not None
    other = {**RISK, "x-gitsm": {"kind": "threat", "folder": folder}}
    kind, faults = read_own_kind(
        "schemas/threat.schema.json", json.dumps(other).encode(), {**KINDS, "risk": risk}
    )
    assert kind is None
    assert [fault.message for fault in faults] == [
        f"x-gitsm.folder is {folder}, which belongs to the kind risk"
    ]


def test_a_kind_of_ours_is_not_made_anew() -> None:
    own = {**RISK, "x-gitsm": {"kind": "change", "folder": "risks"}}
    file = "schemas/change.schema.json"
    _, faults = read_own_kind(file, json.dumps(own).encode(), KINDS)
    assert [(fault.rule, fault.message) for fault in faults] == [
        ("invalid-schema", "change is a kind of gitsm's own")
    ]
    silent = (json.dumps(KINDS["change"].schema), '{"folder', '{"x-gitsm": 3, "title": "folder"}')
    for text in silent:
        assert read_own_kind(file, text.encode(), KINDS) == (None, ())


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
