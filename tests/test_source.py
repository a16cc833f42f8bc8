"""Reading: what is accepted means what YAML 1.2 says, all else has a rule, a line and a column."""

from __future__ import annotations

import sys
import unicodedata
from typing import Any

import pytest
from yaml._yaml import CParser

from gitsm import source
from gitsm.diagnostic import Diagnostic, Severity, Span
from gitsm.source import (
    Document,
    Format,
    Value,
    ambiguous,
    characters,
    comments,
    read,
    reads_as_text,
    syntax,
    too_large,
    yaml_reader,
)


def read_yaml(text: str | bytes) -> Document:
    return read("a.yaml", text.encode() if isinstance(text, str) else text, Format.YAML)


def read_markdown(text: str | bytes) -> Document:
    return read("a.md", text.encode() if isinstance(text, str) else text, Format.MARKDOWN)


def where(problem: Diagnostic) -> tuple[str, int, int]:
    assert problem.place.span is not None
    return problem.rule, problem.place.span.line, problem.place.span.column


def found(document: Document) -> list[tuple[str, int, int]]:
    return [where(problem) for problem in document.problems]


UNREADABLE, FORBIDDEN, INVALID = "unreadable-file", "forbidden-character", "invalid-yaml"
BEYOND, DUPLICATE, AMBIGUOUS = "yaml-beyond-plain-data", "duplicate-key", "ambiguous-scalar"

