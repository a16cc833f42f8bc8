"""The last stage before the theme: only the HTML that pages are made of passes, whatever came before.

Texts were escaped where they were put in; this stands behind that, and each of the two holds alone.
"""

from __future__ import annotations

import re
from functools import cache

import nh3

_TEXT = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "details",
    "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strong",
    "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
}  # fmt: skip
_PICTURE = {"svg", "g", "path", "rect", "text", "circle", "line", "polyline", "polygon"}
_SWITCH = {"input", "label"}  # the theme's tabs and task lists are made of them

_DRAWN = {
    "class",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "width",
    "height",
    "d",
    "points",
}
_ATTRIBUTES = {
    "*": {"class", "id", "title", "lang", "dir", "role", "aria-label", "aria-hidden", "aria-labelledby"},
    "a": {"href", "rel", "name"},
    "abbr": {"title"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "div": {"data-tabs", "data-search-exclude"},
    "img": {"src", "alt", "width", "height", "loading", "align"},
    "input": {"checked", "disabled", "name"},
    "label": {"for"},
    "ol": {"start", "type", "reversed"},
    "p": {"data-search-exclude"},
    "pre": {"tabindex"},
    "table": {"data-search-exclude"},
    "td": {"colspan", "rowspan", "data-label", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
    "time": {"datetime"},
    "svg": {"viewBox", *_DRAWN},
    **dict.fromkeys(_PICTURE - {"svg"}, _DRAWN),
}
_ATTRIBUTES["details"].add("data-search-exclude")
_OURS = {**_ATTRIBUTES, "p": _ATTRIBUTES["p"] | {"hidden"}}


_THEME_IDS = re.compile(r"__(?!tabbed_|codelineno-|span-)")
_SCRIPT_IDS = re.compile(r"gitsm[A-Z]")
_ELSEWHERE = re.compile(r"[\x00-\x20]*(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2})")


def _kept(element: str, name: str, value: str) -> str | None:
    """What stays of an attribute: no picture of another origin, no id of the theme, no diagram to fetch."""
    if name in ("id", "name", "for") and _THEME_IDS.match(value):
        return None
    if element == "img" and name == "src" and _ELSEWHERE.match(value):
        return None
    if name == "class" and "mermaid" in value.split():
        return None  # the theme would load a script for it from elsewhere
    return value


def _kept_by_hand(element: str, name: str, value: str) -> str | None:
    """The same, and nothing that our styles and scripts take for what a record says: a page that was written
    by hand can't say who is on duty."""
    if name in ("id", "name", "for") and _SCRIPT_IDS.match(value):
        return None  # an element with the name of a script's data stands where the script looks for it
    kept = _kept(element, name, value)
    if name == "class" and kept is not None:
        return " ".join(one for one in kept.split() if not one.lower().startswith("g-")) or None
    return kept


@cache
def _cleaner(*, by_hand: bool) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TEXT | _PICTURE | _SWITCH,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES if by_hand else _OURS,
        tag_attribute_values={"input": {"type": {"checkbox", "radio"}}},
        url_schemes={"http", "https", "mailto", "tel"},
        attribute_filter=_kept_by_hand if by_hand else _kept,
        generic_attribute_prefixes=set() if by_hand else {"data-g-"},  # what our own scripts read
        filter_style_properties={"text-align"},
        link_rel=None,
    )


def clean(html: str) -> str:
    """HTML of ours without anything that could run, load or take over a page."""
    return _cleaner(by_hand=False).clean(html)


def clean_by_hand(html: str) -> str:
    """HTML that somebody wrote by hand: the same, and without the marks of generated pages."""
    return _cleaner(by_hand=True).clean(html)
