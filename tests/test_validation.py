"""What is said of records that don't fit: where, in which words, with which advice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitsm.lint import Report
from gitsm.schema.spelling import nearest

CHANGE = "changes/2026/2026-11-20-move.yaml"
GOOD = """\
title: Move the ledger
type: normal
services: [ledger]
plan: Move it.
rollback: Move it back.
"""

MISTAKES = [
    ("owner: x\n", "unknown-field", "change has no field named owner", (6, 1)),
    (
        "origin: {demand: smaller, faster runs}\n",
        "unknown-field",
        "origin has no field named faster runs",
        (6, 27),
    ),
    ("titel: x\n", "unknown-field", "change has no field named titel", (6, 1)),
    ("risk: hihg\n", "invalid-value", "risk is hihg, and must be low, moderate, high or very_high", (6, 7)),
    ("impact: 4\n", "invalid-value", "impact is 4, and must be at most 3", (6, 9)),
    ("impact: '2'\n", "invalid-value", "impact is 2, where a whole number belongs", (6, 9)),
    ("version: 18.1\n", "invalid-value", "version is 18.1, where a text belongs", (6, 10)),
    ("tags: finance\n", "invalid-value", "tags is finance, where a list belongs", (6, 7)),
    ("tags: [Finance]\n", "invalid-value", "tags.0 is Finance, which is not of the form asked for", (6, 8)),
    (
        "origin: it broke\n",
        "invalid-value",
        "origin is it broke, where a mapping of keys to values belongs",
        (6, 9),
    ),
    ("origin:\n", "invalid-value", "origin has no value", (6, 8)),
    ("watch: {signals: [a]}\n", "missing-field", "watch has no until", (6, 8)),
    (
        "window: {start: 2026-12-01T22:00, end: 2026-12-01T23:00}\n",
        "invalid-value",
        "window.start is no valid value: 2026-12-01T22:00 has no offset from UTC, and the window names no"
        " timezone",
        (6, 17),
    ),
    (
        "window: {start: 2026-03-29T01:30, end: 2026-03-29T02:30, timezone: Europe/Vienna}\n",
        "invalid-value",
        "window.end is no valid value: 2026-03-29T02:30 does not exist in Europe/Vienna: the clocks skip it",
        (6, 40),
    ),
    (
        "watch: {until: 2026-02-30T10:00Z}\n",
        "invalid-value",
        "watch.until is no valid value: 2026-02-30T10:00Z names a day or time that does not exist",
        (6, 16),
    ),
    (
        'justification: ""\n',
        "invalid-value",
        "justification is empty",
        (6, 16),
    ),
    (
        "links: [{title: a, url: 'javascript:alert(1)'}]\n",
        "invalid-value",
        "links.0.url is javascript:alert(1), which is not of the form asked for",
        (6, 25),
    ),
    (
        "tests: [{kind: functional, result: ok}]\n",
        "invalid-value",
        "tests.0.result is ok, and must be passed or failed",
        (6, 36),
    ),
]


@pytest.mark.parametrize(("line", "rule", "message", "place"), MISTAKES)
def test_a_mistake_is_named_at_its_place(
    line: str,
    rule: str,
    message: str,
    place: tuple[int, int],
    example_files: dict[str, str],
    report_of: Callable[..., Report],
) -> None:
    findings = report_of({**example_files, CHANGE: GOOD + line}).findings
    span = findings[0].place.span
    assert span is not None
    assert [(finding.rule, finding.message) for finding in findings] == [(rule, message)]
    assert (span.line, span.column) == place


HINTS = {
    "tags: [Foo]": "words of lower-case letters and digits joined by hyphens, such as finance",
    "assignees: [A b]": "words of lower-case letters and digits joined by hyphens, such as finance",
    "release: 'Autumn 2026'": "words of lower-case letters and digits joined by hyphens, such as finance",
    "links: [{title: a, url: 'javascript:alert(1)'}]": (
        "an address that begins with https://, http://, mailto: or tel:, such as https://www.example.com/a"
    ),
    "version: 18.1": "put quotes round it",
    "impact: '2'": "leave its quotes out",
    "impact: high": "",
    "tags: finance": "write [finance]",
    "tags: 'yes'": 'write ["yes"]',
    "tags: Foo Bar": "",
    "watch: {until: 2026-12-09T10:00Z, signals: 'a: b'}": 'write ["a: b"]',
    "confirmations: ledger": "write [{service: ledger}]",
    "confirmations: [ledger]": "write {service: ledger}",
    "handover: {knowledge: read-it}": "",
    "origin: it broke": "",
    "window: {start: 2026-12-01T22:00, end: 2026-12-01T23:00}": (
        "add its offset, such as +01:00, or `timezone: Europe/Vienna` to the window"
    ),
    "window: {start: 2026-10-25T02:30, end: 2026-10-25T05:00, timezone: Europe/Vienna}": (
        "add its offset, such as +02:00, or give another time"
    ),
    "window: {start: 2026-12-01T22:00, end: 2026-12-01T23:00, timezone: europe/wienna}": (
        "did you mean Europe/Vienna?"
    ),
    "window: {start: 2026-12-01T22:00, end: 2026-12-01T23:00, timezone: New York}": (
        "did you mean America/New_York?"
    ),
    "window: {start: 2026-12-01T22:00, end: 2026-12-01T23:00, timezone: 1}": "",
}


@pytest.mark.parametrize(("line", "hint"), HINTS.items())
def test_a_mistake_has_advice(
    line: str, hint: str, example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    findings = report_of({**example_files, CHANGE: f"{GOOD}{line}\n"}).findings
    assert [(finding.rule, finding.hint) for finding in findings] == [("invalid-value", hint)]


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("sla", ["OLA", "SLA", "UC"], "SLA"),
        ("Servcies", ["services", "title"], "services"),
        ("payrol", ["ledger", "payroll"], "payroll"),
        ("x", ["ledger"], None),
        ("", ["ledger"], None),
    ],
)
def test_the_nearest_word(word: str, known: list[str], found: str | None) -> None:
    assert nearest(word, known) == found


def test_a_misspelt_required_field_is_one_finding(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    findings = report_of({**example_files, CHANGE: GOOD.replace("title", "titel")}).findings
    assert [(finding.message, finding.hint) for finding in findings] == [
        ("change has no field named titel", "did you mean title?")
    ]


def test_each_form_of_a_field_is_judged_by_its_own_rules(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    steps = GOOD.replace("plan: Move it.", "plan: [{step: Move it, takes: soon}]")
    findings = report_of({**example_files, CHANGE: steps}).findings
    assert [finding.place.path for finding in findings] == [("plan", 0, "takes")]
    assert report_of({**example_files, CHANGE: GOOD.replace("Move it.", "7")}).findings[0].message == (
        "plan is 7, which has none of the forms it may take"
    )


def test_mistakes_of_different_sorts_are_found_together(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    text = (
        "titel: Move the ledger\ntype: nromal\nservices: [leger]\n"
        "window: {start: 2026-12-12T22:00+01:00, end: 2026-12-12T02:00+01:00}\n"
        "plan: Move it.\nrollback: Move it back.\nversion: 1.0\n"
    )
    rules = [finding.rule for finding in report_of({**example_files, CHANGE: text}).findings]
    assert rules == [
        "unknown-field",
        "invalid-value",
        "unknown-reference",
        "end-before-start",
        "invalid-value",
    ]


def test_a_window_of_no_length_is_none(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    window = "window: {start: 2026-12-12T22:00+01:00, end: 2026-12-12T21:00Z}\n"
    assert [finding.message for finding in report_of({**example_files, CHANGE: GOOD + window}).findings] == [
        "window.end of change 2026-11-20-move is 2026-12-12T21:00Z,"
        " not after its window.start, 2026-12-12T22:00+01:00"
    ]
