"""How files get into a repository: data made text that reads back as the same data, and files written
whole or not at all.

Nothing is written through a symbolic link or outside the folder, and what stands there already is kept
unless replacing it was asked for.
"""

from __future__ import annotations

from gitsm.writing.batch import Refused
from gitsm.writing.difference import difference
from gitsm.writing.files import Change, Written, write_changes, write_new
from gitsm.writing.texts import Unwritable, markdown_text, yaml_text

__all__ = [
    "Change",
    "Refused",
    "Unwritable",
    "Written",
    "difference",
    "markdown_text",
    "write_changes",
    "write_new",
    "yaml_text",
]
