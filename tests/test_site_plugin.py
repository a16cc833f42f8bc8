"""The site as MkDocs builds it: strict, the same each time, every link whole, every edit link right."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from markupsafe import Markup
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from gitsm.repository import Record
from gitsm.site import limits
from gitsm.site.appearance import appearance_of
from gitsm.site.here import Here
from gitsm.site.page import Section
from gitsm.site.plugin import EPOCH

ROOT = Path(__file__).parent.parent
CONFIG: Mapping[str, Any] = {
    "site_name": "Test",
    "theme": {"name": "material", "font": False, "features": ["navigation.tabs", "content.action.edit"]},
    "plugins": ["search", "gitsm"],
    "validation": {"links": {"anchors": "warn", "not_found": "warn"}, "nav": {"omitted_files": "warn"}},
}

Build = Callable[..., Path]


@pytest.fixture
def build_site(tmp_path: Path, example_files: dict[str, str]) -> Build:
    """Builds the site of the kinds' examples, of further files and of a configuration."""

    def make(files: Mapping[str, str] = {}, to: str = "out", **config: object) -> Path:
        written = {
            **example_files,
            "docs/hand.md": "# By hand\n",
            "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n",
        }
        for path, text in {**written, **files, "mkdocs.yml": json.dumps({**CONFIG, **config})}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        built = tmp_path / to
        build(load_config(str(tmp_path / "mkdocs.yml"), site_dir=str(built), strict=True))
        return built

    return make


