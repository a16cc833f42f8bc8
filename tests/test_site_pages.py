"""The pages as a pure function of the repository: what a reader finds, and where."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm import source
from gitsm.lint import run
from gitsm.records import KINDS
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.site.build import drafts, pages, site_of
from gitsm.site.frame import written
from gitsm.site.here import Site
from gitsm.site.html import join, tag
from gitsm.site.navigation import navigation
from gitsm.site.page import Maker, Page
from gitsm.site.pages.findings import findings
from gitsm.site.pages.home import home
from gitsm.site.pages.lists import lists
from gitsm.site.pages.record import records
from gitsm.site.places import Places
from gitsm.site.when import Clock
from gitsm.tree import MappingTree

Make = Callable[..., Repository]
TEAM = "organization/teams/payroll-team.yaml"
SERVICE = "services/payroll/service.yaml"
NOW = datetime.fromisoformat("2026-11-16T09:00+01:00")


class Text(HTMLParser):
    """The words of a page, and the addresses that it leads to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.addresses.extend(value or "" for name, value in attrs if name in ("href", "src"))
        self.ids.extend(value or "" for name, value in attrs if name == "id")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def __str__(self) -> str:
        return " ".join(" ".join(self.words).split())


def text_of(page: Page) -> str:
    return str(Text(page.html))


@pytest.fixture
def site(repository_of: Make, example_files: dict[str, str]) -> Site:
    """The site of the kinds' examples."""
    repository = repository_of(example_files, NOW)
    return site_of(repository, run(repository, RULES.values()), commit="0123456789abcdef")


@pytest.fixture
def made(site: Site) -> Mapping[str, Page]:
    """Its pages."""
    return pages(site)


# --- what there is


def test_every_record_and_every_kind_has_a_page(
    site: Site, example_files: dict[str, str]
) -> None:
    made = drafts(site)
    sources = {draft.source for draft in made.values() if draft.source}
    assert sources == set(example_files)
    folders = Places.of(KINDS.values()).folders
    assert {f"{folder}/index.md" for folder in folders.values()} <= set(made)
    assert {"index.md", "findings.md", "services/payroll.md", "agreements/payroll/sla.md"} <= set(made)
    assert "request-models/payroll/pay-slip-copy.md" in made


def test_every_rule_and_every_kind_has_a_page_in_the_reference(made: Mapping[str, Page]) -> None:
    assert {f"reference/rules/{rule}.md" for rule in RULES} <= set(made)
    assert {f"reference/kinds/{kind}.md" for kind in KINDS} <= set(made)
    assert RULES["unknown-reference"].summary in text_of(made["reference/rules/unknown-reference.md"])
    kind = text_of(made["reference/kinds/service.md"])
    assert "depends_on[].criticality" in kind
    assert "The team that answers for it. the id of a team" in kind


def test_commands_have_pages_where_they_are_known(repository_of: Make) -> None:
    @click.group()
    def main() -> None:
        """All."""

    @main.command()
    @click.option("--loud", is_flag=True, help="So that everybody hears.")
    def shout(loud: bool) -> None:
        """Say it `aloud`."""

    page = pages(site_of(repository_of({}, NOW), commands=main))["reference/commands/shout.md"]
    assert "Say it aloud" in text_of(page)
    assert "--loud So that everybody hears." in text_of(page)
    assert "gitsm shout [OPTIONS]" in text_of(page)


def test_every_page_says_where_it_comes_from(site: Site, made: Mapping[str, Page]) -> None:
    for path, draft in drafts(site).items():
        words = text_of(made[path])
        assert "commit 0123456789 · as of Mon 16 Nov 2026, 09:00 CET" in words
        assert (f"From {draft.source}" in words) == bool(draft.source)


