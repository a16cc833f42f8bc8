"""What the policy asks of which records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitsm.lint import Report

CHANGE = "changes/2026/2026-11-20-move.yaml"
PLAIN = "title: Move\ntype: normal\nservices: [ledger]\nplan: a\nrollback: b\n"
POLICY = "requirements:\n  - when: {{{when}}}\n    require: {{{require}}}\n    because: it matters\n"

ROWS = [
    ("kind: change", "fields: [window]", PLAIN, ["field window"]),
    ("kind: change", "fields: [window, risk]", PLAIN + "risk: low\n", ["field window"]),
    ("kind: change", "fields: [rollback.takes]", PLAIN, ["field rollback.takes"]),
    ("kind: change", "fields: [tests]", PLAIN + "tests: []\n", ["field tests"]),
    ("kind: change, type: [emergency]", "fields: [window]", PLAIN, []),
    ("kind: change, tier: [1]", "fields: [window]", PLAIN, []),
    ("kind: change, tier: [1, 2]", "fields: [window]", PLAIN, ["field window"]),
    (
        "kind: change, tier: [1]",
        "fields: [window]",
        PLAIN.replace("[ledger]", "[ledger, payroll]"),
        ["field window"],
    ),
    ("kind: change, risk: [high]", "fields: [window]", PLAIN + "risk: low\n", []),
    ("kind: change, risk: [high]", "fields: [window]", PLAIN + "risk: high\n", ["field window"]),
    ("kind: change, lifecycle: [retired]", "fields: [window]", PLAIN, []),
    ("kind: change, lifecycle: [live]", "fields: [window]", PLAIN, ["field window"]),
    (
        "kind: change",
        "tests: [functional, security]",
        PLAIN + "tests: [{kind: functional, result: passed}]\n",
        ["passed security test"],
    ),
    ("kind: change", "fields: [window]", PLAIN + "closure: {code: successful}\n", []),
    ("kind: change", "records: [incident]", PLAIN, ["incident"]),
]


@pytest.mark.parametrize(("when", "require", "text", "lacks"), ROWS)
def test_a_requirement(
    when: str,
    require: str,
    text: str,
    lacks: list[str],
    example_files: dict[str, str],
    report_of: Callable[..., Report],
) -> None:
    policy = "roles: [{name: service-owner}, {name: change-manager}]\n" + POLICY.format(
        when=when, require=require
    )
    report = report_of({**example_files, "organization/policy.yaml": policy, CHANGE: text})
    mine = [finding.message for finding in report.findings if finding.place.file == CHANGE]
    assert mine == [f"change 2026-11-20-move has no {lack}, which the policy asks for" for lack in lacks]
    assert all(finding.hint == "it matters" for finding in report.findings if finding.place.file == CHANGE)


def test_records_that_must_accompany_a_service(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    records = "records: [agreement, raci, runbook, capacity, change, request-model]"
    policy = "roles: [{name: service-owner}, {name: change-manager}]\n" + POLICY.format(
        when="kind: service", require=records
    )
    report = report_of({**example_files, "organization/policy.yaml": policy})
    assert {finding.message for finding in report.findings} == {
        "service ledger is live and has no RACI matrix, which the policy asks for",
        "service ledger is live and has no runbook, which the policy asks for",
        "service ledger has no capacity plan, which the policy asks for",
        "service ledger has no request model, which the policy asks for",
    }


def test_sections_are_compared_without_regard_to_case(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    text = "---\nservices: [payroll]\n---\n\n## MITIGATION\n\n### Verification\n"
    assert report_of({**example_files, "runbooks/a.md": text}).findings == ()
    text = "---\nservices: [payroll]\n---\n\n```\n## Mitigation\n```\n"
    assert [finding.message for finding in report_of({**example_files, "runbooks/a.md": text}).findings] == [
        "runbook a has no section Mitigation, which the policy asks for"
    ]


def test_the_regulated_preset_asks_for_more(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    policy = example_files["organization/policy.yaml"].replace("small-team", "regulated")
    messages = [f.message for f in report_of({**example_files, "organization/policy.yaml": policy}).findings]
    assert "service ledger is live and has no RACI matrix, which the policy asks for" in messages
    assert not any("payroll " in message for message in messages)
