"""Whether somebody is there in all the hours that an agreement promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import cast

from gitsm.intervals import Interval, minutes, without
from gitsm.local_days import wall_clock
from gitsm.promises.ground import Ground, Judged, service_of, span_of
from gitsm.promises.support import support_calendar, zone_of
from gitsm.promises.verdict import Link, Mend, Promise, Verdict
from gitsm.records.agreement import Agreement
from gitsm.repository import Record
from gitsm.working_time import HORIZON, UnknownHolidays, working_times

SHOWN = 5
"""How many gaps are listed with each other side."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Promised hours in which the other side isn't there."""

    of: str
    """Whose hours they are, in words."""
    calendar: str | None
    first: tuple[Interval, ...]
    count: int
    minutes: float


class _Unknown(Exception):
    """Hours can't be known; the text says why."""


def hours_in_words(fields: Agreement) -> str:
    """The hours of an agreement: the name of their calendar, or `around the clock`."""
    return fields.hours or "around the clock"


def window_of(judged: Judged) -> Interval:
    """The next 24 months, or as much of them as the agreement holds."""
    now, zone = judged.ground.repository.now.astimezone(UTC), judged.ground.repository.timezone
    start, last = max(now, datetime(*judged.day.timetuple()[:3], tzinfo=zone).astimezone(UTC)), now + HORIZON
    end = span_of(judged.agreement)[1]
    if end < last.date():
        last = datetime(*(end + timedelta(days=1)).timetuple()[:3], tzinfo=zone).astimezone(UTC)
    return Interval(start, max(last, start + timedelta(minutes=1)))


def stretches(ground: Ground, calendar: str | None, window: Interval) -> list[Interval]:
    """The hours of a calendar in a window; all of it without a calendar."""
    if calendar is None:
        return [window]
    key = ("stretches", calendar, window)
    if key not in ground.memo:
        hours = working_times(ground.repository).get(calendar)
        if hours is None:
            raise _Unknown(f"calendar {calendar}, which can't be read")
        try:
            ground.memo[key] = hours.between(window.start, window.end)
        except UnknownHolidays as error:
            raise _Unknown(f"the holidays of calendar {calendar}: {error}") from None
    return cast("list[Interval]", ground.memo[key])


def gaps(ground: Ground, promised: str | None, there: str | None, window: Interval) -> list[Interval]:
    """Promised hours in which the other calendar has none."""
    if there is None or there == promised:
        return []
    key = ("gaps", promised, there, window)
    if key not in ground.memo:
        ground.memo[key] = without(stretches(ground, promised, window), stretches(ground, there, window))
    return cast("list[Interval]", ground.memo[key])


def covered_share(judged: Judged, below: Record[Agreement]) -> float | None:
    """The share of an agreement's hours that another one covers as well; None where it can't be known."""
    ours, theirs = judged.fields.hours, below.fields.hours
    if theirs is None or theirs == ours:
        return 1.0
    window = window_of(judged)
    try:
        promised = minutes(stretches(judged.ground, ours, window))
        left = minutes(gaps(judged.ground, ours, theirs, window))
    except _Unknown:
        return None
    return 1 - left / promised if promised else 1.0


def supporting(judged: Judged) -> list[Record[Agreement]]:
    """The agreements whose hours count: those of hard dependencies, and those beside and elsewhere that
    this one names."""

    def anything(_: Agreement) -> bool:
        return True

    ground = judged.ground
    found: dict[str, Record[Agreement]] = {}
    needs = ground.needs(judged.service)
    for on in (each for each in needs.all if each not in needs.gone):
        nearest = judged.nearest(on, anything)
        if nearest is not None:
            found[nearest.id] = nearest
    beside = judged.beside(anything)
    for each in [*([beside] if beside is not None else []), *judged.named_elsewhere(anything)]:
        found[each.id] = each
    return [found[id] for id in sorted(found)]


