"""What tells the stretches of one record apart for programs that remember them: keys that outlive edits.

A key comes from what people know a stretch by, which is seldom when it begins: the name of what comes
once, the week, month or year of what comes back.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from gitsm.intervals import Interval
from gitsm.local_days import wall_clock
from gitsm.records.calendar import DateRange, Recurrence
from gitsm.recurrence import places
from gitsm.working_time import stretch_of


def key_of_name(name: str) -> str:
    """A name as a part of a key; neither spaces nor capitals make another of it."""
    words = " ".join(name.split()).casefold().encode(errors="backslashreplace")
    return hashlib.sha256(words).hexdigest()[:12]


def once_by_name(dates: Sequence[DateRange], timezone: str) -> Iterator[tuple[Interval, int, DateRange, str]]:
    """What comes once, in time's order: when it is, its place in the list, itself and its key.

    The key is its name; its first day where it has none, and both where others have that name as well.
    """
    names = Counter(key_of_name(entry.name) for entry in dates if entry.name is not None)
    listed = [(stretch_of(entry, timezone), number, entry) for number, entry in enumerate(dates)]
    taken = Counter[str]()
    for when, number, entry in sorted(listed, key=lambda one: (one[0], one[1])):
        first = entry.from_
        day = wall_clock(first, timezone).date() if isinstance(first, datetime) else first
        name = key_of_name(entry.name) if entry.name is not None else ""
        key = f"n{name}" if names[name] == 1 else f"n{name}.{day}" if name else f"d{day}"
        taken[key] += 1
        yield when, number, entry, _numbered(key, taken[key])


def back_by_place(comes: Recurrence, days: Sequence[date]) -> Iterator[str]:
    """The keys of what comes back on these days, which are in order: its places."""
    known = places(comes, days[0], days[-1]) if days else {}
    return (f"r{known[day]}" for day in days)


def weeks_by_day(hours: Iterable[Interval], timezone: str) -> Iterator[tuple[Interval, str]]:
    """Hours of the week with their keys: their days, and which of the day's they are."""
    taken = Counter[str]()
    for when in hours:
        key = f"w{wall_clock(when.start, timezone).date()}"
        taken[key] += 1
        yield when, _numbered(key, taken[key])


def _numbered(key: str, number: int) -> str:
    return key if number == 1 else f"{key}.{number}"
