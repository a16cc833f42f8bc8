"""How a report is shown."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm import formats
from gitsm.diagnostic import Diagnostic, Edit, NewKey, NewSection, NewText, NewValue, Place, Severity, Span
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


HOSTILE = [
    EVIL,
    "::error file=a.yaml::stolen",
    "\n::stop-commands::token",
    "  ::add-mask::a",
    "##[add-mask]secret",
    "###[error]stolen",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildStatus status='SUCCESS']",
    "%0A::error::stolen",
    "a,line=1::b",
    "</failure><script>alert(1)</script>",
    "]]>&lol;<!-- -->",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert) ![a](//evil.example/a.png)",
    "@team #12 GH-12 !3 https://evil.example www.evil.example a@evil.example",
    "a | b ` c `` d \\",
    "{0} {{1}",
    "=HYPERLINK(1) +1 -1 @SUM(A1)",
    "\ud800 \udcff \ufffe \uffff",
    "a b%20c#d?e/../../f",
    "//evil.example/a",
    "",
    " ",
    "日本\u0301語" * 40,
]


def all_hostile(text: str, severity: Severity = Severity.ERROR, edit: Edit | None = None) -> Report:
    """A report in which every text is the same one."""
    span = Span(1, 1, 1, 3)
    place = Place(text, (text,), span, text)
    found = Diagnostic(text, place, text, (place, Place("b.yaml")), text, severity, edit)
    return Report((found,), {text: text + "\n"}, 1, 1, 0, (found, found), compared=True)


def obeyed(line: str) -> bool:
    """Whether a build machine takes a line, or something in it, for a command."""
    at_start = line.lstrip().startswith("::")
    return at_start or "##[" in line or "##vso[" in line or "##teamcity[" in line


def assert_inert(name: str, report: Report, width: int) -> None:
    lines = list(formats.render(name, report, width=width))
    assert lines == list(formats.render(name, report, width=width))
    for line in lines:
        assert line.isprintable()
        assert name == "github" or not obeyed(line)
    commands = [line for line in lines if obeyed(line)]
    assert len(commands) == (len(report.findings) if name == "github" else 0)


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("severity", Severity)
def test_nothing_in_a_record_breaks_out_of_a_format(name: str, text: str, severity: Severity) -> None:
    for width in (30, 60, 120):
        assert_inert(name, all_hostile(text, severity), width)


hostile_texts = st.lists(
    st.one_of(st.sampled_from([*HOSTILE, "::", "##[", "]", "`", "\n", " "]), st.text())
).map("".join)


@pytest.mark.parametrize("name", formats.names())
@given(text=hostile_texts, width=st.sampled_from([20, 60]))
def test_no_text_breaks_out_of_a_format(name: str, text: str, width: int) -> None:
    assert_inert(name, all_hostile(text), width)


def test_a_line_that_is_wrapped_is_no_command() -> None:
    for length in range(70):
        found = report(
            replace(finding("a" * length + "::error::stolen " + "b " * length + "::error::c"), hint="::d")
        )
        for line in formats.render("full", found, width=60):
            assert not obeyed(line)
            assert cells(line) <= 60


def test_a_finding_has_the_same_fingerprint_wherever_it_has_moved() -> None:
    first, moved = finding(span=Span(1, 1, 1, 2)), finding(span=Span(9, 1, 9, 2))
    (one,), _ = formats.fingerprints(report(first))
    assert formats.fingerprints(report(moved)) == ([one], [])
    assert formats.fingerprints(report(replace(moved, hint="another"))) == ([one], [])
    both, _ = formats.fingerprints(report(first, moved))
    assert both[0] == one != both[1]
    assert formats.fingerprints(replace(report(moved), stood=(first,))) == ([both[1]], [one])
    assert formats.fingerprints(report(finding("it is worse")))[0] != [one]


def test_a_fingerprint_is_as_it_was_published() -> None:
    # Code hosts know findings again by it: this figure never changes.
    assert formats.fingerprints(report(finding()))[0] == ["bd757ec282eae9e1ab67819e3184de38"]


def test_what_stood_before_is_counted_by_rule() -> None:
    stood = [replace(finding(), rule=rule) for rule in ["broken-link"] * 12 + ["z-rule", "a-rule", "z-rule"]]
    lines = list(formats.render("full", replace(report(), stood=tuple(stood), compared=True)))
    assert lines == [
        "stood there before, and fails nothing:",
        "  12  broken-link",
        "   2  z-rule",
        "   1  a-rule",
        "",
        "1 record in 1 file checked: no findings, 15 stood there before",
    ]
    assert len(list(formats.render("concise", replace(report(), stood=tuple(stood))))) == 1


@pytest.mark.parametrize(
    ("safe_ones", "others", "says"),
    [
        (0, 0, None),
        (3, 0, "3 can be mended by gitsm fix"),
        (3, 1, "3 can be mended by gitsm fix, 1 more with --unsafe"),
        (0, 2, "2 can be mended by gitsm fix --unsafe"),
    ],
)
def test_full_says_what_can_be_mended(safe_ones: int, others: int, says: str | None) -> None:
    edits = [NewValue("a.yaml", (), "b", safe=at < safe_ones) for at in range(safe_ones + others)]
    found = report(*(replace(finding(), edit=edit) for edit in edits), finding())
    lines = list(formats.render("full", found))
    assert [line for line in lines if "mended" in line] == ([says] if says else [])


EDITS = [
    (NewValue("a.yaml", ("b", 1), "c"), {"new": "value", "path": ["b", 1], "value": "c"}),
    (NewKey("a.yaml", ("b",), "c"), {"new": "key", "path": ["b"], "key": "c"}),
    (NewSection("a.yaml", "c"), {"new": "section", "heading": "c", "above": []}),
    (
        NewText("a.yaml", Span(1, 2, 3, 4), "c"),
        {"new": "text", "line": 1, "column": 2, "end_line": 3, "end_column": 4, "text": "c"},
    ),
]


@pytest.mark.parametrize(("edit", "data"), EDITS)
def test_json_has_the_edit(edit: Edit, data: dict[str, object]) -> None:
    for made, is_safe in ((edit, True), (replace(edit, safe=False), False)):
        shown = json.loads("".join(formats.render("json", all_hostile("a", edit=made))))
        jsonschema.validate(shown, SCHEMA)
        assert shown["findings"][0]["edit"] == {**data, "file": "a.yaml", "safe": is_safe}
        assert [len(shown["stood"]), shown["stood_before"]] == [2, 2]


@given(text=hostile_texts)
def test_json_says_exactly_what_was_found(text: str) -> None:
    found = all_hostile(text)
    shown = json.loads("\n".join(formats.render("json", found)))
    jsonschema.validate(shown, SCHEMA)
    place = shown["findings"][0]["place"]
    assert shown["findings"][0]["message"] == shown["findings"][0]["hint"] == place["file"] == text


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


def test_places_of_one_line_share_it() -> None:
    places = [Place("a.yaml", span=Span(1, 1, 1, 4), label="this"), Place("a.yaml", span=Span(2, 1, 2, 2))]
    found = replace(finding(span=Span(1, 7, 1, 9)), related=tuple(places))
    assert list(formats.render("full", report(found, a="one: two\nb")))[1:-2] == [
        "  --> a.yaml:1:7",
        "  1 | one: two",
        "    |       ^^",
        "    | --- this",
        "  --> a.yaml:2:1",
        "  2 | b",
        "    | -",
    ]
    # There is one mark in the part of a long line that is shown.
    assert (
        sum("-->" in line for line in formats.render("full", report(found, a="one: two" * 30 + "\nb"))) == 3
    )


def test_a_long_label_stands_under_its_mark() -> None:
    place = Place("a.yaml", span=Span(1, 40, 1, 44), label="word " * 30)
    found = replace(finding(span=Span(1, 1, 1, 2)), related=(place,))
    lines = list(formats.render("full", report(found, a="x" * 43), width=60))
    assert max(map(cells, lines)) <= 60
    assert lines.count("    |" + " " * 40 + "----") == 1


def test_a_message_without_end_is_cut() -> None:
    lines = list(formats.render("full", report(finding("word " * 5_000)), width=60))
    assert len(lines) == 15
    assert lines[11].endswith("…")
    assert "word " * 4_999 in "\n".join(formats.render("concise", report(finding("word " * 5_000))))


def test_lines_end_where_the_checks_say_so() -> None:
    found = report(finding(span=Span(2, 1, 2, 4)), a="a\u2028b\x0cc\r\ntwo\r\n")
    assert list(formats.render("full", found))[2:4] == ["  2 | two", "    | ^^^"]


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
    if os.environ.get("GITSM_REWRITE"):
        published.write_text(json.dumps(SCHEMA, indent=2) + "\n", encoding="utf-8")
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA
