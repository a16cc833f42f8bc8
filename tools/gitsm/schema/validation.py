"""Holds a record's data against its kind and says in words what doesn't fit, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import Any

from pydantic import ValidationError

from gitsm.diagnostic import DataPath, Diagnostic, Place
from gitsm.schema.kind import Kind, RecordFields
from gitsm.schema.shape import Shape

UNKNOWN_FIELD = "unknown-field"
MISSING_FIELD = "missing-field"
INVALID_VALUE = "invalid-value"

MAX_PROBLEMS = 100
"""How many things that are wrong with one record are said; a stranger's may hold thousands."""

_SHAPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "mapping_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}


def validate(kind: Kind, file: str, data: Mapping[str, Any]) -> tuple[RecordFields | None, list[Diagnostic]]:
    """The fields of a record of one of our own kinds, or None and everything that is wrong with them."""
    assert kind.model is not None
    try:
        return kind.model.model_validate(data), []
    except ValidationError as error:
        return None, list(_diagnostics(kind, file, data, error))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or the empty text where none is near."""
    near = nearest(word, known)
    return f"did you mean {near}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, if any is near."""
    # Comparing is slow, and a large repository has many names: only likely ones are compared.
    room = max(2, len(word) // 3)
    likely = (name for name in known if abs(len(name) - len(word)) <= room)
    few = list(islice((name for name in likely if name[:1] == word[:1] or name[-2:] == word[-2:]), 2000))
    found = get_close_matches(word[:100], few, n=1, cutoff=0.6)
    return found[0] if found else None


def shown(value: object) -> str:
    """A value as a message quotes it: short, and with its kind where the text alone would not tell."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _diagnostics(
    kind: Kind, file: str, data: Mapping[str, Any], error: ValidationError
) -> Iterator[Diagnostic]:
    problems = error.errors(include_url=False)[:MAX_PROBLEMS]
    misspelt = dict(_misspelt(kind, data, problems))
    for problem in problems:
        if problem["type"] == "too_short" and problem["input"]:
            continue  # it has entries, and what is wrong with them is said of each
        path = data_path(data, problem["loc"])
        what, place = problem["type"], Place(file, path)
        name = ".".join(str(part) for part in path)
        if what == "missing":
            missing = str(problem["loc"][-1])
            if (*path, missing) in misspelt.values():
                continue  # the misspelt key says it already
            owner = f"{name} has" if path else f"{kind.noun} has"
            yield Diagnostic(
                f"{owner} no {missing}", place, _purpose(kind, path, missing), rule=MISSING_FIELD
            )
        elif what == "extra_forbidden":
            owner = ".".join(str(part) for part in path[:-1]) or kind.noun
            hint = (
                f"did you mean {misspelt[path][-1]}?" if path in misspelt else _known_fields(kind, path[:-1])
            )
            if problem["input"] is None and " " in str(path[-1]):
                hint = "put quotes round a text that holds a comma, or it ends there"
            yield Diagnostic(
                f"{owner} has no field named {path[-1]}",
                Place(file, path, on_key=True),
                hint,
                rule=UNKNOWN_FIELD,
            )
        else:
            message, hint = _sentence(kind, path, problem)
            yield Diagnostic(f"{name or 'the record'} {message}", place, hint, rule=INVALID_VALUE)


def _misspelt(
    kind: Kind, data: Mapping[str, Any], problems: Sequence[Any]
) -> Iterator[tuple[DataPath, DataPath]]:
    """The keys that no field has, each with the field that was most likely meant."""
    for problem in problems:
        if problem["type"] == "extra_forbidden":
            path = data_path(data, problem["loc"])
            near = nearest(str(path[-1]), _fields_at(kind, path[:-1]))
            if near:
                yield path, (*path[:-1], near)


def _known_fields(kind: Kind, path: DataPath) -> str:
    known = _fields_at(kind, path)
    if len(known) > 12:
        return f"`gitsm schema {kind.name}` describes its fields"
    return f"known fields: {', '.join(known)}" if known else ""


def _sentence(kind: Kind, path: DataPath, problem: Any) -> tuple[str, str]:
    what, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if value is None:
        return "has no value", "fill it in, or leave the key out"
    if what in _SHAPES:
        return f"is {shown(value)}, where {_SHAPES[what]} belongs", ""
    if what.startswith("union_tag"):
        return f"is {shown(value)}, which has none of the forms it may take", _forms(kind, path)
    if what in ("literal_error", "enum"):
        known = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        hint = did_you_mean(str(value), known) if isinstance(value, str) else ""
        return f"is {shown(value)}, and must be {_one_of(known)}", hint
    if what == "string_too_long":
        return f"has {len(value)} characters, and may have {context['max_length']}", ""
    if what in ("string_too_short", "too_short"):
        return "is empty", "fill it in, or leave the key out"
    if what == "string_pattern_mismatch":
        if "\n" in value or "\r" in value:
            return "goes over several lines, and must be one", ""
        return f"is {shown(value)}, which is not of the form asked for", _forms(kind, path)
    if what in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        bound = "; ".join(f"{key} {limit}" for key, limit in context.items())
        words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
        for short, long in words.items():
            bound = bound.replace(f"{short} ", f"{long} ")
        return f"is {shown(value)}, and must be {bound}", ""
    if what == "value":
        return f"is no valid value: {context['reason']}", ""
    return f"is {shown(value)}: {problem['msg'][:1].lower()}{problem['msg'][1:]}", ""


def _one_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def data_path(data: object, location: Sequence[str | int]) -> DataPath:
    """The path in the data that a validator's location means.

    Locations also name the branch of a union that was tried; those steps are in no data.
    """
    path: list[str | int] = []
    for step in location:
        if isinstance(data, Mapping) and step in data:  # noqa: SIM114 - joined, the types are lost
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            continue
        path.append(step)
    return tuple(path)


def _shape_at(kind: Kind, path: DataPath) -> Shape:
    shape = kind.shape
    for step in path:
        shape = shape.at(step)
    return shape


def _fields_at(kind: Kind, path: DataPath) -> list[str]:
    return sorted(_shape_at(kind, path).properties)


def _purpose(kind: Kind, path: DataPath, name: str) -> str:
    meaning = _shape_at(kind, (*path, name)).meaning
    return f"{name}: {meaning}" if meaning else ""


def _forms(kind: Kind, path: DataPath) -> str:
    nodes = _shape_at(kind, path).nodes
    for node in nodes:
        if examples := node.get("examples"):
            return f"such as {shown(examples[0])}"
    names = {"string": "a text", "array": "a list", "object": "a mapping"}
    found = {names[node["type"]] for node in nodes if node.get("type") in names}
    return f"write {_one_of(sorted(found))}" if found else ""
