"""When demand outgrows a service: figures worked out by hand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gitsm.demand import may_carry, runs_out
from gitsm.lint import run
from gitsm.records.capacity import Capacity
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.tree import MappingTree

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PLAN = {"baseline": 700, "capacity": 1000, "threshold": 80, "lead_time": "3 months"}
PEAK = "type: peak\ntimezone: UTC\n"
CALENDARS = {
    "organization/calendars/runs.yaml": f"{PEAK}recurrence: {{every: month, month_days: [28]}}\n",
    "organization/calendars/fridays.yaml": f"{PEAK}weekly: [{{days: [fri], hours: 08:00-10:00}}]\n",
}
SERVICE = {"name": "Payroll", "owner": "payroll-team", "lifecycle": "live"}


def repository_of(files: dict[str, str], now: datetime) -> Repository:
    return Repository(MappingTree(files), now=now)


def plan_of(**fields: Any) -> Any:
    files = {"services/payroll/capacity.yaml": json.dumps({**PLAN, **fields})}
    repository = repository_of(CALENDARS | files, NOW)
    (plan,) = repository.of(Capacity)
    return repository, plan


@pytest.mark.parametrize(
    ("fields", "day", "what"),
    [
        # 700 * 1.1 ** t = 800 after ln(800 / 700) / ln 1.1 = 1.401 years: 511.7 days after 1 December 2026.
        ({"growth": 10}, date(2028, 4, 26), "demand on ordinary days"),
        # The same from the day on which it was measured: 511.7 days after 1 December 2025.
        ({"growth": 10, "measured": "2025-12-01"}, date(2027, 4, 27), "demand on ordinary days"),
        # 700 * 1.01 ** t = 800 after 13.42 months: 408.4 days.
        ({"growth": 1, "growth_period": "month"}, date(2028, 1, 14), "demand on ordinary days"),
        # 3.356 quarters of 4 %: 3.405 of them, 310.9 days.
        ({"growth": 4, "growth_period": "quarter"}, date(2027, 10, 8), "demand on ordinary days"),
        ({"baseline": 801}, date(2026, 12, 1), "demand on ordinary days"),
        # It goes on, and what it asks for is asked for now.
        (
            {
                "peaks": [
                    {"name": "Bonus", "level": 900, "dates": [{"from": "2026-11-30", "to": "2026-12-03"}]}
                ]
            },
            date(2026, 12, 1),
            "the peak Bonus",
        ),
        # Today it is as much as may be carried, and tomorrow more.
        ({"baseline": 800, "growth": 1}, date(2026, 12, 2), "demand on ordinary days"),
        # It came, and nobody measured since.
        ({"forecast": [{"on": "2026-06-30", "level": 900}]}, date(2026, 6, 30), "the forecast"),
        # It has been above for a while, and that day stays: 511.7 days after 1 January 2025.
        ({"growth": 10, "measured": "2025-01-01"}, date(2026, 5, 28), "demand on ordinary days"),
        ({"baseline": 900, "measured": "2026-01-01"}, date(2026, 1, 1), "demand on ordinary days"),
        # 500 * 1.05 ** t = 800 after 9.63 years; a peak of 700 after 2.737 of them, on 27 August 2029, so that the
        # one of that month is below it still.
        (
            {
                "baseline": 500,
                "growth": 5,
                "peaks": [
                    {"name": "Run", "level": 700, "recurrence": {"every": "month", "month_days": [25]}}
                ],
            },
            date(2029, 9, 25),
            "the peak Run",
        ),
        # It comes back long before the day of which it is known already.
        (
            {
                "baseline": 1,
                "growth": 5,
                "peaks": [
                    {
                        "name": "Run",
                        "level": 700,
                        "recurrence": {"every": "month", "month_days": [25]},
                        "dates": [{"from": "2034-01-01", "to": "2034-01-02"}],
                    }
                ],
            },
            date(2029, 9, 25),
            "the peak Run",
        ),
        # The same by the calendar of several services, and by its weeks: Friday is the 31st.
        (
            {"baseline": 1, "growth": 5, "peaks": [{"name": "Run", "level": 700, "calendar": "runs"}]},
            date(2029, 8, 28),
            "the peak Run",
        ),
        (
            {"baseline": 1, "growth": 5, "peaks": [{"name": "Run", "level": 700, "calendar": "fridays"}]},
            date(2029, 8, 31),
            "the peak Run",
        ),
        ({"forecast": [{"on": "2027-06-30", "level": 801}]}, date(2027, 6, 30), "the forecast"),
        ({"growth": 10, "forecast": [{"on": "2027-06-30", "level": 900}]}, date(2027, 6, 30), "the forecast"),
        (
            {
                "peaks": [
                    {"name": "Bonus", "level": 900, "dates": [{"from": "2026-12-10", "to": "2026-12-11"}]}
                ]
            },
            date(2026, 12, 10),
            "the peak Bonus",
        ),
    ],
)
def test_the_first_day_on_which_demand_is_above_what_may_be_carried(
    fields: dict[str, Any], day: date, what: str
) -> None:
    repository, plan = plan_of(**fields)
    found = runs_out(repository, plan)
    assert found is not None
    assert (found.day, found.what) == (day, what)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"growth": -5},
        {"growth": 0.1},  # 133 years
        {"capacity": None, "growth": 50},
        {"forecast": [{"on": "2027-06-30", "level": 800}]},
        # It has come, and somebody measured since.
        {"forecast": [{"on": "2026-06-30", "level": 900}], "measured": "2026-07-01"},
        {"growth": 1e-300},
        {
            "growth": -100,
            "peaks": [{"name": "B", "level": 1, "recurrence": {"every": "month", "month_days": [1]}}],
        },
        # A peak that shrinks below it, and one that is over before it would be above.
        {"growth": -50, "baseline": 900, "measured": "2025-12-01"},
        {
            "growth": 5,
            "peaks": [
                {
                    "name": "Bonus",
                    "level": 790,
                    "recurrence": {
                        "every": "year",
                        "month_days": [30],
                        "months": [11],
                        "until": "2027-01-31",
                    },
                }
            ],
            "baseline": 1,
        },
    ],
)
def test_demand_that_stays_below_does_not_run_out(fields: dict[str, Any]) -> None:
    kept = {key: value for key, value in {**PLAN, **fields}.items() if value is not None}
    repository = repository_of({"services/payroll/capacity.yaml": json.dumps(kept)}, NOW)
    (plan,) = repository.of(Capacity)
    assert runs_out(repository, plan) is None


def test_the_lead_time_comes_off() -> None:
    repository, plan = plan_of(forecast=[{"on": "2027-06-30", "level": 900}])
    found = runs_out(repository, plan)
    assert found is not None
    # Three months after 30 June are 92 days: as many before it is 30 March.
    assert found.latest == date(2027, 3, 30)
    assert may_carry(plan.fields) == 800


CHANGE = {
    "title": "Twice the workers",
    "type": "normal",
    "services": ["payroll"],
    "plan": "Add.",
    "rollback": "Remove.",
}
IMPROVEMENT = {"title": "Faster runs", "source": "demand"}
DONE = {"code": "successful", "on": "2026-11-30"}


@pytest.mark.parametrize(
    ("files", "item", "is_planned"),
    [
        ({"change": CHANGE}, {"change": "2026-11-12-workers"}, True),
        (
            {"change": {**CHANGE, "closure": {**DONE, "code": "canceled"}}},
            {"change": "2026-11-12-workers"},
            False,
        ),
        ({"change": {**CHANGE, "closure": DONE}}, {"change": "2026-11-12-workers"}, False),
        ({"improvement": {**IMPROVEMENT, "state": "in_progress"}}, {"improvement": "faster"}, True),
        ({"improvement": {**IMPROVEMENT, "state": "on_hold"}}, {"improvement": "faster"}, False),
        ({"improvement": {**IMPROVEMENT, "state": "canceled"}}, {"improvement": "faster"}, False),
        ({"improvement": {**IMPROVEMENT, "state": "closed"}}, {"improvement": "faster"}, False),
        ({}, {}, False),
    ],
)
def test_only_what_is_still_to_be_done_counts_as_planned(
    files: dict[str, Any], item: dict[str, Any], is_planned: bool
) -> None:
    places = {"change": "changes/2026/2026-11-12-workers.yaml", "improvement": "improvements/faster.yaml"}
    roadmap = [{"title": "More", "target": "2027-03-30", **item}]
    records = {
        "services/payroll/service.yaml": {**SERVICE, "roadmap": roadmap},
        "services/payroll/capacity.yaml": {**PLAN, "forecast": [{"on": "2027-06-30", "level": 900}]},
        **{places[kind]: data for kind, data in files.items()},
    }
    repository = repository_of({path: json.dumps(data) for path, data in records.items()}, NOW)
    found = [finding.message for finding in run(repository, [RULES["capacity-runs-out"]]).findings]
    said = (
        "the forecast of payroll is above 80 % of its capacity on 2027-06-30,"
        " and no change or improvement on its roadmap is due by 2027-03-30"
    )
    assert found == ([] if is_planned else [said])


def test_a_day_that_has_passed_stays_and_a_plan_that_came_too_late_mends_nothing() -> None:
    roadmap = [{"title": "More", "target": "2027-02-01", "improvement": "faster"}]
    files = {
        "services/payroll/service.yaml": {**SERVICE, "roadmap": roadmap},
        "services/payroll/capacity.yaml": {**PLAN, "growth": 10, "measured": "2025-01-01"},
        "improvements/faster.yaml": {**IMPROVEMENT, "state": "in_progress"},
    }
    repository = repository_of({path: json.dumps(data) for path, data in files.items()}, NOW)
    (found,) = run(repository, [RULES["capacity-runs-out"]]).findings
    assert found.message == (
        # Three months after 28 May are 92 days, and as many before it is 25 February.
        "demand on ordinary days of payroll has been above 80 % of its capacity since 2026-05-28,"
        " and no change or improvement on its roadmap is due by 2026-02-25"
    )


HOURS = (
    "type: service_hours\ntimezone: UTC\nweekly: [{days: [mon, tue, wed, thu, fri], hours: 09:00-17:00}]\n"
)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        # Nobody is there on the Saturday, which is not the next time that it comes.
        ("2026-11-20T08:00", "2026-12-05 at 09:00"),
        ("2026-12-05T10:00", "2026-12-05 at 09:00"),
        ("2026-12-05T12:00", None),
    ],
)
def test_each_time_that_a_peak_comes_is_staffed(now: str, said: str | None) -> None:
    dates = [{"from": f"2026-12-0{day}T09:00Z", "to": f"2026-12-0{day}T12:00Z"} for day in (1, 5)]
    plan = {
        "peaks": [{"name": "Bonus", "people": 3, "dates": dates}],
        "staffing": [{"hours": "office", "people": 3}],
    }
    files = {
        "services/payroll/service.yaml": json.dumps(SERVICE),
        "services/payroll/capacity.yaml": json.dumps(plan),
        "organization/calendars/office.yaml": HOURS,
    }
    repository = repository_of(files, datetime.fromisoformat(f"{now}+00:00"))
    found = [finding.message for finding in run(repository, [RULES["too-few-people-at-a-peak"]]).findings]
    text = f"the peak Bonus of payroll needs 3 on duty, and 0 are there on {said}"
    assert found == ([text] if said else [])
