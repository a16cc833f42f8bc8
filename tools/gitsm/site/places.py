"""Where each record's page stands, and how one page links to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gitsm.addresses import INDEX, address_of, folders_of
from gitsm.repository import Record
from gitsm.schema.kind import Kind


@dataclass(frozen=True)
class Places:
    """The table from kinds and records to their pages: an output path never comes from a stranger's text."""

    folders: Mapping[str, str]
    """The folder of each kind's pages, by the kind's name."""
    directory_urls: bool = True
    """Whether a page is addressed as `payroll/` rather than `payroll.html`."""

    @classmethod
    def of(cls, kinds: Iterable[Kind], *, directory_urls: bool = True) -> Places:
        """Places for kinds: ours first, so that a user's own kind never moves them."""
        return cls(folders_of(kinds), directory_urls)

    def of_kind(self, kind: str) -> str:
        """The page that lists a kind's records."""
        return f"{self.folders[kind]}/{INDEX}"

    def of_record(self, record: Record[Any]) -> str:
        """The page of a record. Its id was checked when it was read."""
        return f"{self.folders[record.kind.name]}/{record.id}.md"

    def url(self, start: str, end: str, anchor: str = "") -> str:
        """The relative address of a page or file as seen from a page."""
        fragment = f"#{quote(anchor)}" if anchor else ""
        if start == end and fragment:
            return fragment
        up = "../" * self._address(start).count("/")
        return (up + quote(self._address(end)) or "./") + fragment

    def _address(self, path: str) -> str:
        """The address of a page from the top of the site, or of a file that is none."""
        return address_of(path, directory_urls=self.directory_urls)
