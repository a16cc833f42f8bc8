"""What a compose file says: its services after anchors, overrides and `extends`, and what each stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gitsm.diagnostic import Diagnostic
from gitsm.importers import Notes
from gitsm.importers.foreign.anchored import Instead, Loose, Unreadable, read_anchored
from gitsm.importers.foreign.page import printable
from gitsm.importers.foreign.variables import filled
from gitsm.tree import Tree

MAX_SERVICES = 2_000
MAX_DEPENDENCIES = 10_000
"""Of all services together: aliases let a short file name very many."""


class Need(NamedTuple):
    """Something that a service stands on, by the name that it has in the file."""

    on: str
    how: str
    """The key that says so."""
    hard: bool = True


@dataclass(frozen=True)
class Compose:
    """The services of one or several compose files, each file written over those before it."""

    project: str
    services: Mapping[str, Mapping[str, Loose]]
    file_of: Mapping[str, str]
    """The file that names each service first."""


def read_compose(folder: Tree, notes: Notes) -> Compose:
    """What all files of a tree say together, in the tree's order."""
    project = ""
    services: dict[str, dict[str, Loose]] = {}
    file_of: dict[str, str] = {}
    for file, content in folder.read_many(folder.files):
        if isinstance(content, Diagnostic):
            notes.lose(file, content.message)
            continue
        try:
            whole = mapping(read_anchored(content))
        except Unreadable as error:
            notes.lose(file, str(error))
            continue
        project = text_of(whole.get("name")) or project
        listed = mapping(whole.get("services"))
        if not listed:
            notes.lose(file, "it has no services")
        _tell_the_rest(file, whole, notes)
        for name, service in listed.items():
            if len(services) >= MAX_SERVICES and name not in services:
                notes.lose(file, f"it has more than {MAX_SERVICES:,} services, and the rest is left out")
                break
            if not isinstance(service, dict | Instead) or not isinstance(plain(service), dict):
                notes.lose(file, f"the service {shown(name)} is no mapping")
                continue
            services[name] = merged(services.get(name, {}), mapping(service))
            file_of.setdefault(name, file)
    return Compose(project, _extended(services, file_of, set(folder.files), notes), file_of)


def _tell_the_rest(file: str, whole: Mapping[str, Loose], notes: Notes) -> None:
    for key in whole:
        if key == "include":
            notes.lose(file, "include names other files, and none is followed; name them on the command line")
        elif key not in ("name", "services", "version") and not key.startswith("x-"):
            notes.lose(file, f"{shown(key)} at its top is not carried over")


def plain(value: Loose) -> Loose:
    """A value without the mark that says how to merge it."""
    return value.value if isinstance(value, Instead) else value


def mapping(value: Loose) -> dict[str, Loose]:
    """A mapping; empty for anything else."""
    value = plain(value)
    return value if isinstance(value, dict) else {}


def text_of(value: Loose) -> str:
    """A text with its variables' defaults; empty for anything else."""
    value = plain(value)
    return filled(value)[0] if isinstance(value, str) else ""


def shown(name: str) -> str:
    """A stranger's name as it can be shown in a report."""
    return printable(name[:100])


def merged(base: Mapping[str, Loose], over: Mapping[str, Loose]) -> dict[str, Loose]:
    """A service with another one's settings written over it: mappings and lists grow, all else is replaced."""
    found = dict(base)
    for key, value in over.items():
        before = plain(found.get(key))
        if isinstance(value, Instead):
            found[key] = value.value
        elif key == "depends_on" and isinstance(plain(value), list | dict):
            found[key] = {**_by_name(before), **_by_name(value)}
        elif isinstance(before, dict) and isinstance(value, dict):
            found[key] = {**before, **value}
        elif isinstance(before, list) and isinstance(value, list) and key not in ("command", "entrypoint"):
            found[key] = [*before, *value]
        else:
            found[key] = value
    return found


def _by_name(value: Loose) -> dict[str, Loose]:
    value = plain(value)
    if isinstance(value, list):
        return {each if isinstance(each, str) else "": {} for each in value}
    return value if isinstance(value, dict) else {}


def _extended(
    services: Mapping[str, dict[str, Loose]], file_of: Mapping[str, str], files: set[str], notes: Notes
) -> dict[str, dict[str, Loose]]:
    """The services with what they extend written beneath them."""
    done: dict[str, dict[str, Loose]] = {}
    for name in services:
        chain: list[str] = []
        at: str | None = name
        while at is not None and at not in done and at not in chain:
            chain.append(at)
            at = _extends(at, services, file_of[at], files, notes)
        if at in chain:
            notes.lose(file_of[name], f"{shown(name)} extends itself")
        below = done.get(at, {}) if at is not None else {}
        for each in reversed(chain):
            own = {key: value for key, value in services[each].items() if key != "extends"}
            below = done[each] = merged(below, own)
    return {name: done[name] for name in services}


def _extends(
    name: str, services: Mapping[str, dict[str, Loose]], file: str, files: set[str], notes: Notes
) -> str | None:
    said = plain(services[name].get("extends"))
    if said is None:
        return None
    base = text_of(said) or text_of(mapping(said).get("service"))
    other = text_of(mapping(said).get("file")).removeprefix("./")
    if other and other not in files:
        notes.lose(file, f"{shown(name)} extends {shown(base)} of {shown(other)}, a file that was not named")
        return None
    if base not in services:
        notes.lose(file, f"{shown(name)} extends {shown(base)}, which is not there")
        return None
    return base


def needs_of(name: str, service: Mapping[str, Loose], file: str, notes: Notes) -> Iterator[Need]:
    """What a service stands on, as far as it says so."""
    listed = plain(service.get("depends_on"))
    if listed is not None and not isinstance(listed, list | dict):
        notes.lose(file, f"depends_on of {shown(name)} is neither a list nor a mapping")
    for on, how in _by_name(listed).items():
        settings = mapping(how)
        optional = text_of(settings.get("required")).lower() in ("false", "no", "off")
        once_done = text_of(settings.get("condition")) == "service_completed_successfully"
        yield Need(text_of(on), "depends_on", hard=not (optional or once_done))
    for each in _texts(service.get("links")):
        yield Need(each.partition(":")[0], "links")
    for each in _texts(service.get("volumes_from")):
        if not each.startswith("container:"):
            yield Need(each.partition(":")[0], "volumes_from")
    for key in ("network_mode", "ipc", "pid"):
        what, colon, on = text_of(service.get(key)).partition(":")
        if what == "service" and colon:
            yield Need(on, key)


def _texts(value: Loose) -> Sequence[str]:
    value = plain(value)
    return [text_of(each) for each in value if isinstance(each, str)] if isinstance(value, list) else ()
