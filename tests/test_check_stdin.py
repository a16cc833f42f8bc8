"""`gitsm check -`: the whole repository, with one file as the editor has it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from gitsm.cli import main
from gitsm.commands.check import MAX_STDIN
from gitsm.diagnostic import Diagnostic
from gitsm.overlay import OverlayTree
from gitsm.source import MAX_BYTES
from gitsm.tree import FolderTree, MappingTree

ROOT = Path(__file__).parent.parent
RUNBOOK = "runbooks/website-down.md"
SERVICE = "services/website/service.yaml"


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new repository, with the current folder in it."""
    assert CliRunner().invoke(main, ["init", str(tmp_path / "acme")]).exit_code == 0
    monkeypatch.chdir(tmp_path / "acme")
    return tmp_path / "acme"


def check(text: str | bytes, file: str | Path, *words: str) -> Result:
    words = ("check", "-", "--stdin-filename", str(file), *(words or ("--format", "concise")))
    return CliRunner().invoke(main, words, input=text, catch_exceptions=False)


def lines(result: Result) -> list[str]:
    """The findings, without what counts them."""
    return result.output[: result.output.rindex(" checked: ")].splitlines()[:-1]


def replaced(acme: Path, file: str, old: str, new: str) -> str:
    text = (acme / file).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


def test_the_text_stands_in_for_the_file(acme: Path) -> None:
    text = replaced(acme, RUNBOOK, "services: [website]", "services: [websit]")
    found = check(text, RUNBOOK)
    assert found.exit_code == 1
    assert lines(found)[0].startswith(f"{RUNBOOK}:3:12: error [unknown-reference]")
    assert check((acme / RUNBOOK).read_bytes(), RUNBOOK).exit_code == 0
    assert CliRunner().invoke(main, ["check"]).exit_code == 0  # and nothing was written


def test_only_what_is_about_the_file_is_shown(acme: Path) -> None:
    (acme / SERVICE).write_text("name: Website\nowner: nobody\nlifecycle: idea\n", encoding="utf-8")
    whole = CliRunner().invoke(main, ["check", "--format", "concise"])
    assert (whole.exit_code, whole.output.count("[unknown-reference]")) == (1, 1)
    found = check((acme / RUNBOOK).read_bytes(), RUNBOOK)
    assert (found.exit_code, lines(found)) == (0, [])


def test_a_finding_elsewhere_that_points_at_the_file_is_shown(acme: Path) -> None:
    (acme / "runbooks/web").mkdir()
    (acme / "runbooks/web/website-down.md").write_bytes((acme / RUNBOOK).read_bytes())
    shown = {
        file: json.loads(check((acme / RUNBOOK).read_bytes(), file, "--format", "json").output)["findings"]
        for file in (RUNBOOK, "runbooks/web/website-down.md")
    }
    assert [[finding["rule"] for finding in found] for found in shown.values()] == [["duplicate-id"]] * 2
    assert check((acme / SERVICE).read_bytes(), SERVICE).exit_code == 0


def test_a_file_that_is_not_there_yet(acme: Path) -> None:
    text = (acme / RUNBOOK).read_text(encoding="utf-8")
    assert check(text, "runbooks/new/deep/shop-down.md").exit_code == 0
    assert "[unknown-reference]" in check(text.replace("website", "shop"), "runbooks/shop-down.md").output
    assert not (acme / "runbooks/shop-down.md").exists()


def test_a_service_that_is_being_written_is_known_to_the_others(acme: Path) -> None:
    text = (acme / RUNBOOK).read_text(encoding="utf-8").replace("services: [website]", "services: [shop]")
    (acme / RUNBOOK).write_text(text, encoding="utf-8")
    assert CliRunner().invoke(main, ["check"]).exit_code == 1
    assert "shop" not in check((acme / SERVICE).read_bytes(), "services/shop/service.yaml").output


@pytest.mark.parametrize("here", [".", "runbooks", "..", "/"])
def test_the_name_may_be_relative_or_absolute(acme: Path, here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(acme / here)
    for name in (acme / RUNBOOK, os.path.relpath(acme / RUNBOOK)):
        found = check("---\nservices: [websit]\n---\n", name)
        assert lines(found)[-1].startswith(f"{RUNBOOK}:2:12: error [unknown-reference]"), name


def test_the_folder_may_be_a_link(acme: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(acme)
    assert lines(check("x", tmp_path / "link" / SERVICE))[0].startswith(f"{SERVICE}:1:1: error")
    assert lines(check("x", acme / SERVICE, "--format", "concise", "--repo", str(tmp_path / "link")))


@pytest.mark.parametrize(
    "name", ["../elsewhere.yaml", "/nowhere/x.yaml", ".", "..", "runbooks/..", "a\nb/../../../x.yaml"]
)
def test_a_file_outside_is_refused_in_a_sentence(acme: Path, name: str) -> None:
    for words in ((), ("--repo", str(acme))):
        found = check("", name, *words)
        assert found.exit_code == 2
        assert re.fullmatch(r"Error: .* (is not in .+|can't be found: .+)\n", found.output), found.output


def test_a_file_without_a_repository_around_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = check("x: 1\n", "x.yaml")
    assert (found.exit_code, "x.yaml is not in a repository" in found.output) == (2, True)


def test_links_are_not_followed(acme: Path) -> None:
    (acme / "runbooks/link.md").symlink_to(acme / SERVICE)
    found = check("x", "runbooks/link.md")
    assert "the file is a symbolic link" in found.output
    (acme / "more").symlink_to(acme / "services")
    assert lines(check("x", "more/website/service.yaml"))[0].startswith(f"{SERVICE}:")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name: \xff\n", "byte 0xff is not UTF-8"),
        (b"name: W\n" + b"#" * MAX_BYTES, f"the file has {MAX_BYTES + 8:,} bytes"),
        (b"", "there is no data here"),
        (b"name: \x1b[2J\n", "U+001B"),
        (b"[" * 25_000, "error"),
    ],
    ids=["not UTF-8", "too large", "empty", "a control character", "deep"],
)
def test_whatever_comes_gives_a_finding(acme: Path, content: bytes, words: str) -> None:
    found = check(content, SERVICE)
    assert found.exit_code == 1
    assert words in found.output
    assert "\x1b" not in found.output
    assert all(line.startswith(SERVICE) for line in lines(found))


