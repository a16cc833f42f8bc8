"""How long the conflicts of the calendar take: 5,000, 20,000 and 50,000 changes beside one another.

All of them are over the same 2,000 services in chains and forks, with freezes, peaks, hours of teams and people
who are booked. The windows are ahead, as dense in each as they are in the others, so that the conflicts grow
with the changes. Reading the records is not counted.

    python benchmarks/conflicts.py --changes 5000 20000 50000
"""

from __future__ import annotations

import argparse
import json
import random
import time
from datetime import UTC, datetime, timedelta

from gitsm.calendar import conflicts
from gitsm.repository import Repository
from gitsm.tree import MappingTree

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
TEAMS = 60
FREEZES = 7
A_DAY = 60
"""How many windows begin on a day."""


def files(changes: int, services: int) -> dict[str, str]:
    """A repository of a number of changes and services."""
    chance = random.Random(1)
    found: dict[str, object] = {}
    for n in range(services):
        below = {f"service-{chance.randrange(max(0, n - 60), n)}" for _ in range(n % 3 if n else 0)}
        found[f"services/service-{n}/service.yaml"] = {
            "name": f"Service {n}",
            "owner": f"team-{n % TEAMS}",
            "lifecycle": "live",
            "tier": 1 + n % 4,
            "depends_on": [{"service": id} for id in sorted(below)],
            "tags": [f"group-{n % FREEZES}"],
        }
        if n % 2:
            day = ("mon", "tue", "wed")[n % 3]
            comes = {"every": "week", "weekdays": [day], "starts": f"{6 + n % 10:02}:00", "takes": "3 h"}
            peak = {"name": "Peak", "margin": "1 h", "recurrence": comes}
            found[f"services/service-{n}/capacity.yaml"] = {"peaks": [peak]}
    for n in range(TEAMS):
        team = {"name": f"Team {n}", "capacity": {"concurrent_changes": 5}, "hours": "hours"}
        found[f"organization/teams/team-{n}.yaml"] = team
    for n in range(FREEZES):
        found[f"organization/calendars/freeze-{n}.yaml"] = {
            "type": "freeze",
            "timezone": "Europe/Vienna",
            "freeze": "soft",
            "scope": {"tags": [f"group-{n}"]},
            "recurrence": {"every": "month", "month_days": [-1 - n], "takes": "24 h"},
        }
    found["organization/calendars/hours.yaml"] = {
        "type": "service_hours",
        "timezone": "Europe/Vienna",
        "weekly": [{"days": ["mon", "tue", "wed", "thu", "fri"], "hours": "07:00-23:00"}],
    }
    for n in range(changes):
        day = chance.randrange(1, 2 + changes // A_DAY)
        start = NOW + timedelta(days=day, hours=chance.choice((1, 10, 11, 12.5)))
        window = {"start": start, "end": start + timedelta(minutes=chance.choice((30, 60, 120)))}
        found[f"changes/2026-11-{1 + n % 28:02}-change-{n}.yaml"] = {
            "title": f"Change {n}",
            "type": "normal",
            "services": [f"service-{chance.randrange(services)}"],
            "plan": "Do it.",
            "rollback": "Undo it.",
            "outage": ("none", "degraded", "full")[n % 3],
            "assignees": [f"person-{n % 700}"],
            "window": {edge: moment.isoformat() for edge, moment in window.items()},
        }
    return {path: json.dumps(data) for path, data in found.items()}


def main() -> None:
    """Measure, and print a line for each number of changes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--changes", type=int, nargs="+", default=[5_000, 20_000, 50_000])
    parser.add_argument("--services", type=int, default=2_000)
    options = parser.parse_args()
    for count in options.changes:
        repository = Repository(MappingTree(files(count, options.services)), now=NOW)
        start = time.process_time()
        found = conflicts(repository)
        seconds = time.process_time() - start
        each = seconds / count * 1_000_000
        print(
            f"{count:>6} changes: {seconds:6.2f} s, {each:4.0f} µs each, {len(found)} conflicts", flush=True
        )


if __name__ == "__main__":
    main()
