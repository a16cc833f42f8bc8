"""What changed last night: what was carried out, what broke and was restored, what was merged, what comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from markupsafe import Markup

from gitsm.change_control import ChangeState
from gitsm.history import Unknown, history_of
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.repository import Record, Repository, once
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, join, paragraph, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.page import Draft, Section, makes_pages
from gitsm.site.pages.change import between
from gitsm.site.pages.incident import is_open, open_incidents
from gitsm.site.tables import table

NIGHT = "night.md"
"""The page that says what changed since yesterday evening."""

_DAY = timedelta(days=1)
_EVENING = time(18)
_AHEAD = "in-the-next-24-hours"
_MOST_MERGED = 200
_DONE = (ChangeState.IMPLEMENT, ChangeState.REVIEW, ChangeState.CLOSED, ChangeState.UNRECORDED)


@dataclass(frozen=True, slots=True)
class Night:
    """What happened since yesterday evening, or in the last 24 hours where that is longer."""

    since: datetime
    changes: Sequence[Record[Change]]
    incidents: Sequence[Record[Incident]]
    merged: Sequence[tuple[datetime, Record[Any]]]
    """The records whose files the default branch got in that time, the latest first."""
    planned: Sequence[Record[Change]]
    """Changes of the next 24 hours."""

    @property
    def happened(self) -> int:
        """How many changes and incidents there were."""
        return len(self.changes) + len(self.incidents)


def night_of(here: Here) -> Night:
    """What changed last night, as the pages of a site say it."""
    clock, repository = here.clock, here.repository
    evening = datetime.combine(clock.today - _DAY, _EVENING, clock.zone)
    since = min(evening, clock.now - _DAY)
    changes = between(here, repository.of(Change), since, clock.now)
    done = [one for one in changes if here.site.states[one.id] in _DONE]
    incidents = [one for one in repository.of(Incident) if _is_of(one, since, clock.now)]
    suffered = open_incidents(incidents, here)
    over = sorted((one for one in incidents if not is_open(one)), key=lambda one: one.id, reverse=True)
    ahead = between(here, repository.of(Change), clock.now, clock.now + _DAY)
    planned = [one for one in ahead if one not in done and here.site.states[one.id].open]
    return Night(since, done, [*suffered, *over], _merged(repository, since), planned)


def _is_of(incident: Record[Incident], since: datetime, now: datetime) -> bool:
    """Whether an incident is open, or began or was restored in a stretch of time."""
    fields = incident.fields
    moments = (fields.started, fields.detected, fields.restored, fields.resolved)
    return is_open(incident) or any(at is not None and since <= at <= now for at in moments)


def _merged(repository: Repository, since: datetime) -> list[tuple[datetime, Record[Any]]]:
    found = [(at, record) for at, record in _last_merged(repository) if since <= at <= repository.now]
    return sorted(found, key=lambda one: (-one[0].timestamp(), one[1].file))


@once
def _last_merged(repository: Repository) -> Sequence[tuple[datetime, Record[Any]]]:
    """When each record last changed on its branch, as far as the history tells."""
    history = history_of(repository)
    if history is None:
        return ()
    found = []
    for record in repository.all():
        versions = history.versions(record)
        newest = versions[0] if versions else None
        if newest is not None and not isinstance(newest, Unknown) and newest.time is not None:
            found.append((newest.time, record))
    return found


# --- the page


def night_named(here: Here) -> str:
    """The night that the site speaks of, by the day that it led to: `night to Mon 16 Nov`."""
    return f"night to {here.clock.day(here.clock.today)}"


@makes_pages
def night(site: Site) -> Iterator[Draft]:
    """The page that answers what changed."""
    title = f"What changed in the {night_named(Here(site, NIGHT))}"
    yield Draft(NIGHT, title, _sections, _top, navigation="Changes", wide=True)


def _top(here: Here) -> Markup:
    """The answer in one line, with the way to each part."""
    found = night_of(here)
    parts = [
        _part(len(found.changes), "change", "#changes"),
        _part(len(found.incidents), "incident", "#incidents"),
        _part(len(found.merged), "merged record", "#merged") if history_of(here.repository) else None,
        _part(len(found.planned), "change", f"#{_AHEAD}", " ahead"),
    ]
    since = here.clock.show(found.since, relative=False)
    day = here.clock.today.isoformat()  # on any other a script warns
    return tag(
        "div", paragraph("Since ", since, ": ", join(parts, ", "), "."), class_="g-night", data_g_day=day
    )


def _part(count: int, what: str, anchor: str, after: str = "") -> Markup:
    words = f"{count or 'no'} {what}{'' if count == 1 else 's'}{after}"
    return tag("a", tag("strong", words), href=anchor) if count else join(words)


def _sections(here: Here) -> Iterator[Section]:
    found = night_of(here)
    shown = partial(listing, here, searchable=False)
    calm = "Nothing was carried out, and nothing is under way."
    yield Section("Changes", shown(found.changes[::-1]) or _none(calm))
    yield Section("Incidents", shown(found.incidents) or _none("None began, was restored or is open."))
    ahead = here.clock.moment(here.clock.now + _DAY)
    yield Section(
        f"Planned until {ahead}", shown(found.planned) or _none("Nothing is planned."), anchor=_AHEAD
    )
    if history_of(here.repository) is not None:
        yield Section("Merged", _files(here, found) or _none("No record was changed."))


def _files(here: Here, found: Night) -> Markup:
    """The records that were merged, those of one commit's moment and kind in one row."""
    rows: dict[tuple[datetime, str], list[Record[Any]]] = defaultdict(list)
    for at, record in found.merged[:_MOST_MERGED]:
        rows[at, record.kind.plural].append(record)
    cells: list[list[Content]] = [
        [here.clock.show(at), plural, here.links(records)] for (at, plural), records in rows.items()
    ]
    left = len(found.merged) - _MOST_MERGED
    more = paragraph(quiet(f"And {left:,} more.")) if left > 0 else None
    return join([table(["When", "Kind", "Records"], cells, searchable=False), more])


def _none(words: str) -> Markup:
    return paragraph(quiet(words))
