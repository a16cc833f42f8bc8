"""Comments that let findings stand."""

from __future__ import annotations

from gitsm.diagnostic import Diagnostic, Severity
from gitsm.lint import RULES, Findings, rule, suppressions
from gitsm.repository import Repository
from gitsm.schema.spelling import did_you_mean


@rule(suppressible=False)
def suppression_without_reason(repository: Repository) -> Findings:
    """A comment ignores a rule and does not say why, or can't be understood.

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


@rule(suppressible=False)
def suppression_of_no_rule(repository: Repository) -> Findings:
    """A comment ignores a rule that does not exist, or one that can't be ignored.

    What it was written to let stand is found all the same, and whoever reads the comment believes
    otherwise. Most often the name is misspelt, or the rule has another one now.

    Bad:

        # runbooks/pay-run-late.md (whole)
        ---
        services: [payroll]
        alerts: [PayrollRunLate]
        review_every: 6 months # gitsm: ignore[review-overdu] because it is rewritten this week
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
        for name in comment.rules:
            if name not in RULES:
                yield Diagnostic(
                    f"a comment ignores the rule {name}, which does not exist",
                    comment.place,
                    did_you_mean(name, list(RULES)) or "`gitsm explain` lists the rules",
                )
            elif not RULES[name].suppressible:
                message = f"a comment ignores the rule {name}, which can't be ignored"
                yield Diagnostic(message, comment.place, "remove the comment, and mend what the rule finds")


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