class Links(HTMLParser):
    """The addresses that a page leads to or loads, and its ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            elif name in ("href", "src"):
                (self.found if tag == "a" else self.loaded).append(value or "")


def broken_links(site: Path) -> list[str]:
    """Links inside a built site that lead to no file or to no id in it, and what is loaded from elsewhere."""
    pages = {path.relative_to(site).as_posix(): Links(path.read_text()) for path in site.rglob("*.html")}
    broken = []
    for path, links in pages.items():
        broken += [f"{path} loads {url}" for url in links.loaded if re.match(r"[a-z]+:|//", url)]
        for url in links.found + links.loaded:
            target = urlsplit(urljoin(f"http://site/{path}", url))
            if target.netloc != "site" or (path == "404.html"):
                continue
            file = unquote(target.path.lstrip("/"))
            file += "index.html" if not file or file.endswith("/") else ""
            if not (site / file).is_file() or (
                target.fragment and file in pages and unquote(target.fragment) not in pages[file].ids
            ):
                broken.append(f"{path}: {url}")
    return broken


@pytest.mark.parametrize("directory_urls", [True, False])
def test_every_link_of_the_built_site_leads_somewhere(directory_urls: bool, build_site: Build) -> None:
    site = build_site(use_directory_urls=directory_urls)
    assert (site / ("services/payroll/index.html" if directory_urls else "services/payroll.html")).is_file()
    assert broken_links(site) == []


def test_the_example_organisation_builds_as_it_stands(tmp_path: Path) -> None:
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path), strict=True))
    assert broken_links(tmp_path) == []


def test_two_builds_are_the_same_bytes(build_site: Build) -> None:
    first, second = (
        build_site(to="one", site_url="https://example.com/"),
        build_site(to="two", site_url="https://example.com/"),
    )
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert Path("sitemap.xml.gz") in files
    assert [path for path in files if (first / path).read_bytes() != (second / path).read_bytes()] == []


def test_the_build_takes_its_date_from_the_repository_and_leaves_the_environment_alone(
    build_site: Build,
) -> None:
    assert EPOCH not in os.environ
    site = build_site(site_url="https://example.com/")
    assert "<lastmod>2026-12-01</lastmod>" in (site / "sitemap.xml").read_text()
    assert EPOCH not in os.environ


@pytest.mark.parametrize(
    ("repo", "edit", "shown"),
    [
        (
            {"repo_url": "https://github.com/acme/services", "edit_uri": "edit/main/docs/"},
            "https://github.com/acme/services/edit/main/{}",
            "https://github.com/acme/services/blob/HEAD/{}",
        ),
        (
            {"repo_url": "https://gitlab.com/acme/services", "edit_uri": "-/edit/main/docs/"},
            "https://gitlab.com/acme/services/-/edit/main/{}",
            "https://gitlab.com/acme/services/-/blob/HEAD/{}",
        ),
        (
            {"repo_url": "https://git.acme.test/services/", "edit_uri_template": "e?path=docs/{path}"},
            "https://git.acme.test/services/e?path={}",
            None,
        ),
    ],
)
def test_the_edit_link_opens_the_file_behind_a_page(
    repo: dict[str, str], edit: str, shown: str | None, build_site: Build
) -> None:
    site = build_site(**repo)
    for page, file in (
        ("services/payroll", "services/payroll/service.yaml"),
        ("changes/2026-10-20-ledger-schema", "changes/2026/2026-10-20-ledger-schema.yaml"),
    ):
        links = Links((site / page / "index.html").read_text()).found
        assert edit.format(file) in links
        assert shown is None or shown.format(file) in links
    hand = Links((site / "hand/index.html").read_text()).found
    assert edit.format("docs/hand.md") in hand


def test_the_link_to_the_code_host_asks_it_nothing(build_site: Build) -> None:
    page = (build_site(repo_url="https://github.com/acme/services") / "index.html").read_text()
    assert "https://github.com/acme/services" in page
    assert 'data-md-component="source"' not in page


def test_findings_do_not_stop_the_build(build_site: Build) -> None:
    site = build_site(
        {
            "changes/2026/2026-01-01-a.yaml": "title: [\n",
            "changes/2026/2026-01-01-b.yaml": "title: <b>\nservices: [nothing]\n",
            "runbooks/x.md": "---\nservices: []\n---\n\n[gone](nowhere.md) ![gone](nowhere.png)\n",
            "services/payroll/nonsense.yaml": "a: b\n",
        }
    )
    findings = (site / "findings/index.html").read_text()
    for path in ("2026-01-01-a.yaml", "2026-01-01-b.yaml", "runbooks/x.md", "services/payroll/nonsense.yaml"):
        assert path in findings
    assert broken_links(site) == []


def test_pictures_of_the_repository_are_published(build_site: Build) -> None:
    site = build_site(
        {
            "runbooks/x.md": "---\nservices: []\ntitle: X\n---\n\n![Plan](pictures/the%20plan.png)\n",
            "runbooks/pictures/the plan.png": "PNG",
        }
    )
    assert (site / "images/runbooks/pictures/the plan.png").read_text() == "PNG"
    assert broken_links(site) == []


def test_the_users_own_navigation_wins(build_site: Build) -> None:
    site = build_site(
        nav=[{"Start": "index.md"}, {"Ours": "services/index.md"}, {"By <i>hand</i>": "hand.md"}],
        validation={"nav": {"omitted_files": "info"}},
    )
    tabs = re.findall(r'class="md-tabs__link">\s*(.*?)\s*</a>', (site / "index.html").read_text(), re.DOTALL)
    assert tabs == ["Start", "Ours", "By <i>hand</i>"]


def test_leaf_pages_show_the_way_back_and_stay_out_of_the_navigation(build_site: Build) -> None:
    site = build_site(
        theme={"name": "material", "font": False, "features": ["navigation.tabs", "navigation.path"]}
    )
    page = (site / "agreements/payroll/sla/index.html").read_text()
    path = re.findall(
        r'class="md-path__link">\s*<span class="md-ellipsis">\s*(.*?)\s*</span>', page, re.DOTALL
    )
    assert path == ["Home", "Services", "Agreements"]
    assert re.findall(r'md-tabs__item--active">\s*<a href="[^"]*" class="md-tabs__link">\s*(\w+)', page) == [
        "Services"
    ]
    assert "changes/2026-10-20-ledger-schema" not in (site / "services/index.html").read_text()


@pytest.mark.parametrize("path", ["docs/services/payroll.md", "docs/README.md"])
def test_a_hand_written_page_never_hides_a_generated_one_unsaid(path: str, build_site: Build) -> None:
    with pytest.raises(Abort):
        build_site({path: "# Mine\n"})


def test_no_extension_of_hand_written_pages_reaches_a_record(build_site: Build, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret")
    code = '```\n--8<-- "secret.txt"\n```\n'
    body = f'--8<-- "secret.txt"\n\n{code}\n:smile: [x](#){{: onclick="x" }}\n\n*[slip]: abbreviated\n'
    snippets = {"pymdownx.snippets": {"base_path": [str(tmp_path)]}}
    site = build_site(
        {
            "runbooks/x.md": f"---\nservices: []\ntitle: X\n---\n\n{body}",
            "docs/y.md": '--8<-- "secret.txt"\n',
        },
        markdown_extensions=["abbr", "attr_list", "pymdownx.emoji", snippets],
    )
    page = (site / "runbooks/x/index.html").read_text()
    assert re.sub("<[^>]+>", "", page).count('--8&lt;-- "secret.txt"') == 2
    assert "the secret" not in page
    assert ":smile:" in page
    assert "the secret" in (site / "y/index.html").read_text()


HAND = """\
# By hand

