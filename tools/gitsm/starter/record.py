"""The text of a new record: what was said about it, and comments that show what else may stand in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gitsm import source
from gitsm.markdown import read_prose
from gitsm.overlay import OverlayTree
from gitsm.records.presets import preset
from gitsm.repository import Repository
from gitsm.requirements import lacks, requirements
from gitsm.schema.kind import Kind
from gitsm.schema.shape import Shape
from gitsm.source import Format, Value
from gitsm.starter import PRESETS, body_of
from gitsm.starter.fields import SHARED, Field, fields_of, ids_of
from gitsm.terminal import safe, wrapped
from gitsm.writing import Unwritable, yaml_text

WIDTH = 100
MOST_SHOWN = 8
"""How many fields that were left out a new record shows in comments."""
FEW_PARTS = 3
"""Of a field with more parts than these, an example shows what is required."""
MOST_TYPED = 4
"""How many parts an example shows that is to be typed on one line."""
_PLAIN = re.compile(r"[A-Za-z0-9.](?:[\w ./+-]*[\w.])?", re.ASCII)
"""What needs no quotes, wherever it stands."""


def record_text(
    kind: Kind,
    data: Mapping[str, Value],
    repository: Repository,
    *,
    sections: Iterable[str] = (),
    comments: bool,
) -> str:
    """A new record as text. Raises Unwritable where it would not read back as the same data."""
    fields = fields_of(kind.shape)
    blocks = [_given(field, data[field.name], comments) for field in fields if field.name in data]
    unnamed = data.keys() - {field.name for field in fields}  # a user's own schema may take any field
    blocks += [yaml_text({name: data[name]}) for name in sorted(unnamed)]
    if comments:
        shown = most_wanted(kind, data, repository)
        blocks = [_opening(kind, bool(shown)), *blocks, *(_left_out(kind, field) for field in shown)]
    text = ("\n" if comments else "").join(blocks)
    if kind.format is Format.MARKDOWN:
        text = f"---\n{text}---\n\n{_body(kind, sections)}"
    if source.read("", text.encode("utf-8", "surrogatepass"), kind.format).data == data:
        return text
    if comments:  # a user's own schema may hold words that no comment can
        return record_text(kind, data, repository, sections=sections, comments=False)
    raise Unwritable(f"the {kind.noun} would not read back as what was said")


def _opening(kind: Kind, fields_follow: bool) -> str:
    what = _comment(f"{kind.title}: {kind.description[:1].lower()}{kind.description[1:]}".removesuffix(": "))
    how = "A line such as `#key: value` shows a field that may be filled in; take the # away."
    return what + (_comment(how) if fields_follow else "")


def _comment(text: str) -> str:
    return "".join(f"{line}\n" for line in wrapped(safe(" ".join(text.split())), WIDTH, "# "))


def _given(field: Field, value: Value, comments: bool) -> str:
    about = _comment(field.description) if comments and field.description else ""
    return about + yaml_text({field.name: value})


def _left_out(kind: Kind, field: Field) -> str:
    about = _comment(field.description) if field.description else ""
    try:
        lines = yaml_text({field.name: _example(kind, field)}).splitlines()
    except Unwritable:  # there is no example, or none that can be shown
        lines = [f"{safe(field.name)}:"]
    return about + "".join(f"#{line}\n" for line in lines)


def _example(kind: Kind, field: Field, *, whole: bool = False) -> Value:
    for path, text in kind.examples.items():
        data = source.read(path, text.encode(), kind.format).data or {}
        if field.name in data:
            found: Value = data[field.name]
            return found if whole else _short(field.shape, found)
    return None


def typed_example(kind: Kind, field: Field, repository: Repository) -> str:
    """An example of a field that has parts, as it may be typed on one line; empty where there is none.

    Where the kind's own example names records, it names those that are there.
    """
    example: Any = _example(kind, field, whole=True)
    entry = example[0] if isinstance(example, list) and example else example
    parts = {part.path[-1]: part for part in field.parts}
    if not isinstance(entry, dict) or not entry or not entry.keys() <= parts.keys():
        return ""
    chosen = sorted(entry, key=lambda key: not parts[key].required)[:MOST_TYPED]
    few = {key: _existing(parts[key], entry[key], repository) for key in entry if key in chosen}
    return safe(_on_one_line([few] if isinstance(example, list) else few))


def _existing(field: Field, value: Value, repository: Repository) -> Value:
    if not field.reference:
        return value
    known = ids_of(repository, field.reference)
    name = known[0] if known else "..."
    return [name] if isinstance(value, list) else name


def _on_one_line(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{_on_one_line(key)}: {_on_one_line(part)}" for key, part in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(_on_one_line, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and source.reads_as_text(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _short(shape: Shape, value: Any) -> Any:
    """An example with no more in it than shows how the field is written."""
    if isinstance(value, dict):
        few = len(value) <= FEW_PARTS
        kept = [key for key in value if few or key in shape.required] or list(value)[:2]
        return {key: _short(shape.at(key), value[key]) for key in kept}
    if isinstance(value, list):
        count = 1 if value and isinstance(value[0], dict) else 2
        return [_short(shape.at(0), entry) for entry in value[:count]]
    return value


def most_wanted(kind: Kind, data: Mapping[str, Value], repository: Repository) -> list[Field]:
    """Of the fields that a record does not have those that policies ask for most, then the kind's first
    ones; in the kind's order."""
    wanted = Counter(_asked_for(kind, repository))
    fields = fields_of(kind.shape)
    usual = [field for field in fields if field.name not in data and field.name not in SHARED]
    first = sorted(usual, key=lambda field: -wanted[field.name])[:MOST_SHOWN]
    names = {field.name for field in first}
    return [field for field in usual if field.name in names]


def _asked_for(kind: Kind, repository: Repository) -> Iterator[str]:
    """The fields that this repository's policy, or any preset, asks of records of a kind or judges them by."""
    presets = [requirement for name in PRESETS for requirement in preset(name)]
    for requirement in (*presets, *requirements(repository)):
        if requirement.when.kind == kind.name:
            yield from (path.split(".")[0] for path in requirement.require.fields)
            yield from (
                name for name in ("tier", "type", "risk", "lifecycle") if getattr(requirement.when, name)
            )


def _body(kind: Kind, sections: Iterable[str]) -> str:
    text = body_of(kind.name) or "_What readers need to know._\n"
    present = {heading.text.casefold() for heading in read_prose(text, 1).headings}
    added = [
        f"\n## {section}\n\n_To be written._\n" for section in sections if section.casefold() not in present
    ]
    return text + "".join(added)


def later(repository: Repository, path: str, text: str) -> Repository:
    """The repository as it will be with one more file."""
    return Repository(
        OverlayTree(repository.tree, {path: text}),
        now=repository.now,
        settings=repository.settings,
        authorised=repository.authorised,
        git=repository.git,
        commit=repository.commit,
    )


def lacking(repository: Repository, kind: Kind, data: Mapping[str, Value], path: str, what: str) -> list[str]:
    """What the policy asks of a new record and it does not have: the names of its fields or sections."""
    with_it = later(repository, path, record_text(kind, data, repository, comments=False))
    record = with_it.at(path)
    found = [lack.what for lack in lacks(with_it, record)] if record is not None else []
    return [words.removeprefix(what + " ") for words in found if words.startswith(what + " ")]
