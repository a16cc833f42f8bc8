"""Events of iCalendar: when each takes place, for how long, and how it comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from gitsm.importers.foreign.content_lines import Component, Lose, Property
from gitsm.importers.foreign.page import short_title
from gitsm.importers.foreign.rules import FIRST, LAST, CannotFollow, Rule, read_rule
from gitsm.importers.foreign.zones import Zone, Zones

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,5})W|(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?)", re.ASCII
)
_EARLIEST = 1900
"""Rules may have begun before the first day that a record may name; holidays often do."""
_MOST_DATES = 5_000
_DAY = timedelta(days=1)

Key = date | datetime
"""What tells an occurrence from the others of its series: its day, or its instant in UTC."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time: whole days with the last one included, or from one instant to another."""

    start: date | datetime
    end: date | datetime
    name: str = ""

    @property
    def is_whole_days(self) -> bool:
        """Whether it is made of whole days."""
        return not isinstance(self.start, datetime)

    @property
    def key(self) -> Key:
        """See `Key`."""
        return self.start.astimezone(UTC) if isinstance(self.start, datetime) else self.start

    @property
    def day(self) -> date:
        """The local day on which it begins."""
        return self.start.date() if isinstance(self.start, datetime) else self.start


@dataclass(frozen=True, slots=True)
class Event:
    """An event, alone or the first of a series."""

    number: int
    """The line on which it begins."""
    uid: str
    title: str
    start: datetime
    """By local clocks; midnight for whole days."""
    days: int
    """How many whole days it takes; 0 for one that has times."""
    length: timedelta
    zone: Zone
    rule: Rule | None
    added: tuple[Slot, ...]
    left_out: tuple[tuple[int, Key], ...]
    """Occurrences that are left out, each with the line that says so."""
    instead_of: Key | None
    """The occurrence of its series that it stands for."""
    and_later: bool
    cancelled: bool
    sequence: int

    def slot(self, local: datetime) -> Slot:
        """The occurrence that begins at a local time. Raises CannotFollow."""
        if self.days:
            first = local.date()
            return Slot(first, first + timedelta(days=self.days - 1), self.title)
        begins = self.zone.instant(local)
        return Slot(begins, self.zone.later(begins, self.length), self.title)

    def on(self, day: date) -> Slot:
        """The occurrence that begins on a local day. Raises CannotFollow."""
        return self.slot(datetime.combine(day, self.start.time()))


@dataclass(frozen=True, slots=True)
class _When:
    local: datetime
    is_day: bool
    zone: Zone

    def instant(self) -> datetime:
        return self.zone.instant(self.local)

    def key(self) -> Key:
        return self.local.date() if self.is_day else self.instant().astimezone(UTC)