!!! warning "Mind the gap"
    Text with a [link](services/index.md).

??? note
    Folded.

=== "One"
    First.

=== "Two"
    Second.

| a | b |
|--:|---|
| 1 | 2 |

```yaml title="x.yaml" linenums="1"
a: 1
```

- [x] done

Text.[^1]

[^1]: A note.

:material-check: <kbd>Ctrl</kbd>

<script>alert(1)</script><img src="https://evil.invalid/x.png">

```mermaid
graph TD; A-->B
```
"""


def test_hand_written_pages_keep_what_the_theme_makes_and_lose_what_runs(build_site: Build) -> None:
    site = build_site(
        {"docs/hand.md": HAND},
        markdown_extensions=[
            "admonition",
            "attr_list",
            "footnotes",
            "tables",
            "pymdownx.details",
            "pymdownx.highlight",
            {"pymdownx.superfences": {"custom_fences": [{"name": "mermaid", "class": "mermaid"}]}},
            {"pymdownx.tabbed": {"alternate_style": True}},
            {"pymdownx.tasklist": {"custom_checkbox": True}},
        ],
    )
    page = (site / "hand/index.html").read_text()
    article = page[page.index("<article") : page.index("</article>")]
    for kept in (
        '<div class="admonition warning">',
        '<details class="note">',
        ' id="__tabbed_1_1" ',
        ' type="radio"',
        '<label for="__tabbed_1_2">Two</label>',
        'style="text-align:right"',
        '<span class="filename">x.yaml</span>',
        'class="linenos"',
        'type="checkbox"',
        'id="fn:1"',
        "<kbd>Ctrl</kbd>",
    ):
        assert kept in article
    for lost in ("<script", "evil.invalid", 'class="mermaid"'):
        assert lost not in article


def test_the_preview_of_a_branch_needs_nothing_of_the_branch_but_its_records(
    build_site: Build, tmp_path: Path
) -> None:
    branch = tmp_path / "branch"
    ours = build_site({"docs/ours.md": "# Ours\n"})
    assert (ours / "services/ledger/index.html").exists()
    shutil.copytree(tmp_path / "services/payroll", branch / "services/payroll")
    (branch / "mkdocs.yml").write_text("hooks: [evil.py]")
    (branch / "docs").mkdir()
    (branch / "docs/evil.md").write_text("# Evil")
    site = build_site(to="preview", plugins=["search", {"gitsm": {"repository": "branch"}}])
    assert (site / "services/payroll/index.html").exists()
    assert not (site / "services/ledger").exists()
    assert (site / "ours/index.html").exists()
    assert not (site / "evil").exists()


def test_a_title_is_text_wherever_the_theme_prints_it(build_site: Build) -> None:
    title = "</title><script>alert(1)</script> & <b>"
    site = build_site({"organization/teams/payroll-team.yaml": json.dumps({"name": title})})
    page = (site / "teams/payroll-team/index.html").read_text()
    assert "alert(1)</script>" not in page
    shown = "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;"
    assert f"<title>{shown} - Test</title>" in page
    assert page.count(shown) == 3  # in the head, in the header, and over the page itself


class Preview:
    """What `mkdocs serve` does, without a server and without anybody who watches files."""

    def __init__(self, root: Path) -> None:
        self.root, self.site = root, root / "out"
        self.watched: list[str] = []
        self.asked: list[str] = []
        self.build()
        self.plugin.on_serve(self, config=None, builder=None)

    def build(self) -> None:
        config = load_config(str(self.root / "mkdocs.yml"), site_dir=str(self.site))
        self.plugin = config.plugins["gitsm"]
        self.plugin.on_startup(command="serve", dirty=False)
        try:
            build(config)
        finally:  # MkDocs keeps a plugin for all builds of a process
            self.plugin.on_startup(command="build", dirty=False)

    mount_path = "/wiki/"

    def watch(self, path: str) -> None:
        self.watched.append(path)

    def get_app(self) -> Callable[..., list[bytes]]:
        return self._files

    def set_app(self, application: Callable[..., list[bytes]]) -> None:
        self.application = application

    def _files(self, environ: Mapping[str, str], start: Callable[..., object]) -> list[bytes]:
        """As MkDocs's own server looks for a file."""
        self.asked.append(environ["PATH_INFO"])
        self.waits()
        path = self.site / environ["PATH_INFO"].removeprefix(self.mount_path)
        path = path / "index.html" if path.is_dir() else path
        start("200 OK" if path.is_file() else "404 Not Found", [])
        return [path.read_bytes()] if path.is_file() else []

    def waits(self) -> None:
        """MkDocs's server doesn't answer while a build is going on."""

    def get(self, path: str) -> str:
        found = self.application({"PATH_INFO": f"/wiki/{path}"}, lambda *_: None)
        return b"".join(found).decode()


