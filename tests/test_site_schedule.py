"""The calendar of the site: whole as a table, the same as data, and quick to use in a browser."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from tests.conftest import wait_until

from gitsm.repository import Repository
from gitsm.site.build import files, pages, site_of
from gitsm.site.clean import clean
from gitsm.site.page import Page
from gitsm.site.schedule import schedule_of
from gitsm.site.shell import loading, with_scripts

Make = Callable[..., Repository]
NOW = datetime.fromisoformat("2026-11-16T09:00+01:00")
TITLE = "</script><img src=x onerror=pwned=1>"


def service(owner: str, *on: str) -> str:
    uses = f"depends_on: [{', '.join(f'{{service: {one}}}' for one in on)}]\n" if on else ""
    return f"name: {owner.capitalize()}'s\nowner: {owner}\nlifecycle: live\ntier: 2\n{uses}"


def change(title: str, on: str, window: str, more: str = "") -> str:
    return (
        f"title: {json.dumps(title)}\ntype: normal\nservices: [{on}]\noutage: full\nwindow: {{{window}}}\n"
        f"plan: Do it.\nrollback: Undo it.\n{more}"
    )


FILES: Mapping[str, str] = {
    "organization/policy.yaml": "timezone: Europe/Vienna\n",
    "organization/teams/ops.yaml": "name: Operations\n",
    "organization/teams/net.yaml": "name: Network people\n",
    "services/storage/service.yaml": service("ops"),
    "services/network/service.yaml": service("net"),
    "services/salaries/service.yaml": service("ops", "storage", "network"),
    "services/salaries/capacity.yaml": (
        "peaks:\n  - name: Pay day\n    recurrence: {every: week, weekdays: [thu], starts: '08:00', takes: 4 h}\n"
    ),
    "organization/calendars/year-end.yaml": (
        "name: Year end\ntype: freeze\nfreeze: hard\ntimezone: Europe/Vienna\nreason: Books are closed.\n"
        "dates: [{from: 2026-12-20, to: 2027-01-06}]\n"
    ),
    "changes/2026/2026-11-12-new-disks.yaml": change(
        TITLE, "storage", "start: 2026-11-25T18:00+01:00, end: 2026-11-25T20:00+01:00"
    ),
    "changes/2026/2026-11-13-firewall.yaml": change(
        "Firewall",
        "network",
        "start: '2026-11-25T18:15', end: '2026-11-25T20:00', timezone: Europe/London",
        "team: ops\n",
    ),
    "changes/2026/2026-11-14-books.yaml": change(
        "Books", "salaries", "start: 2026-12-21T10:00+01:00, end: 2026-12-21T11:00+01:00"
    ),
    "changes/2026/2026-09-01-old.yaml": change(
        "Long ago", "storage", "start: 2026-09-02T10:00+02:00, end: 2026-09-02T11:00+02:00"
    ),
}


class Table(HTMLParser):
    """The rows of a page's tables, as the words of their cells, and the addresses in each row."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self.links: list[list[str]] = []
        self.datetimes: list[list[str]] = []
        self.cell = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "tr":
            self.rows.append({})
            self.links.append([])
            self.datetimes.append([])
        elif tag in ("th", "td"):
            self.cell = found.get("data-label") or ""
        elif tag == "a" and self.links:
            self.links[-1].append(found.get("href") or "")
        elif tag == "time" and self.datetimes:
            self.datetimes[-1].append(found.get("datetime") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self.cell = ""

    def handle_data(self, data: str) -> None:
        if self.cell:
            before = self.rows[-1].get(self.cell, "")
            self.rows[-1][self.cell] = " ".join(f"{before}{data}".split(" "))


@pytest.fixture
def made(repository_of: Make) -> dict[str, Page]:
    return pages(site_of(repository_of(FILES, NOW)))


def rows_of(page: Page) -> list[dict[str, str]]:
    return [row for row in Table(page.html).rows if row]


def row_of(page: Page, words: str) -> dict[str, str]:
    (found,) = (row for row in rows_of(page) if words in row["What"])
    return found


# --- the tables


def test_a_month_is_in_order_with_its_freezes_and_peaks(made: dict[str, Page]) -> None:
    shown = [(row["Day"], row["What"].split(" Sched")[0]) for row in rows_of(made["calendar/2026-12.md"])]
    assert [day for day, _ in shown] == ["Thu 3 Dec", "Sun 20 Dec", "Mon 21 Dec"]
    assert [words.partition(" ")[0] for _, words in shown] == ["Pay", "Year", "Books"]
    assert row_of(made["calendar/2026-12.md"], "Year end")["What"] == "Year end hard freeze"
    assert row_of(made["calendar/2026-12.md"], "Year end")["Services"] == "all services"


def test_what_comes_back_stands_once_with_its_days(made: dict[str, Page]) -> None:
    row = row_of(made["calendar/2026-12.md"], "Pay day")
    assert row["Window"] == "08:00–12:00 CET, 5 times, also on 10, 17, 24, 31"


def test_a_month_has_what_began_in_the_one_before_it(made: dict[str, Page]) -> None:
    row = row_of(made["calendar/2027-01.md"], "Year end")
    assert (row["Day"], row["Window"]) == ("Sun 20 Dec", "00:00 – Thu 7 Jan, 00:00 CET")


def test_what_ends_at_midnight_takes_nothing_of_the_next_month(repository_of: Make) -> None:
    window = "start: 2026-11-30T22:00+01:00, end: 2026-12-01T00:00+01:00"
    months = schedule_of(
        repository_of({"changes/2026/2026-11-01-x.yaml": change("X", "a", window)}, NOW)
    ).months
    assert [len(months[date(2026, month, 1)]) for month in (11, 12)] == [1, 0]


def test_the_zone_of_a_record_stands_beside_the_times(made: dict[str, Page]) -> None:
    row = row_of(made["calendar/index.md"], "Firewall")
    assert row["Window"] == "19:15–21:00 CET (18:15–20:00 GMT, Europe/London)"
    assert row_of(made["calendar/index.md"], "onerror")["Window"] == "18:00–20:00 CET"


@pytest.mark.parametrize(("one", "other"), [("Firewall", "new-disks"), ("onerror", "firewall")])
def test_a_conflict_stands_at_both_ends_in_words_with_a_link(
    made: dict[str, Page], one: str, other: str
) -> None:
    page = made["calendar/index.md"]
    row = row_of(page, one)
    assert "both reach salaries for 45 min" in row["Conflicts"]
    assert row["Conflicts"].startswith("error ")
    number = Table(page.html).rows.index(row)
    assert (
        f"../changes/2026-11-{'12' if other == 'new-disks' else '13'}-{other}/"
        in Table(page.html).links[number]
    )


def test_a_freeze_that_a_change_breaks_is_named_with_a_link(made: dict[str, Page]) -> None:
    page = made["calendar/2026-12.md"]
    row = row_of(page, "Books")
    assert "year-end" in row["Conflicts"]
    assert "../../calendars/year-end/" in Table(page.html).links[Table(page.html).rows.index(row)]


def test_the_team_is_the_changes_own_else_the_owner_of_its_service(made: dict[str, Page]) -> None:
    assert row_of(made["calendar/index.md"], "Firewall")["Team"] == "Operations"
    assert row_of(made["calendar/2026-12.md"], "Books")["Team"] == "Operations"


def test_what_is_over_for_longer_than_a_month_is_left_to_the_list(made: dict[str, Page]) -> None:
    assert "calendar/2026-09.md" not in made
    assert not any("Long ago" in page.html for path, page in made.items() if path.startswith("calendar/"))
    assert "../changes/" in made["calendar/index.md"].html


def test_the_page_shows_this_month_and_the_next_and_leads_to_all_others(made: dict[str, Page]) -> None:
    page = made["calendar/index.md"]
    titles = [heading.text for heading in page.headings]
    assert titles == ["Calendar", "November 2026 (3)", "December 2026 (3)", "Other months", "Subscribe"]
    months = [path for path in made if re.fullmatch(r"calendar/\d{4}-\d\d\.md", path)]
    assert months[0] == "calendar/2026-10.md"
    assert months[-1] == "calendar/2028-11.md"
    for path in months:
        assert f'href="../{path.removesuffix(".md")}/"' in page.html


def test_a_page_of_many_changes_keeps_to_one_month(repository_of: Make) -> None:
    many = {
        f"changes/2026/2026-11-01-many-{number}.yaml": change(
            "Many", "storage", f"start: 2026-{month}-02T10:00Z, end: 2026-{month}-02T11:00Z"
        )
        for month in (11, 12)
        for number in range(month * 1000, month * 1000 + 260)
    }
    made = pages(site_of(repository_of({**FILES, **many}, NOW)))
    assert [one.text for one in made["calendar/index.md"].headings][1:3] == [
        "November 2026 (263)",
        "Other months",
    ]
    assert len(rows_of(made["calendar/2026-12.md"])) == 263


def test_nothing_planned_is_said(repository_of: Make) -> None:
    assert "Nothing is planned." in pages(site_of(repository_of({}, NOW)))["calendar/index.md"].html


def test_nothing_is_lost_in_the_last_stage(made: dict[str, Page]) -> None:
    html = clean(made["calendar/index.md"].html)
    assert 'data-g-data="../assets/gitsm/calendar/"' in html
    assert 'data-g-top="../"' in html
    assert html.count("data-g-feed") == 7


def test_the_feeds_of_everything_each_service_team_and_freeze_are_linked(made: dict[str, Page]) -> None:
    for path in (
        "all",
        "services/storage",
        "services/network",
        "teams/ops",
        "teams/net",
        "calendars/year-end",
    ):
        assert f'href="../feeds/{path}.ics"' in made["calendar/index.md"].html


# --- the data


def data_of(repository: Repository) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, content in files(site_of(repository)).items():
        if path.startswith("assets/gitsm/calendar/"):
            _, _, value = content.decode("ascii").partition("=")
            found[Path(path).stem] = json.loads(value.removesuffix(";\n"))
    return found


def test_the_data_says_what_the_table_says(repository_of: Make, made: dict[str, Page]) -> None:
    data = data_of(repository_of(FILES, NOW))
    assert data["about"]["zone"] == "Europe/Vienna"
    assert [month for month in data if month != "about"] == data["about"]["all"]
    for month in data["about"]["all"]:
        titles = [row["What"] for row in rows_of(made[f"calendar/{month}.md"])]
        assert [entry["title"] in title for entry, title in zip(data[month], titles, strict=True)] == [
            True
        ] * len(titles)
    (firewall,) = (entry for entry in data["2026-11"] if entry["title"] == "Firewall")
    assert firewall["times"] == [[int(datetime.fromisoformat(f"2026-11-25T{at}+00:00").timestamp()) // 60
                                  for at in ("18:15", "20:00")]]  # fmt: skip
    assert firewall["conflicts"][0][0] == "error"
    assert (firewall["team"], firewall["zone"], firewall["services"]) == ("ops", "Europe/London", ["network"])


def test_data_is_the_same_each_time(repository_of: Make) -> None:
    assert files(site_of(repository_of(FILES, NOW))) == files(site_of(repository_of(FILES, NOW)))


# --- what pages load


@pytest.mark.parametrize(
    ("address", "element"),
    [
        ("../a.js", '<script src="../a.js"></script>'),
        ("../a.css", '<link rel="stylesheet" href="../a.css">'),
        ('"><script>.js', '<script src="&#34;&gt;&lt;script&gt;.js"></script>'),
    ],
)
def test_a_page_loads_scripts_and_style_sheets(address: str, element: str) -> None:
    assert loading(address) == element
    assert with_scripts("<body>x</body>", [address]) == f"<body>x{element}</body>"


def test_a_page_that_needs_nothing_stays_as_it_is() -> None:
    assert with_scripts("<body>x</body>", []) == "<body>x</body>"


# --- in a browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
BROWSER = (
    pytest.mark.browser,
    pytest.mark.xdist_group("browser-schedule"),
    pytest.mark.skipif(
        CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: the calendar was not tried in a browser"
    ),
)
MKDOCS = """\
site_name: Test
use_directory_urls: false
theme: {name: material, font: false}
plugins: [gitsm]
"""
WIDE, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}


