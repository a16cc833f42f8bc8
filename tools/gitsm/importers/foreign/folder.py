"""Every file in a folder of somebody else's, whether Git knows it or not, read without following links."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.source import MAX_BYTES
from gitsm.terminal import safe
from gitsm.tree import UNREADABLE, Entry

MAX_FILES = 20_000
"""A folder with more files than this is imported in parts."""

_NOT_OURS = {
    ".git": "Git's own files",
    "node_modules": "installed packages",
    ".venv": "installed packages",
    "__pycache__": "compiled files",
}
_UNSEEN = {"Cc", "Cf", "Cn", "Zl", "Zp"}


class TooManyFiles(Exception):
    """The folder holds more files than are imported at once."""


class ForeignFolder:
    """A tree of all regular files in a folder. What is left out is among its problems, never silent."""

    def __init__(self, root: Path, *, only: str | None = None) -> None:
        """Look through the folder, or at one file in it alone. Raises TooManyFiles, and OSError where it
        can't be opened."""
        self._root = root
        self._files: dict[str, Entry] = {}
        self._problems: dict[str, Diagnostic] = {}
        os.close(os.open(root, _FOLDER))
        if only is None:
            self._look_through()
        else:
            # Whoever names a file means it, link or not; a name that deceives is shown with its escapes.
            self._files[only] = Entry((root / only).stat().st_size)

    @property
    def files(self) -> Mapping[str, Entry]:
        """See `Tree.files`."""
        return MappingProxyType(self._files)

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """See `Tree.problems`."""
        return tuple(self._problems[path] for path in sorted(self._problems))

    def read_many(
        self, paths: Iterable[str], *, limit: int = MAX_BYTES
    ) -> Iterator[tuple[str, bytes | Diagnostic]]:
        """See `Tree.read_many`."""
        wanted = list(paths)
        for path in wanted:
            self._files[path]
        for path in wanted:
            try:
                yield path, self._content(path, limit)
            except OSError as error:
                yield path, _problem(path, f"it can't be read: {error.strerror}")

    def _look_through(self) -> None:
        waiting = [""]
        found: list[tuple[str, Entry]] = []
        while waiting:
            folder = waiting.pop()
            for name, status in self._entries(folder):
                path = folder + name
                if name in _NOT_OURS and not stat.S_ISREG(status.st_mode):
                    self._leave_out(f"{path}/", f"{_NOT_OURS[name]}, which are not looked into")
                elif (objection := _objection(name)) is not None:
                    self._leave_out(path, objection)
                elif stat.S_ISDIR(status.st_mode):
                    waiting.append(f"{path}/")
                elif stat.S_ISREG(status.st_mode):
                    found.append((path, Entry(status.st_size)))
                else:
                    is_link = stat.S_ISLNK(status.st_mode)
                    self._leave_out(
                        path, "a symbolic link, and links are not followed" if is_link else _SPECIAL
                    )
            if len(found) + len(self._problems) > MAX_FILES:
                raise TooManyFiles(f"{self._root} holds more than {MAX_FILES:,} files; import it in parts")
        self._files = dict(sorted(found))

    def _entries(self, folder: str) -> Iterator[tuple[str, os.stat_result]]:
        raw = os.path.join(os.fsencode(self._root), _raw(folder))
        try:
            names = sorted(os.listdir(raw))
        except OSError as error:
            self._leave_out(folder or ".", f"the folder can't be read: {error.strerror}")
            return
        for name in names:
            shown = name.decode("utf-8", "surrogateescape")
            try:
                yield shown, os.lstat(os.path.join(raw, name))
            except OSError as error:
                self._leave_out(folder + shown, f"it can't be looked at: {error.strerror}")

    def _leave_out(self, path: str, reason: str) -> None:
        self._problems[path] = _problem(path, reason)

    def _content(self, path: str, limit: int) -> bytes | Diagnostic:
        descriptor = os.open(self._root, _FOLDER)
        try:
            *folders, name = _raw(path).split(b"/")
            for part in folders:
                inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            opened = os.open(name, _READ, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        with open(opened, "rb") as file:
            status = os.fstat(opened)
            if not stat.S_ISREG(status.st_mode):
                return _problem(path, _SPECIAL)
            if status.st_size > limit:
                return _larger(path, status.st_size, limit)
            content = file.read(limit + 1)
            return content if len(content) <= limit else _larger(path, len(content), limit)


_SPECIAL = "neither a regular file nor a folder"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK a fifo that took a file's place would be waited for.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def _problem(path: str, message: str) -> Diagnostic:
    return Diagnostic(message, Place(safe(path), span=Span(1, 1, 1, 1)), rule=UNREADABLE)


def _larger(path: str, size: int, limit: int) -> Diagnostic:
    return _problem(path, f"it has {size:,} bytes, and {limit:,} are the most")


def _objection(name: str) -> str | None:
    """What speaks against a name; a folder of such a name is not looked into."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    unseen = any(unicodedata.category(character) in _UNSEEN for character in name)
    return "its name has a character that can't be seen" if unseen else None