@pytest.fixture
def preview(build_site: Build, tmp_path: Path) -> Preview:
    build_site()
    return Preview(tmp_path)


def test_a_saved_record_reloads_the_page(preview: Preview, tmp_path: Path) -> None:
    folders = {Path(path).relative_to(tmp_path).as_posix() for path in preview.watched}
    assert {"services", "changes", "runbooks", "organization", "gitsm.toml"} <= folders
    assert "out" not in folders


@pytest.mark.parametrize("path", ["services/payroll/", "services/payroll/index.html", "services/payroll"])
def test_a_preview_makes_a_page_when_it_is_asked_for(path: str, preview: Preview) -> None:
    assert (preview.site / "services/index.html").is_file()
    assert not (preview.site / "services/payroll").exists()
    assert "<title>Payroll - Test</title>" in preview.get(path)
    assert not (preview.site / "services/ledger").exists()
    assert preview.get("services/nobody/") == ""


def test_a_preview_makes_feeds_and_the_data_of_scripts_when_they_are_asked_for(preview: Preview) -> None:
    assert not (preview.site / "feeds").exists()
    assert "BEGIN:VEVENT" in preview.get("feeds/services/payroll.ics")
    assert preview.get("assets/gitsm/duty.js").startswith("window.gitsmDuty=")


def test_the_search_of_a_preview_knows_every_page(preview: Preview, build_site: Build) -> None:
    shown = preview.get("search/pages.js")
    assert not (preview.site / "services/payroll/index.html").exists()
    assert shown == (build_site(to="whole") / "search/pages.js").read_text()


