"""Whether somebody is there in all the hours that an agreement promises."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial

from gitsm.intervals import Interval, common, in_words, minutes, without
from gitsm.local_days import wall_clock
from gitsm.promises.gaps import Gap, UnknownHours, enough, gaps, in_all, stretches, window_of
from gitsm.promises.ground import Group, service_of
from gitsm.promises.judged import Judged
from gitsm.promises.support import support_calendar, supported_by, zone_of
from gitsm.promises.verdict import Link, Promise, Verdict, first_of
from gitsm.promises.wider_hours import wider_hours
from gitsm.records.agreement import Agreement
from gitsm.repository import Record

SHOWN = 5
"""How many gaps are listed with each other side."""
MOST_NESTED = 6
MOST_DEEP = 100
"""How far down agreements are looked for."""


def hours_in_words(fields: Agreement) -> str:
    """The hours of an agreement: the name of their calendar, or `around the clock`."""
    return fields.hours or "around the clock"


def hours(judged: Judged) -> Promise:
    """What is said of the hours that an agreement promises."""
    window, promised = window_of(judged), judged.fields.hours
    missing: list[str] = []
    sides = list(_sides(judged, window, missing))
    found: list[tuple[Gap, Link]] = []
    for side in sides:
        try:
            left = side.missing_from(judged, promised, window)
        except UnknownHours as error:
            missing.append(str(error))
            continue
        if left:
            first, below = tuple(left[:SHOWN]), _leads_there(judged, side)
            gap = Gap(side.of, side.calendar, first, len(left), minutes(left), side.agreement, below)
            found.append((gap, side.link))
    return _promise(judged, window, found, [side.link for side in sides], list(dict.fromkeys(missing)))


@dataclass(frozen=True)
class _Side:
    """Somebody who must be there in the promised hours: in those of a calendar, or of enough members."""

    of: str
    link: Link
    calendar: str | None = None
    agreement: Record[Agreement] | None = None
    """The agreement that says so; None for support, and for a group."""
    there: tuple[Interval, ...] | None = None
    """When enough of a group are there; None for a calendar."""
    group: str = ""
    """The group's name."""

    def missing_from(self, judged: Judged, promised: str | None, window: Interval) -> list[Interval]:
        """The promised hours in which they are not there. Raises UnknownHours."""
        if self.there is not None:
            return without(stretches(judged.ground, promised, window), self.there)
        return gaps(judged.ground, promised, self.calendar, window)


def _sides(judged: Judged, window: Interval, missing: list[str]) -> Iterator[_Side]:
    """Everybody whose hours count: the provider's support, the agreements of what the service can't do
    without, down to the nearest of each, those beside and elsewhere that this one names, and groups."""

    def anything(_: Agreement) -> bool:
        return True

    support, team = support_calendar(judged), supported_by(judged)
    if support is None:
        missing.append(f"the support hours of {team}")
    else:
        link = Link("calendar", support, "support hours")
        yield _Side(f"the support hours of {team}", link, support)
    if judged.is_given:
        return
    beside = judged.beside(anything)
    found: dict[str, tuple[Record[Agreement], tuple[str, ...]]] = {}
    for each in [*([beside] if beside is not None else []), *judged.named_elsewhere(anything)]:
        found[each.id] = (each, (judged.service, service_of(each)))
    groups: list[_Side] = []
    if beside is None or not judged.covers_all(beside):
        walk = _Nearest(judged, window)
        for agreement, way in walk.below(judged.service, (judged.service,), missing, groups):
            found.setdefault(agreement.id, (agreement, way))
    for id in sorted(found):
        agreement, way = found[id]
        link = Link("agreement", id, hours_in_words(agreement.fields), way, agreement.place("hours"))
        yield _Side(id, link, agreement.fields.hours, agreement)
    yield from groups


def _leads_there(judged: Judged, side: _Side) -> tuple[str, str] | None:
    """The dependency of the promised service, or its group, by which one needs somebody."""
    way = side.link.way
    if len(way) < 2:
        return ("group", side.group) if side.group else None
    groups = judged.ground.needs(judged.service).groups
    group = next((group.name for group in groups if way[1] in group.members), None)
    return ("group", group) if group is not None else ("service", way[1])


class _Nearest:
    """Walks down to the nearest agreements, and finds when enough members of each group are there."""

    def __init__(self, judged: Judged, window: Interval) -> None:
        self._judged, self._window = judged, window

    def below(
        self, start: str, way: tuple[str, ...], missing: list[str], groups: list[_Side], nested: int = 0
    ) -> Iterator[tuple[Record[Agreement], tuple[str, ...]]]:
        """The agreements of what a service needs alone; its groups, and what nobody says, go into lists."""
        waiting, seen = deque([(start, way)]), {start, *way}
        ground = self._judged.ground
        while waiting:
            here, path = waiting.popleft()
            ground.visit()
            needs = ground.needs(here)
            for group in needs.groups:
                side = self._group(here, group, path, missing, nested)
                groups.extend([side] if side is not None else [])
            for on in needs.each:
                if on in seen:
                    continue
                seen.add(on)
                if on in needs.gone:
                    missing.append(f"the hours of {needs.gone[on]}")
                    continue
                agreement = self._judged.nearest(on, lambda _: True)
                if agreement is not None:
                    yield agreement, (*path, on)
                    if self._judged.covers_all(agreement):
                        continue
                elif not self._judged.ours(on):
                    # What others stand on is theirs to say; that nothing binds them is enough.
                    missing.append(unsaid(self._judged, on))
                    continue
                if len(path) < MOST_DEEP:
                    waiting.append((on, (*path, on)))
                else:
                    missing.append(f"the hours of what stands more than {MOST_DEEP} services below")

    def _group(
        self, owner: str, group: Group, path: tuple[str, ...], missing: list[str], nested: int
    ) -> _Side | None:
        """A group, with the hours in which as many of its members are there as are needed."""
        name = f"redundancy group {group.name} of {owner}"
        if group.needed > len(group.members):
            missing.append(f"the hours of {name}, which has too few members in use")
            return None
        if group.unclear or nested >= MOST_NESTED:
            missing.append(f"the hours of enough of {name}")
            return None
        each = [self._member(member, (*path, member), nested) for member in group.members]
        known = [hours for hours in each if hours is not None]
        there = enough(known, group.needed)
        if len(known) < len(each) and without([self._window], there):
            missing.append(f"the hours of enough of {name}")
            return None
        names = first_of(group.members, most=6, between=", ")
        link = Link("service", owner, f"{group.needed} of {names} must be there", path)
        says = f"{group.needed} of {len(group.members)} of the group {group.name}"
        return _Side(says, link, there=tuple(there), group=group.name)

    def _member(self, member: str, way: tuple[str, ...], nested: int) -> list[Interval] | None:
        """When a member is there with all that it needs; None where nobody can tell."""
        ground, window = self._judged.ground, self._window
        if member in way[:-1]:
            return [window]
        unknown: list[str] = []
        groups: list[_Side] = []
        agreement = self._judged.nearest(member, lambda _: True)
        if agreement is None and not self._judged.ours(member):
            return None
        found = [agreement] if agreement is not None else []
        if agreement is None or not self._judged.covers_all(agreement):
            found += [each for each, _ in self.below(member, way, unknown, groups, nested + 1)]
        try:
            there = in_all(ground, [each.fields.hours for each in found], window)
        except UnknownHours:
            return None
        for side in groups:
            there = common(there, side.there or ())
        return None if unknown else there


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
