"""Files written whole or not at all, and never through a symbolic link or outside their folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gitsm.writing.batch import Batch, Refused, Step
from gitsm.writing.folders import Folders, content_of, failure, folders_of


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the files: made, replaced, or left alone because they said the same already."""

    made: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What a file held when its change was worked out, and what it shall hold; None where there is none."""

    before: bytes | None
    after: bytes | None
    like: str = ""
    """The path of the file whose mode a new one takes over: where it comes from."""


def write_new(root: Path, contents: Mapping[str, str | bytes], *, replace: bool = False) -> Written:
    """Write files below a folder, which is made where there is none: all of them or none.

    A file that says the same already is left alone. Where something else stands in the way, Refused
    says so and nothing is written; with `replace`, files that differ are replaced and keep their mode.
    Links are never followed. Should writing fail half-way, what was written is taken back; only a
    machine that dies in that moment can leave some of the files, each of them whole.
    """
    wanted = {
        path: content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        for path, content in sorted(contents.items())
    }
    _refuse_bad_paths(wanted)
    made_root = not root.exists()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with Folders(root) as folders:
            standing = _standing(folders, {path: len(content) for path, content in wanted.items()})
            _refuse(
                {
                    path: "a file with another content stands there"
                    for path, content in standing.items()
                    if content != wanted[path] and not replace
                }
            )
            todo = {path: content for path, content in wanted.items() if standing.get(path) != content}
            steps = {path: Step(content, standing.get(path), len(content)) for path, content in todo.items()}
            Batch(folders, steps).write()
    except OSError as error:
        raise Refused({str(root): failure(error)}) from error
    except Refused:
        if made_root:
            with suppress(OSError):
                root.rmdir()
        raise
    return Written(
        made=tuple(path for path in todo if path not in standing),
        replaced=tuple(path for path in todo if path in standing),
        equal=tuple(path for path in wanted if path not in todo),
    )


def write_changes(root: Path, changes: Mapping[str, Change]) -> None:
    """Change files below a folder, let them come and go: all of them or none, as `write_new` does it.

    A file that doesn't hold any more what its change was worked out from is never touched: Refused
    says so, and nothing is written. Folders in which nothing is left are removed.
    """
    _refuse_bad_paths(path for path, change in changes.items() if change.after is not None)
    try:
        with Folders(root) as folders:
            sizes = {path: len(change.before or b"") for path, change in changes.items()}
            standing = _standing(folders, sizes)
            reasons = {}
            for path, change in changes.items():
                if standing.get(path) != change.before:
                    came = "somebody else changed the file meanwhile"
                    reasons[path] = came if change.before is not None else "a file stands there already"
            _refuse(reasons)
            steps = {
                path: Step(change.after, change.before, sizes[path], change.like)
                for path, change in changes.items()
                if change.after != change.before
            }
            Batch(folders, steps).write()
    except OSError as error:
        raise Refused({str(root): failure(error)}) from error


def _refuse(reasons: Mapping[str, str]) -> None:
    if reasons:
        raise Refused(reasons)


def _refuse_bad_paths(paths: Iterable[str]) -> None:
    reasons: dict[str, str] = {}
    taken: dict[str, str] = {}
    paths = list(paths)
    folders = {folder.casefold() for folder in folders_of(paths)}
    for path in paths:
        parts = path.split("/")
        if "\0" in path or "\\" in path or any(part in ("", ".", "..") for part in parts):
            reasons[path] = "this is no path of a file below the folder"
        elif any(part.casefold() == ".git" for part in parts):
            reasons[path] = "Git's own folder is not written to"
        elif (other := taken.setdefault(path.casefold(), path)) != path:
            reasons[path] = f"its name differs from {other} in the case of letters only"
        elif path.casefold() in folders:
            reasons[path] = "another of the files needs a folder of this name"
    _refuse(reasons)


def _standing(folders: Folders, sizes: Mapping[str, int]) -> dict[str, bytes]:
    """What stands at the paths by now, at most one byte more than a size. Raises Refused where that can't be read."""
    reasons: dict[str, str] = {}
    standing: dict[str, bytes] = {}
    for path, size in sizes.items():
        try:
            found = content_of(folders, path, size)
        except OSError as error:
            reasons[path] = failure(error)
            continue
        if found is not None:
            standing[path] = found
    _refuse(reasons)
    return standing
