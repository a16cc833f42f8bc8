"""Capacity plans: demand as it comes, as a chart and in figures, and what a service has to be able to carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from gitsm.calendar.stretches import HORIZON_AHEAD, MOST_PEAKS, stretches_of_peak
from gitsm.calendar_words import recurring
from gitsm.demand import grown, may_carry, runs_out
from gitsm.records.capacity import Capacity
from gitsm.repository import Record
from gitsm.site.appearance import Sections, columns, sections
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, chip, facts, fold, join, paragraph, tag
from gitsm.site.page import Section
from gitsm.site.pages.calendar import ranges
from gitsm.site.tables import table
from gitsm.site.when import MONTHS

_YEAR = timedelta(days=365.25)
_WIDTH, _NARROW, _HEIGHT = 760, 360, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 14, 26, 26
_MOST_BARS, _FEW_BARS = 120, 40
_MOST_ROWS = 12
_STEPS = 24


@dataclass(frozen=True, slots=True)
class Demand:
    """Demand at some time ahead: a peak, grown until then, or what was forecast for a day."""

    start: datetime
    end: datetime
    level: float
    name: str
    forecast: bool = False


_TOLD = frozenset({
    "peaks", "unit", "baseline", "measured", "growth", "growth_period", "capacity", "threshold", "forecast",
})  # fmt: skip
"""The fields of which the sections of a plan tell."""


@columns("capacity")
def _columns(here: Here, capacity: Record[Capacity]) -> dict[str, Content]:
    top = max(demands(here, capacity), key=lambda one: one.level, default=None)
    return {
        "Baseline": _level(capacity.fields.baseline, capacity.fields),
        "Growth": _growth(capacity.fields),
        "Highest demand ahead": [_level(top.level, capacity.fields), " on ", _day(here, top)]
        if top
        else None,
    }


@sections("capacity")
def _sections(here: Here, capacity: Record[Capacity]) -> Sections:
    service = here.site.service_of(capacity)
    about = tag("p", "For the service ", here.link(service), ".") if service is not None else NOTHING
    yield Section("", about + demand(here, capacity))
    yield from Fields(here, capacity).sections(
        without=_TOLD,
    )


def demand(here: Here, capacity: Record[Capacity]) -> Markup:
    """Everything about the demand that a service meets: in a sentence, as a chart, and as tables."""
    fields, ahead = capacity.fields, demands(here, capacity)
    rows: list[tuple[Content, Content]] = [
        ("On an ordinary day", _level(fields.baseline, fields)),
        ("Growth", _growth(fields)),
        ("Measured", here.clock.show(fields.measured) if fields.measured is not None else None),
        ("Carries", _level(fields.capacity, fields)),
        ("To be raised above", f"{fields.threshold:g} % of what it carries" if fields.threshold else None),
    ]
    return join(
        [
            facts(rows),
            _runs_out(here, capacity),
            _said(here, fields, ahead),
            _chart(here, capacity, ahead),
            _peaks(here, capacity),
            _figures(here, fields, ahead),
        ],
        "\n",
    )


def demands(here: Here, capacity: Record[Capacity]) -> list[Demand]:
    """The peaks and the forecasts that are ahead, by when they begin."""
    now, fields = here.clock.now.astimezone(UTC), capacity.fields
    found: list[Demand] = []
    for peak in fields.peaks[:MOST_PEAKS]:
        if peak.level is None:
            continue
        for one in stretches_of_peak(here.repository, peak):
            if now < one.when.end and one.when.start < now + HORIZON_AHEAD:
                name = one.name or peak.name
                level = _grown(here, fields, float(peak.level), one.when.start - now)
                found.append(Demand(one.when.start, one.when.end, level, name))
    for forecast in fields.forecast:
        start = here.clock.begin(forecast.on).astimezone(UTC)
        if now < start + timedelta(days=1):
            end = start + timedelta(days=1)
            found.append(Demand(start, end, float(forecast.level), "forecast", forecast=True))
    return sorted(found, key=lambda one: (one.start, one.end, one.name))


def _grown(here: Here, fields: Capacity, level: float, after: timedelta) -> float:
    """A level as it will be some time from now."""
    return grown(fields, level, here.clock.today, max(after / timedelta(days=1), 0.0))


def _growth(fields: Capacity) -> str | None:
    return f"{fields.growth:g} % a {fields.growth_period}" if fields.growth is not None else None


def _level(level: float | None, fields: Capacity) -> str | None:
    return f"{_short(level)} {fields.unit or ''}".strip() if level is not None else None


def _short(level: float) -> str:
    """A figure as people read it: no more digits than it is worth."""
    return f"{level:,.0f}" if abs(level) >= 100 else f"{level:.3g}"


def _day(here: Here, one: Demand) -> Markup:
    return here.clock.show(here.clock.day_of(one.start), relative=False)


def _runs_out(here: Here, capacity: Record[Capacity]) -> Markup:
    """The day on which demand outgrows the service, where what it carries is known."""
    found, fields = runs_out(here.repository, capacity), capacity.fields
    if found is None:
        return paragraph("Demand stays below what it may carry.") if fields.capacity is not None else NOTHING
    share = f"{fields.threshold:g} % of what it carries" if fields.threshold else "what it carries"
    over = found.latest < here.clock.today
    what = f"{found.what[0].upper()}{found.what[1:]}"
    is_, on = ("is", "on") if found.day >= here.clock.today else ("has been", "since")
    said: list[Content] = [chip("runs out", "bad" if over else "warn"), f" {what} {is_} above {share} {on} "]
    said += [
        tag("strong", here.clock.show(found.day)),
        "; more has to be ready by ",
        here.clock.show(found.latest),
        ".",
    ]
    return paragraph(said)


def _said(here: Here, fields: Capacity, ahead: Sequence[Demand]) -> Markup:
    """The highest demand, and what the service has to be able to carry for it."""
    if not ahead:
        return NOTHING
    top = max(ahead, key=lambda one: one.level)
    said: list[Content] = ["The highest demand that is known of: ", tag("strong", _level(top.level, fields))]
    said += [" on ", here.clock.show(here.clock.day_of(top.start)), f" ({top.name})."]
    if fields.threshold and fields.capacity is None:
        needed = _level(top.level * 100 / float(fields.threshold), fields)
        said += [
            " It has to be able to carry ",
            tag("strong", needed),
            " by then, so that demand stays below ",
        ]
        said += [f"{fields.threshold:g} %."]
    return paragraph(said)


def _peaks(here: Here, capacity: Record[Capacity]) -> Markup:
    rows: list[list[Content]] = []
    for peak in capacity.fields.peaks:
        when: list[Content] = [recurring(peak.recurrence)] if peak.recurrence else []
        when.extend([here.reference("calendar", peak.calendar)] if peak.calendar else [])
        level = _level(peak.level, capacity.fields)
        rows.append([peak.name, [*when, ranges(here, peak.dates)], level, str(peak.margin or "")])
    return table(["Peak", "When", "Demand", "Leave alone before and after"], rows)


def _figures(here: Here, fields: Capacity, ahead: Sequence[Demand]) -> Markup:
    """The chart in figures, folded."""
    rows: list[list[Content]] = []
    for one in ahead[:_MOST_ROWS]:
        share = float(fields.threshold) if fields.threshold else 0.0
        needed = _level(one.level * 100 / share, fields) if share else None
        rows.append([here.clock.span(one.start, one.end), one.name, _level(one.level, fields), needed])
    heading = f"Enough to stay below {fields.threshold:g} %" if fields.threshold else ""
    shown = table(["When", "What", "Demand, grown until then", heading], rows, searchable=False)
    more = len(ahead) - _MOST_ROWS
    rest = paragraph(f"and {more} more in the two years ahead") if more > 0 else NOTHING
    return fold("The chart in figures", shown, rest) if shown else NOTHING


# --- the chart


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a moment and a level stand on the chart."""

    start: datetime
    end: datetime
    top: float
    width: int = _WIDTH

    def x(self, moment: datetime) -> float:
        share = (moment - self.start) / (self.end - self.start)
        return _LEFT + min(max(share, 0.0), 1.0) * (self.width - _LEFT - _RIGHT)

    def y(self, level: float) -> float:
        return _HEIGHT - _BOTTOM - min(level / self.top, 1.0) * (_HEIGHT - _TOP - _BOTTOM)


