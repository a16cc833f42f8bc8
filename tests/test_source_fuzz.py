"""Laws of reading, tried on made-up files: nothing breaks it, and a second reader sees the same.

`GITSM_FUZZ=long pytest tests/test_source_fuzz.py` tries a hundred times as many.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import ruamel.yaml
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from gitsm.diagnostic import DataPath, Severity, Span
from gitsm.source import Document, Format, Value, ambiguous, read, reads_as_text

LONG = os.environ.get("GITSM_FUZZ") == "long"
law = settings(
    max_examples=20_000 if LONG else 200,
    # Nothing that fits into a record may take longer, in milliseconds.
    deadline=2_000,
    derandomize=not LONG,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

RULES = {
    "unreadable-file", "forbidden-character", "invalid-yaml", "yaml-beyond-plain-data", "duplicate-key",
    "ambiguous-scalar", "broken-front-matter",
}  # fmt: skip


# --- any bytes ---

PIECES = st.sampled_from(
    [
        "a", "b", "key", "a: ", "b: ", ": ", "- ", "? ", "\n", "\n  ", "\n    ", "\r\n", "\r", "\t", " ", "[", "]",
        "{", "}", ", ", "&a ", "*a", "<<: ", "!x ", "!!int ", "!%ff ", "!<", ">", "|", "|-\n", ">2+\n", "'", '"', "''",
        "\\", "\\x1b", "\\ud800", "%YAML 1.1\n", "%", "@", "`", "#", " # c", "---\n", "---", "...\n", "no", "0644",
        "22:30", "1_0", "12e99999", "9" * 30, ".inf", "2026-11-28", "ü", "\u00a0", "\u0085", "\u2028", "\ufeff",
        "\u200b", "\u200d", "\x00", "\x1b",
        "\U0001f600", "<!--", "-->", "```", "[" * 50,
    ]
)  # fmt: skip
SOUP = st.lists(PIECES, max_size=40).map("".join)
RECORD = b"""\
# a change
title: "Upgrade \\"payroll\\" \xc3\xbc"
services: [payroll, 'the ledger', {a: b}]
window: {start: 2026-11-28T22:00+01:00, end: 2026-11-29T02:00+01:00}
plan:
  - {step: fail over, takes: 15 min}
  - step: >-
      upgrade and
      come back
    takes: 1 h  # at most
rollback: |
  Restore the snapshot.

    mysql < dump
