"""Pages that MkDocs is not asked to render: their text is whole, and the theme's frame is put around it.

MkDocs knows them as files, so that a hand-written page may link to them and be told where a link is broken.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils import get_relative_url, is_error_template

from gitsm.site import shell
from gitsm.site.assets import FOLDER
from gitsm.site.clean import clean
from gitsm.site.page import Heading, Page
from gitsm.site.policy import policy_of, unheld_as_text, with_policy
from gitsm.site.shell import Entry, Filling, Shell
from gitsm.site.spread import spread


class LeafFile(File):
    """A page of ours among the files of MkDocs: it can be linked to, and MkDocs neither reads nor writes it."""

    def __init__(self, page: Page, config: MkDocsConfig) -> None:
        folder, name = posixpath.split(page.path.removesuffix(".md"))
        within = name == "index" or not config.use_directory_urls
        target = posixpath.join(folder, f"{name}.html" if within else f"{name}/index.html")
        super().__init__(
            page.path,
            None,
            config.site_dir,
            config.use_directory_urls,
            dest_uri=target,
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        self.generated_by = "gitsm"
        self.shown = page
        # MkDocs asks a page for its anchors when it judges a link to one of them.
        self.page = SimpleNamespace(present_anchor_ids=page.anchors)  # type: ignore[assignment]

    def is_documentation_page(self) -> bool:
        """MkDocs has nothing to render here."""
        return False

    def copy_file(self, dirty: bool = False) -> None:
        """There is no file to copy."""


class _ShellPage(MkDocsPage):
    """An empty page with marks where pages differ, for the theme to put its frame around."""

    def __init__(self, page: Page, target: str, config: MkDocsConfig, *, editable: bool = False) -> None:
        file = File.generated(config, page.path, content="")
        file.dest_uri = target
        super().__init__(shell.TITLE, file, config)
        self.edit_url = shell.EDIT if editable else None
        self.content = shell.CONTENT
        self.markdown = ""
        self.meta = {"title": shell.TITLE, "hide": ["toc"] if page.wide else []}
        if config.site_url:
            self.canonical_url = shell.ADDRESS
        top = AnchorLink(shell.TITLE, shell.TOP, 1)
        if len(page.headings) > 1:
            outer = AnchorLink(shell.OUTER, shell.OUTER, 2)
            outer.children = [AnchorLink(shell.INNER, shell.INNER, 3)]
            top.children = [outer]
        self.toc = TableOfContents([top])


@dataclass
class Leaves:
    """Puts the theme's frame around the leaf pages of one build, and writes them."""

    config: MkDocsConfig
    files: Files
    nav: Navigation
    theme: jinja2.Environment
    edit_url: Callable[[str], str | None]
    """The address at which a file of the repository is edited."""
    policy: bool = True
    """Whether each page carries its Content-Security-Policy."""
    _shells: dict[tuple[object, ...], Shell] = field(default_factory=dict)
    _policies: dict[tuple[str, int], str] = field(default_factory=dict)

    def write(self) -> None:
        """Write every leaf page."""
        spread([leaf for leaf in self.files if isinstance(leaf, LeafFile)], self._write)

    def _write(self, leaf: LeafFile) -> None:
        _written(leaf.abs_dest_path, self._shell(leaf).around(self._filling(leaf)))

    def addresses(self) -> list[str]:
        """The addresses of the leaf pages, where the site has one."""
        found = [leaf for leaf in self.files if isinstance(leaf, LeafFile)]
        return [address for leaf in found if (address := self._address(leaf))]

    def with_policy(self, html: str, page: MkDocsPage) -> str:
        """A page that MkDocs rendered, with the policy of what the theme itself puts around a page there."""
        if isinstance(page, _ShellPage):
            return html
        template = str(page.meta.get("template", "main.html"))
        return with_policy(html, self._policy_at(page.file, template))

    def policy_of_template(self, name: str) -> str:
        """The policy of a page of the theme's that stands for itself, such as the one for wrong addresses."""
        error = is_error_template(name)
        base = urlsplit(self.config.site_url or "/").path if error else get_relative_url(".", name)
        context = get_context(Navigation([], []), self.files, self.config, base_url=base)
        context = self.config.plugins.on_template_context(context, template_name=name, config=self.config)
        return policy_of(self.theme.get_template(name).render(context))

    def _policy_at(self, file: File, template: str = "main.html") -> str:
        """The policy of the frame around an empty page of an empty site: no title that somebody gave a
        hand-written page is on it, so that no script in one is ever taken for the theme's."""
        key = template, file.url.removeprefix("./").count("/")
        if key not in self._policies:
            empty = _ShellPage(Page(file.src_uri, "", Markup("")), file.dest_uri, self.config)
            self._policies[key] = policy_of(self._rendered(empty, template, Navigation([], [])))
        return self._policies[key]

    def _shell(self, leaf: LeafFile) -> Shell:
        page = leaf.shown
        editable = bool(self.edit_url(page.source))
        key = (page.parent, leaf.url.count("/"), page.wide, len(page.headings) > 1, editable)
        if key not in self._shells:
            made = _ShellPage(page, leaf.dest_uri, self.config, editable=editable)
            above = self.files.get_file_from_path(page.parent) if page.parent else None
            made.meta["hide"] += placed(made, above.page if above else None)
            frame = self._rendered(made)
            self._shells[key] = Shell(with_policy(frame, self._policy_at(leaf)) if self.policy else frame)
        return self._shells[key]

    def _rendered(self, page: _ShellPage, template: str = "main.html", nav: Navigation | None = None) -> str:
        """The theme's frame, as MkDocs renders a page."""
        config, nav = self.config, self.nav if nav is None else nav
        page.active = True  # and so is every section above it, until it is over
        try:
            context = get_context(nav, self.files, config, page)
            context = config.plugins.on_page_context(context, page=page, config=config, nav=nav)
            html = self.theme.get_template(template).render(context)
            return str(config.plugins.on_post_page(html, page=page, config=config))
        finally:
            page.active = False

    def _filling(self, leaf: LeafFile) -> Filling:
        page = leaf.shown
        headings = page.headings
        up = "../" * leaf.url.count("/")
        return Filling(
            title=page.title,
            html=unheld_as_text(clean(str(page.html))),
            anchor=headings[0].anchor if headings else "",
            edit=self.edit_url(page.source) or "",
            address=self._address(leaf),
            entries=entries(headings[1:]),
            scripts=[f"{up}{FOLDER}/{script}" for script in page.scripts],
        )

    def _address(self, leaf: LeafFile) -> str:
        """Where a page is published; empty where nobody said."""
        site = self.config.site_url
        return f"{site.rstrip('/')}/{'' if leaf.url in ('.', './') else leaf.url}" if site else ""


def placed(page: MkDocsPage, above: MkDocsPage | None) -> list[str]:
    """Give a page its place below one of the navigation; what of the theme it has no use for then."""
    if above is not None and page.parent is None:
        # A list that has the name of its section is what the section leads to.
        section = above.parent
        same = section is not None and section.title == above.title
        page.parent = section if same else above  # type: ignore[assignment]
    top = [page, *page.ancestors][-1]
    return ["navigation"] if top.is_page else []  # there is nothing beside it


def entries(headings: Sequence[Heading]) -> list[Entry]:
    """Headings as a tree."""
    found: list[Entry] = []
    above: list[tuple[int, list[Entry]]] = []
    for heading in headings:
        while above and above[-1][0] >= heading.level:
            above.pop()
        below: list[Entry] = []
        (above[-1][1] if above else found).append(Entry(heading.anchor, heading.text, below))
        above.append((heading.level, below))
    return found


def _written(path: str, html: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(html.encode("utf-8", errors="xmlcharrefreplace"))
