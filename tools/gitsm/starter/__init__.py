"""What a new repository, and a new record, begin with.

The folders hold texts alone: `every` goes into each new repository, `small-team` and `regulated` on top
of it for the preset of that name, and `bodies` into new Markdown records of the kind of that name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

PRESETS = ("small-team", "regulated")
"""The presets that a repository can begin with."""

IGNORED = "# What MkDocs builds, and where Python keeps its packages.\n/site/\n.venv/\n"
"""What Git is to leave alone in a new repository."""


def repository_files(*, name: str, preset: str, timezone: str) -> dict[str, str]:
    """The files of a new repository by path, except its schemas: small, clean, and it does not age."""
    fillings = {"@NAME@": name, "@QUOTED_NAME@": _quoted(name), "@PRESET@": preset, "@TIMEZONE@": timezone}
    texts = {".gitignore": IGNORED}
    for folder in ("every", preset):
        for path, text in _texts(files(__name__) / folder):
            texts[path] = _filled(text, fillings)
    return texts


def body_of(kind: str) -> str | None:
    """The text that a new Markdown record of a kind begins with, where there is one for it."""
    text = files(__name__) / "bodies" / f"{kind}.md"
    return text.read_text(encoding="utf-8") if text.is_file() else None


def _texts(folder: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = above + entry.name
        if entry.is_dir():
            yield from _texts(entry, path + "/")
        else:
            yield path, entry.read_text(encoding="utf-8")


def _filled(text: str, fillings: Mapping[str, str]) -> str:
    return re.sub(r"@[A-Z_]+@", lambda mark: fillings[mark.group()], text)


def _quoted(text: str) -> str:
    # A JSON string is a YAML one too, whatever stands in it.
    return json.dumps(text, ensure_ascii=False)
