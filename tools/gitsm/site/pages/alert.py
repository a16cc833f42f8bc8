"""Alerts: an address for each, so that a monitoring system can link to what its alert calls for.

`/alerts/PayrollRunLate/` is the runbook itself where exactly one answers the alert, a choice where several do,
and says so plainly where none does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
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
from gitsm.site.frame import framed
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, chip, div, join, paragraph, quiet, tag
from gitsm.site.limits import within
from gitsm.site.listing import listing
from gitsm.site.page import Page, Rank, Section, makes_pages
from gitsm.site.pages.incident import open_incidents
from gitsm.site.pages.problem import known_errors, workarounds
from gitsm.site.pages.runbook import of_services, runbook_sections
from gitsm.site.pages.team import call_list, escalation
from gitsm.site.runbook_parts import parts_of
from gitsm.site.spread import spread
from gitsm.site.tables import table


@makes_pages
def alerts(site: Site) -> Iterator[Page]:
    """A page for each alert, and the list of them."""
    yield from spread(list(alerts_of(site.repository).values()), partial(_page_or_word, site))
    yield _list(Here(site, LIST))


def _page_or_word(site: Site, alert: Alert) -> Page:
    """The page of an alert, or one that says why there is none and leads to the runbooks' own."""
    path = paths_of_alerts(site.repository)[alert.name]
    try:
        with within():
            return _page(Here(site, path), alert)
    except Exception as error:
        here = Here(site, path)
        said = paragraph(
            chip("This page could not be made", "bad"), " Runbooks: ", here.links(alert.runbooks) or "none"
        )
        page = framed(here, alert.name, [Section("", said)], parent=LIST, rank=Rank.ALERT)
        return replace(page, failed=f"{type(error).__name__}: {error}")


def _page(here: Here, alert: Alert) -> Page:
    only = alert.runbooks[0] if len(alert.runbooks) == 1 else None
    top = [quiet("Alert"), *(chip(event, _TONES[event]) for event in dict.fromkeys(alert.events))]
    if only is not None:
        top += [quiet("answered by"), here.link(only), here.status(only)]
    return framed(
        here,
        alert.name,
        _answer(here, only) if only is not None else _no_answer(here, alert),
        top=div("g-chips", join(top, " ")),
        source=only.file if only is not None else alert.services[0].file if alert.services else "",
        parent=LIST,
        rank=Rank.ALERT,
    )


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
        whose = here.links(alert.services)
        yield Section(
            "", tag("p", "No runbook answers this alert. It is raised for ", whose, ".", class_="g-warning")
        )
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


def _list(here: Here) -> Page:
    rows: list[list[Content]] = []
    for alert in alerts_of(here.repository).values():
        answers = here.links(alert.runbooks) or chip("no runbook", "warn")
        events = join([chip(event, _TONES[event]) for event in dict.fromkeys(alert.events)], " ")
        rows.append([alert_link(here, alert.name), answers, here.links(alert.services), events])
    said = paragraph(
        "What monitoring may say, and the runbook that answers it. Each alert has an address of its own, to "
        "which a monitoring system can link.",
        class_="g-lead",
    )
    shown = table(["Alert", "Runbook", "Service", "Event"], rows, searchable=False)
    nothing = paragraph("No service's monitoring and no runbook names an alert yet.")
    return framed(here, "Alerts", [Section("", shown or nothing)], top=said, navigation="Runbooks", wide=True)