@pytest.mark.parametrize("directory_urls", [True, False])
def test_every_link_between_pages_leads_somewhere(
    directory_urls: bool, repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(example_files, NOW), directory_urls=directory_urls))
    places = Places({}, directory_urls)
    address = {path: places.url("index.md", path).removeprefix("./") for path in made}
    pages_at = {url: made[path] for path, url in address.items()}
    for path, page in made.items():
        for link in Text(page.html).addresses:
            if ":" in link or link.endswith(".ics"):  # feeds are files, and no pages
                continue
            target, _, anchor = link.partition("#")
            found = pages_at[_joined(address[path], target)]
            assert not anchor or anchor in Text(found.html).ids, f"{path}: {link}"


def _joined(start: str, link: str) -> str:
    from urllib.parse import urljoin

    return urljoin(f"http://x/{start}", link).removeprefix("http://x/")


def test_no_page_has_an_id_twice(made: Mapping[str, Page]) -> None:
    for page in made.values():
        ids = Text(page.html).ids
        assert len(ids) == len(set(ids)), page.path
        assert page.anchors <= set(ids)


# --- the front page


def test_the_front_page_says_what_is_open_and_what_changes(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    change = "title: {}\ntype: normal\nservices: [payroll]\nplan: Do it.\nrollback: Undo it.\n"
    window = "window: {{start: {}T08:00+01:00, end: {}T12:00+01:00}}\n"
    files = {
        **example_files,
        "changes/2026/2026-11-01-a.yaml": change.format("Under way")
        + window.format("2026-11-16", "2026-11-16"),
        "changes/2026/2026-11-01-b.yaml": change.format("Later today")
        + "window: {start: 2026-11-16T22:00+01:00, end: 2026-11-17T01:00+01:00}\n",
        "changes/2026/2026-11-01-c.yaml": change.format("On Friday")
        + window.format("2026-11-20", "2026-11-20"),
        "changes/2026/2026-11-01-d.yaml": change.format("Forgotten")
        + window.format("2026-11-02", "2026-11-02"),
        "changes/2026/2026-11-01-e.yaml": change.format("In December")
        + window.format("2026-12-20", "2026-12-20"),
        "incidents/2026/2026-11-16-now.md": "---\ntitle: Nobody can sign in\nservices: [payroll]\nimpact: 1\n"
        "urgency: 1\nstarted: 2026-11-16T08:30+01:00\n---\n",
    }
    made = pages(site_of(repository_of(files, NOW, authorised=frozenset(files))))
    words = text_of(made["index.md"])
    incidents, rest = words.split("Changes under way, or waiting for a word")
    waiting, rest = rest.split("Changes today, Mon 16 Nov Change")
    today, rest = rest.split("Changes in the seven days after it, to Mon 23 Nov Change")
    soon, _ = rest.split("Freezes When")
    assert "Nobody can sign in P1 open" in incidents
    assert "30 min ago" in incidents
    assert "Under way Implement" in waiting
    assert "Forgotten Unrecorded" in waiting
    assert "Under way" in today
    assert "Later today Scheduled Mon 16 Nov, 22:00 – Tue 17 Nov 2026, 01:00 CET in 13 h" in today
    assert "On Friday" not in today
    assert "On Friday Scheduled Fri 20 Nov 2026, 08:00 – 12:00 CET in 4 days" in soon
    assert "In December" not in soon
    assert "Year-end freeze" in words


def test_an_empty_repository_has_a_kind_front_page(repository_of: Make) -> None:
    made = pages(site_of(repository_of({}, NOW)))
    words = text_of(made["index.md"])
    for kindly in ("No incident is open.", "Nothing is changed on this day.", "No freeze holds or is ahead."):
        assert kindly in words
    assert "Nothing here yet. A record of this kind is a file such as runbooks" in text_of(
        made["runbooks/index.md"]
    )


# --- the pages of records


def test_a_service_page_brings_everything_together(made: Mapping[str, Page]) -> None:
    words = text_of(made["services/payroll.md"])
    for found in (
        "Owner Payroll team",
        "Mon–Fri 08:00–17:00, not on holidays",
        "at once Payroll team phone +43 1 555 0100 (P1 and P2)",
        "after 2 h Finance department email finance@example.com",
        "PayrollRunLate Pay run late exception",
        "Tax tables make pay runs slow fix in progress known error Resume the run with two more workers.",
        "Stands on Service Without it",
        "Bookings wait in a queue for up to two days users notice",
        "99.5 % a month",
        "Restore service support R Payroll team A Payroll team C service owner I Finance department",
        "Copy of a pay slip 8 business hours",
        "Month-end pay run every month on day 25 at 06:00, for 60 h 2,400 pay slips an hour",
        "Pay slips on the phone Wed 31 Mar 2027",
        "May release a pay run",
        "Service review of Payroll, 2026-10",
    ):
        assert found in words
    assert 'href="tel:+4315550100"' in made["services/payroll.md"].html
    assert "Payroll works worse" not in text_of(made["services/ledger.md"])
    assert "Carries Service When this one fails Owner Payroll" in text_of(made["services/ledger.md"])


def test_the_picture_of_neighbours_says_the_same_as_the_words(made: Mapping[str, Page]) -> None:
    html = made["services/payroll.md"].html
    assert html.count('<svg class="g-map"') == 1
    assert '<a href="../../services/ledger/"><rect' in html


def test_a_runbook_page_has_its_commands_in_colours_and_ready_to_copy(made: Mapping[str, Page]) -> None:
    page = made["runbooks/pay-run-late.md"]
    assert '<code><span class="g-line">payrollctl<span class="w"> </span>run' in page.html
    places = [text_of(page).index(words) for words in ("Meaning", "Impact", "First commands", "Who to call")]
    assert places == sorted(places)
    assert [heading.anchor for heading in page.headings][:4] == ["top", "meaning", "impact", "first-commands"]


def test_an_overdue_runbook_says_so(repository_of: Make, example_files: dict[str, str]) -> None:
    path = "runbooks/pay-run-late.md"
    old = example_files[path].replace("reviewed: 2026-10-28", "reviewed: 2025-10-28")
    made = pages(site_of(repository_of({**example_files, path: old}, NOW)))
    assert "overdue Tue 28 Apr 2026 7 months ago" in text_of(made[path])
    assert "review overdue" in text_of(made["runbooks/index.md"])


def test_a_change_page_says_how_high_its_risk_is_and_why(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    open_one = (
        "title: Move\ntype: normal\nservices: [payroll]\nplan: a\nrollback: b\nrisk: low\noutage: full\n"
    )
    files = {**example_files, "changes/2026/2026-11-09-move.yaml": open_one}
    words = text_of(pages(site_of(repository_of(files, NOW)))["changes/2026-11-09-move.md"])
    why = "payroll of tier 1, full outage: nobody can work while it lasts"
    assert f"Risk moderate computed moderate ({why}" in words
    assert "declared low" in words
    # Of one that is closed nobody computes anew what was decided then.
    closed = {**files, "changes/2026/2026-11-09-move.yaml": open_one + "closure: {code: successful}\n"}
    words = text_of(pages(site_of(repository_of(closed, NOW)))["changes/2026-11-09-move.md"])
    assert "Risk low declared low" in words


def test_a_change_page_tells_its_whole_story(made: Mapping[str, Page]) -> None:
    words = text_of(made["changes/2026-11-12-payroll-database-upgrade.md"])
    for found in (
        "Window Sat 28 Nov, 22:00 – Sun 29 Nov 2026, 02:00 CET",
        "Fail over Payroll team 10 min The standby answers",
        "Trigger The trial pay run fails twice.",
        "Ledger No bookings for ten minutes",
        "Year-end freeze Security fixes end before the freeze does.",
        "Closed as successful",
        "ended 1 h 20 min before its end",
        "Must be done before Widen the amount column of the ledger",
    ):
        assert found in words
    ledger = text_of(made["changes/2026-10-20-ledger-schema.md"])
    assert "Payroll hard dependency on ledger" in ledger
    assert "Incidents that it caused Pay run finished two hours late" in ledger


def test_records_without_a_title_are_called_by_what_they_are(made: Mapping[str, Page]) -> None:
    titles = {path: page.title for path, page in made.items()}
    assert titles["agreements/payroll/sla.md"] == "SLA of Payroll"
    assert titles["raci-matrices/payroll.md"] == "RACI matrix of Payroll"
    assert titles["policy/policy.md"] == "Policy"


def test_what_refers_to_a_record_stands_on_its_page(made: Mapping[str, Page]) -> None:
    words = text_of(made["improvements/faster-pay-runs.md"])
    assert "Everything that refers to it Changes as origin Upgrade the payroll database" in words


# --- records that are not as they should be


DAMAGE = {
    "empty": "",
    "unknown key": "no_such_field: <b>1</b>",
    "broken": "a: [1",
    "wrong shape": "name: [1, {a: b}]\nservices: payroll\nwindow: true\nlinks: {a: 1}\nlabels: [2]\ntags: 3",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("path", sorted(path for kind in KINDS.values() for path in kind.examples))
def test_a_damaged_record_has_a_page_of_its_own(
    path: str, damage: str, repository_of: Make, example_files: dict[str, str]
) -> None:
    content = f"---\n{DAMAGE[damage]}\n---\n\n## Text\n" if path.endswith(".md") else DAMAGE[damage] + "\n"
    repository = repository_of({**example_files, path: content}, NOW)
    site = site_of(repository, run(repository, RULES.values()))
    made = pages(site)
    (page,) = (made[place] for place, draft in drafts(site).items() if draft.source == path)
    assert "<b>1" not in page.html
    if repository.faults:
        assert "in this file" in text_of(page)
        assert path in text_of(made["findings.md"])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("incidents/2026/2026-10-26-pay-run-late.md", ""),
        ("services/payroll/service.yaml", "name: Payroll\nowner: payroll-team\nlifecycle: live\ncolour: blue\n"),
    ],
)
def test_a_file_with_errors_is_named_wherever_its_words_may_be_missing(
    path: str, text: str, repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of({**example_files, path: text}, NOW)))
    said = "There are errors in a file, and what would be said there may be missing on this page: " + path
    for page in ("index.md", "services/ledger.md", "runbooks/pay-run-late.md", "services/index.md"):
        assert said in text_of(made[page])
    assert said not in text_of(made["reference/kinds/service.md"])
    clean = pages(site_of(repository_of(example_files, NOW)))
    assert "There are errors" not in text_of(clean["index.md"])


