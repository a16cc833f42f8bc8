"""YAML as other tools write it, with anchors, aliases and merge keys, read into plain values within bounds.

What an alias stands for is one value that is held in several places, never a copy of it, so that no text
can be made to grow; what merge keys copy is counted. Nothing of a file is executed or followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Union

import yaml
from yaml._yaml import CParser
from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent

from gitsm.source import MAX_DEPTH, MAX_NODES


class Instead(NamedTuple):
    """A value that takes the place of one in an earlier file, where others are merged: `!override`.

    With `!reset` it is None."""

    value: Loose


Loose = Union[None, str, "list[Loose]", "dict[str, Loose]", Instead]
"""A foreign value. Numbers and flags stay the words that they are written with."""


class Unreadable(Exception):
    """A foreign file can't be read; the message says why, and at which line."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    holder: list[Loose] | dict[str, Loose]
    key: str | None = None
    merged: list[Loose] = field(default_factory=list)


def read_anchored(content: bytes) -> Loose:
    """What the one document of a file holds. Raises Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("it is not UTF-8") from error
    try:
        return _Reader().read(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise Unreadable(
            f"{where}it is no YAML: {getattr(error, 'problem', None) or 'bad characters'}"
        ) from error
    except (ValueError, UnicodeError) as error:  # such as half a character in an escape
        raise Unreadable("it is no YAML: bad characters") from error


class _Reader:
    def __init__(self) -> None:
        self._documents: list[Loose] = []
        self._around: list[_Open] = [_Open(self._documents)]
        self._anchors: dict[str, Loose] = {}
        self._left = MAX_NODES

    def read(self, text: str) -> Loose:
        """The one document of a text."""
        parser = CParser(text)
        while (event := parser.get_event()) is not None:
            if isinstance(event, yaml.CollectionEndEvent):
                self._end(event)
            elif isinstance(event, yaml.NodeEvent):
                self._begin(event)
        if len(self._documents) > 1:
            raise Unreadable("it holds several documents")
        return self._documents[0] if self._documents else None

    def _begin(self, event: Any) -> None:
        self._spend(event, 1)
        inside = self._around[-1]
        if isinstance(inside.holder, dict) and inside.key is None:
            inside.key = self._key(event, inside.holder)
            return
        value = self._value(event)
        if isinstance(event, MappingStartEvent | SequenceStartEvent) and len(self._around) > MAX_DEPTH:
            raise _at(event, f"lists and mappings stand in each other more than {MAX_DEPTH} deep")
        tag = None if isinstance(event, AliasEvent) else event.tag
        self._put(inside, Instead(None if tag == "!reset" else value) if tag in _INSTEAD else value)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            assert isinstance(value, list | dict)
            self._around.append(_Open(value))

    def _key(self, event: Any, holder: dict[str, Loose]) -> str:
        # In a compose file an alias may well be a key.
        is_alias = isinstance(event, AliasEvent)
        key = self._anchors.get(str(event.anchor)) if is_alias else getattr(event, "value", None)
        if not isinstance(key, str):
            raise _at(event, "a list, a mapping or an alias stands where a key is due")
        if key == "<<" and isinstance(event, ScalarEvent) and not event.style:
            return _MERGE
        if key in holder:
            raise _at(event, "a key stands there twice")
        return key

    def _value(self, event: Any) -> Loose:
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                raise _at(event, "an alias stands for nothing")
            value = self._anchors[event.anchor]
            if any(each.holder is value for each in self._around):
                raise _at(event, "something holds itself")
            return value
        made: Loose
        if isinstance(event, MappingStartEvent):
            made = {}
        elif isinstance(event, SequenceStartEvent):
            made = []
        else:
            made = None if not event.style and event.value in _NULL else event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = made
        return made

    @staticmethod
    def _put(inside: _Open, value: Loose) -> None:
        if isinstance(inside.holder, list):
            inside.holder.append(value)
            return
        assert inside.key is not None
        if inside.key == _MERGE:
            inside.merged.append(value)
        else:
            inside.holder[inside.key] = value
        inside.key = None

    def _end(self, event: Any) -> None:
        done = self._around.pop()
        for each in _flat(done.merged):
            if not isinstance(each, dict) or not isinstance(done.holder, dict):
                raise _at(event, "above here, something is merged that is no mapping")
            self._spend(event, len(each) + 1)
            for key, value in each.items():
                done.holder.setdefault(key, value)

    def _spend(self, event: Any, nodes: int) -> None:
        self._left -= nodes
        if self._left < 0:
            raise _at(event, f"it holds more than {MAX_NODES:,} values")


_MERGE = "\0merge"
_NULL = ("", "~", "null", "Null", "NULL")
_INSTEAD = ("!override", "!reset")


def _flat(merged: list[Loose]) -> Iterator[Loose]:
    for each in merged:
        if isinstance(each, list):
            yield from each
        else:
            yield each


def _at(event: Any, message: str) -> Unreadable:
    return Unreadable(f"line {event.start_mark.line + 1}: {message}")
