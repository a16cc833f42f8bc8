"""An event that comes back: as the recurrence of a record where that says the same, else as dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from gitsm.importers.foreign.content_lines import Lose
from gitsm.importers.foreign.events import Event, Key, Slot, taken_for
from gitsm.importers.foreign.rules import FIRST, LAST, Budget, Rule, as_recurrence, days, last_of_plain
from gitsm.records.calendar import Recurrence
from gitsm.recurrence import days as days_of
from gitsm.recurrence import occurrences
from gitsm.source import Value

_DAY = timedelta(days=1)
_COMPARED = timedelta(days=3653)
_LOOKED_AT = 40
"""Of how many occurrences the hours are compared as well as the days."""


class Horizon(NamedTuple):
    """The days inside which a rule is followed that no record can say."""

    first: date
    last: date

    @classmethod
    def of(cls, today: date) -> Horizon:
        """The year of a day and the next: whoever imports again within it gets the same."""
        return cls(date(today.year, 1, 1), date(min(today.year + 1, LAST.year), 12, 31))


@dataclass
class Series:
    """An event that comes back, and what was said of single occurrences."""

    event: Event
    replaced: list[Event] = field(default_factory=list)

    def slots(self, horizon: Horizon, budget: Budget, lose: Lose) -> Iterator[Slot]:
        """Each occurrence in a stretch of days, and where single ones were moved to. Raises CannotFollow."""
        event = self.event
        gone = {key for _, key in event.left_out}
        found: dict[Key, Slot] = {}
        for day in self._days(horizon.first, horizon.last, budget):
            self._tell(day, lose)
            slot = event.on(day)
            found[slot.key] = slot
        begun = [event.slot(event.start)] if event.rule is None else []
        for added in (*begun, *event.added):
            if horizon.first <= added.day <= horizon.last:
                found.setdefault(added.key, Slot(added.start, added.end, event.title))
        for other in self._replaced(lose):
            gone.add(other.instead_of or other.start)
        kept = [slot for key, slot in found.items() if key not in gone and slot.day not in gone]
        moved = [other.slot(other.start) for other in self.replaced if not other.cancelled]
        yield from sorted([*kept, *moved], key=lambda slot: (slot.day, str(slot.start)))

    def recurrence(
        self, horizon: Horizon, timezone: str, budget: Budget, lose: Lose
    ) -> dict[str, Value] | None:
        """The fields of a record that say when the event comes; None where they can't. Raises CannotFollow."""
        event, rule = self.event, self.event.rule
        if (
            rule is None
            or event.zone.own is not None
            or event.start.second
            or event.length % timedelta(minutes=1)
        ):
            return None
        begins = event.start.date()
        comes = as_recurrence(rule, begins)
        first = next(self._days(max(begins, FIRST), LAST, budget), None)
        if comes is None or first is None:
            return None
        comes |= self._bounds(first, budget)
        if not event.days:
            comes |= {"starts": f"{event.start:%H:%M}", "takes": _takes(event.length)}
        elif event.days > 1:
            comes["takes"] = f"{event.days * 24} h"
        if not self._says_the_same(comes, first, horizon, timezone, budget, lose):
            return None
        if first > begins >= FIRST:
            lose(
                event.number,
                f"{event.title or 'an event'} begins on {begins}, which its own rule does not name",
            )
        left_out, moved = self._exceptions(comes, first, timezone, lose)
        if left_out:
            comes["except"] = [day.isoformat() for day in sorted(left_out)]
        besides, dates = self._besides(timezone)
        if besides:
            comes["besides"] = [day.isoformat() for day in sorted(besides)]
        found: dict[str, Value] = {"recurrence": comes}
        if dates or moved:
            found["dates"] = dates_of([*dates, *moved], event.title)
        return found

    # --- the rule

    def _days(self, first: date, last: date, budget: Budget) -> Iterator[date]:
        """The local days on which the rule has an occurrence begin, its end respected."""
        event, rule = self.event, self.event.rule
        if rule is None:
            return
        last = min(last, _last_day(rule, last))
        for day in days(rule, event.start.date(), first, last, budget):
            if not _is_over(event, rule, day):
                yield day

    def _bounds(self, first: date, budget: Budget) -> dict[str, Value]:
        rule = self.event.rule
        assert rule is not None
        found: dict[str, Value] = {"from": first.isoformat()}
        if rule.count is not None:
            last_day = last_of_plain(rule, self.event.start.date())
            if last_day is None:
                last_day = [*self._days(FIRST, LAST, budget)][-1]
            if last_day < LAST - 400 * _DAY:
                found["until"] = last_day.isoformat()
        elif rule.until is not None and (last := _last_day(rule, LAST)) < LAST:
            while _is_over(self.event, rule, last):
                last -= _DAY
            found["until"] = last.isoformat()
        return found

    def _says_the_same(
        self,
        comes: dict[str, Value],
        first: date,
        horizon: Horizon,
        timezone: str,
        budget: Budget,
        lose: Lose,
    ) -> bool:
        """Whether a recurrence comes when the rule does: compared over years, and never taken for granted."""
        event = self.event
        ours = Recurrence.model_validate(comes)
        start = max(first, horizon.last - _COMPARED)
        budget.spend((horizon.last - start).days)
        theirs = [*self._days(start, horizon.last, budget)]
        if theirs != days_of(ours, start, horizon.last):
            return False
        # Hours differ where clocks change, which is told of each day; of other days a few are enough.
        within = theirs if event.days else [day for day in theirs if day >= horizon.first]
        for number, day in enumerate(within):
            odd = self._oddity(day)
            if not odd and not event.days and number >= _LOOKED_AT:
                continue
            slot, when = event.on(day), dict(occurrences(ours, day, day, timezone)).get(day)
            if odd:
                self._tell(day, lose, when.start if when is not None else None)
            elif isinstance(slot.start, datetime) and isinstance(slot.end, datetime):
                if when is None or (slot.start, slot.end) != (when.start, when.end):
                    return False
            elif event.days > 1 and (when is None or when.end != _midnight_after(slot.end, timezone)):
                return False
        return True

    def _oddity(self, day: date) -> str:
        """Why the time of an occurrence is no one instant, in words; empty where it is."""
        event = self.event
        return "" if event.days else event.zone.oddity(datetime.combine(day, event.start.time()))

    def _tell(self, day: date, lose: Lose, here: datetime | None = None) -> None:
        """Tell of an occurrence whose time clocks skip or pass twice, if it is one.

        `here` is when a record has it begin, where that is known.
        """
        event, odd = self.event, self._oddity(day)
        local = datetime.combine(day, event.start.time())
        if odd and (local != event.start or here is not None):  # of its first time it was told already
            begins = event.zone.instant(local) if here is None else event.zone.later(here, timedelta())
            lose(event.number, f"{event.title or 'an event'} on {taken_for(local, odd, begins)}")

    # --- single occurrences

    def _replaced(self, lose: Lose) -> Iterator[Event]:
        for other in self.replaced:
            title = other.title or "an event"
            if other.and_later:
                lose(other.number, f"{title} is another from then on; only that one occurrence is changed")
            if other.cancelled:
                lose(other.number, f"{title} is cancelled on {_words(other.instead_of)}, and left out there")
            yield other

    def _exceptions(
        self, comes: dict[str, Value], first: date, timezone: str, lose: Lose
    ) -> tuple[set[date], list[Slot]]:
        ours = Recurrence.model_validate(comes)
        left_out: set[date] = set()
        others = [(other.number, other.instead_of) for other in self._replaced(lose)]
        for number, key in [*self.event.left_out, *others]:
            day = self._day_of(key, timezone)
            if day is None or not days_of(ours, day, day):
                lose(number, f"{_words(key)} is left out or moved, and it does not come then")
            else:
                left_out.add(day)
        moved = [other.slot(other.start) for other in self.replaced if not other.cancelled]
        return left_out, moved

    def _day_of(self, key: Key | None, timezone: str) -> date | None:
        if not isinstance(key, datetime):
            return key
        if self.event.days:
            return None
        local = self.event.zone.later(key, timedelta()).replace(tzinfo=None)
        day = local.date()
        return day if self.event.on(day).key == key.astimezone(UTC) else None

    def _besides(self, timezone: str) -> tuple[set[date], list[Slot]]:
        """Dates that were added: days on which it comes as it always does, and stretches of their own."""
        besides: set[date] = set()
        dates: list[Slot] = []
        gone = {key for _, key in self.event.left_out}
        for slot in self.event.added:
            if slot.key in gone or slot.day in gone:
                continue
            local = self._day_of(slot.key, timezone)
            usual = self.event.on(local) if local is not None else None
            if usual is not None and (usual.start, usual.end) == (slot.start, slot.end):
                besides.add(usual.day)
            else:
                dates.append(Slot(slot.start, slot.end, self.event.title))
        return besides, dates


