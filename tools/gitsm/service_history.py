"""What changed about a service since somebody reviewed a text that rests on it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from gitsm.diagnostic import Place
from gitsm.history import History, Unknown, Version, history_of
from gitsm.records.service import Alert, Dependency, Service
from gitsm.records.support import EscalationStep
from gitsm.repository import Record, Repository

Entry = TypeVar("Entry", Dependency, Alert, EscalationStep)


@cache
def _list_of(entry: type[Entry]) -> TypeAdapter[tuple[Entry, ...]]:
    """What reads a list of such entries; made once it is needed, because that takes its time."""
    return TypeAdapter(tuple[entry, ...])  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a service says now and did not say then, or the other way round."""

    what: str
    place: Place


def since_review(
    repository: Repository, reviewed: Record[Any], service: Record[Service]
) -> Sequence[Difference]:
    """How a service's dependencies, monitoring and escalation differ from what they were at a review.

    The review is the commit that gave the record's `reviewed` its present value. Nothing differs where that
    is not known, and where there was no such service then.
    """
    history = history_of(repository)
    if history is None:
        return ()
    review = history.since_when(reviewed, "reviewed")
    if isinstance(review, Unknown) or not review.is_committed:
        return ()
    then = history.data_at(service, review)
    if isinstance(then, Unknown) or then is None:
        return ()
    return [
        *_dependencies(service, then),
        *_monitoring(service, then),
        *_escalation(repository, history, review, service, then),
    ]


def _typed(entry: type[Entry], value: Any) -> tuple[Entry, ...] | None:
    """The entries of an old version as their field has them today; None where they don't fit any more."""
    try:
        return _list_of(entry).validate_python(value if value is not None else [], strict=False)
    except ValidationError:
        return None


def _dependencies(service: Record[Service], then: Mapping[str, Any]) -> Iterator[Difference]:
    before = _typed(Dependency, then.get("depends_on"))
    if before is None:
        return
    old = {dependency.service: dependency for dependency in before}
    new = {dependency.service: dependency for dependency in service.fields.depends_on}
    for index, dependency in enumerate(service.fields.depends_on):
        on, place = dependency.service, service.place("depends_on", index, label="since then")
        if on not in old:
            yield Difference(f"{service.id} depends on {on}", place)
        elif old[on].criticality != dependency.criticality:
            was, now = old[on].criticality, dependency.criticality
            yield Difference(f"{service.id} depends on {on} {now}, not {was}", place)
        elif old[on] != dependency:
            yield Difference(f"what {service.id} does without {on} changed", place)
    for on in old:
        if on not in new:
            place = service.place("depends_on", on_key=True, label=f"without {on} now")
            yield Difference(f"{service.id} no longer depends on {on}", place)


def _monitoring(service: Record[Service], then: Mapping[str, Any]) -> Iterator[Difference]:
    before = _typed(Alert, then.get("monitoring"))
    if before is None:
        return
    old = {alert.alert: alert.event for alert in before}
    new = {alert.alert for alert in service.fields.monitoring}
    for index, alert in enumerate(service.fields.monitoring):
        place = service.place("monitoring", index, label="since then")
        if alert.alert not in old:
            yield Difference(f"{service.id} raises {alert.alert}", place)
        elif old[alert.alert] != alert.event:
            yield Difference(f"{alert.alert} is an event of class {alert.event}", place)
    for name in old:
        if name not in new:
            place = service.place("monitoring", on_key=True, label=f"without {name} now")
            yield Difference(f"{service.id} no longer raises {name}", place)


def _escalation(
    repository: Repository,
    history: History,
    review: Version,
    service: Record[Service],
    then: Mapping[str, Any],
) -> Iterator[Difference]:
    """The path that holds: the service's own, else its owner's."""
    before = then.get("escalation") or _of_owner(repository, history, review, then.get("owner"))
    owner = repository.find("team", service.fields.owner)
    own = service.data.get("escalation")
    after = own or (owner.data.get("escalation") if owner is not None else None)
    if isinstance(before, Unknown):
        return
    old, new = _typed(EscalationStep, before), _typed(EscalationStep, after)
    if old is None or new is None or _steps(old) == _steps(new):
        return
    where = owner if owner is not None and not own and owner.data.get("escalation") else service
    place = where.place("escalation", on_key=True, label="since then")
    yield Difference(f"the escalation of {service.id} changed", place)


def _of_owner(repository: Repository, history: History, review: Version, owner: object) -> Any:
    team = repository.find("team", owner) if isinstance(owner, str) else None
    if team is None:
        return Unknown("the owner of that time has no record today")
    data = history.data_at(team, review)
    return data if isinstance(data, Unknown) else (data or {}).get("escalation")


def _steps(path: Sequence[EscalationStep]) -> list[tuple[str, float, bool]]:
    return [(step.team, step.after.minutes, step.after.business) for step in path]
