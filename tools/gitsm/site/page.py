"""What a page is: first a draft, which says where it stands and who writes it, then its title, HTML and headings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from gitsm import addresses
from gitsm.repository import Record
from gitsm.site.html import Content

if TYPE_CHECKING:
    from gitsm.site.here import Here, Site

INDEX = addresses.INDEX
"""The path of the front page, and the name of the page of a folder."""


class Rank(IntEnum):
    """What a page is to somebody who searches: of pages that match as well, the lower rank comes first."""

    HIDDEN = -1
    """Not found at all."""
    ALERT = 0
    SERVICE = 1
    RUNBOOK = 2
    ADVICE = 3
    """Known errors, knowledge articles and requests: what helps a user or the service desk."""
    TEAM = 4
    OPEN = 5
    """An incident or a change on which something is still to be done, a freeze that holds."""
    RECORD = 6
    """Any other record."""
    PAGE = 7
    """Lists, overviews and what was written by hand."""
    REFERENCE = 8
    OVER = 9
    """What is history: an incident that is over, a problem that is solved, an article that was retired."""
    CLOSED = 10
    """A change that is closed."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page, as its table of contents shows it."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a page under a heading of its own."""

    title: str
    html: Markup
    anchor: str = ""
    """The address of the heading; without one it is made from the title."""
    level: int = 2
    heading: Markup | None = None
    """The heading with its markup, where it has any."""
    inside: tuple[Heading, ...] = ()
    """Headings that stand in its HTML already, in order."""

    def __bool__(self) -> bool:
        return bool(self.html) or self.heading is not None


@dataclass(frozen=True, slots=True)
class Draft:
    """A page that nobody has written yet: what the site has to know of all its pages, and who writes this one."""

    path: str
    """Where it stands among the site's sources: `services/payroll.md`."""
    title: str
    """Plain text, to be escaped for wherever it is shown."""
    sections: Callable[[Here], Iterable[Section]]
    """What it consists of; empty sections are left out."""
    top: Callable[[Here], Content] | None = None
    """What stands between its title and its sections."""
    source: str = ""
    """The file that its edit link opens; empty where there is none."""
    about: Sequence[Record[Any]] = ()
    """The records with pages of their own that say the same, should this one fail."""
    parent: str = ""
    """The page above it, which the navigation shows as the place where the reader is."""
    navigation: str = ""
    """The heading of the navigation that it stands under; empty where it is not in the navigation."""
    wide: bool = False
    """Whether its tables need the room that the table of contents would take."""
    rank: Rank | Callable[[Here], Rank] = Rank.PAGE
    """What it is to somebody who searches."""
    scripts: tuple[str, ...] = ()
    """Scripts of ours that only this page needs, beside those that every page has; style sheets end in .css."""
    last: bool = False
    """Whether it is written after all others, and so knows which of them could not be made."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site. Its HTML is whole and safe: nothing in it has to be rendered or escaped again."""

    path: str
    title: str
    html: Markup = field(repr=False)
    headings: tuple[Heading, ...] = field(default=(), repr=False)
    scripts: tuple[str, ...] = ()
    """The scripts that its draft names, and those that what it shows needs."""
    failed: str = ""
    """Why the page could not be made and only says so; empty for every other page."""
    images: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Pictures of the repository that it shows: where each is published, and its file."""

    @property
    def anchors(self) -> set[str] | None:
        """The addresses of its headings; None where nobody knows which it would have had."""
        return None if self.failed else {heading.anchor for heading in self.headings}


Maker = Callable[["Site"], Iterator[Draft]]
FileMaker = Callable[["Site"], Iterator[tuple[str, Callable[[], bytes]]]]

MAKERS: list[Maker] = []
"""Every function that drafts pages; the modules in `pages` fill it."""


def makes_pages(function: Maker) -> Maker:
    """Register a function as one that drafts pages of the site. What takes long is left to who writes them."""
    MAKERS.append(function)
    return function


FILE_MAKERS: list[FileMaker] = []
"""Every function that makes files which are no pages: feeds, and data for the scripts."""


def makes_files(function: FileMaker) -> FileMaker:
    """Register a function as one that makes files of the site: the path of each, and what makes its content."""
    FILE_MAKERS.append(function)
    return function
