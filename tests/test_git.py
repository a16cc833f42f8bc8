"""What Git is asked, what it answers, and what a hostile repository can't make it do."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from gitsm.git import Git, GitError, Stamp, UnknownRevision, WorkFile, find
from gitsm.git import command as git_command
from gitsm.terminal import safe

LONG_AGO = 1_600_000_000
LATER = count(LONG_AGO)


def run(
    folder: Path, *arguments: str, when: int = LONG_AGO, data: bytes = b"", home: Path | None = None
) -> str:
    """Plain git, as its user has it, for building repositories."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home or folder), "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_DATE": f"{when} +0200", "GIT_COMMITTER_DATE": f"{when} +0200",
    }  # fmt: skip
    settings = (
        "user.name=Tester",
        "user.email=tester@example.org",
        "init.defaultBranch=main",
        "protocol.file.allow=always",
    )
    command = ["git", *(word for setting in settings for word in ("-c", setting)), *arguments]
    answer = subprocess.run(command, cwd=folder, env=environment, input=data, capture_output=True, check=True)
    return answer.stdout.decode("utf-8", "surrogateescape").strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        seconds = next(LATER)  # git takes a file of the same size and second for the same file
        os.utime(path, (seconds, seconds))


def commit(folder: Path, files: dict[str, str], when: int = LONG_AGO) -> str:
    write(folder, files)
    run(folder, "add", "--all")
    run(folder, "commit", "--quiet", "--allow-empty", "--message=text", when=when)
    return run(folder, "rev-parse", "HEAD")


