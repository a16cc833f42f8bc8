"""Knowledge articles: for whom, and whether readers may rely on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from gitsm.records.knowledge import Knowledge
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, chip
from gitsm.site.page import Rank, Section
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
        "For": _AUDIENCES[fields.audience] if fields.audience else None,
        "About": here.references("service", fields.services),
        "Kept by": here.party(fields.owner),
        "Holds until": here.clock.show(fields.valid_to) if fields.valid_to else None,
    }


_AUDIENCES = {"users": "users", "service_desk": "the service desk", "support": "support"}


@groups("knowledge")
def _groups(here: Here, articles: Sequence[Record[Knowledge]]) -> Groups:
    def of(state: str, audience: str | None = None) -> list[Record[Knowledge]]:
        fitting = (one for one in articles if one.fields.state == state)
        return [one for one in fitting if state != "published" or one.fields.audience == audience]

    for audience, words in _AUDIENCES.items():
        yield f"For {words}", of("published", audience)
    yield "For whom is not said", of("published")
    yield "Drafts, on which nobody may rely yet", of("draft")
    yield "Retired", of("retired")


@rank("knowledge")
def _rank(here: Here, article: Record[Knowledge]) -> Rank:
    return Rank.OVER if article.fields.state == "retired" else Rank.ADVICE


@sections("knowledge")
def _sections(here: Here, article: Record[Knowledge]) -> Sections:
    yield from sections_of(here, article)
    shown = Fields(here, article)
    yield Section("About this article", shown.facts("audience", "services", "owner", "valid_to"))
    yield from shown.sections(without={"title", "state", "audience", "services", "owner", "valid_to"})
