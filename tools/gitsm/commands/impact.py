"""`gitsm impact`: what breaks when a service goes down, and where that would hurt most."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from gitsm.commands import fail, reads_repository
from gitsm.commands.completion import ids_of
from gitsm.formats import harmless_json
from gitsm.formats.markdown import code, prose
from gitsm.graph import (
    Effect,
    Graph,
    State,
    graph_of,
    impact,
    promised_availability,
    single_points,
    stands_on,
)
from gitsm.graph.single_points import SinglePoint
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository
from gitsm.schema.spelling import did_you_mean
from gitsm.terminal import safe, styled, wants_colour, wrapped

GROUP = "operate"
VERSION = 1
"""Of the JSON: grows when a reader of the last version would no longer understand."""

_COLOURS = {State.FAILS: "red", State.DEGRADES: "yellow", State.AT_RISK: "cyan"}
_MOST_NAMED = 8


@click.command()
@click.argument("service", required=False, shell_complete=ids_of("service"))
@click.option("--up", is_flag=True, help="What the service stands on, instead of what stands on it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@reads_repository
def command(repository: Repository, service: str | None, up: bool, form: str) -> None:
    """Show what breaks when a service goes down.

    Every service that fails, degrades or is at risk with SERVICE, by tier, with the shortest way there,
    its owner and whom to call. Without a SERVICE, the single points of failure of all services, the one
    on which most promise hangs first.
    """
    graph = graph_of(repository)
    if service is None:
        if up:
            raise click.UsageError("--up needs a SERVICE to start from")
        lines = _points(repository, graph, form)
    else:
        _must_exist(repository, graph, service)
        effects = stands_on(graph, service) if up else impact(graph, [service])
        answer = _Answer(repository, graph, service, up, effects)
        lines = {"text": answer.text, "json": answer.json, "markdown": answer.markdown}[form]()
    for line in lines:
        click.echo(line)


def _must_exist(repository: Repository, graph: Graph, service: str) -> None:
    if service in graph.ids:
        return
    if repository.defines("service", service):
        fail(f"service {service} has mistakes of its own; `gitsm check` shows them")
    hint = did_you_mean(service, sorted(graph.ids)) or "gitsm map --format json lists them"
    fail(f"there is no service {service!r}; {hint}")


@dataclass(frozen=True)
class _Answer:
    """What the failure of a service does, or what it stands on, in each of the forms."""

    repository: Repository
    graph: Graph
    service: str
    up: bool
    effects: Sequence[Effect]

    def _record(self, id: str) -> Record[Service] | None:
        return self.graph.services.get(id)

    def _by_tier(self) -> Iterator[tuple[str, list[Effect]]]:
        for tier in (1, 2, 3, 4, None):
            found = [effect for effect in self.effects if _tier(self._record(effect.service)) == tier]
            if found:
                yield (f"Tier {tier}" if tier is not None else "Without a tier"), found

    def _sum(self) -> str:
        """What it comes to, in one sentence."""
        counts = {state: sum(effect.state is state for effect in self.effects) for state in State}
        named = ", ".join(f"{count} {_WORDS[state][count != 1]}" for state, count in counts.items() if count)
        if self.up:
            return f"{self.service} stands on {_count(len(self.effects), 'service')}" + (
                f"; when one of them fails, it {self._sum_up(counts)}" if self.effects else ""
            )
        return f"when {self.service} fails: {named or 'nothing else is affected'}"

    @staticmethod
    def _sum_up(counts: dict[State, int]) -> str:
        words = {
            State.FAILS: "fails with",
            State.DEGRADES: "degrades with",
            State.AT_RISK: "is at risk with",
            State.UNAFFECTED: "is unaffected by",
        }
        return ", ".join(f"{words[state]} {count}" for state, count in counts.items() if count)

    def _calls(self, id: str) -> list[tuple[str, str]]:
        """Who is called for a service, and after how long: its own path, else its owner and the owner's."""
        record = self._record(id)
        if record is None:
            return []
        if record.fields.escalation:
            return [(step.team, str(step.after)) for step in record.fields.escalation]
        owner = self.repository.get(Team, record.fields.owner)
        below = owner.fields.escalation if owner is not None else ()
        steps = [(step.team, str(step.after)) for step in below if step.team != record.fields.owner]
        return [(record.fields.owner, "0 min"), *steps]

    def _teams(self) -> dict[str, Record[Team] | None]:
        ids = {team for effect in self.effects for team, _ in self._calls(effect.service)}
        return {id: self.repository.get(Team, id) for id in sorted(ids)}

    def text(self) -> Iterator[str]:
        """For people at a terminal."""
        width, colour = min(shutil.get_terminal_size().columns, 120), wants_colour()
        yield from _paragraph(self._sum(), width, "")
        for heading, effects in self._by_tier():
            yield ""
            yield styled(heading, colour, bold=True)
            for effect in effects:
                first, *more = wrapped(safe(self._head(effect)), width, "  ")
                yield styled(first, colour, fg=_COLOURS.get(effect.state))
                yield from (styled(line, colour, fg=_COLOURS.get(effect.state)) for line in more)
                yield from _paragraph(f"{' > '.join(effect.path)} ({effect.criticality})", width, "    ")
                yield from _paragraph(_reason(effect), width, "    ")
                yield from _paragraph(self._people(effect.service), width, "    ")
        teams = self._teams()
        if teams:
            yield ""
            yield styled("Whom to call", colour, bold=True)
            for id, team in teams.items():
                yield from _paragraph(f"{id}: {'; '.join(_contacts(team))}", width, "  ")

    def _head(self, effect: Effect) -> str:
        record = self._record(effect.service)
        if record is None:
            return f"{effect.service} (no file defines it): {self._state(effect)}"
        stage = record.fields.lifecycle
        return f"{effect.service}{'' if stage == 'live' else f' ({stage})'}: {self._state(effect)}"

    def _state(self, effect: Effect) -> str:
        if not self.up:
            return effect.state
        words = {State.FAILS: "fails", State.DEGRADES: "degrades", State.AT_RISK: "is at risk"}
        return f"without it {self.service} {words.get(effect.state, 'is unaffected')}"

    def _people(self, id: str) -> str:
        record = self._record(id)
        if record is None:
            return ""
        path = [
            f"{team} {'at once' if after == '0 min' else f'after {after}'}" for team, after in self._calls(id)
        ]
        return f"owner {record.fields.owner}; call {', then '.join(path)}"

    def markdown(self) -> Iterator[str]:
        """For a ticket or a pull request."""
        yield f"**{prose(self._sum())}**"
        for heading, effects in self._by_tier():
            yield from ("", f"### {heading}", "")
            for effect in effects:
                yield f"- {prose(self._head(effect))}"
                reason = f", {prose(_reason(effect))}" if _reason(effect) else ""
                yield f"    - {code(' > '.join(effect.path))} ({effect.criticality}){reason}"
                if people := self._people(effect.service):
                    yield f"    - {prose(people)}"
        teams = self._teams()
        if teams:
            yield from ("", "### Whom to call", "")
            for id, team in teams.items():
                yield f"- {prose(id)}: {prose('; '.join(_contacts(team)))}"

    def json(self) -> Iterator[str]:
        """For programs."""
        data = {
            "version": VERSION,
            "service": self.service,
            "direction": "up" if self.up else "down",
            "effects": [self._data(effect) for effect in self.effects],
            "teams": {
                id: {
                    "name": team.title if team is not None else None,
                    "contacts": [
                        {"channel": contact.channel, "value": contact.value, "when": contact.when}
                        for contact in (team.fields.contacts if team is not None else ())
                    ],
                }
                for id, team in self._teams().items()
            },
        }
        yield from harmless_json(data).split("\n")

    def _data(self, effect: Effect) -> dict[str, Any]:
        record = self._record(effect.service)
        return {
            "service": effect.service,
            "name": record.title if record is not None else None,
            "state": effect.state.value,
            "criticality": effect.criticality,
            "path": list(effect.path),
            "because": effect.because,
            "tier": _tier(record),
            "lifecycle": record.fields.lifecycle if record is not None else None,
            "owner": record.fields.owner if record is not None else None,
            "escalation": [{"team": team, "after": after} for team, after in self._calls(effect.service)],
        }


