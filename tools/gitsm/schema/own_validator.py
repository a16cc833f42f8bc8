"""A JSON Schema validator that a hostile schema can't stall: `jsonschema` with linear-time patterns,
linear-time uniqueness and a budget of steps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import re2
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

MAX_STEPS = 200_000
"""How many subschemas may be tried on one record."""


class TooManySteps(Exception):
    """The schema is so entangled that judging one record would take too long."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _pattern(validator: Any, pattern: str, instance: object, schema: object) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string"):
        try:
            found = _compiled(pattern).search(instance)
        except re2.error:
            yield ValidationError(f"the pattern {pattern!r} can't be matched in linear time")
            return
        if not found:
            yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: object, schema: object
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, below in patterns.items():
        try:
            compiled = _compiled(pattern)
        except re2.error:
            yield ValidationError(f"the pattern {pattern!r} can't be matched in linear time")
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
            yield ValidationError(f"{key!r} is no known field", path=(key,))
        else:
            yield from validator.descend(value, below, path=key)


def _unique_items(
    validator: Any, wanted: bool, instance: object, schema: object
) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list):
        texts = [json.dumps(item, sort_keys=True) for item in instance]
        if len(set(texts)) < len(texts):
            yield ValidationError("the list has an entry twice")


def validator_of(schema: Mapping[str, Any]) -> Any:
    """A validator for one record; its budget of steps is its own."""
    steps = iter(range(MAX_STEPS))

    def counted(keyword: str) -> Any:
        original: Any = Draft202012Validator.VALIDATORS[keyword]

        def check(
            validator: Any, value: object, instance: object, parent: object
        ) -> Iterator[ValidationError]:
            if next(steps, None) is None:
                raise TooManySteps
            yield from original(validator, value, instance, parent) or ()

        return check

    counting = {
        keyword: counted(keyword)
        for keyword in (
            "$ref",
            "$dynamicRef",
            "anyOf",
            "oneOf",
            "allOf",
            "not",
            "if",
            "items",
            "properties",
            "contains",
        )
    }
    own = extend(  # type: ignore[no-untyped-call]  # jsonschema's stubs leave it so
        Draft202012Validator,
        {
            **counting,
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
            "uniqueItems": _unique_items,
        },
    )
    return own(schema, format_checker=FormatChecker())
