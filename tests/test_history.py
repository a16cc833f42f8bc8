"""Since when values stand, what stood before, and what a clone without its history can't tell."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.git import Git, find
from gitsm.history import ABSENT, NOT_COMMITTED, History, Unknown, Version, history_of, value_at
from gitsm.opening import open_repository
from gitsm.repository import Record, Repository
from gitsm.source import MAX_BYTES, Format, Value, read
from gitsm.tree import FolderTree, RevisionTree

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LONG_AGO = 1_600_000_000
Files = Mapping[str, str]


def run(folder: Path, *arguments: str, data: bytes = b"") -> str:
    """Plain git, for building repositories."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
    settings = ("init.defaultBranch=main", "protocol.file.allow=always", "core.autocrlf=false")
    command = ["git", *(word for setting in settings for word in ("-c", setting)), *arguments]
    answer = subprocess.run(command, cwd=folder, env=environment, input=data, capture_output=True, check=True)
    return answer.stdout.decode("utf-8", "surrogateescape").strip()


class Line:
    """A history in the making: each commit is the whole of the files that it holds."""

    def __init__(self) -> None:
        self.stream: list[bytes] = []
        self.last = 0

    def commit(
        self,
        files: Files,
        *,
        onto: int | None = None,
        merging: Sequence[int] = (),
        branch: str = "main",
        when: int | None = None,
    ) -> int:
        """A commit on the last one, or on another one; its number."""
        before = self.last if onto is None else onto
        number = self.last = len(self.stream) + 1
        seconds = LONG_AGO + number * 60 if when is None else when
        text = f"commit refs/heads/{branch}\nmark :{number}\ncommitter T <t@example.org> {seconds} +0200\n"
        text += "data 4\ntext\n"
        text += f"from :{before}\n" if before else ""
        text += "".join(f"merge :{other}\n" for other in merging) + "deleteall\n"
        lines = [text.encode()]
        for path, content in files.items():
            body = content.encode()
            mode = 120000 if content.startswith("-> ") else 100644
            quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            name = quoted.encode("utf-8", "surrogateescape")
            lines.append(b'M %d inline "%s"\ndata %d\n%s\n' % (mode, name, len(body), body))
        self.stream.append(b"".join(lines))
        return number

    def into(self, folder: Path) -> Path:
        """The repository, with nothing checked out."""
        folder.mkdir(parents=True, exist_ok=True)
        run(folder, "init", "--quiet")
        run(folder, "fast-import", "--quiet", "--force", data=b"".join(self.stream) + b"done\n")
        return folder


def of_commits(folder: Path, *commits: Files) -> Path:
    line = Line()
    for files in commits:
        line.commit(files)
    return line.into(folder)


def unpack(folder: Path) -> None:
    """Gives each object a file of its own, so that one of them can be lost."""
    packs = folder / ".git" / "objects" / "pack"
    contents = [path.read_bytes() for path in packs.glob("*.pack")]
    for path in packs.iterdir():
        path.unlink()
    for content in contents:
        run(folder, "unpack-objects", "-q", data=content)


def checked_out(folder: Path, *commits: Files) -> Path:
    of_commits(folder, *commits)
    run(folder, "reset", "--quiet", "--hard", "main")
    return folder


def git_of(folder: Path) -> Git:
    git = find(folder)
    assert git is not None
    return git


def at(folder: Path, revision: str = "main") -> Repository:
    """The repository as a revision has it."""
    git = git_of(folder)
    commit = git.resolve(revision)
    return Repository(RevisionTree(git, commit), now=NOW, git=git, commit=commit)


def lying(folder: Path) -> Repository:
    """The repository as it lies in its folder."""
    return open_repository(folder, clock=lambda: NOW)


def history(repository: Repository) -> History:
    found = history_of(repository)
    assert found is not None
    return found


def runbook(repository: Repository, id: str = "late") -> Record[Any]:
    record = repository.find("runbook", id)
    assert record is not None
    return record


def known(answer: Version | Unknown) -> Version:
    assert isinstance(answer, Version)
    return answer


def since(repository: Repository, *path: str | int, id: str = "late") -> int:
    """The position since which a runbook's value stands."""
    return known(history(repository).since_when(runbook(repository, id), *path)).position


