"""The time zones that calendars name: those of the IANA database, Windows' names, and zones of a file's own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from gitsm.importers.foreign.content_lines import Component
from gitsm.importers.foreign.rules import Budget, CannotFollow, days, read_rule
from gitsm.schema.values import timezones

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)
_LOCAL = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?", re.ASCII)
_MOST_OBSERVANCES = 500


@dataclass(frozen=True)
class Zone:
    """What a local time means: by a zone of the IANA database, or by the rules that a file gives."""

    name: str | None
    """Its name in the IANA database; None for a zone of the file's own."""
    own: OwnZone | None = None

    def instant(self, local: datetime) -> datetime:
        """The instant that a local time names: where clocks skip it, by the offset from before; where
        they pass it twice, the first. So the standard has it. Raises CannotFollow."""
        if self.own is not None:
            return local.replace(tzinfo=self.own.offset(local))
        return _fixed(local.replace(tzinfo=ZoneInfo(self.name or "UTC")))

    def oddity(self, local: datetime) -> str:
        """Why a local time names no one instant, in words; empty where it names one. Raises CannotFollow."""
        if self.own is not None:
            return self.own.oddity(local)
        zone = ZoneInfo(self.name or "UTC")
        first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
        assert first is not None
        assert second is not None
        # PEP 495: the offsets of the two folds differ in a gap and in a repetition; only a gap shrinks.
        return "" if first == second else _odd(self.name or "UTC", skipped=first < second)

    def later(self, start: datetime, length: timedelta) -> datetime:
        """The instant that lies a length of time after another, as clocks show it then."""
        end = start.astimezone(UTC) + length
        if self.own is not None:
            return end.astimezone(start.tzinfo)
        return _fixed(end.astimezone(ZoneInfo(self.name or "UTC")))


def _odd(zone: str, *, skipped: bool) -> str:
    return f"which clocks of {zone} {'skip' if skipped else 'pass twice'}"


def _fixed(moment: datetime) -> datetime:
    # Python takes two times of one zone apart by what clocks show; with a fixed offset time passes as it does.
    return moment.replace(tzinfo=timezone(moment.utcoffset() or timedelta()), fold=0)


@dataclass(frozen=True, slots=True)
class _Observance:
    begins: datetime
    before: timedelta
    after: timedelta
    rule: str | None
    dates: tuple[datetime, ...]


class OwnZone:
    """A zone by the rules of a VTIMEZONE."""

    def __init__(self, component: Component, budget: Budget) -> None:
        """Raises CannotFollow where the rules can't be read."""
        self._budget = budget
        self._observances = [
            _observance(part)
            for part in component.parts[:_MOST_OBSERVANCES]
            if part.name in ("STANDARD", "DAYLIGHT")
        ]
        if not self._observances:
            raise CannotFollow("its time zone has no rules")
        self._by_year: dict[int, list[tuple[datetime, timedelta, timedelta]]] = {}

    def offset(self, local: datetime) -> timezone:
        """The distance from UTC of a local time. Raises CannotFollow."""
        onsets = self._onsets(local.year)
        place = bisect_right(onsets, local, key=lambda onset: onset[0])
        if place:
            return timezone(onsets[place - 1][1])
        return timezone(min(self._observances, key=lambda each: each.begins).before)

    def oddity(self, local: datetime) -> str:
        """Why a local time names no one instant, in words; empty where it names one. Raises CannotFollow."""
        onsets = self._onsets(local.year)
        place = bisect_right(onsets, local, key=lambda onset: onset[0])
        if place == len(onsets):
            return ""
        certain, after, before = onsets[place]
        is_odd = certain - abs(after - before) <= local and after != before
        return _odd("its own zone", skipped=before < after) if is_odd else ""

    def _onsets(self, year: int) -> list[tuple[datetime, timedelta, timedelta]]:
        """From which local time on which offset holds for certain, and which one held before."""
        if year not in self._by_year:
            found: list[tuple[datetime, timedelta, timedelta]] = []
            for each in self._observances:
                # From this local time on the new offset holds for certain: a time that is skipped has
                # the offset from before, and of one that comes twice the first is meant.
                later = max(each.after - each.before, timedelta())
                found.extend((onset + later, each.after, each.before) for onset in self._of(each, year))
            self._by_year[year] = sorted(found)
        return self._by_year[year]

    def _of(self, each: _Observance, year: int) -> list[datetime]:
        """When an observance begins, as far as it matters in a year."""
        self._budget.spend(len(each.dates))
        known = [onset for onset in (each.begins, *each.dates) if onset.year <= year]
        if each.rule is None or each.begins.year > year:
            return known
        rule = read_rule(each.rule, each.begins)
        last = rule.until.year if rule.until is not None else year
        first = date(max(min(last, year) - 1, 1), 1, 1)
        for day in days(rule, each.begins.date(), first, date(year, 12, 31), self._budget):
            onset = datetime.combine(day, each.begins.time())
            if rule.until is None or not _is_over(onset, each.before, rule.until):
                known.append(onset)
        return known