JUNK = (
    *("", 1, -5, 0.5, True, [], {}, [1, [2]], {"a": {"b": [{}]}}, [[]], [{"a": 1}, {"b": 2}], "x" * 300),
    *("2026-11-16", "2199-12-31", "2000-01-01", "2026-11-16T09:00Z", "0 min", "99999 h", "100 years"),
    *("payroll", "role:x", "nobody", "a\nb\n# c", "https://x", "00:00-24:00"),
)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_data_keeps_pages_from_being_made(random: Random) -> None:
    files = {}
    for kind in KINDS.values():
        for path, text in kind.examples.items():
            data: Any = source.read(path, text.encode(), kind.format).data
            for _ in range(random.choice([0, 1, 2])):
                place = random.choice([*paths_in(data)][1:])
                at = functools.reduce(lambda inner, step: inner[step], place[:-1], data)
                at[place[-1]] = copy.deepcopy(random.choice(JUNK))
            files[path] = f"---\n{json.dumps(data)}\n---\n" if path.endswith(".md") else json.dumps(data)
    repository = Repository(MappingTree(files), now=NOW, authorised=frozenset(files))
    site = Site(repository, run(repository, RULES.values()), Places.of(repository.kinds.values()))
    def made(make: Maker) -> int:
        return len([written(site, draft) for draft in make(site)])

    assert made(records) == len(files)
    assert made(lists) == len(KINDS)
    assert made(home) + made(findings) == 2