def versions(repository: Repository) -> list[Version]:
    """The versions of a runbook, all of them known."""
    return [known(version) for version in history(repository).versions(runbook(repository))]


def book(front: str, body: str = "") -> str:
    return f"---\n{front}\n---\n{body}"


def late(front: str, body: str = "") -> Files:
    return {"runbooks/late.md": book(front, body)}


class TestSinceWhen:
    @pytest.mark.parametrize(
        ("fronts", "position"),
        [
            (["reviewed: 1"], 1),
            (["reviewed: 1", "reviewed: 2"], 1),
            (["reviewed: 1", "reviewed: 2", "reviewed: 2\ntags: [a]"], 2),
            (["reviewed: 2", "reviewed: 1", "reviewed: 2"], 1),
            (["reviewed: 1\ntags: [a]", "tags: [a]\nreviewed:   1  # again"], 2),
            (["reviewed: 1", "title: gone", "reviewed: 1"], 1),
            (["reviewed: 1", "title: gone", "title: still gone"], 2),
            (["reviewed: 1", "reviewed: '1'"], 1),
            (["reviewed: 1", "reviewed: 1.0"], 1),
            (["reviewed: 1", "reviewed: true"], 1),
            (["reviewed: {a: 1, b: 2}", "reviewed: {b: 2, a: 1}"], 2),
            (["reviewed: {a: 1, b: 2}", "reviewed: {a: 1, b: true}"], 1),
            (["reviewed: [1, 2]", "reviewed: [2, 1]"], 1),
            (["reviewed: 1", "reviewed: [", "reviewed: 1\ntags: [a]"], 3),
            (["reviewed: 2", "reviewed: [", "reviewed: 1"], 1),
        ],
    )
    def test_value(self, tmp_path: Path, fronts: list[str], position: int) -> None:
        assert since(at(of_commits(tmp_path, *map(late, fronts))), "reviewed") == position

    def test_path_into_lists(self, tmp_path: Path) -> None:
        folder = of_commits(
            tmp_path,
            late("a: [{b: 1}, {b: 2}]"),
            late("a: [{b: 3}, {b: 2}]"),
            late("a: [{b: 3}, {b: 2}]\nc: 1"),
        )
        repository = at(folder)
        assert [since(repository, "a", 0, "b"), since(repository, "a", 1, "b"), since(repository, "a")] == [
            2,
            3,
            2,
        ]
        assert since(repository, "a", 7, "b") == 3
        assert since(repository) == 1

    def test_body_is_no_data(self, tmp_path: Path) -> None:
        repository = at(of_commits(tmp_path, late("reviewed: 1"), late("reviewed: 1", "# Title\n")))
        assert since(repository) == 2
        assert [version.position for version in versions(repository)] == [1, 2]

    def test_removed_and_written_again(self, tmp_path: Path) -> None:
        folder = of_commits(tmp_path, late("reviewed: 1"), {}, late("reviewed: 1"))
        assert since(at(folder), "reviewed") == 1

    def test_a_link_in_its_place_is_no_file(self, tmp_path: Path) -> None:
        folder = of_commits(tmp_path, late("reviewed: 1"), {"runbooks/late.md": "-> x"}, late("reviewed: 1"))
        assert since(at(folder), "reviewed") == 1

    def test_too_large_a_version_says_nothing(self, tmp_path: Path) -> None:
        large = late("reviewed: 1", "x" * MAX_BYTES)
        folder = of_commits(tmp_path, late("reviewed: 1"), large, late("reviewed: 1\ntags: [a]"))
        repository = at(folder)
        assert since(repository, "reviewed") == 3
        answer = history(repository).data_at(runbook(repository), Version(2, "x"))
        assert isinstance(answer, Unknown)
        assert "can't be read in commit" in answer.reason

    def test_record_that_can_t_be_read(self, tmp_path: Path) -> None:
        repository = at(of_commits(tmp_path, late("reviewed: 1"), late("reviewed: [")))
        answers = history(repository)
        broken = runbook(repository)
        for answer in (
            answers.since_when(broken, "reviewed"),
            answers.data_at(broken, NOT_COMMITTED),
            answers.changed_since(broken, NOT_COMMITTED, "reviewed"),
        ):
            assert answer == Unknown("runbooks/late.md can't be read")

    def test_commit_and_its_claimed_time(self, tmp_path: Path) -> None:
        line = Line()
        line.commit(late("reviewed: 1"), when=LONG_AGO)
        line.commit(late("reviewed: 2"), when=LONG_AGO - 500)  # earlier than what it stands on
        repository = at(line.into(tmp_path))
        version = known(history(repository).since_when(runbook(repository), "reviewed"))
        assert version == Version(
            1, run(tmp_path, "rev-parse", "main"), datetime.fromtimestamp(LONG_AGO - 500, UTC)
        )
        assert NOT_COMMITTED.is_newer_than(version)
        assert version.is_newer_than(versions(repository)[1])

    def test_merge_brings_what_its_branch_did(self, tmp_path: Path) -> None:
        line = Line()
        first = line.commit(late("reviewed: 1"))
        side = line.commit(late("reviewed: 2"), onto=first, branch="side")
        other = line.commit(
            {**late("reviewed: 1"), "runbooks/b.md": book("c: 1")}, onto=first, branch="other"
        )
        line.commit({**late("reviewed: 1"), "README.md": "x"}, onto=first)
        line.commit({**late("reviewed: 2"), "runbooks/b.md": book("c: 1")}, merging=(side, other))
        repository = at(line.into(tmp_path))
        assert since(repository, "reviewed") == 1
        assert [version.commit for version in versions(repository)] == [
            run(tmp_path, "rev-parse", name) for name in ("main", "main~2")
        ]

    def test_merge_that_changes_nothing_on_its_own_line(self, tmp_path: Path) -> None:
        line = Line()
        first = line.commit(late("reviewed: 1"))
        side = line.commit(late("reviewed: 2"), onto=first, branch="side")
        line.commit(late("reviewed: 1"), onto=first, merging=(side,))
        repository = at(line.into(tmp_path))
        assert [version.commit for version in versions(repository)] == [run(tmp_path, "rev-parse", "main~1")]

    def test_at_a_revision_what_came_later_is_unheard_of(self, tmp_path: Path) -> None:
        folder = of_commits(tmp_path, late("reviewed: 1"), late("reviewed: 2"), late("reviewed: 3"))
        repository = at(folder, "main~1")
        assert len(versions(repository)) == 2

    def test_subfolder(self, tmp_path: Path) -> None:
        def below(files: Files) -> Files:
            return {f"it/acme/{path}": content for path, content in files.items()}

        folder = checked_out(
            tmp_path, below(late("reviewed: 1")), {**below(late("reviewed: 1")), **late("reviewed: 7")}
        )
        repository = lying(folder / "it" / "acme")
        assert len(versions(repository)) == 1

    def test_once_for_a_repository(self, tmp_path: Path) -> None:
        repository = at(of_commits(tmp_path, late("reviewed: 1")))
        assert history_of(repository) is history_of(repository)


