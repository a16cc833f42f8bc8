"""The pages that MkDocs renders itself: those of its navigation, which are few."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from gitsm.site.build import page_of
from gitsm.site.code_host import edit_url
from gitsm.site.leaves import entries
from gitsm.site.page import Draft, Page
from gitsm.site.shell import Entry
from gitsm.site.written import Told, Written


class RecordPage(MkDocsPage):
    """A page whose HTML is whole already. MkDocs only puts it into the theme."""

    def __init__(self, draft: Draft, file: File, config: MkDocsConfig, written: Written) -> None:
        # The theme prints titles as they are; as a Markup it is not escaped a second time.
        title = escape(draft.title)
        super().__init__(title, file, config)
        self.draft = draft
        self.scripts: Sequence[str] = ()
        self.edit_url = edit_url(config, draft.source)
        self.hidden = ["toc"] if draft.wide else []
        self._written = written

    def read_source(self, config: MkDocsConfig) -> None:
        """There is no Markdown, and no front matter of a record ever gets here."""
        self.markdown = ""
        # In the head of a page the theme unescapes its title unless it stands here as well.
        self.meta = {"title": escape(self.draft.title), "hide": self.hidden}

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Take the HTML as it is."""
        page = page_of(self._written.site, self.draft)
        self._written.tell(self.draft.path, Told.of(self._written.site, self.draft, page))
        self.content = str(page.html)
        self.toc = TableOfContents(_contents(page))
        self.present_anchor_ids = page.anchors
        self.scripts = page.scripts


def _contents(page: Page) -> list[AnchorLink]:
    """The headings as a tree."""
    return [_anchor(entry, level=1) for entry in entries(page.headings)]


def _anchor(entry: Entry, level: int) -> AnchorLink:
    link = AnchorLink(str(escape(entry.title)), entry.anchor, level)
    link.children = [_anchor(below, level + 1) for below in entry.below]
    return link