def opened(folder: Path) -> Git:
    repository = find(folder)
    assert repository is not None
    return repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty repository."""
    folder = tmp_path / "root"
    folder.mkdir()
    run(folder, "init", "--quiet")
    return folder


def spy(folder: Path, name: str = "spy") -> tuple[Path, Path]:
    """A program, and the file that is there once it ran."""
    program, trace = folder / name, folder / f"{name}-ran"
    program.write_text(f"#!/bin/sh\ntouch '{trace}'\nexit 1\n")
    program.chmod(0o755)
    return program, trace


class TestFind:
    def test_outside(self, tmp_path: Path) -> None:
        assert find(tmp_path) is None

    def test_top(self, root: Path) -> None:
        assert find(root) == Git(str(root.resolve()), "")

    def test_through_a_link(self, root: Path, tmp_path: Path) -> None:
        write(root, {"acme/services/a.yaml": ""})
        (tmp_path / "link").symlink_to(root / "acme")
        assert find(tmp_path / "link") == Git(str(root.resolve()), "acme")

    def test_subfolder(self, root: Path) -> None:
        write(root, {"it/acme/a.yaml": ""})
        assert find(root / "it" / "acme") == Git(str(root.resolve()), "it/acme")

    @pytest.mark.parametrize("ignore", ["build/", "*", "build/acme"])
    def test_folder_that_is_ignored_is_outside(self, root: Path, ignore: str) -> None:
        write(root, {".gitignore": ignore, "build/acme/a.yaml": ""})
        assert find(root / "build" / "acme") is None

    def test_folder_that_is_ignored_and_tracked_is_inside(self, root: Path) -> None:
        commit(root, {"build/acme/a.yaml": ""})
        write(root, {".gitignore": "build/", "build/acme/b.yaml": ""})
        assert [file.path for file in opened(root / "build" / "acme").files()] == ["a.yaml"]

    def test_inside_git_s_own_folder(self, root: Path) -> None:
        with pytest.raises(GitError, match=r"bare repository|work tree"):
            find(root / ".git")

    def test_no_git(self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
        assert find(root) is None

    def test_git_of_the_repository_is_not_run(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        _, trace = spy(root, "git")
        monkeypatch.chdir(root)
        monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
        assert opened(root)
        assert not trace.exists()

    def test_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(GitError, match="nothing"):
            find(tmp_path / "nothing")

    def test_link_to_a_repository_that_is_gone(self, tmp_path: Path) -> None:
        (tmp_path / ".git").write_text("gitdir: /nowhere/at/all")
        with pytest.raises(GitError, match="/nowhere/at/all"):
            find(tmp_path)

    def test_inherited_environment_is_not_heard(
        self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit(root, {"a.yaml": ""})
        other = tmp_path / "other"
        other.mkdir()
        run(other, "init", "--quiet")
        monkeypatch.setenv("GIT_DIR", str(other / ".git"))
        monkeypatch.setenv("GIT_WORK_TREE", str(other))
        monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
        assert [file.path for file in opened(root).files()] == ["a.yaml"]

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_folder_of_somebody_else(self, root: Path) -> None:
        for path in (root, root / ".git"):
            os.chown(path, 65534, 65534)
        with pytest.raises(GitError, match="belongs to another user"):
            find(root)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_folder_of_somebody_else_whom_the_user_trusts(
        self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commit(root, {"a.yaml": ""})
        for path in (root, root / ".git"):
            os.chown(path, 65534, 65534)
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {root}\n", encoding="utf-8")
        assert [file.path for file in opened(root).files()] == ["a.yaml"]

    def test_configuration_that_moves_the_work_tree(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        run(root, "config", "core.worktree", str(tmp_path / "elsewhere"))
        with pytest.raises(GitError):
            find(root)


class TestFiles:
    def test_tracked_new_ignored(self, root: Path) -> None:
        commit(root, {"a.yaml": "a\n", "b/run": "b\n", ".gitignore": "*.log"})
        (root / "b/run").chmod(0o755)
        run(root, "add", "b/run")
        write(root, {"new.yaml": "", "x.log": ""})
        listed = {file.path: (file.mode, file.blob) for file in opened(root).files()}
        assert listed == {
            ".gitignore": ("100644", run(root, "hash-object", ".gitignore")),
            "a.yaml": ("100644", "78981922613b2afb6025042ff6bd878ac1994e85"),
            "b/run": ("100755", "61780798228d17af2d34fce4cfbdf35556832472"),
            "new.yaml": ("", ""),
        }

    def test_subfolder(self, root: Path) -> None:
        commit(root, {"a.yaml": "", "it/b.yaml": "", "it-too/c.yaml": ""})
        write(root, {"it/new/d.yaml": "", "e.yaml": ""})
        assert [file.path for file in opened(root / "it").files()] == ["b.yaml", "new/d.yaml"]

    def test_subfolder_with_a_name_like_a_pattern(self, root: Path) -> None:
        commit(root, {"*/b.yaml": "", "other/c.yaml": "", ":(top)/d.yaml": ""})
        assert [file.path for file in opened(root / "*").files()] == ["b.yaml"]
        assert [file.path for file in opened(root / ":(top)").files()] == ["d.yaml"]
        assert [file.path for file in opened(root / ":(top)").tree("HEAD")] == ["d.yaml"]

    def test_names_come_as_they_are(self, root: Path) -> None:
        names = {b"new\nline", b"\x1b[31mred", b"\xff\xfe", b"tab\t1", b"100644 0 0\tx", "größe".encode()}
        for name in names:
            Path(os.fsdecode(os.path.join(os.fsencode(root), name))).touch()
        assert {os.fsencode(file.path) for file in opened(root).files()} == names
        commit(root, {})
        assert {os.fsencode(file.path) for file in opened(root).files()} == names
        assert {os.fsencode(file.path) for file in opened(root).tree("HEAD")} == names

    def test_conflict_is_listed_once(self, root: Path) -> None:
        commit(root, {"a.yaml": "base\n", "b.yaml": ""})
        run(root, "checkout", "--quiet", "-b", "other")
        commit(root, {"a.yaml": "other\n"})
        run(root, "checkout", "--quiet", "main")
        commit(root, {"a.yaml": "main\n"})
        with pytest.raises(subprocess.CalledProcessError):
            run(root, "merge", "other")
        assert [file.path for file in opened(root).files()] == ["a.yaml", "b.yaml"]

    def test_repository_inside(self, root: Path) -> None:
        (root / "inner").mkdir()
        run(root / "inner", "init", "--quiet")
        commit(root / "inner", {"a.yaml": ""})
        assert list(opened(root).files()) == [WorkFile("inner/")]


class TestStamp:
    def stamped(self, root: Path) -> Stamp | None:
        return next(file.stamp for file in opened(root).files() if file.path == "a.yaml")

    def test_untouched(self, root: Path) -> None:
        commit(root, {"a.yaml": "one\n"})
        assert self.stamped(root) == Stamp.of((root / "a.yaml").stat())

    def test_edited_with_the_old_size_and_time(self, root: Path) -> None:
        commit(root, {"a.yaml": "one\n"})
        before = (root / "a.yaml").stat()
        (root / "a.yaml").write_text("two\n")
        os.utime(root / "a.yaml", ns=(before.st_atime_ns, before.st_mtime_ns))
        assert self.stamped(root) != Stamp.of((root / "a.yaml").stat())

    def test_written_in_the_moment_of_the_index(self, root: Path) -> None:
        commit(root, {"a.yaml": "one\n"})
        os.utime(root / ".git" / "index", (LONG_AGO, LONG_AGO))
        assert self.stamped(root) is None

    @pytest.mark.parametrize("name", [".gitattributes", "b/.gitattributes", ".git/info/attributes"])
    def test_attributes_may_stand_between_blob_and_file(self, root: Path, name: str) -> None:
        commit(root, {"a.yaml": "one\n"})
        write(root, {name: "*.yaml ident"})
        assert self.stamped(root) is None

    def test_attributes_above_the_subfolder(self, root: Path) -> None:
        commit(root, {"it/acme/a.yaml": "one\n"})
        assert self.stamped(root / "it/acme") is not None
        write(root, {"it/.gitattributes": "*.yaml ident"})
        assert self.stamped(root / "it/acme") is None


class TestTree:
    def test_entries(self, root: Path) -> None:
        first = commit(root, {"a.yaml": "a\n", "b/c.yaml": "123456789\n"})
        (root / "link").symlink_to("/etc/passwd")
        run(root, "update-index", "--add", "--cacheinfo", f"160000,{first},sub")
        run(root, "add", "link")
        run(root, "commit", "--quiet", "--message=more")
        assert [(file.path, file.mode, file.size) for file in opened(root).tree("HEAD")] == [
            ("a.yaml", "100644", 2),
            ("b/c.yaml", "100644", 10),
            ("link", "120000", 11),
            ("sub", "160000", None),
        ]

    def test_subfolder(self, root: Path) -> None:
        commit(root, {"a.yaml": "", "it/b.yaml": "", "it-too/c.yaml": ""})
        assert [file.path for file in opened(root / "it").tree("HEAD")] == ["b.yaml"]
        assert list(opened(root / "it").paths("HEAD")) == ["b.yaml"]
        assert list(opened(root).paths("HEAD")) == ["a.yaml", "it-too/c.yaml", "it/b.yaml"]

    def test_subfolder_that_was_a_file_once(self, root: Path) -> None:
        commit(root, {"it": ""})
        (root / "it").unlink()
        commit(root, {"it/b.yaml": ""})
        assert list(opened(root / "it").tree("HEAD~1")) == []

    def test_replacements_and_grafts_are_not_heard(self, root: Path) -> None:
        first = commit(root, {"a.yaml": "first\n"})
        second = commit(root, {"a.yaml": "second\n"})
        third = commit(root, {"a.yaml": "third\n"})
        run(root, "replace", third, first)
        write(root, {".git/info/grafts": f"{third} {first}\n"})
        assert run(root, "show", "HEAD:a.yaml") == "first"
        repository = opened(root)
        blobs = [file.blob for file in repository.tree("HEAD")]
        assert list(repository.blobs(blobs)) == [b"third\n"]
        assert repository.resolve("HEAD~1") == second


class TestBlobs:
    def test_in_the_order_asked_for(self, root: Path) -> None:
        commit(root, {"a": "a\n", "b": "", "c": "line\nline", "d": "0" * 300_000})
        blobs = {file.path: file.blob for file in opened(root).tree("HEAD")}
        contents = opened(root).blobs(blobs[name] for name in "dcbad")
        assert list(contents) == [b"0" * 300_000, b"line\nline", b"", b"a\n", b"0" * 300_000]

    def test_none(self, root: Path) -> None:
        assert list(opened(root).blobs([])) == []

    def test_more_than_pipes_hold(self, root: Path) -> None:
        commit(root, {"a": "0" * 20_000})
        blob = next(file.blob for file in opened(root).tree("HEAD"))
        assert sum(len(content) for content in opened(root).blobs([blob] * 5_000)) == 100_000_000

    def test_left_early(self, root: Path) -> None:
        commit(root, {"a": "0" * 20_000})
        blob = next(file.blob for file in opened(root).tree("HEAD"))
        contents = opened(root).blobs([blob] * 1_000)
        assert len(next(contents)) == 20_000
        contents.close()  # type: ignore[attr-defined]

    def test_missing(self, root: Path) -> None:
        commit(root, {"a": "a\n"})
        blob = next(file.blob for file in opened(root).tree("HEAD"))
        contents = opened(root).blobs([blob, "0" * 40, blob])
        assert next(contents) == b"a\n"
        with pytest.raises(GitError, match="0000 is not in this clone"):
            next(contents)

    @pytest.mark.parametrize("name", ["HEAD", "", "--help", "a\nb", "g" * 40, "0" * 41])
    def test_what_is_no_id(self, root: Path, name: str) -> None:
        with pytest.raises(GitError, match="is not the id of a blob"):
            list(opened(root).blobs([name]))

    def test_broken_object(self, root: Path) -> None:
        commit(root, {"a": "a\n"})
        blob = next(file.blob for file in opened(root).tree("HEAD"))
        path = root / ".git" / "objects" / blob[:2] / blob[2:]
        path.chmod(0o644)
        path.write_bytes(b"nothing like an object")
        with pytest.raises(GitError, match=blob):
            list(opened(root).blobs([blob]))


class TestRevisions:
    def test_names_of_a_commit(self, root: Path) -> None:
        first = commit(root, {"a": "1"})
        second = commit(root, {"a": "2"})
        run(root, "tag", "--annotate", "--message=text", "v1", "HEAD~1")
        repository = opened(root)
        assert [repository.resolve(name) for name in ("HEAD", "main", second[:10])] == [second] * 3
        assert [repository.resolve(name) for name in ("v1", "HEAD~1", "refs/tags/v1^0")] == [first] * 3

    @pytest.mark.parametrize(
        "revision",
        ["", "-", "-1", "--all", "--output=trace", "nothing", "HEAD~9", "HEAD:a", "HEAD~1..HEAD", "^HEAD",
         "HEAD HEAD", "HEAD\nHEAD", "HEAD\0", "\x1b[31m", "\udcff", "é" * 5_000],
    )  # fmt: skip
    def test_names_of_none(self, root: Path, revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
        commit(root, {"a": "1"})
        commit(root, {"a": "2"})
        monkeypatch.chdir(root)
        repository = opened(root)
        for ask in (repository.resolve, repository.time_of, lambda name: list(repository.tree(name))):
            with pytest.raises(UnknownRevision) as caught:
                ask(revision)  # type: ignore[no-untyped-call,unused-ignore]
            assert str(caught.value).isprintable()
        with pytest.raises(UnknownRevision):
            repository.merge_base(revision, "HEAD")
        assert not (root / "trace").exists()

    def test_time_is_the_committer_s(self, root: Path) -> None:
        commit(root, {"a": "1"}, when=1_700_000_000)
        assert opened(root).time_of("HEAD") == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)

    def test_time_that_nobody_can_read(self, root: Path) -> None:
        made = commit(root, {"a": "1"})
        text = run(root, "cat-file", "commit", made).replace(str(LONG_AGO), "9" * 17) + "\n"
        odd = run(root, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=text.encode())
        with pytest.raises(GitError, match="no readable time"):
            opened(root).time_of(odd)

    def test_head_and_branch(self, root: Path) -> None:
        made = commit(root, {"a": "1"})
        run(root, "tag", "main")  # a tag of the same name must not turn the branch into `heads/main`
        assert (opened(root).head(), opened(root).current_branch()) == (made, "main")
        run(root, "checkout", "--quiet", "--detach")
        assert (opened(root).head(), opened(root).current_branch()) == (made, None)

    def test_no_commit_yet(self, root: Path) -> None:
        write(root, {"a.yaml": ""})
        repository = opened(root)
        assert repository.head() is None
        assert repository.current_branch() == "main"
        assert repository.default_branch_commit("main") is None
        assert not repository.is_shallow()
        assert [file.path for file in repository.files()] == ["a.yaml"]
        with pytest.raises(UnknownRevision, match="`HEAD` names no commit"):
            list(repository.tree("HEAD"))

    def test_merge_base(self, root: Path) -> None:
        first = commit(root, {"a": "1"})
        run(root, "checkout", "--quiet", "-b", "branch")
        second = commit(root, {"a": "2"})
        run(root, "checkout", "--quiet", "main")
        commit(root, {"a": "3"})
        run(root, "checkout", "--quiet", "--orphan", "stranger")
        commit(root, {"b": "1"})
        repository = opened(root)
        assert repository.merge_base("main", "branch") == first
        assert repository.merge_base("branch", second) == second
        assert repository.merge_base("main", "stranger") is None

    def test_default_branch(self, root: Path, tmp_path: Path) -> None:
        first = commit(root, {"a": "1"})
        run(tmp_path, "clone", "--quiet", "--branch=main", "root", "clone")
        clone = tmp_path / "clone"
        run(clone, "checkout", "--quiet", "-b", "topic")
        run(clone, "branch", "--quiet", "--delete", "--force", "main")
        assert opened(clone).default_branch_commit("main") == first
        second = commit(clone, {"a": "2"})
        run(clone, "branch", "main")
        assert opened(clone).default_branch_commit("main") == second

    @pytest.mark.parametrize(
        "name",
        [
            "",
            "*",
            "mai*",
            "main~1",
            "main^{/x}",
            "main@{0}",
            "../tags/v1",
            "--help",
            "a b",
            "ma\nin",
            "\udcff",
        ],
    )
    def test_default_branch_is_a_name_and_no_revision(self, root: Path, name: str) -> None:
        commit(root, {"a": "1"})
        commit(root, {"a": "2"})
        run(root, "tag", "v1")
        assert opened(root).default_branch_commit(name) is None

    def test_shallow_clone(self, root: Path, tmp_path: Path) -> None:
        commit(root, {"a": "1"})
        last = commit(root, {"a": "2"})
        run(tmp_path, "clone", "--quiet", "--depth=1", root.as_uri(), "clone")
        repository = opened(tmp_path / "clone")
        assert repository.is_shallow()
        assert not opened(root).is_shallow()
        assert repository.head() == last
        with pytest.raises(UnknownRevision, match="shallow clone"):
            repository.resolve("HEAD~1")


def everything(folder: Path) -> None:
    """Asks a repository all there is to ask."""
    repository = opened(folder)
    list(repository.files())
    list(repository.blobs(file.blob for file in repository.tree("HEAD") if file.size is not None))
    repository.time_of("HEAD")
    repository.current_branch()
    repository.is_shallow()
    repository.default_branch_commit("main")
    repository.merge_base("HEAD", "HEAD")


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a program in git's place saw: arguments and environment of each call."""
    folder = tmp_path_factory.mktemp("calls")
    root, places, real = folder / "root", folder / "bin", shutil.which("git")
    root.mkdir()
    places.mkdir()
    run(root, "init", "--quiet")
    commit(root, {"it/a.yaml": "one\n"})
    recorder = places / "git"
    recorder.write_text(
        f"#!/bin/sh\n{{ printf '%s\\n' \"$@\"; env; }} > '{folder}'/call-$$\nexec {real} \"$@\"\n"
    )
    recorder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{places}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("GIT_TRACE", "1")
        patch.setenv("LC_ALL", "de_DE.UTF-8")
        everything(root)
        everything(root / "it")
    return [path.read_text() for path in folder.glob("call-*")]


