"""Annotations beside the lines of a pull request on GitHub, as commands that its runner reads.

GitHub shows ten annotations of each severity in a step: errors come first. The whole report goes into
the job's summary, which `summary` makes from the format `markdown`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.formats import from_the_top, harmless, markdown
from gitsm.formats.concise import where
from gitsm.lint import Report

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
MAX_SUMMARY = 1024 * 1024
"""How many bytes GitHub takes as the summary of a step; of a longer one it shows nothing."""
_CUT = "The findings after these are left out: the summary of a job has no room for more."


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """A command for each finding, the worst first, and a line that counts them."""
    report = from_the_top(report)
    for finding in sorted(report.findings, key=lambda finding: finding.severity.rank):
        properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(finding))
        # The log shows the message alone, so it names the place as well.
        message = harmless(f"{where(finding)}: {finding.message}")
        hint = f"\nhint: {harmless(finding.hint)}" if finding.hint else ""
        yield f"::{COMMANDS[finding.severity]} {properties}::{_data(message + hint)}"
    yield report.summary


def summary(report: Report, room: int = MAX_SUMMARY) -> str:
    """The report in Markdown, cut with a sentence where it takes more bytes than there is room for."""
    lines: list[str] = []
    close = ["", "</details>"]
    left = room - len("\n".join([*close, "", _CUT, ""])) - 1
    for line in markdown.render(report, colour=False, width=0):
        left -= len(line.encode()) + 1
        if left < 0:
            opened = any(line.startswith("<details>") for line in lines)
            return "\n".join([*lines, *(close if opened else []), "", _CUT, ""])[: max(room, 0)]
        lines.append(line)
    return "\n".join([*lines, ""])


def _properties(finding: Diagnostic) -> Iterator[tuple[str, str]]:
    yield "file", finding.place.file
    span = finding.place.span
    if span is not None:
        # The end is exclusive: at the first column of a line it is the end of the line before.
        end = span.end_line - (span.end_column == 1 and span.end_line > span.line)
        yield "line", str(span.line)
        yield "endLine", str(end)
        if span.line == span.end_line:  # GitHub takes columns within one line only
            yield "col", str(span.column)
            yield "endColumn", str(span.end_column)
    yield "title", finding.rule


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")
