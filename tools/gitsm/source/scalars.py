"""What a word or a number without quotes means: for us, by the core schema of YAML 1.2, and for tools
that still read YAML 1.1.
"""

from __future__ import annotations

import re

import yaml
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from gitsm.source.limits import MAX_DIGITS

CORE_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
CORE_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OLD_BOOLEANS = dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), "true")
_OLD_BOOLEANS |= dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), "false")
_OLD_SPECIALS = {"<<": "a merge key", "=": "a default value"}
WORDS = frozenset([*CORE_WORDS, *_OLD_BOOLEANS, *_OLD_SPECIALS])

NUMBER_STARTS = frozenset("+-.0123456789")
# What every tool reads alike, and most numbers are.
SIMPLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?").fullmatch
# Whatever some version of YAML takes for a number; no date is among it.
NUMBER_LIKE = re.compile(
    r"[-+]?\.?[0-9][0-9a-fA-FxXoO_.:]*(?:(?<=[eE])[-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
).fullmatch
CORE_NUMBER = re.compile(
    r"([-+]?[0-9]+)|0o([0-7]+)|0x([0-9a-fA-F]+)"
    r"|([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
).fullmatch
_DECIMAL, _OCTAL, _HEX, _FLOAT = 1, 2, 3, 4  # the groups of CORE_NUMBER
_INT_TAG, _FLOAT_TAG = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_yaml_1_1 = Resolver()


def ambiguous(text: str) -> bool:
    """Whether tools that read YAML 1.1 see something else than YAML 1.2 does in this text without quotes.

    Dates don't count: they are text here, and such tools make the same day of them.
    """
    if text in _OLD_BOOLEANS or text in _OLD_SPECIALS:
        return True
    if text in CORE_WORDS or text[0] not in NUMBER_STARTS or not NUMBER_LIKE(text):
        return False
    old: str = _yaml_1_1.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    new = CORE_NUMBER(text)
    if new is None:
        return old in (_INT_TAG, _FLOAT_TAG)
    if new.lastindex == _DECIMAL:
        # A leading zero makes the number octal there; below 8 that is the same number.
        return old != _INT_TAG or (text.lstrip("+-")[0] == "0" and len(text.lstrip("+-0")) > 1)
    return old != (_INT_TAG if new.lastindex in (_OCTAL, _HEX) else _FLOAT_TAG)


def reads_as_text(text: str) -> bool:
    """Whether these characters without quotes are text for YAML 1.2 and 1.1 alike, and no number or word.

    It looks at the meaning only: `a: b` needs quotes for its colon.
    """
    if text in CORE_WORDS or ambiguous(text):
        return False
    return text[0] not in NUMBER_STARTS or CORE_NUMBER(text) is None


def number_value(text: str, match: re.Match[str]) -> int | float | str:
    """The number, or in words why no two tools would agree on it."""
    kind, digits = match.lastindex, match[match.lastindex or 0]
    if kind is None:
        return "is no finite number"
    if kind == _FLOAT:
        mantissa = re.split("[eE]", digits)[0]
        number = float(digits)
        if sum(digit.isdigit() for digit in mantissa) > MAX_DIGITS:
            return f"has more than {MAX_DIGITS} digits"
        if number == 0 and mantissa.strip("+-.0"):
            return "is too small to be told from zero"
        return "is too large a number" if number in (float("inf"), float("-inf")) else number
    if len(digits) > 2 * MAX_DIGITS:
        return f"has more than {MAX_DIGITS} digits"
    whole = int(digits, {_DECIMAL: 10, _OCTAL: 8, _HEX: 16}[kind])
    return whole if abs(whole) < 10**MAX_DIGITS else f"has more than {MAX_DIGITS} digits"


def meaning_elsewhere(text: str) -> str:
    """What YAML 1.1 makes of an ambiguous text, in a word."""
    known = _OLD_BOOLEANS.get(text) or _OLD_SPECIALS.get(text)
    if known or len(text) > 40:
        return known or "a number"
    try:
        value = yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return "an error"
    return "text" if isinstance(value, str) else repr(value)
