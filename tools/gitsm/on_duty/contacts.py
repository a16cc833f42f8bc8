"""Which of the ways to reach a team is meant for a moment, as far as its words tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time

from gitsm.on_duty.hours import Presence
from gitsm.records.team import Contact

_WHILE_AWAY = re.compile(
    r"\b(?:(?:outside|out of|after|off)[ -](?:of )?(?:the )?(?:\w+ )?hours|off duty)\b", re.IGNORECASE
)
_WHILE_THERE = re.compile(
    r"\b(?:(?:office|working|business|service|desk|support|duty) hours|on duty)\b", re.IGNORECASE
)
_NIGHT = re.compile(r"\b(?:nights?|overnight)\b", re.IGNORECASE)
_DAYTIME = re.compile(r"\b(?:during the day|by day|daytime)\b", re.IGNORECASE)
_WEEKEND = re.compile(r"\bweekends?\b", re.IGNORECASE)
_ALWAYS = re.compile(
    r"\b(?:any hour|any time|always|around the clock|24/7|24x7|day and night|night and day)\b", re.IGNORECASE
)
_NEGATED = re.compile(r"\b(?:not|no|never|except|but|unless)\b", re.IGNORECASE)
"""What turns the sense of words round: such a text is left to its reader."""
_SURELY_NIGHT = (time(22), time(5))
_SURELY_DAY = (time(8), time(18))


def fits(
    contact: Contact, presence: Presence, local: datetime | None = None, hours: Iterable[str] = ()
) -> bool:
    """Whether a way to reach a team is meant for a moment, as far as the words of its `when` tell.

    `local` is what the team's own clocks show. What they can't decide fits: a text that names no time,
    and an hour that some call night and others day. A team that is there around the clock, or whose
    hours are unknown, has its office hours by the clock too. `hours` are the names of the team's own
    hours, such as `payroll hours`.
    """
    when = contact.when or ""
    for name in hours:
        when = re.sub(rf"\b{re.escape(name)}\b", "duty hours", when, flags=re.IGNORECASE)
    if _ALWAYS.search(when) or _NEGATED.search(when):
        return True
    said = list(_said(when, presence, local))
    return not said or any(fits is not False for fits in said)


def _said(when: str, presence: Presence, local: datetime | None) -> Iterator[bool | None]:
    """What each time that a text names says of a moment; None where that is not clear."""
    # `outside office hours` names office hours too, and means none of them.
    rest = _WHILE_AWAY.sub("", when)
    there = _there(presence, local)
    if rest != when:
        yield None if there is None else not there
    if _WHILE_THERE.search(rest):
        yield there
    if local is None:
        if _NIGHT.search(rest):
            yield None if there is None else not there
        if _DAYTIME.search(rest):
            yield there
        return
    day = _is_day(local)
    if _NIGHT.search(rest):
        yield None if day is None else not day
    if _DAYTIME.search(rest):
        yield day
    if _WEEKEND.search(rest):
        yield local.isoweekday() > 5


def _there(presence: Presence, local: datetime | None) -> bool | None:
    """Whether a moment lies in a team's office hours; None where that is not clear."""
    if presence is Presence.OFF:
        return False
    known = presence is Presence.ON
    if local is None:
        return True if known else None
    day = _is_day(local)
    if local.isoweekday() > 5:
        # Whoever is on duty then may work in shifts, or keep a desk open on Saturdays.
        return None if known and day is not False else False
    return True if known and day is None else day


def _is_day(local: datetime) -> bool | None:
    """Whether everybody calls an hour day, or nobody does; None where some do."""
    clock = local.time()
    if clock >= _SURELY_NIGHT[0] or clock < _SURELY_NIGHT[1]:
        return False
    return True if _SURELY_DAY[0] <= clock < _SURELY_DAY[1] else None
