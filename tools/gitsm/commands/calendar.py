"""`gitsm calendar`: what is planned."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime, timedelta

import click

from gitsm.calendar import HORIZON_AHEAD, HORIZON_BEHIND, Planned, between, past_their_windows, planned
from gitsm.calendar_views import VIEWS, Shown, render
from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.concerning import concerning
from gitsm.repository import Repository
from gitsm.schema.spelling import did_you_mean
from gitsm.terminal import safe, wants_colour

GROUP = "plan"
_WIDEST = 200
_FIRST, _LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
"""Before and after everything that a record may name."""


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How far ahead to look."
)
@click.option("--all", "everything", is_flag=True, help="Show the past as well, and all that lies ahead.")
@click.option(
    "--service",
    shell_complete=ids_of("service"),
    help="Only what names this service, or is about all of them.",
)
@click.option(
    "--team",
    shell_complete=ids_of("team"),
    help="Only what this team carries out, or concerns what it owns.",
)
@click.option(
    "--calendar", shell_complete=ids_of("calendar"), help="Only this freeze or maintenance calendar."
)
@click.option(
    "--view",
    type=click.Choice(VIEWS),
    default="table",
    show_default=True,
    help="How to show it on the terminal.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "ics"]),
    default="text",
    show_default=True,
    help="For the terminal, for programs, for a page, or a feed (which always holds everything).",
)
@reads_repository
def command(
    repository: Repository,
    days: int,
    everything: bool,
    service: str | None,
    team: str | None,
    calendar: str | None,
    view: str,
    form: str,
) -> None:
    """Show what is planned, and where it gets in its own way.

    That is windows of changes, freezes, maintenance, and peaks of demand, also those that come back.
    Changes with conflicts are marked, and the conflicts named below.
    """
    asked = {"service": service, "team": team, "calendar": calendar}
    wanted = {kind: id for kind, id in asked.items() if id is not None}
    for kind, id in wanted.items():
        _refuse_unknown(repository, kind, id)
    if form == "ics":
        _feed(repository, wanted)
        return
    items = planned(repository)
    for kind, id in wanted.items():
        about = concerning(repository, kind, id)
        items = [item for item in items if about(item)]
    months = form == "text" and view == "month"
    shown = _shown(repository, items, None if everything else days, months=months)
    name = view if form == "text" else form
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    for line in render(name, shown, colour=wants_colour() and form == "text", width=width):
        click.echo(line)


def _refuse_unknown(repository: Repository, kind: str, id: str) -> None:
    if not repository.defines(kind, id):
        known = [record.id for record in repository.all(kind)]
        hint = did_you_mean(id, known) or (f"there is {', '.join(known[:10])}" if known else "there is none")
        fail(f"there is no {kind} {id!r}; {safe(hint)}")


def _shown(repository: Repository, items: list[Planned], days: int | None, *, months: bool) -> Shown:
    """The part of the calendar that was asked for; months are whole ones."""
    now = repository.now.astimezone(UTC)
    if days is None and not months:
        return Shown(repository, _FIRST, _LAST, items)
    if days is None:
        start, end = now - HORIZON_BEHIND, now + HORIZON_AHEAD
    else:
        start, end = now, now + timedelta(days=days)
    if months:
        first, last = (moment.astimezone(repository.timezone) for moment in (start, end))
        start = datetime(first.year, first.month, 1, tzinfo=repository.timezone).astimezone(UTC)
        year, month = last.year + last.month // 12, last.month % 12 + 1
        end = datetime(year, month, 1, tzinfo=repository.timezone).astimezone(UTC)
    inside, late = {id(item) for item in between(items, start, end)}, past_their_windows(repository)
    # What is still under way is part of the present, however long ago it should have ended.
    shown = [
        item for item in items if id(item) in inside or (item.what == "change" and item.record.id in late)
    ]
    return Shown(repository, start, end, shown, days)


def _feed(repository: Repository, wanted: dict[str, str]) -> None:
    from gitsm.exporters.ics import Feeds, remarks

    if len(wanted) > 1:
        fail("a feed is of one service, team or calendar, or of everything")
    feeds = Feeds(repository)
    feed = feeds.all()
    for kind, id in wanted.items():
        record = repository.find(kind, id)
        if record is None:
            fail(f"{kind} {id} can't be read; `gitsm check` says why")
        feed = feeds.of(record)
    sys.stdout.buffer.write(feeds.written(feed))
    for remark in remarks(repository):
        click.echo(f"note: {remark}", err=True)
