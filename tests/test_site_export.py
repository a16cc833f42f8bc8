"""`gitsm export site`: the pages as files whose links hold, and a folder that stays its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt
from markupsafe import Markup

from gitsm.cli import main
from gitsm.repository import Record, Repository
from gitsm.site.appearance import appearance_of
from gitsm.site.export import MARK, Links, export, markdown
from gitsm.site.here import Here
from gitsm.site.page import Heading, Page, Section

DOCS = {
    "docs/hand.md": "# By *hand*\n\n[back](services/index.md) ![a](a.png) [deeper](more/deep.md#there)\n",
    "docs/more/deep.md": "Title: Deep\n\n## There\n\n[up](../hand.md#by-hand) [service](../services/payroll.md) "
    "[here](#there) <mail@example.com> [away](https://example.com/x.md) ![a](../a.png)\n",
    "docs/a.png": "picture",
    "docs/evil.html": "<script>pwned=1</script>",
}


class Seen(HTMLParser):
    """The addresses and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.addresses.append(value or "")
            elif name == "id":
                self.anchors.add(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("links", "leads_to"),
    [
        (Links.MD, lambda at: [at]),
        (Links.HTML, lambda at: [at.removesuffix(".html") + ".md" if at.endswith(".html") else at]),
        (Links.FOLDER, lambda at: [at, at.rstrip("/") + ".md", posixpath.join(at, "index.md")]),
    ],
)
def test_every_link_of_the_exported_pages_leads_somewhere(
    links: Links,
    leads_to: Callable[[str], list[str]],
    example_files: dict[str, str],
    repository_of: Callable[..., Repository],
) -> None:
    files = export(repository_of({**example_files, **DOCS}), links)
    seen = {path: Seen(text.decode()) for path, text in files.items() if path.endswith(".md")}
    assert len(seen) > 60
    count = 0
    for path, page in seen.items():
        # Where pages are folders, a page stands one folder deeper than its file.
        deep = links is Links.FOLDER and posixpath.basename(path) != "index.md"
        folder = path.removesuffix(".md") if deep else posixpath.dirname(path)
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme:
                continue
            at = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else path
            (target, *_) = [one for one in leads_to(at) if posixpath.normpath(one) in files] or [""]
            assert target, f"{path}: {address}"
            anchor = unquote(parts.fragment)
            # An equals sign stands in what a script of the page reads, such as the map's service=ledger.
            assert not anchor or "=" in anchor or anchor in seen[posixpath.normpath(target)].anchors, (
                f"{path}: {address}"
            )
            count += 1
    assert count > 500


def test_what_lies_beside_the_pages_comes_along_but_not_what_runs(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    files = export(repository_of({**example_files, **DOCS}))
    assert files["hand.md"].decode().startswith('# By hand\n\n<div><span id="by-hand"></span>')
    assert files["a.png"] == b"picture"
    assert "evil.html" not in files
    assert "feeds/all.ics" in files
    assert not [path for path in files if path.endswith(".js")]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("{{ 7*7 }}", "{{ 7*7 }} {% raw %} {{< figure >}} ${x} {x}"),
        ("*a* _b_ [c](javascript:x) `d` <b> &amp; $e$ # :smile: \\", "plain"),
        ("---", "a\n\n\n# b\n \t\n<script>pwned=1</script>\n\n--8<-- 'mkdocs.yml'\n\n    c\n"),
    ],
)
def test_what_a_record_says_stays_what_it_is(title: str, text: str) -> None:
    html = Markup('<h1 id="top">{}</h1>\n<pre>{}</pre>\n\n<p>{}</p>').format(title, text, text)
    written = markdown(Page("a.md", title, html, (Heading(1, "top", title),)))
    assert "{" not in written
    assert "--8<" not in written
    assert not written.startswith("---")
    tokens = MarkdownIt("commonmark").parse(written)
    assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close", "html_block"]
    heading, block = (
        Seen(MarkdownIt("commonmark").renderer.render(tokens[:3], {}, {})),
        Seen(tokens[3].content),
    )
    assert heading.text.strip() == title
    assert block.text.count(text) == 2
    assert block.anchors == {"top"}


EVIL = """---
title: "</title><script>pwned=1</script>"
template: redirect.html
location: "javascript:pwned=2"
---

# A {{ 7*7 }} <script>pwned=3</script>

<script>pwned=4</script><iframe srcdoc="<script>parent.pwned=5</script>"></iframe><form action="javascript:pwned=6">
<button formaction="javascript:pwned=7">x</button></form><meta http-equiv="refresh" content="0;url=https://evil.invalid">

[a](javascript:pwned=8) <javascript:pwned=9> [b](java&Tab;script:pwned=10) ![c](x" onerror="pwned=11)
{: onclick="pwned=12" class="g-duty g-duty--on" data-g-duty="x" }

{% include x.html %} ${{ secrets.TOKEN }} {{< shortcode >}} a\u202eb

```
{{ 1 }}


{% raw %}
```
"""