class EventReader:
    """Reads the events of one file."""

    def __init__(self, zones: Zones, default: Zone, floats: Callable[[int], None], odd: Lose) -> None:
        """`floats` is told the line of each time that names no zone; it is one of `default`. `odd` is told the
        line of each that clocks skip or pass twice, and what it is taken for."""
        self._zones, self._default, self._floats, self._odd = zones, default, floats, odd

    def read(self, component: Component) -> Event:
        """The event of a component. Raises CannotFollow."""
        begins = component.first("DTSTART")
        if begins is None:
            raise CannotFollow("it does not say when it begins")
        rules = list(component.every("RRULE"))
        if len(rules) > 1:
            raise CannotFollow("it comes back by several rules")
        if component.first("EXRULE") is not None:
            raise CannotFollow("it is left out by a rule, and no record says that")
        when = self._when(begins, begins.value, earliest=_EARLIEST if rules else FIRST.year)
        days, length = self._length(component, when)
        replaced = component.first("RECURRENCE-ID")
        return Event(
            component.number,
            component.text("UID"),
            short_title(component.text("SUMMARY")) if component.text("SUMMARY").strip() else "",
            when.local,
            days,
            length,
            when.zone,
            read_rule(rules[0].value, when.local) if rules else None,
            tuple(self._added(component, days, length)),
            tuple(self._left_out(component)),
            self._when(replaced, replaced.value).key() if replaced is not None else None,
            replaced is not None and replaced.parameters.get("RANGE", "").upper() == "THISANDFUTURE",
            component.text("STATUS").strip().upper() == "CANCELLED",
            _sequence(component.text("SEQUENCE")),
        )

    def _when(self, of: Property, text: str, *, earliest: int = FIRST.year) -> _When:
        found = _TIME.fullmatch(text.strip())
        try:
            if found is None:
                raise ValueError
            year, month, day, *clock = (int(part or 0) for part in found.groups()[:6])
            # A leap second is the last one of its minute here.
            local = datetime(year, month, day, clock[0], clock[1], min(clock[2], 59))
        except ValueError:
            raise CannotFollow(f"line {of.number}: {of.name} {text[:40]!r} is no day or time") from None
        if not earliest <= local.year <= LAST.year:
            raise CannotFollow(
                f"line {of.number}: {of.name} is in the year {local.year}, and records know {FIRST.year} to {LAST.year}"
            )
        if found[4] is None:
            return _When(local, True, self._default)
        if found[7]:
            return _When(local, False, Zone("UTC"))
        name = of.parameters.get("TZID")
        if not name:
            self._floats(of.number)
        zone = self._zones.named(name) if name else self._default
        self._tell(of, local, zone)
        return _When(local, False, zone)

    def _tell(self, of: Property, local: datetime, zone: Zone, what: str = "") -> None:
        if odd := zone.oddity(local):
            self._odd(of.number, f"{what or of.name} {taken_for(local, odd, zone.instant(local))}")

    def _length(self, component: Component, begins: _When) -> tuple[int, timedelta]:
        """How many whole days an event takes, or how much time passes in it."""
        ends, lasts = component.first("DTEND"), component.first("DURATION")
        if ends is not None:
            end = self._when(ends, ends.value, earliest=_EARLIEST)
            if end.is_day != begins.is_day:
                raise CannotFollow("its beginning and its end are not both days or both times")
            days = (end.local.date() - begins.local.date()).days
            length = timedelta() if begins.is_day else end.instant() - begins.instant()
        elif lasts is not None:
            days, length = self._duration(lasts, begins)
        else:
            days, length = (1, timedelta()) if begins.is_day else (0, timedelta())
        if begins.is_day and days == 0:
            days = 1  # many programs write a day that ends when it begins
        if (days if begins.is_day else length / _DAY) < 0:
            raise CannotFollow("it ends before it begins")
        if not begins.is_day and not length:
            raise CannotFollow("it takes no time")
        if begins.local.year + days // 365 > LAST.year or length > timedelta(days=3650):
            raise CannotFollow("it takes more than ten years")
        return (days if begins.is_day else 0), length

    def _duration(self, of: Property, begins: _When) -> tuple[int, timedelta]:
        days, clock = _read_duration(of.value)
        if begins.is_day:
            if clock % _DAY:
                raise CannotFollow("it takes whole days and a part of one")
            return days + clock.days, timedelta()
        try:
            # Days and weeks are by the calendar, and what is less by the clock.
            end_of_days = begins.local + timedelta(days=days)
            if days:
                self._tell(of, end_of_days, begins.zone, "the end of its days")
            end = begins.zone.instant(end_of_days)
            return 0, end - begins.instant() + clock
        except OverflowError:
            raise CannotFollow("it takes more than ten years") from None

    def _added(self, component: Component, days: int, length: timedelta) -> Iterator[Slot]:
        for of, word in _words(component, "RDATE"):
            begins, _, rest = word.partition("/")
            when = self._when(of, begins)
            if when.is_day:
                first = when.local.date()
                yield Slot(first, first + timedelta(days=max(days, 1) - 1))
                continue
            start = when.instant()
            if not rest:
                end = when.zone.later(start, length or _DAY)
            elif "P" in rest.upper():
                more, clock = _read_duration(rest)
                end = when.zone.later(start, timedelta(days=more) + clock)
            else:
                end = self._when(of, rest).instant()
            if end <= start or end.year > LAST.year:
                raise CannotFollow(f"line {of.number}: RDATE {word[:60]!r} ends before it begins")
            yield Slot(start, end)

    def _left_out(self, component: Component) -> Iterator[tuple[int, Key]]:
        for of, word in _words(component, "EXDATE"):
            yield of.number, self._when(of, word, earliest=_EARLIEST).key()


def taken_for(local: datetime, odd: str, instant: datetime) -> str:
    """A local time that is no one instant, why not, and what it is taken for."""
    return f"{local:%Y-%m-%d %H:%M}, {odd}, is taken for {instant.isoformat(timespec='minutes')}"


def _words(component: Component, name: str) -> Iterator[tuple[Property, str]]:
    found = ((of, word) for of in component.every(name) for word in of.value.split(",") if word.strip())
    for count, pair in enumerate(found):
        if count == _MOST_DATES:
            raise CannotFollow(f"it has more than {_MOST_DATES:,} dates as {name}")
        yield pair


def _read_duration(text: str) -> tuple[int, timedelta]:
    """The days and the rest of a duration."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or not any(found.groups()[1:]):
        raise CannotFollow(f"its duration {text[:40]!r} can't be read")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    if found[1] == "-":
        raise CannotFollow("it ends before it begins")
    if weeks * 7 + days > 3650 or hours > 87_600:
        raise CannotFollow("it takes more than ten years")
    return weeks * 7 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _sequence(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII) else 0


def latest_of_each(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """The events without the older editions of any, and those editions."""
    newest: dict[tuple[str, Key | None], int] = {}
    known = list(events)
    for event in known:
        place = (event.uid, event.instead_of)
        newest[place] = max(newest.get(place, 0), event.sequence)
    current = [not event.uid or event.sequence == newest[event.uid, event.instead_of] for event in known]
    return (
        [event for event, is_current in zip(known, current, strict=True) if is_current],
        [event for event, is_current in zip(known, current, strict=True) if not is_current],
    )
