"""What would mend a promise: each change is made in the files, and the question asked again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.promises import answer
from gitsm.promises.data import as_data
from gitsm.records.agreement import Agreement
from gitsm.repository import Repository
from gitsm.tree import MappingTree

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
WEEK = "weekly: [{days: [mon, tue, wed, thu, fri], hours: 08:00-17:00}]\n"
FILES = {
    "organization/teams/ours.yaml": json.dumps({"name": "Ours", "hours": "always"}),
    "organization/teams/dbs.yaml": json.dumps({"name": "Databases"}),
    "organization/teams/seller.yaml": json.dumps({"name": "Seller", "type": "supplier"}),
    "organization/teams/buyers.yaml": json.dumps({"name": "Buyers", "type": "customer"}),
    "organization/calendars/office.yaml": "type: service_hours\ntimezone: Europe/Vienna\n" + WEEK,
    "organization/calendars/always.yaml": "type: service_hours\ntimezone: UTC\n"
    "weekly: [{days: [mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00}]\n",
}
LENGTHS = st.sampled_from(["15 min", "1 h", "3.5 h", "9 h", "4 business hours", "10 business hours"])
HOURS = st.sampled_from([None, "office", "always"])


@st.composite
def estates(draw: st.DrawFn) -> dict[str, str]:
    """A shop on a few services, alone or in groups, each with agreements of its own."""
    files = dict(FILES)
    names = ["shop", "a", "b", "c"]
    for index, name in enumerate(names):
        on: list[dict[str, Any]] = []
        for other in (
            draw(st.lists(st.sampled_from(names[index + 1 :]), unique=True, max_size=3)) if index < 3 else []
        ):
            grouped = {"redundancy_group": {"name": "g", "needed": 1}}
            on.append({"service": other} | draw(st.sampled_from([{}, {}, grouped])))
        service: dict[str, Any] = {
            "name": name, "owner": draw(st.sampled_from(["ours", "dbs"])) if index else "ours", "lifecycle": "live",
            "depends_on": on, "support_hours": draw(st.sampled_from(["office", "always"])),
            "own_availability": draw(st.sampled_from([99, 99.9, 100])), "continuity": {"rto": draw(LENGTHS)},
            "escalation": [{"team": "ours", "after": draw(st.sampled_from(["0 min", "10 min", "2 h"]))}],
        }  # fmt: skip
        files[f"services/{name}/service.yaml"] = json.dumps(service)
        if index == 0 or draw(st.booleans()):
            agreement: dict[str, Any] = {
                "type": "OLA" if index else "SLA", "provider": service["owner"], "customer": "buyers",
                "valid": {"to": draw(st.sampled_from(["2027-03-31", "2027-12-31"]))}, "hours": draw(HOURS),
                "availability": {
                    "target": draw(st.sampled_from([98, 99.5, 99.95])),
                    "period": draw(st.sampled_from(["month", "month", "year"])),
                },
                "response": {"P1": draw(LENGTHS)}, "resolution": {"P1": draw(LENGTHS)},
                "continuity": {"rto": draw(LENGTHS)},
            }  # fmt: skip
            kept = {key: value for key, value in agreement.items() if value is not None}
            files[f"services/{name}/{'ola' if index else 'sla'}.yaml"] = json.dumps(kept)
    return files


def asked(files: dict[str, str]) -> list[dict[str, Any]]:
    """What is said of the shop's promises, as a program reads it."""
    repository = Repository(MappingTree(files), now=NOW)
    record = repository.get(Agreement, "shop/sla")
    assert record is not None
    data = json.loads(json.dumps(as_data([answer(repository, record)])))
    found: list[dict[str, Any]] = data["agreements"][0]["promises"]
    return found


def made(files: dict[str, str], mend: dict[str, Any]) -> dict[str, str]:
    """The files with a mend made in them, by nothing but its file, path and value."""
    data = json.loads(files[mend["file"]])
    at = data
    for key in mend["path"][:-1]:
        at = at[key]
    if mend["value"] is None:
        del at[mend["path"][-1]]
    else:
        at[mend["path"][-1]] = mend["value"]
    return {**files, mend["file"]: json.dumps(data)}


