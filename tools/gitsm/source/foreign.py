"""YAML of other tools, read as leniently as is safe: a list of documents whose words know their place.

Tags and anchors, which records may not have, are read over; what an alias stands for is never put in
its place, so that no text can be made to grow.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Union

import yaml
from yaml._yaml import CParser
from yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent

from gitsm.diagnostic import Span
from gitsm.source.limits import MAX_DEPTH, MAX_NODES
from gitsm.source.places import span_of
from gitsm.source.syntax import parser_fails_at


class Scalar(NamedTuple):
    """A word or a text, and where it stands."""

    text: str
    span: Span


Node = Union[Scalar, "dict[str, Node]", "list[Node]", None]
"""A part of a foreign file; None stands for an alias."""


def read_foreign(text: str) -> list[Node]:
    """The documents of a foreign file; none where it is no YAML, or holds more than is read."""
    try:
        return _documents(text)
    except Exception:
        if parser_fails_at(text) is None:
            raise
        return []


def _documents(text: str) -> list[Node]:
    documents: list[Node] = []
    around: list[list[Node] | dict[str, Node]] = [documents]
    keys: list[str | None] = [None]  # for each of them the key whose value is due
    nodes = 0
    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        if isinstance(event, yaml.CollectionEndEvent):
            around.pop()
            keys.pop()
        if not isinstance(event, yaml.NodeEvent):
            continue
        nodes += 1
        if nodes > MAX_NODES or len(around) > MAX_DEPTH:
            return []
        inside = around[-1]
        if isinstance(inside, dict) and keys[-1] is None:
            if not isinstance(event, ScalarEvent):
                return []  # a list, a mapping or an alias as a key
            keys[-1] = event.value
            continue
        node = _node(event, text)
        if isinstance(inside, dict):
            inside[keys[-1] or ""] = node
            keys[-1] = None
        else:
            inside.append(node)
        if isinstance(node, dict | list):
            around.append(node)
            keys.append(None)
    return documents


def _node(event: Any, text: str) -> Node:
    if isinstance(event, ScalarEvent):
        return Scalar(event.value, span_of(event, text))
    if isinstance(event, MappingStartEvent):
        return {}
    return [] if isinstance(event, SequenceStartEvent) else None
