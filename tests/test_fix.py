"""Findings that carry the edit which mends them, and the commands that make it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import Field

from gitsm.cli import main
from gitsm.commands import fix
from gitsm.diagnostic import NewKey, NewSection, NewText, NewValue
from gitsm.lint import Report, run
from gitsm.mending import Mended, mend
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.schema.kind import Kind, RecordFields
from gitsm.schema.validation import validate
from gitsm.writing import difference

RUNBOOK = "---\nservices: []\n---\n\n## Mitigation\n\nResume it.\n"
SERVICE = "name: Ledger\nowner: payroll-team\nlifecycle: build\n"
TEAM = "name: Payroll team\n"


def check(repository: Repository) -> Report:
    return run(repository, RULES.values())


Make = Callable[[Mapping[str, str | bytes]], Repository]


def mended(make: Make, files: Mapping[str, str], *, unsafe: bool = False) -> Mended:
    return mend(make(files), check, unsafe=unsafe)


def after(make: Make, files: Mapping[str, str], *, unsafe: bool = False) -> dict[str, str]:
    """The files that change, as they will be."""
    changes = mended(make, files, unsafe=unsafe).changes
    return {file: (change.after or b"").decode() for file, change in changes.items()}


LEDGER, TEAM_FILE = "services/ledger/service.yaml", "organization/teams/payroll-team.yaml"


@pytest.mark.parametrize(
    ("before", "fixed"),
    [
        ("lifecycle: build", "lifecycle: build"),
        ("lifecylce: build # why", "lifecycle: build # why"),
        ("lifecycle: biuld", "lifecycle: build"),
        ('lifecycle: "Build"', 'lifecycle: "build"'),
        (
            "lifecycle: build\ndepends_on: [{servise: ledger2}]",
            "lifecycle: build\ndepends_on: [{service: ledger2}]",
        ),
        ("lifecycle: build\ntags: [a]\ntagz: [b]", "lifecycle: build\ntags: [a]\ntagz: [b]"),
        ("lifecycle: retire", "lifecycle: retire"),
        ("lifecycle: build\ntags: [a] # b\nteir: 2", "lifecycle: build\ntags: [a] # b\ntier: 2"),
    ],
)
def test_a_slip_in_a_key_or_a_choice_is_mended(repository_of: Make, before: str, fixed: str) -> None:
    files = {
        LEDGER: f"name: Ledger\nowner: payroll-team\n{before}\n",
        "services/ledger2/service.yaml": SERVICE,
        TEAM_FILE: TEAM,
    }
    found = after(repository_of, files)
    assert found.get(LEDGER, files[LEDGER]) == f"name: Ledger\nowner: payroll-team\n{fixed}\n"
    assert set(found) <= {LEDGER}


def test_one_mended_slip_uncovers_another(repository_of: Make) -> None:
    files = {LEDGER: SERVICE.replace("owner: payroll-team", "onwer: payroll-taem"), TEAM_FILE: TEAM}
    result = mended(repository_of, files)
    assert (result.changes[LEDGER].after or b"").decode() == SERVICE
    assert [mending.words for mending in result.made] == [
        "onwer is now owner",
        "payroll-taem is now payroll-team",
    ]


def test_two_keys_that_mean_the_same_are_left(repository_of: Make) -> None:
    files = {
        LEDGER: SERVICE.replace("lifecycle: build", "lifecylce: build\nlifecycel: live"),
        TEAM_FILE: TEAM,
    }
    result = mended(repository_of, files)
    # The first becomes what it means; the second is then one too many, and a person's business.
    assert (result.changes[LEDGER].after or b"").decode().count("lifecycle:") == 1


@pytest.mark.parametrize(
    ("owner", "fixed"),
    [
        ("payrol-team", "payroll-team"),
        ("'payroll-taem'", "'payroll-team'"),
        ("line-team-a", "line-team-a"),
        ("nobody", "nobody"),
    ],
)
def test_a_slip_in_a_reference_is_mended(repository_of: Make, owner: str, fixed: str) -> None:
    files = {LEDGER: SERVICE.replace("payroll-team", owner), TEAM_FILE: TEAM}
    files["organization/teams/line-team-b.yaml"] = TEAM
    text = after(repository_of, files).get(LEDGER, files[LEDGER])
    assert text == SERVICE.replace("payroll-team", fixed)


def test_a_slip_in_a_role_is_mended(repository_of: Make) -> None:
    activity = (
        "activities:\n  - {name: Release, stage: release, accountable: %s, responsible: payroll-team}\n"
    )
    files = {
        "services/ledger/raci.yaml": activity % "role:change-manger",
        LEDGER: SERVICE,
        TEAM_FILE: TEAM,
        "organization/policy.yaml": "roles: [{name: change-manager, description: Keeps the calendar.}]\n",
    }
    assert after(repository_of, files) == {"services/ledger/raci.yaml": activity % "role:change-manager"}


def test_a_missing_section_gets_its_heading_and_is_empty_then(repository_of: Make) -> None:
    text = RUNBOOK.replace("Mitigation", "Meaning")
    result = mended(repository_of, {"runbooks/a.md": text})
    assert (result.changes["runbooks/a.md"].after or b"").decode() == f"{text}\n## Mitigation\n"
    messages = [(f.message, f.place.span and f.place.span.line) for f in result.report.findings]
    asked = "which the policy asks for: a runbook that does not say what to do helps nobody"
    assert (f"section Mitigation of runbook a is empty, {asked}", 9) in messages


def test_a_missing_section_comes_where_a_reader_looks_for_it(repository_of: Make) -> None:
    text = RUNBOOK.replace("Mitigation", "Meaning") + "\n## Verify it\n\nX.\n\n## Undo it all\n\nX.\n"
    found = after(repository_of, {"runbooks/a.md": text})
    assert found == {"runbooks/a.md": text.replace("## Undo it all", "## Mitigation\n\n## Undo it all")}


def test_missing_sections_come_in_the_order_of_the_policy(repository_of: Make) -> None:
    policy = "requirements: [{when: {kind: runbook}, require: {sections: [Zulu, Alpha]}}]\n"
    files = {"runbooks/a.md": RUNBOOK, "organization/policy.yaml": policy}
    assert after(repository_of, files) == {"runbooks/a.md": f"{RUNBOOK}\n## Zulu\n\n## Alpha\n"}


def test_a_heading_of_nearly_that_name_is_not_doubled(repository_of: Make) -> None:
    files = {"runbooks/a.md": RUNBOOK.replace("Mitigation", "Mitgation")}
    assert not after(repository_of, files)
    assert after(repository_of, files, unsafe=True) == {"runbooks/a.md": RUNBOOK}
    (finding,) = [f for f in check(repository_of(files)).findings if f.rule == "requirement-unmet"]
    assert finding.hint == "is it the section Mitgation?"


@pytest.mark.parametrize(
    ("section", "empty"),
    [
        ("## Mitigation\n", True),
        ("## Mitigation\n\n<!-- to do -->\n\n<!-- more\n-->\n", True),
        ("## Mitigation\n\n---\n", True),
        ("Mitigation\n==========\n", True),
        ("## Mitigation\n\n## Verification\n\nText\n", True),
        ("## Mitigation\n\nText\n", False),
        ("## Mitigation\n\n### First\n\nText\n", False),
        ("## Mitigation\n\n```sh\nls\n```\n", False),
        ("## Mitigation\n\n<!-- to do --> Text\n", False),
        ("## Mitigation\n\n<!-- never closed\n", True),
        ("## Mitigation\n\n## MITIGATION\n\nText\n", False),
        ("### Mitigation\nText", False),
    ],
)
def test_a_heading_alone_is_no_section(repository_of: Make, section: str, empty: bool) -> None:
    report = check(repository_of({"runbooks/a.md": f"---\nservices: []\n---\n\n{section}"}))
    assert any("is empty" in finding.message for finding in report.findings) is empty


LINKS = "---\nservices: []\n---\n\n## Mitigation\n\nSee no.md, [x](%s), ![y](%s) and [r].\n\n[r]: %s\n"


def test_a_broken_link_is_led_to_its_near_match_where_that_was_asked_for(repository_of: Make) -> None:
    files = {
        "runbooks/a.md": LINKS % ("pay-run-lat.md#mitigation", "#mitigatoin", "pay-run-lat.md 'title'"),
        "runbooks/deep/pay-run-late.md": RUNBOOK,
    }
    assert not after(repository_of, files)
    right = LINKS % ("deep/pay-run-late.md#mitigation", "#mitigation", "deep/pay-run-late.md 'title'")
    assert after(repository_of, files, unsafe=True) == {"runbooks/a.md": right}


@pytest.mark.parametrize(
    ("before", "fixed"),
    [
        (
            "---\nservices: [] # gitsm: ignore[review-overdue] because it is new\n---\n\n## Mitigation\n\nText\n",
            "---\nservices: []\n---\n\n## Mitigation\n\nText\n",
        ),
        (
            "---\n# gitsm: ignore[review-overdue, broken-link] because it is new\nservices: []\n---\n\n"
            "## Mitigation\n\nText\n",
            "---\nservices: []\n---\n\n## Mitigation\n\nText\n",
        ),
        (
            "---\nservices: []\n---\n\n## Mitigation\n\n<!-- gitsm: ignore[broken-link] because\nit is new -->\nText\n",
            "---\nservices: []\n---\n\n## Mitigation\n\nText\n",
        ),
        (
            "---\nservices: []\n---\n\n## Mitigation\n\nText <!-- gitsm: ignore[broken-link] because x --> more\n",
            "---\nservices: []\n---\n\n## Mitigation\n\nText more\n",
        ),
    ],
)
def test_a_comment_that_ignores_nothing_goes_where_that_was_asked_for(
    repository_of: Make, before: str, fixed: str
) -> None:
    assert not after(repository_of, {"runbooks/a.md": before})
    assert after(repository_of, {"runbooks/a.md": before}, unsafe=True) == {"runbooks/a.md": fixed}


def test_a_comment_of_which_one_half_is_used_stays(repository_of: Make) -> None:
    comment = "<!-- gitsm: ignore[broken-link, review-overdue] because it comes -->"
    text = f"{RUNBOOK}\n{comment}\n[a](nothing-like-it.md)\n"
    assert not after(repository_of, {"runbooks/a.md": text}, unsafe=True)


SCHEMA = """{
  "x-gitsm": {"kind": "risk", "folder": "risks"},
  "type": "object",
  "properties": {
    "description": {"type": "string", "x-formerly": ["summary", "abstract"]},
    "window": {"type": "object", "additionalProperties": false,
               "properties": {"start": {"type": "string", "x-formerly": ["begin"]}}},
    "size": {"enum": ["small", "medium", "large", 3]}
  },
  "required": ["description"],
  "additionalProperties": false
}
"""


def test_a_field_that_has_another_name_now_gets_it(repository_of: Make) -> None:
    text = "summary: Old # words\nwindow: {begin: now}\nsize: midium\n"
    files = {"schemas/risk.schema.json": SCHEMA, "risks/a.yaml": text}
    messages = [finding.message for finding in check(repository_of(files)).findings]
    assert messages[:2] == ["summary is now called description", "window.begin is now called start"]
    assert len(messages) == 3
    fixed = "description: Old # words\nwindow: {start: now}\nsize: medium\n"
    assert after(repository_of, files) == {"risks/a.yaml": fixed}


def test_a_field_that_stands_under_both_names_is_left(repository_of: Make) -> None:
    files = {"schemas/risk.schema.json": SCHEMA, "risks/a.yaml": "summary: Old\ndescription: New\n"}
    (finding,) = check(repository_of(files)).findings
    assert (finding.message, finding.edit) == ("summary is now called description", None)
    assert finding.hint == "risk has both: keep description"


def test_former_names_are_a_list_of_names(repository_of: Make) -> None:
    schema = SCHEMA.replace('["summary", "abstract"]', '"summary"')
    (finding, *_) = check(repository_of({"schemas/risk.schema.json": schema})).findings
    assert finding.message == "x-formerly is summary, where a list of names belongs"


def test_a_field_of_our_own_can_have_had_another_name() -> None:
    class Risk(RecordFields):
        """A risk."""

        description: str = Field(default="", json_schema_extra={"x-formerly": ["summary"]})

    kind = Kind("risk", "Risk", "Risks", "risks/**/<risk>.yaml", "A risk.", model=Risk)
    _, (finding,) = validate(kind, "risks/a.yaml", {"summary": "Old"})
    assert finding.message == "summary is now called description"
    assert finding.edit == NewKey("risks/a.yaml", ("summary",), "description")


# The commands


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        LEDGER: SERVICE.replace("lifecycle", "lifecylce") + "tagz: [a]\n",
        TEAM_FILE: TEAM,
        "runbooks/a.md": RUNBOOK.replace("## Mitigation", "## Meaning"),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def run_here(folder: Path, *words: str) -> Result:
    command, *rest = words
    return CliRunner(env={"COLUMNS": "100"}).invoke(
        main, [command, "--repo", str(folder), *rest], catch_exceptions=False
    )


def contents(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_fix_writes_and_says_what(folder: Path) -> None:
    result = run_here(folder, "fix")
    assert result.exit_code == 0
    assert result.output == (
        "mended runbooks/a.md:2 [requirement-unmet] the heading Mitigation is there now\n"
        "mended services/ledger/service.yaml:3 [unknown-field] lifecylce is now lifecycle\n"
        "2 findings were mended in 2 files; 1 more with --unsafe; gitsm check still finds 2 errors\n"
    )
    assert (folder / LEDGER).read_text() == SERVICE + "tagz: [a]\n"
    assert run_here(folder, "fix").output.startswith("nothing to mend; 1 more with --unsafe")


def test_unsafe_edits_are_made_where_that_was_asked_for(folder: Path) -> None:
    assert run_here(folder, "fix", "--unsafe").exit_code == 0
    assert (folder / LEDGER).read_text() == SERVICE + "tags: [a]\n"


def test_a_difference_is_shown_and_nothing_written(folder: Path) -> None:
    before = contents(folder)
    result = run_here(folder, "fix", "--diff")
    assert result.exit_code == 1
    assert "-lifecylce: build\n+lifecycle: build\n" in result.stdout
    assert "2 findings would be mended in 2 files" in result.stderr
    assert contents(folder) == before
    run_here(folder, "fix")
    assert run_here(folder, "fix", "--diff").exit_code == 0


def test_only_the_paths_that_are_named_are_changed(folder: Path) -> None:
    before = contents(folder)
    run_here(folder, "fix", str(folder / "services"))
    assert {path for path, text in contents(folder).items() if before[path] != text} == {LEDGER}
    run_here(folder, "fix", str(folder / "runbooks/a.md"))
    assert (folder / "runbooks/a.md").read_text().endswith("## Mitigation\n")


def test_everything_can_be_named(folder: Path) -> None:
    run_here(folder, "fix", str(folder))
    assert (folder / LEDGER).read_text().startswith(SERVICE)


def test_a_path_outside_is_refused(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "x.yaml"
    other.write_text("a: b\n")
    result = run_here(folder, "fix", str(other))
    assert (result.exit_code, "is not in" in result.output) == (2, True)


def test_a_link_is_not_written_through(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "service.yaml"
    other.write_text(SERVICE.replace("lifecycle", "lifecylce"))
    (folder / "services/linked").mkdir()
    (folder / "services/linked/service.yaml").symlink_to(other)
    run_here(folder, "fix")
    assert other.read_text() == SERVICE.replace("lifecycle", "lifecylce")


def test_a_file_that_changes_meanwhile_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fix.write_changes  # type: ignore[attr-defined]

    def somebody_is_faster(root: Path, changes: Mapping[str, object]) -> None:
        (folder / LEDGER).write_text("theirs")
        real(root, changes)  # type: ignore[arg-type]

    monkeypatch.setattr(fix, "write_changes", somebody_is_faster)
    before = contents(folder)
    result = run_here(folder, "fix")
    assert (result.exit_code, "somebody else changed the file meanwhile" in result.output) == (2, True)
    assert contents(folder) == {**before, LEDGER: "theirs"}


def test_check_can_mend_first(folder: Path) -> None:
    result = run_here(folder, "check", "--fix", "--format", "concise")
    assert result.exit_code == 1
    assert "lifecylce" not in result.stdout
    assert "[unknown-field] lifecylce is now lifecycle" in result.stderr
    assert result.stdout == run_here(folder, "check", "--format", "concise").stdout


def test_only_a_folder_can_be_mended(folder: Path) -> None:
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        who = ["-c", "user.name=payroll-oncall", "-c", "user.email=payroll-oncall@example.com"]
        subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)
    result = run_here(folder, "check", "--fix", "--at", "HEAD")
    assert (result.exit_code, "--fix changes the files of a folder" in result.output) == (2, True)
    assert "lifecylce" in (folder / LEDGER).read_text()


def test_text_that_a_terminal_would_obey_is_shown(folder: Path) -> None:
    (folder / "services/x").mkdir()
    (folder / "services/x/service.yaml").write_text('name: "a"\nlifecylce: build\nowner: "\u009b31m"\n')
    for words in (["fix", "--diff"], ["fix"]):
        output = run_here(folder, *words).output
        assert "\u009b" not in output


def test_the_edits_are_of_the_kinds_there_are() -> None:
    """A new kind of edit needs words of its own in what `fix` says."""
    from typing import get_args

    from gitsm.diagnostic import Edit

    assert set(get_args(Edit)) == {NewValue, NewKey, NewSection, NewText}


def test_no_line_of_a_difference_is_a_command_of_a_build_machine() -> None:
    before = b"name: Ledger\ndescription: |\n  ::error file=x::PWNED\n  ##[error]PWNED\n"
    shown = list(difference("services/a/service.yaml", before, before.replace(b"Ledger", b"Books")))
    assert not [line for line in shown if line.strip().startswith("::") or "##[" in line]
    assert any("PWNED" in line for line in shown)
