"""Calendar feeds on the site: files to subscribe to, and the links that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from gitsm.exporters.ics import ALL, FOLDERS, Feeds, has_a_feed
from gitsm.repository import Record
from gitsm.site.here import Here, Site
from gitsm.site.page import makes_files

FOLDER = "feeds"
"""Where the feeds stand, seen from the top of the site."""


@makes_files
def feeds(site: Site) -> Iterator[tuple[str, bytes]]:
    """Every feed."""
    for path, content in Feeds(site.repository).files().items():
        yield f"{FOLDER}/{path}", content


def feed_of_all(here: Here) -> Markup:
    """A link to the feed of everything."""
    return here.page(f"{FOLDER}/{ALL}", "Calendar feed of everything")


def feed_of(here: Here, record: Record[Any]) -> Markup | None:
    """A link to the feed of a record; None where it has none."""
    if not has_a_feed(record):
        return None
    return here.page(f"{FOLDER}/{FOLDERS[record.kind.name]}/{record.id}.ics", "Calendar feed")
