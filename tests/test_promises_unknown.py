"""What is unknown: a promise is refuted only where the best that it may be is too little, proved only where
the worst is enough, and undetermined only between the two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.promises import Promise, answer
from gitsm.records.agreement import Agreement
from gitsm.repository import Repository
from gitsm.tree import MappingTree

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
WEEK = "weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: %s}]\n"
FILES = {
    "organization/teams/ours.yaml": "name: Ours\n",
    "organization/teams/dbs.yaml": "name: Databases\n",
    "organization/teams/buyers.yaml": "name: Buyers\ntype: customer\n",
    **{
        f"organization/calendars/{name}.yaml": f"type: service_hours\ntimezone: UTC\n{WEEK % hours}"
        for name, hours in {"all": "00:00-24:00", "day": "08:00-18:00", "night": "17:00-09:00"}.items()
    },
}
SLA = "type: SLA\nprovider: ours\ncustomer: buyers\n"
OLA = "type: OLA\nprovider: dbs\ncustomer: ours\n"
PROMISED = "hours: day\nresolution: {P1: 4 h}\ncontinuity: {rto: 4 h, rpo: 1 h}\n"
SHOP = "owner: ours\nsupport_hours: all\ncontinuity: {rto: 1 min, rpo: 1 min}\n"


def promises(services: Mapping[str, str], agreements: Mapping[str, str]) -> tuple[Promise, ...]:
    """What is said of the shop's agreement."""
    texts = FILES | {"services/shop/sla.yaml": SLA + PROMISED}
    texts |= {
        f"services/{id}/service.yaml": f"name: S\nlifecycle: live\n{text}" for id, text in services.items()
    }
    texts |= {f"services/{id}/ola.yaml": OLA + text for id, text in agreements.items()}
    repository = Repository(MappingTree(texts), now=NOW)
    record = repository.get(Agreement, "shop/sla")
    assert record is not None, repository.faults
    assert not repository.faults
    return answer(repository, record).promises


def said(services: Mapping[str, str], agreements: Mapping[str, str], name: str) -> Promise:
    """The first promise of one sort."""
    return next(each for each in promises(services, agreements) if each.name == name)


def on(*members: str, needed: int = 0) -> str:
    """What a service stands on: each of some, or enough of them."""
    group = f", redundancy_group: {{name: g, needed: {needed}}}" if needed else ""
    return f"depends_on: [{', '.join(f'{{service: {each}{group}}}' for each in members)}]\n"


GOOD = "hours: all\nresolution: {P1: 1 h}\ncontinuity: {rto: 1 h, rpo: 1 min}\n"
BAD = "hours: night\nresolution: {P1: 9 h}\ncontinuity: {rto: 9 h, rpo: 9 h}\n"


@pytest.mark.parametrize("name", ["restore", "hours", "continuity"])
@pytest.mark.parametrize(
    ("shop", "agreements", "verdict"),
    [
        # One that is known is enough, or one that isn't may be.
        (on("a", "b", needed=1), {"a": GOOD}, "proved"),
        (on("a", "b", needed=1), {"a": BAD}, "undetermined"),
        # All of them are needed: one that is too late is too late, whoever the other one is.
        (on("a", "b", needed=2), {"a": BAD}, "refuted"),
        (on("a", "b", needed=2), {"a": GOOD}, "undetermined"),
        (on("a", "b", "c", needed=2), {"a": BAD, "b": BAD}, "refuted"),
        (on("a", "b", "c", needed=2), {"a": BAD, "b": GOOD}, "undetermined"),
        (on("a", "b", "c", needed=2), {"a": GOOD, "b": GOOD}, "proved"),
        # Nobody says anything of it, and it stands on one that is known.
        (on("over"), {"a": BAD}, "refuted"),
        (on("over"), {"a": GOOD}, "undetermined"),
        (on("over", "b", needed=1), {"a": BAD, "b": BAD}, "refuted"),
        (on("over", "b", needed=2), {"a": BAD, "b": GOOD}, "refuted"),
        (on("over", "b", needed=1), {"a": BAD, "b": GOOD}, "proved"),
        (on("over", "b", needed=1), {"a": GOOD, "b": BAD}, "undetermined"),
    ],
)
def test_what_one_that_is_not_known_leaves_open(
    name: str, shop: str, agreements: dict[str, str], verdict: str
) -> None:
    services = {"shop": SHOP + shop, "over": "owner: dbs\n" + on("a")}
    services |= dict.fromkeys("abc", "owner: dbs\n")
    assert said(services, agreements, name).verdict == verdict


