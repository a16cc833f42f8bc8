"""Calendars of other people become calendars of ours."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gitsm import source
from gitsm.calendar import planned
from gitsm.cli import main
from gitsm.importers import Imported
from gitsm.importers.foreign.content_lines import Unreadable, components
from gitsm.importers.foreign.rules import (
    Budget,
    CannotFollow,
    as_recurrence,
    days,
    last_of_plain,
    read_rule,
)
from gitsm.importers.foreign.zones import Zone, Zones, iana_name
from gitsm.importers.ics import MAX_BYTES, MAX_EVENTS, MAX_FOLLOWED, convert
from gitsm.records.calendar import Recurrence
from gitsm.recurrence import days as days_of
from gitsm.repository import Repository
from gitsm.source import Format
from gitsm.tree import MappingTree

VIENNA = "DTSTART;TZID=Europe/Vienna"
HOUR = "SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:PT1H"
WIDE = Budget(10**9)


def calendar(*events: str, head: str = "") -> str:
    """A calendar of events, each given as its lines."""
    bodies = "".join(f"BEGIN:VEVENT\r\n{_lines(event)}END:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{_lines(head)}{bodies}END:VCALENDAR\r\n"


def _lines(text: str) -> str:
    return "".join(f"{line.strip()}\r\n" for line in text.strip().splitlines())


def imported(text: str | bytes, **options: str) -> Imported:
    options = {"as_of": "2026-11-16", "service": "shop", "timezone": "Europe/Vienna", **options}
    return convert(MappingTree({"windows.ics": text}), **options)


def records(result: Imported) -> dict[str, Any]:
    """The records by their ids, without what all of them have."""
    found = {}
    for path, content in result.files.items():
        assert isinstance(content, str)
        document = source.read(path, content.encode(), Format.YAML)
        assert not document.problems
        assert document.data is not None
        kept = {key: value for key, value in document.data.items() if key not in ("labels", "scope")}
        found[path.removeprefix("organization/calendars/").removesuffix(".yaml")] = kept
    return found


def only(text: str, **options: str) -> Any:
    (record,) = records(imported(text, **options)).values()
    return record


def losses(result: Imported) -> list[str]:
    return [remark.text for remark in result.not_carried]


# --- events that come once


@pytest.mark.parametrize(
    ("lines", "stretch"),
    [
        ("DTSTART:20261118T210000Z\nDTEND:20261118T230000Z", ("2026-11-18T21:00Z", "2026-11-18T23:00Z")),
        (f"{VIENNA}:20261118T220000\nDURATION:PT90M", ("2026-11-18T22:00+01:00", "2026-11-18T23:30+01:00")),
        (
            "DTSTART;TZID=W. Europe Standard Time:20260701T220000\nDURATION:PT1H",
            ("2026-07-01T22:00+02:00", "2026-07-01T23:00+02:00"),
        ),
        (
            "DTSTART;TZID=/example.org/20070129_1/America/New_York:20261118T220000\nDURATION:PT1H",
            ("2026-11-18T22:00-05:00", "2026-11-18T23:00-05:00"),
        ),
        ("DTSTART:20261118T220000\nDURATION:PT1H", ("2026-11-18T22:00+01:00", "2026-11-18T23:00+01:00")),
        ("DTSTART;VALUE=DATE:20261224", ("2026-12-24", "2026-12-24")),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227", ("2026-12-24", "2026-12-26")),
        ("DTSTART;VALUE=DATE:20261224\nDURATION:P2D", ("2026-12-24", "2026-12-25")),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224", ("2026-12-24", "2026-12-24")),
        (f"{VIENNA}:20261118T220030\nDURATION:PT1H", ("2026-11-18T22:00:30+01:00", "2026-11-18T23:00:30+01:00")),
        # A day is a day by the calendar, and 24 hours are 24 hours, also when clocks change.
        (f"{VIENNA}:20261024T120000\nDURATION:P1D", ("2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00")),
        (f"{VIENNA}:20261024T120000\nDURATION:PT24H", ("2026-10-24T12:00+02:00", "2026-10-25T11:00+01:00")),
        # A time that clocks skip has the offset from before, one that they pass twice is the first.
        (f"{VIENNA}:20260329T023000\nDURATION:PT1H", ("2026-03-29T02:30+01:00", "2026-03-29T04:30+02:00")),
        (f"{VIENNA}:20261025T023000\nDURATION:PT1H", ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00")),
    ],
)  # fmt: skip
def test_an_event_becomes_a_stretch(lines: str, stretch: tuple[str, str]) -> None:
    record = only(calendar(lines))
    assert [(entry["from"], entry["to"]) for entry in record["dates"]] == [stretch]


OWN_ZONE = """
    BEGIN:VTIMEZONE
    TZID:Customized Time Zone
    BEGIN:STANDARD
    DTSTART:16011028T030000
    RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
    TZOFFSETFROM:+0200
    TZOFFSETTO:+0100
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:16010325T020000
    RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    END:DAYLIGHT
    END:VTIMEZONE
