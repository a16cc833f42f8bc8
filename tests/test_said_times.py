"""Times in prose: what can't be so, and innocent texts that look nearly like it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.diagnostic import Severity
from gitsm.lint import Report
from gitsm.said_times import MAX_SLIPS, MAX_TEXT, SlipKind, slips, slips_beside

WINDOW = (
    datetime.fromisoformat("2026-11-28T22:00+01:00"),
    datetime.fromisoformat("2026-11-29T02:00+01:00"),
    "Europe/Vienna",
)
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Saturday 29 November 2026", SlipKind.WEEKDAY),
        ("Sat, 29 Nov 2026", SlipKind.WEEKDAY),
        ("we begin on Sunday, 2026-11-28, at ten", SlipKind.WEEKDAY),
        ("2026-11-28 (Sunday)", SlipKind.WEEKDAY),
        ("2026-11-28 (Sun)", SlipKind.WEEKDAY),
        ("28.11.2026 (Fri)", SlipKind.WEEKDAY),
        ("Friday 28.11.2026", SlipKind.WEEKDAY),
        ("Monday the 3rd of November 2026", SlipKind.WEEKDAY),
        ("Friday, November 28th, 2026", SlipKind.WEEKDAY),
        ("Sat 31 November 2026", SlipKind.WEEKDAY),
        ("Saturday\n29 November 2026", SlipKind.WEEKDAY),
        ("22:00 CET / 20:00 UTC", SlipKind.ZONES),
        ("22:00 UTC (22:30 CET)", SlipKind.ZONES),
        ("22:00–02:00 CET (21:00–02:00 UTC)", SlipKind.ZONES),
        ("22:00 CET (= 16:00 PDT)", SlipKind.ZONES),
        ("9:00 EST, that is 16:00 CET", SlipKind.ZONES),
        ("28 November 2026 22:00 PDT", SlipKind.SUMMER),
        ("2026-12-01T22:00 CEST", SlipKind.SUMMER),
        ("22:00 CEST on 28 November 2026", SlipKind.SUMMER),
        ("at 22:00 EDT on Saturday, 28 November 2026", SlipKind.SUMMER),
        ("2026-07-01 09:00 AEDT", SlipKind.SUMMER),
        ("sunday, 28 november 2026", SlipKind.WEEKDAY),
        ("SUN 28 NOV 2026", SlipKind.WEEKDAY),
        ("SUNDAY 28 November 2026", SlipKind.WEEKDAY),
        ("Sun. 28 Nov. 2026", SlipKind.WEEKDAY),
        ("Sunday (28 November 2026)", SlipKind.WEEKDAY),
        ("28 November 2026, Sunday", SlipKind.WEEKDAY),
        ("On 28 November 2026, Sunday at 10:00 we begin", SlipKind.WEEKDAY),
        ('Post "We are down on Sunday, 28 November 2026" in the morning', SlipKind.WEEKDAY),
        ("6:00 p.m. CET (4:00 p.m. UTC)", SlipKind.ZONES),
        ("6 pm CET, that is 4 pm UTC", SlipKind.ZONES),
        ("12 am CET / 12:00 UTC", SlipKind.ZONES),
        ("18:00 MEZ / 16:00 UTC", SlipKind.ZONES),
        ("10 am PDT on 28 November 2026", SlipKind.SUMMER),
        ("28 November 2026 at 6pm CEST", SlipKind.SUMMER),
        # Three in a row: each is held against each.
        ("22:00 CET / 21:00 GMT / 16:30 EST", SlipKind.ZONES),
        ("22:00 CET / 20:00 GMT / 16:00 EST", SlipKind.ZONES),
        ("09:00 CET / 08:00 UTC / 08:00 PST", SlipKind.ZONES),
        ("22:00 CET (21:00 UTC, 15:00 EST)", SlipKind.ZONES),
        ("22:00 CET (21:00 GMT) / 15:00 EST", SlipKind.ZONES),
        ("22:00 CET [21:00 GMT; 15:00 EST]", SlipKind.ZONES),
        # Distances from UTC.
        ("22:00+01:00 (20:00Z)", SlipKind.ZONES),
        ("22:00 +0100 / 20:00 UTC", SlipKind.ZONES),
        ("22:00 UTC+2 / 21:00 UTC", SlipKind.ZONES),
        ("22:00 GMT-5 = 02:00 UTC", SlipKind.ZONES),
        ("22:00 UTC+05:30 / 17:00Z", SlipKind.ZONES),
        ("2026-11-28T22:00-05:00 / 2026-11-29T02:00Z", SlipKind.ZONES),
        ("2026-11-28 23:30 UTC / 2026-11-28 00:30 CET", SlipKind.ZONES),
        # Other ways to write the clock.
        ("18h00 CET / 16h00 UTC", SlipKind.ZONES),
        ("18h CET / 16h UTC", SlipKind.ZONES),
        ("18.00 CET / 16.00 UTC", SlipKind.ZONES),
        ("18:00 Uhr MEZ / 16:00 UTC", SlipKind.ZONES),
        ("24:00 CET / 22:00 UTC", SlipKind.ZONES),
        ("22:00:00 CET / 20:00:00 UTC", SlipKind.ZONES),
        # Abbreviations with several meanings, none of which agrees.
        ("22:00 BST / 20:00 CST", SlipKind.ZONES),
        ("22:00 BST / 20:30 UTC", SlipKind.ZONES),
        ("22:00 IST [20:15 UTC]", SlipKind.ZONES),
        ("10:00 PT / 13:00 ET / 19:00 UTC", SlipKind.ZONES),
        ("22:00 Europe/Vienna (19:00 UTC)", SlipKind.ZONES),
        ("28 November 2026 22:00 Europe/Vienna (20:00 UTC)", SlipKind.ZONES),
        # What stands between the two.
        ("22:00 CET or 20:00 UTC", SlipKind.ZONES),
        ("20:00 UTC (23:00 CET/CEST)", SlipKind.ZONES),
        ("22:00 CET (20:00 UTC the next day)", SlipKind.ZONES),
        ("10:00 AM PT/3:00 PM ET", SlipKind.ZONES),
        ("22:00 CET [20:00 UTC]", SlipKind.ZONES),
        ("22:00 CET/20:00 UTC", SlipKind.ZONES),
        ("22:00 (CET) / 20:00 (UTC)", SlipKind.ZONES),
        ("22:00 CET (i.e. 20:00 UTC)", SlipKind.ZONES),
        ("22:00 CET to 23:00 CET (20:00 to 21:00 UTC)", SlipKind.ZONES),
        # Dates between slashes: which is the month matters only where it would be right.
        ("Friday 28/11/2026", SlipKind.WEEKDAY),
        ("Friday, 11/28/2026", SlipKind.WEEKDAY),
        ("Friday 03/12/2026", SlipKind.WEEKDAY),
        ("2026/11/28 (Fri)", SlipKind.WEEKDAY),
        ("28/11/2026 [Friday]", SlipKind.WEEKDAY),
        ("Friday 31/11/2026", SlipKind.WEEKDAY),
        ("28/11/2026 22:00 PDT", SlipKind.SUMMER),
        ("22:00 (PDT) on 11/28/2026", SlipKind.SUMMER),
    ],
)
def test_what_can_not_be_so(text: str, kind: SlipKind) -> None:
    assert [slip.kind for slip in slips(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Saturday 28 November 2026",
        "Sat, 28 Nov 2026 and Sunday, 2026-11-29",
        "2026-11-28 (Sat)",
        "2026-11-28 (Saturday night)",
        "Moved from 2026-11-27, Saturday being full",
        "every Sunday, 28 servers of November 2026",
        "by Sunday 2026 is over",
        "on Monday 12 nodes; Sun 4 racks",
        "Sunday 1:00 to 2:00 2026-11-27",
        "the Monday before 28 November 2026",
        "version 16.15.2026 on Monday",
        "22:00 CET / 21:00 UTC",
        "23:30 UTC (00:30 CET)",
        "22:00–02:00 CET (21:00–01:00 UTC)",
        "22:00 EST / 03:00 UTC",
        "shifts begin at 09:00 CET / 09:00 PST",
        "9:00 a.m. CET / 8:00 UTC",
        "28 July 2026 22:00 PDT",
        "15 January 2027 09:00 AEDT",
        "2026-07-01 09:00 CET",
        "10:00 CEST to 2026-12-01",
        "May 2026 and Mar 12",
        "We talk on Tuesday. 28 November 2026 is the day.",
        "The host sat 29 November 2026 idle",
        "sun 2026-11-28 workstation",
        "On 28 November 2026, Sunday work is paid twice",
        "until 28 November 2026, Sunday 29 November 2026 included",
        "On Sunday (the day after 28 November 2026)",
        'The mail said "Sunday, 28 November 2026", which is wrong',
        "The mail said “Sunday, 28 November 2026”",
        "6:00 pm CET (17:00 UTC)",
        "6 pm CET, that is 5 pm UTC",
        "12 am CET / 11 pm UTC",
        "6:00 to 8:00 pm CET (17:00 to 19:00 UTC)",
        "6–8 pm CET (5–7 pm UTC)",
        "",
        "22:00 CET / 21:00 GMT / 16:00 EST",
        "22:00 CET (21:00 UTC, 16:00 EST)",
        "09:00 CET / 09:00 EST / 09:00 JST",
        "22:00+01:00 / 21:00Z",
        "22:00 +0100 (21:00 UTC)",
        "22:00 UTC+2 / 20:00 UTC",
        "22:00 UTC-02:00 / 02:00 UTC",
        "22:00-06:00 and from 21:00Z on",
        "2026-11-28T22:00-05:00 / 2026-11-29T03:00Z",
        "2026-11-28 23:30 UTC / 2026-11-29 00:30 CET",
        "18h00 CET / 17h00 UTC",
        "18.00 CET / 17.00 UTC",
        "24:00 CET / 23:00 UTC",
        "22:00 BST / 16:00 EST",
        "22:00 BST / 21:00 UTC",
        "22:00 IST [16:30 UTC]",
        "22:00 IST [21:00 UTC]",
        "10:00 PT / 13:00 ET / 18:00 UTC",
        "22:00 Europe/Vienna (20:00 UTC)",
        "22:00 Mars/Olympus (20:00 UTC)",
        "28 November 2026 22:00 Europe/Vienna (21:00 UTC)",
        "either at 22:00 CET or 20:00 UTC",
        "22:00 CET to 23:00 CET (21:00 to 22:00 UTC)",
        "22:00 CET (21:00 UTC) to 02:00 CET (01:00 UTC)",
        "22:00–02:00 CET (= 01:00 UTC)",
        "We leave at 22:00 CET, 17:00 EST is too late",
        "22:00 CET. (20:00 UTC is the backup.)",
        "20:00 UTC (22:00 CET/CEST)",
        "20:00 UTC (21:00 CET/CEST)",
        "10:00 PST/PDT = 18:00 UTC",
        "2026-11-28T22:00:00+01:00/2026-11-29T02:00:00Z",
        "| 22:00 CET | 23:00 UTC |",
        "22:00 CET (02:00 UTC at the latest)",
        "22:00 CET (until 02:00 UTC)",
        "handover 17:00 CET (Vienna) / 09:00 EST (New York)",
        "Saturday 28/11/2026",
        "Saturday 11/28/2026",
        "Thursday 03/12/2026",
        "Thursday, 12/3/2026",
        "2026/11/28 (Sat)",
        "03/12/2026 22:00 PDT",
        # Numbers that are no times: versions, addresses, ratios, ports, durations, sums.
        "Ubuntu 22.04 / 20.04",
        "Ubuntu 22.04 (20.04 ET al.)",
        "PostgreSQL 16.04 CET / 15.02 UTC",
        "version 10.15 EST / 10.14 UTC",
        "v18.00 CET / v16.00 UTC",
        "Python 3.11 or 3.12",
        "Node 18.20 / 20.18 PT",
        "from 10.0.0.12 UTC to 10.0.0.13 GMT",
        "10.20.30.40 PT / 10.20.30.41 ET",
        "192.168.10.15:22 Z (10.15:21 Z)",
        "fe80::12:34 Z / fe80::12:30 UTC",
        "00:1b:44:11:3a:b7 Z / 00:1b:44:11:3a:b8 UTC",
        "port 8080:80 / 9090:90",
        "localhost:18:00 UTC / localhost:20:00 CET",
        "a ratio of 16:9 / 4:3",
        "ratio 16.10 ET / ratio 4.30 PT",
        "mix 1:10 Z with 2:10",
        "takes 01:30 h / 02:00 h",
        "1.5 h / 2.5 h",
        "0.5 h or 1 h",
        "€18.50 PT / €16.00 ET",
        "EUR 18.50 CET / EUR 16.00 UTC",
        "§ 10.15 EST / § 10.20 UTC",
        "< 10.15 UTC / > 10.20 CET",
        "call 17:00 +43 1 58858 / 18:00 UTC",
        "call 17:00 +4315 (16:30 UTC)",
        "2026-11-28/2026-11-29",
        "changes/2026/11/28 (Fri)",
        "https://example.com/2026/11/28, Friday at 9",
        "28/11/26 (Fri)",
        "1/2/3/2026 (Fri)",
        "John 3:16 / Luke 2:11",
        "rows 10:20 / columns 30:40",
        "image:22.04 UTC / image:20.04 CET",
        "chapter 10.15 ET / chapter 10.16 PT",
        "kernel 6.10 Z / kernel 6.11 UTC",
        "25:00 CET / 20:00 UTC",
        "22:60 CET / 20:00 UTC",
        "22:00 UTC+15 / 20:00 UTC",
        "22:00 CETX / 20:00 UTC",
        "22:00 CET-Kette / 20:00 UTC",
        "weekly 24/7 / 08:00 CET",
        "120:00 CET / 20:00 UTC",
        "Mon 24/7/365 ET",
        "3.14.15 ET / 3.14.16 PT",
        "exit 10:15PM / 10:20PM",
    ],
)
def test_innocent_texts(text: str) -> None:
    assert list(slips(text)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Start at 22:00 PDT.", SlipKind.SUMMER),
        ("at 10 am PDT", SlipKind.SUMMER),
        ("at 10:00AM PDT", SlipKind.SUMMER),
        ("at 6pm CEST", SlipKind.SUMMER),
        ("sunday 28 november at 22:00", SlipKind.WEEKDAY),
        ("on 28 November 2026 10 pm UTC we begin", SlipKind.ZONES),
        ("Begin 22:00 CEST, end 02:00", SlipKind.SUMMER),
        ("Sunday 28 November at 22:00", SlipKind.WEEKDAY),
        ("until Sat, Nov 29th", SlipKind.WEEKDAY),
        ("on 28 November 2026 22:00 UTC we begin", SlipKind.ZONES),
        ("begins 2026-11-28T22:00Z", SlipKind.ZONES),
        ("begins 28/11/2026 22:00 UTC+2", SlipKind.ZONES),
        ("begins 28/11/2026 22h00 CST", SlipKind.ZONES),
        ("Start at 22:00 (CEST).", SlipKind.SUMMER),
    ],
)
def test_what_can_not_be_so_beside_a_window(text: str, kind: SlipKind) -> None:
    assert [slip.kind for slip in slips_beside(text, *WINDOW)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Saturday 28 November and Sunday 29 November",
        "Tuesday 3 November was too early",
        "Sunday 28 November 2027",
        "Last summer it failed at 22:00 CEST",
        "In October it began at 22:00 CEST",
        "It always runs at 22:00 CEST",
        "2026-11-28 22:00 CET",
        "2026-11-28 21:00 UTC",
        "2026-11-28 20:00 UTC, two hours before",
        "22:00 CET",
        "Verify on 28 November 2026 at 22:00 UTC.",
        "We talk on Sunday. 28 November is the day.",
        "10 pm CET",
        "begins 2026-11-28T22:00+01:00",
        "begins 28/11/2026 22:00 UTC+1",
        "begins 28/11/2026 22:00 Europe/Vienna",
        "begins 28/11/2026 22h00 BST",
        "begins at 22:00 BST",
        "begins 11/12/2026 22:00 UTC",
    ],
)
def test_innocent_texts_beside_a_window(text: str) -> None:
    assert list(slips_beside(text, *WINDOW)) == []


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 6), st.integers(0, 5))
def test_a_weekday_is_wrong_where_the_calendar_has_another(day: date, weekday: int, form: int) -> None:
    month, name = f"{day:%B}", NAMES[weekday]
    text = [
        f"{name} {day.day} {month} {day.year}",
        f"{name[:3]}, {month[:3]} {day.day}, {day.year}",
        f"{day.isoformat()} ({name})",
        f"{name}, {day.isoformat()}",
        f"{day.day:02}.{day.month:02}.{day.year} ({name[:3]})",
        f"the {name}, the {day.day}th of {month} {day.year}",
    ][form]
    assert bool(list(slips(text))) is (weekday != day.weekday())


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(-600, 600))
def test_two_zones_agree_where_they_name_one_moment(moment: datetime, off: int) -> None:
    other = moment - timedelta(minutes=60) + timedelta(minutes=off)
    text = f"{moment:%H:%M} CET / {other:%H:%M} UTC"
    same_reading = f"{moment:%H:%M}" == f"{other:%H:%M}"
    assert bool(list(slips(text))) is (off != 0 and not same_reading)


@pytest.mark.parametrize(
    "text",
    ["Sat " * 12_000, "1 " * 25_000, "22:00 " * 8_000, "22:00 CET / " * 4_000, "Sat 31 Nov 2026 " * 3_000],
)
def test_a_long_text_says_little(text: str) -> None:
    assert len(list(slips(text))) <= 3 * MAX_SLIPS


HALF = "22:00 CET / 21:00 UTC, then 10:00 PT. "
HOSTILE = [
    "Sat ", "1 ", "22:00 ", "22:00 CET / ", "22:00 CET (", "22:00 CET or ", "22:00 CET to ", "10.", "10:00-",
    "2026-11-28T", "1/1/2026 ", "22:00+01:00", "Sat\n\n", "18h", "6 pm ", "Jan 11, ", "22:00 Europe/A", HALF,
]  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE)
def test_the_longest_text_is_read_to_its_end(part: str) -> None:
    ending = "\nThen at 22:00 CET / 20:00 UTC."
    text = (part * (MAX_TEXT // len(part)))[: MAX_TEXT - len(ending)] + ending
    assert [slip.kind for slip in slips(text)][-1:] == [SlipKind.ZONES]


def test_what_is_right_does_not_hide_what_is_wrong() -> None:
    text = "22:00 CET / 21:00 UTC. Sat 28 Nov 2026. 28 July 2026 22:00 PDT. " * (MAX_SLIPS + 1)
    wrong = "22:00 CET / 20:00 UTC. Fri 28 Nov 2026. 28 November 2026 22:00 PDT."
    assert [slip.kind for slip in slips(text)] == []
    assert {slip.kind for slip in slips(text + wrong)} == set(SlipKind)


def test_the_two_that_disagree_are_named() -> None:
    (slip,) = slips("At 22:00 CET / 21:00 GMT [16:30 EST] we begin.")
    assert slip.what == '"22:00 CET / 21:00 GMT [16:30 EST]" is wrong: 22:00 CET is 16:00 EST'
    (slip,) = slips("At 22:00+01:00 (20:00Z).")
    assert slip.what == '"22:00+01:00 (20:00Z)" is wrong: 22:00+01:00 is 21:00Z'
    (slip,) = slips("22:00 CST / 20:00 UTC")
    assert slip.what == '"22:00 CST / 20:00 UTC" is wrong: 22:00 CST is 03:00 or 04:00 or 14:00 UTC'


@given(st.lists(st.integers(-11, 13), min_size=3, max_size=5, unique=True), st.integers(0, 1439), st.data())
def test_each_is_held_against_each(offsets: list[int], moment: int, data: st.DataObject) -> None:
    wrong = data.draw(st.sampled_from([None, *range(len(offsets))]))
    off = data.draw(st.integers(1, 1439))
    shown = [(moment + 60 * each + (off if n == wrong else 0)) % 1440 for n, each in enumerate(offsets)]
    text = " / ".join(
        f"{m // 60:02}:{m % 60:02} UTC{each:+d}" for m, each in zip(shown, offsets, strict=True)
    )
    pairs = [(a, b) for n, a in enumerate(shown) for b in shown[n + 1 :]]
    if wrong is not None and any(a == b for a, b in pairs):
        return  # the same reading in two places may be meant
    assert bool(list(slips(text))) is (wrong is not None)


def change(**fields: object) -> dict[str, str]:
    data = {
        "title": "A",
        "type": "normal",
        "services": ["payroll"],
        "plan": "Do it.",
        "rollback": "Undo it.",
        "window": {"start": "2026-12-03T09:00+01:00", "end": "2026-12-03T10:00+01:00"},
        **fields,
    }
    return {"changes/2026-11-20-a.yaml": json.dumps(data)}


def said(report: Report) -> list[tuple[str, str, Severity]]:
    rules = ("wrong-weekday", "zones-that-disagree", "summer-time-in-winter")
    return [
        (finding.rule, ".".join(map(str, finding.place.path)), finding.severity)
        for finding in report.findings
        if finding.rule in rules
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"plan": "On Friday, 3 December 2026."}, [("wrong-weekday", "plan", Severity.ERROR)]),
        (
            {"plan": [{"step": "One."}, {"step": "At 09:00 CEST.", "verify": "Thursday 3 December 2026"}]},
            [("summer-time-in-winter", "plan.1.step", Severity.ERROR)],
        ),
        (
            {"requirements": "Ready by 09:00 CET / 09:30 UTC."},
            [("zones-that-disagree", "requirements", Severity.ERROR)],
        ),
        (
            {
                "communications": [
                    {"audience": "All, for Friday 3 December", "at": "2026-11-20T09:00+01:00"},
                ]
            },
            [("wrong-weekday", "communications.0.audience", Severity.ERROR)],
        ),
        # Each slip is said once, though it is one both by itself and beside the window.
        ({"plan": "On 3 December 2026 09:00 CEST."}, [("summer-time-in-winter", "plan", Severity.ERROR)]),
        # What is told of another day may well have been in summer.
        ({"justification": "It stood still from 09:00 CEST on."}, []),
        ({"plan": "On Friday, 3 December 2026.", "closure": {"code": "canceled"}}, []),
        ({"plan": "On Thursday, 3 December 2026, at 09:00 CET."}, []),
    ],
)
def test_where_it_stands_in_a_change(
    fields: dict[str, object],
    expected: list[tuple[str, str, Severity]],
    example_files: dict[str, str],
    report_of: Callable[..., Report],
) -> None:
    assert said(report_of({**example_files, **change(**fields)})) == expected


def test_where_it_stands_in_a_body(report_of: Callable[..., Report]) -> None:
    body = "Then.\n\nOn Friday, 3 December 2026 it came.\n\n```\nFri, 4 Dec 2025\n```\n"
    text = f"---\ntitle: A\nservices: [a]\n---\n{body}"
    report = report_of({"incidents/2026-11-20-a.md": text})
    (finding,) = [one for one in report.findings if one.rule == "wrong-weekday"]
    assert finding.severity is Severity.WARNING
    span = finding.place.span
    assert span is not None
    assert (span.line, span.column, span.end_line, span.end_column) == (7, 4, 7, 27)


def calendar(**fields: object) -> dict[str, str]:
    data = {"type": "freeze", "timezone": "Europe/Vienna", **fields}
    return {"organization/calendars/c.yaml": json.dumps(data)}


def peaks(**fields: object) -> dict[str, str]:
    return {"services/payroll/capacity.yaml": json.dumps({"peaks": [{"name": "P", **fields}]})}


DATES = {"from": "2026-12-24", "to": "2026-12-27"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            calendar(dates=[DATES], reason="Shops are full until Friday 27 December 2026."),
            [("wrong-weekday", "reason", Severity.WARNING)],
        ),
        (
            calendar(dates=[DATES], name="From 18:00 CET / 18:30 UTC"),
            [("zones-that-disagree", "name", Severity.WARNING)],
        ),
        (
            calendar(dates=[{**DATES, "name": "until Friday 27 December"}]),
            [("wrong-weekday", "dates.0.name", Severity.WARNING)],
        ),
        (
            calendar(dates=[{**DATES, "name": "Until 18:00 CEST"}]),
            [("summer-time-in-winter", "dates.0.name", Severity.WARNING)],
        ),
        (
            peaks(dates=[{**DATES, "name": "from Friday 24 December on"}]),
            [("wrong-weekday", "peaks.0.dates.0.name", Severity.WARNING)],
        ),
        (calendar(dates=[{**DATES, "name": "until Sunday 27 December"}], reason="Until 18:00 CEST."), []),
        (calendar(dates=[{"from": "2026-01-01", "to": "2026-12-27", "name": "Friday 27 December"}]), []),
        (
            {"runbooks/a.md": "---\ntitle: A\nservices: [payroll]\n---\nCall at 22:00 CET / 19:30 UTC.\n"},
            [("zones-that-disagree", "", Severity.WARNING)],
        ),
    ],
)
def test_where_it_stands_elsewhere(
    files: dict[str, str],
    expected: list[tuple[str, str, Severity]],
    example_files: dict[str, str],
    report_of: Callable[..., Report],
) -> None:
    assert said(report_of({**example_files, **files})) == expected
