"""Hours, validity and continuity that are promised, and what the records say together."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.intervals import Interval
from gitsm.opening import open_repository
from gitsm.promises import Promise, answer, answers
from gitsm.promises.data import SCHEMA, as_data
from gitsm.promises.gaps import gaps
from gitsm.promises.ground import ground_of
from gitsm.records.agreement import Agreement
from gitsm.repository import Repository
from gitsm.tree import MappingTree
from gitsm.working_time import working_times

ROOT = Path(__file__).parent.parent
FILES = {
    "organization/teams/ours.yaml": "name: Ours\nhours: office\n",
    "organization/teams/dbs.yaml": "name: Databases\n",
    "organization/teams/buyers.yaml": "name: Buyers\ntype: customer\n",
    "organization/calendars/office.yaml": """\
type: service_hours
timezone: Europe/Vienna
weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}]
holidays: {country: AT, subdivision: "9"}
""",
    "organization/calendars/london.yaml": """\
type: service_hours
timezone: Europe/London
weekly: [{days: [mon, tue, wed, thu, fri], hours: 07:00-16:00}]
holidays: {country: AT, subdivision: "9"}
""",
    "organization/calendars/workdays.yaml": """\
type: service_hours
timezone: Europe/Vienna
weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}]
""",
    "organization/calendars/always.yaml": """\
