"""What one file holds once it is read: its data, its text, and where each part of it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from gitsm.diagnostic import DataPath, Diagnostic, Severity, Span
from gitsm.source.characters import (
    FORBIDDEN,
    HARMLESS_BYTES,
    forbidden_characters,
    holds_nul,
    stand_in,
    undecodable,
)
from gitsm.source.comments import body_comments, yaml_comments
from gitsm.source.front_matter import broken_front_matter, front_matter_end
from gitsm.source.limits import MAX_BYTES, Value
from gitsm.source.places import Places, Spans
from gitsm.source.problems import in_order, problem
from gitsm.source.yaml_reader import Reading


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
    # The part of the text that is YAML, as the parser was given it.
    _yaml: str = field(default="", repr=False)

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
        yield from yaml_comments(self._yaml)
        yield from body_comments(self.body, self.body_line)

    @cached_property
    def _places(self) -> Spans:
        places = Places(self._yaml)
        Reading(self.file, self._yaml, places).run()
        return places.spans


def read(file: str, content: bytes, format: Format) -> Document:
    """Reads one file. No bytes make it fail: what can't be read is said in the document's problems."""
    if len(content) > MAX_BYTES:
        return Document(file, "", None, (too_large(file, len(content)),))
    try:
        text = content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return Document(file, "", None, (undecodable(file, content, error),))
    problems: list[Diagnostic] = []
    part = text
    if content.translate(None, HARMLESS_BYTES) and FORBIDDEN.search(text):
        if "\0" in text:
            return Document(file, text, None, (holds_nul(file, content, text),))
        problems.extend(forbidden_characters(file, text))
        part = FORBIDDEN.sub(stand_in, text)
    body, body_line = "", 0
    if format is Format.MARKDOWN:
        end = front_matter_end(part)
        if end is None:
            problems.extend(broken_front_matter(file, text))
            return Document(file, text, None, tuple(in_order(problems, {})))
        part = part[: end.start()]
        body, body_line = text[end.end() :].replace("\r\n", "\n"), part.count("\n") + 2
    reading = Reading(file, part)
    data = reading.run()
    if problems:
        # A syntax error may be nothing but a consequence of the character that stands there.
        problems.extend(found for found in reading.problems.shown if found.rule != "invalid-yaml")
    else:
        problems = reading.problems.shown
    if problems:
        problems = in_order(problems, reading.problems.found)
        if any(found.severity is Severity.ERROR for found in problems):
            data = None
    return Document(file, text, data, tuple(problems), body, body_line, part)


def too_large(file: str, size: int) -> Diagnostic:
    """The problem of a file of this size, so that it can be refused without being read."""
    message = f"the file has {size:,} bytes, a record has {MAX_BYTES:,} at most"
    return problem(
        "unreadable-file", message, file, Span(1, 1, 1, 1), "keep data beside the records and link it"
    )
