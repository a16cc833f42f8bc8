"""Dates and times in prose that contradict themselves: a weekday that is not that date's, one moment in two
zones that don't agree, summer time in winter.

Only forms that leave no doubt are read: English names, ISO dates, days before months where both are
numbers, and abbreviations of zones that mean one zone only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from gitsm.local_days import wall_clock

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# Abbreviations in small letters are other words as well: a host sat idle, and sun is a firm.
_SHORT_DAYS = ("Mon", "Tues", "Tue", "Wed", "Thurs", "Thur", "Thu", "Fri", "Sat", "Sun")
_DAY_NAME = (
    rf"(?P<{{0}}>(?i:{'|'.join(_WEEKDAYS)})|{'|'.join(_SHORT_DAYS)}|{'|'.join(_SHORT_DAYS).upper()})(?!\w)"
)
_AFTER_DAY = r"(?:(?<!day)(?<!DAY)\.)?,?\s+"
"""What stands between a weekday and its date; the full stop after a whole name ends a sentence."""
_MONTH = (
    r"(?P<{0}>(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?))\b"
)
_YEAR = r"(?P<{0}>20\d\d)(?!\d)"


def _date(n: int) -> str:
    """A date in one of its forms; the names of its groups end in a number, so that it can stand twice."""
    return (
        "(?:"
        rf"(?P<iso{n}>20\d\d-\d\d-\d\d)(?![\d-])"
        rf"|(?P<d{n}>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format(f'm{n}')}\.?,?\s+{_YEAR.format(f'y{n}')}"
        rf"|{_MONTH.format(f'M{n}')}\.?\s+(?P<D{n}>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR.format(f'Y{n}')}"
        rf"|(?P<nd{n}>\d{{1,2}})\.\s?(?P<nm{n}>\d{{1,2}})\.\s?(?P<ny{n}>20\d\d)(?!\d)"
        ")"
    )


_NAMED_DAY = re.compile(
    rf"(?<![\w-]){_DAY_NAME.format('before')}{_AFTER_DAY}(?:the\s+)?{_date(1)}"
    rf"|(?<![\w-]){_DAY_NAME.format('outside')},?\s\(\s?(?:the\s+)?{_date(3)}\s?\)"
    rf"|(?<![\w.-]){_date(2)}(?:,?\s?\(\s?{_DAY_NAME.format('after')}\.?\s?\)"
    rf"|,\s{_DAY_NAME.format('behind')}(?=\s*(?:[.;)\n]|$)|,?\s(?:at|from)\s\d))"
)
"""A date with the weekday before it, or after it, either of them in brackets; or after a comma, where nothing
follows for which the weekday could stand."""

_ZONES: Mapping[str, tuple[int, str]] = {
    "UTC": (0, ""), "GMT": (0, ""),
    "WET": (0, ""), "WEST": (60, "Europe/Lisbon"),
    "CET": (60, ""), "CEST": (120, "Europe/Brussels"),
    "MEZ": (60, ""), "MESZ": (120, "Europe/Berlin"),
    "EET": (120, ""), "EEST": (180, "Europe/Helsinki"),
    "EST": (-300, ""), "EDT": (-240, "America/New_York"),
    "CDT": (-300, "America/Chicago"),
    "MDT": (-360, "America/Denver"),
    "PST": (-480, ""), "PDT": (-420, "America/Los_Angeles"),
    "AKST": (-540, ""), "AKDT": (-480, "America/Anchorage"),
    "HST": (-600, ""), "JST": (540, ""), "KST": (540, ""),
    "AEST": (600, ""), "AEDT": (660, "Australia/Sydney"),
    "NZST": (720, ""), "NZDT": (780, "Pacific/Auckland"),
}  # fmt: skip
"""Abbreviations that mean one distance from UTC, in minutes; for those of summer time, a zone that has it.
BST, IST, CST and MST are missing, because each means several."""
_SUMMER_IN = {
    "WEST": "WET", "CEST": "CET", "MESZ": "MEZ", "EEST": "EET", "EDT": "EST", "CDT": "CST", "MDT": "MST", "PDT": "PST",
    "AKDT": "AKST", "AEDT": "AEST", "NZDT": "NZST",
}  # fmt: skip

_CLOCK = (
    r"(?P<{0}>(?:0?[1-9]|1[0-2])(?::[0-5]\d)?\s?(?i:[ap]\.?m)\b\.?"
    r"|(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?!\s?(?i:[ap]\.?m)))"
)
_ZONE = r"(?P<{0}>" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")(?![\w+-])"
_TO = r"(?:\s?(?:-|–|—|to|until)\s?)"


def _zoned(n: int) -> str:
    """A time of day, or a stretch of two, and its zone."""
    return rf"{_CLOCK.format(f't{n}')}(?:{_TO}{_CLOCK.format(f'u{n}')})? ?{_ZONE.format(f'z{n}')}"


_TWO_ZONES = re.compile(
    rf"(?<![\w:.-]){_zoned(1)}\s?(?:/|=|\(=?|, (?:that is|i\.e\.|which is),?)\s?{_zoned(2)}"
)
_DATED_TIME = re.compile(rf"(?<![\w.-]){_date(1)},?(?:\s(?:at|from))?(?:\s|T){_zoned(1)}")
_TIME_DATED = re.compile(
    rf"(?<![\w:.-]){_zoned(1)},?\s(?:on\s)?(?:(?:the|{_DAY_NAME.format('w')},?)\s)?{_date(1)}"
)
_LONE_TIME = re.compile(rf"(?<![\w:.-]){_zoned(1)}")
_OTHER_TIME = re.compile(
    rf"\b20\d\d\b|\b(?:{'|'.join(_MONTHS)}|summer|spring|autumn|fall|usual\w*|always|last|year\w*)\b"
    r"|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b",
    re.IGNORECASE,
)
_EDGE_WORD = re.compile(r"\b(?:begin|start|end|until|from|finish|open|clos)", re.IGNORECASE)
_CITING = re.compile(
    r"\b(?:said|wrote|read|wrong|mistake\w*|misprint\w*|instead|corrected|rather than)\b", re.IGNORECASE
)
_DAY_WORD = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
_ZONE_WORD = re.compile(rf"(?:[0-9]|[apAP]\.?[mM]\.?) ?(?:{'|'.join(_ZONES)})\b")
"""What a text must hold to be read further: most hold neither."""
MAX_TEXT = 50_000
"""Of a longer text the beginning is read."""


class SlipKind(StrEnum):
    """What can't be so."""

    WEEKDAY = "weekday"
    """A weekday that is not that of its date."""
    ZONES = "zones"
    """One moment in two zones that don't agree."""
    SUMMER = "summer"
    """Summer time where none holds."""


