"""A post of a status site: what kind of news it is, and when it says that things happened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gitsm.schema.values import in_timezone, read_instant
from gitsm.source import Value

_WORK = re.compile(
    r"maint|upgrad|updat|migrat|restart|reboot|brown-?out|convert|conversion|remov|operation|planned|scheduled"
    r"|prepar|patch|deploy|replac|switch|renew|decommission|relocat|mov(?:e|ing)$|rollout|install|rotat"
)
_FAILURE = re.compile(
    r"outage|down$|unavailab|unreachable|issues?$|problem|error|slow|expir|broken|disrupt|disconnect|fail|flaky"
    r"|incident|block|not$|offline|degrad|timeout|overload|vulnerab|exceed|corrupt|crash|lost$|loss$|latency|delay"
)
_PLANNED_OUTAGE = re.compile(
    r"\b(?:planned|scheduled)\s+(?:outage|downtime|disruption|interruption|maintenance)"
)
_ANNOUNCED = re.compile(r"\b(?:planned|scheduled|maintenance|going to|will|we['’]ll)\b", re.IGNORECASE)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?\s?(Z|z|[+-]\d\d:?\d\d)?", re.ASCII
)

News = Literal["change", "incident"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a post was taken for, and why."""

    news: News
    because: str


def judge(title: str, name: str, body: str, *, severity: str, informational: bool) -> Verdict:
    """Whether a post announces maintenance (a change) or reports a failure (an incident).

    The words of its title and of its file's name decide; names of hosts don't count. Where they
    contradict each other, or say nothing and nothing is down, the text decides by announcing something.
    """
    in_title, in_name = _subject(title), _subject(name)
    announced = _ANNOUNCED.search(body)
    what = f"its text says `{announced[0]}`" if announced else "its text announces nothing"
    if severity.startswith("maint"):
        return Verdict("change", f"its severity is {severity}")
    if in_title is not None and in_name in (None, in_title):
        return Verdict(in_title, f"its title speaks of {_WORDS[in_title]}")
    if in_title is None and in_name is not None:
        return Verdict(in_name, f"its file's name speaks of {_WORDS[in_name]}")
    if in_title is not None:
        return Verdict(
            "change" if announced else "incident", f"its title and name contradict each other, and {what}"
        )
    if severity == "notice" or informational:
        return Verdict("change" if announced else "incident", f"it is a mere notice, and {what}")
    return Verdict("incident", "nothing in its title or name speaks of maintenance")


_WORDS = {"change": "maintenance", "incident": "a failure"}


def _subject(text: str) -> News | None:
    """What a title is about. Failure wins: `update not possible` is none; a planned outage is maintenance."""
    text = text.casefold()
    if _PLANNED_OUTAGE.search(text):
        return "change"
    words = [word.strip(".,;:!?()[]{}'\"`’") for word in text.split()]
    words = [word for word in words if "." not in word and "/" not in word]
    if any(_FAILURE.match(word) or word.endswith("n't") for word in words):
        return "incident"
    return "change" if any(_WORK.match(word) for word in words) else None


def words_of(stem: str) -> str:
    """The words of a file's name, without its date; host names in it stay in one piece."""
    return re.sub(r"[-_]+", " ", re.sub(r"\A\d{4}-\d\d-\d\d-?", "", stem))


@dataclass(frozen=True, slots=True)
class Time:
    """A time as a post gives it, and as a record can hold it."""

    text: str
    instant: str | None
    remark: str = ""


def read_time(value: Value, timezone: str) -> Time | None:
    """The time that a post gives; None where it gives none. Without an offset it is one of `timezone`.

    What is an instant already stays as it is written; another spelling of one becomes one.
    """
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    if _is_instant(text):
        return Time(text, text)
    match = _MOMENT.fullmatch(text)
    if match is None:
        return Time(text, None)
    day, clock, fraction, offset = match.groups()
    local = f"{day}T{clock or '00:00'}"
    remark = (
        "a day without a time" if clock is None else "fractions of a second" if int(fraction or 0) else ""
    )
    if offset is not None:
        offset = "Z" if offset in "Zz" else f"{offset[:3]}:{offset[-2:]}"
        return Time(text, local + offset if _is_instant(local + offset) else None, remark)
    try:
        placed = in_timezone(datetime.fromisoformat(local), timezone).isoformat().replace("+00:00", "Z")
    except ValueError:
        return Time(text, None)
    because = f"no offset, so that it is taken for a time in {timezone}"
    return Time(text, placed if _is_instant(placed) else None, "; ".join(filter(None, (remark, because))))


def _is_instant(text: str) -> bool:
    try:
        read_instant(text)
    except ValueError:
        return False
    return True
