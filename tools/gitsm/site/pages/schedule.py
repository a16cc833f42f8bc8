"""The calendar: what is planned, month by month, as tables that need no script, and as data for the views."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from gitsm.calendar import Conflict
from gitsm.calendar_views import services_of
from gitsm.diagnostic import Severity
from gitsm.exporters.ics import ALL, FOLDERS, with_a_feed
from gitsm.records.change import Change
from gitsm.site.assets import FOLDER
from gitsm.site.feeds import FOLDER as FEEDS
from gitsm.site.here import Here, Site
from gitsm.site.html import Content, bullets, chip, join, paragraph, quiet, tag
from gitsm.site.page import INDEX, Draft, Section, makes_files, makes_pages
from gitsm.site.schedule import Entry, following, owner_of, schedule_of
from gitsm.site.tables import table
from gitsm.site.unseen import all_seen
from gitsm.site.when import DAYS, MONTHS

CALENDAR = "calendar/index.md"
"""The page of the calendar: this month and the next one."""
DATA = "calendar"
"""The folder, beside the other scripts, of the data that the views are made of."""
SCRIPTS = (
    "libraries/event-calendar/event-calendar.min.css",
    "libraries/event-calendar/event-calendar.min.js",
    f"{DATA}/about.js",
    "calendar-times.js",
    "calendar-entries.js",
    "calendar.js",
    "calendar-tables.js",
)

_MOST_ROWS = 500
"""Above this a page has one month only, however near the next one is."""
_MOST_CONFLICTS = 3
_MOST_SERVICES = 6
_MOST_DAYS = 31
_TONES = {"hard freeze": "bad", "soft freeze": "warn", "maintenance": "good", "peak": "info"}
_SEVERITIES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "info"}
_HEADINGS = ("Day", "Window", "What", "Services", "Team", "Conflicts")
_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@makes_pages
def calendar(site: Site) -> Iterator[Draft]:
    """The calendar's own page, and one for each month that it reaches."""
    # Without its data nothing can be shown but the tables, and these are whole.
    yield Draft(CALENDAR, "Calendar", _sections, _top, navigation="Calendar", wide=True, scripts=SCRIPTS)
    for month in schedule_of(site.repository).months:
        yield Draft(
            page_of(month),
            f"Calendar, {_named(month)}",
            partial(_sections_of, month),
            partial(_views, month),
            parent=CALENDAR,
            wide=True,
            scripts=SCRIPTS,
        )


def _sections_of(month: date, here: Here) -> Iterator[Section]:
    yield Section("", _month(here, schedule_of(here.repository).months[month]))
    yield Section("Other months", _links(here))


def page_of(month: date) -> str:
    """The page of a month."""
    return f"calendar/{month:%Y-%m}.md"


def _named(month: date) -> str:
    return f"{_NAMES[month.month - 1]} {month.year}"


def _top(here: Here) -> Markup:
    schedule = schedule_of(here.repository)
    since = here.clock.show(schedule.start.astimezone(here.clock.zone).date(), relative=False)
    lead = paragraph(
        "Windows of changes, freezes, maintenance and peaks of demand, since ", since, ". What is older stands in the ",
        here.page(here.site.places.of_kind("change"), "list of changes"), ". ",
        here.page(CALENDAR, "Subscribe to it", "subscribe"), " in a calendar of your own.",
        class_="g-lead",
    )  # fmt: skip
    return lead + _views(None, here)


def _views(month: date | None, here: Here) -> Markup:
    """Where the script puts the month and the timeline, and what it has to know."""
    site, as_of = here.site, here.repository.settings.as_of
    return tag(
        "div",
        class_="g-schedule",
        data_g_top=site.places.url(here.path, "x")[:-1],
        data_g_data=site.places.url(here.path, f"{FOLDER}/{DATA}/"),
        data_g_month=f"{month:%Y-%m}" if month else None,
        # Only a moment that goes on can be told by the reader's clock: an example stays at its own for ever.
        data_g_now=as_of.astimezone(UTC).isoformat(timespec="minutes") if as_of else None,
    )


