"""Time to restore: by hand, and against a search over every minute."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.intervals import Interval, union
from gitsm.promises import Promise, answer
from gitsm.promises.worst_moment import Elapse, Hours, Soonest, Stage, Wait, Work, through, worst_moment
from gitsm.records.agreement import Agreement
from gitsm.repository import Repository
from gitsm.schema.values import read_duration
from gitsm.tree import MappingTree
from gitsm.working_time import working_times

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
OFFICE = """\
type: service_hours
timezone: Europe/Vienna
weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}]
holidays: {country: AT, subdivision: "9"}
"""
LATE = """\
type: service_hours
timezone: Europe/Vienna
weekly: [{days: [mon, tue, wed, thu, fri], hours: 10:00-14:00}]
"""
FILES = {
    "organization/teams/ours.yaml": "name: Ours\n",
    "organization/teams/dbs.yaml": "name: Databases\n",
    "organization/teams/seller.yaml": "name: Seller\ntype: supplier\n",
    "organization/teams/buyers.yaml": "name: Buyers\ntype: customer\n",
    "organization/calendars/office.yaml": OFFICE,
    "organization/calendars/late.yaml": LATE,
    "services/shop/service.yaml": (
        "name: Shop\nowner: ours\nlifecycle: live\ndepends_on: [{service: db}]\n"
        "escalation: [{team: ours, after: 30 min}]\n"
    ),
    "services/db/service.yaml": "name: Databases\nowner: dbs\nlifecycle: live\n",
}
SLA = "type: SLA\nprovider: ours\ncustomer: buyers\n"
OLA = "type: OLA\nprovider: dbs\ncustomer: ours\n"


@pytest.fixture
def found(repository_of: Callable[..., Repository]) -> Callable[..., Promise]:
    def find(sla: str, ola: str = "", calendars: Mapping[str, str] | None = None, **more: str) -> Promise:
        files = {**FILES, "services/shop/sla.yaml": SLA + sla}
        for name, text in (calendars or {}).items():
            files[f"organization/calendars/{name}.yaml"] = text
        if ola:
            files["services/db/ola.yaml"] = OLA + ola
        for name, text in more.items():
            files[f"services/{name}/service.yaml"] = text
        repository = repository_of(files)
        record = repository.get(Agreement, "shop/sla")
        assert record is not None
        (promise,) = answer(repository, record).of("restore")
        return promise

    return find


@pytest.mark.parametrize(
    ("sla", "ola", "moment", "restored", "deadline", "verdict"),
    [
        # All hours: half an hour until we are called, and two hours of theirs.
        ("resolution: {P1: 4 h}", "resolution: {P1: 2 h}", "12-01T09:00", "12-01T11:30", "12-01T13:00", "proved"),
        ("resolution: {P1: 2 h}", "resolution: {P1: 2 h}", "12-01T09:00", "12-01T11:30", "12-01T11:00", "refuted"),
        # They are there in office hours alone, and hear of it at 17:00, as they leave. On Friday is
        # Christmas, so Thursday is as bad as Easter, which comes later.
        (
            "valid: {to: 2027-06-30}\nresolution: {P1: 20 h}", "hours: office\nresolution: {P1: 2 h}",
            "12-24T16:30", "12-28T10:00", "12-25T12:30", "refuted",
        ),
    ],
)  # fmt: skip
def test_by_hand(
    found: Callable[..., Promise], sla: str, ola: str, moment: str, restored: str, deadline: str, verdict: str
) -> None:
    promise = found(sla, ola)
    shown = [promise.figure(name) for name in ("worst_moment", "restored", "deadline")]
    assert [datetime.fromisoformat(each) for each in shown] == [
        datetime.fromisoformat(f"2026-{text}+01:00") for text in (moment, restored, deadline)
    ]
    assert promise.verdict == verdict


@pytest.mark.parametrize(
    ("sla", "ola", "more", "verdict", "says"),
    [
        # No agreement below says when, and another team runs it.
        ("resolution: {P1: 4 h}", "", {}, "undetermined", "by when db is restored at P1"),
        ("resolution: {P1: 4 h}", "resolution: {P2: 1 h}", {}, "undetermined", "by when db is restored at P1"),
        # It is ours, so nobody has to promise anything.
        (
            "resolution: {P1: 4 h}", "", {"db": "name: D\nowner: ours\nlifecycle: live\n"},
            "proved", "ours is at it",
        ),
        # We are called later than it has to be restored.
        (
            "resolution: {P1: 4 h}", "resolution: {P1: 1 h}",
            {"shop": "name: S\nowner: ours\nlifecycle: live\nescalation: [{team: ours, after: 5 h}]\n"},
            "refuted", "ours is at it",
        ),
        # The path names those below: they are called after two hours, and not when we are.
        (
            "resolution: {P1: 4 h}", "resolution: {P1: 3 h}",
            {"shop": "name: S\nowner: ours\nlifecycle: live\ndepends_on: [{service: db}]\n"
             "escalation: [{team: ours, after: 0 min}, {team: dbs, after: 2 h}]\n"},
            "refuted", "db/ola",
        ),
        # With a fallback, or soft, it doesn't have to be back.
        (
            "resolution: {P1: 4 h}", "resolution: {P1: 9 h}",
            {"shop": "name: S\nowner: ours\nlifecycle: live\n"
             "depends_on: [{service: db, fallback: {what: w, degraded: true}}]\n"},
            "proved", "ours is at it",
        ),
        # Work begins later than service is restored.
        ("response: {P1: 5 h}\nresolution: {P1: 4 h}", "resolution: {P1: 1 h}", {}, "refuted", "work begins"),
        # Nobody of support is there at night.
        (
            "resolution: {P1: 4 h}", "resolution: {P1: 1 h}",
            {"shop": "name: S\nowner: ours\nlifecycle: live\nsupport_hours: office\ndepends_on: [{service: db}]\n"},
            "refuted", "db/ola",
        ),
        ("resolution: {P1: 4 h}", "hours: nobody\nresolution: {P1: 1 h}", {}, "undetermined", "calendar nobody"),
    ],
)  # fmt: skip
def test_what_decides(
    found: Callable[..., Promise], sla: str, ola: str, more: dict[str, str], verdict: str, says: str
) -> None:
    promise = found(sla, ola, **more)
    assert promise.verdict == verdict
    assert says in promise.because


def test_both_count_office_hours(found: Callable[..., Promise]) -> None:
    ola = "hours: office\nresolution: {P2: 8 business hours}"
    # We are called half an hour later; whoever has ten hours has an hour and a half left.
    ten = found("hours: office\nresolution: {P2: 10 business hours}", ola)
    assert (ten.verdict, ten.figure("spare_minutes")) == ("proved", 90)
    # What begins at 9:00 has to be back at 17:00, and those below need half an hour of the next day. That
    # is 88 hours later on the Friday before All Saints' in 2027, when the clocks go back as well.
    eight = found("hours: office\nresolution: {P2: 8 business hours}", ola)
    assert (eight.verdict, eight.figure("spare_minutes")) == ("refuted", -(88 * 60 + 30))


def test_the_mend_is_enough(found: Callable[..., Promise]) -> None:
    late = found("resolution: {P1: 4 h}", "resolution: {P1: 6 h}")
    assert [mend.words for mend in late.mends] == [
        "have db/ola restore P1 within 3 h 30 min",
        "declare a fallback for db",
        "promise that P1 is restored within 6 h 30 min",
    ]
    assert [mend.value for mend in late.mends if mend.kind == "agreement"] == ["210 min", "390 min"]
    assert found("resolution: {P1: 4 h}", "resolution: {P1: 210 min}").verdict == "proved"
    assert found("resolution: {P1: 4 h}", "resolution: {P1: 211 min}").verdict == "refuted"
    assert found("resolution: {P1: 390 min}", "resolution: {P1: 6 h}").verdict == "proved"


@given(st.integers(1, 600), st.integers(1, 600), st.integers(1, 1_200), st.booleans())
@settings(max_examples=60)
def test_no_shorter_cut_would_do(target: int, length: int, called: int, by_name: bool) -> None:
    """Of lengths that are cut as few minutes are cut as will do, and of those first the fewest."""
    files = FILES | {
        "services/shop/service.yaml": "name: Shop\nowner: ours\nlifecycle: live\ndepends_on: [{service: db}]\n"
        f"escalation: [{{team: ours, after: {called} min}}" + ", {team: dbs, after: 9 min}]\n" * by_name
        + "]\n" * (not by_name),
    }  # fmt: skip

    def said(target: int, length: int, called: int) -> Promise:
        at = "services/shop/service.yaml"
        texts = files | {
            at: files[at].replace("{team: ours, after: ", f"{{team: ours, after: {called} min}}#", 1)
        }
        texts[at] = re.sub(r"#[^}]*}", "", texts[at])
        texts["services/shop/sla.yaml"] = SLA + f"resolution: {{P1: {target} min}}\n"
        texts["services/db/ola.yaml"] = OLA + f"resolution: {{P1: {length} min}}\n"
        repository = Repository(MappingTree(texts), now=NOW)
        record = repository.get(Agreement, "shop/sla")
        assert record is not None, repository.faults
        return answer(repository, record).of("restore")[0]

    found = said(target, length, called)
    if found.verdict != "refuted":
        return
    for mend in found.mends:
        value = round(read_duration(mend.value).minutes) if isinstance(mend.value, str) else 0
        if mend.kind == "agreement" and mend.id == "db/ola":
            assert said(target, value, called).verdict == "proved"
            assert said(target, value + 1, called).verdict == "refuted"
        elif mend.path[:1] == ("escalation",) and mend.path[1] == 0:
            assert said(target, length, value).verdict == "proved"
            assert value == 0 or said(target, length, value + 1).verdict == "refuted"
        elif mend.kind == "agreement":
            assert said(value, length, called).verdict == "proved"
            assert said(value - 1, length, called).verdict == "refuted"


def test_of_teams_that_could_be_there_that_comes_first_to_which_the_fewest_hours_are_added(
    asked: Callable[..., Promise],
) -> None:
    files = {
        "services/shop/service.yaml": OURS + "support_hours: day\n"
        "escalation: [{team: ours, after: 0 min}, {team: dbs, after: 0 min}]\n",
        "organization/teams/ours.yaml": "name: Ours\nhours: late\n",
        "organization/teams/dbs.yaml": "name: Databases\nhours: office\n",
    }  # fmt: skip
    late = asked(files, "hours: day\nresponse: {P1: 2 h}\n")
    assert [mend.words for mend in late.mends][:2] == [
        "have dbs on duty in the hours of day", "have ours on duty in the hours of day",
    ]  # fmt: skip


def test_a_length_that_no_record_takes_is_no_mend(found: Callable[..., Promise]) -> None:
    # To promise 1,001,800 seconds would be one: that has seven digits.
    late = found("resolution: {P1: 20000.5 s}", "resolution: {P1: 999999.5 s}")
    assert [mend.words for mend in late.mends] == [
        "have db/ola restore P1 within 5 h 3 min 20 s", "declare a fallback for db",
    ]  # fmt: skip


def test_one_of_two_is_enough_where_the_quicker_one_is_back(repository_of: Callable[..., Repository]) -> None:
    def with_lines(one: str, other: str) -> Promise:
        group = "redundancy_group: {name: lines, needed: 1}"
        repository = repository_of(
            {
                **FILES,
                "services/shop/service.yaml": "name: Shop\nowner: ours\nlifecycle: live\n"
                f"depends_on: [{{service: a, {group}}}, {{service: b, {group}}}]\n",
                "services/a/service.yaml": "name: A\nowner: seller\nlifecycle: live\n",
                "services/b/service.yaml": "name: B\nowner: seller\nlifecycle: live\n",
                "services/a/uc.yaml": f"type: UC\nprovider: seller\ncustomer: ours\nresolution: {{P1: {one}}}\n",
                "services/b/uc.yaml": f"type: UC\nprovider: seller\ncustomer: ours\nresolution: {{P1: {other}}}\n",
                "services/shop/sla.yaml": SLA + "resolution: {P1: 4 h}\n",
            }
        )
        record = repository.get(Agreement, "shop/sla")
        assert record is not None
        return answer(repository, record).of("restore")[0]

    assert with_lines("2 h", "9 h").verdict == "proved"
    assert with_lines("9 h", "2 h").verdict == "proved"
    assert with_lines("9 h", "8 h").verdict == "refuted"


# --- others who say nothing, who is named, and groups as a whole

NIGHT = """\
type: service_hours
timezone: Europe/Vienna
weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 20:00-08:00}]
"""
DAY = NIGHT.replace("20:00-08:00", "08:00-20:00")
OURS = "name: D\nowner: ours\nlifecycle: live\n"
UC = "type: UC\nprovider: seller\ncustomer: ours\n"
ESTATE = {
    **FILES,
    "organization/calendars/night.yaml": NIGHT,
    "organization/calendars/day.yaml": DAY,
    "organization/calendars/always.yaml": NIGHT.replace("20:00-08:00", "00:00-24:00"),
    "services/db/service.yaml": OURS,
}


@pytest.fixture
def asked(repository_of: Callable[..., Repository]) -> Callable[..., Promise]:
    def ask(files: dict[str, str], sla: str) -> Promise:
        repository = repository_of({**ESTATE, **files, "services/shop/sla.yaml": SLA + sla})
        record = repository.get(Agreement, "shop/sla")
        assert record is not None, repository.faults
        return answer(repository, record).of("restore")[0]

    return ask


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        # Nobody else has a part in it.
        ({}, "proved"),
        ({"db/uc": UC + "resolution: {P1: 1 h}\n"}, "proved"),
        # The seller has one, and is bound to nothing at P1.
        ({"db/uc": UC + "resolution: {P2: 1 h}\n"}, "undetermined"),
        ({"shop/uc": UC + "resolution: {P2: 1 h}\n"}, "undetermined"),
        # An agreement of our own says it for the whole service.
        (
            {"db/uc": UC + "resolution: {P2: 1 h}\n",
             "db/ola": "type: OLA\nprovider: ours\ncustomer: ours\nresolution: {P1: 1 h}\n"},
            "proved",
        ),
        # It is between others.
        ({"db/uc": "type: UC\nprovider: seller\ncustomer: dbs\nresolution: {P2: 1 h}\n"}, "proved"),
        # It holds no longer.
        ({"db/uc": UC + "valid: {to: 2026-01-31}\nresolution: {P2: 1 h}\n"}, "proved"),
    ],
)  # fmt: skip
def test_a_contract_that_says_nothing_is_no_repair_of_our_own(
    asked: Callable[..., Promise], more: dict[str, str], verdict: str
) -> None:
    promise = asked({f"services/{id}.yaml": text for id, text in more.items()}, "resolution: {P1: 4 h}\n")
    assert promise.verdict == verdict
    if verdict == "undetermined":
        (missing,) = promise.missing
        assert "/uc says nothing of P1" in missing


def test_a_contract_that_is_named_and_says_nothing_leaves_it_undetermined(
    asked: Callable[..., Promise],
) -> None:
    files = {
        "services/shop/service.yaml": OURS,
        "services/db/uc.yaml": "type: UC\nprovider: seller\ncustomer: dbs\nresolution: {P2: 1 h}\n",
    }
    promise = asked(files, "resolution: {P1: 4 h}\nunderpinned_by: [db/uc]\n")
    assert promise.missing == ("by when db is restored at P1 (db/uc says nothing of P1)",)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("[{team: dbs, after: 15 min}]", "dbs is at it by"),
        ("[{team: dbs, after: 15 min}, {team: ours, after: 1 h}]", "somebody who is called is at it by"),
    ],
)
def test_the_team_that_is_called_is_named(asked: Callable[..., Promise], path: str, says: str) -> None:
    promise = asked({"services/shop/service.yaml": OURS + f"escalation: {path}\n"}, "resolution: {P1: 4 h}\n")
    assert says in promise.because


def shop_on(needed: int, *members: str) -> str:
    listed = ", ".join(
        f"{{service: {each}, redundancy_group: {{name: g, needed: {needed}}}}}" for each in members
    )
    return f"{OURS}support_hours: always\ndepends_on: [{listed}]\n"


def member(id: str, hours: str, length: str) -> dict[str, str]:
    return {
        f"services/{id}/service.yaml": "name: M\nowner: dbs\nlifecycle: live\n",
        f"services/{id}/ola.yaml": f"{OLA}hours: {hours}\nresolution: {{P1: {length}}}\n",
    }


@pytest.mark.parametrize(
    ("needed", "within", "verdict", "spare"),
    [
        # By day the one is back after two hours, and at night the other one: no moment waits for either.
        (1, "2 h", "proved", 0),
        (1, "119 min", "refuted", -1),
        # Both are back only when the one is that isn't there yet: what begins at 20:00 waits until 08:00, for
        # thirteen hours in the night in which the clocks go back.
        (2, "15 h", "proved", 0),
        (2, "13 h", "refuted", -120),
    ],
)
def test_members_cover_each_others_nights(
    asked: Callable[..., Promise], needed: int, within: str, verdict: str, spare: int
) -> None:
    files = member("one", "day", "2 h") | member("other", "night", "2 h")
    promise = asked(
        {**files, "services/shop/service.yaml": shop_on(needed, "one", "other")},
        f"resolution: {{P1: {within}}}\n",
    )
    assert (promise.verdict, promise.figure("spare_minutes")) == (verdict, spare)


def test_a_group_is_late_as_a_whole_and_a_slower_promise_mends_it(asked: Callable[..., Promise]) -> None:
    # The one is there in office hours, and the other one from ten to two: from Friday, 17:00 in Vienna, nobody
    # is, and on Monday at 11:00 the second one is back.
    files = member("one", "office", "8 h") | member("other", "late", "1 h")
    files["services/shop/service.yaml"] = shop_on(1, "one", "other")
    late = asked(files, "valid: {to: 2026-12-20}\nresolution: {P1: 4 h}\n")
    assert late.verdict == "refuted"
    assert "the worst moment to begin is Fri 2026-12-04 16:00: other/ola restores it by" in late.because
    assert late.figure("restored") == "2026-12-07T10:00:00+00:00"
    assert "promise that P1 is restored within 66 h" in [mend.words for mend in late.mends]


def test_what_is_not_known_of_a_member_may_be_sooner(asked: Callable[..., Promise]) -> None:
    files = member("one", "always", "9 h") | {
        "services/other/service.yaml": "name: M\nowner: dbs\nlifecycle: live\n"
    }
    files["services/shop/service.yaml"] = shop_on(1, "one", "other")
    late = asked(files, "resolution: {P1: 4 h}\n")
    assert late.missing == ("by when other is restored at P1",)
    assert asked(files, "resolution: {P1: 9 h}\n").verdict == "proved"


# --- whose hours count


@pytest.mark.parametrize(
    ("service", "verdict"),
    [
        # The owner's hours, and not those of whoever promises; the service's own before both.
        ("", "proved"),
        ("support_hours: office\n", "refuted"),
    ],
)
def test_support_is_the_owners_whoever_promises(
    asked: Callable[..., Promise], service: str, verdict: str
) -> None:
    files = {
        "services/shop/service.yaml": "name: S\nowner: dbs\nlifecycle: live\n" + service,
        "organization/teams/ours.yaml": "name: Ours\nhours: office\n",
        "organization/teams/dbs.yaml": "name: Databases\nhours: always\n",
    }
    assert asked(files, "response: {P1: 30 min}\nresolution: {P1: 4 h}\n").verdict == verdict


def test_business_hours_below_are_those_of_support_where_the_agreement_names_none(
    asked: Callable[..., Promise],
) -> None:
    files = {"services/db/ola.yaml": OLA + "resolution: {P1: 2 business hours}\n"}
    assert asked(files, "resolution: {P1: 4 h}\n").verdict == "proved"
    files["services/db/service.yaml"] = "name: D\nowner: dbs\nlifecycle: live\nsupport_hours: office\n"
    assert asked(files, "resolution: {P1: 4 h}\n").verdict == "refuted"


def test_wider_hours_of_a_team_mend_it(asked: Callable[..., Promise]) -> None:
    files = {
        "services/shop/service.yaml": OURS,
        "organization/teams/ours.yaml": "name: Ours\nhours: office\n",
    }
    late = asked(files, "response: {P1: 30 min}\nresolution: {P1: 4 h}\n")
    assert late.verdict == "refuted"
    (mend,) = [each for each in late.mends if each.kind == "team"]
    assert (mend.words, mend.file, mend.path, mend.value) == (
        "have ours on duty around the clock", "organization/teams/ours.yaml", ("hours",), "always",
    )  # fmt: skip
    files["organization/teams/ours.yaml"] = "name: Ours\nhours: always\n"
    assert asked(files, "response: {P1: 30 min}\nresolution: {P1: 4 h}\n").verdict == "proved"


# --- against every minute


def hours(*stretches: tuple[int, int]) -> Hours:
    return Hours(
        union(Interval(BEGIN + timedelta(minutes=a), BEGIN + timedelta(minutes=b)) for a, b in stretches)
    )


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    """Some stretches in an evening's worth of minutes, or one an hour, and enough after it that all ends."""
    later, long = draw(st.integers(0, 20)), draw(st.sampled_from([7, 17, 20]))
    if draw(st.booleans()):
        return hours(*((k, k + long) for k in range(later, 900, 40)))
    edges = sorted(draw(st.sets(st.integers(0, 180), min_size=2, max_size=10)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return hours(*pairs, *((k, k + long) for k in range(300 + later, 900, 40)))


LENGTHS = st.sampled_from([0.0, 0.5, 1.0, 3.0, 7.0, 17.0, 20.0, 33.0, 40.0, 90.0])
"""Some of them are as long as the stretches of a calendar, or two of those."""


@st.composite
def stages(draw: st.DrawFn) -> Stage:
    which = draw(st.sampled_from(["wait", "elapse", "work", "soonest"]))
    if which == "soonest":
        ways = tuple(tuple(draw(st.lists(stages(), max_size=2))) for _ in range(draw(st.integers(1, 3))))
        return Soonest(ways, draw(st.integers(1, len(ways))))
    if which == "elapse":
        return Elapse(draw(LENGTHS))
    calendar = draw(calendars())
    return Wait(calendar) if which == "wait" else Work(calendar, draw(LENGTHS))


@given(calendars(), st.lists(stages(), max_size=4), st.data())
@settings(max_examples=400)
def test_no_minute_is_worse(begins: Hours, way: list[Stage], data: Any) -> None:
    length = data.draw(LENGTHS)
    deadline = data.draw(st.sampled_from([Elapse(length), Work(begins, length)]))
    found = worst_moment(begins, way, deadline)
    first, last = int(begins.starts[0]), int(begins.ends[-1])
    spares = {
        minute: (until - restored) if restored < inf else -inf
        for minute in range(first, last)
        for restored, until in [(through(way, [minute])[0], deadline.each([minute])[0])]
        if begins.next(minute) == minute and until < inf
    }
    if not spares:
        assert found is None
        return
    assert found is not None
    assert found.spare == min(spares.values())
    assert found.at == min(minute for minute, spare in spares.items() if spare == found.spare)


def test_a_whole_working_day_begins_anew_right_after_opening(found: Callable[..., Promise]) -> None:
    """Who calls at 08:00 is served by 17:00, and who calls a minute later not before the next working day: on
    the Thursday before Christmas, which is a Friday, that is Monday at 08:01, 96 hours later."""
    mornings = OFFICE.replace("08:00-17:00", "07:00-12:00")
    sla = "hours: mornings\nvalid: {to: 2027-01-31}\nresolution: {P1: 70 h}"
    promise = found(
        sla, "hours: office\nresolution: {P1: 9 business hours}",
        shop="name: S\nowner: ours\nlifecycle: live\ndepends_on: [{service: db}]\n", calendars={"mornings": mornings},
    )  # fmt: skip
    assert promise.verdict == "refuted"
    assert "the worst moment to begin is Thu 2026-12-24 08:01" in promise.because
    assert promise.figure("spare_minutes") == (70 - 96) * 60


@pytest.mark.parametrize("wanted", ["8 business hours", "9 h"])
def test_no_minute_of_half_a_year_is_worse(repository_of: Callable[..., Repository], wanted: str) -> None:
    """The same through records, with the time counted by the calendars themselves."""
    files = {
        **FILES,
        "services/shop/service.yaml": FILES["services/shop/service.yaml"] + "support_hours: office\n",
        "services/shop/sla.yaml": SLA + f"hours: office\nvalid: {{to: 2027-01-31}}\nresolution: {{P1: {wanted}}}\n",
        "services/db/ola.yaml": OLA + "hours: late\nresolution: {P1: 3 business hours}\n",
    }  # fmt: skip
    repository = repository_of(files)
    record = repository.get(Agreement, "shop/sla")
    assert record is not None
    (promise,) = answer(repository, record).of("restore")
    office, late = (working_times(repository)[name] for name in ("office", "late"))
    start, end = repository.now.astimezone(UTC), datetime(2027, 1, 31, 23, tzinfo=UTC)
    # Each minute's place in the hours, counted once and looked up after that.
    line = [start + timedelta(minutes=n) for n in range(int((end - start).total_seconds() // 60) + 20_000)]
    worked = {name: [False] * len(line) for name in ("office", "late")}
    for name, calendar in (("office", office), ("late", late)):
        for part in calendar.between(line[0], line[-1]):
            first = int((part.start - start).total_seconds() // 60)
            worked[name][first : int((part.end - start).total_seconds() // 60)] = [True] * int(part.minutes)
    opening = [n for n in range(len(line)) if worked["late"][n]]
    office_minutes = [n for n in range(len(line)) if worked["office"][n]]
    place = {n: index for index, n in enumerate(office_minutes)}
    least = None
    at = 0
    for n in range(int((end - start).total_seconds() // 60)):
        if not worked["office"][n]:
            continue
        called = n + 30
        while at < len(opening) and opening[at] < called:
            at += 1
        restored = opening[at + 179] + 1
        deadline = n + 9 * 60 if wanted == "9 h" else office_minutes[place[n] + 8 * 60 - 1] + 1
        if least is None or deadline - restored < least[0]:
            least = (deadline - restored, line[n])
    assert least is not None
    assert promise.figure("spare_minutes") == least[0]
    assert datetime.fromisoformat(promise.figure("worst_moment")) == least[1]


@pytest.mark.parametrize(
    ("team", "steps", "verdict"),
    [
        ("", "{team: ours, after: 0 min}", "proved"),
        ("hours: late\n", "{team: ours, after: 0 min}", "refuted"),
        # The first who is called isn't there; the next one is called when its time has come.
        ("hours: late\n", "{team: dbs, after: 0 min}, {team: ours, after: 30 min}", "proved"),
        ("hours: late\n", "{team: ours, after: 0 min}, {team: dbs, after: 30 min}", "proved"),
        # Whoever comes next has to be there as well, in hours of its own, and in time.
        ("hours: late\n", "{team: ours, after: 0 min}, {team: ours, after: 30 min}", "refuted"),
        ("hours: late\n", "{team: ours, after: 0 min}, {team: dbs, after: 61 min}", "refuted"),
    ],
)
def test_the_first_who_is_called_is_there_in_the_hours_of_the_team(
    repository_of: Callable[..., Repository], team: str, steps: str, verdict: str
) -> None:
    shop = f"name: Shop\nowner: ours\nlifecycle: live\nsupport_hours: office\nescalation: [{steps}]\n"
    repository = repository_of(
        {
            **FILES,
            "organization/teams/ours.yaml": "name: Ours\n" + team,
            "services/shop/service.yaml": shop,
            "services/shop/sla.yaml": SLA + "hours: office\nresolution: {P1: 1 h}\n",
        }
    )
    record = repository.get(Agreement, "shop/sla")
    assert record is not None
    (promise,) = answer(repository, record).of("restore")
    assert promise.verdict == verdict


@pytest.mark.parametrize(
    ("response", "resolution", "verdict"),
    [
        ("16 h", "8 business hours", "refuted"),
        ("8 business hours", "16 h", "refuted"),
        ("1 h", "8 business hours", "proved"),
        # Over Christmas and the days around it.
        ("1 business hour", "200 h", "proved"),
    ],
)
def test_a_response_counted_in_other_hours_is_compared_by_its_worst_moment(
    found: Callable[..., Promise], response: str, resolution: str, verdict: str
) -> None:
    alone = "name: Shop\nowner: ours\nlifecycle: live\n"
    promise = found(
        f"hours: office\nresponse: {{P1: {response}}}\nresolution: {{P1: {resolution}}}", shop=alone
    )
    assert promise.verdict == verdict


@pytest.mark.parametrize(
    ("hours", "steps", "response", "verdict"),
    [
        # Called after half an hour, for an answer within a quarter of one.
        ("", "{team: ours, after: 30 min}", "15 min", "refuted"),
        ("", "{team: ours, after: 15 min}", "15 min", "proved"),
        # At night the first is not there; the second is called after ten minutes, or after twenty.
        ("hours: office\n", "{team: ours, after: 0 min}, {team: dbs, after: 10 min}", "15 min", "proved"),
        ("hours: office\n", "{team: ours, after: 0 min}, {team: dbs, after: 20 min}", "15 min", "refuted"),
        ("hours: office\n", "{team: ours, after: 0 min}", "15 min", "refuted"),
    ],
)
@pytest.mark.parametrize("resolution", ["", "resolution: {P1: 900 h}\n"])
def test_a_response_needs_somebody_who_is_called_and_there(
    repository_of: Callable[..., Repository],
    hours: str, steps: str, response: str, verdict: str, resolution: str,
) -> None:  # fmt: skip
    always = OFFICE.replace(
        "mon, tue, wed, thu, fri], hours: 08:00-17:00",
        "mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00",
    )
    repository = repository_of(
        {
            **FILES,
            "organization/calendars/always.yaml": always.replace(
                'holidays: {country: AT, subdivision: "9"}\n', ""
            ),
            "organization/teams/ours.yaml": "name: Ours\n" + hours,
            "services/shop/service.yaml": "name: Shop\nowner: ours\nlifecycle: live\nsupport_hours: always\n"
            f"escalation: [{steps}]\n",
            "services/shop/sla.yaml": SLA + f"response: {{P1: {response}}}\n" + resolution,
        }
    )
    record = repository.get(Agreement, "shop/sla")
    assert record is not None
    (promise,) = answer(repository, record).of("restore")
    assert promise.verdict == verdict
    assert ("nobody who is called is there before" in promise.because) == (verdict == "refuted")


def test_business_hours_below_are_shortened_by_what_is_enough(found: Callable[..., Promise]) -> None:
    late = found(
        "hours: office\nresolution: {P2: 8 business hours}",
        "hours: office\nresolution: {P2: 8 business hours}",
    )
    # Half an hour goes by until somebody is called, or nobody has to be called at all.
    assert [mend.words for mend in late.mends] == [
        "have db/ola restore P2 within 7.5 business hours", "call ours after 0 min", "declare a fallback for db",
    ]  # fmt: skip
