"""Files on their way to the disk: all of them get there, or none."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from gitsm.writing.folders import MAKE, Folders, content_of, failure, link

MANY = 50
"""More files than this are brought to the disk together: one by one, 5,000 take 40 s instead of 1 s."""


class Refused(Exception):
    """Nothing was written, because some files can't be; `reasons` says why, by path."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(sorted(reasons.items()))
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in self.reasons.items()))


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one file."""

    content: bytes | None
    """What it shall hold; None where it goes."""
    standing: bytes | None = None
    """The beginning of what it holds by now; None where there is none."""
    read: int = 0
    """How many bytes of it were asked for."""
    like: str = ""
    """The file whose mode it gets; its own where it is there already."""


class Batch:
    """Files on their way: first all of them under names of their own, then one by one at their place."""

    def __init__(self, folders: Folders, steps: Mapping[str, Step]) -> None:
        self._folders = folders
        # What goes, goes last: at any moment its content is somewhere.
        self._steps = dict(sorted(steps.items(), key=lambda item: (item[1].content is None, item[0])))
        self._staged: dict[str, str] = {}
        self._kept: dict[str, str] = {}  # the files that were replaced or went, under other names
        self._placed: list[str] = []
        self._is_large = len(steps) > MANY

    def write(self) -> None:
        """Write all of them, or take everything back and raise Refused."""
        path = ""
        try:
            for path, content in self._contents():
                self._stage(path, content)
            if self._is_large:
                os.sync()
            for path in self._steps:
                self._place(path)
            if self._is_large:
                os.sync()
            else:
                self._folders.flush(self._steps)
        except BaseException as error:
            self._take_back()
            if isinstance(error, OSError):
                raise Refused({path: failure(error)}) from error
            raise
        finally:
            for names in (self._staged, self._kept):
                for path, name in names.items():
                    with suppress(OSError):
                        os.unlink(name, dir_fd=self._folders.of(path))
        self._folders.remove_empty(path for path, step in self._steps.items() if step.content is None)

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        yield from ((path, step.content) for path, step in self._steps.items() if step.content is not None)

    def _stage(self, path: str, content: bytes) -> None:
        step = self._steps[path]
        model = path if step.standing is not None else step.like
        mode = self._mode(model) if model else None
        folder = self._folders.of(path, make=True)
        name = self._staged[path] = f".gitsm-{secrets.token_hex(8)}"
        with open(os.open(name, MAKE, 0o666, dir_fd=folder), "wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            if not self._is_large:
                os.fsync(file.fileno())

    def _mode(self, path: str) -> int:
        folder = self._folders.of(path)
        original = os.stat(path.rpartition("/")[2], dir_fd=folder, follow_symlinks=False)
        return stat.S_IMODE(original.st_mode)

    def _place(self, path: str) -> None:
        folder, name = self._folders.of(path), path.rpartition("/")[2]
        step = self._steps[path]
        if step.standing is None:
            link(self._staged[path], name, folder)
            self._placed.append(path)
            return
        if content_of(self._folders, path, step.read) != step.standing:
            raise OSError(errno.EBUSY, "somebody else changed the file meanwhile")
        kept = f".gitsm-{secrets.token_hex(8)}"
        if step.content is None:
            os.rename(name, kept, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            link(name, kept, folder)
        self._kept[path] = kept
        self._placed.append(path)
        if step.content is not None:
            os.replace(self._staged[path], name, src_dir_fd=folder, dst_dir_fd=folder)

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
