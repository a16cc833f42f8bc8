"""The machines that records know by name, and whether another name should be among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

import re2

from gitsm.records.service import Service
from gitsm.repository import Repository, once
from gitsm.schema.spelling import nearest

_NEAR = 0.85
"""How alike two names without a domain must be for one to be meant by the other."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^@/\s]*@)?([A-Za-z0-9][A-Za-z0-9.-]*)")
_NUMBERS = re.compile(r"[\d.]+")
_PLACEHOLDER = re.compile(
    r"(?:^|[-.])(?:x+|y+|z+|n{1,2}|i|\d*[xn]+)(?:[-.]|$)|\.\."
    r"|^(?:your|my|some|any|the|this|that|other)[-.]"
    r"|^(?:host|hostname|server|node|machine|target|instance|vm|foo|bar|fqdn|name|example|localhost)(?:[-.]|$)"
)

_ELSEWHERE = (
    "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "dev.azure.com", "sr.ht", "rsync.net",
    "your-storagebox.de", "amazonaws.com", "docker.internal", "cluster.local",
)  # fmt: skip
"""Where commands of anybody's lead, whatever hosts are his own."""
_PRIVATE = (".internal", ".local", ".lan", ".intranet", ".corp", ".private", ".localdomain", ".home.arpa")


def is_private(name: str) -> bool:
    """Whether a host has no domain, or one that nobody can have to himself in public."""
    return "." not in name or name.endswith(_PRIVATE)


def host_in(address: str) -> str | None:
    """The host that an address such as `https://ops.example.com/` names."""
    found = _ADDRESS.match(address)
    return found.group(1).rstrip(".") if found else None


MAX_COMPARED = 1_000
"""How many names are compared with all known ones; comparing is slow, and a stranger's file may hold any number."""


@dataclass(frozen=True)
class Hosts:
    """The hosts that services name, and those of the addresses that records hold."""

    declared: frozenset[str]
    """In small letters; without those that hold a `*`."""
    patterns: tuple[str, ...]
    """Those that hold a `*`."""
    linked: frozenset[str]
    """The hosts of addresses in records."""

    def lack(self, name: str) -> bool:
        """Whether a name is certainly meant for a host of ours, and no record knows it.

        A name with a domain is one of ours where a service names a host of the same domain; one without
        where it is nearly a known one, or differs in its number alone.
        """
        if name != name.lower() or _NUMBERS.fullmatch(name) or _PLACEHOLDER.search(name):
            return False
        if not (self.declared or self.patterns) or self._know(name):
            return False
        if "." in name:
            return name.partition(".")[2] in self._domains
        return _family(name) in self._families or self.meant_by(name) is not None

    def lack_among_all(self, name: str) -> bool:
        """Whether no record knows a name, whatever its domain, where all hosts that are meant stand in records."""
        if len(name) == 1 or name != name.lower() or _NUMBERS.fullmatch(name) or _PLACEHOLDER.search(name):
            return False
        if any(name == host or name.endswith(f".{host}") for host in _ELSEWHERE):
            return False
        return bool(self.declared or self.patterns) and not self._know(name)

    def meant_by(self, name: str) -> str | None:
        """The declared host that a name is nearly the same as."""
        if name not in self._meant and len(self._meant) < MAX_COMPARED:
            near = nearest(name, self._whole if "." in name else self._short)
            alike = near is not None and SequenceMatcher(None, name, near).ratio() >= _NEAR
            self._meant[name] = near if alike else None
        return self._meant.get(name)

    @cached_property
    def _meant(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _whole(self) -> Sequence[str]:
        return sorted(self.declared)

    def _know(self, name: str) -> bool:
        if name in self.declared or name in self.linked or name in self._without_domain:
            return True
        return self._expression is not None and self._expression.fullmatch(name) is not None

    @cached_property
    def _short(self) -> Sequence[str]:
        return sorted({name.partition(".")[0] for name in self.declared})

    @cached_property
    def _without_domain(self) -> frozenset[str]:
        """Names with the first parts of their domain only, or none, as a search domain allows."""
        parts = (name.split(".") for name in self.declared)
        return frozenset(".".join(part[:count]) for part in parts for count in range(1, min(len(part), 10)))

    @cached_property
    def _families(self) -> frozenset[str]:
        numbered = (name for name in self._short if any(character.isdigit() for character in name))
        return frozenset(map(_family, numbered))

    @cached_property
    def _domains(self) -> frozenset[str]:
        domains = (name.partition(".")[2] for name in (*self.declared, *self.patterns))
        return frozenset(domain for domain in domains if "." in domain and "*" not in domain)

    @cached_property
    def _expression(self) -> Any:
        """What matches the patterns, and each of them without its domain; None where there are none."""
        whole = {*self.patterns, *(pattern.partition(".")[0] for pattern in self.patterns)}
        wild = sorted(re2.escape(pattern).replace(r"\*", ".*") for pattern in whole - {"*"})
        return re2.compile("|".join(wild)) if wild else None


MAX_PATTERNS = 1_000
"""How many hosts with a `*` are known; a stranger's repository may hold any number."""


@once
def hosts_of(repository: Repository) -> Hosts:
    """The hosts that a repository's records know."""
    names = {host.lower().rstrip(".") for service in repository.of(Service) for host in service.fields.hosts}
    patterns = sorted(name for name in names if "*" in name)
    linked: set[str] = set()
    for record in repository.all():
        text = record.document.text
        if "://" in text or "\\" in text:  # as no address is written, unless with an escape
            linked.update(_hosts_in(record.data))
        if record.body:
            linked.update(host for link in record.prose.links if (host := host_in(link.address)))
    if repository.settings.site_url and (own := host_in(repository.settings.site_url)):
        linked.add(own)
    return Hosts(
        frozenset(names.difference(patterns)),
        tuple(patterns[:MAX_PATTERNS]),
        frozenset(host.lower() for host in linked),
    )


def _hosts_in(data: object) -> set[str]:
    found: set[str] = set()
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and "://" in value:
            found.update(match.group(1).rstrip(".") for match in _ADDRESS.finditer(value))
    return found


def _family(name: str) -> str:
    return re.sub(r"\d+", "#", name)