HOSTILE: dict[str, tuple[str | bytes, str, int, int]] = {
    # bombs and depth
    "brackets at the top": ("[" * 25_000, INVALID, 1, 1),
    "brackets in a value": ("a: " + "[" * 25_000, BEYOND, 1, 35),
    "braces": ("a: " + "{a: " * 20_000, BEYOND, 1, 128),
    "hyphens": ("a:\n" + "- " * 20_000, BEYOND, 2, 63),
    "indented keys": ("".join(f"{' ' * depth}k:\n" for depth in range(300)), BEYOND, 33, 33),
    "alias bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", BEYOND, 1, 4),
    "merge bomb": ("a: {x: 1}\nb:\n  <<: {y: 1}\n", BEYOND, 3, 3),
    "alias as key": ("a: 1\n*a : 2\n", BEYOND, 2, 1),
    "anchor on the top level": ("&a\nb: 1\n", BEYOND, 1, 1),
    "10 MB of small maps": ("x: [" + "{a: 1}, " * 1_300_000, UNREADABLE, 1, 1),
    "one big scalar": ("x: " + "y" * 300_000, UNREADABLE, 1, 1),
    "many nodes": ("x:\n" + "- b\n" * 50_100, BEYOND, 49_999, 3),
    # what plain data has no use for
    "tag": ("a: !!bool x\n", BEYOND, 1, 4),
    "tag of Python": ("a: 1\nb: !!python/object/apply:os.system [id]\n", BEYOND, 2, 4),
    "tag of an unknown handle": ("a: !e!f x\n", BEYOND, 1, 4),
    "tag that is no UTF-8": ("a: !%ed%a0%80 x\n", INVALID, 1, 4),
    "tag alone": ("a: !\n", BEYOND, 1, 4),
    "YAML 1.1": ("%YAML 1.1\n---\na: 1\n", BEYOND, 1, 1),
    "YAML 2.0": ("%YAML 2.0\n---\na: 1\n", BEYOND, 1, 1),
    "TAG directive": ("%TAG ! tag:x,2000:\n---\na: 1\n", BEYOND, 1, 1),
    "unknown directive": ("%FOO x\n---\na: 1\n", BEYOND, 1, 1),
    "second document": ("a: 1\n---\nb: 2\n", BEYOND, 2, 1),
    "second document, empty": ("---\na: 1\n---\n", BEYOND, 3, 1),
    "list as key": ("a: 1\n? [b]\n: c\n", BEYOND, 2, 3),
    "mapping as key": ("? {b: 1}\n: c\n", BEYOND, 1, 3),
    "flow mapping as key": ("a: {{b}: c}\n", BEYOND, 1, 5),
    "empty key": ('a: 1\n"": b\n', BEYOND, 2, 1),
    "no key in braces": ("a: {: b}\n", INVALID, 1, 5),
    "no key": ("a: 1\n: b\n", INVALID, 2, 1),
    "Cyrillic look-alike in a key": ("own\u0435r: x\n", BEYOND, 1, 1),
    "escape in a key": ('"a\\tb": 1\n', BEYOND, 1, 1),
    "5,000 digits": ("a: " + "9" * 5_000, BEYOND, 1, 4),
    "19 digits": ("a: 1\nb: 1234567890123456789\n", BEYOND, 2, 4),
    "19 hexadecimal digits": ("a: 0xffffffffffffffff\n", BEYOND, 1, 4),
    "19 digits after a dot": ("a: 0.1234567890123456789\n", BEYOND, 1, 4),
    "number that overflows": ("a: 12e345678\n", BEYOND, 1, 4),
    "number that vanishes": ("a: 1.0e-999\n", BEYOND, 1, 4),
    "infinity": ("a: [1, -.INF]\n", BEYOND, 1, 8),
    "no number": ("a: .nan\n", BEYOND, 1, 4),
    # twice the same key
    "duplicate": ("a: 1\nb: 2\na: 3\n", DUPLICATE, 3, 1),
    "duplicate within a list": ("a:\n  - {b: 1, c: 2, b: 3}\n", DUPLICATE, 2, 18),
    "number and text as key": ('1: a\n"1": b\n', DUPLICATE, 2, 1),
    "duplicate of an alias": ("a: *x\na: 1\n", BEYOND, 1, 4),
    "null and text as key": ("null: a\n'null': b\n", DUPLICATE, 2, 1),
    # bytes
    "UTF-16": ("a: 1\n".encode("utf-16"), UNREADABLE, 1, 1),
    "UTF-16 without mark": ("a: 1\nb: 2\n".encode("utf-16-le"), UNREADABLE, 1, 2),
    "Latin-1": ("a: 1\nb: M\xfcnchen\n".encode("latin-1"), UNREADABLE, 2, 5),
    "Latin-1 after a byte order mark": (b"\xef\xbb\xbfa: \xfc", UNREADABLE, 1, 4),
    "surrogate in UTF-8": (b"a: \xed\xa0\x80\n", UNREADABLE, 1, 4),
    "overlong slash": (b"a: 1\nb: \xc0\xaf\n", UNREADABLE, 2, 4),
    "cut off": ("a: ü".encode()[:-1], UNREADABLE, 1, 4),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", UNREADABLE, 1, 1),
    "NUL": ("a: 1\nb: x\0y\n", UNREADABLE, 2, 5),
    # characters
    "ESC": ("a: \x1b[31m\n", FORBIDDEN, 1, 4),
    "byte order mark in the middle": ("a: 1\n\ufeffb: 2\n", FORBIDDEN, 2, 1),
    "two byte order marks": ("\ufeff\ufeffa: 1\n", FORBIDDEN, 1, 1),
    "U+0085": ("a: x\x85b: y\n", FORBIDDEN, 1, 5),
    "U+2028": ("a: x\u2028y\n", FORBIDDEN, 1, 5),
    "lone CR": ("a: 1\rb: 2\n", FORBIDDEN, 1, 5),
    "right-to-left override": ("a: 1\nb: x \u202e y\n", FORBIDDEN, 2, 6),
    "zero width space": ("a: x\u200by\n", FORBIDDEN, 1, 5),
    "joiner between letters": ("a: x\u200dy\n", FORBIDDEN, 1, 5),
    "two joiners": ("a: \u0645\u200c\u200c\u062e\n", FORBIDDEN, 1, 6),
    "hidden data in selectors": ("a: \u263a\ufe0f\ufe01\ufe02\n", FORBIDDEN, 1, 6),
    "tag characters": ("a: x\U000e0041\n", FORBIDDEN, 1, 5),
    "Hangul filler": ("a: \u3164\n", FORBIDDEN, 1, 4),
    "non-character": ("a: \ufdd0\n", FORBIDDEN, 1, 4),
    "in a comment": ("# \u202e\na: 1\n", FORBIDDEN, 1, 3),
    "ESC from an escape": ('a: 1\nb: ["x", "\\x1b[31m"]\n', FORBIDDEN, 2, 10),
    "NUL from an escape": ('a: "\\0"\n', FORBIDDEN, 1, 4),
    "override from an escape": ('a: "\\u202e"\n', FORBIDDEN, 1, 4),
    "CR from an escape": ('a: "x\\r\\ny"\n', FORBIDDEN, 1, 4),
    "surrogate from an escape": ('a: "\\ud800"\n', INVALID, 1, 7),
    "no such code point": ('a: "\\UFFFFFFFF"\n', INVALID, 1, 7),
    # syntax
    "nothing": ("", INVALID, 1, 1),
    "blank lines": ("\n\n", INVALID, 1, 1),
    "comment alone": ("# x\n", INVALID, 1, 1),
    "document start alone": ("---\n", INVALID, 1, 1),
    "text at the top": ("\nhello\n", INVALID, 2, 1),
    "list at the top": ("# x\n- a\n", INVALID, 2, 1),
    "null at the top": ("~\n", INVALID, 1, 1),
    "alias at the top": ("*a\n", INVALID, 1, 1),
    "tab as indentation": ("a:\n\tb: 1\n", INVALID, 2, 1),
    "tab and nothing else": ("\n\t", INVALID, 2, 1),
    "comma missing before a blank": ("a: [b 'c' \n", INVALID, 1, 4),
    "tab in a text that goes on": ("a: b\n\tc\n", INVALID, 2, 1),
    "no-break space as indentation": ("a:\n  b: 1\n\u00a0\u00a0c: 2\n", INVALID, 3, 1),
    "no-break space before a hyphen": ("a:\n\u00a0\u00a0- x\n", INVALID, 2, 1),
    "no-break space alone": ("\u00a0a: 1\n", INVALID, 1, 1),
    "bracket never closed": ("a: 1\nb: [1, 2\n", INVALID, 2, 4),
    "brace never closed": ("a: {b: [1], c: 2", INVALID, 1, 4),
    "quote never closed": ("a: 1\nb: 'x\nc: y\n", INVALID, 2, 4),
    "unknown escape": ('a: "\\q"\n', INVALID, 1, 5),
    "colon in a text": ("a: b: c\n", INVALID, 1, 5),
    "line without colon": ("a: 1\nb\nc: 2\n", INVALID, 2, 1),
    "quote within quotes": ("a: 'it's'\n", INVALID, 1, 8),
    "text after a quote": ('a: "b" c\n', INVALID, 1, 8),
    "list beside its key": ("a: - b\n", INVALID, 1, 4),
    "list that moves left": ("a:\n  - b\n - c\n", INVALID, 3, 2),
    "text that begins with @": ("a: @b\n", INVALID, 1, 4),
    "text that begins with *": ("a: *.example.com\n", BEYOND, 1, 4),
    "text that begins with &": ("a: & b\n", BEYOND, 1, 4),
    "two commas": ("a: [1, , 2]\n", INVALID, 1, 8),
    "text beside a bar": ("a: | b\n", INVALID, 1, 6),
    "text after the end": ("a: 1\n...\nb: 2\n", INVALID, 3, 1),
    "key of 1,100 letters": ("k" * 1_100 + ": 1\n", INVALID, 1, 1),
}


