"""What is planned, and the feed that other programs read."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import icalendar
import pytest

from gitsm import calendar_words
from gitsm.calendar import between, planned, recurring
from gitsm.exporters.ics import ics
from gitsm.records.calendar import Recurrence
from gitsm.repository import Repository


@pytest.fixture
def repository(example_files: dict[str, str], repository_of: Callable[..., Repository]) -> Repository:
    return repository_of(example_files)


def test_windows_freezes_and_peaks_are_planned(repository: Repository) -> None:
    found = [(item.start, item.end, item.what, item.title, item.services) for item in planned(repository)]
    assert found == [
        (
            datetime(2026, 11, 28, 21, tzinfo=UTC),
            datetime(2026, 11, 29, 1, tzinfo=UTC),
            "change",
            "Upgrade the payroll database to PostgreSQL 18",
            ("payroll",),
        ),
        (
            datetime(2026, 12, 9, 23, tzinfo=UTC),
            datetime(2026, 12, 11, 23, tzinfo=UTC),
            "peak",
            "Christmas bonus",
            ("payroll",),
        ),
        (
            datetime(2026, 12, 18, 17, tzinfo=UTC),
            datetime(2027, 1, 3, 23, tzinfo=UTC),
            "hard freeze",
            "Closing of the books",
            ("payroll",),
        ),
    ]
    assert [record.id for record, _ in recurring(repository)] == [
        "patch-nights",
        "year-end-freeze",
        "payroll",
    ]


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
    items = planned(repository)
    first = items[0]
    assert between(items, first.end, items[1].start) == []
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


def test_the_feed_is_the_same_bytes_and_says_the_same(repository: Repository) -> None:
    feed = ics(planned(repository))
    assert feed == ics(planned(repository))
    events = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    assert [(str(event["UID"]), event.decoded("DTSTART"), event.decoded("DTEND")) for event in events] == [
        (
            "change-2026-11-12-payroll-database-upgrade@gitsm",
            datetime(2026, 11, 28, 21, tzinfo=UTC),
            datetime(2026, 11, 29, 1, tzinfo=UTC),
        ),
        (
            "capacity-payroll@gitsm",
            datetime(2026, 12, 9, 23, tzinfo=UTC),
            datetime(2026, 12, 11, 23, tzinfo=UTC),
        ),
        (
            "calendar-year-end-freeze@gitsm",
            datetime(2026, 12, 18, 17, tzinfo=UTC),
            datetime(2027, 1, 3, 23, tzinfo=UTC),
        ),
    ]
    assert all(line.endswith(b"\r") for line in feed.split(b"\n")[:-1])
    assert max(map(len, feed.split(b"\r\n"))) <= 75


def test_words_cannot_break_out_of_the_feed(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    path = "changes/2026/2026-11-12-payroll-database-upgrade.yaml"
    evil = 'title: "a;b,c\\\\n BEGIN:VEVENT"\n'
    text = example_files[path].replace("title: Upgrade the payroll database to PostgreSQL 18\n", evil)
    feed = ics(planned(repository_of({**example_files, path: text})))
    events = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    assert len(events) == 3
    assert str(events[0]["SUMMARY"]) == "a;b,c\\n BEGIN:VEVENT"


@pytest.mark.skipif(shutil.which("khal") is None, reason="khal is not installed")
def test_khal_reads_the_feed(repository: Repository, tmp_path: Path) -> None:
    feed = tmp_path / "feed.ics"
    feed.write_bytes(ics(planned(repository)))
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    config = tmp_path / "khal.conf"
    config.write_text(
        f"[calendars]\n[[feed]]\npath = {tmp_path / 'cal'}\n[locale]\nlocal_timezone = UTC\n"
        "default_timezone = UTC\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "timeformat = %H:%M\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"[sqlite]\npath = {tmp_path / 'khal.db'}\n"
    )
    (tmp_path / "cal").mkdir()
    environment = {**os.environ, **home}
    command = ["khal", "-c", str(config)]
    subprocess.run(
        [*command, "import", "--batch", str(feed)], env=environment, check=True, capture_output=True
    )
    listed = subprocess.run(
        [*command, "list", "2026-11-28", "2026-12-20", "--format", "{start}|{title}"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "2026-11-28 21:00|Upgrade the payroll database to PostgreSQL 18" in listed
    assert "2026-12-18 17:00|hard freeze: Closing of the books" in listed


@pytest.mark.skipif(shutil.which("calcurse") is None, reason="calcurse is not installed")
def test_calcurse_reads_the_feed(repository: Repository, tmp_path: Path) -> None:
    feed = tmp_path / "feed.ics"
    feed.write_bytes(ics(planned(repository)))
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
    folder = ["calcurse", "-D", str(tmp_path / "data"), "-C", str(tmp_path / "data")]
    imported = subprocess.run(
        [*folder, "-i", str(feed)], env=environment, check=True, capture_output=True, text=True
    )
    assert "3 apps" in imported.stdout + imported.stderr
    listed = subprocess.run(
        [*folder, "-Q", "--from", "11/28/2026", "--to", "11/28/2026"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "Upgrade the payroll database" in listed
