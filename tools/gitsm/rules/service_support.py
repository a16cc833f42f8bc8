"""What whoever supports a live service needs: a promise, a matrix, a runbook, hours, a path and alerts."""

from __future__ import annotations

from typing import Any

from gitsm.diagnostic import Diagnostic
from gitsm.repository import Record
from gitsm.requirements import Lack
from gitsm.rules.requirements import Asked, asked


def _lacking(service: Record[Any], lack: Lack, what: str, hint: str) -> Diagnostic:
    return service.problem(
        f"{service} is {service.data.get('lifecycle')} and has no {what}, {lack.asked}",
        "lifecycle",
        hint=hint,
    )


@asked(Asked("service", "record", "agreement"))
def service_without_agreement(service: Record[Any], lack: Lack) -> Diagnostic:
    """A service that is in use has no agreement: nobody was promised anything.

    Without an SLA, an OLA or a contract nobody knows how quickly it must be restored or when it may
    be down, and each side remembers something else. The policy says which services need one.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {records: [agreement]}}]
        # services/archive/service.yaml
        name: Archive
        owner: payroll-team
        lifecycle: live

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {records: [agreement]}}]
        # services/archive/service.yaml
        name: Archive
        owner: payroll-team
        lifecycle: live
        # services/archive/ola.yaml
        type: OLA
        provider: payroll-team
        customer: finance-department
    """
    hint = f"write down what is promised in services/{service.id}/sla.yaml, ola.yaml or uc.yaml"
    return _lacking(service, lack, "agreement", hint)


@asked(Asked("service", "record", "raci"))
def service_without_raci(service: Record[Any], lack: Lack) -> Diagnostic:
    """A service that is in use has no RACI matrix.

    When a release goes wrong on a Friday, two teams wait for each other: who does it, who answers
    for it and who must be told was never agreed. The policy says which services need one.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {records: [raci]}}]

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {records: [raci]}}]
        # services/ledger/raci.yaml
        activities:
          - {name: Plan, stage: plan, responsible: payroll-team, accountable: payroll-team}
          - {name: Build, stage: build, responsible: payroll-team, accountable: payroll-team}
          - {name: Release, stage: release, responsible: payroll-team, accountable: role:service-owner}
          - {name: Restore, stage: support, responsible: payroll-team, accountable: payroll-team}
    """
    return _lacking(service, lack, "RACI matrix", f"write services/{service.id}/raci.yaml")


@asked(Asked("service", "record", "runbook"))
def service_without_runbook(service: Record[Any], lack: Lack) -> Diagnostic:
    """A service that is in use has no runbook that names it.

    Whoever is called at night by its alert begins with nothing, and the one who knows is asleep or
    has left. The policy says which services need one; a small team's are those of tier 1.

    Bad:

        # services/ledger/service.yaml
        tier: 1

    Good:

        # services/ledger/service.yaml
        tier: 1
        # runbooks/ledger-down.md (whole)
        ---
        services: [ledger]
        ---

        ## Mitigation

        Start it again.
    """
    return _lacking(service, lack, "runbook", f"write one that says `services: [{service.id}]`")


@asked(Asked("service", "field", "support_hours"))
def service_without_support_hours(service: Record[Any], lack: Lack) -> Diagnostic:
    """Neither a service that is in use nor its owner says when it is supported.

    Users wait on a Saturday for somebody who begins on Monday, and no response time can be counted.
    The hours of the owner stand in for the service's own. The policy says which services need them.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {fields: [support_hours]}}]
        # organization/teams/payroll-team.yaml
        hours: null

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {fields: [support_hours]}}]
    """
    hint = f"name a calendar in its `support_hours`, or in the `hours` of {service.data.get('owner')}"
    return _lacking(service, lack, "support hours, nor has its owner", hint)


@asked(Asked("service", "field", "escalation"))
def service_without_escalation(service: Record[Any], lack: Lack) -> Diagnostic:
    """Neither a service that is in use nor its owner says who is called, and who after that.

    When the first one doesn't answer, minutes go by with asking who else could know. The path of the
    owner stands in for the service's own. The policy says which services need one.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {fields: [escalation]}}]
        # organization/teams/payroll-team.yaml
        escalation: null

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: service, lifecycle: [live]}, require: {fields: [escalation]}}]
    """
    hint = f"write its `escalation`, or that of {service.data.get('owner')}: which team, after how long"
    return _lacking(service, lack, "escalation path, nor has its owner", hint)


@asked(Asked("service", "field", "monitoring"))
def service_without_monitoring(service: Record[Any], lack: Lack) -> Diagnostic:
    """A service that is in use raises no alert.

    Its users notice before its owner does. The policy says which services must be watched;
    informational alerts call nobody, so that they alone are no monitoring.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: service, tier: [1], lifecycle: [live]}, require: {fields: [monitoring]}}]
        # services/payroll/service.yaml
        monitoring: []
        # runbooks/pay-run-late.md
        alerts: []

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: service, tier: [1], lifecycle: [live]}, require: {fields: [monitoring]}}]
    """
    what = "monitoring but informational alerts" if service.data.get("monitoring") else "monitoring"
    return _lacking(service, lack, what, "name the alerts that are raised for it")


@asked(Asked("service", "field", "design"), Asked("service", "field", "design.*"))
def design_question_unanswered(service: Record[Any], lack: Lack) -> Diagnostic:
    """A service doesn't answer a question of its design that the policy asks for its tier.

    How it is kept secure, used, changed and grown is cheap to decide on paper and dear when
    thousands depend on it. The policy says which questions are asked, by tier and lifecycle.

    Bad:

        # organization/policy.yaml
        requirements: [{when: {kind: service, tier: [1]}, require: {fields: [design.scalability]}}]
        # services/payroll/service.yaml
        design: {security: Salaries are encrypted at rest.}

    Good:

        # organization/policy.yaml
        requirements: [{when: {kind: service, tier: [1]}, require: {fields: [design.scalability]}}]
        # services/payroll/service.yaml
        design: {scalability: Runs are split by company; twice the employees need twice the workers.}
    """
    question = lack.name.partition(".")[2]
    tier, said = service.data.get("tier"), isinstance(service.data.get("design"), dict)
    about = (
        f"of tier {tier}" if tier is not None else f"in its lifecycle's stage {service.data.get('lifecycle')}"
    )
    lacking = (
        f"doesn't answer the design question of {question}" if question else "answers no design question"
    )
    return service.problem(
        f"{service} is {about} and {lacking}, {lack.asked}",
        *(("design",) if said else ("lifecycle",)),
        on_key=said,
        hint=f"answer it in `{lack.name}`, if only in a sentence",
    )
