"""Where the address of each link of a Markdown text is written, so that it can be replaced by another one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from gitsm.diagnostic import Span
from gitsm.markdown import MAX_BRACKETS, bound_references, commonmark


@dataclass(frozen=True, slots=True)
class Destination:
    """The address of a link, and where it is written. Of a link by reference that is its definition."""

    address: str
    """As it is written, without angle brackets and backslashes."""
    span: Span | None
    """None where it can't be told from the text around it."""
    angled: bool = False
    """Whether it is written between angle brackets."""

    @property
    def read(self) -> str:
        """The address as `gitsm.markdown.Link` has it."""
        return unquote(_parser().normalizeLink(self.address))

    def written(self, address: str) -> str:
        """How another address is written in the place of this one."""
        odd = r"[\s<>\\]" if self.angled else r"[\s<>\\()\[\]]"
        plain = re.sub(odd, lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)
        return f"<{plain}>" if self.angled else plain


def destinations(body: str, first_line: int) -> list[Destination]:
    """The address of each link and image of a body that begins at a line of its file, as `read_prose` finds them."""
    body = body.replace("\r\n", "\n").replace("\r", " ")  # alone it would end a line there, and nowhere else
    if "]" not in body and "<" not in body:
        return []
    env: dict[str, Any] = {}
    tokens = _block_parser().parse(body, env)
    bound_references(body, env)
    lines = body.split("\n")
    found: list[Destination] = []
    cells: dict[int, int] = {}  # how far each line of a table was read
    links = _Links()
    for token in tokens:
        if token.type != "inline" or token.map is None or token.content.count("[") > MAX_BRACKETS:
            continue
        before = _columns(token, lines, cells)
        for start, destination in _found(token.content, env, links):
            if isinstance(destination, _Definition):
                found.append(_defined(destination, lines, first_line))
            elif start is None:
                found.append(destination)
            else:
                span = _span(token, before, *start, first_line)
                found.append(Destination(destination.address, span, destination.angled))
    return found


def target_of(file: str, address: str) -> str | None:
    """The path that a relative address in a file leads to; None where it leaves the repository."""
    if not address:
        return file
    start = "" if address.startswith("/") else posixpath.dirname(file)
    path = posixpath.normpath(posixpath.join(start, address.lstrip("/")))
    return None if path.startswith("..") else path


def address_from(file: str, target: str, like: str = "") -> str:
    """The address by which a file links to another one: from the top where `like` is, else relative."""
    path = quote(target, safe=_UNQUOTED)
    if like.startswith("/"):
        return f"/{path}"
    start = quote(posixpath.dirname(file), safe=_UNQUOTED)
    return posixpath.relpath(f"/{path}", f"/{start}")


_UNQUOTED = "/~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True)
class _Definition:
    """A link by reference: what its definition says, and on which lines that stands."""

    href: str
    lines: tuple[int, int]


_Found = tuple[tuple[int, int] | None, Destination | _Definition]


class _Links:
    """The links of a paragraph, with where they begin, as the parser comes upon them."""

    def __init__(self) -> None:
        self.parser = commonmark().enable("strikethrough")
        self.parser.inline.ruler.at("link", self.link)
        self.parser.inline.ruler.at("image", self.image)
        self.tokens: list[Token] = []
        self.found: list[tuple[int, _Found]] = []
        self.images = 0  # how many images around the current place have their description read

    def of(self, text: str, env: MutableMapping[str, Any]) -> list[_Found]:
        """The links of a paragraph by where they begin; afterwards `tokens` holds what it consists of."""
        self.tokens, self.found = [], []
        self.parser.inline.parse(text, self.parser, env, self.tokens)
        return [destination for _, destination in sorted(self.found, key=lambda entry: entry[0])]

    def link(self, state: StateInline, silent: bool) -> bool:
        start = state.pos
        done = link(state, silent)
        if done and not silent:
            self._keep(state, start, start)
        return done

    def image(self, state: StateInline, silent: bool) -> bool:
        start = state.pos
        self.images += 1
        try:
            done = image(state, silent)
        finally:
            self.images -= 1
        if done and not silent:
            self._keep(state, start, start + 1)
        return done

    def _keep(self, state: StateInline, start: int, label: int) -> None:
        if not self.images:
            self.found.append((start, _destination(state, label)))


