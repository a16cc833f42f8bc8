"""At which line and column each key and value of a text stands."""

from __future__ import annotations

from typing import Any

from gitsm.diagnostic import DataPath, Span

Spans = dict[DataPath, tuple[Span | None, Span]]
"""For each path in the data, where its key stands, if it has one, and where its value does."""


class Places:
    """The spans of one text, kept while it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: Spans = {}
        self.reached = (1, 1)  # where the last value kept ends, and so the block collections that it closes

    def keep(self, path: DataPath, key_event: Any, event: Any) -> None:
        """The value at this path, or the collection that begins there."""
        span = span_of(event, self.text)
        self.reached = (span.end_line, span.end_column)
        # Of duplicate keys the first one is kept, so that the second can name it.
        self.spans.setdefault(path, (span_of(key_event, self.text) if key_event is not None else None, span))

    def close(self, path: DataPath, event: Any) -> None:
        """Gives a collection its end; of block style the parser only says where the next thing begins."""
        if event.end_mark.index > event.start_mark.index:  # a closing bracket
            self.reached = (event.end_mark.line + 1, event.end_mark.column + 1)
        key, span = self.spans[path]
        if (span.line, span.column) < self.reached:
            self.spans[path] = (key, Span(span.line, span.column, *self.reached))


def span_of(event: Any, text: str) -> Span:
    """Where that which the parser reports stands in its text."""
    start, end = event.start_mark, event.end_mark
    if getattr(event, "style", None) in ("|", ">"):
        # The parser's end is the next line that isn't blank; ours is that of the last line of the text,
        # unless `+` says that the blank lines are part of it.
        written = text[start.index : end.index]
        keeps = "+" in written.partition("\n")[0].partition("#")[0]
        written = written.removesuffix("\n").removesuffix("\r") if keeps else written.rstrip(" \t\r\n")
        last = written.rpartition("\n")[2]
        column = start.column + 1 if last is written else 1
        return Span(
            start.line + 1, start.column + 1, start.line + 1 + written.count("\n"), column + len(last)
        )
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
