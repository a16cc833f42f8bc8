"""How long a way takes at its worst moment, worked out once for all ways that are alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from gitsm.intervals import Interval
from gitsm.promises.ground import Ground
from gitsm.promises.judged import Judged, span_of
from gitsm.promises.plain_ways import Spec, Specs, plain
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

LOOKED_AT = timedelta(days=366)
_BEYOND = timedelta(days=400)
"""How much further hours are known than incidents begin, so that each can be seen to its end."""
MOST_WAYS = 2_000
"""How many different ways are computed for one repository."""
MOST_TRIED = 300
"""How many more are computed for what would mend a promise."""


class UnknownWay(Exception):
    """A way can't be computed; the text says what would have to be known."""


def worst_of(judged: Judged, stages: Specs, target: Duration) -> Worst | None:
    """The worst moment of a way while the agreement holds. Raises UnknownWay."""
    ground, window, hours = judged.ground, _while_it_holds(judged), judged.fields.hours
    business = target.minutes if target.business and hours is not None else None
    worst = _computed(ground, _window(judged), hours, stages, business)
    if worst is not None and worst.at >= window.end.timestamp() / 60:
        worst = _computed(ground, window, hours, stages, business)
    if worst is None or business is not None:
        return worst
    return Worst(worst.at, worst.restored, worst.deadline + target.minutes)


def end_of(judged: Judged, stages: Specs, at: float) -> float:
    """When a way is over that begins at a moment. Raises UnknownWay."""
    ground, window = judged.ground, _window(judged)
    way = _plain(ground, window, judged.fields.hours, stages)
    return through([_stage(ground, window, spec) for spec in way], [at])[0]


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
    if "holds" not in judged.memo:
        judged.memo["holds"] = _held(judged)
    return cast("Interval", judged.memo["holds"])


def _held(judged: Judged) -> Interval:
    window, last = _window(judged), span_of(judged.agreement)[1]
    if last >= window.end.date():
        return window
    zone = judged.ground.repository.timezone
    end = datetime(*(last + timedelta(days=1)).timetuple()[:3], tzinfo=zone).astimezone(UTC)
    return Interval(window.start, max(min(end, window.end), window.start + timedelta(minutes=1)))


def _computed(
    ground: Ground, window: Interval, hours: str | None, stages: Specs, business: float | None
) -> Worst | None:
    """The worst moment of a way, computed once for all agreements that are alike in it.

    What elapses at its end is not in it: it changes how long the way is, and not which moment is worst.
    """
    way, constant = _plain(ground, window, hours, stages), 0.0
    if way and way[-1][0] == "let":
        way, constant = way[:-1], way[-1][1]
    begins = None if _is_always(ground, hours, window) else hours
    later = 0.0
    if business is not None and begins is None:
        later, business = business, None
    key = ("way", window, begins, way, business)
    if key not in ground.memo:
        counted, most = ("ways tried", MOST_TRIED) if ground.is_trial else ("ways", MOST_WAYS)
        count = cast("int", ground.memo.get(counted, 0)) + 1
        if count > most:
            raise UnknownWay("which moment is the worst: there are too many different ways to compute")
        ground.memo[counted] = count
        deadline: Stage = Elapse(0.0)
        if business is not None:
            deadline = Work(_hours(ground, begins, window), business)
        stages_of = [_stage(ground, window, spec) for spec in way]
        ground.memo[key] = worst_moment(_clipped(ground, begins, window), stages_of, deadline)
    worst = cast("Worst | None", ground.memo[key])
    return worst and Worst(worst.at, worst.restored + constant, worst.deadline + later)


def plain_for(judged: Judged, stages: Specs) -> Specs:
    """A way from an incident on, in its plainest form. Raises UnknownWay."""
    return _plain(judged.ground, _window(judged), judged.fields.hours, stages)


def _plain(ground: Ground, window: Interval, begins: str | None, stages: Specs) -> Specs:
    key = ("plain", window, begins, stages)
    if key not in ground.memo:
        ground.memo[key] = plain(stages, lambda calendar: _is_always(ground, calendar, window), begins)
    return cast("Specs", ground.memo[key])


def _stage(ground: Ground, window: Interval, spec: Spec) -> Stage:
    """A stage that can be computed with, made once for all ways that have it: it remembers its jumps."""
    key = ("stage", window, spec)
    if key not in ground.memo:
        ground.memo[key] = _made(ground, window, spec)
    return cast("Stage", ground.memo[key])


def _made(ground: Ground, window: Interval, spec: Spec) -> Stage:
    what, *rest = spec
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


def _clipped(ground: Ground, calendar: str | None, window: Interval) -> Hours:
    """The hours of a calendar in a window, in which an incident may begin."""
    key = ("clipped", calendar, window)
    if key not in ground.memo:
        long = _stretches(ground, calendar, Interval(window.start, window.end + _BEYOND))
        ground.memo[key] = Hours(
            [Interval(part.start, min(part.end, window.end)) for part in long if part.start < window.end]
        )
    return cast("Hours", ground.memo[key])


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
