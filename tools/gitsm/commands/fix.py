"""`gitsm fix`: mend what can be mended without asking."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from gitsm.commands import InstantOption, fail, open_or_fail, repo_option, repository_around, top_folder
from gitsm.commands.check import checked
from gitsm.diagnostic import Severity
from gitsm.mending import Mended, Mending, mend
from gitsm.repository import Repository
from gitsm.terminal import harmless, safe, styled, wants_colour, wrapped
from gitsm.writing import Refused, difference, write_changes

GROUP = "write"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True), metavar="[PATH]...")
@click.option("--diff", "only_show", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--unsafe", is_flag=True, help="Make those edits too that may not be what was meant.")
@click.option("--as-of", type=InstantOption(), help="Take this instant for the present.")
@repo_option
def command(
    paths: tuple[str, ...], only_show: bool, unsafe: bool, as_of: datetime | None, repo: Path | None
) -> None:
    """Mend findings, where there is no doubt what was meant.

    Keys, references and choices with one letter too many, fields that have another name now, headings
    that the policy asks for. Comments, order and quotes stay. With PATHs only these files and folders
    are changed. All files are written, or none.

    Exits with 0 where everything was written, with 1 where --diff has something to show.
    """
    root = repo if repo is not None else top_folder(Path.cwd())
    wanted = [_inside(path, root) for path in paths]
    repository = open_or_fail(repo, as_of, None)
    mended = mend(repository, checked, unsafe=unsafe, wanted=among(wanted))
    colour = wants_colour()
    if only_show:
        for file, change in mended.changes.items():
            for line in difference(file, change.before or b"", change.after or b"", colour=colour):
                click.echo(line, color=colour)
        click.echo(_summary(mended, "would be"), err=bool(mended.changes))
        sys.exit(1 if mended.changes else 0)
    write(root, mended)
    for line in told(mended, colour=colour):
        click.echo(line, color=colour)
    click.echo(_summary(mended, "was" if len(mended.made) == 1 else "were"))


def _inside(path: str, root: Path) -> str:
    """A path on the command line as a path in the repository."""
    folder = Path(path).resolve()
    if folder.is_dir() and folder.is_relative_to(root.resolve()):
        return folder.relative_to(root.resolve()).as_posix()
    return repository_around(path, root)[1]


def among(paths: Sequence[str]) -> Callable[[str], bool]:
    """Whether a file is one of the paths, or lies below one; without paths every file does."""
    folders = tuple(f"{path}/" for path in paths)
    return lambda file: not paths or "." in paths or file in paths or file.startswith(folders)


def mend_first(repository: Repository, root: Path) -> Repository:
    """Make the safe edits of a repository, say which on stderr, and give back what it is then."""
    mended = mend(repository, checked)
    write(root, mended)
    for line in told(mended, colour=False):
        click.echo(line, err=True)
    return mended.repository


def write(root: Path, mended: Mended) -> None:
    """Write the files that changed: all of them, or none."""
    try:
        write_changes(root, mended.changes)
    except Refused as error:
        fail("; ".join(f"{safe(path)}: {reason}" for path, reason in error.reasons.items()))


def told(mended: Mended, *, colour: bool) -> Iterator[str]:
    """A line for each finding that is mended, and for each that could not be."""
    for mending in mended.made:
        yield from _lines(mending, "mended", "green", colour)
    for mending in mended.refused:
        yield from _lines(mending, "left", "yellow", colour)


def _lines(mending: Mending, what: str, ink: str, colour: bool) -> Iterator[str]:
    finding = mending.finding
    span = finding.place.span
    where = f"{safe(finding.place.file)}:{span.line}" if span else safe(finding.place.file)
    text = f"{what} {where} [{safe(finding.rule)}] {harmless(mending.words)}"
    first, *more = wrapped(text, min(shutil.get_terminal_size().columns, 120), "")
    yield styled(what, colour, fg=ink) + first.removeprefix(what)
    yield from (f"  {line}" for line in more)


def _summary(mended: Mended, verb: str) -> str:
    count, files = len(mended.made), len(mended.changes)
    if not count:
        return "nothing to mend" + _left(mended)
    findings = "1 finding" if count == 1 else f"{count} findings"
    return f"{findings} {verb} mended in {'1 file' if files == 1 else f'{files} files'}" + _left(mended)


def _left(mended: Mended) -> str:
    """What a check finds when everything is mended, in words."""
    unsafe = sum(finding.edit is not None and not finding.edit.safe for finding in mended.report.findings)
    errors = mended.report.count(Severity.ERROR)
    parts = []
    if unsafe:
        parts.append(f"{unsafe} more with --unsafe")
    if errors:
        parts.append(f"gitsm check still finds {'1 error' if errors == 1 else f'{errors} errors'}")
    return "".join(f"; {part}" for part in parts)
