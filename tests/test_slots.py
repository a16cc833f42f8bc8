"""When there is room for a change: windows that no conflict and no rule has anything against."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gitsm.calendar import ConflictKind, conflicts_of
from gitsm.cli import main
from gitsm.intervals import Interval
from gitsm.records.change import Change
from gitsm.repository import Record, Repository
from gitsm.slots import GRID, earliest, free, length_of, obstacles

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
FILES = {
    "organization/policy.yaml": "timezone: Europe/Vienna\nnotice: [{type: normal, lead: 48 h}]\n",
    "organization/teams/wages.yaml": "name: Wages\nhours: office\ncontacts: [{channel: chat, value: wages}]\n",
    "organization/calendars/office.yaml": (
        "type: service_hours\ntimezone: Europe/Vienna\n"
        "weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-18:00}]\n"
    ),
    "services/payroll/service.yaml": (
        "name: Payroll\nowner: wages\nlifecycle: live\ntier: 1\ndepends_on: [{service: ledger}]\n"
    ),
    "services/ledger/service.yaml": "name: Ledger\nowner: wages\nlifecycle: live\ntier: 1\n",
    "runbooks/payroll.md": "---\nservices: [payroll, ledger]\n---\n\n## Mitigation\n\nRestart it.\n",
}
CHANGE = "changes/2026/2026-12-01-upgrade.yaml"
UPGRADE = """\
title: Upgrade the ledger
type: normal
services: [ledger]
outage: full
plan:
  - {step: Stop it, takes: 30 min}
  - {step: Upgrade it, takes: 60 min}
