"""Changes against the peaks of demand of their services, and of what goes down with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gitsm.calendar.conflict import Conflict, ConflictKind, grade, milder
from gitsm.calendar.duration import amount
from gitsm.calendar.freezes import in_scope_of
from gitsm.calendar.stretches import Around
from gitsm.calendar.work import Plans, Work
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval, minutes
from gitsm.records.capacity import Capacity, Peak

MOST_PEAKS = 10
"""Of how many services a change is said to be in the peak."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A peak that a change is in."""

    service: str
    index: int
    peak: Peak
    way: tuple[str, ...]
    inside: tuple[Interval, ...]
    severity: Severity
    is_near: bool
    """Whether only the margin is touched, and not the peak."""


def in_peaks(plans: Plans, around: Around, work: Work) -> Iterator[Conflict]:
    """The peaks of demand that a change is in, of its services and of what goes down with them.

    What several services have in the same hours is said once, of the nearest.
    """
    hits = sorted(_hits(plans, around, work), key=lambda hit: (hit.severity.rank, len(hit.way), hit.service))
    once: dict[tuple[Interval, ...], list[_Hit]] = {}
    for hit in hits:
        once.setdefault(hit.inside, []).append(hit)
    for same in list(once.values())[:MOST_PEAKS]:
        yield _peak(plans, work, same)


def _hits(plans: Plans, around: Around, work: Work) -> Iterator[_Hit]:
    frozen = {
        calendar.id
        for calendar, _ in in_scope_of(around, "freeze", work)
        if around.timeline(calendar).within(work.when)
    }
    for service, way in work.footprint.ways.items():
        for index, peak, bare, wide in around.peaks(service):
            if peak.calendar in frozen and peak.recurrence is None and not peak.dates:
                continue  # the freeze is there for the peak's sake, and has said it
            inside = wide.within(work.when)
            if not inside:
                continue
            is_near = not bare.within(work.when)
            found = grade(plans.tier(service), work.footprint.outage, minutes(inside))
            if work.change.fields.type == "emergency":
                found = Severity.NOTE  # what can't wait does not choose its hour
            yield _Hit(service, index, peak, way, tuple(inside), milder(found) if is_near else found, is_near)


def _peak(plans: Plans, work: Work, hits: list[_Hit]) -> Conflict:
    hit = hits[0]
    others = len({other.service for other in hits} - {hit.service})
    whose = hit.service if len(hit.way) == 1 else f"{hit.service}, which goes down by {' > '.join(hit.way)}"
    margin = f" the margin of {hit.peak.margin} around" if hit.is_near else ""
    more = f", and of {others} more service{'' if others == 1 else 's'}" if others else ""
    plan = plans.repository.get(Capacity, hit.service)
    assert plan is not None
    return Conflict(
        ConflictKind.PEAK,
        work.change,
        hit.severity,
        f"{work.change} lies {amount(minutes(hit.inside))} inside{margin} the peak {hit.peak.name} of {whose}{more}",
        ("window", "start"),
        hint="choose a window outside it",
        related=(plan.place("peaks", hit.index, "name", label="the peak"),),
        others=(plan,),
        service=hit.service,
        ways=(hit.way,),
        overlap=hit.inside[0],
        minutes=minutes(hit.inside),
    )
