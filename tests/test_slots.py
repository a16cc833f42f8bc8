"""When there is room for a change: windows that no conflict and no rule has anything against."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gitsm.calendar import ConflictKind, conflicts, conflicts_of
from gitsm.cli import main
from gitsm.commands.slots import checked, moved, objections
from gitsm.intervals import Interval
from gitsm.records.change import Change
from gitsm.repository import Record, Repository
from gitsm.slots import GRID, earliest, free, length_of, obstacles
from gitsm.tree import MappingTree

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
    assert (first.kinds, [str(other) for other in first.others]) == (
        (ConflictKind.FREEZE,),
        ["calendar closing"],
    )
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
    assert "free for the planned work on payroll (90 min)" in output
    assert not (folder / "changes/2026/2026-12-01-planned-work-on-payroll.yaml").exists()


def test_a_change_that_is_not_written_yet_is_called_the_planned_work(folder: Path) -> None:
    (folder / "organization/calendars/closing.yaml").write_text(FREEZE % "2027-03-31")
    words = ("--service", "payroll", "--minutes", "90", "--within", "14d")
    code, output = run(folder, *words)
    assert code == 0
    assert "the planned work lies 90 min inside the hard freeze closing" in " ".join(output.split())
    data: dict[str, Any] = json.loads(run(folder, *words, "--format", "json")[1])
    assert (data["change"], data["service"]) == (None, "payroll")
    assert "2026-12-01-planned-work" not in output + json.dumps(data)


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


# --- against trying every start, with the whole check


@pytest.mark.parametrize("seed", range(6))
def test_the_first_window_is_that_which_trying_every_start_finds(seed: int, folder: Path) -> None:
    """Little repositories by chance, each start of a day tried one by one with the change moved there."""
    chance = random.Random(seed)
    files = dict(by_chance(chance))
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    repository = Repository(MappingTree({**FILES, CHANGE: UPGRADE, **files}), now=NOW, authorised=frozenset())
    change = repository.get(Change, "2026-12-01-upgrade")
    assert change is not None
    length = length_of(repository, change)
    assert length is not None
    start = earliest(repository, change)
    until = start + timedelta(hours=20)

    def clean(there: Repository, record: Record[Change], window: Interval) -> bool:
        return not objections(moved(there, record, window), record, before)

    before = checked(repository)
    first = next(free(repository, change, length, until, clean), None)
    by_hand = None
    while start < until and by_hand is None:
        window = Interval(start, start + length)
        # Without a single word of the calendar's own search: the conflicts of the whole repository, as a check
        # finds them with the change in that window.
        there = moved(repository, change, window)
        ends = [{one.change.id, *(other.id for other in one.others)} for one in conflicts(there)]
        if not any(change.id in end for end in ends) and clean(repository, change, window):
            by_hand = window
        start += GRID
    assert first == by_hand


def by_chance(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Freezes, peaks, other changes, hours and steps within a day or two."""

    def moment(hours: float) -> str:
        return (at("2026-12-03T00:00") + timedelta(minutes=5 * round(hours * 12))).isoformat()

    def stretch(longest: float) -> tuple[str, str]:
        start = chance.uniform(0, 24)
        return moment(start), moment(start + chance.uniform(0.1, longest))

    begins, ends = chance.randrange(5, 9), chance.randrange(1, 6)
    if chance.random() < 0.7:
        start, end = stretch(6)
        yield (
            "organization/calendars/closing.yaml",
            (
                "type: freeze\ntimezone: Europe/Vienna\nfreeze: soft\nreason: R.\n"
                f"scope: {{services: [{chance.choice(['ledger', 'payroll'])}]}}\n"
                f"dates: [{{from: {start}, to: {end}}}]\n"
            ),
        )
    if chance.random() < 0.7:
        start, end = stretch(5)
        yield (
            "services/payroll/capacity.yaml",
            (f"peaks: [{{name: P, margin: 30 min, dates: [{{from: {start}, to: {end}}}]}}]\n"),
        )
    yield (
        "organization/teams/net.yaml",
        "name: Net\nhours: early\ncontacts: [{channel: chat, value: n}]\n",
    )
    yield (
        "organization/calendars/early.yaml",
        (
            "type: service_hours\ntimezone: Europe/Vienna\n"
            f"weekly: [{{days: [mon, tue, wed, thu, fri], hours: 0{begins}:00-1{ends}:00}}]\n"
        ),
    )
    for n in range(chance.randrange(4)):
        start, end = stretch(4)
        yield (
            f"changes/2026/2026-11-2{n}-other.yaml",
            (
                f"title: Other {n}\ntype: normal\nservices: [{chance.choice(['ledger', 'payroll'])}]\n"
                f"outage: {chance.choice(['none', 'degraded', 'full'])}\nplan: P.\nrollback: R.\n"
                f"window: {{start: {start}, end: {end}}}\n"
            ),
        )
    watch = f"watch: {{until: {moment(24 * 4 + 12)}}}\n" if chance.random() < 0.5 else ""
    window = f"window: {{start: {moment(24 * 4)}, end: {moment(24 * 4 + 2)}}}\n"
    steps = chance.choice(["wages", "net"])
    yield CHANGE, UPGRADE.replace("step: Upgrade it,", f"step: Upgrade it, team: {steps},") + window + watch


