"""Turns the bytes of a file into plain data, and says at which line and column any part of it stands.

YAML is read as YAML 1.2 and Markdown with its front matter. Whatever the bytes are, the answer is a
`Document`: with data, or with problems that name a line, a column and a sentence. Records are plain
data, so tags, anchors, aliases, merge keys, directives and second documents are refused, and keys are
always text.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, NoReturn

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from gitsm.diagnostic import DataPath, Diagnostic, Place, Severity, Span

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
"""What a document is made of. Dates stay text: what a date is, the reader of the field decides."""

MAX_BYTES = 256 * 1024
"""A larger file is refused before it is read."""
MAX_DEPTH = 32
"""Lists and mappings stand in each other at most this deep."""
MAX_NODES = 50_000
"""Keys, values, lists and mappings of one file, all counted."""
MAX_DIGITS = 18
"""A number with more digits is refused: the next tool would round it."""
MAX_CHARACTERS_SHOWN = 20
"""This many forbidden characters of a file are shown one by one."""
MAX_PROBLEMS_SHOWN = 100
"""This many problems of one rule are shown for a file; the last of them says how many more there are."""


class Format(StrEnum):
    """How a file is written."""

    YAML = "yaml"
    MARKDOWN = "markdown"


@dataclass(frozen=True)
class Document:
    """What one file holds. `data` is None exactly where one of the problems is an error.

    A leading byte order mark is no part of `text`. `body` is the Markdown after the front matter, its
    line ends made `\\n`; it begins at line `body_line`. Positions are not kept: the first call of `span`
    reads the text again.
    """

    file: str
    text: str
    data: dict[str, Value] | None
    problems: tuple[Diagnostic, ...] = ()
    body: str = ""
    body_line: int = 0
    _yaml: str = field(
        default="", repr=False
    )  # the part of the text that is YAML, as the parser was given it

    def span(self, path: DataPath, *, on_key: bool = False) -> Span:
        """Where the value at this path stands, or its key; else the nearest thing above it that exists.

        A value that isn't written (`owner:`) has an empty span right after the colon. List items and
        the document as a whole have no key, so that their value is given.
        """
        for length in range(len(path), -1, -1):
            found = self._places.get(tuple(path[:length]))
            if found is not None:
                key, value = found
                return key if on_key and key is not None else value
        return Span(1, 1, 1, 1)

    def comments(self) -> Iterator[tuple[int, int, str]]:
        """Line, column and text of each comment: `# ...` in YAML, `<!-- ... -->` in a body outside code.

        The column is that of the `#` or of the `<`; the text is all that follows it, blanks included.
        """
        yield from _yaml_comments(self._yaml)
        yield from _body_comments(self.body, self.body_line)

    @cached_property
    def _places(self) -> _Places:
        places: _Places = {}
        _Reading(self.file, self._yaml, places).run()
        return places


def read(file: str, content: bytes, format: Format) -> Document:
    """Reads one file. No bytes make it fail: what can't be read is said in the document's problems."""
    if len(content) > MAX_BYTES:
        return Document(file, "", None, (too_large(file, len(content)),))
    try:
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return Document(file, "", None, (_undecodable(file, content, error),))
    problems: list[Diagnostic] = []
    part = text
    if content.translate(None, _HARMLESS_BYTES) and _FORBIDDEN.search(text):
        if "\0" in text:
            return Document(file, text, None, (_holds_nul(file, content, text),))
        problems.extend(_forbidden_characters(file, text))
        part = _FORBIDDEN.sub(_stand_in, text)
    body, body_line = "", 0
    if format is Format.MARKDOWN:
        end = _front_matter_end(part)
        if end is None:
            problems.extend(_broken_front_matter(file, text))
            return Document(file, text, None, tuple(_in_order(problems, {})))
        part = part[: end.start()]
        body, body_line = text[end.end() :].replace("\r\n", "\n"), part.count("\n") + 2
    reading = _Reading(file, part)
    data = reading.run()
    if problems:
        # A syntax error may be nothing but a consequence of the character that stands there.
        problems.extend(found for found in reading.problems if found.rule != "invalid-yaml")
    else:
        problems = reading.problems
    if problems:
        problems = _in_order(problems, reading.found)
        if any(found.severity is Severity.ERROR for found in problems):
            data = None
    return Document(file, text, data, tuple(problems), body, body_line, part)


def too_large(file: str, size: int) -> Diagnostic:
    """The problem of a file of this size, so that it can be refused without being read."""
    message = f"the file has {size:,} bytes, a record has {MAX_BYTES:,} at most"
    return _problem(
        "unreadable-file", message, file, Span(1, 1, 1, 1), "keep data beside the records and link it"
    )


def ambiguous(text: str) -> bool:
    """Whether tools that read YAML 1.1 see something else than YAML 1.2 does in this text without quotes.

    Dates don't count: they are text here, and such tools make the same day of them.
    """
    if text in _OLD_BOOLEANS or text in _OLD_SPECIALS:
        return True
    if text in _CORE_WORDS or text[0] not in _NUMBER_STARTS or not _NUMBER_LIKE(text):
        return False
    old: str = _yaml_1_1.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    new = _CORE_NUMBER(text)
    if new is None:
        return old in (_INT_TAG, _FLOAT_TAG)
    if new.lastindex == _DECIMAL:
        # A leading zero makes the number octal there; below 8 that is the same number.
        return old != _INT_TAG or (text.lstrip("+-")[0] == "0" and len(text.lstrip("+-0")) > 1)
    return old != (_INT_TAG if new.lastindex in (_OCTAL, _HEX) else _FLOAT_TAG)


def reads_as_text(text: str) -> bool:
    """Whether these characters without quotes are text for YAML 1.2 and 1.1 alike, and no number or word.

    It looks at the meaning only: `a: b` needs quotes for its colon.
    """
    if text in _CORE_WORDS or ambiguous(text):
        return False
    return text[0] not in _NUMBER_STARTS or _CORE_NUMBER(text) is None


# ---------------------------------------------------------------------------------------------------------
# Bytes and characters

_HARMLESS_BYTES = bytes([0x09, 0x0A, *range(0x20, 0x7F)])

# Everything that is there and not seen, or that acts on the screen instead of being read: control (Cc) and
# format (Cf) characters, line ends other than LF and CRLF, invisible letters (the Hangul fillers) and code
# points that are no characters at all. Private use is left alone.
_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160"
    "\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb"
    "\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e007f"
) + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
# Honest prose has joiners in two places: between the pictures of an emoji, and in the Arabic and Indic
# scripts, where they choose a letter's form. Everywhere else they hide. Variation selectors choose
# the look of the character before them; a row of them is hidden data.
_PICTURES = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff"
_JOINED_SCRIPTS = "\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af"
_VARIATION = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_FORBIDDEN = re.compile(
    f"[{_INVISIBLE}]"
    "|\r(?!\n)"
    f"|[\u200c\u200d](?!(?<=[{_JOINED_SCRIPTS}].)|(?<=[{_PICTURES}]\u200d)[{_PICTURES}])"
    f"|[{_VARIATION}](?<=[{_VARIATION}]{{2}})"
)
_NAMES = {"\x1b": "escape", "\x7f": "delete", "\x85": "next line", "\r": "carriage return without line feed"}
_NAMES["\ufeff"] = "byte order mark"


def _problem(rule: str, message: str, file: str, span: Span, hint: str = "", **place: Any) -> Diagnostic:
    return Diagnostic(message, Place(file, span=span, **place), hint, rule=rule)


def _in_order(problems: Iterable[Diagnostic], found: Mapping[str, int]) -> list[Diagnostic]:
    """Sorted by place; where more of a rule were found than are shown, the last one says so."""
    shown = sorted(problems, key=lambda problem: problem.place.span or Span(1, 1, 1, 1))
    for rule, count in found.items():
        if count > MAX_PROBLEMS_SHOWN:
            last = max(index for index, problem in enumerate(shown) if problem.rule == rule)
            shown[last] = _and_more(shown[last], count - MAX_PROBLEMS_SHOWN)
    return shown


def _and_more(found: Diagnostic, count: int) -> Diagnostic:
    return replace(found, hint=f"{found.hint}; {count:,} more like it in this file".removeprefix("; "))


def _span_at(text: str, start: int, length: int = 1) -> Span:
    """The span of a few characters of one line."""
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Span(line, column, line, column + length)


def _undecodable(file: str, content: bytes, error: UnicodeDecodeError) -> Diagnostic:
    before = content[: error.start].decode().removeprefix("\ufeff")
    span = _span_at(before, len(before))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message, hint = "the file looks like UTF-16, a record is UTF-8", "save it as UTF-8"
    elif error.reason == "unexpected end of data":
        message, hint = (
            "the file ends in the middle of a character, as if it were cut off",
            "save it again as UTF-8",
        )
    elif _CONTROL_BYTES.search(content):
        message, hint = f"byte 0x{content[error.start]:02x} is not UTF-8, the file looks like binary data", ""
    else:
        letter = content[error.start : error.start + 1].decode("cp1252", "replace")
        message = (
            f"byte 0x{content[error.start]:02x} is not UTF-8, the file looks like Windows-1252 or Latin-1"
        )
        hint = f"save it as UTF-8; the byte would be {letter} there"
    return _problem("unreadable-file", message, file, span, hint)


_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def _holds_nul(file: str, content: bytes, text: str) -> Diagnostic:
    span = _span_at(text, text.index("\0"))
    if content.count(0) * 3 > len(content):
        return _problem(
            "unreadable-file",
            "the file looks like UTF-16 without a byte order mark, a record is UTF-8",
            file,
            span,
            "save it as UTF-8",
        )
    return _problem("unreadable-file", "a NUL byte stands here, a record is text", file, span)


def _name_of(character: str) -> str:
    name = _NAMES.get(character) or unicodedata.name(character, "").lower()
    if not name:
        name = "control character" if unicodedata.category(character) == "Cc" else "no character"
    return f"U+{ord(character):04X} ({name})"


def _forbidden_characters(file: str, text: str) -> Iterator[Diagnostic]:
    matches = list(_FORBIDDEN.finditer(text))
    for number, match in enumerate(matches[:MAX_CHARACTERS_SHOWN], 1):
        hint = "delete it: it can't be seen, or makes the text look otherwise than it is"
        if match[0] == "\r":
            hint = "save the file with line ends LF or CRLF"
        found = _problem(
            "forbidden-character",
            f"{_name_of(match[0])} stands in the text",
            file,
            _span_at(text, match.start()),
            hint,
        )
        is_last = number == MAX_CHARACTERS_SHOWN < len(matches)
        yield _and_more(found, len(matches) - number) if is_last else found


def _stand_in(match: re.Match[str]) -> str:
    """What the parser sees instead of a forbidden character, so that it can go on: one of the same width."""
    return " " if match[0] in "\r\x85\u2028\u2029" else "_"


# ---------------------------------------------------------------------------------------------------------
# Markdown

_OPENING = re.compile(r"---[ \t]*(?:\r?\n|\Z)")
_CLOSING = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_NEARLY_CLOSING = re.compile(r"^[ \t]*(?:-{2,}|\.{3}|—|–)[ \t]*\r?$", re.MULTILINE)


def _front_matter_end(text: str) -> re.Match[str] | None:
    """The line that closes the front matter. The YAML before it, opening line included, is one document."""
    opening = _OPENING.match(text)
    return _CLOSING.search(text, opening.end()) if opening else None


def _broken_front_matter(file: str, text: str) -> Iterator[Diagnostic]:
    opening = _OPENING.match(text)
    if opening is None:
        message, hint = (
            "the file does not begin with front matter",
            "begin line 1 with --- and nothing before it",
        )
        yield _problem(
            "broken-front-matter", message, file, Span(1, 1, 1, 1 + len(text.partition("\n")[0])), hint
        )
        return
    message = "the front matter that begins here is never closed"
    found = _problem(
        "broken-front-matter", message, file, Span(1, 1, 1, 4), "close it with a line of --- alone"
    )
    nearly = _NEARLY_CLOSING.search(text, opening.end())
    if nearly:
        span = _span_at(text, nearly.start(), len(nearly[0].rstrip()))
        found = replace(found, related=(Place(file, span=span, label="this line does not close it"),))
    yield found


# ---------------------------------------------------------------------------------------------------------
# YAML

_Places = dict[DataPath, tuple[Span | None, Span]]

_ITEM = -1  # stands for the key while the current collection is a list


class _Stop(Exception):
    """What was found leaves nothing to read on for."""


class _PlacesNeeded(Exception):
    """A problem names an earlier place too, so the text is read again with places kept."""


class _Reading:
    """One pass over one YAML document: events in; plain data, problems and (where asked) places out."""

    def __init__(self, file: str, text: str, places: _Places | None = None) -> None:
        self.file = file
        self.text = text
        self.places = places
        self.problems: list[Diagnostic] = []
        self.found: Counter[str] = Counter()  # how many problems of each rule, shown or not
        # The collections around the current one, each with the key or index at which the next one stands in it.
        self.stack: list[tuple[Any, str | int]] = []
        self.reached = (1, 1)  # where the last value kept ends, and so the block collections that it closes

    def run(self) -> dict[str, Value] | None:
        """The data, or None; the problems say why."""
        try:
            return self._document()
        except _Stop:
            return None
        except _PlacesNeeded:
            again = _Reading(self.file, self.text, {})
            data = again.run()
            self.problems, self.found = again.problems, again.found
            return data

    def _document(self) -> dict[str, Value]:
        try:
            get_event: Callable[[], Any] = CParser(self.text).get_event
            if len(self.text) > MAX_NODES // 2:  # a shorter text can't hold so many
                get_event = self._counted(get_event)
            get_event()
            self._begin(get_event())
            data = self._mapping(get_event(), get_event)
            get_event()
            event = get_event()
            if type(event) is DocumentStartEvent:
                self._beyond(
                    event, "a second document begins here, a record is one", "give each record its own file"
                )
            return data
        except (_Stop, _PlacesNeeded):
            raise
        except yaml.YAMLError as error:
            self._syntax(error)
        except Exception as error:
            # The parser has other ways to fail, such as a tag with broken percent signs. Whether it was the
            # parser or a fault of our own shows when it reads the same text alone.
            index = _parser_fails_at(self.text)
            if index is None:
                raise
            index = max(self.text.find("!", index), index)
            self._fail(f"this can't be read ({type(error).__name__})", _span_at(self.text, index), _TO_QUOTE)

    def _counted(self, get_event: Callable[[], Any]) -> Callable[[], Any]:
        nodes = 0

        def counting() -> Any:
            nonlocal nodes
            event = get_event()
            nodes += isinstance(event, yaml.NodeEvent)
            if nodes > MAX_NODES:
                self._beyond(event, f"the file holds more than {MAX_NODES:,} values here", "split the record")
                raise _Stop
            return event

        return counting

    def _begin(self, event: Any) -> None:
        if type(event) is StreamEndEvent:
            self._fail(_NO_DATA, Span(1, 1, 1, 1), _KEY_VALUE)
        if event.version or event.tags:
            self._beyond(event, "a directive stands here, records are plain data", "delete the line")

    def _mapping(self, event: Any, get_event: Callable[[], Any]) -> dict[str, Value]:
        """The hot loop, in one piece because a call for each event would cost; the rare is elsewhere."""
        self._check_top(event)
        places, stack, annotated = self.places, self.stack, "!" in self.text or "&" in self.text
        root: dict[str, Value] = {}
        current: Any = root
        key: Any = None  # None: a key is due
        key_event = None
        self._keep((), None, event)
        while True:
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                value = event.value
                if annotated:
                    self._check_annotations(event)
                if key is None:
                    if not (value.isidentifier() and value.isascii()):
                        self._check_key(event)
                    if value in current:
                        self._duplicate(event)
                    key, key_event = value, event
                    continue
                if event.style:
                    if event.style == '"' and not value.isprintable():
                        self._check_escapes(event)
                elif value in _WORDS:
                    value = self._word(event, current, key)
                elif value[0] in _NUMBER_STARTS:
                    value = self._number(event, current, key)
                if places is not None:
                    self._keep(self._path(current, key), key_event, event)
                if key is _ITEM:
                    current.append(value)
                else:
                    current[key] = value
                    key = key_event = None
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if annotated:
                    self._check_annotations(event)
                self._check_nesting(event, key)
                if places is not None:
                    self._keep(self._path(current, key), key_event, event)
                fresh: Any = {} if kind is MappingStartEvent else []
                if key is _ITEM:
                    stack.append((current, len(current)))
                    current.append(fresh)
                else:
                    stack.append((current, key))
                    current[key] = fresh
                current, key, key_event = fresh, (None if kind is MappingStartEvent else _ITEM), None
            elif kind is AliasEvent:
                self._beyond(
                    event, f"an alias `*{_short(event.anchor)}` stands here, records are plain data", _IN_FULL
                )
                if key is None:
                    key, key_event = f"*{event.anchor}", event
                    continue
                self._keep(self._path(current, key), key_event, event)
                if key is _ITEM:
                    current.append(None)
                else:
                    current[key] = key = key_event = None
            else:  # the current collection ends
                if places is not None:
                    self._close(event)
                if not stack:
                    return root
                current, key = stack.pop()
                key = _ITEM if type(current) is list else None

    # places

    def _path(self, current: Any, key: str | int) -> DataPath:
        return (*(step for _, step in self.stack), len(current) if key is _ITEM else key)

    def _keep(self, path: DataPath, key_event: Any, event: Any) -> None:
        if self.places is None:
            return
        span = self._span(event)
        self.reached = (span.end_line, span.end_column)
        # Of duplicate keys the first one is kept, so that the second can name it.
        self.places.setdefault(path, (self._span(key_event) if key_event is not None else None, span))

    def _close(self, event: Any) -> None:
        """Gives a collection its end; of block style the parser only says where the next thing begins."""
        assert self.places is not None
        path = tuple(step for _, step in self.stack)
        if event.end_mark.index > event.start_mark.index:  # a closing bracket
            self.reached = (event.end_mark.line + 1, event.end_mark.column + 1)
        key, span = self.places[path]
        if (span.line, span.column) < self.reached:
            self.places[path] = (key, Span(span.line, span.column, *self.reached))

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        if getattr(event, "style", None) in ("|", ">"):
            # The parser's end is the next line that isn't blank; ours is that of the last line of the text,
            # unless `+` says that the blank lines are part of it.
            written = self.text[start.index : end.index]
            keeps = "+" in written.partition("\n")[0].partition("#")[0]
            written = written.removesuffix("\n").removesuffix("\r") if keeps else written.rstrip(" \t\r\n")
            last = written.rpartition("\n")[2]
            column = start.column + 1 if last is written else 1
            return Span(
                start.line + 1, start.column + 1, start.line + 1 + written.count("\n"), column + len(last)
            )
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    # problems

    def _enough(self, rule: str) -> bool:
        """Counts one more problem of a rule; true when it isn't shown any more, so words can be spared."""
        self.found[rule] += 1
        return self.found[rule] > MAX_PROBLEMS_SHOWN

    def _add(self, rule: str, message: str, span: Span, hint: str = "") -> None:
        if not self._enough(rule):
            self.problems.append(_problem(rule, message, self.file, span, hint))

    def _fail(self, message: str, span: Span, hint: str = "") -> NoReturn:
        self._add("invalid-yaml", message, span, hint)
        raise _Stop

    def _beyond(self, event: Any, message: str, hint: str) -> None:
        """Something of YAML that plain data has no use for; the span is the word that it begins with."""
        mark = event.start_mark
        word = _WORD.match(self.text, mark.index)
        line, column = mark.line + 1, mark.column + 1
        span = Span(line, column, line, column + (len(word[0]) if word else 1))
        self._add("yaml-beyond-plain-data", message, span, hint)

    def _check_top(self, event: Any) -> None:
        kind = type(event)
        if kind is MappingStartEvent:
            self._check_annotations(event)
            return
        if kind is ScalarEvent and not event.value and not event.style:
            self._fail(_NO_DATA, Span(1, 1, 1, 1), _KEY_VALUE)
        what = (
            "a list"
            if kind is SequenceStartEvent
            else "a single value"
            if kind is ScalarEvent
            else "an alias"
        )
        index = event.start_mark.index
        line = self.text[index:].partition("\n")[0].rstrip()
        if self._blank_indentation(index):
            raise _Stop
        self._fail(
            f"{what} stands here, a record holds keys with values",
            _span_at(self.text, index, len(line)),
            _KEY_VALUE,
        )

    def _check_annotations(self, event: Any) -> None:
        if event.tag is not None:
            tag = _short(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._beyond(
                event,
                f"a tag `{tag}` stands here, records are plain data",
                "delete the tag, or put a text that begins with ! in quotes",
            )
        if event.anchor is not None:
            self._beyond(
                event,
                f"an anchor `&{_short(event.anchor)}` stands here, records are plain data",
                "delete the anchor, or put a text that begins with & in quotes",
            )

    def _check_nesting(self, event: Any, key: str | int | None) -> None:
        if key is None:
            self._beyond(event, "a list or mapping stands where a key is due, keys are text", _TO_QUOTE)
            raise _Stop
        if len(self.stack) + 2 > MAX_DEPTH:  # this one, and the top level, which isn't on the stack
            self._beyond(event, f"lists and mappings stand in each other more than {MAX_DEPTH} deep here", "")
            raise _Stop

    def _check_key(self, event: Any) -> None:
        key = event.value
        if not key:
            self._beyond(event, "a key is empty", "write the key before the colon")
        elif key == "<<" and not event.style:
            self._beyond(event, "a merge key `<<` stands here, records are plain data", _IN_FULL)
        elif not (key.isascii() and key.isprintable()):
            odd = next(
                character for character in key if not (character.isascii() and character.isprintable())
            )
            if not self._blank_indentation(event.start_mark.index):
                self._add(
                    "yaml-beyond-plain-data",
                    f"key `{_short(key)}` holds {_name_of(odd)}, keys are ASCII",
                    self._span(event),
                    "type the key anew",
                )

    def _duplicate(self, event: Any) -> None:
        if self.places is None:
            raise _PlacesNeeded
        if self._enough("duplicate-key"):
            return
        around = tuple(step for _, step in self.stack)
        key, value = self.places[(*around, event.value)]
        first = Place(self.file, (*around, event.value), key or value, "first written here", on_key=True)
        found = _problem(
            "duplicate-key",
            f"key `{_short(event.value)}` is written twice",
            self.file,
            self._span(event),
            "keep one of the two",
        )
        self.problems.append(replace(found, related=(first,)))

    def _check_escapes(self, event: Any) -> None:
        found = _FORBIDDEN.search(event.value) or re.search("\r", event.value)
        if found:
            message = f"an escape in this text makes {_name_of(found[0])}"
            self._add("forbidden-character", message, self._span(event), "delete the escape")

    def _blank_indentation(self, index: int) -> bool:
        """Whether the line there is indented with a blank that YAML takes for text; says so."""
        found = _ODD_INDENTATION.match(self.text, self.text.rfind("\n", 0, index) + 1)
        if found:
            span = _span_at(self.text, found.start(1))
            self._add(
                "invalid-yaml", f"{_name_of(found[1])} stands in the indentation", span, "indent with spaces"
            )
        return found is not None

    def _syntax(self, error: yaml.YAMLError) -> NoReturn:
        """The parser's complaint as a sentence for people, at the place where they would mend it."""
        complaint = f"{getattr(error, 'context', '') or ''}: {getattr(error, 'problem', '') or error}"
        mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
        index = mark.index if mark else 0
        at_end = index >= len(self.text)
        if at_end:  # people look for it behind the last word, not in the empty line below
            index = len(self.text.rstrip())
        pattern, sentence, hint = next(known for known in _SENTENCES if known[0] in complaint)
        if self.text[index : index + 1] == "\t":
            sentence, hint = "a tab stands where YAML wants spaces", "indent with spaces"
        elif context and pattern in _AT_CONTEXT:
            index = context.index
        elif context and " or '" in pattern and at_end:
            index, sentence, hint = (
                context.index,
                "the bracket {character} that opens here is never closed",
                "",
            )
        elif self.text[index : index + 1] == ":" and pattern in _FOR_WANT_OF_A_KEY:
            sentence, hint = "a key is missing before this colon", ""
        elif pattern == _FOR_WANT_OF_A_KEY[0] and self.text[:index].rstrip(" ").endswith(("'", '"')):
            sentence, hint = (
                "this follows a quote that has ended the value",
                "put quotes around the whole value",
            )
        rule = "yaml-beyond-plain-data" if pattern in _BEYOND else "invalid-yaml"
        if self._blank_indentation(index):
            raise _Stop
        character = _short(self.text[index : index + 1])
        message = sentence.format(
            character=f"`{character}`",
            line=context.line + 1 if context else 1,
            complaint=complaint.strip(": "),
        )
        self._add(rule, message, _span_at(self.text, index), hint)
        raise _Stop

    # plain scalars, by the core schema of YAML 1.2

    def _word(self, event: Any, current: Any, key: Any) -> Value:
        value: str = event.value
        if value in _CORE_WORDS:
            return _CORE_WORDS[value]
        self._warn_ambiguous(event, value, current, key)
        return value

    def _number(self, event: Any, current: Any, key: Any) -> Value:
        text: str = event.value
        simple = _SIMPLE_NUMBER(text)
        if simple is not None:
            return int(text) if simple.lastindex is None else float(text)
        if not _NUMBER_LIKE(text):
            return text
        value: Value = text
        match = _CORE_NUMBER(text)
        if match is not None:
            value = _number_value(text, match)
            if isinstance(value, str):
                message = f"`{_short(text)}` {value}"
                self._add(
                    "yaml-beyond-plain-data", message, self._span(event), "put it in quotes if it is text"
                )
                return text
        if ambiguous(text):
            self._warn_ambiguous(event, value, current, key)
        return value

    def _warn_ambiguous(self, event: Any, value: Value, current: Any, key: Any) -> None:
        if self._enough("ambiguous-scalar"):
            return
        text = event.value
        there, here = _meaning_elsewhere(text), "text" if value == text else repr(value)
        hint = "put it in quotes"
        number = here if here != "text" else there
        if number[-1].isdigit() and ":" not in text:
            hint += f", or write {number} for the number"
        found = _problem(
            "ambiguous-scalar",
            f"`{_short(text)}` is {there} for YAML 1.1 tools and {here} here",
            self.file,
            self._span(event),
            hint,
            path=self._path(current, key),
        )
        self.problems.append(replace(found, severity=Severity.WARNING))


_CORE_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_CORE_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OLD_BOOLEANS = dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), "true")
_OLD_BOOLEANS |= dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), "false")
_OLD_SPECIALS = {"<<": "a merge key", "=": "a default value"}
_WORDS = frozenset([*_CORE_WORDS, *_OLD_BOOLEANS, *_OLD_SPECIALS])