class TestMoves:
    @pytest.mark.parametrize(
        ("paths", "position"),
        [
            (["runbooks/a/late.md", "runbooks/b/late.md"], 2),
            (["runbooks/a/late.md", "runbooks/b/late.md", "runbooks/a/late.md"], 3),
            (["runbooks/early.md", "runbooks/late.md"], 2),
            (["notes/late.md", "runbooks/late.md"], 1),
        ],
    )
    def test_whole(self, tmp_path: Path, paths: list[str], position: int) -> None:
        folder = of_commits(tmp_path, *({path: book("reviewed: 1")} for path in paths))
        assert since(at(folder), "reviewed") == position

    def test_with_an_edit(self, tmp_path: Path) -> None:
        folder = of_commits(
            tmp_path,
            {"runbooks/a/late.md": book("reviewed: 1")},
            {"runbooks/b/late.md": book("reviewed: 1\ntags: [a]")},
        )
        assert since(at(folder), "reviewed") == 2
        assert since(at(folder), "tags") == 1

    def test_under_another_name_with_an_edit_is_a_new_record(self, tmp_path: Path) -> None:
        folder = of_commits(tmp_path, {"runbooks/a.md": book("reviewed: 1")}, late("reviewed: 1\ntags: [a]"))
        assert since(at(folder), "reviewed") == 1

    def test_of_two_that_held_the_same_nobody_knows_which_lives_on(self, tmp_path: Path) -> None:
        text = book("reviewed: 1")
        folder = of_commits(tmp_path, {"runbooks/a.md": text, "runbooks/b.md": text}, late("reviewed: 1"))
        assert since(at(folder), "reviewed") == 1

    def test_a_copy_is_a_new_record(self, tmp_path: Path) -> None:
        text = book("reviewed: 1")
        folder = of_commits(
            tmp_path, {"runbooks/a.md": text}, {"runbooks/a.md": text, "runbooks/late.md": text}
        )
        assert since(at(folder), "reviewed") == 1

    def test_not_committed_yet(self, tmp_path: Path) -> None:
        folder = checked_out(tmp_path, {"runbooks/a/late.md": book("reviewed: 1")})
        (folder / "runbooks" / "b").mkdir()
        (folder / "runbooks/a/late.md").rename(folder / "runbooks/b/late.md")
        repository = lying(folder)
        assert runbook(repository).file == "runbooks/b/late.md"
        assert since(repository, "reviewed") == 1

    def test_back_and_forth(self, tmp_path: Path) -> None:
        paths = ("runbooks/a/late.md", "runbooks/b/late.md")
        folder = of_commits(tmp_path, *({paths[number % 2]: book("reviewed: 1")} for number in range(300)))
        assert since(at(folder), "reviewed") == 300


