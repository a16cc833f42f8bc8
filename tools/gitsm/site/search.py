"""What the site's search knows of each page: its names, where it stands, and the words that people type.

It is published as a script that holds nothing but data, because a page that was opened from a folder may load
a script and may not fetch a file. `assets/scripts/search.js` loads it when somebody first turns to the search.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from itertools import islice
from typing import Any

from gitsm.addresses import INDEX
from gitsm.records.incident import Incident
from gitsm.records.service import Service
from gitsm.repository import Record
from gitsm.site.alerts import Alert, alerts_of
from gitsm.site.here import Here, Site
from gitsm.site.page import Draft, Page, Rank
from gitsm.site.unseen import all_seen

FILE = "search/pages.js"
"""Where the data stands on the site."""
VARIABLE = "gitsmPages"
"""The one global that the data is assigned to."""

RECENT = timedelta(days=90)
"""How long an incident is found by its text after it began; then its title, id, services and errors are left."""
LONGEST_TEXT = 6_000
"""How much of a page's text is searched, in characters."""
LONGEST_REFERENCE = 800
LONGEST_WORDS = 1_000
LONGEST_STATE = 200
LONGEST_ERRORS = 400
MOST_NAMES = 50
ALL_TEXTS = 2_000_000
"""How long the texts may be together, in characters; above that the longest are cut."""

_NEEDED = 4
"""Rank, kind, title and id stand in every row."""
_SENTENCE = 12
"""Texts that are shorter are lengths of time and words of a list, which nobody searches by."""
_NAMES = ("alerts", "aliases")
_WORDS = ("tags", "hosts", "contacts", "members", "handles", "system", "service", "services", "team", "owner")
_ADDRESSES = ("links", "bridge")

_INLINE = re.compile(
    r"</?(?:a|abbr|b|code|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|u|var|wbr)\b[^<>]*>"
)
_TAG = re.compile(r"<[^<>]*>")
_BETWEEN_CHIPS = re.compile(r"</span>\s*<span")
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)")
_QUOTED = re.compile(r"`([^`\n]+)`")
_SIGN = re.compile(r"<a [^<>]*headerlink[^<>]*>[^<>]*</a>")
_MARKS = re.compile(r"\s*(?:#{1,6} |>|[-*+] |\d{1,9}[.)] |\|)+\s*")
_FENCES = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Document:
    """A page that was written by hand, as MkDocs rendered it."""

    address: str
    """From the top of the site, as links to it are written."""
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the search knows of one page."""

    rank: Rank
    kind: str
    """What it is, in a word or two."""
    title: str
    id: str
    address: str
    state: str = ""
    """Where it stands, in the words of its chips."""
    names: tuple[str, ...] = ()
    """Other names by which the whole of it is meant: the alerts that it answers, the ticket that it is."""
    words: str = ""
    """What it is about, and whom it concerns."""
    text: str = ""


def script(site: Site, entries: Iterable[Entry], documents: Iterable[Document] = ()) -> bytes:
    """The data as a script."""
    found = list(_shortened([*entries, *map(_of_document, documents)]))
    kinds = sorted({entry.kind for entry in found})
    suffix = "/" if site.places.directory_urls else ".html"
    folders = {kind.title: site.places.folders[kind.name] for kind in site.repository.kinds.values()}
    data = {
        "suffix": suffix,
        "kinds": [[kind, folders.get(kind, "")] for kind in kinds],
        "entries": [_row(entry, kinds.index(entry.kind), folders, suffix) for entry in found],
    }
    written = json.dumps(all_seen(data), ensure_ascii=False, separators=(",", ":"))
    return f"var {VARIABLE}={written};\n".encode("utf-8", errors="replace")


def _row(entry: Entry, kind: int, folders: Mapping[str, str], suffix: str) -> list[object]:
    """An entry without what the browser can tell by itself, which is most of it for ten thousand changes."""
    usual = f"{folders.get(entry.kind, '')}/{entry.id}{suffix}"
    address = "" if entry.id and entry.address == usual else entry.address
    texts = [entry.state, list(entry.names) or 0, entry.words, entry.text, address]
    row: list[object] = [int(entry.rank), kind, entry.title, entry.id, *texts]
    while not row[-1] and len(row) > _NEEDED:
        row.pop()
    return row


def entry_of(site: Site, draft: Draft, page: Callable[[], Page]) -> Entry | None:
    """What the search knows of a page; None where it is not to be found.

    Records and alerts are known by what they say, whatever their pages make of it; any other page is made for it.
    """
    rank = draft.rank if isinstance(draft.rank, Rank) else draft.rank(Here(site, draft.path))
    if rank is Rank.HIDDEN:
        return None
    record = site.record_of(draft.path)
    if record is not None:
        return _of_record(site, draft, rank, record)
    alert = alerts_of(site.repository).get(draft.title) if rank is Rank.ALERT else None
    return _of_alert(site, draft, alert) if alert is not None else _of_page(site, draft, rank, page())


def _of_alert(site: Site, draft: Draft, alert: Alert) -> Entry:
    answers = ", ".join(site.name(runbook) for runbook in alert.runbooks)
    state = f"answered by {answers}" if answers else "no runbook answers it"
    about: list[Record[Any]] = [*alert.services, *alert.runbooks]
    words = _cut(", ".join(map(site.name, about)), LONGEST_WORDS)
    return Entry(
        Rank.ALERT, "Alert", draft.title, "", _address(site, draft), _cut(state, LONGEST_STATE), words=words
    )


def _of_record(site: Site, draft: Draft, rank: Rank, record: Record[Any]) -> Entry:
    names, words, texts = _said(record.data)
    over = _is_told_by_its_title(site, rank, record)
    beside = site.service_of(record)
    # What stands beside a service has the service's id; whoever types that means the service.
    id = "" if beside is not None and beside is not record and beside.id == record.id else record.id
    said = [text for text in (*texts, _prose(record.body)) if text and text != draft.title]
    others = (name for name in dict.fromkeys([*names, *_tier(record)]) if name not in (draft.title, record.id))
    return Entry(
        rank,
        record.kind.title,
        draft.title,
        id,
        _address(site, draft),
        text_of(_BETWEEN_CHIPS.sub("</span> · <span", Here(site, draft.path).status(record))),
        tuple(islice(others, MOST_NAMES)),
        _services(record) if over else _joined(words),
        _errors(record, texts) if over else _cut(" · ".join(said), LONGEST_TEXT),
    )


def _is_told_by_its_title(site: Site, rank: Rank, record: Record[Any]) -> bool:
    """Whether it is history that nobody looks for by its words any more."""
    if rank is Rank.CLOSED:
        return True
    if rank is not Rank.OVER or not isinstance(record.checked, Incident):
        return False
    began = record.checked.started or record.checked.detected
    return began is None or began < site.clock.now - RECENT


def _errors(record: Record[Any], texts: Iterable[str]) -> str:
    """What an old incident quotes as code: an error that comes back is typed as it was then."""
    if not isinstance(record.checked, Incident):
        return ""
    quoted = (match[1] for text in (*texts, record.body) for match in _QUOTED.finditer(text))
    return _cut(" · ".join(text for text in dict.fromkeys(quoted) if " " in text), LONGEST_ERRORS)


def _tier(record: Record[Any]) -> Iterator[str]:
    """The tier of a service: who asks for it means all services that are of it."""
    if isinstance(record.checked, Service) and record.checked.tier is not None:
        yield f"tier {record.checked.tier}"


def _services(record: Record[Any]) -> str:
    services = record.data.get("services")
    found = services if isinstance(services, list | tuple) else ()
    return _joined(service for service in found if isinstance(service, str))


def _said(data: Mapping[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """The texts in the data of a record: other names of it, words that it is about, and sentences."""
    names: list[str] = []
    words: list[str] = []
    texts: list[str] = []
    for key, value in data.items():
        if key in _NAMES or key == "labels":
            names.extend(_leaves(value))
        elif key == "monitoring" and isinstance(value, list):
            names.extend(
                one["alert"] for one in value if isinstance(one, Mapping) and _is_text(one.get("alert"))
            )
        elif key in _WORDS:
            words.extend(_leaves(value))
        elif key not in _ADDRESSES:
            texts.extend(text for text in _leaves(value) if " " in text and len(text) >= _SENTENCE)
    return names, words, texts


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _leaves(value: object) -> Iterator[str]:
    """Every text in a value, in order."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if one:
                yield one
        elif isinstance(one, Mapping):
            waiting.extend(reversed(list(one.values())))
        elif isinstance(one, list | tuple):
            waiting.extend(reversed(one))


