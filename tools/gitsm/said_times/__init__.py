"""Dates and times in prose that contradict themselves: a weekday that is not that date's, one moment in two
zones that don't agree, summer time in winter.

Only forms that leave no doubt are read. Where one has several meanings, such as a zone of several countries
or a date between slashes, it contradicts only what none of them agrees with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from gitsm.local_days import wall_clock
from gitsm.said_times import dates, zones
from gitsm.said_times.clocks import Said, disagreement, one_moment, said, speaks_of_zones

_OTHER_TIME = re.compile(
    rf"\b20\d\d\b|\b(?:{'|'.join(dates.MONTHS)}|summer|spring|autumn|fall|usual\w*|always|last|year\w*)\b"
    r"|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b",
    re.IGNORECASE,
)
_EDGE_WORD = re.compile(r"\b(?:begin|start|end|until|from|finish|open|clos)", re.IGNORECASE)
_CITING = re.compile(
    r"\b(?:said|wrote|read|wrong|mistake\w*|misprint\w*|instead|corrected|rather than)\b", re.IGNORECASE
)
_WHICH = "which of the two is meant?"
_AROUND = 300
"""How far the sentence around a time is looked at."""
MAX_TEXT = 256 * 1024
"""Of a longer text the beginning is read; no record is longer."""
MAX_SLIPS = 20
"""How many of each kind are told of a text."""


class SlipKind(StrEnum):
    """What can't be so."""

    WEEKDAY = "weekday"
    """A weekday that is not that of its date."""
    ZONES = "zones"
    """One moment in two zones that don't agree."""
    SUMMER = "summer"
    """Summer time where none holds."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Something in a text that can't be so."""

    kind: SlipKind

    start: int
    end: int
    what: str
    """What is wrong, as a statement about the words in the text."""
    hint: str = ""


def speaks_of_time(text: str) -> bool:
    """Whether a text names a weekday or a zone at all: most don't, and no slip is in them."""
    return speaks_of_zones(text) or dates.speaks_of_days(text)


def slips(text: str) -> Iterator[Slip]:
    """What a text says of dates and times that can't be so, whatever it is about."""
    text = text[:MAX_TEXT]
    if "20" in text and dates.speaks_of_days(text):
        yield from _told(text, _weekdays(text))
    if speaks_of_zones(text):
        times = list(said(text))
        yield from _told(text, _zones(text, times))
        yield from _told(text, _summer_in_winter(text, times))


def _told(text: str, found: Iterator[Slip]) -> Iterator[Slip]:
    return islice((slip for slip in found if not _is_cited(text, slip)), MAX_SLIPS)


def _weekdays(text: str) -> Iterator[Slip]:
    for named in dates.named_days(text):
        quoted = _quoted(text, named.start, named.end)
        if not named.days:
            what = f"{quoted} names a date that does not exist"
            yield Slip(SlipKind.WEEKDAY, named.start, named.end, what)
        elif not any(map(named.is_weekday_of, named.days)):
            right = ", and ".join(f"{day} is a {_weekday(day)}" for day in sorted(named.days))
            yield Slip(SlipKind.WEEKDAY, named.start, named.end, f"{quoted} is wrong: {right}", _WHICH)


def _zones(text: str, times: list[Said]) -> Iterator[Slip]:
    for row in one_moment(text, times):
        found = disagreement(row)
        if found is not None:
            one, other, right = found
            end = other.end + (text[other.end : other.end + 1] in (")", "]"))
            quoted = _quoted(text, one.start, end)
            yield Slip(SlipKind.ZONES, one.start, end, f"{quoted} is wrong: {right}", _WHICH)


def _summer_in_winter(text: str, times: list[Said]) -> Iterator[Slip]:
    for each in times:
        if each.day is not None and _is_summer_outside(each, each.day, each.day):
            yield _summer(text, each, each.day)


def _is_summer_outside(each: Said, first: date, last: date) -> bool:
    """Whether a time is in summer time, and none holds from a day to another."""
    return zones.is_summer_time(each.zone) and not zones.holds(each.zone, first, last)


def _summer(text: str, each: Said, day: date) -> Slip:
    return Slip(
        SlipKind.SUMMER,
        each.start,
        each.end,
        f"{_quoted(text, each.start, each.end)} is wrong: {each.zone} is summer time, which does not hold on {day}",
        f"write {zones.in_winter(each.zone)}, or the offset from UTC",
    )


