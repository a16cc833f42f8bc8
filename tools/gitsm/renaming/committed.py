"""Whether a change over many files can be undone by Git."""

from __future__ import annotations

import hashlib

from gitsm.renaming.moves import MAX_MOVED, above
from gitsm.repository import Repository


def uncommitted(repository: Repository) -> list[str]:
    """The files that are otherwise in the folder than in the commit that is checked out; none outside Git."""
    git, commit = repository.git, repository.commit
    if git is None or commit is None:
        return []
    committed = {entry.path: entry.blob for entry in git.tree(commit)}
    changed, unknown = [], []
    for path, blob in committed.items():
        entry = repository.files.get(path)
        if entry is not None and entry.blob is None:
            unknown.append(path)
        elif (entry is None and not _is_refused(repository, path)) or (entry and entry.blob != blob):
            changed.append(path)
    for path, content in repository.tree.read_many(unknown, limit=MAX_MOVED):
        if not isinstance(content, bytes) or not _is_blob(content, committed[path]):
            changed.append(path)
    return sorted(changed)


def _is_refused(repository: Repository, path: str) -> bool:
    """Whether a path is no part of the tree, though something stands there: a symbolic link or a submodule."""
    ways = {path, *above(path)}
    return any(problem.place.file in ways for problem in repository.tree.problems)


def _is_blob(content: bytes, blob: str) -> bool:
    """Whether a file holds a blob, be it with other line ends."""
    algorithm = hashlib.sha1 if len(blob) == 40 else hashlib.sha256
    forms = (content, content.replace(b"\r\n", b"\n"))
    return any(algorithm(b"blob %d\0" % len(form) + form).hexdigest() == blob for form in forms)
