"""`gitsm check`: hold the whole repository against every rule."""

from __future__ import annotations

import errno
import functools
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from gitsm import formats
from gitsm.commands import fail, open_or_fail, repository_around, repository_options, way_to
from gitsm.diagnostic import Diagnostic, Severity
from gitsm.git import GitError
from gitsm.lint import Report, run, shown_settings, since
from gitsm.opening import baseline, merge_base
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.settings import SettingsError
from gitsm.terminal import safe, wants_colour
from gitsm.tree import UNREADABLE, FolderTree

GROUP = "check"
MAX_STDIN = 8_388_608
"""How much is read from stdin; a record may hold far less, and then a finding says so."""


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

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(name) for name in formats.names() if name.startswith(incomplete)]


def reads_unsaved(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the repository to read, with one file of it from stdin where that is asked for."""

    @click.argument("stdin", metavar="[-]", required=False)
    @click.option(
        "--stdin-filename",
        "file",
        metavar="FILE",
        help="With -: the file that stdin is the text of, saved or not. Only what is about it is shown.",
    )
    @repository_options
    @functools.wraps(function)
    def command(
        *args: Any,
        stdin: str | None,
        file: str | None,
        repo: Path | None,
        as_of: datetime | None,
        revision: str | None,
        **options: Any,
    ) -> Any:
        if stdin not in (None, "-"):
            raise click.UsageError(f"the whole repository is checked, always, and never {stdin} alone")
        if (stdin is None) != (file is None):
            raise click.UsageError("- and --stdin-filename FILE belong together")
        if file is None:
            return function(*args, repository=open_or_fail(repo, as_of, revision), unsaved=None, **options)
        if revision is not None:
            raise click.UsageError("--at reads a revision, in which nothing is unsaved")
        root, path = repository_around(file, repo)
        repository = open_or_fail(root, as_of, None, {path: _stdin()})
        return function(*args, repository=repository, unsaved=path, **options)

    return command


def _stdin() -> bytes:
    content = sys.stdin.buffer.read(MAX_STDIN + 1)
    if len(content) > MAX_STDIN:
        fail(f"more than {MAX_STDIN:,} bytes come from stdin")
    return content


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
@click.option(
    "--baseline",
    "adopted",
    metavar="REVISION",
    help="Let stand what this revision has as well, by default the settings' baseline.",
)
@click.option("--no-baseline", is_flag=True, help="Show as well what stood at the baseline.")
@click.option("--fix", is_flag=True, help="First mend what gitsm fix mends.")
@click.option("--show-settings", is_flag=True, help="Show the settings that hold here, and check nothing.")
@reads_unsaved
def command(
    repository: Repository,
    unsaved: str | None,
    wanted: tuple[tuple[str, str], ...],
    fail_on: str,
    base: str | None,
    adopted: str | None,
    no_baseline: bool,
    fix: bool,
    show_settings: bool,
) -> None:
    """Check every record, and what holds between records.

    With - it checks what comes from stdin in the place of one file, and shows what is about that file.

    Exits with 0 where no error was found, 1 where there was one, 2 where the command or the
    repository's configuration is wrong, and 3 where gitsm itself failed.
    """
    if show_settings:
        try:
            for line in shown_settings(repository, RULES.values()):
                click.echo(line)
        except SettingsError as error:
            fail(str(error))
        return
    report = checked(_mended(repository) if fix else repository)
    if not report.files and not any(_is_ours(repository, finding) for finding in report.findings):
        # A pipeline that looks at the wrong folder must not be green.
        fail("there are no records here; --repo names the repository's folder, and `gitsm init` makes one")
    try:
        if base is not None:
            report = since(report, checked(merge_base(repository, base)))
        before = None if no_baseline else baseline(repository, adopted)
        if before is not None:
            report = since(report, checked(before))
    except GitError as error:
        fail(str(error))
    if unsaved is not None:
        report = about(report, unsaved)
    for name, file in wanted:
        _show(report, name, file)
    if any(name == "github" for name, _ in wanted):
        _add_to_job_summary(report)
    limit = Severity(fail_on).rank
    sys.exit(1 if any(finding.severity.rank <= limit for finding in report.findings) else 0)


def _is_ours(repository: Repository, finding: Diagnostic) -> bool:
    """Whether a finding is about more than the files of some folder: there are records, or were to be."""
    if finding.rule not in (UNREADABLE, "case-collision"):
        return True
    top = finding.place.file.partition("/")[0]
    return any(kind.folder == f"{top}/" for kind in repository.kinds.values())


def _mended(repository: Repository) -> Repository:
    from gitsm.commands.fix import mend_first

    if not isinstance(repository.tree, FolderTree):
        raise click.UsageError("--fix changes the files of a folder, and neither a revision's nor stdin's")
    return mend_first(repository, repository.tree.root)


def checked(repository: Repository) -> Report:
    """The report of every rule there is."""
    try:
        return run(repository, RULES.values())
    except SettingsError as error:
        fail(str(error))


def about(report: Report, file: str) -> Report:
    """What a report says about one file: findings in it, and those elsewhere that point at it."""

    shown = (file, safe(file))  # a name that could deceive a reader is never shown as it is

    def names(finding: Diagnostic) -> bool:
        return any(place.file in shown for place in (finding.place, *finding.related))

    return replace(
        report,
        findings=tuple(filter(names, report.findings)),
        stood=tuple(filter(names, report.stood)),
    )


def _show(report: Report, name: str, file: str) -> None:
    if file:
        from gitsm.writing import Refused, write_new

        root, place = way_to(Path(file))
        try:
            write_new(root, {place: "\n".join(formats.render(name, report)) + "\n"}, replace=True)
        except Refused as refused:
            fail(str(refused))
        return
    colour = name == "full" and wants_colour()
    width = min(shutil.get_terminal_size().columns, 120)
    for line in formats.render(name, report, colour=colour, width=width):
        click.echo(line, color=colour)


def _add_to_job_summary(report: Report) -> None:
    """Append the report to the page that GitHub shows of a job: of annotations it shows ten."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    from gitsm.formats.github import MAX_SUMMARY, summary

    try:
        if not Path(file).is_file() and Path(file).exists():
            raise OSError(errno.EINVAL, "it is no file")
        with Path(file).open("a", encoding="utf-8", newline="\n") as page:
            page.write(summary(report, MAX_SUMMARY - page.tell()))
    except OSError as error:
        # What was found counts, wherever it can be shown.
        click.echo(f"the job's summary can't be written: {error.strerror or error}", err=True)
