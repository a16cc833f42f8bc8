"""The site in a real browser: whatever strangers write, nothing runs and nothing leaves the origin."""

from __future__ import annotations

import copy
import functools
import http.server
import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from gitsm import source
from gitsm.records import KINDS
from gitsm.schema.kind import Kind
from gitsm.schema.validation import validate
from gitsm.source import Format

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: the site was not tried in a browser"
    ),
]

NARROW = 320
"""The narrowest screen, in pixels, on which nothing may have to be moved sideways."""

EVIL = "https://evil.invalid"
LINES = (
    "\"><script>pwned=1</script>'><img src=x onerror=pwned=1></title></style></textarea></script><svg onload=pwned=1>"
    "<b>*x*_y_ [a](javascript:pwned=1) {: onclick=pwned=1 } $x$ {{ 7*7 }} `c`",
    f"<img src={EVIL}/a.png><link rel=stylesheet href={EVIL}/a.css><iframe srcdoc='<script>top.pwned=1</script>'>"
    "<a href=javascript:pwned=1>x</a> :smile: {% raw %}",
    "&lt;script&gt;pwned=1&lt;/script&gt; &#x22;&gt;&lt;img src=x onerror=pwned=1&gt; &amp;lt; <svg/onload=pwned=1>",
)
"""Each fits a field of one line."""

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


def leaves(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of each text in a record's data."""
    if isinstance(data, str):
        yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from leaves(value, (*path, key))


def with_value(data: Any, path: tuple[str | int, ...], value: str) -> Any:
    changed = copy.deepcopy(data)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


def hostile(kind: Kind, data: dict[str, Any], variant: int) -> dict[str, Any]:
    """Data with a payload in each text that its schema lets be one."""
    for number, path in enumerate(leaves(data)):
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
            for variant in range(len(LINES)):
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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose every text was written by somebody who means harm."""
    root = tmp_path_factory.mktemp("hostile")
    for path, content in hostile_files().items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (root / "docs").mkdir()
    (root / "docs" / "hand.md").write_text("# By hand\n\nText.\n")
    (root / "gitsm.toml").write_text("as_of = 2026-11-16T09:00:00+01:00\n")
    (root / "mkdocs.yml").write_text(MKDOCS)
    built = root / "out"
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(built), strict=True))
    return built


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class Watch:
    """What a page did that it should not have done."""

    def __init__(self, page: Any, address: str) -> None:
        self.wrong: list[str] = []
        page.on("dialog", lambda dialog: (self.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.wrong.append(f"error {error}"))
        page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: self._seen(request.url, address))

    def _seen(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.wrong.append(f"request {url}")


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    """A browser without a network of its own accord."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser.new_context()
        browser.close()


def test_nothing_that_strangers_write_runs_or_leaves_the_origin(
    site: Path, address: str, context: Any
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": NARROW, "height": 700})
    watch = Watch(page, address)
    paths = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    # The reference is made of our own words, but for the users' own kinds.
    paths = [path for path in paths if not path.startswith("reference/") or "risk" in path]
    assert len(paths) > 60
    for path in paths:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("typeof window.pwned") == "undefined", path
        attributes = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
        handlers = f"{attributes}.filter(a => /^on/.test(a.name)).length"
        assert page.evaluate(handlers) == 0, path
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, path
        assert watch.wrong == [], path


@pytest.mark.parametrize("words", ["pwned", "script img onerror", "svg onload"])
def test_the_search_shows_hostile_text_as_text(words: str, address: str, context: Any) -> None:
    page = context.new_page()
    watch = Watch(page, address)
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type(words, delay=5)
    page.wait_for_selector(".md-search-result__item")
    page.hover(".md-search-result__link")
    page.click(".md-search-result__link")
    page.wait_for_load_state()
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert watch.wrong == []


def test_hostile_titles_read_as_they_were_written(address: str, context: Any) -> None:
    page = context.new_page()
    page.goto(address + "teams/payroll-team/")
    (title,) = (text for text in page.locator("h1").all_inner_texts())
    assert title in LINES
    assert page.title() == f"{title} - Hostile"
