"""One line for each finding, as editors and other tools read it: `file:line:column: severity [rule] message`."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.diagnostic import Diagnostic
from gitsm.formats import harmless
from gitsm.lint import Report


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """A line for each finding, and one that counts them."""
    for finding in report.findings:
        yield harmless(f"{where(finding)}: {finding.severity} [{finding.rule}] {finding.message}")
    yield report.summary


def where(finding: Diagnostic) -> str:
    """The place of a finding, as `file:line:column`."""
    span = finding.place.span
    return f"{finding.place.file}:{span.line}:{span.column}" if span else finding.place.file
