"""The pages of the site as Markdown files, for generators other than MkDocs.

Each file is a heading and the page's HTML, cleaned as on the site. What other generators take for a template,
a macro or the end of HTML is spelt in numbers of characters, so that a record says to them what it says here.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import click

from gitsm import lint
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.site import assets
from gitsm.site.build import drafts, page_of, site_of
from gitsm.site.build import files as files_of
from gitsm.site.by_hand import would_run
from gitsm.site.clean import clean
from gitsm.site.docs_pages import page_by_hand
from gitsm.site.page import Page
from gitsm.site.places import Places
from gitsm.site.policy import unheld_as_text
from gitsm.site.prose import LARGEST_PICTURE
from gitsm.site.spread import spread
from gitsm.site.unseen import seen

MARK = ".gitsm-site.json"
"""The file that tells an exported folder from any other, and lists what was written to it."""

_TITLE = re.compile(r'<h1 id="(?P<anchor>[^"]*)">.*?</h1>', re.DOTALL)
_PLAIN = re.compile(r"[^A-Za-z0-9 ,.\u00a1-\U0010ffff]")
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
_CARRIED = (
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".pdf", ".txt", ".csv", ".tsv", ".json", ".ics",
    ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".drawio", ".zip",
)  # fmt: skip
_EMPTY_LINE = re.compile(r"\n(?=[ \t\r\f\v]*\n)|\n\Z|\r")


class Links(StrEnum):
    """What an address of a page looks like."""

    MD = "md"
    """The file itself: `payroll.md`. Code hosts and editors of Markdown follow these."""
    HTML = "html"
    """The page that is made of it: `payroll.html`."""
    FOLDER = "folder"
    """The folder that the page stands in: `payroll/`."""


@dataclass(frozen=True)
class _Files(Places):
    """Places that are addressed by their files."""

    def _address(self, path: str) -> str:
        return path


def export(
    repository: Repository,
    links: Links = Links.MD,
    *,
    commit: str = "",
    commands: click.Group | None = None,
    fail: Callable[[str, str], None] = lambda path, why: None,
) -> dict[str, bytes]:
    """The files of a folder by their path: pages, pictures, feeds, styles, and what lies in `docs/`.

    `fail` is told the path of each page that can only say that it could not be made, and why.
    """
    directory_urls = links is Links.FOLDER
    site = site_of(
        repository,
        lint.run(repository, RULES.values()),
        commit=commit,
        directory_urls=directory_urls,
        commands=commands,
    )
    files_are_pages = links is Links.MD
    places = _Files(site.places.folders, directory_urls=False) if files_are_pages else site.places
    site = replace(site, places=places, scripted=False)
    made, found = {}, {}
    for path, content in _by_hand(repository, site.docs_folder):
        if path.lower().endswith(_MARKDOWN):
            made[path] = page_by_hand(places, path, content)
        else:
            found[path] = content
    for last in (False, True):
        site = replace(site, unmade={path: page.failed for path, page in made.items() if page.failed})
        every = [draft for draft in drafts(site).values() if draft.last is last]
        made |= zip((draft.path for draft in every), spread(every, partial(page_of, site)), strict=True)
    for path, page in made.items():
        if page.failed:
            fail(path, page.failed)
    found |= {path: content for path, content in files_of(site).items() if not path.endswith(".js")}
    found |= dict(_pictures(repository, made))
    found[assets.STYLES] = dict(assets.shared())[assets.STYLES]
    found |= {path: markdown(page).encode("utf-8", "xmlcharrefreplace") for path, page in made.items()}
    found[MARK] = (json.dumps(sorted(found), indent=0, ensure_ascii=True) + "\n").encode()
    return found


def markdown(page: Page) -> str:
    """A page as a Markdown file: no front matter, a heading, and one block of HTML."""
    title = _PLAIN.sub(lambda found: _number(found[0]), " ".join(seen(page.title).split()))
    html = _TITLE.sub(r'<span id="\g<anchor>"></span>', str(page.html), count=1)
    html = seen(unheld_as_text(clean(html))).strip()
    # HTML ends at an empty line, and braces are templates in Hugo, Jekyll, Docusaurus and others.
    html = _EMPTY_LINE.sub("&#10;", html.replace("{", "&#123;").replace("}", "&#125;"))
    return f"# {title or '&#160;'}\n\n<div>{html}</div>\n"


def _number(char: str) -> str:
    return " " if not char.isprintable() else f"&#{ord(char)};"


def _pictures(repository: Repository, made: Mapping[str, Page]) -> Iterator[tuple[str, bytes]]:
    wanted = {file: path for page in made.values() for path, file in page.images.items()}
    for file, content in repository.tree.read_many(sorted(wanted), limit=LARGEST_PICTURE):
        if isinstance(content, bytes):
            yield wanted[file], content


def _by_hand(repository: Repository, folder: str) -> Iterator[tuple[str, bytes]]:
    """What lies beside the pages already, but for what a browser or another generator would run."""
    inside = [file for file in repository.files if file.startswith(f"{folder}/")]
    for file, content in repository.tree.read_many(sorted(inside), limit=LARGEST_PICTURE):
        path = file.removeprefix(f"{folder}/")
        if isinstance(content, bytes) and (path.lower().endswith(_MARKDOWN) or _is_carried(path, content)):
            yield path, content


def _is_carried(path: str, content: bytes) -> bool:
    """Whether a file that is no page is one that pages show or lead to, and nothing that a generator obeys: its
    settings and templates, and whatever has front matter."""
    named = not any(part.startswith(("_", ".")) for part in path.split("/"))
    front = content.removeprefix(codecs.BOM_UTF8).startswith(b"---")
    return named and not front and path.lower().endswith(_CARRIED) and not would_run(path, content)
