"""The single points of failure of all services: for people, for tickets and for programs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from typing import Any

from gitsm.commands.impact.words import VERSION, counted, paragraph
from gitsm.formats import harmless_json
from gitsm.formats.markdown import prose
from gitsm.graph import Graph, SinglePoint, promised_availability, single_points
from gitsm.records.service import IN_USE
from gitsm.repository import Repository
from gitsm.terminal import safe, styled, wants_colour, wrapped

_MOST_NAMED = 8


def _fail(point: SinglePoint) -> str:
    """How many services fail with a single point, and how many would."""
    count, planned = len(point.fails), len(point.planned)
    if not count:
        return f"{counted(planned, 'service')} that {_are(planned)} not in use yet would fail with it"
    in_use = f"{counted(count, 'service')} in use {'fails' if count == 1 else 'fail'} with it"
    return in_use + (f", and {planned} that {_are(planned)} not in use yet" if planned else "")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _what_it_is(graph: Graph, point: SinglePoint) -> str:
    """A single point with its owner; clearly marked where it is not in use yet, or nobody defines it."""
    record = graph.services.get(point.service)
    if record is None:
        return f"{point.service} (no file defines it)"
    stage = record.fields.lifecycle
    words = stage if stage in IN_USE else f"{stage}, not in use yet"
    return f"{point.service}{f' ({words})' if stage != 'live' else ''}, of {record.fields.owner}"


def points(repository: Repository, graph: Graph, form: str) -> Iterator[str]:
    """The lines of the list."""
    found = single_points(graph, promised_availability(repository))
    if form == "json":
        data = {"version": VERSION, "single_points": [_point_data(point) for point in found]}
        yield from harmless_json(data).split("\n")
        return
    width, colour = min(shutil.get_terminal_size().columns, 120), wants_colour()
    missing = len(graph.ids) - len(graph.services)
    and_missing = f" and {missing} that no file defines" if missing else ""
    of = f"of {counted(len(graph.services), 'service')}{and_missing}"
    head = f"{counted(len(found), 'single point')} of failure {of}, the one on which most promise hangs first"
    if form == "markdown":
        yield from (f"**{prose(head)}**", "")
    else:
        yield from paragraph(head, width, "")
    for number, point in enumerate(found, 1):
        title = f"{_what_it_is(graph, point)}: {_fail(point)}"
        if form == "markdown":
            yield f"{number}. {prose(title)}"
            yield from (f"    - {prose(line)}" for line in _about(point))
            continue
        yield ""
        first, *more = wrapped(safe(f"{number}. {title}"), width, "")
        yield from (styled(line, colour, bold=True) for line in (first, *more))
        for line in _about(point):
            yield from paragraph(line, width, "   ")


def _about(point: SinglePoint) -> Iterator[str]:
    if point.fails:
        yield _listed(point.fails)
    tiers = zip(("tier 1", "tier 2", "tier 3", "tier 4", "no tier"), point.by_tier, strict=True)
    if point.fails:
        yield ", ".join(f"{count} of {tier}" for tier, count in tiers if count)
    if point.planned:
        yield f"not in use yet: {_listed(point.planned)}"
    if point.promises:
        strictest = sorted(point.promises.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_NAMED]
        named = ", ".join(f"{id} {share:g} %" for id, share in strictest)
        more = len(point.promises) - len(strictest)
        yield f"promised, {point.nines:.1f} nines together: {named}{f' and {more} more' if more else ''}"
    for service, group in point.defeats:
        yield f"undoes the redundancy group {group} of {service}: every member stands on it"


def _listed(services: Sequence[str]) -> str:
    more = len(services) - _MOST_NAMED
    return f"{', '.join(services[:_MOST_NAMED])}{f' and {more} more' if more > 0 else ''}"


def _point_data(point: SinglePoint) -> dict[str, Any]:
    return {
        "service": point.service,
        "lifecycle": point.stage,
        "fails": list(point.fails),
        "planned": list(point.planned),
        "by_tier": dict(zip(("1", "2", "3", "4", "none"), point.by_tier, strict=True)),
        "promises": point.promises,
        "nines": point.nines,
        "defeats": [{"service": service, "group": group} for service, group in point.defeats],
    }
