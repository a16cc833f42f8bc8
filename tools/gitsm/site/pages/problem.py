"""Problems and known errors: how to live with them, and what is done about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, chip, div, facts
from gitsm.site.listing import listing
from gitsm.site.page import Section
from gitsm.site.prose import sections_of, written
from gitsm.site.tables import table_of

_TONES = {"new": "warn", "resolved": "good", "closed": "quiet"}


def is_open(problem: Record[Problem]) -> bool:
    """Whether something is still to be done about it."""
    return problem.fields.state not in ("resolved", "closed")


def known_errors(problems: Iterable[Record[Problem]]) -> list[Record[Problem]]:
    """Problems that are open and whose cause is known, or that can be lived with."""
    return [one for one in problems if is_open(one) and (one.fields.known_error or one.fields.workaround)]


def workarounds(here: Here, problems: Iterable[Record[Problem]]) -> Markup:
    """Known errors, each with the way to live with it."""
    return table_of(
        {
            "Known error": here.standing(one),
            "Workaround": written(here, one, one.fields.workaround) or "none known",
        }
        for one in problems
    )


@status("problem")
def _status(here: Here, problem: Record[Problem]) -> Iterator[Markup]:
    state = problem.fields.state
    yield chip(state.replace("_", " "), _TONES.get(state, "info"))
    if problem.fields.known_error:
        yield chip("known error", "warn" if is_open(problem) else "quiet")


@columns("problem")
def _columns(here: Here, problem: Record[Problem]) -> dict[str, Content]:
    count = len(here.repository.referring(problem, Incident, "problem"))
    return {
        "Services": here.references("service", problem.fields.services),
        "Incidents": str(count) if count else None,
        "Workaround": "yes" if problem.fields.workaround else None,
    }


@groups("problem")
def _groups(here: Here, problems: Sequence[Record[Problem]]) -> Groups:
    yield "Open", [problem for problem in problems if is_open(problem)]
    yield "Solved", [problem for problem in problems if not is_open(problem)]


@sections("problem")
def _sections(here: Here, problem: Record[Problem]) -> Sections:
    fields = problem.fields
    yield Section("Workaround", div("g-callout", written(here, problem, fields.workaround)))
    yield from sections_of(here, problem)
    yield Section("Root cause", written(here, problem, fields.root_cause))
    yield Section("At a glance", facts([("Services", here.references("service", fields.services))]))
    yield Section(
        "Incidents",
        listing(here, here.repository.referring(problem, Incident, "problem"), without=("Problem",)),
    )
    yield Section("Changes", listing(here, here.repository.referring(problem, Change, "origin")))
    told = {"title", "services", "state", "known_error", "workaround", "root_cause"}
    yield from Fields(here, problem).sections(without=told)
