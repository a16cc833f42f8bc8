"""A JSON Schema validator that a hostile schema can't stall or send anywhere: `jsonschema` with
linear-time patterns and uniqueness, a budget of steps, short errors, and nothing to look up elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

MAX_STEPS = 50_000
"""How many keywords may be tried on one record."""

FORMATS = ("date", "email", "ipv4", "ipv6", "uuid")
"""The formats that are checked; all of them in linear time."""


class TooManySteps(Exception):
    """The schema is so entangled that judging one record would take too long."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


# Errors carry no words: `own_kinds` makes the sentences. A message with the value in it, as
# jsonschema's own have, would be copied for every branch that was tried.


def _type(validator: Any, types: Any, instance: object, schema: object) -> Iterator[ValidationError]:
    if not any(validator.is_type(instance, name) for name in (types if isinstance(types, list) else [types])):
        yield ValidationError("type")


def _const(validator: Any, wanted: object, instance: object, schema: object) -> Iterator[ValidationError]:
    if _canonical(instance) != _canonical(wanted):
        yield ValidationError("const")


def _enum(validator: Any, words: list[object], instance: object, schema: object) -> Iterator[ValidationError]:
    if _canonical(instance) not in map(_canonical, words):
        yield ValidationError("enum")


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _required(validator: Any, keys: list[str], instance: object, schema: object) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        # The key is the message: one error for each that is missing.
        yield from (ValidationError(key) for key in keys if key not in instance)


def _pattern(validator: Any, pattern: str, instance: object, schema: object) -> Iterator[ValidationError]:
    if isinstance(instance, str):
        try:
            found = _compiled(pattern).search(instance)
        except re2.error:
            yield ValidationError("the pattern can't be matched in linear time")
            return
        if not found:
            yield ValidationError("pattern")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: object, schema: object
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, below in patterns.items():
        try:
            compiled = _compiled(pattern)
        except re2.error:
            yield ValidationError("a pattern can't be matched in linear time")
            continue
        for key, value in instance.items():
            if compiled.search(key):
                yield from validator.descend(value, below, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, below: Any, instance: object, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    # jsonschema's own would match patternProperties with backtracking.
    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    try:
        patterns = [_compiled(pattern) for pattern in schema.get("patternProperties", {})]
    except re2.error:
        return  # patternProperties itself says so
    for key, value in instance.items():
        if key in known or any(pattern.search(key) for pattern in patterns):
            continue
        if below is False:
            yield ValidationError("additionalProperties", path=(key,))
        else:
            yield from validator.descend(value, below, path=key)


def _unique_items(
    validator: Any, wanted: bool, instance: object, schema: object
) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list) and len(set(map(_canonical, instance))) < len(instance):
        yield ValidationError("uniqueItems")


_OURS: Mapping[str, Any] = {
    "additionalProperties": _additional_properties,
    "const": _const,
    "enum": _enum,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique_items,
}


def validator_of(schema: Mapping[str, Any]) -> Any:
    """A validator for one record; its budget of steps is its own. It looks nothing up outside the schema."""
    steps = iter(range(MAX_STEPS))

    def counted(check: Any) -> Any:
        def count(
            validator: Any, value: object, instance: object, parent: object
        ) -> Iterator[ValidationError]:
            if next(steps, None) is None:
                raise TooManySteps
            yield from check(validator, value, instance, parent) or ()

        return count

    checks = {**Draft202012Validator.VALIDATORS, **_OURS}
    own = extend(  # type: ignore[no-untyped-call]  # jsonschema's stubs leave it so
        Draft202012Validator, {keyword: counted(check) for keyword, check in checks.items()}
    )
    return own(schema, format_checker=FormatChecker(formats=FORMATS), registry=Registry())
