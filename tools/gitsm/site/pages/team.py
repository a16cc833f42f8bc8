"""Teams: how they are reached, when, and what they answer for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from markupsafe import Markup

from gitsm.on_duty import path_of
from gitsm.records.calendar import Calendar
from gitsm.records.service import Service
from gitsm.records.team import Contact, Team
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, bullets, chip, facts, join, outside, quiet, tag
from gitsm.site.page import Section
from gitsm.site.pages.calendar import hours_of
from gitsm.site.tables import table

_NUMBER = re.compile(r"\+?[0-9][0-9 ()/.-]{2,}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", re.ASCII)
_TYPES = {"internal": "Our teams", "supplier": "Suppliers", "customer": "Customers"}


def contact(here: Here, way: Contact) -> Markup:
    """A way to reach a team; a number can be called and an address written to with one tap."""
    shown: Content = here.words(way.value)
    if way.channel in ("phone", "pager") and _NUMBER.fullmatch(way.value):
        shown = outside("tel:" + re.sub(r"[^0-9+]", "", way.value), way.value)
    elif way.channel == "email" and _MAIL.fullmatch(way.value):
        shown = outside(f"mailto:{way.value}", way.value)
    return join([quiet(way.channel, " "), shown, quiet(f" {way.when}") if way.when else None])


def contacts(here: Here, team: Record[Team] | None) -> Markup:
    """Every way to reach a team, one below the other."""
    ways = team.fields.contacts if team is not None else ()
    return join([tag("div", contact(here, way)) for way in ways])


def escalation(here: Here, service: Record[Service]) -> list[tuple[str, str]]:
    """Who is called for a service, and after how long; its owner, where who comes then can't be read."""
    path = path_of(here.repository, service)
    return (
        [(step.team, str(step.after)) for step in path.steps] if path else [(service.fields.owner, "0 min")]
    )


def calls(here: Here, steps: Iterable[tuple[str, str]]) -> Markup:
    """Whom to call, in order, with the ways to reach them and their hours."""
    rows: list[list[Content]] = []
    for name, after in steps:
        team = here.repository.get(Team, name)
        calendar = here.repository.get(Calendar, team.fields.hours) if team is not None else None
        at_once = re.fullmatch(r"0+(?:\.0+)? .*", after)
        rows.append(
            [
                "at once" if at_once else f"after {after}",
                tag("strong", here.party(name)),
                contacts(here, team),
                hours_of(here, calendar),
            ]
        )
    return table(["When", "Call", "How", "Hours"], rows)


@status("team")
def _status(here: Here, team: Record[Team]) -> Iterator[Markup]:
    if team.fields.type != "internal":
        yield chip(team.fields.type, "info")


@columns("team")
def _columns(here: Here, team: Record[Team]) -> dict[str, Content]:
    owned = here.repository.referring(team, Service, "owner")
    return {
        "What it does": team.fields.description,
        "Contacts": contacts(here, team),
        "Hours": hours_of(here, here.repository.get(Calendar, team.fields.hours)),
        "Owns": here.links(owned),
    }


@groups("team")
def _groups(here: Here, teams: Sequence[Record[Team]]) -> Groups:
    for type_, title in _TYPES.items():
        yield title, [team for team in teams if team.fields.type == type_]


@sections("team")
def _sections(here: Here, team: Record[Team]) -> Sections:
    fields = team.fields
    rows: list[tuple[Content, Content]] = [
        ("What it does", fields.description),
        ("Hours", hours_of(here, here.repository.get(Calendar, fields.hours))),
        ("Contacts", contacts(here, team)),
        ("Roles", here.parties(f"role:{role}" for role in fields.roles)),
        ("Members", ", ".join(fields.members)),
    ]
    yield Section("At a glance", facts(rows))
    if fields.escalation:
        yield Section(
            "When it does not answer",
            calls(here, [(step.team, str(step.after)) for step in fields.escalation]),
        )
    yield Section("Services that it owns", _services(here, team))
    shown = {"name", "description", "type", "hours", "contacts", "roles", "members", "escalation"}
    yield from Fields(here, team).sections(without=shown)


def _services(here: Here, team: Record[Any]) -> Markup:
    owned = here.repository.referring(team, Service, "owner")
    return bullets(here.standing(service) for service in owned)
