"""What CODEOWNERS says, gathered from the records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from gitsm.codeowners.approvals import Need, governors, ids, needs_of
from gitsm.codeowners.hosts import Host, handle_of
from gitsm.codeowners.lines import EVERYTHING, CodeOwners, Line, Section, by_folder, literal
from gitsm.codeowners.rendering import Rendering
from gitsm.conditions import services_of
from gitsm.parties import holders, speaks_for
from gitsm.records.agreement import Agreement
from gitsm.records.raci import Raci
from gitsm.records.service import Service
from gitsm.records.team import Team
from gitsm.repository import Record, Repository, once
from gitsm.schema.kind import Kind

_MANAGERS: Mapping[str, tuple[str, ...]] = {
    "change": ("change-manager",),
    "incident": ("incident-manager", "major-incident-manager", "duty-manager"),
    "problem": ("problem-manager",),
    "improvement": ("improvement-manager",),
    "knowledge": ("knowledge-manager",),
    "service": ("service-level-manager",),
}
"""The roles, in ITIL's words, that keep records of a kind which names no owner, where the policy has them."""
_RULES_OF_THE_HOUSE: Mapping[Host, tuple[str, ...]] = {
    "github": ("/.github/",),
    "gitlab": ("/.gitlab/", "/.gitlab-ci.yml"),
}
_PIPELINES = (
    *(".ci/", ".circleci/", ".buildkite/", ".woodpecker/"),
    *("Jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml", ".drone.yml", ".travis.yml"),
    *(".pre-commit-config.yaml", ".gitattributes", "mkdocs.yml"),
)
"""Further files that decide how a change is checked or shown, named where they are there."""
_TYPES = ("sla", "ola", "uc")


def code_owners(repository: Repository, host: Host) -> CodeOwners:
    """The CODEOWNERS of a repository for a host."""
    known = _written(repository)
    if host not in known:
        known[host] = _Writing(repository, host).whole()
    return known[host]


@once
def _written(repository: Repository) -> dict[Host, CodeOwners]:
    """The files that were made so far: more than one rule looks at them."""
    return {}


