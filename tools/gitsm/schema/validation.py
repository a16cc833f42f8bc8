"""Holds a record's data against its kind and says in words what doesn't fit, and where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from gitsm.diagnostic import DataPath, Diagnostic, NewKey, NewValue, Place
from gitsm.schema.kind import Kind, RecordFields
from gitsm.schema.shape import Shape
from gitsm.schema.spelling import did_you_mean, nearest, surely_meant
from gitsm.schema.values import FORMS, UNKNOWN_TIMEZONE, shown, timezones
from gitsm.source import ambiguous, reads_as_text

UNKNOWN_FIELD = "unknown-field"
MISSING_FIELD = "missing-field"
INVALID_VALUE = "invalid-value"

MAX_PROBLEMS = 100
"""How many things that are wrong with one record are said; a stranger's may hold thousands."""

A_TEXT, A_LIST, A_MAPPING = "a text", "a list", "a mapping of keys to values"
A_NUMBER, A_WHOLE_NUMBER = "a number", "a whole number"

_SHAPES = {
    "string_type": A_TEXT,
    "int_type": A_WHOLE_NUMBER,
    "float_type": A_NUMBER,
    "bool_type": "true or false",
    "tuple_type": A_LIST,
    "list_type": A_LIST,
    "dict_type": A_MAPPING,
    "mapping_type": A_MAPPING,
    "model_type": A_MAPPING,
    "model_attributes_type": A_MAPPING,
}


def validate(kind: Kind, file: str, data: Mapping[str, Any]) -> tuple[RecordFields | None, list[Diagnostic]]:
    """The fields of a record of one of our own kinds, or None and everything that is wrong with them."""
    assert kind.model is not None
    try:
        return kind.model.model_validate(data), []
    except ValidationError as error:
        return None, list(_diagnostics(kind, file, data, error))


def _diagnostics(
    kind: Kind, file: str, data: Mapping[str, Any], error: ValidationError
) -> Iterator[Diagnostic]:
    problems = error.errors(include_url=False)[:MAX_PROBLEMS]
    unknown = (data_path(data, found["loc"]) for found in problems if found["type"] == "extra_forbidden")
    meant = misspelt(kind, unknown)
    for problem in problems:
        if problem["type"] == "too_short" and problem["input"]:
            continue  # it has entries, and what is wrong with them is said of each
        path, what = data_path(data, problem["loc"]), problem["type"]
        if what == "missing":
            missing = str(problem["loc"][-1])
            if (*path, missing) not in meant.values():  # else the misspelt key says it already
                yield missing_field(kind, file, path, missing)
        elif what == "extra_forbidden":
            yield unknown_field(kind, file, data, path, meant.get(path))
        else:
            if what == "value" and problem["ctx"]["field"]:
                path = (*path, problem["ctx"]["field"])
            found = invalid_value(file, path, *_sentence(kind, path, problem))
            is_choice = what in ("literal_error", "enum")
            yield replace(found, edit=near_choice(kind, file, path, problem["input"])) if is_choice else found


def misspelt(kind: Kind, unknown: Iterable[DataPath]) -> Mapping[DataPath, DataPath]:
    """The keys that no field has, each with the field that was most likely meant."""
    found: dict[DataPath, DataPath] = {}
    for path in unknown:
        key, shape = str(path[-1]), _shape_at(kind, path[:-1])
        near = shape.renamed.get(key) or nearest(key, sorted(shape.properties))
        if near:
            found[path] = (*path[:-1], near)
    return found


def missing_field(kind: Kind, file: str, path: DataPath, missing: str) -> Diagnostic:
    """Says that the mapping at a path lacks a key."""
    owner = _name(path) or kind.noun
    meaning = _shape_at(kind, (*path, missing)).meaning
    hint = f"{shown(missing)}: {meaning}" if meaning else ""
    return Diagnostic(f"{owner} has no {shown(missing)}", Place(file, path), hint, rule=MISSING_FIELD)


