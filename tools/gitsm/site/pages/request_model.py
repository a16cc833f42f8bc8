"""Request models: what a user may ask for, what he is asked, and how long it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from markupsafe import Markup

from gitsm.records.request_model import RequestModel
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, facts, join, outside, quiet
from gitsm.site.page import Rank, Section
from gitsm.site.pages.team import contacts
from gitsm.site.tables import table


@columns("request-model")
def _columns(here: Here, request: Record[RequestModel]) -> dict[str, Content]:
    fields, service = request.fields, here.site.service_of(request)
    return {
        "Service": here.link(service) if service is not None else None,
        "Fulfilled within": str(fields.target) if fields.target else None,
        "Ask": _ways(request),
        "You are asked": "; ".join(question.ask for question in fields.form),
        "Approved by": here.party(fields.approver) or "nobody needs to",
        "Fulfilment": _FULFILMENT.get(fields.automation or ""),
    }


_FULFILMENT = {"manual": "by hand", "assisted": "by hand, with help", "automated": "by itself"}


def _ways(request: Record[RequestModel]) -> Markup:
    """Where a user asks for it: the addresses that the record links to."""
    return join([outside(link.url, link.title) for link in request.fields.links], ", ")


@groups("request-model")
def _groups(here: Here, requests: Sequence[Record[RequestModel]]) -> Groups:
    """The catalogue by service; what is asked of a retired one comes last and says so."""
    found: dict[tuple[bool, str, str], list[Record[RequestModel]]] = defaultdict(list)
    for request in requests:
        service = here.site.service_of(request)
        stem = request.id.partition("/")[0]
        retired = service is not None and service.fields.lifecycle == "retired"
        title = service.title if service is not None else stem
        found[retired, title.casefold(), f"{title}, retired" if retired else title].append(request)
    for (_, _, title), members in sorted(found.items(), key=lambda one: one[0]):
        yield title, members


@rank("request-model")
def _rank(here: Here, request: Record[RequestModel]) -> Rank:
    return Rank.ADVICE


def _team(here: Here, request: Record[RequestModel], service: Record[Service] | None) -> Content:
    """Who is asked where the record names no address: the first who does something for it, else the owner."""
    first = next((step.team for step in request.fields.steps if step.team), None)
    name = first or (service.fields.owner if service is not None else None)
    if name is None:
        return None
    return join([here.party(name), contacts(here, here.repository.get(Team, name))], ": ")


@sections("request-model")
def _sections(here: Here, request: Record[RequestModel]) -> Sections:
    fields, service = request.fields, here.site.service_of(request)
    ways = _ways(request)
    rows: list[tuple[Content, Content]] = [
        ("Ask here", ways),
        ("Or ask", _team(here, request, service) if not ways else None),
        ("Service", here.link(service) if service is not None else None),
        ("Fulfilled within", str(fields.target) if fields.target else None),
        ("Approved by", here.party(fields.approver) or "nobody needs to"),
        ("Fulfilment", _FULFILMENT.get(fields.automation or "")),
        ("Read before", here.reference("knowledge", fields.knowledge) if fields.knowledge else None),
    ]
    yield Section("At a glance", facts(rows))
    asked = [
        [
            question.ask,
            "must be answered" if question.required else quiet("if you like"),
            ", ".join(question.choices),
        ]
        for question in fields.form
    ]
    yield Section("What you are asked", table(["Question", "", "Answers"], asked))
    steps = [[step.step, here.party(step.team), str(step.takes or "")] for step in fields.steps]
    yield Section("How it is fulfilled", table(["Step", "Who", "Takes"], steps))
    told = {"title", "target", "approver", "automation", "knowledge", "form", "steps"}
    yield from Fields(here, request).sections(without=told, title="What it costs")
