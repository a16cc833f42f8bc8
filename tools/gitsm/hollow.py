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
        "will follow", "will be added", "will be added later", "coming soon", "later", "pending", "open",
        "unknown", "unclear", "not known",
        "don't know", "dont know", "no idea", "not yet", "none yet", "not defined", "undefined",
        "not decided", "undecided", "fixme", "t.b.d",
        "xxx", "x", "placeholder", "fill in", "fill me in", "lorem ipsum",
    }
)  # fmt: skip
_NOTHING = frozenset(
    {
        "none", "no", "non", "nil", "null", "nothing", "n/a", "na", "n.a", "n. a", "not applicable",
        "not available", "not relevant", "see above", "see below", "as above", "same as above", "ditto",
        "yes", "ok", "okay",
    }
)  # fmt: skip

DECIDED = (
    "defined|determined|decided|specified|confirmed|written|agreed|announced|clarified|documented|described|filled in"
    "|discussed"
)
"""What is still *to be* done with a text that is put off, as a pattern."""
_SENTENCE = r"(?:[^.!?;:\n]|[.!?:](?=\S)){0,160}[.!?…]*"
"""The rest of one sentence: what comes after it may say what there is to say."""
_PUT_OFF = re.compile(
    # `TODO: ask Anna`, `TBD by the architects`; `TODO lists were lost` is what happened.
    rf"\W*(?:(?-i:TODO|TBD|TBA|TBC|FIXME|T\.B\.D\.)(?!\w)[*_]*"
    rf"(?:\s*[:,;–—(-]\s*|\s+(?:by|with|after|until|once|before|when|in|at|from|ask|later|soon|still)\b){_SENTENCE}"
    # `To be defined by the architecture board`; `to be written by restoring ...` says how.
    rf"|(?:(?:is|are|has|have|still|yet|will)\s+)*(?:to\s+)?be\s+(?:{DECIDED})"
    r"(?:\s+(?:(?:by|with|in|at|on|after|before|during|once|when|until|from)\s+"
    r"(?!\w+ing\b|hand\b|each\b|every|any|whoever\b)|together\b|later\b|soon\b)"
    rf"{_SENTENCE})?)\W*",
    re.IGNORECASE,
)
_NOT_KNOWN = re.compile(
    r"(?:the |root |its |exact |real )*(?:cause |reason )?(?:is |was |remains )?"
    r"(?:as yet |still |yet |currently |at present )*"
    r"(?:unknown|unclear|not (?:yet )?(?:known|clear|found|identified|determined|understood)|undetermined|unidentified"
    r"|(?:to be |being |under )(?:investigated|investigation|analy[sz]ed|analysis|found|looked into|examined))"
    r"(?: yet| so far| as yet| at present| at the moment| at this (?:time|point|stage)| for now| currently)*"
)


def is_put_off(text: str) -> bool:
    """Whether a text says in one sentence that somebody has still to write it, and no more than that."""
    return len(text) <= 400 and _PUT_OFF.fullmatch(text.strip()) is not None


def is_not_known(text: str) -> bool:
    """Whether a text says of a cause only that nobody knows it."""
    return len(text) <= 400 and _NOT_KNOWN.fullmatch(in_short(text)) is not None


def in_short(text: str) -> str:
    """A text in lower case without the signs around it, its words one space apart."""
    return _SPACE.sub(" ", text.replace("’", "'").casefold()).strip().strip(_AROUND + " ")


def is_postponed(text: str) -> bool:
    """Whether a text only says that something is still to be said."""
    return in_short(text) in _POSTPONED or is_put_off(text)


def says_nothing(text: str) -> bool:
    """Whether a text fills a field without an answer, or with one that holds anywhere: no, none, n/a."""
    return is_postponed(text) or in_short(text) in _NOTHING