def unknown_field(
    kind: Kind, file: str, data: Mapping[str, Any], path: DataPath, meant: DataPath | None = None
) -> Diagnostic:
    """Says that the key at a path is that of no field, and which was meant if that is known."""
    owner, key = _name(path[:-1]) or kind.noun, str(path[-1])
    parent = _value_at(data, path[:-1])
    message = f"{owner} has no field named {key}"
    hint = f"did you mean {meant[-1]}?" if meant else _known_fields(kind, path[:-1])
    shape, edit = _shape_at(kind, path[:-1]), None
    if meant and str(meant[-1]) not in parent:
        sure = surely_meant(key, sorted(shape.properties)) == meant[-1]
        edit = NewKey(file, path, str(meant[-1]), safe=sure or key in shape.renamed)
    if meant and key in shape.renamed:
        message = f"{_name(path)} is now called {meant[-1]}"
        hint = "" if edit else f"{owner} has both: keep {meant[-1]}"
    elif parent.get(key) is None and " " in key:
        hint, edit = "put quotes round a text that holds a comma, or it ends there", None
    place = Place(file, path, on_key=True)
    return Diagnostic(message, place, hint, rule=UNKNOWN_FIELD, edit=edit)


def near_choice(kind: Kind, file: str, path: DataPath, value: object) -> NewValue | None:
    """The edit that makes a value the word it was meant to be; none where no word is near."""
    words = [
        word
        for node in _shape_at(kind, path).nodes
        for word in (*_list(node.get("enum")), node.get("const"))
        if isinstance(word, str)
    ]
    near = nearest(value, words) if isinstance(value, str) else None
    if near is None or value in words:
        return None
    return NewValue(file, path, near, safe=surely_meant(str(value), words) == near)


def _value_at(data: Any, path: DataPath) -> Mapping[str, Any]:
    for step in path:
        data = data[step]
    return data if isinstance(data, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def invalid_value(file: str, path: DataPath, message: str, hint: str = "") -> Diagnostic:
    """Says what is wrong with the value at a path."""
    return Diagnostic(f"{_name(path) or 'the record'} {message}", Place(file, path), hint, rule=INVALID_VALUE)


def _name(path: DataPath) -> str:
    return ".".join(str(part) for part in path)


def _known_fields(kind: Kind, path: DataPath) -> str:
    known = _fields_at(kind, path)
    if len(known) > 12:
        where = f"`gitsm schema {kind.name}`" if kind.model else f"schemas/{kind.name}.schema.json"
        return f"{where} describes its fields"
    return f"known fields: {', '.join(known)}" if known else ""


def _sentence(kind: Kind, path: DataPath, problem: Any) -> tuple[str, str]:
    what, value, context = problem["type"], problem["input"], problem.get("ctx", {})
    if value is None:
        return NO_VALUE
    if what in _SHAPES:
        return wrong_shape(kind, path, value, _SHAPES[what])
    if what.startswith("union_tag"):
        return no_form(kind, path, value)
    if what in ("literal_error", "enum"):
        return not_among(
            value, [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        )
    if what == "string_too_long":
        return f"has {len(value)} characters, and may have {context['max_length']}", ""
    if what in ("string_too_short", "too_short"):
        return EMPTY
    if what == "string_pattern_mismatch":
        if "\n" in value or "\r" in value:
            return "goes over several lines, and must be one", ""
        return wrong_form(kind, path, value, context["pattern"])
    if what in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
        bound = "; ".join(f"{words[key]} {limit}" for key, limit in context.items())
        return f"is {shown(value)}, and must be {bound}", ""
    if what == "value":
        return f"is no valid value: {context['reason']}", context["hint"]
    if what == UNKNOWN_TIMEZONE:
        return f"is no valid value: {context['reason']}", _timezone_meant(value)
    return f"is {shown(value)}: {problem['msg'][:1].lower()}{problem['msg'][1:]}", ""


NO_VALUE = ("has no value", "fill it in, or leave the key out")
"""What is said of a key without a value."""

EMPTY = ("is empty", "fill it in, or leave the key out")
"""What is said of a text or a list with nothing in it."""


def wrong_shape(kind: Kind, path: DataPath, value: object, wanted: str) -> tuple[str, str]:
    """What is said where a text stands in the place of a list, and the like, with the right form of it."""
    shape, hint = _shape_at(kind, path), ""
    if isinstance(value, str):
        form = ""
        if wanted == A_LIST:
            inner = _written(shape.at(0), value)
            form = f"[{inner}]" if inner else ""
        elif wanted == A_MAPPING:
            form = _as_mapping(shape, value)
        elif wanted in (A_NUMBER, A_WHOLE_NUMBER) and re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII):
            hint = "leave its quotes out"
        hint = f"write {form}" if form else hint
    elif wanted == A_TEXT and isinstance(value, int | float):
        hint = "put quotes round it"
    return f"is {shown(value)}, where {wanted} belongs", hint


def _written(shape: Shape, text: str) -> str:
    """A text as the value that this shape makes of it; empty where it makes none."""
    if any(node.get("type") == "string" for node in shape.nodes):
        # Only our own patterns are tried: those of a stranger may take for ever.
        forms = [form for node in shape.nodes if (form := node.get("pattern")) in tuple(FORMS)]
        if not all(re.search(form, text) for form in forms):
            return ""
        plain = re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9 ./_-]*[A-Za-z0-9])?", text, re.ASCII)
        quoted = (
            text
            if plain and reads_as_text(text) and not ambiguous(text)
            else json.dumps(text, ensure_ascii=False)
        )
        return quoted if len(text) <= 60 else ""
    return _as_mapping(shape, text)


