"""The conflicts of a repository's calendar, and those that a change would have in another window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitsm.calendar.collisions import spelt_out
from gitsm.calendar.conflict import Conflict, ConflictKind
from gitsm.calendar.duty import off_duty, unwatched
from gitsm.calendar.freezes import excepted, in_freezes
from gitsm.calendar.maintenance import beside_maintenance
from gitsm.calendar.meetings import meetings
from gitsm.calendar.order import before_its_successors, out_of_order
from gitsm.calendar.peaks import in_peaks
from gitsm.calendar.readiness import told_late, too_short
from gitsm.calendar.stretches import around
from gitsm.calendar.team_meetings import team_meetings
from gitsm.calendar.work import Plans, Work, plans, taken_up_by, window_of
from gitsm.intervals import Interval
from gitsm.records.calendar import Calendar
from gitsm.records.change import Change, FreezeException
from gitsm.repository import Record, Repository, once


@once
def conflicts(repository: Repository) -> Sequence[Conflict]:
    """Every conflict of the changes that are still to be done and whose windows are not over, or that are
    under way.

    What two changes have with each other is said once: of the one that is not authorised yet, else
    of the one with the later id.
    """
    every = plans(repository)
    found = [conflict for work in every.works for conflict in _alone(every, work)]
    found.extend(spelt_out([*meetings(every, every.works), *team_meetings(every, every.works)]))
    return sorted(found, key=lambda one: (one.change.file, list(ConflictKind).index(one.kind), one.message))


@once
def _by_kind(repository: Repository) -> dict[ConflictKind, list[Conflict]]:
    found: dict[ConflictKind, list[Conflict]] = {}
    for conflict in conflicts(repository):
        found.setdefault(conflict.kind, []).append(conflict)
    return found


def conflicts_with(repository: Repository, *kinds: ConflictKind) -> Iterator[Conflict]:
    """The conflicts of some kinds."""
    for kind in kinds:
        yield from _by_kind(repository).get(kind, ())


def conflicts_of(
    repository: Repository, change: Record[Change], when: Interval | None = None
) -> Sequence[Conflict]:
    """The conflicts that a change takes part in, in its own window or in one that is only tried.

    The others stay where they are, and nothing is read again, so that many windows can be tried. A
    change that has no window, and is given none, has no conflicts.
    """
    every = plans(repository)
    tried = when or taken_up_by(repository, change)
    if tried is None:
        return ()
    work = every.work(change, tried, when or window_of(change), is_tried=when is not None)
    found = list(_alone(every, work))
    found.extend(before_its_successors(every, work))
    works = [*(other for other in every.during(tried) if other.id != change.id), work]
    found.extend(meetings(every, works, about=work))
    found.extend(team_meetings(every, works, about=work))
    return found


def exceptions_of(
    repository: Repository, change: Record[Change]
) -> Sequence[tuple[Record[Calendar], FreezeException]]:
    """The freezes in which a change lies by leave, each with the exception that lets it."""
    every, when = plans(repository), window_of(change)
    return () if when is None else list(excepted(every, around(repository), every.work(change, when, when)))


def _alone(every: Plans, work: Work) -> Iterator[Conflict]:
    """The conflicts of a change with what is no change in a window of its own.

    Its plan is judged by the window that was planned. That it takes longer concerns those whom it meets.
    """
    yield from out_of_order(every, work)
    planned = work.as_planned()
    if planned is None or (work.has_begun and planned.when.end <= every.now):
        return
    standing = around(every.repository)
    yield from in_freezes(every, standing, planned)
    yield from in_peaks(every, standing, planned)
    yield from beside_maintenance(every, standing, planned)
    yield from too_short(every, planned)
    yield from off_duty(every, planned)
    yield from unwatched(every, planned)
    yield from told_late(every, planned)
