"""The links of Markdown files that follow a record to another place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from gitsm import source
from gitsm.addresses import folders_of
from gitsm.destinations import Destination, address_from, destinations, target_of
from gitsm.diagnostic import NewText
from gitsm.renaming.moves import NotRenamed, above
from gitsm.renaming.references import Ids
from gitsm.repository import Repository

PAGES = "docs/"
"""The folder of hand-written pages: they link to the page of a record as if it lay there too."""

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def pages_of(repository: Repository, ids: Ids) -> Mapping[str, str]:
    """The pages of the site whose address changes, as pages in `docs/` see them."""
    folders = folders_of(repository.kinds.values())
    return {
        f"{PAGES}{folders[kind]}/{old}{ending}": f"{PAGES}{folders[kind]}/{new}{ending}"
        for (kind, old), new in ids.items()
        for ending in (".md", ".html")
    }


@dataclass(frozen=True, slots=True)
class _Link:
    """A link as it is written, and what it has to lead to."""

    file: str
    written: Destination
    target: str
    rest: str
    """The query and the anchor."""


class Texts:
    """The links of all Markdown files, and what becomes of them."""

    def __init__(
        self,
        repository: Repository,
        moves: Mapping[str, str],
        pages: Mapping[str, str],
        *,
        whole_folder: bool,
    ) -> None:
        self._moves, self._pages = moves, pages
        self._folders = {
            folder: target
            for file, other in moves.items()
            for folder, target in zip(above(file), above(other), strict=False)
            if whole_folder and folder != target
        }
        self._links = {file: list(self._links_of(repository, file)) for file in _markdown(repository)}

    def _links_of(self, repository: Repository, file: str) -> Iterator[_Link]:
        for written in _destinations(repository, file):
            path, rest = _parted(written.address)
            if _ELSEWHERE.match(path) or not path:
                continue
            target = target_of(file, unquote(path))
            if target is not None:
                yield _Link(file, written, self._moved(file, target), rest)

    def _moved(self, file: str, target: str) -> str:
        if file.startswith(PAGES) and target in self._pages:
            return self._pages[target]
        return self._moves.get(target) or self._folders.get(target) or target

    def edits(self) -> Iterator[NewText]:
        """The edits that make every link lead to where it led before."""
        for file, links in self._links.items():
            new_file = self._moves.get(file, file)
            for link in links:
                path, _ = _parted(link.written.address)
                if target_of(new_file, unquote(path)) == link.target:
                    continue
                if link.written.span is None:
                    raise NotRenamed(f"{file}: it can't be told where the address {path} is written")
                address = address_from(new_file, link.target, path)
                if path.startswith("./") and not address.startswith("."):
                    address = f"./{address}"
                if path.endswith("/"):
                    address += "/"
                yield NewText(file, link.written.span, link.written.written(address + link.rest))

    def refuse_other_change(self, then: Repository, written: Iterable[str]) -> None:
        """Read the files that were written and raise NotRenamed where a link leads elsewhere."""
        changed = set(written)
        for file, links in self._links.items():
            new_file = self._moves.get(file, file)
            if new_file not in changed:
                continue
            found = []
            for destination in _destinations(then, new_file):
                path, rest = _parted(destination.address)
                if path and not _ELSEWHERE.match(path):
                    found.append((target_of(new_file, unquote(path)), rest))
            wanted = [(link.target, link.rest) for link in links]
            if [each for each in found if each[0] is not None] != wanted:
                raise NotRenamed(
                    f"the links of {file} can't be rewritten so that they lead where they do now"
                )


def _parted(address: str) -> tuple[str, str]:
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return path, address[len(path) :]


def _markdown(repository: Repository) -> list[str]:
    return [
        file
        for file, entry in repository.files.items()
        if file.endswith(".md")
        and entry.size <= source.MAX_BYTES
        and not file.startswith(("tools/", "tests/"))
    ]


def _destinations(repository: Repository, file: str) -> list[Destination]:
    document = repository.documents.get(file)
    if document is not None and document.body_line:
        return destinations(document.body, document.body_line)
    text = document.text if document is not None else text_of(repository, file)
    return destinations(text, 1) if "](" in text or "]:" in text else []


def text_of(repository: Repository, file: str) -> str:
    for _, content in repository.tree.read_many([file]):
        if isinstance(content, bytes):
            return content.decode("utf-8", "replace").removeprefix("\ufeff")
    return ""
