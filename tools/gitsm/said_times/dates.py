"""Dates in prose, and the weekdays that stand beside them.

English names, ISO dates, days before months where both are numbers with full stops. Between slashes the
year stands first or last, and which of the others is the month is told only by a number above twelve:
both are looked at where none is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# Abbreviations in small letters are other words as well: a host sat idle, and sun is a firm.
_SHORT_DAYS = ("Mon", "Tues", "Tue", "Wed", "Thurs", "Thur", "Thu", "Fri", "Sat", "Sun")
_DAY_NAME = (
    rf"(?P<{{0}}>(?i:{'|'.join(WEEKDAYS)})|{'|'.join(_SHORT_DAYS)}|{'|'.join(_SHORT_DAYS).upper()})(?!\w)"
)
_AFTER_DAY = r"(?:(?<!day)(?<!DAY)\.)?,?\s+"
"""What stands between a weekday and its date; the full stop after a whole name ends a sentence."""
_MONTH = (
    r"(?P<{0}>(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?))\b"
)
_YEAR = r"(?P<{0}>20\d\d)(?!\d)"


def pattern(n: int) -> str:
    """A date in one of its forms; the names of its groups end in a number, so that it can stand twice."""
    return (
        "(?:"
        rf"(?P<iso{n}>20\d\d-\d\d-\d\d)(?![\d-])"
        rf"|(?P<yy{n}>20\d\d)/(?P<ym{n}>\d\d?)/(?P<yd{n}>\d\d?)(?![\d/])"
        rf"|(?P<s{n}>\d\d?)/(?P<S{n}>\d\d?)/(?P<sy{n}>20\d\d)(?![\d/])"
        rf"|(?P<d{n}>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format(f'm{n}')}\.?,?\s+{_YEAR.format(f'y{n}')}"
        rf"|{_MONTH.format(f'M{n}')}\.?\s+(?P<D{n}>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR.format(f'Y{n}')}"
        rf"|(?P<nd{n}>\d{{1,2}})\.\s?(?P<nm{n}>\d{{1,2}})\.\s?(?P<ny{n}>20\d\d)(?!\d)"
        ")"
    )


DAY_NAMED = _DAY_NAME.format("w")
"""A weekday, for a pattern of another place."""
_NAMED_DAY = (
    rf"(?<![\w-]){_DAY_NAME.format('before')}{_AFTER_DAY}(?:the\s+)?{pattern(1)}"
    rf"|(?<![\w-]){_DAY_NAME.format('outside')},?\s\(\s?(?:the\s+)?{pattern(3)}\s?\)"
    rf"|(?<![\w./-]){pattern(2)}(?:,?\s?[(\[]\s?{_DAY_NAME.format('after')}\.?\s?[)\]]"
    rf"|,\s{_DAY_NAME.format('behind')}(?=\s*(?:[.;)\n]|$)|,?\s(?:at|from)\s\d))"
)
"""A date with the weekday before it, or after it, either of them in brackets; or after a comma, where nothing
follows for which the weekday could stand. It is compiled by the first text that names a weekday: that takes
its time."""
_YEARLESS = (
    rf"(?<![\w-]){_DAY_NAME.format('before')}{_AFTER_DAY}(?:the\s+)?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?"
    rf"{_MONTH.format('m')}|{_MONTH.format('M')}\.?\s+(?P<D>\d{{1,2}})(?:st|nd|rd|th)?)(?!\.?,?\s+\d|\d)"
)
_DAY_WORD = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A date, or a day and a month, with the weekday that is said of it."""

    start: int
    end: int
    weekday: str
    days: tuple[date, ...]
    """The days that it may be; none where there is no such day, or no year is named."""
    month_and_day: tuple[int, int] | None = None

    def is_weekday_of(self, day: date) -> bool:
        """Whether its weekday is that of a day."""
        return WEEKDAYS[day.weekday()].startswith(self.weekday[:3].lower())


def speaks_of_days(text: str) -> bool:
    """Whether a text names a weekday at all."""
    return _DAY_WORD.search(text) is not None


def named_days(text: str) -> Iterator[NamedDay]:
    """The dates of a text that have a weekday beside them."""
    for match in re.finditer(_NAMED_DAY, text):
        named = match["before"] or match["outside"] or match["after"] or match["behind"]
        n = 1 if match["before"] else 3 if match["outside"] else 2
        yield NamedDay(*match.span(), named, days_of(match, n))


def yearless_days(text: str) -> Iterator[NamedDay]:
    """The weekdays of a text with a day and a month, and no year."""
    for match in re.finditer(_YEARLESS, text):
        month_and_day = _month(match["m"] or match["M"]), int(match["d"] or match["D"])
        yield NamedDay(*match.span(), match["before"], (), month_and_day)


def days_of(match: re.Match[str], n: int) -> tuple[date, ...]:
    """The days that a date may be, where it was matched; none where there is no such day."""
    parts = match.groupdict()
    if parts[f"iso{n}"]:
        year, month, day = parts[f"iso{n}"].split("-")
        return _existing((year, month, day))
    if parts[f"yy{n}"]:
        return _existing((parts[f"yy{n}"], parts[f"ym{n}"], parts[f"yd{n}"]))
    if parts[f"sy{n}"]:
        year, one, other = parts[f"sy{n}"], parts[f"s{n}"], parts[f"S{n}"]
        return _existing((year, other, one), (year, one, other))
    if parts[f"ny{n}"]:
        return _existing((parts[f"ny{n}"], parts[f"nm{n}"], parts[f"nd{n}"]))
    if parts[f"d{n}"]:
        return _existing((parts[f"y{n}"], _month(parts[f"m{n}"]), parts[f"d{n}"]))
    if parts[f"D{n}"]:
        return _existing((parts[f"Y{n}"], _month(parts[f"M{n}"]), parts[f"D{n}"]))
    return ()


def _existing(*dates: tuple[str | int, str | int, str | int]) -> tuple[date, ...]:
    found: dict[date, None] = {}
    for year, month, day in dates:
        try:
            found[date(int(year), int(month), int(day))] = None
        except ValueError:
            continue
    return tuple(found)


def _month(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name[:3].lower()))
