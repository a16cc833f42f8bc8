"""Rewrites the addresses of links in Markdown, and touches nothing else."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from gitsm.markdown import parser

NewPath = Callable[[str], str | None]
"""Gives for the path of a link, decoded and without its anchor, the path that it shall have, or None."""

_PLACE = re.compile(
    r"\\."
    r"|(?P<ticks>`+)"
    r"|\]\(\s*(?:<(?P<bracketed>[^<>\n]*)>|(?P<bare>[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*))"
    r"|^[ \t>]*\[[^\]\n]+\]:[ \t]*(?:<(?P<defined_bracketed>[^<>\n]*)>|(?P<defined>[^\s<>]+))",
    re.DOTALL | re.MULTILINE,
)
_ADDRESSES = ("bracketed", "bare", "defined_bracketed", "defined")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\Z")
_LINE = re.compile(r"\r\n|\r|\n")


def rewrite_links(body: str, new_path: NewPath) -> tuple[str, tuple[str, ...]]:
    """The body with new addresses in its links, and the addresses that had to stay as they were.

    Code is left alone. The result is parsed and compared with the original: what would change
    anything else than the addresses of links is not done.
    """
    before = parser().parse(body, {})
    edits = []
    for start, end in _addresses(body, before):
        new = _renewed(body[start:end], new_path)
        if new is not None and new != body[start:end]:
            edits.append(_Edit(start, end, new))
    good = _harmless(body, before, edits, [MAX_TRIES])
    if len(good) < len(edits) and not _is_harmless(body, before, good):
        good = []  # each half was harmless, and both together are not
    result = _edited(body, good)
    after = parser().parse(result, {}) if good else before
    pairs = zip(_targets(before), _targets(after), strict=True)
    kept = (old for old, new in pairs if old == new and _renewed(old, new_path) not in (None, old))
    return result, tuple(dict.fromkeys(kept))


MAX_TRIES = 50
"""How often the edits of one body are divided to find the one that does harm."""


class _Edit(NamedTuple):
    """An address to be written in the place of another."""

    start: int
    end: int
    new: str


def _edited(body: str, edits: Iterable[_Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for edit in edits:
        pieces += (body[done : edit.start], edit.new)
        done = edit.end
    return "".join(pieces) + body[done:]


def _is_harmless(body: str, tokens: list[Token], edits: list[_Edit]) -> bool:
    """Whether edits change the addresses of links and nothing else."""
    if not edits:
        return True
    changed = {_normal(body[edit.start : edit.end]): _normal(edit.new) for edit in edits}
    before, after = list(_shape(tokens)), list(_shape(parser().parse(_edited(body, edits), {})))
    return len(before) == len(after) and all(
        one.rest == other.rest and other.address in (one.address, changed.get(one.address))
        for one, other in zip(before, after, strict=True)
    )


def _harmless(body: str, tokens: list[Token], edits: list[_Edit], tries: list[int]) -> list[_Edit]:
    """The edits that do no harm: halves are tried where the whole does."""
    tries[0] -= 1
    if _is_harmless(body, tokens, edits):
        return edits
    if len(edits) < 2 or tries[0] < 0:
        return []
    half = len(edits) // 2
    return [
        *_harmless(body, tokens, edits[:half], tries),
        *_harmless(body, tokens, edits[half:], tries),
    ]


def path_of(address: str) -> str | None:
    """The path that an address leads to, decoded; None where it leads elsewhere or to its own page."""
    if _ELSEWHERE.match(address):
        return None
    return unquote(unescapeAll(re.split(r"[?#]", address, maxsplit=1)[0]))


def _renewed(address: str, new_path: NewPath) -> str | None:
    """An address as written, with the path that it shall have; its anchor stays as it is."""
    path = path_of(address)
    new = new_path(path) if path else None
    return None if new is None else new + address[len(re.split(r"[?#]", address, maxsplit=1)[0]) :]


def _normal(address: str) -> str:
    return parser().normalizeLink(unescapeAll(address))


def _addresses(body: str, tokens: Iterable[Token]) -> Iterator[tuple[int, int]]:
    """Where in a body something stands that may be the address of a link, outside code."""
    for start, stop in _prose(body, tokens):
        ticks: dict[int, list[int]] = defaultdict(list)
        for run in re.finditer("`+", body[start:stop]):
            ticks[len(run[0])].append(start + run.start())
        place = _PLACE.search(body, start, stop)
        while place is not None:
            position = place.end()
            if place["ticks"]:
                position = _end_of_code(body, place, ticks[len(place["ticks"])])
            for name in _ADDRESSES:
                if place[name] is not None:
                    yield place.span(name)
            place = _PLACE.search(body, position, stop)


def _end_of_code(body: str, opening: re.Match[str], runs: list[int]) -> int:
    """Where a code span ends that begins here; right here, where nothing in the paragraph closes it."""
    following = bisect_right(runs, opening.start())
    if following == len(runs) or re.search(r"\n[ \t]*\r?\n", body[opening.end() : runs[following]]):
        return opening.end()
    return runs[following] + len(opening["ticks"])


def _prose(body: str, tokens: Iterable[Token]) -> Iterator[tuple[int, int]]:
    """The stretches of a body between its blocks of code."""
    lines = [0, *(end.end() for end in _LINE.finditer(body)), len(body)]
    start = 0
    for token in tokens:
        if token.type in ("fence", "code_block") and token.map is not None:
            first, last = (lines[min(line, len(lines) - 1)] for line in token.map)
            yield start, first
            start = last
    yield start, len(body)


class _Part(NamedTuple):
    """A part of a parsed body: the address in it, and everything else."""

    address: str
    rest: tuple[object, ...]


def _shape(tokens: Iterable[Token]) -> Iterator[_Part]:
    """The parts that a parsed body is made of."""
    for token in tokens:
        attributes = {name: value for name, value in token.attrs.items() if name not in ("href", "src")}
        address = str(token.attrs.get("href", token.attrs.get("src", "")))
        content = token.content if token.type != "inline" else ""
        yield _Part(address, (token.type, token.tag, content, token.info, attributes))
        yield from _shape(token.children or ())


def _targets(tokens: Iterable[Token]) -> Iterator[str]:
    """The addresses of all links and images, in their order."""
    return (part.address for part in _shape(tokens) if part.address)