def _sections(here: Here) -> Iterator[Section]:
    months = schedule_of(here.repository).months
    now = here.clock.today.replace(day=1)
    near = [now, following(now)]
    if sum(len(months[month]) for month in near) > _MOST_ROWS:
        near = [now]
    for month in near:
        yield Section(f"{_named(month)} ({len(months[month])})", _month(here, months[month]))
    yield Section("Other months", _links(here))
    yield Section("Subscribe", _feeds(here))


def _links(here: Here) -> Markup:
    """Links to all months, each with how much stands in it."""
    months = schedule_of(here.repository).months
    return bullets_in_line(
        [_named(month) if here.path == page_of(month) else here.page(page_of(month), _named(month)),
         quiet(f" {len(entries)}")]
        for month, entries in months.items()
    )  # fmt: skip


def bullets_in_line(items: Iterator[Content]) -> Markup:
    """A list whose items stand one beside the other."""
    return tag("div", bullets(items), class_="g-inline")


# --- the tables


def _month(here: Here, entries: Sequence[Entry]) -> Markup:
    rows = [_row(here, entry) for entry in entries]
    return table(_HEADINGS, rows, searchable=False) or paragraph(quiet("Nothing is planned."))


def _row(here: Here, entry: Entry) -> list[Content]:
    first, change = entry.times[0], entry.change
    day = first.start.astimezone(here.clock.zone)
    if change is not None:
        what: Content = [here.link(change), " ", here.status(change)]
    else:
        named = here.link(entry.row.record, entry.row.title)
        what = [named, " ", chip(entry.row.what, _TONES[entry.row.what])]
    return [
        tag("time", _day(day), datetime=f"{day:%Y-%m-%d}"),
        [_window(here, entry), _again(here, entry)],
        what,
        _services(here, entry.row.services),
        here.party(entry.team),
        _conflicts(here, entry),
    ]


def _day(day: date) -> str:
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _window(here: Here, entry: Entry) -> Markup:
    """From when to when, in the zone of all pages, and in the record's own where its clocks differ."""
    item, zone = entry.times[0], here.clock.zone
    shown = _span(item.start, item.end, zone)
    if item.start.astimezone(zone).utcoffset() != item.start.astimezone(entry.zone).utcoffset():
        shown += " " + quiet("(", _span(item.start, item.end, entry.zone), f", {entry.zone.key})")
    return shown + _ran(here, entry)


def _ran(here: Here, entry: Entry) -> Markup:
    """When a change really ran, where that was not when it was planned."""
    actual = entry.change.fields.actual if entry.change is not None else None
    item = entry.times[0]
    if actual is None or actual.end is None or (actual.start, actual.end) == (item.start, item.end):
        return Markup("")
    day = here.clock.day_of(item.start)
    return quiet(", ran ", here.clock.hours(actual.start, actual.end, near=day))


def _span(start: datetime, end: datetime, zone: ZoneInfo) -> Markup:
    first, last = start.astimezone(zone), end.astimezone(zone)
    apart = f"{_day(last)}, " if first.date() != last.date() else ""
    ended = tag("time", f"{apart}{last:%H:%M} {last:%Z}", datetime=_minute(last))
    return join([tag("time", f"{first:%H:%M}", datetime=_minute(first)), " – " if apart else "–", ended])


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _again(here: Here, entry: Entry) -> Content:
    """The further days on which something comes back."""
    if len(entry.times) == 1:
        return None
    zone = here.clock.zone
    days = list(dict.fromkeys(item.start.astimezone(zone).date() for item in entry.times[1:]))
    told = ", ".join(str(day.day) for day in days[:_MOST_DAYS])
    return quiet(f", {len(entry.times)} times, also on {told}")


def _services(here: Here, services: Sequence[str] | None) -> Content:
    if not services:
        return services_of(services)
    more = len(services) - _MOST_SERVICES
    shown = here.references("service", services[:_MOST_SERVICES])
    return [shown, quiet(f" and {more} more")] if more > 0 else shown


def _conflicts(here: Here, entry: Entry) -> Content:
    """What is in the way of a change, in words, with links to what it meets."""
    if entry.change is None or not entry.conflicts:
        return None
    shown = [_conflict(here, entry.change.file, conflict) for conflict in entry.conflicts[:_MOST_CONFLICTS]]
    more = len(entry.conflicts) - _MOST_CONFLICTS
    return bullets([*shown, here.link(entry.change, f"and {more} more")] if more > 0 else shown)


