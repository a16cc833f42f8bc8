"""The services whose failure alone brings down others, ranked by how much promise hangs on them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitsm.graph.dependencies import Graph
from gitsm.graph.spread import too_few
from gitsm.records.agreement import Agreement
from gitsm.records.service import IN_USE, Service
from gitsm.repository import Record, Repository, once

TIERS = (1, 2, 3, 4, None)
MOST_NINES = 6.0
"""What a promise without any outage counts."""


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A service that others fail with, and that nothing stands in for."""

    service: str
    fails: tuple[str, ...]
    """The services in use that fail with it."""
    by_tier: tuple[int, ...]
    """How many of them are of tier 1, 2, 3, 4, and of none."""
    promises: Mapping[str, float]
    """The availability that is promised for each of them, where one is."""
    nines: float
    """The promises as a sum: 99 % counts 2, 99.9 % counts 3."""
    defeats: tuple[tuple[str, str], ...]
    """The redundancy groups that it undoes, each with its service: their members all stand on it."""


def single_points(graph: Graph, promises: Mapping[str, float]) -> list[SinglePoint]:
    """The single points of failure of an estate, the one on which most promise hangs first.

    They are ranked by the promised availability of the services that fail with them, each promise
    counted by its nines; then by how many services of tier 1 fail, then of tier 2, and so on; then by
    id. Services that are not in use neither fail nor are failed by others.
    """
    found = [
        point
        for id, record in graph.services.items()
        if _is_used(record) and (point := _point(graph, id, promises)) is not None
    ]
    return sorted(found, key=lambda point: (-point.nines, [-count for count in point.by_tier], point.service))


def _is_used(record: Record[Service]) -> bool:
    return record.fields.lifecycle in IN_USE


def _point(graph: Graph, id: str, promises: Mapping[str, float]) -> SinglePoint | None:
    gone = graph.fatal.reached([id])
    fails = [
        each
        for each in graph.fatal.services(gone & ~graph.fatal.bit[id])
        if each in graph.services and _is_used(graph.services[each])
    ]
    if not fails:
        return None
    tiers = [graph.services[each].fields.tier for each in fails]
    promised = {each: promises[each] for each in fails if each in promises}
    return SinglePoint(
        service=id,
        fails=tuple(fails),
        by_tier=tuple(tiers.count(tier) for tier in TIERS),
        promises=promised,
        nines=round(sum(_nines(share) for share in promised.values()), 6),
        defeats=tuple(sorted(_defeats(graph, id, gone))),
    )


def _nines(share: float) -> float:
    return min(-math.log10(1 - share / 100), MOST_NINES) if share < 100 else MOST_NINES


def _defeats(graph: Graph, id: str, gone: int) -> Iterator[tuple[str, str]]:
    spread = graph.fatal
    for group in spread.groups:
        others = group.weighty & ~spread.bit[id]
        is_hit = spread.bit[group.owner] & gone and others & gone and others == group.weighty
        if is_hit and group.owner != id and too_few(group, gone):
            yield group.owner, group.name


@once
def promised_availability(repository: Repository) -> Mapping[str, float]:
    """The strictest availability that an agreement in force promises for each service, in percent."""
    found: dict[str, float] = {}
    for agreement in repository.of(Agreement):
        service, target = agreement.id.rpartition("/")[0], agreement.fields.availability
        if target is not None and _is_in_force(repository, agreement):
            found[service] = max(found.get(service, 0.0), float(target.target))
    return found


def _is_in_force(repository: Repository, agreement: Record[Agreement]) -> bool:
    valid, today = agreement.fields.valid, repository.today
    if valid is None:
        return True
    return (valid.from_ is None or valid.from_ <= today) and (valid.to is None or today <= valid.to)
