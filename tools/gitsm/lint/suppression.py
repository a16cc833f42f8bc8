"""Comments that let findings stand: `# gitsm: ignore[name-of-the-rule] because ...`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.lint.rule import Rule
from gitsm.repository import Repository, once

_FOR_US = re.compile(r"\s*gitsm\s*:", re.IGNORECASE)
_SUPPRESSION = re.compile(r"\s*gitsm:\s*ignore\[([^\]]*)\](.*)", re.DOTALL)
_REASON = re.compile(r"\s*because\s+\S", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that lets findings of some rules stand, with a reason."""

    file: str
    line: int
    """The line of the comment."""
    column: int
    covers: int
    """The line whose findings it lets stand: its own, or the next one where it stands alone."""
    rules: tuple[str, ...]
    has_reason: bool
    understood: bool = True
    """Whether it is one at all: a comment may begin like one and be misspelt."""
    extent: Span | None = None
    """What goes with it where it is removed: its lines where it stands alone, else the blanks before it."""

    @property
    def place(self) -> Place:
        """Where the comment stands."""
        return Place(self.file, span=Span(self.line, self.column, self.line, self.column + 1))


@once
def suppressions(repository: Repository) -> Sequence[Suppression]:
    """Every suppression in the files that were read."""
    return list(_suppressions(repository))


def _suppressions(repository: Repository) -> Iterator[Suppression]:
    for file, document in sorted(repository.documents.items()):
        if "gitsm" not in document.text:
            continue
        lines = document.text.split("\n")
        following = _following(lines)
        for line, column, text in document.comments():
            if not _FOR_US.match(text):
                continue
            match = _SUPPRESSION.match(text)
            if match is None:
                yield Suppression(file, line, column, line, (), False, understood=False)
                continue
            alone = not lines[line - 1][: column - 1].strip()
            covers = following[line - 1] if alone else line
            names = tuple(name.strip() for name in match.group(1).split(",") if name.strip())
            has_reason, extent = bool(_REASON.match(match.group(2))), _extent(lines, line, column, text)
            yield Suppression(file, line, column, covers, names, has_reason, extent=extent)


def _extent(lines: Sequence[str], line: int, column: int, text: str) -> Span:
    """The stretch of a comment that begins at a line and a column."""
    before = lines[line - 1][: column - 1].rstrip()
    last = line + text.count("\n")
    if lines[line - 1][column - 1 : column] == "#":
        end = len(lines[line - 1].removesuffix("\r")) + 1
    else:
        end = lines[last - 1].find("-->", 0 if last > line else column) + 4
    if not before and not lines[last - 1][end - 1 :].strip() and last < len(lines):
        return Span(line, 1, last + 1, 1)
    return Span(line, len(before) + 1, last, end)


def _following(lines: Sequence[str]) -> Sequence[int]:
    """For each line, the number of the next one that says something; its own where none does."""
    found = list(range(1, len(lines) + 1))
    last = 0
    for index in range(len(lines) - 1, -1, -1):
        found[index] = last or index + 1
        text = lines[index].strip()
        if text and not text.startswith(("#", "<!--")):
            last = index + 1
    return found


def suppress(
    findings: Iterable[Diagnostic], comments: Sequence[Suppression], rules: Mapping[str, Rule]
) -> tuple[list[Diagnostic], list[tuple[Suppression, str]]]:
    """The findings that stand, and each use of a suppression."""
    covered = {(c.file, c.covers, name): c for c in comments if c.has_reason for name in c.rules}
    standing, used = [], []
    for finding in findings:
        line = finding.place.span.line if finding.place.span else 0
        comment = covered.get((finding.place.file, line, finding.rule))
        if comment is not None and rules[finding.rule].suppressible:
            used.append((comment, finding.rule))
        else:
            standing.append(finding)
    return standing, used
