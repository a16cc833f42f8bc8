"""Where a change stands, what it affects and how early it was announced: derived, and never typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from gitsm.graph import graph_of
from gitsm.records.change import Change
from gitsm.repository import Record, Repository
from gitsm.schema.values import Duration, read_day


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


def affected_by(repository: Repository, change: Record[Change]) -> Mapping[str, tuple[str, ...]]:
    """The services that users may find down or worse while a change is done, each with the way there.

    A change without an outage affects the services that it names. Any other may take down with them
    what depends on them; one that does not say which outage it brings counts as one that may.
    """
    graph = graph_of(repository)
    named = [service for service in change.fields.services if service in graph.services]
    if change.fields.outage == "none":
        return {service: (service,) for service in named}
    return graph.brought_down_by(named)


@dataclass(frozen=True, slots=True)
class Announced:
    """How long before its window a change was announced, at most, and how long the policy asks for."""

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
    window = change.fields.window
    lead = next((n.lead for n in repository.policy.notice if n.type == change.fields.type), None)
    try:
        proposed = read_day(change.id[:10])
    except ValueError:
        return None
    if window is None or lead is None:
        return None
    return Announced(window.start - datetime.combine(proposed, time(), repository.timezone), lead)
