"""Whether somebody is there in all the hours that an agreement promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial

from gitsm.intervals import Interval, common, in_words, minutes, without
from gitsm.local_days import wall_clock
from gitsm.promises.descent import Descent, Gone, Met, MetGroup
from gitsm.promises.gaps import Gap, UnknownHours, enough, gaps, in_all, stretches, window_of
from gitsm.promises.ground import service_of
from gitsm.promises.judged import Judged
from gitsm.promises.support import support_calendar, supported_by, zone_of
from gitsm.promises.verdict import Link, Promise, Verdict, first_of
from gitsm.promises.wider_hours import wider_hours
from gitsm.records.agreement import Agreement
from gitsm.repository import Record

SHOWN = 5
"""How many gaps are listed with each other side."""
MOST_NESTED = 6


def hours_in_words(fields: Agreement) -> str:
    """The hours of an agreement: the name of their calendar, or `around the clock`."""
    return fields.hours or "around the clock"


def hours(judged: Judged) -> Promise:
    """What is said of the hours that an agreement promises."""
    window, promised = window_of(judged), judged.fields.hours
    missing: list[str] = []
    links: list[Link] = []
    found: list[tuple[Gap, Link]] = []
    for side in _sides(judged, window):
        try:
            left = side.missing_from(judged, promised, window)
            missing += side.unsaid(judged, promised, window)
        except UnknownHours as error:
            left = []
            missing.append(str(error))
        if side.link is None:
            continue
        links.append(side.link)
        if left:
            first, below = tuple(left[:SHOWN]), _leads_there(judged, side)
            gap = Gap(side.of, side.calendar, first, len(left), minutes(left), side.agreement, below)
            found.append((gap, side.link))
    return _promise(judged, window, found, links, list(dict.fromkeys(missing)))


@dataclass(frozen=True)
class _There:
    """When enough members of a group are there, for all that is known. Where all is, both are the same."""

    surely: Sequence[Interval]
    perhaps: Sequence[Interval]
    unsure: tuple[str, ...] = ()
    """What would have to be known."""


@dataclass(frozen=True)
class _Side:
    """Somebody who must be there in the promised hours: in those of a calendar, or of enough members."""

    of: str
    link: Link | None
    """Where their hours stand; None where that is unknown."""
    calendar: str | None = None
    agreement: Record[Agreement] | None = None
    """The agreement that says so; None for support, and for a group."""
    group: str = ""
    """The group's name."""
    there: _There | None = None
    """When enough of a group are there, or somebody of whom nothing is known; None for a calendar."""

    def missing_from(self, judged: Judged, promised: str | None, window: Interval) -> list[Interval]:
        """The promised hours in which they surely are not there. Raises UnknownHours."""
        if self.there is not None:
            return without(stretches(judged.ground, promised, window), self.there.perhaps)
        return gaps(judged.ground, promised, self.calendar, window)

    def unsaid(self, judged: Judged, promised: str | None, window: Interval) -> Sequence[str]:
        """What is to be known before they are surely there in promised hours. Raises UnknownHours."""
        if self.there is None or not self.there.unsure:
            return ()
        left = without(stretches(judged.ground, promised, window), self.there.surely)
        return self.there.unsure if left else ()


def _unknown(unsure: str, window: Interval) -> _Side:
    return _Side("", None, there=_There((), (window,), (unsure,)))


def _sides(judged: Judged, window: Interval) -> Iterator[_Side]:
    """Everybody whose hours count: the provider's support, the agreements of what the service can't do
    without, down to the nearest of each, those beside and elsewhere that this one names, and groups."""

    def anything(_: Agreement) -> bool:
        return True

    support, team = support_calendar(judged), supported_by(judged)
    if support is None:
        yield _unknown(f"the support hours of {team}", window)
    else:
        link = Link("calendar", support, "support hours")
        yield _Side(f"the support hours of {team}", link, support)
    if judged.is_given:
        return
    beside = judged.beside(anything)
    found = [
        _agreed(each, (judged.service, service_of(each)))
        for each in [*([beside] if beside is not None else []), *judged.named_elsewhere(anything)]
    ]
    if beside is None or not judged.covers_all(beside):
        found += _Nearest(judged, window).below(judged.service, (judged.service,))
    agreements = {side.of: side for side in reversed(found) if side.agreement is not None}
    yield from (agreements[id] for id in sorted(agreements))
    yield from (side for side in found if side.agreement is None)


def _agreed(agreement: Record[Agreement], way: tuple[str, ...]) -> _Side:
    id, fields = agreement.id, agreement.fields
    link = Link("agreement", id, hours_in_words(fields), way, agreement.place("hours"))
    return _Side(id, link, fields.hours, agreement)


def _leads_there(judged: Judged, side: _Side) -> tuple[str, str] | None:
    """The dependency of the promised service, or its group, by which one needs somebody."""
    way = side.link.way if side.link is not None else ()
    if len(way) < 2:
        return ("group", side.group) if side.group else None
    groups = judged.ground.needs(judged.service).groups
    group = next((group.name for group in groups if way[1] in group.members), None)
    return ("group", group) if group is not None else ("service", way[1])


