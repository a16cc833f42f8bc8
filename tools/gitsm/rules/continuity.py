"""How soon services recover, and whether anybody has tried it."""

from __future__ import annotations

from typing import Any

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import Findings, rule
from gitsm.records.agreement import Agreement
from gitsm.records.service import IN_OPERATION, Service
from gitsm.repository import Record, Repository
from gitsm.requirements import Lack, all_lacks
from gitsm.rules.requirements import Asked, asked

_EXERCISED = "continuity.exercised"


@asked(Asked("service", "field", _EXERCISED))
def continuity_never_exercised(service: Record[Any], lack: Lack) -> Diagnostic:
    """The recovery of a service was never exercised, which the policy asks for.

    A recovery that nobody has tried is a hope: the backup that can't be read and the password that
    only the lost machine held are found on the day that they are needed.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: service, tier: [1]}, require: {fields: [continuity.exercised]}}]
        # services/payroll/service.yaml
        continuity: {rto: 8 h, rpo: 15 min}

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: service, tier: [1]}, require: {fields: [continuity.exercised]}}]
        # services/payroll/service.yaml
        continuity: {rto: 8 h, rpo: 15 min, exercised: 2026-05-30}
    """
    said = isinstance(service.data.get("continuity"), dict)
    return service.problem(
        f"the recovery of {service} was never exercised, {lack.asked}",
        "continuity" if said else "lifecycle",
        on_key=said,
        hint="try it, and write the day into `continuity.exercised`",
    )


@rule(severity=Severity.WARNING)
def untried_recovery_promise(repository: Repository) -> Findings:
    """A service that matters promises how soon it recovers, and recovery was never exercised.

    The figures stand in the service itself or in an agreement with whoever relies on it. Without an
    exercise they are a guess, and the first measurement is the disaster. Asked of services of tier 1
    and 2 that are in use; where the policy asks for exercises, `continuity-never-exercised` says it.

    Bad:

        # services/payroll/service.yaml
        continuity: {rto: 8 h, rpo: 15 min}

    Good:

        # services/payroll/service.yaml
        continuity: {rto: 8 h, rpo: 15 min, exercised: 2026-05-30}
    """
    said = {record.file for record, lack in all_lacks(repository) if lack.name == _EXERCISED}
    for service in repository.of(Service):
        fields, own = service.fields, service.fields.continuity
        if fields.lifecycle not in IN_OPERATION or fields.tier not in (1, 2) or service.file in said:
            continue
        if own is not None and own.exercised is not None:
            continue
        if own is not None and (own.rto or own.rpo):
            name = "rto" if own.rto else "rpo"
            yield service.problem(
                f"{service} promises to recover ({name} {own.rto or own.rpo}), which was never exercised",
                "continuity",
                name,
                hint="try it, and write the day into `continuity.exercised`",
            )
            continue
        for agreement in repository.beside(service, Agreement):
            promised = agreement.fields.continuity
            if promised is not None and (promised.rto or promised.rpo) and _holds(repository, agreement):
                yield service.problem(
                    f"{agreement} promises how {service} recovers, which was never exercised",
                    "tier",
                    hint="try it, and write the day into `continuity.exercised`",
                    related=[agreement.place("continuity", label="promised here", on_key=True)],
                )
                break


def _holds(repository: Repository, agreement: Record[Agreement]) -> bool:
    valid = agreement.fields.valid
    return valid is None or valid.to is None or valid.to >= repository.today
