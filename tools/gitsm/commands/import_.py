"""`gitsm import`: bring what other tools keep into a repository, each importer a command of its own."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gitsm import importers
from gitsm.commands import fail, open_or_fail, read_clock, way_to
from gitsm.importers import Imported, Importer, Option, Remark
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
        paths: tuple[Path, ...], repo: Path, replace: bool, verbose: bool, report: Path | None, **options: Any
    ) -> None:
        files = importers.reads_files(importer)
        if not files:
            _refuse_inside(paths[0], repo)
        values = {
            option.name.replace("-", "_"): _value(option, options[option.name.replace("-", "_")], repo)
            for option in importer.OPTIONS
        }
        imported = importer.convert(_read_files(paths, files) if files else _read(paths[0]), **values)
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
    file_okay = importers.takes_a_file(importer)
    folder = click.Path(exists=True, file_okay=file_okay, path_type=Path)
    if importers.reads_files(importer):
        yield click.Argument(
            ["paths"],
            type=click.Path(exists=True, path_type=Path),
            metavar="FILE...",
            nargs=-1,
            required=True,
        )
    else:
        metavar = "FILE" if file_okay else "DIR"
        yield click.Argument(["paths"], type=folder, metavar=metavar, callback=_alone)
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
            type=click.Choice(option.choices) if option.choices else None,
            metavar=None if option.choices else _METAVARS[option.form],
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


def _alone(context: click.Context, parameter: click.Parameter, path: Path) -> tuple[Path]:
    return (path,)


_METAVARS = {"id": "ID", "timezone": "ZONE", "day": "DAY"}


def _value(option: Option, value: str, repo: Path) -> str:
    """The value of an option, or what it is where none was given."""
    from gitsm.schema.kind import is_id
    from gitsm.schema.values import read_day, timezones

    if option.form == "timezone":
        zone = value or _surroundings(repo)[0]
        if zone not in timezones():
            fail(f"--{option.name} {zone!r} is no time zone of the IANA database, such as Europe/Vienna")
        return zone
    if option.form == "day":
        try:
            return str(read_day(value or _surroundings(repo)[1]))
        except ValueError as error:
            fail(f"--{option.name}: {error}")
    if value and not is_id(value):
        fail(f"--{option.name} {value!r} is no id: lower-case ASCII words and digits joined by hyphens")
    return value


@cache
def _surroundings(repo: Path) -> tuple[str, str]:
    """The time zone and the day of the repository that is written to; it need not be there yet."""
    from gitsm.records.policy import Policy

    if not repo.is_dir():
        return Policy().timezone, read_clock().date().isoformat()
    repository = open_or_fail(repo, None, None)
    return repository.policy.timezone, repository.today.isoformat()


def _refuse_inside(folder: Path, repo: Path) -> None:
    if folder.is_file():
        return
    try:
        inside = repo.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        fail(f"{repo} leads nowhere: {error}")
    if inside:
        fail(f"{repo} lies in {folder}: the next import would import what this one wrote")


def _read(folder: Path) -> Any:
    from gitsm.importers.foreign.folder import ForeignFolder, TooManyFiles

    try:
        return ForeignFolder(folder) if folder.is_dir() else ForeignFolder(folder.parent, only=folder.name)
    except TooManyFiles as error:
        fail(str(error))
    except OSError as error:
        fail(f"{folder} can't be read: {error.strerror}")


def _read_files(paths: Iterable[Path], names: Sequence[str]) -> Any:
    """The files that were named; of a folder, the one that has a name of the importer's."""
    from gitsm.importers.foreign.named_files import NamedFiles

    files = []
    for path in paths:
        inside = [path / name for name in names if path.is_dir() and (path / name).is_file()]
        if path.is_dir() and not inside:
            fail(f"{safe(str(path))} is a folder without {' or '.join(names)}")
        files.append(inside[0] if inside else path)
    return NamedFiles(files)


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
        root, place = way_to(file)
        write_new(root, {place: "\n".join(lines) + "\n"}, replace=True)
    except Refused as refused:
        fail(f"the records are written, but their report is not: {refused}")


def _summary(
    repo: Path, imported: Imported, written: Written, verbose: bool, report: Path | None
) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {what}" for what, count in _counts(imported.files).items())
    yield f"Imported {counts or 'nothing'}"
    new, same = len(written.made) + len(written.replaced), len(written.equal)
    yield f"{new:,} file{'' if new == 1 else 's'} written to {repo}" + (
        f", {same:,} {'was there already and says' if same == 1 else 'were there already and say'} the same"
        if same
        else ""
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
