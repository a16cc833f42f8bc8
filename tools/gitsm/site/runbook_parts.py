"""The parts of a runbook's body, and the first command of each that a reader at night may need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from gitsm.records.runbook import SECTIONS, Runbook
from gitsm.repository import Record
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, div, join, tag
from gitsm.site.page import Section
from gitsm.site.prose import sections_of

_NAMES = frozenset(name.casefold() for name in SECTIONS)
_LONGEST_LEAD = 280
"""In characters: what stands before the first command is shown with it where it is no longer."""


@dataclass(frozen=True)
class Part:
    """A section of a runbook with all below it."""

    name: str
    """The name of the section in small letters; empty where it is none of those that runbooks have."""
    sections: list[Section]


def parts_of(here: Here, runbook: Record[Runbook]) -> list[Part]:
    """The body of a runbook by the sections that runbooks have, in its own order."""
    found: list[Part] = []
    for section in sections_of(here, runbook):
        name = section.title.strip().casefold()
        within = bool(found and found[-1].name) and section.level > found[-1].sections[0].level
        if within:
            found[-1].sections.append(section)
        else:
            found.append(Part(name if name in _NAMES else "", [section]))
    return found


def named(parts: Iterable[Part], name: str) -> Part | None:
    """The first part of a name, where there is one."""
    return next((part for part in parts if part.name == name), None)


_CODE = re.compile(
    r'(?P<before><div class="highlight"><pre>(?:<span></span>)?<code>)(?P<code>.*?)(?P<after></code></pre></div>)',
    re.DOTALL,
)
"""A block of code as `highlighted` makes it; what a stranger wrote is escaped inside it."""
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"(?:<span[^<>]*>[^<\s]*</span>|[^<\s]+)+|<[^<>]*>")
"""Letters in a row, whatever their colours; or a tag that isn't one's of them."""
_LONGEST_WORD = 36
"""In characters: on a phone there is room for so many in a line."""
_OPENED = re.compile(r"<(?:ol|ul|li|blockquote)\b")
_CLOSED = re.compile(r"</(?:ol|ul|li|blockquote)>")
_TAG = re.compile(r"<[^>]*>")
_TOO_MUCH = re.compile(r"<(?:table|img)\b")


def first_commands(parts: Sequence[Part]) -> Markup:
    """The first command that looks, and the first that helps."""
    return join([_first_command(named(parts, name)) for name in ("diagnosis", "mitigation")])


def _first_command(part: Part | None) -> Markup:
    before: list[Markup] = []
    for section in part.sections if part is not None else ():
        found = _CODE.search(section.html)
        if found is None:
            before.append(section.html)
            continue
        lead = Markup("").join([*before, Markup(section.html[: found.start()])])
        title = part.sections[0].title if part is not None else ""
        shown = title if section.title == title else f"{title}: {section.title}"
        label = tag("p", tag("a", shown, href=f"#{quote(section.anchor)}"), class_="g-command__of")
        inside = [label, _lead(lead, section), by_lines(found[0])]
        return tag("div", inside, class_="g-command", data_search_exclude="true")
    return NOTHING


def by_lines(html: str) -> Markup:
    """Text whose blocks of code can be folded without a line being read by half.

    Lines can be told apart, and no option is broken at its hyphens. No text is added, so that what is copied is
    what was written.
    """
    return Markup(_CODE.sub(_by_lines, html))


def _by_lines(block: re.Match[str]) -> str:
    whole = _WORD.sub(_unbroken, block["code"])
    # Colours end with their line, so that each line is whole.
    return block["before"] + _LINE.sub(r'<span class="g-line">\g<0></span>', whole) + block["after"]


def _unbroken(found: re.Match[str]) -> str:
    word = _TAG.sub("", found[0])
    return (
        f'<span class="g-word">{found[0]}</span>' if "-" in word and len(word) <= _LONGEST_WORD else found[0]
    )


def _lead(lead: Markup, section: Section) -> Markup:
    """What the runbook says before its command: whole, or where to read it."""
    said = _TAG.sub("", lead).strip()
    if not said:
        return NOTHING
    whole = len(_OPENED.findall(lead)) == len(_CLOSED.findall(lead)) and not _TOO_MUCH.search(lead)
    if whole and len(said) <= _LONGEST_LEAD:
        return div("g-command__lead", lead)
    return tag("p", tag("a", "Read first what stands before it", href=f"#{quote(section.anchor)}"), ".")
