"""Two builds of one commit are the same bytes: on another machine, in another time zone, language and user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import gitsm

CONFIG = """\
site_name: Test
site_url: https://status.example.com/itsm/
theme: {name: material, font: false, features: [navigation.tabs]}
plugins: [search, gitsm]
markdown_extensions: [attr_list, pymdownx.highlight, pymdownx.superfences]
"""
MOMENT = "2026-12-01T08:00:00Z"
"""Of the commit, and therefore of what the pages say."""

HERE = {"TZ": "UTC", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1", "USER": "payroll"}
THERE = {
    "TZ": "Pacific/Kiritimati",
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "4711",
    "USER": "someone-else",
    "PYTHONUTF8": "1",
}


@pytest.fixture
def repository(tmp_path: Path, example_files: dict[str, str]) -> Path:
    """A repository under Git with one commit."""
    folder = tmp_path / "here"
    files = {**example_files, "docs/hand.md": "# By hand\n\n```python\nx = 1\n```\n", "mkdocs.yml": CONFIG}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=Begin")
    return folder


def git(folder: Path, *words: str) -> None:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_COMMITTER_DATE": MOMENT,
    }
    subprocess.run(["git", *words], cwd=folder, check=True, env=environment)


def built(folder: Path, home: Path, environment: Mapping[str, str]) -> dict[str, bytes]:
    """The whole site as somebody builds it in a process of its own."""
    home.mkdir()
    path = os.pathsep.join([str(Path(gitsm.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    answer = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(home / "out")],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": path,
            "HOME": str(home),
            "NO_MKDOCS_2_WARNING": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return {
        file.relative_to(home / "out").as_posix(): file.read_bytes()
        for file in (home / "out").rglob("*")
        if file.is_file()
    }


def test_two_builds_of_one_commit_are_the_same_bytes(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "somewhere else/much deeper/there"
    clone.parent.mkdir(parents=True)
    git(tmp_path, "clone", "--quiet", str(repository), str(clone))
    first = built(repository, tmp_path / "home", HERE)
    second = built(clone, tmp_path / "another home", THERE)
    assert {"index.html", "sitemap.xml", "sitemap.xml.gz", "404.html", "feeds/all.ics"} <= set(first)
    assert sorted(first) == sorted(second)
    assert [path for path in first if first[path] != second[path]] == []
    assert b"Tue 1 Dec 2026, 09:00" in first["index.html"]


@pytest.mark.parametrize("claim", ["@86400 +0000", "@10413792000 +0000", "@253402300000 +1400"])
def test_a_commit_that_no_clock_can_have_made_stops_no_build(
    claim: str, repository: Path, tmp_path: Path
) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    environment = {**os.environ, "GIT_COMMITTER_DATE": claim, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(
        ["git", *who, "commit", "--quiet", "--amend", "--no-edit"],
        cwd=repository,
        check=True,
        env=environment,
    )
    index = built(repository, tmp_path / "home", HERE)["index.html"]
    assert not re.search(rb"as of .{0,80}(?:1970|2300|9999)", index)
    assert b"as of " in index


def test_the_sitemap_names_each_page(repository: Path, tmp_path: Path) -> None:
    files = built(repository, tmp_path / "home", HERE)
    sitemap = files["sitemap.xml"].decode()
    pages = {path for path in files if path.endswith(".html") and path != "404.html"}
    for page in pages:
        address = f"https://status.example.com/itsm/{page.removesuffix('index.html')}"
        assert f"<loc>{address}</loc>" in sitemap, page
    assert sitemap.count("<loc>") == len(pages) > 60
    assert sitemap.endswith("</urlset>")


def test_without_an_address_of_its_own_the_sitemap_names_none(repository: Path, tmp_path: Path) -> None:
    (repository / "mkdocs.yml").write_text(CONFIG.replace("site_url: https://status.example.com/itsm/\n", ""))
    assert b"<loc>" not in built(repository, tmp_path / "home", HERE)["sitemap.xml"]
