"""`gitsm export`: write what was computed as files for other programs, each form a command of its own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gitsm.commands import fail, reads_repository, way_to
from gitsm.exporters import Exporter, exporters
from gitsm.repository import Repository
from gitsm.terminal import safe

GROUP = "publish"


class Exporters(click.Group):
    """The exporters that have a file in the folder `exporters`, and the site, which is more than a form."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted([*exporters(), "site"])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one of them."""
        if cmd_name == "site":
            return _site
        found = exporters().get(cmd_name)
        return _command(cmd_name, found) if found is not None else None


@click.group(cls=Exporters)
def command() -> None:
    """Write what the records give to a folder, for other programs.

    Files that say the same are left alone, and the same records give the same bytes each time.
    """


def _command(name: str, exporter: Exporter) -> click.Command:
    @reads_repository
    def run(repository: Repository, folder: Path) -> None:
        from gitsm.writing import Refused, write_new

        root, below = way_to(folder)
        files = {(Path(below) / path).as_posix(): text for path, text in exporter.export(repository).items()}
        try:
            written = write_new(root, files, replace=True)
        except Refused as refused:
            fail(
                "\n".join(["nothing was written", *(f"  {safe(p)}: {r}" for p, r in refused.reasons.items())])
            )
        for remark in exporter.remarks(repository):
            click.echo(f"note: {remark}", err=True)
        new, same = len(written.made) + len(written.replaced), len(written.equal)
        click.echo(
            safe(f"{new:,} file{'' if new == 1 else 's'} written to {folder}")
            + (f", {same:,} {'was' if same == 1 else 'were'} up to date" if same else "")
        )

    run.__doc__ = exporter.export.__doc__
    argument = click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
    return click.command(name)(argument(run))


@click.command("site")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--links",
    type=click.Choice(["md", "html", "folder"]),
    default="md",
    show_default=True,
    help="What links lead to: payroll.md, payroll.html or payroll/.",
)
@reads_repository
@click.pass_context
def _site(context: click.Context, repository: Repository, folder: Path, links: str) -> None:
    """The pages of the site as Markdown files, for other generators than MkDocs.

    DIR must be empty, or hold what this command wrote before: that is replaced, and what is no longer
    made is removed. Links hold from file to file; pictures, feeds and the pages of docs/ come along.
    """
    from gitsm.site.export import Links, export
    from gitsm.writing import Change, Refused, write_changes

    root, below = way_to(folder)
    main = context.find_root().command
    commands = main if isinstance(main, click.Group) else None
    files = export(repository, Links(links), commands=commands, fail=_unmade)
    standing = _standing(folder)
    changes = {
        (Path(below) / path).as_posix(): Change(standing.get(path), files.get(path))
        for path in {*files, *standing}
    }
    try:
        root.mkdir(parents=True, exist_ok=True)
        write_changes(root, changes)
    except Refused as refused:
        fail("\n".join(["nothing was written", *(f"  {safe(p)}: {r}" for p, r in refused.reasons.items())]))
    written = sum(change.before != change.after is not None for change in changes.values())
    gone = sum(change.after is None for change in changes.values())
    click.echo(safe(f"{written:,} files written to {folder}") + (f", {gone:,} removed" if gone else ""))


def _unmade(path: str, why: str) -> None:
    click.echo(safe(f"warning: {path}: its page could not be made: {why}"), err=True)


def _standing(folder: Path) -> dict[str, bytes]:
    """What an earlier export left in a folder; ends the command where the folder is anybody else's."""
    from gitsm.site.export import MARK

    if not folder.is_dir() or not any(folder.iterdir()):
        return {}
    mark = folder / MARK
    try:
        listed = json.loads(mark.read_bytes()) if mark.is_file() and not mark.is_symlink() else None
    except ValueError:
        listed = None
    if _is_repository(folder) or not isinstance(listed, list) or not all(map(_is_inside, listed)):
        fail(
            f"{safe(str(folder))} holds something else than an exported site; name a new folder or an empty one"
        )
    found = [path for path in [*listed, MARK] if (folder / path).is_file()]
    return {path: (folder / path).read_bytes() for path in found}


def _is_repository(folder: Path) -> bool:
    # An exported site has a folder `services` as well, so that this asks for less than the top of one has.
    return any((folder / name).exists() for name in (".git", "gitsm.toml", "mkdocs.yml", "organization"))


def _is_inside(path: object) -> bool:
    """Whether this is the path of a file below a folder: what lists it may have been written by anybody."""
    return isinstance(path, str) and "\0" not in path and not {"", ".", "..", ".git"} & set(path.split("/"))
