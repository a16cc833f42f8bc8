"""`gitsm escalation`: who is called for a service now, and who comes next."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from gitsm import calendar_words
from gitsm.commands import InstantOption, fail, open_or_fail, repo_option
from gitsm.commands.completion import ids_of
from gitsm.formats import harmless_json
from gitsm.on_duty import Called, Duty, Escalation, Presence, escalation_at
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.records.team import Contact
from gitsm.repository import Record, Repository
from gitsm.schema.spelling import which_is_meant
from gitsm.schema.values import read_instant
from gitsm.terminal import safe, styled, wants_colour, wrapped

GROUP = "operate"


@click.command()
@click.argument("service", shell_complete=ids_of("service"))
@click.option(
    "--as-of",
    type=InstantOption(),
    help="Who is called for what is detected at this instant, such as 2026-11-16T03:00+01:00; by default now.",
)
@click.option("--at", help="The same; or the Git revision whose files are read instead of the folder's.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@repo_option
def command(service: str, as_of: datetime | None, at: str | None, form: str, repo: Path | None) -> None:
    """Show who is called for a SERVICE now, and who comes next.

    It is the service's own escalation path, else its owner and the owner's path: who on it is on duty,
    until when, who takes over, and how each is reached. A team that records no hours is never on duty:
    its hours are unknown.
    """
    revision, instant = _taken(at, repo)
    if instant is not None and as_of is not None:
        raise click.UsageError("--at and --as-of both name an instant")
    repository = open_or_fail(repo, as_of or instant, revision)
    found = escalation_at(repository, _service(repository, service), repository.now)
    if form == "json":
        click.echo(harmless_json(_data(found)))
        return
    for line in _text(repository, found):
        click.echo(line)


_LIKE_AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?P<time>[T ]\d\d?:?\d\d\S*)?", re.ASCII)


def _taken(at: str | None, repo: Path | None) -> tuple[str | None, datetime | None]:
    """What `--at` names: a revision, or an instant; no revision looks like one with its time."""
    if at is None:
        return None, None
    try:
        return None, read_instant(at)
    except Exception as error:  # pydantic's error of a value, for what is none
        like = _LIKE_AN_INSTANT.fullmatch(at)
        if like is None or (like["time"] is None and _names_a_commit(repo, at)):
            return at, None
        raise click.UsageError(_why_no_instant(at, repo, str(error))) from None


def _names_a_commit(repo: Path | None, at: str) -> bool:
    try:
        open_or_fail(repo, None, at)
    except click.ClickException:
        return False
    return True


def _why_no_instant(at: str, repo: Path | None, said: str) -> str:
    """What an instant lacks, with what it would be in the zone of the policy."""
    zone = open_or_fail(repo, None, None).timezone
    lacks = "its offset from UTC" if re.search("[T ]", at) else "its time and its offset from UTC"
    try:
        meant = datetime.fromisoformat(at)
    except ValueError:
        return f"--at {at} is not an instant; write one such as 2026-11-16T03:00+01:00"
    if "is in the year" in said:
        return f"--at {said}"
    if meant.tzinfo is not None:
        return f"--at {at} is not an instant; write {meant.isoformat(timespec='minutes')}"
    written = meant.replace(tzinfo=zone).isoformat(timespec="minutes")
    return f"--at {at} lacks {lacks}; in {zone.key} it is {written}"


def _service(repository: Repository, id: str) -> Record[Service]:
    record = repository.get(Service, id)
    if record is None:
        if repository.defines("service", id):
            fail(f"service {id} has mistakes of its own; `gitsm check` shows them")
        known = [record.id for record in repository.all("service")]
        fail(f"there is no service {id!r}; {which_is_meant(id, known)}")
    return record


# --- in words


def _text(repository: Repository, found: Escalation) -> Iterator[str]:
    width, colour = min(shutil.get_terminal_size().columns, 120), wants_colour()
    zone = repository.timezone
    yield from _plain(f"{found.service}, {_moment(found.moment, zone)} ({zone.key})", width)
    yield from _plain(_whose(found), width)
    yield ""
    for line in _summary(found, zone):
        first, *more = wrapped(line, width, "  ")
        yield from (styled(first.lstrip(), colour, bold=True), *more)
    for number, step in enumerate(found.steps, 1):
        yield ""
        yield from _plain(f"{number}. {safe(step.team)}, {_when(step, zone)}: {_there(step, zone)}", width)
        yield from _details(repository, found, step, width)


def _plain(text: str, width: int) -> Iterator[str]:
    first, *more = wrapped(text, width, "  ")
    yield from (first.lstrip(), *more)


def _whose(found: Escalation) -> str:
    if found.path is None:
        return f"it has no escalation path, and its owner {safe(found.service.fields.owner)} can't be read"
    if found.path.record is found.service:
        return "its own escalation path"
    return f"the escalation path of its owner {found.path.record.id}"


def _summary(found: Escalation, zone: ZoneInfo) -> Iterator[str]:
    """Who is there, who comes next, and who takes over."""
    first = found.first
    if first is None:
        yield "on duty now: nobody" if found.is_known else "on duty now: unknown"
        if found.next_there is not None:
            yield f"next: {_next(found.next_there, zone)}"
        else:
            yield "next: nobody on the path is known to be on duty when it is called"
        yield from _first_back(found, zone)
        return
    yield f"on duty now: {first.team}, {_end(first.now, zone)}"
    unknown = [
        step.team for step in found.steps[: found.steps.index(first)] if step.now.presence is Presence.UNKNOWN
    ]
    if unknown:
        yield f"before that: {safe(', '.join(unknown))}, hours unknown"
    following, there = found.following, found.next_there
    if following is None:
        yield "next: nobody, the path ends there"
    else:
        yield f"next: {_next(following, zone)}"
        if there is not None and there is not following:
            yield f"next who is there: {_next(there, zone)}"
        elif there is None:
            yield "next who is there: nobody who is known to be on duty when called"
    if first.now.until is not None:
        successor = (
            found.successor.team if found.successor is not None else "nobody who is known to be on duty"
        )
        yield f"takes over {_moment(first.now.until, zone)}: {successor}"


def _next(step: Called, zone: ZoneInfo) -> str:
    return f"{safe(step.team)}, {_when(step, zone)}: {_there(step, zone)}"


def _first_back(found: Escalation, zone: ZoneInfo) -> Iterator[str]:
    back = _who_is_back(found)
    if back is not None:
        yield f"first back: {back[1]}, {_moment(back[0], zone)}"


def _who_is_back(found: Escalation) -> tuple[datetime, str] | None:
    """Who of a path on which nobody is on duty is so next, and from when on."""
    if found.first is not None:
        return None
    return min(
        ((step.now.back, step.team) for step in found.steps if step.now.back is not None), default=None
    )


def _when(step: Called, zone: ZoneInfo) -> str:
    if not step.after.minutes:
        return "at once"
    at = _moment(step.at, zone) if step.at is not None else "at a time that can't be worked out"
    return f"after {step.after}, {at}"


def _there(step: Called, zone: ZoneInfo) -> str:
    """Whether a step is on duty at the time when it is called."""
    if not step.after.minutes:
        return _duty(step.then, zone)
    if step.at is None:
        return "whether it is on duty then is unknown"
    return _duty(step.then, zone, " then")


def _duty(duty: Duty, zone: ZoneInfo, then: str = "") -> str:
    if duty.presence is Presence.ON:
        return f"on duty{then} {_end(duty, zone)}"
    if duty.presence is Presence.OFF:
        back = f"back {_moment(duty.back, zone)}" if duty.back is not None else "not back within two years"
        return f"off duty{then}, {back}"
    return str(duty.presence)


def _end(duty: Duty, zone: ZoneInfo) -> str:
    return f"until {_moment(duty.until, zone)}" if duty.until is not None else "around the clock"


def _details(repository: Repository, found: Escalation, step: Called, width: int) -> Iterator[str]:
    """The hours of a team, in its own zone, and how it is reached: what fits now first."""
    if step.record is None:
        there = repository.defines("team", step.team)
        yield "   its file has mistakes of its own" if there else "   no file says who that is"
        return
    calendar = repository.get(Calendar, step.record.fields.hours)
    if calendar is not None:
        own = ZoneInfo(calendar.fields.timezone)
        words = calendar_words.weekly(calendar.fields.weekly) or "by dates"
        called = step.at or found.moment
        local, here = called.astimezone(own), called.astimezone(repository.timezone)
        other = f", there it is {_moment(called, own)}" if local.utcoffset() != here.utcoffset() else ""
        yield from wrapped(safe(f"hours: {calendar.id}, {words} ({own.key}{other})"), width, "   ")
    elif step.record.fields.hours is None:
        yield "   hours: not recorded"
    contacts = step.record.fields.contacts
    for contact in sorted(contacts, key=lambda contact: not step.fits(contact)):
        note = "" if step.fits(contact) else ", not then" if step.after.minutes else ", not now"
        yield from wrapped(_contact(contact) + note, width, "   ")
    if not contacts:
        yield "   no contact is recorded"


def _contact(contact: Contact) -> str:
    when = f" ({contact.when})" if contact.when else ""
    return safe(f"{contact.channel} {contact.value}{when}")


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"


# --- as data


def _data(found: Escalation) -> dict[str, Any]:
    first, following, back = found.first, found.following, _who_is_back(found)
    return {
        "service": found.service.id,
        "at": found.moment.isoformat(timespec="seconds"),
        "path_of": str(found.path.record) if found.path is not None else None,
        "known": found.is_known,
        "on_duty": first.team if first is not None else None,
        "until": _iso(first.now.until) if first is not None else None,
        "next": _step_named(following),
        "next_there": _step_named(found.next_there),
        "takes_over": found.successor.team if found.successor is not None else None,
        "first_back": {"team": back[1], "at": _iso(back[0])} if back is not None else None,
        "steps": [_step(step) for step in found.steps],
    }


def _step_named(step: Called | None) -> dict[str, Any] | None:
    return {"team": step.team, "at": _iso(step.at)} if step is not None else None


def _step(step: Called) -> dict[str, Any]:
    contacts = step.record.fields.contacts if step.record is not None else ()
    return {
        "team": step.team,
        "after": str(step.after),
        "called": _iso(step.at),
        "now": _duty_data(step.now),
        "then": _duty_data(step.then),
        "contacts": [
            {**contact.model_dump(exclude_none=True), "fits": step.fits(contact)} for contact in contacts
        ],
    }


def _duty_data(duty: Duty) -> dict[str, Any]:
    return {"presence": str(duty.presence), "until": _iso(duty.until), "back": _iso(duty.back)}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
