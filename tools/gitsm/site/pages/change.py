"""Changes: when, to what, how it is undone, how ready it is, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from gitsm.change_control import ChangeState
from gitsm.records.change import Change
from gitsm.records.incident import Incident
from gitsm.repository import Record
from gitsm.risk import LEVELS, computed_risk, risk_of
from gitsm.site.alerts import alert_link, alerts_of
from gitsm.site.appearance import Groups, Sections, columns, groups, rank, sections, status
from gitsm.site.fields import Fields
from gitsm.site.here import Here
from gitsm.site.html import NOTHING, Content, bullets, chip, facts, join, paragraph, quiet, tag
from gitsm.site.page import Rank, Section
from gitsm.site.pages.readiness import readiness, summary
from gitsm.site.prose import written
from gitsm.site.readiness import is_judged, readiness_of
from gitsm.site.tables import table
from gitsm.site.when import lasting

_TONES = {
    ChangeState.UNKNOWN: "quiet",
    ChangeState.ASSESS: "quiet",
    ChangeState.AUTHORIZED: "info",
    ChangeState.SCHEDULED: "info",
    ChangeState.IMPLEMENT: "warn",
    ChangeState.UNRECORDED: "bad",
    ChangeState.REVIEW: "warn",
    ChangeState.CLOSED: "quiet",
    ChangeState.CANCELED: "quiet",
}
_OUTAGES = {"degraded": "degraded service", "full": "outage"}
_CODES = {"successful": "good", "successful_with_issues": "warn", "unsuccessful": "bad", "canceled": "quiet"}
NEEDS_ATTENTION = (ChangeState.IMPLEMENT, ChangeState.UNRECORDED, ChangeState.REVIEW)
"""The states in which somebody is working on a change, or ought to be."""


def span_of(change: Record[Change]) -> tuple[datetime, datetime] | None:
    """When a change takes, or took, place: its actual times, else its window; None where neither is known."""
    fields = change.fields
    if fields.actual is not None:
        end = fields.actual.end or (fields.window.end if fields.window else fields.actual.start)
        return fields.actual.start, max(end, fields.actual.start)
    return (fields.window.start, fields.window.end) if fields.window else None


def in_order(changes: Iterable[Record[Change]], *, latest_first: bool = False) -> list[Record[Change]]:
    """Changes by when they take place; those without a window come last."""
    placed = [(span, change) for change in changes for span in [span_of(change)]]
    dated = sorted(
        ((span[0], change.id, change) for span, change in placed if span),
        key=lambda found: found[:2],
        reverse=latest_first,
    )
    return [change for _, _, change in dated] + [change for span, change in placed if span is None]


def between(
    here: Here, changes: Iterable[Record[Change]], start: datetime, end: datetime
) -> list[Record[Change]]:
    """Changes that take place in a stretch of time and are not canceled, in order."""
    found = []
    for change in changes:
        span = span_of(change)
        if (
            span
            and span[0] < end
            and span[1] > start
            and here.site.states[change.id] is not ChangeState.CANCELED
        ):
            found.append(change)
    return in_order(found)


@status("change")
def _status(here: Here, change: Record[Change]) -> Iterator[Markup]:
    state = here.site.states[change.id]
    closure = change.fields.closure
    if closure is not None:
        yield chip(closure.code.replace("_", " "), _CODES[closure.code])
    else:
        yield chip(state.value, _TONES[state])
    if change.fields.type == "emergency":
        yield chip("emergency", "bad" if state.open else "quiet")
    if change.fields.outage in _OUTAGES and state.open:
        yield chip(_OUTAGES[change.fields.outage], "warn")


@columns("change")
def _columns(here: Here, change: Record[Change]) -> dict[str, Content]:
    fields = change.fields
    return {
        "When": _when(here, change),
        "Services": here.references("service", fields.services),
        "Type": fields.type,
        "Risk": risk_chip(_known_risk(here, change)),
        "Ready": summary(readiness_of(here.repository, change)) if _is_judged(here, change) else None,
    }


def _when(here: Here, change: Record[Change]) -> Content:
    """When it is planned; once it began, when it ran and what had been planned."""
    actual, window, span = change.fields.actual, change.fields.window, span_of(change)
    if span is None:
        return "no window"
    if actual is None:
        return here.clock.span(*span)
    ran = ["ran ", here.clock.span(*span)] if actual.end else ["runs since ", here.clock.show(actual.start)]
    if window is None or (window.start, window.end) == (actual.start, actual.end):
        return ran
    planned = here.clock.hours(window.start, window.end, near=here.clock.day_of(actual.start))
    return [ran, quiet(", planned ", planned)]


def _is_judged(here: Here, change: Record[Change]) -> bool:
    return is_judged(here.site.states[change.id])


@groups("change")
def _groups(here: Here, changes: Sequence[Record[Change]]) -> Groups:
    states = here.site.states

    def by_state(*wanted: ChangeState) -> list[Record[Change]]:
        return in_order(one for one in changes if states[one.id] in wanted)

    yield "Under way, or waiting for a word", by_state(*NEEDS_ATTENTION)
    yield "Ahead", by_state(ChangeState.SCHEDULED, ChangeState.AUTHORIZED)
    yield "Being assessed", by_state(ChangeState.ASSESS)
    yield "Not closed; without Git nobody can say more", by_state(ChangeState.UNKNOWN)
    over = [one for one in changes if not states[one.id].open]
    yield "Over", in_order(over, latest_first=True)


@rank("change")
def _rank(here: Here, change: Record[Change]) -> Rank:
    return Rank.OPEN if here.site.states[change.id].open else Rank.CLOSED


@sections("change")
def _sections(here: Here, change: Record[Change]) -> Sections:
    fields, shown = change.fields, Fields(here, change)
    if _is_judged(here, change):
        yield readiness(here, change, _risk(here, change))
    yield Section("At a glance", _glance(here, change))
    yield Section("Why", written(here, change, fields.justification))
    yield Section("Plan", shown.show("plan"))
    yield Section("Rollback", shown.show("rollback"))
    yield Section("Also affected", _affected(here, change))
    for key in (
        "requires",
        "requirements",
        "confirmations",
        "exceptions",
        "tests",
        "communications",
        "handover",
    ):
        if key in change.data:
            yield Section(_TITLES.get(key, key.capitalize()), _wrapped(shown.show(key)))
    yield Section(
        "Required by",
        bullets(here.link(one) for one in here.repository.referring(change, Change, "requires")),
    )
    yield Section("Watched afterwards", _watch(here, change))
    yield Section("Outcome", _outcome(here, change))
    yield Section("Review", shown.show("review") if "review" in change.data else Markup(""))


_MOST_AFFECTED = 25
_TITLES = {
    "requires": "Must be done before",
    "requirements": "Needs",
    "confirmations": "Confirmed by affected owners",
    "exceptions": "Exceptions from freezes",
    "tests": "Tested",
    "communications": "Who is told",
    "handover": "Handed over to support",
}


def _wrapped(shown: Markup) -> Markup:
    return shown if shown.startswith("<") else paragraph(shown)


def _glance(here: Here, change: Record[Change]) -> Markup:
    fields, shown = change.fields, Fields(here, change)
    window = fields.window
    model = here.reference("change-model", fields.model) if fields.model else None
    origin = shown.show("origin") if "origin" in change.data else None
    told = _is_judged(here, change)  # above, where it says how ready it is
    rows: list[tuple[Content, Content]] = [
        ("Window", None if told else here.clock.span(window.start, window.end) if window else "none"),
        ("Services", here.references("service", fields.services)),
        (
            "Type",
            [fields.type, quiet(" by model ", model) if model else None],
        ),
        ("Risk", None if told else _risk(here, change)),
        ("Outage", _OUTAGES.get(fields.outage, fields.outage) if fields.outage else None),
        ("Impact and urgency", _degrees(fields)),
        ("Carried out by", [here.party(_team(here, change)), quiet(" ", ", ".join(fields.assignees))]),
        ("Asked for by", here.party(fields.requested_by)),
        ("Release", " ".join(word for word in (fields.release, fields.version) if word)),
        ("Comes from", origin),
    ]
    return facts(rows)


def _team(here: Here, change: Record[Change]) -> str | None:
    """Who carries it out: its team, else the owner of its first service."""
    if change.fields.team:
        return change.fields.team
    first = here.repository.find("service", change.fields.services[0])
    owner = first.data.get("owner") if first is not None else None
    return owner if isinstance(owner, str) else None


def _degrees(fields: Change) -> str:
    words = {1: "high", 2: "medium", 3: "low"}
    known = (("impact", fields.impact), ("urgency", fields.urgency))
    return ", ".join(f"{name} {words[degree]}" for name, degree in known if degree)


def _known_risk(here: Here, change: Record[Change]) -> str | None:
    """The risk of a change: while it is open the higher of the declared and the computed one."""
    declared = change.fields.risk
    if not here.site.states[change.id].open:
        return declared  # the policy and the failures of today say nothing of what was decided then
    reasons = computed_risk(here.repository, change).reasons
    return risk_of(here.repository, change) if declared or reasons else None


def _risk(here: Here, change: Record[Change]) -> Content:
    """The risk of a change, and where it comes from: what the policy computes and why, and what is declared."""
    risk, declared = _known_risk(here, change), change.fields.risk
    if risk is None:
        return None
    said = [f"declared {declared.replace('_', ' ')}" if declared else "not declared"]
    if here.site.states[change.id].open:
        computed = computed_risk(here.repository, change)
        why = f" ({'; '.join(map(str, computed.reasons))})" if computed.reasons else ""
        said.insert(0, f"computed {computed.risk.replace('_', ' ')}{why}")
    return [risk_chip(risk), quiet(" ", "; ".join(said))]


def risk_chip(risk: str | None) -> Markup | None:
    """How high a risk is."""
    if not risk:
        return None
    tones = {"low": "good", "moderate": "info", "high": "warn", "very_high": "bad"}
    shown = chip(risk.replace("_", " "), tones[risk])
    return tag("span", shown, data_g_order=str(LEVELS.index(risk)))  # by which a browser sorts


def _affected(here: Here, change: Record[Change]) -> Markup:
    """The services that stand on those that are worked on, directly or not."""
    graph = here.site.graph
    worked_on = [id for id in change.fields.services if id in graph.services]
    reached = {id for start in worked_on for id in here.site.carried_by(start)} - set(worked_on)
    nearest = sorted(reached, key=lambda id: (not any(edge.on in worked_on for edge in graph.on(id)), id))
    rows = []
    for id in nearest[:_MOST_AFFECTED]:
        direct = [edge for edge in graph.on(id) if edge.on in worked_on]
        how = [f"{'hard' if edge.hard else 'soft'} dependency on {edge.on}" for edge in direct]
        rows.append([here.link(graph.services[id]), join(how, ", ") or quiet("through others")])
    left = len(nearest) - len(rows)
    more = paragraph(f"And {left} more.") if left else None
    return join([table(["Service", "Because of"], rows), more])


def _watch(here: Here, change: Record[Change]) -> Markup:
    watch = change.fields.watch
    if watch is None:
        return NOTHING
    known = alerts_of(here.repository)
    signals = [alert_link(here, name) if name in known else here.words(name) for name in watch.signals]
    return facts([("Until", here.clock.show(watch.until)), ("Signals", join(signals, ", "))])


def _outcome(here: Here, change: Record[Change]) -> Markup:
    fields = change.fields
    caused = here.repository.referring(change, Incident, "caused_by")
    rows: list[tuple[Content, Content]] = []
    if fields.actual is not None:
        start, end = fields.actual.start, fields.actual.end
        shown = here.clock.span(start, end) if end else [here.clock.show(start), ", not ended"]
        rows.append(("Took place", shown))
        if end and fields.window:
            late = end - fields.window.end
            rows.append(("Against its window", _against(late)))
    if fields.closure is not None:
        rows.append(("Closed as", chip(fields.closure.code.replace("_", " "), _CODES[fields.closure.code])))
        rows.append(("Closed", here.clock.show(fields.closure.on) if fields.closure.on else None))
        rows.append(("Notes", written(here, change, fields.closure.notes)))
    rows.append(("Incidents that it caused", here.links(caused)))
    return facts(rows)


def _against(late: timedelta) -> str:
    if abs(late) < timedelta(minutes=1):
        return "ended on time"
    return f"ended {lasting(abs(late))} {'after' if late > timedelta() else 'before'} its end"


def ahead(here: Here, changes: Iterable[Record[Change]]) -> list[Record[Change]]:
    """Changes that are still to come or under way, in order."""
    return in_order(one for one in changes if _is_ahead(here, one))


def behind(here: Here, changes: Iterable[Record[Change]]) -> list[Record[Change]]:
    """All others, the latest first."""
    return in_order((one for one in changes if not _is_ahead(here, one)), latest_first=True)


def _is_ahead(here: Here, change: Record[Change]) -> bool:
    over = (ChangeState.REVIEW, ChangeState.UNRECORDED)
    state = here.site.states[change.id]
    span = span_of(change)
    return state.open and state not in over and (span is None or span[1] > here.clock.now)