class TestWorkTree:
    def test_what_is_not_committed(self, tmp_path: Path) -> None:
        folder = checked_out(tmp_path, late("reviewed: 1\ntags: [a]"))
        (folder / "runbooks/late.md").write_text(book("reviewed: 2\ntags: [a]"))
        (folder / "runbooks/new.md").write_text(book("reviewed: 1"))
        repository = lying(folder)
        answers = history(repository)
        assert answers.since_when(runbook(repository), "reviewed") == NOT_COMMITTED
        assert answers.since_when(runbook(repository, "new"), "reviewed") == NOT_COMMITTED
        assert not NOT_COMMITTED.is_committed
        assert since(repository, "tags") == 1
        assert answers.data_at(runbook(repository), NOT_COMMITTED) == {"reviewed": 2, "tags": ["a"]}
        assert answers.data_at(runbook(repository), Version(1, "x")) == {"reviewed": 1, "tags": ["a"]}
        assert answers.data_at(runbook(repository, "new"), Version(1, "x")) is None

    def test_byte_order_mark_and_line_ends(self, tmp_path: Path) -> None:
        folder = checked_out(tmp_path, late("reviewed: 1"))
        (folder / "runbooks/late.md").write_bytes(b"\xef\xbb\xbf---\r\nreviewed: 1\r\n---\r\n")
        assert since(lying(folder), "reviewed") == 1

    def test_no_git(self, tmp_path: Path) -> None:
        assert history_of(Repository(FolderTree(tmp_path), now=NOW)) is None

    def test_no_commit_yet(self, tmp_path: Path) -> None:
        run(tmp_path, "init", "--quiet")
        (tmp_path / "runbooks").mkdir()
        (tmp_path / "runbooks/late.md").write_text(book("reviewed: 1"))
        assert history_of(lying(tmp_path)) is None

    def test_detached(self, tmp_path: Path) -> None:
        folder = checked_out(tmp_path, late("reviewed: 1"), late("reviewed: 2"))
        run(folder, "checkout", "--quiet", "--detach", "main~1")
        assert since(lying(folder), "reviewed") == 1


