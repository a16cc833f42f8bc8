"""The clock of an agreement: deadlines, and the steps that lead there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.deadlines import Deadline, NoHours, deadlines
from gitsm.intervals import Interval, union, without
from gitsm.records.agreement import Agreement
from gitsm.repository import Repository
from gitsm.working_time import working_times

OFFICE = """\
type: service_hours
timezone: Europe/Vienna
weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}]
holidays: {country: AT, subdivision: "9", plus: [2026-12-24]}
exceptions: [{on: 2026-12-31, hours: [08:00-12:00], name: New Year's Eve}]
"""
SLA = """\
type: SLA
provider: payroll-team
customer: finance-department
hours: office-hours
response: {P1: 15 min, P3: 4 business hours}
resolution: {P1: 24 h, P3: 16 business hours, P4: 0 min, P5: 999999 business hours}
"""
FILES = {"organization/calendars/office-hours.yaml": OFFICE, "services/payroll/sla.yaml": SLA}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def pause(text: str) -> Interval:
    start, end = text.split("/")
    return Interval(at(start), at(end))


@pytest.fixture
def found(
    repository_of: Callable[..., Repository], example_files: dict[str, str]
) -> Callable[..., list[Deadline]]:
    def find(priority: Any, start: str, *pauses: str, **files: str) -> list[Deadline]:
        repository = repository_of({**example_files, **FILES, **files})
        agreement = repository.get(Agreement, "payroll/sla")
        assert agreement is not None
        return deadlines(repository, agreement, priority, at(start), [pause(text) for text in pauses])

    return find


@pytest.mark.parametrize(
    ("priority", "start", "pauses", "expected"),
    [
        # All time counts, over the week-end and the night.
        ("P1", "2026-12-04T16:30+01:00", (), ["2026-12-04T16:45+01:00", "2026-12-05T16:30+01:00"]),
        # Only working time counts: Friday afternoon, a week-end, a holiday on Tuesday.
        ("P3", "2026-12-04T16:30+01:00", (), ["2026-12-07T11:30+01:00", "2026-12-09T14:30+01:00"]),
        # It starts at night, and the clock waits for the morning.
        ("P3", "2026-12-02T03:00+01:00", (), ["2026-12-02T12:00+01:00", "2026-12-03T15:00+01:00"]),
        # It ends with the last minute of a day, and not with the first one of the next.
        ("P3", "2026-12-02T13:00+01:00", (), ["2026-12-02T17:00+01:00", "2026-12-04T11:00+01:00"]),
        # Christmas Eve is off, Christmas is, New Year's Eve ends at noon.
        ("P3", "2026-12-23T16:00+01:00", (), ["2026-12-28T11:00+01:00", "2026-12-29T14:00+01:00"]),
        # Clocks go back in the night: all time counts, so the wall shows an hour less.
        ("P1", "2026-10-24T20:00+02:00", (), ["2026-10-24T20:15+02:00", "2026-10-25T19:00+01:00"]),
        # A pause at night stops a clock that runs, and not one that stands.
        (
            "P1",
            "2026-12-04T16:30+01:00",
            ("2026-12-04T20:00+01:00/2026-12-05T06:00+01:00",),
            ["2026-12-04T16:45+01:00", "2026-12-06T02:30+01:00"],
        ),
        (
            "P3",
            "2026-12-02T08:00+01:00",
            ("2026-12-02T20:00+01:00/2026-12-03T06:00+01:00",),
            ["2026-12-02T12:00+01:00", "2026-12-03T15:00+01:00"],
        ),
        # Two pauses that overlap count once; one from before the start counts from there.
        (
            "P3",
            "2026-12-02T08:00+01:00",
            ("2026-12-01T08:00+01:00/2026-12-02T09:00+01:00", "2026-12-02T08:30+01:00/2026-12-02T10:00+01:00"),
            ["2026-12-02T14:00+01:00", "2026-12-03T17:00+01:00"],
        ),
        ("P4", "2026-12-05T08:00+01:00", (), ["2026-12-05T08:00+01:00"]),
    ],
)  # fmt: skip
def test_deadlines(
    found: Callable[..., list[Deadline]],
    priority: str,
    start: str,
    pauses: tuple[str, ...],
    expected: list[str],
) -> None:
    assert [deadline.at for deadline in found(priority, start, *pauses)] == [at(text) for text in expected]


def test_a_target_beyond_two_years_has_no_deadline(found: Callable[..., list[Deadline]]) -> None:
    (deadline,) = found("P5", "2026-12-04T16:30+01:00")
    assert deadline.at is None
    assert deadline.steps[-1].left > 0


def test_the_steps_name_what_stopped_the_clock(found: Callable[..., list[Deadline]]) -> None:
    _, resolution = found("P3", "2026-12-04T16:30+01:00", "2026-12-07T09:00+01:00/2026-12-07T10:00+01:00")
    told = [(str(s.first), str(s.last), s.minutes, s.because, len(s.paused)) for s in resolution.steps]
    assert told == [
        ("2026-12-04", "2026-12-04", 30, "", 0),
        ("2026-12-05", "2026-12-06", 0, "", 0),
        ("2026-12-07", "2026-12-07", 480, "", 1),
        ("2026-12-08", "2026-12-08", 0, "Immaculate Conception", 0),
        ("2026-12-09", "2026-12-09", 450, "", 0),
    ]
    assert resolution.calendar == "office-hours"


def test_hours_that_can_not_be_read_give_no_deadline(found: Callable[..., list[Deadline]]) -> None:
    with pytest.raises(NoHours, match="calendar office-hours, which can't be read"):
        found("P3", "2026-12-04T16:30+01:00", **{"organization/calendars/office-hours.yaml": "type: hours\n"})


START = at("2026-12-04T16:30+01:00")
PAUSES = st.lists(
    st.tuples(st.integers(0, 9_000), st.integers(1, 3_000)).map(
        lambda pair: Interval(START + timedelta(minutes=pair[0]), START + timedelta(minutes=sum(pair)))
    ),
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(1, 3_000), st.booleans(), PAUSES)
def test_as_much_time_counts_as_is_promised(
    repository_of: Callable[..., Repository],
    example_files: dict[str, str],
    minutes: int,
    business: bool,
    pauses: list[Interval],
) -> None:
    """Whatever the pauses: what counted is the target, none of it was paused, and it ends where it is used up."""
    target = f"{minutes / 60:.3f} business hours" if business else f"{minutes} min"
    sla = SLA.replace("16 business hours", target)
    repository = repository_of({**example_files, **FILES, "services/payroll/sla.yaml": sla})
    agreement = repository.get(Agreement, "payroll/sla")
    assert agreement is not None
    _, deadline = deadlines(repository, agreement, "P3", START, pauses)
    assert deadline.at is not None
    hours = working_times(repository)["office-hours"]
    counted = hours.between(START, deadline.at) if business else [Interval(START, deadline.at)]
    ran = without(counted, union(pauses))
    assert sum(stretch.minutes for stretch in ran) == pytest.approx(deadline.target.minutes, abs=0.001)
    assert ran[-1].end == deadline.at
    assert [stretch for step in deadline.steps for stretch in step.ran if stretch not in ran] == [] or (
        union(stretch for step in deadline.steps for stretch in step.ran) == ran
    )


# --- on the command line


@pytest.fixture
def folder(tmp_path: Path, example_files: dict[str, str]) -> Path:
    clock = {"gitsm.toml": "as_of = 2026-12-04T16:30:00+01:00\n"}
    for path, text in {**example_files, **FILES, **clock}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str, width: int = 100) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": str(width), "NO_COLOR": "1"}).invoke(
        main, ["clock", *words, "--repo", str(folder)], catch_exceptions=False
    )
    return result.exit_code, result.output


def test_the_way_to_a_deadline_is_told(folder: Path) -> None:
    code, output = run(folder, "payroll/sla", "--priority", "P3")
    assert code == 0
    assert output.splitlines()[-6:] == [
        "P3 resolution: Wed 2026-12-09 14:30 (within 16 business hours, working time of office-hours counts)",
        "  Fri 2026-12-04: 16:30–17:00; 30 min, 15 h 30 min left",
        "  Sat 2026-12-05 to Sun 2026-12-06: nothing counts",
        "  Mon 2026-12-07: 08:00–17:00; 9 h, 6 h 30 min left",
        "  Tue 2026-12-08: nothing counts (Immaculate Conception)",
        "  Wed 2026-12-09: 08:00–14:30",
    ]


def test_without_a_priority_every_deadline_is_listed(folder: Path) -> None:
    code, output = run(folder, "payroll/sla", width=80)
    assert code == 0
    assert "P3  resolution  Wed 2026-12-09 14:30" in output
    assert "P1  response    Fri 2026-12-04 16:45" in output
    assert max(map(len, output.splitlines())) <= 80


def test_the_clock_as_data(folder: Path) -> None:
    code, output = run(folder, "payroll/sla", "--priority", "P1", "--format", "json")
    data = json.loads(output)
    assert code == 0
    assert [(d["name"], d["counts"], d["at"]) for d in data["deadlines"]] == [
        ("response", "all time", "2026-12-04T15:45:00+00:00"),
        ("resolution", "all time", "2026-12-05T15:30:00+00:00"),
    ]


def changed(folder: Path, *pairs: tuple[str, str], file: str = "services/payroll/sla.yaml") -> None:
    text = (folder / file).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (folder / file).write_text(text)


def as_data(folder: Path, *words: str) -> Any:
    code, output = run(folder, *words, "--format", "json")
    assert code == 0
    return json.loads(output)


def paragraphs(output: str) -> str:
    return " ".join(output.split())


@pytest.mark.parametrize(
    ("valid", "standing", "said"),
    [
        ("{from: 2026-12-05}", "not started", "does not hold before 2026-12-05, and it is 2026-12-04"),
        ("{to: 2026-12-03}", "ended", "ended on 2026-12-03, and does not hold on 2026-12-04"),
        ("{from: 2026-12-04, to: 2026-12-08}", "in force", "ends on 2026-12-08, and a deadline lies after that"),
        ("{from: 2026-12-04, to: 2026-12-09}", "in force", None),
    ],
)  # fmt: skip
def test_an_agreement_that_does_not_hold_then_says_so(
    folder: Path, valid: str, standing: str, said: str | None
) -> None:
    changed(folder, ("hours:", f"valid: {valid}\nhours:"))
    code, output = run(folder, "payroll/sla", "--priority", "P3")
    data = as_data(folder, "payroll/sla", "--priority", "P3")
    assert code == 0
    assert data["valid"]["standing"] == standing
    if said is None:
        assert "note:" not in output
        assert data["notes"] == []
    else:
        assert f"note: agreement payroll/sla {said}" in paragraphs(output)
        assert data["notes"] == [f"agreement payroll/sla {said}"]


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("hours: office-hours\n", "and not the hours of its provider payroll-team, which are office-hours"),
        ("", "and its provider payroll-team names none either"),
    ],
)
def test_business_hours_of_an_agreement_without_hours_are_counted_aloud(
    folder: Path, provider: str, said: str
) -> None:
    changed(folder, ("hours: office-hours\n", ""))
    (folder / "organization/teams/payroll-team.yaml").write_text(f"name: Payroll\n{provider}")
    code, output = run(folder, "payroll/sla", "--priority", "P3", width=120)
    assert code == 0
    assert "its hours: around the clock, as it names none" in output
    assert f"names no hours: all time is counted for them, {said}" in paragraphs(output)
    assert "(within 4 business hours, all time counts as the agreement names no hours)" in paragraphs(output)
    data = as_data(folder, "payroll/sla")
    assert [note for note in data["notes"] if said in note]
    told = [
        (each["target"], each["counts"], each["calendar"], each["lacks_hours"]) for each in data["deadlines"]
    ]
    assert ("4 business hours", "all time", None, True) in told
    assert ("15 min", "all time", None, False) in told


def test_hours_that_are_named_are_no_news(folder: Path) -> None:
    data = as_data(folder, "payroll/sla", "--priority", "P3")
    assert data["notes"] == []
    assert {(each["calendar"], each["timezone"], each["lacks_hours"]) for each in data["deadlines"]} == {
        ("office-hours", "Europe/Vienna", False)
    }


def test_a_long_pause_is_one_line(folder: Path) -> None:
    pause = "2026-12-07T09:00+01:00/2027-12-07T09:00+01:00"
    code, output = run(folder, "payroll/sla", "--priority", "P3", "--paused", pause, width=80)
    assert code == 0
    way = output[output.index("P3 resolution") :].splitlines()
    assert way == [
        "P3 resolution: Thu 2027-12-09 14:30",
        "  (within 16 business hours, working time of office-hours counts)",
        "  Fri 2026-12-04: 16:30–17:00; 30 min, 15 h 30 min left",
        "  Sat 2026-12-05 to Sun 2026-12-06: nothing counts",
        "  Mon 2026-12-07: 08:00–09:00; paused 09:00–17:00; 1 h, 14 h 30 min left",
        "  Tue 2026-12-08 to Mon 2027-12-06: paused, 2,236 h of it would have counted",
        "  Tue 2027-12-07: 09:00–17:00; paused 08:00–09:00; 8 h, 6 h 30 min left",
        "  Wed 2027-12-08: nothing counts (Immaculate Conception)",
        "  Thu 2027-12-09: 08:00–14:30",
    ]


def test_a_pause_without_end_and_a_long_way_stay_readable(folder: Path) -> None:
    endless = "2026-12-01T00:00Z/2199-01-01T00:00Z"
    code, output = run(folder, "payroll/sla", "--priority", "P3", "--paused", endless)
    assert code == 0
    assert len(output.splitlines()) == 8
    assert "P3 resolution: not within two years" in output
    assert "Fri 2026-12-04 to Mon 2028-12-04: paused, " in output
    data = as_data(folder, "payroll/sla", "--priority", "P3", "--paused", endless)
    assert [len(each["steps"]) for each in data["deadlines"]] == [1, 1]
    code, output = run(folder, "payroll/sla", "--priority", "P5")
    assert code == 0
    assert len(output.splitlines()) < 35
    assert re.search(
        r"^  \.\.\. Fri 2026-12-18 to \w{3} 2028-11-\d\d: [\d,]+ h.*, [\d,]+ h.* left \.\.\.$",
        output,
        re.MULTILINE,
    )


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(folder: Path, width: int) -> None:
    changed(folder, ("hours: office-hours\n", "valid: {to: 2026-01-01}\n"))
    for words in (["--priority", "P3"], []):
        _, output = run(folder, "payroll/sla", *words, width=width)
        assert max(map(len, output.splitlines())) <= width


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("payroll/slo",), "did you mean payroll/sla?"),
        (("payroll/sla", "--priority", "P6"), "P6"),
        (("payroll/sla", "--priority", "P2"), "has no target for P2"),
        (("payroll/sla", "--from", "yesterday"), "yesterday is not an instant"),
        (("payroll/sla", "--paused", "2026-12-04T16:30+01:00"), "a pause is two instants"),
        (("payroll/sla", "--paused", "2026-12-04T16:30+01:00/now"), "now is not an instant"),
        (("payroll/sla", "--paused", "2026-12-04T16:30Z/2026-12-04T16:30Z"), "is not after"),
    ],
)
def test_what_it_can_not_do_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    code, output = run(folder, *words)
    assert (code, said in output) == (2, True), output
