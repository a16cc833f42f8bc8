"""How a repository configures the toolkit: `gitsm.toml`, or the table `tool.gitsm` of `pyproject.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gitsm.schema.validation import did_you_mean

FILES = ("gitsm.toml", "pyproject.toml")
"""Where settings may stand; the first one that has any wins."""

_KNOWN = ("as_of",)


class SettingsError(Exception):
    """The settings can't be used; the text says why and in which file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a repository asks of the toolkit itself. What it asks of records stands in its policy."""

    as_of: datetime | None = None
    """A fixed clock, for a repository that is an example and must not age."""


def settings_of(texts: Mapping[str, bytes]) -> Settings:
    """The settings in the contents of the files named by `FILES`. Raises SettingsError."""
    for file in FILES:
        if file in texts:
            table = _table(file, texts[file])
            if table is not None:
                return _settings(file, table)
    return Settings()


MAX_DOTS = 500
"""How many dots a line of a settings file may hold: Python's TOML reader takes a time for a dotted key
that grows with the square of its parts."""


def _table(file: str, content: bytes) -> Mapping[str, Any] | None:
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
        if key not in _KNOWN:
            hint = did_you_mean(key, _KNOWN) or f"known settings: {', '.join(_KNOWN)}"
            raise SettingsError(f"{file} has a setting {key!r} that does not exist; {hint}")
    as_of = table.get("as_of")
    if as_of is not None and not (isinstance(as_of, datetime) and as_of.tzinfo is not None):
        raise SettingsError(
            f"{file}: as_of must be an instant with its offset, such as 2026-11-16T09:00:00+01:00"
        )
    return Settings(as_of=as_of)
