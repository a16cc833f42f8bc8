"""How bad the findings of each rule are in a repository: the rules with the repository's settings applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import re2

from gitsm.diagnostic import Severity
from gitsm.lint.rule import Rule
from gitsm.schema.spelling import did_you_mean
from gitsm.settings import OFF, RuleSetting, Settings, SettingsError, written

MAX_OPTION = 100_000
"""The greatest number that an option may be set to."""
MAX_PATTERN = 500
"""How long a pattern of paths may be."""


@dataclass(frozen=True, slots=True)
class _Path:
    """Levels for the files that a pattern matches."""

    pattern: Any
    levels: Mapping[str, str]


class Levels:
    """The level of each rule in each file, and the options of each rule. Raises SettingsError."""

    def __init__(self, rules: Iterable[Rule], settings: Settings) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._set = settings.rules
        self._paths = [
            _Path(_expression(settings.file, pattern), levels) for pattern, levels in settings.paths.items()
        ]
        for problem in self._problems(settings):
            raise SettingsError(f"{settings.file}: {problem}")

    def of(self, rule: Rule, file: str, found: Severity | None = None) -> Severity | None:
        """How bad a finding of a rule in a file is; None where the rule is off there.

        What the settings say comes first, then how bad a graded rule found it, then the rule's own.
        """
        level = self._set.get(rule.name, RuleSetting()).level
        for path in self._paths:
            if rule.name in path.levels and path.pattern.fullmatch(file):
                level = path.levels[rule.name]
        if level is None:
            return found if rule.graded and found is not None else rule.severity
        return None if level == OFF else Severity(level)

    def is_on(self, rule: Rule) -> bool:
        """Whether a rule is on in any file."""
        if self._set.get(rule.name, RuleSetting()).level != OFF:
            return True
        return any(path.levels.get(rule.name, OFF) != OFF for path in self._paths)

    def options(self, rule: Rule) -> Mapping[str, Any]:
        """Every option of a rule: as it is set, else its default."""
        given = self._set.get(rule.name, RuleSetting()).options
        return {
            name: default
            if name not in given
            else tuple(given[name])
            if isinstance(default, tuple)
            else given[name]
            for name, default in rule.defaults.items()
        }

    def _problems(self, settings: Settings) -> Iterator[str]:
        levels = [(name, setting.level) for name, setting in settings.rules.items()]
        levels += [item for named in settings.paths.values() for item in named.items()]
        for name, level in levels:
            rule = self._rules.get(name)
            if rule is None:
                hint = did_you_mean(name, self._rules) or "`gitsm explain` lists the rules"
                yield f"there is no rule {name!r}; {hint}"
            elif level is not None and not rule.suppressible and _lowers(level, rule.severity):
                yield f"the rule {name} can't be ignored, so it can't be set to {level}"
        for name, setting in settings.rules.items():
            yield from _option_problems(self._rules[name], setting.options)


def _lowers(level: str, severity: Severity) -> bool:
    return level == OFF or Severity(level).rank > severity.rank


def _option_problems(rule: Rule, given: Mapping[str, Any]) -> Iterator[str]:
    options = rule.defaults
    for name, value in given.items():
        if name not in options:
            known = f"its options: {', '.join(options)}" if options else "it has none"
            yield f"the rule {rule.name} has no option {name!r}; {did_you_mean(name, options) or known}"
        elif isinstance(options[name], tuple):
            if not (isinstance(value, list) and all(isinstance(part, str) for part in value)):
                yield f"the option {name} of the rule {rule.name} takes a list of texts"
        elif isinstance(options[name], bool) != isinstance(value, bool) or not isinstance(
            value, type(options[name])
        ):
            sort = {int: "a whole number", bool: "true or false", str: "a text"}[type(options[name])]
            yield f"the option {name} of the rule {rule.name} takes {sort}, not {written(value)}"
        elif isinstance(value, int) and not 0 <= value <= MAX_OPTION:
            yield f"the option {name} of the rule {rule.name} takes a number from 0 to {MAX_OPTION}"


_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def _expression(file: str | None, pattern: str) -> Any:
    """A pattern of paths, compiled: `*` within a folder, `**` across folders, a folder for all that lies below it."""
    found, rest = "", pattern.removeprefix("./").rstrip("/")
    while rest and len(pattern) <= MAX_PATTERN:
        wild = next((mark for mark in _WILD if rest.startswith(mark)), None)
        found += _WILD[wild] if wild else re2.escape(rest[0])
        rest = rest[len(wild) if wild else 1 :]
    if rest or not found:
        raise SettingsError(f"{file}: a pattern of paths has from 1 to {MAX_PATTERN} characters")
    return re2.compile(f"(?:{found})(?:/.*)?")
