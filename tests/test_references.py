"""References are found alike in our models, in their schemas, and in a user's."""

from __future__ import annotations

import pytest

from gitsm.records import KINDS
from gitsm.schema.kind import Kind
from gitsm.schema.references import ROLE, ReferenceMap
from gitsm.schema.shape import Shape


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_a_model_and_its_schema_name_the_same_references(kind: Kind) -> None:
    assert kind.model is not None
    assert ReferenceMap.of_model(kind.model) == ReferenceMap.of(kind.schema)


def test_every_kind_but_a_few_refers_to_another() -> None:
    assert {name for name, kind in KINDS.items() if kind.references.empty} == set()


def test_references_are_found_in_any_data() -> None:
    raci = KINDS["raci"].references
    data = {
        "activities": [
            {"responsible": "a", "accountable": ["b", "role:c"], "consulted": 7, "informed": {"x": "y"}},
            "nonsense",
        ],
        "unknown": "d",
    }
    assert list(raci.find(data)) == [
        (("activities", 0, "responsible"), "team", "a"),
        (("activities", 0, "accountable", 0), "team", "b"),
        (("activities", 0, "accountable", 1), ROLE, "c"),
    ]


def test_a_definition_that_contains_itself_is_followed() -> None:
    schema = {
        "properties": {"tree": {"$ref": "#/$defs/node"}, "loop": {"$ref": "#/$defs/loop"}},
        "$defs": {
            "node": {
                "properties": {"below": {"items": {"$ref": "#/$defs/node"}}, "on": {"x-ref": "service"}}
            },
            "loop": {"$ref": "#/$defs/loop"},
        },
    }
    data = {"tree": {"below": [{"below": [{"on": "deep"}]}, {"on": "near"}]}, "loop": "x"}
    assert [id for _, _, id in ReferenceMap.of(schema).find(data)] == ["deep", "near"]


def test_definitions_that_are_each_other_are_followed_once() -> None:
    schema = {
        "properties": {"tree": {"$ref": "#/$defs/a"}},
        "$defs": {
            "a": {"anyOf": [{"$ref": "#/$defs/b"}, {"x-ref": "team"}]},
            "b": {"anyOf": [{"$ref": "#/$defs/a"}, {"items": {"$ref": "#/$defs/a"}}]},
        },
    }
    assert list(ReferenceMap.of(schema).find({"tree": "wages"})) == [(("tree",), "team", "wages")]
    shape = Shape.of(schema).at("tree")
    assert len(shape.nodes) <= 50
    assert (shape.reference, shape.at(0).reference) == ("team", "team")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_every_kind_has_its_article(kind: Kind) -> None:
    an = {"agreement", "improvement", "incident"}
    assert kind.a_noun == f"{'an' if kind.name in an else 'a'} {kind.noun}"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("SLA", "an SLA"),
        ("RACI matrix", "a RACI matrix"),
        ("Use case", "a use case"),
        ("Unit", "a unit"),
        ("Uninstalled thing", "an uninstalled thing"),
        ("Audit", "an audit"),
        ("UPS", "a UPS"),
    ],
)
def test_an_article_goes_by_the_sound(title: str, words: str) -> None:
    assert Kind("a", title, title, "a/<a>.yaml", "").a_noun == words
