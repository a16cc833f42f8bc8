"""The calendar as Markdown, for a page or a comment: strangers' words make no links and no markup."""

from __future__ import annotations

from collections.abc import Iterator

from gitsm.calendar_views import Shown, footing, nothing, services_of, span_of, what_of
from gitsm.formats.markdown import code, prose

_HEADINGS = ("from", "to", "what", "title", "services")


def render(shown: Shown, *, colour: bool, width: int) -> Iterator[str]:
    """A table, and below it the conflicts and the exceptions from freezes."""
    if not shown.rows:
        yield f"{nothing(shown)}, {footing(shown)}"
        return
    yield f"| {' | '.join(_HEADINGS)} |"
    yield f"|{' --- |' * len(_HEADINGS)}"
    for row in shown.rows:
        more = len(row.items) - 1
        title = _cell(row.title)
        if more:
            title += f" and {more} more until {shown.local(row.items[-1].start):%Y-%m-%d}"
        what = (
            f"**{what_of(row.items[0])}, in conflict**"
            if shown.trouble(row.items[0])
            else what_of(row.items[0])
        )
        services = "all services" if row.services is None else _cell(services_of(row.services))
        yield f"| {' | '.join((*span_of(shown, row.items[0]), what, title, services))} |"
    if shown.conflicts:
        yield from ("", "**Conflicts**", "")
        for conflict in shown.conflicts:
            yield f"- **{conflict.severity}** {code(conflict.change.id)}: {prose(conflict.message)}"
    if shown.exceptions:
        yield from ("", "**Exceptions from freezes**", "")
        for one in shown.exceptions:
            yield f"- {code(one.change.id)}: {prose(one.message)}"
    yield from ("", footing(shown))


def _cell(text: str) -> str:
    """A stranger's text in a table, where a bar ends the cell, also in code."""
    return prose(text).replace("|", r"\x7c")
