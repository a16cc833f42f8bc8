"""All pages and files of the site as pure functions of the repository, each made when it is asked for."""

from __future__ import annotations

import pkgutil
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import click

from gitsm.lint import Report
from gitsm.repository import Repository
from gitsm.salvage import salvaged
from gitsm.site import pages as _modules
from gitsm.site.frame import written
from gitsm.site.here import Here, Site
from gitsm.site.html import chip, paragraph
from gitsm.site.limits import TooLongError, within
from gitsm.site.page import FILE_MAKERS, MAKERS, Draft, Page, Section
from gitsm.site.places import Places

for _module in sorted(module.name for module in pkgutil.iter_modules(_modules.__path__)):
    import_module(f"{_modules.__name__}.{_module}")

Thing = TypeVar("Thing")


class Made(Mapping[str, Thing]):
    """Parts of a site by their path, each made when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Thing]]) -> None:
        self._makers = makers
        self._made: dict[str, Thing] = {}

    def __getitem__(self, path: str) -> Thing:
        if path not in self._made:
            self._made[path] = self._makers[path]()
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def site_of(
    repository: Repository,
    report: Report | None = None,
    *,
    commit: str = "",
    directory_urls: bool = True,
    source_url: str = "",
    docs_folder: str = "docs",
    commands: click.Group | None = None,
) -> Site:
    """What the pages of a repository are made of: damaged records as far as they can be read.

    `report` is what a check of it found; `source_url` is where the code host shows its files, up to
    the last slash; `commands` is the command line that the reference describes.
    """
    places = Places.of(repository.kinds.values(), directory_urls=directory_urls)
    return Site(salvaged(repository), report, places, commit, source_url, docs_folder, commands)


def drafts(site: Site) -> dict[str, Draft]:
    """What pages a site has, by their path; none of them is written yet."""
    found: dict[str, Draft] = {}
    for make in MAKERS:
        for draft in make(site):
            assert draft.path.endswith(".md"), f"{draft.path}: the path of a page ends in .md"
            assert draft.path not in found, f"{draft.path} is drafted twice"
            found[draft.path] = draft
    return found


def page_of(site: Site, draft: Draft) -> Page:
    """A page, or one that says why there is none: a page that fails must not cost the others."""
    try:
        with within():
            return written(site, draft)
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = "" if isinstance(error, TooLongError) else f" ({Path(at.filename).name}, line {at.lineno})"
        page = written(site, replace(draft, sections=partial(_instead, draft), top=None, scripts=()))
        return replace(page, failed=f"{type(error).__name__}: {error}{where}")


def _instead(draft: Draft, here: Here) -> Iterator[Section]:
    """What stands where a page could not be made: the ways to what it would have shown."""
    yield Section("", paragraph(chip("This page could not be made", "bad")))
    if draft.source:
        yield Section("", paragraph("The file behind it is ", here.file(draft.source), "."))
    if draft.about:
        yield Section("", paragraph("See ", here.links(draft.about), "."))
    if draft.parent:
        yield Section("", paragraph("It is one of those ", here.page(draft.parent, "listed here"), "."))


def pages(site: Site) -> Made[Page]:
    """The pages of a site, by their path."""
    return Made({path: partial(page_of, site, draft) for path, draft in drafts(site).items()})


def makers_of_files(site: Site) -> dict[str, Callable[[], bytes]]:
    """What makes each file that the site has beside its pages, by the path: feeds, and data for the scripts."""
    return {path: content for make in FILE_MAKERS for path, content in make(site)}


def files(site: Site) -> Made[bytes]:
    """What the site has beside its pages, by the path."""
    return Made(makers_of_files(site))
