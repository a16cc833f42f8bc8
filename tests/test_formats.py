"""How a report is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from gitsm import formats
from gitsm.diagnostic import Diagnostic, Place, Severity, Span
from gitsm.formats.json import SCHEMA
from gitsm.lint import Report
from gitsm.terminal import cells, cut, safe, table

EVIL = "a\x1b[2J\u202e\x00\u0085b"


def report(*findings: Diagnostic, **texts: str) -> Report:
    return Report(
        findings,
        texts={f"{name}.yaml": text for name, text in texts.items()},
        files=1,
        records=1,
        suppressed=0,
    )


def finding(message: str = "it is wrong", **place: object) -> Diagnostic:
    where = Place("a.yaml", **place)  # type: ignore[arg-type]
    return Diagnostic(message, where, rule="a-rule", severity=Severity.ERROR)


@pytest.mark.parametrize("name", formats.names())
def test_nothing_that_a_terminal_obeys_gets_through(name: str) -> None:
    place = Place(f"{EVIL}.yaml", (EVIL,), Span(1, 1, 1, 3), EVIL)
    found = Diagnostic(EVIL, place, EVIL, (place,), "a-rule")
    shown = "\n".join(formats.render(name, Report((found,), {f"{EVIL}.yaml": EVIL}, 1, 1, 0)))
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert "a-rule" in shown


def test_json_is_as_its_schema_says(example_files: dict[str, str], report_of: Callable[..., Report]) -> None:
    files = {
        **example_files,
        "services/ledger/service.yaml": "name: [\n",
        "services/a/service.yaml": "nmae: A\n",
    }
    text = "\n".join(formats.render("json", report_of(files)))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(text), SCHEMA)
    assert json.loads(text)["counts"]["error"] == len(json.loads(text)["findings"])


CARETS = [
    ("name: Ledger", Span(1, 7, 1, 13), "  1 | name: Ledger", "    |       ^^^^^^"),
    ("name: Lédgér x", Span(1, 7, 1, 13), "  1 | name: Lédgér x", "    |       ^^^^^^"),
    ("name: 日本 x", Span(1, 7, 1, 9), "  1 | name: 日本 x", "    |       ^^^^"),
    ("name: 日本 x", Span(1, 10, 1, 11), "  1 | name: 日本 x", "    |            ^"),
    ("name:", Span(1, 6, 1, 6), "  1 | name:", "    |      ^"),
    ("a: |\n  b\n  c", Span(1, 4, 3, 4), "  1 | a: |", "    |    ^"),
    ("x" * 200, Span(1, 151, 1, 154), "  1 | …" + "x" * (24 + 47) + "…", "    | " + " " * 25 + "^^^"),
]


@pytest.mark.parametrize(("text", "span", "line", "caret"), CARETS)
def test_the_caret_stands_under_the_place(text: str, span: Span, line: str, caret: str) -> None:
    shown = list(formats.render("full", report(finding(span=span), a=text), width=80))
    assert shown[2:4] == [line, caret]


def test_no_line_is_wider_than_the_terminal() -> None:
    long = finding("it is wrong " * 30, span=Span(1, 150, 1, 190))
    for width in (60, 80, 120):
        lines = list(formats.render("full", report(long, a="word " * 60), width=width))
        assert max(map(cells, lines)) <= width


def test_a_place_beyond_the_text_is_shown_without_it() -> None:
    lines = list(formats.render("full", report(finding(span=Span(9, 1, 9, 2)), a="one"), width=80))
    assert lines[1] == "  --> a.yaml:9:1"


def test_concise_is_one_line_each() -> None:
    lines = list(formats.render("concise", report(finding("a\nb", span=Span(3, 4, 3, 5)))))
    assert lines[0] == "a.yaml:3:4: error [a-rule] a\\x0ab"
    assert len(lines) == 2


def test_colour_only_where_it_is_wanted() -> None:
    found = report(finding(span=Span(1, 1, 1, 2)), a="text")
    assert "\x1b[" not in "\n".join(formats.render("full", found))
    assert "\x1b[" in "\n".join(formats.render("full", found, colour=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日", "plain é 日"),
        ("\x1b[0m", "\\x1b[0m"),
        ("a\u202eb", "a\\u202eb"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_a_table_gives_way_in_its_last_column() -> None:
    lines = table(["a", "b"], [["one", "a long text that does not fit"], ["日本", "x"]], width=25)
    assert lines == ["a     b", "one   a long text that d…", "日本  x"]


def test_cut_counts_cells() -> None:
    assert cut("日本語", 4) == "日…"
    assert cut("abc", 3) == "abc"


def test_the_published_schema_is_the_one_that_holds() -> None:
    published = Path(__file__).parent.parent / "docs" / "check.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA
