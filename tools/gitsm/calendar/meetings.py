"""Changes that meet: whose windows overlap, and who want the same service, the same people, or both halves
of what stands in for each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain, islice

from gitsm.calendar.conflict import Conflict, ConflictKind, grade
from gitsm.calendar.duration import amount
from gitsm.calendar.work import Footprint, Group, Plans, Work
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval
from gitsm.records.team import Team
from gitsm.repository import Record

MOST_LISTED = 5
"""With how many others a change is said to meet for each reason; of further ones only the number is."""
MOST_ASKED = 500
"""How many that are under way are asked one by one; only a made-up repository has more."""

Found = Iterator[Conflict]


def meetings(plans: Plans, works: Iterable[Work], about: Work | None = None) -> Found:
    """The conflicts between changes, in the order in which they begin.

    One line sweeps over the time: as each change begins, those that are under way are asked, by what
    they bring down and not one by one. With `about`, only what that change takes part in is said.
    """
    line = _Line(plans, about)
    for work in sorted(works, key=lambda work: (work.when.start, work.rank)):
        line.clear(work)
        yield from line.met_by(work)
        line.add(work)


@dataclass
class _Line:
    """Who is under way at the moment."""

    plans: Plans
    about: Work | None
    ends: list[tuple[object, int, Work]] = field(default_factory=list)
    by_footprint: dict[Footprint, dict[str, Work]] = field(default_factory=dict)
    by_service: dict[str, dict[Footprint, None]] = field(default_factory=dict)
    by_person: dict[str, dict[str, Work]] = field(default_factory=dict)
    by_team: dict[str, dict[str, Work]] = field(default_factory=dict)
    by_group: dict[Group, dict[str, Work]] = field(default_factory=dict)
    known: dict[tuple[Footprint, Footprint], str | None] = field(default_factory=dict)
    """In which service footprints meet."""
    count: int = 0

    def add(self, work: Work) -> None:
        self.count += 1
        heappush(self.ends, (work.when.end, self.count, work))
        if work.footprint not in self.by_footprint:
            for service in work.footprint.ways:
                self.by_service.setdefault(service, {})[work.footprint] = None
        for index, key in self._places(work):
            index.setdefault(key, {})[work.id] = work

    def clear(self, work: Work) -> None:
        """Take away those that have ended when a change begins."""
        while self.ends and self.ends[0][2].when.end <= work.when.start:
            gone = heappop(self.ends)[2]
            for index, key in self._places(gone):
                del index[key][gone.id]
                if not index[key]:
                    del index[key]
            if gone.footprint not in self.by_footprint:
                for service in gone.footprint.ways:
                    del self.by_service[service][gone.footprint]

    def _places(self, work: Work) -> Iterator[tuple[dict[object, dict[str, Work]], object]]:
        indices: list[tuple[object, Iterable[object]]] = [
            (self.by_footprint, [work.footprint]),
            (self.by_person, work.people),
            (self.by_team, [work.team] if work.team else []),
            (self.by_group, work.footprint.lost),
        ]
        for index, keys in indices:
            for key in keys:
                yield index, key  # type: ignore[misc] # each index has keys of its own sort

    def met_by(self, work: Work) -> Found:
        """What is said as a change begins."""
        yield from self._services(work)
        yield from self._groups(work)
        yield from self._people(work)
        yield from self._team(work)

    def _meeting(self, one: Work, other: Work) -> str | None:
        key = (one.footprint, other.footprint)
        if key not in self.known:
            self.known[key] = one.footprint.meets(other.footprint)
        return self.known[key]

    def _is_said(self, work: Work, other: Work) -> bool:
        """Whether it is said already, of a service or of their order, that two can't go together."""
        return _in_order(work, other) or self._meeting(work, other) is not None

    def _counts(self, work: Work, other: Work) -> bool:
        return self.about is None or work is self.about or other is self.about

    def _services(self, work: Work) -> Found:
        named = work.footprint.named
        # Who works on the same service comes first: only some of very many are listed.
        met = sorted(self._met(work), key=lambda other: named.isdisjoint(other.named))
        listed: list[Work] = []
        for footprint in met:
            for other in self.by_footprint[footprint].values():
                if len(listed) > MOST_LISTED and self.about is None:
                    break
                if self._counts(work, other) and not _in_order(work, other):
                    listed.append(other)
        count = sum(len(self.by_footprint[footprint]) for footprint in met)
        for index, other in enumerate(listed[:MOST_LISTED]):
            service = self._meeting(work, other)
            assert service is not None
            last = index == MOST_LISTED - 1 and len(listed) > MOST_LISTED
            more = count - MOST_LISTED if last and self.about is None else 0
            yield _service_conflict(self.plans, work, other, service, more)

    def _met(self, work: Work) -> Iterable[Footprint]:
        """The footprints under way that meet that of a change; of very many, the first ones."""
        mine = work.footprint
        if len(self.by_footprint) <= len(mine.ways):
            return [other for other in self.by_footprint if not mine.reach.isdisjoint(other.reach)]
        found: dict[Footprint, None] = {}
        for service in mine.ways:
            found.update(self.by_service.get(service, {}))
            if len(found) > MOST_ASKED and self.about is None:
                break
        return found

    def _groups(self, work: Work) -> Found:
        for group, members in work.footprint.lost.items():
            others = [
                other
                for other in islice(self.by_group.get(group, {}).values(), MOST_ASKED)
                if not other.footprint.lost[group] <= members
            ]
            whole = self.plans.groups[group]
            lost = members.union(*(other.footprint.lost[group] for other in others))
            ends = others[:MOST_LISTED]
            if whole.is_broken_by(lost) and any(self._counts(work, other) for other in ends):
                yield _group_conflict(self.plans, group, [work, *ends], whole.left(lost))

    def _people(self, work: Work) -> Found:
        booked = chain.from_iterable(
            self.by_person.get(person, {}).values() for person in sorted(work.people)
        )
        asked = islice(booked, None if self.about else 4 * MOST_ASKED)
        shared = {
            other.id: other for other in asked if self._counts(work, other) and not self._is_said(work, other)
        }
        for index, other in enumerate(islice(shared.values(), MOST_LISTED)):
            more = len(shared) - MOST_LISTED if index == MOST_LISTED - 1 else 0
            yield _person_conflict(self.plans, work, other, sorted(work.people & other.people), more)

    def _team(self, work: Work) -> Found:
        if work.team is None:
            return
        others = self.by_team.get(work.team, {})
        team = self.plans.repository.get(Team, work.team)
        if not others or team is None or team.fields.type == "customer":
            return
        capacity = team.fields.capacity
        most = capacity.concurrent_changes if capacity is not None else None
        if len(others) < (most or 1):
            return
        new = [
            other
            for other in islice(others.values(), MOST_ASKED)
            if self._counts(work, other)
            and not self._is_said(work, other)
            and work.people.isdisjoint(other.people)
        ]
        if most is None:
            # What nobody said is no promise: only who named the team twice is told.
            new = [other for other in new if other.is_named_team and work.is_named_team]
        if new:
            yield _team_conflict(self.plans, work, new, len(others), team, most)


