"""The places that run gitsm for people: pre-commit, the GitHub Action, the pipelines that `gitsm init` writes.

Their YAML is judged by actionlint and zizmor, their shell lines are run as the code host would.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from gitsm import formats
from gitsm.cli import main
from gitsm.starter import PIPELINES, SITES, Toolkit, pipeline_files

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(sys.executable).parent
COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOOLKIT = f"https://code.example.com/acme/gitsm@{COMMIT}"
ACTION = ROOT / "action.yml"
OURS = ROOT / ".github/workflows/ci.yml"
PINNED = re.compile(
    r"uses: (\./|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$|(acme|your-organization)/gitsm@[0-9a-f]{40}$)"
)


def program(name: str) -> str:
    """A program beside this Python, else on the way; the test is skipped where there is none."""
    found = shutil.which(name, path=f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def gitsm(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def shown_in_docs() -> Iterator[tuple[str, str]]:
    """The workflows that the page on CI shows, by the file's path."""
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    for path, text in re.findall(r"^```yaml title=\"([^\"]+)\"\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        if path.startswith(".github/workflows/"):
            yield path, text


@pytest.fixture
def workflows(tmp_path: Path) -> list[Path]:
    """Every workflow: our own, what `gitsm init` writes, and what the documentation shows."""
    texts = [*pipeline_files("github", Toolkit.read(TOOLKIT), site=True).items(), *shown_in_docs()]
    made = [OURS]
    for path, text in texts:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        made.append(file)
    return made


def test_there_are_workflows_to_judge(workflows: list[Path]) -> None:
    assert [path.name for path in workflows] == [
        "ci.yml",
        "gitsm.yml",
        "gitsm-site.yml",
        "gitsm-code-scanning.yml",
    ]


def test_actionlint_has_no_objection(workflows: list[Path]) -> None:
    answer = subprocess.run(
        [program("actionlint"), "-no-color", "-shellcheck=", "-pyflakes=", *map(str, workflows)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout + answer.stderr == ""
    assert answer.returncode == 0


def test_zizmor_has_no_objection(workflows: list[Path]) -> None:
    answer = zizmor(*workflows, ACTION)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert json.loads(answer.stdout) == []


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    """The strictest that it can be, without a network and without anybody's settings."""
    options = ["--offline", "--no-config", "--persona=auditor", "--format=json", "--no-progress", "--quiet"]
    return subprocess.run(
        [program("zizmor"), *options, *map(str, files)], capture_output=True, text=True, check=False
    )


def test_both_would_say_so_if_they_had(tmp_path: Path) -> None:
    file = tmp_path / ".github/workflows/bad.yml"
    file.parent.mkdir(parents=True)
    file.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
        '      - run: echo "${{ github.event.issue.title }}"\n'
    )
    found = {finding["ident"] for finding in json.loads(zizmor(file).stdout)}
    assert found >= {"template-injection", "unpinned-uses", "excessive-permissions", "artipacked"}
    answer = subprocess.run(
        [program("actionlint"), "-no-color", str(file)], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert "potentially untrusted" in answer.stdout


def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(workflows: list[Path]) -> None:
    found = 0
    for file in [*workflows, ACTION]:
        for line in file.read_text(encoding="utf-8").splitlines():
            if "uses:" in line:
                assert PINNED.search(line), f"{file.name}: {line}"
                found += 1
    assert found > 8


def test_an_action_has_the_same_commit_everywhere(workflows: list[Path]) -> None:
    uses = re.compile(r"uses: ([\w.-]+/[\w./-]+)@([0-9a-f]{40} # v[\d.]+)$", re.MULTILINE)
    pins: dict[str, set[str]] = {}
    for file in [*workflows, ACTION]:
        for name, pin in uses.findall(file.read_text(encoding="utf-8")):
            pins.setdefault(name, set()).add(pin)
    assert {name: len(found) for name, found in pins.items()} == dict.fromkeys(pins, 1)


def test_no_workflow_may_more_than_it_needs(workflows: list[Path]) -> None:
    may = {
        ("gitsm-code-scanning.yml", "scan"): {"security-events": "write"},
        ("gitsm-site.yml", "deploy"): {"pages": "write", "id-token": "write"},
    }
    for file in workflows:
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {}
        for name, job in workflow["jobs"].items():
            writes = {what: how for what, how in job["permissions"].items() if how == "write"}
            assert writes == may.get((file.name, name), {}), f"{file.name}: {name}"


# The action


def steps_of_action() -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    return steps


def run_action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The last step of the action, as GitHub runs it: each input by way of the environment."""
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    given = {name: entry["default"] for name, entry in action["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    values = {f"inputs.{name}": value for name, value in given.items()}
    values["steps.install.outputs.programs"] = str(PROGRAMS)
    step = steps_of_action()[-1]

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], text)

    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder / filled(step["working-directory"]),
        env={"PATH": os.environ["PATH"], **{name: filled(text) for name, text in step["env"].items()}},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A new repository under Git, with one branch."""
    gitsm("init", tmp_path / "acme")
    git(tmp_path / "acme", "init", "--quiet", "--initial-branch=main")
    git(tmp_path / "acme", "add", ".")
    git(tmp_path / "acme", "commit", "--quiet", "--message=Begin")
    git(tmp_path / "acme", "update-ref", "refs/remotes/origin/main", "HEAD")
    return tmp_path / "acme"


def git(folder: Path, *words: str) -> None:
    person = ["-c", "user.name=payroll-oncall", "-c", "user.email=payroll-oncall@example.com"]
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *person, *words], cwd=folder, check=True, env={**os.environ, **nothing})


def broken(acme: Path) -> None:
    with (acme / "runbooks/website-down.md").open("a", encoding="utf-8") as file:
        file.write("\n[the plan](nowhere.md)\n")


def test_the_action_ends_as_check_does(acme: Path) -> None:
    assert run_action(acme).returncode == 0
    broken(acme)
    answer = run_action(acme)
    assert answer.returncode == 1
    assert answer.stdout.startswith("::error file=runbooks/website-down.md,line=")
    assert run_action(acme, fail_on="nonsense").returncode == 2


def test_the_action_judges_what_a_branch_brings(acme: Path) -> None:
    broken(acme)
    git(acme, "commit", "--quiet", "--all", "--message=Break")
    git(acme, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert run_action(acme, since="origin/main").returncode == 0
    assert run_action(acme).returncode == 1
    assert run_action(acme, since="origin/gone").returncode == 2


def test_the_action_looks_into_the_folder_that_is_named(acme: Path) -> None:
    inner = acme / "deep/er"
    shutil.copytree(acme / "services", inner / "services")
    answer = run_action(acme, working_directory="deep/er")
    assert "operations" in answer.stdout  # the team, which stands outside
    assert answer.returncode == 1


def test_no_input_of_the_action_is_read_by_the_shell(acme: Path) -> None:
    for bad in ("$(touch bad)", "`touch bad`", "; touch bad", '" && touch bad && "', "x' && touch bad '"):
        assert run_action(acme, since=bad).returncode == 2
        assert run_action(acme, fail_on=bad).returncode == 2
    assert not (acme / "bad").exists()
    for step in steps_of_action():
        assert "${{" not in step.get("run", "")


@pytest.mark.skipif("sarif" not in formats.names(), reason="there is no format sarif")
def test_the_action_writes_sarif_where_it_is_told(acme: Path) -> None:
    assert run_action(acme, sarif="gitsm.sarif").returncode == 0
    assert json.loads((acme / "gitsm.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_the_action_installs_what_stands_beside_it() -> None:
    install = steps_of_action()[1]["run"]
    assert '--constraint "$GITHUB_ACTION_PATH/constraints.txt" "$GITHUB_ACTION_PATH"' in install
    assert (ACTION.parent / "constraints.txt").is_file()
    assert subprocess.run(["bash", "-n", "-c", install], check=False).returncode == 0


# GitLab


def gitlab_job() -> dict[str, Any]:
    (text,) = pipeline_files("gitlab", Toolkit.read(TOOLKIT)).values()
    pipeline = yaml.safe_load(text)
    assert list(pipeline) == ["gitsm"]
    job: dict[str, Any] = pipeline["gitsm"]
    return job


def test_the_pipeline_for_gitlab_has_the_shape_that_gitlab_reads() -> None:
    job = gitlab_job()
    known = {
        "stage",
        "image",
        "interruptible",
        "rules",
        "variables",
        "before_script",
        "script",
        "artifacts",
    }
    assert set(job) == known
    assert all(isinstance(value, str) for value in job["variables"].values())
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert [rule["if"] for rule in job["rules"]] == [
        '$CI_PIPELINE_SOURCE == "merge_request_event"',
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    ]
    assert job["artifacts"]["when"] == "always"
    for line in [*job["before_script"], *job["script"]]:
        assert isinstance(line, str)
        assert subprocess.run(["bash", "-n", "-c", line], check=False).returncode == 0, line


@pytest.mark.parametrize(("branch", "code"), [("main", 0), (None, 1)])
def test_the_pipeline_for_gitlab_reports_what_it_finds(acme: Path, branch: str | None, code: int) -> None:
    broken(acme)
    git(acme, "commit", "--quiet", "--all", "--message=Break")
    git(acme, "update-ref", "refs/remotes/origin/main", "HEAD")
    job = gitlab_job()
    since = {"GITSM_SINCE": f"origin/{branch}"} if branch else {}
    (line,) = job["script"]
    answer = subprocess.run(
        ["bash", "-c", line.replace("/tmp/venv/bin", str(PROGRAMS))],
        cwd=acme,
        env={"PATH": os.environ["PATH"], **since},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == code, answer.stdout + answer.stderr
    reports = job["artifacts"]["reports"]
    findings = json.loads((acme / reports["codequality"]).read_text(encoding="utf-8"))
    assert code == 0 or [finding["check_name"] for finding in findings] == ["broken-link"]
    assert (acme / reports["junit"]).read_text(encoding="utf-8").startswith("<?xml")


def test_the_pipeline_for_gitlab_installs_the_commit_that_was_named() -> None:
    job = gitlab_job()
    assert job["variables"]["GITSM_SOURCE"] == "https://code.example.com/acme/gitsm"
    assert job["variables"]["GITSM_COMMIT"] == COMMIT
    assert any("--constraint /tmp/gitsm/constraints.txt" in line for line in job["before_script"])


def test_the_pages_of_gitlab_are_built_where_the_check_is_done() -> None:
    (text,) = pipeline_files("gitlab", Toolkit.read(TOOLKIT), site=True).values()
    pipeline = yaml.safe_load(text)
    assert list(pipeline) == ["gitsm", "pages"]
    job = pipeline["pages"]
    assert job["before_script"] == pipeline["gitsm"]["before_script"]
    assert job["needs"] == ["gitsm"]
    assert job["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert job["artifacts"] == {"paths": ["public"]}
    for line in job["script"]:
        assert isinstance(line, str)
        assert subprocess.run(["bash", "-n", "-c", line], check=False).returncode == 0, line


def test_what_gitlab_publishes_is_the_site_and_its_compressed_copies(acme: Path) -> None:
    (text,) = pipeline_files("gitlab", Toolkit.read(TOOLKIT), site=True).values()
    for line in yaml.safe_load(text)["pages"]["script"]:
        environment = {"PATH": os.environ["PATH"], "NO_MKDOCS_2_WARNING": "1"}
        if python := os.environ.get("PYTHONPATH"):
            environment["PYTHONPATH"] = str(Path(python).resolve())
        answer = subprocess.run(
            ["bash", "-c", line.replace("/tmp/venv/bin", str(PROGRAMS))],
            cwd=acme,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
    pages = list((acme / "public").rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        assert gzip.decompress(Path(f"{page}.gz").read_bytes()) == page.read_bytes()


# gitsm init --ci


@pytest.mark.parametrize("host", SITES)
def test_the_pipeline_may_publish_the_site_as_well(tmp_path: Path, host: str) -> None:
    made = gitsm("init", tmp_path / "acme", "--ci", host, "--toolkit", TOOLKIT, "--pages")
    assert made.exit_code == 0, made.output
    texts = pipeline_files(host, Toolkit.read(TOOLKIT), site=True)
    assert set(texts) == {PIPELINES[host], SITES[host]}
    for path, text in texts.items():
        assert (tmp_path / "acme" / path).read_text(encoding="utf-8") == text
        assert not re.search(r"@[A-Z_]+@", text)


@pytest.mark.parametrize("host", PIPELINES)
def test_a_new_repository_comes_with_its_pipeline(tmp_path: Path, host: str) -> None:
    made = gitsm("init", tmp_path / "acme", "--ci", host, "--toolkit", TOOLKIT)
    assert made.exit_code == 0, made.output
    for path, text in pipeline_files(host, Toolkit.read(TOOLKIT)).items():
        assert f"  {path}\n" in made.output
        assert (tmp_path / "acme" / path).read_text(encoding="utf-8") == text
        assert COMMIT in text
        assert not re.search(r"@[A-Z_]+@", text)
        yaml.safe_load(text)
    assert gitsm("check", "--repo", tmp_path / "acme").exit_code == 0


@pytest.mark.parametrize("host", PIPELINES)
def test_a_repository_that_stands_already_gets_its_pipeline_alone(tmp_path: Path, host: str) -> None:
    (tmp_path / "services").mkdir()
    made = gitsm("init", tmp_path, "--ci", host, "--toolkit", TOOLKIT)
    assert "1 file written" in made.output
    written = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert written == list(pipeline_files(host, Toolkit.read(TOOLKIT)))
    again = gitsm("init", tmp_path, "--ci", host, "--toolkit", TOOLKIT)
    assert (again.exit_code, "nothing to do" in again.output) == (0, True)
    other = gitsm("init", tmp_path, "--ci", host, "--toolkit", TOOLKIT.replace("0123", "3210"))
    assert (other.exit_code, written[0] in other.output) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ["--ci", "github"],
        ["--toolkit", TOOLKIT],
        ["--pages"],
        ["--ci", "jenkins", "--toolkit", TOOLKIT],
        *(
            ["--ci", "gitlab", "--toolkit", wrong]
            for wrong in (
                "https://code.example.com/acme/gitsm@main",
                "https://code.example.com/acme/gitsm",
                f"https://user:secret@code.example.com/acme/gitsm@{COMMIT}",
                f"https://code.example.com/../gitsm@{COMMIT}",
                f"https://code.example.com/acme/gitsm: x@{COMMIT}",
                f"https://code.example.com/acme/gitsm\n@{COMMIT}",
                f"https://code.example.com/gitsm@{COMMIT}",
                f"ssh://code.example.com/acme/gitsm@{COMMIT}",
                f"https://code.example.com/acme/gitsm@{COMMIT}\n",
            )
        ),
    ],
    ids=str,
)
def test_a_pipeline_needs_a_commit_of_a_repository(tmp_path: Path, words: list[str]) -> None:
    made = gitsm("init", tmp_path / "acme", *words)
    assert made.exit_code == 2
    assert not (tmp_path / "acme").exists()


def test_no_text_that_a_repository_begins_with_is_hidden_from_the_package() -> None:
    """A pattern of package data matches no name with a dot at its front, so an installed gitsm would lack it."""
    folder = ROOT / "tools/gitsm/starter"
    assert not [path for path in folder.rglob(".*") if path.name != ".DS_Store"]


# pre-commit

TAKEN = {
    "id": str,
    "name": str,
    "description": str,
    "entry": str,
    "language": str,
    "pass_filenames": bool,
    "always_run": bool,
    "require_serial": bool,
    "files": str,
}
"""What pre-commit reads in a hook, as far as ours use it, and its type."""


def hooks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(
        (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    )
    return found


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_a_hook_is_what_pre_commit_demands(hook: dict[str, Any], acme: Path) -> None:
    assert {"id", "name", "entry", "language"} <= set(hook) <= set(TAKEN)
    for key, value in hook.items():
        assert type(value) is TAKEN[key], key
    assert hook["language"] == "python"
    program, *words = hook["entry"].split()
    assert program == "gitsm"
    assert main.get_command(click.Context(main), words[0]) is not None
    files = [acme / "runbooks/website-down.md"] if hook.get("pass_filenames", True) else []
    ended = gitsm(*words, *files, "--repo", acme)
    assert ended.exit_code == 0, ended.output


def test_the_hook_that_checks_runs_on_each_commit_for_a_deleted_file_is_named_to_none() -> None:
    (check,) = (hook for hook in hooks() if hook["id"] == "gitsm-check")
    assert check["always_run"]
    assert "files" not in check


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("schemas/change.schema.json", True),
        (".vscode/settings.json", True),
        (".pre-commit-config.yaml", True),
        ("itsm/schemas/change.schema.json", True),
        ("services/payroll/service.yaml", False),
    ],
)
def test_the_hook_on_schemas_runs_where_they_or_the_version_may_have_changed(path: str, runs: bool) -> None:
    (schema,) = (hook for hook in hooks() if hook["id"] == "gitsm-schema")
    assert bool(re.search(schema["files"], path)) is runs


@pytest.mark.parametrize("file", [*sorted((ROOT / "tools/gitsm/starter/ci").glob("*.yml")), ACTION, OURS])
def test_no_expression_stands_in_a_line_of_shell(file: Path) -> None:
    for block in re.findall(
        r"^ *(?:- )?run: (?:\|\n((?: {8,}.*\n|\n)*)|(.*)\n)", file.read_text(), re.MULTILINE
    ):
        assert "${{" not in "".join(block)
