"""The index: what is a record, how records hang together, and at which moment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitsm.git import GitError
from gitsm.opening import merge_base, open_repository
from gitsm.records.change import Change
from gitsm.records.problem import Problem
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.repository import Repository
from gitsm.settings import SettingsError

FILES = {
    "no record at all": ("docs/page.md", "# A page\n", None),
    "a README beside records": ("runbooks/README.md", "# Runbooks\n", None),
    "a picture": ("runbooks/graph.png", "\x00", None),
    "a hidden file": ("services/.gitkeep", "", None),
    "a misspelt name": ("services/payroll/servcie.yaml", "name: x\n", "file-of-no-kind"),
    "another ending": ("changes/2026/2026-11-12-a.yml", "title: x\n", "file-of-no-kind"),
    "a kind's folder without its file": ("services/readme.md", "x\n", "file-of-no-kind"),
    "capitals": ("runbooks/KubeDown.md", "---\nservices: []\n---\n## Mitigation\n", "invalid-id"),
    "another alphabet": ("runbooks/рay.md", "---\nservices: []\n---\n## Mitigation\n", "invalid-id"),
    "the word index": ("runbooks/index.md", "---\nservices: []\n---\n## Mitigation\n", "invalid-id"),
    "a very long name": (f"runbooks/{'a' * 101}.md", "---\nservices: []\n---\n## Mitigation\n", "invalid-id"),
    "too large": ("runbooks/large.md", "---\nservices: []\n---\n" + "x" * 300_000, "unreadable-file"),
}


@pytest.mark.parametrize(("path", "text", "rule"), FILES.values(), ids=FILES.keys())
def test_what_becomes_of_a_file(
    path: str,
    text: str,
    rule: str | None,
    example_files: dict[str, str],
    repository_of: Callable[..., Repository],
) -> None:
    repository = repository_of({**example_files, path: text})
    assert [fault.rule for fault in repository.faults] == ([rule] if rule else [])
    assert len(repository.all()) == len(example_files)


def test_folders_under_runbooks_mean_nothing(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    text = "---\nservices: []\n---\n## Mitigation\n"
    repository = repository_of({**example_files, "runbooks/a/b/c/deep.md": text})
    assert repository.find("runbook", "deep") is not None
    twice = repository_of({**example_files, "runbooks/a/deep.md": text, "runbooks/b/deep.md": text})
    assert [(fault.rule, fault.place.file) for fault in twice.faults] == [
        ("duplicate-id", "runbooks/b/deep.md")
    ]


def test_relations_are_typed_at_one_end_and_derived_at_the_other(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    repository = repository_of(example_files)
    payroll = repository.get(Service, "payroll")
    problem = repository.get(Problem, "slow-tax-tables")
    assert payroll is not None
    assert problem is not None
    assert [record.id for record in repository.referring(payroll, Runbook, "services")] == ["pay-run-late"]
    assert [record.id for record in repository.referring(problem, Change, "origin")] == [
        "2026-11-12-payroll-database-upgrade"
    ]
    targets = {(link.kind, link.id) for link in repository.links if link.source.id == "pay-run-late"}
    assert targets == {("service", "payroll"), ("team", "payroll-team")}


def test_a_record_that_does_not_fit_can_be_looked_up_but_not_computed_with(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    repository = repository_of({**example_files, "services/ledger/service.yaml": "name: Ledger\ntier: 9\n"})
    assert repository.get(Service, "ledger") is None
    assert repository.find("service", "ledger") is not None
    assert repository.defines("service", "ledger")
    assert [service.id for service in repository.of(Service)] == ["payroll"]


def test_a_broken_file_is_no_dangling_reference(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    repository = repository_of({**example_files, "services/ledger/service.yaml": "name: [\n"})
    assert repository.defines("service", "ledger")


def test_plain_dates_are_those_of_the_policy(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    night = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    assert repository_of(example_files, night).today.isoformat() == "2026-11-16"
    assert repository_of({}, night).today.isoformat() == "2026-11-15"


# --- in Git


def git(folder: Path, *arguments: str, at: str = "2026-11-01T10:00:00+00:00") -> str:
    identity = {
        f"GIT_{who}_{what}": "team@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    environment = {**os.environ, **identity, **dates, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, example_files: dict[str, str]) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    write(tmp_path, example_files)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "First")
    return tmp_path


def clock() -> datetime:
    return datetime(2030, 1, 1, tzinfo=UTC)


def test_the_clock_is_asked_last(folder: Path) -> None:
    as_of = datetime(2026, 5, 5, tzinfo=UTC)
    assert open_repository(folder, clock=clock).now == clock()
    assert open_repository(folder, clock=clock, as_of=as_of).now == as_of
    assert open_repository(folder, clock=clock, revision="HEAD").now == datetime(2026, 11, 1, 10, tzinfo=UTC)
    write(folder, {"gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n"})
    assert open_repository(folder, clock=clock).now == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert open_repository(folder, clock=clock, as_of=as_of).now == as_of


def test_a_revision_is_read_as_it_was(folder: Path) -> None:
    write(folder, {"services/ledger/service.yaml": "name: New\nowner: payroll-team\nlifecycle: live\n"})
    assert open_repository(folder, clock=clock).find("service", "ledger").title == "New"  # type: ignore[union-attr]
    then = open_repository(folder, clock=clock, revision="HEAD")
    assert then.find("service", "ledger").title == "Ledger"  # type: ignore[union-attr]
    with pytest.raises(GitError):
        open_repository(folder, clock=clock, revision="nonsense")


def test_merging_is_authorising(folder: Path) -> None:
    new = "changes/2026/2026-11-20-move.yaml"
    git(folder, "switch", "-qc", "move")
    write(folder, {new: "title: a\n"})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "Propose")
    before = open_repository(folder, clock=clock)
    assert before.authorised is not None
    assert new not in before.authorised
    assert "services/ledger/service.yaml" in before.authorised
    git(folder, "switch", "-q", "main")
    git(folder, "merge", "-q", "move")
    after = open_repository(folder, clock=clock)
    assert after.authorised is not None
    assert new in after.authorised


def test_the_base_is_where_histories_part(folder: Path) -> None:
    git(folder, "switch", "-qc", "branch")
    write(folder, {"services/new/service.yaml": "name: New\n"})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "On the branch")
    git(folder, "switch", "-q", "main")
    write(folder, {"services/other/service.yaml": "name: Other\n"})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "On main")
    git(folder, "switch", "-q", "branch")
    base = merge_base(open_repository(folder, clock=clock), "main")
    assert base.find("service", "new") is None
    assert base.find("service", "other") is None
    assert base.now == clock()


def test_outside_git_nothing_is_known_of_authorisation(tmp_path: Path, example_files: dict[str, str]) -> None:
    write(tmp_path, example_files)
    repository = open_repository(tmp_path, clock=clock)
    assert repository.authorised is None
    with pytest.raises(GitError):
        merge_base(repository, "main")
    with pytest.raises(GitError):
        open_repository(tmp_path, clock=clock, revision="main")


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("gitsm.toml", "as_of = [", "can't be read"),
        ("gitsm.toml", "as_off = 2026-12-01T09:00:00Z\n", "as_of"),
        ("gitsm.toml", "as_of = 2026-12-01T09:00:00\n", "offset"),
        ("gitsm.toml", "as_of = 'today'\n", "offset"),
        ("gitsm.toml", "a = " + "[" * 30_000, "can't be read"),
        ("gitsm.toml", "# " + "x" * 300_000, "more than 256 KiB"),
        ("gitsm.toml", "a" + ".a" * 100_000 + " = 1", "more than 500 dots"),
        ("pyproject.toml", "[tool]\ngitsm = 3\n", "no table"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path: Path, file: str, text: str, words: str) -> None:
    write(tmp_path, {file: text})
    with pytest.raises(SettingsError, match=words) as caught:
        open_repository(tmp_path, clock=clock)
    assert file in str(caught.value)
