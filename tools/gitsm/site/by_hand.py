"""The pages of `docs/`: written by hand, perhaps by a stranger, and no more to be trusted than a record.

The theme prints titles and front matter as they are, on the page and in the navigation of every other page,
and lets front matter choose a template. Here all of it becomes text first.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils.meta import get_data

from gitsm.site.html import chip, paragraph, tag
from gitsm.site.limits import within
from gitsm.source import Format, read
from gitsm.source.front_matter import front_matter_end

log = get_plugin_logger(__name__)

TEMPLATE = "main.html"
"""The template of a page that names none."""

_ICON = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)*", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_RUN = (
    ".js",
    ".mjs",
    ".cjs",
    ".html",
    ".htm",
    ".xhtml",
    ".xht",
    ".shtml",
    ".xml",
    ".xsl",
    ".xslt",
    ".mht",
    ".mhtml",
    ".hta",
)
_RUNS = re.compile(
    rb"<\s*(?:[\w.-]+:)?(?:script|iframe|embed|object|handler)\b|[\s\"'/]on[a-z]+\s*=|(?:java|vb)script\s*:|"
    rb"(?:href|to|from|by|values)\s*=\s*(?:\"[^\"]*|'[^']*)&#|<!ENTITY|<\?xml-stylesheet|\x00",
    re.IGNORECASE,
)
"""What lets a picture of SVG run a script; the addresses in it may be spelt in numbers of characters."""
_TEXTS = ("title", "subtitle", "status", "description", "author")


class HandWritten(MkDocsPage):
    """A page of `docs/`: it gets its time and its place, and no more."""

    def __init__(self, file: File, config: MkDocsConfig, fail: Callable[[str, str], None]) -> None:
        """`fail` is told the path of a page that can't be made, and why."""
        super().__init__(None, file, config)
        self._fail = fail

    def read_source(self, config: MkDocsConfig) -> None:
        """Read the front matter by the same rules as a record's, and take from it what is text."""
        text = config.plugins.on_page_read_source(page=self, config=config)
        self.markdown, self.meta = "", {}
        try:
            text = self.file.content_string if text is None else text
        except (OSError, ValueError) as error:
            self._failed(error)
            return
        self.markdown, said, problem = divided(self.file.src_uri, text)
        if problem:
            log.warning(f"{self.file.src_uri}: its front matter is left out: {problem}")
        self.meta = dict(self._tame(said, config))

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Turn the Markdown into HTML; say so where that takes too long or fails."""
        if self.content is None:
            try:
                with within():
                    super().render(config, files)
            except Exception as error:
                self._failed(error)
        _tell_as_text(self.toc)
        if "title" in vars(self):
            return  # mkdocs.yml gave it one in its navigation, and may use HTML in it
        self.title = escape(html.unescape(str(self.title or "")))
        if not self.is_homepage:  # there the theme shows the name of the site alone
            # In the head of a page the theme unescapes its title unless it stands here as well.
            self.meta.setdefault("title", self.title)

    def _failed(self, error: Exception) -> None:
        path = posixpath.join(posixpath.dirname(self.file.src_uri), f"{self.file.name}.md")
        self._fail(path, f"{type(error).__name__}: {error}")
        self.content = str(
            tag("h1", self.file.src_uri) + paragraph(chip("This page could not be made", "bad"))
        )
        self.toc = TableOfContents([])
        self.present_anchor_ids = None  # nobody knows which headings it would have had

    def _tame(self, said: dict[str, Any], config: MkDocsConfig) -> Iterator[tuple[str, Any]]:
        """Front matter that the theme can print: every text escaped, nothing chosen that isn't there."""
        for key, value in said.items():
            if key == "template" and not _is_own_template(config, value):
                log.warning(f"{self.file.src_uri}: mkdocs.yml has no custom_dir with a template {value!r}")
            elif key == "icon" and not _is_icon(config, value):
                log.warning(f"{self.file.src_uri}: the theme has no icon {value!r}")
            elif key == "hide":
                yield key, [str(escape(part)) for part in (value if isinstance(value, list) else [value])]
            elif key not in _TEXTS or isinstance(value, str):
                yield key, _escaped(value)


def divided(file: str, text: str) -> tuple[str, dict[str, Any], str]:
    """The Markdown of a hand-written page; its front matter, as far as it is plain data; and why it is not."""
    if not text.startswith("---"):
        markdown, said = get_data(text)  # lines such as `Title: Payroll`
        return markdown, said, ""
    end = front_matter_end(text)
    if end is None:
        return text, {}, ""
    front = read(file, text[: end.end()].encode("utf-8", "surrogatepass"), Format.MARKDOWN)
    problem = front.problems[0].message if front.data is None else ""
    return text[end.end() :].lstrip("\n"), dict(front.data or {}), problem


def _tell_as_text(entries: Iterable[AnchorLink]) -> None:
    """Write the words of a table of contents without numbers of characters, behind which any may hide."""
    for entry in entries:
        entry.title = str(escape(html.unescape(entry.title)))
        _tell_as_text(entry.children)


def _escaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _escaped(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_escaped(inside) for inside in value]
    if not isinstance(value, str):
        return value
    if _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)  # other plugins know days by their type
        except ValueError:
            pass
    return escape(html.unescape(value))


def _is_own_template(config: MkDocsConfig, name: object) -> bool:
    folder = config.theme.custom_dir
    own = isinstance(name, str) and folder is not None and ".." not in Path(name).parts
    return name == TEMPLATE or (own and (Path(str(folder)) / str(name)).is_file())


def _is_icon(config: MkDocsConfig, name: object) -> bool:
    if not isinstance(name, str) or not _ICON.fullmatch(name):
        return False
    return any((Path(folder) / ".icons" / f"{name}.svg").is_file() for folder in config.theme.dirs)


def without_what_runs(files: Files, config: MkDocsConfig, trusted: Iterable[str]) -> None:
    """Leave out the files of `docs/` that a browser would run on the site's own origin, and say so.

    What `mkdocs.yml` names is trusted, as are the files that are listed.
    """
    named = {*trusted, *config.extra_templates, *(str(script) for script in config.extra_javascript)}
    for file in list(files):
        known = file.src_dir == config.docs_dir and not file.is_documentation_page()
        if known and file.src_uri not in named and would_run(file.src_uri, file.content_bytes):
            log.warning(
                f"{file.src_uri} is left out, because a browser may run what stands in it; "
                "where it is wanted, name it under `trusted` of the plugin gitsm"
            )
            files.remove(file)


def would_run(name: str, content: bytes) -> bool:
    """Whether a browser that opens a file of this name would run what stands in it."""
    name = name.lower()
    return name.endswith(_RUN) or (name.endswith(".svg") and _RUNS.search(content) is not None)
