"""The lines of CODEOWNERS before a host writes them: patterns of files, and the teams that are asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gitsm.codeowners.hosts import Host

EVERYTHING = "*"
"""The pattern of the first line: what no later one names."""


@dataclass(frozen=True, slots=True)
class Line:
    """A pattern of files, and who is asked about them."""

    pattern: str
    """From the top, such as `/services/payroll/`, with `*` for any text without a slash."""
    keepers: tuple[str, ...]
    """The teams that keep them."""
    approvers: tuple[str, ...] = ()
    """The teams whose approval the policy asks for, or may ask for."""
    within: str = ""
    """The pattern that holds where nobody here has a handle; empty for the one that holds everywhere."""


@dataclass(frozen=True, slots=True)
class Section:
    """An approval that the policy asks for, as a section of its own."""

    name: str
    count: int
    optional: bool
    """Whether it hangs on more than the file's path, such as the risk of a change."""
    kind: str
    """What it is an approval of."""
    party: str
    """Who gives it."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Unasked:
    """Files that nobody is asked about by name, because nobody who keeps them has a handle."""

    pattern: str
    teams: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class CodeOwners:
    """The file, and what it could not say."""

    host: Host
    text: str
    asked: int
    """How many lines ask somebody."""
    unasked: tuple[Unasked, ...]


def by_folder(
    folder: str, files: Mapping[str, tuple[str, ...]], above: tuple[str, ...], within: str = ""
) -> Iterator[Line]:
    """Lines for the files below a folder whose keepers are others than those of the folder.

    A folder in which most files have the same keepers is theirs, and so are new files in it.
    """
    within = within or f"/{folder}"
    below: dict[str, dict[str, tuple[str, ...]]] = {}
    for file, keepers in sorted(files.items()):
        name, slash, _ = file.removeprefix(folder).partition("/")
        if slash:
            below.setdefault(f"{folder}{name}/", {})[file] = keepers
        elif keepers and set(keepers) != set(above):
            yield Line(literal(file), keepers, within=within)
    for inner, inside in below.items():
        most = _most(inside.values())
        if most and set(most) != set(above):
            yield Line(literal(inner), most, within=within)
            named = {file: keepers or above for file, keepers in inside.items()}
            yield from by_folder(inner, named, most, literal(inner))
        else:
            yield from by_folder(inner, inside, above, within)


def _most(keepers: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """What more than half of them are; nothing where no one is."""
    most, count = Counter(keepers).most_common(1)[0]
    return most if count * 2 > len(keepers) else ()


def literal(path: str) -> str:
    """A path as a pattern, in which an asterisk is no more than any character."""
    return "/" + path.replace("*", "?")
