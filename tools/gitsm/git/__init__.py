"""Asks Git: what a repository tracks, what a revision holds, what commits changed, where branches meet.

Git is asked without a shell and without the machine's or the user's configuration, and nothing that
a repository's own configuration names is run: no hook, no file system monitor, no signature program,
no fetch.

Each of these files imports only from those above it:

- `command`: runs git, and is the only one that does
- `blobs`: the contents of files, by their ids
- `log`: which files the commits of a history changed
- `repository`: `find`, and what the repository that it finds can be asked
"""

from __future__ import annotations

from gitsm.git.blobs import Blobs
from gitsm.git.command import GitError
from gitsm.git.log import Commit, FileChange
from gitsm.git.repository import CommittedFile, Git, Stamp, UnknownRevision, WorkFile, find

__all__ = [
    "Blobs",
    "Commit",
    "CommittedFile",
    "FileChange",
    "Git",
    "GitError",
    "Stamp",
    "UnknownRevision",
    "WorkFile",
    "find",
]
