"""The pages of the site as Markdown files, for generators other than MkDocs.

Each file is a heading and the page's HTML, cleaned as on the site. What other generators take for a template,
a macro or the end of HTML is spelt in numbers of characters, so that a record says to them what it says here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
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
from gitsm.site.page import Page
from gitsm.site.places import Places
from gitsm.site.policy import unheld_as_text
from gitsm.site.prose import LARGEST_PICTURE
from gitsm.site.spread import spread

MARK = ".gitsm-site.json"
"""The file that tells an exported folder from any other, and lists what was written to it."""

_TITLE = re.compile(r'<h1 id="(?P<anchor>[^"]*)">.*?</h1>', re.DOTALL)
_PLAIN = re.compile(r"[^A-Za-z0-9 ,.\u00a1-\U0010ffff]")
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
    repository: Repository, links: Links = Links.MD, *, commit: str = "", commands: click.Group | None = None
) -> dict[str, bytes]:
    """The files of a folder by their path: pages, pictures, feeds, styles, and what lies in `docs/`."""
    directory_urls = links is Links.FOLDER
    site = site_of(
        repository,
        lint.run(repository, RULES.values()),
        commit=commit,
        directory_urls=directory_urls,
        commands=commands,
    )
    if links is Links.MD:
        site = replace(site, places=_Files(site.places.folders, directory_urls=False))
    every = list(drafts(site).values())
    made = dict(zip((draft.path for draft in every), spread(every, partial(page_of, site)), strict=True))
    found = dict(_by_hand(repository, site.docs_folder))
    found |= {path: content for path, content in files_of(site).items() if not path.endswith(".js")}
    found |= dict(_pictures(repository, made))
    found[assets.STYLES] = dict(assets.shared())[assets.STYLES]
    found |= {path: markdown(page).encode("utf-8", "xmlcharrefreplace") for path, page in made.items()}
    found[MARK] = (json.dumps(sorted(found), indent=0, ensure_ascii=True) + "\n").encode()
    return found


def markdown(page: Page) -> str:
    """A page as a Markdown file: no front matter, a heading, and one block of HTML."""
    title = _PLAIN.sub(lambda found: _number(found[0]), " ".join(page.title.split()))
    html = _TITLE.sub(r'<span id="\g<anchor>"></span>', str(page.html), count=1)
    html = unheld_as_text(clean(html)).strip()
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
    """What lies beside the pages already, but for what a browser would run."""
    inside = [file for file in repository.files if file.startswith(f"{folder}/")]
    for file, content in repository.tree.read_many(sorted(inside), limit=LARGEST_PICTURE):
        if isinstance(content, bytes) and not would_run(file, content):
            yield file.removeprefix(f"{folder}/"), content