def _last_day(rule: Rule, otherwise: date) -> date:
    """A day after which a rule surely has ended."""
    if rule.until is None:
        return otherwise
    day = rule.until.date() if isinstance(rule.until, datetime) else rule.until
    # An instant may be the next day already by local clocks.
    later = _DAY if isinstance(rule.until, datetime) and rule.until.tzinfo is not None else timedelta()
    return min(day + later, otherwise) if day < LAST else otherwise


def _is_over(event: Event, rule: Rule, day: date) -> bool:
    """Whether an occurrence on a day would come after the rule's end."""
    until = rule.until
    if until is None:
        return False
    if not isinstance(until, datetime):
        return day > until
    if event.days:
        return day > until.date()
    local = datetime.combine(day, event.start.time())
    return local > until if until.tzinfo is None else event.zone.instant(local) > until


def _midnight_after(day: date | datetime, timezone: str) -> datetime:
    from gitsm.local_days import shown_between

    midnight = datetime(day.year, day.month, day.day)
    stretches = list(shown_between(midnight, midnight + _DAY, timezone))
    return stretches[-1].end if stretches else midnight.replace(tzinfo=UTC)


def _takes(length: timedelta) -> str:
    minutes = int(length / timedelta(minutes=1))
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def dates_of(slots: Iterable[Slot], name: str) -> list[Value]:
    """Stretches as a record writes them, in their order, each with its name where that is not the record's."""
    found: list[Value] = []
    for slot in sorted(slots, key=lambda slot: (_order(slot.start), _order(slot.end), slot.name)):
        entry: dict[str, Value] = {"from": _text(slot.start), "to": _text(slot.end)}
        if slot.name and slot.name != name:
            entry["name"] = slot.name
        if entry not in found[-1:]:
            found.append(entry)
    return found


def _order(moment: date | datetime) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def _text(moment: date | datetime) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    if (moment.utcoffset() or timedelta()) % timedelta(minutes=1):
        moment = moment.astimezone(UTC)
    text = moment.isoformat(timespec="seconds" if moment.second else "minutes")
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


def _words(key: Key | None) -> str:
    return _text(key) if key is not None else "a day"
