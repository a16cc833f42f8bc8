"""The map of services in each of its forms, and `gitsm map`."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.exporters.graph import as_json, dot, drawing, mermaid, svg
from gitsm.exporters.graph.data import SCHEMA
from gitsm.exporters.graph.mermaid import LEGEND_EDGES, MAX_EDGES
from gitsm.exporters.graph.svg import CannotDraw
from gitsm.graph import Graph, graph_of
from gitsm.repository import Repository
from gitsm.tree import MappingTree

HOSTILE = '"]; click s_a "javascript:alert(1)"\\N <b>&lt;<script>alert(1)</script>%%{init}%%'


def graph(services: Mapping[str, Mapping[str, Any]]) -> Graph:
    files = {
        f"services/{id}/service.yaml": json.dumps(
            {"name": id.upper(), "owner": "t", "lifecycle": "live", **more}
        )
        for id, more in services.items()
    }
    return graph_of(Repository(MappingTree(files), now=datetime(2026, 1, 1, tzinfo=UTC)))


def on(*ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"service": id, **more} for id in ids]


GROUP = {"redundancy_group": {"name": "g", "needed": 1}}
EACH = graph(
    {
        "a": {"depends_on": [*on("b"), *on("c", criticality="soft"), *on("d", **GROUP), *on("Ghost 1")]},
        "b": {"lifecycle": "retiring", "tier": 1, "system": "core"},
        "c": {"owner": "other-team", "tier": 1},
        "d": {"depends_on": on("a")},
    }
)


def test_mermaid() -> None:
    assert mermaid(drawing(EACH)) == (
        "flowchart LR\n"
        '  s_a["A"]\n  s_b["B (retiring)"]\n  s_c["C"]\n  s_d["D"]\n  u_1_1["Ghost 1 (not declared)"]\n'
        '  s_a --> u_1_1\n  s_a --> s_b\n  s_a -.-> s_c\n  s_a --o|"1 needed of g"| s_d\n  s_d --> s_a\n'
        "  classDef undeclared stroke-dasharray: 4 3\n  class u_1_1 undeclared\n"
        '  subgraph legend["Legend"]\n'
        '    l_1["a service"] -->|"fails without"| l_2["what it stands on"]\n'
        '    l_1 -.->|"works worse without"| l_2\n'
        '    l_1 --o|"needs some of a group"| l_2\n'
        "  end\n"
    )


@pytest.mark.parametrize(
    ("by", "frames"),
    [
        ("team", ["other-team", "t"]),
        ("tier", ["Tier 1"]),
        ("system", ["core"]),
        ("none", []),
        (None, []),
    ],
)
def test_frames(by: str | None, frames: list[str]) -> None:
    drawn = drawing(EACH, by=by)
    assert [label for label, _ in drawn.frames() if label] == frames
    assert re.findall(r'subgraph g_\d+\["(.*)"\]', mermaid(drawn)) == frames
    assert re.findall(r'cluster_\d+ \{\n    label="(.*?)"', dot(drawn)) == frames


def test_a_large_graph_has_frames_by_itself() -> None:
    large = graph({f"s{n}": {"owner": f"team-{n % 3}"} for n in range(26)})
    assert [label for label, _ in drawing(large).frames()] == ["team-0", "team-1", "team-2"]


def test_unrelated_parts_stand_apart() -> None:
    parts = graph(
        {
            "a": {"depends_on": on("z")},
            "b": {"depends_on": on("y", "x")},
            "l": {},
            "m": {},
            "x": {},
            "y": {},
            "z": {},
        }
    )
    assert [[box.id for box in boxes] for _, boxes in drawing(parts).frames()] == [
        ["b", "x", "y"],
        ["a", "z"],
        ["l", "m"],
    ]


NAMELESS = graph({"a": {"depends_on": on("x", "y")}, "b": {"depends_on": on("y", **GROUP)}, "c": {}})


def test_services_that_name_the_same_unknown_one_stand_together() -> None:
    drawn = drawing(NAMELESS)
    assert [[box.label for box in boxes] for _, boxes in drawn.frames()] == [["A", "B", "x", "y"], ["C"]]
    assert [(arrow.tail, arrow.head, arrow.group) for arrow in drawn.arrows] == [
        ("a", "1?1", ""), ("a", "1?2", ""), ("b", "1?2", "1 needed of g"),
    ]  # fmt: skip


def test_what_no_file_defines_is_dashed_in_graphviz() -> None:
    drawn = dot(drawing(NAMELESS, by="team"))
    assert '"1?1" [label="x (not declared)", style="rounded,dashed", fontcolor=gray40];' in drawn
    assert '  "b" -> "1?2" [dir=both, arrowtail=odot, taillabel="1 needed of g"];' in drawn


def test_an_outline_counts_what_no_file_defines() -> None:
    drawn = drawing(NAMELESS, max_arrows=1)
    assert drawn.outlined == ("2 services with 3 dependencies in outline",)
    assert [(box.label, box.stage) for box in drawn.boxes] == [
        ("t (2 services)", "live"), ("2 services", "not declared"), ("C", "live"),
    ]  # fmt: skip
    assert [(arrow.tail, arrow.head, arrow.stands_for) for arrow in drawn.arrows] == [("1/1", "1?1", 3)]
    assert '  u_1_1["2 services (not declared)"]\n' in mermaid(drawn)


def many(services: int, each: int) -> dict[str, dict[str, Any]]:
    return {
        f"s{n}": {
            "owner": f"team-{n % 4}",
            "depends_on": on(*(f"s{m}" for m in range(n + 1, min(n + 1 + each, services)))),
        }
        for n in range(services)
    }


def test_more_than_mermaid_can_draw_is_drawn_in_outline() -> None:
    found = graph({**many(120, 6), "a": {"depends_on": on("b")}, "b": {}})
    drawn = drawing(found, max_arrows=MAX_EDGES - LEGEND_EDGES)
    assert drawn.outlined == ("120 services with 699 dependencies in outline",)
    assert [box.label for box in drawn.boxes] == [*(f"team-{n} (30 services)" for n in range(4)), "A", "B"]
    assert sum(arrow.stands_for for arrow in drawn.arrows) < 700
    text = mermaid(drawn)
    assert text.splitlines()[1] == "  %% 120 services with 699 dependencies in outline"
    assert len(re.findall(r"^ .* (?:-->|-\.->|--o|-\.-o)", text, re.MULTILINE)) <= MAX_EDGES
    assert "s_1__1 -->" in text


def test_even_an_outline_keeps_to_what_can_be_drawn() -> None:
    services = {id: {**more, "owner": f"team-{id}"} for id, more in many(120, 6).items()}
    drawn = drawing(graph(services), max_arrows=100)
    assert len(drawn.arrows) == 100
    assert drawn.outlined == ("120 services with 699 dependencies in outline, and 599 arrows left out",)


# --- nothing of a record is more than text


def hostile(text: str) -> Graph:
    return graph({"a": {"name": text, "depends_on": on("end")}, "end": {"name": "End"}})


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip))
def test_labels_can_not_break_out(text: str) -> None:
    check_labels(text)


def test_a_hostile_label_can_not_break_out() -> None:
    check_labels(HOSTILE)


def check_labels(text: str) -> None:
    found = hostile(text)
    if "a" not in found.services:
        return  # a name that no record may have
    label = re.match(
        r'flowchart LR\n  s_a\["([^"<>&\\`]*)"\]\n  s_end\["End"\]\n  s_a --> s_end\n',
        mermaid(drawing(found)),
    )
    assert label
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label[1]) == text
    (line,) = (line for line in dot(drawing(found)).splitlines() if line.startswith('    "a"'))
    quoted = re.fullmatch(r'    "a" \[label="((?:[^"\\]|\\["\\])*)"\];', line)
    assert quoted
    assert re.sub(r"\\(.)", r"\1", quoted[1]).replace("&amp;", "&") == "".join(
        c if c.isprintable() else " " for c in text
    )
    assert json.loads(as_json(found))["nodes"][0]["name"] == text


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), min_size=1, max_size=40).filter(str.strip))
def test_a_name_that_no_file_defines_can_not_break_out(text: str) -> None:
    found = graph({"b": {"depends_on": on(text)}})
    if not found.undeclared:
        return  # a name that no record may name, or its own
    (shape,) = re.findall(r"  (u_\S.*)", mermaid(drawing(found)).partition("\n  s_b -->")[0])
    label = re.fullmatch(r'u_1_1\["([^"<>&\\`]*) \(not declared\)"\]', shape)
    assert label
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label[1]) == text
    (line,) = (line for line in dot(drawing(found)).splitlines() if line.startswith('    "1?1"'))
    assert re.fullmatch(
        r'    "1\?1" \[label="((?:[^"\\]|\\["\\])*)", style="rounded,dashed", fontcolor=gray40\];', line
    )


pictures = pytest.mark.skipif(not find_spec("pygraphviz"), reason="no pygraphviz")


@pictures
def test_a_picture_holds_shapes_and_text_alone() -> None:
    picture = svg(drawing(hostile(HOSTILE), by="team"))
    root = ElementTree.fromstring(picture)
    assert {element.tag.partition("}")[2] for element in root.iter()} == {
        "svg",
        "g",
        "title",
        "polygon",
        "path",
        "text",
        "ellipse",
    }
    assert "href" not in "".join(name for element in root.iter() for name in element.attrib)
    texts = {element.text for element in root.iter() if element.tag.endswith("text")}
    assert {HOSTILE, "End", "t", "Legend", "it fails without"} <= texts
    assert "<!--" not in picture
    assert svg(drawing(hostile(HOSTILE), by="team")) == picture


@pictures
def test_a_picture_with_frames_and_groups() -> None:
    picture = svg(drawing(EACH, by="tier"))
    assert "1 needed of g" in picture
    assert "Ghost 1 (not declared)" in picture
    assert "stroke-dasharray" in picture


def test_without_pygraphviz_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(CannotDraw, match="gitsm"):
        svg(drawing(EACH))
    code, output = run(folder, "--format", "svg")
    assert (code, "pip install 'gitsm[pictures]'" in output) == (2, True)


# --- JSON


def test_json_is_as_its_schema_says() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = json.loads(as_json(EACH))
    jsonschema.validate(data, SCHEMA)
    assert data["version"] == 1
    assert data["cycles"] == [["a", "d", "a"]]
    assert data["more_on_cycles"] == 0
    assert [edge["to"] for edge in data["undeclared"]] == ["Ghost 1"]
    assert data["edges"][2]["redundancy_group"] == {"name": "g", "needed": 1}
    assert {node["part"] for node in data["nodes"]} == {1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "nodes": [{"id": "a"}]}, SCHEMA)


def test_the_schema_of_the_map_is_published() -> None:
    published = Path(__file__).parent.parent / "docs" / "map.schema.json"
    if os.environ.get("GITSM_REWRITE"):
        published.write_text(json.dumps(SCHEMA, indent=2) + "\n", encoding="utf-8")
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from("abcdef"), st.frozensets(st.sampled_from("abcdefg"), max_size=3), min_size=1
    )
)
def test_whatever_the_graph_each_form_draws_it(edges: dict[str, frozenset[str]]) -> None:
    found = graph({id: {"depends_on": on(*sorted(some))} for id, some in edges.items()})
    jsonschema.validate(json.loads(as_json(found)), SCHEMA)
    for most in (None, 2, 0):
        drawn = drawing(found, max_arrows=most)
        assert mermaid(drawn).startswith("flowchart LR\n")
        assert dot(drawn).endswith("}\n")
        assert most is None or len(drawn.arrows) <= most


# --- on the command line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    services = {
        "a": {"owner": "one", "system": "front", "depends_on": on("b")},
        "b": {"owner": "one", "system": "back", "depends_on": on("c", "ghost")},
        "c": {"owner": "two", "depends_on": on("d")},
        "d": {"owner": "two", "system": "back"},
    }
    for id, more in services.items():
        path = tmp_path / f"services/{id}/service.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"name": id, "lifecycle": "live", **more}), encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["map", *words, "--repo", str(folder)], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "abcd"),
        (("b",), "abcd"),
        (("b", "--up"), "bcd"),
        (("b", "--down"), "ab"),
        (("b", "--steps", "1"), "abc"),
        (("b", "--steps", "0"), "b"),
        (("--team", "two"), "cd"),
        (("--team", "two", "--steps", "1"), "bcd"),
        (("--system", "back"), "bd"),
        (("--system", "front", "--up"), "abcd"),
    ],
)
def test_which_part_is_drawn(folder: Path, words: tuple[str, ...], expected: str) -> None:
    code, output = run(folder, *words, "--format", "json")
    assert (code, "".join(node["id"] for node in json.loads(output)["nodes"])) == (0, expected)


def test_what_no_file_defines_is_drawn_and_said(folder: Path) -> None:
    code, output = run(folder)
    assert "marked as not declared, because no file that can be read defines it: ghost\n" in output
    assert (code, '  u_1_1["ghost (not declared)"]\n' in output) == (0, True)
    assert run(folder, "--format", "dot", "--by", "team")[0] == 0


def test_a_map_begins_at_what_no_file_defines(folder: Path) -> None:
    """What stands on it is what somebody asks who finds the name in an alert."""
    code, output = run(folder, "ghost", "--format", "json")
    data = json.loads(output)
    assert (code, [node["id"] for node in data["nodes"]]) == (0, ["a", "b"])
    assert [(edge["from"], edge["to"]) for edge in data["undeclared"]] == [("b", "ghost")]
    one = json.loads(run(folder, "ghost", "--steps", "1", "--format", "json")[1])
    assert [node["id"] for node in one["nodes"]] == ["b"]


@pytest.mark.parametrize(
    ("words", "is_drawn"), [(("a",), True), (("a", "--steps", "1"), False), (("c",), False)]
)
def test_what_no_file_defines_is_as_far_away_as_anything_else(
    folder: Path, words: tuple[str, ...], is_drawn: bool
) -> None:
    assert ("(not declared)" in run(folder, *words)[1]) == is_drawn


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("e",), "there is no service 'e'"),
        (("--team", "tow"), "did you mean two?"),
        (("--system", "x"), "there are back and front"),
        (("a", "--team", "one"), "can't be combined"),
        (("--steps", "2"), "need a SERVICE, a --system or a --team"),
    ],
)
def test_what_it_can_not_do_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    code, output = run(folder, *words)
    assert (code, said in output) == (2, True), output
