"""All pages of the site as one pure function of the repository."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import click

from gitsm.lint import Report
from gitsm.repository import Repository
from gitsm.site import pages as _modules
from gitsm.site.here import Site
from gitsm.site.page import MAKERS, Page
from gitsm.site.places import Places

for _module in sorted(module.name for module in pkgutil.iter_modules(_modules.__path__)):
    import_module(f"{_modules.__name__}.{_module}")


def pages(
    repository: Repository,
    report: Report | None = None,
    *,
    commit: str = "",
    directory_urls: bool = True,
    source_url: str = "",
    docs_folder: str = "docs",
    commands: click.Group | None = None,
) -> dict[str, Page]:
    """The pages of a repository, by their path.

    `report` is what a check of it found; `source_url` is where the code host shows its files, up to
    the last slash; `commands` is the command line that the reference describes.
    """
    site = Site(
        repository,
        report,
        Places.of(repository.kinds.values(), directory_urls=directory_urls),
        commit,
        source_url,
        docs_folder,
        commands,
    )
    made: dict[str, Page] = {}
    for make in MAKERS:
        for page in make(site):
            assert page.path.endswith(".md"), f"{page.path}: the path of a page ends in .md"
            assert page.path not in made, f"{page.path} is made twice"
            made[page.path] = page
    return made
