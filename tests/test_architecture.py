"""The direction of imports: a module imports only from its left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gitsm

PACKAGE = Path(gitsm.__file__).parent
ORDER = """
    diagnostic < terminal < source < markdown < destinations < writing < schema < records < git < tree
    < overlay < settings < naming < repository < salvage < addresses < alert_rules < mentions < command_lines
    < hosts < opening < history < service_history < lint < intervals < local_days < recurrence
    < working_time < deadlines < hollow < said_times < conditions < graph < promises < change_control
    < risk < requirements < parties < responsibilities < on_duty < codeowners < calendar_words < calendar
    < slots < concerning < demand < rules < mending < renaming < importers < exporters < formats < calendar_views
    < site < starter < commands < cli < __main__
"""
RANK = {name.strip(): rank for rank, name in enumerate(ORDER.split("<"))}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [node.module] if node.module != "gitsm" else [f"gitsm.{alias.name}" for alias in node.names]
            )
        else:
            continue
        for name in names:
            if name.startswith("gitsm."):
                yield name.split(".")[1], node.lineno


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_left(path: Path) -> None:
    here = name_of(path)
    if here == "__init__":
        return
    assert here in RANK, f"{here} has no place in the order yet"
    for there, line in imported(path):
        if there == "__version__":
            continue
        assert RANK[there] <= RANK[here], f"{path}:{line}: {here} looks back at {there}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_only_one_module_runs_git() -> None:
    runs = [
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "subprocess" in (getattr(node, "module", ""), *(alias.name for alias in node.names))
    ]
    assert runs == ["git/command.py"]


def test_only_commands_and_the_site_read_the_clock() -> None:
    for path in modules():
        text = path.read_text(encoding="utf-8")
        for call in ("datetime.now(", "date.today(", "time.time(", "utcnow("):
            if call in text:
                assert name_of(path) in ("commands", "site"), f"{path} reads the clock"
