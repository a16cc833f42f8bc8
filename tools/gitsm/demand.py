"""Demand against what a service carries: by when it runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, inf, log

from gitsm.calendar.stretches import stretches_of_peak
from gitsm.records.capacity import Capacity
from gitsm.repository import Record, Repository

MOST_PEAKS = 200
"""So many peaks of a service are looked at: expanding the thousands of a stranger's takes its time."""
_YEARS = 10
"""How far ahead growth is followed; peaks are known for two years."""


def may_carry(plan: Capacity) -> float | None:
    """The demand above which a service has to be raised, in the plan's unit; None where nothing says it."""
    return None if plan.capacity is None else plan.capacity * (plan.threshold or 100) / 100


@dataclass(frozen=True, slots=True)
class RunsOut:
    """That demand outgrows a service."""

    day: date
    """The first day on which demand is above what the service may carry."""
    what: str
    """Which demand: that of ordinary days, a peak, the forecast."""
    latest: date
    """The last day on which more capacity can be there in time: the day, less the lead time."""


def runs_out(repository: Repository, plan: Record[Capacity]) -> RunsOut | None:
    """When demand outgrows a service; None where that doesn't come within ten years, or nobody can tell.

    Demand on ordinary days and at each peak grows by `growth` percent a year from today, `forecast` is taken as
    it stands. What a service may carry is `threshold` percent of its `capacity`.
    """
    fields, today = plan.fields, repository.today
    limit = may_carry(fields)
    if limit is None:
        return None
    found: list[tuple[date, str]] = []
    if fields.baseline is not None:
        days = _days_until(fields.baseline, limit, fields.growth)
        if days <= _YEARS * 365.25:
            found.append((today + timedelta(days=ceil(days)), "demand on ordinary days"))
    for peak in fields.peaks[:MOST_PEAKS]:
        days = _days_until(peak.level, limit, fields.growth) if peak.level is not None else inf
        for one in stretches_of_peak(repository, peak) if days < inf else ():
            first = one.when.start.astimezone(repository.timezone).date()
            if first >= today and (first - today).days >= days:
                found.append((first, f"the peak {peak.name}"))
    for each in fields.forecast:
        if each.on >= today and each.level > limit:
            found.append((each.on, "the forecast"))
    if not found:
        return None
    day, what = min(found)
    return RunsOut(day, what, day - (fields.lead_time.after(day) - day) if fields.lead_time else day)


def _days_until(level: float, limit: float, growth: float | None) -> float:
    """After how many days demand that grows by so many percent a year is above a limit."""
    if level > limit:
        return 0.0
    if growth is None or growth <= 0 or level <= 0 or limit <= 0:
        return inf
    return (log(limit) - log(level)) / log(1 + growth / 100) * 365.25
