"""Data made text that reads back as the same data: how a record is written by a machine."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.emitter import Emitter
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from gitsm import source
from gitsm.source import Document, Format, Value

WIDTH = 100
"""A text that would make its line longer than this gets lines of its own."""


class Unwritable(ValueError):
    """Data that can't be written so that it reads back the same; the text says what."""


def yaml_text(data: Mapping[str, Value]) -> str:
    """A record's data as YAML, keys in their order. Raises Unwritable where it would not read back."""
    if _has_null(data):
        raise Unwritable("a key has no value; a record leaves such a key out")
    for style in (_Emitter, _Careful):  # a few texts have no literal block, but all have quotes
        text = _dumped(data, style)
        document = source.read("record.yaml", _bytes(text), Format.YAML)
        if document.data == data and not document.problems:
            return text
    raise Unwritable(f"the data can't be written as YAML: {_reasons(document)}")


def markdown_text(front_matter: Mapping[str, Value], body: str, *, any_body: bool = False) -> str:
    """A Markdown record: its front matter and, after a blank line, the body as it is.

    The front matter gets the line ends of the body. A body that `source` would refuse, because of a
    control character, raises Unwritable; `any_body` lets it through, for a check to find.
    """
    if not front_matter:
        raise Unwritable("a record has front matter, if only one line of it")
    newline = "\r\n" if "\r\n" in body[: body.find("\n") + 1] else "\n"
    head = f"---\n{yaml_text(front_matter)}---\n".replace("\n", newline)
    rest = newline + body if body and not body.startswith(newline) else body
    content = _bytes(head + rest)
    document = source.read("record.md", content, Format.MARKDOWN)
    intact = document.data == front_matter and document.body == rest.replace("\r\n", "\n")
    if not intact and not (any_body and len(content) <= source.MAX_BYTES):
        raise Unwritable(f"the record can't be written: {_reasons(document)}")
    return head + rest


def _reasons(document: Document) -> str:
    messages = [problem.message for problem in document.problems[:3]]
    return "; ".join(messages) or "it would read back as something else"


def _bytes(content: str | bytes) -> bytes:
    # A lone surrogate becomes bytes that are no UTF-8, and the reader says so.
    return content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content


def _has_null(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_null(part) for part in value.values())
    return any(_has_null(part) for part in value) if isinstance(value, list) else value is None


class _Resolver(VersionedResolver):
    """Says which texts need no quotes: those that every reader takes for text, dates among them."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """The tag that a scalar without quotes gets."""
        found = super().resolve(kind, value, implicit)
        if kind is not ScalarNode or not implicit[0] or not value:
            return found
        if source.reads_as_text(value):
            return self.DEFAULT_SCALAR_TAG
        # A tag that no text has makes the emitter quote it.
        return self.DEFAULT_MAPPING_TAG if found == self.DEFAULT_SCALAR_TAG else found


class _Emitter(Emitter):
    """Writes as people do: plain where it can be, else in double quotes, long texts as blocks."""

    def choose_scalar_style(self) -> Any:
        """How the scalar at hand is written: plain, quoted or as a block."""
        value, style = self.event.value, super().choose_scalar_style()
        if self.simple_key_context and value.isidentifier():
            # `on` is a key of records, and every key is text to their reader: no quotes, no tag.
            self.event.implicit = (True, *self.event.implicit[1:])
            return ""
        if style not in ("'", '"'):
            # `{a: ?b}` is a text for ruamel and no YAML for libyaml.
            return '"' if self.flow_level and value.startswith("?") else style
        if len(value) > WIDTH and not self.flow_level and not self.simple_key_context:
            return "|"
        return "'" if style == "'" and {'"', "\\"} & set(value) else '"'

    def write_plain(self, text: Any, split: Any = True) -> None:
        """Write a text without quotes, on several lines where it is long."""
        if not split or self.flow_level or "  " in text or self.column + len(text) < WIDTH:
            super().write_plain(text, False)
            return
        for number, word in enumerate(text.split(" ")):
            if number and self.column + len(word) >= WIDTH:
                self.write_indent()
            super().write_plain(word, False)


class _Careful(_Emitter):
    """Writes every text in double quotes that might be read otherwise in another form."""

    def choose_scalar_style(self) -> Any:
        """How the scalar at hand is written: plain or quoted."""
        style = super().choose_scalar_style()
        is_text = str(self.event.tag).endswith(":str") and not self.simple_key_context
        return '"' if is_text else style


def _dumped(data: Mapping[str, Value], emitter: type[Emitter]) -> str:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver, yaml.Emitter = _Resolver, emitter
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 1_000_000  # lines are broken here, or not at all
    stream = io.StringIO()
    yaml.dump(_node(data, 0, top=True), stream)
    return stream.getvalue()


def _node(value: Value | Mapping[str, Value], indent: int, start: int = 0, *, top: bool = False) -> Any:
    """The value as ruamel writes it: short lists and mappings on one line, texts of several lines as blocks.

    On one line it begins in the column `start`, on lines of its own in the column `indent`.
    """
    if isinstance(value, Mapping):
        mapping = CommentedMap(
            (key, _node(part, indent + 2, indent + len(key) + 2)) for key, part in value.items()
        )
        if not top and _fits(value.values(), value, start):
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq(_node(part, indent + 2, indent + 2) for part in value)
        if _fits(value, (), start):
            sequence.fa.set_flow_style()
        return sequence
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value) if value.strip() else DoubleQuotedScalarString(value)
    return value


def _fits(parts: Iterable[Value], keys: Iterable[str], start: int) -> bool:
    """Whether plain values fit on one line."""
    parts = list(parts)
    if any(isinstance(part, dict | list) or "\n" in str(part) for part in parts):
        return False
    return start + sum(len(str(part)) + 2 for part in (*parts, *keys)) <= WIDTH
