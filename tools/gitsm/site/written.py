"""What only all pages of a site together tell: what its search knows, and the files that some page shows or loads."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage

from gitsm.site import assets, search
from gitsm.site.build import page_of
from gitsm.site.here import Site
from gitsm.site.page import Draft, Page
from gitsm.site.prose import LARGEST_PICTURE

log = logging.getLogger(__name__)
"""Not MkDocs's: what is said there at this level ends a strict build, and the other pages are to be published."""

_THEMES = ("assets/javascripts/lunr/", "assets/javascripts/workers/search.")
_PLUGINS = ("material/search", "search")


@dataclass(frozen=True, slots=True)
class Told:
    """What the rest of the site has to know of a page that was made."""

    entry: search.Entry | None
    images: Mapping[str, str]
    scripts: Sequence[str]
    failed: str

    @classmethod
    def of(cls, site: Site, draft: Draft, page: Page) -> Told:
        """What there is to know of a page."""
        return cls(search.entry_of(site, draft, lambda: page), page.images, page.scripts, page.failed)

    def shown(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """The files that the page shows and loads: pictures of the repository, and our own libraries."""
        yield from assets.named(self.scripts)
        wanted = {file: path for path, file in self.images.items()}
        for file, content in site.repository.tree.read_many(sorted(wanted), limit=LARGEST_PICTURE):
            if isinstance(content, bytes):
                yield wanted[file], content


@dataclass
class Written:
    """What is told of the pages of a build, collected while they are made."""

    site: Site
    drafts: Mapping[str, Draft]
    """The generated pages, in the order in which the search has them, whoever was made first."""
    told: dict[str, Told] = field(default_factory=dict)
    unmade: dict[str, str] = field(default_factory=dict)
    """Why a page could not be made, by its path."""
    documents: list[search.Document] = field(default_factory=list)

    def tell(self, path: str, told: Told) -> None:
        """Add what is told of a page."""
        self.told[path] = told
        if told.failed:
            self.fail(path, told.failed)

    def fail(self, path: str, why: str) -> None:
        """Say that a page could not be made, here and on the pages that are written last."""
        self.unmade[path] = why
        record = self.site.record_of(path)
        log.warning(f"WARNING -  {record.file if record else path}: its page could not be made: {why}")

    def add(self, page: MkDocsPage, html: str) -> None:
        """Let a hand-written page be found, unless its front matter says `search: {exclude: true}` as the theme
        has it."""
        said = page.meta.get("search")
        if not (isinstance(said, Mapping) and said.get("exclude")):
            title = search.text_of(str(page.title or ""))
            self.documents.append(search.Document(page.url, title, html))

    def shown(self) -> Iterator[tuple[str, bytes]]:
        """The files that some page shows or loads."""
        images = {path: file for told in self.told.values() for path, file in told.images.items()}
        scripts = dict.fromkeys(script for told in self.told.values() for script in told.scripts)
        yield from Told(None, images, tuple(scripts), "").shown(self.site)

    def for_search(self) -> bytes:
        """What the search knows of all pages, also of those that a preview has not made yet."""
        documents = sorted(self.documents, key=lambda document: document.address)
        entries = [self._entry(draft) for draft in self.drafts.values()]
        return search.script(self.site, [entry for entry in entries if entry is not None], documents)

    def _entry(self, draft: Draft) -> search.Entry | None:
        told = self.told.get(draft.path)
        if told is not None:
            return told.entry
        return search.entry_of(self.site, draft, lambda: page_of(self.site, draft))


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
