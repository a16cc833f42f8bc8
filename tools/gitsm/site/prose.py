"""Turns the Markdown of records into HTML, by the parser whose headings and links a check looks at.

Raw HTML is shown as text. A link leads to another page of the site, to the code host or to the web;
any other address is left out, and so is every picture that is not the repository's own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from gitsm.destinations import target_of
from gitsm.markdown import MAX_NESTING, Anchors, parser, plain_text
from gitsm.repository import Record
from gitsm.site.here import Here
from gitsm.site.highlight import highlighted
from gitsm.site.html import div
from gitsm.site.page import Section

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""The pictures that are published. SVG is not among them, because it can carry scripts."""

LARGEST_PICTURE = 5 * 1024 * 1024
"""In bytes; a larger one is shown as its description."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?()\[\]{}*_]")


def anchor_id(anchor: str) -> str:
    """The id that an anchor gets in a page. Names that begin with `__` belong to the theme's scripts."""
    return f"section{anchor}" if anchor.startswith("__") else anchor


def sections_of(here: Here, record: Record[Any]) -> Iterator[Section]:
    """The body of a record, divided at its headings; what stands before the first has no title."""
    return _Prose(here, record).sections(record.body)


def written(here: Here, record: Record[Any], value: str | None) -> Markup:
    """A text field of a record: code, emphasis, links and lists as in a body, and its line breaks kept."""
    value = (value or "").strip()
    if not _MARKUP.search(value):
        return escape(value)
    return _Prose(here, record).field(value)


_MARKUP = re.compile(r"[\n*_`\[\]<>~\\&|]|https?:|^(?:[-+]|\d+[.)]) ")


@cache
def _field_parser() -> MarkdownIt:
    """A field is no page: in it a line that begins with # is a line."""
    unwanted = ["heading", "lheading", "hr", "code", "reference"]
    options = {"html": False, "breaks": True, "maxNesting": MAX_NESTING}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"]).disable(unwanted)


