"""Times of day in prose that name their zone, and which of them are meant to be one moment.

A time is read only where a zone stands behind it: numbers alone are versions, ports, ratios and durations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from gitsm.said_times import dates, zones

_CLOCK = (
    r"(?P<{0}>(?:0?[1-9]|1[0-2])(?:[:.][0-5]\d)?\s?(?i:[ap]\.?m)\b\.?"
    r"|(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{{1,6}})?)?|24:00(?::00)?)(?!\s?(?i:[ap]\.?m))"
    r"|(?:[01]?\d|2[0-3])[hH](?:[0-5]\d)?|(?:[01]?\d|2[0-3])\.[0-5]\d(?!\s?(?i:[ap]\.?m))"
    r"|(?:[01]\d|2[0-3])[0-5]\d(?!\s?(?i:[ap]\.?m))|(?i:noon|midday|midnight)\b)"
)
_TO = r"(?:\s?(?:-|–|—|to|until)\s?)"
_SAID = (
    rf"(?<![\w.:+-])(?:(?<!/){dates.pattern(1)},?(?:\s(?:at|from))?(?:\s|(?P<T>T)))?"
    rf"{_CLOCK.format('t')}(?:{_TO}{_CLOCK.format('u')})?(?:\s(?:Uhr|hrs))?"
    rf" ?(?P<b>[(\[])?(?P<z>{zones.ZONE}|(?(T)-(?:0\d|1[0-2]):?[0-5]\d(?![\d:])|(?!)))(?(b)[)\]])"
)
"""It is compiled by the first text that names a zone: that takes its time."""
_BEHIND = re.compile(rf",?\s(?:on\s)?(?:(?:the|{dates.DAY_NAMED},?)\s)?{dates.pattern(2)}")
_BEHIND_BOTH = re.compile(
    rf"[)\]],?\son\s(?:(?:the|{dates.DAY_NAMED},?)\s)?{dates.pattern(2)}(?!,?\s(?:at\s|from\s)?\d)"
)
"""The date of a time and of its other reading in brackets, where no time follows that it could belong to."""
_AMOUNT = re.compile(
    r"(?:\b(?:v|ver|version|release|rel|ratio|factor|build|section|chapter|step|point|\w+db|\w+sql|ubuntu|debian"
    r"|python|java|node|kernel|eur|usd|gbp|chf)\.?|[€$£#§=<>~^*×]) ?$",
    re.IGNORECASE,
)
"""What stands before a number with a point in it that is no time of day."""
_ZONE_WORD = re.compile(
    r"(?:[0-9][hH]?|[apAP]\.?[mM]\.?|Uhr|hrs|(?i:noon|midday|midnight)) ?[(\[]?"
    rf"(?:(?:{zones.ABBREVIATIONS})\b|\+[01]\d|{zones.REGIONS})"
    r"|[0-9]T[0-9]"
)
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Said:
    """A time of day with its zone, or a stretch of two, and its date where one stands beside it."""

    start: int
    end: int
    clock: str
    until: str
    zone: str
    days: tuple[date, ...]
    """The days that its date may be; none without one."""
    is_restated: bool = False
    """Whether what stands before it says outright that it is another reading of that moment: an opened
    bracket, an equals sign, `that is`."""

    @property
    def words(self) -> str:
        """Its clock and its zone, as one writes them."""
        return f"{self.clock}{'' if self.zone[0] in '+-Z' else ' '}{self.zone}"

    @property
    def day(self) -> date | None:
        """Its day, where only one can be meant."""
        return self.days[0] if len(self.days) == 1 else None

    @property
    def minutes(self) -> int:
        """How many minutes after midnight it is."""
        return minutes_of(self.clock)

    @property
    def is_bare(self) -> bool:
        """Whether it is four digits, which may be a year wherever no other time stands beside it."""
        return self.clock.isdecimal()

    @property
    def is_half_said(self) -> bool:
        """Whether one end of a stretch says its half of the day for both, as in 6:00 to 8:00 pm."""
        return bool(self.until) and _is_half_day(self.until) != _is_half_day(self.clock)

    def distances(self, day: date | None = None) -> tuple[int, ...]:
        """How many minutes east of UTC its zone may be."""
        return zones.distances(self.zone, self.day or day)

    def moments(self) -> list[datetime]:
        """The moments that it may be, on its day."""
        if self.day is None:
            return []
        midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)
        return [midnight + timedelta(minutes=self.minutes - off) for off in self.distances()]


def speaks_of_zones(text: str) -> bool:
    """Whether a text names a zone behind a number at all."""
    return _ZONE_WORD.search(text) is not None


def said(text: str) -> list[Said]:
    """The times of day of a text that name their zone, in order."""
    found: list[Said] = []
    for match in re.finditer(_SAID, text):
        is_bare = match["t"].isdecimal()
        has_point = "." in match["t"][:3] and not _is_half_day(match["t"])
        if (has_point or is_bare) and _is_amount(text, match):
            continue
        if is_bare and match["z"][0] in "+-":
            continue  # a number of a telephone
        each = Said(
            match.start(), match.end(), match["t"], match["u"] or "", match["z"], dates.days_of(match, 1)
        )
        if not each.distances():
            continue
        if not each.days and (behind := _BEHIND.match(text, match.end())):
            each = replace(each, end=behind.end(), days=dates.days_of(behind, 2))
        elif not each.days and found and (behind := _BEHIND_BOTH.match(text, match.end())):
            before = found[-1]
            gap = _GAP.fullmatch(text, before.end, each.start) if each.start - before.end <= _MOST else None
            if gap is not None and gap["open"]:
                days = dates.days_of(behind, 2)
                each = replace(each, days=days)
                found[-1] = replace(before, days=before.days or days)
        found.append(each)
    # Which end of a day its midnight is, nobody knows.
    return [replace(each, days=()) if _is_midnight(each.clock) else each for each in found]


def _is_amount(text: str, match: re.Match[str]) -> bool:
    """Whether a number with a point is a version or a sum."""
    first = match.start("t")
    return _AMOUNT.search(text[max(first - 20, 0) : first]) is not None


# --- which of them are one moment

_GAP = re.compile(
    r"(?P<close>\s?[)\]])?"
    r"(?:(?P<open>,?\s?[(\[]\s?(?:=|≈|~|or|i\.?e\.?,?|that is,?|which is)?\s?)"
    r"|(?P<join>\s?(?:/|=|≙)\s?|,?\s(?:that is|i\.e\.|which is|equals),?\s)"
    r"|(?P<or>,?\sor\s(?:at\s)?)"
    r"|(?P<list>\s?[,;]\s?(?:and\s)?|\sand\s))"
)
_ALONE = re.compile(r"\s?(?:[)\],;/=]|or\b|and\b|the (?:next|previous) day\b|next day\b|$)")
"""What may follow a time in brackets that is the same moment; `(02:00 UTC at the latest)` is another one."""
_MOST = 24
"""How many characters may stand between two times that are one moment."""
MOST_IN_A_ROW = 12
"""Of how many times in a row each is held against each."""
_EITHER = re.compile(r"\b(?:either|whichever|earlier|later|depending|choose|alternatively)\b", re.IGNORECASE)


def one_moment(text: str, times: list[Said]) -> Iterator[list[Said]]:
    """The times that stand in a row as readings of one moment: `22:00 CET / 21:00 GMT (16:00 EST)`."""
    row: list[Said] = []
    inside = False  # of a bracket that was opened behind a time
    for each in _stretches(text, times):
        gap = (
            _GAP.fullmatch(text, row[-1].end, each.start)
            if row and each.start - row[-1].end <= _MOST
            else None
        )
        if gap is not None and gap["close"]:
            inside = False
        is_joined = gap is not None and _is_same(text, row[-1], each, gap, inside=inside)
        if not is_joined or len(row) == MOST_IN_A_ROW:
            if len(row) > 1:
                yield row
            row, inside = [], False
        elif gap is not None and gap["open"]:
            inside = True
        is_restated = inside or (is_joined and gap is not None and (gap["join"] or "/").strip() != "/")
        row.append(replace(each, is_restated=is_restated))
    if len(row) > 1:
        yield row


def _is_same(text: str, before: Said, each: Said, gap: re.Match[str], *, inside: bool) -> bool:
    """Whether what stands between two times says that they are one moment."""
    if gap["open"]:
        return _ALONE.match(text, each.end) is not None
    if gap["join"]:
        # Between two dates with times it is the sign of a stretch.
        return not (gap["join"] == "/" and before.days and each.days)
    if gap["or"]:
        return not _is_choice(text, each)
    return bool(gap["list"]) and inside


def _stretches(text: str, times: list[Said]) -> Iterator[Said]:
    """The times, two ends of a stretch in one where both name the same zone."""
    before: Said | None = None
    for each in times:
        if (
            before is not None
            and before.zone == each.zone
            and not before.until
            and not each.until
            and each.start - before.end <= _MOST
            and re.fullmatch(_TO, text[before.end : each.start])
        ):
            before = replace(before, until=each.clock, end=each.end)
            continue
        if before is not None:
            yield before
        before = each
    if before is not None:
        yield before


def _is_choice(text: str, each: Said) -> bool:
    return _EITHER.search(text[max(each.start - 80, 0) : each.end + 40]) is not None


def disagreement(row: list[Said]) -> tuple[Said, Said, str] | None:
    """The first two times of a row that are no one moment, and the second's clock at the first's moment."""
    day = next((each.day for each in row if each.day is not None), None)
    # Who says half of the day once for a whole row may have meant the other half.
    if any(each.is_half_said for each in row):
        row = [each for each in row if not each.is_half_said]
    for number, one in enumerate(row):
        for other in row[number + 1 :]:
            right = _right(one, other, day)
            if right:
                return one, other, right
    return None


def _right(one: Said, other: Said, day: date | None) -> str:
    """What the second says in truth, where the two don't agree."""
    if one.zone == other.zone:
        return ""
    pairs = [(one.clock, other.clock)]
    if one.until and other.until:
        pairs.append((one.until, other.until))
    # The same reading of the clock in two places is two moments, and meant to be: shifts begin at 09:00 CET /
    # 09:00 PST. In UTC nobody works, and what is said to be another reading is none.
    is_meant = not other.is_restated and not {one.zone, other.zone} & {"UTC", "Z"}
    if is_meant and all(minutes_of(first) == minutes_of(second) for first, second in pairs):
        return ""
    here, there = one.distances(day), other.distances(day)
    if any(_agree(pairs, a, b) for a in here for b in there) and _days_agree(one, other, here, there):
        return ""
    if bool(one.until) != bool(other.until) and any(
        _agree([(first, second)], a, b)
        for first in filter(None, (one.clock, one.until))
        for second in filter(None, (other.clock, other.until))
        for a in here
        for b in there
    ):
        return ""  # the other end of a stretch
    wrong = next(
        (pair for pair in pairs if not any(_agree([pair], a, b) for a in here for b in there)), pairs[0]
    )
    shown = {(minutes_of(wrong[0]) - a + b) % _MIDNIGHT for a in here for b in there}
    *some, last = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in sorted(shown)[:3])
    readings = " or ".join([*some, replace(other, clock=last).words])
    beside = f" of {one.day}" if one.day is not None and other.day is not None else ""
    return f"{replace(one, clock=wrong[0]).words}{beside} is {readings}" + _on_day(one, other, here, there)


