"""Teams: how they are reached, when, and what they answer for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from gitsm.on_duty import Presence, fits, path_of
from gitsm.records.calendar import Calendar
from gitsm.records.change import Change
from gitsm.records.service import Service
from gitsm.records.team import Contact, Team
from gitsm.repository import Record, Repository, once
from gitsm.site import duty
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, bullets, chip, div, facts, join, outside, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.page import Rank, Section
from gitsm.site.pages.calendar import hours_of
from gitsm.site.pages.change import ahead
from gitsm.site.tables import table

_NUMBER = re.compile(r"\+?[0-9][0-9 ()/.-]{2,}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+", re.ASCII)
_MOST_CHANGES = 20
_TYPES = {"internal": "Our teams", "supplier": "Suppliers", "customer": "Customers"}


def contact(here: Here, way: Contact, team: Record[Team]) -> Markup:
    """A way to reach a team; a number can be called and an address written to with one tap."""
    shown: Content = here.words(way.value)
    if way.channel in ("phone", "pager") and _NUMBER.fullmatch(way.value):
        shown = outside("tel:" + re.sub(r"[^0-9+]", "", way.value), way.value)
    elif way.channel == "email" and _MAIL.fullmatch(way.value):
        shown = outside(f"mailto:{way.value}", way.value)
    words = [quiet(way.channel, " "), shown, quiet(f" ({way.when})") if way.when else None]
    return tag("span", words, data_g_fits=_fits(here, way, team) if way.when else None)


_MOMENTS = [datetime(2027, 1, day, hour) for day in (6, 9) for hour in (12, 0, 20)]
"""By day, at night and in the hours between, on a Wednesday and on a Saturday."""


def _fits(here: Here, way: Contact, team: Record[Team]) -> str | None:
    """Whether a way is meant for each sort of moment, for a browser: first on duty, then off duty."""
    calendar = here.repository.get(Calendar, team.fields.hours)
    names = (calendar.title, calendar.id.replace("-", " ")) if calendar is not None else ()
    asked = [(presence, moment) for presence in (Presence.ON, Presence.OFF) for moment in _MOMENTS]
    told = "".join("1" if fits(way, presence, moment, names) else "0" for presence, moment in asked)
    return told if "0" in told else None


def contacts(here: Here, team: Record[Team] | None) -> Markup:
    """Every way to reach a team, one below the other."""
    ways = team.fields.contacts if team is not None else ()
    return join([tag("div", contact(here, way, team)) for way in ways]) if team is not None else NOTHING


def escalation(here: Here, service: Record[Service]) -> list[tuple[str, str]]:
    """Who is called for a service, and after how long; its owner, where who comes then can't be read."""
    path = path_of(here.repository, service)
    return (
        [(step.team, str(step.after)) for step in path.steps] if path else [(service.fields.owner, "0 min")]
    )


def team_hours(here: Here, team: Record[Team] | None) -> Markup:
    """When a team is on duty, in words; a browser says beside it whether it is on duty now, and until when."""
    calendar = here.repository.get(Calendar, team.fields.hours) if team is not None else None
    here.scripts[duty.SCRIPT] = None
    words = hours_of(here, calendar) or "hours not recorded"
    return tag("span", words, class_="g-hours", data_g_duty=calendar.id if calendar is not None else "")


def _when(after: str) -> str:
    return "at once" if re.fullmatch(r"0+(?:\.0+)? .*", after) else f"after {after}"


_CALL = tag("span", data_g_call="")
"""Where a browser says whom to call now, and whom next."""


def calls(here: Here, steps: Iterable[tuple[str, str]]) -> Markup:
    """Whom to call, in order, with the ways to reach them and their hours."""
    rows: list[list[Content]] = []
    for name, after in steps:
        team = here.repository.get(Team, name)
        rows.append(
            [
                [_when(after), " ", _CALL],
                tag("strong", here.party(name)),
                contacts(here, team),
                team_hours(here, team),
            ]
        )
    shown = table(["When", "Call", "How", "Hours"], rows)
    return tag("div", shown, data_g_path="") if shown else NOTHING