def in_browser(function: Callable[..., None]) -> Callable[..., None]:
    for mark in BROWSER:
        function = mark(function)
    return function


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in a folder, as it is on a disk without a server."""
    root = tmp_path_factory.mktemp("calendar")
    for path, text in {**FILES, "gitsm.toml": f"as_of = {NOW.isoformat()}\n", "mkdocs.yml": MKDOCS}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "docs").mkdir()
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(root / "out"), strict=True))
    return root / "out"


Open = Callable[..., Any]


@pytest.fixture
def opened(site: Path, browser: Any) -> Iterator[Open]:
    """Opens the calendar without a network, and sees to it that nothing goes wrong on it."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def seen(url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            wrong.append(f"request {url}")

    def make(
        choice: str = "", size: Mapping[str, int] = WIDE, zone: str = "Europe/Vienna", page: str = "index"
    ) -> Any:
        context = browser.new_context(viewport=dict(size), timezone_id=zone, offline=True)
        contexts.append(context)
        shown = context.new_page()
        shown.on("pageerror", lambda error: wrong.append(f"error {error}"))
        shown.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
        shown.on("request", lambda request: seen(request.url))
        shown.goto(f"file://{site}/calendar/{page}.html{choice and '#' + choice}")
        wait_until(shown, "/zone/.test(document.querySelector('.g-schedule__said').textContent)")
        shown.wait_for_selector(".ec")
        return shown

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


