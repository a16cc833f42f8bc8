"""The risk of a change as it is declared, and as the policy computes it."""

from __future__ import annotations

from dataclasses import replace

from gitsm.change_control import open_changes
from gitsm.diagnostic import NewValue, Place
from gitsm.lint import Findings, rule
from gitsm.records.policy import Policy
from gitsm.repository import Repository
from gitsm.risk import LEVELS, Assessment, computed_risk


@rule
def declared_risk_too_low(repository: Repository) -> Findings:
    """A change declares a lower risk than the policy computes from its facts.

    A person may raise a risk and never lower it: what must be tested and who must agree follows from
    the computed one, and a reader of the record is told less. The finding names the rules of the
    policy that gave the risk, and the facts that they met. Where no risk is declared, the computed
    one holds and nothing is wrong.

    Bad:

        # organization/policy.yaml
        risk_rules:
          - {when: {tier: [1], outage: [full]}, risk: high, because: nobody is paid while it lasts}
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move the payroll database to new storage
        type: normal
        services: [payroll]
        risk: low
        outage: full
        plan: Stop, copy, start.
        rollback: Start on the old storage, 5 min.

    Good:

        # organization/policy.yaml
        risk_rules:
          - {when: {tier: [1], outage: [full]}, risk: high, because: nobody is paid while it lasts}
        # changes/2026/2026-11-20-payroll-storage.yaml (whole)
        title: Move the payroll database to new storage
        type: normal
        services: [payroll]
        risk: high
        outage: full
        plan: Stop, copy, start.
        rollback: Start on the old storage, 5 min.
    """
    for change in open_changes(repository):
        declared, computed = change.fields.risk, computed_risk(repository, change)
        if declared is None or LEVELS.index(declared) >= LEVELS.index(computed.risk):
            continue
        why = "; ".join(str(reason) for reason in computed.reasons)
        found = change.problem(
            f"{change} declares its risk as {_words(declared)}, and the policy makes it {_words(computed.risk)}: {why}",
            "risk",
            hint=f"declare `risk: {computed.risk}`, or change what makes it so",
            related=_rules(repository, computed),
        )
        yield replace(found, edit=NewValue(change.file, ("risk",), computed.risk, safe=False))


def _rules(repository: Repository, computed: Assessment) -> list[Place]:
    """Where the policy's own rules stand that gave a risk; those of a preset stand in no file."""
    policy = repository.get(Policy, "policy")
    rules = policy.fields.risk_rules if policy is not None else ()
    places = []
    for reason in computed.reasons:
        index = next((i for i, one in enumerate(rules) if one is reason.rule), None)
        if policy is not None and index is not None:
            places.append(policy.place("risk_rules", index, "risk", label="by this rule of the policy"))
    return places


def _words(risk: str) -> str:
    return risk.replace("_", " ")
