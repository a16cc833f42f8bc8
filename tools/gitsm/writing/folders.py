"""The folders below a root, each opened by way of the one above, so that no link is ever followed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self


def folders_of(paths: Iterable[str]) -> Iterator[str]:
    """The folders on the way to files, many of them more than once."""
    for path in paths:
        yield from (path[:at] for at in range(len(path)) if path[at] == "/")


class Folders:
    """The folders below a root, each opened by way of the one above, so that no link is ever followed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: dict[str, int] = {}  # the folders on the way to the last file, and no others
        self.made: list[str] = []

    def __enter__(self) -> Self:
        self._open[""] = os.open(self._root, _FOLDER)
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self._open.values():
            os.close(descriptor)

    def of(self, path: str, *, make: bool = False) -> int:
        """The folder that a file is in. Raises FileNotFoundError where there is none."""
        folder = path.rpartition("/")[0]
        for name in list(self._open):
            if name and not f"{folder}/".startswith(f"{name}/"):
                os.close(self._open.pop(name))
        return self._opened(folder, make)

    def _opened(self, folder: str, make: bool) -> int:
        if folder in self._open:
            return self._open[folder]
        above, _, name = folder.rpartition("/")
        parent = self._opened(above, make)
        if make:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=parent)
                self.made.append(folder)
        self._open[folder] = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)
        return self._open[folder]

    def remove_empty(self, paths: Iterable[str]) -> None:
        """Remove the folders that files were in, as far as nothing is left in them."""
        for folder in sorted(set(folders_of(paths)), key=len, reverse=True):
            with suppress(OSError):
                os.rmdir(folder.rpartition("/")[2], dir_fd=self.of(folder))

    def remove_made(self) -> None:
        """Take back the folders that were made, where nothing else has come into them."""
        for folder in reversed(self.made):
            with suppress(OSError):
                os.rmdir(folder.rpartition("/")[2], dir_fd=self.of(folder))

    def flush(self, paths: Iterable[str]) -> None:
        """Make the names of files, and of the folders on their way, survive a loss of power."""
        for folder in sorted({"", *folders_of(paths)}):
            os.fsync(self.of(folder and folder + "/"))


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK a fifo would be waited for.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
"""How a file is opened that must not be there yet."""


def content_of(folders: Folders, path: str, size: int) -> bytes | None:
    """The bytes of a file, one more than could be equal at most; None where there is no file."""
    try:
        descriptor = os.open(path.rpartition("/")[2], _READ, dir_fd=folders.of(path))
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "something that is no regular file stands there")
        return file.read(size + 1)


def failure(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "a symbolic link stands there, and links are not written through"
    if error.errno == errno.ENOTDIR:
        return "one of its folders is a file or a symbolic link, and links are not written through"
    return error.strerror or str(error)


def link(name: str, other: str, folder: int) -> None:
    """Give a file a second name, which must be free. Where the file system has no links, copy it."""
    try:
        os.link(name, other, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        with open(os.open(name, _READ, dir_fd=folder), "rb") as source:
            content = source.read()
        with open(os.open(other, MAKE, 0o666, dir_fd=folder), "wb") as copy:
            copy.write(content)
            copy.flush()
            os.fsync(copy.fileno())
