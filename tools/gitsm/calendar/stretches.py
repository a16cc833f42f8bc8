"""When freezes, maintenance windows and peaks of demand are: each as stretches of UTC inside a horizon."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from gitsm.calendar.keys import back_by_place, once_by_name, weeks_by_day
from gitsm.intervals import Interval, union
from gitsm.local_days import wall_clock
from gitsm.records.calendar import Calendar, DateRange, Recurrence, Scope
from gitsm.records.capacity import Capacity, Peak
from gitsm.records.service import Service
from gitsm.recurrence import MAX_OCCURRENCES, occurrences
from gitsm.repository import Record, Repository, once
from gitsm.working_time import UnknownHolidays, WorkingTime, stretch_of

HORIZON_BEHIND = timedelta(days=366)
HORIZON_AHEAD = timedelta(days=731)
"""How far what comes back is followed: 12 months into the past and 24 ahead."""
_LATEST = datetime(2200, 12, 31, tzinfo=UTC)
_MONTHS = timedelta(days=92)
"""Within so long hours that come each week have come."""
_WEEK = timedelta(days=8)
"""Hours that come each week and go on for longer never end."""

MOST_PEAKS = 200
"""Of how many peaks of a service the times are worked out; more have only made-up files."""

PEAK_CALENDARS = ("peak", "freeze")
"""The types of calendar that a peak may name: one of its own, or the freeze that protects it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One of the stretches of a calendar or a peak, with its own name where it has one."""

    when: Interval
    name: str | None = None
    number: int = 0
    """Tells it from the others of its record, and stays when time goes on: the place in their list of those
    that come once, the minute at which they begin of the others, which have no first one."""
    key: str = ""
    """Tells it from the others of its record, and stays when it is moved."""
    calendar: Record[Calendar] | None = None
    """The calendar that says when it is, of a peak that names one."""


def _returning(when: Interval, key: str) -> Stretch:
    return Stretch(when, number=int(when.start.timestamp()) // 60, key=key)


def _coming_once(dates: Sequence[DateRange], timezone: str) -> Iterator[Stretch]:
    for when, number, entry, key in once_by_name(dates, timezone):
        if when.start < when.end:
            yield Stretch(when, entry.name, number, key)


def concerns(scope: Scope | None, service: Record[Service]) -> bool:
    """Whether a service is in a scope: any part of it may name the service; no scope is everything."""
    if scope is None:
        return True
    fields = service.fields
    return (
        service.id in scope.services
        or fields.tier in scope.tiers
        or fields.system in scope.systems
        or not set(scope.tags).isdisjoint(fields.tags)
    )


def in_scope(repository: Repository, scope: Scope) -> tuple[str, ...]:
    """The services in a scope, by id."""
    return tuple(service.id for service in repository.of(Service) if concerns(scope, service))


def horizon(repository: Repository) -> Interval:
    """The stretch of time inside which what comes back is followed."""
    now = repository.now.astimezone(UTC)
    return Interval(now - HORIZON_BEHIND, min(now + HORIZON_AHEAD, _LATEST))


def stretches_of(repository: Repository, calendar: Record[Calendar]) -> Sequence[Stretch]:
    """When a freeze, a maintenance window or a shared peak is, each stretch by itself, by its start."""
    known = _of_calendars(repository)
    if calendar.id not in known:
        known[calendar.id] = stretches_in(repository, calendar.fields)
    return known[calendar.id]


def stretches_in(repository: Repository, calendar: Calendar) -> Sequence[Stretch]:
    """The same of a calendar as it was, or might be."""
    return told_apart(_stretches(repository, calendar))


def told_apart(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches by their start, as many as are kept of one record, each with a number of its own."""
    found: dict[int, Stretch] = {}
    for stretch in sorted(stretches, key=lambda one: one.when)[:MAX_OCCURRENCES]:
        number = stretch.number
        while number in found:  # several may begin in one minute
            number += 1
        found[number] = replace(stretch, number=number)
    return list(found.values())


@once
def _of_calendars(repository: Repository) -> dict[str, Sequence[Stretch]]:
    """What was found so far: whoever asks for one calendar seldom needs all."""
    return {}


def _stretches(repository: Repository, calendar: Calendar) -> Iterator[Stretch]:
    yield from _coming_once(calendar.dates, calendar.timezone)
    inside = horizon(repository)
    if calendar.recurrence is not None:
        yield from _with_places(repository, calendar.recurrence, calendar.timezone)
    if calendar.weekly or calendar.exceptions:
        yield from _of_weeks(calendar, inside)


