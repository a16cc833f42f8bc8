"""What a shell completes, asked as the script that `gitsm completion` prints asks for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gitsm.cli import main
from gitsm.formats import names
from gitsm.records import KINDS
from gitsm.rules import RULES

SHELLS = ["bash", "zsh", "fish"]
PROGRAM = Path(sys.executable).with_name("gitsm")


def printed(*words: str, **env: str) -> Result:
    return CliRunner(env=env).invoke(main, ["completion", *words], catch_exceptions=False)


def completed(folder: Path, line: str, *, shell: str = "bash", check: str = "") -> list[str]:
    """What is offered for the last word of a line, in a process of its own; it may be an empty word."""
    code = (
        "import sys; sys.argv = ['gitsm']; from gitsm.cli import main, run_command\n"
        f"try: sys.exit(run_command())\nfinally: {check or 'pass'}"
    )
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **words, "_GITSM_COMPLETE": f"{shell}_complete"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert shell == "bash"
    return [item.removeprefix("plain,") for item in answer.stdout.splitlines() if item]


@pytest.fixture
def folder(tmp_path: Path, example_files: dict[str, str]) -> Path:
    for path, text in example_files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script_that_says_where_it_belongs(shell: str) -> None:
    script = printed(shell).output
    assert "_GITSM_COMPLETE" in script
    assert f"# To keep it: {'put' if shell == 'zsh' else 'gitsm completion ' + shell}" in script
    if shutil.which(shell):
        read = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)
        assert (read.returncode, read.stderr) == (0, "")


def test_zsh_finds_its_mark_in_the_first_line() -> None:
    assert printed("zsh").output.startswith("#compdef gitsm\n")


def test_without_a_name_it_is_the_shell_that_one_uses() -> None:
    assert printed(SHELL="/usr/bin/fish").output == printed("fish").output
    unknown = printed(SHELL="/bin/dash")
    assert (unknown.exit_code, unknown.output) == (2, "Error: name the shell: bash, zsh, fish\n")
    assert printed("powershell").exit_code == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gitsm ch", ["check"]),
        ("gitsm completion f", ["fish"]),
        ("gitsm check --fail-on w", ["warning"]),
        ("gitsm check --form", ["--format"]),
        ("gitsm check --format ", names()),
        ("gitsm explain dependency-c", ["dependency-cycle"]),
        ("gitsm explain ", sorted(RULES)),
        ("gitsm new ", sorted(KINDS)),
        ("gitsm new chang", ["change", "change-model"]),
        ("gitsm schema ser", ["service", "service-review"]),
        ("gitsm map payr", ["payroll"]),
        ("gitsm calendar --service payr", ["payroll"]),
        ("gitsm map nothing-like-it", []),
        ("gitsm rename chang", ["change", "change-model"]),
        ("gitsm rename service payr", ["payroll"]),
        ("gitsm rename nothing payr", []),
    ],
)
def test_what_is_offered(line: str, expected: list[str], folder: Path) -> None:
    assert completed(folder, line) == expected


def test_a_kind_of_a_users_own_is_offered(folder: Path) -> None:
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / "schemas/data-centre.schema.json").write_text("{}")
    assert completed(folder, "gitsm new data") == ["data-centre"]


def test_the_folder_may_be_named(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert completed(elsewhere, "gitsm map payr") == []
    assert completed(elsewhere, f"gitsm map --repo {folder} payr") == ["payroll"]


@pytest.mark.parametrize("name", ["pay*", "pay$(touch bad)", "pay`touch bad`", "pay roll", "pay;touch bad"])
def test_a_name_that_a_shell_would_obey_is_not_offered(name: str, folder: Path) -> None:
    (folder / "services" / name).mkdir()
    (folder / "services" / name / "service.yaml").write_text("name: Pay\n")
    (folder / "schemas").mkdir(exist_ok=True)
    (folder / f"schemas/{name}.schema.json").write_text("{}")
    assert completed(folder, "gitsm map pay") == ["payroll"]
    assert completed(folder, "gitsm new pay") == []


def test_commands_are_completed_without_the_libraries_that_take_long_to_load(folder: Path) -> None:
    slow = {"pydantic", "networkx", "mkdocs", "jsonschema"}
    check = f"assert not {slow!r} & sys.modules.keys(), {slow!r} & sys.modules.keys()"
    assert "check" in completed(folder, "gitsm ", check=check)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.skipif(not PROGRAM.exists(), reason="the command gitsm is not installed")
def test_bash_itself_completes_with_the_script(folder: Path) -> None:
    script = (
        f"{printed('bash').output}\n"
        "COMP_WORDS=(gitsm map payr); COMP_CWORD=2\n"
        f"_gitsm_completion {PROGRAM}\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    answer = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.stdout, answer.stderr) == ("payroll\n", "")
