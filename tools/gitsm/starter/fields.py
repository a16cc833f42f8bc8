"""The fields that a new record may have, as its JSON Schema tells them, and values typed for them.

Our own kinds and a user's are read alike; nothing here knows a kind by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gitsm import source
from gitsm.diagnostic import Diagnostic, Severity
from gitsm.repository import Repository
from gitsm.schema.kind import Kind, RecordFields
from gitsm.schema.own_kinds import validate_own
from gitsm.schema.references import ROLE
from gitsm.schema.shape import Shape
from gitsm.schema.spelling import did_you_mean
from gitsm.schema.validation import MISSING_FIELD, validate
from gitsm.source import Format, Value

SHARED = tuple(RecordFields.model_fields)
"""The fields that every kind has; a new record seldom needs them."""


Data = dict[str, Value]
"""The data of a record, as it is put together."""


class Unfit(ValueError):
    """A value that doesn't fit its field; the text says why."""


@dataclass(frozen=True)
class Field:
    """A field of a new record, or of a part of one."""

    path: tuple[str, ...]
    shape: Shape
    required: bool

    @property
    def name(self) -> str:
        """Its name as it is typed: `rollback.tested`."""
        return ".".join(self.path)

    @property
    def description(self) -> str:
        """What the schema says about it."""
        return " ".join(self.shape.meaning.split())

    @cached_property
    def form(self) -> Shape:
        """What one entry of it is: the field's own shape, or that of its list's entries."""
        return self.shape.at(0) if self.is_list and not self._may_be("string") else self.shape

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that one entry must be one of; empty where it is free."""
        return self.form.choices

    @property
    def reference(self) -> str:
        """The kind of record that one entry names; empty where it names none."""
        return self.form.reference

    @property
    def takes_roles(self) -> bool:
        """Whether one entry may name a role instead."""
        return any(node.get("x-role") is True for node in self.form.nodes)

    @property
    def is_list(self) -> bool:
        """Whether it may hold several entries."""
        return self._may_be("array")

    @property
    def takes_several(self) -> bool:
        """Whether several entries may be typed with commas between them."""
        return self.is_list and not self.parts and (bool(self.reference) or not self._may_be("string"))

    @property
    def parts(self) -> list[Field]:
        """The fields of one entry, where it is a mapping and can't be a text."""
        return [] if self._may_be("string", self.form) else fields_of(self.form, self.path)

    def _may_be(self, type: str, shape: Shape | None = None) -> bool:
        return any(node.get("type") == type for node in (shape or self.shape).nodes)

    def value_of(self, text: str) -> Value:
        """The value that a typed text means here. Raises Unfit."""
        text = text.strip()
        if self.takes_several and not text.startswith("[") and ("," in text or not self._may_be("string")):
            return [self._entry(part.strip()) for part in text.split(",") if part.strip()]
        if self._may_be("string") and (text[:1] not in ("[", "{") or len(self._types) == 1):
            return text
        return _yaml(text)

    @property
    def _types(self) -> set[str]:
        return {node["type"] for node in self.shape.nodes if isinstance(node.get("type"), str)}

    def _entry(self, text: str) -> Value:
        return text if self._may_be("string", self.form) else _yaml(text)


def fields_of(shape: Shape, path: tuple[str, ...] = ()) -> list[Field]:
    """The fields of a mapping, the required ones first."""
    found = [Field((*path, key), below, key in shape.required) for key, below in shape.properties.items()]
    return sorted(found, key=lambda field: (not field.required, field.path[-1] in SHARED))


def field_at(kind: Kind, name: str) -> Field:
    """The field of a dotted name. Raises Unfit where there is none."""
    shape, path = kind.shape, tuple(name.split("."))
    for at, key in enumerate(path):
        below = shape.at(key)
        if not below.nodes:
            owner = ".".join(path[:at]) or kind.noun
            known = list(shape.properties)
            hint = did_you_mean(key, known) or (f"it has {', '.join(known)}" if known else "")
            raise Unfit(f"{owner} has no field named {key}" + (f"; {hint}" if hint else ""))
        shape = below
    return Field(path, shape, False)


