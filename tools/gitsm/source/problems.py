"""What is wrong with one file, collected while it is read: each problem with its line and column, and of
the same kind only as many as somebody wants to see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.source.limits import MAX_PROBLEMS_SHOWN


class Stop(Exception):
    """What was found leaves nothing to read on for."""


class Problems:
    """The problems of one text."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.shown: list[Diagnostic] = []
        self.found: Counter[str] = Counter()  # how many problems of each rule, shown or not

    def enough(self, rule: str) -> bool:
        """Counts one more problem of a rule; true when it isn't shown any more, so words can be spared."""
        self.found[rule] += 1
        return self.found[rule] > MAX_PROBLEMS_SHOWN

    def add(self, rule: str, message: str, span: Span, hint: str = "") -> None:
        """One more problem, after which reading goes on."""
        if not self.enough(rule):
            self.shown.append(problem(rule, message, self.file, span, hint))

    def fail(self, message: str, span: Span, hint: str = "") -> NoReturn:
        """The text is no YAML, or no record, and is read no further."""
        self.add("invalid-yaml", message, span, hint)
        raise Stop


def problem(rule: str, message: str, file: str, span: Span, hint: str = "", **place: Any) -> Diagnostic:
    """One problem of a file; `place` is what else there is to say of where, such as a path in the data."""
    return Diagnostic(message, Place(file, span=span, **place), hint, rule=rule)


def in_order(problems: Iterable[Diagnostic], found: Mapping[str, int]) -> list[Diagnostic]:
    """Sorted by place; where more of a rule were found than are shown, the last one says so."""
    shown = sorted(problems, key=lambda problem: problem.place.span or Span(1, 1, 1, 1))
    for rule, count in found.items():
        if count > MAX_PROBLEMS_SHOWN:
            last = max(index for index, problem in enumerate(shown) if problem.rule == rule)
            shown[last] = and_more(shown[last], count - MAX_PROBLEMS_SHOWN)
    return shown


def and_more(found: Diagnostic, count: int) -> Diagnostic:
    """The same problem, with how many like it aren't shown."""
    return replace(found, hint=f"{found.hint}; {count:,} more like it in this file".removeprefix("; "))


def span_at(text: str, start: int, length: int = 1) -> Span:
    """The span of a few characters of one line."""
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Span(line, column, line, column + length)


def short(text: str) -> str:
    """A text for a message: not too long, and with nothing in it that can't be seen."""
    text = text if len(text) <= 40 else text[:39] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