def titles(page: Any) -> set[str]:
    """What is shown, once each."""
    page.wait_for_selector(".g-event__title")
    return set(page.locator(".g-event__title").all_inner_texts())


@in_browser
def test_a_month_shows_changes_with_their_conflicts_and_shades_freezes_and_peaks(opened: Open) -> None:
    page = opened("date=2026-12-01")
    assert page.locator(".ec-title").inner_text() == "December 2026"
    assert titles(page) == {"Books", "Year end", "Pay day"}
    books = page.locator(".g-event--change a")
    assert books.inner_text().split("\n")[0].startswith("!")
    assert "error: change 2026-11-14-books" in books.get_attribute("title")
    assert "inside the hard freeze year-end" in books.get_attribute("title")
    # From the 20th to the end of the last week that is shown, each day once.
    assert page.locator(".ec-bg-event.g-event--hard").count() == 15
    assert page.locator(".ec-bg-event.g-event--peak").count() == 5


@in_browser
def test_a_click_leads_to_the_change(opened: Open) -> None:
    page = opened("date=2026-12-01")
    page.locator(".g-event--change a").click()
    page.wait_for_url("**/changes/2026-11-14-books.html")
    assert page.locator("h1").inner_text() == "Books"


@in_browser
def test_the_keyboard_alone_gets_to_a_change(opened: Open) -> None:
    page = opened("date=2026-12-01&without=freeze,maintenance,peak")
    page.locator(".g-event__title").wait_for()
    page.locator(".ec-button.ec-next").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/changes/2026-11-14-books.html")


