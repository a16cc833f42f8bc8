"""Changes that take down by themselves so many members of a redundancy group that too few stay up."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.calendar.collisions import MOST_NAMED, MOST_SPELT_OUT
from gitsm.calendar.conflict import UNSTATED_TIER, Conflict, ConflictKind, grade
from gitsm.calendar.duration import amount
from gitsm.calendar.groups import Group
from gitsm.calendar.work import Plans, Work
from gitsm.records.service import Service

_DOES = {"full": "takes down", "degraded": "degrades", None: "may take down"}


def in_own_groups(plans: Plans, work: Work) -> Iterator[Conflict]:
    """The redundancy groups that a change breaks alone, though none of its services alone would.

    Of more than a few the worst is said, with how many more there are.
    """
    groups = sorted(work.footprint.broken, key=lambda group: (plans.tier(group[0]) or UNSTATED_TIER, group))
    if len(groups) > MOST_SPELT_OUT:
        yield _broken(plans, work, groups[0], more=len(groups) - 1)
    else:
        yield from (_broken(plans, work, group) for group in groups)


def _broken(plans: Plans, work: Work, group: Group, more: int = 0) -> Conflict:
    service, name = group
    footprint, whole = work.footprint, plans.groups[group]
    lost = sorted(whole.standing & footprint.broken[group], key=lambda id: (len(footprint.ways[id]), id))
    ways = tuple(footprint.ways[id] for id in lost)
    named = [way[-1] + (f" (by {' > '.join(way)})" if len(way) > 1 else "") for way in ways[:MOST_NAMED]]
    named += [f"{len(lost) - MOST_NAMED} more"] if len(lost) > MOST_NAMED else []
    left = whole.left(footprint.broken[group])
    tiers = [tier for tier in (footprint.tier, plans.tier(service)) if tier is not None]
    owner = plans.repository.get(Service, service)
    also = f"; so it is with {more} more group{'' if more == 1 else 's'}" if more else ""
    return Conflict(
        ConflictKind.REDUNDANCY,
        work.change,
        grade(min(tiers, default=None), footprint.outage, work.when.minutes),
        f"{work.change} alone {_DOES[work.change.fields.outage]} {' and '.join(named)} at once,"
        f" for {amount(work.when.minutes)}: {service} needs {whole.needed} of its group {name},"
        f" and {left} stay{'s' if left == 1 else ''} up{also}",
        ("services",),
        hint="do one after the other: two changes, or two windows",
        related=(owner.place("depends_on", label=f"the group of {service}"),) if owner is not None else (),
        service=service,
        ways=ways,
        overlap=work.when,
        minutes=work.when.minutes,
        more=more,
    )
