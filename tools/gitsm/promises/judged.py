"""An agreement that is judged: which agreements below count for it, from which day on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import cast

from gitsm.promises.ground import Ground, ground_of, service_of
from gitsm.records.agreement import Agreement
from gitsm.records.service import Service
from gitsm.repository import Record, Repository

_FAR = timedelta(days=36_525)
"""Agreements that begin later than in a hundred years are judged as if they began then."""


@dataclass(frozen=True)
class Judged:
    """An agreement that is judged, and the day from which on."""

    ground: Ground
    agreement: Record[Agreement]
    day: date
    """Today, or its first day where that is still to come."""
    memo: dict[object, object] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What computations remember of this agreement on this ground, by a key of their own."""

    @cached_property
    def service(self) -> str:
        """The id of the service that it is about."""
        return service_of(self.agreement)

    @cached_property
    def fields(self) -> Agreement:
        """What it says."""
        return self.agreement.fields

    @cached_property
    def record(self) -> Record[Service] | None:
        """The service that it is about, where it can be read."""
        return self.ground.services.get(self.service)

    @property
    def is_given(self) -> bool:
        """Whether it is a contract about what stands in a supplier's records, and not in ours."""
        record = self.record
        return self.fields.type == "UC" and (record is None or record.fields.owner != self.fields.provider)

    def ours(self, service: str) -> bool:
        """Whether a service is run by those who promise, so that no agreement is needed between them."""
        record = self.ground.services.get(service)
        owners = {self.fields.provider} | ({self.record.fields.owner} if self.record is not None else set())
        return record is not None and record.fields.owner in owners

    def is_of_others(self, agreement: Record[Agreement]) -> bool:
        """Whether an agreement binds another party than those who promise."""
        owner = self.record.fields.owner if self.record is not None else None
        return agreement.fields.provider not in (self.fields.provider, owner)

    def silent(self, service: str, has: Callable[[Agreement], object]) -> list[Record[Agreement]]:
        """The agreements in force about a service by which other parties have a part in it that those who
        promise stand on, and that say nothing to what is asked: ones that are named, and ones with them as
        the customer."""
        owner = self.record.fields.owner if self.record is not None else None
        return [
            each
            for each in self.ground.agreements_of(service)
            if in_force(each, self.day)
            and each is not self.agreement
            and _below(each.fields.type, self.fields.type)
            and not has(each.fields)
            and self.is_of_others(each)
            and (
                each.id in self.fields.underpinned_by or each.fields.customer in (self.fields.provider, owner)
            )
        ]

    def nearest(self, service: str, has: Callable[[Agreement], object]) -> Record[Agreement] | None:
        """The agreement of another service that counts for this one: the best that is in force and has
        what is asked for.

        First comes one that this agreement names in `underpinned_by`, then one with its own provider as
        customer, then operational level agreements before contracts before agreements with others.
        """
        return next((each for each in self._holding(service) if has(each.fields)), None)

    def _holding(self, service: str) -> list[Record[Agreement]]:
        """The other agreements about a service that are in force, the best first."""
        known = self.memo.get(("holding", service))
        if known is None:
            found = [
                each
                for each in self.ground.agreements_of(service)
                if in_force(each, self.day) and each is not self.agreement
            ]
            known = self.memo["holding", service] = sorted(found, key=self._rank)
        return cast("list[Record[Agreement]]", known)

    def _rank(self, agreement: Record[Agreement]) -> tuple[bool, bool, int, str]:
        fields = agreement.fields
        return (
            agreement.id not in self.fields.underpinned_by,
            fields.customer != self.fields.provider,
            ("OLA", "UC", "SLA").index(fields.type),
            agreement.id,
        )

    def covers_all(self, agreement: Record[Agreement]) -> bool:
        """Whether an agreement speaks for its service and all that is below it. A contract does for what
        its supplier runs, and for nothing that stands below a service of somebody else."""
        record = self.ground.services.get(service_of(agreement))
        return (
            agreement.fields.type != "UC"
            or record is None
            or record.fields.owner == agreement.fields.provider
        )

    def passed_over(self, service: str, has: Callable[[Agreement], object], lacks: str) -> str:
        """The agreements about a service that say nothing to what is asked, each with the reason, as the
        end of a sentence; empty where there is none."""
        reasons = []
        for each in self.ground.agreements_of(service):
            first, last = span_of(each)
            if each is self.agreement:
                continue
            if last < self.day:
                reasons.append(f"{each.id} ended on {last}")
            elif first > self.day:
                reasons.append(f"{each.id} does not hold before {first}")
            elif not has(each.fields):
                reasons.append(f"{each.id} {lacks}")
        more = [f"{len(reasons) - 3} more say nothing"] if len(reasons) > 4 else []
        listed = [*reasons[:3], *more] if more else reasons
        return f" ({'; '.join(listed)})" if listed else ""

    def beside(self, has: Callable[[Agreement], object]) -> Record[Agreement] | None:
        """The agreement about the same service that this one rests on, where it has what is asked for.

        It is one that this agreement names, or one in which its provider is the customer of another.
        """
        named = [
            each
            for each in self.ground.agreements_of(self.service)
            if each is not self.agreement
            and in_force(each, self.day)
            and has(each.fields)
            and (
                each.id in self.fields.underpinned_by
                or (each.fields.customer == self.fields.provider != each.fields.provider)
            )
            and _below(each.fields.type, self.fields.type)
        ]
        return min(named, key=self._rank, default=None)

    def named_elsewhere(self, has: Callable[[Agreement], object]) -> list[Record[Agreement]]:
        """The agreements that this one names though its service depends on theirs in no way."""
        fields = self.fields
        named = [self.ground.agreement(id) for id in dict.fromkeys(fields.underpinned_by)]
        found = [a for a in named if a is not None and service_of(a) != self.service]
        if not found:
            return []
        reached = self.ground.below(self.service, hard=False, most=5_000)
        return [
            each
            for each in found
            if reached is not None
            and service_of(each) not in reached
            and in_force(each, self.day)
            and has(each.fields)
        ]


def judged(repository: Repository, agreement: Record[Agreement]) -> Judged | None:
    """An agreement as it is judged; None where it holds no longer."""
    return judged_on(ground_of(repository), agreement)


def judged_on(ground: Ground, agreement: Record[Agreement]) -> Judged | None:
    """An agreement as it is judged on some ground; None where it holds no longer."""
    today, (first, last) = ground.repository.today, span_of(agreement)
    if last < today:
        return None
    return Judged(ground, agreement, min(max(first, today), today + _FAR))


def in_force(agreement: Record[Agreement], day: date) -> bool:
    """Whether an agreement holds on a day."""
    first, last = span_of(agreement)
    return first <= day <= last


def span_of(agreement: Record[Agreement]) -> tuple[date, date]:
    """The first and the last day of an agreement; the ends of the calendar where it names none."""
    valid = agreement.fields.valid
    first = valid.from_ if valid is not None else None
    last = valid.to if valid is not None else None
    return first or date.min, last or date.max - timedelta(days=1)


def _below(lower: str, upper: str) -> bool:
    """Whether agreements of a type lie below those of another: a contract can carry an operational level
    agreement, and that one a service level agreement; two of a type carry each other."""
    order = ("SLA", "OLA", "UC")
    return order.index(lower) >= order.index(upper)
