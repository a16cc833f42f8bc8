"""Turn calendars of other people (iCalendar) into calendars of maintenance, holidays or freezes.

What comes back by a rule that a record can say becomes a recurrence, any other rule the dates on which
it comes this year and next. Events that were cancelled are left out.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from gitsm.diagnostic import Diagnostic
from gitsm.importers import Imported, Notes, Option
from gitsm.importers.foreign.content_lines import Component, Unreadable, components
from gitsm.importers.foreign.events import Event, EventReader, Slot, latest_of_each
from gitsm.importers.foreign.ids import distinct, shortened, slug
from gitsm.importers.foreign.page import objections, short_title
from gitsm.importers.foreign.rules import Budget, CannotFollow
from gitsm.importers.foreign.series import Horizon, Series, dates_of
from gitsm.importers.foreign.zones import Zone, Zones
from gitsm.records import KINDS
from gitsm.schema.values import read_day
from gitsm.source import MAX_BYTES as MAX_RECORD
from gitsm.source import Value
from gitsm.tree import Tree
from gitsm.writing import Unwritable, yaml_text

TYPES = ("maintenance", "holidays", "freeze")
OPTIONS = (
    Option("type", "What the calendars are.", default="maintenance", choices=TYPES),
    Option("service", "The service that they are about; without it they are about all of them."),
    Option(
        "timezone",
        "The zone of whole days and of times that name none; by default the policy's.",
        form="timezone",
    ),
    Option("as-of", "The day from whose year on rules are followed; by default today.", form="day"),
)
TAKES_A_FILE = True

MAX_BYTES = 16 * 1024 * 1024
"""A larger file is not read."""
MAX_EVENTS = 10_000
"""Of more events than these the rest is left out."""
MAX_DATES = 1_000
"""As many dates stand in one record; of more, each year gets its own, or each month."""
MAX_FOLLOWED = 20_000
"""As many dates are carried of one file's events that come back by rules that no record can say."""
_MOST_LOSSES = 1_000
_MOST_PROPERTIES = 50
_BUDGET = 3_000_000
_ENDINGS = (".ics", ".ical", ".icalendar")
_CARRIED = {
    *("DTSTART", "DTEND", "DURATION", "SUMMARY", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"),
    *("UID", "SEQUENCE", "DTSTAMP", "CREATED", "LAST-MODIFIED", "TRANSP", "CLASS", "PRIORITY"),
}
"""What is carried, or says nothing that a record could."""


def convert(
    folder: Tree,
    *,
    type: str = "maintenance",
    service: str = "",
    timezone: str = "UTC",
    as_of: str = "2026-01-01",
) -> Imported:
    """The calendars that the events of a folder's files make."""
    notes = Notes(folder)
    reading = _Reading(notes, type, service, timezone or "UTC", Horizon.of(read_day(as_of)))
    drafts: list[_Draft] = []
    for file, content in folder.read_many(list(_calendars(folder, notes)), limit=MAX_BYTES):
        if isinstance(content, Diagnostic):
            notes.lose(file, content.message)
        else:
            drafts.extend(reading.drafts(file, content))
    return notes.imported(_written(drafts, notes))


def _calendars(folder: Tree, notes: Notes) -> Iterator[str]:
    alone = len(folder.files) == 1
    for file in folder.files:
        if alone or file.lower().endswith(_ENDINGS):
            yield file
        else:
            notes.lose(file, "its name does not end in .ics")


@dataclass(frozen=True, slots=True)
class _Draft:
    """A calendar to be written, and the ids that it may have, best first."""

    file: str
    candidates: list[str]
    data: dict[str, Value]


class _Losses:
    """What is not carried of one file, told by its lines; no more than anybody would read."""

    def __init__(self, file: str, notes: Notes) -> None:
        self._file, self._notes = file, notes
        self._lines: set[tuple[int, str]] = set()
        self._more = 0

    def __call__(self, number: int, reason: str) -> None:
        """Something on a line is not carried."""
        if len(self._lines) < _MOST_LOSSES:
            self._lines.add((number, reason))
        else:
            self._more += 1

    def done(self) -> None:
        """Tell it all."""
        for number, reason in sorted(self._lines):
            self._notes.lose(self._file, short_title(f"line {number}: {reason}"))
        if self._more:
            self._notes.lose(self._file, f"{self._more:,} more lines or events were left out")


@dataclass
class _Reading:
    """Reads files as one type of calendar."""

    notes: Notes
    type: str
    service: str
    timezone: str
    horizon: Horizon
    floating: list[int] = field(default_factory=list)
    followed: int = 0
    """How many dates were carried of events of this file that come back."""

    def drafts(self, file: str, content: bytes) -> list[_Draft]:
        """The calendars that a file makes."""
        lose = _Losses(file, self.notes)
        try:
            top = components(content, lose)
        except Unreadable as error:
            self.notes.lose(file, f"{error}; `iconv -f windows-1252 -t utf-8` may help")
            return []
        calendars = [each for each in top if each.name == "VCALENDAR"]
        if not calendars:
            self.notes.lose(file, "it holds no calendar, which begins with BEGIN:VCALENDAR")
            return []
        if other := next((text for each in calendars if (text := _other_scale(each))), None):
            self.notes.lose(file, f"its days are of the calendar {other}, and not of the Gregorian one")
            return []
        found = list(self._drafts(file, calendars, lose))
        lose.done()
        return found

    def _drafts(self, file: str, calendars: Sequence[Component], lose: _Losses) -> Iterator[_Draft]:
        name = _name(calendars, file)
        parts = [part for calendar in calendars for part in calendar.parts]
        self.floating.clear()
        self.followed = 0
        budget = Budget(_BUDGET)
        definitions = {part.text("TZID"): part for part in parts if part.name == "VTIMEZONE"}
        reader = EventReader(Zones(definitions, budget), Zone(self.timezone), self.floating.append, lose)
        events = list(self._events(parts, reader, lose))
        _lose_properties(parts, lose)
        alone, series = _by_series(events, lose)
        if self.floating:
            count = len(self.floating)
            lose(
                self.floating[0],
                f"{count} time{' that names' if count == 1 else 's that name'} no zone"
                f" {'is' if count == 1 else 'are'} taken for {self.timezone}; --timezone names another",
            )
        slots = list(_slots(alone, lose))
        if (alone or series) and self.type == "freeze":
            self.notes.lose(file, "nothing says how hard a freeze is; each is taken for a hard one")
        if (alone or series) and self.type != "holidays" and not self.service:
            self.notes.lose(
                file, "nothing says whom it is about, and without --service that is every service"
            )
        if self.type == "holidays":
            for one in series:
                if one.event.days:
                    slots.extend(self._followed(one, budget, lose))
                else:
                    lose(one.event.number, f"{_title(one.event)} has times, and a holiday is a whole day")
            yield from self._holidays(file, name, slots, alone, lose)
            return
        for part, some in _parts(slots, lose).items():
            data: dict[str, Value] = {"dates": dates_of(some, name)}
            yield self._draft(file, name, [f"{slug(name)}{part}"], self.timezone, data)
        for one in series:
            yield from self._of_series(file, name, one, budget, lose)

    def _events(self, parts: Iterable[Component], reader: EventReader, lose: _Losses) -> Iterator[Event]:
        count = 0
        for part in parts:
            if part.name != "VEVENT":
                if part.name != "VTIMEZONE":
                    lose(part.number, f"a {part.name} is no event")
                continue
            count += 1
            if count > MAX_EVENTS:
                continue
            title = short_title(part.text("SUMMARY")) or "an event without a title"
            try:
                event = reader.read(part)
            except CannotFollow as error:
                lose(part.number, f"{title} is left out: {error}")
                continue
            if part.text("STATUS").strip().upper() == "TENTATIVE":
                lose(part.number, f"{title} is tentative, and is carried like the others")
            yield event
        if count > MAX_EVENTS:
            lose(1, f"{count - MAX_EVENTS:,} events beyond the first {MAX_EVENTS:,} are left out")

    def _followed(self, series: Series, budget: Budget, lose: _Losses) -> list[Slot]:
        try:
            found = list(series.slots(self.horizon, budget, lose))
            self.followed += len(found)
            if self.followed > MAX_FOLLOWED:
                raise CannotFollow(f"more than {MAX_FOLLOWED:,} dates come of the rules of this file")
        except CannotFollow as error:
            lose(series.event.number, f"{_title(series.event)} is left out: {error}")
            return []
        many = f"is carried as {len(found):,} date{'' if len(found) == 1 else 's'}" if found else "has none"
        within = f"from {self.horizon.first} to {self.horizon.last}"
        lose(series.event.number, f"{_title(series.event)} comes back, and {many} {within}")
        return found

    def _of_series(
        self, file: str, name: str, series: Series, budget: Budget, lose: _Losses
    ) -> Iterator[_Draft]:
        title = series.event.title or name
        zone = series.event.zone.name if not series.event.days else None
        try:
            data = series.recurrence(self.horizon, zone or self.timezone, budget, lose)
        except CannotFollow as error:
            lose(series.event.number, f"{_title(series.event)} is left out: {error}")
            return
        if data is None:
            found = self._followed(series, budget, lose)[:MAX_DATES]
            if not found:
                return
            data = {"dates": dates_of(found, title)}
        candidates = [slug(title), shortened(f"{slug(name)}-{slug(title)}")]
        yield self._draft(file, title, candidates, zone or self.timezone, data)

    def _holidays(
        self, file: str, name: str, slots: Iterable[Slot], alone: Iterable[Event], lose: _Losses
    ) -> Iterator[_Draft]:
        lines = {(event.title, event.start.date()): event.number for event in alone}
        days: set[date] = set()
        named = 0
        for slot in slots:
            if not slot.is_whole_days:
                number = lines.get((slot.name, slot.day), 1)
                lose(number, f"{slot.name or 'an event'} has times, and a holiday is a whole day")
                continue
            end = min(slot.end, date.fromordinal(slot.day.toordinal() + 366))
            days.update(date.fromordinal(n) for n in range(slot.day.toordinal(), end.toordinal() + 1))
            named += bool(slot.name)
        if named:
            self.notes.lose(file, f"the names of {named:,} holidays: a day off has none")
        if days:
            plus: list[Value] = [day.isoformat() for day in sorted(days)]
            yield self._draft(file, name, [slug(name)], self.timezone, {"holidays": {"plus": plus}})

    def _draft(
        self, file: str, title: str, candidates: list[str], zone: str, data: dict[str, Value]
    ) -> _Draft:
        whole: dict[str, Value] = {"name": title, "type": self.type, "timezone": zone}
        if self.type == "freeze":
            whole["freeze"] = "hard"
        whole.update(data)
        if self.type != "holidays" and self.service:
            whole["scope"] = {"services": [self.service]}
        whole["labels"] = {"imported-from": file[-200:]}
        return _Draft(file, candidates, whole)


def _other_scale(calendar: Component) -> str:
    scale = calendar.text("CALSCALE").strip().upper()
    return "" if scale in ("", "GREGORIAN") else short_title(scale)[:40]


def _name(calendars: Iterable[Component], file: str) -> str:
    named = (calendar.text(key) for calendar in calendars for key in ("NAME", "X-WR-CALNAME"))
    stem = posixpath.splitext(posixpath.basename(file))[0]
    return short_title(next((name for name in named if name.strip()), "")) or short_title(stem) or "calendar"


def _title(event: Event) -> str:
    return event.title or "an event without a title"


def _lose_properties(parts: Iterable[Component], lose: _Losses) -> None:
    """Say what events tell that no calendar of ours has a field for, each property once."""
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for part in parts:
        if part.name != "VEVENT":
            continue
        told = {each.name: each.number for each in part.parts}
        told |= {each.name: each.number for each in reversed(part.properties)}
        for name in told.keys() - _CARRIED:
            counts[name] += 1
            first.setdefault(name, told[name])
    for name in sorted(counts, key=lambda name: first[name])[:_MOST_PROPERTIES]:
        events = "1 event" if counts[name] == 1 else f"{counts[name]:,} events"
        lose(first[name], f"{name} of {events} is not carried")


def _by_series(events: Iterable[Event], lose: _Losses) -> tuple[list[Event], list[Series]]:
    """Events that come once, and those that come back with what was said of single occurrences."""
    current, older = latest_of_each(events)
    for event in older:
        lose(event.number, f"{_title(event)} is an older edition of an event of this file")
    series = {
        event.uid: Series(event) for event in current if event.instead_of is None and _comes_back(event)
    }
    alone: list[Event] = []
    for event in current:
        if event.instead_of is None and _comes_back(event):
            if not event.uid:
                series[f"line {event.number}"] = Series(event)
        elif event.instead_of is not None and event.uid in series:
            series[event.uid].replaced.append(event)
        else:
            alone.append(event)
    series.pop("", None)
    for event in [event for event in alone if event.cancelled] + [
        one.event for one in series.values() if one.event.cancelled
    ]:
        lose(event.number, f"{_title(event)} is cancelled, and left out")
    return (
        [event for event in alone if not event.cancelled],
        [one for one in series.values() if not one.event.cancelled],
    )


def _slots(events: Iterable[Event], lose: _Losses) -> Iterator[Slot]:
    for event in events:
        try:
            yield event.slot(event.start)
        except CannotFollow as error:
            lose(event.number, f"{_title(event)} is left out: {error}")


def _comes_back(event: Event) -> bool:
    return event.rule is not None or bool(event.added)


def _parts(slots: Sequence[Slot], lose: _Losses) -> dict[str, list[Slot]]:
    """The slots of each record: all of them, or those of a year or a month where one could not hold them."""
    if not slots:
        return {}
    if len(slots) <= MAX_DATES:
        return {"": [*slots]}
    found: dict[str, list[Slot]] = {}
    for year, some in _grouped(slots, 4).items():
        found.update({f"-{year}": some} if len(some) <= MAX_DATES else _of_months(some, lose))
    return found


def _of_months(slots: Iterable[Slot], lose: _Losses) -> dict[str, list[Slot]]:
    found = {}
    for month, some in _grouped(slots, 7).items():
        if len(some) > MAX_DATES:
            lose(1, f"{len(some) - MAX_DATES:,} of the {len(some):,} events of {month} are left out")
        found[f"-{month}"] = some[:MAX_DATES]
    return found


def _grouped(slots: Iterable[Slot], letters: int) -> dict[str, list[Slot]]:
    found: dict[str, list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: (slot.day, slot.name)):
        found[slot.day.isoformat()[:letters]].append(slot)
    return found


def _written(drafts: Sequence[_Draft], notes: Notes) -> dict[str, str | bytes]:
    ids = distinct({str(number): draft.candidates for number, draft in enumerate(drafts)})
    files: dict[str, str | bytes] = {}
    for number, draft in enumerate(drafts):
        id = ids[str(number)]
        path = KINDS["calendar"].path_of(id)
        try:
            text = yaml_text(draft.data)
        except Unwritable as error:
            notes.lose(draft.file, f"{draft.data['name']} is left out: {error}")
            continue
        if len(text.encode()) > MAX_RECORD:
            notes.lose(draft.file, f"{draft.data['name']} is left out: its record would be too large")
            continue
        files[path] = text
        notes.remark(draft.file, f"becomes the calendar {id}")
        for objection in objections(path, text):
            notes.lose(draft.file, objection)
    return files
