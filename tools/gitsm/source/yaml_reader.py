"""Reads the YAML of one file, event by event: plain data, what is wrong with it, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from gitsm.diagnostic import DataPath, Place, Severity
from gitsm.source.limits import MAX_NODES, Value
from gitsm.source.places import Places, span_of
from gitsm.source.plain_data import (
    beyond,
    check_annotations,
    check_beginning,
    check_escapes,
    check_key,
    check_nesting,
    check_top,
    refuse_alias,
)
from gitsm.source.problems import Problems, Stop, problem, short, span_at
from gitsm.source.scalars import (
    CORE_NUMBER,
    CORE_WORDS,
    NUMBER_LIKE,
    NUMBER_STARTS,
    SIMPLE_NUMBER,
    WORDS,
    ambiguous,
    meaning_elsewhere,
    number_value,
)
from gitsm.source.syntax import TO_QUOTE, parser_fails_at, refuse_syntax

_ITEM = -1  # stands for the key while the current collection is a list


class _PlacesNeeded(Exception):
    """A problem names an earlier place too, so the text is read again with places kept."""


class Reading:
    """One pass over one YAML document: events in; plain data, problems and (where asked) places out."""

    def __init__(self, file: str, text: str, places: Places | None = None) -> None:
        self.file = file
        self.text = text
        self.places = places
        self.problems = Problems(file, text)
        # The collections around the current one, each with the key or index at which the next one stands in it.
        self.stack: list[tuple[Any, str | int]] = []

    def run(self) -> dict[str, Value] | None:
        """The data, or None; the problems say why."""
        try:
            return self._document()
        except Stop:
            return None
        except _PlacesNeeded:
            again = Reading(self.file, self.text, Places(self.text))
            data = again.run()
            self.problems = again.problems
            return data

    def _document(self) -> dict[str, Value]:
        try:
            get_event: Callable[[], Any] = CParser(self.text).get_event
            if len(self.text) > MAX_NODES // 2:  # a shorter text can't hold so many
                get_event = self._counted(get_event)
            get_event()
            check_beginning(self.problems, get_event())
            data = self._mapping(get_event(), get_event)
            get_event()
            event = get_event()
            if type(event) is DocumentStartEvent:
                message = "a second document begins here, a record is one"
                beyond(self.problems, event, message, "give each record its own file")
            return data
        except (Stop, _PlacesNeeded):
            raise
        except yaml.YAMLError as error:
            refuse_syntax(self.problems, error)
        except Exception as error:
            # The parser has other ways to fail, such as a tag with broken percent signs. Whether it was the
            # parser or a fault of our own shows when it reads the same text alone.
            index = parser_fails_at(self.text)
            if index is None:
                raise
            message = f"this can't be read ({type(error).__name__})"
            index = max(self.text.find("!", index), index)
            self.problems.fail(message, span_at(self.text, index), TO_QUOTE)

    def _counted(self, get_event: Callable[[], Any]) -> Callable[[], Any]:
        nodes = 0

        def counting() -> Any:
            nonlocal nodes
            event = get_event()
            nodes += isinstance(event, yaml.NodeEvent)
            if nodes > MAX_NODES:
                message = f"the file holds more than {MAX_NODES:,} values here"
                beyond(self.problems, event, message, "split the record")
                raise Stop
            return event

        return counting

    def _mapping(self, event: Any, get_event: Callable[[], Any]) -> dict[str, Value]:
        """The hot loop, in one piece because a call for each event would cost; the rare is elsewhere."""
        problems, places, stack = self.problems, self.places, self.stack
        annotated = "!" in self.text or "&" in self.text
        check_top(problems, event)
        root: dict[str, Value] = {}
        current: Any = root
        key: Any = None  # None: a key is due
        key_event = None
        if places is not None:
            places.keep((), None, event)
        while True:
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                value = event.value
                if annotated:
                    check_annotations(problems, event)
                if key is None:
                    if not (value.isidentifier() and value.isascii()):
                        check_key(problems, event)
                    if value in current:
                        self._duplicate(event)
                    key, key_event = value, event
                    continue
                if event.style:
                    if event.style == '"' and not value.isprintable():
                        check_escapes(problems, event)
                elif value in WORDS:
                    value = self._word(event, current, key)
                elif value[0] in NUMBER_STARTS:
                    value = self._number(event, current, key)
                if places is not None:
                    places.keep(self._path(current, key), key_event, event)
                if key is _ITEM:
                    current.append(value)
                else:
                    current[key] = value
                    key = key_event = None
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if annotated:
                    check_annotations(problems, event)
                check_nesting(
                    problems, event, key, len(stack) + 2
                )  # this one, and the top, which isn't on it
                if places is not None:
                    places.keep(self._path(current, key), key_event, event)
                fresh: Any = {} if kind is MappingStartEvent else []
                if key is _ITEM:
                    stack.append((current, len(current)))
                    current.append(fresh)
                else:
                    stack.append((current, key))
                    current[key] = fresh
                current, key, key_event = fresh, (None if kind is MappingStartEvent else _ITEM), None
            elif kind is AliasEvent:
                refuse_alias(problems, event)
                if key is None:
                    key, key_event = f"*{event.anchor}", event
                    continue
                if places is not None:
                    places.keep(self._path(current, key), key_event, event)
                if key is _ITEM:
                    current.append(None)
                else:
                    current[key] = key = key_event = None
            else:  # the current collection ends
                if places is not None:
                    places.close(self._around(), event)
                if not stack:
                    return root
                current, key = stack.pop()
                key = _ITEM if type(current) is list else None

    def _around(self) -> DataPath:
        return tuple(step for _, step in self.stack)

    def _path(self, current: Any, key: str | int) -> DataPath:
        return (*self._around(), len(current) if key is _ITEM else key)

    def _duplicate(self, event: Any) -> None:
        if self.places is None:
            raise _PlacesNeeded
        if self.problems.enough("duplicate-key"):
            return
        path = (*self._around(), event.value)
        key, value = self.places.spans[path]
        first = Place(self.file, path, key or value, "first written here", on_key=True)
        message, span = f"key `{short(event.value)}` is written twice", span_of(event, self.text)
        found = problem("duplicate-key", message, self.file, span, "keep one of the two")
        self.problems.shown.append(replace(found, related=(first,)))

    # plain scalars, by the core schema of YAML 1.2

    def _word(self, event: Any, current: Any, key: Any) -> Value:
        value: str = event.value
        if value in CORE_WORDS:
            return CORE_WORDS[value]
        self._warn_ambiguous(event, value, current, key)
        return value

    def _number(self, event: Any, current: Any, key: Any) -> Value:
        text: str = event.value
        simple = SIMPLE_NUMBER(text)
        if simple is not None:
            return int(text) if simple.lastindex is None else float(text)
        if not NUMBER_LIKE(text):
            return text
        value: Value = text
        match = CORE_NUMBER(text)
        if match is not None:
            value = number_value(text, match)
            if isinstance(value, str):
                message, span = f"`{short(text)}` {value}", span_of(event, self.text)
                self.problems.add("yaml-beyond-plain-data", message, span, "put it in quotes if it is text")
                return text
        if ambiguous(text):
            self._warn_ambiguous(event, value, current, key)
        return value

    def _warn_ambiguous(self, event: Any, value: Value, current: Any, key: Any) -> None:
        if self.problems.enough("ambiguous-scalar"):
            return
        text = event.value
        there, here = meaning_elsewhere(text), "text" if value == text else repr(value)
        hint = "put it in quotes"
        number = here if here != "text" else there
        if number[-1].isdigit() and ":" not in text:
            hint += f", or write {number} for the number"
        message = f"`{short(text)}` is {there} for YAML 1.1 tools and {here} here"
        path, span = self._path(current, key), span_of(event, self.text)
        found = problem("ambiguous-scalar", message, self.file, span, hint, path=path)
        self.problems.shown.append(replace(found, severity=Severity.WARNING))
