"""Turn the services of compose files into services that stand on each other.

Each service of the files becomes a live service, which one team owns, with what it depends on. Several
files are read as compose does: each is written over those before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from gitsm.importers import Imported, Notes, Option
from gitsm.importers.foreign.anchored import Loose
from gitsm.importers.foreign.compose import (
    MAX_DEPENDENCIES,
    Compose,
    Need,
    mapping,
    needs_of,
    plain,
    read_compose,
    shown,
    text_of,
)
from gitsm.importers.foreign.ids import distinct, slug
from gitsm.importers.foreign.page import one_line, printable, short_title
from gitsm.importers.foreign.variables import filled
from gitsm.records import KINDS
from gitsm.source import Value
from gitsm.tree import Tree
from gitsm.writing import Unwritable, yaml_text

FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""It reads files, and not a folder; of a folder that is named, the first of these."""
OPTIONS = (
    Option("team", "The team that owns the services; its record is made.", default="operations"),
    Option("system", "The system that they are parts of; by default the files' own name of the project."),
)

_TITLE, _ABOUT = "org.opencontainers.image.title", "org.opencontainers.image.description"
_UNDERSTOOD = {"depends_on", "links", "volumes_from", "image", "ports", "profiles", "healthcheck", "labels"}
_UNDERSTOOD |= {"container_name", "build", "annotations", "network_mode", "ipc", "pid", "extends"}
_WHY = {
    "environment": "it may hold secrets",
    "env_file": "it may hold secrets",
    "secrets": "it names secrets",
    "networks": "it is no dependency",
}


def convert(folder: Tree, *, team: str = "operations", system: str = "") -> Imported:
    """The records that compose files make."""
    notes = Notes(folder)
    compose = read_compose(folder, notes)
    ids = distinct({name: [slug(name)] for name in compose.services})
    system = system or (slug(compose.project) if compose.project else "")
    files: dict[str, str | bytes] = {}
    for name, data in _records(compose, ids, team, system, notes):
        path = KINDS["service"].path_of(ids[name])
        try:
            files[path] = yaml_text(data)
        except Unwritable as error:
            notes.lose(compose.file_of[name], f"{shown(name)}: {error}")
            continue
        notes.remark(compose.file_of[name], f"{shown(name)} becomes the service {ids[name]}")
    _tell_what_is_left(compose, notes)
    owner = KINDS["team"].path_of(team)
    if files:
        files[owner] = yaml_text({"name": team.replace("-", " ").capitalize()})
    return notes.imported(files, only_where_missing=[owner])


def _records(
    compose: Compose, ids: Mapping[str, str], team: str, system: str, notes: Notes
) -> Iterator[tuple[str, dict[str, Value]]]:
    left = MAX_DEPENDENCIES
    unset: Counter[str] = Counter()
    for name, service in compose.services.items():
        file = compose.file_of[name]
        said = _labels_of(service)
        data: dict[str, Value] = {
            "name": short_title(said.get(_TITLE) or text_of(service.get("container_name")) or name)
            or ids[name],
            "owner": team,
            "lifecycle": "live",
        }
        if about := printable(said.get(_ABOUT, "")).strip():
            data["description"] = about
        if system:
            data["system"] = system
        needs: dict[str, Need] = {}
        for need in needs_of(name, service, file, notes):
            left -= 1
            if left < 0:
                notes.lose(
                    file, f"there are more than {MAX_DEPENDENCIES:,} dependencies; the rest is left out"
                )
                return
            if need.on not in needs or need.hard:
                needs[need.on] = need
        if depends_on := list(_dependencies(name, needs, ids, file, notes)):
            data["depends_on"] = depends_on
        data["labels"] = {
            **_labels(name, service, file, unset, notes),
            "imported-from": printable(file)[-200:],
        }
        yield name, data
    file = next(iter(compose.file_of.values()), "")
    for key, count in sorted(unset.items()):
        notes.lose(
            file, f"{key} of {_count(count)} holds variables without a value there, and stays as it is"
        )


