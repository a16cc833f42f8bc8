"""Why incidents happened, as far as their records say."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from gitsm.diagnostic import DataPath, Severity
from gitsm.hollow import is_not_known
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.repository import Record, Repository
from gitsm.rules.incidents import ROUNDING


@rule(severity=Severity.WARNING)
def incident_without_cause(repository: Repository) -> Findings:
    """An incident was closed, and nothing says why it happened.

    Whoever meets it again begins anew, and nobody can tell whether it is the same. Where the cause is
    not known, that is what a problem is for, and "unknown" is no cause. A text that says what it was
    due to, or has a section about the cause, is as good as the field.

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        disposition: resolved
        cause: null
        problem: null
        caused_by: null

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        disposition: resolved
        cause: The tax tables were read once for each employee.
        problem: null
        caused_by: null
    """
    for incident in repository.of(Incident):
        fields = incident.fields
        closed = "resolved" if fields.resolved is not None else "disposition"
        if fields.resolved is None and fields.disposition not in ("resolved", "problem"):
            continue
        if fields.disposition == "problem" and fields.problem is None:
            yield incident.problem(
                f"{incident} was handed to problem management, and names no problem",
                "disposition",
                hint="name it: `problem: <problem>`",
            )
        elif fields.problem or fields.caused_by or tells_why(incident):
            continue
        elif fields.cause and is_not_known(fields.cause):
            yield incident.problem(
                f"{incident} is resolved, and its cause is {fields.cause.strip()[:40]!r}",
                "cause",
                hint="say what is known and what was ruled out, or open a problem and name it",
            )
        elif not fields.cause:
            yield incident.problem(
                f"{incident} is resolved, and names no cause, no problem and no change",
                closed,
                hint="write `cause`, or open a problem where it is not known and name it",
            )


_WHY = re.compile(
    r"\b(?:caused by|due to(?! be\b)|because of|responsible for|resulted from|cause found"
    r"|cause(?:: | is | was )(?!not\b|un|still\b|being\b|tbd\b))",
    re.IGNORECASE,
)
"""Words with which a text says why something happened."""


def tells_why(incident: Record[Any]) -> bool:
    """Whether the text of an incident or a problem says why it happened, or has a section for it."""
    headings = [section.text.casefold() for section in incident.prose.headings]
    if any("cause" in heading or heading.startswith("why") for heading in headings):
        return True
    return _WHY.search(incident.body) is not None


@rule
def change_after_the_incident_it_caused(repository: Repository) -> Findings:
    """An incident is said to be caused by a change that was carried out only after it began, or never.

    The change is blamed for what it did not do, counts as one that failed, and the true cause is not
    looked for. Most often the change was the repair, or one with a similar name is meant.

    Bad:

        # changes/2026/2026-10-20-ledger-schema.yaml
        actual: {start: 2026-10-27T20:00+01:00, end: 2026-10-27T21:00+01:00}

    Good:

        # changes/2026/2026-10-20-ledger-schema.yaml
        actual: {start: 2026-10-24T20:00+02:00, end: 2026-10-24T21:00+02:00}
    """
    for incident in repository.of(Incident):
        change = repository.get(Change, incident.fields.caused_by)
        if change is None:
            continue
        began = incident.fields.started or incident.fields.detected
        carried_out = _carried_out(change)
        if carried_out is None:
            yield incident.problem(
                f"{incident} names {change} as its cause, which was canceled",
                "caused_by",
                related=[change.place("closure", "code", label="never carried out")],
            )
            continue
        path, start = carried_out
        if began is not None and start is not None and began + ROUNDING <= start:
            when = "began" if path[0] == "actual" else "was to begin"
            yield incident.problem(
                f"{incident} began at {began.isoformat(timespec='minutes')}, and {change}, which it names as its"
                f" cause, {when} only at {start.isoformat(timespec='minutes')}",
                "caused_by",
                hint="a change that repairs it names the incident itself: `origin: {incident: ...}`",
                related=[change.place(*path, label=f"the change {when}")],
            )


def _carried_out(change: Record[Change]) -> tuple[DataPath, datetime | None] | None:
    """Where a change says when it began or was to begin, and that moment; None where it never did."""
    fields = change.fields
    if fields.actual is not None:
        return ("actual", "start"), fields.actual.start
    if fields.closure is not None and fields.closure.code == "canceled":
        return None
    return ("window", "start"), fields.window.start if fields.window is not None else None
