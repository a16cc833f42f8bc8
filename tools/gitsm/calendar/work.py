"""Changes as what takes up time: their windows, and what is touched, brought down or taken up by each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from gitsm.calendar.bookings import Booking, bookings_of
from gitsm.calendar.conflict import outage_degree
from gitsm.change_control import ChangeState, affected_by, state_of
from gitsm.graph import Graph, graph_of
from gitsm.intervals import Interval
from gitsm.records.change import Change
from gitsm.records.service import IN_USE
from gitsm.repository import Record, Repository, once

Group = tuple[str, str]
"""A redundancy group: the service that uses it, and its name there."""


@dataclass(frozen=True, eq=False)
class Footprint:
    """What changes of the same services and the same sort of outage touch and bring down."""

    named: frozenset[str]
    ways: Mapping[str, tuple[str, ...]]
    """The services that are touched, or may be down or worse, each with the way to it."""
    lost: Mapping[Group, frozenset[str]]
    """Members that are down, of groups whose service stays up with the others."""
    members: Mapping[Group, frozenset[str]]
    """The same, and members that are worked on without an outage."""
    tier: int | None
    """The highest tier among the services that are worked on."""
    outage: int

    @cached_property
    def reach(self) -> frozenset[str]:
        """The services that are touched, or may be down or worse."""
        return frozenset(self.ways)

    def meets(self, other: Footprint) -> str | None:
        """The service in which two meet: the nearest to both, and of these the one that matters most."""
        if self.reach.isdisjoint(other.reach):
            return None
        both = self.reach & other.reach
        return min(both, key=lambda id: (len(self.ways[id]) + len(other.ways[id]), id))


@dataclass(frozen=True, eq=False)
class Work:
    """A change in its window, or in one that is only tried."""

    change: Record[Change]
    when: Interval
    """The time that it takes up: its window, or since it began until now at least."""
    window: Interval | None
    """The window that it is planned for."""
    footprint: Footprint
    team: str | None
    """Who carries it out."""
    people: frozenset[str]
    requires: frozenset[str]
    """The changes that must be done before."""
    is_authorised: bool
    has_begun: bool
    bookings: Sequence[Booking]
    """When which team is busy with it."""

    @property
    def id(self) -> str:
        """The id of the change."""
        return self.change.id

    @property
    def rank(self) -> tuple[bool, bool, str]:
        """Of two changes, the one with the higher rank gives way: what isn't authorised yet, then what has not
        begun, then the later id."""
        return (not self.is_authorised, not self.has_begun, self.change.id)

    @property
    def overruns(self) -> bool:
        """Whether it is under way past its window."""
        return self.has_begun and (self.window is None or self.window.end < self.when.end)

    def as_planned(self) -> Work | None:
        """The same change in its window alone; None where it has none."""
        if self.window is None:
            return None
        return self if self.when == self.window else replace(self, when=self.window)


class Plans:
    """The changes of a repository that have something ahead of them, and what each may do to whom."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.graph = graph_of(repository)
        self._footprints: dict[tuple[frozenset[str], str | None], Footprint] = {}
        self.now = repository.now.astimezone(UTC)
        self.works: list[Work] = []
        """Those that have a window ahead, or are in it or under way, by their start; at one moment, who gives
        way comes last."""
        self.to_come: dict[str, Record[Change]] = {}
        """Those that are still to be done or being done, whether or not they say when."""
        for change in repository.of(Change):
            if not is_to_come(repository, change):
                continue
            self.to_come[change.id] = change
            when = taken_up_by(repository, change)
            if when is not None and (when.end > self.now or has_begun(repository, change)):
                self.works.append(self.work(change, when, window_of(change)))
        self.works.sort(key=lambda work: (work.when.start, work.rank))

    @cached_property
    def longest(self) -> timedelta:
        """How long the longest window is."""
        return max((work.when.end - work.when.start for work in self.works), default=timedelta())

    @cached_property
    def starts(self) -> Sequence[datetime]:
        """When each of the changes starts, in order."""
        return [work.when.start for work in self.works]

    @cached_property
    def by_id(self) -> Mapping[str, Work]:
        """The changes by their ids."""
        return {work.id: work for work in self.works}

    @cached_property
    def requiring(self) -> Mapping[str, Sequence[str]]:
        """For each change those that require it."""
        found: dict[str, list[str]] = {}
        for change in self.to_come.values():
            for id in dict.fromkeys(change.fields.requires):
                found.setdefault(id, []).append(change.id)
        return found

    def during(self, when: Interval) -> list[Work]:
        """The changes whose windows overlap a stretch of time."""
        first = bisect_left(self.starts, when.start - self.longest)
        last = bisect_left(self.starts, when.end)
        return [work for work in self.works[first:last] if work.when.end > when.start]

    def work(
        self, change: Record[Change], when: Interval, window: Interval | None, *, is_tried: bool = False
    ) -> Work:
        """A change that takes up a stretch of time, and the window that it is planned for, or only tried in."""
        fields = change.fields
        owner = self.repository.find("service", fields.services[0])
        owned_by = owner.data.get("owner") if owner is not None else None
        state = state_of(self.repository, change)
        team = fields.team or (owned_by if isinstance(owned_by, str) else None)
        return Work(
            change,
            when,
            window,
            self.footprint(change),
            team,
            frozenset(fields.assignees),
            frozenset(fields.requires),
            state not in (ChangeState.ASSESS, ChangeState.UNKNOWN),
            has_begun(self.repository, change) and not is_tried,
            bookings_of(self.repository, change, team, when),
        )

    def footprint(self, change: Record[Change]) -> Footprint:
        """What a change touches and brings down; one for all changes of the same services and outage."""
        fields = change.fields
        key = (frozenset(fields.services), fields.outage)
        if key not in self._footprints:
            named = key[0]
            affected = affected_by(self.repository, change)
            ways = {id: (id,) for id in named} | {
                id: way for id, way in affected.items() if id in named or self.is_in_use(id)
            }
            tiers = [tier for id in named if (tier := self.tier(id)) is not None]
            outage = outage_degree(fields.outage)
            members = self._members(affected)
            lost = members if fields.outage != "none" else {}
            self._footprints[key] = Footprint(named, ways, lost, members, min(tiers, default=None), outage)
        return self._footprints[key]

    def is_in_use(self, service: str) -> bool:
        """Whether somebody would notice that a service fails."""
        record = self.graph.services.get(service)
        return record is not None and record.fields.lifecycle in IN_USE

    def tier(self, service: str) -> int | None:
        """How much a service matters, where it says so."""
        record = self.graph.services.get(service)
        return record.fields.tier if record is not None else None

    def _members(self, down: Mapping[str, object]) -> Mapping[Group, frozenset[str]]:
        found: dict[Group, set[str]] = {}
        for member in down:
            for service, name in self._groups_of.get(member, ()):
                if service not in down and self.is_in_use(service):
                    found.setdefault((service, name), set()).add(member)
        return {group: frozenset(members) for group, members in found.items()}

    @cached_property
    def _groups_of(self) -> Mapping[str, Sequence[Group]]:
        found: dict[str, list[Group]] = {}
        for group, members in self.groups.items():
            for member in members.standing | members.weighty:
                found.setdefault(member, []).append(group)
        return found

    @cached_property
    def groups(self) -> Mapping[Group, Members]:
        """Every redundancy group whose loss its service would notice."""
        return groups_of(self.graph)


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a redundancy group that can stand in for each other, and how many of them must stand."""

    standing: frozenset[str]
    needed: int
    weighty: frozenset[str]
    """The members of which users notice the loss, once too few are left."""

    def left(self, lost: frozenset[str]) -> int:
        """How many still stand."""
        return len(self.standing - lost)

    def is_broken_by(self, lost: frozenset[str]) -> bool:
        """Whether too few stay up, and users notice."""
        return self.left(lost) < self.needed and not self.weighty.isdisjoint(lost)


def groups_of(graph: Graph) -> Mapping[Group, Members]:
    """The redundancy groups of which users would notice the loss."""
    spread = graph.hard
    return {
        (group.owner, group.name): Members(
            frozenset(spread.services(group.standing)),
            group.needed,
            frozenset(spread.services(group.weighty)),
        )
        for group in spread.groups
        if group.weighty
    }


def window_of(change: Record[Change]) -> Interval | None:
    """The window of a change in UTC; None where it has none, or one that ends before it begins."""
    window = change.fields.window
    if window is None or window.start >= window.end:
        return None
    return Interval(window.start.astimezone(UTC), window.end.astimezone(UTC))


def has_begun(repository: Repository, change: Record[Change]) -> bool:
    """Whether it is recorded that a change has begun."""
    actual = change.fields.actual
    return actual is not None and actual.start <= repository.now


def taken_up_by(repository: Repository, change: Record[Change]) -> Interval | None:
    """The time that a change takes up: its window; once it has begun, from then until its recorded end.

    While none is recorded, that is the end of its window, and now where that is past.
    """
    window, actual = window_of(change), change.fields.actual
    if actual is None or actual.start > repository.now:
        return window
    now = repository.now.astimezone(UTC)
    planned = max(now, window.end) if window is not None else now
    end = actual.end.astimezone(UTC) if actual.end is not None else planned
    start = actual.start.astimezone(UTC)
    return Interval(start, end) if start < end else window


def is_to_come(repository: Repository, change: Record[Change]) -> bool:
    """Whether a change is still to be done, or being done."""
    state = state_of(repository, change)
    return state.open and state is not ChangeState.REVIEW


@once
def plans(repository: Repository) -> Plans:
    """The changes of a repository that have something ahead of them."""
    return Plans(repository)


def past_their_windows(repository: Repository) -> frozenset[str]:
    """The changes that are under way though their windows are over."""
    return frozenset(work.id for work in plans(repository).works if work.overruns)
