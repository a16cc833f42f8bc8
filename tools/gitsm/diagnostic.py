"""What is wrong, where, and what to do about it: the one value that every finding travels in.

A diagnostic names a file and a path in its data; the line and column are worked out late, when it
is shown, because most findings of a large repository are never shown at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DataPath = tuple[str | int, ...]
"""Where a value stands in a record: keys and list indices from the top, `("window", "start")`."""


class Severity(StrEnum):
    """How bad a finding is. Errors fail a check; warnings and notes fail it only where asked to."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for a note: the order in which findings matter."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file. Lines and columns count from 1, columns in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Place:
    """One place that a finding points at.

    A place is a path in the data of a file, or a span where there is no data to point into (broken
    YAML, a heading in a Markdown body). `on_key` points at the key itself instead of its value.
    """

    file: str
    path: DataPath = ()
    span: Span | None = None
    label: str = ""
    on_key: bool = False
    of_file: bool = False
    """Whether it is the file itself, such as its name, and nothing that stands in it."""


@dataclass(frozen=True, slots=True)
class NewValue:
    """An edit that gives the scalar at a path another value."""

    file: str
    path: DataPath
    value: str
    safe: bool = True


@dataclass(frozen=True, slots=True)
class NewKey:
    """An edit that gives the key at a path another name; its value and its place stay."""

    file: str
    path: DataPath
    key: str
    safe: bool = True


@dataclass(frozen=True, slots=True)
class NewSection:
    """An edit that adds a heading of the second level to the Markdown body of a file, at its end or above another."""

    file: str
    heading: str
    safe: bool = True
    rank: int = 0
    """Which comes first where several are added at once: the one with the lower rank."""
    above: tuple[str, ...] = ()
    """Headings of the second level; it comes above the first of them that there is."""


@dataclass(frozen=True, slots=True)
class NewText:
    """An edit that puts another text in the place of a stretch of a Markdown body."""

    file: str
    span: Span
    text: str
    safe: bool = True


Edit = NewValue | NewKey | NewSection | NewText
"""What would mend a finding. A safe edit can only state what its author meant: it may be made unasked."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a statement about the data, the place it is about, and advice in the hint.

    Whoever finds something gives the message and the place; the runner that knows the rule adds
    its name and severity.
    """

    message: str
    place: Place
    hint: str = ""
    related: tuple[Place, ...] = ()
    rule: str = ""
    severity: Severity = Severity.ERROR
    edit: Edit | None = None
