"""What is planned: windows, freezes and peaks, and what comes back of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from gitsm import calendar_words
from gitsm.calendar import between, planned, recurring
from gitsm.records.calendar import Recurrence
from gitsm.repository import Repository


@pytest.fixture
def repository(example_files: dict[str, str], repository_of: Callable[..., Repository]) -> Repository:
    return repository_of(example_files)


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


def test_windows_freezes_and_peaks_are_planned(repository: Repository) -> None:
    found = [
        (item.start, item.end, item.what, item.title, item.services)
        for item in between(planned(repository), at(2026, 11, 20), at(2027, 1, 1))
    ]
    assert found == [
        (
            *(at(2026, 11, 25, 5), at(2026, 11, 27, 17)),
            *("peak", "Month-end pay run", ("payroll",)),
        ),
        (
            *(at(2026, 11, 28, 21), at(2026, 11, 29, 1)),
            *("change", "Upgrade the payroll database to PostgreSQL 18", ("payroll",)),
        ),
        (at(2026, 12, 8, 21), at(2026, 12, 9, 1), "maintenance", "Patch nights", ()),
        (at(2026, 12, 9, 23), at(2026, 12, 11, 23), "peak", "Christmas bonus", ("payroll",)),
        # By its dates and by its recurrence.
        (at(2026, 12, 18, 17), at(2026, 12, 31, 5), "hard freeze", "Year-end freeze", ("payroll",)),
        (at(2026, 12, 18, 17), at(2026, 12, 31, 5), "peak", "Closing of the books", ("payroll",)),
        (at(2026, 12, 18, 17), at(2027, 1, 3, 23), "hard freeze", "Closing of the books", ("payroll",)),
        (at(2026, 12, 18, 17), at(2027, 1, 3, 23), "peak", "Closing of the books", ("payroll",)),
        (
            *(at(2026, 12, 25, 5), at(2026, 12, 27, 17)),
            *("peak", "Month-end pay run", ("payroll",)),
        ),
    ]
    assert [record.id for record, _ in recurring(repository)] == [
        *("patch-nights", "year-end-freeze", "payroll", "payroll")
    ]


def test_what_comes_back_is_followed_for_a_year_back_and_two_ahead(repository: Repository) -> None:
    runs = [item for item in planned(repository) if item.title == "Month-end pay run"]
    assert (runs[0].start.date(), runs[-1].start.date()) == (date(2025, 12, 25), date(2028, 11, 25))
    assert len(runs) == 36
    assert {item.around.minutes - 60 * 60 for item in runs if item.around} == {24 * 60}
    nights = [item for item in planned(repository) if item.what == "maintenance"]
    # By the clock on the wall: another hour of UTC in summer.
    assert {(item.start.month, item.start.hour) for item in nights if item.start.month in (1, 7)} == {
        *((1, 21), (7, 20))
    }


def test_each_stretch_keeps_its_number_when_time_goes_on(
    example_files: dict[str, str], repository_of: Callable[..., Repository], now: datetime
) -> None:
    later = repository_of(example_files, now + timedelta(days=90))
    before = {(item.record.id, item.number): item for item in planned(repository_of(example_files))}
    after = {(item.record.id, item.number): item for item in planned(later)}
    both = before.keys() & after.keys()
    assert len(before) == len(planned(repository_of(example_files)))
    assert len(both) > 60
    assert all(before[key].start == after[key].start for key in both)


def test_a_record_that_comes_too_often_is_cut(repository_of: Callable[..., Repository]) -> None:
    peak = "{name: P, recurrence: {every: day, takes: 1 h}}"
    files = {"services/a/capacity.yaml": f"peaks: [{', '.join([peak] * 20)}]\n"}
    assert len(planned(repository_of(files))) == 5_000


def test_a_scope_that_names_no_service_is_about_none(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    freeze = "type: freeze\ntimezone: UTC\ndates: [{from: 2026-12-01, to: 2026-12-02}]\n"
    scoped = {
        "organization/calendars/none.yaml": freeze + "scope: {tiers: [4]}\n",
        "organization/calendars/all.yaml": freeze,
    }
    found = {item.record.id: item.services for item in planned(repository_of({**example_files, **scoped}))}
    assert (found["none"], found["all"]) == ((), None)


def test_touching_end_to_end_is_no_overlap(repository: Repository) -> None:
    items = [item for item in planned(repository) if item.what == "change"]
    first = items[0]
    assert between(items, first.end, first.end + timedelta(days=1)) == []
    assert between(items, first.start - timedelta(days=1), first.start) == []
    assert between(items, first.start, first.end) == [first]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"every": "day"}, "every day"),
        ({"every": "week", "interval": 2, "weekdays": ["mon", "fri"]}, "every 2 weeks on Mon, Fri"),
        ({"every": "month", "weekdays": ["sun"], "week_of_month": -1}, "every month on the last Sun"),
        (
            {"every": "month", "month_days": [25, -1, -3]},
            "every month on day 25 and the last day and the 3rd day from the end",
        ),
        (
            {"every": "day", "besides": ["2026-06-30"], "except": ["2027-12-18", "2028-12-18"]},
            "every day, also on 2026-06-30, not on 2027-12-18, 2028-12-18",
        ),
        (
            {"every": "year", "months": [12], "month_days": [18], "starts": "18:00", "takes": "300 h"},
            "every year on 18 December at 18:00, for 300 h",
        ),
    ],
)
def test_a_recurrence_in_words(fields: dict[str, object], words: str) -> None:
    assert calendar_words.recurring(Recurrence.model_validate(fields)) == words
