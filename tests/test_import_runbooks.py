"""A folder of Markdown runbooks becomes runbook records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm import source
from gitsm.cli import main
from gitsm.importers import Imported
from gitsm.importers.runbooks import MAX_IMAGE, convert
from gitsm.lint import Report
from gitsm.source import Format
from gitsm.tree import MappingTree

PNG = b"\x89PNG\r\n\x1a\npicture"


def imported(files: Mapping[str, str | bytes], **options: str) -> Imported:
    return convert(MappingTree(files), **options)


def fields(result: Imported, path: str) -> dict[str, source.Value]:
    content = result.files[path]
    assert isinstance(content, str)
    data = source.read(path, content.encode("utf-8", "surrogatepass"), Format.MARKDOWN).data
    assert data is not None
    return data


def body(result: Imported, path: str) -> str:
    content = result.files[path]
    assert isinstance(content, str)
    return content.partition("\n---")[2].partition("\n")[2].removeprefix("\r\n").removeprefix("\n")


def only(files: Mapping[str, str | bytes], **options: str) -> dict[str, source.Value]:
    result = imported(files, **options)
    (path,) = result.files
    return fields(result, path)


def test_a_page_becomes_a_runbook_and_keeps_its_text() -> None:
    text = "# Disk full\n\n## Mitigation\n\nDelete *something*.  \nThen look again.\n"
    result = imported({"linux/disk full.md": text})
    assert result.files == {
        "runbooks/linux/disk-full.md": (
            f"---\nservices: []\nlabels: {{imported-from: linux/disk full.md}}\n---\n\n{text}"
        )
    }
    assert result.not_carried == ()


def test_the_service_is_the_one_asked_for() -> None:
    assert only({"a.md": "# A\n"}, service="payroll")["services"] == ["payroll"]
    assert only({"a.md": "---\nservices: [ledger]\n---\n# A\n"}, service="payroll")["services"] == ["ledger"]


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (["KubeAPIDown.md"], ["runbooks/kube-api-down.md"]),
        (["Über uns.markdown"], ["runbooks/uber-uns.md"]),
        (["README.md", "a/README.md", "a/b/readme.md"],
         ["runbooks/a/a-readme.md", "runbooks/a/b/b-readme.md", "runbooks/readme.md"]),
        (["index.md", "a/index.md"], ["runbooks/a/a-index.md", "runbooks/start.md"]),
        (["a/x.md", "b/x.md", "c/y.md"], ["runbooks/a/a-x.md", "runbooks/b/b-x.md", "runbooks/c/y.md"]),
        (["a/q/x.md", "b/q/x.md"], ["runbooks/a/q/a-q-x.md", "runbooks/b/q/b-q-x.md"]),
        (["Foo.md", "foo.md", "FOO_.md"], ["runbooks/foo-2.md", "runbooks/foo-3.md", "runbooks/foo.md"]),
        (["Big Team/x.md"], ["runbooks/big-team/x.md"]),
    ],
)  # fmt: skip
def test_every_runbook_has_an_id_of_its_own(files: list[str], paths: list[str]) -> None:
    result = imported(dict.fromkeys(files, "# Text\n"))
    assert sorted(result.files) == paths
    assert {remark.file for remark in result.remarks} == set(files)


@pytest.mark.parametrize(
    ("file", "text", "title"),
    [
        ("a.md", "# The title\n\n## Meaning\n", None),
        ("a.md", "## The title\n\n### Steps\n", "The title"),
        ("disk-is_full.md", "Text only\n", "Disk is full"),
        ("DiskFull.md", "## Meaning\n", "Disk Full"),
        ("disk.md", "# Summary\n\n# Steps\n", "Disk"),
        ("linux/README.md", "Text only\n", "Linux"),
        ("a.md", f"# {'long ' * 60}\n", "A"),
        ("a.md", "---\ntitle: Given\n---\n# Other\n", "Given"),
    ],
)
def test_a_runbook_has_a_title(file: str, text: str, title: str | None) -> None:
    assert only({file: text}).get("title") == title


@pytest.mark.parametrize(
    ("file", "text", "alerts"),
    [
        ("KubeAPIDown.md", "# Kube API down\n", ["KubeAPIDown"]),
        ("alerts/x/DiskFull.md", "# Disk\n", ["DiskFull"]),
        ("DiskFull.md", "# Disk\n\nThis alert fires at 90 %.\n", ["DiskFull"]),
        ("MongoDB.md", "# The database\n", None),
        ("etcdNoLeader.md", "# etcdNoLeader\n", ["etcdNoLeader"]),
        ("gatherLogs.md", "# Gather logs\n", None),
        ("alerts/disk_full.md", "# Disk\n", ["disk_full"]),
        ("alerts/helpers/disk_full.md", "# Disk\n", None),
        ("alerts/README.md", "# Alerts\n", None),
        ("disk.md", "# Disk\n", None),
        (
            "disk.md",
            "# Disk\n\nAlert Name: DiskFull or `DiskSlow`, DiskOld\n",
            ["DiskFull", "DiskSlow", "DiskOld"],
        ),
        ("disk.md", "# Disk\n\n**Alert name:** DiskFull\n", ["DiskFull"]),
        ("disk.md", "# Disk\n\nAlert name: see the list\n", None),
        ("disk.md", '# Disk\n\n`alertname="DiskFull"` and alertname = DiskFull\n', ["DiskFull"]),
        ("disk.md", "# Disk\n\nSilence alertname=DiskFull and alertname=DiskSlow\n", None),
        ("disk.md", "---\nalertname: DiskFull\n---\n# Disk\n", ["DiskFull"]),
        ("DiskFullNow.md", "---\nalerts: [DiskSlow]\n---\n# Disk\n", ["DiskSlow", "DiskFullNow"]),
    ],
)
def test_the_alerts_of_a_page_are_found(file: str, text: str, alerts: list[str] | None) -> None:
    assert only({file: text}).get("alerts") == alerts


def test_known_front_matter_is_kept_and_the_rest_becomes_labels_or_is_listed() -> None:
    text = """\
