"""The list of each kind, a user's own kinds as well, and the months of those that grow for years."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from markupsafe import Markup

from gitsm.repository import Record
from gitsm.schema.kind import Kind
from gitsm.site.appearance import appearance_of
from gitsm.site.feeds import feed_of_all
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, join, paragraph, quiet, tag
from gitsm.site.labels import label_of
from gitsm.site.listing import MOST_OVER, is_over, listing, shortened
from gitsm.site.page import Draft, Section, makes_pages
from gitsm.site.tables import FILTER, table
from gitsm.site.when import MONTHS

_REQUESTS = "request-model"
_CALENDAR = "calendar"
_TOLD = {_REQUESTS: ("Service",)}
"""Columns that say what the headings of a list say."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-")
_UNDATED = "undated"


@makes_pages
def lists(site: Site) -> Iterator[Draft]:
    """A list for each kind, also for one that has no record yet, and a page for each month of a long one."""
    for kind in site.repository.kinds.values():
        path = site.places.of_kind(kind.name)
        months = _months(Here(site, path), kind, list(site.repository.all(kind.name)))
        yield Draft(
            path,
            kind.plural,
            partial(_sections, kind, months),
            partial(_top, kind),
            navigation=_section_of(kind),
            wide=True,
        )
        yield from _pages_of_months(site, kind, months)


def _top(kind: Kind, here: Here) -> Content:
    return [paragraph(kind.description, class_="g-lead"), FILTER if _any(here, kind) else None]


def _any(here: Here, kind: Kind) -> bool:
    return next(iter(here.repository.all(kind.name)), None) is not None


def _section_of(kind: Kind) -> str:
    """Where the navigation has it: under the folder that its files lie in."""
    if kind.name == _REQUESTS:
        return "Requests"  # users look for them, and would not under Services
    return label_of(kind.folder.rstrip("/"))


Months = Mapping[str, tuple[str, Sequence[Record[Any]]]]
"""Each month of a long list, the latest first: its page, and its records by their ids."""


def _sections(kind: Kind, months: Months, here: Here) -> Iterator[Section]:
    name = here.site.name
    records = sorted(
        here.repository.all(kind.name), key=lambda record: (name(record).casefold(), record.id)
    )
    if not records:
        yield Section("", _empty(kind))
        return
    if kind.name == _CALENDAR:
        yield Section("", paragraph(feed_of_all(here)))
    fitting = [record for record in records if record.checked is not None or kind.model is None]
    look = appearance_of(kind.name)
    for title, members in look.groups(here, fitting) if look.groups else [("", fitting)]:
        kept, left = shortened(here, members) if months else (members, 0)
        shown = listing(here, kept, without=_TOLD.get(kind.name, ()), searchable=False, filtered=True)
        count = f"the latest {len(kept)} of {len(members):,}" if left else f"{len(members)}"
        yield Section(f"{title} ({count})" if title else "", shown)
    broken = [record for record in records if record.checked is None and kind.model is not None]
    title = "Not as their schema says" if fitting else ""
    yield Section(title, listing(here, broken, searchable=False, filtered=True))
    if months:
        said = f"All {kind.plural.lower()}, also those that are not listed above."
        yield Section("By month", paragraph(quiet(said)) + _years(here, months))


def _empty(kind: Kind) -> Markup:
    return paragraph(
        "Nothing here yet. A record of this kind is a file such as ", tag("code", kind.pattern), "."
    )


# --- months


def _months(here: Here, kind: Kind, records: Sequence[Record[Any]]) -> Months:
    """The months of a kind whose ids begin with a day; none while its list holds all that is over."""
    if not kind.dated or len(records) <= MOST_OVER or sum(is_over(here, one) for one in records) <= MOST_OVER:
        return {}
    found: dict[str, list[Record[Any]]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.id, reverse=True):
        found[month_of(record)].append(record)
    folder, ids = here.site.places.folders[kind.name], {record.id for record in records}
    dated = sorted((month for month in found if month != _UNDATED), reverse=True)
    order = [*dated, *([_UNDATED] if _UNDATED in found else [])]
    return {month: (f"{folder}/{_free(month, ids)}.md", found[month]) for month in order}


def month_of(record: Record[Any]) -> str:
    """The month that an id begins with; a word for all that begin with none."""
    dated = _MONTH.match(record.id)
    return dated.group()[:-1] if dated else _UNDATED


def _free(wanted: str, ids: set[str]) -> str:
    """A name that no record has: an id without a day is a finding, and a page all the same."""
    while wanted in ids:
        wanted += "-all"
    return wanted


def _years(here: Here, months: Months) -> Markup:
    """Links to the months, a row for each year."""
    rows: list[list[Content]] = []
    for year, group in groupby(months, key=lambda month: month[:4] if month != _UNDATED else ""):
        links = [
            join([here.page(months[month][0], _short(month)), " ", quiet(f"({len(months[month][1])})")])
            for month in sorted(group)
        ]
        rows.append([year or "Without a day", join(links, ", ")])
    return table(["Year", "Month"], rows, searchable=False)


def _short(month: str) -> str:
    return MONTHS[int(month[5:]) - 1] if month != _UNDATED else "all"


def _pages_of_months(site: Site, kind: Kind, months: Months) -> Iterator[Draft]:
    for month, (path, records) in months.items():
        said = f"{_short(month)} {month[:4]}" if month != _UNDATED else "without a day in their id"
        yield Draft(
            path,
            f"{kind.plural}, {said}",
            partial(_listed, records),
            partial(_beside, months, month),
            parent=site.places.of_kind(kind.name),
            wide=True,
        )


def _listed(records: Sequence[Record[Any]], here: Here) -> Iterator[Section]:
    yield Section("", listing(here, records, searchable=False, filtered=True))


def _beside(months: Months, month: str, here: Here) -> Content:
    """The ways to the months before and after one, and the filter."""
    names = list(months)
    number = names.index(month)
    later = names[number - 1] if number else None
    earlier = names[number + 1] if number + 1 < len(names) else None
    links = [
        here.page(months[other][0], f"{word}: {_short(other)} {_year(other)}".strip())
        for other, word in ((earlier, "Earlier"), (later, "Later"))
        if other is not None
    ]
    return [paragraph(join(links, " · ")) if links else None, FILTER]


def _year(month: str) -> str:
    """The year of a month, where it has one."""
    return month[:4] if month != _UNDATED else ""