def test_the_one_is_named_of_whom_nothing_is_known() -> None:
    services = {"shop": SHOP + on("a", "b", needed=1), "a": "owner: dbs\n", "b": "owner: dbs\n"}
    found = {each.name: each.missing for each in promises(services, {"a": BAD}) if each.about != "RPO"}
    assert found["restore"] == ("by when b is restored at P1",)
    assert found["hours"] == ("the hours of b, for which nobody has promised any",)
    assert found["continuity"] == ("the RTO of b",)


LATE = "hours: {}\nresolution: {{P1: {}}}\ncontinuity: {{rto: {}, rpo: {}}}\n"
lengths = st.sampled_from(["1 h", "3 h", "5 h", "9 h"])
agreed = st.builds(LATE.format, st.sampled_from(["all", "day", "night"]), lengths, lengths, lengths)
NEVER = "hours: nobody\nresolution: {P1: 9000 h}\ncontinuity: {rto: 9000 h, rpo: 9000 h}\n"
FILES["organization/calendars/nobody.yaml"] = (
    "type: service_hours\ntimezone: UTC\nweekly: [{days: [mon], hours: 00:00-00:01}]\n"
)


@st.composite
def estates(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """Services that stand on later ones, alone or in a group, some of them with an agreement."""
    count = draw(st.integers(2, 6))
    ids = ["shop", *(f"s{n}" for n in range(1, count))]
    services, agreements = {}, {}
    for index, id in enumerate(ids):
        below = ids[index + 1 :]
        single = draw(st.lists(st.sampled_from(below), unique=True, max_size=2)) if below else []
        grouped = [each for each in below if each not in single and draw(st.booleans())]
        listed = [f"{{service: {each}}}" for each in single]
        if grouped:
            needed = draw(st.integers(1, len(grouped)))
            listed += [f"{{service: {m}, redundancy_group: {{name: g, needed: {needed}}}}}" for m in grouped]
        services[id] = (SHOP if id == "shop" else "owner: dbs\n") + f"depends_on: [{', '.join(listed)}]\n"
        if id != "shop" and draw(st.booleans()):
            agreements[id] = draw(agreed)
    return services, agreements


@given(estates())
@settings(max_examples=60)
def test_it_is_undetermined_only_between_the_best_and_the_worst(estate: Any) -> None:
    services, agreements = estate
    unknown = [id for id in services if id not in agreements and id != "shop"]
    # The best is that those who promise run it, and repair it themselves in no time; what it needs still counts.
    ours = SHOP.partition("support")[0] + "continuity: {rto: 1 s, rpo: 1 s}\n"
    perfect = {
        id: text.replace("owner: dbs\n", ours) if id in unknown else text for id, text in services.items()
    }
    best = promises(perfect, agreements)
    worst = promises(services, agreements | dict.fromkeys(unknown, NEVER))
    for found, high, low in zip(promises(services, agreements), best, worst, strict=True):
        if found.name == "validity":
            continue
        assert high.verdict != "undetermined"
        assert low.verdict != "undetermined"
        assert (found.verdict == "refuted") == (high.verdict == "refuted"), (found, high)
        assert (found.verdict == "proved") == (low.verdict == "proved"), (found, low)
