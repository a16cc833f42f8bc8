"""Incidents that come back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from gitsm.change_control import ended
from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.repository import Record, Repository, once
from gitsm.schema.values import read_day

Cluster = tuple[Record[Incident], ...]
"""Incidents that follow on each other, the first one first."""

MOST_SHOWN = 10
"""How many of a list are named in a message."""


@rule(severity=Severity.WARNING)
def recurrence_without_problem(repository: Repository, *, times: int = 3, days: int = 30) -> Findings:
    """The same sort of incident came back to a service, and no problem was opened.

    Each time service is restored, and each time the cause stays. Incident management ends an outage;
    only problem management ends a series of them. Incidents count as the same where service and
    category are; where there is no category, where their titles are word for word. Those that name a
    problem don't count.

    Options:
        times: so often is a recurrence
        days: within so many days

    Bad:

        # incidents/2026/2026-10-02-pay-run-late.md (whole)
        ---
        title: Pay run stopped at midnight
        services: [payroll]
        started: 2026-10-02T00:10+02:00
        category: memory
        ---
        # incidents/2026/2026-10-14-pay-run-stopped.md (whole)
        ---
        title: Pay run stopped half way
        services: [payroll]
        started: 2026-10-14T13:10+02:00
        category: memory
        ---
        # incidents/2026/2026-10-23-pay-run-stopped.md (whole)
        ---
        title: Pay run stopped again
        services: [payroll]
        started: 2026-10-23T14:00+02:00
        category: memory
        ---

    Good:

        # incidents/2026/2026-10-02-pay-run-late.md (whole)
        ---
        title: Pay run stopped at midnight
        services: [payroll]
        started: 2026-10-02T00:10+02:00
        category: memory
        problem: slow-tax-tables
        ---
        # incidents/2026/2026-10-14-pay-run-stopped.md (whole)
        ---
        title: Pay run stopped half way
        services: [payroll]
        started: 2026-10-14T13:10+02:00
        category: memory
        problem: slow-tax-tables
        ---
        # incidents/2026/2026-10-23-pay-run-stopped.md (whole)
        ---
        title: Pay run stopped again
        services: [payroll]
        started: 2026-10-23T14:00+02:00
        category: memory
        problem: slow-tax-tables
        ---
    """
    within = timedelta(days=min(days, 36_500))
    found: dict[tuple[str, str], tuple[Cluster, list[str]]] = {}
    for (service, sort), incidents in _alike(repository).items():
        for cluster in _clusters(repository, incidents, max(times, 2), within):
            # The same incidents often name several services: that is one recurrence.
            whole, services = found.get((cluster[-1].id, sort), (cluster, []))
            longest = max(whole, cluster, key=len)
            found[cluster[-1].id, sort] = (longest, [*services, service])
    for (_, sort), (cluster, services) in found.items():
        last = cluster[-1]
        field = "category" if last.fields.category else "title"
        span = (_began(repository, last) - _began(repository, cluster[0])).days
        yield last.problem(
            f"{last} is the last of {len(cluster)} incidents of {_few(services)} with the {field} {sort}"
            f" within {span} day{'' if span == 1 else 's'}, and none of them names a problem",
            field,
            hint=_advice(repository, services),
            related=[incident.place(field, label=incident.id) for incident in cluster[:-1][-MOST_SHOWN:]],
        )


def _alike(repository: Repository) -> Mapping[tuple[str, str], Sequence[Record[Incident]]]:
    """Incidents that name no problem, by service and by what makes them the same, in the order of their beginnings."""
    found: dict[tuple[str, str], list[Record[Incident]]] = defaultdict(list)
    for incident in sorted(repository.of(Incident), key=lambda record: _began(repository, record)):
        if incident.fields.problem is None:
            for service in dict.fromkeys(incident.fields.services):
                found[service, incident.fields.category or _normal(incident.title)].append(incident)
    return found


def _normal(title: str) -> str:
    # In quotes it is never taken for a category.
    return f'"{" ".join(title.casefold().split())}"'


def _began(repository: Repository, incident: Record[Incident]) -> datetime:
    """When an incident began, as well as it is known: its times, else the day that its id carries."""
    fields = incident.fields
    known = fields.started or fields.detected or fields.acknowledged or fields.restored or fields.resolved
    if known is not None:
        return known.astimezone(UTC)
    try:
        return datetime.combine(read_day(incident.id[:10]), time(), repository.timezone).astimezone(UTC)
    except ValueError:
        return repository.now.astimezone(UTC)  # an id without a day; another rule says so


def _clusters(
    repository: Repository, incidents: Sequence[Record[Incident]], times: int, within: timedelta
) -> Iterator[Cluster]:
    """The longest stretches in which each incident is one of so many that began within a stretch of time."""
    began = [_began(repository, incident) for incident in incidents]
    first = last = -1
    for end in range(times - 1, len(incidents)):
        start = end - times + 1
        if began[end] - began[start] > within:
            continue
        if start > last:
            if last >= 0:
                yield tuple(incidents[first : last + 1])
            first = start
        last = end
    if last >= 0:
        yield tuple(incidents[first : last + 1])


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return ", ".join(names[:MOST_SHOWN]) + more


def _advice(repository: Repository, services: Sequence[str]) -> str:
    open_problems = _open_problems(repository)
    known = [id for service in services[:MOST_SHOWN] for id in open_problems.get(service, ())[:MOST_SHOWN]]
    if not known:
        return "open a problem, and name it in each of them: `problem: <problem>`"
    likely = " or ".join(list(dict.fromkeys(known))[:MOST_SHOWN])
    return f"is it {likely}? name it in each of them, or open another problem"


@once
def _open_problems(repository: Repository) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for problem in repository.of(Problem):
        if problem.fields.state not in ("resolved", "closed"):
            for service in problem.fields.services:
                found[service].append(problem.id)
    return found


@rule(severity=Severity.WARNING)
def incident_after_its_problem_was_fixed(repository: Repository) -> Findings:
    """A problem counts as solved, and incidents that name it began after the change that was its fix.

    The fix did not fix it. As long as the problem is closed its workaround is shown to nobody, while
    users meet it again.

    Bad:

        # problems/slow-tax-tables.md
        state: closed
        # changes/2026/2026-10-20-ledger-schema.yaml
        origin: {problem: slow-tax-tables}
        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        origin: {demand: Supported databases only}

    Good:

        # problems/slow-tax-tables.md
        state: fix_in_progress
        # changes/2026/2026-10-20-ledger-schema.yaml
        origin: {problem: slow-tax-tables}
        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        origin: {demand: Supported databases only}
    """
    for problem in repository.of(Problem):
        if problem.fields.state not in ("resolved", "closed"):
            continue
        fixes = [
            (end, change)
            for change in repository.referring(problem, Change, "origin")
            if change.fields.closure is not None
            and change.fields.closure.code in ("successful", "successful_with_issues")
            and (end := ended(repository, change)) is not None
        ]
        if not fixes:
            continue
        end, fix = max(fixes, key=lambda found: found[0])
        for incident in repository.referring(problem, Incident, "problem"):
            started = incident.fields.started
            if started is not None and started > end:
                yield problem.problem(
                    f"{problem} is {problem.fields.state}, and {incident} of it began at {incident.data['started']},"
                    f" after its last fix, {fix}, had ended",
                    "state",
                    hint="open it again, or name another problem in the incident",
                    related=[
                        incident.place("started", label="began after the fix"),
                        fix.place("closure", label="the fix"),
                    ],
                )
                break
