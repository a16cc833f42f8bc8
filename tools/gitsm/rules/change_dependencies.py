"""What stands on a change: the services of other teams, and the word of their owners."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.change_control import affected_by, open_changes
from gitsm.diagnostic import Diagnostic, Place, Severity
from gitsm.graph import graph_of
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.records.service import IN_USE, Service
from gitsm.repository import Record, Repository

_MOST_NAMED = 5


@rule(severity=Severity.WARNING)
def unconfirmed_dependency(repository: Repository) -> Findings:
    """A change takes down what another team's service stands on, and that owner has not said yes.

    Only the owner knows that the pay run is on that night. What stands on it through other services
    goes down with them, and counts as well. A confirmation counts once it says by whom it was given,
    and for all services of its owner. None is needed for a dependency that is soft, that has a fallback users don't
    notice, or of whose redundancy group enough stays up; standard changes were confirmed with their model.

    Bad:

        # services/billing/service.yaml (whole)
        name: Billing
        owner: finance-department
        lifecycle: live
        depends_on: [{service: payroll, criticality: hard}]
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move the payroll database to new storage
        type: normal
        services: [payroll]
        team: payroll-team
        outage: full
        plan: Stop, copy, start.
        rollback: Start on the old storage, 5 min.

    Good:

        # services/billing/service.yaml (whole)
        name: Billing
        owner: finance-department
        lifecycle: live
        depends_on: [{service: payroll, criticality: hard}]
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move the payroll database to new storage
        type: normal
        services: [payroll]
        team: payroll-team
        outage: full
        plan: Stop, copy, start.
        rollback: Start on the old storage, 5 min.
        confirmations:
          - {service: billing, needs: No invoices that evening, by: finance-department, on: 2026-11-23}
    """
    for change in open_changes(repository):
        if change.fields.type == "standard" or change.fields.actual is not None:
            continue
        entries = {entry.service: index for index, entry in enumerate(change.fields.confirmations)}
        given = {entry.service for entry in change.fields.confirmations if entry.by is not None}
        for id, index in entries.items():
            owner = _owner(repository, id)
            if id in given or (owner is not None and owner == change.fields.team):
                continue
            yield change.problem(
                f"{change} waits for the word of {owner or 'the owner'} of {id}, and nobody has given it",
                "confirmations",
                index,
                hint="ask them, and add `by` and `on`",
            )
        # An owner who was asked for one of his services was asked.
        heard = {_owner(repository, id) for id in entries} | {one.by for one in change.fields.confirmations}
        missing = [found for found in _dependants(repository, change) if found[0].fields.owner not in heard]
        if missing:
            yield _unconfirmed(change, missing)


def _unconfirmed(
    change: Record[Change], missing: list[tuple[Record[Service], tuple[str, ...]]]
) -> Diagnostic:
    named = ", ".join(f"{one.id} ({one.fields.owner}{_through(way)})" for one, way in missing[:_MOST_NAMED])
    left = len(missing) - _MOST_NAMED
    more = f" and {left} more" if left > 0 else ""
    brings = "a full outage" if change.fields.outage == "full" else "a degraded service"
    return change.problem(
        f"{change} brings {brings} to what {named}{more} cannot do without, and no owner has confirmed it",
        "outage",
        hint="ask each owner, and record the answer under `confirmations` with `service`, `by` and `on`",
        related=[_dependency(one, way[-2]) for one, way in missing[:_MOST_NAMED]],
    )


def _through(way: tuple[str, ...]) -> str:
    """The services between what is changed and what stands on it, in words."""
    between = way[1:-1]
    return f", through {' and '.join(reversed(between))}" if between else ""


def _dependency(service: Record[Service], on: str) -> Place:
    for index, entry in enumerate(service.fields.depends_on):
        if entry.service == on and entry.criticality == "hard":
            return service.place("depends_on", index, "service", label=f"{service.id} stands on {on}")
    return service.place("depends_on")


def _dependants(
    repository: Repository, change: Record[Change]
) -> Iterator[tuple[Record[Service], tuple[str, ...]]]:
    """The services of other teams that go down with what a change takes down, and the way to each."""
    if change.fields.outage not in ("degraded", "full"):
        return
    graph = graph_of(repository)
    own = {change.fields.team, *(_owner(repository, id) for id in change.fields.services)}
    for id, way in affected_by(repository, change).items():
        service = graph.services[id]
        if len(way) > 1 and service.fields.lifecycle in IN_USE and service.fields.owner not in own:
            yield service, way


def _owner(repository: Repository, service: str) -> str | None:
    record = repository.find("service", service)
    owner = record.data.get("owner") if record is not None else None
    return owner if isinstance(owner, str) else None


@rule
def confirmed_by_the_changing_team(repository: Repository) -> Findings:
    """The team that makes a change confirmed it in the name of another team's service.

    The word of an affected owner is worth something because it comes from somebody else. Given by
    whoever wants the change, it only says that nobody was asked.

    Bad:

        # services/billing/service.yaml (whole)
        name: Billing
        owner: finance-department
        lifecycle: live
        depends_on: [{service: payroll, criticality: hard}]
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move the payroll database to new storage
        type: normal
        services: [payroll]
        team: payroll-team
        plan: Stop, copy, start.
        rollback: Start on the old storage, 5 min.
        confirmations:
          - {service: billing, by: payroll-team, on: 2026-11-23}

    Good:

        # services/billing/service.yaml (whole)
        name: Billing
        owner: finance-department
        lifecycle: live
        depends_on: [{service: payroll, criticality: hard}]
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move the payroll database to new storage
        type: normal
        services: [payroll]
        team: payroll-team
        plan: Stop, copy, start.
        rollback: Start on the old storage, 5 min.
        confirmations:
          - {service: billing, by: finance-department, on: 2026-11-23}
    """
    for change in open_changes(repository):
        makers = (
            {change.fields.team} if change.fields.team else {_owner(repository, change.fields.services[0])}
        )
        for index, entry in enumerate(change.fields.confirmations):
            owner = _owner(repository, entry.service)
            if owner is not None and entry.by != owner and entry.by is not None and entry.by in makers:
                service = repository.find("service", entry.service)
                related = [service.place("owner", label="whose word is asked for")] if service else []
                yield change.problem(
                    f"{entry.by} makes {change}, and confirmed it for {entry.service}, which {owner} owns",
                    "confirmations",
                    index,
                    "by",
                    hint=f"ask {owner}",
                    related=related,
                )
