"""Which schema files are what `gitsm schema` writes today.

Making a schema takes a while, and nearly all files are current: the fingerprints of what would be
written travel with the toolkit, and a schema is made only for a file that has another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from gitsm.schema.json_schema import schema_text
from gitsm.schema.kind import Kind

FINGERPRINTS = "fingerprints.json"
"""The file beside this module that holds them; `gitsm schema` writes it in the toolkit's own repository."""


def is_current(kind: Kind, content: bytes) -> bool:
    """Whether a file holds the schema of a kind as it would be written today, with whatever line ends."""
    content = content.replace(b"\r\n", b"\n")
    known = _fingerprints().get(kind.name)
    return known == _fingerprint(content) or content == schema_text(kind.schema).encode()


def fingerprints_text(kinds: Iterable[Kind]) -> str:
    """The file of fingerprints, as it should be."""
    found = {kind.name: _fingerprint(schema_text(kind.schema).encode()) for kind in kinds}
    return json.dumps(found, indent=2, sort_keys=True) + "\n"


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@cache
def _fingerprints() -> Mapping[str, str]:
    file = files(__package__) / FINGERPRINTS
    found: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found
