"""What fails, degrades or is at risk when services fail, and what a service stands on itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Literal

from gitsm.graph.dependencies import Graph
from gitsm.graph.edge import Edge
from gitsm.graph.spread import Group, Spread, left


class State(StrEnum):
    """What becomes of a service while another one is down."""

    FAILS = "fails"
    DEGRADES = "degrades"
    """It works, but worse: by a soft dependency, by a fallback that users notice, or because what it
    stands on is itself worse."""
    AT_RISK = "at risk"
    """Users notice nothing, but the next failure of this kind finds nothing in its way."""
    UNAFFECTED = "unaffected"


_ORDER = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Effect:
    """What the failure of one service does to another."""

    service: str
    state: State
    path: tuple[str, ...]
    """From the one that stands on the other, over what it stands on, down to the one that failed."""
    criticality: Literal["hard", "soft"]
    """Hard where each dependency on the path is hard; soft where a soft one lies in between."""
    because: str
    """What decides it, at the first step of the path."""


def impact(graph: Graph, services: Iterable[str]) -> list[Effect]:
    """What fails, degrades or is at risk when services fail, the worst and nearest first.

    A service fails with a hard dependency that has no fallback; of a redundancy group, once too few
    members are left. It degrades with a soft dependency, on a fallback that its users notice, and
    with whatever it needs and that is itself degraded. Each comes with the shortest of its worst
    ways: of a service that fails one on which everything fails, else one of hard dependencies alone
    where there is one. What is retired runs for nobody, and is left out.
    """
    outage = _Outage(graph, sorted(services), _Above().way)
    found = [one for one in (*outage.effects(), *outage.risks()) if not graph.is_retired(one.service)]
    return sorted(found, key=lambda effect: (_ORDER[effect.state], len(effect.path), effect.service))


def stands_on(graph: Graph, service: str) -> list[Effect]:
    """What a service stands on, nearest first: each with what becomes of the service when it fails alone.

    Here `service` of an effect is the one below.
    """
    below = _Below(graph, service)
    return [below.effect_of(id) for id in below.ways if id != service]


class _Below:
    """What lies below one service."""

    def __init__(self, graph: Graph, service: str) -> None:
        self._graph, self._service = graph, service
        self._trees = {spread: spread.ways_down(service) for spread in (graph.fatal, graph.hard, graph.felt)}
        self.ways = graph.any.ways_down(service)

    def effect_of(self, id: str) -> Effect:
        """What becomes of the service when one of those below it fails."""
        outage = _Outage(self._graph, [id], self._way)
        effect = outage.on(self._service)
        if effect is not None:
            return replace(effect, service=id)
        path = tuple(reversed(_path(id, self.ways)))
        because = outage.held_on(path)
        return Effect(id, State.UNAFFECTED, path, _criticality(self._graph, path), because)

    def _way(self, start: list[str], id: str, spread: Spread, within: int) -> tuple[str, ...]:
        # The shortest way of all is most often one on which everything is drawn in: nothing more to look for.
        if id == self._service and start[0] in self._trees[spread]:
            path = tuple(reversed(_path(start[0], self._trees[spread])))
            if all(spread.bit[each] & within for each in path) and all(
                any(spread.draws(edge, within) for edge in self._graph.between(*step))
                for step in pairwise(path)
            ):
                return path
        return _path(id, spread.ways(start, within, until=id))


class _Above:
    """The ways down from everything above some services."""

    def __init__(self) -> None:
        self._paths: dict[tuple[Spread, int], dict[str, tuple[str, ...]]] = {}

    def way(self, start: list[str], id: str, spread: Spread, within: int) -> tuple[str, ...]:
        """The shortest way from a service down to what failed."""
        if (spread, within) not in self._paths:
            paths = self._paths[spread, within] = {}
            for each, below in spread.ways(start, within).items():
                paths[each] = (each, *paths[below]) if below is not None else (each,)
        return self._paths[spread, within][id]


Way = Callable[[list[str], str, Spread, int], tuple[str, ...]]


class _Outage:
    """What follows when some services fail."""

    def __init__(self, graph: Graph, start: list[str], way: Way) -> None:
        self._graph, self._start, self._way = graph, start, way
        # Each of the three holds the one before it.
        self._fatal = graph.fatal.reached(start)
        self._hard = graph.hard.reached(start)
        self._felt = graph.felt.reached(start)
        self._wholly: dict[str, bool] = dict.fromkeys(start, True)

    @cached_property
    def _gone(self) -> frozenset[str]:
        """The services that fail: of many, it is faster to ask names than bits."""
        return frozenset(self._graph.fatal.services(self._fatal))

    def effects(self) -> Iterator[Effect]:
        """The services of which users notice something."""
        graph, start = self._graph, set(self._start)
        kinds = (
            (State.FAILS, graph.fatal, self._fatal, self._fatal),
            (State.DEGRADES, graph.hard, self._hard, self._hard & ~self._fatal),
            (State.DEGRADES, graph.felt, self._felt, self._felt & ~self._hard),
        )
        for state, spread, within, those in kinds:
            for id in spread.services(those):
                if id not in start:
                    yield self._effect_by(id, state, spread, within)

    def risks(self) -> Iterator[Effect]:
        """The services that users find as ever, and that have nothing left for the next failure."""
        guards = self._graph.guards
        found = {service for id in self._graph.felt.services(self._fatal) for service in guards.get(id, ())}
        for service in found:
            if not self._is_in(service, self._felt) and (risk := self._risk(service)) is not None:
                yield risk

    def on(self, service: str) -> Effect | None:
        """What becomes of one service; None where it is unaffected."""
        return self._effect(service) if self._is_in(service, self._felt) else self._risk(service)

    def held_on(self, path: tuple[str, ...]) -> str:
        """Who on a path keeps those above it from noticing, and how."""
        for service, on in reversed(list(pairwise(path))):
            if not self._is_in(service, self._felt):
                why = (self._why_at_risk(edge) for edge in self._graph.between(service, on))
                because = next(filter(None, why), "there is redundancy left")
                return because if service == path[0] else f"{service} holds out: {because}"
        return ""

    def _is_in(self, service: str, number: int) -> bool:
        return bool(self._graph.felt.bit[service] & number)

    def _effect(self, id: str) -> Effect:
        graph = self._graph
        if self._is_in(id, self._fatal):
            state, spread, within = State.FAILS, graph.fatal, self._fatal
        elif self._is_in(id, self._hard):
            state, spread, within = State.DEGRADES, graph.hard, self._hard
        else:
            state, spread, within = State.DEGRADES, graph.felt, self._felt
        return self._effect_by(id, state, spread, within)

    def _effect_by(self, id: str, state: State, spread: Spread, within: int) -> Effect:
        path = self._way(self._start, id, spread, within)
        edges = self._graph.between(id, path[1])
        edge = edges[0] if len(edges) == 1 else next(edge for edge in edges if spread.draws(edge, within))
        # On a way by which others fail or run on fallbacks, each dependency is hard.
        criticality = self._criticality(path) if spread is self._graph.felt else "hard"
        return Effect(id, state, path, criticality, self._because(state, edge))

    def _criticality(self, path: tuple[str, ...]) -> Literal["hard", "soft"]:
        """The worst criticality on the way down from a service, which goes on as that of the next one."""
        known, steps, felt = self._wholly, 0, self._graph.felt
        while path[steps] not in known:
            steps += 1
        for place in reversed(range(steps)):
            id, on = path[place], path[place + 1]
            known[id] = known[on] and any(
                edge.hard and (edge.group is None or felt.draws(edge, self._felt))
                for edge in self._graph.between(id, on)
            )
        return "hard" if known[path[0]] else "soft"

    def _because(self, state: State, edge: Edge) -> str:
        fallback, group = edge.dependency.fallback, self._group_of(edge)
        if group is not None:
            of = f"of {group.members.bit_count()} in the group {group.name}"
            still, whole = left(group, self._fatal), left(group, self._felt)
            if still < group.needed:
                return f"{still} {of} left, {group.needed} needed"
            return f"{whole} {of} as good as ever, {group.needed} needed"
        if edge.on not in self._gone:
            return f"{edge.on} is degraded"
        if fallback is not None:
            return f"without {edge.on}: {fallback.what}"
        return f"{'fails' if state is State.FAILS else 'works worse'} without {edge.on}"

    def _group_of(self, edge: Edge) -> Group | None:
        groups = self._graph.felt.groups_of(edge.service) if edge.group is not None else ()
        return next((group for group in groups if group.name == edge.group), None)

    def _risk(self, service: str) -> Effect | None:
        for edge in self._graph.all_on(service):
            why = self._why_at_risk(edge)
            if why:
                path = (service, *self._way(self._start, edge.on, self._graph.fatal, self._fatal))
                return Effect(service, State.AT_RISK, path, _criticality(self._graph, path), why)
        return None

    def _why_at_risk(self, edge: Edge) -> str:
        if edge.on not in self._gone:
            return ""
        fallback, group = edge.dependency.fallback, self._group_of(edge)
        if group is not None:
            still = left(group, self._fatal)
            if still > group.needed:
                return ""
            if still == group.needed or fallback is None:
                return f"no redundancy left in the group {group.name}: {still} left, {group.needed} needed"
        return f"without {edge.on}: {fallback.what}" if fallback is not None else ""


def _criticality(graph: Graph, path: tuple[str, ...]) -> Literal["hard", "soft"]:
    hard = all(any(edge.hard for edge in graph.between(*step)) for step in pairwise(path))
    return "hard" if hard else "soft"


def _path(id: str, ways: Mapping[str, str | None]) -> tuple[str, ...]:
    path = [id]
    while (below := ways[path[-1]]) is not None:
        path.append(below)
    return tuple(path)
