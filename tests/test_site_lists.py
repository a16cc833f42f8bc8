"""The lists of the site, what changed last night, how ready a change is, and the pages of tags and systems."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm import source
from gitsm.addresses import published
from gitsm.records import KINDS
from gitsm.records.change import Change, Outage
from gitsm.repository import Repository
from gitsm.salvage import salvaged
from gitsm.site.build import drafts, pages, site_of
from gitsm.site.page import Page
from gitsm.site.pages import findings as findings_page
from gitsm.site.pages import night as night_page
from gitsm.site.readiness import Standing, readiness_of
from gitsm.site.tagged import tag_pages
from gitsm.tree import MappingTree

Make = Callable[..., Repository]
NOW = datetime.fromisoformat("2026-11-16T09:00+01:00")
CLOSED = "closure: {code: successful}\n"


def change(title: str, start: str, end: str, rest: str = "") -> str:
    window = f"window: {{start: '{start}', end: '{end}'}}\n"
    return f"title: {title}\ntype: normal\nservices: [payroll]\nplan: a\nrollback: b\n{window}{rest}"


def text_of(page: Page) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.html).split())


def section(page: Page, title: str) -> str:
    """The words below one heading of a page."""
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", page.html)
    found = {re.sub(r" \(.*", "", name): html for name, html in zip(parts[1::2], parts[2::2], strict=True)}
    return " ".join(re.sub(r"<[^>]*>", " ", found[title]).split())


# --- lists


@pytest.fixture
def many(example_files: dict[str, str]) -> dict[str, str]:
    """More closed changes than a list shows, a few a day, and an id that is the name of a month."""
    files = dict(example_files)
    first = datetime.fromisoformat("2026-06-01T20:00+02:00")
    for number in range(260):
        start = first + timedelta(hours=12 * number)
        path = f"changes/2026/{start:%Y-%m-%d}-number-{number}.yaml"
        files[path] = change(
            f"Number {number}", start.isoformat(), (start + timedelta(hours=1)).isoformat(), CLOSED
        )
    files["changes/2026/2026-07.yaml"] = change(
        "A month", "2026-07-01T08:00+02:00", "2026-07-01T09:00+02:00", CLOSED
    )
    files["changes/2026/2026-11-30-ahead.yaml"] = change(
        "Ahead", "2026-12-01T08:00+01:00", "2026-12-01T09:00+01:00"
    )
    return files


def test_a_long_list_shows_what_is_open_and_the_latest_of_what_is_over(
    repository_of: Make, many: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(many, NOW, authorised=frozenset(many))))
    listed = made["changes/index.md"]
    assert "Ahead" in section(listed, "Ahead")
    assert "Over (the latest 200 of 263)" in text_of(listed)
    assert listed.html.count("<tr") < 200 + 20
    assert "Number 259" in text_of(listed)
    assert "Number 7 " not in text_of(listed)


def test_months_hold_every_record_once_and_are_reached_from_the_list(
    repository_of: Make, many: dict[str, str]
) -> None:
    site = site_of(repository_of(many, NOW, authorised=frozenset(many)))
    made, drafted = pages(site), drafts(site)
    months = {path for path, one in drafted.items() if one.parent == "changes/index.md" and not one.source}
    assert {"changes/2026-06.md", "changes/2026-07-all.md", "changes/undated.md"} <= months
    assert drafted["changes/2026-07.md"].source == "changes/2026/2026-07.yaml"
    html = made["changes/index.md"].html
    for path in months:
        assert f'href="../{path.removesuffix(".md")}/"' in html
    rows = re.compile(r'<a href="\.\./([^"]+)/">(?:Number|Ahead|A month)')
    found = [one for path in months for one in rows.findall(made[path].html)]
    assert len(found) == len(set(found)) == 262
    assert "Changes, Jun 2026" in made["changes/2026-06.md"].title


def test_a_short_list_has_no_months(repository_of: Make, example_files: dict[str, str]) -> None:
    made = pages(site_of(repository_of(example_files, NOW)))
    assert not [path for path in made if re.fullmatch(r"changes/\d{4}-\d\d\.md", path)]
    assert "By month" not in text_of(made["changes/index.md"])


def test_a_link_to_a_month_is_no_broken_link(repository_of: Make, many: dict[str, str]) -> None:
    files = {**many, "mkdocs.yml": "site_url: https://itsm.example.com/\n"}
    known = published(repository_of(files, NOW))
    assert not known.lacks("https://itsm.example.com/changes/2026-06/")
    assert known.lacks("https://itsm.example.com/changes/2019-06/")


def test_a_list_is_a_plain_table_that_a_script_may_filter(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(example_files, NOW)))
    html = made["changes/index.md"].html
    assert '<div class="g-filter" data-g-filter=""></div>' in html
    assert re.search(r'<table class="g-table"[^>]* data-g-list="">', html)
    assert '<th scope="col">When</th>' in html
    # Tables on the pages of records are none that somebody filters.
    assert "data-g-list" not in made["services/payroll.md"].html


def test_risks_are_sorted_by_how_high_they_are(repository_of: Make, example_files: dict[str, str]) -> None:
    html = pages(site_of(repository_of(example_files, NOW)))["changes/index.md"].html
    assert '<span data-g-order="1"><span class="g-chip g-chip--info">moderate</span></span>' in html


def test_findings_that_are_not_listed_are_counted(
    repository_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gitsm.lint import run
    from gitsm.rules import RULES

    monkeypatch.setattr(findings_page, "MOST", 2)
    team = "name: A\nnonsense: 1\nmore: 2\nagain: 3\nand: 4\n"
    repository = repository_of({"organization/teams/a.yaml": team}, NOW)
    report = run(repository, RULES.values())
    words = text_of(pages(site_of(repository, report))["findings.md"])
    count = len(report.findings)
    assert count > 3
    assert f"These are the first 2; gitsm check lists the other {count - 2} as well." in words


# --- what changed last night

INCIDENT = "---\ntitle: {}\nservices: [payroll]\nimpact: 2\nurgency: 2\nstarted: {}\n{}---\n"


@dataclass
class FakeVersion:
    time: datetime | None


class FakeHistory:
    """The times at which some files were merged last."""

    def __init__(self, times: Mapping[str, str]) -> None:
        self.times = times

    def versions(self, record: object) -> list[FakeVersion]:
        at = self.times.get(record.file)  # type: ignore[attr-defined]
        return [FakeVersion(datetime.fromisoformat(at))] if at else []


def night_files(example_files: dict[str, str]) -> dict[str, str]:
    def did(start: str, end: str) -> str:
        return f"actual: {{start: '{start}', end: '{end}'}}\n"

    return {
        **example_files,
        "changes/2026/2026-11-02-done.yaml": change(
            "Done at night",
            "2026-11-15T22:00+01:00",
            "2026-11-15T23:00+01:00",
            did("2026-11-15T22:05+01:00", "2026-11-16T00:10+01:00") + CLOSED,
        ),
        "changes/2026/2026-11-02-long-ago.yaml": change(
            "Done long ago",
            "2026-11-13T22:00+01:00",
            "2026-11-13T23:00+01:00",
            did("2026-11-13T22:05+01:00", "2026-11-13T23:10+01:00") + CLOSED,
        ),
        "changes/2026/2026-11-02-called-off.yaml": change(
            "Called off",
            "2026-11-15T22:00+01:00",
            "2026-11-15T23:00+01:00",
            "closure: {code: canceled}\n",
        ),
        "changes/2026/2026-11-02-now.yaml": change(
            "Being done", "2026-11-16T08:00+01:00", "2026-11-16T12:00+01:00"
        ),
        "changes/2026/2026-11-02-tonight.yaml": change(
            "Done tonight", "2026-11-16T22:00+01:00", "2026-11-16T23:00+01:00"
        ),
        "changes/2026/2026-11-02-in-a-week.yaml": change(
            "Done next week", "2026-11-23T22:00+01:00", "2026-11-23T23:00+01:00"
        ),
        "incidents/2026/2026-11-16-night.md": INCIDENT.format(
            "Broke at night", "2026-11-16T02:00+01:00", "restored: 2026-11-16T03:00+01:00\n"
        ),
        "incidents/2026/2026-11-10-still.md": INCIDENT.format("Still broken", "2026-11-10T02:00+01:00", ""),
        "incidents/2026/2026-11-09-over.md": INCIDENT.format(
            "Long over", "2026-11-09T02:00+01:00", "restored: 2026-11-09T03:00+01:00\n"
        ),
    }


def test_last_night_says_what_was_done_what_broke_and_what_comes(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = night_files(example_files)
    made = pages(site_of(repository_of(files, NOW, authorised=frozenset(files))))
    page = made["night.md"]
    done = section(page, "Changes")
    assert re.findall(r"Being done|Done at night|long ago|Called off|tonight|next week", done) == [
        "Being done",
        "Done at night",
    ]
    broken = section(page, "Incidents")
    assert re.findall(r"Still broken|Broke at night|Long over", broken) == ["Still broken", "Broke at night"]
    ahead = section(page, "Planned until Tue 17 Nov, 09:00 CET")
    assert "Done tonight" in ahead
    assert "Done next week" not in ahead
    assert "Being done" not in ahead
    assert "Since Sun 15 Nov 2026, 09:00 CET : 2 changes , 2 incidents , 1 change ahead" in text_of(page)
    # Nobody knows of merges without a history.
    assert "Merged" not in text_of(page)
    assert 'href="night/"' in made["index.md"].html


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ("2026-11-16T03:00+01:00", "Sun 15 Nov 2026, 03:00 CET"),
        ("2026-11-16T17:59+01:00", "Sun 15 Nov 2026, 17:59 CET"),
        ("2026-11-16T23:00+01:00", "Sun 15 Nov 2026, 18:00 CET"),
    ],
)
def test_last_night_begins_yesterday_evening_or_a_day_ago(
    now: str, since: str, repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(example_files, datetime.fromisoformat(now))))
    assert f"Since {since}" in text_of(made["night.md"])


def test_last_night_lists_what_was_merged(
    repository_of: Make, example_files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = {
        "services/payroll/service.yaml": "2026-11-15T23:30+01:00",
        "runbooks/pay-run-late.md": "2026-11-10T12:00+01:00",
        "problems/slow-tax-tables.md": "2026-11-17T12:00+01:00",
    }
    monkeypatch.setattr(night_page, "history_of", lambda repository: FakeHistory(times))
    made = pages(site_of(repository_of(example_files, NOW)))
    assert section(made["night.md"], "Merged").startswith(
        "When Kind Records Sun 15 Nov 2026, 23:30 CET 10 h ago Services Payroll"
    )
    assert "Pay run late" not in section(made["night.md"], "Merged")
    assert "1 merged record ," in text_of(made["night.md"])


def test_a_quiet_night_says_so(repository_of: Make) -> None:
    words = text_of(pages(site_of(repository_of({}, NOW)))["night.md"])
    assert "no changes, no incidents, no changes ahead" in words
    assert "Nothing was carried out, and nothing is under way." in words


# --- how ready a change is

POLICY = """\
timezone: Europe/Vienna
requirements:
  - when: {kind: change, type: [normal]}
    require: {fields: [justification, rollback.takes, rollback.trigger], tests: [functional]}
    because: nobody wants to guess at night
