"""The rules about what calendars say: for each, calendars that break it and innocent ones nearly like them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from gitsm.lint import Report

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")


def calendar(type: str = "maintenance", timezone: str = "Europe/Vienna", **fields: Any) -> dict[str, str]:
    return {"organization/calendars/c.yaml": json.dumps({"type": type, "timezone": timezone, **fields})}


def off(country: str = "AT", **fields: Any) -> dict[str, str]:
    return calendar("service_hours", holidays={"country": country, **fields})


def comes(**fields: Any) -> dict[str, str]:
    return calendar(recurrence=fields)


def peak(**fields: Any) -> dict[str, str]:
    return {"services/payroll/capacity.yaml": json.dumps({"peaks": [{"name": "P", **fields}]})}


def exception(freeze: str, **fields: Any) -> dict[str, str]:
    data = {
        "title": "A",
        "type": "normal",
        "services": ["payroll"],
        "plan": "Do it.",
        "rollback": "Undo it.",
        "exceptions": [{"freeze": freeze, "reason": "It can't wait."}],
        **fields,
    }
    return {"changes/2026-11-20-a.yaml": json.dumps(data)}


SATURDAY = {"every": "week", "weekdays": ["sat"]}
SUNDAY = {"every": "week", "weekdays": ["sun"]}

CASES: list[tuple[str, dict[str, str], str]] = [
    ("unknown-public-holidays", calendar(holidays={"country": "XX"}), "holidays.country"),
    (
        "unknown-public-holidays",
        calendar(holidays={"country": "AT", "subdivision": "77"}),
        "holidays.subdivision",
    ),
    ("unknown-public-holidays", calendar(holidays={"subdivision": "9"}), "holidays.subdivision"),
    ("unknown-public-holidays", calendar(holidays={"country": "XX", "subdivision": "9"}), "holidays.country"),
    ("unknown-public-holidays", calendar(holidays={"country": "AT", "subdivision": "9"}), ""),
    ("unknown-public-holidays", calendar(holidays={"country": "US", "subdivision": "CA"}), ""),
    ("unknown-public-holidays", calendar(holidays={"plus": ["2026-12-24"]}), ""),
    ("unknown-public-holidays", calendar(), ""),
    ("recurrence-without-days", comes(every="week"), "recurrence.every"),
    ("recurrence-without-days", comes(every="month", months=[3]), "recurrence.every"),
    ("recurrence-without-days", comes(interval=2, **SATURDAY), "recurrence.every"),
    ("recurrence-without-days", peak(recurrence={"every": "year"}), "peaks.0.recurrence.every"),
    ("recurrence-without-days", comes(every="day"), ""),
    ("recurrence-without-days", comes(**SATURDAY), ""),
    ("recurrence-without-days", comes(**{"every": "week", "interval": 2, "from": "2026-12-05"}), ""),
    ("recurrence-without-days", comes(every="month", month_days=[-1]), ""),
    ("recurrence-in-business-hours", comes(takes="8 business hours", **SATURDAY), "recurrence.takes"),
    (
        "recurrence-in-business-hours",
        peak(recurrence={**SATURDAY, "takes": "1 business hour"}),
        "peaks.0.recurrence.takes",
    ),
    ("recurrence-in-business-hours", comes(takes="8 h", **SATURDAY), ""),
    ("recurrence-in-business-hours", comes(**SATURDAY), ""),
    ("recurrence-without-a-pause", comes(takes="169 h", **SATURDAY), "recurrence.takes"),
    ("recurrence-without-a-pause", comes(every="day", takes="25 h"), "recurrence.takes"),
    ("recurrence-without-a-pause", comes(every="month", month_days=[1], takes="800 h"), "recurrence.takes"),
    (
        "recurrence-without-a-pause",
        peak(recurrence={"every": "week", "weekdays": ["mon", "thu"], "takes": "100 h"}),
        "peaks.0.recurrence.takes",
    ),
    ("recurrence-without-a-pause", comes(every="day", takes="24 h"), ""),
    ("recurrence-without-a-pause", comes(takes="167 h", **SATURDAY), ""),
    # Two days in a row run into each other, and then there is a pause.
    ("recurrence-without-a-pause", comes(every="week", weekdays=["sat", "sun"], takes="30 h"), ""),
    ("recurrence-without-a-pause", comes(every="month", month_days=[1], takes="730 h"), ""),
    ("recurrence-without-a-pause", comes(every="year", month_days=[1], months=[1], takes="900 h"), ""),
    ("time-in-a-clock-change", comes(starts="02:30", **SUNDAY), "recurrence.starts"),
    ("time-in-a-clock-change", comes(starts="02:00", **SUNDAY), "recurrence.starts"),
    ("time-in-a-clock-change", comes(starts="02:30", every="month", month_days=[25]), ""),
    ("time-in-a-clock-change", comes(starts="02:30", **SATURDAY), ""),
    ("time-in-a-clock-change", comes(starts="03:00", **SUNDAY), ""),
    (
        "time-in-a-clock-change",
        comes(
            **{"starts": "02:30", "except": ["2027-03-28", "2027-10-31", "2028-03-26", "2028-10-29"]},
            **SUNDAY,
        ),
        "",
    ),
    ("time-in-a-clock-change", calendar(timezone="UTC", recurrence={"starts": "02:30", **SUNDAY}), ""),
    (
        "time-in-a-clock-change",
        peak(recurrence={"starts": "02:15", "every": "day"}),
        "peaks.0.recurrence.starts",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", weekly=[{"days": ["sat"], "hours": "22:00-02:30"}]),
        "weekly.0.hours",
    ),
    # Until two is until just before it, which exists once.
    (
        "time-in-a-clock-change",
        calendar("service_hours", weekly=[{"days": ["sat"], "hours": "22:00-02:00"}]),
        "",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", weekly=[{"days": ["fri"], "hours": "22:00-02:30"}]),
        "",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", weekly=[{"days": ["sun"], "hours": "00:00-24:00"}]),
        "",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", exceptions=[{"on": "2027-03-28", "hours": ["08:00-12:00", "02:30-04:00"]}]),
        "exceptions.0.hours.1",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", exceptions=[{"on": "2027-10-31", "hours": ["01:00-02:30"]}]),
        "exceptions.0.hours.0",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", exceptions=[{"on": "2026-03-29", "hours": ["02:30-04:00"]}]),
        "",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", "Africa/Cairo", weekly=[{"days": ["fri"], "hours": "00:30-06:00"}]),
        "weekly.0.hours",
    ),
    # A day that is named by its date is looked at in whichever year to come it is.
    (
        "time-in-a-clock-change",
        calendar("service_hours", exceptions=[{"on": "2041-03-31", "hours": ["02:30-04:00"]}]),
        "exceptions.0.hours.0",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", exceptions=[{"on": "2041-03-30", "hours": ["22:00-02:30"]}]),
        "exceptions.0.hours.0",
    ),
    (
        "time-in-a-clock-change",
        calendar("service_hours", exceptions=[{"on": "2041-03-30", "hours": ["02:30-04:00"]}]),
        "",
    ),
    (
        "time-in-a-clock-change",
        comes(every="month", month_days=[5], starts="02:30", besides=["2041-03-31"]),
        "recurrence.starts",
    ),
    (
        "time-in-a-clock-change",
        comes(every="month", month_days=[5], starts="02:30", besides=["2041-03-30", "2020-03-29"]),
        "",
    ),
    (
        "time-in-a-clock-change",
        comes(**{"starts": "02:30", "from": "2040-01-01"}, **SUNDAY),
        "recurrence.starts",
    ),
    ("time-in-a-clock-change", comes(starts="02:30", until="2027-03-27", **SUNDAY), ""),
    (
        "time-in-a-clock-change",
        calendar(
            "service_hours",
            "Australia/Lord_Howe",
            exceptions=[{"on": "2030-10-06", "hours": ["02:10-05:00"]}],
        ),
        "exceptions.0.hours.0",
    ),
    ("peak-in-an-unfit-calendar", peak(calendar="office-hours"), "peaks.0.calendar"),
    ("peak-in-an-unfit-calendar", peak(calendar="c") | calendar("maintenance"), "peaks.0.calendar"),
    ("peak-in-an-unfit-calendar", peak(calendar="c") | calendar("peak"), ""),
    ("peak-in-an-unfit-calendar", peak(calendar="year-end-freeze"), ""),
    ("peak-in-an-unfit-calendar", peak(calendar="nowhere"), ""),
    ("calendar-that-never-holds", calendar("freeze"), "type"),
    ("calendar-that-never-holds", calendar("maintenance", reason="R"), "type"),
    ("calendar-that-never-holds", calendar("peak"), "type"),
    ("calendar-that-never-holds", comes(every="year", months=[2], month_days=[30]), "recurrence.month_days"),
    (
        "calendar-that-never-holds",
        comes(**{"every": "day", "from": "2027-02-01", "until": "2027-01-01"}),
        "recurrence.until",
    ),
    (
        "calendar-that-never-holds",
        comes(**{"from": "2027-01-04", "until": "2027-01-08"}, **SATURDAY),
        "recurrence.every",
    ),
    ("calendar-that-never-holds", comes(takes="0 h", **SATURDAY), "recurrence.takes"),
    ("calendar-that-never-holds", peak(), "peaks.0.name"),
    (
        "calendar-that-never-holds",
        peak(recurrence={"every": "day", "takes": "0 min"}),
        "peaks.0.recurrence.takes",
    ),
    ("calendar-that-never-holds", calendar("freeze", recurrence=SATURDAY, scope={}), "scope"),
    (
        "calendar-that-never-holds",
        calendar("freeze", recurrence=SATURDAY, scope={"tags": ["nobody"]}),
        "scope",
    ),
    ("calendar-that-never-holds", calendar(recurrence=SATURDAY, scope={"systems": ["none"]}), "scope"),
    ("calendar-that-never-holds", calendar(recurrence=SATURDAY, scope={"tags": ["later"]}), ""),
    (
        "calendar-that-never-holds",
        calendar("freeze", recurrence=SATURDAY, scope={"tags": ["nobody", "finance"]}),
        "",
    ),
    ("misspelt-scope", calendar("freeze", scope={"tags": ["finanse"]}), "scope.tags.0"),
    ("misspelt-scope", calendar("maintenance", scope={"tags": ["finanse"]}), "scope.tags.0"),
    # One that is right does not hide the other.
    ("misspelt-scope", calendar("freeze", scope={"tags": ["finance", "finanse"]}), "scope.tags.1"),
    (
        "misspelt-scope",
        calendar("freeze", scope={"services": ["payroll"], "systems": ["poeple"]}),
        "scope.systems.0",
    ),
    ("misspelt-scope", calendar("freeze", scope={"tags": ["finance"], "systems": ["people"]}), ""),
    ("misspelt-scope", calendar("maintenance", scope={"tags": ["patched-weekly"]}), ""),
    ("misspelt-scope", calendar("peak", scope={"tags": ["finanse"]}), ""),
    (
        "misspelt-scope",
        calendar("freeze", scope={"tags": ["finanse"]}) | {"services/new/service.yaml": "name: [\n"},
        "",
    ),
    ("worked-holiday-that-is-none", off(minus=["2026-12-09"]), "holidays.minus.0"),
    ("worked-holiday-that-is-none", off(minus=["2026-12-08", "2027-12-09"]), "holidays.minus.1"),
    ("worked-holiday-that-is-none", off(minus=["2026-12-08"]), ""),
    ("worked-holiday-that-is-none", off(country="DE", minus=["2026-11-01"]), "holidays.minus.0"),
    ("worked-holiday-that-is-none", off(country="DE", subdivision="BY", minus=["2026-11-01"]), ""),
    (
        "worked-holiday-that-is-none",
        calendar("service_hours", holidays={"minus": ["2026-12-25"]}),
        "holidays.minus.0",
    ),
    # What can't be known is not blamed.
    ("worked-holiday-that-is-none", off(minus=["2150-12-09"]), ""),
    ("worked-holiday-that-is-none", off(country="XX", minus=["2026-12-09"]), ""),
    ("worked-holiday-that-is-none", off(plus=["2026-12-24"], minus=["2026-12-24"]), ""),
    ("day-both-off-and-worked", off(plus=["2026-12-24"], minus=["2026-12-24"]), "holidays.minus.0"),
    ("day-both-off-and-worked", off(plus=["2026-12-25"], minus=["2026-12-25"]), "holidays.minus.0"),
    ("day-both-off-and-worked", off(plus=["2026-12-24"], minus=["2026-12-25"]), ""),
    ("holiday-named-again", off(plus=["2026-12-25"]), "holidays.plus.0"),
    ("holiday-named-again", off(plus=["2026-12-24", "2026-12-24"]), "holidays.plus.1"),
    ("holiday-named-again", off(plus=["2026-12-24"]), ""),
    ("holiday-named-again", off(plus=["2026-12-25"], minus=["2026-12-25"]), ""),
    ("holiday-named-again", off(plus=["2150-12-25"]), ""),
    ("holiday-named-again", calendar("holidays", holidays={"plus": ["2026-12-25"]}), ""),
    (
        "day-with-two-exceptions",
        calendar(
            "service_hours", exceptions=[{"on": "2026-12-24"}, {"on": "2026-12-31"}, {"on": "2026-12-24"}]
        ),
        "exceptions.2.on",
    ),
    (
        "day-with-two-exceptions",
        calendar("service_hours", exceptions=[{"on": "2026-12-24"}, {"on": "2026-12-31"}]),
        "",
    ),
    ("calendar-that-never-holds", calendar("service_hours"), ""),
    ("calendar-that-never-holds", calendar("freeze", dates=[{"from": "2020-01-01", "to": "2020-01-02"}]), ""),
    ("calendar-that-never-holds", comes(until="2024-01-01", **SATURDAY), ""),
    ("calendar-that-never-holds", comes(**{"from": "2020-01-01", "until": "2020-02-01"}, **SATURDAY), ""),
    ("calendar-that-never-holds", comes(every="year", months=[2], month_days=[29]), ""),
    ("calendar-that-never-holds", comes(**{"from": "2040-01-01"}, **SATURDAY), ""),
    ("calendar-that-never-holds", comes(every="week"), ""),
    (
        "calendar-that-never-holds",
        comes(every="year", months=[2], month_days=[30], besides=["2027-03-01"]),
        "",
    ),
    ("calendar-that-never-holds", peak(dates=[{"from": "2020-01-01", "to": "2020-01-02"}]), ""),
    ("ignored-calendar-field", comes(week_of_month=2, **SATURDAY), "recurrence.week_of_month"),
    ("ignored-calendar-field", comes(every="day", week_of_month=2), "recurrence.week_of_month"),
    (
        "ignored-calendar-field",
        comes(every="month", month_days=[3], week_of_month=2),
        "recurrence.week_of_month",
    ),
    (
        "ignored-calendar-field",
        peak(recurrence={"week_of_month": 1, **SATURDAY}),
        "peaks.0.recurrence.week_of_month",
    ),
    (
        "ignored-calendar-field",
        calendar("freeze", recurrence=SATURDAY, holidays={"country": "AT"}),
        "holidays",
    ),
    (
        "ignored-calendar-field",
        calendar("maintenance", recurrence=SATURDAY, exceptions=[{"on": "2026-12-26"}]),
        "exceptions.0",
    ),
    ("ignored-calendar-field", calendar("maintenance", recurrence=SATURDAY, freeze="hard"), "freeze"),
    ("ignored-calendar-field", comes(every="month", weekdays=["sat"], week_of_month=2), ""),
    ("ignored-calendar-field", comes(every="year", months=[3], weekdays=["sat"], week_of_month=-1), ""),
    (
        "ignored-calendar-field",
        calendar(
            weekly=[{"days": ["sat"], "hours": "08:00-12:00"}],
            holidays={"country": "AT"},
            exceptions=[{"on": "2026-12-26"}],
        ),
        "",
    ),
    ("ignored-calendar-field", calendar("service_hours", holidays={"country": "AT"}), ""),
    ("ignored-calendar-field", calendar("freeze", freeze="soft", recurrence=SATURDAY), ""),
    (
        "calendar-of-another-sort",
        {"organization/teams/t.yaml": json.dumps({"name": "T", "hours": "year-end-freeze"})},
        "hours",
    ),
    (
        "calendar-of-another-sort",
        {
            "services/payroll/capacity.yaml": json.dumps(
                {"staffing": [{"hours": "patch-nights", "people": 1}]}
            )
        },
        "staffing.0.hours",
    ),
    ("calendar-of-another-sort", exception("office-hours"), "exceptions.0.freeze"),
    (
        "calendar-of-another-sort",
        exception("c") | calendar("peak", recurrence=SATURDAY),
        "exceptions.0.freeze",
    ),
    ("calendar-of-another-sort", exception("office-hours", closure={"code": "canceled"}), ""),
    ("calendar-of-another-sort", exception("year-end-freeze"), ""),
    ("calendar-of-another-sort", exception("nowhere"), ""),
    (
        "calendar-of-another-sort",
        {"organization/teams/t.yaml": json.dumps({"name": "T", "hours": "office-hours"})},
        "",
    ),
    ("calendar-of-another-sort", peak(calendar="office-hours"), ""),
]


@pytest.mark.parametrize(("rule", "files", "place"), CASES)
def test_a_calendar_is_guilty_or_innocent(
    rule: str,
    files: dict[str, str],
    place: str,
    example_files: dict[str, str],
    report_of: Callable[..., Report],
) -> None:
    report = report_of({**example_files, **files}, NOW)
    found = [".".join(map(str, one.place.path)) for one in report.findings if one.rule == rule]
    assert found == ([place] if place else [])


def test_the_date_of_a_clock_change_is_named(report_of: Callable[..., Report]) -> None:
    report = report_of(comes(starts="02:30", **SUNDAY), NOW)
    (finding,) = [one for one in report.findings if one.rule == "time-in-a-clock-change"]
    assert "2027-03-28T02:30 does not exist in Europe/Vienna" in finding.message


def test_the_holiday_that_was_meant_is_named(report_of: Callable[..., Report]) -> None:
    report = report_of(off(minus=["2026-12-09"]), NOW)
    (finding,) = [one for one in report.findings if one.rule == "worked-holiday-that-is-none"]
    assert (
        finding.message == "calendar c has 2026-12-09 worked as a holiday, and it is no public holiday of AT"
    )
    assert finding.hint == "did you mean 2026-12-08, Immaculate Conception?"


def test_the_tag_that_was_meant_is_named(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    report = report_of({**example_files, **calendar(scope={"tags": ["finanse"]})}, NOW)
    (finding,) = [one for one in report.findings if one.rule == "misspelt-scope"]
    assert finding.hint == "did you mean finance?"


@pytest.mark.parametrize(
    ("now", "place"), [("2098-11-01T09:00Z", ""), ("2099-11-01T09:00Z", "holidays.country")]
)
def test_holidays_of_years_that_nobody_knows_are_said(
    now: str, place: str, report_of: Callable[..., Report]
) -> None:
    report = report_of(off(subdivision="9"), datetime.fromisoformat(now))
    found = [one for one in report.findings if one.rule == "unknown-public-holidays"]
    assert [".".join(map(str, one.place.path)) for one in found] == ([place] if place else [])


NO_HOURS = {
    "services/s/service.yaml": "{name: S, owner: t, lifecycle: live}",
    "organization/teams/t.yaml": "{name: T}",
    "organization/teams/p.yaml": "{name: P, type: supplier}",
}
WITH_HOURS = calendar("service_hours", weekly=[{"days": ["mon"], "hours": "08:00-12:00"}])


def promise(**fields: Any) -> dict[str, str]:
    data = {"type": "UC", "provider": "p", "customer": "t", "resolution": {"P1": "8 h"}, **fields}
    return {"services/s/uc.yaml": json.dumps(data)} | WITH_HOURS


BUSINESS = {"P2": "1 business hour", "P1": "1 h"}


@pytest.mark.parametrize(
    ("files", "places"),
    [
        (promise(response=BUSINESS), ["response.P2"]),
        (promise(response=BUSINESS, resolution={"P3": "8 business hours"}), ["response.P2", "resolution.P3"]),
        (promise(), []),
        (promise(response=BUSINESS, hours="c"), []),
        (promise(response=BUSINESS) | {"organization/teams/p.yaml": "{name: P, hours: c}"}, []),
        (promise(response=BUSINESS) | {"organization/teams/t.yaml": "{name: T, hours: c}"}, []),
        (
            promise(response=BUSINESS)
            | {"services/s/service.yaml": "{name: S, owner: t, lifecycle: live, support_hours: c}"},
            [],
        ),
        # What a broken record says, nobody knows.
        (promise(response=BUSINESS) | {"organization/teams/p.yaml": "{name: [P]}"}, []),
    ],
)
def test_business_hours_of_nobody(
    files: dict[str, str], places: list[str], report_of: Callable[..., Report]
) -> None:
    report = report_of({**NO_HOURS, **files}, NOW)
    found = [one for one in report.findings if one.rule == "business-hours-of-nobody"]
    assert sorted(".".join(map(str, one.place.path)) for one in found) == sorted(places)