_NUMBER_STARTS = frozenset("+-.0123456789")
# What every tool reads alike, and most numbers are.
_SIMPLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?").fullmatch
# Whatever some version of YAML takes for a number; no date is among it.
_NUMBER_LIKE = re.compile(
    r"[-+]?\.?[0-9][0-9a-fA-FxXoO_.:]*(?:(?<=[eE])[-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
).fullmatch
_CORE_NUMBER = re.compile(
    r"([-+]?[0-9]+)|0o([0-7]+)|0x([0-9a-fA-F]+)"
    r"|([-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
).fullmatch
_DECIMAL, _OCTAL, _HEX, _FLOAT = 1, 2, 3, 4  # the groups of _CORE_NUMBER
_INT_TAG, _FLOAT_TAG = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_yaml_1_1 = Resolver()


def _number_value(text: str, match: re.Match[str]) -> int | float | str:
    """The number, or in words why no two tools would agree on it."""
    kind, digits = match.lastindex, match[match.lastindex or 0]
    if kind is None:
        return "is no finite number"
    if kind == _FLOAT:
        mantissa = re.split("[eE]", digits)[0]
        number = float(digits)
        if sum(digit.isdigit() for digit in mantissa) > MAX_DIGITS:
            return f"has more than {MAX_DIGITS} digits"
        if number == 0 and mantissa.strip("+-.0"):
            return "is too small to be told from zero"
        return "is too large a number" if number in (float("inf"), float("-inf")) else number
    if len(digits) > 2 * MAX_DIGITS:
        return f"has more than {MAX_DIGITS} digits"
    whole = int(digits, {_DECIMAL: 10, _OCTAL: 8, _HEX: 16}[kind])
    return whole if abs(whole) < 10**MAX_DIGITS else f"has more than {MAX_DIGITS} digits"


