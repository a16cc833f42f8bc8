"""Working time against counting minute by minute, across changes of the clock in awkward zones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from dateutil import rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gitsm.intervals import Interval, common, minutes, union, without
from gitsm.local_days import wall_clock
from gitsm.records.calendar import Calendar, Recurrence
from gitsm.recurrence import days, occurrences, says_its_days
from gitsm.working_time import UnknownHolidays, WorkingTime, public_holidays, stretch_of

MINUTE = timedelta(minutes=1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CHANGES = [
    ("Europe/Vienna", "2026-03-29T01:00Z"),
    ("Europe/Vienna", "2026-10-25T01:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
    ("Europe/Dublin", "2026-03-29T01:00Z"),
    ("Europe/Dublin", "2026-10-25T01:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00Z"),
    ("Africa/Casablanca", "2026-02-15T02:00Z"),
    ("Africa/Casablanca", "2026-03-22T02:00Z"),
    ("Africa/Cairo", "2026-04-23T22:00Z"),
    ("Africa/Cairo", "2026-10-29T21:00Z"),
    ("America/New_York", "2026-03-08T07:00Z"),
    ("America/New_York", "2026-11-01T06:00Z"),
    ("America/Santiago", "2026-04-05T03:00Z"),  # midnight is passed twice
    ("America/Santiago", "2026-09-06T04:00Z"),  # midnight is skipped
    ("Antarctica/Troll", "2026-03-29T01:00Z"),  # by two hours
    ("Antarctica/Troll", "2026-10-25T01:00Z"),
    ("Asia/Pyongyang", "2018-05-04T15:00Z"),
    ("America/St_Johns", "2006-10-29T02:31Z"),
    ("Asia/Kathmandu", "2026-06-01T00:00Z"),
    ("Etc/GMT+12", "2026-06-01T00:00Z"),
    ("Pacific/Kiritimati", "2026-12-31T10:00Z"),
]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def calendar_of(**fields: Any) -> Calendar:
    return Calendar.model_validate({"type": "service_hours", "timezone": "Europe/Vienna", **fields})


def worked_by_hand(calendar: Calendar, start: datetime, count: int) -> set[int]:
    """Which minutes from a moment on are worked, read off the clock on the wall and nothing else."""
    shown = [wall_clock(start + n * MINUTE, calendar.timezone) for n in range(count)]
    first = shown[0].date() - timedelta(days=1)
    stretches = [
        stretch
        for n in range((shown[-1].date() - first).days + 1)
        if exists(day := first + timedelta(days=n), calendar.timezone)
        for stretch in hours_by_hand(calendar, day)
    ]
    return {n for n, local in enumerate(shown) if any(begin <= local < end for begin, end in stretches)}


@cache
def exists(day: date, timezone: str) -> bool:
    around = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=26)
    return any(
        wall_clock(around + timedelta(minutes=30 * n), timezone).date() == day for n in range(2 * 24 * 4)
    )


def hours_by_hand(calendar: Calendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    listed = [entry.hours for entry in calendar.exceptions if entry.on == day]
    if listed:
        hours = list(listed[-1])
    elif calendar.holidays is not None and day in calendar.holidays.plus:
        hours = []
    else:
        hours = [entry.hours for entry in calendar.weekly if WEEK[day.weekday()] in entry.days]
    midnight = datetime(day.year, day.month, day.day)
    for each in hours:
        end = each.end if each.end > each.start else each.end + 1440
        yield midnight + timedelta(minutes=each.start), midnight + timedelta(minutes=end)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


HOURS = st.tuples(st.integers(0, 47), st.integers(0, 48)).filter(lambda pair: pair[0] != pair[1]).map(
    lambda pair: f"{clock(pair[0] * 30)}-{clock(pair[1] * 30)}"
)  # fmt: skip
WEEKLY = st.lists(
    st.fixed_dictionaries({"days": st.lists(st.sampled_from(WEEK), min_size=1, max_size=7), "hours": HOURS}),
    max_size=3,
)


@settings(max_examples=60)
@given(
    st.sampled_from(CHANGES),
    WEEKLY,
    st.lists(HOURS, max_size=2),
    st.integers(-1, 2),
    st.integers(-1, 2),
    st.integers(-60, 60),
)
def test_working_time_is_what_clocks_on_the_wall_show(
    change: tuple[str, str],
    weekly: list[dict[str, Any]],
    exception: list[str],
    exceptional: int,
    off: int,
    minutes_before: int,
) -> None:
    timezone, text = change
    start = moment(text) - timedelta(hours=30, minutes=minutes_before)
    day = wall_clock(moment(text), timezone).date()
    calendar = calendar_of(
        timezone=timezone,
        weekly=weekly,
        exceptions=[{"on": str(day + timedelta(days=exceptional)), "hours": exception}],
        holidays={"plus": [str(day + timedelta(days=off))]},
    )
    worked = WorkingTime(calendar).between(start, start + timedelta(hours=60))
    by_hand = worked_by_hand(calendar, start, 60 * 60)
    found = {
        n
        for stretch in worked
        for n in range(
            int((stretch.start - start) / MINUTE), int((stretch.end - start) / MINUTE)
        )
    }  # fmt: skip
    assert found == by_hand
    assert worked == union(worked)


@pytest.mark.parametrize("hours", ["22:00-06:00", "00:00-24:00", "01:30-02:30", "23:30-00:30", "02:00-01:30"])
@pytest.mark.parametrize(("timezone", "text"), CHANGES)
def test_every_shift_across_every_change_is_counted(timezone: str, text: str, hours: str) -> None:
    calendar = calendar_of(timezone=timezone, weekly=[{"days": list(WEEK), "hours": hours}])
    start = moment(text) - timedelta(hours=30)
    by_hand = worked_by_hand(calendar, start, 60 * 60)
    worktime = WorkingTime(calendar)
    assert worktime.minutes(start, start + timedelta(hours=60)) == len(by_hand)
    for n in range(0, 60 * 60, 10):
        assert worktime.is_open(start + n * MINUTE) is (n in by_hand)


@settings(max_examples=60)
@given(st.sampled_from(CHANGES), WEEKLY, st.integers(1, 6_000))
def test_so_many_minutes_later_so_many_minutes_were_worked(
    change: tuple[str, str], weekly: list[dict[str, Any]], wanted: int
) -> None:
    assume(weekly)
    timezone, text = change
    start = moment(text) - timedelta(hours=20)
    worktime = WorkingTime(calendar_of(timezone=timezone, weekly=weekly))
    end = worktime.after(start, wanted)
    assert end is not None
    assert worktime.minutes(start, end) == wanted
    assert worktime.minutes(start, end - timedelta(seconds=1)) < wanted


def test_a_calendar_without_hours_has_no_time_after() -> None:
    worktime = WorkingTime(calendar_of())
    assert worktime.after(moment("2026-06-01T00:00Z"), 1) is None
    assert worktime.after(moment("2026-06-01T00:00Z"), 0) == moment("2026-06-01T00:00Z")
    assert worktime.between(moment("2026-06-01T00:00Z"), moment("2026-05-01T00:00Z")) == []


@pytest.mark.parametrize(
    ("timezone", "day", "hours", "expected"),
    [
        ("Europe/Vienna", "2026-03-29", "22:00-06:00", 480),  # the next night; clocks changed before
        ("Europe/Vienna", "2026-03-28", "22:00-06:00", 420),
        ("Europe/Vienna", "2026-10-24", "22:00-06:00", 540),
        ("Europe/Vienna", "2026-10-25", "02:00-03:00", 120),
        ("Europe/Vienna", "2026-03-29", "02:00-03:00", 0),
        ("Europe/Vienna", "2026-03-29", "02:30-04:00", 60),
        ("Europe/Vienna", "2026-03-29", "00:00-24:00", 1380),
        ("Australia/Lord_Howe", "2026-04-05", "00:00-24:00", 1470),
        ("Africa/Cairo", "2026-04-24", "00:00-24:00", 1380),
        ("Pacific/Apia", "2011-12-30", "00:00-24:00", 0),
        ("Pacific/Apia", "2011-12-30", "22:00-06:00", 0),
        ("Pacific/Apia", "2011-12-29", "22:00-06:00", 120),  # all of it but what the lost day had
    ],
)
def test_a_shift_is_as_long_as_the_night_is(timezone: str, day: str, hours: str, expected: int) -> None:
    calendar = calendar_of(timezone=timezone, exceptions=[{"on": day, "hours": [hours]}])
    noon = datetime.fromisoformat(f"{day}T12:00+00:00")
    assert WorkingTime(calendar).minutes(noon - timedelta(days=3), noon + timedelta(days=3)) == expected


def test_holidays_and_what_differs_from_them() -> None:
    calendar = calendar_of(
        weekly=[{"days": list(WEEK), "hours": "08:00-17:00"}],
        holidays={"country": "AT", "subdivision": "9", "plus": ["2026-12-24"], "minus": ["2026-12-08"]},
        exceptions=[{"on": "2026-12-25", "hours": ["08:00-12:00"], "name": "Christmas duty"}],
    )
    worktime = WorkingTime(calendar)
    said = {day: worktime.day(date(2026, 12, day)) for day in (7, 8, 24, 25, 26)}
    assert [bool(said[day].hours) for day in said] == [True, True, False, True, False]
    assert said[25].because == "Christmas duty"
    assert said[26].because == "Saint Stephen's Day"


@pytest.mark.parametrize(("country", "part"), [("XX", None), ("AT", "99")])
def test_holidays_that_there_are_not_are_said(country: str, part: str | None) -> None:
    with pytest.raises(UnknownHolidays, match="no public holidays of"):
        public_holidays(country, part, 2026)


@pytest.mark.parametrize(("country", "year"), [("AT", 2150), ("AT", 2199), ("ES", 2000)])
def test_a_year_of_which_no_holidays_are_known_has_not_none(country: str, year: int) -> None:
    with pytest.raises(UnknownHolidays, match=f"of {country} are known for {year}, only for "):
        public_holidays(country, None, year)
    weekly = [{"days": list(WEEK), "hours": "08:00-17:00"}]
    worktime = WorkingTime(calendar_of(weekly=weekly, holidays={"country": country}))
    with pytest.raises(UnknownHolidays):
        worktime.after(datetime(year, 6, 1, tzinfo=UTC), 60)


def test_a_country_may_have_no_holidays_in_a_year() -> None:
    assert public_holidays("UA", None, 2026) == {}


def test_whole_days_count_from_their_first_moment_to_their_last() -> None:
    dates = calendar_of(dates=[{"from": "2026-03-29", "to": "2026-03-29"}]).dates[0]
    assert stretch_of(dates, "Europe/Vienna").minutes == 23 * 60
    cairo = calendar_of(dates=[{"from": "2026-04-24", "to": "2026-04-25"}]).dates[0]
    assert stretch_of(cairo, "Africa/Cairo").start == moment("2026-04-23T22:00Z")


# --- what comes back, against asking each day


def by_dateutil(comes: Recurrence, first: date, last: date) -> list[date]:
    """The same by another implementation of RFC 5545, where it finds something before the year ends."""
    begins = comes.from_ or date(2000, 1, 1)
    frequency = {"day": rrule.DAILY, "week": rrule.WEEKLY, "month": rrule.MONTHLY, "year": rrule.YEARLY}
    weekdays = [getattr(rrule, day[:2].upper()) for day in comes.weekdays]
    months = comes.months
    if comes.week_of_month is not None:
        weekdays = [day(comes.week_of_month) for day in weekdays]
        months = months or (tuple(range(1, 13)) if comes.every == "year" else ())
    found = rrule.rrule(
        frequency[comes.every],  # type: ignore[arg-type]
        dtstart=datetime.combine(begins, time()),
        until=datetime.combine(min(last, comes.until or last), time()),
        interval=comes.interval,
        bymonth=months or None,
        bymonthday=comes.month_days or None,
        byweekday=weekdays or None,
    )
    ruled = {moment.date() for moment in found} if says_its_days(comes) else set()
    named = {day for day in {*ruled, *comes.besides} if first <= day <= last}
    return sorted(named.difference(comes.except_))


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
RECURRENCES = st.fixed_dictionaries(
    {"every": st.sampled_from(["day", "week", "month", "year"])},
    optional={
        "interval": st.integers(1, 5),
        "weekdays": st.lists(st.sampled_from(WEEK), min_size=1, max_size=3, unique=True),
        "week_of_month": st.sampled_from([1, 2, 3, 4, 5, -1]),
        "month_days": st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=3),
        "months": st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True),
        "from": DAYS.map(str),
        "until": DAYS.map(str),
        "besides": st.lists(DAYS.map(str), max_size=2),
        "except": st.lists(DAYS.map(str), max_size=2),
    },
)


@settings(max_examples=60)
@given(RECURRENCES, DAYS)
def test_what_comes_back_comes_on_the_days_that_it_names(fields: dict[str, Any], first: date) -> None:
    # What can never come, dateutil looks for until the year 9999.
    assume(not ({2} >= set(fields.get("months", [1])) and min(map(abs, fields.get("month_days", [1]))) > 29))
    assume(not (fields["every"] == "day" and ({"weekdays", "month_days"} & fields.keys())))
    # `week` with days of the month is a mixture that no rule of RFC 5545 knows.
    assume(not (fields["every"] == "week" and "month_days" in fields))
    # Without weekdays a week of the month names nothing.
    assume("weekdays" in fields or "week_of_month" not in fields)
    assume(not (fields["every"] == "day" and "week_of_month" in fields))
    comes = Recurrence.model_validate(fields)
    last = first + timedelta(days=500)
    assert days(comes, first, last) == by_dateutil(comes, first, last)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"every": "month", "weekdays": ["tue"], "week_of_month": 2}, ["2026-12-08", "2027-01-12"]),
        ({"every": "month", "weekdays": ["fri"], "week_of_month": -1}, ["2026-12-25", "2027-01-29"]),
        ({"every": "month", "month_days": [-1]}, ["2026-12-31", "2027-01-31"]),
        ({"every": "month", "month_days": [31], "months": [2]}, []),
        ({"every": "day", "interval": 7, "from": "2026-12-01", "weekdays": ["wed"]}, []),
        ({"every": "month"}, []),
        (
            {"every": "week", "interval": 2, "from": "2026-12-09"},
            ["2026-12-09", "2026-12-23", "2027-01-06", "2027-01-20"],
        ),
    ],
)
def test_what_comes_back_when(fields: dict[str, Any], expected: list[str]) -> None:
    found = days(Recurrence.model_validate(fields), date(2026, 12, 1), date(2027, 1, 31))
    assert [str(day) for day in found] == expected


def test_what_comes_back_comes_by_the_clock_on_the_wall() -> None:
    comes = Recurrence.model_validate(
        {"every": "week", "weekdays": ["tue"], "starts": "22:00", "takes": "4 h"}
    )
    found = [
        stretch for _, stretch in occurrences(comes, date(2026, 10, 19), date(2026, 10, 31), "Europe/Vienna")
    ]
    assert [str(stretch.start)[:16] for stretch in found] == ["2026-10-20 20:00", "2026-10-27 21:00"]
    assert all(stretch.minutes == 240 for stretch in found)


def test_an_absurd_recurrence_is_cut_by_the_horizon() -> None:
    comes = Recurrence.model_validate({"every": "day", "from": "2000-01-01"})
    assert len(days(comes, date(2026, 1, 1), date(2199, 12, 31))) == 5_000


# --- sets of moments

STRETCHES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
        lambda pair: Interval(at(min(pair)), at(max(pair)))
    ),
    max_size=6,
)


def at(minute: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)


def held(stretches: list[Interval]) -> set[int]:
    return {n for n in range(41) for s in stretches if s.start <= at(n) < s.end}


@given(STRETCHES, STRETCHES)
def test_stretches_are_sets_of_moments(one: list[Interval], other: list[Interval]) -> None:
    a, b = union(one), union(other)
    assert held(a) == held(one)
    assert held(common(a, b)) == held(one) & held(other)
    assert held(without(a, b)) == held(one) - held(other)
    assert minutes(a) == len(held(one))
    for stretches in (a, common(a, b), without(a, b)):
        assert all(x.end < y.start for x, y in pairwise(stretches))
