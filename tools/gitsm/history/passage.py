"""One pass over the history: which blobs the files of records held, and since when."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from gitsm.git import Commit, Git, GitError
from gitsm.history.version import Unknown, Version
from gitsm.schema.kind import Kind

State = tuple[Version, str | Unknown | None]
"""From this version on a file held this blob; None for no file."""


class _Change(NamedTuple):
    position: int
    before: str | None
    after: str | None


class Passage:
    """One pass over the first-parent history, and what it says of the files of records."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        self.end: Unknown | None = None
        """Why the pass didn't reach the first commit, if it did not."""
        self._kinds: dict[str, list[Kind]] = defaultdict(list)
        for kind in kinds:
            self._kinds[kind.folder.rstrip("/")].append(kind)
        self._known: dict[str, tuple[str, str] | None] = {}
        self._versions: list[Version] = []
        self._cut_at = 0
        self._changes: dict[str, list[_Change]] = defaultdict(list)
        # What a commit removed, by the record and by the content: where it may have been moved from.
        self._removed: dict[tuple[int, str, str], str | None] = {}

    def read(self, git: Git, commit: str, sizes: Mapping[str, int]) -> None:
        """Goes through the history of a commit, as far as the clone has it; `sizes` are those of folders."""
        # Git tries the last one first on each name that it meets: the other way round takes twice as long.
        folders = sorted(self._kinds, key=lambda folder: (sizes.get(folder, 0), folder))
        try:
            cut_at = git.cut_at(commit)
            for made in git.log(commit, folders):
                self._keep(made)
                if made.id == cut_at:
                    self._cut_at = len(self._versions)
            if cut_at is not None:
                self.end = Unknown("the clone is shallow, and its older history is missing")
        except GitError as error:
            self.end = Unknown(str(error))

    def _keep(self, made: Commit) -> None:
        position = len(self._versions) + 1
        self._versions.append(Version(position, made.id, made.time))
        for path, before, after in made.files:
            identity = self._identity(path)
            if identity is None:
                continue
            self._changes[path].append(_Change(position, before, after))
            if before is not None and after is None:
                for by in (identity[1], before):
                    key = (position, identity[0], by)
                    # Of two that went at once, nobody knows which of them lives on.
                    self._removed[key] = None if key in self._removed else path

    def _identity(self, path: str) -> tuple[str, str] | None:
        """The kind and id of the record that a path holds."""
        if path not in self._known:
            kinds = self._kinds.get(path.split("/", 1)[0], ())
            claims = ((kind.name, kind.id_of(path)) for kind in kinds)
            self._known[path] = next(((name, id) for name, id in claims if id is not None), None)
        return self._known[path]

    def is_oldest(self, version: Version) -> bool:
        """Whether the pass found nothing older than a version."""
        return version.position >= len(self._versions)

    def stands(self, path: str) -> bool:
        """Whether the newest commit has a file there, as far as the pass can tell."""
        changes = self._changes.get(path)
        return changes is not None and changes[0].after is not None

    def file_of(self, kind: Kind, id: str) -> str | None:
        """Where the newest commit has the record of a kind and id."""
        return self._standing.get((kind.name, id))

    @cached_property
    def _standing(self) -> Mapping[tuple[str, str], str]:
        found = ((self._identity(path), path) for path in self._changes if self.stands(path))
        return {identity: path for identity, path in found if identity is not None}

    def states(self, path: str) -> Iterator[State]:
        """What the file at a path held, the newest first, wherever it stood before it was moved there."""
        wanted: str | None = path
        position = 0
        while wanted is not None:
            changes, path, wanted = self._changes.get(wanted, []), wanted, None
            first = bisect_right(changes, position, key=lambda change: change.position)
            began = False
            for change in islice(changes, first, None):
                position = change.position
                version = self._versions[position - 1]
                yield version, change.after
                began = change.before is None
                if began and change.after is not None:
                    wanted = self._moved_from(path, change)
                    if wanted is not None:
                        break
                    if position == self._cut_at and self.end is not None:
                        yield version, self.end
            if wanted is None and not began and self.end is not None:
                yield Version(len(self._versions) + 1), self.end

    def _moved_from(self, path: str, change: _Change) -> str | None:
        identity = self._identity(path)
        if identity is None or change.after is None:
            return None
        same_record = self._removed.get((change.position, *identity))
        return same_record or self._removed.get((change.position, identity[0], change.after))
