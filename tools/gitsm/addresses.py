"""Where each record's page stands on the site, and what an address leads to."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.schema.kind import Kind, is_id

RESERVED = frozenset({
    "alerts", "assets", "calendar", "feeds", "findings", "images", "javascripts", "map", "night", "reference",
    "search", "stylesheets", "systems", "tags",
})  # fmt: skip
"""Folders of the site that no kind of a user's own may claim."""

INDEX = "index.md"
"""The path of the front page, and the name of the page of a folder."""


def folders_of(kinds: Iterable[Kind]) -> Mapping[str, str]:
    """The folder of each kind's pages, by the kind's name: ours first, so that a user's own never moves them."""
    folders: dict[str, str] = {}
    for kind in sorted(kinds, key=lambda kind: (kind.name not in KINDS, kind.name)):
        wanted = (_slug(kind.plural), kind.name, f"kind-{kind.name}")
        taken = RESERVED | set(folders.values())
        folders[kind.name] = next(name for name in wanted if is_id(name) and name not in taken)
    return folders


def address_of(page: str, *, directory_urls: bool) -> str:
    """The address of a page from the top of the site, or of a file that is none."""
    stem, dot, suffix = page.rpartition(".")
    if not dot or suffix != "md":
        return page
    if not directory_urls:
        return f"{stem}.html"
    return stem.removesuffix("index") if page == INDEX or stem.endswith("/index") else f"{stem}/"


def page_at(address: str) -> str:
    """The page, without its ending, that an address below the top of the site asks for."""
    stem = address.removesuffix("/").removesuffix(".html")
    return "" if stem == "index" else stem.removesuffix("/index")


@dataclass(frozen=True)
class Published:
    """What the site shows, as far as an address can be judged by it."""

    sites: tuple[str, ...]
    """Where it is published, without the scheme."""
    hosts: tuple[str, ...]
    """Where the files of the repository are shown on a code host, without the scheme."""
    pages: tuple[str, ...]
    """Every page of a record, of a list and of `docs/`, in order, as `page_at` names them."""
    files: Collection[str]
    folders: frozenset[str]
    """The folders of records' pages: the toolkit alone makes pages there."""

    def lacks(self, address: str) -> bool:
        """Whether an address certainly leads to nothing. What leads elsewhere nobody here can know."""
        known, templated, _ = address.partition("{{")
        scheme, separator, rest = known.partition("://")
        if not separator:
            return not templated and not _is_elsewhere(address) and self._has_no_file(known)
        if scheme.lower() not in ("http", "https"):
            return False
        rest = unquote(re.split(r"[?#]", rest, maxsplit=1)[0])
        for site in self.sites:
            if rest.startswith(site):
                return self._has_no_page(rest.removeprefix(site), whole=not templated)
        for host in self.hosts:
            if rest.startswith(host) and not templated:
                return rest.removeprefix(host).rstrip("/") not in self.files
        return False

    def has_page(self, page: str) -> bool:
        """Whether there is a page of a record, of a list or of `docs/`."""
        place = bisect_left(self.pages, page)
        return place < len(self.pages) and self.pages[place] == page

    def _has_no_page(self, address: str, *, whole: bool) -> bool:
        if address.partition("/")[0] not in self.folders:
            return False  # pages of other plugins, the search, the front page
        if whole:
            return not self.has_page(page_at(address))
        place = bisect_left(self.pages, address)
        return place == len(self.pages) or not self.pages[place].startswith(address)

    def _has_no_file(self, address: str) -> bool:
        path = unquote(re.split(r"[?#]", address, maxsplit=1)[0]).removeprefix("./").strip("/")
        return path not in self.files and not self.has_page(page_at(path))


def published(repository: Repository, addresses: Iterable[str] = ()) -> Published:
    """What the site of a repository shows.

    Where it is published is said by the settings or by `mkdocs.yml`; else it is where addresses that
    somebody uses lead to a record's page. The same holds for the files on a code host.
    """
    folders = folders_of(repository.kinds.values())
    pages = {f"{folders[record.kind.name]}/{record.id}" for record in repository.all()}
    pages |= set(folders.values())
    # Long lists have a page for each month that their ids begin with.
    pages |= {
        f"{folders[kind.name]}/{record.id[:7]}"
        for kind in repository.kinds.values()
        if kind.dated
        for record in repository.all(kind.name)
    }
    pages |= {
        _page_of(file) for file in repository.files if file.startswith("docs/") and file.endswith(".md")
    }
    said = repository.settings.site_url or _of_mkdocs(repository, "site_url")
    sites = {said} if said else set()
    hosts: set[str] = set()
    repo = _of_mkdocs(repository, "repo_url")
    for address in addresses:
        blob = _BLOB.match(address)
        if blob is not None:
            own = repo is not None and blob["repository"].rstrip("/") == repo.rstrip("/")
            if own or unquote(blob["path"]) in repository.files:
                hosts.add(blob["base"])
        elif not said:
            base, folder, page = address.rpartition("/runbooks/")
            if folder and f"runbooks/{page_at(page)}" in pages:
                sites.add(f"{base}/")
    return Published(
        tuple(sorted(site.partition("://")[2] for site in sites)),
        tuple(sorted(host.partition("://")[2] for host in hosts)),
        tuple(sorted(pages)),
        frozenset(repository.files),
        frozenset(folders.values()),
    )


_BLOB = re.compile(
    r"(?P<base>(?P<repository>https?://[^?#]+?)/(?:-/)?(?:blob|tree|raw|src/branch)/[^/?#]+/)(?P<path>[^?#]+)"
)


def _is_elsewhere(address: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", address) is not None


def _page_of(file: str) -> str:
    page = page_at(file.removeprefix("docs/").removesuffix(".md"))
    return page.removesuffix("README").removesuffix("/")


def _of_mkdocs(repository: Repository, setting: str) -> str | None:
    """An address that `mkdocs.yml` names. The file is full of tags, so that only its line is read."""
    for _, content in repository.tree.read_many([f for f in ("mkdocs.yml",) if f in repository.files]):
        if isinstance(content, bytes):
            pattern = rf"^{setting}:[ \t]*[\"']?(https?://[^\s\"'#?]+)"
            found = re.search(pattern, content.decode(errors="replace"), re.MULTILINE)
            if found is not None:
                return found.group(1).rstrip("/") + "/"
    return None


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
