"""`gitsm check`: hold the whole repository against every rule."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from gitsm import formats
from gitsm.commands import fail, reads_repository
from gitsm.diagnostic import Severity
from gitsm.git import GitError
from gitsm.lint import Report, run, since
from gitsm.opening import merge_base
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.terminal import wants_colour

GROUP = "check"


class FormatOption(click.ParamType[tuple[str, str]]):
    """A format, or a format and the file to write it to: `json=findings.json`."""

    name = "format[=file]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, _, file = value.partition("=")
        if name not in formats.names():
            self.fail(f"there is no format {name!r}; there is {', '.join(formats.names())}", param, ctx)
        return name, file


@click.command()
@click.option(
    "--format",
    "wanted",
    type=FormatOption(),
    multiple=True,
    default=["full"],
    help=f"How to show the findings: {', '.join(formats.names())}. With =FILE into a file; may be repeated.",
)
@click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.ERROR.value,
    show_default=True,
    help="The least severity that makes the command fail.",
)
@click.option(
    "--since",
    "base",
    metavar="REVISION",
    help="Show only what the merge base with this revision does not have as well.",
)
@reads_repository
def command(
    repository: Repository, wanted: tuple[tuple[str, str], ...], fail_on: str, base: str | None
) -> None:
    """Check every record, and what holds between records.

    Exits with 0 where no error was found, 1 where there was one, 2 where the command or the
    repository's configuration is wrong, and 3 where gitsm itself failed.
    """
    report = checked(repository)
    if not report.files and not report.findings:
        # A pipeline that looks at the wrong folder must not be green.
        fail("there are no records here; --repo names the repository's folder, and `gitsm init` makes one")
    if base is not None:
        try:
            report = since(report, checked(merge_base(repository, base)))
        except GitError as error:
            fail(str(error))
    for name, file in wanted:
        _show(report, name, file)
    limit = Severity(fail_on).rank
    sys.exit(1 if any(finding.severity.rank <= limit for finding in report.findings) else 0)


def checked(repository: Repository) -> Report:
    """The report of every rule there is."""
    return run(repository, RULES.values())


def _show(report: Report, name: str, file: str) -> None:
    if file:
        try:
            Path(file).write_text("\n".join(formats.render(name, report)) + "\n", encoding="utf-8")
        except OSError as error:
            fail(f"{file} can't be written: {error.strerror}")
        return
    colour = name == "full" and wants_colour()
    width = min(shutil.get_terminal_size().columns, 120)
    for line in formats.render(name, report, colour=colour, width=width):
        click.echo(line, color=colour)