@pytest.mark.parametrize("name", ["runbooks/a\nb.md", "runbooks/a\0b.md", "runbooks/-x.md", ".git/config"])
def test_a_name_that_no_record_can_have_is_a_finding(acme: Path, name: str) -> None:
    found = check((acme / RUNBOOK).read_bytes(), name)
    assert found.exit_code == (1 if name.startswith("runbooks/") else 0)  # elsewhere it is noted
    assert len(lines(found)) == 1
    assert "[unreadable-file]" in found.output


def test_no_more_is_read_than_there_is_room_for(acme: Path) -> None:
    found = check(b"#" * (MAX_STDIN + 1), SERVICE)
    assert (found.exit_code, found.output) == (2, f"Error: more than {MAX_STDIN:,} bytes come from stdin\n")


@pytest.mark.parametrize(
    "words",
    [["-"], ["--stdin-filename", SERVICE], [SERVICE], ["-", "--stdin-filename", SERVICE, "--at", "HEAD"]],
    ids=" ".join,
)
def test_half_of_it_is_refused(acme: Path, words: list[str]) -> None:
    assert CliRunner().invoke(main, ["check", *words], input="").exit_code == 2


def test_settings_and_policy_that_are_not_saved_hold(acme: Path) -> None:
    assert check("as_of = 3\n", "gitsm.toml").exit_code == 2
    policy = (acme / "organization/policy.yaml").read_text(encoding="utf-8")
    found = check(policy.replace("preset: small-team", "preset: smal-team"), "organization/policy.yaml")
    assert (
        "did you mean"
        in check(
            policy.replace("preset: small-team", "preset: smal-team"),
            "organization/policy.yaml",
            "--format",
            "full",
        ).output
    )
    assert found.exit_code == 1


def test_in_git_what_is_committed_is_the_base(acme: Path) -> None:
    nobody = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    for words in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "."],
        ["commit", "--quiet", "-m", "x"],
    ):
        subprocess.run(["git", *nobody, *words], cwd=acme, check=True)
    text = replaced(acme, RUNBOOK, "services: [website]", "services: [websit]")
    assert check(text, RUNBOOK, "--since", "main").exit_code == 1
    (acme / RUNBOOK).write_text(text, encoding="utf-8")
    subprocess.run(["git", *nobody, "commit", "--quiet", "-am", "x"], cwd=acme, check=True)
    assert check(text, RUNBOOK).exit_code == 1
    assert check(text, RUNBOOK, "--since", "main").exit_code == 0


# What the page on editors shows


def patterns() -> Iterator[str]:
    page = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
    task = json.loads(re.findall(r"^```json title.*?\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0])
    for entry in task["tasks"]:
        yield entry["problemMatcher"]["pattern"]["regexp"]


def test_the_problem_matcher_reads_each_line(acme: Path) -> None:
    (pattern,) = patterns()
    found = check("name: [1\n", SERVICE)
    assert lines(found)
    for line in lines(found):
        match = re.match(pattern, line)
        assert match is not None
        assert (match[1], match[4]) == (SERVICE, "error")
    for line in found.output.splitlines()[len(lines(found)) :]:
        assert not re.match(pattern, line)


# The tree below it


def test_an_overlay_reads_from_both_in_the_order_asked_for() -> None:
    tree = OverlayTree(MappingTree({"a": "1", "b": "2", "d": "4"}), {"b": "two", "c": "three"})
    assert list(tree.files) == ["a", "b", "c", "d"]
    assert [entry.size for entry in tree.files.values()] == [1, 3, 5, 1]
    assert list(tree.read_many(["d", "b", "a", "c", "b"])) == [
        ("d", b"4"), ("b", b"two"), ("a", b"1"), ("c", b"three"), ("b", b"two"),
    ]  # fmt: skip
    ((_, refused),) = tree.read_many(["c"], limit=4)
    assert isinstance(refused, Diagnostic)
    with pytest.raises(KeyError):
        next(tree.read_many(["b", "nowhere"]))


def test_what_a_tree_refuses_stays_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    tree = OverlayTree(FolderTree(tmp_path), {"link": "x", "link/x.md": "x", "linked.md": "x", "-x.md": "x"})
    assert list(tree.files) == ["linked.md"]
    assert [problem.place.file for problem in tree.problems] == ["-x.md", "link"]


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)


@given(st.dictionaries(NAMES, st.binary(max_size=3)), st.dictionaries(NAMES, st.binary(max_size=3)))
def test_an_overlay_is_the_tree_of_both(below: dict[str, bytes], above: dict[str, bytes]) -> None:
    tree, both = OverlayTree(MappingTree(below), above), MappingTree({**below, **above})
    assert tree.files == both.files
    assert list(tree.files) == list(both.files)
    assert list(tree.read_many(tree.files)) == list(both.read_many(both.files))
