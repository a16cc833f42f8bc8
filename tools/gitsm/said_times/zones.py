"""Time zones as people write them in prose, and how far from UTC each of them may be.

An abbreviation that several countries use has every distance that it has somewhere: what agrees with any
of them contradicts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_DISTANCES: Mapping[str, tuple[int, ...]] = {
    "UTC": (0,), "GMT": (0,), "Z": (0,),
    "WET": (0,), "WEST": (60,),
    "CET": (60,), "CEST": (120,), "MEZ": (60,), "MESZ": (120,),
    "EET": (120,), "EEST": (180,), "MSK": (180,), "SAST": (120,),
    "EST": (-300,), "EDT": (-240,), "CDT": (-300,), "MDT": (-360,), "PST": (-480,), "PDT": (-420,),
    "AKST": (-540,), "AKDT": (-480,), "HST": (-600,), "NDT": (-150,),
    "JST": (540,), "KST": (540,), "SGT": (480,), "HKT": (480,),
    "AWST": (480,), "ACST": (570,), "ACDT": (630,), "AEST": (600,), "AEDT": (660,),
    "NZST": (720,), "NZDT": (780,),
    # Those of several countries, the likeliest first.
    "BST": (60, 360, 660),  # British, Bangladesh, Bougainville
    "IST": (330, 60, 120),  # India, Ireland, Israel
    "CST": (-360, 480, -300),  # America, China, Cuba
    "MST": (-420, 480),  # America, Malaysia
    "AST": (-240, 180),  # Atlantic, Arabia
    "ADT": (-180, 240),  # Atlantic, Arabia
    "NST": (-210, 345),  # Newfoundland, Nepal
    "GST": (240, -120),  # the Gulf, South Georgia
    "SST": (-660, 480),  # Samoa, Singapore
}  # fmt: skip
"""What abbreviations mean, in minutes east of UTC."""

_SUMMER: Mapping[str, tuple[str, str]] = {
    "WEST": ("Europe/Lisbon", "WET"), "CEST": ("Europe/Brussels", "CET"), "MESZ": ("Europe/Berlin", "MEZ"),
    "EEST": ("Europe/Helsinki", "EET"),
    "EDT": ("America/New_York", "EST"), "CDT": ("America/Chicago", "CST"), "MDT": ("America/Denver", "MST"),
    "PDT": ("America/Los_Angeles", "PST"), "AKDT": ("America/Anchorage", "AKST"),
    "NDT": ("America/St_Johns", "NST"),
    "ACDT": ("Australia/Adelaide", "ACST"), "AEDT": ("Australia/Sydney", "AEST"),
    "NZDT": ("Pacific/Auckland", "NZST"),
}  # fmt: skip
"""Abbreviations of summer time alone: a zone that has it, and what holds there in winter."""

_PLACES: Mapping[str, str] = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip
"""Abbreviations that leave open whether it is summer."""

_FARTHEST = range(-12 * 60, 14 * 60 + 1)
_YEAR = date(2030, 1, 1)
"""A year of which each zone's rules are known, for a time of which no day is known."""

ABBREVIATIONS = "|".join(sorted((*_DISTANCES, *_PLACES), key=len, reverse=True))
"""What may stand behind a time of day, for a pattern."""
REGIONS = "(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/"
"""How the name of a zone of the IANA's begins, for a pattern."""
ZONE = (
    r"(?:(?:UTC|GMT) ?(?:\+(?:\d\d?(?::?[0-5]\d)?)(?![\d:])|-\d\d?(?![\d:]))"
    rf"|(?:{ABBREVIATIONS})(?:/(?:{ABBREVIATIONS}))?(?![\w+-])"
    r"|\+[01]\d:?[0-5]\d(?![\d:])"
    rf"|{REGIONS}[A-Z][A-Za-z_]{{1,30}}(?:/[A-Z][A-Za-z_]{{1,30}})?(?![\w/]))"
)
"""A zone behind a time of day. `UTC-02:00` is not read: it may as well be a stretch until two."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d\d?):?([0-5]\d)?", re.ASCII)


def distances(zone: str, day: date | None) -> tuple[int, ...]:
    """How many minutes east of UTC a zone may be, on a day where one is known; nothing where it is no zone."""
    if zone in _DISTANCES:
        return _DISTANCES[zone]
    if offset := _OFFSET.fullmatch(zone):
        minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (-1 if offset[1] == "-" else 1)
        return (minutes,) if minutes in _FARTHEST else ()
    name = _PLACES.get(zone, zone)
    if name in available():
        return _of_place(name, day)
    one, slash, other = zone.partition("/")
    if not slash or "/" in other:
        return ()
    return (*distances(one, day), *distances(other, day))  # CET/CEST leaves open whether it is summer


@lru_cache(maxsize=1)
def available() -> frozenset[str]:
    """The names of all zones."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1024)
def _of_place(name: str, day: date | None) -> tuple[int, ...]:
    days = [day] if day is not None else [_YEAR + timedelta(days=14 * n) for n in range(26)]
    found: dict[int, None] = {}
    for each in days:
        for hour in (0, 12, 23):  # clocks may change on the day itself
            offset = datetime(each.year, each.month, each.day, hour, tzinfo=ZoneInfo(name)).utcoffset()
            assert offset is not None
            found[round(offset.total_seconds() / 60)] = None
    return tuple(found)


def is_summer_time(zone: str) -> bool:
    """Whether an abbreviation is that of summer time, and of no other."""
    return zone in _SUMMER


def in_winter(zone: str) -> str:
    """What holds in winter where an abbreviation of summer time is at home."""
    return _SUMMER[zone][1]


@lru_cache(maxsize=4096)
def holds(zone: str, first: date, last: date) -> bool:
    """Whether the summer time of an abbreviation holds at any moment from a day to another."""
    info = ZoneInfo(_SUMMER[zone][0])
    day = first
    while day <= last and (day - first).days < 400:
        for hour in (0, 12, 23):
            if datetime(day.year, day.month, day.day, hour, tzinfo=info).dst():
                return True
        day += timedelta(days=1)
    return False
