"""Incidents that can't have been as they are written, or that nobody can learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from pydantic_core import PydanticCustomError

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import Findings, rule
from gitsm.records.incident import Incident
from gitsm.repository import Record, Repository
from gitsm.schema.values import read_instant

ORDERED: Sequence[tuple[str, str]] = (
    ("started", "detected"),
    ("detected", "acknowledged"),
    ("restored", "resolved"),
    ("acknowledged", "resolved"),
    ("detected", "resolved"),
)
"""Times of an incident of which the second can't come before the first. That it ends before it begins
is a rule of its own; that it was noticed only after it was over happens."""

ROUNDING = timedelta(minutes=1)
"""Times are written to the minute by one and to the second by another: less than this is no difference."""


@rule
def times_out_of_order(repository: Repository) -> Findings:
    """Times of an incident, or the entries of its timeline, are not in the order in which they happened.

    An incident begins, is noticed, is worked on, and is resolved once users work again and nothing is
    left to do. How long it took to notice, to respond and to restore is computed from these times; one
    wrong day makes the month's figures wrong. A timeline may stand with its latest entry first, but
    not in no order at all: its readers take what stands above for the cause of what stands below.

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        detected: 2026-10-26T12:55+01:00

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        detected: 2026-10-26T13:20+01:00
    """
    for incident in repository.all("incident"):
        # From the data as written, so that a record with other mistakes has this one found as well.
        said: set[str] = set()
        for first, second in ORDERED:
            earlier, later = _time(incident.data.get(first)), _time(incident.data.get(second))
            if earlier is None or later is None or second in said or later + ROUNDING > earlier:
                continue
            said.add(second)
            yield incident.problem(
                f"{incident} was {second} at {incident.data[second]}, before it was {first},"
                f" at {incident.data[first]}",
                second,
                hint="one of the two is wrong: look at the day and the zone first",
                related=[incident.place(first, label=first)],
            )
        yield from _jumping_back(incident)


def _time(text: object) -> datetime | None:
    try:
        return read_instant(text)
    except PydanticCustomError:
        return None  # what is wrong with it, another rule says


def _jumping_back(incident: Record[Any]) -> Iterator[Diagnostic]:
    entries = incident.data.get("timeline")
    times = [
        (index, time)
        for index, entry in enumerate(entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and (time := _time(entry.get("at"))) is not None
    ]
    steps = list(pairwise(times))
    if len(steps) > 1 and all(after <= before for (_, before), (_, after) in steps):
        return  # the latest entry stands first
    for (above, before), (index, after) in steps:
        if after < before:
            yield incident.problem(
                f"timeline entry {index + 1} of {incident} is of {incident.data['timeline'][index]['at']}, before"
                f" the entry above it, of {incident.data['timeline'][above]['at']}",
                "timeline",
                index,
                "at",
                hint="mend the time, or move the entry to where it belongs",
                related=[incident.place("timeline", above, "at", label="stands above it")],
            )


@rule(severity=Severity.NOTE)
def noticed_after_it_was_over(repository: Repository) -> Findings:
    """An incident was noticed only after users could work again.

    It happens: a service heals itself, and somebody reads it in a log the next morning. Then
    monitoring missed all of it, and the next one may not heal itself. More often one of the two times
    is wrong, and the time to detect counts for nothing.

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        detected: 2026-10-26T15:20+01:00
        acknowledged: 2026-10-26T15:25+01:00

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        detected: 2026-10-26T13:20+01:00
        acknowledged: 2026-10-26T13:25+01:00
    """
    for incident in repository.of(Incident):
        started, detected = incident.fields.started, incident.fields.detected
        restored = incident.fields.restored
        if restored is None or (started is not None and restored < started):
            continue  # that it was over before it began is said already
        if detected is not None and detected > restored:
            yield incident.problem(
                f"{incident} was detected at {incident.data['detected']}, after users could work again,"
                f" at {incident.data['restored']}",
                "detected",
                hint="one of the two is wrong, or monitoring missed all of it: then that is the lesson",
                related=[incident.place("restored", label="users could work again")],
            )


@rule(severity=Severity.WARNING)
def implausible_duration(repository: Repository, *, days: int = 30) -> Findings:
    """An incident lasted for weeks, or no time at all.

    Such a duration is mostly a wrong month or a time that was copied, and one of them outweighs all
    others in a mean. Where it is true it is worth a sentence: an outage of five weeks is an end of
    service, a wish, or a problem.

    Options:
        days: an incident that lasted longer is implausible

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        started: 2025-10-26T13:05+01:00

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        started: 2026-10-26T13:05+01:00
    """
    for incident in repository.of(Incident):
        end = "restored" if incident.fields.restored is not None else "resolved"
        start, over = incident.fields.started, getattr(incident.fields, end)
        if start is None or over is None or over < start:
            continue
        related = [incident.place("started", label="began here")]
        if over == start:
            yield incident.problem(
                f"{incident} was {end} at {incident.data[end]}, the moment at which it started",
                end,
                hint="write the seconds too if it lasted less than a minute",
                related=related,
            )
        elif over - start > timedelta(days=min(days, 36_500)):
            yield incident.problem(
                f"{incident} lasted {(over - start).days} days, from {incident.data['started']}"
                f" to {incident.data[end]}",
                end,
                hint="look at the months; where it really lasted so long, a comment that ignores this rule says why",
                related=related,
            )


@rule
def incident_of_no_service(repository: Repository) -> Findings:
    """An incident names no service.

    It counts in no service's figures and stands on no service's page, and whoever is called by the
    same failure next time does not find it.

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        services: []

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        services: [payroll]
    """
    for incident in repository.of(Incident):
        if not incident.fields.services:
            yield incident.problem(
                f"{incident} names no service",
                "services",
                hint="name what users missed, and what failed beneath it",
            )


@rule(severity=Severity.WARNING)
def incident_left_open(repository: Repository, *, days: int = 14) -> Findings:
    """An incident is neither restored nor closed, and nobody has written anything about it for long.

    Either it was over weeks ago and its end is missing, then it spoils every figure; or users still
    wait, and nobody knows that they do. Time alone brings this, so it is a warning.

    Options:
        days: so many days without an entry are too long

    Bad:

        # incidents/2026/2026-10-26-pay-run-late.md
        restored: null
        resolved: null
        disposition: null

    Good:

        # incidents/2026/2026-10-26-pay-run-late.md
        resolved: null
        disposition: null
    """
    for incident in repository.of(Incident):
        fields = incident.fields
        if fields.started is None or fields.restored or fields.resolved:
            continue
        if fields.disposition in ("resolved", "problem"):
            continue
        signs = [fields.started, fields.detected or fields.started, fields.acknowledged or fields.started]
        signs += [entry.at for entry in fields.timeline]
        signs += [message.at for message in fields.communications]
        silent = repository.now - max(signs)
        if silent > timedelta(days=min(days, 36_500)):
            yield incident.problem(
                f"{incident} is open since {incident.data['started']}, and nothing was written of it for"
                f" {silent.days} days",
                "started",
                hint="write when it was `restored` and `resolved`, or what is happening into its timeline",
            )
