"""The MkDocs plugin: hands MkDocs the pages of a repository, and keeps the repository's text from its theme.

The HTML of a generated page never passes a Markdown processor, so no extension or plugin that is
switched on for hand-written pages (snippets, macros, emoji) can be reached from a record.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import click
from markupsafe import escape
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from gitsm import git, lint
from gitsm.git import GitError
from gitsm.opening import open_repository
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.settings import FILES as SETTINGS_FILES
from gitsm.settings import SettingsError
from gitsm.site.build import pages
from gitsm.site.clean import clean
from gitsm.site.feeds import feeds
from gitsm.site.navigation import navigation
from gitsm.site.page import Page, Weight
from gitsm.site.prose import LARGEST_PICTURE

HERE = Path(__file__).parent
STYLES = "assets/gitsm/gitsm.css"
EPOCH = "SOURCE_DATE_EPOCH"
"""The environment's clock for builds that give the same bytes each time; MkDocs obeys it too."""

log = get_plugin_logger(__name__)


class Settings(Config):  # type: ignore[no-untyped-call]
    """What `mkdocs.yml` may say to the plugin."""

    repository = config_options.Type(str, default=".")
    """Where the records are, seen from the folder of `mkdocs.yml`. For the preview of a stranger's
    branch it leads to a checkout of the branch, while `mkdocs.yml` and everything it names are ours."""


class RecordPage(MkDocsPage):
    """A page whose HTML is whole already. MkDocs only puts it into the theme."""

    def __init__(self, page: Page, file: File, config: MkDocsConfig) -> None:
        # The theme prints titles as they are; as a Markup it is not escaped a second time.
        title = escape(page.title)
        super().__init__(title, file, config)
        self.generated = page
        self.edit_url = _edit_url(config, page.source)
        self.hidden = ["toc"] if page.wide else []

    def read_source(self, config: MkDocsConfig) -> None:
        """There is no Markdown, and no front matter of a record ever gets here."""
        self.markdown = ""
        # In the head of a page the theme unescapes its title unless it stands here as well.
        self.meta = {"title": escape(self.generated.title), "hide": self.hidden}
        self.meta.update(_search(self.generated.weight))

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Take the HTML as it is."""
        self.content = str(self.generated.html)
        self.toc = TableOfContents(_contents(self.generated))
        self.present_anchor_ids = set(self.generated.anchors)


def _search(weight: Weight) -> dict[str, Any]:
    if weight is Weight.HIDDEN:
        return {"search": {"exclude": True}}
    return {} if weight is Weight.USUAL else {"search": {"boost": weight / Weight.USUAL}}


def _contents(page: Page) -> list[AnchorLink]:
    """The headings as a tree."""
    found: list[AnchorLink] = []
    above: list[AnchorLink] = []
    for heading in page.headings:
        link = AnchorLink(str(escape(heading.text)), heading.anchor, heading.level)
        while above and above[-1].level >= heading.level:
            above.pop()
        (above[-1].children if above else found).append(link)
        above.append(link)
    return found


def _edit_url(config: MkDocsConfig, file: str) -> str | None:
    """Where the code host edits a file of the repository; MkDocs knows only those of `docs_dir`."""
    if not file or not config.repo_url:
        return None
    docs = Path(config.docs_dir).name + "/"
    base = config.repo_url.rstrip("/") + "/"
    template: Any = config.edit_uri_template
    if template:
        wanted = template.data.replace(f"{docs}{{", "{", 1)
        path = file if "!q}" in wanted else quote(file)
        edit = template.formatter.format(wanted, path=path, path_noext=path.rpartition(".")[0])
        return urljoin(base, str(edit))
    if not config.edit_uri:
        return None
    return urljoin(base, config.edit_uri.removesuffix(docs) + quote(file))


class Plugin(BasePlugin[Settings]):  # type: ignore[no-untyped-call]
    """Adds the pages of a repository of records to a site."""

    def __init__(self) -> None:
        super().__init__()
        self._epoch: str | None = None
        self._watched: list[Path] = []

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add our styles and templates, which stand behind the user's own."""
        config.extra_css.insert(0, STYLES)
        own = 1 if config.theme.custom_dir else 0
        config.theme.dirs.insert(own, str(HERE / "theme"))
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Make every page, and a navigation where the user gave none."""
        root = (Path(config.config_file_path or ".").resolve().parent / self.config.repository).resolve()
        repository, report = _checked(root)
        commit = self._commit(root, repository)
        made = pages(
            repository,
            report,
            commit=commit,
            directory_urls=config.use_directory_urls,
            source_url=_source_url(config, commit),
            docs_folder=Path(os.path.relpath(config.docs_dir, root)).as_posix(),
            commands=_commands(),
        )
        written = files.documentation_pages()
        documents = [file.src_uri for file in written if file.inclusion.is_in_nav()]  # type: ignore[no-untyped-call]
        taken = {file.dest_uri for file in written}
        for page in made.values():
            _add_page(page, taken, files, config)
        _add_images(repository, made, files, config)
        for path, content in feeds(repository).items():
            files.append(File.generated(config, path, content=content))
        files.append(File("gitsm.css", str(HERE / "assets"), config.site_dir, False, dest_uri=STYLES))
        if config.nav is None:
            config.nav = navigation(made.values(), documents)
        self._watched = _folders(root, repository)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Tell each page its place, so that the navigation shows where the reader is."""
        _name(config.nav, files)
        for page in _generated(files):
            above = files.get_file_from_path(page.generated.parent)
            if above is not None and above.page is not None and page.parent is None:
                # A list that has the name of its section is what the section leads to.
                section = above.page.parent
                same = section is not None and section.title == above.page.title
                page.parent = section if same else above.page  # type: ignore[assignment]
            top = [page, *page.ancestors][-1]
            if top.is_page:
                page.hidden.append("navigation")  # there is nothing beside it
        return nav

    @event_priority(-100)
    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Let nothing through that pages are not made of, after every other plugin had its say."""
        return clean(html)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Reload the page when a record is saved."""
        for path in self._watched:
            server.watch(str(path))
        return server

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Leave the environment as it was."""
        self._forget_epoch()

    def on_build_error(self, *, error: Exception) -> None:
        """Leave the environment as it was."""
        self._forget_epoch()

    def _commit(self, root: Path, repository: Repository) -> str:
        """The commit that is checked out; the build takes its date from it, as the environment can't know it."""
        try:
            found = git.find(root)
            commit = found.head() if found else None
            moment = found.time_of(commit) if found and commit else repository.settings.as_of
        except GitError:
            return ""
        if EPOCH not in os.environ and moment is not None:
            self._epoch = os.environ[EPOCH] = str(int(moment.timestamp()))
        return commit or ""

    def _forget_epoch(self) -> None:
        if self._epoch is not None and os.environ.get(EPOCH) == self._epoch:
            del os.environ[EPOCH]
        self._epoch = None


