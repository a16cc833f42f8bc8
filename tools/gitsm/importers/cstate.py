"""Turn a cState status site into services, incidents and changes.

The systems of the site's configuration become services, which one team owns. A post that announces
maintenance becomes a change with a window, any other post an incident.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gitsm.diagnostic import Diagnostic
from gitsm.importers import Imported, Notes, Option
from gitsm.importers.foreign.ids import distinct, shortened, slug
from gitsm.importers.foreign.page import (
    Page,
    is_flag,
    objections,
    one_line,
    printable,
    read_page,
    short_title,
    truth,
)
from gitsm.importers.foreign.post import Time, Verdict, judge, read_time, words_of
from gitsm.importers.foreign.site import Site, lower_keys, read_site
from gitsm.records import KINDS
from gitsm.source import Value
from gitsm.tree import Tree
from gitsm.writing import Unwritable, markdown_text, yaml_text

OPTIONS = (Option("team", "The team that owns the services; its record is made.", default="operations"),)

_POST = re.compile(r"content/(?:[^/]+/)?issues/.+\.(?:md|markdown)", re.IGNORECASE)
_DATED = re.compile(r"\d{4}-\d\d-\d\d(?!\d)")
_IMPACTS: Mapping[str, Value] = {"down": 1, "disrupted": 2, "notice": 3}
_OUTAGES: Mapping[str, Value] = {"down": "full", "disrupted": "degraded"}
_UNDERSTOOD = {"title", "date", "resolved", "resolvedwhen", "affected"}


def convert(folder: Tree, *, team: str = "operations") -> Imported:
    """The records that a status site makes."""
    notes = Notes(folder)
    site = read_site(folder, notes)
    posts = list(_posts(folder, site, notes))
    files: dict[str, str | bytes] = dict(_records(posts, notes))
    _name_strangers(posts, site, notes)
    for id, data in site.services(team, notes):
        files[KINDS["service"].path_of(id)] = yaml_text(data)
    _leave_out_others(folder, site, notes)
    owner = KINDS["team"].path_of(team)
    if site.systems:
        files[owner] = yaml_text({"name": team.replace("-", " ").capitalize()})
    return notes.imported(files, only_where_missing=[owner])


@dataclass(frozen=True, slots=True)
class _Post:
    """A post, with what it says in the words of records."""

    file: str
    title: str
    services: list[Value]
    verdict: Verdict
    severity: str
    started: Time | None
    ended: Time | None
    is_resolved: bool
    labels: dict[str, Value]
    text: str

    @property
    def candidates(self) -> list[str]:
        """The ids that it may have, best first."""
        stem, _ = posixpath.splitext(self.file)
        if posixpath.basename(stem).lower() == "index":
            stem = posixpath.dirname(stem)
        name, above = posixpath.basename(stem), posixpath.basename(posixpath.dirname(stem))
        above = "" if above.lower() == "issues" else above
        day = self.started.text[:10] if self.started is not None else ""
        dated = f"{day} {name}" if not _DATED.match(name) and _DATED.fullmatch(day) else name
        return [slug(dated), *([shortened(f"{slug(dated)}-{slug(above)}")] if above else [])]


def _posts(folder: Tree, site: Site, notes: Notes) -> Iterator[_Post]:
    wanted = [file for file in folder.files if _POST.fullmatch(file)]
    for file, content in folder.read_many(wanted):
        page = content.message if isinstance(content, Diagnostic) else read_page(file, content)
        if posixpath.basename(file).startswith("_index."):
            notes.lose(file, "it is the page above the posts, and none itself")
        elif isinstance(page, str):
            notes.lose(file, page)
        elif page.trouble:
            notes.lose(file, f"its front matter can't be read: {page.trouble}")
        elif not page.front_matter:
            notes.lose(file, "it has no front matter")
        else:
            yield _post(file, page, site, notes)


def _post(file: str, page: Page, site: Site, notes: Notes) -> _Post:
    data = lower_keys(page.front_matter)
    stem = posixpath.splitext(posixpath.basename(file))[0]
    title = one_line(data.get("title")) or str(data.get("title", "")).strip() or words_of(stem) or stem
    severity = str(data.get("severity", "")).strip().lower()
    informational = truth(data.get("informational"))
    return _Post(
        file=file,
        title=title,
        services=_services(file, data.get("affected"), site, notes),
        verdict=judge(title, words_of(stem), page.body, severity=severity, informational=informational),
        severity=severity,
        started=read_time(data.get("date"), site.timezone),
        ended=read_time(data.get("resolvedwhen"), site.timezone),
        is_resolved=truth(data.get("resolved")),
        labels=_labels(file, page, notes),
        text=page.body,
    )


def _labels(file: str, page: Page, notes: Notes) -> dict[str, Value]:
    """What a post says beyond the fields of a record, and where it comes from."""
    labels: dict[str, Value] = {}
    for key, value in page.front_matter.items():
        is_odd = key.lower() == "resolved" and not is_flag(value)
        if value in ("", [], {}) or (key.lower() in _UNDERSTOOD and not is_odd):
            continue
        if (line := one_line(value)) is None:
            notes.lose(file, f"{key} is no text of one line")
        else:
            labels[key if key.isascii() else slug(key)] = printable(line)
    return {**labels, "imported-from": file[-200:]}


def _services(file: str, affected: Value, site: Site, notes: Notes) -> list[Value]:
    """What a post names as affected: ids of services, and as it stands what is no system of the site."""
    found: dict[str, None] = {}
    for name in affected if isinstance(affected, list) else [affected]:
        line = one_line(name)
        if line is None:
            if name not in (None, ""):
                notes.lose(file, "something that it names as affected is no text of one line")
            continue
        id = site.ids.get(line) or site.ids.get(line.casefold())
        if id is None:
            notes.remark(file, f"it names {line}, which is no system of {site.file}")
        found.setdefault(id or printable(line))
    return list(found)


def _name_strangers(posts: list[_Post], site: Site, notes: Notes) -> None:
    """Say which names of posts are no systems, each once."""
    ids = set(site.ids.values())
    counts = Counter(str(service) for post in posts for service in post.services if service not in ids)
    for name, count in counts.items():
        what = "1 post names" if count == 1 else f"{count} posts name"
        notes.lose(site.file, f"{name} is none of its systems, although {what} it; the name stays as it is")


def _records(posts: list[_Post], notes: Notes) -> dict[str, str]:
    files: dict[str, str] = {}
    for kind in ("change", "incident"):
        ids = distinct({post.file: post.candidates for post in posts if post.verdict.news == kind})
        for post in posts:
            if post.file not in ids:
                continue
            id = ids[post.file]
            path = KINDS[kind].path_of(id)
            try:
                files[path] = _change(post, notes) if kind == "change" else _incident(post, notes)
            except Unwritable as error:
                notes.lose(post.file, str(error))
                continue
            notes.remark(post.file, f"becomes the {kind} {id}, because {post.verdict.because}")
            if id != post.candidates[0]:
                notes.remark(post.file, f"{post.candidates[0]} is wanted by another {kind} as well")
            for objection in objections(path, files[path]):
                notes.lose(post.file, objection)
    return files


def _incident(post: _Post, notes: Notes) -> str:
    title = short_title(post.title)
    data: dict[str, Value] = {"title": title, "services": post.services}
    if post.severity in _IMPACTS:
        data["impact"] = _IMPACTS[post.severity]
    labels = dict(post.labels)
    if (started := _time(post, "date", post.started, labels, notes)) is not None:
        data["started"] = started
    if post.ended is not None and not post.is_resolved:
        _keep(post, "resolvedWhen", post.ended, labels, notes, "it says that it is not resolved")
    elif (ended := _time(post, "resolvedWhen", post.ended, labels, notes)) is not None:
        data["resolved"] = ended
    if post.is_resolved:
        data["disposition"] = "resolved"
    return markdown_text({**data, "labels": labels}, _text(post, title, notes), any_body=True)


def _change(post: _Post, notes: Notes) -> str:
    title = short_title(post.title)
    data: dict[str, Value] = {"title": title, "type": "normal", "services": post.services}
    if not post.services:
        notes.lose(post.file, "it names no affected system, and a change needs one")
    if post.severity in _IMPACTS:
        data["impact"] = _IMPACTS[post.severity]
    if post.severity in _OUTAGES:
        data["outage"] = _OUTAGES[post.severity]
    labels = dict(post.labels)
    start = _time(post, "date", post.started, labels, notes)
    end = _time(post, "resolvedWhen", post.ended, labels, notes)
    if start is not None and end is not None:
        data["window"] = {"start": start, "end": end}
    else:
        for key, time in (("date", post.started), ("resolvedWhen", post.ended)):
            if time is not None and time.instant is not None:
                _keep(post, key, time, labels, notes, "a window needs both a start and an end")
    text = _text(post, title, notes).replace("\r\n", "\n").strip("\n")
    if text != (text := printable(text)):
        notes.lose(post.file, "characters that can't be seen are written out in its plan, such as \\x1b")
    data["plan"] = f"{text}\n" if "\n" in text else text or "Not described in the status post."
    data["rollback"] = "Not announced in the status post."
    if post.is_resolved:
        data["closure"] = {"code": "successful", "notes": "The status post says that it is resolved."}
    return yaml_text({**data, "labels": labels})


def _time(post: _Post, key: str, time: Time | None, labels: dict[str, Value], notes: Notes) -> str | None:
    """A time as the record holds it; one that it can't hold becomes a label."""
    if time is None:
        return None
    if time.instant is None:
        _keep(post, key, time, labels, notes, "it is no time such as 2026-11-28T22:00:00+01:00")
    elif time.remark:
        notes.remark(post.file, f"{key} {time.text} is written as {time.instant}: {time.remark}")
    return time.instant


def _keep(post: _Post, key: str, time: Time, labels: dict[str, Value], notes: Notes, reason: str) -> None:
    label = {"date": "date", "resolvedWhen": "resolved-when"}[key]
    labels[label] = printable(one_line(time.text) or time.text.split("\n")[0][:200])
    notes.lose(post.file, f"{key} {time.text} is kept as the label {label} only: {reason}")


def _text(post: _Post, title: str, notes: Notes) -> str:
    """The post's text, below its title where that is too long for a record."""
    if title == post.title:
        return post.text
    notes.lose(post.file, "its title is no line that a record takes; the whole of it stands in the text")
    return f"{post.title}\n\n{post.text}"


def _leave_out_others(folder: Tree, site: Site, notes: Notes) -> None:
    """Name what is no post: files at the top, and folders with the number of their files."""
    counts: Counter[str] = Counter()
    for file in folder.files:
        if file != site.file and not _POST.fullmatch(file):
            parts = file.split("/")
            depth = 2 if parts[0] == "content" else 1
            counts["/".join(parts[:depth]) + ("/" if len(parts) > depth else "")] += 1
    for place, count in counts.items():
        notes.lose(
            place, "it belongs to no post" if count == 1 else f"{count} files, which belong to no post"
        )
