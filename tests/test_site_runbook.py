"""What stands on the pages of runbooks, alerts and teams, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.repository import Repository
from gitsm.site import alerts as alerts_module
from gitsm.site import build
from gitsm.site.alerts import FOLDER, alerts_of, is_safe, paths_of_alerts
from gitsm.site.build import pages, site_of
from gitsm.site.clean import clean
from gitsm.site.here import Here
from gitsm.site.page import Page
from gitsm.site.pages import alert as alert_pages
from gitsm.site.pages.alert import alerts
from gitsm.tree import MappingTree

Make = Callable[..., Repository]
NOW = datetime.fromisoformat("2026-11-16T09:00+01:00")
RUNBOOK = "runbooks/pay-run-late.md"
SERVICE = "services/payroll/service.yaml"
TEAM = "organization/teams/payroll-team.yaml"
COMING = "changes/2026/2026-11-14-more-workers.yaml"
AHEAD = """\
title: More workers
type: normal
services: [payroll]
window: {start: 2026-11-20T22:00+01:00, end: 2026-11-20T23:00+01:00}
plan: Scale.
rollback: Scale back.
"""
NEWER = "runbooks/queue.md"
QUEUE = """\
---
title: Queue grows
services: [payroll]
alerts: [PayrollQueue]
---

## Meaning

More than 2,000 pay slips wait.

## Diagnosis

Look at the queue.

```sh
queue --length
```

## Mitigation

**Never twice.** A second time deletes what waits.

### More workers

1. Ask in the channel:

   ```sh
   scale --to 30
   ```