@in_browser
def test_a_hostile_title_stays_text(opened: Open) -> None:
    page = opened("view=timeline&date=2026-11-25")
    assert TITLE in titles(page)
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert page.locator(".ec img").count() == 0


@in_browser
@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (
            "service",
            ["Net's\n1 change, Wed 25 Nov", "Ops's\n1 change, Wed 25 Nov", "Peaks and maintenance"],
        ),
        ("team", ["Operations\n2 changes, Wed 25 Nov", "Peaks and maintenance"]),
    ],
)
def test_a_timeline_has_a_row_for_each_service_or_team(opened: Open, by: str, rows: list[str]) -> None:
    page = opened(f"view=timeline&by={by}&date=2026-11-25")
    titles(page)
    assert page.locator(".ec-row-head").all_inner_texts() == rows


@in_browser
def test_a_week_is_seen_whole_where_there_is_room(opened: Open) -> None:
    page = opened("view=timeline&date=2026-11-25")
    titles(page)
    days = page.locator(".ec-col-head")
    assert days.count() == 7
    main = page.locator(".ec-main").bounding_box()
    last = days.last.bounding_box()
    assert last["x"] + last["width"] <= main["x"] + main["width"] + 1
    # In proportion to the hours of its day: from 18:00 to 20:00.
    day = page.locator(".ec-body .ec-day.ec-wed").first.bounding_box()
    event = page.locator(".g-event--change").first.bounding_box()
    assert abs((event["x"] - day["x"]) / day["width"] - 18 / 24) < 0.05


