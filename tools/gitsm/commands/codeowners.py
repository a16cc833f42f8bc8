"""`gitsm codeowners`: whom the code host asks about which file."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from gitsm.codeowners import (
    HOSTS,
    NAMES,
    CodeOwners,
    Host,
    Unasked,
    code_owners,
    host_of,
    is_current,
    likely_host,
    place_of,
    standing,
)
from gitsm.commands import fail, open_or_fail, repo_option, top_folder
from gitsm.repository import Repository
from gitsm.terminal import safe

GROUP = "decide"
_MOST = 10
"""How many patterns are listed of those that ask nobody."""


@click.command()
@click.option(
    "--host",
    type=click.Choice(HOSTS),
    help="Where the repository is; by default where its files and the handles of its teams are from.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where the file is stale.")
@click.option("--stdout", is_flag=True, help="Print the file instead of writing it.")
@click.option("--replace", is_flag=True, help="Write over a file that was written by hand.")
@repo_option
def command(host: Host | None, check: bool, stdout: bool, replace: bool, repo: Path | None) -> None:
    """Write CODEOWNERS from the records.

    The code host then asks the right people by itself: the owner of a service, whoever answers for its
    releases, the provider of an agreement, whoever approves by the policy, and those who govern for the
    policy, the teams and the calendars. On GitLab each approval of the policy is a section with its count.
    """
    root = repo if repo is not None else top_folder(Path.cwd())
    repository = open_or_fail(repo, None, None)
    there = dict(standing(repository))
    host = host or _host_of(there.values()) or likely_host(repository)
    wanted = code_owners(repository, host)
    if not wanted.asked:
        fail(
            f"nobody can be asked: no team that owns, approves or governs anything has a handle on {NAMES[host]};"
            f" say it in the team's file, such as `handles: {{{host}: '@example/payroll'}}`"
        )
    place = place_of(repository.files, host)
    if stdout:
        click.echo(wanted.text, nl=False)
    elif check:
        sys.exit(_stale(place, there.get(place), wanted))
    else:
        _write(root, repository, place, there.get(place), wanted, replace)
    for line in _unasked(wanted.unasked):
        click.echo(line, err=True)


def _host_of(contents: Iterable[bytes]) -> Host | None:
    """The host that a file which stands there was written for."""
    return next((host for content in contents if (host := host_of(content)) is not None), None)


def _stale(place: str, content: bytes | None, wanted: CodeOwners) -> int:
    """Say whether a file is stale: 1 where it is, else 0."""
    if content is not None and is_current(content, wanted.text):
        click.echo(f"{place} is what the records say")
        return 0
    if content is None:
        what = f"{place} is not there"
    elif host_of(content) is None:
        what = f"{place} was written by hand"
    else:
        what = f"{place} is stale"
    replace = " --replace" if content is not None and host_of(content) is None else ""
    click.echo(f"{what}; `gitsm codeowners --host {wanted.host}{replace}` writes it", err=True)
    return 1


def _write(
    root: Path, repository: Repository, place: str, content: bytes | None, wanted: CodeOwners, replace: bool
) -> None:
    if content is None and place in repository.files:
        fail(f"{place} can't be read, and is left as it is")
    if content is not None and host_of(content) is None and not replace:
        fail(f"{place} was written by hand, and is left as it is; with --replace it is written anew")
    if content is not None and is_current(content, wanted.text):
        click.echo(f"{place} is what the records say already")
        return
    from gitsm.writing import Refused, write_new

    try:
        write_new(root, {place: wanted.text}, replace=content is not None)
    except Refused as error:
        fail("; ".join(f"{safe(path)}: {safe(reason)}" for path, reason in error.reasons.items()))
    click.echo(f"{place} written: {wanted.asked} lines ask somebody on {NAMES[wanted.host]}")


def _unasked(unasked: tuple[Unasked, ...]) -> Iterable[str]:
    for entry in unasked[:_MOST]:
        yield f"nobody of its own for {safe(entry.pattern)}: {safe(entry.why)}"
    if len(unasked) > _MOST:
        yield f"... and {len(unasked) - _MOST} patterns more"