rollback: {plan: Restore the snapshot, takes: 30 min}
"""
FREEZE = "type: freeze\ntimezone: Europe/Vienna\nfreeze: hard\nreason: Closing.\ndates: [{from: 2026-12-03, to: %s}]\n"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+01:00")


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[..., tuple[Repository, Record[Change]]]:
    def make(**files: str) -> tuple[Repository, Record[Change]]:
        repository = repository_of({**FILES, CHANGE: UPGRADE, **files}, NOW, authorised=frozenset())
        change = repository.get(Change, "2026-12-01-upgrade")
        assert change is not None
        return repository, change

    return make


Found = Callable[..., tuple[Repository, Record[Change]]]


def starts(repository: Repository, change: Record[Change], count: int, days: int = 30) -> list[datetime]:
    length = length_of(repository, change)
    assert length is not None
    windows = free(repository, change, length, repository.now + timedelta(days=days))
    return [window.start for window in islice(windows, count)]


def test_a_window_holds_the_plan_and_the_way_back(found: Found) -> None:
    assert length_of(*found()) == timedelta(minutes=120)
    assert length_of(*found(**{CHANGE: UPGRADE.replace("takes: 60 min", "verify: It answers")})) is None
    longer = UPGRADE + "window: {start: 2026-12-10T20:00+01:00, end: 2026-12-11T02:00+01:00}\n"
    assert length_of(*found(**{CHANGE: longer})) == timedelta(hours=6)


def test_it_begins_after_the_notice_and_in_the_hours_of_its_team(found: Found) -> None:
    repository, change = found()
    assert earliest(repository, change) == at("2026-12-03T00:00")
    assert starts(repository, change, 3) == [
        at("2026-12-03T08:00"),
        at("2026-12-03T10:00"),
        at("2026-12-03T12:00"),
    ]


def test_a_freeze_is_jumped_over(found: Found) -> None:
    repository, change = found(**{"organization/calendars/closing.yaml": FREEZE % "2026-12-06"})
    assert starts(repository, change, 1) == [at("2026-12-07T08:00")]


def test_another_change_is_jumped_over_though_only_a_dependency_joins_them(found: Found) -> None:
    other = UPGRADE.replace("services: [ledger]", "services: [payroll]").replace("Upgrade the", "Mend the")
    other += "window: {start: 2026-12-03T08:00+01:00, end: 2026-12-03T12:20+01:00}\n"
    repository, change = found(**{"changes/2026/2026-11-20-mend.yaml": other})
    assert starts(repository, change, 1) == [at("2026-12-03T12:20")]


def test_what_is_jumped_over_has_no_window(found: Found) -> None:
    """Held against trying each start of the grid."""
    repository, change = found(
        **{
            "organization/calendars/closing.yaml": FREEZE % "2026-12-04",
            "changes/2026/2026-11-20-mend.yaml": UPGRADE
            + "window: {start: 2026-12-07T09:00+01:00, end: 2026-12-07T11:00+01:00}\n",
        }
    )
    length, first = timedelta(minutes=120), earliest(repository, change)
    until = first + timedelta(days=6)
    windows = [Interval(first + n * GRID, first + n * GRID + length) for n in range(6 * 288)]

    def is_free(window: Interval) -> bool:
        return not conflicts_of(repository, change, window)

    by_hand: list[Interval] = []
    for window in windows:
        if is_free(window) and (not by_hand or window.start >= by_hand[-1].end):
            by_hand.append(window)
    assert list(free(repository, change, length, until)) == by_hand


def test_what_stands_in_the_way_alone_is_named_with_what_it_would_free(found: Found) -> None:
    repository, change = found(**{"organization/calendars/closing.yaml": FREEZE % "2027-03-31"})
    length, until = timedelta(minutes=120), repository.now + timedelta(days=30)
    assert starts(repository, change, 1) == []
    first, *_ = obstacles(repository, change, length, until)
    assert (first.kind, [str(other) for other in first.others]) == (ConflictKind.FREEZE, ["calendar closing"])
    assert [window.start for window in first.freed][:1] == [at("2026-12-03T08:00")]
    without, same = found()
    for window in first.freed:
        assert not conflicts_of(without, same, window)


# --- on the command line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {**FILES, CHANGE: UPGRADE, "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(
        main, ["slots", *words, "--repo", str(folder)], catch_exceptions=False
    )
    return result.exit_code, result.output


def test_windows_are_proposed(folder: Path) -> None:
    code, output = run(folder, "2026-12-01-upgrade", "--count", "2")
    assert code == 0
    assert output.splitlines()[1:3] == [
        "  Thu 2026-12-03 08:00 to 10:00",
        "  Thu 2026-12-03 10:00 to 12:00",
    ]


def test_a_change_that_is_not_written_yet_can_be_planned(folder: Path) -> None:
    code, output = run(folder, "--service", "payroll", "--minutes", "90", "--count", "1")
    assert (code, "Thu 2026-12-03 08:00 to 09:30" in output) == (0, True)
    assert not (folder / "changes/2026/2026-12-01-planned-work-on-payroll.yaml").exists()


def test_each_window_is_held_against_every_rule(folder: Path) -> None:
    """A change that requires another one has no room before it, though no stretch of time says so."""
    (folder / CHANGE).write_text(UPGRADE + "requires: [2026-11-25-first]\n")
    first = UPGRADE.replace("services: [ledger]", "services: [other]")
    first += "window: {start: 2026-12-09T08:00+01:00, end: 2026-12-09T12:00+01:00}\n"
    (folder / "changes/2026/2026-11-25-first.yaml").write_text(first)
    (folder / "services/other").mkdir()
    (folder / "services/other/service.yaml").write_text(
        "name: Other\nowner: wages\nlifecycle: live\ntier: 3\n"
    )
    code, output = run(folder, "2026-12-01-upgrade", "--count", "1")
    assert (code, "Wed 2026-12-09 12:00 to 14:00" in output) == (0, True), output


def test_what_goes_with_a_window_moves_with_it(folder: Path) -> None:
    dated = UPGRADE + (
        "window: {start: 2026-12-10T08:00+01:00, end: 2026-12-10T10:00+01:00}\n"
        "watch: {until: 2026-12-10T18:00+01:00}\n"
        "communications: [{audience: Clerks, at: 2026-12-05T09:00+01:00}]\n"
    )
    (folder / CHANGE).write_text(dated)
    code, output = run(folder, "2026-12-01-upgrade", "--minutes", "600", "--count", "9")
    assert code == 0
    assert "2026-12-14" in output


def test_where_there_is_no_room_it_says_what_to_lift(folder: Path) -> None:
    (folder / "organization/calendars/closing.yaml").write_text(FREEZE % "2027-03-31")
    code, output = run(folder, "2026-12-01-upgrade", "--within", "30d")
    assert code == 0
    assert "without calendar closing: Thu 2026-12-03 08:00 to 10:00" in output
    data: dict[str, Any] = json.loads(run(folder, "2026-12-01-upgrade", "--format", "json")[1])
    assert data["slots"] == []
    assert data["obstacles"][0]["others"] == ["calendar closing"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a change, or a --service"),
        (("2026-12-01-upgrade", "--service", "payroll"), "name a change, or a --service"),
        (("2026-12-01-upgrad",), "did you mean 2026-12-01-upgrade?"),
        (("--service", "payrol", "--minutes", "90"), "did you mean payroll?"),
        (("--service", "payroll"), "--minutes says how long"),
        (("2026-12-01-upgrade", "--within", "3 months"), "is no number of days or weeks"),
    ],
)
def test_what_it_can_not_do_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    code, output = run(folder, *words)
    assert (code, said in output) == (2, True), output


def test_a_closed_change_needs_no_window(folder: Path) -> None:
    (folder / CHANGE).write_text(UPGRADE + "closure: {code: canceled, notes: Not needed.}\n")
    code, output = run(folder, "2026-12-01-upgrade")
    assert (code, "is closed" in output) == (2, True)


MAINTENANCE = """\
type: maintenance
timezone: Europe/Vienna
scope: {services: [ledger]}
recurrence: {every: week, weekdays: [thu], starts: "%s", takes: %s}
"""


def test_a_maintenance_window_off_the_full_hour_is_found(found: Found) -> None:
    repository, change = found(**{"organization/calendars/mw.yaml": MAINTENANCE % ("10:10", "3 h")})
    assert starts(repository, change, 1) == [at("2026-12-03T10:10")]


def test_what_would_free_nothing_alone_is_not_said_to(found: Found) -> None:
    """Of two maintenance calendars, lifting one leaves the other."""
    repository, change = found(
        **{
            "organization/calendars/mw.yaml": MAINTENANCE % ("10:00", "30 min"),
            "organization/calendars/mx.yaml": MAINTENANCE % ("14:00", "30 min"),
        }
    )
    until = repository.now + timedelta(days=20)
    for one in obstacles(repository, change, timedelta(minutes=120), until):
        assert change not in one.others
        if len(one.others) == 1:
            assert one.freed == ()


def test_a_message_that_is_still_to_be_sent_is_not_sent_in_the_past(folder: Path) -> None:
    policy = FILES["organization/policy.yaml"].replace("48 h", "24 h")
    (folder / "organization/policy.yaml").write_text(policy)
    dated = UPGRADE + (
        "window: {start: 2026-12-10T08:00+01:00, end: 2026-12-10T10:00+01:00}\n"
        "communications: [{audience: Clerks, at: 2026-12-08T09:00+01:00}]\n"
    )
    (folder / CHANGE).write_text(dated)
    code, output = run(folder, "2026-12-01-upgrade", "--count", "1")
    assert code == 0
    assert "Wed 2026-12-02 09:00 to 11:00" in output, output