class _Nearest:
    """Walks down to the nearest agreements, and finds when enough members of each group are there."""

    def __init__(self, judged: Judged, window: Interval) -> None:
        self._judged, self._window = judged, window
        self._descent = Descent(judged, lambda _: True, "the hours of so many services below it")

    def below(self, start: str, way: tuple[str, ...], nested: int = 0) -> Iterator[_Side]:
        """The agreements of what a service needs alone, its groups, and what nobody says."""
        for met in self._descent.below(start, way):
            match met:
                case Gone():
                    yield _unknown(f"the hours of {met.why}", self._window)
                case MetGroup():
                    yield self._group(met, nested)
                case Met():
                    yield from self._itself(met)

    def _itself(self, met: Met) -> Iterator[_Side]:
        """The agreement of a service; what is ours needs none."""
        if met.agreement is not None:
            yield _agreed(met.agreement, met.way)
        elif not self._judged.ours(met.service):
            yield _unknown(unsaid(self._judged, met.service), self._window)

    def _group(self, met: MetGroup, nested: int) -> _Side:
        """A group, with the hours in which as many of its members are there as are needed."""
        group = met.group
        if group.needed > len(group.members):
            return _unknown(f"the hours of {met.name}, which has too few members in use", self._window)
        if nested >= MOST_NESTED:
            return _unknown(f"the hours of enough of {met.name}", self._window)
        each = [self._member(member, met.way, nested) for member in group.members]
        there = _enough(each, group.needed)
        if group.or_all:
            alone = group.those_of(each)
            there = _enough([there, _enough(alone, len(alone))], 1)
        names = first_of(group.members, most=6, between=", ")
        link = Link(
            "service", met.owner, f"{group.needed} of {names}{group.otherwise} must be there", met.way
        )
        says = f"{group.needed} of {len(group.members)} of the group {group.name}"
        return _Side(says, link, group=group.name, there=there)

    def _member(self, member: str, way: tuple[str, ...], nested: int) -> _There:
        """When a member is there with all that it needs."""
        if member in way:  # it is there whenever this is asked
            return _There((self._window,), (self._window,))
        met = self._descent.met(member, (*way, member))
        sides = list(self._itself(met))
        if not met.is_covered:
            sides += self.below(member, met.way, nested + 1)
        calendars: list[str | None] = []
        others: list[_There] = []
        for side in sides:
            try:
                stretches(self._judged.ground, side.calendar, self._window)
            except UnknownHours as error:
                others.append(_There((), (self._window,), (str(error),)))
            else:
                calendars.append(side.calendar)
            others += [side.there] if side.there is not None else []
        surely = perhaps = in_all(self._judged.ground, calendars, self._window)
        for there in others:
            surely, perhaps = common(surely, there.surely), common(perhaps, there.perhaps)
        return _There(surely, perhaps, tuple(what for there in others for what in there.unsure))


def _enough(each: list[_There], needed: int) -> _There:
    """When so many of several are there."""
    surely = enough([one.surely for one in each], needed)
    unsure = tuple(dict.fromkeys(what for one in each for what in one.unsure))
    return _There(surely, enough([one.perhaps for one in each], needed) if unsure else surely, unsure)


def unsaid(judged: Judged, service: str) -> str:
    """What is missing where others run a service and have promised no hours for it."""
    passed = judged.passed_over(service, lambda _: True, "")
    return f"the hours of {service}, for which nobody has promised any{passed}"


def _promise(
    judged: Judged, window: Interval, found: list[tuple[Gap, Link]], all_links: list[Link], missing: list[str]
) -> Promise:
    zone = zone_of(judged)
    verdict: Verdict = "refuted" if found else "undetermined" if missing else "proved"
    candidates = None
    notes: list[str] = []
    chain = all_links
    if found:
        because = "; ".join(_said(gap, zone) for gap, _ in found[:3])
        because += f"; and {len(found) - 3} others are not there either" if len(found) > 3 else ""
        chain = [link for _, link in found]
        candidates = partial(wider_hours, judged, [gap for gap, _ in found])
        for gap, _ in found:
            shown = ", ".join(stretch(each, zone) for each in gap.first)
            more = f", and {gap.count - len(gap.first)} more" if gap.count > len(gap.first) else ""
            notes.append(f"without {gap.of}: {shown}{more} ({zone})")
    elif missing:
        because = f"nothing says {first_of(missing)}"
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
        tuple(chain), tuple(missing) if verdict == "undetermined" else (), tuple(notes),
        tuple(figures.items()), candidates,
    )  # fmt: skip


def _said(gap: Gap, zone: str) -> str:
    verb = "leaves" if gap.agreement is not None else "leave"
    return f"{gap.of} {verb} out {in_words(gap.minutes)}, first {stretch(gap.first[0], zone)}"


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
