"""The runner: suppressions, comparison with a base, crashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import Report, Rule, run, since
from gitsm.repository import Repository

LEDGER = "services/ledger/service.yaml"
GOOD = "name: Ledger\nowner: payroll-team\nlifecycle: live\ntier: 2\n"


def found(report: Report) -> list[tuple[str, int]]:
    return [
        (finding.rule, finding.place.span.line if finding.place.span else 0) for finding in report.findings
    ]


SUPPRESSIONS = [
    ("beside the line", "tier: 5 # gitsm: ignore[invalid-value] because it is a test\n", [], 1),
    ("above the line", "# gitsm: ignore[invalid-value] because it is a test\ntier: 5\n", [], 1),
    (
        "without a reason",
        "tier: 5 # gitsm: ignore[invalid-value]\n",
        [("suppression-without-reason", 4), ("invalid-value", 4)],
        0,
    ),
    (
        "of another rule",
        "tier: 5 # gitsm: ignore[unknown-field] because so\n",
        [("invalid-value", 4), ("unused-suppression", 4)],
        0,
    ),
    ("of no rule", "tier: 2 # gitsm: ignore[nonsense] because so\n", [("suppression-of-no-rule", 4)], 0),
    (
        "of nothing wrong",
        "tier: 2 # gitsm: ignore[invalid-value] because so\n",
        [("unused-suppression", 4)],
        0,
    ),
    ("in a text", 'description: "# gitsm: ignore[nonsense] because so"\n', [], 0),
    ("of several rules", "tier: no # gitsm: ignore[invalid-value, ambiguous-scalar] because so\n", [], 2),
]


@pytest.mark.parametrize(
    ("line", "rules", "used"), [row[1:] for row in SUPPRESSIONS], ids=[row[0] for row in SUPPRESSIONS]
)
def test_a_suppression(
    line: str,
    rules: list[tuple[str, int]],
    used: int,
    example_files: dict[str, str],
    report_of: Callable[..., Report],
) -> None:
    text = "name: Ledger\nowner: payroll-team\nlifecycle: live\n" + line
    report = report_of({**example_files, LEDGER: text})
    assert sorted(found(report)) == sorted(rules)
    assert report.suppressed == used


def test_a_suppression_in_a_markdown_body(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    body = example_files["runbooks/pay-run-late.md"]
    broken = (
        body
        + "\n<!-- gitsm: ignore[broken-link] because it is written tomorrow -->\nSee [this](nowhere.md).\n"
    )
    report = report_of({**example_files, "runbooks/pay-run-late.md": broken})
    assert found(report) == []
    assert report.suppressed == 1
    code = body + "\n```\n<!-- gitsm: ignore[broken-link] because -->\n```\nSee [this](nowhere.md).\n"
    assert [rule for rule, _ in found(report_of({**example_files, "runbooks/pay-run-late.md": code}))] == [
        "broken-link"
    ]


def test_since_leaves_out_what_stood_before(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    base = report_of({**example_files, LEDGER: GOOD.replace("tier: 2", "tier: 5")})
    moved = report_of({**example_files, LEDGER: "# a comment\n\n" + GOOD.replace("tier: 2", "tier: 5")})
    assert (since(moved, base).findings, since(moved, base).stood_before) == ((), 1)
    worse = report_of({**example_files, LEDGER: GOOD.replace("tier: 2", "tier: 5\nteir: 2")})
    assert [finding.rule for finding in since(worse, base).findings] == ["unknown-field"]
    other = report_of({**example_files, LEDGER: GOOD.replace("tier: 2", "tier: 6")})
    assert [finding.message for finding in since(other, base).findings] == [
        "tier is 6, and must be at most 4"
    ]


def test_a_second_finding_of_the_same_sort_is_new(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    one = "services: [payroll]\n"
    runbook = "---\n" + one + "---\n## Mitigation\n\nSee [this](a.md).\n"
    base = report_of({**example_files, "runbooks/other.md": runbook})
    twice = report_of({**example_files, "runbooks/other.md": runbook + "\nAnd [again](a.md).\n"})
    assert [finding.place.span.line for finding in since(twice, base).findings if finding.place.span] == [8]


def test_findings_come_in_the_order_of_files_and_lines(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    files = {**example_files, LEDGER: "tier: 5\nname: Ledger\n", "services/a/service.yaml": "name: A\n"}
    places = [(f.place.file, f.place.span) for f in report_of(dict(reversed(files.items()))).findings]
    assert places == sorted(places)
    assert report_of(files) == report_of(dict(reversed(files.items())))


def test_a_rule_that_fails_is_named(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    def broken(repository: Repository) -> Iterator[Diagnostic]:
        raise ZeroDivisionError("oh")
        yield

    rule = Rule("broken", Severity.ERROR, broken, "test")
    from gitsm.rules import RULES

    RULES["broken"] = rule
    try:
        with pytest.raises(ZeroDivisionError) as caught:
            run(repository_of(example_files), [rule])
    finally:
        del RULES["broken"]
    assert caught.value.__notes__ == ["in the rule broken"]


def test_a_file_with_thousands_of_mistakes_is_cut_short_and_says_so(
    example_files: dict[str, str], report_of: Callable[..., Report]
) -> None:
    runbook = "---\nservices: []\n---\n## Mitigation\n\n" + "".join(
        f"[a](missing-{n}.md)\n" for n in range(500)
    )
    service = GOOD + "tags: [" + "A, " * 500 + "]\n"
    report = report_of({**example_files, "runbooks/evil.md": runbook, "services/x/service.yaml": service})
    links = [finding for finding in report.findings if finding.rule == "broken-link"]
    assert len(links) == 100
    assert links[-1].hint == "400 more of the rule broken-link in this file are not shown"
    assert [finding.place.span.line for finding in links if finding.place.span] == list(range(6, 106))
    assert sum(finding.rule == "invalid-value" for finding in report.findings) == 100
