"""Feeds: what other programs read of the calendar, the same bytes each time."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gitsm.calendar import planned
from gitsm.cli import main
from gitsm.exporters.ics import Feeds, plain, uid
from gitsm.opening import open_repository
from gitsm.records.calendar import Recurrence
from gitsm.records.service import Service
from gitsm.recurrence import days, places
from gitsm.repository import Repository

ROOT = Path(__file__).parent.parent
CHANGE = "changes/2026/2026-11-12-payroll-database-upgrade.yaml"
LATER = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture
def repository(example_files: dict[str, str], repository_of: Callable[..., Repository]) -> Repository:
    return repository_of(example_files)


def events_of(feed: bytes) -> dict[str, Any]:
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(feed).walk("VEVENT")}


def everything(repository: Repository) -> bytes:
    feeds = Feeds(repository)
    return feeds.written(feeds.all())


def test_a_feed_says_what_is_planned(repository: Repository) -> None:
    events = events_of(everything(repository))
    items = planned(repository)
    assert [(event.decoded("DTSTART"), event.decoded("DTEND")) for event in events.values()] == [
        (item.start, item.end) for item in items
    ]
    assert list(events) == [uid(item) for item in items]
    change = events["change-2026-11-12-payroll-database-upgrade@gitsm"]
    assert change.decoded("DTSTART") == datetime(2026, 11, 28, 21, tzinfo=UTC)
    assert str(change["SUMMARY"]) == "Upgrade the payroll database to PostgreSQL 18"
    assert str(change["TRANSP"]) == "OPAQUE"
    (freeze,) = (event for key, event in events.items() if key.startswith("calendar-year-end-freeze.n"))
    assert str(freeze["SUMMARY"]) == "hard freeze: Closing of the books"
    assert str(freeze["TRANSP"]) == "TRANSPARENT"
    assert "Reason: The books are closed." in str(freeze["DESCRIPTION"])


def test_a_feed_is_the_same_bytes_each_time_and_long_lines_are_folded(repository: Repository) -> None:
    feed = everything(repository)
    assert feed == everything(repository)
    assert b"TZID" not in feed
    assert all(line.endswith(b"\r") for line in feed.split(b"\n")[:-1])
    assert max(map(len, feed.split(b"\r\n"))) <= 75
    stamps = set(re.findall(rb"DTSTAMP:(\S+)", feed))
    assert stamps
    assert not any(stamp.startswith(b"20261201") for stamp in stamps), "a stamp is no time of day of a run"


def test_what_has_an_occurrence_keeps_its_uid_as_time_goes_on(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    now, later = (
        events_of(everything(repository_of(example_files, LATER + timedelta(days=days)))) for days in (0, 40)
    )
    both = now.keys() & later.keys()
    assert len(both) > 40
    assert {key: now[key].to_ical() for key in both} == {key: later[key].to_ical() for key in both}


def test_a_uid_does_not_come_from_what_a_record_says(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    before = everything(repository_of(example_files))
    text = example_files[CHANGE].replace("title: Upgrade", "title: Postpone").replace("28T22", "28T20")
    after = everything(repository_of({**example_files, CHANGE: text}))
    assert events_of(before).keys() == events_of(after).keys()
    assert before != after


WINDOWS = """\
type: maintenance
timezone: Europe/Vienna
recurrence: {every: week, weekdays: [tue, sat], starts: "22:00", takes: 4 h}
dates:
  - {from: 2026-12-28T20:00+01:00, to: 2026-12-28T23:00+01:00, name: Move to the new rack}
  - {from: 2026-12-30T20:00+01:00, to: 2026-12-30T23:00+01:00}
  - {from: 2027-01-02, to: 2027-01-02}
"""
PEAKS = """\
peaks:
  - name: Pay run
    recurrence: {every: month, month_days: [25], starts: "06:00", takes: 60 h}
  - name: Bonus
    dates: [{from: 2026-12-10, to: 2026-12-11}]
  - name: Closing
    calendar: closing