def _as_mapping(shape: Shape, text: str) -> str:
    keys = shape.required or {
        key for key, below in shape.properties.items() if below.reference or below.at(0).reference
    }
    key = next(iter(keys)) if len(keys) == 1 else ""
    if not key or not any(node.get("type") == "string" for node in shape.at(key).nodes):
        return ""
    inner = _written(shape.at(key), text)
    return f"{{{key}: {inner}}}" if inner else ""


def not_among(value: object, known: Sequence[str]) -> tuple[str, str]:
    """What is said of a value that is none of the words it may be."""
    hint = did_you_mean(value, known) if isinstance(value, str) else ""
    few = known if len(known) <= 20 else [*known[:20], "another"]
    return f"is {shown(value)}, and must be {one_of(few)}", hint


def no_form(kind: Kind, path: DataPath, value: object) -> tuple[str, str]:
    """What is said of a value that fits none of several forms."""
    return f"is {shown(value)}, which has none of the forms it may take", _forms(kind, path, value)


def wrong_form(kind: Kind, path: DataPath, value: str, pattern: str) -> tuple[str, str]:
    """What is said of a text that doesn't match a pattern."""
    hint = _forms(kind, path, value, FORMS.get(pattern, "")) or f"it must match {shown(pattern, 100)}"
    return f"is {shown(value)}, which is not of the form asked for", hint


def _timezone_meant(value: object) -> str:
    if not isinstance(value, str):
        return ""
    cities = {name.rsplit("/", 1)[-1].casefold(): name for name in sorted(timezones())}
    city = cities.get(value.replace(" ", "_").casefold())
    return f"did you mean {city}?" if city else did_you_mean(value, sorted(timezones()))


def one_of(words: Sequence[str]) -> str:
    """Words as a choice: `low, moderate or high`."""
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


def _forms(kind: Kind, path: DataPath, value: object, words: str = "") -> str:
    nodes = _shape_at(kind, path).nodes
    example = next((node["examples"][0] for node in nodes if _has_examples(node)), None)
    if words or example is not None:
        found = [words, f"such as {shown(example)}" if example is not None else ""]
        return ", ".join(filter(None, found))
    names = {"string": A_TEXT, "array": A_LIST, "object": "a mapping"}
    # What it is already helps nobody.
    own = {"str": "string", "list": "array", "dict": "object"}.get(type(value).__name__)
    types = {names[name] for node in nodes if (name := node.get("type")) in tuple(names) and name != own}
    return f"write {one_of(sorted(types))}" if types else ""


def _has_examples(node: Mapping[str, Any]) -> bool:
    examples = node.get("examples")
    return isinstance(examples, list) and bool(examples) and isinstance(examples[0], str | int | float)
