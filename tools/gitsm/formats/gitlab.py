"""Code Quality, as GitLab shows it in a merge request.

GitLab itself compares the report of a branch with that of its target, by fingerprints: what stood there
before is listed too, or it would be taken for mended.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.formats import fingerprints, from_the_top, harmless_json
from gitsm.lint import Report
from gitsm.terminal import safe

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """One JSON list."""
    report = from_the_top(report)
    new, stood = fingerprints(report)
    issues = zip((*report.findings, *report.stood), (*new, *stood), strict=True)
    yield from harmless_json([_issue(finding, mark) for finding, mark in issues]).split("\n")


def _issue(finding: Diagnostic, fingerprint: str) -> dict[str, Any]:
    span = finding.place.span
    hint = f" (hint: {finding.hint})" if finding.hint else ""
    return {
        "description": safe(finding.message + hint),
        "check_name": finding.rule,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": {"path": finding.place.file, "lines": {"begin": span.line if span else 1}},
    }
