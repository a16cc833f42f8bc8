"""Markdown for a comment on a pull request, and for the summary of a job.

Code hosts make links of much more than Markdown does: of people (`@team`), issues (`#12`, `GH-12`),
commits, addresses, and each host of something else. Only code is left alone by all of them. So a word
of a message stays text where it is a plain word, and everything else stands as code.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from gitsm.diagnostic import Diagnostic
from gitsm.formats import by_rule, harmless
from gitsm.lint import Report

_PLAIN = re.compile(r"(\(?)((?:[^\W\d_]+(?:['-][^\W\d_]+)*|\d{1,6}))([,.;:?)]*)")
"""A word, or a number, with the punctuation around it."""
_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """A line that counts, the findings by file, the files with the worst ones first, and what stood before."""
    yield f"**{report.summary}**"
    by_file: dict[str, list[Diagnostic]] = defaultdict(list)
    for finding in report.findings:
        by_file[finding.place.file].append(finding)
    for file, found in sorted(by_file.items(), key=lambda item: (_worst(item[1]), item[0])):
        yield from ("", f"#### {code(file)}", "")
        for finding in found:
            yield from _finding(finding)
    if report.stood:
        yield from _stood(report.stood)


def _worst(findings: Iterable[Diagnostic]) -> int:
    return min(finding.severity.rank for finding in findings)


def _finding(finding: Diagnostic) -> Iterator[str]:
    span = finding.place.span
    line = f"line {span.line}, " if span else ""
    end = "\\" if finding.hint else ""
    yield f"- **{finding.severity}** {line}{code(finding.rule)}: {prose(finding.message)}{end}"
    if finding.hint:
        yield f"  hint: {prose(finding.hint)}"


def _stood(findings: Iterable[Diagnostic]) -> Iterator[str]:
    yield ""
    yield "<details><summary>What stood there before, and fails nothing</summary>"
    yield from ("", "| findings | rule |", "|---:|---|")
    for rule, count in by_rule(findings):
        cell = code(rule).replace("|", r"\x7c")  # in a table a bar ends the cell, also in code
        yield f"| {count} | {cell} |"
    yield from ("", "</details>")


def prose(text: str) -> str:
    """A stranger's sentence: its plain words as text, and what a host could make something of as code."""
    words = harmless(text).split()
    if not words:
        return code(text)
    return " ".join(_spans(words))


def _spans(words: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    for word in words:
        if _is_plain(word):
            if held:
                yield code(" ".join(held))
            held = []
            yield word
            continue
        # The punctuation of a sentence is no part of what it names.
        tail = word[-1] if word[-1] in ",;?" and word[-2:-1].isalnum() else ""
        held.append(word.removesuffix(tail))
        if tail:
            yield code(" ".join(held)) + tail
            held = []
    if held:
        yield code(" ".join(held))


def _is_plain(word: str) -> bool:
    match = _PLAIN.fullmatch(word)
    return match is not None and not any(map(_COMMIT.fullmatch, re.split("[-']", match[2])))


def code(text: str) -> str:
    """A stranger's text as code, between more backticks than it holds in a row."""
    text = harmless(text)
    if not text.strip():
        return "(empty)"
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    edge = " " if "`" in (text[0], text[-1]) or text[0] == text[-1] == " " else ""
    return f"{fence}{edge}{text}{edge}{fence}"