def _conflict(here: Here, file: str, conflict: Conflict) -> Content:
    ends = [one for one in (conflict.change, *conflict.others) if one.file != file]
    met = join([here.link(one) for one in ends[:_MOST_CONFLICTS]], ", ")
    return [
        chip(conflict.severity.value, _SEVERITIES[conflict.severity]), " ", conflict.message,
        [": ", met] if met else None,
    ]  # fmt: skip


# --- feeds


def _feeds(here: Here) -> Markup:
    """Every feed, by what it is of."""
    records = list(with_a_feed(here.repository))
    parts = [
        paragraph(
            "A calendar program that subscribes to one of these addresses shows what is planned, and follows it: ",
            _feed(here, ALL, "everything"), ".",
        )
    ]  # fmt: skip
    for kind, folder in FOLDERS.items():
        of_kind = [record for record in records if record.kind.name == kind]
        listed = bullets_in_line(
            _feed(here, f"{folder}/{record.id}.ics", here.site.name(record)) for record in of_kind
        )
        if of_kind:
            title = "Freezes and maintenance" if kind == "calendar" else of_kind[0].kind.plural
            parts.append(tag("details", tag("summary", f"{title} ({len(of_kind)})"), listed))
    return tag("div", join(parts, "\n"), class_="g-feeds")


def _feed(here: Here, path: str, label: str) -> Markup:
    return tag("a", label, href=here.url(f"{FEEDS}/{path}"), data_g_feed="")


# --- the data of the views


@makes_files
def data(site: Site) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """What the script shows: once what all months need, and each month by itself."""
    yield f"{FOLDER}/{DATA}/about.js", lambda: _script("window.gitsmCalendar=", _about(site))
    for month in schedule_of(site.repository).months:
        yield f"{FOLDER}/{DATA}/{month:%Y-%m}.js", partial(_data_of, site, month)


def _data_of(site: Site, month: date) -> bytes:
    told = [_told(site, entry) for entry in schedule_of(site.repository).months[month]]
    return _script(f'gitsmCalendar.months["{month:%Y-%m}"]=', told)


def _script(assigns: str, value: object) -> bytes:
    # In ASCII, so that no server's idea of an encoding changes a name.
    written = json.dumps(all_seen(value), ensure_ascii=True, separators=(",", ":"))
    return f"{assigns}{written};\n".encode("ascii")


def _about(site: Site) -> Mapping[str, object]:
    schedule = schedule_of(site.repository)
    services = {
        record.id: [site.name(record), _address(site, record), owner_of(site.repository, record.id)]
        for record in site.repository.all("service")
    }
    teams = {record.id: [site.name(record), _address(site, record)] for record in site.repository.all("team")}
    return {
        "start": _minutes(schedule.start),
        "end": _minutes(schedule.end),
        "all": [f"{month:%Y-%m}" for month in schedule.months],
        "zone": site.repository.timezone.key,
        "services": services,
        "teams": teams,
        "months": {},
    }


def _told(site: Site, entry: Entry) -> Mapping[str, object]:
    """An entry as the script reads it; what is nothing is left out."""
    change = entry.change
    told: dict[str, object] = {
        "id": entry.number,
        "what": entry.row.what,
        "title": entry.row.title,
        "url": _address(site, entry.row.record),
        "times": [[_minutes(item.start), _minutes(item.end)] for item in entry.times],
        "zone": entry.zone.key,
        "services": entry.row.services,
    }
    if change is not None:
        told["state"] = str(entry.state).lower()
        told["type"] = _type(change)
        told["team"] = entry.team
        told["conflicts"] = [[one.severity.value, one.message] for one in entry.conflicts[:_MOST_CONFLICTS]]
        told["more"] = max(len(entry.conflicts) - _MOST_CONFLICTS, 0)
    return {key: value for key, value in told.items() if value not in ([], 0) or key == "id"}


def _type(change: Any) -> str:
    fields: Change = change.fields
    return fields.type


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _address(site: Site, record: Any) -> str:
    """The address of a record's page, seen from the top of the site."""
    return site.places.url(INDEX, site.places.of_record(record))
