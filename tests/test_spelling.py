"""Which word was meant: for a hint, and for certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.schema.spelling import distance, nearest, surely_meant, there_are, which_is_meant


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("lifecylce", ["lifecycle", "links", "labels"], "lifecycle"),
        ("depends-on", ["depends_on", "description"], "depends_on"),
        ("dependson", ["depends_on", "description"], "depends_on"),
        ("Payroll", ["payroll", "portal"], "payroll"),
        ("payrol-team", ["payroll-team", "portal-team"], "payroll-team"),
        ("change-manger", ["change-manager", "change-owner"], "change-manager"),
        ("nmae", ["name", "names-of-all"], "name"),
        ("standrad", ["standard", "normal", "emergency"], "standard"),
        ("emergancy", ["standard", "normal", "emergency"], "emergency"),
        ("2026-11-28-databse", ["2026-11-28-database", "2026-12-05-move"], "2026-11-28-database"),
    ],
)
def test_a_slip_of_the_fingers_is_certain(word: str, known: list[str], meant: str) -> None:
    assert surely_meant(word, known) == meant


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("retire", ["retired", "retiring", "live"]),  # either may be meant
        ("unplanned", ["planned"]),  # the opposite
        ("incomplete", ["complete"]),
        ("line-a", ["line-b"]),  # another one of the same sort
        ("ledger-c", ["ledger-a", "ledger-b"]),
        ("payroll/sla", ["payroll/ola"]),
        ("2026-11-28-move", ["2026-11-29-move"]),
        ("tier-1", ["tier-2"]),
        ("P1", ["P2"]),
        ("minor", ["major"]),
        ("lwo", ["low", "high"]),  # too short to be sure
        ("hard", ["card"]),
        ("soft", ["sort"]),
        ("wxyz", ["abcd"]),
        ("portal", ["portal-web"]),  # a part of the name
        ("", ["name"]),
        ("name", []),
    ],
)
def test_what_may_mean_something_else_is_not(word: str, known: list[str]) -> None:
    assert surely_meant(word, known) is None


_words = st.text("abc-", max_size=8)


@given(_words, _words)
def test_a_distance_is_that_of_one_edit_at_a_time(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)


@given(st.text(max_size=12), st.lists(st.text("abcdefgh-1", max_size=10), max_size=6))
def test_what_is_certain_is_also_the_hint(word: str, known: list[str]) -> None:
    assert surely_meant(word, known) in (None, nearest(word, known))


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("pay-team", ["shop-team"], None),
        ("pay-team", ["pya-team", "shop-team"], "pya-team"),
        ("payrol-team", ["payroll-team"], "payroll-team"),
        ("line-a", ["line-b"], None),
    ],
)
def test_names_that_share_a_word_are_not_near_by_it(word: str, known: list[str], found: str | None) -> None:
    assert nearest(word, known) == found


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "there is none"),
        (1, "there is a0"),
        (2, "there are a0 and a1"),
        (3, "there are a0, a1 and a2"),
        (4, "there are a0, a1, a2 and 1 other"),
        (42, "there are a0, a1, a2 and 39 others"),
    ],
)
def test_the_names_that_there_are_are_counted(count: int, said: str) -> None:
    names = [f"a{n}" for n in range(count)]
    assert there_are(names, most=3) == said
    assert which_is_meant("nothing-like-it", names, most=3) == said


def test_the_nearest_name_is_said_alone() -> None:
    assert which_is_meant("payrol", ["payroll", "portal"]) == "did you mean payroll?"
