"""Lists in a real browser: filtered, chosen from, sorted, remembered, with the keyboard, and without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

Open = Callable[..., Any]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-lists")]

MKDOCS = "site_name: Lists\nuse_directory_urls: false\ntheme: {name: material, font: false}\nplugins: [search, gitsm]\n"


def service(name: str, owner: str, tier: int) -> str:
    return f"name: {name}\nowner: {owner}\nlifecycle: live\ntier: {tier}\n"


def change(title: str, kind: str, services: str, day: int, hours: str, risk: str, rest: str = "") -> str:
    start, end = hours.split("-")
    window = f"window: {{start: '2026-11-{day:02}T{start}+01:00', end: '2026-11-{day:02}T{end}+01:00'}}\n"
    return f"title: {title}\ntype: {kind}\nservices: [{services}]\nplan: a\nrollback: b\nrisk: {risk}\n{window}{rest}"


CLOSED = "closure: {code: successful}\n"
FILES = {
    "organization/teams/alpha.yaml": "name: Alpha\ntype: internal\n",
    "organization/teams/beta.yaml": "name: Beta\ntype: internal\n",
    "services/payroll/service.yaml": service("Payroll", "alpha", 1),
    "services/ledger/service.yaml": service("Ledger", "alpha", 2),
    "services/portal/service.yaml": service("Portal", "beta", 2),
    "changes/2026/2026-11-01-a.yaml": change("Añejo", "normal", "payroll", 3, "10:00-11:00", "high", CLOSED),
    "changes/2026/2026-11-01-b.yaml": change(
        "Bigger disks", "normal", "ledger", 2, "10:00-11:00", "low", CLOSED
    ),
    "changes/2026/2026-11-01-c.yaml": change(
        "Cooling", "standard", "ledger", 5, "10:00-11:00", "low", CLOSED
    ),
    "changes/2026/2026-11-01-d.yaml": change(
        "Doors", "standard", "portal, payroll", 4, "10:00-11:00", "very_high", CLOSED
    ),
    "changes/2026/2026-11-01-e.yaml": change("Engine", "normal", "portal", 28, "10:00-11:00", "moderate"),
    "gitsm.toml": "as_of = 2026-11-16T09:00:00+01:00\n",
    "mkdocs.yml": MKDOCS,
    "docs/hand.md": "# By hand\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lists")
    for path, content in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(root / "out"), strict=True))
    return root / "out"


@pytest.fixture
def opened(site: Path, chromium: Any) -> Iterator[Open]:
    """Opens a page of the site from the disk, and lets nothing go wrong on it."""
    pages, wrong = [], []

    def make(path: str = "changes/index.html", width: int = 1200, after: str = "") -> Any:
        page = chromium.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{(site / path).as_uri()}{after}")
        return page

    yield make
    for page in pages:
        page.close()
    assert wrong == []


def titles(page: Any) -> list[str]:
    """The rows that are to be seen, from top to bottom."""
    return page.evaluate(
        "[...document.querySelectorAll('table[data-g-list] tbody tr')].filter(row => row.offsetParent !== null"
        " && row.getBoundingClientRect().height).map(row => row.querySelector('a').textContent)"
    )


ALL = ["Engine", "Cooling", "Doors", "Añejo", "Bigger disks"]


def test_headings_keep_their_words_where_a_phone_has_no_button_for_them(opened: Open) -> None:
    for width, buttons in ((390, 0), (1200, 1)):
        page = opened(width=width)
        heading = page.locator("table[data-g-list] th").first
        assert heading.inner_text().replace("\xa0", " ").split()[0] == "Change"
        assert heading.locator("button:visible").count() == buttons


def test_words_filter_over_all_cells_whatever_their_accents(opened: Open) -> None:
    page = opened()
    assert titles(page) == ALL
    page.fill(".g-filter input", "anejo")
    assert titles(page) == ["Añejo"]
    assert page.inner_text(".g-filter__count") == "1 of 5"
    assert page.locator("h2:visible").all_inner_texts() == ["Over (1 of 4)"]
    page.fill(".g-filter input", "ledger standard")
    assert titles(page) == ["Cooling"]
    page.fill(".g-filter input", "nothing has this")
    assert titles(page) == []
    page.click("text=Show all")
    assert titles(page) == ALL
    assert page.evaluate("document.activeElement.tagName") == "INPUT"


def pick(page: Any, facet: str, choice: str) -> None:
    page.locator(f".g-filter__chips[aria-label='{facet}'] .g-pick", has_text=choice).click()


def test_choices_of_a_column_are_either_or_and_of_two_columns_both(opened: Open) -> None:
    page = opened()
    pick(page, "Services", "Payroll")
    assert titles(page) == ["Doors", "Añejo"]
    pick(page, "Services", "Ledger")
    assert titles(page) == ["Cooling", "Doors", "Añejo", "Bigger disks"]
    pick(page, "Type", "standard")
    assert titles(page) == ["Cooling", "Doors"]
    pick(page, "Services", "Ledger")
    assert titles(page) == ["Doors"]
    chosen = page.locator(".g-pick[aria-pressed=true]").all_inner_texts()
    assert sorted(one.split()[0] for one in chosen) == ["Payroll", "standard"]


def test_choices_of_a_degree_stand_in_its_order(opened: Open) -> None:
    chips = opened().locator(".g-filter__chips[aria-label=Risk] .g-pick").all_inner_texts()
    assert [chip.rsplit(" ", 1)[0] for chip in chips] == ["low", "moderate", "high", "very high"]


@pytest.mark.parametrize(
    ("heading", "up"),
    [
        ("When", ["Bigger disks", "Añejo", "Doors", "Cooling"]),
        ("Change", ["Añejo", "Bigger disks", "Cooling", "Doors"]),
        ("Risk", ["Cooling", "Bigger disks", "Añejo", "Doors"]),
    ],
)
def test_a_heading_sorts_up_then_down_then_not(heading: str, up: list[str], opened: Open) -> None:
    page = opened()
    over = page.locator("table[data-g-list]").nth(1)
    button = over.locator("th .g-sort", has_text=heading)
    button.click()
    assert titles(page)[1:] == up
    assert over.locator("th[aria-sort=ascending]").inner_text() == heading
    button.click()
    assert titles(page)[1:] == (
        ["Doors", "Añejo", "Cooling", "Bigger disks"] if heading == "Risk" else up[::-1]
    )
    assert over.locator("th[aria-sort=descending]").inner_text() == heading
    button.click()
    assert titles(page) == ALL
    assert over.locator("th[aria-sort]").count() == 0


def test_the_address_remembers_and_a_stranger_s_address_does_no_harm(opened: Open) -> None:
    page = opened()
    page.fill(".g-filter input", "disks")
    pick(page, "Type", "normal")
    page.locator("th .g-sort", has_text="When").last.click()
    page.locator("th .g-sort", has_text="When").last.click()
    after = page.evaluate("location.hash")
    assert "q=disks" in after
    again = opened(after=after)
    assert titles(again) == ["Bigger disks"]
    assert again.input_value(".g-filter input") == "disks"
    assert again.locator("th[aria-sort=descending]").count() == 2  # of both tables
    again.click("text=Show all")
    assert again.evaluate("location.hash") == ""
    odd = opened(
        after="#q=%3Cimg%20src%3Dx%20onerror%3Dpwned%3D1%3E&is.Type=nonsense&sort=Nothing&down=1&__proto__=1"
    )
    assert titles(odd) == []
    assert odd.evaluate("typeof window.pwned") == "undefined"


def test_an_address_of_a_heading_stays_one(opened: Open) -> None:
    page = opened(after="#over-4")
    assert titles(page) == ALL
    assert page.evaluate("location.hash") == "#over-4"


def test_all_of_it_works_with_the_keyboard(opened: Open) -> None:
    page = opened()
    page.focus(".g-filter input")
    page.keyboard.type("payroll")
    assert titles(page) == ["Doors", "Añejo"]
    page.focus(".g-pick >> nth=0")
    page.keyboard.press("Space")
    assert page.locator(".g-pick[aria-pressed=true]").count() == 1
    page.keyboard.press("Enter")
    assert page.locator(".g-pick[aria-pressed=true]").count() == 0
    page.locator("th .g-sort", has_text="When").last.focus()
    page.keyboard.press("Enter")
    assert titles(page) == ["Añejo", "Doors"]


def test_a_phone_sorts_by_a_menu_and_nothing_is_wider_than_it(opened: Open) -> None:
    page = opened(width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.select_option(".g-filter__sort select", "+When")
    assert titles(page)[1:] == ["Bigger disks", "Añejo", "Doors", "Cooling"]
    assert not page.locator(".g-pick").first.is_visible()
    page.click("text=Choices")
    pick(page, "Type", "standard")
    assert titles(page) == ["Doors", "Cooling"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_script_it_is_a_plain_table(site: Path, chromium: Any) -> None:
    context = chromium.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "changes/index.html").as_uri())
    rows = page.locator("table[data-g-list] tbody tr td:first-child a").all_inner_texts()
    assert rows == ALL
    assert page.locator(".g-filter *").count() == 0
    assert page.locator("th button").count() == 0
    context.close()


def test_on_paper_there_is_no_filter(opened: Open) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert not page.locator(".g-filter").is_visible()


def test_a_window_counts_down_by_the_reader_s_clock(site: Path, chromium: Any, tmp_path: Path) -> None:
    # The example's own moment stands still; a page of a living repository is marked as one.
    html = (site / "changes/2026-11-01-e.html").read_text(encoding="utf-8")
    assert "g-now" not in html
    living = site / "changes" / "living.html"
    living.write_text(
        html.replace('class="g-origin"', 'class="g-origin"><span class="g-now"></span><span'),
        encoding="utf-8",
    )
    page = chromium.new_page()
    for now, words in (
        ("2026-11-25T10:00:00+01:00", "in 3 days"),
        ("2026-11-28T09:15:00+01:00", "in 45 min"),
        ("2026-11-28T10:40:00+01:00", "now, 20 min left"),
        ("2026-11-28T14:00:00+01:00", "3 h ago"),
    ):
        page.clock.set_fixed_time(now)
        page.goto(living.as_uri())
        assert page.locator(".g-facts [data-g-apart]").first.inner_text().strip() == words
    page.close()
