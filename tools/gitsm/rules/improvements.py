"""Improvements that nobody can tell from wishes."""

from __future__ import annotations

from datetime import timedelta

from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.improvement import Improvement, Measure
from gitsm.repository import Record, Repository
from gitsm.requirements import all_lacks
from gitsm.rules.requirements import ASKED, Asked


@rule(severity=Severity.WARNING)
def improvement_closed_without_result(repository: Repository) -> Findings:
    """An improvement was closed, and nobody measured what it brought.

    Work was done; whether anything became better is an opinion. What did not work is not undone, and
    the next idea is chosen as blindly as this one.

    Bad:

        # improvements/faster-pay-runs.yaml
        state: closed
        measure:
          what: Duration of the month-end pay run, in minutes
          baseline: {value: 190, on: 2026-10-26}

    Good:

        # improvements/faster-pay-runs.yaml
        state: closed
        measure:
          what: Duration of the month-end pay run, in minutes
          baseline: {value: 190, on: 2026-10-26}
          result: {value: 120, on: 2026-11-13}
    """
    for improvement in repository.of(Improvement):
        measure = improvement.fields.measure
        if improvement.fields.state == "closed" and (measure is None or measure.result is None):
            yield improvement.problem(
                f"{improvement} was closed, and "
                + ("nothing of it was measured" if measure is None else "its result was not measured"),
                "state",
                hint="measure it once more and write `measure.result`; what is given up is `canceled`",
            )


ASKED[Asked("improvement", "field", "measure.baseline")] = "measure-without-baseline"


@rule
def measure_without_baseline(repository: Repository) -> Findings:
    """An improvement is measured, and nobody knows from where it started.

    Without the figure before, a target is a number and a result proves nothing. Once work has begun
    the figure can't be had any more. An idea that only says what would be measured is left alone,
    except where the policy asks for its baseline.

    Bad:

        # improvements/faster-pay-runs.yaml
        measure:
          what: Duration of the month-end pay run, in minutes
          target: {value: 95, on: 2027-03-31}

    Good:

        # improvements/faster-pay-runs.yaml
        measure:
          what: Duration of the month-end pay run, in minutes
          baseline: {value: 190, on: 2026-10-26}
          target: {value: 95, on: 2027-03-31}
    """
    asked = {
        record.id: lack.asked
        for record, lack in all_lacks(repository)
        if (record.kind.name, lack.sort, lack.name) == ("improvement", "field", "measure.baseline")
    }
    for improvement in repository.of(Improvement):
        measure = improvement.fields.measure
        needed = measure is not None and _says_more(improvement, measure)
        if needed and measure is not None and measure.baseline is None:
            yield improvement.problem(
                f"{improvement} has no baseline for what it measures: {measure.what}",
                "measure",
                on_key=True,
                hint="measure it before anything is altered: `baseline: {value: ..., on: ...}`",
            )
        elif improvement.id in asked:
            yield improvement.problem(
                f"{improvement} has no field measure.baseline, {asked[improvement.id]}",
                hint="measure it before anything is altered",
            )


def _says_more(improvement: Record[Improvement], measure: Measure) -> bool:
    """Whether a measure is more than an idea: it has a figure, or work on it has begun."""
    state = improvement.fields.state
    if state == "canceled":
        return False
    begun = state in ("in_progress", "on_hold", "closed")
    return begun or measure.target is not None or measure.result is not None


@rule(severity=Severity.WARNING)
def improvement_past_its_target(repository: Repository, *, grace: int = 30) -> Findings:
    """The day on which an improvement was to reach its target is past, and nobody measured whether it did.

    It is still called in progress, and nobody has to say that it is late, or done. Time alone brings
    this, so it is a warning.

    Options:
        grace: so many days after the target may pass until the figure is there

    Bad:

        # improvements/faster-pay-runs.yaml
        measure:
          what: Duration of the month-end pay run, in minutes
          baseline: {value: 190, on: 2026-03-26}
          target: {value: 95, on: 2026-09-30}

    Good:

        # improvements/faster-pay-runs.yaml
        measure:
          what: Duration of the month-end pay run, in minutes
          baseline: {value: 190, on: 2026-03-26}
          target: {value: 95, on: 2026-09-30}
          result: {value: 97, on: 2026-09-30}
    """
    latest = repository.today - timedelta(days=max(0, min(grace, 36_500)))
    for improvement in repository.of(Improvement):
        measure = improvement.fields.measure
        if improvement.fields.state not in ("accepted", "in_progress"):
            continue
        if measure is None or measure.target is None or measure.result is not None:
            continue
        if measure.target.on < latest:
            yield improvement.problem(
                f"{improvement} was to reach its target on {measure.target.on}, and has no result",
                "measure",
                "target",
                "on",
                hint="measure it and write `result`; if it takes longer, set a new day and say so",
            )


@rule(severity=Severity.NOTE)
def improvement_that_improved_nothing(repository: Repository) -> Findings:
    """An improvement was closed with a result that is no better than its baseline.

    That is worth knowing and no shame, as long as it is looked at: what was introduced for it can be
    taken back, and what is given up is canceled, so that the register tells what worked.

    Bad:

        # improvements/faster-pay-runs.yaml
        state: closed
        measure:
          what: Duration of the month-end pay run, in minutes
          baseline: {value: 190, on: 2026-08-26}
          target: {value: 95, on: 2026-10-31}
          result: {value: 200, on: 2026-10-31}

    Good:

        # improvements/faster-pay-runs.yaml
        state: closed
        measure:
          what: Duration of the month-end pay run, in minutes
          baseline: {value: 190, on: 2026-08-26}
          target: {value: 95, on: 2026-10-31}
          result: {value: 120, on: 2026-10-31}
    """
    for improvement in repository.of(Improvement):
        measure = improvement.fields.measure
        if improvement.fields.state != "closed" or measure is None:
            continue
        if measure.baseline is None or measure.target is None or measure.result is None:
            continue
        aim = measure.target.value - measure.baseline.value
        if aim and (measure.result.value - measure.baseline.value) / aim <= 0:
            yield improvement.problem(
                f"{improvement} was closed with {measure.result.value:g}, no better than its baseline,"
                f" {measure.baseline.value:g}: {measure.target.value:g} was aimed for",
                "measure",
                "result",
                "value",
                hint="say in its description what is kept of it; what is given up is `canceled`",
                related=[improvement.place("measure", "baseline", "value", label="before")],
            )
