"""`gitsm calendar`: what is planned."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from gitsm.calendar import Planned, between, concerns, planned, recurring
from gitsm.commands import fail, reads_repository
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.repository import Record, Repository
from gitsm.schema.validation import did_you_mean
from gitsm.terminal import safe, table, wants_colour, wrapped

GROUP = "plan"
_WIDE = 110
"""From how many columns on a table is easier to read than a list."""


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How far ahead to look."
)
@click.option("--all", "everything", is_flag=True, help="Show the past as well, and all that lies ahead.")
@click.option("--service", help="Only what names this service, or is about all of them.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "ics"]),
    default="table",
    show_default=True,
    help="A table, or an iCalendar feed (which always holds everything).",
)
@reads_repository
def command(repository: Repository, days: int, everything: bool, service: str | None, form: str) -> None:
    """Show what is planned.

    That is windows of changes, freezes, maintenance, and peaks of demand. Freezes and peaks that come
    back by a rule are named below the table; they are not expanded yet.
    """
    if service is not None:
        _refuse_unknown(repository, service)
    items = [item for item in planned(repository) if service is None or _concerns(item, service)]
    if form == "ics":
        from gitsm.exporters.ics import ics

        sys.stdout.buffer.write(ics(items))
        return
    if not everything:
        items = between(items, repository.now, repository.now + timedelta(days=days))
    returning = [
        (record, words)
        for record, words in recurring(repository)
        if service is None or _comes_back_for(repository, record, service)
    ]
    _show(repository, items, returning, "" if everything else f" in the next {days} days")


def _refuse_unknown(repository: Repository, service: str) -> None:
    if not repository.defines("service", service):
        known = [record.id for record in repository.all("service")]
        fail(f"there is no service {service!r}; {did_you_mean(service, known) or 'gitsm map lists them'}")


def _concerns(item: Planned, service: str) -> bool:
    return item.services is None or service in item.services


def _comes_back_for(repository: Repository, record: Record[Any], service: str) -> bool:
    """Whether a freeze, maintenance or peak that comes back is about a service."""
    if not isinstance(record.fields, Calendar):
        return record.id == service  # a record of capacity has the id of its service
    found = repository.get(Service, service)
    return found is None or concerns(record.fields.scope, found)


def _show(
    repository: Repository, items: list[Planned], returning: list[tuple[Record[Any], str]], when: str
) -> None:
    width = min(shutil.get_terminal_size().columns, 120)
    zone = repository.timezone
    if not items:
        click.echo(f"nothing is planned{when}")
    else:
        for line in _table(items, zone, width) if width >= _WIDE else _list(items, zone, width):
            click.echo(line)
        click.echo(f"\ntimes in {zone.key}, as of {_time(repository.now, zone)}")
    if returning:
        click.echo("\ncoming back, and not in the table:")
    for record, words in returning:
        for line in wrapped(f"{safe(words)} ({record.id})", width, "  "):
            click.echo(line)


def _table(items: list[Planned], zone: ZoneInfo, width: int) -> list[str]:
    rows = [[*_times(item, zone), _what(item), item.title, _services(item)] for item in items]
    return table(["from", "to", "what", "title", "services"], rows, width=width, colour=wants_colour())


def _list(items: list[Planned], zone: ZoneInfo, width: int) -> list[str]:
    lines = []
    for item in items:
        lines.append(f"{' - '.join(_times(item, zone))}  {_what(item)}")
        lines.extend(wrapped(safe(f"{item.title} ({_services(item)})"), width, "  "))
    return lines


def _services(item: Planned) -> str:
    return "all services" if item.services is None else ", ".join(item.services) or "no service"


def _what(item: Planned) -> str:
    return str(item.state).lower() if item.state is not None else item.what


def _times(item: Planned, zone: ZoneInfo) -> list[str]:
    start, end = item.start.astimezone(zone), item.end.astimezone(zone)
    same_day = start.date() == end.date()
    return [_time(start, zone), f"{end:%H:%M}" if same_day else _time(end, zone)]


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"
