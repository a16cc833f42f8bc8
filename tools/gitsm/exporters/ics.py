"""The calendar as iCalendar (RFC 5545), for the programs that people plan with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, time

from icalendar import Calendar, Event

from gitsm.calendar import Planned
from gitsm.change_control import ChangeState

_DATED = re.compile(r"(\d{4}-\d\d-\d\d)-")


def ics(items: Iterable[Planned], *, name: str = "Changes and freezes") -> bytes:
    """A feed of planned items: UTC instants, stable UIDs, the same bytes each time."""
    calendar = Calendar()
    calendar.add("prodid", "-//gitsm//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for item in items:
        calendar.add_component(_event(item))
    written: bytes = calendar.to_ical()
    return written


def _event(item: Planned) -> Event:
    event = Event()
    number = f"-{item.number}" if item.number else ""
    event.add("uid", f"{item.record.kind.name}-{item.record.id.replace('/', '-')}{number}@gitsm")
    event.add("dtstamp", _stamp(item))
    event.add("dtstart", item.start)
    event.add("dtend", item.end)
    event.add("summary", _plain(item.title if item.what == "change" else f"{item.what}: {item.title}"))
    lines = [f"{item.record.kind.title}: {item.record.id}"]
    if item.services:
        lines.append(f"Services: {', '.join(item.services)}")
    if item.state is not None:
        lines.append(f"State: {item.state}")
    event.add("description", _plain("\n".join(lines)))
    event.add("categories", [item.what])
    event.add("status", _status(item.state))
    return event


def _status(state: ChangeState | None) -> str:
    if state is ChangeState.CANCELED:
        return "CANCELLED"
    return "TENTATIVE" if state in (ChangeState.ASSESS, ChangeState.UNKNOWN) else "CONFIRMED"


def _stamp(item: Planned) -> datetime:
    # DTSTAMP must not come from the clock, or two runs would differ: the day that the change was
    # proposed stands in its id, and what has no such day is stamped with its own beginning.
    dated = _DATED.match(item.record.id)
    try:
        day = datetime.fromisoformat(dated.group(1)).date() if dated else None
    except ValueError:
        day = None
    return datetime.combine(day, time(), UTC) if day else item.start


def _plain(text: str) -> str:
    # The library escapes what the format needs; control characters have no escape in it.
    return "".join(char for char in text if char == "\n" or unicodedata.category(char)[0] != "C")