def _meaning_elsewhere(text: str) -> str:
    """What YAML 1.1 makes of an ambiguous text, in a word."""
    known = _OLD_BOOLEANS.get(text) or _OLD_SPECIALS.get(text)
    if known or len(text) > 40:
        return known or "a number"
    try:
        value = yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return "an error"
    return "text" if isinstance(value, str) else repr(value)


# ---------------------------------------------------------------------------------------------------------
# What the parser says, and what we say

_NO_DATA = "there is no data here, a record holds keys with values"
_KEY_VALUE = "write lines of `key: value`"
_TO_QUOTE = "put the text in quotes"
_IN_FULL = "write the values out, or put the text in quotes"
_WORD = re.compile(r"[^\s,\[\]{}]+")
_ODD_INDENTATION = re.compile(r"[ \t]*([\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])")

# A part of "context: problem" of libyaml, our sentence, our hint; the first that fits is taken.
_SENTENCES = (
    ("scanning a simple key", "this line is neither `key: value` nor part of the value above",
     "write a colon and a space after the key, or indent the line to continue the text above"),
    ("scanning a quoted scalar", "the quote {character} that opens here is never closed",
     "close it; a quote within such a text is written as '' or \\\""),
    ("parsing a quoted scalar", "a backslash in double quotes begins no escape that YAML knows",
     "put the text in single quotes, where a backslash is only itself"),
    ("cannot start any token", "a value can't begin with {character}", _TO_QUOTE),
    ("mapping values are not allowed", "a colon makes a key where none can stand",
     "put a text that holds a colon and a space in quotes, or look at the indentation"),
    ("block sequence entries are not allowed", "a list item stands where none can be",
     "begin the list on its own line, below its key"),
    ("did not find expected key", "this does not fit the mapping that begins in line {line}",
     "align it with the keys above"),
    ("did not find expected '-' indicator", "this does not fit the list that begins in line {line}",
     "align the hyphens of a list, and what belongs to an item under its text"),
    ("',' or ']'", "a comma or `]` is missing before this, in the list that begins in line {line}", ""),
    ("',' or '}'", "a comma or `}}` is missing before this, in the mapping that begins in line {line}", ""),
    ("did not find expected node content", "a value is missing before this",
     "a text that begins with a comma or a question mark needs quotes"),
    ("comment or line break", "nothing but a comment may follow | or > on its line",
     "begin the text on the next line"),
    ("expected <document start>", "the document has ended above, nothing can follow it",
     "delete the line with `...`"),
    ("directive", "a directive stands here, records are plain data", "delete the line"),
    ("found incompatible YAML document", "a directive stands here, records are plain data",
     "delete the line"),
    ("scanning an alias", "`*` begins an alias here, records are plain data", _TO_QUOTE),
    ("scanning an anchor", "`&` begins an anchor here, records are plain data", _TO_QUOTE),
    (" tag", "`!` begins a tag here, records are plain data", _TO_QUOTE),
    ("", "this is not YAML: {complaint}", ""),
)  # fmt: skip
# Where the parser notices only later what went wrong earlier.
_AT_CONTEXT = (
    "scanning a simple key",
    "scanning a quoted scalar",
    "scanning an alias",
    "scanning an anchor",
    "directive",
)
_FOR_WANT_OF_A_KEY = ("did not find expected key", "did not find expected node content")
_BEYOND = (*_AT_CONTEXT[2:], " tag", "found incompatible YAML document")


