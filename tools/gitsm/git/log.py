"""Which files the commits of a history changed, read in one pass."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from gitsm.git.command import GitError, ask_for_much, text_of
from gitsm.terminal import safe

_HEADER = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?) (-?\d*)")
_CHANGED = re.compile(rb"\n?:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [A-Z]")
_REGULAR = b"100"


class FileChange(NamedTuple):
    """A file that a commit changed: the ids of its blobs, None where no regular file stood or stands."""

    path: str
    before: str | None
    after: str | None


class Commit(NamedTuple):
    """A commit, and what it changed against its first parent."""

    id: str
    time: datetime | None
    """When it was committed, by its own account: a claim. None where that can't be read."""
    files: Sequence[FileChange]


def read_log(top: str, commit: str, here: str, folders: Sequence[str]) -> Iterator[Commit]:
    """The commits that changed files in these folders. Paths begin after `here`. See `Git.log`."""
    pieces = ask_for_much(
        top, "log", "--first-parent", "--diff-merges=first-parent", "--root", "--raw", "-z",
        "--no-renames", "--no-abbrev", "--no-notes", "--no-color", "--no-ext-diff", f"-O{os.devnull}",
        "--encoding=UTF-8", "--format=%H %ct", "--end-of-options", commit, "--", *folders,
    )  # fmt: skip
    header: re.Match[bytes] | None = None
    files: list[FileChange] = []
    words = _words(pieces)
    for word in words:
        changed = _CHANGED.fullmatch(word)
        if changed is not None:
            path = text_of(next(words, b""))
            if path.startswith(here):
                files.append(FileChange(path[len(here) :], _blob(changed, 1), _blob(changed, 2)))
            continue
        if header is not None:
            yield Commit(header[1].decode(), _time(header[2]), files)
        header, files = _HEADER.fullmatch(word), []
        if header is None:
            raise GitError(
                f"git listed commits in a form that gitsm doesn't know: {safe(text_of(word[:80]))}"
            )
    # Where git failed, `words` has raised by now: the last commit may not have been listed whole.
    if header is not None:
        yield Commit(header[1].decode(), _time(header[2]), files)


def _words(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What stands before each NUL. A word that a failing git didn't end is none."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole


def _blob(changed: re.Match[bytes], side: int) -> str | None:
    return changed[side + 2].decode() if changed[side].startswith(_REGULAR) else None


def _time(seconds: bytes) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
