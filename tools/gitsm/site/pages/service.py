"""The page of a service: everything about it that somebody who is called at night may need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from markupsafe import Markup

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
from gitsm.site.alerts import alert_link, alert_links, alerts_of
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, bullets, chip, div, facts, fold, join, paragraph, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.neighbours import carries, picture, stands_on, suffering
from gitsm.site.page import Rank, Section
from gitsm.site.pages.agreement import hours_promised, promises_in_short
from gitsm.site.pages.calendar import freezes, hours_of
from gitsm.site.pages.capacity import demand
from gitsm.site.pages.change import ahead, behind, between
from gitsm.site.pages.estate import MAP, row_of
from gitsm.site.pages.incident import open_incidents
from gitsm.site.pages.problem import known_errors, workarounds
from gitsm.site.pages.raci import matrix
from gitsm.site.pages.team import calls, escalation
from gitsm.site.prose import written
from gitsm.site.tables import table, table_of
from gitsm.site.tagged import system_pages

_LIFECYCLE = {"live": "good", "transition": "info", "retiring": "warn", "retired": "quiet"}
_RECENT, _WEEK = timedelta(days=90), timedelta(days=7)
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
    found = open_incidents(here.repository.referring(service, Incident, "services"), here)
    if found:
        yield chip(f"{len(found)} open incident{'' if len(found) == 1 else 's'}", "bad")
    if _under_way(here, service):
        yield chip("change under way", "warn")


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


@rank("service")
def _rank(here: Here, service: Record[Service]) -> Rank:
    return Rank.OVER if service.fields.lifecycle == "retired" else Rank.SERVICE


@sections("service")
def _sections(here: Here, service: Record[Service]) -> Sections:
    """What whoever is called needs comes first, what is planned and written down for quieter hours last."""
    fields = service.fields
    yield Section("", div("g-lead", written(here, service, fields.description)))
    yield Section("Now", _now(here, service))
    yield Section("Whom to call", calls(here, escalation(here, service)))
    yield Section("Runbooks", _runbooks(here, service))
    problems = here.repository.referring(service, Problem, "services")
    yield Section("Known errors", workarounds(here, known_errors(problems)))
    yield Section("At a glance", _glance(here, service))
    yield from _promises(here, service)
    yield Section("Neighbours", _around(here, service))
    yield Section("Stands on", stands_on(here, service), level=3)
    yield Section("Carries", carries(here, service), level=3)
    yield from _changes(here, service)
    yield Section("Requests", listing(here, here.repository.beside(service, RequestModel), without=_OWN))
    articles = here.repository.referring(service, Knowledge, "services")
    yield Section("Knowledge", bullets(here.standing(article) for article in articles))
    yield Section(
        "Who does what", join([matrix(here, raci) for raci in here.repository.beside(service, Raci)])
    )
    plans = here.repository.beside(service, Capacity)
    yield Section("Capacity and demand", join([demand(here, plan) for plan in plans]))
    yield Section("Roadmap", _roadmap(here, service))
    yield Section("Reviews", _reviews(here, service))
    yield Section("Access", _access(here, fields))
    shown = Fields(here, service)
    for key in ("continuity", "design", "constraints"):
        if key in service.data:
            yield Section(key.capitalize(), shown.show(key))
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
        ("System", _system(here, fields.system)),
        ("Own availability", f"{fields.own_availability:g} %" if fields.own_availability else None),
    ]
    return facts(rows)


def _system(here: Here, system: str | None) -> Content:
    page = system_pages(here.repository).get(system) if system is not None else None
    return here.page(page, system) if page is not None else system


def _now(here: Here, service: Record[Service]) -> Markup:
    """What is wrong with it at this moment, what is being changed, and what is wrong below it."""
    incidents = here.repository.referring(service, Incident, "services")
    parts = [listing(here, open_incidents(incidents, here), without=_OWN)]
    parts.append(listing(here, _under_way(here, service), without=_OWN))
    below = [edge.on for edge in here.site.graph.on(service.id) if edge.on in suffering(here.repository)]
    if below:
        parts.append(paragraph("With open incidents below it: ", here.references("service", below), "."))
    if not any(parts):
        return paragraph("No open incident is recorded, and no change is under way.")
    return join(parts, "\n")


def _under_way(here: Here, service: Record[Service]) -> list[Record[Change]]:
    changes = here.repository.referring(service, Change, "services")
    found = between(here, changes, here.clock.now, here.clock.now)
    return [change for change in found if here.site.states[change.id].open]


def _promises(here: Here, service: Record[Service]) -> Sections:
    """Each agreement under which it is provided, with its verdicts and what decides them."""
    agreements = here.repository.beside(service, Agreement)
    if len(agreements) > 1:
        yield Section("Promises", listing(here, agreements))
    for agreement in agreements:
        fields = agreement.fields
        about = paragraph(
            here.standing(agreement), ": ", here.party(fields.provider), " promises ",
            here.party(fields.customer), ". Hours: ", hours_promised(here, agreement), ".",
        )  # fmt: skip
        alone = len(agreements) == 1
        title = "Promise" if alone else here.site.name(agreement)
        yield Section(title, about + promises_in_short(here, agreement), level=2 if alone else 3)


def _around(here: Here, service: Record[Service]) -> Markup:
    """The services around it as a picture, how to read that, and the way to all that fails with it."""
    shown = picture(here, service)
    if not shown:
        return NOTHING
    link = tag("a", "What fails with it, on the map of all services", href=here.url(MAP, row_of(service)))
    key = (
        "Left of it or above stands what needs it, right or below what it needs; "
        "dashed where a failure is felt, but not fatal. "
    )
    return shown + paragraph(quiet(key), link, ".")


def _runbooks(here: Here, service: Record[Service]) -> Markup:
    """Each alert with the runbook that answers it, then the runbooks that no alert calls for."""
    found = here.repository.referring(service, Runbook, "services")
    named = alerts_of(here.repository)
    rows: list[list[Content]] = []
    answered: set[str] = set()
    for alert in service.fields.monitoring:
        books = named[alert.alert].runbooks
        answered.update(book.id for book in books)
        shown: Content = here.links(books) or chip("no runbook", "warn")
        rows.append([alert_link(here, alert.alert), shown, alert.event])
    for book in found:
        if book.id not in answered:
            names = alert_links(here, book.fields.alerts)
            rows.append([names or quiet("no alert"), here.standing(book), None])
    return table(["Alert", "Runbook", "Event"], rows)


def _changes(here: Here, service: Record[Service]) -> Sections:
    """What changed in the last seven days and what will in the next; the rest of it folded."""
    changes, now = here.repository.referring(service, Change, "services"), here.clock.now
    recent = between(here, changes, now - _WEEK, now)
    soon = [one for one in between(here, changes, now, now + _WEEK) if one not in recent]
    near = {one.id for one in (*recent, *soon)}
    older = [one for one in behind(here, changes) if one.id not in near]
    later = [one for one in ahead(here, changes) if one.id not in near]
    yield Section(
        "Changes of the last seven days",
        (listing(here, recent[::-1], without=_OWN) or quiet("None.")) + _folded(here, older, "Older changes"),
    )
    yield Section(
        "Changes of the next seven days",
        (listing(here, soon, without=_OWN) or quiet("None."))
        + _folded(here, later, "Later changes, and those without a window"),
    )
    yield Section("Freezes", freezes(here, service=service))
    over = [one for one in here.repository.referring(service, Incident, "services") if one.fields.restored]
    past = [one for one in over if one.fields.restored and one.fields.restored > here.clock.now - _RECENT]
    yield Section("Incidents of the last 90 days", listing(here, past, without=_OWN))


def _folded(here: Here, changes: Sequence[Record[Change]], title: str) -> Markup:
    if not changes:
        return NOTHING
    shown = listing(here, changes[:_MOST_CHANGES], without=_OWN, searchable=False)
    more = len(changes) - _MOST_CHANGES
    rest = paragraph(here.page(here.site.places.of_kind("change"), f"{more:,} more")) if more > 0 else NOTHING
    return fold(f"{title} ({len(changes):,})", shown, rest)


def _roadmap(here: Here, service: Record[Service]) -> Markup:
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
    return table_of(planned)


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
