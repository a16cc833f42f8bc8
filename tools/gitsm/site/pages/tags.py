"""A page for each tag and for each system, with everything that carries it, and a list of both."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from gitsm.conditions import services_of
from gitsm.records.incident import Incident
from gitsm.records.service import Service
from gitsm.repository import Record, Repository, once
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, chip, join, paragraph, quiet
from gitsm.site.listing import listing, shortened
from gitsm.site.page import INDEX, Draft, Section, makes_pages
from gitsm.site.pages.change import ahead
from gitsm.site.pages.incident import open_incidents
from gitsm.site.pages.problem import is_open
from gitsm.site.tables import FILTER, table
from gitsm.site.tagged import MOST, SYSTEMS, TAGS, system_link, system_pages, systems, tag_pages, tagged

TAG_LIST = f"{TAGS}/{INDEX}"
"""The page that lists every tag."""
SYSTEM_LIST = f"{SYSTEMS}/{INDEX}"
"""The page that lists every system."""


# --- tags


@makes_pages
def tags(site: Site) -> Iterator[Draft]:
    """The list of tags, and a page for each."""
    known = tagged(site.repository)
    if not known:
        return
    yield Draft(TAG_LIST, "Tags", _tags, _tags_top, wide=True, navigation="Services")
    for name, path in tag_pages(site.repository).items():
        carrying = partial(_by_kind, known[name])
        yield Draft(path, f"Tag: {name}", carrying, _filter, parent=TAG_LIST, wide=True)


def _filter(_: Here) -> Content:
    return FILTER


def _tags_top(here: Here) -> Content:
    said = "What records are marked with, each with everything that carries it."
    if len(tagged(here.repository)) == MOST:
        said += f" These are the {MOST:,} that most records carry."
    return [paragraph(said, class_="g-lead"), FILTER]


def _tags(here: Here) -> Iterator[Section]:
    known = tagged(here.repository)
    rows = ([_tag(here, name), len(records), _kinds(records)] for name, records in known.items())
    yield Section("", table(["Tag", "Records", "Of which"], rows, searchable=False, filtered=True))


def _tag(here: Here, name: str) -> Content:
    return here.page(tag_pages(here.repository)[name], chip(name, "word"))


def _kinds(records: Iterable[Record[Any]]) -> str:
    """How many there are of each kind, in words."""
    counted = Counter(record.kind.plural for record in records)
    return ", ".join(f"{count:,} {plural.lower()}" for plural, count in sorted(counted.items()))


def _by_kind(records: Sequence[Record[Any]], here: Here) -> Iterator[Section]:
    """Records in a list for each kind: what somebody works on before what is history."""
    found: dict[str, list[Record[Any]]] = defaultdict(list)
    for record in records:
        found[record.kind.name].append(record)
    for kind in (each for each in here.repository.kinds.values() if each.name in found):
        # What begins with a day is wanted from the end.
        order = sorted(found[kind.name], key=lambda record: record.id, reverse=kind.dated)
        kept, left = shortened(here, order)
        more = paragraph(quiet(f"And {left:,} that are over: ", _all(here, kind.name, kind.plural)))
        shown = listing(here, kept, searchable=False, filtered=True)
        yield Section(f"{kind.plural} ({len(order):,})", join([shown, more if left else None]))


def _all(here: Here, kind: str, plural: str) -> Content:
    return here.page(here.site.places.of_kind(kind), f"all {plural.lower()}")


# --- systems


@makes_pages
def system_list(site: Site) -> Iterator[Draft]:
    """The list of systems, and a page for each."""
    known = systems(site.repository)
    if not known:
        return
    yield Draft(SYSTEM_LIST, "Systems", _systems, _systems_top, wide=True, navigation="Services")
    for name, path in system_pages(site.repository).items():
        shown = partial(_of_system, known[name])
        yield Draft(path, f"System: {name}", shown, _filter, parent=SYSTEM_LIST, wide=True)


def _systems_top(_: Here) -> Content:
    return [paragraph("What services belong together to.", class_="g-lead"), FILTER]


def _systems(here: Here) -> Iterator[Section]:
    known, suffering = systems(here.repository), _suffering(here)
    rows = ([system_link(here, name), *_told(here, known[name], suffering)] for name in known)
    headings = ["System", "Services", "Highest tier", "Owners", "Open incidents"]
    yield Section("", table(headings, rows, searchable=False, filtered=True))


def _suffering(here: Here) -> Mapping[str, set[str]]:
    """The incidents that are open, by service."""
    found: dict[str, set[str]] = defaultdict(set)
    for incident in open_incidents(here.repository.of(Incident), here):
        for service in incident.fields.services:
            found[service].add(incident.id)
    return found


def _told(
    here: Here, services: Sequence[Record[Service]], suffering: Mapping[str, set[str]]
) -> list[Content]:
    tiers = [service.fields.tier for service in services if service.fields.tier is not None]
    owners = sorted({service.fields.owner for service in services})
    count = len({id for service in services for id in suffering.get(service.id, ())})
    return [
        len(services),
        f"Tier {min(tiers)}" if tiers else None,
        here.references("team", owners),
        chip(count, "bad") if count else None,
    ]


@once
def _about(repository: Repository) -> Mapping[str, Sequence[Record[Any]]]:
    """The changes, incidents, problems and runbooks of each service."""
    found: dict[str, list[Record[Any]]] = defaultdict(list)
    for kind in ("change", "incident", "problem", "runbook"):
        for record in repository.all(kind):
            for service in services_of(repository, record) if record.checked is not None else ():
                found[service.id].append(record)
    return found


def _of_system(services: Sequence[Record[Service]], here: Here) -> Iterator[Section]:
    """Its services, and what is open, ahead and at hand for any of them."""
    about = {id(one): one for service in services for one in _about(here.repository).get(service.id, ())}

    def of(kind: str) -> list[Record[Any]]:
        return sorted((one for one in about.values() if one.kind.name == kind), key=lambda one: one.id)

    order = sorted(services, key=lambda service: (service.fields.tier or 9, service.title.casefold()))
    found: dict[str, Sequence[Record[Any]]] = {
        f"Services ({len(order)})": order,
        "Open incidents": open_incidents(of("incident"), here),
        "Changes ahead": ahead(here, of("change")),
        "Open problems": [problem for problem in of("problem") if is_open(problem)],
        "Runbooks": of("runbook"),
    }
    for title, records in found.items():
        yield Section(title, listing(here, records, searchable=False, filtered=True))