@pytest.mark.parametrize("links", Links)
def test_a_page_of_docs_is_as_harmless_as_any_other(
    links: Links, example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    written = export(repository_of({**example_files, "docs/evil.md": EVIL}), links)["evil.md"].decode()
    assert written.startswith("# A ")
    tokens = MarkdownIt("commonmark").parse(written)
    assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close", "html_block"]
    for bad in (
        "{",
        "<script",
        "<iframe",
        "<form",
        "formaction",
        "<meta",
        "onerror=",
        "onclick",
        "g-duty",
        "\u202e",
    ):
        assert bad not in written, bad
    assert not [address for address in Seen(written).addresses if "script:" in address]
    shown = Seen(written).text
    for text in (
        "{% include x.html %} ${{ secrets.TOKEN }} {{< shortcode >}} a(U+202E)b",
        "{{ 1 }}\n\n\n{% raw %}",
    ):
        assert text in shown
    assert "redirect.html" not in written


@pytest.mark.parametrize(
    ("path", "content", "is_carried"),
    [
        ("docs/a.csv", "a,b", True),
        ("docs/a.schema.json", "{}", True),
        ("docs/a.svg", "<svg><path d='M0 0'/></svg>", True),
        ("docs/b.svg", "<svg><script>pwned=1</script></svg>", False),
        ("docs/a.txt", "---\npermalink: /a.html\n---\n<script>pwned=1</script>", False),
        ("docs/b.txt", "\ufeff---\npermalink: /a.html\n---\n<script>pwned=1</script>", False),
        ("docs/_data/a.json", "{}", False),
        ("docs/.hidden/a.json", "{}", False),
        ("docs/_config.yml", "include: [x]", False),
        ("docs/config.toml", "x = 1", False),
        ("docs/a.mdx", "<script>pwned=1</script>", False),
        ("docs/a.css", "@import 'https://evil.invalid'", False),
    ],
)
def test_no_file_that_a_generator_obeys_comes_along(
    path: str,
    content: str,
    is_carried: bool,
    example_files: dict[str, str],
    repository_of: Callable[..., Repository],
) -> None:
    files = export(repository_of({**example_files, path: content}))
    assert (path.removeprefix("docs/") in files) is is_carried


def test_a_page_that_can_not_be_made_says_so_and_the_others_are_exported(
    example_files: dict[str, str], repository_of: Callable[..., Repository], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sections(here: Here, record: Record[Any]) -> Iterator[Section]:
        raise ZeroDivisionError("a figure of nothing")
        yield

    monkeypatch.setattr(appearance_of("service"), "sections", sections)
    failed: dict[str, str] = {}
    files = export(
        repository_of({**example_files, "docs/odd.md": b"# \xff"}), fail=failed.__setitem__, links=Links.MD
    )
    assert failed.keys() == {"odd.md", "services/ledger.md", "services/payroll.md"}
    assert b"could not be made" in files["odd.md"]
    assert b"could not be made" in files["services/ledger.md"]
    findings = files["findings.md"].decode()
    assert "Pages that could not be made" in findings
    assert "UnicodeDecodeError" in findings
    assert "ZeroDivisionError: a figure of nothing" in findings


def test_what_is_not_due_is_not_said(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    """Nobody runs our scripts there, and our styles may be missing too."""
    runbook = "---\ntitle: X\nservices: []\nreviewed: 2026-11-01\nreview_every: 6 months\n---\n\n# X\n"
    for year, is_due in ((2026, False), (2027, True)):
        moment = datetime(year, 12, 1, tzinfo=UTC)
        files = export(repository_of({**example_files, "runbooks/x.md": runbook}, moment))
        assert ("Review overdue" in files["runbooks/x.md"].decode()) is is_due
        assert not [path for path, text in files.items() if path.endswith(".md") and b"g-later" in text]


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["export", "site", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    made = CliRunner().invoke(main, ["init", str(folder)], catch_exceptions=False)
    assert made.exit_code == 0
    return folder


def test_a_second_export_replaces_the_first_and_removes_what_is_gone(
    repository: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert run(out, "--repo", repository).exit_code == 0
    first = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert run(out, "--repo", repository).output.startswith("0 files written")
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == first
    (out / "mine.txt").write_text("mine")
    (repository / "runbooks/website-down.md").unlink()
    assert re.search(r"files written to .*, 1 removed", run(out, "--repo", repository).output)
    assert not (out / "runbooks/website-down.md").exists()
    assert (out / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("mark", [None, "", "{}", '["../repository/gitsm.toml"]', '["a/../../b"]', "[1]"])
def test_a_folder_of_somebody_elses_is_left_alone(mark: str | None, repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    if mark is not None:
        (out / MARK).write_text(mark)
    answer = run(out, "--repo", repository)
    assert answer.exit_code == 2
    assert "holds something else than an exported site" in answer.output
    assert {path.name for path in out.iterdir()} <= {"mine.txt", MARK}


def test_the_repository_itself_is_never_written_over(repository: Path) -> None:
    (repository / MARK).write_text('["mkdocs.yml"]')
    assert run(repository, "--repo", repository).exit_code == 2
    assert (repository / "mkdocs.yml").exists()


def test_no_link_is_followed(repository: Path, tmp_path: Path) -> None:
    out, away = tmp_path / "out", tmp_path / "away"
    assert run(out, "--repo", repository).exit_code == 0
    away.mkdir()
    (away / "website.md").write_text("mine")
    for file in (out / "services").iterdir():
        file.unlink()
    (out / "services").rmdir()
    (out / "services").symlink_to(away)
    answer = run(out, "--repo", repository)
    assert answer.exit_code == 2
    assert "nothing was written" in answer.output
    assert (away / "website.md").read_text() == "mine"
    assert len(list(away.iterdir())) == 1
