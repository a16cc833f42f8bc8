"""One line for each finding, as editors and other tools read it: `file:line:column: severity [rule] message`."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.lint import Report
from gitsm.terminal import safe


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """A line for each finding, and one that counts them."""
    for finding in report.findings:
        span = finding.place.span
        where = f"{finding.place.file}:{span.line}:{span.column}" if span else finding.place.file
        yield safe(f"{where}: {finding.severity} [{finding.rule}] {finding.message}")
    yield report.summary