@pytest.mark.parametrize(("text", "rule", "line", "column"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_yaml_is_refused_with_its_place(text: str | bytes, rule: str, line: int, column: int) -> None:
    document = read_yaml(text)
    assert document.data is None
    assert found(document)[0] == (rule, line, column)
    for problem in document.problems:
        assert problem.message.isprintable(), "a message must not carry what it warns of"
        assert problem.message[-1] not in ".:"
    document.span(("a", 0))
    list(document.comments())


class FailingParser(CParser):
    """Fails like no YAML parser should, at the fifth event."""

    failure: Exception = MemoryError()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.left = 4

    def get_event(self) -> Any:
        if not self.left:
            raise self.failure
        self.left -= 1
        return super().get_event()


FAILURES = [MemoryError(), RecursionError(), AttributeError("x"), UnicodeDecodeError("utf-8", b"", 0, 1, "x")]


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
def test_the_parsers_other_failures_are_problems(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (yaml_reader, syntax, comments):
        monkeypatch.setattr(module, "CParser", FailingParser)
    monkeypatch.setattr(FailingParser, "failure", failure)
    document = read_yaml("key: 1\nb: 2\n")
    assert found(document) == [(INVALID, 1, 4)]
    assert type(failure).__name__ in document.problems[0].message
    assert list(read_yaml("key: 1 # c\n").comments()) == []


def test_a_fault_of_our_own_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "SIMPLE_NUMBER", None)
    with pytest.raises(TypeError):
        read_yaml("a: 1\n")


BROKEN_MARKDOWN: dict[str, tuple[str, str, int, int]] = {
    "empty file": ("", "broken-front-matter", 1, 1),
    "no front matter": ("# Title\n", "broken-front-matter", 1, 1),
    "blank line before it": ("\n---\na: 1\n---\n", "broken-front-matter", 1, 1),
    "blank before it": (" ---\na: 1\n---\n", "broken-front-matter", 1, 1),
    "text beside the opening": ("--- # x\na: 1\n---\n", "broken-front-matter", 1, 1),
    "four hyphens": ("----\na: 1\n----\n", "broken-front-matter", 1, 1),
    "never closed": ("---\na: 1\n\n# Title\n", "broken-front-matter", 1, 1),
    "closed with dots": ("---\na: 1\n...\n\n# Title\n", "broken-front-matter", 1, 1),
    "nothing in it": ("---\n---\nbody\n", INVALID, 1, 1),
    "list in it": ("---\n- a\n---\n", INVALID, 2, 1),
    "tab in it": ("---\na:\n\tb: 1\n---\n", INVALID, 3, 1),
    "bracket never closed in it": ("---\na: [1\n---\nbody ]\n", INVALID, 2, 4),
    "anchor in it": ("---\na: &x 1\n---\n", BEYOND, 2, 4),
    "duplicate in it": ("---\na: 1\na: 2\n---\n", DUPLICATE, 3, 1),
    "ESC in the body": ("---\na: 1\n---\n\nx \x1b\n", FORBIDDEN, 5, 3),
    "override in the body": ("---\na: 1\n---\n`rm \u202e`\n", FORBIDDEN, 4, 5),
    "NUL in the body": ("---\na: 1\n---\n\0", UNREADABLE, 4, 1),
}


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"), BROKEN_MARKDOWN.values(), ids=BROKEN_MARKDOWN.keys()
)
def test_broken_markdown_is_refused_with_its_place(text: str, rule: str, line: int, column: int) -> None:
    document = read_markdown(text)
    assert document.data is None
    assert found(document)[0] == (rule, line, column)


def test_the_line_that_nearly_closes_front_matter_is_named() -> None:
    (problem,) = read_markdown("---\na: 1\n...\nbody\n").problems
    assert [(place.span, place.label) for place in problem.related] == [
        (Span(3, 1, 3, 4), "this line does not close it")
    ]


def test_front_matter_and_body_come_apart() -> None:
    document = read_markdown(
        "\ufeff---\r\ntitle: x\r\nlist: [a,\r\n  b]\r\n--- \r\n\r\n# Head\r\ntext\r\n---\r\nmore"
    )
    assert document.problems == ()
    assert document.data == {"title": "x", "list": ["a", "b"]}
    assert (document.body_line, document.body) == (6, "\n# Head\ntext\n---\nmore")
    assert document.text.split("\r\n")[document.body_line] == "# Head"
    assert document.span(("list", 1)) == Span(4, 3, 4, 4)


@pytest.mark.parametrize(("text", "body", "line"), [("---\na: 1\n---", "", 4), ("---\na: 1\n---\n", "", 4)])
def test_a_body_may_be_empty(text: str, body: str, line: int) -> None:
    document = read_markdown(text)
    assert (document.data, document.body, document.body_line) == ({"a": 1}, body, line)


def test_a_hint_says_what_the_bytes_look_like() -> None:
    def first(content: bytes) -> str:
        return f"{read_yaml(content).problems[0].message} {read_yaml(content).problems[0].hint}"

    assert "UTF-16" in first("a: 1".encode("utf-16-be"))
    assert "Latin-1" in first(b"a: M\xfcller")
    assert "ü" in first(b"a: M\xfcller")
    assert "binary" in first(b"\x89PNG\0\0")
    assert "cut off" in first(b"a: \xc3")
    assert "300,000 bytes" in too_large("a.yaml", 300_000).message


# Text, and what YAML 1.2's core schema makes of it.
PLAIN: dict[str, Value] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"], None),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **{word: word for word in ("nULL", "tRUE", "none", "nil", "truthy", "yesterday", "+", ".", "...x", "0o", "0x")},
    "0": 0, "7": 7, "07": 7, "00": 0,
    "-19": -19, "+12": 12, "0x1F": 31, "0xff": 255, "123456789012345678": 123456789012345678,
    "0.5": 0.5, "-0.0": -0.0, "12.50": 12.5, ".5": 0.5, "1.": 1.0, "1.5e+3": 1500.0, "-1.5E-3": -0.0015, "0.0e9": None,
    **{text: text for text in (
        "2026-11-28", "2026-02-30", "2026-13-01", "2026-11-28T22:00+01:00", "T25:61", "2026-11-28 22:00:00Z", "09:30",
        "1.2.3", "10.0.0.1", "15 min", "4 h", "1st", "-x", "+1 555", "0-0", "1/2", "12:60", "1-2", "5e", "e5", "0x1g",
        "a#b", "a:b", "http://x", "ünï", "日本", "\U0001f600",
    )},
}  # fmt: skip
PLAIN["0.0e9"] = 0.0  # warned of below: YAML 1.1 wants a sign in the exponent
AMBIGUOUS_PLAIN: dict[str, Value] = {
    **{word: word for word in ("y", "Y", "n", "N", "yes", "Yes", "YES", "no", "No", "NO")},
    **{word: word for word in ("on", "On", "ON", "off", "Off", "OFF", "=", "<<")},
    **{text: text for text in ("22:30", "190:20:30", "1:1", "-1:30", "190:20:30.15", "0:30.5", "12:34:56")},
    **{text: text for text in ("1_000", "1_000.5", "0b1", "0b_", "-0x1F", "0x_1F", "0_7", "-0b11")},
    "0644": 644, "-010": -10, "08": 8, "0o17": 15, "1e3": 1000.0, "1.5e3": 1500.0, "1e+3": 1000.0, "+.5": 0.5,
    "0.0e9": 0.0, "0123456": 123456,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PLAIN.items())
