"""Whether service can be restored as soon as an agreement says, from the worst moment on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import inf
from typing import get_args

from gitsm.local_days import wall_clock
from gitsm.promises.ground import Judged, TooEntangled
from gitsm.promises.support import support_calendar, zone_of
from gitsm.promises.verdict import Link, Mend, Promise, Verdict
from gitsm.promises.ways import UnknownWay, Way, begun, ways
from gitsm.records.support import Priority
from gitsm.schema.values import Duration

PRIORITIES: tuple[Priority, ...] = get_args(Priority)
DETECTED = "an incident is taken to be detected when it begins"


def restore(judged: Judged) -> Iterator[Promise]:
    """What is said of each priority's targets."""
    fields = judged.fields
    for priority in PRIORITIES:
        if priority in fields.resolution:
            yield _promise(judged, priority, fields.resolution[priority])


def _promise(judged: Judged, priority: Priority, target: Duration) -> Promise:
    path = ("resolution", priority)
    promised = f"restored within {target}"
    response = judged.fields.response.get(priority)
    if response is not None and (response.surely_longer_than(target) or _late(judged, response, target)):
        because = f"work begins within {response}, which is later than service is restored"
        link = Link("agreement", judged.agreement.id, f"response within {response}")
        mend = Mend(
            f"respond within {target}", "agreement", judged.agreement.id, ("response", priority), str(target)
        )
        return Promise("restore", priority, promised, "refuted", because, path, (link,), mends=(mend,))
    missing: list[str] = []
    try:
        found = list(ways(judged, priority, target, missing))
    except (UnknownWay, TooEntangled) as error:
        return Promise(
            "restore",
            priority,
            promised,
            "undetermined",
            f"nothing says {error}",
            path,
            missing=(str(error),),
        )
    late = [way for way in found if way.worst is not None and way.worst.spare < 0]
    verdict: Verdict = "refuted" if late else "undetermined" if missing else "proved"
    told = [way for way in found if way.worst is not None]
    decisive = min(told, key=lambda way: way.spare, default=None)
    notes = [DETECTED, "its own repair is the provider's word", f"moments are those of {zone_of(judged)}"]
    if judged.record is not None and not judged.record.fields.monitoring:
        notes[0] += ", though nothing says what watches the service"
    mends = tuple(_mends(judged, priority, target, late)) if late else ()
    if decisive is None:
        because = (
            f"nothing says {'; '.join(missing[:3])}"
            if missing
            else "it has no hours in which an incident could begin"
        )
        return Promise(
            "restore",
            priority,
            promised,
            "undetermined",
            because,
            path,
            missing=tuple(missing),
            notes=tuple(notes),
        )
    because = _said(judged, decisive) if not missing or late else f"nothing says {'; '.join(missing[:3])}"
    chain = tuple(_links(judged, decisive, priority))
    return Promise(
        "restore", priority, promised, verdict, because, path, chain,
        tuple(dict.fromkeys(missing)) if verdict == "undetermined" else (), mends, tuple(notes), _figures(decisive),
    )  # fmt: skip


def _late(judged: Judged, response: Duration, target: Duration) -> bool:
    """Whether work may begin later than service is restored, where one counts working time alone."""
    if response.business == target.business:
        return False
    try:
        worst = begun(judged, response, target)
    except UnknownWay:
        return False  # the hours of the agreement itself: then no way can be told either
    return worst is not None and worst.spare < 0


# --- in words


_LAST = datetime(9000, 1, 1, tzinfo=UTC).timestamp() / 60
"""The last moment that is told."""


def moment(minutes: float) -> datetime | None:
    """A moment on the line of minutes; None where it is too far away to be told."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes) if minutes < _LAST else None


def _said(judged: Judged, way: Way) -> str:
    worst = way.worst
    assert worst is not None
    zone = zone_of(judged)

    def shown(minutes: float) -> str:
        at = moment(minutes)
        return f"{wall_clock(at, zone):%a %Y-%m-%d %H:%M}" if at is not None else "not before the year 9000"

    by = way.agreement.id if way.agreement is not None else judged.fields.provider
    done = "restores it by" if way.agreement is not None else "is at it by"
    when = "" if worst.restored == inf else shown(worst.restored)
    end = f"{by} {done} {when}" if when else f"{by} never does in two years"
    return f"the worst moment to begin is {shown(worst.at)}: {end}; the deadline is {shown(worst.deadline)}"


def _links(judged: Judged, way: Way, priority: Priority) -> Iterator[Link]:
    support = support_calendar(judged)
    if support is not None:
        yield Link("calendar", support, "the support hours of the service")
    if way.called:
        at = judged.record.place("escalation") if judged.record is not None else None
        yield Link("service", judged.service, way.called, at=at)
    if way.agreement is not None:
        fields = way.agreement.fields
        hours = f", in the hours of {fields.hours}" if fields.hours is not None else ""
        says = f"{priority} restored within {fields.resolution[priority]}{hours}"
        yield Link(
            "agreement", way.agreement.id, says, way.through, way.agreement.place("resolution", priority)
        )


def _figures(way: Way) -> tuple[tuple[str, object], ...]:
    worst = way.worst
    assert worst is not None
    return (
        ("worst_moment", _written(worst.at)),
        ("restored", _written(worst.restored)),
        ("deadline", _written(worst.deadline)),
        ("spare_minutes", round(worst.spare, 3) if worst.restored < inf else None),
        ("always", way.always),
        ("waits_for_support", way.waited),
    )


def _written(minutes: float) -> str | None:
    at = moment(minutes)
    return at.isoformat() if at is not None else None


def _mends(judged: Judged, priority: Priority, target: Duration, late: list[Way]) -> Iterator[Mend]:
    """What one change would be enough: a quicker agreement below, or a slower promise."""
    below = {way.agreement.id: way for way in late if way.agreement is not None}
    own = [way for way in late if way.agreement is None]
    if len(below) == 1 and not own:
        ((id, way),) = below.items()
        assert way.agreement is not None
        current = way.agreement.fields.resolution[priority]
        if not current.business and way.spare > -inf and current.minutes + way.spare > 0:
            value = length(current.minutes + way.spare)
            words = f"have {id} restore {priority} within {value}"
            yield Mend(words, "agreement", id, ("resolution", priority), value)
        direct = {way.through[1] for way in late if len(way.through) > 1}
        if direct and len(direct) == 1 and direct <= set(judged.ground.needs(judged.service).each):
            yield Mend(f"declare a fallback for {direct.pop()}", "service", judged.service, ("depends_on",))
    worst = min(way.spare for way in late)
    if not target.business and worst > -inf:
        value = length(target.minutes - worst)
        words = f"promise that {priority} is restored within {value}"
        yield Mend(words, "agreement", judged.agreement.id, ("resolution", priority), value)


def length(minutes: float) -> str:
    """A length as a record writes it: `4 h`, `90 min`."""
    if minutes != int(minutes):
        return f"{minutes * 60:.0f} s"
    return f"{minutes / 60:g} h" if minutes % 60 == 0 and minutes else f"{minutes:g} min"
