"""The change that declares a fallback: for a dependency of a service, or for a whole redundancy group.

Of several such changes the smaller one is that which gives a fallback to fewer dependencies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

from gitsm.promises.judged import Judged
from gitsm.promises.verdict import Mend
from gitsm.records.service import Dependency


def fallback_for(judged: Judged, service: str) -> Mend | None:
    """A fallback for what the promised service needs alone."""
    found = _alone(judged, service)
    return found[1] if found is not None else None


def fallback_for_group(judged: Judged, name: str) -> Mend | None:
    """A fallback for each member of a redundancy group of the promised service."""
    found = _of_group(judged, name)
    return found[1] if found is not None else None


def fallbacks_for(judged: Judged, services: Iterable[str]) -> list[Mend]:
    """A fallback for each of several services that the promised one needs, alone or in a group, those first
    that are for fewer dependencies."""
    groups = judged.ground.needs(judged.service).groups
    found: dict[str, tuple[int, Mend]] = {}
    for service in services:
        group = next((group.name for group in groups if service in group.members), None)
        one = _of_group(judged, group) if group is not None else _alone(judged, service)
        if one is not None:
            found[one[1].words] = one
    return [mend for _, mend in sorted(found.values(), key=lambda each: each[0])]


def _alone(judged: Judged, service: str) -> tuple[int, Mend] | None:
    return _declared(
        judged,
        f"declare a fallback for {service}",
        lambda each: each.service == service and each.redundancy_group is None,
    )


def _of_group(judged: Judged, name: str) -> tuple[int, Mend] | None:
    return _declared(
        judged,
        f"declare a fallback for the group {name}",
        lambda each: each.redundancy_group is not None and each.redundancy_group.name == name,
    )


def _declared(judged: Judged, words: str, is_meant: Callable[[Dependency], bool]) -> tuple[int, Mend] | None:
    """The change, and to how many dependencies it gives a fallback; None where there is nothing to change."""
    record = judged.record
    if record is None:
        return None
    meant = [
        index
        for index, each in enumerate(record.fields.depends_on)
        if is_meant(each) and each.fallback is None
    ]
    if not meant:
        return None
    first = record.fields.depends_on[meant[0]].service
    if len(meant) == 1:
        path = ("depends_on", meant[0], "fallback")
        return 1, Mend(words, "service", record.id, path, _fallback(first))
    listed: list[Any] = deepcopy(list(record.data["depends_on"]))
    for index in meant:
        listed[index]["fallback"] = _fallback(record.fields.depends_on[index].service)
    return len(meant), Mend(words, "service", record.id, ("depends_on",), listed)


def _fallback(service: str) -> dict[str, Any]:
    return {"what": f"What users do while {service} is down", "degraded": True}
