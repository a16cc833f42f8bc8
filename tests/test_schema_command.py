"""The JSON Schemas: current, valid, described in full, and shown by examples that leave nothing out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator, FormatChecker

from gitsm import source
from gitsm.cli import main
from gitsm.commands.schema import MAPPING, SETTINGS, files
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


def test_so_is_one_that_has_the_name_of_a_kind_of_ours(tmp_path: Path) -> None:
    own = tmp_path / "schemas/problem.schema.json"
    own.parent.mkdir()
    own.write_text('{"x-gitsm": {"kind": "problem", "folder": "troubles"}}')
    found = schema(tmp_path)
    assert "schemas/problem.schema.json makes a kind of your own" in found.output
    assert own.read_text() == '{"x-gitsm": {"kind": "problem", "folder": "troubles"}}'
    assert schema(tmp_path, "--check").exit_code == 1


# --- kinds of a user's own


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with two kinds of its own, one in YAML and one in Markdown."""
    (tmp_path / "schemas").mkdir()
    for name, format in (("risk", "yaml"), ("minutes", "markdown")):
        about = {"kind": name, "folder": f"{name}-folder", "format": format}
        text = json.dumps({"description": "A \u00a0 kind.", "x-gitsm": about})
        (tmp_path / f"schemas/{name}.schema.json").write_text(text)
    return tmp_path


def schema(root: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["schema", "--repo", str(root), *args])


def test_editors_know_kinds_of_your_own(own: Path) -> None:
    assert schema(own).exit_code == 0
    mapping = json.loads((own / SETTINGS).read_text())[MAPPING]
    assert mapping["./schemas/risk.schema.json"] == ["risk-folder/**/*.yaml"]
    assert "./schemas/minutes.schema.json" not in mapping
    assert schema(own, "--check").exit_code == 0
    (own / "schemas/peril.schema.json").write_text('{"x-gitsm": {"kind": "peril", "folder": "perils"}}')
    assert schema(own, "--check").output.startswith(f"{SETTINGS} is stale")


def test_the_schema_of_a_kind_of_your_own_is_printed(own: Path) -> None:
    found = schema(own, "risk")
    assert found.exit_code == 0
    assert json.loads(found.output)["x-gitsm"]["folder"] == "risk-folder"
    assert "\u00a0" not in found.output  # nothing that is not seen
    wrong = schema(own, "rsik")
    assert (wrong.exit_code, "did you mean risk?" in wrong.output) == (2, True)


# --- the editor's settings


def settings_of(root: Path, text: str | bytes) -> Path:
    path = root / SETTINGS
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_settings_of_your_own_are_kept(tmp_path: Path) -> None:
    mine = {
        "editor.tabSize": 3,
        MAPPING: {
            "./mine.json": "mine/*.yaml",
            "./schemas/mine.json": ["a.yaml"],
            "./schemas/team.schema.json": "x",
        },
        "yaml.yamlVersion": "1.1",
    }
    path = settings_of(tmp_path, json.dumps(mine, indent=4))
    assert schema(tmp_path).exit_code == 0
    assert path.read_text().startswith('{\n    "editor.tabSize": 3,\n')
    merged = json.loads(path.read_text())
    assert (merged["editor.tabSize"], merged["yaml.yamlVersion"]) == (3, "1.1")
    assert merged["files.insertFinalNewline"] is True
    assert merged[MAPPING]["./mine.json"] == "mine/*.yaml"
    assert merged[MAPPING]["./schemas/mine.json"] == ["a.yaml"]
    assert merged[MAPPING]["./schemas/team.schema.json"] == ["organization/teams/*.yaml"]
    assert schema(tmp_path, "--check").exit_code == 0


def test_only_what_is_ours_is_compared(tmp_path: Path) -> None:
    schema(tmp_path)
    path = tmp_path / SETTINGS
    settings = json.loads(path.read_text())
    settings["files.insertFinalNewline"] = False
    settings[MAPPING]["./mine.json"] = "mine.yaml"
    text = json.dumps(settings, sort_keys=True)
    settings_of(tmp_path, text)
    assert schema(tmp_path, "--check").exit_code == 0
    assert schema(tmp_path).exit_code == 0
    assert path.read_text() == text
    del settings[MAPPING]["./schemas/team.schema.json"]
    settings_of(tmp_path, json.dumps(settings))
    assert schema(tmp_path, "--check").output.startswith(f"{SETTINGS} is stale")


@pytest.mark.parametrize(
    "text",
    [
        b'{\n  // three\n  "editor.tabSize": 3,\n}\n',
        b'{"editor.tabSize": 3,}',
        b'{"editor.tabSize": 3, "editor.tabSize": 4}',
        b'{"yaml.schemas": []}',
        b"[]",
        b"\xff",
        b"[" * 100_000,
    ],
    ids=lambda text: text.decode("latin-1")[:40],
)
def test_settings_that_are_not_plain_json_are_never_written(tmp_path: Path, text: bytes) -> None:
    path = settings_of(tmp_path, text)
    written = schema(tmp_path)
    assert written.exit_code == 0
    assert '"./schemas/team.schema.json": [' in written.output
    assert path.read_bytes() == text
    assert schema(tmp_path, "--check").exit_code == 1


def test_what_was_added_to_them_by_hand_is_seen(tmp_path: Path) -> None:
    schema(tmp_path)
    path = tmp_path / SETTINGS
    settings = json.loads(path.read_text())
    settings[MAPPING]["https://example.com/a.json"] = "/* no comment, */"
    text = json.dumps(settings, indent=2).replace("{\n", '{\n  // a comment, "quoted"\n', 1)
    settings_of(tmp_path, text.removesuffix("\n}") + ", /* and\n another */\n}\n")
    found = schema(tmp_path, "--check")
    assert (found.exit_code, found.output) == (0, "")


def test_settings_behind_a_link_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "repo/.vscode").mkdir(parents=True)
    (tmp_path / "outside.json").write_text("{}")
    (tmp_path / "repo" / SETTINGS).symlink_to(tmp_path / "outside.json")
    assert schema(tmp_path / "repo").exit_code == 2
    assert (tmp_path / "outside.json").read_text() == "{}"
