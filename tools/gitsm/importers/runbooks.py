"""Turn a folder of Markdown runbooks into runbook records.

Every page becomes a runbook, in the same folders; its text stays as it is, save the addresses of links
to pages and pictures that come along. Alerts are read from names of files and from the text.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gitsm.diagnostic import Diagnostic
from gitsm.importers import Imported, Notes, Option
from gitsm.importers.foreign.ids import distinct, shortened, slug, split_humps
from gitsm.importers.foreign.links import rewrite_links
from gitsm.importers.foreign.page import objections, read_page
from gitsm.importers.foreign.runbook import ReadPage, fields_of, near_sections
from gitsm.markdown import read_prose
from gitsm.source import MAX_BYTES, Value, too_large
from gitsm.tree import Tree
from gitsm.writing import Unwritable, markdown_text

OPTIONS = (Option("service", "The service that all of them are for; without it they are for none."),)

MAX_IMAGE = 5 * 1024 * 1024
"""A larger picture is not carried over."""

LONGEST_PATH = 1_000
"""A longer path is no path of a repository."""

_PAGES = (".md", ".markdown")
_IMAGES = {
    ".png": b"\x89PNG\r\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".gif": b"GIF8",
    ".webp": b"RIFF",
}
_OF_THE_FOLDER = ("readme", "index")  # what a page is called that speaks for its folder


def convert(folder: Tree, *, service: str = "") -> Imported:
    """The runbooks that the pages of a folder make."""
    notes = Notes(folder)
    images = _images(folder, notes)
    pages = list(_pages(folder, notes))
    there = _There(_new_pages(page.file for page in pages), _new_images(images))
    files: dict[str, str | bytes] = {}
    shown: set[str] = set()
    for page in pages:
        text = _runbook(page, there, service, notes)
        if text is not None:
            files[there.pages[page.file]] = text
            shown.update(target for path in page.paths if (target := there.resolve(page.file, path)))
    for file, content in folder.read_many(sorted(shown.intersection(images)), limit=MAX_IMAGE):
        if isinstance(content, bytes):
            files[there.images[file]] = content
    for file in images:
        if file not in shown:
            notes.lose(file, "no page that was carried over shows this picture")
    return notes.imported(files)


@dataclass(frozen=True, slots=True)
class _There:
    """Where pages and pictures of the folder go, by their old path."""

    pages: Mapping[str, str]
    images: Mapping[str, str]

    def resolve(self, file: str, path: str) -> str | None:
        """The file of the folder that a path in a page leads to, if it comes along.

        A path may leave out the ending of a page, or name a folder for the page that speaks for it.
        """
        start = "" if path.startswith("/") else posixpath.dirname(file)
        there = posixpath.normpath(posixpath.join(start, path.lstrip("/")))
        above = "" if there == "." else f"{there}/"
        tries = [there, *(there + end for end in _PAGES)]
        tries += [above + name + end for name in ("README", "index", "readme", "Readme") for end in _PAGES]
        return next((name for name in tries if name in self.pages or name in self.images), None)

    def address(self, file: str, path: str) -> str | None:
        """The path that a link in a page shall have, or None where its target does not come along."""
        target = self.resolve(file, path)
        if target is None:
            return None
        new = self.pages.get(target) or self.images[target]
        return posixpath.relpath(new, posixpath.dirname(self.pages[file]))


def _is_hidden(file: str) -> bool:
    return any(part.startswith(".") for part in file.split("/"))


def _ending(file: str) -> str:
    return posixpath.splitext(file)[1].lower()


def _stem(file: str) -> str:
    return posixpath.splitext(posixpath.basename(file))[0]


def _pages(folder: Tree, notes: Notes) -> Iterator[ReadPage]:
    wanted = []
    for file, entry in folder.files.items():
        if _is_hidden(file):
            notes.lose(file, "it is hidden")
        elif _ending(file) in _PAGES:
            if entry.size > MAX_BYTES:
                notes.lose(file, too_large(file, entry.size).message)
            else:
                wanted.append(file)
        elif _ending(file) not in _IMAGES:
            notes.lose(file, "it is neither a page of Markdown nor a picture")
    for file, content in folder.read_many(wanted):
        page = content.message if isinstance(content, Diagnostic) else read_page(file, content)
        if isinstance(page, str):
            notes.lose(file, page)
        elif not page.body.strip() and not page.front_matter and not page.unread:
            notes.lose(file, "it is empty")
        else:
            yield ReadPage(file, page, read_prose(page.body, 1))


def _images(folder: Tree, notes: Notes) -> list[str]:
    found = []
    wanted = [file for file in folder.files if _ending(file) in _IMAGES and not _is_hidden(file)]
    for file, content in folder.read_many(wanted, limit=MAX_IMAGE):
        if isinstance(content, Diagnostic):
            notes.lose(file, content.message)
        elif not content.startswith(_IMAGES[_ending(file)]):
            notes.lose(file, f"it is no picture, although its name ends in {_ending(file)}")
        else:
            found.append(file)
    return found


def _folders(file: str) -> list[str]:
    return [slug(split_humps(part)) for part in file.split("/")[:-1]]


def _new_pages(files: Iterable[str]) -> dict[str, str]:
    """Where each page goes. Ids are unique whatever folder they are in, so that some get its name as well."""
    ids = distinct({file: list(_candidates(file)) for file in files})
    return {file: "/".join(("runbooks", *_folders(file), f"{id}.md")) for file, id in ids.items()}


def _candidates(file: str) -> Iterator[str]:
    folders, stem = _folders(file), _stem(file).lower()
    speaks_for_folder = stem in _OF_THE_FOLDER
    id = (
        slug(split_humps(_stem(file)))
        if not speaks_for_folder
        else stem
        if folders or stem != "index"
        else "start"
    )
    for count in range(1 if speaks_for_folder and folders else 0, len(folders) + 1):
        yield shortened("-".join((*folders[len(folders) - count :], id)))


def _new_images(files: Iterable[str]) -> dict[str, str]:
    """Where each picture goes: beside the pages, in the same folders."""
    new: dict[str, str] = {}
    taken: set[str] = set()
    for file in sorted(files):
        stem = "/".join(("runbooks", *_folders(file), slug(_stem(file))))
        path, number = stem + _ending(file), 2
        while path in taken:
            path, number = f"{stem}-{number}{_ending(file)}", number + 1
        taken.add(path)
        new[file] = path
    return new


def _runbook(source: ReadPage, there: _There, service: str, notes: Notes) -> str | None:
    """The record that a page makes, or None where it can't be one."""
    file, page = source.file, source.page
    body = page.body
    if any(there.address(file, path) not in (None, path) for path in source.paths):
        body, kept = rewrite_links(body, lambda path: there.address(file, path))
        for address in kept:
            notes.lose(file, f"the link to {address} could not be rewritten and stays as it is")
    for path in source.paths:
        if there.resolve(file, path) is None:
            notes.lose(file, f"it links to {path}, which was not carried over; the link stays as it is")
    if page.trouble:
        notes.lose(file, f"its front matter can't be read, and stands in the text now: {page.trouble}")
        body = _fenced(page.unread, body) + body
    fields = fields_of(source, notes)
    fields = fields if "services" in fields else {"services": [service] if service else [], **fields}
    text = _written(file, fields, body, notes)
    if len(there.pages[file].encode()) > LONGEST_PATH:
        notes.lose(file, f"its path would be longer than {LONGEST_PATH:,} characters")
        return None
    if text is not None:
        notes.remark(file, f"becomes {there.pages[file]}")
        for objection in objections(there.pages[file], text):
            notes.lose(file, objection)
        for heading, section in near_sections(source.prose):
            notes.remark(
                file, f"its heading `{heading}` is not the section {section}, though it may be meant"
            )
    return text


def _written(file: str, fields: dict[str, Value], body: str, notes: Notes) -> str | None:
    try:
        return markdown_text(fields, body, any_body=True)
    except Unwritable as error:
        reason = str(error)
    try:
        text = markdown_text({**fields, "labels": {"imported-from": file[-200:]}}, body, any_body=True)
    except Unwritable as error:
        notes.lose(file, str(error))
        return None
    notes.lose(file, f"what stood in its front matter can't be a label: {reason}")
    return text


def _fenced(text: str, body: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    fence = "```"
    while fence in text:
        fence += "`"
    return newline.join(
        (f"{fence}text", text.rstrip("\r\n"), fence, "" if body.startswith(newline) else newline)
    )
