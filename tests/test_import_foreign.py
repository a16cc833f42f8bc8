"""What importers share: ids, pages, links and folders of somebody else's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm import importers
from gitsm.importers.foreign import folder as folder_module
from gitsm.importers.foreign.folder import ForeignFolder, TooManyFiles
from gitsm.importers.foreign.ids import distinct, slug, split_humps
from gitsm.importers.foreign.links import rewrite_links
from gitsm.importers.foreign.page import Page, one_line, printable, read_page
from gitsm.importers.foreign.post import judge, read_time
from gitsm.markdown import read_prose
from gitsm.schema.kind import is_id
from gitsm.source import Format, read


def test_every_importer_is_what_an_importer_has_to_be() -> None:
    assert importers.names()
    for name in importers.names():
        importer = importers.load(name)
        assert importer.__doc__
        assert all(option.description for option in importer.OPTIONS)
        assert callable(importer.convert)


# Ids


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Pay run (late)", "pay-run-late"),
        ("www.example.com", "www-example-com"),
        ("Überstunden & Größe", "uberstunden-grosse"),
        ("Don't panic", "dont-panic"),
        ("a_b--c", "a-b-c"),
        ("2026-01-02 Störung", "2026-01-02-storung"),
        ("x" * 150, "x" * 100),
        ("word " * 30, "-".join(["word"] * 20)),
    ],
)
def test_a_name_makes_an_id(name: str, id: str) -> None:
    assert slug(name) == id


@pytest.mark.parametrize("name", ["", "!!!", "給与", "index", "🔥"])
def test_a_name_of_which_nothing_is_left_still_makes_an_id(name: str) -> None:
    assert slug(name).startswith("x-")
    assert slug(name) == slug(name)


@settings(deadline=None)
@given(st.text())
def test_every_name_makes_an_id(name: str) -> None:
    assert is_id(slug(name))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("KubeAPIDown", "Kube-API-Down"),
        ("etcdNoLeader", "etcd-No-Leader"),
        ("README", "README"),
        ("HighCPU95", "High-CPU95"),
        ("plain-name", "plain-name"),
    ],
)
def test_camel_case_comes_apart(name: str, parts: str) -> None:
    assert split_humps(name) == parts


def test_names_that_want_the_same_id_get_longer_ones_and_then_numbers() -> None:
    found = distinct(
        {
            "a/x": ["x", "a-x"],
            "b/x": ["x", "b-x"],
            "y": ["y"],
            "Y": ["y"],
            "y-2": ["y-2"],
            "c/z": ["z", "c-z"],
        }
    )
    assert found == {"a/x": "a-x", "b/x": "b-x", "Y": "y", "y": "y-3", "y-2": "y-2", "c/z": "z"}


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=4),
        st.lists(st.sampled_from(["a", "b", "a-2", "c"]), min_size=1, max_size=3),
        max_size=9,
    )
)
def test_ids_are_always_distinct(candidates: dict[str, list[str]]) -> None:
    found = distinct(candidates)
    assert found.keys() == candidates.keys()
    assert len(set(found.values())) == len(found)
    assert all(is_id(id) for id in found.values())


# Pages


@pytest.mark.parametrize(
    ("content", "page"),
    [
        (b"# T\n", Page("# T\n")),
        (b"\xef\xbb\xbf# T\n", Page("# T\n")),
        (b"---\ntitle: T\nempty:\n---\nText\n", Page("Text\n", {"title": "T"})),
        (b"---\r\ntitle: T\r\n---\r\nText\r\n", Page("Text\r\n", {"title": "T"})),
        (b"---\ntitle: T\n...\nText\n", Page("Text\n", {"title": "T"})),
        (b"---\n# nothing\n---\nText\n", Page("---\n# nothing\n---\nText\n")),
        (b"---\n---\nText\n", Page("Text\n")),
        (
            b"+++\ntitle = 'T'\nday = 2026-01-02\n+++\nText\n",
            Page("Text\n", {"title": "T", "day": "2026-01-02"}),
        ),
        (b"---\nA rule, and no front matter.\n\n---\n", Page("---\nA rule, and no front matter.\n\n---\n")),
        (b"---\ntitle: T\n\nText\n", Page("---\ntitle: T\n\nText\n")),
    ],
)
def test_a_page_is_front_matter_and_a_body(content: bytes, page: Page) -> None:
    assert read_page("a.md", content) == page


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"---\na: &x 1\nb: *x\n---\nText\n", "line 2: an anchor"),
        (b"---\na: 1\na: 2\n---\nText\n", "line 3: key `a` is written twice"),
        (b"---\na: [1\n---\nText\n", "line"),
        (b"+++\na = \n+++\nText\n", "line 1"),
        (b"+++\na = " + b"[" * 3000 + b"]" * 3000 + b"\n+++\nText\n", "recursion"),
    ],
)
def test_front_matter_that_can_not_be_read_is_kept_with_the_reason(content: bytes, trouble: str) -> None:
    page = read_page("a.md", content)
    assert isinstance(page, Page)
    assert trouble in page.trouble
    assert (page.unread + page.body).encode() == content
    assert not page.front_matter


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Größe".encode("latin-1"), "Latin-1"),
        ("Größe".encode("utf-16"), "UTF-16"),
        (b"a\0b", "NUL"),
        (b"\x00\x9f\x92\x96", "binary"),
        (b"x" * 300_000, "300,000 bytes"),
    ],
)
def test_a_page_that_is_no_text_is_none(content: bytes, reason: str) -> None:
    found = read_page("a.md", content)
    assert isinstance(found, str)
    assert reason in found


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("a", "a"),
        (" a ", "a"),
        (3, "3"),
        (True, "true"),
        (["a", 2], "a, 2"),
        ("", None),
        ("a\nb", None),
        ({}, None),
    ],
)
def test_some_values_fit_on_a_line(value: object, line: str | None) -> None:
    assert one_line(value) == line


@settings(deadline=None)
@given(st.text())
def test_whatever_is_made_printable_may_stand_in_a_record(text: str) -> None:
    body = f"---\na: b\n---\n{printable(text)}".encode("utf-8", "surrogatepass")
    assert not read("a.md", body, Format.MARKDOWN).problems


# Links

NEW = {"Pay.md": "pay.md", "sub/Run.md": "sub/run.md", "My Pic.png": "my-pic.png"}


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("[a](Pay.md)", "[a](pay.md)"),
        ("[a](Pay.md#why 'Title')", "[a](pay.md#why 'Title')"),
        ("[a](<Pay.md>) [b](<My Pic.png>)", "[a](<pay.md>) [b](<my-pic.png>)"),
        ("![p](My%20Pic.png?raw=1)", "![p](my-pic.png?raw=1)"),
        ("[![p](My%20Pic.png)](Pay.md)", "[![p](my-pic.png)](pay.md)"),
        ("[a][1] [1]\n\n[1]: Pay.md", "[a][1] [1]\n\n[1]: pay.md"),
        ("> [a][1]\n>\n> [1]: <sub/Run.md>", "> [a][1]\n>\n> [1]: <sub/run.md>"),
        ("| a |\n|---|\n| [x](Pay.md) |", "| a |\n|---|\n| [x](pay.md) |"),
        ("- [a](Pay.md)\r\n- b\r\n", "- [a](pay.md)\r\n- b\r\n"),
        ("[a]( Pay.md )\n[b](\nPay.md)", "[a]( pay.md )\n[b](\npay.md)"),
        ("\\[a](Pay.md) [b](Pay.md)", "\\[a](Pay.md) [b](pay.md)"),
        ("`[a](Pay.md)` [b](Pay.md) ``[c](Pay.md)``", "`[a](Pay.md)` [b](pay.md) ``[c](Pay.md)``"),
        ("`open [b](Pay.md)\n\n` [c](Pay.md)", "`open [b](pay.md)\n\n` [c](pay.md)"),
        ("```\n[a](Pay.md)\n```\n[b](Pay.md)", "```\n[a](Pay.md)\n```\n[b](pay.md)"),
        ("    [a](Pay.md)\n\n[b](Pay.md)", "    [a](Pay.md)\n\n[b](pay.md)"),
        ("[a](https://example.com/Pay.md) [b](#Pay.md) [c](mailto:Pay.md)",) * 2,
        ("[a](Other.md) Pay.md (Pay.md) <Pay.md>",) * 2,
    ],
)
def test_only_the_addresses_of_links_change(body: str, result: str) -> None:
    assert rewrite_links(body, NEW.get) == (result, ())


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["[", "]", "(", ")", "Pay.md", "[a](Pay.md)", "`", "\\", "\n", " ", ">", "#", "x"])
    )
)
def test_no_text_is_changed_beside_the_addresses(parts: list[str]) -> None:
    body = "".join(parts)
    result, kept = rewrite_links(body, NEW.get)
    assert result.replace("pay.md", "Pay.md") == body
    before = [link.address for link in read_prose(body, 1).links]
    after = [link.address for link in read_prose(result, 1).links]
    assert [NEW.get(address, address) for address in before] == [
        NEW.get(address, address) for address in after
    ]
    assert set(after) & set(NEW) <= set(kept)


# Posts of status sites


@pytest.mark.parametrize(
    ("title", "name", "body", "severity", "news"),
    [
        ("Maintenance of the portal", "portal-maintenance", "", "down", "change"),
        ("Portal migration", "portal", "", "disrupted", "change"),
        ("Planned outage of the portal", "portal", "", "down", "change"),
        ("Portal is down", "portal", "", "down", "incident"),
        ("Updates not delivered", "updates", "", "disrupted", "incident"),
        ("Update problems", "update", "", "disrupted", "incident"),
        ("updates.example.com is slow", "updates-example-com", "", "disrupted", "incident"),
        ("Portal", "portal-maintenance", "", "down", "change"),
        ("Portal", "portal", "Nothing works.", "down", "incident"),
        ("New keys", "new-keys", "The keys will be changed on Monday.", "notice", "change"),
        ("New keys", "new-keys", "The keys will be changed on Monday.", "down", "incident"),
        ("New keys", "new-keys", "The keys are lost.", "notice", "incident"),
        ("Portal restart", "portal-outage", "It was slow.", "down", "incident"),
        ("Portal restart", "portal-outage", "A restart is planned at noon.", "down", "change"),
        ("Portal", "portal", "", "maintenance", "change"),
    ],
)
def test_a_post_is_news_of_maintenance_or_of_a_failure(
    title: str, name: str, body: str, severity: str, news: str
) -> None:
    verdict = judge(title, name.replace("-", " "), body, severity=severity, informational=False)
    assert verdict.news == news
    assert verdict.because


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-01-02T03:04:05Z", "UTC", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05-00:00", "UTC", "2026-01-02T03:04:05-00:00"),
        ("2026-01-02T03:04+01:00", "UTC", "2026-01-02T03:04+01:00"),
        ("2026-01-02T03:04:05.000Z", "UTC", "2026-01-02T03:04:05Z"),
        ("2026-01-02 03:04:05 +0100", "UTC", "2026-01-02T03:04:05+01:00"),
        ("2026-01-02 03:04:05", "UTC", "2026-01-02T03:04:05Z"),
        ("2026-07-02 03:04:05", "Europe/Vienna", "2026-07-02T03:04:05+02:00"),
        ("2026-07-02", "Europe/Vienna", "2026-07-02T00:00:00+02:00"),
        ("2026-03-29 02:30:00", "Europe/Vienna", None),
        ("2026-10-25 02:30:00", "Europe/Vienna", None),
        ("2026-01-02T9:30:00", "UTC", None),
        ("2026-02-30T10:00:00Z", "UTC", None),
        ("1999-01-02T10:00:00Z", "UTC", None),
        ("yesterday", "UTC", None),
    ],
)
def test_a_time_is_carried_or_kept_as_it_is(text: str, zone: str, instant: str | None) -> None:
    time = read_time(text, zone)
    assert time is not None
    assert (time.text, time.instant) == (text, instant)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_time_is_none(value: str | None) -> None:
    assert read_time(value, "UTC") is None


# Folders


def test_a_folder_gives_every_regular_file_and_a_reason_for_all_else(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret")
    root = tmp_path / "root"
    for path in ("a.md", "site/b.md", "-rf.md", ".hidden/c.md", "ä b.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    for path in (".git/config", "node_modules/x/README.md"):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text("x")
    (root / "link.md").symlink_to(outside)
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe.md")
    (root / "new\nline.md").write_text("x")
    Path(os.fsdecode(os.fsencode(root) + b"/bad\xff.md")).write_text("x")
    folder = ForeignFolder(root)
    assert list(folder.files) == ["-rf.md", ".hidden/c.md", "a.md", "site/b.md", "ä b.md"]
    assert {problem.place.file: problem.message for problem in folder.problems} == {
        ".git/": "Git's own files, which are not looked into",
        "node_modules/": "installed packages, which are not looked into",
        "link.md": "a symbolic link, and links are not followed",
        "loop": "a symbolic link, and links are not followed",
        "pipe.md": "neither a regular file nor a folder",
        "new\\x0aline.md": "its name has a character that can't be seen",
        "bad\\xff.md": "its name is not UTF-8",
    }
    assert dict(folder.read_many(folder.files)) == {path: path.encode() for path in folder.files}


def test_what_git_ignores_is_a_file_like_any_other(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.md\n")
    (tmp_path / "a.md").write_text("x")
    assert "a.md" in ForeignFolder(tmp_path).files


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.md").write_text("secret")
    root = tmp_path / "root"
    for path in ("a.md", "b/a.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("mine")
    folder = ForeignFolder(root)
    (root / "a.md").unlink()
    (root / "a.md").symlink_to(secret / "a.md")
    (root / "b" / "a.md").unlink()
    (root / "b").rmdir()
    (root / "b").symlink_to(secret)
    for _, content in folder.read_many(["a.md", "b/a.md"]):
        assert not isinstance(content, bytes)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "MAX_FILES", 3)
    for number in range(4):
        (tmp_path / str(number)).write_text("")
    with pytest.raises(TooManyFiles, match="more than 3 files"):
        ForeignFolder(tmp_path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("x" * 11)
    ((_, content),) = ForeignFolder(tmp_path).read_many(["a.md"], limit=10)
    assert not isinstance(content, bytes)
    assert content.message == "it has 11 bytes, and 10 are the most"
