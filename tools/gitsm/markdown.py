"""What stands in a Markdown body: its headings, links and code, each with its line.

One parser for everything: what `check` takes for a heading is what the site shows as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

# The parser is imported once something is parsed: it takes its time, and a deadline needs none of it.
if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MAX_NESTING = 20
"""How deep lists and quotes may be nested; deeper ones are shown as text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a body."""

    level: int
    text: str
    anchor: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image of a body, with its address as written and its line."""

    address: str
    line: int
    image: bool = False


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A block of code of a body, with the line at which its text begins."""

    language: str
    """The first word after its fence, in small letters; empty where there is none."""
    text: str
    line: int
    is_open: bool = False
    """Whether nothing closes its fence, so that all that follows in its list, its quote or the text is code."""


_MARKUP = re.compile(r"[^\w\s.,:;?'\"()/+%@-]|_|\n", re.ASCII)
"""What may be markup in a text; a heading of one line without it is its own text."""


MAX_BRACKETS = 1000
"""How many opening brackets a paragraph may hold; one with more is shown as plain text, because looking
for links among them takes a time that grows with their square."""

MAX_REFERENCES = 2_000_000
"""How many characters of addresses the references of a body may come to, each counted as often as it
may be used; longer addresses are then not known. A few lines could otherwise fill a machine's memory."""


@cache
def parser() -> MarkdownIt:
    """The parser: CommonMark with tables and strikethrough. Raw HTML is text, and comments are nothing."""
    whole = commonmark().enable(["table", "strikethrough"])
    whole.core.ruler.at("inline", _bounded_inline)
    return whole


def commonmark() -> MarkdownIt:
    """A new parser of CommonMark to which raw HTML is text, and a comment (`<!-- ... -->`) is not there."""
    from markdown_it import MarkdownIt

    plain = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    plain.block.ruler.at("html_block", _comment_block, {"alt": ["paragraph", "reference", "blockquote"]})
    plain.inline.ruler.at("html_inline", _comment_inline)
    return plain


_OPENS, _CLOSES = "<!--", "-->"


def _comment_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A comment that begins a line: up to its end, over empty lines too. One without an end is text."""
    start = state.bMarks[first] + state.tShift[first]
    if state.is_code_block(first) or not state.src.startswith(_OPENS, start):
        return False
    if first < state.env.get(_OPENS, 0):
        return False  # it was sought from a line above, and isn't there
    last, at = first, start + 2  # as HTML has it, `<!-->` is a whole one
    while (closing := state.src.find(_CLOSES, at, state.eMarks[last])) < 0:
        last += 1
        if last >= end or (state.sCount[last] < state.blkIndent and not state.isEmpty(last)):
            state.env[_OPENS] = last
            return False
        at = state.bMarks[last] + state.tShift[last]
    if not silent:
        rest = state.src[closing + len(_CLOSES) : state.eMarks[last]].strip()
        if rest:
            state.push("paragraph_open", "p", 1).map = [last, last + 1]
            inline = state.push("inline", "", 0)
            inline.content, inline.map, inline.children = rest, [last, last + 1], []
            state.push("paragraph_close", "p", -1)
        state.line = last + 1
    return True


def _comment_inline(state: StateInline, silent: bool) -> bool:
    """A comment within a paragraph."""
    if not state.src.startswith(_OPENS, state.pos):
        return False
    # The last end is looked for once: a text may hold any number of beginnings and no end.
    if -1 not in state.cache:
        state.cache[-1] = state.src.rfind(_CLOSES)
    if state.cache[-1] < state.pos + 2:
        return False
    end = state.src.find(_CLOSES, state.pos + 2) + len(_CLOSES)
    if not silent:
        for _ in range(state.src.count("\n", state.pos, end)):
            state.push("softbreak", "br", 0)  # so that what follows keeps its line
    state.pos = end
    return True


def _bounded_inline(state: StateCore) -> None:
    bound_references(state.src, state.env)
    for token in state.tokens:
        if token.type == "inline":
            token.children = _children(token.content, state.env)


def bound_references(body: str, env: MutableMapping[str, Any]) -> None:
    longest = MAX_REFERENCES // max(body.count("]"), 1)
    references = env.get("references")
    if isinstance(references, dict) and any(len(entry["href"]) > longest for entry in references.values()):
        env["references"] = {key: entry for key, entry in references.items() if len(entry["href"]) <= longest}


def _children(text: str, env: MutableMapping[str, Any]) -> list[Token]:
    from markdown_it.token import Token

    if text.count("[") > MAX_BRACKETS:
        return [Token("text", "", 0, content=text)]
    children: list[Token] = []
    parser().inline.parse(text, parser(), env, children)
    return children


@cache
def _block_parser() -> MarkdownIt:
    blocks = commonmark().enable("table")
    blocks.core.ruler.enableOnly(["normalize", "block"])
    return blocks


def anchor_of(text: str) -> str:
    """The anchor that a heading gets, as code hosts make it: `Call the bank` becomes `call-the-bank`."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-") or "section"


