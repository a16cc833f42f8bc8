"""Problems and known errors: how to live with them, and what is done about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from markupsafe import Markup

from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.records.problem import Problem
from gitsm.repository import Record
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import Content, chip, div, facts, join, paragraph, quiet
from gitsm.site.listing import listing
from gitsm.site.page import Rank, Section
from gitsm.site.pages.change import in_order
from gitsm.site.pages.incident import began_at, latest_first
from gitsm.site.prose import sections_of, written
from gitsm.site.tables import table_of
from gitsm.site.when import lasting

_MOST_INCIDENTS = 200
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


@rank("problem")
def _rank(here: Here, problem: Record[Problem]) -> Rank:
    return Rank.ADVICE if is_open(problem) else Rank.OVER


def _workaround(here: Here, problem: Record[Problem]) -> Markup:
    """How to live with it: what whoever is called at night came for."""
    said = written(here, problem, problem.fields.workaround)
    if said or not is_open(problem):
        return div("g-callout", said)
    return paragraph(quiet("None is known."))


def _glance(here: Here, problem: Record[Problem], incidents: Sequence[Record[Incident]]) -> Markup:
    fields = problem.fields
    began = [at for one in incidents if (at := began_at(one)) is not None]
    rows: list[tuple[Content, Content]] = [
        ("Services", here.references("service", fields.services)),
        ("Owner", here.party(fields.owner)),
        ("Known error", "yes: its cause is known" if fields.known_error else None),
        ("First seen", here.clock.show(min(began)) if began else None),
        ("Last seen", here.clock.show(max(began)) if len(began) > 1 else None),
        ("It cost so far", _lost(incidents)),
    ]
    return facts(rows)


def _lost(incidents: Sequence[Record[Incident]]) -> str | None:
    """For how long users suffered in all, as far as the incidents say it."""
    spans = [
        one.fields.restored - began
        for one in incidents
        if (began := began_at(one)) is not None and one.fields.restored and one.fields.restored > began
    ]
    if not spans:
        return None
    count = len(spans)
    return f"{lasting(sum(spans, timedelta()))} in {count} incident{'' if count == 1 else 's'}"


def _incidents(here: Here, incidents: Sequence[Record[Incident]]) -> Markup:
    """Its incidents, the latest first; the older ones of very many stand in their own list."""
    shown, left = incidents[:_MOST_INCIDENTS], len(incidents) - _MOST_INCIDENTS
    more = paragraph(quiet(f"And {left:,} older ones.")) if left > 0 else None
    return join([listing(here, shown, without=("Problem",)), more])


@sections("problem")
def _sections(here: Here, problem: Record[Problem]) -> Sections:
    fields = problem.fields
    incidents = latest_first(here.repository.referring(problem, Incident, "problem"))
    yield Section("Workaround", _workaround(here, problem))
    yield Section("At a glance", _glance(here, problem, incidents))
    yield from sections_of(here, problem)
    yield Section("Root cause", written(here, problem, fields.root_cause))
    yield Section(f"Incidents ({len(incidents)})" if incidents else "Incidents", _incidents(here, incidents))
    changes = in_order(here.repository.referring(problem, Change, "origin"), latest_first=True)
    yield Section("Changes", listing(here, changes))
    told = {"title", "services", "state", "owner", "known_error", "workaround", "root_cause"}
    yield from Fields(here, problem).sections(without=told)