def _short(text: str) -> str:
    """A text for a message: not too long, and with nothing in it that can't be seen."""
    text = text if len(text) <= 40 else text[:39] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _parser_fails_at(text: str) -> int | None:
    """Reads with the parser alone: the index up to which it came, or None if it can read all of it."""
    parser, index = CParser(text), 0
    try:
        while event := parser.get_event():
            index = getattr(event.end_mark, "index", index)
    except Exception:  # any failure is an answer
        return index
    return None


# ---------------------------------------------------------------------------------------------------------
# Comments


class _Lines:
    """Line and column of any index of a text, quickly where there are many to find."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, index: int) -> tuple[int, int]:
        line = bisect_right(self.starts, index)
        return line, index - self.starts[line - 1] + 1


def _yaml_comments(text: str) -> Iterator[tuple[int, int, str]]:
    """The parser drops comments, but outside of scalars every # begins one."""
    if "#" not in text:
        return
    lines = _Lines(text)
    for start, end in _between_scalars(text):
        while (start := text.find("#", start, end)) >= 0:
            line_end = text.find("\n", start)
            line_end = line_end if line_end >= 0 else len(text)
            yield *lines.at(start), text[start + 1 : line_end].removesuffix("\r")
            start = line_end


def _between_scalars(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text in which no scalar stands, as far as the parser comes."""
    parser, reached = CParser(text), 0
    try:
        while event := parser.get_event():
            if isinstance(event, ScalarEvent) and event.start_mark and event.end_mark:
                start = event.start_mark.index
                if event.style in ("|", ">"):  # the line with the bar may end with a comment
                    line_end = text.find("\n", start)
                    start = line_end if line_end >= 0 else len(text)
                yield reached, start
                reached = event.end_mark.index
    except Exception:  # what is wrong, the problems of the text say
        return
    yield reached, len(text)


_CODE_OR_COMMENT = re.compile(r"\\.|`+|<!--", re.DOTALL)
_COMMENT = re.compile("<!--")


def _body_comments(body: str, first_line: int) -> Iterator[tuple[int, int, str]]:
    if "<!--" not in body:
        return
    from markdown_it import MarkdownIt  # here, because few records need it and it takes its time to import

    # Blocks only: what is code or HTML among them. To parse what stands in a line, a hostile text takes long.
    parser = MarkdownIt("commonmark").disable(["inline", "text_join", "reference"])
    body = body.replace("\r", " ")  # it would end a line there, and nowhere else
    written = body.split("\n")
    for token in parser.parse(body):
        if token.type not in ("inline", "html_block") or token.map is None or "<!--" not in token.content:
            continue
        lines, here = _Lines(token.content), written[slice(*token.map)]
        # What stands before the block on each of its lines: indentation, `>`, `-`, `#`.
        before = [
            max(line.find(part), 0) for line, part in zip(here, token.content.split("\n"), strict=False)
        ]
        for index, comment in _html_comments(token.content, in_html=token.type == "html_block"):
            line, column = lines.at(index)
            yield first_line + token.map[0] + line - 1, column + before[line - 1], comment


def _html_comments(text: str, *, in_html: bool) -> Iterator[tuple[int, str]]:
    """Index and text of each comment; between backticks there is none, nor after a backslash."""
    runs: dict[int, list[int]] = {}
    for run in re.finditer("`+", text):
        runs.setdefault(len(run[0]), []).append(run.start())
    at = 0
    while found := (_COMMENT if in_html else _CODE_OR_COMMENT).search(text, at):
        at = found.end()
        if found[0] == "<!--":
            end = text.find("-->", found.start() + 2)
            if end < 0:
                return
            yield found.start(), text[at:end]
            at = max(end + 3, at)
        elif found[0][0] == "`":
            same = runs.get(len(found[0]), [])
            following = bisect_right(same, found.start())
            if following < len(same):
                at = same[following] + len(found[0])
