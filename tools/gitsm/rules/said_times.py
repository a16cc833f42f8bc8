"""Times in prose that contradict themselves, or the window that they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gitsm.change_control import open_changes
from gitsm.diagnostic import DataPath, Diagnostic, Place, Severity, Span
from gitsm.intervals import Interval
from gitsm.lint import Findings, rule
from gitsm.records.calendar import Calendar
from gitsm.records.capacity import Capacity
from gitsm.records.change import Change
from gitsm.repository import Record, Repository, once
from gitsm.said_times import Slip, SlipKind, slips, slips_beside, speaks_of_time
from gitsm.working_time import stretch_of


@rule(graded=True)
def wrong_weekday(repository: Repository) -> Findings:
    """A text names a weekday and a date that is another day of the week.

    Half of its readers come on the one day and half on the other. An error in a change that is still
    to be done, a warning in a Markdown body, a calendar or a capacity plan. Only dates that leave no doubt
    are read; without a year only the day of the change's own window, or of the dates that a name is for.

    Bad:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: On Friday, 3 December 2026, deploy the reports.
        rollback: Deploy the previous ones.

    Good:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: On Thursday, 3 December 2026, deploy the reports.
        rollback: Deploy the previous ones.
    """
    yield from _findings(repository, SlipKind.WEEKDAY)


@rule(graded=True)
def zones_that_disagree(repository: Repository) -> Findings:
    """A text gives one moment in two time zones, and the two are different moments.

    Whoever reads it in one zone comes an hour after whoever reads it in the other. The day and hour of
    the change's own window, in a zone that makes them another moment, count as well. What means several
    zones, such as CST, is wrong only where none of them agrees. The same digits are wrong where the one is
    said to be the other, as in `22:00 CET (22:00 EST)`, and where one of them is of UTC, in which nobody
    works; `09:00 CET / 09:00 PST` is when each of two offices opens.

    Bad:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Begin at 22:00 CET / 20:00 UTC.
        rollback: Deploy the previous ones.

    Good:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Begin at 22:00 CET / 21:00 UTC.
        rollback: Deploy the previous ones.
    """
    yield from _findings(repository, SlipKind.ZONES)


@rule(graded=True)
def summer_time_in_winter(repository: Repository) -> Findings:
    """A text gives a time in summer time, on a day on which there is none.

    Somebody changed the date and not the zone, or never thought of it: the moment that it names is an
    hour before the one that is meant. A time without a date is held against the change's window.

    Bad:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Begin on 3 December 2026 at 10:00 PDT.
        rollback: Deploy the previous ones.

    Good:

        # changes/2026/2026-11-20-ledger-reports.yaml (whole)
        title: Deploy the new reports
        type: normal
        services: [ledger]
        plan: Begin on 3 December 2026 at 10:00 PST.
        rollback: Deploy the previous ones.
    """
    yield from _findings(repository, SlipKind.SUMMER)


def _findings(repository: Repository, kind: SlipKind) -> Findings:
    yield from _every(repository).get(kind, ())


@once
def _every(repository: Repository) -> Mapping[SlipKind, Sequence[Diagnostic]]:
    found: dict[SlipKind, list[Diagnostic]] = {}
    for change in open_changes(repository):
        for path, text in _that_speak_of_time(change):
            for slip in _slips_of(repository, change, path, text):
                finding = change.problem(f"in {change}, {slip.what}", *path, hint=slip.hint)
                found.setdefault(slip.kind, []).append(finding)
    calendars: list[Record[Any]] = [*repository.of(Calendar), *repository.of(Capacity)]
    for standing in calendars:
        for path, text in _that_speak_of_time(standing):
            for slip in _slips_of_calendar(repository, standing, path, text):
                finding = standing.problem(f"in {standing}, {slip.what}", *path, hint=slip.hint)
                found.setdefault(slip.kind, []).append(replace(finding, severity=Severity.WARNING))
    for record in repository.all():
        for slip in slips(record.body) if speaks_of_time(record.body) else ():
            place = _place(record, slip)
            if place is not None:
                finding = record.problem(f"in {record}, {slip.what}", at=place, hint=slip.hint)
                found.setdefault(slip.kind, []).append(replace(finding, severity=Severity.WARNING))
    return found


_AHEAD = ("title", "plan", "rollback", "requirements", "confirmations", "communications", "watch")
"""Where a change speaks of its window, and not of what was before."""


def _slips_of(repository: Repository, change: Record[Change], path: DataPath, text: str) -> Iterator[Slip]:
    window = change.fields.window
    if window is not None and path[0] in _AHEAD and "tested" not in path:
        zone = window.timezone or repository.policy.timezone
        yield from _together(text, slips_beside(text, window.start, window.end, zone))
    else:
        yield from slips(text)


def _together(text: str, beside: Iterator[Slip]) -> Iterator[Slip]:
    """The slips of a text, and those beside a window that are not among them."""
    found = list(slips(text))
    yield from found
    for slip in beside:
        if not any(slip.start < other.end and other.start < slip.end for other in found):
            yield slip


_LONGEST = timedelta(days=60)
"""Up to which length the name of a stretch is held against its days: a longer one has several such days."""


def _slips_of_calendar(
    repository: Repository, record: Record[Any], path: DataPath, text: str
) -> Iterator[Slip]:
    """What the name of a date, or why there is a freeze, says of times that can't be."""
    stretch = _stretch_at(repository, record, path)
    if stretch is None:
        yield from slips(text)
        return
    when, zone = stretch
    last = when.end - timedelta(minutes=1)  # whole days end where the next one begins
    local = (when.start.astimezone(ZoneInfo(zone)), last.astimezone(ZoneInfo(zone)))
    yield from _together(text, slips_beside(text, *local, zone))


