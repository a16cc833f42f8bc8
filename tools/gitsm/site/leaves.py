"""Pages and files that MkDocs is not asked to make: they are made, framed by the theme and written beside it.

MkDocs knows them as files, so that a hand-written page may link to them and be told where a link is broken.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

import jinja2
from mkdocs.commands.build import get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils import get_relative_url, is_error_template

from gitsm.site import shell
from gitsm.site.assets import FOLDER
from gitsm.site.build import page_of
from gitsm.site.clean import clean
from gitsm.site.here import Site
from gitsm.site.page import Draft, Heading, Page
from gitsm.site.policy import policy_of, unheld_as_text, with_policy
from gitsm.site.shell import Entry, Filling, Shell
from gitsm.site.spread import spread
from gitsm.site.unseen import seen
from gitsm.site.written import Told


class Unwritten(File):
    """A file of ours among those of MkDocs: it can be linked to, and MkDocs neither reads nor writes it."""

    def __init__(self, path: str, target: str, config: MkDocsConfig) -> None:
        super().__init__(
            path,
            None,
            config.site_dir,
            config.use_directory_urls,
            dest_uri=target,
            inclusion=InclusionLevel.NOT_IN_NAV,
        )
        self.generated_by = "gitsm"
        self.is_last = False

    def is_documentation_page(self) -> bool:
        """MkDocs has nothing to render here."""
        return False

    def copy_file(self, dirty: bool = False) -> None:
        """There is no file to copy."""


class MadeFile(Unwritten):
    """A file that is no page: a feed, or data for a script."""

    def __init__(self, path: str, content: Callable[[], bytes], config: MkDocsConfig) -> None:
        super().__init__(path, path, config)
        self.make = content


class LeafFile(Unwritten):
    """A page."""

    def __init__(self, site: Site, draft: Draft, config: MkDocsConfig) -> None:
        folder, name = posixpath.split(draft.path.removesuffix(".md"))
        within = name == "index" or not config.use_directory_urls
        target = posixpath.join(folder, f"{name}.html" if within else f"{name}/index.html")
        super().__init__(draft.path, target, config)
        self.draft, self.is_last = draft, draft.last
        self.page = _Anchors(site, draft)  # type: ignore[assignment]


@dataclass
class _Anchors:
    """What MkDocs asks a page for when it judges a link to one of its headings: few are ever asked."""

    site: Site
    draft: Draft

    @cached_property
    def present_anchor_ids(self) -> set[str] | None:
        return page_of(self.site, self.draft).anchors


class _ShellPage(MkDocsPage):
    """An empty page with marks where pages differ, for the theme to put its frame around."""

    def __init__(
        self, draft: Draft, target: str, config: MkDocsConfig, *, editable: bool = False, contents: bool = False
    ) -> None:
        file = File.generated(config, draft.path, content="")
        file.dest_uri = target
        super().__init__(shell.TITLE, file, config)
        self.edit_url = shell.EDIT if editable else None
        self.content = shell.CONTENT
        self.markdown = ""
        self.meta = {"title": shell.TITLE, "hide": ["toc"] if draft.wide else []}
        if config.site_url:
            self.canonical_url = shell.ADDRESS
        top = AnchorLink(shell.TITLE, shell.TOP, 1)
        if contents:
            outer = AnchorLink(shell.OUTER, shell.OUTER, 2)
            outer.children = [AnchorLink(shell.INNER, shell.INNER, 3)]
            top.children = [outer]
        self.toc = TableOfContents([top])


@dataclass
class Leaves:
    """Makes what MkDocs doesn't, in one build, puts the theme's frame around the pages, and writes it all."""

    site: Site
    config: MkDocsConfig
    files: Files
    nav: Navigation
    theme: jinja2.Environment
    edit_url: Callable[[str], str | None]
    """The address at which a file of the repository is edited."""
    policy: bool = True
    """Whether each page carries its Content-Security-Policy."""
    unmade: Mapping[str, str] = field(default_factory=dict)
    """Why a page could not be made, by its path; it grows while pages are made."""
    _shells: dict[tuple[object, ...], Shell] = field(default_factory=dict)
    _policies: dict[tuple[str, int], str] = field(default_factory=dict)

    def write(self, progress: Callable[[int], None]) -> Iterator[tuple[str, Told]]:
        """Write every leaf page and file; what there is to know of each page, by its path."""
        for last in (False, True):
            things = [file for file in self.files if isinstance(file, Unwritten) and file.is_last is last]
            for thing, told in zip(things, spread(things, self.make, progress=progress), strict=True):
                if told is not None:
                    yield thing.src_uri, told

    def make(self, thing: Unwritten) -> Told | None:
        """Make one of them and write it; what there is to know of it where it is a page."""
        if isinstance(thing, MadeFile):
            write(thing.abs_dest_path, thing.make())
        if not isinstance(thing, LeafFile):
            return None
        site = replace(self.site, unmade=dict(self.unmade)) if thing.is_last else self.site
        page = page_of(site, thing.draft)
        html = seen(self._shell(thing, page).around(self._filling(thing, page)))
        write(thing.abs_dest_path, html.encode("utf-8", errors="xmlcharrefreplace"))
        return Told.of(self.site, thing.draft, page)

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
            empty = _ShellPage(Draft(file.src_uri, "", lambda _: ()), file.dest_uri, self.config)
            self._policies[key] = policy_of(self._rendered(empty, template, Navigation([], [])))
        return self._policies[key]

    def _shell(self, leaf: LeafFile, page: Page) -> Shell:
        draft, contents = leaf.draft, len(page.headings) > 1
        editable = bool(self.edit_url(draft.source))
        key = (draft.parent, leaf.url.count("/"), draft.wide, contents, editable)
        if key not in self._shells:
            made = _ShellPage(draft, leaf.dest_uri, self.config, editable=editable, contents=contents)
            above = self.files.get_file_from_path(draft.parent) if draft.parent else None
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

    def _filling(self, leaf: LeafFile, page: Page) -> Filling:
        headings = page.headings
        up = "../" * leaf.url.count("/")
        return Filling(
            title=page.title,
            html=unheld_as_text(clean(str(page.html))),
            anchor=headings[0].anchor if headings else "",
            edit=self.edit_url(leaf.draft.source) or "",
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


def write(path: str, content: bytes) -> None:
    """Write a file of the site."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
