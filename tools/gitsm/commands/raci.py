"""`gitsm raci`: who decides about a change, over every service that it affects."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.formats import harmless_json
from gitsm.formats.markdown import code, prose
from gitsm.parties import is_role
from gitsm.records.change import Change
from gitsm.records.service import Service
from gitsm.records.team import Contact, Team
from gitsm.repository import Record, Repository
from gitsm.responsibilities import (
    PARTS,
    STAGES,
    Duty,
    Party,
    Responsibilities,
    responsibilities_for,
    responsibilities_of,
)
from gitsm.schema.spelling import which_is_meant
from gitsm.terminal import safe, styled, wants_colour, wrapped

GROUP = "decide"
_BAR = r"\x7c"
_LEGEND = "* works worse and doesn't fail: a soft dependency lies on the way"
_UNREAD = "with a RACI matrix that can't be read, which `gitsm check` shows"
_UNDEFINED = "no file that can be read defines these, so nobody decides about them"
_MANY = 12
"""From how many services on they are counted instead of named."""


@click.command()
@click.argument("change", required=False, shell_complete=ids_of("change"))
@click.option(
    "--service",
    "services",
    multiple=True,
    shell_complete=ids_of("service"),
    help="Of this service instead of a change; may be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@reads_repository
def command(repository: Repository, change: str | None, services: tuple[str, ...], form: str) -> None:
    """Show who decides about a CHANGE.

    It takes the RACI matrices of every service that the change affects together, also of those that it
    only reaches through others: who does it, who answers for it, who is asked before and who is told
    after, by stage and activity, and who speaks for each of them. Services that it only makes worse,
    through a soft dependency, are marked with an asterisk.
    """
    if (change is None) == (not services):
        raise click.UsageError("name a CHANGE, or services with --service")
    if change is not None:
        record = _change(repository, change)
        subject, found = str(record), responsibilities_for(repository, record)
    else:
        ways = {id: (_service(repository, id),) for id in services}
        subject = f"service{'' if len(ways) == 1 else 's'} {', '.join(ways)}"
        found = responsibilities_of(repository, ways)
    if form == "json":
        click.echo(harmless_json(_data(repository, change, found)))
        return
    lines = _markdown(repository, subject, found) if form == "markdown" else _text(repository, subject, found)
    for line in lines:
        click.echo(line)


def _change(repository: Repository, id: str) -> Record[Change]:
    record = repository.get(Change, id)
    if record is None:
        if repository.defines("change", id):
            fail(f"change {id} has mistakes of its own; `gitsm check` shows them")
        known = [record.id for record in repository.all("change")]
        fail(f"there is no change {id!r}; {which_is_meant(id, known)}")
    return record


def _service(repository: Repository, id: str) -> str:
    if repository.find("service", id) is None:
        known = [record.id for record in repository.all("service")]
        fail(f"there is no service {id!r}; {which_is_meant(id, known)}")
    return id


# --- in words


_LABELS = {
    "responsible": "R does it",
    "accountable": "A answers",
    "consulted": "C is asked",
    "informed": "I is told",
}


def _text(repository: Repository, subject: str, found: Responsibilities) -> Iterator[str]:
    width, colour = min(shutil.get_terminal_size().columns, 120), wants_colour()
    count = len(found.ways)
    first, *more = wrapped(f"{subject}: {count} service{'' if count == 1 else 's'}", width, "  ")
    yield from (first.lstrip(), *more)
    for id, way in found.ways.items():
        yield from wrapped(f"{safe(_service_of(repository, found, id))}{_by_way(way)}", width, "  ")
    if found.soft:
        yield from wrapped(_LEGEND, width, "  ")
    if found.without_matrix:
        named = ", ".join(f"{id}{_soft(found, id)}" for id in found.without_matrix)
        yield from wrapped(f"without a RACI matrix, so its owner is asked: {named}", width, "  ")
    if found.unread:
        named = ", ".join(f"{id}{_soft(found, id)}" for id in found.unread)
        yield from wrapped(f"{_UNREAD}: {named}", width, "  ")
    if found.undefined:
        yield from wrapped(safe(f"{_UNDEFINED}: {', '.join(found.undefined)}"), width, "  ")
    for stage in STAGES:
        duties = [duty for duty in found.duties if duty.stage == stage]
        if duties:
            yield from ("", styled(stage, colour, bold=True))
        for duty in duties:
            yield from wrapped(f"{safe(duty.name)} ({_of(found, duty.services)})", width, "  ")
            for part in PARTS:
                if duty.parts[part]:
                    names = "; ".join(_named(found, party, duty) for party in duty.parts[part])
                    yield from _hanging(f"    {_LABELS[part]:<10}  ", names, width)
    yield from _speakers(repository, _speaking(repository, found), width, colour)


def _hanging(label: str, text: str, width: int) -> Iterator[str]:
    first, *more = wrapped(text, width, " " * len(label))
    yield label + first.lstrip()
    yield from more


def _by_way(way: Sequence[str]) -> str:
    return f", through {' → '.join(way[:-1])}" if len(way) > 1 else ""


def _service_of(repository: Repository, found: Responsibilities, id: str) -> str:
    """A service with its owner, marked where it only works worse."""
    record = repository.get(Service, id)
    return f"{id}{_soft(found, id)}{f', of {record.fields.owner}' if record is not None else ''}"


def _soft(found: Responsibilities, id: str) -> str:
    return "*" if id in found.soft else ""


def _of(found: Responsibilities, services: Sequence[str]) -> str:
    if len(services) > _MANY:
        return f"{len(services)} services"
    return ", ".join(f"{id}{_soft(found, id)}" for id in services)


def _named(found: Responsibilities, party: Party, duty: Duty) -> str:
    """A party, with who speaks for a role, and for which services where it isn't for all."""
    notes = []
    if is_role(party.name):
        notes.append(", ".join(party.teams) if party.teams else "nobody")
    if party.services != duty.services:
        notes.append(f"for {_of(found, party.services)}")
    return safe(party.name) + (f" ({'; '.join(notes)})" if notes else "")


