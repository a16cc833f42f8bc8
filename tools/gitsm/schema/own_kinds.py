"""Kinds of a user's own: a JSON Schema in `schemas/` makes one, without a line of Python.

The schema carries `x-gitsm: {kind, folder, format, title}` and marks references with `x-ref: <kind>`.
It is a stranger's file: only local `$ref` are followed, patterns are matched in linear time, and a
schema that has no end is a finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from gitsm import source
from gitsm.diagnostic import DataPath, Diagnostic, Place
from gitsm.schema.dialect import objections
from gitsm.schema.json_schema import DIALECT
from gitsm.schema.kind import Kind, is_id
from gitsm.schema.references import ROLE
from gitsm.schema.spelling import did_you_mean
from gitsm.schema.validation import (
    A_LIST,
    A_MAPPING,
    A_NUMBER,
    A_TEXT,
    A_WHOLE_NUMBER,
    EMPTY,
    NO_VALUE,
    invalid_value,
    missing_field,
    misspelt,
    near_choice,
    no_form,
    not_among,
    one_of,
    unknown_field,
    wrong_form,
    wrong_shape,
)
from gitsm.schema.values import shown
from gitsm.source import Format

FOLDER = "schemas/"
SUFFIX = ".schema.json"
INVALID_SCHEMA = "invalid-schema"
MOST_FAULTS = 20
"""How many things that are wrong with one schema are said."""

_ABOUT = ("kind", "folder", "format", "title", "plural")
_OTHER_FOLDERS = frozenset(("docs", "schemas", "site", "tools", "tests", "assets"))


def is_schema_file(path: str) -> bool:
    """Whether a path is that of a kind's schema."""
    return path.startswith(FOLDER) and path.endswith(SUFFIX) and path.count("/") == 1


def read_own_kind(
    path: str, content: bytes, taken: Mapping[str, Kind]
) -> tuple[Kind | None, tuple[Diagnostic, ...]]:
    """The kind that a schema file makes, or None and what is wrong with it.

    `taken` holds the kinds that there are already. The schema of a kind of ours is one that
    `gitsm schema` wrote for editors; it makes no kind.
    """
    name = path[len(FOLDER) : -len(SUFFIX)]
    if name in taken:
        return None, tuple(_redefinition(path, content, taken[name]))
    # JSON is read by the YAML reader: positions, duplicate keys and depth are then judged alike.
    document = source.read(path, content, Format.YAML)
    if document.data is None:
        return None, document.problems
    schema: Mapping[str, Any] = document.data
    faults = tuple(_faults(path, name, schema, taken))
    if faults:
        return None, faults
    about: Mapping[str, Any] = schema["x-gitsm"]
    suffix = "md" if about.get("format") == "markdown" else "yaml"
    title = about.get("title") or name.replace("-", " ").capitalize()
    return (
        Kind(
            name=name,
            title=title,
            plural=about.get("plural") or f"{title}s",
            pattern=f"{about['folder'].strip('/')}/**/<{name}>.{suffix}",
            description=str(schema.get("description", "")),
            own_schema=schema,
            examples=_examples(about["folder"], name, suffix, schema),
        ),
        (),
    )


def _redefinition(path: str, content: bytes, kind: Kind) -> Iterator[Diagnostic]:
    # What `gitsm schema` writes has no folder, and reading it takes a while.
    about = (
        (source.read(path, content, Format.YAML).data or {}).get("x-gitsm") if b"folder" in content else None
    )
    if isinstance(about, dict) and "folder" in about:
        hint = "give the file and x-gitsm.kind another name"
        place = Place(path, ("x-gitsm", "kind"))
        yield Diagnostic(f"{kind.name} is a kind of gitsm's own", place, hint, rule=INVALID_SCHEMA)


