"""What is planned for services, and whether it came."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.change_control import ChangeState, state_of
from gitsm.diagnostic import Severity
from gitsm.lint import Findings, rule
from gitsm.records.change import Change
from gitsm.records.improvement import Improvement
from gitsm.records.service import RoadmapItem, Service
from gitsm.repository import Repository


@rule(severity=Severity.WARNING)
def roadmap_item_overdue(repository: Repository) -> Findings:
    """An item of a service's roadmap is past its target, and nothing shows that it came.

    Customers and neighbours plan by the roadmap. An item is done when the change that it names
    succeeded, or when the improvement that it names is closed. Time alone brings this, so it is a
    warning.

    Bad:

        # services/payroll/service.yaml
        roadmap: [{title: Pay slips on the phone, target: 2026-09-30}]

    Good:

        # services/payroll/service.yaml
        roadmap: [{title: Pay slips on the phone, target: 2027-03-31}]
    """
    for service in repository.of(Service):
        if service.fields.lifecycle == "retired":
            continue
        for index, item in enumerate(service.fields.roadmap):
            if item.target is None or item.target >= repository.today:
                continue
            shown = list(_shown(repository, item))
            if any(done for _, done in shown):
                continue
            days = (repository.today - item.target).days
            why = " and ".join(words for words, _ in shown) or "it names neither a change nor an improvement"
            yield service.problem(
                f"{item.title!r} on the roadmap of {service} was due on {item.target},"
                f" {days} day{'' if days == 1 else 's'} ago, and {why}",
                *("roadmap", index, "target"),
                hint="write the day that is true now, name what carries it out, or take the item out",
            )


def _shown(repository: Repository, item: RoadmapItem) -> Iterator[tuple[str, bool]]:
    """What an item names, how far that has come in words, and whether that is all that was planned."""
    if item.change is not None:
        change = repository.get(Change, item.change)
        if change is None:
            yield "", True  # what is wrong with it, its own findings say
        elif (closure := change.fields.closure) is not None:
            good = closure.code in ("successful", "successful_with_issues")
            yield f"{change} was {closure.code}", good
        else:
            yield f"{change} is not done", state_of(repository, change) is ChangeState.REVIEW
    if item.improvement is not None:
        improvement = repository.get(Improvement, item.improvement)
        if improvement is None:
            yield "", True
        else:
            state = improvement.fields.state
            yield f"{improvement} is {state.replace('_', ' ')}", state == "closed"
