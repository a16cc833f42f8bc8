"""What the policy asks of which records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitsm.lint import Report
from gitsm.repository import Repository
from gitsm.requirements import all_lacks, lacks

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
    ("kind: change", "fields: [window]", PLAIN + "closure: {code: successful, notes: As planned.}\n", []),
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
    assert mine == [
        f"change 2026-11-20-move has no {lack}, which the policy asks for: it matters" for lack in lacks
    ]
    mine = [finding.hint for finding in report.findings if finding.place.file == CHANGE]
    assert all(hint not in ("", "it matters") for hint in mine)


def test_records_that_must_accompany_a_service(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    records = "records: [agreement, raci, runbook, capacity, change, request-model]"
    policy = "roles: [{name: service-owner}, {name: change-manager}]\n" + POLICY.format(
        when="kind: service", require=records
    )
    report = report_of({**example_files, "organization/policy.yaml": policy})
    assert {finding.message for finding in report.findings} == {
        "service ledger is live and has no RACI matrix, which the policy asks for: it matters",
        "service ledger is live and has no runbook, which the policy asks for: it matters",
        "service ledger has no capacity plan, which the policy asks for: it matters",
        "service ledger has no request model, which the policy asks for: it matters",
    }


def test_sections_are_compared_without_regard_to_case(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    text = "---\nservices: [payroll]\n---\n\n## MITIGATION\n\n### Verification\n"
    assert report_of({**example_files, "runbooks/a.md": text}).findings == ()
    text = "---\nservices: [payroll]\n---\n\n```\n## Mitigation\n```\n"
    assert [finding.message for finding in report_of({**example_files, "runbooks/a.md": text}).findings] == [
        "runbook a has no section Mitigation, which the policy asks for: a runbook that does not say what to do"
        " helps nobody"
    ]


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("Mitigation steps", True),
        ("4. Mitigation", True),
        ("Mitigation: what to do", True),
        ("mitigation/workaround", True),
        ("**Mitigation**", True),
        ("Mitigations", False),
        ("Mitigated", False),
        ("About mitigation", False),
        ("Verification", False),
        ("Anti-Mitigation", False),
    ],
)
def test_a_heading_is_a_section_where_its_words_come_first(
    heading: str, known: bool, example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    text = f"---\nservices: [payroll]\n---\n\n## {heading}\n\nResume it.\n"
    findings = report_of({**example_files, "runbooks/a.md": text}).findings
    assert [finding.rule for finding in findings] == ([] if known else ["requirement-unmet"])


GONE = [
    ("improvement", "improvements/a.yaml", "state: canceled", False),
    ("improvement", "improvements/a.yaml", "state: closed", False),
    ("improvement", "improvements/a.yaml", "state: on_hold", True),
    ("knowledge", "knowledge/a.md", "state: retired", False),
    ("knowledge", "knowledge/a.md", "state: draft", True),
    ("service", "services/fax/service.yaml", "lifecycle: retired", False),
    ("service", "services/fax/service.yaml", "lifecycle: retiring", True),
]


@pytest.mark.parametrize(("kind", "file", "state", "asked"), GONE)
def test_nothing_is_asked_of_what_is_over(
    kind: str, file: str, state: str, asked: bool, repository_of: Callable[..., Repository]
) -> None:
    data = {
        "improvement": f"title: A\nsource: retrospective\nowner: t\n{state}\n",
        "knowledge": f"---\ntitle: A\n{state}\n---\n\nA.\n",
        "service": f"name: A\nowner: t\n{state}\n",
    }[kind]
    policy = POLICY.format(when=f"kind: {kind}", require="fields: [labels.a]")
    repository = repository_of({"organization/policy.yaml": policy, file: data})
    record = repository.at(file)
    assert record is not None
    assert [lack.name for lack in lacks(repository, record)] == (["labels.a"] if asked else [])


def test_what_a_retired_service_must_carry_may_be_asked_by_name(
    repository_of: Callable[..., Repository],
) -> None:
    policy = POLICY.format(when="kind: service, lifecycle: [retired]", require="fields: [description]")
    files = {
        "organization/policy.yaml": policy,
        "services/a/service.yaml": "name: A\nowner: t\nlifecycle: retired\n",
    }
    repository = repository_of(files)
    (record,) = repository.all("service")
    assert [lack.name for lack in lacks(repository, record)] == ["description"]


BROKEN = "---\nservices: [payroll\n---\n\n## Mitigation\n\nIt.\n"
ASKS = POLICY.format(when="kind: service", require="records: [agreement, runbook]")


@pytest.mark.parametrize(
    "content", [BROKEN, "---\nservices: []\n---\n\xff".encode("latin-1"), "no front matter"]
)
def test_what_a_file_that_can_not_be_read_says_is_unknown(
    content: str | bytes, repository_of: Callable[..., Repository]
) -> None:
    files = {
        "organization/policy.yaml": ASKS,
        "services/a/service.yaml": "name: A\nowner: t\nlifecycle: live\n",
        "services/a/sla.yaml": "type: [SLA\n",
        "services/b/service.yaml": "name: B\nowner: t\nlifecycle: live\n",
    }
    missing = {(record.id, lack.name) for record, lack in all_lacks(repository_of(files))}
    assert missing == {("a", "runbook"), ("b", "agreement"), ("b", "runbook")}
    repository = repository_of({**files, "runbooks/c.md": content})
    assert [(record.id, lack.name) for record, lack in all_lacks(repository)] == [("b", "agreement")]


def test_the_regulated_preset_asks_for_more(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    policy = example_files["organization/policy.yaml"].replace("small-team", "regulated")
    messages = [f.message for f in report_of({**example_files, "organization/policy.yaml": policy}).findings]
    assert any("service ledger is live and has no RACI matrix, which the policy" in one for one in messages)
    assert not any("payroll " in message for message in messages)


def test_a_review_that_never_was_is_said_once(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    policy = POLICY.format(when="kind: runbook", require="fields: [reviewed]")
    text = "---\nservices: [payroll]\nreview_every: 6 months\n---\n\n## Mitigation\n\nIt.\n"
    roles = "roles: [{name: service-owner}, {name: change-manager}]\n"
    files = {**example_files, "organization/policy.yaml": roles + policy, "runbooks/a.md": text}
    mine = [finding.rule for finding in report_of(files).findings if finding.place.file == "runbooks/a.md"]
    assert mine == ["requirement-unmet"]