def _count(count: int) -> str:
    return "1 service" if count == 1 else f"{count} services"


def _dependencies(
    name: str, needs: Mapping[str, Need], ids: Mapping[str, str], file: str, notes: Notes
) -> Iterator[Value]:
    taken = set(ids.values())
    for on, need in needs.items():
        if on in ids:
            id = ids[on]
        elif not on.strip() or on in taken or len(on) > 100:
            notes.lose(
                file, f"{need.how} of {shown(name)} names {shown(on) or 'nothing'}, which is no service there"
            )
            continue
        else:
            notes.lose(
                file,
                f"{need.how} of {shown(name)} names {shown(on)}, which is no service there; it stays as it is",
            )
            id = shown(on)
        yield {"service": id, "criticality": "hard" if need.hard else "soft"}


def _labels(
    name: str, service: Mapping[str, Loose], file: str, unset: Counter[str], notes: Notes
) -> dict[str, Value]:
    """What a service is made of, for people who know it by that."""
    found: dict[str, Value] = {}
    replicas = mapping(service.get("deploy")).get("replicas") or service.get("scale")
    told: dict[str, Loose] = {
        "image": service.get("image"),
        "ports": service.get("ports"),
        "profiles": service.get("profiles"),
        "replicas": replicas,
        "healthcheck": mapping(service.get("healthcheck")).get("test"),
    }
    for key, value in told.items():
        words, missing = _words(plain(value))
        if not words:
            continue
        if missing:
            notes.remark(file, f"{key} of {shown(name)} has no value for {', '.join(sorted(missing)[:5])}")
            unset[key] += 1
        line = one_line(words)
        if line is None:
            notes.lose(file, f"{key} of {shown(name)} is no text of one line")
        else:
            found[key] = printable(line)
    return found


def _words(value: Loose) -> tuple[str, set[str]]:
    """A text, a list of texts, or a list of ports written out, as one text; and variables without a value."""
    if isinstance(value, str):
        return filled(value)
    if not isinstance(value, list):
        return "", set()
    parts: list[str] = []
    missing: set[str] = set()
    for each in value[:50]:
        entry = mapping(each)
        port = ":".join(filter(None, (text_of(entry.get("published")), text_of(entry.get("target")))))
        words, lacking = filled(each) if isinstance(each, str) else (port, set())
        parts.append(words)
        missing |= lacking
    return ", ".join(filter(None, parts)), missing


def _labels_of(service: Mapping[str, Loose]) -> dict[str, str]:
    """The labels of a container, which are a mapping or a list of `key=value`."""
    labels = plain(service.get("labels"))
    if isinstance(labels, list):
        pairs = (each.partition("=") for each in labels if isinstance(each, str))
        return {key: filled(value)[0] for key, _, value in pairs}
    return {key: text_of(value) for key, value in mapping(labels).items()}


def _tell_what_is_left(compose: Compose, notes: Notes) -> None:
    """Name what no record has a place for, each key once."""
    keys: Counter[str] = Counter()
    conditions: Counter[str] = Counter()
    for service in compose.services.values():
        keys.update(key for key in service if key not in _UNDERSTOOD and not key.startswith("x-"))
        for how in mapping(service.get("depends_on")).values():
            conditions.update(filter(None, [text_of(mapping(how).get("condition"))]))
    file = next(iter(compose.file_of.values()), "")
    for key, count in sorted(keys.items()):
        why = _WHY.get(key, "no record has a place for it")
        notes.lose(file, f"{shown(key)} of {_count(count)} is not carried over: {why}")
    for condition, count in sorted(conditions.items()):
        of = "1 dependency" if count == 1 else f"{count} dependencies"
        becomes = "soft, because what it waits for has ended" if condition == _DONE else "hard"
        notes.lose(file, f"condition {shown(condition)} of {of} is not carried over; they are {becomes}")


_DONE = "service_completed_successfully"
