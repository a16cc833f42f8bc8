"""HTML that can't be broken by what stands in it: a text is escaped the moment it is put in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import escape as _escape
from typing import TypeAlias

from markupsafe import Markup

Content: TypeAlias = str | int | float | Iterable["Content"] | None
"""What an element may hold: a `Markup` is HTML, any other text is a text."""

_EMPTY = frozenset({"br", "img", "hr", "wbr"})
_SPECIAL = re.compile("[&<>\"']")
NOTHING = Markup("")


def join(content: Content, separator: str = "") -> Markup:
    """Contents one after the other, with a separator between them; nothing counts for nothing."""
    if separator and content is not None and not isinstance(content, str | int | float):
        return _marked(_escaped(separator).join([part for part in map(_html, content) if part]))
    return _marked(_html(content))


def _html(content: Content) -> str:
    if type(content) is Markup:  # asked for first: most of what pages are put together from is HTML already
        return content
    if isinstance(content, str):
        return str(content.__html__()) if isinstance(content, Markup) else _escaped(content)
    if isinstance(content, int | float):
        return str(content)
    return "" if content is None else "".join([_html(part) for part in content])


def _escaped(text: str) -> str:
    return _escape(text) if _SPECIAL.search(text) else text


def _marked(html: str) -> Markup:
    """HTML as what it is. Markup's own constructor asks each time whether it was given some already."""
    return html if type(html) is Markup else str.__new__(Markup, html)


def tag(name: str, *content: Content, **attributes: str | bool | None) -> Markup:
    """An element. `class_` is the attribute class, `data_label` is data-label; None leaves one out."""
    written = ""
    for key, value in attributes.items():
        if value is not None and value is not False:
            written += f" {_attribute(key)}" + ("" if value is True else f'="{_html(value)}"')
    if name in _EMPTY:
        return _marked(f"<{name}{written}>")
    inside = "".join([part if type(part) is Markup else _html(part) for part in content])
    return _marked(f"<{name}{written}>{inside}</{name}>")


@cache
def _attribute(key: str) -> str:
    return key.strip("_").replace("_", "-")


def div(class_: str, *content: Content) -> Markup:
    """A block of a class; nothing where it would be empty."""
    inside = join(content)
    return tag("div", inside, class_=class_) if inside else NOTHING


def span(class_: str, *content: Content) -> Markup:
    """A stretch of text of a class."""
    return tag("span", *content, class_=class_)


def quiet(*content: Content) -> Markup:
    """Something said beside the point."""
    return span("g-quiet", *content)


def paragraph(*content: Content, class_: str | None = None) -> Markup:
    """A paragraph."""
    return tag("p", *content, class_=class_)


def bullets(items: Iterable[Content]) -> Markup:
    """A list; nothing where there is no item."""
    inside = join([tag("li", item) for item in items], "\n")
    return tag("ul", inside) if inside else NOTHING


def chip(label: Content, tone: str = "quiet", *, title: str | None = None) -> Markup:
    """A short status in words, coloured by its tone: good, warn, bad, info or quiet.

    The tone `word` is for words of the record's own, which may be long.
    """
    return tag("span", label, class_=f"g-chip g-chip--{tone}", title=title)


def facts(rows: Iterable[tuple[Content, Content]]) -> Markup:
    """A list of names and values; rows without a value are left out."""
    shown = [(name, join(value)) for name, value in rows]
    pairs = [tag("div", tag("dt", name), " ", tag("dd", value)) for name, value in shown if value]
    inside = join(pairs, "\n")
    return tag("dl", inside, class_="g-facts") if inside else NOTHING


def figure(value: float) -> str:
    """A number as people read it: with a mark at each thousand."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.12g}"


def fold(title: Content, *inside: Content) -> Markup:
    """What is opened by whoever wants it; on paper it stays as it is."""
    return tag("details", tag("summary", title), *inside, class_="g-fold")


def outside(url: str, label: Content = None) -> Markup:
    """A link that leaves the site. The address must have been checked to be http, https, mailto or tel."""
    return tag("a", label or url, href=url, rel="noopener" if url.startswith("http") else None)
