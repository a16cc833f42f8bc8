"""Who is on duty, as data for the browser: the same hours that the command line tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from gitsm.on_duty import hours_of_team
from gitsm.repository import Repository
from gitsm.site.build import files, site_of
from gitsm.site.duty import AHEAD, hours_ahead

Make = Callable[..., Repository]
HOURS = "organization/calendars/{}.yaml"
TEAM = "organization/teams/{}.yaml"
NOW = datetime.fromisoformat("2026-03-20T10:00+01:00")


def calendar(hours: str, zone: str = "Europe/Vienna", more: str = "") -> str:
    week = "[mon, tue, wed, thu, fri, sat, sun]"
    return f"name: X\ntype: service_hours\ntimezone: {zone}\nweekly:\n  - {{days: {week}, hours: {hours}}}\n{more}"


def team(hours: str) -> str:
    return f"name: X\nhours: {hours}\n"


def repository(make: Make, calendars: Mapping[str, str], now: datetime = NOW) -> Repository:
    records = {HOURS.format(id): text for id, text in calendars.items()}
    teams = {TEAM.format(f"team-{id}"): team(id) for id in calendars}
    return make({**records, **teams}, now)


def stretches(found: dict[str, object], id: str) -> list[tuple[int, int]]:
    """The hours of a calendar as a browser reads them."""
    hours = found["hours"]
    assert isinstance(hours, dict)
    at, on = found["from"], hours[id]["on"]
    assert isinstance(at, int)
    read = []
    for gap, length in zip(on[::2], on[1::2], strict=True):
        read.append((at + gap, at + gap + length))
        at += gap + length
    return read


CALENDARS = {
    "office": calendar("08:00-17:00", more="holidays: {country: AT}\n"),
    "night": calendar("22:00-06:00"),
    "far": calendar("09:00-17:30", "Australia/Lord_Howe"),
    "always": calendar("00:00-24:00"),
}


@pytest.mark.parametrize("id", sorted(CALENDARS))
@pytest.mark.parametrize("now", [NOW, datetime.fromisoformat("2026-09-28T23:59+02:00")])
def test_the_data_say_the_same_as_the_command_line_across_both_changes_of_the_clocks(
    id: str, now: datetime, repository_of: Make
) -> None:
    made = repository(repository_of, CALENDARS, now)
    found = hours_ahead(made)
    hours, read = hours_of_team(made, f"team-{id}"), stretches(found, id)
    assert hours is not None
    moment = now.astimezone(UTC)
    while moment < now + AHEAD:
        minute = int(moment.timestamp()) // 60
        told = any(start <= minute < end for start, end in read)
        assert told is hours.is_open(moment), moment
        moment += timedelta(hours=1, minutes=47)


def test_hours_are_told_from_a_day_before_the_site_was_made_to_ninety_days_after_it(
    repository_of: Make,
) -> None:
    found = hours_ahead(repository(repository_of, CALENDARS))
    minute = int(NOW.timestamp()) // 60
    assert (found["from"], found["to"]) == (minute - 1440, minute + 90 * 1440)
    assert stretches(found, "always") == [(minute - 1440, minute + 90 * 1440)]


@pytest.mark.parametrize(
    "text",
    [
        calendar("08:00-17:00", more="holidays: {country: XX}\n"),
        "name: X\ntype: service_hours\ntimezone: Europe/Vienna\n",
        "name: [\n",
    ],
    ids=["a country that nobody knows", "says no hours", "can't be read"],
)
def test_hours_that_nobody_knows_are_not_in_the_data(text: str, repository_of: Make) -> None:
    assert hours_ahead(repository(repository_of, {"broken": text}))["hours"] == {}


def test_a_calendar_that_no_team_has_is_not_in_the_data(repository_of: Make) -> None:
    made = repository_of({HOURS.format("office"): CALENDARS["office"]}, NOW)
    assert hours_ahead(made)["hours"] == {}


def test_the_data_are_a_script_that_gives_one_name_its_value(repository_of: Make) -> None:
    made = repository(repository_of, CALENDARS)
    script = files(site_of(made))["assets/gitsm/duty.js"].decode()
    name, _, value = script.removesuffix(";\n").partition("=")
    assert name == "window.gitsmDuty"
    assert json.loads(value) == hours_ahead(made)
    assert files(site_of(repository(repository_of, CALENDARS)))["assets/gitsm/duty.js"].decode() == script
