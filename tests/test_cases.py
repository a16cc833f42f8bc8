"""Whole little repositories: a command, and what it prints to the letter.

Each folder of `cases` is a repository with a file `command` and a file `output`. After a change that
is meant, `GITSM_REWRITE=1 pytest tests/test_cases.py` writes the outputs anew; read the difference.
"""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitsm.cli import main

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if (path / "command").is_file())


@pytest.mark.parametrize("name", NAMES)
def test_a_case(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case, folder = CASES / name, tmp_path / "repository"
    shutil.copytree(case, folder, ignore=shutil.ignore_patterns("command", "output"))
    monkeypatch.chdir(folder)
    columns, *words = shlex.split((case / "command").read_text(encoding="utf-8"))
    result = CliRunner(env={"COLUMNS": columns.removeprefix("COLUMNS="), "NO_COLOR": "1"}).invoke(
        main, words[1:]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    output = f"{result.output}exit {result.exit_code}\n"
    if os.environ.get("GITSM_REWRITE"):
        (case / "output").write_text(output, encoding="utf-8")
    assert output == (case / "output").read_text(encoding="utf-8")
