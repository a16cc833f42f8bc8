"""Gives a record another id, in memory: every file as it will be, read back and compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitsm.diagnostic import Edit, NewValue
from gitsm.overlay import OverlayTree
from gitsm.renaming.links import Texts, pages_of
from gitsm.renaming.mentions import Mention, mentions_of
from gitsm.renaming.moves import (
    MAX_MOVED,
    NotRenamed,
    has_no_own_name,
    kind_named,
    moves_of,
    path_of,
    place_of_id,
)
from gitsm.renaming.references import Ids, all_references, ids_of, references_to
from gitsm.repository import Repository
from gitsm.source import Format, Uneditable, edited
from gitsm.writing import Change


@dataclass(frozen=True, slots=True)
class Renaming:
    """What it takes to give a record another id."""

    moves: Mapping[str, str]
    """The new path of each file that moves."""
    changes: Mapping[str, Change]
    """What becomes of each file."""
    references: int
    links: int
    mentions: Sequence[Mention]


def rename(repository: Repository, kind: str, old: str, new: str) -> Renaming:
    """What it takes to give a record another id. Raises NotRenamed; nothing is written."""
    found = kind_named(repository, kind)
    path = path_of(repository, found, old)
    moves = moves_of(repository, found, path, old, new)
    ids = ids_of(repository, moves, (found.name, old, new))
    edits: dict[str, list[Edit]] = defaultdict(list)
    for file, reference, value in references_to(repository, ids):
        edits[file].append(NewValue(file, reference, value))
    references = sum(map(len, edits.values()))
    texts = Texts(repository, moves, pages_of(repository, ids), whole_folder=has_no_own_name(found))
    for edit in texts.edits():
        edits[edit.file].append(edit)
    contents = _contents(repository, {*moves, *edits})
    after = {file: _edited(repository, file, contents[file], edits.get(file, ())) for file in contents}
    changes = dict(_changes(moves, contents, after))
    written = {file: change.after for file, change in changes.items() if change.after is not None}
    then = _then(repository, written, moves)
    _refuse_other_change(repository, then, moves, ids)
    texts.refuse_other_change(then, written)
    mentions = tuple(mentions_of(then, old, place_of_id(found, path)))
    return Renaming(moves, changes, references, sum(map(len, edits.values())) - references, mentions)


# The files as they will be


def _contents(repository: Repository, files: Iterable[str]) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for file, content in repository.tree.read_many(sorted(files), limit=MAX_MOVED):
        if not isinstance(content, bytes):
            raise NotRenamed(f"{file}: {content.message}")
        document = repository.documents.get(file)
        if document is not None and document.text:
            text = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
            if text != document.text:
                raise NotRenamed(f"somebody else changed {file} meanwhile")
        found[file] = content
    return found


def _edited(repository: Repository, file: str, content: bytes, edits: Sequence[Edit]) -> bytes:
    format = None
    if file in repository.documents:
        format = Format.MARKDOWN if file.endswith(".md") else Format.YAML
    try:
        return edited(file, content, format, edits) if edits else content
    except Uneditable as error:
        raise NotRenamed(f"{file} can't be changed: {error}") from None


def _changes(
    moves: Mapping[str, str], before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> Iterator[tuple[str, Change]]:
    for file in before:
        if file in moves:
            yield file, Change(before[file], None)
            yield moves[file], Change(None, after[file], like=file)
        elif before[file] != after[file]:
            yield file, Change(before[file], after[file])


def _then(repository: Repository, written: Mapping[str, bytes], moves: Mapping[str, str]) -> Repository:
    return Repository(
        OverlayTree(repository.tree, written, removed=moves),
        now=repository.now,
        settings=repository.settings,
        authorised=repository.authorised,
        git=repository.git,
        commit=repository.commit,
    )


def _refuse_other_change(
    repository: Repository, then: Repository, moves: Mapping[str, str], ids: Ids
) -> None:
    """Raise NotRenamed where there would be other records and references than were meant."""
    wanted = {
        (
            record.kind.name,
            ids.get((record.kind.name, record.id), record.id),
            moves.get(record.file, record.file),
        )
        for record in repository.all()
    }
    found = {(record.kind.name, record.id, record.file) for record in then.all()}
    fresh = {(kind, new, path) for (kind, _), new in ids.items() for path in moves.values()}
    if not wanted <= found or not found - wanted <= fresh:
        raise NotRenamed("other records than those that are meant would come or go")
    before = Counter(
        (moves.get(file, file), path, kind, ids.get((kind, id), id))
        for file, path, kind, id in all_references(repository)
    )
    if before != Counter(all_references(then)):
        raise NotRenamed("other references than those that are meant would change")
