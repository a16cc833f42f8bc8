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
SERVICE = {"name": "Payroll", "owner": "payroll-team", "lifecycle": "live"}


def repository_of(files: dict[str, str], now: datetime) -> Repository:
    return Repository(MappingTree(files), now=now)


def plan_of(**fields: Any) -> Any:
    repository = repository_of({"services/payroll/capacity.yaml": json.dumps({**PLAN, **fields})}, NOW)
    (plan,) = repository.of(Capacity)
    return repository, plan


@pytest.mark.parametrize(
    ("fields", "day", "what"),
    [
        # 700 * 1.1 ** t = 800 after ln(800 / 700) / ln 1.1 = 1.401 years: 511.7 days after 1 December 2026.
        ({"growth": 10}, date(2028, 4, 26), "demand on ordinary days"),
        ({"baseline": 801}, date(2026, 12, 1), "demand on ordinary days"),
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
        {"forecast": [{"on": "2026-06-30", "level": 900}]},
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
