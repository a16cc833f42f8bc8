"""`gitsm export`: write what was computed as files for other programs, each form a command of its own."""

from __future__ import annotations

from pathlib import Path

import click

from gitsm.commands import fail, reads_repository, way_to
from gitsm.exporters import Exporter, exporters
from gitsm.repository import Repository
from gitsm.terminal import safe

GROUP = "publish"


class Exporters(click.Group):
    """The exporters that have a file in the folder `exporters`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return sorted(exporters())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one of them."""
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