def slips_beside(text: str, starts: datetime, ends: datetime, zone: str) -> Iterator[Slip]:
    """What a text that is about a window says of times that can't be, given that window.

    That is summer time without a date while none holds; a day and month without a year that are those
    of the window, with another weekday; and the window's own day and hour in another zone.
    """
    text = text[:MAX_TEXT]
    if dates.speaks_of_days(text):
        yield from _told(
            text, _other_weekday(text, {wall_clock(edge, zone).date() for edge in (starts, ends)})
        )
    if speaks_of_zones(text):
        times = list(said(text))
        yield from _told(text, _summer_without_a_date(text, times, starts, ends))
        yield from _told(text, _other_moment(text, times, (starts, ends)))


def _summer_without_a_date(text: str, times: list[Said], starts: datetime, ends: datetime) -> Iterator[Slip]:
    first, last = starts.astimezone(UTC).date(), ends.astimezone(UTC).date()
    for each in times:
        if (
            not each.days
            and _is_summer_outside(each, first, last)
            and not _OTHER_TIME.search(_sentence(text, each.start, each.end))
        ):
            yield _summer(text, each, first)


def _other_weekday(text: str, window: set[date]) -> Iterator[Slip]:
    for named in dates.yearless_days(text):
        for day in sorted(window):
            if (day.month, day.day) == named.month_and_day and not named.is_weekday_of(day):
                quoted = _quoted(text, named.start, named.end)
                what = f"{quoted} is wrong: {day}, the day of the window, is a {_weekday(day)}"
                yield Slip(SlipKind.WEEKDAY, named.start, named.end, what, _WHICH)


def _other_moment(text: str, times: list[Said], edges: tuple[datetime, datetime]) -> Iterator[Slip]:
    """The day and the reading of the clock at which the window begins or ends, in a zone that makes it another
    moment."""
    for each in times:
        if each.day is None or each.is_half_said or _is_summer_outside(each, each.day, each.day):
            continue
        local = datetime.combine(each.day, time()) + timedelta(minutes=each.minutes)
        moments = each.moments()
        if any(moment == edge for moment in moments for edge in edges):
            continue
        # What happens inside the window may well do so at an hour that its edge has in another zone.
        inside = any(edges[0] < moment < edges[1] for moment in moments)
        if inside and not _EDGE_WORD.search(_sentence(text, each.start, each.end)):
            continue
        for edge, which in zip(edges, ("begins", "ends"), strict=True):
            if edge.replace(tzinfo=None) == local:
                named = " or ".join(f"{moment:%H:%M}" for moment in moments)
                yield Slip(
                    SlipKind.ZONES,
                    each.start,
                    each.end,
                    f"{_quoted(text, each.start, each.end)} is {named} UTC, and the window {which} at"
                    f" {edge.isoformat(timespec='minutes')}, which is {edge.astimezone(UTC):%H:%M} UTC",
                    _WHICH,
                )


def _weekday(day: date) -> str:
    return dates.WEEKDAYS[day.weekday()].capitalize()


def _sentence(text: str, first: int, last: int) -> str:
    """The words around a time, up to the ends of its sentence and of its line."""
    before, after = max(first - _AROUND, 0), last + _AROUND
    start = max(before, *(text.rfind(sign, before, first) for sign in (". ", "\n", "; ")))
    ends = [end for sign in (". ", "\n", "; ") if (end := text.find(sign, last, after)) >= 0]
    return text[start : min([*ends, after])]


def _is_cited(text: str, slip: Slip) -> bool:
    """Whether it stands in quotation marks, in a sentence that tells what somebody else said or got wrong."""
    first = max(slip.start - _AROUND, 0)
    before = text[max(text.rfind("\n", first, slip.start), first) : slip.start]
    opened = before.count('"') % 2 == 1 or before.rfind("\N{LEFT DOUBLE QUOTATION MARK}") > before.rfind(
        "\N{RIGHT DOUBLE QUOTATION MARK}"
    )
    return opened and _CITING.search(_sentence(text, slip.start, slip.end)) is not None


def _quoted(text: str, start: int, end: int) -> str:
    return f'"{" ".join(text[start:end].split())}"'
