"""The calendar as iCalendar (RFC 5545), for the programs that people plan with.

There is a feed of everything, and one for each service, team, freeze and maintenance calendar. Times
are UTC, and what comes back is written out date by date: by the clock on the wall it comes at another
moment of UTC in summer than in winter, and no rule in UTC says that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from icalendar import Calendar as Written
from icalendar import Event

from gitsm.calendar import Planned, called_off, planned
from gitsm.change_control import ChangeState
from gitsm.concerning import Concerns
from gitsm.history import Unknown, history_of
from gitsm.records.calendar import Calendar
from gitsm.records.change import Change
from gitsm.repository import Record, Repository

ALL = "all.ics"
"""The path of the feed of everything."""
FOLDERS = {"service": "services", "team": "teams", "calendar": "calendars"}
"""The folders of the other feeds, by the kind of record that they are for."""
WITH_A_FEED = ("freeze", "maintenance")
"""The types of calendar that have a feed of their own."""

_DATED = re.compile(r"(\d{4}-\d\d-\d\d)-")
_END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar to subscribe to."""

    path: str
    """Where it stands among the others."""
    name: str
    items: tuple[Planned, ...]
    called_off: tuple[Planned, ...] = ()
    """What was planned, and taken out of its record since."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What is known of how often a record was edited."""

    count: int | None
    """How often after it was made, what is not committed yet included; None where the history is missing."""
    latest: datetime | None = None
    """When it was committed last, by the commit's own account."""


