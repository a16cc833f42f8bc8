"""Records in a table: each with a link, the words that say where it stands, and its kind's columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from gitsm.repository import Record
from gitsm.schema.kind import Kind
from gitsm.site.appearance import appearance_of
from gitsm.site.fields import SHARED, Fields
from gitsm.site.here import Here
from gitsm.site.html import Content
from gitsm.site.labels import label_of
from gitsm.site.page import Rank
from gitsm.site.tables import table_of

_MOST_COLUMNS = 4


def listing(
    here: Here,
    records: Iterable[Record[Any]],
    *,
    without: Collection[str] = (),
    searchable: bool = True,
    filtered: bool = False,
) -> Markup:
    """Records of one kind as a table, in the order given, without some of its columns.

    One that is `filtered` takes part in the filter of its page.
    """
    rows = (_row(here, record) for record in records)
    kept = ({heading: cell for heading, cell in row.items() if heading not in without} for row in rows)
    return table_of(kept, searchable=searchable, filtered=filtered)


MOST_OVER = 200
"""How many of the records that are history a list shows; years of it would make a page that no phone opens."""


def shortened(here: Here, records: Sequence[Record[Any]]) -> tuple[list[Record[Any]], int]:
    """All that is not over, and the first of what is, in their order; and how many were left out."""
    kept, left = [], MOST_OVER
    for record in records:
        if is_over(here, record):
            left -= 1
            if left < 0:
                continue
        kept.append(record)
    return kept, max(-left, 0)


def is_over(here: Here, record: Record[Any]) -> bool:
    """Whether nothing is to be done about a record any more, as far as its kind says so."""
    rank = appearance_of(record.kind.name).rank
    return rank is not None and record.checked is not None and rank(here, record) in (Rank.OVER, Rank.CLOSED)


def _row(here: Here, record: Record[Any]) -> Mapping[str, Content]:
    first = {record.kind.title: here.standing(record)}
    make = appearance_of(record.kind.name).columns
    if make is not None and record.checked is not None:
        return {**first, **make(here, record)}
    fields = Fields(here, record)
    shown = [(key, label) for key, label in _columns(here, record.kind) if _is_short(record.data.get(key))]
    return {**first, **{label: fields.show(key) for key, label in shown}}


def _columns(here: Here, kind: Kind) -> Sequence[tuple[str, str]]:
    """The fields of a kind that fit a list: required ones first, then those with few words."""
    shape = kind.shape
    fit = [
        key
        for key, below in shape.properties.items()
        if key not in (*kind.heading, *SHARED)
        and (key in shape.required or below.choices or below.reference or below.is_time)
    ]
    fit.sort(key=lambda key: key not in shape.required)
    return [(key, label_of(key, shape.at(key))) for key in fit[:_MOST_COLUMNS]]


def _is_short(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str | int | float) for item in value)
    return isinstance(value, str | int | float) and len(str(value)) <= 200
