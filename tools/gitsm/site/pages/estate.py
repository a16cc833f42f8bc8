"""The map of the estate: every service, what it stands on and what it carries, as tables and as a picture."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from gitsm.graph import Edge, SinglePoint, promised_availability, single_points
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record
from gitsm.site.assets import FOLDER
from gitsm.site.estate import plan
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, paragraph, quiet, tag
from gitsm.site.page import INDEX, Draft, Section, makes_files, makes_pages
from gitsm.site.tables import table
from gitsm.site.unseen import all_seen

MAP = f"map/{INDEX}"
"""The page of the map."""
DATA = "map/estate.js"
"""What the picture is drawn from, beside the other scripts."""
SCRIPTS = ("libraries/cytoscape/cytoscape.min.js", DATA, "estate.js")

_TIERS = (1, 2, 3, 4, None)
_MOST_POINTS = 25
_FEW = 150
"""Up to so many services, the tables of all tiers stand open."""
_HARD, _FELT, _FALLBACK = 1, 2, 4
"""What the script has to know of a dependency, as bits."""


@makes_pages
def estate(site: Site) -> Iterator[Draft]:
    """The map, where there is anything to be on it."""
    if site.graph.services:
        yield Draft(MAP, "Map", _sections, _top, navigation="Services", wide=True, scripts=SCRIPTS)


def row_of(service: Record[Service]) -> str:
    """The address of a service's row on the page of the map; the picture there shows the service."""
    return f"service-{service.id}"


def _top(here: Here) -> Markup:
    """Where the script puts the picture, and what it has to know."""
    graph = here.site.graph
    owners = {record.fields.owner for record in graph.services.values()}
    lead = paragraph(
        f"{len(graph.services)} services of {len(owners)} teams, and {len(graph.all_edges)} dependencies between them. "
        "Who stands on others is above them.",
        class_="g-lead",
    )
    top = here.site.places.url(here.path, "x")[:-1]
    return lead + tag("div", class_="g-estate", data_g_top=top)


def _sections(here: Here) -> Iterator[Section]:
    points = single_points(here.site.graph, promised_availability(here.repository))
    yield Section("Single points of failure", _points(here, points))
    by_tier: dict[int | None, list[Record[Service]]] = defaultdict(list)
    for record in here.site.graph.services.values():
        by_tier[record.fields.tier].append(record)
    for tier in _TIERS:
        services = sorted(by_tier[tier], key=lambda record: (record.title.casefold(), record.id))
        title = f"Tier {tier}" if tier is not None else "Without a tier"
        yield Section(f"{title} ({len(services)})" if services else "", _tier(here, services))
    undeclared = sorted({edge.on for edge in here.site.graph.undeclared})
    unread = {id for id in undeclared if here.repository.find("service", id) is not None}
    for title, ids in (
        ("In files that can't be read", unread),
        ("Named, but defined by no file", set(undeclared) - unread),
    ):
        rows = [
            [
                here.reference("service", id) if id in unread else tag("code", id),
                _named(here, here.site.graph.of(id)),
            ]
            for id in sorted(ids)
        ]
        yield Section(title, table(["Service", "Carries"], rows, searchable=False))


def _points(here: Here, points: Sequence[SinglePoint]) -> Markup:
    """The services that nothing stands in for, the one on which most promise hangs first."""
    rows: list[list[Content]] = []
    for point in points[:_MOST_POINTS]:
        service = here.repository.get(Service, point.service)
        tiers = [
            f"{count} of tier {tier}" if tier is not None else f"{count} without a tier"
            for tier, count in zip(_TIERS, point.by_tier, strict=True)
            if count
        ]
        # The same figure as in the tables of the tiers, and as `gitsm impact` has it: also what is still being built.
        count = _fails_with(here, point.service)
        used = "" if count == len(point.fails) else f", {len(point.fails) or 'none'} of them in use"
        of_tiers = f": {', '.join(tiers)}" if tiers else ""
        promises = sorted(point.promises.values(), reverse=True)
        rows.append(
            [
                here.reference("service", point.service),
                [str(count), quiet(used, of_tiers)],
                f"{len(promises)}, up to {promises[0]:g} %" if promises else None,
                here.party(service.fields.owner) if service is not None else None,
            ]
        )
    more = len(points) - _MOST_POINTS
    note = paragraph(quiet(f"and {more} more, with less promise on them")) if more > 0 else Markup("")
    headings = ["When it fails", "Services fail with it", "Promises of availability that hang on it", "Owner"]
    return table(headings, rows, searchable=False) + note


