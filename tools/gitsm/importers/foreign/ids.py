"""Makes ids of the names that people and other tools give things, each of them once."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from gitsm.schema.kind import MAX_ID, id_words, is_id

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def slug(name: str) -> str:
    """The id that a name makes: `Pay run (late)` becomes `pay-run-late`.

    A name of which nothing is left, because it is written in another script, becomes a short hash:
    the same name always makes the same id.
    """
    found = shortened("-".join(id_words(name)))
    return found if is_id(found) else f"x-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def split_humps(name: str) -> str:
    """A name in CamelCase with its words apart: `KubeAPIDown` becomes `Kube-API-Down`."""
    return _HUMP.sub("-", name)


def shortened(id: str) -> str:
    """An id that is not too long, cut between words where there are any."""
    if len(id) <= MAX_ID:
        return id
    cut = id[:MAX_ID]
    return (cut if id[MAX_ID] == "-" else cut.rpartition("-")[0] or cut).strip("-")


def distinct(candidates: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """An id for each name: the first of its candidates that no other name wants as well.

    Names that want the same id all go on to their next candidate; those that have none left are
    numbered in the order of the names.
    """
    level = dict.fromkeys(candidates, 0)
    while True:
        wanting: dict[str, list[str]] = defaultdict(list)
        for name in sorted(candidates):
            wanting[candidates[name][level[name]]].append(name)
        stuck = True
        for names in wanting.values():
            for name in names if len(names) > 1 else ():
                if level[name] + 1 < len(candidates[name]):
                    level[name] += 1
                    stuck = False
        if stuck:
            return _numbered(wanting)


def _numbered(wanting: Mapping[str, Sequence[str]]) -> dict[str, str]:
    taken = set(wanting)
    found: dict[str, str] = {}
    for id, names in sorted(wanting.items()):
        found[names[0]] = id
        number = 2
        for name in names[1:]:
            while (numbered := f"{id[: MAX_ID - 6].strip('-')}-{number}") in taken:
                number += 1
            taken.add(numbered)
            found[name] = numbered
    return found
