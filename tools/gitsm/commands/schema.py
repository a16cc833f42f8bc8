"""`gitsm schema`: the JSON Schemas of every kind, for editors."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gitsm.commands import fail, repo_option, top_folder
from gitsm.records import KINDS
from gitsm.schema.json_schema import editor_settings, schema_text
from gitsm.schema.own_kinds import FOLDER, SUFFIX
from gitsm.schema.validation import did_you_mean

GROUP = "write"


@click.command()
@click.argument("kind", required=False)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where a file is stale.")
@repo_option
def command(kind: str | None, check: bool, repo: Path | None) -> None:
    """Write the JSON Schemas of all kinds to schemas/, and map them to folders for editors.

    With a KIND, print its schema instead.
    """
    if kind is not None:
        if kind not in KINDS:
            fail(f"there is no kind {kind!r}; {did_you_mean(kind, list(KINDS)) or ', '.join(KINDS)}")
        click.echo(schema_text(KINDS[kind].schema), nl=False)
        return
    root = repo if repo is not None else top_folder(Path.cwd())
    stale = {path: text for path, text in files().items() if _read(root / path) != text}
    if check:
        for path in stale:
            click.echo(f"{path} is stale", err=True)
        if stale:
            click.echo("gitsm schema writes them anew", err=True)
        sys.exit(1 if stale else 0)
    from gitsm.writing import write_new

    write_new(root, stale, replace=True)
    click.echo(f"{len(stale)} of {len(files())} files written")


def files() -> dict[str, str]:
    """What the command writes: a schema for each kind, and the editor's settings."""
    found = {f"{FOLDER}{kind.name}{SUFFIX}": schema_text(kind.schema) for kind in KINDS.values()}
    patterns = {f"{FOLDER}{kind.name}{SUFFIX}": kind.pattern for kind in KINDS.values()}
    found[".vscode/settings.json"] = editor_settings(patterns)
    return found


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
