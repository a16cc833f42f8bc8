"""Characters that nobody sees, or that turn the text around them about, shown as what they are: `(U+202E)`.

A check calls them an error, and still the page is published: what somebody copies must be what he reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitsm.source.characters import FORBIDDEN, HARMLESS_BYTES, spelt

_JOINERS = re.compile("[\u200c\u200d]")
_HONEST = frozenset("\xad\x0c\r\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
"""Hyphens where a word may break, ends of lines, and signs of Arabic and Syriac that are seen."""


def seen(text: str) -> str:
    """A text in which each hidden character is a mark; a record may not hold one, a page of `docs/` may."""
    return FORBIDDEN.sub(_mark, text) if _may_hide(text) else text


def all_seen(value: Any) -> Any:
    """The same for every text in what is to become data of a script."""
    if isinstance(value, str):
        return seen(value)
    if isinstance(value, Mapping):
        return {all_seen(key): all_seen(one) for key, one in value.items()}
    return [all_seen(one) for one in value] if isinstance(value, list | tuple) else value


def _mark(found: re.Match[str]) -> str:
    return found[0] if found[0] in _HONEST else spelt(found[0])


def _may_hide(text: str) -> bool:
    """Whether the exact look, which takes a hundred times as long, is worth it: most pages are nearly ASCII."""
    rest = text.encode("utf-8", "surrogatepass").translate(None, HARMLESS_BYTES)
    # Whether a joiner hides depends on what stands beside it, and that is gone from the rest.
    strange = rest.decode("utf-8", "surrogatepass")
    return bool(_JOINERS.search(strange) or FORBIDDEN.search(strange))
