"""How the records of a kind look, where the generic look isn't good enough.

A page module says so with a decorator on a function, and nothing else has to be touched:
`@sections("change")` for what the record's own page shows, `@status("change")` for the words that
say where it stands, `@columns("change")` and `@groups("change")` for the list of the kind, and
`@name("agreement")` for what a record without a title is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from markupsafe import Markup

from gitsm.repository import Record, Repository
from gitsm.site.html import Content
from gitsm.site.page import Rank, Section

if TYPE_CHECKING:
    from gitsm.site.here import Here

Sections = Iterator[Section]
Groups = Iterator[tuple[str, Sequence[Record[Any]]]]
MakeSections = Callable[["Here", Record[Any]], Sections]
MakeStatus = Callable[["Here", Record[Any]], Iterable[Markup]]
MakeColumns = Callable[["Here", Record[Any]], Mapping[str, Content]]
MakeGroups = Callable[["Here", Sequence[Record[Any]]], Groups]
MakeName = Callable[[Repository, Record[Any]], str]
MakeRank = Callable[["Here", Record[Any]], Rank]
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass
class Appearance:
    """What the page modules say about one kind."""

    sections: MakeSections | None = None
    status: MakeStatus | None = None
    columns: MakeColumns | None = None
    groups: MakeGroups | None = None
    name: MakeName | None = None
    rank: MakeRank | None = None


_APPEARANCES: dict[str, Appearance] = {}


def appearance_of(kind: str) -> Appearance:
    """How a kind looks; all empty where no page module says anything."""
    return _APPEARANCES.setdefault(kind, Appearance())


def _registers(slot: str) -> Callable[[str], Callable[[Function], Function]]:
    def of_kind(kind: str) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            setattr(appearance_of(kind), slot, function)
            return function

        return register

    return of_kind


sections = _registers("sections")
"""What the page of a record of this kind shows; only asked for records that fit their schema."""

status = _registers("status")
"""The words, as chips, that say where such a record stands; only for records that fit their schema."""

columns = _registers("columns")
"""The cells of such a record in a list, by the column's heading; only for records that fit their schema."""

groups = _registers("groups")
"""The stretches into which the list of the kind is divided, in order, each with its records."""

name = _registers("name")
"""What such a record is called where it has no title of its own."""

rank = _registers("rank")
"""What such a record is to somebody who searches; only asked for records that fit their schema."""
