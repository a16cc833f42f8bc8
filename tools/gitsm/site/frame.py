"""Puts a page together: its title, what stands at the top, its sections, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import quote

from markupsafe import Markup

from gitsm.markdown import anchor_of
from gitsm.site.here import Here, Site, lost_of
from gitsm.site.html import NOTHING, Content, bullets, div, join, tag
from gitsm.site.page import INDEX, Draft, Heading, Page, Rank, Section

_MOST_DAMAGED = 3
_LONG = 6
"""From so many headings on a page is long."""


def written(site: Site, draft: Draft) -> Page:
    """A whole page, as its draft says."""
    here = Here(site, draft.path)
    top = join(draft.top(here)) if draft.top is not None else Markup("")
    title = draft.title
    kept = [section for section in draft.sections(here) if section]
    # A body's own headings keep the anchors that links to them name; ours give way.
    taken = {section.anchor for section in kept if section.heading is not None}
    taken |= {heading.anchor for section in kept for heading in section.inside}
    first = kept[0] if kept else None
    title_anchor = "top"
    if first is not None and first.level == 1 and first.title == title:
        title_anchor = first.anchor
        kept[0] = Section("", first.html)
    else:
        title_anchor = _free("top", taken)
    headings = [Heading(1, title_anchor, title)]
    parts = [tag("h1", title, id=title_anchor), _damage(here, draft), top]
    place = len(parts)
    for section in kept:
        parts.extend(_written(section, taken, headings))
        if not section.title and section is kept[0]:
            place = len(parts)
    if draft.path != INDEX:  # the front page is one itself
        parts.insert(place, _contents(headings))
    parts.append(_origin(here, draft.source))
    return Page(
        path=draft.path,
        title=title,
        html=div("g-page", join(parts, "\n")),
        headings=tuple(headings),
        scripts=(*here.scripts, *draft.scripts),
        images=dict(here.images),
    )


def _written(section: Section, taken: set[str], headings: list[Heading]) -> Iterator[Markup]:
    if section.title or section.heading is not None:
        own = section.heading is None
        anchor = _free(section.anchor or anchor_of(section.title), taken) if own else section.anchor
        level = max(section.level, 2)
        headings.append(Heading(level, anchor, section.title or "…"))
        yield tag(f"h{level}", section.title if own else section.heading, id=anchor)
    headings.extend(section.inside)
    yield section.html


def _damage(here: Here, draft: Draft) -> Markup:
    """Which files have errors, so that something may be missing here: said on every page that tells of records."""
    damaged = here.site.damaged
    count = len(damaged) - (draft.source in damaged)
    if not count or draft.rank is Rank.REFERENCE or draft.last:
        return NOTHING
    # Every page says so, so that none looks at more of them than it names.
    shown = [record for record in islice(damaged.values(), _MOST_DAMAGED + 1) if record.file != draft.source]
    named = [
        [
            here.page(here.site.places.of_record(record), tag("code", record.file)),
            f" (left out: {lost_of(record, 3)})" if record.lost else None,
        ]
        for record in shown[:_MOST_DAMAGED]
    ]
    left = count - len(named)
    return tag(
        "p",
        f"There are errors in {'a file' if count == 1 else f'{count:,} files'}, and what would be said "
        "there may be missing on this page: ",
        join(named, ", "), f" and {left:,} more" if left else None, ".",
        class_="g-warning g-damage", data_search_exclude="true",
    )  # fmt: skip


def _contents(headings: Sequence[Heading]) -> Markup:
    """The headings of a long page, folded, for screens that have no room for the theme's list of them."""
    shown = [heading for heading in headings if heading.level == 2]
    if len(shown) < _LONG:
        return NOTHING
    links = bullets(tag("a", heading.text, href=f"#{quote(heading.anchor)}") for heading in shown)
    summary = tag("summary", "On this page")
    return tag("details", summary, links, class_="g-contents", data_search_exclude="true")


def _free(anchor: str, taken: set[str]) -> str:
    wanted, count = anchor, 1
    while wanted in taken:
        wanted, count = f"{anchor}-{count}", count + 1
    taken.add(wanted)
    return wanted


def _origin(here: Here, source: str) -> Markup:
    """Which file and commit the page shows, and the moment it speaks of."""
    parts: list[Content] = []
    if source:
        parts.append(["From ", here.file(source)])
    if here.site.commit:
        parts.append(["commit ", tag("code", here.site.commit[:10])])
    moment = here.clock.show(here.clock.now, relative=False)
    # Only a moment that goes on can be old: an example stays at its own for ever.
    lives = here.repository.settings.as_of is None
    parts.append(["as of ", _now(here, moment) if lives else moment])
    return tag("p", join(parts, " · "), class_="g-origin", data_search_exclude="true")


def _now(here: Here, moment: Markup) -> Markup:
    """The moment of the page, with the zone by whose days scripts tell how long ago that was."""
    return tag("span", moment, class_="g-now", data_g_zone=here.clock.zone.key)