def _is_over(onset: datetime, offset: timedelta, until: date | datetime) -> bool:
    if not isinstance(until, datetime):
        return onset.date() > until
    if until.tzinfo is None:
        return onset > until
    return onset.replace(tzinfo=UTC) - offset > until


def _observance(part: Component) -> _Observance:
    rules = [each.value for each in part.every("RRULE")]
    if len(rules) > 1:
        raise CannotFollow("its time zone has several rules for one change of clocks")
    dates = [word for each in part.every("RDATE") for word in each.value.split(",")]
    return _Observance(
        _local(part.text("DTSTART")),
        _offset(part.text("TZOFFSETFROM")),
        _offset(part.text("TZOFFSETTO")),
        rules[0] if rules else None,
        tuple(_local(word) for word in dates),
    )


def _local(text: str) -> datetime:
    found = _LOCAL.fullmatch(text.strip())
    try:
        if found is not None:
            return datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        pass
    raise CannotFollow("the rules of its time zone can't be read")


def _offset(text: str) -> timedelta:
    found = _OFFSET.fullmatch(text.strip())
    if found is None or int(found[2]) > 23 or int(found[3]) > 59 or int(found[4] or 0) > 59:
        raise CannotFollow("the rules of its time zone can't be read")
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -size if found[1] == "-" else size


class Zones:
    """The zones of one file, by the names that it gives them."""

    def __init__(self, definitions: Mapping[str, Component], budget: Budget) -> None:
        self._definitions = definitions
        self._budget = budget
        self._known: dict[str, Zone] = {}

    def named(self, name: str) -> Zone:
        """The zone of a TZID. Raises CannotFollow where it is none."""
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> Zone:
        definition = self._definitions.get(name)
        there = definition.text("X-LIC-LOCATION") if definition is not None else ""
        for candidate in (name, there):
            found = iana_name(candidate)
            if found is not None:
                return Zone(found)
        if definition is None:
            raise CannotFollow(f"its time zone, {name[:60]}, is not known, and the file does not define it")
        return Zone(None, OwnZone(definition, self._budget))


def iana_name(name: str) -> str | None:
    """The name in the IANA database of a zone that calendars name: as it is, below a maker's prefix
    (`/example.com/2026/Europe/Vienna`), or as Windows calls it."""
    name = name.strip().strip('"')
    if name in timezones():
        return name
    parts = name.strip("/").split("/")
    for count in (3, 2, 1):
        tail = "/".join(parts[-count:])
        if count < len(parts) and tail in timezones():
            return tail
    folded = {zone.casefold(): zone for zone in timezones()}.get(name.casefold())
    return folded or _of_windows(name)


def _of_windows(name: str) -> str | None:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # slow to import

    found = WINDOWS_TO_OLSON.get(name)
    return found if found in timezones() else None
