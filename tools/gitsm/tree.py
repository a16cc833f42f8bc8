"""A set of files, from a folder, a Git revision or a mapping: what there is, and its bytes.

A tree holds regular files with harmless names only. Links, submodules, devices and names that
could deceive a reader become problems and are never opened.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, Self

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.git import Git, GitError, Stamp, WorkFile, find
from gitsm.source import MAX_BYTES
from gitsm.terminal import safe

UNREADABLE = "unreadable-file"
"""The rule that every problem of a tree belongs to."""

_SKIPPED_FOLDERS = {".git", ".venv", "node_modules", "__pycache__"}
_SKIPPED_AT_THE_TOP = {"site"}  # what MkDocs built; deeper down it is a name like any other
_LONGEST_PART = 255
_LONGEST_PATH = 1_000
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}

_SYMLINK = "the file is a symbolic link, and links are never followed"
_SUBMODULE = "the folder is a submodule, whose files are not part of this repository"
_NESTED = "the folder is a Git repository of its own, whose files are not part of this one"
_SPECIAL = "the file is neither a regular file nor a folder"


class Entry(NamedTuple):
    """A file of a tree: how large it is, and the id of the blob that it holds where that is certain."""

    size: int
    blob: str | None = None


class Tree(Protocol):
    """A set of files, all of them regular, wherever they come from."""

    @property
    def files(self) -> Mapping[str, Entry]:
        """The files by their path from the top, with slashes, in the order of the paths."""
        ...

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What lies there and is no part of the tree, and why; in the order of the paths."""
        ...

    def read_many(
        self, paths: Iterable[str], *, limit: int = MAX_BYTES
    ) -> Iterator[tuple[str, bytes | Diagnostic]]:
        """The content of files, in the order asked for; for one that can't be read, the reason.

        No more than `limit` bytes of a file are kept: a larger one is a reason too. A path that is
        not in `files` raises KeyError before anything is read.
        """
        ...


class MappingTree:
    """A tree made of texts: for tests, examples and what is not written yet."""

    def __init__(self, contents: Mapping[str, str | bytes]) -> None:
        found = _Found()
        self._contents: dict[str, bytes] = {}
        for path, content in contents.items():
            if found.has_good_name(path):
                self._contents[path] = _bytes(content)
                found.files[path] = Entry(len(self._contents[path]))
        self.files, self.problems = found.done()

    def read_many(
        self, paths: Iterable[str], *, limit: int = MAX_BYTES
    ) -> Iterator[tuple[str, bytes | Diagnostic]]:
        """See `Tree.read_many`."""
        for path in _known(paths, self.files):
            content = self._contents[path]
            yield path, content if len(content) <= limit else _larger(path, len(content), limit)


class RevisionTree:
    """The tree of one commit, read from Git's objects and never from the files that lie about."""

    def __init__(self, git: Git, commit: str) -> None:
        found = _Found()
        for path, mode, blob, size in git.tree(commit):
            if not found.has_good_name(path):
                continue
            if mode == "120000":
                found.refuse(path, _SYMLINK)
            elif mode == "160000":
                found.refuse(path, _SUBMODULE)
            elif size is None:
                found.refuse(path, "the content of the file is not in this clone")
            elif path in found.files:
                found.refuse(path, "the revision holds two files of this name")
            else:
                found.files[path] = Entry(size, blob)
        self._git = git
        self.files, self.problems = found.done()

    def read_many(
        self, paths: Iterable[str], *, limit: int = MAX_BYTES
    ) -> Iterator[tuple[str, bytes | Diagnostic]]:
        """See `Tree.read_many`."""
        wanted = _known(paths, self.files)
        start = 0
        while start < len(wanted):
            stop = start
            while stop < len(wanted) and self.files[wanted[stop]].size <= limit:
                stop += 1
            yield from self._contents(wanted[start:stop])
            if stop < len(wanted):
                yield wanted[stop], _larger(wanted[stop], self.files[wanted[stop]].size, limit)
            start = stop + 1

    def _contents(self, paths: list[str]) -> Iterator[tuple[str, bytes | Diagnostic]]:
        done = 0
        while done < len(paths):
            ids = (self.files[path].blob or "" for path in paths[done:])
            try:
                for content in self._git.blobs(ids):
                    yield paths[done], content
                    done += 1
            except GitError as error:  # a broken object costs its own file and no other
                yield paths[done], _problem(paths[done], f"the file can't be read: {error}")
                done += 1