"""
CLOSING = "type: peak\ntimezone: UTC\ndates: [{from: 2026-12-20, to: 2026-12-21, name: Closing 2026}]\n"
SHOP = {
    "organization/calendars/windows.yaml": WINDOWS,
    "organization/calendars/closing.yaml": CLOSING,
    "services/shop/service.yaml": "name: Shop\nowner: team\nlifecycle: live\n",
    "services/shop/capacity.yaml": PEAKS,
}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("windows", '"22:00"', '"23:30"'),
        ("windows", "takes: 4 h", "takes: 5 h"),
        ("windows", "[tue, sat]", "[wed, sun]"),
        ("windows", "type: maintenance", "type: freeze\nname: Closed\nreason: because"),
        ("windows", "2026-12-28T20:00+01:00, to: 2026-12-28T", "2027-02-01T20:00+01:00, to: 2027-02-01T"),
        ("windows", "name: Move to the new rack", "name: move  to the new rack"),
        ("windows", "2026-12-30T20:00+01:00, to", "2026-12-30T06:00+01:00, to"),
        ("windows", "to: 2027-01-02}", "to: 2027-01-03}"),
        ("closing", "2026-12-20", "2026-12-19"),
        ("capacity", "[25]", "[26]"),
        ("capacity", "2026-12-11", "2026-12-12"),
    ],
)  # fmt: skip
def test_an_edit_of_what_comes_leaves_its_uid(
    file: str, old: str, new: str, repository_of: Callable[..., Repository]
) -> None:
    (path,) = (path for path in SHOP if file in path)
    assert old in SHOP[path]
    edited = {**SHOP, path: SHOP[path].replace(old, new, 1)}
    before, after = (everything(repository_of(files)) for files in (SHOP, edited))
    assert before != after
    # What stands at either end of the horizon may be in it before an edit and not after.
    some, same = (
        {key for key, event in events_of(feed).items() if event.decoded("DTSTART").year in (2026, 2027)}
        for feed in (before, after)
    )
    assert some == same


def test_order_is_no_part_of_a_uid(repository_of: Callable[..., Repository]) -> None:
    head, *entries = WINDOWS.splitlines(keepends=True)[-4:]
    windows = WINDOWS.replace("".join(entries), "".join(reversed(entries)))
    peaks = PEAKS.splitlines(keepends=True)
    turned = {
        "organization/calendars/windows.yaml": windows,
        "services/shop/capacity.yaml": "".join([peaks[0], *peaks[3:5], *peaks[5:], *peaks[1:3]]),
    }
    assert head == "dates:\n"
    assert turned["services/shop/capacity.yaml"] != PEAKS
    assert everything(repository_of({**SHOP, **turned})) == everything(repository_of(SHOP))


@pytest.mark.parametrize(
    ("new", "gone"),
    [
        ("takes: 4 h, except: [2026-12-22]", ["r2026-W52"]),
        ("takes: 4 h, except: [2026-12-26]", ["r2026-W52.2"]),
        ("takes: 4 h, until: 2028-11-26", ["r2028-W48"]),
    ],
)
def test_what_is_left_out_takes_no_other_s_uid(
    new: str, gone: list[str], repository_of: Callable[..., Repository]
) -> None:
    path = "organization/calendars/windows.yaml"
    before, after = (
        events_of(everything(repository_of(files)))
        for files in (SHOP, {**SHOP, path: WINDOWS.replace("takes: 4 h", new)})
    )
    assert before.keys() - after.keys() == {f"calendar-windows.{key}@gitsm" for key in gone}
    assert all(after[key].to_ical() == before[key].to_ical() for key in after)


def test_uids_of_a_record_s_stretches_are_all_different(repository_of: Callable[..., Repository]) -> None:
    names = ("", "", ", name: X", ", name: x", ", name: Y")
    dates = ", ".join(
        f"{{from: 2026-12-01T0{hour}:00Z, to: 2026-12-01T0{hour}:30Z{name}}}"
        for hour, name in enumerate(names)
    )
    fields = (
        'recurrence: {every: day, from: 2026-01-01, starts: "03:00", takes: 1 h, besides: [2025-12-31]}\n'
    )
    fields += "weekly: [{days: [mon, tue], hours: 08:00-09:00}, {days: [tue], hours: 10:00-11:00}]\n"
    text = f"type: maintenance\ntimezone: UTC\ndates: [{dates}]\n{fields}"
    others = "type: maintenance\ntimezone: UTC\ndates: [{from: 2026-12-01, to: 2026-12-01}]\n"
    files = {
        "organization/calendars/a.yaml": text,
        "organization/calendars/a-d2026-12-01.yaml": others,
        "organization/calendars/b.yaml": others,
    }
    repository = repository_of(files)
    assert len(events_of(everything(repository))) == len(planned(repository)) > 700


RECURRENCES = st.fixed_dictionaries(
    {
        "every": st.sampled_from(["day", "week", "month", "year"]),
        "from": st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(str),
        "interval": st.integers(1, 3),
    },
    optional={
        "weekdays": st.lists(st.sampled_from(["mon", "thu", "sun"]), min_size=1, unique=True),
        "month_days": st.lists(st.integers(1, 28), min_size=1, max_size=3),
        "besides": st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str), max_size=3),
        "except": st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str), max_size=3),
    },
)


@given(RECURRENCES, st.dates(date(2026, 1, 1), date(2027, 6, 1)))
def test_a_place_is_of_one_day_and_the_same_wherever_one_begins_to_look(
    fields: dict[str, Any], later: date
) -> None:
    comes = Recurrence.model_validate_json(json.dumps(fields))
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    known = places(comes, first, last)
    assert list(known) == days(comes, first, last)
    assert len(set(known.values())) == len(known)
    assert places(comes, later, last) == {day: place for day, place in known.items() if day >= later}


def test_each_service_team_and_freeze_has_a_feed(repository: Repository) -> None:
    files = Feeds(repository).files()
    assert {path for path in files if "/" not in path} == {"all.ics"}
    assert {"services/payroll.ics", "teams/payroll-team.ics"} <= files.keys()
    assert {path for path in files if path.startswith("calendars/")} == {
        "calendars/patch-nights.ics",
        "calendars/year-end-freeze.ics",
    }
    of = {path: set(events_of(content)) for path, content in files.items()}
    assert of["services/payroll.ics"] < of["all.ics"]
    assert "change-2026-11-12-payroll-database-upgrade@gitsm" in of["services/payroll.ics"]
    assert "change-2026-11-12-payroll-database-upgrade@gitsm" not in of["services/ledger.ics"]
    assert all(uid.startswith("calendar-year-end-freeze") for uid in of["calendars/year-end-freeze.ics"])


def test_a_feed_of_a_team_has_what_it_carries_out_and_what_concerns_what_it_owns(
    repository_of: Callable[..., Repository],
) -> None:
    window = "window: {start: 2026-12-0%dT10:00Z, end: 2026-12-0%dT11:00Z}\n"
    change = "title: X\ntype: normal\nservices: [%s]\nplan: x\nrollback: y\n"
    files = {
        "organization/teams/one.yaml": "name: One\n",
        "organization/teams/two.yaml": "name: Two\n",
        "services/a/service.yaml": "name: A\nowner: one\nlifecycle: live\n",
        "services/b/service.yaml": "name: B\nowner: two\nlifecycle: live\n",
        "changes/2026/2026-11-01-own.yaml": change % "a" + window % (2, 2),
        "changes/2026/2026-11-02-done.yaml": change % "b" + "team: one\n" + window % (3, 3),
        "changes/2026/2026-11-03-other.yaml": change % "b" + window % (4, 4),
    }
    events = events_of(Feeds(repository_of(files)).files()["teams/one.ics"])
    assert list(events) == ["change-2026-11-01-own@gitsm", "change-2026-11-02-done@gitsm"]


@pytest.mark.parametrize(
    ("closure", "authorised", "status"),
    [
        ("closure: {code: canceled}\n", True, "CANCELLED"),
        ("", True, "CONFIRMED"),
        ("", False, "TENTATIVE"),
    ],
)
def test_a_status_says_whether_a_change_takes_place(
    closure: str, authorised: bool, status: str, repository_of: Callable[..., Repository]
) -> None:
    path = "changes/2026/2026-11-01-a.yaml"
    text = (
        "title: A\ntype: normal\nservices: [a]\nplan: x\nrollback: y\n"
        "window: {start: 2026-12-02T10:00Z, end: 2026-12-02T11:00Z}\n" + closure
    )
    repository = repository_of({path: text}, authorised=frozenset({path} if authorised else ()))
    (event,) = events_of(everything(repository)).values()
    assert str(event["STATUS"]) == status


@given(st.text(st.characters(exclude_categories=())))
def test_words_can_not_break_out_of_a_feed(text: str) -> None:
    event = icalendar.Event()
    event.add("summary", plain(text))
    written = event.to_ical()
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no fold stands inside a character
    assert not re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", written.replace(b"\r\n\t", b""))
    assert [line for line in lines if not line.startswith(b" ")] == [
        b"BEGIN:VEVENT",
        next(line for line in lines if line.startswith(b"SUMMARY")),
        b"END:VEVENT",
        b"",
    ]
    unfolded = written.decode().replace("\r\n ", "")
    assert str(icalendar.Event.from_ical(unfolded)["SUMMARY"]).splitlines() == plain(text).splitlines()


def test_a_title_is_only_a_title(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    evil = 'title: "a;b,c\\\\n BEGIN:VEVENT"\n'
    text = example_files[CHANGE].replace("title: Upgrade the payroll database to PostgreSQL 18\n", evil)
    before = events_of(everything(repository_of(example_files)))
    events = events_of(everything(repository_of({**example_files, CHANGE: text})))
    assert events.keys() == before.keys()
    assert (
        str(events["change-2026-11-12-payroll-database-upgrade@gitsm"]["SUMMARY"]) == "a;b,c\\n BEGIN:VEVENT"
    )


# --- edits, as Git tells them


class Clone:
    """A repository under Git with one record in it."""

    change = "changes/2026/2026-11-01-a.yaml"
    text = (
        "title: A\ntype: normal\nservices: [a]\nplan: x\nrollback: y\n"
        "window: {start: 2026-12-02T10:00Z, end: 2026-12-02T11:00Z}\n"
    )

    def __init__(self, folder: Path, record: str = change) -> None:
        self.folder, self.record = folder, record
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, at: str = "2026-11-02T10:00:00+01:00") -> None:
        who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
        who |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in who.items()}
        when = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        none = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", *words]
        subprocess.run(
            command,
            cwd=self.folder,
            check=True,
            capture_output=True,
            env={**os.environ, **who, **when, **none},
        )

    def write(self, text: str) -> None:
        (self.folder / self.record).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / self.record).write_text(text)

    def commit(self, text: str, at: str) -> None:
        self.write(text)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "x", at=at)

    def event(self, folder: Path | None = None) -> Any:
        (event,) = self.events(folder).values()
        return event

    def events(self, folder: Path | None = None, now: datetime = LATER) -> dict[str, Any]:
        return events_of(everything(open_repository(folder or self.folder, clock=lambda: now)))

    def said(self, now: datetime = LATER) -> dict[str, tuple[str, int]]:
        """Status and sequence of each event, by its key."""
        return {
            uid.partition(".")[2].removesuffix("@gitsm"): (str(event["STATUS"]), event["SEQUENCE"])
            for uid, event in self.events(now=now).items()
        }


def test_a_sequence_grows_with_each_edit_and_a_stamp_is_that_of_the_last(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone")
    told = []
    for number, at in enumerate(("2026-11-02T10:00:00+01:00", "2026-11-03T10:00:00+01:00")):
        clone.commit(f"{clone.text}justification: edit {number}\n", at)
        told.append(clone.event())
    clone.write(f"{clone.text}justification: not committed\n")
    told.append(clone.event())
    assert [(event["SEQUENCE"], event.decoded("DTSTAMP")) for event in told] == [
        (0, datetime(2026, 11, 2, 9, tzinfo=UTC)),
        (1, datetime(2026, 11, 3, 9, tzinfo=UTC)),
        (2, datetime(2026, 11, 3, 9, tzinfo=UTC)),
    ]


def test_an_edit_of_another_record_is_none(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone")
    clone.commit(clone.text, "2026-11-02T10:00:00+01:00")
    (clone.folder / "services/a").mkdir(parents=True)
    (clone.folder / "services/a/service.yaml").write_text("name: A\nowner: x\nlifecycle: live\n")
    clone.git("add", ".")
    clone.git("commit", "-q", "-m", "x", at="2026-11-05T10:00:00+01:00")
    assert clone.event()["SEQUENCE"] == 0
    assert clone.event().decoded("DTSTAMP") == datetime(2026, 11, 2, 9, tzinfo=UTC)


FREEZE = "organization/calendars/freeze.yaml"


def dated(*entries: tuple[str, str]) -> str:
    listed = "".join(f"  - {{from: {day}, to: {day}{', ' * bool(name)}{name}}}\n" for day, name in entries)
    return f"type: freeze\ntimezone: UTC\nfreeze: hard\ndates:\n{listed}"


def test_a_recurring_window_that_is_moved_keeps_its_uids_and_its_sequence_grows(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", "organization/calendars/windows.yaml")
    text = 'type: maintenance\ntimezone: UTC\nrecurrence: {every: week, weekdays: [tue], starts: "22:00", takes: 4 h}\n'
    clone.commit(text, "2026-11-02T10:00:00+01:00")
    before = clone.events()
    clone.commit(text.replace("22:00", "20:00"), "2026-11-03T10:00:00+01:00")
    earlier = clone.events()
    clone.commit(text.replace("tue", "thu"), "2026-11-04T10:00:00+01:00")
    later = clone.events()
    assert len(before) > 100
    assert before.keys() == earlier.keys() == later.keys()
    assert [{event["SEQUENCE"] for event in each.values()} for each in (before, earlier, later)] == [
        {0},
        {1},
        {2},
    ]
    moved = {key: (later[key].decoded("DTSTART") - before[key].decoded("DTSTART")) for key in before}
    assert set(moved.values()) == {timedelta(days=2)}


def test_what_an_edit_takes_out_is_cancelled(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", FREEZE)
    over, named, unnamed, stays = (
        ("2026-10-01", ""), ("2026-12-20", "name: Books"), ("2026-12-24", ""), ("2026-12-31", "")
    )  # fmt: skip
    clone.commit(dated(over, named, unnamed, stays), "2026-11-02T10:00:00+01:00")
    assert {status for status, _ in clone.said().values()} == {"CONFIRMED"}
    clone.commit(dated(named, stays), "2026-11-03T10:00:00+01:00")
    assert clone.said()["d2026-12-24"] == ("CANCELLED", 1)
    assert "d2026-10-01" not in clone.said(), "what was over was not called off by tidying up"
    clone.write(dated(stays))
    told = clone.said()
    assert sorted(told.values()) == [("CANCELLED", 2), ("CANCELLED", 2), ("CONFIRMED", 2)]
    assert told["d2026-12-31"] == ("CONFIRMED", 2)
    clone.commit(dated(stays, unnamed), "2026-11-05T10:00:00+01:00")
    assert clone.said()["d2026-12-24"] == ("CONFIRMED", 2), "what comes again is not cancelled"
    assert set(clone.said(now=LATER + timedelta(days=500))) == {"d2026-12-24", "d2026-12-31"}


def test_a_recurrence_that_ends_is_cancelled_from_then_on(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", FREEZE)
    text = "type: freeze\ntimezone: UTC\nfreeze: hard\nrecurrence: {every: month, month_days: [1]%s}\n"
    clone.commit(text % "", "2026-11-02T10:00:00+01:00")
    clone.commit(text % ", until: 2026-09-30", "2026-11-10T10:00:00+01:00")
    told = clone.said(now=LATER + timedelta(days=90))
    cancelled = sorted(key for key, (status, _) in told.items() if status == "CANCELLED")
    assert (cancelled[0], cancelled[-1], len(cancelled)) == ("r2026-12", "r2028-11", 24)
    assert "r2026-10" not in told
    assert told["r2026-09"] == ("CONFIRMED", 1)


def test_a_change_that_lost_its_window_is_cancelled_and_one_that_moved_is_not(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone")
    clone.commit(clone.text, "2026-11-02T10:00:00+01:00")
    without = "".join(line for line in clone.text.splitlines(keepends=True) if "window" not in line)
    clone.commit(without, "2026-11-03T10:00:00+01:00")
    event = clone.event()
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 1)
    assert event.decoded("DTSTART") == datetime(2026, 12, 2, 10, tzinfo=UTC)
    clone.commit(clone.text.replace("12-02", "12-03"), "2026-11-04T10:00:00+01:00")
    assert (str(clone.event()["STATUS"]), clone.event()["SEQUENCE"]) == ("CONFIRMED", 2)


def test_a_version_that_nobody_could_read_called_nothing_off(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", FREEZE)
    for number, text in enumerate([dated(("2026-12-24", "")), "type: [\n", "type: freeze\nx: y\n"]):
        clone.commit(text, f"2026-11-0{number + 2}T10:00:00+01:00")
    clone.commit(dated(("2026-12-24", ""), ("2026-12-25", "")), "2026-11-09T10:00:00+01:00")
    assert {status for status, _ in clone.said().values()} == {"CONFIRMED"}


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("@253402200000 +0000", ("CANCELLED", 1)),  # the last day of the year 9999
        ("2026-11-03T10:00:00+14:00", ("CANCELLED", 1)),
        ("@0 +0000", None),  # longer ago than 12 months
    ],
)
def test_a_commit_may_claim_any_time(at: str, told: tuple[str, int] | None, tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", FREEZE)
    clone.commit(dated(("2026-12-24", "")), at)
    clone.commit(dated(("2026-12-25", "")), at)
    assert clone.said().get("d2026-12-24") == told


def test_a_peak_counts_the_edits_of_the_calendar_that_it_names(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone", "organization/calendars/closing.yaml")
    (clone.folder / "services/shop").mkdir(parents=True)
    (clone.folder / "services/shop/service.yaml").write_text(SHOP["services/shop/service.yaml"])
    (clone.folder / "services/shop/capacity.yaml").write_text(PEAKS)
    clone.commit(CLOSING, "2026-11-02T10:00:00+01:00")
    clone.commit(CLOSING.replace("12-20", "12-19"), "2026-11-03T10:00:00+01:00")
    told = {str(event["SUMMARY"]): event["SEQUENCE"] for event in clone.events().values()}
    assert told == {"peak: Pay run": 0, "peak: Bonus": 0, "peak: Closing": 1}


def test_a_shallow_clone_claims_no_sequence_and_says_so(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "clone")
    for number in range(3):
        clone.commit(f"{clone.text}justification: edit {number}\n", f"2026-11-0{number + 2}T10:00:00+01:00")
    shallow = tmp_path / "shallow"
    clone.git("clone", "-q", "--depth", "1", f"file://{clone.folder}", str(shallow))
    assert "SEQUENCE" not in clone.event(shallow)
    result = CliRunner().invoke(main, ["calendar", "--format", "ics", "--repo", str(shallow)])
    assert result.exit_code == 0
    assert "the clone is shallow" in result.stderr
    assert clone.event()["SEQUENCE"] == 2


def test_without_git_nothing_was_edited(repository: Repository) -> None:
    assert {event["SEQUENCE"] for event in events_of(everything(repository)).values()} == {0}


# --- commands


@pytest.fixture
def folder(example_files: dict[str, str], tmp_path: Path) -> Path:
    for path, text in {**example_files, "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n"}.items():
        (tmp_path / "repo" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "repo" / path).write_text(text, encoding="utf-8")
    return tmp_path / "repo"


def test_export_writes_every_feed_and_the_second_time_none(folder: Path, tmp_path: Path) -> None:
    words = ["export", "ics", str(tmp_path / "out"), "--repo", str(folder)]
    first, second = (CliRunner().invoke(main, words) for _ in range(2))
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"{len(files)} files written" in first.output
    assert f"0 files written to {tmp_path / 'out'}, {len(files)} were up to date" in second.output


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ([], "all.ics"),
        (["--service", "payroll"], "services/payroll.ics"),
        (["--team", "payroll-team"], "teams/payroll-team.ics"),
        (["--calendar", "year-end-freeze"], "calendars/year-end-freeze.ics"),
    ],
)
def test_calendar_prints_the_feed_that_export_writes(options: list[str], path: str, folder: Path) -> None:
    result = CliRunner().invoke(main, ["calendar", "--format", "ics", *options, "--repo", str(folder)])
    repository = open_repository(folder, clock=lambda: LATER)
    assert result.stdout_bytes == Feeds(repository).files()[path]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--service", "payrol"], "there is no service 'payrol'; did you mean payroll?"),
        (["--team", "x", "--format", "ics"], "there is no team 'x'"),
        (["--service", "payroll", "--team", "payroll-team", "--format", "ics"], "a feed is of one"),
    ],
)
def test_what_is_asked_for_must_be_there(options: list[str], says: str, folder: Path) -> None:
    result = CliRunner().invoke(main, ["calendar", *options, "--repo", str(folder)])
    assert result.exit_code == 2
    assert says in result.output


# --- the programs that people plan with


@pytest.fixture(scope="module")
def living_feeds() -> Mapping[str, bytes]:
    """The feeds of the example organisation that this repository is."""
    return Feeds(open_repository(ROOT, clock=lambda: LATER)).files()


def starts_of(feed: bytes, title: str) -> Iterator[datetime]:
    for event in events_of(feed).values():
        if str(event["SUMMARY"]) == title:
            yield event.decoded("DTSTART")


def test_every_feed_can_be_read_by_the_library(living_feeds: Mapping[str, bytes]) -> None:
    every = events_of(living_feeds["all.ics"])
    assert len(every) > 100
    for feed in living_feeds.values():
        events = icalendar.Calendar.from_ical(feed).walk("VEVENT")
        assert all(every[str(event["UID"])].to_ical() == event.to_ical() for event in events)
        assert len({str(event["UID"]) for event in events}) == len(events)
        assert not icalendar.Calendar.from_ical(feed).errors


@pytest.mark.skipif(shutil.which("khal") is None, reason="khal is not installed")
def test_khal_reads_every_feed(living_feeds: Mapping[str, bytes], tmp_path: Path) -> None:
    calendars = "".join(
        f"[[{path.replace('/', '-')}]]\npath = {tmp_path / 'cal' / path.replace('/', '-')}\n"
        for path in living_feeds
    )
    config = tmp_path / "khal.conf"
    config.write_text(
        f"[calendars]\n{calendars}[locale]\nlocal_timezone = UTC\n"
        "default_timezone = UTC\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "timeformat = %H:%M\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"[sqlite]\npath = {tmp_path / 'khal.db'}\n"
    )
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    environment = {**os.environ, **home}
    for path, feed in living_feeds.items():
        # khal keeps a file for each event: what it can't read would be missing from its list.
        place = tmp_path / "cal" / path.replace("/", "-")
        place.mkdir(parents=True)
        head, *events = feed.split(b"BEGIN:VEVENT\r\n")
        for number, event in enumerate(events):
            body = event.removesuffix(b"END:VCALENDAR\r\n")
            (place / f"{number}.ics").write_bytes(head + b"BEGIN:VEVENT\r\n" + body + b"END:VCALENDAR\r\n")
    listed = subprocess.run(
        ["khal", "-c", str(config), "list", "2025-10-01", "1200d", "--format", "{uid}|{calendar}"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    found = {tuple(line.split("|")) for line in listed.stdout.splitlines() if "@gitsm|" in line}
    wanted = {(uid, path.replace("/", "-")) for path, feed in living_feeds.items() for uid in events_of(feed)}
    assert wanted - found == set()


@pytest.mark.skipif(shutil.which("khal") is None, reason="khal is not installed")
def test_khal_imports_a_whole_feed(repository: Repository, tmp_path: Path) -> None:
    feed = tmp_path / "feed.ics"
    feed.write_bytes(everything(repository))
    config = tmp_path / "khal.conf"
    config.write_text(
        f"[calendars]\n[[feed]]\npath = {tmp_path / 'cal'}\n[locale]\nlocal_timezone = UTC\n"
        "default_timezone = UTC\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "timeformat = %H:%M\ndatetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        f"[sqlite]\npath = {tmp_path / 'khal.db'}\n"
    )
    (tmp_path / "cal").mkdir()
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    environment, command = {**os.environ, **home}, ["khal", "-c", str(config)]
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
def test_calcurse_reads_every_feed(living_feeds: Mapping[str, bytes], tmp_path: Path) -> None:
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
    for number, (path, content) in enumerate(living_feeds.items()):
        feed = tmp_path / f"{number}.ics"
        feed.write_bytes(content)
        folder = ["calcurse", "-D", str(tmp_path / f"{number}"), "-C", str(tmp_path / f"{number}")]
        imported = subprocess.run(
            [*folder, "-i", str(feed)], env=environment, check=True, capture_output=True, text=True
        )
        said = imported.stdout + imported.stderr
        assert re.search(rf"\b{len(events_of(content))} apps? .* 0 skipped", said), path


def test_the_feeds_hold_more_than_one_service(living_feeds: Mapping[str, bytes]) -> None:
    services = open_repository(ROOT, clock=lambda: LATER).of(Service)
    assert {f"services/{service.id}.ics" for service in services} <= living_feeds.keys()
    starts = list(starts_of(living_feeds["services/payroll.ics"], "hard freeze: Year-end freeze 2026"))
    assert starts == [datetime(2026, 12, 18, 17, tzinfo=UTC)]
