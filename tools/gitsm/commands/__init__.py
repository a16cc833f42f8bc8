"""The commands, one file each: its name is the file's, its help the function's docstring.

This module holds what they share: how a command comes by the repository that it works on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from gitsm.repository import Repository

MARKS = ("gitsm.toml", "organization", "services")
"""What the top folder of a repository has; one of them is enough."""


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
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in MARKS):
            return folder
    return start


def repo_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--repo`: the folder to work on."""
    return click.option(
        "--repo",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The repository's folder; by default the nearest one upwards from here.",
    )(function)


def reads_repository(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the repository to read, with `--repo`, `--as-of` and `--at`."""

    @repo_option
    @click.option(
        "--as-of",
        type=InstantOption(),
        help="Judge everything as of this instant, such as 2026-11-16T09:00+01:00.",
    )
    @click.option("--at", "revision", help="Read the files of this Git revision instead of the folder's.")
    @functools.wraps(function)
    def command(
        *args: Any, repo: Path | None, as_of: datetime | None, revision: str | None, **options: Any
    ) -> Any:
        return function(*args, repository=open_or_fail(repo, as_of, revision), **options)

    return command


def open_or_fail(repo: Path | None, as_of: datetime | None, revision: str | None) -> Repository:
    """The repository that the options name; ends the command with 2 where it can't be opened."""
    from gitsm.git import GitError
    from gitsm.opening import open_repository
    from gitsm.settings import SettingsError

    root = repo if repo is not None else top_folder(Path.cwd())
    try:
        return open_repository(root, clock=read_clock, revision=revision, as_of=as_of)
    except (GitError, SettingsError) as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """End the command with 2: it can't do what was asked, and the message says why."""
    raise CannotDo(message)
