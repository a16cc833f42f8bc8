"""What code hosts, build servers and editors read: SARIF, GitHub, GitLab, JUnit and Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gitsm import formats
from gitsm.cli import main
from gitsm.diagnostic import Diagnostic, Place, Severity, Span
from gitsm.formats import sarif
from gitsm.formats.github import summary
from gitsm.formats.markdown import code, prose
from gitsm.lint import Report
from gitsm.terminal import safe

PARTS = [
    "@team",
    "#12",
    "http://a.example",
    "www.a.example",
    "GH-12",
    "<b>",
    "![",
    "](",
    "`",
    "``",
    "|",
    "\\",
]
texts = st.lists(
    st.one_of(st.sampled_from([*PARTS, " ", "\n", "::", "%", ",", "{0}", "]]>", "&lt;"]), st.text(max_size=5))
).map("".join)


def finding(
    message: str = "it is wrong",
    file: str = "a.yaml",
    severity: Severity = Severity.ERROR,
    rule: str = "a-rule",
    hint: str = "",
    **place: Any,
) -> Diagnostic:
    return Diagnostic(message, Place(file, **place), hint, rule=rule, severity=severity)


def report(*findings: Diagnostic, stood: tuple[Diagnostic, ...] = (), compared: bool = False) -> Report:
    return Report(findings, {}, 1, 1, 0, stood, compared or bool(stood))


def shown(name: str, found: Report) -> str:
    return "\n".join(formats.render(name, found))


@cache
def sarif_schema() -> Any:
    file = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"
    return jsonschema.Draft4Validator(json.loads(file.read_text(encoding="utf-8")))


def sarif_run(found: Report) -> Any:
    log = json.loads(shown("sarif", found))
    sarif_schema().validate(log)
    return log["runs"][0]


def test_sarif_of_a_repository_is_as_its_schema_says(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    files = {
        **example_files,
        "services/a/service.yaml": "nmae: A\ntier: 9\n",
        "services/ledger/service.yaml": "name: [\n",
    }
    found = report_of(files)
    run = sarif_run(found)
    assert len(run["results"]) == len(found.findings) > 3
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({finding.rule for finding in found.findings})
    assert all(rule["help"]["markdown"].count("\n```\n") >= 2 for rule in rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert sarif_schema().is_valid({"version": "2.1.0", "runs": [{"results": []}]}) is False


def test_sarif_has_places_and_labels() -> None:
    related = (Place("b c.yaml", span=Span(1, 1, 1, 2), label="first here"), Place("d.yaml"))
    run = sarif_run(report(replace(finding(span=Span(2, 3, 4, 5)), related=related)))
    (result,) = run["results"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 3, "endLine": 4, "endColumn": 5},
    }
    first, second = result["relatedLocations"]
    assert first["message"]["text"] == "first here"
    assert first["physicalLocation"]["artifactLocation"]["uri"] == "b%20c.yaml"
    assert second["physicalLocation"]["region"] == {"startLine": 1}
    assert run["columnKind"] == "unicodeCodePoints"
    assert "baselineState" not in result


@pytest.mark.parametrize(
    ("found", "states"),
    [
        (report(finding(), stood=(finding("b"),)), ["new", "unchanged"]),
        (report(finding(), compared=True), ["new"]),
    ],
)
def test_sarif_says_what_is_new_where_there_is_a_base(found: Report, states: list[str]) -> None:
    assert [result["baselineState"] for result in sarif_run(found)["results"]] == states


def test_sarif_keeps_what_is_new_and_bad_of_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 3)
    note, error = finding("n", severity=Severity.NOTE), finding("e")
    run = sarif_run(report(note, error, note, stood=(error, error)))
    kept = [(result["level"], result["baselineState"]) for result in run["results"]]
    assert kept == [("error", "new"), ("note", "new"), ("note", "new")]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("2 more findings are left out")


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("services/a/service.yaml", "services/a/service.yaml"),
        ("a b%20#?.yaml", "a%20b%2520%23%3F.yaml"),
        ("http://evil.example", "http%3A//evil.example"),
        ("//evil.example/a", ".//evil.example/a"),
        ("日.yaml", "%E6%97%A5.yaml"),
        ("a\nb", "a%0Ab"),
    ],
)
def test_an_address_is_relative_and_encoded(file: str, uri: str) -> None:
    assert sarif.uri(file) == uri


@given(texts)
def test_sarif_holds_whatever_is_in_a_text(text: str) -> None:
    place = Place(text, span=Span(1, 1, 1, 2), label=text)
    run = sarif_run(report(replace(finding(text, text, rule=text, hint=text), related=(place,))))
    (result,) = run["results"]
    for message in (
        result["message"]["text"],
        result["relatedLocations"][0].get("message", {}).get("text", ""),
    ):
        assert message.isprintable()
        assert not re.search(r"(?<!\\)\]\(", message)
        assert not re.search(r"(?<!\{)\{\d+\}(?!\})", message)
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[\w./~%-]*", uri, re.ASCII)
    assert not uri.startswith("/")
    assert (
        unquote(uri.removeprefix(".") if text.startswith("/") else uri, errors="strict")
        == text.encode("utf-8", "backslashreplace").decode()
    )


def unescaped(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner of GitHub reads it: its name, its properties, its text."""
    head, data = line[2:].split("::", 1)
    name, _, properties = head.partition(" ")
    pairs = dict(part.split("=", 1) for part in properties.split(","))
    turned = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    for old, new in turned.items():
        pairs = {key: value.replace(old, new) for key, value in pairs.items()}
        data = data if old in ("%3A", "%2C") else data.replace(old, new)
    return name, pairs, data


