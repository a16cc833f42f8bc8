"""The calendar as a timeline: a row for each thing that is planned, over days or weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gitsm.calendar import Planned
from gitsm.calendar_views import COLOUR_OF, Row, Shown, footing, nothing, services_of, trouble_lines
from gitsm.terminal import COLOURS, cells, cut, safe, styled

_BARS = {"change": "█", "hard freeze": "▓", "soft freeze": "▒", "maintenance": "▁", "peak": "░"}
_SECTIONS = {
    "changes": ("change",),
    "freezes": ("hard freeze", "soft freeze"),
    "maintenance windows": ("maintenance",),
    "peaks of demand": ("peak",),
}
_TROUBLE = "!"
_LABEL = 24
_LONGEST_LABEL = 40
_STEPS = tuple(
    timedelta(hours=hours)
    for hours in (1, 2, 3, 4, 6, 8, 12, 24, 48, 72, 168, 336, 672, 1344, 2688, 5376, 10752, 21504)
)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The columns of a timeline: a number of steps of local time."""

    start: datetime
    """By local clocks, without a zone."""
    step: timedelta
    count: int

    def column(self, local: datetime) -> int:
        """The column that a local time is in; one before or after all of them is out of range."""
        return (local - self.start) // self.step

    def begins(self, column: int) -> datetime:
        """The local time with which a column begins."""
        return self.start + column * self.step


def render(shown: Shown, *, colour: bool, width: int) -> Iterator[str]:
    """Rows of bars below an axis, by sort and start, and below them the conflicts."""
    if not shown.rows:
        yield nothing(shown)
        return
    axis = _axis(shown, width)
    label = min(max(width - axis.count - 2, _LABEL), _LONGEST_LABEL)
    for line in _heading(axis):
        yield styled((" " * (label + 2) + line).rstrip(), colour, dim=True)
    for title, sorts in _SECTIONS.items():
        rows = [row for row in shown.rows if row.what in sorts]
        if rows:
            yield styled(title, colour, bold=True)
        named = Counter(row.title for row in rows)
        for row in rows:
            name = row.title if named[row.title] == 1 else f"{services_of(row.services)}: {row.title}"
            if row.what == "change":
                name = f"{shown.local(row.items[0].start):%m-%d} {row.title}"
            yield _row(shown, row, axis, cut(safe(name), label), label, colour)
    yield ""
    yield from _key(shown, axis, colour, width)
    if shown.conflicts or shown.exceptions:
        yield ""
        yield from trouble_lines(shown, colour=colour, width=width)
    yield ""
    yield footing(shown)


