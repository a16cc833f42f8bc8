"""What the policy asks for."""

from __future__ import annotations

from gitsm.lint import Findings, rule
from gitsm.repository import Repository
from gitsm.requirements import lacks


@rule
def requirement_unmet(repository: Repository) -> Findings:
    """A record lacks something that the policy asks of it.

    Little is required of every record. What a service or a change must carry beyond that follows
    from how much it matters, and stands in `organization/policy.yaml`: its preset, and requirements
    of its own. Closed changes are left alone.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Meaning

        The pay run is late.

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        ---

        ## Meaning

        The pay run is late.

        ## Mitigation

        Resume it.
    """
    for record in repository.all():
        for lack in lacks(repository, record):
            yield record.problem(
                f"{record} has no {lack.what}, which the policy asks for",
                hint=lack.requirement.because or "",
            )
