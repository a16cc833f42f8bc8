"""A Git repository: what it tracks, what a revision holds, and where branches meet."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from gitsm.git.blobs import OBJECT_ID, Blobs, read_blobs
from gitsm.git.command import GitError, ask, installed, reason_of, run, text_of
from gitsm.git.log import Commit, read_log
from gitsm.terminal import safe

_INDEXED = re.compile(
    r"([0-7]{6}) ([0-9a-f]+) [0-3]\t([^\0]+)\0"
    r"(?:  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n"  # what --debug adds; Git may change it any day
    r"  dev: \d+\tino: (\d+)\n  [^\n]*\n  size: (\d+)\t[^\n]*\n)?"
    r"(?:  [^\n]*\n)*",
    re.ASCII,
)
_COMMITTED = re.compile(r"([0-7]{6}) [a-z]+ ([0-9a-f]+) +(\S+)\t([^\0]+)\0")


class UnknownRevision(GitError):
    """No commit of this repository goes by the name that was asked for."""


class Stamp(NamedTuple):
    """What tells without reading that a file was not written since Git looked at it."""

    size: int
    changed: int
    modified: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file as it lies there now."""
        # Git's index keeps 32 bits of each.
        return cls(
            status.st_size & 0xFFFFFFFF, status.st_ctime_ns, status.st_mtime_ns, status.st_ino & 0xFFFFFFFF
        )


class WorkFile(NamedTuple):
    """A file of the work tree as Git lists it. Mode and blob are empty for a file that is not tracked.

    The blob is what the index holds, and what lies in the folder may have been edited since. Where
    `stamp` is there and equals the file's own, the file holds that blob's content (save for line
    ends, where the user's own configuration has Git convert them).
    """

    path: str
    mode: str = ""
    blob: str = ""
    stamp: Stamp | None = None


class CommittedFile(NamedTuple):
    """A file as a revision holds it; without a size where its content is not in this clone."""

    path: str
    mode: str
    blob: str
    size: int | None


def find(folder: Path) -> Git | None:
    """The repository that a folder belongs to.

    None where the folder lies in no work tree, where the work tree around it ignores it, or where
    git is not installed.
    """
    if not installed():
        return None
    answer = run(os.fspath(folder), "rev-parse", "--show-toplevel")
    if answer.returncode:
        reason = reason_of(answer)
        if reason.startswith("not a git repository (or any"):
            return None
        raise GitError(_ownership(folder) if "dubious ownership" in reason else reason)
    top = text_of(answer.stdout).removesuffix("\n")
    prefix = os.path.relpath(os.path.realpath(folder), top)
    if prefix == os.curdir:
        return Git(top)
    if prefix.split(os.sep, 1)[0] == os.pardir:
        raise GitError(f"the Git repository of {safe(os.fspath(folder))} says that its files lie elsewhere")
    git = Git(top, Path(prefix).as_posix())
    return None if git._is_ignored() else git


