"""Problems that nobody can work on, or live with."""

from __future__ import annotations

from typing import Any

from gitsm.diagnostic import Severity
from gitsm.hollow import is_not_known
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.repository import Record, Repository
from gitsm.rules.causes import tells_why

SOLVED = ("resolved", "closed")
"""The states of a problem that is behind us."""


@rule
def known_error_without_workaround(repository: Repository) -> Findings:
    """A known error does not say how to live with it until it is fixed.

    That is what it is published for: support looks it up at night to get users going again. Where
    there is no workaround, that is worth knowing too, and is to be said. A section of the text whose
    heading speaks of a workaround is as good as the field.

    Bad:

        # problems/slow-tax-tables.md
        known_error: true
        workaround: null

    Good:

        # problems/slow-tax-tables.md
        known_error: true
        workaround: Resume the run with two more workers.
    """
    for problem in repository.of(Problem):
        fields = problem.fields
        if not fields.known_error or fields.workaround or fields.state in SOLVED:
            continue
        if not _has_section(problem, "workaround", "work around", "work-around"):
            yield problem.problem(
                f"{problem} is a known error, and has no workaround",
                "known_error",
                hint="write `workaround`, if only that there is none and what to tell users",
            )


@rule
def known_error_without_cause(repository: Repository) -> Findings:
    """A known error does not say what causes it.

    A known error is a problem that is understood and not yet fixed. While its cause is unknown nobody
    can tell which incidents it explains, nor whether a change would end it.

    Bad:

        # problems/slow-tax-tables.md
        known_error: true
        root_cause: null

    Good:

        # problems/slow-tax-tables.md
        known_error: true
        root_cause: The tax tables are read once for each employee.
    """
    for problem in repository.of(Problem):
        fields = problem.fields
        hint = "write `root_cause`; until it is known, it is a problem and no known error"
        if not fields.known_error or _has_section(problem, "cause"):
            continue
        if not fields.root_cause:
            message = f"{problem} is a known error, and its root cause is not written down"
            yield problem.problem(message, "known_error", hint=hint)
        elif is_not_known(fields.root_cause):
            message = f"{problem} is a known error, and its root cause is {fields.root_cause.strip()[:40]!r}"
            yield problem.problem(message, "root_cause", hint=hint)


@rule(severity=Severity.WARNING)
def solved_problem_without_cause(repository: Repository) -> Findings:
    """A problem is resolved or closed, and nothing says why it was there.

    What removed it may have hidden it, and whoever meets it again begins anew. A problem that was
    closed without a cause, because it never came back or was not worth the search, says that in
    `root_cause`. A text that says what it was due to, or has a section about the cause, is as good.

    Bad:

        # problems/slow-tax-tables.md
        state: resolved
        known_error: false
        root_cause: null

    Good:

        # problems/slow-tax-tables.md
        state: resolved
        known_error: false
        root_cause: The tax tables were read once for each employee.
    """
    for problem in repository.of(Problem):
        fields = problem.fields
        # Of a known error the other rule speaks, whatever its state.
        if fields.state not in SOLVED or fields.known_error or tells_why(problem):
            continue
        if not fields.root_cause or is_not_known(fields.root_cause):
            yield problem.problem(
                f"{problem} is {fields.state}, and its root cause is "
                + ("not written down" if not fields.root_cause else repr(fields.root_cause.strip()[:40])),
                "root_cause" if fields.root_cause else "state",
                hint="write `root_cause`, if only what was ruled out and why the search was given up",
            )


def _has_section(problem: Record[Problem], *words: str) -> bool:
    return any(word in heading.text.casefold() for heading in problem.prose.headings for word in words)


@rule(severity=Severity.NOTE)
def problem_without_incident(repository: Repository) -> Findings:
    """No incident names this problem.

    Its weight can't be seen: nobody knows how often it hurts, nor whether it is gone once it is fixed.
    A problem may be found before it hurts anybody; then a tag `proactive`, or a label `source` that
    says where it comes from, tells readers so, and this note goes.

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        disposition: resolved
        problem: null

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        disposition: problem
        problem: slow-tax-tables
    """
    for problem in repository.of(Problem):
        fields = problem.fields
        if fields.state in SOLVED or "proactive" in fields.tags or "source" in fields.labels:
            continue
        # From the data as written: an incident with another mistake names its problem all the same.
        if not any(link.source.kind.name == "incident" for link in repository.links_to(problem)):
            yield problem.problem(
                f"no incident names {problem}",
                "title",
                hint="write `problem: ...` into its incidents, or say where it comes from: `tags: [proactive]`",
            )


@rule(severity=Severity.WARNING)
def fix_promised_without_change(repository: Repository) -> Findings:
    """A problem is said to be fixed now, and no change does it.

    Its incidents go on, everybody believes that the end is near, and on no calendar stands when. A
    change that was canceled or failed is no fix. One that names an incident of the problem counts.

    Bad:

        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        origin: {demand: Supported databases only}

    Good:

        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        origin: {problem: slow-tax-tables}
    """
    for problem in repository.of(Problem):
        if problem.fields.state != "fix_in_progress":
            continue
        changes = _changes_for(repository, problem)
        # A change that can't be read says nothing of how it ended.
        ended = [
            change
            for change in changes
            if change.checked is not None
            and change.checked.closure is not None
            and change.checked.closure.code in ("unsuccessful", "canceled")
        ]
        if len(ended) == len(changes):
            but = f"; {_outcome(ended[-1])}" if ended else ""
            yield problem.problem(
                f"the fix of {problem} is in progress, and no change carries it out{but}",
                "state",
                hint=f"propose one, with `origin: {{problem: {problem.id}}}`",
                related=[change.place("closure", "code", label="no fix") for change in ended[-10:]],
            )


def _outcome(change: Record[Change]) -> str:
    assert change.fields.closure is not None
    return f"{change} {'was canceled' if change.fields.closure.code == 'canceled' else 'failed'}"


def _changes_for(repository: Repository, problem: Record[Problem]) -> list[Record[Change]]:
    """The changes that come from a problem or from one of its incidents, also those that can't be read."""
    origins: list[Record[Any]] = [problem, *repository.referring(problem, Incident, "problem")]
    found = {
        link.source.id: link.source
        for origin in origins
        for link in repository.links_to(origin)
        if link.source.kind.name == "change" and link.field == "origin"
    }
    return [found[id] for id in sorted(found)]
