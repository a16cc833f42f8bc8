"""What is said of each agreement: all of its promises, with their verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gitsm.promises.availability import availability
from gitsm.promises.continuity import continuity
from gitsm.promises.ground import TooEntangled
from gitsm.promises.hours import hours
from gitsm.promises.judged import Judged, judged, span_of
from gitsm.promises.restore import restore
from gitsm.promises.trial import Said, mended
from gitsm.promises.validity import validity
from gitsm.promises.verdict import Name, Promise, Verdict, worst
from gitsm.records.agreement import Agreement
from gitsm.repository import Record, Repository, once


@dataclass(frozen=True)
class Answer:
    """An agreement, and what is said of its promises."""

    agreement: Record[Agreement]
    promises: tuple[Promise, ...]
    """None where nobody is bound by it any more."""
    unbound: str = ""
    """Why nobody is, in words: it has ended, or its service is retired, or it can't be read as a whole; empty where
    somebody is."""

    def of(self, name: Name) -> tuple[Promise, ...]:
        """Its promises of one sort."""
        return tuple(promise for promise in self.promises if promise.name == name)

    def verdict(self, name: Name) -> Verdict | None:
        """The worst that is said of its promises of one sort; None where it makes none."""
        return worst([promise.verdict for promise in self.of(name)])


def answer(repository: Repository, agreement: Record[Agreement]) -> Answer:
    """What is said of the promises of an agreement."""
    if agreement.damaged:
        return Answer(
            agreement, (), unbound="there are errors in its file, so that nobody can tell what it promises"
        )
    case = judged(repository, agreement)
    if case is None:
        return Answer(agreement, (), unbound=f"ended on {span_of(agreement)[1]}")
    if case.record is not None and case.record.fields.lifecycle == "retired":
        return Answer(agreement, (), unbound=f"{case.record} is retired")
    unread = [id for id in agreement.fields.underpinned_by if case.ground.agreement(id) is None]
    found: list[Promise] = []
    for name, said in SAID.items():
        for promise in _guarded(name, case, said):
            # While an agreement that it rests on can't be read, no change of another record proves it.
            found.append(replace(promise, candidates=None) if unread else mended(case, promise, said))
    return Answer(agreement, tuple(_resting_on(promise, unread) for promise in found))


def _available(case: Judged, _: str | None = None) -> Iterator[Promise]:
    promise = availability(case)
    if promise is not None:
        yield promise


SAID: dict[Name, Said] = {
    "availability": _available,
    "restore": restore,
    "hours": lambda case, _: [hours(case)],
    "validity": lambda case, _: [validity(case)],
    "continuity": continuity,
}
"""Who says what of each sort of promise."""


def _resting_on(promise: Promise, unread: list[str]) -> Promise:
    """A promise, which nothing proves while an agreement that it is said to rest on can't be read."""
    if promise.verdict != "proved" or not unread:
        return promise
    missing = tuple(f"agreement {id}" for id in dict.fromkeys(unread))
    because = f"no file that can be read has {', '.join(dict.fromkeys(unread))}, which it names"
    return replace(promise, verdict="undetermined", because=because, missing=missing)


def _guarded(name: Name, case: Judged, said: Said) -> list[Promise]:
    """Promises, or that there was too much to look at for them."""
    try:
        return list(said(case, None))
    except TooEntangled as error:
        return [Promise(name, "", "", "undetermined", str(error), missing=(str(error),))]


@once
def answers(repository: Repository) -> Mapping[str, Answer]:
    """What is said of every agreement, by its id."""
    return {agreement.id: answer(repository, agreement) for agreement in repository.of(Agreement)}
