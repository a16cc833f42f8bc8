"""Runbooks: what the alert means, whom to call, and the commands, in the order a reader at night needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from markupsafe import Markup

from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.repository import FieldsType, Record
from gitsm.site.appearance import Sections, columns, sections, status, weight
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, chip, facts, join, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.page import Section, Weight
from gitsm.site.pages.incident import open_incidents
from gitsm.site.pages.problem import known_errors, workarounds
from gitsm.site.pages.team import calls, escalation
from gitsm.site.prose import sections_of


def alerts(runbook: Record[Runbook]) -> Markup:
    """The names of the alerts that a runbook answers."""
    return join([tag("code", name) for name in runbook.fields.alerts], " ")


def due(runbook: Record[Runbook]) -> date | None:
    """The day by which it must be reviewed again; None where nobody says."""
    fields = runbook.fields
    return fields.review_every.after(fields.reviewed) if fields.review_every and fields.reviewed else None


def services_of(here: Here, runbook: Record[Runbook]) -> list[Record[Service]]:
    """The services that it is for, those that a file defines."""
    found = (here.repository.get(Service, id) for id in runbook.fields.services)
    return [service for service in found if service is not None]


@status("runbook")
def _status(here: Here, runbook: Record[Runbook]) -> Iterator[Markup]:
    by = due(runbook)
    if by is not None and by < here.clock.today:
        yield chip("review overdue", "bad")
    elif runbook.fields.reviewed is None and runbook.fields.review_every is not None:
        yield chip("never reviewed", "bad")


@columns("runbook")
def _columns(here: Here, runbook: Record[Runbook]) -> dict[str, Content]:
    fields = runbook.fields
    return {
        "Alerts": alerts(runbook),
        "Services": here.references("service", fields.services) or "all",
        "Reviewed": here.clock.show(fields.reviewed) if fields.reviewed else None,
        "Rehearsed": here.clock.show(fields.rehearsed.on) if fields.rehearsed else None,
    }


@weight("runbook")
def _weight(here: Here, runbook: Record[Runbook]) -> Weight:
    return Weight.HIGH


@sections("runbook")
def _sections(here: Here, runbook: Record[Runbook]) -> Sections:
    services = services_of(here, runbook)
    yield Section("", _glance(here, runbook, services))
    yield from sections_of(here, runbook)
    yield Section("Whom to call", _calls(here, services))
    yield Section("Known errors", workarounds(here, known_errors(_of(here, services, Problem))))
    yield Section("Open incidents", listing(here, open_incidents(_of(here, services, Incident), here)))
    told = {"title", "services", "alerts", "owner", "review_every", "reviewed", "rehearsed"}
    yield from Fields(here, runbook).sections(without=told)


def _of(here: Here, services: Iterable[Record[Service]], model: type[FieldsType]) -> list[Record[FieldsType]]:
    """The records of a kind that are about one of several services, each once."""
    found = {
        one.id: one for service in services for one in here.repository.referring(service, model, "services")
    }
    return list(found.values())


def _glance(here: Here, runbook: Record[Runbook], services: Sequence[Record[Service]]) -> Markup:
    fields, by = runbook.fields, due(runbook)
    first = escalation(here, services[0])[:1] if services else []
    rows: list[tuple[Content, Content]] = [
        ("Alerts", alerts(runbook)),
        ("Services", here.links(services) or ("all" if not fields.services else None)),
        ("Call first", here.parties(team for team, _ in first)),
        ("Kept by", here.party(fields.owner)),
        ("Reviewed", _reviewed(here, fields, by)),
        ("Rehearsed", _rehearsed(here, fields)),
    ]
    return facts(rows)


def _reviewed(here: Here, fields: Runbook, by: date | None) -> Content:
    if fields.reviewed is None:
        return "never" if fields.review_every else None
    overdue = by is not None and by < here.clock.today
    again = (
        [", ", chip("overdue", "bad") if overdue else "again by", " ", here.clock.show(by, relative=overdue)]
        if by
        else None
    )
    return [here.clock.show(fields.reviewed), again]


def _rehearsed(here: Here, fields: Runbook) -> Content:
    trial = fields.rehearsed
    if trial is None:
        return "not recorded"
    took = quiet(f", took {trial.took}") if trial.took else None
    return [here.clock.show(trial.on), quiet(" by ", here.party(trial.by)) if trial.by else None, took]


def _calls(here: Here, services: Iterable[Record[Service]]) -> Markup:
    """One path where all services have the same one, else one for each."""
    paths: dict[tuple[tuple[str, str], ...], list[Record[Service]]] = {}
    for service in services:
        paths.setdefault(tuple(escalation(here, service)), []).append(service)
    parts = []
    for path, of in paths.items():
        parts.append([tag("p", "For ", here.links(of), ":") if len(paths) > 1 else None, calls(here, path)])
    return join(parts)
