"""What a page of somebody else's says about itself as a runbook: its title, its alerts, its other fields."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from gitsm.importers import Notes
from gitsm.importers.foreign.ids import slug, split_humps
from gitsm.importers.foreign.links import path_of
from gitsm.importers.foreign.page import Page, one_line, printable
from gitsm.markdown import Prose
from gitsm.records.runbook import SECTIONS, Runbook
from gitsm.source import Value

_CAMEL = re.compile(r"[A-Z](?=\w*[a-z])[A-Za-z0-9]+", re.ASCII)
_LOWER_CAMEL = re.compile(r"[a-z](?=\w*[A-Z])[A-Za-z0-9]+", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_:]{2,}", re.ASCII)
_DECLARED = re.compile(r"^[ \t*>-]*alert[ _-]?name\**:\**[ \t]*(\S[^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_MATCHER = re.compile(r"\balertname\s{0,3}=~?\s{0,3}[\"'`]?([A-Za-z_][A-Za-z0-9_:]{2,})")
_OPENINGS = frozenset(section.casefold() for section in SECTIONS) | {
    *("about", "background", "description", "intro", "introduction", "overview", "purpose", "summary"),
    *("contents", "table of contents", "toc", "prerequisites", "quick start", "quickstart", "configuration"),
    *("alert description", "reason", "symptoms", "troubleshooting", "troubleshooting pointers"),
    *("possible checks", "steps", "steps to check", "what to check", "resolution"),
}
"""Headings that open a section on many pages, and are no titles."""

_ALERT_KEYS = ("alert", "alertname", "alert_name")


@dataclass(frozen=True)
class ReadPage:
    """A page on its way to becoming a runbook: what it says, its headings and its links."""

    file: str
    page: Page
    prose: Prose

    @cached_property
    def paths(self) -> list[str]:
        """The paths that its links lead to, each once; addresses elsewhere are none."""
        return sorted({path for link in self.prose.links if (path := path_of(link.address))})


def fields_of(source: ReadPage, notes: Notes) -> dict[str, Value]:
    """The fields of the runbook that a page makes; those it can't have are lost aloud."""
    file, page, prose = source.file, source.page, source.prose
    fields: dict[str, Value] = {}
    labels: dict[str, Value] = {}
    for key, value in page.front_matter.items():
        if key in _ALERT_KEYS:
            continue
        if key in Runbook.model_fields and (known := _known(key, value)) is not None:
            if known != value:
                notes.remark(file, f"its {key} are written as {', '.join(map(str, known))}")
            fields[key] = known
        elif (line := one_line(value)) is not None:
            labels[key if key.isascii() else slug(key)] = printable(line)
        else:
            notes.lose(file, f"the front matter's {key} is no text of one line")
    given = fields.pop("labels", None)
    title = fields.pop("title", None) or _title(file, prose)
    alerts = list(_alerts(file, page, prose))
    ordered: dict[str, Value] = {"title": title} if title else {}
    if "services" in fields:
        ordered["services"] = fields["services"]
    if alerts:
        ordered["alerts"] = list(dict.fromkeys([*_texts(fields.get("alerts")), *alerts]))
    labels = {**(given if isinstance(given, dict) else {}), **labels, "imported-from": file[-200:]}
    return {**ordered, **{key: fields[key] for key in fields if key not in ordered}, "labels": labels}


def _known(key: str, value: Value) -> Any:
    """The value that a field of our own takes, or None where it can't take this one."""
    if key == "tags":
        values = value if isinstance(value, list) else [value]
        words = [one_line(word) for word in values]
        value = (
            list(dict.fromkeys(slug(word)[:80].strip("-") for word in words if word)) if all(words) else value
        )
    elif isinstance(value, str) and key in ("services", "alerts"):
        value = [value]
    try:
        Runbook.model_validate({"services": [], key: value})
    except ValidationError:
        return None
    return value


def _texts(value: object) -> list[str]:
    return [part for part in value if isinstance(part, str) and part] if isinstance(value, list) else []


def _title(file: str, prose: Prose) -> str:
    """The title that a runbook has to be given; empty where its first heading is one already.

    A heading such as `Summary` opens a section on every second page and is no title.
    """
    headings = [heading for heading in prose.headings if heading.text]
    top = next((heading.text for heading in headings if heading.level == 1), "")
    if _can_be_title(top):
        return ""
    first = headings[0].text if headings else ""
    return one_line(printable(first)) or "" if _can_be_title(first) else _words(file)


def _can_be_title(text: str) -> bool:
    return one_line(text) is not None and text.casefold().strip(" :.") not in _OPENINGS


def _words(file: str) -> str:
    parts = posixpath.splitext(file)[0].split("/")
    speaks_for_folder = parts[-1].lower() in ("readme", "index") and len(parts) > 1
    name = parts[-2] if speaks_for_folder else parts[-1]
    text = " ".join(re.split(r"[-_\s]+", split_humps(name))).strip() or name
    return printable(text[:1].upper() + text[1:])[:200]


def _alerts(file: str, page: Page, prose: Prose) -> Iterator[str]:
    """The alerts that a page answers: named by its front matter, its file, or its text."""
    for key in _ALERT_KEYS:
        value = page.front_matter.get(key)
        yield from filter(one_line, _texts(value if isinstance(value, list) else [value]))
    if _is_alert(file, page, prose):
        yield posixpath.splitext(posixpath.basename(file))[0]
    for declared in _DECLARED.findall(page.body):
        for part in re.split(r"\s+(?:or|and)\s+|[,;/]\s*", declared):
            if _NAME.fullmatch(name := part.strip(" \t`*\"'.")):
                yield name
    # A page with several of them silences or compares alerts; with one it is about that one.
    if len(mentioned := set(_MATCHER.findall(page.body))) == 1:
        yield from mentioned


def _is_alert(file: str, page: Page, prose: Prose) -> bool:
    """Whether a file is called like the alert that it answers."""
    *folders, base = file.split("/")
    name = posixpath.splitext(base)[0]
    if name.lower() in ("readme", "index"):
        return False
    if folders and folders[-1].lower() in ("alert", "alerts") and _NAME.fullmatch(name):
        return True
    humps = split_humps(name).count("-")
    if _CAMEL.fullmatch(name) and humps:
        among_alerts = any(folder.lower() in ("alert", "alerts") for folder in folders)
        return humps > 1 or among_alerts or "alert" in page.body.lower()
    return bool(_LOWER_CAMEL.fullmatch(name)) and any(heading.text == name for heading in prose.headings[:1])


def near_sections(prose: Prose) -> Iterator[tuple[str, str]]:
    """Headings that may be meant as one of a runbook's sections, and are called otherwise."""
    headings = {
        heading.text.casefold(): heading.text for heading in prose.headings if len(heading.text) <= 40
    }
    for section in (section for section in SECTIONS if section.casefold() not in headings):
        for text, heading in headings.items():
            words = re.findall(r"\w+", text)
            likeness = SequenceMatcher(None, text, section.casefold()).ratio()
            if (section.casefold() in words and len(words) <= 4) or likeness >= 0.75:
                yield heading, section