def _of_weeks(calendar: Calendar, inside: Interval) -> Iterator[Stretch]:
    """The hours of each week that lie in a horizon, in part at least: one that were cut at its edge would begin
    at another moment tomorrow."""
    weeks = calendar.model_copy(update={"dates": (), "recurrence": None})
    start, end = inside.start - _WEEK, inside.end + _WEEK
    try:
        hours = WorkingTime(weeks).between(start, end)
    except UnknownHolidays:  # of which another rule speaks
        hours = WorkingTime(weeks.model_copy(update={"holidays": None})).between(start, end)
    within = [one for one in hours if one.overlaps(inside)][:MAX_OCCURRENCES]
    for when, key in weeks_by_day(within, calendar.timezone):
        yield _returning(when, key if when.start > start else "w")


def _with_places(repository: Repository, comes: Recurrence, timezone: str) -> Sequence[Stretch]:
    """The occurrences within the horizon, each known by its place."""
    known, key = _of_places(repository), (comes, timezone)
    if key not in known:
        found = _coming_back(repository, comes, timezone)
        places = back_by_place(comes, [day for day, _ in found])
        known[key] = [_returning(when, place) for (_, when), place in zip(found, places, strict=True)]
    return known[key]


@once
def _of_places(repository: Repository) -> dict[tuple[Recurrence, str], Sequence[Stretch]]:
    return {}


def _coming_back(repository: Repository, comes: Recurrence, timezone: str) -> Sequence[tuple[date, Interval]]:
    """The occurrences within the horizon by their days; many services often have the same peaks."""
    known, key = _of_recurrences(repository), (comes, timezone)
    if key not in known:
        inside = horizon(repository)
        long = timedelta(minutes=comes.takes.minutes) if comes.takes else timedelta(days=1)
        first = _day(inside.start, timezone, earlier=min(long, HORIZON_BEHIND) + timedelta(days=1))
        every = occurrences(comes, first, _day(inside.end, timezone), timezone)
        found = ((day, when) for day, when in every if when.start < when.end and when.overlaps(inside))
        known[key] = list(islice(found, MAX_OCCURRENCES))
    return known[key]


@once
def _of_recurrences(
    repository: Repository,
) -> dict[tuple[Recurrence, str], Sequence[tuple[date, Interval]]]:
    return {}


def _day(moment: datetime, timezone: str, *, earlier: timedelta = timedelta()) -> date:
    day = wall_clock(moment, timezone).date()
    return max(day - timedelta(days=earlier.days), date(2000, 1, 1))


def peak_calendar(repository: Repository, peak: Peak) -> Record[Calendar] | None:
    """The calendar that says when a peak is, where it names a fitting one."""
    calendar = repository.get(Calendar, peak.calendar)
    return calendar if calendar is not None and calendar.fields.type in PEAK_CALENDARS else None


def stretches_of_peak(repository: Repository, peak: Peak) -> Sequence[Stretch]:
    """When a peak is, without its margin, by its start."""
    zone = repository.policy.timezone
    found = [*_coming_once(peak.dates, zone)]
    if peak.recurrence is not None:
        found.extend(_with_places(repository, peak.recurrence, zone))
    calendar = peak_calendar(repository, peak)
    if calendar is not None:
        for one in stretches_of(repository, calendar):
            found.append(replace(one, key=f"c{calendar.id}.{one.key}", calendar=calendar))
    return sorted(found, key=lambda one: one.when)


def first_return(repository: Repository, peak: Peak, start: date, end: date) -> date | None:
    """The first day in a stretch of days on which a peak comes back, however far ahead."""
    calendar = peak_calendar(repository, peak)
    each = [(peak.recurrence, repository.policy.timezone)]
    if calendar is not None:
        each.append((calendar.fields.recurrence, calendar.fields.timezone))
    found = []
    for comes, zone in each:
        if comes is not None:
            found += [day for day, _ in islice(occurrences(comes, start, end, zone), 1)]
    if calendar is not None and (calendar.fields.weekly or calendar.fields.exceptions):
        begin = datetime(*start.timetuple()[:3], tzinfo=UTC)
        weeks = _of_weeks(calendar.fields, Interval(begin, begin + _MONTHS))
        found += [wall_clock(one.when.start, calendar.fields.timezone).date() for one in weeks]
    return min((day for day in found if start <= day <= end), default=None)


