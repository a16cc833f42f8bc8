"""Agreements that contradict themselves, or hold no longer."""

from __future__ import annotations

from itertools import pairwise

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.agreement import Agreement
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository


@rule
def response_longer_than_resolution(repository: Repository) -> Findings:
    """An agreement promises that an incident is resolved before it promises that work on it begins.

    One of the two is wrong, and the customer will hold the provider to the better one.

    Bad:

        # services/payroll/sla.yaml
        response: {P1: 8 h}
        resolution: {P1: 4 h}

    Good:

        # services/payroll/sla.yaml
        response: {P1: 15 min}
        resolution: {P1: 4 h}
    """
    for agreement in repository.of(Agreement):
        for priority, response in agreement.fields.response.items():
            resolution = agreement.fields.resolution.get(priority)
            if resolution is not None and response.surely_longer_than(resolution):
                yield agreement.problem(
                    f"{agreement} promises a response within {response} for {priority}, and the resolution within"
                    f" {resolution}",
                    "response",
                    priority,
                    related=[agreement.place("resolution", priority, label="resolved before that")],
                )


@rule
def slower_for_what_matters_more(repository: Repository) -> Findings:
    """An agreement promises more time for an urgent incident than for one that is less urgent.

    Most often two figures changed places. Whoever is on duty goes by them, and lets the outage wait
    for the question.

    Bad:

        # services/payroll/sla.yaml
        resolution: {P1: 8 h, P2: 4 h}

    Good:

        # services/payroll/sla.yaml
        resolution: {P1: 4 h, P2: 8 h}
    """
    for agreement in repository.of(Agreement):
        for name in ("response", "resolution"):
            targets = sorted(getattr(agreement.fields, name).items())
            for (more, slow), (less, quick) in pairwise(targets):
                if slow.surely_longer_than(quick):
                    yield agreement.problem(
                        f"{agreement} promises {name} within {slow} for {more}, and within {quick} for {less},"
                        f" which matters less",
                        name,
                        more,
                        related=[agreement.place(name, less, label=f"quicker for {less}")],
                    )


@rule(severity=Severity.WARNING)
def business_hours_of_nobody(repository: Repository) -> Findings:
    """An agreement has a target in business hours, and nothing says when those are.

    Neither it names a calendar, nor do its service, that one's owner or the provider. The target is then
    counted around the clock: who promised eight business hours owes an answer at three in the morning.

    Bad:

        # services/ledger/service.yaml
        owner: finance-department
        # services/ledger/ola.yaml (whole)
        type: OLA
        provider: finance-department
        customer: payroll-team
        response: {P3: 8 business hours}

    Good:

        # services/ledger/service.yaml
        owner: finance-department
        # services/ledger/ola.yaml (whole)
        type: OLA
        provider: finance-department
        customer: payroll-team
        hours: office-hours
        response: {P3: 8 business hours}
    """
    for agreement in repository.of(Agreement):
        if _says_its_hours(repository, agreement):
            continue
        for name in ("response", "resolution"):
            for priority, target in getattr(agreement.fields, name).items():
                if target.business:
                    yield agreement.problem(
                        f"{agreement} promises {name} within {target} for {priority}, and no calendar says which"
                        f" those are: neither {agreement} names one, nor its service, nor its provider"
                        f" {agreement.fields.provider}",
                        name,
                        priority,
                        hint="add `hours`, or say the target in `h`",
                    )


def _says_its_hours(repository: Repository, agreement: Record[Agreement]) -> bool:
    """Whether a calendar is named by an agreement, its service or its provider, or may be by one that can't
    be read."""
    if agreement.fields.hours is not None:
        return True
    service_id = agreement.file.split("/")[1]
    service = repository.get(Service, service_id)
    if service is None:
        return True
    if service.fields.support_hours is not None:
        return True
    for id in (agreement.fields.provider, service.fields.owner):
        team = repository.get(Team, id)
        if team is None and repository.defines("team", id):
            return True
        if team is not None and team.fields.hours is not None:
            return True
    return False


@rule(severity=Severity.WARNING)
def agreement_expired(repository: Repository) -> Findings:
    """The agreement of a live service holds no longer, and no other of its type took its place.

    The service is provided and used, and nobody can say to what it is bound. Time alone brings this,
    so it is a warning.

    Bad:

        # services/payroll/sla.yaml
        valid: {from: 2025-01-01, to: 2026-06-30}

    Good:

        # services/payroll/sla.yaml
        valid: {from: 2025-01-01, to: 2027-06-30}
    """
    in_force = {
        _promise(agreement) for agreement in repository.of(Agreement) if not _has_ended(repository, agreement)
    }
    for agreement in repository.of(Agreement):
        service = repository.get(Service, agreement.file.split("/")[1])
        if service is None or service.fields.lifecycle != "live" or _promise(agreement) in in_force:
            continue
        assert agreement.fields.valid is not None
        yield agreement.problem(
            f"{agreement} ended on {agreement.fields.valid.to}, and no other {agreement.fields.type} took its"
            f" place for {service}, which is live",
            "valid",
            "to",
            hint="renew it, or retire the service",
        )


def _has_ended(repository: Repository, agreement: Record[Agreement]) -> bool:
    valid = agreement.fields.valid
    return valid is not None and valid.to is not None and valid.to < repository.today


def _promise(agreement: Record[Agreement]) -> tuple[str, str, str]:
    """What another agreement must share to take the place of one: the service, the type and the customer."""
    return agreement.file.split("/")[1], agreement.fields.type, agreement.fields.customer
