"""The site as one page sees it while it is written: the repository, the moment, and the way to other pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote

import click
from markupsafe import Markup

from gitsm.change_control import ChangeState, state_of
from gitsm.diagnostic import Diagnostic
from gitsm.graph import Graph, graph_of
from gitsm.lint import Report
from gitsm.records.change import Change
from gitsm.records.policy import Policy
from gitsm.records.service import Service
from gitsm.repository import Record, Repository
from gitsm.schema.references import ROLE, ROLE_PREFIX
from gitsm.site.appearance import appearance_of
from gitsm.site.html import Content, chip, join, outside, span, tag
from gitsm.site.places import Places
from gitsm.site.when import Clock

_WEB = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"]+")
ROLES = "roles"
"""The heading of the policy's page under which its roles stand."""


@dataclass(frozen=True)
class Site:
    """Everything that pages are made of."""

    repository: Repository
    report: Report | None = None
    places: Places = field(default_factory=lambda: Places({}))
    commit: str = ""
    """The commit that the pages show, where there is one."""
    source_url: str = ""
    """Where the code host shows the files of the repository, up to and with the last slash."""
    docs_folder: str = "docs"
    """The folder of the hand-written pages, as a path in the repository."""
    commands: click.Group | None = None
    """The command line that the reference describes."""
    scripted: bool = True
    """Whether scripts come with the pages, which show what is due later once it is."""
    unmade: Mapping[str, str] = field(default_factory=dict)
    """The pages that could not be made, by path, and why: as far as is known when a page is written."""

    @cached_property
    def statuses(self) -> dict[Record[Any], Markup]:
        """The chips of the records that were shown so far."""
        return {}

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        return {}

    @cached_property
    def clock(self) -> Clock:
        """The moment that the pages speak of, in the policy's time zone."""
        return Clock(self.repository.now, self.repository.timezone)

    def carried_by(self, service: str) -> frozenset[str]:
        """The services that stand on one, directly or not."""
        if service not in self._carried:
            self._carried[service] = frozenset(self.graph.around(service, up=False).services) - {service}
        return self._carried[service]

    @cached_property
    def _carried(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def graph(self) -> Graph:
        """The services and what they stand on."""
        return graph_of(self.repository)

    @cached_property
    def findings(self) -> Mapping[str, Sequence[Diagnostic]]:
        """What a check found, by file."""
        found: dict[str, list[Diagnostic]] = defaultdict(list)
        for finding in self.report.findings if self.report else ():
            found[finding.place.file].append(finding)
        return found

    @cached_property
    def states(self) -> Mapping[str, ChangeState]:
        """Where each change stands, by id."""
        return {change.id: state_of(self.repository, change) for change in self.repository.of(Change)}

    @cached_property
    def damaged(self) -> Mapping[str, Record[Any]]:
        """The records with errors in their files, by file: what other pages say may lack what they would have
        said."""
        ours = (record for record in self.repository.all() if record.kind.model is not None)
        return {record.file: record for record in ours if record.damaged or record.checked is None}

    def record_of(self, path: str) -> Record[Any] | None:
        """The record whose own page stands at a path; None for every other page."""
        return self._records.get(path)

    @cached_property
    def _records(self) -> Mapping[str, Record[Any]]:
        return {self.places.of_record(record): record for record in self.repository.all()}

    def name(self, record: Record[Any]) -> str:
        """What a record is called on the site: its title, or what it is of which service."""
        key = record.kind.name, record.id
        if key not in self._names:
            self._names[key] = self._named(record)
        return self._names[key]

    def _named(self, record: Record[Any]) -> str:
        title = record.title
        if title != record.id:
            return title
        named = appearance_of(record.kind.name).name
        if named is not None and record.checked is not None:
            return named(self.repository, record)
        service = self.service_of(record)
        if service is None or service is record:
            return title if "<" in record.kind.pattern else record.kind.title
        _, _, stem = record.id.partition("/")
        return f"{record.kind.title} of {service.title}" + (f", {stem}" if stem else "")

    def service_of(self, record: Record[Any]) -> Record[Service] | None:
        """The service in whose folder a record stands."""
        folders = record.file.split("/")
        return self.repository.get(Service, folders[1]) if folders[0] == "services" else None


@dataclass
class Here:
    """A page that is being written."""

    site: Site
    path: str
    images: dict[str, str] = field(default_factory=dict)
    """The pictures that it shows so far: where each is published, and its file."""
    scripts: dict[str, None] = field(default_factory=dict)
    """The scripts that what it shows so far needs, beside those that every page has, in order."""

    @property
    def repository(self) -> Repository:
        return self.site.repository

    @property
    def clock(self) -> Clock:
        return self.site.clock

    # --- links

    def url(self, path: str, anchor: str = "") -> str:
        """The address of another page, or of a heading on it."""
        return self.site.places.url(self.path, path, anchor)

    def page(self, path: str, label: Content, anchor: str = "") -> Markup:
        """A link to a page of the site."""
        return tag("a", label, href=self.url(path, anchor))

    def link(self, record: Record[Any], label: Content = None) -> Markup:
        """A link to a record's page, in the words that people know it by."""
        return self.page(self.site.places.of_record(record), label or self.site.name(record))

    def standing(self, record: Record[Any]) -> Markup:
        """A link to a record, and the words that say where it stands."""
        return join([self.link(record), self.status(record)], " ")

    def links(self, records: Iterable[Record[Any]]) -> Markup:
        """Links to records, one after the other."""
        return join([self.link(record) for record in records], ", ")

    def reference(self, kind: str, id: str) -> Markup:
        """What a reference is shown as: a link, or the id with a word where no record has it."""
        if kind == ROLE:
            policy = self.repository.get(Policy, "policy")
            known = policy is not None and any(role.name == id for role in policy.fields.roles)
            label = id.replace("-", " ")
            if policy is None or not known:
                return span("g-role", label)
            return self.page(self.site.places.of_record(policy), label, ROLES)
        record = self.repository.find(kind, id)
        if record is None:
            return join([tag("code", id), " ", chip("not found", "bad")])
        return self.link(record)

    def references(self, kind: str, ids: Iterable[str]) -> Markup:
        """Several references, one after the other."""
        return join([self.reference(kind, id) for id in ids], ", ")

    def party(self, name: str | None) -> Markup:
        """A team, or `role:<role>`."""
        if name is None:
            return Markup("")
        if name.startswith(ROLE_PREFIX):
            return self.reference(ROLE, name.removeprefix(ROLE_PREFIX))
        return self.reference("team", name)

    def parties(self, names: Iterable[str]) -> Markup:
        """Several teams or roles."""
        return join([self.party(name) for name in names], ", ")

    def file(self, path: str, label: Content = None) -> Markup:
        """A file of the repository: a link to the code host where it is known, else its name."""
        shown = label or tag("code", path)
        base = self.site.source_url
        return outside(base + quote(path), shown) if base else join(shown)

    def words(self, value: str) -> Markup:
        """A line of text; a link where all of it is an address."""
        return outside(value) if is_address(value) else join(value)

    # --- what is said of a record wherever it is named

    def status(self, record: Record[Any]) -> Markup:
        """The chips that say where a record stands. They hold no link, so they are the same on every page."""
        if record not in self.site.statuses:
            make = appearance_of(record.kind.name).status
            chips = list(make(self, record)) if make is not None and record.checked is not None else []
            self.site.statuses[record] = join([*chips, self.findings_chip(record)], " ")
        return self.site.statuses[record]

    def damage(self, record: Record[Any]) -> Markup | None:
        """What is to be known before a damaged record is believed; nothing where it is whole."""
        if record.damaged:
            said = "There are errors in the file behind this page. "
            if record.lost:
                said += f"What is wrong is left out: {lost_of(record)}. "
            said += "Rather look into "
        elif record.checked is None and record.kind.model is not None:
            said = "The file behind this page can't be read as what it should be. Rather look into "
        else:
            return None
        return tag("p", said, self.file(record.file), ".", class_="g-warning")

    def findings_chip(self, record: Record[Any]) -> Markup | None:
        """How many findings a record has; nothing where it has none."""
        count = len(self.site.findings.get(record.file, ()))
        return chip(f"{count} finding{'' if count == 1 else 's'}", "warn") if count else None


_LONGEST = 60
"""How much of what was left out is shown: a stranger's keys may be of any length."""


def lost_of(record: Record[Any], most: int = 5) -> str:
    """What was left out of a damaged record, in words."""
    more = len(record.lost) - most
    named = [f"“{each if len(each) <= _LONGEST else each[:_LONGEST] + '...'}”" for each in record.lost[:most]]
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def is_address(value: str) -> bool:
    """Whether a text is one address that a reader may open: http, https, mailto or tel."""
    return _WEB.fullmatch(value) is not None
