"""Another id for a record: its files, and everything that leads to it, follow; nothing else changes."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.lint import run
from gitsm.opening import open_repository
from gitsm.records import KINDS
from gitsm.renaming import NotRenamed, Renaming, rename
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.tree import MappingTree

ROOT = Path(__file__).parent.parent
NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
EXAMPLES = {path: text for kind in KINDS.values() for path, text in kind.examples.items()}
SERVICE = "name: Ledger\nowner: payroll-team\nlifecycle: build\n"
RUNBOOK = "---\nservices: []\n---\n\n## Mitigation\n\nResume it.\n"
Make = Callable[..., Repository]


def renamed(files: Mapping[str, str], *words: str) -> tuple[dict[str, str], Renaming]:
    """The files as they will be."""
    repository = Repository(MappingTree(files), now=NOW)
    result = rename(repository, *words)
    after = dict(files)
    for path, change in result.changes.items():
        assert (change.before or b"").decode() == after.get(path, "")
        after.pop(path, None)
        if change.after is not None:
            after[path] = change.after.decode()
    return after, result


def findings(files: Mapping[str, str], moves: Mapping[str, str]) -> Counter[tuple[str, str]]:
    report = run(Repository(MappingTree(files), now=NOW), RULES.values())
    return Counter((each.rule, moves.get(each.place.file, each.place.file)) for each in report.findings)


def said(files: Mapping[str, str]) -> list[tuple[str, object, str]]:
    records = Repository(MappingTree(files), now=NOW).all()
    return [(record.file, record.data, record.body) for record in records]


def own_name(id: str) -> str:
    return "/".join([*id.split("/")[:-1], id.rpartition("/")[2] + "-anew"])


NAMED = [
    (record.kind.name, record.id)
    for record in Repository(MappingTree(EXAMPLES), now=NOW).all()
    if record.kind.name not in ("policy", "raci", "capacity", "value-stream")
]


@pytest.mark.parametrize(("kind", "id"), NAMED, ids=[f"{kind}-{id}" for kind, id in NAMED])
def test_any_record_can_get_another_id(kind: str, id: str) -> None:
    after, result = renamed(EXAMPLES, kind, id, own_name(id))
    before, then = (Repository(MappingTree(files), now=NOW) for files in (EXAMPLES, after))
    assert then.find(kind, own_name(id)) is not None
    assert then.find(kind, id) is None
    assert len(then.all()) == len(before.all())
    assert len(then.references) == len(before.references)
    assert findings(EXAMPLES, result.moves) == findings(after, {}) == Counter()
    back, _ = renamed(after, kind, own_name(id), id)
    assert back == EXAMPLES  # to the last byte


@given(st.sampled_from(NAMED), st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True))
def test_any_new_id_is_taken_or_refused(named: tuple[str, str], word: str) -> None:
    kind, id = named
    words = [*id.split("/")[:-1], id[:11] + word if KINDS[kind].dated else word]
    try:
        after, result = renamed(EXAMPLES, kind, id, "/".join(words))
    except NotRenamed:
        return
    assert not findings(after, {})
    back, _ = renamed(after, kind, "/".join(words), id)
    assert said(back) == said(EXAMPLES)  # an id such as 0 or on has got quotes
    assert set(result.moves.values()) <= set(after)


ORGANISATION = [
    ("service", "payroll"),
    ("service", "identity"),
    ("team", "payroll-team"),
    ("calendar", "office-hours"),
    ("change", "2026-11-12-databases-to-postgresql-18"),
    ("runbook", "pay-run-late"),
    ("problem", "tax-feed-timeouts"),
]


@pytest.mark.parametrize(("kind", "id"), ORGANISATION)
def test_a_record_of_the_example_organisation_can_get_another_id(kind: str, id: str) -> None:
    repository = open_repository(ROOT, clock=lambda: NOW)
    result = rename(repository, kind, id, own_name(id))
    assert result.references > 0
    lost = [
        mention for mention in result.mentions if f"{id}.md" in mention.text or f"{id}.yaml" in mention.text
    ]
    assert not [mention for mention in lost if mention.file.startswith(("runbooks/", "services/"))]


def test_a_service_moves_with_all_that_is_in_its_folder() -> None:
    files = {
        "services/payroll/service.yaml": SERVICE + "depends_on: [{service: ledger}] # payroll needs it\n",
        "services/payroll/sla.yaml": "type: SLA\nprovider: payroll-team\ncustomer: payroll\n"
        "underpinned_by: [payroll/ola, ledger/ola]\n",
        "services/payroll/ola.yaml": "type: OLA\nprovider: payroll\ncustomer: payroll-team\n",
        "services/payroll/notes/diagram.txt": "payroll\n",
        "services/ledger/service.yaml": SERVICE,
        "services/ledger/ola.yaml": "type: OLA\nprovider: payroll-team\ncustomer: payroll-team\n",
        "services/payroll-archive/service.yaml": SERVICE + "depends_on:\n  - service: 'payroll'\n",
        "organization/teams/payroll.yaml": "name: Payroll\n",
        "organization/teams/payroll-team.yaml": "name: Payroll team\n",
    }
    after, result = renamed(files, "service", "payroll", "wages")
    assert after == {
        "services/wages/service.yaml": files["services/payroll/service.yaml"],
        "services/wages/sla.yaml": files["services/payroll/sla.yaml"].replace("payroll/ola", "wages/ola"),
        "services/wages/ola.yaml": files["services/payroll/ola.yaml"],
        "services/wages/notes/diagram.txt": "payroll\n",
        "services/payroll-archive/service.yaml": SERVICE + "depends_on:\n  - service: 'wages'\n",
        **{path: text for path, text in files.items() if "/payroll" not in path or "teams" in path},
    }
    assert (result.references, result.links) == (2, 0)
    # The team of that name is another record; words in comments and texts are a reader's business.
    assert [(mention.file, mention.line) for mention in result.mentions] == [
        ("services/wages/notes/diagram.txt", 1),
        ("services/wages/service.yaml", 4),
    ]


def test_links_follow_in_every_text() -> None:
    files = {
        "runbooks/a/late.md": RUNBOOK + "[b](../b/other.md#mitigation) [me](#mitigation) [me too](late.md)\n",
        "runbooks/b/other.md": RUNBOOK
        + "[a](../a/late.md#mitigation 'late.md') `[a](../a/late.md)` [a][l]\n\n"
        "[l]: <../a/late.md>\n",
        "README.md": "[late](runbooks/a/late.md) [late](/runbooks/a/late.md) [x](https://x.example/late.md)\r\n",
        "docs/page.md": "[file](../runbooks/a/late.md) [page](runbooks/late.md#undo) [html](runbooks/late.html)\n",
    }
    after, result = renamed(files, "runbook", "late", "slow")
    assert after == {
        "runbooks/a/slow.md": files["runbooks/a/late.md"].replace("(late.md)", "(slow.md)"),
        "runbooks/b/other.md": RUNBOOK
        + "[a](../a/slow.md#mitigation 'late.md') `[a](../a/late.md)` [a][l]\n\n[l]: <../a/slow.md>\n",
        "README.md": "[late](runbooks/a/slow.md) [late](/runbooks/a/slow.md) [x](https://x.example/late.md)\r\n",
        "docs/page.md": "[file](../runbooks/a/slow.md) [page](runbooks/slow.md#undo) [html](runbooks/slow.html)\n",
    }
    assert result.links == 8


def test_links_inside_a_file_follow_it_to_another_folder() -> None:
    text = (
        "---\ntitle: A\nservices: []\n---\n\n"
        "[r](../../runbooks/late.md#mitigation) [b](2026-11-29-b.md) [no](nothing.md) ![i](pictures/i.png?x=1#y)\n"
    )
    files = {
        "incidents/2026/2026-11-28-a.md": text,
        "incidents/2026/2026-11-29-b.md": text,
        "runbooks/late.md": RUNBOOK,
    }
    after, _ = renamed(files, "incident", "2026-11-28-a", "2027-01-02-a")
    assert after["incidents/2027/2027-01-02-a.md"] == text.replace("(2026-11", "(../2026/2026-11").replace(
        "(nothing.md", "(../2026/nothing.md"
    ).replace("(pictures", "(../2026/pictures")
    assert set(after) == {
        "incidents/2027/2027-01-02-a.md",
        "incidents/2026/2026-11-29-b.md",
        "runbooks/late.md",
    }


def test_a_link_to_a_folder_follows_a_service() -> None:
    files = {"services/a/service.yaml": SERVICE, "README.md": "[a](services/a/) [a](./services/a)\n"}
    after, _ = renamed(files, "service", "a", "b")
    assert after["README.md"] == "[a](services/b/) [a](./services/b)\n"


def test_references_of_broken_records_follow_too() -> None:
    files = {
        "services/a/service.yaml": SERVICE,
        "services/b/service.yaml": "nmae: B\ndepends_on: [{service: a}]\n",  # doesn't fit its schema
        "services/B_C/service.yaml": "depends_on: [{service: a}]\n",  # has no id
    }
    after, _ = renamed(files, "service", "a", "z")
    assert after["services/b/service.yaml"] == "nmae: B\ndepends_on: [{service: z}]\n"
    assert after["services/B_C/service.yaml"] == "depends_on: [{service: z}]\n"


def test_a_bad_id_can_be_mended_by_it() -> None:
    after, _ = renamed(
        {"services/General_Ledger/service.yaml": SERVICE}, "service", "General_Ledger", "ledger"
    )
    assert set(after) == {"services/ledger/service.yaml"}


SCHEMA = """{"x-gitsm": {"kind": "risk", "folder": "risks"}, "type": "object",
 "properties": {"service": {"x-ref": "service"}, "after": {"type": "array", "items": {"x-ref": "risk"}}}}"""


def test_kinds_of_a_users_own_take_part() -> None:
    files = {
        "schemas/risk.schema.json": SCHEMA,
        "services/a/service.yaml": SERVICE,
        "risks/deep/one.yaml": "service: a\n",
        "risks/two.yaml": "after: [one, a]\n",
    }
    after, _ = renamed(files, "risk", "one", "first")
    assert after["risks/two.yaml"] == "after: [first, a]\n"
    assert "risks/deep/first.yaml" in after
    assert renamed(files, "service", "a", "b")[0]["risks/deep/one.yaml"] == "service: b\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("chnage", "a", "b"), "there is no kind chnage; did you mean change?"),
        (("service", "payrol", "b"), "there is no service payrol; did you mean payroll?"),
        (("service", "payroll", "payroll"), "has that id already"),
        (("service", "payroll", "ledger"), "there is a service ledger already"),
        (("service", "payroll", "Wages"), "no id of a service"),
        (("service", "payroll", "a/b"), "no id of a service"),
        (("service", "payroll", "../x"), "no id of a service"),
        (("service", "payroll", "index"), "no id of a service"),
        (("service", "payroll", ""), "no id of a service"),
        (("service", "payroll", "x" * 101), "no id of a service"),
        (("service", "payroll", "half"), "the folder services/half is there already"),
        (("service", "payroll", "HALF".lower()), "already"),
        (("raci", "payroll", "wages"), "goes by the name of its service; rename the service"),
        (("policy", "policy", "x"), "there is one policy only"),
        (("agreement", "payroll/sla", "payroll/gold"), "no id of an agreement"),
        (("agreement", "payroll/sla", "nothing/sla"), "service nothing, which no file defines"),
        (("change", "2026-11-28-move", "move"), "does not begin with a day"),
        (("change", "2026-11-28-move", "2026-02-30-move"), "does not begin with a day"),
        (("runbook", "twice", "once"), "stands in runbooks/a/twice.md and runbooks/b/twice.md"),
        (("team", "payroll-team", "readme"), "stands there already"),
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(words: tuple[str, str, str], reason: str) -> None:
    files = {
        "services/payroll/service.yaml": SERVICE,
        "services/payroll/raci.yaml": "activities: [{name: A, stage: plan}]\n",
        "services/payroll/sla.yaml": "type: SLA\nprovider: payroll-team\ncustomer: payroll-team\n",
        "services/ledger/service.yaml": SERVICE,
        "services/Half/notes.txt": "x\n",
        "organization/policy.yaml": "timezone: Europe/Vienna\n",
        "organization/teams/payroll-team.yaml": "name: A\n",
        "organization/teams/ReadMe.yaml": "name: A\n",
        "changes/2026/2026-11-28-move.yaml": "title: A\n",
        "runbooks/a/twice.md": RUNBOOK,
        "runbooks/b/twice.md": RUNBOOK,
    }
    with pytest.raises(NotRenamed) as refused:
        renamed(files, *words)
    assert reason in str(refused.value)


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        **EXAMPLES,
        "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n",
        "docs/a.md": "[p](../services/payroll/service.yaml): what payroll is\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=payroll-oncall", "-c", "user.email=payroll-oncall@example.com"]
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run_here(folder: Path, *words: str) -> Result:
    command, *rest = words
    return CliRunner(env={"COLUMNS": "100"}).invoke(
        main, [command, "--repo", str(folder), *rest], catch_exceptions=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and ".git" not in file.parts
    }


def test_the_command_writes_says_what_and_leaves_nothing_behind(folder: Path) -> None:
    (folder / "services/payroll/service.yaml").chmod(0o640)
    result = run_here(folder, "rename", "service", "payroll", "wages")
    assert result.exit_code == 0
    first, second, third, *rest = result.output.splitlines()
    assert first == "service payroll is now wages"
    assert second.startswith("  services/payroll/ -> services/wages/, ")
    assert third.endswith("other files")
    assert "  docs/a.md:1: " in "\n".join(rest)
    assert not (folder / "services/payroll").exists()
    assert (folder / "services/wages/service.yaml").stat().st_mode & 0o777 == 0o640
    assert not [name for name in os.listdir(folder / "services/wages") if name.startswith(".")]
    assert run_here(folder, "check", "--format", "concise").output.endswith("no findings\n")


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_what_would_change_can_be_seen_first(folder: Path, option: str) -> None:
    before = contents(folder)
    result = run_here(folder, "rename", "service", "payroll", "wages", option)
    assert result.exit_code == 0
    assert contents(folder) == before
    assert ("+[p](../services/wages/service.yaml): what payroll is" in result.output) is (option == "--diff")


def test_a_repository_is_committed_first(folder: Path) -> None:
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        git(folder, *words)
    before = contents(folder)
    (folder / "docs/a.md").write_text("other\n")
    result = run_here(folder, "rename", "service", "payroll", "wages")
    assert (result.exit_code, "not committed: docs/a.md" in result.output) == (2, True)
    git(folder, "add", ".")
    assert run_here(folder, "rename", "service", "payroll", "wages").exit_code == 2
    git(folder, "checkout", "-q", "HEAD", "--", ".")
    (folder / "docs/a.md").unlink()
    assert run_here(folder, "rename", "service", "payroll", "wages").exit_code == 2
    git(folder, "checkout", "-q", "HEAD", "--", ".")
    (folder / "docs/new.md").write_text("A file that Git does not know is no obstacle.\n")
    assert run_here(folder, "rename", "service", "payroll", "wages").exit_code == 0
    git(folder, "checkout", "-q", "--", ".")
    git(folder, "clean", "-fdq")
    assert contents(folder) == before


def test_it_can_be_insisted_upon(folder: Path) -> None:
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        git(folder, *words)
    (folder / "docs/a.md").write_text("other\n")
    assert run_here(folder, "rename", "service", "payroll", "wages", "--force").exit_code == 0


def test_a_folder_with_a_link_in_it_does_not_move(folder: Path) -> None:
    before = contents(folder)
    (folder / "services/payroll/linked.yaml").symlink_to("service.yaml")
    result = run_here(folder, "rename", "service", "payroll", "wages")
    assert (result.exit_code, "symbolic link" in result.output) == (2, True)
    (folder / "services/payroll/linked.yaml").unlink()
    assert contents(folder) == before


def test_a_file_that_stands_in_the_way_unseen_is_kept(folder: Path) -> None:
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "x"]):
        git(folder, *words)
    (folder / ".git/info/exclude").write_text("runbooks/slow.md\n")
    (folder / "runbooks/slow.md").write_text("ignored by Git\n")
    before = contents(folder)
    result = run_here(folder, "rename", "runbook", "pay-run-late", "slow")
    assert (result.exit_code, "a file stands there already" in result.output) == (2, True)
    assert contents(folder) == before


def test_names_that_a_terminal_would_obey_are_shown(folder: Path) -> None:
    result = run_here(folder, "rename", "service", "payroll", "a\x1b[0m")
    assert (result.exit_code, "\x1b" in result.output) == (2, False)