def put(data: Data, path: Sequence[str], value: Value) -> None:
    """Set a value by its path; mappings on the way are made."""
    for key in path[:-1]:
        below = data.setdefault(key, {})
        if not isinstance(below, dict):
            raise Unfit(f"{key} is set to a value already, and can't have a field {path[-1]} as well")
        data = below
    data[path[-1]] = value


def objections(kind: Kind, data: Mapping[str, Value], repository: Repository, top: str = "") -> Iterator[str]:
    """What is wrong with a record's data, each with its hint; only in one top field where one is named.

    Fields that are missing don't count.
    """
    for fault in _faults(kind, data):
        if fault.rule != MISSING_FIELD and (not top or fault.place.path[:1] == (top,)):
            yield _words(fault)
    for path, name, id in kind.references.find(data):
        if not top or path[:1] == (top,):
            yield from _unknown(repository, name, id)


def _faults(kind: Kind, data: Mapping[str, Value]) -> list[Diagnostic]:
    return list(validate_own(kind, "", data)) if kind.model is None else validate(kind, "", data)[1]


def _words(fault: Diagnostic) -> str:
    return fault.message + (f"; {fault.hint}" if fault.hint else "")


def _unknown(repository: Repository, name: str, id: str) -> Iterator[str]:
    known = ids_of(repository, name)
    if id not in known and not repository.defines(name, id):
        what = repository.kinds[name].noun if name in repository.kinds else name
        makes = "roles stand in organization/policy.yaml" if name == ROLE else f"gitsm new {name} makes one"
        yield f"there is no {what} {id}; {did_you_mean(id, known) or makes}"


def ids_of(repository: Repository, kind: str) -> list[str]:
    """What a reference to a kind, or to a role, may name."""
    if kind == ROLE:
        return [role.name for role in repository.policy.roles]
    return [record.id for record in repository.all(kind)]


def missing(kind: Kind, data: Mapping[str, Any]) -> list[Field]:
    """The required fields that a record does not have yet, those of its parts after its own."""
    found = [field for field in fields_of(kind.shape) if field.required and field.path[0] not in data]
    below = [_lacking(kind, data, fault) for fault in _gaps(kind, data)]
    return found + [field for field in below if field is not None and len(field.path) > 1]


def incomplete(kind: Kind, data: Mapping[str, Any], *, below: bool = False) -> Iterator[str]:
    """What is missing and no field of `missing` stands for, as in an entry of a list; with `below`, only
    in what is there."""
    for fault in _gaps(kind, data):
        if _lacking(kind, data, fault) is None and (fault.place.path or not below):
            yield _words(fault)


def _gaps(kind: Kind, data: Mapping[str, Any]) -> list[Diagnostic]:
    return [fault for fault in _faults(kind, data) if fault.rule == MISSING_FIELD]


def _lacking(kind: Kind, data: Mapping[str, Any], fault: Diagnostic) -> Field | None:
    """The field that a fault says is missing; None where it has no name to be set by."""
    shape: Shape = kind.shape
    there: Any = data
    path: list[str] = []
    for key in fault.place.path:
        if not isinstance(key, str):
            return None
        path.append(key)
        shape, there = shape.at(key), there[key]
    for name in shape.required - there.keys():
        if fault.message.endswith(f" no {name}"):
            return Field((*path, name), shape.at(name), True)
    return None


def _yaml(text: str) -> Value:
    content = f"value: {text}\n".encode("utf-8", "surrogatepass")
    document = source.read("value", content, Format.YAML)
    for problem in document.problems:
        if problem.severity is Severity.ERROR:
            raise Unfit(f"{text} can't be read as YAML: {problem.message}")
    if document.data is None or document.data.keys() != {"value"}:
        raise Unfit(f"{text} is not one value")
    return document.data["value"]