type: service_hours
timezone: UTC
weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]
""",
    "services/shop/service.yaml": "name: Shop\nowner: ours\nlifecycle: live\ndepends_on: [{service: db}]\n",
    "services/db/service.yaml": "name: Databases\nowner: dbs\nlifecycle: live\n",
}
SLA = "type: SLA\nprovider: ours\ncustomer: buyers\n"
OLA = "type: OLA\nprovider: dbs\ncustomer: ours\n"


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[..., tuple[Promise, ...]]:
    def find(name: str, sla: str, ola: str | None = "", **files: str) -> tuple[Promise, ...]:
        texts = {**FILES, "services/shop/sla.yaml": SLA + sla}
        if ola is not None:
            texts["services/db/ola.yaml"] = OLA + ola
        texts |= {f"services/{path.replace('__', '/')}.yaml": text for path, text in files.items()}
        repository = repository_of(texts)
        record = repository.get(Agreement, "shop/sla")
        assert record is not None, repository.faults
        return answer(repository, record).of(name)  # type: ignore[arg-type]

    return find


# --- hours


@pytest.mark.parametrize(
    ("sla", "ola", "verdict", "says"),
    [
        ("hours: office", "", "proved", "everybody"),
        ("hours: office", "hours: office", "proved", "everybody"),
        ("hours: office", "hours: always", "proved", "everybody"),
        # The week is the same, and the holidays are not: Tuesday the 8th of December is the first.
        ("hours: workdays", "", "refuted", "the support hours of ours leave out"),
        ("hours: workdays", "", "refuted", "first Tue 2026-12-08 08:00–17:00"),
        # 07:00 in London is 08:00 in Vienna all year round, but for no week.
        ("hours: office", "hours: london", "proved", "everybody"),
        ("hours: always", "", "refuted", "the support hours of ours leave out"),
        ("hours: office", "hours: nobody", "undetermined", "calendar nobody"),
        # Without hours all of them are promised.
        ("", "", "refuted", "the support hours of ours"),
    ],
)
def test_hours(
    found: Callable[..., tuple[Promise, ...]], sla: str, ola: str, verdict: str, says: str
) -> None:
    (promise,) = found("hours", sla, ola)
    assert promise.verdict == verdict
    assert says in promise.because


def test_of_what_is_missing_the_rest_is_counted(found: Callable[..., tuple[Promise, ...]]) -> None:
    """Five teams run something below, and none of them has promised any hours, nor a recovery."""
    others = {f"x{n}__service": "name: X\nowner: dbs\nlifecycle: live\n" for n in range(5)}
    on = ", ".join(f"{{service: x{n}}}" for n in range(5))
    shop = f"name: Shop\nowner: ours\nlifecycle: live\nsupport_hours: always\ndepends_on: [{on}]\n"
    for name, sla in (("hours", ""), ("validity", ""), ("restore", "resolution: {P1: 900 h}")):
        (promise,) = found(name, sla, None, shop__service=shop, **others)
        assert len(promise.missing) == 5
        assert promise.because.endswith("; and 2 more")


def test_hours_of_a_large_group_count_those_that_are_not_named(
    found: Callable[..., tuple[Promise, ...]],
) -> None:
    members = [f"m{n}" for n in range(9)]
    each = ", ".join(f"{{service: {m}, redundancy_group: {{name: g, needed: 1}}}}" for m in members)
    files = {f"{m}__service": "name: M\nowner: dbs\nlifecycle: live\n" for m in members}
    files |= {f"{m}__ola": OLA for m in members}
    shop = f"name: Shop\nowner: ours\nlifecycle: live\nsupport_hours: always\ndepends_on: [{each}]\n"
    (promise,) = found("hours", "", None, shop__service=shop, **files)
    assert "1 of m0, m1, m2, m3, m4, m5, and 3 more must be there" in [link.says for link in promise.chain]


def test_hours_of_the_agreement_below_that_leave_a_gap(found: Callable[..., tuple[Promise, ...]]) -> None:
    (promise,) = found("hours", "hours: workdays\nvalid: {to: 2026-12-31}", "hours: office", shop__service=(
        "name: Shop\nowner: ours\nlifecycle: live\ndepends_on: [{service: db}]\nsupport_hours: always\n"
    ))  # fmt: skip
    assert promise.verdict == "refuted"
    (gap,) = promise.figure("gaps")
    # The 8th and the 25th of December; the 26th is a Saturday.
    assert (gap["of"], gap["hours"], gap["count"]) == ("db/ola", 18, 2)
    assert [mend.words for mend in promise.mends] == [
        "widen the hours of db/ola to workdays",
        "declare a fallback for db",
        "promise the hours of office",
    ]
    again = found("hours", "hours: office\nvalid: {to: 2026-12-31}", "hours: office")
    assert again[0].verdict == "proved"


def test_the_hours_of_a_soft_dependency_and_of_one_with_a_fallback_may_be_shorter(
    found: Callable[..., tuple[Promise, ...]]
) -> None:  # fmt: skip
    head = (
        "name: Shop\nowner: ours\nlifecycle: live\nsupport_hours: always\ndepends_on: [{service: db, %s}]\n"
    )
    for kept in ("criticality: soft", "fallback: {what: w, degraded: true}"):
        (promise,) = found("hours", "hours: always", "hours: office", shop__service=head % kept)
        assert promise.verdict == "proved"


def test_gaps_are_what_counting_minute_by_minute_finds(repository_of: Callable[..., Repository]) -> None:
    repository = repository_of(FILES)
    start = datetime(2027, 3, 20, tzinfo=UTC)
    window = Interval(start, start + timedelta(days=14))  # clocks go forward, and Easter
    found = gaps(ground_of(repository), "workdays", "london", window)
    workdays, london = (working_times(repository)[name] for name in ("workdays", "london"))
    missing = [
        minute
        for n in range(0, 14 * 1440, 5)
        for minute in [start + timedelta(minutes=n)]
        if workdays.is_open(minute) and not london.is_open(minute)
    ]
    assert missing
    inside = [
        minute
        for n in range(0, 14 * 1440, 5)
        for minute in [start + timedelta(minutes=n)]
        if any(gap.start <= minute < gap.end for gap in found)
    ]
    assert missing == inside


# --- validity


@pytest.mark.parametrize(
    ("sla", "ola", "verdict", "says"),
    [
        ("valid: {to: 2027-06-30}", "valid: {to: 2027-06-30}", "proved", "holds as long"),
        ("valid: {to: 2027-06-30}", "", "proved", "holds as long"),
        (
            "valid: {to: 2027-06-30}",
            "valid: {to: 2027-06-29}",
            "refuted",
            "db/ola ends on 2027-06-29, before",
        ),
        ("valid: {to: 2027-06-30}", "valid: {to: 2026-11-30}", "refuted", "db/ola ended on 2026-11-30"),
        (
            "valid: {to: 2027-06-30}",
            "valid: {from: 2026-12-02}",
            "refuted",
            "db/ola does not hold before 2026-12-02",
        ),
        # It begins when the promise does.
        ("valid: {from: 2027-01-01, to: 2027-06-30}", "valid: {from: 2027-01-01}", "proved", "holds as long"),
        # Without an end nobody can say what follows.
        ("", "valid: {to: 2027-06-30}", "undetermined", "names no end"),
        # Nobody has promised anything for it, and it is run by others.
        ("valid: {to: 2027-06-30}", None, "undetermined", "nobody has promised anything for db"),
    ],
)
def test_validity(
    found: Callable[..., tuple[Promise, ...]], sla: str, ola: str | None, verdict: str, says: str
) -> None:
    (promise,) = found("validity", sla, ola)
    assert promise.verdict == verdict
    assert says in promise.because


def test_a_successor_without_a_gap_is_enough(found: Callable[..., tuple[Promise, ...]]) -> None:
    sla = "valid: {to: 2027-12-31}\nunderpinned_by: [db/ola]"
    for begins, verdict in (("2027-01-01", "proved"), ("2027-01-02", "refuted")):
        successor = OLA + f"valid: {{from: {begins}}}\n"
        (promise,) = found("validity", sla, "valid: {to: 2026-12-31}", **{"db__ola-next": successor})
        assert promise.verdict == verdict


@pytest.mark.parametrize(
    ("begins", "days"), [("2027-01-02", "2027-01-01"), ("2027-01-05", "2027-01-01 to 2027-01-04")]
)
@pytest.mark.parametrize("named", ["[db/ola]", "[db/ola, db/ola-next]", "[]"])
def test_the_days_between_two_agreements_are_named(
    found: Callable[..., tuple[Promise, ...]], named: str, begins: str, days: str
) -> None:
    sla, ola = f"valid: {{to: 2027-12-31}}\nunderpinned_by: {named}", "valid: {to: 2026-12-31}"
    (promise,) = found("validity", sla, ola, **{"db__ola-next": OLA + f"valid: {{from: {begins}}}\n"})
    assert promise.because == (
        f"db/ola ends on 2026-12-31, and db/ola-next begins on {begins}: nothing holds on {days}"
    )
    first, second, _ = promise.mends
    assert (first.words, first.value) == ("have db/ola-next begin on 2027-01-01", "2027-01-01")
    assert second.words == f"renew db/ola until {days.rpartition(' ')[2]}"
    (again,) = found("validity", sla, ola, **{"db__ola-next": OLA + f"valid: {{from: {first.value}}}\n"})
    assert again.verdict == "proved"
    next_one = OLA + f"valid: {{from: {begins}}}\n"
    (again,) = found("validity", sla, f"valid: {{to: {second.value}}}", **{"db__ola-next": next_one})
    assert again.verdict == "proved"


def test_the_one_that_ends_last_is_named(found: Callable[..., tuple[Promise, ...]]) -> None:
    sla, ola = "valid: {to: 2027-12-31}\nunderpinned_by: [db/ola]", "valid: {to: 2026-12-31}"
    successor = OLA + "valid: {from: 2027-01-01, to: 2027-06-30}\n"
    (promise,) = found("validity", sla, ola, **{"db__ola-next": successor})
    assert promise.because == "db/ola-next ends on 2027-06-30, before shop/sla does"


@pytest.mark.parametrize("name", ["hours", "validity"])
@pytest.mark.parametrize(
    ("owner", "group", "verdict"),
    [
        ("dbs", "", "undetermined"),
        ("dbs", ", redundancy_group: {name: g, needed: 1}", "undetermined"),
        ("ours", "", "proved"),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_what_others_run_and_promised_to_nobody_proves_nothing(
    found: Callable[..., tuple[Promise, ...]], name: str, owner: str, group: str, verdict: str, deep: bool
) -> None:
    below = f"name: D\nowner: {owner}\nlifecycle: live\n"
    between = f"name: B\nowner: ours\nlifecycle: live\ndepends_on: [{{service: db{group}}}]\n"
    shop = "name: S\nowner: ours\nlifecycle: live\ndepends_on: [{service: between}]\n"
    (promise,) = found(
        name, "hours: office\nvalid: {to: 2027-12-31}", None, db__service=below,
        **({"shop__service": shop, "between__service": between} if deep else {"shop__service": between}),
    )  # fmt: skip
    assert promise.verdict == verdict
    assert bool(promise.missing) == (verdict == "undetermined")
    if name == "validity" and promise.missing:
        assert [link.way for link in promise.chain] == [("shop", *(["between"] if deep else []), "db")]


def test_what_stands_below_an_agreement_is_its_providers(found: Callable[..., tuple[Promise, ...]]) -> None:
    below = "name: D\nowner: dbs\nlifecycle: live\ndepends_on: [{service: disks}]\n"
    disks = "name: E\nowner: nobody\nlifecycle: live\n"
    for name in ("hours", "validity"):
        sla = "hours: office\nvalid: {to: 2027-12-31}"
        (promise,) = found(name, sla, "hours: office", db__service=below, disks__service=disks)
        assert promise.verdict == "proved"


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ("[{service: db}]", "declare a fallback for db"),
        (
            "[{service: db, redundancy_group: {name: g, needed: 1}}]",
            "declare a fallback for the group g",
        ),
    ],
)
def test_a_fallback_mends_hours(
    found: Callable[..., tuple[Promise, ...]], needs: str, words: str
) -> None:  # fmt: skip
    shop = "name: S\nowner: ours\nlifecycle: live\nsupport_hours: always\ndepends_on: "
    (promise,) = found("hours", "hours: always", "hours: office", shop__service=shop + needs)
    assert promise.verdict == "refuted"
    assert words in [mend.words for mend in promise.mends]


def test_an_agreement_that_has_ended_promises_nothing(found: Callable[..., tuple[Promise, ...]]) -> None:
    assert found("validity", "valid: {to: 2026-11-30}") == ()


# --- continuity


SHOP = """\
name: S
owner: ours
lifecycle: live
depends_on: [{service: db}]
continuity: {rto: 1 h, rpo: 1 min}
"""


@pytest.mark.parametrize(
    ("sla", "ola", "service", "verdicts"),
    [
        ("{rto: 4 h, rpo: 15 min}", "{rto: 4 h, rpo: 15 min}", "", ["proved", "proved"]),
        ("{rto: 4 h}", "{rto: 8 h}", "", ["refuted"]),
        ("{rpo: 5 min}", "{rpo: 15 min}", "", ["refuted"]),
        # Nobody says; or the service below does without an agreement.
        ("{rto: 4 h}", "", "", ["undetermined"]),
        ("{rto: 4 h}", "", "{rto: 2 h}", ["proved"]),
        ("{rto: 4 h}", "", "{rto: 9 h}", ["refuted"]),
        # The agreement comes before what the service says of itself.
        ("{rto: 4 h}", "{rto: 2 h}", "{rto: 9 h}", ["proved"]),
        # Working time lasts as long as it says, or longer.
        ("{rto: 4 h}", "{rto: 5 business hours}", "", ["refuted"]),
        ("{rto: 4 h}", "{rto: 3 business hours}", "", ["undetermined"]),
        ("{rto: 8 business hours}", "{rto: 6 h}", "", ["proved"]),
    ],
)
def test_continuity(
    found: Callable[..., tuple[Promise, ...]], sla: str, ola: str, service: str, verdicts: list[str]
) -> None:
    below = "name: D\nowner: dbs\nlifecycle: live\n" + (f"continuity: {service}\n" if service else "")
    promises = found(
        "continuity",
        f"continuity: {sla}",
        f"continuity: {ola}" if ola else "",
        db__service=below,
        shop__service=SHOP,
    )
    assert [promise.verdict for promise in promises] == verdicts


def test_a_database_that_takes_longer_refutes_it_unless_there_is_a_fallback(
    found: Callable[..., tuple[Promise, ...]]
) -> None:  # fmt: skip
    (promise,) = found("continuity", "continuity: {rto: 4 h}", "continuity: {rto: 8 h}", shop__service=SHOP)
    assert promise.because == "db/ola takes 8 h"
    assert [mend.words for mend in promise.mends] == [
        "bring the RTO of db/ola down to 4 h", "declare a fallback for db", "promise an RTO of 8 h",
    ]  # fmt: skip
    spared = "name: S\nowner: ours\nlifecycle: live\ndepends_on: [{service: db, fallback: {what: w, degraded: true}}]\n"
    spared += "continuity: {rto: 1 h}\n"
    (mended,) = found("continuity", "continuity: {rto: 4 h}", "continuity: {rto: 8 h}", shop__service=spared)
    assert mended.verdict == "proved"


def test_its_own_objective_counts_as_well(found: Callable[..., tuple[Promise, ...]]) -> None:
    own = "name: S\nowner: ours\nlifecycle: live\ncontinuity: {rto: 6 h}\n"
    (promise,) = found("continuity", "continuity: {rto: 4 h}", "", shop__service=own)
    assert (promise.verdict, promise.because) == ("refuted", "service shop takes 6 h")


# --- together


def test_the_promises_of_the_example_hold() -> None:
    repository = open_repository(ROOT, clock=lambda: datetime(2036, 1, 1, tzinfo=UTC))
    found = answers(repository)
    assert [p.because for each in found.values() for p in each.promises if p.verdict == "refuted"] == []
    # Of what we promise, everything is proved; of what suppliers do, what they rest on is theirs.
    ours = [each for each in found.values() if each.agreement.fields.type != "UC"]
    assert {p.verdict for each in ours for p in each.promises} == {"proved"}


def test_the_availability_of_payroll_by_hand() -> None:
    repository = open_repository(ROOT, clock=lambda: datetime(2036, 1, 1, tzinfo=UTC))
    (promise,) = answers(repository)["payroll/sla"].of("availability")
    # Identity's agreement covers databases, hosting and network, on which payroll stands as well, so that
    # each of them is counted once: 0.9998 of its own part x 0.999 of identity where that is up at night as
    # often as by day. All of identity's downtime, 0.744 h in a long month, may fall into payroll's hours, and
    # none may: then payroll's own part alone counts.
    assert promise.figure("at_least") < 100 * 0.9998 * 0.999
    assert promise.figure("at_most") == pytest.approx(100 * 0.9998)
    (network,) = answers(repository)["network/ola"].of("availability")
    # Of two lines of 0.999 one is enough: 0.9999 x (1 - 0.001 x 0.001). They are the carriers' contracts; if
    # what is ours of each line is not in them, each is up for 0.999 x 0.999.
    assert network.figure("at_most") == pytest.approx(100 * 0.9999 * (1 - 0.001**2))
    assert network.figure("at_least") == pytest.approx(100 * 0.9999 * (1 - (1 - 0.999**2) ** 2))


def test_answers_are_the_same_from_run_to_run(
    example_files: dict[str, str], repository_of: Callable[..., Repository]
) -> None:
    first, second = (
        answers(repository_of(files)) for files in (example_files, dict(reversed(example_files.items())))
    )
    assert [each.promises for each in first.values()] == [each.promises for each in second.values()]


@pytest.mark.parametrize(
    ("agreement", "name", "about", "edit", "says", "mend"),
    [
        # Its own part is up for 99.98 %, and 99.99 % is promised; whatever falls into its hours of identity's
        # downtime comes on top.
        (
            "payroll/sla", "availability", "", ("services/payroll/sla.yaml", "target: 99.5", "target: 99.99"),
            "the own part of payroll (99.98 %) gives 99.98 % at most", "promise no more than 99.68 %",
        ),
        # Of a contract's year, all of the 0.1 % may fall into February: 1 - 0.001 x 365 / 28 for each line, and
        # both are down at once for 0.0171 %. With 99.99 % of its own the network has 99.9729 %.
        (
            "network/ola", "availability", "",
            ("services/internet-line-?/uc.yaml", "target: 99.9, period: month", "target: 99.9, period: year"),
            "1 of 2 of internet (99.983 %) and the own part of network (99.99 %) give 99.973 % at most",
            "have internet-line-a/uc promise its 99.9 % for each month",
        ),
        # The operations centre has it at once, the payroll team after ten minutes; identity has four hours.
        (
            "payroll/sla", "restore", "P1",
            ("services/identity/ola.yaml", "resolution: {P1: 3 h", "resolution: {P1: 4 h"),
            "identity/ola restores it by Mon 2026-11-16 13:10; the deadline is Mon 2026-11-16 13:00",
            "have identity/ola restore P1 within 3 h 50 min",
        ),
        # Work within five hours on what is to be restored within four.
        (
            "payroll/sla", "restore", "P1",
            ("services/payroll/sla.yaml", "response: {P1: 30 min", "response: {P1: 5 h"),
            "work begins within 5 h, which is later than service is restored", "respond within 4 h",
        ),
        # The portal is promised around the clock, and supported in office hours from this Monday, 09:00, on.
        (
            "customer-portal/sla", "hours", "",
            ("services/customer-portal/service.yaml", "support_hours: around-the-clock", "support_hours: office-hours"),
            "the support hours of portal-team leave out", "widen the support hours of portal-team to around-the-clock",
        ),
        (
            "payroll/sla", "validity", "", ("services/identity/ola.yaml", "to: 2027-12-31", "to: 2027-05-31"),
            "identity/ola ends on 2027-05-31, before payroll/sla does", "renew identity/ola until 2027-06-30",
        ),
        (
            "payroll/sla", "validity", "", ("services/identity/ola.yaml", "to: 2027-12-31", "to: 2026-11-15"),
            "identity/ola ended on 2026-11-15", "renew identity/ola until 2027-06-30",
        ),
        (
            "payroll/sla", "validity", "", ("services/identity/ola.yaml", "from: 2025-07-01", "from: 2026-12-01"),
            "identity/ola does not hold before 2026-12-01", "have identity/ola begin by 2026-11-16",
        ),
        # Eight hours until payroll runs again, on databases that take nine.
        (
            "payroll/sla", "continuity", "RTO", ("services/database-platform/ola.yaml", "rto: 2 h", "rto: 9 h"),
            "database-platform/ola takes 9 h", "bring the RTO of database-platform/ola down to 8 h",
        ),
        (
            "payroll/sla", "continuity", "RPO", ("services/database-platform/ola.yaml", "rpo: 5 min", "rpo: 1 h"),
            "database-platform/ola may lose 1 h", "bring the RPO of database-platform/ola down to 15 min",
        ),
    ],
)  # fmt: skip
def test_the_example_is_refuted_in_each_way(
    repository_of: Callable[..., Repository],
    agreement: str, name: str, about: str, edit: tuple[str, str, str], says: str, mend: str,
) -> None:  # fmt: skip
    files = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("services", "organization")
        for path in (ROOT / folder).rglob("*.yaml")
    }
    pattern, old, new = edit
    for path in [path for path in files if Path(path).match(pattern)]:
        assert old in files[path]
        files[path] = files[path].replace(old, new)
    repository = repository_of(files, datetime(2026, 11, 16, 8, tzinfo=UTC))
    record = repository.get(Agreement, agreement)
    assert record is not None
    (promise,) = [each for each in answer(repository, record).of(name) if each.about == about]  # type: ignore[arg-type]
    assert promise.verdict == "refuted"
    assert says in promise.because
    assert promise.mends[0].words == mend


# --- hostile

WILD = st.sampled_from(
    ["0 min", "1 s", "0.5 h", "4 h", "999999 h", "8 business hours", "999999 business hours"]
)
SHARES = st.sampled_from([None, 0.01, 99.9, 100])


@st.composite
def wild(draw: st.DrawFn) -> dict[str, str]:
    """Records that fit their schemas, and make little sense."""
    names = ["a", "b", "c"]
    calendars = [None, "office", "always", "never", "nobody", "unknown"]
    files = {
        **FILES,
        "organization/calendars/never.yaml": "type: service_hours\ntimezone: Pacific/Apia\n",
        "organization/calendars/unknown.yaml": (
            "type: service_hours\ntimezone: Asia/Kathmandu\nholidays: {country: XX}\n"
            "weekly: [{days: [mon], hours: 23:30-00:10}]\n"
        ),
    }
    days = ["1990-01-01", "2026-12-01", "2026-12-02", "2030-01-01", "2099-12-31"]
    for name in names:
        on = [
            {"service": draw(st.sampled_from([*names, "nobody"]))}
            | draw(
                st.sampled_from(
                    [{}, {"criticality": "soft"}, {"redundancy_group": {"name": "g", "needed": 2}}]
                )
            )
            for _ in range(draw(st.integers(0, 3)))
        ]
        service = {
            "name": name,
            "owner": draw(st.sampled_from(["ours", "dbs", "nobody"])),
            "lifecycle": "live",
        }
        service |= {"depends_on": on, "escalation": [{"team": "ours", "after": draw(WILD)}]}
        service |= {
            "support_hours": draw(st.sampled_from(calendars)),
            "own_availability": draw(st.sampled_from([None, 0.01, 99.9, 100])),
        }
        files[f"services/{name}/service.yaml"] = json.dumps(
            {k: v for k, v in service.items() if v is not None}
        )
        for stem in draw(st.lists(st.sampled_from(["sla", "ola", "uc"]), max_size=2, unique=True)):
            agreement = {
                "type": stem.upper(), "provider": draw(st.sampled_from(["ours", "dbs"])), "customer": "buyers",
                "valid": {"from": draw(st.sampled_from(days)), "to": draw(st.sampled_from(days))},
                "hours": draw(st.sampled_from(calendars)),
                "availability": {"target": draw(SHARES) or 50, "period": draw(st.sampled_from(["day", "year"]))},
                "response": {"P1": draw(WILD)}, "resolution": {"P1": draw(WILD), "P5": draw(WILD)},
                "continuity": {"rto": draw(WILD), "rpo": draw(WILD)},
                "underpinned_by": draw(st.lists(st.sampled_from(["a/ola", "b/uc", "c/sla", "x/uc"]), max_size=2)),
            }  # fmt: skip
            kept = {k: v for k, v in agreement.items() if v is not None}
            files[f"services/{name}/{stem}.yaml"] = json.dumps(kept)
    return files


@given(wild())
@settings(max_examples=150)
def test_whatever_records_say_there_is_an_answer(files: dict[str, str]) -> None:
    repository = Repository(MappingTree(files), now=datetime(2026, 12, 1, 8, tzinfo=UTC))
    found = answers(repository)
    data = json.loads(json.dumps(as_data(found.values()), allow_nan=False))
    jsonschema.validate(data, SCHEMA)
    for each in found.values():
        for promise in each.promises:
            assert promise.because
            assert not promise.because.endswith(".")
            assert (promise.verdict == "undetermined") == bool(promise.missing) or promise.name == "restore"


def test_a_mend_is_enough_when_it_is_made(found: Callable[..., tuple[Promise, ...]]) -> None:
    sla, ola = "valid: {to: 2027-12-31}", "valid: {to: 2027-06-30}"
    (promise,) = found("validity", sla, ola)
    (mend,) = promise.mends
    assert found("validity", sla, f"valid: {{to: {mend.value}}}")[0].verdict == "proved"


# --- what isn't there


@pytest.mark.parametrize("lifecycle", ["retired", "build"])
@pytest.mark.parametrize("group", ["", ", redundancy_group: {name: g, needed: 1}"])
@pytest.mark.parametrize("name", ["hours", "validity", "continuity", "restore"])
def test_what_is_not_in_use_carries_no_promise(
    found: Callable[..., tuple[Promise, ...]], name: str, group: str, lifecycle: str
) -> None:
    says = "hours: office\nresolution: {P1: 90 h}\ncontinuity: {rto: 4 h}\n"
    shop = SHOP.replace("service: db", f"service: db{group}")
    below = f"name: D\nowner: dbs\nlifecycle: {lifecycle}\n"
    (kept,) = found(name, says, says, shop__service=shop)
    assert kept.verdict == "proved"
    (promise,) = found(name, says, says, shop__service=shop, db__service=below)
    assert promise.verdict == "undetermined"
    assert promise.missing


@pytest.mark.parametrize("name", ["hours", "validity", "continuity", "restore"])
def test_an_agreement_that_is_named_and_not_there_leaves_it_undetermined(
    found: Callable[..., tuple[Promise, ...]], name: str
) -> None:
    says = "hours: office\nresolution: {P1: 90 h}\ncontinuity: {rto: 4 h}\n"
    named = says + "underpinned_by: [db/ola, db/nope]\n"
    (promise,) = found(name, named, says, shop__service=SHOP)
    assert (promise.verdict, promise.missing) == ("undetermined", ("agreement db/nope",))


# --- recovery that nobody states


def test_its_own_recovery_is_not_proved_from_nothing(found: Callable[..., tuple[Promise, ...]]) -> None:
    alone = "name: S\nowner: ours\nlifecycle: live\n"
    (promise,) = found("continuity", "continuity: {rpo: 4 h}", shop__service=alone)
    assert (promise.verdict, promise.missing) == ("undetermined", ("the own RPO of shop",))
    # An operational agreement about the service itself decides.
    (promise,) = found(
        "continuity",
        "continuity: {rpo: 4 h}\nunderpinned_by: [shop/ola]",
        shop__service=alone,
        shop__ola="type: OLA\nprovider: dbs\ncustomer: ours\ncontinuity: {rpo: 1 h}\n",
    )
    assert promise.verdict == "proved"


@pytest.mark.parametrize("group", ["", ", redundancy_group: {name: g, needed: 1}"])
@pytest.mark.parametrize(("ola", "verdict"), [("", "refuted"), ("continuity: {rto: 2 h}", "proved")])
def test_an_agreement_alone_hides_what_is_below(
    found: Callable[..., tuple[Promise, ...]], group: str, ola: str, verdict: str
) -> None:
    (promise,) = found(
        "continuity", "continuity: {rto: 4 h}", ola,
        shop__service=SHOP.replace("service: db", f"service: db{group}"),
        db__service="name: D\nowner: dbs\nlifecycle: live\ncontinuity: {rto: 2 h}\ndepends_on: [{service: disks}]\n",
        disks__service="name: E\nowner: dbs\nlifecycle: live\ncontinuity: {rto: 40 h}\n",
    )  # fmt: skip
    assert promise.verdict == verdict


@pytest.mark.parametrize(
    ("needed", "ola", "verdict"),
    [
        (1, "continuity: {rto: 8 h}", "undetermined"),  # the other member may be back at once
        (2, "continuity: {rto: 8 h}", "refuted"),  # whatever the other one is
        (1, "continuity: {rto: 2 h}", "proved"),
        (2, "continuity: {rto: 2 h}", "undetermined"),
    ],
)
def test_a_member_of_which_nothing_is_known_may_be_the_first_or_the_last(
    found: Callable[..., tuple[Promise, ...]], needed: int, ola: str, verdict: str
) -> None:
    group = f"redundancy_group: {{name: g, needed: {needed}}}"
    shop = (
        "name: S\nowner: ours\nlifecycle: live\ncontinuity: {rto: 1 h, rpo: 1 min}\n"
        f"depends_on: [{{service: db, {group}}}, {{service: other, {group}}}]\n"
    )
    (promise,) = found(
        "continuity", "continuity: {rto: 4 h}", ola, shop__service=shop,
        other__service="name: O\nowner: dbs\nlifecycle: live\n",
    )  # fmt: skip
    assert promise.verdict == verdict
    assert promise.missing == (("the RTO of other",) if verdict == "undetermined" else ())


def test_a_fallback_of_one_member_does_not_switch_off_the_group(
    found: Callable[..., tuple[Promise, ...]]
) -> None:  # fmt: skip
    shop = """\
name: S
owner: ours
lifecycle: live
continuity: {rto: 1 h}
depends_on:
  - {service: db, redundancy_group: {name: g, needed: 1}, fallback: {what: w, degraded: true}}
  - {service: disks, redundancy_group: {name: g, needed: 1}}
"""
    slow = "name: D\nowner: dbs\nlifecycle: live\ncontinuity: {rto: 40 h}\n"
    (promise,) = found(
        "continuity",
        "continuity: {rto: 4 h}",
        None,
        shop__service=shop,
        db__service=slow,
        disks__service=slow,
    )
    assert promise.verdict == "refuted"