def _destination(state: StateInline, start: int) -> _Found:
    """The address of the link whose label begins at an index."""
    source, helpers = state.src, state.md.helpers
    end = helpers.parseLinkLabel(state, start)
    at = end + 1
    if source[at : at + 1] == "(":
        at += 1 + len(source[at + 1 :]) - len(source[at + 1 :].lstrip(" \t\n"))
        result = helpers.parseLinkDestination(source, at, len(source))
        if result.ok:
            return (at, result.pos), Destination(result.str, None, source[at : at + 1] == "<")
        return None, Destination("", None)
    label = source[start + 1 : end]
    if source[at : at + 1] == "[":
        closing = helpers.parseLinkLabel(state, at)
        label = source[at + 1 : closing] or label if closing >= 0 else label
    entry = state.env.get("references", {}).get(normalizeReference(label))
    if entry is None:
        return None, Destination("", None)
    return None, _Definition(entry["href"], tuple(entry["map"]))


def _found(text: str, env: MutableMapping[str, Any], links: _Links) -> Iterator[_Found]:
    if "]" not in text and "<" not in text:
        return
    known = iter(links.of(text, env))
    for token in links.tokens:
        if token.type == "image" or (token.type == "link_open" and token.info != "auto"):
            yield next(known)
        elif token.type == "link_open":
            yield None, Destination(str(token.attrs.get("href", "")), None)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


@cache
def _block_parser() -> MarkdownIt:
    blocks = commonmark().enable("table")
    blocks.core.ruler.enableOnly(["normalize", "block"])
    return blocks


def _columns(token: Token, lines: Sequence[str], cells: dict[int, int]) -> list[int]:
    """What stands before a paragraph on each of its lines: indentation, `>`, `-`, `#`; -1 where that is unclear."""
    assert token.map is not None
    first, columns = token.map[0], []
    for offset, part in enumerate(token.content.split("\n")):
        line = lines[first + offset] if first + offset < len(lines) else ""
        part = part.rstrip()
        if line.rstrip().endswith(part) and first not in cells and "|" not in line:
            columns.append(len(line.rstrip()) - len(part))
        else:
            columns.append(line.find(part, cells.get(first + offset, 0)))
            cells[first + offset] = max(columns[-1] + len(part), 0)
    return columns


def _span(token: Token, before: Sequence[int], start: int, end: int, first_line: int) -> Span | None:
    assert token.map is not None
    text = token.content
    offset = text.count("\n", 0, start)
    if "\n" in text[start:end] or before[offset] < 0:
        return None
    line = first_line + token.map[0] + offset
    column = before[offset] + start - text.rfind("\n", 0, start)
    return Span(line, column, line, column + end - start)


def _defined(definition: _Definition, lines: Sequence[str], first_line: int) -> Destination:
    """Where the address of a definition stands: after `]:`, or on the line below."""
    first, end = definition.lines
    helpers, at = _parser().helpers, -1
    for number in range(first, min(end, len(lines))):
        line = lines[number]
        at = line.find("]:") + 2 if at < 0 and "]:" in line else 0 if at >= 0 else -1
        if at < 0:
            continue
        at += len(line[at:]) - len(line[at:].lstrip(" \t>"))
        result = helpers.parseLinkDestination(line, at, len(line))
        if at < len(line) and result.ok and _parser().normalizeLink(result.str) == definition.href:
            span = Span(first_line + number, at + 1, first_line + number, result.pos + 1)
            return Destination(result.str, span, line[at] == "<")
    return Destination(unquote(definition.href), None)
