"""Data to text and back, and files that are written whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm import source
from gitsm.records import KINDS
from gitsm.source import Format
from gitsm.writing import (
    Change,
    Refused,
    Unwritable,
    Written,
    batch,
    difference,
    markdown_text,
    write_changes,
    write_new,
    yaml_text,
)

# Texts


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            {"name": "Payroll", "tier": 1, "open": True, "share": 99.5},
            "name: Payroll\ntier: 1\nopen: true\nshare: 99.5\n",
        ),
        ({"b": "1", "a": "2"}, 'b: "1"\na: "2"\n'),
        (
            {"day": "2026-11-28", "start": "2026-11-28T22:00+01:00"},
            "day: 2026-11-28\nstart: 2026-11-28T22:00+01:00\n",
        ),
        ({"at": "22:30", "answer": "no", "code": "0644"}, 'at: "22:30"\nanswer: "no"\ncode: "0644"\n'),
        ({"on": "2026-11-28", "y": "x"}, "on: 2026-11-28\ny: x\n"),
        (
            {"text": "a: b", "said": 'x: "y"', "path": "C:\\ #x"},
            "text: \"a: b\"\nsaid: 'x: \"y\"'\npath: 'C:\\ #x'\n",
        ),
        ({"tags": ["a", "b, c"], "none": []}, 'tags: [a, "b, c"]\nnone: []\n'),
        (
            {"depends_on": [{"service": "ledger", "criticality": "hard"}]},
            "depends_on:\n  - {service: ledger, criticality: hard}\n",
        ),
        ({"plan": "One.  \n\n  Two.\n"}, "plan: |\n  One.  \n\n    Two.\n"),
        ({"plan": "One.\nTwo."}, "plan: |-\n  One.\n  Two.\n"),
        ({"a": {"b": {"c": "d"}}}, "a:\n  b: {c: d}\n"),
        ({"labels": {"on": "yes", "x": "y"}}, 'labels: {on: "yes", x: "y"}\n'),
    ],
)
def test_data_is_written_as_people_write_it(data: dict[str, source.Value], text: str) -> None:
    assert yaml_text(data) == text


def test_a_long_text_is_broken_between_words_and_leaves_no_blank_behind() -> None:
    lines = yaml_text({"description": "forty words " * 30 + "end", "x": "y"}).split("\n")
    assert len(lines) > 3
    assert all(len(line) <= 100 and line == line.rstrip() for line in lines)


def test_a_long_text_that_needs_quotes_becomes_a_block() -> None:
    assert yaml_text({"plan": "first: " + "word " * 40 + "end"}).startswith("plan: |-\n  first: word")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"a": None}, "no value"),
        ({"a": [{"b": None}]}, "no value"),
        ({"a": "\x1b[0m"}, "U+001B"),
        ({"a": "x\u202ey"}, "U+202E"),
        ({"a": float("nan")}, "finite"),
        ({"a": 10**20}, "18 digits"),
        ({"ä": "b"}, "ASCII"),
        ({"a": "\ud800"}, "escape"),
        ({"a": "x" * 300_000}, "bytes"),
    ],
)
def test_data_that_no_record_can_hold_is_refused(data: dict[str, source.Value], reason: str) -> None:
    with pytest.raises(Unwritable, match=reason.replace("+", r"\+")):
        yaml_text(data)


_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp"), include_characters="\n\t")
)
_plain = st.recursive(
    _texts
    | st.integers(-(10**17), 10**17)
    | st.booleans()
    | st.sampled_from(["yes", "~", "-", "1e3", "0o7", "#"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.from_regex(r"[a-z_-]{1,8}", fullmatch=True), inner)
    ),
    max_leaves=12,
)
_data = st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), _plain, min_size=1, max_size=5)


@settings(deadline=None)
@given(_data)
def test_whatever_is_written_reads_back_the_same(data: dict[str, source.Value]) -> None:
    try:
        text = yaml_text(data)
    except Unwritable:
        return  # a few characters of the plane are forbidden everywhere
    document = source.read("x.yaml", text.encode(), Format.YAML)
    assert document.data == data
    assert list(document.data or {}) == list(data)
    assert not document.problems


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126, include_characters="\n\t"), min_size=1))
def test_no_plain_text_is_refused(text: str) -> None:
    yaml_text({"a": text, "b": [text], "c": {"d": text}, "e": [{"f": text, "g": "x" * 120}]})


@pytest.mark.parametrize(
    "path",
    [path for kind in KINDS.values() for path in kind.examples],
    ids=lambda path: path.rsplit("/", 1)[-1],
)
def test_every_example_can_be_written_again(path: str, example_files: dict[str, str]) -> None:
    text = example_files[path]
    is_yaml = path.endswith(".yaml")
    document = source.read(path, text.encode(), Format.YAML if is_yaml else Format.MARKDOWN)
    assert document.data is not None
    again = yaml_text(document.data) if is_yaml else markdown_text(document.data, document.body)
    assert (
        source.read(path, again.encode(), Format.YAML if is_yaml else Format.MARKDOWN).data == document.data
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", "---\na: b\n---\n"),
        ("Text\n", "---\na: b\n---\n\nText\n"),
        ("\nText", "---\na: b\n---\n\nText"),
        ("\n\nText  \n", "---\na: b\n---\n\n\nText  \n"),
        ("One\r\nTwo\r\n", "---\r\na: b\r\n---\r\n\r\nOne\r\nTwo\r\n"),
        ("---\nx: y\n---\n", "---\na: b\n---\n\n---\nx: y\n---\n"),
    ],
)
def test_a_body_stays_as_it_is(body: str, text: str) -> None:
    assert markdown_text({"a": "b"}, body) == text


def test_a_body_that_no_record_may_have_passes_only_where_that_is_wanted() -> None:
    with pytest.raises(Unwritable, match=r"U\+001B"):
        markdown_text({"a": "b"}, "x\x1b")
    assert markdown_text({"a": "b"}, "x\x1b", any_body=True).endswith("x\x1b")
    with pytest.raises(Unwritable, match="bytes"):
        markdown_text({"a": "b"}, "x" * source.MAX_BYTES, any_body=True)


def test_front_matter_is_needed() -> None:
    with pytest.raises(Unwritable):
        markdown_text({}, "Text")


# Files


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_and_folders_are_made(tmp_path: Path) -> None:
    root = tmp_path / "new" / "repository"
    written = write_new(root, {"b/c/d.yaml": "x: y\n", "a.md": b"\xff"})
    assert written == Written(made=("a.md", "b/c/d.yaml"))
    assert everything(root) == {"a.md": b"\xff", "b/c/d.yaml": b"x: y\n"}


def test_a_file_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    write_new(tmp_path, {"a": "1"})
    before = (tmp_path / "a").stat()
    assert write_new(tmp_path, {"a": "1", "b": "2"}) == Written(made=("b",), equal=("a",))
    assert (tmp_path / "a").stat() == before


def test_nothing_is_written_where_one_file_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(Refused) as refused:
        write_new(tmp_path, {"a": "1", "b": "2", "c/d": "3"})
    assert refused.value.reasons == {"b": "a file with another content stands there"}
    assert everything(tmp_path) == {"b": b"mine"}
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("other", ["2", "12", "", "1\n"])
def test_a_file_is_replaced_only_where_that_was_asked_for(tmp_path: Path, other: str) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "a").chmod(0o640)
    with pytest.raises(Refused):
        write_new(tmp_path, {"a": other})
    assert write_new(tmp_path, {"a": other}, replace=True) == Written(replaced=("a",))
    assert (tmp_path / "a").read_text() == other
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "path", ["", "/a", "../a", "a/../b", "./a", "a//b", "a/", "a\0b", "a\\b", ".git/config", "x/.GIT/y"]
)
def test_no_file_is_written_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(Refused) as refused:
        write_new(tmp_path / "root", {path: "x", "good": "y"})
    assert list(refused.value.reasons) == [path]
    assert not everything(tmp_path)


@pytest.mark.parametrize("paths", [("a", "A"), ("a", "a/b"), ("x/a", "X/a/b")])
def test_files_that_some_machines_could_not_hold_side_by_side_are_refused(
    tmp_path: Path, paths: tuple[str, str]
) -> None:
    with pytest.raises(Refused):
        write_new(tmp_path, dict.fromkeys(paths, "x"))
    assert not everything(tmp_path)


def make_link(inside: Path, outside: Path) -> None:
    inside.symlink_to(outside / "secret")


def make_dangling_link(inside: Path, outside: Path) -> None:
    inside.symlink_to(outside / "nothing")


def make_folder(inside: Path, outside: Path) -> None:
    inside.mkdir()


def make_pipe(inside: Path, outside: Path) -> None:
    os.mkfifo(inside)


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("make", [make_link, make_dangling_link, make_folder, make_pipe])
def test_nothing_but_a_file_is_ever_written_over(
    tmp_path: Path, make: Callable[[Path, Path], None], replace: bool
) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "secret").write_text("kept")
    make(root / "a", outside)
    with pytest.raises(Refused) as refused:
        write_new(root, {"a": "new", "b": "new"}, replace=replace)
    assert list(refused.value.reasons) == ["a"]
    assert everything(outside) == {"secret": b"kept"}
    assert not (root / "b").exists()


@pytest.mark.parametrize("replace", [True, False])
def test_no_folder_on_the_way_may_be_a_link(tmp_path: Path, replace: bool) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(Refused, match="link"):
        write_new(tmp_path / "root", {"link/a": "new"}, replace=replace)
    assert not everything(tmp_path / "outside")


def test_the_folder_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_new(tmp_path / "link", {"a": "1"})
    assert everything(tmp_path / "real") == {"a": b"1"}


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    for root, path in ((tmp_path / "file", "a"), (tmp_path, "file/a")):
        with pytest.raises(Refused):
            write_new(root, {path: "x"})
    assert everything(tmp_path) == {"file": b"kept"}


@pytest.mark.parametrize("count", [3, batch.MANY + 1])
@pytest.mark.parametrize("failing", ["link", "replace", "fsync", "sync"])
def test_what_was_written_is_taken_back_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, count: int
) -> None:
    for name in ("old", "older"):
        (tmp_path / name).write_text("kept")
    real, calls = getattr(os, failing), 0

    def fail_later(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(28, "No space left on device")
        return real(*arguments, **options)

    monkeypatch.setattr(os, failing, fail_later)
    wanted = {f"d{number}/f": "new" for number in range(count)} | {"old": "new", "older": "new"}
    if (failing == "fsync" and count > batch.MANY) or (failing == "sync" and count <= batch.MANY):
        write_new(tmp_path, wanted, replace=True)
        assert calls == 0  # few files are flushed one by one, and many together
        return
    with pytest.raises(Refused, match="No space left"):
        write_new(tmp_path, wanted, replace=True)
    assert everything(tmp_path) == {"old": b"kept", "older": b"kept"}
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_file_that_appears_meanwhile_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.link

    def somebody_is_faster(old: str, new: str, **options: int) -> None:
        if new == "b":
            (tmp_path / "b").write_text("theirs")
        real(old, new, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "link", somebody_is_faster)
    with pytest.raises(Refused):
        write_new(tmp_path, {"a": "1", "b": "2", "c": "3"}, replace=True)
    assert everything(tmp_path) == {"b": b"theirs"}


def test_it_works_on_a_file_system_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    write_new(tmp_path, {"a/b": "1"})
    write_new(tmp_path, {"a/b": "2", "c": "3"}, replace=True)
    assert everything(tmp_path) == {"a/b": b"2", "c": b"3"}


# Changes


def test_files_change_come_and_go_together(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "old").write_text("1")
    (tmp_path / "a" / "b" / "old").chmod(0o640)
    (tmp_path / "other").write_text("2")
    changes = {
        "a/b/old": Change(b"1", None),
        "c/new": Change(None, b"1", like="a/b/old"),
        "other": Change(b"2", b"3"),
        "same": Change(None, None),
    }
    write_changes(tmp_path, changes)
    assert everything(tmp_path) == {"c/new": b"1", "other": b"3"}
    assert (tmp_path / "c" / "new").stat().st_mode & 0o777 == 0o640
    assert not (tmp_path / "a").exists()  # nothing is left in it


@pytest.mark.parametrize("found", [b"theirs", b"1\n", b"", None])
def test_a_file_that_is_another_one_by_now_is_not_touched(tmp_path: Path, found: bytes | None) -> None:
    if found is not None:
        (tmp_path / "a").write_bytes(found)
    (tmp_path / "b").write_text("1")
    before = everything(tmp_path)
    for after in (b"2", None):
        with pytest.raises(Refused) as refused:
            write_changes(tmp_path, {"a": Change(b"1", after), "b": Change(b"1", b"2")})
        assert refused.value.reasons == {"a": "somebody else changed the file meanwhile"}
        assert everything(tmp_path) == before


def test_no_file_is_moved_onto_another(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    with pytest.raises(Refused, match="b: a file stands there already"):
        write_changes(tmp_path, {"a": Change(b"a", None), "b": Change(None, b"a", like="a")})
    assert everything(tmp_path) == {"a": b"a", "b": b"b"}


@pytest.mark.parametrize("make", [make_link, make_folder, make_pipe])
def test_nothing_but_a_file_is_changed(tmp_path: Path, make: Callable[[Path, Path], None]) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "secret").write_text("kept")
    make(root / "a", outside)
    for after in (b"new", None):
        with pytest.raises(Refused):
            write_changes(root, {"a": Change(b"kept", after)})
    assert everything(outside) == {"secret": b"kept"}


@pytest.mark.parametrize("step", range(1, 9))
@pytest.mark.parametrize("failing", ["link", "replace", "rename", "fsync"])
def test_changes_are_taken_back_when_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, step: int
) -> None:
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).write_text(name)
    before, real, calls = everything(tmp_path), getattr(os, failing), 0

    def fail_later(*arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == step:
            raise OSError(28, "No space left on device")
        return real(*arguments, **options)

    monkeypatch.setattr(os, failing, fail_later)
    changes = {
        "a": Change(b"a", b"1"),
        "b": Change(b"b", b"2"),
        "c": Change(b"c", None),
        "d": Change(b"d", None),
        "x/c": Change(None, b"c", like="c"),
        "x/d": Change(None, b"d", like="d"),
    }
    after = {"a": b"1", "b": b"2", "x/c": b"c", "x/d": b"d"}
    try:
        write_changes(tmp_path, changes)
    except Refused:
        assert everything(tmp_path) == before
        assert not (tmp_path / "x").exists()
    else:
        assert calls < step
        assert everything(tmp_path) == after


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from gitsm.writing import Change, write_changes

OLD = {"a": b"a" * 5000, "b": b"b" * 5000, "c/d": b"moved"}
NEW = {"a": b"A" * 9000, "b": b"", "e/d": b"moved"}
root, killed = Path(sys.argv[1]), 0
for step in range(1, 500):
    shutil.rmtree(root, ignore_errors=True)
    for path, content in OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    child = os.fork()
    if child == 0:
        calls = 0
        def counted(real):
            def call(*arguments, **options):
                global calls
                calls += 1
                if calls == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*arguments, **options)
            return call
        for name in ("open", "link", "replace", "rename", "unlink", "fsync", "fchmod", "mkdir", "rmdir"):
            setattr(os, name, counted(getattr(os, name)))
        write_changes(root, {
            "a": Change(OLD["a"], NEW["a"]), "b": Change(OLD["b"], NEW["b"]),
            "c/d": Change(b"moved", None), "e/d": Change(None, b"moved", like="c/d"),
        })
        os._exit(0)
    _, status = os.waitpid(child, 0)
    found = {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}
    found = {path: content for path, content in found.items() if ".gitsm-" not in path}
    for path in ("a", "b"):
        assert found.pop(path) in (OLD[path], NEW[path]), (step, path)
    assert found and set(found) <= {"c/d", "e/d"} and set(found.values()) == {b"moved"}, (step, found)
    if os.WIFEXITED(status):
        break
    killed += 1
assert not [file for file in root.rglob("*") if ".gitsm-" in file.name]
print(killed)
"""


