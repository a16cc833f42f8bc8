"""Knowledge articles: for whom, and whether readers may rely on them."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from gitsm.records.knowledge import Knowledge
from gitsm.repository import Record
from gitsm.site.appearance import Sections, columns, sections, status, weight
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, chip
from gitsm.site.page import Section, Weight
from gitsm.site.prose import sections_of


@status("knowledge")
def _status(here: Here, article: Record[Knowledge]) -> Iterator[Markup]:
    fields = article.fields
    if fields.state != "published":
        yield chip(fields.state, "warn")
    if fields.valid_to is not None and fields.valid_to < here.clock.today:
        yield chip("out of date", "bad")


@columns("knowledge")
def _columns(here: Here, article: Record[Knowledge]) -> dict[str, Content]:
    fields = article.fields
    return {
        "For": fields.audience.replace("_", " ") if fields.audience else None,
        "About": here.references("service", fields.services),
        "Kept by": here.party(fields.owner),
    }


@weight("knowledge")
def _weight(here: Here, article: Record[Knowledge]) -> Weight:
    return Weight.LOW if article.fields.state == "retired" else Weight.HIGH


@sections("knowledge")
def _sections(here: Here, article: Record[Knowledge]) -> Sections:
    yield from sections_of(here, article)
    shown = Fields(here, article)
    yield Section("About this article", shown.facts("audience", "services", "owner", "valid_to"))
    yield from shown.sections(without={"title", "state", "audience", "services", "owner", "valid_to"})
