"""Request models: what a user may ask for, what he is asked, and how long it takes."""

from __future__ import annotations

from gitsm.records.request_model import RequestModel
from gitsm.repository import Record
from gitsm.site.appearance import Sections, columns, sections
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, facts, quiet
from gitsm.site.page import Section
from gitsm.site.tables import table


@columns("request-model")
def _columns(here: Here, request: Record[RequestModel]) -> dict[str, Content]:
    fields, service = request.fields, here.site.service_of(request)
    return {
        "Service": here.link(service) if service is not None else None,
        "Fulfilled within": str(fields.target) if fields.target else None,
        "Approved by": here.party(fields.approver) or "nobody needs to",
        "Fulfilment": fields.automation,
    }


@sections("request-model")
def _sections(here: Here, request: Record[RequestModel]) -> Sections:
    fields, service = request.fields, here.site.service_of(request)
    rows: list[tuple[Content, Content]] = [
        ("Service", here.link(service) if service is not None else None),
        ("Fulfilled within", str(fields.target) if fields.target else None),
        ("Approved by", here.party(fields.approver) or "nobody needs to"),
        ("Fulfilment", fields.automation),
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
