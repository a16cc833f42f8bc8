"""How much processor time all promises of an estate take, and how that grows with its size.

Made estates: services in layers that stand on about three below them, some in redundancy groups, each
with an agreement. Loading is not counted.

    python benchmarks/promises.py --services 500 2000
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from gitsm.promises import answers
from gitsm.repository import Repository
from gitsm.tree import MappingTree

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
WEEKS = {
    "all": "[mon, tue, wed, thu, fri, sat, sun], hours: 00:00-24:00",
    "office": "[mon, tue, wed, thu, fri], hours: 08:00-17:00",
}
SERVICE = """\
name: Service {n}
owner: team-{team}
lifecycle: live
own_availability: 99.9
support_hours: {hours}
escalation: [{{team: team-{team}, after: {after} min}}]
depends_on: [{on}]
"""
AGREEMENT = """\
type: OLA
provider: team-{team}
customer: buyers
valid: {{from: 2026-01-01, to: 2027-{month:02}-28}}
hours: {hours}
availability: {{target: {target}, period: month}}
resolution: {{P1: {p1} h, P2: {p2} h, P3: {p3} business hours, P4: {p3}0 business hours}}
continuity: {{rto: {p2} h, rpo: 15 min}}
"""


def files_of(count: int, share: float, seed: int) -> Iterator[tuple[str, str]]:
    """The files of an estate; a share of its services has an agreement."""
    pick = random.Random(seed)
    for name, week in WEEKS.items():
        text = f"type: service_hours\ntimezone: Europe/Vienna\nweekly: [{{days: {week}}}]\n"
        yield (
            f"organization/calendars/{name}.yaml",
            text + 'holidays: {country: AT, subdivision: "9"}\n' * (name == "office"),
        )
    for team in range(20):
        yield f"organization/teams/team-{team}.yaml", f"name: Team {team}\n"
    yield "organization/teams/buyers.yaml", "name: Buyers\ntype: customer\n"
    for n in range(count):
        below = [pick.randrange(n + 1, min(n + 60, count)) for _ in range(3)] if n + 1 < count else []
        grouped = pick.random() < 0.3
        group = ", redundancy_group: {name: g, needed: 1}" if grouped else ""
        on = ", ".join(f"{{service: service-{b}{group}}}" for b in dict.fromkeys(below))
        given = {
            "n": n,
            "team": n % 20,
            "hours": pick.choice(list(WEEKS)),
            "after": pick.choice([0, 5, 10, 30]),
        }
        yield f"services/service-{n}/service.yaml", SERVICE.format(on=on, **given)
        if pick.random() < share:
            p1 = pick.choice([1, 2, 4])
            figures = {
                "target": pick.choice([99, 99.5, 99.9]),
                "p1": p1,
                "p2": 2 * p1,
                "p3": 4 * p1,
                "month": pick.randint(1, 12),
            }
            yield f"services/service-{n}/ola.yaml", AGREEMENT.format(**given, **figures)


def main() -> None:
    """Print how long it takes for each size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--services", type=int, nargs="+", default=[500, 1000, 2000])
    parser.add_argument("--share", type=float, default=1.0, help="of the services that have an agreement")
    options = parser.parse_args()
    for count in options.services:
        repository = Repository(MappingTree(dict(files_of(count, options.share, 1))), now=NOW)
        gc.disable()  # as every command does
        start = time.process_time()
        found = answers(repository)
        took = time.process_time() - start
        promises = sum(len(answer.promises) for answer in found.values())
        print(f"{count} services, {len(found)} agreements, {promises} promises: {took:.2f} s")
        gc.enable()


if __name__ == "__main__":
    main()
