"""Alerts: an address for each, so that a monitoring system can link to what its alert calls for.

`/alerts/PayrollRunLate/` is the runbook itself where exactly one answers the alert, a choice where several do,
and says so plainly where none does.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from markupsafe import Markup

from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.repository import Record
from gitsm.site.alerts import LIST, Alert, alert_link, alerts_of, paths_of_alerts
from gitsm.site.appearance import Sections
from gitsm.site.fields import Fields
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, chip, div, join, paragraph, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.page import Draft, Rank, Section, makes_pages
from gitsm.site.pages.incident import open_incidents
from gitsm.site.pages.problem import known_errors, workarounds
from gitsm.site.pages.runbook import of_services, runbook_sections
from gitsm.site.pages.team import call_list, escalation
from gitsm.site.runbook_parts import parts_of
from gitsm.site.tables import table


@makes_pages
def alerts(site: Site) -> Iterator[Draft]:
    """A page for each alert, and the list of them."""
    paths = paths_of_alerts(site.repository)
    for alert in alerts_of(site.repository).values():
        only = _only(alert)
        yield Draft(
            paths[alert.name],
            alert.name,
            partial(_sections, alert),
            partial(_top, alert),
            source=only.file if only is not None else alert.services[0].file if alert.services else "",
            about=alert.runbooks or alert.services,
            parent=LIST,
            rank=Rank.ALERT,
        )
    yield Draft(LIST, "Alerts", _list, _told, navigation="Runbooks", wide=True)


def _only(alert: Alert) -> Record[Runbook] | None:
    """The runbook that answers an alert, where it is one."""
    return alert.runbooks[0] if len(alert.runbooks) == 1 else None


def _top(alert: Alert, here: Here) -> Markup:
    only = _only(alert)
    top = [quiet("Alert"), *(chip(event, _TONES[event]) for event in dict.fromkeys(alert.events))]
    if only is not None:
        top += [quiet("answered by"), here.link(only), here.status(only)]
    return join([div("g-chips", join(top, " ")), here.damage(only) if only is not None else None])


def _sections(alert: Alert, here: Here) -> Sections:
    only = _only(alert)
    return _answer(here, only) if only is not None else _no_answer(here, alert)


_TONES = {"informational": "quiet", "warning": "warn", "exception": "bad"}


def _answer(here: Here, runbook: Record[Runbook]) -> Sections:
    yield from runbook_sections(here, runbook)
    yield from Fields(here, runbook).shared()


def _no_answer(here: Here, alert: Alert) -> Sections:
    """What is known where no single runbook answers: a choice, or whom to call instead."""
    if alert.runbooks:
        count = len(alert.runbooks)
        said = paragraph(f"{count} runbooks answer this alert. Take the one whose meaning fits.")
        yield Section("", join([said, *(_choice(here, book) for book in alert.runbooks)]))
    else:
        unread = [book for book in here.repository.all("runbook") if book.checked is None]
        nothing = "No runbook that can be read answers this alert" if unread else "No runbook answers this alert"
        perhaps: Content = [" Look into ", here.links(unread), ", which can't be read."] if unread else None
        whose = here.links(alert.services)
        yield Section("", tag("p", nothing, ". It is raised for ", whose, ".", perhaps, class_="g-warning"))
    yield from _calls(here, alert)
    if not alert.runbooks:
        others = of_services(here, alert.services, Runbook)
        yield Section("Other runbooks of the service", listing(here, others, without=("Services",)))
    yield Section(
        "Open incidents", listing(here, open_incidents(of_services(here, alert.services, Incident), here))
    )
    yield Section("Known errors", workarounds(here, known_errors(of_services(here, alert.services, Problem))))


def _choice(here: Here, runbook: Record[Runbook]) -> Markup:
    """One of several runbooks, with what tells it from the others."""
    services = here.references("service", runbook.fields.services)
    title = paragraph(tag("strong", here.link(runbook)), quiet(" for ", services) if services else None)
    meaning = [
        section.html
        for part in parts_of(here, runbook)
        if part.name == "meaning"
        for section in part.sections
    ]
    return div("g-card g-choice", title, meaning)


def _calls(here: Here, alert: Alert) -> Sections:
    paths: dict[tuple[tuple[str, str], ...], list[Record[Service]]] = {}
    for service in alert.services:
        paths.setdefault(tuple(escalation(here, service)), []).append(service)
    shown: list[Content] = []
    for steps, services in paths.items():
        shown.append(paragraph("For ", here.links(services), ":") if len(paths) > 1 else None)
        shown.append(call_list(here, steps))
    yield Section("Who to call", join(shown))


def _told(_: Here) -> Markup:
    return paragraph(
        "What monitoring may say, and the runbook that answers it. Each alert has an address of its own, to "
        "which a monitoring system can link.",
        class_="g-lead",
    )


def _list(here: Here) -> Sections:
    rows: list[list[Content]] = []
    for alert in alerts_of(here.repository).values():
        answers = here.links(alert.runbooks) or chip("no runbook", "warn")
        events = join([chip(event, _TONES[event]) for event in dict.fromkeys(alert.events)], " ")
        rows.append([alert_link(here, alert.name), answers, here.links(alert.services), events])
    shown = table(["Alert", "Runbook", "Service", "Event"], rows, searchable=False)
    yield Section("", shown or paragraph("No service's monitoring and no runbook names an alert yet."))
