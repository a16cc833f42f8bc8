"""Refuses what YAML can say and plain data can't: tags, anchors, aliases, merge keys, directives, and
anything but ASCII text for a key.
"""

from __future__ import annotations

import re
from typing import Any

from yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent, StreamEndEvent

from gitsm.diagnostic import Span
from gitsm.source.characters import FORBIDDEN, name_of
from gitsm.source.limits import MAX_DEPTH
from gitsm.source.places import span_of
from gitsm.source.problems import Problems, Stop, short, span_at
from gitsm.source.syntax import TO_QUOTE, refuse_blank_indentation

_NO_DATA = "there is no data here, a record holds keys with values"
_KEY_VALUE = "write lines of `key: value`"
_IN_FULL = "write the values out, or put the text in quotes"
_WORD = re.compile(r"[^\s,\[\]{}]+")


def beyond(problems: Problems, event: Any, message: str, hint: str) -> None:
    """Says that plain data has no use for this; the span is the word that it begins with."""
    mark = event.start_mark
    word = _WORD.match(problems.text, mark.index)
    line, column = mark.line + 1, mark.column + 1
    span = Span(line, column, line, column + (len(word[0]) if word else 1))
    problems.add("yaml-beyond-plain-data", message, span, hint)


def check_beginning(problems: Problems, event: Any) -> None:
    """A document begins, and with no directive."""
    if type(event) is StreamEndEvent:
        problems.fail(_NO_DATA, Span(1, 1, 1, 1), _KEY_VALUE)
    if event.version or event.tags:
        beyond(problems, event, "a directive stands here, records are plain data", "delete the line")


def check_top(problems: Problems, event: Any) -> None:
    """The document is a mapping."""
    kind = type(event)
    if kind is MappingStartEvent:
        check_annotations(problems, event)
        return
    if kind is ScalarEvent and not event.value and not event.style:
        problems.fail(_NO_DATA, Span(1, 1, 1, 1), _KEY_VALUE)
    what = {SequenceStartEvent: "a list", ScalarEvent: "a single value"}.get(kind, "an alias")
    index = event.start_mark.index
    if refuse_blank_indentation(problems, index):
        raise Stop
    line = problems.text[index:].partition("\n")[0].rstrip()
    span = span_at(problems.text, index, len(line))
    problems.fail(f"{what} stands here, a record holds keys with values", span, _KEY_VALUE)


def check_annotations(problems: Problems, event: Any) -> None:
    """Nothing has a tag or an anchor."""
    if event.tag is not None:
        tag = short(event.tag.replace("tag:yaml.org,2002:", "!!"))
        message = f"a tag `{tag}` stands here, records are plain data"
        beyond(problems, event, message, "delete the tag, or put a text that begins with ! in quotes")
    if event.anchor is not None:
        message = f"an anchor `&{short(event.anchor)}` stands here, records are plain data"
        beyond(problems, event, message, "delete the anchor, or put a text that begins with & in quotes")


def refuse_alias(problems: Problems, event: Any) -> None:
    """Plain data is written out where it stands."""
    message = f"an alias `*{short(event.anchor)}` stands here, records are plain data"
    beyond(problems, event, message, _IN_FULL)


def check_nesting(problems: Problems, event: Any, key: str | int | None, depth: int) -> None:
    """A list or mapping is no key, and so many around each other are enough."""
    if key is None:
        beyond(problems, event, "a list or mapping stands where a key is due, keys are text", TO_QUOTE)
        raise Stop
    if depth > MAX_DEPTH:
        message = f"lists and mappings stand in each other more than {MAX_DEPTH} deep here"
        beyond(problems, event, message, "")
        raise Stop


def check_key(problems: Problems, event: Any) -> None:
    """A key is text that anybody can type, and no merge key."""
    key = event.value
    if not key:
        beyond(problems, event, "a key is empty", "write the key before the colon")
    elif key == "<<" and not event.style:
        beyond(problems, event, "a merge key `<<` stands here, records are plain data", _IN_FULL)
    elif not (key.isascii() and key.isprintable()):
        odd = next(character for character in key if not (character.isascii() and character.isprintable()))
        if not refuse_blank_indentation(problems, event.start_mark.index):
            message = f"key `{short(key)}` holds {name_of(odd)}, keys are ASCII"
            span = span_of(event, problems.text)
            problems.add("yaml-beyond-plain-data", message, span, "type the key anew")


def check_escapes(problems: Problems, event: Any) -> None:
    """No escape in double quotes makes a character that is forbidden where it can be seen."""
    found = FORBIDDEN.search(event.value) or re.search("\r", event.value)
    if found:
        message = f"an escape in this text makes {name_of(found[0])}"
        problems.add("forbidden-character", message, span_of(event, problems.text), "delete the escape")
