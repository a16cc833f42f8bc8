"""Ways in their plainest form, so that ways that take equally long at every moment look alike.

A way is a row of stages: waiting until somebody is there, letting time go by, working, and going several
ways at once until enough of them are over. Nothing that a stage does ever makes anybody sooner, and whoever
comes to it later is never through with it sooner. All of the following rests on these two facts alone, and
changes how long a way takes at no moment:

- what happens in no time is left out, and what several ways begin or end with is done once;
- of several ways, one that is never the one with which enough are over is left out: one that takes at least
  as long as enough of the others whenever somebody sets out, or one that never takes longer than they do.

A redundancy group whose members hold in the same hours becomes the way of one of them by that, however many
groups lie below each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, cast

Spec = tuple[Any, ...]
"""A stage of a way: `wait` with a calendar, `let` with minutes, `work` with both, or `enough` with how many
of several ways are needed, and the ways."""
Specs = tuple[Spec, ...]
"""A way, as the stages that it consists of."""


def plain(stages: Specs, is_always: Callable[[str], bool], there: str | None = None) -> Specs:
    """A way in its plainest form, where somebody sets out in the hours of a calendar, or at any moment."""
    found: list[Spec] = []
    for spec in stages:
        for each in _plain_stage(spec, is_always, there):
            _add(found, each)
        if found:
            there = found[-1][1] if found[-1][0] == "wait" else None
    return tuple(found)


def size_of(stages: Specs) -> int:
    """How many ways a way consists of, where it goes several at once."""
    return max((sum(map(size_of, spec[2])) for spec in stages if spec[0] == "enough"), default=1)


def _plain_stage(spec: Spec, is_always: Callable[[str], bool], there: str | None) -> Specs:
    what = spec[0]
    if what == "enough":
        return _enough(spec[1], [plain(way, is_always, there) for way in spec[2]])
    if what == "let":
        return (spec,) if spec[1] else ()
    if is_always(spec[1]):  # around the clock nobody waits, and working time goes by like any other
        return (("let", spec[2]),) if what == "work" else ()
    return () if what == "wait" and spec[1] == there else (spec,)


def _add(found: list[Spec], spec: Spec) -> None:
    """Put a stage after others: what elapses is added up, and who works waits for the hours by that."""
    last = found[-1] if found else ("",)
    if last[0] == spec[0] == "let":
        found[-1] = ("let", last[1] + spec[1])
    elif last[0] == "wait" and spec[0] in ("wait", "work") and last[1] == spec[1]:
        found[-1] = spec
    else:
        found.append(spec)


def _enough(needed: int, ways: list[Specs]) -> Specs:
    first: list[Spec] = []
    last: list[Spec] = []
    before = None
    while before != (needed, ways):
        before = needed, ways
        needed, ways = _without_idle(*_flat(needed, ways))
        if len(ways) == 1:
            return (*first, *ways[0], *reversed(last))
        ways = _in_common(_in_common(ways, first, at=0), last, at=-1)
    return (*first, ("enough", needed, tuple(sorted(ways))), *reversed(last))


def _flat(needed: int, ways: list[Specs]) -> tuple[int, list[Specs]]:
    """The quickest of the quickest of some is the quickest of all; and so with the slowest."""
    all_of_them = needed == len(ways) > 1
    found: list[Specs] = []
    for way in ways:
        if len(way) == 1 and way[0][0] == "enough":
            _, count, inner = way[0]
            if count == len(inner) if all_of_them else count == needed == 1:
                found.extend(inner)
                continue
        found.append(way)
    return len(found) if all_of_them else needed, found


def _without_idle(needed: int, ways: list[Specs]) -> tuple[int, list[Specs]]:
    """Ways without those that are never the one with which enough are over, and how many of the others are
    needed then."""
    kept = list(ways)
    at = 0
    while at < len(kept) and len(kept) > 1:
        way, others = kept[at], kept[:at] + kept[at + 1 :]
        if _count(is_never_later(other, way) for other in others) >= needed:
            kept, at = others, 0
        elif _count(is_never_later(way, other) for other in others) > len(kept) - needed:
            kept, needed, at = others, needed - 1, 0
        else:
            at += 1
    return needed, kept


def _in_common(ways: list[Specs], common: list[Spec], *, at: int) -> list[Specs]:
    """What is left of ways without what all of them begin with, or end with, which is put into a list."""
    while all(ways):
        ends = [way[at] for way in ways]
        if all(each == ends[0] for each in ends):
            shared = ends[0]
        elif all(each[0] == "let" for each in ends):
            shared = ("let", min(each[1] for each in ends))
        else:
            break
        common.append(shared)
        ways = [_without(way, shared, at=at) for way in ways]
    return ways


def _without(way: Specs, shared: Spec, *, at: int) -> Specs:
    end, rest = way[at], way[1:] if at == 0 else way[:-1]
    left: Specs = () if end == shared else (("let", end[1] - shared[1]),)
    return left + rest if at == 0 else rest + left


def _count(found: Iterable[bool]) -> int:
    return sum(found)


@lru_cache(maxsize=65_536)
def is_never_later(way: Specs, other: Specs) -> bool:
    """Whether a way surely takes no longer than another one, whenever somebody sets out. Where it can't be
    told from the stages alone, it isn't sure."""
    if not way or way == other:
        return True
    if not other:
        return False
    head, against = way[0], other[0]
    if _is_stage_never_later(head, against) and is_never_later(way[1:], other[1:]):
        return True
    if head[0] == "let" and against[0] in ("let", "work") and against[-1] < head[1]:
        rest: Specs = (("let", head[1] - against[-1]), *way[1:])
        if is_never_later(rest, other[1:]):
            return True
    if is_never_later(way, other[1:]):
        return True
    return _is_one_never_later(way, other)


def _is_one_never_later(way: Specs, other: Specs) -> bool:
    """The same where one of them is nothing but several ways at once."""
    if len(way) == 1 and way[0][0] == "enough":
        _, needed, ways = way[0]
        if _count(is_never_later(each, other) for each in ways) >= needed:
            return True
    if len(other) == 1 and other[0][0] == "enough":
        _, needed, ways = other[0]
        return _count(is_never_later(way, each) for each in ways) > len(ways) - cast("int", needed)
    return False


def _is_stage_never_later(stage: Spec, other: Spec) -> bool:
    what, against = stage[0], other[0]
    if stage == other:
        return True
    if "enough" in (what, against):
        return _is_one_never_later((stage,), (other,))
    if what == "let":
        return against in ("let", "work") and cast("float", stage[1]) <= cast("float", other[-1])
    # Whoever works waits for the same hours first.
    is_same = against in (what, "work") and cast("str", stage[1]) == other[1]
    return is_same and (what == "wait" or cast("float", stage[2]) <= other[2])
