"""Demand against what a service carries: by when it runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, floor, log, log1p

from gitsm.calendar.stretches import HORIZON_AHEAD, first_return, stretches_of_peak
from gitsm.records.capacity import Capacity, Peak
from gitsm.repository import Record, Repository

MOST_PEAKS = 200
"""So many peaks of a service are looked at: expanding the thousands of a stranger's takes its time."""
_YEARS = 10
"""How far ahead growth is followed."""
_YEAR = 365.25
_PERIODS = {"month": 12, "quarter": 4, "year": 1}
"""How often each period of growth comes in a year."""
_MOST, _HIGHEST = 690.0, 1e307
"""No level is above what a number can hold."""


def may_carry(plan: Capacity) -> float | None:
    """The demand above which a service has to be raised, in the plan's unit; None where nothing says it."""
    return None if plan.capacity is None else plan.capacity * (plan.threshold or 100) / 100


@dataclass(frozen=True, slots=True)
class RunsOut:
    """That demand outgrows a service."""

    day: date
    """The first day on which demand is above what the service may carry; a past one where it is so already, and
    something says since when."""
    what: str
    """Which demand: that of ordinary days, a peak, the forecast."""
    latest: date
    """The last day on which more capacity can be there in time: the day, less the lead time."""


def grown(plan: Capacity, level: float, today: date, days: float) -> float:
    """A level of demand so many days from today, grown by the same share in each period since it was measured."""
    years = max(((today - (plan.measured or today)).days + days) / _YEAR, 0.0)
    if plan.growth is not None and plan.growth <= -100:
        return level if years == 0 else 0.0
    return min(level * exp(min(years * _rate(plan), _MOST)), _HIGHEST)


def runs_out(repository: Repository, plan: Record[Capacity]) -> RunsOut | None:
    """When demand outgrows a service; None where that doesn't come within ten years, or nobody can tell.

    Demand on ordinary days and at each peak grows by `growth` percent a year, or in each `growth_period`, from
    the day on which it was measured, or from today. `forecast` is taken as it stands, the last one that has come
    until the next, or until a later measurement. What a service may carry is `threshold` percent of its `capacity`.
    """
    fields, today = plan.fields, repository.today
    limit = may_carry(fields)
    if limit is None:
        return None
    found: list[tuple[date, str]] = []
    if fields.baseline is not None:
        day = _first_above(fields, fields.baseline, limit, today)
        found += [(day, "demand on ordinary days")] if day is not None else []
    for peak in fields.peaks[:MOST_PEAKS]:
        day = _peak_above(repository, fields, peak, limit)
        found += [(day, f"the peak {peak.name}")] if day is not None else []
    # What has come stays until the next forecast, or until somebody measures anew.
    since = fields.measured or date.min
    come = max((f for f in fields.forecast if since < f.on < today), key=lambda f: f.on, default=None)
    if come is not None and come.level > limit:
        found.append((come.on, "the forecast"))
    found += [
        (each.on, "the forecast") for each in fields.forecast if each.on >= today and each.level > limit
    ]
    if not found:
        return None
    day, what = min(found)
    return RunsOut(day, what, day - (fields.lead_time.after(day) - day) if fields.lead_time else day)


def _peak_above(repository: Repository, plan: Capacity, peak: Peak, limit: float) -> date | None:
    """The day on which a peak is above a limit for the first time from now on."""
    today = repository.today
    if peak.level is None:
        return None
    known = stretches_of_peak(repository, peak)
    # One that goes on counts from today, as what it asks for is asked for now.
    begin = (
        max(one.when.start.astimezone(repository.timezone).date(), today)
        for one in known
        if one.when.end > repository.now
    )
    found = next((day for day in begin if grown(plan, peak.level, today, (day - today).days) > limit), None)
    above = _first_above(plan, peak.level, limit, today) if _rate(plan) > 0 else None
    horizon = today + HORIZON_AHEAD
    if above is None or not known or (found is not None and found < horizon):
        return found  # what never comes in all that is known is not looked for any further
    last = found or today + timedelta(days=int(_YEARS * _YEAR))
    return first_return(repository, peak, max(above, horizon), last) or found


def _first_above(plan: Capacity, level: float, limit: float, today: date) -> date | None:
    """The first day on which demand is above a limit, from the day on which it was measured."""
    since, rate = plan.measured or today, _rate(plan)
    if level > limit:
        return since if rate >= 0 or grown(plan, level, today, 0) > limit else None
    if rate <= 0 or level <= 0 or limit <= 0:
        return None
    days = (log(limit) - log(level)) / rate * _YEAR
    if days > (today - since).days + _YEARS * _YEAR:
        return None
    return since + timedelta(days=floor(days) + 1)


def _rate(plan: Capacity) -> float:
    """The share by which demand grows in a year, as the logarithm of what it grows to."""
    if plan.growth is None or plan.growth <= -100:
        return 0.0
    return log1p(plan.growth / 100) * _PERIODS[plan.growth_period]
