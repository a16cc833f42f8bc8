"""What fails with a service, or what it stands on: for people, for tickets and for programs."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gitsm.commands.impact.words import VERSION, counted, paragraph
from gitsm.formats import harmless_json
from gitsm.formats.markdown import code, prose
from gitsm.graph import Effect, Graph, State
from gitsm.on_duty import path_of
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository
from gitsm.terminal import safe, styled, wants_colour, wrapped

_COLOURS = {State.FAILS: "red", State.DEGRADES: "yellow", State.AT_RISK: "cyan"}


@dataclass(frozen=True)
class Answer:
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
            return f"{self.service} stands on {counted(len(self.effects), 'service')}" + (
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
        path = path_of(self.repository, record)
        if path is None:
            return [(record.fields.owner, "0 min")]
        return [(step.team, str(step.after)) for step in path.steps]

    def _teams(self) -> dict[str, Record[Team] | None]:
        ids = {team for effect in self.effects for team, _ in self._calls(effect.service)}
        return {id: self.repository.get(Team, id) for id in sorted(ids)}

    @property
    def _circle(self) -> str:
        """The shortest way from the service round to itself; empty where there is none."""
        return " > ".join(self.graph.circle_through(self.service) or ())

    def text(self) -> Iterator[str]:
        """For people at a terminal."""
        width, colour = min(shutil.get_terminal_size().columns, 120), wants_colour()
        yield from paragraph(self._sum(), width, "")
        if self._circle:
            yield from paragraph(f"it stands on itself: {self._circle}", width, "")
        for heading, effects in self._by_tier():
            yield ""
            yield styled(heading, colour, bold=True)
            for effect in effects:
                first, *more = wrapped(safe(self._head(effect)), width, "  ")
                yield styled(first, colour, fg=_COLOURS.get(effect.state))
                yield from (styled(line, colour, fg=_COLOURS.get(effect.state)) for line in more)
                yield from paragraph(f"{' > '.join(effect.path)} ({effect.criticality})", width, "    ")
                yield from paragraph(_reason(effect), width, "    ")
                yield from paragraph(self._people(effect.service), width, "    ")
        teams = self._teams()
        if teams:
            yield ""
            yield styled("Whom to call", colour, bold=True)
            for id, team in teams.items():
                yield from paragraph(f"{id}: {'; '.join(_contacts(team))}", width, "  ")

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
        if self._circle:
            yield from ("", f"It stands on itself: {code(self._circle)}")
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
            "circle": self.graph.circle_through(self.service),
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