def paths_in(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield from paths_in(value, (*path, key))


def test_findings_stand_on_the_record_and_on_their_own_page(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    wrong = example_files[SERVICE].replace("ledger", "leger")
    files = {**example_files, SERVICE: wrong, "changes/2026/2026-01-01-x.yaml": "\x00"}
    repository = repository_of(files, NOW)
    made = pages(site_of(repository, run(repository, RULES.values())))
    sentence = "service payroll names service leger, which no file defines (did you mean ledger?)"
    assert sentence in text_of(made["services/payroll.md"])
    assert sentence in text_of(made["findings.md"])
    assert "changes/2026/2026-01-01-x.yaml" in text_of(made["findings.md"])
    assert "leger not found" in text_of(made["services/payroll.md"])


# --- kinds of a user's own

OWN = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "x-gitsm": {"kind": "risk", "folder": "risks", "plural": "Services"},
    "type": "object",
    "required": ["title", "owner"],
    "properties": {
        "title": {"type": "string"},
        "owner": {"type": "string", "x-ref": "team"},
        "found": {"type": "string", "format": "date", "title": "Found on"},
        "state": {"enum": ["open_still", "gone"]},
        "again": {"$ref": "#"},
    },
}


RISK = """\
title: Flood
owner: payroll-team
found: 2026-11-10
state: open_still
again: {title: Deep, owner: nobody}
"""


def test_a_kind_of_a_users_own_has_a_list_and_pages(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    own = {"schemas/risk.schema.json": json.dumps(OWN), "risks/flood.yaml": RISK}
    made = pages(site_of(repository_of({**example_files, **own}, NOW)))
    # A plural that is taken already does not move the pages of our own kinds.
    assert "services/payroll.md" in made
    assert "Flood Payroll team Tue 10 Nov 2026 6 days ago open still" in text_of(made["risk/index.md"])
    words = text_of(made["risk/flood.md"])
    assert "Found on Tue 10 Nov 2026" in words
    assert "nobody not found" in words
    assert "Services as owner Flood" in text_of(made["teams/payroll-team.md"])


def test_a_schema_without_an_end_makes_pages_with_one(repository_of: Make) -> None:
    endless = {**OWN, "anyOf": [{"$ref": "#"}, {"$ref": "#/$defs/round"}]}
    endless["$defs"] = {**OWN.get("$defs", {}), "round": {"anyOf": [{"$ref": "#/$defs/round"}]}}
    made = pages(site_of(repository_of({"schemas/risk.schema.json": json.dumps(endless)}, NOW)))
    assert "again.again.again.again.again" in text_of(made["reference/kinds/risk.md"])


# --- the navigation


def test_only_overviews_are_in_the_navigation(site: Site) -> None:
    tree = navigation(drafts(site).values(), ["site.md", "how/to/begin.md"])
    titles = [next(iter(entry)) for entry in tree if isinstance(entry, dict)]
    assert titles[:3] == ["Home", "Services", "Changes"]
    assert titles[-2:] == ["Documentation", "Reference"]
    assert {"Services": "services/index.md"} in next(e["Services"] for e in tree if "Services" in e)
    assert {"How": [{"To": ["how/to/begin.md"]}]} in next(
        e["Documentation"] for e in tree if "Documentation" in e
    )
    assert "services/payroll.md" not in json.dumps(tree)


# --- words and times


@pytest.mark.parametrize(
    ("moment", "distance"),
    [
        (date(2026, 11, 16), "today"),
        (date(2026, 11, 17), "tomorrow"),
        (date(2026, 11, 15), "yesterday"),
        (date(2026, 11, 28), "in 12 days"),
        (date(2026, 7, 1), "5 months ago"),
        (date(2023, 11, 16), "3 years ago"),
        (NOW, "now"),
        (NOW + timedelta(minutes=45), "in 45 min"),
        (NOW - timedelta(hours=3), "3 h ago"),
        (NOW + timedelta(hours=25), "tomorrow"),
        (NOW - timedelta(hours=200), "8 days ago"),
    ],
)
def test_how_far_away_a_moment_is(moment: date | datetime, distance: str) -> None:
    assert Clock(NOW, ZoneInfo("Europe/Vienna")).distance(moment) == distance


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (NOW - timedelta(hours=1), NOW + timedelta(hours=3), "now, 3 h left"),
        (NOW - timedelta(hours=1), NOW + timedelta(days=11), "now, 11 days left"),
        (date(2026, 11, 1), date(2026, 11, 17), "now, until tomorrow"),
        (date(2026, 11, 16), date(2026, 11, 16), "today"),
        (date(2026, 11, 28), date(2026, 11, 29), "in 12 days"),
        (date(2026, 11, 1), date(2026, 11, 2), "14 days ago"),
    ],
)
def test_what_goes_on_says_how_much_is_left_of_it(start: Any, end: Any, said: str) -> None:
    words = str(Text(Clock(NOW, ZoneInfo("Europe/Vienna")).span(start, end)))
    assert words.endswith((f"2026 {said}", f"CET {said}"))


