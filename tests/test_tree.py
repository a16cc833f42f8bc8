"""Trees from a folder, a revision and a mapping: what is in them, what is refused, what is never opened."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm import tree
from gitsm.diagnostic import Diagnostic, Severity
from gitsm.git import Git, GitError, find
from gitsm.source import MAX_BYTES
from gitsm.terminal import safe
from gitsm.tree import Entry, FolderTree, MappingTree, RevisionTree, Tree

LONG_AGO = 1_600_000_000


def run(folder: Path, *arguments: str, data: bytes = b"") -> str:
    """Plain git, for building repositories."""
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": f"{LONG_AGO} +0000", "GIT_COMMITTER_DATE": f"{LONG_AGO} +0000",
    }  # fmt: skip
    settings = ("user.name=Tester", "user.email=tester@example.org", "init.defaultBranch=main")
    command = ["git", *(word for setting in settings for word in ("-c", setting)), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, input=data, capture_output=True, check=True
    ).stdout.decode().strip()  # fmt: skip


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (LONG_AGO, LONG_AGO))


def commit(folder: Path, files: dict[str, str] | None = None) -> str:
    write(folder, files or {})
    run(folder, "add", "--all")
    run(folder, "commit", "--quiet", "--allow-empty", "--message=text")
    return run(folder, "rev-parse", "HEAD")


def revision(folder: Path, name: str = "HEAD") -> RevisionTree:
    git = find(folder)
    assert git is not None
    return RevisionTree(git, name)


def problems(found: Tree) -> dict[str, str]:
    """The messages of the problems by file; and each problem is a whole one."""
    for problem in found.problems:
        whole(problem)
        assert problem.place.file not in found.files
    return {problem.place.file: problem.message for problem in found.problems}


def whole(problem: Diagnostic) -> None:
    assert problem.rule == "unreadable-file"
    assert problem.severity is Severity.ERROR
    assert problem.place.span is not None
    assert safe(problem.place.file) == problem.place.file
    assert safe(problem.message) == problem.message


def contents(found: Tree, limit: int = MAX_BYTES) -> dict[str, bytes | str]:
    """What reading each file gives: bytes, or the message of the problem."""
    result: dict[str, bytes | str] = {}
    for path, content in found.read_many(found.files, limit=limit):
        if isinstance(content, Diagnostic):
            whole(content)
            assert content.place.file == path
        result[path] = content.message if isinstance(content, Diagnostic) else content
    return result


def named(folder: Path, name: bytes) -> Path:
    return Path(os.fsdecode(os.path.join(os.fsencode(folder), name)))


@pytest.fixture(params=["git", "plain"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder, once as an empty repository and once without Git."""
    root = tmp_path / "root"
    root.mkdir()
    if request.param == "git":
        run(root, "init", "--quiet")
    return root


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository."""
    root = tmp_path / "root"
    root.mkdir()
    run(root, "init", "--quiet")
    return root


FILES = {"a.yaml": "a: 1\n", "b/c.md": "größe", "b/empty": "", "b-c/d": "x" * 1_000}


def from_mapping(root: Path) -> Tree:
    return MappingTree(FILES)


def from_folder(root: Path) -> Tree:
    write(root, FILES)
    return FolderTree(root)


def from_work_tree(root: Path) -> Tree:
    run(root, "init", "--quiet")
    return from_folder(root)


def from_index(root: Path) -> Tree:
    run(root, "init", "--quiet")
    write(root, FILES)
    run(root, "add", "--all")
    return FolderTree(root)


def from_revision(root: Path) -> Tree:
    run(root, "init", "--quiet")
    commit(root, FILES)
    for name in FILES:
        (root / name).write_text("something else")
    return revision(root)


def from_subfolder(root: Path) -> Tree:
    run(root, "init", "--quiet")
    commit(root, {"it/acme/" + name: content for name, content in FILES.items()} | {"above": ""})
    return revision(root / "it/acme")


def from_subfolder_of_work_tree(root: Path) -> Tree:
    from_subfolder(root)
    return FolderTree(root / "it/acme")


@pytest.mark.parametrize(
    "build",
    [
        from_mapping,
        from_folder,
        from_work_tree,
        from_index,
        from_revision,
        from_subfolder,
        from_subfolder_of_work_tree,
    ],
)
class TestEveryTree:
    def test_files_in_order_with_sizes(self, build: Callable[[Path], Tree], tmp_path: Path) -> None:
        found = build(tmp_path)
        sizes = [(path, entry.size) for path, entry in found.files.items()]
        assert sizes == [("a.yaml", 5), ("b-c/d", 1_000), ("b/c.md", 7), ("b/empty", 0)]
        assert found.problems == ()

    def test_contents_in_the_order_asked_for(self, build: Callable[[Path], Tree], tmp_path: Path) -> None:
        wanted = ["b/c.md", "a.yaml", "b/empty", "b-c/d", "b/c.md"]
        assert list(build(tmp_path).read_many(wanted)) == [(path, FILES[path].encode()) for path in wanted]

    @pytest.mark.parametrize("path", ["nothing", "b", "../above", "/etc/passwd", ""])
    def test_only_files_of_the_tree_are_read(
        self, build: Callable[[Path], Tree], tmp_path: Path, path: str
    ) -> None:
        with pytest.raises(KeyError):
            list(build(tmp_path).read_many(["a.yaml", path]))

    def test_limit(self, build: Callable[[Path], Tree], tmp_path: Path) -> None:
        large = "the file holds 1,000 bytes, and no more than 999 are read"
        assert contents(build(tmp_path), limit=999) == {
            "a.yaml": b"a: 1\n", "b-c/d": large, "b/c.md": "größe".encode(), "b/empty": b"",
        }  # fmt: skip
        assert contents(build(tmp_path), limit=1_000)["b-c/d"] == b"x" * 1_000


BAD_NAMES = [
    (b"new\nline", "new\\x0aline", "control or format character"),
    (b"\x1b[31mred", "\\x1b[31mred", "control or format character"),
    (b"tab\there", "tab\\x09here", "control or format character"),
    ("a\u202eb".encode(), "a\\u202eb", "control or format character"),
    ("a\u2028b".encode(), "a\\u2028b", "control or format character"),
    (b"\xff\xfe.yaml", "\\xff\\xfe.yaml", "not UTF-8"),
    (b"-rf", "-rf", "begins with a hyphen"),
    (b"b/--x/a", "b/--x/a", "begins with a hyphen"),
]
GOOD_NAMES = [
    "größe",
    "日本.yaml",
    "a b",
    "a-b",
    "..a",
    ".github/x",
    "a..b",
    "x/.gitignore",
    "$(touch x)",
    "'\"`",
    "%s",
]


class TestNames:
    @pytest.mark.parametrize(("name", "shown", "reason"), BAD_NAMES)
    def test_bad_name_in_a_folder(self, folder: Path, name: bytes, shown: str, reason: str) -> None:
        path = named(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        write(folder, {"good.yaml": ""})
        found = FolderTree(folder)
        assert list(found.files) == ["good.yaml"]
        assert len(found.problems) == 1
        ((file, message),) = problems(found).items()
        assert shown.startswith(file)  # without Git, a bad folder is not even looked into
        assert reason in message

    @pytest.mark.parametrize(("name", "shown", "reason"), BAD_NAMES)
    def test_bad_name_in_a_revision(self, repository: Path, name: bytes, shown: str, reason: str) -> None:
        path = named(repository, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        commit(repository, {"good.yaml": ""})
        found = revision(repository)
        assert list(found.files) == ["good.yaml"]
        assert list(problems(found)) == [shown]
        assert reason in problems(found)[shown]

    @pytest.mark.parametrize("name", GOOD_NAMES)
    def test_good_name(self, folder: Path, name: str) -> None:
        write(folder, {name: name})
        assert contents(FolderTree(folder)) == {name: name.encode()}
        run(folder, "init", "--quiet")
        commit(folder)
        assert contents(revision(folder)) == {name: name.encode()}

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("a" * 256, "longer than 255"),
            ("ü" * 128, "longer than 255"),
            ("/".join(["a" * 250] * 5), "1,254 bytes long, more than 1,000"),
            ("a/" * 100_000 + "b", "more than 1,000"),
            ("..", "a part `..`"),
            ("../../etc/passwd", "a part `..`"),
            ("a/./b", "a part `.`"),
            ("a//b", "a part ``"),
            ("/etc/passwd", "a part ``"),
            ("a/", "a part ``"),
            ("", "a part ``"),
            (".git/config", "a part `.git`"),
            ("a/.GIT/config", "a part `.GIT`"),
            ("a\0b", "control or format character"),
        ],
    )
    def test_path_that_no_folder_can_have(self, path: str, reason: str) -> None:
        found = MappingTree({path: "x", "good": "y"})
        assert list(found.files) == ["good"]
        assert [reason in message for message in problems(found).values()] == [True]

    @given(st.text(max_size=300) | st.text("-./agit~", max_size=9))
    def test_quick_way_and_long_way_agree(self, path: str) -> None:
        with pytest.MonkeyPatch.context() as patch:
            quick = list(tree._objections(path))
            patch.setattr(tree, "_is_plain", lambda path: False)
            assert list(tree._objections(path)) == quick

    @given(st.dictionaries(st.text(), st.text() | st.binary()))
    def test_any_mapping_is_a_tree(self, mapping: dict[str, str | bytes]) -> None:
        found = MappingTree(mapping)
        assert len(found.files) + len(found.problems) == len(mapping)
        assert list(found.files) == sorted(found.files)
        for path, content in found.read_many(found.files):
            given_content = mapping[path]
            assert content == (
                given_content
                if isinstance(given_content, bytes)
                else given_content.encode("utf-8", "surrogatepass")
            )
        problems(found)


class TestLinksAndDevices:
    def test_link_to_a_file(self, folder: Path) -> None:
        (folder / "link").symlink_to("/etc/passwd")
        write(folder, {"a.yaml": ""})
        found = FolderTree(folder)
        assert list(found.files) == ["a.yaml"]
        assert problems(found) == {"link": "the file is a symbolic link, and links are never followed"}

    def test_link_to_a_folder_and_to_nothing(self, folder: Path, tmp_path: Path) -> None:
        write(tmp_path, {"outside/secret.yaml": "secret"})
        (folder / "linked").symlink_to(tmp_path / "outside")
        (folder / "loop").symlink_to("loop")
        (folder / "nowhere").symlink_to("/nowhere/at/all")
        found = FolderTree(folder)
        assert not found.files
        assert list(problems(found)) == ["linked", "loop", "nowhere"]

    def test_tracked_link_and_submodule(self, repository: Path) -> None:
        made = commit(repository, {"a.yaml": ""})
        (repository / "link").symlink_to("/etc/passwd")
        (repository / "sub").mkdir()
        run(repository, "update-index", "--add", "--cacheinfo", f"160000,{made},sub")
        run(repository, "add", "link")
        run(repository, "commit", "--quiet", "--message=text")
        for found in (FolderTree(repository), revision(repository)):
            assert list(found.files) == ["a.yaml"]
            assert problems(found) == {
                "link": "the file is a symbolic link, and links are never followed",
                "sub": "the folder is a submodule, whose files are not part of this repository",
            }

    def test_tracked_link_that_was_checked_out_as_a_file(self, repository: Path) -> None:
        run(repository, "config", "core.symlinks", "false")
        blob = run(repository, "hash-object", "-w", "--stdin", data=b"/etc/passwd")
        run(repository, "update-index", "--add", "--cacheinfo", f"120000,{blob},link")
        write(repository, {"link": "/etc/passwd"})
        assert list(problems(FolderTree(repository))) == ["link"]

    def test_link_in_the_place_of_a_tracked_file(self, repository: Path) -> None:
        commit(repository, {"a.yaml": "", "b.yaml": ""})
        (repository / "a.yaml").unlink()
        (repository / "a.yaml").symlink_to("b.yaml")
        found = FolderTree(repository)
        assert list(found.files) == ["b.yaml"]
        assert list(problems(found)) == ["a.yaml"]

    @pytest.mark.parametrize("ignored", [False, True])
    def test_link_in_the_place_of_a_tracked_folder(
        self, repository: Path, tmp_path: Path, ignored: bool
    ) -> None:
        commit(repository, {"services/a/b.yaml": "mine", "services/a/c.yaml": "mine", "z.yaml": ""})
        write(tmp_path, {"outside/a/b.yaml": "secret", "outside/a/c.yaml": "secret"})
        if ignored:
            write(repository, {".git/info/exclude": "services"})
        run(repository, "rm", "-r", "--quiet", "--force", "services")
        run(repository, "reset", "--quiet")
        (repository / "services").symlink_to(tmp_path / "outside")
        found = FolderTree(repository)
        assert list(found.files) == ["z.yaml"]
        assert list(problems(found)) == ["services"]

    def test_repository_inside(self, repository: Path) -> None:
        write(repository, {"inner/a.yaml": ""})
        run(repository / "inner", "init", "--quiet")
        commit(repository / "inner")
        found = FolderTree(repository)
        assert not found.files
        assert "a Git repository of its own" in problems(found)["inner"]

    def test_fifo_and_socket(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(folder, {"a.yaml": "", "fifo": "", "socket": ""})
        if (folder / ".git").exists():
            run(folder, "add", "--all")
        (folder / "fifo").unlink()
        (folder / "socket").unlink()
        os.mkfifo(folder / "fifo")
        monkeypatch.chdir(folder)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
            found = FolderTree(folder)
        assert list(found.files) == ["a.yaml"]
        assert problems(found) == dict.fromkeys(
            ["fifo", "socket"], "the file is neither a regular file nor a folder"
        )


class TestBetweenListingAndReading:
    """The folder changes after it was listed: whatever was there first is not what is read."""

    def test_file_is_gone(self, folder: Path) -> None:
        write(folder, {"a.yaml": "a", "b.yaml": "b", "c/d.yaml": "d"})
        found = FolderTree(folder)
        (folder / "a.yaml").unlink()
        (folder / "c/d.yaml").unlink()
        (folder / "c").rmdir()
        gone = "the file can't be read: No such file or directory"
        assert contents(found) == {"a.yaml": gone, "b.yaml": b"b", "c/d.yaml": gone}

    def test_root_is_gone(self, folder: Path) -> None:
        write(folder, {"a.yaml": "a"})
        found = FolderTree(folder)
        folder.rename(folder.parent / "moved")
        assert contents(found) == {"a.yaml": "the file can't be read: No such file or directory"}

    def test_file_became_a_link(self, folder: Path) -> None:
        write(folder, {"a.yaml": "a", "b.yaml": "b"})
        found = FolderTree(folder)
        (folder / "a.yaml").unlink()
        (folder / "a.yaml").symlink_to("b.yaml")
        assert contents(found) == {
            "a.yaml": "the file is a symbolic link, and links are never followed", "b.yaml": b"b",
        }  # fmt: skip

    def test_folder_became_a_link(self, folder: Path, tmp_path: Path) -> None:
        write(folder, {"services/a/b.yaml": "mine"})
        write(tmp_path, {"outside/a/b.yaml": "secret"})
        found = FolderTree(folder)
        (folder / "services").rename(tmp_path / "moved")
        (folder / "services").symlink_to(tmp_path / "outside")
        assert contents(found) == {"services/a/b.yaml": "the file can't be read: Not a directory"}

    def test_file_became_a_fifo(self, folder: Path) -> None:
        write(folder, {"a.yaml": "a"})
        found = FolderTree(folder)
        (folder / "a.yaml").unlink()
        os.mkfifo(folder / "a.yaml")
        assert contents(found) == {"a.yaml": "the file is neither a regular file nor a folder"}

    def test_file_became_a_folder(self, folder: Path) -> None:
        write(folder, {"a.yaml": "a"})
        found = FolderTree(folder)
        (folder / "a.yaml").unlink()
        (folder / "a.yaml").mkdir()
        assert contents(found) == {"a.yaml": "the file is neither a regular file nor a folder"}

    def test_file_grew(self, folder: Path) -> None:
        write(folder, {"a.yaml": "a", "b.yaml": "b"})
        found = FolderTree(folder)
        (folder / "a.yaml").write_text("a" * 100)
        (folder / "b.yaml").write_text("b" * 101)
        large = "the file holds 101 bytes, and no more than 100 are read"
        assert contents(found, limit=100) == {"a.yaml": b"a" * 100, "b.yaml": large}

    @pytest.mark.parametrize(
        ("grown", "read"), [(5, b"aaaaa"), (10, b"a" * 10), (11, None), (1_000_000, None)]
    )
    def test_file_grows_while_it_is_read(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, grown: int, read: bytes | None
    ) -> None:
        write(folder, {"a.yaml": "aa"})
        found = FolderTree(folder)
        honest = os.fstat

        def fstat(descriptor: int) -> os.stat_result:
            status = honest(descriptor)
            (folder / "a.yaml").write_text("a" * grown)
            return status

        monkeypatch.setattr(os, "fstat", fstat)
        ((_, content),) = found.read_many(["a.yaml"], limit=10)
        if read is None:
            assert isinstance(content, Diagnostic)
            assert content.message == "the file holds 11 bytes, and no more than 10 are read"
        else:
            assert content == read

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_file_and_folder_without_permission(self, folder: Path) -> None:
        write(folder, {"a.yaml": "a", "b/c.yaml": "c"})
        (folder / "a.yaml").chmod(0)
        (folder / "b").chmod(0)
        found = FolderTree(folder)
        assert contents(found)["a.yaml"] == "the file can't be read: Permission denied"
        assert "b/c.yaml" not in found.files
        (folder / "b").chmod(0o755)

    def test_no_descriptor_is_left_open(self, folder: Path) -> None:
        write(folder, {f"{name}/{name}.yaml": name for name in "abcdef"})
        found = FolderTree(folder)
        (folder / "c").rename(folder / "moved")
        before = len(os.listdir("/dev/fd"))
        contents(found)
        stopped = found.read_many(found.files)
        next(stopped)
        stopped.close()  # type: ignore[attr-defined]
        assert len(os.listdir("/dev/fd")) == before


class TestFolderTree:
    def test_work_tree_holds_what_is_tracked_and_what_is_new(self, repository: Path) -> None:
        commit(
            repository,
            {"deleted.yaml": "", "kept.yaml": "", "staged.yaml": "", ".gitignore": "*.log\n", "x/y": ""},
        )
        write(repository, {"new/n.yaml": "", "x.log": "", "added.yaml": ""})
        run(repository, "add", "added.yaml")
        run(repository, "rm", "--quiet", "staged.yaml")
        (repository / "deleted.yaml").unlink()
        (repository / "x/y").unlink()
        (repository / "x").rmdir()
        assert list(FolderTree(repository).files) == [".gitignore", "added.yaml", "kept.yaml", "new/n.yaml"]

    def test_folder_in_the_place_of_a_deleted_file(self, repository: Path) -> None:
        commit(repository, {"a": ""})
        (repository / "a").unlink()
        write(repository, {"a/b.yaml": ""})
        found = FolderTree(repository)
        assert list(found.files) == ["a/b.yaml"]
        assert not found.problems

    def test_file_in_the_place_of_a_deleted_folder(self, repository: Path) -> None:
        commit(repository, {"a/b.yaml": ""})
        (repository / "a/b.yaml").unlink()
        (repository / "a").rmdir()
        write(repository, {"a": ""})
        found = FolderTree(repository)
        assert list(found.files) == ["a"]
        assert not found.problems

    def test_outside_git_some_folders_are_left_out(self, tmp_path: Path) -> None:
        left_out = [".venv/a", "b/node_modules/a", "b/__pycache__/a", "site/a", ".git/config"]
        write(tmp_path, dict.fromkeys([*left_out, "runbooks/site/a.md", ".hidden/a"], ""))
        assert list(FolderTree(tmp_path).files) == [".hidden/a", "runbooks/site/a.md"]

    def test_outside_git_no_folder_is_too_deep(self, tmp_path: Path) -> None:
        deep = os.fspath(tmp_path)
        for _ in range(600):
            deep += "/a"
            os.mkdir(deep)
        found = FolderTree(tmp_path)
        assert not found.files
        assert "more than 1,000" in next(iter(problems(found).values()))

    def test_blob_is_the_content_s_own_or_nothing(self, repository: Path) -> None:
        commit(repository, {"same.yaml": "same\n", "edited.yaml": "one\n", "sub/same.yaml": "sub\n"})
        (repository / "edited.yaml").write_text("two\n")
        os.utime(repository / "edited.yaml", (LONG_AGO, LONG_AGO))
        write(repository, {"new.yaml": "new\n"})
        entries = FolderTree(repository).files

        def blob(content: bytes) -> str:
            return hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()

        assert entries == {
            "edited.yaml": Entry(4, None),
            "new.yaml": Entry(4, None),
            "same.yaml": Entry(5, blob(b"same\n")),
            "sub/same.yaml": Entry(4, blob(b"sub\n")),
        }
        assert FolderTree(repository / "sub").files == {"same.yaml": Entry(4, blob(b"sub\n"))}

    def test_repository_around_it(self, repository: Path, tmp_path: Path) -> None:
        assert FolderTree(repository).git == Git(str(repository))
        write(tmp_path, {"plain/a": ""})
        assert FolderTree(tmp_path / "plain").git is None

    def test_conflict(self, repository: Path) -> None:
        commit(repository, {"a.yaml": "base\n"})
        for number, blob in enumerate(["one\n", "two\n", "three\n"], 1):
            made = run(repository, "hash-object", "-w", "--stdin", data=blob.encode())
            run(repository, "update-index", "--index-info", data=f"100644 {made} {number}\ta.yaml\n".encode())
        assert contents(FolderTree(repository)) == {"a.yaml": b"base\n"}

    def test_listing_is_one_fixed_value(self, repository: Path) -> None:
        write(repository, {"a.yaml": ""})
        with pytest.raises(TypeError):
            FolderTree(repository).files["b.yaml"] = Entry(1)  # type: ignore[index]


class TestRevisionTree:
    def entry(self, repository: Path, name: bytes, content: bytes = b"x") -> bytes:
        blob = run(repository, "hash-object", "-w", "--stdin", data=content)
        return b"100644 " + name + b"\0" + bytes.fromhex(blob)

    def forged(self, repository: Path, *entries: bytes) -> RevisionTree:
        """A revision whose tree no git add would make."""
        made = run(
            repository, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=b"".join(entries)
        )
        return revision(repository, run(repository, "commit-tree", "-m", "text", made))

    @pytest.mark.parametrize("name", [b"..", b".", b".git", b"../../etc/passwd", b"/etc/passwd", b"a" * 300])
    def test_name_that_leads_out(self, repository: Path, name: bytes) -> None:
        found = self.forged(repository, self.entry(repository, name), self.entry(repository, b"z"))
        assert list(found.files) == ["z"]
        assert len(problems(found)) == 1

    def test_two_files_of_one_name(self, repository: Path) -> None:
        found = self.forged(
            repository, self.entry(repository, b"a", b"1"), self.entry(repository, b"a", b"2")
        )
        assert not found.files
        assert problems(found) == {"a": "the revision holds two files of this name"}

    def test_blobs_are_the_revision_s(self, repository: Path) -> None:
        commit(repository, {"a.yaml": "one\n"})
        assert revision(repository).files["a.yaml"].blob == run(repository, "rev-parse", "HEAD:a.yaml")

    def test_broken_object_costs_its_own_file_only(self, repository: Path) -> None:
        commit(repository, {"a.yaml": "one\n", "b.yaml": "two\n", "c.yaml": "three\n", "d.yaml": "four\n"})
        found = revision(repository)
        for path in ("b.yaml", "c.yaml"):
            blob = found.files[path].blob or ""
            loose = repository / ".git/objects" / blob[:2] / blob[2:]
            loose.chmod(0o644)
            if path == "b.yaml":
                loose.write_bytes(b"nothing like an object")
            else:
                loose.unlink()
        read = contents(found)
        assert (read["a.yaml"], read["d.yaml"]) == (b"one\n", b"four\n")
        assert str(read["b.yaml"]).startswith("the file can't be read: ")
        assert str(read["c.yaml"]).startswith("the file can't be read: ")

    def test_repository_without_a_commit(self, repository: Path) -> None:
        with pytest.raises(GitError, match="names no commit"):
            revision(repository)