class TestBefore:
    def test_data_at_a_version_of_another_record(self, tmp_path: Path) -> None:
        service = "services/pay/service.yaml"
        folder = of_commits(
            tmp_path,
            {service: "tier: 1", **late("reviewed: 1")},
            {service: "tier: 2", **late("reviewed: 1")},
            {service: "tier: 2", **late("reviewed: 2")},
            {service: "tier: 3", **late("reviewed: 2")},
        )
        repository = at(folder)
        answers = history(repository)
        pay = repository.find("service", "pay")
        assert pay is not None
        reviewed = known(answers.since_when(runbook(repository), "reviewed"))
        assert answers.data_at(pay, reviewed) == {"tier": 2}
        assert answers.changed_since(pay, reviewed, "tier") is True
        assert answers.changed_since(pay, reviewed, "owner") is False
        assert answers.changed_since(pay, NOT_COMMITTED, "tier") is False
        assert [answers.data_at(pay, known(version)) for version in answers.versions(pay)] == [
            {"tier": 3}, {"tier": 2}, {"tier": 1},
        ]  # fmt: skip

    def test_changed_and_changed_back(self, tmp_path: Path) -> None:
        folder = of_commits(
            tmp_path,
            {"services/pay/service.yaml": "tier: 1", **late("reviewed: 1")},
            {"services/pay/service.yaml": "tier: 2", **late("reviewed: 1")},
            {"services/pay/service.yaml": "tier: 1", **late("reviewed: 1")},
        )
        repository = at(folder)
        pay = repository.find("service", "pay")
        assert pay is not None
        reviewed = known(history(repository).since_when(runbook(repository), "reviewed"))
        assert history(repository).changed_since(pay, reviewed, "tier") is False

    def test_before_there_was_a_record(self, tmp_path: Path) -> None:
        folder = of_commits(
            tmp_path,
            late("reviewed: 1"),
            {**late("reviewed: 1"), "runbooks/b.md": book("c: 1")},
            {**late("reviewed: 1")},
            {**late("reviewed: 1"), "runbooks/b.md": book("a: 1")},
        )
        repository = at(folder)
        answers = history(repository)
        other = runbook(repository, "b")
        assert [answers.data_at(other, Version(position, "x")) for position in (4, 3, 2, 1)] == [
            None, {"c": 1}, None, {"a": 1},
        ]  # fmt: skip
        assert answers.changed_since(other, Version(4, "x"), "a") is True

    def test_value_at(self) -> None:
        data: dict[str, Value] = {"a": [{"b": None}], "0": 1}
        assert value_at(data, ("a", 0, "b")) is None
        for path in (("a", 1), ("a", -1), ("a", "b"), (0,), ("b",), ("a", 0, "b", "c")):
            assert value_at(data, path) is ABSENT


