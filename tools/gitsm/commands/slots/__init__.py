"""`gitsm slots`: when there is room for a change."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, get_args

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.commands.slots.told import Asked, as_data, lines
from gitsm.diagnostic import Diagnostic, Severity
from gitsm.intervals import Interval
from gitsm.lint import Report, run, since
from gitsm.overlay import OverlayTree
from gitsm.records.change import Change, Outage
from gitsm.repository import Record, Repository
from gitsm.rules import RULES
from gitsm.schema.spelling import did_you_mean
from gitsm.settings import SettingsError
from gitsm.slots import free, length_of, obstacles
from gitsm.slots import moved as moved_fields
from gitsm.writing import yaml_text

GROUP = "plan"
OUTAGES: tuple[Outage, ...] = get_args(Outage)


class SpanOption(click.ParamType[timedelta]):
    """A number of days or weeks: 90d, 12w."""

    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d{1,4}) ?(d|w|days?|weeks?)", str(value), re.ASCII)
        days = int(match[1]) * (7 if match and match[2].startswith("w") else 1) if match else 0
        if not 1 <= days <= 730:
            self.fail(
                f"{value} is no number of days or weeks up to two years, such as 90d or 12w", param, ctx
            )
        return timedelta(days=days)


def objections(trial: Repository, change: Record[Change], report: Report) -> list[Diagnostic]:
    """What every rule together newly says of a change where it was moved to, beside what they said before."""
    fresh = since(checked(trial), report).findings
    known = {(f.rule, f.place.file) for f in report.findings if f.rule not in _OF_TIME}
    return [
        finding
        for finding in fresh
        if (finding.severity is not Severity.NOTE or finding.rule in _OF_TIME)
        and finding.rule not in _LEFT_OVER
        and (finding.rule, finding.place.file) not in known
        and change.file in {finding.place.file, *(place.file for place in finding.related)}
    ]


_OF_TIME = frozenset(rule.name for rule in RULES.values() if rule.group.startswith("calendar"))
"""Rules whose findings move with a window: one of them that spoke before may speak of another thing now."""
_LEFT_OVER = frozenset({"stale-freeze-exception"})
"""Rules about words that a move leaves behind: to take them away needs no other window."""


@click.command()
@click.argument("change", required=False, shell_complete=ids_of("change"))
@click.option(
    "--service",
    shell_complete=ids_of("service"),
    help="For a change of this service that is not written yet.",
)
@click.option(
    "--minutes",
    type=click.IntRange(1, 20_160),
    help="How long the window must be; of a change, what its plan and rollback take.",
)
@click.option(
    "--outage",
    type=click.Choice(OUTAGES),
    default="full",
    show_default=True,
    help="With --service: what users will notice.",
)
@click.option(
    "--within",
    type=SpanOption(),
    default="90d",
    show_default=True,
    help="How far ahead to look, such as 90d or 12w.",
)
@click.option(
    "--count", type=click.IntRange(1, 50), default=5, show_default=True, help="How many windows to propose."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show them.",
)
@reads_repository
def command(
    repository: Repository,
    change: str | None,
    service: str | None,
    minutes: int | None,
    outage: Outage,
    within: timedelta,
    count: int,
    form: str,
) -> None:
    """Propose the earliest windows that are free.

    CHANGE is the id of a change; with --service and --minutes it need not be written yet. Each window is
    free of collisions, freezes and peaks, and was held against every rule with the change moved there.
    Where there is none, it says what stands in the way, and what lifting it would free.
    """
    if (change is None) == (service is None):
        raise click.UsageError("name a change, or a --service for one that is not written yet")
    if service is not None:
        if minutes is None:
            raise click.UsageError("--minutes says how long the window must be")
        repository, change = planned(repository, service, outage)
    record = _change(repository, change or "")
    length = timedelta(minutes=minutes) if minutes is not None else length_of(repository, record)
    if length is None:
        fail(f"{record} says neither how long it takes nor when; --minutes says how long the window must be")
    words = str(record) if service is None else "the planned work"
    asked = Asked(repository, record, words, checked(repository), length, service)
    until = repository.now + within
    refused: list[tuple[Interval, Diagnostic]] = []

    def accepts(there: Repository, record: Record[Change], window: Interval) -> bool:
        before = asked.report if there is repository else checked(there)
        found = objections(moved(there, record, window), record, before)
        if there is repository:
            refused.extend((window, objection) for objection in found[:1])
        return not found

    found = list(islice(free(repository, record, length, until, accepts), count))
    blocking = [] if found or refused else obstacles(repository, record, length, until, accepts=accepts)
    if form == "json":
        click.echo(json.dumps(as_data(asked, found, blocking, refused), indent=2))
        return
    for line in lines(asked, found, blocking, refused, within):
        click.echo(line)


def checked(repository: Repository) -> Report:
    """The report of every rule there is."""
    try:
        return run(repository, RULES.values())
    except SettingsError as error:
        fail(str(error))


def moved(repository: Repository, change: Record[Change], window: Interval) -> Repository:
    """The repository with a change moved to a window, and with it its watch and what is said of it."""

    def written(moment: datetime) -> str:
        return moment.astimezone(repository.timezone).isoformat(timespec="minutes")

    fields, data = moved_fields(repository, change, window), dict(change.data)
    data["window"] = {"start": written(window.start), "end": written(window.end)}
    if fields.watch is not None:
        data["watch"] = {**data["watch"], "until": written(fields.watch.until)}
    if fields.communications:
        told = zip(data["communications"], change.fields.communications, fields.communications, strict=True)
        data["communications"] = [
            entry if old == new else {**entry, "at": written(new.at)} for entry, old, new in told
        ]
    return with_file(repository, change.file, data)


def planned(repository: Repository, service: str, outage: Outage) -> tuple[Repository, str]:
    """The repository with a normal change of a service that nobody has written yet, and the change's id."""
    if repository.find("service", service) is None:
        known = [record.id for record in repository.all("service")]
        fail(f"there is no service {service!r}; {did_you_mean(service, known) or 'gitsm map lists them'}")
    id = f"{repository.today}-planned-work-on-{service}"[:100].rstrip("-")
    data = {
        "title": f"Planned work on {service}",
        "type": "normal",
        "services": [service],
        "plan": "Not written yet.",
        "rollback": "Not written yet.",
        "outage": outage,
    }
    return with_file(repository, f"changes/{repository.today.year}/{id}.yaml", data), id


def with_file(repository: Repository, path: str, data: Mapping[str, Any]) -> Repository:
    """The repository as it would be with other data in a file."""
    return Repository(
        OverlayTree(repository.tree, {path: yaml_text(data)}),
        now=repository.now,
        settings=repository.settings,
        authorised=repository.authorised,
        git=repository.git,
        commit=repository.commit,
    )


def _change(repository: Repository, id: str) -> Record[Change]:
    record = repository.get(Change, id)
    if record is None:
        if repository.defines("change", id):
            fail(f"change {id} has mistakes of its own; `gitsm check` shows them")
        known = [record.id for record in repository.all("change")]
        fail(
            f"there is no change {id!r}; {did_you_mean(id, known) or 'gitsm calendar lists what is planned'}"
        )
    if record.fields.closure is not None:
        fail(f"{record} is closed")
    return record
