"""Calendar feeds on the site: files to subscribe to, and the links that lead to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from markupsafe import Markup

from gitsm.exporters.ics import ALL, Feeds, has_a_feed, path_of, with_a_feed
from gitsm.repository import Record, once
from gitsm.site.here import Here, Site
from gitsm.site.page import makes_files

FOLDER = "feeds"
"""Where the feeds stand, seen from the top of the site."""


@makes_files
def feeds(site: Site) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Every feed."""
    made = _feeds(site.repository)
    yield f"{FOLDER}/{ALL}", lambda: made.written(made.all())
    for record in with_a_feed(site.repository):
        yield f"{FOLDER}/{path_of(record)}", partial(_feed, made, record)


_feeds = once(Feeds)


def _feed(made: Feeds, record: Record[Any]) -> bytes:
    return made.written(made.of(record))


def feed_of_all(here: Here) -> Markup:
    """A link to the feed of everything."""
    return here.page(f"{FOLDER}/{ALL}", "Calendar feed of everything")


def feed_of(here: Here, record: Record[Any]) -> Markup | None:
    """A link to the feed of a record; None where it has none."""
    if not has_a_feed(record):
        return None
    return here.page(f"{FOLDER}/{path_of(record)}", "Calendar feed")