class FolderTree:
    """The files in a folder: in a Git work tree what Git tracks and what is new and not ignored.

    Elsewhere everything in it, save `.git`, `.venv`, `node_modules`, `__pycache__` and MkDocs's
    `site`. Files that are tracked and deleted are not part of the tree. `git` is the repository
    around the folder, if there is one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git = find(root)
        folder = os.path.join(os.fsencode(root), b"")  # with a slash at its end
        found = _Found()
        if self.git is not None:
            _look_through_git(folder, self.git.files(), found)
        else:
            _look_through_disk(folder, found)
        self.files, self.problems = found.done()

    def read_many(
        self, paths: Iterable[str], *, limit: int = MAX_BYTES
    ) -> Iterator[tuple[str, bytes | Diagnostic]]:
        """See `Tree.read_many`."""
        with _OpenFolder(os.fsencode(self.root)) as folder:
            for path in _known(paths, self.files):
                try:
                    yield path, _content(folder, path, limit)
                except OSError as error:
                    yield path, _problem(path, _failure(error))


class _Found:
    """What a walk has found so far."""

    def __init__(self) -> None:
        self.files: dict[str, Entry] = {}
        self.refused: dict[str, Diagnostic] = {}

    def refuse(self, path: str, message: str) -> None:
        self.refused.setdefault(path, _problem(path, message))

    def has_good_name(self, path: str) -> bool:
        objection = next(_objections(path), None)
        if objection is not None:
            self.refuse(path, objection)
        return objection is None

    def done(self) -> tuple[Mapping[str, Entry], tuple[Diagnostic, ...]]:
        files = {path: entry for path, entry in sorted(self.files.items()) if path not in self.refused}
        return MappingProxyType(files), tuple(self.refused[path] for path in sorted(self.refused))


def _problem(path: str, message: str) -> Diagnostic:
    place = Place(safe(path)[:_LONGEST_PATH], span=Span(1, 1, 1, 1))
    return Diagnostic(message, place, rule=UNREADABLE)


def _failure(error: OSError) -> str:
    if error.errno == errno.ELOOP:  # what O_NOFOLLOW gives for a link
        return _SYMLINK
    return f"the file can't be read: {error.strerror}"


def _larger(path: str, size: int, limit: int) -> Diagnostic:
    return _problem(path, f"the file holds {size:,} bytes, and no more than {limit:,} are read")


def _bytes(content: str | bytes) -> bytes:
    # A lone surrogate becomes bytes that are no UTF-8, and whoever reads them says so.
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content


def _known(paths: Iterable[str], files: Mapping[str, Entry]) -> list[str]:
    wanted = list(paths)
    for path in wanted:
        files[path]
    return wanted


def _is_plain(path: str) -> bool:
    """Whether a name is good beyond doubt. Nearly all are, and this asks a tenth of the long way's price."""
    return (
        path.isascii() and path.isprintable() and len(path) <= _LONGEST_PART
        and path[:1] not in ("", "-", ".", "/") and path[-1] != "/"
        and "/-" not in path and "/." not in path and "//" not in path
    )  # fmt: skip


def _objections(path: str) -> Iterator[str]:
    """What speaks against a name, the worst first."""
    if _is_plain(path):
        return
    size = len(path.encode("utf-8", "surrogatepass"))
    if size > _LONGEST_PATH:
        yield f"the path is {size:,} bytes long, more than {_LONGEST_PATH:,}"
    for character in path:
        category = unicodedata.category(character)
        if category == "Cs":
            yield "the name of the file is not UTF-8"
        elif category in _UNSEEN:
            yield f"the name of the file contains {safe(character)}, a control or format character"
    for part in path.split("/"):
        if len(part.encode("utf-8", "surrogatepass")) > _LONGEST_PART:
            yield f"a name in the path is longer than {_LONGEST_PART} bytes"
        if part.startswith("-"):
            yield f"{safe(part)} begins with a hyphen, as options of commands do"
        if part in ("", ".", "..") or part.casefold() == ".git":
            yield f"the path has a part `{safe(part)}`, which no file can have"