def _faults(
    path: str, name: str, schema: Mapping[str, Any], taken: Mapping[str, Kind]
) -> Iterator[Diagnostic]:
    def fault(message: str, *at: str | int, hint: str = "") -> Diagnostic:
        return Diagnostic(message, Place(path, at), hint, rule=INVALID_SCHEMA)

    about = schema.get("x-gitsm")
    if not isinstance(about, dict):
        hint = "x-gitsm: {kind, folder, format, title}"
        yield fault("the schema has no x-gitsm, so it makes no kind", hint=hint)
        return
    if name == ROLE:
        yield fault("a kind can't be named role: roles stand in the policy", "x-gitsm")
    if about.get("kind") != name or not is_id(name):
        yield fault(
            f"x-gitsm.kind is {shown(about.get('kind'))}, and the file is named {name}", "x-gitsm", "kind"
        )
    for key in about:
        if key not in _ABOUT:
            hint = did_you_mean(key, _ABOUT) or f"it may have {', '.join(_ABOUT)}"
            place = Place(path, ("x-gitsm", key), on_key=True)
            yield Diagnostic(f"x-gitsm has no field named {key}", place, hint, rule=INVALID_SCHEMA)
    folder = about.get("folder")
    if not isinstance(folder, str) or not all(is_id(part) for part in folder.strip("/").split("/")):
        message = f"x-gitsm.folder is {shown(folder)}, which is no folder of a kind"
        hint = "" if "folder" in about else "add the folder that its records lie in, such as folder: risks"
        yield fault(message, "x-gitsm", "folder", hint=hint)
    elif use := _use_of(folder.strip("/"), taken):
        message = f"x-gitsm.folder is {shown(folder)}, which {use}"
        yield fault(message, "x-gitsm", "folder", hint="a kind has a folder of its own, such as risks")
    if about.get("format", "yaml") not in ("yaml", "markdown"):
        yield fault(
            f"x-gitsm.format is {shown(about.get('format'))}, and must be yaml or markdown",
            "x-gitsm",
            "format",
        )
    for key in ("title", "plural"):
        if not isinstance(about.get(key, ""), str):
            yield fault(f"x-gitsm.{key} is {shown(about[key])}, where a text belongs", "x-gitsm", key)
    if schema.get("$schema", DIALECT) != DIALECT:
        yield fault(f"the schema is written in {shown(schema['$schema'])}", "$schema", hint=f"use {DIALECT}")
    yield from _faults_below(path, schema)


def _use_of(folder: str, taken: Mapping[str, Kind]) -> str:
    """What a folder, or a part of it, is for already; empty where it is free."""
    parts = folder.split("/")
    for kind in taken.values():
        if kind.model is not None:
            if kind.folder.rstrip("/") in parts:
                return "belongs to gitsm's own kinds"
            continue
        other = kind.pattern.split("/**/", 1)[0].split("/")
        if parts[: len(other)] == other or other[: len(parts)] == parts:
            return f"belongs to the kind {kind.name}"
    return "is kept for other things" if _OTHER_FOLDERS.intersection(parts) else ""


def _faults_below(path: str, schema: Mapping[str, Any]) -> Iterator[Diagnostic]:
    from jsonschema import Draft202012Validator
    from jsonschema_specifications import REGISTRY

    against = list(islice(objections(schema), MOST_FAULTS))
    for objection in against:
        yield Diagnostic(objection.message, Place(path, objection.path), objection.hint, rule=INVALID_SCHEMA)
    if against:
        return
    # Every part of it is a keyword that the metaschema knows, and short.
    metaschema = Draft202012Validator(Draft202012Validator.META_SCHEMA, registry=REGISTRY)
    for error in islice(metaschema.iter_errors(schema), MOST_FAULTS):
        place = Place(path, tuple(error.absolute_path))
        yield Diagnostic(f"the schema is not one: {shown(error.message)}", place, rule=INVALID_SCHEMA)


def _examples(folder: str, name: str, suffix: str, schema: Mapping[str, Any]) -> dict[str, str]:
    examples = schema.get("examples")
    if not isinstance(examples, list) or not examples:
        return {}
    text = json.dumps(examples[0], indent=2, ensure_ascii=False)
    path = f"{folder.strip('/')}/example-{name}.{suffix}"
    return {path: f"---\n{text}\n---\n" if suffix == "md" else text + "\n"}


