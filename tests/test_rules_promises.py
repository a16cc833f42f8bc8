"""The rules about promises: guilty and innocent records of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from gitsm.lint import Report

RULES = (
    "availability-not-underpinned",
    "resolution-not-underpinned",
    "promised-hours-not-covered",
    "underpinning-agreement-not-in-force",
    "underpinning-agreement-ends-first",
    "recovery-not-underpinned",
    "availability-undetermined",
)
OFFICE = (
    "type: service_hours\ntimezone: Europe/Vienna\nweekly: [{days: [mon, tue, wed, thu, fri], hours: %s}]\n"
)
BASE = {
    "organization/teams/ours.yaml": "name: Ours\n",
    "organization/teams/dbs.yaml": "name: Databases\n",
    "organization/teams/buyers.yaml": "name: Buyers\ntype: customer\n",
    "organization/calendars/office.yaml": OFFICE % "08:00-17:00",
    "organization/calendars/short.yaml": OFFICE % "09:00-15:00",
    "organization/calendars/long.yaml": OFFICE % "07:00-20:00",
}
SLA = "type: SLA\nprovider: ours\ncustomer: buyers\n"
OLA = "type: OLA\nprovider: dbs\ncustomer: ours\n"


def shop(more: str = "", on: str = "{service: db}", lifecycle: str = "live") -> str:
    return (
        f"name: Shop\nowner: ours\nlifecycle: {lifecycle}\nown_availability: 99.9\ndepends_on: [{on}]\n{more}"
    )


def db(more: str = "") -> str:
    return f"name: Databases\nowner: dbs\nlifecycle: live\n{more}"


def estate(sla: str, ola: str | None = "", shop: str = shop(), db: str = db(), **more: str) -> dict[str, str]:
    files = {
        **BASE,
        "services/shop/service.yaml": shop,
        "services/db/service.yaml": db,
        "services/shop/sla.yaml": SLA + sla + "\n",
    }
    if ola is not None:
        files["services/db/ola.yaml"] = OLA + ola + "\n"
    return files | {path.replace("__", "/") + ".yaml": text for path, text in more.items()}


@pytest.fixture
def broken(report_of: Callable[..., Report]) -> Callable[[Mapping[str, str]], list[str]]:
    def check(files: Mapping[str, str]) -> list[str]:
        return [finding.rule for finding in report_of(files).findings if finding.rule in RULES]

    return check


FALLBACK = "{service: db, fallback: {what: w, degraded: true}}"
SOFT = "{service: db, criticality: soft}"
ASKED = "requirements: [{when: {kind: agreement, type: [SLA]}, require: {fields: [underpinned_by]}}]\n"


@pytest.mark.parametrize(
    ("rules", "files"),
    [
        ("availability-not-underpinned", estate("availability: {target: 99.9}", "availability: {target: 99.95}")),
        # Its own part alone is not that good, whatever the one below is.
        ("availability-not-underpinned", estate("availability: {target: 99.95}", None)),
        # A figure of a year for a promise of a month.
        ("availability-not-underpinned", estate(
            "availability: {target: 99.5}", "availability: {target: 99.9, period: year}",
        )),
        # The service that is meant stands two steps below.
        ("availability-not-underpinned", estate(
            "availability: {target: 99}", None, db=db("own_availability: 99.9\ndepends_on: [{service: disk}]\n"),
            services__disk__service="name: Disk\nowner: dbs\nlifecycle: live\nown_availability: 98\n",
        )),
        ("resolution-not-underpinned", estate("resolution: {P1: 4 h}", "resolution: {P1: 6 h}")),
        ("resolution-not-underpinned", estate(
            "resolution: {P1: 4 h}", "resolution: {P1: 3 h}", shop=shop("escalation: [{team: ours, after: 90 min}]\n"),
        )),
        # Those below leave in the evening: what begins then is late, and the hours are not covered either.
        ("promised-hours-not-covered resolution-not-underpinned", estate(
            "resolution: {P1: 4 h}", "hours: office\nresolution: {P1: 2 h}",
        )),
        ("promised-hours-not-covered resolution-not-underpinned", estate(
            "hours: office\nresolution: {P2: 4 business hours}", "hours: short\nresolution: {P2: 4 business hours}",
        )),
        ("promised-hours-not-covered", estate("hours: office", "hours: short")),
        ("promised-hours-not-covered", estate("hours: office", shop=shop("support_hours: short\n"))),
        ("promised-hours-not-covered", estate("hours: long", "hours: office", shop=shop("support_hours: long\n"))),
        ("promised-hours-not-covered", estate("response: {P1: 1 h}", shop=shop("support_hours: office\n"))),
        ("underpinning-agreement-not-in-force", estate("", "valid: {to: 2026-11-30}")),
        ("underpinning-agreement-not-in-force", estate("", "valid: {from: 2026-12-02}")),
        ("underpinning-agreement-not-in-force", estate(
            "underpinned_by: [db/ola]", "valid: {to: 2026-11-30}", shop=shop(on=SOFT),
        )),
        ("underpinning-agreement-not-in-force", estate("valid: {from: 2026-12-10}", "valid: {to: 2026-12-05}")),
        ("underpinning-agreement-ends-first", estate("valid: {to: 2027-12-31}", "valid: {to: 2027-12-30}")),
        ("underpinning-agreement-ends-first", estate(
            "valid: {to: 2027-12-31}\nunderpinned_by: [db/ola]", "valid: {to: 2027-06-30}", shop=shop(on=SOFT),
        )),
        # Another one follows, a day too late.
        ("underpinning-agreement-ends-first", estate(
            "valid: {to: 2027-12-31}", "valid: {to: 2027-06-30}",
            **{"services/db/ola-next": OLA + "valid: {from: 2027-07-02}\n"},
        )),
        ("underpinning-agreement-ends-first", estate(
            "valid: {from: 2027-01-01, to: 2027-12-31}", "valid: {to: 2027-06-30}",
        )),
        ("recovery-not-underpinned", estate("continuity: {rto: 4 h}", "continuity: {rto: 8 h}")),
        ("recovery-not-underpinned", estate("continuity: {rpo: 5 min}", "continuity: {rpo: 1 h}")),
        ("recovery-not-underpinned", estate("continuity: {rto: 4 h}", None, db=db("continuity: {rto: 5 h}\n"))),
        ("recovery-not-underpinned", estate("continuity: {rto: 4 h}", shop=shop("continuity: {rto: 6 h}\n"))),
        ("availability-undetermined", estate(
            "availability: {target: 99.5}\nunderpinned_by: [db/ola]", organization__policy=ASKED,
        )),
    ],
)  # fmt: skip
def test_guilty(broken: Callable[[Mapping[str, str]], list[str]], rules: str, files: dict[str, str]) -> None:
    assert broken(files) == rules.split()


@pytest.mark.parametrize(
    "files",
    [
        estate("availability: {target: 99.8}", "availability: {target: 99.9}"),
        # Nobody knows, and the policy doesn't ask.
        estate("availability: {target: 99.5}"),
        estate("availability: {target: 99.5}\nunderpinned_by: [db/ola]"),
        # Users are served worse, or don't notice: it is up.
        estate("availability: {target: 99.9}", "availability: {target: 99}", shop=shop(on=FALLBACK)),
        estate("availability: {target: 99.9}", "availability: {target: 99}", shop=shop(on=SOFT)),
        # It is not in use yet, or no longer.
        estate("availability: {target: 99.9}", "availability: {target: 99}", shop=shop(lifecycle="design")),
        estate("availability: {target: 99.9}", "availability: {target: 99}", shop=shop(lifecycle="retired")),
        # It has ended: nobody is bound by it.
        estate("availability: {target: 99.9}\nvalid: {to: 2026-06-30}", "availability: {target: 99}"),
        estate("resolution: {P1: 4 h}", "resolution: {P1: 4 h}"),
        estate("resolution: {P1: 4 h, P2: 8 h}", "resolution: {P1: 3 h}"),
        estate("resolution: {P1: 4 h}", "resolution: {P1: 9 h}", shop=shop(on=FALLBACK)),
        estate(
            "hours: office\nresolution: {P2: 20 business hours}", "hours: office\nresolution: {P2: 8 business hours}",
        ),
        estate("hours: office", "hours: long"),
        estate("hours: office", shop=shop("support_hours: long\n")),
        estate("hours: office", "hours: short", shop=shop(on=SOFT)),
        # It names no hours, and nobody has to answer in any.
        estate("availability: {target: 99.5}", shop=shop("support_hours: office\n")),
        # Nobody says when anybody is there.
        estate("", "hours: office", shop=shop(on=FALLBACK)),
        estate("valid: {to: 2027-12-31}", "valid: {to: 2027-12-31}"),
        estate(
            "valid: {to: 2027-12-31}", "valid: {to: 2027-06-30}",
            **{"services/db/ola-next": OLA + "valid: {from: 2027-07-01}\n"},
        ),
        # It names no end, and every contract has one.
        estate("", "valid: {to: 2027-06-30}"),
        estate("valid: {to: 2027-12-31}", None),
        estate("continuity: {rto: 4 h, rpo: 1 h}", "continuity: {rto: 4 h, rpo: 1 h}"),
        estate("continuity: {rto: 4 h}", "continuity: {rto: 8 h}", shop=shop(on=FALLBACK)),
        estate("continuity: {rto: 4 h}"),
        estate("continuity: {rto: 8 business hours}", "continuity: {rto: 8 h}"),
    ],
)  # fmt: skip
def test_innocent(broken: Callable[[Mapping[str, str]], list[str]], files: dict[str, str]) -> None:
    assert broken(files) == []


def test_where_one_below_has_ended_nobody_is_told_that_the_rest_is_too_little(
    broken: Callable[[Mapping[str, str]], list[str]]
) -> None:  # fmt: skip
    files = estate(
        "availability: {target: 99.5}", "valid: {to: 2026-11-30}\navailability: {target: 99.9}",
        db=db("own_availability: 99\n"),
    )  # fmt: skip
    assert broken(files) == ["underpinning-agreement-not-in-force"]


def test_the_finding_names_both_ends_and_what_would_mend_it(report_of: Callable[..., Report]) -> None:
    report = report_of(estate("availability: {target: 99.8}", "availability: {target: 99.5}"))
    (finding,) = [f for f in report.findings if f.rule == "availability-not-underpinned"]
    assert finding.message == (
        "agreement shop/sla promises 99.8 % a month, and db/ola (99.5 %) gives 99.5 % at most, and all that it"
        " stands on 99.4 %"
    )
    assert finding.hint == "raise db/ola to 99.9 %, or declare a fallback for db"
    assert [(place.file, place.label) for place in finding.related] == [
        ("services/db/ola.yaml", "99.5 % a month")
    ]


@pytest.mark.parametrize(
    ("files", "severity"),
    [
        (estate("resolution: {P1: 4 h}", "resolution: {P1: 6 h}"), "error"),
        (
            estate("hours: long\nresolution: {P1: 4 h}", "hours: office\nresolution: {P1: 2 h}"),
            "warning warning",
        ),
        (estate("hours: office", "hours: short"), "warning"),
        (estate("response: {P1: 1 h}", shop=shop("support_hours: office\n")), "note"),
    ],
)
def test_how_bad_it_is(report_of: Callable[..., Report], files: dict[str, str], severity: str) -> None:
    found = [f.severity.value for f in report_of(files).findings if f.rule in RULES]
    assert found == severity.split()