@in_browser
def test_a_timeline_shades_what_a_freeze_concerns(opened: Open) -> None:
    page = opened("view=timeline&over=month&date=2026-12-01")
    titles(page)
    assert page.locator(".ec-row-head").all_inner_texts() == [
        "Freezes",
        "Ops's\n1 change, Mon 21 Dec",
        "Peaks and maintenance",
    ]
    assert page.locator(".ec-bg-event.g-event--hard").count() == 1


@in_browser
@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ("", {"Pay day", TITLE, "Firewall"}),
        ("service=network", {"Firewall"}),
        ("service=salaries", {"Pay day"}),
        ("team=net", {"Firewall"}),
        ("team=ops&without=", {"Pay day", TITLE, "Firewall"}),
        ("type=standard", {"Pay day"}),
        ("state=unknown", {"Pay day", TITLE, "Firewall"}),
        ("state=scheduled", {"Pay day"}),
        ("without=peak", {TITLE, "Firewall"}),
    ],
)
def test_filters_of_the_address(opened: Open, choice: str, found: set[str]) -> None:
    assert titles(opened(f"date=2026-11-01&{choice}")) == found


@in_browser
def test_only_changes_with_conflicts(opened: Open) -> None:
    assert titles(opened("date=2026-11-01&conflicts=1&without=peak")) == {TITLE, "Firewall"}
    page = opened("date=2027-02-01&conflicts=1&without=peak")
    assert page.locator(".g-schedule__said").inner_text().startswith("0 changes, 0 with conflicts")


@in_browser
def test_what_is_chosen_stands_in_the_address_and_can_be_shared(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="Timeline").click()
    page.get_by_label("Rows").select_option("team")
    page.get_by_label("Service", exact=True).select_option("network")
    page.get_by_label("Only conflicts").check()
    choice = page.evaluate("location.hash.slice(1)")
    shared = opened(choice)
    assert shared.get_by_role("button", name="Timeline").get_attribute("aria-pressed") == "true"
    assert shared.get_by_label("Rows").input_value() == "team"
    assert shared.get_by_label("Service", exact=True).input_value() == "network"
    assert shared.get_by_label("Only conflicts").is_checked()
    shared.get_by_role("button", name="Clear").click()
    assert "service" not in shared.evaluate("location.hash")


@in_browser
def test_an_address_that_nobody_chose_is_taken_for_none(opened: Open) -> None:
    page = opened("view=x&by=__proto__&over=%00&date=2026-99-99&without=<b>")
    assert page.locator(".ec-title").inner_text() == "November 2026"