labels: {cost: 12.5, count: 3, done: false, nothing: ~}
"""


@st.composite
def mutated(draw: st.DrawFn, original: bytes) -> bytes:
    """A good file after a few accidents."""
    content = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        match draw(st.integers(0, 3)):
            case 0:
                content[at:at] = draw(PIECES).encode("utf-8", "surrogatepass")
            case 1:
                del content[at : at + draw(st.integers(1, 12))]
            case 2:
                content[at:at] = content[at : at + draw(st.integers(1, 40))]
            case _:
                content[at:at] = draw(st.binary(max_size=3))
    return bytes(content)


ANY_BYTES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    SOUP.map(str.encode),
    SOUP.map(lambda text: f"---\na: {text}\n---\n{text}".encode()),
    mutated(RECORD),
    mutated(b"---\n" + RECORD + b"---\n\n# Title <!-- x -->\n\n```\ncode\n```\n"),
)


@law
@given(ANY_BYTES, st.sampled_from(Format))
@example(b"a: !%ff x", Format.YAML)
@example(b"\n\t", Format.YAML)
@example(b"a: *x\na: 1\n", Format.YAML)
@example(b'a: "\\ud800"', Format.YAML)
@example(b"[" * 25_000, Format.YAML)
def test_any_bytes_give_data_or_problems_with_a_place(content: bytes, format: Format) -> None:
    document = read("a", content, format)
    errors = [problem for problem in document.problems if problem.severity is Severity.ERROR]
    assert (document.data is None) == bool(errors)
    lines = document.text.split("\n")
    for problem in document.problems:
        span = problem.place.span
        assert span is not None
        assert problem.rule in RULES
        assert problem.place.file == "a"
        assert problem.message.isprintable()
        if document.text:
            assert 1 <= span.line <= span.end_line <= len(lines)
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1
    spans = [problem.place.span or Span(1, 1, 1, 1) for problem in document.problems]
    assert spans == sorted(spans)
    assert read("a", content, format) == document
    document.span(("a", 0, "b"))
    for line, column, _ in document.comments():
        assert lines[line - 1][column - 1] in "#<"


@law
@given(st.one_of(SOUP.map(str.encode), mutated(RECORD)))
def test_what_is_accepted_means_the_same_to_another_reader(content: bytes) -> None:
    document = read("a", content, Format.YAML)
    assume(document.data is not None)
    assume(not document.problems)
    try:
        expected = by_ruamel(document.text)
    except (ruamel.yaml.error.YAMLError, ValueError):
        return  # libyaml is more lenient in places, such as with tabs
    assert same(document.data, expected)


# --- files as people write them ---

KEYS = st.sampled_from(
    ["name", "on", "depends_on", "a-b", "x y", "'q'", '"d"', "1", "true", "~", "0x1", "1.50", "no", "a.b/c"]
)
PLAIN_TEXTS = st.sampled_from(
    [
        "word", "two words", "a#b", "a:b", "http://x.org/?a=b&c", "x, y", "it's", "ünï", "日本 語", "😀", "-x", "?x",
        "2026-11-28", "2026-11-28T22:00+01:00", "15 min", "1.2.3", "10.0.0.1", "100%", "a {b} [c]", "# no",
        "nullable", "e5",
    ]
)  # fmt: skip
CORE = st.one_of(
    st.sampled_from(["null", "~", "true", "False", "TRUE", "0", "-7", "+3", "12.5", "-0.25"]),
    st.sampled_from(["1.5e+3", "0x1F", ".5", "1.", "1.E-2"]),
    st.integers(-(10**17), 10**17).map(str),
    st.floats(-1e9, 1e9).map(lambda number: format(number, ".6f")),
)
FLOW_UNSAFE = set(",[]{}#")
ANY_TEXT = st.text(st.sampled_from(list("ab z09-:#'\"\\\n\t,[]{}&*!|>%@`üé😀\u00a0~.")), max_size=20)


def single_quoted(text: str) -> str:
    return "'" + " ".join(text.split()).replace("'", "''") + "'"


def double_quoted(text: str) -> str:
    return (
        '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
    )


@st.composite
def block_text(draw: st.DrawFn, indent: int) -> str:
    """A literal or folded text, header first."""
    lines = draw(
        st.lists(st.sampled_from(["text", "# no", "a: b", "  more", "", "- x", "ü"]), min_size=1, max_size=4)
    )
    lines[0] = "first"
    header = (
        draw(st.sampled_from("|>"))
        + draw(st.sampled_from(["", "-", "+"]))
        + draw(st.sampled_from(["", " # c"]))
    )
    margin = " " * (indent + draw(st.integers(1, 3)))
    return header + "".join(f"\n{margin}{line}" if line else "\n" for line in lines)


@st.composite
def flow(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.integers(0, 5 if depth else 3))
    if kind == 0:
        return draw(CORE)
    if kind == 1:
        # Without quotes, libyaml refuses `?x` here, which YAML 1.2 allows.
        return draw(PLAIN_TEXTS.filter(lambda text: not FLOW_UNSAFE & set(text) and text[0] != "?"))
    if kind == 2:
        return single_quoted(draw(ANY_TEXT))
    if kind == 3:
        return double_quoted(draw(ANY_TEXT))
    gap = draw(st.sampled_from(["", " ", "\n   ", " # c\n   "]))
    inner = flow(depth - 1)
    if kind == 4:
        return f"[{gap}{', '.join(draw(st.lists(inner, max_size=3)))}{gap}]"
    keys = draw(st.lists(KEYS, max_size=3, unique_by=lambda key: key.strip("'\"")))
    return "{" + gap + ", ".join(f"{key}: {draw(st.one_of(st.just(''), inner))}" for key in keys) + gap + "}"


@st.composite
def block_value(draw: st.DrawFn, indent: int, depth: int) -> str:
    """What stands after a colon or a hyphen, the blank before it included."""
    comment = draw(st.sampled_from(["", "", " # c", "  #c"]))
    kind = draw(st.integers(0, 7 if depth else 4))
    if kind == 0:
        return comment
    if kind == 1:
        return f" {draw(st.one_of(CORE, PLAIN_TEXTS.filter(lambda text: text[0] != '#')))}{comment}"
    if kind == 2:
        words = draw(st.lists(st.sampled_from(["some", "words", "ü", "a#b"]), min_size=1, max_size=4))
        return " " + draw(st.sampled_from([" ", f"\n{' ' * (indent + 2)}"])).join(words) + comment
    if kind == 3:
        return " " + draw(block_text(indent))
    if kind in (4, 5):
        text = draw(flow(depth)).replace("\n", "\n" + " " * (indent + 1))
        return f" {text}{comment}"
    if kind == 6:
        return f"{comment}\n{draw(block_mapping(indent + 2, depth - 1))}"
    return f"{comment}\n{draw(block_list(indent + draw(st.sampled_from([2, 4])), depth - 1))}"


@st.composite
def block_mapping(draw: st.DrawFn, indent: int = 0, depth: int = 3) -> str:
    keys = draw(st.lists(KEYS, min_size=1, max_size=4, unique_by=lambda key: key.strip("'\"")))
    lines = []
    for key in keys:
        lines += draw(st.sampled_from([[], [], [""], [" " * indent + "# c"]]))
        lines.append(f"{' ' * indent}{key}:{draw(block_value(indent, depth))}")
    return "\n".join(lines)


@st.composite
def block_list(draw: st.DrawFn, indent: int, depth: int) -> str:
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        if depth and draw(st.booleans()):  # a mapping that begins beside the hyphen
            inside = draw(block_mapping(indent + 2, depth - 1)).lstrip()
            item = f"- {inside}" if inside[0] != "#" else f"-\n{' ' * (indent + 2)}{inside}"
        else:
            item = f"-{draw(block_value(indent, depth))}"
        lines.append(f"{' ' * indent}{item}")
    return "\n".join(lines)


@st.composite
def files(draw: st.DrawFn) -> str:
    text = draw(block_mapping())
    text = (
        draw(st.sampled_from(["", "---\n", "# c\n\n"]))
        + text
        + draw(st.sampled_from(["\n", "", "\n\n# c\n"]))
    )
    return text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))


def by_ruamel(text: str) -> Any:
    reader = ruamel.yaml.YAML(typ="safe", pure=True)  # a new one each time: a directive would stay in it
    reader.version = "1.2"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return plain(reader.compose(text), reader.constructor)


def plain(node: Any, constructor: Any) -> Any:
    """A node as we understand it: keys are text, and so are dates."""
    if isinstance(node, ruamel.yaml.MappingNode):
        return {key.value: plain(value, constructor) for key, value in node.value}
    if isinstance(node, ruamel.yaml.SequenceNode):
        return [plain(item, constructor) for item in node.value]
    if node.tag.endswith(":timestamp"):
        return node.value
    return constructor.construct_object(node, deep=True)


def same(ours: Any, theirs: Any) -> bool:
    """Equal, and of the same types: 1, 1.0 and true are three things."""
    return repr(ours) == repr(theirs)


@law
@given(files())
def test_another_reader_sees_the_same_data(text: str) -> None:
    document = read("a", text.encode(), Format.YAML)
    assert document.problems == ()
    assert same(document.data, by_ruamel(text))


@law
@given(files())
def test_front_matter_is_read_like_a_file(text: str) -> None:
    assume(not text.startswith("---"))
    text = text.removesuffix("\n") + "\n"
    alone = read("a", text.encode(), Format.YAML)
    both = read("a", f"---\n{text}---\n\n# Title\n".encode(), Format.MARKDOWN)
    assert same(both.data, alone.data)
    assert both.body == "\n# Title\n"
    for path in paths(both.data):
        for on_key in (False, True):
            here, there = both.span(path, on_key=on_key), alone.span(path, on_key=on_key)
            assert (here.line - 1, here.column) == (there.line, there.column)


def paths(value: Value, above: DataPath = ()) -> Iterator[DataPath]:
    """Every path below the top of a document."""
    steps = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield (*above, step)
        yield from paths(value[step], (*above, step))  # type: ignore[index]


def index_of(text: str, line: int, column: int) -> int:
    return sum(len(written) for written in text.splitlines(keepends=True)[: line - 1]) + column - 1


def spliced(document: Document, path: DataPath, new: str, *, on_key: bool) -> Any:
    """The data after the stretch that the span names was cut out and the new text put there."""
    span = document.span(path, on_key=on_key)
    start = index_of(document.text, span.line, span.column)
    end = index_of(document.text, span.end_line, span.end_column)
    assert start <= end
    if start == end:
        new = f" {new} "  # nothing was written there
    return read("a", (document.text[:start] + new + document.text[end:]).encode(), Format.YAML).data


def replaced(value: Any, path: DataPath, new: Value) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {
            key: replaced(inner, path[1:], new) if key == path[0] else inner for key, inner in value.items()
        }
    return [
        replaced(inner, path[1:], new) if index == path[0] else inner for index, inner in enumerate(value)
    ]


def renamed(value: Any, path: DataPath, new: str) -> Any:
    if isinstance(value, dict):
        if len(path) == 1:
            return {new if key == path[0] else key: inner for key, inner in value.items()}
        return {
            key: renamed(inner, path[1:], new) if key == path[0] else inner for key, inner in value.items()
        }
    return [renamed(inner, path[1:], new) if index == path[0] else inner for index, inner in enumerate(value)]


@law
@given(files(), st.data())
def test_a_span_is_exactly_the_value_and_nothing_else(text: str, data: st.DataObject) -> None:
    document = read("a", text.encode(), Format.YAML)
    path = data.draw(st.sampled_from(list(paths(document.data))))
    assert same(spliced(document, path, "SPLICED", on_key=False), replaced(document.data, path, "SPLICED"))
    if isinstance(path[-1], str):
        assert same(spliced(document, path, "SPLICED", on_key=True), renamed(document.data, path, "SPLICED"))


@law
@given(files())
def test_comments_are_all_found_and_nothing_else(text: str) -> None:
    document = read("a", text.encode(), Format.YAML)
    lines = document.text.split("\n")
    comments = list(document.comments())
    for line, column, comment in comments:
        assert lines[line - 1][column - 1 :].removesuffix("\r") == f"#{comment}"
    assert len(comments) == text.count("# c") + text.count("#c"), "the texts of these files have none of it"
    for line, column, _ in comments:
        lines[line - 1] = lines[line - 1][: column - 1] + "# other"
    other = read("a", "\n".join(lines).encode(), Format.YAML)
    assert same(other.data, document.data)
    assert [comment for _, _, comment in other.comments()] == [" other"] * len(comments)


# --- plain scalars ---

NUMBERLIKE = st.one_of(
    st.text("0123456789_:.-+eExXobafnityYNT~=<", min_size=1, max_size=9),
    st.from_regex(
        r"[-+]?[0-9][0-9_]{0,3}(\.[0-9_]{0,3}|(:[0-5]?[0-9]){1,2}|[eE][-+]?[0-9]{1,2})?", fullmatch=True
    ),
)


@law
@given(NUMBERLIKE)
@example("0o7")
@example("00")
@example("010")
@example("-0")
def test_what_isnt_ambiguous_means_the_same_to_older_tools(text: str) -> None:
    ours = read("a", f"a: {text}".encode(), Format.YAML)
    assume(ours.data is not None)
    try:
        theirs = yaml.load(f"a: {text}", yaml.CSafeLoader)["a"]
    except (ValueError, yaml.YAMLError):
        theirs = "an error"
    assume(not isinstance(theirs, date))
    assert ours.data is not None
    value = ours.data["a"]
    assume(isinstance(value, str | int | float | None))
    only_in_the_specification = text in ("y", "Y", "n", "N")
    assert ambiguous(text) == (repr(value) != repr(theirs) or only_in_the_specification)
    assert [problem.rule for problem in ours.problems] == ["ambiguous-scalar"] * ambiguous(text)
    assert not reads_as_text(text) or value == text


@pytest.mark.parametrize(
    "text", ["9" * 5_000, "1" * 5_000 + ".5", "1_" * 3_000, "1" + ":1" * 3_000, "0xf" * 3_000]
)
def test_questions_about_very_long_texts_are_answered(text: str) -> None:
    assert isinstance(ambiguous(text), bool)
    assert isinstance(reads_as_text(text), bool)
