"""What is said of changes that meet: in which service, group, team or person, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gitsm.calendar.bookings import Booking, path_of_step
from gitsm.calendar.conflict import Conflict, ConflictKind, grade
from gitsm.calendar.duration import amount
from gitsm.calendar.work import Group, Plans, Work
from gitsm.diagnostic import DataPath, Place, Severity
from gitsm.intervals import Interval
from gitsm.records.change import Change
from gitsm.records.team import Team
from gitsm.repository import Record

MOST_SPELT_OUT = 5
"""How many conflicts of one sort a change may have before they are said in one."""
MOST_NAMED = 3
"""How many others that one names."""


def overlap_of(works: Sequence[Work]) -> Interval:
    """The stretch of time in which all of some changes are under way."""
    return Interval(max(work.when.start for work in works), min(work.when.end for work in works))


def spelt_out(found: Sequence[Conflict]) -> Iterator[Conflict]:
    """The conflicts as they are said: where a change has many of one sort, the worst one, with how many more."""
    alike: dict[tuple[str, ConflictKind], list[Conflict]] = {}
    for conflict in found:
        alike.setdefault((conflict.change.id, conflict.kind), []).append(conflict)
    for conflicts in alike.values():
        counted = any(one.more and one.kind is not ConflictKind.TEAM for one in conflicts)
        if len(conflicts) <= MOST_SPELT_OUT and not counted:  # a team's says by itself how many more
            yield from conflicts
        else:
            yield _as_one(conflicts)


def _as_one(conflicts: Sequence[Conflict]) -> Conflict:
    worst = min(conflicts, key=lambda one: (one.severity.rank, -one.minutes, one.others[0].id))
    others: dict[str, Record[Change]] = {}
    for conflict in (worst, *conflicts):
        others |= {other.file: other for other in conflict.others}
    further = [other for file, other in others.items() if file not in {end.file for end in worst.others}]
    named = further[: max(MOST_NAMED - len(worst.others), 0)]
    more = len(further) - len(named) + sum(one.more for one in conflicts)
    ids = ", ".join(other.id for other in named)
    also = f"{ids} and {more} more" if ids and more else ids or f"{more} more"
    return replace(
        worst,
        message=f"{worst.message}, as with {also}" if named or more else worst.message,
        others=(*worst.others, *named),
        more=more,
    )


def under_way(works: Iterable[Work]) -> str:
    """Which of some changes are under way past their windows, in words that follow what is said of them."""
    late = [work.id for work in works if work.overruns]
    return f"; {' and '.join(late)} {'is' if len(late) == 1 else 'are'} still under way" if late else ""


def beginning(work: Work) -> Place:
    """Where a change says that it begins, or has begun."""
    if work.overruns:
        return work.change.place("actual", "start", label=f"{work.id} has begun, and is not done")
    return work.change.place("window", "start", label=f"{work.id} begins here")


def _where(work: Work) -> DataPath:
    return ("actual", "start") if work.overruns else ("window", "start")


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


def at_once(overlap: Interval) -> str:
    """How long an overlap is, in words."""
    return f"for {amount(overlap.minutes)}"


def in_service(plans: Plans, works: tuple[Work, Work], service: str, more: int | None = None) -> Conflict:
    """Two changes that meet in a service; with more that one of them meets, of the first."""
    work, met, overlap = _pair(*works) if more is None else (*works, overlap_of(works))
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
        message + under_way([work, met]),
        _where(work),
        hint="move one of the two windows, or make one change of them",
        related=(beginning(met),),
        others=(met.change,),
        service=service,
        ways=ways,
        overlap=overlap,
        minutes=overlap.minutes,
        more=more or 0,
    )


def _ways(one: Work, other: Work, ways: Sequence[tuple[str, ...]]) -> str:
    return "; ".join(
        f"{work.id} " + ("works on it" if len(way) == 1 else f"by {' > '.join(way)}")
        for work, way in zip((one, other), ways, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """Members of a redundancy group that changes touch at once."""

    group: Group
    works: Sequence[Work]
    left: int
    """How many stay up, or would."""
    is_certain: bool
    """Whether too few stay up, and not only would if what is done without an outage went wrong."""
    is_reserve: bool
    """Whether enough stay up, and none of them can be spared."""


def in_group(plans: Plans, loss: Loss, overlap: Interval) -> Conflict:
    """Changes of several members of a redundancy group at once."""
    work, *others = sorted(loss.works, key=lambda work: work.rank, reverse=True)
    service, name = loss.group
    needed = plans.groups[loss.group].needed
    ways = tuple(one.footprint.ways[min(one.footprint.members[loss.group])] for one in (work, *others))
    tier, _ = _worst(plans, loss.works, [service])
    outage = max(one.footprint.outage for one in loss.works) + 1 if loss.is_certain else 0
    down = " and ".join(
        f"{way[-1]} ({one.id}" + (f", by {' > '.join(way)})" if len(way) > 1 else ")")
        for one, way in zip((work, *others), ways, strict=True)
    )
    asks = f"{service} needs {needed} of its group {name}"
    if loss.is_reserve:
        says = f"{asks}, and {loss.left} without a reserve {at_once(overlap)} while changes work on {down}"
    elif loss.is_certain:
        says = f"{asks}, and {loss.left} stay up {at_once(overlap)} while changes take down {down}"
    else:
        says = f"{asks}, and {loss.left} would stay up if changes went wrong that work {at_once(overlap)} on {down}"
    return Conflict(
        ConflictKind.REDUNDANCY,
        work.change,
        Severity.NOTE if loss.is_reserve else grade(tier, outage, overlap.minutes),
        says + under_way([work, *others]),
        _where(work),
        hint="do one after the other",
        related=tuple(beginning(other) for other in others),
        others=tuple(other.change for other in others),
        service=service,
        ways=ways,
        overlap=overlap,
        minutes=overlap.minutes,
    )


def in_person(plans: Plans, works: tuple[Work, Work], more: int | None = None) -> Conflict:
    """Two changes that name the same people; with more that one of them shares people with, of the first."""
    work, met, overlap = _pair(*works) if more is None else (*works, overlap_of(works))
    people = sorted(work.people & met.people)
    index = work.change.fields.assignees.index(people[0])
    who = " and ".join(people[:3]) + (f" and {len(people) - 3} more" if len(people) > 3 else "")
    tier, outage = _worst(plans, [work, met])
    return Conflict(
        ConflictKind.PERSON,
        work.change,
        grade(tier, outage, overlap.minutes),
        f"{who} {'is' if len(people) == 1 else 'are'} to do {work.change} and {met.change} at once,"
        f" {at_once(overlap)}{under_way([work, met])}",
        ("assignees", index),
        hint="have somebody else do one of them, or move one of the windows",
        related=(met.change.place("assignees", label=f"named by {met.id}"),),
        others=(met.change,),
        people=tuple(people),
        overlap=overlap,
        minutes=overlap.minutes,
        more=more or 0,
    )


@dataclass(frozen=True, slots=True)
class Booked:
    """A team that has more to do at once than it can."""

    team: Record[Team]
    bookings: Mapping[str, tuple[Work, Booking]]
    """What it has to do, by the ids of the changes: those that are named."""
    count: int
    """How many changes it has to do at once, the named ones and others."""
    most: int | None
    """How many it says it can."""


def in_team(plans: Plans, booked: Booked, about: Work | None) -> Conflict:
    """A team that is booked beyond what it can do."""
    listed = sorted(booked.bookings.values(), key=lambda one: one[0].rank, reverse=True)
    (work, booking), *others = listed
    overlap = Interval(max(one.when.start for _, one in listed), min(one.when.end for _, one in listed))
    tier, outage = _worst(plans, [one for one, _ in listed])
    team, most, unnamed = booked.team, booked.most, booked.count - 1 - min(len(others), MOST_NAMED)
    named = " and ".join(_done(other, one) for other, one in others[:MOST_NAMED])
    named += f" and {unnamed} more" if unnamed > 0 else ""
    says = f"can do {most} at once" if most is not None else "does not say how many it can do at once"
    related = [
        other.change.place(*_path(other, one), label=f"{other.id} needs it")
        if one.step is not None
        else beginning(other)
        for other, one in others
    ]
    if most is not None:
        related.insert(0, team.place("capacity", "concurrent_changes", label="what the team can do"))
    mine = booked.bookings[about.id][1] if about is not None and about.id in booked.bookings else booking
    step = f" (step {booking.step + 1})" if booking.step is not None else ""
    return Conflict(
        ConflictKind.TEAM,
        work.change,
        Severity.NOTE if most is None else grade(tier, outage, overlap.minutes),
        f"{team.id} has {work.change}{step} and {named} to do at once, {at_once(overlap)}, and {says}"
        + under_way(one for one, _ in listed),
        _path(work, booking),
        hint="move one of the windows"
        + (
            ""
            if most is not None
            else f", or say what it can do: `capacity: {{concurrent_changes: 2}}` in {team.file}"
        ),
        related=tuple(related),
        others=(team, *(other.change for other, _ in others)),
        overlap=overlap,
        minutes=overlap.minutes,
        after=mine.after,
        more=max(unnamed, 0),
    )


def _done(work: Work, booking: Booking) -> str:
    return work.id + (f" (step {booking.step + 1})" if booking.step is not None else "")


def _path(work: Work, booking: Booking) -> DataPath:
    if booking.step is not None:
        return path_of_step(work.change, booking.step)
    return ("team",) if booking.is_named else ("services", 0)
