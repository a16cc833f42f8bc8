"""`gitsm clock`: by when an agreement wants an answer, and by when service restored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click

from gitsm import calendar_words
from gitsm.commands import InstantOption, fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.deadlines import Deadline, NoHours, Step, deadlines, standing
from gitsm.intervals import Interval, in_words
from gitsm.records.agreement import Agreement
from gitsm.records.calendar import Calendar
from gitsm.records.support import Priority
from gitsm.records.team import Team
from gitsm.repository import Record, Repository
from gitsm.schema.spelling import which_is_meant
from gitsm.schema.values import read_instant
from gitsm.terminal import cells, safe, styled, table, wants_colour, wrapped
from gitsm.working_time import UnknownHolidays

GROUP = "operate"
PRIORITIES: tuple[Priority, ...] = get_args(Priority)


class PauseOption(click.ParamType[Interval]):
    """A stretch of time between two instants with a slash between them."""

    name = "from/to"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Interval:
        if isinstance(value, Interval):
            return value
        start, slash, end = str(value).partition("/")
        if not slash:
            self.fail(
                "a pause is two instants, such as 2026-11-16T09:00+01:00/2026-11-16T11:00+01:00", param, ctx
            )
        try:
            pause = Interval(read_instant(start), read_instant(end))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if pause.end <= pause.start:
            self.fail(f"{end} is not after {start}", param, ctx)
        return pause


@click.command()
@click.argument("agreement", shell_complete=ids_of("agreement"))
@click.option("--priority", type=click.Choice(PRIORITIES), help="Of an incident of this priority alone.")
@click.option(
    "--from", "start", type=InstantOption(), help="When the clock starts; by default now, or --as-of."
)
@click.option(
    "--paused", "pauses", type=PauseOption(), multiple=True, help="While the clock stands; may be repeated."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@reads_repository
def command(
    repository: Repository,
    agreement: str,
    priority: Priority | None,
    start: datetime | None,
    pauses: tuple[Interval, ...],
    form: str,
) -> None:
    """Show by when to answer, and by when to restore service.

    AGREEMENT is its id, such as payroll/sla. With the deadlines come the steps that lead there, day by
    day: a target in business hours runs in the agreement's hours alone, any other runs on.
    """
    record = _agreement(repository, agreement)
    start = start or repository.now
    wanted = [priority] if priority is not None else list(PRIORITIES)
    try:
        found = {each: deadlines(repository, record, each, start, pauses) for each in wanted}
    except (NoHours, UnknownHolidays) as error:
        fail(str(error))
    if not any(found.values()):
        fail(f"{record} has no target for {priority or 'any priority'}")
    if form == "json":
        click.echo(json.dumps(_data(repository, record, start, found), indent=2))
        return
    for line in _text(repository, record, start, found):
        click.echo(line)


def _agreement(repository: Repository, id: str) -> Record[Agreement]:
    record = repository.get(Agreement, id)
    if record is None:
        if repository.defines("agreement", id):
            fail(f"agreement {id} has mistakes of its own; `gitsm check` shows them")
        known = [record.id for record in repository.all("agreement")]
        fail(f"there is no agreement {id!r}; {which_is_meant(id, known)}")
    return record


Found = dict[Priority, list[Deadline]]


def _text(repository: Repository, record: Record[Agreement], start: datetime, found: Found) -> Iterator[str]:
    hours = record.fields.hours
    calendar = repository.get(Calendar, hours) if hours else None
    zone = ZoneInfo(calendar.fields.timezone) if calendar is not None else repository.timezone
    first, *more = wrapped(f"{record}, from {_moment(start, zone)} ({zone.key})", _width(), "  ")
    yield from (first.lstrip(), *more)
    words = calendar_words.weekly(calendar.fields.weekly) if calendar is not None else ""
    hours_in_words = safe(f"{hours}: {words}") if words else hours or "around the clock, as it names none"
    yield from wrapped(f"its hours: {hours_in_words}", _width(), "  ")
    for note in _notes(repository, record, start, found):
        first, *more = wrapped(f"note: {note}", _width(), "  ")
        yield from (styled(first, wants_colour(), bold=True), *more)
    if len(found) > 1:
        yield ""
        yield from _overview(found, zone)
        return
    for priority, listed in found.items():
        for deadline in listed:
            yield ""
            yield from _deadline(priority, deadline, zone)


def _notes(repository: Repository, record: Record[Agreement], start: datetime, found: Found) -> Iterator[str]:
    """What whoever relies on a deadline has to know about the agreement that it comes from."""
    valid = record.fields.valid
    day = start.astimezone(repository.timezone).date()
    state = standing(record, day)
    if valid is not None and state == "ended":
        yield f"{record} ended on {valid.to}, and does not hold on {day}"
    elif valid is not None and state == "not started":
        yield f"{record} does not hold before {valid.from_}, and it is {day}"
    elif valid is not None and valid.to is not None:
        late = [deadline for listed in found.values() for deadline in listed if _is_after(deadline, valid.to)]
        if late:
            which = "a deadline lies" if len(late) == 1 else f"{len(late)} deadlines lie"
            yield f"{record} ends on {valid.to}, and {which} after that"
    if any(deadline.lacks_hours for listed in found.values() for deadline in listed):
        yield (
            f"{record} has targets in business hours and names no hours: all time is counted for them"
            f"{_of_provider(repository, record)}"
        )


def _is_after(deadline: Deadline, day: date) -> bool:
    return deadline.at is None or deadline.at.astimezone(ZoneInfo(deadline.timezone)).date() > day


def _of_provider(repository: Repository, record: Record[Agreement]) -> str:
    provider = repository.get(Team, record.fields.provider)
    if provider is None or provider.fields.hours is None:
        return f", and its provider {record.fields.provider} names none either"
    return f", and not the hours of its provider {provider.id}, which are {provider.fields.hours}"


def _overview(found: Found, zone: ZoneInfo) -> Iterator[str]:
    """A line for each deadline; the ways to them are shown of one priority."""
    rows = [
        [priority, deadline.name, _by(deadline, zone), str(deadline.target), _counts(deadline)]
        for priority, listed in found.items()
        for deadline in listed
    ]
    lines = table(["", "", "by", "within", "counts"], rows, width=_width(), colour=wants_colour())
    if max(map(cells, lines)) <= _width():
        yield from lines
    else:
        for priority, name, by, within, counts in rows:
            first, *more = wrapped(
                f"{priority} {name}: {by}, within {within}, {counts} counts", _width(), "  "
            )
            yield from (first.lstrip(), *more)
    yield ""
    first, *more = wrapped(f"with --priority {PRIORITIES[0]} the steps that lead there", _width(), "  ")
    yield from (first.lstrip(), *more)


def _counts(deadline: Deadline) -> str:
    return "working time" if deadline.calendar is not None else "all time"


def _by(deadline: Deadline, zone: ZoneInfo) -> str:
    return _moment(deadline.at, zone) if deadline.at is not None else "not within two years"


def _deadline(priority: Priority, deadline: Deadline, zone: ZoneInfo) -> Iterator[str]:
    head = f"{priority} {deadline.name}: {_by(deadline, zone)}"
    of = f" of {deadline.calendar}" if deadline.calendar is not None else ""
    why = " as the agreement names no hours" if deadline.lacks_hours else ""
    how = f"within {deadline.target}, {_counts(deadline)}{of} counts{why}"
    bold = styled(head, wants_colour(), bold=True)
    if len(head) + len(how) + 3 <= _width():
        yield f"{bold} ({how})"
    else:
        yield bold
        yield from wrapped(f"({how})", _width(), "  ")
    steps = deadline.steps
    left_out = steps[MOST // 2 : -MOST // 2] if len(steps) > MOST else ()
    for step in steps[: MOST // 2] if left_out else steps:
        yield from _step_in_words(step, zone)
    if left_out:
        days = f"{left_out[0].first:%a %Y-%m-%d} to {left_out[-1].last:%a %Y-%m-%d}"
        counted = in_words(sum(step.minutes for step in left_out))
        yield from wrapped(f"... {days}: {counted}, {in_words(left_out[-1].left)} left ...", _width(), "  ")
        for step in steps[-MOST // 2 :]:
            yield from _step_in_words(step, zone)


MOST = 24
"""How many steps are shown of a long way, half of them from its beginning."""


def _step_in_words(step: Step, zone: ZoneInfo) -> Iterator[str]:
    day = f"{step.first:%a %Y-%m-%d}" + (f" to {step.last:%a %Y-%m-%d}" if step.last != step.first else "")
    used = f"{in_words(step.minutes)}, {in_words(step.left)} left" if step.minutes and step.left else ""
    parts = [_ran(step, zone), _paused(step, zone), used]
    yield from wrapped(f"{day}: {'; '.join(part for part in parts if part)}", _width(), "  ")


def _ran(step: Step, zone: ZoneInfo) -> str:
    because = f" ({safe(step.because)})" if step.because else ""
    if not step.ran:
        return f"nothing counts{because}" if not step.paused and not step.is_paused_through else ""
    return ", ".join(_stretch(stretch, zone) for stretch in step.ran) + because


def _paused(step: Step, zone: ZoneInfo) -> str:
    if step.last != step.first and step.is_paused_through:
        of_it = in_words(sum(stretch.minutes for stretch in step.paused))
        return f"paused, {of_it} of it would have counted"
    if not step.paused:
        return "paused, nothing would have counted" if step.is_paused_through else ""
    return f"paused {', '.join(_stretch(stretch, zone) for stretch in step.paused)}"


def _stretch(stretch: Interval, zone: ZoneInfo) -> str:
    start, end = stretch.start.astimezone(zone), stretch.end.astimezone(zone)
    shown_end = "24:00" if end.date() > start.date() and f"{end:%H:%M}" == "00:00" else f"{end:%H:%M}"
    offsets = {start.utcoffset(), end.utcoffset()}
    return f"{start:%H:%M}–{shown_end}" + (" (clocks change)" if len(offsets) > 1 else "")


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 120)


def _data(repository: Repository, record: Record[Agreement], start: datetime, found: Found) -> dict[str, Any]:
    valid, day = record.fields.valid, start.astimezone(repository.timezone).date()
    return {
        "agreement": record.id,
        "from": start.isoformat(timespec="seconds"),
        "valid": {
            "from": str(valid.from_) if valid is not None and valid.from_ is not None else None,
            "to": str(valid.to) if valid is not None and valid.to is not None else None,
            "standing": standing(record, day),
        },
        "hours": record.fields.hours,
        "notes": list(_notes(repository, record, start, found)),
        "deadlines": [
            {
                "priority": priority,
                "name": deadline.name,
                "target": str(deadline.target),
                "counts": _counts(deadline),
                "calendar": deadline.calendar,
                "lacks_hours": deadline.lacks_hours,
                "timezone": deadline.timezone,
                "at": deadline.at and deadline.at.isoformat(timespec="seconds"),
                "steps": [_step(step) for step in deadline.steps],
            }
            for priority, listed in found.items()
            for deadline in listed
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    def stretches(listed: Sequence[Interval]) -> list[dict[str, str]]:
        return [{"start": part.start.isoformat(), "end": part.end.isoformat()} for part in listed]

    return {
        "first": str(step.first),
        "last": str(step.last),
        "ran": stretches(step.ran),
        "paused": stretches(step.paused),
        "paused_through": step.is_paused_through,
        "because": step.because,
        "minutes_left": step.left,
    }
