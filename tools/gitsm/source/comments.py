"""Finds the comments of a file: `# ...` in its YAML, and `<!-- ... -->` in the Markdown of its body."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from yaml._yaml import CParser
from yaml.events import ScalarEvent


class _Lines:
    """Line and column of any index of a text, quickly where there are many to find."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, index: int) -> tuple[int, int]:
        line = bisect_right(self.starts, index)
        return line, index - self.starts[line - 1] + 1


def yaml_comments(text: str) -> Iterator[tuple[int, int, str]]:
    """The parser drops comments, but outside of scalars every # begins one."""
    if "#" not in text:
        return
    lines = _Lines(text)
    for start, end in _between_scalars(text):
        while (start := text.find("#", start, end)) >= 0:
            line_end = text.find("\n", start)
            line_end = line_end if line_end >= 0 else len(text)
            yield *lines.at(start), text[start + 1 : line_end].removesuffix("\r")
            start = line_end


def _between_scalars(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text in which no scalar stands, as far as the parser comes."""
    parser, reached = CParser(text), 0
    try:
        while event := parser.get_event():
            if isinstance(event, ScalarEvent) and event.start_mark and event.end_mark:
                start = event.start_mark.index
                if event.style in ("|", ">"):  # the line with the bar may end with a comment
                    line_end = text.find("\n", start)
                    start = line_end if line_end >= 0 else len(text)
                yield reached, start
                reached = event.end_mark.index
    except Exception:  # what is wrong, the problems of the text say
        return
    yield reached, len(text)


_CODE_OR_COMMENT = re.compile(r"\\.|`+|<!--", re.DOTALL)
_COMMENT = re.compile("<!--")


def body_comments(body: str, first_line: int) -> Iterator[tuple[int, int, str]]:
    """The HTML comments of a Markdown body outside of code; the body begins at that line of its file."""
    if "<!--" not in body:
        return
    from markdown_it import MarkdownIt  # here, because few records need it and it takes its time to import

    # Blocks only: what is code or HTML among them. To parse what stands in a line, a hostile text takes long.
    parser = MarkdownIt("commonmark").disable(["inline", "text_join", "reference"])
    body = body.replace("\r", " ")  # it would end a line there, and nowhere else
    written = body.split("\n")
    for token in parser.parse(body):
        if token.type not in ("inline", "html_block") or token.map is None or "<!--" not in token.content:
            continue
        lines, here = _Lines(token.content), written[slice(*token.map)]
        # What stands before the block on each of its lines: indentation, `>`, `-`, `#`.
        before = [
            max(line.find(part), 0) for line, part in zip(here, token.content.split("\n"), strict=False)
        ]
        for index, comment in _html_comments(token.content, in_html=token.type == "html_block"):
            line, column = lines.at(index)
            yield first_line + token.map[0] + line - 1, column + before[line - 1], comment


def _html_comments(text: str, *, in_html: bool) -> Iterator[tuple[int, str]]:
    """Index and text of each comment; between backticks there is none, nor after a backslash."""
    runs: dict[int, list[int]] = {}
    for run in re.finditer("`+", text):
        runs.setdefault(len(run[0]), []).append(run.start())
    at = 0
    while found := (_COMMENT if in_html else _CODE_OR_COMMENT).search(text, at):
        at = found.end()
        if found[0] == "<!--":
            end = text.find("-->", found.start() + 2)
            if end < 0:
                return
            yield found.start(), text[at:end]
            at = max(end + 3, at)
        elif found[0][0] == "`":
            same = runs.get(len(found[0]), [])
            following = bisect_right(same, found.start())
            if following < len(same):
                at = same[following] + len(found[0])
