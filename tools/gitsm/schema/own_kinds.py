"""Kinds of a user's own: a JSON Schema in `schemas/` makes one, without a line of Python.

The schema carries `x-gitsm: {kind, folder, format, title}` and marks references with `x-ref: <kind>`.
It is a stranger's file: only local `$ref` are followed, patterns are matched in linear time, and a
schema that has no end is a finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gitsm import source
from gitsm.diagnostic import Diagnostic, Place
from gitsm.schema.json_schema import DIALECT
from gitsm.schema.kind import Kind, is_id
from gitsm.schema.validation import INVALID_VALUE, MISSING_FIELD, UNKNOWN_FIELD, did_you_mean, shown
from gitsm.source import Format

FOLDER = "schemas/"
SUFFIX = ".schema.json"
INVALID_SCHEMA = "invalid-schema"


def is_schema_file(path: str) -> bool:
    """Whether a path is that of a kind's schema."""
    return path.startswith(FOLDER) and path.endswith(SUFFIX) and path.count("/") == 1


def read_own_kind(
    path: str, content: bytes, taken: Mapping[str, Kind]
) -> tuple[Kind | None, tuple[Diagnostic, ...]]:
    """The kind that a schema file makes, or None and what is wrong with it.

    The schema of a kind of ours is one that `gitsm schema` wrote for editors; it makes no kind.
    """
    name = path[len(FOLDER) : -len(SUFFIX)]
    if name in taken:
        return None, ()
    # JSON is read by the YAML reader: positions, duplicate keys and depth are then judged alike.
    document = source.read(path, content, Format.YAML)
    if document.data is None:
        return None, document.problems
    schema: Mapping[str, Any] = document.data
    faults = tuple(_faults(path, name, schema))
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


def _faults(path: str, name: str, schema: Mapping[str, Any]) -> Iterator[Diagnostic]:
    def fault(message: str, *at: str | int, hint: str = "") -> Diagnostic:
        return Diagnostic(message, Place(path, at), hint, rule=INVALID_SCHEMA)

    about = schema.get("x-gitsm")
    if not isinstance(about, dict):
        hint = "x-gitsm: {kind, folder, format, title}"
        yield fault("the schema has no x-gitsm, so it makes no kind", hint=hint)
        return
    if about.get("kind") != name or not is_id(name):
        yield fault(f"x-gitsm.kind is {shown(about.get('kind'))}, and the file is named {name}", "x-gitsm")
    folder = about.get("folder")
    if not isinstance(folder, str) or not all(is_id(part) for part in folder.strip("/").split("/")):
        yield fault(f"x-gitsm.folder is {shown(folder)}, which is no folder of a kind", "x-gitsm")
    if about.get("format", "yaml") not in ("yaml", "markdown"):
        yield fault(
            f"x-gitsm.format is {shown(about.get('format'))}, and must be yaml or markdown", "x-gitsm"
        )
    for key in ("title", "plural"):
        if not isinstance(about.get(key, ""), str):
            yield fault(f"x-gitsm.{key} is {shown(about[key])}, where a text belongs", "x-gitsm", key)
    if schema.get("$schema", DIALECT) != DIALECT:
        yield fault(f"the schema is written in {shown(schema['$schema'])}", "$schema", hint=f"use {DIALECT}")
    yield from _faults_below(path, schema)


def _faults_below(path: str, schema: Mapping[str, Any]) -> Iterator[Diagnostic]:
    from jsonschema import Draft202012Validator

    stack: list[tuple[tuple[str | int, ...], object]] = [((), schema)]
    while stack:
        at, node = stack.pop()
        if isinstance(node, dict):
            if "patternProperties" in node and "unevaluatedProperties" in node:
                yield Diagnostic(
                    "patternProperties and unevaluatedProperties stand together",
                    Place(path, at),
                    "use additionalProperties, whose patterns can be matched in linear time",
                    rule=INVALID_SCHEMA,
                )
            for keyword in ("$ref", "$dynamicRef"):
                target = node.get(keyword)
                if isinstance(target, str) and not target.startswith("#"):
                    yield Diagnostic(
                        f"{keyword} leads to {shown(target)}, outside this file",
                        Place(path, (*at, keyword)),
                        "a schema may refer to its own definitions only, as in #/$defs/step",
                        rule=INVALID_SCHEMA,
                    )
            stack.extend(((*at, key), value) for key, value in node.items())
        elif isinstance(node, list):
            stack.extend(((*at, index), value) for index, value in enumerate(node))
    for error in _limited(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)):
        place = Place(path, tuple(error.absolute_path))
        yield Diagnostic(f"the schema is not one: {_short(error.message)}", place, rule=INVALID_SCHEMA)


def _limited(errors: Iterator[Any], most: int = 20) -> Iterator[Any]:
    for _, error in zip(range(most), errors, strict=False):
        yield error


def _short(message: str) -> str:
    return message if len(message) <= 200 else message[:197] + "..."


def _examples(folder: str, name: str, suffix: str, schema: Mapping[str, Any]) -> dict[str, str]:
    examples = schema.get("examples")
    if not isinstance(examples, list) or not examples:
        return {}
    text = json.dumps(examples[0], indent=2, ensure_ascii=False)
    path = f"{folder.strip('/')}/example-{name}.{suffix}"
    return {path: f"---\n{text}\n---\n" if suffix == "md" else text + "\n"}


def validate_own(kind: Kind, file: str, data: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """What doesn't fit in a record of a user's own kind, at most 50 findings."""
    from referencing.exceptions import Unresolvable

    from gitsm.schema.own_validator import TooManySteps, validator_of

    try:
        for error in _limited(validator_of(kind.schema).iter_errors(data), 50):
            yield _diagnostic(kind, file, error)
    except (TooManySteps, RecursionError):
        yield Diagnostic(
            f"the schema of {kind.name} takes too many steps to judge this record",
            Place(file),
            f"simplify {FOLDER}{kind.name}{SUFFIX}: its definitions refer to themselves or multiply",
            rule=INVALID_SCHEMA,
        )
    except Unresolvable as error:
        yield Diagnostic(
            f"the schema of {kind.name} refers to {shown(error.ref)}, which it does not define",
            Place(f"{FOLDER}{kind.name}{SUFFIX}"),
            rule=INVALID_SCHEMA,
        )


def _diagnostic(kind: Kind, file: str, error: Any) -> Diagnostic:
    path = tuple(error.absolute_path)
    name = ".".join(str(part) for part in path) or kind.noun
    if error.validator == "required":
        missing = next((key for key in error.validator_value if error.message.startswith(repr(key))), "")
        return Diagnostic(f"{name} has no {missing}", Place(file, path), rule=MISSING_FIELD)
    if error.validator == "additionalProperties" and path:
        known = sorted(error.schema.get("properties", {}))
        owner = ".".join(str(part) for part in path[:-1]) or kind.noun
        hint = did_you_mean(str(path[-1]), known) or (f"known fields: {', '.join(known)}" if known else "")
        place = Place(file, path, on_key=True)
        return Diagnostic(f"{owner} has no field named {path[-1]}", place, hint, rule=UNKNOWN_FIELD)
    return Diagnostic(f"{name}: {_short(error.message)}", Place(file, path), rule=INVALID_VALUE)
