"""What old versions of files hold, and whether two of them say the same."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from gitsm import source
from gitsm.git import Git, GitError
from gitsm.history.version import Unknown
from gitsm.source import Format, Value

_REMEMBERED = 8 * 1024 * 1024
"""As many bytes of old files are kept as data, at about ten times their size."""
_LEAST = 200
_SHA1 = 40


class Absent(Enum):
    """What stands where nothing is written."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Contents:
    """The data that old versions hold, read where it is asked for; the latest are remembered."""

    def __init__(self, git: Git) -> None:
        self._blobs = git.one_by_one(source.MAX_BYTES)
        self._known: OrderedDict[tuple[str, Format], tuple[Mapping[str, Value] | Unknown | None, int]] = (
            OrderedDict()
        )
        self._size = 0

    def data(self, blob: str, format: Format) -> Mapping[str, Value] | Unknown | None:
        """The data of a blob; None where it is no readable record."""
        key = (blob, format)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known[0]
        found, size = self._read(blob, format)
        self._known[key] = (found, size)
        self._size += size
        while self._size > _REMEMBERED:
            self._size -= self._known.popitem(last=False)[1][1]
        return found

    def _read(self, blob: str, format: Format) -> tuple[Mapping[str, Value] | Unknown | None, int]:
        try:
            content = self._blobs.read(blob)
        except GitError as error:
            return Unknown(str(error)), _LEAST
        if content is None:
            return None, _LEAST
        return source.read(blob, content, format).data, len(content) + _LEAST


def value_at(
    data: Value | Mapping[str, Value], path: Iterable[str | int]
) -> Value | Mapping[str, Value] | Absent:
    """The value at a path of some data, or ABSENT."""
    value: Any = data
    for step in path:
        in_list = isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
        if not in_list and not (isinstance(value, Mapping) and step in value):
            return ABSENT
        value = value[step]
    found: Value | Mapping[str, Value] = value
    return found


def alike(one: object, other: object) -> bool:
    """Whether two values are the same as they are written: 1 is neither `true` nor 1.0."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return type(one) is type(other) and (one == other or repr(one) == repr(other))  # nan is no number's equal


def blob_id(text: str, length: int) -> str:
    """The id that Git gives to a file of this text, as long as its ids are in this repository."""
    content = text.encode()
    name = "sha1" if length == _SHA1 else "sha256"
    return hashlib.new(name, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
