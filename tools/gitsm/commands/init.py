"""`gitsm init`: a repository to begin with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gitsm.commands import fail, is_top_folder
from gitsm.commands.schema import files as schema_files
from gitsm.starter import PIPELINES, PRESETS, Toolkit, pipeline_files, repository_files
from gitsm.terminal import safe
from gitsm.writing import Refused, write_new

GROUP = "write"
OFTEN_THERE = ("README.md", ".gitignore")
"""Files that a code host puts into a fresh repository; they are kept as they are."""


class TimezoneOption(click.ParamType[str]):
    """A time zone of the IANA database."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from zoneinfo import available_timezones

        from gitsm.schema.spelling import did_you_mean
        from gitsm.schema.values import read_timezone

        try:
            return read_timezone(value)
        except Exception as error:
            hint = did_you_mean(value, sorted(available_timezones()))
            self.fail(f"{safe(str(error))}{'; ' if hint else ''}{hint}", param, ctx)


class ToolkitOption(click.ParamType[Toolkit]):
    """A commit of a repository that holds gitsm: `https://host/owner/name@commit`."""

    name = "source@commit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Toolkit:
        try:
            return Toolkit.read(value)
        except ValueError as error:
            self.fail(f"{safe(value)}: {error}", param, ctx)


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="What the organisation or team is called; by default as the folder.")
@click.option(
    "--preset",
    type=click.Choice(PRESETS),
    default=PRESETS[0],
    show_default=True,
    help="How much records must carry: very little, or a lot.",
)
@click.option(
    "--timezone",
    type=TimezoneOption(),
    default="UTC",
    show_default=True,
    help="The zone of days without a time, such as Europe/Vienna.",
)
@click.option(
    "--ci",
    "host",
    type=click.Choice(list(PIPELINES)),
    help="Have each commit checked there as well. In a repository that stands already, only this is written.",
)
@click.option(
    "--toolkit",
    type=ToolkitOption(),
    help="With --ci: where gitsm comes from there, as https://HOST/OWNER/NAME@COMMIT.",
)
@click.option("--pages", is_flag=True, help="With --ci: have the site published there as well.")
def command(
    folder: Path,
    name: str | None,
    preset: str,
    timezone: str,
    host: str | None,
    toolkit: Toolkit | None,
    pages: bool,
) -> None:
    """Make a repository to begin with.

    It holds a service, its team, a runbook, the schemas of all kinds for editors, and the site's
    settings. It goes into DIR, or into this folder; nothing that stands there is overwritten.
    """
    pipeline = _pipeline(host, toolkit, pages)
    files = dict(pipeline)
    if not (pipeline and is_top_folder(folder)):
        files |= repository_files(name=_name(folder, name), preset=preset, timezone=timezone) | schema_files()
    kept = [path for path in OFTEN_THERE if os.path.lexists(folder / path)]
    try:
        written = write_new(folder, {path: text for path, text in files.items() if path not in kept})
    except Refused as error:
        reasons = "\n".join(f"  {safe(path)}: {reason}" for path, reason in error.reasons.items())
        fail(f"nothing was written, because something else stands there:\n{reasons}")
    except OSError as error:
        fail(f"{safe(str(folder))} can't be written: {error.strerror}")
    _show(folder, written.made, [path for path in kept if path in files])


def _pipeline(host: str | None, toolkit: Toolkit | None, pages: bool) -> Mapping[str, str]:
    if host is None:
        if pages:
            raise click.UsageError("--pages publishes the site on a code host; --ci names it")
        if toolkit is not None:
            raise click.UsageError(
                "--toolkit says where a pipeline gets gitsm from; --ci names the code host"
            )
        return {}
    if toolkit is None:
        raise click.UsageError(
            "--ci needs --toolkit https://HOST/OWNER/NAME@COMMIT: where the pipeline gets gitsm from"
        )
    return pipeline_files(host, toolkit, site=pages)


def _name(folder: Path, name: str | None) -> str:
    if name is None:
        words = folder.resolve().name.replace("-", " ").replace("_", " ").strip()
        name = words[:1].upper() + words[1:] or "Services"
    if not name.strip() or not name.isprintable() or len(name) > 100:
        fail("--name must be one line of up to 100 characters")
    return name


def _show(folder: Path, made: tuple[str, ...], kept: list[str]) -> None:
    if not made:
        click.echo("nothing to do: all of it is there already")
        return
    schemas = [path for path in made if path.startswith("schemas/")]
    for path in made:
        if path not in schemas:
            click.echo(f"  {path}")
    if schemas:
        click.echo(f"  schemas/ ({len(schemas)} files)")
    where = "here" if folder == Path(".") else f"in {safe(str(folder))}"
    click.echo(
        f"{len(made)} file{'' if len(made) == 1 else 's'} written {where}"
        + (f", {' and '.join(kept)} kept" if kept else "")
    )
    click.echo("\nnext:")
    steps = [] if folder == Path(".") else [f"cd {safe(str(folder))}"]
    for step in (*steps, "gitsm check", "mkdocs serve"):
        click.echo(f"  {step}")
