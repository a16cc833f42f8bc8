"""What a file's name makes of it: a record with an id, nothing that counts, or a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from pydantic_core import PydanticCustomError

from gitsm.diagnostic import Diagnostic, Place
from gitsm.schema.kind import Kind, is_id
from gitsm.schema.values import read_day
from gitsm.source.characters import as_it_looks, strange_letter

INVALID_ID = "invalid-id"
NO_KIND = "file-of-no-kind"
MISNAMED_FOLDER = "folder-of-no-kind"


def is_no_record(path: str) -> bool:
    """Whether a file is none on purpose: a README that explains a folder, or neither YAML nor Markdown."""
    stem, dot, ending = path.rsplit("/", 1)[-1].rpartition(".")
    meant = _ENDINGS.get((dot + ending).lower())
    return meant is None or not stem or stem.startswith(".") or (stem == "README" and meant == ".md")


_ENDINGS = {".yaml": ".yaml", ".yml": ".yaml", ".md": ".md", ".markdown": ".md"}
"""The endings that somebody may give a record, each with the one that records have."""


def misnamed_folders(files: Iterable[str], folders: Iterable[str]) -> Iterator[Diagnostic]:
    """Top folders whose name is nearly that of a folder of records: what lies in them counts for nothing."""
    names = {folder.rstrip("/") for folder in folders}
    seen: set[str] = set()
    for path in files:
        top, slash, _ = path.partition("/")
        if not slash or top in names or top in seen or is_no_record(path):
            continue
        seen.add(top)
        near = get_close_matches(as_it_looks(top).casefold(), names, n=1, cutoff=0.85)
        if near:
            message = f"{top}/ is a folder of no kind, and {path} in it counts for nothing"
            yield Diagnostic(
                message, Place(path, of_file=True), f"did you mean {near[0]}/?", rule=MISNAMED_FOLDER
            )


def of_no_kind(path: str, kinds: Sequence[Kind]) -> Iterator[Diagnostic]:
    """Says that a file in a folder of records is of none of the kinds that lie there."""
    wanted = " or ".join(dict.fromkeys(kind.where for kind in kinds))
    hint = f"a file here is {wanted}"
    ending = path[path.rfind(".") :]
    if ending not in _ENDINGS.values():
        hint = f"records end in {_ENDINGS[ending.lower()]}"
    yield Diagnostic(f"{path} is a file of no kind", Place(path), hint, rule=NO_KIND)


def invalid_id(path: str, kind: Kind, id: str) -> Diagnostic | None:
    """What is wrong with an id, if anything is: a record without one can't be referred to."""
    place = Place(path, of_file=True)
    for word in id.split("/"):
        if not is_id(word):
            hint = (
                "an id is lower-case ASCII words and digits joined by hyphens, at most 100 characters,"
                " and not the word index"
            )
            message = f"{word!r} can't be an id of {kind.a_noun}"
            if strange := strange_letter(word):
                message = f"{message}: {strange}"
            return Diagnostic(message, place, hint, rule=INVALID_ID)
    return None


def undated(path: str, kind: Kind, id: str) -> Iterator[Diagnostic]:
    """Says that an id lacks the day that ids of its kind begin with."""
    if not kind.dated:
        return
    try:
        read_day(id[:10])
        if id[10:11] == "-":
            return
    except PydanticCustomError:
        pass
    message = f"{id} does not begin with a day, as an id of {kind.a_noun} does"
    hint = (
        f"such as {kind.path_of('2026-11-28-what-it-is-about')}: two branches then never claim the same name"
    )
    yield Diagnostic(message, Place(path, of_file=True), hint, rule=INVALID_ID)
