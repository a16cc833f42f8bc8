"""The graph of services: neighbours, cycles, what fails with what, and single points of failure."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.graph import (
    Graph,
    State,
    graph_of,
    impact,
    promised_availability,
    single_points,
    stands_on,
    tangles,
)
from gitsm.graph.circles import MAX_CIRCLES, MAX_STEPS
from gitsm.repository import Repository
from gitsm.tree import MappingTree

GRAPHS = st.dictionaries(st.sampled_from("abcdefg"), st.frozensets(st.sampled_from("abcdefg"), max_size=3))


def graph(edges: Mapping[str, frozenset[str] | str]) -> Graph:
    names = sorted({*edges, *(on for all_on in edges.values() for on in all_on)})
    files = {
        f"services/{name}/service.yaml": json.dumps(
            {
                "name": name.upper(),
                "owner": "t",
                "lifecycle": "live",
                "depends_on": [{"service": on} for on in sorted(edges.get(name, ""))],
            }
        )
        for name in names
    }
    return graph_of(Repository(MappingTree(files), now=datetime(2026, 1, 1, tzinfo=UTC)))


CYCLES = [
    ({"a": "b", "b": "c"}, []),
    ({"a": "b", "b": "a"}, ["aba"]),
    ({"a": "a"}, ["aa"]),
    ({"b": "c", "c": "d", "d": "b", "a": "b"}, ["bcdb"]),
    ({"a": "b", "b": "a", "c": "d", "d": "c", "e": "a"}, ["aba", "cdc"]),
    ({"a": "bc", "b": "a", "c": "d", "d": "a"}, ["aba", "acda"]),
    ({"a": "ab", "b": "ab"}, ["aa", "bb", "aba"]),
    ({"c": "d", "d": "ce", "e": "df", "f": "e"}, ["cdc", "ded", "efe"]),
    ({"b": "c", "c": "ab", "a": "b"}, ["abca", "bcb"]),
]


@pytest.mark.parametrize(("edges", "cycles"), CYCLES)
def test_cycles_are_named_in_full(edges: Mapping[str, str], cycles: list[str]) -> None:
    assert ["".join(cycle) for cycle in graph(edges).cycles()] == cycles


@pytest.mark.parametrize(
    ("edges", "start", "circle"),
    [
        ({"a": "b", "b": "c"}, "a", None),
        ({"a": "a", "b": "a"}, "a", "aa"),
        ({"a": "a", "b": "a"}, "b", None),
        ({"a": "b", "b": "c", "c": "a"}, "b", "bcab"),
        ({"a": "bc", "b": "c", "c": "a"}, "c", "cac"),
    ],
)
def test_the_circle_through_a_service(edges: Mapping[str, str], start: str, circle: str | None) -> None:
    found = graph(edges).circle_through(start)
    assert found == (tuple(circle) if circle else None)


@given(GRAPHS)
def test_cycles_have_every_dependency_that_is_on_one(edges: Mapping[str, frozenset[str]]) -> None:
    found = graph(edges)
    whole: networkx.DiGraph[str] = networkx.DiGraph([(edge.service, edge.on) for edge in found.edges])
    knots = list(networkx.strongly_connected_components(whole))
    on_cycles = {(one, other) for knot in knots for one, other in whole.edges if {one, other} <= knot}
    cycles = list(found.cycles())
    assert {step for cycle in cycles for step in itertools.pairwise(cycle)} == on_cycles
    assert not any(tangle.more for tangle in found.tangles)
    assert len(set(cycles)) == len(cycles)
    for cycle in cycles:
        assert cycle[0] == cycle[-1] == min(cycle)
        assert len(set(cycle)) == len(cycle) - 1


@given(GRAPHS, st.sampled_from("abcdefg"))
def test_the_circles_of_a_service_are_those_of_the_map(
    edges: Mapping[str, frozenset[str]], start: str
) -> None:
    found = graph({**edges, start: edges.get(start, frozenset())})
    circles = found.circles_of(start)
    assert list(map(len, circles[:1])) == (
        [len(shortest)] if (shortest := found.circle_through(start)) else []
    )
    assert all(circle[0] == circle[-1] == start for circle in circles)
    named = [frozenset(itertools.pairwise(cycle)) for cycle in found.cycles() if start in cycle]
    assert set(named) <= {frozenset(itertools.pairwise(circle)) for circle in circles}


def test_a_large_knot_is_named_in_part() -> None:
    names = [f"s{n:04}" for n in range(2_000)]
    after = {
        name: {names[n - 1], names[n * 7 % 2_000], names[n * 31 % 2_000]} for n, name in enumerate(names)
    }
    (tangle,) = tangles(after)
    loops = [circle for circle in tangle.circles if len(circle) == 2]
    assert sorted(loops) == sorted((name, name) for name in names if name in after[name])
    named = {step for circle in tangle.circles for step in itertools.pairwise(circle)}
    assert 0 < len(tangle.circles) - len(loops) <= MAX_CIRCLES
    assert tangle.more == sum(map(len, after.values())) - len(named) > 0
    (ring,) = tangles({name: {names[n - 1]} for n, name in enumerate(names)})
    assert (len(ring.circles), len(ring.circles[0]), ring.more) == (1, 2_001, 0)
    # Each of the long circles is a step shorter than the one before.
    (long,) = tangles(
        {name: {names[n - 1], names[0]} for n, name in enumerate(names)} | {names[0]: {names[-1]}}
    )
    assert sum(map(len, long.circles)) < 3 * MAX_STEPS
    assert long.more


@given(GRAPHS, st.sampled_from("abcdefg"))
def test_the_neighbourhood_is_what_can_be_reached(edges: Mapping[str, frozenset[str]], start: str) -> None:
    found = graph({**edges, start: edges.get(start, frozenset())})
    whole: networkx.DiGraph[str] = networkx.DiGraph([(edge.service, edge.on) for edge in found.edges])
    whole.add_node(start)
    assert set(found.around(start, down=False).services) == {start} | networkx.descendants(whole, start)
    assert set(found.around(start, up=False).services) == {start} | networkx.ancestors(whole, start)
    near = networkx.single_source_shortest_path_length(whole, start, cutoff=1)
    assert set(found.around(start, down=False, steps=1).services) == set(near)


def test_parts_have_nothing_to_do_with_each_other() -> None:
    parts = graph({"a": "b", "c": "d", "d": "e", "f": ""}).parts()
    assert [sorted(part.services) for part in parts] == [["c", "d", "e"], ["a", "b"], ["f"]]
    assert [len(part.edges) for part in parts] == [2, 1, 0]


# --- what follows when one fails


def estate(services: Mapping[str, list[dict[str, Any]]], **fields: Mapping[str, Any]) -> Repository:
    """A repository of services by id, each with its dependencies; more of their fields by id."""
    files = {
        f"services/{id}/service.yaml": json.dumps(
            {"name": id.upper(), "owner": "t", "lifecycle": "live", "depends_on": on, **fields.get(id, {})}
        )
        for id, on in services.items()
    }
    return Repository(MappingTree(files), now=datetime(2026, 1, 1, tzinfo=UTC))


def on(service: str, **more: Any) -> dict[str, Any]:
    return {"service": service, **more}


SOFT = {"criticality": "soft"}
NOTICED = {"fallback": {"what": "queue", "degraded": True}}
SILENT = {"fallback": {"what": "cache", "degraded": False}}


def of_group(needed: int) -> dict[str, Any]:
    return {"redundancy_group": {"name": "g", "needed": needed}}


# What becomes of `s` when `x` fails: the state, the path, the worst criticality, and why.
IMPACTS: list[tuple[dict[str, list[dict[str, Any]]], tuple[str, str, str, str] | None]] = [
    ({"s": [on("x")]}, ("fails", "s x", "hard", "fails without x")),
    ({"s": [on("x", **SOFT)]}, ("degrades", "s x", "soft", "works worse without x")),
    ({"s": [on("x", **NOTICED)]}, ("degrades", "s x", "hard", "without x: queue")),
    ({"s": [on("x", **SILENT)]}, ("at risk", "s x", "hard", "without x: cache")),
    ({"s": [on("a")], "a": [on("x")]}, ("fails", "s a x", "hard", "fails without a")),
    # A degraded service degrades what stands on it, and doesn't bring it down.
    ({"s": [on("a")], "a": [on("x", **SOFT)]}, ("degrades", "s a x", "soft", "a is degraded")),
    ({"s": [on("a")], "a": [on("x", **NOTICED)]}, ("degrades", "s a x", "hard", "a is degraded")),
    # Whoever stands on a service at risk notices nothing.
    ({"s": [on("a")], "a": [on("x", **SILENT)]}, None),
    # The worst way counts, not the shortest one.
    (
        {"s": [on("x", **SOFT), on("a")], "a": [on("b")], "b": [on("x")]},
        ("fails", "s a b x", "hard", "fails without a"),
    ),
    (
        {"s": [on("x", **of_group(1)), on("y", **of_group(1))], "y": []},
        ("at risk", "s x", "hard", "no redundancy left in the group g: 1 left, 1 needed"),
    ),
    ({"s": [on("x", **of_group(1)), on("y", **of_group(1)), on("z", **of_group(1))], "y": [], "z": []}, None),
    (
        {"s": [on("x", **of_group(2)), on("y", **of_group(2))], "y": []},
        ("fails", "s x", "hard", "1 of 2 in the group g left, 2 needed"),
    ),
    # Both members stand on the same service.
    (
        {"s": [on("a", **of_group(1)), on("b", **of_group(1))], "a": [on("x")], "b": [on("x")]},
        ("fails", "s a x", "hard", "0 of 2 in the group g left, 1 needed"),
    ),
    (
        {"s": [on("a", **of_group(1)), on("b", **of_group(1))], "a": [on("x")], "b": [on("x", **SOFT)]},
        ("degrades", "s a x", "hard", "0 of 2 in the group g as good as ever, 1 needed"),
    ),
    # The group has enough, and is no way by which it gets worse.
    (
        {"s": [on("x", **of_group(1)), on("y", **of_group(1)), on("c")], "y": [], "c": [on("x", **SOFT)]},
        ("degrades", "s c x", "soft", "c is degraded"),
    ),
    # The same service, in a group that has enough, and by itself.
    (
        {"s": [on("x", **of_group(1)), on("y", **of_group(1)), on("x", **SOFT)], "y": []},
        ("degrades", "s x", "soft", "works worse without x"),
    ),
    # Once too few are left, each member that is gone counts as it would alone.
    (
        {"s": [on("x", **of_group(2), **SOFT), on("y", **of_group(2))], "y": []},
        ("degrades", "s x", "soft", "1 of 2 in the group g left, 2 needed"),
    ),
    (
        {"s": [on("x", **of_group(2), **SILENT), on("y", **of_group(2))], "y": []},
        ("at risk", "s x", "hard", "without x: cache"),
    ),
    # What no file defines stands in for nobody.
    (
        {"s": [on("x", **of_group(1)), on("ghost", **of_group(1))]},
        ("fails", "s x", "hard", "0 of 2 in the group g left, 1 needed"),
    ),
    # A circle, and a service that stands on itself.
    (
        {"s": [on("a"), on("s")], "a": [on("b")], "b": [on("a"), on("x")]},
        ("fails", "s a b x", "hard", "fails without a"),
    ),
]


@pytest.mark.parametrize(("services", "expected"), IMPACTS)
def test_impact(
    services: dict[str, list[dict[str, Any]]], expected: tuple[str, str, str, str] | None
) -> None:
    found = graph_of(estate({**services, "x": []}))
    effects = {effect.service: effect for effect in impact(found, ["x"])}
    got = effects.get("s")
    shown = got and (got.state, " ".join(got.path), got.criticality, got.because)
    assert shown == expected
    # Seen from above it is the same.
    below = next(effect for effect in stands_on(found, "s") if effect.service == "x")
    if got is not None:
        assert (below.state, below.path, below.because) == (got.state, got.path, got.because)
    else:
        assert below.state is State.UNAFFECTED


@pytest.mark.parametrize(
    ("lifecycle", "owner", "state"),
    [
        ("live", "live", State.AT_RISK),
        ("transition", "live", State.AT_RISK),
        ("build", "live", State.FAILS),
        ("retired", "live", State.FAILS),
        ("build", "design", State.AT_RISK),
        ("retired", "design", State.FAILS),
    ],
)
def test_what_does_not_run_stands_in_for_nobody(lifecycle: str, owner: str, state: State) -> None:
    services = {"s": [on("x", **of_group(1)), on("y", **of_group(1))], "x": [], "y": []}
    found = graph_of(estate(services, y={"lifecycle": lifecycle}, s={"lifecycle": owner}))
    assert [effect.state for effect in impact(found, ["x"])] == [state]


def test_what_no_file_defines_has_an_impact_too() -> None:
    found = graph_of(estate({"a": [on("ghost")], "b": [on("a")]}))
    assert [(effect.service, effect.path) for effect in impact(found, ["ghost"])] == [
        ("a", ("a", "ghost")),
        ("b", ("b", "a", "ghost")),
    ]
    assert [effect.service for effect in stands_on(found, "b")] == ["a", "ghost"]


NAMES = "abcdefgh"
DEPENDENCIES = st.fixed_dictionaries(
    {"service": st.sampled_from(NAMES)},
    optional={
        "criticality": st.sampled_from(["hard", "soft"]),
        "redundancy_group": st.builds(
            lambda name, needed: {"name": name, "needed": needed}, st.sampled_from("gh"), st.integers(1, 3)
        ),
        "fallback": st.booleans().map(lambda degraded: {"what": "queue", "degraded": degraded}),
    },
)
ESTATES = st.dictionaries(st.sampled_from(NAMES), st.lists(DEPENDENCIES, max_size=4)).map(
    lambda some: {name: some.get(name, []) for name in NAMES}
)


def works(on_what: list[dict[str, Any]], up: frozenset[str], counts: Callable[[Any], bool]) -> bool:
    """The structure function of a service: whether it works while just these services do."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in on_what:
        if "redundancy_group" in entry:
            groups.setdefault(entry["redundancy_group"]["name"], []).append(entry)
        elif counts(entry) and entry["service"] not in up:
            return False
    for members in groups.values():
        needed = max(entry["redundancy_group"]["needed"] for entry in members)
        enough = len({entry["service"] for entry in members} & up) >= needed
        if not enough and any(counts(entry) and entry["service"] not in up for entry in members):
            return False
    return True


