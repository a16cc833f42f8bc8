"""Which record is meant, and where its files go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gitsm.naming import is_no_record, undated
from gitsm.repository import Repository
from gitsm.schema.kind import Kind, is_id
from gitsm.schema.spelling import did_you_mean

MAX_MOVED = 64 * 1024 * 1024
"""How large a file may be that moves with its record."""


class NotRenamed(ValueError):
    """A record that can't get the id it should have; the text says why."""


def kind_named(repository: Repository, name: str) -> Kind:
    if name not in repository.kinds:
        hint = did_you_mean(name, repository.kinds) or f"there are {', '.join(sorted(repository.kinds))}"
        raise NotRenamed(f"there is no kind {name}; {hint}")
    return repository.kinds[name]


def path_of(repository: Repository, kind: Kind, id: str) -> str:
    """The one file of a record, whose id may be one that no record may have."""
    paths = [path for path in repository.files if not is_no_record(path) and kind.id_of(path) == id]
    if not paths:
        known = [record.id for record in repository.all(kind.name)]
        hint = did_you_mean(id, known)
        raise NotRenamed(f"there is no {kind.noun} {id}{f'; {hint}' if hint else ''}")
    if len(paths) > 1:
        raise NotRenamed(f"{kind.noun} {id} stands in {' and '.join(paths)}: nobody knows which one is meant")
    if "<" not in kind.pattern:
        raise NotRenamed(f"there is one {kind.noun} only, and its file has no other name")
    if has_no_own_name(kind) and kind.name != "service":
        raise NotRenamed(f"{kind.noun} {id} goes by the name of its service; rename the service")
    return paths[0]


def has_no_own_name(kind: Kind) -> bool:
    return "<" not in kind.pattern.rpartition("/")[2]


def moves_of(repository: Repository, kind: Kind, path: str, old: str, new: str) -> Mapping[str, str]:
    """Where the files of a record go."""
    target = _new_path(kind, path, old, new)
    wrong = next(undated(target, kind, new), None)
    if kind.id_of(target) != new or not all(is_id(word) for word in new.split("/")) or wrong:
        reason = wrong.message if wrong else f"{new} is no id of {kind.a_noun}, whose file is {kind.where}"
        raise NotRenamed(reason)
    if old == new:
        raise NotRenamed(f"{kind.noun} {old} has that id already")
    if repository.defines(kind.name, new):
        raise NotRenamed(f"there is a {kind.noun} {new} already")
    folder, target_folder = path.rpartition("/")[0], target.rpartition("/")[0]
    moved = [path]
    if has_no_own_name(kind):
        moved = [file for file in repository.files if file.startswith(f"{folder}/")]
        for problem in repository.tree.problems:
            if problem.place.file.startswith(f"{folder}/"):
                raise NotRenamed(f"{problem.place.file} can't be moved: {problem.message}")
        taken = f"{target_folder}/".casefold()
        if any(file.casefold().startswith(taken) for file in repository.files):
            raise NotRenamed(f"the folder {target_folder} is there already")
    elif kind.pattern.startswith("services/"):
        service = new.partition("/")[0]
        if not repository.defines("service", service):
            raise NotRenamed(f"{new} would belong to service {service}, which no file defines")
    moves = {file: target_folder + file[len(folder) :] if file != path else target for file in moved}
    _refuse_taken(repository, moves)
    return moves


def _new_path(kind: Kind, path: str, old: str, new: str) -> str:
    """The path with the new id where the old one stands; a folder named after the year follows it."""
    match, words = kind.regex.fullmatch(path), new.split("/")
    assert match is not None
    if len(words) != len(match.groups()):
        raise NotRenamed(f"{new} is no id of {kind.a_noun}, whose file is {kind.where}")
    target = path
    for number in range(len(words), 0, -1):
        start, end = match.span(number)
        target = target[:start] + words[number - 1] + target[end:]
    folder, slash, name = target.rpartition("/")
    if kind.dated and folder.rpartition("/")[2] == old[:4] and re.match(r"\d{4}-", new):
        folder = folder[:-4] + new[:4]
    return folder + slash + name


def place_of_id(kind: Kind, path: str) -> str:
    """What stands before the id in the path of a record: `services/`, `runbooks/network/`."""
    match = kind.regex.fullmatch(path)
    return path[: match.start(1)] if match is not None else ""


def _refuse_taken(repository: Repository, moves: Mapping[str, str]) -> None:
    standing = {file.casefold(): file for file in repository.files if file not in moves}
    folders = {folder for file in standing for folder in above(file)}
    for target in moves.values():
        other = standing.get(target.casefold())
        if other is not None:
            raise NotRenamed(f"{other} stands there already")
        if target.casefold() in folders or any(folder in standing for folder in above(target.casefold())):
            raise NotRenamed(f"{target} can't be: a file and a folder would have one name")


def above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
