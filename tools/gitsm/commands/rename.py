"""`gitsm rename`: another id for a record, and for everything that refers to it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from gitsm.commands import fail, open_or_fail, repo_option, top_folder
from gitsm.commands.completion import ids, kinds
from gitsm.git import GitError
from gitsm.renaming import Mention, NotRenamed, Renaming, rename, uncommitted
from gitsm.repository import Repository
from gitsm.terminal import cells, cut, harmless, safe, wants_colour
from gitsm.writing import Refused, difference, write_changes

GROUP = "write"
MOST_SHOWN = 20
"""How many files that are not committed, or lines that mention the old id, are shown."""


@click.command()
@click.argument("kind", shell_complete=kinds)
@click.argument("old", shell_complete=ids)
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--diff", "show", is_flag=True, help="Show what would change, and write nothing.")
@click.option("--force", is_flag=True, help="Do it though files are changed that are not committed.")
@repo_option
def command(kind: str, old: str, new: str, dry_run: bool, show: bool, force: bool, repo: Path | None) -> None:
    """Give the record OLD of a KIND the id NEW.

    Its file moves, of a service the whole folder. Every reference to it follows, and every link in
    Markdown. Words in prose stay; the lines that still mention the old id are listed. All files are
    written, or none. The repository has to be committed first, so that it can be undone.
    """
    root = repo if repo is not None else top_folder(Path.cwd())
    repository = open_or_fail(root, None, None)
    try:
        renaming = rename(repository, kind, old, new)
        if not (dry_run or show or force):
            _refuse_uncommitted(repository)
    except (NotRenamed, GitError) as error:
        fail(safe(str(error)))
    colour = wants_colour()
    if show:
        for line in _difference(renaming, colour=colour):
            click.echo(line, color=colour)
        return
    if not dry_run:
        try:
            write_changes(root, renaming.changes)
        except Refused as error:
            fail("; ".join(f"{safe(path)}: {reason}" for path, reason in error.reasons.items()))
    for line in _told(renaming, repository, kind, old, new, only_said=dry_run):
        click.echo(line)


def _refuse_uncommitted(repository: Repository) -> None:
    changed = uncommitted(repository)
    if changed:
        names = [safe(path) for path in changed[:MOST_SHOWN]]
        more = f" and {len(changed) - MOST_SHOWN} more" if len(changed) > MOST_SHOWN else ""
        fail(
            f"not committed: {', '.join(names)}{more}; commit first, so that the renaming can be undone,"
            " or say --force"
        )


def _difference(renaming: Renaming, *, colour: bool) -> Iterator[str]:
    for file, change in renaming.changes.items():
        if change.after is None or not (change.like or change.before):
            continue
        before = change.before if change.before is not None else renaming.changes[change.like].before
        yield from difference(change.like or file, before or b"", change.after, to=file, colour=colour)


def _told(
    renaming: Renaming, repository: Repository, kind: str, old: str, new: str, *, only_said: bool
) -> Iterator[str]:
    is_now = "would be renamed to" if only_said else "is now"
    yield safe(f"{repository.kinds[kind].noun} {old} {is_now} {new}")
    yield f"  {_moved(renaming.moves)}"
    edited = sum(bool(change.before and change.after is not None) for change in renaming.changes.values())
    counts = ((renaming.references, "reference"), (renaming.links, "link"))
    what = " and ".join(_counted(count, word) for count, word in counts if count)
    if what:
        yield f"  {what} {'to be changed' if only_said else 'changed'}" + (
            f", in {_counted(edited, 'other file')}" if edited else ""
        )
    else:
        yield "  nothing refers to it"
    if renaming.mentions:
        count = len(renaming.mentions)
        yield safe(f"{_counted(count, 'line')} still {'mentions' if count == 1 else 'mention'} {old}:")
        width = min(shutil.get_terminal_size().columns, 120)
        for mention in renaming.mentions[:MOST_SHOWN]:
            yield from _shown(mention, width)
        if count > MOST_SHOWN:
            yield f"  and {count - MOST_SHOWN} more"


def _moved(moves: Mapping[str, str]) -> str:
    """What moves where: a file, or a folder with all that is in it."""
    if len(moves) == 1:
        return " -> ".join(map(safe, *moves.items()))
    old, new = os.path.commonpath(moves), os.path.commonpath(moves.values())
    return f"{safe(old)}/ -> {safe(new)}/, {len(moves)} files"


def _shown(mention: Mention, width: int) -> Iterator[str]:
    place, text = f"  {safe(f'{mention.file}:{mention.line}')}:", _around(mention)
    if cells(place) + 40 > width:
        yield place
        yield cut(f"    {text}", width)
    else:
        yield cut(f"{place} {text}", width)


def _around(mention: Mention) -> str:
    """The line from a few words before the old id on."""
    start = max(mention.text.rfind(" ", 0, max(mention.start - 12, 0)), 0)
    return ("…" if start else "") + harmless(mention.text[start:].strip())


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
