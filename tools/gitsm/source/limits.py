"""What one file may hold: plain data, and only so much of it that reading it is always quick."""

from __future__ import annotations

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
"""What a document is made of. Dates stay text: what a date is, the reader of the field decides."""

MAX_BYTES = 256 * 1024
"""A larger file is refused before it is read."""
MAX_DEPTH = 32
"""Lists and mappings stand in each other at most this deep."""
MAX_NODES = 50_000
"""Keys, values, lists and mappings of one file, all counted."""
MAX_DIGITS = 18
"""A number with more digits is refused: the next tool would round it."""
MAX_CHARACTERS_SHOWN = 20
"""This many forbidden characters of a file are shown one by one."""
MAX_PROBLEMS_SHOWN = 100
"""This many problems of one rule are shown for a file; the last of them says how many more there are."""
