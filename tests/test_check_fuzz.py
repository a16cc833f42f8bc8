"""Whatever stands in a record, a check ends with findings: never with an exception."""

from __future__ import annotations

import copy
import json
import os
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitsm import formats, source
from gitsm.calendar import planned, recurring
from gitsm.change_control import state_of
from gitsm.exporters.graph import FORMATS
from gitsm.exporters.ics import Feeds
from gitsm.graph import graph_of
from gitsm.lint import run
from gitsm.records import KINDS
from gitsm.records.change import Change
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.tree import MappingTree

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
FILES = {path: text for kind in KINDS.values() for path, text in kind.examples.items()}
JUNK = st.one_of(
    st.sampled_from([None, [], {}, "", 0, -1, 10**17, 1.5, True, [[]], [{}], [None], {"": None}]),
    st.sampled_from(
        ["role:", "role:x", "payroll", "../x", "2026-02-30", "2026-11-28T22:00", "0 days", "index"]
    ),
    st.sampled_from(
        ["2026-11-28", "2026-11-28T22:00+01:00", "9999 years", "100 years", "999999 h", "00:00-24:00", "UTC"]
    ),
    st.text(max_size=20),
)


def form(path: str) -> source.Format:
    return source.Format.MARKDOWN if path.endswith(".md") else source.Format.YAML


def parsed(path: str) -> tuple[Any, str]:
    document = source.read(path, FILES[path].encode(), form(path))
    return document.data, document.body


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in below for place in places(value, (*path, key)))]


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, str]:
    """The examples with a few values replaced, taken away or added."""
    files = dict(FILES)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(sorted(FILES)))
        data, body = parsed(path)
        data = copy.deepcopy(data)
        *way, last = draw(st.sampled_from([place for place in places(data) if place]))
        holder = data
        for step in way:
            holder = holder[step]
        if draw(st.booleans()):
            holder[last] = draw(JUNK)
        elif isinstance(holder, dict) and draw(st.booleans()):
            holder[draw(st.sampled_from(["x", "name", "from", "services", "*"]))] = draw(JUNK)
        else:
            del holder[last]
        text = json.dumps(data, ensure_ascii=False)
        files[path] = f"---\n{text}\n---\n{body}" if path.endswith(".md") else text + "\n"
    return files


@settings(
    max_examples=2000 if os.environ.get("GITSM_FUZZ") == "long" else 120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(damaged())
def test_damaged_records_give_findings_and_never_an_exception(files: dict[str, str]) -> None:
    repository = Repository(MappingTree(files), now=NOW, authorised=frozenset(files))
    report = run(repository, RULES.values())
    for name in formats.names():
        assert list(formats.render(name, report))
    for finding in report.findings:
        assert finding.place.file in files
        assert finding.place.span is not None or finding.place.of_file
        if finding.place.span is None:
            continue
        assert 1 <= finding.place.span.line <= files[finding.place.file].count("\n") + 1
    for change in repository.of(Change):
        assert state_of(repository, change)
    assert Feeds(repository).files()
    assert planned(repository) is not None
    assert isinstance(recurring(repository), list)
    for draw_graph in FORMATS.values():
        assert draw_graph(graph_of(repository))
