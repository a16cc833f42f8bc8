"""The values that fields hold: one strict written form each, read into one Python value each.

Each type is an annotation for a pydantic field. It checks the written text, turns it into a value
that can be computed with, and says in its JSON Schema what a person may write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache, wraps
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

_DAY = re.compile(r"(20\d\d|21\d\d)-(\d\d)-(\d\d)", re.ASCII)
_LOCAL = r"(?:20\d\d|21\d\d)-\d\d-\d\dT\d\d:\d\d(?::\d\d)?"
_INSTANT = re.compile(_LOCAL + r"(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_LOCAL_TIME = re.compile(_LOCAL, re.ASCII)
_TIME_RANGE = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?) (s|min|h|business hours?)", re.ASCII)
_PERIOD = re.compile(r"(\d{1,4}) (day|week|month|year)s?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """How long something takes: minutes of elapsed time, or of working time where `business` is set."""

    minutes: float
    business: bool = False
    text: str = ""

    def __str__(self) -> str:
        return self.text or f"{self.minutes:g} min"

    def surely_longer_than(self, other: Duration) -> bool:
        """Whether it lasts longer than another whatever the calendar: working time lasts at least as long
        as it says, and how much longer, only hours of service would tell."""
        return self.minutes > other.minutes and (self.business or not other.business)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar: a number of days, weeks, months or years."""

    count: int
    unit: str

    def after(self, day: date) -> date:
        """The day that lies this period after `day`; a month that is too short ends on its last day."""
        if self.unit in ("day", "week"):
            return day + timedelta(days=self.count * (7 if self.unit == "week" else 1))
        months = day.year * 12 + day.month - 1 + self.count * (12 if self.unit == "year" else 1)
        for last in (day.day, 30, 29, 28):
            try:
                return date(months // 12, months % 12 + 1, last)
            except ValueError:
                continue
        raise AssertionError("every month has a 28th")

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class HoursOfDay:
    """Hours within a day, from and to in minutes after midnight; `to` is smaller where they pass midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))


def refusal(reason: str, *, field: str = "", hint: str = "") -> PydanticCustomError:
    """The error of a value that can't be read; a mapping's names the field that it is about."""
    # The reason goes through a placeholder: pydantic would read braces in a stranger's text as one.
    return PydanticCustomError("value", "{reason}", {"reason": reason, "field": field, "hint": hint})


def shown(value: object, most: int = 60) -> str:
    """A value as a message quotes it: short, and in words where its text alone would not tell."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return text if len(text) <= most else text[: most - 3] + "..."


def _text_form(pattern: re.Pattern[str], what: str, example: str) -> Callable[[object], re.Match[str]]:
    def match(value: object) -> re.Match[str]:
        found = pattern.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            # What is right but for its year is said to be, so that nobody looks for a slip in its form.
            if isinstance(value, str) and _YEAR.match(value) and pattern.fullmatch(f"2000{value[4:]}"):
                raise refusal(f"{shown(value)} is in the year {value[:4]}, and records know 2000 to 2199")
            raise refusal(f"{shown(value)} is not {what} such as {example}")
        return found

    return match


_YEAR = re.compile(r"\d{4}-", re.ASCII)


_match_instant = _text_form(_INSTANT, "an instant with its offset from UTC", "2026-11-28T22:00+01:00")
_match_local = _text_form(_LOCAL_TIME, "an instant", "2026-11-28T22:00 or 2026-11-28T22:00+01:00")
_match_day = _text_form(_DAY, "a day", "2026-11-28")
_match_duration = _text_form(_DURATION, "a duration", "15 min, 4 h or 8 business hours")
_match_period = _text_form(_PERIOD, "a period", "30 days, 2 weeks or 1 month")
_match_range = _text_form(_TIME_RANGE, "hours of a day", "08:00-17:00")
_MOMENT = re.compile(f"{_DAY.pattern}|{_INSTANT.pattern}", re.ASCII)
_match_moment = _text_form(_MOMENT, "a day or an instant", "2026-11-28 or 2026-11-28T22:00+01:00")


Read = TypeVar("Read")


def _remembered(read: Callable[[object], Read]) -> Callable[[object], Read]:
    """Have a text read once: records say `30 min` again and again, and each rule asks for the same moments."""
    known = lru_cache(maxsize=65_536)(read)

    @wraps(read)
    def reading(value: object) -> Read:
        return known(value) if isinstance(value, str) else read(value)

    return reading


def _existing(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise refusal(f"{text} names a day or time that does not exist") from None


@_remembered
def read_instant(value: object) -> datetime:
    """The instant that a text such as `2026-11-28T22:00+01:00` names; the offset is required."""
    return _existing(_match_instant(value).group())


@_remembered
def read_local_time(value: object) -> datetime:
    """An instant with or without an offset; without one, something else must name the time zone."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return read_instant(value)
    return _existing(_match_local(value).group())


@_remembered
def read_day(value: object) -> date:
    """The calendar day that a text such as `2026-11-28` names."""
    return _existing(_match_day(value).group()).date()


@_remembered
def read_moment(value: object) -> date | datetime:
    """A whole day, or an instant with its offset."""
    text = _match_moment(value).group()
    return read_day(text) if "T" not in text else read_instant(text)


@_remembered
def read_duration(value: object) -> Duration:
    """The duration that a text such as `15 min`, `4 h` or `8 business hours` names.

    A bare day is no duration, because nobody agrees how long it lasts.
    """
    number, unit = _match_duration(value).groups()
    minutes = float(number) * {"s": 1 / 60, "min": 1}.get(unit, 60)
    return Duration(minutes, unit.startswith("business"), str(value))


@_remembered
def read_period(value: object) -> Period:
    """The period that a text such as `30 days` or `1 month` names."""
    count, unit = _match_period(value).groups()
    if int(count) == 0:
        raise refusal("a period of nothing never comes round")
    if int(count) > 100 * {"day": 365, "week": 52, "month": 12, "year": 1}[unit]:
        raise refusal(f"{value} is longer than a hundred years")
    return Period(int(count), unit)


@_remembered
def read_hours(value: object) -> HoursOfDay:
    """Hours such as `08:00-17:00`; `22:00-06:00` passes midnight and `00:00-24:00` is the whole day."""
    h1, m1, h2, m2 = (int(part) for part in _match_range(value).groups())
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if m1 > 59 or m2 > 59 or start >= 1440 or end > 1440 or start == end:
        raise refusal(f"{shown(value)} is not a stretch of a day; it runs from 00:00 to 24:00")
    return HoursOfDay(start, end)


def _read_time(value: object) -> time:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
        raise refusal(f'{shown(value)} is not a time of day such as "22:00"')
    return time.fromisoformat(value)


@cache
def timezones() -> frozenset[str]:
    """The names of the time zones that there are."""
    return frozenset(available_timezones() - {"localtime"})


UNKNOWN_TIMEZONE = "timezone"
"""The type of the error of a time zone that there is not."""


def read_timezone(value: object) -> str:
    """The name of a time zone of the IANA database, such as `Europe/Vienna`."""
    if not isinstance(value, str) or value not in timezones():
        reason = f"{shown(value)} is not a time zone of the IANA database, such as Europe/Vienna"
        raise PydanticCustomError(UNKNOWN_TIMEZONE, "{reason}", {"reason": reason})
    return value


def in_timezone(local: datetime, timezone: str) -> datetime:
    """The instant that a local time names in a zone.

    Raises ValueError with a sentence where the clocks skip that time, or pass it twice.
    """
    if local.tzinfo is not None:
        return local
    zone = ZoneInfo(timezone)
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    # PEP 495: the offsets of the two folds differ in a gap and in a repetition; only a gap shrinks.
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None
    assert after is not None
    clock = local.isoformat(timespec="minutes")
    if before < after:
        raise ValueError(f"{clock} does not exist in {timezone}: the clocks skip it")
    raise ValueError(f"{clock} is passed twice in {timezone} as the clocks go back: give its offset from UTC")


def _spelled(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^(?:{pattern})$", "examples": list(examples)})


SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
URL = r"^(?:https?://|mailto:|tel:)[^\s<>\"]+$"

FORMS = {
    SLUG: "words of lower-case letters and digits joined by hyphens",
    URL: "an address that begins with https://, http://, mailto: or tel:",
}
"""What patterns ask for, in words."""

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\n\r]*$")]
"""A text of one line."""

Text = Annotated[str, Field(min_length=1)]
"""A text of any number of lines."""

Slug = Annotated[str, Field(pattern=SLUG, max_length=80, examples=["finance"])]
"""A short lower-case name, words joined by hyphens."""

Url = Annotated[str, Field(pattern=URL, max_length=2000, examples=["https://www.example.com/a"])]
"""An address that a reader may open: http, https, mailto or tel."""


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal(f"{shown(value)} is not a number")
    return value


Number = Annotated[float, Field(strict=False), BeforeValidator(_number)]
"""A number with or without decimals."""

Share = Annotated[float, Field(gt=0, le=100, strict=False), BeforeValidator(_number)]
"""A percentage above 0 and up to 100."""

Instant = Annotated[
    datetime,
    PlainValidator(read_instant),
    _spelled(_INSTANT.pattern, "2026-11-28T22:00+01:00", "2026-11-28T21:00Z"),
]
"""A point in time, with its offset from UTC."""

LocalTime = Annotated[
    datetime,
    PlainValidator(read_local_time),
    _spelled(_LOCAL + r"(?:Z|[+-]\d\d:\d\d)?", "2026-11-28T22:00+01:00", "2026-11-28T22:00"),
]
"""A point in time whose offset may come from a time zone that stands beside it."""

Day = Annotated[date, PlainValidator(read_day), _spelled(_DAY.pattern, "2026-11-28")]
"""A calendar day, in the policy's time zone."""

Moment = Annotated[
    date | datetime,
    PlainValidator(read_moment),
    _spelled(_MOMENT.pattern, "2026-11-28", "2026-11-28T22:00+01:00"),
]
"""A whole day or a point in time."""

TimeOfDay = Annotated[time, PlainValidator(_read_time), _spelled(r"([01]\d|2[0-3]):[0-5]\d", "22:00")]
"""A time of day, in quotes because YAML 1.1 tools read 22:00 as a number."""

Hours = Annotated[
    HoursOfDay,
    PlainValidator(read_hours),
    _spelled(_TIME_RANGE.pattern, "08:00-17:00", "22:00-06:00", "00:00-24:00"),
]
"""Hours of a day."""

Length = Annotated[
    Duration, PlainValidator(read_duration), _spelled(_DURATION.pattern, "15 min", "4 h", "8 business hours")
]
"""How long something takes or may take."""

Interval = Annotated[
    Period, PlainValidator(read_period), _spelled(_PERIOD.pattern, "30 days", "2 weeks", "1 month")
]
"""A stretch of the calendar."""

Timezone = Annotated[
    str,
    PlainValidator(read_timezone),
    WithJsonSchema({"type": "string", "examples": ["Europe/Vienna", "UTC"]}),
]
"""A time zone of the IANA database."""


def shape_of(value: object) -> str | None:
    """Which of text, list and mapping a value is: what tells the forms of a field apart."""
    shapes: dict[type, str] = {str: "text", list: "list", dict: "mapping"}
    return shapes.get(type(value))


@dataclass(frozen=True)
class Reference:
    """Marks a field whose text is the id of a record of another kind.

    Declared once, here: dangling links, links back, links on the site and the graph all come from it.
    Where `role` is set, the text may instead be `role:<role>` with a role that the policy names.
    """

    kind: str
    role: bool = False

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        form = dict(handler(schema))
        form["x-ref"] = self.kind
        if self.role:
            form["x-role"] = True
        return form


_Id = Annotated[str, Field(min_length=1, max_length=200)]
ServiceRef = Annotated[_Id, Reference("service")]
AgreementRef = Annotated[_Id, Reference("agreement")]
TeamRef = Annotated[_Id, Reference("team")]
CalendarRef = Annotated[_Id, Reference("calendar")]
ChangeRef = Annotated[_Id, Reference("change")]
ChangeModelRef = Annotated[_Id, Reference("change-model")]
IncidentRef = Annotated[_Id, Reference("incident")]
ProblemRef = Annotated[_Id, Reference("problem")]
ImprovementRef = Annotated[_Id, Reference("improvement")]
KnowledgeRef = Annotated[_Id, Reference("knowledge")]
RunbookRef = Annotated[_Id, Reference("runbook")]
PartyRef = Annotated[_Id, Reference("team", role=True)]
"""A team, or `role:<role>` for whoever holds that role."""


class OneOrMany:
    """Marks a list of which a single entry may be written without brackets."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        many = dict(handler(schema))
        return {"anyOf": [many["items"], many]}


Parties = Annotated[
    tuple[PartyRef, ...],
    Field(strict=False),
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    OneOrMany(),
]
"""One team or role, or a list of them."""