def test_a_step_of_a_team_moves_with_its_window(found: Found) -> None:
    """The team of the second step comes at ten: the first step may begin before that."""
    repository, change = found(
        **{
            "organization/teams/net.yaml": "name: Net\nhours: late\n",
            "organization/calendars/late.yaml": (
                "type: service_hours\ntimezone: Europe/Vienna\n"
                "weekly: [{days: [mon, tue, wed, thu, fri], hours: 10:00-18:00}]\n"
            ),
            CHANGE: UPGRADE.replace("step: Upgrade it,", "step: Upgrade it, team: net,"),
        }
    )
    assert starts(repository, change, 1) == [at("2026-12-03T09:30")]


def test_a_maintenance_window_off_the_grid_is_found(found: Found) -> None:
    repository, change = found(**{"organization/calendars/mw.yaml": MAINTENANCE % ("10:07", "150 min")})
    assert starts(repository, change, 1) == [at("2026-12-03T10:07")]


def test_where_one_alone_frees_nothing_two_are_lifted(folder: Path) -> None:
    for name in ("closing", "audit"):
        (folder / f"organization/calendars/{name}.yaml").write_text(FREEZE % "2027-03-31")
    code, output = run(folder, "2026-12-01-upgrade", "--within", "21d")
    assert code == 0
    assert "without calendar audit and calendar closing: Thu 2026-12-03 08:00 to 10:00" in output
    data: dict[str, Any] = json.loads(
        run(folder, "2026-12-01-upgrade", "--within", "21d", "--format", "json")[1]
    )
    assert data["obstacles"][0]["kinds"] == ["freeze", "freeze"]


def test_what_lifting_frees_is_the_earliest_window_of_all(folder: Path) -> None:
    """Off the full hour, and held against every rule as well."""
    (folder / "organization/calendars/closing.yaml").write_text(FREEZE % "2027-03-31")
    other = UPGRADE.replace("Upgrade the", "Mend the")
    other += "window: {start: 2026-12-03T08:00+01:00, end: 2026-12-03T10:20+01:00}\n"
    (folder / "changes/2026/2026-11-20-mend.yaml").write_text(other)
    output = run(folder, "2026-12-01-upgrade", "--within", "30d")[1]
    assert "without calendar closing: Thu 2026-12-03 10:20 to 12:20" in output


def test_the_hours_of_a_team_are_lifted_by_who_does_it(folder: Path) -> None:
    (folder / "organization/calendars/office.yaml").write_text(
        FILES["organization/calendars/office.yaml"].replace("08:00-18:00", "08:00-09:00")
    )
    output = " ".join(run(folder, "2026-12-01-upgrade", "--within", "7d")[1].split())
    assert "with somebody of team wages who does it outside their hours: Thu 2026-12-03 00:00" in output


def test_an_exception_that_a_move_leaves_behind_refuses_no_window(folder: Path) -> None:
    (folder / "organization/calendars/closing.yaml").write_text(
        (FREEZE % "2026-12-03").replace("2026-12-03,", "2026-12-01,")
    )
    leave = (
        "window: {start: 2026-12-03T08:00+01:00, end: 2026-12-03T10:00+01:00}\n"
        "exceptions: [{freeze: closing, reason: R, risk_of_waiting: W, risk_of_doing: D, granted_by: role:m}]\n"
    )
    (folder / CHANGE).write_text(UPGRADE + leave)
    assert "Fri 2026-12-04 08:00 to 10:00" in run(folder, "2026-12-01-upgrade", "--count", "1")[1]


def test_a_watch_that_must_end_in_hours_moves_the_window(found: Found) -> None:
    """Watched for sixteen hours by a team that is there for ten: it ends on the next morning."""
    dated = (
        "window: {start: 2026-12-10T08:00+01:00, end: 2026-12-10T10:00+01:00}\n"
        "watch: {until: 2026-12-11T02:00+01:00}\n"
    )
    repository, change = found(**{CHANGE: UPGRADE + dated})
    assert starts(repository, change, 1) == [at("2026-12-03T14:05")]
