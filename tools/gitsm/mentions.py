"""Which records somebody comes to from another text: by a reference, a link, an address or their name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gitsm.alert_rules import alert_rules_of
from gitsm.diagnostic import Diagnostic
from gitsm.repository import Record, Repository
from gitsm.source import MAX_BYTES

MAX_PAGES = 2_000
"""How many Markdown files that are no records are looked through."""

_NAME = re.compile(r"[/#]?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.md|\.html)?")


def unmentioned(repository: Repository, candidates: Sequence[Record[Any]]) -> list[Record[Any]]:
    """Those of some records that no other text of the repository speaks of.

    An id of several words counts wherever it stands. One word alone may mean anything, and counts as the
    name of a file, in an address, or where a record refers to it.
    """
    left = {record.id: record for record in candidates if not repository.links_to(record)}
    if left:
        for file, text in _texts(repository):
            for name in set(_NAME.findall(text)):
                id = name.removesuffix(".md").removesuffix(".html").lstrip("/#")
                found = left.get(id)
                if found is not None and found.file != file and ("-" in id or name != id):
                    del left[id]
            if not left:
                break
    return list(left.values())


def _texts(repository: Repository) -> Iterator[tuple[str, str]]:
    """Everything that people read: records, pages that are none, and where alerts lead to."""
    for file, document in repository.documents.items():
        yield file, document.text
    for alert in alert_rules_of(repository).alerts:
        if alert.runbook_url is not None:
            yield alert.file, alert.runbook_url.text
    pages = [
        file
        for file, entry in repository.files.items()
        if (file.endswith(".md") or file == "mkdocs.yml")
        and file not in repository.documents
        and entry.size <= MAX_BYTES
    ]
    for file, content in repository.tree.read_many(pages[:MAX_PAGES]):
        if not isinstance(content, Diagnostic):
            yield file, content.decode(errors="replace")
