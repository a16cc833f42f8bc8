"""How a repository configures the toolkit: `gitsm.toml`, or the table `tool.gitsm` of `pyproject.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gitsm.schema.spelling import did_you_mean

FILES = ("gitsm.toml", "pyproject.toml")
"""Where settings may stand, in one of the two."""

OFF = "off"
LEVELS = (OFF, "note", "warning", "error")
"""What a rule can be set to."""


class SettingsError(Exception):
    """The settings can't be used; the text says why and in which file."""


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What the settings say of one rule."""

    level: str | None = None
    """One of `LEVELS`; None leaves it as it is."""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a repository asks of the toolkit itself. What it asks of records stands in its policy."""

    file: str | None = None
    """The file that they come from."""
    as_of: datetime | None = None
    """A fixed clock, for a repository that is an example and must not age."""
    baseline: str | None = None
    """The commit at which the repository adopted the toolkit: what was wrong there fails no check."""
    site_url: str | None = None
    """Where the site is published."""
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    """What is set for all files, by rule."""
    paths: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Levels of rules for files of a pattern, by pattern and rule; a later pattern wins."""


def settings_of(texts: Mapping[str, bytes]) -> Settings:
    """The settings in the contents of the files named by `FILES`. Raises SettingsError."""
    found = [(file, table) for file in FILES if (table := _table(file, texts.get(file))) is not None]
    if len(found) > 1:
        raise SettingsError(f"settings stand in {FILES[0]} and under tool.gitsm in {FILES[1]}: keep one of them")
    return _settings(*found[0]) if found else Settings()


MAX_DOTS = 500
"""How many dots a line of a settings file may hold: Python's TOML reader takes a time for a dotted key
that grows with the square of its parts."""


def _table(file: str, content: bytes | None) -> Mapping[str, Any] | None:
    if content is None:
        return None
    if any(line.count(b".") > MAX_DOTS for line in content.splitlines()):
        raise SettingsError(f"{file} can't be read: a line of it has more than {MAX_DOTS} dots")
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except RecursionError:
        raise SettingsError(f"{file} can't be read: it is nested too deep") from None
    except ValueError as error:
        raise SettingsError(f"{file} can't be read: {error}") from None
    if file == "gitsm.toml":
        return data
    tools = data.get("tool")
    table = tools.get("gitsm") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError(f"{file}: tool.gitsm is no table")
    return table


def _settings(file: str, table: Mapping[str, Any]) -> Settings:
    for key in table:
        if key not in _READERS:
            hint = did_you_mean(key, _READERS) or f"known settings: {', '.join(_READERS)}"
            raise SettingsError(f"{file} has a setting {key!r} that does not exist; {hint}")
    try:
        return Settings(file=file, **{key: _READERS[key](value) for key, value in table.items()})
    except ValueError as error:
        raise SettingsError(f"{file}: {error}") from None


def _instant(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    raise ValueError("as_of must be an instant with its offset, such as 2026-11-16T09:00:00+01:00")


_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_ADDRESS = re.compile(r"https?://[!$-;=@-~]+", re.ASCII)


def _commit(value: object) -> str:
    # A branch or a tag moves, and with it what counts as old.
    if isinstance(value, str) and _COMMIT.fullmatch(value):
        return value
    raise ValueError("baseline must be the id of a commit, as `git rev-parse HEAD` prints it")


def _address(value: object) -> str:
    if isinstance(value, str) and _ADDRESS.fullmatch(value):
        return value.rstrip("/") + "/"
    raise ValueError("site_url must be the address of the site, such as https://ops.example.com/")


def _rules(value: object) -> Mapping[str, RuleSetting]:
    found = {}
    for rule, setting in _a_table("rules", value).items():
        if isinstance(setting, dict):
            options = dict(setting)
            level = options.pop("level", None)
            found[rule] = RuleSetting(None if level is None else _level(rule, level), options)
        else:
            found[rule] = RuleSetting(_level(rule, setting))
    return found


def _paths(value: object) -> Mapping[str, Mapping[str, str]]:
    return {
        pattern: {rule: _level(rule, level) for rule, level in _a_table(f"paths.{pattern!r}", rules).items()}
        for pattern, rules in _a_table("paths", value).items()
    }


def _a_table(name: str, value: object) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError(f"{name} must be a table of rules")


def _level(rule: str, value: object) -> str:
    if isinstance(value, str) and value in LEVELS:
        return value
    raise ValueError(f"the rule {rule} can be set to {', '.join(LEVELS[:-1])} or {LEVELS[-1]}, not {written(value)}")


def written(value: object) -> str:
    """A value as a message quotes it: a text or a small number as it is, anything else by its sort."""
    if isinstance(value, str):
        return ascii(value[:60])
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**18):
        return str(value).lower()
    sorts = {dict: "a table", list: "a list", int: "so large a number"}
    return next((name for sort, name in sorts.items() if isinstance(value, sort)), "such a value")


_READERS: Mapping[str, Any] = {
    "as_of": _instant,
    "baseline": _commit,
    "site_url": _address,
    "rules": _rules,
    "paths": _paths,
}
"""How each setting is read. A reader raises ValueError with a sentence."""
