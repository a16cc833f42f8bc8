"""The written forms of values: what each means, and what is refused with which words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic_core import PydanticCustomError

from gitsm.schema import values


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        ({"a": 1}, "a mapping"),
        ([1], "a list"),
        (3, "3"),
        ("a" * 60, "a" * 60),
        ("a" * 61, "a" * 57 + "..."),
    ],
)
def test_a_value_is_quoted_briefly(value: object, words: str) -> None:
    assert values.shown(value) == words


INSTANTS = {
    "2026-11-28T22:00+01:00": datetime(2026, 11, 28, 21, tzinfo=UTC),
    "2026-11-28T22:00:30Z": datetime(2026, 11, 28, 22, 0, 30, tzinfo=UTC),
    "2026-11-28T22:00-09:30": datetime(2026, 11, 29, 7, 30, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "instant"), INSTANTS.items())
def test_an_instant(text: str, instant: datetime) -> None:
    assert values.read_instant(text) == instant


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (values.read_instant, "2026-11-28T22:00", "offset from UTC"),
        (values.read_instant, "2026-11-28", "offset from UTC"),
        (values.read_instant, "2026-02-30T10:00Z", "does not exist"),
        (values.read_instant, "2026-11-28T25:61Z", "does not exist"),
        (values.read_instant, "1999-11-28T22:00Z", "is in the year 1999, and records know 2000 to 2199"),
        (values.read_instant, "2200-01-01T00:00Z", "is in the year 2200, and"),
        (values.read_instant, "1999-11-28 22:00", "not an instant"),
        (values.read_day, "1999-11-28", "is in the year 1999, and"),
        (values.read_moment, "1999-11-28T22:00Z", "is in the year 1999, and"),
        (values.read_duration, "1999-11 h", "not a duration"),
        (values.read_instant, "٢٠٢٦-11-28T22:00Z", "not an instant"),
        (values.read_instant, "2026-11-28T22:00Z\n", "not an instant"),
        (values.read_instant, 86400, "not an instant"),
        (values.read_day, "2026-13-01", "does not exist"),
        (values.read_day, "2026-11-28T22:00Z", "not a day"),
        (values.read_day, "28.11.2026", "not a day"),
        (values.read_duration, "1 day", "not a duration"),
        (values.read_duration, "15min", "not a duration"),
        (values.read_duration, "PT15M", "not a duration"),
        (values.read_duration, "1 business day", "not a duration"),
        (values.read_duration, 15, "not a duration"),
        (values.read_period, "0 days", "never comes round"),
        (values.read_period, "9999 years", "longer than a hundred years"),
        (values.read_period, "monthly", "not a period"),
        (values.read_hours, "08:00-08:00", "stretch of a day"),
        (values.read_hours, "24:00-08:00", "stretch of a day"),
        (values.read_hours, "08:00-24:01", "stretch of a day"),
        (values.read_hours, "08:60-17:00", "stretch of a day"),
        (values.read_hours, "8-17", "hours of a day"),
        (values.read_timezone, "Europe", "not a time zone"),
        (values.read_timezone, "../../etc/passwd", "not a time zone"),
        (values.read_timezone, "localtime", "not a time zone"),
    ],
)
def test_what_is_refused(read: object, text: object, words: str) -> None:
    with pytest.raises(PydanticCustomError, match=words):
        read(text)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "minutes", "business"),
    [("90 s", 1.5, False), ("15 min", 15, False), ("1.5 h", 90, False), ("8 business hours", 480, True)],
)
def test_a_duration(text: str, minutes: float, business: bool) -> None:
    found = values.read_duration(text)
    assert (found.minutes, found.business, str(found)) == (minutes, business, text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("30 days", date(2026, 1, 31), date(2026, 3, 2)),
        ("2 weeks", date(2026, 1, 31), date(2026, 2, 14)),
        ("1 month", date(2026, 1, 31), date(2026, 2, 28)),
        ("1 month", date(2028, 1, 31), date(2028, 2, 29)),
        ("13 months", date(2026, 12, 31), date(2028, 1, 31)),
        ("1 year", date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_period_ends_on_a_day_that_exists(text: str, start: date, end: date) -> None:
    assert values.read_period(text).after(start) == end


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("08:00-17:00", 480, 1020), ("22:00-06:00", 1320, 360), ("00:00-24:00", 0, 1440)],
)
def test_hours_of_a_day(text: str, start: int, end: int) -> None:
    found = values.read_hours(text)
    assert (found.start, found.end, str(found)) == (start, end, text)


@pytest.mark.parametrize(
    ("local", "zone", "words"),
    [
        ("2026-03-29T02:30", "Europe/Vienna", "does not exist"),
        ("2026-10-25T02:30", "Europe/Vienna", "passed twice"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "does not exist"),
        ("2011-12-30T12:00", "Pacific/Apia", "does not exist"),
        ("2026-10-25T01:30", "Europe/Dublin", "passed twice"),
    ],
)
def test_a_local_time_that_is_none_or_two_is_refused(local: str, zone: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        values.in_timezone(datetime.fromisoformat(local), zone)


def test_a_local_time_becomes_an_instant() -> None:
    found = values.in_timezone(datetime(2026, 11, 28, 22), "Europe/Vienna")
    assert found.astimezone(UTC) == datetime(2026, 11, 28, 21, tzinfo=UTC)
