"""The site's search: what it knows, and that people get to the right page first, by hand and by keyboard."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from tests.conftest import wait_until

from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.site import search
from gitsm.site.build import drafts, pages, site_of
from gitsm.site.here import Site
from gitsm.site.page import Rank

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
in_a_browser = [
    pytest.mark.browser,
    pytest.mark.xdist_group("search"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM ON THIS MACHINE: the search was not tried"),
]

HOSTILE = "</script><img src=x onerror=pwned=1><b>quagga</b>"
REFUSED = """\
---
title: The bank's gateway refuses payments
services: [payroll]
alerts: [GatewayRefusing]
---

# The bank's gateway refuses payments

## Diagnosis

The log says `ERROR: relation "pay_slips" does not exist`, and **nothing** [else](pay-run-late.md).

```sh
payrollctl gateway status --verbose
```
"""
CLOSED = """\
title: Payroll run late, twice the workers
type: normal
services: [payroll]
team: payroll-team
justification: The zebrafinch library is out of date.
labels: {ticket: CHG-4711}
plan: [{step: Start them}]
rollback: {plan: Stop them}
closure: {code: successful, on: 2026-09-02}
"""
OPEN = """\
title: Payroll run late alarm is louder
type: normal
services: [payroll]
team: payroll-team
justification: Nobody hears it.
plan: [{step: Turn it up}]
rollback: {plan: Turn it down}
"""
OLD = """\
---
title: Payroll refused to start
services: [payroll]
started: 2026-01-05T10:00+01:00
restored: 2026-01-05T11:00+01:00
resolved: 2026-01-05T12:00+01:00
---

