"""The state of a change: from the record, from Git and from the moment, never typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from gitsm.change_control import ChangeState, state_of
from gitsm.records.change import Change
from gitsm.repository import Repository

FILE = "changes/2026/2026-11-20-move.yaml"
PLAIN = "title: Move\ntype: normal\nservices: [ledger]\nplan: a\nrollback: b\n"
WINDOW = PLAIN + "window: {start: 2026-11-28T22:00+01:00, end: 2026-11-29T02:00+01:00}\n"
BEGUN = WINDOW + "actual: {start: 2026-11-28T22:05+01:00}\n"
ENDED = WINDOW + "actual: {start: 2026-11-28T22:05+01:00, end: 2026-11-29T01:00+01:00}\n"
BEFORE, INSIDE, AFTER = "2026-11-28T21:59+01:00", "2026-11-28T22:00+01:00", "2026-11-29T02:00+01:00"
MERGED, BRANCH, NO_GIT = frozenset({FILE}), frozenset({"other"}), None

STATES = [
    (PLAIN, BEFORE, NO_GIT, ChangeState.UNKNOWN),
    (PLAIN, BEFORE, BRANCH, ChangeState.ASSESS),
    (PLAIN, BEFORE, MERGED, ChangeState.AUTHORIZED),
    (WINDOW, INSIDE, BRANCH, ChangeState.ASSESS),
    (WINDOW, BEFORE, MERGED, ChangeState.SCHEDULED),
    (WINDOW, INSIDE, MERGED, ChangeState.IMPLEMENT),
    (WINDOW, "2026-11-29T01:59+01:00", MERGED, ChangeState.IMPLEMENT),
    (WINDOW, AFTER, MERGED, ChangeState.UNRECORDED),
    (BEGUN, AFTER, MERGED, ChangeState.IMPLEMENT),
    (BEGUN, INSIDE, MERGED, ChangeState.IMPLEMENT),
    (ENDED, AFTER, MERGED, ChangeState.REVIEW),
    (ENDED, AFTER, NO_GIT, ChangeState.REVIEW),
    (ENDED + "closure: {code: successful}\n", AFTER, MERGED, ChangeState.CLOSED),
    (ENDED + "closure: {code: unsuccessful}\n", AFTER, NO_GIT, ChangeState.CLOSED),
    (WINDOW + "closure: {code: canceled}\n", BEFORE, MERGED, ChangeState.CANCELED),
]


@pytest.mark.parametrize(("text", "moment", "authorised", "state"), STATES)
def test_the_state_is_derived(
    text: str,
    moment: str,
    authorised: frozenset[str] | None,
    state: ChangeState,
    example_files: dict[str, str],
    repository_of: Callable[..., Repository],
) -> None:
    repository = repository_of(
        {**example_files, FILE: text}, datetime.fromisoformat(moment), authorised=authorised
    )
    change = repository.get(Change, "2026-11-20-move")
    assert change is not None
    assert state_of(repository, change) is state
