"""Times as a reader wants them: the day of the week, the zone, and how far it is from now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from gitsm.site.html import tag

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment in a time zone, from which other times are told."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day that it is."""
        return self.now.astimezone(self.zone).date()

    def day_of(self, moment: date | datetime) -> date:
        """The day on which a moment lies here."""
        return moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment

    def show(self, moment: date | datetime, *, relative: bool = True) -> Markup:
        """A day or an instant, and how far it is from now."""
        if isinstance(moment, datetime):
            local = moment.astimezone(self.zone)
            shown = _time(f"{_date(local)}, {local:%H:%M} {local:%Z}", local)
        else:
            shown = _time(_date(moment), moment)
        return shown + _apart(self.distance(moment), 1) if relative else shown

    def span(self, start: date | datetime, end: date | datetime, *, relative: bool = True) -> Markup:
        """A stretch of time from one moment to another."""
        if isinstance(start, datetime) and isinstance(end, datetime):
            first, last = start.astimezone(self.zone), end.astimezone(self.zone)
            if first.date() == last.date():
                shown = (
                    _time(f"{_date(first)}, {first:%H:%M}", first)
                    + "–"
                    + _time(f"{last:%H:%M} {last:%Z}", last)
                )
            else:
                begun = _date(first, year=first.year != last.year)
                shown = (
                    _time(f"{begun}, {first:%H:%M}", first)
                    + " – "
                    + _time(f"{_date(last)}, {last:%H:%M} {last:%Z}", last)
                )
        elif start == end:
            return self.show(start, relative=relative)
        else:
            shown = self.show(start, relative=False) + " – " + self.show(end, relative=False)
        if not relative:
            return shown
        return shown + _apart(self._distance_of_span(start, end), 2)

    def hours(self, start: datetime, end: datetime, *, near: date) -> Markup:
        """A stretch of time beside another one: without the days where they are that one's."""
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        if first.date() == last.date() == near:
            return _time(f"{first:%H:%M}", first) + "–" + _time(f"{last:%H:%M}", last)
        return self.span(start, end, relative=False)

    def _distance_of_span(self, start: date | datetime, end: date | datetime) -> str:
        begins, ends = self.begin(start), self.end(end)
        if begins <= self.now < ends:
            return f"now, {self._left(end)}"
        return self.distance(start if self.now < begins else end)

    def _left(self, end: date | datetime) -> str:
        """How much is left of what goes on: `3 h left`, `11 days left`, `until tomorrow`."""
        distance = self.distance(end)
        if distance in ("today", "tomorrow"):
            return f"until {distance}"
        return distance.removeprefix("in ") + " left" if distance != "now" else "about to end"

    def day(self, day: date) -> str:
        """A day in few words, for a heading: `Mon 16 Nov`."""
        return _date(day, year=False)

    def moment(self, at: datetime) -> str:
        """An instant in few words, for a heading: `Mon 16 Nov, 09:00 CET`."""
        local = at.astimezone(self.zone)
        return f"{_date(local, year=False)}, {local:%H:%M} {local:%Z}"

    def begin(self, moment: date | datetime) -> datetime:
        """The instant at which a moment begins: midnight for a whole day."""
        if isinstance(moment, datetime):
            return moment
        return datetime(moment.year, moment.month, moment.day, tzinfo=self.zone)

    def end(self, moment: date | datetime) -> datetime:
        """The instant at which a moment has ended: the next midnight for a whole day."""
        return moment if isinstance(moment, datetime) else self.begin(moment + timedelta(days=1))

    def distance(self, moment: date | datetime) -> str:
        """How far a moment is from now, in words: `in 12 days`, `20 min ago`."""
        if isinstance(moment, datetime):
            apart = moment - self.now
            if abs(apart) < 24 * _HOUR:
                return _short(apart)
        days = (self.day_of(moment) - self.today).days
        if abs(days) < 2:
            return ("yesterday", "today", "tomorrow")[days + 1]
        return _told(days, *_rounded(abs(days)))


def _rounded(days: int) -> tuple[int, str]:
    if days < 60:
        return days, "days"
    return (round(days / 30.44), "months") if days < 730 else (round(days / 365.25), "years")


def _short(apart: timedelta) -> str:
    minutes = round(abs(apart) / timedelta(minutes=1))
    if minutes == 0:
        return "now"
    size = (minutes, "min") if minutes < 100 else (round(minutes / 60), "h")
    return _told(apart.total_seconds(), *size)


def _told(sign: float, count: int, unit: str) -> str:
    return f"in {count} {unit}" if sign > 0 else f"{count} {unit} ago"


def _apart(words: str, times: int) -> Markup:
    """How far the times before it are from now. A script keeps it true: a page is read after it was made."""
    return tag("span", " ", words, class_="g-quiet", data_g_apart=str(times))


def _date(day: date, *, year: bool = True) -> str:
    shown = f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return f"{shown} {day.year}" if year else shown


def _time(shown: str, moment: date | datetime) -> Markup:
    exact = moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()
    return tag("time", shown, datetime=exact)


def lasting(apart: timedelta) -> str:
    """How long something lasted, in words: `1 h 45 min`, `3 days 2 h`."""
    minutes = round(apart / timedelta(minutes=1))
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes if not days else 0, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"