class TestEveryCall:
    """What no call of git goes without."""

    @pytest.mark.parametrize(
        "line",
        ["--no-pager", "--literal-pathspecs", "core.fsmonitor=false", "core.hooksPath=/dev/null",
         "core.excludesFile=/dev/null", "core.attributesFile=/dev/null", "safe.bareRepository=explicit",
         "log.mailmap=false", "log.showSignature=false", "GIT_ALLOW_PROTOCOL=none", "GIT_ATTR_NOSYSTEM=1",
         "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_GRAFT_FILE=/dev/null",
         "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
         "LC_ALL=C"],
    )  # fmt: skip
    def test_carries(self, calls: list[str], line: str) -> None:
        assert len(calls) > 20
        assert [call for call in calls if line not in call.splitlines()] == []

    def test_inherits_nothing_of_git_s(self, calls: list[str]) -> None:
        assert [call for call in calls if "GIT_TRACE=1" in call.splitlines()] == []


class TestHostileRepository:
    @pytest.mark.parametrize(
        ("key", "provoke"),
        [
            ("core.fsmonitor", ("status",)),
            ("core.hooksPath", ("checkout", "--quiet", "HEAD")),
            ("filter.evil.clean", ("status",)),
            ("gpg.program", ("log", "--show-signature")),
        ],
    )
    def test_no_program_of_its_configuration_runs(
        self, root: Path, tmp_path: Path, key: str, provoke: tuple[str, ...]
    ) -> None:
        commit(root, {"a.yaml": "one\n", ".gitattributes": "*.yaml filter=evil"})
        signed = run(root, "cat-file", "commit", "HEAD").replace(
            "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1
        )
        made = run(root, "hash-object", "-t", "commit", "-w", "--stdin", data=signed.encode() + b"\n")
        run(root, "update-ref", "refs/heads/main", made)
        program, trace = spy(tmp_path, "post-checkout")
        (tmp_path / "post-index-change").symlink_to(program)
        run(root, "config", key, str(tmp_path if key == "core.hooksPath" else program))
        run(root, "config", "log.showSignature", "true")
        write(root, {"a.yaml": "two\n"})
        everything(root)
        assert not trace.exists()
        with contextlib.suppress(subprocess.CalledProcessError):
            run(root, *provoke)
        assert trace.exists(), "the trap doesn't work, so the test proves nothing"

    def test_bare_repository_in_a_folder(self, root: Path, tmp_path: Path) -> None:
        program, trace = spy(tmp_path)
        commit(root, {"a.yaml": "one\n"})
        shutil.copytree(root / ".git", root / "evil")
        run(root, "config", "--file", "evil/config", "core.bare", "false")
        run(root, "config", "--file", "evil/config", "core.worktree", ".")
        run(root, "config", "--file", "evil/config", "core.fsmonitor", str(program))
        everything(root)
        with pytest.raises(GitError, match="bare repository"):
            find(root / "evil")
        assert not trace.exists()
        with contextlib.suppress(subprocess.CalledProcessError):
            run(root / "evil", "status")
        assert trace.exists(), "the trap doesn't work, so the test proves nothing"

    def test_missing_blobs_are_not_fetched(self, root: Path, tmp_path: Path) -> None:
        commit(root, {"a.yaml": "one\n"})
        blob = next(file.blob for file in opened(root).tree("HEAD"))
        run(root, "config", "uploadpack.allowFilter", "true")
        run(root, "config", "uploadpack.allowAnySHA1InWant", "true")
        run(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", root.as_uri(), "clone")
        clone = tmp_path / "clone"
        program, trace = spy(tmp_path)
        upload_pack = shutil.which("git-upload-pack")
        program.write_text(f"#!/bin/sh\ntouch '{trace}'\nexec {upload_pack} \"$@\"\n")
        run(clone, "config", "remote.origin.uploadpack", str(program))
        repository = opened(clone)
        for ask in (lambda: list(repository.tree("HEAD")), lambda: list(repository.blobs([blob]))):
            with pytest.raises(GitError, match=f"{blob} is not in this partial clone"):
                ask()
        assert list(repository.paths("HEAD")) == ["a.yaml"]
        assert not trace.exists()
        assert run(clone, "cat-file", "blob", blob) == "one"
        assert trace.exists(), "the trap doesn't work, so the test proves nothing"

    def test_git_that_never_answers(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        repository = opened(root)
        os.mkfifo(root / ".gitignore")
        monkeypatch.setattr(git_command, "TIMEOUT", 0.3)
        with pytest.raises(GitError, match="git ls-files gave no answer"):
            list(repository.files())

    def test_broken_configuration(self, root: Path) -> None:
        (root / ".git" / "config").write_text("[\x1b[31m\n")
        with pytest.raises(GitError, match="bad config line 1") as caught:
            find(root)
        assert str(caught.value).isprintable()

    def test_broken_index(self, root: Path) -> None:
        repository = opened(root)
        (root / ".git" / "index").write_bytes(b"DIRC" + b"\xff" * 40)
        with pytest.raises(GitError):
            list(repository.files())

    def test_configuration_of_the_user_is_not_heard(
        self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = tmp_path / "home"
        write(
            home,
            {
                ".gitconfig": f"[core]\nexcludesFile = {home}/ignore\n",
                ".config/git/ignore": "*.yaml",
                "ignore": "*.yaml",
            },
        )
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
        write(root, {"a.yaml": ""})
        assert run(root, "status", "--porcelain", home=home) == ""
        assert [file.path for file in opened(root).files()] == ["a.yaml"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("services/a.yaml", "services/a.yaml"),
        ("größe", "größe"),
        ("a\nb\t\x1b[0m\x7f\x85", "a\\x0ab\\x09\\x1b[0m\\x7f\\x85"),
        ("\udcff\udc80", "\\xff\\x80"),
        ("\u202e\u2028\ufeff\U000e0041\ud800", "\\u202e\\u2028\\ufeff\\U000e0041\\ud800"),
    ],
)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown
