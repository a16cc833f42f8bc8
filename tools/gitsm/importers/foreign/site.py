"""The configuration of a cState site: its systems, and the time zone of its posts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gitsm.diagnostic import Diagnostic
from gitsm.importers import Notes
from gitsm.importers.foreign.ids import distinct, slug
from gitsm.importers.foreign.page import one_line, printable, read_config, short_title
from gitsm.schema.values import read_timezone
from gitsm.source import Value
from gitsm.tree import Tree

_CONFIGS = tuple(f"{name}.{end}" for name in ("config", "hugo") for end in ("yml", "yaml", "toml"))


@dataclass(frozen=True, slots=True)
class Site:
    """What the configuration of a status site says."""

    file: str
    systems: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """The systems by name, in their order."""
    timezone: str = "UTC"
    ids: Mapping[str, str] = field(default_factory=dict)
    """The id of each system's service, by its name and by its name in small letters."""

    def services(self, team: str, notes: Notes) -> Iterator[tuple[str, dict[str, Value]]]:
        """The service that each system makes."""
        for name, system in self.systems.items():
            data: dict[str, Value] = {"name": short_title(name), "owner": team, "lifecycle": "live"}
            labels: dict[str, Value] = {}
            for key, value in system.items():
                if key == "description" and isinstance(value, str) and value.strip():
                    data["description"] = printable(value).strip()
                elif key == "link" and isinstance(value, str) and re.fullmatch(r"https?://[^\s<>\"]+", value):
                    data["links"] = [{"title": "Home", "url": value}]
                elif key not in ("name", "description") and (line := one_line(value)) is not None:
                    labels[slug(key)] = printable(line)
                elif key != "name" and value not in ("", [], {}):
                    notes.lose(self.file, f"{key} of the system {name} is no text of one line")
            if labels:
                data["labels"] = labels
            notes.remark(self.file, f"the system {name} becomes the service {self.ids[name]}")
            yield self.ids[name], data


def read_site(folder: Tree, notes: Notes) -> Site:
    """What the configuration of a site says; without one it has no systems."""
    file = next((file for file in _CONFIGS if file in folder.files), None)
    if file is None:
        notes.lose(_CONFIGS[0], "there is no such file, nor another configuration: no system is known")
        return Site(_CONFIGS[0])
    for _, content in folder.read_many([file]):
        config, trouble = (
            (None, content.message) if isinstance(content, Diagnostic) else read_config(file, content)
        )
    if config is None:
        notes.lose(file, f"{trouble}; no system is known")
        return Site(file)
    notes.lose(
        file, "how the site looks is no part of the records; only its systems and time zone are carried over"
    )
    systems: dict[str, Mapping[str, Value]] = {}
    listed = lower_keys(lower_keys(config).get("params")).get("systems")
    for number, system in enumerate(listed if isinstance(listed, list) else [], 1):
        entry = {"name": system} if isinstance(system, str) else lower_keys(system)
        name = one_line(entry.get("name"))
        if name is None or name in systems:
            notes.lose(
                file, f"system {number} has no name of one line" if name is None else f"{name} is there twice"
            )
        else:
            systems[name] = entry
    if not systems:
        notes.lose(file, "it lists no systems under params.systems")
    ids = distinct({name: [slug(name)] for name in systems})
    timezone = _timezone(lower_keys(config).get("timezone"))
    return Site(file, systems, timezone, {name.casefold(): id for name, id in ids.items()} | ids)


def lower_keys(value: object) -> dict[str, Value]:
    """A mapping with its keys in small letters, as Hugo reads them; empty for anything else."""
    return {str(key).lower(): part for key, part in value.items()} if isinstance(value, dict) else {}


def _timezone(value: Value) -> str:
    try:
        return read_timezone(value)
    except ValueError:
        return "UTC"
