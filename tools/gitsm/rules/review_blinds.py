"""Git attributes by which a change to a record passes its reviewers unseen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import re2

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.lint import Findings, rule
from gitsm.repository import Repository
from gitsm.schema.own_kinds import is_schema_file

ATTRIBUTES = ".gitattributes"
MAX_LINES = 100
"""How many lines that could hide something are followed; a stranger's file may hold thousands."""
_MAX_PATTERN = 500


@rule(suppressible=False)
def records_hidden_from_review(repository: Repository) -> Findings:
    """A line of `.gitattributes` keeps changes to records from being shown to their reviewers.

    With `-diff` or `binary` a difference is "binary files differ", with `linguist-generated` the code
    host folds it away, and with a filter or another encoding what is reviewed is not what is read.
    Merging is authorising here, so nobody may authorise what he wasn't shown.

    Bad:

        # services/.gitattributes (whole)
        *.yaml linguist-generated

    Good:

        # services/.gitattributes (whole)
        *.yaml text eol=lf
    """
    files = [path for path in repository.files if path.rsplit("/", 1)[-1] == ATTRIBUTES]
    if not files:
        return
    records = [path for path in repository.documents if not is_schema_file(path)]
    blinds: dict[str, dict[str, Line]] = defaultdict(dict)
    followed = 0
    macros = dict(_MACROS)
    for file, content in repository.tree.read_many(sorted(files, key=lambda path: path.count("/"))):
        if isinstance(content, Diagnostic):
            yield Diagnostic(content.message, content.place)
            continue
        for line in _lines(file, content.decode("utf-8", "replace"), macros):
            followed += 1
            if followed > MAX_LINES:
                yield Diagnostic(
                    f"more than {MAX_LINES} lines of {ATTRIBUTES} could hide something from reviewers,"
                    " and this one and the rest are not followed",
                    line.place,
                )
                break
            _follow(line, records, blinds)
    yield from _findings(blinds)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of attributes that has to do with what reviewers see."""

    place: Place
    pattern: str
    values: Mapping[str, str]
    """What it gives each attribute: `+` for set, `-` for unset, nothing for unspecified, else its value."""


_MACROS: Mapping[str, Mapping[str, str]] = {"binary": {"diff": "-"}}
"""Names that stand for other attributes."""

_SAID = {
    "diff": "shows no differences of",
    "linguist-generated": "has GitHub fold away",
    "gitlab-generated": "has GitLab fold away",
    "filter": "puts a filter between reviewers and",
    "working-tree-encoding": "gives another encoding to",
}


def _hides(name: str, value: str) -> bool:
    if name == "diff":
        return value == "-"
    if name.endswith("-generated"):
        return value in ("+", "true")
    if name == "filter":
        return value not in ("", "-", "+")
    return value not in ("", "-", "+") and value.upper().replace("-", "") != "UTF8"


def _lines(file: str, text: str, macros: dict[str, Mapping[str, str]]) -> Iterator[Line]:
    for number, written in enumerate(text.split("\n"), 1):
        stripped = written.strip()
        if not stripped or stripped.startswith("#"):
            continue
        quoted = re.match(r'"((?:[^"\\]|\\.)*)"', stripped)
        pattern = quoted[1] if quoted else stripped.split(None, 1)[0]
        rest = stripped[quoted.end() :] if quoted else stripped[len(pattern) :]
        values = _values(rest.split(), macros)
        if pattern.startswith("[attr]"):
            if "/" not in file and len(macros) < MAX_LINES:  # Git takes macros from the top folder alone
                macros[pattern.removeprefix("[attr]")] = values
        elif values and not pattern.startswith("!"):
            indent = len(written) - len(written.lstrip())
            span = Span(number, indent + 1, number, indent + len(stripped) + 1)
            yield Line(Place(file, span=span), pattern, values)


def _values(words: Sequence[str], macros: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.lstrip("-!").partition("=")
        if word in macros:
            found.update(macros[word])
        elif name in _SAID:
            sign = "-" if word.startswith("-") else "" if word.startswith("!") else "+"
            found[name] = value if equals else sign
    return found


def _follow(line: Line, records: Sequence[str], blinds: dict[str, dict[str, Line]]) -> None:
    """Note which records a line hides, or shows again: of several lines the last one holds."""
    folder = line.place.file[: -len(ATTRIBUTES)]
    below = "\n".join(path[len(folder) :] for path in records if path.startswith(folder))
    try:
        matches = re2.finditer(_regex(line.pattern), below) if len(line.pattern) <= _MAX_PATTERN else ()
        paths = [folder + match.group() for match in matches if match.group()]
    except re2.error:
        return
    for name, value in line.values.items():
        for path in paths:
            if _hides(name, value):
                blinds[name][path] = line
            else:
                blinds[name].pop(path, None)


def _regex(pattern: str) -> str:
    """A pattern of Git's as an expression over paths, one on each line."""
    anchored = "/" in pattern.rstrip("/")
    found = "" if anchored else "(?:.*/)?"
    for part in re.split(r"(\*\*/|/\*\*$|\*+|\?|\[[^\]/]+\]|\\.)", pattern.removeprefix("/")):
        if part == "**/":
            found += "(?:.*/)?"
        elif part == "/**":
            found += "/.*"
        elif part[:1] == "*":
            found += "[^/\n]*"
        elif part == "?":
            found += "[^/\n]"
        elif len(part) > 2 and part[0] == "[":
            inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            found += f"[^{inner[1:]}/\n]" if inner[0] in "!^" and len(inner) > 1 else f"[{inner}]"
        else:
            found += re2.escape(part[1:] if len(part) == 2 and part[0] == "\\" else part)
    return f"(?m)^{found}$"


def _findings(blinds: Mapping[str, Mapping[str, Line]]) -> Findings:
    for name, hidden in blinds.items():
        by_place: dict[Place, list[str]] = defaultdict(list)
        for path, line in hidden.items():
            by_place[line.place].append(path)
        for place, paths in by_place.items():
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            yield Diagnostic(
                f"this line {_SAID[name]} {min(paths)}{more}",
                place,
                f"leave `{name}` away from records: merging them is authorising them",
                (Place(min(paths), label="hidden by it", of_file=True),),
            )
