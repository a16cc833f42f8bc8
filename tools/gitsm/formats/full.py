"""Each finding with the lines it is about, a caret under the place, and the hint: for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from gitsm.diagnostic import Diagnostic, Place, Severity, Span
from gitsm.formats import by_rule, harmless
from gitsm.lint import Report
from gitsm.terminal import COLOURS, cells, cut, styled, wrapped

MAX_LINES = 12
"""How many lines a message or a hint may take; the other formats have the whole of it."""
_HINT = "  hint: "


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """The findings, what stood before by rule, and a line that counts them."""
    page = _Page(report.texts, colour, width)
    for finding in report.findings:
        yield from page.finding(finding)
        yield ""
    if report.stood:
        yield styled("stood there before, and fails nothing:", colour, bold=True)
        yield from _counts(by_rule(report.stood))
        yield ""
    yield summary_line(report, colour)
    if mendable := _mendable(report.findings):
        yield mendable


def _counts(rules: Sequence[tuple[str, int]]) -> Iterator[str]:
    digits = max(len(str(count)) for _, count in rules)
    yield from (f"  {count:{digits}}  {harmless(rule)}" for rule, count in rules)


def _mendable(findings: Sequence[Diagnostic]) -> str:
    """How many findings `gitsm fix` can mend, in a sentence; empty where it can mend none."""
    edits = [finding.edit for finding in findings if finding.edit is not None]
    safe_ones = sum(edit.safe for edit in edits)
    more = len(edits) - safe_ones
    if not safe_ones:
        return f"{more} can be mended by gitsm fix --unsafe" if more else ""
    return f"{safe_ones} can be mended by gitsm fix" + (f", {more} more with --unsafe" if more else "")


def summary_line(report: Report, colour: bool) -> str:
    """What was checked and found, in one line."""
    ink = "green" if not report.findings else "red" if report.count(Severity.ERROR) else "yellow"
    return styled(report.summary, colour, fg=ink, bold=True)


class _Page:
    """The texts that findings point into, and how wide and colourful they are shown."""

    def __init__(self, texts: Mapping[str, str], colour: bool, width: int) -> None:
        self._texts, self._colour, self._width = texts, colour, width
        self._split: dict[str, Sequence[str]] = {}

    def _lines(self, file: str) -> Sequence[str]:
        if file not in self._split:  # of most files nothing is shown
            lines = self._texts[file].split("\n") if file in self._texts else ()
            self._split[file] = [line.removesuffix("\r") for line in lines]
        return self._split[file]

    def finding(self, finding: Diagnostic) -> Iterator[str]:
        ink = COLOURS[finding.severity]
        head = f"{finding.severity}[{harmless(finding.rule)}]:"
        first, *more = self._paragraph(f"{head} {finding.message}", "", "")
        yield self._styled(head, fg=ink, bold=True) + self._styled(first.removeprefix(head), bold=True)
        yield from (self._styled(line, bold=True) for line in more)
        places = [(finding.place, "^", ink), *((place, "-", "blue") for place in finding.related)]
        # Places of one line that are named one after the other share it.
        for _, group in groupby(places, key=lambda shown: (shown[0].file, _line_of(shown[0]))):
            yield from self._snippets(list(group))
        if finding.hint:
            yield from (
                self._styled(line, fg="cyan") for line in self._paragraph(finding.hint, _HINT, " " * 8)
            )

    def _snippets(self, places: Sequence[tuple[Place, str, str]]) -> Iterator[str]:
        """A line of a file with a mark under each place; once for each place where it is too long for that."""
        place = places[0][0]
        text, span = self._lines(place.file), place.span
        found = span is not None and 0 < span.line <= len(text)
        line = text[span.line - 1] if found and span is not None else ""
        room = max(self._width - len(str(span.line if span else "")) - 6, 20)
        whole = cells(harmless(line)) <= room
        for index, (place, mark, ink) in enumerate(places):
            if index == 0 or not (found and whole):
                yield self._styled("  --> ", fg="blue") + self._where(place)
            if found and place.span is not None:
                shown, offset, length = _window(line, place.span, room)
                if index == 0 or not whole:
                    number = str(place.span.line)
                    yield f"  {self._styled(number, fg='blue')} {self._styled('|', fg='blue')} {shown}"
                gutter = f"  {' ' * len(str(place.span.line))} {self._styled('|', fg='blue')} "
                for marked in _marks(mark, offset, length, harmless(place.label), room):
                    yield gutter + marked[0] + self._styled(marked[1], fg=ink, bold=True)

    def _where(self, place: Place) -> str:
        where = f"{place.file}:{place.span.line}:{place.span.column}" if place.span else place.file
        return harmless(where)

    def _paragraph(self, text: str, first: str, more: str) -> list[str]:
        """A text as lines, the first one after what introduces it, the others under it."""
        room = max(self._width, 30)
        lines = wrapped(harmless(text), room, " " * len(first))
        if len(lines) > MAX_LINES:
            lines = [*lines[: MAX_LINES - 1], cut(lines[MAX_LINES - 1], room - 1) + "…"]
        # A long word is broken anywhere, and no line may begin with what a build machine obeys.
        lines = [cut(line.replace("::", r"\x3a:", 1), room) if _obeyed(line) else line for line in lines]
        return [first + lines[0][len(first) :], *(more + line[len(more) :] for line in lines[1:])]

    def _styled(self, text: str, **style: object) -> str:
        return styled(text, self._colour, **style)


def _obeyed(line: str) -> bool:
    return line.lstrip().startswith("::")


def _line_of(place: Place) -> int:
    return place.span.line if place.span else 0


def _window(line: str, span: Span, room: int) -> tuple[str, int, int]:
    """The part of a line that holds a place, and how many cells lie before the place and in it."""
    end = span.end_column if span.end_line == span.line else len(line) + 1
    before, marked = harmless(line[: span.column - 1]), harmless(line[span.column - 1 : end - 1])
    shown, offset = harmless(line), cells(before)
    if cells(shown) <= room or offset < room * 2 // 3:
        shown = cut(shown, room)
    else:
        rest = cells(shown[len(before) :])
        keep = _end(before, max(room // 3, room - 1 - rest))
        shown, offset = cut("…" + keep + shown[len(before) :], room), cells(keep) + 1
    return shown, offset, max(min(cells(marked), room - offset), 1)


def _end(text: str, width: int) -> str:
    """As much of the end of a text as a number of cells holds."""
    return next(
        (text[at:] for at in range(max(len(text) - width, 0), len(text)) if cells(text[at:]) <= width), ""
    )


def _marks(mark: str, offset: int, length: int, label: str, room: int) -> Iterator[tuple[str, str]]:
    """The marks under a place and its label, beside them where there is room: the indent and what follows."""
    if not label:
        yield " " * offset, mark * length
    elif offset + length + 1 + cells(label) <= room:
        yield " " * offset, f"{mark * length} {label}"
    else:
        yield " " * offset, mark * length
        indent = " " * min(offset, max(room - cells(label), 0))
        yield from ((indent, line.strip()) for line in wrapped(label, room, indent))