---
owner: database-team
reviewed: 2026-01-02
review_every: now and then
tags: [Data Base, linux]
weight: 10
draft: false
aliases: [one, two]
on: "yes"
nested: {a: 1}
prose: |
  One.
  Two.
labels: {shift: any}
empty:
---
# Disk
"""
    result = imported({"disk.md": text})
    data = fields(result, "runbooks/disk.md")
    assert data == {
        "services": [],
        "owner": "database-team",
        "reviewed": "2026-01-02",
        "tags": ["data-base", "linux"],
        "labels": {
            "shift": "any",
            "review_every": "now and then",
            "weight": "10",
            "draft": "false",
            "aliases": "one, two",
            "on": "yes",
            "imported-from": "disk.md",
        },
    }
    assert [remark.text for remark in result.not_carried] == [
        "the front matter's nested is no text of one line",
        "the front matter's prose is no text of one line",
    ]
    assert body(result, "runbooks/disk.md") == "# Disk\n"


def test_front_matter_that_can_not_be_read_stands_in_the_text() -> None:
    result = imported({"a.md": "---\na: 1\na: 2\nb: '```'\n---\n# A\n"})
    assert body(result, "runbooks/a.md") == "````text\n---\na: 1\na: 2\nb: '```'\n---\n````\n\n# A\n"
    assert [remark.text for remark in result.not_carried] == [
        "its front matter can't be read, and stands in the text now: line 3: key `a` is written twice"
    ]


def test_links_follow_the_pages_and_pictures() -> None:
    result = imported(
        {
            "KubeAPIDown.md": "# D\n\n[a](linux/DiskFull.md#now) [b](/linux/DiskFull) [c](linux) ![d](A%20Pic.PNG)\n",
            "linux/DiskFull.md": "# DiskFull\n\n[up](../KubeAPIDown.md) [self](#now) `[code](../KubeAPIDown.md)`\n",
            "linux/README.md": "# Linux\n\n[web](https://example.com/KubeAPIDown.md)\n",
            "A Pic.PNG": PNG,
        }
    )
    assert body(result, "runbooks/kube-api-down.md") == (
        "# D\n\n[a](linux/disk-full.md#now) [b](linux/disk-full.md) [c](linux/linux-readme.md) ![d](a-pic.png)\n"
    )
    assert "[up](../kube-api-down.md) [self](#now) `[code](../KubeAPIDown.md)`" in body(
        result, "runbooks/linux/disk-full.md"
    )
    assert result.files["runbooks/a-pic.png"] == PNG
    assert result.not_carried == ()


def test_a_link_to_something_that_stays_behind_is_listed_and_kept() -> None:
    result = imported({"a.md": "# A\n\n[x](../b.md) [y](run.sh) [z](gone.md)\n", "run.sh": "#!/bin/sh\n"})
    assert "[x](../b.md) [y](run.sh) [z](gone.md)" in body(result, "runbooks/a.md")
    assert {tuple(remark) for remark in result.not_carried} == {
        ("run.sh", "it is neither a page of Markdown nor a picture"),
        ("a.md", "it links to ../b.md, which was not carried over; the link stays as it is"),
        ("a.md", "it links to run.sh, which was not carried over; the link stays as it is"),
        ("a.md", "it links to gone.md, which was not carried over; the link stays as it is"),
    }


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("p.png", b"<svg onload=alert(1)>", "it is no picture, although its name ends in .png"),
        ("p.jpg", PNG, "it is no picture"),
        ("p.svg", b"<svg/>", "neither a page of Markdown nor a picture"),
        ("p.png", PNG + b"0" * MAX_IMAGE, "bytes"),
        ("unused.gif", b"GIF89a", "no page that was carried over shows this picture"),
    ],
)
def test_a_picture_that_is_none_stays_behind(file: str, content: bytes, reason: str) -> None:
    result = imported({"a.md": "# A\n\n![p](p.png) ![p](p.jpg) ![p](p.svg)\n", file: content})
    assert list(result.files) == ["runbooks/a.md"]
    assert any(remark.file == file and reason in remark.text for remark in result.not_carried)


@pytest.mark.parametrize(
    ("heading", "near"),
    [
        ("Mitigation / resolution", "Mitigation"),
        ("Diagnose", "Diagnosis"),
        ("Impact on users", "Impact"),
        ("Mitigation", None),
        ("Resolution", None),
        ("A long story about what the impact was", None),
    ],
)
def test_a_heading_that_is_nearly_a_section_is_told_and_not_renamed(heading: str, near: str | None) -> None:
    result = imported({"a.md": f"# A\n\n## {heading}\n"})
    told = [remark.text for remark in result.remarks if "heading" in remark.text]
    assert told == (
        [f"its heading `{heading}` is not the section {near}, though it may be meant"] if near else []
    )
    assert f"## {heading}\n" in body(result, "runbooks/a.md")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("Größe".encode("latin-1"), "Latin-1"),
        (b"# A\0", "NUL"),
        (b"\x89\xff\x00\x01", "binary"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"# A\n" + b"x" * source.MAX_BYTES, "262,144 at most"),
        (b"x" * (source.MAX_BYTES - 10), "262,144 at most"),
    ],
)
def test_a_page_that_can_not_be_carried_is_listed(content: bytes, reason: str) -> None:
    result = imported({"a.md": content})
    assert not result.files
    assert len(result.not_carried) == 1
    assert result.not_carried[0].file == "a.md"
    assert reason in result.not_carried[0].text


@pytest.mark.parametrize(
    "text", ["# A\r\n\r\n## Mitigation\r\n\r\nDo.\r\n", "no heading\r\n", "# A\nx\r\ny\n"]
)
def test_line_ends_stay_as_they_are(text: str) -> None:
    result = imported({"a.md": text})
    content = result.files["runbooks/a.md"]
    assert isinstance(content, str)
    assert content.endswith(text)


def test_a_text_with_control_characters_is_kept_and_told(report_of: Callable[..., Report]) -> None:
    result = imported({"a.md": "# A\n\n## Mitigation\n\n\x1b[31mred\u200b\n"})
    assert body(result, "runbooks/a.md").endswith("\x1b[31mred\u200b\n")
    (remark,) = result.not_carried
    assert remark.text.startswith("a check will refuse runbooks/a.md until it is mended: line 10: U+001B")
    assert [finding.rule for finding in report_of(result.files).findings] == ["forbidden-character"] * 2


def test_an_imported_folder_passes_the_check(report_of: Callable[..., Report]) -> None:
    result = imported(
        {
            "README.md": "# Our runbooks\n\n## Mitigation\n\nSee [linux](linux/DiskFull.md#mitigation).\n",
            "linux/DiskFull.md": "# DiskFull\n\n## Mitigation\n\nDelete. ![p](p.png) [up](../README.md)\n",
            "linux/p.png": PNG,
        }
    )
    assert not report_of(result.files).findings


def test_the_same_folder_makes_the_same_records() -> None:
    files = {
        f"d{number % 3}/Page {number}.md": f"# Page {number}\n\n[x](Page%201.md)\n" for number in range(20)
    }
    assert imported(files) == imported(dict(reversed(files.items())))


_parts = st.sampled_from(
    [
        "---\n",
        "a: 1\n",
        "a: [\n",
        "title: x\n",
        "+++\n",
        "# A\n",
        "[x](b.md)",
        "![y](c.png)",
        "```\n",
        "\x1b",
        "\0",
        "\r\n",
        "é",
    ]
)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a.md", "b.md", "x/a.md", "x/B b.md", "c.png", "x/readme.md", "ä.markdown", "-.md"]),
        st.one_of(
            st.binary(max_size=30), st.lists(_parts, max_size=8).map(lambda parts: "".join(parts).encode())
        ),
        max_size=6,
    )
)
def test_whatever_lies_in_a_folder_is_imported_or_listed(files: dict[str, bytes]) -> None:
    result = imported(files)
    for path, content in result.files.items():
        if isinstance(content, str):
            document = source.read(path, content.encode("utf-8", "surrogatepass"), Format.MARKDOWN)
            assert {problem.rule for problem in document.problems} <= {"forbidden-character"}
    carried = {remark.file for remark in result.remarks if remark.text.startswith("becomes")}
    listed = {remark.file for remark in result.not_carried}
    pictures = {"c.png"} if "runbooks/c.png" in result.files else set()
    assert set(files) <= carried | listed | pictures


# The command


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["import", "runbooks", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "their runbooks"
    for path, text in {
        "KubeAPIDown.md": "# KubeAPIDown\n",
        "linux/a.md": "# A\n",
        "notes.txt": "x\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_the_command_writes_records_and_says_what_it_did(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "--to", tmp_path / "repo", "--service", "payroll")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "Imported 2 runbooks",
        f"2 files written to {tmp_path / 'repo'}",
        "Not carried over, or not as it was: 1",
        "  notes.txt: it is neither a page of Markdown nor a picture",
        f"Next: gitsm check --repo {tmp_path / 'repo'}",
    ]
    assert (tmp_path / "repo/runbooks/kube-api-down.md").read_text().startswith("---\nservices: [payroll]\n")


def test_a_second_run_changes_nothing_and_does_not_overwrite(folder: Path, tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    run(folder, "--to", repo)
    again = run(folder, "--to", repo)
    assert "0 files written" in again.output
    assert "2 were there already and say the same" in again.output
    record = repo / "runbooks/linux/a.md"
    record.write_text("---\nservices: []\n---\n\nMine.\n")
    refused = run(folder, "--to", repo)
    assert refused.exit_code == 2
    assert "runbooks/linux/a.md: a file with another content stands there" in refused.output
    assert "--replace" in refused.output
    assert record.read_text().endswith("Mine.\n")
    assert run(folder, "--to", repo, "--replace").exit_code == 0
    assert record.read_text().endswith("# A\n")


def test_the_report_has_everything(folder: Path, tmp_path: Path) -> None:
    for number in range(30):
        (folder / f"note |{number}.txt").write_text("x")
    (folder / "<b>.txt").write_text("x")
    report = tmp_path / "reports" / "import.md"
    result = run(folder, "--to", tmp_path / "repo", "--report", report)
    assert f"  and 12 more, all of them in {report}" in result.output
    text = report.read_text()
    assert text.startswith("# Import of runbooks\n\n- 2 runbooks\n")
    assert text.count("neither a page of Markdown nor a picture") == 32
    assert "| note \\|7.txt |" in text
    assert "| \\<b\\>.txt |" in text
    assert "| KubeAPIDown.md | becomes runbooks/kube-api-down.md |" in text


def test_verbose_says_what_became_of_each_file(folder: Path, tmp_path: Path) -> None:
    result = run(folder, "--to", tmp_path / "repo", "--verbose")
    assert "  KubeAPIDown.md: becomes runbooks/kube-api-down.md" in result.output


@pytest.mark.parametrize("service", ["Pay roll", "../x", "index"])
def test_a_service_has_to_be_an_id(folder: Path, tmp_path: Path, service: str) -> None:
    assert run(folder, "--to", tmp_path / "repo", "--service", service).exit_code == 2
    assert not (tmp_path / "repo").exists()


def test_the_repository_may_not_lie_in_the_folder(folder: Path) -> None:
    for repo in (folder, folder / "repo"):
        assert run(folder, "--to", repo).exit_code == 2


def test_an_empty_folder_is_nothing_to_import(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run(tmp_path / "empty", "--to", tmp_path / "repo")
    assert result.exit_code == 2
    assert "nothing to import" in result.output
    assert not (tmp_path / "repo").exists()


def test_names_do_no_harm_to_the_terminal(folder: Path, tmp_path: Path) -> None:
    (folder / "\x1b[2J.md").write_text("# x")
    (folder / "new\nline.md").write_text("# x")
    result = run(folder, "--to", tmp_path / "repo")
    assert "\x1b" not in result.output
    assert "  \\x1b[2J.md: its name has a character that can't be seen\n" in result.output
