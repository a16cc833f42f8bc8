"""How long the site takes to build, beside the generator's own time for as many plain pages.

The repository is made for the purpose: for each service a runbook and an alert, twenty changes, most of them
closed, and two incidents. The floor is MkDocs with Material alone, over as many hand-written pages of a
paragraph and a table, out of the navigation. Both run in processes of their own, in turn.

    python benchmarks/site.py --pages 1000 3000 10000

Each line has the pages, the seconds of the floor and of the site, their ratio, and the most memory that the
build took. The aim is a fifth.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
MKDOCS = """\
site_name: Site
use_directory_urls: false
theme:
  name: material
  font: false
  features: [navigation.tabs, navigation.path, content.action.edit, content.code.copy]
plugins: [{plugins}]
validation: {{nav: {{omitted_files: ignore}}}}
not_in_nav: "**"
"""
PLAIN = """\
# Page {n}

Words about page {n}, with [a link](page-{next}.md) and `code`.

| field | value |
|---|---|
""" + "".join(f"| name {row} | value {{n}} of row {row} |\n" for row in range(12))

SERVICE = """\
name: Service {n}
owner: team-{team}
lifecycle: live
description: Does what service {n} does, for everybody who needs it.
tier: {tier}
{below}monitoring:
  - {{alert: Service{n}Down, event: exception}}
"""
TEAM = """\
name: Team {n}
type: internal
hours: always
contacts:
  - {{channel: phone, value: "+43 1 {n}"}}
"""
ALWAYS = """\
type: service_hours
timezone: Europe/Vienna
weekly:
  - {days: [mon, tue, wed, thu, fri, sat, sun], hours: "00:00-24:00"}
"""
RUNBOOK = """\
---
services: [service-{n}]
alerts: [Service{n}Down]
owner: team-{team}
review_every: 12 months
reviewed: 2026-09-01
---
# Service {n} is down

## Meaning

The probe got no answer from service {n} for five minutes.

## Impact

Customers see an error page, and orders wait.

## Diagnosis

```sh
kubectl -n service-{n} get pods
kubectl -n service-{n} logs deploy/service-{n} --since=15m | grep -i error
```

## Mitigation

1. Restart it: `kubectl -n service-{n} rollout restart deploy/service-{n}`
2. Wait two minutes and look at the error rate.

## Verification

The probe answers again, and the error rate falls below 1 %.

## Undo

There is nothing to undo.
"""
INCIDENT = """\
---
title: Service {n} refused logins, case {case}
services: [service-{n}]
impact: 2
urgency: 2
started: {start}
detected: {detected}
acknowledged: {detected}
restored: {restored}
resolved: {resolved}
cause: A disk was full.
disposition: resolved
---
# Service {n} refused logins, case {case}

## Summary

Logins failed with `connection refused` until the disk was cleared.
"""
CHANGE = """\
title: Upgrade service {n} to version {case}.1
type: normal
services: [service-{n}]
team: team-{team}
justification: Version {case}.0 gets no security fixes any more.
impact: 3
urgency: 3
outage: none
window: {{start: {start}, end: {end}}}
plan:
  - {{step: Put version {case}.1 on the standby, takes: 10 min, verify: It answers}}
  - {{step: Switch over, takes: 5 min, verify: Users see the new version}}
rollback: {{plan: Switch back to the old one., takes: 5 min}}
{over}"""
OVER = """\
actual: {{start: {start}, end: {end}}}
closure: {{code: successful, on: {day}, notes: All went as planned.}}
"""


def files(pages: int) -> Iterator[tuple[str, str]]:
    """A repository of about so many records: ten changes in twelve of them."""
    chance = random.Random(1)
    services = max(2, pages // 24)
    teams = max(2, services // 20)
    yield "gitsm.toml", f"as_of = {NOW.isoformat()}\n"
    yield "mkdocs.yml", MKDOCS.format(plugins="search, gitsm")
    yield "docs/hand.md", "# By hand\n"
    yield "organization/calendars/always.yaml", ALWAYS
    for n in range(teams):
        yield f"organization/teams/team-{n}.yaml", TEAM.format(n=n)
    for n in range(services):
        on = f"service-{chance.randrange(max(0, n - 60), n)}" if n else ""
        below = f"depends_on:\n  - {{service: {on}, criticality: soft}}\n" if on else ""
        of = {"n": n, "team": n % teams}
        yield f"services/service-{n}/service.yaml", SERVICE.format(**of, tier=2 + n % 3, below=below)
        yield f"runbooks/service-{n}-down.md", RUNBOOK.format(**of)
    for case in range(services * 2):
        at = NOW - timedelta(days=2 + case % 700, hours=case % 24)
        told = {name: _told(at + timedelta(minutes=after)) for name, after in STEPS.items()}
        path = f"incidents/{at.year}/{at:%Y-%m-%d}-outage-{case}.md"
        yield path, INCIDENT.format(n=case % services, case=case, **told)
    for case in range(services * 20):
        at = NOW + timedelta(days=case % 740 - 700, hours=case % 20)
        of = {"n": case % services, "team": case % services % teams, "case": case}
        when = {"start": _told(at), "end": _told(at + timedelta(hours=1)), "day": f"{at:%Y-%m-%d}"}
        over = OVER.format(**when) if at < NOW - timedelta(hours=4) else ""
        path = f"changes/{at.year}/{at - timedelta(days=9):%Y-%m-%d}-upgrade-{case}.yaml"
        yield path, CHANGE.format(**of, **when, over=over)


STEPS = {"start": 0, "detected": 5, "restored": 50, "resolved": 70}


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"


def plain(pages: int) -> Iterator[tuple[str, str]]:
    """As many hand-written pages."""
    yield "mkdocs.yml", MKDOCS.format(plugins="search")
    yield "docs/index.md", "# Home\n"
    for n in range(pages):
        yield f"docs/page-{n}.md", PLAIN.format(n=n, next=(n + 1) % pages)


def written(root: Path, content: Iterator[tuple[str, str]]) -> None:
    """Lay files out below a folder."""
    for path, text in content:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def built(root: Path) -> tuple[float, int, int]:
    """The seconds that a build took, the pages it made, and its memory in MB, that of its largest process."""
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    begun = time.perf_counter()
    command = [sys.executable, "-c", MEASURED, "-q", "-d", str(root / "site")]
    done = subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True)
    took = time.perf_counter() - begun
    return took, sum(1 for _ in (root / "site").rglob("*.html")), int(done.stdout.split()[-1]) // 1024


MEASURED = """
import resource, sys
from mkdocs.__main__ import cli
sys.argv[1:1] = ["build"]
cli(standalone_mode=False)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    """Print one line for each size."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--pages", type=int, nargs="+", default=[1000, 3000, 10000])
    print(f"{'pages':>7} {'floor s':>9} {'site s':>8} {'ratio':>7} {'memory MB':>10}")
    for count in arguments.parse_args().pages:
        with tempfile.TemporaryDirectory() as folder:
            ours, floor = Path(folder) / "ours", Path(folder) / "floor"
            written(ours, files(count))
            took, pages, memory = built(ours)
            written(floor, plain(pages))
            least, _, _ = built(floor)
            print(f"{pages:>7} {least:>9.1f} {took:>8.1f} {took / least:>7.2f} {memory:>10}", flush=True)


if __name__ == "__main__":
    main()
