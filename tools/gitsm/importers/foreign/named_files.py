"""Files that somebody named, in their order, as a tree; nothing beside them is looked at."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.source import MAX_BYTES
from gitsm.terminal import safe
from gitsm.tree import UNREADABLE, Entry


class NamedFiles:
    """A tree of the files that were named. What can't be read is told when it is asked for."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Files that are named by path; each is known by its name, or by its whole path where two share one."""
        listed = list(dict.fromkeys(paths))
        names = [path.name for path in listed]
        self._paths = {
            safe(path.name if names.count(path.name) == 1 else path.as_posix()): path for path in listed
        }
        self.files: Mapping[str, Entry] = dict.fromkeys(self._paths, Entry(0))
        self.problems: tuple[Diagnostic, ...] = ()

    def read_many(
        self, paths: Iterable[str], *, limit: int = MAX_BYTES
    ) -> Iterator[tuple[str, bytes | Diagnostic]]:
        """See `Tree.read_many`."""
        for name in list(paths):
            try:
                yield name, self._content(self._paths[name], limit)
            except OSError as error:
                yield name, _problem(name, f"it can't be read: {error.strerror}")
            except _Refused as refused:
                yield name, _problem(name, str(refused))

    @staticmethod
    def _content(path: Path, limit: int) -> bytes:
        # Without O_NONBLOCK a pipe would be waited for.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _Refused("it is no regular file")
            content = file.read(limit + 1)
        if len(content) > limit:
            raise _Refused(f"it has more than {limit:,} bytes, and that many are the most")
        return content


class _Refused(Exception):
    """A file is not read; the message says why."""


def _problem(name: str, message: str) -> Diagnostic:
    return Diagnostic(message, Place(name, span=Span(1, 1, 1, 1)), rule=UNREADABLE)
