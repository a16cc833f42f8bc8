"""How the calendar is shown: on a terminal, narrow and wide, and to programs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from click import unstyle
from click.testing import CliRunner

from gitsm.calendar import between, planned
from gitsm.calendar_views import Shown, names, render
from gitsm.calendar_views.json import SCHEMA, as_data
from gitsm.cli import main
from gitsm.repository import Repository
from gitsm.terminal import cells

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
FREEZE = """\
name: Year-end freeze
type: freeze
freeze: hard
timezone: Europe/Vienna
dates: [{from: 2026-12-18, to: 2027-01-03}]
"""
NIGHTS = """\
name: Patch nights
type: maintenance
timezone: Europe/Vienna
recurrence: {every: week, weekdays: [wed], starts: "22:00", takes: 4 h}
scope: {services: [shop]}
"""
CHANGE = """\
title: %s
type: normal
services: [shop]
outage: none
plan: x
rollback: y
window: {start: %s, end: %s}
"""
FILES = {
    "organization/policy.yaml": "timezone: Europe/Vienna\n",
    "organization/teams/ops.yaml": "name: Operations\n",
    "services/shop/service.yaml": "name: Shop\nowner: ops\nlifecycle: live\ntier: 1\n",
    "organization/calendars/year-end.yaml": FREEZE,
    "organization/calendars/patch-nights.yaml": NIGHTS,
    "changes/2026/2026-11-01-a.yaml": CHANGE
    % ("Renew the certificate", "2026-11-18T22:00+01:00", "2026-11-18T23:00+01:00"),
    "changes/2026/2026-11-02-b.yaml": CHANGE
    % ("Move the shop", "2026-12-23T22:30+01:00", "2026-12-23T23:30+01:00"),
}
VIEWS = ("table", "month", "timeline")
Show = Callable[..., Shown]


@pytest.fixture
def show(repository_of: Callable[..., Repository]) -> Show:
    def make(files: dict[str, str] = FILES, days: int = 60) -> Shown:
        repository = repository_of(files, NOW)
        end = NOW + timedelta(days=days)
        return Shown(repository, NOW, end, between(planned(repository), NOW, end), days)

    return make


def lines_of(view: str, shown: Shown, width: int = 80) -> list[str]:
    return list(render(view, shown, width=width))


def test_the_table_has_a_line_for_what_comes_back(show: Show) -> None:
    lines = lines_of("table", show(), 120)
    assert [re.sub(r"(?<=\S) {2,}", "|", line) for line in lines] == [
        "from|to|what|title|services",
        "Wed 2026-11-18 22:00|23:00|change|Renew the certificate|shop",
        "Wed 2026-11-18 22:00|Thu 2026-11-19 02:00|maintenance|Patch nights ×9|shop",
        "Fri 2026-12-18 00:00|Mon 2027-01-04 00:00|hard freeze|Year-end freeze|all services",
        "Wed 2026-12-23 22:30|23:30|change !|Move the shop|shop",
        "",
        "1 conflict:",
        f"  {show().conflicts[0].severity}: {show().conflicts[0].message}",
        "",
        "times in Europe/Vienna, as of Mon 2026-11-16 09:00",
    ]


def test_the_headings_are_whole_above_short_titles(show: Show) -> None:
    path = "changes/2026/2026-11-01-a.yaml"
    work = CHANGE % ("A", "2026-11-18T22:00+01:00", "2026-11-18T23:00+01:00")
    files = {path: text for path, text in FILES.items() if path.startswith(("services", "organization/te"))}
    assert lines_of("table", show({**files, path: work}), 120)[0].split() == [
        *("from", "to", "what", "title", "services")
    ]


def test_a_narrow_terminal_gets_a_list(show: Show) -> None:
    lines = lines_of("table", show(), 60)
    assert lines[2:4] == [
        "Wed 2026-11-18 22:00 - Thu 2026-11-19 02:00  maintenance",
        "  Patch nights, 9 times until Wed 2027-01-13 (shop)",
    ]


def test_the_month_marks_days_and_says_what_the_marks_are(show: Show) -> None:
    lines = lines_of("month", show(), 60)
    assert lines[0] == "November 2026"
    assert "16*     17      18 CM   19 M    20      21      22" in lines
    assert "21 F    22 F    23 !FM  24 FM   25 F    26 F    27 F" in lines
    assert "C Wed 18 22:00–23:00 Renew the certificate (shop)" in lines
    assert "F Fri 18 00:00 – Mon 4 Jan 00:00 Year-end freeze (all" in lines
    assert "! Wed 23 22:30–23:30 Move the shop (shop)" in lines
    assert "! change with a conflict" in "\n".join(lines)


def test_the_month_has_its_legend_beside_it_where_there_is_room(show: Show) -> None:
    first = lines_of("month", show(), 120)[1]
    assert first.startswith("Mon     Tue")
    assert first.endswith("C Wed 18 22:00–23:00 Renew the certificate (shop)")


def test_days_in_a_row_are_told_as_one_stretch(show: Show) -> None:
    daily = NIGHTS.replace("every: week, weekdays: [wed]", "every: week, weekdays: [mon, tue, wed]").replace(
        "4 h", "1 h"
    )
    lines = lines_of("month", show({**FILES, "organization/calendars/patch-nights.yaml": daily}), 120)
    assert any("M 16–18, 23–25, 30 22:00–23:00 Patch nights (shop)" in line for line in lines)


def test_the_timeline_has_a_bar_for_each_time(show: Show) -> None:
    lines = lines_of("timeline", show(days=14), 78)
    row = {line.split("  ")[0].strip(): line for line in lines}
    bars = row["Patch nights"].removeprefix("Patch nights").strip()
    assert re.fullmatch("▁+ +▁+", bars)
    assert "a column is 8 h" in "\n".join(lines)
    assert "11-18 Renew the certificate" in row
    where = row["11-18 Renew the certificate"].index("█")
    assert lines[1][where - 2 : where].strip() == "18"


def test_a_change_in_trouble_is_marked_in_the_timeline(show: Show) -> None:
    (line,) = (line for line in lines_of("timeline", show()) if "Move the shop" in line)
    assert line.endswith("!")


@pytest.mark.parametrize("days", [1, 2, 5, 14, 45, 90, 400, 3650])
@pytest.mark.parametrize("width", [30, 60, 80, 120, 200])
@pytest.mark.parametrize("view", VIEWS)
def test_no_line_is_wider_than_the_terminal(view: str, width: int, days: int, show: Show) -> None:
    shown = show(days=days)
    for line in lines_of(view, shown, width):
        assert cells(line) <= max(width, 60), line


@pytest.mark.parametrize("width", [60, 120])
@pytest.mark.parametrize("view", VIEWS)
def test_colour_changes_nothing_but_the_colour(view: str, width: int, show: Show) -> None:
    plain = lines_of(view, show(), width)
    coloured = list(render(view, show(), colour=True, width=width))
    assert [unstyle(line).rstrip() for line in coloured] == plain
    assert any("\x1b[" in line for line in coloured)


@pytest.mark.parametrize("view", [*VIEWS, "json", "markdown"])
def test_nothing_planned_is_said(view: str, show: Show) -> None:
    text = "\n".join(lines_of(view, show({"organization/policy.yaml": "timezone: UTC\n"})))
    assert ("nothing is planned in the next 60 days" in text) == (view != "json")


@pytest.mark.parametrize("view", [*VIEWS, "json", "markdown"])
def test_the_words_of_a_record_do_no_harm(view: str, show: Show) -> None:
    evil = CHANGE % (
        r'"<b>|x|</b> @team ##[error] #12"',
        "2026-12-20T22:00+01:00",
        "2026-12-20T23:00+01:00",
    )
    shown = show({**FILES, "changes/2026/2026-11-03-c.yaml": evil})
    text = "\n".join(lines_of(view, shown, 200))
    assert "Renew" in text
    if view == "markdown":
        assert "`<b>\\x7cx\\x7c</b> @team #\\x23[error] #12" in text
        (row,) = (line for line in text.splitlines() if "@team" in line and line.startswith("|"))
        assert row.count("|") == 6
    if view == "json":
        assert "##[" not in text


def test_json_fits_its_schema_and_says_the_same(show: Show) -> None:
    shown = show()
    data = json.loads("\n".join(lines_of("json", shown)))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data == as_data(shown)
    assert [item["title"] for item in data["planned"] if item["what"] == "change"] == [
        "Renew the certificate",
        "Move the shop",
    ]
    (conflict,) = data["conflicts"]
    assert (conflict["change"], conflict["kind"]) == ("2026-11-02-b", "freeze")
    assert conflict["overlap"] == {"start": "2026-12-23T21:30:00Z", "end": "2026-12-23T22:30:00Z"}


LEAVE = """\
exceptions:
  - freeze: year-end
    reason: It can't wait | until <b>January</b>.
    risk_of_waiting: Much.
    risk_of_doing: Little.
    granted_by: role:manager
