"""Where a change stands, what it affects and how early it was announced: derived, and never typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from gitsm.graph import graph_of
from gitsm.history import Unknown, history_of
from gitsm.records.change import Change, Rollback
from gitsm.records.change_model import ChangeModel
from gitsm.repository import Record, Repository, once
from gitsm.schema.values import Duration, Period, read_day


class ChangeState(StrEnum):
    """The states of a change, in the words of ServiceNow's normal change where ITIL has none."""

    UNKNOWN = "Unknown"
    """There is no Git, or not enough history, to say whether it was merged."""
    ASSESS = "Assess"
    """On a branch: being assessed."""
    AUTHORIZED = "Authorized"
    """On the default branch, without a window."""
    SCHEDULED = "Scheduled"
    """On the default branch, its window ahead."""
    IMPLEMENT = "Implement"
    """Begun and not ended, or inside its window."""
    UNRECORDED = "Unrecorded"
    """Its window is past, and nothing was recorded."""
    REVIEW = "Review"
    """Ended, not closed."""
    CLOSED = "Closed"
    CANCELED = "Canceled"

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self not in (ChangeState.CLOSED, ChangeState.CANCELED)


def state_of(repository: Repository, change: Record[Change]) -> ChangeState:
    """The state of a change at the repository's moment."""
    fields, now = change.fields, repository.now
    if fields.closure is not None:
        return ChangeState.CANCELED if fields.closure.code == "canceled" else ChangeState.CLOSED
    if fields.actual is not None and fields.actual.start <= now:
        return ChangeState.REVIEW if fields.actual.end and fields.actual.end <= now else ChangeState.IMPLEMENT
    if repository.authorised is None:
        return ChangeState.UNKNOWN
    if change.file not in repository.authorised:
        return ChangeState.ASSESS
    if fields.window is None:
        return ChangeState.AUTHORIZED
    if now < fields.window.start:
        return ChangeState.SCHEDULED
    return ChangeState.IMPLEMENT if now < fields.window.end else ChangeState.UNRECORDED


@once
def open_changes(repository: Repository) -> Sequence[Record[Change]]:
    """The changes on which something is still to be done, by id.

    Rules about a change's readiness look at these: a closed one was judged while it was open.
    """
    return [change for change in repository.of(Change) if state_of(repository, change).open]


def ended(repository: Repository, change: Record[Change]) -> datetime | None:
    """When a change ended: its actual end, else the end of the day on which it was closed, or now on that day."""
    fields = change.fields
    if fields.actual is not None and fields.actual.end is not None:
        return fields.actual.end
    if fields.closure is not None and fields.closure.on is not None:
        midnight = datetime.combine(fields.closure.on, time(), repository.timezone).astimezone(UTC)
        last = midnight + timedelta(days=1, microseconds=-1)
        return min(last, repository.now) if fields.closure.on <= repository.today else last
    return None


def ended_within(repository: Repository, change: Record[Change], stretch: Period) -> bool:
    """Whether a change ended in a stretch of time before now; one without a recorded end did not."""
    end = ended(repository, change)
    if end is None or end > repository.now:
        return False
    return repository.today <= stretch.after(end.astimezone(repository.timezone).date())


def days_long(count: int) -> timedelta:
    """A number of days that settings gave, as a time that can be reckoned with: a hundred years at most."""
    return timedelta(days=min(max(count, 0), 36_500))


def proposed_on(change: Record[Change]) -> date | None:
    """The day on which a change was proposed, by its id; None where the id carries none."""
    try:
        return read_day(change.id[:10])
    except ValueError:
        return None


def latest_tests(change: Change) -> Mapping[str, int]:
    """For each kind of test that a change records, the place of the latest one in its list.

    Without a date at each of them the order of the list counts, as it does within a day.
    """
    by_kind: dict[str, list[int]] = {}
    for index, test in enumerate(change.tests):
        by_kind.setdefault(test.kind, []).append(index)
    latest = {}
    for kind, places in by_kind.items():
        days = {index: change.tests[index].on for index in places}
        dated = None not in days.values()
        latest[kind] = max(places, key=lambda index: (days[index] if dated else date.min, index))
    return latest


def rollback_of(repository: Repository, change: Record[Change]) -> Rollback | None:
    """The rollback of a change as far as it is written in parts: its own, else that of its model."""
    own = change.fields.rollback
    if isinstance(own, Rollback):
        return own
    model = repository.get(ChangeModel, change.fields.model)
    below = model.fields.rollback if model is not None else None
    return below if isinstance(below, Rollback) else None


def affected_by(repository: Repository, change: Record[Change]) -> Mapping[str, tuple[str, ...]]:
    """The services that users may find down or worse while a change is done, each with the way there.

    A change without an outage affects the services that it names. Any other may take down with them
    what depends on them, also on one that no file defines; one that does not say which outage it brings
    counts as one that may.
    """
    graph = graph_of(repository)
    named = sorted({service for service in change.fields.services if service in graph.ids})
    if change.fields.outage == "none":
        return {service: (service,) for service in named if service in graph.services}
    known, key = _brought_down(repository), tuple(named)
    if key not in known:
        ways = graph.brought_down_by(named)
        known[key] = {
            service: way
            for service, way in ways.items()
            if service in graph.services and (len(way) == 1 or not graph.is_retired(service))
        }
    return known[key]


@once
def _brought_down(repository: Repository) -> dict[tuple[str, ...], Mapping[str, tuple[str, ...]]]:
    """What was found so far, by the services that are down: most changes are to the same few."""
    return {}


@dataclass(frozen=True, slots=True)
class Announced:
    """When a change was announced, how long before its window at most, and how long the policy asks for."""

    on: date
    at_most: timedelta
    lead: Duration

    @property
    def is_short(self) -> bool:
        """Whether it was announced too late for certain: working time only makes a lead longer."""
        return self.at_most < timedelta(minutes=self.lead.minutes)


def notice_of(repository: Repository, change: Record[Change]) -> Announced | None:
    """The notice of a change: from the day that its id says it was proposed on, to its window.

    None where the policy asks for none, where there is no window, or where the id carries no day. The
    day counts from its first moment, so that nobody is accused for the hour at which he wrote it.
    """
    proposed = proposed_on(change)
    return None if proposed is None else _announced(repository, change, proposed)


def notice_of_window(repository: Repository, change: Record[Change]) -> Announced | None:
    """The notice that the present start of a change's window was given, by the history of its file.

    None as for `notice_of`, and where the history doesn't tell since when the window begins then: what
    came with the first commit of all may be older than it, and a commit from the future tells nothing.
    """
    history = history_of(repository) if change.fields.window is not None else None
    since = history.since_when(change, "window", "start") if history is not None else None
    if history is None or since is None or isinstance(since, Unknown):
        return None
    if since.is_committed and history.begins_with(since):
        return None
    moment = since.time if since.is_committed else repository.now
    if moment is None or moment > repository.now:
        return None
    return _announced(repository, change, moment.astimezone(repository.timezone).date())


def _announced(repository: Repository, change: Record[Change], on: date) -> Announced | None:
    window = change.fields.window
    lead = next((n.lead for n in repository.policy.notice if n.type == change.fields.type), None)
    if window is None or lead is None:
        return None
    first_moment = datetime.combine(on, time(), repository.timezone)
    return Announced(on, window.start - first_moment.astimezone(UTC), lead)
