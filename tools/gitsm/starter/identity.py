"""The id of a new record: from what was said about it, as the pattern of its kind's files asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gitsm.repository import Repository
from gitsm.schema.kind import Kind, id_words, is_id
from gitsm.schema.spelling import did_you_mean
from gitsm.source import Value
from gitsm.starter.fields import Unfit

MAX_SLUG = 60
"""The most characters of a title that go into an id."""

_PART = re.compile(r"<([^>:]+)(?::([^>]+))?>")
_DATED = re.compile(r"\d{4}-\d\d-\d\d-")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the ids of a kind, as in `<service>` or `<agreement:sla|ola|uc>`."""

    name: str
    stems: tuple[str, ...] = ()
    """What it must be, or begin with; anything where empty."""
    of: str = ""
    """The kind whose id it is, where that is another one."""
    dated: bool = False
    """Whether it begins with the day."""

    def __str__(self) -> str:
        return "|".join(self.stems) or self.name


def parts_of(kind: Kind, kinds: Mapping[str, Kind]) -> list[Part]:
    """The parts of the ids of a kind. A kind that has one record only has none."""
    found = _PART.findall(kind.pattern)
    return [
        Part(
            name,
            tuple(stems.split("|")) if stems else (),
            of=name if name != kind.name and name in kinds else "",
            dated=at == len(found) - 1 and kind.dated,
        )
        for at, (name, stems) in enumerate(found)
    ]


def slug(text: str) -> str:
    """A text as a part of an id: lower-case ASCII words joined by hyphens, cut between words."""
    words = id_words(text)
    while len(words) > 1 and len("-".join(words)) > MAX_SLUG:
        words.pop()
    return "-".join(words)[:MAX_SLUG]


def proposed(part: Part, kind: Kind, data: Mapping[str, Value], today: date) -> str:
    """What a part of an id may be by what the record says; empty where it says nothing about it."""
    if part.of:
        return ""
    if part.stems:
        said = {value.lower() for value in data.values() if isinstance(value, str)}
        return next((stem for stem in part.stems if stem in said), "")
    for name in (part.name, *kind.heading):
        value = data.get(name)
        if isinstance(value, str) and slug(value):
            return completed(part, slug(value), today)
    return ""


def completed(part: Part, word: str, today: date) -> str:
    """A part of an id with the day before it, where ids of the kind begin with one."""
    return f"{today}-{word}" if part.dated and word and not _DATED.match(word) else word


def checked(part: Part, word: str, repository: Repository) -> str:
    """A part of an id that can be one. Raises Unfit."""
    if not is_id(word):
        hint = f"; {slug(word)} could be one" if is_id(slug(word)) else ""
        raise Unfit(f"{word!r} can't be an id, which is lower-case words and digits joined by hyphens{hint}")
    if part.of and not repository.defines(part.of, word):
        known = [record.id for record in repository.all(part.of)]
        hint = did_you_mean(word, known) or f"gitsm new {part.of} makes one"
        raise Unfit(f"there is no {part.of} {word}; {hint}")
    if part.stems and not any(word == stem or word.startswith(stem + "-") for stem in part.stems):
        raise Unfit(f"{word} must be {' or '.join(part.stems)}, or begin so, as in {part.stems[0]}-gold")
    return word


def id_of(
    kind: Kind,
    parts: Sequence[Part],
    words: Sequence[str],
    data: Mapping[str, Value],
    repository: Repository,
    ask: Callable[[Part, str], str] | None,
) -> str:
    """The id of a new record: the words that were given, then what the record says, then what `ask`
    answers. Raises Unfit where nothing says it."""
    if not parts:
        return kind.pattern.rsplit("/", 1)[-1].split(".", 1)[0]
    shape = "/".join(str(part).upper() for part in parts)
    if len(words) > len(parts):
        raise Unfit(f"the id of {kind.a_noun} is {shape}, and {'/'.join(words)} has more parts")
    found = []
    for at, part in enumerate(parts):
        word = words[at] if at < len(words) else ""
        guess = proposed(part, kind, data, repository.today)
        if not word and ask is not None:
            word = ask(part, guess)
        elif not word and not guess:
            raise Unfit(f"{kind.a_noun} needs an id: gitsm new {kind.name} {shape}")
        found.append(checked(part, completed(part, word or guess, repository.today), repository))
    return "/".join(found)


def free_path(kind: Kind, id: str, repository: Repository) -> str:
    """The path of a new record. Raises Unfit where the id is taken, or no id of the kind."""
    if repository.defines(kind.name, id):
        there = repository.find(kind.name, id)
        file = there.file if there else kind.path_of(id)
        # Where there can be one file only, its path says it all.
        only = not _PART.search(kind.pattern) and "*" not in kind.pattern
        raise Unfit(f"{file} stands already" if only else f"{kind.noun} {id} stands in {file} already")
    try:
        return kind.path_of(id)
    except ValueError as error:
        raise Unfit(str(error)) from None
