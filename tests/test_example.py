"""The example organisation of this repository: clean today and in ten years, and as rich as it says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitsm.change_control import ChangeState, state_of
from gitsm.lint import run
from gitsm.opening import open_repository
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.records.raci import Raci
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.tree import MappingTree

ROOT = Path(__file__).parent.parent


def in_ten_years() -> datetime:
    return datetime(2036, 11, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def repository() -> Repository:
    return open_repository(ROOT, clock=in_ten_years)


def test_it_is_clean_without_a_suppression(repository: Repository) -> None:
    report = run(repository, RULES.values())
    assert [f"{finding.place.file}: {finding.message}" for finding in report.findings] == []
    assert report.suppressed == 0


def test_its_clock_stands_still(repository: Repository) -> None:
    assert repository.now == datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("service", 12),
        ("agreement", 6),
        ("raci", 8),
        ("capacity", 2),
        ("value-stream", 2),
        ("request-model", 6),
        ("service-review", 3),
        ("change", 20),
        ("runbook", 12),
        ("knowledge", 4),
        ("incident", 8),
        ("problem", 3),
        ("improvement", 4),
        ("team", 8),
        ("calendar", 5),
        ("change-model", 2),
        ("policy", 1),
    ],
)
def test_it_has_enough_of_each_kind(repository: Repository, kind: str, least: int) -> None:
    assert len(repository.all(kind)) >= least


def test_it_shows_every_stage_type_and_outcome(repository: Repository) -> None:
    assert {service.fields.lifecycle for service in repository.of(Service)} == {
        *("idea", "design", "build", "transition", "live", "retiring", "retired")
    }
    changes = [change.fields for change in repository.of(Change)]
    assert {change.type for change in changes} == {"standard", "normal", "emergency"}
    assert {change.closure.code for change in changes if change.closure} == {
        *("successful", "successful_with_issues", "unsuccessful", "canceled")
    }
    assert {team.fields.type for team in repository.of(Team)} == {"internal", "supplier", "customer"}


def test_its_changes_are_in_every_state(repository: Repository) -> None:
    # On the default branch of its own Git repository; here every file counts as merged.
    merged = Repository(
        MappingTree(dict(contents(repository))),
        now=repository.now,
        authorised=frozenset(repository.files),
    )
    states = Counter(state_of(merged, change) for change in merged.of(Change))
    never = {ChangeState.UNKNOWN, ChangeState.ASSESS, ChangeState.UNRECORDED}
    assert set(states) == set(ChangeState) - never


def contents(repository: Repository) -> list[tuple[str, bytes]]:
    wanted = [path for path in repository.files if path in repository.documents]
    return [
        (path, content) for path, content in repository.tree.read_many(wanted) if isinstance(content, bytes)
    ]


def test_each_live_service_has_a_raci_matrix(repository: Repository) -> None:
    live = {service.id for service in repository.of(Service) if service.fields.lifecycle == "live"}
    assert live <= {raci.id for raci in repository.of(Raci)}


def test_a_failed_change_has_its_review_and_recurring_incidents_their_problem(repository: Repository) -> None:
    failed = [
        c for c in repository.of(Change) if c.fields.closure and c.fields.closure.code == "unsuccessful"
    ]
    assert failed
    for change in failed:
        review = change.fields.review
        assert review is not None
        assert review.missed_dependency
        assert review.rollback_realistic
        assert review.support_informed
        assert repository.referring(change, Incident, "caused_by")
    known = [problem for problem in repository.of(Problem) if problem.fields.known_error]
    assert any(len(repository.referring(problem, Incident, "problem")) >= 2 for problem in known)
    assert all(problem.fields.workaround for problem in known)
