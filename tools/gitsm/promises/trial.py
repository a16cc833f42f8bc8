"""Changes that are tried: what would be said of a promise if one value of one record were another.

Whatever is named as a mend was tried here first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from gitsm.promises.ground import Ground, TooEntangled
from gitsm.promises.judged import Judged, judged_on
from gitsm.promises.verdict import Mend, Promise
from gitsm.promises.way_times import UnknownWay
from gitsm.repository import Record
from gitsm.schema.validation import validate

MOST_TRIED = 10
MOST_MENDS = 3
"""How many changes are named for one promise."""
Said = Callable[[Judged, str | None], Iterable[Promise]]
"""What is said of the promises of one sort of an agreement: of all, or of the one about something."""


def mended(judged: Judged, promise: Promise, said: Said) -> Promise:
    """A promise with those of its mends after which it would be proved, each with its file."""
    if promise.candidates is None:
        return promise
    found = partial(_that_do, judged, promise, said, promise.candidates)
    return replace(promise, candidates=found)


def _that_do(
    judged: Judged, promise: Promise, said: Said, candidates: Callable[[], Iterable[Mend]]
) -> Iterator[Mend]:
    with suppress(TooEntangled, UnknownWay):  # there is more to compute than is reasonable
        yield from islice(_tried(judged, promise, said, candidates()), MOST_MENDS)


def _tried(judged: Judged, promise: Promise, said: Said, candidates: Iterable[Mend]) -> Iterator[Mend]:
    told = set()
    for mend in islice(candidates, MOST_TRIED):
        record = record_of(judged.ground, mend)
        if record is None:  # the words alone tell: no program could make the change
            yield mend
            continue
        changed = _changed(record, mend)
        if changed is None or mend.words in told:
            continue
        told.add(mend.words)
        ground = judged.ground.with_changed(changed)
        case = judged_on(ground, ground.agreement(judged.agreement.id) or judged.agreement)
        if case is not None and _is_kept(case, promise, said):
            yield replace(mend, file=record.file)


def _is_kept(case: Judged, promise: Promise, said: Said) -> bool:
    try:
        again = next((each for each in said(case, promise.about) if each.about == promise.about), None)
    except TooEntangled:
        return False
    return again is not None and again.verdict == "proved"


def record_of(ground: Ground, mend: Mend) -> Record[Any] | None:
    """The record that a mend changes; None where its words alone tell."""
    if not mend.path:
        return None
    if mend.kind == "agreement":
        return ground.agreement(mend.id)
    return ground.services.get(mend.id) if mend.kind == "service" else ground.team(mend.id)


def _changed(record: Record[Any], mend: Mend) -> Record[Any] | None:
    """A record as a mend would leave it; None where it would not fit its schema any more."""
    data: Any = deepcopy(dict(record.data))
    at = data
    for key in mend.path[:-1]:
        at = at.setdefault(key, {}) if isinstance(at, dict) else at[key]
    if mend.value is None:
        at.pop(mend.path[-1], None)
    else:
        at[mend.path[-1]] = mend.value
    fields, _ = validate(record.kind, record.file, data)
    return replace(record, checked=fields) if fields is not None else None