2. Wait.
"""


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page_of(repository: Repository, file: str) -> Page:
    (found,) = (one for one in repository.all() if one.file == file)
    site = site_of(repository)
    return pages(site)[site.places.of_record(found)]


def alert_pages_of(repository: Repository) -> dict[str, Page]:
    site = site_of(repository)
    return {draft.path: build.page_of(site, draft) for draft in alerts(site)}


@pytest.fixture
def files(example_files: dict[str, str]) -> dict[str, str]:
    return dict(example_files)


# --- the first screen


def test_the_first_screen_goes_from_what_it_means_to_whom_to_call_and_the_steps_follow(
    files: dict[str, str], repository_of: Make
) -> None:
    page = page_of(repository_of(files, NOW), RUNBOOK)
    order = [heading.text for heading in page.headings[1:]]
    assert order[:9] == [
        "Meaning",
        "Impact",
        "First commands",
        "Who to call",
        "On its services now",
        "Diagnosis",
        "Mitigation",
        "Verification",
        "Undo",
    ]
    assert [heading.anchor for heading in page.headings[1:3]] == ["meaning", "impact"]
    first, _, rest = clean(page.html).partition('id="diagnosis"')
    for anchor in ("meaning", "impact", "first-commands", "who-to-call"):
        assert first.count(f'id="{anchor}"') == 1
        assert f'id="{anchor}"' not in rest
    shown = text(first)
    assert "The monthly pay run has not finished" in shown
    assert "Salaries may arrive a day late." in shown
    assert "payrollctl run status --latest" in shown
    assert "payrollctl run resume --latest" in shown
    assert "Reviewed Wed 28 Oct 2026 · rehearsed Wed 28 Oct 2026" in shown
    assert 'href="tel:+4315550100"' in first


def test_what_stands_before_a_first_command_is_shown_with_it_or_asked_to_be_read(
    files: dict[str, str], repository_of: Make
) -> None:
    page = page_of(repository_of({**files, NEWER: QUEUE}, NOW), NEWER)
    commands = re.findall(r'<div class="g-command".*?</pre></div>', page.html, re.DOTALL)
    looks, helps = map(text, commands)
    assert looks == "Diagnosis Look at the queue. queue --length"
    # The command stands inside a list, whose beginning can't be shown without its end.
    assert helps == "Mitigation: More workers Read first what stands before it . scale --to 30"
    assert '<a href="#more-workers">' in commands[1]


FOLDED = "cat <<'END' > \"a b\"\n  one\n\n  two $HOME\nEND\nrm -rf /tmp/x --all -- a-b 'c-d e' # a & b <-"


@pytest.mark.parametrize("language", ["sh", "", "nonsense"])
def test_each_line_of_a_first_command_can_be_folded_and_no_letter_of_it_changes(
    language: str, files: dict[str, str], repository_of: Make
) -> None:
    files[NEWER] = QUEUE.replace("```sh\nqueue --length", f"```{language}\n{FOLDED}")
    shown = clean(str(page_of(repository_of(files, NOW), NEWER).html))
    block = shown[shown.index('class="g-command"') :]
    code = block[block.index("<code>") : block.index("</code>")]
    assert unescape(re.sub("<[^>]+>", "", code)).rstrip("\n") == FOLDED
    # No option is broken at its hyphens.
    whole = re.findall(r'<span class="g-word">((?:<span[^>]*>[^<]*</span>|[^<])*)</span>', code)
    assert {"-rf", "--all", "--", "a-b"} <= {unescape(re.sub("<[^>]+>", "", word)) for word in whole}
    lines = code.split('<span class="g-line">')[1:]
    assert [unescape(re.sub("<[^>]+>", "", line)).rstrip("\n") for line in lines] == FOLDED.split("\n")
    # What is opened in a line is closed in it.
    assert all(line.count("<span") + 1 == line.count("</span>") for line in lines)


def test_a_word_of_several_colours_is_one_and_one_longer_than_a_line_may_be_broken(
    files: dict[str, str], repository_of: Make
) -> None:
    files[NEWER] = QUEUE.replace("queue --length", f"post --batch 2026-11-04-0117 {'x-' * 30}y")
    page = str(page_of(repository_of(files, NOW), NEWER).html)
    assert '<span class="g-word"><span class="m">2026</span>-11-04-0117</span>' in page
    assert f'<span class="w"> </span>{"x-" * 30}y\n' in page


def test_dashboards_stand_before_whom_to_call(files: dict[str, str], repository_of: Make) -> None:
    links = "".join(f"  - {{title: Board {n}, url: 'https://x.example/{n}'}}\n" for n in range(6))
    files[NEWER] = QUEUE.replace("alerts:", f"links:\n{links}alerts:")
    html = str(page_of(repository_of(files, NOW), NEWER).html)
    first = html[html.index("g-first__beside") : html.index('id="who-to-call"')]
    assert '<a href="https://x.example/0" rel="noopener">Board 0</a>' in first
    assert "Board 3" in first
    assert "Board 4" not in first
    assert '<a href="#links-and-labels">and 2 more</a>' in first
    assert 'id="links-and-labels"' in html


def test_a_section_of_a_users_own_keeps_its_place_and_no_anchor_is_given_twice(
    files: dict[str, str], repository_of: Make
) -> None:
    body = QUEUE + "\n## First commands\n\nOurs.\n\n## Meaning\n\nAgain.\n\n## Who to call\n\nMe.\n"
    page = page_of(repository_of({**files, NEWER: body}, NOW), NEWER)
    ids = re.findall(r' id="([^"]+)"', page.html)
    assert len(ids) == len(set(ids))
    assert sorted(ids) == sorted(heading.anchor for heading in page.headings)
    own = page.html.index('id="first-commands"')
    assert own > page.html.index('id="mitigation"') > page.html.index('id="first-commands-now"')
    assert {"meaning", "meaning_1", "meaning-1"} & set(ids)


@pytest.mark.parametrize(
    ("fields", "said", "shown"),
    [
        (
            "review_every: 6 months\nreviewed: 2026-05-15",
            "Review overdue: it was due by Sun 15 Nov 2026 .",
            True,
        ),
        (
            "review_every: 6 months\nreviewed: 2026-05-16",
            "Review overdue: it was due by Mon 16 Nov 2026 .",
            False,
        ),
        ("review_every: 6 months", "Never reviewed.", True),
        ("rehearsed: {on: 2025-11-15}", "Stale: last rehearsed on Sat 15 Nov 2025", True),
        ("rehearsed: {on: 2025-11-17}", "Stale: last rehearsed on Mon 17 Nov 2025", False),
    ],
)
def test_what_is_overdue_is_said_and_what_will_be_waits_for_its_day(
    fields: str, said: str, shown: bool, files: dict[str, str], repository_of: Make
) -> None:
    written = QUEUE.replace("alerts:", f"{fields}\nalerts:")
    page = page_of(repository_of({**files, NEWER: written}, NOW), NEWER)
    (warning,) = re.findall(r'<p class="(g-warning[^"]*)"([^>]*)>(.*?)</p>', page.html, re.DOTALL)
    assert said in text(warning[2])
    assert ("g-later" not in warning[0]) is shown
    assert ("data-g-from" in warning[1]) is not shown


def test_a_warning_comes_with_the_midnight_after_the_last_day_in_the_zone_of_the_records(
    files: dict[str, str], repository_of: Make
) -> None:
    page = page_of(repository_of(files, NOW), RUNBOOK)
    due, stale = sorted(map(int, re.findall(r'data-g-from="(\d+)"', page.html)))
    assert due * 60 == datetime.fromisoformat("2027-04-29T00:00+02:00").timestamp()
    assert stale > due


def test_what_changed_in_the_last_day_and_what_is_broken_stand_beside_it(
    files: dict[str, str], repository_of: Make
) -> None:
    incident = (
        "---\ntitle: Slips missing\nservices: [payroll]\nstarted: 2026-11-28T21:00+01:00\n---\n\nText.\n"
    )
    more = {"incidents/2026/2026-11-28-slips.md": incident}
    during = datetime.fromisoformat("2026-11-29T03:00+01:00")
    shown = text(page_of(repository_of({**files, **more}, during), RUNBOOK).html)
    assert "Open: Slips missing" in shown
    assert "Known: " in shown
    assert "Changed: Upgrade the payroll database" in shown
    before = text(
        page_of(repository_of(files, datetime.fromisoformat("2026-11-20T03:00+01:00")), RUNBOOK).html
    )
    assert "Changed: " not in before
    assert "No change in the 24 hours before Fri 20 Nov 2026, 03:00 CET ." in before


def test_steps_belong_to_the_runbook_wherever_it_is_shown(files: dict[str, str], repository_of: Make) -> None:
    made = repository_of(files, NOW)
    for page in (page_of(made, RUNBOOK), alert_pages_of(made)["alerts/PayrollRunLate/index.md"]):
        html = clean(page.html)
        assert html.count('data-g-steps="pay-run-late"') == 4
        assert 'data-g-duty="' in html
        assert page.scripts == ("duty.js",)


def test_a_runbook_for_several_services_names_each_path_once(
    files: dict[str, str], repository_of: Make
) -> None:
    other = "name: Other\nowner: finance-department\nlifecycle: live\n"
    written = QUEUE.replace("[payroll]", "[payroll, other]")
    made = repository_of({**files, NEWER: written, "services/other/service.yaml": other}, NOW)
    html = page_of(made, NEWER).html
    first, _, rest = html.partition('id="whom-to-call-for-other-services"')
    assert 'href="#whom-to-call-for-other-services"' in first
    assert 'class="g-calls"' in first
    assert "Finance department" in text(rest)
    assert "data-g-path" in rest


def test_a_shared_runbook_names_whoever_keeps_it(files: dict[str, str], repository_of: Make) -> None:
    written = QUEUE.replace("services: [payroll]", "services: []\nowner: payroll-team")
    shown = text(page_of(repository_of({**files, NEWER: written}, NOW), NEWER).html)
    assert re.search(r"Who to call Payroll team at once .* Finance department after 2 h", shown)


# --- alerts


def test_an_alert_that_one_runbook_answers_has_its_content_at_its_own_address(
    files: dict[str, str], repository_of: Make
) -> None:
    made = repository_of(files, NOW)
    page, own = alert_pages_of(made)["alerts/PayrollRunLate/index.md"], page_of(made, RUNBOOK)
    assert page.title == "PayrollRunLate"
    assert [one.anchor for one in page.headings[1:6]] == [one.anchor for one in own.headings[1:6]]
    assert 'href="../../runbooks/pay-run-late/"' in page.html
    assert "payrollctl run resume --latest" in text(page.html)


def test_an_alert_that_several_answer_is_a_choice_with_the_meaning_of_each(
    files: dict[str, str], repository_of: Make
) -> None:
    made = repository_of({**files, NEWER: QUEUE.replace("PayrollQueue", "PayrollRunLate")}, NOW)
    shown = text(alert_pages_of(made)["alerts/PayrollRunLate/index.md"].html)
    assert "2 runbooks answer this alert." in shown
    assert "Pay run late for Payroll The monthly pay run has not finished" in shown
    assert "Queue grows for Payroll More than 2,000 pay slips wait." in shown
    assert "Who to call" in shown


def test_an_alert_that_nothing_answers_says_so_and_whom_to_call(
    files: dict[str, str], repository_of: Make
) -> None:
    monitored = re.sub(r"alert: \w+", "alert: DiskFull", files[SERVICE])
    page = alert_pages_of(repository_of({**files, SERVICE: monitored}, NOW))["alerts/DiskFull/index.md"]
    shown = text(page.html)
    assert "No runbook answers this alert. It is raised for Payroll ." in shown
    assert "Who to call" in shown
    assert "Payroll team at once" in shown
    assert "Other runbooks of the service" in shown
    assert "Pay run late" in shown


def test_all_alerts_stand_in_a_list_under_runbooks(files: dict[str, str], repository_of: Make) -> None:
    page = alert_pages_of(repository_of({**files, NEWER: QUEUE}, NOW))["alerts/index.md"]
    assert "PayrollRunLate" in text(page.html)
    assert "PayrollQueue" in text(page.html)
    assert 'href="../alerts/PayrollQueue/"' in page.html


def test_a_repository_without_alerts_has_an_empty_list(repository_of: Make) -> None:
    (page,) = alert_pages_of(repository_of({}, NOW)).values()
    assert "names an alert yet" in text(page.html)


def names_to_paths(make: Make, *names: str) -> dict[str, str]:
    listed = "\n".join(f"  - {{alert: {name}, event: warning}}" for name in names)
    service = f"name: X\nowner: a\nlifecycle: live\nmonitoring:\n{listed}\n"
    found = paths_of_alerts(make({"services/x/service.yaml": service}, NOW))
    return {name: path.removeprefix("alerts/").removesuffix("/index.md") for name, path in found.items()}


def test_a_name_that_is_no_safe_name_of_a_file_gets_a_slug_with_a_number(repository_of: Make) -> None:
    found = names_to_paths(
        repository_of,
        "DiskFull",
        '"disk full"',
        '"../../etc"',
        "CON",
        '"…"',
        '"a/b"',
        '"a b"',
        '"x."',
        "index",
    )
    assert found == {
        "DiskFull": "DiskFull",
        "disk full": "disk-full-1",
        "../../etc": "etc-1",
        "CON": "con-1",
        "…": "alert-1",
        "a/b": "a-b-2",
        "a b": "a-b-1",
        "x.": "x-1",
        "index": "index",
    }


def test_names_that_differ_in_capitals_alone_never_share_a_file(
    files: dict[str, str], repository_of: Make
) -> None:
    found = names_to_paths(repository_of, "DiskFull", "DISKFULL", "diskfull", "diskfull-1")
    assert found == {
        "DISKFULL": "DISKFULL",
        "DiskFull": "diskfull-2",
        "diskfull": "diskfull-3",
        "diskfull-1": "diskfull-1",
    }
    # The one that a runbook answers keeps its address, whoever adds another beside it.
    monitored = re.sub(r"alert: \w+", "alert: PAYROLLRUNLATE", files[SERVICE])
    paths = paths_of_alerts(repository_of({**files, SERVICE: monitored}, NOW))
    assert paths["PayrollRunLate"] == "alerts/PayrollRunLate/index.md"
    assert paths["PAYROLLRUNLATE"] == "alerts/payrollrunlate-1/index.md"


@given(st.lists(st.text("aAbB-_. /\\…1İß", min_size=1, max_size=6), unique=True, max_size=12))
def test_every_alert_has_a_safe_path_of_its_own(names: list[str]) -> None:
    quoted = [name.replace("\\", "\\\\") for name in names if name.strip() == name]
    listed = "\n".join(f'  - {{alert: "{name}", event: warning}}' for name in quoted)
    service = f"name: X\nowner: a\nlifecycle: live\nmonitoring:\n{listed or '  []'}\n"
    made = Repository(MappingTree({"services/x/service.yaml": service}), now=NOW)
    paths = paths_of_alerts(made)
    assert set(paths) == set(alerts_of(made))
    assert len({path.casefold() for path in paths.values()}) == len(paths)
    for path in paths.values():
        folder, name, index = path.split("/")
        assert (folder, index) == (FOLDER, "index.md")
        assert is_safe(name)


@pytest.mark.parametrize(
    ("file", "written", "instead"),
    [
        (RUNBOOK, "services:", "colour: blue\nservices:"),
        (RUNBOOK, "payrollctl", "payroll\u202ectl"),
        (SERVICE, "name:", "colour: blue\nname:"),
    ],
)
def test_a_slip_in_a_file_hides_no_runbook_and_nobody_to_call(
    file: str, written: str, instead: str, files: dict[str, str], repository_of: Make
) -> None:
    assert written in files[file]
    whole = alert_pages_of(repository_of(files, NOW))["alerts/PayrollRunLate/index.md"]
    damaged = {**files, file: files[file].replace(written, instead, 1)}
    page = alert_pages_of(repository_of(damaged, NOW))["alerts/PayrollRunLate/index.md"]
    assert "payroll" in text(page.html)
    assert [one.text for one in page.headings] == [one.text for one in whole.headings]
    assert "No runbook" not in text(page.html)
    assert ("There are errors in the file behind this page" in text(page.html)) == (file == RUNBOOK)


def test_a_runbook_that_can_not_be_read_is_named_where_it_may_be_the_answer(
    files: dict[str, str], repository_of: Make
) -> None:
    made = repository_of({**files, RUNBOOK: "---\nservices: [\n---\n\n## Diagnosis\n"}, NOW)
    shown = text(alert_pages_of(made)["alerts/PayrollRunLate/index.md"].html)
    assert "No runbook that can be read answers this alert." in shown
    assert "It is raised for Payroll . Look into pay-run-late , which can" in shown


def test_a_team_that_can_not_be_read_is_not_said_to_have_no_contact(
    files: dict[str, str], repository_of: Make
) -> None:
    team = "organization/teams/payroll-team.yaml"
    shown = text(page_of(repository_of({**files, team: "name: [\n"}, NOW), RUNBOOK).html)
    assert re.search(rf"can.{{1,6}}t be read; rather look into {team}", shown)


def test_an_alert_whose_page_fails_costs_no_other(
    files: dict[str, str], repository_of: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("the reason")

    monkeypatch.setattr(alert_pages, "runbook_sections", fail)
    made = alert_pages_of(repository_of(files, NOW))
    assert made["alerts/PayrollRunLate/index.md"].failed.startswith("ValueError: the reason (")
    assert "Pay run late" in text(made["alerts/PayrollRunLate/index.md"].html)
    assert not made["alerts/index.md"].failed


def test_the_page_of_a_service_leads_to_its_alerts(files: dict[str, str], repository_of: Make) -> None:
    assert 'href="../../alerts/PayrollRunLate/"' in page_of(repository_of(files, NOW), SERVICE).html


def test_a_name_without_a_page_is_only_a_name(repository_of: Make) -> None:
    here = Here(site_of(repository_of({}, NOW)), "index.md")
    assert alerts_module.alert_link(here, "<Nobody>") == "<code>&lt;Nobody&gt;</code>"


# --- teams


def test_a_team_page_says_how_it_is_reached_what_it_owns_and_for_what_it_is_called(
    files: dict[str, str], repository_of: Make
) -> None:
    made = repository_of({**files, COMING: AHEAD}, NOW)
    page = page_of(made, TEAM)
    order = [heading.text for heading in page.headings[1:6]]
    assert order == [
        "How to reach it",
        "When it does not answer",
        "Services that it owns",
        "Changes ahead",
        "Called for",
    ]
    html = clean(page.html)
    assert 'data-g-duty="office-hours"' in html
    assert 'href="tel:+4315550100"' in html
    assert "More workers" in text(html)
    finance = text(page_of(made, "organization/teams/finance-department.yaml").html)
    assert re.search(r"Called for .*After \S+ \S+ .*Payroll", finance)
    assert "hours not recorded" in finance


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("P1 and P2", []),
        ("Always, at night too", []),
        ("In payroll hours", ["101101000000"]),
        ("at night", ["011011011011"]),
    ],
)
def test_a_way_that_is_meant_for_some_hours_only_says_so_to_the_browser(
    when: str, told: list[str], files: dict[str, str], repository_of: Make
) -> None:
    hours = files["organization/calendars/office-hours.yaml"]
    named = {**files, "organization/calendars/payroll-hours.yaml": hours}
    team = f"name: X\nhours: payroll-hours\ncontacts:\n  - {{channel: phone, value: '1', when: '{when}'}}\n"
    html = page_of(repository_of({**named, TEAM: team}, NOW), TEAM).html
    assert re.findall(r'data-g-fits="(\w+)"', html.partition("Services")[0]) == told