MAX_SLIPS = 20
"""How many of each kind are looked for in a text."""


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
    return bool(_ZONE_WORD.search(text) or _DAY_WORD.search(text))


def slips(text: str) -> Iterator[Slip]:
    """What a text says of dates and times that can't be so, whatever it is about."""
    text = text[:MAX_TEXT]
    yield from (slip for slip in _slips(text) if not _is_cited(text, slip))


def _slips(text: str) -> Iterator[Slip]:
    if "20" in text and _DAY_WORD.search(text):
        yield from _weekdays(text)
    if not _ZONE_WORD.search(text):
        return
    yield from _zones(text)
    for match in _dated(text):
        day = _day_of(match, 1)
        if day is not None and (slip := _summer_in_winter(match, day)) is not None:
            yield slip


def _dated(text: str) -> Iterator[re.Match[str]]:
    """The times of day with a zone and a date beside them."""
    yield from islice(_DATED_TIME.finditer(text), MAX_SLIPS)
    yield from islice(_TIME_DATED.finditer(text), MAX_SLIPS)


def _weekdays(text: str) -> Iterator[Slip]:
    for match in islice(_NAMED_DAY.finditer(text), MAX_SLIPS):
        named = match["before"] or match["outside"] or match["after"] or match["behind"]
        n = 1 if match["before"] else 3 if match["outside"] else 2
        day = _day_of(match, n)
        if day is None:
            yield Slip(SlipKind.WEEKDAY, *match.span(), f"{_quoted(match)} names a date that does not exist")
        elif not _WEEKDAYS[day.weekday()].startswith(named[:3].lower()):
            right = _WEEKDAYS[day.weekday()].capitalize()
            yield Slip(
                SlipKind.WEEKDAY,
                *match.span(),
                f"{_quoted(match)} is wrong: {day} is a {right}",
                "which of the two is meant?",
            )


