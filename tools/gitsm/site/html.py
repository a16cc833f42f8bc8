"""HTML that can't be broken by what stands in it: a text is escaped the moment it is put in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from markupsafe import Markup, escape

Content: TypeAlias = str | int | float | Iterable["Content"] | None
"""What an element may hold: a `Markup` is HTML, any other text is a text."""

_EMPTY = frozenset({"br", "img", "hr", "wbr"})
NOTHING = Markup("")


def join(content: Content, separator: str = "") -> Markup:
    """Contents one after the other, with a separator between them; nothing counts for nothing."""
    if separator and content is not None and not isinstance(content, str | int | float):
        return Markup(escape(separator).join(part for part in map(join, content) if part))
    return Markup(_html(content))


def _html(content: Content) -> str:
    if type(content) is Markup:  # asked for first: most of what pages are put together from is HTML already
        return content
    if isinstance(content, str | int | float):
        return escape(content)
    return "" if content is None else "".join([_html(part) for part in content])


def tag(name: str, *content: Content, **attributes: str | bool | None) -> Markup:
    """An element. `class_` is the attribute class, `data_label` is data-label; None leaves one out."""
    written = ""
    for key, value in attributes.items():
        if value is not None and value is not False:
            written += f" {key.strip('_').replace('_', '-')}" + (
                "" if value is True else f'="{escape(value)}"'
            )
    if name in _EMPTY:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{''.join([_html(part) for part in content])}</{name}>")


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


def outside(url: str, label: Content = None) -> Markup:
    """A link that leaves the site. The address must have been checked to be http, https, mailto or tel."""
    return tag("a", label or url, href=url, rel="noopener" if url.startswith("http") else None)