def gone_by_enumeration(
    services: Mapping[str, list[dict[str, Any]]], down: str, counts: Callable[[Any], bool]
) -> set[str]:
    """What doesn't work in the best of all states of the estate that are possible while one is down."""
    rest = [name for name in services if name != down]
    best: frozenset[str] = frozenset()
    for states in itertools.product([False, True], repeat=len(rest)):
        up = frozenset(itertools.compress(rest, states))
        if all(works(services[name], up, counts) for name in up):
            best |= up
    return set(services) - best - {down}


def is_fatal(entry: Any) -> bool:
    return entry.get("criticality") != "soft" and "fallback" not in entry


def is_felt(entry: Any) -> bool:
    return "fallback" not in entry or bool(entry["fallback"]["degraded"])


@settings(max_examples=60)
@given(ESTATES, st.sampled_from(NAMES))
def test_impact_is_what_enumeration_finds(services: dict[str, list[dict[str, Any]]], down: str) -> None:
    found = graph_of(estate(services))
    effects = impact(found, [down])
    fails = {effect.service for effect in effects if effect.state is State.FAILS}
    worse = {effect.service for effect in effects if effect.state is State.DEGRADES}
    assert fails == gone_by_enumeration(services, down, is_fatal)
    assert fails | worse == gone_by_enumeration(services, down, is_felt)
    hard = gone_by_enumeration(
        services, down, lambda entry: is_felt(entry) and entry.get("criticality") != "soft"
    )
    assert set(found.brought_down_by([down])) == {down} | hard
    for effect in effects:
        assert (effect.path[0], effect.path[-1]) == (effect.service, down)
        assert all(found.between(*step) for step in itertools.pairwise(effect.path))
        assert len(set(effect.path)) == len(effect.path)
        left = re.fullmatch(
            r"(\d+) of \d+ in the group . (?:left|as good as ever), (\d+) needed", effect.because
        )
        if left is not None:
            assert int(left[1]) < int(left[2])
        if effect.state is State.FAILS:
            assert effect.criticality == "hard"
            assert set(effect.path[1:-1]) <= fails
    from_above = {
        name: next((effect for effect in stands_on(found, name) if effect.service == down), None)
        for name in NAMES
        if name != down
    }
    seen = {name: effect.state for name, effect in from_above.items() if effect is not None}
    expected = {effect.service: effect.state for effect in effects}
    assert seen == {name: expected.get(name, State.UNAFFECTED) for name in seen}
    assert set(expected) <= set(seen)


