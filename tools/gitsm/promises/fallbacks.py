"""The change that declares a fallback: for a dependency of a service, or for a whole redundancy group."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from gitsm.promises.judged import Judged
from gitsm.promises.verdict import Mend
from gitsm.records.service import Dependency


def fallback_for(judged: Judged, service: str) -> Mend | None:
    """A fallback for what the promised service needs alone."""
    return _declared(
        judged,
        f"declare a fallback for {service}",
        lambda each: each.service == service and each.redundancy_group is None,
    )


def fallback_for_group(judged: Judged, name: str) -> Mend | None:
    """A fallback for each member of a redundancy group of the promised service."""
    return _declared(
        judged,
        f"declare a fallback for the group {name}",
        lambda each: each.redundancy_group is not None and each.redundancy_group.name == name,
    )


def _declared(judged: Judged, words: str, is_meant: Callable[[Dependency], bool]) -> Mend | None:
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
        return Mend(words, "service", record.id, path, _fallback(first))
    listed: list[Any] = deepcopy(list(record.data["depends_on"]))
    for index in meant:
        listed[index]["fallback"] = _fallback(record.fields.depends_on[index].service)
    return Mend(words, "service", record.id, ("depends_on",), listed)


def _fallback(service: str) -> dict[str, Any]:
    return {"what": f"What users do while {service} is down", "degraded": True}