def call_list(here: Here, steps: Iterable[tuple[str, str]]) -> Markup:
    """The same as a list that fits beside a text, or on a phone."""
    items = []
    for name, after in steps:
        team = here.repository.get(Team, name)
        who = [_CALL, " ", tag("strong", here.party(name)), " ", quiet(_when(after))]
        ways = [contact(here, way, team) for way in team.fields.contacts] if team is not None else []
        hours = div("g-call__hours", team_hours(here, team))
        broken = here.repository.find("team", name) if team is None else None
        if broken is not None:
            how, hours = tag("p", "can't be read; rather look into ", here.file(broken.file)), NOTHING
        else:
            how = div("g-call__how", join(ways, "\n")) if ways else quiet("no contact is recorded")
        items.append(tag("li", [div("g-call__who", who), how, hours]))
    return tag("div", tag("ol", items, class_="g-calls"), data_g_path="") if items else NOTHING


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


@rank("team")
def _rank(here: Here, team: Record[Team]) -> Rank:
    return Rank.TEAM


@sections("team")
def _sections(here: Here, team: Record[Team]) -> Sections:
    fields = team.fields
    yield Section("", div("g-lead", fields.description))
    yield Section("How to reach it", _reached(here, team))
    path = [(step.team, str(step.after)) for step in fields.escalation]
    yield Section("When it does not answer", calls(here, path))
    owned = here.repository.referring(team, Service, "owner")
    yield Section("Services that it owns", bullets(here.standing(service) for service in owned))
    yield Section("Changes ahead", _ahead(here, _changes(here, team, owned)))
    yield Section("Called for", _called_for(here, team))
    rows: list[tuple[Content, Content]] = [
        ("Roles", here.parties(f"role:{role}" for role in fields.roles)),
        ("Members", ", ".join(fields.members)),
    ]
    yield Section("Who it is", facts(rows))
    shown = {"name", "description", "type", "hours", "contacts", "roles", "members", "escalation"}
    yield from Fields(here, team).sections(without=shown)


def _reached(here: Here, team: Record[Team]) -> Markup:
    ways = [tag("li", contact(here, way, team)) for way in team.fields.contacts]
    how = tag("ul", ways, class_="g-ways") if ways else tag("p", quiet("no contact is recorded"))
    return tag("div", tag("p", team_hours(here, team)), how, class_="g-reach", data_g_team="")


def _changes(here: Here, team: Record[Team], owned: Iterable[Record[Service]]) -> list[Record[Change]]:
    """What it carries out, and what is planned for its services, each once."""
    found = {one.id: one for one in here.repository.referring(team, Change, "team")}
    for service in owned:
        found.update((one.id, one) for one in here.repository.referring(service, Change, "services"))
    return list(found.values())


def _ahead(here: Here, changes: Iterable[Record[Change]]) -> Markup:
    coming = ahead(here, changes)
    further = len(coming) - _MOST_CHANGES
    label = f"{further} further ahead"
    more = tag("p", here.page(here.site.places.of_kind("change"), label)) if further > 0 else NOTHING
    return listing(here, coming[:_MOST_CHANGES]) + more


@once
def _paths(repository: Repository) -> Mapping[str, Sequence[tuple[Record[Service], str]]]:
    """The services for which each team is called, each with the time after which it is."""
    found: dict[str, list[tuple[Record[Service], str]]] = {}
    for service in repository.of(Service):
        path = path_of(repository, service)
        first: dict[str, str] = {}
        for step in path.steps if path else ():
            first.setdefault(step.team, str(step.after))
        for name, after in first.items():
            found.setdefault(name, []).append((service, after))
    return found


def _called_for(here: Here, team: Record[Any]) -> Markup:
    """The services on whose escalation path it is, by the time after which it is called."""
    by_time: dict[str, list[Record[Service]]] = {}
    for service, after in _paths(here.repository).get(team.id, ()):
        by_time.setdefault(after, []).append(service)
    return facts((_when(after).capitalize(), here.links(services)) for after, services in by_time.items())
