"""Ways in their plainest form: they take as long as before, whenever somebody sets out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.intervals import Interval
from gitsm.promises import Promise, answer
from gitsm.promises.plain_ways import Spec, Specs, is_never_later, plain, size_of
from gitsm.promises.worst_moment import Elapse, Hours, Soonest, Stage, Wait, Work, through
from gitsm.records.agreement import Agreement
from gitsm.repository import Repository
from gitsm.tree import MappingTree

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
FIRST = BEGIN.timestamp() / 60
CALENDARS = {
    "early": [(10 + 40 * n, 27 + 40 * n) for n in range(20)],
    "late": [(30 + 40 * n, 47 + 40 * n) for n in range(20)],
    "rare": [(5, 12), (60, 61), (100, 130), *((200 + 100 * n, 220 + 100 * n) for n in range(7))],
    "always": [(0, 2_000)],
}
HOURS = {
    name: Hours([Interval(BEGIN + timedelta(minutes=a), BEGIN + timedelta(minutes=b)) for a, b in pairs])
    for name, pairs in CALENDARS.items()
}
MOMENTS = [FIRST + minute for minute in range(160)]

_lengths = st.sampled_from([0.0, 1.0, 7.0, 17.0, 20.0, 34.0])
_names = st.sampled_from(list(CALENDARS))
_simple = st.one_of(
    st.tuples(st.just("let"), _lengths),
    st.tuples(st.just("wait"), _names),
    st.tuples(st.just("work"), _names, _lengths.filter(bool)),
)


@st.composite
def ways(draw: st.DrawFn, deep: int = 2) -> Specs:
    found: list[Spec] = []
    for _ in range(draw(st.integers(0, 3))):
        if deep and draw(st.integers(0, 2)) == 0:
            several = draw(st.lists(ways(deep - 1), min_size=1, max_size=4))
            found.append(("enough", draw(st.integers(1, len(several))), tuple(several)))
        else:
            found.append(draw(_simple))
    return tuple(found)


def stage(spec: Spec) -> Stage:
    what, *rest = spec
    if what == "enough":
        return Soonest(tuple(tuple(stage(each) for each in way) for way in rest[1]), rest[0])
    if what == "let":
        return Elapse(rest[0])
    return Wait(HOURS[rest[0]]) if what == "wait" else Work(HOURS[rest[0]], rest[1])


def ends(way: Specs, moments: list[float]) -> list[float]:
    return through([stage(spec) for spec in way], moments)


def is_always(calendar: str) -> bool:
    return calendar == "always"


@given(ways())
@settings(max_examples=600)
def test_a_plain_way_takes_as_long_at_every_minute(way: Specs) -> None:
    simple = plain(way, is_always)
    assert ends(simple, MOMENTS) == ends(way, MOMENTS)
    assert plain(simple, is_always) == simple
    assert size_of(simple) <= size_of(way)


@given(ways(), st.sampled_from(["early", "late", "rare"]))
@settings(max_examples=300)
def test_whoever_sets_out_in_some_hours_does_not_wait_for_them(way: Specs, there: str) -> None:
    moments = [at for at in MOMENTS if HOURS[there].next(at) == at]
    assert ends(plain(way, is_always, there), moments) == ends(way, moments)


@given(ways(1), ways(1))
@settings(max_examples=600)
def test_a_way_that_is_said_to_be_no_later_never_is(one: Specs, other: Specs) -> None:
    one, other = plain(one, is_always), plain(other, is_always)
    if is_never_later(one, other):
        assert all(a <= b for a, b in zip(ends(one, MOMENTS), ends(other, MOMENTS), strict=True))
    # What is longer by something is never sooner, and that is seen.
    assert is_never_later(one, other + one)


@pytest.mark.parametrize(
    ("needed", "members", "expected"),
    [
        # The quickest of three who hold at any hour; the second, and the slowest.
        (1, ["let 3", "let 5", "let 4"], "let 3"),
        (2, ["let 3", "let 5", "let 4"], "let 4"),
        (3, ["let 3", "let 5", "let 4"], "let 5"),
        # Two who hold in the same hours are the quicker one, and whoever is there at any hour can be later.
        (1, ["early let 5", "early let 4"], "early let 4"),
        (1, ["early let 5", "let 6"], "1 of [early | let 1] let 5"),
        (1, ["early let 5", "let 5"], "let 5"),
        (2, ["early let 5", "let 5"], "early let 5"),
        # What all of them begin with is done once.
        (1, ["late let 7 early", "late let 9 rare"], "late let 7 1 of [early | let 2 rare]"),
        # The quickest of the quickest, and one that is in both.
        (1, ["early", "late", "let 40"], "1 of [early | late | let 40]"),
    ],
)
def test_by_hand(needed: int, members: list[str], expected: str) -> None:
    assert words(plain((("enough", needed, tuple(map(read, members))),), is_always)) == expected


def test_groups_below_groups_are_as_plain_as_one() -> None:
    """Each of three members stands on the same three below it, thirty times: that is three to the thirtieth
    ways, and one."""
    way: Specs = (("wait", "early"), ("let", 9.0))
    for length in range(30):
        way = plain((("enough", 1 + length % 3, (way, way, way)),), is_always)
    assert way == (("wait", "early"), ("let", 9.0))


def read(text: str) -> Specs:
    found: list[Spec] = []
    tokens = iter(text.split())
    for token in tokens:
        found.append(("let", float(next(tokens))) if token == "let" else ("wait", token))
    return tuple(found)


def words(way: Specs) -> str:
    said = []
    for spec in way:
        if spec[0] == "enough":
            said.append(f"{spec[1]} of [{' | '.join(sorted(map(words, spec[2])))}]")
        else:
            said.append(f"let {spec[1]:g}" if spec[0] == "let" else spec[1])
    return " ".join(said)


# --- through records

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
WEEKS = {"office": "08:00-17:00", "late": "10:00-14:00", "night": "20:00-06:00"}


def estate(services: Mapping[str, str], agreements: Mapping[str, str], sla: str) -> Promise:
    """What is said of our last priority, of services of ours and agreements about those of others."""
    files = {f"organization/teams/{team}.yaml": f"name: {team}\n" for team in ("ours", "theirs")}
    files["organization/teams/buyers.yaml"] = "name: Buyers\ntype: customer\n"
    for name, day in WEEKS.items():
        weekly = f"{{days: [mon, tue, wed, thu, fri], hours: {day}}}"
        files[f"organization/calendars/{name}.yaml"] = (
            f"type: service_hours\ntimezone: Europe/Vienna\nweekly: [{weekly}]\n"
        )
    for id, on in services.items():
        files[f"services/{id}/service.yaml"] = f"name: X\nowner: ours\nlifecycle: live\ndepends_on: [{on}]\n"
    for id, says in agreements.items():
        files[f"services/{id}/service.yaml"] = "name: X\nowner: theirs\nlifecycle: live\n"
        files[f"services/{id}/ola.yaml"] = f"type: OLA\nprovider: theirs\ncustomer: ours\n{says}"
    files["services/shop/sla.yaml"] = f"type: SLA\nprovider: ours\ncustomer: buyers\n{sla}"
    repository = Repository(MappingTree(files), now=NOW)
    record = repository.get(Agreement, "shop/sla")
    assert record is not None, repository.faults
    return answer(repository, record).of("restore")[-1]


def group(name: str, needed: int, members: Iterable[str]) -> str:
    each = f"redundancy_group: {{name: {name}, needed: {needed}}}"
    return ", ".join(f"{{service: {member}, {each}}}" for member in members)


def test_thirty_groups_of_three_below_each_of_two_sites_are_answered() -> None:
    """Either site is enough, and each needs thirty groups of three: one member of an odd one, and two of an
    even one. It is counted minute by minute as well, over a weekend and the working days beside it."""
    pick = random.Random(7)
    members = {
        f"{site}-{n}-{m}": (pick.choice(["", *WEEKS]), pick.choice([60, 90, 240, 600]))
        for site in ("one", "two")
        for n in range(30)
        for m in range(3)
    }
    services = {"shop": group("sites", 1, ["one", "two"])}
    for site in ("one", "two"):
        groups = (group(f"g{n}", 2 - n % 2, [f"{site}-{n}-{m}" for m in range(3)]) for n in range(30))
        services[site] = ", ".join(groups)
    agreements = {
        id: (f"hours: {hours}\n" if hours else "") + f"resolution: {{P1: {length} min}}\n"
        for id, (hours, length) in members.items()
    }
    sla = "valid: {from: 2026-11-16, to: 2026-11-20}\nresolution: {P1: 72 h}\n"
    found = estate(services, agreements, sla)
    assert found.verdict != "undetermined", found.because

    first = NOW.timestamp() / 60
    moments = [first + minute for minute in range(int(4.5 * 1440) + 60 * 24) if first + minute < _END]
    there = {name: Hours(list(_stretches(day))) for name, day in WEEKS.items()}

    def restored(id: str) -> list[float]:
        hours, length = members[id]
        way = [Wait(there[hours]), Elapse(length)] if hours else [Elapse(length)]
        return through(way, moments)

    sites = []
    for site in ("one", "two"):
        each = []
        for n in range(30):
            ends = zip(*(restored(f"{site}-{n}-{m}") for m in range(3)), strict=True)
            each.append([sorted(three)[1 - n % 2] for three in ends])
        sites.append([max(ends) for ends in zip(*each, strict=True)])
    longest = max(min(ends) - at for at, *ends in zip(moments, *sites, strict=True))
    assert found.figure("spare_minutes") == 72 * 60 - longest


_END = datetime(2026, 11, 20, 23, tzinfo=UTC).timestamp() / 60


def _stretches(day: str) -> Iterator[Interval]:
    """The hours of working days in November, which in Vienna are an hour ahead."""
    opens, closes = (int(text[:2]) - 1 for text in day.split("-"))
    for number in range(12, 31):
        start = datetime(2026, 11, number, opens, tzinfo=UTC)
        if start.weekday() < 5:
            yield Interval(start, start + timedelta(hours=(closes - opens) % 24))


def test_layers_of_groups_are_answered() -> None:
    """Three services on three services on three, ten layers deep, and at the end agreements."""
    services = {"shop": group("g", 2, ["s-0-0", "s-0-1", "s-0-2"])}
    for layer in range(9):
        for n in range(3):
            below = [f"s-{layer + 1}-{m}" for m in range(3)]
            services[f"s-{layer}-{n}"] = group("g", 2, below)
    agreements = {f"s-9-{n}": f"resolution: {{P1: {n + 1} h}}\n" for n in range(3)}
    found = estate(services, agreements, "resolution: {P1: 2 h}\n")
    assert (found.verdict, found.figure("spare_minutes")) == ("proved", 0)


def test_a_repository_of_two_thousand_groups_is_answered() -> None:
    """Of 510 groups no two are alike, at any of four priorities: each is the quickest of members who hold in
    the same hours, and so the way of one of them."""
    services = {"shop": ", ".join(group(f"g{n}", 1, [f"s-{n}-{m}" for m in range(2)]) for n in range(510))}
    agreements = {
        f"s-{n}-{m}": "hours: office\nresolution: {"
        + ", ".join(f"P{p}: {2_000 * p + 2 * n + m} min" for p in (1, 2, 3, 4))
        + "}\n"
        for n in range(510)
        for m in range(2)
    }
    same = ", ".join(f"P{p}: 400 h" for p in (1, 2, 3, 4))
    found = estate(services, agreements, f"valid: {{to: 2026-11-29}}\nresolution: {{{same}}}\n")
    # From Friday at 17:00 to Monday at 08:00 and the longest of them, 8,000 + 2 x 509 minutes.
    assert found.about == "P4"
    assert found.figure("spare_minutes") == 400 * 60 - (63 * 60 + 8_000 + 1_018)