def test_a_change_says_when_it_ran_and_when_that_was_planned(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    change = "title: Ran late\ntype: normal\nservices: [payroll]\nplan: Do it.\nrollback: Undo it.\n"
    window = "window: {start: 2026-11-16T07:00+01:00, end: 2026-11-16T08:00+01:00}\n"
    actual = "actual: {start: 2026-11-16T07:07+01:00, end: 2026-11-16T08:30+01:00}\n"
    files = {**example_files, "changes/2026/2026-11-01-a.yaml": change + window + actual}
    made = pages(site_of(repository_of(files, NOW)))
    assert "ran Mon 16 Nov 2026, 07:07 – 08:30 CET 30 min ago , planned 07:00 – 08:00" in text_of(
        made["index.md"]
    )
    assert "07:00 – 08:00 CET , ran 07:07 – 08:30" in text_of(made["calendar/index.md"])


def test_a_day_ends_when_the_next_one_begins_also_when_the_clocks_change() -> None:
    clock = Clock(NOW, ZoneInfo("Europe/Vienna"))
    spring = date(2026, 3, 29)
    apart = clock.end(spring).astimezone(ZoneInfo("UTC")) - clock.begin(spring).astimezone(ZoneInfo("UTC"))
    assert apart == timedelta(hours=23)


# --- escaping

NASTY = st.text(alphabet=st.sampled_from("<>&\"'/= ax\n`{}[]()!#*_:"), max_size=40)


@given(NASTY, NASTY)
def test_whatever_is_put_into_an_element_is_read_back_from_it(inside: str, attribute: str) -> None:
    read = Text(tag("a", inside, href=attribute))
    assert "".join(read.words) == inside
    assert read.addresses == [attribute]


@given(st.lists(NASTY, max_size=5), NASTY)
def test_joining_escapes_each_part_and_the_separator(parts: list[str], separator: str) -> None:
    read = Text(join(parts, separator))
    assert "".join(read.words) == separator.join(part for part in parts if part)


@settings(max_examples=20, deadline=None)
@given(NASTY.filter(str.strip))
def test_a_hostile_text_is_text_on_every_page(words: str) -> None:
    record = {
        "name": words.replace("\n", " "),
        "description": words.replace("\n", " "),
        "labels": {"x": words},
    }
    repository = Repository(MappingTree({TEAM: json.dumps(record)}), now=NOW)
    harmless = Repository(
        MappingTree({TEAM: json.dumps({**record, "name": "a", "description": "a"})}), now=NOW
    )
    for path in ("teams/payroll-team.md", "teams/index.md"):
        assert elements(pages(site_of(repository))[path]) <= elements(pages(site_of(harmless))[path])


def elements(page: Page) -> set[tuple[str, tuple[str, ...]]]:
    """What a page is made of: each element with the names of its attributes."""
    return set(Text(page.html).elements)
