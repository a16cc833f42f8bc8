"""The tree of the navigation: overviews only, because a page for each record would make it huge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias, Union

from markupsafe import escape

from gitsm.site.page import Draft

Entry: TypeAlias = dict[str, str | list[Union["Entry", str]]]
"""A title and what it leads to: a page, or further entries. The title is HTML, as the theme wants it."""

ORDER = (
    "Home",
    "Services",
    "Changes",
    "Calendar",
    "Runbooks",
    "Knowledge",
    "Incidents",
    "Problems",
    "Requests",
    "Improvements",
    "Organization",
)
"""What comes first, for whoever arrives at night; then users' own kinds, hand-written pages, the reference."""

REFERENCE = "Reference"
DOCUMENTATION = "Documentation"


def navigation(pages: Iterable[Draft], documents: Iterable[str]) -> list[Entry | str]:
    """The navigation of generated pages and of hand-written ones, given by their paths."""
    sections: dict[str, list[Draft]] = defaultdict(list)
    for page in pages:
        if page.navigation:
            sections[page.navigation].append(page)
    others = sorted(set(sections) - {*ORDER, REFERENCE})
    entries: list[Entry | str] = [
        _entry(title, sections[title]) for title in (*ORDER, *others) if title in sections
    ]
    if written := _documents(sorted(documents)):
        entries.append({DOCUMENTATION: written})
    if REFERENCE in sections:
        entries.append(_entry(REFERENCE, sections[REFERENCE]))
    return entries


def _entry(title: str, pages: list[Draft]) -> Entry:
    if len(pages) == 1:
        return {str(escape(title)): pages[0].path}
    # What the heading names comes first: it is where a click on the heading leads.
    pages = sorted(pages, key=lambda page: page.title != title)
    return {str(escape(title)): [{str(escape(page.title)): page.path} for page in pages]}


def _documents(paths: list[str]) -> list[Entry | str]:
    """Hand-written pages as their folders have them; each is named by its own heading."""
    found: list[Entry | str] = [path for path in paths if "/" not in path]
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, slash, below = path.partition("/")
        if slash:
            folders[folder].append(below)
    for folder, inside in folders.items():
        title = folder.replace("-", " ").replace("_", " ").capitalize()
        found.append({str(escape(title)): _under(folder, _documents(inside))})
    return found


def _under(folder: str, entries: list[Entry | str]) -> list[Entry | str]:
    return [
        f"{folder}/{entry}"
        if isinstance(entry, str)
        else {title: _under(folder, below) for title, below in entry.items() if isinstance(below, list)}
        for entry in entries
    ]
