"""Times that can't be as they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from pydantic_core import PydanticCustomError

from gitsm.diagnostic import DataPath
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.repository import Record, Repository
from gitsm.schema.values import read_local_time, read_moment

STRETCHES: Mapping[str, Sequence[tuple[str, str]]] = {
    "agreement": [("valid.from", "valid.to")],
    "calendar": [("dates.*.from", "dates.*.to")],
    "capacity": [("peaks.*.dates.*.from", "peaks.*.dates.*.to")],
    "change": [("window.start", "window.end"), ("actual.start", "actual.end")],
    "improvement": [
        ("measure.baseline.on", "measure.target.on"),
        ("measure.baseline.on", "measure.result.on"),
    ],
    "incident": [("started", "restored"), ("started", "resolved")],
}
"""Where a kind writes the beginning and the end of something. They are read from the data as written,
so that a record with other mistakes has this one found as well."""


@rule
def end_before_start(repository: Repository) -> Findings:
    """Something ends before it begins.

    Every calendar, duration and figure that is computed from it is wrong. Most often a day was not
    carried over midnight, or a time was written in another zone.

    Bad:

        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        window: {start: 2026-11-28T22:00+01:00, end: 2026-11-28T02:00+01:00}

    Good:

        # changes/2026/2026-11-12-payroll-database-upgrade.yaml
        window: {start: 2026-11-28T22:00+01:00, end: 2026-11-29T02:00+01:00}
    """
    for kind in STRETCHES:
        for record, start_path, end_path in _pairs(repository, kind):
            start, end = _moment(record.data, start_path), _moment(record.data, end_path)
            if start is None or end is None:
                continue
            # A window of no length is none; other things may begin and end at once.
            empty = start_path == ("window", "start") and start == end
            if empty or _reversed(start, end):
                yield record.problem(
                    f"{_name(end_path)} of {record} is {_written(record.data, end_path)},"
                    f" {'not after' if empty else 'before'} its {_name(start_path)},"
                    f" {_written(record.data, start_path)}",
                    *end_path,
                    hint="look at the days first: past midnight is the next one, and both need their zone",
                    related=[record.place(*start_path, label="begins here")],
                )


HAPPENED: Mapping[str, Sequence[str]] = {
    "change": [
        *("actual.start", "actual.end", "closure.on", "tests.*.on", "rollback.tested.on"),
        "confirmations.*.on",
    ],
    "improvement": ["measure.baseline.on", "measure.result.on"],
    "incident": [
        *("started", "detected", "acknowledged", "restored", "resolved", "timeline.*.at"),
        "actions.*.done",
    ],
    "runbook": ["reviewed", "rehearsed.on"],
    "service": ["access.*.reviewed", "continuity.exercised"],
    "service-review": ["actions.*.done"],
}
"""Where a kind writes when something happened, and never when it is planned."""

HASTE = timedelta(minutes=15)
"""Who writes while it happens rounds up, and no two clocks are the same."""


@rule
def happened_in_the_future(repository: Repository) -> Findings:
    """Something is said to have happened at a time that has not come yet.

    It is a plan, or a slip of the pen in the month or the year. A review of next year silences every
    reminder until then, and an outage that ends tomorrow lasts as long as nobody looks.

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        resolved: 2027-10-26T17:00+01:00

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        resolved: 2026-10-26T17:00+01:00
    """
    # A day has come once it has somewhere on earth.
    last_day = repository.now.astimezone(timezone(timedelta(hours=14))).date()
    for kind, paths in HAPPENED.items():
        for record in repository.all(kind):
            if isinstance(record.checked, Change):
                continue  # `recorded-before-it-happened` says it, and in words of the change
            for whole in paths:
                for path, _ in _expanded(record.data, whole.split("."), whole.split(".")):
                    moment = _moment(record.data, path)
                    if isinstance(moment, datetime):
                        is_ahead = moment.tzinfo is not None and moment > repository.now + HASTE
                    else:
                        is_ahead = moment is not None and moment > last_day
                    if is_ahead:
                        yield record.problem(
                            f"{_name(path)} of {record} is {_written(record.data, path)}, which is yet to come",
                            *path,
                            hint="write when it happened, or leave it out until it has: look at month and year first",
                        )


def _pairs(repository: Repository, kind: str) -> Iterator[tuple[Record[Any], DataPath, DataPath]]:
    written = [(start.split("."), end.split(".")) for start, end in STRETCHES[kind]]
    for record in repository.all(kind):
        for start, end in written:
            for pair in _expanded(record.data, start, end):
                yield record, *pair


def _expanded(data: object, start: list[str], end: list[str]) -> Iterator[tuple[DataPath, DataPath]]:
    """Both paths with each `*` replaced by every index of the list that stands there."""
    if "*" not in start:
        yield tuple(start), tuple(end)
        return
    cut = start.index("*")
    entries = _at(data, start[:cut])
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        for below in _expanded(entry, start[cut + 1 :], end[cut + 1 :]):
            yield (*start[:cut], index, *below[0]), (*start[:cut], index, *below[1])


def _at(data: object, path: Sequence[str | int]) -> object:
    for step in path:
        if isinstance(data, dict) and step in data:  # noqa: SIM114 - joined, the types are lost
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            return None
    return data


def _moment(data: object, path: DataPath) -> date | datetime | None:
    text = _at(data, path)
    try:
        return read_moment(text) if isinstance(text, str) and "T" not in text else read_local_time(text)
    except PydanticCustomError:
        return None  # what is wrong with it, another rule says


def _reversed(start: date | datetime, end: date | datetime) -> bool:
    if isinstance(start, datetime) and isinstance(end, datetime):
        if (start.tzinfo is None) != (end.tzinfo is None):
            return False
        return end < start
    # One of them is a whole day, which no zone makes longer than itself.
    return (end.date() if isinstance(end, datetime) else end) < (
        start.date() if isinstance(start, datetime) else start
    )


def _name(path: DataPath) -> str:
    return ".".join(str(step) for step in path)


def _written(data: object, path: DataPath) -> str:
    return str(_at(data, path))
