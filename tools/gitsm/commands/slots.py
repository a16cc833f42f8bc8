"""`gitsm slots`: when there is room for a change."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.diagnostic import Diagnostic, Severity
from gitsm.intervals import Interval
from gitsm.lint import Report, run, since
from gitsm.overlay import OverlayTree
from gitsm.records.change import Change, Outage
from gitsm.repository import Record, Repository
from gitsm.rules import RULES
from gitsm.schema.spelling import did_you_mean
from gitsm.settings import SettingsError
from gitsm.slots import Obstacle, free, length_of, obstacles
from gitsm.terminal import styled, wants_colour, wrapped
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


@dataclass(frozen=True)
class Asked:
    """What a window is sought for."""

    repository: Repository
    change: Record[Change]
    report: Report
    """What the rules say of the repository with the change as it stands."""
    length: timedelta

    def objections(self, window: Interval) -> list[Diagnostic]:
        """What every rule together would newly say of the change, were it moved to a window."""
        trial = moved(self.repository, self.change, window)
        fresh = since(checked(trial), self.report).findings
        known = {(f.rule, f.place.file) for f in self.report.findings if f.rule not in _OF_TIME}
        return [
            finding
            for finding in fresh
            if (finding.severity is not Severity.NOTE or finding.rule in _OF_TIME)
            and (finding.rule, finding.place.file) not in known
            and self.change.file in {finding.place.file, *(place.file for place in finding.related)}
        ]


_OF_TIME = frozenset(rule.name for rule in RULES.values() if rule.group.startswith("calendar"))
"""Rules whose findings move with a window: one of them that spoke before may speak of another thing now."""


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
    asked = Asked(repository, record, checked(repository), length)
    until = repository.now + within
    bare, alone = without_dates(repository, record)
    refused: list[tuple[Interval, Diagnostic]] = []

    def accepts(window: Interval) -> bool:
        objections = asked.objections(window)
        refused.extend((window, objection) for objection in objections[:1])
        return not objections

    found = list(islice(free(bare, alone, length, until, accepts), count))
    blocking = [] if found or refused else obstacles(bare, alone, length, until)
    if form == "json":
        click.echo(json.dumps(_data(record, length, found, blocking, refused), indent=2))
        return
    for line in _text(asked, found, blocking, refused, within):
        click.echo(line)


def checked(repository: Repository) -> Report:
    """The report of every rule there is."""
    try:
        return run(repository, RULES.values())
    except SettingsError as error:
        fail(str(error))


DATED = ("watch", "communications")
"""What of a change goes with its window when that moves."""


def without_dates(repository: Repository, change: Record[Change]) -> tuple[Repository, Record[Change]]:
    """The repository with a change that says of its window alone when it is, and that change."""
    data = {key: value for key, value in change.data.items() if key not in DATED}
    bare = with_file(repository, change.file, data)
    found = bare.get(Change, change.id)
    assert found is not None
    return bare, found


def moved(repository: Repository, change: Record[Change], window: Interval) -> Repository:
    """The repository with a change moved to a window, and with it its watch and what is said of it."""

    def written(moment: datetime) -> str:
        return moment.astimezone(repository.timezone).isoformat(timespec="minutes")

    fields, data = change.fields, dict(change.data)
    data["window"] = {"start": written(window.start), "end": written(window.end)}
    if fields.window is not None:
        later = window.start - fields.window.start
        if fields.watch is not None:
            data["watch"] = {**data["watch"], "until": written(fields.watch.until + later)}
        if fields.communications:
            told = zip(data["communications"], fields.communications, strict=True)
            # What was said is said; what is still to be said can't be said in the past.
            data["communications"] = [
                entry
                if said.at <= repository.now
                else {**entry, "at": written(max(said.at + later, repository.now))}
                for entry, said in told
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


def _text(
    asked: Asked,
    found: list[Interval],
    blocking: list[Obstacle],
    refused: list[tuple[Interval, Diagnostic]],
    within: timedelta,
) -> Iterator[str]:
    zone = asked.repository.timezone
    length = f"{asked.length.total_seconds() / 60:g} min"
    if found:
        yield f"free for {asked.change} ({length}), times in {zone.key}:"
        yield from (f"  {_window(window, zone)}" for window in found)
        yield "each was held against every rule with the change moved there, its watch and messages with it"
        return
    yield from wrapped(
        f"no window of {length} is free for {asked.change} in the next {_days(within)}",
        _width(),
        "  ",
    )
    for window, objection in refused[:3]:
        yield ""
        yield from _said(f"the calendar is free {_window(window, zone)}, and yet", bold=True)
        yield from wrapped(f"{objection.message} ({objection.rule})", _width(), "  ")
    lifting = [one for one in blocking if one.freed]
    for one in lifting[:3]:
        yield ""
        yield from _said(f"without {_named(one)}: {_window(one.freed[0], zone)}", bold=True)
        yield from wrapped(one.example, _width(), "  ")
    if blocking and not lifting:
        yield "lifting one thing alone would free nothing; most often in the way:"
        for one in blocking[:3]:
            yield from wrapped(f"{_named(one)}: {one.example}", _width(), "  ")


def _said(text: str, **style: object) -> Iterator[str]:
    first, *more = wrapped(text, _width(), "  ")
    yield styled(first.lstrip(), wants_colour(), **style)
    yield from more


def _named(one: Obstacle) -> str:
    return " and ".join(map(str, one.others)) or f"what is said of it ({one.kind.value})"


def _window(window: Interval, zone: ZoneInfo) -> str:
    start, end = window.start.astimezone(zone), window.end.astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M} to {until}"


def _days(span: timedelta) -> str:
    return f"{span.days} day{'' if span.days == 1 else 's'}"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 120)


def _data(
    change: Record[Change],
    length: timedelta,
    found: list[Interval],
    blocking: list[Obstacle],
    refused: list[tuple[Interval, Diagnostic]],
) -> dict[str, Any]:
    def window(stretch: Interval) -> dict[str, str]:
        return {"start": stretch.start.isoformat(), "end": stretch.end.isoformat()}

    return {
        "change": change.id,
        "minutes": length.total_seconds() / 60,
        "slots": [window(stretch) for stretch in found],
        "obstacles": [
            {
                "kind": one.kind.value,
                "others": [str(other) for other in one.others],
                "message": one.example,
                "windows": one.windows,
                "would_free": [window(stretch) for stretch in one.freed],
            }
            for one in blocking
        ],
        "refused": [
            {**window(stretch), "rule": objection.rule, "message": objection.message}
            for stretch, objection in refused
        ],
    }
