"""Markdown of records on the site: links that lead somewhere, raw HTML as text, anchors as a check knows them."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.markdown import read_prose
from gitsm.records.runbook import Runbook
from gitsm.repository import Repository
from gitsm.site.clean import clean
from gitsm.site.here import Here, Site
from gitsm.site.highlight import LARGEST, highlighted
from gitsm.site.places import Places
from gitsm.site.prose import anchor_id, sections_of, written
from gitsm.tree import MappingTree

NOW = datetime.fromisoformat("2026-11-16T09:00+01:00")
FILE = "runbooks/night/late.md"
FILES = {
    "runbooks/other.md": "---\nservices: []\ntitle: Other\n---\n\n## Undo\n",
    "runbooks/night/graph one.png": "PNG",
    "runbooks/night/graph.svg": "<svg/>",
    "services/payroll/service.yaml": "name: Payroll\nowner: a\nlifecycle: live\n",
    "docs/how/begin.md": "# Begin",
    "tools/run.sh": "true",
}


def here_of(body: str, *, source_url: str = "") -> tuple[Here, Repository]:
    files = {**FILES, FILE: f"---\nservices: []\ntitle: Late\n---\n\n{body}"}
    repository = Repository(MappingTree(files), now=NOW)
    site = Site(repository, places=Places.of(repository.kinds.values()), source_url=source_url)
    return Here(site, "runbooks/late.md"), repository


def html_of(body: str, *, source_url: str = "") -> str:
    here, repository = here_of(body, source_url=source_url)
    record = repository.get(Runbook, "late")
    assert record is not None
    return "".join(section.html for section in sections_of(here, record))


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("../other.md", "../../runbooks/other/"),
        ("../other.md#undo", "../../runbooks/other/#undo"),
        ("/runbooks/other.md", "../../runbooks/other/"),
        ("../../services/payroll/service.yaml", "../../services/payroll/"),
        ("../../services/payroll/", "../../services/payroll/"),
        ("#below", "#below"),
        ("#__config", "#section__config"),
        ("../../docs/how/begin.md#now", "../../how/begin/#now"),
        ("graph%20one.png", "../../images/runbooks/night/graph%20one.png"),
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("../../tools/run.sh", None),
        ("../../../etc/passwd", None),
        ("//evil.invalid/x", None),
        ("/\\evil.invalid", None),
        ("ftp://example.com", None),
        ("data:text/html,x", None),
        ("https:evil.invalid", None),
        ("missing.md", None),
    ],
)
def test_where_a_link_leads(link: str, address: str | None) -> None:
    found = re.findall(r'<a href="([^"]*)"', html_of(f"[words]({link})"))
    assert found == ([address.replace("&", "&amp;")] if address else [])
    assert "words" in html_of(f"[words]({link})")


def test_other_files_are_shown_by_the_code_host() -> None:
    html = html_of("[script](../../tools/run.sh)", source_url="https://git.example.com/blob/main/")
    assert '<a href="https://git.example.com/blob/main/tools/run.sh">script</a>' in html.replace(
        ' rel="noopener"', ""
    )


@pytest.mark.parametrize(
    "scheme", ["javascript:", "JAVASCRIPT:", "java\tscript:", "vbscript:", " javascript:", "file:///"]
)
def test_no_link_runs_anything(scheme: str) -> None:
    assert "<a " not in html_of(f"[words]({scheme}alert(1))\n\n[words](<{scheme}alert(1)>)")


def test_links_that_leave_the_site_tell_it_nothing() -> None:
    assert (
        html_of("[a](https://example.com)") == '<p><a href="https://example.com" rel="noopener">a</a></p>\n'
    )


@pytest.mark.parametrize(
    ("words", "linked"),
    [
        ("see https://example.com/a_b_c.", ["https://example.com/a_b_c"]),
        ("(http://example.com/x?y=1&z=2)", ["http://example.com/x?y=1&amp;z=2"]),
        ("`https://example.com`", []),
        ("[https://example.com/in](https://example.com/out)", ["https://example.com/out"]),
    ],
)
def test_bare_addresses_become_links(words: str, linked: list[str]) -> None:
    assert re.findall(r'href="([^"]*)"', html_of(words)) == linked


def test_pictures_of_the_repository_are_published_and_no_others_are_shown() -> None:
    here, repository = here_of("![Load](graph%20one.png) ![s](graph.svg) ![Far](https://example.com/f.png)")
    record = repository.get(Runbook, "late")
    assert record is not None
    html = "".join(section.html for section in sections_of(here, record))
    assert here.images == {"images/runbooks/night/graph one.png": "runbooks/night/graph one.png"}
    assert html.count("<img") == 1
    assert '<img src="../../images/runbooks/night/graph%20one.png" alt="Load" loading="lazy"' in html
    assert '<a href="https://example.com/f.png" rel="noopener">Far</a>' in html


def test_raw_html_is_text_and_comments_are_not_shown() -> None:
    html = html_of("<b>bold</b>\n\n<!-- gitsm: ignore[x] because y -->\n\n<script>alert(1)</script>\n")
    assert html == "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


def test_diagrams_are_shown_as_code_as_long_as_no_script_draws_them() -> None:
    html = html_of("```mermaid\ngraph TD; A-->B\n```")
    assert html == '<div class="highlight"><pre><span></span><code>graph TD; A--&gt;B\n</code></pre></div>\n'


@pytest.mark.parametrize("language", ["sh", "yaml", "sql", "nosuch", "", '"><script>'])
@pytest.mark.parametrize("code", ["<script>alert(1)</script>\n", "x" * (LARGEST + 1) + "</code></pre>\n"])
def test_code_is_escaped_whether_it_is_coloured_or_not(language: str, code: str) -> None:
    shown = highlighted(code, language)
    text = re.sub(r"<[^>]*>", "", shown).replace("&lt;", "<").replace("&gt;", ">")
    assert text == code + "\n"
    assert set(re.findall(r"<(\w+)", shown)) <= {"div", "pre", "code", "span"}


BODY = st.lists(
    st.sampled_from(
        [
            "# A\n",
            "## A\n",
            "A\n===\n",
            "### `b` *c*\n",
            "> ## q\n",
            "- # l\n",
            "text\n",
            "\n",
            "```\n",
            "# __config\n",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(BODY)
def test_the_page_has_the_anchors_that_a_check_looks_for(body: str) -> None:
    here, repository = here_of(body)
    record = repository.get(Runbook, "late")
    assert record is not None
    sections = list(sections_of(here, record))
    shown = [section.anchor for section in sections if section.heading is not None]
    shown += [found for section in sections for found in re.findall(r' id="([^"]*)"', section.html)]
    assert sorted(shown) == sorted(anchor_id(heading.anchor) for heading in read_prose(body, 1).headings)
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("plain & simple", "plain &amp; simple"),
        ("run `x --y` now", "run <code>x --y</code> now"),
        ("first\nsecond", "first<br />\nsecond"),
        ("# no heading", "# no heading"),
        ("- a\n- b", '<div class="g-text"><ul>\n<li>a</li>\n<li>b</li>\n</ul>\n</div>'),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("", ""),
    ],
)
def test_text_fields_may_hold_a_little_markdown(value: str, html: str) -> None:
    here, repository = here_of("")
    record = repository.get(Runbook, "late")
    assert record is not None
    assert written(here, record, value) == html


# --- the last stage


@pytest.mark.parametrize(
    "html",
    [
        '<svg class="g-map" viewBox="0 0 9 9" role="img" aria-label="x"><path d="M0 0" class="e"></path></svg>',
        '<svg><a href="../x/"><rect x="1" y="1" width="2" height="2" rx="4" class="b"></rect></a></svg>',
        '<p class="g-origin" data-search-exclude="true"><time datetime="2026-11-16">x</time></p>',
        '<details class="warning"><summary>x</summary></details>',
        '<td data-label="When" class="g-none"></td>',
        '<a href="tel:+431">x</a><a href="mailto:a@b">y</a><a href="https://c" rel="noopener">z</a>',
        '<div class="highlight"><pre><span></span><code><span class="k">if</span></code></pre></div>',
    ],
)
def test_what_pages_are_made_of_passes_unchanged(html: str) -> None:
    inside = f"<table><tbody><tr>{html}</tr></tbody></table>" if html.startswith("<td") else html
    assert clean(inside) == inside


FORBIDDEN = [
    "script",
    "onerror",
    "javascript",
    "data:",
    "iframe",
    "evil",
    "mermaid",
    "__config",
    "password",
    "data-md",
]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        "<iframe src=/></iframe>",
        '<img src="https://evil.invalid/x.png">',
        '<img src="//evil.invalid/x.png">',
        '<img src="/\\evil.invalid/x.png">',
        '<pre class="mermaid">x</pre>',
        '<h2 id="__config">x</h2>',
        '<form action="https://evil.invalid"><input type="password"></form>',
        '<p style="background:url(https://evil.invalid)">x</p>',
        '<svg><use href="https://evil.invalid#x"/><image href="https://evil.invalid"/></svg>',
        '<svg><style>@import "https://evil.invalid"</style></svg>',
        '<meta http-equiv="refresh" content="0;url=https://evil.invalid"><base href="https://evil.invalid">',
        '<div data-md-component="palette">x</div>',
    ],
)
def test_what_could_run_load_or_take_over_does_not_pass(html: str) -> None:
    kept = clean(html)
    for part in (
        "script",
        "onerror",
        "javascript",
        "data:",
        "iframe",
        "evil",
        "mermaid",
        "__config",
        "password",
        "data-md",
    ):
        assert part not in kept


def test_a_heading_that_repeats_the_title_is_shown_once_and_still_led_to() -> None:
    here, repository = here_of("# Late\n\nFirst words.\n\n## Mitigation\n\n# Late\n\nLast words.\n")
    record = repository.get(Runbook, "late")
    assert record is not None
    sections = list(sections_of(here, record))
    assert [section.title for section in sections] == ["", "Mitigation", ""]
    assert sections[0].html.startswith('<span id="late"></span><p>First words.</p>')
    assert sections[2].html.startswith('<span id="late-1"></span>')
    assert clean(sections[0].html) == sections[0].html