A wombat sat on the fuse, and the log said `FATAL: fuse 7 is gone`.
"""
RECENT = OLD.replace("2026-01-05", "2026-11-05").replace("wombat", "capybara")
FILES: Mapping[str, str] = {
    **{path: text for kind in KINDS.values() for path, text in kind.examples.items()},
    "runbooks/gateway-refuses.md": REFUSED,
    "changes/2026/2026-08-30-twice-the-workers.yaml": CLOSED,
    "changes/2026/2026-11-20-louder-alarm.yaml": OPEN,
    "incidents/2026/2026-01-05-payroll-refused.md": OLD,
    "incidents/2026/2026-11-05-payroll-refused-again.md": RECENT,
    "services/zebra/service.yaml": "name: Zebra\nowner: payroll-team\nlifecycle: live\n",
    "runbooks/zebra.md": "---\ntitle: Zebra is down\nservices: [zebra]\nalerts: [ZebraDown]\n---\n",
    "changes/2026/2026-08-30-new-hooves.yaml": CLOSED.replace(
        "Payroll run late, twice the workers", "Zebra gets new hooves"
    ).replace("4711", "4712"),
    "changes/2026/2026-11-20-stripe.yaml": OPEN.replace(
        "Payroll run late alarm is louder", "Zebra gets a stripe"
    ),
    "incidents/2026/2026-01-05-zebra.md": OLD.replace("Payroll refused to start", "Zebra fell over"),
    "improvements/tier-1.md": "---\ntitle: Tier 1 is rehearsed\nowner: payroll-team\n---\n",
    **{
        f"organization/calendars/{id}.yaml": f"name: {name}\ntype: freeze\nfreeze: soft\ntimezone: Europe/Vienna\n"
        f"dates: [{{from: {start}, to: {end}}}]\n"
        for id, name, start, end in (
            ("moon", "Moon freeze", "2027-02-01", "2027-02-02"),
            ("enrolment", "Freeze of the open enrolment", "2026-11-20", "2026-12-10"),
        )
    },
    "knowledge/hostile.md": f"---\ntitle: {json.dumps(HOSTILE)}\n---\n\n{HOSTILE}\n",
    "gitsm.toml": "as_of = 2026-12-01T09:00:00+01:00\n",
}
DOCS = {
    "docs/hand.md": "# By hand\n\nAll about the okapi.\n",
    "docs/hidden.md": "---\nsearch:\n  exclude: true\n---\n# Hidden\n\nNothing.\n",
}
RepositoryOf = Callable[..., Repository]


# --- the data


@pytest.fixture
def entries(repository_of: RepositoryOf) -> list[search.Entry]:
    site = site_of(repository_of(FILES))
    return entries_of(site)


def entry(entries: list[search.Entry], id: str) -> search.Entry:
    (found,) = (one for one in entries if one.id == id)
    return found


@pytest.mark.parametrize(
    ("title", "kind", "rank"),
    [
        ("PayrollRunLate", "Alert", Rank.ALERT),
        ("Payroll", "Service", Rank.SERVICE),
        ("Pay run late", "Runbook", Rank.RUNBOOK),
        ("Tax tables make pay runs slow", "Problem", Rank.ADVICE),
        ("How to read your pay slip", "Knowledge article", Rank.ADVICE),
        ("Payroll team", "Team", Rank.TEAM),
        ("Payroll run late alarm is louder", "Change", Rank.OPEN),
        ("SLA of Payroll", "Agreement", Rank.RECORD),
        ("Runbooks", "Page", Rank.PAGE),
        ("broken-link", "Reference", Rank.REFERENCE),
        ("Payroll refused to start", "Incident", Rank.OVER),
        ("Payroll run late, twice the workers", "Change", Rank.CLOSED),
    ],
)
def test_each_page_is_known_for_what_it_is(
    title: str, kind: str, rank: Rank, entries: list[search.Entry]
) -> None:
    assert (kind, rank) in {(one.kind, one.rank) for one in entries if one.title == title}


def test_a_page_that_nobody_looks_for_is_not_in_it(entries: list[search.Entry]) -> None:
    assert "Findings" not in {one.title for one in entries}


def test_a_runbook_is_known_by_its_alerts_and_the_words_of_its_text(entries: list[search.Entry]) -> None:
    found = entry(entries, "gateway-refuses")
    assert found.names == ("GatewayRefusing",)
    assert found.text == (
        "The bank's gateway refuses payments Diagnosis The log says "
        'ERROR: relation "pay_slips" does not exist, and nothing else. payrollctl gateway status --verbose'
    )


def test_a_team_is_known_by_the_ways_to_reach_it(repository_of: RepositoryOf) -> None:
    text = "name: Payroll team\ncontacts:\n  - {channel: chat, value: '#payroll-alarms'}\nmembers: [j-doe]\n"
    site = site_of(repository_of({**FILES, "organization/teams/payroll-team.yaml": text}))
    found = entry(entries_of(site), "payroll-team")
    assert {"#payroll-alarms", "j-doe"} <= set(found.words.split())


def test_history_is_told_by_its_title(entries: list[search.Entry]) -> None:
    closed = entry(entries, "2026-08-30-twice-the-workers")
    assert (closed.words, closed.text, closed.names) == ("payroll", "", ("CHG-4711",))
    old, recent = (
        entry(entries, f"2026-{id}") for id in ("01-05-payroll-refused", "11-05-payroll-refused-again")
    )
    assert (old.words, old.text) == ("payroll", "FATAL: fuse 7 is gone")
    assert "capybara" in recent.text


def test_what_stands_beside_a_service_does_not_answer_to_its_id(entries: list[search.Entry]) -> None:
    assert [one.kind for one in entries if one.id == "payroll"] == ["Service"]


def read(script: bytes) -> Any:
    start, end = f"var {search.VARIABLE}=".encode(), b";\n"
    assert script.startswith(start)
    assert script.endswith(end)
    return json.loads(script[len(start) : -len(end)])


def entries_of(site: Site) -> list[search.Entry]:
    made = pages(site)
    found = (
        search.entry_of(site, draft, lambda: made[draft.path])  # noqa: B023 - called at once
        for draft in drafts(site).values()
    )
    return [entry for entry in found if entry is not None]


def script_of(site: Site) -> bytes:
    return search.script(site, entries_of(site))


@pytest.mark.parametrize("directory_urls", [True, False])
def test_every_address_in_the_script_is_that_of_a_page(
    directory_urls: bool, repository_of: RepositoryOf
) -> None:
    site = site_of(repository_of(FILES), directory_urls=directory_urls)
    made = drafts(site)
    data = read(script_of(site))
    shown = {
        row[8] if len(row) > 8 else f"{data['kinds'][row[1]][1]}/{row[3]}{data['suffix']}"
        for row in data["entries"]
    }
    wanted = {
        site.places.url("index.md", path) for path, draft in made.items() if draft.rank is not Rank.HIDDEN
    }
    assert shown == wanted


def test_a_closed_change_costs_a_phone_little(repository_of: RepositoryOf) -> None:
    def weight(count: int) -> int:
        many = {
            f"changes/2026/2026-08-30-change-{n}.yaml": CLOSED.replace("twice", f"{n} times")
            for n in range(count)
        }
        site = site_of(repository_of({**FILES, **many}))
        return len(gzip.compress(script_of(site), 9))

    assert (weight(300) - weight(100)) / 200 < 30


def test_texts_are_cut_alike_when_they_are_too_long_together(
    repository_of: RepositoryOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_of(repository_of(FILES))
    monkeypatch.setattr(search, "ALL_TEXTS", 3000)
    rows = read(script_of(site))["entries"]
    texts = [row[7] for row in rows if len(row) > 7]
    assert 2000 < sum(map(len, texts)) <= 3000
    assert "capybara" in "".join(texts)


# --- the site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it is put on a stick."""
    root = tmp_path_factory.mktemp("search")
    for path, text in {**FILES, **DOCS}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    config = {
        "site_name": "Test",
        "use_directory_urls": False,
        "theme": {"name": "material", "font": False, "features": ["navigation.tabs"]},
        "plugins": ["search", "gitsm"],
    }
    (root / "mkdocs.yml").write_text(json.dumps(config))
    build(load_config(str(root / "mkdocs.yml"), site_dir=str(root / "out")))
    return root / "out"