def test_a_file_is_the_old_one_or_the_new_one_whenever_the_writer_is_killed(tmp_path: Path) -> None:
    program = [sys.executable, "-c", KILLED, str(tmp_path / "root")]
    result = subprocess.run(program, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 30


# Differences


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (b"a\nb\n", b"a\nc\n", ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]),
        (b"a\n", b"a\nb\n", ["@@ -1 +1,2 @@", " a", "+b"]),
        (b"a\nb\n", b"b\n", ["@@ -1,2 +1 @@", "-a", " b"]),
        (
            b"a",
            b"b",
            ["@@ -1 +1 @@", "-a", "\\ No newline at end of file", "+b", "\\ No newline at end of file"],
        ),
        (b"a\r\n\x1b[0m\r\n", b"b\r\n\x1b[0m\r\n", ["@@ -1,2 +1,2 @@", "-a", "+b", " \\x1b[0m"]),
        (b"", b"a\n", ["@@ -0,0 +1 @@", "+a"]),
        (b"\xff\n", b"a\n", ["@@ -1 +1 @@", "-\\xff", "+a"]),
        (b"a\n", b"a\n", []),
    ],
)
def test_a_difference_is_a_unified_diff_that_a_terminal_can_show(
    before: bytes, after: bytes, lines: list[str]
) -> None:
    assert list(difference("x\x1b", before, after)) == ["--- x\\x1b", "+++ x\\x1b", *lines]


_lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n"]), max_size=12).map("".join)


@given(_lines, _lines)
def test_a_difference_can_be_applied(before: str, after: str) -> None:
    old, result = before.splitlines(), []
    position = 0
    for line in list(difference("x", before.encode(), after.encode()))[2:]:
        if line.startswith("@@"):
            start, _, count = line.split()[1][1:].partition(",")
            begin = int(start) - (count != "0")
            result += old[position:begin]
            position = begin
        elif line[0] == "+":
            result.append(line[1:])
        else:
            assert old[position] == line[1:]
            result += [line[1:]] if line[0] == " " else []
            position += 1
    assert result + old[position:] == after.splitlines()


def test_a_difference_of_large_files_takes_no_time() -> None:
    many = b"".join(b"%d\n" % (number % 90) for number in range(60_000))
    assert len(list(difference("x", many, b"first\n" + many[::-1]))) > 60_000
