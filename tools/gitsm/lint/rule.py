"""What a rule is, and how a function becomes one.

A rule is a generator over the repository. Its name is the bad pattern in words, its docstring says
why that hurts and shows a bad and a good fragment: they are its documentation, and its test. Its
keyword parameters are its options, which a repository's settings may set.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, overload

from gitsm.diagnostic import Diagnostic, Severity

Findings = Iterator[Diagnostic]
Check = Callable[..., Findings]
"""A generator over the repository; its keyword parameters with their defaults are options."""
CheckType = TypeVar("CheckType", bound=Check)


@dataclass(frozen=True, slots=True)
class Option:
    """Something about a rule that a repository may set, in its own units."""

    name: str
    default: Any
    """An int, a text, or a tuple of texts; what is set must be of the same sort."""
    meaning: str


@dataclass(frozen=True)
class Rule:
    """A rule: what it looks for, how bad that is, and the words that explain it."""

    name: str
    severity: Severity
    check: Check = field(repr=False)
    group: str
    """The subject that it is filed under: the name of its module."""
    suppressible: bool = True
    graded: bool = False
    """Whether its findings differ in how bad they are; `severity` is then the worst of them."""

    @property
    def defaults(self) -> Mapping[str, Any]:
        """Its options by name, each with its default."""
        return self.check.__kwdefaults__ or {}

    @property
    def summary(self) -> str:
        """What is wrong, in a sentence."""
        return self._words.summary

    @property
    def explanation(self) -> str:
        """Why it hurts."""
        return self._words.explanation

    @property
    def bad(self) -> str:
        """Fragments that break the rule, each under a comment with its path."""
        return self._words.bad

    @property
    def good(self) -> str:
        """The same fragments, mended."""
        return self._words.good

    @property
    def options(self) -> tuple[Option, ...]:
        """Its options, with their words."""
        meanings = self._words.options
        return tuple(Option(name, default, meanings.get(name, "")) for name, default in self.defaults.items())

    @cached_property
    def _words(self) -> _Words:
        # Taken apart when they are asked for: a check needs none of them, and there are many.
        return _Words.of(inspect.getdoc(self.check) or "")


RULES: dict[str, Rule] = {}
"""Every rule by name; `rules` fills it."""


@overload
def rule(check: CheckType) -> CheckType: ...
@overload
def rule(
    *, severity: Severity = ..., suppressible: bool = ..., graded: bool = ...
) -> Callable[[CheckType], CheckType]: ...
def rule(
    check: CheckType | None = None,
    *,
    severity: Severity = Severity.ERROR,
    suppressible: bool = True,
    graded: bool = False,
) -> CheckType | Callable[[CheckType], CheckType]:
    """Register a generator over the repository as a rule, named after the function."""

    def register(check: CheckType) -> CheckType:
        name = check.__name__.replace("_", "-")
        group = check.__module__.rsplit(".", 1)[-1].replace("_", " ")
        RULES[name] = Rule(name, severity, check, group, suppressible, graded)
        return check

    return register if check is None else register(check)


@dataclass(frozen=True, slots=True)
class _Words:
    """A rule's docstring taken apart."""

    summary: str
    explanation: str
    options: Mapping[str, str]
    bad: str
    good: str

    @classmethod
    def of(cls, docstring: str) -> _Words:
        text, _, examples = docstring.partition("\nBad:\n")
        bad, _, good = examples.partition("\nGood:\n")
        text, _, listed = text.partition("\nOptions:\n")
        summary, _, explanation = text.partition("\n\n")
        options = {}
        for entry in re.split(r"\n(?=\S)", inspect.cleandoc(listed)):
            name, _, meaning = entry.partition(":")
            options[name.strip()] = " ".join(meaning.split())
        return cls(
            " ".join(summary.split()),
            explanation.strip(),
            options,
            inspect.cleandoc(bad),
            inspect.cleandoc(good),
        )
