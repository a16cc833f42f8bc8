"""Whether service can be restored as soon as an agreement says, from the worst moment on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from math import inf
from typing import get_args

from gitsm.local_days import wall_clock
from gitsm.promises.ground import TooEntangled
from gitsm.promises.judged import Judged
from gitsm.promises.sooner import Sooner
from gitsm.promises.support import support_calendar, zone_of
from gitsm.promises.verdict import Link, Mend, Promise, Verdict, first_of
from gitsm.promises.way_times import UnknownWay
from gitsm.promises.ways import Way, Ways, begun, responding, ways
from gitsm.records.support import Priority
from gitsm.schema.values import Duration

PRIORITIES: tuple[Priority, ...] = get_args(Priority)
_DUE = "the response is due by"
DETECTED = "an incident is taken to be detected when it begins"


def restore(judged: Judged, about: str | None = None) -> Iterator[Promise]:
    """What is said of each priority's targets, or of those of one: by when service is restored, or else
    work begins."""
    fields = judged.fields
    for priority in [each for each in PRIORITIES if about in (None, each)]:
        response, resolution = fields.response.get(priority), fields.resolution.get(priority)
        if resolution is not None:
            yield _Priority(judged, priority, response, resolution).promise()
        elif response is not None and not judged.is_given:
            yield _Priority(judged, priority, response, None).promise()


@dataclass(frozen=True)
class _Priority:
    """The targets of one priority, as they are judged."""

    judged: Judged
    priority: Priority
    response: Duration | None
    resolution: Duration | None

    def promise(self) -> Promise:
        response, target = self.response, self.resolution
        if response is not None and target is not None and self._begins_too_late(response, target):
            return self._begun_too_late(response, target)
        answered: Way | None = None
        found: list[Ways] = []
        try:
            if response is not None and not self.judged.is_given:
                answered = responding(self.judged, response)
            if target is not None:
                found = list(ways(self.judged, self.priority, target))
        except (UnknownWay, TooEntangled) as error:
            return self._said("undetermined", f"nothing says {error}", missing=(str(error),))
        if answered is not None and answered.spare < 0:
            return self._unanswered(answered)
        if target is None:
            return self._answered(answered)
        return self._restored(found, target)

    # --- response

    def _begins_too_late(self, response: Duration, target: Duration) -> bool:
        """Whether work may begin later than service is restored."""
        if response.surely_longer_than(target):
            return True
        if response.business == target.business:
            return False
        try:
            worst = begun(self.judged, response, target)
        except UnknownWay:
            return False  # the hours of the agreement itself: then no way can be told either
        return worst is not None and worst.spare < 0

    def _begun_too_late(self, response: Duration, target: Duration) -> Promise:
        because = f"work begins within {response}, which is later than service is restored"
        link = Link("agreement", self.judged.agreement.id, f"response within {response}")
        tried = partial(Sooner(self.judged, self.priority).begin_within, response, target)
        return self._said("refuted", because, chain=(link,), tried=tried)

    def _unanswered(self, way: Way) -> Promise:
        assert self.response is not None
        because = self._words(
            way, "nobody who is called is there before", "nobody who is called is there", _DUE
        )
        tried = partial(Sooner(self.judged, self.priority).answer, way, self.response)
        figures = (("response", True), *_figures(way))
        return self._said(
            "refuted",
            because,
            chain=tuple(self._links(way)),
            tried=tried,
            notes=self._notes(),
            figures=figures,
        )

    def _answered(self, way: Way | None) -> Promise:
        if way is None or way.worst is None:
            because = "it has no hours in which an incident could begin"
            return self._said("undetermined", because, notes=self._notes())
        because = self._words(way, "somebody who is called is there by", "nobody is there", _DUE)
        chain = tuple(self._links(way))
        return self._said("proved", because, chain=chain, notes=self._notes(), figures=_figures(way))

    # --- restoration

    def _restored(self, found: list[Ways], target: Duration) -> Promise:
        late = [each.best for each in found if each.is_late and each.best is not None]
        missing = tuple(dict.fromkeys(what for each in found if not each.is_in_time for what in each.unsure))
        verdict: Verdict = "refuted" if late else "undetermined" if missing else "proved"
        # What is proved holds at the worst, and what is said else is true at the best.
        counted = (each.worst if verdict == "proved" else each.best for each in found)
        told = [way for way in counted if way is not None and way.worst is not None]
        decisive = min(told, key=lambda way: way.spare, default=None)
        nothing = f"nothing says {first_of(missing)}"
        if decisive is None:
            because = nothing if missing else "it has no hours in which an incident could begin"
            return self._said("undetermined", because, missing=missing, notes=self._notes())
        # Where a path names who is called, it is one of them, whoever promises.
        alone = decisive.called.who or self.judged.fields.provider
        by = decisive.agreement.id if decisive.agreement is not None else alone
        done = "restores it by" if decisive.agreement is not None else "is at it by"
        because = nothing
        if late or not missing:
            because = self._words(decisive, f"{by} {done}", f"{by} never does", "the deadline is")
        tried = partial(Sooner(self.judged, self.priority).restore, target, late) if late else None
        return self._said(
            verdict, because, tuple(self._links(decisive)), missing if verdict == "undetermined" else (),
            tried, self._notes(), _figures(decisive),
        )  # fmt: skip

    # --- in words

    @property
    def promised(self) -> str:
        """What is promised, in words."""
        if self.resolution is None:
            return f"work begun within {self.response}"
        return f"restored within {self.resolution}"

    def _said(
        self,
        verdict: Verdict,
        because: str,
        chain: tuple[Link, ...] = (),
        missing: tuple[str, ...] = (),
        tried: Callable[[], Iterable[Mend]] | None = None,
        notes: tuple[str, ...] = (),
        figures: tuple[tuple[str, object], ...] = (),
    ) -> Promise:
        path = ("resolution" if self.resolution is not None else "response", self.priority)
        return Promise(
            "restore", self.priority, self.promised, verdict, because, path, chain, missing, notes, figures, tried,
        )  # fmt: skip

    def _notes(self) -> tuple[str, ...]:
        judged = self.judged
        detected = DETECTED
        if judged.record is not None and not judged.record.fields.monitoring:
            detected += ", though nothing says what watches the service"
        repaired = ("its own repair is the provider's word",) if self.resolution is not None else ()
        return (detected, *repaired, f"moments are those of {zone_of(judged)}")

    def _words(self, way: Way, done: str, never: str, due: str) -> str:
        worst = way.worst
        assert worst is not None
        zone = zone_of(self.judged)

        def shown(minutes: float) -> str:
            at = moment(minutes)
            return (
                f"{wall_clock(at, zone):%a %Y-%m-%d %H:%M}" if at is not None else "not before the year 9000"
            )

        end = f"{done} {shown(worst.restored)}" if worst.restored < inf else f"{never} in two years"
        return f"the worst moment to begin is {shown(worst.at)}: {end}; {due} {shown(worst.deadline)}"

    def _links(self, way: Way) -> Iterator[Link]:
        judged = self.judged
        support = support_calendar(judged)
        if support is not None:
            yield Link("calendar", support, "the support hours of the service")
        if way.called.words:
            at = judged.record.place("escalation") if judged.record is not None else None
            yield Link("service", judged.service, way.called.words, at=at)
        if way.agreement is not None:
            fields = way.agreement.fields
            hours = f", in the hours of {fields.hours}" if fields.hours is not None else ""
            says = f"{self.priority} restored within {fields.resolution[self.priority]}{hours}"
            place = way.agreement.place("resolution", self.priority)
            yield Link("agreement", way.agreement.id, says, way.through, place)


_LAST = datetime(9000, 1, 1, tzinfo=UTC).timestamp() / 60
"""The last moment that is told."""


def moment(minutes: float) -> datetime | None:
    """A moment on the line of minutes; None where it is too far away to be told."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes) if minutes < _LAST else None


def _figures(way: Way) -> tuple[tuple[str, object], ...]:
    worst = way.worst
    assert worst is not None
    return (
        ("worst_moment", _written(worst.at)),
        ("restored", _written(worst.restored)),
        ("deadline", _written(worst.deadline)),
        ("spare_minutes", round(worst.spare, 3) if worst.restored < inf else None),
        ("always", way.always),
        ("waits_for_support", way.waited),
    )


def _written(minutes: float) -> str | None:
    at = moment(minutes)
    return at.isoformat() if at is not None else None
