"""Ways in their plainest form: they take as long as before, whenever somebody sets out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.intervals import Interval
from gitsm.promises.plain_ways import Spec, Specs, is_never_later, plain, size_of
from gitsm.promises.worst_moment import Elapse, Hours, Soonest, Stage, Wait, Work, through

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
FIRST = BEGIN.timestamp() / 60
CALENDARS = {
    "early": [(10 + 40 * n, 27 + 40 * n) for n in range(20)],
    "late": [(30 + 40 * n, 47 + 40 * n) for n in range(20)],
    "rare": [(5, 12), (60, 61), (100, 130), *((200 + 100 * n, 220 + 100 * n) for n in range(7))],
    "always": [(0, 2_000)],
}
HOURS = {
    name: Hours([Interval(BEGIN + timedelta(minutes=a), BEGIN + timedelta(minutes=b)) for a, b in pairs])
    for name, pairs in CALENDARS.items()
}
MOMENTS = [FIRST + minute for minute in range(160)]

_lengths = st.sampled_from([0.0, 1.0, 7.0, 17.0, 20.0, 34.0])
_names = st.sampled_from(list(CALENDARS))
_simple = st.one_of(
    st.tuples(st.just("let"), _lengths),
    st.tuples(st.just("wait"), _names),
    st.tuples(st.just("work"), _names, _lengths.filter(bool)),
)


@st.composite
def ways(draw: st.DrawFn, deep: int = 2) -> Specs:
    found: list[Spec] = []
    for _ in range(draw(st.integers(0, 3))):
        if deep and draw(st.integers(0, 2)) == 0:
            several = draw(st.lists(ways(deep - 1), min_size=1, max_size=4))
            found.append(("enough", draw(st.integers(1, len(several))), tuple(several)))
        else:
            found.append(draw(_simple))
    return tuple(found)


def stage(spec: Spec) -> Stage:
    what, *rest = spec
    if what == "enough":
        return Soonest(tuple(tuple(stage(each) for each in way) for way in rest[1]), rest[0])
    if what == "let":
        return Elapse(rest[0])
    return Wait(HOURS[rest[0]]) if what == "wait" else Work(HOURS[rest[0]], rest[1])


def ends(way: Specs, moments: list[float]) -> list[float]:
    return through([stage(spec) for spec in way], moments)


def is_always(calendar: str) -> bool:
    return calendar == "always"


@given(ways())
@settings(max_examples=600)
def test_a_plain_way_takes_as_long_at_every_minute(way: Specs) -> None:
    simple = plain(way, is_always)
    assert ends(simple, MOMENTS) == ends(way, MOMENTS)
    assert plain(simple, is_always) == simple
    assert size_of(simple) <= size_of(way)


@given(ways(), st.sampled_from(["early", "late", "rare"]))
@settings(max_examples=300)
def test_whoever_sets_out_in_some_hours_does_not_wait_for_them(way: Specs, there: str) -> None:
    moments = [at for at in MOMENTS if HOURS[there].next(at) == at]
    assert ends(plain(way, is_always, there), moments) == ends(way, moments)


@given(ways(1), ways(1))
@settings(max_examples=600)
def test_a_way_that_is_said_to_be_no_later_never_is(one: Specs, other: Specs) -> None:
    one, other = plain(one, is_always), plain(other, is_always)
    if is_never_later(one, other):
        assert all(a <= b for a, b in zip(ends(one, MOMENTS), ends(other, MOMENTS), strict=True))
    # What is longer by something is never sooner, and that is seen.
    assert is_never_later(one, other + one)


@pytest.mark.parametrize(
    ("needed", "members", "expected"),
    [
        # The quickest of three who hold at any hour; the second, and the slowest.
        (1, ["let 3", "let 5", "let 4"], "let 3"),
        (2, ["let 3", "let 5", "let 4"], "let 4"),
        (3, ["let 3", "let 5", "let 4"], "let 5"),
        # Two who hold in the same hours are the quicker one, and whoever is there at any hour can be later.
        (1, ["early let 5", "early let 4"], "early let 4"),
        (1, ["early let 5", "let 6"], "1 of [early | let 1] let 5"),
        (1, ["early let 5", "let 5"], "let 5"),
        (2, ["early let 5", "let 5"], "early let 5"),
        # What all of them begin with is done once.
        (1, ["late let 7 early", "late let 9 rare"], "late let 7 1 of [early | let 2 rare]"),
        # The quickest of the quickest, and one that is in both.
        (1, ["early", "late", "let 40"], "1 of [early | late | let 40]"),
    ],
)
def test_by_hand(needed: int, members: list[str], expected: str) -> None:
    assert words(plain((("enough", needed, tuple(map(read, members))),), is_always)) == expected


def test_groups_below_groups_are_as_plain_as_one() -> None:
    """Each of three members stands on the same three below it, thirty times: that is three to the thirtieth
    ways, and one."""
    way: Specs = (("wait", "early"), ("let", 9.0))
    for length in range(30):
        way = plain((("enough", 1 + length % 3, (way, way, way)),), is_always)
    assert way == (("wait", "early"), ("let", 9.0))


def read(text: str) -> Specs:
    found: list[Spec] = []
    tokens = iter(text.split())
    for token in tokens:
        found.append(("let", float(next(tokens))) if token == "let" else ("wait", token))
    return tuple(found)


def words(way: Specs) -> str:
    said = []
    for spec in way:
        if spec[0] == "enough":
            said.append(f"{spec[1]} of [{' | '.join(sorted(map(words, spec[2])))}]")
        else:
            said.append(f"let {spec[1]:g}" if spec[0] == "let" else spec[1])
    return " ".join(said)
