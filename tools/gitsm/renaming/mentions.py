"""Lines that still name an old id, which only a reader can judge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gitsm import source
from gitsm.renaming.links import text_of
from gitsm.renaming.references import all_references
from gitsm.repository import Repository
from gitsm.schema.references import ROLE

_READABLE = (".md", ".yaml", ".yml", ".toml", ".json", ".txt")
_NOT_READ = ("schemas/", "tools/", "tests/")


@dataclass(frozen=True, slots=True)
class Mention:
    """A line that still names the old id, where nobody but a reader can say what it means."""

    file: str
    line: int
    text: str
    start: int
    """Where in the line it stands."""


def mentions_of(then: Repository, old: str, folder: str) -> Iterator[Mention]:
    """The lines that still name the old id as a word of its own, save where they name another record.

    As a part of a path it counts behind the folder that it was in.
    """
    before = rf"(?:(?<![A-Za-z0-9_/-])|(?<={re.escape(folder)}))"
    word = re.compile(rf"{before}{re.escape(old)}(?![A-Za-z0-9_-])")
    others: set[tuple[str, int]] = set()
    for file, path, kind, id in all_references(then):
        if kind != ROLE and word.search(id) and then.defines(kind, id):
            others.add((file, then.documents[file].span(path).line))
    for file, entry in then.files.items():
        if not file.endswith(_READABLE) or file.startswith(_NOT_READ) or entry.size > source.MAX_BYTES:
            continue
        text = text_of(then, file)
        if old not in text:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            match = word.search(line)
            if match and (file, number) not in others:
                yield Mention(file, number, line, match.start())
