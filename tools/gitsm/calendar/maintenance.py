"""Changes against the maintenance windows of their services: none that they keep to, or one that they exceed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from gitsm.calendar.conflict import Conflict, ConflictKind, grade, milder
from gitsm.calendar.duration import amount, plan_minutes, rollback_minutes
from gitsm.calendar.places import place_of
from gitsm.calendar.stretches import Around
from gitsm.calendar.work import Plans, Work
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval, minutes, without
from gitsm.records.calendar import Calendar
from gitsm.repository import Record


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
        related=(place_of(calendars[0], work.when.start),),
        others=tuple(calendars),
        service=service,
        overlap=beyond,
        minutes=beyond.minutes,
    )
