"""Conflicts of the calendar: little repositories with one each, and random ones against asking every minute."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitsm.calendar import Conflict, ConflictKind, conflicts, conflicts_of, exceptions_of
from gitsm.calendar.collisions import MOST_NAMED, MOST_SPELT_OUT
from gitsm.calendar.conflict import grade
from gitsm.calendar.duration import amount, in_hours
from gitsm.diagnostic import Severity
from gitsm.intervals import Interval
from gitsm.lint import run
from gitsm.records.change import Change
from gitsm.repository import Repository
from gitsm.rules import RULES
from gitsm.tree import MappingTree

NOW = datetime.fromisoformat("2026-12-01T09:00+01:00")
K = ConflictKind
Files = dict[str, str]
Said = tuple[ConflictKind, str, tuple[str, ...], float]


def service(id: str, *depends_on: Any, owner: str = "crew", **fields: Any) -> Files:
    needs = [{"service": need} if isinstance(need, str) else need for need in depends_on]
    data = {"name": id, "owner": owner, "lifecycle": "live", "depends_on": needs, **fields}
    return {f"services/{id}/service.yaml": json.dumps(data)}


def change(id: str, services: str, start: str, end: str, **fields: Any) -> Files:
    """A change on days of December, `4 20:00` to `4 22:00`."""
    data = {
        "title": id,
        "type": "normal",
        "services": services.split(),
        "plan": "Do it.",
        "rollback": "Undo it.",
        "window": {"start": moment(start), "end": moment(end)},
        **fields,
    }
    data = {key: value for key, value in data.items() if value is not None}
    return {f"changes/2026-11-{id}.yaml": json.dumps(data)}


def moment(text: str) -> str:
    day, _, clock = text.partition(" ")
    return f"2026-12-{int(day):02}T{clock}+01:00"


def team(id: str = "crew", **fields: Any) -> Files:
    return {f"organization/teams/{id}.yaml": json.dumps({"name": id, **fields})}


def calendar(id: str, type: str, **fields: Any) -> Files:
    data = {"type": type, "timezone": "Europe/Vienna", **fields}
    return {f"organization/calendars/{id}.yaml": json.dumps(data)}


def peaks(service: str, *peaks: Mapping[str, Any]) -> Files:
    return {f"services/{service}/capacity.yaml": json.dumps({"peaks": list(peaks)})}


def policy(**fields: Any) -> Files:
    return {"organization/policy.yaml": json.dumps({"timezone": "Europe/Vienna", **fields})}


def during(start: str, end: str) -> dict[str, Any]:
    return {"dates": [{"from": moment(start), "to": moment(end)}]}


def repository(*files: Files, now: datetime = NOW, merged: bool | None = None) -> Repository:
    every = {path: text for part in files for path, text in part.items()}
    authorised = frozenset(every) if merged else None
    return Repository(MappingTree(every), now=now, authorised=authorised)


def found(*files: Files, **options: Any) -> list[Said]:
    """What is found: the kind, the change, the other ends and the minutes."""
    return [said(conflict) for conflict in conflicts(repository(*files, **options))]


def said(conflict: Conflict) -> Said:
    others = tuple(other.id.removeprefix("2026-11-") for other in conflict.others)
    return conflict.kind, conflict.change.id.removeprefix("2026-11-"), others, conflict.minutes


# --- little repositories, each with exactly one conflict, or with none

TWO = (service("a"), service("b"))
LINES = (
    service("line-a"),
    service("line-b"),
    service("line-c"),
    service(
        "site",
        *(
            {"service": f"line-{x}", "redundancy_group": {"name": "lines", "needed": n}}
            for x, n in (("a", 1), ("b", 1), ("c", 1))
        ),
    ),
)
PAIR = (
    service("line-a"),
    service("line-b"),
    service(
        "site", *({"service": f"line-{x}", "redundancy_group": {"name": "lines", "needed": 1}} for x in "ab")
    ),
)
DEEP = (
    service("store"),
    service("database", "store"),
    service("network"),
    service("portal", "database", "network"),
)
HOURS = {"weekly": [{"days": ["mon", "tue", "wed", "thu", "fri"], "hours": "08:00-17:00"}]}
OFFICE = (calendar("office", "service_hours", **HOURS), team(hours="office"))
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NETWORKERS = (calendar("office", "service_hours", **HOURS), team("net", hours="office"), team())
STEPS = [{"step": "Switch.", "team": "net", "takes": "1 h"}, {"step": "Start it.", "takes": "1 h"}]
NIGHTS = calendar(
    "nights",
    "maintenance",
    scope={"services": ["a"]},
    recurrence={"every": "week", "weekdays": ["sat"], "starts": "22:00", "takes": "4 h"},
)
LEAVE = {
    "freeze": "stop",
    "reason": "It can't wait.",
    "risk_of_waiting": "Much.",
    "risk_of_doing": "Little.",
    "granted_by": "role:manager",
}
STOP = calendar("stop", "freeze", freeze="hard", **during("4 18:00", "7 06:00"))
ROLES = policy(roles=[{"name": "manager"}])
NOTICE = policy(notice=[{"type": "normal", "lead": "72 h"}])


def one(*parts: Files) -> Files:
    return {path: text for part in parts for path, text in part.items()}


CASES: dict[str, tuple[tuple[Files, ...], list[Said]]] = {
    "two changes of one service": (
        (*TWO, change("01-x", "a", "4 20:00", "4 22:00"), change("02-y", "a b", "4 21:30", "4 23:00")),
        [(K.SAME_SERVICE, "02-y", ("01-x",), 30)],
    ),
    "end to end is no overlap": (
        (*TWO, change("01-x", "a", "4 20:00", "4 22:00"), change("02-y", "a", "4 22:00", "4 23:00")),
        [],
    ),
    "unrelated services": (
        (*TWO, change("01-x", "a", "4 20:00", "4 22:00"), change("02-y", "b", "4 20:00", "4 22:00")),
        [],
    ),
    "the same moments in other zones": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00"),
            change(
                *("02-y", "a", "4 20:00", "4 22:00"),
                window={"start": "2026-12-04T15:00-05:00", "end": "2026-12-04T17:00-05:00"},
            ),
        ),
        [(K.SAME_SERVICE, "02-y", ("01-x",), 60)],
    ),
    "a canceled change stands in nobody's way": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00", closure={"code": "canceled"}),
            change("02-y", "a", "4 20:00", "4 22:00"),
        ),
        [],
    ),
    "a window that is past": (
        (service("a"), change("01-x", "a", "1 07:00", "1 08:30"), change("02-y", "a", "1 07:00", "1 08:30")),
        [],
    ),
    "through dependencies of any depth": (
        (
            *DEEP,
            change("01-x", "store", "4 20:00", "4 22:00"),
            change("02-y", "network", "4 21:00", "4 23:00"),
        ),
        [(K.DEPENDENCY, "02-y", ("01-x",), 60)],
    ),
    "one works on what the other brings down": (
        (
            *DEEP,
            change("01-x", "store", "4 20:00", "4 22:00"),
            change("02-y", "portal", "4 21:00", "4 23:00", outage="none"),
        ),
        [(K.DEPENDENCY, "02-y", ("01-x",), 60)],
    ),
    "no outage brings nothing down": (
        (
            *DEEP,
            change("01-x", "store", "4 20:00", "4 22:00", outage="none"),
            change("02-y", "network", "4 21:00", "4 23:00", outage="none"),
        ),
        [],
    ),
    "a soft dependency ends the way": (
        (
            service("store"),
            service("network"),
            service("portal", {"service": "store", "criticality": "soft"}, "network"),
            change("01-x", "store", "4 20:00", "4 22:00"),
            change("02-y", "network", "4 21:00", "4 23:00"),
        ),
        [],
    ),
    "nobody notices what is not in use yet": (
        (
            service("store"),
            service("network"),
            service("portal", "store", "network", lifecycle="build"),
            change("01-x", "store", "4 20:00", "4 22:00"),
            change("02-y", "network", "4 21:00", "4 23:00"),
        ),
        [],
    ),
    "two of three lines go, and none can be spared any more": (
        (
            *LINES,
            change("01-x", "line-a", "4 20:00", "4 22:00"),
            change("02-y", "line-b", "4 21:00", "4 23:00"),
        ),
        [(K.REDUNDANCY, "02-y", ("01-x",), 60)],
    ),
    "two of four lines go, and one can be spared": (
        (
            *LINES[:3],
            service("line-d"),
            service("site", *(
                {"service": f"line-{x}", "redundancy_group": {"name": "lines", "needed": 1}} for x in "abcd"
            )),
            change("01-x", "line-a", "4 20:00", "4 22:00"),
            change("02-y", "line-b", "4 21:00", "4 23:00"),
        ),
        [],
    ),
    "two members of a group at once, one of them without an outage": (
        (
            *PAIR,
            change("01-x", "line-a", "4 20:00", "4 22:00", outage="none"),
            change("02-y", "line-b", "4 21:00", "4 23:00", outage="full"),
        ),
        [(K.REDUNDANCY, "02-y", ("01-x",), 60)],
    ),
    "two members of a group at once, both without an outage": (
        (
            *PAIR,
            change("01-x", "line-a", "4 20:00", "4 22:00", outage="none"),
            change("02-y", "line-b", "4 21:00", "4 23:00", outage="none"),
        ),
        [(K.REDUNDANCY, "02-y", ("01-x",), 60)],
    ),
    "two members of a group that nobody would miss": (
        (
            *PAIR[:2],
            service("site", *(
                {
                    "service": f"line-{x}",
                    "criticality": "soft",
                    "redundancy_group": {"name": "lines", "needed": 1},
                }
                for x in "ab"
            )),
            change("01-x", "line-a", "4 20:00", "4 22:00"),
            change("02-y", "line-b", "4 21:00", "4 23:00"),
        ),
        [],
    ),
    "two members of a group, one after the other": (
        (
            *PAIR,
            change("01-x", "line-a", "4 20:00", "4 22:00"),
            change("02-y", "line-b", "4 22:00", "4 23:00"),
        ),
        [],
    ),
    "three of three may not": (
        (
            *LINES,
            change("01-x", "line-a", "4 20:00", "4 22:00"),
            change("02-y", "line-b", "4 21:00", "4 23:00"),
            change("03-z", "line-c", "4 21:30", "4 23:00"),
        ),
        [(K.REDUNDANCY, "03-z", ("02-y", "01-x"), 30)],
    ),
    "three of three, one after the other": (
        (
            *LINES,
            change("01-x", "line-a", "4 20:00", "4 22:00"),
            change("02-y", "line-b", "4 21:00", "4 23:00"),
            change("03-z", "line-c", "4 22:00", "4 23:00"),
        ),
        [(K.REDUNDANCY, "02-y", ("01-x",), 60), (K.REDUNDANCY, "03-z", ("02-y",), 60)],
    ),
    "a member that goes down by what is below it": (
        (
            service("fibre"),
            service("line-a", "fibre"),
            service("line-b"),
            LINES[2],
            service(
                "site",
                {"service": "line-a", "redundancy_group": {"name": "lines", "needed": 1}},
                {"service": "line-b", "redundancy_group": {"name": "lines", "needed": 1}},
            ),
            change("01-x", "fibre", "4 20:00", "4 22:00"),
            change("02-y", "line-b", "4 21:00", "4 23:00"),
        ),
        [(K.REDUNDANCY, "02-y", ("01-x",), 60)],
    ),
    "a team booked beyond its capacity": (
        (
            *TWO,
            team(capacity={"concurrent_changes": 1}),
            change("01-x", "a", "4 20:00", "4 22:00"),
            change("02-y", "b", "4 21:00", "4 22:00"),
        ),
        [(K.TEAM, "02-y", ("crew", "01-x"), 60)],
    ),
    "a team within its capacity": (
        (
            *TWO,
            team(capacity={"concurrent_changes": 2}),
            change("01-x", "a", "4 20:00", "4 22:00"),
            change("02-y", "b", "4 21:00", "4 22:00"),
        ),
        [],
    ),
    "a team beyond a capacity of two": (
        (
            *TWO,
            service("c"),
            team(capacity={"concurrent_changes": 2}),
            change("01-x", "a", "4 20:00", "4 22:00"),
            change("02-y", "b", "4 21:00", "4 22:00"),
            change("03-z", "c", "4 21:30", "4 23:00"),
        ),
        [(K.TEAM, "03-z", ("crew", "02-y", "01-x"), 30)],
    ),
    "a team that states no capacity and is named twice": (
        (
            *TWO,
            team(),
            change("01-x", "a", "4 20:00", "4 22:00", team="crew"),
            change("02-y", "b", "4 21:00", "4 22:00", team="crew"),
        ),
        [(K.TEAM, "02-y", ("crew", "01-x"), 60)],
    ),
    "a person booked twice": (
        (
            *TWO,
            team(capacity={"concurrent_changes": 1}),
            change("01-x", "a", "4 20:00", "4 22:00", assignees=["kim", "lee"]),
            change("02-y", "b", "4 21:00", "4 22:00", assignees=["sam", "lee"]),
        ),
        [(K.PERSON, "02-y", ("01-x",), 60)],
    ),
    "inside a hard freeze": (
        (service("a"), STOP, change("01-x", "a", "6 20:00", "6 22:00")),
        [(K.FREEZE, "01-x", ("stop",), 120)],
    ),
    "inside a soft freeze": (
        (
            service("a"),
            calendar("stop", "freeze", freeze="soft", **during("4 18:00", "7 06:00")),
            change("01-x", "a", "6 20:00", "6 22:00"),
        ),
        [(K.FREEZE, "01-x", ("stop",), 120)],
    ),
    "partly inside a freeze that comes back": (
        (
            service("a"),
            calendar("stop", "freeze", recurrence={"every": "day", "starts": "23:00", "takes": "2 h"}),
            change("01-x", "a", "6 20:00", "6 23:20"),
        ),
        [(K.FREEZE, "01-x", ("stop",), 20)],
    ),
    "a freeze of other services": (
        (
            *TWO,
            calendar("stop", "freeze", scope={"services": ["b"]}, **during("4 18:00", "7 06:00")),
            change("01-x", "a", "6 20:00", "6 22:00"),
        ),
        [],
    ),
    "a freeze ends as the window begins": (
        (service("a"), STOP, change("01-x", "a", "7 06:00", "7 08:00")),
        [],
    ),
    "a freeze broken by an exception": (
        (service("a"), STOP, ROLES, change("01-x", "a", "6 20:00", "6 22:00", exceptions=[LEAVE])),
        [],
    ),
    "an exception from another freeze": (
        (
            service("a"),
            STOP,
            ROLES,
            calendar("other", "freeze", **during("20 18:00", "27 06:00")),
            change("01-x", "a", "6 20:00", "6 22:00", exceptions=[{**LEAVE, "freeze": "other"}]),
        ),
        [(K.FREEZE, "01-x", ("stop",), 120)],
    ),
    "an exception without a risk": (
        (
            service("a"),
            STOP,
            ROLES,
            change(
                *("01-x", "a", "6 20:00", "6 22:00"),
                exceptions=[{key: LEAVE[key] for key in LEAVE if key != "risk_of_waiting"}],
            ),
        ),
        [(K.EXCEPTION, "01-x", ("stop",), 120)],
    ),
    "an exception by a role that the policy doesn't name": (
        (service("a"), STOP, policy(), change("01-x", "a", "6 20:00", "6 22:00", exceptions=[LEAVE])),
        [(K.EXCEPTION, "01-x", ("stop",), 120)],
    ),
    "an exception by a team": (
        (
            service("a"),
            STOP,
            ROLES,
            change("01-x", "a", "6 20:00", "6 22:00", exceptions=[{**LEAVE, "granted_by": "crew"}]),
        ),
        [(K.EXCEPTION, "01-x", ("stop",), 120)],
    ),
    "inside a peak of its own service": (
        (
            service("a"),
            peaks("a", {"name": "Sales", **during("4 18:00", "4 20:30")}),
            change("01-x", "a", "4 20:00", "4 22:00", outage="none"),
        ),
        [(K.PEAK, "01-x", ("a",), 30)],
    ),
    "inside the margin of a peak": (
        (
            service("a"),
            peaks("a", {"name": "Sales", "margin": "1 h", **during("4 18:00", "4 19:30")}),
            change("01-x", "a", "4 20:00", "4 22:00"),
        ),
        [(K.PEAK, "01-x", ("a",), 30)],
    ),
    "inside a peak of what hard-depends on it": (
        (
            *DEEP,
            peaks("portal", {"name": "Sales", **during("4 18:00", "4 20:30")}),
            change("01-x", "store", "4 20:00", "4 22:00", outage="full"),
        ),
        [(K.PEAK, "01-x", ("portal",), 30)],
    ),
    "a peak of what it stands on": (
        (
            *DEEP,
            peaks("store", {"name": "Sales", **during("4 18:00", "4 20:30")}),
            change("01-x", "portal", "4 20:00", "4 22:00", outage="full"),
        ),
        [],
    ),
    "a shared peak is said once": (
        (
            *DEEP,
            calendar("sales", "peak", **during("4 18:00", "4 20:30")),
            *(peaks(id, {"name": "Sales", "calendar": "sales"}) for id in ("portal", "database", "store")),
            change("01-x", "store", "4 20:00", "4 22:00", outage="full"),
        ),
        [(K.PEAK, "01-x", ("store",), 30)],
    ),
    "a peak is left to the freeze that it names": (
        (
            service("a"),
            STOP,
            peaks("a", {"name": "Sales", "calendar": "stop"}),
            change("01-x", "a", "6 20:00", "6 22:00"),
        ),
        [(K.FREEZE, "01-x", ("stop",), 120)],
    ),
    "in the margin of a peak, before the freeze that it names": (
        (
            service("a"),
            STOP,
            peaks("a", {"name": "Sales", "calendar": "stop", "margin": "4 h"}),
            change("01-x", "a", "4 16:00", "4 18:00"),
        ),
        [(K.PEAK, "01-x", ("a",), 120)],
    ),
    "beside the maintenance window": (
        (service("a"), NIGHTS, change("01-x", "a", "6 22:00", "6 23:00")),
        [(K.NO_MAINTENANCE, "01-x", ("nights",), 60)],
    ),
    "inside the maintenance window": (
        (service("a"), NIGHTS, change("01-x", "a", "5 22:00", "6 02:00")),
        [],
    ),
    "beyond the maintenance window": (
        (service("a"), NIGHTS, change("01-x", "a", "5 23:00", "6 03:00")),
        [(K.MAINTENANCE_EXCEEDED, "01-x", ("nights",), 60)],
    ),
    "the rollback goes beyond the maintenance window": (
        (
            service("a"),
            NIGHTS,
            change("01-x", "a", "5 23:00", "6 02:00", rollback={"plan": "Undo it.", "takes": "20 min"}),
        ),
        [(K.MAINTENANCE_EXCEEDED, "01-x", ("nights",), 20)],
    ),
    "the rollback has room, as the steps say": (
        (
            service("a"),
            NIGHTS,
            change(
                *("01-x", "a", "5 23:00", "6 02:00"),
                plan=[{"step": "Do it.", "takes": "2 h"}],
                rollback={"plan": "Undo it.", "takes": "60 min"},
            ),
        ),
        [],
    ),
    "an emergency keeps to no maintenance window": (
        (service("a"), NIGHTS, change("01-x", "a", "6 22:00", "6 23:00", type="emergency")),
        [],
    ),
    "two maintenance calendars that touch are one stretch": (
        (
            service("a"),
            NIGHTS,
            calendar("extra", "maintenance", scope={"services": ["a"]}, **during("5 20:00", "5 22:00")),
            change("01-x", "a", "5 21:00", "5 23:00"),
        ),
        [],
    ),
    "beyond two maintenance calendars that touch": (
        (
            service("a"),
            NIGHTS,
            calendar("extra", "maintenance", scope={"services": ["a"]}, **during("5 20:00", "5 22:00")),
            change("01-x", "a", "5 21:00", "6 03:00"),
        ),
        [(K.MAINTENANCE_EXCEEDED, "01-x", ("extra", "nights"), 60)],
    ),
    "two maintenance calendars with a minute between them": (
        (
            service("a"),
            NIGHTS,
            calendar("extra", "maintenance", scope={"services": ["a"]}, **during("5 20:00", "5 21:59")),
            change("01-x", "a", "5 21:00", "5 23:00"),
        ),
        [(K.MAINTENANCE_EXCEEDED, "01-x", ("extra",), 61)],
    ),
    "two maintenance calendars, either of them": (
        (
            service("a"),
            NIGHTS,
            calendar("extra", "maintenance", scope={"services": ["a"]}, **during("8 20:00", "8 23:00")),
            change("01-x", "a", "8 20:00", "8 22:00"),
        ),
        [],
    ),
    "before a change that it requires": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y"]),
            change("02-y", "b", "5 20:00", "5 22:00"),
        ),
        [(K.ORDER, "01-x", ("02-y",), 26 * 60)],
    ),
    "beside a change that it requires, of the same service": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y"]),
            change("02-y", "a", "4 21:00", "4 22:00"),
        ),
        [(K.ORDER, "01-x", ("02-y",), 60)],
    ),
    "beside a change that it requires, of the same people": (
        (
            *TWO,
            team(capacity={"concurrent_changes": 1}),
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y"], assignees=["kim"]),
            change("02-y", "b", "4 21:00", "4 22:00", assignees=["kim"]),
        ),
        [(K.ORDER, "01-x", ("02-y",), 60)],
    ),
    "right after a change that it requires": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y"]),
            change("02-y", "a", "4 18:00", "4 20:00"),
        ),
        [],
    ),
    "a window shorter than plan and rollback": (
        (
            service("a"),
            change(
                *("01-x", "a", "4 20:00", "4 22:00"),
                plan=[{"step": "Do it.", "takes": "90 min"}, {"step": "Look.", "takes": "10 min"}],
                rollback={"plan": "Undo it.", "takes": "30 min"},
            ),
        ),
        [(K.TOO_SHORT, "01-x", (), 10)],
    ),
    "a window just as long as plan and rollback": (
        (
            service("a"),
            change(
                *("01-x", "a", "4 20:00", "4 22:00"),
                plan=[{"step": "Do it.", "takes": "90 min"}, {"step": "Look."}],
                rollback={"plan": "Undo it.", "takes": "30 min"},
            ),
        ),
        [],
    ),
    "a team off duty": (
        (service("a"), *OFFICE, change("01-x", "a", "4 16:00", "4 18:00")),
        [(K.NOBODY_ON_DUTY, "01-x", ("crew",), 60)],
    ),
    "somebody of a team off duty is named": (
        (service("a"), *OFFICE, change("01-x", "a", "4 16:00", "4 18:00", assignees=["kim"])),
        [],
    ),
    "a team on duty": (
        (service("a"), *OFFICE, change("01-x", "a", "4 16:00", "4 17:00")),
        [],
    ),
    "watched over a weekend": (
        (
            service("a"),
            *OFFICE,
            change("01-x", "a", "4 16:00", "4 17:00", watch={"until": moment("6 17:00")}),
        ),
        [(K.NOBODY_WATCHES, "01-x", (), 48 * 60)],
    ),
    "watched until Monday noon": (
        (
            service("a"),
            *OFFICE,
            change("01-x", "a", "4 16:00", "4 17:00", watch={"until": moment("7 12:00")}),
        ),
        [],
    ),
    "watched by those who are called at any hour": (
        (
            service("a", escalation=[{"team": "always", "after": "0 min"}]),
            *OFFICE,
            calendar(
                "open",
                "service_hours",
                weekly=[{"days": DAYS, "hours": "00:00-24:00"}],
            ),
            team("always", hours="open"),
            change("01-x", "a", "4 16:00", "4 17:00", watch={"until": moment("6 17:00")}),
        ),
        [],
    ),
    "told too late": (
        (
            service("a"),
            NOTICE,
            change("01-x", "a", "4 20:00", "4 22:00", communications=[{"audience": "All", "at": moment("1 22:00")}]),
        ),
        [(K.LATE_WORD, "01-x", (), 120)],
    ),
    "told in time, and reminded": (
        (
            service("a"),
            NOTICE,
            change(
                *("01-x", "a", "4 20:00", "4 22:00"),
                communications=[
                    {"audience": "All", "at": moment("4 08:00")},
                    {"audience": "all", "at": moment("1 20:00")},
                ],
            ),
        ),
        [],
    ),
    "a change that is under way past its window": (
        (
            *TWO,
            change("01-x", "a", "1 06:00", "1 08:00", actual={"start": moment("1 06:10")}),
            change("02-y", "a", "1 08:30", "1 10:00"),
        ),
        [(K.SAME_SERVICE, "02-y", ("01-x",), 30)],
    ),
    "a change that is under way, and has no window": (
        (
            *TWO,
            change("01-x", "a", "1 06:00", "1 08:00", window=None, actual={"start": moment("1 06:10")}),
            change("02-y", "a", "1 08:30", "1 10:00"),
        ),
        [(K.SAME_SERVICE, "02-y", ("01-x",), 30)],
    ),
    "a change that ran past its window and has ended": (
        (
            *TWO,
            change(
                *("01-x", "a", "1 06:00", "1 08:00"),
                actual={"start": moment("1 06:10"), "end": moment("1 08:45")},
            ),
            change("02-y", "a", "1 08:30", "1 10:00"),
        ),
        [],
    ),
    "a change under way holds up the later ids, though its own is later": (
        (
            *TWO,
            change("01-x", "a", "1 08:30", "1 10:00"),
            change("02-y", "a", "1 06:00", "1 08:00", actual={"start": moment("1 06:10")}),
        ),
        [(K.SAME_SERVICE, "01-x", ("02-y",), 30)],
    ),
    "a change under way past its window books its people": (
        (
            *TWO,
            change("01-x", "a", "1 06:00", "1 08:00", actual={"start": moment("1 06:10")}, assignees=["kim"]),
            change("02-y", "b", "1 08:30", "1 10:00", assignees=["kim"]),
        ),
        [(K.PERSON, "02-y", ("01-x",), 30)],
    ),
    "a change under way past its window is required": (
        (
            *TWO,
            change("01-x", "a", "1 06:00", "1 08:00", actual={"start": moment("1 06:10")}),
            change("02-y", "b", "1 08:30", "1 10:00", requires=["2026-11-01-x"]),
        ),
        [(K.ORDER, "02-y", ("01-x",), 30)],
    ),
    "a change under way past its window is not judged anew": (
        (
            service("a"),
            calendar("stop", "freeze", **during("1 08:00", "1 20:00")),
            change("01-x", "a", "1 06:00", "1 08:00", actual={"start": moment("1 06:10")}),
        ),
        [],
    ),
    "before what a required change without a window requires": (
        (
            *TWO,
            service("c"),
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y"]),
            change("02-y", "b", "4 20:00", "4 22:00", window=None, requires=["2026-11-03-z"]),
            change("03-z", "c", "5 20:00", "5 22:00"),
        ),
        [(K.ORDER, "01-x", ("03-z",), 26 * 60)],
    ),
    "before what is required by three changes without windows": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y"]),
            change("02-y", "b", "4 20:00", "4 22:00", window=None, requires=["2026-11-03-z"]),
            change("03-z", "b", "4 20:00", "4 22:00", window=None, requires=["2026-11-04-w", "2026-11-02-y"]),
            change("04-w", "b", "4 20:00", "4 22:00", window=None, requires=["2026-11-05-v"]),
            change("05-v", "b", "4 21:00", "5 22:00"),
        ),
        [(K.ORDER, "01-x", ("05-v",), 60)],
    ),
    "what a required change requires, each in its window": (
        (
            *TWO,
            service("c"),
            change("01-x", "a", "6 20:00", "6 22:00", requires=["2026-11-02-y"]),
            change("02-y", "b", "4 20:00", "4 22:00", requires=["2026-11-03-z"]),
            change("03-z", "c", "5 20:00", "5 22:00"),
        ),
        [(K.ORDER, "02-y", ("03-z",), 26 * 60)],
    ),
    "required by itself and by another one, it is said once": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y", "2026-11-03-z"]),
            change("02-y", "b", "4 20:00", "4 22:00", window=None, requires=["2026-11-03-z"]),
            change("03-z", "b", "5 20:00", "5 22:00"),
        ),
        [(K.ORDER, "01-x", ("03-z",), 26 * 60)],
    ),
    "what a done change requires": (
        (
            *TWO,
            change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-y"]),
            change(
                *("02-y", "b", "4 20:00", "4 22:00"),
                window=None,
                requires=["2026-11-03-z"],
                closure={"code": "successful"},
            ),
            change("03-z", "b", "5 20:00", "5 22:00"),
        ),
        [],
    ),
    "the team of a step is off duty": (
        (
            service("a"),
            *NETWORKERS,
            change(
                *("01-x", "a", "4 15:00", "4 19:00"),
                plan=[
                    {"step": "Stop it.", "takes": "90 min"},
                    {"step": "Switch.", "team": "net", "takes": "60 min"},
                    {"step": "Start it.", "takes": "30 min"},
                ],
            ),
        ),
        [(K.NOBODY_ON_DUTY, "01-x", ("net",), 30)],
    ),
    "the team of a step is on duty when it comes": (
        (
            service("a"),
            *NETWORKERS,
            change(
                *("01-x", "a", "4 15:00", "4 19:00"),
                plan=[
                    {"step": "Stop it.", "takes": "60 min"},
                    {"step": "Switch.", "team": "net", "takes": "60 min"},
                    {"step": "Start it.", "takes": "60 min"},
                ],
            ),
        ),
        [],
    ),
    "a step that does not say when it comes, and no hour would do": (
        (
            service("a"),
            *NETWORKERS,
            change(
                *("01-x", "a", "4 16:00", "4 20:00"),
                plan=[{"step": "Stop it.", "takes": "60 min"}, {"step": "Switch.", "team": "net"}],
            ),
        ),
        [(K.NOBODY_ON_DUTY, "01-x", ("net",), 180)],
    ),
    "a step that does not say when it comes, and may come in time": (
        (
            service("a"),
            *NETWORKERS,
            change(
                *("01-x", "a", "4 16:00", "4 20:00"),
                plan=[{"step": "Stop it."}, {"step": "Switch.", "team": "net"}],
            ),
        ),
        [],
    ),
    "the owner is off duty, and others do every step": (
        (
            service("a"),
            *OFFICE,
            team("net"),
            change(
                *("01-x", "a", "4 18:00", "4 20:00"), plan=[{"step": "Switch.", "team": "net", "takes": "1 h"}]
            ),
        ),
        [],
    ),
    "a team has a step of one change and carries out another": (
        (
            *TWO,
            team("net", capacity={"concurrent_changes": 1}),
            change(
                *("01-x", "a", "4 20:00", "4 23:00"),
                plan=[
                    {"step": "Stop it.", "takes": "1 h"},
                    {"step": "Switch.", "team": "net", "takes": "60 min"},
                    {"step": "Start it.", "takes": "1 h"},
                ],
            ),
            change("02-y", "b", "4 21:45", "4 23:00", team="net"),
        ),
        [(K.TEAM, "02-y", ("net", "01-x"), 15)],
    ),
    "a team has steps of two changes at different hours": (
        (
            *TWO,
            team("net", capacity={"concurrent_changes": 1}),
            change("01-x", "a", "4 20:00", "4 22:00", plan=STEPS),
            change("02-y", "b", "4 21:00", "4 23:00", plan=STEPS),
        ),
        [],
    ),
    "a team has steps of two changes at once": (
        (
            *TWO,
            team("net", capacity={"concurrent_changes": 1}),
            change("01-x", "a", "4 20:00", "4 22:00", plan=STEPS),
            change("02-y", "b", "4 20:20", "4 23:00", plan=STEPS),
        ),
        [(K.TEAM, "02-y", ("net", "01-x"), 40)],
    ),
    "takes down what a freeze protects": (
        (
            *DEEP,
            calendar("stop", "freeze", scope={"services": ["portal"]}, **during("4 18:00", "4 20:30")),
            change("01-x", "store", "4 20:00", "4 22:00", outage="full"),
        ),
        [(K.FREEZE, "01-x", ("stop",), 30)],
    ),
    "takes down by leave what a freeze protects": (
        (
            *DEEP,
            ROLES,
            calendar("stop", "freeze", scope={"services": ["portal"]}, **during("4 18:00", "4 20:30")),
            change("01-x", "store", "4 20:00", "4 22:00", outage="full", exceptions=[LEAVE]),
        ),
        [],
    ),
    "may take down what a freeze protects, and does not say so": (
        (
            *DEEP,
            calendar("stop", "freeze", scope={"services": ["portal"]}, **during("4 18:00", "4 20:30")),
            change("01-x", "store", "4 20:00", "4 22:00"),
        ),
        [],
    ),
    "takes down what is frozen for the sake of its peak": (
        (
            *DEEP,
            calendar("stop", "freeze", scope={"services": ["portal"]}, **during("4 18:00", "4 20:30")),
            peaks("portal", {"name": "Sales", "calendar": "stop"}),
            change("01-x", "store", "4 20:00", "4 22:00", outage="full"),
        ),
        [(K.PEAK, "01-x", ("portal",), 30)],
    ),
    "a watch that ends when nobody is there any more": (
        (
            service("a"),
            *OFFICE,
            change("01-x", "a", "4 08:00", "4 09:00", watch={"until": moment("4 17:30")}),
        ),
        [(K.NOBODY_WATCHES, "01-x", (), 30)],
    ),
    "a watch that only the support hours of the service cover": (
        (
            service("a", support_hours="open"),
            *OFFICE,
            calendar("open", "service_hours", weekly=[{"days": DAYS, "hours": "00:00-24:00"}]),
            change("01-x", "a", "4 16:00", "4 17:00", watch={"until": moment("4 20:00")}),
        ),
        [(K.NOBODY_WATCHES, "01-x", (), 180)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_little_repository_has_exactly_this_conflict(name: str) -> None:
    files, expected = CASES[name]
    assert found(*files) == expected


@pytest.mark.parametrize("name", [name for name, (_, expected) in CASES.items() if expected])
def test_a_conflict_says_both_ends_and_its_place(name: str) -> None:
    whole = repository(*CASES[name][0])
    for conflict in conflicts(whole):
        finding = conflict.finding()
        assert conflict.change.id in finding.message
        assert finding.hint
        assert not finding.message.endswith(".")
        assert finding.place.file == conflict.change.file
        assert finding.severity is conflict.severity
        for other in conflict.others:
            assert other.id in finding.message or other.file in {place.file for place in finding.related}
        assert conflict.overlap is None or conflict.overlap.start < conflict.overlap.end


def test_the_ways_to_the_meeting_service_are_named() -> None:
    files, _ = CASES["through dependencies of any depth"]
    (conflict,) = conflicts(repository(*files))
    assert conflict.service == "portal"
    assert conflict.ways == (("network", "portal"), ("store", "database", "portal"))
    assert conflict.overlap == Interval(
        datetime(2026, 12, 4, 20, tzinfo=UTC), datetime(2026, 12, 4, 21, tzinfo=UTC)
    )
    assert "store > database > portal" in conflict.message
    assert "network > portal" in conflict.message


def test_what_is_not_authorised_yet_gives_way() -> None:
    files = one(
        service("a"),
        change("01-x", "a", "4 20:00", "4 22:00"),
        change("02-y", "a", "4 20:00", "4 22:00"),
    )
    merged = Repository(
        MappingTree(files), now=NOW, authorised=frozenset(set(files) - {"changes/2026-11-01-x.yaml"})
    )
    assert [said(conflict) for conflict in conflicts(merged)] == [(K.SAME_SERVICE, "01-x", ("02-y",), 120)]
    assert found(files, merged=True) == [(K.SAME_SERVICE, "02-y", ("01-x",), 120)]


def test_an_exception_that_holds_is_told() -> None:
    files, _ = CASES["a freeze broken by an exception"]
    whole = repository(*files)
    (record,) = whole.of(Change)
    assert [(freeze.id, entry.granted_by) for freeze, entry in exceptions_of(whole, record)] == [
        ("stop", "role:manager")
    ]


@pytest.mark.parametrize(
    ("freeze", "severity"), [("hard", Severity.ERROR), ("soft", Severity.WARNING), (None, Severity.ERROR)]
)
def test_a_hard_freeze_is_an_error_and_a_soft_one_a_warning(freeze: str | None, severity: Severity) -> None:
    kind = {"freeze": freeze} if freeze else {}
    stop = calendar("stop", "freeze", **kind, **during("4 18:00", "7 06:00"))
    work = change("01-x", "a", "6 20:00", "6 22:00")
    assert [one.severity for one in conflicts(repository(service("a"), stop, work))] == [severity]


@pytest.mark.parametrize(
    ("tier", "row"),
    [
        (1, "warning error error"),
        (2, "warning warning error"),
        (3, "note warning warning"),
        (4, "note note warning"),
        (None, "warning warning error"),
    ],
)
def test_how_bad_follows_tier_outage_and_overlap(tier: int | None, row: str) -> None:
    assert [grade(tier, outage, 60) for outage in range(3)] == row.split()
    milder = {"error": "warning", "warning": "note", "note": "note"}
    assert [grade(tier, outage, 14) for outage in range(3)] == [milder[word] for word in row.split()]
    line = f"| tier {tier} | " if tier else None
    table = [
        " | ".join(cell.strip() for cell in line.split("|")) for line in (grade.__doc__ or "").split("\n")
    ]
    assert line is None or any(f"tier {tier} | {' | '.join(row.split())}" in line for line in table)


def test_a_change_that_requires_itself_and_unknown_ends_are_survived() -> None:
    work = change(
        *("01-x", "ghost", "4 20:00", "4 22:00"),
        requires=["2026-11-01-x", "2026-11-09-gone"],
        team="nobody",
        exceptions=[{**LEAVE, "freeze": "none"}],
        watch={"until": moment("6 17:00")},
    )
    assert found(work, NOTICE, STOP) == [(K.FREEZE, "01-x", ("stop",), 120)]


# --- trial windows

EVERYTHING = one(
    *DEEP,
    *LINES,
    *OFFICE,
    STOP,
    ROLES,
    peaks("portal", {"name": "Sales", **during("2 18:00", "2 20:30")}),
    change("01-x", "store", "2 10:00", "2 12:00"),
    change("02-y", "line-a", "3 10:00", "3 12:00"),
    change("03-z", "line-b line-c", "8 10:00", "8 12:00", requires=["2026-11-01-x"]),
    change("04-w", "network", "9 10:00", "9 12:00", assignees=["kim"]),
    team("net", capacity={"concurrent_changes": 1}, hours="office"),
    service("mail"),
    service("print"),
    change("05-v", "mail", "4 09:00", "4 12:00", plan=[*STEPS, {"step": "Look."}]),
    change("06-u", "print", "1 10:00", "1 12:00", plan=STEPS, window=None, requires=["2026-11-05-v"]),
    change("07-t", "print", "7 10:00", "7 12:00", plan=STEPS[::-1], requires=["2026-11-06-u"]),
)


@pytest.mark.parametrize("hours", range(0, 200, 7))
def test_a_trial_finds_what_a_check_with_the_change_moved_there_finds(hours: int) -> None:
    start = datetime(2026, 12, 1, 10, tzinfo=UTC) + timedelta(hours=hours)
    tried = Interval(start, start + timedelta(hours=3))
    whole = repository(EVERYTHING)
    for record in whole.of(Change):
        text = json.loads(EVERYTHING[record.file])
        text["window"] = {"start": tried.start.isoformat(), "end": tried.end.isoformat()}
        moved = repository({**EVERYTHING, record.file: json.dumps(text)})
        expected = {
            said(one)
            for one in conflicts(moved)
            if record.id in {one.change.id, *(other.id for other in one.others)}
        }
        assert {said(one) for one in conflicts_of(whole, record, tried)} == expected


# --- random repositories, against asking each pair and each minute

NAMES = "abcdef"
SLOTS = 16


@st.composite
def landscapes(draw: st.DrawFn) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    services: dict[str, list[dict[str, Any]]] = {}
    for n, name in enumerate(NAMES):
        services[name] = [
            draw(
                st.fixed_dictionaries(
                    {"service": st.just(below), "criticality": st.sampled_from(["hard", "hard", "soft"])},
                    optional={
                        "redundancy_group": st.just({"name": "g", "needed": 1}),
                        "fallback": st.fixed_dictionaries({"what": st.just("w"), "degraded": st.booleans()}),
                    },
                )
            )
            for below in draw(
                st.lists(st.sampled_from(NAMES[:n]), unique=True, max_size=3) if n else st.just([])
            )
        ]
    changes = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "services": st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
                    "start": st.integers(0, SLOTS - 1),
                    "length": st.integers(1, 6),
                    "outage": st.sampled_from(["none", "degraded", "full", None]),
                }
            ),
            max_size=7,
        )
    )
    return services, changes


def down_by_hand(services: Mapping[str, list[dict[str, Any]]], start: set[str]) -> set[str]:
    down = set(start)
    while True:
        more = {name for name in services if name not in down and fails(services[name], down)}
        if not more:
            return down
        down |= more


def fails(needs: list[dict[str, Any]], down: set[str]) -> bool:
    felt = [
        need
        for need in needs
        if need["criticality"] == "hard" and need.get("fallback", {"degraded": True})["degraded"]
    ]
    if any(need["service"] in down for need in felt if "redundancy_group" not in need):
        return True
    group = [need["service"] for need in needs if "redundancy_group" in need]
    return all(member in down for member in group) and any("redundancy_group" in need for need in felt)


def met_by_hand(
    services: Mapping[str, list[dict[str, Any]]], changes: list[dict[str, Any]]
) -> Iterator[tuple[ConflictKind, frozenset[int], int]]:
    reach = [
        set(one["services"]) if one["outage"] == "none" else down_by_hand(services, set(one["services"]))
        for one in changes
    ]
    for i, j in combinations(range(len(changes)), 2):
        one, other = changes[i], changes[j]
        minutes = sum(
            one["start"] <= slot < one["start"] + one["length"]
            and other["start"] <= slot < other["start"] + other["length"]
            for slot in range(SLOTS + 6)
        )
        if not minutes or not reach[i] & reach[j]:
            continue
        same = set(one["services"]) & set(other["services"])
        yield K.SAME_SERVICE if same else K.DEPENDENCY, frozenset({i, j}), minutes * 15


def built(services: Mapping[str, list[dict[str, Any]]], changes: list[dict[str, Any]]) -> Repository:
    start = datetime(2026, 12, 4, 20, tzinfo=UTC)
    parts = [service(name, *needs) for name, needs in services.items()]
    for n, entry in enumerate(changes):
        begins = start + timedelta(minutes=15 * entry["start"])
        window = {
            "start": begins.isoformat(),
            "end": (begins + timedelta(minutes=15 * entry["length"])).isoformat(),
        }
        outage = {"outage": entry["outage"]} if entry["outage"] else {}
        parts.append(
            change(
                f"{n + 1:02}-x", " ".join(entry["services"]), "4 20:00", "4 21:00", window=window, **outage
            )
        )
    return repository(*parts)


def number(id: str) -> int:
    return int(id[8:10]) - 1


@settings(max_examples=150)
@given(landscapes())
def test_pairs_are_those_that_meet_by_hand(landscape: Any) -> None:
    services, changes = landscape
    expected = set(met_by_hand(services, changes))
    whole = built(services, changes)
    kinds = (K.SAME_SERVICE, K.DEPENDENCY)
    assert {
        (one.kind, frozenset({number(one.change.id), number(one.others[0].id)}), one.minutes)
        for one in conflicts(whole)
        if one.kind in kinds
    } == expected
    for conflict in conflicts(whole):
        if conflict.kind is K.DEPENDENCY:
            for way, record in zip(conflict.ways, (conflict.change, conflict.others[0]), strict=True):
                assert way[0] in record.data["services"]
                assert way[-1] == conflict.service
                assert all(
                    below in {need["service"] for need in services[above]} for below, above in pairwise(way)
                )


@settings(max_examples=150)
@given(landscapes())
def test_groups_break_when_all_members_are_down_at_once(landscape: Any) -> None:
    services, changes = landscape
    whole = built(services, changes)
    reach = [
        set() if one["outage"] == "none" else down_by_hand(services, set(one["services"])) for one in changes
    ]
    expected = set()
    for slot in range(SLOTS + 6):
        active = [n for n, one in enumerate(changes) if one["start"] <= slot < one["start"] + one["length"]]
        for name, needs in services.items():
            group = {need["service"] for need in needs if "redundancy_group" in need}
            felt = any(fails([need], group) for need in needs if "redundancy_group" in need)
            apart = [n for n in active if name not in reach[n] and reach[n] & group]
            if felt and group <= set().union(*(reach[n] for n in apart)):
                expected.add(name)
    found = [one for one in conflicts(whole) if one.kind is K.REDUNDANCY]
    assert {one.service for one in found if "take down" in one.message} == expected
    # What may go wrong is never said of changes that never work on two members at once.
    for one in found:
        ends = [changes[number(record.id)] for record in (one.change, *one.others)]
        begins, stops = max(end["start"] for end in ends), min(end["start"] + end["length"] for end in ends)
        assert one.minutes == (stops - begins) * 15 > 0


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=5),
    st.tuples(st.integers(0, 40), st.integers(1, 10)),
    st.integers(0, 4),
)
def test_minutes_inside_freezes_and_peaks_are_those_counted(
    stretches: list[tuple[int, int]], window: tuple[int, int], margin: int
) -> None:
    start = datetime(2026, 12, 4, tzinfo=UTC)

    def at(slot: int) -> str:
        return (start + timedelta(minutes=15 * slot)).isoformat()

    dates = {"dates": [{"from": at(begin), "to": at(begin + long)} for begin, long in stretches]}
    work = change(
        *("01-x", "a", "4 20:00", "4 22:00"),
        window={"start": at(window[0]), "end": at(window[0] + window[1])},
    )
    peak = peaks("a", {"name": "P", **dates, "margin": f"{15 * margin} min"})
    whole = repository(service("a"), work, peak, calendar("stop", "freeze", **dates))
    counted = {
        K.FREEZE: sum(any(b <= n < b + s for b, s in stretches) for n in range(window[0], sum(window))),
        K.PEAK: sum(
            any(b - margin <= n < b + s + margin for b, s in stretches) for n in range(window[0], sum(window))
        ),
    }
    assert {one.kind: one.minutes for one in conflicts(whole)} == {
        kind: minutes * 15 for kind, minutes in counted.items() if minutes
    }


# --- at scale


def test_thousands_at_the_same_time_are_counted_and_not_listed() -> None:
    count = 1_500
    files = one(service("a"), team(capacity={"concurrent_changes": 1}))
    for n in range(count):
        files |= change(f"01-c{n}", "a", "4 20:00", "4 22:00", assignees=["kim"])
    every = conflicts(repository(files))
    assert len(every) <= count + MOST_SPELT_OUT**2
    assert {one.kind for one in every} == {K.SAME_SERVICE}
    assert max(len(one.message) for one in every) < 300
    assert max(len(one.others) for one in every) <= MOST_NAMED
    (last,) = (one for one in every if one.more == count - 1 - MOST_NAMED)
    assert f" and {last.more} more" in last.message
    assert {one.change.id for one in every} >= {f"2026-11-01-c{n}" for n in range(100, 200)}


def test_one_that_meets_very_many_says_how_many() -> None:
    """A change that gives way to each of many small ones, one after the other."""
    files = one(service("a"), change("30-z", "a", "4 00:00", "6 00:00"))
    for n in range(100):
        start = f"4 {n // 6:02}:{n % 6}0"
        files |= change(f"01-c{n:03}", "a", start, f"4 {(n + 1) // 6:02}:{(n + 1) % 6}0")
    (conflict,) = conflicts(repository(files))
    assert (conflict.change.id, len(conflict.others), conflict.more) == ("2026-11-30-z", MOST_NAMED, 97)
    assert ", as with 2026-11-01-c001, 2026-11-01-c002 and 97 more" in conflict.message


def test_a_few_are_said_one_by_one() -> None:
    files = one(service("a"), change("30-z", "a", "4 00:00", "6 00:00"))
    for n in range(MOST_SPELT_OUT):
        files |= change(f"01-c{n}", "a", f"4 0{n}:00", f"4 0{n}:30")
    every = conflicts(repository(files))
    assert [(len(one.others), one.more) for one in every] == [(1, 0)] * MOST_SPELT_OUT


@pytest.mark.parametrize(
    ("shared", "kind"),
    [({"assignees": ["kim"]}, K.PERSON), ({"team": "crew"}, K.TEAM)],
)
def test_thousands_of_one_team_or_person_are_counted(shared: dict[str, Any], kind: ConflictKind) -> None:
    count = 300
    files = one(team(capacity={"concurrent_changes": 1}))
    for n in range(count):
        files |= service(f"s{n}") | change(f"01-c{n}", f"s{n}", "4 20:00", "4 22:00", **shared)
    every = conflicts(repository(files))
    assert {one.kind for one in every} == {kind}
    assert len(every) <= count + MOST_SPELT_OUT**2
    assert max(len(one.message) for one in every) < 300
    (last,) = (one for one in every if one.more == count - 1 - MOST_NAMED)
    assert f"{last.more} more" in last.message


def test_what_meets_nothing_costs_nothing() -> None:
    """As many changes at one moment, none of which meet, are no conflict of any kind."""
    files: Files = {}
    for n in range(300):
        files |= service(f"s{n}") | change(f"01-c{n}", f"s{n}", "4 20:00", "4 22:00")
    assert found(files) == []


def test_the_way_to_a_member_of_a_group_is_said() -> None:
    every = repository(
        service("disk"),
        service("line-a", "disk"),
        service("line-b"),
        service(
            "site",
            *(
                {"service": f"line-{x}", "redundancy_group": {"name": "lines", "needed": 1}}
                for x in ("a", "b")
            ),
        ),
        change("01-x", "disk", "4 20:00", "4 22:00"),
        change("02-y", "line-b", "4 20:00", "4 22:00"),
    )
    (conflict,) = (one for one in conflicts(every) if one.kind is K.REDUNDANCY)
    assert "line-b (2026-11-02-y) and line-a (2026-11-01-x, by disk > line-a)" in conflict.message


def test_by_how_much_a_word_comes_too_late_is_said() -> None:
    word = {"audience": "All", "at": moment("5 20:01")}
    every = repository(
        service("a"),
        team(),
        NOTICE,
        change("01-x", "a", "8 20:00", "8 22:00", communications=[word]),
    )
    (conflict,) = conflicts(every)
    assert "72 h before its window begins, 1 min too late: the policy asks 72 h" in conflict.message


@pytest.mark.parametrize(
    ("length", "minutes", "hours"),
    [
        (1 / 60, "1 s", "1 s"),
        (0.5, "30 s", "30 s"),
        (1.25, "1.2 min", "1.2 min"),
        (45, "45 min", "45 min"),
        (90.0167, "90 min", "1.5 h"),
        (390_000, "390000 min", "6500 h"),
        (0, "0 min", "0 min"),
    ],
)
def test_amounts_are_said_roundly(length: float, minutes: str, hours: str) -> None:
    assert (amount(length), in_hours(length)) == (minutes, hours)


# --- how bad it is, and what is said


GROUP = {"tier": 1}


@pytest.mark.parametrize(
    ("outages", "severity", "said"),
    [
        (("full", "full"), Severity.ERROR, "and 0 stay up for 60 min while changes take down line-b"),
        (
            ("none", "full"),
            Severity.WARNING,
            "and 0 would stay up if changes went wrong that work for 60 min on",
        ),
        (
            ("none", "none"),
            Severity.WARNING,
            "and 0 would stay up if changes went wrong that work for 60 min on",
        ),
    ],
)
def test_how_bad_two_members_at_once_are_follows_their_outages(
    outages: tuple[str, str], severity: Severity, said: str
) -> None:
    whole = repository(
        *PAIR,
        change("01-x", "line-a", "4 20:00", "4 22:00", outage=outages[0]),
        change("02-y", "line-b", "4 21:00", "4 23:00", outage=outages[1]),
    )
    (conflict,) = conflicts(whole)
    assert (conflict.kind, conflict.severity) == (K.REDUNDANCY, severity)
    assert said in conflict.message


def test_members_without_a_reserve_are_noted() -> None:
    files, _ = CASES["two of three lines go, and none can be spared any more"]
    (conflict,) = conflicts(repository(*files))
    assert conflict.severity is Severity.NOTE
    assert "site needs 1 of its group lines, and 1 without a reserve for 60 min" in conflict.message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "a change that is under way past its window",
            "both work on a for 30 min; 2026-11-01-x is still under way",
        ),
        (
            "before what a required change without a window requires",
            "ends before 2026-11-03-z, which it requires by 2026-11-02-y > 2026-11-03-z, begins",
        ),
        (
            "before what is required by three changes without windows",
            "by 2026-11-02-y > 2026-11-03-z > 2026-11-04-w > 2026-11-05-v, is done: they overlap for 60 min",
        ),
        (
            "beside a change that it requires, of the same service",
            "begins before 2026-11-02-y, which it requires, is done: they overlap for 60 min",
        ),
        (
            "the team of a step is off duty",
            "net does step 2 of change 2026-11-01-x and is off duty for 30 min of the 60 min that it has,"
            " 2026-12-04 17:00 to 17:30, by office",
        ),
        (
            "a step that does not say when it comes, and no hour would do",
            "of the 180 min in which that may be, 2026-12-04 17:00 to 20:00",
        ),
        (
            "a team has steps of two changes at once",
            "net has change 2026-11-02-y (step 1) and 2026-11-01-x (step 1) to do at once, for 40 min",
        ),
        (
            "takes down what a freeze protects",
            "takes down portal, by store > database > portal, 30 min inside the hard freeze stop of portal",
        ),
        (
            "a watch that ends when nobody is there any more",
            "watched for 8.5 h, and who made it or supports a is on duty for 8 h of them, and not from"
            " 2026-12-04 17:00 to 17:30, when the watch ends",
        ),
        (
            "watched over a weekend",
            "off duty all the while, 2026-12-04 17:00 to 2026-12-06 17:00",
        ),
        (
            "a watch that only the support hours of the service cover",
            "crew and who is called for a are off duty all the while, 2026-12-04 17:00 to 20:00",
        ),
    ],
)
def test_what_is_said(name: str, said: str) -> None:
    files, _ = CASES[name]
    zone = {} if any("organization/policy.yaml" in part for part in files) else policy()
    (conflict,) = conflicts(repository(*files, zone))
    assert said in conflict.message


@pytest.mark.parametrize(("freeze", "severity"), [("hard", Severity.WARNING), ("soft", Severity.NOTE)])
def test_what_is_taken_down_in_its_freeze_is_one_step_less(freeze: str, severity: Severity) -> None:
    stop = calendar(
        "stop", "freeze", freeze=freeze, scope={"services": ["portal"]}, **during("4 18:00", "7 06:00")
    )
    work = change("01-x", "store", "4 20:00", "4 22:00", outage="degraded")
    assert [one.severity for one in conflicts(repository(*DEEP, stop, work))] == [severity]


def test_a_team_of_a_step_is_found_where_one_of_its_members_is_named() -> None:
    step = [{"step": "Switch.", "team": "net", "takes": "60 min"}]
    for members, expected in (["kim"], 0), (["lee"], 1):
        files = (
            service("a"),
            team(),
            calendar("office", "service_hours", **HOURS),
            team("net", hours="office", members=members),
            change("01-x", "a", "4 18:00", "4 19:00", assignees=["kim"], plan=step),
        )
        assert len(found(*files)) == expected


def test_a_step_of_a_model_counts_and_is_shown_where_the_model_is_named() -> None:
    model = {
        "title": "M",
        "steps": [{"step": "Switch.", "team": "net", "takes": "60 min"}],
        "rollback": "Undo it.",
    }
    whole = repository(
        service("a"),
        *NETWORKERS,
        {"organization/change-models/m.yaml": json.dumps(model)},
        change("01-x", "a", "4 18:00", "4 19:00", model="m"),
    )
    (conflict,) = conflicts(whole)
    assert (conflict.kind, conflict.path) == (K.NOBODY_ON_DUTY, ("model",))


def test_requires_in_a_circle_of_changes_without_windows_ends() -> None:
    files = one(service("a"), change("01-x", "a", "4 20:00", "4 22:00", requires=["2026-11-02-c0"]))
    for n in range(200):
        nexts = [f"2026-11-02-c{(n + 1) % 200}", "2026-11-01-x"]
        files |= change(f"02-c{n}", "a", "4 20:00", "4 22:00", window=None, requires=nexts)
    assert found(files) == []


# --- as a check says it


OF_THE_CALENDAR = [
    rule
    for rule in RULES.values()
    if rule.group.startswith(("calendar", "said")) or rule.name == "required-change-comes-later"
]


def checked(*files: Files) -> list[str]:
    return [finding.rule for finding in run(repository(*files), OF_THE_CALENDAR).findings]


@pytest.mark.parametrize("name", [name for name, (_, expected) in CASES.items() if len(expected) < 2])
def test_a_check_says_that_one_and_no_other(name: str) -> None:
    files, expected = CASES[name]
    said = checked(*files)
    if name == "an exception from another freeze":
        said.remove("stale-freeze-exception")
    assert len(said) == len(expected), said


@pytest.mark.parametrize(
    ("plan", "rule"),
    [
        ("We start on Saturday 2026-12-04 at eight.", "wrong-weekday"),
        ("We start on Friday 2026-12-04 at eight.", None),
        ("It begins at 20:00 CET (21:00 UTC).", "zones-that-disagree"),
        ("It begins at 20:00 CET (19:00 UTC).", None),
        ("The Americans join at 11:00 PDT.", "summer-time-in-winter"),
        ("The Americans join at 11:00 PST.", None),
    ],
)
def test_prose_that_contradicts_the_record_or_itself(plan: str, rule: str | None) -> None:
    work = change("01-x", "a", "4 20:00", "4 22:00", plan=plan)
    assert checked(service("a"), work, policy()) == ([rule] if rule else [])


STALE = one(service("a"), service("b"), ROLES, STOP)


@pytest.mark.parametrize(
    ("work", "files", "stale"),
    [
        (change("01-x", "a", "10 20:00", "10 22:00", exceptions=[LEAVE]), {}, True),
        (change("01-x", "a", "6 20:00", "6 22:00", exceptions=[LEAVE]), {}, False),
        (change("01-x", "a", "7 05:59", "7 22:00", exceptions=[LEAVE]), {}, False),
        (change("01-x", "a", "7 06:00", "7 22:00", exceptions=[LEAVE]), {}, True),
        # Nothing is known of a change without a window, nor asked of one that is over or closed.
        (change("01-x", "a", "7 06:00", "7 22:00", exceptions=[LEAVE], window=None), {}, False),
        (
            change("01-x", "a", "10 20:00", "10 22:00", exceptions=[LEAVE], closure={"code": "canceled"}),
            {},
            False,
        ),
        (
            change("01-x", "a", "6 20:00", "6 22:00", exceptions=[LEAVE]),
            calendar("stop", "freeze", scope={"services": ["b"]}, **during("4 18:00", "7 06:00")),
            True,
        ),
        # What comes back is followed for 24 months.
        (
            change(
                *("01-x", "a", "6 20:00", "6 22:00"),
                exceptions=[LEAVE],
                window={"start": "2030-12-24T10:00+01:00", "end": "2030-12-24T11:00+01:00"},
            ),
            calendar("stop", "freeze", recurrence={"every": "year", "months": [12], "month_days": [24]}),
            False,
        ),
    ],
)
def test_an_exception_from_a_freeze_that_the_change_is_not_in_is_stale(
    work: Files, files: Files, stale: bool
) -> None:
    assert ("stale-freeze-exception" in checked(STALE, work, files)) == stale


def test_a_long_way_to_what_is_required_is_told_shortly() -> None:
    files = one(
        service("a"), service("b"), change("01-x", "b", "4 20:00", "4 22:00", requires=["2026-11-02-c0"])
    )
    for n in range(30):
        requires = [f"2026-11-02-c{n + 1}"]
        files |= change(f"02-c{n}", "a", "4 20:00", "4 22:00", window=None, requires=requires)
    files |= change("02-c30", "a", "5 20:00", "5 22:00")
    whole = repository(files)
    (conflict,) = conflicts(whole)
    way = "2026-11-02-c0 > 2026-11-02-c1 > 2026-11-02-c2 > 27 more > 2026-11-02-c30"
    assert f"ends before 2026-11-02-c30, which it requires by {way}, begins" in conflict.message
    last = whole.get(Change, "2026-11-02-c30")
    assert last is not None
    when = Interval(datetime(2026, 12, 5, 19, tzinfo=UTC), datetime(2026, 12, 5, 21, tzinfo=UTC))
    assert [one.message for one in conflicts_of(whole, last, when)] == [conflict.message]
