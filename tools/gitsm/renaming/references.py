"""What refers to a record that gets another id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gitsm.diagnostic import DataPath
from gitsm.repository import Repository
from gitsm.schema.kind import Kind

Ids = Mapping[tuple[str, str], str]
"""The new id of each record that gets one, by kind and old id."""


def ids_of(repository: Repository, moves: Mapping[str, str], this: tuple[str, str, str]) -> Ids:
    kind, old, new = this
    found = {(kind, old): new}
    for file, target in moves.items():
        record = repository.at(file)
        if record is not None:
            found[record.kind.name, record.id] = record.kind.id_of(target) or record.id
    return found


def references_to(repository: Repository, ids: Ids) -> Iterator[tuple[str, DataPath, str]]:
    """Each reference to what is renamed, with its new value; those of records without an id of their own as well."""
    for file, path, kind, id in all_references(repository):
        if (kind, id) in ids:
            yield file, path, ids[kind, id]


def all_references(repository: Repository) -> Iterator[tuple[str, DataPath, str, str]]:
    for file, document in sorted(repository.documents.items()):
        record = repository.at(file)
        kind = record.kind if record is not None else _claimant(repository, file)
        if kind is not None and document.data is not None:
            for path, named, id in kind.references.find(document.data):
                yield file, path, named, id


def _claimant(repository: Repository, file: str) -> Kind | None:
    return next((kind for kind in repository.kinds.values() if kind.id_of(file) is not None), None)
