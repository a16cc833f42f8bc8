"""Mends what findings carry an edit for, in memory: the files as they will be, and what is left then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gitsm.diagnostic import DataPath, Diagnostic, Edit, NewKey, NewSection, NewText, NewValue
from gitsm.lint import Report
from gitsm.overlay import OverlayTree
from gitsm.repository import Repository
from gitsm.schema.values import shown
from gitsm.source import Document, Format, Uneditable, edited
from gitsm.writing import Change

MAX_ROUNDS = 10
"""How often edits are looked for anew: one that is made may uncover another."""


@dataclass(frozen=True, slots=True)
class Mending:
    """A finding and what was done about it, or why nothing could be."""

    finding: Diagnostic
    words: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a repository."""

    changes: Mapping[str, Change]
    """What becomes of each file that changes."""
    made: Sequence[Mending]
    refused: Sequence[Mending]
    repository: Repository = field(repr=False)
    """The repository as it will be."""
    report: Report = field(repr=False)
    """What a check finds then."""


def mend(
    repository: Repository,
    check: Callable[[Repository], Report],
    *,
    unsafe: bool = False,
    wanted: Callable[[str], bool] = lambda file: True,
) -> Mended:
    """Make the edits that the findings of a check carry, until there are no more: safe ones, or all.

    Only files that are wanted are changed. Nothing is written.
    """
    tree, before, now = repository.tree, dict[str, bytes](), dict[str, bytes]()
    made: list[Mending] = []
    refused: dict[Edit, Mending] = {}
    report = check(repository)
    for _ in range(MAX_ROUNDS):
        changed = False
        for file, findings in _by_file(report, unsafe, wanted, refused).items():
            content = now.get(file) or _content(repository, file)
            if content is None:
                continue
            result, done, failed = _mended(content, repository.documents[file], findings)
            refused.update(failed)
            if result != content:
                before.setdefault(file, content)
                now[file], changed = result, True
                made += done
        if not changed:
            break
        repository = _with(repository, OverlayTree(tree, now))
        report = check(repository)
    changes = {file: Change(before[file], now[file]) for file in now if now[file] != before[file]}
    return Mended(changes, tuple(made), tuple(refused.values()), repository, report)


def _by_file(
    report: Report, unsafe: bool, wanted: Callable[[str], bool], refused: Iterable[Edit]
) -> Mapping[str, Sequence[Diagnostic]]:
    found: dict[str, list[Diagnostic]] = defaultdict(list)
    known = set(refused)
    for finding in report.findings:
        edit = finding.edit
        if edit is not None and edit not in known and (edit.safe or unsafe) and wanted(edit.file):
            found[edit.file].append(finding)
    return found


def _content(repository: Repository, file: str) -> bytes | None:
    """The bytes of a file; None where they are not those that were checked."""
    document = repository.documents.get(file)
    for _, content in repository.tree.read_many([file] if file in repository.files else []):
        if document is not None and isinstance(content, bytes):
            text = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
            return content if text == document.text else None
    return None


def _mended(
    content: bytes, document: Document, findings: Sequence[Diagnostic]
) -> tuple[bytes, list[Mending], dict[Edit, Mending]]:
    """A file with as many edits made as can be made at once, and those that can't be made at all."""
    format = Format.MARKDOWN if document.file.endswith(".md") else Format.YAML

    def attempt(some: Sequence[Diagnostic]) -> bytes:
        return edited(document.file, content, format, [f.edit for f in some if f.edit is not None])

    def told(some: Sequence[Diagnostic]) -> list[Mending]:
        return [Mending(finding, _words(document, finding.edit)) for finding in some if finding.edit]

    try:
        return attempt(findings), told(findings), {}
    except Uneditable:
        pass
    possible, failed = [], dict[Edit, Mending]()
    for finding in findings:
        assert finding.edit is not None
        try:
            attempt([finding])
            possible.append(finding)
        except Uneditable as error:
            failed[finding.edit] = Mending(finding, str(error))
    for some in (possible, possible[:1]):  # those that get in each other's way come one after the other
        try:
            return attempt(some), told(some), failed
        except Uneditable:
            continue
    return content, [], failed


def _with(repository: Repository, tree: OverlayTree) -> Repository:
    return Repository(
        tree,
        now=repository.now,
        settings=repository.settings,
        authorised=repository.authorised,
        git=repository.git,
        commit=repository.commit,
    )


def _words(document: Document, edit: Edit) -> str:
    """What an edit does, in words."""
    if isinstance(edit, NewKey):
        return f"{edit.path[-1]} is now {edit.key}"
    if isinstance(edit, NewValue):
        return f"{shown(_value(document.data, edit.path))} is now {edit.value}"
    if isinstance(edit, NewSection):
        return f"the heading {edit.heading} is there now"
    old = shown(_stretch(document.text, edit))
    return f"{old} is now {edit.text}" if edit.text else "the comment is gone"


def _value(data: object, path: DataPath) -> object:
    for step in path:
        data = data[step]  # type: ignore[index]
    return data


def _stretch(text: str, edit: NewText) -> str:
    lines = text.split("\n")[edit.span.line - 1 : edit.span.end_line]
    return lines[0][edit.span.column - 1 : edit.span.end_column - 1 if len(lines) == 1 else None]
