"""SARIF 2.1.0, as code hosts and editors read it: results with their rules, places and fingerprints.

Addresses are relative to the top folder of the repository, whose name in the file is `%SRCROOT%`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from gitsm import __version__
from gitsm.diagnostic import Diagnostic, Place
from gitsm.formats import fingerprints, from_the_top, harmless_json
from gitsm.lint import Report
from gitsm.rules import RULES
from gitsm.terminal import safe

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 25_000
"""GitHub refuses a file with more results in a run; of those it takes it shows 5,000."""
MAX_RELATED = 100
"""GitHub shows no more places of one result."""

Marked = tuple[Diagnostic, str, bool]
"""A finding, its fingerprint, and whether it is new."""


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """One JSON document."""
    report = from_the_top(report)
    yield from harmless_json(as_data(report)).split("\n")


def as_data(report: Report) -> dict[str, Any]:
    """The report as the plain data of a SARIF log."""
    kept, left_out = _kept(report)
    rules = {name: index for index, name in enumerate(sorted({finding.rule for finding, _, _ in kept}))}
    invocation: dict[str, Any] = {"executionSuccessful": True}
    if left_out:
        text = f"{left_out} more findings are left out: a run holds {MAX_RESULTS} results at most"
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    run = {
        "tool": {
            "driver": {
                "name": "gitsm",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(name) for name in rules],
            }
        },
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the top folder of the repository"}}},
        "results": [_result(marked, rules, report.compared) for marked in kept],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _kept(report: Report) -> tuple[Sequence[Marked], int]:
    """The findings that there is room for, and how many there are beyond it: what is new and bad stays."""
    new, stood = fingerprints(report)
    found: list[Marked] = [(*pair, True) for pair in zip(report.findings, new, strict=True)]
    found += [(*pair, False) for pair in zip(report.stood, stood, strict=True)]
    if len(found) > MAX_RESULTS:
        found.sort(key=lambda marked: (not marked[2], marked[0].severity.rank))
    return found[:MAX_RESULTS], max(len(found) - MAX_RESULTS, 0)


def _rule(name: str) -> dict[str, Any]:
    rule = RULES.get(name)
    if rule is None:
        return {"id": name}
    words = [rule.summary, " ".join(rule.explanation.split())]
    return {
        "id": name,
        "name": name.title().replace("-", ""),
        "shortDescription": {"text": _text(rule.summary)},
        "fullDescription": {"text": _text(" ".join(words).strip())},
        "help": {
            "text": _text(
                f"{rule.summary}\n\n{rule.explanation}\n\nBad:\n\n{rule.bad}\n\nGood:\n\n{rule.good}"
            ),
            "markdown": f"{rule.summary}\n\n{rule.explanation}\n\n"
            f"**Bad**\n\n{_block(rule.bad)}\n\n**Good**\n\n{_block(rule.good)}\n",
        },
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": [rule.group]},
    }


def _block(fragment: str) -> str:
    fence = "`" * max(3, *(len(run) + 1 for run in ["", *re.findall("`+", fragment)]))
    return f"{fence}\n{fragment}\n{fence}"


def _result(marked: Marked, rules: dict[str, int], compared: bool) -> dict[str, Any]:
    finding, fingerprint, new = marked
    hint = f" (hint: {finding.hint})" if finding.hint else ""
    found: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules[finding.rule],
        "level": finding.severity.value,
        "message": {"text": _text(safe(finding.message + hint))},
        "locations": [_location(finding.place)],
        "partialFingerprints": {"gitsmFinding/v1": fingerprint},
    }
    if finding.related:
        related = finding.related[:MAX_RELATED]
        found["relatedLocations"] = [
            {"id": number, **_location(place)} for number, place in enumerate(related, start=1)
        ]
    if compared:
        found["baselineState"] = "new" if new else "unchanged"
    return found


def _location(place: Place) -> dict[str, Any]:
    # What is about the file itself gets its first line, because GitHub wants a line of everything.
    region = {"startLine": 1}
    if place.span is not None:
        span = place.span
        region = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    where = {"artifactLocation": {"uri": uri(place.file), "uriBaseId": "%SRCROOT%"}, "region": region}
    label = {"message": {"text": _text(safe(place.label))}} if place.label else {}
    return {"physicalLocation": where, **label}


def uri(file: str) -> str:
    """The path of a file as an address relative to the repository."""
    path = quote(file.encode("utf-8", "backslashreplace"), safe="/")
    # A path with a slash in front would lead out of the repository.
    return f".{path}" if path.startswith("/") else path


def _text(text: str) -> str:
    """A text in which SARIF sees no placeholder and no link."""
    if "](" in text:
        text = re.sub(r"([\[\]\\])", r"\\\1", text)
    # Only then: code hosts show braces as they are written, doubled or not.
    return text.replace("{", "{{").replace("}", "}}") if re.search(r"\{\d+\}", text) else text