def validate_own(kind: Kind, file: str, data: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """What doesn't fit in a record of a user's own kind, at most 50 findings."""
    from gitsm.schema.own_validator import TooManySteps, validator_of

    try:
        errors = list(islice(validator_of(kind.schema).iter_errors(data), 50))
        yield from _diagnostics(kind, file, data, errors)
    except (TooManySteps, RecursionError):
        yield Diagnostic(
            f"the schema of {kind.name} takes too many steps to judge this record",
            Place(file),
            f"simplify {FOLDER}{kind.name}{SUFFIX}: its definitions refer to themselves or multiply",
            rule=INVALID_SCHEMA,
        )


_SHAPES = {
    "array": A_LIST,
    "boolean": "true or false",
    "integer": A_WHOLE_NUMBER,
    "null": "nothing",
    "number": A_NUMBER,
    "object": A_MAPPING,
    "string": A_TEXT,
}
_BOUNDS = {
    "exclusiveMaximum": "less than",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "minimum": "at least",
    "multipleOf": "a multiple of",
}
_COUNTS = {
    "maxItems": "entries, and may have",
    "maxLength": "characters, and may have",
    "maxProperties": "keys, and may have",
    "minItems": "entries, and must have",
    "minLength": "characters, and must have",
    "minProperties": "keys, and must have",
}
_FORMATS = {
    "date": "a day such as 2026-11-28",
    "email": "an e-mail address such as desk@example.com",
    "ipv4": "an IPv4 address such as 192.0.2.1",
    "ipv6": "an IPv6 address such as 2001:db8::1",
    "uuid": "a UUID",
}


def _diagnostics(
    kind: Kind, file: str, data: Mapping[str, Any], errors: Sequence[Any]
) -> Iterator[Diagnostic]:
    paths = [tuple(error.absolute_path) for error in errors]
    unknown = [path for path, error in zip(paths, errors, strict=True) if _is_unknown_field(error)]
    meant = misspelt(kind, unknown)
    for path, error in zip(paths, errors, strict=True):
        if error.validator == "required":
            if (*path, error.message) not in meant.values():  # else the misspelt key says it already
                yield missing_field(kind, file, path, error.message)
        elif _is_unknown_field(error):
            yield unknown_field(kind, file, data, path, meant.get(path))
        else:
            found = invalid_value(file, path, *_sentence(kind, path, error))
            is_choice = error.validator in ("enum", "const")
            yield replace(found, edit=near_choice(kind, file, path, error.instance)) if is_choice else found


def _is_unknown_field(error: Any) -> bool:
    return error.validator == "additionalProperties" and error.validator_value is False


def _sentence(kind: Kind, path: DataPath, error: Any) -> tuple[str, str]:
    """What is wrong with a value, in the words that are used of our own kinds, and a hint."""
    keyword, asked, value = error.validator, error.validator_value, error.instance
    if keyword == "type":
        shapes = [_SHAPES[name] for name in (asked if isinstance(asked, list) else [asked])]
        return NO_VALUE if value is None else wrong_shape(kind, path, value, one_of(shapes))
    if keyword in ("enum", "const"):
        return not_among(value, [shown(word) for word in (asked if keyword == "enum" else [asked])])
    if keyword in _BOUNDS:
        return f"is {shown(value)}, and must be {_BOUNDS[keyword]} {asked}", ""
    if keyword in _COUNTS:
        return (f"has {len(value)} {_COUNTS[keyword]} {asked}", "") if value else EMPTY
    if keyword == "format":
        return f"is {shown(value)}, and must be {_FORMATS.get(asked, shown(asked))}", ""
    if keyword == "pattern" and error.message == keyword:  # else it can't be matched in linear time
        return wrong_form(kind, path, value, asked)
    if keyword == "uniqueItems":
        return "has an entry twice", ""
    if keyword == "anyOf" or (keyword == "oneOf" and error.context):
        return no_form(kind, path, value)
    if keyword in ("pattern", "patternProperties"):
        return f"can't be judged: {error.message}", ""
    if keyword is None:  # a schema that is `false`, whose errors jsonschema places one level too high
        return f"holds {shown(value)}, where nothing may stand", ""
    return f"is {shown(value)}, which does not fit the {keyword} of its schema", ""
