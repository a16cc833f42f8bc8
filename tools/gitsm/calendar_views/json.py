"""The calendar as JSON, for other programs. Its shape is versioned and described by a JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from gitsm.calendar import Conflict, ConflictKind, Planned
from gitsm.calendar_views import Excepted, Shown
from gitsm.change_control import ChangeState
from gitsm.diagnostic import Severity
from gitsm.formats import harmless_json
from gitsm.repository import Record

VERSION = 2
"""Grows when a reader of the last version would no longer understand, or would refuse what is new."""


def render(shown: Shown, *, colour: bool, width: int) -> Iterator[str]:
    """One JSON document."""
    yield from harmless_json(as_data(shown)).split("\n")


def as_data(shown: Shown) -> dict[str, Any]:
    """The calendar as plain data, each time that something comes by itself."""
    return {
        "version": VERSION,
        "as_of": _instant(shown.repository.now),
        "timezone": shown.zone.key,
        "from": _instant(shown.start) if shown.days is not None else None,
        "to": _instant(shown.end) if shown.days is not None else None,
        "planned": [_planned(item) for item in shown.items],
        "conflicts": [_conflict(conflict) for conflict in shown.conflicts],
        "exceptions": [_exception(one) for one in shown.exceptions],
    }


def _planned(item: Planned) -> dict[str, Any]:
    return {
        "what": item.what,
        "title": item.title,
        "start": _instant(item.start),
        "end": _instant(item.end),
        "services": None if item.services is None else list(item.services),
        "record": _record(item.record),
        "number": item.number,
        "state": None if item.state is None else str(item.state),
        "left_alone": None
        if item.around is None
        else {"start": _instant(item.around.start), "end": _instant(item.around.end)},
    }


def _record(record: Record[Any]) -> dict[str, str]:
    return {"kind": record.kind.name, "id": record.id, "file": record.file}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    overlap = conflict.overlap
    return {
        "kind": str(conflict.kind),
        "severity": conflict.severity.value,
        "change": conflict.change.id,
        "others": [_record(other) for other in conflict.others],
        "more": conflict.more,
        "people": list(conflict.people),
        "service": conflict.service,
        "ways": [list(way) for way in conflict.ways],
        "overlap": None
        if overlap is None
        else {"start": _instant(overlap.start), "end": _instant(overlap.end)},
        "minutes": conflict.minutes,
        "message": conflict.message,
        "hint": conflict.hint,
    }


def _exception(one: Excepted) -> dict[str, Any]:
    entry = one.entry
    return {
        "change": one.change.id,
        "freeze": _record(one.freeze),
        "reason": entry.reason,
        "risk_of_waiting": entry.risk_of_waiting,
        "risk_of_doing": entry.risk_of_doing,
        "granted_by": entry.granted_by,
        "message": one.message,
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _object(properties: Mapping[str, object], says: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object"}
    if says:
        found["description"] = says
    shape = {"properties": dict(properties), "required": list(properties), "additionalProperties": False}
    return found | shape


_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time", "pattern": "Z$"}
_TEXTS = {"type": "array", "items": _TEXT}
_STRETCH = _object({"start": _INSTANT, "end": _INSTANT}, "The end is exclusive.")
_RECORD = _object(
    {"kind": _TEXT, "id": _TEXT, "file": {**_TEXT, "description": "The path in the repository."}}
)


def _maybe(schema: dict[str, Any], says: str) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}], "description": says}


_PLANNED = _object(
    {
        "what": {"enum": ["change", "hard freeze", "soft freeze", "maintenance", "peak"]},
        "title": _TEXT,
        "start": _INSTANT,
        "end": {**_INSTANT, "description": "Exclusive."},
        "services": _maybe(_TEXTS, "The services that it is about; null for all of them."),
        "record": {"$ref": "#/$defs/record"},
        "number": {"type": "integer", "description": "Tells it from the other stretches of its record."},
        "state": _maybe({"enum": [str(state) for state in ChangeState]}, "Of a change."),
        "left_alone": _maybe({"$ref": "#/$defs/stretch"}, "A peak with its margin, where it has one."),
    }
)
_CONFLICT = _object(
    {
        "kind": {"enum": [str(kind) for kind in ConflictKind]},
        "severity": {"enum": [severity.value for severity in Severity]},
        "change": {**_TEXT, "description": "The id of the change that has it."},
        "others": {"type": "array", "items": {"$ref": "#/$defs/record"}, "description": "Its other end."},
        "more": {
            "type": "integer",
            "minimum": 0,
            "description": "How many further ones it meets in the same way, which are only counted.",
        },
        "people": {**_TEXTS, "description": "Who is booked twice."},
        "service": _maybe(_TEXT, "The service in which they meet."),
        "ways": {
            "type": "array",
            "items": _TEXTS,
            "description": "From what is worked on to that service, the change's own way first.",
        },
        "overlap": _maybe({"$ref": "#/$defs/stretch"}, "The first stretch of time for which it holds."),
        "minutes": {"type": "number", "minimum": 0, "description": "For how long it holds in all."},
        "message": _TEXT,
        "hint": {**_TEXT, "description": "Advice; may be empty."},
    }
)

_EXCEPTION = _object(
    {
        "change": {**_TEXT, "description": "The id of the change that lies in a freeze by leave."},
        "freeze": {"$ref": "#/$defs/record"},
        "reason": {**_TEXT, "description": "Why it can't wait."},
        "risk_of_waiting": {**_TEXT, "description": "What waiting may cost."},
        "risk_of_doing": {**_TEXT, "description": "What doing it may cost."},
        "granted_by": {**_TEXT, "description": "The role that grants it."},
        "message": _TEXT,
    }
)

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "gitsm calendar --format json",
    **_object(
        {
            "version": {"const": VERSION},
            "as_of": _INSTANT,
            "timezone": {**_TEXT, "description": "The policy's, which the views tell times in."},
            "from": _maybe(_INSTANT, "Where it begins; null where everything is shown."),
            "to": _maybe(_INSTANT, "Where it ends."),
            "planned": {"type": "array", "items": {"$ref": "#/$defs/planned"}},
            "conflicts": {"type": "array", "items": {"$ref": "#/$defs/conflict"}},
            "exceptions": {"type": "array", "items": {"$ref": "#/$defs/exception"}},
        }
    ),
    "$defs": {
        "planned": _PLANNED,
        "conflict": _CONFLICT,
        "exception": _EXCEPTION,
        "record": _RECORD,
        "stretch": _STRETCH,
    },
}
"""The JSON Schema of what `render` writes."""
