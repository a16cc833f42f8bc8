"""How a calendar is shown, one file for each view and format: its name is the file's.

Each is a function `render(shown, *, colour, width)` that yields lines. Titles and messages quote what
strangers wrote, and each view makes them harmless for whoever reads it.

This module holds what they share: what is shown, with its conflicts, and what belongs together in it.
"""

from __future__ import annotations

import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.calendar import Conflict, Planned, conflicts, exceptions_of
from gitsm.change_control import ChangeState, open_changes
from gitsm.diagnostic import Severity
from gitsm.records.calendar import Calendar
from gitsm.records.change import Change, FreezeException
from gitsm.repository import Record, Repository
from gitsm.terminal import COLOURS, safe, styled, wrapped

VIEWS = ("table", "month", "timeline")
"""The views for people at a terminal; any other module here is a format for programs or pages."""

COLOUR_OF = {
    "change": "green",
    "hard freeze": "red",
    "soft freeze": "yellow",
    "maintenance": "cyan",
    "peak": "magenta",
}
"""The colour of each sort of thing that is planned."""


@dataclass(frozen=True)
class Shown:
    """A stretch of a repository's calendar, and what is planned in it."""

    repository: Repository
    start: datetime
    end: datetime
    items: Sequence[Planned]
    days: int | None = None
    """How many days it looks ahead; None where it shows everything."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone that its times are told in."""
        return self.repository.timezone

    def local(self, moment: datetime) -> datetime:
        """A moment as clocks show it there."""
        return moment.astimezone(self.zone)

    @cached_property
    def conflicts(self) -> Sequence[Conflict]:
        """The conflicts of the changes that are shown, the worst ones first."""
        shown = {item.record.file for item in self.items if item.what == "change"}
        found = [
            conflict
            for conflict in conflicts(self.repository)
            if conflict.change.file in shown or any(other.file in shown for other in conflict.others)
        ]
        return sorted(found, key=lambda one: (one.severity.rank, one.change.file, one.message))

    @cached_property
    def exceptions(self) -> Sequence[Excepted]:
        """The freezes in which changes that are shown lie by leave, by change."""
        changes = {item.record.file: item.record for item in self.items if item.what == "change"}
        still_open = {change.file for change in open_changes(self.repository)}
        return [
            Excepted(changes[file], freeze, entry)
            for file in sorted(changes)
            if file in still_open
            for freeze, entry in exceptions_of(self.repository, changes[file])
        ]

    @cached_property
    def _worst(self) -> Mapping[str, Severity]:
        found: dict[str, Severity] = {}
        for conflict in self.conflicts:
            for record in (conflict.change, *conflict.others):
                found.setdefault(record.file, conflict.severity)
        return found

    def trouble(self, item: Planned) -> Severity | None:
        """How bad the worst conflict of a change is; None where it has none, and for all that is no change."""
        return self._worst.get(item.record.file) if item.what == "change" else None

    @cached_property
    def rows(self) -> Sequence[Row]:
        """What is shown, each thing that comes back once, by its start."""
        return sorted(_rows(self.items), key=lambda row: (row.items[0].start, row.items[0].end, row.title))


@dataclass(frozen=True, slots=True)
class Excepted:
    """A change that lies in a freeze by leave."""

    change: Record[Change]
    freeze: Record[Calendar]
    entry: FreezeException

    @property
    def message(self) -> str:
        """Which change, which freeze, by whose leave and why."""
        hard = "soft" if self.freeze.fields.freeze == "soft" else "hard"
        return (
            f"{self.change} lies in the {hard} freeze {self.freeze.id} by leave of {self.entry.granted_by}:"
            f" {self.entry.reason.strip().removesuffix('.')}"
        )


@dataclass(frozen=True)
class Row:
    """Something that is planned, with each time that it comes."""

    what: str
    title: str
    items: tuple[Planned, ...]
    services: tuple[str, ...] | None

    @property
    def record(self) -> Record[Any]:
        """The record that plans it; the first one of several."""
        return self.items[0].record


