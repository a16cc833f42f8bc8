"""The rules about incidents, problems, requests and agreements: guilty and innocent records."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitsm.lint import Report, run
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.rules.requests import ASKING, FAILING

BASE = {
    "organization/teams/ops.yaml": "name: Ops\n",
    "organization/teams/crew.yaml": "name: Crew\n",
    "services/web/service.yaml": "name: Web\nowner: ops\nlifecycle: live\n",
    "services/mail/service.yaml": "name: Mail\nowner: ops\nlifecycle: live\n",
}
I = "incidents/2026-10-26-down.md"  # noqa: E741 - the incident
P = "problems/leak.md"
C = "changes/2026-10-20-deploy.yaml"


SOLVED = [
    ("state: resolved", "", 1),
    ("state: closed", "It is gone since spring.", 1),
    ("state: closed\nroot_cause: Unknown", "", 1),
    ("state: closed\nroot_cause: not found yet", "", 1),
    ("state: resolved\nroot_cause: A pool of ten connections.", "", 0),
    ("state: closed\nroot_cause: Never found; it has not come back since web-2 was replaced.", "", 0),
    ("state: closed", "## Root cause\n\nA pool that was too small.", 0),
    ("state: resolved", "It was due to a pool that was too small.", 0),
    ("state: closed\nknown_error: true", "", 0),  # another rule speaks of known errors
    ("state: fix_in_progress", "", 0),
    ("", "", 0),
]


GROUPS = ("incidents", "causes", "recurrence", "requests", "problems", "agreements", "times")


@pytest.fixture
def report_of(repository_of: Callable[..., Repository]) -> Callable[..., Report]:
    """Checks a repository of texts against the rules of these subjects."""
    rules = [rule for rule in RULES.values() if rule.group in GROUPS]
    return lambda files: run(repository_of(files), rules)


def incident(front: str, body: str = "") -> str:
    title = "" if re.search(r"^title:", front, re.MULTILINE) else "title: Web is down\n"
    services = "" if "services:" in front else "services: [web]\n"
    return f"---\n{title}{services}{front}\n---\n{body}"


def problem(front: str, body: str = "") -> str:
    return f"---\ntitle: Memory leaks\nservices: [web]\n{front}\n---\n{body}"


def change(front: str) -> str:
    return f"title: Deploy\ntype: normal\nservices: [web]\nplan: a\nrollback: b\n{front}\n"


def messages(report: Report, rule: str) -> list[str]:
    return [finding.message for finding in report.findings if finding.rule == rule]


TIMES = "started: 2026-10-26T13:05+01:00"
ORDER = [
    ("detected: 2026-10-26T13:05+01:00", 0),
    # The same moment in another zone.
    ("detected: 2026-10-26T12:05Z", 0),
    ("detected: 2026-10-26T13:04:30+01:00", 0),
    ("detected: 2026-10-26T13:04+01:00", 1),
    ("detected: 2026-10-26T13:20+02:00", 1),
    ("detected: 2026-10-26T13:30+01:00\nacknowledged: 2026-10-26T13:10+01:00", 1),
    ("acknowledged: 2026-10-26T13:30+01:00\nresolved: 2026-10-26T13:10+01:00", 1),
    ("restored: 2026-10-26T14:30+01:00\nresolved: 2026-10-26T14:10+01:00", 1),
    # It healed itself before anybody looked.
    (
        "detected: 2026-10-26T14:00+01:00\nrestored: 2026-10-26T13:30+01:00\nresolved: 2026-10-26T15:00+01:00",
        0,
    ),
    ("restored: 2026-10-26T14:30+01:00\nresolved: 2026-10-26T14:30+01:00", 0),
    # What led to it, and what came after it, belong into a timeline.
    ("timeline: [{at: 2026-10-26T12:00+01:00, what: a}, {at: 2026-10-26T13:00+01:00, what: b}]", 0),
    ("timeline: [{at: 2026-10-26T15:00+01:00, what: c}, {at: 2026-10-26T14:00+01:00, what: b}]", 1),
    (
        "timeline: [{at: 2026-10-26T15:00+01:00, what: c}, {at: 2026-10-26T14:00+01:00, what: b},"
        " {at: 2026-10-26T13:30+01:00, what: a}]",
        0,
    ),
    (
        "timeline: [{at: 2026-10-26T13:30+01:00, what: a}, {at: 2026-10-26T13:10+01:00, what: b},"
        " {at: 2026-10-26T14:00+01:00, what: c}]",
        1,
    ),
    # Neither of these is a time; another rule says so.
    ("detected: yesterday", 0),
    ("detected: 2026-10-26T13:00\ntimeline: [1, {at: x}, {what: b}]", 0),
]


@pytest.mark.parametrize(("front", "count"), ORDER)
def test_times_out_of_order(front: str, count: int, report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, I: incident(f"{TIMES}\n{front}")})
    assert len(messages(report, "times-out-of-order")) == count


def test_what_ends_before_it_begins_is_said_once(report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, I: incident(f"{TIMES}\nresolved: 2026-10-25T13:05+01:00\ncause: a")})
    assert [finding.rule for finding in report.findings] == ["end-before-start"]


def test_an_incident_that_healed_itself_is_worth_a_note(report_of: Callable[..., Report]) -> None:
    front = f"{TIMES}\ndetected: 2026-10-26T14:00+01:00\nrestored: 2026-10-26T13:30+01:00"
    report = report_of({**BASE, I: incident(front)})
    assert messages(report, "noticed-after-it-was-over") == [
        "incident 2026-10-26-down was detected at 2026-10-26T14:00+01:00, after users could work again,"
        " at 2026-10-26T13:30+01:00"
    ]


DURATIONS = [
    ("restored: 2026-10-26T13:05:20+01:00", 0),
    ("restored: 2026-11-25T13:05+01:00", 0),
    ("restored: 2026-11-25T13:06+01:00", 1),
    ("restored: 2026-10-26T13:05+01:00", 1),
    ("resolved: 2026-11-26T13:05+01:00", 1),
    # Long done for users, and long after closed on paper.
    ("restored: 2026-10-26T14:00+01:00\nresolved: 2026-11-30T13:05+01:00", 0),
    ("restored: 2025-10-26T14:00+01:00", 0),  # before it began: another rule says so
]


@pytest.mark.parametrize(("front", "count"), DURATIONS)
def test_implausible_durations(front: str, count: int, report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, I: incident(f"{TIMES}\n{front}")})
    assert len(messages(report, "implausible-duration")) == count


CAUSES = [
    ("resolved: 2026-10-26T15:05+01:00", "", 1),
    ("disposition: resolved", "", 1),
    ("disposition: problem", "", 1),
    ("disposition: problem\ncause: The disk was full.", "", 1),
    ("resolved: 2026-10-26T15:05+01:00", "The cause is unknown. We restarted it.", 1),
    ("resolved: 2026-10-26T15:05+01:00", "The report is due to be written.", 1),
    ("resolved: 2026-10-26T15:05+01:00\ncause: Unknown.", "", 1),
    ("resolved: 2026-10-26T15:05+01:00\ncause: The root cause is not yet known", "", 1),
    ("resolved: 2026-10-26T15:05+01:00\ncause: Under investigation", "", 1),
    ("resolved: 2026-10-26T15:05+01:00\ncause: Unknown.\nproblem: leak", "", 0),
    ("resolved: 2026-10-26T15:05+01:00\ncause: Unknown.", "## Root cause\n\nThe disk was full.", 0),
    ("resolved: 2026-10-26T15:05+01:00\ncause: Unknown; it healed itself when web-2 was restarted", "", 0),
    ("resolved: 2026-10-26T15:05+01:00\ncause: The disk was full.", "", 0),
    ("resolved: 2026-10-26T15:05+01:00\nproblem: leak", "", 0),
    ("resolved: 2026-10-26T15:05+01:00\ncaused_by: 2026-10-20-deploy", "", 0),
    ("resolved: 2026-10-26T15:05+01:00", "## Root cause\n\nThe disk was full.", 0),
    ("resolved: 2026-10-26T15:05+01:00", "## Why it took so long\n\nNobody looked.", 0),
    ("resolved: 2026-10-26T15:05+01:00", "It was down due to a full disk.", 0),
    # Nobody says yet that it is over.
    ("restored: 2026-10-26T15:05+01:00", "", 0),
    ("disposition: escalated", "", 0),
    ("", "", 0),
]


@pytest.mark.parametrize(("front", "body", "count"), CAUSES)
def test_incidents_without_cause(front: str, body: str, count: int, report_of: Callable[..., Report]) -> None:
    done = change("actual: {start: 2026-10-20T13:05+01:00}")
    report = report_of({**BASE, I: incident(f"{TIMES}\n{front}", body), P: problem(""), C: done})
    assert len(messages(report, "incident-without-cause")) == count


OPEN = [
    ("", 1),
    ("detected: 2026-10-26T13:07+01:00", 1),
    ("disposition: escalated", 1),
    ("timeline: [{at: 2026-11-16T13:07+01:00, what: Still down.}]", 1),
    ("timeline: [{at: 2026-11-18T13:07+01:00, what: Still down.}]", 0),
    ("communications: [{audience: all, at: 2026-11-28T13:07+01:00}]", 0),
    ("restored: 2026-10-26T15:05+01:00", 0),
    ("resolved: 2026-10-26T15:05+01:00\ncause: a", 0),
    ("disposition: resolved\ncause: a", 0),
]


@pytest.mark.parametrize(("front", "count"), OPEN)
def test_incidents_left_open(front: str, count: int, report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, I: incident(f"{TIMES}\n{front}")})
    assert len(messages(report, "incident-left-open")) == count


CAUSED = [
    ("actual: {start: 2026-10-26T14:00+01:00, end: 2026-10-26T15:00+01:00}", 1),
    ("closure: {code: canceled}", 1),
    ("window: {start: 2026-12-02T14:00+01:00, end: 2026-12-02T15:00+01:00}", 1),
    ("actual: {start: 2026-10-26T12:30+01:00, end: 2026-10-26T15:00+01:00}", 0),
    ("actual: {start: 2026-10-26T13:05+01:00}", 0),
    # Begun, and given up after it had done its harm.
    ("actual: {start: 2026-10-26T12:30+01:00}\nclosure: {code: canceled}", 0),
    # It began before its window.
    (
        "window: {start: 2026-10-26T22:00+01:00, end: 2026-10-26T23:00+01:00}\n"
        "actual: {start: 2026-10-26T12:30+01:00}",
        0,
    ),
    ("", 0),
]


@pytest.mark.parametrize(("front", "count"), CAUSED)
def test_changes_after_the_incident_they_caused(
    front: str, count: int, report_of: Callable[..., Report]
) -> None:
    files = {**BASE, I: incident(f"{TIMES}\ncaused_by: 2026-10-20-deploy"), C: change(front)}
    assert len(messages(report_of(files), "change-after-the-incident-it-caused")) == count


# --- requests

ASKED = """\
Request for a new laptop
Please reset my password
How do I read my pay slip
Where can I find last year's slips?
Need access to the finance share
New account for a colleague
Access to ledger needed
Can you add me to the payroll group?
I need a licence for the drawing program
Service request: mailbox for the council
Password reset for a.huber
Access request for the archive
Reset my password
Question about my pay slip
Reset password of user jdoe
Reset the password for a.huber
Access for Anna to payroll
Access for the new auditors to the archive
Set up VPN for a new hire
Set up a mailbox for the works council
Anna needs a new monitor
The front desk needs a second phone
Change of address in HR system
Change of name"""
FAILED = """\
Password resets rejected
Password reset for all users took an hour
Requests time out
Request rate doubled on the client API
Request to the bank answered twice
Access to the archive denied for all clerks
New passwords did not work
New accounts can't sign in
How the portal lost its certificates
Please-wait page never goes away
Please-wait page shown to everybody
Please wait spinner over the whole portal
Please log in page in a loop
Reset password for all users
Reset password of admin is shown in the log
Access for customers to the portal
Access for Anna to payroll is gone
Set up wizard for printers closes itself
Set up of accounts for new hires does nothing
Certificate needs a new chain
Database server needs another restart each night
Change of address shows an empty page
Change of address is gone after saving
Change of leader in the cluster every minute
Can not sign in
Canary deployment stuck
Request queue full
Question marks instead of umlauts in pay slips
Access request form returns 500
New employees missing from the directory"""


@pytest.mark.parametrize("title", ASKED.split("\n"))
def test_a_title_that_asks(title: str, report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, I: incident(f'title: "{title}"')})
    assert len(messages(report, "request-filed-as-incident")) == 1


@pytest.mark.parametrize("title", FAILED.split("\n"))
def test_a_title_that_tells_of_a_failure(title: str, report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, I: incident(f'title: "{title}"')})
    assert messages(report, "request-filed-as-incident") == []


MODELS = [
    ("title: New alert", 1),
    ("title: new  alert for the web", 1),
    ("category: how-to", 1),
    ("category: request\ntitle: Web is slow", 1),
    ("title: New alert for the web fires without end", 0),
    ("title: New alert\nservices: [mail]", 0),
    ("title: New alert\nproblem: leak", 0),
    ("title: New alerting broke the wall display", 0),
    ("category: request-timeout", 0),
]


@pytest.mark.parametrize(("front", "count"), MODELS)
def test_a_request_by_its_model_or_category(front: str, count: int, report_of: Callable[..., Report]) -> None:
    files = {**BASE, P: problem(""), "services/web/requests/new-alert.yaml": "title: New alert\n"}
    assert len(messages(report_of({**files, I: incident(front)}), "request-filed-as-incident")) == count


@given(st.text(alphabet="a d-n(:,'?)requst \n", max_size=400))
def test_titles_are_read_in_no_time(title: str) -> None:
    re.match(ASKING, title * 50)
    FAILING.search(title * 50)


TARGETS = [
    ("target: 1 h", "30 min", "40 min", 1),
    ("target: 4 business hours", "3 business hours", "2 business hours", 1),
    ("target: 4 h", "3 business hours", "2 h", 1),
    ("target: 1 h", "30 min", "30 min", 0),
    ("target: 1 min", "40 s", "20 s", 0),
    # Passing time may pass at night.
    ("target: 4 business hours", "10 h", "10 h", 0),
    ("", "10 h", "10 h", 0),
]


@pytest.mark.parametrize(("target", "first", "second", "count"), TARGETS)
def test_targets_and_their_steps(
    target: str, first: str, second: str, count: int, report_of: Callable[..., Report]
) -> None:
    text = f"title: Copy\n{target}\nsteps: [{{step: a, takes: {first}}}, {{step: b, takes: {second}}}, {{step: c}}]\n"
    report = report_of({**BASE, "services/web/requests/copy.yaml": text})
    assert len(messages(report, "target-shorter-than-its-steps")) == count


# --- what comes back


def series(*days: str, more: str = "category: memory") -> dict[str, str]:
    return {
        f"incidents/2026-{day}-stop.md": incident(
            f"started: 2026-{day}T10:00Z\ntitle: Stopped on {day}\n{more}"
        )
        for day in days
    }


SERIES = [
    (series("10-01", "10-15", "10-31"), 1),
    (series("10-01", "10-15", "11-01"), 0),
    (series("10-01", "10-15"), 0),
    (series("10-01", "10-15", "10-31", more="category: memory\nproblem: leak"), 0),
    # Two of three are known to be the same; the third may be another.
    ({**series("10-01", "10-15", more="category: memory\nproblem: leak"), **series("10-31")}, 0),
    ({**series("10-01", "10-15"), **series("10-31", more="category: disk")}, 0),
    ({**series("10-01", "10-15"), **series("10-31", more="category: memory\nservices: [mail]")}, 0),
    # Two stretches with a year between them, and one long one.
    (series("01-01", "01-15", "01-20", "10-01", "10-15", "10-31"), 2),
    (series("09-01", "09-15", "09-29", "10-13", "10-27"), 1),
    # Each names two services: it is one recurrence all the same.
    (series("10-01", "10-15", "10-31", more="category: memory\nservices: [web, mail]"), 1),
    # Without a category the same words are the same thing.
    (series("10-01", "10-15", "10-31", more=""), 0),
]


@pytest.mark.parametrize(("files", "count"), SERIES)
def test_recurrences(files: dict[str, str], count: int, report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, P: problem(""), **files})
    assert len(messages(report, "recurrence-without-problem")) == count


def test_a_recurrence_of_the_same_words_is_told_at_its_last_incident(
    report_of: Callable[..., Report],
) -> None:
    files = {
        f"incidents/2026-10-{day}-out.md": incident(f"title: Outage on  web\nstarted: 2026-10-{day}T10:00Z")
        for day in ("01", "11", "21")
    }
    [finding] = [f for f in report_of({**BASE, **files}).findings if f.rule == "recurrence-without-problem"]
    assert finding.message == (
        'incident 2026-10-21-out is the last of 3 incidents of web with the title "outage on web" within 20 days,'
        " and none of them names a problem"
    )
    assert [place.label for place in finding.related] == ["2026-10-01-out", "2026-10-11-out"]


def test_thousands_of_incidents_are_one_recurrence(report_of: Callable[..., Report]) -> None:
    many = incident(f"{TIMES}\ncategory: memory")
    report = report_of({**BASE, **{f"incidents/2026-10-26-down-{n}.md": many for n in range(2000)}})
    [finding] = [finding for finding in report.findings if finding.rule == "recurrence-without-problem"]
    assert "the last of 2000 incidents" in finding.message
    assert len(finding.related) == 10


# --- problems

FIX = "origin: {problem: leak}\n"
PROMISED = [
    ("state: fix_in_progress", "", 1),
    ("state: fix_in_progress", FIX + "closure: {code: canceled}", 1),
    ("state: fix_in_progress", FIX + "closure: {code: unsuccessful}", 1),
    ("state: fix_in_progress", "origin: {demand: leak}", 1),
    ("state: fix_in_progress", FIX, 0),
    ("state: fix_in_progress", "origin: {incident: 2026-10-26-down}", 0),
    ("state: fix_in_progress", FIX + "closure: {code: successful}", 0),
    ("state: fix_in_progress", FIX + "unknown_key: 1", 0),
    ("state: assess", "", 0),
    ("state: closed", "", 0),
]


@pytest.mark.parametrize(("front", "origin", "count"), PROMISED)
def test_promised_fixes(front: str, origin: str, count: int, report_of: Callable[..., Report]) -> None:
    files = {**BASE, I: incident(f"{TIMES}\nproblem: leak"), P: problem(front), C: change(origin)}
    assert len(messages(report_of(files), "fix-promised-without-change")) == count


KNOWN = [
    ("known_error: true", "", {"known-error-without-workaround", "known-error-without-cause"}),
    ("known_error: true\nroot_cause: a", "", {"known-error-without-workaround"}),
    ("known_error: true\nworkaround: a", "", {"known-error-without-cause"}),
    ("known_error: true\nstate: closed\nroot_cause: a", "", set()),
    ("known_error: true\nworkaround: a\nroot_cause: Unknown.", "", {"known-error-without-cause"}),
    (
        "known_error: true\nworkaround: a\nroot_cause: Still under investigation",
        "",
        {"known-error-without-cause"},
    ),
    ("known_error: true\nworkaround: a\nroot_cause: Unknown commands stop the job.", "", set()),
    ("known_error: true", "## Root cause\n\n## Workaround\n", set()),
    ("known_error: true\nroot_cause: a\nworkaround: There is none; tell users to wait.", "", set()),
    ("known_error: false", "", set()),
    ("state: root_cause_analysis", "", set()),
]


@pytest.mark.parametrize(("front", "body", "rules"), KNOWN)
def test_known_errors(front: str, body: str, rules: set[str], report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, P: problem(front, body), I: incident("problem: leak")})
    assert {finding.rule for finding in report.findings if finding.place.file == P} == rules


ALONE = [
    ("", "", 1),
    ("known_error: true\nroot_cause: a\nworkaround: b", "", 1),
    ("tags: [supplier]", "", 1),
    ("labels: {ticket: PRB-1}", "problem: null", 1),
    ("", "problem: leak", 0),
    # An incident with another mistake names it all the same.
    ("", "problem: leak\nunknown_key: 1", 0),
    ("tags: [proactive]", "", 0),
    ("labels: {source: penetration test}", "", 0),
    ("state: closed", "", 0),
]


@pytest.mark.parametrize(("front", "names", "count"), ALONE)
def test_problems_without_incident(
    front: str, names: str, count: int, report_of: Callable[..., Report]
) -> None:
    report = report_of({**BASE, P: problem(front), I: incident(names)})
    assert len(messages(report, "problem-without-incident")) == count


DONE = FIX + "actual: {start: 2026-10-20T10:00Z, end: 2026-10-20T11:00Z}\nclosure: {code: successful}"
AFTER = [
    ("state: closed", DONE, 1),
    ("state: resolved", DONE, 1),
    ("state: closed", FIX + "closure: {code: successful, on: 2026-10-20}", 1),
    ("state: fix_in_progress", DONE, 0),
    ("state: closed", DONE.replace("2026-10-20T", "2026-10-27T"), 0),
    ("state: closed", DONE.replace("successful", "unsuccessful"), 0),
    # The day of the closure alone does not say whether it was before.
    ("state: closed", FIX + "closure: {code: successful, on: 2026-10-26}", 0),
    ("state: closed", "", 0),
]


@pytest.mark.parametrize(("front", "fix", "count"), AFTER)
def test_incidents_after_the_fix(front: str, fix: str, count: int, report_of: Callable[..., Report]) -> None:
    files = {**BASE, I: incident(f"{TIMES}\nproblem: leak"), P: problem(front), C: change(fix)}
    assert len(messages(report_of(files), "incident-after-its-problem-was-fixed")) == count


# --- agreements

PROMISES = [
    ("response: {P1: 5 h}\nresolution: {P1: 4 h}", {"response-longer-than-resolution"}),
    ("response: {P1: 5 business hours}\nresolution: {P1: 4 h}", {"response-longer-than-resolution"}),
    ("resolution: {P1: 4 h, P3: 2 h}", {"slower-for-what-matters-more"}),
    ("response: {P1: 1 h, P2: 30 min}", {"slower-for-what-matters-more"}),
    ("valid: {to: 2026-11-30}", {"agreement-expired"}),
    # Whether five hours around the clock are longer than four of work depends on the day.
    ("response: {P1: 5 h}\nresolution: {P1: 4 business hours}", set()),
    ("resolution: {P1: 8 h, P2: 4 business hours}", set()),
    ("response: {P1: 4 h}\nresolution: {P1: 4 h, P2: 4 h}", set()),
    ("response: {P2: 4 h}\nresolution: {P1: 1 h}", set()),
    ("valid: {to: 2026-12-01}", set()),
    ("valid: {from: 2026-01-01}", set()),
]


@pytest.mark.parametrize(("front", "rules"), PROMISES)
def test_agreements(front: str, rules: set[str], report_of: Callable[..., Report]) -> None:
    sla = f"type: SLA\nprovider: ops\ncustomer: crew\nhours: office\n{front}\n"
    hours = "type: service_hours\ntimezone: UTC\nweekly: [{days: [mon, tue, wed, thu, fri], hours: '08:00-16:00'}]\n"
    files = {"services/web/sla.yaml": sla, "organization/calendars/office.yaml": hours}
    report = report_of({**BASE, **files})
    assert {finding.rule for finding in report.findings} == rules


@pytest.mark.parametrize(
    ("other", "lifecycle", "count"),
    [
        ("type: SLA\nprovider: ops\ncustomer: crew\nvalid: {from: 2026-01-01}\n", "live", 0),
        ("type: SLA\nprovider: ops\ncustomer: ops\n", "live", 1),
        ("type: OLA\nprovider: ops\ncustomer: crew\n", "live", 1),
        ("type: OLA\nprovider: ops\ncustomer: crew\n", "retiring", 0),
    ],
)
def test_an_agreement_that_was_replaced(
    other: str, lifecycle: str, count: int, report_of: Callable[..., Report]
) -> None:
    files = {
        **BASE,
        "services/web/service.yaml": f"name: Web\nowner: ops\nlifecycle: {lifecycle}\n",
        "services/web/sla-2025.yaml": "type: SLA\nprovider: ops\ncustomer: crew\nvalid: {to: 2025-12-31}\n",
        f"services/web/{other[6:9].lower()}-2026.yaml": other,
    }
    assert len(messages(report_of(files), "agreement-expired")) == count


@pytest.mark.parametrize(("front", "body", "count"), SOLVED)
def test_solved_problems_say_why(front: str, body: str, count: int, report_of: Callable[..., Report]) -> None:
    report = report_of({**BASE, P: problem(front, body)})
    assert len(messages(report, "solved-problem-without-cause")) == count
