"""The calendar month by month: a grid of days with marks, and beside it what the marks stand for."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gitsm.calendar import Planned
from gitsm.calendar_views import (
    COLOUR_OF,
    Row,
    Shown,
    footing,
    nothing,
    services_of,
    trouble_lines,
)
from gitsm.terminal import COLOURS, cells, safe, styled, wrapped

MARKS = {"change": "C", "hard freeze": "F", "soft freeze": "f", "maintenance": "M", "peak": "P"}
"""The letter of each sort of thing that is planned; a change in trouble is an exclamation mark."""
_TROUBLE = "!"
_CELL = 8
_GRID = 7 * _CELL - 1
_WIDE = _GRID + 3 + 40
"""From how many columns on the legend has room beside the grid."""
_DAY = timedelta(days=1)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text, and how many cells it takes without its colours."""

    text: str
    size: int


def render(shown: Shown, *, colour: bool, width: int) -> Iterator[str]:
    """A grid for each month in which something is planned."""
    if not shown.items:
        yield nothing(shown)
        return
    days = _by_day(shown)
    months = sorted({(day.year, day.month) for day in days})
    for year, month in months:
        grid = list(_grid(shown, year, month, days, colour))
        room = width - _GRID - 3 if width >= _WIDE else width
        legend = list(_legend(shown, year, month, colour, room))
        yield from _beside(grid, legend) if width >= _WIDE else [*(line.text for line in grid), "", *legend]
        yield ""
    yield from _key(shown, colour, width)
    if shown.conflicts or shown.exceptions:
        yield ""
        yield from trouble_lines(shown, colour=colour, width=width)
    yield ""
    yield footing(shown)


def _by_day(shown: Shown) -> dict[date, list[Planned]]:
    """What is planned on each local day, inside what is shown."""
    found: dict[date, list[Planned]] = {}
    for item in shown.items:
        for day in _days(shown, item):
            found.setdefault(day, []).append(item)
    return found


def _days(shown: Shown, item: Planned) -> Iterator[date]:
    day = shown.local(max(item.start, shown.start)).date()
    last = shown.local(min(item.end, shown.end) - timedelta(microseconds=1)).date()
    while day <= last:
        yield day
        day += _DAY


def _grid(
    shown: Shown, year: int, month: int, days: dict[date, list[Planned]], colour: bool
) -> Iterator[_Line]:
    title = f"{_MONTHS[month - 1]} {year}"
    yield _Line(styled(title, colour, bold=True), len(title))
    heading = " ".join(f"{name:<{_CELL - 1}}" for name in _WEEKDAYS).rstrip()
    yield _Line(styled(heading, colour, dim=True), len(heading))
    for week in Calendar().monthdatescalendar(year, month):
        row = [_cell(shown, day, days.get(day, []), colour) if day.month == month else "" for day in week]
        sizes = [_CELL - 1 if day.month == month else 0 for day in week]
        text = " ".join(cell + " " * (_CELL - 1 - size) for cell, size in zip(row, sizes, strict=True))
        yield _Line(text if colour else text.rstrip(), _GRID if colour else len(text.rstrip()))


def _cell(shown: Shown, day: date, items: Sequence[Planned], colour: bool) -> str:
    today = day == shown.repository.today
    number = f"{day.day:>2}{'*' if today else ' '}"
    marks = "".join(mark for mark, _ in _marks(shown, items))
    if not colour:
        return f"{number}{marks:<4}"
    shaded = next(
        (what for what in ("hard freeze", "soft freeze") if any(i.what == what for i in items)), None
    )
    head = styled(number, True, bold=today or None, fg=COLOUR_OF[shaded] if shaded else None)
    tail = "".join(styled(mark, True, fg=fg, bold=mark in "C!" or None) for mark, fg in _marks(shown, items))
    return head + tail + " " * (4 - len(marks))


def _marks(shown: Shown, items: Sequence[Planned]) -> Iterator[tuple[str, str]]:
    """The marks of a day, each with its colour."""
    there = {item.what for item in items}
    troubles = [trouble for item in items if (trouble := shown.trouble(item)) is not None]
    if troubles:
        yield _TROUBLE, COLOURS[min(troubles, key=lambda severity: severity.rank)]
    elif "change" in there:
        yield MARKS["change"], COLOUR_OF["change"]
    freeze = next((what for what in ("hard freeze", "soft freeze") if what in there), None)
    for what in (freeze, "maintenance", "peak"):
        if what in there:
            yield MARKS[what], COLOUR_OF[what]