def test_github_shows_the_worst_first() -> None:
    found = [
        finding(f"{severity}", severity=severity, span=Span(1, 1, 1, 2)) for severity in reversed(Severity)
    ]
    lines = shown("github", report(*found)).split("\n")
    assert [line.split(" ")[0] for line in lines[:-1]] == ["::error", "::warning", "::notice"]
    assert lines[0] == (
        "::error file=a.yaml,line=1,endLine=1,col=1,endColumn=2,title=a-rule::a.yaml:1:1: error"
    )


@pytest.mark.parametrize(
    ("span", "properties"),
    [
        (None, {}),
        (Span(1, 2, 1, 3), {"line": "1", "endLine": "1", "col": "2", "endColumn": "3"}),
        (Span(1, 2, 3, 4), {"line": "1", "endLine": "3"}),
        (Span(1, 2, 3, 1), {"line": "1", "endLine": "2"}),
    ],
)
def test_github_gets_columns_within_one_line(span: Span | None, properties: dict[str, str]) -> None:
    line = shown("github", report(finding(span=span))).split("\n")[0]
    assert unescaped(line)[1] == {"file": "a.yaml", **properties, "title": "a-rule"}


@given(texts, texts)
def test_github_gets_one_command_for_each_finding(text: str, other: str) -> None:
    lines = shown("github", report(finding(text, other, rule=text, hint=other, span=Span(1, 1, 1, 2)))).split(
        "\n"
    )
    assert len(lines) == 2
    name, properties, data = unescaped(lines[0])
    assert name == "error"
    assert list(properties) == ["file", "line", "endLine", "col", "endColumn", "title"]
    assert properties["file"] == formats.harmless(other)
    assert properties["title"] == formats.harmless(text)
    assert data.count("\n") == bool(other)


def test_the_summary_of_a_job_is_cut_with_a_sentence() -> None:
    many = report(*(finding("日 " * 50, f"{number}.yaml") for number in range(200)), stood=(finding(),))
    whole = summary(many)
    assert "</details>" in whole
    for room in (*range(0, 400, 7), 2_000, len(whole.encode()) - 1):
        text = summary(many, room)
        assert len(text.encode()) <= room
        assert text.count("<details>") == text.count("</details>")
        if room >= 400:
            assert text.endswith("no room for more.\n")
    assert summary(many, len(whole.encode()) + 200) == whole


def test_check_adds_to_the_summary_of_a_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = tmp_path / "services" / "a" / "service.yaml"
    service.parent.mkdir(parents=True)
    service.write_text("nmae: A\n", encoding="utf-8")
    page = tmp_path / "summary.md"
    page.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    words = ["check", "--repo", str(tmp_path)]
    CliRunner().invoke(main, [*words, "--format", "full"])
    assert page.read_text(encoding="utf-8") == "before\n"
    result = CliRunner().invoke(
        main, [*words, "--format", "github", "--format", f"github={tmp_path / 'out'}"]
    )
    assert result.exit_code == 1
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n**1 record in 1 file checked: ")
    assert text.count("#### `services/a/service.yaml`") == 1
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "no" / "folder"))
    result = CliRunner().invoke(main, [*words, "--format", "github"])
    assert result.exit_code == 1
    assert "the job's summary can't be written" in result.output


def test_gitlab_lists_what_stood_before_too() -> None:
    found = report(finding(span=Span(7, 1, 7, 2)), finding("b", severity=Severity.NOTE), stood=(finding(),))
    issues = json.loads(shown("gitlab", found))
    assert [issue["severity"] for issue in issues] == ["major", "info", "major"]
    assert issues[0]["location"] == {"path": "a.yaml", "lines": {"begin": 7}}
    assert len({issue["fingerprint"] for issue in issues}) == 3
    assert json.loads(shown("gitlab", report())) == []


@given(texts)
def test_gitlab_holds_whatever_is_in_a_text(text: str) -> None:
    (issue,) = json.loads(shown("gitlab", report(finding(text, text, rule=text))))
    assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert issue["description"] == safe(text)
    assert issue["location"]["path"] == text


