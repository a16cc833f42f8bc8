"""What `gitsm new` asks on a terminal. Each answer is judged at once, and asked for again where it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy

import click

from gitsm.repository import Repository
from gitsm.schema.kind import Kind
from gitsm.schema.references import ROLE, ROLE_PREFIX
from gitsm.source import Value
from gitsm.starter.fields import Data, Field, Unfit, field_at, ids_of, objections, put
from gitsm.starter.identity import Part, checked, completed
from gitsm.starter.record import lacking
from gitsm.terminal import safe, styled, wants_colour, wrapped

MOST_NAMED = 12
"""How many existing ids a question names."""

Whole = Callable[[Value], Value]
"""Makes the value of a record's top field of a value that is a part of it."""


class Questions:
    """Asks for the fields of one record, and keeps the answers in its data."""

    def __init__(self, repository: Repository, kind: Kind, data: Data, width: int) -> None:
        self._repository, self._kind, self._data, self._width = repository, kind, data, width

    def ask(self, fields: Sequence[Field]) -> None:
        """Ask for fields and keep the answers."""
        for field in fields:
            value = self._value(field, self._whole(field), optional=not field.required)
            if value not in (None, [], {}):
                put(self._data, field.path, value)

    def _whole(self, field: Field) -> Whole:
        def whole(value: Value) -> Value:
            data = deepcopy(self._data)
            put(data, field.path, value)
            return data[field.path[0]]

        return whole

    def ask_for_policy(self, path: str) -> None:
        """Ask for the fields that the policy wants such a record to have."""
        names = lacking(self._repository, self._kind, self._data, path, "field")
        fields = [field_at(self._kind, name) for name in names if name.split(".")[0] not in self._data]
        if fields:
            click.echo("The policy asks for more.\n")
            self.ask(fields)

    def ask_part(self, part: Part, guess: str = "") -> str:
        """Ask for a part of the id."""
        about = f"The {part.of} that it belongs to." if part.of else "Its id, which its file is named after."
        self._explain(about, part.stems or (self._ids(part.of) if part.of else ()))

        def judged(text: str) -> str:
            try:
                word = completed(part, text.strip(), self._repository.today)
                return checked(part, word, self._repository)
            except Unfit as error:
                raise click.UsageError(safe(str(error))) from None

        label = safe(part.name) if part.of or part.stems else "id"
        answer: str = click.prompt(label, default=guess or None, value_proc=judged)
        click.echo()
        return answer

    def _value(self, field: Field, whole: Whole, *, optional: bool) -> Value:
        if optional and field.reference and not self._known(field):
            return None  # there is nothing that it could name
        if not field.parts:
            return self._simple(field, whole, optional=optional)
        self._explain(field.description)
        if not field.is_list:
            return self._mapping(field, whole)
        entries: list[Value] = []
        label, again = safe(field.path[-1]), not optional
        while again or click.confirm(f"{label}: {'another one' if entries else 'add one'}?", default=False):
            entries.append(self._mapping(field, lambda entry: whole([*entries, entry])))
            again = False
        click.echo()
        return entries

    def _mapping(self, field: Field, whole: Whole) -> Value:
        """One entry: what is required of it and what it refers to; everything where nothing is required."""
        parts, entry = field.parts, Data()
        if any(part.required for part in parts):
            parts = [part for part in parts if part.required or part.reference]
        for part in parts:
            key = part.path[-1]

            def with_part(value: Value, key: str = key) -> Value:
                return whole({**entry, key: value})

            value = self._value(part, with_part, optional=not part.required)
            if value not in (None, [], {}):
                entry[key] = value
        return entry

    def _simple(self, field: Field, whole: Whole, *, optional: bool) -> Value:
        self._explain(field.description, field.choices or self._known(field))
        top = field.path[0]

        def judged(text: str) -> Value:
            if not text.strip():
                return None
            try:
                value = field.value_of(text)
            except Unfit as error:
                raise click.UsageError(safe(str(error))) from None
            for wrong in objections(self._kind, {**self._data, top: whole(value)}, self._repository, top):
                raise click.UsageError(safe(wrong))
            return value

        how = [
            word for word, holds in (("commas between", field.takes_several), ("optional", optional)) if holds
        ]
        label = safe(field.path[-1]) + (f" ({', '.join(how)})" if how else "")
        answer: Value = click.prompt(
            label, default="" if optional else None, show_default=False, value_proc=judged
        )
        click.echo()
        return answer

    def _known(self, field: Field) -> list[str]:
        """What a reference may name."""
        known = self._ids(field.reference) if field.reference else []
        roles = ids_of(self._repository, ROLE) if field.takes_roles else []
        return [*known, *(ROLE_PREFIX + name for name in roles)]

    def _ids(self, kind: str) -> list[str]:
        ids = ids_of(self._repository, kind)
        more = len(ids) - MOST_NAMED
        return [*ids[:MOST_NAMED], f"and {more} more"] if more > 0 else ids

    def _explain(self, description: str, known: Sequence[str] = ()) -> None:
        for line in wrapped(safe(description), self._width, "") if description else ():
            click.echo(line)
        for line in wrapped(safe(", ".join(known)), self._width, "  ") if known else ():
            click.echo(styled(line, wants_colour(), fg="cyan"))