def _in_order(one: Work, other: Work) -> bool:
    """Whether one requires the other: that they overlap is then said of their order."""
    return other.id in one.change.fields.requires or one.id in other.change.fields.requires


def overlap_of(works: Sequence[Work]) -> Interval:
    """The stretch of time in which all of some changes are under way."""
    return Interval(max(work.when.start for work in works), min(work.when.end for work in works))


def _pair(one: Work, other: Work) -> tuple[Work, Work, Interval]:
    subject, object_ = (one, other) if one.rank > other.rank else (other, one)
    return subject, object_, overlap_of([one, other])


def _worst(
    plans: Plans, works: Sequence[Work], services: Iterable[str | None] = ()
) -> tuple[int | None, int]:
    """The highest tier and the worst outage of changes, and of services that they reach."""
    tiers = [work.footprint.tier for work in works]
    tiers.extend(plans.tier(service) for service in services if service is not None)
    known = [tier for tier in tiers if tier is not None]
    return min(known, default=None), max(work.footprint.outage for work in works)


def _also(more: int) -> str:
    return f", as {more} more do" if more > 0 else ""


def at_once(overlap: Interval) -> str:
    """How long an overlap is, in words."""
    return f"for {amount(overlap.minutes)}"


def _service_conflict(plans: Plans, one: Work, other: Work, service: str, more: int) -> Conflict:
    work, met, overlap = _pair(one, other)
    ways = (work.footprint.ways[service], met.footprint.ways[service])
    same = all(len(way) == 1 for way in ways)
    tier, outage = _worst(plans, [work, met], [service])
    if same:
        message = f"{work.change} and {met.change} both work on {service} {at_once(overlap)}"
    else:
        message = f"{work.change} and {met.change} both reach {service} {at_once(overlap)}: {_ways(work, met, ways)}"
    return Conflict(
        ConflictKind.SAME_SERVICE if same else ConflictKind.DEPENDENCY,
        work.change,
        # Two pairs of hands in one place are worse than what each says of itself.
        grade(tier, outage + 1 if same else outage, overlap.minutes),
        message + _also(more),
        ("window", "start"),
        hint="move one of the two windows, or make one change of them",
        related=(met.change.place("window", "start", label=f"{met.id} begins here"),),
        others=(met.change,),
        service=service,
        ways=ways,
        overlap=overlap,
        minutes=overlap.minutes,
    )


