"""Changes a few places of a file and leaves every other byte as it was.

An edit is carried out by putting new characters in the place of old ones. What comes out is read back
and compared: it must hold the same data with exactly the changes that were meant, the same comments and
the same text. Where it would not, nothing is changed, and the reason is said.
"""

from __future__ import annotations

import codecs
import copy
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from gitsm.diagnostic import DataPath, Edit, NewKey, NewSection, NewText, NewValue, Span
from gitsm.source.comments import yaml_comments
from gitsm.source.document import Document, Format, read
from gitsm.source.limits import Value
from gitsm.source.written import key_forms, scalar_forms


class Uneditable(ValueError):
    """An edit that can't be made for certain; the text says why."""


def edited(file: str, content: bytes, format: Format | None, edits: Iterable[Edit]) -> bytes:
    """The content of a file with edits made, all of them at once. Raises Uneditable.

    A file without a format is any text, in which a stretch can be replaced and nothing else.
    """
    wanted = list(dict.fromkeys(replace(edit, safe=True) for edit in edits))
    before = _document(file, content, format)
    text, data = before.text, _changed(before, wanted)
    lines = _Lines(text)
    # Quotes are good everywhere; another form may mean something else where it comes to stand.
    for careful in (False, True):
        splices = _in_order([*_splices(before, lines, wanted, careful=careful)])
        result = _spliced(text, splices)
        encoded = _encoded(result, with_bom=content.startswith(codecs.BOM_UTF8))
        objection = _objection(before, _document(file, encoded, format), data, splices, wanted)
        if not objection:
            return encoded
    raise Uneditable(objection)


@dataclass(frozen=True, slots=True, order=True)
class _Splice:
    """New characters for those between two indices of a text."""

    start: int
    end: int
    text: str


class _Lines:
    """The lines of a text, to find the index of a line and a column."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def between(self, span: Span) -> tuple[int, int]:
        """The indices at which a span begins and ends."""
        start, end = self._at(span.line, span.column), self._at(span.end_line, span.end_column)
        if start > end:
            raise Uneditable("a place ends before it begins")
        return start, end

    def _at(self, line: int, column: int) -> int:
        if not (0 < line <= len(self.lines) and 0 < column <= len(self.lines[line - 1]) + 1):
            raise Uneditable(f"the file has no line {line} with a column {column}")
        return self.starts[line - 1] + column - 1


def _document(file: str, content: bytes, format: Format | None) -> Document:
    if format is not None:
        return read(file, content, format)
    try:
        return Document(file, content.decode().removeprefix("\ufeff"), None)
    except UnicodeDecodeError:
        raise Uneditable("the file is not UTF-8") from None


def _encoded(text: str, *, with_bom: bool) -> bytes:
    # A lone surrogate becomes bytes that are no UTF-8, which the reader refuses.
    return (codecs.BOM_UTF8 if with_bom else b"") + text.encode("utf-8", "surrogatepass")


# What the data will be


def _changed(document: Document, edits: Sequence[Edit]) -> dict[str, Value] | None:
    """The data as it will be; the document's own where the text alone is edited."""
    in_data = [edit for edit in edits if isinstance(edit, NewValue | NewKey)]
    if document.data is None:
        if any(not isinstance(edit, NewText) for edit in edits):
            raise Uneditable("the file can't be read as data")
        return None
    data = copy.deepcopy(document.data)
    for edit in in_data:
        if isinstance(edit, NewValue):
            parent = _parent(data, edit.path)
            if isinstance(parent[edit.path[-1]], dict | list):
                raise Uneditable(f"{_name(edit.path)} is no single value")
            parent[edit.path[-1]] = edit.value
    # The deepest first, so that the paths above still lead there.
    keys = [edit for edit in in_data if isinstance(edit, NewKey)]
    for edit in sorted(keys, key=lambda edit: len(edit.path), reverse=True):
        parent = _parent(data, edit.path)
        if not isinstance(parent, dict):
            raise Uneditable(f"{_name(edit.path)} is an entry of a list, which has no key")
        if edit.key in parent:
            raise Uneditable(f"{edit.key} stands there already")
        items = [(edit.key if key == edit.path[-1] else key, value) for key, value in parent.items()]
        parent.clear()
        parent.update(items)
    return data


def _parent(data: Any, path: DataPath) -> Any:
    try:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]]
    except (LookupError, TypeError):
        raise Uneditable(f"there is no {_name(path) or 'value'} in the file") from None
    return data


def _name(path: DataPath) -> str:
    return ".".join(map(str, path))


# Which characters change


def _splices(document: Document, lines: _Lines, edits: Sequence[Edit], *, careful: bool) -> Iterator[_Splice]:
    newline = _newline(document.text)
    for edit in edits:
        if isinstance(edit, NewText):
            yield _Splice(*lines.between(edit.span), edit.text.replace("\n", newline))
        elif isinstance(edit, NewValue | NewKey):
            on_key = isinstance(edit, NewKey)
            start, end = lines.between(document.span(edit.path, on_key=on_key))
            old = document.text[start:end]
            if isinstance(edit, NewKey):
                forms = key_forms(old, edit.key)
            else:
                flow = _is_in_brackets(document, lines, edit.path)
                forms = scalar_forms(old, edit.value, in_brackets=flow, newline=newline)
            if not forms:
                raise Uneditable(f"{_name(edit.path)} can't be written so that it reads back as it is meant")
            yield _Splice(start, end, forms[-1 if careful else 0])
    sections = _sections_of(edits)
    if sections:
        yield from _new_sections(document, lines, sections, newline)


