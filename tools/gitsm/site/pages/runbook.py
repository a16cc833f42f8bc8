"""Runbooks: what the alert means, the first commands and whom to call, then every step as it was written.

The first screen of a phone holds what somebody needs who has just been woken; nothing there is cut short: what
doesn't fit is a link to where it stands whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from markupsafe import Markup

from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.records.runbook import Runbook
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import FieldsType, Record
from gitsm.site.alerts import alert_links
from gitsm.site.appearance import Sections, columns, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here, is_address
from gitsm.site.html import NOTHING, Content, bullets, chip, div, facts, join, outside, paragraph, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.page import Heading, Rank, Section
from gitsm.site.pages.change import between, span_of
from gitsm.site.pages.incident import open_incidents
from gitsm.site.pages.problem import known_errors, workarounds
from gitsm.site.pages.team import call_list, calls, escalation
from gitsm.site.runbook_parts import Part, by_lines, first_commands, named, parts_of

_MOVED_UP = ("meaning", "impact")
_STEPS = ("diagnosis", "mitigation", "verification", "undo")

_STALE = timedelta(days=365)
"""A rehearsal that is longer ago says little about today."""
_LATELY = timedelta(hours=24)
_MOST_LINKS = 4


def due(runbook: Record[Runbook]) -> date | None:
    """The day by which it must be reviewed again; None where nobody says."""
    fields = runbook.fields
    return fields.review_every.after(fields.reviewed) if fields.review_every and fields.reviewed else None


def services_of(here: Here, runbook: Record[Runbook]) -> list[Record[Service]]:
    """The services that it is for, those that a file defines."""
    found = (here.repository.get(Service, id) for id in runbook.fields.services)
    return [service for service in found if service is not None]


@status("runbook")
def _status(here: Here, runbook: Record[Runbook]) -> Iterator[Markup]:
    by = due(runbook)
    if by is not None and by < here.clock.today:
        yield chip("review overdue", "bad")
    elif runbook.fields.reviewed is None and runbook.fields.review_every is not None:
        yield chip("never reviewed", "bad")


@columns("runbook")
def _columns(here: Here, runbook: Record[Runbook]) -> dict[str, Content]:
    fields = runbook.fields
    return {
        "Alerts": alert_links(here, fields.alerts),
        "Services": here.references("service", fields.services) or "all",
        "Reviewed": here.clock.show(fields.reviewed) if fields.reviewed else None,
        "Rehearsed": here.clock.show(fields.rehearsed.on) if fields.rehearsed else None,
    }


@rank("runbook")
def _rank(here: Here, runbook: Record[Runbook]) -> Rank:
    return Rank.RUNBOOK


@sections("runbook")
def runbook_sections(here: Here, runbook: Record[Runbook]) -> Sections:
    """Everything that its page shows, and the page of an alert that it answers."""
    services = services_of(here, runbook)
    parts = parts_of(here, runbook)
    up = [part for name in _MOVED_UP for part in [named(parts, name)] if part is not None]
    yield _first_screen(here, runbook, services, parts, up)
    for part in parts:
        if not any(part is moved for moved in up):
            yield from _as_written(runbook, part)
    yield Section("Known errors", workarounds(here, known_errors(of_services(here, services, Problem))))
    yield Section(
        "Open incidents", listing(here, open_incidents(of_services(here, services, Incident), here))
    )
    others = _paths(here, runbook, services)[1:]
    yield Section("Whom to call for other services", _calls(here, others))
    told = {"title", "services", "alerts", "owner", "review_every", "reviewed", "rehearsed"}
    yield from Fields(here, runbook).sections(without=told)


def _as_written(runbook: Record[Runbook], part: Part) -> Sections:
    """A part as it stands in the file; in those that hold steps, a browser lets each be ticked off."""
    for section in part.sections:
        html = by_lines(section.html)
        if part.name in _STEPS and html:
            html = tag("div", html, class_="g-steps", data_g_steps=runbook.id)
        yield Section(section.title, html, section.anchor, section.level, section.heading)


# --- the first screen


def _first_screen(
    here: Here,
    runbook: Record[Runbook],
    services: Sequence[Record[Service]],
    parts: Sequence[Part],
    up: Sequence[Part],
) -> Section:
    taken = {section.anchor for part in parts for section in part.sections}
    headings: list[Heading] = []
    what = [_warnings(here, runbook), _trust(here, runbook)]
    for part in up:
        for section in part.sections:
            if section.heading is not None:
                headings.append(Heading(max(section.level, 2), section.anchor, section.title or "…"))
                what.append(tag(f"h{max(section.level, 2)}", section.heading, id=section.anchor))
            what.append(section.html)

    def titled(title: str, inside: Markup) -> Markup:
        if not inside:
            return NOTHING
        anchor = title.lower().replace(" ", "-")
        while anchor in taken:
            anchor += "-now"
        taken.add(anchor)
        headings.append(Heading(2, anchor, title))
        return tag("h2", title, id=anchor) + inside

    what.append(titled("First commands", first_commands(parts)))
    beside = [
        _links(runbook),
        titled("Who to call", _first_calls(here, runbook, services)),
        titled("On its services now", _lately(here, services)),
        facts(
            [
                ("Services", here.links(services) or ("all" if not runbook.fields.services else None)),
                ("Alerts", alert_links(here, runbook.fields.alerts)),
                ("Kept by", here.party(runbook.fields.owner)),
                ("Reviewed", _reviewed(here, runbook.fields, due(runbook))),
                ("Rehearsed", _rehearsed(here, runbook.fields)),
            ]
        ),
    ]
    shown = div("g-first", div("g-first__what", what), div("g-first__beside", beside))
    return Section("", shown, inside=tuple(headings))


def _links(runbook: Record[Runbook]) -> Markup:
    """Its dashboards: what is opened beside the first command."""
    links = [link for link in runbook.fields.links if is_address(link.url)]
    shown = [outside(link.url, link.title) for link in links[:_MOST_LINKS]]
    more = len(links) - _MOST_LINKS
    if more > 0:
        shown.append(tag("a", f"and {more} more", href="#links-and-labels"))
    return paragraph(quiet("Look at"), " ", join(shown, " · "), class_="g-first__links") if shown else NOTHING


def _warnings(here: Here, runbook: Record[Runbook]) -> Markup:
    """Why to look twice at each command. A page may be older than the day on which it becomes overdue."""
    fields, by = runbook.fields, due(runbook)
    found: list[Markup] = []
    if by is not None:
        told = ["Review overdue: it was due by ", here.clock.show(by, relative=False), ". ", _CARE]
        found.append(_warning(here, told, since=here.clock.end(by)))
    elif fields.review_every is not None:
        found.append(_warning(here, ["Never reviewed. ", _CARE]))
    if fields.rehearsed is not None:
        last = fields.rehearsed.on
        told = ["Stale: last rehearsed on ", here.clock.show(last, relative=False), ", over a year ago."]
        found.append(_warning(here, told, since=here.clock.begin(last) + _STALE))
    return join(found)


_CARE = "Read each command before you run it."


def _warning(here: Here, words: Content, *, since: datetime | None = None) -> Markup:
    """A warning; one that holds only from a moment on is shown by the browser when that has come."""
    later = since if since is not None and since > here.clock.now else None
    if later is not None and not here.site.scripted:
        return NOTHING
    return tag(
        "p",
        words,
        class_="g-warning g-later" if later else "g-warning",
        hidden=later is not None,
        data_g_from=str(int(later.timestamp()) // 60) if later else None,
        data_search_exclude="true",
    )


def _first_calls(here: Here, runbook: Record[Runbook], services: Sequence[Record[Service]]) -> Markup:
    paths = _paths(here, runbook, services)
    for steps, of in paths:
        note = paragraph("For ", here.links(of), ":") if len(paths) > 1 else NOTHING
        more = paragraph(
            tag("a", "Whom to call for its other services", href="#whom-to-call-for-other-services")
        )
        return join([note, call_list(here, steps), more if len(paths) > 1 else None])
    return NOTHING


Steps = Sequence[tuple[str, str]]


def _paths(
    here: Here, runbook: Record[Runbook], services: Iterable[Record[Service]]
) -> list[tuple[Steps, list[Record[Service]]]]:
    """Who is called for its services, in the order of the services; whoever keeps it, where it names none."""
    paths: dict[tuple[tuple[str, str], ...], list[Record[Service]]] = {}
    for service in services:
        paths.setdefault(tuple(escalation(here, service)), []).append(service)
    owner = here.repository.get(Team, runbook.fields.owner)
    if not paths and owner is not None:
        own = [(step.team, str(step.after)) for step in owner.fields.escalation]
        at_once = [] if own and own[0][0] == owner.id else [(owner.id, "0 min")]
        paths[(*at_once, *own)] = []
    return list(paths.items())


def _calls(here: Here, paths: Iterable[tuple[Steps, Sequence[Record[Service]]]]) -> Markup:
    return join([[paragraph("For ", here.links(of), ":"), calls(here, steps)] for steps, of in paths])


def _trust(here: Here, runbook: Record[Runbook]) -> Markup:
    """When it was last looked at and last tried, in a line."""
    fields = runbook.fields
    reviewed = here.clock.show(fields.reviewed, relative=False) if fields.reviewed else "never"
    rehearsed = here.clock.show(fields.rehearsed.on, relative=False) if fields.rehearsed else "never"
    return paragraph("Reviewed ", reviewed, " · rehearsed ", rehearsed, class_="g-trust g-quiet")


def _lately(here: Here, services: Sequence[Record[Service]]) -> Markup:
    """What is broken, what is known to break, and what changed last night."""
    if not services:
        return NOTHING
    now = here.clock.now
    changed = between(here, of_services(here, services, Change), now - _LATELY, now)
    items: list[Content] = [
        *(
            ["Open: ", here.standing(one)]
            for one in open_incidents(of_services(here, services, Incident), here)
        ),
        *(["Known: ", here.standing(one)] for one in known_errors(of_services(here, services, Problem))),
        *(["Changed: ", here.standing(one), " ", _when(here, one)] for one in changed),
    ]
    moment = here.clock.show(now, relative=False)
    none = [] if changed else [quiet("No change in the 24 hours before ", moment, ".")]
    return bullets([*items, *none])


def _when(here: Here, change: Record[Change]) -> Content:
    span = span_of(change)
    return quiet(here.clock.span(*span, relative=False)) if span else None


def of_services(
    here: Here, services: Iterable[Record[Service]], model: type[FieldsType]
) -> list[Record[FieldsType]]:
    """The records of a kind that are about one of several services, each once."""
    found = {
        one.id: one for service in services for one in here.repository.referring(service, model, "services")
    }
    return list(found.values())


def _reviewed(here: Here, fields: Runbook, by: date | None) -> Content:
    if fields.reviewed is None:
        return "never" if fields.review_every else None
    overdue = by is not None and by < here.clock.today
    again = (
        [", ", chip("overdue", "bad") if overdue else "again by", " ", here.clock.show(by, relative=overdue)]
        if by
        else None
    )
    return [here.clock.show(fields.reviewed), again]


def _rehearsed(here: Here, fields: Runbook) -> Content:
    trial = fields.rehearsed
    if trial is None:
        return "not recorded"
    took = quiet(f", took {trial.took}") if trial.took else None
    return [here.clock.show(trial.on), quiet(" by ", here.party(trial.by)) if trial.by else None, took]
