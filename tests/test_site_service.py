"""The page of a service: what stands on it for whoever is called, in the order in which it is needed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from gitsm.repository import Repository
from gitsm.site.build import pages, site_of
from gitsm.site.clean import clean
from gitsm.site.page import Page

Make = Callable[..., Repository]
NOW = datetime.fromisoformat("2026-11-16T09:00+01:00")
TEAM = {
    "organization/teams/a.yaml": "name: A\ntype: internal\nhours: day\ncontacts: [{channel: chat, value: '#a'}]\n",
    "organization/teams/b.yaml": "name: B\ntype: customer\n",
    "organization/calendars/day.yaml": (
        "type: service_hours\ntimezone: Europe/Vienna\n"
        "weekly: [{days: [mon, tue, wed, thu, fri], hours: '08:00-17:00'}]\n"
    ),
}
PAY = "name: Pay\nowner: a\nlifecycle: live\ntier: 1\nown_availability: 99.99\nescalation: [{team: a, after: 0 min}]\n"
BOOKS = "name: Books\nowner: a\nlifecycle: live\nescalation: [{team: a, after: 0 min}]\n"
SLA = "type: SLA\nprovider: a\ncustomer: b\nvalid: {from: 2026-01-01, to: 2027-12-31}\n"


def page_of(repository_of: Make, files: Mapping[str, str], path: str = "services/pay.md") -> Page:
    return pages(site_of(repository_of({**TEAM, "services/pay/service.yaml": PAY, **files}, NOW)))[path]


def between(page: Page, start: str, end: str) -> str:
    """The HTML from one heading up to another."""
    html = str(page.html)
    first = html.index(f'id="{start}"')
    return html[first : html.index(f'id="{end}"', first)]


def change(days: float, *, closed: bool = False, title: str = "Move") -> str:
    start = NOW + timedelta(days=days)
    end = start + timedelta(hours=1)
    told = {
        "title": title,
        "type": "normal",
        "services": ["pay"],
        "plan": "a",
        "rollback": "b",
        "window": {"start": start.isoformat(), "end": end.isoformat()},
    }
    if closed:
        told["actual"] = told["window"]
        told["closure"] = {"code": "successful", "on": f"{end:%Y-%m-%d}"}
    return json.dumps(told)


def test_what_support_needs_stands_before_what_is_planned(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(example_files, NOW)))["services/payroll.md"]
    titles = [heading.text for heading in made.headings]
    wanted = [
        "Now",
        "Whom to call",
        "Runbooks",
        "Known errors",
        "At a glance",
        "Promise",
        "Neighbours",
        "Changes of the last seven days",
        "Changes of the next seven days",
        "Requests",
        "Who does what",
        "Capacity and demand",
        "Roadmap",
        "Reviews",
        "Access",
    ]
    assert [title for title in titles if title in wanted] == wanted


@pytest.mark.parametrize(
    ("days", "closed", "section"),
    [
        (-8, True, "older"),
        (-6, True, "last"),
        (-0.02, False, "now"),
        (6, False, "next"),
        (8, False, "later"),
    ],
)
def test_each_change_stands_where_its_time_puts_it(
    days: float, closed: bool, section: str, repository_of: Make
) -> None:
    page = page_of(repository_of, {"changes/2026/2026-11-01-move.yaml": change(days, closed=closed)})
    last = between(page, "changes-of-the-last-seven-days", "changes-of-the-next-seven-days")
    coming = str(page.html)[str(page.html).index('id="changes-of-the-next-seven-days"') :]
    coming = coming[: coming.index("Everything that refers")]
    found = {
        "older": ">Move</a>" in last.partition("<details")[2],
        "last": ">Move</a>" in last.partition("<details")[0],
        "next": ">Move</a>" in coming.partition("<details")[0],
        "later": ">Move</a>" in coming.partition("<details")[2],
        "now": ">Move</a>" in between(page, "now", "whom-to-call"),
    }
    # What is under way began in the last seven days as well.
    assert {name for name, is_there in found.items() if is_there} == (
        {"now", "last"} if section == "now" else {section}
    )
    assert ("change under way" in str(page.html)) is (section == "now")


def test_it_says_when_nothing_is_wrong_and_what_is_wrong_below(repository_of: Make) -> None:
    calm = page_of(repository_of, {})
    assert "No open incident is recorded, and no change is under way." in between(calm, "now", "whom-to-call")
    incident = (
        "---\ntitle: Down\nservices: [books]\nimpact: 2\nurgency: 2\n"
        "started: 2026-11-16T08:00+01:00\n---\n# Down\n"
    )
    files = {
        "services/pay/service.yaml": PAY + "depends_on: [{service: books}]\n",
        "services/books/service.yaml": BOOKS,
        "incidents/2026/2026-11-16-down.md": incident,
    }
    page = page_of(repository_of, files)
    assert 'With open incidents below it: <a href="../../services/books/">Books</a>.' in between(
        page, "now", "whom-to-call"
    )
    assert "⚠ Books" in between(page, "neighbours", "stands-on")


# --- the promise


def test_a_promise_that_cannot_be_kept_says_why_and_what_would_mend_it(repository_of: Make) -> None:
    files = {
        "services/pay/service.yaml": PAY + "depends_on: [{service: books}]\n",
        "services/books/service.yaml": BOOKS,
        "services/pay/sla.yaml": SLA
        + "availability: {target: 99.9, period: month}\nunderpinned_by: [books/ola]\n",
        "services/books/ola.yaml": SLA.replace("SLA", "OLA").replace("customer: b", "customer: a")
        + "availability: {target: 99.5, period: month}\n",
    }
    page = page_of(repository_of, files)
    short = between(page, "promise", "neighbours").partition("<details")[0]
    assert '<span class="g-chip g-chip--bad">refuted</span>' in short
    assert "99.49 %" in short
    assert "To mend it: </strong>" in short
    proof = between(page, "promise", "neighbours").partition("<details")[2]
    assert 'href="../../agreements/books/ola/">OLA of Books</a>: 99.5 % a month' in proof
    made = pages(site_of(repository_of({**TEAM, **files}, NOW)))
    assert "can&#x27;t be kept</span>" in made["agreements/index.md"].html


def test_what_decides_a_promise_is_told_in_names_and_days_of_the_site(repository_of: Make) -> None:
    files = {
        "services/pay/service.yaml": PAY + "depends_on: [{service: books}]\n",
        "services/books/service.yaml": BOOKS,
        "services/pay/sla.yaml": SLA + "hours: day\nresolution: {P1: 8 h}\nunderpinned_by: [books/ola]\n",
        "services/books/ola.yaml": SLA.replace("SLA", "OLA").replace("customer: b", "customer: a")
        + "hours: day\nresolution: {P1: 2 h}\n",
    }
    told = between(page_of(repository_of, files), "promise", "neighbours")
    words = " ".join(re.sub("<[^>]+>", "", told).split())
    assert not re.search(r"\d{4}-\d\d-\d\d", words)
    assert "books/ola" not in words
    assert re.search(r"[A-Z][a-z]{2} \d+ Nov 2026, \d\d:\d\d: OLA of Books restores it by", words)
    assert 'OLA of Books</a> restores it by <time datetime="2026-11-' in told
    assert "until Fri 31 Dec 2027" in words


def test_a_word_is_no_record(repository_of: Make) -> None:
    # A service that is called as a plain word that sentences hold.
    files = {
        "services/pay/sla.yaml": SLA + "availability: {target: 99, period: month}\n",
        "services/what/service.yaml": BOOKS.replace("Books", "What"),
    }
    told = between(page_of(repository_of, files), "promise", "changes-of-the-last-seven-days")
    assert "what" in told
    assert ">What</a>" not in told


def test_an_agreement_that_has_ended_is_not_judged(repository_of: Make) -> None:
    files = {"services/pay/sla.yaml": SLA.replace("2027-12-31", "2026-06-30")}
    page = page_of(repository_of, files)
    assert "Not judged: ended on 2026-06-30, so that nobody is bound by it any more." in str(page.html)


# --- the matrix

RACI = """\
activities:
  - {name: Restore, stage: support, responsible: [a], accountable: [a], informed: [b]}
  - {name: Plan, stage: plan, responsible: [a], accountable: [b]}
