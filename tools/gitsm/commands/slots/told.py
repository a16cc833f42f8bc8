"""What `gitsm slots` says: of windows that were found, and of what stands in the way where there are none."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.calendar import ConflictKind
from gitsm.diagnostic import Diagnostic
from gitsm.intervals import Interval
from gitsm.lint import Report
from gitsm.records.change import Change
from gitsm.repository import Record, Repository
from gitsm.slots import Obstacle
from gitsm.terminal import styled, wants_colour, wrapped


@dataclass(frozen=True)
class Asked:
    """What a window is sought for."""

    repository: Repository
    change: Record[Change]
    words: str
    """What it is called."""
    report: Report
    """What the rules say of the repository with the change as it stands."""
    length: timedelta
    service: str | None = None
    """The service of a change that nobody has written yet."""

    def said(self, text: str) -> str:
        """What is said of it, with the id that a change has that isn't written yet told as what it is."""
        if self.service is None:
            return text
        return text.replace(str(self.change), self.words).replace(self.change.id, self.words)


def lines(
    asked: Asked,
    found: list[Interval],
    blocking: list[Obstacle],
    refused: list[tuple[Interval, Diagnostic]],
    within: timedelta,
) -> Iterator[str]:
    """The windows that were found, or what stands in the way, in words for a terminal."""
    zone = asked.repository.timezone
    length = f"{asked.length.total_seconds() / 60:g} min"
    words = asked.words if asked.service is None else f"{asked.words} on {asked.service}"
    if found:
        yield f"free for {words} ({length}), times in {zone.key}:"
        yield from (f"  {_window(window, zone)}" for window in found)
        yield from wrapped(
            "each was held against every rule with the change moved there, its watch and messages with it",
            _width(),
            "",
        )
        return
    yield from _said(f"no window of {length} is free for {words} in the next {_days(within)}")
    for window, objection in refused[:3]:
        yield ""
        yield from _said(f"the calendar is free {_window(window, zone)}, and yet", bold=True)
        yield from wrapped(f"{asked.said(objection.message)} ({objection.rule})", _width(), "  ")
    lifting = [one for one in blocking if one.freed]
    for one in lifting[:3]:
        yield ""
        yield from _said(f"{_lifted(one)}: {_window(one.freed[0], zone)}", bold=True)
        for example in one.examples:
            yield from wrapped(asked.said(example), _width(), "  ")
    if blocking and not lifting:
        yield "lifting one thing alone, or two, would free nothing; most often in the way:"
        for one in sorted(blocking, key=lambda one: -one.windows)[:3]:
            yield from wrapped(f"{_named(one)}: {asked.said(one.examples[0])}", _width(), "  ")


def _said(text: str, **style: object) -> Iterator[str]:
    first, *more = wrapped(text, _width(), "  ")
    yield styled(first.lstrip(), wants_colour(), **style)
    yield from more


def _lifted(one: Obstacle) -> str:
    """What is to be done about an obstacle, or about two."""
    teams = [other for other in one.others if other.kind.name == "team"]
    if one.kinds == (ConflictKind.NOBODY_ON_DUTY,) and len(teams) == len(one.others):
        return f"with somebody of {_listed(teams)} who does it outside their hours"
    return f"without {_named(one)}"


def _named(one: Obstacle) -> str:
    said = [f"the hours of {other}" if other.kind.name == "team" else str(other) for other in one.others]
    return " and ".join(said) or f"what is said of it ({one.kinds[0].value})"


def _listed(records: Iterable[Record[Any]]) -> str:
    return " and ".join(map(str, records))


def _window(window: Interval, zone: ZoneInfo) -> str:
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M} to {until}"


def _days(span: timedelta) -> str:
    return f"{span.days} day{'' if span.days == 1 else 's'}"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 120)


def as_data(
    asked: Asked,
    found: list[Interval],
    blocking: list[Obstacle],
    refused: list[tuple[Interval, Diagnostic]],
) -> dict[str, Any]:
    """The same for programs."""

    def window(stretch: Interval) -> dict[str, str]:
        return {"start": stretch.start.isoformat(), "end": stretch.end.isoformat()}

    return {
        "change": asked.change.id if asked.service is None else None,
        "service": asked.service,
        "minutes": asked.length.total_seconds() / 60,
        "slots": [window(stretch) for stretch in found],
        "obstacles": [
            {
                "kinds": [kind.value for kind in one.kinds],
                "others": [str(other) for other in one.others],
                "messages": [asked.said(example) for example in one.examples],
                "windows": one.windows,
                "would_free": [window(stretch) for stretch in one.freed],
            }
            for one in blocking
        ],
        "refused": [
            {**window(stretch), "rule": objection.rule, "message": asked.said(objection.message)}
            for stretch, objection in refused
        ],
    }
