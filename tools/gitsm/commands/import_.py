"""`gitsm import`: bring what other tools keep into a repository, each importer a command of its own."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitsm import importers
from gitsm.commands import fail
from gitsm.importers import Imported, Importer, Remark
from gitsm.terminal import safe

if TYPE_CHECKING:
    from gitsm.writing import Written

GROUP = "write"

SHOWN = 20
"""This many lines of what was not carried over are shown; a report has them all."""


class Importers(click.Group):
    """The importers that have a file in the folder `importers`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return importers.names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one of them."""
        return _command(cmd_name, importers.load(cmd_name)) if cmd_name in importers.names() else None


@click.group(cls=Importers)
def command() -> None:
    """Bring records from other tools into a repository.

    Nothing is lost in silence: what can't be carried over is listed with its file and the reason.
    """


def _command(name: str, importer: Importer) -> click.Command:
    def run(
        folder: Path, repo: Path, replace: bool, verbose: bool, report: Path | None, **options: Any
    ) -> None:
        _refuse_bad_options(folder, repo, {option.name: options[option.name] for option in importer.OPTIONS})
        imported = importer.convert(_read(folder), **options)
        if not imported.files:
            reasons = islice(_lines(imported.not_carried), SHOWN)
            fail("\n".join(["there is nothing to import", *map(safe, reasons)]))
        written = _write(repo, imported, replace)
        if report is not None:
            _write_report(report, list(_report(name, imported)))
        for line in _summary(repo, imported, written, verbose, report):
            click.echo(safe(line))

    return click.Command(name, callback=run, params=list(_parameters(importer)), help=importer.__doc__)


def _parameters(importer: Importer) -> Iterator[click.Parameter]:
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    yield click.Argument(["folder"], type=folder, metavar="DIR")
    yield click.Option(
        ["--to", "repo"],
        type=click.Path(file_okay=False, path_type=Path),
        required=True,
        metavar="REPO",
        help="The repository to write to; a folder that isn't there yet is made.",
    )
    for option in importer.OPTIONS:
        yield click.Option(
            [f"--{option.name}"],
            default=option.default,
            show_default=bool(option.default),
            metavar="ID",
            help=option.description,
        )
    replace = "Replace files that are there and say something else."
    yield click.Option(["--replace"], is_flag=True, help=replace)
    yield click.Option(["--verbose"], is_flag=True, help="Say of every file what became of it.")
    yield click.Option(
        ["--report"],
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write the whole report to a file, as Markdown.",
    )


def _refuse_bad_options(folder: Path, repo: Path, ids: Mapping[str, str]) -> None:
    from gitsm.schema.kind import is_id

    for option, value in ids.items():
        if value and not is_id(value):
            fail(f"--{option} {value!r} is no id: lower-case ASCII words and digits joined by hyphens")
    try:
        inside = repo.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        fail(f"{repo} leads nowhere: {error}")
    if inside:
        fail(f"{repo} lies in {folder}: the next import would import what this one wrote")


def _read(folder: Path) -> Any:
    from gitsm.importers.foreign.folder import ForeignFolder, TooManyFiles

    try:
        return ForeignFolder(folder)
    except TooManyFiles as error:
        fail(str(error))
    except OSError as error:
        fail(f"{folder} can't be read: {error.strerror}")


def _write(root: Path, imported: Imported, replace: bool) -> Written:
    from gitsm.writing import Refused, write_new

    files = {
        path: content
        for path, content in imported.files.items()
        if path not in imported.only_where_missing or not (root / path).exists()
    }
    try:
        return write_new(root, files, replace=replace)
    except Refused as refused:
        reasons = [f"  {safe(path)}: {reason}" for path, reason in refused.reasons.items()]
        more = [f"  and {len(reasons) - SHOWN:,} more"] if len(reasons) > SHOWN else []
        hint = [] if replace else ["--replace replaces files that say something else"]
        fail("\n".join(["nothing was written", *reasons[:SHOWN], *more, *hint]))


def _write_report(file: Path, lines: list[str]) -> None:
    from gitsm.writing import Refused, write_new

    try:
        write_new(file.parent, {file.name: "\n".join(lines) + "\n"}, replace=True)
    except Refused as refused:
        fail(f"the records are written, but their report is not: {refused}")


def _summary(
    repo: Path, imported: Imported, written: Written, verbose: bool, report: Path | None
) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {what}" for what, count in _counts(imported.files).items())
    yield f"Imported {counts or 'nothing'}"
    new, same = len(written.made) + len(written.replaced), len(written.equal)
    yield f"{new:,} files written to {repo}" + (
        f", {same:,} were there already and say the same" if same else ""
    )
    if verbose:
        yield from _lines(imported.remarks)
    if imported.not_carried:
        shown = imported.not_carried if verbose else imported.not_carried[:SHOWN]
        yield f"Not carried over, or not as it was: {len(imported.not_carried):,}"
        yield from _lines(shown)
        if len(shown) < len(imported.not_carried):
            rest = f"  and {len(imported.not_carried) - len(shown):,} more"
            yield rest + (
                f", all of them in {report}" if report else "; --report FILE writes all of them to a file"
            )
    yield f"Next: gitsm check --repo {shlex.quote(str(repo))}"


def _lines(remarks: Iterable[Remark]) -> Iterator[str]:
    for file, text in remarks:
        yield f"  {file}: {text}"


def _counts(files: Mapping[str, object]) -> dict[str, int]:
    """How many records of each kind the files are, in the kinds' own words."""
    from gitsm.records import KINDS

    found: Counter[str] = Counter()
    for path in files:
        kind = next((kind for kind in KINDS.values() if kind.id_of(path) is not None), None)
        found[kind.name if kind else "other"] += 1
    words = {kind.name: (kind.title.lower(), kind.plural.lower()) for kind in KINDS.values()}
    words["other"] = ("other file", "other files")
    return {words[name][count != 1]: count for name, count in sorted(found.items())}


def _report(name: str, imported: Imported) -> Iterator[str]:
    """What an import did, as a page of Markdown."""
    yield f"# Import of {name}"
    yield ""
    for what, count in _counts(imported.files).items():
        yield f"- {count:,} {what}"
    for title, remarks in (
        ("Not carried over, or not as it was", imported.not_carried),
        ("What became of the files", imported.remarks),
    ):
        yield from ("", f"## {title}", "")
        if not remarks:
            yield "Nothing to tell."
            continue
        yield from ("| file | what |", "| --- | --- |")
        for file, text in remarks:
            yield f"| {_cell(file)} | {_cell(text)} |"


def _cell(text: str) -> str:
    """A stranger's text as a cell of a Markdown table."""
    text = safe(text)
    for sign in "\\`*_[]<>|&#!~":
        text = text.replace(sign, "\\" + sign)
    return text