def test_plain_scalars_are_read_by_the_core_schema(text: str, value: Value) -> None:
    document = read_yaml(f"a: {text}\nb:\n  - {text}\n")
    assert document.data is not None
    assert repr(document.data) == repr({"a": value, "b": [value]})
    assert [p.rule for p in document.problems] == [AMBIGUOUS] * 2 * (text in AMBIGUOUS_PLAIN)
    assert reads_as_text(text) == (value == text)


@pytest.mark.parametrize(("text", "value"), AMBIGUOUS_PLAIN.items())
def test_what_older_tools_read_otherwise_is_warned_of(text: str, value: Value) -> None:
    document = read_yaml(f"a: {text}\n")
    assert repr(document.data) == repr({"a": value})
    (problem,) = document.problems
    assert (problem.severity, where(problem), problem.place.path) == (
        Severity.WARNING,
        (AMBIGUOUS, 1, 4),
        ("a",),
    )
    assert ambiguous(text)
    assert not reads_as_text(text)
    assert read_yaml(f"a: '{text}'\nb: \"{text}\"\nc: |-\n  {text}\n").problems == ()


def test_an_ambiguous_scalar_is_explained() -> None:
    def said(text: str) -> tuple[str, str]:
        (problem,) = read_yaml(f"a: {text}").problems
        return problem.message, problem.hint

    assert said("no") == ("`no` is false for YAML 1.1 tools and text here", "put it in quotes")
    assert said("22:30") == ("`22:30` is 1350 for YAML 1.1 tools and text here", "put it in quotes")
    assert said("0644") == (
        "`0644` is 420 for YAML 1.1 tools and 644 here", "put it in quotes, or write 644 for the number"
    )  # fmt: skip
    assert said("1_000") == (
        "`1_000` is 1000 for YAML 1.1 tools and text here", "put it in quotes, or write 1000 for the number"
    )  # fmt: skip
    assert said("1e3")[0] == "`1e3` is text for YAML 1.1 tools and 1000.0 here"


