"""Edits of a file: what is meant changes, and no other byte."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from gitsm import source
from gitsm.diagnostic import DataPath, Edit, NewKey, NewSection, NewText, NewValue, Span
from gitsm.records import KINDS
from gitsm.source import Format, Uneditable, edited
from gitsm.source.characters import FORBIDDEN
from gitsm.writing import Unwritable, yaml_text


def edit(text: str, *edits: Edit, format: Format | None = Format.YAML) -> str:
    return edited("x", text.encode(), format, edits).decode()


def value(text: str, *path: str | int) -> NewValue:
    return NewValue("x", path, text)


def key(text: str, *path: str | int) -> NewKey:
    return NewKey("x", path, text)


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("a: old # why\nb: 1\n", value("new", "a"), "a: new # why\nb: 1\n"),
        ("a: 'old'\n", value("it's", "a"), "a: 'it''s'\n"),
        ('a: "old"\n', value('say "x"', "a"), 'a: "say \\"x\\""\n'),
        ("a: 'old'\n", value("one\ntwo", "a"), 'a: "one\\ntwo"\n'),
        ("a: old\n", value("no", "a"), 'a: "no"\n'),
        ("a: old\n", value("12", "a"), 'a: "12"\n'),
        ("a: old\n", value("b: c", "a"), 'a: "b: c"\n'),
        ("a: old\n", value("x #y", "a"), 'a: "x #y"\n'),
        ("a: old\n", value("2026-11-28", "a"), "a: 2026-11-28\n"),
        ("a: old\n", value("", "a"), 'a: ""\n'),
        ("a: 1\n", value("one", "a"), "a: one\n"),
        ("a:\nb: 1\n", value("new", "a"), "a: new\nb: 1\n"),
        ("a: # why\nb: 1\n", value("new", "a"), "a: new # why\nb: 1\n"),
        ("a: [x, y]\n", value("z", "a", 1), "a: [x, z]\n"),
        ("a: [x, y]\n", value("p, q", "a", 0), 'a: ["p, q", y]\n'),
        ("a: {b: x, c: y}\n", value("p}", "a", "b"), 'a: {b: "p}", c: y}\n'),
        ("a:\n  - b: x # one\n    c: y\n", value("z", "a", 0, "b"), "a:\n  - b: z # one\n    c: y\n"),
        ("a: one\n  two\nb: 1\n", value("new", "a"), "a: new\nb: 1\n"),
        ("a: |\n  one\n  two\nb: 1\n", value("three\n", "a"), "a: |\n  three\nb: 1\n"),
        ("a: | # why\n  one\n\nb: 1\n", value("x", "a"), "a: |- # why\n  x\n\nb: 1\n"),
        ("a: |-\n  one\nb: 1\n", value(" x", "a"), 'a: " x"\nb: 1\n'),
        ("a: |- # why\n  one\nb: 1\n", value(" x", "a"), 'a: " x" # why\nb: 1\n'),
        ("a: >-\n  one\n  two\nb: 1\n", value("p q", "a"), "a: >-\n  p q\nb: 1\n"),
        ("a: >\n  one\n", value("p\nq\n", "a"), "a: >\n  p\n\n  q\n"),
        ("a: |\n  one", value("two", "a"), "a: |-\n  two"),
        ('{"a": "x", "b": ["y"]}\n', value("z", "b", 0), '{"a": "x", "b": ["z"]}\n'),
        ("a: x\r\nb: |\r\n  y\r\n", value("p\nq\n", "b"), "a: x\r\nb: |\r\n  p\r\n  q\r\n"),
        ("\ufeffa: x", value("z", "a"), "\ufeffa: z"),
        ("old: x # why\nb: 1\n", key("new", "old"), "new: x # why\nb: 1\n"),
        ("'old': x\n", key("new", "old"), "'new': x\n"),
        ('{"old": {"b": 1}}', key("new", "old"), '{"new": {"b": 1}}'),
        ("a: {b: {c: 1}, d: 2}\n", key("e", "a", "b"), "a: {e: {c: 1}, d: 2}\n"),
        ("a: x\n", key("b c", "a"), '"b c": x\n'),
        ("a:\nb: 1\n", key("c", "a"), "c:\nb: 1\n"),
    ],
)
def test_an_edit_keeps_everything_else(before: str, new: Edit, after: str) -> None:
    assert edit(before, new) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\na: 1\n---\n\n## One\n\nText\n", "---\na: 1\n---\n\n## One\n\nText\n\n## Two\n"),
        ("---\na: 1\n---\n\n## One\n\nText", "---\na: 1\n---\n\n## One\n\nText\n\n## Two"),
        ("---\na: 1\n---\n", "---\na: 1\n---\n\n## Two\n"),
        ("---\na: 1\n---\nText\n\n", "---\na: 1\n---\nText\n\n## Two\n"),
        ("---\r\na: 1\r\n---\r\nText\r\n", "---\r\na: 1\r\n---\r\nText\r\n\r\n## Two\r\n"),
        ("---\na: 1\n---\n- x\n", "---\na: 1\n---\n- x\n\n## Two\n"),
    ],
)
def test_a_section_is_added_at_the_end(before: str, after: str) -> None:
    assert edit(before, NewSection("x", "Two"), format=Format.MARKDOWN) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "---\na: 1\n---\n\n## One\n\nText\n\n## Six\n\nx\n",
            "---\na: 1\n---\n\n## One\n\nText\n\n## Two\n\n## Six\n\nx\n",
        ),
        ("---\na: 1\n---\n## Five\n## Six\n", "---\na: 1\n---\n\n## Two\n\n## Five\n## Six\n"),
        ("---\na: 1\n---\nText\n## Six", "---\na: 1\n---\nText\n\n## Two\n\n## Six"),
        (
            "---\r\na: 1\r\n---\r\nText\r\n\r\n## Six\r\n",
            "---\r\na: 1\r\n---\r\nText\r\n\r\n## Two\r\n\r\n## Six\r\n",
        ),
        ("---\na: 1\n---\n\nText\n\nSix\n---\n", "---\na: 1\n---\n\nText\n\n## Two\n\nSix\n---\n"),
        # what stands in a comment, in code or on another level is not it
        ("---\na: 1\n---\n<!--\n\n## Six\n\n-->\n", "---\na: 1\n---\n<!--\n\n## Six\n\n-->\n\n## Two\n"),
        ("---\na: 1\n---\n```\n## Six\n```\n", "---\na: 1\n---\n```\n## Six\n```\n\n## Two\n"),
        ("---\na: 1\n---\n### Six\n", "---\na: 1\n---\n### Six\n\n## Two\n"),
    ],
)
def test_a_section_is_added_above_another(before: str, after: str) -> None:
    assert edit(before, NewSection("x", "Two", above=("Six", "Five")), format=Format.MARKDOWN) == after


def test_several_sections_come_in_their_order() -> None:
    sections = [
        NewSection("x", "Three", rank=3, above=("Four",)),
        NewSection("x", "Two", rank=2, above=("Three", "Four")),
        NewSection("x", "Five", rank=5),
    ]
    after = edit("---\na: 1\n---\n## One\n\n## Four\n", *sections, format=Format.MARKDOWN)
    assert after == "---\na: 1\n---\n## One\n\n## Two\n\n## Three\n\n## Four\n\n## Five\n"


def test_several_edits_of_one_file_are_made_at_once_and_the_same_one_once() -> None:
    text = "---\nowner: a # why\nthing: {b: c}\n---\n\nSee [x](y.md).\n"
    after = edit(
        text,
        value("p", "owner"),
        value("q", "thing", "b"),
        key("service", "thing"),
        value("p", "owner"),
        NewText("x", Span(6, 9, 6, 13), "z.md", safe=False),
        NewSection("x", "Two"),
        NewSection("x", "Three"),
        format=Format.MARKDOWN,
    )
    assert after == ("---\nowner: p # why\nservice: {b: q}\n---\n\nSee [x](z.md).\n\n## Two\n\n## Three\n")


def test_a_comment_goes_where_that_is_what_was_asked_for() -> None:
    assert edit("a: 1 # gone\nb: 2\n", NewText("x", Span(1, 5, 1, 12), "")) == "a: 1\nb: 2\n"


def test_any_text_can_be_edited_where_no_format_is_given() -> None:
    assert edit("[a](b.md)\r\n", NewText("x", Span(1, 5, 1, 9), "c.md"), format=None) == "[a](c.md)\r\n"


@pytest.mark.parametrize(
    ("text", "format", "edits", "reason"),
    [
        ("a: [x]\n", Format.YAML, [value("y", "a")], "a is no single value"),
        ("a: x\n", Format.YAML, [value("y", "b")], "there is no b in the file"),
        ("a: x\n", Format.YAML, [value("y", "a", "b")], "there is no a.b"),
        ("a: [x]\n", Format.YAML, [key("y", "a", 0)], "an entry of a list"),
        ("a: x\nb: y\n", Format.YAML, [key("b", "a")], "b stands there already"),
        ("a: x\nb: y\n", Format.YAML, [key("c", "a"), key("c", "b")], "c stands there already"),
        ("a: x\n", Format.YAML, [value("y", "a"), value("z", "a")], "the same place"),
        ("a: x\n", Format.YAML, [value("\x1b[0m", "a")], "can't be written"),
        ("a: x\n", Format.YAML, [value("\ud800", "a")], "can't be written"),
        ("a: x\n", Format.YAML, [key("ä", "a")], "can't be written"),
        ("a: x\n", Format.YAML, [value("x" * 300_000, "a")], "can't be written|bytes"),
        ("a: x\na: y\n", Format.YAML, [value("z", "a")], "can't be read as data"),
        ("a: x\n", Format.YAML, [NewSection("x", "Two")], "no Markdown"),
        ("a: x\n", Format.YAML, [NewText("x", Span(1, 1, 1, 2), "b")], "read as something else"),
        ("a: x\n", Format.YAML, [NewText("x", Span(1, 1, 9, 2), "b")], "no line 9"),
        ("a: x\n", Format.YAML, [NewText("x", Span(1, 3, 1, 2), "b")], "ends before"),
        ("a: x\n", None, [value("y", "a")], "can't be read as data"),
        ("---\na: 1\n---\n```\nx\n", Format.MARKDOWN, [NewSection("x", "Two")], "would not be one"),
        ("---\na: 1\n---\nx\n", Format.MARKDOWN, [NewSection("x", "T\nwo")], "would not be one"),
        (
            "---\na: 1\n---\nx\n",
            Format.MARKDOWN,
            [NewText("x", Span(3, 1, 4, 1), "")],
            "never closed|front matter",
        ),
    ],
)
def test_what_can_not_be_done_for_certain_is_refused(
    text: str, format: Format | None, edits: list[Edit], reason: str
) -> None:
    with pytest.raises(Uneditable, match=reason):
        edit(text, *edits, format=format)


def test_a_file_with_other_faults_can_be_edited() -> None:
    text = "a: x\nb: yes\n"
    assert source.read("x", text.encode(), Format.YAML).problems
    assert edit(text, value("z", "a")) == "a: z\nb: yes\n"


def test_an_edit_brings_no_new_fault() -> None:
    assert edit("a: x\n", value("yes", "a")) == 'a: "yes"\n'


def test_a_file_full_of_places_is_edited_in_one_go() -> None:
    text = "a:\n" + "  - old\n" * 20_000
    result = edit(text, *(value("new", "a", index) for index in range(20_000)))
    assert result == text.replace("old", "new")


# Laws

_texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text("ab:#,[]{}?-'\"\\|>&*!%@` \n\t0123.~", max_size=10),
    st.sampled_from(
        ["no", "~", "null", "1e3", "22:30", "0o7", "- x", "? x", "a: b", "<<", "=", "...", "---"]
    ),
)
_plain = st.recursive(
    _texts | st.integers(-(10**6), 10**6) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.from_regex(r"[a-z_-]{1,6}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=10,
)
_records = st.dictionaries(st.from_regex(r"[a-z_]{1,6}", fullmatch=True), _plain, min_size=1, max_size=4)


def scalars(data: Any, path: DataPath = ()) -> Iterator[DataPath]:
    steps = data.items() if isinstance(data, dict) else enumerate(data)
    for step, part in steps:
        if isinstance(part, dict | list):
            yield from scalars(part, (*path, step))
        else:
            yield (*path, step)


def with_value(data: Any, path: DataPath, text: str) -> Any:
    data = copy.deepcopy(data)
    parent = data
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = text
    return data


def ruamel(text: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    try:
        return yaml.load(text)
    except ValueError:
        assert re.search(r"(?<![\w])_+(?![\w])", text)  # ruamel takes a lone underscore for a number
        return None


def holds(text: str, format: Format, path: DataPath, new: str) -> None:
    """One edit of a text: what it must be, or a refusal."""
    before = source.read("x", text.encode(), format)
    try:
        content = edited("x", text.encode(), format, [NewValue("x", path, new)])
    except Uneditable:
        # Nothing but a character that no file may hold is refused.
        assert FORBIDDEN.search(new) or re.search("[\r\ud800-\udfff]", new)
        return
    after = source.read("x", content, format)
    assert after.data == with_value(before.data, path, new)
    assert list(map(repr, scalars(after.data))) == list(map(repr, scalars(before.data)))
    assert after.body == before.body
    span = before.span(path)
    lines = text.split("\n")
    start = sum(len(line) + 1 for line in lines[: span.line - 1]) + span.column - 1
    end = sum(len(line) + 1 for line in lines[: span.end_line - 1]) + span.end_column - 1
    result = content.decode()
    assert result.startswith(text[:start])
    assert result.endswith(text[end:])
    if format is Format.YAML:
        theirs = ruamel(result)
        assert theirs is None or ruamel_agrees(theirs, after.data)


def ruamel_agrees(theirs: Any, ours: Any) -> bool:
    if isinstance(ours, dict):
        return list(theirs) == list(ours) and all(ruamel_agrees(theirs[k], ours[k]) for k in ours)
    if isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(ruamel_agrees, theirs, ours))
    if isinstance(ours, str) and not isinstance(theirs, str):
        return str(theirs)[:10] == ours[:10]  # a date, which is text here
    return bool(theirs == ours)


@given(_records, _texts, st.randoms(use_true_random=False))
def test_any_value_of_any_record_can_become_any_text(data: dict[str, Any], new: str, random: Any) -> None:
    paths = list(scalars(data))
    try:
        text = yaml_text(data)
    except Unwritable:
        return
    if paths:
        holds(text, Format.YAML, random.choice(paths), new)


EXAMPLES = [(path, text) for kind in KINDS.values() for path, text in kind.examples.items()]


@pytest.mark.parametrize("path", [path for path, _ in EXAMPLES])
def test_any_value_of_an_example_can_become_any_text(path: str) -> None:
    text = dict(EXAMPLES)[path]
    format = Format.MARKDOWN if path.endswith(".md") else Format.YAML
    places = list(scalars(source.read("x", text.encode(), format).data))

    @given(st.sampled_from(places), _texts)
    def law(place: DataPath, new: str) -> None:
        holds(text, format, place, new)

    law()


@given(_records, st.from_regex(r"[a-z_-]{1,8}", fullmatch=True), st.randoms(use_true_random=False))
def test_any_key_can_become_another(data: dict[str, Any], new: str, random: Any) -> None:
    try:
        text = yaml_text(data)
    except Unwritable:
        return
    old = random.choice(list(data))
    if new in data:
        return
    result = edit(text, key(new, old))
    after = source.read("x", result.encode(), Format.YAML).data or {}
    assert list(after.items()) == [(new if name == old else name, part) for name, part in data.items()]
    assert len(result) - len(text) in {len(new) - len(old), len(new) - len(old) + 2, len(new) - len(old) - 2}


STYLES: list[Callable[[str], str]] = [
    lambda inner: f"a: {inner}\nb: 1\n",
    lambda inner: f"a:\n  - {inner}\n  - x\nb: 1\n",
    lambda inner: f"a: [{inner}, x]\nb: 1\n",
    lambda inner: f"a: {{b: {inner}, c: x}} # d\nb: 1\n",
]
OLD = ["old", "'o''ld'", '"o\\nld"', "12", "true", "~", "two\n    lines", "'two\n\n    lines'"]


@pytest.mark.parametrize("around", STYLES)
@pytest.mark.parametrize("old", OLD)
def test_any_style_can_hold_any_text(around: Callable[[str], str], old: str) -> None:
    text = around(old)
    places = list(scalars(source.read("x", text.encode(), Format.YAML).data))

    @given(st.sampled_from(places), _texts)
    def law(place: DataPath, new: str) -> None:
        holds(text, Format.YAML, place, new)

    law()


@pytest.mark.parametrize("header", ["|", "|-", "|+", ">", ">-", ">+", "|2", "| # why", ">- # why"])
@pytest.mark.parametrize("rest", ["b: 1\n", "\n\nb: 1\n", "# why\nb: 1\n", ""])
def test_any_block_can_hold_any_text(header: str, rest: str) -> None:
    text = f"a: {header}\n  one\n   two\n\n  three\n{rest}"

    @given(_texts)
    def law(new: str) -> None:
        holds(text, Format.YAML, ("a",), new)

    law()
