"""What README, CONTRIBUTING and docs/ say is so: their commands run, their files and outputs are real.

Each page is walked through in a folder of its own, as its reader would:

- the lines of a block ```sh that begin with gitsm, git or cd are run, and succeed unless a comment says
  `# exits with 1`;
- a block ```text after it is what the last of them prints, to the letter;
- a block ```yaml title="path" is a file that the reader saves.

A page that does not begin with `gitsm init` is walked through in a repository that is there already.
`GITSM_REWRITE=1 pytest tests/test_documentation.py` writes the outputs anew.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from gitsm.cli import main

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXITS = re.compile(r"# exits with (\d)$")
WORD = re.compile(r"(?<![`\w])`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@dataclass
class Block:
    language: str
    title: str
    text: str
    follows: bool
    """Whether nothing but blank lines stands between it and the block before it."""


def blocks_of(text: str) -> list[Block]:
    found, end = [], 0
    for match in BLOCK.finditer(text):
        found.append(Block(match[1], match[2] or "", match[3], not text[end : match.start()].strip()))
        end = match.end()
    return found


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        self.printed = ""
        for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
            monkeypatch.setenv(name, "payroll-oncall")
        for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
            monkeypatch.setenv(name, "payroll-oncall@example.com")
        for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
            monkeypatch.setenv(name, os.devnull)
        self.go(".")

    def go(self, where: str) -> None:
        self.folder = (self.folder / where).resolve()
        self.monkeypatch.chdir(self.folder)

    def do(self, line: str) -> None:
        program, *words = shlex.split(line, comments=True) or [""]
        if program == "cd":
            self.go(words[0])
        elif program == "git":
            subprocess.run(["git", *words], cwd=self.folder, check=True, capture_output=True)
            if words[0] == "commit":  # as if it were pushed
                self.do("git update-ref refs/remotes/origin/main HEAD")
        elif program == "gitsm":
            expected = EXITS.search(line)
            text = (self.folder / words.pop()).read_text(encoding="utf-8") if "<" in words else None
            words = [word for word in words if word != "<"]
            result = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(main, words, input=text)
            assert result.exit_code == int(expected[1] if expected else 0), f"{line}\n{result.output}"
            self.printed = result.output

    def save(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def lines_of(block: Block) -> Iterator[str]:
    yield from block.text.replace("\\\n", " ").splitlines()


@each_page
def test_what_a_page_says_is_so(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    folder = tmp_path / "clone"
    folder.mkdir()
    reader = Reader(folder, monkeypatch)
    if "gitsm init" not in text:
        for line in ("gitsm init", "git init -b main", "git add .", "git commit -m Begin"):
            reader.do(line)
    outputs = []
    before = ""
    for block in blocks_of(text):
        if block.language == "sh":
            for line in lines_of(block):
                reader.do(line)
        elif block.title:
            reader.save(block.title, block.text)
        elif block.language == "text" and block.follows and before == "sh":
            outputs.append((block.text, reader.printed))
        before = block.language
    if os.environ.get("GITSM_REWRITE"):
        rewrite(page, outputs)
    assert [shown for shown, _ in outputs] == [printed for _, printed in outputs]


def rewrite(page: Path, outputs: list[tuple[str, str]]) -> None:
    text, at = page.read_text(encoding="utf-8"), 0
    for shown, printed in outputs:
        at = text.index(f"```text\n{shown}```\n", at) + len("```text\n")
        text = text[:at] + printed + text[at + len(shown) :]
    page.write_text(text, encoding="utf-8")


def test_some_pages_show_commands_and_outputs() -> None:
    found = [block.language for page in PAGES for block in blocks_of(page.read_text(encoding="utf-8"))]
    assert found.count("sh") > 10
    assert found.count("text") > 3


@each_page
def test_the_targets_of_make_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for block in blocks_of(page.read_text(encoding="utf-8")):
        if block.language == "sh":
            named = {words[1] for line in lines_of(block) if (words := line.split())[:1] == ["make"]}
            assert named <= targets


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_the_files_that_a_page_names_exist(page: Path) -> None:
    whole = page.read_text(encoding="utf-8")
    made = {"site/", *(block.title for block in blocks_of(whole))}  # by make site, and by the reader
    text = BLOCK.sub("", whole)
    named = [word for word in WORD.findall(text) if re.fullmatch(r"[\w.<>/-]+", word) and "/" in word]
    named += [link for link in LINK.findall(text) if "://" not in link]
    assert len(named) > 5
    for name in named:
        if name in made:
            continue
        pattern = re.sub(r"<[^>]+>", "*", name).rstrip("/")
        assert any(True for _ in ROOT.glob(pattern)), f"{page.name} names {name}, which is not there"


def test_contributing_shows_the_order_of_imports_that_is_tested() -> None:
    def names(text: str) -> list[str]:
        return [name.strip() for name in text.split("<")]

    architecture = (ROOT / "tests/test_architecture.py").read_text(encoding="utf-8")
    tested = names(architecture.split('ORDER = """')[1].split('"""')[0])
    shown = next(
        block.text for block in blocks_of((ROOT / "CONTRIBUTING.md").read_text()) if "<" in block.text
    )
    there = {path.stem for path in (ROOT / "tools/gitsm").iterdir() if path.stem != "__main__"}
    assert names(shown) == [name for name in tested if name in there]


def test_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()) - {"help"}  # type: ignore[index]
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^make (\w+)", listed, re.MULTILINE)) == targets


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(), re.MULTILINE)

    def plain(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    names = {plain(re.match(r"[\w.-]+", line)[0]) for line in wanted}  # type: ignore[index]
    assert names <= {plain(name) for name in pinned}


def test_no_file_of_the_set_up_names_a_host_to_install_from() -> None:
    for name in (
        "Makefile",
        "constraints.txt",
        ".ci/run",
        "tests/editor/.npmrc",
        "tests/editor/package.json",
    ):
        assert "://" not in (ROOT / name).read_text(), name
    assert '"resolved"' not in (ROOT / "tests/editor/package-lock.json").read_text()
