"""What a new repository, and a new record, begin with.

The folders hold texts alone: `every` goes into each new repository, `small-team` and `regulated` on top
of it for the preset of that name, `bodies` into new Markdown records of the kind of that name, and `ci` is
what has each commit checked, and the site published, on a code host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

PRESETS = ("small-team", "regulated")
"""The presets that a repository can begin with."""

PIPELINES = {"github": ".github/workflows/gitsm.yml", "gitlab": ".gitlab-ci.yml"}
"""The code hosts that there is a pipeline for, and where each looks for it."""

SITES = {"github": ".github/workflows/gitsm-site.yml", "gitlab": ".gitlab-ci.yml"}
"""The code hosts that publish the site, and where each looks for how; it may be the file of the pipeline."""

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


@dataclass(frozen=True, slots=True)
class Toolkit:
    """Where a pipeline gets gitsm from: one commit of a repository on a code host."""

    source: str
    """The address that Git clones it from, https only."""
    commit: str
    """The full id: a tag or a branch could be moved by whoever owns the repository."""

    @classmethod
    def read(cls, text: str) -> Toolkit:
        """Take `https://host/owner/name@commit` apart. Raises ValueError."""
        match = _TOOLKIT.fullmatch(text)
        if match is None:
            raise ValueError("it must be https://HOST/OWNER/NAME@COMMIT, with all 40 digits of the commit")
        return cls(match["source"], match["commit"])

    @property
    def action(self) -> str:
        """It as GitHub names an action."""
        owner, name = self.source.removesuffix(".git").split("/")[-2:]
        return f"{owner}/{name}@{self.commit}"


_TOOLKIT = re.compile(
    r"(?P<source>https://[a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9_][a-z0-9._-]*){2,})@(?P<commit>[0-9a-f]{40})",
    re.ASCII | re.IGNORECASE,
)


def pipeline_files(host: str, toolkit: Toolkit, *, site: bool = False) -> dict[str, str]:
    """The files that have each commit checked on a code host, and the site published there, by path."""
    fillings = {"@ACTION@": toolkit.action, "@SOURCE@": toolkit.source, "@COMMIT@": _quoted(toolkit.commit)}
    texts: dict[str, str] = {}
    for path, name in ((PIPELINES[host], host), *([(SITES[host], f"{host}-site")] if site else [])):
        text = (files(__name__) / "ci" / f"{name}.yml").read_text(encoding="utf-8")
        texts[path] = texts.get(path, "") + _filled(text, fillings)
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
