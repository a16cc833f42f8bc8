"""What is said of promises as plain data, for other programs. Its shape is versioned."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gitsm.promises.answer import Answer
from gitsm.promises.ground import service_of
from gitsm.promises.verdict import NAMES, VERDICTS, Link, Mend, Promise

VERSION = 1
"""Grows when a reader of the last version would no longer understand."""


def as_data(found: Iterable[Answer]) -> dict[str, Any]:
    """Answers as plain data."""
    return {"version": VERSION, "agreements": [_answer(each) for each in found]}


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "agreement": answer.agreement.id,
        "service": service_of(answer.agreement),
        "type": answer.agreement.fields.type,
        "ended": bool(answer.unbound),
        "unbound": answer.unbound,
        "promises": [_promise(promise) for promise in answer.promises],
    }


def _promise(promise: Promise) -> dict[str, Any]:
    return {
        "name": promise.name,
        "about": promise.about,
        "promised": promise.promised,
        "verdict": promise.verdict,
        "because": promise.because,
        "path": list(promise.path),
        "chain": [_link(link) for link in promise.chain],
        "missing": list(promise.missing),
        "mends": [_mend(mend) for mend in promise.mends],
        "notes": list(promise.notes),
        "figures": dict(promise.figures),
    }


def _link(link: Link) -> dict[str, Any]:
    file = link.at.file if link.at is not None else None
    return {"kind": link.kind, "id": link.id, "says": link.says, "way": list(link.way), "file": file}


def _mend(mend: Mend) -> dict[str, Any]:
    return {
        "words": mend.words,
        "kind": mend.kind,
        "id": mend.id,
        "file": mend.file or None,
        "path": list(mend.path),
        "value": mend.value,
    }


def _object(**properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(of: object, says: str) -> dict[str, Any]:
    return {"type": "array", "items": of, "description": says}


_TEXT = {"type": "string"}
_PATH = _list({"type": ["string", "integer"]}, "Keys and list indices down to the value.")
_WAY = _list(_TEXT, "The services that lead there, from the promised one on.")
_FILE = {"type": ["string", "null"], "description": "The record's file."}
_LINK = _object(kind=_TEXT, id=_TEXT, says=_TEXT, way=_WAY, file=_FILE)
_VALUE = {
    "type": ["string", "number", "object", "array", "null"],
    "description": "What is to stand at the path, as it is written; null where the key is to be taken away.",
}
_CHANGED = {"type": ["string", "null"], "description": "The file to change; null where the words alone tell."}
_MEND = _object(words=_TEXT, kind=_TEXT, id=_TEXT, file=_CHANGED, path=_PATH, value=_VALUE)
_PROMISE = _object(
    name={"enum": list(NAMES)},
    about={"type": "string", "description": "The priority, `RTO` or `RPO`; else empty."},
    promised=_TEXT,
    verdict={"enum": list(VERDICTS)},
    because=_TEXT,
    path=_PATH,
    chain=_list({"$ref": "#/$defs/link"}, "What decides it."),
    missing=_list(_TEXT, "What would have to be known, where it is undetermined."),
    mends=_list({"$ref": "#/$defs/mend"}, "Single changes that would do, of each kind the smallest first."),
    notes=_list(_TEXT, "What is assumed, and what else is worth knowing."),
    figures={"type": "object", "description": "What was computed, by name; shares in percent."},
)
_ANSWER = _object(
    agreement=_TEXT,
    service=_TEXT,
    type={"enum": ["SLA", "OLA", "UC"]},
    ended={"type": "boolean", "description": "Whether nobody is bound by it any more."},
    unbound={"type": "string", "description": "Why nobody is, in words; empty where somebody is."},
    promises=_list({"$ref": "#/$defs/promise"}, "None where nobody is bound."),
)
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "gitsm promise --format json",
    **_object(
        version={"const": VERSION}, agreements={"type": "array", "items": {"$ref": "#/$defs/agreement"}}
    ),
    "$defs": {"agreement": _ANSWER, "promise": _PROMISE, "link": _LINK, "mend": _MEND},
}
"""The JSON Schema of what `gitsm promise --format json` writes."""