def test_keys_are_text_and_never_ambiguous() -> None:
    document = read_yaml("on: 1\n1: a\ntrue: b\nnull: c\n0x1: d\n1.50: e\n'x y': f\n2026-11-28: g\n")
    assert document.problems == ()
    assert document.data is not None
    assert list(document.data) == ["on", "1", "true", "null", "0x1", "1.50", "x y", "2026-11-28"]


def test_several_problems_come_together_and_in_order() -> None:
    document = read_yaml("a: \u202ex\nb: no\nb: 0644\nc: {d: &x 1, d: *x}\ne: \u200b\n")
    assert found(document) == [
        (FORBIDDEN, 1, 4), (AMBIGUOUS, 2, 4), (DUPLICATE, 3, 1), (AMBIGUOUS, 3, 4), (BEYOND, 4, 8),
        (DUPLICATE, 4, 14), (BEYOND, 4, 17), (FORBIDDEN, 5, 4),
    ]  # fmt: skip


def test_a_duplicate_names_the_first() -> None:
    document = read_yaml("a: {b: 1}\nc:\n  - b: 1\n    'b': 2\n    \"b\": 3\n")
    assert found(document) == [(DUPLICATE, 4, 5), (DUPLICATE, 5, 5)]
    for problem in document.problems:
        (first,) = problem.related
        assert (first.path, first.span) == (("c", 0, "b"), Span(3, 5, 3, 6))


