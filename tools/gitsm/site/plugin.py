"""The MkDocs plugin: hands MkDocs the pages of a repository, and keeps the repository's text from its theme.

The HTML of a generated page never passes a Markdown processor, so no extension or plugin that is
switched on for hand-written pages (snippets, macros, emoji) can be reached from a record.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.metadata import entry_points
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import click
import jinja2
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage

from gitsm import git, lint
from gitsm.git import GitError
from gitsm.opening import open_repository
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.settings import FILES as SETTINGS_FILES
from gitsm.settings import SettingsError
from gitsm.site import assets, search
from gitsm.site.build import drafts, makers_of_files, site_of
from gitsm.site.by_hand import HandWritten, without_what_runs
from gitsm.site.clean import clean, clean_by_hand
from gitsm.site.code_host import edit_url, source_url
from gitsm.site.leaves import LeafFile, Leaves, MadeFile, Unwritten, placed, write
from gitsm.site.navigation import navigation
from gitsm.site.page import Draft
from gitsm.site.policy import unheld_as_text, with_policy
from gitsm.site.preview import Preview
from gitsm.site.progress import counted
from gitsm.site.rendered import RecordPage
from gitsm.site.shell import with_scripts
from gitsm.site.sitemap import with_leaves
from gitsm.site.unseen import seen
from gitsm.site.written import Written, switch_off_the_themes_search, without_the_themes_search

HERE = Path(__file__).parent
EPOCH = "SOURCE_DATE_EPOCH"
"""The environment's clock for builds that give the same bytes each time; MkDocs obeys it too."""

log = get_plugin_logger(__name__)


class Settings(Config):  # type: ignore[no-untyped-call]
    """What `mkdocs.yml` may say to the plugin."""

    repository = config_options.Type(str, default=".")
    """Where the records are, seen from the folder of `mkdocs.yml`. For the preview of a stranger's
    branch it leads to a checkout of the branch, while `mkdocs.yml` and everything it names are ours."""
    trusted = config_options.ListOfItems(config_options.Type(str), default=[])
    """Files of `docs_dir` that are published although a browser would run what stands in them: scripts, pages
    of HTML that are whole already, pictures with scripts in them."""


