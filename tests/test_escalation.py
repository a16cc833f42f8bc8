"""Who is called for a service, and who of them is there: `gitsm escalation`."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.on_duty import (
    Called,
    Escalation,
    Presence,
    duty_at,
    duty_table,
    escalation_at,
    fits,
    hours_of_team,
)
from gitsm.records.service import Service
from gitsm.records.team import Contact, Team
from gitsm.repository import Repository

FILES = {
    "organization/policy.yaml": "timezone: Europe/Vienna\n",
    "organization/calendars/office.yaml": (
        "name: Office\ntype: service_hours\ntimezone: Europe/Vienna\n"
        "weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}]\nholidays: {plus: [2026-12-08]}\n"
    ),
    "organization/calendars/night.yaml": (
        "name: Night\ntype: service_hours\ntimezone: Europe/Vienna\n"
        "weekly: [{days: [mon, tue, wed, thu, fri], hours: 17:00-08:00}]\n"
    ),
    "organization/calendars/tokyo.yaml": (
        "name: Tokyo\ntype: service_hours\ntimezone: Asia/Tokyo\n"
        "weekly: [{days: [mon, tue, wed, thu, fri], hours: 09:00-18:00}]\n"
    ),
    "organization/calendars/always.yaml": (
        "name: Always\ntype: service_hours\ntimezone: Europe/Vienna\n"
        "weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]\n"
    ),
    "organization/teams/shop.yaml": (
        "name: Shop\nhours: office\ncontacts:\n"
        "  - {channel: email, value: shop@example.com, when: In office hours}\n"
        "  - {channel: pager, value: shop-oncall, when: Outside office hours}\n"
        "  - {channel: chat, value: '#shop'}\n"
        "escalation: [{team: night, after: 15 min}, {team: silent, after: 1 h}]\n"
    ),
    "organization/teams/night.yaml": "name: Night\nhours: night\n",
    "organization/teams/tokyo.yaml": "name: Tokyo\nhours: tokyo\n",
    "organization/teams/always.yaml": "name: Always\nhours: always\n",
    "organization/teams/silent.yaml": "name: Silent\n",
    "services/shop/service.yaml": "name: Shop\nowner: shop\nlifecycle: live\n",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def path(*steps: str) -> dict[str, str]:
    """The shop with a path of its own, each step `team, after`."""
    listed = ", ".join(
        f"{{team: {team}, after: {after}}}" for team, after in (step.split(", ") for step in steps)
    )
    return {"services/shop/service.yaml": FILES["services/shop/service.yaml"] + f"escalation: [{listed}]\n"}


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[..., Escalation]:
    def find(moment: str, files: dict[str, str] | None = None) -> Escalation:
        repository = repository_of({**FILES, **(files or {})})
        service = repository.get(Service, "shop")
        assert service is not None
        return escalation_at(repository, service, at(moment))

    return find


def told(found: Escalation) -> list[object]:
    """Who is first and until when, who comes next and when, and who takes over."""
    first, following, successor = found.first, found.following, found.successor
    return [
        first and first.team,
        first and first.now.until,
        following and (following.team, following.at),
        successor and successor.team,
    ]


@pytest.mark.parametrize(
    ("moment", "files", "expected"),
    [
        # A Wednesday morning: the owner, until five; then the night shift takes over.
        (
            "2026-12-02T09:00+01:00", {},
            ["shop", "2026-12-02T17:00+01:00", ("night", "2026-12-02T09:15+01:00"), "night"],
        ),
        # At the very moment at which one ends and the other begins.
        (
            "2026-12-02T17:00+01:00", {},
            ["night", "2026-12-03T08:00+01:00", ("silent", "2026-12-02T18:00+01:00"), "shop"],
        ),
        # Friday's night ends on Saturday at eight; nobody is known to be there then.
        ("2026-12-04T20:00+01:00", {}, ["night", "2026-12-05T08:00+01:00", ("silent", "2026-12-04T21:00+01:00"), None]),
        # Saturday: nobody is known to be on duty.
        ("2026-12-05T12:00+01:00", {}, [None, None, None, None]),
        # A holiday of the owner's alone.
        ("2026-12-08T12:00+01:00", {}, [None, None, None, None]),
        # Its own path counts and not the owner's; around the clock has no end.
        ("2026-12-05T12:00+01:00", path("shop, 0 min", "always, 5 min"), ["always", None, None, None]),
        (
            "2026-12-02T09:00+01:00", path("shop, 0 min", "always, 5 min"),
            ["shop", "2026-12-02T17:00+01:00", ("always", "2026-12-02T09:05+01:00"), "always"],
        ),
        # Elsewhere the day has begun: one o'clock in Vienna is nine in Tokyo.
        (
            "2026-12-02T02:00+01:00", path("shop, 0 min", "tokyo, 5 min"),
            ["tokyo", "2026-12-02T10:00+01:00", None, "shop"],
        ),
        # Business hours run in the hours in which the service is supported, its owner's here.
        (
            "2026-12-02T16:30+01:00", path("shop, 0 min", "always, 1 business hours"),
            ["shop", "2026-12-02T17:00+01:00", ("always", "2026-12-03T08:30+01:00"), "always"],
        ),
        # The night on which clocks go back is an hour longer.
        (
            "2026-10-24T22:00+02:00", path("always, 0 min", "shop, 6 h"),
            ["always", None, ("shop", "2026-10-25T03:00+01:00"), None],
        ),
    ],
)  # fmt: skip
def test_who_is_called(
    found: Callable[..., Escalation], moment: str, files: dict[str, str], expected: list[object]
) -> None:
    first, until, following, successor = expected
    assert told(found(moment, files)) == [
        first,
        at(str(until)) if until else None,
        (following[0], at(following[1])) if isinstance(following, tuple) else None,
        successor,
    ]


def test_a_team_without_hours_is_never_on_duty(found: Callable[..., Escalation]) -> None:
    escalation = found("2026-12-05T12:00+01:00")
    assert [step.now.presence for step in escalation.steps] == ["off duty", "off duty", "hours unknown"]
    assert not escalation.is_known
    assert escalation.steps[0].now.back == at("2026-12-07T08:00+01:00")
    assert escalation.steps[1].now.back == at("2026-12-07T17:00+01:00")


@pytest.mark.parametrize(
    "files",
    [
        {"organization/teams/silent.yaml": "name: Silent\nhours: nowhere\n"},
        {"organization/teams/silent.yaml": "name: [\n"},
        {
            "organization/teams/silent.yaml": "name: Silent\nhours: odd\n",
            "organization/calendars/odd.yaml": (
                "name: Odd\ntype: service_hours\ntimezone: UTC\nholidays: {country: ZZ}\n"
                "weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}]\n"
            ),
        },
        {
            "organization/teams/silent.yaml": "name: Silent\nhours: empty\n",
            "organization/calendars/empty.yaml": (
                "name: Empty\ntype: holidays\ntimezone: UTC\nholidays: {plus: [2026-12-08]}\n"
            ),
        },
    ],
)  # fmt: skip
def test_hours_that_cant_be_known_are_unknown(
    found: Callable[..., Escalation], files: dict[str, str]
) -> None:
    steps = found("2026-12-02T09:00+01:00", files).steps
    assert steps[2].now.presence is Presence.UNKNOWN


def test_the_owner_is_called_before_its_own_path_begins(found: Callable[..., Escalation]) -> None:
    assert [step.team for step in found("2026-12-02T09:00+01:00").steps] == ["shop", "night", "silent"]
    # A path that begins with its owner names it once.
    own = FILES["organization/teams/shop.yaml"].replace(
        "escalation: [", "escalation: [{team: shop, after: 0 min}, "
    )
    steps = found("2026-12-02T09:00+01:00", {"organization/teams/shop.yaml": own}).steps
    assert [step.team for step in steps] == ["shop", "night", "silent"]


def test_an_owner_that_cant_be_read_leaves_no_path(found: Callable[..., Escalation]) -> None:
    escalation = found("2026-12-02T09:00+01:00", {"organization/teams/shop.yaml": "name: [\n"})
    assert (escalation.path, escalation.steps, escalation.is_known) == (None, (), False)


@given(st.integers(0, 60 * 24 * 30), st.sampled_from(["shop", "night", "tokyo", "always"]))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_duty_ends_and_comes_back_where_it_says(
    repository_of: Callable[..., Repository], minutes: int, team: str
) -> None:
    """Until its end a team is on duty at every moment, and at its end no more; and so for its return."""
    hours = hours_of_team(repository_of(FILES), team)
    assert hours is not None
    moment = at("2026-11-20T00:00+01:00") + timedelta(minutes=minutes)
    duty = duty_at(hours, moment)
    assert (duty.presence is Presence.ON) == hours.is_open(moment)
    if duty.presence is Presence.ON:
        assert duty.until is None or not hours.is_open(duty.until)
        end = duty.until or moment + timedelta(days=3)
        assert hours.minutes(moment, end) == (end - moment).total_seconds() / 60
    else:
        assert duty.back is not None
        assert hours.is_open(duty.back)
        assert hours.minutes(moment, duty.back) == 0


@pytest.mark.parametrize(
    ("when", "on", "off"),
    [
        (None, True, True),
        ("P1 and P2", True, True),
        ("P1 and P2, at any hour", True, True),
        ("Always", True, True),
        ("In payroll hours", True, True),  # whose hours these are, the words don't say
        ("In office hours", True, False),
        ("During working hours", True, False),
        ("Outside office hours", False, True),
        ("Out of hours", False, True),
        ("At night", False, True),
        ("Off duty, or in office hours after the third ring", True, True),
        ("On pay days from 05:00", True, True),
    ],
)
def test_which_contacts_fit_now(when: str | None, on: bool, off: bool) -> None:
    contact = Contact(channel="phone", value="1", when=when) if when else Contact(channel="phone", value="1")
    assert (fits(contact, Presence.ON), fits(contact, Presence.OFF)) == (on, off)
    assert fits(contact, Presence.UNKNOWN)


NOON, NIGHT = "2026-12-02T12:00", "2026-12-02T03:00"
EVENING, SATURDAY = "2026-12-02T19:00", "2026-12-05T12:00"


@pytest.mark.parametrize(
    ("when", "presence", "local", "expected"),
    [
        # The night is a matter of clocks, and not of whether the team is there.
        ("At night", "hours unknown", NOON, False),
        ("At night", "off duty", NOON, False),
        ("At night", "on duty", NIGHT, True),
        ("Nights only", "hours unknown", NIGHT, True),
        ("At night", "on duty", EVENING, True),  # some call it night
        ("During the day", "on duty", NIGHT, False),
        ("During the day", "hours unknown", NOON, True),
        ("Day and night", "on duty", NIGHT, True),
        ("On weekends", "off duty", NOON, False),
        ("On weekends", "off duty", SATURDAY, True),
        ("At night and on weekends", "hours unknown", SATURDAY, True),
        # Whoever is there around the clock, or whenever, has office hours all the same.
        ("In office hours", "on duty", NIGHT, False),
        ("In office hours", "on duty", NOON, True),
        ("In office hours", "hours unknown", NIGHT, False),
        ("Outside office hours", "on duty", NIGHT, True),
        ("Outside office hours", "on duty", NOON, False),
        ("Outside office hours", "hours unknown", SATURDAY, True),
        ("In office hours", "on duty", SATURDAY, True),  # a desk that opens on Saturdays
        ("In office hours", "off duty", NOON, False),  # a holiday
        # What the words turn round is left to the reader, and so is what they don't say.
        ("Not at night", "on duty", NIGHT, True),
        ("P1", "off duty", NIGHT, True),
        # The team's own hours by their name.
        ("In payroll hours", "off duty", NOON, False),
        ("In payroll hours", "on duty", NOON, True),
        ("Outside payroll hours", "on duty", NOON, False),
        ("In payrolls hours", "off duty", NOON, True),
    ],
)
def test_which_contacts_fit_by_the_clocks_of_the_team(
    when: str, presence: str, local: str, expected: bool
) -> None:
    contact = Contact(channel="phone", value="1", when=when)
    found = fits(contact, Presence(presence), datetime.fromisoformat(local), ["payroll hours"])
    assert found is expected


def test_each_step_is_judged_at_the_time_when_it_is_called(found: Callable[..., Escalation]) -> None:
    """At half past four the shop is there; when it is called, an hour later, it has gone home."""
    team = FILES["organization/teams/shop.yaml"].partition("escalation")[0]
    files = {**path("night, 0 min", "shop, 1 h"), "organization/teams/shop.yaml": team}
    step = found("2026-12-02T16:30+01:00", files).steps[1]
    assert (step.now.presence, step.then.presence) == ("on duty", "off duty")
    assert record_of(step).contacts[0].when == "In office hours"
    assert [step.fits(contact) for contact in record_of(step).contacts] == [False, True, True]


def record_of(step: Called) -> Team:
    assert step.record is not None
    return step.record.fields


@pytest.mark.parametrize(
    ("moment", "files", "following", "there"),
    [
        # The next one is not there when called, and the one after it is.
        (
            "2026-12-02T09:00+01:00",
            path("shop, 0 min", "night, 15 min", "always, 1 h"),
            ("night", "2026-12-02T09:15+01:00"),
            ("always", "2026-12-02T10:00+01:00"),
        ),
        # Nobody is there at seven, and when the second step comes, the shop has opened.
        (
            "2026-12-07T07:00+01:00",
            path("tokyo, 0 min", "shop, 2 h"),
            ("shop", "2026-12-07T09:00+01:00"),
            None,
        ),
        ("2026-12-05T12:00+01:00", path("shop, 0 min", "night, 30 min"), None, None),
    ],
)
def test_who_comes_next_and_when(
    found: Callable[..., Escalation],
    moment: str,
    files: dict[str, str],
    following: tuple[str, str] | None,
    there: tuple[str, str] | None,
) -> None:
    escalation = found(moment, files)
    next_one, next_there = escalation.following, escalation.next_there
    assert (next_one and (next_one.team, next_one.at)) == (following and (following[0], at(following[1])))
    if there is not None:
        assert next_there is not None
        assert (next_there.team, next_there.at) == (there[0], at(there[1]))


# --- for whoever asks later


@pytest.mark.parametrize("team", ["shop", "night", "tokyo", "always", "odd", "silent", "nobody"])
@pytest.mark.parametrize("start", ["2026-10-24T21:07+02:00", "2026-12-07T00:00+01:00", "2027-03-27T10:00Z"])
def test_a_table_of_duty_says_of_each_minute_what_the_hours_say(
    repository_of: Callable[..., Repository], team: str, start: str
) -> None:
    files = {
        **FILES,
        "organization/calendars/odd.yaml": (
            "name: Odd\ntype: service_hours\ntimezone: Australia/Lord_Howe\n"
            "weekly: [{days: [mon, wed, sat], hours: 22:00-02:30}, {days: [mon], hours: 08:00-09:00},"
            " {days: [mon], hours: 08:30-10:00}]\n"
            "exceptions: [{on: 2026-12-07, hours: [01:00-02:00]}, {on: 2026-12-08, hours: []}]\n"
        ),
        "organization/teams/odd.yaml": "name: Odd\nhours: odd\n",
    }
    repository = repository_of(files)
    begin = at(start)
    table = json.loads(json.dumps(duty_table(repository, team, begin, 4)))
    first = int(begin.timestamp()) // 60
    assert (table["start"], table["to"]) == (first, first + 4 * 24 * 60)
    hours = hours_of_team(repository, team)
    if team in ("silent", "nobody", "always"):
        assert table["duty"] == ("always" if team == "always" else None)
        return
    assert hours is not None
    expected = [
        hours.is_open(datetime.fromtimestamp(minute * 60, UTC)) for minute in range(first, table["to"])
    ]
    told = [
        any(one <= minute < other for one, other in table["duty"]) for minute in range(first, table["to"])
    ]
    assert told == expected
    # In order, none of which touch.
    edges = [edge for stretch in table["duty"] for edge in stretch]
    assert all(one < other for one, other in itertools.pairwise(edges))


def test_a_table_of_duty_stays_short(repository_of: Callable[..., Repository]) -> None:
    minutes = ", ".join(
        f"{minute // 60:02}:{minute % 60:02}-{minute // 60:02}:{minute % 60 + 1:02}"
        for minute in range(0, 1440, 20)
    )
    days = "mon, tue, wed, thu, fri, sat, sun"
    weekly = ", ".join(f"{{days: [{days}], hours: {hours}}}" for hours in minutes.split(", "))
    calendar = f"name: Blink\ntype: service_hours\ntimezone: UTC\nweekly: [{weekly}]\n"
    repository = repository_of({**FILES, "organization/calendars/night.yaml": calendar})
    table = duty_table(repository, "night", at("2026-12-02T00:00Z"), 100_000)
    assert isinstance(table["duty"], list)
    assert len(table["duty"]) == 1000
    # It ends where its knowledge does: just before the stretch that has no more room.
    assert table["to"] - table["start"] == 1000 // 72 * 1440 + 1000 % 72 * 20
    table = duty_table(repository, "shop", at("2026-12-02T00:00Z"), 100_000)
    assert table["to"] - table["start"] == 400 * 1440


def test_a_table_of_hours_that_end_is_not_endless(repository_of: Callable[..., Repository]) -> None:
    """Whoever is there on each of the days that are asked for may still stop after them."""
    calendar = (
        "name: Project\ntype: service_hours\ntimezone: UTC\n"
        "dates: [{from: 2026-11-01T00:00Z, to: 2027-01-01T00:00:30Z}]\n"
    )
    repository = repository_of({**FILES, "organization/calendars/night.yaml": calendar})
    start = at("2026-12-02T00:00Z")
    table = duty_table(repository, "night", start, 7)
    assert table["duty"] == [(table["start"], table["to"])]
    holidays = calendar.replace("dates", "holidays: {country: ZZ}\ndates")
    repository = repository_of({**FILES, "organization/calendars/night.yaml": holidays})
    assert duty_table(repository, "night", start, 7)["duty"] in (None, [(table["start"], table["to"])])


# --- on the command line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {**FILES, "gitsm.toml": "as_of = 2026-12-02T09:00:00+01:00\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str, width: int = 100) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": str(width), "NO_COLOR": "1"}).invoke(
        main, ["escalation", *words, "--repo", str(folder)], catch_exceptions=False
    )
    return result.exit_code, result.output


def test_it_is_told_in_words(folder: Path) -> None:
    code, output = run(folder, "shop")
    assert code == 0
    assert output.splitlines() == [
        "service shop, Wed 2026-12-02 09:00 (Europe/Vienna)",
        "the escalation path of its owner shop",
        "",
        "on duty now: shop, until Wed 2026-12-02 17:00",
        "next: night, after 15 min, Wed 2026-12-02 09:15: off duty then, back Wed 2026-12-02 17:00",
        "next who is there: nobody who is known to be on duty when called",
        "takes over Wed 2026-12-02 17:00: night",
        "",
        "1. shop, at once: on duty until Wed 2026-12-02 17:00",
        "   hours: office, Mon–Fri 08:00–17:00 (Europe/Vienna)",
        "   email shop@example.com (In office hours)",
        "   chat #shop",
        "   pager shop-oncall (Outside office hours), not now",
        "",
        "2. night, after 15 min, Wed 2026-12-02 09:15: off duty then, back Wed 2026-12-02 17:00",
        "   hours: night, Mon–Fri 17:00–08:00 (Europe/Vienna)",
        "   no contact is recorded",
        "",
        "3. silent, after 1 h, Wed 2026-12-02 10:00: hours unknown",
        "   hours: not recorded",
        "   no contact is recorded",
    ]


@pytest.mark.parametrize("option", ["--at", "--as-of"])
def test_an_instant_may_be_given_either_way(folder: Path, option: str) -> None:
    code, output = run(folder, "shop", option, "2026-12-05T12:00+01:00")
    assert code == 0
    assert "on duty now: unknown" in output
    assert "first back: shop, Mon 2026-12-07 08:00" in output
    data = json.loads(run(folder, "shop", option, "2026-12-05T12:00+01:00", "--format", "json")[1])
    assert data["first_back"] == {"team": "shop", "at": "2026-12-07T07:00:00+00:00"}


def test_a_revision_may_be_given_too(folder: Path) -> None:
    who = ("-c", "user.name=shop", "-c", "user.email=shop@example.com")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    (folder / "services/shop/service.yaml").write_text("name: [\n")
    assert run(folder, "shop")[0] == 2
    code, output = run(folder, "shop", "--at", "HEAD", "--as-of", "2026-12-02T09:00+01:00")
    assert (code, "on duty now: shop" in output) == (0, True)


@pytest.mark.parametrize("width", [60, 120])
def test_it_fits_the_terminal(folder: Path, width: int) -> None:
    assert max(map(len, run(folder, "shop", width=width)[1].splitlines())) <= width


def test_the_same_as_data(folder: Path) -> None:
    code, output = run(folder, "shop", "--format", "json")
    data = json.loads(output)
    assert code == 0
    assert (data["on_duty"], data["until"], data["takes_over"]) == (
        "shop",
        "2026-12-02T16:00:00+00:00",
        "night",
    )
    assert data["next"] == {"team": "night", "at": "2026-12-02T08:15:00+00:00"}
    assert data["first_back"] is None
    assert [step["now"]["presence"] for step in data["steps"]] == ["on duty", "off duty", "hours unknown"]
    assert [contact["fits"] for contact in data["steps"][0]["contacts"]] == [True, False, True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shap",), "did you mean shop?"),
        (("shop", "--as-of", "yesterday"), "yesterday is not an instant"),
        (("shop", "--at", "2026-12-02T09:00Z", "--as-of", "2026-12-02T09:00Z"), "both name an instant"),
        (("shop", "--at", "no-such-revision"), "no-such-revision"),
        (
            ("shop", "--at", "2026-12-02T09:00"),
            "--at 2026-12-02T09:00 lacks its offset from UTC; in Europe/Vienna it is 2026-12-02T09:00+01:00",
        ),
        (("shop", "--at", "2026-07-02 09:00"), "in Europe/Vienna it is 2026-07-02T09:00+02:00"),
        (("shop", "--at", "2026-12-02"), "lacks its time and its offset from UTC"),
        (("shop", "--at", "2026-13-02T09:00"), "is not an instant; write one such as"),
        (
            ("shop", "--at", "2300-01-01T00:00Z"),
            "2300-01-01T00:00Z is in the year 2300, and records know 2000 to 2199",
        ),
    ],
)
def test_what_it_can_not_do_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    code, output = run(folder, *words)
    assert (code, said in output) == (2, True), output


def test_a_day_that_a_revision_is_named_after_is_that_revision(folder: Path) -> None:
    who = ("-c", "user.name=shop", "-c", "user.email=shop@example.com")
    for words in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "Begin"), ("tag", "2026-12-02")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    assert run(folder, "shop", "--at", "2026-12-02")[0] == 0


def test_a_step_is_shown_as_it_will_be_when_called(folder: Path) -> None:
    (folder / "services/shop/service.yaml").write_text(
        path("night, 0 min", "shop, 1 h")["services/shop/service.yaml"]
    )
    output = run(folder, "shop", "--at", "2026-12-02T16:30+01:00")[1]
    assert "2. shop, after 1 h, Wed 2026-12-02 17:30: off duty then, back Thu 2026-12-03 08:00" in output
    assert "   email shop@example.com (In office hours), not then" in output
    data = json.loads(run(folder, "shop", "--at", "2026-12-02T16:30+01:00", "--format", "json")[1])
    assert [contact["fits"] for contact in data["steps"][1]["contacts"]] == [False, True, True]


def test_nothing_that_a_terminal_obeys_is_printed(folder: Path) -> None:
    team = folder / "organization/teams/shop.yaml"
    team.write_text(
        'name: Shop\nhours: office\ncontacts: [{channel: chat, value: "\\e[2J", when: "\\u202e"}]\n'
    )
    code, output = run(folder, "shop")
    assert (code, "\x1b" in output, "\u202e" in output) == (0, False, False)
