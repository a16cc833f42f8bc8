"""Where each service stands on the map of the estate: worked out when the site is built, so that no browser has to.

Who stands on others is above them. Services of one system lie together in a block, in an estate without systems
those of one team; a small estate is one block. Blocks that users see stand above those that carry them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gitsm.graph import Graph
from gitsm.graph.circles import knots

STEP, ROW = 180, 84
"""How far services stand apart, from side to side and from row to row."""
_EDGE, _HEAD, _APART = 130, 60, 90
_TITLE = 170
_SMALL = 60
"""Up to so many services need no blocks."""
_LEAST_COLUMNS = 7
_WIDE = 1.7
"""How much wider than high the whole should be."""
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Block:
    """Services that lie together, with the middle of their block and its size."""

    title: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The map: the middle of each service, and the blocks behind them."""

    places: Mapping[str, tuple[int, int]]
    blocks: tuple[Block, ...]


def plan(graph: Graph) -> Plan:
    """Places for all services of a graph, also those that only a dependency names; the same on each run."""
    ranks = ranks_of(graph)
    blocks = _blocks(graph)
    laid = [(title, _laid(graph, ids, ranks)) for title, ids in blocks.items()]
    order = sorted(
        laid, key=lambda block: (sum(ranks[id] for row in block[1] for id in row) / _size(block[1]), block[0])
    )
    return _packed(order, titled=len(blocks) > 1)


def ranks_of(graph: Graph) -> Mapping[str, int]:
    """How many services stand above each on the longest way; those in a circle share a rank."""
    consumers = {id: [edge.service for edge in graph.of(id)] for id in sorted(graph.ids)}
    ranks: dict[str, int] = {}
    for knot in knots(consumers):
        above = {each for id in knot for each in consumers[id]} - set(knot)
        ranks.update(dict.fromkeys(knot, 1 + max((ranks[each] for each in above), default=-1)))
    return ranks


def _blocks(graph: Graph) -> Mapping[str, list[str]]:
    """The services by what keeps them together, by id."""
    found: dict[str, list[str]] = defaultdict(list)
    ids = sorted(graph.ids)
    systems = any(record.fields.system for record in graph.services.values())
    for id in ids:
        record = graph.services.get(id)
        together = "" if record is None else record.fields.system if systems else record.fields.owner
        found[together or ""].append(id)
    return found if len(ids) > _SMALL or not ids else {"": ids}


def _laid(graph: Graph, ids: Sequence[str], ranks: Mapping[str, int]) -> list[list[str]]:
    """The rows of a block: those of a rank one beside the other, close to what they depend on."""
    inside = set(ids)
    layers: dict[int, list[str]] = defaultdict(list)
    for id in ids:
        layers[ranks[id]].append(id)
    rows = [layers[rank] for rank in sorted(layers)]
    above = {id: [edge.service for edge in graph.of(id) if edge.service in inside] for id in ids}
    below = {id: [edge.on for edge in graph.all_on(id) if edge.on in inside] for id in ids}
    at = {id: place - len(row) / 2 for row in rows for place, id in enumerate(row)}
    for sweep in range(_SWEEPS):
        near = below if sweep % 2 else above
        for row in reversed(rows) if sweep % 2 else rows:
            row.sort(key=_pull(at, near))
            at.update((id, place - len(row) / 2) for place, id in enumerate(row))
    columns = max(_LEAST_COLUMNS, math.ceil(math.sqrt(len(ids))))
    return [part for row in rows for part in _split(row, columns)]


def _pull(at: Mapping[str, float], near: Mapping[str, Sequence[str]]) -> Callable[[str], tuple[float, str]]:
    def key(id: str) -> tuple[float, str]:
        others = near[id]
        return (sum(at[each] for each in others) / len(others) if others else at[id]), id

    return key


def _split(row: Sequence[str], columns: int) -> Iterable[list[str]]:
    """A row that is too wide as several of about the same length."""
    parts = math.ceil(len(row) / columns)
    length = math.ceil(len(row) / parts)
    return [list(row[start : start + length]) for start in range(0, len(row), length)]


def _size(rows: Iterable[Sequence[str]]) -> int:
    return sum(map(len, rows))


def _packed(blocks: Sequence[tuple[str, list[list[str]]]], *, titled: bool) -> Plan:
    """Blocks on shelves, one shelf below the other."""
    head = _HEAD + _TITLE if titled else _HEAD
    sizes = [(max(map(len, rows)) * STEP + _EDGE, len(rows) * ROW + head) for _, rows in blocks]
    area = sum((width + _APART) * (height + _APART) for width, height in sizes)
    widest = max([math.isqrt(round(area * _WIDE)), *(width for width, _ in sizes)], default=0)
    places: dict[str, tuple[int, int]] = {}
    found: list[Block] = []
    left, top, bottom = 0, 0, 0
    for (title, rows), (width, height) in zip(blocks, sizes, strict=True):
        if left and left + width > widest:
            left, top = 0, bottom + _APART
        for number, row in enumerate(rows):
            # Rows stand a little aside of each other, so that lines between far ones don't hide behind boxes.
            start = left + width // 2 - (len(row) - 1) * STEP // 2 + (STEP // 4 if number % 2 else -STEP // 4)
            y = top + head - _HEAD // 2 + ROW // 2 + number * ROW
            places.update((id, (start + place * STEP, y)) for place, id in enumerate(row))
        if titled and title:
            found.append(Block(title, left + width // 2, top + height // 2, width, height))
        left, bottom = left + width + _APART, max(bottom, top + height)
    return Plan(places, tuple(found))
