"""Each finding with the lines it is about, a caret under the place, and the hint: for people."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.diagnostic import Diagnostic, Place, Severity
from gitsm.lint import Report
from gitsm.terminal import COLOURS, cells, cut, safe, styled, wrapped


def render(report: Report, *, colour: bool, width: int) -> Iterator[str]:
    """The findings, and a line that counts them."""
    lines = {file: text.splitlines() for file, text in report.texts.items() if _shown(report, file)}
    for finding in report.findings:
        yield from _finding(finding, lines, colour, width)
        yield ""
    yield summary_line(report, colour)


def _shown(report: Report, file: str) -> bool:
    return any(
        place.file == file for finding in report.findings for place in (finding.place, *finding.related)
    )


def _finding(finding: Diagnostic, lines: dict[str, list[str]], colour: bool, width: int) -> Iterator[str]:
    ink = COLOURS[finding.severity]
    head = f"{finding.severity}[{finding.rule}]:"
    first, *more = wrapped(f"{head} {safe(finding.message)}", width, "")
    yield styled(head, colour, fg=ink, bold=True) + styled(first.removeprefix(head), colour, bold=True)
    yield from (styled(line, colour, bold=True) for line in more)
    yield from _snippet(finding.place, lines, colour, width, "^", ink)
    for place in finding.related:
        yield from _snippet(place, lines, colour, width, "-", "blue")
    if finding.hint:
        first, *more = wrapped("hint: " + safe(finding.hint), width - 2, "  ")
        yield styled(first, colour, fg="cyan")
        yield from (styled(line, colour, fg="cyan") for line in more)


def _snippet(
    place: Place, lines: dict[str, list[str]], colour: bool, width: int, mark: str, ink: str
) -> Iterator[str]:
    span, text = place.span, lines.get(place.file, [])
    where = f"{safe(place.file)}:{span.line}:{span.column}" if span else safe(place.file)
    yield styled("  --> ", colour, fg="blue") + where
    if span is None or not 0 < span.line <= len(text):
        return
    number = str(span.line)
    line = text[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(line) + 1
    before, marked = safe(line[: span.column - 1]), safe(line[span.column - 1 : end - 1])
    room = max(width - len(number) - 6, 20)
    shown, offset = _window(before, safe(line), room)
    bar = styled("|", colour, fg="blue")
    yield f"  {styled(number, colour, fg='blue')} {bar} {shown}"
    length = max(min(cells(marked), room - offset), 1)
    label = f" {safe(place.label)}" if place.label else ""
    yield f"  {' ' * len(number)} {bar} {' ' * offset}" + styled(
        mark * length + label, colour, fg=ink, bold=True
    )


def _window(before: str, line: str, room: int) -> tuple[str, int]:
    """The part of a long line that holds the place, and how many cells of it lie before the place."""
    offset = cells(before)
    if cells(line) <= room or offset < room * 2 // 3:
        return cut(line, room), offset
    keep = before[-(room // 3) :]
    return cut("…" + keep + line[len(before) :], room), cells(keep) + 1


def summary_line(report: Report, colour: bool) -> str:
    """What was checked and found, in one line."""
    ink = "green" if not report.findings else "red" if report.count(Severity.ERROR) else "yellow"
    return styled(report.summary, colour, fg=ink, bold=True)