def with_margin(when: Interval, peak: Peak) -> Interval:
    """A stretch of a peak with the time before and after it in which the service is left alone."""
    margin = timedelta(minutes=peak.margin.minutes if peak.margin else 0)
    return Interval(when.start - margin, when.end + margin)


class Timeline:
    """Stretches that neither overlap nor touch, asked what of them lies in another."""

    def __init__(self, stretches: Iterable[Interval]) -> None:
        self.stretches = union(stretches)
        self._starts = [stretch.start for stretch in self.stretches]
        self._ends = [stretch.end for stretch in self.stretches]

    @property
    def last(self) -> datetime:
        """When the last of them ends; long ago where there is none."""
        return self._ends[-1] if self._ends else datetime.min.replace(tzinfo=UTC)

    def within(self, when: Interval) -> list[Interval]:
        """The moments of a stretch that are in it."""
        first, last = bisect_right(self._ends, when.start), bisect_left(self._starts, when.end)
        return [
            Interval(max(stretch.start, when.start), min(stretch.end, when.end))
            for stretch in self.stretches[first:last]
        ]

    def at(self, moment: datetime) -> Interval | None:
        """The stretch that a moment is in."""
        index = bisect_right(self._starts, moment) - 1
        found = self.stretches[index] if index >= 0 else None
        return found if found is not None and moment < found.end else None

    def next_after(self, moment: datetime) -> Interval | None:
        """The first stretch that begins at a moment or later."""
        index = bisect_left(self._starts, moment)
        return self.stretches[index] if index < len(self.stretches) else None


def _moments(repository: Repository, peak: Peak) -> Iterator[Interval]:
    """When a peak is, of which nothing else is asked."""
    zone = repository.policy.timezone
    yield from (stretch_of(dates, zone) for dates in peak.dates)
    if peak.recurrence is not None:
        yield from (when for _, when in _coming_back(repository, peak.recurrence, zone))
    calendar = peak_calendar(repository, peak)
    if calendar is not None:
        yield from (stretch.when for stretch in stretches_of(repository, calendar))


class Around:
    """What stands around the changes of a repository: its freezes, maintenance windows and peaks."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._timelines: dict[str, Timeline] = {}
        self._joined: dict[tuple[str, ...], Timeline] = {}
        self._peaks: dict[str, Sequence[tuple[int, Peak, Timeline, Timeline]]] = {}
        self._calendars: dict[str, Sequence[Record[Calendar]]] = {
            kind: [record for record in repository.of(Calendar) if record.fields.type == kind]
            for kind in ("freeze", "maintenance")
        }
        self._of_service: dict[tuple[str, str], Sequence[Record[Calendar]]] = {}

    def timeline(self, calendar: Record[Calendar]) -> Timeline:
        """When a freeze or a maintenance window is."""
        if calendar.id not in self._timelines:
            found = stretches_of(self.repository, calendar)
            self._timelines[calendar.id] = Timeline(stretch.when for stretch in found)
        return self._timelines[calendar.id]

    def joined(self, calendars: Sequence[Record[Calendar]]) -> Timeline:
        """When any of some calendars is."""
        key = tuple(calendar.id for calendar in calendars)
        if len(key) == 1:
            return self.timeline(calendars[0])
        if key not in self._joined:
            self._joined[key] = Timeline(
                stretch for calendar in calendars for stretch in self.timeline(calendar).stretches
            )
        return self._joined[key]

    def of_service(self, kind: str, service: str) -> Sequence[Record[Calendar]]:
        """The freezes, or the maintenance windows, that are about a service, by id."""
        key = (kind, service)
        if key not in self._of_service:
            record = self.repository.get(Service, service)
            self._of_service[key] = [
                calendar
                for calendar in self._calendars[kind]
                if calendar.fields.scope is None
                or (record is not None and concerns(calendar.fields.scope, record))
                or service in calendar.fields.scope.services
            ]
        return self._of_service[key]

    def peaks(self, service: str) -> Sequence[tuple[int, Peak, Timeline, Timeline]]:
        """The peaks of a service: the place of each in its capacity plan, itself, and when it is, bare and
        with its margin."""
        if service not in self._peaks:
            plan = self.repository.get(Capacity, service)
            self._peaks[service] = [
                (index, peak, Timeline(bare), Timeline(with_margin(when, peak) for when in bare))
                for index, peak in enumerate(plan.fields.peaks[:MOST_PEAKS] if plan is not None else ())
                if (bare := list(_moments(self.repository, peak)))
            ]
        return self._peaks[service]


@once
def around(repository: Repository) -> Around:
    """What stands around the changes of a repository."""
    return Around(repository)
