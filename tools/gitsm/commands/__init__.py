"""The commands, one file each: its name is the file's, its help the function's docstring.

This module holds what they share: how a command comes by the repository that it works on.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gitsm.terminal import safe

if TYPE_CHECKING:
    from gitsm.repository import Repository

MARKS = ("gitsm.toml", "organization/", "services/")
"""What the top folder of a repository has; one of them is enough. `/etc/services` is a file, and none."""


class InstantOption(click.ParamType[datetime]):
    """An instant on the command line, such as 2026-11-16T09:00+01:00."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        from gitsm.schema.values import read_instant

        try:
            return read_instant(value)
        except Exception as error:
            self.fail(str(error), param, ctx)


class CannotDo(click.ClickException):
    """The command can't do what was asked."""

    exit_code = 2


def read_clock() -> datetime:
    """The present. Commands are the only place where it is asked for."""
    return datetime.now(UTC)


def top_folder(start: Path) -> Path:
    """The nearest folder, upwards from `start`, that looks like the top of a repository; else `start`."""
    return next((folder for folder in (start, *start.parents) if is_top_folder(folder)), start)


def is_top_folder(folder: Path) -> bool:
    """Whether a folder looks like the top of a repository."""
    return any(os.path.exists(os.path.join(folder, mark)) for mark in MARKS)


def repo_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--repo`: the folder to work on."""
    return click.option(
        "--repo",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The repository's folder; by default the nearest one upwards from here.",
    )(function)


def repository_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--repo`, `--as-of` and `--at`: which repository, at which moment."""
    at = click.option("--at", "revision", help="Read the files of this Git revision instead of the folder's.")
    as_of = click.option(
        "--as-of",
        type=InstantOption(),
        help="Judge everything as of this instant, such as 2026-11-16T09:00+01:00.",
    )
    return repo_option(as_of(at(function)))


def reads_repository(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the repository to read, with `--repo`, `--as-of` and `--at`."""

    @repository_options
    @functools.wraps(function)
    def command(
        *args: Any, repo: Path | None, as_of: datetime | None, revision: str | None, **options: Any
    ) -> Any:
        return function(*args, repository=open_or_fail(repo, as_of, revision), **options)

    return command


def open_or_fail(
    repo: Path | None,
    as_of: datetime | None,
    revision: str | None,
    unsaved: Mapping[str, bytes] | None = None,
) -> Repository:
    """The repository that the options name; ends the command with 2 where it can't be opened.

    Files that are `unsaved` are taken as given here, by their paths in the repository.
    """
    from gitsm.git import GitError
    from gitsm.opening import open_repository
    from gitsm.settings import SettingsError

    root = repo if repo is not None else top_folder(Path.cwd())
    try:
        return open_repository(root, clock=read_clock, revision=revision, as_of=as_of, unsaved=unsaved)
    except (GitError, SettingsError) as error:
        fail(str(error))


def repository_around(file: str, repo: Path | None) -> tuple[Path, str]:
    """The repository that a file belongs to, and the file's path in it; the file need not be there yet.

    Without a folder that is named, it is the repository that this command is called in, else the one
    around the file. Ends the command with 2 where the file stands in neither.
    """
    try:
        # Of the file itself no link is followed: what it leads to is another file.
        path = Path(file).parent.resolve() / Path(file).name
        near = filter(is_top_folder, (top_folder(Path.cwd()), top_folder(path.parent)))
        roots = [root.resolve() for root in ((repo,) if repo is not None else near)]
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a name that no file can have
        fail(f"{safe(file)} can't be found: {safe(str(error))}")
    root = next((root for root in roots if path.is_relative_to(root)), None)
    if root is None or Path(file).name in ("", ".."):
        fail(f"{safe(file)} is not in {'a repository' if repo is None else safe(str(repo))}")
    return root, path.relative_to(root).as_posix()


def fail(message: str) -> NoReturn:
    """End the command with 2: it can't do what was asked, and the message says why."""
    raise CannotDo(message)


def way_to(path: Path) -> tuple[Path, str]:
    """The folder from which to write to a path that somebody named, and the rest of the way.

    That is this folder, where the path lies below it. On the rest of the way no link is followed:
    whose repository this is may have laid one out of it under a name that a pipeline writes to.
    """
    whole, here = Path(os.path.abspath(path)), Path.cwd()
    root = here if whole.is_relative_to(here) else whole.parent
    return root, whole.relative_to(root).as_posix()
