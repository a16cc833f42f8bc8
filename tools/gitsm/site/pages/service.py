"""The page of a service: everything about it that somebody who is called at night may need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from markupsafe import Markup

from gitsm.calendar_words import recurring
from gitsm.records.agreement import Agreement
from gitsm.records.calendar import Calendar
from gitsm.records.capacity import Capacity
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.knowledge import Knowledge
from gitsm.records.problem import Problem
from gitsm.records.raci import Raci
from gitsm.records.request_model import RequestModel
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.records.service_review import ServiceReview
from gitsm.records.team import Team
from gitsm.records.value_stream import ValueStream
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, sections, status, weight
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, bullets, chip, div, facts, join, paragraph, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.neighbours import carries, picture, stands_on
from gitsm.site.page import Section, Weight
from gitsm.site.pages.calendar import freezes, hours_of, ranges
from gitsm.site.pages.change import ahead, behind
from gitsm.site.pages.incident import open_incidents
from gitsm.site.pages.problem import known_errors, workarounds
from gitsm.site.pages.raci import matrix
from gitsm.site.pages.team import calls, escalation
from gitsm.site.prose import written
from gitsm.site.tables import table, table_of

_LIFECYCLE = {"live": "good", "transition": "info", "retiring": "warn", "retired": "quiet"}
_RECENT = timedelta(days=90)
_MOST_CHANGES = 10
_OWN = ("Service", "Services")
"""Columns that would say on each row whose page this is."""


@status("service")
def _status(here: Here, service: Record[Service]) -> Iterator[Markup]:
    fields = service.fields
    if fields.lifecycle != "live":
        yield chip(fields.lifecycle, _LIFECYCLE.get(fields.lifecycle, "info"))
    if fields.tier is not None:
        yield chip(f"tier {fields.tier}", "info" if fields.tier == 1 else "quiet", title="1 matters most")
    suffering = open_incidents(here.repository.referring(service, Incident, "services"), here)
    if suffering:
        yield chip(f"{len(suffering)} open incident{'' if len(suffering) == 1 else 's'}", "bad")


@columns("service")
def _columns(here: Here, service: Record[Service]) -> dict[str, Content]:
    coming = ahead(here, here.repository.referring(service, Change, "services"))
    return {
        "Owner": here.party(service.fields.owner),
        "What it does": service.fields.description,
        "Next change": here.link(coming[0]) if coming else None,
        "Runbooks": str(len(here.repository.referring(service, Runbook, "services")) or ""),
    }


@groups("service")
def _groups(here: Here, services: Sequence[Record[Service]]) -> Groups:
    by_tier = sorted(services, key=lambda service: (service.fields.tier or 9, service.title.casefold()))
    for title, stages in (
        ("Live", ("live",)),
        ("On their way", ("idea", "design", "build", "transition")),
        ("On their way out", ("retiring", "retired")),
    ):
        yield title, [service for service in by_tier if service.fields.lifecycle in stages]


@weight("service")
def _weight(here: Here, service: Record[Service]) -> Weight:
    return Weight.HIGH


@sections("service")
def _sections(here: Here, service: Record[Service]) -> Sections:
    fields = service.fields
    yield Section("", _glance(here, service))
    yield from _trouble(here, service)
    yield Section("Whom to call", calls(here, escalation(here, service)))
    yield Section("Runbooks", _runbooks(here, service))
    yield Section("Neighbours", picture(here, service))
    yield Section("Stands on", stands_on(here, service), level=3)
    yield Section("Carries", carries(here, service), level=3)
    yield from _changes(here, service)
    yield Section("Promise", listing(here, here.repository.beside(service, Agreement)))
    yield Section(
        "Who does what", join([matrix(here, raci) for raci in here.repository.beside(service, Raci)])
    )
    yield Section("Requests", listing(here, here.repository.beside(service, RequestModel), without=_OWN))
    articles = here.repository.referring(service, Knowledge, "services")
    yield Section("Knowledge", bullets(here.standing(article) for article in articles))
    yield from _outlook(here, service)
    yield Section("Access", _access(here, fields))
    shown = Fields(here, service)
    for key in ("continuity", "design", "constraints"):
        if key in service.data:
            yield Section(key.capitalize(), shown.show(key))
    yield Section("Reviews", _reviews(here, service))
    told = {"name", "owner", "lifecycle", "description", "tier", "system", "depends_on", "support_hours"}
    told |= {"escalation", "monitoring", "access", "continuity", "own_availability", "design", "constraints"}
    yield from shown.sections(without={*told, "roadmap"})


def _glance(here: Here, service: Record[Service]) -> Markup:
    fields = service.fields
    own = here.repository.get(Calendar, fields.support_hours)
    owner = here.repository.get(Team, fields.owner)
    inherited = here.repository.get(Calendar, owner.fields.hours) if owner is not None else None
    rows: list[tuple[Content, Content]] = [
        ("Owner", here.party(fields.owner)),
        ("Support hours", hours_of(here, own or inherited) or "not recorded"),
        ("Lifecycle", chip(fields.lifecycle, _LIFECYCLE.get(fields.lifecycle, "info"))),
        ("System", fields.system),
        ("Own availability", f"{fields.own_availability:g} %" if fields.own_availability else None),
    ]
    said = div("g-lead", written(here, service, fields.description))
    return join([said, facts(rows)])


def _trouble(here: Here, service: Record[Service]) -> Sections:
    """What is wrong with it now, and how to live with what is known."""
    incidents = here.repository.referring(service, Incident, "services")
    yield Section("Open incidents", listing(here, open_incidents(incidents, here), without=_OWN))
    problems = here.repository.referring(service, Problem, "services")
    yield Section("Known errors", workarounds(here, known_errors(problems)))


def _runbooks(here: Here, service: Record[Service]) -> Markup:
    """Each alert with the runbook that answers it, then the runbooks that no alert calls for."""
    found = here.repository.referring(service, Runbook, "services")
    everywhere = here.repository.of(Runbook)
    rows: list[list[Content]] = []
    answered: set[str] = set()
    for alert in service.fields.monitoring:
        books = [book for book in everywhere if alert.alert in book.fields.alerts]
        answered.update(book.id for book in books)
        shown: Content = here.links(books) or chip("no runbook", "warn")
        rows.append([tag("code", alert.alert), shown, alert.event])
    for book in found:
        if book.id not in answered:
            names = join([tag("code", name) for name in book.fields.alerts], " ")
            rows.append([names or quiet("no alert"), here.standing(book), None])
    return table(["Alert", "Runbook", "Event"], rows)


def _changes(here: Here, service: Record[Service]) -> Sections:
    changes = here.repository.referring(service, Change, "services")
    coming, past = ahead(here, changes), behind(here, changes)
    yield Section("Changes ahead", listing(here, coming, without=_OWN) or quiet("None."))
    yield Section(
        "Changes behind", listing(here, past[:_MOST_CHANGES], without=_OWN) + _more(here, len(past))
    )
    yield Section("Freezes", freezes(here, service=service))
    over = [one for one in here.repository.referring(service, Incident, "services") if one.fields.restored]
    recent = [one for one in over if one.fields.restored and one.fields.restored > here.clock.now - _RECENT]
    yield Section("Incidents of the last 90 days", listing(here, recent, without=_OWN))


def _more(here: Here, count: int) -> Markup:
    if count <= _MOST_CHANGES:
        return Markup("")
    label = f"{count - _MOST_CHANGES} older ones"
    return paragraph(here.page(here.site.places.of_kind("change"), label))


def _outlook(here: Here, service: Record[Service]) -> Sections:
    """Demand and plans."""
    rows: list[list[Content]] = []
    for capacity in here.repository.beside(service, Capacity):
        unit = capacity.fields.unit or ""
        for peak in capacity.fields.peaks:
            when: list[Content] = [recurring(peak.recurrence)] if peak.recurrence else []
            when.extend([here.reference("calendar", peak.calendar)] if peak.calendar else [])
            level = f"{peak.level:g} {unit}" if peak.level is not None else None
            rows.append([peak.name, [*when, ranges(here, peak.dates)], level, str(peak.margin or "")])
    yield Section("Peaks", table(["Peak", "When", "Demand", "Leave alone before and after"], rows))
    planned = [
        {
            "Planned": item.title,
            "By": here.clock.show(item.target) if item.target else None,
            "Effort": item.effort,
            "Change": here.reference("change", item.change) if item.change else None,
            "Improvement": here.reference("improvement", item.improvement) if item.improvement else None,
        }
        for item in service.fields.roadmap
    ]
    yield Section("Roadmap", table_of(planned))


def _access(here: Here, fields: Service) -> Markup:
    rows: list[list[Content]] = []
    for right in fields.access:
        due = right.review_every.after(right.reviewed) if right.review_every and right.reviewed else None
        late = due is not None and due < here.clock.today
        reviewed = here.clock.show(right.reviewed) if right.reviewed else None
        rows.append(
            [
                right.role,
                here.parties(right.holders),
                here.party(right.approver),
                [reviewed, " ", chip("overdue", "warn") if late else None],
            ]
        )
    return table(["Right", "Held by", "Granted by", "Reviewed"], rows)


def _reviews(here: Here, service: Record[Service]) -> Markup:
    records = [*here.repository.beside(service, ServiceReview)][::-1]
    streams = here.repository.beside(service, ValueStream)
    plans = here.repository.beside(service, Capacity)
    return bullets(here.link(record) for record in [*records, *streams, *plans])
