"""Files written whole or not at all, and never through a symbolic link or outside their folder."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self


class Refused(Exception):
    """Nothing was written, because some files can't be; `reasons` says why, by path."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(sorted(reasons.items()))
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in self.reasons.items()))


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the files: made, replaced, or left alone because they said the same already."""

    made: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()


MANY = 50
"""More files than this are brought to the disk together: one by one, 5,000 take 40 s instead of 1 s."""


def write_new(root: Path, contents: Mapping[str, str | bytes], *, replace: bool = False) -> Written:
    """Write files below a folder, which is made where there is none: all of them or none.

    A file that says the same already is left alone. Where something else stands in the way, Refused
    says so and nothing is written; with `replace`, files that differ are replaced and keep their mode.
    Links are never followed. Should writing fail half-way, what was written is taken back; only a
    machine that dies in that moment can leave some of the files, each of them whole.
    """
    wanted = {
        path: content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        for path, content in sorted(contents.items())
    }
    _refuse_bad_paths(wanted)
    made_root = not root.exists()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _Folders(root) as folders:
            standing = _standing(folders, wanted, replace)
            todo = {path: content for path, content in wanted.items() if standing.get(path) != content}
            _Batch(folders, todo, standing).write()
    except OSError as error:
        raise Refused({str(root): _failure(error)}) from error
    except Refused:
        if made_root:
            with suppress(OSError):
                root.rmdir()
        raise
    return Written(
        made=tuple(path for path in todo if path not in standing),
        replaced=tuple(path for path in todo if path in standing),
        equal=tuple(path for path in wanted if path not in todo),
    )


def _refuse_bad_paths(paths: Iterable[str]) -> None:
    reasons: dict[str, str] = {}
    taken: dict[str, str] = {}
    folders = {folder.casefold() for folder in _folders(paths)}
    for path in paths:
        parts = path.split("/")
        if "\0" in path or "\\" in path or any(part in ("", ".", "..") for part in parts):
            reasons[path] = "this is no path of a file below the folder"
        elif any(part.casefold() == ".git" for part in parts):
            reasons[path] = "Git's own folder is not written to"
        elif (other := taken.setdefault(path.casefold(), path)) != path:
            reasons[path] = f"its name differs from {other} in the case of letters only"
        elif path.casefold() in folders:
            reasons[path] = "another of the files needs a folder of this name"
    if reasons:
        raise Refused(reasons)


def _folders(paths: Iterable[str]) -> Iterator[str]:
    """The folders on the way to files, many of them more than once."""
    for path in paths:
        yield from (path[:at] for at in range(len(path)) if path[at] == "/")


class _Folders:
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

    def remove_made(self) -> None:
        """Take back the folders that were made, where nothing else has come into them."""
        for folder in reversed(self.made):
            with suppress(OSError):
                os.rmdir(folder.rpartition("/")[2], dir_fd=self.of(folder))

    def flush(self, paths: Iterable[str]) -> None:
        """Make the names of files, and of the folders on their way, survive a loss of power."""
        for folder in sorted({"", *_folders(paths)}):
            os.fsync(self.of(folder and folder + "/"))


_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# Without O_NONBLOCK a fifo would be waited for.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def _standing(folders: _Folders, wanted: Mapping[str, bytes], replace: bool) -> dict[str, bytes]:
    """What stands at the paths by now. Raises Refused with everything that is in the way."""
    reasons: dict[str, str] = {}
    standing: dict[str, bytes] = {}
    for path, content in wanted.items():
        try:
            found = _content(folders, path, len(content))
        except OSError as error:
            reasons[path] = _failure(error)
            continue
        if found is not None:
            standing[path] = found
            if found != content and not replace:
                reasons[path] = "a file with another content stands there"
    if reasons:
        raise Refused(reasons)
    return standing


def _content(folders: _Folders, path: str, size: int) -> bytes | None:
    """The bytes of a file, one more than could be equal at most; None where there is no file."""
    try:
        descriptor = os.open(path.rpartition("/")[2], _READ, dir_fd=folders.of(path))
    except FileNotFoundError:
        return None
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "something that is no regular file stands there")
        return file.read(size + 1)


def _failure(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "a symbolic link stands there, and links are not written through"
    if error.errno == errno.ENOTDIR:
        return "one of its folders is a file or a symbolic link, and links are not written through"
    return error.strerror or str(error)


class _Batch:
    """Files on their way: first all of them under names of their own, then one by one at their place."""

    def __init__(
        self, folders: _Folders, contents: Mapping[str, bytes], standing: Mapping[str, bytes]
    ) -> None:
        self._folders = folders
        self._contents = contents
        self._standing = standing
        self._staged: dict[str, str] = {}
        self._kept: dict[str, str] = {}  # the files that were replaced, under other names
        self._placed: list[str] = []
        self._is_large = len(contents) > MANY

    def write(self) -> None:
        """Write all of them, or take everything back and raise Refused."""
        path = ""
        try:
            for path, content in self._contents.items():
                self._stage(path, content)
            if self._is_large:
                os.sync()
            for path in self._contents:
                self._place(path)
            if self._is_large:
                os.sync()
            else:
                self._folders.flush(self._contents)
        except BaseException as error:
            self._take_back()
            if isinstance(error, OSError):
                raise Refused({path: _failure(error)}) from error
            raise
        finally:
            for names in (self._staged, self._kept):
                for path, name in names.items():
                    with suppress(OSError):
                        os.unlink(name, dir_fd=self._folders.of(path))

    def _stage(self, path: str, content: bytes) -> None:
        folder = self._folders.of(path, make=True)
        name = self._staged[path] = f".gitsm-{secrets.token_hex(8)}"
        with open(os.open(name, _MAKE, 0o666, dir_fd=folder), "wb") as file:
            if path in self._standing:
                original = os.stat(path.rpartition("/")[2], dir_fd=folder, follow_symlinks=False)
                os.fchmod(file.fileno(), stat.S_IMODE(original.st_mode))
            file.write(content)
            file.flush()
            if not self._is_large:
                os.fsync(file.fileno())

    def _place(self, path: str) -> None:
        folder, name = self._folders.of(path), path.rpartition("/")[2]
        if path in self._standing:
            if _content(self._folders, path, len(self._contents[path])) != self._standing[path]:
                raise OSError(errno.EBUSY, "somebody else changed the file meanwhile")
            kept = f".gitsm-{secrets.token_hex(8)}"
            _link(name, kept, folder)
            self._kept[path] = kept
            os.replace(self._staged[path], name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            _link(self._staged[path], name, folder)
        self._placed.append(path)

    def _take_back(self) -> None:
        for path in self._placed:
            folder, name = self._folders.of(path), path.rpartition("/")[2]
            with suppress(OSError):
                if path in self._kept:
                    os.replace(self._kept[path], name, src_dir_fd=folder, dst_dir_fd=folder)
                else:
                    os.unlink(name, dir_fd=folder)
        for path, name in self._staged.items():
            with suppress(OSError):
                os.unlink(name, dir_fd=self._folders.of(path))
        self._folders.remove_made()


def _link(name: str, other: str, folder: int) -> None:
    """Give a file a second name, which must be free. Where the file system has no links, copy it."""
    try:
        os.link(name, other, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        with open(os.open(name, _READ, dir_fd=folder), "rb") as source:
            content = source.read()
        with open(os.open(other, _MAKE, 0o666, dir_fd=folder), "wb") as copy:
            copy.write(content)
            copy.flush()
            os.fsync(copy.fileno())
