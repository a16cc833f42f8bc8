"""Variables in the texts of a compose file: written out where they have a default there, else left as they are."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIGN = re.compile(r":?[-?+]")
MAX_NESTED = 8
"""Defaults stand in each other at most this deep."""
MAX_TEXT = 10_000
"""A longer text is left as it is."""


def filled(text: str) -> tuple[str, set[str]]:
    """A text with the defaults of its variables, and the names of those that have none.

    No variable of the machine is looked at: what an import makes is the same wherever it runs. `$$` is
    a dollar sign.
    """
    if "$" not in text or len(text) > MAX_TEXT:
        return text, set()
    missing: set[str] = set()
    return _filled(text, missing, 0), missing


def _filled(text: str, missing: set[str], depth: int) -> str:
    found: list[str] = []
    closings = _closings(text)
    at = 0
    while (sign := text.find("$", at)) >= 0:
        found.append(text[at:sign])
        rest = text[sign + 1 : sign + 2]
        if rest == "$":
            found.append("$")
            at = sign + 2
        elif rest == "{" and (end := closings.get(sign)) is not None and depth < MAX_NESTED:
            found.append(_value(text[sign : end + 1], text[sign + 2 : end], missing, depth))
            at = end + 1
        elif (name := _NAME.match(text, sign + 1)) is not None:
            missing.add(name[0])
            found.append(name.string[sign : name.end()])
            at = name.end()
        else:
            found.append("$")
            at = sign + 1
    return "".join([*found, text[at:]])


def _closings(text: str) -> dict[int, int]:
    """For each brace that opens a variable, where it is closed."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for mark in re.finditer(r"\$\$|\$\{|\}", text):
        if mark[0] == "${":
            opened.append(mark.start())
        elif mark[0] == "}" and opened:
            found[opened.pop()] = mark.start()
    return found


def _value(whole: str, inside: str, missing: set[str], depth: int) -> str:
    name = _NAME.match(inside)
    if name is None:
        return whole
    rest = inside[name.end() :]
    sign = _SIGN.match(rest)
    if sign is None or sign[0].endswith("?"):
        missing.add(name[0])
        return whole
    # With a plus the text is for a variable that is set; here none is.
    return "" if sign[0].endswith("+") else _filled(rest[sign.end() :], missing, depth + 1)