def _tier(here: Here, services: Sequence[Record[Service]]) -> Markup:
    graph = here.site.graph
    rows = [
        [
            tag("span", here.link(service), id=row_of(service)),
            here.party(service.fields.owner),
            service.fields.system,
            _named(here, graph.all_on(service.id), down=True),
            _named(here, graph.of(service.id)),
            str(_fails_with(here, service.id) or ""),
        ]
        for service in services
    ]
    headings = ["Service", "Owner", "System", "Stands on", "Carries", "Fail with it"]
    shown = table(headings, rows, searchable=False)
    if len(graph.services) <= _FEW or not shown:
        return shown
    return tag("details", tag("summary", "Show them"), shown, data_search_exclude="true")


_MOST_NAMED = 4


def _named(here: Here, edges: Sequence[Edge], *, down: bool = False) -> Content:
    """How many services stand at the other ends, and the first of them."""
    ids = list(dict.fromkeys(edge.on if down else edge.service for edge in edges))
    if not ids:
        return None
    few = len(here.site.graph.services) <= _FEW
    if not few:
        return str(len(ids))
    shown = here.references("service", ids[:_MOST_NAMED])
    more = len(ids) - _MOST_NAMED
    return [shown, quiet(f" and {more} more") if more > 0 else None]


def _fails_with(here: Here, id: str) -> int:
    return here.site.graph.fatal.reached([id]).bit_count() - 1


# --- the data of the picture


@makes_files
def data(site: Site) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """What the picture is drawn from, and what the script needs to follow a failure through it."""
    if site.graph.services:
        yield f"{FOLDER}/{DATA}", partial(_script, site)


def _script(site: Site) -> bytes:
    # In ASCII, so that no server's idea of an encoding changes a name.
    written = json.dumps(all_seen(_told(site)), ensure_ascii=True, separators=(",", ":"))
    return f"window.gitsmEstate={written};\n".encode("ascii")


def _told(site: Site) -> Mapping[str, object]:
    graph = site.graph
    ids = sorted(graph.ids)
    number = {id: place for place, id in enumerate(ids)}
    teams = sorted({record.fields.owner for record in graph.services.values()})
    of_team = {id: place for place, id in enumerate(teams)}
    laid = plan(graph)
    groups = list(graph.any.groups)
    of_group = {(group.owner, group.name): place for place, group in enumerate(groups)}
    return {
        "services": [[*_service(site, id, of_team), *laid.places[id]] for id in ids],
        "teams": [_team(site, id) for id in teams],
        "blocks": [[block.title, block.x, block.y, block.width, block.height] for block in laid.blocks],
        "edges": [
            _edge(edge, number, of_group.get((edge.service, edge.group or ""), -1))
            for edge in graph.all_edges
        ],
        "groups": [
            [
                number[group.owner],
                group.name,
                group.needed,
                [number[id] for id in graph.any.services(group.members)],
                [number[id] for id in graph.any.services(group.standing)],
            ]
            for group in groups
        ],
    }


def _service(site: Site, id: str, of_team: Mapping[str, int]) -> list[object]:
    record = site.graph.services.get(id)
    if record is None:
        return [id, id, 0, -1, "", "", ""]
    fields = record.fields
    address = site.places.url(INDEX, site.places.of_record(record))
    team = of_team[fields.owner]
    return [id, record.title, fields.tier or 0, team, fields.system or "", address, fields.lifecycle]


def _team(site: Site, id: str) -> list[str]:
    record = site.repository.get(Team, id)
    if record is None:
        return [id, id, ""]
    return [id, site.name(record), site.places.url(INDEX, site.places.of_record(record))]


def _edge(edge: Edge, number: Mapping[str, int], group: int) -> list[object]:
    """A dependency: its ends, how it counts, its redundancy group and its fallback, where it has them."""
    fallback = edge.dependency.fallback
    counts = _HARD * edge.hard | _FELT * edge.is_felt() | _FALLBACK * (fallback is not None)
    told: list[object] = [number[edge.service], number[edge.on], counts]
    if group >= 0 or fallback is not None:
        told.append(group)
    if fallback is not None:
        told.append(fallback.what)
    return told