def _legend(shown: Shown, year: int, month: int, colour: bool, width: int) -> Iterator[str]:
    """What a month holds: changes in their order, then what they have to heed."""
    first = datetime(year, month, 1, tzinfo=shown.zone)
    last = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=shown.zone)
    order = list(MARKS)
    for row in sorted(shown.rows, key=lambda row: (order.index(row.what), row.items[0].start)):
        items = [item for item in row.items if item.start < last and item.end > max(first, shown.start)]
        if items:
            yield from _entry(shown, row, items, (first.date(), (last - _DAY).date()), colour, width)


def _entry(
    shown: Shown, row: Row, items: Sequence[Planned], month: tuple[date, date], colour: bool, width: int
) -> Iterator[str]:
    trouble = shown.trouble(row.items[0])
    mark = _TROUBLE if trouble else MARKS[row.what]
    when = _when(shown, items, month)
    lines = wrapped(f"{when}  {safe(row.title)} ({safe(services_of(row.services))})", width, "  ")
    fg = COLOURS[trouble] if trouble else COLOUR_OF[row.what]
    yield styled(mark, colour, fg=fg, bold=True) + lines[0][1:]
    yield from lines[1:]


def _when(shown: Shown, items: Sequence[Planned], month: tuple[date, date]) -> str:
    """When something is in a month: its times where it comes once, else its days."""
    if len(items) == 1:
        start, end = shown.local(items[0].start), shown.local(items[0].end)
        if start.date() == end.date():
            return f"{start:%a} {start.day} {start:%H:%M}–{end:%H:%M}"
        return f"{_moment(start, month)} – {_moment(end, month)}"
    runs: list[list[date]] = []
    for item in items:
        days = [day for day in _days(shown, item) if month[0] <= day <= month[1]]
        if runs and len(days) == 1 and days[0] - runs[-1][-1] == _DAY:
            runs[-1].append(days[0])
        elif days:
            runs.append([days[0], days[-1]])
    spans = [f"{run[0].day}" if run[0] == run[-1] else f"{run[0].day}–{run[-1].day}" for run in runs]
    times = {(f"{shown.local(item.start):%H:%M}", f"{shown.local(item.end):%H:%M}") for item in items}
    on_one_day = all(len(list(_days(shown, item))) == 1 for item in items)
    clock = " {}–{}".format(*next(iter(times))) if len(times) == 1 and on_one_day else ""
    return ", ".join(spans) + clock


def _moment(moment: datetime, month: tuple[date, date]) -> str:
    """A moment as it is told beside a month: of another one it is named too."""
    other = "" if month[0] <= moment.date() <= month[1] else f" {_MONTHS[moment.month - 1][:3]}"
    return f"{moment:%a} {moment.day}{other} {moment:%H:%M}"


def _beside(grid: Sequence[_Line], legend: Sequence[str]) -> Iterator[str]:
    for number in range(max(len(grid), len(legend) + 1)):
        left = grid[number] if number < len(grid) else _Line("", 0)
        right = legend[number - 1] if 0 < number <= len(legend) else ""
        yield (left.text + " " * (_GRID + 3 - left.size) + right).rstrip() if right else left.text


def _key(shown: Shown, colour: bool, width: int) -> Iterator[str]:
    """The letters that occur."""
    there = [what for what in MARKS if any(item.what == what for item in shown.items)]
    parts = [(MARKS[what], what, COLOUR_OF[what]) for what in there]
    if shown.conflicts:
        parts.append((_TROUBLE, "change with a conflict", "red"))
    parts.append(("*", "today", ""))
    line, taken = "", 0
    for mark, what, fg in parts:
        size = cells(f"{mark} {what}")
        if taken and taken + 3 + size > width:
            yield line
            line, taken = "", 0
        line += (
            ("   " if taken else "")
            + styled(mark, colour and bool(fg), fg=fg or None, bold=True)
            + f" {what}"
        )
        taken += size + (3 if taken else 0)
    yield line