def _chart(here: Here, capacity: Record[Capacity], ahead: Sequence[Demand]) -> Markup:
    """Demand over the time ahead: the ordinary day as a line, peaks as bars, forecasts as points."""
    now, fields = here.clock.now.astimezone(UTC), capacity.fields
    baseline = float(fields.baseline or 0)
    if not ahead and not (baseline and fields.growth):
        return NOTHING
    end = max([now + _YEAR, *(one.end for one in ahead if one.end < now + 5 * _YEAR)])
    highest = max([_grown(here, fields, baseline, end - now), *(one.level for one in ahead)])
    if highest <= 0:
        return NOTHING
    needed, label = _limit(fields, highest if ahead else 0.0)
    drawn = []
    for width, class_ in ((_WIDTH, "g-chart"), (_NARROW, "g-chart g-chart--narrow")):
        scale = _Scale(now, end, max(highest, needed) * 1.08, width)
        shapes = [
            *_axes(here, scale),
            *_bars(scale, ahead),
            *(_ordinary(here, scale, fields, baseline) if baseline else ()),
            *(_needed(scale, needed, label) if needed else ()),
        ]
        said = "Demand over the time ahead; the tables say the same in figures"
        box = f"0 0 {width} {_HEIGHT}"
        drawn.append(tag("svg", shapes, class_=class_, viewBox=box, role="img", aria_label=said))
    return join(drawn)


