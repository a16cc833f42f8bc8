"""How long it takes to import other people's calendars whose events come back for lifetimes.

Each file has so many events under one rule; what takes too long to follow, or would become more dates than
anybody reads, is refused with its line, so that the time is bounded whatever the rule.

    python benchmarks/calendars_in.py --events 125 250 500
"""

from __future__ import annotations

import argparse
import time

from gitsm.importers.ics import convert
from gitsm.tree import MappingTree

RULES = (
    "FREQ=DAILY;UNTIL=21000101T000000Z",
    "FREQ=DAILY;COUNT=27000",
    "FREQ=DAILY;COUNT=27000;BYDAY=MO,TU,WE;BYSETPOS=1",
    "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=9000",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
)


def _calendar(rule: str, events: int) -> str:
    found = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:Window {n}\r\nDTSTART;TZID=Europe/Vienna:20260101T023000\r\n"
        f"DURATION:PT1H\r\nRRULE:{rule}\r\nEND:VEVENT\r\n"
        for n in range(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{found}END:VCALENDAR\r\n"


def main() -> None:
    """Print seconds of processor time, and how many events became a record, by rule and number of events."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, nargs="+", default=[125, 250, 500])
    wanted = parser.parse_args().events
    for rule in RULES:
        for events in wanted:
            tree = MappingTree({"windows.ics": _calendar(rule, events)})
            began = time.process_time()
            result = convert(tree, as_of="2026-11-16")
            took = time.process_time() - began
            print(f"{rule:50} {events:5} events {took:6.2f} s {len(result.files):5} records")


if __name__ == "__main__":
    main()