def _checked(root: Path) -> tuple[Repository, lint.Report]:
    try:
        repository = open_repository(root, clock=_now)
        return repository, lint.run(repository, RULES.values())
    except (GitError, SettingsError) as error:
        raise PluginError(f"gitsm: {error}") from None


def _now() -> datetime:
    epoch = os.environ.get(EPOCH, "")
    return (
        datetime.fromtimestamp(int(epoch), UTC) if epoch.isascii() and epoch.isdigit() else datetime.now(UTC)
    )


def _source_url(config: MkDocsConfig, commit: str) -> str:
    """Where the code host shows files, as far as its name tells; empty where it doesn't."""
    if not config.repo_url:
        return ""
    base, revision = config.repo_url.rstrip("/"), commit or "HEAD"
    known = {"github": "blob", "gitlab": "-/blob", "gitea": "src/commit", "codeberg": "src/commit"}
    host = base.partition("://")[2].partition("/")[0].lower()
    folder = next((known[name] for name in known if name in host), None)
    return f"{base}/{folder}/{revision}/" if folder else ""


def _commands() -> click.Group | None:
    """The command line that is installed, for the reference."""
    for script in entry_points(group="console_scripts", name="gitsm"):
        found = getattr(import_module(script.module), "main", None)
        if isinstance(found, click.Group):
            return found
    return None


def _add_page(page: Page, taken: Collection[str], files: Files, config: MkDocsConfig) -> None:
    inclusion = InclusionLevel.INCLUDED if page.navigation else InclusionLevel.NOT_IN_NAV
    file = File.generated(config, page.path, content="", inclusion=inclusion)
    if file.dest_uri in taken:
        log.warning(f"a hand-written page stands where {page.path} would be made; give it another name")
        return
    RecordPage(page, file, config)
    files.append(file)


def _name(entries: Any, files: Files) -> None:
    """Give each generated page the name that the navigation has for it."""
    for entry in entries if isinstance(entries, list) else ():
        for title, target in entry.items() if isinstance(entry, dict) else ():
            if isinstance(target, str) and (file := files.get_file_from_path(target)):
                if isinstance(file.page, RecordPage):
                    file.page.title = title
            else:
                _name(target, files)


def _generated(files: Files) -> Iterator[RecordPage]:
    for file in files:
        if isinstance(file.page, RecordPage):
            yield file.page


def _add_images(repository: Repository, made: Mapping[str, Page], files: Files, config: MkDocsConfig) -> None:
    wanted = {file: path for page in made.values() for path, file in page.images.items()}
    for file, content in repository.tree.read_many(sorted(wanted), limit=LARGEST_PICTURE):
        if isinstance(content, bytes):
            files.append(File.generated(config, wanted[file], content=content))


def _folders(root: Path, repository: Repository) -> list[Path]:
    """Where a saved file may change a page."""
    names = {kind.folder.rstrip("/") for kind in repository.kinds.values()} | {"schemas", *SETTINGS_FILES}
    return [path for path in (root / name for name in sorted(names)) if path.exists()]