def test_junit_fails_where_the_check_does() -> None:
    found = [finding(severity=severity, hint="do it") for severity in Severity]
    suite = ET.fromstring(shown("junit", report(*found, stood=(finding(),))))
    assert suite.attrib == {
        "name": "gitsm check",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "2",
    }
    assert [case[0].tag for case in suite] == ["failure", "skipped", "skipped"]
    assert [case.get("name") for case in suite][1] == "a-rule: it is wrong (2)"
    assert suite[0][0].text == "a.yaml: it is wrong (hint: do it)"


def test_junit_is_not_empty_where_nothing_was_found() -> None:
    suite = ET.fromstring(shown("junit", report()))
    assert (suite.get("tests"), suite.get("failures"), len(suite), len(suite[0])) == ("1", "0", 1, 0)


@given(texts)
def test_junit_holds_whatever_is_in_a_text(text: str) -> None:
    written = shown("junit", report(finding(text, text, rule=text, hint=text)))
    assert written.isascii()
    (case,) = ET.fromstring(written)
    assert case.get("classname") == safe(text)
    assert case[0].get("message") == safe(text)
    assert [element.tag for element in case.iter()] == ["testcase", "failure"]


PAGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OUR_HTML = {"<details><summary>What stood there before, and fails nothing</summary>\n", "</details>"}
BLOCKS = {"paragraph", "heading", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td"}


def tokens_of(text: str) -> list[Token]:
    return [token for block in PAGE.parse(text) for token in (block, *(block.children or ()))]


def assert_tame(text: str) -> None:
    for token in tokens_of(text):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if token.type == "html_block":
            assert token.content in OUR_HTML
        elif token.type == "text":
            # Nothing that a code host makes a link, a mention or an emoji of is outside of code.
            assert not re.search(r"[^\w\s()'.,;:?-]", token.content), token.content
            assert not re.search(r"\w\.\w|[A-Za-z]-\d|_|:\w", token.content), token.content
        else:
            assert kind in {*BLOCKS, "inline", "code_inline", "strong", "softbreak", "hardbreak"}, token.type


@given(texts, texts)
def test_no_text_breaks_out_of_markdown(text: str, other: str) -> None:
    found = finding(text, other, rule=other, hint=text, span=Span(1, 1, 1, 2))
    assert_tame(shown("markdown", report(found, found, finding(other, text, rule=text), stood=(found,))))


@given(texts.filter(lambda text: text.strip()))
def test_code_says_what_it_was_given(text: str) -> None:
    (token,) = PAGE.parseInline("x " + code(text))[0].children[1:]  # type: ignore[index]
    assert token.type == "code_inline"
    assert token.content == formats.harmless(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("service payroll names no team", "service payroll names no team"),
        ("can't be read, (twice)", "can't be read, (twice)"),
        ("end is 2026-11-28T02:00+01:00, before it", "end is `2026-11-28T02:00+01:00`, before it"),
        ("did you mean a.b c.d?", "did you mean `a.b c.d`?"),
        ("see @team and #12", "see `@team` and `#12`"),
        ("commit deadbeef", "commit `deadbeef`"),
        ("a `b` c", "a `` `b` `` c"),
        ("Été 12: 日本", "Été 12: 日本"),
        ("", "(empty)"),
    ],
)
def test_plain_words_stay_text(text: str, written: str) -> None:
    assert prose(text) == written


def test_markdown_shows_the_file_with_the_worst_finding_first() -> None:
    found = report(
        finding("a", "a.yaml", Severity.NOTE, span=Span(3, 1, 3, 2)),
        finding("b", "b.yaml", hint="do it"),
        stood=(finding(rule="z"), finding(rule="y"), finding(rule="z")),
    )
    assert shown("markdown", found).split("\n") == [
        "**1 record in 1 file checked: 1 error, 1 note, 3 stood there before**",
        "",
        "#### `b.yaml`",
        "",
        "- **error** `a-rule`: b\\",
        "  hint: do it",
        "",
        "#### `a.yaml`",
        "",
        "- **note** line 3, `a-rule`: a",
        "",
        "<details><summary>What stood there before, and fails nothing</summary>",
        "",
        "| findings | rule |",
        "|---:|---|",
        "| 2 | `z` |",
        "| 1 | `y` |",
        "",
        "</details>",
    ]


@pytest.mark.parametrize("name", ["github", "gitlab", "sarif"])
def test_a_code_host_gets_paths_from_the_top_of_its_repository(name: str) -> None:
    found = Diagnostic("it is late", Place("runbooks/a.md"), related=(Place("runbooks/b.md"),), rule="late")
    report = Report((found,), {}, 1, 1, 0, folder="it services")
    shown = "\n".join(formats.render(name, report))
    assert ("it%20services/runbooks/a.md" if name == "sarif" else "it services/runbooks/a.md") in shown
    assert "it services" not in "\n".join(formats.render("concise", report))