class TestUnknown:
    def test_is_neither_true_nor_false(self) -> None:
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(Unknown("why"))

    @pytest.mark.parametrize(("depth", "whole"), [(1, False), (2, False), (3, False), (4, True)])
    def test_shallow_clone(self, tmp_path: Path, depth: int, whole: bool) -> None:
        fronts = ["reviewed: 1", "reviewed: 1\ntags: [a]", "reviewed: 2\ntags: [a]", "reviewed: 2\ntags: [b]"]
        source = of_commits(tmp_path / "source", *map(late, fronts))
        clone = tmp_path / "clone"
        run(tmp_path, "clone", "--quiet", f"--depth={depth}", source.as_uri(), str(clone))
        repository = lying(clone)
        answers = history(repository)
        assert answers.is_whole is whole
        shallow = Unknown("the clone is shallow, and its older history is missing")
        since_when = [answers.since_when(runbook(repository), name) for name in ("reviewed", "tags", "title")]
        positions = [answer.position if isinstance(answer, Version) else answer for answer in since_when]
        assert positions == {
            1: [shallow, shallow, shallow],
            2: [shallow, 1, shallow],
            3: [2, 1, shallow],
            4: [2, 1, 4],
        }[depth]  # fmt: skip
        found = answers.versions(runbook(repository))
        assert [version.position if isinstance(version, Version) else version for version in found] == (
            [1, 2, 3, 4] if whole else [*range(1, depth), shallow]
        )

    def test_what_began_behind_the_end_of_a_shallow_clone_is_known(self, tmp_path: Path) -> None:
        source = of_commits(tmp_path / "source", {}, {"a": ""}, late("a: 1"), late("a: 2"))
        clone = tmp_path / "clone"
        run(tmp_path, "clone", "--quiet", "--depth=3", source.as_uri(), str(clone))
        repository = lying(clone)
        assert not history(repository).is_whole
        assert since(repository, "title") == 2
        assert history(repository).data_at(runbook(repository), Version(2, "x")) == {"a": 1}

    def test_shallow_beside_the_first_parents(self, tmp_path: Path) -> None:
        line = Line()
        stranger = 0
        for number in range(5):
            stranger = line.commit({"x": str(number)}, onto=stranger, branch="side")
        line.commit(late("reviewed: 1"), onto=0)
        line.commit({**late("reviewed: 1"), "x": "4"}, merging=(stranger,))
        source = line.into(tmp_path / "source")
        clone = tmp_path / "clone"
        run(tmp_path, "clone", "--quiet", "--depth=3", source.as_uri(), str(clone))
        repository = lying(clone)
        assert git_of(clone).is_shallow()
        assert history(repository).is_whole
        assert since(repository, "reviewed") == 1

    @pytest.mark.parametrize("filter", ["blob:none", "tree:0"])
    def test_partial_clone(self, tmp_path: Path, filter: str) -> None:
        source = of_commits(tmp_path / "source", late("a: 1\nb: 1"), late("a: 1\nb: 2"), late("a: 1\nb: 3"))
        run(source, "config", "uploadpack.allowFilter", "true")
        run(source, "config", "uploadpack.allowAnySHA1InWant", "true")
        clone = tmp_path / "clone"
        run(tmp_path, "clone", "--quiet", f"--filter={filter}", source.as_uri(), str(clone))
        (clone / "runbooks/new.md").write_text(book("c: 1"))
        repository = lying(clone)
        answers = history(repository)
        for id in ("late", "new") if filter == "tree:0" else ("late",):
            answer = answers.since_when(runbook(repository, id), "a")
            assert isinstance(answer, Unknown)
            assert "is not in this" in answer.reason
        assert answers.is_whole is (filter == "blob:none")
        assert isinstance(answers.data_at(runbook(repository), Version(2, "x")), Unknown)

    def test_broken_object(self, tmp_path: Path) -> None:
        folder = of_commits(tmp_path, late("a: 1"), late("a: 1\nb: 1"))
        unpack(folder)
        blob = run(folder, "rev-parse", "main~1:runbooks/late.md")
        (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        repository = at(folder)
        answers = history(repository)
        missing = Unknown(f"blob {blob} is not in this clone")
        assert answers.since_when(runbook(repository), "a") == missing
        assert answers.data_at(runbook(repository), Version(2, "x")) == missing
        assert answers.data_at(runbook(repository), Version(1, "x")) == {"a": 1, "b": 1}

    def test_commit_that_is_gone_ends_the_history_there(self, tmp_path: Path) -> None:
        fronts = [f"a: 1\nb: {number}" for number in range(6)]
        folder = of_commits(tmp_path, *map(late, fronts))
        unpack(folder)
        repository = at(folder)
        first = run(folder, "rev-parse", "main~5")
        (folder / ".git" / "objects" / first[:2] / first[2:]).unlink()
        answers = history(repository)
        assert not answers.is_whole
        assert since(repository, "b") == 1
        assert isinstance(answers.since_when(runbook(repository), "a"), Unknown)
        assert isinstance(answers.data_at(runbook(repository), Version(9, "x")), Unknown)
        assert isinstance(answers.versions(runbook(repository))[-1], Unknown)


class TestHostile:
    @pytest.mark.parametrize(
        "name",
        [
            "a\nb.md",
            ":100644 100644 " + "0" * 40 + " " + "0" * 40 + " M",
            "0" * 40 + " 1600000000",
            "\udcff.md",
            "\x1b[31m.md",
            'a"b\\c.md',
            ":(glob)**.md",
        ],
    )
    def test_names(self, tmp_path: Path, name: str) -> None:
        folder = of_commits(
            tmp_path, late("a: 1"), {**late("a: 1"), f"runbooks/{name}": "x"}, late("a: 1\nb: 1")
        )
        repository = at(folder)
        assert since(repository, "a") == 3
        assert since(repository, "b") == 1

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("log.diffMerges", "off"),
            ("log.showRoot", "false"),
            ("log.follow", "true"),
            ("diff.orderFile", "/nowhere"),
            ("diff.relative", "true"),
            ("diff.renames", "copies"),
            ("diff.noprefix", "true"),
            ("diff.ignoreSubmodules", "all"),
            ("log.date", "relative"),
            ("color.ui", "always"),
            ("notes.displayRef", "*"),
            ("log.decorate", "full"),
            ("format.pretty", "fuller"),
            ("core.quotePath", "true"),
            ("core.abbrev", "7"),
            ("log.abbrevCommit", "true"),
            ("i18n.logOutputEncoding", "UTF-16"),
        ],
    )
    def test_configuration_changes_nothing(self, tmp_path: Path, key: str, value: str) -> None:
        line = Line()
        first = line.commit({"runbooks/a/late.md": book("reviewed: 1")})
        side = line.commit(late("reviewed: 2"), onto=first, branch="side")
        line.commit({"runbooks/a/late.md": book("reviewed: 1\nb: 1")}, onto=first)
        line.commit(late("reviewed: 2"), merging=(side,))
        folder = line.into(tmp_path)
        run(folder, "config", key, value)
        repository = at(folder)
        assert since(repository, "reviewed") == 1
        assert [version.position for version in versions(repository)] == [1, 2, 3]

    def test_time_that_nobody_can_read(self, tmp_path: Path) -> None:
        folder = of_commits(tmp_path, late("a: 1"))
        text = run(folder, "cat-file", "commit", "main").replace(str(LONG_AGO + 60), "9" * 17) + "\n"
        odd = run(folder, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=text.encode())
        repository = at(folder, odd)
        assert known(history(repository).since_when(runbook(repository), "a")) == Version(1, odd, None)


