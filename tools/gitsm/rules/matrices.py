"""RACI matrices: who does, who answers for it, and which stages they speak of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.parties import has_nobody, speaks_for
from gitsm.records.agreement import Agreement
from gitsm.records.raci import Raci
from gitsm.records.service import Service
from gitsm.repository import Record, Repository
from gitsm.requirements import applies, requirements
from gitsm.responsibilities import STAGES, service_of


@rule
def activity_without_one_accountable(repository: Repository) -> Findings:
    """An activity has nobody who answers for it, or several.

    Where two are accountable, each waits for the other; where nobody is, nothing is decided. The
    rule of RACI is exactly one.

    Bad:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: payroll-team, accountable: [payroll-team, finance-department]}

    Good:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: payroll-team, accountable: payroll-team}
    """
    for raci in repository.of(Raci):
        for index, activity in enumerate(raci.fields.activities):
            count = len(activity.accountable)
            if count == 1:
                continue
            path = ("activities", index, "accountable") if count else ("activities", index)
            many = (
                f"{count} accountable: {', '.join(activity.accountable)}" if count else "nobody accountable"
            )
            yield raci.problem(
                f"activity {activity.name!r} of {raci.id} has {many}", *path, hint="name exactly one"
            )


@rule
def activity_without_responsible(repository: Repository) -> Findings:
    """An activity has nobody who does it.

    Somebody answers for it, and nobody was asked to do it: on the day on which it is needed, it waits.
    Where the one who answers for it does it too, the matrix says so in both parts.

    Bad:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, accountable: payroll-team}

    Good:

        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: payroll-team, accountable: payroll-team}
    """
    for raci in repository.of(Raci):
        for index, activity in enumerate(raci.fields.activities):
            if not activity.responsible:
                yield raci.problem(
                    f"activity {activity.name!r} of {raci.id} has nobody responsible",
                    *("activities", index),
                    hint="name who does it, also where that is the one who answers for it",
                )


@rule(severity=Severity.WARNING, graded=True)
def stage_without_activity(repository: Repository, *, stages: tuple[str, ...] = STAGES) -> Findings:
    """The matrix of a live service leaves out a stage of its life.

    Who decides there was never agreed: most often it is the release, and two teams learn on that day
    that each thought it was the other. What a supplier provides under a contract is built by the
    supplier, and its matrix may leave that out. Where the policy asks no matrix of the service, it is
    a note: a first row is better than none.

    Options:
        stages: The stages that the matrix of a live service speaks of.

    Bad:

        # services/payroll/raci.yaml
        activities:
          - {name: Plan capacity, stage: plan, responsible: payroll-team, accountable: payroll-team}
          - {name: Change the pay run, stage: build, responsible: payroll-team, accountable: payroll-team}
          - {name: Restore service, stage: support, responsible: payroll-team, accountable: payroll-team}

    Good:

        # services/payroll/raci.yaml
        activities:
          - {name: Plan capacity, stage: plan, responsible: payroll-team, accountable: payroll-team}
          - {name: Change the pay run, stage: build, responsible: payroll-team, accountable: payroll-team}
          - {name: Release, stage: release, responsible: payroll-team, accountable: role:change-manager}
          - {name: Restore service, stage: support, responsible: payroll-team, accountable: payroll-team}
    """
    contracts = {
        agreement.file.split("/")[1]
        for agreement in repository.of(Agreement)
        if agreement.fields.type == "UC"
    }
    for raci in repository.of(Raci):
        service = service_of(repository, raci)
        if service is None or service.fields.lifecycle != "live":
            continue
        spoken = {activity.stage for activity in raci.fields.activities}
        spoken |= {"build"} if service.id in contracts else set()
        missing = [stage for stage in stages if stage in STAGES and stage not in spoken]
        if not missing:
            continue
        which = f"stage {missing[0]}" if len(missing) == 1 else f"stages {', '.join(missing)}"
        found = raci.problem(
            f"{service} is live, and its matrix says nothing of the {which}",
            "activities",
            on_key=True,
            hint="say who does what there, and who answers for it",
        )
        asked = _is_asked_for_a_matrix(repository, service)
        yield replace(found, severity=Severity.WARNING if asked else Severity.NOTE)


def _is_asked_for_a_matrix(repository: Repository, service: Record[Service]) -> bool:
    return any(
        "raci" in requirement.require.records and applies(repository, service, requirement.when)
        for requirement in requirements(repository)
    )


@rule
def activity_of_nobody(repository: Repository) -> Findings:
    """Whoever does an activity, or answers for it, is a team without members.

    The matrix looks complete, and nobody is there: the last one left, and the record was forgotten. A
    team that lists no members at all is left alone: many keep them elsewhere.

    Bad:

        # organization/teams/night-shift.yaml
        name: Night shift
        members: []
        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: night-shift, accountable: payroll-team}

    Good:

        # organization/teams/night-shift.yaml
        name: Night shift
        members: [ann]
        # services/payroll/raci.yaml
        activities:
          - {name: Release, stage: release, responsible: night-shift, accountable: payroll-team}
    """
    for raci in repository.of(Raci):
        service = service_of(repository, raci)
        if service is None or service.fields.lifecycle == "retired":
            continue
        for index, activity in enumerate(raci.fields.activities):
            for part in ("responsible", "accountable"):
                named: tuple[str, ...] = getattr(activity, part)
                empty = _empty(repository, service, named)
                # Where somebody else does it as well, it is done.
                if empty and (part == "accountable" or len(empty) == len(named)):
                    yield raci.problem(
                        f"activity {activity.name!r} of {raci.id} has {', '.join(empty)} {part}, and nobody is there",
                        *("activities", index, part),
                        hint="name a team that is there, or who is in this one",
                        related=[team.place("members", label="nobody") for team in empty.values()][:4],
                    )


def _empty(
    repository: Repository, service: Record[Service], parties: tuple[str, ...]
) -> dict[str, Record[Any]]:
    """The parties for which nobody can speak, each with a team that is empty."""
    found = {}
    for party in parties:
        team = repository.find("team", party)
        teams = [team] if team is not None else list(speaks_for(repository, party, service))
        if teams and all(has_nobody(each) for each in teams):
            found[party] = teams[0]
    return found