def _prose(body: str) -> str:
    """Markdown as somebody would read it aloud: commands and error texts whole, without the marks around."""
    lines = []
    for line in body.splitlines():
        if not line.lstrip().startswith(_FENCES):
            lines.append(_MARKS.sub("", line, count=1) if _MARKS.match(line) else line)
    text = _LINK.sub(r"\1", " ".join(lines))
    return " ".join(text.replace("**", "").replace("`", "").split())


def _of_page(site: Site, draft: Draft, rank: Rank, page: Page) -> Entry:
    words = _joined(heading.text for heading in page.headings[1:])
    address = _address(site, draft)
    if rank is Rank.REFERENCE:
        text = _cut(text_of(_CODE.sub(" ", page.html)), LONGEST_REFERENCE)
        return Entry(rank, "Reference", draft.title, "", address, words=words, text=text)
    return Entry(rank, "Page", draft.title, "", address, words=words)


def _of_document(document: Document) -> Entry:
    text = _cut(text_of(document.html), LONGEST_TEXT)
    return Entry(Rank.PAGE, "Documentation", document.title, "", document.address, text=text)


def _address(site: Site, draft: Draft) -> str:
    return site.places.url(INDEX, draft.path)


def text_of(html: str) -> str:
    """The text of clean HTML, in one line."""
    plain = _TAG.sub(" ", _INLINE.sub("", _SIGN.sub("", html)))
    return " ".join(unescape(plain).split())


def _joined(words: Iterable[str]) -> str:
    return _cut(" ".join(" ".join(dict.fromkeys(words)).split()), LONGEST_WORDS)


def _cut(text: str, length: int) -> str:
    """A text of at most so many characters that ends with a whole word where it can."""
    if len(text) <= length:
        return text
    return text[:length].rpartition(" ")[0] or text[:length]


def _shortened(found: list[Entry]) -> Iterator[Entry]:
    """Entries whose texts fit together into what a phone may be asked to load: the longest are cut alike."""
    lengths = sorted(len(entry.text) for entry in found)
    left, longest = ALL_TEXTS, LONGEST_TEXT
    for place, length in enumerate(lengths):
        share = left // (len(lengths) - place)
        if length > share:
            longest = share
            break
        left -= length
    for entry in found:
        if len(entry.text) <= longest:
            yield entry
        else:
            yield Entry(
                entry.rank, entry.kind, entry.title, entry.id, entry.address, entry.state, entry.names,
                entry.words, _cut(entry.text, longest),
            )  # fmt: skip