def _zones(text: str) -> Iterator[Slip]:
    for match in islice(_TWO_ZONES.finditer(text), MAX_SLIPS):
        if _is_half_said(match, 1) or _is_half_said(match, 2):
            continue
        one, other = match["z1"], match["z2"]
        pairs = [(match["t1"], match["t2"])]
        if match["u1"] and match["u2"]:
            pairs.append((match["u1"], match["u2"]))
        # The same reading of the clock in two places is two moments, and meant to be.
        if one == other or all(_minutes(first) == _minutes(second) for first, second in pairs):
            continue
        for first, second in pairs:
            moment = _minutes(first) - _ZONES[one][0]
            if (moment - _minutes(second) + _ZONES[other][0]) % 1440:
                shown = (moment + _ZONES[other][0]) % 1440
                right = f"{shown // 60:02}:{shown % 60:02} {other}"
                yield Slip(
                    SlipKind.ZONES,
                    *match.span(),
                    f"{_quoted(match)} is wrong: {first} {one} is {right}",
                    "which of the two is meant?",
                )
                break


def _summer_in_winter(match: re.Match[str], day: date) -> Slip | None:
    abbreviation = match["z1"]
    zone = _ZONES[abbreviation][1]
    if not zone or has_summer_time(zone, day, day):
        return None
    return Slip(
        SlipKind.SUMMER,
        *match.span(),
        f"{_quoted(match)} is wrong: {abbreviation} is summer time, which does not hold on {day}",
        f"write {_SUMMER_IN[abbreviation]}, or the offset from UTC",
    )


def slips_beside(text: str, starts: datetime, ends: datetime, zone: str) -> Iterator[Slip]:
    """What a text that is about a window says of times that can't be, given that window.

    That is summer time without a date while none holds; a day and month without a year that are those
    of the window, with another weekday; and the window's own day and hour in another zone.
    """
    text = text[:MAX_TEXT]
    found = _slips_beside(text, starts, ends, zone)
    yield from (slip for slip in found if not _is_cited(text, slip))


def _slips_beside(text: str, starts: datetime, ends: datetime, zone: str) -> Iterator[Slip]:
    first, last = starts.astimezone(UTC).date(), ends.astimezone(UTC).date()
    for match in islice(_LONE_TIME.finditer(text), MAX_SLIPS):
        name = _ZONES[match["z1"]][1]
        around = _sentence(text, *match.span())
        if name and not _OTHER_TIME.search(around) and not has_summer_time(name, first, last):
            yield Slip(
                SlipKind.SUMMER,
                *match.span(),
                f"{_quoted(match)} is wrong: {match['z1']} is summer time, which does not hold on {first}",
                f"write {_SUMMER_IN[match['z1']]}, or the offset from UTC",
            )
    yield from _other_weekday(text, {wall_clock(moment, zone).date() for moment in (starts, ends)})
    yield from _other_moment(text, (starts, ends))


_YEARLESS = re.compile(
    rf"(?<![\w-]){_DAY_NAME.format('before')}{_AFTER_DAY}(?:the\s+)?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?"
    rf"{_MONTH.format('m')}|{_MONTH.format('M')}\.?\s+(?P<D>\d{{1,2}})(?:st|nd|rd|th)?)(?!\.?,?\s+\d|\d)"
)


def _other_weekday(text: str, days: set[date]) -> Iterator[Slip]:
    for match in islice(_YEARLESS.finditer(text), MAX_SLIPS):
        month = _month(match["m"] or match["M"])
        number = int(match["d"] or match["D"])
        for day in sorted(days):
            right = _WEEKDAYS[day.weekday()]
            if (day.month, day.day) == (month, number) and not right.startswith(match["before"][:3].lower()):
                yield Slip(
                    SlipKind.WEEKDAY,
                    *match.span(),
                    f"{_quoted(match)} is wrong: {day}, the day of the window, is a {right.capitalize()}",
                    "which of the two is meant?",
                )


