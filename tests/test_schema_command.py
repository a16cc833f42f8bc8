"""The JSON Schemas: current, valid, described in full, and shown by examples that leave nothing out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator, FormatChecker

from gitsm import source
from gitsm.cli import main
from gitsm.commands.schema import files
from gitsm.records import KINDS
from gitsm.schema.json_schema import DIALECT
from gitsm.schema.kind import Kind
from gitsm.schema.references import resolve
from gitsm.schema.validation import validate

ROOT = Path(__file__).parent.parent
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)


def examples_of(kind: Kind) -> dict[str, Any]:
    return {path: source.read(path, text.encode(), kind.format).data for path, text in kind.examples.items()}


def nodes_of(schema: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every subschema that describes a property, with its place in the schema."""
    if isinstance(schema, dict):
        for name, below in schema.get("properties", {}).items():
            yield f"{path}/{name}", below
            yield from nodes_of(below, f"{path}/{name}")
        for name, below in schema.get("$defs", {}).items():
            yield from nodes_of(below, f"{path}#{name}")
        for keyword in ("items", "additionalProperties"):
            yield from nodes_of(schema.get(keyword), path)
        for keyword in ("anyOf", "oneOf", "allOf"):
            for below in schema.get(keyword, ()):
                yield from nodes_of(below, path)


def filled(schema: Mapping[str, Any], node: Any, value: Any) -> Iterator[tuple[str, str]]:
    """The properties that a value fills: each with the shape that it is a part of, wherever that stands."""
    while isinstance(node, dict) and "$ref" in node:
        node = resolve(schema, node["$ref"])
    if not isinstance(node, dict):
        return
    for branch in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from filled(schema, branch, value)
    if isinstance(value, list):
        for entry in value:
            yield from filled(schema, node.get("items"), entry)
    elif isinstance(value, dict):
        properties = node.get("properties", {})
        for name, below in value.items():
            if name in properties:
                yield shape_of(node), name
            yield from filled(schema, properties.get(name, node.get("additionalProperties")), below)


def shape_of(node: Mapping[str, Any]) -> str:
    return " ".join(sorted(node["properties"]))


def shapes_of(kind: Kind) -> dict[str, Mapping[str, Any]]:
    nodes = {kind.name: kind.schema, **kind.schema.get("$defs", {})}
    return {name: node for name, node in nodes.items() if "properties" in node}


def test_those_of_this_repository_are_current() -> None:
    found = CliRunner().invoke(main, ["schema", "--check", "--repo", str(ROOT)])
    assert found.exit_code == 0, found.output


@each_kind
def test_each_is_a_schema_of_draft_2020_12(kind: Kind) -> None:
    assert kind.schema["$schema"] == DIALECT
    Draft202012Validator.check_schema(kind.schema)


@each_kind
def test_each_says_what_it_is(kind: Kind) -> None:
    assert kind.schema["title"] == kind.title
    assert len(kind.schema["description"]) > 20
    assert kind.schema["examples"]
    assert kind.schema["x-gitsm"]["kind"] == kind.name


@each_kind
def test_every_property_has_a_description(kind: Kind) -> None:
    bare = [
        path for path, node in nodes_of(kind.schema) if not str(node.get("description", "")).endswith(".")
    ]
    assert bare == []


@each_kind
def test_the_examples_fit_their_schema_and_their_model(kind: Kind) -> None:
    validator = Draft202012Validator(kind.schema, format_checker=FormatChecker())
    assert kind.examples
    for path, data in examples_of(kind).items():
        assert kind.id_of(path) is not None
        assert [error.message for error in validator.iter_errors(data)] == []
        assert validate(kind, path, data)[1] == []


def test_the_examples_leave_no_property_out() -> None:
    shown = {
        found
        for kind in KINDS.values()
        for data in examples_of(kind).values()
        for found in filled(kind.schema, kind.schema, data)
    }
    left_out = {
        f"{kind.name}: {name}.{key}"
        for kind in KINDS.values()
        for name, node in shapes_of(kind).items()
        for key in node["properties"]
        if (shape_of(node), key) not in shown
    }
    assert left_out == set()


@each_kind
def test_the_examples_of_a_kind_fill_each_of_its_fields(kind: Kind) -> None:
    assert set(kind.schema["properties"]) == {key for data in examples_of(kind).values() for key in data}


@each_kind
def test_schema_and_model_refuse_the_same_unknown_field(kind: Kind) -> None:
    data = {**next(iter(examples_of(kind).values())), "surprise": 1}
    assert not Draft202012Validator(kind.schema).is_valid(data)
    assert validate(kind, "", data)[0] is None


@each_kind
def test_schema_and_model_require_the_same_fields(kind: Kind) -> None:
    data = next(iter(examples_of(kind).values()))
    for name in data:
        less = {key: value for key, value in data.items() if key != name}
        assert Draft202012Validator(kind.schema).is_valid(less) == (
            validate(kind, "", less)[0] is not None
        ), name


def test_a_stale_file_is_named_and_written_anew(tmp_path: Path) -> None:
    def schema(*args: str) -> tuple[int, str]:
        found = CliRunner().invoke(main, ["schema", "--repo", str(tmp_path), *args])
        return found.exit_code, found.output

    assert schema("--check")[0] == 1
    assert schema() == (0, f"{len(files())} of {len(files())} files written\n")
    assert schema("--check") == (0, "")
    (tmp_path / "schemas/team.schema.json").write_text("{}")
    assert schema("--check") == (1, "schemas/team.schema.json is stale\ngitsm schema writes them anew\n")
    assert schema()[0] == 0
    assert schema("--check")[0] == 0


def test_a_users_own_schema_is_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "schemas/risk.schema.json"
    own.parent.mkdir()
    own.write_text('{"x-gitsm": {"kind": "risk", "folder": "risks"}}')
    CliRunner().invoke(main, ["schema", "--repo", str(tmp_path)])
    assert own.read_text() == '{"x-gitsm": {"kind": "risk", "folder": "risks"}}'


def test_one_schema_is_printed(tmp_path: Path) -> None:
    found = CliRunner().invoke(main, ["schema", "change"])
    assert json.loads(found.output) == KINDS["change"].schema
    wrong = CliRunner().invoke(main, ["schema", "chnge"])
    assert wrong.exit_code == 2
    assert "did you mean change?" in wrong.output
