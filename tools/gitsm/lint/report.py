"""What a check found: everything that a format needs to show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.records.policy import POLICY_FILE


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: everything that a format needs to show it."""

    findings: Sequence[Diagnostic]
    """By file, line and rule; each with its span."""
    texts: Mapping[str, str] = field(repr=False)
    """The text of each file that a finding points into."""
    files: int
    records: int
    suppressed: int
    stood: Sequence[Diagnostic] = ()
    """Findings that the base has as well; they are not among `findings`, and fail nothing."""
    compared: bool = False
    """Whether there is a base at all: without one nobody knows what is new."""
    folder: str = ""
    """Where the records lie below the top of the Git work tree; empty at the top, and outside Git."""
    unjudged: int = 0
    """How many records can't be read or don't fit their schema, so that most rules say nothing of them."""

    @property
    def stood_before(self) -> int:
        """How many findings the base has as well."""
        return len(self.stood)

    def count(self, severity: Severity) -> int:
        """How many findings there are of a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def summary(self) -> str:
        """What was checked and found, in one line."""
        checked = f"{_counted(self.records, 'record')} in {_counted(self.files, 'file')} checked"
        found = [
            _counted(self.count(severity), severity.value) for severity in Severity if self.count(severity)
        ]
        parts = [f"{checked}: {', '.join(found) or 'no findings'}"]
        if self.suppressed:
            parts.append(f"{self.suppressed} ignored with a reason")
        if self.unjudged:
            they = "it fits its" if self.unjudged == 1 else "they fit their"
            parts.append(f"{_counted(self.unjudged, 'record')} can't be judged further before {they} schema")
        if self.stood_before:
            parts.append(f"{self.stood_before} stood there before")
        return ", ".join(parts)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def since(report: Report, base: Report) -> Report:
    """A report without the findings that the base has as well.

    A finding is the same one where rule, file and message are: lines move without anybody's doing.
    What is wrong with the policy never stood before: while it is, nothing can be judged by it.
    """
    before = Counter(_identity(finding) for finding in base.findings if finding.place.file != POLICY_FILE)
    fresh, stood = [], []
    for finding in report.findings:
        if before[_identity(finding)] > 0:
            before[_identity(finding)] -= 1
            stood.append(finding)
        else:
            fresh.append(finding)
    return replace(report, findings=tuple(fresh), stood=(*report.stood, *stood), compared=True)


def _identity(finding: Diagnostic) -> tuple[str, str, str]:
    return finding.rule, finding.place.file, finding.message