def plain_text(token: Token) -> str:
    """The words of an inline token, without its markup."""
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts).strip()


class Anchors:
    """Gives each heading of a page an anchor that no other one has."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def of(self, text: str) -> str:
        anchor = wanted = anchor_of(text)
        while wanted in self._taken:
            self._taken[anchor] += 1
            wanted = f"{anchor}-{self._taken[anchor]}"
        self._taken[wanted] = 0
        return wanted


@dataclass(frozen=True, slots=True)
class Prose:
    """What a body says, as far as a check needs it. Lines count from the first line of its file."""

    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    code: tuple[CodeBlock, ...] = ()

    @property
    def anchors(self) -> frozenset[str]:
        """The anchors that a link into this body may name."""
        return frozenset(heading.anchor for heading in self.headings)


def read_prose(body: str, first_line: int) -> Prose:
    """The headings, links and code of a body that begins at a line of its file."""
    env: dict[str, Any] = {}
    tokens = _block_parser().parse(body, env)
    bound_references(body, env)
    anchors = Anchors()
    headings: list[Heading] = []
    links: list[Link] = []
    code: list[CodeBlock] = []
    lines = _LINE_END.split(body)
    for index, token in enumerate(tokens):
        if token.type in ("fence", "code_block") and token.map is not None:
            code.append(_code_block(token, first_line + token.map[0], _is_open(token, lines)))
        if token.type != "inline" or token.map is None:
            continue
        line = first_line + token.map[0]
        is_heading = index > 0 and tokens[index - 1].type == "heading_open"
        if is_heading or _may_link(token.content):
            plain = not _MARKUP.search(token.content)
            inline = None if plain else _inline(token.content, env)
            if is_heading:
                text = token.content if inline is None else plain_text(inline)
                headings.append(Heading(int(tokens[index - 1].tag[1]), text, anchors.of(text), line))
            if inline is not None:
                links.extend(_links(inline, line))
    return Prose(tuple(headings), tuple(links), tuple(code))


_LINE_END = re.compile(r"\r\n?|\n")
"""What ends a line of Markdown."""


def _is_open(token: Token, lines: Sequence[str]) -> bool:
    """Whether nothing closes a fence: the last of its lines is no fence of its kind that is as long."""
    if token.type != "fence" or token.map is None:
        return False
    first, after = token.map
    last = lines[after - 1].strip("> \t") if after - first > 1 else ""
    return len(last) < len(token.markup) or bool(last.strip(token.markup[0]))


def _code_block(token: Token, line: int, is_open: bool) -> CodeBlock:
    if token.type == "code_block":
        return CodeBlock("", token.content, line)
    language = re.match(r"[^\s{},]*", token.info.strip())
    return CodeBlock(language.group().lower() if language else "", token.content, line + 1, is_open)


def _may_link(text: str) -> bool:
    # Cheap and never wrong in the direction that matters: every link has a bracket or is an autolink.
    return "]" in text or "<" in text


def _inline(text: str, env: MutableMapping[str, Any]) -> Token:
    from markdown_it.token import Token

    return Token("inline", "", 0, content=text, children=_children(text, env))


def _links(inline: Token, line: int) -> Iterator[Link]:
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "link_open":
            yield Link(unquote(str(child.attrs.get("href", ""))), line)
        elif child.type == "image":
            yield Link(unquote(str(child.attrs.get("src", ""))), line, image=True)
