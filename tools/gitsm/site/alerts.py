"""Alerts as the site knows them: who raises each, what answers it, and the address of its page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.repository import Record, Repository, once
from gitsm.site.here import Here
from gitsm.site.html import join, tag
from gitsm.site.page import INDEX

FOLDER = "alerts"
"""Where the pages of alerts stand on the site."""
LIST = f"{FOLDER}/{INDEX}"
"""The page that lists all of them."""

_SAFE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_-])?")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Alert:
    """An alert by its name: who raises it, and what answers it."""

    name: str
    services: list[Record[Service]] = field(default_factory=list)
    """The services whose monitoring names it."""
    events: list[str] = field(default_factory=list)
    """What sort of event it is, as each of them says."""
    runbooks: list[Record[Runbook]] = field(default_factory=list)
    """The runbooks that answer it."""


@once
def alerts_of(repository: Repository) -> Mapping[str, Alert]:
    """Every alert that a service's monitoring or a runbook names, by name, in order."""
    found: dict[str, Alert] = {}
    for service in repository.of(Service):
        for named in service.fields.monitoring:
            alert = found.setdefault(named.alert, Alert(named.alert))
            if service not in alert.services[-1:]:
                alert.services.append(service)
            alert.events.append(named.event)
    for runbook in repository.of(Runbook):
        for name in dict.fromkeys(runbook.fields.alerts):
            found.setdefault(name, Alert(name)).runbooks.append(runbook)
    return {name: found[name] for name in sorted(found)}


@once
def paths_of_alerts(repository: Repository) -> Mapping[str, str]:
    """Where the page of each alert stands: by its own name, or by a slug with a number.

    A name that is no safe name of a file gets the slug, and so does one that another alert has in other
    letters: there are disks on which the two would be one file. One that a runbook answers is served first.
    """
    alerts = alerts_of(repository)
    paths: dict[str, str] = {}
    taken: set[str] = set()
    numbers: dict[str, int] = defaultdict(int)
    unplaced: list[str] = []
    for name in sorted(alerts, key=lambda name: (not alerts[name].runbooks, name)):
        if is_safe(name) and name.lower() not in taken:
            taken.add(name.lower())
            paths[name] = f"{FOLDER}/{name}/{INDEX}"
        else:
            unplaced.append(name)
    for name in sorted(unplaced):
        slug = _NO_WORD.sub("-", name.lower())[:80].strip("-") or "alert"
        place = ""
        while not place or place in taken:
            numbers[slug] += 1
            place = f"{slug}-{numbers[slug]}"
        taken.add(place)
        paths[name] = f"{FOLDER}/{place}/{INDEX}"
    return paths


def is_safe(name: str) -> bool:
    """Whether a name can be that of a folder on every disk, and of an address as it stands."""
    return _SAFE.fullmatch(name) is not None and _DEVICES.fullmatch(name) is None


def alert_link(here: Here, name: str) -> Markup:
    """The name of an alert, as a link to its page."""
    path = paths_of_alerts(here.repository).get(name)
    shown = tag("code", name)
    return here.page(path, shown) if path is not None else shown


def alert_links(here: Here, names: Sequence[str]) -> Markup:
    """The names of alerts, one after the other."""
    return join([alert_link(here, name) for name in names], " ")