notice:
  - {type: normal, lead: 120 h}
approvals:
  - when: {kind: change, type: [normal]}
    need: [{role: payroll-team}]
  - when: {kind: change, type: [normal], tier: [1]}
    need: [{role: payroll-team, count: 2}, {role: finance-department}]
  - when: {kind: change, type: [emergency]}
    need: [{role: "role:nobody"}]
"""


def ready_files(example_files: dict[str, str], rest: str) -> dict[str, str]:
    text = change("Move", "2026-11-18T20:00+01:00", "2026-11-18T21:00+01:00", rest)
    return {
        **example_files,
        "organization/policy.yaml": POLICY,
        "changes/2026/2026-11-16-move.yaml": text,
    }


def points(files: dict[str, str], repository_of: Make) -> dict[str, tuple[Standing, str]]:
    repository = salvaged(repository_of(files, NOW, authorised=frozenset(files)))
    found = repository.get(Change, "2026-11-16-move")
    assert found is not None
    return {one.name: (one.standing, one.said) for one in readiness_of(repository, found).points}


def test_what_is_asked_for_is_there_or_lacking(repository_of: Make, example_files: dict[str, str]) -> None:
    tests = "tests: [{kind: functional, result: failed}]\n"
    found = points(ready_files(example_files, f"justification: It is old.\n{tests}"), repository_of)
    assert found["Justification"] == (Standing.DONE, "")
    assert found["Rollback: takes"] == (Standing.MISSING, "nobody wants to guess at night")
    assert found["Passed functional test"][0] is Standing.MISSING
    assert found["Functional test"] == (Standing.MISSING, "the latest one failed")
    assert found["Notice"] == (Standing.MISSING, "3 days before its window; the policy asks for 120 h")


def test_parts_of_one_field_stand_together(repository_of: Make, example_files: dict[str, str]) -> None:
    files = ready_files(example_files, "")
    path = "changes/2026/2026-11-16-move.yaml"
    files[path] = files[path].replace("rollback: b", "rollback: {plan: b, takes: 5 min, trigger: It fails}")
    assert points(files, repository_of)["Rollback: takes, trigger"] == (Standing.DONE, "")


@pytest.mark.parametrize(
    ("confirmations", "outage", "expected"),
    [
        ("[{service: ledger}]", "full", (Standing.MISSING, "the word of the owners of ledger is not there")),
        ("[{service: ledger, by: payroll-team}]", "full", (Standing.DONE, "1 given")),
        ("[]", "none", (Standing.NOT_NEEDED, "")),
        ("[]", "full", None),
    ],
)
def test_the_word_of_affected_owners(
    confirmations: str,
    outage: Outage,
    expected: object,
    repository_of: Make,
    example_files: dict[str, str],
) -> None:
    rest = f"confirmations: {confirmations}\noutage: {outage}\n"
    assert points(ready_files(example_files, rest), repository_of).get("Confirmations") == expected


def test_a_required_change_that_is_not_done_is_to_be_looked_at(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = ready_files(example_files, "requires: [2026-11-16-other]\n")
    files["changes/2026/2026-11-16-other.yaml"] = change(
        "Other", "2026-11-17T20:00+01:00", "2026-11-17T21:00+01:00"
    )
    assert points(files, repository_of)["Requires"] == (Standing.DOUBTFUL, "scheduled")
    del files["changes/2026/2026-11-16-other.yaml"]
    assert points(files, repository_of)["Requires"][0] is Standing.MISSING


def test_conflicts_stand_on_both_changes(repository_of: Make, example_files: dict[str, str]) -> None:
    files = ready_files(example_files, "")
    files["changes/2026/2026-11-16-other.yaml"] = change(
        "Other", "2026-11-18T20:30+01:00", "2026-11-18T21:30+01:00"
    )
    repository = repository_of(files, NOW, authorised=frozenset(files))
    made = pages(site_of(repository))
    for path, other in (("2026-11-16-move", "Other"), ("2026-11-16-other", "Move")):
        words = section(made[f"changes/{path}.md"], "Readiness")
        assert "Conflict: same service" in words
        assert f"→ {other}" in words


def test_a_change_page_says_first_how_ready_it_is(repository_of: Make, example_files: dict[str, str]) -> None:
    files = ready_files(example_files, "justification: It is old.\n")
    page = pages(site_of(repository_of(files, NOW, authorised=frozenset(files))))[
        "changes/2026-11-16-move.md"
    ]
    words = section(page, "Readiness")
    assert [heading.text for heading in page.headings][1:3] == ["Readiness", "At a glance"]
    assert re.match(r"\d missing", words)
    assert "Window Wed 18 Nov 2026, 20:00 – 21:00 CET in 2 days" in words
    assert "Must approve Payroll team × 2, Finance department merged" in words.replace(" ,", ",")
    assert "role" not in words
    assert '<a href="#why"><span class="g-chip g-chip--good">✓ Justification</span></a>' in page.html
    assert '21:00 CET</time><span class="g-quiet" data-g-apart="2"> in 2 days</span>' in page.html


def test_what_is_well_is_folded_below_what_is_missing(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = ready_files(example_files, "justification: It is old.\n")
    page = pages(site_of(repository_of(files, NOW, authorised=frozenset(files))))[
        "changes/2026-11-16-move.md"
    ]
    shown, _, folded = page.html.partition('<details class="g-fold"><summary>')
    assert shown.rstrip().endswith("</ul>")
    assert '<ul class="g-ready">' in shown
    assert "✓" not in shown
    there, _, chips = folded.partition("</summary>")
    said = re.fullmatch(r"(\d+) points? (?:is|are) well(?:, (\d+) (?:is|are) not needed)?", there)
    assert said, there
    chips = chips.partition("</details>")[0]
    assert (chips.count("✓ "), chips.count("– ")) == (int(said[1]), int(said[2] or 0))


def test_a_change_with_errors_in_its_file_is_not_ready(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = ready_files(example_files, "colour: blue\n")
    said = "there are errors in it, and what they are in is left out"
    assert points(files, repository_of)["File"] == (Standing.MISSING, said)


def test_a_policy_with_errors_in_it_asks_for_nothing_that_anybody_knows(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = {**ready_files(example_files, ""), "organization/policy.yaml": POLICY + "colour: blue\n"}
    assert points(files, repository_of)["Policy"][0] is Standing.DOUBTFUL


def test_an_agreement_with_errors_in_its_file_promises_nothing_that_anybody_knows(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = dict(example_files)
    of = "services/payroll/sla.yaml"
    files[of] = re.sub(r"(?m)^hours: (.*)$", r"hours: [\1]", files[of])
    assert files[of] != example_files[of]
    made = pages(site_of(repository_of(files, NOW)))
    page = text_of(made["agreements/payroll/sla.md"])
    assert "What is wrong is left out: “hours”. Rather look into services/payroll/sla.yaml" in page
    assert "Hours unknown, as they can&#x27;t be read" in page
    assert "Not judged: there are errors in its file, so that nobody can tell what it promises." in page
    assert "(left out: “hours”)" in text_of(made["services/payroll.md"])


def test_signals_that_are_alerts_lead_to_them(repository_of: Make, example_files: dict[str, str]) -> None:
    watch = "watch: {until: 2026-11-20T20:00+01:00, signals: [PayrollRunLate, error rate]}\n"
    page = pages(site_of(repository_of(ready_files(example_files, watch), NOW)))["changes/2026-11-16-move.md"]
    link = '<a href="../../alerts/PayrollRunLate/"><code>PayrollRunLate</code></a>, error rate'
    assert link in page.html


@pytest.mark.parametrize("rest", [CLOSED, "actual: {start: 2026-11-15T20:00Z, end: 2026-11-15T21:00Z}\n"])
def test_what_is_done_is_no_longer_judged(
    rest: str, repository_of: Make, example_files: dict[str, str]
) -> None:
    files = ready_files(example_files, rest)
    made = pages(site_of(repository_of(files, NOW, authorised=frozenset(files))))
    assert "Readiness" not in text_of(made["changes/2026-11-16-move.md"])


def test_a_policy_that_cannot_be_read_asks_for_nothing_certain(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = {**ready_files(example_files, ""), "organization/policy.yaml": "roles: 3\n"}
    assert points(files, repository_of)["Policy"][0] is Standing.DOUBTFUL


JUNK = (
    *(
        "",
        1,
        -5,
        True,
        [],
        {},
        [1, [2]],
        {"a": {"b": [{}]}},
        "x" * 300,
        "payroll",
        "nobody",
        "role:x",
        "0 min",
    ),
    *(
        "2026-11-16",
        "2199-12-31",
        "0001-01-01",
        "9999-12-31T23:59Z",
        "2026-11-16T09:00Z",
        "99999 h",
        "100 years",
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_data_of_a_change_that_is_ahead_keeps_pages_from_being_made(random: Random) -> None:
    files = {path: text for kind in KINDS.values() for path, text in kind.examples.items()}
    path = "changes/2026/2026-11-12-payroll-database-upgrade.yaml"
    data: Any = source.read(path, files[path].encode(), KINDS["change"].format).data
    for key in ("actual", "closure", "review"):
        del data[key]
    for _ in range(random.choice([1, 2, 3])):
        at, key = data, random.choice(list(data))
        while isinstance(at[key], dict | list) and at[key] and random.random() < 0.7:
            at = at[key]
            key = random.choice(list(at)) if isinstance(at, dict) else random.randrange(len(at))
        at[key] = random.choice(JUNK)
    files[path] = json.dumps(data)
    made = pages(site_of(Repository(MappingTree(files), now=NOW, authorised=frozenset(files))))
    page = made["changes/2026-11-12-payroll-database-upgrade.md"]
    assert not page.failed


# --- requests, knowledge, problems, improvements


def test_the_catalogue_says_what_is_asked_and_where(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(example_files, NOW)))
    page = made["request-models/index.md"]
    words = section(page, "Payroll")
    assert (
        "Copy of a pay slip 8 business hours Form Which month; How should it reach you service owner" in words
    )
    assert 'href="https://portal.example.com/p-12"' in page.html
    assert "Ask here Form" in text_of(made["request-models/payroll/pay-slip-copy.md"])


def test_a_request_without_an_address_names_whom_to_ask(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    path = "services/payroll/requests/pay-slip-copy.yaml"
    text = re.sub(r"links:\n.*\n", "", example_files[path])
    words = text_of(
        pages(site_of(repository_of({**example_files, path: text}, NOW)))[
            "request-models/payroll/pay-slip-copy.md"
        ]
    )
    assert "Or ask Payroll team : phone +43 1 555 0100" in words


def test_knowledge_stands_by_whom_it_is_for(repository_of: Make, example_files: dict[str, str]) -> None:
    files = dict(example_files)
    for name, data in {
        "desk": "audience: service_desk",
        "plain": "owner: payroll-team",
        "draft": "audience: users\nstate: draft",
        "old": "audience: users\nstate: retired",
    }.items():
        files[f"knowledge/{name}.md"] = f"---\ntitle: The {name} one\n{data}\n---\n"
    page = pages(site_of(repository_of(files, NOW)))["knowledge-articles/index.md"]
    assert "How to read your pay slip" in section(page, "For users")
    assert "The draft one" not in section(page, "For users")
    assert "The desk one" in section(page, "For the service desk")
    assert "The plain one" in section(page, "For whom is not said")
    assert "The draft one" in section(page, "Drafts, on which nobody may rely yet")
    assert "The old one" in section(page, "Retired")


def test_a_problem_shows_its_workaround_first_and_its_incidents_in_order(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    files = dict(example_files)
    for day, restored in (("2026-08-03", "04:00"), ("2026-09-03", "02:30"), ("2026-07-03", "")):
        rest = f"restored: {day}T{restored}+02:00\n" if restored else ""
        files[f"incidents/2026/{day}-slow.md"] = INCIDENT.format(
            f"Slow on {day}", f"{day}T02:00+02:00", f"problem: slow-tax-tables\n{rest}"
        )
    page = pages(site_of(repository_of(files, NOW)))["problems/slow-tax-tables.md"]
    assert page.headings[1].text == "Workaround"
    assert re.findall(r"Slow on (\S+)", section(page, "Incidents")) == [
        "2026-09-03",
        "2026-08-03",
        "2026-07-03",
    ]
    words = section(page, "At a glance")
    assert "Known error yes" in words
    assert "First seen Fri 3 Jul 2026, 02:00 CEST" in words
    assert "It cost so far" in words
    # Two and a half hours, and the two of the kinds' own example.
    assert "in 3 incidents" in words


def test_a_problem_without_a_workaround_says_so(repository_of: Make, example_files: dict[str, str]) -> None:
    path = "problems/slow-tax-tables.md"
    text = re.sub("workaround: .*\n", "", example_files[path])
    page = pages(site_of(repository_of({**example_files, path: text}, NOW)))[path]
    assert section(page, "Workaround") == "None is known."


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((190, 95, 120), "from 190 to 120 74 % of the way"),
        ((190, 95, 95), "from 190 to 95 target reached"),
        ((10, 20, 25), "from 10 to 25 target reached"),
        ((10, 20, 5), "from 10 to 5 worse"),
        ((10, 20, 10), "from 10 to 10 no better"),
        ((10, 10, 11), "from 10 to 11"),
        ((10, 20, None), "not measured since"),
        ((None, 20, 7), "7 , and nobody knows what it was before"),
    ],
)
def test_an_improvement_says_what_its_figures_say(
    figures: tuple[int | None, ...], said: str, repository_of: Make, example_files: dict[str, str]
) -> None:
    data = json.dumps({
        name: {"value": value, "on": "2026-10-01"}
        for name, value in zip(("baseline", "target", "result"), figures, strict=True)
        if value is not None
    })  # fmt: skip
    path = "improvements/faster-pay-runs.yaml"
    text = re.sub(r"measure:\n(?:  .*\n)+", f"measure: {{what: Minutes, {data[1:]}\n", example_files[path])
    page = pages(site_of(repository_of({**example_files, path: text}, NOW)))[
        "improvements/faster-pay-runs.md"
    ]
    assert f"Minutes : {said}" in section(page, "Before and after").replace(" :  ", " : ")
    bars = page.html.count("<rect")
    assert bars == sum(value is not None for value in figures)


@pytest.mark.parametrize("value", ["1e300", "-1e300", "0", "-5"])
def test_no_figure_breaks_the_picture(value: str, repository_of: Make, example_files: dict[str, str]) -> None:
    path = "improvements/faster-pay-runs.yaml"
    text = re.sub(r"value: \d+", f"value: {value}", example_files[path])
    page = pages(site_of(repository_of({**example_files, path: text}, NOW)))[
        "improvements/faster-pay-runs.md"
    ]
    assert not page.failed
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([^"]+)"', page.html)]
    assert all(0 < width < 400 for width in widths)


def test_an_improvement_says_what_named_it(repository_of: Make, example_files: dict[str, str]) -> None:
    page = pages(site_of(repository_of(example_files, NOW)))["improvements/faster-pay-runs.md"]
    assert re.search(
        "Comes from incident, .*Payroll as roadmap , Service review", section(page, "At a glance")
    )
    assert "Upgrade the payroll database" in section(page, "Changes that serve it")


# --- tags and systems


def test_each_tag_has_a_page_that_its_chips_lead_to(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(example_files, NOW)))
    page = made["tags/finance.md"]
    assert page.title == "Tag: finance"
    assert "Upgrade the payroll database" in section(page, "Changes")
    assert "How to read your pay slip" in section(page, "Knowledge articles")
    assert 'href="../tags/finance/"' in made["tags/index.md"].html
    chip = '<a href="../../tags/finance/"><span class="g-chip g-chip--word">finance</span></a>'
    assert chip in made["problems/slow-tax-tables.md"].html


def test_each_system_has_a_page_with_its_services(repository_of: Make, example_files: dict[str, str]) -> None:
    made = pages(site_of(repository_of(example_files, NOW)))
    words = text_of(made["systems/people.md"])
    assert "Services (1)" in words
    assert "Payroll" in section(made["systems/people.md"], "Services")
    assert "Pay run late" in section(made["systems/people.md"], "Runbooks")
    assert '<a href="../../systems/people/">people</a>' in made["services/payroll.md"].html
    assert "people 1 Tier 1 Payroll team" in text_of(made["systems/index.md"])


def test_without_tags_and_systems_there_is_no_list_of_them(repository_of: Make) -> None:
    made = pages(site_of(repository_of({}, NOW)))
    assert not [path for path in made if path.startswith(("tags/", "systems/"))]


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")), max_size=90)


@given(st.lists(WORDS, max_size=8))
def test_tags_of_any_text_have_pages_of_their_own(tags: list[str]) -> None:
    note = json.dumps({"title": "a", "tags": tags}, ensure_ascii=False)
    path = "knowledge/a.md"
    repository = Repository(MappingTree({path: f"---\n{note}\n---\n"}), now=NOW)
    found = tag_pages(repository)
    assert len(set(found.values())) == len(found) == len({tag for tag in tags if tag.strip()})
    for page in found.values():
        assert re.fullmatch(r"tags/[a-z0-9]+(-[a-z0-9]+)*\.md", page)
        assert page != "tags/index.md"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["Pay Day", "pay-day", "pay day"], {"tags/pay-day.md", "tags/pay-day-2.md", "tags/pay-day-3.md"}),
        (["../../x"], {"tags/x.md"}),
        (["index"], {"tags/tag-index.md"}),
        (["日本", "中国"], {"tags/tag.md", "tags/tag-2.md"}),
    ],
)
def test_a_tag_is_never_a_path(tags: list[str], expected: set[str]) -> None:
    note = json.dumps({"title": "a", "tags": tags})
    repository = Repository(MappingTree({"knowledge/a.md": f"---\n{note}\n---\n"}), now=NOW)
    assert set(tag_pages(repository).values()) == expected


def test_a_kind_of_ones_own_does_not_take_the_place_of_our_pages(repository_of: Make) -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-gitsm": {"kind": "night", "folder": "nights", "plural": "Night"},
        "type": "object",
    }
    made = pages(site_of(repository_of({"schemas/night.schema.json": json.dumps(schema)}, NOW)))
    assert "night.md" in made
    assert "night/index.md" not in made