def _sections_of(edits: Sequence[Edit]) -> list[NewSection]:
    """The sections to be added, in their order, each heading once."""
    sections = sorted(
        (edit for edit in edits if isinstance(edit, NewSection)), key=lambda section: section.rank
    )
    return list({section.heading: section for section in reversed(sections)}.values())[::-1]


def _newline(text: str) -> str:
    return "\r\n" if text[: text.find("\n") + 1].endswith("\r\n") else "\n"


def _is_in_brackets(document: Document, lines: _Lines, path: DataPath) -> bool:
    """Whether a value stands in `[...]` or `{...}`, where fewer texts can do without quotes."""
    spans = (document.span(path[:length]) for length in range(len(path)))
    return any(document.text[lines.between(span)[0]] in "[{" for span in spans)


def _new_sections(
    document: Document, lines: _Lines, sections: Sequence[NewSection], newline: str
) -> Iterator[_Splice]:
    """Headings above others or at the end, with blank lines around; a file without a last line end keeps none."""
    if not document.body_line:
        raise Uneditable("the file is no Markdown")
    text, standing = document.text, _second_headings(document)
    by_place: dict[int, list[str]] = {}
    for section in sections:
        line = next((line for line, heading in standing if heading in section.above), None)
        place = len(text) if line is None else lines.starts[line - 1]
        by_place.setdefault(place, []).append(f"## {section.heading}")
    for place, headings in by_place.items():
        added = (newline * 2).join(headings)
        if place < len(text):
            added += newline * 2
        elif text.endswith("\n"):
            added += newline
        above = text[:place]
        if not above.endswith(("\n\n", "\n\r\n")):
            added = newline + added
        yield _Splice(place, place, added if above.endswith("\n") else newline + added)


def _second_headings(document: Document) -> list[tuple[int, str]]:
    """The line of the file and the text of each heading of the second level."""
    from markdown_it import MarkdownIt  # here, because few edits need it and it takes its time to import

    # With HTML, so that no heading in a comment is one. A `\r` would end a line there, and nowhere else.
    parser = MarkdownIt("commonmark").disable(["inline", "text_join"])
    tokens = parser.parse(document.body.replace("\r", " "))
    return [
        (document.body_line + token.map[0], after.content)
        for token, after in pairwise(tokens)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0 and token.map
    ]


def _in_order(splices: list[_Splice]) -> list[_Splice]:
    found = sorted(dict.fromkeys(splices))
    for one, next in pairwise(found):
        if next.start < one.end or next.start == one.start:
            raise Uneditable("two edits are about the same place")
    return found


def _spliced(text: str, splices: Sequence[_Splice]) -> str:
    parts, reached = [], 0
    for splice in splices:
        parts += [text[reached : splice.start], splice.text]
        reached = splice.end
    return "".join([*parts, text[reached:]])


# Whether it is what was meant


def _objection(
    before: Document,
    after: Document,
    data: dict[str, Value] | None,
    splices: Sequence[_Splice],
    edits: Sequence[Edit],
) -> str:
    """What speaks against a result; empty where nothing does."""
    found = Counter((problem.rule, problem.message) for problem in after.problems)
    found.subtract(Counter((problem.rule, problem.message) for problem in before.problems))
    new = next((message for (_, message), count in found.items() if count > 0), "")
    if new:
        return f"the file would then be wrong: {new}"
    # As JSON, 1 and true and 1.0 differ, and so does the order of keys.
    if json.dumps(after.data) != json.dumps(data):
        return "the file would then read as something else"
    start = _body_start(before)
    if any(splice.start < start < splice.end for splice in splices):
        return "an edit goes over the end of the front matter"
    if before.body_line and after.body != _spliced_body(before, splices, start):
        return "the text would then change as well"
    in_yaml = any(isinstance(edit, NewText) for edit in edits) and any(s.start < start for s in splices)
    if not in_yaml and _comments(before) != _comments(after):
        return "a comment would then change as well"
    return _objection_to_sections(before, after, [section.heading for section in _sections_of(edits)])


def _body_start(document: Document) -> int:
    if not document.body_line:
        return len(document.text) + 1
    return _Lines(document.text).starts[document.body_line - 1]


def _spliced_body(document: Document, splices: Sequence[_Splice], start: int) -> str:
    moved = [
        _Splice(splice.start - start, splice.end - start, splice.text)
        for splice in splices
        if splice.start >= start
    ]
    return _spliced(document.text[start:], moved).replace("\r\n", "\n")


def _comments(document: Document) -> list[str]:
    return [text for _, _, text in yaml_comments(document._yaml)]


def _objection_to_sections(before: Document, after: Document, headings: Sequence[str]) -> str:
    if not headings:
        return ""
    found = Counter(heading for _, heading in _second_headings(after))
    found.subtract(heading for _, heading in _second_headings(before))
    return (
        "" if +found == Counter(headings) and min(found.values()) >= 0 else "a new heading would not be one"
    )
