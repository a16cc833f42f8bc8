"""The graph of services: neighbours, cycles, and the forms that it leaves in."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.exporters.graph import as_json, dot, mermaid
from gitsm.graph import Graph, graph_of
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
    ({"a": "bc", "b": "a", "c": "d", "d": "a"}, ["aba"]),
]


@pytest.mark.parametrize(("edges", "cycles"), CYCLES)
def test_cycles_are_named_in_full(edges: Mapping[str, str], cycles: list[str]) -> None:
    assert ["".join(cycle) for cycle in graph(edges).cycles()] == cycles


@given(GRAPHS)
def test_each_knot_gives_one_cycle_that_is_one(edges: Mapping[str, frozenset[str]]) -> None:
    found = graph(edges)
    whole: networkx.DiGraph[str] = networkx.DiGraph([(edge.service, edge.on) for edge in found.edges])
    knots = [
        knot
        for knot in networkx.strongly_connected_components(whole)
        if len(knot) > 1 or whole.has_edge(*[*knot] * 2)
    ]
    cycles = list(found.cycles())
    assert sorted(min(knot) for knot in knots) == [cycle[0] for cycle in cycles]
    for cycle in cycles:
        assert cycle[0] == cycle[-1]
        assert all(whole.has_edge(one, other) for one, other in itertools.pairwise(cycle))


@given(GRAPHS, st.sampled_from("abcdefg"))
def test_the_neighbourhood_is_what_can_be_reached(edges: Mapping[str, frozenset[str]], start: str) -> None:
    found = graph({**edges, start: edges.get(start, frozenset())})
    whole: networkx.DiGraph[str] = networkx.DiGraph([(edge.service, edge.on) for edge in found.edges])
    whole.add_node(start)
    assert set(found.around(start, down=False).services) == {start} | networkx.descendants(whole, start)
    assert set(found.around(start, up=False).services) == {start} | networkx.ancestors(whole, start)
    near = networkx.single_source_shortest_path_length(whole, start, cutoff=1)
    assert set(found.around(start, down=False, steps=1).services) == set(near)


HOSTILE = '"]; click s_a "javascript:alert(1)"\\ <b>&'


def test_names_cannot_break_out_of_a_drawing(repository_of: Callable[..., Repository]) -> None:
    service = {"name": HOSTILE, "owner": "t", "lifecycle": "live", "depends_on": [{"service": "end"}]}
    other = {"name": "End", "owner": "t", "lifecycle": "live"}
    repository = repository_of(
        {"services/a/service.yaml": json.dumps(service), "services/end/service.yaml": json.dumps(other)}
    )
    drawn = mermaid(graph_of(repository))
    assert re.fullmatch(r'flowchart LR\n  s_a\["[^"<>&\\]*"\]\n  s_end\["End"\]\n  s_a --> s_end\n', drawn)
    assert json.loads(as_json(graph_of(repository)))["nodes"][0]["name"] == HOSTILE
    if shutil.which("dot"):
        subprocess.run(
            ["dot", "-Tsvg"], input=dot(graph_of(repository)), text=True, check=True, capture_output=True
        )
    assert '\\"]; click s_a \\"javascript:alert(1)\\"\\\\ <b>&' in dot(graph_of(repository))
