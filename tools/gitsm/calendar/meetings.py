"""Changes that meet: whose windows overlap, and who want the same service, the same people, or members
of what stands in for each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain, islice

from gitsm.calendar.collisions import (
    MOST_NAMED,
    MOST_SPELT_OUT,
    Loss,
    in_group,
    in_person,
    in_service,
    overlap_of,
)
from gitsm.calendar.conflict import Conflict
from gitsm.calendar.work import Footprint, Group, Plans, Work
from gitsm.intervals import Interval

MOST_LISTED = MOST_SPELT_OUT
"""How many others that a change meets are said one by one; of more, a few are named and the rest counted."""
MOST_ASKED = 100
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
    yield from _of_groups(plans, line.losses)


def _of_groups(plans: Plans, losses: Sequence[tuple[Loss, Interval]]) -> Found:
    """What is said of groups; what may go wrong only where it isn't part of what goes wrong."""
    certain: dict[Group, set[str]] = {}
    for loss, _ in losses:
        if loss.is_certain:
            certain.setdefault(loss.group, set()).update(work.id for work in loss.works)
    for loss, overlap in losses:
        if loss.is_certain or not certain.get(loss.group, set()).issuperset(work.id for work in loss.works):
            yield in_group(plans, loss, overlap)


class Pairs:
    """What two changes have with each other, as far as it was asked."""

    def __init__(self) -> None:
        self._known: dict[tuple[Footprint, Footprint], str | None] = {}

    def service_of(self, one: Work, other: Work) -> str | None:
        """The service in which two changes meet."""
        key = (one.footprint, other.footprint)
        if key not in self._known:
            self._known[key] = one.footprint.meets(other.footprint)
        return self._known[key]

    def are_said(self, one: Work, other: Work) -> bool:
        """Whether it is said already, of a service or of their order, that two can't go together."""
        return in_order(one, other) or self.service_of(one, other) is not None


def in_order(one: Work, other: Work) -> bool:
    """Whether one requires the other: that they overlap is then said of their order."""
    return bool(one.requires or other.requires) and (other.id in one.requires or one.id in other.requires)


@dataclass
class _Line:
    """Who is under way at the moment."""

    plans: Plans
    about: Work | None
    ends: list[tuple[object, int, Work]] = field(default_factory=list)
    by_footprint: dict[Footprint, dict[str, Work]] = field(default_factory=dict)
    by_service: dict[str, dict[Footprint, None]] = field(default_factory=dict)
    by_person: dict[str, dict[str, Work]] = field(default_factory=dict)
    by_group: dict[Group, dict[str, Work]] = field(default_factory=dict)
    pairs: Pairs = field(default_factory=Pairs)
    losses: list[tuple[Loss, Interval]] = field(default_factory=list)
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
            (self.by_group, work.footprint.members),
        ]
        for index, keys in indices:
            for key in keys:
                yield index, key  # type: ignore[misc] # each index has keys of its own sort

    def met_by(self, work: Work) -> Found:
        """What is said as a change begins."""
        yield from self._services(work)
        yield from self._people(work)
        self.losses.extend(self._groups(work))

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
                if self._counts(work, other) and not in_order(work, other):
                    listed.append(other)
        if len(listed) > MOST_LISTED and self.about is None:
            more = sum(len(self.by_footprint[footprint]) for footprint in met) - MOST_NAMED
            for other in listed[: MOST_NAMED - 1]:
                yield self._in_service(work, other, 0)
            yield self._in_service(work, listed[MOST_NAMED - 1], more)
            return
        for other in listed:
            yield self._in_service(work, other)

    def _in_service(self, work: Work, other: Work, more: int | None = None) -> Conflict:
        service = self.pairs.service_of(work, other)
        assert service is not None
        return in_service(self.plans, (work, other), service, more)

    def _met(self, work: Work) -> Iterable[Footprint]:
        """The footprints under way that meet that of a change; of very many, the first ones."""
        mine = work.footprint
        if len(self.by_footprint) <= len(mine.ways):
            return [other for other in self.by_footprint if not mine.reach.isdisjoint(other.reach)]
        found: dict[Footprint, None] = {}
        for service in mine.ways:
            found.update(self.by_service.get(service, {}))
            if len(found) > 5 * MOST_ASKED and self.about is None:
                break
        return found

    def _groups(self, work: Work) -> Iterator[tuple[Loss, Interval]]:
        for group, mine in work.footprint.members.items():
            others = [
                other
                for other in islice(self.by_group.get(group, {}).values(), MOST_ASKED)
                if not other.footprint.members[group] <= mine
            ]
            if any(self._counts(work, other) for other in others):
                loss = self._loss(group, work, others)
                if loss is not None:
                    yield loss

    def _loss(self, group: Group, work: Work, others: Sequence[Work]) -> tuple[Loss, Interval] | None:
        """What changes of several members of a group may do to it, and when: as bad as it may be."""
        whole = self.plans.groups[group]
        down = [other for other in (work, *others) if group in other.footprint.lost]
        lost = frozenset[str]().union(*(other.footprint.lost[group] for other in down))
        if whole.is_broken_by(lost):
            if work not in down:
                return None  # which the others have said
            return self._named(group, work, down, whole.left(lost), is_certain=True)
        # What two others say of each other anyway is not said of what may go wrong as well.
        apart = [other for other in others if not self.pairs.are_said(work, other)]
        if not apart:
            return None
        touched = work.footprint.members[group].union(*(other.footprint.members[group] for other in apart))
        left = whole.left(touched)
        if whole.is_broken_by(touched):
            return self._named(group, work, [work, *apart], left)
        if left == whole.needed and not whole.weighty.isdisjoint(touched):
            return self._named(group, work, [work, *apart], left, is_reserve=True)
        return None

    def _named(
        self,
        group: Group,
        work: Work,
        works: Sequence[Work],
        left: int,
        *,
        is_certain: bool = False,
        is_reserve: bool = False,
    ) -> tuple[Loss, Interval] | None:
        others = [other for other in works if other is not work]
        if not any(self._counts(work, other) for other in others):
            return None
        # The one that is asked about is named in any case.
        others.sort(key=lambda other: other is not self.about)
        loss = Loss(group, [work, *others[:MOST_LISTED]], left, is_certain, is_reserve)
        return loss, overlap_of(works)

    def _people(self, work: Work) -> Found:
        booked = [self.by_person[person] for person in sorted(work.people) if person in self.by_person]
        asked = islice(chain.from_iterable(map(dict.values, booked)), None if self.about else MOST_ASKED)
        shared = {
            other.id: other
            for other in asked
            if self._counts(work, other) and not self.pairs.are_said(work, other)
        }
        others = list(shared.values())
        if len(others) > MOST_LISTED and self.about is None:
            unasked = max(sum(map(len, booked)) - MOST_ASKED, 0)
            for other in others[: MOST_NAMED - 1]:
                yield in_person(self.plans, (work, other), 0)
            yield in_person(self.plans, (work, others[MOST_NAMED - 1]), len(others) + unasked - MOST_NAMED)
            return
        for other in others:
            yield in_person(self.plans, (work, other))
