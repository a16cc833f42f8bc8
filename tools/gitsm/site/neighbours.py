"""A service between those that stand on it and those that it stands on: as a picture and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from gitsm.graph import Edge
from gitsm.records.incident import Incident
from gitsm.records.service import Service
from gitsm.repository import Record, Repository, once
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, chip, div, join, quiet, tag
from gitsm.site.pages.incident import is_open
from gitsm.site.tables import table

_BOX, _HEIGHT, _GAP, _BETWEEN, _EDGE = 200, 36, 12, 90, 6
_MOST = 12
_LONGEST = 24
_FEW = 6
"""So many of either side a phone shows."""
_ROW, _SPINE, _INDENT, _WIDE = _HEIGHT + _GAP, 18, 40, 300


def stands_on(here: Here, service: Record[Service]) -> Markup:
    """What a service needs, and what happens without it."""
    rows: list[list[Content]] = []
    for dependency in service.fields.depends_on:
        other = here.repository.get(Service, dependency.service)
        group, fallback = dependency.redundancy_group, dependency.fallback
        rows.append(
            [
                [here.reference("service", dependency.service), " ", here.status(other) if other else None],
                _criticality(dependency.criticality == "hard"),
                [fallback.what, quiet(" users notice" if fallback.degraded else " users don't notice")]
                if fallback
                else None,
                f"{group.needed} of the group {group.name}" if group else None,
                here.party(other.fields.owner) if other is not None else None,
            ]
        )
    return table(["Service", "Without it", "Until it is back", "Enough are", "Owner"], rows)


def carries(here: Here, service: Record[Service]) -> Markup:
    """What stands on a service."""
    graph = here.site.graph
    rows = []
    for edge in graph.of(service.id):
        other = graph.services[edge.service]
        rows.append(
            [
                here.standing(other),
                _criticality(edge.hard),
                here.party(other.fields.owner),
            ]
        )
    return table(["Service", "When this one fails", "Owner"], rows)


def _criticality(hard: bool) -> Markup:
    return chip("fails", "bad") if hard else chip("works worse", "warn")


@once
def suffering(repository: Repository) -> frozenset[str]:
    """The services that have an open incident."""
    return frozenset(id for one in repository.of(Incident) if is_open(one) for id in one.fields.services)


def picture(here: Here, service: Record[Service]) -> Markup:
    """The same as an image whose boxes are links: those above it on the left, those below on the right."""
    graph = here.site.graph
    left, right = graph.of(service.id), graph.on(service.id)
    if not left and not right:
        return NOTHING
    rows = max(min(len(left), _MOST + 1), min(len(right), _MOST + 1), 1)
    height = rows * (_HEIGHT + _GAP) - _GAP + 2 * _EDGE
    width = 3 * _BOX + 2 * _BETWEEN + 2 * _EDGE
    middle = height / 2
    centre = _EDGE + _BOX + _BETWEEN
    shapes = [
        *_column(here, left, [edge.service for edge in left], _EDGE, middle, centre, to_left=True),
        *_column(
            here, right, [edge.on for edge in right], width - _EDGE - _BOX, middle, centre, to_left=False
        ),
        _box(None, service.title, centre, middle - _HEIGHT / 2, "g-map__box g-map__box--here"),
    ]
    return div("g-scroll", _svg(service, shapes, "g-map", width, height)) + _narrow(here, service)


def _svg(service: Record[Service], shapes: Content, class_: str, width: float, height: float) -> Markup:
    return tag(
        "svg",
        shapes,
        class_=class_,
        viewBox=f"0 0 {width:g} {height:g}",
        role="group",
        aria_label=f"{service.title} with the services around it; the tables say the same in words",
    )


def _narrow(here: Here, service: Record[Service]) -> Markup:
    """The same for a phone: above it what stands on it, below it what it stands on, all on one line at the left."""
    graph = here.site.graph
    above, below = graph.of(service.id), graph.on(service.id)
    shapes: list[Content] = []
    y = float(_EDGE)
    middle = y + (min(len(above), _FEW + 1)) * _ROW + _HEIGHT / 2
    for edges, ids in (
        (above, [edge.service for edge in above]),
        (below, [edge.on for edge in below]),
    ):
        for edge, id in list(zip(edges, ids, strict=True))[:_FEW]:
            line = f"M{_INDENT} {y + _HEIGHT / 2:g} H{_SPINE} V{middle:g}"
            look = "g-map__edge" + ("" if edge.hard else " g-map__edge--soft")
            shapes.append(tag("path", d=line, class_=look))
            shapes.append(_around(here, id, edge.hard, _INDENT, y, _WIDE))
            y += _ROW
        if len(edges) > _FEW:
            shapes.append(_label(f"and {len(edges) - _FEW} more", _INDENT, y, _WIDE))
            y += _ROW
        if edges is above:
            own = _box(None, service.title, _EDGE, y, "g-map__box g-map__box--here", _INDENT + _WIDE - _EDGE)
            y += _ROW
    width, height = _INDENT + _WIDE + _EDGE, y - _GAP + _EDGE
    return _svg(service, [*shapes, own], "g-map g-map--narrow", width, height)


def _column(
    here: Here,
    edges: Sequence[Edge],
    ids: Sequence[str],
    x: float,
    middle: float,
    centre: float,
    *,
    to_left: bool,
) -> Iterator[Markup]:
    shown = min(len(ids), _MOST)
    count = shown + (len(ids) > shown)
    top = middle - (count * (_HEIGHT + _GAP) - _GAP) / 2
    for index in range(shown):
        y = top + index * (_HEIGHT + _GAP)
        start, end = (x + _BOX, centre) if to_left else (centre + _BOX, x)
        first, last = (y + _HEIGHT / 2, middle) if to_left else (middle, y + _HEIGHT / 2)
        half = (start + end) / 2
        curve = f"M{start:g} {first:g} C{half:g} {first:g} {half:g} {last:g} {end:g} {last:g}"
        hard = edges[index].hard
        yield tag("path", d=curve, class_="g-map__edge" + ("" if hard else " g-map__edge--soft"))
        yield _around(here, ids[index], hard, x, y, _BOX)
    if count > shown:
        y = top + shown * (_HEIGHT + _GAP)
        yield _label(f"and {len(ids) - shown} more", x, y, _BOX)


def _around(here: Here, id: str, hard: bool, x: float, y: float, width: float) -> Markup:
    """A neighbour as a box that leads to it."""
    record = here.site.graph.services[id]
    url = here.url(here.site.places.of_record(record))
    suffers = record.id in suffering(here.repository)
    look = ("" if hard else " g-map__box--soft") + (" g-map__box--bad" if suffers else "")
    return _box(url, ("⚠ " if suffers else "") + record.title, x, y, "g-map__box" + look, width)


def _box(url: str | None, label: str, x: float, y: float, class_: str, width: float = _BOX) -> Markup:
    rectangle = tag(
        "rect", x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{_HEIGHT}", rx="4", class_=class_
    )
    shapes = join([rectangle, _label(label, x, y, width)])
    return tag("a", shapes, href=url) if url else tag("g", shapes)


def _label(label: str, x: float, y: float, width: float) -> Markup:
    most = int(_LONGEST * width / _BOX)
    shown = label if len(label) <= most else label[: most - 1] + "…"
    middle, baseline = x + width / 2, y + _HEIGHT / 2
    return tag("text", shown, x=f"{middle:g}", y=f"{baseline:g}", class_="g-map__label")
