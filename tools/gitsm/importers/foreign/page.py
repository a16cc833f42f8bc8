"""A page of somebody else's: Markdown with or without front matter, in YAML or TOML."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from gitsm import source
from gitsm.source import Format, Value
from gitsm.terminal import safe

_YAML = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*\r?(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[\w\"'-][^\n:]*:(?:\s|$)", re.MULTILINE)
_UNSEEN = {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Page:
    """What one foreign page says."""

    body: str
    """The text after the front matter, as it is."""
    front_matter: dict[str, Value] = field(default_factory=dict)
    """Its data, without the keys that have no value."""
    unread: str = ""
    """Front matter that can't be read, as it is."""
    trouble: str = ""
    """Why it can't."""


def read_page(file: str, content: bytes) -> Page | str:
    """The page that a file holds, or the reason why it is none that can be read."""
    document = source.read(file, content, Format.MARKDOWN)
    for problem in document.problems:
        if problem.rule == "unreadable-file":
            return "; ".join(filter(None, (problem.message, problem.hint)))
    text = document.text
    if (found := _YAML.match(text)) is not None and (_KEY.search(found[1]) or not found[1].strip()):
        data, trouble = _yaml(file, found[1])
    elif (found := _TOML.match(text)) is not None:
        data, trouble = _toml(found[1])
    else:
        return Page(text)
    body = text[found.end() :]
    return Page(body, data) if data is not None else Page(body, {}, found[0], trouble)


def _yaml(file: str, text: str) -> tuple[dict[str, Value] | None, str]:
    if not re.search(r"^[ \t]*[^\s#]", text, re.MULTILINE):
        return {}, ""
    document = source.read(file, f"---\n{text}---\n".encode("utf-8", "surrogatepass"), Format.MARKDOWN)
    if document.data is not None:
        return _without_null(document.data), ""
    problem = document.problems[0]
    line = problem.place.span.line if problem.place.span else 1
    return None, f"line {line}: {problem.message}"


def _toml(text: str) -> tuple[dict[str, Value] | None, str]:
    try:
        return {str(key): _plain(value) for key, value in tomllib.loads(text).items()}, ""
    except (ValueError, RecursionError) as error:
        return None, str(error)


def read_config(file: str, content: bytes) -> tuple[dict[str, Value] | None, str]:
    """The data of a settings file in YAML or TOML, or the reason why it can't be read."""
    if not file.endswith(".toml"):
        document = source.read(file, content, Format.YAML)
        if document.data is not None:
            return _without_null(document.data), ""
        problem = document.problems[0]
        return None, f"line {problem.place.span.line if problem.place.span else 1}: {problem.message}"
    try:
        return _toml(content.decode())
    except UnicodeDecodeError:
        return None, "it is not UTF-8"


def _plain(value: object) -> Value:
    """TOML's value as YAML would have it: times are text."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**18 else str(value)
    return value if isinstance(value, float) and math.isfinite(value) else str(value)


def _without_null(data: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in data.items() if value is not None}


def one_line(value: object) -> str | None:
    """A plain value as one short line, a list of them with commas; None where it takes more than that."""
    if isinstance(value, list):
        parts = [one_line(part) for part in value]
        text = ", ".join(part for part in parts if part) if all(parts) else ""
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str | int | float):
        text = str(value).strip()
    else:
        text = ""
    return text if text and len(text) <= MAX_LINE and not re.search(r"[\r\n]", text) else None


MAX_LINE = 200
"""The longest text that a record takes for a line."""


def printable(text: str) -> str:
    r"""A text without characters that no record may hold: they are shown as `\x1b`. Line ends become LF."""
    text = text.replace("\r\n", "\n")
    if _is_allowed(text):
        return text
    shown = "".join(
        safe(char) if char not in "\n\t" and unicodedata.category(char) in _UNSEEN else char for char in text
    )
    return shown if _is_allowed(shown) else text.encode("ascii", "backslashreplace").decode()


def _is_allowed(text: str) -> bool:
    content = f"---\na: b\n---\n{text[: source.MAX_BYTES // 4]}".encode("utf-8", "surrogatepass")
    return not source.read("", content, Format.MARKDOWN).problems


def short_title(text: str) -> str:
    """A text as a title: printable, on one line, and cut where it is too long."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"


_SET, _UNSET = ("true", "yes", "on", "y"), ("false", "no", "off", "n", "")


def truth(value: Value) -> bool:
    """Whether a flag is set, in any of the spellings of YAML."""
    return value is True or (isinstance(value, str) and value.strip().lower() in _SET)


def is_flag(value: Value) -> bool:
    """Whether a value is one that a flag can have."""
    return isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in (*_SET, *_UNSET))


def objections(path: str, text: str) -> Iterator[str]:
    """What a check will find wrong with the bytes of a record that was carried over all the same."""
    format = Format.MARKDOWN if path.endswith(".md") else Format.YAML
    problems = source.read(path, text.encode("utf-8", "surrogatepass"), format).problems
    if problems:
        first = problems[0]
        line = first.place.span.line if first.place.span else 1
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        yield f"a check will refuse {path} until it is mended: line {line}: {first.message}{more}"
