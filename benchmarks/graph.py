"""How long all impacts and all single points of failure of an estate take, as the estate grows.

The estate is made for the purpose: services in layers, each standing on some of those below it, a fifth of
the dependencies in redundancy groups, a fifth with fallbacks, and a few circles.

    python benchmarks/graph.py --services 500 1000 2000 4000
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from gitsm.graph import graph_of, impact, single_points
from gitsm.repository import Repository
from gitsm.tree import MappingTree

EACH = 3
"""Dependencies of a service."""


def estate(count: int, seed: int = 1) -> dict[str, str]:
    """The files of an estate with a number of services."""
    draw = random.Random(seed)

    def dependencies(number: int) -> Iterator[dict[str, object]]:
        below = range(number + 1, min(count, number + 1 + count // 4))
        for on in sorted(draw.sample(below, min(EACH, len(below)))):
            entry: dict[str, object] = {
                "service": f"s{on}",
                "criticality": draw.choice(["hard", "hard", "soft"]),
            }
            if draw.random() < 0.2:
                entry["redundancy_group"] = {"name": "g", "needed": 1}
            if draw.random() < 0.2:
                entry["fallback"] = {"what": "A queue", "degraded": draw.random() < 0.5}
            yield entry
        if draw.random() < 0.005:  # back up, so that there are circles
            yield {"service": f"s{draw.randrange(number + 1)}"}

    return {
        f"services/s{number}/service.yaml": json.dumps(
            {
                "name": f"Service {number}",
                "owner": f"team-{number % 50}",
                "lifecycle": "live",
                "tier": draw.randint(1, 4),
                "depends_on": list(dependencies(number)),
            }
        )
        for number in range(count)
    }


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, nargs="+", default=[500, 1000, 2000])
    print(f"{'services':>9} {'edges':>7} {'read':>7} {'impacts':>9} {'effects':>9} {'single points':>14}")
    for count in parser.parse_args().services:
        begun = time.perf_counter()
        graph = graph_of(Repository(MappingTree(estate(count)), now=datetime(2026, 1, 1, tzinfo=UTC)))
        read = time.perf_counter()
        effects = sum(len(impact(graph, [service])) for service in graph.services)
        impacts = time.perf_counter()
        single_points(graph, {})
        points = time.perf_counter()
        print(
            f"{count:>9,} {len(graph.edges):>7,} {read - begun:>6.1f}s {impacts - read:>8.1f}s {effects:>9,}"
            f" {points - impacts:>13.1f}s"
        )


if __name__ == "__main__":
    main()