def test_a_group_is_judged_again_when_a_member_goes_that_is_not_felt_itself() -> None:
    """First `a` goes, while `b` still stands in for it; then `b` goes, which alone nobody would notice."""
    services = {
        "s": [on("a", **of_group(1)), on("b", **of_group(1), **SILENT)],
        "a": [on("x")],
        "b": [on("m", redundancy_group={"name": "h", "needed": 1})],
        "m": [on("x")],
        "x": [],
    }
    effects = {effect.service: effect for effect in impact(graph_of(estate(services)), ["x"])}
    assert {id: str(effect.state) for id, effect in effects.items()} == dict.fromkeys("sabm", "fails")
    assert effects["s"].because == "0 of 2 in the group g left, 1 needed"


def gone_step_by_step(
    services: Mapping[str, list[dict[str, Any]]], down: str, counts: Callable[[Any], bool]
) -> set[str]:
    """What goes when one is down, looked at again and again until nothing more goes."""
    gone: set[str] = {down}
    while more := {
        id
        for id in services
        if id not in gone and not works(services[id], frozenset(services) - gone, counts)
    }:
        gone |= more
    return gone - {down}


@pytest.mark.parametrize("seed", range(40))
def test_in_larger_estates_as_much_goes_as_step_by_step(seed: int) -> None:
    """Groups whose members are only partly felt meet in long ways only: small estates hardly have them."""
    draw = random.Random(seed)
    names = [f"s{number:02}" for number in range(40)]

    def entry(name: str) -> dict[str, Any]:
        more: dict[str, Any] = {"criticality": draw.choice(["hard", "hard", "soft"])}
        if draw.random() < 0.5:
            more["redundancy_group"] = {"name": draw.choice("gh"), "needed": 1}
        if draw.random() < 0.3:
            more["fallback"] = {"what": "queue", "degraded": draw.random() < 0.5}
        return on(name, **more)

    services = {name: [entry(other) for other in draw.sample(names, 3)] for name in names}
    found = graph_of(estate(services))
    for down in names:
        effects = impact(found, [down])
        fails = {effect.service for effect in effects if effect.state is State.FAILS}
        worse = {effect.service for effect in effects if effect.state is State.DEGRADES}
        assert fails == gone_step_by_step(services, down, is_fatal)
        assert fails | worse == gone_step_by_step(services, down, is_felt)
        assert len(effects) == len({effect.service for effect in effects})


