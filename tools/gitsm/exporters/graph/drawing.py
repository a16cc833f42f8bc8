"""What is drawn of a graph: boxes, arrows and frames around boxes; a part that is too large, in outline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gitsm.graph import Graph

GROUPINGS = ("team", "tier", "system", "none")
"""What frames can be drawn around."""
LARGE = 25
"""From this many services on, frames are drawn unless told otherwise."""
UNDECLARED = "not declared"
"""What is said of a box for what no file defines."""


class Box(NamedTuple):
    """A service, or in outline all services of a frame."""

    id: str
    """The service's; what no file defines has a number with a question mark, as its name may be any text."""
    label: str
    frame: str
    """The frame that it stands in, by its label; empty for none."""
    stage: str
    """The stage of the lifecycle that it is in; `not declared` where no file defines it."""
    part: int
    """The part of the drawing that it belongs to, 1 the largest; 0 for one that nothing leads to or from."""


class Arrow(NamedTuple):
    """From a box to what it stands on."""

    tail: str
    head: str
    hard: bool
    group: str
    """In words how many of a redundancy group are needed; empty where it belongs to none."""
    stands_for: int = 1
    """How many dependencies it stands for."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    parts: int
    """How many parts it has that have nothing to do with each other."""
    outlined: tuple[str, ...] = ()
    """What is drawn in outline, in words."""

    def frames(self) -> Iterator[tuple[str, list[Box]]]:
        """The boxes by their frames; those without one last, by the parts that they belong to."""
        found: dict[tuple[str, int], list[Box]] = {}
        for box in self.boxes:
            found.setdefault((box.frame, 0 if box.frame else box.part), []).append(box)
        for label, part in sorted(found, key=lambda key: (not key[0], key[0], not key[1], key[1])):
            yield label, found[label, part]


def drawing(graph: Graph, *, by: str | None = None, max_arrows: int | None = None) -> Drawing:
    """The drawing of a graph, its largest part first.

    Frames are drawn `by` team, tier, system or none of them. Where a drawing may have so many arrows
    only, parts that are too large are drawn in outline: one box for each frame.
    """
    if by is None:
        by = "team" if len(graph.services) > LARGE else "none"
    parts = graph.parts()
    room = max_arrows if max_arrows is not None else len(graph.all_edges)
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    outlined: list[str] = []
    # The small ones first: what doesn't fit in full is what has the most arrows.
    whole = {id(part): _boxes_and_arrows(part, by, number) for number, part in enumerate(parts, 1)}
    fits: set[int] = set()
    left = room
    for part in sorted(parts, key=lambda part: len(part.all_edges)):
        if len(whole[id(part)][1]) <= left:
            fits.add(id(part))
            left -= len(whole[id(part)][1])
    for number, part in enumerate(parts, 1):
        made = whole[id(part)]
        if id(part) not in fits:
            made = _outline(part, by if by != "none" else "team", number)
            drawn = made[1][: max(left, 0)]
            left -= len(drawn)
            what = f"{_services(len(part.services))} with {len(part.all_edges)} dependencies"
            missing = (
                f", and {len(made[1]) - len(drawn)} arrows left out" if len(drawn) < len(made[1]) else ""
            )
            outlined.append(f"{what} in outline{missing}")
            made = made[0], drawn
        boxes += made[0]
        arrows += made[1]
    return Drawing(tuple(boxes), tuple(arrows), len(parts), tuple(outlined))


def _boxes_and_arrows(part: Graph, by: str, number: int) -> tuple[list[Box], list[Arrow]]:
    place = number if part.all_edges else 0
    boxes = [
        Box(id, record.title, _frame(part, id, by), record.fields.lifecycle, place)
        for id, record in sorted(part.services.items())
    ]
    names = _undeclared(part)
    ids = {name: f"{number}?{count}" for count, name in enumerate(names, 1)}
    boxes += [Box(ids[name], name, "", UNDECLARED, place) for name in names]
    arrows = []
    for edge in part.all_edges:
        group = edge.dependency.redundancy_group
        words = f"{group.needed} needed of {group.name}" if group is not None else ""
        arrows.append(Arrow(edge.service, ids.get(edge.on, edge.on), edge.hard, words))
    return boxes, sorted(arrows)


def _undeclared(part: Graph) -> list[str]:
    return sorted({edge.on for edge in part.undeclared})


def _outline(part: Graph, by: str, number: int) -> tuple[list[Box], list[Arrow]]:
    frames = {id: _frame(part, id, by) or f"no {by}" for id in part.services}
    # A box of its own for each part, and an id that no service has.
    ids = {frame: f"{number}/{place}" for place, frame in enumerate(sorted(set(frames.values())), 1)}
    counts = Counter(frames.values())
    boxes = [
        Box(ids[frame], f"{frame} ({_services(counts[frame])})", "", "live", number) for frame in sorted(ids)
    ]
    unknown = f"{number}?1"
    if part.undeclared:
        boxes.append(Box(unknown, _services(len(_undeclared(part))), "", UNDECLARED, number))
    between: Counter[tuple[str, str]] = Counter()
    hard: set[tuple[str, str]] = set()
    for edge in part.all_edges:
        on = ids[frames[edge.on]] if edge.on in frames else unknown
        ends = ids[frames[edge.service]], on
        if ends[0] != ends[1]:
            between[ends] += 1
            if edge.hard:
                hard.add(ends)
    arrows = [Arrow(*ends, ends in hard, "", count) for ends, count in between.items()]
    return boxes, sorted(arrows, key=lambda arrow: (-arrow.stands_for, arrow))


def _services(count: int) -> str:
    return f"{count} service{'' if count == 1 else 's'}"


def _frame(graph: Graph, id: str, by: str) -> str:
    fields = graph.services[id].fields
    if by == "team":
        return fields.owner
    if by == "tier":
        return f"Tier {fields.tier}" if fields.tier is not None else ""
    return (fields.system or "") if by == "system" else ""