@dataclass(frozen=True, slots=True)
class Git:
    """A Git repository with a work tree, as `find` finds it.

    `prefix` is the folder inside the work tree that is asked about: only files below it are
    listed, and their paths start there. It is empty for the whole work tree.
    """

    top: str
    prefix: str = ""

    # Files

    def files(self) -> Iterator[WorkFile]:
        """What Git tracks, and what is new and not ignored.

        A file that is tracked and deleted is among them: whoever looks at the files sees that it
        is gone. A repository inside this one is listed as a new file whose path ends in a slash.
        """
        # Asked before the index is read, so that a write in between can only cost time.
        racy_from = self._index_time()
        indexed = self._ask("ls-files", "-z", "--stage", "--debug", *self._here())
        new = self._ask("ls-files", "-z", "--others", "--exclude-standard", *self._here())
        if self._has_attributes(indexed, new):
            racy_from = 0  # a filter or an encoding may stand between the blob and the file
        before = ""
        for entry in _matches(_INDEXED, indexed):
            if entry[3] != before:  # a file in a merge conflict is listed once for each side
                before = entry[3]
                yield WorkFile(self._below(before), entry[1], entry[2], _stamp(entry, racy_from))
        yield from (WorkFile(self._below(path)) for path in new.split("\0")[:-1])

    def tree(self, revision: str) -> Iterator[CommittedFile]:
        """What a revision holds, in Git's order. A partial clone may lack the sizes: a GitError."""
        for entry in _matches(_COMMITTED, self._list_tree(revision, "--long")):
            if self._is_below(entry[4]):
                size = int(entry[3]) if entry[3].isdecimal() else None
                yield CommittedFile(self._below(entry[4]), entry[1], entry[2], size)

    def paths(self, revision: str) -> Iterator[str]:
        """The paths of what a revision holds, which a clone without its contents knows too."""
        listing = self._list_tree(revision, "--name-only").split("\0")[:-1]
        yield from (self._below(path) for path in listing if self._is_below(path))

    def blobs(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The contents of blobs, in the order asked for; each is read whole, so ask for its size first.

        Raises `GitError` at the first one that can't be read; all before it have been given by then.
        """
        return read_blobs(self.top, ids)

    def one_by_one(self, limit: int) -> Blobs:
        """The contents of blobs of up to so many bytes, for who learns from one which to ask for next."""
        return Blobs(self.top, limit)

    # History

    def resolve(self, revision: str) -> str:
        """The full id of the commit that a revision names (a branch, a tag, an id, `HEAD~3`)."""
        name = safe(revision)
        if not revision or revision.startswith("-") or name != revision:
            raise UnknownRevision(f"`{name}` is not the name of a revision")
        answer = run(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
        commit = text_of(answer.stdout).strip()
        if answer.returncode or not OBJECT_ID.fullmatch(commit):
            missing = ", and its older history is not in this shallow clone" if self.is_shallow() else ""
            raise UnknownRevision(f"`{name}` names no commit of this repository{missing}")
        return commit

    def time_of(self, revision: str) -> datetime:
        """When a commit was committed, by its own account, in UTC. GitError where no clock can have said so."""
        answer = self._ask("log", "-1", "--format=%ct", "--end-of-options", self.resolve(revision), "--")
        try:
            moment = datetime.fromtimestamp(int(answer), UTC)
        except (ValueError, OverflowError, OSError):
            raise GitError(f"commit {safe(revision)} carries no readable time") from None
        if not 2000 <= moment.year < 2100:
            raise GitError(f"commit {safe(revision)} says that it was made in the year {moment.year}")
        return moment

    def head(self) -> str | None:
        """The commit that is checked out; None in a repository without a commit."""
        try:
            return self.resolve("HEAD")
        except UnknownRevision:
            return None

    def current_branch(self) -> str | None:
        """The branch that is checked out, though it may have no commit yet; None on a detached head."""
        answer = run(self.top, "symbolic-ref", "--quiet", "HEAD")
        branch = text_of(answer.stdout).removesuffix("\n")
        return branch.removeprefix("refs/heads/") if answer.returncode == 0 else None

    def default_branch_commit(self, name: str) -> str | None:
        """The commit of a branch here, else of the branch at `origin`, else None."""
        wanted = [f"refs/heads/{name}", f"refs/remotes/origin/{name}"]
        if name != safe(name):
            return None
        # The name is content: it must not be read as `main~3`, so no revision is made of it.
        refs = self._ask("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", *wanted)
        lines = (line.split(" ", 2) for line in refs.split("\n") if line)
        commits = {ref: commit for commit, kind, ref in lines if kind == "commit"}
        return next((commits[ref] for ref in wanted if ref in commits), None)

    def merge_base(self, one: str, other: str) -> str | None:
        """The commit at which two revisions parted; None where they share no history that is here."""
        answer = run(self.top, "merge-base", "--end-of-options", self.resolve(one), self.resolve(other))
        if answer.returncode > 1:
            raise GitError(reason_of(answer))
        return text_of(answer.stdout).strip() or None

    def is_shallow(self) -> bool:
        """Whether the clone holds only the end of its history."""
        return self._ask("rev-parse", "--is-shallow-repository").strip() == "true"

    def log(self, commit: str, folders: Iterable[str]) -> Iterator[Commit]:
        """The commits of the first-parent history that changed files in these folders, the newest first.

        A merge shows all that it brought. Raises `GitError` where the history can't be followed any
        further; what is newer has been given by then.
        """
        here = self.prefix + "/" if self.prefix else ""
        return read_log(self.top, commit, here, [here + folder for folder in folders])

    def cut_at(self, commit: str) -> str | None:
        """The oldest commit of the first-parent history, where a shallow clone has cut off what is older."""
        if not self.is_shallow():
            return None
        end = ("--end-of-options", commit, "--")
        oldest = self._ask("rev-list", "--first-parent", "--max-parents=0", *end).strip()
        # The commit itself still names its parents; what walks the history doesn't see them.
        header = self._ask("cat-file", "commit", oldest).partition("\n\n")[0] if oldest else ""
        return oldest if "\nparent " in header else None

    # The way to git

    def _ask(self, *arguments: str) -> str:
        return ask(self.top, *arguments)

    def _here(self) -> tuple[str, ...]:
        return ("--", self.prefix) if self.prefix else ("--",)

    def _list_tree(self, revision: str, form: str) -> str:
        # Behind --end-of-options, ls-tree takes `--` for a path: everything there is one already.
        end = ("--end-of-options", self.resolve(revision), *self._here()[1:])
        return self._ask("ls-tree", "-r", "-z", "--full-tree", form, *end)

    def _is_below(self, path: str) -> bool:
        return not self.prefix or path.startswith(self.prefix + "/")

    def _below(self, path: str) -> str:
        return path[len(self.prefix) + 1 :] if self.prefix else path

    def _is_ignored(self) -> bool:
        """Whether the work tree ignores the folder at `prefix` and tracks nothing in it."""
        ignored = self._ask(
            "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", *self._here()
        )
        folders = tuple(path for path in ignored.split("\0") if path.endswith("/"))
        return (self.prefix + "/").startswith(folders) and not self._ask("ls-files", "-z", *self._here())

    def _index_time(self) -> int:
        """From when on a file's time says nothing: the index itself was written then. 0 for always."""
        answer = self._ask("rev-parse", "--git-path", "index", "--git-path", "info/attributes").split("\n")
        if len(answer) != 3 or os.path.lexists(os.path.join(self.top, answer[1])):
            return 0
        try:
            return os.stat(os.path.join(self.top, answer[0])).st_mtime_ns
        except OSError:
            return 0

    def _has_attributes(self, *listings: str) -> bool:
        above = [self.top, *(os.path.join(self.top, parent) for parent in Path(self.prefix).parents)]
        return any(".gitattributes\0" in listing for listing in listings) or any(
            os.path.lexists(os.path.join(folder, ".gitattributes")) for folder in above
        )


def _ownership(folder: Path) -> str:
    return (
        f"git refuses {safe(os.fspath(folder))}, because it belongs to another user; "
        f"`git config --global --add safe.directory {safe(os.path.realpath(folder))}` trusts it"
    )


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches that follow each other without a gap, so that no part of a name is read as an entry."""
    position = 0
    while position < len(text):
        match = pattern.match(text, position)
        if match is None:
            raise GitError(
                f"git listed files in a form that gitsm doesn't know: {safe(text[position:][:80])}"
            )
        yield match
        position = match.end()


def _stamp(entry: re.Match[str], racy_from: int) -> Stamp | None:
    if entry[4] is None:
        return None
    modified = int(entry[6]) * 1_000_000_000 + int(entry[7])
    if modified >= racy_from:  # written in the moment of the index: an edit could leave the same time
        return None
    changed = int(entry[4]) * 1_000_000_000 + int(entry[5])
    return Stamp(int(entry[9]), changed, modified, int(entry[8]))