@given(GRAPHS, st.sampled_from("abcdefg"))
def test_without_groups_and_fallbacks_everything_above_fails(
    edges: Mapping[str, frozenset[str]], start: str
) -> None:
    found = graph({**edges, start: edges.get(start, frozenset())})
    whole: networkx.DiGraph[str] = networkx.DiGraph([(edge.service, edge.on) for edge in found.edges])
    whole.add_node(start)
    effects = impact(found, [start])
    assert {effect.service for effect in effects} == networkx.ancestors(whole, start)
    assert {effect.service for effect in stands_on(found, start)} == networkx.descendants(whole, start)
    assert {effect.state for effect in (*effects, *stands_on(found, start))} <= {State.FAILS}
    far = networkx.single_target_shortest_path_length(whole, start)
    assert {effect.service: len(effect.path) - 1 for effect in effects} == {
        id: steps for id, steps in dict(far).items() if id != start
    }


def test_dense_graphs_are_no_trouble() -> None:
    names = [f"s{number}" for number in range(120)]
    found = graph_of(estate({name: [on(other) for other in names] for name in names}))
    assert len(impact(found, ["s0"])) == 119
    assert len(stands_on(found, "s0")) == 119
    assert [len(point.fails) for point in single_points(found, {})] == [119] * 120


