"""The front page: what is open, what changes now and soon, and when nothing may be changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from markupsafe import Markup

from gitsm.diagnostic import Severity
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.records.service import Service
from gitsm.repository import Record
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, chip, paragraph, quiet, tag
from gitsm.site.listing import listing
from gitsm.site.page import INDEX, Draft, Section, makes_pages
from gitsm.site.pages.calendar import freezes
from gitsm.site.pages.change import NEEDS_ATTENTION, between, in_order
from gitsm.site.pages.incident import open_incidents, priority
from gitsm.site.pages.night import NIGHT, night_named, night_of
from gitsm.site.pages.problem import is_open
from gitsm.site.tables import table

FINDINGS = "findings.md"
"""The page that lists every finding."""

_SOON = timedelta(days=7)
# The names of the sections have dates, so that they stay true; links to them stay too.
_TODAY, _NEXT = "changes-today", "changes-in-the-next-seven-days"


@makes_pages
def home(_: Site) -> Iterator[Draft]:
    """The front page."""
    yield Draft(INDEX, "Now", _sections, _tiles, navigation="Home", wide=True)


def _sections(here: Here) -> Iterator[Section]:
    repository = here.repository
    incidents = open_incidents(repository.of(Incident), here)
    yield Section(
        "Open incidents", listing(here, incidents, searchable=False) or _none("No incident is open.")
    )
    waiting = [one for one in repository.of(Change) if here.site.states[one.id] in NEEDS_ATTENTION]
    yield Section(
        "Changes under way, or waiting for a word", listing(here, in_order(waiting), searchable=False)
    )
    today, soon = _changes(here)
    yield Section(
        f"Changes today, {here.clock.day(here.clock.today)}",
        listing(here, today, searchable=False) or _none("Nothing is changed on this day."),
        anchor=_TODAY,
    )
    yield Section(
        f"Changes in the seven days after it, to {here.clock.day(here.clock.today + _SOON)}",
        listing(here, soon, searchable=False) or _none("Nothing is planned."),
        anchor=_NEXT,
    )
    yield Section("Freezes", freezes(here) or _none("No freeze holds or is ahead."))
    problems = [one for one in repository.of(Problem) if is_open(one)]
    yield Section("Open problems", listing(here, problems, searchable=False) or _none("No problem is open."))
    yield Section("Services", _services(here))


def _changes(here: Here) -> tuple[list[Record[Change]], list[Record[Change]]]:
    """Changes of today, and of the seven days after it."""
    clock = here.clock
    begin, end = clock.begin(clock.today), clock.end(clock.today)
    changes = here.repository.of(Change)
    today = between(here, changes, begin, end)
    soon = between(here, changes, end, end + _SOON)
    return today, [change for change in soon if change not in today]


def _none(words: str) -> Markup:
    return paragraph(quiet(words))


def _tiles(here: Here) -> Markup:
    """The state of things in one line."""
    incidents = open_incidents(here.repository.of(Incident), here)
    worst = priority(here, incidents[0]) if incidents else None
    today, soon = _changes(here)
    clock = here.clock
    last = night_of(here).happened
    report = here.site.report
    found = len(report.findings) if report else 0
    errors = report.count(Severity.ERROR) if report else 0
    problems = sum(is_open(problem) for problem in here.repository.of(Problem))
    tiles = [
        _tile(here, "Open incidents", len(incidents), worst, "bad", "#open-incidents"),
        _tile(here, f"Changed in the {night_named(here)}", last, None, "info", here.url(NIGHT)),
        _tile(here, f"Changes today, {clock.day(clock.today)}", len(today), None, "info", f"#{_TODAY}"),
        _tile(here, f"Changes to {clock.day(clock.today + _SOON)}", len(soon), None, "info", f"#{_NEXT}"),
        _tile(here, "Open problems", problems, None, "warn", "#open-problems"),
        _tile(here, "Findings", found, f"{errors} errors" if errors else None, "warn", here.url(FINDINGS))
        if report is not None
        else None,
    ]
    # The day that the page speaks of: on any other a script warns.
    return tag("div", tiles, class_="g-tiles", data_g_day=clock.today.isoformat())


def _tile(here: Here, label: str, count: int, besides: str | None, tone: str, url: str) -> Markup:
    figure = tag("span", str(count), class_="g-tile__figure")
    extra: Content = [" ", chip(besides, tone)] if besides else None
    class_ = f"g-tile g-tile--{tone}" if count else "g-tile"
    return tag("a", figure, extra, tag("span", label, class_="g-tile__label"), href=url, class_=class_)


def _services(here: Here) -> Markup:
    """Every live service by tier, the shortest way to its page."""
    live = [service for service in here.repository.of(Service) if service.fields.lifecycle == "live"]
    rows: list[list[Content]] = []
    for tier in (1, 2, 3, 4, None):
        members = sorted(
            (one for one in live if one.fields.tier == tier), key=lambda one: one.title.casefold()
        )
        if members:
            rows.append([f"Tier {tier}" if tier else "No tier", here.links(members)])
    return table(["Tier", "Live services"], rows) or _none("No service is live.")
