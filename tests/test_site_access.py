"""The site for those who don't use a mouse, don't see well, or have a small screen: axe-core and the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-access")]

ROOT = Path(__file__).parent.parent

PAGES = {
    "home": "index.html",
    "list": "changes/index.html",
    "service": "services/payroll.html",
    "runbook": "runbooks/payroll*.html",
    "change": "changes/*.html",
    "incident": "incidents/*.html",
    "problem": "problems/*.html",
    "team": "teams/payroll-team.html",
    "agreement": "agreements/index.html",
    "calendar": "calendar/index.html",
    "map": "map/index.html",
    "alert": "alerts/PayrollRunLate/index.html",
    "alerts": "alerts/index.html",
    "tags": "tags/index.html",
    "requests": "request-models/index.html",
    "knowledge": "knowledge-articles/index.html",
    "night": "night.html",
    "findings": "findings.html",
    "command": "reference/commands/escalation.html",
}
"""One page of each sort; where a star stands, the first of them."""


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the example organisation."""
    built = tmp_path_factory.mktemp("example") / "site"
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(built)))
    (built / "plain.html").write_text(_plain((built / "index.html").read_text()), encoding="utf-8")
    return built


def _plain(page: str) -> str:
    """A page of the theme's without anything of ours in it."""
    before, article, rest = page.partition("<article")
    attributes, end, inside = rest.partition(">")
    _, closing, after = inside.partition("</article>")
    return before + article + attributes + end + "<h1>Plain</h1><p>Text.</p>" + closing + after


@pytest.fixture(scope="session")
def axe() -> str:
    """The checker's own script."""
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


RUN = """async () => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    return found.violations.filter(one => ['serious', 'critical'].includes(one.impact)).flatMap(one =>
        one.nodes.map(node => [one.id, node.target.join(' '), node.html.slice(0, 150),
            (node.any[0] || node.all[0] || node.none[0] || {}).message || '']));
}"""


def found_by_axe(page: Any, axe: str) -> dict[bool, list[str]]:
    """The serious findings: in our content, and in the theme around it."""
    page.evaluate(axe)
    found: dict[bool, list[str]] = {True: [], False: []}
    for rule, target, html, message in page.evaluate(RUN):
        ours = page.evaluate("([at]) => !!document.querySelector(at)?.closest('article')", [target])
        found[bool(ours)].append(f"{rule}: {html} ({message})" if ours else rule)
    return found


@pytest.fixture(scope="module", params=[("light", 320), ("dark", 1440)])
def opened(
    request: pytest.FixtureRequest,
    example_site: Path,
    serving: Callable[[Path], str],
    chromium: Any,
) -> Iterator[Callable[[str], Any]]:
    """Opens a page in light or dark, on a phone or a large screen."""
    scheme, width = request.param
    page = chromium.browser.new_context(
        bypass_csp=True,  # for the checker, which is put into the page
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    ).new_page()

    def open_page(path: str) -> Any:
        page.goto(serving(example_site) + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        return page

    yield open_page
    page.context.close()


def test_no_page_has_a_serious_finding_and_the_theme_none_more_than_alone(
    opened: Callable[[str], Any], example_site: Path, axe: str
) -> None:
    alone = set(found_by_axe(opened("plain.html"), axe)[False])
    wrong: dict[str, list[str]] = {}
    for sort, pattern in PAGES.items():
        (path, *_) = sorted(example_site.glob(pattern)) or [None]
        assert path is not None, f"there is no page {pattern} for {sort}"
        found = found_by_axe(opened(path.relative_to(example_site).as_posix()), axe)
        if found[True] or set(found[False]) - alone:
            wrong[sort] = [*found[True], *sorted(set(found[False]) - alone)]
    assert wrong == {}


def test_axe_would_say_so_if_there_were_one(opened: Callable[[str], Any], axe: str) -> None:
    page = opened("plain.html")
    page.evaluate(
        "document.querySelector('article').innerHTML += '<img src=x><p style=color:#777;background:#888>Some words</p>'"
    )
    rules = {finding.partition(":")[0] for finding in found_by_axe(page, axe)[True]}
    assert rules == {"image-alt", "color-contrast"}


@pytest.mark.parametrize("width", [390, 1440])
def test_the_keyboard_alone_leads_from_an_alert_to_its_first_command(
    width: int, example_site: Path, serving: Callable[[Path], str], chromium: Any
) -> None:
    context = chromium.browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    page.goto(serving(example_site))
    page.keyboard.press("/")
    page.keyboard.type("PayrollRunLate", delay=10)
    page.wait_for_selector(".md-search-result__item")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alerts/PayrollRunLate/**")
    page.wait_for_load_state()
    assert "late" in page.locator("h1").inner_text().lower()
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(IS_COPY):
            break
    else:
        pytest.fail(f"no key reaches the copy button of the first command on {page.url}")
    context.close()


IS_COPY = """() => {
    const at = document.activeElement;
    return at.matches('button') && document.querySelector('article .g-command').contains(at);
}"""


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_opens_from_a_folder_without_a_network(name: str, example_site: Path, chromium: Any) -> None:
    context = chromium.browser.new_context(offline=True, viewport={"width": 320, "height": 700})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:", "blob:")) else wrong.append(asked.url),
    )
    page.goto(min(example_site.glob(PAGES[name])).as_uri())
    page.wait_for_load_state("load")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert wrong == []
    context.close()


def test_the_search_answers_from_a_folder_without_a_network(example_site: Path, chromium: Any) -> None:
    context = chromium.browser.new_context(offline=True)
    page = context.new_page()
    page.goto((example_site / "teams/payroll-team.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("PayrollRunLate", delay=10)
    page.wait_for_selector(".md-search-result__item")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alerts/**")
    assert page.locator("h1").count() == 1
    context.close()
