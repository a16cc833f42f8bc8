"""Texts that fill a field and say nothing: `tbd`, `n/a`, a dash.

Only a whole text is compared, never a part of one: `None.` says nothing of how a change is undone,
and `None is needed: the old release goes on running beside the new one` says what there is to say.
"""

from __future__ import annotations

import re

_AROUND = "".join(map(chr, (*range(33, 48), *range(58, 65), *range(91, 97), *range(123, 127)))) + "–—…·•‘’“”"
_SPACE = re.compile(r"[\s_]+")
_POSTPONED = frozenset(
    {
        "", "tbd", "tba", "tbc", "tbf", "todo", "to do", "to be done", "to be defined", "to be determined",
        "to be decided", "to be added", "to be completed", "to be confirmed", "to be written", "to follow",
        "will follow", "coming soon", "later", "pending", "open", "unknown", "unclear", "not known",
        "don't know", "dont know", "no idea", "not yet", "none yet", "not defined", "undefined",
        "not decided", "undecided", "fixme", "xxx", "x", "placeholder", "fill in", "fill me in", "lorem ipsum",
    }
)  # fmt: skip
_NOTHING = frozenset(
    {
        "none", "no", "non", "nil", "null", "nothing", "n/a", "na", "n.a", "n. a", "not applicable",
        "not available", "not relevant", "see above", "see below", "as above", "same as above", "ditto",
        "yes", "ok", "okay",
    }
)  # fmt: skip


def in_short(text: str) -> str:
    """A text in lower case without the signs around it, its words one space apart."""
    return _SPACE.sub(" ", text.replace("’", "'").casefold()).strip().strip(_AROUND + " ")


def is_postponed(text: str) -> bool:
    """Whether a text only says that something is still to be said."""
    return in_short(text) in _POSTPONED


def says_nothing(text: str) -> bool:
    """Whether a text fills a field without an answer, or with one that holds anywhere: no, none, n/a."""
    return in_short(text) in _POSTPONED or in_short(text) in _NOTHING
