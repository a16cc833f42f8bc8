"""Shows a record's data by its schema: every field of every kind, a user's own kinds as well.

It works on the data as written, so that a record with findings has a page too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from gitsm.diagnostic import DataPath
from gitsm.repository import Record
from gitsm.schema.shape import Shape
from gitsm.schema.values import read_moment
from gitsm.site.here import Here, is_address
from gitsm.site.html import NOTHING, bullets, chip, div, facts, figure, join, outside, quiet, tag
from gitsm.site.labels import label_of
from gitsm.site.page import Section
from gitsm.site.prose import written
from gitsm.site.tables import table
from gitsm.site.tagged import tag_pages

SHARED = ("tags", "labels", "links")
"""The fields that every kind has; they come last."""

_MOST_COLUMNS = 7


@dataclass(frozen=True)
class Fields:
    """The data of one record, ready to be shown on a page."""

    here: Here
    record: Record[Any]

    @cached_property
    def _references(self) -> Mapping[DataPath, tuple[str, str]]:
        found = self.record.kind.references.find(self.record.data)
        return {path: (kind, id) for path, kind, id in found}

    @property
    def _shape(self) -> Shape:
        return self.record.kind.shape

    def sections(self, *, without: Collection[str] = (), title: str = "Details") -> Iterator[Section]:
        """All fields but some: short ones together under a title, longer ones each under its own."""
        short: list[str] = []
        long: list[str] = []
        for key in self._keys(without):
            (long if self._is_long(self.record.data[key]) else short).append(key)
        yield Section(title, facts([(self._term(key), self.show(key)) for key in short]))
        for key in long:
            yield Section(label_of(key, self._shape.at(key)), self.show(key))

    def facts(self, *keys: str) -> Markup:
        """Some fields as names and values."""
        present = [key for key in keys if key in self.record.data]
        return facts([(self._term(key), self.show(key)) for key in present])

    def shared(self) -> Iterator[Section]:
        """Links, labels and tags."""
        data = self.record.data
        rows = [
            ("Tags", self._tags(data.get("tags"))),
            ("Labels", self._labels(data.get("labels"))),
            ("Links", self._links(data.get("links"))),
        ]
        yield Section("Links and labels", facts(rows))

    def show(self, *path: str | int) -> Markup:
        """The value at a path."""
        value: Any = self.record.data
        shape = self._shape
        for step in path:
            value, shape = value[step], shape.at(step)
        return self._value(value, shape, path)

    def _keys(self, without: Collection[str]) -> list[str]:
        known = [key for key in self._shape.properties if key in self.record.data]
        others = [key for key in self.record.data if key not in known]
        return [key for key in [*known, *others] if key not in without and key not in SHARED]

    def _term(self, key: str) -> Markup:
        shape = self._shape.at(key)
        return tag("span", label_of(key, shape), title=shape.meaning or None)

    @staticmethod
    def _is_long(value: object) -> bool:
        if isinstance(value, str):
            return "\n" in value.strip() or len(value) > 200
        if isinstance(value, list):
            return any(isinstance(item, dict | list) or len(str(item)) > 80 for item in value)
        return isinstance(value, dict) and any(isinstance(item, dict | list) for item in value.values())

    def _value(self, value: Any, shape: Shape, path: DataPath) -> Markup:
        if isinstance(value, dict):
            return self._mapping(value, shape, path)
        if isinstance(value, list):
            return self._list(value, shape, path)
        if isinstance(value, bool):
            return join("yes" if value else "no")
        if isinstance(value, str):
            return self._text(value, shape, path)
        return join("" if value is None else figure(value) if isinstance(value, int | float) else str(value))

    def _text(self, value: str, shape: Shape, path: DataPath) -> Markup:
        if path in self._references:
            return self.here.reference(*self._references[path])
        if value in shape.choices:
            return join(value.replace("_", " "))
        if shape.is_time:
            try:
                return self.here.clock.show(read_moment(value))
            except ValueError:
                return join(value)
        if is_address(value):
            return outside(value)
        return join(value) if shape.is_one_line else written(self.here, self.record, value)

    def _mapping(self, value: Mapping[str, Any], shape: Shape, path: DataPath) -> Markup:
        rows = [
            (label_of(str(key), shape.at(key)), self._value(item, shape.at(key), (*path, key)))
            for key, item in value.items()
        ]
        return facts(rows)

    def _list(self, value: Sequence[Any], shape: Shape, path: DataPath) -> Markup:
        cells = [self._value(item, shape.at(index), (*path, index)) for index, item in enumerate(value)]
        if value and all(isinstance(item, dict) for item in value):
            columns = list(dict.fromkeys(key for item in value for key in item))
            if len(columns) <= _MOST_COLUMNS:
                return self._table(columns, value, shape, path)
            return join([div("g-card", cell) for cell in cells])
        if any(isinstance(item, dict | list) or len(str(item)) > 60 for item in value):
            return bullets(cells)
        return join(cells, ", ")

    def _table(
        self, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], shape: Shape, path: DataPath
    ) -> Markup:
        item = shape.at(0)
        headings = [label_of(key, item.at(key)) for key in columns]
        return table(
            headings,
            [
                [
                    self._value(row[key], item.at(key), (*path, index, key)) if key in row else NOTHING
                    for key in columns
                ]
                for index, row in enumerate(rows)
            ],
        )

    def _tags(self, value: object) -> Markup:
        words = [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
        known = tag_pages(self.here.repository)
        chips = [(word, chip(word, "word")) for word in words]
        return join([self.here.page(known[word], shown) if word in known else shown for word, shown in chips], " ")

    def _labels(self, value: object) -> Markup:
        pairs = value.items() if isinstance(value, dict) else ()
        return join([chip([quiet(key, ": "), str(label)], "word") for key, label in pairs], " ")

    def _links(self, value: object) -> Markup:
        found = []
        for link in value if isinstance(value, list) else ():
            url, title = (link.get("url"), link.get("title")) if isinstance(link, dict) else (None, None)
            if isinstance(url, str) and is_address(url):
                found.append(outside(url, title if isinstance(title, str) else None))
        return join(found, ", ")
