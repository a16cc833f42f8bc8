"""Damaged records as far as they can be read: what a slip costs, and what it doesn't."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.records import KINDS
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.repository import Record, Repository
from gitsm.salvage import salvage, salvaged
from gitsm.tree import MappingTree

Make = Callable[..., Repository]
NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
SERVICE = "services/pay/service.yaml"
RUNBOOK = "runbooks/late.md"
BOOK = "---\nservices: [pay]\nalerts: [Late]\nowner: pay-team\n---\n\n## Diagnosis\n\n```console\nps\n```\n"


def read(path: str, text: str) -> Record[Any] | None:
    """A record that is damaged, as it is read."""
    (record,) = Repository(MappingTree({path: text}), now=NOW).all()
    assert record.checked is None
    return salvage(record)


def test_a_repository_without_damage_is_itself(repository_of: Make, example_files: dict[str, str]) -> None:
    made = repository_of(example_files, NOW)
    assert salvaged(made) is made


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        pytest.param("owner: pay-team", "ownr: pay-team", id="a misspelt key"),
        pytest.param("owner: pay-team", "owner: pay-team\ncolour: blue", id="a key that no field has"),
        pytest.param("alerts: [Late]", "alerts: [Late, 5]", id="an entry of the wrong sort"),
        pytest.param("owner: pay-team", "owner: pay-team\nreviewed: yesterday", id="a value that is none"),
        pytest.param(
            "owner: pay-team", "owner: pay-team\nrehearsed: {by: me}", id="a mapping without its heart"
        ),
        pytest.param("ps\n", "p\u202es\n", id="a character that turns the text round"),
        pytest.param(
            "owner: pay-team", "owner: pay-team\nlinks: [{title: x}]", id="an entry that lacks a key"
        ),
    ],
)
def test_a_slip_costs_no_more_than_what_it_is_in(written: str, wanted: str) -> None:
    found = read(RUNBOOK, BOOK.replace(written, wanted))
    assert found is not None
    assert found.damaged
    fields: Runbook = found.fields
    assert (fields.services, fields.alerts, fields.owner) == (("pay",), ("Late",), "pay-team")
    assert "## Diagnosis" in found.body


@pytest.mark.parametrize(
    ("written", "wanted", "lost"),
    [
        ("owner: pay-team", "owner: pay-team\nreviewed: yesterday", ("reviewed",)),
        (
            "owner: pay-team",
            "owner: pay-team\nlinks: [{title: x}, {url: 'https://a.example'}]",
            ("links entry 2", "links entry 1"),
        ),
        ("owner: pay-team", "colour: blue", ("colour",)),
        # What was meant is clear, and nothing is lost.
        ("owner: pay-team", "ownr: pay-team", ()),
    ],
)
def test_what_is_left_out_is_told(written: str, wanted: str, lost: tuple[str, ...]) -> None:
    found = read(RUNBOOK, BOOK.replace(written, wanted))
    assert found is not None
    assert set(found.lost) == set(lost)


def test_a_number_that_a_comma_cut_in_two_is_not_half_believed() -> None:
    found = read(SERVICE, "name: Pay\nowner: a\nlifecycle: live\ncontinuity: {rto: 4 h, rpo: 1,5 h}\n")
    assert found is not None
    assert found.fields.continuity is None


def test_what_turns_a_text_round_is_spelt_out() -> None:
    found = read(RUNBOOK, BOOK.replace("ps\n", "p\u202es\n"))
    assert found is not None
    assert "p(U+202E)s" in found.body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: Pay\nowner: a\nlifecycle: lve\n", "live"),
        ("name: Pay\nowner: a\nlifecycle: live\ntier: one\n", "live"),
    ],
)
def test_a_word_is_taken_for_the_one_that_it_is_near(text: str, expected: str) -> None:
    found = read(SERVICE, text)
    assert found is not None
    fields: Service = found.fields
    assert fields.lifecycle == expected


def test_a_text_that_is_missing_is_unknown_and_a_choice_is_not_made_for_anybody() -> None:
    found = read(SERVICE, "name: Pay\nlifecycle: live\n")
    assert found is not None
    assert found.fields.owner == "unknown"
    assert read(SERVICE, "name: Pay\nowner: a\n") is None


@pytest.mark.parametrize("text", ["", "a: [", "---\na: [\n---\n", "- 1\n", "\xff\x00"])
def test_of_what_can_not_be_read_nothing_is_made_up(text: str) -> None:
    assert read(SERVICE, text) is None


def test_a_file_that_is_nothing_but_errors_is_given_up_at_once() -> None:
    few, many = (f"name: P\nowner: a\nlifecycle: live\ntags: [{'5, ' * count}a]\n" for count in (100, 101))
    assert read(SERVICE, few) is not None
    assert read(SERVICE, many) is None


def test_everything_is_computed_anew_from_what_was_read(repository_of: Make) -> None:
    made = repository_of({SERVICE: "name: Pay\nowner: a\nlifecycle: live\ncolour: 1\n", RUNBOOK: BOOK}, NOW)
    (broken,) = made.all("service")
    assert made.of(Service) == []
    assert made.links_to(broken) != []
    better = salvaged(made)
    (service,) = better.of(Service)
    assert service.title == "Pay"
    assert [link.source.id for link in better.links_to(service)] == ["late"]
    assert better.at(SERVICE) is service
    assert made.of(Service) == []


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(data=st.data())
def test_any_damage_of_any_record_is_read_or_given_up(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([kind for kind in KINDS.values() if kind.model is not None]))
    path, text = next(iter(kind.examples.items()))
    (record,) = Repository(MappingTree({path: text}), now=NOW).all(kind.name)
    fields: Mapping[str, Any] = record.document.data or {}
    damaged = dict(fields)
    for _ in range(data.draw(st.integers(1, 3))):
        key = data.draw(st.sampled_from(sorted(fields)) | st.text(min_size=1, max_size=8))
        damaged[key] = data.draw(VALUES)
    record.document.data.clear() if record.document.data is not None else None
    assert record.document.data is not None
    record.document.data.update(damaged)
    found = salvage(record)
    assert found is None or found.fields is not None