@pytest.mark.parametrize(
    ("text", "rule", "shown", "more"),
    [
        ("a: '" + "\x1b" * 500 + "'", FORBIDDEN, source.MAX_CHARACTERS_SHOWN, 480),
        ("a: [" + "no, " * 500 + "]", AMBIGUOUS, source.MAX_PROBLEMS_SHOWN, 400),
        ("a: 1\n" * 501, DUPLICATE, source.MAX_PROBLEMS_SHOWN, 400),
    ],
)
def test_what_is_too_much_to_show_is_counted(text: str, rule: str, shown: int, more: int) -> None:
    problems = [problem for problem in read_yaml(text).problems if problem.rule == rule]
    assert len(problems) == shown
    assert problems[-1].hint.endswith(f"; {more} more like it in this file")


def test_depth_and_size_are_allowed_up_to_their_limits() -> None:
    deepest = "a: " + "[" * (source.MAX_DEPTH - 1) + "]" * (source.MAX_DEPTH - 1)
    assert read_yaml(deepest).problems == ()
    # The top level, the key and the list are nodes too.
    most = "x:\n" + "- b\n" * (source.MAX_NODES - 3)
    assert read_yaml(most).problems == ()
    assert found(read_yaml(most + "- b\n")) == [(BEYOND, source.MAX_NODES - 1, 3)]
    largest = b"a: " + b"x" * (source.MAX_BYTES - 3)
    assert read_yaml(largest).problems == ()
    assert found(read_yaml(largest + b"x")) == [(UNREADABLE, 1, 1)]


def test_every_control_and_format_character_is_refused_and_no_other() -> None:
    expected, refused = set(), set()
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and character not in "\t\n":
            expected.add(code)
        if characters.FORBIDDEN.search(f"x{character}y"):
            refused.add(code)
    not_characters = {code for code in range(0x110000) if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code < 0xFDF0}
    invisible = {0x115F, 0x1160, 0x3164, 0xFFA0}
    unassigned = {code for code in refused if unicodedata.category(chr(code)) == "Cn"}
    assert expected <= refused
    assert refused - unassigned <= expected | invisible
    assert not_characters <= unassigned


@pytest.mark.parametrize(
    "text",
    [
        "שלום عليكم", "می\u200cخواهم", "ක්\u200dෂ", "👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "🏳\ufe0f\u200d🌈",
        "👩🏽\u200d⚕\ufe0f", "a\u00a0b", "\ue000", "é e\u0301", "葛\U000e0100", "a\tb",
    ],
)  # fmt: skip
def test_honest_prose_is_left_alone(text: str) -> None:
    document = read_markdown(f"---\na: {text}\nb: '{text}'\n---\n{text}\n")
    assert document.problems == ()
    assert document.data == {"a": text, "b": text}


EXAMPLE = """\
name: Payroll
owner:
window: {start: 2026-11-28T22:00+01:00, end: 'x ''y'}
plan:
  - step: "one \\t two"
    takes: 15 min

  -
    - nested
# comment
text: |
  first

  second

folded: >+
  kept

plain: some words
  that go on   # comment
last: [a, {b: c}]
"""