"""


@given(st.datetimes(datetime(2000, 1, 2), datetime(2037, 1, 1)))
def test_a_zone_of_the_file_s_own_means_what_its_rules_say(local: datetime) -> None:
    local = local.replace(microsecond=0)
    event = f"DTSTART;TZID=Customized Time Zone:{local:%Y%m%dT%H%M%S}\nDURATION:PT1H"
    record = only(calendar(event, head=OWN_ZONE))
    expected = local.replace(tzinfo=ZoneInfo("Europe/Vienna")).astimezone(UTC)
    assert datetime.fromisoformat(record["dates"][0]["from"]).astimezone(UTC) == expected


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("SUMMARY:X", "X is left out: it does not say when it begins"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z", "it takes no time"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDTEND:20261118T200000Z", "it ends before it begins"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:-PT1H", "it ends before it begins"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDTEND;VALUE=DATE:20261119", "not both days or both times"),
        ("SUMMARY:X\nDTSTART:20260230T210000Z", "line 5: DTSTART '20260230T210000Z' is no day or time"),
        ("SUMMARY:X\nDTSTART:19990101T210000Z\nDURATION:PT1H", "is in the year 1999, and records know 2000 to 2199"),
        ("SUMMARY:X\nDTSTART;TZID=Nowhere/Else:20261118T210000\nDURATION:PT1H", "its time zone, Nowhere/Else, is not"),
        ("SUMMARY:X\nDTSTART;TZID=Europe:20261118T210000\nDURATION:PT1H", "its time zone, Europe, is not known"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:P99999D", "it takes more than ten years"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:eternity", "its duration 'eternity' can't be read"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY", "oftener than once a day"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=0", "has INTERVAL=0"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=5000", "1,000 is the most"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=9,17", "several times a day"),
        (f"{HOUR}\nRRULE:FREQ=YEARLY;BYWEEKNO=20", "without a day of the week"),
        (f"{HOUR}\nRRULE:FREQ=DAILY\nEXRULE:FREQ=DAILY", "left out by a rule"),
        ("SUMMARY:X\nDTSTART:20261118T210000Z\nDURATION:PT1H\nSTATUS:CANCELLED", "X is cancelled, and left out"),
    ],
)  # fmt: skip
def test_what_can_not_be_carried_is_told_with_its_line(lines: str, says: str) -> None:
    result = imported(calendar(lines))
    assert not result.files
    assert any(text.startswith("line 3: X is") and says in text for text in losses(result)), losses(result)


def test_what_is_carried_otherwise_is_told() -> None:
    told = losses(
        imported(
            calendar(
                "DTSTART:20261118T210000Z\nDURATION:PT1H\nSUMMARY:X\nSTATUS:TENTATIVE\nLOCATION:Here",
                "DTSTART:20261118T210000\nDURATION:PT1H\nSUMMARY:Y\nLOCATION:Here",
            )
            + "x\r\n",
            service="",
        )
    )
    assert told == [
        "nothing says whom it is about, and without --service that is every service",
        "line 3: X is tentative, and is carried like the others",
        "line 8: LOCATION of 2 events is not carried",
        "line 11: 1 time that names no zone is taken for Europe/Vienna; --timezone names another",
        "line 17: it is no property of a calendar, which is a name, a colon and a value",
    ]


def test_a_calendar_s_name_and_events_names_are_kept() -> None:
    text = calendar(
        "DTSTART:20261118T210000Z\nDURATION:PT1H\nSUMMARY:Router\\, and\\nswitch",
        "DTSTART:20261119T210000Z\nDURATION:PT1H\nSUMMARY:Maintenance of Veltum",
        head="X-WR-CALNAME:Maintenance of Veltum",
    )
    record = only(text)
    assert record["name"] == "Maintenance of Veltum"
    assert [entry.get("name") for entry in record["dates"]] == ["Router, and switch", None]


# --- events that come back


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("FREQ=DAILY", {"every": "day"}),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", {"every": "day", "weekdays": ["mon", "tue", "wed", "thu", "fri"]}),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", {"every": "week", "interval": 2, "weekdays": ["tue"]}),
        ("FREQ=WEEKLY;UNTIL=20261231T000000Z", {"every": "week", "weekdays": ["tue"], "until": "2026-12-30"}),
        ("FREQ=WEEKLY;COUNT=3", {"every": "week", "weekdays": ["tue"], "until": "2026-01-27"}),
        ("FREQ=MONTHLY", {"every": "month", "month_days": [13]}),
        ("FREQ=MONTHLY;BYDAY=2TU", {"every": "month", "weekdays": ["tue"], "week_of_month": 2}),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", {"every": "month", "weekdays": ["tue"], "week_of_month": 2}),
        ("FREQ=MONTHLY;BYDAY=-1TU", {"every": "month", "weekdays": ["tue"], "week_of_month": -1, "from": "2026-01-27"}),
        ("FREQ=MONTHLY;BYMONTHDAY=13,-1", {"every": "month", "month_days": [-1, 13]}),
        ("FREQ=YEARLY", {"every": "year", "month_days": [13], "months": [1]}),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=2TU", {"every": "year", "weekdays": ["tue"], "week_of_month": 2, "months": [1]}),
    ],
)  # fmt: skip
def test_a_rule_becomes_a_recurrence(rule: str, fields: dict[str, object]) -> None:
    record = only(calendar(f"{VIENNA}:20260113T220000\nDURATION:PT4H\nSUMMARY:Patch night\nRRULE:{rule}"))
    assert record["recurrence"] == {"from": "2026-01-13", **fields, "starts": "22:00", "takes": "4 h"}
    assert record["timezone"] == "Europe/Vienna"


def test_a_rule_that_no_record_can_say_becomes_dates_of_this_year_and_the_next() -> None:
    rule = "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    result = imported(calendar(f"{VIENNA}:20251231T220000\nDURATION:PT1H\nSUMMARY:Month end\n{rule}"))
    (record,) = records(result).values()
    assert len(record["dates"]) == 24
    assert record["dates"][4] == {"from": "2026-05-29T22:00+02:00", "to": "2026-05-29T23:00+02:00"}
    told = "line 3: Month end comes back, and is carried as 24 dates from 2026-01-01 to 2027-12-31"
    assert losses(result) == [told]


def test_single_occurrences_that_are_left_out_moved_cancelled_or_added() -> None:
    master = (
        f"UID:1\n{VIENNA}:20261103T220000\nDURATION:PT4H\nSUMMARY:Patch night\nRRULE:FREQ=WEEKLY\n"
        "EXDATE;TZID=Europe/Vienna:20261110T220000\nEXDATE;TZID=Europe/Vienna:20261111T220000\n"
        "RDATE;TZID=Europe/Vienna:20261120T220000\n"
        "RDATE;VALUE=PERIOD;TZID=Europe/Vienna:20261121T080000/PT1H"
    )
    moved = (
        f"UID:1\nRECURRENCE-ID;TZID=Europe/Vienna:20261117T220000\n{VIENNA}:20261118T210000\nDURATION:PT4H"
    )
    cancelled = (
        f"UID:1\nRECURRENCE-ID:20261124T210000Z\n{VIENNA}:20261124T220000\nDURATION:PT4H\nSTATUS:CANCELLED"
    )
    result = imported(calendar(master, moved, cancelled))
    (record,) = records(result).values()
    assert record["recurrence"] == {
        "every": "week",
        "weekdays": ["tue"],
        "from": "2026-11-03",
        "starts": "22:00",
        "takes": "4 h",
        "except": ["2026-11-10", "2026-11-17", "2026-11-24"],
        "besides": ["2026-11-20"],
    }
    assert record["dates"] == [
        {"from": "2026-11-18T21:00+01:00", "to": "2026-11-19T01:00+01:00"},
        {"from": "2026-11-21T08:00+01:00", "to": "2026-11-21T09:00+01:00"},
    ]
    assert losses(result) == [
        "line 10: 2026-11-11T21:00Z is left out or moved, and it does not come then",
        "line 20: an event is cancelled on 2026-11-24T21:00Z, and left out there",
    ]


def test_single_occurrences_count_for_dates_as_well() -> None:
    master = f"UID:1\n{VIENNA}:20261130T220000\nDURATION:PT4H\n"
    master += "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3\nEXDATE:20261231T210000Z"
    moved = (
        f"UID:1\nRECURRENCE-ID;TZID=Europe/Vienna:20270129T220000\n{VIENNA}:20270130T210000\nDURATION:PT4H"
    )
    record = only(calendar(master, moved))
    assert [entry["from"] for entry in record["dates"]] == [
        "2026-11-30T22:00+01:00",
        "2027-01-30T21:00+01:00",
    ]


def test_whole_days_that_come_back_keep_their_days() -> None:
    record = only(calendar("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20270103\nRRULE:FREQ=YEARLY"))
    assert record["recurrence"] == {
        "every": "year",
        "month_days": [24],
        "months": [12],
        "from": "2026-12-24",
        "takes": "240 h",
    }


def test_whole_days_over_a_change_of_clocks_are_dates() -> None:
    record = only(calendar("DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261026\nRRULE:FREQ=YEARLY"))
    assert record["dates"] == [
        {"from": "2026-10-24", "to": "2026-10-25"},
        {"from": "2027-10-24", "to": "2027-10-25"},
    ]


def test_the_newest_edition_of_an_event_counts() -> None:
    editions = [f"UID:1\nSEQUENCE:{n}\nDTSTART:2026111{n}T210000Z\nDURATION:PT1H\nSUMMARY:X" for n in (8, 9)]
    result = imported(calendar(*editions))
    assert [entry["from"] for entry in only(calendar(*editions))["dates"]] == ["2026-11-19T21:00Z"]
    assert losses(result) == ["line 3: X is an older edition of an event of this file"]


def test_the_calendar_means_what_the_file_means(repository_of: Callable[..., Repository]) -> None:
    """What is planned by the imported records is what another library reads from the file."""
    rules = ["FREQ=WEEKLY;BYDAY=TU,SU", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=1MO;INTERVAL=2"]
    starts = [datetime(2026, 1, 4, 22), datetime(2026, 1, 31, 2, 30), datetime(2026, 1, 5, 23)]
    events = [
        f"UID:{n}\nSUMMARY:Window {n}\n{VIENNA}:{start:%Y%m%dT%H%M%S}\nDURATION:PT2H\nRRULE:{rule}"
        for n, (rule, start) in enumerate(zip(rules, starts, strict=True))
    ]
    result = imported(calendar(*events), service="")
    repository = repository_of(dict(result.files))
    horizon = datetime(2027, 12, 31, tzinfo=UTC)
    ours = {
        (item.title, item.start, item.end)
        for item in planned(repository)
        if datetime(2026, 2, 1, tzinfo=UTC) <= item.start < horizon
    }
    theirs = set()
    for n, (rule, start) in enumerate(zip(rules, starts, strict=True)):
        for local in rrulestr(rule, dtstart=start).between(datetime(2026, 1, 1), datetime(2028, 1, 1)):
            begins = local.replace(tzinfo=ZoneInfo("Europe/Vienna")).astimezone(UTC)
            if datetime(2026, 2, 1, tzinfo=UTC) <= begins < horizon:
                theirs.add((f"Window {n}", begins, begins + timedelta(hours=2)))
    assert ours == theirs
    assert len(ours) > 200


_NUMBERS = st.lists(st.integers(1, 31) | st.integers(-31, -1), min_size=1, max_size=3, unique=True)


@st.composite
def rules(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 4))}"]
    if draw(st.booleans()):
        parts.append(
            f"BYMONTH={','.join(map(str, draw(st.sets(st.integers(1, 12), min_size=1, max_size=3))))}"
        )
    if freq != "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={','.join(map(str, draw(_NUMBERS)))}")
    if draw(st.booleans()):
        # The other library takes a mix of numbered and other days for days that are both.
        numbered = freq in ("MONTHLY", "YEARLY") and draw(st.booleans())
        numbers = st.sampled_from(["1", "2", "5", "-1", "-2"] if numbered else [""])
        named = draw(
            st.lists(st.sampled_from(["MO", "TU", "WE", "FR", "SU"]), min_size=1, max_size=3, unique=True)
        )
        parts.append(f"BYDAY={','.join(draw(numbers) + day for day in named)}")
    if freq == "YEARLY" and draw(st.integers(0, 4)) == 0:
        parts.append(f"BYYEARDAY={','.join(map(str, draw(_NUMBERS)))}")
    if freq == "WEEKLY" and draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU', 'WE']))}")
    if len(parts) > 2 and freq != "WEEKLY" and draw(st.booleans()):
        parts.append(
            f"BYSETPOS={','.join(map(str, draw(st.sets(st.sampled_from([1, 2, 3, -1, -2]), min_size=1, max_size=2))))}"
        )
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    return ";".join(parts)


@given(rules(), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
@settings(max_examples=400)
def test_rules_are_followed_as_another_library_follows_them(text: str, begins: date) -> None:
    start = datetime.combine(begins, datetime.min.time())
    rule = read_rule(text, start)
    last = date(2030, 12, 31)
    assume(any(days(rule, begins, begins, last, WIDE)))  # the other library looks for it until the year 9999
    theirs = rrulestr(text, dtstart=start, ignoretz=True)
    expected = [moment.date() for moment in theirs.between(start, datetime(2030, 12, 31), inc=True)]
    assert list(days(rule, begins, begins, last, WIDE)) == expected
    later = date(2028, 5, 17)
    assert list(days(rule, begins, later, last, WIDE)) == [day for day in expected if day >= later]
    ours = as_recurrence(rule, begins)
    if ours is not None and rule.count is None:
        found = Recurrence.model_validate({**ours, "from": str(begins)})
        assert days_of(found, begins, last)[:4000] == expected[:4000]


@pytest.mark.parametrize("start", range(7))
@pytest.mark.parametrize("year", range(2020, 2033))
def test_weeks_are_counted_as_another_library_counts_them(year: int, start: int) -> None:
    names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    text = f"FREQ=YEARLY;BYWEEKNO=2,20,-10,51;BYDAY=MO,SU;WKST={names[start]}"
    begins = datetime(year, 1, 1)
    expected = [
        moment.date() for moment in rrulestr(text, dtstart=begins).between(begins, datetime(year + 1, 12, 31))
    ]
    assert (
        list(days(read_rule(text, begins), begins.date(), begins.date(), date(year + 1, 12, 31), WIDE))
        == expected
    )


@given(
    st.sampled_from(["DAILY", "WEEKLY"]),
    st.integers(1, 40),
    st.integers(1, 60),
    st.dates(date(2024, 1, 1), date(2026, 1, 1)),
)
def test_a_plain_rule_ends_where_counting_ends(freq: str, interval: int, count: int, begins: date) -> None:
    rule = read_rule(f"FREQ={freq};INTERVAL={interval};COUNT={count}", datetime(2026, 1, 1))
    *_, last = days(rule, begins, begins, date(2199, 12, 31), WIDE)
    assert last_of_plain(rule, begins) == last


@pytest.mark.parametrize("rule", ["FREQ=DAILY;COUNT=5;BYDAY=MO", "FREQ=MONTHLY;COUNT=5", "FREQ=DAILY"])
def test_any_other_rule_has_to_be_counted(rule: str) -> None:
    assert last_of_plain(read_rule(rule, datetime(2026, 1, 1)), date(2026, 1, 1)) is None


def test_many_events_that_come_for_lifetimes_are_all_carried() -> None:
    events = [
        f"UID:{n}\n{VIENNA}:20260101T220000\nDURATION:PT1H\nSUMMARY:W {n}\nRRULE:FREQ=DAILY;COUNT=27000"
        for n in range(100)
    ]
    found = records(imported(calendar(*events)))
    assert len(found) == 100
    assert {record["recurrence"]["until"] for record in found.values()} == {"2099-12-03"}


def test_of_rules_that_become_dates_no_more_are_carried_than_anybody_would_read() -> None:
    rule = "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;INTERVAL=2;WKST=SU"
    events = [f"UID:{n}\n{VIENNA}:20260101T220000\nDURATION:PT1H\nSUMMARY:W {n}\n{rule}" for n in range(60)]
    result = imported(calendar(*events))
    carried = sum(len(record["dates"]) for record in records(result).values())
    assert MAX_FOLLOWED - 400 < carried <= MAX_FOLLOWED
    refused = [text for text in losses(result) if "is left out" in text]
    assert len(refused) == 60 - len(result.files)
    assert refused[-1] == "line 416: W 59 is left out: more than 20,000 dates come of the rules of this file"


# --- local times that clocks skip or pass twice


SKIPPED = "which clocks of Europe/Vienna skip, is taken for"
TWICE = "which clocks of Europe/Vienna pass twice, is taken for"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            f"{VIENNA}:20260329T023000\nDURATION:PT1H",
            [f"line 3: DTSTART 2026-03-29 02:30, {SKIPPED} 2026-03-29T02:30+01:00"],
        ),
        (
            f"{VIENNA}:20261025T023000\nDURATION:PT1H",
            [f"line 3: DTSTART 2026-10-25 02:30, {TWICE} 2026-10-25T02:30+02:00"],
        ),
        (
            f"{VIENNA}:20261025T010000\nDTEND;TZID=Europe/Vienna:20261025T020000",
            [f"line 4: DTEND 2026-10-25 02:00, {TWICE} 2026-10-25T02:00+02:00"],
        ),
        (f"{VIENNA}:20261025T010000\nDTEND;TZID=Europe/Vienna:20261025T030000", []),
        (f"{VIENNA}:20260329T010000\nDTEND;TZID=Europe/Vienna:20260329T030000", []),
        ("DTSTART:20260329T013000Z\nDURATION:PT1H", []),
        (
            f"{VIENNA}:20260328T023000\nDURATION:P1D",
            [f"line 4: the end of its days 2026-03-29 02:30, {SKIPPED} 2026-03-29T02:30+01:00"],
        ),
        (
            f"{VIENNA}:20260301T100000\nDURATION:PT1H\nRDATE;TZID=Europe/Vienna:20261025T023000",
            [f"line 5: RDATE 2026-10-25 02:30, {TWICE} 2026-10-25T02:30+02:00"],
        ),
        (
            "DTSTART:20260329T023000\nDURATION:PT1H",
            [
                "line 3: 1 time that names no zone is taken for Europe/Vienna; --timezone names another",
                f"line 3: DTSTART 2026-03-29 02:30, {SKIPPED} 2026-03-29T02:30+01:00",
            ],
        ),
        (
            f"{VIENNA}:20260101T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20270201T000000Z",
            [
                f"line 2: an event on 2026-03-29 02:30, {SKIPPED} 2026-03-29T03:00+02:00",
                f"line 2: an event on 2026-10-25 02:30, {TWICE} 2026-10-25T02:30+02:00",
            ],
        ),
        (
            f"{VIENNA}:20260131T023000\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYYEARDAY=88,298,300",
            [
                f"line 2: an event on 2026-03-29 02:30, {SKIPPED} 2026-03-29T02:30+01:00",
                f"line 2: an event on 2026-10-25 02:30, {TWICE} 2026-10-25T02:30+02:00",
            ],
        ),
    ],
)  # fmt: skip
def test_a_time_that_is_no_one_instant_is_listed(lines: str, said: list[str]) -> None:
    text = calendar(lines).replace("VERSION:2.0\r\n", "")
    told = [loss for loss in losses(imported(text)) if "title comes" not in loss]
    assert sorted(told) == sorted(said)


@given(st.datetimes(datetime(2000, 1, 2), datetime(2037, 1, 1)))
def test_a_zone_of_the_file_s_own_has_the_odd_times_that_the_known_one_has(local: datetime) -> None:
    zones = Zones(_definitions(OWN_ZONE), Budget(10**9))
    for moment in (local, *_around_changes(local.year)):
        own, known = (
            zone.oddity(moment) for zone in (zones.named("Customized Time Zone"), Zone("Europe/Vienna"))
        )
        assert own.replace("its own zone", "Europe/Vienna") == known, moment


def _definitions(text: str) -> dict[str, Any]:
    (top,) = components(calendar(head=text).encode(), lambda number, reason: None)
    return {part.text("TZID"): part for part in top.parts}


def _around_changes(year: int) -> list[datetime]:
    changes = [
        max(date(year, month, day) for day in range(25, 32) if date(year, month, day).weekday() == 6)
        for month in (3, 10)
    ]
    return [
        datetime(day.year, day.month, day.day, 1) + timedelta(minutes=minutes)
        for day in changes
        for minutes in (0, 59, 60, 61, 119, 120, 121)
    ]


# --- types


def test_holidays_are_whole_days() -> None:
    text = calendar(
        "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christmas",
        "DTSTART;VALUE=DATE:19700101\nRRULE:FREQ=YEARLY\nSUMMARY:New Year",
        "DTSTART:20261231T120000Z\nDURATION:PT4H\nSUMMARY:Half a day",
    )
    result = imported(text, type="holidays")
    (record,) = records(result).values()
    assert record["holidays"] == {
        "plus": ["2026-01-01", "2026-12-24", "2026-12-25", "2026-12-26", "2027-01-01"]
    }
    assert "line 13: Half a day has times, and a holiday is a whole day" in losses(result)


def test_a_freeze_is_a_hard_one() -> None:
    record = only(calendar("DTSTART;VALUE=DATE:20261224\nSUMMARY:Closed"), type="freeze")
    assert (record["type"], record["freeze"]) == ("freeze", "hard")


def test_a_service_is_the_scope() -> None:
    result = imported(calendar("DTSTART;VALUE=DATE:20261224"), service="network")
    assert "scope:\n  services: [network]\n" in "".join(map(str, result.files.values()))


def test_many_events_are_spread_over_years() -> None:
    events = [
        f"DTSTART:{date(2026, 6, 1) + timedelta(days=n // 4):%Y%m%d}T{n % 4:02}0000Z\nDURATION:PT1H\nSUMMARY:W {n}"
        for n in range(1500)
    ]
    found = records(imported(calendar(*events)))
    assert sorted(found) == ["windows-2026", "windows-2027"]
    assert sum(len(record["dates"]) for record in found.values()) == 1500


# --- hostile files


def test_a_fold_inside_a_character_is_undone() -> None:
    text = calendar("DTSTART;VALUE=DATE:20261224\nSUMMARY:Büro").encode()
    place = text.index("ü".encode()) + 1
    result = imported(text[:place] + b"\r\n " + text[place:])
    (record,) = records(result).values()
    assert record["dates"][0]["name"] == "Büro"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it holds no calendar"),
        (b"\x00\x01\x02", "it holds no calendar"),
        (b"BEGIN:VCALENDAR\r\nSUMMARY:B\xfcro\r\nEND:VCALENDAR\r\n", "line 2 is not UTF-8"),
        (calendar().encode("utf-16"), "it is UTF-16"),
        (b"BEGIN:VCALENDAR\r\nCALSCALE:HEBREW\r\nEND:VCALENDAR\r\n", "the calendar HEBREW"),
        (b"x" * (MAX_BYTES + 1), f"no more than {MAX_BYTES:,} are read"),
        (b"BEGIN:VCALENDAR\r\n" * 100_000, "nested more than 8 deep"),
        (
            b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
            "line 2: VEVENT begins here and has no end",
        ),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "line 2: VEVENT ends here and began nowhere"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_a_file_that_is_none_is_said(content: bytes, says: str) -> None:
    result = imported(content)
    assert not result.files
    assert any(says in text for text in losses(result)), losses(result)


ABSURD = (
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;INTERVAL=1000;BYMONTHDAY=31;BYDAY=5MO;BYSETPOS=366",
    "FREQ=DAILY;COUNT=99999999",
    "FREQ=DAILY;UNTIL=99991231T235959Z",
    "FREQ=SECONDLY",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=YEARLY;COUNT=99999999999999999999999999999",
    "FREQ=DAILY;" + "BYDAY=MO;" * 1000,
    "FREQ=WEEKLY;BYDAY=" + "MO," * 10_000 + "TU",
    "FREQ=DAILY;X-Y=Z",
    "FREQ",
    ";;;",
)


@pytest.mark.parametrize("rule", ABSURD, ids=lambda rule: rule[:50])
def test_absurd_rules_cost_little_many_times(rule: str) -> None:
    events = [f"UID:{n}\nDTSTART:20260101T000000Z\nDURATION:PT1H\nSUMMARY:X\nRRULE:{rule}" for n in range(40)]
    assert imported(calendar(*events)) is not None  # what would go wrong has no end


def test_a_flood_of_events_is_cut_and_told() -> None:
    event = "DTSTART:20261118T210000Z\r\nDURATION:PT1H\r\n"
    event = f"BEGIN:VEVENT\r\n{event}END:VEVENT\r\n"
    text = f"BEGIN:VCALENDAR\r\n{event * 100_000}END:VCALENDAR\r\n"
    result = imported(text)
    assert f"line 1: {100_000 - MAX_EVENTS:,} events beyond the first {MAX_EVENTS:,} are left out" in losses(
        result
    )


def test_words_are_made_harmless() -> None:
    text = calendar("DTSTART;VALUE=DATE:20261224\nSUMMARY:a \x1b[31m \u202e b: {c} # d")
    assert only(text)["dates"][0]["name"] == "a \\x1b[31m \\u202e b: {c} # d"


VALID = calendar(
    f"UID:1\n{VIENNA}:20261103T220000\nDURATION:PT4H\nSUMMARY:Patch night\n"
    "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231T000000Z\n"
    "EXDATE;TZID=Europe/Vienna:20261110T220000\nRDATE;VALUE=PERIOD:20261120T220000Z/PT1H",
    f"UID:1\nRECURRENCE-ID;TZID=Europe/Vienna:20261117T220000\n{VIENNA}:20261118T210000\nDURATION:PT4H",
    "UID:2\nDTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nRRULE:FREQ=YEARLY;COUNT=4\nSUMMARY:Closed",
    "UID:3\nDTSTART;TZID=Customized Time Zone:20261118T210000\nDTEND;TZID=Customized Time Zone:20261118T230000",
    "UID:4\nDTSTART:20261118T210000Z\nDURATION:P1DT1H\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1;INTERVAL=2",
    head=OWN_ZONE,
).encode()
_PIECES = [b"\r\n", b" ", b";", b":", b"=", b",", b"-", b"9", b"0", b"T", b"Z", b"\x00", b"\xff", b"BEGIN:VEVENT\r\n",
           b"END:VEVENT\r\n", b"RRULE:FREQ=YEARLY\r\n", b"20261118", b"99991231T235959", b"FREQ=DAILY", b"\"", b"TZID=",
           "é".encode(), b"RECURRENCE-ID:20261118T210000Z\r\n", b"DURATION:PT99999H\r\n", b"RDATE:1\r\n"]  # fmt: skip


def mutated(seed: int) -> bytes:
    chance = random.Random(seed)
    content = bytearray(VALID)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                del content[place : place + chance.randint(1, 30)]
            case 1:
                content[place:place] = chance.choice(_PIECES)
            case 2:
                content[place : place + 1] = chance.choice(_PIECES)
            case _:
                other = chance.randrange(len(content))
                content[place:place] = content[other : other + chance.randint(1, 60)]
    return bytes(content)


@given(st.integers(0, 2**32), st.sampled_from(["maintenance", "holidays", "freeze"]))
@settings(max_examples=300)
def test_whatever_is_mutated_gives_records_or_reasons(seed: int, type: str) -> None:
    result = imported(mutated(seed), type=type)
    for path, content in result.files.items():
        assert isinstance(content, str)
        assert not source.read(path, content.encode(), Format.YAML).problems
    assert result.files or result.not_carried
    fitting = Repository(MappingTree(dict(result.files)), now=datetime(2026, 11, 16, tzinfo=UTC))
    assert [fault.message for fault in fitting.faults] == []


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    told: list[int] = []
    try:
        components(content, lambda number, reason: told.append(number))
    except Unreadable:
        return
    assert all(1 <= number <= content.count(b"\n") + content.count(b"\r") + 1 for number in told)


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_is_refused(text: str) -> None:
    for rule in (text, f"FREQ=MONTHLY;{text}"):
        try:
            read_rule(rule, datetime(2026, 1, 1))
        except CannotFollow:
            continue


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Europe/Vienna", "Europe/Vienna"),
        ('"Europe/Vienna"', "Europe/Vienna"),
        ("europe/vienna", "Europe/Vienna"),
        ("/freeassociation.sourceforge.net/Europe/Vienna", "Europe/Vienna"),
        ("/citadel.org/20210210_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("UTC", "UTC"),
        ("Europe", None),
        ("localtime", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_zones_by_the_names_that_programs_give_them(name: str, found: str | None) -> None:
    assert iana_name(name) == found


# --- the command


def run(*words: object) -> Any:
    return CliRunner().invoke(main, ["import", "ics", *map(str, words)])


def test_a_second_import_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "Supplier windows.ics"
    file.write_text(calendar("DTSTART:20261118T210000\nDURATION:PT1H"), newline="")
    (tmp_path / "repo/organization").mkdir(parents=True)
    (tmp_path / "repo/organization/policy.yaml").write_text("timezone: Asia/Tokyo\n")
    (tmp_path / "repo/gitsm.toml").write_text("as_of = 2026-11-16T09:00:00+01:00\n")
    first, second = (run(file, "--to", tmp_path / "repo") for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Imported 1 calendar\n1 files written" in first.output
    assert "1 time that names no zone is taken for Asia/Tokyo" in first.output
    assert "0 files written" in second.output
    written = (tmp_path / "repo/organization/calendars/supplier-windows.yaml").read_text()
    assert "timezone: Asia/Tokyo" in written
    assert "2026-11-18T21:00+09:00" in written


def test_a_folder_of_files_is_imported_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.ics").write_text(calendar("DTSTART:20261118T210000Z\nDURATION:PT1H"), newline="")
    (folder / "readme.txt").write_text("no calendar")
    result = run(folder, "--to", tmp_path / "repo", "--as-of", "2026-11-16")
    assert "Imported 2 calendars" in result.output
    assert "readme.txt: its name does not end in .ics" in result.output


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--type", "party"], "'party' is not one of"),
        (["--timezone", "Europe/Nowhere"], "is no time zone"),
        (["--as-of", "yesterday"], "is not a day such as 2026-11-28"),
        (["--service", "No Id"], "is no id"),
    ],
)
def test_options_are_checked(options: list[str], says: str, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_text(calendar())
    result = run(file, "--to", tmp_path / "repo", *options)
    assert result.exit_code == 2
    assert says in result.output


def test_the_records_fit_their_schema(repository_of: Callable[..., Repository]) -> None:
    files: Mapping[str, str | bytes] = imported(VALID).files
    assert not repository_of(dict(files)).faults
    assert len(files) > 2
