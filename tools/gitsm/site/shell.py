"""The theme's frame around a page, cut where pages differ, so that a thousand pages need it rendered once.

The theme renders one page whose title, text, addresses and contents are marks. What stands between the marks
is the same for every page of the same place, and is put around each of them by joining strings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

TITLE = "gitsm-shell-title"
"""The mark for the title of a page."""
CONTENT = "<h1>gitsm-shell-content</h1>"
"""The mark for the text; a heading, so that the theme doesn't add one."""
EDIT = "https://gitsm.invalid/shell-edit"
"""The mark for the address at which the file behind the page is edited."""
ADDRESS = "https://gitsm.invalid/shell-address"
"""The mark for the page's own address, where the site has one."""
TOP = "gitsm-shell-top"
"""The mark for the anchor of the title."""
OUTER, INNER = "gitsm-shell-outer", "gitsm-shell-inner"
"""The marks of an entry of the contents and of one inside it: both for the anchor and for the words."""

_ENTRIES, _CHILDREN = "gitsm-shell-entries", "gitsm-shell-children"
_BODY = re.compile(r"</body>", re.IGNORECASE)
_SCRIPTS = "gitsm-shell-scripts"


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading in the contents of a page, with those below it."""

    anchor: str
    title: str
    below: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Filling:
    """What one page puts between the pieces of its frame."""

    title: str
    """Plain text."""
    html: str
    """The text of the page, safe already."""
    anchor: str = ""
    """The anchor of the title."""
    edit: str = ""
    address: str = ""
    entries: Sequence[Entry] = ()
    """The contents, without the title."""
    scripts: Sequence[str] = ()
    """The addresses of scripts and style sheets that only this page needs, as seen from it."""


def loading(address: str) -> Markup:
    """The element that loads a script, or a style sheet where the address ends in .css."""
    if address.endswith(".css"):
        return Markup('<link rel="stylesheet" href="{}">').format(address)
    return Markup('<script src="{}"></script>').format(address)


def with_scripts(html: str, addresses: Iterable[str]) -> str:
    """A whole page that loads further scripts and style sheets, after all that it loads already."""
    elements = "".join(map(loading, addresses))
    return _BODY.sub(lambda end: elements + end.group(), html, count=1) if elements else html


class Shell:
    """The frame around the pages of one place."""

    def __init__(self, frame: str) -> None:
        """Cut a page that was rendered with the marks. ValueError where a mark that is needed is missing."""
        for mark in (TITLE, CONTENT):
            if mark not in frame:
                raise ValueError(f"the theme leaves out what stands for a page's {mark.strip('<>h1/')}")
        frame, self._leaf = _cut(frame, INNER, _CHILDREN)
        frame, self._branch = _cut(frame, OUTER, _ENTRIES)
        frame = _BODY.sub(_SCRIPTS + "</body>", frame, count=1)
        marks = (TITLE, CONTENT, EDIT, ADDRESS, TOP, _ENTRIES, _SCRIPTS)
        self._pieces = re.split("(" + "|".join(map(re.escape, marks)) + ")", frame)

    def around(self, page: Filling) -> str:
        """A whole page."""
        values = {
            TITLE: str(escape(page.title)),
            CONTENT: page.html,
            EDIT: str(escape(page.edit)),
            ADDRESS: str(escape(page.address)),
            TOP: page.anchor,
            _ENTRIES: "".join(self._entries(page.entries)),
            _SCRIPTS: "".join(map(loading, page.scripts)),
        }
        pieces = self._pieces
        # Every second piece is a mark.
        return "".join([values[piece] if index % 2 else piece for index, piece in enumerate(pieces)])

    def _entries(self, entries: Iterable[Entry]) -> Iterator[str]:
        for entry in entries:
            anchor, title = str(escape(entry.anchor)), str(escape(entry.title))
            if entry.below and self._branch:
                # The children last: their words may hold a mark that a stranger wrote.
                before, _, after = self._branch.partition(_CHILDREN)
                yield _named(before, OUTER, anchor, title)
                yield from self._entries(entry.below)
                yield _named(after, OUTER, anchor, title)
            else:
                yield _named(self._leaf, INNER, anchor, title)


def _cut(frame: str, mark: str, instead: str) -> tuple[str, str]:
    """A frame without the entry of a mark, and the entry; both as they were where the theme shows none."""
    entry = re.compile(rf"<li\b[^>]*>(?:(?!<li\b).)*?#{mark}\b.*?</li>", re.DOTALL)
    found = entry.search(frame)
    return (entry.sub(instead, frame), found.group()) if found else (frame, "")


def _named(template: str, mark: str, anchor: str, title: str) -> str:
    """An entry with its anchor and its words; a mark in the words of a record stays what it is."""
    pieces = re.split(rf"(#?{mark})", template)
    return "".join(
        piece if not index % 2 else f"#{anchor}" if piece.startswith("#") else title
        for index, piece in enumerate(pieces)
    )