def _speaking(repository: Repository, found: Responsibilities) -> Mapping[str, tuple[str, ...]]:
    """Everybody who has a part, and the owners of services that have no matrix."""
    services = (repository.get(Service, id) for id in found.without_matrix)
    owners = dict.fromkeys(service.fields.owner for service in services if service is not None)
    return {**{id: (id,) for id in owners}, **found.parties()}


def _speakers(
    repository: Repository, parties: Mapping[str, tuple[str, ...]], width: int, colour: bool
) -> Iterator[str]:
    if not parties:
        return
    yield from ("", styled("who speaks for them", colour, bold=True))
    roles: dict[str, list[str]] = {}
    for name, teams in parties.items():
        for team in teams or ([] if is_role(name) else [name]):
            roles.setdefault(team, []).extend([name] if is_role(name) else [])
    for id in sorted(roles):
        as_roles = f", as {', '.join(roles[id])}" if roles[id] else ""
        yield from wrapped(f"{id}{safe(as_roles)}", width, "  ")
        record = repository.get(Team, id)
        for contact in record.fields.contacts if record is not None else ():
            yield from wrapped(_contact(contact), width, "    ")
        if record is None:
            there = repository.defines("team", id)
            yield "    its file has mistakes of its own" if there else "    no file defines this team"
        elif not record.fields.contacts:
            yield "    no contact is recorded"
    for name, teams in parties.items():
        if is_role(name) and not teams:
            yield from wrapped(f"{safe(name)}: no team holds it", width, "  ")


def _contact(contact: Contact) -> str:
    when = f" ({contact.when})" if contact.when else ""
    return safe(f"{contact.channel} {contact.value}{when}")


# --- as Markdown


def _markdown(repository: Repository, subject: str, found: Responsibilities) -> Iterator[str]:
    yield f"**Who decides: {prose(subject)}**"
    yield ""
    for id, way in found.ways.items():
        through = f", through {' → '.join(map(code, way[:-1]))}" if len(way) > 1 else ""
        yield f"- {code(_service_of(repository, found, id))}{through}"
    if found.soft:
        yield from ("", prose(_LEGEND))
    if found.without_matrix:
        named = ", ".join(code(f"{id}{_soft(found, id)}") for id in found.without_matrix)
        yield from ("", f"Without a RACI matrix, so its owner is asked: {named}")
    if found.unread:
        named = ", ".join(code(f"{id}{_soft(found, id)}") for id in found.unread)
        yield from ("", f"{_UNREAD[0].upper()}{_UNREAD[1:]}: {named}")
    if found.undefined:
        yield from ("", f"{_UNDEFINED[0].upper()}{_UNDEFINED[1:]}: {', '.join(map(code, found.undefined))}")
    if found.duties:
        yield from ("", "| stage | activity | of | R | A | C | I |", "|---|---|---|---|---|---|---|")
    for duty in found.duties:
        cells = [
            duty.stage,
            prose(duty.name),
            ", ".join(code(f"{id}{_soft(found, id)}") for id in duty.services)
            if len(duty.services) <= _MANY
            else _of(found, duty.services),
            *(", ".join(code(_named(found, party, duty)) for party in duty.parts[part]) for part in PARTS),
        ]
        # In a table a bar ends the cell, also in code.
        yield f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"
    speakers = list(_speakers(repository, _speaking(repository, found), 10_000, False))
    if speakers:
        yield from ("", "**Who speaks for them**", "")
    for line in speakers[2:]:
        depth = "  " if line.startswith("    ") else ""
        yield f"{depth}- {prose(line.strip())}"


# --- as data


def _data(repository: Repository, change: str | None, found: Responsibilities) -> dict[str, Any]:
    return {
        "change": change,
        "services": [
            {
                "service": id,
                "owner": record.fields.owner if (record := repository.get(Service, id)) is not None else None,
                "way": list(way),
                "criticality": "soft" if id in found.soft else "hard",
                "matrix": id not in found.without_matrix and id not in found.unread,
            }
            for id, way in found.ways.items()
        ],
        "undefined": list(found.undefined),
        "activities": [
            {
                "stage": duty.stage,
                "name": duty.name,
                "services": list(duty.services),
                **{part: [_party(party) for party in duty.parts[part]] for part in PARTS},
            }
            for duty in found.duties
        ],
        "parties": [
            {"party": name, "teams": [_team(repository, team) for team in teams]}
            for name, teams in found.parties().items()
        ],
    }


def _party(party: Party) -> dict[str, Any]:
    return {"party": party.name, "services": list(party.services), "teams": list(party.teams)}


def _team(repository: Repository, id: str) -> dict[str, Any]:
    team = repository.get(Team, id)
    contacts = team.fields.contacts if team is not None else ()
    return {"team": id, "contacts": [contact.model_dump(exclude_none=True) for contact in contacts]}