def test_hand_written_pages_are_known_unless_they_ask_not_to_be(built: Path) -> None:
    rows = {row[2]: row for row in read((built / search.FILE).read_bytes())["entries"]}
    assert rows["By hand"][7:] == ["By hand All about the okapi.", "hand.html"]
    assert "Hidden" not in rows


def test_the_themes_own_search_is_neither_published_nor_started(built: Path) -> None:
    files = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert not [file for file in files if "lunr" in file or "/workers/" in file or "search_index" in file]
    page = (built / "index.html").read_text()
    assert 'data-md-component="search' not in page
    assert 'name="search"' not in page


class Searcher:
    """Somebody with the site on a disk and no network, and what went wrong meanwhile."""

    def __init__(self, browser: Any, built: Path, start: str = "index.html", **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.context.set_offline(True)
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
        self.page.on("dialog", lambda dialog: (self.wrong.append(dialog.message), dialog.dismiss()))
        self.page.goto((built / start).as_uri())

    def types(self, text: str, key: str = "/") -> list[tuple[str, str]]:
        """Open the search, type, and read what is found: the kind and the title of each result."""
        self.page.keyboard.press(key)
        self.page.keyboard.type(text)
        wait_until(self.page, "window.gitsmPages && !document.body.textContent.includes('Loading…')")
        return self.found()

    def found(self) -> list[tuple[str, str]]:
        of_all = "all => all.map(one => [one.querySelector('.g-found-kind').textContent, "
        of_all += "one.querySelector('.g-found-title').textContent])"
        return [(kind, title) for kind, title in self.page.eval_on_selector_all("[role=option]", of_all)]

    @property
    def told(self) -> str:
        return str(self.page.inner_text(".md-search-result__meta"))

    @property
    def selected(self) -> str:
        return str(self.page.inner_text("[role=option][aria-selected=true] .g-found-title"))


@pytest.fixture
def searcher(browser: Any, built: Path) -> Iterator[Searcher]:
    made = Searcher(browser, built)
    yield made
    made.context.close()
    assert made.wrong == []


class TestInABrowser:
    pytestmark = in_a_browser

    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("PayrollRunLate", ("Alert", "PayrollRunLate")),
            ("payrollrunlate", ("Alert", "PayrollRunLate")),
            ("run late", ("Alert", "PayrollRunLate")),
            ("late", ("Alert", "PayrollRunLate")),
            ("ollrunl", ("Alert", "PayrollRunLate")),
            ("payroll", ("Service", "Payroll")),
            ("payroll team", ("Team", "Payroll team")),
            ("does not exist", ("Runbook", "The bank's gateway refuses payments")),
            ('ERROR: relation "pay_slips" does', ("Runbook", "The bank's gateway refuses payments")),
            ("gateway-refuses", ("Runbook", "The bank's gateway refuses payments")),
            ("capybara", ("Incident", "Payroll refused to start")),
            ("okapi", ("Documentation", "By hand")),
            ("chg 4711", ("Change", "Payroll run late, twice the workers")),
            ("2026-08-30-twice-the-workers", ("Change", "Payroll run late, twice the workers")),
            ("Payroll run late, twice the workers", ("Change", "Payroll run late, twice the workers")),
            ("twice the work", ("Change", "Payroll run late, twice the workers")),
            ("2026-11-12 database", ("Change", "Upgrade the payroll database to PostgreSQL 18")),
            ("broken-link", ("Reference", "broken-link")),
            ("tier 1", ("Service", "Payroll")),
            ("tier1", ("Service", "Payroll")),
            ("freeze", ("Calendar", "Freeze of the open enrolment")),
        ],
    )
    def test_the_right_page_comes_first(self, typed: str, first: tuple[str, str], searcher: Searcher) -> None:
        assert searcher.types(typed)[0] == first

    def test_alerts_come_before_services_before_runbooks_before_history(self, searcher: Searcher) -> None:
        assert searcher.types("zeb") == [
            ("Alert", "ZebraDown"),
            ("Service", "Zebra"),
            ("Runbook", "Zebra is down"),
            ("Change", "Zebra gets a stripe"),
            ("Incident", "Zebra fell over"),
            ("Change", "Zebra gets new hooves"),
        ]

    @pytest.mark.parametrize(
        ("typed", "first", "told"),
        [
            (
                'psql:x.sql:9: ERROR:  relation "pay_slips" does not exist at character 15',
                "The bank's gateway refuses payments",
                "No page has all of these words; these have most of them",
            ),
            (
                "payrollrnulate",
                "PayrollRunLate",
                "Nothing has “payrollrnulate”; this is what “payrollrunlate” finds",
            ),
            ("payrolll", "Payroll", "Nothing has “payrolll”; this is what “payroll” finds"),
            ("gatewya refuses", "The bank's gateway refuses payments", "“gatewya”"),
        ],
    )
    def test_errors_in_what_was_typed_or_pasted_are_forgiven_and_said(
        self, typed: str, first: str, told: str, searcher: Searcher
    ) -> None:
        assert searcher.types(typed)[0][1] == first
        assert told in searcher.told

    @pytest.mark.parametrize(
        ("pasted", "first"),
        [
            (
                "FATAL: remaining flotsam of the jetsam gateway are reserved for non-flummoxed quokka superusers",
                "The bank's gateway refuses payments",
            ),
            ("broken link flummoxed quokka gateway", "GatewayRefusing"),
        ],
    )
    def test_part_of_an_error_is_enough_and_the_reference_is_in_nobodys_way(
        self, pasted: str, first: str, searcher: Searcher
    ) -> None:
        found = searcher.types(pasted)
        assert found[0][1] == first
        assert searcher.told.startswith("No page has all of these words")
        kinds = [kind for kind, _ in found]
        assert "Reference" not in kinds[: len(kinds) - kinds.count("Reference")]

    def test_words_that_stand_everywhere_find_nothing_alone(self, searcher: Searcher) -> None:
        assert searcher.types("quokka flummoxed") == []
        assert searcher.told == "Nothing found"

    def test_what_is_not_there_is_not_found(self, searcher: Searcher) -> None:
        assert searcher.types("xylophonist") == []
        assert searcher.told == "Nothing found"

    def test_a_result_says_why_it_was_found(self, searcher: Searcher) -> None:
        searcher.types("slips does not")
        result = searcher.page.locator("[role=option]").first
        assert "The log says ERROR: relation" in result.locator(".g-found-context").inner_text()
        assert result.locator("mark").all_inner_texts()[:3] == ["slips", "does", "not"]

    @pytest.mark.parametrize("key", ["/", "s", "f"])
    def test_the_keyboard_alone_is_enough(self, key: str, searcher: Searcher) -> None:
        page = searcher.page
        titles = [title for _, title in searcher.types("payroll", key)]
        assert page.get_attribute("[role=combobox]", "aria-expanded") == "true"
        assert searcher.selected == titles[0]
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert searcher.selected == titles[2]
        active = page.get_attribute("[role=combobox]", "aria-activedescendant")
        assert page.inner_text(f"#{active} .g-found-title") == titles[2]
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert searcher.selected == titles[-1]
        page.keyboard.press("Escape")
        assert page.get_attribute("[role=combobox]", "aria-expanded") == "false"
        assert not page.is_checked("#__search")
        page.keyboard.press(key)
        page.keyboard.type("PayrollRunLate")
        page.keyboard.press("Enter")
        page.wait_for_url("**/alerts/PayrollRunLate/**")
        assert page.inner_text("h1") == "PayrollRunLate"

    def test_letters_are_letters_where_somebody_types(self, searcher: Searcher) -> None:
        searcher.types("suffix s/f/")
        assert searcher.page.input_value(".g-search input") == "suffix s/f/"

    @pytest.mark.parametrize("start", ["index.html", "runbooks/pay-run-late.html", "services/payroll.html"])
    def test_an_alert_leads_to_its_page_on_a_phone(self, start: str, browser: Any, built: Path) -> None:
        phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        searcher = Searcher(browser, built, start, **phone)
        page = searcher.page
        page.tap("label.md-header__button[for=__search]")
        page.keyboard.type("payrollrunl")
        page.tap("[role=option]:first-child")
        page.wait_for_url("**/alerts/PayrollRunLate/**")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert searcher.wrong == []
        searcher.context.close()

    @pytest.mark.parametrize("words", ["pwned", "img src onerror", "quagga"])
    def test_hostile_titles_are_shown_as_text(self, words: str, searcher: Searcher) -> None:
        assert ("Knowledge article", HOSTILE) in searcher.types(words)
        assert searcher.page.locator("[role=listbox] :is(img, b, script)").count() == 0
        searcher.page.hover("[role=option]")
        assert searcher.page.evaluate("typeof window.pwned") == "undefined"

    def test_nothing_is_loaded_before_somebody_turns_to_the_search(self, searcher: Searcher) -> None:
        assert searcher.page.evaluate("typeof window.gitsmPages") == "undefined"

    def test_without_scripts_the_search_says_so_and_leads_to_the_lists(
        self, browser: Any, built: Path
    ) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto((built / "runbooks/pay-run-late.html").as_uri())
        assert not page.is_visible(".g-search")
        page.click(".g-search-without")
        page.click(".md-tabs >> text=Services")
        assert page.inner_text("h1") == "Services"
        context.close()

    def test_a_search_that_can_not_be_loaded_says_so(self, browser: Any, built: Path, tmp_path: Path) -> None:
        shutil.copytree(built, tmp_path / "site")
        (tmp_path / "site" / search.FILE).unlink()
        searcher = Searcher(browser, tmp_path / "site")
        searcher.page.keyboard.press("/")
        searcher.page.wait_for_selector("text=The search could not be loaded")
        searcher.context.close()
