"""iCalendar's components and properties (RFC 5545), each with the line that it stands in.

A stranger's file is read line by line: what is broken costs a line or an event and is told, and
what stands around it is read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

DEEPEST = 8
"""Components within components; a calendar has three levels."""
_LINE = re.compile(
    r'([A-Za-z0-9-]{1,100})((?:;[A-Za-z0-9-]{1,100}=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)',
    re.DOTALL,
)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=(?:"([^"]*)"|([^";:,]*))')
_ESCAPED = re.compile(r"\\([\\;,nN])")

Lose = Callable[[int, str], None]
"""Takes the number of a line and why what stands there is not carried over."""


class Unreadable(ValueError):
    """The bytes are no text that can be read as a calendar; the text says why."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property as written: its name in capitals, the first value of each parameter, and its value."""

    number: int
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value as a text, its escapes undone."""
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass(slots=True)
class Component:
    """What stands between a BEGIN and its END."""

    name: str
    number: int
    properties: list[Property] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)

    def first(self, name: str) -> Property | None:
        """The first property of a name."""
        return next((each for each in self.properties if each.name == name), None)

    def every(self, name: str) -> Iterator[Property]:
        """Every property of a name."""
        return (each for each in self.properties if each.name == name)

    def text(self, name: str) -> str:
        """The text of the first property of a name; empty where there is none."""
        found = self.first(name)
        return found.text if found is not None else ""


def components(content: bytes, lose: Lose) -> list[Component]:
    """The components at the top of a file. Raises Unreadable where it is no text."""
    found: list[Component] = []
    open_: list[Component] = []
    for number, line in _lines(content):
        match = _LINE.fullmatch(line)
        if match is None:
            lose(number, "it is no property of a calendar, which is a name, a colon and a value")
            continue
        name, value = match[1].upper(), match[3]
        if name == "BEGIN":
            if len(open_) == DEEPEST:
                lose(number, f"components are nested more than {DEEPEST} deep; nothing from here on is read")
                break
            open_.append(Component(value.strip().upper(), number))
        elif name == "END":
            _close(open_, found, number, value.strip().upper(), lose)
        elif not open_:
            lose(number, f"{name} stands in no component")
        else:
            open_[-1].properties.append(Property(number, name, _parameters(match[2]), value))
    for component in open_:
        lose(component.number, f"{component.name} begins here and has no end")
    # What an unfinished calendar holds has an end of its own.
    found.extend(component for component in open_[:1] if component.name == "VCALENDAR")
    return found


def _close(open_: list[Component], found: list[Component], number: int, name: str, lose: Lose) -> None:
    if name not in [component.name for component in open_]:
        lose(number, f"{name} ends here and began nowhere")
        return
    while open_[-1].name != name:
        left = open_.pop()
        lose(left.number, f"{left.name} begins here and has no end")
    closed = open_.pop()
    (open_[-1].parts if open_ else found).append(closed)


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(text):
        found.setdefault(name.upper(), quoted or plain)
    return found


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    """The lines, unfolded, each with the number of its first one.

    They are put together before they are decoded: a fold may stand inside a character.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("it is UTF-16, and calendars are UTF-8")
    parts: list[bytes] = []
    begun = 1
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if line[:1] in (b" ", b"\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield begun, _decoded(begun, b"".join(parts))
        parts, begun = ([line], number) if line.strip() else ([], number)
    if parts:
        yield begun, _decoded(begun, b"".join(parts))


def _decoded(number: int, line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise Unreadable(f"line {number} is not UTF-8") from None