class _Prose:
    """The texts of one record on their way to a page."""

    def __init__(self, here: Here, record: Record[Any]) -> None:
        self.here = here
        self.record = record

    def sections(self, body: str) -> Iterator[Section]:
        tokens = self._prepared(parser().parse(body))
        heading = Section("", Markup(""))
        part: list[Token] = []
        waiting = iter(tokens)
        for token in waiting:
            if token.type == "heading_open" and token.level == 0:
                yield from _finished(heading, part)
                inline = next(waiting)
                next(waiting)
                title, anchor, level = plain_text(inline), str(token.attrs["id"]), int(token.tag[1])
                if level == 1 and title == self.record.title:
                    # The page has it as its title already; links to it must still lead here.
                    mark = Markup('<span id="{}"></span>').format(anchor)
                    heading, part = Section("", Markup("")), [Token("html_block", "", 0, content=str(mark))]
                else:
                    heading, part = Section(title, Markup(""), anchor, level, _rendered([inline])), []
            else:
                part.append(token)
        yield from _finished(heading, part)

    def field(self, value: str) -> Markup:
        tokens = self._prepared(_field_parser().parse(value))
        shown = Markup(_field_parser().renderer.render(tokens, _field_parser().options, {}))
        if [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
            return shown.removeprefix("<p>").removesuffix("</p>\n")
        return div("g-text", shown)

    def _prepared(self, tokens: Sequence[Token]) -> list[Token]:
        """Tokens with ids, links and code as the site shows them."""
        anchors = Anchors()
        kept: list[Token] = []
        for index, token in enumerate(tokens):
            if token.type == "heading_open":
                token.attrs["id"] = anchor_id(anchors.of(plain_text(tokens[index + 1])))
            elif token.type in ("fence", "code_block"):
                language = token.info.split()[0] if token.info.split() else ""
                token = Token("html_block", "", 0, content=highlighted(token.content, language))
            elif token.type == "inline":
                token.children = list(self._inline(token.children or ()))
            elif token.tag in ("td", "th") and "style" in token.attrs:
                side = str(token.attrs.pop("style")).rpartition(":")[2]
                token.attrs["class"] = f"g-{side}"
            kept.append(token)
        return kept

    def _inline(self, tokens: Sequence[Token]) -> Iterator[Token]:
        opened: list[bool] = []
        for token in tokens:
            if token.type == "link_open":
                address = self._address(str(token.attrs.get("href", "")))
                opened.append(address is not None)
                if address is None:
                    continue
                token.attrs["href"] = address
                if address.startswith("http"):
                    token.attrs["rel"] = "noopener"
            elif token.type == "link_close":
                if not opened.pop():
                    continue
            elif token.type == "image":
                yield from self._picture(token)
                continue
            elif token.type == "text" and not any(opened):
                yield from _with_addresses(token)
                continue
            yield token

    def _picture(self, token: Token) -> Iterator[Token]:
        source = str(token.attrs.get("src", ""))
        file = None if _SCHEME.match(source) else target_of(self.record.file, unquote(source))
        if file is not None and self._is_picture(file):
            token.attrs["src"] = self._published(file)
            token.attrs["loading"] = "lazy"
            yield token
        elif (address := self._address(source)) is not None:
            shown = escape(token.content or source)
            yield Token(
                "html_inline", "", 0, content=f'<a href="{escape(address)}" rel="noopener">{shown}</a>'
            )
        else:
            yield Token("text", "", 0, content=token.content)

    def _is_picture(self, file: str) -> bool:
        entry = self.here.repository.files.get(file)
        return entry is not None and file.lower().endswith(PICTURES) and entry.size <= LARGEST_PICTURE

    def _published(self, file: str) -> str:
        path = f"images/{file}"
        self.here.images[path] = file
        return self.here.url(path)

    def _address(self, href: str) -> str | None:
        """Where a link may lead as seen from this page; None where it may not lead anywhere."""
        if scheme := _SCHEME.match(href):
            wanted = scheme.group(1).lower()
            web = wanted in ("http", "https") and href[scheme.end() :].startswith("//")
            return href if web or wanted in ("mailto", "tel") else None
        if href.startswith("//"):
            return None
        path, _, fragment = href.partition("#")
        file = target_of(self.record.file, unquote(path.partition("?")[0]))
        anchor = anchor_id(unquote(fragment))
        return None if file is None else self._address_of(file.rstrip("/"), anchor, within=not path)

    def _address_of(self, file: str, anchor: str, *, within: bool) -> str | None:
        here, repository = self.here, self.here.repository
        if within:
            return f"#{quote(anchor)}" if anchor else None
        target = repository.at(file) or repository.at(f"{file}/service.yaml")
        if target is not None:
            return here.url(here.site.places.of_record(target), anchor)
        if file in repository.files:
            docs = here.site.docs_folder.strip("/") + "/"
            if file.startswith(docs) and file.endswith(".md"):
                return here.url(file.removeprefix(docs), anchor)
            if self._is_picture(file):
                return self._published(file)
        base = here.site.source_url
        return base + quote(posixpath.normpath(file)) if base else None


def _finished(heading: Section, part: Sequence[Token]) -> Iterator[Section]:
    html = _rendered(part)
    if heading.heading is not None or html.strip():
        yield Section(heading.title, html, heading.anchor, heading.level, heading.heading)


def _rendered(tokens: Sequence[Token]) -> Markup:
    # The parser reads raw HTML as text, so what its renderer gives is safe.
    return Markup(parser().renderer.render(tokens, parser().options, {}))


def _with_addresses(token: Token) -> Iterator[Token]:
    """A text with its bare web addresses as links, as code hosts show them."""
    end = 0
    for found in _ADDRESS.finditer(token.content):
        yield Token("text", "", 0, content=token.content[end : found.start()])
        address = escape(found.group())
        yield Token("html_inline", "", 0, content=f'<a href="{address}" rel="noopener">{address}</a>')
        end = found.end()
    yield Token("text", "", 0, content=token.content[end:])