def _rows(items: Iterable[Planned]) -> Iterator[Row]:
    """Stretches of one record under one name belong together, and so do records that say the same."""
    by_record: dict[tuple[str, ...], list[Planned]] = defaultdict(list)
    for item in items:
        apart = str(item.number) if item.what == "change" else ""
        by_record[item.what, item.title, item.record.file, apart].append(item)
    alike: dict[tuple[object, ...], list[list[Planned]]] = defaultdict(list)
    for (what, title, file, _), found in by_record.items():
        apart = file if what == "change" else ""
        alike[what, title, apart, tuple((item.start, item.end) for item in found)].append(found)
    for many in alike.values():
        first = many[0][0]
        services: set[str] | None = set()
        for found in many:
            for item in found:
                services = None if services is None or item.services is None else services | {*item.services}
        if first.what == "change":
            yield Row(first.what, first.title, (first,), first.services)
        else:
            named = None if services is None else tuple(sorted(services))
            yield Row(first.what, first.title, tuple(many[0]), named)


def names() -> list[str]:
    """The views and formats that there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def render(name: str, shown: Shown, *, colour: bool = False, width: int = 80) -> Iterator[str]:
    """The lines of a calendar in a view or format."""
    module: Any = import_module(f"{__name__}.{name}")
    lines: Iterator[str] = module.render(shown, colour=colour, width=width)
    return lines


def what_of(item: Planned) -> str:
    """What something is, in a word: the state of a change, else its sort."""
    return str(item.state).lower() if item.state not in (None, ChangeState.UNKNOWN) else item.what


def services_of(services: Sequence[str] | None) -> str:
    """The services that something is about, in words."""
    return "all services" if services is None else ", ".join(services) or "no service"


def moment_of(shown: Shown, moment: datetime) -> str:
    """A moment as the views tell it."""
    return f"{shown.local(moment):%a %Y-%m-%d %H:%M}"


def span_of(shown: Shown, item: Planned) -> tuple[str, str]:
    """Beginning and end of something; the day only once where it is the same."""
    start, end = shown.local(item.start), shown.local(item.end)
    return moment_of(shown, item.start), (
        f"{end:%H:%M}" if start.date() == end.date() else moment_of(shown, item.end)
    )


def nothing(shown: Shown) -> str:
    """What is said where nothing is planned."""
    return f"nothing is planned{'' if shown.days is None else f' in the next {shown.days} days'}"


def footing(shown: Shown) -> str:
    """Of which zone the times are, and of which moment the calendar."""
    return f"times in {shown.zone.key}, as of {moment_of(shown, shown.repository.now)}"


def trouble_lines(shown: Shown, *, colour: bool, width: int) -> Iterator[str]:
    """The conflicts in words, for the views that mark them, and the exceptions that keep others from being one."""
    if shown.conflicts:
        yield styled(f"{_count(len(shown.conflicts), 'conflict')}:", colour, bold=True)
    for conflict in shown.conflicts:
        severity = conflict.severity
        lines = wrapped(f"{severity}: {safe(conflict.message)}", width, "    ")
        head = lines[0].strip()
        rest = head.removeprefix(str(severity))
        yield f"  {styled(str(severity), colour, fg=COLOURS[severity], bold=True)}{rest}"
        yield from lines[1:]
    if shown.conflicts and shown.exceptions:
        yield ""
    if shown.exceptions:
        yield styled(f"{_count(len(shown.exceptions), 'exception')} from a freeze:", colour, bold=True)
    for one in shown.exceptions:
        first, *more = wrapped(safe(one.message), width, "    ")
        yield from (f"  {first.strip()}", *more)


def _count(number: int, of: str) -> str:
    return f"{number} {of}{'' if number == 1 else 's'}"