"""


def test_the_matrix_has_a_letter_a_colour_and_words(repository_of: Make) -> None:
    html = str(page_of(repository_of, {"services/pay/raci.yaml": RACI}).html)
    matrix = html[html.index('<table class="g-matrix"') : html.index("The same in words")]
    letters = '<abbr class="g-raci g-raci--{}" title="{}">{}</abbr>'
    r, a = letters.format("r", "Responsible", "R"), letters.format("a", "Accountable", "A")
    assert matrix.index(">Plan ") < matrix.index(">Restore ")
    assert f"<td>{r} {a}</td>" in matrix
    assert f"{r} does it" in matrix
    words = html[html.index("The same in words") :]
    assert 'data-label="Accountable">' + a in words


def test_a_matrix_that_no_page_could_hold_is_told_in_words_alone(repository_of: Make) -> None:
    teams = [f"t{number}" for number in range(17)]
    activity = {"name": "Restore", "stage": "support", "responsible": teams, "accountable": ["a"]}
    page = page_of(repository_of, {"services/pay/raci.yaml": json.dumps({"activities": [activity]})})
    assert "g-matrix" not in str(page.html)
    assert "Responsible" in str(page.html)


# --- demand


def test_demand_is_shown_as_a_chart_and_in_figures(repository_of: Make) -> None:
    plan = {
        "peaks": [
            {"name": "Bonus", "dates": [{"from": "2027-11-16", "to": "2027-11-17"}], "level": 100},
            {"name": "Gone", "dates": [{"from": "2025-11-16", "to": "2025-11-17"}], "level": 900},
        ],
        "unit": "runs",
        "baseline": 10,
        "growth": 20,
        "threshold": 50,
        "forecast": [{"on": "2027-06-30", "level": 90}],
    }
    page = page_of(repository_of, {"services/pay/capacity.yaml": json.dumps(plan)})
    html = str(page.html)
    # A hundred, a year of growth by a fifth later; half of what it has to carry then.
    assert "<strong>120 runs</strong>" in html
    assert "<strong>240 runs</strong>" in html
    for drawn in html.split("<svg")[1:]:  # one for wide screens, one for phones
        assert drawn.count('class="g-chart__peak"') == 1
        assert drawn.count('class="g-chart__forecast"') == 1
    assert 'viewBox="0 0 360 ' in html
    assert 'class="g-chart__needed"' in html
    figures = html[html.index("The chart in figures") :]
    assert figures.index("forecast") < figures.index("Bonus")
    assert "Gone" not in figures.partition("</details>")[0]


@pytest.mark.parametrize(
    "plan",
    [
        {"unit": "runs"},
        {"baseline": 0, "growth": 10},
        {"baseline": 5},
        {"baseline": 1e300, "growth": 1e9, "forecast": [{"on": "2027-01-01", "level": 1e300}]},
        {"baseline": 5, "growth": -100},
        {"baseline": 5, "growth": 3, "forecast": [{"on": "9999-12-30", "level": 9}]},
    ],
)
def test_a_plan_with_little_or_absurd_figures_still_has_a_page(plan: object, repository_of: Make) -> None:
    page = page_of(repository_of, {"services/pay/capacity.yaml": json.dumps(plan)})
    assert page.failed == ""
    assert "nan" not in str(page.html)
    assert ">inf" not in str(page.html)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            {
                "peaks": [
                    {"name": "SEPA Run", "dates": [{"from": "2027-11-16", "to": "2027-11-17"}], "level": 90}
                ]
            },
            "The peak SEPA Run is above what it carries on ",
        ),
        (
            {"baseline": 90, "measured": "2026-01-01"},
            "Demand on ordinary days has been above what it carries since ",
        ),
    ],
)
def test_when_it_runs_out_is_said_in_the_names_of_the_plan(
    plan: dict[str, object], said: str, repository_of: Make
) -> None:
    files = {"services/pay/capacity.yaml": json.dumps({**plan, "capacity": 50})}
    assert said in str(page_of(repository_of, files).html)


def test_figures_have_a_mark_at_each_thousand(repository_of: Make) -> None:
    dates = [{"from": "2027-11-16", "to": "2027-11-17"}]
    plan = {"peaks": [{"name": "Bonus", "dates": dates, "level": 19000}], "unit": "runs", "baseline": 12000.5}
    html = str(page_of(repository_of, {"services/pay/capacity.yaml": json.dumps(plan)}).html)
    assert "19,000 runs" in html
    assert not re.search(r">[^<]*\b\d{5}", html)


# --- what a phone and paper make of a long page


def test_a_long_page_has_a_folded_list_of_its_headings_under_its_lead(
    repository_of: Make, example_files: dict[str, str]
) -> None:
    made = pages(site_of(repository_of(example_files, NOW)))
    page = made["services/payroll.md"]
    html = clean(str(page.html))
    contents = html[html.index('<details class="g-contents"') :].partition("</details>")[0]
    listed = re.findall(r'<li><a href="#([^"]*)">', contents)
    assert listed == [heading.anchor for heading in page.headings if heading.level == 2]
    assert html.index("g-lead") < html.index("g-contents") < html.index('id="now"')
    assert "g-contents" not in made["index.md"].html
    assert "g-contents" not in made["teams/finance-department.md"].html


def test_the_neighbours_are_drawn_for_a_phone_as_well(repository_of: Make) -> None:
    many = {f"services/on-{n}/service.yaml": f"name: On {n}\nowner: a\nlifecycle: live\n"
            "depends_on: [{service: pay}]\n" for n in range(8)}  # fmt: skip
    below = PAY + "depends_on: [{service: books, criticality: soft}]\n"
    files = {**many, "services/books/service.yaml": BOOKS, "services/pay/service.yaml": below}
    html = clean(str(page_of(repository_of, files).html))
    narrow = html[html.index("g-map--narrow") :].partition("</svg>")[0]
    boxes = re.findall(r">([^<>]+)</text>", narrow)
    assert boxes == [*(f"On {n}" for n in range(6)), "and 2 more", "Books", "Pay"]
    assert narrow.count("g-map__edge--soft") == 1
    assert 'href="../../services/books/"' in narrow