class _Writing:
    """One file in the making."""

    def __init__(self, repository: Repository, host: Host) -> None:
        self.repository, self.host = repository, host
        self._sections: dict[tuple[str, str, bool, int], list[Line]] = {}
        self._needs: dict[tuple[str, str, tuple[object, ...]], list[Need]] = {}
        self._everywhere: dict[tuple[str, str, bool, int, str], tuple[str, ...]] = {}
        """Who gives an approval in every service, where that is the same."""

    def whole(self) -> CodeOwners:
        """The file."""
        blocks = [
            (
                "What no line below names is kept by those who govern.",
                [Line(EVERYTHING, self._governors)],
            ),
            (
                "Services are kept by their owners, and by whoever answers for their releases.",
                [*self._services()],
            ),
            ("What is written about them is kept by whoever is named there.", [*self._folders()]),
            ("What others are judged by is kept by those who govern.", [*self._governed()]),
        ]
        return Rendering(self.repository, self.host).whole(blocks, list(self._approvals()))

    # --- services

    def _services(self) -> Iterator[Line]:
        approvers = [
            self._approved(kind.name, f"/services/*/{glob}", None, type_) for kind, glob, type_ in self._parts
        ]
        new = [
            teams
            for (kind, _, _), teams in zip(self._parts, approvers, strict=True)
            if kind.name == "service"
        ]
        yield Line("/services/", self._new("service"), new[0] if new else ())
        released = _released(self.repository)
        for service in self.repository.of(Service):
            folder = f"/services/{service.id}/"
            speaking = (speaks_for(self.repository, party, service) for party in released.get(service.id, ()))
            accountable = (team.id for teams in speaking for team in teams)
            base = tuple(dict.fromkeys((service.fields.owner, *accountable)))
            yield Line(folder, base, within="/services/")
            yield from self._within(service, folder, base)

    def _within(self, service: Record[Service], folder: str, base: tuple[str, ...]) -> Iterator[Line]:
        """The files of a service that somebody else keeps, or must approve."""
        for kind, glob, type_ in self._parts:
            keepers = self._promising(service, type_, base) if kind.name == "agreement" else base
            approvers = self._approved(kind.name, folder + glob, service, type_)
            of_all = Line(folder + glob, keepers, approvers, within=folder)
            if set(keepers) != set(base) or set(approvers) - set(base):
                yield of_all
            for file, alone in self._each_promising(service, type_, base) if kind.name == "agreement" else ():
                if set(alone) != set(keepers):
                    yield Line(literal(file), alone, approvers, within=of_all.pattern)

    def _promising(self, service: Record[Service], type_: str, base: tuple[str, ...]) -> tuple[str, ...]:
        """Who keeps a service's agreements of a type, also those to come: our own teams that promise in them."""
        return self._promise_in(self._of_type(service, type_), base)

    def _each_promising(
        self, service: Record[Service], type_: str, base: tuple[str, ...]
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Who keeps each of a service's agreements of a type, by its file, where there are several."""
        agreements = self._of_type(service, type_)
        for agreement in agreements if len(agreements) > 1 else ():
            yield agreement.file, self._promise_in([agreement], base)

    def _of_type(self, service: Record[Service], type_: str) -> list[Record[Agreement]]:
        return [each for each in self._agreements.get(service.id, ()) if each.fields.type == type_]

    def _promise_in(self, agreements: Sequence[Record[Agreement]], base: tuple[str, ...]) -> tuple[str, ...]:
        """Who keeps agreements: our own teams that promise in them.

        A supplier is not asked about its own contract. The host would be content with its approval
        alone, so ours are asked instead: the service's own, else the customer, else who governs.
        """
        providers = dict.fromkeys(agreement.fields.provider for agreement in agreements)
        if found := self._ours(providers):
            return found
        if self._ours(base, handle=False) == base:
            return base
        customers = dict.fromkeys(agreement.fields.customer for agreement in agreements)
        return self._ours(base) or self._ours(customers) or self._governors

    def _ours(self, teams: Iterable[str], *, handle: bool = True) -> tuple[str, ...]:
        """Those of some teams that are our own, and can be asked."""
        known = (self.repository.get(Team, id) for id in teams)
        return tuple(
            team.id
            for team in known
            if team is not None
            and team.fields.type == "internal"
            and (not handle or handle_of(team, self.host) is not None)
        )

    @cached_property
    def _agreements(self) -> Mapping[str, list[Record[Agreement]]]:
        """The agreements of each service."""
        found: dict[str, list[Record[Agreement]]] = {}
        for agreement in self.repository.of(Agreement):
            found.setdefault(agreement.file.split("/")[1], []).append(agreement)
        return found

    @cached_property
    def _parts(self) -> Sequence[tuple[Kind, str, str]]:
        """What in a service's folder others may keep or approve: the kind, where it lies, and its type."""
        asked = {approval.when.kind for approval in self.repository.policy.approvals}
        return [
            (kind, glob, type_)
            for name, kind in sorted(self.repository.kinds.items())
            if kind.pattern.startswith("services/<service>/") and (name == "agreement" or name in asked)
            for glob, type_ in _globs(kind)
        ]

    # --- everything else that is recorded

    def _folders(self) -> Iterator[Line]:
        for folder, kinds in self._tops().items():
            names = [kind.name for kind in kinds]
            keepers = next((new for name in names if (new := self._new(name))), ())
            each = [id for name in names for id in self._approved(name, f"/{folder}", None)]
            approvers = tuple(dict.fromkeys(each))
            yield Line(f"/{folder}", keepers, approvers)
            # Of dated records each day brings new ones, and a file that named them would be stale each day.
            files = {
                record.file: self._keepers(record)
                for kind in kinds
                if not kind.dated
                for record in self.repository.all(kind.name)
            }
            for line in by_folder(f"{folder}", files, keepers):
                yield replace(line, approvers=approvers)

    def _tops(self) -> Mapping[str, list[Kind]]:
        found: dict[str, list[Kind]] = {}
        for _, kind in sorted(self.repository.kinds.items()):
            folder = re.split(r"[<*]", kind.pattern, maxsplit=1)[0].rpartition("/")[0] + "/"
            if not folder.startswith(("services/", "organization/")) and folder != "/":
                found.setdefault(folder, []).append(kind)
        return dict(sorted(found.items()))  # a folder in another one comes after it: the last match wins

    def _keepers(self, record: Record[Any]) -> tuple[str, ...]:
        """Who keeps a record: the team that it names as its owner, else the owners of its services."""
        owner = record.data.get("owner")
        if isinstance(owner, str) and self.repository.get(Team, owner) is not None:
            return (owner,)
        return tuple(sorted({service.fields.owner for service in services_of(self.repository, record)}))

    def _new(self, kind: str) -> tuple[str, ...]:
        """Who keeps new records of a kind, of which nothing but the kind is known."""
        for role in _MANAGERS.get(kind, ()):
            if teams := holders(self.repository).get(role, ()):
                return ids(teams)
        return self._governors

    @cached_property
    def _governors(self) -> tuple[str, ...]:
        return governors(self.repository)

    # --- what others are judged by

    def _governed(self) -> Iterator[Line]:
        who = self._governors
        for pattern in self._rules_of_the_house():
            yield Line(pattern, who)
        yield Line("/organization/", who)
        for _, kind in sorted(self.repository.kinds.items()):
            if kind.folder == "organization/":
                folder = re.split(r"[<*]", kind.pattern, maxsplit=1)[0]
                approvers = self._approved(kind.name, f"/{folder}", None)
                if set(approvers) - set(who):
                    yield Line(f"/{folder}", who, approvers, within="/organization/")

    def _rules_of_the_house(self) -> Iterator[str]:
        files = self.repository.files
        tops = {path.split("/", 1)[0] + "/" for path in files if "/" in path}
        yield from ("/CODEOWNERS", "/docs/CODEOWNERS")
        yield from _RULES_OF_THE_HOUSE[self.host]
        yield from ("/gitsm.toml", "/schemas/")
        yield from (f"/{path}" for path in _PIPELINES if path in files or path in tops)
        if self.repository.settings.file not in (None, "gitsm.toml"):
            yield f"/{self.repository.settings.file}"

    # --- what the policy asks for

    def _approved(
        self, kind: str, pattern: str, service: Record[Service] | None, type_: str = ""
    ) -> tuple[str, ...]:
        """The teams that approve the records of a pattern; each need is kept for a section of its own."""
        found: list[str] = []
        for need in self._needed(kind, service, type_):
            key = (kind, need.party, need.certain, need.count)
            lines = self._sections.setdefault(key, [])
            everywhere = self._everywhere.setdefault((*key, type_), need.teams if service is None else ())
            if need.teams and (service is None or need.teams != everywhere):
                lines.append(Line(pattern, need.teams))
            found.extend(need.teams)
        return tuple(dict.fromkeys(found))

    def _needed(self, kind: str, service: Record[Service] | None, type_: str) -> list[Need]:
        """The approvals of a kind of record, worked out once for services that are alike."""
        like = (service.fields.owner, service.fields.tier, service.fields.lifecycle) if service else ()
        if (kind, type_, like) not in self._needs:
            self._needs[kind, type_, like] = needs_of(self.repository, kind, service, type_)
        return self._needs[kind, type_, like]

    def _approvals(self) -> Iterator[Section]:
        names: Counter[str] = Counter()
        for (kind, party, certain, count), lines in self._sections.items():
            # What a section's heading would obey has no place in its name.
            title, who = map(_harmless, (self.repository.kinds[kind].title, party.removeprefix("role:")))
            name = f"{title}: {who}"
            names[name.casefold()] += 1
            number = names[name.casefold()]  # GitLab takes sections of one name for one section
            name += f" {number}" if number > 1 else ""
            yield Section(name, count, not certain, title, who, tuple(lines))


def _harmless(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 :._-]", "?", text)


def _globs(kind: Kind) -> list[tuple[str, str]]:
    """Where records of a kind lie in a service's folder, each with the type of record that lies there."""
    rest = kind.pattern.removeprefix("services/<service>/")
    if kind.name == "agreement":
        return [(f"{type_}*.yaml", type_.upper()) for type_ in _TYPES]
    return [(re.split(r"[<*]", rest, maxsplit=1)[0], "")]


def _released(repository: Repository) -> Mapping[str, list[str]]:
    """Who answers for the releases of each service, by its matrix."""
    found: dict[str, list[str]] = {}
    for raci in repository.of(Raci):
        for activity in raci.fields.activities:
            if activity.stage == "release" and len(activity.accountable) == 1:
                found.setdefault(raci.file.split("/")[1], []).extend(activity.accountable)
    return found
