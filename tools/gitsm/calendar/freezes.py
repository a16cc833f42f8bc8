"""Changes against freezes: of what they work on, and of what they take down with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitsm.calendar.conflict import Conflict, ConflictKind, milder
from gitsm.calendar.duration import amount
from gitsm.calendar.places import place_of
from gitsm.calendar.stretches import Around, around, horizon
from gitsm.calendar.work import Footprint, Plans, Work, plans
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval, minutes
from gitsm.records.calendar import Calendar
from gitsm.records.capacity import Capacity
from gitsm.records.change import FreezeException
from gitsm.repository import Record, Repository, once


@dataclass(frozen=True, slots=True)
class _Freeze:
    """A freeze that concerns a change, and by which of its services."""

    calendar: Record[Calendar]
    services: tuple[str, ...]
    way: tuple[str, ...] = ()
    """From what is worked on to a service that goes down with it; empty where the freeze is of what is worked on."""

    @property
    def severity(self) -> Severity:
        """How bad it is to be in it. What goes down is not changed, which is the promise of a freeze: one step less."""
        found = Severity.ERROR if self.calendar.fields.freeze != "soft" else Severity.WARNING
        return milder(found) if self.way else found


def in_freezes(plans: Plans, around: Around, work: Work) -> Iterator[Conflict]:
    """The freezes that a change is in, where no exception lets it be."""
    for freeze in _concerning(plans, around, work):
        inside = around.timeline(freeze.calendar).within(work.when)
        if not inside:
            continue
        entries = enumerate(work.change.fields.exceptions)
        index = next((i for i, entry in entries if entry.freeze == freeze.calendar.id), None)
        if index is None:
            yield _inside(work, freeze, inside)
        elif lacks := missing_in_exception(plans, work, index):
            yield _exception(work, freeze, inside, index, lacks)


def excepted(plans: Plans, around: Around, work: Work) -> Iterator[tuple[Record[Calendar], FreezeException]]:
    """The freezes that a change is in by leave: each with the exception that is whole."""
    for freeze in _concerning(plans, around, work):
        for index, entry in enumerate(work.change.fields.exceptions):
            if entry.freeze == freeze.calendar.id and around.timeline(freeze.calendar).within(work.when):
                if not missing_in_exception(plans, work, index):
                    yield freeze.calendar, entry
                break


@dataclass(frozen=True, slots=True)
class Stale:
    """An exception from a freeze that its change does not lie in."""

    work: Work
    index: int
    """The place of the exception in its change."""
    calendar: Record[Calendar]
    is_for_others: bool
    """Whether the freeze is for none of the services that the change touches, whenever it is."""


def stale_exceptions(repository: Repository) -> Iterator[Stale]:
    """The exceptions that let nobody in: of changes that are to come and lie outside the freeze that they name.

    What comes back is followed for 24 months; of a window after that nothing is said.
    """
    every, standing = plans(repository), around(repository)
    for work in every.works:
        if not work.change.fields.exceptions or work.window is None or work.window.end <= every.now:
            continue
        concerning = {freeze.calendar.id for freeze in _concerning(every, standing, work)}
        for index, entry in enumerate(work.change.fields.exceptions):
            calendar = repository.get(Calendar, entry.freeze)
            if calendar is None or calendar.fields.type != "freeze":
                continue
            comes_back = calendar.fields.recurrence or calendar.fields.weekly
            if comes_back and work.window.end > horizon(repository).end:
                continue
            is_for_others = calendar.id not in concerning
            if is_for_others or not standing.timeline(calendar).within(work.window):
                yield Stale(work, index, calendar, is_for_others)


def in_scope_of(around: Around, kind: str, work: Work) -> list[tuple[Record[Calendar], list[str]]]:
    """The calendars of a kind that are about services of a change, each with those."""
    found: dict[str, tuple[Record[Calendar], list[str]]] = {}
    for service in sorted(work.footprint.named):
        for calendar in around.of_service(kind, service):
            found.setdefault(calendar.id, (calendar, []))[1].append(service)
    return [found[id] for id in sorted(found)]


def _concerning(plans: Plans, around: Around, work: Work) -> list[_Freeze]:
    """The freezes of what a change works on, and those of what it says that it takes down or makes worse."""
    found = [_Freeze(calendar, tuple(services)) for calendar, services in in_scope_of(around, "freeze", work)]
    if work.change.fields.outage in ("degraded", "full"):
        named = {freeze.calendar.id for freeze in found}
        reached = _reached(plans, around, work.footprint)
        found.extend(freeze for id, freeze in reached.items() if id not in named)
    return found


def _reached(plans: Plans, around: Around, footprint: Footprint) -> Mapping[str, _Freeze]:
    """The freezes of the services that go down with those of a change, each with the nearest of them."""
    known = _of_footprints(plans.repository)
    if footprint not in known:
        found: dict[str, _Freeze] = {}
        for service, way in sorted(footprint.ways.items(), key=lambda item: (len(item[1]), item[0])):
            if service in footprint.named:
                continue
            for calendar in around.of_service("freeze", service):
                if not _is_left_to_a_peak(plans.repository, service, calendar.id):
                    found.setdefault(calendar.id, _Freeze(calendar, (service,), way))
        known[footprint] = dict(sorted(found.items()))
    return known[footprint]


@once
def _of_footprints(repository: Repository) -> dict[Footprint, Mapping[str, _Freeze]]:
    """What was found so far: most changes are to the same few services."""
    return {}


def _is_left_to_a_peak(repository: Repository, service: str, freeze: str) -> bool:
    """Whether a service has a peak in the very hours of a freeze: the peak then speaks of who takes it down."""
    plan = repository.get(Capacity, service)
    return plan is not None and any(peak.calendar == freeze for peak in plan.fields.peaks)


def _inside(work: Work, freeze: _Freeze, inside: Sequence[Interval]) -> Conflict:
    calendar = freeze.calendar
    why = f": {calendar.fields.reason.rstrip('.')}" if calendar.fields.reason else ""
    kind = "soft" if calendar.fields.freeze == "soft" else "hard"
    whose = f"inside the {kind} freeze {calendar.id} of {_some(freeze.services)}"
    if freeze.way:
        does = "takes down" if work.change.fields.outage == "full" else "degrades"
        reached = f"{freeze.services[0]}, by {' > '.join(freeze.way)}"
        message = f"{work.change} {does} {reached}, {amount(minutes(inside))} {whose}"
    else:
        message = f"{work.change} lies {amount(minutes(inside))} {whose}"
    emergency = freeze.way and work.change.fields.type == "emergency"  # what can't wait chooses no hour
    return Conflict(
        ConflictKind.FREEZE,
        work.change,
        Severity.NOTE if emergency else freeze.severity,
        message + why,
        ("window", "start"),
        hint="choose a window outside it, or ask for an exception under `exceptions`, with its reason, both risks"
        " and the role that grants it",
        related=(place_of(calendar, inside[0].start),),
        others=(calendar,),
        service=freeze.services[0],
        ways=(freeze.way,) if freeze.way else (),
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
    work: Work, freeze: _Freeze, inside: Sequence[Interval], index: int, lacks: list[str]
) -> Conflict:
    calendar = freeze.calendar
    return Conflict(
        ConflictKind.EXCEPTION,
        work.change,
        freeze.severity,
        f"the exception of {work.change} from the freeze {calendar.id}, in which it lies {amount(minutes(inside))},"
        f" lacks {_listed(lacks)}",
        ("exceptions", index),
        hint="without it the freeze holds: add it, or choose a window outside the freeze",
        related=(place_of(calendar, inside[0].start),),
        others=(calendar,),
        overlap=inside[0],
        minutes=minutes(inside),
    )


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
