"""How long a cold check takes, as a ratio to a bare loop of PyYAML's CSafeLoader over the same files.

Both run in processes of their own, in turn, on a repository of a given number of files made for the
purpose: services, changes, teams and runbooks that hang together and break no rule. What counts is the
time of the processor, which says the same on a busy machine.

    python benchmarks/check.py --files 2000 --pairs 5
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

BARE = """
import sys, yaml
from pathlib import Path
for path in Path(sys.argv[1]).rglob("*"):
    if path.suffix in (".yaml", ".md"):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            text = text.split("---\\n", 2)[1]
        yaml.load(text, Loader=yaml.CSafeLoader)
"""

TEAM = "name: Team {n}\ntype: internal\ncontacts:\n  - {{channel: email, value: team-{n}@example.com}}\n"

SERVICE = """\
name: Service {n}
owner: team-{team}
lifecycle: live
description: Does what service {n} does, for everybody who needs it.
tier: {tier}
system: system-{team}
depends_on:
  - {{service: service-{below}, criticality: hard}}
escalation:
  - {{team: team-{team}, after: 0 min}}
  - {{team: team-{other}, after: 30 min}}
monitoring:
  - {{alert: Service{n}Down, event: exception}}
  - {{alert: Service{n}Slow, event: warning}}
continuity: {{rto: 4 h, rpo: 15 min, exercised: 2026-05-09}}
labels: {{cost-centre: "{n}"}}
tags: [generated, system-{team}]
"""

CHANGE = """\
title: Upgrade service {n} to version {n}.1
type: normal
services: [service-{n}]
team: team-{team}
justification: Version {n}.0 gets no security fixes any more.
impact: 2
urgency: 3
risk: low
outage: none
window: {{start: {start}, end: {end}}}
plan:
  - {{step: Drain the first node, team: team-{team}, takes: 10 min, verify: It serves nothing}}
  - {{step: Upgrade it, team: team-{team}, takes: 20 min, verify: It reports the new version}}
  - {{step: Go on with the others, team: team-{team}, takes: 40 min, verify: All report it}}
rollback:
  plan: Install the last version again.
  takes: 25 min
  tested: {{on: 2026-11-01, environment: staging, took: 21 min}}
tests:
  - {{kind: functional, result: passed, on: 2026-11-02, evidence: "https://ci.example.com/runs/{n}"}}
communications:
  - {{audience: Users of service {n}, channel: E-mail, at: {told}}}
"""

RUNBOOK = """\
---
title: Service {n} is down
services: [service-{n}]
alerts: [Service{n}Down, Service{n}Slow]
owner: team-{team}
review_every: 12 months
reviewed: 2026-10-01
---

## Meaning

Service {n} answers slowly or not at all.

## Diagnosis

```sh
systemctl status service-{n}
```

See [the one below](runbook-{below}.md#mitigation).

## Mitigation

Restart it, then look at its neighbours.
"""

TEAMS = 20
NIGHT = datetime(2026, 12, 1, 20, tzinfo=UTC)
SETTINGS = "as_of = 2026-11-16T09:00:00+01:00\n"


def files(count: int) -> Iterator[tuple[str, str]]:
    """The files of a repository: for each service also a change and a runbook."""
    yield "gitsm.toml", SETTINGS
    for n in range(TEAMS):
        yield f"organization/teams/team-{n}.yaml", TEAM.format(n=n)
    for n in range((count - TEAMS) // 3):
        # Chains of ten services: the first of each stands on nothing.
        below = n - 1 if n % 10 else n
        facts = {"n": n, "below": below, "team": n % TEAMS, "other": (n + 1) % TEAMS, "tier": 1 + n % 10 // 3}
        service = SERVICE.format(**facts)
        if below == n:
            service = service.replace(f"depends_on:\n  - {{service: service-{n}, criticality: hard}}\n", "")
        yield f"services/service-{n}/service.yaml", service
        start = NIGHT + timedelta(hours=3 * n)  # one after the other, so that no team is booked twice
        times = {"start": start, "end": start + timedelta(hours=2), "told": start - timedelta(days=7)}
        facts |= {name: time.isoformat(timespec="minutes") for name, time in times.items()}
        yield f"changes/2026/2026-10-{1 + n % 28:02}-upgrade-{n}.yaml", CHANGE.format(**facts)
        yield f"runbooks/runbook-{n}.md", RUNBOOK.format(**facts)


def timed(command: list[str]) -> float:
    """The seconds of processor time that a command takes, in a process of its own."""
    # Programs are installed with their bytecode; without it each start would compile them.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        count = 0
        for path, text in files(options.files):
            file = Path(name) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            count += 1
        bare = [sys.executable, "-c", BARE, name]
        check = [sys.executable, "-m", "gitsm", "check", "--repo", name, "--as-of", "2026-11-16T09:00+01:00"]
        timed(bare)
        timed(check)
        ratios = []
        for _ in range(options.pairs):
            ours, theirs = timed(check), timed(bare)
            ratios.append(ours / theirs)
            print(f"check {ours:.2f} s, bare loop {theirs:.2f} s, ratio {ours / theirs:.2f}")
        print(f"{count} files: median ratio {statistics.median(ratios):.2f} (less than 2 is asked for)")


if __name__ == "__main__":
    main()