_WORDS = {
    State.FAILS: ("fails", "fail"),
    State.DEGRADES: ("degrades", "degrade"),
    State.AT_RISK: ("is at risk", "are at risk"),
    State.UNAFFECTED: ("is unaffected", "are unaffected"),
}


def _reason(effect: Effect) -> str:
    """Why, where the path doesn't say so already."""
    said = {f"fails without {effect.path[1]}", f"works worse without {effect.path[1]}"}
    return "" if effect.because in said else effect.because


def _tier(record: Record[Service] | None) -> int | None:
    return record.fields.tier if record is not None else None


def _contacts(team: Record[Team] | None) -> Iterable[str]:
    if team is None:
        return ("no file defines this team",)
    if not team.fields.contacts:
        return ("it has no contact",)
    return [
        f"{contact.channel} {contact.value}" + (f" ({contact.when})" if contact.when else "")
        for contact in team.fields.contacts
    ]


def _paragraph(text: str, width: int, indent: str) -> list[str]:
    return wrapped(safe(text), width, indent) if text else []


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _fail(count: int) -> str:
    return f"{_count(count, 'service')} in use {'fails' if count == 1 else 'fail'}"


def _points(repository: Repository, graph: Graph, form: str) -> Iterator[str]:
    points = single_points(graph, promised_availability(repository))
    if form == "json":
        data = {"version": VERSION, "single_points": [_point_data(point) for point in points]}
        yield from harmless_json(data).split("\n")
        return
    width, colour = min(shutil.get_terminal_size().columns, 120), wants_colour()
    of = f"of {_count(len(graph.services), 'service')}"
    head = f"{_count(len(points), 'single point')} of failure {of}, the one on which most promise hangs first"
    if form == "markdown":
        yield from (f"**{prose(head)}**", "")
    else:
        yield from _paragraph(head, width, "")
    for number, point in enumerate(points, 1):
        record = graph.services[point.service]
        stage = "" if record.fields.lifecycle == "live" else f" ({record.fields.lifecycle})"
        title = f"{point.service}{stage}, of {record.fields.owner}: {_fail(len(point.fails))} with it"
        if form == "markdown":
            yield f"{number}. {prose(title)}"
            yield from (f"    - {prose(line)}" for line in _about(point))
            continue
        yield ""
        first, *more = wrapped(safe(f"{number}. {title}"), width, "")
        yield from (styled(line, colour, bold=True) for line in (first, *more))
        for line in _about(point):
            yield from _paragraph(line, width, "   ")


def _about(point: SinglePoint) -> Iterator[str]:
    shown = ", ".join(point.fails[:_MOST_NAMED])
    more = len(point.fails) - _MOST_NAMED
    yield f"{shown}{f' and {more} more' if more > 0 else ''}"
    tiers = zip(("tier 1", "tier 2", "tier 3", "tier 4", "no tier"), point.by_tier, strict=True)
    yield ", ".join(f"{count} of {tier}" for tier, count in tiers if count)
    if point.promises:
        strictest = sorted(point.promises.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_NAMED]
        named = ", ".join(f"{id} {share:g} %" for id, share in strictest)
        more = len(point.promises) - len(strictest)
        yield f"promised, {point.nines:.1f} nines together: {named}{f' and {more} more' if more else ''}"
    for service, group in point.defeats:
        yield f"undoes the redundancy group {group} of {service}: every member stands on it"


def _point_data(point: SinglePoint) -> dict[str, Any]:
    return {
        "service": point.service,
        "fails": list(point.fails),
        "by_tier": dict(zip(("1", "2", "3", "4", "none"), point.by_tier, strict=True)),
        "promises": point.promises,
        "nines": point.nines,
        "defeats": [{"service": service, "group": group} for service, group in point.defeats],
    }
