"""Service reviews: whether they are held, and whether they tell what users got."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from gitsm.conditions import meets
from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.agreement import Agreement
from gitsm.records.policy import ReviewCadence
from gitsm.records.presets import preset_reviews
from gitsm.records.service import Service
from gitsm.records.service_review import MeasuredFigures, ServiceReview, days_of
from gitsm.repository import Record, Repository, once


@rule(severity=Severity.WARNING)
def service_review_overdue(repository: Repository, *, grace: int = 30) -> Findings:
    """A service was not reviewed for longer than the policy allows for its tier.

    What was promised drifts away from what is delivered, and the customer is the first to say so. How
    often a service is reviewed stands in the policy's `reviews`: its own, else those of its preset.
    The next review is due that long after the end of the last period, and its record some days later.
    Time alone brings this, so it is a warning.

    Options:
        grace: so many days after a period may pass until its review is written

    Bad:

        # services/payroll/reviews/2026-10.md
        period: 2026-06
        # organization/policy.yaml
        reviews: [{when: {kind: service, tier: [1]}, every: 3 months}]

    Good:

        # services/payroll/reviews/2026-10.md
        period: 2026-10
        # organization/policy.yaml
        reviews: [{when: {kind: service, tier: [1]}, every: 3 months}]
    """
    reviews, since = _reviews(repository), _promised_since(repository)
    for service in repository.of(Service):
        if service.fields.lifecycle != "live" or not (cadences := _cadences(repository, service)):
            continue
        held = reviews.get(service.id, ())
        periods = [_period(review) for review in held]
        known = [period[1] for period in periods if period is not None]
        last = max(known, default=since.get(service.id))
        if len(known) < len(held) or (last is None and held):
            continue  # one of them may be the last
        every = min((cadence.every for cadence in cadences), key=lambda every: every.after(date(2026, 1, 1)))
        if last is None:
            yield service.problem(
                f"{service} is to be reviewed every {every}, and never was",
                "tier" if "tier" in service.data else "name",
                hint=f"hold one: services/{service.id}/reviews/<period>.md",
            )
            continue
        due = every.after(min(last, repository.today))
        if due + timedelta(days=max(0, min(grace, 36_500))) < repository.today:
            yield service.problem(
                f"{service} is to be reviewed every {every}, and "
                + (f"its last review ends on {last}" if known else f"is promised since {last} without one"),
                "tier" if "tier" in service.data else "name",
                hint=f"hold one: services/{service.id}/reviews/<period>.md",
                related=[
                    review.place("period", label="the last one")
                    for review, period in zip(held, periods, strict=True)
                    if period is not None and period[1] == last
                ][:1],
            )


def _cadences(repository: Repository, service: Record[Service]) -> Sequence[ReviewCadence]:
    """How often a service is reviewed: as the policy itself says, or where it says nothing of it, its preset."""
    if not repository.policy_is_known:
        return ()
    for cadences in (repository.policy.reviews, preset_reviews(repository.policy.preset)):
        if found := [cadence for cadence in cadences if meets(repository, service, cadence.when)]:
            return found
    return ()


@once
def _reviews(repository: Repository) -> Mapping[str, Sequence[Record[ServiceReview]]]:
    found: dict[str, list[Record[ServiceReview]]] = {}
    # One that can't be read may be the last: it stands here, and its period is not known.
    for review in repository.all("service-review"):
        found.setdefault(review.file.split("/")[1], []).append(review)
    return found


@once
def _promised_since(repository: Repository) -> Mapping[str, date]:
    """The first day on which each service was promised to somebody, as far as its agreements say."""
    found: dict[str, date] = {}
    for agreement in repository.of(Agreement):
        first = agreement.fields.valid.from_ if agreement.fields.valid else None
        if first is not None:
            service = agreement.file.split("/")[1]
            found[service] = min(first, found.get(service, first))
    return found


def _period(review: Record[ServiceReview]) -> tuple[date, date] | None:
    """The days that a review is about: as it says, else as its file is called."""
    said = review.data.get("period")
    return (days_of(said) if isinstance(said, str) else None) or days_of(_stem(review))


def _stem(review: Record[ServiceReview]) -> str:
    return review.file.rsplit("/", 1)[-1].removesuffix(".md")


@rule(severity=Severity.WARNING)
def period_unlike_its_file(repository: Repository) -> Findings:
    """A service review says that it is about another period than its file's name does.

    Most often it was made from last month's, and the period was forgotten. Its figures then count for
    a month that they were not measured in, and the month in its name looks reviewed.

    Bad:

        # services/payroll/reviews/2026-10.md
        period: 2026-09

    Good:

        # services/payroll/reviews/2026-10.md
        period: 2026-10
    """
    for review in repository.of(ServiceReview):
        said, named = days_of(review.fields.period), days_of(_stem(review))
        if said is None or named is None:
            continue
        if said[1] < named[0] or named[1] < said[0]:
            yield review.problem(
                f"{review} is about {review.fields.period}, and its file is called {_stem(review)}",
                "period",
            )


def _figures(measured: MeasuredFigures | None) -> list[str]:
    if measured is None:
        return []
    return [name for name in MeasuredFigures.model_fields if getattr(measured, name) is not None]


@rule(severity=Severity.WARNING)
def review_of_one_figure(repository: Repository) -> Findings:
    """A service review shows one figure alone.

    A service can be up all month and serve nobody: green outside and red inside, as the melon. Only
    two figures of a different sort, such as uptime and what users say of it, or incidents and how
    long they lasted, show that.

    Bad:

        # services/payroll/reviews/2026-10.md
        measured:
          availability: {value: 99.97, source: Monitoring}

    Good:

        # services/payroll/reviews/2026-10.md
        measured:
          availability: {value: 99.97, source: Monitoring}
          csat: {value: 71, source: Survey of October}
    """
    for review in repository.of(ServiceReview):
        figures = _figures(review.fields.measured)
        if len(figures) == 1:
            others = (
                "availability or requests" if figures[0] in ("csat", "incidents") else "csat or incidents"
            )
            yield review.problem(
                f"{review} shows {figures[0]} and nothing else of what users got",
                "measured",
                figures[0],
                on_key=True,
                hint=f"add what shows it from another side, such as {others}",
            )


SHARES = ("availability", "csat", "first_contact_resolution", "change_success_rate")
COUNTS = ("incidents", "requests", "changes")


@rule
def impossible_figure(repository: Repository) -> Findings:
    """A service review shows a figure that there can't be.

    A share is written in percent, from 0 to 100; an availability of 0.997 is a fraction that became
    less than one percent. There are no half incidents, and nothing is restored before it fails.

    Bad:

        # services/payroll/reviews/2026-10.md
        measured:
          availability: {value: 0.997, source: Monitoring}
          csat: {value: 920, source: Survey of October}

    Good:

        # services/payroll/reviews/2026-10.md
        measured:
          availability: {value: 99.7, source: Monitoring}
          csat: {value: 92, source: Survey of October}
    """
    for review in repository.of(ServiceReview):
        for name in _figures(review.fields.measured):
            value: float = getattr(review.fields.measured, name).value
            if (why := next(_objections(name, value), None)) is not None:
                yield review.problem(f"{name} of {review} is {value:g}, {why}", "measured", name, "value")


def _objections(name: str, value: float) -> Iterator[str]:
    if value < 0:
        yield "less than nothing"
    if name in SHARES and value > 100:
        yield "more than 100 percent"
    if name == "availability" and 0 < value <= 1:
        yield "which is no fraction but percent"
    if name in COUNTS and value != int(value):
        yield "which is no whole number"
