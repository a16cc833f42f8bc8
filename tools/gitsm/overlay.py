"""A tree with some files as they will be: what an editor has not saved, or what is not written yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from gitsm.diagnostic import Diagnostic
from gitsm.source import MAX_BYTES
from gitsm.tree import Entry, MappingTree, Tree


class OverlayTree:
    """A tree in which some files have other contents, are there at all, or are gone.

    A path that the tree refuses, such as a symbolic link or what lies below one, stays refused: what
    an editor shows of it stands in no file of this repository.
    """

    def __init__(self, tree: Tree, contents: Mapping[str, str | bytes], removed: Iterable[str] = ()) -> None:
        refused = {problem.place.file for problem in tree.problems}
        self._tree = tree
        self._own = MappingTree(
            {path: content for path, content in contents.items() if refused.isdisjoint(_ways(path))}
        )
        gone = frozenset(removed)
        kept = {path: entry for path, entry in tree.files.items() if path not in gone}
        self.files: Mapping[str, Entry] = MappingProxyType(dict(sorted({**kept, **self._own.files}.items())))
        self.problems = tuple(
            sorted((*tree.problems, *self._own.problems), key=lambda problem: problem.place.file)
        )

    def read_many(
        self, paths: Iterable[str], *, limit: int = MAX_BYTES
    ) -> Iterator[tuple[str, bytes | Diagnostic]]:
        """See `Tree.read_many`."""
        wanted = list(paths)
        for path in wanted:
            self.files[path]
        own = self._own.read_many([path for path in wanted if path in self._own.files], limit=limit)
        others = self._tree.read_many([path for path in wanted if path not in self._own.files], limit=limit)
        for path in wanted:
            yield next(own if path in self._own.files else others)


def _ways(path: str) -> Iterator[str]:
    """A path and every folder above it."""
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts) + 1))