def _axes(here: Here, scale: _Scale) -> Iterator[Markup]:
    for share in (0.0, 0.5, 1.0):
        level = scale.top / 1.08 * share
        y = f"{scale.y(level):.1f}"
        yield tag("line", x1=f"{_LEFT}", y1=y, x2=f"{scale.width - _RIGHT}", y2=y, class_="g-chart__line")
        yield tag("text", _short(level), x=f"{_LEFT - 6}", y=y, class_="g-chart__level")
    months = (scale.end - scale.start) / _YEAR * 12
    every = next((step for step in (1, 2, 3, 6) if months / step <= scale.width // 72), 12)
    first = here.clock.day_of(scale.start)
    for number in range(every, int(months) + 1, every):
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        x = scale.x(datetime(year, month + 1, 1, tzinfo=UTC))
        label = f"{MONTHS[month]} {year % 100:02}"
        yield tag("line", x1=f"{x:.1f}", y1=f"{_HEIGHT - _BOTTOM}", x2=f"{x:.1f}", y2=f"{_HEIGHT - _BOTTOM + 4}",
                  class_="g-chart__line")  # fmt: skip
        yield tag("text", label, x=f"{x:.1f}", y=f"{_HEIGHT - 8}", class_="g-chart__when")


def _bars(scale: _Scale, ahead: Iterable[Demand]) -> Iterator[Markup]:
    # Of more than can be told apart the highest are shown, and no bar is thinner than can be seen.
    near = (one for one in ahead if one.start <= scale.end)
    shown = sorted(near, key=lambda one: -one.level)[: _MOST_BARS if scale.width == _WIDTH else _FEW_BARS]
    for one in sorted(shown, key=lambda one: (one.forecast, one.start, -one.level)):
        x, y = scale.x(one.start), scale.y(one.level)
        if one.forecast:
            yield tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="5", class_="g-chart__forecast")
        else:
            width = max(scale.x(one.end) - x, 2.0)
            yield tag("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{width:.1f}",
                      height=f"{_HEIGHT - _BOTTOM - y:.1f}", class_="g-chart__peak")  # fmt: skip


def _ordinary(here: Here, scale: _Scale, fields: Capacity, baseline: float) -> Iterator[Markup]:
    step = (scale.end - scale.start) / _STEPS
    moments = [scale.start + step * number for number in range(_STEPS + 1)]
    levels = [_grown(here, fields, baseline, moment - scale.start) for moment in moments]
    points = " ".join(
        f"{scale.x(moment):.1f},{scale.y(level):.1f}" for moment, level in zip(moments, levels, strict=True)
    )
    yield tag("polyline", points=points, class_="g-chart__ordinary")


def _limit(fields: Capacity, highest: float) -> tuple[float, str]:
    """Where demand has to stay below: what the service may carry, else what it would have to."""
    carries = may_carry(fields)
    if carries is not None:
        share = f"{fields.threshold:g} % of what it carries" if fields.threshold else "what it carries"
        return float(carries), f"{_short(float(carries))}: {share}"
    needed = highest * 100 / float(fields.threshold) if fields.threshold else 0.0
    return needed, f"{_short(needed)}: enough to stay below {fields.threshold or 100:g} %"


def _needed(scale: _Scale, needed: float, label: str) -> Iterator[Markup]:
    y = scale.y(needed)
    yield tag(
        "line",
        x1=f"{_LEFT}",
        y1=f"{y:.1f}",
        x2=f"{scale.width - _RIGHT}",
        y2=f"{y:.1f}",
        class_="g-chart__needed",
    )
    yield tag("text", label, x=f"{_LEFT + 6}", y=f"{y - 6:.1f}", class_="g-chart__said")