class Plugin(BasePlugin[Settings]):  # type: ignore[no-untyped-call]
    """Adds the pages of a repository of records to a site."""

    def __init__(self) -> None:
        super().__init__()
        self._epoch: str | None = None
        self._watched: list[Path] = []
        self._serving = False
        self._collecting = False
        self._nav: Navigation | None = None
        self._leaves: Leaves | None = None
        self._written: Written | None = None
        self._preview = Preview()

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Remember whether the site is only looked at: MkDocs then adds a script that no policy would let run."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add our styles, script and templates, which stand behind the user's own."""
        self._preview.begins()
        # Almost all that a build makes lives until its end, and to look through it for garbage again and again
        # took a third of the time.
        self._collecting = self._collecting or gc.isenabled()
        gc.disable()
        config.extra_css.insert(0, assets.STYLES)
        config.extra_javascript.insert(0, assets.SCRIPT)
        own = 1 if config.theme.custom_dir else 0
        config.theme.dirs.insert(own, str(HERE / "theme"))
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Make every page, and a navigation where the user gave none."""
        root = (Path(config.config_file_path or ".").resolve().parent / self.config.repository).resolve()
        commit, moment = self._commit(root)
        repository, report = _checked(root, moment)
        self._date(moment if commit else repository.settings.as_of)
        site = site_of(
            repository,
            report,
            commit=commit,
            directory_urls=config.use_directory_urls,
            source_url=source_url(config, commit),
            docs_folder=Path(os.path.relpath(config.docs_dir, root)).as_posix(),
            commands=_commands(),
        )
        drafted = drafts(site)
        self._written = Written(site, drafted)
        without_the_themes_search(files)
        without_what_runs(files, config, self.config.trusted)
        written = files.documentation_pages()
        for file in written:
            HandWritten(file, config, self._written.fail)
        documents = [file.src_uri for file in written if file.inclusion.is_in_nav()]  # type: ignore[no-untyped-call]
        taken = {file.dest_uri for file in written}
        for draft in drafted.values():
            _add(draft, self._written, taken, files, config)
        for path, make in makers_of_files(site).items():
            files.append(MadeFile(path, make, config))
        for path, content in assets.shared():
            files.append(File.generated(config, path, content=content))
        if config.nav is None:
            config.nav = navigation(drafted.values(), documents)
        self._watched = _folders(root, repository)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Tell each page its place, so that the navigation shows where the reader is."""
        _name(config.nav, files)
        for file in files:
            if isinstance(file.page, RecordPage):
                page = file.page
                page.hidden += placed(page, _above(page.draft.parent, files))
        self._nav = nav
        return nav

    def on_env(self, env: jinja2.Environment, *, config: MkDocsConfig, files: Files) -> jinja2.Environment:
        """Everything that frames need is known now."""
        assert self._nav is not None
        assert self._written is not None
        edits = partial(edit_url, config)
        self._leaves = Leaves(
            self._written.site, config, files, self._nav, env, edits, not self._serving, self._written.unmade
        )
        return env

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Name our pages in the sitemap; give the page for addresses that lead nowhere a policy as well."""
        if self._leaves is not None and template_name == "sitemap.xml":
            return with_leaves(output, self._leaves.addresses())
        output = seen(output)
        if self._serving or self._leaves is None or not template_name.endswith(".html"):
            return output
        return with_policy(output, self._leaves.policy_of_template(template_name))

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Give a page the policy of the frame around it, after every other plugin had its say."""
        if isinstance(page, RecordPage):
            up = "../" * page.url.count("/")
            output = with_scripts(output, [f"{up}{assets.FOLDER}/{one}" for one in page.scripts])
        output = seen(output)
        if self._serving or self._leaves is None or not page.file.is_documentation_page():
            return output
        return self._leaves.with_policy(output, page)

    @event_priority(-100)
    def on_page_content(self, html: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> str:
        """Let nothing through that pages are not made of, after every other plugin had its say."""
        cleaned = unheld_as_text((clean if isinstance(page, RecordPage) else clean_by_hand)(html))
        if self._written is not None and not isinstance(page, RecordPage):
            self._written.add(page, cleaned)
        return cleaned

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Make pages when they are asked for, and reload them when a record is saved."""
        self._preview.stands_before(server)
        for path in self._watched:
            server.watch(str(path))
        return server

    @event_priority(100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write what MkDocs did not make, and leave the environment as it was."""
        if self._leaves is not None and self._written is not None:
            if self._serving:
                self._preview.shows(self._leaves, self._written)
            else:
                _write(self._leaves, self._written)
        self._leaves = self._written = None
        switch_off_the_themes_search(config)
        self._leave()

    def on_build_error(self, *, error: Exception) -> None:
        """Leave the environment as it was."""
        self._leave()

    def _commit(self, root: Path) -> tuple[str, datetime]:
        """The commit that is checked out, and the moment that the pages speak of.

        Two builds of one commit give the same bytes, so that the moment is the commit's, unless the environment
        names another. Who looks at his own changes wants to see them as of now, and a time that no clock can have
        shown when a commit was made is not believed.
        """
        now = datetime.now(UTC)
        commit = made = None
        try:
            found = git.find(root)
            commit = found.head() if found else None
            made = found.time_of(commit) if found and commit and not self._serving else None
        except GitError as error:
            log.info(f"the pages speak of the present: {error}")
        return commit or "", _told_moment() or made or now

    def _date(self, moment: datetime | None) -> None:
        """Let MkDocs date what it makes by the same moment."""
        if EPOCH not in os.environ and moment is not None:
            self._epoch = os.environ[EPOCH] = str(int(moment.timestamp()))

    def _leave(self) -> None:
        if self._collecting:
            gc.enable()
        self._collecting = False
        if self._epoch is not None and os.environ.get(EPOCH) == self._epoch:
            del os.environ[EPOCH]
        self._epoch = None


def _checked(root: Path, moment: datetime) -> tuple[Repository, lint.Report]:
    try:
        repository = open_repository(root, clock=lambda: moment)
        return repository, lint.run(repository, RULES.values())
    except (GitError, SettingsError) as error:
        raise PluginError(f"gitsm: {error}") from None


def _told_moment() -> datetime | None:
    epoch = os.environ.get(EPOCH, "")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch.isascii() and epoch.isdigit() else None


def _commands() -> click.Group | None:
    """The command line that is installed, for the reference."""
    for script in entry_points(group="console_scripts", name="gitsm"):
        found = getattr(import_module(script.module), "main", None)
        if isinstance(found, click.Group):
            return found
    return None


def _add(draft: Draft, written: Written, taken: Collection[str], files: Files, config: MkDocsConfig) -> None:
    """Give MkDocs a page to render where its navigation has it, and else a file that it leaves to us."""
    if draft.navigation:
        file = File.generated(config, draft.path, content="", inclusion=InclusionLevel.INCLUDED)
        RecordPage(draft, file, config, written)
    else:
        file = LeafFile(written.site, draft, config)
    if file.dest_uri in taken:
        log.warning(f"a hand-written page stands where {draft.path} would be made; give it another name")
    else:
        files.append(file)


def _write(leaves: Leaves, written: Written) -> None:
    """Write what MkDocs did not make: pages, feeds and data, and then what only all pages together tell."""
    ours = sum(isinstance(file, Unwritten) for file in leaves.files)
    with counted("Pages", ours) as progress:
        for path, told in leaves.write(progress):
            written.tell(path, told)
    folder = Path(leaves.config.site_dir)
    for path, content in chain(written.shown(), [(search.FILE, written.for_search())]):
        write(str(folder / path), content)


def _name(entries: Any, files: Files) -> None:
    """Give each generated page the name that the navigation has for it."""
    for entry in entries if isinstance(entries, list) else ():
        for title, target in entry.items() if isinstance(entry, dict) else ():
            if isinstance(target, str) and (file := files.get_file_from_path(target)):
                if isinstance(file.page, RecordPage | HandWritten):
                    file.page.title = title
            else:
                _name(target, files)


def _above(path: str, files: Files) -> MkDocsPage | None:
    """The page of the navigation that stands above another; None where there is none."""
    file = files.get_file_from_path(path)
    return file.page if file is not None and file.is_documentation_page() else None


def _folders(root: Path, repository: Repository) -> list[Path]:
    """Where a saved file may change a page."""
    names = {kind.folder.rstrip("/") for kind in repository.kinds.values()} | {"schemas", *SETTINGS_FILES}
    return [path for path in (root / name for name in sorted(names)) if path.exists()]
