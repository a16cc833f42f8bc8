"""The pages of `docs/` as pages like any other, for generators that are not MkDocs.

They are a stranger's text. Their Markdown is read with what the settings that `gitsm init` writes switch on, and
with nothing that `mkdocs.yml` names: no extension there that includes a file or runs a macro is ever asked.
"""

from __future__ import annotations

import html
import posixpath
import re
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from gitsm.site.by_hand import divided
from gitsm.site.clean import clean_by_hand
from gitsm.site.html import chip, paragraph, tag
from gitsm.site.limits import within
from gitsm.site.page import Heading, Page
from gitsm.site.places import Places
from gitsm.site.search import text_of

_EXTENSIONS = (
    "admonition",
    "attr_list",
    "footnotes",
    "tables",
    "toc",
    "pymdownx.details",
    "pymdownx.highlight",
    "pymdownx.superfences",
)
_TITLE = re.compile(r"<h1\b(?P<attributes>[^>]*)>(?P<title>.*?)</h1>", re.DOTALL)
_ID = re.compile(r"""\bid="(?P<id>[^"]*)\"""")
_ADDRESSES = {"a": "href", "img": "src"}
_AMPERSAND = "\x02"
"""What Python-Markdown writes into an address of mail, to be an ampersand in the end."""


def page_by_hand(places: Places, path: str, content: bytes) -> Page:
    """A page of `docs/`, or one that says why there is none. Links of Markdown lead to where the page of a file is."""
    try:
        with within():
            return _page(places, path, content.decode("utf-8-sig"))
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        title = tag("h1", path, id="top")
        shown = title + paragraph(chip("This page could not be made", "bad"))
        return Page(path, path, shown, (Heading(1, "top", path),), failed=why)


def _page(places: Places, path: str, text: str) -> Page:
    text, said, _ = divided(path, text)
    extensions: list[str | Extension] = [*_EXTENSIONS, _Links(places, path)]
    settings = {"pymdownx.highlight": {"use_pygments": False}}
    found = clean_by_hand(Markdown(extensions=extensions, extension_configs=settings).convert(text))
    heading = _TITLE.search(found)
    if heading is None:
        given = said.get("title")
        name = posixpath.basename(path).rpartition(".")[0].replace("-", " ").replace("_", " ")
        title = given if isinstance(given, str) and given.strip() else name.capitalize()
        return Page(path, title, Markup(found))
    id = _ID.search(heading["attributes"])
    anchor, title = html.unescape(id["id"]) if id else "", text_of(heading["title"])
    rest = Markup(found[: heading.start()] + found[heading.end() :])
    return Page(path, title, tag("h1", title, id=anchor) + rest, (Heading(1, anchor, title),))


class _Links(Extension):
    def __init__(self, places: Places, path: str) -> None:
        super().__init__()
        self._places, self._path = places, path

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        md.treeprocessors.register(_Addresses(md, self._places, self._path), "gitsm-links", 0)


class _Addresses(Treeprocessor):
    """Lets links from file to file lead from page to page."""

    def __init__(self, md: Markdown, places: Places, path: str) -> None:
        super().__init__(md)
        self._places, self._path = places, path

    def run(self, root: Element) -> None:
        for element in root.iter():
            key = _ADDRESSES.get(str(element.tag), "")
            if address := element.get(key, ""):
                element.set(key, self._there(address))

    def _there(self, address: str) -> str:
        try:
            parts = urlsplit(address)
        except ValueError:
            return address
        leaves = parts.scheme or parts.netloc or parts.query or parts.path[:1] in ("", "/")
        if leaves or _AMPERSAND in address:
            return address
        target = posixpath.normpath(posixpath.join(posixpath.dirname(self._path), unquote(parts.path)))
        return self._places.url(self._path, target, unquote(parts.fragment))
