"""Where a change stands. Its state is derived from the record, from Git and from the moment."""

from __future__ import annotations

from enum import StrEnum

from gitsm.records.change import Change
from gitsm.repository import Record, Repository


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