def _ways(one: Work, other: Work, ways: Sequence[tuple[str, ...]]) -> str:
    return "; ".join(
        f"{work.id} " + ("works on it" if len(way) == 1 else f"by {' > '.join(way)}")
        for work, way in zip((one, other), ways, strict=True)
    )


def _group_conflict(plans: Plans, group: Group, works: list[Work], left: int) -> Conflict:
    works = sorted(works, key=lambda work: work.rank, reverse=True)
    work, *others = works
    overlap = overlap_of(works)
    service, name = group
    needed = plans.groups[group].needed
    ways = tuple(work.footprint.ways[min(work.footprint.lost[group])] for work in works)
    tier, _ = _worst(plans, works, [service])
    outage = max(work.footprint.outage for work in works)
    down = " and ".join(
        f"{way[-1]} ({one.id}" + (f", by {' > '.join(way)})" if len(way) > 1 else ")")
        for one, way in zip(works, ways, strict=True)
    )
    return Conflict(
        ConflictKind.REDUNDANCY,
        work.change,
        grade(tier, outage + 1, overlap.minutes),
        f"{service} needs {needed} of its group {name}, and {left} stay up {at_once(overlap)}"
        f" while changes take down {down}",
        ("window", "start"),
        hint="do one after the other",
        related=tuple(
            other.change.place("window", "start", label=f"{other.id} begins here") for other in others
        ),
        others=tuple(other.change for other in others),
        service=service,
        ways=ways,
        overlap=overlap,
        minutes=overlap.minutes,
    )


def _person_conflict(plans: Plans, one: Work, other: Work, people: list[str], more: int) -> Conflict:
    work, met, overlap = _pair(one, other)
    index = work.change.fields.assignees.index(people[0])
    who = " and ".join(people[:3]) + (f" and {len(people) - 3} more" if len(people) > 3 else "")
    tier, outage = _worst(plans, [work, met])
    return Conflict(
        ConflictKind.PERSON,
        work.change,
        grade(tier, outage, overlap.minutes),
        f"{who} {'is' if len(people) == 1 else 'are'} to do {work.change} and {met.change} at once,"
        f" {at_once(overlap)}{_also(more)}",
        ("assignees", index),
        hint="have somebody else do one of them, or move one of the windows",
        related=(met.change.place("assignees", label=f"named by {met.id}"),),
        others=(met.change,),
        people=tuple(people),
        overlap=overlap,
        minutes=overlap.minutes,
    )


def _team_conflict(
    plans: Plans, started: Work, met: list[Work], count: int, team: Record[Team], most: int | None
) -> Conflict:
    listed = sorted([started, *met[:MOST_LISTED]], key=lambda work: work.rank, reverse=True)
    work, *others = listed
    overlap = overlap_of(listed)
    tier, outage = _worst(plans, [work, *others])
    named = " and ".join(other.id for other in others[:3]) + (f" and {count - 3} more" if count > 3 else "")
    says = f"can do {most} at once" if most is not None else "does not say how many it can do at once"
    related = [other.change.place("window", "start", label=f"{other.id} begins here") for other in others]
    if most is not None:
        related.insert(0, team.place("capacity", "concurrent_changes", label="what the team can do"))
    return Conflict(
        ConflictKind.TEAM,
        work.change,
        Severity.NOTE if most is None else grade(tier, outage, overlap.minutes),
        f"{team.id} has {work.change} and {named} to do at once, {at_once(overlap)}, and {says}",
        ("team",) if work.is_named_team else ("services", 0),
        hint="move one of the windows"
        + (
            ""
            if most is not None
            else f", or say what it can do: `capacity: {{concurrent_changes: 2}}` in {team.file}"
        ),
        related=tuple(related),
        others=(team, *(other.change for other in others)),
        overlap=overlap,
        minutes=overlap.minutes,
    )
