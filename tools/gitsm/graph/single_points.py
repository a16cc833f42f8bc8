"""The services whose failure alone brings down others, ranked by how much promise hangs on them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitsm.graph.dependencies import Graph
from gitsm.graph.spread import too_few
from gitsm.records.agreement import Agreement
from gitsm.records.service import IN_USE, Lifecycle
from gitsm.repository import Record, Repository, once

TIERS = (1, 2, 3, 4, None)
MOST_NINES = 6.0
"""What a promise without any outage counts."""


@dataclass(frozen=True, slots=True)
class SinglePoint:
    """A service that others fail with, and that nothing stands in for."""

    service: str
    stage: Lifecycle | None
    """The stage of its lifecycle that it is in; None where no file defines it."""
    fails: tuple[str, ...]
    """The services in use that fail with it."""
    planned: tuple[str, ...]
    """Those that are still being designed or built, and would."""
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

    They are ranked by the promised availability of the services in use that fail with them, each
    promise counted by its nines; then by how many services of tier 1 fail, then of tier 2, and so on;
    then by how many are being built that would; then by id. What no file defines is among them, and
    what is still being built: others stand on it all the same. What is retired is not: it is down.
    """
    found = [
        point
        for id in graph.ids
        if not graph.is_retired(id) and (point := _point(graph, id, promises)) is not None
    ]
    return sorted(
        found,
        key=lambda point: (
            -point.nines,
            [-count for count in point.by_tier],
            -len(point.planned),
            point.service,
        ),
    )


def _point(graph: Graph, id: str, promises: Mapping[str, float]) -> SinglePoint | None:
    gone = graph.fatal.reached([id])
    with_it = [
        graph.services[each]
        for each in graph.fatal.services(gone & ~graph.fatal.bit[id])
        if each in graph.services and not graph.is_retired(each)
    ]
    if not with_it:
        return None
    fails = [each for each in with_it if each.fields.lifecycle in IN_USE]
    tiers = [each.fields.tier for each in fails]
    promised = {each.id: promises[each.id] for each in fails if each.id in promises}
    record = graph.services.get(id)
    return SinglePoint(
        service=id,
        stage=record.fields.lifecycle if record is not None else None,
        fails=tuple(each.id for each in fails),
        planned=tuple(each.id for each in with_it if each.fields.lifecycle not in IN_USE),
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