VALUES = st.sampled_from(["a: 1", "a: 2", "a: true", "b: 1", "a: 1\nb: 1", "a: [", ""])
PATHS = st.sampled_from(["runbooks/{}.md", "runbooks/x/{}.md", "runbooks/y/z/{}.md"])
TREES = st.fixed_dictionaries(
    {}, optional={id: st.tuples(PATHS, VALUES) for id in ("one", "two", "three")}
)  # fmt: skip


@st.composite
def commits(draw: st.DrawFn) -> list[tuple[Files, Files | None]]:
    """Trees from the oldest to the newest, each with that of the branch that its commit merged, if it did."""

    def files() -> Files:
        # The id stands in each text, so that no record ever has the content of another one.
        return {path.format(id): book(f"{front}\nid: {id}") for id, (path, front) in draw(TREES).items()}

    return [
        (files(), files() if draw(st.booleans()) else None) for _ in range(draw(st.integers(1, 6)))
    ]  # fmt: skip


def by_walking(trees: Sequence[Files], id: str, name: str) -> int:
    """The position that every tree says, one after the other: the newest is the first."""

    def data(files: Files) -> object:
        texts = [text for path, text in files.items() if path.rpartition("/")[2] == f"{id}.md"]
        return read("x.md", texts[0].encode(), Format.MARKDOWN).data if texts else "no record"

    newest = data(trees[0])
    assert isinstance(newest, dict)
    answer = 0
    for position, files in enumerate(trees):
        found = data(files)
        if found == "no record":
            break
        if found is None:
            continue
        assert isinstance(found, dict)
        if repr(found.get(name, ...)) != repr(newest.get(name, ...)):
            break
        answer = position
    return answer


@settings(max_examples=60)
@given(commits())
def test_the_answer_is_that_of_walking_every_commit(made: list[tuple[Files, Files | None]]) -> None:
    line = Line()
    before = 0
    for files, merged in made:
        side = line.commit(merged, onto=before, branch="side") if merged is not None and before else None
        before = line.commit(files, onto=before, merging=[side] if side else [])
    with tempfile.TemporaryDirectory() as name:
        folder = line.into(Path(name))
        repository = at(folder)
        line_of_commits = run(folder, "rev-list", "--first-parent", "main").split("\n")
        trees = [files for files, _ in reversed(made)]
        for record in repository.all("runbook"):
            if record.document.data is None:
                continue
            for field in ("a", "b"):
                version = known(history(repository).since_when(record, field))
                walked = by_walking(trees, record.id, field)
                assert version.commit is not None
                assert line_of_commits.index(version.commit) == walked
