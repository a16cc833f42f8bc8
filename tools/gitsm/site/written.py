"""The hand-written pages, as the site's search knows them, and the theme's own search, which ours stands in for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage

from gitsm.site import search
from gitsm.site.here import Site
from gitsm.site.page import Page

_THEMES = ("assets/javascripts/lunr/", "assets/javascripts/workers/search.")
_PLUGINS = ("material/search", "search")


@dataclass
class Written:
    """The hand-written pages of a build, collected while MkDocs renders them."""

    site: Site
    made: Mapping[str, Page]
    """The generated pages, which the search knows already."""
    documents: list[search.Document] = field(default_factory=list)

    def add(self, page: MkDocsPage, html: str) -> None:
        """Let a page be found, unless its front matter says `search: {exclude: true}` as the theme has it."""
        said = page.meta.get("search")
        if not (isinstance(said, Mapping) and said.get("exclude")):
            title = search.text_of(str(page.title or ""))
            self.documents.append(search.Document(page.url, title, html))

    def script(self) -> bytes:
        """What the search knows of all pages."""
        documents = sorted(self.documents, key=lambda document: document.address)
        return search.script(self.site, self.made.values(), documents)


def without_the_themes_search(files: Files) -> None:
    """Leave out the scripts that only the theme's own search would load: they are most of its weight."""
    for file in [file for file in files if file.src_uri.startswith(_THEMES)]:
        files.remove(file)


def switch_off_the_themes_search(config: MkDocsConfig) -> None:
    """Keep the theme's index from being written. The theme shows a search only while its plugin is on, so
    this comes after the last page was rendered."""
    for name in _PLUGINS:
        plugin = config.plugins.get(name)
        if plugin is not None and "enabled" in plugin.config:
            plugin.config["enabled"] = False