def test_a_preview_shows_what_was_saved_last(preview: Preview, tmp_path: Path) -> None:
    assert "<title>Payroll - Test</title>" in preview.get("services/payroll/")
    record = tmp_path / "services/payroll/service.yaml"
    record.write_text(record.read_text().replace("name: Payroll", "name: Wages"))
    preview.build()
    assert "<title>Wages - Test</title>" in preview.get("services/payroll/")
    assert "Wages" in preview.get("search/pages.js")


def test_a_build_between_making_a_page_and_showing_it_costs_nothing(
    preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds = iter([preview.build])

    def build_once() -> None:
        for again in builds:
            again()

    monkeypatch.setattr(preview, "waits", build_once)
    assert "<title>Payroll - Test</title>" in preview.get("services/payroll/")
    assert preview.asked == ["/wiki/services/payroll/"] * 2


@pytest.mark.parametrize("settings", ["as_off = 1\n", "[rules]\nreview-overdoo = 'off'\n"])
def test_settings_that_can_not_hold_end_the_build_with_a_sentence(
    build_site: Build, settings: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Abort):
        build_site({"gitsm.toml": settings})
    assert "gitsm.toml" in caplog.text


def test_feeds_are_files_that_pages_link(build_site: Build) -> None:
    site = build_site()
    feeds = {path.relative_to(site).as_posix(): path.read_bytes() for path in (site / "feeds").rglob("*.ics")}
    assert {"feeds/all.ics", "feeds/services/payroll.ics", "feeds/teams/payroll-team.ics"} <= feeds.keys()
    assert b"BEGIN:VEVENT" in feeds["feeds/services/payroll.ics"]
    linked = {
        urljoin(page.relative_to(site).as_posix(), link)
        for page in site.rglob("*.html")
        for link in Links(page.read_text()).found
        if link.endswith(".ics")
    }
    assert linked == feeds.keys()


SLOW = "# Title\n\n" + "<a " * 50_000
"""The generator's Markdown takes two minutes for it."""


UNMADE = "Pages that could not be made"


def test_a_page_that_takes_too_long_says_so_and_the_others_are_published(
    build_site: Build, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits.within, "__defaults__", None)
    monkeypatch.setattr(limits.within.__wrapped__, "__defaults__", (0.3,))
    # A strict build, and nobody knows which headings the page would have had.
    site = build_site(
        {
            "docs/slow.md": SLOW,
            "docs/a/README.md": SLOW,
            "docs/hand.md": "# By hand\n\n[there](slow.md#there)\n",
        }
    )
    assert "slow.md: its page could not be made: TooLongError: it took more than 0.3 s" in caplog.text
    assert "This page could not be made" in (site / "slow/index.html").read_text()
    assert "By hand" in (site / "hand/index.html").read_text()
    assert (site / "services/payroll/index.html").exists()
    findings = (site / "findings/index.html").read_text()
    assert UNMADE in findings
    assert '<a href="../slow/">slow.md</a>: TooLongError: it took more than 0.3 s' in findings
    assert broken_links(site) == ["hand/index.html: ../slow/#there"]


def test_a_record_whose_page_fails_has_a_page_that_says_so(
    build_site: Build, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(here: Here, record: Record[Any]) -> Iterator[Section]:
        if record.id == "ledger":
            raise ZeroDivisionError("a figure of nothing")
        yield Section("", Markup("<p>whole</p>"))

    monkeypatch.setattr(appearance_of("service"), "sections", fail)
    site = build_site({"docs/hand.md": "# By hand\n\n[there](services/ledger.md#promises)\n"})
    assert (
        "services/ledger/service.yaml: its page could not be made: ZeroDivisionError: a figure of nothing"
        in caplog.text
    )
    assert "This page could not be made" in (site / "services/ledger/index.html").read_text()
    assert "<p>whole</p>" in (site / "services/payroll/index.html").read_text()
    findings = (site / "findings/index.html").read_text()
    assert UNMADE in findings
    assert re.search(r"Ledger</a> · .*service\.yaml.*: ZeroDivisionError: a figure of nothing", findings)


def test_where_every_page_is_made_no_page_tells_of_others(build_site: Build) -> None:
    assert UNMADE not in (build_site() / "findings/index.html").read_text()


def test_a_preview_tells_which_pages_could_not_be_made_so_far(
    build_site: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(here: Here, record: Record[Any]) -> Iterator[Section]:
        raise ZeroDivisionError("a figure of nothing")
        yield

    monkeypatch.setattr(appearance_of("service"), "sections", fail)
    build_site()
    preview = Preview(tmp_path)
    assert UNMADE not in preview.get("findings/")
    assert "could not be made" in preview.get("services/ledger/")
    findings = preview.get("findings/")
    assert UNMADE in findings
    assert ">Ledger</a>" in findings
    assert ">Payroll</a> · " not in findings


def test_what_is_due_later_is_hidden_without_our_styles_too(build_site: Build) -> None:
    front = "services: []\ntitle: X\nreviewed: 2026-11-01\nreview_every: 6 months"
    site = build_site({"runbooks/x.md": f"---\n{front}\n---\n"})
    (warning,) = re.findall(r"<p [^>]*>Review overdue", (site / "runbooks/x/index.html").read_text())
    assert re.search(r"\shidden\b", warning)


HIDING = "\u202e\u2066\u200b\ufeff\u2028\x1b\u200d"
SHOWN = "(U+202E)(U+2066)(U+200B)(U+FEFF)(U+2028)(U+001B)(U+200D)"
HONEST = "\u0646\u200c\u0645 \U0001f469\u200d\U0001f4bb a\u00adb"


def test_what_hides_or_turns_text_about_is_shown(build_site: Build) -> None:
    text = f"rm -rf a{HIDING}b {HONEST}"
    site = build_site(
        {
            "docs/y.md": f"# T{HIDING}\n\n## A{HIDING}b &#x202E;c\n\n`{text}` <b title='&#8238;'>d</b>\n",
            "runbooks/x.md": f"---\nservices: []\ntitle: X\n---\n\n## Undo\n\n```\n{text}\n```\n",
            "services/ledger/service.yaml": json.dumps(
                {"name": f"L{text}", "owner": "payroll-team", "tier": 1}
            ),
            "schemas/risk.schema.json": json.dumps(
                {**OWN_KIND, "x-gitsm": {**OWN_KIND["x-gitsm"], "plural": HIDING}}
            ),
        },
        markdown_extensions=["toc"],
    )
    hidden = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u2028\ufeff\x1b]|a\u200db|&#x202E")
    spelt = re.compile(r"\\u(?:20[26].|001b)", re.IGNORECASE)
    made = [
        path for path in site.rglob("*") if path.suffix in (".html", ".js") and not FOREIGN & set(path.parts)
    ]
    texts = {path: path.read_text() for path in made}
    assert len([path for path in made if path.suffix == ".js"]) > 5
    assert [path for path, read in texts.items() if hidden.search(read)] == []
    assert [path for path, read in texts.items() if path.suffix == ".js" and spelt.search(read)] == []
    assert f"a{SHOWN}b {HONEST}" in texts[site / "y/index.html"]
    # No record may hold a soft hyphen, so that a damaged one has it spelt out as well.
    assert f"a{SHOWN}b {HONEST}".replace("\xad", "(U+00AD)") in texts[site / "runbooks/x/index.html"]
    assert SHOWN.replace("(U+2028)", " ") in texts[site / "search/pages.js"]
    assert "A" + SHOWN in texts[site / "y/index.html"]


FOREIGN = {"libraries", "javascripts"}
"""Folders of scripts that others wrote."""
OWN_KIND: Any = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "x-gitsm": {"kind": "risk", "folder": "risks", "title": "Risk"},
    "type": "object",
    "properties": {"title": {"type": "string"}},
}
