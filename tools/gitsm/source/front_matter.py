"""Where the front matter of a Markdown file ends: the YAML between two lines of `---` at its top."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gitsm.diagnostic import Diagnostic, Place, Span
from gitsm.source.problems import problem, span_at

_OPENING = re.compile(r"---[ \t]*(?:\r?\n|\Z)")
_CLOSING = re.compile(r"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_NEARLY_CLOSING = re.compile(r"^[ \t]*(?:-{2,}|\.{3}|—|–)[ \t]*\r?$", re.MULTILINE)


def front_matter_end(text: str) -> re.Match[str] | None:
    """The line that closes the front matter. The YAML before it, opening line included, is one document."""
    opening = _OPENING.match(text)
    return _CLOSING.search(text, opening.end()) if opening else None


def broken_front_matter(file: str, text: str) -> Iterator[Diagnostic]:
    """Why no end of the front matter was found."""
    opening = _OPENING.match(text)
    if opening is None:
        message, hint = (
            "the file does not begin with front matter",
            "begin line 1 with --- and nothing before it",
        )
        yield problem(
            "broken-front-matter", message, file, Span(1, 1, 1, 1 + len(text.partition("\n")[0])), hint
        )
        return
    message = "the front matter that begins here is never closed"
    found = problem(
        "broken-front-matter", message, file, Span(1, 1, 1, 4), "close it with a line of --- alone"
    )
    nearly = _NEARLY_CLOSING.search(text, opening.end())
    if nearly:
        span = span_at(text, nearly.start(), len(nearly[0].rstrip()))
        found = replace(found, related=(Place(file, span=span, label="this line does not close it"),))
    yield found
