"""The list of each kind, a user's own kinds as well."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from gitsm.schema.kind import Kind
from gitsm.site.appearance import appearance_of
from gitsm.site.feeds import feed_of_all
from gitsm.site.frame import framed
from gitsm.site.here import Here, Site
from gitsm.site.html import paragraph, tag
from gitsm.site.labels import label_of
from gitsm.site.listing import listing
from gitsm.site.page import Page, Section, makes_pages

_REQUESTS = "request-model"
_CALENDAR = "calendar"


@makes_pages
def lists(site: Site) -> Iterator[Page]:
    """A list for each kind, also for one that has no record yet."""
    for kind in site.repository.kinds.values():
        here = Here(site, site.places.of_kind(kind.name))
        yield framed(
            here,
            kind.plural,
            _sections(here, kind),
            top=paragraph(kind.description, class_="g-lead"),
            navigation=_section_of(kind),
            wide=True,
        )


def _section_of(kind: Kind) -> str:
    """Where the navigation has it: under the folder that its files lie in."""
    if kind.name == _REQUESTS:
        return "Requests"  # users look for them, and would not under Services
    return label_of(kind.folder.rstrip("/"))


def _sections(here: Here, kind: Kind) -> Iterator[Section]:
    records = sorted(
        here.repository.all(kind.name), key=lambda record: (here.site.name(record).casefold(), record.id)
    )
    if not records:
        yield Section("", _empty(kind))
        return
    if kind.name == _CALENDAR:
        yield Section("", paragraph(feed_of_all(here)))
    fitting = [record for record in records if record.checked is not None or kind.model is None]
    look = appearance_of(kind.name)
    for title, members in look.groups(here, fitting) if look.groups else [("", fitting)]:
        shown = listing(here, members, searchable=False)
        yield Section(f"{title} ({len(members)})" if title else "", shown)
    broken = [record for record in records if record.checked is None and kind.model is not None]
    yield Section("Not as their schema says" if fitting else "", listing(here, broken, searchable=False))


def _empty(kind: Kind) -> Markup:
    return paragraph(
        "Nothing here yet. A record of this kind is a file such as ", tag("code", kind.pattern), "."
    )