@in_browser
@pytest.mark.parametrize(
    ("zone", "told", "beside"),
    [
        ("Europe/Vienna", "19:15 (18:15 London)", "19:15–21:00 CET"),
        ("Europe/London", "18:15", "18:15–20:00 your time"),
        ("Asia/Tokyo", "03:15 (Wed 18:15 London)", "Thu 26 Nov, 03:15–05:00 your time"),
    ],
)
def test_times_are_the_readers_with_those_of_the_record_beside_them(
    opened: Open, zone: str, told: str, beside: str
) -> None:
    page = opened("service=network&date=2026-11-01&without=peak", zone=zone)
    page.locator(".g-event__title").wait_for()
    assert page.locator(".g-event__time").inner_text() == told
    row = page.locator("td[data-label=Window]", has_text="Europe/London").inner_text()
    assert row.startswith(beside)
    assert row.replace("\n", "").endswith("19:15–21:00 CET (18:15–20:00 GMT, Europe/London)")


@in_browser
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Vienna", "Australia/Lord_Howe"])
def test_a_day_is_the_readers_on_both_sides_of_the_night_on_which_clocks_change(
    opened: Open, zone: str
) -> None:
    page = opened("date=2027-04-01&service=salaries", zone=zone)
    page.locator(".g-event__title").first.wait_for()
    # A peak from 8 to 12 in Vienna, each Thursday, also before and after summer time begins there and elsewhere.
    columns = page.evaluate(
        "[...document.querySelectorAll('.ec-bg-event.g-event--peak')].map(e => getComputedStyle(e).gridColumnStart)"
    )
    assert columns == ["4"] * 5


@in_browser
def test_a_phone_gets_a_list_from_today_on(opened: Open) -> None:
    page = opened(size=PHONE)
    assert page.get_by_role("button", name="List").get_attribute("aria-pressed") == "true"
    page.locator(".g-event__title").first.wait_for()
    days = page.locator(".ec-day-head time:first-child").all_inner_texts()
    # The peak of each Thursday is named once, so that it hides no change.
    assert days == ["Thursday 19 November", "Wednesday 25 November"]
    peak = page.locator(".g-event--peak .g-event__under").inner_text()
    assert peak.startswith("again on Thu 26 Nov, Thu 3 Dec, Thu 10 Dec")
    # The tables below say the same, and are folded.
    assert not page.locator("td[data-label=Window]").first.is_visible()
    page.locator("summary", has_text="Show the table").first.click()
    assert page.locator("td[data-label=Window]").first.is_visible()
    said = page.locator(".g-event__conflict--error").first.inner_text()
    assert "both reach salaries" in said
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@in_browser
def test_the_page_of_a_month_begins_with_it(opened: Open) -> None:
    page = opened(page="2027-01")
    assert page.locator(".ec-title").inner_text() == "January 2027"
    page.locator(".ec-button.ec-prev").click()
    wait_until(page, "document.querySelector('.ec-title').textContent === 'December 2026'")
    wait_until(page, "[...document.querySelectorAll('.g-event__title')].some(e => e.textContent === 'Books')")


@in_browser
def test_the_tables_stand_without_a_script(site: Path, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{site}/calendar/index.html")
    words = page.locator(".g-page").inner_text()
    assert "both reach salaries for 45 min" in words
    assert "Year end" in words
    context.close()


@in_browser
def test_the_addresses_of_feeds_can_be_copied(site: Path, browser: Any) -> None:
    context = browser.new_context()
    here = "http://site.invalid/"
    context.route(f"{here}**", lambda route: route.fulfill(path=site / route.request.url.removeprefix(here)))
    page = context.new_page()
    page.goto(f"{here}calendar/index.html")
    page.evaluate("document.addEventListener('gitsm:copy', event => { window.copied = event.detail.text; })")
    page.get_by_role("button", name="Copy address of the feed of everything").click()
    assert page.evaluate("copied") == f"{here}feeds/all.ics"
    link = page.get_by_role("link", name="subscribe to everything")
    assert link.get_attribute("href") == "webcal://site.invalid/feeds/all.ics"
    context.close()
