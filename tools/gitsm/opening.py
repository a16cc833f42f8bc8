"""How a repository is opened: from a folder or a revision, at which moment, and with what authorised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from gitsm import source
from gitsm.git import Git, GitError, UnknownRevision, find
from gitsm.overlay import OverlayTree
from gitsm.records.policy import POLICY_FILE, Policy
from gitsm.repository import Repository
from gitsm.settings import FILES as SETTINGS_FILES
from gitsm.settings import Settings, SettingsError, settings_of
from gitsm.tree import FolderTree, RevisionTree, Tree


def open_repository(
    root: Path,
    *,
    clock: Callable[[], datetime],
    revision: str | None = None,
    as_of: datetime | None = None,
    unsaved: Mapping[str, bytes] | None = None,
) -> Repository:
    """The repository in a folder, as it lies there or as a Git revision has it.

    Files that are `unsaved` are taken as given here, and not from there. The moment is `as_of`, else the
    fixed clock of the repository's settings, else the time of the revision's commit, else what `clock`
    says. Raises GitError and SettingsError.
    """
    if revision is None:
        folder = FolderTree(root)
        tree: Tree = folder
        git = folder.git
        commit = git.head() if git else None
    else:
        git = find(root)
        git, commit, tree = _at(root, git, revision)
    if unsaved:
        tree = OverlayTree(tree, unsaved)
    settings = read_settings(tree)
    now = as_of or settings.as_of
    if now is None:
        now = git.time_of(commit) if revision is not None and git is not None and commit else clock()
    authorised = _authorised(git, commit, tree)
    return Repository(tree, now=now, settings=settings, authorised=authorised, git=git, commit=commit)


def merge_base(repository: Repository, revision: str) -> Repository:
    """The repository as it was where its history and that of a revision parted, judged at the same moment.

    Raises GitError where there is no such commit, or where a shallow clone hides it.
    """
    git, commit = repository.git, repository.commit
    if git is None or commit is None:
        raise GitError(f"without a commit of its own the folder has no history in common with {revision}")
    base = git.merge_base(commit, git.resolve(revision))
    if base is None:
        why = (
            "the clone is shallow, and its history is missing"
            if git.is_shallow()
            else "they share no history"
        )
        raise GitError(f"no commit is common to {commit[:10]} and {revision}: {why}")
    return _earlier(repository, git, base)


def baseline(repository: Repository, revision: str | None = None) -> Repository | None:
    """The repository as it was at a revision, else at the baseline of its settings; None without one.

    It is judged at the same moment and by the same settings. Raises GitError where there is no such commit.
    """
    wanted, git = revision or repository.settings.baseline, repository.git
    if wanted is None:
        return None
    if git is None:
        raise GitError(f"the baseline {wanted} is a commit, and the folder is in no Git repository")
    try:
        return _earlier(repository, git, git.resolve(wanted))
    except UnknownRevision as error:
        raise GitError(f"the baseline can't be read: {error}") from None


def _earlier(repository: Repository, git: Git, commit: str) -> Repository:
    """The tree of an earlier commit, judged at the same moment and by the same settings."""
    return Repository(
        RevisionTree(git, commit),
        now=repository.now,
        settings=repository.settings,
        authorised=repository.authorised,
        git=git,
        commit=commit,
    )


def _at(root: Path, git: Git | None, revision: str) -> tuple[Git, str, Tree]:
    if git is None:
        raise GitError(f"{root} is in no Git repository, so there is no revision {revision}")
    commit = git.resolve(revision)
    return git, commit, RevisionTree(git, commit)


def read_settings(tree: Tree) -> Settings:
    """The settings that a tree holds. Raises SettingsError."""
    for problem in tree.problems:
        if problem.place.file in SETTINGS_FILES:
            raise SettingsError(f"{problem.place.file} can't be read: {problem.message}")
    wanted = [name for name in SETTINGS_FILES if name in tree.files]
    for name in wanted:
        if tree.files[name].size > source.MAX_BYTES:
            raise SettingsError(f"{name} can't be read: it has more than {source.MAX_BYTES // 1024} KiB")
    texts = dict(tree.read_many(wanted))
    for name, content in texts.items():
        if not isinstance(content, bytes):
            raise SettingsError(f"{name} can't be read: {content.message}")
    return settings_of({name: content for name, content in texts.items() if isinstance(content, bytes)})


def _authorised(git: Git | None, commit: str | None, tree: Tree) -> frozenset[str] | None:
    """The files that the default branch had where this tree left it: merging is authorising."""
    if git is None or commit is None:
        return None
    main = git.default_branch_commit(_default_branch(tree))
    base = git.merge_base(commit, main) if main else None
    return frozenset(git.paths(base)) if base else None


def _default_branch(tree: Tree) -> str:
    for path, content in tree.read_many([POLICY_FILE] if POLICY_FILE in tree.files else []):
        if isinstance(content, bytes):
            name = (source.read(path, content, source.Format.YAML).data or {}).get("default_branch")
            if isinstance(name, str):
                return name
    return Policy().default_branch