def _axis(shown: Shown, width: int) -> _Axis:
    start = max(shown.start, min(item.start for item in shown.items))
    end = min(shown.end, max(item.end for item in shown.items))
    if shown.days is not None:
        start, end = shown.start, shown.end
    first, last = (shown.local(moment).replace(tzinfo=None) for moment in (start, end))
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    room = max(width - _LABEL - 2, 10)
    for step in _STEPS:
        begins = midnight - timedelta(days=midnight.weekday()) if step > timedelta(days=1) else midnight
        count = -((begins - last) // step)
        if count <= room:
            return _Axis(begins, step, max(count, 1))
    return _Axis(midnight, _STEPS[-1], room)


def _heading(axis: _Axis) -> Iterator[str]:
    """The months, or years where a column is longer than a week, and below them days."""
    years = axis.step > timedelta(days=7)
    upper: dict[int, str] = {}
    lower: dict[int, str] = {}
    for column in range(axis.count):
        last = axis.begins(column + 1) - timedelta(seconds=1) if column else axis.begins(0)
        begins_month = column == 0 or _turns(axis, column, "%Y%m")
        if years:
            upper |= {column: f"{last:%Y}"} if column == 0 or _turns(axis, column, "%Y") else {}
            lower |= {column: f"{last:%b}"} if begins_month else {}
            continue
        if begins_month:
            upper[column] = f"{last:%b %Y}" if column == 0 or last.month == 1 else f"{last:%b}"
        lower |= {column: tick} if (tick := _day(axis, column)) else {}
    second = min((column for column in upper if column), default=axis.count)
    if second <= len(upper.get(0, "")):
        del upper[0]  # what begins matters more than what is nearly over
    yield _ticks(upper, axis.count)
    yield _ticks(lower, axis.count)


def _day(axis: _Axis, column: int) -> str:
    """What stands above a column: each day where there is room for it, else Mondays."""
    begins, day = axis.begins(column), timedelta(days=1)
    columns = day // axis.step
    if columns > 1 and begins.time() != time():
        return ""
    if columns > 2:
        return f"{begins:%a} {begins.day}" if columns > 7 else str(begins.day)
    days = (begins + n * day for n in range(max(axis.step // day, 1)))
    return next((str(each.day) for each in days if each.weekday() == 0), "")


def _turns(axis: _Axis, column: int, form: str) -> bool:
    """Whether a month or year begins in a column."""
    last, before = (axis.begins(c + 1) - timedelta(seconds=1) for c in (column, column - 1))
    return f"{last:{form}}" != f"{before:{form}}"


def _ticks(at: dict[int, str], count: int) -> str:
    """Texts above their columns; one that has no room is left out."""
    line = ""
    for column, text in sorted(at.items()):
        if (not line or column > len(line)) and column + len(text) <= count:
            line += " " * (column - len(line)) + text
    return line


def _row(shown: Shown, row: Row, axis: _Axis, name: str, label: int, colour: bool) -> str:
    trouble = shown.trouble(row.items[0])
    head = name + " " * (label - cells(name))
    filled = _filled(shown, row.items, axis)
    bar = _TROUBLE if trouble else _BARS[row.what]
    fg = COLOURS[trouble] if trouble else COLOUR_OF[row.what]
    return f"{head}  {''.join(_stretches(filled, axis.count, bar, fg, colour))}".rstrip()


def _stretches(filled: set[int], count: int, bar: str, fg: str, colour: bool) -> Iterator[str]:
    column = 0
    last = max(filled, default=-1)
    while column <= min(last, count - 1):
        end = column
        while end <= last and (end in filled) == (column in filled):
            end += 1
        if column in filled:
            yield styled(bar * (end - column), colour, fg=fg)
        else:
            yield " " * (end - column)
        column = end


def _filled(shown: Shown, items: Sequence[Planned], axis: _Axis) -> set[int]:
    found: set[int] = set()
    for item in items:
        start, end = (shown.local(moment).replace(tzinfo=None) for moment in (item.start, item.end))
        first = max(axis.column(start), 0)
        last = min(axis.column(end - timedelta(seconds=1)), axis.count - 1)
        found.update(range(first, max(last, first) + 1) if first < axis.count and last >= 0 else ())
    return found


def _key(shown: Shown, axis: _Axis, colour: bool, width: int) -> Iterator[str]:
    hours = axis.step // timedelta(hours=1)
    size = f"{hours} h" if hours < 24 else "a day" if hours == 24 else f"{hours // 24} days"
    parts = [(f"a column is {size}", "", "")]
    for what, bar in _BARS.items():
        if any(item.what == what for item in shown.items):
            parts.append((what, bar, COLOUR_OF[what]))
    if any(shown.trouble(item) for item in shown.items):
        parts.append(("change with a conflict", _TROUBLE, "red"))
    line, taken = "", 0
    for text, bar, fg in parts:
        shown_part = f"{styled(bar, colour, fg=fg)} {text}" if bar else text
        room = len(text) + (2 if bar else 0)
        if taken and taken + 3 + room > width:
            yield line
            line, taken = "", 0
        line += ("   " if taken else "") + shown_part
        taken += room + (3 if taken else 0)
    yield line
