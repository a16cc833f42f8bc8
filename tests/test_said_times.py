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
from gitsm.said_times import MAX_SLIPS, SlipKind, slips, slips_beside

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
        "22:00 BST / 20:00 CST",
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
