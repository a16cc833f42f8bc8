"""How long a way takes at its worst moment, worked out once for all ways that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, cast

from gitsm.intervals import Interval
from gitsm.promises.ground import Ground
from gitsm.promises.judged import Judged, span_of
from gitsm.promises.worst_moment import (
    Elapse,
    Hours,
    Soonest,
    Stage,
    Wait,
    Work,
    Worst,
    through,
    worst_moment,
)
from gitsm.schema.values import Duration
from gitsm.working_time import UnknownHolidays, working_times

Spec = tuple[Any, ...]
"""A stage of a way as it is remembered: `wait` with a calendar, `let` with minutes, `work` with both,
`soonest` with several ways, or `enough` with how many of several ways are needed."""
LOOKED_AT = timedelta(days=366)
_BEYOND = timedelta(days=400)
"""How much further hours are known than incidents begin, so that each can be seen to its end."""
MOST_WAYS = 2_000
"""How many different ways are computed for one repository."""
MOST_TRIED = 300
"""How many more are computed for what would mend a promise."""


class UnknownWay(Exception):
    """A way can't be computed; the text says what would have to be known."""


def worst_of(judged: Judged, stages: tuple[Spec, ...], target: Duration) -> Worst | None:
    """The worst moment of a way while the agreement holds. Raises UnknownWay."""
    ground, window, hours = judged.ground, _while_it_holds(judged), judged.fields.hours
    business = target.minutes if target.business and hours is not None else None
    worst = _computed(ground, _window(judged), hours, stages, business)
    if worst is not None and worst.at >= window.end.timestamp() / 60:
        worst = _computed(ground, window, hours, stages, business)
    if worst is None or business is not None:
        return worst
    return Worst(worst.at, worst.restored, worst.deadline + target.minutes)


def end_of(judged: Judged, stages: tuple[Spec, ...], at: float) -> float:
    """When a way is over that begins at a moment. Raises UnknownWay."""
    ground, window = judged.ground, _window(judged)
    return through([_stage(ground, window, spec) for spec in _plain(ground, window, stages)], [at])[0]


def waits_for(judged: Judged, support: str | None, worst: Worst | None) -> bool:
    """Whether nobody of support is there at a moment."""
    if worst is None or support is None:
        return False
    return _hours(judged.ground, support, _window(judged)).next(worst.at) > worst.at


def _window(judged: Judged) -> Interval:
    """The whole minutes of a year, from now or from the first day of the agreement on."""
    memo = judged.ground.memo
    if ("year", judged.day) not in memo:
        memo["year", judged.day] = _year(judged)
    return cast("Interval", memo["year", judged.day])


def _year(judged: Judged) -> Interval:
    repository = judged.ground.repository
    first = datetime(*judged.day.timetuple()[:3], tzinfo=repository.timezone).astimezone(UTC)
    start = max(repository.now.astimezone(UTC), first).replace(second=0, microsecond=0)
    return Interval(start, start + LOOKED_AT)


def _while_it_holds(judged: Judged) -> Interval:
    """As much of that year as the agreement holds."""
    window, last = _window(judged), span_of(judged.agreement)[1]
    if last >= window.end.date():
        return window
    zone = judged.ground.repository.timezone
    end = datetime(*(last + timedelta(days=1)).timetuple()[:3], tzinfo=zone).astimezone(UTC)
    return Interval(window.start, max(min(end, window.end), window.start + timedelta(minutes=1)))


def _computed(
    ground: Ground, window: Interval, hours: str | None, stages: tuple[Spec, ...], business: float | None
) -> Worst | None:
    """The worst moment of a way, computed once for all agreements that are alike in it.

    What elapses at its end is not in it: it changes how long the way is, and not which moment is worst.
    """
    plain = _plain(ground, window, stages)
    constant = plain.pop()[1] if plain and plain[-1][0] == "let" else 0.0
    begins = None if _is_always(ground, hours, window) else hours
    later = 0.0
    if business is not None and begins is None:
        later, business = business, None
    key = ("way", window, begins, tuple(plain), business)
    if key not in ground.memo:
        counted, most = ("ways tried", MOST_TRIED) if ground.is_trial else ("ways", MOST_WAYS)
        count = cast("int", ground.memo.get(counted, 0)) + 1
        if count > most:
            raise UnknownWay("which moment is the worst: there are too many different ways to compute")
        ground.memo[counted] = count
        deadline: Stage = Elapse(0.0)
        if business is not None:
            deadline = Work(_hours(ground, begins, window), business)
        way = [_stage(ground, window, spec) for spec in plain]
        ground.memo[key] = worst_moment(Hours(_clipped(ground, begins, window)), way, deadline)
    worst = cast("Worst | None", ground.memo[key])
    return worst and Worst(worst.at, worst.restored + constant, worst.deadline + later)


