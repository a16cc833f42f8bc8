"""A kind of record: its name, where its files lie, its fields, and a complete example.

Our own kinds are pydantic models that register themselves with `@kind`; a user's kind is a JSON
Schema in `schemas/` (see `own_kinds`). Both give the same `Kind`, and nothing right of here asks which.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from gitsm.schema.json_schema import json_schema_of
from gitsm.schema.references import ReferenceMap
from gitsm.schema.shape import Shape
from gitsm.schema.values import Line, Slug, Url
from gitsm.source import Format

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
"""What an id looks like: lower-case ASCII words and digits joined by hyphens."""

MAX_ID = 100
"""The longest id, in characters."""


class Fields(BaseModel):
    """A mapping of a record, frozen: unknown keys are errors, and nothing is converted silently."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Make a field that may be left out still refuse an explicit `null`.

        A key without a value is an unfinished line far more often than a statement.
        """
        schema = handler(source)
        inner: Any = schema
        while inner["type"] != "model-fields":
            inner = inner["schema"]
        for entry in inner["fields"].values():
            default = entry["schema"]
            if default["type"] == "default" and default["schema"]["type"] == "nullable":
                default["schema"] = default["schema"]["schema"]
        return schema


class Link(Fields):
    """An address outside the repository that belongs to a record."""

    title: Line = Field(description="What the reader will find there.")
    url: Url = Field(description="The address: http, https, mailto or tel.")


class RecordFields(Fields):
    """What every kind of record may carry."""

    labels: Mapping[str, Line] = Field(
        default={}, description="Free keys and values, for tools and searches of your own."
    )
    links: tuple[Link, ...] = Field(
        default=(), strict=False, description="Addresses that belong to the record."
    )
    tags: tuple[Slug, ...] = Field(default=(), strict=False, description="Words to group records by.")


@dataclass(frozen=True)
class Kind:
    """One kind of record."""

    name: str
    """The kind's name in commands, schemas and references: `change`, `request-model`."""
    title: str
    plural: str
    pattern: str
    """Where its files lie: `<name>` is a part of the id, `*` any one folder, `**` any number of folders."""
    description: str
    model: type[RecordFields] | None = field(default=None, repr=False, compare=False)
    """The pydantic model of its fields; none for a user's own kind."""
    own_schema: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The JSON Schema of a user's own kind."""
    examples: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Whole files by path; the first one fills every field."""
    dated: bool = False
    """Whether its ids begin with a day, so that two branches never claim the same name: `2026-11-28-move`."""
    heading: tuple[str, ...] = ("title", "name")
    """The fields, in order, that may hold the words people know a record by."""

    @property
    def noun(self) -> str:
        """Its title as it stands in a sentence: `change`, `RACI matrix`."""
        return self.title if self.title[:2].isupper() else self.title[:1].lower() + self.title[1:]

    @property
    def a_noun(self) -> str:
        """Its noun with its article: `a change`, `an incident`, `a RACI matrix`, `an SLA`."""
        return f"{'an' if _begins_with_vowel(self.noun) else 'a'} {self.noun}"

    @property
    def where(self) -> str:
        """The pattern as people read it: `services/<service>/sla.yaml or sla-<name>.yaml`."""
        start, named, ending = self.pattern.partition("<" + self.name + ":")
        if not named:
            return self.pattern
        names, _, ending = ending.partition(">")
        files = [file for name in names.split("|") for file in (f"{name}{ending}", f"{name}-<name>{ending}")]
        return f"{start}{', '.join(files[:-1])} or {files[-1]}"

    @property
    def format(self) -> Format:
        """Whether its files are YAML, or Markdown with front matter."""
        return Format.MARKDOWN if self.pattern.endswith(".md") else Format.YAML

    @property
    def folder(self) -> str:
        """The top folder that its files lie under."""
        return self.pattern.split("/", 1)[0] + "/"

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema, draft 2020-12."""
        if self.model is None:
            return self.own_schema
        return json_schema_of(
            self.model, name=self.name, title=self.title, pattern=self.pattern, examples=self.examples
        )

    @cached_property
    def shape(self) -> Shape:
        """What its schema says of each value."""
        return Shape.of(self.schema)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The pattern, compiled; its groups are the parts of the id."""
        parts = re.split(r"(\*\*/|\*|<[^>]+>)", self.pattern)
        return re.compile("".join(_regex_of(part) for part in parts))

    @cached_property
    def references(self) -> ReferenceMap:
        """Which of its fields refer to other records."""
        return ReferenceMap.of(self.own_schema) if self.model is None else ReferenceMap.of_model(self.model)

    def id_of(self, path: str) -> str | None:
        """The id of the record at a path, or None where the path is not of this kind.

        The id is not checked here: a file with a bad name is still of this kind.
        """
        match = self.regex.fullmatch(path)
        if match is None:
            return None
        return "/".join(match.groups()) if match.groups() else path.rsplit("/", 1)[-1].split(".", 1)[0]

    def path_of(self, id: str) -> str:
        """Where a new record of this id belongs. Raises ValueError where the id can't be one of this kind."""
        words = iter(id.split("/"))
        parts = []
        for part in re.split(r"(\*\*/|\*|<[^>]+>)", self.pattern):
            if part == "**/":
                dated = re.match(r"(\d{4})-\d\d-\d\d-", id)
                part = dated.group(1) + "/" if dated else ""
            elif part.startswith("<"):
                part = next(words, "")
            parts.append(part)
        path = "".join(parts)
        if self.id_of(path) != id or not all(is_id(word) for word in id.split("/")):
            raise ValueError(f"{id} is not an id of {self.a_noun}; its file is {self.pattern}")
        return path