def hours(judged: Judged) -> Promise:
    """What is said of the hours that an agreement promises."""
    window = window_of(judged)
    promised = judged.fields.hours
    sides: list[tuple[str, str | None, Link]] = []
    missing: list[str] = []
    support = support_calendar(judged)
    provider = judged.fields.provider
    if support is None:
        missing.append(f"the support hours of {provider}")
    else:
        sides.append(
            (f"the support hours of {provider}", support, Link("calendar", support, "support hours"))
        )
    for agreement in supporting(judged):
        way = (judged.service, service_of(agreement))
        link = Link(
            "agreement", agreement.id, hours_in_words(agreement.fields), way, agreement.place("hours")
        )
        sides.append((agreement.id, agreement.fields.hours, link))
    needs = judged.ground.needs(judged.service)
    missing += [f"the hours of {why}" for why in needs.gone.values()]
    missing += [
        f"the hours of redundancy group {group.name} of {judged.service}, which has too few members in use"
        for group in needs.groups
        if group.needed > len(group.members)
    ]
    found: list[tuple[Gap, Link]] = []
    for of, calendar, link in sides:
        try:
            left = gaps(judged.ground, promised, calendar, window)
        except _Unknown as error:
            missing.append(str(error))
            continue
        if left:
            found.append((Gap(of, calendar, tuple(left[:SHOWN]), len(left), minutes(left)), link))
    return _promise(judged, window, found, [link for _, _, link in sides], list(dict.fromkeys(missing)))


def _promise(
    judged: Judged, window: Interval, found: list[tuple[Gap, Link]], all_links: list[Link], missing: list[str]
) -> Promise:
    zone = zone_of(judged)
    verdict: Verdict = "refuted" if found else "undetermined" if missing else "proved"
    mends: tuple[Mend, ...] = ()
    notes: list[str] = []
    chain = all_links
    if found:
        because = "; ".join(_said(gap, zone) for gap, _ in found[:3])
        because += f"; and {len(found) - 3} others are not there either" if len(found) > 3 else ""
        chain = [link for _, link in found]
        mends = tuple(_mends(judged, window, [gap for gap, _ in found]))
        for gap, _ in found:
            shown = ", ".join(stretch(each, zone) for each in gap.first)
            more = f", and {gap.count - len(gap.first)} more" if gap.count > len(gap.first) else ""
            notes.append(f"without {gap.of}: {shown}{more} ({zone})")
    elif missing:
        because = f"nothing says {'; '.join(missing[:3])}"
    else:
        because = "everybody whom it takes is there in all of its hours"
    last = wall_clock(window.end - timedelta(minutes=1), zone)
    notes.insert(0, f"looked at until {last:%Y-%m-%d}, with holidays and changes of the clock")
    figures = {
        "gaps": [
            {
                "of": gap.of,
                "hours": round(gap.minutes / 60, 2),
                "count": gap.count,
                "first": [{"start": s.start.isoformat(), "end": s.end.isoformat()} for s in gap.first],
            }
            for gap, _ in found
        ]
    }
    return Promise(
        "hours", "", hours_in_words(judged.fields), verdict, because, ("hours",) if judged.fields.hours else (),
        tuple(chain), tuple(missing) if verdict == "undetermined" else (), mends, tuple(notes), tuple(figures.items()),
    )  # fmt: skip


def _said(gap: Gap, zone: str) -> str:
    total = f"{gap.minutes / 60:,.0f} h" if gap.minutes >= 60 else f"{gap.minutes:.0f} min"
    return f"{gap.of} leave out {total}, first {stretch(gap.first[0], zone)}".replace(
        f"{gap.of} leave", f"{gap.of} leave" if gap.of.startswith("the ") else f"{gap.of} leaves"
    )


def _mends(judged: Judged, window: Interval, found: list[Gap]) -> list[Mend]:
    promised, ground = judged.fields.hours, judged.ground
    mends: list[Mend] = []
    if len(found) == 1:
        gap = found[0]
        wide = f"to {promised}" if promised is not None else "to all hours"
        mends.append(
            Mend(
                f"widen {gap.of} {wide}"
                if gap.of.startswith("the ")
                else f"widen the hours of {gap.of} {wide}"
            )
        )
    for gap in found:
        # A calendar that all the others cover is one that can be promised.
        try:
            rest = all(not gaps(ground, gap.calendar, other.calendar, window) for other in found)
        except _Unknown:
            continue
        if rest and gap.calendar is not None:
            words = f"promise the hours of {gap.calendar}"
            mends.append(Mend(words, "agreement", judged.agreement.id, ("hours",), gap.calendar))
            break
    return mends


@lru_cache(maxsize=1024)
def stretch(part: Interval, zone: str) -> str:
    """A stretch of time in words, in a zone."""
    start, end = wall_clock(part.start, zone), wall_clock(part.end, zone)
    shown = f"{end:%H:%M}"
    if end.date() != start.date():
        shown = (
            "24:00" if shown == "00:00" and (end - start) <= timedelta(days=1) else f"{end:%a %Y-%m-%d %H:%M}"
        )
    return f"{start:%a %Y-%m-%d %H:%M}–{shown}"