def _plain(ground: Ground, window: Interval, stages: tuple[Spec, ...]) -> list[Spec]:
    """Stages without those in which nothing happens, so that ways that are alike look alike."""
    found: list[Spec] = []
    for spec in stages:
        what, *rest = spec
        if what == "soonest":
            ways = _quickest([tuple(_plain(ground, window, way)) for way in rest[0]])
            if len(ways) > 1:
                found.append(("soonest", tuple(ways)))
                continue
            inner: tuple[Spec, ...] = ways[0]
        elif what == "enough":
            inner = (("enough", rest[0], tuple(tuple(_plain(ground, window, way)) for way in rest[1])),)
        elif what == "let" or not _is_always(ground, rest[0], window):
            inner = (spec,)
        else:  # around the clock nobody waits, and working time goes by like any other
            inner = (("let", rest[1]),) if what == "work" else ()
        for each in inner:
            if each[0] == "let" and found and found[-1][0] == "let":
                found[-1] = ("let", found[-1][1] + each[1])
            elif each != ("let", 0.0):
                found.append(each)
    return found


def _quickest(ways: list[tuple[Spec, ...]]) -> list[tuple[Spec, ...]]:
    """Ways without those that take at least as long as another one whenever somebody sets out."""
    sure = min((sum(spec[1] for spec in way) for way in ways if _elapses(way)), default=inf)
    kept = [way for way in dict.fromkeys(ways) if not _elapses(way) and _waited(way) < sure]
    quickest = next((way for way in ways if _elapses(way) and sum(s[1] for s in way) == sure), None)
    return sorted([*kept, *([quickest] if quickest is not None else [])])


def _elapses(way: tuple[Spec, ...]) -> bool:
    return all(spec[0] == "let" for spec in way)


def _waited(way: tuple[Spec, ...]) -> float:
    """How long a way takes at least."""
    return sum(cast("float", spec[-1]) for spec in way if spec[0] in ("let", "work"))


def _stage(ground: Ground, window: Interval, spec: Spec) -> Stage:
    what, *rest = spec
    if what == "soonest":
        return Soonest(tuple(tuple(_stage(ground, window, each) for each in way) for way in rest[0]))
    if what == "enough":
        ways = tuple(tuple(_stage(ground, window, each) for each in way) for way in rest[1])
        return Soonest(ways, rest[0])
    if what == "let":
        return Elapse(rest[0])
    hours = _hours(ground, rest[0], window)
    return Wait(hours) if what == "wait" else Work(hours, rest[1])


def _is_always(ground: Ground, calendar: str | None, window: Interval) -> bool:
    """Whether somebody is there at every moment of a window and well after it."""
    if calendar is None:
        return True
    key = ("always", calendar, window)
    if key not in ground.memo:
        long = Interval(window.start, window.end + _BEYOND)
        ground.memo[key] = _stretches(ground, calendar, long) == [long]
    return cast("bool", ground.memo[key])


def _hours(ground: Ground, calendar: str | None, window: Interval) -> Hours:
    """The hours of a calendar, from a window's start to well after its end."""
    key = ("hours", calendar, window)
    if key not in ground.memo:
        ground.memo[key] = Hours(_stretches(ground, calendar, Interval(window.start, window.end + _BEYOND)))
    return cast("Hours", ground.memo[key])


def _clipped(ground: Ground, calendar: str | None, window: Interval) -> Sequence[Interval]:
    return [
        Interval(part.start, min(part.end, window.end))
        for part in _stretches(ground, calendar, Interval(window.start, window.end + _BEYOND))
        if part.start < window.end
    ]


def _stretches(ground: Ground, calendar: str | None, window: Interval) -> list[Interval]:
    if calendar is None:
        return [window]
    key = ("long", calendar, window)
    if key not in ground.memo:
        found = working_times(ground.repository).get(calendar)
        if found is None:
            raise UnknownWay(f"the hours of calendar {calendar}, which can't be read")
        try:
            ground.memo[key] = found.between(window.start, window.end)
        except UnknownHolidays as error:
            raise UnknownWay(f"the holidays of calendar {calendar}: {error}") from None
    return cast("list[Interval]", ground.memo[key])