"""


@pytest.fixture
def by_leave() -> dict[str, str]:
    path = "changes/2026/2026-11-02-b.yaml"
    roles = "timezone: Europe/Vienna\nroles: [{name: manager}]\n"
    return {**FILES, "organization/policy.yaml": roles, path: FILES[path] + LEAVE}


@pytest.mark.parametrize("width", [60, 120])
@pytest.mark.parametrize("view", VIEWS)
def test_who_lies_in_a_freeze_by_leave_is_told(
    view: str, width: int, show: Show, by_leave: dict[str, str]
) -> None:
    lines = lines_of(view, show(by_leave), width)
    text = " ".join(" ".join(lines).split())
    assert (
        "1 exception from a freeze: change 2026-11-02-b lies in the hard freeze year-end by leave of" in text
    )
    assert "role:manager: It can't wait | until <b>January</b>" in text
    assert "conflict" not in text
    assert all(cells(line) <= width for line in lines)


def test_exceptions_are_told_to_programs_and_pages(show: Show, by_leave: dict[str, str]) -> None:
    shown = show(by_leave)
    data = as_data(shown)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    (one,) = data["exceptions"]
    assert (one["change"], one["freeze"]["id"], one["granted_by"]) == (
        "2026-11-02-b",
        "year-end",
        "role:manager",
    )
    text = "\n".join(lines_of("markdown", shown))
    assert "**Exceptions from freezes**" in text
    assert "It can't wait `|` until `<b>January</b>`" in text


def test_no_exception_is_told_of_a_change_that_is_closed(show: Show, by_leave: dict[str, str]) -> None:
    path = "changes/2026/2026-11-02-b.yaml"
    closed = {**by_leave, path: by_leave[path] + "closure: {code: canceled}\n"}
    assert show(closed).exceptions == []


def test_the_published_schema_is_the_one_that_holds() -> None:
    published = Path(__file__).parent.parent / "docs" / "calendar.schema.json"
    if os.environ.get("GITSM_REWRITE"):
        published.write_text(json.dumps(SCHEMA, indent=2) + "\n", encoding="utf-8")
    assert json.loads(published.read_text(encoding="utf-8")) == SCHEMA


def test_the_views_are_there() -> None:
    assert {*VIEWS, "json", "markdown"} == set(names())


# --- the command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {**FILES, "gitsm.toml": "as_of = 2026-11-16T09:00:00+01:00\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def printed(folder: Path, *words: str) -> str:
    result = CliRunner(env={"COLUMNS": "90"}).invoke(main, ["calendar", "--repo", str(folder), *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("options", "there", "missing"),
    [
        (("--service", "shop"), "Patch nights", "nothing"),
        (("--team", "ops"), "Move the shop", "nothing"),
        (("--calendar", "year-end"), "Year-end freeze", "Move the shop"),
        (("--service", "shop", "--calendar", "patch-nights"), "Patch nights", "Year-end freeze"),
        (("--days", "3"), "Renew the certificate", "Move the shop"),
    ],
)
@pytest.mark.parametrize("view", VIEWS)
def test_a_part_of_the_calendar(
    options: tuple[str, ...], there: str, missing: str, view: str, folder: Path
) -> None:
    text = " ".join(printed(folder, "--view", view, *options).split())
    if "--days" in options and view == "month":
        return  # which shows whole months
    assert there in text
    assert missing not in text


def test_the_month_shows_whole_months(folder: Path) -> None:
    lines = printed(folder, "--view", "month", "--days", "3").splitlines()
    assert " 2       3       4 M     5 M     6       7       8" in "\n".join(lines)


def test_everything_reaches_into_the_past(folder: Path) -> None:
    data = json.loads(printed(folder, "--all", "--format", "json"))
    assert data["from"] is None
    assert min(item["start"] for item in data["planned"]).startswith("2025-11")
    assert "Patch nights" in printed(folder, "--all", "--view", "month")
    assert "Patch nights" in printed(folder, "--all", "--view", "timeline")


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_under_way_past_its_window_is_shown(view: str, folder: Path) -> None:
    late = CHANGE % ("Rebuild the index", "2026-11-15T20:00+01:00", "2026-11-15T22:00+01:00")
    begun = late + "actual: {start: 2026-11-15T20:10+01:00%s}\n"
    path = folder / "changes/2026/2026-11-03-c.yaml"
    path.write_text(begun % "", encoding="utf-8")
    other = CHANGE % ("Look at it", "2026-11-16T08:30+01:00", "2026-11-16T10:00+01:00")
    (folder / "changes/2026/2026-11-04-d.yaml").write_text(other, encoding="utf-8")
    text = " ".join(printed(folder, "--view", view).split())
    assert "Rebuild the index" in text or view == "month"
    assert "both work on shop for 30 min; 2026-11-03-c is still under way" in text
    path.write_text(begun % ", end: 2026-11-16T08:45+01:00", encoding="utf-8")
    assert "Rebuild the index" not in printed(folder, "--view", view) or view == "month"
