"""All pages of the site as one pure function of the repository."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import click

from gitsm.lint import Report
from gitsm.repository import Repository
from gitsm.site import pages as _modules
from gitsm.site.here import Site
from gitsm.site.page import FILE_MAKERS, MAKERS, Page
from gitsm.site.places import Places

for _module in sorted(module.name for module in pkgutil.iter_modules(_modules.__path__)):
    import_module(f"{_modules.__name__}.{_module}")


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
    """What the pages of a repository are made of.

    `report` is what a check of it found; `source_url` is where the code host shows its files, up to
    the last slash; `commands` is the command line that the reference describes.
    """
    places = Places.of(repository.kinds.values(), directory_urls=directory_urls)
    return Site(repository, report, places, commit, source_url, docs_folder, commands)


def pages(site: Site) -> dict[str, Page]:
    """The pages of a site, by their path."""
    made: dict[str, Page] = {}
    for make in MAKERS:
        for page in make(site):
            assert page.path.endswith(".md"), f"{page.path}: the path of a page ends in .md"
            assert page.path not in made, f"{page.path} is made twice"
            made[page.path] = page
    return made


def files(site: Site) -> dict[str, bytes]:
    """What the site has beside its pages, by the path: feeds, and data for the scripts."""
    return {path: content for make in FILE_MAKERS for path, content in make(site)}
