"""The contents of files by the ids of their blobs: many in a row, or one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice

from gitsm.git.command import Conversation, GitError, ask_for_much, run
from gitsm.terminal import safe

OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
"""What the id of a commit or of a blob looks like."""

_PAGE = 60


def read_blobs(folder: str, ids: Iterable[str]) -> Iterator[bytes]:
    """The contents of blobs, in the order asked for. See `Git.blobs`."""
    git = Conversation(folder, "cat-file", "--batch")
    try:
        wanted = iter(ids)
        # Git may stop reading names while its answers fill the pipe. A page of names
        # fits into any pipe, so that writing them never waits for git.
        while names := list(islice(wanted, _PAGE)):
            git.ask(b"".join(_question(name) for name in names))
            for name in names:
                yield _content(git, name, _size(git, name))
    finally:
        git.end()


class Blobs:
    """The contents of blobs, one at a time, from a git that stays for the next question.

    Raises `GitError` for a blob that is not in the clone or can't be read; the next one may be.
    """

    def __init__(self, folder: str, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._open: dict[str, Conversation] = {}

    def read(self, blob: str) -> bytes | None:
        """What a blob holds; None where it is larger than the limit, and then it isn't read."""
        if self._all_here is not None and _question(blob) not in self._all_here:
            raise GitError(f"object {blob} is not in this partial clone, and nothing is fetched")
        # A git of its own for the sizes: the one for contents would send the whole blob.
        size = self._told("--batch-check", blob)[0]
        return None if size > self._limit else self._told("--batch", blob)[1]

    def _told(self, form: str, blob: str) -> tuple[int, bytes]:
        git = self._open.get(form) or self._open.setdefault(
            form, Conversation(self._folder, "cat-file", form)
        )
        try:
            git.ask(_question(blob))
            size = _size(git, blob)
            return size, _content(git, blob, size) if form == "--batch" else b""
        except GitError:  # git may have gone, or what it says next may belong to this question
            self._open.pop(form).end()
            raise

    @cached_property
    def _all_here(self) -> frozenset[bytes] | None:
        """All that a partial clone has; None for a clone that has everything.

        A git older than GIT_NO_LAZY_FETCH needs seconds to find that it may not fetch what is missing.
        """
        promised = r"^(extensions\.partialclone|remote\..*\.promisor)$"
        is_partial = run(self._folder, "config", "--get-regexp", promised).returncode == 0
        return frozenset(_all_here(self._folder)) if is_partial else None


def _all_here(folder: str) -> Iterator[bytes]:
    """The ids of all that a clone has, a line each."""
    every = ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
    rest = b""
    for piece in ask_for_much(folder, *every):
        *whole, rest = (rest + piece).splitlines(keepends=True)
        if rest.endswith(b"\n"):
            whole, rest = [*whole, rest], b""
        yield from whole


def _question(name: str) -> bytes:
    if not OBJECT_ID.fullmatch(name):
        raise GitError(f"`{safe(name)}` is not the id of a blob")
    return name.encode() + b"\n"


def _size(git: Conversation, name: str) -> int:
    header = git.answers.readline().split()
    if len(header) == 3 and header[1] == b"blob":
        return int(header[2])
    if header:
        raise GitError(f"blob {name} is not in this clone")
    raise _broken(git, name)


def _content(git: Conversation, name: str, size: int) -> bytes:
    content = git.answers.read(size + 1)
    if len(content) != size + 1:
        raise _broken(git, name)
    return content[:size]


def _broken(git: Conversation, name: str) -> GitError:
    return GitError(git.complaint() or f"blob {name} can't be read")
