"""Tables that a phone can show: each cell knows its column's heading, and empty columns fall away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from gitsm.site.html import NOTHING, Content, div, join, tag

FILTER = tag("div", class_="g-filter", data_g_filter="")
"""Where a browser puts the filter of all lists of the page; without script there is nothing."""


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[Content]],
    *,
    searchable: bool = True,
    filtered: bool = False,
) -> Markup:
    """A table with one heading for each column. On a narrow screen each row becomes a card.

    One that is `filtered` is a list of a page with a filter: a browser sorts it and hides rows of it.
    """
    cells = [[join(cell) for cell in row] for row in rows]
    if not cells:
        return NOTHING
    kept = [index for index in range(len(headings)) if any(row[index] for row in cells)]
    # The line breaks between cells keep their words apart in the search.
    head = tag("tr", join([tag("th", headings[index], scope="col") for index in kept], "\n"))
    body = [tag("tr", join([_cell(headings[index], row[index]) for index in kept], "\n")) for row in cells]
    inside = tag("thead", head) + tag("tbody", join(body, "\n"))
    # The attribute keeps lists out of the search: what they list has pages of its own.
    return div(
        "g-scroll",
        tag(
            "table",
            inside,
            class_="g-table",
            data_search_exclude=None if searchable else "true",
            data_g_list="" if filtered else None,
        ),
    )


def _cell(heading: str, content: Markup) -> Markup:
    return tag("td", content, data_label=heading or None, class_=None if content else "g-none")


def table_of(
    rows: Iterable[Mapping[str, Content]], *, searchable: bool = True, filtered: bool = False
) -> Markup:
    """A table of rows that name their columns; a column stands where the first row that has it puts it."""
    listed = list(rows)
    headings = list(dict.fromkeys(heading for row in listed for heading in row))
    return table(
        headings,
        [[row.get(heading) for heading in headings] for row in listed],
        searchable=searchable,
        filtered=filtered,
    )