def _stretch_at(repository: Repository, record: Record[Any], path: DataPath) -> tuple[Interval, str] | None:
    """The dates whose name stands at a path of a calendar or a capacity plan, and their zone."""
    *above, before, index, last = path if len(path) > 2 else ("", "", "")
    if before != "dates" or last != "name" or not isinstance(index, int):
        return None
    if isinstance(record.fields, Calendar):
        dates, zone = record.fields.dates[index], record.fields.timezone
    else:
        peak = above[-1]
        assert isinstance(peak, int)
        dates, zone = record.fields.peaks[peak].dates[index], repository.policy.timezone
    when = stretch_of(dates, zone)
    return (when, zone) if when.start < when.end and when.end - when.start <= _LONGEST else None


def _that_speak_of_time(record: Record[Any]) -> Iterator[tuple[DataPath, str]]:
    """The texts of a record that name a weekday or a zone, each with its path."""
    # All of them are looked through at once: in most records there is none.
    if speaks_of_time("\n".join(text for _, text in _texts(record.data, ()))):
        yield from ((path, text) for path, text in _texts(record.data, ()) if speaks_of_time(text))


def _texts(value: object, path: DataPath) -> Iterator[tuple[DataPath, str]]:
    """The texts of a record that may be prose, each with its path."""
    if isinstance(value, str):
        if " " in value:
            yield path, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _texts(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _texts(below, (*path, index))


def _place(record: Record[Any], slip: Slip) -> Place | None:
    """Where a slip stands in a body; None in a block of code, which quotes what others wrote."""
    before = record.body[: slip.start]
    line = record.document.body_line + before.count("\n")
    for block in record.prose.code:
        if block.line <= line < block.line + block.text.count("\n") + 1:
            return None
    column = slip.start - (before.rfind("\n") + 1) + 1
    lines = record.body[slip.start : slip.end].split("\n")
    end_column = len(lines[-1]) + (column if len(lines) == 1 else 1)
    return Place(record.file, span=Span(line, column, line + len(lines) - 1, end_column))