@pytest.mark.parametrize(
    ("path", "on_key", "span"),
    [
        ((), False, Span(1, 1, 21, 18)),
        (("name",), False, Span(1, 7, 1, 14)),
        (("name",), True, Span(1, 1, 1, 5)),
        (("owner",), False, Span(2, 7, 2, 7)),
        (("owner", "x", 0), False, Span(2, 7, 2, 7)),
        (("window",), False, Span(3, 9, 3, 54)),
        (("window", "start"), True, Span(3, 10, 3, 15)),
        (("window", "end"), False, Span(3, 46, 3, 53)),
        (("window", "missing"), False, Span(3, 9, 3, 54)),
        (("window", "missing"), True, Span(3, 1, 3, 7)),
        (("plan",), False, Span(5, 3, 9, 13)),
        (("plan", 0), False, Span(5, 5, 6, 18)),
        (("plan", 0), True, Span(5, 5, 6, 18)),
        (("plan", 0, "step"), False, Span(5, 11, 5, 23)),
        (("plan", 1, 0), False, Span(9, 7, 9, 13)),
        (("plan", 2), False, Span(5, 3, 9, 13)),
        (("text",), False, Span(11, 7, 14, 9)),
        (("folded",), False, Span(16, 9, 18, 1)),
        (("plain",), False, Span(19, 8, 20, 13)),
        (("last", 1, "b"), False, Span(21, 15, 21, 16)),
        (("nowhere", "at", "all"), False, Span(1, 1, 21, 18)),
    ],
)
def test_spans(path: tuple[str | int, ...], on_key: bool, span: Span) -> None:
    assert read_yaml(EXAMPLE).span(path, on_key=on_key) == span


def test_a_broken_document_answers_with_what_was_read() -> None:
    document = read_yaml("a: 1\nb: {c: 2}\nd: [\n")
    assert document.data is None
    assert document.span(("b", "c")) == Span(2, 8, 2, 9)
    assert read_yaml(b"\xff").span(("a",)) == Span(1, 1, 1, 1)


def test_comments_of_yaml_are_those_outside_of_scalars() -> None:
    text = (
        "# one\r\na: x#y # two\nb: 'q # no' #three\nc: | # four\n  # no\n\n# five\nd: [1, # six\n  \"# no\"]\n"
        "e: >-\n  # no\n #seven\nf: plain\n  more # eight\n#"
    )
    assert [(line, column, comment) for line, column, comment in read_yaml(text).comments()] == [
        (1, 1, " one"), (2, 8, " two"), (3, 13, "three"), (4, 6, " four"), (7, 1, " five"), (8, 8, " six"),
        (12, 2, "seven"), (14, 8, " eight"), (15, 1, ""),
    ]  # fmt: skip


def test_a_no_break_space_is_blamed_only_where_it_indents() -> None:
    document = read_yaml("a: |\n  \u00a0poem\nb: c: d\n")
    assert found(document) == [(INVALID, 3, 5)]
    assert read_yaml("a: |\n  \u00a0poem\nb: \u00a0c\n").data == {"a": "\u00a0poem\n", "b": "\u00a0c"}
    assert found(read_yaml("\u00a0a: 1\n\u2003b: 1\n")) == [(INVALID, 1, 1), (INVALID, 2, 1)]


def test_comments_of_markdown_are_those_outside_of_code() -> None:
    text = """\
---
a: 1 # front
---
# Head <!-- one -->

x `<!-- no -->` <!-- two --> \\<!-- no --> ``y ` <!-- no --> `` <!-- three
goes on --> ` <!-- four -->

    <!-- no -->

```
<!-- no -->
```

> - <!-- five --> x

<!-- six

six --> <!-- seven -->
1. item
   <!-- eight -->

   ~~~
   <!-- no -->
   ~~~

<!-- never closed
"""
    document = read_markdown(text)
    comments = list(document.comments())
    assert comments == [
        (2, 6, " front"), (4, 8, " one "), (6, 17, " two "), (6, 64, " three\ngoes on "), (7, 15, " four "),
        (15, 5, " five "), (17, 1, " six\n\nsix "), (19, 9, " seven "), (21, 4, " eight "),
    ]  # fmt: skip
    for line, column, _ in comments[1:]:
        assert text.split("\n")[line - 1][column - 1 :].startswith("<!--")
    assert list(read_markdown("---\na: 1\n---\nno comment\n").comments()) == []
    broken = read_markdown("---\na: 1\n---\nx\ry\r<!-- z -->\rw\n")
    assert list(broken.comments()) == [(4, 5, " z ")]