def is_id(text: str) -> bool:
    """Whether a text may stand as an id, or as one part of one."""
    return len(text) <= MAX_ID and ID.fullmatch(text) is not None and text != "index"


def _begins_with_vowel(noun: str) -> bool:
    """Whether a noun is spoken with a vowel first; a long abbreviation is a word, a short one is spelled."""
    word = noun.split(" ", 1)[0]
    if word.isupper() and len(word) < 4:
        return word[0] in "AEFHILMNORSX"
    sounds_like_you = re.match(r"(?i)(?:eu|one|use|usu|uni(?!n)|uti)", word)
    return word[:1].lower() in tuple("aeiou") and not sounds_like_you


_APOSTROPHES = str.maketrans("", "", "'’`")


def id_words(text: str) -> list[str]:
    """The words of a text as they may stand in an id: `Pay run (late)` gives pay, run and late."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    return re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())


def _regex_of(part: str) -> str:
    if part == "**/":
        return r"(?:[^/]+/)*"
    if part == "*":
        return r"[^/]+"
    if part.startswith("<"):
        _, _, stems = part[1:-1].partition(":")
        # `<agreement:sla|ola|uc>` is sla, ola or uc, or one of them followed by a name: sla-gold.
        return rf"((?:{stems})(?:-[^/]+)?)" if stems else r"([^/]+)"
    return re.escape(part)


REGISTRY: dict[str, Kind] = {}
"""Our own kinds by name; `records` fills it."""

ModelType = TypeVar("ModelType", bound=type[RecordFields])


def kind(
    name: str,
    *,
    title: str,
    plural: str,
    pattern: str,
    examples: Mapping[str, str],
    dated: bool = False,
) -> Callable[[ModelType], ModelType]:
    """Register a pydantic model as a kind of record; its docstring becomes the kind's description."""

    def register(model: ModelType) -> ModelType:
        REGISTRY[name] = Kind(
            name=name,
            title=title,
            plural=plural,
            pattern=pattern,
            description=" ".join((model.__doc__ or "").split()),
            model=model,
            examples=examples,
            dated=dated,
        )
        return model

    return register
