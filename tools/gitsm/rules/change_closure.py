"""How a change ended, whether anybody wrote that down, and what was learnt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gitsm.change_control import ChangeState, days_long, ended, open_changes, state_of
from gitsm.diagnostic import Severity
from gitsm.hollow import is_postponed
from gitsm.lint import Findings, rule
from gitsm.records.change import Change, Review
from gitsm.repository import Record, Repository

_OUTCOMES = {
    "successful": "successful",
    "successful_with_issues": "successful with issues",
    "unsuccessful": "unsuccessful",
    "canceled": "canceled",
}


@rule(severity=Severity.WARNING)
def unrecorded_change(repository: Repository, *, days: int = 1) -> Findings:
    """The window of a change is past, and nobody recorded what came of it.

    Whoever looks for the cause of an incident can't tell whether it was done. If it was not, it
    stands in the calendar as if it had been. On a branch nothing is said: there it was never authorised.

    Options:

        days: how many days after its window a change may be without a word

    Bad:

        # changes/2026/2026-11-02-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-11-12T20:00+01:00, end: 2026-11-12T21:00+01:00}

    Good:

        # changes/2026/2026-11-02-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        window: {start: 2026-11-12T20:00+01:00, end: 2026-11-12T21:00+01:00}
        actual: {start: 2026-11-12T20:02+01:00, end: 2026-11-12T20:40+01:00}
        closure: {code: successful, on: 2026-11-13, notes: As planned.}
    """
    for change in open_changes(repository):
        window = change.fields.window
        if window is None or change.fields.actual is not None:
            continue
        # Without Git nobody knows whether it was merged; its window is past all the same.
        known = state_of(repository, change) in (ChangeState.UNRECORDED, ChangeState.UNKNOWN)
        if known and window.end + days_long(days) <= repository.now:
            yield change.problem(
                f"the window of {change} ended {_ago(repository, window.end)}, and nothing was recorded",
                "window",
                "end",
                hint="record its `actual` times and its `closure`; if it was not done, move the window or close"
                " it as canceled",
            )


@rule(severity=Severity.WARNING)
def change_not_closed(repository: Repository, *, days: int = 7) -> Findings:
    """A change ended days ago and was not closed, or began and has no end though its window is long past.

    Nobody has said whether it succeeded, and its makers think of something else by now. A change
    that is still being watched has time until its watch is over.

    Options:

        days: how many days after its end, or the end of its watch, a change may stay open

    Bad:

        # changes/2026/2026-11-02-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        actual: {start: 2026-11-12T20:02+01:00, end: 2026-11-12T20:40+01:00}

    Good:

        # changes/2026/2026-11-02-payroll-workers.yaml (whole)
        title: Thirty workers for the pay run
        type: normal
        services: [payroll]
        plan: Raise the limit of the autoscaler from 12 to 30.
        rollback: Set it back to 12, 5 min.
        actual: {start: 2026-11-12T20:02+01:00, end: 2026-11-12T20:40+01:00}
        closure: {code: successful, on: 2026-11-13, notes: As planned.}
    """
    grace = days_long(days)
    for change in open_changes(repository):
        actual, window, watch = change.fields.actual, change.fields.window, change.fields.watch
        if actual is None:
            continue
        end = actual.end or (window.end if window is not None else None)
        if end is None or max(end, watch.until if watch is not None else end) + grace > repository.now:
            continue
        if actual.end is not None:
            message = f"{change} ended {_ago(repository, end)} and is not closed"
            yield change.problem(message, "actual", "end", hint="say in `closure` how it ended")
        else:
            message = f"{change} has no end, and its window ended {_ago(repository, end)}"
            yield change.problem(message, "actual", on_key=True, hint="record when it ended, and close it")


def _ago(repository: Repository, moment: datetime) -> str:
    days = (repository.now - moment).days
    return f"{days} day{'' if days == 1 else 's'} ago" if days else "today"


@rule(severity=Severity.WARNING, graded=True)
def closure_without_notes(
    repository: Repository,
    *,
    codes: tuple[str, ...] = ("successful_with_issues", "unsuccessful", "canceled"),
    minutes: int = 60,
) -> Findings:
    """A change was closed, and its closure doesn't say a word about how it went.

    The next change of this kind is planned as if nothing had happened. That is worth a warning where
    the code is one of those below, or where the change began or ended far outside its window. Of one
    that went well and in time it is a note, unless it was reviewed; a standard change needs none then.

    Options:

        codes: the codes of a closure of which missing notes are worth a warning
        minutes: how far outside its window a change may begin or end without a word

    Bad:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: successful_with_issues, on: 2026-10-26}

    Good:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: successful_with_issues, on: 2026-10-26, notes: The copy took two hours more.}
    """
    hint = "write into its `notes` what the next such change should know"
    most = timedelta(minutes=min(max(minutes, 0), 1_000_000))
    for change in repository.of(Change):
        closure = change.fields.closure
        if closure is None or (closure.notes is not None and not is_postponed(closure.notes)):
            continue
        if closure.code in codes:
            message = f"{change} was closed as {_OUTCOMES[closure.code]}, without a note"
            yield replace(change.problem(message, "closure", "code", hint=hint), severity=Severity.WARNING)
        elif change.fields.review is None and (strayed := _outside(change, most)):
            which, how = strayed
            message = f"{change} {how} its window, and its closure has no note"
            found = change.problem(message, "actual", which, hint=hint, related=[change.place("window")])
            yield replace(found, severity=Severity.WARNING)
        elif change.fields.review is None and change.fields.type != "standard":
            message = f"{change} was closed as {_OUTCOMES[closure.code]}, without a note"
            yield replace(change.problem(message, "closure", "code", hint=hint), severity=Severity.NOTE)


def _outside(change: Record[Change], most: timedelta) -> tuple[str, str] | None:
    """Which end of a change lies far outside its window, and in words how."""
    actual, window = change.fields.actual, change.fields.window
    if actual is None or window is None:
        return None
    if actual.end is not None and actual.end - window.end > most:
        return "end", f"ended {_lasting(actual.end - window.end)} after"
    if window.start - actual.start > most:
        return "start", f"began {_lasting(window.start - actual.start)} before"
    return None


def _lasting(stretch: timedelta) -> str:
    hours, minutes = divmod(stretch // timedelta(minutes=1), 60)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


@rule
def failed_change_without_review(repository: Repository) -> Findings:
    """A change was closed as unsuccessful and nobody has reviewed it.

    Three questions are worth an answer each time: which dependency nobody thought of, whether the
    rollback did what it said, and whether support knew what it had to. Without them the second
    attempt fails of the same cause.

    Bad:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: unsuccessful, on: 2026-10-26, notes: The copy took too long.}

    Good:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: unsuccessful, on: 2026-10-26, notes: The copy took too long.}
        review:
          missed_dependency: The nightly reports, which lock the table.
          rollback_realistic: Yes, it took the minutes that were claimed.
          support_informed: Yes, the day before.
    """
    for change in repository.of(Change):
        closure = change.fields.closure
        if closure is not None and closure.code == "unsuccessful" and change.fields.review is None:
            yield change.problem(
                f"{change} failed, and nobody has reviewed it",
                "closure",
                "code",
                hint="answer `missed_dependency`, `rollback_realistic` and `support_informed` under `review`",
            )


_QUESTIONS = {
    "missed_dependency": "which dependency nobody thought of",
    "rollback_realistic": "whether the rollback did what it said",
    "support_informed": "whether support knew what it had to",
}


@rule(graded=True)
def review_with_open_question(repository: Repository) -> Findings:
    """The review of a change that did not go well, or of an emergency, leaves a question open.

    It is the one of the three that nobody liked to answer. None is an answer, and so is no; a review
    of a planned change that went well may answer what it likes. Of an emergency change that went well
    it is a warning.

    Bad:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: unsuccessful, on: 2026-10-26, notes: The copy took too long.}
        review:
          missed_dependency: The nightly reports, which lock the table.
          support_informed: TBD

    Good:

        # changes/2026/2026-10-20-ledger-schema.yaml
        closure: {code: unsuccessful, on: 2026-10-26, notes: The copy took too long.}
        review:
          missed_dependency: The nightly reports, which lock the table.
          rollback_realistic: Yes, it took the minutes that were claimed.
          support_informed: No.
    """
    for change in repository.of(Change):
        closure, review = change.fields.closure, change.fields.review
        if closure is None or review is None or closure.code == "canceled":
            continue
        went_well = closure.code == "successful"
        if went_well and change.fields.type != "emergency":
            continue
        for name in _left_open(review):
            answered = getattr(review, name) is not None
            found = change.problem(
                f"the review of {change} leaves open {_QUESTIONS[name]}",
                *(("review", name) if answered else ("review",)),
                on_key=not answered,
                hint=f"answer `{name}`, if only with no or none",
            )
            yield replace(found, severity=Severity.WARNING) if went_well else found


def _left_open(review: Review) -> Sequence[str]:
    """The questions of a review that have no answer."""
    answers = {name: getattr(review, name) for name in _QUESTIONS}
    return [name for name, answer in answers.items() if answer is None or is_postponed(answer)]


@rule(severity=Severity.WARNING)
def emergency_without_review(repository: Repository, *, days: int = 10, months: int = 12) -> Findings:
    """An emergency change was not reviewed in time.

    It went ahead without assessment, because it could not wait. Somebody has to look at it
    afterwards: whether it had to be one, what it left behind, and what would make the next one
    needless.

    Options:

        days: how many days after its end an emergency change must be reviewed
        months: after how many months a review that nobody held is no longer asked for

    Bad:

        # changes/2026/2026-11-02-payroll-restart.yaml (whole)
        title: Restart the pay run with half the workers
        type: emergency
        services: [payroll]
        plan: Restart it.
        rollback: Restart it with all of them, 5 min.
        actual: {start: 2026-11-02T20:02+01:00, end: 2026-11-02T20:40+01:00}
        closure: {code: successful, on: 2026-11-03, notes: As planned.}

    Good:

        # changes/2026/2026-11-02-payroll-restart.yaml (whole)
        title: Restart the pay run with half the workers
        type: emergency
        services: [payroll]
        plan: Restart it.
        rollback: Restart it with all of them, 5 min.
        actual: {start: 2026-11-02T20:02+01:00, end: 2026-11-02T20:40+01:00}
        closure: {code: successful, on: 2026-11-03, notes: As planned.}
        review:
          missed_dependency: None.
          rollback_realistic: It was not needed.
          support_informed: Yes, by phone before the restart.
    """
    shortest, longest = days_long(days), days_long(30 * months)
    for change in repository.of(Change):
        fields, end = change.fields, ended(repository, change)
        if fields.type != "emergency" or end is None:
            continue
        # Of a closed one whose review answers only half the other rule speaks.
        if fields.review is not None and (fields.closure is not None or not _left_open(fields.review)):
            continue
        code = fields.closure.code if fields.closure is not None else None
        # A failed one is asked for its review at once, whatever its type.
        if code in ("canceled", "unsuccessful"):
            continue
        if shortest < repository.now - end < longest:
            yield change.problem(
                f"{change} is an emergency change that ended {_ago(repository, end)}, and was not"
                f"{'' if fields.review is None else ' wholly'} reviewed",
                "type",
                hint="answer the three questions under `review`, and say what would have spared it",
            )
