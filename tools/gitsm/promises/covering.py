"""What the figures of agreements cover of the other parts and groups that a promise stands on.

An agreement's service is up only while all that it needs is: so whatever else needs the same loses nothing to
it that isn't in that figure already. A contract covers what its supplier runs, and nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from gitsm.promises.judged import Judged
from gitsm.promises.redundancy import Part as Key
from gitsm.promises.structure import Enough, Part, Structure


class Covering:
    """Finds what certainly works while the service of an agreement does."""

    def __init__(self, judged: Judged, parts: Mapping[Key, Part]) -> None:
        self._judged, self._parts = judged, parts

    def parts(self) -> Mapping[Key, frozenset[Key]]:
        """The parts that each agreement covers."""
        found: dict[Key, frozenset[Key]] = {}
        if len(self._parts) < 2:
            return found
        by_service: dict[str, set[Key]] = {}
        for key, part in self._parts.items():
            if key[0] != "gone":  # no agreement about something else brings it back
                by_service.setdefault(part.service, set()).add(key)
        for key in self._parts:
            below = self._below(key)
            if below:
                found[key] = frozenset(
                    k for service in below & by_service.keys() for k in by_service[service]
                )
        return found

    def without_groups(self, whole: Structure) -> tuple[Structure, Mapping[str, Key]]:
        """A structure without the groups that the agreement of one of its parts covers, and which does: their
        names, each with the agreement."""
        found = {enough.name: by for enough in whole.groups for by in self._covering(whole, enough)}
        kept = tuple(enough for enough in whole.groups if enough.name not in found)
        return replace(whole, groups=kept), found

    def _covering(self, whole: Structure, enough: Enough) -> Iterator[Key]:
        """The agreements whose services need as many of the same members, or of fewer, alone or below."""
        needed, members = enough.group.needed, set(enough.group.members)
        for key in sorted(whole.parts, reverse=True):
            below = self._below(key)
            for service in (self._parts[key].service, *below) if below is not None else ():
                groups = self._judged.ground.needs(service).groups
                if any(g.needed >= needed and members.issuperset(g.members) and not g.or_all for g in groups):
                    yield key

    def _below(self, key: Key) -> frozenset[str] | None:
        """The services without which the one of an agreement surely fails; None where it covers nothing, or
        is itself among them."""
        ground, service = self._judged.ground, self._parts[key].service
        agreement = ground.agreement(key[1]) if key[0] == "agreement" else None
        if agreement is None or not self._judged.covers_all(agreement):
            return None
        if service not in ground.hidden:
            ground.hidden[service] = ground.below(service, hard=True, most=200) or frozenset()
        below = ground.hidden[service]
        return None if {self._judged.service, service} & below else below
