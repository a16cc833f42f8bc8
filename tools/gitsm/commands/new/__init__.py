"""`gitsm new`: a new record, from a few answers."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import click

from gitsm.commands import InstantOption, fail, open_or_fail, repo_option, top_folder
from gitsm.commands.completion import kinds
from gitsm.commands.new.questions import Questions
from gitsm.diagnostic import Severity
from gitsm.lint import run
from gitsm.repository import Repository
from gitsm.requirements import lacks
from gitsm.schema.kind import Kind
from gitsm.schema.spelling import did_you_mean
from gitsm.starter.fields import Data, Field, Unfit, field_at, incomplete, missing, objections, put
from gitsm.starter.identity import free_path, id_of, parts_of
from gitsm.starter.record import lacking, later, most_wanted, record_text, typed_example
from gitsm.terminal import safe, wrapped
from gitsm.writing import Refused, Unwritable, write_new

GROUP = "write"
UNMET = "requirement-unmet"
"""The rule whose findings are said together, by what the policy gives as the reason."""


@click.command()
@click.argument("kind", required=False, shell_complete=kinds)
@click.argument("id", required=False)
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Fill a field; may be repeated. Lists are separated by commas, parts named as in window.start.",
)
@click.option("--bare", is_flag=True, help="Write no comments.")
@click.option("--as-of", type=InstantOption(), help="Take this instant for the present.")
@repo_option
def command(
    kind: str | None,
    id: str | None,
    assignments: tuple[str, ...],
    bare: bool,
    as_of: datetime | None,
    repo: Path | None,
) -> None:
    """Write a new record: a change, a service, a runbook.

    On a terminal it asks for what is needed; elsewhere --set gives it. The file passes the schema, and
    its comments show what else may stand in it. Without an ID, one is made from the title. Without a
    KIND, this lists the kinds.
    """
    root = repo if repo is not None else top_folder(Path.cwd())
    repository: Repository = open_or_fail(repo, as_of, None)
    if kind is None:
        _list(repository)
        return
    try:
        path, text = _record(repository, _kind(repository, kind), id, assignments, bare)
        write_new(root, {path: text})
    except (Unfit, Unwritable) as error:
        fail("\n".join(map(safe, str(error).split("\n"))))
    except Refused as error:
        fail("; ".join(f"{safe(path)}: {reason}" for path, reason in error.reasons.items()))
    shown = min(os.path.relpath(root / path), os.path.abspath(root / path), key=len)
    click.echo(f"{safe(shown)} written")
    _show_findings(repository, path, text)
    click.echo("next: fill in the rest, then gitsm check")


def _list(repository: Repository) -> None:
    indent = max(map(len, repository.kinds)) + 2
    for name, kind in sorted(repository.kinds.items()):
        first, *more = wrapped(
            safe(" ".join((kind.description or kind.title).split())), _width(), " " * indent
        )
        click.echo(f"{name:{indent}}{first.lstrip()}")
        for line in more:
            click.echo(line)


def _kind(repository: Repository, name: str) -> Kind:
    if name not in repository.kinds:
        hint = did_you_mean(name, list(repository.kinds)) or "gitsm new lists them"
        fail(f"there is no kind {name!r}; {hint}")
    return repository.kinds[name]


def _record(
    repository: Repository, kind: Kind, id: str | None, assignments: Sequence[str], bare: bool
) -> tuple[str, str]:
    """The path and the text of the new record."""
    parts = parts_of(kind, repository.kinds)
    if not parts and "*" not in kind.pattern:
        free_path(kind, id_of(kind, parts, [], {}, repository, None), repository)  # there can be one only
    data = _assigned(repository, kind, assignments)
    words = id.split("/") if id else []
    needed = missing(kind, data)
    questions = None
    if sys.stdin.isatty() and sys.stdout.isatty():
        questions = Questions(repository, kind, data, _width())
        while len(words) < len(parts) and parts[len(words)].of:
            words.append(questions.ask_part(parts[len(words)]))
        questions.ask(needed or ([] if data else most_wanted(kind, data, repository)))
    elif needed:
        _fail_for(kind, needed, repository, besides=bool(data))
    if not data:
        raise Unfit(f"{kind.a_noun} needs one field at least; give it with --set FIELD=VALUE")
    ask = questions.ask_part if questions is not None else None
    path = free_path(kind, id_of(kind, parts, words, data, repository, ask), repository)
    if questions is not None:
        questions.ask_for_policy(path)
    _refuse(incomplete(kind, data))
    sections = lacking(repository, kind, data, path, "section")
    return path, record_text(kind, data, repository, sections=sections, comments=not bare)


def _assigned(repository: Repository, kind: Kind, assignments: Sequence[str]) -> Data:
    data: Data = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--set {assignment}: it must be FIELD=VALUE")
        field = field_at(kind, name)
        put(data, field.path, field.value_of(text))
    _refuse(objections(kind, data, repository))
    _refuse(incomplete(kind, data, below=True))
    return data


def _refuse(reasons: Iterable[str]) -> None:
    wrong = list(reasons)
    if wrong:
        raise Unfit("\n".join(wrong))


def _fail_for(kind: Kind, needed: Sequence[Field], repository: Repository, *, besides: bool) -> None:
    width = max(len(field.name) for field in needed)
    names = ", ".join(field.name for field in needed)
    lines = [f"{kind.a_noun} needs {names}{' as well' if besides else ''}:"]
    for field in needed:
        what = safe(", ".join(field.choices) or field.description)
        first, *more = wrapped(what, _width() - width - 14, "")
        lines.append(f"  --set {safe(field.name) + '=...':{width + 4}}  {first}")
        lines += [" " * (width + 14) + line for line in more]
        example = typed_example(kind, field, repository)
        if example:
            lines.append(f"    such as --set {shlex.quote(f'{field.name}={example}')}")
    lines.append("on a terminal gitsm asks for them")
    fail("\n".join(map(safe, lines)))


def _show_findings(repository: Repository, path: str, text: str) -> None:
    """What `gitsm check` will say about the new file."""
    from gitsm.rules import RULES
    from gitsm.rules.requirements import ASKED

    then = later(repository, path, text)
    found = [finding for finding in run(then, RULES.values()).findings if finding.place.file == path]
    asked = [finding for finding in found if finding.rule in (UNMET, *ASKED.values())]
    for finding in found:
        if finding not in asked:
            _say(finding.severity, finding.message, finding.hint)
    record = then.at(path)
    if asked and record is not None:
        reasons: dict[str, list[str]] = {}
        for lack in lacks(then, record):
            reasons.setdefault(lack.requirement.because or "", []).append(_in_a_sentence(then, lack.what))
        for reason, names in reasons.items():
            _say(asked[0].severity, f"the policy asks for {_and(names)}", reason)


def _in_a_sentence(repository: Repository, what: str) -> str:
    """What the policy asks for, with its article; a field goes by its name alone."""
    sort, _, name = what.partition(" ")
    if sort == "field":
        return name
    nouns = {kind.noun: kind.a_noun for kind in repository.kinds.values()}
    return nouns.get(what) or f"{'the' if sort == 'section' else 'a'} {what}"


def _say(severity: Severity, message: str, reason: str) -> None:
    for line in wrapped(safe(f"{severity}: {message}{f' ({reason})' if reason else ''}"), _width(), "  "):
        click.echo(line)


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 100)
