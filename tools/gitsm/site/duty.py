"""Who is on duty, for the browser of whoever reads the site: the hours of each team's calendar, as data.

A page may be older than the moment at which it is read, so that "on duty now" is worked out where the reader's
clock is. What the browser needs for that is one small script with the stretches of each calendar over the
coming months, in UTC, which all pages share; hours in words stand on the pages for whoever has no script.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from gitsm.intervals import Interval
from gitsm.on_duty import duty_hours
from gitsm.records.calendar import Calendar
from gitsm.records.team import Team
from gitsm.repository import Repository
from gitsm.site.assets import FOLDER
from gitsm.site.here import Site
from gitsm.site.page import makes_files
from gitsm.working_time import UnknownHolidays

SCRIPT = "duty.js"
"""The script with the hours, as the pages name it that tell who is on duty."""
AHEAD = timedelta(days=90)
"""How far the hours reach from the moment of the site on. After that the hours in words are all there is."""
_BEFORE = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@makes_files
def duty(site: Site) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """The hours of the calendars by which teams are on duty."""
    yield f"{FOLDER}/{SCRIPT}", partial(_script, site.repository)


def _script(repository: Repository) -> bytes:
    written = json.dumps(hours_ahead(repository), separators=(",", ":"), sort_keys=True)
    return f"window.gitsmDuty={written};\n".encode()


def hours_ahead(repository: Repository) -> dict[str, object]:
    """The stretches of each calendar of hours over the coming days, as minutes of UTC since 1970.

    A calendar is a list of gaps and lengths in turn, counted from `from` on: `[60, 480]` is an hour off duty
    and eight hours on. One whose hours are unknown is not in it. A stretch that reaches `to` may go on after it.
    """
    # The reader's clock may be a little behind that of the machine which made the site.
    start = repository.now.astimezone(UTC).replace(second=0, microsecond=0) - _BEFORE
    end = start + _BEFORE + AHEAD
    used = sorted({team.fields.hours for team in repository.of(Team) if team.fields.hours is not None})
    hours: dict[str, object] = {}
    for id in used:
        calendar = repository.get(Calendar, id)
        worked = duty_hours(repository, id)
        if calendar is None or worked is None:
            continue
        try:
            stretches = worked.between(start, end)
        except UnknownHolidays:
            continue
        hours[id] = {"zone": calendar.fields.timezone, "on": _compact(stretches, start)}
    return {"from": _minute(start), "to": _minute(end), "hours": hours}


def _compact(stretches: Sequence[Interval], start: datetime) -> list[int]:
    at, found = _minute(start), []
    for stretch in stretches:
        begins, ends = _minute(stretch.start), _minute(stretch.end)
        if ends > begins:
            found += [begins - at, ends - begins]
            at = ends
    return found


def _minute(moment: datetime) -> int:
    return (moment - _EPOCH) // _MINUTE
