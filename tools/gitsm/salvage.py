"""Damaged records as far as they can be read: for readers, who need a runbook also on the night it has a slip.

A check refuses a record as a whole where one of its fields is wrong, because nothing may rest on what somebody
perhaps didn't mean. Whoever reads the site at night is served worse by a runbook that seems not to be there than
by one that lacks a field and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from gitsm import source
from gitsm.diagnostic import DataPath
from gitsm.repository import Record, Repository
from gitsm.schema.kind import Kind, RecordFields
from gitsm.schema.validation import data_path, misspelt, near_choice
from gitsm.source.characters import visible

UNKNOWN = "unknown"
"""What stands where a text is missing that every record of the kind has."""

_MOST_ROUNDS = 12
"""How often a record is tried again: what is left out may have been needed by what stood above it."""
_MOST_WRONG = 100
"""In a file with more than so many errors nothing is read: it takes long, and little would be left."""


def salvaged(repository: Repository) -> Repository:
    """The same repository with its damaged records as far as they can be read, each marked as damaged.

    Without a damaged record it is the repository itself. Records of a user's own kinds have no fields to lose.
    """
    found = [
        better
        for record in repository.all()
        if record.checked is None and record.kind.model is not None
        if (better := salvage(record)) is not None
    ]
    return repository.with_records(found) if found else repository


def salvage(record: Record[Any]) -> Record[Any] | None:
    """A damaged record without what can't be right in it; None where too little is left.

    Characters that can't be seen are spelt out. A key or a word with a slip in it is taken for the one that it is
    near; any other value that doesn't fit goes, and with it the entry that can't do without it.
    """
    document = record.document
    if document.data is None and document.text:
        text = visible(document.text)
        document = source.read(document.file, text.encode(), record.kind.format)
    if document.data is None:
        return None
    found = _fitting(record.kind, document.file, document.data)
    if found is None:
        return None
    data, fields, lost = found
    left = replace(document, data=data)
    return replace(record, document=left, checked=fields, damaged=True, lost=tuple(dict.fromkeys(lost)))


def _fitting(
    kind: Kind, file: str, data: Mapping[str, Any]
) -> tuple[dict[str, Any], RecordFields, list[str]] | None:
    assert kind.model is not None
    left: dict[str, Any] = deepcopy(dict(data))
    lost: list[str] = []
    for _ in range(_MOST_ROUNDS):
        try:
            return left, kind.model.model_validate(left), lost
        except ValidationError as error:
            if error.error_count() > _MOST_WRONG or not _mended(
                kind, file, left, error.errors(include_url=False), lost
            ):
                return None
    return None


def _mended(kind: Kind, file: str, data: dict[str, Any], problems: Iterable[Any], lost: list[str]) -> bool:
    """Mend what is wrong, or leave it out and tell what that was; whether anything could be done."""
    paths: dict[DataPath, Any] = {}
    for problem in problems:
        path = data_path(data, problem["loc"])
        if problem["type"] == "value" and problem["ctx"]["field"]:
            path = (*path, problem["ctx"]["field"])
        missing = str(problem["loc"][-1]) if problem["type"] == "missing" else None
        if missing is not None and not path:
            path = (missing,)
        paths.setdefault(path, problem)
    meant = misspelt(kind, (path for path, problem in paths.items() if problem["type"] == "extra_forbidden"))
    # From the end, so that what goes from a list moves nothing that is still to be found.
    done = [
        _is_mended(kind, file, data, path, paths[path]["type"], meant, lost)
        for path in sorted(paths, key=lambda path: [str(step).zfill(9) for step in path], reverse=True)
    ]
    return any(done)


def _is_mended(
    kind: Kind,
    file: str,
    data: dict[str, Any],
    path: DataPath,
    what: str,
    meant: Mapping[DataPath, DataPath],
    lost: list[str],
) -> bool:
    if not path:
        return False
    above, key = _at(data, path[:-1]), path[-1]
    if (
        what == "extra_forbidden"
        and len(path) > 1
        and isinstance(above, dict)
        and above.get(str(key), "") is None
    ):
        # `{target: 99,5}` is a target of 99 and a key named 5: nobody meant that.
        path, key = path[:-1], path[-2]
        above = _at(data, path[:-1])
    if what == "missing" and len(path) == 1 and key not in data:
        if path in meant.values():
            return False  # the misspelt key gives it
        data[str(key)] = UNKNOWN
        lost.append(_in_words(path))
        return True
    if isinstance(above, dict) and key in above:
        value = above.pop(str(key))
        near = near_choice(kind, file, path, value) if what in ("literal_error", "enum") else None
        if near is not None:
            above[str(key)] = near.value
        elif path in meant and str(meant[path][-1]) not in above:
            above[str(meant[path][-1])] = value
        else:
            lost.append(_in_words(path))
        return True
    if isinstance(above, list) and isinstance(key, int) and key < len(above):
        del above[key]
        lost.append(_in_words(path))
        return True
    return False


def _in_words(path: DataPath) -> str:
    """A path in a record's data, as a reader would look for it."""
    return " ".join(f"entry {step + 1}" if isinstance(step, int) else str(step) for step in path)


def _at(data: Any, path: DataPath) -> Any:
    for step in path:
        if isinstance(data, dict) and step in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