# --- single points of failure


def points(services: dict[str, list[dict[str, Any]]], **fields: Mapping[str, Any]) -> list[str]:
    return [point.service for point in single_points(graph_of(estate(services, **fields)), {})]


def test_single_points_are_what_others_fail_with() -> None:
    services = {"a": [on("b")], "b": [on("c", **NOTICED)], "c": [], "d": [on("c", **SOFT)], "alone": []}
    assert points(services) == ["b"]


def test_what_the_members_of_a_group_share_is_the_single_point() -> None:
    shared = {"s": [on("a", **of_group(1)), on("b", **of_group(1))], "a": [on("x")], "b": [on("x")], "x": []}
    (point,) = single_points(graph_of(estate(shared)), {})
    assert (point.service, point.fails, point.defeats) == ("x", ("a", "b", "s"), (("s", "g"),))


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        # Each with its stage, what fails with it, and what would once it is in use.
        ({}, [("c", "live", "ab", ""), ("b", "live", "a", "")]),
        ({"a": "build"}, [("c", "live", "b", "a"), ("b", "live", "", "a")]),
        ({"c": "build"}, [("c", "build", "ab", ""), ("b", "live", "a", "")]),
        ({"b": "design", "a": "idea"}, [("c", "live", "", "ab"), ("b", "design", "", "a")]),
        ({"c": "retired"}, [("b", "live", "a", "")]),
        ({"a": "retired"}, [("c", "live", "b", "")]),
        ({"a": "retired", "b": "retired"}, []),
    ],
)
def test_what_is_still_being_built_is_a_single_point_with_its_mark(
    stages: dict[str, str], expected: list[tuple[str, str, str, str]]
) -> None:
    services = {"a": [on("b")], "b": [on("c")], "c": []}
    graph = graph_of(estate(services, **{id: {"lifecycle": stage} for id, stage in stages.items()}))
    found = [
        (point.service, point.stage, "".join(point.fails), "".join(point.planned))
        for point in single_points(graph, {})
    ]
    assert found == expected