def _other_moment(text: str, edges: tuple[datetime, datetime]) -> Iterator[Slip]:
    """The day and the reading of the clock at which the window begins or ends, in a zone that makes it another
    moment."""
    for match in _dated(text):
        day = _day_of(match, 1)
        if (
            day is None
            or (_ZONES[match["z1"]][1] and _summer_in_winter(match, day))
            or _is_half_said(match, 1)
        ):
            continue
        local = datetime.combine(day, time(*divmod(_minutes(match["t1"]), 60)))
        moment = local.replace(tzinfo=UTC) - timedelta(minutes=_ZONES[match["z1"]][0])
        # What happens inside the window may well do so at an hour that its edge has in another zone.
        inside = edges[0] < moment < edges[1]
        if inside and not _EDGE_WORD.search(_sentence(text, *match.span())):
            continue
        for edge, which in zip(edges, ("begins", "ends"), strict=True):
            if edge.replace(tzinfo=None) == local and moment not in [one.astimezone(UTC) for one in edges]:
                yield Slip(
                    SlipKind.ZONES,
                    *match.span(),
                    f"{_quoted(match)} is {moment:%H:%M} UTC, and the window {which} at"
                    f" {edge.isoformat(timespec='minutes')}, which is {edge.astimezone(UTC):%H:%M} UTC",
                    "which of the two is meant?",
                )


@lru_cache(maxsize=4096)
def has_summer_time(zone: str, first: date, last: date) -> bool:
    """Whether a zone has summer time at any moment from a day to another."""
    info = ZoneInfo(zone)
    day = first
    while day <= last and (day - first).days < 400:
        for hour in (0, 12, 23):
            if datetime(day.year, day.month, day.day, hour, tzinfo=info).dst():
                return True
        day += timedelta(days=1)
    return False


def _sentence(text: str, first: int, last: int) -> str:
    """The words around a time, up to the ends of its sentence and of its line."""
    start = max((text.rfind(sign, 0, first) for sign in (". ", "\n", "; ")), default=0)
    ends = [end for sign in (". ", "\n", "; ") if (end := text.find(sign, last)) >= 0]
    return text[max(start, first - 300, 0) : min([*ends, last + 300])]


def _is_cited(text: str, slip: Slip) -> bool:
    """Whether it stands in quotation marks, in a sentence that tells what somebody else said or got wrong."""
    before = text[max(text.rfind("\n", 0, slip.start), slip.start - 300, 0) : slip.start]
    opened = before.count('"') % 2 == 1 or before.rfind("\N{LEFT DOUBLE QUOTATION MARK}") > before.rfind(
        "\N{RIGHT DOUBLE QUOTATION MARK}"
    )
    return opened and _CITING.search(_sentence(text, slip.start, slip.end)) is not None


def _minutes(clock: str) -> int:
    hours, minutes = (int(part) for part in re.findall(r"\d+", f"{clock}:0")[:2])
    if _is_half_day(clock):
        hours = hours % 12 + (12 if "p" in clock.lower() else 0)
    return hours * 60 + minutes


def _is_half_day(clock: str) -> bool:
    """Whether a time is read on a clock of twelve hours, and says which half."""
    return "m" in clock.lower()


def _is_half_said(match: re.Match[str], n: int) -> bool:
    """Whether one end of a stretch says its half of the day for both, as in 6:00 to 8:00 pm."""
    until = match[f"u{n}"]
    return bool(until) and _is_half_day(until) != _is_half_day(match[f"t{n}"])


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _day_of(match: re.Match[str], n: int) -> date | None:
    """The date that was matched; None where there is no such day."""
    parts = match.groupdict()
    try:
        if parts[f"iso{n}"]:
            return date.fromisoformat(parts[f"iso{n}"])
        if parts[f"ny{n}"]:
            return date(int(parts[f"ny{n}"]), int(parts[f"nm{n}"]), int(parts[f"nd{n}"]))
        day, month, year = parts[f"d{n}"], parts[f"m{n}"], parts[f"y{n}"]
        if not day:
            day, month, year = parts[f"D{n}"], parts[f"M{n}"], parts[f"Y{n}"]
        return date(int(year), _month(month), int(day))
    except ValueError:
        return None


def _quoted(match: re.Match[str]) -> str:
    return f'"{" ".join(match.group().split())}"'
