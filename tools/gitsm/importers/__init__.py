"""The importers, one file each: what other tools keep, turned into records.

An importer is here because its file is here. It is a module with a docstring (its first paragraph is
the command's help), `OPTIONS`, and a function `convert(folder, **options)` that takes the foreign files
as a tree and gives an `Imported`. With `TAKES_A_FILE` it may be given a single file as well; with `FILES`,
the names by which it knows them in a folder, it is given one or several files. It is pure: it writes
nothing, and reads neither the clock nor the repository that the records will go to. What importers share
lies in the package `foreign`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from gitsm.tree import Tree


class Remark(NamedTuple):
    """Something that the reader of an import's report should know about one foreign file."""

    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an importer made of a folder."""

    files: Mapping[str, str | bytes]
    """Whole files, by their path in the repository."""
    not_carried: tuple[Remark, ...] = ()
    """What the records do not say although the foreign files do, each with the reason."""
    remarks: tuple[Remark, ...] = ()
    """What was decided on the way: how a file was classified, and what it will be called."""
    only_where_missing: frozenset[str] = field(default_factory=frozenset)
    """Files that give way to whatever stands at their path already."""


class Notes:
    """Collects, while an importer works, what its `Imported` will tell."""

    def __init__(self, folder: Tree) -> None:
        self._not_carried = [Remark(problem.place.file, problem.message) for problem in folder.problems]
        self._remarks: list[Remark] = []

    def lose(self, file: str, reason: str) -> None:
        """Something in a file is not carried over."""
        self._not_carried.append(Remark(file, reason))

    def remark(self, file: str, text: str) -> None:
        """Something about a file is worth knowing."""
        self._remarks.append(Remark(file, text))

    def imported(self, files: Mapping[str, str | bytes], only_where_missing: Iterable[str] = ()) -> Imported:
        """What came of it all."""
        return Imported(
            files,
            tuple(dict.fromkeys(self._not_carried)),
            tuple(dict.fromkeys(self._remarks)),
            frozenset(only_where_missing),
        )


@dataclass(frozen=True, slots=True)
class Option:
    """An option of an importer, which takes an id unless its form says otherwise: `--team operations`."""

    name: str
    description: str
    default: str = ""
    choices: tuple[str, ...] = ()
    """The values that there are, where they are few."""
    form: Literal["id", "timezone", "day"] = "id"
    """A time zone is the policy's unless it is given, a day the present one of the repository."""


class Importer(Protocol):
    """What a module in this folder has to be."""

    __doc__: str | None
    OPTIONS: tuple[Option, ...]

    def convert(self, folder: Tree, **options: str) -> Imported:
        """The records that the files of a folder make."""
        ...


def names() -> list[str]:
    """The importers that there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg)


def load(name: str) -> Importer:
    """The importer of a name."""
    return cast(Importer, import_module(f"{__name__}.{name}"))


def takes_a_file(importer: Importer) -> bool:
    """Whether an importer may be given a single file instead of a folder."""
    return bool(getattr(importer, "TAKES_A_FILE", False))


def reads_files(importer: Importer) -> tuple[str, ...]:
    """The names of the files that an importer reads; none where it reads a whole folder."""
    return tuple(getattr(importer, "FILES", ()))