# Folders


def _look_through_git(root: bytes, listing: Iterable[WorkFile], found: _Found) -> None:
    folders: dict[str, bool] = {"": True}
    for listed, mode, blob, stamp in listing:
        path = listed.removesuffix("/")
        status = _look(root, path, found)
        if status is None or not found.has_good_name(path):
            continue
        if not _is_reachable(root, path.rpartition("/")[0], found, folders):
            continue
        if mode == "120000":
            found.refuse(path, _SYMLINK)
        elif mode == "160000":
            found.refuse(path, _SUBMODULE)
        elif path != listed:
            found.refuse(path, _NESTED)
        elif not stat.S_ISDIR(status.st_mode):  # a folder may stand where a tracked file was deleted
            _take(path, status, found, blob if stamp is not None and stamp == Stamp.of(status) else None)


def _is_reachable(root: bytes, folder: str, found: _Found, known: dict[str, bool]) -> bool:
    """Whether every folder on the way is there and none of them is a link; `known` remembers."""
    if folder in known:
        return known[folder]
    way = ""
    for part in folder.split("/"):
        way = f"{way}/{part}" if way else part
        if way not in known:
            status = _look(root, way, found)
            if status is not None and stat.S_ISLNK(status.st_mode):
                found.refuse(way, _SYMLINK)
            known[way] = status is not None and stat.S_ISDIR(status.st_mode)
        if not known[way]:
            known[folder] = False
            break
    return known[folder]


def _look_through_disk(root: bytes, found: _Found) -> None:
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        above = folder + "/" if folder else ""
        try:
            names = os.listdir(root + folder.encode())
        except OSError as error:
            found.refuse(folder or ".", f"the folder can't be read: {error.strerror}")
            continue
        for name in (raw.decode("utf-8", "surrogateescape") for raw in names):
            if name in _SKIPPED_FOLDERS or (not above and name in _SKIPPED_AT_THE_TOP):
                continue
            status = _look(root, above + name, found)
            if status is None:
                continue
            if not found.has_good_name(above + name):
                continue
            if stat.S_ISDIR(status.st_mode):
                waiting.append(above + name)
            else:
                _take(above + name, status, found, None)


def _look(root: bytes, path: str, found: _Found) -> os.stat_result | None:
    try:
        return os.lstat(root + path.encode("utf-8", "surrogateescape"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        found.refuse(path, _failure(error))
        return None


def _take(path: str, status: os.stat_result, found: _Found, blob: str | None) -> None:
    if stat.S_ISREG(status.st_mode):
        found.files[path] = Entry(status.st_size, blob)
    else:
        found.refuse(path, _SYMLINK if stat.S_ISLNK(status.st_mode) else _SPECIAL)


# Reading


class _OpenFolder:
    """Opens files below a folder, one name at a time, so that no link on the way is ever followed."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._folder = ""
        self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def open(self, path: str) -> int:
        """A file descriptor for reading, to be closed by the caller."""
        folder, _, name = path.rpartition("/")
        if self._descriptor < 0 or folder != self._folder:
            self._enter(folder)
        # Without O_NONBLOCK a fifo that took the file's place would be waited for.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        return os.open(name.encode(), flags, dir_fd=self._descriptor)

    def _enter(self, folder: str) -> None:
        self._leave()
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        self._descriptor = os.open(self._root, flags)
        for part in folder.split("/") if folder else ():
            try:
                inner = os.open(part.encode(), flags | os.O_NOFOLLOW, dir_fd=self._descriptor)
            except OSError:
                self._leave()
                raise
            os.close(self._descriptor)
            self._descriptor = inner
        self._folder = folder

    def _leave(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _content(folder: _OpenFolder, path: str, limit: int) -> bytes | Diagnostic:
    descriptor = folder.open(path)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return _problem(path, _SPECIAL)
        if status.st_size > limit:
            return _larger(path, status.st_size, limit)
        content = os.read(descriptor, status.st_size + 1)
        while len(content) > status.st_size and len(content) <= limit:  # it grows while it is read
            more = os.read(descriptor, limit + 1 - len(content))
            if not more:
                break
            content += more
        return content if len(content) <= limit else _larger(path, len(content), limit)
    finally:
        os.close(descriptor)
