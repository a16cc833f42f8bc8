"""What a change does to a file, as people read it: a unified diff for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from gitsm.terminal import harmless, safe, styled

MOST_COMPARED = 300
"""Of stretches with more lines than this, all lines are shown as changed: to find those that are not takes
a time that grows with the square."""

_Codes = list[tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]]


class _Compared(SequenceMatcher[str]):
    """Two files whose differences are known already."""

    def __init__(self, codes: _Codes) -> None:
        super().__init__(None, [], [])
        self._codes = codes

    def get_opcodes(self) -> _Codes:
        return self._codes


def difference(
    path: str, before: bytes, after: bytes, *, to: str = "", colour: bool = False
) -> Iterator[str]:
    """The lines of a unified diff, with nothing in them that a terminal would obey. `to` is the new path."""
    old, new = _lines(before), _lines(after)
    yield styled(f"--- {safe(path)}", colour, bold=True)
    yield styled(f"+++ {safe(to or path)}", colour, bold=True)
    if old == new:
        return
    for group in _Compared(_codes(old, new)).get_grouped_opcodes(3):
        first, last = group[0], group[-1]
        where = f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        yield styled(where, colour, fg="cyan")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from _shown(" ", old[i1:i2])
            else:
                yield from (styled(line, colour, fg="red") for line in _shown("-", old[i1:i2]))
                yield from (styled(line, colour, fg="green") for line in _shown("+", new[j1:j2]))


def _lines(content: bytes) -> list[str]:
    *lines, last = content.decode("utf-8", "surrogateescape").split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]


def _codes(old: Sequence[str], new: Sequence[str]) -> _Codes:
    """Which stretches of lines are equal and which are not, in a time that grows with the lines alone."""
    if len(old) == len(new):  # most edits leave the lines where they are
        return [
            ("equal" if same else "replace", start, end, start, end)
            for same, start, end in _runs([one == other for one, other in zip(old, new, strict=True)])
        ]
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    olds, news = len(old) - end, len(new) - end
    inner: _Codes = [("replace", start, olds, start, news)]
    if max(olds, news) - start <= MOST_COMPARED:
        matcher = SequenceMatcher(None, old[start:olds], new[start:news], autojunk=False)
        inner = [
            (tag, i1 + start, i2 + start, j1 + start, j2 + start)
            for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        ]
    before: _Codes = [("equal", 0, start, 0, start)] if start else []
    return before + inner + ([("equal", olds, len(old), news, len(new))] if end else [])


def _runs(flags: Sequence[bool]) -> Iterator[tuple[bool, int, int]]:
    start = 0
    for index in range(1, len(flags) + 1):
        if index == len(flags) or flags[index] != flags[start]:
            yield flags[start], start, index
            start = index


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _shown(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + harmless(line.removesuffix("\n").removesuffix("\r"))
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"
