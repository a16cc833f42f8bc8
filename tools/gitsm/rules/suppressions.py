"""Comments that let findings stand."""

from __future__ import annotations

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import RULES, Findings, rule, suppressions
from gitsm.repository import Repository
from gitsm.schema.spelling import did_you_mean


@rule(suppressible=False)
def suppression_without_reason(repository: Repository) -> Findings:
    """A comment ignores a rule and does not say why, or names a rule that does not exist.

    A finding that stands for a good reason stays right only as long as somebody can check the
    reason. Such a comment ignores nothing.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        review_every: 6 months # gitsm: ignore[review-overdue]
        ---

        ## Mitigation

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        review_every: 6 months # gitsm: ignore[review-overdue] because it is rewritten this week
        ---

        ## Mitigation
    """
    for comment in suppressions(repository):
        if not comment.understood:
            yield Diagnostic(
                "a comment begins with gitsm: and says nothing that gitsm understands",
                comment.place,
                "write: gitsm: ignore[name-of-the-rule] because ...",
            )
        elif not comment.has_reason:
            yield Diagnostic(
                f"a comment ignores {', '.join(comment.rules) or 'nothing'} without a reason",
                comment.place,
                "end it with: because ...",
            )
        for name in comment.rules:
            if name not in RULES:
                yield Diagnostic(
                    f"a comment ignores the rule {name}, which does not exist",
                    comment.place,
                    did_you_mean(name, list(RULES)),
                )
            elif not RULES[name].suppressible:
                yield Diagnostic(f"the rule {name} can't be ignored", comment.place)


@rule(severity=Severity.WARNING, suppressible=False)
def unused_suppression(repository: Repository) -> Findings:
    """A comment ignores a rule that nothing there breaks.

    It hides the next finding of that rule, which nobody has judged.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        owner: payroll-team # gitsm: ignore[review-overdue] because it is rewritten this week
        ---

        ## Mitigation

    Good:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        owner: payroll-team
        ---

        ## Mitigation
    """
    # The runner itself finds them, because only it knows which comments were used.
    yield from ()
