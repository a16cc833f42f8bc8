"""The risk of a change: what the policy's rules make of its facts, and what nobody can talk down."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.records.change import Change
from gitsm.repository import Record, Repository
from gitsm.risk import LEVELS, computed_risk, risk_of
from gitsm.tree import MappingTree

FILE = "changes/2026/2026-11-20-move.yaml"
POLICY = "organization/policy.yaml"
PLAIN = "title: Move\ntype: normal\nservices: [payroll]\nplan: a\nrollback: b\n"
TRIED = (
    "title: M\ntype: normal\nservices: [payroll]\nplan: a\nrollback: {plan: b, tested: {on: 2026-11-19}}\n"
)
ROLES = "roles: [{name: service-owner}, {name: change-manager}]\n"
PORTAL = "name: Portal\nowner: payroll-team\nlifecycle: live\ndepends_on: [{service: payroll}]\n"
FAILED = "closure: {{code: {code}, on: {on}, notes: It failed.}}\n"
Make = Callable[..., tuple[Repository, Record[Change]]]


@pytest.fixture
def assessed(example_files: dict[str, str], repository_of: Callable[..., Repository]) -> Make:
    """A repository with one change, one risk rule of the policy and what else is laid over the examples."""

    def make(text: str, when: str, **more: str) -> tuple[Repository, Record[Change]]:
        policy = f"{ROLES}risk_rules: [{{when: {{{when}}}, risk: very_high, because: it matters}}]\n"
        policy += "timezone: Europe/Vienna\nnotice: [{type: normal, lead: 72 h}]\n"
        files = {**example_files, FILE: text, POLICY: policy, "services/portal/service.yaml": PORTAL}
        repository = repository_of(
            {**files, **{path.replace("__", "/"): body for path, body in more.items()}}
        )
        assert [fault.message for fault in repository.faults] == []
        change = repository.get(Change, "2026-11-20-move")
        assert change is not None
        return repository, change

    return make


WINDOW = "window: {{start: {day}T20:00+01:00, end: 2026-12-24T20:00+01:00}}\n"
FACTS = [
    ("tier: [1]", PLAIN, "payroll of tier 1"),
    ("tier: [1]", PLAIN.replace("payroll", "ledger"), None),
    ("tier: [1]", PLAIN.replace("[payroll]", "[ledger, payroll]"), "payroll of tier 1"),
    ("tier: [2]", PLAIN.replace("[payroll]", "[ledger, payroll]"), None),  # what matters most counts
    ("tier: [1]", PLAIN.replace("payroll", "portal"), None),  # a service without a tier has none
    ("type: [emergency]", PLAIN, None),
    ("type: [normal, emergency]", PLAIN, "normal change"),
    ("lifecycle: [live]", PLAIN, "payroll is live"),
    ("lifecycle: [transition]", PLAIN, None),
    ("outage: [full]", PLAIN, None),  # what nobody has said is no fact
    ("outage: [full]", PLAIN + "outage: degraded\n", None),
    ("outage: [degraded, full]", PLAIN + "outage: degraded\n", "degraded service"),
    ("outage: [none]", PLAIN + "outage: none\n", "no outage"),
    ("affects: [portal]", PLAIN + "outage: full\n", "affects portal"),
    (
        "affects: [portal]",
        PLAIN,
        "affects portal",
    ),  # one that does not say which outage it brings may bring it
    ("affects: [portal]", PLAIN + "outage: none\n", None),
    ("affects: [payroll]", PLAIN + "outage: none\n", "affects payroll"),
    ("affects_at_least: 2", PLAIN, "2 services affected (payroll, portal)"),
    ("affects_at_least: 3", PLAIN, None),
    ("rollback: [untested]", PLAIN, "rollback not tested"),
    ("rollback: [untested]", TRIED, None),
    ("without_passed: [functional]", PLAIN, "no passed functional test"),
    ("without_passed: [functional]", PLAIN + "tests: [{kind: functional, result: passed}]\n", None),
    (
        "without_passed: [functional]",
        PLAIN + "tests: [{kind: functional, result: passed}, {kind: functional, result: failed}]\n",
        "no passed functional test",
    ),
    (
        "without_passed: [functional, user_acceptance]",
        PLAIN + "tests: [{kind: functional, result: passed}]\n",
        "no passed user acceptance test",
    ),
    ("short_notice: true", PLAIN + WINDOW.format(day="2026-11-22"), "less notice than 72 h"),
    ("short_notice: true", PLAIN + WINDOW.format(day="2026-11-23"), None),
    ("short_notice: true", PLAIN, None),
    ("tier: [1], outage: [full]", PLAIN + "outage: full\n", "payroll of tier 1, full outage"),
    ("tier: [1], outage: [full]", PLAIN, None),
]


@pytest.mark.parametrize(("when", "text", "facts"), FACTS)
def test_a_rule_and_the_facts_that_meet_it(when: str, text: str, facts: str | None, assessed: Make) -> None:
    repository, change = assessed(text, when)
    found = computed_risk(repository, change)
    assert (found.risk == "very_high") is (facts is not None)
    if facts is not None:
        assert [str(reason) for reason in found.reasons] == [f"{facts}: it matters"]


FAILURES = [
    ("2026-10-01-a", FAILED.format(code="unsuccessful", on="2026-10-02"), 1),
    ("2026-10-01-a", FAILED.format(code="unsuccessful", on="2026-06-01"), 1),
    ("2026-10-01-a", FAILED.format(code="unsuccessful", on="2026-05-31"), 0),  # six months and a day before
    ("2026-10-01-a", FAILED.format(code="unsuccessful", on="2026-12-01"), 1),  # today
    ("2026-10-01-a", FAILED.format(code="successful_with_issues", on="2026-10-02"), 0),
    ("2026-10-01-a", FAILED.format(code="canceled", on="2026-10-02"), 0),
    ("2026-10-01-a", "closure: {code: unsuccessful, notes: Nobody knows when.}\n", 0),
    (
        "2026-10-01-a",
        "actual: {start: 2026-10-01T08:00Z, end: 2026-10-01T09:00Z}\nclosure: {code: unsuccessful}\n",
        1,
    ),
]


@pytest.mark.parametrize(("id", "how", "counts"), FAILURES)
@pytest.mark.parametrize("service", ["payroll", "ledger"])
def test_failures_of_the_same_services(id: str, how: str, counts: int, service: str, assessed: Make) -> None:
    other = PLAIN.replace("payroll", service) + how
    when = "failed_changes: {at_least: 1, within: 6 months}"
    repository, change = assessed(PLAIN, when, **{f"changes__2026__{id}.yaml": other})
    found = computed_risk(repository, change)
    assert (found.risk == "very_high") is bool(counts and service == "payroll")
    if found.risk == "very_high":
        expected = f"1 change of the same services failed within 6 months ({id}): it matters"
        assert [str(reason) for reason in found.reasons] == [expected]


def test_a_change_is_no_failure_of_its_own(assessed: Make) -> None:
    text = PLAIN + FAILED.format(code="unsuccessful", on="2026-11-25")
    repository, change = assessed(text, "failed_changes: {at_least: 1, within: 6 months}")
    assert computed_risk(repository, change).risk == "low"


def test_the_rollback_of_a_model_counts_for_its_changes(assessed: Make) -> None:
    text = PLAIN + "model: database-minor-upgrade\n"
    model = "organization__change-models__database-minor-upgrade.yaml"
    tried = "title: M\nrollback: {plan: Back., tested: {on: 2026-11-02}}\n"
    assert computed_risk(*assessed(text, "rollback: [untested]", **{model: tried})).risk == "low"
    assert computed_risk(*assessed(text, "rollback: [untested]")).risk == "very_high"


@pytest.mark.parametrize("declared", [None, *LEVELS])
@pytest.mark.parametrize("computed", ["tier: [1]", "tier: [4]"])
def test_the_higher_of_the_two_counts(declared: str | None, computed: str, assessed: Make) -> None:
    text = PLAIN + (f"risk: {declared}\n" if declared else "")
    by_rule = "very_high" if computed == "tier: [1]" else "low"
    assert risk_of(*assessed(text, computed)) == max(declared or "low", by_rule, key=list(LEVELS).index)


def test_without_a_policy_that_can_be_read_nothing_is_computed(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    files = {**example_files, FILE: PLAIN + "outage: full\n", POLICY: "timezone: Mars/Olympus\n"}
    repository = repository_of(files)
    change = repository.get(Change, "2026-11-20-move")
    assert change is not None
    assert computed_risk(repository, change).risk == "low"


# --- laws

SERVICES = ("payroll", "ledger", "portal")
CHANGES = st.fixed_dictionaries(
    {
        "title": st.just("Move"),
        "type": st.sampled_from(["standard", "normal", "emergency"]),
        "services": st.lists(st.sampled_from(SERVICES), min_size=1, unique=True),
        "plan": st.just("a"),
        "rollback": st.sampled_from(["b", {"plan": "b", "tested": {"on": "2026-11-19"}}]),
    },
    optional={
        "outage": st.sampled_from(["none", "degraded", "full"]),
        "risk": st.sampled_from(LEVELS),
        "tests": st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["functional", "performance"]),
                    "result": st.sampled_from(["passed", "failed"]),
                }
            ),
            max_size=3,
        ),
        "window": st.sampled_from(
            [
                {"start": f"2026-11-{day}T20:00+01:00", "end": "2026-12-24T20:00+01:00"}
                for day in ("20", "22", "29")
            ]
        ),
    },
)
RULES = st.lists(
    st.fixed_dictionaries(
        {
            "when": st.fixed_dictionaries(
                {},
                optional={
                    "tier": st.lists(st.integers(1, 4), min_size=1),
                    "type": st.lists(st.sampled_from(["standard", "normal", "emergency"]), min_size=1),
                    "outage": st.lists(st.sampled_from(["none", "degraded", "full"]), min_size=1),
                    "affects": st.lists(st.sampled_from(SERVICES), min_size=1),
                    "affects_at_least": st.integers(2, 3),
                    "rollback": st.just(["untested"]),
                    "without_passed": st.just(["functional"]),
                    "short_notice": st.just(True),
                    "failed_changes": st.just({"at_least": 1, "within": "6 months"}),
                },
            ),
            "risk": st.sampled_from(LEVELS),
        }
    ),
    max_size=4,
)


def repository(change: dict[str, Any], rules: list[Any], preset: str, failures: int = 0) -> Repository:
    """A repository with three services, one change, and changes of payroll that failed."""
    policy = {
        "preset": preset,
        "timezone": "Europe/Vienna",
        "risk_rules": rules,
        "notice": [{"type": "normal", "lead": "72 h"}],
    }
    base = {"owner": "team", "lifecycle": "live"}
    failed = PLAIN + FAILED.format(code="unsuccessful", on="2026-11-02")
    files = {
        POLICY: json.dumps(policy),
        FILE: json.dumps(change),
        "organization/teams/team.yaml": "name: Team\n",
        "services/payroll/service.yaml": json.dumps({**base, "name": "Payroll", "tier": 1}),
        "services/ledger/service.yaml": json.dumps({**base, "name": "Ledger", "tier": 3}),
        "services/portal/service.yaml": PORTAL.replace("payroll-team", "team"),
        **{f"changes/2026/2026-11-01-failed-{number}.yaml": failed for number in range(failures)},
    }
    made = Repository(MappingTree(files), now=datetime.fromisoformat("2026-12-01T09:00+01:00"))
    assert [fault.message for fault in made.faults] == []
    return made


def level(made: Repository) -> int:
    """How high the risk of the one change is."""
    change = made.get(Change, "2026-11-20-move")
    assert change is not None
    assert LEVELS.index(risk_of(made, change)) >= LEVELS.index(computed_risk(made, change).risk)
    return LEVELS.index(risk_of(made, change))


@given(
    change=CHANGES,
    rules=RULES,
    preset=st.sampled_from(["small-team", "regulated"]),
    declared=st.sampled_from(LEVELS),
)
def test_declaring_a_risk_never_lowers_it(
    change: dict[str, Any], rules: list[Any], preset: str, declared: str
) -> None:
    without = {key: value for key, value in change.items() if key != "risk"}
    computed = level(repository(without, rules, preset))
    assert level(repository({**without, "risk": declared}, rules, preset)) == max(
        computed, list(LEVELS).index(declared)
    )


@given(change=CHANGES, rules=RULES, more=RULES)
def test_a_further_rule_never_lowers_it(change: dict[str, Any], rules: list[Any], more: list[Any]) -> None:
    few, many = (repository(change, some, "small-team") for some in (rules, [*rules, *more]))
    assert level(many) >= level(few)


@given(
    change=CHANGES,
    rules=RULES,
    preset=st.sampled_from(["small-team", "regulated"]),
    failures=st.integers(1, 3),
)
def test_a_failure_more_never_lowers_it(
    change: dict[str, Any], rules: list[Any], preset: str, failures: int
) -> None:
    before, after = (repository(change, rules, preset, count) for count in (failures - 1, failures))
    assert level(after) >= level(before)


WORSE: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    lambda change: {**change, "services": list(SERVICES)},
    lambda change: {**change, "outage": "full"},
    lambda change: {**change, "rollback": "b"},
    lambda change: {**change, "tests": []},
    lambda change: {**change, "window": {"start": "2026-11-20T20:00+01:00", "end": "2026-12-24T20:00+01:00"}},
]


@given(change=CHANGES, preset=st.sampled_from(["small-team", "regulated"]), worsen=st.sampled_from(WORSE))
def test_by_a_preset_no_worse_fact_lowers_it(
    change: dict[str, Any], preset: str, worsen: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    assert level(repository(worsen(change), [], preset)) >= level(repository(change, [], preset))