@given(estates())
@settings(max_examples=60, deadline=None)
def test_every_mend_is_enough_once_it_is_made(files: dict[str, str]) -> None:
    for promise in asked(files):
        for mend in promise["mends"]:
            assert promise["verdict"] == "refuted"
            assert mend["path"], mend
            again = [
                each
                for each in asked(made(files, mend))
                if (each["name"], each["about"]) == (promise["name"], promise["about"])
            ]
            assert [each["verdict"] for each in again] == ["proved"], (promise, mend, again)


SHOP = {
    "name": "Shop", "owner": "ours", "lifecycle": "live", "depends_on": [{"service": "db"}], "own_availability": 100,
    "support_hours": "office",
}  # fmt: skip
SLA = {"type": "SLA", "provider": "ours", "customer": "buyers"}


@pytest.mark.parametrize(
    ("sla", "ola", "name", "mend"),
    [
        (
            {"hours": "office", "availability": {"target": 99.9}}, {"hours": "office", "availability": {"target": 99}},
            "availability",
            ("declare a fallback for db", "services/shop/service.yaml", ["depends_on", 0, "fallback"],
             {"what": "What users do while db is down", "degraded": True}),
        ),
        ({"hours": "office"}, {"hours": "never"}, "hours",
         ("widen the hours of db/ola to office", "services/db/ola.yaml", ["hours"], "office")),
        ({"hours": "always"}, {}, "hours",
         ("widen the support hours of ours to always", "services/shop/service.yaml", ["support_hours"], "always")),
        # A promise that names no hours is one of all hours: a calendar of all hours does.
        ({}, {}, "hours",
         ("widen the support hours of ours to all hours", "services/shop/service.yaml", ["support_hours"], "always")),
    ],
)  # fmt: skip
def test_a_mend_says_which_value_of_which_file(
    sla: dict[str, Any], ola: dict[str, Any], name: str, mend: tuple[Any, ...]
) -> None:
    files = {
        **FILES,
        "organization/calendars/never.yaml": "type: service_hours\ntimezone: UTC\n"
        "weekly: [{days: [mon], hours: 08:00-09:00}]\n",
        "services/shop/service.yaml": json.dumps(SHOP),
        "services/db/service.yaml": json.dumps({"name": "D", "owner": "dbs", "lifecycle": "live"}),
        "services/shop/sla.yaml": json.dumps(SLA | sla),
        "services/db/ola.yaml": json.dumps({"type": "OLA", "provider": "dbs", "customer": "ours"} | ola),
    }
    (promise,) = [each for each in asked(files) if each["name"] == name]
    shown = [(each["words"], each["file"], each["path"], each["value"]) for each in promise["mends"]]
    assert mend in shown


@pytest.mark.parametrize(
    ("needed", "night", "verdict"),
    [(1, "19:00-07:00", "proved"), (2, "19:00-07:00", "refuted"), (1, "20:00-07:00", "refuted")],
)
def test_members_of_a_group_cover_each_others_nights(
    repository_of: Callable[..., Repository], needed: int, night: str, verdict: str
) -> None:
    group = {"redundancy_group": {"name": "desks", "needed": needed}}
    files = {**FILES, "services/shop/sla.yaml": json.dumps(SLA | {"hours": "always"})}
    days = "[mon, tue, wed, thu, fri, sat, sun]"
    for name, hours in (("day", "07:00-19:00"), ("night", night)):
        files |= {
            f"organization/calendars/{name}.yaml": "type: service_hours\ntimezone: Europe/Vienna\n"
            f"weekly: [{{days: {days}, hours: {hours}}}]\n",
            f"services/{name}/service.yaml": json.dumps({"name": name, "owner": "dbs", "lifecycle": "live"}),
            f"services/{name}/ola.yaml": json.dumps(
                {"type": "OLA", "provider": "dbs", "customer": "ours", "hours": name}
            ),
        }
    on = [{"service": name} | group for name in ("day", "night")]
    files["services/shop/service.yaml"] = json.dumps(SHOP | {"depends_on": on, "support_hours": "always"})
    repository = Repository(MappingTree(files), now=NOW)
    record = repository.get(Agreement, "shop/sla")
    assert record is not None
    (promise,) = answer(repository, record).of("hours")
    assert promise.verdict == verdict
    if verdict == "refuted":
        assert promise.because.startswith(f"{needed} of 2 of the group desks leave out")