def test_what_no_file_defines_is_a_single_point_and_ranked_like_any_other() -> None:
    services = {"a": [on("ghost")], "b": [on("x")], "c": [on("x")], "x": [], "d": [on("spectre", **SOFT)]}
    found = single_points(graph_of(estate(services)), {"a": 99.9, "b": 99.0})
    assert [(point.service, point.stage, point.fails, point.nines) for point in found] == [
        ("ghost", None, ("a",), 3.0),
        ("x", "live", ("b", "c"), 2.0),
    ]


def test_what_is_in_use_outranks_what_is_being_built() -> None:
    services = {"a": [on("x")], "b": [on("x")], "c": [on("y")], "x": [], "y": []}
    found = points(services, a={"lifecycle": "build"}, b={"lifecycle": "build"})
    assert found == ["y", "x"]


def test_single_points_are_ranked_by_the_promises_above_them() -> None:
    services = {name: [on(f"{name}-db")] for name in "abcd"} | {f"{name}-db": [] for name in "abcd"}
    found = graph_of(estate(services, c={"tier": 1}, d={"tier": 2}))
    ranked = single_points(found, {"b": 99.9, "a": 99.0, "b-db": 99.999})
    assert [(point.service, point.nines) for point in ranked] == [
        ("b-db", 3.0),
        ("a-db", 2.0),
        ("c-db", 0.0),
        ("d-db", 0.0),
    ]
    assert [point.by_tier for point in ranked[2:]] == [(1, 0, 0, 0, 0), (0, 1, 0, 0, 0)]


def test_agreements_in_force_promise() -> None:
    def sla(target: float, **valid: str) -> str:
        return json.dumps(
            {
                "type": "SLA",
                "provider": "t",
                "customer": "t",
                "availability": {"target": target},
                **({"valid": valid} if valid else {}),
            }
        )

    files = {
        "services/a/sla.yaml": sla(99.5),
        "services/a/sla-night.yaml": sla(99.9, **{"from": "2026-01-01"}),
        "services/a/ola.yaml": sla(99.99, to="2025-12-31"),
        "services/b/sla.yaml": sla(99, **{"from": "2026-01-02"}),
    }
    repository = Repository(MappingTree(files), now=datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert promised_availability(repository) == {"a": 99.9}