def _on_day(one: Said, other: Said, here: tuple[int, ...], there: tuple[int, ...]) -> str:
    if one.day is None or other.day is None or len(here) > 1 or len(there) > 1:
        return ""
    shown = one.moments()[0] + timedelta(minutes=there[0])
    return f" of {shown.date()}"


def _agree(pairs: list[tuple[str, str]], here: int, there: int) -> bool:
    return all(
        (minutes_of(first) - here - minutes_of(second) + there) % _MIDNIGHT == 0 for first, second in pairs
    )


def _days_agree(one: Said, other: Said, here: tuple[int, ...], there: tuple[int, ...]) -> bool:
    """Whether two dates, where both are known, let the times be one moment."""
    if one.day is None or other.day is None or len(here) > 1 or len(there) > 1:
        return True
    return one.moments()[0] == other.moments()[0]


def minutes_of(clock: str) -> int:
    """How many minutes after midnight a time of day is."""
    if clock[0].isalpha():
        return 0 if _is_midnight(clock) else 12 * 60
    if clock.isdecimal() and len(clock) == 4:
        return int(clock[:2]) * 60 + int(clock[2:])
    hours, minutes = (int(part) for part in re.findall(r"\d+", f"{clock}:0")[:2])
    if _is_half_day(clock):
        hours = hours % 12 + (12 if "p" in clock.lower() else 0)
    return hours * 60 + minutes


def _is_half_day(clock: str) -> bool:
    """Whether a time is read on a clock of twelve hours, and says which half."""
    return clock[0].isdecimal() and "m" in clock.lower()


def _is_midnight(clock: str) -> bool:
    return clock.lower() == "midnight"
