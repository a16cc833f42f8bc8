"""Tags and systems: which records carry each of them, and where its page stands."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from gitsm.records.service import Service
from gitsm.repository import Record, Repository, once
from gitsm.schema.kind import is_id
from gitsm.site.here import Here

TAGS = "tags"
"""The folder of the pages of tags."""
SYSTEMS = "systems"
"""The folder of the pages of systems."""
MOST = 2_000
"""How many tags have a page; of more than that those that most records carry."""

_LONGEST = 60


def tags_of(record: Record[Any]) -> list[str]:
    """The tags of a record as written, each once; what is no text is none."""
    value = record.data.get("tags")
    words = [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
    return [word for word in dict.fromkeys(words) if word.strip()]


@once
def tagged(repository: Repository) -> Mapping[str, Sequence[Record[Any]]]:
    """The records that carry each tag that has a page, by the tag."""
    found: dict[str, list[Record[Any]]] = defaultdict(list)
    for record in repository.all():
        for tag in tags_of(record):
            found[tag].append(record)
    kept = sorted(found, key=lambda tag: (-len(found[tag]), tag))[:MOST]
    return {tag: found[tag] for tag in sorted(kept, key=lambda tag: (tag.casefold(), tag))}


@once
def systems(repository: Repository) -> Mapping[str, Sequence[Record[Service]]]:
    """The services of each system, by its name."""
    found: dict[str, list[Record[Service]]] = defaultdict(list)
    for service in repository.of(Service):
        if service.fields.system:
            found[service.fields.system].append(service)
    return {system: found[system] for system in sorted(found)}


@once
def tag_pages(repository: Repository) -> Mapping[str, str]:
    """The page of each tag that has one."""
    return _pages(TAGS, tagged(repository))


@once
def system_pages(repository: Repository) -> Mapping[str, str]:
    """The page of each system."""
    return _pages(SYSTEMS, systems(repository))


def system_link(here: Here, system: str | None) -> Markup | None:
    """A link to the page of a system."""
    return here.page(system_pages(here.repository)[system], system) if system else None


def _pages(folder: str, names: Iterable[str]) -> Mapping[str, str]:
    """A page for each name: of its letters and digits, and a number where several are alike."""
    pages: dict[str, str] = {}
    taken: set[str] = set()
    last: dict[str, int] = {}
    for name in names:
        slug = _slug(name, folder)
        free, number = slug, last.get(slug, 1)
        while free in taken:
            number += 1
            free = f"{slug}-{number}"
        last[slug] = number
        taken.add(free)
        pages[name] = f"{folder}/{free}.md"
    return pages


def _slug(name: str, folder: str) -> str:
    """What stands for a name in an address: never a path, and nothing that any system reserves."""
    plain = unicodedata.normalize("NFKD", name[: 10 * _LONGEST]).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-")
    singular = folder.removesuffix("s")
    return slug if is_id(slug) else f"{singular}-{slug}" if is_id(f"{singular}-{slug}") else singular