class Feeds:
    """The feeds of a repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._items = planned(repository)
        self._called_off = called_off(repository)
        self._concerns = [Concerns(repository, items) for items in (self._items, self._called_off)]
        self._events: dict[str, bytes] = {}
        self._edits: dict[str, Edits] = {}

    def all(self) -> Feed:
        """The feed of everything."""
        return Feed(ALL, "Changes, freezes and peaks", tuple(self._items), tuple(self._called_off))

    def of(self, record: Record[Any]) -> Feed:
        """The feed of a service, a team or a calendar: what concerns it, and what concerns everything."""
        items, off = (concerns.of(record.kind.name, record.id) for concerns in self._concerns)
        return Feed(path_of(record), record.title, items, off)

    def every(self) -> Iterator[Feed]:
        """Every feed that there is."""
        yield self.all()
        for record in with_a_feed(self._repository):
            yield self.of(record)

    def written(self, feed: Feed) -> bytes:
        """A feed as bytes, the same ones each time."""
        head = Written()
        head.add("prodid", "-//gitsm//calendar//EN")
        head.add("version", "2.0")
        head.add("method", "PUBLISH")
        head.add("x-wr-calname", plain(feed.name))
        empty: bytes = head.to_ical()
        events = [
            *(self._event(item, is_off=False) for item in feed.items),
            *(self._event(item, is_off=True) for item in feed.called_off),
        ]
        return empty.removesuffix(_END) + b"".join(events) + _END

    def files(self) -> Mapping[str, bytes]:
        """Every feed as bytes, by its path."""
        return {feed.path: self.written(feed) for feed in self.every()}

    def lacks_history(self) -> bool:
        """Whether the history is missing that tells how often records were edited."""
        return any(self._edits_of(item).count is None for item in self._items)

    def _event(self, item: Planned, *, is_off: bool) -> bytes:
        # Most events stand in several feeds, and the library takes its time for each.
        key = uid(item)
        if key not in self._events:
            status = "CANCELLED" if is_off else _status(item.state)
            written: bytes = _event(item, self._edits_of(item), status).to_ical()
            self._events[key] = written
        return self._events[key]

    def _edits_of(self, item: Planned) -> Edits:
        """What is known of the edits of all records that say when something is."""
        if item.named is None:
            return self._known_edits(item.record)
        both = [self._known_edits(record) for record in (item.record, item.named)]
        counts = [edits.count for edits in both if edits.count is not None]
        return Edits(
            sum(counts) if len(counts) == len(both) else None,
            max((edits.latest for edits in both if edits.latest is not None), default=None),
        )

    def _known_edits(self, record: Record[Any]) -> Edits:
        if record.file not in self._edits:
            self._edits[record.file] = edits_of(self._repository, record)
        return self._edits[record.file]


def with_a_feed(repository: Repository) -> Iterator[Record[Any]]:
    """The services, teams and calendars that have a feed of their own."""
    for kind in FOLDERS:
        yield from filter(has_a_feed, repository.all(kind))


def path_of(record: Record[Any]) -> str:
    """Where the feed of a service, a team or a calendar stands among all feeds."""
    return f"{FOLDERS[record.kind.name]}/{record.id}.ics"


def has_a_feed(record: Record[Any]) -> bool:
    """Whether a record has a feed of its own."""
    if record.kind.name not in FOLDERS or record.checked is None:
        return False
    return not isinstance(record.fields, Calendar) or record.fields.type in WITH_A_FEED


def edits_of(repository: Repository, record: Record[Any]) -> Edits:
    """How often a record was edited: each commit of the first-parent history that touched its file counts.

    Without Git nothing was edited yet. In a shallow clone it is not known: what it still knows of
    would grow smaller as time goes on, and a program takes a smaller number for an older edition.
    """
    history = history_of(repository)
    if history is None:
        return Edits(0)
    versions = history.versions(record)
    known = [version for version in versions if not isinstance(version, Unknown)]
    latest = known[0].time if known else None
    if len(known) < len(versions):
        return Edits(None, latest)
    return Edits(max(len(known) - history.is_committed(record), 0), latest)


def _event(item: Planned, edits: Edits, status: str) -> Event:
    event = Event()
    event.add("uid", uid(item))
    event.add("dtstamp", edits.latest.astimezone(UTC) if edits.latest else _stamp(item))
    if edits.count is not None:
        event.add("sequence", edits.count)
    event.add("dtstart", item.start)
    event.add("dtend", item.end)
    event.add("summary", plain(item.title if item.what == "change" else f"{item.what}: {item.title}"))
    event.add("description", plain("\n".join(_description(item))))
    event.add("categories", [item.what])
    event.add("status", status)
    # What is not done by anybody keeps nobody busy.
    event.add("transp", "OPAQUE" if item.what == "change" else "TRANSPARENT")
    return event


def uid(item: Planned) -> str:
    """What tells an event from all others: its record, and the name or the place that its stretch has there."""
    # No id has a dot in it, so that no two records can claim one event.
    key = f".{item.key}" if item.key else ""
    return f"{item.record.kind.name}-{item.record.id.replace('/', '-')}{key}@gitsm"


def _description(item: Planned) -> Iterator[str]:
    yield f"{item.record.kind.title}: {item.record.id}"
    if item.services is None:
        yield "Services: all"
    elif item.services:
        yield f"Services: {', '.join(item.services)}"
    fields = item.record.fields
    if isinstance(fields, Change) and fields.team is not None:
        yield f"Team: {fields.team}"
    if isinstance(fields, Change) and fields.outage is not None:
        yield f"Outage: {fields.outage}"
    if isinstance(fields, Calendar) and fields.reason is not None:
        yield f"Reason: {fields.reason}"


def _status(state: ChangeState | None) -> str:
    # Of the states only those that time alone does not bring: else a feed would differ from day to day.
    if state is ChangeState.CANCELED:
        return "CANCELLED"
    return "TENTATIVE" if state in (ChangeState.ASSESS, ChangeState.UNKNOWN) else "CONFIRMED"


def _stamp(item: Planned) -> datetime:
    # DTSTAMP must not come from the clock, or two runs would differ. Where no commit says when a record
    # was edited, the day that the change was proposed stands in its id, and what has no such day is
    # stamped with its own beginning.
    dated = _DATED.match(item.record.id)
    try:
        day = datetime.fromisoformat(dated.group(1)).date() if dated else None
    except ValueError:
        day = None
    return datetime.combine(day, time(), UTC) if day else item.start


def plain(text: str) -> str:
    """A text without what no calendar may hold: the library escapes what the format needs, and control
    characters have no escape in it. What some programs take for the end of a line is a space."""
    return "".join(map(_harmless, text))


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if char == "\n" or category[0] not in "CZ":
        return char
    return "" if category[0] == "C" else " " if category != "Zs" else char


def export(repository: Repository) -> Mapping[str, bytes]:
    """Calendar feeds to subscribe to: one of everything, and one for each service, team and freeze."""
    return Feeds(repository).files()


def remarks(repository: Repository) -> Iterable[str]:
    """What whoever writes feeds should know about them."""
    if Feeds(repository).lacks_history():
        yield MISSING_HISTORY


MISSING_HISTORY = (
    "the clone is shallow: how often records were edited is not known, and their events have no SEQUENCE;"
    " `git fetch --unshallow` brings the history"
)
"""What is said where numbers of edits can't be told."""
