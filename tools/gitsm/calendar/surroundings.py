"""Changes against what stands around them: freezes, peaks of demand and maintenance windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from gitsm.calendar.conflict import Conflict, ConflictKind, grade, milder
from gitsm.calendar.duration import amount, plan_minutes, rollback_minutes
from gitsm.calendar.stretches import Around
from gitsm.calendar.work import Plans, Work
from gitsm.diagnostic import DataPath, Place, Severity
from gitsm.intervals import Interval, minutes, without
from gitsm.records.calendar import Calendar
from gitsm.records.capacity import Capacity, Peak
from gitsm.records.change import FreezeException
from gitsm.repository import Record
from gitsm.working_time import stretch_of

MOST_PEAKS = 10
"""Of how many services a change is said to be in the peak."""


def in_freezes(plans: Plans, around: Around, work: Work) -> Iterator[Conflict]:
    """The freezes that a change is in, where no exception lets it be."""
    for calendar, services in _in_scope(around, "freeze", work):
        inside = around.timeline(calendar).within(work.when)
        if not inside:
            continue
        index = next(
            (i for i, entry in enumerate(work.change.fields.exceptions) if entry.freeze == calendar.id), None
        )
        if index is None:
            yield _freeze(work, calendar, services, inside)
        elif lacks := missing_in_exception(plans, work, index):
            yield _exception(work, calendar, inside, index, lacks)


def excepted(plans: Plans, around: Around, work: Work) -> Iterator[tuple[Record[Calendar], FreezeException]]:
    """The freezes that a change is in by leave: each with the exception that is whole."""
    for calendar, _ in _in_scope(around, "freeze", work):
        for index, entry in enumerate(work.change.fields.exceptions):
            if entry.freeze == calendar.id and around.timeline(calendar).within(work.when):
                if not missing_in_exception(plans, work, index):
                    yield calendar, entry
                break


def _in_scope(around: Around, kind: str, work: Work) -> list[tuple[Record[Calendar], list[str]]]:
    """The calendars of a kind that are about services of a change, each with those."""
    found: dict[str, tuple[Record[Calendar], list[str]]] = {}
    for service in sorted(work.footprint.named):
        for calendar in around.of_service(kind, service):
            found.setdefault(calendar.id, (calendar, []))[1].append(service)
    return [found[id] for id in sorted(found)]


def _freeze(
    work: Work, calendar: Record[Calendar], services: list[str], inside: Sequence[Interval]
) -> Conflict:
    hard = calendar.fields.freeze != "soft"
    why = f": {calendar.fields.reason.rstrip('.')}" if calendar.fields.reason else ""
    return Conflict(
        ConflictKind.FREEZE,
        work.change,
        Severity.ERROR if hard else Severity.WARNING,
        f"{work.change} lies {amount(minutes(inside))} inside the {'hard' if hard else 'soft'} freeze"
        f" {calendar.id} of {_some(services)}{why}",
        ("window", "start"),
        hint="choose a window outside it, or ask for an exception under `exceptions`, with its reason, both risks"
        " and the role that grants it",
        related=(_when_of(calendar, inside[0]),),
        others=(calendar,),
        service=services[0],
        overlap=inside[0],
        minutes=minutes(inside),
    )


def missing_in_exception(plans: Plans, work: Work, index: int) -> list[str]:
    """What an exception from a freeze lacks to be one, in words."""
    entry = work.change.fields.exceptions[index]
    lacks = [f"`{name}`" for name in ("risk_of_waiting", "risk_of_doing") if not getattr(entry, name)]
    if entry.granted_by is None:
        lacks.append("`granted_by`")
        return lacks
    role = entry.granted_by.removeprefix("role:")
    roles = {known.name for known in plans.repository.policy.roles}
    if role == entry.granted_by:
        lacks.append(f"a role that grants it ({entry.granted_by} is none)")
    elif role not in roles and plans.repository.policy_is_known:
        lacks.append(f"a role of the policy that grants it ({role} is none)")
    return lacks


def _exception(
    work: Work, calendar: Record[Calendar], inside: Sequence[Interval], index: int, lacks: list[str]
) -> Conflict:
    return Conflict(
        ConflictKind.EXCEPTION,
        work.change,
        Severity.ERROR if calendar.fields.freeze != "soft" else Severity.WARNING,
        f"the exception of {work.change} from the freeze {calendar.id}, in which it lies {amount(minutes(inside))},"
        f" lacks {_listed(lacks)}",
        ("exceptions", index),
        hint="without it the freeze holds: add it, or choose a window outside the freeze",
        related=(_when_of(calendar, inside[0]),),
        others=(calendar,),
        overlap=inside[0],
        minutes=minutes(inside),
    )


def _when_of(calendar: Record[Calendar], inside: Interval) -> Place:
    """Where a calendar says that it is at a moment."""
    return calendar.place(*_source_of(calendar.fields, inside.start), label=f"{calendar.id} is then")


def _source_of(fields: Calendar, moment: datetime) -> DataPath:
    for index, dates in enumerate(fields.dates[:1000]):
        when = stretch_of(dates, fields.timezone)
        if when.start <= moment < when.end:
            return ("dates", index)
    return ("recurrence",) if fields.recurrence is not None else ("weekly",) if fields.weekly else ("type",)


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
        for calendar, _ in _in_scope(around, "freeze", work)
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


def beside_maintenance(plans: Plans, around: Around, work: Work) -> Iterator[Conflict]:
    """The services of a change that have maintenance windows, none of which it keeps to.

    Who can't wait, waits for none.
    """
    if work.change.fields.type == "emergency":
        return
    said: set[tuple[str, ...]] = set()
    for service in sorted(work.footprint.named):
        calendars = [
            calendar
            for calendar in around.of_service("maintenance", service)
            # What has no window any more, or none that can be known yet, asks for nothing.
            if around.timeline(calendar).last > work.when.start
        ]
        key = tuple(calendar.id for calendar in calendars)
        if not calendars or key in said:
            continue
        said.add(key)
        begun = [
            (slot, calendar)
            for calendar in calendars
            if (slot := around.timeline(calendar).at(work.when.start)) is not None
        ]
        if not begun:
            yield _missed(plans, around, work, service, calendars)
            continue
        # Windows that touch end to end are one: nobody has to stop where a second calendar goes on.
        whole = around.joined(calendars).at(work.when.start)
        assert whole is not None
        first = max(begun, key=lambda found: found[0].end)[1]
        if exceeded := _exceeded(plans, work, service, whole, _through(around, whole, first, calendars)):
            yield exceeded


def _through(
    around: Around, whole: Interval, first: Record[Calendar], calendars: Sequence[Record[Calendar]]
) -> Sequence[Record[Calendar]]:
    """The calendar in which a stretch of maintenance windows is entered, and that with which it ends."""
    just_before = whole.end - timedelta(microseconds=1)
    if around.timeline(first).at(just_before) is not None:
        return (first,)
    lasts = (calendar for calendar in calendars if around.timeline(calendar).at(just_before) is not None)
    return (first, *islice(lasts, 1))


def _missed(
    plans: Plans, around: Around, work: Work, service: str, calendars: Sequence[Record[Calendar]]
) -> Conflict:
    inside = [part for calendar in calendars for part in around.timeline(calendar).within(work.when)]
    outside = without([work.when], sorted(inside))
    coming = [around.timeline(calendar).next_after(work.when.start) for calendar in calendars]
    following = min((slot for slot in coming if slot is not None), default=None)
    ids = " and ".join(calendar.id for calendar in calendars[:3])
    zone = plans.repository.timezone
    after = f"; the next one begins at {following.start.astimezone(zone):%Y-%m-%d %H:%M}" if following else ""
    found = grade(plans.tier(service), work.footprint.outage, minutes(outside))
    return Conflict(
        ConflictKind.NO_MAINTENANCE,
        work.change,
        Severity.NOTE if work.footprint.outage == 0 else found,
        f"{work.change} begins outside the maintenance windows {ids} of {service}{after}",
        ("window", "start"),
        hint="choose a window inside one of them",
        related=tuple(calendar.place("type", label=f"{calendar.id}") for calendar in calendars[:3]),
        others=tuple(calendars),
        service=service,
        overlap=outside[0] if outside else work.when,
        minutes=minutes(outside),
    )


def _exceeded(
    plans: Plans, work: Work, service: str, slot: Interval, calendars: Sequence[Record[Calendar]]
) -> Conflict | None:
    """What is said of a change that begins in a maintenance window and isn't done when that ends.

    Where the plan says how long it takes, so does the way back: it may begin when the plan is done.
    Where it does not, the way back may begin as late as at the end of the change's own window.
    """
    back, plan = rollback_minutes(plans.repository, work.change), plan_minutes(plans.repository, work.change)
    done = work.when.end if plan is None else work.when.start + timedelta(minutes=plan)
    undone = max(work.when.end, done + timedelta(minutes=back))
    if undone <= slot.end:
        return None
    beyond = Interval(slot.end, undone)
    only_back = work.when.end <= slot.end
    found = grade(plans.tier(service), work.footprint.outage, beyond.minutes)
    what = "could be undone only" if only_back else "ends"
    windows = f"window{'' if len(calendars) == 1 else 's'} {' and '.join(one.id for one in calendars)}"
    return Conflict(
        ConflictKind.MAINTENANCE_EXCEEDED,
        work.change,
        Severity.NOTE if work.footprint.outage == 0 else milder(found) if only_back else found,
        f"{work.change} begins in the maintenance {windows} of {service} and {what}"
        f" {amount(beyond.minutes)} after {'it' if len(calendars) == 1 else 'them'}"
        + (f", with a rollback of {amount(back)}" if back else ""),
        ("window", "end"),
        hint="begin earlier, or do less in one go",
        related=(_when_of(calendars[0], work.when),),
        others=tuple(calendars),
        service=service,
        overlap=beyond,
        minutes=beyond.minutes,
    )


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
