"""The rules about improvements, service reviews, value streams, actions and what is yet to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.lint import Report, run
from gitsm.records.service_review import days_of
from gitsm.repository import Repository
from gitsm.rules import RULES

GROUPS = ("actions", "improvements", "service reviews", "value streams", "times")
WEB = "services/web/service.yaml"
BASE = {
    "organization/teams/ops.yaml": "name: Ops\n",
    "organization/teams/crew.yaml": "name: Crew\n",
    WEB: "name: Web\nowner: ops\nlifecycle: live\ntier: 1\n",
}
IMPROVEMENT = "improvements/faster.yaml"
POLICY = "organization/policy.yaml"


@pytest.fixture
def broken(repository_of: Callable[..., Repository]) -> Callable[[dict[str, str]], list[str]]:
    """Which of the rules of these subjects a repository breaks, once for each finding."""
    rules = [rule for rule in RULES.values() if rule.group in GROUPS]

    def check(files: dict[str, str]) -> list[str]:
        report: Report = run(repository_of({**BASE, **files}), rules)
        return sorted(finding.rule for finding in report.findings)

    return check


BEFORE = "baseline: {value: 190, on: 2026-08-26}"
AIM = "target: {value: 95, on: 2027-03-31}"
AFTER = "result: {value: 120, on: 2026-11-13}"
IMPROVEMENTS = [
    ("state: closed", ["improvement-closed-without-result"]),
    (f"state: closed\nmeasure: {{what: Minutes, {BEFORE}, {AIM}}}", ["improvement-closed-without-result"]),
    (f"state: closed\nmeasure: {{what: Minutes, {BEFORE}, {AIM}, {AFTER}}}", []),
    ("state: canceled", []),
    ("state: in_progress", []),
    ("state: in_progress\nmeasure: {what: Minutes}", ["measure-without-baseline"]),
    (f"measure: {{what: Minutes, {AIM}}}", ["measure-without-baseline"]),
    (f"state: closed\nmeasure: {{what: Minutes, {AFTER}}}", ["measure-without-baseline"]),
    # An idea that says what would be measured, and one that was given up.
    ("measure: {what: Minutes}", []),
    (f"state: canceled\nmeasure: {{what: Minutes, {AIM}}}", []),
    # The end before the beginning.
    (
        f"measure: {{what: Minutes, {BEFORE}, target: {{value: 95, on: 2026-08-25}}}}",
        ["end-before-start"],
    ),
    (
        f"measure: {{what: Minutes, {BEFORE}, result: {{value: 95, on: 2026-08-25}}}}",
        ["end-before-start"],
    ),
    # A figure of the future is a wish.
    (
        f"measure: {{what: Minutes, {BEFORE}, result: {{value: 95, on: 2027-01-01}}}}",
        ["happened-in-the-future"],
    ),
    # Late, and not late enough yet.
    (
        f"state: in_progress\nmeasure: {{what: Minutes, {BEFORE}, target: {{value: 95, on: 2026-10-31}}}}",
        ["improvement-past-its-target"],
    ),
    (f"state: in_progress\nmeasure: {{what: Minutes, {BEFORE}, target: {{value: 95, on: 2026-11-01}}}}", []),
    (f"state: on_hold\nmeasure: {{what: Minutes, {BEFORE}, target: {{value: 95, on: 2026-09-01}}}}", []),
    # Worse than before; up is better where the target is up; short of the target is better all the same.
    (
        f"state: closed\nmeasure: {{what: Minutes, {BEFORE}, {AIM}, result: {{value: 190, on: 2026-11-13}}}}",
        ["improvement-that-improved-nothing"],
    ),
    (
        f"state: closed\nmeasure: {{what: Share, {BEFORE}, target: {{value: 200, on: 2026-11-13}},"
        " result: {value: 191, on: 2026-11-13}}",
        [],
    ),
    (
        f"state: closed\nmeasure: {{what: Share, {BEFORE}, target: {{value: 190, on: 2026-11-13}},"
        " result: {value: 180, on: 2026-11-13}}",
        [],
    ),
]


@pytest.mark.parametrize(("text", "rules"), IMPROVEMENTS)
def test_improvements(text: str, rules: list[str], broken: Callable[[dict[str, str]], list[str]]) -> None:
    assert broken({IMPROVEMENT: f"title: Faster\nsource: audit\n{text}\n"}) == rules


def test_a_baseline_that_the_policy_asks_for_is_asked_for_once(
    repository_of: Callable[..., Repository],
) -> None:
    files = {
        **BASE,
        POLICY: "requirements:\n  - when: {kind: improvement}\n    require: {fields: [measure.baseline]}\n",
        IMPROVEMENT: "title: Faster\nsource: audit\nmeasure: {what: Minutes}\n",
        "improvements/slower.yaml": f"title: Slower\nsource: audit\nmeasure: {{what: Minutes, {AIM}}}\n",
    }
    rules = [RULES["measure-without-baseline"], RULES["requirement-unmet"]]
    assert [finding.rule for finding in run(repository_of(files), rules).findings] == [
        "measure-without-baseline",
        "measure-without-baseline",
    ]


# --- service reviews


def review(period: str, more: str = "") -> str:
    return f"---\nperiod: {period}\n{more}\n---\n"


EVERY = "reviews: [{when: {kind: service, tier: [1]}, every: 3 months}]\n"
OVERDUE = ["service-review-overdue"]
CADENCES = [
    ({}, EVERY, OVERDUE),
    # The second quarter ended on 30 June: due on 30 September, and late after a month more.
    ({"2026-q2": review("2026-Q2")}, EVERY, OVERDUE),
    ({"2026-06": review("2026-06"), "2025-12": review("2025-12")}, EVERY, OVERDUE),
    ({"2026-q2": review("2026-Q2")}, "preset: regulated\n", OVERDUE),
    ({"2026-08": review("2026-08")}, EVERY, []),
    ({"2026-q3": review("2026-Q3")}, EVERY, []),
    ({"2025-12": review("2025-12"), "2026-w44": review("week 44")}, EVERY, []),
    # Its own policy asks for less often than its preset.
    ({"2026-q2": review("2026-Q2")}, "preset: regulated\n" + EVERY.replace("3 months", "1 year"), []),
    ({}, "preset: small-team\n", []),
    ({}, EVERY.replace("[1]", "[2]"), []),
    # A business year: nobody knows when it ended, so nobody says that it is long ago.
    ({"fy26-1": review("FY26, first quarter")}, EVERY, []),
    ({"2026-q2": review("2026-Q2"), "fy26-1": review("FY26")}, EVERY, []),
    # One that can't be read may be the last.
    ({"2026-q2": review("2026-Q2"), "latest": "---\nperiods: 1\n---\n"}, EVERY, []),
]


@pytest.mark.parametrize(("reviews", "policy", "rules"), CADENCES)
def test_how_often_services_are_reviewed(
    reviews: dict[str, str],
    policy: str,
    rules: list[str],
    broken: Callable[[dict[str, str]], list[str]],
) -> None:
    files = {f"services/web/reviews/{stem}.md": text for stem, text in reviews.items()}
    assert broken({POLICY: policy, **files}) == rules


@pytest.mark.parametrize(
    ("service", "valid", "rules"),
    [
        ("lifecycle: live\ntier: 1", "valid: {from: 2026-06-01}", OVERDUE),
        ("lifecycle: live\ntier: 1", "valid: {from: 2026-08-15}", []),
        ("lifecycle: transition\ntier: 1", "", []),
        ("lifecycle: retired\ntier: 1", "", []),
        ("lifecycle: live", "", []),
    ],
)
def test_a_service_that_was_never_reviewed(
    service: str, valid: str, rules: list[str], broken: Callable[[dict[str, str]], list[str]]
) -> None:
    sla = f"type: SLA\nprovider: ops\ncustomer: crew\n{valid}\n"
    files = {WEB: f"name: Web\nowner: ops\n{service}\n", "services/web/sla.yaml": sla, POLICY: EVERY}
    assert broken(files) == rules


PERIODS = [
    ("2026", "2026-01-01", "2026-12-31"),
    ("2026-02", "2026-02-01", "2026-02-28"),
    ("2026-Q3", "2026-07-01", "2026-09-30"),
    ("2026q3", "2026-07-01", "2026-09-30"),
    ("Q4 2026", "2026-10-01", "2026-12-31"),
    ("2026-H1", "2026-01-01", "2026-06-30"),
    ("2026-W01", "2025-12-29", "2026-01-04"),
    ("October 2026", "2026-10-01", "2026-10-31"),
    ("Sept 2026", "2026-09-01", "2026-09-30"),
    ("10/2026", "2026-10-01", "2026-10-31"),
    ("2026-10-05", "2026-10-05", "2026-10-05"),
    ("2026-10-01/2026-10-31", "2026-10-01", "2026-10-31"),
    ("2026-07 to 2026-09", "2026-07-01", "2026-09-30"),
    ("July 2026 - September 2026", "2026-07-01", "2026-09-30"),
]


@pytest.mark.parametrize(("period", "first", "last"), PERIODS)
def test_the_days_of_a_period(period: str, first: str, last: str) -> None:
    assert days_of(period) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "period",
    ["FY26", "2026-13", "2026-Q5", "2026-W54", "Octember 2026", "2026-09 to 2026-07", "", "26", "2026-02-30"],
)
def test_what_is_no_period(period: str) -> None:
    assert days_of(period) is None


@given(st.text(alphabet="0123456789 -/.qhwtojanuary–", max_size=300))
def test_every_period_that_is_read_has_its_first_day_before_its_last(period: str) -> None:
    days = days_of(period)
    assert days is None or days[0] <= days[1]


TWO = "measured: {availability: {value: 99.9, source: probe}, csat: {value: 80, source: survey}}"
REVIEWS = [
    ("2026-10", TWO, []),
    ("October 2026", TWO, []),
    ("2026-Q4", TWO, []),
    ("FY26", TWO, []),
    ("2026-09", TWO, ["period-unlike-its-file"]),
    ("2025-10", TWO, ["period-unlike-its-file"]),
    ("2026-10", "", []),
    ("2026-10", "measured: {}", []),
    ("2026-10", "measured: {availability: {value: 100, source: probe}}", ["review-of-one-figure"]),
    ("2026-10", "measured: {incidents: {value: 0, source: records}}", ["review-of-one-figure"]),
    ("2026-10", "measured: {incidents: {value: 0, source: a}, requests: {value: 0, source: a}}", []),
    ("2026-10", TWO.replace("99.9", "0.999"), ["impossible-figure"]),
    ("2026-10", TWO.replace("99.9", "999"), ["impossible-figure"]),
    ("2026-10", TWO.replace("80", "-1"), ["impossible-figure"]),
    ("2026-10", TWO.replace("99.9", "0"), []),
    ("2026-10", TWO.replace("csat: {value: 80", "incidents: {value: 1.5"), ["impossible-figure"]),
    ("2026-10", TWO.replace("csat: {value: 80", "mean_time_to_restore: {value: 180.5"), []),
    ("2026-10", f"{TWO}\nactions: [{{what: Ask, due: 2026-11-30}}]", ["action-overdue"]),
    ("2026-10", f"{TWO}\nactions: [{{what: Ask, due: 2026-12-01}}]", []),
    ("2026-10", f"{TWO}\nactions: [{{what: Ask, due: 2026-11-30, done: 2026-12-01}}]", []),
    ("2026-10", f"{TWO}\nactions: [{{what: Ask, due: 2026-11-30, improvement: faster}}]", []),
    ("2026-10", f"{TWO}\nactions: [{{what: Ask}}]", []),
    ("2026-10", f"{TWO}\nactions: [{{what: Ask, done: 2026-12-24}}]", ["happened-in-the-future"]),
]


@pytest.mark.parametrize(("period", "more", "rules"), REVIEWS)
def test_service_reviews(
    period: str, more: str, rules: list[str], broken: Callable[[dict[str, str]], list[str]]
) -> None:
    assert broken({"services/web/reviews/2026-10.md": review(period, more)}) == rules


# --- value streams

STEPS = [
    ("{activity: a, wait: 4 h}", ["wait-without-reason"]),
    ("{activity: a, work: 1 h}, {activity: b, team: ops, wait: 1 business hour}", ["wait-without-reason"]),
    ("{activity: a, wait: 4 h, wait_for: approval}", []),
    ("{activity: a, wait: 0 min}", []),
    ("{activity: a, wait_for: window}", []),
    ("{activity: a, work: 4 h}", []),
    ("{activity: a, team: ops}, {activity: b, team: crew}", ["handover-not-accepted"]),
    ("{activity: a, team: ops, accepted_by: ops}, {activity: b, team: crew}", ["handover-not-accepted"]),
    (
        "{activity: a, team: ops}, {activity: b, team: crew}, {activity: c, team: ops}",
        ["handover-not-accepted", "handover-not-accepted"],
    ),
    ("{activity: a, team: ops, accepted_by: crew}, {activity: b, team: crew}", []),
    ("{activity: a, team: ops, accepted_by: 'role:owner'}, {activity: b, team: crew}", []),
    ("{activity: a, team: ops}, {activity: b, team: ops}", []),
    # Who does the next step is not said; whether the last one hands anything over is not, either.
    ("{activity: a, team: ops}, {activity: b}", []),
    ("{activity: a, team: ops}", []),
]


@pytest.mark.parametrize(("steps", "rules"), STEPS)
def test_value_streams(steps: str, rules: list[str], broken: Callable[[dict[str, str]], list[str]]) -> None:
    assert broken({"services/web/value-stream.yaml": f"steps: [{steps}]\n"}) == rules


# --- what is yet to come

FUTURE = ["happened-in-the-future"]
COMING = [
    (
        "incidents/2026-12-01-a.md",
        "---\ntitle: a\nservices: [web]\nstarted: 2026-12-02T09:00+01:00\n---\n",
        FUTURE,
    ),
    (
        "incidents/2026-12-01-a.md",
        "---\ntitle: a\nservices: [web]\ntimeline: [{at: 2027-10-02T09:00Z, what: b}]\n---\n",
        FUTURE,
    ),
    ("runbooks/a.md", "---\nservices: []\nreviewed: 2027-01-02\n---\n", FUTURE),
    (WEB, f"{BASE[WEB]}access: [{{role: a, reviewed: 2026-12-24}}]\n", FUTURE),
    # Rounded up while it happens, and a day that has begun in the east.
    (
        "incidents/2026-12-01-a.md",
        "---\ntitle: a\nservices: [web]\nstarted: 2026-12-01T09:10+01:00\n---\n",
        [],
    ),
    ("runbooks/a.md", "---\nservices: []\nreviewed: 2026-12-01\n---\n", []),
    # Planned, and no more than that.
    (
        "incidents/2026-12-01-a.md",
        "---\ntitle: a\nservices: [web]\ncommunications: [{audience: all, at: 2026-12-02T09:10+01:00}]\n"
        "actions: [{what: b, due: 2027-01-01}]\n---\n",
        [],
    ),
    ("incidents/2026-12-01-a.md", "---\ntitle: a\nservices: [web]\nstarted: 2027-12-02\n---\n", FUTURE),
]


@pytest.mark.parametrize(("path", "text", "rules"), COMING)
def test_what_is_yet_to_come(
    path: str, text: str, rules: list[str], broken: Callable[[dict[str, str]], list[str]]
) -> None:
    assert broken({path: text}) == rules
