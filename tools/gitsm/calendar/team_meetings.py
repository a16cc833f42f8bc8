"""Teams that are booked twice: with changes that they carry out, and with steps of the changes of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import islice

from gitsm.calendar.bookings import Booking
from gitsm.calendar.collisions import Booked, in_team
from gitsm.calendar.conflict import Conflict
from gitsm.calendar.meetings import MOST_ASKED, Pairs
from gitsm.calendar.work import Plans, Work
from gitsm.records.team import Team
from gitsm.repository import Record

MOST_BOOKED = 3
"""With how many other changes of a team one is said to be; of further ones only the number is."""


def team_meetings(plans: Plans, works: Iterable[Work], about: Work | None = None) -> Iterator[Conflict]:
    """The conflicts of teams that have more to do at once than they can, in the order in which they begin.

    As each booking of a team begins, those that are under way are asked. With `about`, only what that
    change takes part in is said. Who meets in a service, in a person or in their order anyway is left out.
    """
    pairs, said = Pairs(), set[tuple[str, ...]]()
    for team, bookings in _by_team(works).items():
        record = plans.repository.get(Team, team) if len(bookings) > 1 else None
        if record is None or record.fields.type == "customer":
            continue
        for booked in _of_team(pairs, record, bookings, about):
            # A change that has several steps for a team has them all beside the same other change.
            key = (team, *sorted(booked.bookings))
            if key not in said:
                said.add(key)
                yield in_team(plans, booked, about)


def _by_team(works: Iterable[Work]) -> dict[str, list[tuple[Work, Booking]]]:
    found: dict[str, list[tuple[Work, Booking]]] = {}
    for work in works:
        for booking in work.bookings:
            found.setdefault(booking.team, []).append((work, booking))
    return found


def _of_team(
    pairs: Pairs, team: Record[Team], bookings: list[tuple[Work, Booking]], about: Work | None
) -> Iterator[Booked]:
    """Each time at which a team gets more to do than it can."""
    capacity = team.fields.capacity
    most = capacity.concurrent_changes if capacity is not None else None
    bookings.sort(key=lambda one: (one[1].when.start, one[0].rank, one[1].after))
    under_way: dict[str, tuple[Work, Booking]] = {}
    ends: list[tuple[object, int, str]] = []
    for count, (work, booking) in enumerate(bookings):
        while ends and ends[0][0] <= booking.when.start:  # type: ignore[operator] # all are moments
            del under_way[heappop(ends)[2]]
        if len(under_way) >= (most or 1):
            asked = islice(under_way.values(), MOST_ASKED)
            new = {
                other.id: (other, one)
                for other, one in asked
                if (about is None or work is about or other is about)
                and not pairs.are_said(work, other)
                and work.people.isdisjoint(other.people)
                # What nobody said is no promise: only who named the team twice is told.
                and (most is not None or (one.is_named and booking.is_named))
            }
            if new:
                listed = dict(islice(new.items(), MOST_BOOKED)) | {work.id: (work, booking)}
                yield Booked(team, listed, len(under_way) + 1, most)
        under_way[work.id] = (work, booking)
        heappush(ends, (booking.when.end, count, work.id))
