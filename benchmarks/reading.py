"""How long reading takes, next to a bare loop of PyYAML's CSafeLoader over the same bytes.

Both run in one process, in turns, so that what else the machine does hits both. The target is a
ratio below 0.7.

    python benchmarks/reading.py --files 2000 --pairs 7
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from gitsm.source import Format, read

SERVICE = """\
name: {name}
owner: {team}
lifecycle: live
tier: {tier}
description: >
  What {name} does for the people who use it, in a sentence or two that
  somebody new understands.
depends_on:
  - {{service: {other}, criticality: hard}}
  - service: {third}
    criticality: soft
    fallback: {{what: yesterday's figures, degraded: true}}
escalation:
  - {{team: {team}, after: 15 min}}
  - {{team: service-desk, after: 1 h}}
monitoring:
  - {{alert: {other}-latency, event: warning}}
  - {{alert: {other}-down, event: exception}}
continuity: {{rto: 4 h, rpo: 15 min, exercised: {day}}}
own_availability: 99.9
tags: [finance, month-end]
"""
CHANGE = """\
title: Upgrade {name} to release {tier}.2
type: normal
services: [{other}, {third}]
team: {team}
justification: The old release leaves support, and the supplier asks for the new one.
origin: {{problem: {other}-timeouts}}
impact: {tier}
urgency: 2
window: {{start: {day}T22:00+01:00, end: {day}T23:30+01:00}}
plan:
  - {{step: Announce it on the status page, team: service-desk, takes: 15 min}}
  - step: Fail over, upgrade the old primary, fail back
    team: {team}
    takes: 1 h
    verify: replication lag is zero and {name} answers
rollback:
  plan: Restore the snapshot
  takes: 25 min
  tested: {{on: {day}, environment: staging, took: 25 min}}
tests:
  - {{kind: functional, result: passed, on: {day}}}
  - {{kind: performance, result: passed, on: {day}, version: '{tier}.2'}}
"""
IMPROVEMENT = """\
title: Fewer calls about {name}
source: service_review
owner: {team}
effort: M
state: accepted
measure:
  what: calls a month
  baseline: {{value: 120, date: {day}}}
  target: {{value: 40.5, date: {day}}}
"""
WORDS = ["payroll", "ledger", "portal", "identity", "benefits", "hosting", "network", "monitoring"]


def write_records(folder: Path, count: int, seed: int) -> None:
    """Small records such as people write, no two alike."""
    choose = random.Random(seed)
    for number in range(count):
        text = choose.choice([SERVICE, CHANGE, IMPROVEMENT]).format(
            name=f"{choose.choice(WORDS)} {number}",
            team=f"{choose.choice(WORDS)}-team",
            other=f"{choose.choice(WORDS)}-{number}",
            third=choose.choice(WORDS),
            tier=choose.randint(1, 4),
            day=f"2026-{choose.randint(1, 12):02}-{choose.randint(1, 28):02}",
        )
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")


def by_csafeloader(contents: list[bytes]) -> None:
    """What we are measured against."""
    for content in contents:
        yaml.load(content, yaml.CSafeLoader)


def by_read(contents: list[bytes]) -> None:
    """Our reader, which must accept all of it."""
    for content in contents:
        document = read("record.yaml", content, Format.YAML)
        assert document.problems == (), document.problems


def seconds(task: Callable[[list[bytes]], None], contents: list[bytes]) -> float:
    """Processor time of one run."""
    gc.collect()
    begin = time.process_time()
    task(contents)
    return time.process_time() - begin


def main() -> None:
    """Writes the files, runs the pairs, prints the ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=2_000, help="how many records (default 2000)")
    parser.add_argument("--pairs", type=int, default=7, help="how many pairs of runs (default 7)")
    parser.add_argument("--seed", type=int, default=1, help="which records (default 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_records(Path(folder), arguments.files, arguments.seed)
        contents = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
    pairs = [(seconds(by_csafeloader, contents), seconds(by_read, contents)) for _ in range(arguments.pairs)]
    ratios = [ours / theirs for theirs, ours in pairs]
    print(f"{arguments.files} files, {sum(map(len, contents)):,} bytes, {arguments.pairs} pairs")
    print(f"CSafeLoader  {statistics.median(theirs for theirs, _ in pairs):.3f} s")
    print(f"read         {statistics.median(ours for _, ours in pairs):.3f} s")
    print(f"ratio        {statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
